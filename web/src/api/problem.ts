/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong with a call, in one form for every dialect the daemon speaks: its own, Keystone's,
 * Nova's, Neutron's, and a bare page from nginx. */

/** A call that was refused or did not arrive. `word` is stable and meant for decisions and for
 *  translation; `message` is the daemon's sentence, meant for people. */
export class Problem extends Error {
	/** HTTP status; 0 when no answer came at all. */
	readonly status: number;
	readonly word: string;
	/** The member of the request that the daemon refuses, when it names one. */
	readonly field: string | null;
	readonly requestId: string | null;

	constructor(status: number, word: string, message: string, field: string | null = null,
		requestId: string | null = null)
	{
		super(message);
		this.name = "Problem";
		this.status = status;
		this.word = word;
		this.field = field;
		this.requestId = requestId;
	}
}

/** Words for answers that carry none of their own: the daemon's words of its status table. */
const wordOfStatus: Record<number, string> = {
	400: "bad-input",
	401: "signed-out",
	403: "forbidden",
	404: "not-found",
	405: "method-not-allowed",
	406: "not-acceptable",
	409: "conflict",
	410: "gone",
	413: "too-large",
	415: "wrong-media-type",
	429: "too-many",
	501: "not-offered",
	502: "busy",
	503: "busy",
	504: "timeout",
};

export function statusWord(status: number): string {
	return wordOfStatus[status] ?? (status >= 500 ? "internal" : "refused");
}

function record(value: unknown): Record<string, unknown> | null {
	return typeof value === "object" && value !== null && !Array.isArray(value)
		? (value as Record<string, unknown>)
		: null;
}

function text(value: unknown): string | null {
	return typeof value === "string" && value !== "" ? value : null;
}

/** Nova and Neutron name the refused member only inside their sentence. */
export function fieldInMessage(message: string): string | null {
	const found =
		/^Invalid input for field\/attribute ([\w.:-]+?)\.? /.exec(message) ??
		/^Invalid input for ([\w:-]+)\. Reason:/.exec(message);
	return found?.[1] ?? null;
}

/** Reads the body of a refusal. `body` is the parsed JSON, or null where it was not JSON. */
export function readProblem(status: number, body: unknown, requestId: string | null): Problem {
	const envelope = record(body);
	const inner = envelope ? Object.values(envelope).map(record).find((v) => v !== null) : null;
	const message = text(inner?.["message"]) ?? text(envelope?.["message"]) ?? "";
	return new Problem(
		status,
		text(inner?.["word"]) ?? statusWord(status),
		message,
		text(inner?.["field"]) ?? fieldInMessage(message),
		text(inner?.["request_id"]) ?? requestId,
	);
}

/** Anything that was thrown, as a Problem. Not ours to hide: an error of the portal's own code goes on. */
export function asProblem(thrown: unknown): Problem {
	if (thrown instanceof Problem)
		return thrown;
	throw thrown;
}
