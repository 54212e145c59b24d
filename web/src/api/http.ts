/* SPDX-License-Identifier: Apache-2.0 */
/* The one way a call leaves the portal: same origin, the session's cookie, its CSRF word on every call
 * that changes something, JSON both ways, and every refusal as a Problem. */
import { Problem, readProblem } from "./problem";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** A page of a list: behind `next` there is more. */
export interface Page<T> {
	list: T[];
	next: string | null;
}

let csrf: string | null = null;
let onSignedOut: (() => void) | null = null;

/** The CSRF word of the session, or null when nobody is logged in. */
export function useCsrf(word: string | null): void {
	csrf = word;
}

/** Called once for every call that is answered 401 although a session was open. */
export function whenSignedOut(act: () => void): void {
	onSignedOut = act;
}

/* A document that is not JSON goes as it is. */
interface Document {
	text: string;
	type: string;
}

async function send(method: Method, path: string, body: unknown, signal?: AbortSignal, document?: Document): Promise<Response> {
	const headers: Record<string, string> = { Accept: "application/json" };
	if (document || body !== undefined)
		headers["Content-Type"] = document?.type ?? "application/json";
	if (method !== "GET" && csrf !== null)
		headers["X-CSRF-Token"] = csrf;
	try {
		return await fetch(path, {
			method,
			headers,
			credentials: "same-origin",
			cache: "no-store",
			...(document ? { body: document.text } : body !== undefined && { body: JSON.stringify(body) }),
			...(signal && { signal }),
		});
	} catch (thrown) {
		if (thrown instanceof DOMException && thrown.name === "AbortError")
			throw thrown;
		throw new Problem(0, "unreachable", "");
	}
}

async function parsed(response: Response): Promise<unknown> {
	const content = await response.text();
	if (content === "")
		return null;
	try {
		return JSON.parse(content);
	} catch {
		return null;
	}
}

/** Makes a call and gives back the parsed answer, null where there is none. Throws a Problem. */
export async function ask<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
	return taken(await send(method, path, body, signal)) as Promise<T>;
}

/** The same with a document in place of a JSON body. */
export async function askWith<T>(method: Method, path: string, document: Document, signal?: AbortSignal): Promise<T> {
	return taken(await send(method, path, undefined, signal, document)) as Promise<T>;
}

/** A document as its text. */
export async function getText(path: string, signal?: AbortSignal): Promise<string> {
	const response = await send("GET", path, undefined, signal);
	if (response.ok)
		return response.text();
	return taken(response) as Promise<string>;
}

async function taken(response: Response): Promise<unknown> {
	const answer = await parsed(response);
	if (response.ok)
		return answer;

	if (response.status === 401 && csrf !== null)
		onSignedOut?.();
	throw readProblem(response.status, answer, response.headers.get("x-openstack-request-id"));
}

/** Sends the bytes of a file as they lie on the disk, and tells how much has gone. Throws a Problem, or an
 *  AbortError when `signal` stops it. fetch() cannot tell of progress; the rest is as in ask(). */
export function upload(
	path: string,
	file: Blob,
	progress: (sent: number) => void,
	signal: AbortSignal,
	method: "PUT" | "POST" = "PUT",
): Promise<void> {
	return new Promise((done, refused) => {
		const sending = new XMLHttpRequest();
		const stop = (): void => sending.abort();
		sending.open(method, path);
		sending.setRequestHeader("Accept", "application/json");
		sending.setRequestHeader("Content-Type", "application/octet-stream");
		if (csrf !== null)
			sending.setRequestHeader("X-CSRF-Token", csrf);
		sending.upload.addEventListener("progress", (event) => progress(event.loaded));
		sending.addEventListener("abort", () => refused(new DOMException("given up", "AbortError")));
		sending.addEventListener("error", () => refused(new Problem(0, "unreachable", "")));
		sending.addEventListener("load", () => {
			if (sending.status >= 200 && sending.status < 300)
				return done();
			if (sending.status === 401 && csrf !== null)
				onSignedOut?.();
			let answer: unknown = null;
			try {
				answer = JSON.parse(sending.responseText);
			} catch {
				/* A bare page of nginx: the status says enough. */
			}
			refused(readProblem(sending.status, answer, sending.getResponseHeader("x-openstack-request-id")));
		});
		sending.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
		signal.addEventListener("abort", stop);
		if (signal.aborted)
			stop();
		else
			sending.send(file);
	});
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> => ask<T>("GET", path, undefined, signal);
