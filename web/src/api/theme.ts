/* SPDX-License-Identifier: Apache-2.0 */
/* The theme bases 主题库: /api/v1/theme. Records in and linked records out; persons, legal entities and houses
 * looked up for a stated purpose; building; and the clerical review of what a build was in doubt of. */
import { ask, get } from "./http";

const root = "/api/v1/theme";
const part = encodeURIComponent;

export type DataKind = "person" | "firm" | "house";
export const dataKinds: readonly DataKind[] = ["person", "firm", "house"];

export interface ThemeState {
	records: number;
	persons: number;
	firms: number;
	houses: number;
	links: number;
	relations: number;
	/** Base records, source links and relations. */
	linked: number;
	/** Null: nothing was built yet. */
	built_at: string | null;
}

export const readTheme = (signal?: AbortSignal): Promise<ThemeState> => get(root, signal);

/* --- looking --- */

export type LookBy = "id" | "code" | "name" | "address" | "entity";

export interface ThemeValue {
	name: string;
	value: string | null;
	valid: boolean;
	resource: string;
	record: string | null;
}

export interface ThemeLink {
	resource: string;
	record: string;
	row: number;
}

export interface ThemeRelation {
	kind: string;
	/** From the entity to the other, or towards it. */
	out: boolean;
	entity: string;
	name: string | null;
	resource: string;
	count: number;
}

export interface ThemeEntity {
	id: string;
	kind: DataKind;
	values: ThemeValue[];
	links: ThemeLink[];
	relations: ThemeRelation[];
	more_relations: boolean;
}

/** Whom the base has under a number, code, name, address or entity; the purpose stands in the audit. */
export async function lookUp(by: LookBy, words: string, purpose: string): Promise<ThemeEntity[]> {
	const query = new URLSearchParams({ [by]: words, purpose, limit: "20" });
	return (await get<{ entities: ThemeEntity[] }>(`${root}/entities?${query.toString()}`)).entities;
}

/** What an entity is called as far as the asker may see it, else its number. */
export function nameOf(entity: ThemeEntity): string {
	const called = entity.kind === "house" ? "address" : "name";
	return entity.values.find((one) => one.name === called)?.value ?? entity.id;
}

/* --- building --- */

export interface ThemeRun {
	id: string;
	state: "waiting" | "done" | "failed";
	problem: string | null;
	records: number;
	linked: number;
	asked_at: string;
	done_at: string | null;
}

export interface ThemeSection {
	/** The table of the settings: "GA01". */
	code: string;
	resource_id: string;
	domain_id: string;
	updated_at: string;
}

/** How far a build is: its job. */
export interface Progress {
	percent: number;
	words: string | null;
}

export async function listRuns(signal?: AbortSignal): Promise<ThemeRun[]> {
	return (await get<{ runs: ThemeRun[] }>(`${root}/runs`, signal)).runs;
}
export const startRun = (): Promise<ThemeRun> => ask("POST", `${root}/runs`);
export async function runProgress(id: string): Promise<Progress | null> {
	return (await get<{ jobs: Progress[] }>(`/api/v1/jobs?kind=theme.base.build&subject=${part(id)}`)).jobs[0] ?? null;
}
export async function listSections(signal?: AbortSignal): Promise<ThemeSection[]> {
	return (await get<{ resources: ThemeSection[] }>(`${root}/resources`, signal)).resources;
}

/* --- clerical review --- */

export type Verdict = "same" | "different" | "unsure";
export type Stage = "first" | "second" | "third" | "settled";

export interface PairField {
	name: string;
	type: string;
	left: string | null;
	right: string | null;
	/** Said of the values before they were masked. */
	equal: boolean;
	/** Null: not compared. */
	level: string | null;
	weight: number | null;
	sum: number | null;
}

export interface Pair {
	id: string;
	kind: DataKind;
	left_resource: string;
	left_record: string;
	right_resource: string;
	right_record: string;
	weight: number;
	probability: number;
	prior: number;
	joined: boolean;
	fields: PairField[];
}

export interface Offer {
	/** Null: nothing waits for the asker. */
	pair: Pair | null;
	stage: Stage | null;
	leased_until: string | null;
}

export interface ReviewSum {
	first: number;
	second: number;
	third: number;
	same: number;
	different: number;
	unsure: number;
}

export interface Told {
	id: string;
	stage: Stage;
	verdict: Verdict | null;
}

export interface Judgement {
	id: string;
	review_id: string;
	kind: DataKind;
	left_resource: string;
	left_record: string;
	right_resource: string;
	right_record: string;
	verdict: Verdict;
	note: string | null;
	judged_at: string;
	withdrawn_at: string | null;
	state: "waiting" | "settled";
	settled: Verdict | null;
}

export const countReviews = (signal?: AbortSignal): Promise<ReviewSum> => get(`${root}/reviews`, signal);

/** The next pair, lent for ten minutes; `skip` gives one back and asks for what stands behind it. */
export function nextPair(kind: DataKind | "", skip: string | null): Promise<Offer> {
	return ask("POST", `${root}/reviews/next`, { ...(kind && { kind }), ...(skip !== null && { skip }) });
}

export function judgePair(id: string, verdict: Verdict, note: string): Promise<Told> {
	return ask("POST", `${root}/reviews/${part(id)}/judgement`, { verdict, ...(note !== "" && { note }) });
}

export const undoJudgement = (id: string): Promise<Told> => ask("DELETE", `${root}/reviews/${part(id)}/judgement`);

export async function listJudgements(signal?: AbortSignal): Promise<Judgement[]> {
	return (await get<{ judgements: Judgement[] }>(`${root}/judgements?limit=20`, signal)).judgements;
}

export const labelsAddress = `${root}/labels`;
