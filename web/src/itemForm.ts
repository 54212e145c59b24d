/* SPDX-License-Identifier: Apache-2.0 */
/* The form of an item: which elements it has, in which kind of field, and how they become what the daemon takes. What the
 * form has no field for (the form of the case, its process) goes back as it came. */
import type { Word } from "./i18n";

/** `tags`: texts parted by commas; `words`: several of `options`. */
export type FieldKind = "text" | "long" | "whole" | "word" | "words" | "tags" | "flag" | "date";

export interface FieldSpec {
	name: string;
	word: Word;
	kind: FieldKind;
	/** Of `word` and `words`, with the group of the dictionary that names them. */
	options?: readonly string[];
	group?: string;
	/** What a new one says. */
	first?: Value;
	max?: number;
}

export interface ListSpec {
	name: string;
	word: Word;
	fields: readonly FieldSpec[];
}

export type Value = string | boolean | string[];
export type Row = Record<string, Value>;
/** What stands in the form, and what of the content has no field in it. */
export interface Draft {
	fields: Row;
	lists: Record<string, { row: Row; rest: Record<string, unknown> }[]>;
	rest: Record<string, unknown>;
}

const units = ["working-day", "day", "minute"] as const;
const text = (name: string, word: Word, max = 200): FieldSpec => ({ name, word, kind: "text", max });
const long = (name: string, word: Word, max = 4000): FieldSpec => ({ name, word, kind: "long", max });
const whole = (name: string, word: Word, first = ""): FieldSpec => ({ name, word, kind: "whole", first });
const one = (name: string, word: Word, group: string, options: readonly string[]): FieldSpec => ({ name, word, kind: "word", group, options });
const some = (name: string, word: Word, group: string, options: readonly string[]): FieldSpec => ({ name, word, kind: "words", group, options });

export const sections: readonly { word: Word; fields: readonly FieldSpec[]; lists: readonly ListSpec[] }[] = [
	{
		word: "hall.basics",
		fields: [
			text("base_code", "items.baseCode", 12),
			whole("handle_number", "items.handleNumber", "1"),
			text("name", "common.name"),
			text("name_en", "items.nameEn"),
			long("summary", "items.summary"),
			one("type", "hall.type", "power", ["licence", "confirmation", "payment", "reward", "ruling", "levy", "other-power", "public-service"]),
			one("level", "hall.level", "itemLevel", ["city", "nation", "province", "county", "town"]),
			one("case_type", "hall.caseType", "caseType", ["promised", "at-once", "reported"]),
			some("subjects", "hall.subject", "itemSubject", ["person", "company", "other"]),
			{ name: "keywords", word: "items.keywords", kind: "tags" },
		],
		lists: [{ name: "basis", word: "hall.basis", fields: [text("law", "items.law"), text("article", "items.article"), long("text", "items.lawText")] }],
	},
	{
		word: "hall.terms",
		fields: [
			whole("legal_days", "hall.legal"),
			one("legal_unit", "items.legalUnit", "items", units),
			whole("promise_days", "hall.promised"),
			one("promise_unit", "items.promiseUnit", "items", units),
			whole("visits_max", "hall.visits", "1"),
			whole("online_depth", "hall.online", "1"),
			{ name: "effective_from", word: "items.from", kind: "date" },
			{ name: "effective_to", word: "items.to", kind: "date" },
		],
		lists: [{ name: "steps", word: "hall.steps", fields: [text("name", "common.name"), whole("days", "items.days"), long("text", "items.note")] }],
	},
	{
		word: "hall.conditions",
		fields: [long("conditions", "hall.conditions"), long("decision", "items.decision", 262144)],
		lists: [
			{
				name: "questions",
				word: "items.questions",
				fields: [
					text("key", "items.key", 64),
					text("text", "items.question"),
					one("kind", "items.kind", "items", ["yes-no", "number", "text", "date", "choice"]),
					{ name: "choices", word: "items.choices", kind: "tags" },
					long("help", "items.help"),
				],
			},
		],
	},
	{
		word: "hall.materials",
		fields: [],
		lists: [
			{
				name: "materials",
				word: "hall.materials",
				fields: [
					text("code", "items.code", 64),
					text("name", "common.name"),
					one("necessity", "items.necessity", "necessity", ["required", "optional", "deferrable"]),
					one("source", "items.source", "materialSource", ["applicant", "government", "other"]),
					some("forms", "items.forms", "materialForm", ["original", "copy", "electronic"]),
					whole("copies", "items.copies", "1"),
					text("when", "items.when", 4000),
				],
			},
		],
	},
	{
		word: "hall.fees",
		fields: [{ name: "fee", word: "items.fee", kind: "flag" }],
		lists: [
			{
				name: "fees",
				word: "hall.fees",
				fields: [
					text("name", "common.name"),
					long("standard", "hall.standard"),
					long("basis", "hall.feeBasis"),
					text("amount", "items.amount", 4000),
					text("waiver", "items.waiver", 4000),
				],
			},
		],
	},
	{
		word: "hall.channels",
		fields: [
			some("channels", "items.channels", "channel", ["window", "web", "kiosk", "mobile"]),
			text("hours", "hall.hours"),
			text("phone", "hall.phone"),
			text("complaint", "hall.complaint"),
			text("scope", "hall.scope"),
			text("quota", "hall.quota"),
			text("result_name", "hall.result"),
			long("change_note", "items.changeNote"),
		],
		lists: [
			{
				name: "places",
				word: "items.places",
				fields: [text("name", "common.name"), text("address", "hall.address"), text("hours", "hall.hours"), text("phone", "hall.phone")],
			},
		],
	},
];

const fields = sections.flatMap((section) => section.fields);
const lists = sections.flatMap((section) => section.lists);

function firstOf(spec: FieldSpec): Value {
	if (spec.first !== undefined)
		return spec.first;
	return spec.kind === "flag" ? false : spec.kind === "words" ? [] : spec.kind === "word" ? (spec.options?.[0] ?? "") : "";
}

export const newRow = (specs: readonly FieldSpec[]): Row => Object.fromEntries(specs.map((spec) => [spec.name, firstOf(spec)]));

function shown(spec: FieldSpec, value: unknown): Value {
	if (spec.kind === "flag")
		return value === true;
	if (spec.kind === "words")
		return Array.isArray(value) ? value.map(String) : [];
	if (spec.kind === "tags")
		return Array.isArray(value) ? value.join(", ") : "";
	return value === null || value === undefined ? "" : String(value);
}

function split(specs: readonly { name: string }[], content: Record<string, unknown>): Record<string, unknown> {
	const known = new Set(specs.map((spec) => spec.name));
	return Object.fromEntries(Object.entries(content).filter(([name]) => !known.has(name)));
}

const rowOf = (specs: readonly FieldSpec[], content: Record<string, unknown>): Row =>
	Object.fromEntries(specs.map((spec) => [spec.name, shown(spec, content[spec.name])]));

/** What a new item says (`null`), or one that is there. */
export function draftOf(content: Record<string, unknown> | null): Draft {
	if (content === null)
		return {
			fields: newRow(fields),
			lists: Object.fromEntries(lists.map((list) => [list.name, list.name === "basis" ? [{ row: newRow(list.fields), rest: {} }] : []])),
			rest: {},
		};
	/* The daemon derives the codes anew. */
	const { impl_code: _impl, handle_code: _handle, ...kept } = split([...fields, ...lists], content);
	return {
		fields: rowOf(fields, content),
		lists: Object.fromEntries(
			lists.map((list) => [
				list.name,
				((content[list.name] as Record<string, unknown>[] | null) ?? []).map((one) => ({ row: rowOf(list.fields, one), rest: split(list.fields, one) })),
			]),
		),
		rest: kept,
	};
}

/* What is left empty is not said; of what is no number the daemon says so beside the field. */
function valueOf(spec: FieldSpec, value: Value | undefined): unknown {
	if (typeof value !== "string")
		return value;
	const said = value.trim();
	if (spec.kind === "tags")
		return said.split(/[,，、]/).map((part) => part.trim()).filter((part) => part !== "");
	if (said === "")
		return undefined;
	return spec.kind === "whole" && Number.isFinite(Number(said)) ? Number(said) : said;
}

function bodyOf(specs: readonly FieldSpec[], row: Row): Record<string, unknown> {
	const said = specs.map((spec) => [spec.name, valueOf(spec, row[spec.name])] as const);
	return Object.fromEntries(said.filter(([, value]) => value !== undefined));
}

/** The content that the daemon takes. */
export function contentOf(draft: Draft): Record<string, unknown> {
	const body: Record<string, unknown> = { ...draft.rest, ...bodyOf(fields, draft.fields) };
	for (const list of lists)
		body[list.name] = (draft.lists[list.name] ?? []).map((one) => ({ ...one.rest, ...bodyOf(list.fields, one.row) }));
	return body;
}

/** The names of all fields of the form, as the daemon names them in a refusal: "materials[0].when". */
export function pathsOf(draft: Draft): string[] {
	return [
		...fields.map((spec) => spec.name),
		...lists.flatMap((list) => [
			list.name,
			...(draft.lists[list.name] ?? []).flatMap((_row, n) => list.fields.map((spec) => `${list.name}[${n}].${spec.name}`)),
		]),
	];
}
