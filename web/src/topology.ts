/* SPDX-License-Identifier: Apache-2.0 */
/* Where the things of a VPC stand in its picture: each network is an upright bar, each device a box right of the
 * first network that it is on, with a line to every bar on which it has a port. Lengths are in the picture's units. */
import type { Network, Port, Subnet } from "./api/network";
import type { Router } from "./api/router";
import type { Group } from "./api/security";

export const column = 264;
export const row = 78;
export const head = 64;
export const bar = 12;
export const box = { width: 172, height: 62, left: 56 } as const;

export interface Bar {
	id: string;
	name: string;
	cidrs: string[];
	external: boolean;
	shared: boolean;
	x: number;
	tone: number;
}

export type DeviceKind = "server" | "router" | "port";

export interface Device {
	id: string;
	kind: DeviceKind;
	name: string;
	/** Nova's or Neutron's word. */
	state: string;
	/** The security groups of its ports, by name. */
	guards: string[];
	x: number;
	y: number;
	lines: Line[];
}

export interface Line {
	network: string;
	address: string;
	tone: number;
	x1: number;
	x2: number;
	y: number;
}

export interface Picture {
	bars: Bar[];
	devices: Device[];
	width: number;
	height: number;
}

interface Named {
	id: string;
	name: string;
	state: string;
}

/** What a port belongs to; null for those that the network itself keeps (DHCP, floating addresses). */
function kindOf(port: Port): DeviceKind | null {
	if (port.device_owner.startsWith("compute:"))
		return "server";
	if (port.device_owner.startsWith("network:router") || port.device_owner === "network:ha_router_replicated_interface")
		return "router";
	return port.device_owner === "" ? "port" : null;
}

export const tones = 6;

/* The port by which a router leads out is the cloud's own: only its addresses are told, with the router. */
function gateways(routers: Router[], ports: Port[]): Port[] {
	return routers.flatMap((router): Port[] => {
		const way = router.external_gateway_info;
		if (!way || ports.some((p) => p.device_id === router.id && p.network_id === way.network_id))
			return [];
		return [
			{
				id: `${router.id} out`,
				name: "",
				status: "ACTIVE",
				network_id: way.network_id,
				device_id: router.id,
				device_owner: "network:router_gateway",
				mac_address: "",
				fixed_ips: way.external_fixed_ips ?? [],
				security_groups: [],
			},
		];
	});
}

export function layOut(
	networks: Network[],
	subnets: Subnet[],
	listed: Port[],
	servers: Named[],
	routers: Router[],
	guards: readonly Pick<Group, "id" | "name">[] = [],
): Picture {
	const ports = [...listed, ...gateways(routers, listed)];
	/* External networks first: what comes in from outside stands on the left. */
	const ordered = [...networks].sort(
		(a, b) => Number(b["router:external"] ?? false) - Number(a["router:external"] ?? false) || a.name.localeCompare(b.name),
	);
	const bars = ordered.map((network, at): Bar => ({
		id: network.id,
		name: network.name,
		cidrs: subnets.filter((s) => s.network_id === network.id).map((s) => s.cidr),
		external: network["router:external"] ?? false,
		shared: network.shared,
		x: 24 + at * column,
		tone: at % tones,
	}));
	const place = new Map(bars.map((b, at) => [b.id, at]));

	const groups = new Map<string, { kind: DeviceKind; id: string; ports: Port[] }>();
	for (const port of ports) {
		const kind = kindOf(port);
		if (kind === null || !place.has(port.network_id))
			continue;
		const id = kind === "port" ? port.id : port.device_id;
		const group = groups.get(id) ?? { kind, id, ports: [] };
		group.ports.push(port);
		groups.set(id, group);
	}
	/* A router that is plugged into nothing yet is still there: it stands with the first network. */
	for (const router of routers) {
		if (bars.length > 0 && !groups.has(router.id))
			groups.set(router.id, { kind: "router", id: router.id, ports: [] });
	}
	const rank: Record<DeviceKind, number> = { router: 0, server: 1, port: 2 };
	const named = (kind: DeviceKind, id: string): { name: string; state: string } => {
		if (kind === "server") {
			const server = servers.find((s) => s.id === id);
			return { name: server?.name ?? id, state: server?.state ?? "" };
		}
		if (kind === "router") {
			const router = routers.find((r) => r.id === id);
			return { name: router?.name || id, state: router?.status ?? "" };
		}
		const port = ports.find((p) => p.id === id);
		return { name: port?.name || `…${id.slice(-8)}`, state: port?.status ?? "" };
	};
	const filled = bars.map(() => 0);
	const sorted = [...groups.values()]
		.map((group) => ({ ...group, ...named(group.kind, group.id) }))
		.sort((a, b) => rank[a.kind] - rank[b.kind] || a.name.localeCompare(b.name));
	const devices = sorted.map((group): Device => {
		const on = [...new Set(group.ports.map((p) => place.get(p.network_id)!))].sort((a, b) => a - b);
		const first = on[0] ?? 0;
		/* Below whatever its lines would have to cross. */
		const last = on[on.length - 1] ?? 0;
		const level = Math.max(...filled.slice(first, last + 1));
		for (let at = first; at <= last; at++)
			filled[at] = at === first || on.length > 1 ? level + 1 : filled[at]!;
		const x = bars[first]!.x + box.left;
		const y = head + level * row;
		return {
			id: group.id,
			kind: group.kind,
			name: group.name,
			state: group.state,
			guards: [...new Set(group.ports.flatMap((p) => p.security_groups))].map((id) => guards.find((g) => g.id === id)?.name).filter((name) => name !== undefined),
			x,
			y,
			lines: on.map((at) => {
				const b = bars[at]!;
				const own = group.ports.filter((p) => p.network_id === b.id).flatMap((p) => p.fixed_ips.map((f) => f.ip_address));
				return at === first
					? { network: b.id, address: own.join(" "), tone: b.tone, x1: b.x + bar, x2: x, y: y + box.height / 2 }
					: { network: b.id, address: own.join(" "), tone: b.tone, x1: x + box.width, x2: b.x, y: y + box.height / 2 };
			}),
		};
	});
	const rows = Math.max(1, ...filled);
	return { bars, devices, width: 24 + bars.length * column, height: head + rows * row + 8 };
}
