/* SPDX-License-Identifier: Apache-2.0 */
/* Images by the Glance-compatible service. */
import { ask, get, upload } from "./http";

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
	protected: boolean;
	os_hash_algo: string | null;
	os_hash_value: string | null;
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

export const diskFormats = ["qcow2", "raw", "vmdk", "vhdx", "vdi", "iso"] as const;
export type DiskFormat = (typeof diskFormats)[number];

/** The format that a file's name speaks of; null where it says nothing. */
export function formatOfName(name: string): DiskFormat | null {
	const end = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? "";
	const others: Record<string, DiskFormat> = { img: "raw", qcow: "qcow2" };
	return diskFormats.find((format) => format === end) ?? others[end] ?? null;
}

export interface NewImage {
	name: string;
	disk_format: DiskFormat;
	visibility: string;
	/** GiB, MiB */
	min_disk: number;
	min_ram: number;
}

/** Registers an image; its bytes come by uploadImage(). */
export async function registerImage(what: NewImage): Promise<string> {
	const answer = await ask<{ id: string }>("POST", "/image/v2/images", { ...what, container_format: "bare" });
	return answer.id;
}

const at = (id: string, rest = ""): string => `/image/v2/images/${encodeURIComponent(id)}${rest}`;

export const uploadImage = (id: string, file: Blob, progress: (sent: number) => void, signal: AbortSignal): Promise<void> =>
	upload(at(id, "/file"), file, progress, signal);
export const deleteImage = (id: string): Promise<null> => ask("DELETE", at(id));
/** Out of use, and back: nobody starts a server from a deactivated image. */
export const setImageActive = (id: string, active: boolean): Promise<null> =>
	ask("POST", at(id, active ? "/actions/reactivate" : "/actions/deactivate"));

/** What other VDCs share with this one and nobody here has answered. */
export async function listOffered(signal?: AbortSignal): Promise<Image[]> {
	const answer = await get<{ images: Image[] }>(
		"/image/v2/images?visibility=shared&member_status=pending&limit=200",
		signal,
	);
	return answer.images;
}

export const answerOffer = (id: string, vdc: string, status: "accepted" | "rejected"): Promise<unknown> =>
	ask("PUT", at(id, `/members/${encodeURIComponent(vdc)}`), { status });

export const shareImage = (id: string, vdc: string): Promise<unknown> => ask("POST", at(id, "/members"), { member: vdc });
