/* SPDX-License-Identifier: Apache-2.0 */
/* A form of form-js as fields: where its values lie, what is shown of it now, and what is handed in. The daemon
 * holds what is handed in to the form (../../../src/engine/form); what stands here spares people the way there,
 * and decides nothing: an expression that cannot be made out here hides nothing and fixes nothing.
 *
 * It brings an interpreter of FEEL with it, so it is loaded only with the forms (parts/FormSheet.vue). */
import { evaluate } from "feelin";
import type { FormComponent, Values } from "../api/process";
import { t } from "../i18n";

/** Where components stand: in the data as a whole, or in one item of a list. */
export interface Spot {
	root: Values;
	/** What keys are looked up in: `root`, or the item. */
	own: Values;
	/** How the daemon names it: "" or "items[2]". */
	prefix: string;
	/** The path of the groups around, within `own`. */
	base: string;
	/** Of the item, from one; 0 outside of lists. */
	number: number;
}

export const top = (root: Values): Spot => ({ root, own: root, prefix: "", base: "", number: 0 });

const containers = new Set(["group", "page", "multipage", "dynamiclist"]);
const inputs = new Set(["textfield", "textarea", "number", "datetime", "checkbox", "radio", "select", "checklist", "taglist"]);
export const isContainer = (one: FormComponent): boolean => containers.has(one.type);
export const isInput = (one: FormComponent): boolean => inputs.has(one.type);

const record = (value: unknown): Values | null =>
	typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : null;

/* --- where values lie --- */

const join = (a: string, b: string): string => (a === "" || b === "" ? a + b : `${a}.${b}`);

/** Its path as the daemon names it in a refusal: "items[2].price". */
export const pathOf = (one: FormComponent, at: Spot): string => join(at.prefix, join(at.base, (isContainer(one) ? one.path : one.key) ?? ""));

function read(own: Values, path: string): unknown {
	let value: unknown = own;
	for (const name of path.split("."))
		value = record(value)?.[name];
	return value;
}

function write(own: Values, path: string, value: unknown): void {
	const names = path.split(".");
	const last = names.pop() ?? "";
	let into = own;
	for (const name of names) {
		/* Only what is its own: a key "__proto__.x" is not to reach what all objects share. */
		const next = (Object.hasOwn(into, name) ? record(into[name]) : null) ?? {};
		/* Read back, because what a reactive object holds is reactive only by way of it. */
		into[name] = next;
		into = into[name] as Values;
	}
	into[last] = value;
}

export const valueOf = (one: FormComponent, at: Spot): unknown => read(at.own, join(at.base, one.key ?? "")) ?? null;

/** What is empty is null, as the daemon sees it. */
export function setValue(one: FormComponent, at: Spot, value: unknown): void {
	write(at.own, join(at.base, one.key ?? ""), value === "" ? null : value);
}

/** Inside a group. */
export const within = (group: FormComponent, at: Spot): Spot => ({ ...at, base: join(at.base, group.path ?? "") });

export function itemsOf(list: FormComponent, at: Spot): Values[] {
	const items = read(at.own, within(list, at).base);
	return Array.isArray(items) ? (items as Values[]) : [];
}

export const itemSpot = (list: FormComponent, at: Spot, n: number): Spot => ({
	root: at.root,
	own: itemsOf(list, at)[n] ?? {},
	prefix: `${pathOf(list, at)}[${n}]`,
	base: "",
	number: n + 1,
});

export function addItem(list: FormComponent, at: Spot): void {
	write(at.own, within(list, at).base, [...itemsOf(list, at), begin(list.components ?? [], {})]);
}

export function dropItem(list: FormComponent, at: Spot, n: number): void {
	write(at.own, within(list, at).base, itemsOf(list, at).filter((_, k) => k !== n));
}

/* --- expressions --- */

/** What an expression gives there; undefined where it is none, or cannot be made out. */
export function feel(text: unknown, at: Spot): unknown {
	if (typeof text !== "string" || !text.startsWith("="))
		return undefined;
	const scope = at.number === 0 ? at.root : { ...at.root, ...at.own, this: at.own, parent: at.root, i: at.number };
	try {
		return evaluate(text.slice(1), scope) as unknown;
	} catch {
		return undefined;
	}
}

export const isHidden = (one: FormComponent, at: Spot): boolean => feel(one.conditional?.hide, at) === true;

const always = (one: FormComponent): boolean => one.readonly === true || one.disabled === true;

/** May only be looked at. */
export const isFixed = (one: FormComponent, at: Spot): boolean => always(one) || feel(one.readonly, at) === true;

const asText = (value: unknown): string => (value === null || value === undefined ? "" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** A label or a text: words, an expression, or words with {{expressions}} in them. */
export function phrase(text: string | undefined, at: Spot): string {
	if (text === undefined)
		return "";
	if (text.startsWith("="))
		return asText(feel(text, at));
	return text.replace(/\{\{([^{}#/]+)\}\}/g, (_, expression: string) => asText(feel(`=${expression}`, at)));
}

/** Lines of Markdown or HTML as bare words: what a form brings along is shown and never run. */
export function bareWords(text: string): string[] {
	const words = new DOMParser().parseFromString(text, "text/html").body.textContent ?? "";
	return words
		.split("\n")
		.map((line) => line.replace(/^\s*#{1,6}\s+/, "").replace(/\*\*|__|`/g, "").trim())
		.filter((line) => line !== "");
}

export interface Choice {
	label: string;
	value: unknown;
}

export function choicesOf(one: FormComponent, at: Spot): Choice[] {
	const list = one.valuesKey ? at.root[one.valuesKey] : one.valuesExpression ? feel(one.valuesExpression, at) : one.values;
	if (!Array.isArray(list))
		return [];
	return (list as unknown[]).map((each) => {
		const value = record(each)?.["value"] ?? each;
		return { value, label: asText(record(each)?.["label"] ?? value) };
	});
}

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/* --- from beginning to end --- */

/** The data that a form begins with: what is known, what the form gives for the rest, and its lists' first items. */
export function begin(components: FormComponent[], known: Values): Values {
	const data = JSON.parse(JSON.stringify(known)) as Values;
	fill(components, top(data));
	return data;
}

function fill(components: FormComponent[], at: Spot): void {
	for (const one of components) {
		if (one.type === "dynamiclist")
			fillList(one, at);
		else if (isContainer(one))
			fill(one.components ?? [], within(one, at));
		else if (isInput(one) && !always(one) && valueOf(one, at) === null)
			setValue(one, at, one.defaultValue ?? (one.type === "checkbox" ? false : null));
	}
}

function fillList(list: FormComponent, at: Spot): void {
	const inside = list.components ?? [];
	const { base } = within(list, at);
	if (!Array.isArray(read(at.own, base)) && writes(inside))
		write(at.own, base, Array.from({ length: Number(list.defaultRepetitions ?? 1) }, () => begin(inside, {})));
	for (let n = 0; n < itemsOf(list, at).length; n++)
		fill(inside, itemSpot(list, at, n));
}

const writes = (components: FormComponent[]): boolean => components.some((one) => (isContainer(one) ? writes(one.components ?? []) : isInput(one) && !always(one)));

/** What is handed in. What is read-only stays out of it, but for a list's, whose items are given whole. What a condition hides
 *  goes along, so that the daemon's conditions see what these saw; it is not kept there. */
export function handIn(components: FormComponent[], at: Spot): Values {
	const out: Values = {};
	collect(components, at, out);
	return out;
}

function collect(components: FormComponent[], at: Spot, out: Values): void {
	for (const one of components) {
		if (one.type === "dynamiclist") {
			if (writes(one.components ?? []))
				write(out, within(one, at).base, itemsOf(one, at).map((_, n) => handIn(one.components ?? [], itemSpot(one, at, n))));
		} else if (isContainer(one)) {
			collect(one.components ?? [], within(one, at), out);
		} else if (isInput(one)) {
			const value = valueOf(one, at);
			if (at.number === 0 ? !isFixed(one, at) : value !== null)
				write(out, join(at.base, one.key ?? ""), value);
		}
	}
}

/** The fields and lists that are shown now, by path. */
export function shownFields(components: FormComponent[], at: Spot): Map<string, { one: FormComponent; at: Spot }> {
	const found = new Map<string, { one: FormComponent; at: Spot }>();
	const walk = (list: FormComponent[], spot: Spot): void => {
		for (const one of list.filter((each) => !isHidden(each, spot))) {
			if (isInput(one) || one.type === "dynamiclist")
				found.set(pathOf(one, spot), { one, at: spot });
			if (one.type === "dynamiclist")
				itemsOf(one, spot).forEach((_, n) => walk(one.components ?? [], itemSpot(one, spot, n)));
			else if (isContainer(one))
				walk(one.components ?? [], within(one, spot));
		}
	};
	walk(components, at);
	return found;
}

const isEmpty = (one: FormComponent, value: unknown): boolean =>
	value === null || value === "" || (Array.isArray(value) && value.length === 0) || (one.type === "checkbox" && value !== true);

/** What is plain to see before it is sent: what is missing, and what is no number. */
export function faults(components: FormComponent[], at: Spot): Record<string, string> {
	const out: Record<string, string> = {};
	for (const [path, { one, at: spot }] of shownFields(components, at)) {
		if (!isInput(one) || isFixed(one, spot))
			continue;
		const value = valueOf(one, spot);
		if (one.validate?.required === true && isEmpty(one, value))
			out[path] = t("sheet.required");
		else if (one.type === "number" && typeof value === "string" && (!one.serializeToString || !isNumber(value)))
			out[path] = t("sheet.number");
	}
	return out;
}

/* --- numbers and times as they are typed --- */

const isNumber = (text: string): boolean => /^[+-]?(\d+\.?\d*|\.\d+)$/.test(text);

/** A number of what was typed; the text itself where it is none, or would not come back as it was typed. */
export function typedNumber(one: FormComponent, text: string): unknown {
	const bare = text.trim();
	if (bare === "" || one.serializeToString === true || !isNumber(bare))
		return bare;
	const value = Number(bare);
	return Number.isInteger(value) && !Number.isSafeInteger(value) ? bare : value;
}

const zone = 8 * 60;
const two = (n: number): string => String(n).padStart(2, "0");
const clock = (minutes: number): string => `${two(Math.floor((((minutes % 1440) + 1440) % 1440) / 60))}:${two((((minutes % 60) + 60) % 60))}`;

/** A date or time for the browser's own field, which knows no zones: by Shanghai's clock. */
export function shownMoment(subtype: string, wire: string): string {
	const offset = /(Z|([+-])(\d\d):(\d\d))$/.exec(wire);
	if (subtype === "date" || !offset)
		return subtype === "date" ? wire.slice(0, 10) : wire.slice(0, subtype === "time" ? 5 : 16);
	if (subtype === "datetime") {
		/* What is no moment, which a variable may hold that no form has held to anything, is shown as none. */
		const at = new Date(wire).getTime();
		return Number.isNaN(at) ? "" : new Date(at + zone * 60_000).toISOString().slice(0, 16);
	}
	const away = offset[1] === "Z" ? 0 : (offset[2] === "-" ? -1 : 1) * (Number(offset[3]) * 60 + Number(offset[4]));
	return clock(Number(wire.slice(0, 2)) * 60 + Number(wire.slice(3, 5)) - away + zone);
}

/** And back, in the way that the form wants. */
export function typedMoment(one: FormComponent, subtype: string, shown: string): string {
	const way = subtype === "date" || shown === "" ? "" : one.timeSerializingFormat;
	if (way === "utc_offset")
		return `${shown}+08:00`;
	if (way !== "utc_normalized")
		return shown;
	if (subtype === "datetime")
		return `${new Date(`${shown}:00+08:00`).toISOString().slice(0, 16)}Z`;
	return `${clock(Number(shown.slice(0, 2)) * 60 + Number(shown.slice(3, 5)) - zone)}Z`;
}
