/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { session, setSession } from "../state/session";
import type { Mounted } from "../testing";
import { flushPromises, mountPage } from "../testing";

const vdc = { id: "p", name: "门户", domain_id: "d", domain_name: "市大数据局" };
const opened = {
	user: { id: "u", name: "clerk", domain_id: "d", domain_name: "市大数据局" },
	csrf: "c",
	must_change_password: false,
	profile: "city",
	expires_at: "2026-11-24T00:00:00Z",
	roles: [],
	project: null,
	projects: [vdc, { ...vdc, id: "q" }],
};
const refusal = (status: number, word: string): [number, unknown] => [
	status,
	{ error: { code: status, word, field: null, message: "no", request_id: "req-1" } },
];

let replies: [number, unknown][];
const sent: { call: string; body: unknown }[] = [];
let page: Mounted;

beforeEach(async () => {
	localStorage.clear();
	sent.length = 0;
	replies = [];
	vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
		sent.push({ call: `${init.method} ${path}`, body: JSON.parse((init.body as string | undefined) ?? "null") });
		const [status, body] = replies.shift() ?? [404, {}];
		return new Response(JSON.stringify(body), { status });
	});
	vi.stubGlobal("EventSource", class extends EventTarget {
		readyState = 0;
		close(): void {
			this.readyState = 2;
		}
	});
	page = await mountPage("/login");
});
afterEach(() => {
	page.unmount();
	setSession(null);
	vi.unstubAllGlobals();
});

async function fill(values: Record<string, string>): Promise<void> {
	for (const [id, value] of Object.entries(values)) {
		const input = page.element.querySelector<HTMLInputElement>(`#${id}`)!;
		input.value = value;
		input.dispatchEvent(new Event("input"));
	}
	page.element.querySelector("form")!.dispatchEvent(new Event("submit"));
	await flushPromises();
}
/* Element Plus shows what is wrong with a field a moment later. */
const shows = (text: string): Promise<void> => vi.waitFor(() => expect(page.element.textContent).toContain(text), 5000);

describe("the log-in", () => {
	test("is not sent before it is filled in", async () => {
		await fill({ user: "", password: "" });
		expect(sent).toEqual([]);
		await shows("请填写用户名");
		await shows("请填写密码");
	});

	test("says that it was wrong without saying what", async () => {
		replies = [refusal(401, "signed-out")];
		await fill({ user: "clerk", password: "nope" });
		await shows("单位、用户名或密码不正确");
		expect(session.value).toBeNull();
	});

	test("says that the account is locked", async () => {
		replies = [refusal(403, "locked")];
		await fill({ user: "clerk", password: "nope" });
		await shows("账号已锁定");
	});

	test("asks for a passcode only when the daemon wants one, and sends it with the rest", async () => {
		replies = [refusal(401, "passcode-required"), [201, opened]];
		expect(page.element.querySelector("#passcode")).toBeNull();
		await fill({ user: "clerk", password: "right" });
		await fill({ passcode: "12345" });
		await shows("动态口令为 6 位数字");
		await fill({ passcode: "123456" });
		expect(sent).toEqual([
			{ call: "POST /api/v1/session", body: { domain: "Default", user: "clerk", password: "right" } },
			{ call: "POST /api/v1/session", body: { domain: "Default", user: "clerk", password: "right", passcode: "123456" } },
		]);
		await vi.waitFor(() => expect(page.path()).toBe("/vdc"), 5000);
	});

	test("enters the only VDC by itself", async () => {
		replies = [[201, { ...opened, projects: [vdc] }], [200, { ...opened, projects: [vdc], project: vdc }]];
		await fill({ user: "clerk", password: "right" });
		expect(sent[1]).toEqual({ call: "PUT /api/v1/session/project", body: { project_id: "p" } });
		expect(session.value?.project?.id).toBe("p");
		await vi.waitFor(() => expect(page.path()).toBe("/"), 5000);
	});

	test("with a first password leads to changing it", async () => {
		replies = [[201, { ...opened, must_change_password: true }]];
		await fill({ user: "clerk", password: "first" });
		await vi.waitFor(() => expect(page.path()).toBe("/first-password"), 5000);
	});

	test("remembers the department, never the password", async () => {
		replies = [[201, opened]];
		await fill({ domain: "市大数据局", user: "clerk", password: "right-secret" });
		await vi.waitFor(() => expect(page.path()).toBe("/vdc"), 5000);
		expect(localStorage.getItem("yongyun.department")).toBe("市大数据局");
		expect(JSON.stringify({ ...localStorage })).not.toContain("right-secret");
	});
});
