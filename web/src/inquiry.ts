/* SPDX-License-Identifier: Apache-2.0 */
/* The questionnaire of a guide: what it asks, how answers go to the daemon, and conditions in words. A condition is FEEL;
 * what of it people write every day is said in words, and what goes beyond that is shown as it stands. */
import type { Answer, Question } from "./api/hall";
import { t } from "./i18n";

/** What a form-js schema can be asked for before there is a form: its fields that hold one plain value. */
export function questionsOfForm(form: unknown): Question[] {
	const found: Question[] = [];
	const walk = (component: unknown): void => {
		if (typeof component !== "object" || component === null)
			return;
		const { type, key, label, subtype, values, components } = component as Record<string, unknown>;
		const plain: Record<string, Question["kind"]> = { textfield: "text", textarea: "text", number: "number", checkbox: "yes-no" };
		const choices = Array.isArray(values)
			? values.map((one: { value?: unknown }) => one.value).filter((value) => typeof value === "string")
			: [];
		const kind = (type === "radio" || type === "select") && choices.length > 0 ? "choice" : type === "datetime" && subtype === "date" ? "date" : plain[String(type)];
		if (kind !== undefined && typeof key === "string")
			found.push({ key, text: typeof label === "string" && label !== "" ? label : key, help: null, kind, choices });
		/* The fields of a list and of a group with a path have other names. */
		if (Array.isArray(components) && type !== "dynamiclist" && (component as { path?: unknown }).path === undefined)
			components.forEach(walk);
	};
	walk(form);
	return found;
}

/** What was given, as the daemon takes it; what nobody has answered is left out. */
export function answersOf(questions: readonly Question[], given: Readonly<Record<string, string>>): Record<string, Answer> {
	const answers: Record<string, Answer> = {};
	for (const { key, kind } of questions) {
		const text = (given[key] ?? "").trim();
		if (text === "")
			continue;
		if (kind === "yes-no")
			answers[key] = text === "yes";
		/* Of what is no number the daemon says so beside the field. */
		else if (kind === "number")
			answers[key] = Number.isFinite(Number(text)) ? Number(text) : text;
		else
			answers[key] = text;
	}
	return answers;
}

const lexeme = /\s*(?:("(?:[^"\\]|\\.)*")|(\d+(?:\.\d+)?)|([\p{L}_][\p{L}\p{N}_]*)|(!=|<=|>=|[<>=()]))/uy;

function lexemes(text: string): string[] | null {
	const found: string[] = [];
	const end = text.trimEnd().length;
	lexeme.lastIndex = 0;
	while (lexeme.lastIndex < end) {
		const one = lexeme.exec(text);
		if (one === null)
			return null;
		found.push(one[0].trim());
	}
	return found;
}

const comparisons = { "=": "condition.is", "!=": "condition.isNot", "<": "condition.below", "<=": "condition.most", ">": "condition.above", ">=": "condition.least" } as const;
const words = /^(and|or|not|in|between|if|then|else|for|some|every|satisfies|return|function|instance|of|null|true|false)$/;

/* One pass over the lexemes. Each part is a text, or throws where the condition is of no kind that has words. */
class Reader {
	private at = 0;
	constructor(
		private readonly parts: readonly string[],
		private readonly questions: readonly Question[],
	) {}

	whole(): string {
		const said = this.any();
		if (this.at < this.parts.length)
			throw new RangeError("words left");
		return said;
	}

	private take(what: string): boolean {
		if (this.parts[this.at] !== what)
			return false;
		this.at++;
		return true;
	}

	private any(): string {
		const said = [this.all()];
		while (this.take("or"))
			said.push(this.all());
		return said.join(t("condition.or"));
	}

	private all(): string {
		const said = [this.one()];
		while (this.take("and"))
			said.push(this.one());
		return said.join(t("condition.and"));
	}

	private one(): string {
		if (this.parts[this.at] === "not" && this.parts[this.at + 1] === "(") {
			this.at += 2;
			const question = this.parts[this.at + 1] === ")" ? this.yesNo(this.parts[this.at]) : undefined;
			if (question)
				this.at++;
			const said = question ? t("condition.is", { what: question.text, value: t("common.no") }) : t("condition.not", { what: this.any() });
			if (!this.take(")"))
				throw new RangeError("not closed");
			return said;
		}
		if (this.take("(")) {
			const said = t("condition.group", { what: this.any() });
			if (!this.take(")"))
				throw new RangeError("not closed");
			return said;
		}
		return this.compared();
	}

	private compared(): string {
		const name = this.parts[this.at++] ?? "";
		const question = this.questions.find((one) => one.key === name);
		if (!question || words.test(name))
			throw new RangeError("no question");
		const word = comparisons[this.parts[this.at] as keyof typeof comparisons];
		if (word === undefined) {
			if (question.kind !== "yes-no")
				throw new RangeError("no condition");
			return t("condition.is", { what: question.text, value: t("common.yes") });
		}
		const value = this.parts[this.at + 1] ?? "";
		this.at += 2;
		if (value === "null" && (word === "condition.is" || word === "condition.isNot"))
			return t(word === "condition.is" ? "condition.empty" : "condition.given", { what: question.text });
		return t(word, { what: question.text, value: this.value(value) });
	}

	private yesNo(name: string | undefined): Question | undefined {
		return this.questions.find((one) => one.key === name && one.kind === "yes-no");
	}

	private value(text: string): string {
		if (text === "true" || text === "false")
			return t(text === "true" ? "common.yes" : "common.no");
		if (text.startsWith('"'))
			return text.slice(1, -1).replace(/\\(.)/g, "$1");
		if (!/^\d/.test(text))
			throw new RangeError("no plain value");
		return text;
	}
}

/** A condition in words, or null where it goes beyond what words are kept for. */
export function inWords(condition: string, questions: readonly Question[]): string | null {
	const parts = lexemes(condition);
	if (parts === null || parts.length === 0 || parts.length > 200)
		return null;
	try {
		return new Reader(parts, questions).whole();
	} catch (thrown) {
		if (thrown instanceof RangeError)
			return null;
		throw thrown;
	}
}
