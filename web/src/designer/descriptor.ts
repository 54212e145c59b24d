/* SPDX-License-Identifier: Apache-2.0 */
/* What models say beyond BPMN, for bpmn-js: the attributes and elements of urn:yongyun:flow (docs/process.md). Declared
 * here they are written with their namespace, and kept when an element is copied or becomes one of another kind. */

const text = (name: string) => ({ name, isAttr: true, type: "String" });
const type = (name: string, at: string[], names: string[]) => ({ name, extends: at.map((tag) => `bpmn:${tag}`), properties: names.map(text) });
const element = (name: string, names: string[], body: boolean) => ({
	name,
	superClass: ["Element"],
	properties: [...names.map(text), ...(body ? [{ name: "body", isBody: true, type: "String" }] : [])],
});

export const flowDescriptor = {
	name: "Yongyun",
	prefix: "flow",
	uri: "urn:yongyun:flow",
	xml: { tagAlias: "lowerCase" },
	types: [
		type("Assigned", ["UserTask"], ["assignee", "candidateUsers", "candidateRoles", "assignment", "priority", "due", "operations"]),
		type("Panel", ["UserTask"], ["participants", "pass", "veto", "waitAll", "outcome"]),
		type("Filled", ["UserTask", "StartEvent"], ["form", "fields"]),
		type("Days", ["UserTask", "TimerEventDefinition"], ["businessDays", "calendar"]),
		type("Work", ["ServiceTask", "ScriptTask", "BusinessRuleTask", "SendTask"], ["act", "worker", "retries", "retryPause", "resultVariable"]),
		type("Request", ["ServiceTask"], ["url", "method", "headers", "body", "credential", "timeout", "result", "errors"]),
		type("Async", ["Activity"], ["asyncBefore", "asyncAfter"]),
		type("Each", ["MultiInstanceLoopCharacteristics"], ["collection", "elementVariable"]),
		type("Call", ["CallActivity"], ["passAll"]),
		type("Sent", ["ThrowEvent", "SendTask"], ["payload", "businessKey"]),
		type("Whole", ["Process"], ["operations", "searchable"]),
		element("FormSchema", ["name"], true),
		element("In", ["source", "expression", "target", "all"], false),
		element("Out", ["source", "expression", "target", "all"], false),
	],
};
