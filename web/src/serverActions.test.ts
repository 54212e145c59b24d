/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { asksFirst, bodies, offerOf } from "./serverActions";

test("a server that runs can be stopped, one that does not can be started", () => {
	expect(offerOf("ACTIVE", null).first).toContain("stop");
	expect(offerOf("ACTIVE", null).first).not.toContain("start");
	expect(offerOf("SHUTOFF", null).first).toEqual(["start"]);
	expect(offerOf("VERIFY_RESIZE", null).first).toEqual(["confirmResize", "revertResize"]);
	expect(offerOf("RESCUE", null).first).toContain("unrescue");
	expect(offerOf("ERROR", null).more).toContain("rescue");
});

test("nothing is offered while something is being done, or in a state that nobody knows", () => {
	expect(offerOf("ACTIVE", "powering-off")).toEqual({ first: [], more: [] });
	expect(offerOf("DELETED", null)).toEqual({ first: [], more: [] });
});

test("what interrupts is asked about, what does not is not", () => {
	expect(asksFirst("stop")).toBe(true);
	expect(asksFirst("start")).toBe(false);
	expect(bodies.hardReboot).toEqual({ reboot: { type: "HARD" } });
});
