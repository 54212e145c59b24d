/* SPDX-License-Identifier: Apache-2.0 */
/* Processes 流程: models that were deployed, instances of them, and the tasks that wait for people. */
import { ask, askWith, get, getText } from "./http";

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

export interface Task {
	id: string;
	instance_id: number;
	process: string;
	business_key: string | null;
	node: string;
	name: string;
	assignee: string | null;
	due_at: string | null;
	created_at: string;
}

export type Values = Record<string, unknown>;

/** Newest first; all versions. */
export async function listDefinitions(signal?: AbortSignal): Promise<Definition[]> {
	return (await get<{ definitions: Definition[] }>(`${base}/definitions?limit=200`, signal)).definitions;
}

export const showDefinition = (id: number, signal?: AbortSignal): Promise<Definition> => get(`${base}/definitions/${id}`, signal);

export const readModel = (id: number, signal?: AbortSignal): Promise<string> => getText(`${base}/definitions/${id}/xml`, signal);

/** `dry`: it is judged, and nothing is deployed. */
export const deploy = (xml: string, dry: boolean): Promise<Deployment> =>
	askWith("POST", `${base}/definitions${dry ? "?dry_run=true" : ""}`, { text: xml, type: "application/xml" });

export const switchDefinition = (id: number, to: "suspension" | "activation"): Promise<Definition> => ask("POST", `${base}/definitions/${id}/${to}`);

export async function startProcess(what: { key: string; version: number; business_key: string | null; variables: Values }): Promise<number> {
	return (await ask<{ instance_id: number }>("POST", `${base}/instances`, what)).instance_id;
}

/** The newest of a process, of all its versions. */
export async function listInstances(process: string, signal?: AbortSignal): Promise<Instance[]> {
	return (await get<{ instances: Instance[] }>(`${base}/instances?process=${part(process)}&limit=200`, signal)).instances;
}

export const showInstance = (id: number, signal?: AbortSignal): Promise<{ instance: Instance; variables: Values | null; places: Place[] }> =>
	get(`${base}/instances/${id}`, signal);

export async function readHistory(id: number, signal?: AbortSignal): Promise<Entry[]> {
	return (await get<{ entries: Entry[] }>(`${base}/instances/${id}/history?limit=200`, signal)).entries;
}

export const cancelInstance = (id: number, reason: string): Promise<unknown> => ask("DELETE", `${base}/instances/${id}`, { reason });

export async function listTasks(which: "mine" | "available", signal?: AbortSignal): Promise<Task[]> {
	return (await get<{ tasks: Task[] }>(`${base}/tasks?list=${which}&limit=200`, signal)).tasks;
}

export const showTask = (id: string, signal?: AbortSignal): Promise<{ task: Task; variables: Values }> => get(`${base}/tasks/${part(id)}`, signal);

export const claimTask = (id: string): Promise<unknown> => ask("POST", `${base}/tasks/${part(id)}/claim`);

export const releaseTask = (id: string): Promise<unknown> => ask("DELETE", `${base}/tasks/${part(id)}/claim`);

export const completeTask = (id: string, variables: Values): Promise<unknown> => ask("POST", `${base}/tasks/${part(id)}/completion`, { variables });
