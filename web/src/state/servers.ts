/* SPDX-License-Identifier: Apache-2.0 */
/* The servers of the VDC in force, kept true by events: an event changes the row at once and has that one
 * server read again, because an event tells its state and not its addresses or its fault. */
import { onScopeDispose } from "vue";
import type { Server } from "../api/compute";
import { listServers, showServer } from "../api/compute";
import type { ServerEvent } from "../api/events";
import { asProblem } from "../api/problem";
import { onLive } from "./live";
import type { Resource } from "./resource";
import { useResource } from "./resource";

const settle = 150;

export function changed(servers: Server[], event: ServerEvent): Server[] {
	if (event.state === "DELETED")
		return servers.filter((s) => s.id !== event.id);
	return servers.map((s) =>
		s.id === event.id ? { ...s, state: event.state, task: event.task_state } : s,
	);
}

/** Puts a server that was just read into the list: in its place, or in front when it is new. */
export function placed(servers: Server[], server: Server): Server[] {
	return servers.some((s) => s.id === server.id)
		? servers.map((s) => (s.id === server.id ? server : s))
		: [server, ...servers];
}

export function useServers(): Resource<Server[]> {
	const list = useResource(listServers);
	const due = new Map<string, ReturnType<typeof setTimeout>>();

	const readOne = async (id: string): Promise<void> => {
		due.delete(id);
		try {
			const server = await showServer(id);
			if (list.data.value)
				list.data.value = placed(list.data.value, server);
		} catch (thrown) {
			if (asProblem(thrown).status === 404 && list.data.value)
				list.data.value = list.data.value.filter((s) => s.id !== id);
		}
	};

	onScopeDispose(() => due.forEach((timer) => clearTimeout(timer)));
	onLive({
		server(event) {
			if (!list.data.value)
				return;
			list.data.value = changed(list.data.value, event);
			clearTimeout(due.get(event.id));
			if (event.state === "DELETED")
				due.delete(event.id);
			else
				due.set(event.id, setTimeout(() => void readOne(event.id), settle));
		},
		missed: () => void list.reload(),
	});
	return list;
}
