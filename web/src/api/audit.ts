/* SPDX-License-Identifier: Apache-2.0 */
/* The audit's entries, newest first: /api/v1/audit. Only the audit administrator is let in. */
import { get } from "./http";

export interface AuditChange {
	member: string;
	/** Values as they stand on the wire; what is secret is masked. */
	before: unknown;
	after: unknown;
}

export interface AuditEntry {
	id: number;
	at: string;
	actor_name: string | null;
	action: string;
	subject: string | null;
	subject_id: string | null;
	/** "ok", or the word of the refusal. */
	outcome: string;
	reason: string | null;
	/** The sealed batch that it is part of; 0 while it waits, which takes a tenth of a second. */
	batch: number;
	request_id: string | null;
	from_address: string | null;
	changes: AuditChange[];
}

export interface AuditPage {
	entries: AuditEntry[];
	next: string | null;
}

export function listAudit(limit: number, marker: string | null): Promise<AuditPage> {
	const query = new URLSearchParams({ limit: String(limit) });
	if (marker !== null)
		query.set("marker", marker);
	return get(`/api/v1/audit?${query}`);
}
