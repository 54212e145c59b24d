/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { socketOf } from "./address";

const at = (query: string) => socketOf(new URL(`https://cloud.example:8443/console/?${query}`));

test("the socket stands on the page's own origin", () => {
	expect(at("path=console%2Fsocket%3Ftoken%3Dabc-_1")).toBe(
		"wss://cloud.example:8443/console/socket?token=abc-_1",
	);
	expect(socketOf(new URL("http://c/console/?path=/console/socket%3Ftoken%3Da"))).toBe(
		"ws://c/console/socket?token=a",
	);
});

test("an address that leads elsewhere is no console", () => {
	expect(at("")).toBeNull();
	expect(at("path=//evil.example/console/socket?token=a")).toBeNull();
	expect(at("path=https://evil.example/console/socket?token=a")).toBeNull();
	expect(at("path=api/session?token=a")).toBeNull();
	expect(at("path=console/socket?token=a%26more=b")).toBeNull();
});
