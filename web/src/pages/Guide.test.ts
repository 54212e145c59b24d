/* SPDX-License-Identifier: Apache-2.0 */
/* The guide of an item: what it shows without a log-in, and how the questionnaire speaks with the daemon. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setSession } from "../state/session";
import type { Mounted } from "../testing";
import { flushPromises, mountPage } from "../testing";

const material = { name: "员工名册", necessity: "deferrable", source: "applicant", forms: ["copy"], copies: 1, licence_type: null, review_points: null };
const item = {
	entry: { code: "x01", kind: "item", office_id: "d", office: "市场监管局", state: "suspended", state_reason: "系统升级", name: "公司设立登记", name_en: null, summary: "s", type: "licence", subjects: ["company"] },
	version: 1,
	in_force: true,
	office: { id: "d", name: "市场监管局", name_en: null, address: null, hours: "全天", phone: "12345", complaint: null, items: 1 },
	themes: [],
	content: {
		type: "licence", level: "city", case_type: "promised", subjects: ["company"], basis: [{ law: "公司法", article: null, text: null }],
		legal_days: null, legal_unit: "working-day", promise_days: 45, promise_unit: "minute", visits_max: 0, online_depth: 4,
		scope: null, quota: null, conditions: "c", channels: ["web"], places: [], hours: null, phone: "88888", complaint: null,
		questions: [
			{ key: "staff", text: "有员工吗", help: null, kind: "yes-no", choices: [] },
			{ key: "age", text: "年龄", help: null, kind: "number", choices: [] },
		],
		materials: [
			{ ...material, code: "a", template_url: "javascript:alert(1)", sample_url: "https://example.org/s", when: "staff" },
			{ ...material, code: "b", template_url: null, sample_url: null, when: "age * 2 > 9" },
		],
		fee: false, fees: [], steps: [], result_name: null, valid_days: null, effective_from: null, effective_to: null,
		form: { components: [{ type: "textfield", key: "company", label: "名称" }] },
		handle_code: "x01", impl_code: "x",
	},
};
const answer = { eligible: "unknown", reasons: [], missing: ["age", "company"], items: [], materials: [], fees: [], total: null, explanation: [] };

let replies: Record<string, [number, unknown][]>;
const sent: unknown[] = [];
let page: Mounted;

beforeEach(async () => {
	localStorage.clear();
	setSession(null);
	sent.length = 0;
	replies = { GET: [[200, item]], POST: [] };
	vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
		if (!path.includes("/hall/"))
			return new Response("{}", { status: 404 });
		if (init.method === "POST")
			sent.push(JSON.parse(init.body as string));
		const [status, body] = replies[init.method ?? ""]?.shift() ?? [404, {}];
		return new Response(JSON.stringify(body), { status });
	});
	page = await mountPage("/guide/items/x01");
});
afterEach(() => {
	page.unmount();
	vi.unstubAllGlobals();
});

const submit = async (): Promise<void> => {
	page.element.querySelector("form.ask")?.dispatchEvent(new Event("submit", { cancelable: true }));
	await flushPromises();
};
const type = async (selector: string, value: string): Promise<void> => {
	const field = page.element.querySelector<HTMLInputElement>(selector)!;
	field.value = value;
	field.dispatchEvent(new Event("input"));
	await flushPromises();
};

describe("the guide of an item", () => {
	test("is shown to whoever is not logged in, with what stands in the way", () => {
		expect(page.path()).toBe("/guide/items/x01");
		const text = page.element.textContent ?? "";
		for (const words of ["暂停办理：系统升级", "45 分钟", "法律法规未规定", "需要条件：“有员工吗”为“是”", "age * 2 > 9", "不收费", "88888"])
			expect(text).toContain(words);
		expect(text).not.toContain("12345");
	});

	test("leads to pages, and runs nothing that an editor wrote into an address", () => {
		const links = [...page.element.querySelectorAll("[data-test=material] a")].map((a) => a.getAttribute("href"));
		expect(links).toEqual(["https://example.org/s"]);
	});
});

test("the list goes on page by page, and begins anew when it is narrowed", async () => {
	const entries = (...codes: string[]): unknown[] => codes.map((code) => ({ ...item.entry, code }));
	const shown = (): (string | null)[] => [...page.element.querySelectorAll("[data-entry]")].map((one) => one.getAttribute("data-entry"));
	const total = (): string => page.element.querySelector("[data-test=guide-total]")?.textContent ?? "";
	replies["GET"] = [[200, { offices: [] }], [200, { entries: entries("a"), total: null, next: "a" }], [200, { entries: entries("b"), total: null, next: null }], [200, { entries: entries("c"), total: 9, next: "c" }]];
	await page.router.push("/guide");
	await flushPromises();
	expect([shown(), total()]).toEqual([["a"], ""]);
	page.element.querySelector<HTMLButtonElement>("footer button")!.click();
	await flushPromises();
	expect(shown()).toEqual(["a", "b"]);
	expect(total()).toContain("2");
	await page.router.push("/guide?q=x");
	await flushPromises();
	expect(shown()).toEqual(["c"]);
	expect(total()).toContain("9");
});

describe("the questionnaire", () => {
	test("sends what was answered, and asks for the form's field that the result waits for", async () => {
		replies["POST"] = [[200, answer], [200, { ...answer, eligible: "yes", missing: [] }]];
		await submit();
		expect(sent).toEqual([{ answers: {} }]);
		expect(page.element.querySelector("[data-test=missing]")?.textContent).toBe("还需要知道：年龄、名称");
		await type("#ask-company", "甬江");
		page.element.querySelector<HTMLInputElement>("[data-question=staff] input[value=no]")!.click();
		await submit();
		expect(sent[1]).toEqual({ answers: { company: "甬江", staff: false } });
		expect(page.element.querySelector("[data-eligible=yes]")).not.toBeNull();
		expect(page.element.querySelector("#ask-company"), "what was answered stays").not.toBeNull();
	});

	test("says beside the field what the daemon refuses", async () => {
		replies["POST"] = [[400, { error: { code: 400, word: "bad-input", field: "answers.age", message: "is no number", request_id: "r" } }]];
		await type("#ask-age", "x");
		await submit();
		expect(sent).toEqual([{ answers: { age: "x" } }]);
		expect(page.element.querySelector("#ask-age-error")?.textContent).toBe("is no number");
		expect(page.element.querySelector("#ask-age")?.getAttribute("aria-invalid")).toBe("true");
		expect(page.element.querySelector("[data-eligible]")).toBeNull();
	});
});
