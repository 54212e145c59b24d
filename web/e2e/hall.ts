/* SPDX-License-Identifier: Apache-2.0 */
/* The journeys of the hall: somebody who is not logged in finds an item in the guide, reads it, and asks whether they may
 * apply, of the theme that merges it, too (tools/hall.sh has published both); an item is written by one person, decided by another. */
import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { published } from "./people";
import { enter, open } from "./steps";

const phone = { width: 390, height: 844 };
const answered = (page: Page, eligible: string): Promise<void> => page.locator(`[data-eligible=${eligible}]`).waitFor();

async function keeps(page: Page, where: string): Promise<void> {
	assert.deepEqual(await accessible(page, where), []);
	await fits(page, where, [820, 768, phone.width, 320]);
}

async function choose(page: Page, question: string, answer: string): Promise<void> {
	await page.locator(`[data-question=${question}] label`, { hasText: answer }).locator("input").check();
}

/** By words, office and subject, from the log-in on, and never logged in. */
async function find(page: Page, code: string): Promise<void> {
	await page.goto("/login");
	await page.locator("[data-test=to-guide]").click();
	await page.locator("[data-entry]").first().waitFor();
	await keeps(page, "/guide");
	await page.locator("#guide-words").fill("火箭发射");
	await page.keyboard.press("Enter");
	await page.getByText("没有符合条件的项目").waitFor();
	await page.locator("#guide-words").fill("营业执照");
	await page.keyboard.press("Enter");
	await page.locator(`[data-entry="${code}"]`).waitFor();
	assert.equal(await page.locator("[data-entry]").count(), 1);
	await page.locator("#guide-office").selectOption({ index: 1 });
	await page.waitForURL(/office=/);
	await page.locator("#guide-subject").selectOption("person");
	await page.waitForURL(/subject=person/);
	await page.locator(`[data-entry="${code}"] a`).click();
	await page.locator("main h1", { hasText: "公司设立登记" }).waitFor();
}

async function read(page: Page): Promise<void> {
	const says = async (test: string, words: RegExp): Promise<void> =>
		assert.match((await page.locator(`[data-test=${test}]`).textContent()) ?? "", words);
	await page.locator("h1 [lang=en]", { hasText: "Registration of a company" }).waitFor();
	await says("facts", /事项类型行政许可/);
	await says("facts", /承诺办结时限3 个工作日/);
	await says("facts", /法定办结时限20 个工作日/);
	await says("materials", /员工名册.*可容缺.*需要条件：“是否已招用员工”为“是”/s);
	await says("fees", /每件 10 元.*免收条件：“是否已招用员工”为“否”/s);
	await says("channels", /综合窗口.*宁穿路 1901 号/s);
	await says("basis", /中华人民共和国公司法 第二十九条/);
	assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H1", "the name of the item has the focus");
}

/** By the keyboard: unknown, refused beside the field, no with its reason, yes with what is needed. */
async function answer(page: Page, foresee: (status: number, path: RegExp) => void): Promise<void> {
	await page.locator("[data-test=send]").focus();
	await page.keyboard.press("Enter");
	await answered(page, "unknown");
	await page.locator("[data-test=missing]", { hasText: "申请人的年龄" }).waitFor();
	assert.equal(await page.evaluate(() => document.activeElement?.tagName), "H3", "the result has the focus");

	foresee(400, /\/eligibility$/);
	await page.locator("#ask-age").fill("十七");
	await page.keyboard.press("Enter");
	await page.locator("#ask-age-error").waitFor();
	assert.equal(await page.evaluate(() => document.activeElement?.id), "ask-age", "the field that was refused has the focus");

	await page.locator("#ask-age").fill("17");
	await page.locator("#ask-premises").selectOption("写字楼");
	await choose(page, "staff", "是");
	await page.locator("#ask-age").press("Enter");
	await answered(page, "no");
	await page.locator("[data-test=reasons]", { hasText: "申请人须年满十八周岁" }).waitFor();
	assert.equal(await page.locator("#ask-age-error").count(), 0);
	await page.locator("[data-test=answer-materials]", { hasText: "员工名册" }).waitFor();
	assert.match((await page.locator("[data-test=total]").textContent()) ?? "", /10\.00 元/);

	await page.locator("#ask-age").fill("30");
	await page.locator("[data-question=staff] input").nth(0).focus();
	await page.keyboard.press("ArrowRight");
	await page.keyboard.press("Enter");
	await answered(page, "yes");
	await page.locator("[data-test=spared]", { hasText: "员工名册" }).waitFor();
	assert.match((await page.locator("[data-test=total]").textContent()) ?? "", /0\.00 元/);
	await page.locator("[data-test=rules] summary").click();
	const rules = page.locator("[data-test=rules] li");
	assert.equal(await rules.count(), 3);
	assert.match((await rules.nth(0).textContent()) ?? "", /申请人年龄是 30，规则要求 < 18/);
	assert.match((await rules.nth(2).textContent()) ?? "", /符合登记条件：符合.*起决定作用/s);
}

export async function guide({ window, shot }: Guide): Promise<void> {
	const { item, theme } = published();
	const { page, foresee } = await window(phone);
	await find(page, item);
	await read(page);
	await answer(page, foresee);
	await shot(page, "guide-item");
	await keeps(page, "the guide of an item");

	/* The theme asks for what both its items ask, once. */
	await page.locator("[data-test=in-themes] a").click();
	await page.locator("main h1", { hasText: "开餐馆一件事" }).waitFor();
	await page.locator("[data-test=theme-items]", { hasText: "“是否经营食品”为“是” 时办理" }).waitFor();
	assert.equal(await page.locator("[data-test=material]", { hasText: "身份证" }).count(), 1);
	await page.locator("#ask-age").fill("30");
	await page.locator("#ask-premises").selectOption("临街店铺");
	await choose(page, "staff", "否");
	await choose(page, "food", "是");
	await page.locator("[data-test=send]").click();
	await answered(page, "yes");
	await page.locator("[data-test=answer-items] li", { hasText: "食品经营许可：可以申请" }).waitFor();
	await page.locator("[data-test=answer-materials]", { hasText: "场所平面图" }).waitFor();
	await keeps(page, "the guide of a theme");
	await choose(page, "food", "否");
	await page.locator("[data-test=send]").click();
	await page.locator("[data-test=spared]", { hasText: "场所平面图" }).waitFor();
	await shot(page, "guide-theme");

	/* In English on a desk, by the address; and what is not there is said. */
	await page.getByRole("button", { name: "English" }).click();
	await page.setViewportSize({ width: 1280, height: 800 });
	await page.goto(`/guide/themes/${theme}`);
	await page.locator("main h1", { hasText: "Open a restaurant" }).waitFor();
	await page.locator("h1 [lang=zh-CN]", { hasText: "开餐馆一件事" }).waitFor();
	await keeps(page, "the English guide of a theme");
	await page.goto("/guide?kind=theme");
	await page.locator(`[data-entry="${theme}"]`).waitFor();
	await shot(page, "guide");
	foresee(404, /\/guide\/items\/none$/);
	await page.goto("/guide/items/none");
	await page.getByText("There is no such item").waitFor();
	await page.getByRole("link", { name: "Log in" }).click();
	await page.locator("#user").waitFor();
}

/* --- editors and approvers --- */

async function write(page: Page, foresee: (status: number, path: RegExp) => void): Promise<void> {
	foresee(400, /\/hall\/items$/);
	const refused = (path: string): Promise<void> => page.locator(`#item-${path}-error`).waitFor();
	await page.locator("[data-test=new-item]").click();
	await page.locator("[data-test=save-item]").click();
	await refused("base_code");
	assert.equal(await page.evaluate(() => document.activeElement?.id), "item-base_code", "the field that was refused has the focus");
	const said: Record<string, string> = {
		base_code: "000131003000", name: "户外广告设置许可", name_en: "Licence for outdoor advertising", summary: "设置户外广告设施的许可",
		"basis-0-law": "城市市容和环境卫生管理条例", legal_days: "20", promise_days: "5", online_depth: "2", conditions: "有设置方案。",
	};
	for (const [field, words] of Object.entries(said))
		await page.locator(`#item-${field}`).fill(words);
	for (const [field, word] of [["subjects", "company"], ["channels", "web"]])
		await page.locator(`[data-field=item-${field}] input[value=${word}]`).check();
	await page.locator("[data-test=add-questions]").click();
	await page.locator("#item-questions-0-key").fill("lit");
	await page.locator("#item-questions-0-text").fill("是否有照明");
	await page.locator("[data-test=add-materials]").click();
	await page.locator("#item-materials-0-code").fill("light-plan");
	await page.locator("#item-materials-0-name").fill("照明方案");
	await page.locator("[data-field=item-materials-0-forms] input[value=electronic]").check();
	await page.locator("#item-materials-0-when").fill("light");
	await page.locator("[data-test=save-item]").click();
	await refused("materials-0-when");
	assert.equal(await page.locator("[aria-invalid=true]").count(), 1, "the field that is named, and no other");
	assert.deepEqual(await accessible(page, "the form of an item"), []);
	await fits(page, "the form of an item", [820, 768]);
	await page.locator("#item-materials-0-when").fill("lit");
	await page.locator("[data-test=save-item]").click();
	await page.locator("main h1", { hasText: "户外广告设置许可" }).waitFor();
	await page.locator("[data-state=draft]").waitFor();
}

export async function publish({ window, shot }: Guide): Promise<void> {
	const { editor, approver } = published();
	const { page, foresee } = await window();
	await enter(page, editor);
	await open(page, "/items");
	await write(page, foresee);
	await page.locator("[data-test=move-publish]").click();
	await page.locator("[data-test=waits]").waitFor();
	for (const test of ["approve", "return", "edit-item", "move-publish"])
		assert.equal(await page.locator(`[data-test=${test}]`).count(), 0, `who asked for it finds no ${test}`);
	await page.locator("[data-test=recall]").waitFor();

	/* Another person sees that it waits, and returns it with a reason first. */
	const theirs = (await window()).page;
	await enter(theirs, approver);
	await open(theirs, "/items");
	assert.equal(await theirs.locator("[data-test=new-item]").count(), 0, "who only decides writes nothing");
	assert.deepEqual(await accessible(theirs, "/items"), []);
	await fits(theirs, "/items");
	await theirs.locator('[data-item="户外广告设置许可"] a').click();
	await theirs.locator("[data-test=materials]", { hasText: "“是否有照明”为“是”" }).waitFor();
	assert.equal(await theirs.locator("[data-test=edit-item], [data-test=recall]").count(), 0);
	assert.deepEqual(await accessible(theirs, "the page of an item"), []);
	await fits(theirs, "the page of an item");
	await theirs.locator("[data-test=return]").click();
	await theirs.locator("[data-test=item-move]").click();
	await theirs.locator(".el-form-item:has(#move-reason) .el-form-item__error").waitFor();
	await theirs.locator("#move-reason").fill("请补充咨询电话");
	await theirs.locator("[data-test=item-move]").click();
	await theirs.locator("[data-move='']").waitFor();

	await page.reload();
	await page.locator("[data-test=returned]", { hasText: "请补充咨询电话" }).waitFor();
	await page.locator("[data-test=edit-item]").click();
	await page.locator("#item-phone").fill("0574-12319");
	await page.locator("[data-test=save-item]").click();
	await page.locator("[data-test=move-publish]").click();
	await page.locator("[data-test=waits]").waitFor();
	await theirs.reload();
	await theirs.locator("[data-test=approve]").click();
	await theirs.locator("[data-state=published]").waitFor();
	await shot(theirs, "item");

	/* Everybody finds it, and is answered. */
	const everybody = (await window(phone)).page;
	await everybody.goto("/guide?q=户外广告");
	await everybody.locator("[data-entry] a").click();
	await everybody.locator("[data-test=channels]", { hasText: "0574-12319" }).waitFor();
	await choose(everybody, "lit", "否");
	await everybody.locator("[data-test=send]").click();
	await everybody.locator("[data-test=spared]", { hasText: "照明方案" }).waitFor();

	/* The next version, while this one stays as it is. */
	await page.reload();
	await page.locator("[data-test=edit-item]").click();
	await page.locator("#item-promise_days").fill("3");
	await page.locator("[data-test=save-item]").click();
	await page.locator("[data-version='2']").waitFor();
	await page.locator("[data-version='1'] button").click();
	await page.locator("[data-test=facts]", { hasText: "承诺办结时限5 个工作日" }).waitFor();
	await page.locator("[data-test=discard]").click();
	await page.locator("[data-test=sure]").click();
	await page.locator("[data-version='2']").waitFor({ state: "detached" });
	await page.locator("[data-test=move-suspend]").waitFor();
}
