/* SPDX-License-Identifier: Apache-2.0 */
/* The journey of an application 办件 (tools/cases.sh has made the calendar, the item and the people): somebody applies for
 * themselves, with every kind of refusal on the way, the office asks for a correction and accepts; a clerk at the window enters
 * one for a company. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { applicants } from "./people";
import { enter, fillLogIn, open } from "./steps";

type Foresee = (status: number, path: RegExp) => void;

const file = (name: string, text: string): { name: string; mimeType: string; buffer: Buffer } => ({ name, mimeType: "application/pdf", buffer: Buffer.from(text) });
const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id ?? "");
const at = async (page: Page, step: string): Promise<void> => {
	await page.locator(`.stage[data-step=${step}]`).waitFor();
	await page.waitForFunction(() => document.activeElement?.tagName === "H2");
};
const state = (page: Page, word: string): Promise<void> => page.locator(`h1 [data-case-state=${word}]`).waitFor();

async function keeps(page: Page, where: string): Promise<void> {
	assert.deepEqual(await accessible(page, where), []);
	await fits(page, where);
}

async function give(page: Page, code: string, name: string, text: string): Promise<void> {
	await page.locator(`#case-material-${code}`).setInputFiles(file(name, text));
	await page.locator(`[data-material=${code}] [data-file="${name}"]`).waitFor();
}

async function choose(page: Page, question: string, answer: string): Promise<void> {
	await page.locator(`[data-question=${question}] label`, { hasText: answer }).locator("input").check();
}

/** From the guide by way of the log-in to the first step; what is empty is said, and a wrong check digit in the daemon's words. */
async function begin(page: Page, item: string, he: Parameters<typeof enter>[1], foresee: Foresee): Promise<void> {
	await page.goto(`/guide/items/${item}`);
	await page.locator("[data-test=apply]", { hasText: "登录后申请" }).click();
	await fillLogIn(page, he);
	await page.locator(".stage[data-step=people]").waitFor();
	await page.locator("[data-test=next]").click();
	await page.locator("#case-applicant-name-error", { hasText: "必填" }).waitFor();
	assert.equal(await focused(page), "case-applicant-name", "the first field that is empty has the focus");
	assert.equal(await page.locator("[aria-invalid=true]").count(), 3);
	await keeps(page, "the applicant");

	/* By keys alone. */
	foresee(400, /\/api\/v1\/cases$/);
	await page.keyboard.type("何静");
	await page.keyboard.press("Tab");
	await page.keyboard.type("330203198801010014");
	await page.keyboard.press("Tab");
	await page.keyboard.type("13800000001");
	await page.keyboard.press("Enter");
	await page.locator("#case-applicant-number-error", { hasText: "最后一位是校验码" }).waitFor();
	await page.waitForFunction(() => document.activeElement?.id === "case-applicant-number");
	await page.locator("#case-applicant-number").fill(valid.he);
	await page.keyboard.press("Enter");
	await at(page, "questions");
	await page.waitForURL(/\/cases\/[0-9a-f-]+\/edit$/);
}

const valid = { he: "330203198801010018", agent: "330203199007150026", company: "91330200MA2AA3CX6F" };

/** What is needed follows from the answers, and a field of the form is held to its rule already in the draft. */
async function answer(page: Page, foresee: Foresee): Promise<void> {
	await page.locator("[data-test=case-sheet] #case-form-area").waitFor();
	await page.locator("[data-test=next]").click();
	await at(page, "materials");
	await page.locator("[data-material=id][data-needed=yes]").waitFor();
	await page.locator("[data-material=health][data-needed=unknown]").waitFor();

	foresee(400, /\/api\/v1\/cases\/[0-9a-f-]+\/draft$/);
	await page.locator("[data-test=to-questions]").click();
	await at(page, "questions");
	await choose(page, "staff", "是");
	await page.locator("#case-form-area").fill("80");
	await page.locator("[data-test=next]").click();
	await page.locator("[data-field=area] .el-form-item__error", { hasText: "不能大于 50" }).waitFor();
	await page.waitForFunction(() => document.activeElement?.id === "case-form-area");
	await keeps(page, "the questions and the form");
	await page.locator("#case-form-area").fill("30");
	await page.keyboard.press("Enter");
	await at(page, "materials");
	await page.locator("[data-material=health][data-needed=yes]").waitFor();
}

async function materials(page: Page): Promise<void> {
	await page.locator("#case-material-id").setInputFiles(file("空.pdf", ""));
	await page.locator("#case-material-id-error", { hasText: "文件是空的" }).waitFor();
	await give(page, "id", "身份证.pdf", "一张身份证");
	assert.equal(await page.locator("#case-material-id-error").count(), 0);
	const [download] = await Promise.all([page.waitForEvent("download"), page.locator('[data-file="身份证.pdf"] a').click()]);
	assert.equal(readFileSync(await download.path(), "utf8"), "一张身份证");
	await page.locator('[data-file="身份证.pdf"] button').focus();
	await page.keyboard.press("Enter");
	await page.locator("[data-material=id][data-files='0']").waitFor();
	await page.waitForFunction(() => document.activeElement?.id === "case-material-id");
	await give(page, "id", "身份证.pdf", "一张身份证");
	await keeps(page, "the materials");
}

/** What is missing leads back to its step: of the form, which is plain to see here, and of the materials, which the daemon says. */
async function handIn(page: Page, foresee: Foresee): Promise<string> {
	await page.locator("[data-test=next]").click();
	await at(page, "review");
	await page.locator("[data-test=submit-case]").click();
	await page.locator(".stage[data-step=questions]").waitFor();
	await page.waitForFunction(() => document.activeElement?.id === "case-form-shop");
	await page.locator("[data-field=shop] .el-form-item__error", { hasText: "必填" }).waitFor();
	await page.locator("#case-form-shop").fill("何记面馆");
	await page.locator("[data-test=to-review]").click();
	await at(page, "review");
	foresee(400, /\/submission$/);
	await page.locator("[data-test=submit-case]").click();
	await page.locator("#case-material-health-error", { hasText: "从业人员健康证明" }).waitFor();
	await page.waitForFunction(() => document.activeElement?.id === "case-material-health");
	await give(page, "health", "健康证明.pdf", "一张健康证明");
	assert.equal(await page.locator("#case-material-health-error").count(), 0);
	await page.locator("[data-test=next]").click();
	await at(page, "review");
	await page.locator("[data-test=case-answers]", { hasText: "是否雇用员工是" }).waitFor();
	await page.locator("[data-test=case-form] #said-shop").waitFor();
	await keeps(page, "the review");
	await page.locator("[data-test=submit-case]").click();
	await state(page, "received");
	const number = (await page.locator("[data-test=accept-no]").textContent()) ?? "";
	assert.match(number, /^330200 \d{6} 20 \d{5} \d$/);
	await page.locator("[data-test=silent]", { hasText: "受理期限" }).waitFor();
	await keeps(page, "the page of a case");
	return number;
}

/** The office finds it by its number, reads it, and asks once for what is to be corrected. */
async function correct(page: Page, number: string, shot: () => Promise<void>): Promise<void> {
	await open(page, "/office-cases");
	const row = page.locator(`[data-case="${number.replace(/ /g, "")}"]`);
	await row.waitFor();
	assert.match((await row.locator("[data-test=masked]").textContent()) ?? "", /^何\*+$/, "the name is masked in the list");
	await row.locator("[data-test=silent]").waitFor();
	await keeps(page, "/office-cases");
	await page.locator("#cases-number").fill("33020099");
	await page.keyboard.press("Enter");
	await page.getByText("没有这样的办件").waitFor();
	await page.locator("#cases-number").fill(number);
	await page.keyboard.press("Enter");
	await row.locator("a").click();
	await page.locator("[data-test=case-applicant]", { hasText: valid.he }).waitFor();
	await page.locator("[data-test=case-form] #said-area").waitFor();
	const [download] = await Promise.all([page.waitForEvent("download"), page.locator('[data-test=case-materials] [data-file="健康证明.pdf"]').click()]);
	assert.equal(readFileSync(await download.path(), "utf8"), "一张健康证明");
	await shot();
	await keeps(page, "the page of a case for its office");
	await page.locator("[data-test=correct-case]").click();
	await page.locator("[data-test=case-act]").click();
	await page.locator(".el-form-item:has(#case-reason) .el-form-item__error", { hasText: "请写明原因" }).waitFor();
	await page.locator("#case-reason").fill("请补充店面照片，并写全店名");
	assert.deepEqual(await accessible(page, "the dialog of a correction"), []);
	await page.locator("[data-test=case-act]").click();
	await state(page, "correcting");
	assert.equal(await page.locator("[data-test=accept-case]").count(), 0);
}

/** The applicant reads why, adds to what was handed in, and hands it in again under the same number. */
async function putRight(page: Page, number: string): Promise<void> {
	await page.reload();
	await page.locator("[data-test=because]", { hasText: "请补充店面照片" }).waitFor();
	await page.locator("[data-test=edit-case]").click();
	await page.locator("[data-test=because]", { hasText: "请补充店面照片" }).waitFor();
	await page.locator("[data-test=to-questions]").click();
	await at(page, "questions");
	await page.locator("#case-form-shop").fill("何记面馆宁穿路店");
	await page.locator("[data-test=next]").click();
	await at(page, "materials");
	assert.equal(await page.locator('[data-file="身份证.pdf"] button').count(), 0, "what the office has seen stays");
	await give(page, "photo", "店面.jpg", "一张照片");
	assert.equal(await page.locator('[data-file="店面.jpg"] button').count(), 1);
	await page.locator("[data-test=next]").click();
	await at(page, "review");
	await page.locator("[data-test=submit-case]").click();
	await state(page, "received");
	assert.equal(await page.locator("[data-test=accept-no]").textContent(), number, "its number stays");
	assert.deepEqual(await page.locator("[data-step]").evaluateAll((all) => all.map((one) => one.getAttribute("data-step"))), ["submit", "correct", "submit"]);
}

async function accept(page: Page): Promise<void> {
	await page.reload();
	await page.locator("[data-test=one-correction]").waitFor();
	assert.equal(await page.locator("[data-test=correct-case]").count(), 0, "corrections are asked for once");
	await page.locator("[data-test=accept-case]").click();
	await page.locator("[data-test=case-act]").click();
	await state(page, "accepted");
	await page.locator("[data-test=left]", { hasText: /还剩 \d 个工作日/ }).waitFor();
}

/** A draft that is thrown away leaves nothing; what was accepted can be withdrawn with a reason. */
async function giveUp(page: Page, item: string): Promise<void> {
	await page.goto(`/guide/items/${item}`);
	await page.locator("[data-test=apply]", { hasText: "申请办理" }).click();
	for (const [field, words] of Object.entries({ name: "何静", number: valid.he, phone: "13800000001" }))
		await page.locator(`#case-applicant-${field}`).fill(words);
	await page.locator("[data-test=save-case]").click();
	await page.waitForURL(/\/edit$/);
	await open(page, "/cases");
	await page.locator("tr", { hasText: "提交后生成" }).locator("a").click();
	await state(page, "draft");
	await page.locator("[data-test=discard-case]").click();
	await page.locator("[data-test=sure]").click();
	await page.locator("[data-case-state=accepted]").waitFor();
	assert.equal(await page.locator("[data-case-state=draft]").count(), 0);
	await page.locator("#cases-state").selectOption("draft");
	await page.getByText("没有这样的办件").waitFor();
	await page.locator("#cases-state").selectOption("accepted");
	await page.locator("tbody tr a").click();
	await page.locator("[data-test=withdraw-case]").click();
	await page.locator("#case-reason").fill("不再开店");
	await page.locator("[data-test=case-act]").click();
	await state(page, "withdrawn");
	await page.locator("[data-test=because]", { hasText: "不再开店" }).waitFor();
	assert.equal(await page.locator("[data-test=withdraw-case], [data-test=edit-case]").count(), 0);
}

export async function apply({ window, shot }: Guide): Promise<void> {
	const { item, he, fang } = applicants();
	const { page, foresee } = await window();
	await begin(page, item, he, foresee);
	await answer(page, foresee);
	await materials(page);
	await shot(page, "case-materials");
	const number = await handIn(page, foresee);
	await shot(page, "case");
	assert.equal(await page.locator('nav a[href="/office-cases"]').count(), 0);

	const theirs = (await window()).page;
	await enter(theirs, fang);
	assert.equal(await theirs.locator('nav a[href="/cases"]').count(), 0, "who only receives applies for nothing");
	await correct(theirs, number, () => shot(theirs, "case-office"));
	await putRight(page, number);
	await accept(theirs);
	await shot(theirs, "case-accepted");
	await page.reload();
	await state(page, "accepted");
	await giveUp(page, item);
	await shot(page, "case-withdrawn");
	await open(page, "/cases");
	await keeps(page, "/cases");
	await shot(page, "cases");
}

/** For a company, by its agent; on a tablet. */
export async function enterAtWindow({ window, shot }: Guide): Promise<void> {
	const { item, lin } = applicants();
	const { page } = await window({ width: 820, height: 1180 });
	await enter(page, lin);
	await open(page, "/cases");
	await page.locator("main h1", { hasText: "窗口办件" }).waitFor();
	await page.locator("[data-test=begin-case]").click();
	await page.locator("#guide-words").fill("小餐饮店");
	await page.keyboard.press("Enter");
	await page.locator(`[data-entry="${item}"] a`).click();
	await page.locator("[data-test=apply]", { hasText: "窗口录入" }).click();
	await page.locator("[data-field=case-applicant-kind] label", { hasText: "法人" }).locator("input").check();
	assert.equal(await page.locator("#case-by-agent").isDisabled(), true, "a company has an agent");
	const said: Record<string, string> = {
		"applicant-name": "甬江贸易有限公司", "applicant-number": valid.company, "applicant-phone": "0574-87180000",
		"agent-name": "王小明", "agent-number": valid.agent, "agent-phone": "13800000002",
	};
	for (const [field, words] of Object.entries(said))
		await page.locator(`#case-${field}`).fill(words);
	await shot(page, "case-window");
	await page.locator("[data-test=next]").click();
	await at(page, "questions");
	await choose(page, "staff", "否");
	await page.locator("#case-answer-place").selectOption("租赁");
	await page.locator("#case-form-shop").fill("甬江小厨");
	await page.locator("#case-form-area").fill("45.5");
	await page.locator("[data-test=next]").click();
	await at(page, "materials");
	await page.locator("[data-material=health][data-needed=no]").waitFor();
	await give(page, "id", "营业执照.pdf", "一份执照");
	await page.locator("[data-test=next]").click();
	await at(page, "review");
	await page.locator("[data-test=case-agent]", { hasText: valid.agent }).waitFor();
	await keeps(page, "the review at the window");
	await page.locator("[data-test=submit-case]").click();
	await state(page, "received");
	assert.match((await page.locator("[data-test=accept-no]").textContent()) ?? "", /^330200 \d{6} 10 \d{5} \d$/, "the number has the window's channel");
	await shot(page, "case-window-number");
}
