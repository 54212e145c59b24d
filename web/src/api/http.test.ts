/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ask, get, upload, useCsrf, whenSignedOut } from "./http";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
	vi.stubGlobal("fetch", fetched);
	fetched.mockReset();
});
afterEach(() => {
	useCsrf(null);
	whenSignedOut(() => undefined);
	vi.unstubAllGlobals();
});

const json = (status: number, body: unknown): Response => new Response(JSON.stringify(body), { status });
const headersOf = (call: number): Record<string, string> => fetched.mock.calls[call]?.[1]?.headers as Record<string, string>;

describe("a call", () => {
	test("that changes something carries the session's CSRF word, one that reads does not", async () => {
		useCsrf("word");
		fetched.mockImplementation(async () => json(200, {}));
		await get("/a");
		await ask("POST", "/a", { x: 1 });
		await ask("DELETE", "/a");
		expect(headersOf(0)).not.toHaveProperty("X-CSRF-Token");
		expect(headersOf(1)).toMatchObject({ "X-CSRF-Token": "word", "Content-Type": "application/json" });
		expect(headersOf(2)).toMatchObject({ "X-CSRF-Token": "word" });
	});

	test("answered without a body gives null", async () => {
		fetched.mockResolvedValue(new Response(null, { status: 204 }));
		await expect(ask("DELETE", "/a")).resolves.toBeNull();
	});

	test("that does not arrive is a problem of status 0", async () => {
		fetched.mockRejectedValue(new TypeError("fetch failed"));
		await expect(get("/a")).rejects.toMatchObject({ status: 0, word: "unreachable" });
	});

	test("that was given up by the page stays an abort", async () => {
		fetched.mockRejectedValue(new DOMException("gone", "AbortError"));
		await expect(get("/a")).rejects.toMatchObject({ name: "AbortError" });
	});

	test("refused takes the request's number from the header where the body has none", async () => {
		fetched.mockResolvedValue(new Response("<html>", { status: 404, headers: { "x-openstack-request-id": "req-9" } }));
		await expect(get("/a")).rejects.toMatchObject({ status: 404, word: "not-found", requestId: "req-9" });
	});
});

describe("an answer 401", () => {
	test("ends the session that was open", async () => {
		const ended = vi.fn();
		whenSignedOut(ended);
		useCsrf("word");
		fetched.mockResolvedValue(json(401, {}));
		await expect(get("/a")).rejects.toMatchObject({ status: 401 });
		expect(ended).toHaveBeenCalledOnce();
	});

	test("to a log-in ends nothing", async () => {
		const ended = vi.fn();
		whenSignedOut(ended);
		fetched.mockResolvedValue(json(401, {}));
		await expect(ask("POST", "/api/v1/session", {})).rejects.toMatchObject({ status: 401 });
		expect(ended).not.toHaveBeenCalled();
	});
});

describe("an upload", () => {
	class Sending extends EventTarget {
		static last: Sending;
		upload = new EventTarget();
		headers: Record<string, string> = {};
		status = 0;
		responseText = "";
		sent: unknown = null;
		constructor() {
			super();
			Sending.last = this;
		}
		open(): void {}
		setRequestHeader(name: string, value: string): void {
			this.headers[name] = value;
		}
		getResponseHeader(): string | null {
			return null;
		}
		send(body: unknown): void {
			this.sent = body;
		}
		abort(): void {
			this.dispatchEvent(new Event("abort"));
		}
		answer(status: number, body = ""): void {
			this.status = status;
			this.responseText = body;
			this.dispatchEvent(new Event("load"));
		}
	}
	const file = new Blob(["0123456789"]);
	const never = new AbortController().signal;

	beforeEach(() => vi.stubGlobal("XMLHttpRequest", Sending));

	test("carries the bytes, their type and the CSRF word, and tells how much has gone", async () => {
		useCsrf("word");
		const progress = vi.fn();
		const all = upload("/file", file, progress, never);
		Sending.last.upload.dispatchEvent(Object.assign(new Event("progress"), { loaded: 4 }));
		Sending.last.answer(204);
		await all;
		expect(Sending.last.sent).toBe(file);
		expect(progress).toHaveBeenCalledWith(4);
		expect(Sending.last.headers).toMatchObject({ "Content-Type": "application/octet-stream", "X-CSRF-Token": "word" });
	});

	test("that is refused is a problem, whatever the body", async () => {
		const one = upload("/file", file, () => undefined, never);
		Sending.last.answer(400, '{"message":"not a disk","code":400,"title":"bad-input"}');
		await expect(one).rejects.toMatchObject({ status: 400, message: "not a disk" });
		const other = upload("/file", file, () => undefined, never);
		Sending.last.answer(413, "<html>");
		await expect(other).rejects.toMatchObject({ status: 413, word: "too-large" });
	});

	test("is given up by its signal", async () => {
		const stop = new AbortController();
		const all = upload("/file", file, () => undefined, stop.signal);
		stop.abort();
		await expect(all).rejects.toMatchObject({ name: "AbortError" });
	});
});
