/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done with a server in which state, and how Nova is asked for it. */

export type ActionName =
	| "screen" | "start" | "stop" | "reboot" | "hardReboot" | "pause" | "unpause" | "suspend" | "resume"
	| "resize" | "confirmResize" | "revertResize" | "rescue" | "unrescue";

/** The body of Nova's action; null for those that are more than one call. */
export const bodies: Record<ActionName, Record<string, unknown> | null> = {
	screen: null,
	start: { "os-start": null },
	stop: { "os-stop": null },
	reboot: { reboot: { type: "SOFT" } },
	hardReboot: { reboot: { type: "HARD" } },
	pause: { pause: null },
	unpause: { unpause: null },
	suspend: { suspend: null },
	resume: { resume: null },
	resize: null,
	confirmResize: { confirmResize: null },
	revertResize: { revertResize: null },
	rescue: { rescue: null },
	unrescue: { unrescue: null },
};

export interface Offer {
	/** Stand as buttons. */
	first: readonly ActionName[];
	/** Stand in the menu. */
	more: readonly ActionName[];
}

const offers: Record<string, Offer> = {
	ACTIVE: { first: ["screen", "stop"], more: ["reboot", "hardReboot", "pause", "suspend", "resize", "rescue"] },
	SHUTOFF: { first: ["start"], more: ["hardReboot", "resize", "rescue"] },
	PAUSED: { first: ["unpause"], more: ["hardReboot"] },
	SUSPENDED: { first: ["resume"], more: ["hardReboot"] },
	VERIFY_RESIZE: { first: ["confirmResize", "revertResize"], more: [] },
	RESCUE: { first: ["screen", "unrescue"], more: [] },
	ERROR: { first: [], more: ["hardReboot", "rescue"] },
};
const none: Offer = { first: [], more: [] };

/** Nothing is offered while something is being done already. */
export const offerOf = (state: string, task: string | null): Offer => (task === null ? (offers[state] ?? none) : none);

/** What takes away from a server what it is doing is asked about once more. */
export const asksFirst = (action: ActionName): boolean => ["stop", "hardReboot", "reboot", "suspend", "rescue"].includes(action);
