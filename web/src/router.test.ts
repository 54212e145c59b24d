/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, describe, expect, test } from "vitest";
import type { RouteMeta } from "vue-router";
import type { Session } from "./api/session";
import { detour, wanted } from "./router";
import { setSession } from "./state/session";

afterEach(() => setSession(null));

const vdc = { id: "p", name: "门户", domain_id: "d", domain_name: "市大数据局" };
const session = (change: Partial<Session> = {}): Session => ({
	user: { id: "u", name: "clerk", domain_id: "d", domain_name: "市大数据局" },
	csrf: "c",
	must_change_password: false,
	profile: "city",
	expires_at: "2026-11-24T00:00:00Z",
	roles: ["member"],
	project: { id: vdc.id, name: vdc.name },
	projects: [vdc],
	...change,
});
const to = (name: string, meta: RouteMeta = {}, fullPath = `/${name}`) => ({ name, meta, fullPath });

describe("nobody", () => {
	test("is sent to the log-in, which remembers where they wanted to go", () => {
		expect(detour(to("servers", { vdc: true }))).toEqual({ name: "login", query: { to: "/servers" } });
		expect(detour(to("login", { open: true }))).toBeNull();
	});
});

describe("a page for everybody", () => {
	test("is open to nobody, to who has chosen no VDC, and to who has to change the first password", () => {
		const guide = to("guide", { everybody: true });
		expect(detour(guide)).toBeNull();
		setSession(session({ project: null }));
		expect(detour(guide)).toBeNull();
		setSession(session({ must_change_password: true }));
		expect(detour(guide)).toBeNull();
	});
});

describe("who has to change the first password", () => {
	test("can go nowhere else", () => {
		setSession(session({ must_change_password: true }));
		for (const page of [to("overview"), to("vdc"), to("login", { open: true }), to("audit", { duty: ["audit"] })])
			expect(detour(page)).toEqual({ name: "first-password" });
		expect(detour(to("first-password"))).toBeNull();
	});
});

describe("who has chosen no VDC", () => {
	test("and holds some is asked to choose", () => {
		setSession(session({ project: null }));
		expect(detour(to("servers", { vdc: true }))).toEqual({ name: "vdc", query: { to: "/servers" } });
		expect(detour(to("vdc"))).toBeNull();
	});

	test("and holds none sees the overview, and no page of resources", () => {
		setSession(session({ project: null, projects: [] }));
		expect(detour(to("overview"))).toBeNull();
		expect(detour(to("images", { vdc: true }))).toEqual({ name: "overview" });
	});
});

describe("the audit", () => {
	test("is the audit administrator's alone", () => {
		setSession(session());
		expect(detour(to("audit", { duty: ["audit"] }))).toEqual({ name: "overview" });
		setSession(session({ project: null, projects: [], roles: ["audit_admin"] }));
		expect(detour(to("audit", { duty: ["audit"] }))).toBeNull();
	});
});

test("who is logged in has no business at the log-in", () => {
	setSession(session());
	expect(detour(to("login", { open: true }))).toEqual({ name: "overview" });
});

describe("the way on after the log-in", () => {
	test.each([["//evil.example"], ["https://evil.example"], ["/\\evil.example"], ["javascript:alert(1)"], [undefined]])(
		"%s does not lead away",
		(address) => {
			expect(wanted({ query: address === undefined ? {} : { to: address } })).toBe("/");
		},
	);
	test("leads to the page that was wanted", () => {
		expect(wanted({ query: { to: "/servers/1?x=2" } })).toBe("/servers/1?x=2");
	});
});
