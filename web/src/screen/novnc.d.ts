/* SPDX-License-Identifier: Apache-2.0 */
/* What the page uses of noVNC, which brings no types of its own. */
declare module "@novnc/novnc/lib/rfb" {
	export default class RFB extends EventTarget {
		constructor(target: HTMLElement, url: string, options?: { shared?: boolean; wsProtocols?: string[] });
		scaleViewport: boolean;
		focusOnClick: boolean;
		background: string;
		sendCtrlAltDel(): void;
		focus(): void;
		disconnect(): void;
	}
}
