/* SPDX-License-Identifier: Apache-2.0 */
/* What people do at the portal, step by step, found as they find it: by label, role and text. */
import type { Page } from "playwright-core";
import { freshPassword, keep } from "./people";
import type { Person } from "./people";

export async function fillLogIn(page: Page, person: Person, password = person.password): Promise<void> {
	await page.locator("#domain").fill(person.department);
	await page.locator("#user").fill(person.name);
	await page.locator("#password").fill(password);
	await page.locator("button[type=submit]").click();
}

export type Arrival = "first-password" | "vdc" | "frame";

/** Where the log-in has led to. */
export async function arrival(page: Page): Promise<Arrival> {
	await page.locator("#again, main ul li button, nav a").first().waitFor();
	if (await page.locator("#again").isVisible())
		return "first-password";
	return (await page.locator("nav a").first().isVisible()) ? "frame" : "vdc";
}

export async function changeFirstPassword(page: Page, person: Person): Promise<void> {
	const next = freshPassword();
	await page.locator("#old").fill(person.password);
	await page.locator("#next").fill(next);
	await page.locator("#again").fill(next);
	await page.locator("button[type=submit]").click();
	await page.locator("#again").waitFor({ state: "detached" });
	keep(person, next);
}

export async function chooseFirstVdc(page: Page): Promise<void> {
	await page.locator("main ul li button").first().click();
	await page.locator("nav a").first().waitFor();
}

/** All the way to the overview, whatever stands between. */
export async function enter(page: Page, person: Person): Promise<void> {
	await page.goto("/login");
	await fillLogIn(page, person);
	if ((await arrival(page)) === "first-password")
		await changeFirstPassword(page, person);
	if ((await arrival(page)) === "vdc")
		await chooseFirstVdc(page);
	await page.locator("main h1").waitFor();
}

export async function open(page: Page, path: string): Promise<void> {
	await page.locator(`nav a[href="${path}"]`).click();
	await page.locator(`nav a[href="${path}"][aria-current=page]`).waitFor();
	await page.locator("main h1").waitFor();
	await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached" });
}

/** Chooses of a list of choices: the first, or the one that says so. What is chosen already stays. */
export async function pick(page: Page, id: string, words?: string): Promise<void> {
	if (words === undefined)
		return choose(page, id);
	await page.locator(`#${id}`).click();
	await page.locator(".el-select-dropdown__item:visible", { hasText: words }).first().click();
	await page.locator(".el-select-dropdown__item:visible").first().waitFor({ state: "hidden" });
}

async function choose(page: Page, id: string): Promise<void> {
	const field = page.locator(`#${id}`);
	/* One single choice is made already. */
	const made = await field.evaluate((input) => input.closest(".el-select")?.querySelector(".el-select__placeholder:not(.is-transparent)") !== null);
	if (made)
		return;
	await field.click();
	await page.locator(".el-select-dropdown__item:visible:not(.is-disabled)").first().click();
	await page.locator(".el-select-dropdown__item:visible").first().waitFor({ state: "hidden" });
}

export async function fillServer(page: Page, name: string): Promise<void> {
	await page.locator("[data-test=open-create]").click();
	await page.locator("#server-name").fill(name);
	for (const id of ["server-image", "server-flavor", "server-network"])
		await choose(page, id);
}

export async function logOut(page: Page): Promise<void> {
	await page.locator("[data-test=user]").click();
	await page.locator(".el-dropdown-menu__item:visible").last().click();
	await page.locator("#user").waitFor();
}
