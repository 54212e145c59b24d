/* SPDX-License-Identifier: Apache-2.0 */
/* Moving in 拎包入驻: what a department is to get, done step by step by the services that keep it. What is done
 * stays done; after a refusal the form is put right and the rest goes on from there. In a city the steps belong to two
 * persons (三员分立): the system administrator gives resources, the security administrator makes people. */
import { reactive } from "vue";
import { createServer } from "../api/compute";
import { createDepartment, createUser, createVdc, giveRole, listRoles, setVdcQuota, takeRole } from "../api/department";
import type { Department, VdcQuota } from "../api/department";
import { answerOffer, shareImage } from "../api/image";
import { createNetwork, createSubnet, listSubnets } from "../api/network";
import { setVdcPools } from "../api/pool";
import { asProblem, Problem } from "../api/problem";
import { chooseVdc } from "../api/session";
import { session } from "./session";

export type StepName = "department" | "vdc" | "quota" | "pools" | "network" | "people" | "servers";

export interface Newcomer {
	name: string;
	role: "admin" | "member" | "reader";
}

export interface Plan {
	/** One that is there already, or a new one of this name. */
	departmentId: string;
	department: string;
	description: string;
	vdc: string;
	quota: VdcQuota;
	/** The pools that it may use; none: all. */
	pools: string[];
	network: { name: string; cidr: string } | null;
	people: Newcomer[];
	servers: { count: number; prefix: string; imageId: string; shared: boolean; flavorId: string } | null;
}

export interface Progress {
	name: StepName;
	state: "waiting" | "running" | "done" | "failed";
	problem: Problem | null;
}

/** The house's role for each kind of newcomer; the first implies the second, and that the third. */
const roleOfKind: Record<Newcomer["role"], string> = { admin: "vdc_admin", member: "member", reader: "reader" };

/** One-time passwords of people made in this window, by user name: shown once on the sheet, kept nowhere. */
const passwords = reactive(new Map<string, Map<string, string>>());
export const passwordsOf = (vdc: string): ReadonlyMap<string, string> => passwords.get(vdc) ?? new Map();

/** Long, of every kind of character, and without letters that are mistaken for one another on paper. */
export function oneTimePassword(): string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789";
	const picked: string[] = [];
	while (picked.length < 15) {
		/* The bytes that would favour the first letters are thrown away. */
		for (const byte of crypto.getRandomValues(new Uint8Array(32)))
			if (byte < 256 - (256 % letters.length) && picked.length < 15)
				picked.push(letters[byte % letters.length]!);
	}
	return `Yy9-${picked.slice(0, 5).join("")}-${picked.slice(5, 10).join("")}-${picked.slice(10).join("")}`;
}

/** Makes people in a VDC; those in `made` are there already. */
export async function settlePeople(domain: string, vdc: string, people: readonly Newcomer[], made: Set<string>): Promise<void> {
	const roles = new Map((await listRoles()).map((role) => [role.name, role.id]));
	for (const person of people) {
		if (made.has(person.name))
			continue;
		const role = roles.get(roleOfKind[person.role]);
		if (role === undefined)
			throw new Problem(404, "not-found", `there is no role ${roleOfKind[person.role]}`);
		const password = oneTimePassword();
		const user = await createUser({ name: person.name, domain_id: domain, password, default_project_id: vdc });
		const known = passwords.get(vdc) ?? new Map<string, string>();
		passwords.set(vdc, known.set(person.name, password));
		made.add(person.name);
		await giveRole(vdc, user.id, role);
	}
}

export interface Moving {
	steps: Progress[];
	vdcId: () => string;
	/** True when all steps are done; false when one was refused. */
	go: (plan: Plan) => Promise<boolean>;
}

export function moveIn(names: StepName[]): Moving {
	const steps = reactive(names.map((name): Progress => ({ name, state: "waiting", problem: null })));
	let department: Pick<Department, "id"> | null = null;
	let vdc = "";
	let network = "";
	const made = new Set<string>();
	let started = 0;

	/* A server is always of the VDC that one is in: the administrator goes there for as long as it takes. */
	const startServers = async (what: NonNullable<Plan["servers"]>): Promise<void> => {
		const me = session.value!;
		const member = (await listRoles()).find((role) => role.name === "member")!; /* built in */
		if (what.shared && started === 0)
			await shareImage(what.imageId, vdc);
		await giveRole(vdc, me.user.id, member.id);
		try {
			await chooseVdc(vdc);
			if (what.shared && started === 0)
				await answerOffer(what.imageId, vdc, "accepted");
			while (started < what.count) {
				const number = String(started + 1).padStart(2, "0");
				await createServer({ name: `${what.prefix}-${number}`, imageRef: what.imageId, flavorRef: what.flavorId, networkId: network });
				started++;
			}
		} finally {
			await chooseVdc(me.project?.id ?? null);
			await takeRole(vdc, me.user.id, member.id);
		}
	};

	const acts: Record<StepName, (plan: Plan) => Promise<void>> = {
		department: async (plan) => {
			department = plan.departmentId ? { id: plan.departmentId } : await createDepartment({ name: plan.department, description: plan.description });
		},
		vdc: async (plan) => {
			vdc = (await createVdc({ name: plan.vdc, domain_id: department!.id, description: plan.description })).id;
		},
		quota: (plan) => setVdcQuota(vdc, plan.quota),
		pools: async (plan) => {
			await setVdcPools(vdc, plan.pools);
		},
		network: async (plan) => {
			if (!plan.network)
				return;
			const { name, cidr } = plan.network;
			network ||= (await createNetwork({ name, project_id: vdc })).id;
			/* A subnet that was refused is asked for again, on the network that is there. */
			if (!(await listSubnets()).some((subnet) => subnet.network_id === network))
				await createSubnet({ network_id: network, name: `${name}-v4`, cidr, project_id: vdc });
		},
		people: (plan) => settlePeople(department!.id, vdc, plan.people, made),
		servers: async (plan) => {
			if (plan.servers && network)
				await startServers(plan.servers);
		},
	};

	const go = async (plan: Plan): Promise<boolean> => {
		for (const step of steps) {
			if (step.state === "done")
				continue;
			step.state = "running";
			step.problem = null;
			try {
				await acts[step.name](plan);
			} catch (thrown) {
				step.state = "failed";
				step.problem = asProblem(thrown);
				return false;
			}
			step.state = "done";
		}
		return true;
	};
	return { steps, vdcId: () => vdc, go };
}
