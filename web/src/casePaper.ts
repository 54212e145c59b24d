/* SPDX-License-Identifier: Apache-2.0 */
/* An application 办件 on the screen: its number in groups, its terms in words, answers between the wire and the fields, and to
 * which step of the form a refusal belongs. */
import type { Applicant, CaseBrief, CaseFile, CaseOf, Need, Person } from "./api/cases";
import type { Answer, Question } from "./api/hall";
import { say, t } from "./i18n";
import type { FieldSpec } from "./itemForm";
import { term } from "./term";

export const steps = ["people", "questions", "materials", "review"] as const;
export type Step = (typeof steps)[number];

/** 办件编号 as it is read aloud: area, day, channel, count, check digit. */
export function numberInGroups(number: string): string {
	const parts = /^(\d{6})(\d{6})(\d{2})(\d{5})(\d)$/.exec(number);
	return parts ? parts.slice(1).join(" ") : number;
}

/** The same without what was typed between the groups. */
export const bareNumber = (typed: string): string => typed.replace(/\s+/g, "");

/** Which step of the form has the field of a refusal; null: none of them. */
export function stepOf(field: string | null): Step | null {
	const [head] = (field ?? "").split(/[.[]/);
	if (head === "applicant" || head === "agent")
		return "people";
	if (head === "answers" || head === "form")
		return "questions";
	return head === "materials" ? "materials" : null;
}

/** Who applies as the fields hold it, by the names that a refusal has for them. */
export type People = Record<string, string>;
const partsOfPerson = ["name", "number", "phone"] as const;

export function peopleOf(applicant: Applicant | null, agent: Person | null): People {
	const people: People = { "applicant.kind": applicant?.kind ?? "" };
	for (const part of partsOfPerson) {
		people[`applicant.${part}`] = applicant?.[part] ?? "";
		people[`agent.${part}`] = agent?.[part] ?? "";
	}
	return people;
}

const personOf = (people: People, who: "applicant" | "agent"): Person => {
	const [name = "", number = "", phone = ""] = partsOfPerson.map((part) => (people[`${who}.${part}`] ?? "").trim());
	return { name, number, phone };
};

/** And back; `byAgent`: somebody acts for the applicant. */
export function applicantsOf(people: People, byAgent: boolean): { applicant: Applicant; agent: Person | null } {
	const kind = people["applicant.kind"] === "company" ? "company" : "person";
	return { applicant: { kind, ...personOf(people, "applicant") }, agent: byAgent ? personOf(people, "agent") : null };
}

/** The fields of the applicant or the agent. */
export function fieldsOf(who: "applicant" | "agent", company: boolean): FieldSpec[] {
	return [
		{ name: `${who}.name`, word: company ? "cases.companyName" : "cases.personName", kind: "text", max: 200 },
		{ name: `${who}.number`, word: company ? "cases.credit" : "cases.citizen", kind: "text", max: 18 },
		{ name: `${who}.phone`, word: "cases.phone", kind: "text", max: 20 },
	];
}

/** Those that are plainly empty. */
export function emptyFields(people: People, byAgent: boolean): Record<string, string> {
	const wanted = Object.keys(people).filter((name) => byAgent || name.startsWith("applicant."));
	return Object.fromEntries(wanted.filter((name) => (people[name] ?? "").trim() === "").map((name) => [name, t("sheet.required")]));
}

/** Answers of the wire as the fields of the questions hold them. */
export function givenOf(answers: Readonly<Record<string, Answer>>): Record<string, string> {
	return Object.fromEntries(Object.entries(answers).map(([key, value]) => [key, typeof value === "boolean" ? (value ? "yes" : "no") : String(value)]));
}

/** What was answered, as people read it; what no question of the item's version asks stands there by its key. */
export function answersTold(questions: readonly Question[], answers: Readonly<Record<string, Answer>>): [string, string][] {
	const texts = new Map(questions.map((one) => [one.key, one.text]));
	const order = new Map(questions.map((one, n) => [one.key, n]));
	return Object.entries(answers)
		.sort(([a], [b]) => (order.get(a) ?? questions.length) - (order.get(b) ?? questions.length))
		.map(([key, value]) => [texts.get(key) ?? key, typeof value === "boolean" ? t(value ? "common.yes" : "common.no") : String(value)]);
}

/** How much of the promised term is left, or over; null where there is no term. */
export function leftTold(one: Pick<CaseBrief, "left" | "promise_unit" | "overdue">): string | null {
	if (one.left === null)
		return null;
	if (one.overdue)
		return one.left < 0 ? t("cases.over", { n: term(-one.left, one.promise_unit) }) : t("cases.overNow");
	return t("cases.left", { n: term(one.left, one.promise_unit) });
}

/** May it be written now? */
export const isOpen = (state: string): boolean => state === "draft" || state === "correcting";
/** May it still be withdrawn, as far as this page knows? */
export const isUnderWay = (state: string): boolean => state === "received" || state === "correcting" || state === "accepted";

/** A file that the office has seen stays. */
export const staysThere = (file: CaseFile, one: Pick<CaseOf, "received_at">): boolean =>
	one.received_at !== null && Date.parse(file.given_at) <= Date.parse(one.received_at);

/** A word for a state, also for one that this page does not know. */
export const stateTold = (state: string): string => say("caseState", state);

/** Whether a material is needed by what was answered so far. */
export function needTold(need: Pick<Need, "needed" | "must">): string {
	if (need.needed === "unknown")
		return t("cases.unknownNeed");
	return t(need.needed === "no" ? "cases.notNeeded" : need.must ? "cases.needed" : "cases.optional");
}
