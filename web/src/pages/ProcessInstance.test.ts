/* SPDX-License-Identifier: Apache-2.0 */
/* The history of an instance is for who may see all of it, and where it cannot be read that is said. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setSession } from "../state/session";
import type { Mounted } from "../testing";
import { flushPromises, mountPage } from "../testing";

let sees = true;
let history: [number, unknown] = [200, {}];
const asked: string[] = [];
let page: Mounted | null = null;
const entry = { number: 1, at: "2026-11-25T00:00:00Z", command: "start", actor: null };
const instance = { id: 7, definition_id: 3, process: "p", state: "active", started_at: entry.at, ended_at: null, business_key: null };

beforeEach(() => {
	asked.length = 0;
	localStorage.clear();
	const user = { id: "u", name: "wang", domain_id: "d", domain_name: "D" };
	setSession({ user, project: null, projects: [], roles: [], password_expired: false } as never);
	vi.stubGlobal("fetch", async (path: string) => {
		asked.push(path);
		const answers: [RegExp, [number, unknown]][] = [
			[/instances\/7\/history/, history],
			[/instances\/7$/, [200, { instance, ending: null, sees_all: sees, variables: null, places: [] }]],
			[/people/, [200, { people: [] }]],
			[/opinions/, [200, { opinions: [] }]],
			[/attachments/, [200, { attachments: [] }]],
		];
		const [status, body] = answers.find(([of]) => of.test(path))?.[1] ?? [200, {}];
		return new Response(JSON.stringify(body), { status });
	});
});
afterEach(() => {
	page?.unmount();
	setSession(null);
	vi.unstubAllGlobals();
});

async function shown(): Promise<Element | null> {
	page = await mountPage("/process-instances/7");
	await flushPromises();
	return page.element.querySelector("[data-test=history]");
}

test("is shown to who sees all of it", async () => {
	sees = true;
	history = [200, { entries: [entry] }];
	expect((await shown())?.querySelectorAll("tbody tr").length).toBe(1);
});

test("is not asked for by who does not", async () => {
	sees = false;
	expect(await shown()).toBeNull();
	expect(asked.filter((path) => path.includes("history"))).toEqual([]);
});

test("that cannot be read says so", async () => {
	sees = true;
	history = [503, { error: { code: 503, word: "busy", message: "not now", request_id: "r" } }];
	expect((await shown())?.querySelector("[role=alert]")).not.toBeNull();
});
