/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { bytes, mebibytes, time } from "./format";

test.each([
	[0, "0 B"],
	[1023, "1,023 B"],
	[1024, "1 KB"],
	[338_000_000, "322.3 MB"],
	[5 * 1024 ** 4, "5 TB"],
])("%d bytes are %s", (size, text) => {
	expect(bytes(size)).toBe(text);
});

test("memory is counted in MiB on the wire", () => {
	expect(mebibytes(0)).toBe("0 MB");
	expect(mebibytes(512)).toBe("512 MB");
	expect(mebibytes(8192)).toBe("8 GB");
});

test("a time without a zone is UTC, as Keystone and Nova mean it", () => {
	expect(time("2026-11-24T00:30:00")).toBe(time("2026-11-24T00:30:00Z"));
	expect(time("2026-11-24T08:30:00+08:00")).toBe(time("2026-11-24T00:30:00Z"));
	expect(time("2026-11-24T00:30:00.123456Z")).toMatch(/^2026-11-2\d \d\d:\d\d:00$/);
});

test("what is no time is shown as it is", () => {
	expect(time("soon")).toBe("soon");
});
