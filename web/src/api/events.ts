/* SPDX-License-Identifier: Apache-2.0 */
/* The live stream of what changes in the chosen VDC: /api/v1/events. The browser takes up a broken
 * stream by itself and names the last event it saw; after a refusal it gives up, and this file tries
 * again with growing pauses and tells the listeners to read anew, since events may have been missed. */

export interface ServerEvent {
	subject: "server";
	id: string;
	type: string;
	state: string;
	task_state: string | null;
}

/** What a thing of the VDC belongs to when it was made, changed or removed: who shows such things reads anew. */
export type Kind = "image" | "network" | "system";

/* A browser hears only the events whose names it was told. */
const kinds: Record<Kind, readonly string[]> = {
	image: ["image.image.created", "image.image.active", "image.image.updated", "image.image.deleted", "image.member.changed"],
	network: ["network", "subnet", "port", "router", "floatingip", "security_group", "security_group_rule"].flatMap((thing) =>
		["created", "updated", "deleted"].map((what) => `network.${thing}.${what}`),
	),
	system: ["created", "updated", "deleted"].map((what) => `system.system.${what}`),
};

export type Stream = "connecting" | "open" | "broken";

export interface Listener {
	server(event: ServerEvent): void;
	changed(kind: Kind): void;
	/** Events may have been missed: read everything again. */
	missed(): void;
	/** The daemon does not give the stream. */
	refused(): void;
	stream(state: Stream): void;
}

const pauses = [1000, 2000, 5000, 10_000, 30_000] as const;

/** Opens the stream; the answer closes it for good. */
export function listen(listener: Listener, open: (url: string) => EventSource = (url) => new EventSource(url)): () => void {
	let source: EventSource | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let failures = 0;
	let first = true;
	let ended = false;

	const connect = (): void => {
		const now = open("/api/v1/events");
		source = now;
		listener.stream("connecting");

		now.addEventListener("open", () => {
			failures = 0;
			listener.stream("open");
			if (!first)
				listener.missed();
			first = false;
		});
		now.addEventListener("compute.server.state", (event) => {
			listener.server(JSON.parse((event as MessageEvent<string>).data) as ServerEvent);
		});
		for (const kind of Object.keys(kinds) as Kind[]) {
			for (const name of kinds[kind])
				now.addEventListener(name, () => listener.changed(kind));
		}
		/* So much was missed that the daemon does not tell it one by one. */
		now.addEventListener("reset", () => listener.missed());
		now.addEventListener("error", () => {
			listener.stream("broken");
			/* readyState CONNECTING: the browser is at it already. */
			if (now.readyState !== 2 || ended)
				return;
			now.close();
			listener.refused();
			timer = setTimeout(connect, pauses[Math.min(failures++, pauses.length - 1)]);
		});
	};

	connect();
	return () => {
		ended = true;
		clearTimeout(timer);
		source?.close();
	};
}
