/* SPDX-License-Identifier: Apache-2.0 */
/* What an item says in the version that a case was written by: the texts of its questions, its form. */
import type { Ref, ShallowRef } from "vue";
import { onScopeDispose, ref, shallowRef, watch } from "vue";
import type { CaseBrief } from "../api/cases";
import type { ItemContent } from "../api/hall";
import { showItem } from "../api/hall";
import { Problem } from "../api/problem";

export interface ItemOfCase {
	/** Null: the guide does not have it, so that the case is shown without the words of its item. */
	content: ShallowRef<ItemContent | null>;
	/** Whether it is settled which of both it is. */
	known: Ref<boolean>;
}

export function useItemOf(one: Ref<CaseBrief | null>): ItemOfCase {
	const content = shallowRef<ItemContent | null>(null);
	const known = ref(false);
	const gone = new AbortController();

	onScopeDispose(() => gone.abort());
	watch(
		() => (one.value === null ? null : `${one.value.item_code} ${one.value.item_version}`),
		async () => {
			const now = one.value;
			if (now === null)
				return;
			try {
				content.value = (await showItem(now.item_code, gone.signal, now.item_version)).content;
			} catch (thrown) {
				if (gone.signal.aborted)
					return;
				if (!(thrown instanceof Problem))
					throw thrown;
			}
			known.value = true;
		},
		{ immediate: true },
	);
	return { content, known };
}
