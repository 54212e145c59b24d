/* SPDX-License-Identifier: Apache-2.0 */
import { describe, expect, test } from "vitest";
import { asProblem, readProblem } from "./problem";

describe("a refusal", () => {
	test("of the daemon's own dialect keeps its word, field and request", () => {
		const problem = readProblem(400, {
			error: { code: 400, word: "bad-input", field: "name", message: "too long", request_id: "req-1" },
		}, null);
		expect(problem).toMatchObject({ status: 400, word: "bad-input", field: "name", message: "too long", requestId: "req-1" });
	});

	test("of Keystone gets its word from the status", () => {
		const problem = readProblem(401, { error: { code: 401, title: "Unauthorized", message: "Not you" } }, "req-2");
		expect(problem).toMatchObject({ word: "signed-out", message: "Not you", requestId: "req-2", field: null });
	});

	test("of Nova names its field inside the sentence", () => {
		const message = "Invalid input for field/attribute flavorRef. Value: . '' is too short";
		expect(readProblem(400, { badRequest: { code: 400, message } }, null).field).toBe("flavorRef");
	});

	test("of Neutron names its field inside the sentence", () => {
		const message = "Invalid input for cidr. Reason: 'x' is not a valid IP subnet.";
		expect(readProblem(400, { NeutronError: { type: "HTTPBadRequest", message, detail: "" } }, null).field).toBe("cidr");
	});

	test("that is a page of nginx is told by its status alone", () => {
		expect(readProblem(502, null, null)).toMatchObject({ word: "busy", message: "", field: null });
	});

	test("with a list or a bare string in it does not break the reader", () => {
		expect(readProblem(500, ["x"], null)).toMatchObject({ word: "internal", message: "" });
		expect(readProblem(409, { conflict: "text" }, null)).toMatchObject({ word: "conflict", message: "" });
	});
});

test("an error of the portal's own code is never shown as a refusal", () => {
	expect(() => asProblem(new TypeError("x is undefined"))).toThrow(TypeError);
});
