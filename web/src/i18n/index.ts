/* SPDX-License-Identifier: Apache-2.0 */
/* Words in two languages. A dictionary of its own and not vue-i18n: every name of a text is checked by
 * the compiler, and nothing is compiled in the browser. The choice is remembered on this machine. */
import { computed, ref } from "vue";
import { en } from "./en";
import type { Path, Word, Words } from "./words";
import { zh } from "./zh";

export type { Word };
export type Language = "zh-CN" | "en";

const dictionaries: Record<Language, Words> = { "zh-CN": zh, en };
const remembered = "yongyun.language";

function initial(): Language {
	return localStorage.getItem(remembered) === "en" ? "en" : "zh-CN";
}

const current = ref<Language>(initial());

export const language = computed(() => current.value);

export function setLanguage(next: Language): void {
	current.value = next;
	localStorage.setItem(remembered, next);
	document.documentElement.lang = next;
}

type Values = Record<string, string | number>;

function fill(pattern: string, values: Values): string {
	return pattern.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function look(dictionary: object, path: string): string | undefined {
	const cut = path.indexOf(".");
	const group = (dictionary as Record<string, Record<string, string>>)[path.slice(0, cut)];
	return group?.[path.slice(cut + 1)];
}

/** The text of that name in the language in force; {name} is replaced from `values`. */
export function t(word: Word, values: Values = {}): string {
	return fill(look(dictionaries[current.value], word) ?? word, values);
}

/** A word that the daemon chose ("ACTIVE"), in a group of the dictionary; itself where none is known. */
export function say(group: keyof Words, word: string): string {
	return look(dictionaries[current.value], `${group}.${word}`) ?? word;
}

/** t() and say() of a dictionary that is loaded with the pages that want it. */
export function wordsOf<T extends object>(chinese: T, english: T): { t: (word: Path<T>, values?: Values) => string; say: (group: keyof T & string, word: string) => string } {
	const own = (): T => (current.value === "en" ? english : chinese);
	return {
		t: (word, values = {}) => fill(look(own(), word) ?? word, values),
		say: (group, word) => look(own(), `${group}.${word}`) ?? word,
	};
}
