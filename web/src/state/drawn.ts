/* SPDX-License-Identifier: Apache-2.0 */
/* A form of a process within a dialog: what is said of its fields, before it is sent and when it is refused. */
import type { AsyncComponentLoader, Ref } from "vue";
import { defineAsyncComponent, nextTick, reactive, ref } from "vue";
import type { Values } from "../api/process";
import type { Problem } from "../api/problem";
import { told } from "../i18n/daemon";
import type FormSheetOf from "../parts/FormSheet.vue";

/** The fields, and the interpreter of their conditions, are fetched when there is a form to be drawn. */
export const FormSheet = defineAsyncComponent((() => import("../parts/FormSheet.vue")) as AsyncComponentLoader<typeof FormSheetOf>);

export interface Drawn {
	/** To be bound to the FormSheet. */
	sheet: Ref<InstanceType<typeof FormSheetOf> | null>;
	errors: Partial<Record<string, string>>;
	clear: (path: string) => void;
	/** Says what is plainly wrong; what is handed in where nothing is, and null where something is. */
	read: () => Values | null;
	/** Says a refusal at the field that it names; false where it names none that is shown. */
	take: (refusal: Problem) => boolean;
}

export function useDrawn(): Drawn {
	const sheet: Drawn["sheet"] = ref(null);
	const errors = reactive<Partial<Record<string, string>>>({});

	const say = (faults: Record<string, string>): void => {
		Object.assign(errors, faults);
		const [first] = Object.keys(faults);
		if (first !== undefined)
			void nextTick(() => sheet.value?.focus(first));
	};
	return {
		sheet,
		errors,
		clear: (path) => delete errors[path],
		read: () => {
			for (const path of Object.keys(errors))
				delete errors[path];
			if (!sheet.value)
				return null;
			const faults = sheet.value.check();
			say(faults);
			return Object.keys(faults).length > 0 ? null : sheet.value.values();
		},
		take: (refusal) => {
			const path = refusal.field === null ? undefined : sheet.value?.fieldOf(refusal.field);
			if (path === undefined || refusal.message === "")
				return false;
			say({ [path]: told(refusal.message) });
			return true;
		},
	};
}
