/* SPDX-License-Identifier: Apache-2.0 */
/* An application while it is written: read, kept as one draft with whoever applies, the answers and the form, and saved as
 * a whole. What the daemon refuses is said at its field, and `open` is called with the step that has it. */
import type { Ref, ShallowRef } from "vue";
import { reactive, ref, shallowRef } from "vue";
import type { CaseWhole, Content } from "../api/cases";
import { createCase, saveCase, showCase, submitCase } from "../api/cases";
import type { ItemGuide } from "../api/hall";
import { showItem } from "../api/hall";
import { asProblem, Problem } from "../api/problem";
import type { People, Step } from "../casePaper";
import { applicantsOf, emptyFields, givenOf, isOpen, peopleOf, stepOf } from "../casePaper";
import { answersOf } from "../inquiry";
import type { Drawn } from "./drawn";
import { useDrawn } from "./drawn";
import type { Form } from "./form";
import { useForm } from "./form";

export interface CaseDraft {
	whole: ShallowRef<CaseWhole | null>;
	guide: ShallowRef<ItemGuide | null>;
	/** Why it could not be read. */
	unread: ShallowRef<Problem | null>;
	people: Ref<People>;
	byAgent: Ref<boolean>;
	/** Answers by the keys of the questions, as they are typed. */
	given: Record<string, string>;
	drawn: Drawn;
	form: Form<string>;
	/** One that is there, or a new one for the item of the code. */
	load: (id: string | null, code: string) => Promise<void>;
	/** Reads what is needed and given again, when files have come or gone. */
	refresh: () => Promise<void>;
	save: () => Promise<boolean>;
	/** Hands in what was saved; "newer": the item has another version by now, which is to be looked at first. */
	submit: () => Promise<"done" | "refused" | "newer">;
}

export function useCaseDraft(open: (step: Step) => void): CaseDraft {
	const whole = shallowRef<CaseWhole | null>(null);
	const guide = shallowRef<ItemGuide | null>(null);
	const unread = shallowRef<Problem | null>(null);
	const people = ref<People>(peopleOf(null, null));
	const byAgent = ref(false);
	const given = reactive<Record<string, string>>({});
	const names: Record<string, string> = {};
	const drawn = useDrawn();
	const form = useForm<string>(names, takes);

	/* A field of the form-js form, also one that the conditions ask for as an answer, says it itself. */
	function takes(refusal: Problem): boolean {
		const step = stepOf(refusal.field);
		if (step !== null)
			open(step);
		const path = /^(?:form|answers)\.(.+)$/.exec(refusal.field ?? "")?.[1];
		if (path === undefined || names[refusal.field ?? ""] !== undefined)
			return false;
		return drawn.take(new Problem(refusal.status, refusal.word, refusal.message.replace(/^form: /, ""), path, refusal.requestId));
	}

	function take(next: CaseWhole, item: ItemGuide): void {
		whole.value = next;
		guide.value = item;
		for (const key of Object.keys(names))
			delete names[key];
		const fields = [...Object.keys(people.value), "agent", "answers", ...item.content.questions.map((one) => `answers.${one.key}`), ...item.content.materials.map((one) => `materials.${one.code}`)];
		for (const field of fields)
			names[field] = field;
	}

	async function load(id: string | null, code: string): Promise<void> {
		unread.value = null;
		try {
			const found = id === null ? null : await showCase("mine", id);
			/* A draft follows its item; what was handed in keeps its version. */
			const version = found === null || found.case.state === "draft" ? null : found.case.item_version;
			const item = await showItem(found?.case.item_code ?? code, undefined, version);
			const kinds = item.content.subjects.filter((one) => one === "person" || one === "company");
			people.value = peopleOf(found?.case.applicant ?? null, found?.case.agent ?? null);
			people.value["applicant.kind"] ||= kinds[0] ?? "person";
			byAgent.value = found === null ? people.value["applicant.kind"] === "company" : found.case.agent !== null;
			Object.assign(given, givenOf(found?.case.answers ?? {}));
			if (found !== null && !isOpen(found.case.state))
				throw new Problem(409, "conflict", `the case is ${found.case.state}: it is changed as a draft`);
			take(found ?? blank, item);
		} catch (thrown) {
			unread.value = asProblem(thrown);
		}
	}

	async function refresh(): Promise<void> {
		const now = whole.value;
		if (now !== null && now.case.id !== "")
			whole.value = await showCase("mine", now.case.id);
	}

	function content(): Content {
		const item = guide.value!.content;
		const answers = answersOf(item.questions, given);
		const form = item.form ? (drawn.sheet.value?.values() ?? whole.value!.case.form) : undefined;
		return { ...applicantsOf(people.value, byAgent.value), answers, ...(form !== undefined && { form }) };
	}

	/* Sends the draft; the case as it is then. */
	async function put(): Promise<CaseWhole> {
		const { id } = whole.value!.case;
		return id === "" ? createCase(guide.value!.entry.code, content()) : saveCase(id, content());
	}

	const check = (): Record<string, string> => {
		const empty = emptyFields(people.value, byAgent.value);
		if (Object.keys(empty).length > 0)
			open("people");
		return empty;
	};

	function forget(): void {
		for (const path of Object.keys(drawn.errors))
			drawn.clear(path);
	}

	async function save(): Promise<boolean> {
		forget();
		return form.submit(check, async () => {
			whole.value = await put();
		});
	}

	async function submit(): Promise<"done" | "refused" | "newer"> {
		const item = guide.value!;
		let newer = false;
		if (item.content.form && drawn.read() === null) {
			open("questions");
			return "refused";
		}
		const sent = await form.submit(check, async () => {
			whole.value = await put();
			newer = whole.value.case.item_version !== item.version;
			if (newer)
				take(whole.value, await showItem(item.entry.code));
			else
				whole.value = await submitCase(whole.value.case.id);
		});
		return !sent ? "refused" : newer ? "newer" : "done";
	}

	return { whole, guide, unread, people, byAgent, given, drawn, form, load, refresh, save, submit };
}

/* What stands there before anything was saved: the daemon has no such case. */
const blank: CaseWhole = {
	case: {
		id: "", accept_no: null, item_code: "", item_version: 0, item_name: "", state: "draft", channel: "", applicant_name: "",
		received_at: null, silent_at: null, accepted_at: null, deemed: false, due_at: null, left: null, promise_unit: "working-day",
		overdue: false, warning: null, created_at: "", updated_at: "", applicant: { kind: "person", name: "", number: "", phone: "" },
		agent: null, answers: {}, form: {}, promise_days: 0, corrections: 0, reason: null,
	},
	needs: [],
	materials: [],
	steps: [],
};
