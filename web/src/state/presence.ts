/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody sits at the screen. What reads again by itself must not keep a session alive that its
 * owner has left: it stops some minutes after the last key or touch, long before the idle time-out. */
import { onScopeDispose } from "vue";

const enough = 5 * 60_000;
let last = Date.now();

for (const sign of ["pointerdown", "pointermove", "keydown", "wheel"] as const)
	window.addEventListener(sign, () => (last = Date.now()), { passive: true, capture: true });

export function present(): boolean {
	return document.visibilityState === "visible" && Date.now() - last < enough;
}

/** Reads again by itself every so many milliseconds, while `wanted` and somebody is there, until the caller's scope ends. */
export function readAgain(every: number, wanted: () => boolean, read: () => Promise<unknown>): void {
	let busy = false;
	const timer = setInterval(() => {
		if (busy || !wanted() || !present())
			return;
		busy = true;
		void read().finally(() => (busy = false));
	}, every);
	onScopeDispose(() => clearInterval(timer));
}
