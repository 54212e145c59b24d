/* SPDX-License-Identifier: Apache-2.0 */
/* Who is logged in and in which VDC: the one copy of it in the portal. */
import { computed, shallowRef } from "vue";
import { useCsrf } from "../api/http";
import { asProblem } from "../api/problem";
import * as api from "../api/session";

/* The cookie cannot be read by scripts. This remembers that there may be one, so that whoever comes to log in
 * does not begin with a call that must be refused. */
const hint = "yongyun.session";

const current = shallowRef<api.Session | null>(null);
let loaded: Promise<void> | null = null;

export const session = computed(() => current.value);
/** The department that one acts for: of the VDC, else one's own. */
export const departmentId = computed(() => {
	const now = current.value;
	return now?.projects.find((vdc) => vdc.id === now.project?.id)?.domain_id ?? now?.user.domain_id ?? "";
});
export const project = computed(() => current.value?.project ?? null);

export function setSession(next: api.Session | null): void {
	current.value = next;
	useCsrf(next?.csrf ?? null);
	if (next)
		localStorage.setItem(hint, "1");
	else
		localStorage.removeItem(hint);
}

/** Reads the session of the cookie, once; nobody logged in is not an error. */
export function loadSession(): Promise<void> {
	if (current.value !== null || localStorage.getItem(hint) === null)
		return Promise.resolve();
	loaded ??= api.readSession().then(setSession, (thrown: unknown) => {
		const problem = asProblem(thrown);
		if (problem.status !== 401) {
			loaded = null;
			throw problem;
		}
		setSession(null);
	});
	return loaded;
}

export async function logIn(who: api.Credentials): Promise<void> {
	setSession(await api.logIn(who));
}

export async function enterVdc(id: string): Promise<void> {
	setSession(await api.chooseVdc(id));
}

/** Who holds one single VDC need not choose it. */
export async function enterOnlyVdc(): Promise<void> {
	const now = current.value;
	const only = now?.projects.length === 1 ? now.projects[0] : undefined;
	if (now && !now.must_change_password && !now.project && only)
		await enterVdc(only.id);
}

export async function logOut(): Promise<void> {
	try {
		await api.logOut();
	} finally {
		setSession(null);
	}
}

/** Changes the password and reads the session again, which a forced change had narrowed. */
export async function changePassword(old: string, next: string): Promise<void> {
	await api.changePassword(old, next);
	setSession(await api.readSession());
}

/** What opens a page beyond the chosen VDC. */
export type Duty = "audit" | "resources" | "people" | "data" | "items" | "edit-items" | "approve-items" | "apply" | "window" | "receive";

const rolesOf: Record<Duty, readonly string[]> = {
	audit: ["audit_admin", "admin"],
	resources: ["system_admin", "admin"],
	people: ["security_admin", "admin"],
	data: ["data_steward", "admin"],
	items: ["item_editor", "item_approver", "department_admin", "admin"],
	"edit-items": ["item_editor", "admin"],
	"approve-items": ["item_approver", "department_admin", "admin"],
	apply: ["member", "vdc_admin", "window_clerk", "admin"],
	window: ["window_clerk", "admin"],
	receive: ["case_clerk", "admin"],
};

export function holds(duty: Duty): boolean {
	return current.value?.roles.some((role) => rolesOf[duty].includes(role)) ?? false;
}
