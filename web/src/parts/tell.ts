/* SPDX-License-Identifier: Apache-2.0 */
/* A short word at the upper edge that goes by itself: below the header, which stays usable. */
import { ElMessage } from "element-plus";
import { asProblem } from "../api/problem";
import { say } from "../i18n";
import { told } from "../i18n/daemon";

const below = 60;

export function tell(message: string, type: "success" | "error" = "success"): void {
	ElMessage({ type, message, offset: below, duration: type === "success" ? 2500 : 6000 });
}

/** Why something was refused that no form has asked for. */
export function tellRefusal(thrown: unknown): void {
	const problem = asProblem(thrown);
	tell(told(problem.message) || say("problem", problem.word), "error");
}
