/* SPDX-License-Identifier: Apache-2.0 */
/* The items of one's department 政务服务事项, for their editors and approvers: drafts, steps and who decides about them. */
import type { Page } from "./http";
import { ask, get } from "./http";
import type { ItemContent } from "./hall";

export type Move = "publish" | "suspend" | "resume" | "withdraw";

export interface Entry {
	id: string;
	code: string;
	office: string | null;
	state: "draft" | "published" | "suspended" | "withdrawn";
	state_reason: string | null;
	/** Number of the version that everybody reads, and of the one that is written; 0: none. */
	published: number;
	draft: number;
	name: string;
	name_en: string | null;
	type: string;
	/** What waits for a decision, and who asked for it. */
	move: Move | null;
	move_by: string | null;
	move_reason: string | null;
	/** Why the last step was returned, until the next is asked for. */
	returned: string | null;
	updated_at: string;
}

export interface VersionBrief {
	number: number;
	state: "draft" | "published" | "superseded";
	edited_by: string;
	submitted_by: string | null;
	decided_by: string | null;
	/** Why it was returned. */
	decision: string | null;
	updated_at: string;
}

export interface EntryDetail {
	entry: Entry;
	version: VersionBrief & { content: ItemContent & Record<string, unknown> };
	versions: VersionBrief[];
}

const root = "/api/v1/hall/items";
const at = (id: string, rest = ""): string => `${root}/${encodeURIComponent(id)}${rest}`;

export async function listEntries(waiting: boolean, state: string, marker: string | null, signal?: AbortSignal): Promise<Page<Entry>> {
	const query = new URLSearchParams({ limit: "50" });
	if (waiting)
		query.set("waiting", "true");
	if (state !== "")
		query.set("state", state);
	if (marker !== null)
		query.set("marker", marker);
	const page = await get<{ entries: Entry[]; next: string | null }>(`${root}?${query}`, signal);
	return { list: page.entries, next: page.next };
}

/** The draft, or else the published version; or the one of a number. */
export const showEntry = (id: string, version: number | null, signal?: AbortSignal): Promise<EntryDetail> =>
	get(at(id, version === null ? "" : `/versions/${version}`), signal);

/** Makes an item, or replaces the draft of one (`id`), the whole of it. Gives its id. */
export async function saveItem(id: string | null, content: Record<string, unknown>): Promise<string> {
	const whole = await ask<{ entry: Entry }>(id === null ? "POST" : "PUT", id === null ? root : at(id, "/draft"), content);
	return whole.entry.id;
}

export const discardDraft = (id: string): Promise<unknown> => ask("DELETE", at(id, "/draft"));
export const askMove = (id: string, move: Move, reason: string | null): Promise<unknown> => ask("POST", at(id, "/move"), { move, reason });
export const recallMove = (id: string): Promise<unknown> => ask("DELETE", at(id, "/move"));
export const decideMove = (id: string, verdict: "approve" | "return", reason: string | null): Promise<unknown> =>
	ask("POST", at(id, "/move/decision"), { verdict, reason });
