/* SPDX-License-Identifier: Apache-2.0 */
/* Tables that the department hands in: /api/v1/intake. */
import type { Page } from "./http";
import { get, upload } from "./http";

const root = "/api/v1/intake";
const part = encodeURIComponent;

export interface ColumnQuality {
	name: string;
	/** Shares of 1. */
	completeness: number | null;
	validity: number | null;
	uniqueness: number | null;
	/** How often which rule was broken. */
	breaches: Record<string, number>;
	/** Masked. */
	examples: string[];
}

export interface Batch {
	id: string;
	resource_id: string;
	resource_code: string;
	number: number;
	version: number;
	state: "waiting" | "taken" | "refused";
	source: string;
	source_size: number;
	rows: number;
	accepted: number;
	rejected: number;
	/** Of one batch, once it was taken. */
	report?: { encoding: string; columns: ColumnQuality[] };
	problem: string | null;
	handed_at: string;
	done_at: string | null;
}

/** The newest first; the page behind a marker. */
export async function listBatches(marker: string | null, signal?: AbortSignal): Promise<Page<Batch>> {
	const page = await get<{ batches: Batch[]; next: string | null }>(`${root}/batches?limit=50${marker === null ? "" : `&marker=${part(marker)}`}`, signal);
	return { list: page.batches, next: page.next };
}

export const showBatch = (id: string, signal?: AbortSignal): Promise<Batch> => get(`${root}/batches/${part(id)}`, signal);

/** Hands in a whole table of a resource; it is checked in the background. */
export function handIn(resource: string, file: File, progress: (sent: number) => void, signal: AbortSignal): Promise<void> {
	return upload(`${root}/resources/${part(resource)}/batches?name=${part(file.name)}`, file, progress, signal, "POST");
}

/** Where the browser gets the rows that broke a rule; the purpose stands in the audit. */
export function rejectedAddress(id: string, purpose: string): string {
	return `${root}/batches/${part(id)}/rejected?purpose=${part(purpose)}`;
}
