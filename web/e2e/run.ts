/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the journeys in headless Chromium against the daemon at $YONGYUN_URL and prints a line for each; the last
 * line is `N passed, N failed`. A journey fails, too, by an error on the console of a page that nobody had
 * foreseen, and by a request to any other place. Pictures of the way are left in test-results/. */
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import type { Window } from "./browser";
import { openWindow, startBrowser } from "./browser";
import type { Guide, Journey } from "./journeys";
import { journeys, serverName } from "./journeys";
import { base, cast, profileOfDaemon } from "./people";

const results = new URL("../test-results/", import.meta.url).pathname;

async function walk(browser: Browser, journey: Journey, guide: Omit<Guide, "window" | "shot">): Promise<string[]> {
	const windows: Window[] = [];
	const failures: string[] = [];
	const number = String(journeys.indexOf(journey) + 1).padStart(2, "0");
	const shot = async (page: Page, name: string): Promise<void> => {
		await page.screenshot({ path: `${results}${number}-${name}.png` });
	};
	const window: Guide["window"] = async (look) => {
		const opened = await openWindow(browser, base, look);
		opened.page.on("request", (request) => {
			if (!request.url().startsWith(`${base}/`) && !request.url().startsWith("data:"))
				failures.push(`the page asked ${request.url()}`);
		});
		windows.push(opened);
		return opened;
	};

	try {
		await journey.walk({ ...guide, window, shot });
	} catch (thrown) {
		failures.push(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
		for (const [n, { page }] of windows.entries())
			await page.screenshot({ path: `${results}${number}-failed-${n + 1}.png` }).catch(() => undefined);
	}
	for (const { context, complaints } of windows) {
		failures.push(...complaints);
		await context.close();
	}
	return failures;
}

async function main(): Promise<number> {
	const profile = await profileOfDaemon();
	const guide = { profile, serverName, ...cast(profile) };
	const only = process.argv[2];
	const chosen = journeys.filter(
		(j) => (only === undefined || j.name.includes(only)) && (profile === "city" || !j.city),
	);

	mkdirSync(results, { recursive: true });
	for (const old of readdirSync(results).filter((name) => name.endsWith(".png")))
		rmSync(results + old);
	const browser = await startBrowser();
	let failed = 0;
	try {
		for (const journey of chosen) {
			const began = Date.now();
			const failures = await walk(browser, journey, guide);
			const seconds = ((Date.now() - began) / 1000).toFixed(1);
			console.log(`${failures.length === 0 ? "passed" : "FAILED"}  ${journey.name} (${seconds} s)`);
			for (const failure of failures)
				console.log(failure.replace(/^/gm, "        "));
			if (failures.length > 0)
				failed++;
		}
	} finally {
		await browser.close();
	}
	console.log(`${chosen.length - failed} passed, ${failed} failed`);
	return failed === 0 && chosen.length > 0 ? 0 : 1;
}

process.exitCode = await main();
