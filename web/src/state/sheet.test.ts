/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { reactive } from "vue";
import type { FormComponent } from "../api/process";
import type { Spot } from "./sheet";
import { addItem, bareWords, begin, choicesOf, dropItem, faults, handIn, isFixed, isHidden, itemSpot, phrase, setValue, shownFields, shownMoment, top, typedMoment, typedNumber } from "./sheet";

const of = (components: FormComponent[], known: Record<string, unknown> = {}): Spot => top(reactive(begin(components, known)));
const days: FormComponent = { type: "number", key: "days", validate: { required: true } };

test("keys with dots, paths of groups and of lists are one tree", () => {
	const parts: FormComponent[] = [
		{ type: "textfield", key: "applicant.name", defaultValue: "甲" },
		{ type: "group", path: "applicant", components: [{ type: "textfield", key: "phone", defaultValue: "1" }] },
		{ type: "group", components: [{ type: "checkbox", key: "sure" }] },
		{ type: "dynamiclist", path: "house.rooms", defaultRepetitions: 2, components: [{ type: "number", key: "size", defaultValue: 9 }] },
	];
	expect(handIn(parts, of(parts))).toEqual({ applicant: { name: "甲", phone: "1" }, sure: false, house: { rooms: [{ size: 9 }, { size: 9 }] } });
	expect([...shownFields(parts, of(parts)).keys()]).toEqual(["applicant.name", "applicant.phone", "sure", "house.rooms", "house.rooms[0].size", "house.rooms[1].size"]);
});

test("no key reaches what all objects share", () => {
	const parts: FormComponent[] = ["__proto__.evil", "a.__proto__.evil", "constructor.prototype.evil"].map((key) => ({ type: "textfield", key, defaultValue: "x" }));
	const at = of(parts);
	setValue(parts[0]!, at, "y");
	handIn(parts, at);
	expect(({} as Record<string, unknown>)["evil"]).toBeUndefined();
});

test("what is known stands before what the form gives, and stays as it was where it is no field", () => {
	const parts: FormComponent[] = [{ ...days, defaultValue: 1 }, { type: "textfield", key: "note", defaultValue: "x" }];
	const known = { days: 5, other: [1] };
	const at = of(parts, known);
	expect(handIn(parts, at)).toEqual({ days: 5, note: "x" });
	setValue(parts[0]!, at, 7);
	expect(known).toEqual({ days: 5, other: [1] });
});

test("what is emptied is taken away, and in an item it is not there", () => {
	const parts: FormComponent[] = [{ type: "textfield", key: "a" }, { type: "dynamiclist", path: "list", components: [{ type: "textfield", key: "b" }] }];
	const at = of(parts, { a: "1", list: [{ b: "2" }] });
	setValue(parts[0]!, at, "");
	setValue(parts[1]!.components![0]!, itemSpot(parts[1]!, at, 0), "");
	expect(handIn(parts, at)).toEqual({ a: null, list: [{}] });
});

test("what may only be looked at is not handed in, but within an item, which is given whole", () => {
	const fixed: FormComponent = { type: "textfield", key: "fixed", readonly: true, defaultValue: "mine" };
	const parts: FormComponent[] = [
		fixed,
		{ type: "textfield", key: "late", readonly: "=days > 3" },
		days,
		{ type: "dynamiclist", path: "items", components: [fixed, { type: "number", key: "price" }] },
		{ type: "dynamiclist", path: "seen", allowAddRemove: false, components: [fixed] },
	];
	const at = of(parts, { fixed: "theirs", late: "x", days: 5, items: [{ fixed: "a", price: 1 }], seen: [{ fixed: "b", more: 1 }] });
	expect(isFixed(parts[1]!, at)).toBe(true);
	expect(handIn(parts, at)).toEqual({ days: 5, items: [{ fixed: "a", price: 1 }] });
	/* And nothing is put into it that the daemon would have to refuse. */
	expect(of([fixed]).root).toEqual({});
});

test("a condition hides while it is true; what it hides lacks nothing, and is handed in for the daemon's conditions", () => {
	const note: FormComponent = { type: "textfield", key: "note", conditional: { hide: "=days < 3" }, validate: { required: true } };
	const at = of([days, note], { days: 2 });
	expect(isHidden(note, at)).toBe(true);
	expect(faults([days, note], at)).toEqual({});
	setValue(days, at, 4);
	expect(isHidden(note, at)).toBe(false);
	expect(Object.keys(faults([days, note], at))).toEqual(["note"]);
	setValue(note, at, "x");
	setValue(days, at, 1);
	expect(handIn([days, note], at)).toEqual({ days: 1, note: "x" });
});

test("a condition that cannot be made out hides nothing", () => {
	for (const hide of ["=1 +", "=nobody.knows > 3", "days", "=\"text\""])
		expect(isHidden({ type: "textfield", key: "a", conditional: { hide } }, of([days]))).toBe(false);
});

test("in an item conditions see the item, then all the rest, and its number", () => {
	const inside: FormComponent[] = [
		{ type: "number", key: "price" },
		{ type: "textfield", key: "why", conditional: { hide: "=price <= limit or this.price = 99 or parent.limit = 0 or i = 3" }, validate: { required: true } },
	];
	const parts: FormComponent[] = [{ type: "dynamiclist", path: "items", components: inside }];
	const at = of(parts, { limit: 10, items: [{ price: 5 }, { price: 50 }, { price: 60 }, { price: 99 }] });
	expect(Object.keys(faults(parts, at))).toEqual(["items[1].why"]);
});

test("items are added and dropped, and the ones behind move up", () => {
	const parts: FormComponent[] = [{ type: "dynamiclist", path: "items", components: [{ type: "number", key: "n" }] }];
	const at = of(parts, { items: [{ n: 1 }, { n: 2 }] });
	addItem(parts[0]!, at);
	setValue(parts[0]!.components![0]!, itemSpot(parts[0]!, at, 2), 3);
	dropItem(parts[0]!, at, 0);
	expect(handIn(parts, at)).toEqual({ items: [{ n: 2 }, { n: 3 }] });
});

test("missing is what is required and empty, of every kind", () => {
	const validate = { required: true };
	const parts: FormComponent[] = [
		{ type: "textfield", key: "a", validate },
		{ type: "checkbox", key: "b", validate },
		{ type: "taglist", key: "c", validate, values: [] },
		{ type: "select", key: "d", validate, values: [], readonly: true },
		{ type: "number", key: "e" },
	];
	expect(Object.keys(faults(parts, of(parts, { c: [] })))).toEqual(["a", "b", "c"]);
	expect(faults(parts, of(parts, { a: "x", b: true, c: [1], e: "twelve" }))).toEqual({ e: "须为数字" });
});

test("choices are the form's, the data's, or an expression's, of any JSON", () => {
	const at = of([], { names: ["甲", { value: 2, label: "乙" }], n: 3 });
	expect(choicesOf({ type: "select", values: [{ value: true, label: "是" }, { value: false }] }, at)).toEqual([{ value: true, label: "是" }, { value: false, label: "false" }]);
	expect(choicesOf({ type: "select", valuesKey: "names" }, at)).toEqual([{ value: "甲", label: "甲" }, { value: 2, label: "乙" }]);
	expect(choicesOf({ type: "select", valuesExpression: "=for x in 1..n return x * 2" }, at).map((one) => one.value)).toEqual([2, 4, 6]);
	expect(choicesOf({ type: "select", valuesExpression: "=n" }, at)).toEqual([]);
});

test("words may be an expression, or have some in them, and are never markup", () => {
	const at = of([], { name: "<b>甲</b>", n: 2 });
	expect(phrase("=\"共 \" + string(n)", at)).toBe("共 2");
	expect(phrase("{{name}}，{{n + 1}}，{{#if}}", at)).toBe("<b>甲</b>，3，{{#if}}");
	expect(bareWords("## 须知\n\n**本人**<script>alert(1)</script>到场 `x`")).toEqual(["须知", "本人alert(1)到场 x"]);
});

test("a number is one only where it comes back as it was typed", () => {
	const number: FormComponent = { type: "number" };
	expect(["12", " -1.5 ", "1.", "1e3", "0x10", "", "9007199254740993"].map((text) => typedNumber(number, text))).toEqual([12, -1.5, 1, "1e3", "0x10", "", "9007199254740993"]);
	expect(typedNumber({ ...number, serializeToString: true }, "9007199254740993.10")).toBe("9007199254740993.10");
});

test("moments with a zone are shown by Shanghai's clock, and written as the form wants", () => {
	expect(shownMoment("date", "2026-11-25")).toBe("2026-11-25");
	expect(shownMoment("time", "23:30Z")).toBe("07:30");
	expect(shownMoment("time", "09:30:00")).toBe("09:30");
	expect(shownMoment("time", "01:15-02:30")).toBe("11:45");
	expect(shownMoment("datetime", "2026-11-25T20:00Z")).toBe("2026-11-26T04:00");
	expect(shownMoment("datetime", "2026-11-25T20:00")).toBe("2026-11-25T20:00");
	expect(["soonZ", "2026-13-45T20:00Z"].map((wire) => shownMoment("datetime", wire))).toEqual(["", ""]);
	const wanting = (timeSerializingFormat: string): FormComponent => ({ type: "datetime", timeSerializingFormat });
	expect(typedMoment(wanting("utc_offset"), "time", "09:30")).toBe("09:30+08:00");
	expect(typedMoment(wanting("utc_normalized"), "time", "07:30")).toBe("23:30Z");
	expect(typedMoment(wanting("utc_normalized"), "datetime", "2026-11-26T04:00")).toBe("2026-11-25T20:00Z");
	expect(typedMoment(wanting("no_timezone"), "datetime", "2026-11-26T04:00")).toBe("2026-11-26T04:00");
	expect(typedMoment(wanting("utc_offset"), "date", "2026-11-26")).toBe("2026-11-26");
	expect(typedMoment(wanting("utc_offset"), "time", "")).toBe("");
});
