/* SPDX-License-Identifier: Apache-2.0 */
/* What one may say of an element of a model, by its kind; where in the model it stands, how it is read and written. */

/** What is used of an element of bpmn-moddle. */
export interface Moddle {
	$type: string;
	$instanceOf: (type: string) => boolean;
	$parent?: Moddle;
	get: (name: string) => unknown;
	id?: string;
	name?: string;
}

type Place = "self" | "event" | "loop";
export interface ModelField {
	/** As the model has it, and the dictionary as `modelField.NAME` without the prefix. */
	name: string;
	/** At the element, the definition of its event, or its loop. */
	at: Place;
	/** An attribute; the text of an expression; the name (or code) of what the definitions have for all. */
	how: "attribute" | "expression" | "reference";
	kind: "text" | "long" | "number" | "flag" | "words" | "choice";
	choices?: readonly string[];
}

const all =
	(at: Place, how: ModelField["how"], kind: ModelField["kind"], choices?: readonly string[]) =>
	(...names: string[]): ModelField[] =>
		names.map((name) => ({ name, at, how, kind, ...(choices ? { choices } : {}) }));

const text = all("self", "attribute", "text");
const long = all("self", "attribute", "long");
const number = all("self", "attribute", "number");
const flag = all("self", "attribute", "flag");
const ofEvent = all("event", "attribute", "text");
const expressionOfEvent = all("event", "expression", "text");
const referenceOfEvent = all("event", "reference", "text");

/** Words of a task's operations; `none` stands for an empty list, which is another thing than no list. */
export const taskOperations = ["none", "transfer", "delegate", "return", "urge", "signBefore", "signAfter", "signParallel", "unsign", "withdraw"] as const;

/** How messages and their like are told apart: by name, or by code. */
export const references: Record<string, { type: string; by: string }> = {
	messageRef: { type: "bpmn:Message", by: "name" },
	signalRef: { type: "bpmn:Signal", by: "name" },
	errorRef: { type: "bpmn:Error", by: "errorCode" },
	escalationRef: { type: "bpmn:Escalation", by: "escalationCode" },
};

const byKind: readonly (readonly [string, readonly ModelField[]])[] = [
	["bpmn:Process", [...flag("isExecutable"), ...all("self", "attribute", "words", ["void"])("flow:operations"), ...text("flow:searchable")]],
	["bpmn:StartEvent", [...text("flow:form"), ...long("flow:fields")]],
	[
		"bpmn:UserTask",
		[
			...text("flow:assignee", "flow:candidateUsers", "flow:candidateRoles", "flow:assignment", "flow:form"),
			...long("flow:fields"),
			...number("flow:priority"),
			...text("flow:due"),
			...number("flow:businessDays"),
			...text("flow:calendar"),
			...all("self", "attribute", "words", taskOperations)("flow:operations"),
			...text("flow:participants", "flow:pass"),
			...flag("flow:veto", "flow:waitAll"),
			...text("flow:outcome"),
		],
	],
	["bpmn:ServiceTask", [...text("flow:act", "flow:worker", "flow:url"), ...all("self", "attribute", "choice", ["GET", "POST", "PUT", "PATCH", "DELETE"])("flow:method")]],
	["bpmn:ServiceTask", [...long("flow:headers", "flow:body"), ...text("flow:credential"), ...number("flow:timeout"), ...text("flow:errors"), ...long("flow:result")]],
	["bpmn:ScriptTask", text("flow:act", "flow:worker")],
	["bpmn:BusinessRuleTask", text("flow:act", "flow:worker")],
	...["bpmn:ServiceTask", "bpmn:ScriptTask", "bpmn:BusinessRuleTask"].map((kind) => [kind, [...text("flow:resultVariable"), ...number("flow:retries", "flow:retryPause")]] as const),
	["bpmn:CallActivity", [...text("calledElement"), ...flag("flow:passAll")]],
	["bpmn:ReceiveTask", all("self", "reference", "text")("messageRef")],
	["bpmn:SendTask", [...all("self", "reference", "text")("messageRef"), ...text("flow:payload", "flow:businessKey")]],
	["bpmn:SequenceFlow", all("self", "expression", "long")("conditionExpression")],
	["bpmn:Activity", flag("flow:asyncBefore", "flow:asyncAfter")],
];

const byLoop: Record<string, readonly ModelField[]> = {
	"bpmn:MultiInstanceLoopCharacteristics": [
		...all("loop", "attribute", "text")("flow:collection", "flow:elementVariable"),
		...all("loop", "expression", "text")("loopCardinality", "completionCondition"),
	],
	"bpmn:StandardLoopCharacteristics": [...all("loop", "expression", "text")("loopCondition"), ...all("loop", "attribute", "number")("loopMaximum")],
};

const byEvent: Record<string, readonly ModelField[]> = {
	"bpmn:TimerEventDefinition": [
		...expressionOfEvent("timeDuration", "timeDate", "timeCycle"),
		...all("event", "attribute", "number")("flow:businessDays"),
		...ofEvent("flow:calendar"),
	],
	"bpmn:MessageEventDefinition": referenceOfEvent("messageRef"),
	"bpmn:SignalEventDefinition": referenceOfEvent("signalRef"),
	"bpmn:ErrorEventDefinition": referenceOfEvent("errorRef"),
	"bpmn:EscalationEventDefinition": referenceOfEvent("escalationRef"),
	"bpmn:ConditionalEventDefinition": expressionOfEvent("condition"),
	"bpmn:LinkEventDefinition": ofEvent("name"),
};

/** What the fields of an element are of: a pool shows the process that is in it. */
export function subject(shown: Moddle): Moddle {
	return (shown.$instanceOf("bpmn:Participant") && (shown.get("processRef") as Moddle | undefined)) || shown;
}

export function holder(of: Moddle, at: Place): Moddle | undefined {
	if (at === "self")
		return of;
	const found = at === "event" ? (of.get("eventDefinitions") as Moddle[])[0] : of.get("loopCharacteristics");
	return found as Moddle | undefined;
}

export function fieldsOf(of: Moddle): ModelField[] {
	const fields = byKind.filter(([kind]) => of.$instanceOf(kind)).flatMap(([, some]) => some);
	const event = of.$instanceOf("bpmn:Event") ? holder(of, "event") : undefined;
	if (event) {
		/* A start by time has no working days. */
		const start = of.$instanceOf("bpmn:StartEvent");
		fields.push(...(byEvent[event.$type] ?? []).filter((field) => !start || !field.name.startsWith("flow:")));
		if (of.$instanceOf("bpmn:ThrowEvent") && event.$type === "bpmn:MessageEventDefinition")
			fields.push(...text("flow:payload", "flow:businessKey"));
	}
	const loop = of.$instanceOf("bpmn:Activity") ? holder(of, "loop") : undefined;
	return loop ? [...fields, ...(byLoop[loop.$type] ?? [])] : fields;
}

export function readField(of: Moddle, field: ModelField): string {
	const at = holder(of, field.at);
	const value = at?.get(field.name);
	if (value === undefined || value === null)
		return "";
	if (field.how === "expression")
		return String((value as Moddle).get("body") ?? "");
	if (field.how === "reference")
		return String((value as Moddle).get(references[field.name]?.by ?? "name") ?? (value as Moddle).name ?? "");
	if (field.kind === "words" && value === "")
		return "none";
	return String(value);
}

/** A name that XML takes as an id. */
export const isId = (id: string): boolean => /^[\p{L}_][\p{L}\p{N}_.-]*$/u.test(id);
