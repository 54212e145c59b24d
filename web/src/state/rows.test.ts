/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { effectScope } from "vue";
import { Problem } from "../api/problem";
import { useRows } from "./rows";

const all = ["a", "b", "c", "d", "e"];
const page = (marker: string | null): Promise<{ list: string[]; next: string | null }> => {
	const from = marker === null ? 0 : all.indexOf(marker) + 1;
	const list = all.slice(from, from + 2);
	return Promise.resolve({ list, next: from + 2 < all.length ? (list.at(-1) ?? null) : null });
};
const settled = (): Promise<void> => new Promise((done) => setTimeout(done));

test("pages are put behind each other, and a reload keeps as many", async () => {
	const scope = effectScope();
	const list = scope.run(() => useRows(page))!;
	await settled();
	expect(list.rows.value).toEqual(["a", "b"]);
	await list.more();
	expect(list.rows.value).toEqual(["a", "b", "c", "d"]);
	await list.reload();
	expect(list.rows.value).toEqual(["a", "b", "c", "d"]);
	await list.more();
	expect(list.rows.value).toEqual(all);
	expect(list.next.value).toBeNull();
	await list.more();
	expect(list.rows.value).toEqual(all);
	scope.stop();
});

test("a page that cannot be read is told and leaves what is there", async () => {
	let fails = false;
	const scope = effectScope();
	const list = scope.run(() => useRows((marker) => (fails ? Promise.reject(new Problem(0, "unreachable", "")) : page(marker))))!;
	await settled();
	fails = true;
	await list.more();
	expect(list.problem.value).not.toBeNull();
	expect(list.rows.value).toEqual(["a", "b"]);
	scope.stop();
});

test("a page that was asked for twice, or in vain, counts as what it brought", async () => {
	let fails = false;
	let asked = 0;
	const scope = effectScope();
	const list = scope.run(() => useRows((marker) => (asked++, fails ? Promise.reject(new Problem(0, "unreachable", "")) : page(marker))))!;
	await settled();
	await Promise.all([list.more(), list.more()]);
	expect(list.rows.value).toEqual(["a", "b", "c", "d"]);
	fails = true;
	await list.more();
	fails = false;
	asked = 0;
	await list.reload();
	expect([list.rows.value, asked]).toEqual([["a", "b", "c", "d"], 2]);
	scope.stop();
});

test("a list that is narrowed anew begins with its first page, and nothing of it is put behind the old one", async () => {
	let shown = all;
	const scope = effectScope();
	const list = scope.run(() => useRows(async (marker) => ({ list: shown.slice(marker === null ? 0 : 2, marker === null ? 2 : 4), next: "more" })))!;
	await settled();
	await list.more();
	shown = ["x", "y", "z"];
	const begun = list.begin();
	expect(list.loading.value).toBe(true);
	await Promise.all([begun, list.more()]);
	expect([list.rows.value, list.loading.value]).toEqual([["x", "y"], false]);
	await list.reload();
	expect(list.rows.value).toEqual(["x", "y"]);
	scope.stop();
});
