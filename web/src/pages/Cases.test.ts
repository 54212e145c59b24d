/* SPDX-License-Identifier: Apache-2.0 */
/* The pages of applications with a daemon of this test's own: who finds them, what a refusal leads to, and words of the daemon
 * that the portal does not know yet. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { setSession } from "../state/session";
import type { Mounted } from "../testing";
import { flushPromises, mountPage } from "../testing";

const brief = {
	id: "c1", accept_no: "33020026112520000017", item_code: "I1", item_version: 2, item_name: "小餐饮店登记", state: "received", channel: "web",
	applicant_name: "何*", received_at: "2026-11-25T01:00:00Z", silent_at: "2126-12-02T09:30:00Z", accepted_at: null, deemed: false, due_at: null,
	left: null, promise_unit: "working-day", overdue: false, warning: null, created_at: "2026-11-25T00:00:00Z", updated_at: "2026-11-25T01:00:00Z",
};
const whole = {
	case: {
		...brief, applicant: { kind: "person", name: "何静", number: "330203198801010018", phone: "13800000001" }, agent: null,
		answers: { staff: true }, form: {}, promise_days: 3, corrections: 0, reason: null as string | null,
	},
	needs: [{ code: "id", name: "身份证", needed: "yes", must: true, files: 1 }],
	materials: [{ number: 1, code: "id", name: "a.pdf", sha256: "", size: 3, given_by: "u", given_at: "2026-11-25T00:30:00Z" }],
	steps: [{ number: 1, step: "submit", from: "draft", to: "received", at: "2026-11-25T01:00:00Z", user_id: "u", reason: null as string | null }],
};
const guide = {
	entry: { code: "I1", kind: "item", office_id: "o", office: "市场监管局", state: "published", state_reason: null, name: "小餐饮店登记", name_en: null, summary: "登记", type: "licence", subjects: ["person", "company"] },
	version: 2, in_force: true, office: { id: "o", name: "市场监管局", name_en: null, address: null, hours: null, phone: null, complaint: null, items: 1 }, themes: [],
	content: {
		base_code: "", impl_code: "", handle_code: "I1", summary: "", type: "licence", level: "city", case_type: "promised", subjects: ["person", "company"], basis: [],
		legal_days: null, legal_unit: "working-day", promise_days: 3, promise_unit: "working-day", visits_max: 1, online_depth: 3, scope: null, quota: null, conditions: "",
		questions: [{ key: "staff", text: "是否雇用员工", help: null, kind: "yes-no", choices: [] }], channels: ["web"], places: [], hours: null, phone: null, complaint: null,
		materials: [{ code: "id", name: "身份证", necessity: "required", source: "applicant", forms: ["copy"], copies: 1, licence_type: null, template_url: null, sample_url: null, review_points: null, when: null }],
		fee: false, fees: [], steps: [], form: null, result_name: null, valid_days: null, effective_from: null, effective_to: null,
	},
};
const refusal = (status: number, word: string, field: string | null, message: string): [number, unknown] => [status, { error: { code: status, word, field, message } }];

/* What is answered instead, by method and the end of the path. */
let instead: Record<string, [number, unknown]> = {};
let asked: string[] = [];
let page: Mounted | null = null;

beforeEach(() => {
	instead = {};
	asked = [];
	localStorage.clear();
	vi.stubGlobal("fetch", async (address: string, { method }: { method: string }) => {
		const path = address.split("?")[0]!;
		asked.push(`${method} ${address}`);
		const found = Object.entries(instead).find(([key]) => key.startsWith(`${method} `) && path.endsWith(key.slice(method.length + 1)));
		if (found)
			return new Response(JSON.stringify(found[1][1]), { status: found[1][0] });
		if (path.includes("/guide/items/"))
			return new Response(JSON.stringify(guide));
		if (path.endsWith("/cases") && method === "GET")
			return new Response(JSON.stringify({ cases: [brief, { ...brief, id: "c2", accept_no: null, state: "examining", silent_at: null }], next: null }));
		return new Response(JSON.stringify(whole));
	});
});
afterEach(() => {
	page?.unmount();
	page = null;
	setSession(null);
	vi.unstubAllGlobals();
});

async function at(path: string, roles: string[]): Promise<HTMLElement> {
	const user = { id: "u", name: "he", domain_id: "d", domain_name: "D" };
	setSession({ user, project: null, projects: [], roles, must_change_password: false } as never);
	page = await mountPage(path);
	await flushPromises();
	return page.element;
}
const one = <T extends HTMLElement = HTMLElement>(selector: string): T | null => document.querySelector<T>(selector);
async function write(selector: string, words: string): Promise<void> {
	const field = one<HTMLInputElement>(selector)!;
	field.value = words;
	field.dispatchEvent(new Event("input"));
	await flushPromises();
}
async function send(): Promise<void> {
	one("form.el-form")!.dispatchEvent(new Event("submit"));
	await flushPromises();
}

describe("the menu", () => {
	const entries = (): string[] => [...document.querySelectorAll("nav a")].map((link) => link.getAttribute("href") ?? "").filter((to) => /cases/.test(to));

	test.each([
		[["member"], ["/cases"]],
		[["window_clerk"], ["/cases"]],
		[["case_clerk"], ["/office-cases"]],
		[["member", "case_clerk"], ["/cases", "/office-cases"]],
		[["reader"], []],
		[["item_editor"], []],
	])("of %j leads to %j", async (roles, links) => {
		await at("/", roles);
		expect(entries()).toEqual(links);
	});

	test("is no wall: whoever may not receive is led away from the address, too", async () => {
		await at("/office-cases", ["member"]);
		expect(page!.path()).toBe("/");
		expect(asked.filter((call) => call.includes("/office/"))).toEqual([]);
	});
});

describe("the list", () => {
	test("shows a state that the portal does not know by its word", async () => {
		await at("/cases", ["member"]);
		expect([...document.querySelectorAll("[data-case-state]")].map((tag) => tag.textContent)).toEqual(["收件", "examining"]);
	});

	test("of an office begins with what waits, and looks for a number in all states", async () => {
		await at("/office-cases", ["case_clerk"]);
		expect(asked.at(-1)).toBe("GET /api/v1/office/cases?limit=50&state=received");
		await write("#cases-number", "330200 261125 20 00001 7");
		one("form[role=search]")!.dispatchEvent(new Event("submit"));
		await flushPromises();
		expect(asked.at(-1)).toBe("GET /api/v1/office/cases?limit=50&accept_no=33020026112520000017");
	});
});

describe("the page of a case", () => {
	test("asks for the item in the version of the case, and offers what may follow", async () => {
		await at("/cases/c1", ["member"]);
		expect(asked).toContain("GET /api/v1/hall/guide/items/I1?version=2");
		expect(one("[data-test=case-answers]")!.textContent).toContain("是否雇用员工");
		expect(one("[data-test=withdraw-case]")).not.toBeNull();
		expect(one("[data-test=edit-case], [data-test=accept-case]")).toBeNull();
	});

	test("in a state and with a step that nobody told the portal of, shows them and offers nothing", async () => {
		instead["GET /cases/c1"] = [200, { ...whole, case: { ...whole.case, state: "examining" }, steps: [{ ...whole.steps[0], step: "assign", to: "examining", reason: "复核" }] }];
		await at("/cases/c1", ["member"]);
		expect(one("h1 [data-case-state=examining]")!.textContent).toBe("examining");
		expect(one("[data-step=assign]")!.textContent).toContain("assign");
		expect(one("[data-test=withdraw-case], [data-test=edit-case], [data-test=discard-case]")).toBeNull();
	});

	test("is shown without the words of its item where the guide has it no more", async () => {
		instead["GET /guide/items/I1"] = refusal(404, "not-found", "code", "there is no item");
		await at("/cases/c1", ["member"]);
		expect(one("[data-test=case-answers]")!.textContent).toContain("staff");
	});

	test("of another is not there", async () => {
		instead["GET /cases/c1"] = refusal(404, "not-found", "id", "there is no case c1");
		await at("/cases/c1", ["member"]);
		expect(document.body.textContent).toContain("没有这个办件");
	});
});

describe("a draft", () => {
	const draft = { ...whole, case: { ...whole.case, state: "draft", accept_no: null, received_at: null, silent_at: null }, steps: [] };

	async function toReview(): Promise<void> {
		instead["GET /cases/c1"] = [200, draft];
		instead["PUT /draft"] = [200, draft];
		await at("/cases/c1/edit", ["member"]);
		for (const step of ["questions", "materials", "review"]) {
			await send();
			expect(one(".stage")!.getAttribute("data-step")).toBe(step);
		}
	}

	test("is not sent while a field is plainly empty", async () => {
		await at("/cases/new/I1", ["member"]);
		await send();
		expect(one("#case-applicant-name-error")!.textContent).toBe("必填");
		expect(asked.filter((call) => call.startsWith("POST"))).toEqual([]);
	});

	test("of an item whose form stands in a process is refused as what it is", async () => {
		instead["POST /api/v1/cases"] = refusal(501, "not-offered", "item", "item: I1 has its form in a process; applications with such a form are not offered yet");
		await at("/cases/new/I1", ["member"]);
		for (const [field, words] of [["name", "何静"], ["number", "330203198801010018"], ["phone", "13800000001"]])
			await write(`#case-applicant-${field}`, words!);
		await send();
		expect(one(".stage [role=alert]")!.textContent).toContain("该事项的表单在流程中，暂不能在此申请");
	});

	test("cannot be handed in before there is a calendar, and says so", async () => {
		instead["POST /submission"] = refusal(409, "conflict", null, "the calendar 'cn' 工作日历 is not there yet, so no term can be told: the system administrator makes it first");
		await toReview();
		await send();
		expect(one(".stage")!.getAttribute("data-step")).toBe("review");
		expect(one(".stage [role=alert]")!.textContent).toContain("还没有工作日历 cn");
	});

	test.each([
		["applicant.number", "applicant.number is no 公民身份号码: 18 digits", "people", "#case-applicant-number-error", "最后一位是校验码"],
		["answers.staff", "answers.staff is needed to tell whether one may apply, and with what", "questions", "#case-answer-staff-error", "须填写"],
		["materials.id", "materials.id: 身份证 is wanted 必要材料", "materials", "#case-material-id-error", "请上传 身份证"],
	])("refused for %s leads there", async (field, message, step, beside, words) => {
		instead["POST /submission"] = refusal(400, "bad-input", field, message);
		await toReview();
		await send();
		expect(one(".stage")!.getAttribute("data-step")).toBe(step);
		expect(one(beside)!.textContent).toContain(words);
	});

	test("takes over a newer version of its item, and is looked at once more before it is handed in", async () => {
		await toReview();
		instead["PUT /draft"] = [200, { ...draft, case: { ...draft.case, item_version: 3 } }];
		instead["GET /guide/items/I1"] = [200, { ...guide, version: 3, content: { ...guide.content, questions: [...guide.content.questions, { key: "new", text: "新问题", help: null, kind: "text", choices: [] }] } }];
		await send();
		expect(asked.filter((call) => call.includes("/submission"))).toEqual([]);
		expect(one(".stage")!.getAttribute("data-step")).toBe("people");
		expect(one("[data-question=new]")).not.toBeNull();
	});

	test("that was handed in meanwhile is not written any more", async () => {
		await at("/cases/c1/edit", ["member"]);
		expect(one("main [role=alert]")!.textContent).toContain("办件的状态已变");
		expect(one(".stage")).toBeNull();
	});
});

describe("the guide", () => {
	const offered = (): string => one("[data-test=apply]")?.textContent?.trim() ?? "";

	test.each([
		[["member"], "申请办理"],
		/* The item is not applied for at the window. */
		[["window_clerk"], ""],
		[["case_clerk"], ""],
	])("offers to %j: %s", async (roles, words) => {
		await at("/guide/items/I1", roles);
		expect(offered()).toBe(words);
	});

	test("offers to nobody what is suspended or not in force", async () => {
		instead["GET /guide/items/I1"] = [200, { ...guide, entry: { ...guide.entry, state: "suspended", state_reason: "系统升级" } }];
		await at("/guide/items/I1", ["member"]);
		expect(offered()).toBe("");
		page!.unmount();
		instead["GET /guide/items/I1"] = [200, { ...guide, in_force: false }];
		await at("/guide/items/I1", ["member"]);
		expect(offered()).toBe("");
	});

	test("leads whoever is not logged in by way of the log-in", async () => {
		page = await mountPage("/guide/items/I1");
		await flushPromises();
		expect(offered()).toBe("登录后申请");
		one("[data-test=apply]")!.click();
		/* The page is a file that has to be loaded. */
		await vi.waitFor(() => expect(page!.path()).toBe("/login?to=/cases/new/I1"), 10_000);
	});
});
