/* SPDX-License-Identifier: Apache-2.0 */
/* The journeys of data stewards: a table handed in; a resident looked up with their relations; pairs of records judged by two people,
 * by buttons and by keys. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { resident } from "./people";
import { enter, open, pick } from "./steps";

const pairOf = async (page: Page): Promise<string> => (await page.locator("article[data-pair]").getAttribute("data-pair")) ?? "";

/** The pairs of a base that was built outside of the house are laid out within a quarter of a minute. */
async function firstPair(page: Page): Promise<void> {
	const question = page.locator("article[data-pair]");
	for (let n = 0; n < 30; n++) {
		const again = page.getByRole("button", { name: "重新取一对" });
		await question.or(again).first().waitFor();
		if (await question.isVisible())
			return;
		await page.waitForTimeout(1000);
		await again.click();
	}
	await question.waitFor();
}

const said = (page: Page, words: string): Promise<void> => page.locator("[data-test=said]", { hasText: words }).waitFor({ state: "attached" });

export async function review({ stewards, window, shot }: Guide): Promise<void> {
	const [sun, zhou] = stewards();
	const { page } = await window();
	await enter(page, sun);
	await open(page, "/review");
	await firstPair(page);
	await page.locator("[data-test=sides] tbody tr").nth(1).waitFor();
	await page.getByRole("img", { name: /权重瀑布图.*先验/ }).waitFor();
	await shot(page, "review");
	assert.deepEqual(await accessible(page, "/review"), []);
	await fits(page, "/review");

	/* Nobody else is given the pair that one holds. */
	const theirs = (await window({ language: "en" })).page;
	await enter(theirs, zhou);
	await theirs.goto("/review");
	await firstPair(theirs);
	const pair = await pairOf(page);
	assert.notEqual(await pairOf(theirs), pair);

	/* By keys: the note is typed, and its digits judge nothing. */
	await page.locator("#review-note").fill("1 号楼与 2 号楼");
	await page.locator("#review-note").press("1");
	assert.equal(await pairOf(page), pair);
	await page.locator("article h2").focus();
	await page.keyboard.press("1");
	await said(page, "已记录：同一");
	assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H2", "the next question has the focus");
	assert.notEqual(await pairOf(page), pair);
	await page.locator(`tr[data-judgement="${pair}"]`, { hasText: "尚无定论" }).waitFor();

	/* The other is asked for a second opinion of it, and then it is settled. */
	await theirs.locator("[data-test=skip]").click();
	await theirs.goto("/review");
	await firstPair(theirs);
	for (let n = 0; n < 5 && (await pairOf(theirs)) !== pair; n++) {
		const held = await pairOf(theirs);
		await theirs.locator("[data-test=judge-unsure]").click();
		await theirs.locator(`article[data-pair="${held}"]`).waitFor({ state: "detached" });
	}
	assert.equal(await pairOf(theirs), pair);
	await theirs.locator("[data-test=judge-same]").click();
	await theirs.locator(`tr[data-judgement="${pair}"]`, { hasText: "同一" }).waitFor();
	await shot(theirs, "review-settled");

	/* One takes it back by the key; with the keys switched off nothing is judged by them. */
	await page.keyboard.press("5");
	await said(page, "已撤回");
	await page.locator(`tr[data-judgement="${pair}"]`, { hasText: "已撤回" }).waitFor();
	const now = await pairOf(page);
	await page.locator(".keys .el-switch").click();
	await page.locator("article h2").focus();
	await page.keyboard.press("2");
	await page.waitForTimeout(300);
	assert.equal(await pairOf(page), now);
	await page.locator("[data-test=judge-different]").click();
	await said(page, "已记录：不同");
}

export async function explore({ stewards, window, shot }: Guide): Promise<void> {
	const [sun] = stewards();
	const { number, name } = resident();
	const { page, foresee } = await window();
	await enter(page, sun);
	await page.locator("[data-test=records-in]").waitFor();
	assert.match((await page.locator("[data-test=records-in]").textContent()) ?? "", /^\d{2},\d{3}$/);
	await shot(page, "gathered");
	assert.deepEqual(await accessible(page, "/"), []);

	/* Nobody is looked up without a purpose. */
	await open(page, "/theme");
	await page.locator("#look-words").fill(number);
	await page.locator("[data-test=look]").click();
	await page.locator(".el-form-item:has(#look-purpose) .el-form-item__error").waitFor();
	await page.locator("#look-purpose").fill("救助资格核对 2026-018");
	await page.locator("#look-words").fill("12");
	foresee(400, /\/theme\/entities/);
	await page.locator("[data-test=look]").click();
	await page.locator(".el-form-item:has(#look-words) .el-form-item__error").waitFor();

	await page.locator("#look-words").fill(number);
	await page.keyboard.press("Enter");
	await page.locator("[data-test=values]").getByText(number).waitFor();
	await page.locator("article h2", { hasText: name }).first().waitFor();
	await page.locator("[data-test=sources] tbody tr").first().waitFor();
	await page.locator("[data-test=relations] tbody tr").first().waitFor();
	await shot(page, "theme");
	assert.deepEqual(await accessible(page, "/theme"), []);
	await fits(page, "/theme");

	/* Along a relation by the keyboard, and back. */
	const first = (await page.locator("[data-entity-view]").getAttribute("data-entity-view")) ?? "";
	const node = page.locator("[data-test=graph] [data-entity]").first();
	const other = (await node.getAttribute("data-entity")) ?? "";
	await node.focus();
	await page.keyboard.press("Enter");
	await page.locator(`[data-entity-view="${other}"]`).waitFor();
	await page.locator("[data-test=back]").click();
	await page.locator(`[data-entity-view="${first}"]`).waitFor();

	/* Nobody has this number. */
	await page.locator("#look-words").fill("330203190001010001");
	await page.locator("[data-test=look]").click();
	await page.getByText("没有查到").waitFor();
}

export async function handIn({ stewards, window, shot }: Guide): Promise<void> {
	const [sun] = stewards();
	const { page, foresee } = await window();
	await enter(page, sun);
	await open(page, "/intake");
	await page.locator("[data-test=open-hand-in]").click();
	await page.locator("[data-test=hand-in]").click();
	await page.locator(".el-form-item:has(#intake-file) .el-form-item__error").waitFor();
	await pick(page, "intake-resource", "常住人口基本信息");
	const table = (name: string, text: string): { name: string; mimeType: string; buffer: Buffer } => ({ name, mimeType: "text/csv", buffer: Buffer.from(text) });

	/* A heading that names no item: refused as a whole, with its reason. */
	await page.locator("#intake-file").setInputFiles(table("wrong.csv", "a,b\n1,2\n"));
	await page.locator("[data-test=hand-in]").click();
	const wrong = page.locator('tr[data-batch="wrong.csv"]');
	await wrong.locator("[data-batch-state=refused]").waitFor({ timeout: 30_000 });
	await wrong.locator("a").click();
	await page.locator("p[role=note]").waitFor();
	await shot(page, "intake-refused");

	await open(page, "/intake");
	await page.locator("[data-test=open-hand-in]").click();
	await pick(page, "intake-resource", "常住人口基本信息");
	const good = table("people.csv", "姓名,公民身份号码,出生日期,性别\n张三,11010519491231002X,1949-12-31,2\n李四,440524188001010014,1880-02-30,1\n");
	await page.locator("#intake-file").setInputFiles(good);
	await page.locator("[data-test=hand-in]").click();
	await page.locator('tr[data-batch="people.csv"] [data-batch-state=taken]').waitFor({ timeout: 30_000 });
	await shot(page, "intake");
	assert.deepEqual(await accessible(page, "/intake"), []);
	await fits(page, "/intake");

	/* The same bytes are not taken twice in a row. */
	foresee(409, /\/intake\/resources/);
	await page.locator("[data-test=open-hand-in]").click();
	await pick(page, "intake-resource", "常住人口基本信息");
	await page.locator("#intake-file").setInputFiles(good);
	await page.locator("[data-test=hand-in]").click();
	await page.locator(".el-dialog:visible [role=alert], .el-dialog:visible .el-form-item__error").first().waitFor();
	await page.keyboard.press("Escape");
	await page.locator("#intake-file").waitFor({ state: "detached" });

	/* The report, and the row that broke a rule, for a purpose. */
	await page.locator('tr[data-batch="people.csv"] a').click();
	await page.locator("[data-test=report] tbody tr", { hasText: "出生日期" }).getByText("格式不符").waitFor();
	assert.equal(await page.locator("[data-test=rejected]").textContent(), "1");
	assert.equal(await page.locator("[data-test=download]").count(), 0);
	await page.locator("#rejected-purpose").fill("核对退回的行");
	await shot(page, "intake-batch");
	assert.deepEqual(await accessible(page, "the page of a batch"), []);
	await fits(page, "the page of a batch");
	const [download] = await Promise.all([page.waitForEvent("download"), page.locator("[data-test=download]").click()]);
	assert.match(readFileSync(await download.path(), "utf8"), /李四/);
}

export async function build({ keeper, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, keeper);
	await open(page, "/theme-runs");
	await page.locator("[data-test=sections] tbody tr", { hasText: "GA01" }).waitFor();
	await page.locator("[data-test=start-run]").click();
	/* No batch here has all the columns of its table: the build says so, and what was built before stands. */
	const row = page.locator("tr[data-run=failed]").first();
	await row.waitFor({ timeout: 60_000 });
	await row.getByText("原因").waitFor();
	await shot(page, "theme-runs");
	assert.deepEqual(await accessible(page, "/theme-runs"), []);
	await fits(page, "/theme-runs");
}
