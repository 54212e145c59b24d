/* SPDX-License-Identifier: Apache-2.0 */
/* A short word at the upper edge that goes by itself: below the header, which stays usable. */
import { ElMessage } from "element-plus";

const below = 60;

export function tell(message: string, type: "success" | "error" = "success"): void {
	ElMessage({ type, message, offset: below, duration: type === "success" ? 2500 : 6000 });
}
