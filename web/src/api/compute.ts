/* SPDX-License-Identifier: Apache-2.0 */
/* Servers, flavors and limits by the Nova-compatible service, read into the portal's own words. */
import { ask, get } from "./http";

const base = "/compute/v2.1";

export interface Address {
	network: string;
	ip: string;
	version: number;
	mac: string | null;
}

export interface Server {
	id: string;
	name: string;
	/** Nova's word: ACTIVE, BUILD, ERROR, … */
	state: string;
	/** What is being done to it at the moment, Nova's word; null at rest. */
	task: string | null;
	flavorId: string;
	/** Null for a server that starts from a volume. */
	imageId: string | null;
	addresses: Address[];
	created: string;
	updated: string;
	zone: string | null;
	/** Why it is in ERROR. */
	fault: string | null;
}

export interface Flavor {
	id: string;
	name: string;
	vcpus: number;
	/** MiB */
	ram: number;
	/** GiB */
	disk: number;
}

/** One quota: what is used and what is allowed; max is null where there is no limit. */
export interface Quota {
	used: number;
	max: number | null;
}

export interface Limits {
	servers: Quota;
	vcpus: Quota;
	/** MiB */
	ram: Quota;
}

interface WireServer {
	id: string;
	name: string;
	status: string;
	created: string;
	updated: string;
	flavor: { id: string };
	image: { id: string } | "" | null;
	addresses?: Record<string, { addr: string; version: number; "OS-EXT-IPS-MAC:mac_addr"?: string }[]>;
	fault?: { message: string };
	"OS-EXT-STS:task_state"?: string | null;
	"OS-EXT-AZ:availability_zone"?: string;
}

export function serverFromWire(wire: WireServer): Server {
	const addresses = Object.entries(wire.addresses ?? {}).flatMap(([network, list]) =>
		list.map((a) => ({
			network,
			ip: a.addr,
			version: a.version,
			mac: a["OS-EXT-IPS-MAC:mac_addr"] ?? null,
		})),
	);
	return {
		id: wire.id,
		name: wire.name,
		state: wire.status,
		task: wire["OS-EXT-STS:task_state"] ?? null,
		flavorId: wire.flavor.id,
		imageId: wire.image ? wire.image.id : null,
		addresses,
		created: wire.created,
		updated: wire.updated,
		zone: wire["OS-EXT-AZ:availability_zone"] || null,
		fault: wire.fault?.message ?? null,
	};
}

/** The path part of a link that Nova gives as a whole address: calls stay on this origin. */
function samePlace(link: string): string {
	const url = new URL(link, location.origin);
	return url.pathname + url.search;
}

/** Those of one VDC, when it is named, for who sees all. */
export async function listServers(signal?: AbortSignal, vdc?: string): Promise<Server[]> {
	const all: Server[] = [];
	let path: string | null = `${base}/servers/detail${vdc === undefined ? "" : `?all_tenants=1&project_id=${encodeURIComponent(vdc)}`}`;
	while (path !== null) {
		const page: { servers: WireServer[]; servers_links?: { rel: string; href: string }[] } =
			await get(path, signal);
		all.push(...page.servers.map(serverFromWire));
		const next = page.servers_links?.find((l) => l.rel === "next");
		path = next && page.servers.length > 0 ? samePlace(next.href) : null;
	}
	return all;
}

export async function showServer(id: string, signal?: AbortSignal): Promise<Server> {
	const answer = await get<{ server: WireServer }>(`${base}/servers/${id}`, signal);
	return serverFromWire(answer.server);
}

export interface NewServer {
	name: string;
	imageRef: string;
	flavorRef: string;
	networkId: string;
	/** An availability zone, which is a pool's name; none: wherever the VDC may and there is room. */
	zone?: string;
}

/** Asks for a server; the answer is its id, the rest comes by events. */
export async function createServer(what: NewServer): Promise<string> {
	const answer = await ask<{ server: { id: string } }>("POST", `${base}/servers`, {
		server: {
			name: what.name,
			imageRef: what.imageRef,
			flavorRef: what.flavorRef,
			networks: [{ uuid: what.networkId }],
			...(what.zone && { availability_zone: what.zone }),
		},
	});
	return answer.server.id;
}

export const deleteServer = (id: string): Promise<null> => ask("DELETE", `${base}/servers/${id}`);

/** The last `length` lines that the server wrote to its serial console. */
export async function consoleLog(id: string, length: number): Promise<string> {
	const answer = await ask<{ output: string }>("POST", `${base}/servers/${id}/action`, {
		"os-getConsoleOutput": { length },
	});
	return answer.output;
}

export async function listFlavors(signal?: AbortSignal): Promise<Flavor[]> {
	const answer = await get<{ flavors: Flavor[] }>(`${base}/flavors/detail`, signal);
	return answer.flavors;
}

export async function readLimits(signal?: AbortSignal): Promise<Limits> {
	const answer = await get<{ limits: { absolute: Record<string, number> } }>(`${base}/limits`, signal);
	const of = (used: string, max: string): Quota => {
		const most = answer.limits.absolute[max] ?? -1;
		return { used: answer.limits.absolute[used] ?? 0, max: most < 0 ? null : most };
	};
	return {
		servers: of("totalInstancesUsed", "maxTotalInstances"),
		vcpus: of("totalCoresUsed", "maxTotalCores"),
		ram: of("totalRAMUsed", "maxTotalRAMSize"),
	};
}

/** Asks for one of Nova's actions; what comes of it comes by events. */
export const actOnServer = (id: string, body: Record<string, unknown>): Promise<null> =>
	ask("POST", `${base}/servers/${id}/action`, body);

export const resizeServer = (id: string, flavorRef: string): Promise<null> => actOnServer(id, { resize: { flavorRef } });

/** The address of the server's screen, which opens it once and within a minute: on this origin. */
export async function openScreen(id: string): Promise<string> {
	const answer = await ask<{ console: { url: string } }>("POST", `${base}/servers/${id}/action`, {
		"os-getVNCConsole": { type: "novnc" },
	});
	return samePlace(answer.console.url);
}
