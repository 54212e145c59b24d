/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, describe, expect, test } from "vitest";
import { setLanguage } from "./i18n";
import { inWords, portRange } from "./rules";

afterEach(() => setLanguage("zh-CN"));

const rule = {
	direction: "ingress" as const,
	ethertype: "IPv4" as const,
	protocol: null,
	port_range_min: null,
	port_range_max: null,
	remote_ip_prefix: null,
	remote_group_id: null,
};
const groups = [{ id: "g1", name: "web" }];

describe("a rule in plain words", () => {
	test("tells who may reach the server by what", () => {
		expect(inWords({ ...rule, protocol: "tcp", port_range_min: 80, port_range_max: 80 }, groups)).toBe(
			"允许 任何 IPv4 地址 以 TCP 80 端口 (HTTP) 访问",
		);
		expect(inWords({ ...rule, remote_ip_prefix: "0.0.0.0/0" }, groups)).toBe("允许 任何 IPv4 地址 以 任何协议 访问");
		expect(inWords({ ...rule, remote_group_id: "g1" }, groups)).toBe("允许 安全组“web”的成员 以 任何协议 访问");
		expect(inWords({ ...rule, remote_group_id: "gone" }, groups)).toBe("允许 另一个安全组 以 任何协议 访问");
	});

	test("tells whom the server may reach", () => {
		const out = { ...rule, direction: "egress" as const, protocol: "udp", port_range_min: 8000, port_range_max: 8010, remote_ip_prefix: "10.0.0.0/8" };
		expect(inWords(out, groups)).toBe("允许以 UDP 8000–8010 端口 访问 10.0.0.0/8");
		setLanguage("en");
		expect(inWords(out, groups)).toBe("It may reach 10.0.0.0/8 by UDP 8000–8010");
		expect(inWords({ ...rule, ethertype: "IPv6" }, groups)).toBe("Any IPv6 address may reach it by every protocol");
	});

	test("takes the range of ICMP for what it is, a type and a code", () => {
		expect(inWords({ ...rule, protocol: "icmp", port_range_min: 8, port_range_max: 0 }, groups)).toContain("ICMP 8/0");
		expect(inWords({ ...rule, protocol: "icmp" }, groups)).toContain("以 ICMP 访问");
	});
});

test("ports are one or a range upwards", () => {
	expect(portRange("80")).toEqual({ from: 80, to: 80 });
	expect(portRange(" 8000-8010 ")).toEqual({ from: 8000, to: 8010 });
	for (const wrong of ["", "0", "65536", "90-80", "http", "80,81", "-80"])
		expect(portRange(wrong), wrong).toBeNull();
});
