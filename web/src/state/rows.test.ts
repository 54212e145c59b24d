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
