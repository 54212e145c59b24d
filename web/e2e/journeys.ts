/* SPDX-License-Identifier: Apache-2.0 */
/* The journeys: what a person does at the portal and what they must see. They run in this order against one
 * daemon, because a one-time password is good once and an account that was locked stays locked. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import type { Look, Window } from "./browser";
import type { Cast } from "./people";
import { arrival, changeFirstPassword, chooseFirstVdc, enter, fillLogIn, fillServer, logOut, open } from "./steps";

export interface Journey {
	name: string;
	/** Only in a city: the single admin of a test cloud keeps the password that its operator gave. */
	city?: true;
	walk: (guide: Guide) => Promise<void>;
}

export interface Guide extends Cast {
	profile: string;
	window: (look?: Look) => Promise<Window>;
	shot: (page: Page, name: string) => Promise<void>;
}

/** How long a real machine may take until its system runs, without KVM. */
const boots = 240_000;
const session = /\/api\/v1\/session$/;
const serverName = `browser-${Date.now().toString(36)}`;

async function text(page: Page, selector: string): Promise<string> {
	return (await page.locator(selector).first().textContent()) ?? "";
}

async function wrongPassword({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	foresee(401, session);
	await page.goto("/");
	await page.waitForURL(/\/login$/);
	await fillLogIn(page, user, "not the password");
	await page.getByText("单位、用户名或密码不正确").waitFor();
	assert.equal(await page.locator("nav").count(), 0);
	await shot(page, "wrong-password");
}

async function firstPassword({ user, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await page.goto("/login");
	await fillLogIn(page, user);
	assert.equal(await arrival(page), "first-password", `the password of ${user.name} is not a one-time password any more`);
	await shot(page, "first-password");
	/* No way around it. */
	await page.goto("/servers");
	assert.equal(await arrival(page), "first-password");
	await changeFirstPassword(page, user);
	if ((await arrival(page)) === "vdc") {
		await shot(page, "choose-vdc");
		await chooseFirstVdc(page);
	}
	await page.locator("[data-test=vdc]").waitFor();
}

async function weakPassword({ auditor, user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	const person = auditor ?? user;
	await enter(page, person);
	foresee(400, /\/api\/v1\/session\/password$/);
	await page.locator("[data-test=user]").click();
	await page.locator(".el-dropdown-menu__item:visible").first().click();
	await page.locator("#old").fill(person.password);
	await page.locator("#next").fill("short");
	await page.locator("#again").fill("short");
	await page.locator(".el-dialog button[type=submit]").click();
	const beside = page.locator(".el-form-item:has(#next) .el-form-item__error");
	await beside.waitFor();
	assert.match((await beside.textContent()) ?? "", /^密码/, "the broken rule is said in Chinese");
	await shot(page, "weak-password");
}

async function overview({ user, profile, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await page.locator("[role=meter]").nth(2).waitFor();
	const engines = page.locator("[data-test=engines] li");
	await engines.first().waitFor();
	const standIns = await engines.filter({ hasText: "替身" }).count();
	assert.equal(await page.locator("[data-banner=stand-in]").count(), standIns > 0 ? 1 : 0);
	assert.equal(await page.locator("[data-banner=test-cloud]").count(), profile === "openstack" ? 1 : 0);
	await shot(page, "overview");
	for (const path of ["/servers", "/images", "/networks"]) {
		await open(page, path);
		assert.equal(await page.locator("main [role=alert]").count(), 0, `${path} shows an error`);
		await shot(page, path.slice(1));
	}
}

async function fieldErrors({ user, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await open(page, "/servers");
	await page.locator("[data-test=open-create]").click();
	await page.locator("[data-test=create]").click();
	await page.locator(".el-form-item:has(#server-name) .el-form-item__error").waitFor();
	await shot(page, "create-refused");
	await page.keyboard.press("Escape");
	await page.locator("#server-name").waitFor({ state: "detached" });
}

async function serverLives({ user, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await open(page, "/servers");
	/* The stream is open: what changes from here on comes by events and by nothing else. */
	await page.locator("[data-test=live][data-stream=open]").waitFor();
	await fillServer(page, serverName);
	await shot(page, "create");
	await page.locator("[data-test=create]").click();

	const row = page.locator(`tr[data-server="${serverName}"]`);
	await row.waitFor();
	await shot(page, "building");
	await page.locator(`tr[data-server="${serverName}"][data-state=ACTIVE]`).waitFor({ timeout: boots });
	assert.match((await row.textContent()) ?? "", /\d+\.\d+\.\d+\.\d+/, "an active server shows its address");
	await shot(page, "active");
}

async function consoleLog({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	/* Until the guest has written something there is no console to read. */
	foresee(409, /\/action$/);
	await enter(page, user);
	await open(page, "/servers");
	await page.locator(`tr[data-server="${serverName}"] a`).first().click();
	await page.locator("[data-test=console]", { hasText: "Linux version" }).waitFor({ timeout: boots });
	await shot(page, "console");
}

async function serverGoes({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	/* The event may come before the list is asked for this server once more. */
	foresee(404, /\/servers\/[^/]+$/);
	await enter(page, user);
	await open(page, "/servers");
	await page.locator("[data-test=live][data-stream=open]").waitFor();
	const row = page.locator(`tr[data-server="${serverName}"]`);
	await row.locator("button.danger").click();
	await page.locator(".el-dialog").getByText(serverName).waitFor();
	await shot(page, "delete");
	await page.locator("[data-test=delete]").click();
	await row.waitFor({ state: "detached", timeout: 60_000 });
}

async function english({ user, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await page.goto("/login");
	assert.equal(await text(page, "main h1"), "登录");
	await page.locator("button[lang=en]").click();
	assert.equal(await text(page, "main h1"), "Log in");
	await enter(page, user);
	assert.equal(await text(page, "main h1"), "Overview");
	await page.reload();
	await page.locator("main h1").waitFor();
	assert.equal(await text(page, "main h1"), "Overview");
	assert.equal(await page.locator("html").getAttribute("lang"), "en");
	await shot(page, "english");
	await page.locator("button[lang=zh-CN]").click();
	assert.equal(await text(page, "main h1"), "总览");
}

async function keyboard({ user, window }: Guide): Promise<void> {
	const { page } = await window();
	await page.goto("/login");
	await page.locator("#domain").fill("");
	await page.locator("#domain").focus();
	await page.keyboard.type(user.department);
	await page.keyboard.press("Tab");
	await page.keyboard.type(user.name);
	await page.keyboard.press("Tab");
	await page.keyboard.type(user.password);
	await page.keyboard.press("Enter");
	if ((await arrival(page)) === "vdc") {
		await page.locator("main ul li button").first().focus();
		await page.keyboard.press("Enter");
	}
	await page.locator("nav a").first().waitFor();
	await page.locator('nav a[href="/servers"]').focus();
	await page.keyboard.press("Enter");
	await page.locator("[data-test=open-create]").focus();
	await page.keyboard.press("Enter");
	await page.locator("#server-name").waitFor();
	await page.keyboard.press("Escape");
	await page.locator("#server-name").waitFor({ state: "detached" });
}

async function sessionEnds({ user, window, shot }: Guide): Promise<void> {
	const { page, context, foresee } = await window();
	await enter(page, user);
	await open(page, "/images");
	/* The session is over on the other side; the next call tells. */
	foresee(401, /./);
	await context.clearCookies();
	await page.locator('nav a[href="/networks"]').click();
	await page.getByText("会话已结束，请重新登录").waitFor();
	await shot(page, "session-ended");
	await fillLogIn(page, user);
	if ((await arrival(page)) === "vdc")
		await chooseFirstVdc(page);
	await page.waitForURL(/\/networks$/);
}

async function logsOut({ user, window }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await logOut(page);
	await page.goto("/servers");
	await page.waitForURL(/\/login\?/);
	await page.locator("#user").waitFor();
}

async function audit({ user, auditor, window, shot }: Guide): Promise<void> {
	const own = await window();
	await enter(own.page, user);
	if (!auditor) {
		/* The single admin of a test cloud holds every role. */
		await open(own.page, "/audit");
		await own.page.locator("[data-test=audit-entry]").first().waitFor();
		await shot(own.page, "audit");
		return;
	}
	assert.equal(await own.page.locator('nav a[href="/audit"]').count(), 0, "who is not the audit administrator sees no audit");
	const { page } = await window();
	await enter(page, auditor);
	await open(page, "/audit");
	await page.locator("[data-test=audit-entry]").first().waitFor();
	const all = await page.locator("[data-test=audit-entry]").allTextContents();
	assert.ok(all.some((entry) => entry.includes(user.name)), `no entry tells of ${user.name}`);
	await page.locator("[data-test=audit-entry] button").first().click();
	await shot(page, "audit");
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeRun {
	violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}

async function accessible(page: Page, where: string): Promise<string[]> {
	await page.evaluate(axe);
	const run = await page.evaluate(
		async () =>
			(await (globalThis as unknown as { axe: { run: (options: unknown) => Promise<unknown> } }).axe.run({
				runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
			})) as AxeRun,
	);
	return run.violations.map((v) => `${where}: ${v.id} (${v.help}) at ${v.nodes.map((n) => `${n.target.join(" ")}: ${n.failureSummary ?? ""}`).join(", ")}`);
}

async function catalogue({ user, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await open(page, "/catalogue");
	const rows = page.locator("[data-test=catalogue-resource]");
	const total = page.locator("[data-test=catalogue-total]", { hasText: "共 3 项" });
	await total.waitFor();
	assert.equal(await rows.count(), 3);
	await shot(page, "catalogue");

	/* By theme, and all of it again by the same button. */
	const theme = page.locator("[data-test=facet-class_code] button", { hasText: "人口信息" });
	await theme.click();
	await page.locator("[data-test=catalogue-total]", { hasText: "共 1 项" }).waitFor();
	assert.match(await text(page, "[data-test=catalogue-resource]"), /常住人口基本信息/);
	await theme.click();
	await total.waitFor();
	await page.locator("[data-test=facet-provider] button", { hasText: "市数据局" }).click();
	await page.locator("[data-test=facet-provider] button[aria-pressed=true]").waitFor();

	/* By words: the best stands first; what was chosen stands in the address. */
	await page.goto("/catalogue");
	await page.locator("#catalogue-words").fill("企业登记的信息");
	await page.keyboard.press("Enter");
	await page.waitForURL(/[?&]q=/);
	await rows.first().filter({ hasText: "企业登记基本信息" }).waitFor();
	await page.locator("#catalogue-words").fill("水文");
	await page.keyboard.press("Enter");
	await page.locator("[data-test=catalogue-total]", { hasText: "共 0 项" }).waitFor();
	await page.goBack();
	await rows.first().filter({ hasText: "企业登记基本信息" }).waitFor();

	/* One resource, its items, and what its second version changed. */
	await page.goto("/catalogue?q=%E5%B8%B8%E4%BD%8F%E4%BA%BA%E5%8F%A3");
	await rows.first().locator("a").click();
	await page.locator("main h1", { hasText: "常住人口基本信息" }).waitFor();
	const items = page.locator("[data-test=catalogue-item]");
	assert.equal(await items.count(), 4);
	await page.locator("[data-test=catalogue-version] button").first().click();
	const difference = page.locator("[data-test=catalogue-difference]");
	await difference.first().waitFor();
	assert.match((await difference.first().textContent()) ?? "", /性别/);
	await shot(page, "catalogue-resource");
	const resource = new URL(page.url()).pathname;
	await page.locator("[data-test=catalogue-version] a").last().click();
	await items.nth(3).waitFor({ state: "detached" });
	assert.equal(await items.count(), 3);

	/* The file is what the session may read. */
	const [download] = await Promise.all([
		page.waitForEvent("download"),
		page.locator("a[href*='/export/sheet']").click(),
	]);
	const file = await download.path();
	assert.match(readFileSync(file, "utf8"), /信息资源名称[^]*常住人口基本信息[^]*性别/);

	await page.locator("button[lang=en]").click();
	await page.locator("h2", { hasText: "Sharing and opening" }).waitFor();
	await shot(page, "catalogue-resource-en");
	assert.deepEqual(await accessible(page, "the page of a resource"), []);
	await open(page, "/catalogue");
	assert.deepEqual(await accessible(page, "/catalogue"), []);
	await page.setViewportSize({ width: 820, height: 1180 });
	for (const path of ["/catalogue", resource]) {
		await page.goto(path);
		await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(wide, 0, `${path} is ${wide}px too wide for a tablet`);
	}
}

async function accessibility({ user, auditor, window }: Guide): Promise<void> {
	const { page, foresee } = await window();
	/* A console that is not there yet. */
	foresee(409, /\/action$/);
	await page.goto("/login");
	await page.locator("#user").waitFor();
	const found = await accessible(page, "/login");
	await enter(page, user);
	found.push(...(await accessible(page, "/")));
	for (const path of ["/servers", "/images", "/networks"]) {
		await open(page, path);
		found.push(...(await accessible(page, path)));
	}
	await open(page, "/servers");
	await page.locator(`tr[data-server="${serverName}"] a`).first().click();
	await page.locator("#console").waitFor();
	found.push(...(await accessible(page, "the page of a server")));
	await open(page, "/servers");
	await page.locator("[data-test=open-create]").click();
	await page.locator("#server-name").waitFor();
	/* Past the dialog's fading in, which would count as pale text. */
	await page.waitForTimeout(500);
	found.push(...(await accessible(page, "the dialog of a new server")));

	const supervision = auditor ? (await window()).page : page;
	await page.keyboard.press("Escape");
	if (auditor)
		await enter(supervision, auditor);
	await open(supervision, "/audit");
	await supervision.locator("[data-test=audit-entry] button").first().click();
	found.push(...(await accessible(supervision, "/audit")));
	assert.deepEqual(found, []);
}

async function tablet({ user, window, shot }: Guide): Promise<void> {
	const { page } = await window({ width: 820, height: 1180 });
	await enter(page, user);
	for (const path of ["/", "/servers", "/images", "/networks"]) {
		await open(page, path);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(wide, 0, `${path} is ${wide}px too wide for a tablet`);
	}
	await shot(page, "tablet");
}

async function lockout({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	foresee(401, session);
	foresee(403, session);
	await page.goto("/login");
	for (let n = 0; n < 6; n++) {
		const refused = page.waitForResponse((response) => session.test(response.url()));
		await fillLogIn(page, user, `wrong ${n}`);
		await refused;
	}
	await page.getByText("账号已锁定").waitFor();
	/* The right password opens nothing either. */
	const refused = page.waitForResponse((response) => session.test(response.url()));
	await fillLogIn(page, user);
	assert.equal((await refused).status(), 403);
	await page.getByText("账号已锁定").waitFor();
	assert.equal(await page.locator("nav").count(), 0);
	await shot(page, "locked");
}

export const journeys: Journey[] = [
	{ name: "a wrong password is refused in words", walk: wrongPassword },
	{ name: "a first password must be changed before anything else", city: true, walk: firstPassword },
	{ name: "a new password that breaks a rule is refused beside its field", city: true, walk: weakPassword },
	{ name: "the overview shows the quotas and says which engines run", walk: overview },
	{ name: "a form that is not filled in says so beside the field", walk: fieldErrors },
	{ name: "a server is created and becomes active before one's eyes", walk: serverLives },
	{ name: "the console log shows what the server's kernel said", walk: consoleLog },
	{ name: "the audit is read by the audit administrator alone", walk: audit },
	{ name: "the catalogue is browsed, searched, and read with its versions", walk: catalogue },
	{ name: "no page breaks a rule of WCAG 2.1 AA that can be checked by machine", walk: accessibility },
	{ name: "a deleted server leaves the list by itself", walk: serverGoes },
	{ name: "the language is switched and remembered", walk: english },
	{ name: "the portal is used with the keyboard alone", walk: keyboard },
	{ name: "no page is wider than a tablet", walk: tablet },
	{ name: "a session that has ended leads to the log-in and back", walk: sessionEnds },
	{ name: "whoever logs out is out", walk: logsOut },
	{ name: "five wrong passwords lock the account, and the page says so", walk: lockout },
];
