/* SPDX-License-Identifier: Apache-2.0 */
/* Whether somebody sits at the screen. What reads again by itself must not keep a session alive that its
 * owner has left: it stops some minutes after the last key or touch, long before the idle time-out. */
const enough = 5 * 60_000;
let last = Date.now();

for (const sign of ["pointerdown", "pointermove", "keydown", "wheel"] as const)
	window.addEventListener(sign, () => (last = Date.now()), { passive: true, capture: true });

export function present(): boolean {
	return document.visibilityState === "visible" && Date.now() - last < enough;
}
