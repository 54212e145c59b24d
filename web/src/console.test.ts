/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { plain } from "./console";

test.each([
	["colours", "\u001b[0;32m  OK  \u001b[0m done", "  OK   done"],
	["cursor moves and a cleared screen", "\u001b[2J\u001b[1;1Hlogin:", "login:"],
	["a window's title", "\u001b]0;root@web\u0007$ ", "$ "],
	["line ends of a serial line", "a\r\nb\r\r\nc", "a\nb\nc"],
	["a line that was written over", "10%\r50%\r100%\nnext", "100%\nnext"],
	["bytes that no font shows", "a\u0000b\u0008c\u007f", "abc"],
	["tabs and Chinese, which stay", "\t甬云", "\t甬云"],
])("%s", (_what, raw, text) => {
	expect(plain(raw)).toBe(text);
});
