/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, describe, expect, test } from "vitest";
import type { Question } from "./api/hall";
import { setLanguage } from "./i18n";
import { answersOf, inWords, questionsOfForm } from "./inquiry";

afterEach(() => setLanguage("zh-CN"));

const question = (key: string, text: string, kind: Question["kind"], choices: string[] = []): Question => ({ key, text, help: null, kind, choices });
const asked = [
	question("staff", "有员工吗", "yes-no"),
	question("capital", "注册资本", "number"),
	question("variety", "类型", "choice", ["甲", "乙"]),
	question("born", "出生日期", "date"),
];

describe("a condition in words", () => {
	test.each([
		["staff", "“有员工吗”为“是”"],
		["not(staff)", "“有员工吗”为“否”"],
		["staff = false", "“有员工吗”为“否”"],
		["capital >= 500000.5", "“注册资本”不小于 500000.5"],
		['staff and capital > 3 or variety = "乙"', "“有员工吗”为“是”，且“注册资本”大于 3；或者“类型”为“乙”"],
		['not(variety != "甲" and born = null)', "并非（“类型”不为“甲”，且未填写“出生日期”）"],
		["(staff or capital < 1) and born != null", "（“有员工吗”为“是”；或者“注册资本”小于 1），且已填写“出生日期”"],
	])("%s", (condition, said) => expect(inWords(condition, asked)).toBe(said));

	test("in English, too", () => {
		setLanguage("en");
		expect(inWords("staff and capital <= 9", [question("staff", "Staff?", "yes-no"), question("capital", "Capital", "number")])).toBe(
			"“Staff?” is “Yes”, and “Capital” is at most 9",
		);
	});

	test.each([[""], ["capital"], ["nobody"], ["capital * 2 > 3"], ["some x in y satisfies x"], ["(staff"], ["staff staff"], ["capital > born"], ["not(staff"], ['variety = "']])(
		"%s has no words of its own",
		(condition) => expect(inWords(condition, asked)).toBeNull(),
	);
});

describe("answers", () => {
	test("go as what they are, and what nobody has answered does not go", () => {
		const given = { staff: "no", capital: " 12.5 ", variety: "", born: "2000-02-29", other: "x" };
		expect(answersOf(asked, given)).toEqual({ staff: false, capital: 12.5, born: "2000-02-29" });
	});

	test("that are no number are the daemon's to refuse", () => {
		expect(answersOf(asked, { capital: "much" })).toEqual({ capital: "much" });
	});
});

test("fields of a form with one plain value can be asked for, and no other", () => {
	const form = {
		type: "default",
		components: [
			{ type: "textfield", key: "company", label: "名称" },
			{ type: "text", text: "x" },
			{ type: "group", components: [{ type: "select", key: "kind", values: [{ label: "甲类", value: "a" }, { label: "乙类", value: "b" }] }] },
			{ type: "dynamiclist", path: "people", components: [{ type: "textfield", key: "name", label: "姓名" }] },
			{ type: "datetime", key: "day", label: "日期", subtype: "date" },
			{ type: "datetime", key: "hour", label: "时刻", subtype: "time" },
			{ type: "checklist", key: "list", values: [{ value: "a" }] },
		],
	};
	expect(questionsOfForm(form)).toEqual([
		question("company", "名称", "text"),
		question("kind", "kind", "choice", ["a", "b"]),
		question("day", "日期", "date"),
	]);
	expect(questionsOfForm(null)).toEqual([]);
});
