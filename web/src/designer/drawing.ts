/* SPDX-License-Identifier: Apache-2.0 */
/* A model while it is drawn: bpmn-js with our names and words, and what the page asks of it. Every change goes through its stack
 * of commands, so that all can be undone. Nothing that a model says becomes markup: names are text of the picture. */
import type { ModelField, Moddle } from "./fields";
import { holder, isId, references, subject } from "./fields";
import { flowDescriptor } from "./descriptor";
import { translator } from "./translate";

/** An element as the picture has it. */
export interface Shown {
	id: string;
	type: string;
	businessObject: Moddle; /* not on a page before a model is read */
	labelTarget?: Shown;
	waypoints?: unknown[];
	parent?: Shown;
}

interface Services {
	canvas: {
		zoom: (to: string | number, at?: string) => number;
		addMarker: (element: Shown, marker: string) => void;
		removeMarker: (element: Shown, marker: string) => void;
		getRootElement: () => Shown;
		setRootElement: (root: Shown) => void;
		scrollToElement: (element: Shown) => void;
	};
	elementRegistry: { get: (id: string) => Shown | undefined; getAll: () => Shown[] };
	selection: { get: () => Shown[]; select: (element: Shown | null) => void };
	modeling: {
		updateProperties: (element: Shown, values: Record<string, unknown>) => void;
		updateModdleProperties: (element: Shown, of: Moddle, values: Record<string, unknown>) => void;
	};
	commandStack: { undo: () => void; redo: () => void; canUndo: () => boolean; canRedo: () => boolean };
	moddle: { create: (type: string, values: Record<string, unknown>) => Moddle & { $parent?: Moddle }; ids: { assigned: (id: string) => unknown } };
	elementFactory: { createShape: (values: { type: string }) => Shown };
	autoPlace: { append: (after: Shown, shape: Shown) => Shown };
}

interface Library {
	importXML: (xml: string) => Promise<{ warnings: { message: string }[] }>;
	saveXML: (how: { format: boolean }) => Promise<{ xml?: string }>;
	get: <K extends keyof Services>(service: K) => Services[K];
	on: (event: string, then: () => void) => void;
	destroy: () => void;
}

/** `id`: of the process, by which it is started. */
export function newModel(id: string, name: string): string {
	return `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:flow="urn:yongyun:flow" id="definitions" targetNamespace="urn:yongyun:process:${id}" expressionLanguage="https://www.omg.org/spec/DMN/20191111/FEEL/">
	<bpmn:process id="${id}" name="${name}" isExecutable="true">
		<bpmn:startEvent id="start"/>
	</bpmn:process>
	<bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="${id}">
		<bpmndi:BPMNShape id="start_shape" bpmnElement="start"><dc:Bounds x="180" y="160" width="36" height="36"/></bpmndi:BPMNShape>
	</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>`;
}

/** The menus for aligning write styles into markup, which the portal's policy forbids. */
const without = { alignElementsContextPadProvider: ["value", {}], alignElementsMenuProvider: ["value", {}], distributeElementsMenuProvider: ["value", {}] };

/** An attribute that nobody declared is warned of, and kept. */
export const isLoss = (warning: string): boolean => !warning.startsWith("unknown attribute ");

export interface Drawing {
	/** What was not understood, and may not be written again. Throws where there is nothing to show; the drawing is then as it was. */
	read: (xml: string) => Promise<string[]>;
	/** Whether there is something to write. */
	filled: () => boolean;
	/** Nothing where nothing is drawn. */
	write: () => Promise<string>;
	/** All that has a name of its own: not labels, not pages. */
	elements: () => Shown[];
	/** The one that is chosen; else the process or collaboration. Null: several are chosen, or nothing is drawn. */
	chosen: () => Shown | null;
	lead: (id: string) => void;
	mark: (ids: readonly string[]) => void;
	rename: (shown: Shown, name: string) => void;
	/** False: it is no id, or another element has it. */
	identify: (shown: Shown, id: string) => boolean;
	say: (shown: Shown, field: ModelField, value: string) => void;
	append: (after: Shown, type: string) => void;
	undo: () => void;
	redo: () => void;
	canUndo: () => boolean;
	canRedo: () => boolean;
	end: () => void;
}

function definitionsOf(of: Moddle): Moddle {
	let top = of;
	while (top.$parent)
		top = top.$parent;
	return top;
}

/** The message (or signal, error, escalation) of that name for all of the model; made where there is none. */
function refer(library: Library, shown: Shown, field: ModelField, value: string): Moddle | undefined {
	const what = references[field.name];
	if (!what || value === "")
		return undefined;
	const definitions = definitionsOf(shown.businessObject);
	const roots = definitions.get("rootElements") as Moddle[];
	const there = roots.find((root) => root.$type === what.type && root.get(what.by) === value);
	if (there)
		return there;
	const made = library.get("moddle").create(what.type, { id: `${what.type.slice(5)}_${crypto.getRandomValues(new Uint32Array(1))[0]!.toString(36)}`, name: value, [what.by]: value });
	made.$parent = definitions;
	library.get("modeling").updateModdleProperties(shown, definitions, { rootElements: [...roots, made] });
	return made;
}

function stated(library: Library, at: Moddle, shown: Shown, field: ModelField, value: string): unknown {
	if (field.how === "reference")
		return refer(library, shown, field, value);
	if (field.kind === "words" && value === "none")
		return "";
	if (value === "")
		return undefined;
	if (field.how === "expression") {
		const expression = library.get("moddle").create("bpmn:FormalExpression", { body: value });
		expression.$parent = at;
		return expression;
	}
	/* Flags of BPMN are truths, ours are words. */
	if (field.kind === "flag" && !field.name.includes(":"))
		return value === "true";
	return value;
}

export async function startDrawing(place: HTMLElement, chinese: boolean, told: { changed: () => void; chose: () => void }): Promise<Drawing> {
	const { default: Modeler } = await import("bpmn-js/lib/Modeler");
	const library = new Modeler({
		container: place,
		keyboard: { bindTo: place },
		moddleExtensions: { flow: flowDescriptor },
		additionalModules: [{ translate: ["value", translator(chinese)] }, without],
	} as never) as unknown as Library;
	let marked: readonly Shown[] = [];
	let filled = false;
	const write = async (): Promise<string> => (filled ? ((await library.saveXML({ format: true })).xml ?? "") : "");
	const get = <K extends keyof Services>(service: K): Services[K] => library.get(service);
	library.on("commandStack.changed", told.changed);
	library.on("selection.changed", told.chose);
	library.on("root.set", told.chose);

	/* Pages have no parent. */
	const elements = (): Shown[] => get("elementRegistry").getAll().filter((one) => !one.labelTarget && one.parent && one.businessObject);
	/* By the element, whose id may be another one by now. A mark of the whole process would be one of all that is in it. */
	const mark: Drawing["mark"] = (ids) => {
		const registry = get("elementRegistry");
		for (const one of marked.filter((before) => registry.get(before.id) === before))
			get("canvas").removeMarker(one, "bpmn-wrong");
		marked = [...new Set(ids)].flatMap((id) => registry.get(id) ?? []).filter((one) => one.parent);
		for (const one of marked)
			get("canvas").addMarker(one, "bpmn-wrong");
	};
	return {
		read: async (xml) => {
			const before = await write();
			const take = async (model: string): Promise<string[]> => {
				marked = [];
				const { warnings } = await library.importXML(model);
				get("canvas").zoom("fit-viewport", "auto");
				filled = true;
				return warnings.map((one) => one.message).filter(isLoss);
			};
			try {
				return await take(xml);
			} catch (thrown) {
				if (before !== "")
					await take(before);
				throw thrown;
			}
		},
		filled: () => filled,
		write,
		elements,
		chosen: () => {
			const [one, another] = get("selection").get();
			const root = get("canvas").getRootElement();
			/* A page of its own stands for the sub-process that it is of. */
			const page = root.businessObject ? (get("elementRegistry").get(root.businessObject.id ?? "") ?? root) : null;
			return another ? null : (one?.labelTarget ?? one ?? page);
		},
		lead: (id) => {
			const found = get("elementRegistry").get(id) ?? elements().find((one) => subject(one.businessObject).id === id);
			if (found?.parent)
				get("canvas").scrollToElement(found);
			else if (found)
				get("canvas").setRootElement(found);
			get("selection").select(found?.parent ? found : null);
			told.chose();
		},
		mark,
		rename: (shown, name) => {
			const of = subject(shown.businessObject);
			if (of !== shown.businessObject)
				get("modeling").updateModdleProperties(shown, of, { name: name || undefined });
			get("modeling").updateProperties(shown, { name: name || undefined });
		},
		identify: (shown, id) => {
			const of = subject(shown.businessObject);
			if (of.id === id)
				return true;
			if (!isId(id) || get("moddle").ids.assigned(id))
				return false;
			if (of === shown.businessObject)
				get("modeling").updateProperties(shown, { id });
			else
				get("modeling").updateModdleProperties(shown, of, { id });
			return true;
		},
		say: (shown, field, value) => {
			const at = holder(subject(shown.businessObject), field.at);
			if (at)
				get("modeling").updateModdleProperties(shown, at, { [field.name]: stated(library, at, shown, field, value) });
		},
		append: (after, type) => {
			const made = get("autoPlace").append(after, get("elementFactory").createShape({ type }));
			get("selection").select(made);
		},
		undo: () => get("commandStack").undo(),
		redo: () => get("commandStack").redo(),
		canUndo: () => get("commandStack").canUndo(),
		canRedo: () => get("commandStack").canRedo(),
		end: () => library.destroy(),
	};
}
