/* SPDX-License-Identifier: Apache-2.0 */
/* Starts the portal: who is there, which city, then the first page. */
import { createApp } from "vue";
import { whenSignedOut } from "./api/http";
import App from "./App.vue";
import { language, setLanguage } from "./i18n";
import { makeRouter } from "./router";
import { loadAbout } from "./state/about";
import { session, setSession } from "./state/session";
import "./theme/element";
import "./theme/tokens.css";
import "./theme/base.css";

setLanguage(language.value);
void loadAbout();

const router = makeRouter();
whenSignedOut(() => {
	if (session.value === null)
		return;
	setSession(null);
	void router.push({ name: "login", query: { ended: "1", to: router.currentRoute.value.fullPath } });
});

/* After an upgrade the files of a page that is open no longer exist: the new portal has them. Once only, so
 * that a file that is missing for good does not make the page turn in circles. */
window.addEventListener("vite:preloadError", (event) => {
	const reloaded = "yongyun.reloaded";
	if (sessionStorage.getItem(reloaded) !== null)
		return;
	sessionStorage.setItem(reloaded, "1");
	event.preventDefault();
	location.reload();
});

createApp(App).use(router).mount("#app");
