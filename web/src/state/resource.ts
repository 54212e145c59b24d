/* SPDX-License-Identifier: Apache-2.0 */
/* Something read from the daemon and shown on a page: its value, whether it is on its way, what went wrong.
 * A reload keeps the old value on the page until the new one is there. */
import type { ShallowRef } from "vue";
import { computed, onScopeDispose, ref, shallowRef } from "vue";
import type { Problem } from "../api/problem";
import { asProblem } from "../api/problem";

export interface Resource<T> {
	data: ShallowRef<T | null>;
	problem: ShallowRef<Problem | null>;
	loading: Readonly<{ value: boolean }>;
	/** When the value shown was read. */
	at: ShallowRef<Date | null>;
	reload: () => Promise<void>;
}

export function useResource<T>(read: (signal: AbortSignal) => Promise<T>): Resource<T> {
	const data = shallowRef<T | null>(null);
	const problem = shallowRef<Problem | null>(null);
	const at = shallowRef<Date | null>(null);
	const waiting = ref(0);
	let flight: AbortController | null = null;

	const reload = async (): Promise<void> => {
		flight?.abort();
		const mine = new AbortController();
		flight = mine;
		waiting.value++;
		try {
			const value = await read(mine.signal);
			if (flight !== mine)
				return;
			data.value = value;
			problem.value = null;
			at.value = new Date();
		} catch (thrown) {
			/* A newer reading is under way, or the page is gone: this one no longer matters. */
			if (mine.signal.aborted)
				return;
			problem.value = asProblem(thrown);
		} finally {
			waiting.value--;
		}
	};

	onScopeDispose(() => flight?.abort());
	void reload();
	return { data, problem, at, reload, loading: computed(() => waiting.value > 0) };
}
