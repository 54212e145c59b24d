/* SPDX-License-Identifier: Apache-2.0 */
import { describe, expect, test } from "vitest";
import type { Network, Port, Subnet } from "./api/network";
import { head, layOut, row } from "./topology";

const network = (id: string, more: Partial<Network> = {}): Network => ({
	id,
	name: id,
	status: "ACTIVE",
	admin_state_up: true,
	shared: false,
	subnets: [],
	...more,
});
const port = (id: string, on: string, device: string, owner: string, ip: string): Port => ({
	id,
	name: "",
	status: "ACTIVE",
	network_id: on,
	device_id: device,
	device_owner: owner,
	mac_address: "",
	fixed_ips: [{ subnet_id: "s", ip_address: ip }],
	security_groups: [],
});
const subnet = { network_id: "b", cidr: "10.0.0.0/24" } as Subnet;
const servers = [
	{ id: "s1", name: "web", state: "ACTIVE" },
	{ id: "s2", name: "db", state: "BUILD" },
];

describe("the picture of a VPC", () => {
	test("has what comes from outside on the left, then the networks by name", () => {
		const picture = layOut([network("b"), network("a"), network("z", { "router:external": true })], [subnet], [], [], []);
		expect(picture.bars.map((b) => b.id)).toEqual(["z", "a", "b"]);
		expect(picture.bars[2]?.cidrs).toEqual(["10.0.0.0/24"]);
		expect(picture.bars[1]!.x).toBeGreaterThan(picture.bars[0]!.x);
	});

	test("stands each server once, with a line to every network that it is on", () => {
		const ports = [
			port("p1", "a", "s1", "compute:nova", "10.0.0.5"),
			port("p2", "b", "s1", "compute:nova", "10.1.0.5"),
			port("p3", "a", "s2", "compute:nova", "10.0.0.6"),
		];
		const { devices } = layOut([network("a"), network("b")], [], ports, servers, []);
		expect(devices.map((d) => d.name)).toEqual(["db", "web"]);
		expect(devices[1]?.lines.map((l) => [l.network, l.address])).toEqual([
			["a", "10.0.0.5"],
			["b", "10.1.0.5"],
		]);
		expect(devices.map((d) => d.y)).toEqual([head, head + row]);
	});

	test("keeps other devices out of the way of a line that crosses their network", () => {
		const ports = [
			port("p1", "a", "s1", "compute:nova", "10.0.0.5"),
			port("p2", "c", "s1", "compute:nova", "10.2.0.5"),
			port("p3", "b", "s2", "compute:nova", "10.1.0.6"),
		];
		const { devices } = layOut([network("a"), network("b"), network("c")], [], ports, servers, []);
		expect(devices[0]).toMatchObject({ name: "db", y: head });
		expect(devices[1]).toMatchObject({ name: "web", y: head + row });
	});

	test("puts routers above servers and leaves out the ports that the network keeps for itself", () => {
		const ports = [
			port("p1", "a", "s1", "compute:nova", "10.0.0.5"),
			port("p2", "a", "r1", "network:router_interface", "10.0.0.1"),
			port("p3", "a", "dhcp", "network:dhcp", "10.0.0.2"),
			port("p4", "a", "", "", "10.0.0.9"),
		];
		const { devices } = layOut([network("a")], [], ports, servers, [{ id: "r1", name: "gate", status: "ACTIVE", external_gateway_info: null }]);
		expect(devices.map((d) => d.kind)).toEqual(["router", "server", "port"]);
		expect(devices[0]?.name).toBe("gate");
	});

	test("leads a router out by the gateway that is told with it, and shows one that is plugged into nothing", () => {
		const routers = [
			{ id: "r1", name: "gate", status: "ACTIVE", external_gateway_info: { network_id: "z", external_fixed_ips: [{ subnet_id: "e", ip_address: "198.51.100.7" }] } },
			{ id: "r2", name: "idle", status: "ACTIVE", external_gateway_info: null },
		];
		const ports = [port("p1", "a", "r1", "network:router_interface", "10.0.0.1")];
		const { devices } = layOut([network("a"), network("z", { "router:external": true })], [], ports, [], routers);
		expect(devices.map((d) => [d.name, d.lines.map((l) => l.address)])).toEqual([
			["gate", ["198.51.100.7", "10.0.0.1"]],
			["idle", []],
		]);
	});

	test("tells each device's security groups by name", () => {
		const ports = [{ ...port("p1", "a", "s1", "compute:nova", "10.0.0.5"), security_groups: ["g1", "gone"] }];
		const { devices } = layOut([network("a")], [], ports, servers, [], [{ id: "g1", name: "web" }]);
		expect(devices[0]?.guards).toEqual(["web"]);
	});
});
