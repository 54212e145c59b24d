/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Kind, ServerEvent, Stream } from "./events";
import { listen } from "./events";

/** What a browser's EventSource does as far as the portal sees it. */
class Source extends EventTarget {
	readyState = 0;
	closed = false;
	close(): void {
		this.closed = true;
		this.readyState = 2;
	}
	opens(): void {
		this.readyState = 1;
		this.dispatchEvent(new Event("open"));
	}
	breaks(forGood: boolean): void {
		this.readyState = forGood ? 2 : 0;
		this.dispatchEvent(new Event("error"));
	}
	tells(event: ServerEvent): void {
		this.dispatchEvent(new MessageEvent("compute.server.state", { data: JSON.stringify(event) }));
	}
}

let sources: Source[];
let heard: { events: ServerEvent[]; kinds: Kind[]; missed: number; refused: number; states: Stream[] };
let close: () => void;
const newest = (): Source => sources[sources.length - 1]!;

beforeEach(() => {
	vi.useFakeTimers();
	sources = [];
	heard = { events: [], kinds: [], missed: 0, refused: 0, states: [] };
	close = listen(
		{
			server: (event) => heard.events.push(event),
			changed: (kind) => heard.kinds.push(kind),
			missed: () => heard.missed++,
			refused: () => heard.refused++,
			stream: (state) => heard.states.push(state),
		},
		() => {
			const source = new Source();
			sources.push(source);
			return source as unknown as EventSource;
		},
	);
});
afterEach(() => {
	close();
	vi.useRealTimers();
});

test("an event reaches the listener as it was posted", () => {
	const event: ServerEvent = { subject: "server", id: "1", type: "state", state: "ACTIVE", task_state: null };
	newest().opens();
	newest().tells(event);
	expect(heard.events).toEqual([event]);
});

test("a thing that was made or removed is told by its kind", () => {
	newest().dispatchEvent(new MessageEvent("network.subnet.deleted", { data: "{}" }));
	newest().dispatchEvent(new MessageEvent("image.image.deleted", { data: "{}" }));
	expect(heard.kinds).toEqual(["network", "image"]);
});

test("a reset has everything read anew", () => {
	newest().opens();
	newest().dispatchEvent(new MessageEvent("reset", { data: "{}" }));
	expect(heard.missed).toBe(1);
});

test("the first opening missed nothing", () => {
	newest().opens();
	expect(heard).toMatchObject({ missed: 0, states: ["connecting", "open"] });
});

test("while the browser takes a broken stream up again, the portal opens none of its own", () => {
	newest().opens();
	newest().breaks(false);
	vi.advanceTimersByTime(60_000);
	expect(sources).toHaveLength(1);
	newest().opens();
	expect(heard).toMatchObject({ missed: 1, states: ["connecting", "open", "broken", "open"] });
});

test("after a refusal it is tried again, with growing pauses", () => {
	newest().breaks(true);
	expect(heard.refused).toBe(1);
	vi.advanceTimersByTime(1000);
	expect(sources).toHaveLength(2);
	newest().breaks(true);
	vi.advanceTimersByTime(1999);
	expect(sources).toHaveLength(2);
	vi.advanceTimersByTime(1);
	expect(sources).toHaveLength(3);
});

test("a closed stream stays closed", () => {
	newest().breaks(true);
	close();
	vi.advanceTimersByTime(60_000);
	expect(sources).toHaveLength(1);
	expect(newest().closed).toBe(true);
});
