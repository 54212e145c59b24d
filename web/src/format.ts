/* SPDX-License-Identifier: Apache-2.0 */
/* Times and amounts as people read them, in the language in force. */
import { language } from "./i18n";

const clocks = new Map<string, Intl.DateTimeFormat>();

function clock(seconds: boolean): Intl.DateTimeFormat {
	/* Sweden's form is the ISO one: 2026-11-24 08:30:00, right for both languages. */
	const key = `${seconds}`;
	let found = clocks.get(key);
	if (!found) {
		found = new Intl.DateTimeFormat("sv-SE", {
			dateStyle: "short",
			timeStyle: seconds ? "medium" : "short",
		});
		clocks.set(key, found);
	}
	return found;
}

/** A time of the wire (ISO 8601; without a zone it is UTC) in the reader's zone. */
export function time(wire: string, seconds = true): string {
	const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(wire) ? wire : `${wire}Z`;
	const at = new Date(zoned);
	return Number.isNaN(at.getTime()) ? wire : clock(seconds).format(at);
}

/** The time of day of an instant: when a list was last read. */
export function timeOfDay(at: Date): string {
	return new Intl.DateTimeFormat("sv-SE", { timeStyle: "medium" }).format(at);
}

function amount(value: number): string {
	return new Intl.NumberFormat(language.value, { maximumFractionDigits: 1 }).format(value);
}

const steps = ["B", "KB", "MB", "GB", "TB", "PB"] as const;

/** Bytes in the largest unit that keeps a whole part; units are powers of 1,024 as on every console. */
export function bytes(size: number): string {
	let at = 0;
	let left = size;
	while (left >= 1024 && at < steps.length - 1) {
		left /= 1024;
		at++;
	}
	return `${amount(left)} ${steps[at]}`;
}

/** Memory, which nobody counts in single bytes, nor none of it. */
export const mebibytes = (size: number): string => (size === 0 ? "0 MB" : bytes(size * 1024 * 1024));
export const number = amount;
