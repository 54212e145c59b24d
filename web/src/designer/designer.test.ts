/* SPDX-License-Identifier: Apache-2.0 */
/* What of the designer is no picture: names and words of models, what is kept of them, and the sentences of bpmn-js. */
import Viewer from "bpmn-js/lib/Viewer";
import { afterEach, describe, expect, test } from "vitest";
import { setLanguage } from "../i18n";
import { flowDescriptor } from "./descriptor";
import { isLoss, newModel } from "./drawing";
import { en } from "./en";
import type { Moddle } from "./fields";
import { fieldsOf, holder, isId, readField, subject, taskOperations } from "./fields";
import { bpmnWords, translator } from "./translate";
import { d, say } from "./words";
import { zh } from "./zh";

afterEach(() => setLanguage("zh-CN"));

interface Reader {
	fromXML: (xml: string) => Promise<{ rootElement: Moddle; elementsById: Record<string, Moddle>; warnings: { message: string }[] }>;
	toXML: (root: Moddle) => Promise<{ xml: string }>;
}
const reader = (): Reader => new Viewer({ moddleExtensions: { flow: flowDescriptor } } as never).get("moddle");

/** A process with these nodes in it. */
const model = (inside: string): string => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:flow="urn:yongyun:flow"
	xmlns:other="urn:other" id="d" targetNamespace="urn:test"><message id="m" name="asked"/><error id="x" name="broken" errorCode="E1"/>
	<process id="p" isExecutable="true">${inside}</process></definitions>`;

async function element(inside: string, id = "e"): Promise<Moddle> {
	const { elementsById } = await reader().fromXML(model(inside));
	return elementsById[id]!;
}
const said = (of: Moddle): Record<string, string> => Object.fromEntries(fieldsOf(of).map((field) => [field.name, readField(of, field)]));

describe("a new model", () => {
	test("is read without a word, is executable, and says its language", async () => {
		const { rootElement, elementsById, warnings } = await reader().fromXML(newModel("permit", "许可"));
		expect(warnings).toEqual([]);
		expect(rootElement.get("expressionLanguage")).toBe("https://www.omg.org/spec/DMN/20191111/FEEL/");
		expect([elementsById["permit"]?.name, elementsById["permit"]?.get("isExecutable")]).toEqual(["许可", true]);
		expect(elementsById["start"]?.$type).toBe("bpmn:StartEvent");
	});
});

describe("a model that is read and written", () => {
	test("keeps ours, and what nobody here has heard of", async () => {
		const kept = [
			`<flow:formSchema name="permit">`,
			`{"type":"default"}`,
			`<flow:in source="a" target="b" />`,
			`<other:one deep="yes">中</other:one>`,
			`other:colour="red"`,
			`flow:later="kept"`,
			`flow:assignee="u1"`,
			`flow:businessDays="3"`,
			`flow:collection="=who"`,
		];
		const { rootElement, warnings } = await reader().fromXML(
			model(`<extensionElements><flow:formSchema name="permit"><![CDATA[{"type":"default"}]]></flow:formSchema><other:list><other:one deep="yes">中</other:one></other:list></extensionElements>
			<userTask id="t" other:colour="red" flow:later="kept" flow:assignee="u1" flow:businessDays="3"><multiInstanceLoopCharacteristics flow:collection="=who"/></userTask>
			<callActivity id="c" calledElement="q"><extensionElements><flow:in source="a" target="b"/></extensionElements></callActivity>`),
		);
		expect(warnings.map((one) => one.message).filter(isLoss)).toEqual([]);
		const { xml } = await reader().toXML(rootElement);
		expect(kept.filter((one) => !xml.includes(one))).toEqual([]);
	});

	test("tells of what it loses", async () => {
		const { warnings } = await reader().fromXML(model(`<unheardOf id="u"/><sequenceFlow id="f" sourceRef="nobody" targetRef="nobody"/>`));
		const losses = warnings.map((one) => one.message).filter(isLoss);
		expect(losses.some((one) => one.includes("unheardOf"))).toBe(true);
		expect(losses.some((one) => one.includes("nobody"))).toBe(true);
	});
});

describe("what is said of an element", () => {
	test("is that of its kind", async () => {
		expect(said(await element(`<userTask id="e" flow:assignee="u1" flow:priority="70" flow:operations="" flow:veto="true"/>`))).toMatchObject({
			"flow:assignee": "u1",
			"flow:priority": "70",
			"flow:operations": "none",
			"flow:veto": "true",
			"flow:form": "",
		});
		expect(said(await element(`<manualTask id="e"/>`))).toEqual({ "flow:asyncBefore": "", "flow:asyncAfter": "" });
		expect(said(await element(`<exclusiveGateway id="e"/>`))).toEqual({});
		expect(said(await element(`<serviceTask id="e" flow:url="https://a.example/" flow:method="PUT"/>`))).toMatchObject({ "flow:url": "https://a.example/", "flow:method": "PUT", "flow:retries": "" });
	});

	test("is that of its event: a name or code for all, an expression, working days but at no start", async () => {
		expect(said(await element(`<startEvent id="e"><messageEventDefinition id="ed" messageRef="m"/></startEvent>`))).toEqual({ "flow:form": "", "flow:fields": "", messageRef: "asked" });
		expect(said(await element(`<endEvent id="e"><errorEventDefinition id="ed" errorRef="x"/></endEvent>`))).toEqual({ errorRef: "E1" });
		const timer = `<timerEventDefinition id="ed"><timeDuration xsi:type="tFormalExpression">PT10M</timeDuration></timerEventDefinition>`;
		expect(said(await element(`<intermediateCatchEvent id="e">${timer}</intermediateCatchEvent>`))).toEqual({
			timeDuration: "PT10M",
			timeDate: "",
			timeCycle: "",
			"flow:businessDays": "",
			"flow:calendar": "",
		});
		expect(Object.keys(said(await element(`<startEvent id="e">${timer}</startEvent>`)))).not.toContain("flow:businessDays");
		expect(said(await element(`<endEvent id="e"><messageEventDefinition id="ed" messageRef="m" flow:payload="a b"/></endEvent>`))).toHaveProperty("flow:businessKey");
	});

	test("is that of its loop", async () => {
		expect(said(await element(`<task id="e"><multiInstanceLoopCharacteristics flow:collection="=who"><completionCondition>=done</completionCondition></multiInstanceLoopCharacteristics></task>`))).toMatchObject({
			"flow:collection": "=who",
			completionCondition: "=done",
		});
		expect(said(await element(`<task id="e"><standardLoopCharacteristics loopMaximum="3"/></task>`))).toMatchObject({ loopMaximum: "3", loopCondition: "" });
	});

	test("has a place in the model, and words in both languages", async () => {
		const kinds = ["process", "startEvent", "userTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask", "callActivity", "sequenceFlow"];
		const loops = ["multiInstanceLoopCharacteristics", "standardLoopCharacteristics"];
		const events = ["timer", "message", "signal", "error", "escalation", "conditional", "link"];
		const inside = [
			...kinds.map((kind) => (kind === "process" ? "" : `<${kind} id="k_${kind}"/>`)),
			...loops.map((loop) => `<task id="k_${loop}"><${loop}/></task>`),
			...events.map((event) => `<intermediateThrowEvent id="k_${event}"><${event}EventDefinition/></intermediateThrowEvent>`),
		];
		const { elementsById } = await reader().fromXML(model(inside.join("")));
		const fields = [elementsById["p"]!, ...Object.values(elementsById).filter((one) => one.id?.startsWith("k_"))].flatMap((of) => fieldsOf(of).map((field) => ({ of, field })));
		expect(fields.length).toBeGreaterThan(80);
		expect(fields.filter(({ of, field }) => !holder(of, field.at))).toEqual([]);
		const name = (of: string): string => of.replace("flow:", "");
		expect(fields.map(({ field }) => name(field.name)).filter((one) => !(one in zh.modelField && one in en.modelField))).toEqual([]);
		expect(taskOperations.filter((one) => !(one in zh.modelOperation))).toEqual([]);
	});

	test("of a pool is said of the process in it", async () => {
		const pooled = model("").replace("<process", `<collaboration id="c"><participant id="pool" processRef="p"/></collaboration><process`);
		const { elementsById } = await reader().fromXML(pooled);
		expect(subject(elementsById["pool"]!)).toBe(elementsById["p"]);
	});
});

test("an id is a name that XML takes", () => {
	expect(["审批", "_a", "a-1.b"].filter(isId)).toEqual(["审批", "_a", "a-1.b"]);
	expect(["", "1a", "a b", "a:b", "-a", "<a>"].filter(isId)).toEqual([]);
});

describe("the words", () => {
	test("of bpmn-js are all there in Chinese, and those that are there are its own", () => {
		const sources = Object.entries(
			import.meta.glob<string>(["/node_modules/bpmn-js/lib/**/*.js", "/node_modules/diagram-js/lib/features/**/*.js"], { query: "?raw", import: "default", eager: true }),
		).filter(([path]) => !/align-elements|distribute-elements/.test(path));
		expect(sources.length).toBeGreaterThan(200);
		const sentences = new Set(
			sources.flatMap(([path, text]) => [
				...Array.from(text.matchAll(/translate\(\s*'([^']+)'/g), (found) => found[1]!),
				...(path.endsWith("ReplaceOptions.js") ? Array.from(text.matchAll(/label: '([^']+)'/g), (found) => found[1]!) : []),
			]),
		);
		expect(sentences.size).toBeGreaterThan(90);
		expect([...sentences].filter((one) => !(one in bpmnWords))).toEqual([]);
		const whole = sources.map(([, text]) => text).join("");
		expect(Object.keys(bpmnWords).filter((one) => !whole.includes(one))).toEqual([]);
	});

	test("of bpmn-js are put in their places", () => {
		expect(translator(true)("Open {element}", { element: "一" })).toBe("打开一");
		expect(translator(true)("Unheard of {what}", {})).toBe("Unheard of {what}");
		expect(translator(false)("User task")).toBe("User task");
	});

	test("of the designer take the same values in both languages", () => {
		const holes = (text: string): string => (text.match(/\{\w+\}/g) ?? []).sort().join();
		for (const group of ["designer", "modelField", "modelOperation", "modelAppend"] as const)
			for (const [name, chinese] of Object.entries(zh[group])) {
				const english = (en[group] as Record<string, string>)[name] ?? "";
				expect([name, holes(english), english !== "", /[\u4e00-\u9fff]/.test(english)]).toEqual([name, holes(chinese), true, false]);
			}
	});

	test("of the designer follow the language", () => {
		expect([d("designer.lead", { element: "a" }), say("modelOperation", "urge"), say("modelOperation", "dance")]).toEqual(["在图中定位 a", "催办", "dance"]);
		setLanguage("en");
		expect(d("designer.lead", { element: "a" })).toBe("Show a in the diagram");
	});
});
