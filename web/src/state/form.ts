/* SPDX-License-Identifier: Apache-2.0 */
/* What a form has to say about its fields: its own checks before it is sent, and the daemon's refusal beside
 * the field that the daemon names. A refusal that names no field of the form is shown above the buttons. */
import type { Ref } from "vue";
import { reactive, ref, shallowRef } from "vue";
import type { Problem } from "../api/problem";
import { asProblem } from "../api/problem";
import { told } from "../i18n/daemon";

export interface Form<F extends string> {
	errors: Partial<Record<F, string>>;
	problem: Ref<Problem | null>;
	busy: Ref<boolean>;
	/** Forgets what was said, about one field or about all. */
	clear: (field?: F) => void;
	/** Runs `check`; where it finds nothing, runs `send`. True when it was sent and taken. */
	submit: (check: () => Partial<Record<F, string>>, send: () => Promise<unknown>) => Promise<boolean>;
}

/** `names`: which field of the form a member of the wire is ("imageRef" → "image"). `take`: says itself what was
 *  refused, where it is true. */
export function useForm<F extends string>(names: Record<string, F>, take: (refusal: Problem) => boolean = () => false): Form<F> {
	const errors = reactive<Partial<Record<string, string>>>({}) as Partial<Record<F, string>>;
	const problem = shallowRef<Problem | null>(null);
	const busy = ref(false);

	const clear = (field?: F): void => {
		problem.value = null;
		for (const name of field === undefined ? (Object.keys(errors) as F[]) : [field])
			delete errors[name];
	};

	const refused = (now: Problem): void => {
		if (take(now))
			return;
		/* A form with rows knows whole names; "servers.0.networks" and "server.name" name their last known part. */
		const parts = now.field?.split(/[.\/]/).reverse() ?? [];
		const field = (now.field !== null ? names[now.field] : undefined) ?? parts.map((part) => names[part]).find((name) => name !== undefined);
		if (field !== undefined && now.message !== "")
			errors[field] = told(now.message);
		else
			problem.value = now;
	};

	const submit: Form<F>["submit"] = async (check, send) => {
		if (busy.value)
			return false;
		clear();
		Object.assign(errors, check());
		if (Object.keys(errors).length > 0)
			return false;
		busy.value = true;
		try {
			await send();
			return true;
		} catch (thrown) {
			refused(asProblem(thrown));
			return false;
		} finally {
			busy.value = false;
		}
	};

	return { errors, problem, busy, clear, submit };
}

/** What is chosen already where there is one single choice; nothing where there are more, or none. */
export function onlyChoice<T>(choices: readonly T[], what: (one: T) => string): string {
	const [one, ...others] = choices;
	return one !== undefined && others.length === 0 ? what(one) : "";
}
