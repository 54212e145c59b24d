/* SPDX-License-Identifier: Apache-2.0 */
/* The journey of a process: a model is judged, deployed, started, and its task done by a person, to the end. */
import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { enter, open, pick } from "./steps";

const key = `permit${Date.now().toString(36)}`;

/** What is asked for, and what is decided; the reason only where much is asked for. */
const form = {
	type: "default",
	components: [
		{ type: "text", text: "## 占道许可申请" },
		{ type: "textfield", key: "road", label: "道路", validate: { required: true, maxLength: 20 } },
		{ type: "select", key: "kind", label: "事由", values: [{ value: "works", label: "施工" }, { value: "fair", label: "集市" }] },
		{ type: "datetime", subtype: "date", key: "day", dateLabel: "日期" },
		{ type: "dynamiclist", path: "spots", label: "占道位置", components: [{ type: "number", key: "area", label: "面积（平方米）", validate: { required: true, max: 100 } }] },
		{ type: "textarea", key: "why", label: "面积较大的理由", conditional: { hide: "=not(some one in spots satisfies one.area > 50)" }, validate: { required: true } },
		{ type: "radio", key: "granted", label: "结论", values: [{ value: true, label: "准予" }, { value: false, label: "不予" }], validate: { required: true } },
		{ type: "textfield", key: "opinion", label: "审核意见", conditional: { hide: "=granted != false" }, validate: { required: true } },
	],
};

/** Start, one task of a person, end; with its diagram. Without the flow into the end it is not to be executed. */
function model(whole: boolean): string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
	xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:flow="urn:yongyun:flow" id="d" targetNamespace="http://example.org/permit">
	<process id="${key}" name="占道许可" isExecutable="true">
		<extensionElements><flow:formSchema name="permit"><![CDATA[${JSON.stringify(form)}]]></flow:formSchema></extensionElements>
		<startEvent id="start" name="申请" flow:form="permit" flow:fields="opinion:hide granted:hide"><outgoing>f1</outgoing></startEvent>
		<userTask id="review" name="审核" flow:form="permit" flow:fields="road:read spots:read"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
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
	const { page: theirs, foresee: foreseeTheirs } = await window();
	await enter(theirs, user);
	await open(theirs, "/processes");
	await theirs.locator(`tr[data-process="${key}"] [data-test=start]`).click();
	await theirs.locator("#business-key").fill("ZD-2026-001");
	/* What is missing is said at its field; what the daemon refuses, at the one that it names. */
	const fault = (path: string): ReturnType<Page["locator"]> => theirs.locator(`.el-dialog:visible [data-field="${path}"] .el-form-item__error`);
	await theirs.getByLabel("道路").waitFor();
	await shot(theirs, "process-form");
	assert.deepEqual(await accessible(theirs, "the form of a start"), []);
	await fits(theirs, "the form of a start");
	assert.equal(await theirs.locator(".el-dialog:visible [data-field=granted]").count(), 0);
	await theirs.locator("[data-test=start-process]").click();
	await fault("road").getByText("必填").waitFor();
	await theirs.getByLabel("道路").fill("中山路");
	await pick(theirs, "start-kind", "集市");
	await theirs.getByLabel("日期").fill("2026-12-01");
	await theirs.getByLabel("面积（平方米）").fill("12");
	await theirs.locator(".el-dialog:visible [data-test=add-item]").click();
	assert.equal(await theirs.getByLabel("面积较大的理由").count(), 0);
	await theirs.getByLabel("面积（平方米）").nth(1).fill("120");
	await theirs.getByLabel("面积较大的理由").fill("年货集市");
	foreseeTheirs(400, /\/process\/instances$/);
	await theirs.locator("[data-test=start-process]").click();
	await fault("spots[1].area").getByText("不能大于 100").waitFor();
	await shot(theirs, "process-form-refused");
	await theirs.getByLabel("面积（平方米）").nth(1).fill("80");
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
	await mine.locator("[data-test=open-task]").click();
	const shown = theirs.getByLabel("面积（平方米）").nth(1);
	await shown.waitFor();
	assert.deepEqual([await shown.inputValue(), await shown.getAttribute("readonly")], ["80", ""]);
	assert.equal(await theirs.getByLabel("准予").isDisabled(), true);
	assert.deepEqual(await accessible(theirs, "the page of a task with a form"), []);
	await fits(theirs, "the page of a task with a form");
	await open(theirs, "/tasks");
	await mine.locator("[data-test=complete]").click();
	/* What was filled in is there, some of it only to be looked at; a condition asks for the reason of a refusal alone. */
	const road = theirs.locator(".el-dialog:visible").getByLabel("道路");
	await road.waitFor();
	assert.deepEqual([await road.inputValue(), await road.getAttribute("readonly")], ["中山路", ""]);
	assert.equal(await theirs.locator(".el-dialog:visible").getByLabel("日期").inputValue(), "2026-12-01");
	assert.equal(await theirs.locator(".el-dialog:visible [data-test=add-item]").count(), 0);
	await theirs.locator(".el-dialog:visible").getByText("不予", { exact: true }).click();
	await theirs.getByLabel("审核意见").waitFor();
	await theirs.locator(".el-dialog:visible").getByText("准予", { exact: true }).click();
	await theirs.getByLabel("审核意见").waitFor({ state: "detached" });
	await shot(theirs, "task-form");
	assert.deepEqual(await accessible(theirs, "the form of a task"), []);
	await theirs.locator("[data-test=complete-task]").click();
	await mine.waitFor({ state: "detached" });
	await theirs.goto(instance);
	await theirs.locator("[data-test=instance-state]", { hasText: "已完成" }).waitFor();
	await theirs.locator("[data-test=history] tbody tr").first().waitFor();
}

const signed = `signed${Date.now().toString(36)}`;

/** Draft, check (with signers, and a way back), a panel that both must pass, end. */
function signing(): string {
	const flows = [["start", "draft"], ["draft", "check"], ["check", "judge"], ["judge", "end"]] as const;
	return `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:flow="urn:yongyun:flow" id="d" targetNamespace="http://example.org/signed"
	expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">
	<process id="${signed}" name="联合会审" isExecutable="true">
		<startEvent id="start"><outgoing>f0</outgoing></startEvent>
		<userTask id="draft" name="拟稿" flow:operations="withdraw"><incoming>f0</incoming><outgoing>f1</outgoing></userTask>
		<userTask id="check" name="核稿" flow:operations="signBefore unsign return"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>
		<userTask id="judge" name="会签" flow:participants="=who" flow:pass="all"><incoming>f2</incoming><outgoing>f3</outgoing></userTask>
		<endEvent id="end"><incoming>f3</incoming></endEvent>
		${flows.map(([from, to], n) => `<sequenceFlow id="f${n}" sourceRef="${from}" targetRef="${to}"/>`).join("")}
	</process>
</definitions>`;
}

/** Opens the task of that name of the instance, from one of the lists. */
export async function openTask(page: Page, list: string, name: string, key: string): Promise<void> {
	await open(page, "/tasks");
	await page.locator(`[data-tasks=${list}] tr[data-task="${name}"]`, { hasText: key }).locator("[data-test=open-task]").click();
	await page.locator("[data-test=task-phase]").waitFor();
}

export async function act(page: Page, operation: string, fill: () => Promise<void> = async () => undefined): Promise<void> {
	await page.locator(`[data-test=act-${operation}]`).click();
	await page.locator("#task-act").waitFor();
	await fill();
	await page.locator("[data-test=task-act]").click();
	await page.locator("#task-act").waitFor({ state: "detached" });
}

const approve = (page: Page, opinion: string) => async (): Promise<void> => {
	await page.locator("#act-verdict").getByText("同意", { exact: true }).click();
	await page.locator("#act-reason").fill(opinion);
};

/** 加签, 退回, 撤回 and 会签, by two people, to the end; with an opinion, a comment and a file on the way. Then 代理. */
export async function signatures({ keeper, user, colleague, window, shot }: Guide): Promise<void> {
	assert.ok(colleague);
	const key = "HQ-2026-001";
	const city = (await window()).page;
	await enter(city, keeper);
	await open(city, "/processes");
	await city.locator("[data-test=open-deploy]").click();
	await city.locator("#model-file").setInputFiles({ name: "signed.bpmn", mimeType: "application/xml", buffer: Buffer.from(signing()) });
	await city.locator("[data-test=verdict]").getByText("检查通过").waitFor();
	await city.locator("[data-test=deploy]").click();
	await city.locator(`tr[data-process="${signed}"]`).waitFor();
	const peer = (await window()).page;
	await enter(peer, colleague);
	const people = await peer.evaluate(async () => (await (await fetch("/api/v1/process/people?limit=200")).json()) as { people: { id: string; name: string }[] });
	const idOf = (name: string): string => people.people.find((one) => one.name === name)?.id ?? "";

	const { page: clerk, foresee: foreseeClerks } = await window();
	await enter(clerk, user);
	await open(clerk, "/processes");
	await clerk.locator(`tr[data-process="${signed}"] [data-test=start]`).click();
	await clerk.locator("#business-key").fill(key);
	await clerk.locator("#start-values").fill(JSON.stringify({ who: [idOf(colleague.name), idOf(user.name)] }));
	await clerk.locator("[data-test=start-process]").click();
	await clerk.waitForURL(/\/process-instances\/\d+$/);
	const instance = new URL(clerk.url()).pathname;

	/* The draft is done, taken back, and done again. */
	await openTask(clerk, "available", "拟稿", key);
	await act(clerk, "complete", () => clerk.locator("#act-reason").fill("请核"));
	await clerk.waitForURL(instance);
	await clerk.locator("[data-test=withdraw]").click();
	await clerk.locator("[data-test=sure]").click();
	await clerk.locator("[data-test=places]").getByText("draft").waitFor();
	await openTask(clerk, "mine", "拟稿", key);
	await act(clerk, "complete");
	await clerk.waitForURL(instance);

	/* A colleague takes the check, has the clerk sign before it, and is told what the clerk thinks. */
	await openTask(peer, "available", "核稿", key);
	await peer.locator("[data-test=act-claim]").click();
	await act(peer, "signBefore", async () => {
		await peer.locator("#act-people").click();
		await peer.locator(".el-select-dropdown__item:visible", { hasText: user.name }).first().click();
		/* A list of several choices stays open until one goes elsewhere. */
		await peer.locator(".el-dialog__title:visible").click();
	});
	await peer.locator("[data-test=task-phase]", { hasText: "等待前加签" }).waitFor();
	await shot(peer, "task-held");
	assert.deepEqual(await accessible(peer, "the page of a task"), []);
	await fits(peer, "the page of a task");
	await openTask(clerk, "mine", "核稿", key);
	await act(clerk, "vote", approve(clerk, "格式无误"));
	await openTask(peer, "mine", "核稿", key);
	await peer.locator("[data-test=parts]").getByText("格式无误").waitFor();
	await peer.locator("#process-comment").fill("附件请补齐");
	await peer.locator("[data-test=say]").click();
	await peer.locator("[data-test=opinions]").getByText("附件请补齐").waitFor();
	await act(peer, "return", async () => {
		await pick(peer, "act-node", "拟稿");
		await peer.locator("#act-reason").fill("缺附件");
	});

	/* Handed in, and on to the panel, which both sign. */
	await openTask(clerk, "available", "拟稿", key);
	await clerk.locator("#process-file").setInputFiles({ name: "附件一.txt", mimeType: "text/plain", buffer: Buffer.from("材料") });
	await clerk.locator("[data-test=attachments]").getByText("附件一.txt").waitFor();
	await act(clerk, "complete");
	await openTask(peer, "available", "核稿", key);
	await act(peer, "complete");
	await openTask(peer, "mine", "会签", key);
	await act(peer, "vote", approve(peer, "同意发文"));
	await openTask(clerk, "mine", "会签", key);
	await shot(clerk, "task-panel");
	await act(clerk, "vote", approve(clerk, "同意"));
	await clerk.goto(instance);
	await clerk.locator("[data-test=instance-state]", { hasText: "已完成" }).waitFor();
	await clerk.locator("[data-test=opinions]").getByText("同意发文").waitFor();
	await clerk.locator("[data-test=history]").getByText("撤回").waitFor();
	await shot(clerk, "process-signed");
	assert.deepEqual(await accessible(clerk, "the page of an instance that has ended"), []);
	/* The clerk goes away: the colleague stands in, until the clerk is back before the time. */
	await open(clerk, "/tasks");
	await clerk.locator("[data-test=substitutions]").click();
	await clerk.locator("[data-substitutions=given]").getByText("没有代理").waitFor();
	await clerk.locator("[data-test=open-substitution]").click();
	await clerk.locator("[data-test=make-substitution]").click();
	await clerk.locator(".el-form-item:has(#deputy) .el-form-item__error").getByText("必填").waitFor();
	await pick(clerk, "deputy", colleague.name);
	foreseeClerks(400, /\/process\/substitutions$/);
	await clerk.locator("#substitution-until").fill("2020-01-01T08:00");
	await clerk.locator("[data-test=make-substitution]").click();
	await clerk.locator(".el-form-item:has(#substitution-until) .el-form-item__error").getByText("结束时间须晚于").waitFor();
	const nextYear = new Date().getFullYear() + 1;
	await clerk.locator("#substitution-from").fill(`${nextYear}-01-04T08:00`);
	await clerk.locator("#substitution-until").fill(`${nextYear}-01-15T17:30`);
	await clerk.locator("#substitution-reason").fill("休假");
	assert.deepEqual(await accessible(clerk, "the dialog of a substitution"), []);
	await shot(clerk, "substitution-make");
	await clerk.locator("[data-test=make-substitution]").click();
	const given = clerk.locator("[data-substitutions=given] tr[data-phase=coming]", { hasText: colleague.name });
	await given.getByText(`${nextYear}-01-04 08:00`).waitFor();
	assert.deepEqual(await accessible(clerk, "/substitutions"), []);
	await fits(clerk, "/substitutions");
	await open(peer, "/tasks");
	await peer.locator("[data-test=substitutions]").click();
	await peer.locator("[data-substitutions=held] tr[data-phase=coming]", { hasText: user.name }).getByText("休假").waitFor();
	await given.locator("[data-test=end-substitution]").click();
	await clerk.locator("[data-test=sure]").click();
	await clerk.locator("[data-substitutions=given] tr[data-phase=over]", { hasText: colleague.name }).waitFor();
	await shot(clerk, "substitutions");

	await open(city, "/incidents");
	assert.deepEqual(await accessible(city, "/incidents"), []);
	await fits(city, "/incidents");
}
