/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups by the Neutron-compatible service: their rules, and which ports they hold for. */
import { ask, get } from "./http";
import type { Port } from "./network";

const base = "/network/v2.0";
const part = encodeURIComponent;

export type Direction = "ingress" | "egress";

export interface Rule {
	id: string;
	security_group_id: string;
	direction: Direction;
	ethertype: "IPv4" | "IPv6";
	/** A name or a number; null: every one. */
	protocol: string | null;
	port_range_min: number | null;
	port_range_max: number | null;
	remote_ip_prefix: string | null;
	remote_group_id: string | null;
	description: string;
}

export interface Group {
	id: string;
	name: string;
	description: string;
	security_group_rules: Rule[];
}

export async function listGroups(signal?: AbortSignal): Promise<Group[]> {
	return (await get<{ security_groups: Group[] }>(`${base}/security-groups`, signal)).security_groups;
}

export async function showGroup(id: string, signal?: AbortSignal): Promise<Group> {
	return (await get<{ security_group: Group }>(`${base}/security-groups/${part(id)}`, signal)).security_group;
}

export async function createGroup(what: { name: string; description: string }): Promise<Group> {
	return (await ask<{ security_group: Group }>("POST", `${base}/security-groups`, { security_group: what })).security_group;
}

export const deleteGroup = (id: string): Promise<null> => ask("DELETE", `${base}/security-groups/${part(id)}`);

export type NewRule = Pick<Rule, "security_group_id" | "direction" | "ethertype"> &
	Partial<Pick<Rule, "protocol" | "port_range_min" | "port_range_max" | "remote_ip_prefix" | "remote_group_id" | "description">>;

export const createRule = (rule: NewRule): Promise<unknown> =>
	ask("POST", `${base}/security-group-rules`, { security_group_rule: rule });

export const deleteRule = (id: string): Promise<null> => ask("DELETE", `${base}/security-group-rules/${part(id)}`);

/** The ports of one server. */
export async function portsOf(server: string, signal?: AbortSignal): Promise<Port[]> {
	return (await get<{ ports: Port[] }>(`${base}/ports?device_id=${part(server)}`, signal)).ports;
}

/** From now on exactly these groups hold for the port, while its server runs. */
export const guardPort = (port: string, groups: string[]): Promise<unknown> =>
	ask("PUT", `${base}/ports/${part(port)}`, { port: { security_groups: groups } });

/** The same for every port of a server: of one that has just been asked for, too, whose ports are there already. */
export async function guardServer(server: string, groups: string[]): Promise<void> {
	for (const port of await portsOf(server))
		await guardPort(port.id, groups);
}
