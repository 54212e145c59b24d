/* SPDX-License-Identifier: Apache-2.0 */
/* Departments (domains), VDCs (projects) and their people by the Keystone-compatible service, and the quotas that
 * administrators give to VDCs, each by the service that keeps it. */
import { ask, get } from "./http";

const base = "/identity/v3";
const part = encodeURIComponent;

export interface Department {
	id: string;
	name: string;
	description: string;
	enabled: boolean;
}

export interface VdcFacts {
	id: string;
	name: string;
	domain_id: string;
	description: string;
	enabled: boolean;
}

export interface User {
	id: string;
	name: string;
	domain_id: string;
	enabled: boolean;
}

export async function listDepartments(signal?: AbortSignal): Promise<Department[]> {
	return (await get<{ domains: Department[] }>(`${base}/domains`, signal)).domains;
}

export async function listVdcs(signal?: AbortSignal): Promise<VdcFacts[]> {
	return (await get<{ projects: VdcFacts[] }>(`${base}/projects`, signal)).projects;
}

export async function createDepartment(what: { name: string; description: string }): Promise<Department> {
	return (await ask<{ domain: Department }>("POST", `${base}/domains`, { domain: { ...what, enabled: true } })).domain;
}

export async function createVdc(what: { name: string; domain_id: string; description: string }): Promise<VdcFacts> {
	return (await ask<{ project: VdcFacts }>("POST", `${base}/projects`, { project: { ...what, enabled: true } })).project;
}

export async function createUser(what: { name: string; domain_id: string; password: string; default_project_id: string }): Promise<User> {
	return (await ask<{ user: User }>("POST", `${base}/users`, { user: { ...what, enabled: true } })).user;
}

export async function listRoles(signal?: AbortSignal): Promise<{ id: string; name: string }[]> {
	return (await get<{ roles: { id: string; name: string }[] }>(`${base}/roles`, signal)).roles;
}

export const giveRole = (vdc: string, user: string, role: string): Promise<null> =>
	ask("PUT", `${base}/projects/${part(vdc)}/users/${part(user)}/roles/${part(role)}`);

export const takeRole = (vdc: string, user: string, role: string): Promise<null> =>
	ask("DELETE", `${base}/projects/${part(vdc)}/users/${part(user)}/roles/${part(role)}`);

export interface Holder {
	user: string;
	roles: string[];
}

/** Who holds roles in a VDC, by name. */
export async function listHolders(vdc: string, signal?: AbortSignal): Promise<Holder[]> {
	const answer = await get<{ role_assignments: { user?: { name: string }; role: { name: string } }[] }>(
		`${base}/role_assignments?scope.project.id=${part(vdc)}&include_names=true`,
		signal,
	);
	const holders = new Map<string, string[]>();
	for (const { user, role } of answer.role_assignments) {
		if (user)
			holders.set(user.name, [...(holders.get(user.name) ?? []), role.name]);
	}
	return [...holders].map(([user, roles]) => ({ user, roles: roles.sort() })).sort((a, b) => a.user.localeCompare(b.user));
}

export interface VdcQuota {
	servers: number;
	vcpus: number;
	/** MiB */
	ram: number;
	networks: number;
	systems: number;
}

/** Each service keeps its own part. Numbers below 0 mean: no limit. */
export async function setVdcQuota(vdc: string, quota: VdcQuota): Promise<void> {
	await ask("PUT", `/compute/v2.1/os-quota-sets/${part(vdc)}`, {
		quota_set: { instances: quota.servers, cores: quota.vcpus, ram: quota.ram },
	});
	await ask("PUT", `/network/v2.0/quotas/${part(vdc)}`, { quota: { network: quota.networks, subnet: quota.networks } });
	await ask("PUT", `/api/v1/system-quotas/${part(vdc)}`, { systems: quota.systems });
}

export interface Allowance {
	used: number;
	max: number | null;
}

/** What a VDC has and may have of servers, CPUs and memory. */
export async function readVdcQuota(vdc: string, signal?: AbortSignal): Promise<Record<"servers" | "vcpus" | "ram", Allowance>> {
	const { quota_set } = await get<{ quota_set: Record<string, { in_use: number; limit: number }> }>(
		`/compute/v2.1/os-quota-sets/${part(vdc)}/detail`,
		signal,
	);
	const of = (name: string): Allowance => {
		const one = quota_set[name];
		return { used: one?.in_use ?? 0, max: one && one.limit >= 0 ? one.limit : null };
	};
	return { servers: of("instances"), vcpus: of("cores"), ram: of("ram") };
}

export async function readSystemQuota(vdc: string, signal?: AbortSignal): Promise<Allowance> {
	const answer = await get<{ systems: number; used: number }>(`/api/v1/system-quotas/${part(vdc)}`, signal);
	return { used: answer.used, max: answer.systems < 0 ? null : answer.systems };
}
