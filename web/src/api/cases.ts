/* SPDX-License-Identifier: Apache-2.0 */
/* Applications 办件 to the hall: /api/v1/cases for whoever enters them, /api/v1/office/cases for the office that receives them. */
import type { Answer, Truth } from "./hall";
import type { Page } from "./http";
import { ask, get, upload } from "./http";

export interface Person {
	name: string;
	/** 公民身份号码, or of a company 统一社会信用代码. */
	number: string;
	phone: string;
}
export type ApplicantKind = "person" | "company";
export interface Applicant extends Person {
	kind: ApplicantKind;
}

/** What lists tell of a case. `state` and `step` are words of the daemon, which may come to have more of them. */
export interface CaseBrief {
	id: string;
	/** 办件编号; null until it was handed in. */
	accept_no: string | null;
	item_code: string;
	item_version: number;
	item_name: string;
	state: string;
	channel: string;
	/** Masked. */
	applicant_name: string;
	received_at: string | null;
	/** Until when the office may speak; behind that the case counts as accepted. */
	silent_at: string | null;
	accepted_at: string | null;
	/** Accepted by the office's silence. */
	deemed: boolean;
	due_at: string | null;
	/** In `promise_unit`; below 0: overdue; null: there is no term now. */
	left: number | null;
	promise_unit: string;
	overdue: boolean;
	/** Of a year whose days off are not known yet. */
	warning: string | null;
	created_at: string;
	updated_at: string;
}

export interface CaseOf extends CaseBrief {
	applicant: Applicant;
	agent: Person | null;
	answers: Record<string, Answer>;
	form: Record<string, unknown>;
	promise_days: number;
	corrections: number;
	/** Why it is to be corrected, was refused or withdrawn. */
	reason: string | null;
}

export interface Need {
	code: string;
	name: string;
	needed: Truth;
	/** Not one that the applicant may leave out. */
	must: boolean;
	files: number;
}

export interface CaseFile {
	number: number;
	/** Of the material. */
	code: string;
	name: string;
	size: number;
	given_at: string;
}

export interface CaseStep {
	number: number;
	step: string;
	from: string;
	to: string;
	at: string;
	user_id: string | null;
	reason: string | null;
}

export interface CaseWhole {
	case: CaseOf;
	needs: Need[];
	materials: CaseFile[];
	steps: CaseStep[];
}

export interface Content {
	applicant: Applicant;
	agent: Person | null;
	answers: Record<string, Answer>;
	form?: Record<string, unknown>;
}

/** Whoever entered a case sees it from the one side, its office from the other. */
export type Side = "mine" | "office";
export type Verdict = "accept" | "correct" | "refuse";

const roots: Record<Side, string> = { mine: "/api/v1/cases", office: "/api/v1/office/cases" };
const part = encodeURIComponent;
const place = (id: string, side: Side = "mine"): string => `${roots[side]}/${part(id)}`;
/* Of one page. */
const most = 50;

/** The newest first. Empty words narrow nothing. */
export async function listCases(side: Side, state: string, number: string, marker: string | null, signal?: AbortSignal): Promise<Page<CaseBrief>> {
	const query = new URLSearchParams({ limit: String(most) });
	if (state !== "")
		query.set("state", state);
	if (number !== "")
		query.set("accept_no", number);
	if (marker !== null)
		query.set("marker", marker);
	const page = await get<{ cases: CaseBrief[]; next: string | null }>(`${roots[side]}?${query}`, signal);
	return { list: page.cases, next: page.next };
}

export const showCase = (side: Side, id: string, signal?: AbortSignal): Promise<CaseWhole> => get(place(id, side), signal);
export const createCase = (item: string, content: Content): Promise<CaseWhole> => ask("POST", roots.mine, { item, ...content });
export const saveCase = (id: string, content: Content): Promise<CaseWhole> => ask("PUT", `${place(id)}/draft`, content);
export const discardCase = (id: string): Promise<null> => ask("DELETE", `${place(id)}/draft`);
export const submitCase = (id: string): Promise<CaseWhole> => ask("POST", `${place(id)}/submission`);
export const withdrawCase = (id: string, reason: string): Promise<CaseWhole> =>
	ask("POST", `${place(id)}/withdrawal`, reason === "" ? {} : { reason });
export const decideCase = (id: string, verdict: Verdict, reason: string): Promise<CaseWhole> =>
	ask("POST", `${place(id, "office")}/receipt`, reason === "" ? { verdict } : { verdict, reason });

export const fileAddress = (side: Side, id: string, number: number): string => `${place(id, side)}/files/${number}`;
export const giveFile = (id: string, code: string, file: File, progress: (sent: number) => void, signal: AbortSignal): Promise<void> =>
	upload(`${place(id)}/materials/${part(code)}?name=${part(file.name)}`, file, progress, signal, "POST");
export const takeFileBack = (id: string, number: number): Promise<null> => ask("DELETE", fileAddress("mine", id, number));
