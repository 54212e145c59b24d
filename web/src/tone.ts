/* SPDX-License-Identifier: Apache-2.0 */
/* Which of four tones a state of Nova, Glance or Neutron is shown in. */
export type Tone = "ok" | "busy" | "bad" | "rest";

const tones: Record<string, Tone> = {
	ACTIVE: "ok",
	active: "ok",
	BUILD: "busy",
	REBOOT: "busy",
	HARD_REBOOT: "busy",
	RESIZE: "busy",
	MIGRATING: "busy",
	saving: "busy",
	importing: "busy",
	ERROR: "bad",
	killed: "bad",
};

/** Something under way outweighs the state at rest, but never hides an error. */
export function toneOf(state: string, task: string | null): Tone {
	const tone = tones[state] ?? "rest";
	return task !== null && tone !== "bad" ? "busy" : tone;
}
