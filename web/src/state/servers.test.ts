/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import type { Server } from "../api/compute";
import { changed, placed } from "./servers";

const server = (id: string, state = "BUILD"): Server => ({
	id,
	name: id,
	state,
	task: "spawning",
	flavorId: "f",
	imageId: "i",
	addresses: [],
	created: "",
	updated: "",
	zone: null,
	fault: null,
});
const event = (id: string, state: string) => ({ subject: "server" as const, id, type: "state", state, task_state: null });

test("an event changes the state of its server and of no other", () => {
	const now = changed([server("a"), server("b")], event("a", "ACTIVE"));
	expect(now.map((s) => [s.id, s.state, s.task])).toEqual([["a", "ACTIVE", null], ["b", "BUILD", "spawning"]]);
});

test("a deleted server leaves the list", () => {
	expect(changed([server("a"), server("b")], event("a", "DELETED")).map((s) => s.id)).toEqual(["b"]);
});

test("a server read anew keeps its place, and a new one comes in front", () => {
	expect(placed([server("a"), server("b")], server("b", "ACTIVE")).map((s) => `${s.id} ${s.state}`)).toEqual(["a BUILD", "b ACTIVE"]);
	expect(placed([server("a")], server("c")).map((s) => s.id)).toEqual(["c", "a"]);
});
