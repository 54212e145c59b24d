/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, expect, test, vi } from "vitest";
import { createServer, listServers, readLimits, serverFromWire } from "./compute";

afterEach(() => vi.unstubAllGlobals());

const wire = (id: string): Parameters<typeof serverFromWire>[0] => ({
	id,
	name: id,
	status: "ACTIVE",
	created: "2026-11-24T00:00:00Z",
	updated: "2026-11-24T00:00:00Z",
	flavor: { id: "f" },
	image: { id: "i" },
});

function answers(...bodies: unknown[]): ReturnType<typeof vi.fn> {
	const fetched = vi.fn(async () => new Response(JSON.stringify(bodies.shift()), { status: 200 }));
	vi.stubGlobal("fetch", fetched);
	return fetched;
}

test("a server of the wire is read into the portal's words", () => {
	const server = serverFromWire({
		...wire("a"),
		image: "",
		addresses: { 前端: [{ addr: "10.0.0.5", version: 4, "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:00:00:01" }] },
		fault: { message: "No valid host was found." },
		"OS-EXT-STS:task_state": "spawning",
		"OS-EXT-AZ:availability_zone": "",
	});
	expect(server).toMatchObject({
		imageId: null,
		task: "spawning",
		zone: null,
		fault: "No valid host was found.",
		addresses: [{ network: "前端", ip: "10.0.0.5", version: 4, mac: "fa:16:3e:00:00:01" }],
	});
});

test("a long list is read page by page, and never from another place than this one", async () => {
	const fetched = answers(
		{ servers: [wire("a")], servers_links: [{ rel: "next", href: "https://cloud.example/compute/v2.1/servers/detail?marker=a" }] },
		{ servers: [wire("b")] },
	);
	expect((await listServers()).map((s) => s.id)).toEqual(["a", "b"]);
	expect(fetched.mock.calls.map((call) => call[0])).toEqual([
		"/compute/v2.1/servers/detail",
		"/compute/v2.1/servers/detail?marker=a",
	]);
});

test("a limit of -1 is no limit", async () => {
	answers({ limits: { absolute: { maxTotalInstances: -1, totalInstancesUsed: 3, maxTotalCores: 0, totalCoresUsed: 0 } } });
	const limits = await readLimits();
	expect(limits.servers).toEqual({ used: 3, max: null });
	expect(limits.vcpus).toEqual({ used: 0, max: 0 });
});

test("a new server is asked for in Nova's words", async () => {
	const fetched = answers({ server: { id: "new" } });
	await expect(createServer({ name: "web", imageRef: "i", flavorRef: "f", networkId: "n" })).resolves.toBe("new");
	const sent = fetched.mock.calls[0]?.[1] as RequestInit;
	expect(JSON.parse(sent.body as string)).toEqual({
		server: { name: "web", imageRef: "i", flavorRef: "f", networks: [{ uuid: "n" }] },
	});
});
