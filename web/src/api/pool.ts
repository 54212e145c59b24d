/* SPDX-License-Identifier: Apache-2.0 */
/* Resource pools 资源池: what they are, how full, and which VDC may use which. */
import { ask, get } from "./http";

const base = "/api/v1";
const part = encodeURIComponent;

export type NetworkZone = "government" | "internet" | "private";

export interface Pool {
	id: string;
	name: string;
	availability_zone: string;
	site: string;
	network_zone: NetworkZone;
	protection: number;
}

/** One that the VDC in force may use. */
export interface OwnPool extends Pool {
	/** One of its hosts takes servers. */
	available: boolean;
}

interface Amounts {
	vcpus: number;
	memory_mb: number;
	disk_gb: number;
}

export interface PoolHost extends Amounts {
	name: string;
	state: "up" | "down";
	/** Why nothing is placed there. */
	disabled: string | null;
	/** Percent of the host; what it may promise is that part already. */
	share: number;
	used_vcpus: number;
	used_memory_mb: number;
	used_disk_gb: number;
}

export interface PoolVdc extends Amounts {
	/** Null: promised before it was written down whose it is. */
	project_id: string | null;
	servers: number;
}

export interface PoolUse {
	hosts: PoolHost[];
	vdcs: PoolVdc[];
}

export async function listOwnPools(signal?: AbortSignal): Promise<{ pools: OwnPool[]; limited: boolean }> {
	return get(`${base}/own-pools`, signal);
}

export async function listPools(signal?: AbortSignal): Promise<Pool[]> {
	return (await get<{ pools: Pool[] }>(`${base}/pools`, signal)).pools;
}

export interface UsedPool extends Pool {
	use: PoolUse;
}

/** Every pool with how full it is, which is asked for one by one. */
export async function listPoolsInUse(signal?: AbortSignal): Promise<UsedPool[]> {
	const pools = await listPools(signal);
	return Promise.all(pools.map(async (pool) => ({ ...pool, use: await get<PoolUse>(`${base}/pools/${part(pool.id)}/use`, signal) })));
}

/** Which VDC was given which pools; a VDC that stands nowhere in it may use every pool. */
export async function listGrants(signal?: AbortSignal): Promise<{ project_id: string; pool_id: string }[]> {
	return (await get<{ grants: { project_id: string; pool_id: string }[] }>(`${base}/vdc-pools`, signal)).grants;
}

/** No pools at all: it may use every pool. */
export const setVdcPools = (vdc: string, pools: string[]): Promise<unknown> => ask("PUT", `${base}/vdc-pools/${part(vdc)}`, { pools });

/** What a pool has and what of it is promised, over all of its hosts. */
export function sums(use: PoolUse): Record<"vcpus" | "memory" | "disk", { used: number; max: number }> {
	const sum = (of: (host: PoolHost) => number): number => use.hosts.reduce((all, host) => all + of(host), 0);
	return {
		vcpus: { used: sum((h) => h.used_vcpus), max: sum((h) => h.vcpus) },
		memory: { used: sum((h) => h.used_memory_mb), max: sum((h) => h.memory_mb) },
		disk: { used: sum((h) => h.used_disk_gb), max: sum((h) => h.disk_gb) },
	};
}
