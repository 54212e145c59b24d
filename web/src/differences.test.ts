/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { differences } from "./differences";

const shown = (left: string, right: string): string[] =>
	differences(left, right).map((side) => side.map((piece) => (piece.odd ? `[${piece.text}]` : piece.text)).join(""));

test.each([
	["张伟", "张伟", "张伟", "张伟"],
	["张伟", "章伟", "[张]伟", "[章]伟"],
	["330203198705121234", "330203198705121243", "3302031987051212[3]4", "33020319870512124[3]"],
	["通途路12号", "宁波市通途路12号3幢", "通途路12号", "[宁波市]通途路12号[3幢]"],
	["", "新", "", "[新]"],
	["𠮷田", "吉田", "[𠮷]田", "[吉]田"],
])("%s and %s", (left, right, first, second) => {
	expect(shown(left, right)).toEqual([first, second]);
});

test("a text that is too long is shown as it is", () => {
	expect(differences("a".repeat(401), "b")).toEqual([[{ text: "a".repeat(401), odd: false }], [{ text: "b", odd: false }]]);
});
