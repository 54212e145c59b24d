/* SPDX-License-Identifier: Apache-2.0 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createApp, h } from "vue";
import type { Subnet } from "../api/network";
import type { Router } from "../api/router";
import { flushPromises } from "../testing";
import PlugSubnet from "./PlugSubnet.vue";

const router: Router = { id: "r", name: "gate", status: "ACTIVE", external_gateway_info: null };
const subnet = (id: string): Subnet => ({ id, name: id, network_id: "n", cidr: "10.0.0.0/24", gateway_ip: null, enable_dhcp: true, ip_version: 4, dns_nameservers: [] });

let replies: [number, unknown][];
let sent: string[];
let told: string[];
let away: () => void;

beforeEach(() => {
	replies = [];
	sent = [];
	told = [];
	vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
		sent.push(`${init.method} ${path} ${init.body as string}`);
		const [status, body] = replies.shift() ?? [200, {}];
		return new Response(JSON.stringify(body), { status });
	});
});
afterEach(() => {
	away();
	vi.unstubAllGlobals();
});

/* The dialog of one more subnet, which is a form of one field. */
async function shown(subnets: string[]): Promise<HTMLElement> {
	const element = document.createElement("div");
	document.body.append(element);
	const app = createApp({
		render: () =>
			h(PlugSubnet, {
				router,
				subnets: subnets.map(subnet),
				onDone: () => told.push("done"),
				onClose: () => told.push("close"),
			}),
	});
	app.mount(element);
	away = () => {
		app.unmount();
		element.remove();
	};
	await flushPromises();
	return element;
}
async function press(element: HTMLElement): Promise<void> {
	element.querySelector<HTMLButtonElement>("[data-test=plug-subnet]")!.click();
	await flushPromises();
}

test("the button outside of the form sends it, with the one choice that there is", async () => {
	const element = await shown(["a"]);
	await press(element);
	expect(sent).toEqual(['PUT /network/v2.0/routers/r/add_router_interface {"subnet_id":"a"}']);
	expect(told).toEqual(["done", "close"]);
});

test("what is missing is said beside its field, and nothing is sent", async () => {
	const element = await shown(["a", "b"]);
	await press(element);
	await vi.waitFor(() => expect(element.querySelector(".el-form-item__error")).not.toBeNull(), 5000);
	expect(sent).toEqual([]);
	expect(told).toEqual([]);
});

test("a refusal that names no field is shown above the buttons, and the dialog stays", async () => {
	replies = [[409, { error: { code: 409, word: "conflict", field: null, message: "no", request_id: "req-1" } }]];
	const element = await shown(["a"]);
	await press(element);
	await vi.waitFor(() => expect(element.querySelector("form [role=alert]")).not.toBeNull(), 5000);
	expect(told).toEqual([]);
});

test("the other way out closes it", async () => {
	const element = await shown(["a"]);
	element.querySelector<HTMLButtonElement>("footer button")!.click();
	await flushPromises();
	expect(told).toEqual(["close"]);
	expect(sent).toEqual([]);
});
