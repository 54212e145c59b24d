/* SPDX-License-Identifier: Apache-2.0 */
/* Debian's Chromium without a window, for the browser tests and for the pictures. Every context is a fresh
 * profile; whatever a page writes to its console as an error is kept and counted. */
import type { Browser, BrowserContext, Page } from "playwright-core";
import { chromium } from "playwright-core";

const program = process.env["CHROMIUM"] ?? "/usr/bin/chromium";

export async function startBrowser(): Promise<Browser> {
	return chromium.launch({
		executablePath: program,
		headless: true,
		chromiumSandbox: process.getuid?.() !== 0,
		args: [
			"--disable-gpu",
			"--disable-quic",
			"--no-first-run",
			"--disable-background-networking",
			"--disable-component-update",
			"--disable-sync",
		],
	});
}

/** A window of a person of their own: no cookie and nothing remembered. */
export interface Window {
	context: BrowserContext;
	page: Page;
	/** What the page complained of and nobody had foreseen. */
	complaints: string[];
	/** Says that a call is going to be refused: the browser writes each refusal to the console. */
	foresee: (status: number, path: RegExp) => void;
	/** Says what a library of others is going to warn of. */
	warned: (words: RegExp) => void;
}

export interface Look {
	width?: number;
	height?: number;
	language?: "zh-CN" | "en";
	scale?: number;
}

export async function openWindow(browser: Browser, base: string, look: Look = {}): Promise<Window> {
	const context = await browser.newContext({
		baseURL: base,
		locale: look.language ?? "zh-CN",
		timezoneId: "Asia/Shanghai",
		viewport: { width: look.width ?? 1280, height: look.height ?? 800 },
		deviceScaleFactor: look.scale ?? 1,
		ignoreHTTPSErrors: true,
		reducedMotion: "reduce",
	});
	context.setDefaultTimeout(15_000);
	const page = await context.newPage();
	const complaints: string[] = [];
	const foreseen: { status: number; path: RegExp }[] = [];
	const warnings: RegExp[] = [];

	page.on("pageerror", (error) => complaints.push(`${error}`));
	page.on("console", (message) => {
		if (message.type() !== "error" && message.type() !== "warning")
			return;
		const path = message.location().url;
		const refused = /status of (\d+)/.exec(message.text());
		const known = foreseen.some((f) => refused !== null && Number(refused[1]) === f.status && f.path.test(path));
		if (!known && !(message.type() === "warning" && warnings.some((words) => words.test(message.text()))))
			complaints.push(`${message.type()}: ${message.text()} (${path})`);
	});
	return { context, page, complaints, foresee: (status, path) => foreseen.push({ status, path }), warned: (words) => warnings.push(words) };
}
