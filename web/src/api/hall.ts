/* SPDX-License-Identifier: Apache-2.0 */
/* The guide pages of the hall 政务服务中心: what everybody may read and ask without being logged in. */
import { ask, get } from "./http";

export type EntryKind = "item" | "theme";
export type Truth = "yes" | "no" | "unknown";
export type QuestionKind = "yes-no" | "number" | "text" | "date" | "choice";

/** An item or a theme in a list. */
export interface GuideBrief {
	code: string;
	kind: EntryKind;
	office_id: string;
	office: string;
	state: "published" | "suspended" | "withdrawn";
	/** Why it is suspended. */
	state_reason: string | null;
	name: string;
	name_en: string | null;
	summary: string;
	/** Of an item; empty of a theme. */
	type: string;
	subjects: string[];
}

export interface GuidePage {
	entries: GuideBrief[];
	/** Of a search; a list without one is not counted. */
	total: number | null;
	next: string | null;
}

export interface GuideOffice {
	id: string;
	name: string;
	name_en: string | null;
	address: string | null;
	hours: string | null;
	phone: string | null;
	complaint: string | null;
	items: number;
}

export interface Question {
	key: string;
	text: string;
	help: string | null;
	kind: QuestionKind;
	choices: string[];
}

export interface Material {
	code: string;
	name: string;
	necessity: string;
	source: string;
	forms: string[];
	/** 0: not said. */
	copies: number;
	licence_type: string | null;
	template_url: string | null;
	sample_url: string | null;
	review_points: string | null;
	/** FEEL: when it is needed; null: always. */
	when: string | null;
}

export interface Place {
	name: string;
	address: string;
	hours: string | null;
	phone: string | null;
}

/** What an item says, as far as the guide shows it. */
export interface ItemContent {
	base_code: string;
	impl_code: string;
	handle_code: string;
	summary: string;
	type: string;
	level: string;
	case_type: string;
	subjects: string[];
	basis: { law: string; article: string | null; text: string | null }[];
	legal_days: number | null;
	legal_unit: string;
	promise_days: number;
	promise_unit: string;
	visits_max: number;
	online_depth: number;
	scope: string | null;
	quota: string | null;
	conditions: string;
	questions: Question[];
	channels: string[];
	places: Place[];
	hours: string | null;
	phone: string | null;
	complaint: string | null;
	materials: Material[];
	fee: boolean;
	fees: { name: string; standard: string; basis: string; amount: string; waiver: string | null }[];
	steps: { name: string; text: string | null; days: number }[];
	/** A schema of form-js. */
	form: unknown;
	result_name: string | null;
	valid_days: number | null;
	effective_from: string | null;
	effective_to: string | null;
}

export interface ItemGuide {
	entry: GuideBrief;
	version: number;
	in_force: boolean;
	office: GuideOffice;
	content: ItemContent;
	themes: { code: string; name: string; name_en: string | null }[];
}

export interface ThemePart {
	code: string;
	name: string;
	name_en: string | null;
	office: string | null;
	when: string | null;
	role: string;
	state: string;
	in_force: boolean;
	legal_days: number | null;
	legal_unit: string;
	promise_days: number;
	promise_unit: string;
}

export interface NeededMaterial {
	material: Material;
	needs: { item: string; code: string; state: Truth }[];
	state: Truth;
}

export interface ThemeGuide {
	entry: GuideBrief;
	version: number;
	in_force: boolean;
	office: GuideOffice;
	content: { summary: string; subjects: string[]; promise_days: number };
	items: ThemePart[];
	questions: Question[];
	materials: NeededMaterial[];
	form: unknown;
}

export interface RuleTold {
	number: number;
	annotation?: string;
	fired: boolean;
	/** Which entry kept it from firing. */
	because?: { label: string | null; test: string | null; value: unknown };
}

/** How the decision of one item, or of the theme itself, came about. */
export interface Explanation {
	of: string;
	tables: { of: string; hitPolicy: string; rules: RuleTold[] }[];
}

export interface Inquired {
	eligible: Truth;
	reasons: string[];
	/** Questions, or fields of the form, that the answer waits for. */
	missing: string[];
	items: (ThemePart & { included: Truth; eligible: Truth; reasons: string[] })[];
	materials: NeededMaterial[];
	/** Amounts in fen; null: not known yet. */
	fees: { item: string; name: string; standard: string; amount: number | null; waived: Truth }[];
	total: number | null;
	explanation: Explanation[];
}

/** What a list is narrowed by; empty: not at all. */
export interface GuideFilter {
	q: string;
	office: string;
	type: string;
	subject: string;
}

export type Answer = string | number | boolean;

const root = "/api/v1/hall/guide";
const place = (kind: EntryKind, code: string): string => `${root}/${kind}s/${encodeURIComponent(code)}`;

export function listGuides(
	kind: EntryKind,
	filter: GuideFilter,
	limit: number,
	marker: string | null,
	signal?: AbortSignal,
): Promise<GuidePage> {
	const query = new URLSearchParams({ limit: String(limit) });
	for (const [name, value] of Object.entries(filter))
		if (value !== "")
			query.set(name, value as string);
	if (marker !== null)
		query.set("marker", marker);
	return get(`${root}/${kind}s?${query}`, signal);
}

export async function listOffices(signal?: AbortSignal): Promise<GuideOffice[]> {
	return (await get<{ offices: GuideOffice[] }>(`${root}/offices`, signal)).offices;
}

/** As it is published now, or as an older version said. */
export const showItem = (code: string, signal?: AbortSignal, version: number | null = null): Promise<ItemGuide> =>
	get(`${place("item", code)}${version === null ? "" : `?version=${version}`}`, signal);
export const showTheme = (code: string, signal?: AbortSignal): Promise<ThemeGuide> => get(place("theme", code), signal);

/** May one apply, with what, for how much? Nothing of the answers is kept. */
export const inquire = (kind: EntryKind, code: string, answers: Record<string, Answer>): Promise<Inquired> =>
	ask("POST", `${place(kind, code)}/eligibility`, { answers });
