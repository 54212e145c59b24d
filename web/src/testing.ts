/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of pages share: the portal mounted at an address, in jsdom. */
import { createApp } from "vue";
import type { Router } from "vue-router";
import App from "./App.vue";
import { makeRouter } from "./router";

export interface Mounted {
	element: HTMLElement;
	path: () => string;
	router: Router;
	unmount: () => void;
}

/** Lets everything happen that waits for promises, the loading of a page's file included. */
export async function flushPromises(): Promise<void> {
	for (let n = 0; n < 10; n++)
		await new Promise((done) => setTimeout(done, 1));
}

export async function mountPage(path: string): Promise<Mounted> {
	/* jsdom lays nothing out and so cannot scroll. */
	window.scrollTo = () => undefined;
	const element = document.createElement("div");
	document.body.append(element);
	const router = makeRouter();
	const app = createApp(App).use(router);
	await router.push(path);
	app.mount(element);
	await flushPromises();
	return {
		element,
		router,
		path: () => router.currentRoute.value.fullPath,
		unmount: () => {
			app.unmount();
			element.remove();
		},
	};
}
