/* SPDX-License-Identifier: Apache-2.0 */
import { describe, expect, it } from "vitest";
import { base32, code, fits } from "./totp";

const secret = new TextEncoder().encode("12345678901234567890");

describe("one-time codes", () => {
	it("are those of RFC 6238 appendix B", () => {
		/* The appendix shows eight digits; these are the last six. */
		const known: [number, string][] = [
			[59, "287082"],
			[1111111109, "081804"],
			[1111111111, "050471"],
			[1234567890, "005924"],
			[2000000000, "279037"],
		];
		for (const [at, digits] of known)
			expect(code(secret, at)).toBe(digits);
	});
	it("hold for one step to each side and no longer", () => {
		expect(fits(secret, "287082", 59 + 30)).toBe(true);
		expect(fits(secret, "287082", 59 - 30)).toBe(true);
		expect(fits(secret, "287082", 59 + 60)).toBe(false);
	});
	it("come from secrets that are told in base32", () => {
		expect(base32(secret)).toBe("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
		expect(base32(new TextEncoder().encode("foob"))).toBe("MZXW6YQ");
	});
});
