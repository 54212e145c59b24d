/* SPDX-License-Identifier: Apache-2.0 */
/* What every page owes to everybody, as far as a machine can tell. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeRun {
	violations: { id: string; help: string; nodes: { target: string[]; failureSummary?: string }[] }[];
}

/** The rules of WCAG 2.2 A and AA that the page breaks, in words; but for what a library of others draws. */
export async function accessible(page: Page, where: string, others: readonly string[] = []): Promise<string[]> {
	await page.evaluate(axe);
	const run = await page.evaluate(
		async (exclude) =>
			(await (globalThis as unknown as { axe: { run: (what: unknown, options: unknown) => Promise<unknown> } }).axe.run(
				{ include: [["html"]], exclude: exclude.map((one) => [one]) },
				{ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] },
			)) as AxeRun,
		others,
	);
	return run.violations.map((v) => `${where}: ${v.id} (${v.help}) at ${v.nodes.map((n) => `${n.target.join(" ")}: ${n.failureSummary ?? ""}`).join(", ")}`);
}

/** Nothing is cut off or has to be pushed aside on a tablet held upright, of the smaller kind too, or at the widths given. */
export async function fits(page: Page, where: string, widths: readonly number[] = [820, 768]): Promise<void> {
	const was = page.viewportSize();
	for (const width of widths) {
		await page.setViewportSize({ width, height: 1024 });
		const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
		assert.equal(wide, 0, `${where} is ${wide}px too wide for ${width}px`);
	}
	if (was)
		await page.setViewportSize(was);
}
