/* SPDX-License-Identifier: Apache-2.0 */
/* The second factor of a person: Keystone's credentials of the type totp. */
import { ask, get } from "./http";

const base = "/identity/v3/credentials";

/** The ids of the second factors that a person has. */
export async function listSecondFactors(userId: string, signal?: AbortSignal): Promise<string[]> {
	const answer = await get<{ credentials: { id: string }[] }>(
		`${base}?type=totp&user_id=${encodeURIComponent(userId)}`,
		signal,
	);
	return answer.credentials.map((credential) => credential.id);
}

/** From now on a log-in asks for a code of the authenticator that has `secret` (base32). */
export const addSecondFactor = (userId: string, secret: string): Promise<unknown> =>
	ask("POST", base, { credential: { type: "totp", user_id: userId, blob: secret } });

export const dropSecondFactor = (id: string): Promise<null> => ask("DELETE", `${base}/${encodeURIComponent(id)}`);
