/* SPDX-License-Identifier: Apache-2.0 */
/* Makes the pictures of the README, of the daemon at $YONGYUN_URL as it is, into ../docs/pictures. */
import { mkdirSync } from "node:fs";
import type { Page } from "playwright-core";
import { openWindow, startBrowser } from "./browser";
import { base, cast, profileOfDaemon } from "./people";
import { enter, open } from "./steps";

const folder = new URL("../../docs/pictures/", import.meta.url).pathname;
mkdirSync(folder, { recursive: true });

const { user, auditor, keeper } = cast(await profileOfDaemon());
const browser = await startBrowser();

async function take(page: Page, name: string): Promise<void> {
	/* Past the last fading. */
	await page.waitForTimeout(400);
	await page.screenshot({ path: `${folder}${name}.png` });
	console.log(`docs/pictures/${name}.png`);
}

/** The way through the portal, in the language in force. */
async function round(page: Page, suffix: string): Promise<void> {
	await take(page, `overview${suffix}`);
	await open(page, "/servers");
	await take(page, `servers${suffix}`);
	const server = page.locator("tr[data-state=ACTIVE] a").first();
	if ((await server.count()) > 0) {
		await server.click();
		/* Without KVM a guest takes its time to say something. */
		await page.locator("#console pre").waitFor({ timeout: 240_000 });
		await take(page, `server${suffix}`);
	}
	for (const name of ["systems", "images", "networks", "routers", "floating", "security-groups"]) {
		await open(page, `/${name}`);
		await take(page, `${name}${suffix}`);
	}
	const group = page.locator("tr[data-group=web] a");
	if ((await group.count()) > 0) {
		await group.click();
		await page.locator("tr[data-rule]").first().waitFor();
		await page.locator("[data-test=users] table").waitFor();
		await take(page, `security-group${suffix}`);
	}
}

try {
	const { page, complaints } = await openWindow(browser, base, { scale: 1.5, height: 760 });
	await page.goto("/login");
	await page.locator("#user").waitFor();
	await take(page, "login");
	await enter(page, user);
	await round(page, "");
	await page.locator("button[lang=en]").click();
	await open(page, "/");
	await round(page, "-en");
	if (auditor) {
		const other = await openWindow(browser, base, { scale: 1.5, height: 760 });
		await enter(other.page, auditor);
		await open(other.page, "/audit");
		await take(other.page, "audit");
		complaints.push(...other.complaints);
	}
	const administrator = await openWindow(browser, base, { scale: 1.5, height: 760 });
	await enter(administrator.page, keeper);
	await administrator.page.locator("[data-test=vdc-use] table").waitFor();
	await take(administrator.page, "city");
	await open(administrator.page, "/pools");
	await administrator.page.locator("[data-test=grants] table").waitFor();
	await take(administrator.page, "pools");
	await open(administrator.page, "/departments");
	await take(administrator.page, "departments");
	await administrator.page.locator("[data-test=open-onboard]").click();
	await administrator.page.locator("#department").fill("水利局");
	await administrator.page.locator("[data-test=next]").click();
	await administrator.page.locator(".stage[data-page=vdc]").waitFor();
	await administrator.page.locator("#vdc-name").fill("水情监测");
	await administrator.page.locator("#vdc-pools").waitFor();
	await take(administrator.page, "move-in");
	complaints.push(...administrator.complaints);
	if (complaints.length > 0)
		throw new Error(complaints.join("\n"));
} finally {
	await browser.close();
}
