/* SPDX-License-Identifier: Apache-2.0 */
/* Systems 业务系统: what the VDCs run, in the house's own dialect. */
import { ask, get } from "./http";

export const drModes = ["none", "backup", "standby", "active-active"] as const;
export type DrMode = (typeof drModes)[number];
export const protectionLevels = [1, 2, 3, 4] as const;

export interface SystemFacts {
	name: string;
	purpose: string | null;
	protection_level: number;
	owner: string;
	contact: string | null;
	dr_mode: DrMode;
}

export interface CitySystem extends SystemFacts {
	id: string;
	project_id: string;
	domain_id: string;
	created_at: string;
	updated_at: string;
	/** How many belong to it. */
	servers: number;
	networks: number;
}

export type ResourceKind = "server" | "network";

export interface SystemResource {
	kind: ResourceKind;
	id: string;
	/** Null where it belongs to none. */
	system_id: string | null;
	state: string | null;
}

const base = "/api/v1/systems";
const at = (id: string): string => `${base}/${encodeURIComponent(id)}`;

export async function listSystems(signal?: AbortSignal): Promise<CitySystem[]> {
	const all: CitySystem[] = [];
	let marker: string | null = "";
	while (marker !== null) {
		const page: { systems: CitySystem[]; next: string | null } = await get(
			`${base}?limit=500${marker && `&marker=${encodeURIComponent(marker)}`}`,
			signal,
		);
		all.push(...page.systems);
		marker = page.next;
	}
	return all;
}

export interface WholeSystem {
	system: CitySystem;
	resources: SystemResource[];
}

export const showSystem = (id: string, signal?: AbortSignal): Promise<WholeSystem> => get(at(id), signal);
export const createSystem = (facts: SystemFacts): Promise<CitySystem> => ask("POST", base, facts);
export const updateSystem = (id: string, facts: SystemFacts): Promise<CitySystem> => ask("PATCH", at(id), facts);
export const deleteSystem = (id: string): Promise<null> => ask("DELETE", at(id));

const part = (system: string, kind: ResourceKind, id: string): string => `${at(system)}/resources/${kind}/${encodeURIComponent(id)}`;
export const takeResource = (system: string, kind: ResourceKind, id: string): Promise<null> => ask("PUT", part(system, kind, id));
export const leaveResource = (system: string, kind: ResourceKind, id: string): Promise<null> => ask("DELETE", part(system, kind, id));

/** The VDC's servers and networks as the systems know them. */
export async function listSystemResources(signal?: AbortSignal): Promise<SystemResource[]> {
	return (await get<{ resources: SystemResource[] }>("/api/v1/system-resources", signal)).resources;
}
