/* SPDX-License-Identifier: Apache-2.0 */
/* Batches that are being checked are looked at again: with all pages that are on the screen, and for who is there. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setSession } from "../state/session";
import type { Mounted } from "../testing";
import { flushPromises, mountPage } from "../testing";

const batch = (id: string, state: string): unknown => ({
	id, resource_id: "r", resource_code: "c", number: 1, version: 1, state, source: `${id}.csv`, source_size: 1,
	rows: 0, accepted: 0, rejected: 0, problem: null, handed_at: "2026-11-25T00:00:00Z", done_at: null,
});
let states = { a: "waiting", b: "taken" };
let asked = 0;
let page: Mounted;

beforeEach(async () => {
	states = { a: "waiting", b: "taken" };
	localStorage.clear();
	vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "Date"] });
	window.dispatchEvent(new Event("keydown"));
	const user = { id: "u", name: "sun", domain_id: "d", domain_name: "D" };
	setSession({ user, project: null, projects: [], roles: ["data_steward"], password_expired: false } as never);
	vi.stubGlobal("fetch", async (path: string) => {
		if (!path.startsWith("/api/v1/intake/batches"))
			return new Response(JSON.stringify({ resources: [] }));
		asked++;
		const [name, next]: ["a" | "b", string | null] = path.includes("marker=a") ? ["b", null] : ["a", "a"];
		return new Response(JSON.stringify({ batches: [batch(name, states[name])], next }));
	});
	page = await mountPage("/intake");
});
afterEach(() => {
	page.unmount();
	setSession(null);
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

const shown = (): (string | null)[] => [...page.element.querySelectorAll("[data-batch]")].map((row) => row.getAttribute("data-batch"));
async function later(time: number): Promise<void> {
	await vi.advanceTimersByTimeAsync(time);
	await flushPromises();
}

test("a batch that is being checked is followed, with all pages that are on the screen", async () => {
	expect(shown()).toEqual(["a.csv"]);
	page.element.querySelector<HTMLButtonElement>("footer button")!.click();
	await flushPromises();
	expect(shown()).toEqual(["a.csv", "b.csv"]);
	states.a = "taken";
	await later(2000);
	expect(page.element.querySelector("[data-batch='a.csv'] [data-batch-state]")?.getAttribute("data-batch-state")).toBe("taken");
	expect(shown()).toEqual(["a.csv", "b.csv"]);
});

test("nobody's session is kept alive by it", async () => {
	vi.setSystemTime(Date.now() + 6 * 60_000);
	asked = 0;
	await later(10_000);
	expect(asked).toBe(0);
	window.dispatchEvent(new Event("keydown"));
	await later(2000);
	expect(asked).toBe(1);
});
