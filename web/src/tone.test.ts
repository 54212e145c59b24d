/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { toneOf } from "./tone";

test("something under way outweighs the state at rest, but never hides an error", () => {
	expect(toneOf("ACTIVE", null)).toBe("ok");
	expect(toneOf("ACTIVE", "deleting")).toBe("busy");
	expect(toneOf("ERROR", "deleting")).toBe("bad");
});

test("a state that nobody knows is calm", () => {
	expect(toneOf("TELEPORTING", null)).toBe("rest");
});
