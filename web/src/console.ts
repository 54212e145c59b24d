/* SPDX-License-Identifier: Apache-2.0 */
/* A serial console's bytes as lines of text: what a terminal would act on (colours, cursor) is taken away,
 * and of a line that was written over by carriage returns the last state stays. */
const control = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[ -/]*[0-~])/g;
const invisible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

export function plain(raw: string): string {
	return raw
		.replace(control, "")
		.replace(/\r+\n/g, "\n")
		.split("\n")
		.map((line) => {
			const parts = line.replace(/\r+$/, "").split("\r");
			return parts[parts.length - 1] ?? "";
		})
		.join("\n")
		.replace(invisible, "");
}
