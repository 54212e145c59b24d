/* SPDX-License-Identifier: Apache-2.0 */
/* The stand-in's small world in memory: enough of the daemon's answers for the pages to be looked at. */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

interface Answer {
	status: number;
	body?: unknown;
	cookie?: string;
}

export const streams = new Set<ServerResponse>();
let events = 0;

function post(id: string, state: string, task: string | null): void {
	const data = JSON.stringify({ subject: "server", id, type: "state", state, task_state: task });
	for (const to of streams)
		to.write(`id: ${++events}\nevent: compute.server.state\ndata: ${data}\n\n`);
}

const refuse = (status: number, word: string, message: string, field: string | null = null): Answer => ({
	status,
	body: { error: { code: status, word, field, message, request_id: `req-${randomUUID()}` } },
});

const projects = [
	["大数据局-门户", "市大数据局"],
	["一窗受理", "市政务服务办"],
	["路况与积水", "市交通局"],
].map(([name, domain_name]) => ({ id: randomUUID(), name, domain_id: randomUUID(), domain_name }));

interface Person {
	name: string;
	password: string;
	must: boolean;
	wrong: number;
	project: number | null;
}
const people = new Map<string, Person>();
for (const name of ["clerk", "auditadmin", "second", "locked", "security"])
	people.set(name, { name, password: "changed", must: false, wrong: 0, project: null });

function session(person: Person): unknown {
	const auditor = person.name === "auditadmin";
	const chosen = person.project === null ? null : projects[person.project];
	return {
		user: { id: "u1", name: person.name, domain_id: "default", domain_name: "市大数据局" },
		csrf: "stand-in",
		must_change_password: person.must,
		profile: process.env["MOCK_PROFILE"] ?? "city",
		expires_at: new Date(Date.now() + 1_800_000).toISOString(),
		roles: auditor ? ["audit_admin"] : ["member"],
		project: chosen ? { id: chosen.id, name: chosen.name } : null,
		projects: auditor ? [] : projects,
	};
}

const images = ["Debian 12 (bookworm)", "openEuler 24.03 LTS", "麒麟 V10 SP3", "cirros"].map((name, n) => ({
	id: randomUUID(),
	name,
	status: n === 2 ? "saving" : "active",
	visibility: n === 3 ? "private" : "public",
	disk_format: "qcow2",
	size: [338_000_000, 512_000_000, null, 16_300_000][n],
	min_disk: [5, 10, 20, 0][n],
	min_ram: [512, 1024, 2048, 0][n],
	created_at: "2026-11-20T03:12:09Z",
	owner: "x",
}));
const flavors = [[1, 512, 1], [1, 2048, 20], [2, 4096, 40], [4, 8192, 80]].map(([vcpus, ram, disk], n) => ({
	id: `${n + 1}`,
	name: ["yy.tiny", "yy.small", "yy.medium", "yy.large"][n],
	vcpus,
	ram,
	disk,
}));
const networks = ["门户前端", "门户数据"].map((name, n) => ({
	id: randomUUID(),
	name,
	status: "ACTIVE",
	admin_state_up: true,
	shared: n === 1,
	"router:external": false,
	mtu: 1442,
	subnets: [],
}));
const subnets = networks.flatMap((network, n) =>
	[0, ...(n === 0 ? [1] : [])].map((m) => ({
		id: randomUUID(),
		name: `子网-${n + 1}${m + 1}`,
		network_id: network.id,
		cidr: `10.${20 + n}.${m}.0/24`,
		gateway_ip: `10.${20 + n}.${m}.1`,
		enable_dhcp: true,
		ip_version: 4,
		dns_nameservers: ["10.0.0.53"],
	})),
);

interface Machine {
	id: string;
	name: string;
	status: string;
	task: string | null;
	flavor: string;
	image: string;
	network: string | null;
	ip: string | null;
	created: string;
	fault: string | null;
}
const machines = new Map<string, Machine>();
function make(name: string, status: string, flavor: number, image: number, host: number | null): Machine {
	const machine: Machine = {
		id: randomUUID(),
		name,
		status,
		task: null,
		flavor: flavors[flavor]!.id,
		image: images[image]!.id,
		network: networks[0]!.name ?? "",
		ip: host === null ? null : `10.20.0.${host}`,
		created: new Date(Date.now() - 86_400_000 * (machines.size + 1)).toISOString(),
		fault: status === "ERROR" ? "No valid host was found: pool 政务外网-三级 has 2 GB of memory left" : null,
	};
	machines.set(machine.id, machine);
	return machine;
}
["portal-web-01", "portal-web-02"].forEach((name, n) => make(name, "ACTIVE", 2, 0, 11 + n));
make("portal-db-01", "ACTIVE", 3, 1, 21);
make("batch-night", "SHUTOFF", 1, 0, 31);
make("report-2026", "ERROR", 3, 1, null);

function wire(m: Machine): unknown {
	return {
		id: m.id,
		name: m.name,
		status: m.status,
		created: m.created,
		updated: m.created,
		flavor: { id: m.flavor },
		image: { id: m.image },
		addresses: m.ip && m.network
			? { [m.network]: [{ addr: m.ip, version: 4, "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:1c:52:9a" }] }
			: {},
		"OS-EXT-STS:task_state": m.task,
		"OS-EXT-AZ:availability_zone": "政务外网-三级",
		...(m.fault !== null && { fault: { message: m.fault, code: 500, created: m.created } }),
	};
}

function create(body: unknown): Answer {
	const asked = (body as { server: { name: string; imageRef: string; flavorRef: string; networks: { uuid: string }[] } }).server;
	if (asked.name.includes("!"))
		return {
			status: 400,
			body: { badRequest: { code: 400, message: `Invalid input for field/attribute name. Value: ${asked.name}. It contains '!'` } },
		};
	const machine = make(asked.name, "BUILD", 0, 0, null);
	Object.assign(machine, {
		flavor: asked.flavorRef,
		image: asked.imageRef,
		task: "scheduling",
		network: networks.find((n) => n.id === asked.networks[0]?.uuid)?.name ?? null,
		created: new Date().toISOString(),
	});
	const step = (after: number, change: Partial<Machine>): void => {
		setTimeout(() => {
			Object.assign(machine, change);
			post(machine.id, machine.status, machine.task);
		}, after);
	};
	step(300, { task: "networking" });
	step(1500, { task: "spawning", ip: `10.20.0.${40 + machines.size}` });
	step(4000, { status: "ACTIVE", task: null });
	return { status: 202, body: { server: { id: machine.id } } };
}

function remove(machine: Machine): Answer {
	machine.task = "deleting";
	post(machine.id, machine.status, machine.task);
	setTimeout(() => {
		machines.delete(machine.id);
		post(machine.id, "DELETED", null);
	}, 2000);
	return { status: 204 };
}

const consoleText = [
	"\u001b[0m[    0.000000] Linux version 6.1.0-41-amd64 (stand-in)",
	"[    0.512345] virtio_net virtio0 ens3: renamed from eth0",
	"[    1.202001] EXT4-fs (vda1): mounted filesystem with ordered data mode",
	"Starting \u001b[0;1;39msystemd-networkd\u001b[0m...",
	"[\u001b[0;32m  OK  \u001b[0m] Reached target \u001b[0;1;39mMulti-User System\u001b[0m.",
	"",
	"Debian GNU/Linux 12 portal-web-01 ttyS0",
	"",
	"portal-web-01 login: ",
].join("\r\n");

function limits(): unknown {
	const used = [...machines.values()].map((m) => flavors.find((f) => f.id === m.flavor));
	const sum = (pick: "vcpus" | "ram"): number => used.reduce((all, f) => all + (f?.[pick] ?? 0), 0);
	return {
		limits: {
			rate: [],
			absolute: {
				maxTotalInstances: 10, totalInstancesUsed: machines.size,
				maxTotalCores: 20, totalCoresUsed: sum("vcpus"),
				maxTotalRAMSize: 32_768, totalRAMUsed: sum("ram"),
			},
		},
	};
}

const audit = Array.from({ length: 72 }, (_, n) => ({
	id: 1000 - n,
	at: new Date(Date.now() - n * 431_000).toISOString(),
	actor_name: ["陈海燕", "clerk", "security", null][n % 4],
	action: ["compute.server.create", "identity.session.create", "identity.role.assign", "compute.server.delete"][n % 4],
	subject: ["server", "user", "role", "server"][n % 4],
	subject_id: "0193a1c2-7b1e",
	outcome: n % 7 === 3 ? "forbidden" : "ok",
	reason: n % 7 === 3 ? "you may not do this" : null,
	batch: n < 2 ? 0 : 400 - n,
	request_id: `req-${n}`,
	from_address: "10.8.3.21",
	changes: n % 4 === 0 ? [{ member: "name", before: null, after: "portal-web-01" }, { member: "password", before: "***", after: "***" }] : [],
}));

function logIn(body: unknown): Answer {
	const asked = body as { user: string; password: string; passcode?: string };
	const person = people.get(asked.user);
	if (asked.user === "locked" || (person && person.wrong >= 5))
		return refuse(403, "locked", "this account is locked until 09:30");
	if (person && asked.password.startsWith("wrong"))
		person.wrong++;
	if (!person || (asked.password !== person.password && asked.password !== "first"))
		return refuse(401, "signed-out", "the user or the password is wrong");
	if (asked.user === "second" && asked.passcode === undefined)
		return refuse(401, "passcode-required", "a passcode is wanted");
	person.must = asked.password === "first";
	/* As the daemon does: it begins in the first VDC. */
	person.project = person.name === "auditadmin" ? null : 0;
	return { status: 201, body: session(person), cookie: person.name };
}

function ofSession(call: string, body: unknown, person: Person | undefined): Answer | null {
	if (call === "POST /api/v1/session")
		return logIn(body);
	if (!person)
		return refuse(401, "signed-out", "log in first");
	switch (call) {
	case "GET /api/v1/session":
		return { status: 200, body: session(person) };
	case "PUT /api/v1/session/project":
		person.project = projects.findIndex((p) => p.id === (body as { project_id: string }).project_id);
		return { status: 200, body: session(person) };
	case "DELETE /api/v1/session":
		return { status: 204, cookie: "" };
	case "POST /api/v1/session/password": {
		const asked = body as { original_password: string; password: string };
		if (asked.password.length < 8)
			return refuse(400, "bad-input", "a password has at least 8 characters", "password");
		person.password = asked.password;
		person.must = false;
		return { status: 204 };
	}
	default:
		return null;
	}
}

function ofServer(call: string, person: Person): Answer | null {
	const found = /^(GET|POST|DELETE) \/compute\/v2.1\/servers\/([\w-]+)(\/action)?$/.exec(call);
	if (!found || person.project === null)
		return null;
	const machine = machines.get(found[2] ?? "");
	if (!machine)
		return { status: 404, body: { itemNotFound: { code: 404, message: `Instance ${found[2]} could not be found.` } } };
	if (found[1] === "DELETE")
		return remove(machine);
	return found[3]
		? { status: 200, body: { output: consoleText } }
		: { status: 200, body: { server: wire(machine) } };
}

export function answer(call: string, query: URLSearchParams, body: unknown, cookie: string): Answer {
	if (call === "GET /api/v1/about")
		return {
			status: 200,
			body: {
				version: "0.0.0-stand-in",
				profile: process.env["MOCK_PROFILE"] ?? "city",
				city: "宁波市",
				engines: {
					compute: { driver: "libvirt", real: true, says: "qemu:///system, KVM, 1 host" },
					network: { driver: "fake", real: false, says: "stand-in of the development server" },
				},
			},
		};
	const person = people.get(/stand-in=(\w+)/.exec(cookie)?.[1] ?? "");
	const first = ofSession(call, body, person);
	if (first)
		return first;
	if (!person)
		return refuse(401, "signed-out", "log in first");

	switch (call) {
	case "GET /compute/v2.1/servers/detail":
		return { status: 200, body: { servers: [...machines.values()].reverse().map(wire) } };
	case "POST /compute/v2.1/servers":
		return create(body);
	case "GET /compute/v2.1/flavors/detail":
		return { status: 200, body: { flavors } };
	case "GET /compute/v2.1/limits":
		return { status: 200, body: limits() };
	case "GET /image/v2/images":
		return { status: 200, body: { images } };
	case "GET /network/v2.0/networks":
		return { status: 200, body: { networks } };
	case "GET /network/v2.0/subnets":
		return { status: 200, body: { subnets } };
	case "GET /api/v1/audit": {
		const from = Number(query.get("marker") ?? 0);
		const to = from + Number(query.get("limit") ?? 50);
		return { status: 200, body: { entries: audit.slice(from, to), next: to < audit.length ? `${to}` : null } };
	}
	default:
		return ofServer(call, person) ?? refuse(404, "not-found", `the stand-in does not know ${call}`);
	}
}
