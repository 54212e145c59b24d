/* SPDX-License-Identifier: Apache-2.0 */
/* Processes 流程: models that were deployed, instances of them, and the tasks that wait for people. */
import type { Page } from "./http";
import { ask, askWith, get, getText, upload } from "./http";

const base = "/api/v1/process";
const part = encodeURIComponent;

export interface Definition {
	id: number;
	key: string;
	version: number;
	name: string;
	state: "active" | "suspended";
	created_at: string;
}

/** What the strict gate says of an element of a model. */
export interface Finding {
	rule: string;
	element: string;
	line: number;
	text: string;
}

export interface Deployment {
	dry_run: boolean;
	valid: boolean;
	/** Why it is refused. */
	findings: Finding[];
	/** What its designer should look at. */
	remarks: Finding[];
	definitions: Definition[];
}

export interface Instance {
	id: number;
	definition_id: number;
	process: string;
	version: number;
	business_key: string | null;
	state: string;
	started_at: string;
	ended_at: string | null;
}

/** Where an instance stands: a token on an element of the model. */
export interface Place {
	execution: number;
	node: string;
	what: string;
	text: string | null;
	due_at: string | null;
}

export interface Entry {
	number: number;
	at: string;
	actor: string | null;
	command: string;
}

/** What people said with what they did. */
export interface Opinion {
	number: number;
	node: string;
	command: string;
	author: string;
	behalf: string | null;
	verdict: string | null;
	text: string;
	at: string;
}

export interface Attachment {
	id: string;
	node: string;
	name: string;
	size: number;
	author: string;
	at: string;
	removed_at: string | null;
}

/** Somebody else who signs at a task, or has. */
export interface Part {
	user_id: string;
	kind: string;
	verdict: string | null;
	opinion: string | null;
	done: boolean;
}

/** An activity that a task could be moved to; `before`: or returned. */
export interface TaskNode {
	id: string;
	name: string;
	before: boolean;
}

export interface Person {
	id: string;
	name: string;
	enabled: boolean;
}

export interface Incident {
	instance_id: number;
	execution: number;
	node: string;
	why: string;
	created_at: string;
}

export interface Task {
	id: string;
	instance_id: number;
	process: string;
	business_key: string | null;
	node: string;
	name: string;
	assignee: string | null;
	/** open, held, done, panel; or whose part of another task it is. */
	phase: string;
	on_behalf: string | null;
	due_at: string | null;
	created_at: string;
}

export interface WholeTask {
	task: Task;
	/** What the reader may do with it now. */
	operations: string[];
	parts: Part[];
	nodes: TaskNode[];
	variables: Values;
	/** Of form-js, as the reader may see it; null: the task has none that is held to. */
	form_schema: FormSchema | null;
	due_warning: string | null;
}

/** What form-js writes of a component, as far as it is drawn. Texts that begin with "=" are expressions. */
export interface FormComponent {
	type: string;
	id?: string;
	key?: string;
	/** Of groups and lists: where what is in them lies. */
	path?: string;
	label?: string;
	showLabel?: boolean;
	dateLabel?: string;
	timeLabel?: string;
	description?: string;
	text?: string;
	content?: string;
	source?: string;
	alt?: string;
	dataSource?: string;
	columns?: { key: string; label: string }[];
	defaultValue?: unknown;
	readonly?: boolean | string;
	disabled?: boolean;
	conditional?: { hide?: string };
	validate?: { required?: boolean };
	appearance?: { prefixAdorner?: string; suffixAdorner?: string };
	values?: unknown[];
	valuesKey?: string;
	valuesExpression?: string;
	serializeToString?: boolean;
	subtype?: string;
	timeSerializingFormat?: string;
	components?: FormComponent[];
	allowAddRemove?: boolean;
	defaultRepetitions?: number;
}

export interface FormSchema {
	components: FormComponent[];
}

/** Somebody does another's tasks for some time 代理. */
export interface Substitution {
	id: string;
	principal: string;
	deputy: string;
	/** The key of one process; null: all. */
	process: string | null;
	from: string;
	until: string;
	reason: string | null;
	made_by: string;
	ended_at: string | null;
}

export type Values = Record<string, unknown>;

/** Newest first; all versions. */
export async function listDefinitions(signal?: AbortSignal): Promise<Definition[]> {
	return (await get<{ definitions: Definition[] }>(`${base}/definitions?limit=200`, signal)).definitions;
}

export const showDefinition = (id: number, signal?: AbortSignal): Promise<Definition> => get(`${base}/definitions/${id}`, signal);

export const readModel = (id: number, signal?: AbortSignal): Promise<string> => getText(`${base}/definitions/${id}/xml`, signal);

export const deploy = (xml: string): Promise<Deployment> => askWith("POST", `${base}/definitions`, { text: xml, type: "application/xml" });

/** How it would be judged: nothing is kept, and the audit has no entry of it. */
export const check = (xml: string, signal?: AbortSignal): Promise<Deployment> =>
	askWith("POST", `${base}/definitions/check`, { text: xml, type: "application/xml" }, signal);

export const switchDefinition = (id: number, to: "suspension" | "activation"): Promise<Definition> => ask("POST", `${base}/definitions/${id}/${to}`);

export async function startProcess(what: { key: string; version: number; business_key: string | null; variables: Values }): Promise<number> {
	return (await ask<{ instance_id: number }>("POST", `${base}/instances`, what)).instance_id;
}

/** What is to be filled in to start it; null: nothing in particular. */
export async function readStartForm(id: number, signal?: AbortSignal): Promise<FormSchema | null> {
	return (await get<{ form_schema: FormSchema | null }>(`${base}/definitions/${id}/start-form`, signal)).form_schema;
}

/** The newest of a process, of all its versions; the page behind a marker. */
export async function listInstances(process: string, marker: string | null, signal?: AbortSignal): Promise<Page<Instance>> {
	const page = await get<{ instances: Instance[]; next?: string }>(`${base}/instances?process=${part(process)}&limit=50${behind(marker)}`, signal);
	return { list: page.instances, next: page.next ?? null };
}

function behind(marker: string | null): string {
	return marker === null ? "" : `&marker=${part(marker)}`;
}

export interface WholeInstance {
	instance: Instance;
	/** By what it ended. */
	ending: { command: string | null; actor: string | null; reason: string | null } | null;
	/** Started it, or operates: has its variables and its history. */
	sees_all: boolean;
	variables: Values | null;
	places: Place[];
}

export const showInstance = (id: number, signal?: AbortSignal): Promise<WholeInstance> => get(`${base}/instances/${id}`, signal);

export async function readHistory(id: number, marker: string | null, signal?: AbortSignal): Promise<Page<Entry>> {
	const page = await get<{ entries: Entry[]; next?: string }>(`${base}/instances/${id}/history?limit=50${behind(marker)}`, signal);
	return { list: page.entries, next: page.next ?? null };
}

export const cancelInstance = (id: number, reason: string): Promise<unknown> => ask("DELETE", `${base}/instances/${id}`, { reason });

export async function listTasks(which: "mine" | "available" | "deputy", signal?: AbortSignal): Promise<Task[]> {
	return (await get<{ tasks: Task[] }>(`${base}/tasks?list=${which}&limit=200`, signal)).tasks;
}

export const showTask = (id: string, signal?: AbortSignal): Promise<WholeTask> => get(`${base}/tasks/${part(id)}`, signal);

export const claimTask = (id: string): Promise<unknown> => ask("POST", `${base}/tasks/${part(id)}/claim`);

export const releaseTask = (id: string): Promise<unknown> => ask("DELETE", `${base}/tasks/${part(id)}/claim`);

export const completeTask = (id: string, variables: Values): Promise<unknown> => ask("POST", `${base}/tasks/${part(id)}/completion`, { variables });

/** Any other operation of a task: "transfer", "return", "signers" and the like. */
export const actOnTask = (id: string, what: string, body: Values): Promise<unknown> => ask("POST", `${base}/tasks/${part(id)}/${what}`, body);

export const removeSigner = (id: string, user: string, reason: string | null): Promise<unknown> =>
	ask("DELETE", `${base}/tasks/${part(id)}/signers/${part(user)}`, { reason });

export const withdraw = (instance: number): Promise<unknown> => ask("POST", `${base}/instances/${instance}/withdrawal`, {});

export const makeVoid = (instance: number, reason: string): Promise<unknown> => ask("POST", `${base}/instances/${instance}/void`, { reason });

export async function listOpinions(instance: number, marker: string | null, signal?: AbortSignal): Promise<Page<Opinion>> {
	const page = await get<{ opinions: Opinion[]; next?: string }>(`${base}/instances/${instance}/opinions?limit=50${behind(marker)}`, signal);
	return { list: page.opinions, next: page.next ?? null };
}

export const comment = (instance: number, text: string): Promise<unknown> => ask("POST", `${base}/instances/${instance}/comments`, { text });

export async function listAttachments(instance: number, signal?: AbortSignal): Promise<Attachment[]> {
	return (await get<{ attachments: Attachment[] }>(`${base}/instances/${instance}/attachments`, signal)).attachments;
}

export const attachmentPath = (instance: number, id: string): string => `${base}/instances/${instance}/attachments/${part(id)}`;

export const attach = (instance: number, file: File, signal: AbortSignal): Promise<void> =>
	upload(`${base}/instances/${instance}/attachments?name=${part(file.name)}`, file, () => undefined, signal, "POST");

export const detach = (instance: number, id: string): Promise<unknown> => ask("DELETE", attachmentPath(instance, id));

/** Of the department, by name; at most a thousand. */
export async function listPeople(signal?: AbortSignal): Promise<Person[]> {
	const all: Person[] = [];
	let marker: string | null = null;
	do {
		const page: { people: Person[]; next?: string } = await get(`${base}/people?limit=200${behind(marker)}`, signal);
		all.push(...page.people);
		marker = page.next ?? null;
	} while (marker !== null && all.length < 1000);
	return all;
}

export async function listIncidents(marker: string | null, signal?: AbortSignal): Promise<Page<Incident>> {
	const page = await get<{ incidents: Incident[]; next?: string }>(`${base}/incidents?limit=50${behind(marker)}`, signal);
	return { list: page.incidents, next: page.next ?? null };
}

export const settleIncident = (one: Incident, how: "retry" | "skip"): Promise<unknown> =>
	ask("POST", `${base}/instances/${one.instance_id}/incidents/${one.execution}/${how}`);

export const setVariables = (instance: number, variables: Values): Promise<unknown> => ask("POST", `${base}/instances/${instance}/variables`, { variables });

/** The newest first: those who do one's own tasks, those whose tasks one does, all of the department. */
export async function listSubstitutions(which: "given" | "held" | "all", marker: string | null, signal?: AbortSignal): Promise<Page<Substitution>> {
	const page = await get<{ substitutions: Substitution[]; next?: string }>(`${base}/substitutions?list=${which}&limit=50${behind(marker)}`, signal);
	return { list: page.substitutions, next: page.next ?? null };
}

export interface NewSubstitution {
	deputy: string;
	from?: string;
	until: string;
	process: string | null;
	reason: string | null;
}

export const makeSubstitution = (what: NewSubstitution): Promise<Substitution> => ask("POST", `${base}/substitutions`, what);

export const endSubstitution = (id: string): Promise<unknown> => ask("DELETE", `${base}/substitutions/${part(id)}`);
