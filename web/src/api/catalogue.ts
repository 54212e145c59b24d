/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue of government information resources: /api/v1/catalogue. Everybody who is logged in reads it. */
import { get } from "./http";

export interface CatalogueResource {
	id: string;
	/** Given at the first publication. */
	code: string | null;
	provider_id: string;
	provider: string;
	provider_code: string;
	state: string;
	name: string;
	summary: string;
	class_code: string;
	share_type: string;
	open: boolean;
	cycle: string;
	published_on: string | null;
	revoke_reason: string | null;
}

export interface CataloguePage {
	resources: CatalogueResource[];
	total: number;
	next: string | null;
}

export interface Facet {
	key: string;
	name: string;
	count: number;
}

export interface Facets {
	total: number;
	items: number;
	providers: Facet[];
	/** 项 of the classification. */
	classes: Facet[];
	share_types: Facet[];
}

export interface CatalogueItem {
	name: string;
	code: string | null;
	type: string;
	length: number | null;
	scale: number | null;
	/** Null: as the resource. */
	share_type: string | null;
	share_condition: string | null;
	secret: boolean;
	standard: string | null;
	note: string | null;
}

export interface CatalogueVersion {
	number: number;
	state: string;
	name: string;
	summary: string;
	format: string;
	format_types: string[];
	share_type: string;
	share_condition: string | null;
	share_basis: string | null;
	share_mode: string | null;
	open: boolean;
	open_condition: string | null;
	cycle: string;
	published_on: string | null;
	related: string[];
	keywords: string[];
	system: string | null;
	link: string | null;
	change_note: string | null;
	items: CatalogueItem[];
}

export interface VersionBrief {
	number: number;
	state: string;
	name: string;
	published_on: string | null;
	change_note: string | null;
	updated_at: string;
}

export interface CatalogueDetail {
	resource: CatalogueResource;
	version: CatalogueVersion;
	class_path: string;
	versions: VersionBrief[];
}

export interface Difference {
	field: string;
	/** The item's name; null: of the resource. */
	item: string | null;
	before: unknown;
	after: unknown;
}

/** What a list is narrowed by; empty: not at all. */
export interface CatalogueFilter {
	q: string;
	provider: string;
	class_code: string;
	share_type: string;
}

const root = "/api/v1/catalogue";

export function listResources(
	filter: CatalogueFilter,
	limit: number,
	marker: string | null,
	signal?: AbortSignal,
): Promise<CataloguePage> {
	const query = new URLSearchParams({ limit: String(limit) });
	for (const [name, value] of Object.entries(filter))
		if (value !== "")
			query.set(name, value as string);
	if (marker !== null)
		query.set("marker", marker);
	return get(`${root}/resources?${query}`, signal);
}

export const readFacets = (signal?: AbortSignal): Promise<Facets> => get(`${root}/facets`, signal);

/** The version that stands, or that of a number. */
export const showResource = (id: string, version: number | null, signal?: AbortSignal): Promise<CatalogueDetail> =>
	get(`${root}/resources/${encodeURIComponent(id)}${version === null ? "" : `/versions/${version}`}`, signal);

export async function listDifferences(id: string, from: number, to: number): Promise<Difference[]> {
	const answer = await get<{ differences: Difference[] }>(
		`${root}/resources/${encodeURIComponent(id)}/diff?from=${from}&to=${to}`,
	);
	return answer.differences;
}

/** Where the browser gets what is published as a file, by the session's cookie. */
export function exportAddress(form: "sheet" | "dcat", filter: { id?: string; provider?: string; class_code?: string }): string {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(filter))
		if (value)
			query.set(name, value);
	const text = query.toString();
	return `${root}/export/${form}${text === "" ? "" : `?${text}`}`;
}
