/* SPDX-License-Identifier: Apache-2.0 */
/* One event stream for the whole portal, open while a VDC is in force. While it is broken, listeners are
 * told to read anew every ten seconds, so that no page shows a state that nobody checks. */
import { computed, onScopeDispose, ref, watch } from "vue";
import type { Kind, ServerEvent, Stream } from "../api/events";
import { listen } from "../api/events";
import { asProblem } from "../api/problem";
import { readSession } from "../api/session";
import { present } from "./presence";
import { project } from "./session";

const state = ref<Stream>("connecting");
export const stream = computed(() => state.value);

interface Reader {
	server?: (event: ServerEvent) => void;
	changed?: (kind: Kind) => void;
	missed?: () => void;
}

const readers = new Set<Reader>();
const whileBroken = 10_000;

function missed(): void {
	for (const reader of readers)
		reader.missed?.();
}

/** Keeps the stream open for as long as the caller's scope lives; called once, by the frame. */
export function keepLive(): void {
	let close: (() => void) | null = null;
	let poll: ReturnType<typeof setInterval> | undefined;

	const stop = (): void => {
		close?.();
		close = null;
		clearInterval(poll);
	};
	watch(
		() => project.value?.id,
		(id) => {
			stop();
			if (id === undefined)
				return;
			close = listen({
				server: (event) => readers.forEach((reader) => reader.server?.(event)),
				changed: (kind) => readers.forEach((reader) => reader.changed?.(kind)),
				missed,
				/* Most likely the session has ended: asking tells, and leads to the log-in. */
				refused: () => void readSession().catch(asProblem),
				stream: (next) => (state.value = next),
			});
			poll = setInterval(() => {
				if (state.value !== "open" && present())
					missed();
			}, whileBroken);
		},
		{ immediate: true },
	);
	onScopeDispose(stop);
}

/** Reads a list of things of that kind again whenever one of them changed. */
export function followKind(kind: Kind, reload: () => Promise<void>): void {
	onLive({
		changed: (which) => {
			if (which === kind)
				void reload();
		},
		missed: () => void reload(),
	});
}

/** Hears events for as long as the caller's scope lives. */
export function onLive(reader: Reader): void {
	readers.add(reader);
	onScopeDispose(() => readers.delete(reader));
}
