/* SPDX-License-Identifier: Apache-2.0 */
/* How the portal is built and served while it is written. The built files go to dist/, where nginx
 * takes them; `vite` alone passes calls on to the daemon at $YONGYUN_URL; `vite --mode mock` answers
 * them from the stand-in in mock/, which no built file contains. */
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/* What a page of the portal may load and call: itself only. The header that nginx sends can only
 * narrow this; here it also holds where somebody serves dist/ by other means. */
const policy = [
	"default-src 'self'",
	"img-src 'self' data:",
	"style-src 'self'",
	"object-src 'none'",
	"base-uri 'none'",
	"form-action 'self'",
].join("; ");

const withPolicy: Plugin = {
	name: "content-security-policy",
	apply: "build",
	transformIndexHtml: () => [
		{
			tag: "meta",
			attrs: { "http-equiv": "Content-Security-Policy", content: policy },
			injectTo: "head-prepend",
		},
	],
};

const services = ["/api", "/identity", "/compute", "/image", "/network"];

export default defineConfig(async ({ mode }) => {
	const plugins: Plugin[] = [vue(), withPolicy];
	if (mode === "mock")
		plugins.push((await import("./mock/plugin")).standIn());
	const daemon = process.env["YONGYUN_URL"] ?? "http://127.0.0.1:8080";

	return {
		plugins,
		server: {
			host: "127.0.0.1",
			proxy: mode === "mock" ? {} : Object.fromEntries(services.map((s) => [s, daemon])),
		},
		build: {
			target: "es2022",
			cssTarget: "chrome100",
			/* A file that is inlined as data: would need a wider policy than 'self' for fonts and styles. */
			assetsInlineLimit: 0,
			modulePreload: { polyfill: false },
			rollupOptions: {
				input: { portal: "index.html", console: "console/index.html" },
				output: {
					manualChunks: (id: string) =>
						/node_modules\/(@vue|vue|vue-router)\//.test(id) ? "vue" : undefined,
				},
			},
		},
		test: {
			environment: "jsdom",
			include: ["src/**/*.test.ts"],
			restoreMocks: true,
			server: { deps: { inline: ["element-plus"] } },
		},
	};
});
