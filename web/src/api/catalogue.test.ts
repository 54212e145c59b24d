/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { exportAddress, listDifferences, listResources, showResource } from "./catalogue";

const asked: string[] = [];

beforeEach(() => {
	asked.length = 0;
	vi.stubGlobal("fetch", async (path: string) => {
		asked.push(path);
		return new Response(JSON.stringify({ resources: [], differences: [{ field: "name" }] }));
	});
});
afterEach(() => vi.unstubAllGlobals());

test("a list is asked for by what narrows it, and by nothing that is empty", async () => {
	await listResources({ q: "企业 登记", provider: "", class_code: "307", share_type: "" }, 20, "m");
	expect(asked).toEqual(["/api/v1/catalogue/resources?limit=20&q=%E4%BC%81%E4%B8%9A+%E7%99%BB%E8%AE%B0&class_code=307&marker=m"]);
});

test("a resource is shown as it stands, or in one of its versions", async () => {
	await showResource("a/b", null);
	await showResource("a", 2);
	expect(asked).toEqual(["/api/v1/catalogue/resources/a%2Fb", "/api/v1/catalogue/resources/a/versions/2"]);
});

test("differences are those of two versions", async () => {
	expect(await listDifferences("a", 1, 2)).toEqual([{ field: "name" }]);
	expect(asked).toEqual(["/api/v1/catalogue/resources/a/diff?from=1&to=2"]);
});

test("a file's address carries what narrows it", () => {
	expect(exportAddress("dcat", {})).toBe("/api/v1/catalogue/export/dcat");
	expect(exportAddress("sheet", { provider: "p", class_code: "" })).toBe("/api/v1/catalogue/export/sheet?provider=p");
});
