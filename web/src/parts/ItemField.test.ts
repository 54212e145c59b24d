/* SPDX-License-Identifier: Apache-2.0 */
import { expect, test } from "vitest";
import { createApp, h } from "vue";
import type { FieldKind, Value } from "../itemForm";
import ItemField from "./ItemField.vue";

test.each<[FieldKind, Value]>([["text", ""], ["long", ""], ["word", "day"], ["words", []], ["flag", false]])("a field of kind %s leads to what is wrong with it", (kind, modelValue) => {
	const element = document.createElement("div");
	const app = createApp({ render: () => h(ItemField, { spec: { name: "a", word: "common.name", kind, options: ["day"] }, id: "a", error: "missing", modelValue }) });
	app.mount(element);
	const field = element.querySelector("[aria-invalid=true]");
	expect(element.querySelector(`#${field?.getAttribute("aria-describedby")}`)?.textContent).toBe("missing");
	app.unmount();
});
