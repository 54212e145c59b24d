/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { present } from "./presence";

beforeEach(() => {
	vi.useFakeTimers();
	window.dispatchEvent(new Event("keydown"));
});
afterEach(() => vi.useRealTimers());

test("who has not touched anything for five minutes has left", () => {
	expect(present()).toBe(true);
	vi.advanceTimersByTime(5 * 60_000);
	expect(present()).toBe(false);
});

test("one key is enough to be back", () => {
	vi.advanceTimersByTime(60 * 60_000);
	window.dispatchEvent(new Event("keydown"));
	expect(present()).toBe(true);
});
