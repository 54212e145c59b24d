/* SPDX-License-Identifier: Apache-2.0 */
/* Images by the Glance-compatible service. */
import { get } from "./http";

export interface Image {
	id: string;
	name: string | null;
	status: string;
	visibility: string;
	disk_format: string | null;
	/** Bytes; null until the content has arrived. */
	size: number | null;
	min_disk: number;
	min_ram: number;
	created_at: string;
	owner: string | null;
}

export async function listImages(signal?: AbortSignal): Promise<Image[]> {
	const all: Image[] = [];
	let path: string | undefined = "/image/v2/images?limit=200";
	while (path !== undefined) {
		const page: { images: Image[]; next?: string } = await get(path, signal);
		all.push(...page.images);
		/* Glance's link starts at its own root: /v2/images?… */
		path = page.next?.replace(/^\/v2\//, "/image/v2/");
	}
	return all;
}
