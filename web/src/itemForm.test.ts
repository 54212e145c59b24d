/* SPDX-License-Identifier: Apache-2.0 */
import { describe, expect, test } from "vitest";
import { contentOf, draftOf, newRow, pathsOf, sections } from "./itemForm";

const content = {
	base_code: "000131001000",
	handle_number: 2,
	impl_code: "derived",
	handle_code: "derived",
	parent_code: null,
	name: "公司设立登记",
	subjects: ["company"],
	basis: [{ law: "公司法", article: null, text: null }],
	legal_days: null,
	promise_days: 0,
	fee: true,
	keywords: ["开公司", "营业执照"],
	materials: [{ code: "a", name: "章程", kind: "charter", forms: ["copy"], copies: 0, when: null }],
	form: { components: [] },
};

describe("an item in the form", () => {
	test("goes back as it came, with what the form has no field for", () => {
		const body = contentOf(draftOf(content));
		expect(body).toMatchObject({
			base_code: "000131001000",
			handle_number: 2,
			promise_days: 0,
			parent_code: null,
			fee: true,
			keywords: ["开公司", "营业执照"],
			basis: [{ law: "公司法" }],
			form: { components: [] },
			steps: [],
		});
		expect(body["materials"]).toEqual([{ code: "a", name: "章程", kind: "charter", forms: ["copy"], copies: 0 }]);
		for (const left of ["impl_code", "handle_code", "legal_days"])
			expect(body, left).not.toHaveProperty(left);
	});

	test("says nothing where nothing was written, and what is no number as it was written", () => {
		const draft = draftOf(null);
		draft.fields["legal_days"] = " ";
		draft.fields["promise_days"] = "three";
		draft.fields["keywords"] = " 开公司，执照, ";
		const body = contentOf(draft);
		expect(body).not.toHaveProperty("legal_days");
		expect(body).not.toHaveProperty("name");
		expect(body).toMatchObject({ promise_days: "three", keywords: ["开公司", "执照"], handle_number: 1, level: "city", fee: false, subjects: [], basis: [{}], materials: [] });
	});

	test("has each field by the name that a refusal gives it", () => {
		const draft = draftOf(content);
		const materials = sections.flatMap((section) => section.lists).find((list) => list.name === "materials")!;
		draft.lists["materials"]!.push({ row: newRow(materials.fields), rest: {} });
		const paths = pathsOf(draft);
		expect(paths).toEqual(expect.arrayContaining(["base_code", "materials", "materials[1].when", "basis[0].law"]));
		expect(paths).not.toContain("materials[2].when");
		expect(new Set(paths).size).toBe(paths.length);
	});
});
