/* SPDX-License-Identifier: Apache-2.0 */
/* A server's screen. The page's address holds a token that opens it once; it is taken out of the address at
 * once, so that it stays in no history. */
import type RFB from "@novnc/novnc/lib/rfb";
import { language, setLanguage, t } from "../i18n";
import "../theme/tokens.css";
import { socketOf } from "./address";
import "./screen.css";

function part<T extends HTMLElement>(id: string): T {
	return document.getElementById(id) as T;
}

const state = part("state");
const keys = part<HTMLButtonElement>("keys");
const full = part<HTMLButtonElement>("full");

setLanguage(language.value);
document.title = t("screen.title");
part("title").textContent = t("screen.title");
keys.textContent = t("screen.keys");
full.textContent = t("screen.full");

async function open(address: string): Promise<void> {
	state.textContent = t("screen.connecting");
	/* Of a file of its own, so that the page can say that it connects while it is loaded. */
	const loaded = (await import("@novnc/novnc/lib/rfb")) as unknown as { default: typeof RFB | { default: typeof RFB } };
	const Rfb = "default" in loaded.default ? loaded.default.default : loaded.default;
	const rfb = new Rfb(part("screen"), address, { shared: true, wsProtocols: ["binary"] });
	let reached = false;
	rfb.scaleViewport = true;
	rfb.background = "#000";
	rfb.addEventListener("connect", () => {
		reached = true;
		state.textContent = t("screen.connected");
		keys.disabled = false;
		rfb.focus();
	});
	rfb.addEventListener("disconnect", () => {
		state.textContent = t(reached ? "screen.ended" : "screen.refused");
		keys.disabled = true;
	});
	keys.addEventListener("click", () => {
		rfb.sendCtrlAltDel();
		rfb.focus();
	});
}

full.addEventListener("click", () => void part("screen").requestFullscreen());
const address = socketOf(new URL(location.href));
history.replaceState(null, "", location.pathname);
if (address === null)
	state.textContent = t("screen.malformed");
else
	void open(address);
