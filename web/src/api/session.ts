/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in and out, the chosen VDC, the password: /api/v1/session. */
import { ask, get } from "./http";
import type { Problem } from "./problem";

export interface Vdc {
	id: string;
	name: string;
	domain_id: string;
	domain_name: string;
}

export interface Session {
	user: { id: string; name: string; domain_id: string; domain_name: string };
	csrf: string;
	must_change_password: boolean;
	profile: Profile;
	expires_at: string;
	/** Names of the roles held in the scope that is in force. */
	roles: string[];
	/** The VDC in force; null before one is chosen and for those who hold none. */
	project: { id: string; name: string } | null;
	projects: Vdc[];
}

export type Profile = "city" | "openstack";

export interface Credentials {
	domain: string;
	user: string;
	password: string;
	/** Second factor, six digits; absent until it is asked for. */
	passcode?: string;
}

export const logIn = (who: Credentials): Promise<Session> => ask("POST", "/api/v1/session", who);
/** The password was right, and a passcode is wanted beside it. */
export const wantsPasscode = (problem: Problem): boolean =>
	problem.status === 401 && (problem.word === "passcode-required" || problem.field === "passcode");
/** A log-in is forbidden only to an account that is locked. */
export const isLocked = (problem: Problem): boolean => problem.status === 403;
export const readSession = (): Promise<Session> => get("/api/v1/session");
/** Null: none, but the widest place where one holds a role. */
export const chooseVdc = (id: string | null): Promise<Session> =>
	ask("PUT", "/api/v1/session/project", { project_id: id });
export const logOut = (): Promise<null> => ask("DELETE", "/api/v1/session");
export const changePassword = (original_password: string, password: string): Promise<null> =>
	ask("POST", "/api/v1/session/password", { original_password, password });
