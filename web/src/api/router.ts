/* SPDX-License-Identifier: Apache-2.0 */
/* Routers, and the floating addresses that lead through them, by the Neutron-compatible service. */
import { ask, get } from "./http";

const base = "/network/v2.0";
const part = encodeURIComponent;

export interface Gateway {
	network_id: string;
	external_fixed_ips?: { subnet_id: string; ip_address: string }[];
}

export interface Router {
	id: string;
	name: string;
	status: string;
	external_gateway_info: Gateway | null;
}

export interface Floating {
	id: string;
	floating_network_id: string;
	floating_ip_address: string;
	/** Null: it leads nowhere. */
	port_id: string | null;
	fixed_ip_address: string | null;
	router_id: string | null;
	status: string;
	description: string;
}

export async function listRouters(signal?: AbortSignal): Promise<Router[]> {
	return (await get<{ routers: Router[] }>(`${base}/routers`, signal)).routers;
}

/** `network`: the external one that it leads out to; null for none. */
export async function createRouter(name: string, network: string | null): Promise<Router> {
	const router = { name, ...(network !== null && { external_gateway_info: { network_id: network } }) };
	return (await ask<{ router: Router }>("POST", `${base}/routers`, { router })).router;
}

export const setGateway = (id: string, network: string | null): Promise<unknown> =>
	ask("PUT", `${base}/routers/${part(id)}`, {
		router: { external_gateway_info: network === null ? null : { network_id: network } },
	});

export const plugSubnet = (id: string, subnet: string): Promise<unknown> =>
	ask("PUT", `${base}/routers/${part(id)}/add_router_interface`, { subnet_id: subnet });

/** By its port: a subnet may be plugged in by more than one. */
export const unplugPort = (id: string, port: string): Promise<unknown> =>
	ask("PUT", `${base}/routers/${part(id)}/remove_router_interface`, { port_id: port });

export const deleteRouter = (id: string): Promise<null> => ask("DELETE", `${base}/routers/${part(id)}`);

export async function listFloating(signal?: AbortSignal): Promise<Floating[]> {
	return (await get<{ floatingips: Floating[] }>(`${base}/floatingips`, signal)).floatingips;
}

export async function takeFloating(what: { floating_network_id: string; description: string }): Promise<Floating> {
	return (await ask<{ floatingip: Floating }>("POST", `${base}/floatingips`, { floatingip: what })).floatingip;
}

/** `to`: the port and which of its addresses; null: it leads nowhere from now on. */
export const leadFloating = (id: string, to: { port: string; address: string } | null): Promise<unknown> =>
	ask("PUT", `${base}/floatingips/${part(id)}`, {
		floatingip: to === null ? { port_id: null } : { port_id: to.port, fixed_ip_address: to.address },
	});

export const releaseFloating = (id: string): Promise<null> => ask("DELETE", `${base}/floatingips/${part(id)}`);
