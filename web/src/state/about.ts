/* SPDX-License-Identifier: Apache-2.0 */
/* The city and its engines, read once at the start of the portal. */
import { computed, shallowRef } from "vue";
import type { About } from "../api/about";
import { readAbout } from "../api/about";
import { Problem } from "../api/problem";

const current = shallowRef<About | null>(null);

export const about = computed(() => current.value);

/** The names of the engines in whose place a stand-in runs. */
export const standIns = computed(() =>
	Object.entries(current.value?.engines ?? {})
		.filter(([, engine]) => !engine.real)
		.map(([name]) => name),
);

/** Without the answer the portal still works; it only cannot say where it is. */
export async function loadAbout(): Promise<void> {
	try {
		current.value = await readAbout();
	} catch (thrown) {
		if (!(thrown instanceof Problem))
			throw thrown;
	}
}
