/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, describe, expect, test } from "vitest";
import type { Question } from "./api/hall";
import { answersTold, applicantsOf, bareNumber, emptyFields, givenOf, isOpen, isUnderWay, leftTold, needTold, numberInGroups, peopleOf, stateTold, staysThere, stepOf } from "./casePaper";
import { setLanguage } from "./i18n";
import { answersOf } from "./inquiry";

afterEach(() => setLanguage("zh-CN"));

const question = (key: string, kind: Question["kind"]): Question => ({ key, kind, text: `${key}？`, help: null, choices: [] });
const questions = [question("staff", "yes-no"), question("age", "number"), question("place", "text")];

describe("the number of a case", () => {
	test("is read in groups, and found by what was typed of them", () => {
		expect(numberInGroups("33020026112520000017")).toBe("330200 261125 20 00001 7");
		expect(bareNumber(" 330200 261125 20 00001 7\n")).toBe("33020026112520000017");
	});

	test("of another kind stays as it is", () => {
		expect(numberInGroups("A-1")).toBe("A-1");
		expect(numberInGroups("3302002611252000001")).toBe("3302002611252000001");
	});
});

test("a refusal belongs to the step that has its field", () => {
	const found = ["applicant.number", "agent", "answers.age", "answers", "form.items[2].price", "materials.id", "item", "item_version", null].map(stepOf);
	expect(found).toEqual(["people", "people", "questions", "questions", "questions", "materials", null, null, null]);
});

describe("who applies", () => {
	const company = { kind: "company" as const, name: "甬江贸易", number: "91330200MA2AA3CX6F", phone: "0574-87180000" };
	const agent = { name: "王小明", number: "11010519491231002X", phone: "13800000000" };

	test("goes into the fields and back", () => {
		expect(applicantsOf(peopleOf(company, agent), true)).toEqual({ applicant: company, agent });
		expect(applicantsOf(peopleOf(company, agent), false)).toEqual({ applicant: company, agent: null });
	});

	test("is trimmed, and what is empty is told field by field, the agent's only where there is one", () => {
		const people = { ...peopleOf({ ...company, name: " 甬江贸易 ", phone: "  " }, null) };
		expect(applicantsOf(people, false).applicant.name).toBe("甬江贸易");
		expect(Object.keys(emptyFields(people, false))).toEqual(["applicant.phone"]);
		expect(Object.keys(emptyFields(people, true)).sort()).toEqual(["agent.name", "agent.number", "agent.phone", "applicant.phone"]);
	});
});

describe("answers", () => {
	test("come back to the wire as they were", () => {
		const answers = { staff: false, age: 30, place: "宁波" };
		expect(answersOf(questions, givenOf(answers))).toEqual(answers);
	});

	test("are told in the order of the questions, and by their key where nobody asks any more", () => {
		expect(answersTold(questions, { gone: "x", age: 0, staff: true })).toEqual([["staff？", "是"], ["age？", "0"], ["gone", "x"]]);
	});
});

describe("the term", () => {
	test("is told by what is left of it, or over", () => {
		expect(leftTold({ left: 3, promise_unit: "working-day", overdue: false })).toBe("还剩 3 个工作日");
		expect(leftTold({ left: 0, promise_unit: "working-day", overdue: false })).toBe("还剩 0 个工作日");
		expect(leftTold({ left: -2, promise_unit: "day", overdue: true })).toBe("已超期 2 天");
		expect(leftTold({ left: 0, promise_unit: "minute", overdue: true })).toBe("已超期");
		expect(leftTold({ left: null, promise_unit: "day", overdue: false })).toBeNull();
	});
});

describe("states", () => {
	test("that this page does not know are told by their word, and open nothing", () => {
		expect(stateTold("correcting")).toBe("补正");
		expect(stateTold("examining")).toBe("examining");
		expect([isOpen("examining"), isUnderWay("examining")]).toEqual([false, false]);
	});

	test("in which it is written, and in which it may be withdrawn", () => {
		const all = ["draft", "received", "correcting", "accepted", "refused", "withdrawn"];
		expect(all.filter(isOpen)).toEqual(["draft", "correcting"]);
		expect(all.filter(isUnderWay)).toEqual(["received", "correcting", "accepted"]);
	});
});

test("a file stays once the office has seen it", () => {
	const file = { number: 1, code: "id", name: "a", size: 1, given_at: "2026-11-25T01:00:00Z" };
	expect(staysThere(file, { received_at: null })).toBe(false);
	expect(staysThere(file, { received_at: "2026-11-25T01:00:00Z" })).toBe(true);
	expect(staysThere(file, { received_at: "2026-11-25T00:59:59.999999Z" })).toBe(false);
});

test("a material is needed, optional, not needed, or it is not known yet", () => {
	const told = (needed: "yes" | "no" | "unknown", must: boolean): string => needTold({ needed, must });
	expect([told("yes", true), told("yes", false), told("no", true)]).toEqual(["需要", "可不提交", "不需要"]);
	expect(told("unknown", true)).toBe(told("unknown", false));
});
