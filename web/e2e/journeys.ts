/* SPDX-License-Identifier: Apache-2.0 */
/* The journeys: what a person does at the portal and what they must see. They run in this order against one
 * daemon, because a one-time password is good once and an account that was locked stays locked. */
import { strict as assert } from "node:assert";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import type { Look, Window } from "./browser";
import { apply, enterAtWindow } from "./cases";
import { accessible } from "./checks";
import { build, explore, handIn, review } from "./data";
import { designs } from "./design";
import { guide, publish } from "./hall";
import { guards, outside, pools, routers } from "./network";
import { processes, signatures } from "./process";
import type { Cast, Person } from "./people";
import { freshPassword } from "./people";
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
	/** The server of these journeys. */
	serverName: string;
}

/** How long a real machine may take until its system runs, without KVM. */
const boots = 240_000;
const session = /\/api\/v1\/session$/;
/** What everybody who holds a VDC can go to. */
const pages = ["/systems", "/servers", "/images", "/networks", "/routers", "/security-groups", "/floating"];
export const serverName = `browser-${Date.now().toString(36)}`;

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

/** The code that an authenticator with this secret shows now (RFC 6238). */
function passcode(base32: string): string {
	const bits = [...base32].map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")).join("");
	const secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
	const mac = createHmac("sha1", secret).update(counter).digest();
	const value = mac.readUInt32BE((mac[19] ?? 0) & 15) & 0x7fffffff;
	return String(value % 1_000_000).padStart(6, "0");
}

async function openSecondFactor(page: Page): Promise<void> {
	await page.locator("[data-test=user]").click();
	await page.locator(".el-dropdown-menu__item:visible", { hasText: "两步验证" }).click();
}

async function secondFactor({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	foresee(401, session);
	await enter(page, user);
	await openSecondFactor(page);
	const secret = ((await page.locator("[data-test=secret]").textContent()) ?? "").replace(/\s/g, "");
	await page.locator("#factor-code").fill("000000");
	await page.locator(".el-dialog:visible button[type=submit]").click();
	await page.locator(".el-form-item:has(#factor-code) .el-form-item__error").waitFor();
	await shot(page, "second-factor");
	await page.locator("#factor-code").fill(passcode(secret));
	await page.locator(".el-dialog:visible button[type=submit]").click();
	await page.locator("#factor-code").waitFor({ state: "detached" });
	await logOut(page);

	/* The password alone opens nothing any more, and neither does another code. */
	await fillLogIn(page, user);
	await page.locator("#passcode").waitFor();
	await page.locator("#passcode").fill("000000");
	await page.locator("button[type=submit]").click();
	await page.getByText("动态口令不正确或已过期").waitFor();
	await shot(page, "passcode");
	await page.locator("#passcode").fill(passcode(secret));
	await page.locator("button[type=submit]").click();
	if ((await arrival(page)) === "vdc")
		await chooseFirstVdc(page);
	await openSecondFactor(page);
	await page.locator("[data-test=factor-on]").waitFor();
	await page.locator("[data-test=factor-drop]").click();
	await page.locator("[data-test=factor-drop]").waitFor({ state: "detached" });
	await logOut(page);
	await enter(page, user);
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
	for (const path of pages) {
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

async function upload({ user, window, shot }: Guide): Promise<void> {
	const { page, context, foresee } = await window();
	await enter(page, user);
	await open(page, "/images");

	/* What is not what it says is refused, beside the field, and leaves nothing behind. */
	foresee(400, /\/file$/);
	await page.locator("[data-test=open-upload]").click();
	await page.locator("#image-file").setInputFiles({ name: "broken.qcow2", mimeType: "", buffer: Buffer.from("no disk at all") });
	await page.locator("[data-test=upload]").click();
	await page.locator(".el-form-item:has(#image-file) .el-form-item__error", { hasText: "不是 qcow2 格式的磁盘" }).waitFor();
	await shot(page, "upload-refused");
	assert.equal(await page.locator('tr[data-image="broken"]').count(), 0);

	/* A slow line, so that there is a progress to be seen. */
	const line = await context.newCDPSession(page);
	await line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 3 << 20 });
	await page.locator("#image-file").setInputFiles({ name: "data-disk.raw", mimeType: "", buffer: Buffer.alloc(8 << 20, 7) });
	await page.locator("#image-name").fill("data-disk");
	await page.locator("[data-test=upload]").click();
	const bar = page.locator("[data-test=progress] [role=progressbar]");
	await page.waitForFunction(() => {
		const now = Number(document.querySelector("[data-test=progress] [role=progressbar]")?.getAttribute("aria-valuenow"));
		return now > 5 && now < 100;
	});
	await shot(page, "upload");
	await bar.waitFor({ state: "detached", timeout: 60_000 });
	await page.locator('tr[data-image="data-disk"][data-state=active]').waitFor();

	const row = page.locator('tr[data-image="data-disk"]');
	await row.getByText("停用", { exact: true }).click();
	await page.locator('tr[data-image="data-disk"][data-state=deactivated]').waitFor();
	await row.getByText("启用", { exact: true }).click();
	await page.locator('tr[data-image="data-disk"][data-state=active]').waitFor();
	await row.getByText("删除", { exact: true }).click();
	await page.locator("[data-test=sure]").click();
	await row.waitFor({ state: "detached" });
}

async function vpc({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	foresee(409, /\/action$/);
	await enter(page, user);
	await open(page, "/networks");
	await page.locator("[data-test=open-network]").click();
	await page.locator("#network-name").fill("data-net");
	await page.locator("#network-cidr").fill("10.80.0.0/24");
	await page.locator("[data-test=create-network]").click();
	await page.locator("[data-test=picture] svg").getByText("10.80.0.0/24", { exact: true }).waitFor();
	const server = page.locator(`[data-test=picture] a[data-device="${serverName}"]`);
	await server.waitFor();
	assert.match((await server.getAttribute("aria-label")) ?? "", /运行中.*10\.79\.0\.\d+/);
	await shot(page, "vpc");
	await server.focus();
	await page.keyboard.press("Enter");
	await page.waitForURL(/\/servers\/[0-9a-f-]+$/);
}

async function systems({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	await enter(page, user);
	await open(page, "/systems");
	await page.locator("[data-test=open-system]").first().click();
	await page.locator("[data-test=save-system]").click();
	await page.locator(".el-form-item:has(#system-owner) .el-form-item__error").waitFor();
	await page.locator("#system-name").fill("路况发布");
	await page.locator("#system-purpose").fill("向市民发布实时路况与积水预警");
	await page.locator("#system-owner").fill("王工");
	await shot(page, "system-new");
	await page.locator("[data-test=save-system]").click();
	await page.waitForURL(/\/systems\/[0-9a-f-]+$/);

	await page.locator("[data-test=free]").click();
	await page.locator(".el-select-dropdown__item:visible", { hasText: serverName }).click();
	await page.locator("[data-test=add]").click();
	await page.locator(`tr[data-part="${serverName}"]`).getByText("运行中").waitFor();
	await shot(page, "system");

	/* What still has servers is not forgotten by a slip. */
	foresee(409, /\/systems\/[^/]+$/);
	await page.locator("[data-test=delete-system]").click();
	await page.locator("[data-test=sure]").click();
	await page.locator(".el-dialog:visible [role=alert]").waitFor();
	await page.keyboard.press("Escape");
	await page.locator("[data-test=sure]").waitFor({ state: "hidden" });
	await open(page, "/systems");
	assert.match(await text(page, 'tr[data-system="路况发布"]'), /二级.*王工/s);
}

const newDepartment = `水利局${Date.now().toString(36)}`;

async function movesIn({ keeper, guard, profile, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, keeper);
	await open(page, "/departments");
	await page.locator("[data-test=open-onboard]").click();
	const next = page.locator("[data-test=next]");
	const stage = async (name: string): Promise<void> => page.locator(`.stage[data-page=${name}]`).waitFor();

	await next.click();
	await page.locator(".el-form-item:has(#department) .el-form-item__error").waitFor();
	await page.locator("#department").fill(newDepartment);
	await page.locator("#description").fill("水情监测与防汛");
	await shot(page, "move-in");
	await next.click();
	await stage("vdc");
	await page.locator("#vdc-name").fill("水情监测");
	await next.click();
	await stage("network");
	await next.click();
	if (profile === "openstack") {
		await stage("people");
		await page.locator("[data-test=person-0] input, input[data-test=person-0]").fill("zhao");
		await next.click();
		await stage("servers");
		await page.locator("#server-count").fill("1");
		for (const id of ["server-image", "server-flavor"]) {
			await page.locator(`#${id}`).click();
			await page.locator(".el-select-dropdown__item:visible").first().click();
			await page.locator(".el-select-dropdown__item:visible").first().waitFor({ state: "hidden" });
		}
		await next.click();
	}
	await stage("review");
	await shot(page, "move-in-review");
	await next.click();
	const sheet = page.locator("[data-test=sheet]");
	await sheet.waitFor();
	await sheet.getByText("10.10.0.0/24").waitFor();
	assert.match(await text(page, "[data-test=sheet] h2"), new RegExp(newDepartment));

	let hand = page;
	if (profile === "city") {
		await sheet.getByText("账号待安全管理员开设").waitFor();
		await shot(page, "sheet-pending");
		hand = (await window()).page;
		await enter(hand, guard);
		await open(hand, "/departments");
		await hand.locator(`tr[data-department="${newDepartment}"] a`).click();
		await hand.locator("[data-test=open-people]").click();
		await hand.locator("[data-test=person-0] input, input[data-test=person-0]").fill("zhao");
		await hand.locator("[data-test=add-people]").click();
	} else {
		await sheet.locator("[data-server=web-01]").waitFor();
	}
	const password = await text(hand, "tr[data-holder=zhao] [data-test=password]");
	await shot(hand, "sheet");
	await hand.emulateMedia({ media: "print" });
	assert.equal(await hand.locator("nav").isVisible(), false, "the sheet on paper is only the sheet");
	await shot(hand, "sheet-print");

	/* Whoever was handed the sheet gets in by it. */
	const theirs = (await window()).page;
	await theirs.goto("/login");
	const zhao: Person = { name: "zhao", department: newDepartment, password };
	await fillLogIn(theirs, zhao);
	if ((await arrival(theirs)) === "first-password") {
		await theirs.locator("#old").fill(password);
		const fresh = freshPassword();
		await theirs.locator("#next").fill(fresh);
		await theirs.locator("#again").fill(fresh);
		await theirs.locator("button[type=submit]").click();
		await theirs.locator("#again").waitFor({ state: "detached" });
	}
	if ((await arrival(theirs)) === "vdc")
		await chooseFirstVdc(theirs);
	await open(theirs, "/networks");
	await theirs.locator("[data-test=picture] svg").getByText("10.10.0.0/24", { exact: true }).waitFor();
	await shot(theirs, "moved-in");
	if (profile !== "openstack")
		return;
	await open(theirs, "/servers");
	const first = theirs.locator("tr[data-server=web-01][data-state=ACTIVE]");
	await first.waitFor({ timeout: boots });
	await first.locator("button.danger").click();
	await theirs.locator("[data-test=delete]").click();
	await theirs.locator("tr[data-server=web-01]").waitFor({ state: "detached", timeout: 60_000 });
}

async function administrators({ keeper, profile, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, keeper);
	/* The city at a glance, for who is in no VDC. */
	if (profile === "city") {
		await page.locator("[data-test=utilisation] [role=meter]").first().waitFor();
		await page.locator("[data-test=vdc-use] table").waitFor();
		assert.deepEqual(await accessible(page, "the city at a glance"), []);
	}
	await shot(page, "administrator");
	await open(page, "/departments");
	await page.locator(`tr[data-department="${newDepartment}"]`).waitFor();
	await shot(page, "departments");
	const found = await accessible(page, "/departments");
	await page.locator("[data-test=open-onboard]").click();
	await page.locator(".stage").waitFor();
	found.push(...(await accessible(page, "the form of moving in")));
	await open(page, "/departments");
	await page.locator(`tr[data-department="${newDepartment}"] a`).click();
	await page.locator("[data-test=sheet]").waitFor();
	found.push(...(await accessible(page, "the sheet")));
	assert.deepEqual(found, []);
	await page.setViewportSize({ width: 820, height: 1180 });
	for (const path of ["/", "/departments", "/pools"]) {
		await open(page, path);
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(wide, 0, `${path} is ${wide}px too wide for a tablet`);
	}
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

async function switchedOffAndOn({ user, window, shot }: Guide): Promise<void> {
	const { page, context, foresee } = await window();
	foresee(409, /\/action$/);
	await enter(page, user);
	await open(page, "/servers");
	await page.locator(`tr[data-server="${serverName}"] a`).first().click();
	const arrives = context.waitForEvent("page");
	await page.locator("[data-test=act-screen]").click();
	const screen = await arrives;
	await screen.getByText("已连接").waitFor({ timeout: 30_000 });
	await screen.locator("#screen canvas").waitFor();
	await shot(screen, "screen");
	await screen.close();

	await page.locator("[data-test=act-more]").click();
	await page.locator(".el-dropdown-menu__item:visible").first().waitFor();
	await shot(page, "actions");
	await page.keyboard.press("Escape");
	await page.locator("[data-test=act-stop]").click();
	await page.locator(".el-dialog:visible").getByText(serverName).waitFor();
	await page.locator("[data-test=sure]").click();
	await page.locator("[data-test=act-start]").waitFor({ timeout: 90_000 });
	await shot(page, "off");
	await page.locator("[data-test=act-start]").click();
	await page.locator("[data-test=act-stop]").waitFor({ timeout: 90_000 });
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
	for (const path of pages) {
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
	for (const path of ["/", ...pages]) {
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
	{ name: "a second factor is taken on, asked for at the log-in, and given up", walk: secondFactor },
	{ name: "the overview shows the quotas and says which engines run", walk: overview },
	{ name: "a form that is not filled in says so beside the field", walk: fieldErrors },
	{ name: "a server is created and becomes active before one's eyes", walk: serverLives },
	{ name: "an image is uploaded with its progress in sight, taken out of use, and deleted", walk: upload },
	{ name: "a VPC is seen as a picture, from which the keyboard leads to a server", walk: vpc },
	{ name: "a router joins a network with the outside, and is seen in the picture", walk: routers },
	{ name: "a security group gets rules in plain words and holds for a running server", walk: guards },
	{ name: "a floating address leads to a server and is given back", walk: outside },
	{ name: "a system is entered, given its server, and not deleted by a slip", walk: systems },
	{ name: "the pools tell how full they are, and a VDC is offered those that it was given", walk: pools },
	{ name: "a department moves in by one form, and its people by the sheet", walk: movesIn },
	{ name: "the administrators' pages keep the rules of the others", walk: administrators },
	{ name: "the console log shows what the server's kernel said", walk: consoleLog },
	{ name: "a server's screen is opened, and it is switched off and on", walk: switchedOffAndOn },
	{ name: "the audit is read by the audit administrator alone", walk: audit },
	{ name: "the catalogue is browsed, searched, and read with its versions", walk: catalogue },
	{ name: "a process is judged, deployed, started, and done to its end", walk: processes },
	{ name: "a process is drawn, checked while it is drawn, deployed, and run to its end", walk: designs },
	{ name: "a table is handed in, with its quality and its rejected rows in sight", walk: handIn },
	{ name: "a build of the theme bases is started, and says why it failed", walk: build },
	{ name: "a resident is looked up for a purpose, and a relation is followed", walk: explore },
	{ name: "two stewards judge a pair of records, by buttons and by keys", walk: review },
	{ name: "several sign a process: added, returned, taken back, in a panel, to its end", walk: signatures, city: true },
	{ name: "whoever is not logged in finds an item, reads it, and asks whether they may apply", walk: guide },
	{ name: "an item is written by one person, published by another, and found by everybody", walk: publish },
	{ name: "somebody applies, corrects what the office asks for, is accepted, and withdraws", walk: apply },
	{ name: "a window clerk enters an application for a company on a tablet", walk: enterAtWindow },
	{ name: "no page breaks a rule of WCAG 2.2 AA that can be checked by machine", walk: accessibility },
	{ name: "a deleted server leaves the list by itself", walk: serverGoes },
	{ name: "the language is switched and remembered", walk: english },
	{ name: "the portal is used with the keyboard alone", walk: keyboard },
	{ name: "no page is wider than a tablet", walk: tablet },
	{ name: "a session that has ended leads to the log-in and back", walk: sessionEnds },
	{ name: "whoever logs out is out", walk: logsOut },
	{ name: "five wrong passwords lock the account, and the page says so", walk: lockout },
];
