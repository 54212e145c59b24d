/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { moveIn, oneTimePassword, passwordsOf } from "./onboarding";
import type { Plan } from "./onboarding";

const asked: string[] = [];
let refuse: string | null = null;

const answers: [RegExp, unknown][] = [
	[/POST .*domains$/, { domain: { id: "d1" } }],
	[/POST .*projects$/, { project: { id: "v1" } }],
	[/POST .*users$/, { user: { id: "u1" } }],
	[/GET .*roles$/, { roles: [{ id: "r-admin", name: "vdc_admin" }, { id: "r-member", name: "member" }] }],
	[/POST .*networks$/, { network: { id: "n1" } }],
	[/GET .*subnets$/, { subnets: [] }],
	[/POST .*subnets$/, { subnet: { id: "s1" } }],
];

beforeEach(() => {
	asked.length = 0;
	refuse = null;
	vi.stubGlobal("fetch", async (path: string, { method }: RequestInit) => {
		const call = `${method} ${path}`;
		asked.push(call);
		if (refuse !== null && call.includes(refuse))
			return new Response('{"error":{"code":409,"message":"there already"}}', { status: 409 });
		return new Response(JSON.stringify(answers.find(([like]) => like.test(call))?.[1] ?? {}));
	});
});
afterEach(() => vi.unstubAllGlobals());

const plan: Plan = {
	departmentId: "",
	department: "水利局",
	description: "",
	vdc: "水情",
	quota: { servers: 4, vcpus: 8, ram: 8192, networks: 4, systems: 5 },
	pools: ["p1"],
	network: { name: "vpc", cidr: "10.0.0.0/24" },
	people: [{ name: "zhao", role: "admin" }],
	servers: null,
};

describe("moving in", () => {
	test("asks each service for its part, in the order in which they need each other", async () => {
		const moving = moveIn(["department", "vdc", "quota", "pools", "network", "people"]);
		expect(await moving.go(plan)).toBe(true);
		expect(asked).toEqual([
			"POST /identity/v3/domains",
			"POST /identity/v3/projects",
			"PUT /compute/v2.1/os-quota-sets/v1",
			"PUT /network/v2.0/quotas/v1",
			"PUT /api/v1/system-quotas/v1",
			"PUT /api/v1/vdc-pools/v1",
			"POST /network/v2.0/networks",
			"GET /network/v2.0/subnets",
			"POST /network/v2.0/subnets",
			"GET /identity/v3/roles",
			"POST /identity/v3/users",
			"PUT /identity/v3/projects/v1/users/u1/roles/r-admin",
		]);
		expect(passwordsOf("v1").get("zhao")).toMatch(/^Yy9-/);
	});

	test("goes on after a refusal where it stopped, and does nothing twice", async () => {
		const moving = moveIn(["department", "vdc", "quota", "network", "people"]);
		refuse = "subnets";
		expect(await moving.go(plan)).toBe(false);
		expect(moving.steps.map((s) => s.state)).toEqual(["done", "done", "done", "failed", "waiting"]);
		expect(moving.steps[3]?.problem?.message).toBe("there already");
		refuse = null;
		asked.length = 0;
		expect(await moving.go(plan)).toBe(true);
		expect(asked.filter((call) => /domains|projects$|POST .*networks/.test(call))).toEqual([]);
	});

	test("makes one-time passwords that differ and keep the rules", () => {
		const all = new Set(Array.from({ length: 50 }, oneTimePassword));
		expect(all.size).toBe(50);
		for (const one of all)
			expect(one).toMatch(/^Yy9(-[a-z2-9]{5}){3}$/);
	});
});
