/* SPDX-License-Identifier: Apache-2.0 */
/* The journey of a drawing: start, a person's task and end are drawn, judged, deployed and run to the end; the version that runs is
 * opened, changed, and deployed as the next one; files come and go without loss. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { act, openTask } from "./process";
import { enter, open } from "./steps";

const key = `drawn${Date.now().toString(36)}`;
const evil = `<img src=x onerror="window.ran=1">`;
const said = evil.replace(/</g, "&lt;").replace(/"/g, "&quot;");

/** What bpmn-js does not know, at its right places: ours, other modellers', a sub-process on a plane of its own; names that would be markup. */
const foreign = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
	xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:flow="urn:yongyun:flow" xmlns:other="urn:other" id="d" targetNamespace="urn:test" other:made="there">
	<process id="files" name="${said}" isExecutable="true" flow:searchable="road" other:colour="red">
		<extensionElements><flow:formSchema name="permit"><![CDATA[{"type":"default","components":[]}]]></flow:formSchema><other:list><other:one deep="yes">中</other:one></other:list></extensionElements>
		<subProcess id="inner" name="${said}"><userTask id="within" name="${said}" flow:candidateRoles="member" flow:later="kept" other:note="kept"/></subProcess>
		<textAnnotation id="note"><text>${said}</text></textAnnotation>
	</process>
	<bpmndi:BPMNDiagram id="d1"><bpmndi:BPMNPlane id="p1" bpmnElement="files">
		<bpmndi:BPMNShape id="s1" bpmnElement="inner" isExpanded="false"><dc:Bounds x="180" y="80" width="100" height="80"/></bpmndi:BPMNShape>
		<bpmndi:BPMNShape id="s2" bpmnElement="note"><dc:Bounds x="340" y="80" width="100" height="60"/></bpmndi:BPMNShape>
	</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
	<bpmndi:BPMNDiagram id="d2"><bpmndi:BPMNPlane id="p2" bpmnElement="inner">
		<bpmndi:BPMNShape id="s3" bpmnElement="within"><dc:Bounds x="180" y="80" width="100" height="80"/></bpmndi:BPMNShape>
	</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;
const bare = `<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d" targetNamespace="urn:test"><process id="bare${key}" isExecutable="true">
	<startEvent id="s"><outgoing>f</outgoing></startEvent><endEvent id="e"><incoming>f</incoming></endEvent><sequenceFlow id="f" sourceRef="s" targetRef="e"/></process></definitions>`;
const kept = [`other:made="there"`, `flow:searchable="road"`, `other:colour="red"`, `<flow:formSchema name="permit">`, `<other:one deep="yes">中</other:one>`, `flow:candidateRoles="member"`,
	`flow:later="kept"`, `other:note="kept"`, `bpmnElement="within"`];

async function fill(page: Page, field: string, value: string): Promise<void> {
	await page.locator(`#model-${field}`).fill(value);
	await page.locator(`#model-${field}`).press("Tab");
}

/** Takes a kind from the palette and sets it down, so far from the canvas' corner. */
async function setDown(page: Page, kind: string, x: number, y: number): Promise<void> {
	await page.locator(`.djs-palette [data-action="create.${kind}"]`).click();
	await page.locator("[data-test=canvas]").click({ position: { x, y } });
}

async function pad(page: Page, action: string): Promise<void> {
	await page.locator(`.djs-context-pad [data-action="${action}"]`).click();
}

const shape = (page: Page, kind: string) => page.locator(`[data-test=canvas] .djs-shape[data-element-id^="${kind}_"]`).first();

export async function designs({ keeper, user, window, shot }: Guide): Promise<void> {
	const { page: theirs } = await window();
	await enter(theirs, user);
	const people = await theirs.evaluate(async () => (await (await fetch("/api/v1/process/people?limit=200")).json()) as { people: { id: string; name: string }[] });
	const id = people.people.find((one) => one.name === user.name)?.id ?? "";
	const { page, warned } = await window();
	/* bpmn-js 17 says it of its own call, when the menu of other kinds is opened. */
	warned(/ContextPad#getPad is deprecated/);
	await enter(page, keeper);
	await open(page, "/processes");
	await page.locator("[data-test=open-designer]").click();
	const verdict = page.locator("[data-test=drawn-verdict]");
	const finding = page.locator("[data-test=drawn-finding]");
	await page.locator(`.djs-palette [title="创建开始事件"]`).waitFor();
	await page.locator("[data-test=canvas] a.bjs-powered-by").waitFor();
	await verdict.getByText("不能发布").waitFor();
	await fill(page, "id", key);
	await fill(page, "name", "绘制的许可");

	/* The start that was there goes by the keyboard, and comes again by undoing; another is drawn. */
	await page.locator("[data-test=canvas] [data-element-id=start]").first().click();
	await page.keyboard.press("Delete");
	await page.locator("[data-element-id=start]").first().waitFor({ state: "detached" });
	await page.keyboard.press("Control+z");
	await page.locator("[data-element-id=start]").first().waitFor();
	await page.locator("[data-test=canvas] [data-element-id=start]").first().click();
	await page.keyboard.press("Delete");
	await page.locator("[data-element-id=start]").first().waitFor({ state: "detached" });
	await setDown(page, "start-event", 200, 200);
	await pad(page, "append.append-task");
	await pad(page, "replace");
	await page.locator(".djs-popup").getByText("用户任务", { exact: true }).click();
	await page.locator("#model-assignee").waitFor();
	await fill(page, "id", "approve");
	await fill(page, "name", evil);
	await fill(page, "assignee", id);
	await pad(page, "append.end-event");
	await shape(page, "Event").waitFor();
	await verdict.getByText("检查通过").waitFor();

	/* What stands against it leads to its element. */
	await page.locator("#model-element").selectOption("approve");
	await fill(page, "priority", "200");
	await verdict.getByText("不能发布").waitFor();
	assert.equal(await page.locator("[data-test=deploy-drawn]").isDisabled(), true);
	await page.locator("#model-element").selectOption("");
	await page.locator("#model-priority").waitFor({ state: "detached" });
	await finding.filter({ hasText: "flow:priority" }).getByRole("button").click();
	assert.equal(await page.locator("#model-id").inputValue(), "approve");
	await page.locator("[data-element-id=approve].bpmn-wrong").waitFor();
	assert.equal(await page.locator("[data-test=canvas] .bpmn-wrong").count(), 1);
	await shot(page, "design-refused");
	assert.deepEqual(await accessible(page, "the designer", [".djs-container"]), []);
	await fits(page, "the designer");
	await page.locator("[data-test=undo]").click();
	assert.equal(await page.locator("#model-priority").inputValue(), "");
	assert.deepEqual([await page.locator("img[src=x]").count(), await page.evaluate("window.ran")], [0, undefined]);
	await fill(page, "name", "审批");
	await verdict.getByText("检查通过").waitFor();
	await shot(page, "design");
	await page.locator("[data-test=deploy-drawn]").click();
	await page.waitForURL(/\/processes\/\d+$/);
	const first = new URL(page.url()).pathname;

	/* It runs to its end. */
	await open(theirs, "/processes");
	await theirs.locator(`tr[data-process="${key}"] [data-test=start]`).click();
	await theirs.locator("#business-key").fill("HT-2026-001");
	await theirs.locator("[data-test=start-process]").click();
	await theirs.waitForURL(/\/process-instances\/\d+$/);
	const instance = new URL(theirs.url()).pathname;
	await openTask(theirs, "mine", "审批", "HT-2026-001");
	await act(theirs, "complete");
	await theirs.waitForURL(instance);
	await theirs.locator("[data-test=instance-state]", { hasText: "已完成" }).waitFor();

	/* The version that runs is opened, changed, and deployed as the next. */
	await page.locator("[data-test=edit-model]").click();
	await page.locator("#model-element").selectOption("approve");
	assert.equal(await page.locator("#model-assignee").inputValue(), id);
	await fill(page, "name", "复审");
	await verdict.getByText("检查通过").waitFor();
	await page.locator("[data-test=deploy-drawn]").click();
	await page.waitForURL((url) => /\/processes\/\d+$/.test(url.pathname) && url.pathname !== first);
	await page.getByText(`${key} · 版本 2`).waitFor();
	await page.locator("[data-test=diagram] [data-element-id=approve]").getByText("复审").waitFor();

	await files(page, shot);
}

/** A file comes in and goes out with all that bpmn-js does not know; what cannot be kept is told. */
async function files(page: Page, shot: Guide["shot"]): Promise<void> {
	const box = page.locator("#import-model");
	await page.locator("[data-test=edit-model]").click();
	await page.locator("[data-element-id=approve]").first().waitFor();
	await box.setInputFiles({ name: "foreign.bpmn", mimeType: "application/xml", buffer: Buffer.from(foreign) });
	await page.locator("[data-test=canvas] [data-element-id=inner]").first().waitFor();
	assert.equal(await page.locator("[data-test=lost]").count(), 0);
	/* In another language it is the same drawing. */
	await page.getByText("EN", { exact: true }).click();
	await page.locator(`.djs-palette [title="Create start event"]`).waitFor();
	await page.locator("[data-test=canvas] [data-element-id=inner]").first().waitFor();
	await page.getByText("中", { exact: true }).click();
	await page.locator(`.djs-palette [title="创建开始事件"]`).waitFor();
	await page.locator(".bjs-drilldown").click();
	await page.locator(".bjs-breadcrumbs-shown .bjs-breadcrumbs").waitFor();
	await page.locator("[data-test=canvas] [data-element-id=within]").first().waitFor();
	await page.keyboard.press("Control+f");
	await shot(page, "design-foreign");
	assert.deepEqual([await page.locator("img[src=x]").count(), await page.evaluate("window.ran")], [0, undefined]);
	const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-test=export-model]").click()]);
	const text = readFileSync(await download.path(), "utf8");
	assert.deepEqual(kept.filter((one) => !text.includes(one)), []);

	/* What stands where BPMN has no place for it would be lost; what is no model leaves the drawing as it was. */
	page.on("dialog", (dialog) => void dialog.accept());
	await box.setInputFiles({ name: "loose.bpmn", mimeType: "application/xml", buffer: Buffer.from(foreign.replace("<textAnnotation", "<unheardOf/><textAnnotation")) });
	await page.locator("[data-test=lost]").getByText("unheardOf").waitFor();
	await box.setInputFiles({ name: "none.bpmn", mimeType: "application/xml", buffer: Buffer.from("no model") });
	await page.getByText("不能显示这个模型").waitFor();
	await page.locator("[data-test=canvas] [data-element-id=inner]").first().waitFor();

	/* A model that was deployed without a diagram is not shown, and nothing can be written over it. */
	await open(page, "/processes");
	await page.locator("[data-test=open-deploy]").click();
	await page.locator("#model-file").setInputFiles({ name: "bare.bpmn", mimeType: "application/xml", buffer: Buffer.from(bare) });
	await page.locator("[data-test=verdict]").getByText("检查通过").waitFor();
	await page.locator("[data-test=deploy]").click();
	await page.locator(`tr[data-process="bare${key}"] a`).click();
	await page.locator("[data-test=edit-model]").click();
	await page.getByText("不能显示这个模型").waitFor();
	await page.locator("[data-test=drawn-verdict]").getByText("没有可检查的图").waitFor();
	assert.deepEqual([await page.locator("[data-test=export-model]").isDisabled(), await page.locator("[data-test=deploy-drawn]").isDisabled()], [true, true]);
	await page.getByText("EN", { exact: true }).click();
	await page.getByText("There is no drawing to check").waitFor();
	await page.getByText("中", { exact: true }).click();
}
