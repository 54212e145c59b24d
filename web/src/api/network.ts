/* SPDX-License-Identifier: Apache-2.0 */
/* Networks with their subnets and ports by the Neutron-compatible service. */
import { ask, get } from "./http";

export interface Subnet {
	id: string;
	name: string;
	network_id: string;
	cidr: string;
	gateway_ip: string | null;
	enable_dhcp: boolean;
	ip_version: number;
	dns_nameservers: string[];
}

export interface Network {
	id: string;
	name: string;
	status: string;
	admin_state_up: boolean;
	shared: boolean;
	"router:external"?: boolean;
	mtu?: number;
	subnets: string[];
}

/** Those of one VDC, when it is named, for who sees all. */
export async function listNetworks(signal?: AbortSignal, vdc?: string): Promise<Network[]> {
	const which = vdc === undefined ? "" : `?project_id=${encodeURIComponent(vdc)}`;
	return (await get<{ networks: Network[] }>(`/network/v2.0/networks${which}`, signal)).networks;
}

export async function listSubnets(signal?: AbortSignal): Promise<Subnet[]> {
	return (await get<{ subnets: Subnet[] }>("/network/v2.0/subnets", signal)).subnets;
}

export interface Port {
	id: string;
	name: string;
	status: string;
	network_id: string;
	/** What is plugged in; "" for none. */
	device_id: string;
	device_owner: string;
	mac_address: string;
	fixed_ips: { subnet_id: string; ip_address: string }[];
	security_groups: string[];
}

export async function listPorts(signal?: AbortSignal): Promise<Port[]> {
	return (await get<{ ports: Port[] }>("/network/v2.0/ports", signal)).ports;
}

/** Whose each address of a server or a router is, for who sees all: the id of a VDC for every one of them. */
export async function listPortOwners(signal?: AbortSignal): Promise<string[]> {
	const { ports } = await get<{ ports: { project_id: string; fixed_ips: unknown[] }[] }>(
		"/network/v2.0/ports?fields=project_id&fields=fixed_ips",
		signal,
	);
	return ports.flatMap((port) => (port.project_id ? port.fixed_ips.map(() => port.project_id) : []));
}

/** What of a VDC's networks is used and allowed; max is null where there is no limit. */
export async function readNetworkQuota(vdc: string, signal?: AbortSignal): Promise<Record<string, { used: number; max: number | null }>> {
	const answer = await get<{ quota: Record<string, { used: number; limit: number }> }>(
		`/network/v2.0/quotas/${encodeURIComponent(vdc)}/details.json`,
		signal,
	);
	return Object.fromEntries(
		Object.entries(answer.quota).map(([name, q]) => [name, { used: q.used, max: q.limit < 0 ? null : q.limit }]),
	);
}

export async function createNetwork(what: { name: string; project_id?: string }): Promise<Network> {
	return (await ask<{ network: Network }>("POST", "/network/v2.0/networks", { network: what })).network;
}

export async function createSubnet(what: {
	network_id: string;
	name: string;
	cidr: string;
	project_id?: string;
	dns_nameservers?: string[];
}): Promise<Subnet> {
	return (await ask<{ subnet: Subnet }>("POST", "/network/v2.0/subnets", { subnet: { ip_version: 4, ...what } })).subnet;
}

export const deleteNetwork = (id: string): Promise<null> => ask("DELETE", `/network/v2.0/networks/${encodeURIComponent(id)}`);
