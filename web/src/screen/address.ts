/* SPDX-License-Identifier: Apache-2.0 */
/* The websocket that a console's address names: noVNC's parameter `path`, on the page's own origin. */

/** NULL where the address names none, or one that is not the console's: nobody shall make this page speak to
 * another place by a link. */
export function socketOf(page: URL): string | null {
	const path = page.searchParams.get("path");
	if (path === null || !/^\/?console\/socket\?token=[\w-]+$/.test(path))
		return null;
	const socket = new URL(path.startsWith("/") ? path : `/${path}`, page);
	socket.protocol = page.protocol === "https:" ? "wss:" : "ws:";
	return socket.href;
}
