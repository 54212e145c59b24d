/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { effectScope } from "vue";
import { present, readAgain } from "./presence";

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

test("what reads again by itself does so while it is wanted, one at a time, and not for who has left", async () => {
	let wanted = true;
	let finish = (): void => undefined;
	const read = vi.fn(() => new Promise<void>((done) => (finish = done)));
	const scope = effectScope();
	scope.run(() => readAgain(1000, () => wanted, read));
	await vi.advanceTimersByTimeAsync(3000);
	expect(read).toHaveBeenCalledTimes(1);
	finish();
	await vi.advanceTimersByTimeAsync(1000);
	expect(read).toHaveBeenCalledTimes(2);
	finish();
	wanted = false;
	await vi.advanceTimersByTimeAsync(3000);
	expect(read).toHaveBeenCalledTimes(2);
	wanted = true;
	await vi.advanceTimersByTimeAsync(5 * 60_000);
	const before = read.mock.calls.length;
	finish();
	await vi.advanceTimersByTimeAsync(60_000);
	expect(read).toHaveBeenCalledTimes(before);
	window.dispatchEvent(new Event("keydown"));
	await vi.advanceTimersByTimeAsync(1000);
	expect(read).toHaveBeenCalledTimes(before + 1);
	scope.stop();
	finish();
	await vi.advanceTimersByTimeAsync(3000);
	expect(read).toHaveBeenCalledTimes(before + 1);
});
