/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, describe, expect, test } from "vitest";
import { en } from "./en";
import { language, say, setLanguage, t } from "./index";
import { zh } from "./zh";
import { zhCases } from "./zhCases";
import { zhData } from "./zhData";
import { zhHall } from "./zhHall";
import { zhItems } from "./zhItems";
import { zhNetwork } from "./zhNetwork";
import { zhProcess } from "./zhProcess";

afterEach(() => setLanguage("zh-CN"));

type Group = Record<string, string>;
const pairs = Object.entries(zh).flatMap(([group, words]) =>
	Object.entries(words as Group).map(
		([name, chinese]) => [`${group}.${name}`, chinese, (en as unknown as Record<string, Group>)[group]?.[name] ?? ""] as const,
	),
);
const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();

/** The names of the texts that break a rule: a failure lists them all. */
const breaking = (rule: (chinese: string, english: string) => boolean): string[] =>
	pairs.filter(([, chinese, english]) => rule(chinese, english)).map(([name]) => name);

describe("the two dictionaries", () => {
	test("are empty nowhere", () => {
		expect(pairs.length).toBeGreaterThan(200);
		expect(breaking((chinese, english) => chinese === "" || english === "")).toEqual([]);
	});

	test("take the same values in the same texts", () => {
		expect(breaking((chinese, english) => holes(chinese).join() !== holes(english).join())).toEqual([]);
	});

	test("have no group in two files, where the later would hide the earlier", () => {
		const groups = [zhCases, zhData, zhHall, zhItems, zhNetwork, zhProcess].flatMap((part) => Object.entries(part));
		expect(groups.filter(([name, words]) => zh[name as keyof typeof zh] !== words).map(([name]) => name)).toEqual([]);
	});

	test("are not mixed: no Chinese stands in the English one", () => {
		expect(breaking((_chinese, english) => /[\u4e00-\u9fff]/.test(english))).toEqual([]);
	});
});

describe("the language", () => {
	test("is Chinese at first", () => {
		expect(language.value).toBe("zh-CN");
		expect(t("login.title")).toBe("登录");
	});

	test("is remembered, and told to the page", () => {
		setLanguage("en");
		expect(t("login.title")).toBe("Log in");
		expect(localStorage.getItem("yongyun.language")).toBe("en");
		expect(document.documentElement.lang).toBe("en");
	});
});

test("values are put in their places, and a missing one is left to be seen", () => {
	expect(t("common.shown", { n: 2, total: 10 })).toBe("显示 2 / 10 项");
	expect(t("common.shown", { n: 2 })).toBe("显示 2 / {total} 项");
});

test("a word of the daemon that nobody translated is shown as it is", () => {
	expect(say("state", "ACTIVE")).toBe("运行中");
	expect(say("state", "TELEPORTING")).toBe("TELEPORTING");
});
