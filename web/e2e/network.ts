/* SPDX-License-Identifier: Apache-2.0 */
/* The journeys over routers, security groups and floating addresses: made, used by a running server, and taken away
 * again. They need an external network (tools/city/ground.py) and the server and the network "office" of the others. */
import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { accessible, fits } from "./checks";
import type { Guide } from "./journeys";
import { enter, open, pick } from "./steps";

const stamp = Date.now().toString(36);
const routerName = `gate-${stamp}`;
const groupName = `web-${stamp}`;

/* Whatever a page of this kind owes to everybody: the rules of accessibility, and no more width than a tablet has. */
async function owed(page: Page, where: string): Promise<void> {
	assert.deepEqual(await accessible(page, where), []);
	await fits(page, where);
}

async function dialog(page: Page, where: string): Promise<void> {
	/* Past the fading in, which would count as pale text. */
	await page.waitForTimeout(400);
	assert.deepEqual(await accessible(page, where), []);
}

async function gone(page: Page): Promise<void> {
	await page.locator(".el-dialog:visible").waitFor({ state: "detached" });
}

async function sure(page: Page): Promise<void> {
	await page.locator(".el-dialog:visible [data-test=sure]").click();
	await gone(page);
}

export async function routers({ user, window, shot }: Guide): Promise<void> {
	const { page, foresee } = await window();
	await enter(page, user);
	await open(page, "/routers");
	await page.locator("[data-test=open-router]").click();
	await page.locator("[data-test=create-router]").click();
	await page.locator(".el-form-item:has(#router-name) .el-form-item__error").waitFor();
	await dialog(page, "the dialog of a new router");
	await page.locator("#router-name").fill(routerName);
	await pick(page, "router-gateway");
	await page.locator("[data-test=create-router]").click();
	const row = page.locator(`tr[data-router="${routerName}"]`);
	await row.waitFor();
	assert.match((await row.textContent()) ?? "", /\d+\.\d+\.\d+\.\d+/, "the gateway's address is shown");

	await row.locator("[data-test=plug]").click();
	await pick(page, "plug-which", "office");
	await page.locator("[data-test=plug-subnet]").click();
	await row.locator("li", { hasText: "10.79.0.1" }).waitFor();
	await shot(page, "routers");
	await owed(page, "/routers");

	/* What is plugged in is not deleted by a slip: the daemon says why. */
	foresee(409, /\/routers\/[^/]+$/);
	await row.locator("[data-test=drop]").click();
	await page.locator("[data-test=sure]").click();
	await page.locator(".el-dialog:visible [role=alert]").waitFor();
	await page.keyboard.press("Escape");
	await gone(page);

	/* The picture shows it, between outside and inside. */
	await open(page, "/networks");
	const box = page.locator(`[data-test=picture] a[data-device="${routerName}"]`);
	await box.waitFor();
	assert.match((await box.getAttribute("aria-label")) ?? "", /10\.79\.0\.1/);
	await shot(page, "picture");
}

export async function guards({ user, serverName, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await open(page, "/security-groups");
	await page.locator("[data-test=open-group]").click();
	await page.locator("#group-name").fill(groupName);
	await page.locator("#group-description").fill("对外网站");
	await page.locator("[data-test=create-group]").click();
	await page.waitForURL(/\/security-groups\/[0-9a-f-]+$/);
	await page.locator("[data-test=open-rule]").click();
	await page.locator("#rule-kind").waitFor();
	assert.match((await page.locator("[data-test=rule-words]").textContent()) ?? "", /允许 任何 IPv4 地址 以 TCP 80 端口 \(HTTP\) 访问/);
	await dialog(page, "the dialog of a new rule");
	await page.locator("[data-test=add-rule]").click();
	const http = page.locator("tr[data-rule*='(HTTP)']");
	await http.waitFor();

	/* Ports that are none are refused beside the field, before anything is sent. */
	await page.locator("[data-test=open-rule]").click();
	await pick(page, "rule-kind", "TCP 端口");
	await page.locator("#rule-ports").fill("9000-80");
	await page.locator("[data-test=add-rule]").click();
	await page.locator(".el-form-item:has(#rule-ports) .el-form-item__error").waitFor();
	await page.locator("#rule-ports").fill("8000-8010");
	await pick(page, "rule-peer", "网段");
	await page.locator("#rule-range").fill("10.79.0.0/24");
	await page.locator("[data-test=add-rule]").click();
	await page.locator("tr[data-rule*='10.79.0.0/24']").waitFor();

	/* It holds for a server that runs. */
	await page.locator("[data-test=open-apply]").click();
	await pick(page, "apply-server", serverName);
	await page.locator("[data-test=apply-group]").click();
	const user_ = page.locator(`[data-test=users] tr[data-server="${serverName}"]`);
	await user_.waitFor();
	await shot(page, "group");
	await owed(page, "the page of a security group");
	await user_.locator("a").click();
	const ports = page.locator("[data-test=ports]");
	await ports.getByText(groupName).waitFor();
	await page.goBack();

	await http.locator("button").click();
	await sure(page);
	await http.waitFor({ state: "detached" });
	await open(page, "/security-groups");
	await page.locator(`tr[data-group="${groupName}"]`).waitFor();
	await shot(page, "groups");
	await owed(page, "/security-groups");
}

export async function outside({ user, serverName, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, user);
	await open(page, "/floating");
	await page.locator("[data-test=open-floating]").click();
	await pick(page, "floating-network");
	await page.locator("[data-test=take-floating]").click();
	const row = page.locator("tr[data-floating]").first();
	await row.waitFor();
	await row.locator("[data-test=lead]").click();
	await dialog(page, "the dialog that leads a floating address");
	await pick(page, "lead-target", serverName);
	await page.locator("[data-test=lead-floating]").click();
	await row.getByText(serverName).waitFor();
	await shot(page, "floating");
	await owed(page, "/floating");
	const address = (await row.getAttribute("data-floating")) ?? "";

	await row.getByText(serverName).click();
	await page.locator("[data-test=ports]").getByText(address).waitFor();
	await shot(page, "server-ports");
	await open(page, "/floating");
	await row.locator("[data-test=loosen]").click();
	await sure(page);
	await row.locator("[data-test=lead]").waitFor();
	await row.locator("[data-test=release]").click();
	await sure(page);
	await row.waitFor({ state: "detached" });

	/* And the way out with it. */
	await open(page, "/routers");
	const router = page.locator(`tr[data-router="${routerName}"]`);
	await router.locator("li button").click();
	await sure(page);
	await router.locator("li").waitFor({ state: "detached" });
	await router.locator("[data-test=drop]").click();
	await sure(page);
	await router.waitFor({ state: "detached" });
	await open(page, "/security-groups");
	await page.locator(`tr[data-group="${groupName}"] a`).click();
	await page.locator(`[data-test=users] tr[data-server="${serverName}"] button`).click();
	await sure(page);
	await open(page, "/security-groups");
	await page.locator(`tr[data-group="${groupName}"] button.danger`).click();
	await sure(page);
	await page.locator(`tr[data-group="${groupName}"]`).waitFor({ state: "detached" });
}

/* The system administrator sees how full the pools are and says who may use which; the VDC is offered these alone. */
export async function pools({ keeper, user, profile, window, shot }: Guide): Promise<void> {
	const { page } = await window();
	await enter(page, keeper);
	await open(page, "/pools");
	const pool = page.locator("[data-pool='互联网区二级']");
	await pool.locator("[role=meter]").nth(2).waitFor();
	await pool.getByText("40%", { exact: true }).waitFor();
	await shot(page, "pools");
	await owed(page, "/pools");

	const vdc = profile === "city" ? "路况" : "admin";
	const row = page.locator(`[data-test=grants] tr[data-vdc="${vdc}"]`);
	await row.locator("button").click();
	/* Of several that may be chosen the list stays open, until one looks elsewhere. */
	await page.locator("#vdc-pools").click();
	await page.locator(".el-select-dropdown__item:visible", { hasText: "互联网区二级" }).click();
	await page.locator(".el-dialog__title:visible").click();
	await page.locator(".el-select-dropdown__item:visible").first().waitFor({ state: "hidden" });
	await dialog(page, "the dialog of a VDC's pools");
	await page.locator("[data-test=save-pools]").click();
	await row.getByText("互联网区二级").waitFor();

	const theirs = (await window()).page;
	await enter(theirs, user);
	await open(theirs, "/servers");
	await theirs.locator("[data-test=open-create]").first().click();
	await theirs.locator(".el-form-item:has(#server-pool)").getByText("互联网区二级").waitFor();
	await shot(theirs, "own-pools");
}
