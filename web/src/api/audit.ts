/* SPDX-License-Identifier: Apache-2.0 */
/* The audit's entries, newest first: /api/v1/audit. Only the audit administrator is let in. */
import { get } from "./http";

export interface AuditChange {
	member: string;
	before: string | null;
	after: string | null;
}

export interface AuditEntry {
	id: string | number;
	at: string;
	actor_name: string | null;
	action: string;
	subject: string | null;
	subject_id: string | null;
	outcome: string;
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
