/* SPDX-License-Identifier: Apache-2.0 */
/* The journey of a process: a model is judged, deployed, started, and its task done by a person, to the end. */
import { strict as assert } from "node:assert";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { enter, open } from "./steps";

const key = `permit${Date.now().toString(36)}`;

/** Start, one task of a person, end; with its diagram. Without the flow into the end it is not to be executed. */
function model(whole: boolean): string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
	xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" id="d" targetNamespace="http://example.org/permit">
	<process id="${key}" name="占道许可" isExecutable="true">
		<startEvent id="start" name="申请"><outgoing>f1</outgoing></startEvent>
		<userTask id="review" name="审核"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
		<endEvent id="end" name="办结"><incoming>f2</incoming></endEvent>
		<sequenceFlow id="f1" sourceRef="start" targetRef="review"/>
		<sequenceFlow id="f2" sourceRef="review" targetRef="${whole ? "end" : "start"}"/>
	</process>
	<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="${key}">
		<bpmndi:BPMNShape id="s1" bpmnElement="start"><dc:Bounds x="80" y="102" width="36" height="36"/></bpmndi:BPMNShape>
		<bpmndi:BPMNShape id="s2" bpmnElement="review"><dc:Bounds x="180" y="80" width="100" height="80"/></bpmndi:BPMNShape>
		<bpmndi:BPMNShape id="s3" bpmnElement="end"><dc:Bounds x="350" y="102" width="36" height="36"/></bpmndi:BPMNShape>
		<bpmndi:BPMNEdge id="e1" bpmnElement="f1"><di:waypoint x="116" y="120"/><di:waypoint x="180" y="120"/></bpmndi:BPMNEdge>
		<bpmndi:BPMNEdge id="e2" bpmnElement="f2"><di:waypoint x="280" y="120"/><di:waypoint x="350" y="120"/></bpmndi:BPMNEdge>
	</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>`;
}

export async function processes({ keeper, user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	await enter(page, keeper);
	await open(page, "/processes");
	await page.locator("[data-test=open-deploy]").click();
	const file = page.locator("#model-file");
	const verdict = page.locator("[data-test=verdict]");

	/* What may not be executed is told by element, and cannot be deployed. */
	await file.setInputFiles({ name: "wrong.bpmn", mimeType: "application/xml", buffer: Buffer.from(model(false)) });
	await verdict.getByText("不能发布").waitFor();
	await page.locator("[data-test=finding]").first().waitFor();
	assert.equal(await page.locator("[data-test=deploy]").isDisabled(), true);
	await shot(page, "process-refused");
	/* What is no XML at all is refused in words. */
	foresee(400, /\/process\/definitions/);
	await file.setInputFiles({ name: "none.bpmn", mimeType: "application/xml", buffer: Buffer.from("no model") });
	await page.locator(".el-dialog:visible [role=alert], .el-dialog:visible [data-test=finding]").first().waitFor();

	await file.setInputFiles({ name: "permit.bpmn", mimeType: "application/xml", buffer: Buffer.from(model(true)) });
	await verdict.getByText("检查通过").waitFor();
	await page.locator(".el-dialog:visible svg [data-element-id=review]").waitFor();
	await page.locator(".el-dialog:visible a.bjs-powered-by").waitFor();
	await shot(page, "process-deploy");
	await page.locator("[data-test=deploy]").click();
	await page.locator(`tr[data-process="${key}"]`).waitFor();
	assert.deepEqual(await accessible(page, "/processes"), []);
	await fits(page, "/processes");

	/* Whoever works in a VDC starts it and does its task. */
	const theirs = (await window()).page;
	await enter(theirs, user);
	await open(theirs, "/processes");
	await theirs.locator(`tr[data-process="${key}"] [data-test=start]`).click();
	await theirs.locator("#business-key").fill("ZD-2026-001");
	await theirs.locator("#start-values").fill("not JSON");
	await theirs.locator("[data-test=start-process]").click();
	await theirs.locator(".el-form-item:has(#start-values) .el-form-item__error").waitFor();
	await theirs.locator("#start-values").fill('{"面积": 12}');
	await theirs.locator("[data-test=start-process]").click();
	await theirs.waitForURL(/\/process-instances\/\d+$/);
	await theirs.locator(".bpmn-token").waitFor();
	await theirs.locator("[data-test=places]").getByText("review").waitFor();
	await shot(theirs, "process-instance");
	assert.deepEqual(await accessible(theirs, "the page of an instance"), []);
	await fits(theirs, "the page of an instance");
	const instance = new URL(theirs.url()).pathname;

	await open(theirs, "/tasks");
	const row = theirs.locator("[data-tasks=available] tr[data-task=审核]", { hasText: "ZD-2026-001" });
	await row.locator("[data-test=claim]").click();
	const mine = theirs.locator("[data-tasks=mine] tr[data-task=审核]", { hasText: "ZD-2026-001" });
	await mine.waitFor();
	await shot(theirs, "tasks");
	assert.deepEqual(await accessible(theirs, "/tasks"), []);
	await fits(theirs, "/tasks");
	await mine.locator("[data-test=complete]").click();
	await theirs.locator(".el-dialog:visible").getByText("面积").waitFor();
	await theirs.locator("#task-values").fill('{"意见": "同意"}');
	await theirs.locator("[data-test=complete-task]").click();
	await mine.waitFor({ state: "detached" });
	await theirs.goto(instance);
	await theirs.locator("[data-test=instance-state]", { hasText: "已完成" }).waitFor();
	await theirs.locator("[data-test=history] tbody tr").first().waitFor();
}
