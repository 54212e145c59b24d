/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp, h, nextTick } from "vue";
import type { FormComponent, Task } from "../api/process";
import { flushPromises } from "../testing";
import CompleteTask from "./CompleteTask.vue";

/* The first of them waits until the fields, and the interpreter that they bring along, have been fetched. */
vi.setConfig({ testTimeout: 30_000 });

const task: Task = { id: "7-1", instance_id: 7, process: "permit", business_key: null, node: "review", name: "审核", assignee: "me", phase: "open", on_behalf: null, due_at: null, created_at: "2026-01-01T00:00:00Z" };
const choices = [{ value: "a", label: "甲" }, { value: "b", label: "乙" }];

let known: Record<string, unknown>;
let refusal: { field: string; message: string } | null;
let sent: unknown[];
let element: HTMLElement;
let away: () => void;

beforeEach(() => {
	known = {};
	refusal = null;
	sent = [];
	away = () => undefined;
});
afterEach(() => {
	away();
	vi.unstubAllGlobals();
});

async function drawn(components: FormComponent[] | null): Promise<void> {
	vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
		if (init.method === "GET")
			return Response.json({ task, operations: ["complete"], parts: [], nodes: [], variables: known, form_schema: components && { type: "default", components }, due_warning: null });
		sent.push((JSON.parse(init.body as string) as { variables: unknown }).variables);
		return refusal
			? Response.json({ error: { code: 400, word: "bad-input", ...refusal, request_id: "req-1" } }, { status: 400 })
			: Response.json({});
	});
	element = document.createElement("div");
	document.body.append(element);
	const app = createApp({ render: () => h(CompleteTask, { task }) });
	app.mount(element);
	away = () => {
		app.unmount();
		element.remove();
	};
	/* The file of the fields is fetched when the form is there. */
	await vi.waitFor(() => expect(element.querySelector("[data-field], [data-list], .words, #task-values")).not.toBeNull(), 10_000);
}

const field = (path: string): HTMLElement | null => element.querySelector(`[data-field="${path}"]`);
const input = (path: string): HTMLInputElement => field(path)!.querySelector<HTMLInputElement>("input, textarea")!;
const errors = (): Record<string, string> =>
	Object.fromEntries([...element.querySelectorAll<HTMLElement>(".el-form-item__error")].map((one) => [one.closest<HTMLElement>("[data-field]")!.dataset["field"], one.textContent?.trim() ?? ""]));
async function type(path: string, text: string): Promise<void> {
	input(path).value = text;
	input(path).dispatchEvent(new Event("input", { bubbles: true }));
	await nextTick();
}
async function press(): Promise<void> {
	element.querySelector<HTMLButtonElement>("[data-test=complete-task]")!.click();
	await flushPromises();
}

test("every kind of input is drawn over its value, labelled, and hands it in again", async () => {
	known = { a: "文", b: "长文", c: 1.5, d: "2026-11-25", e: true, f: "b", g: ["b"], h: "a", i: ["a", "b"], k: "09:30", other: "x" };
	await drawn([
		{ type: "textfield", key: "a", label: "一" },
		{ type: "textarea", key: "b", label: "二" },
		{ type: "number", key: "c", label: "三" },
		{ type: "datetime", key: "d", dateLabel: "四" },
		{ type: "checkbox", key: "e", label: "五" },
		{ type: "radio", key: "f", label: "六", values: choices },
		{ type: "checklist", key: "g", label: "七", values: choices },
		{ type: "select", key: "h", label: "八", values: choices },
		{ type: "taglist", key: "i", label: "九", values: choices },
		{ type: "datetime", subtype: "time", key: "k", timeLabel: "十" },
	]);
	expect(input("a").value).toBe("文");
	expect(field("b")!.querySelector("textarea")!.value).toBe("长文");
	expect([input("c").value, input("d").value, input("d").type, input("k").value, input("k").type]).toEqual(["1.5", "2026-11-25", "date", "09:30", "time"]);
	expect(input("e").checked).toBe(true);
	expect([...field("f")!.querySelectorAll("input")].map((one) => one.checked)).toEqual([false, true]);
	expect([...field("g")!.querySelectorAll("input")].map((one) => one.checked)).toEqual([false, true]);
	expect(field("h")!.textContent).toContain("甲");
	expect(field("i")!.textContent).toContain("乙");
	for (const path of ["a", "b", "c", "d", "k", "h", "i"])
		expect(document.querySelector(`label[for="task-${path}"]`)?.textContent).toBeTruthy();
	await type("c", "2.25");
	field("f")!.querySelectorAll("input")[0]!.click();
	field("g")!.querySelectorAll("input")[0]!.click();
	await press();
	expect(sent).toEqual([{ a: "文", b: "长文", c: 2.25, d: "2026-11-25", e: true, f: "a", g: ["a", "b"], h: "a", i: ["a", "b"], k: "09:30" }]);
});

test("what is missing is said at its field, which is led to, and nothing is sent", async () => {
	await drawn([{ type: "textfield", key: "a" }, { type: "textfield", key: "b", validate: { required: true } }]);
	await press();
	await vi.waitFor(() => expect(errors()).toEqual({ b: "必填" }), 5000);
	expect(sent).toEqual([]);
	expect(document.activeElement).toBe(input("b"));
	await type("b", "x");
	await vi.waitFor(() => expect(errors()).toEqual({}), 5000);
	await press();
	expect(sent).toEqual([{ a: null, b: "x" }]);
});

test("a refusal stands at the field that it names, within an item too, and in Chinese", async () => {
	known = { items: [{ price: 1 }, { price: 2 }] };
	refusal = { field: "items[1].price", message: "max: at most 1" };
	await drawn([{ type: "dynamiclist", path: "items", label: "明细", components: [{ type: "number", key: "price", label: "单价" }] }]);
	await press();
	await vi.waitFor(() => expect(errors()).toEqual({ "items[1].price": "不能大于 1" }), 5000);
	expect(document.activeElement).toBe(input("items[1].price"));
	/* It goes with its item, and does not stay for the next one at that place. */
	field("items[0].price")!.closest("fieldset")!.querySelector<HTMLElement>(".drop")!.click();
	await vi.waitFor(() => expect(errors()).toEqual({}), 5000);
	expect(input("items[0].price").value).toBe("2");
	expect(document.activeElement).toBe(element.querySelector("[data-test=add-item]"));
	refusal = null;
	await press();
	expect(sent[1]).toEqual({ items: [{ price: 2 }] });
});

test("a refusal of something that is not shown is said above the buttons; one of a choice at its list", async () => {
	refusal = { field: "hidden", message: "required: it is required" };
	await drawn([{ type: "checklist", key: "tags", values: choices }]);
	await press();
	await vi.waitFor(() => expect(element.querySelector("form [role=alert]")?.textContent).toContain("必填"), 5000);
	refusal = { field: "tags[0]", message: "values: it is none of the choices" };
	await press();
	await vi.waitFor(() => expect(errors()).toEqual({ tags: "不在可选项之中" }), 5000);
	expect(element.querySelector("form [role=alert]")).toBeNull();
});

test("a condition shows and hides while one fills in", async () => {
	await drawn([{ type: "number", key: "days" }, { type: "group", label: "长假", conditional: { hide: "=days = null or days <= 3" }, components: [{ type: "textfield", key: "why" }] }]);
	expect(field("why")).toBeNull();
	await type("days", "5");
	expect(field("why")).not.toBeNull();
	await type("days", "2");
	expect(field("why")).toBeNull();
});

test("what may only be looked at cannot be changed, and a list of it has no buttons", async () => {
	known = { a: "x", b: true, list: [{ c: "y" }] };
	await drawn([
		{ type: "textfield", key: "a", readonly: true },
		{ type: "checkbox", key: "b", readonly: true },
		{ type: "dynamiclist", path: "list", allowAddRemove: false, components: [{ type: "textfield", key: "c", readonly: true }] },
	]);
	expect([input("a").readOnly, input("b").disabled, input("list[0].c").readOnly]).toEqual([true, true, true]);
	expect(element.querySelector(".drop, [data-test=add-item]")).toBeNull();
	await press();
	expect(sent).toEqual([{}]);
});

test("what a form brings along to be shown is shown, and no markup of it", async () => {
	known = { rows: [{ n: "甲", s: 2 }] };
	await drawn([
		{ type: "text", text: "# 须知\n{{rows[1].n}} <img src=x onerror=alert(1)>" },
		{ type: "table", label: "表", dataSource: "=rows", columns: [{ key: "n", label: "名" }, { key: "s", label: "数" }] },
		{ type: "image", source: "https://example.org/a.png", alt: "图" },
		{ type: "separator" },
		{ type: "button" },
	]);
	expect([...element.querySelectorAll(".words p")].map((one) => one.textContent)).toEqual(["须知", "甲"]);
	expect([...element.querySelectorAll(".scroll td")].map((one) => one.textContent)).toEqual(["甲", "2"]);
	expect(element.querySelectorAll("img").length).toBe(0);
});

test("a task without a form takes variables as JSON, which is held to being an object", async () => {
	known = { 面积: 12 };
	await drawn(null);
	expect(element.querySelector("pre")?.textContent).toContain("面积");
	const values = element.querySelector<HTMLTextAreaElement>("#task-values")!;
	const write = async (text: string): Promise<void> => {
		values.value = text;
		values.dispatchEvent(new Event("input", { bubbles: true }));
		await nextTick();
		await press();
	};
	await write("[1]");
	expect(sent).toEqual([]);
	await write('{"意见": "同意"}');
	expect(sent).toEqual([{ 意见: "同意" }]);
});
