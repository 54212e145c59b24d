/* SPDX-License-Identifier: Apache-2.0 */
/* Hangs the stand-in of world.ts in front of Vite's own servers (`vite` and `vite preview`, with --mode mock). */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { answer, streams } from "./world";

async function bodyOf(request: IncomingMessage): Promise<unknown> {
	const parts: Buffer[] = [];
	for await (const part of request)
		parts.push(part as Buffer);
	const text = Buffer.concat(parts).toString();
	return text === "" ? null : JSON.parse(text);
}

function stream(request: IncomingMessage, response: ServerResponse): void {
	response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
	response.write(":\n\n");
	streams.add(response);
	request.on("close", () => streams.delete(response));
}

async function serve(request: IncomingMessage, response: ServerResponse, next: () => void): Promise<void> {
	const url = new URL(request.url ?? "/", "http://stand-in");
	if (!/^\/(api|compute|image|network)\//.test(url.pathname))
		return next();
	if (url.pathname === "/api/v1/events")
		return stream(request, response);
	const body = await bodyOf(request);
	const result = answer(`${request.method} ${url.pathname}`, url.searchParams, body, request.headers.cookie ?? "");
	const headers: Record<string, string> = { "Content-Type": "application/json" };
	if (result.cookie !== undefined)
		headers["Set-Cookie"] = `stand-in=${result.cookie}; HttpOnly; Path=/; SameSite=Strict`;
	/* As long as a daemon that is not next door takes. */
	await new Promise((done) => setTimeout(done, 120));
	response.writeHead(result.status, headers);
	response.end(result.body === undefined ? "" : JSON.stringify(result.body));
}

export function standIn(): Plugin {
	return {
		name: "stand-in-for-the-daemon",
		apply: "serve",
		configureServer: (server) => void server.middlewares.use(serve),
		configurePreviewServer: (server) => void server.middlewares.use(serve),
	};
}
