/* SPDX-License-Identifier: Apache-2.0 */
/* A list that is read page by page: what was read, whether there is more, and the next page behind it. A
 * reload begins again with as many pages as are on the screen, so that nobody loses their place. */
import type { Ref, ShallowRef } from "vue";
import { onScopeDispose, ref, shallowRef } from "vue";
import type { Page } from "../api/http";
import type { Problem } from "../api/problem";
import { asProblem } from "../api/problem";

export interface Rows<T> {
	rows: ShallowRef<T[]>;
	next: Ref<string | null>;
	problem: ShallowRef<Problem | null>;
	/** Whether the first page has been read. */
	read: Ref<boolean>;
	loading: Ref<boolean>;
	more: () => Promise<void>;
	reload: () => Promise<void>;
	/** With the first page alone: what the list is narrowed by has changed. */
	begin: () => Promise<void>;
}

type ReadPage<T> = (marker: string | null, signal: AbortSignal) => Promise<Page<T>>;

export function useRows<T>(page: ReadPage<T>): Rows<T> {
	const rows = shallowRef<T[]>([]);
	const next = ref<string | null>(null);
	const problem = shallowRef<Problem | null>(null);
	const read = ref(false);
	const loading = ref(false);
	/* How many pages are on the screen, and whether `next` is behind what is asked for now. */
	let pages = 1;
	let current = false;
	let flight: AbortController | null = null;

	/** Reads so many pages behind `before`, which stay where they are. */
	const take = async (before: T[], marker: string | null, count: number): Promise<void> => {
		flight?.abort();
		const mine = new AbortController();
		flight = mine;
		loading.value = true;
		let all = before;
		let at = marker;
		try {
			for (let n = 0; n < count && (n === 0 || at !== null); n++) {
				const got = await page(at, mine.signal);
				all = [...all, ...got.list];
				at = got.next;
			}
			if (flight !== mine)
				return;
			rows.value = all;
			next.value = at;
			pages = marker === null ? count : pages + count;
			current = true;
			problem.value = null;
			read.value = true;
		} catch (thrown) {
			if (!mine.signal.aborted)
				problem.value = asProblem(thrown);
		} finally {
			if (flight === mine)
				loading.value = false;
		}
	};
	const reload = (): Promise<void> => take([], null, pages);
	const more = async (): Promise<void> => {
		if (next.value !== null && current)
			await take(rows.value, next.value, 1);
	};
	const begin = (): Promise<void> => {
		pages = 1;
		current = false;
		return reload();
	};

	onScopeDispose(() => flight?.abort());
	void reload();
	return { rows, next, problem, read, loading, more, reload, begin };
}
