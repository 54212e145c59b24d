/* SPDX-License-Identifier: Apache-2.0 */
/* The pages and who may be on them. Each page is a file of its own that is loaded when it is wanted. What
 * counts is the daemon's refusal; this only spares people pages that would be refused. */
import type { RouteLocationNormalized, RouteLocationRaw, Router } from "vue-router";
import { createRouter, createWebHistory } from "vue-router";
import type { Word } from "./i18n";
import type { Duty } from "./state/session";
import { holds, loadSession, session } from "./state/session";

declare module "vue-router" {
	interface RouteMeta {
		title?: Word;
		/** Open to whoever is not logged in. */
		open?: boolean;
		/** For everybody, logged in or not. */
		everybody?: boolean;
		/** Shows things of the chosen VDC. */
		vdc?: boolean;
		/** Only for holders of one of these duties. */
		duty?: readonly Duty[];
	}
}

/** Where somebody who wants to go to `to` has to go instead; null where nothing stands against it. */
export function detour(to: Pick<RouteLocationNormalized, "name" | "meta" | "fullPath">): RouteLocationRaw | null {
	if (to.meta.everybody)
		return null;
	const now = session.value;
	if (!now)
		return to.meta.open ? null : { name: "login", query: to.fullPath === "/" ? {} : { to: to.fullPath } };
	if (now.must_change_password)
		return to.name === "first-password" ? null : { name: "first-password" };
	if (to.name === "login" || to.name === "first-password")
		return { name: "overview" };
	if (to.meta.duty && !to.meta.duty.some(holds))
		return { name: "overview" };
	if (now.project)
		return null;
	if (now.projects.length > 0 && to.name !== "vdc" && !to.meta.duty)
		return { name: "vdc", query: to.fullPath === "/" ? {} : { to: to.fullPath } };
	return to.meta.vdc ? { name: "overview" } : null;
}

/** Where the person wanted to go before the detour. Only a path of this portal: what stands in an address
 *  that somebody was sent may not lead away from it. */
export function wanted(route: Pick<RouteLocationNormalized, "query">): string {
	const to = route.query["to"];
	return typeof to === "string" && /^\/(?![\/\\])/.test(to) ? to : "/";
}

/** The way on from a log-in to `path`: who holds several VDCs chooses one first, even where the daemon has put
 *  them into one already. */
export function onward(path: string): RouteLocationRaw {
	return (session.value?.projects.length ?? 0) > 1 ? { name: "vdc", query: path === "/" ? {} : { to: path } } : path;
}

export function makeRouter(): Router {
	const router = createRouter({
		history: createWebHistory(),
		scrollBehavior: (_to, _from, saved) => saved ?? { top: 0 },
		routes: [
			{
				path: "/login",
				name: "login",
				component: () => import("./pages/LogIn.vue"),
				meta: { open: true, title: "login.title" },
			},
			{
				path: "/first-password",
				name: "first-password",
				component: () => import("./pages/FirstPassword.vue"),
				meta: { title: "password.firstTitle" },
			},
			{
				path: "/vdc",
				name: "vdc",
				component: () => import("./pages/ChooseVdc.vue"),
				meta: { title: "vdc.title" },
			},
			{
				path: "/guide",
				component: () => import("./pages/GuideFrame.vue"),
				meta: { everybody: true },
				children: [
					{
						path: "",
						name: "guide",
						component: () => import("./pages/Guide.vue"),
						meta: { title: "hall.title" },
					},
					{
						path: "items/:code",
						name: "guide-item",
						component: () => import("./pages/GuideItem.vue"),
						props: true,
						meta: { title: "hall.title" },
					},
					{
						path: "themes/:code",
						name: "guide-theme",
						component: () => import("./pages/GuideTheme.vue"),
						props: true,
						meta: { title: "hall.title" },
					},
				],
			},
			{
				path: "/",
				component: () => import("./pages/Frame.vue"),
				children: [
					{
						path: "",
						name: "overview",
						component: () => import("./pages/Overview.vue"),
						meta: { title: "overview.title" },
					},
					{
						path: "servers",
						name: "servers",
						component: () => import("./pages/Servers.vue"),
						meta: { vdc: true, title: "servers.title" },
					},
					{
						path: "servers/:id",
						name: "server",
						component: () => import("./pages/ServerDetail.vue"),
						props: true,
						meta: { vdc: true, title: "servers.title" },
					},
					{
						path: "images",
						name: "images",
						component: () => import("./pages/Images.vue"),
						meta: { vdc: true, title: "images.title" },
					},
					{
						path: "networks",
						name: "networks",
						component: () => import("./pages/Networks.vue"),
						meta: { vdc: true, title: "networks.title" },
					},
					{
						path: "routers",
						name: "routers",
						component: () => import("./pages/Routers.vue"),
						meta: { vdc: true, title: "routers.title" },
					},
					{
						path: "security-groups",
						name: "security-groups",
						component: () => import("./pages/SecurityGroups.vue"),
						meta: { vdc: true, title: "groups.title" },
					},
					{
						path: "security-groups/:id",
						name: "security-group",
						component: () => import("./pages/SecurityGroupDetail.vue"),
						props: true,
						meta: { vdc: true, title: "groups.title" },
					},
					{
						path: "floating",
						name: "floating",
						component: () => import("./pages/Floating.vue"),
						meta: { vdc: true, title: "floating.title" },
					},
					{
						path: "systems",
						name: "systems",
						component: () => import("./pages/Systems.vue"),
						meta: { title: "systems.title" },
					},
					{
						path: "systems/:id",
						name: "system",
						component: () => import("./pages/SystemDetail.vue"),
						props: true,
						meta: { title: "systems.title" },
					},
					{
						path: "departments",
						name: "departments",
						component: () => import("./pages/Departments.vue"),
						meta: { duty: ["resources", "people"], title: "departments.title" },
					},
					{
						path: "pools",
						name: "pools",
						component: () => import("./pages/Pools.vue"),
						meta: { duty: ["resources"], title: "pools.title" },
					},
					{
						path: "departments/move-in",
						name: "onboard",
						component: () => import("./pages/Onboard.vue"),
						meta: { duty: ["resources"], title: "onboard.title" },
					},
					{
						path: "departments/:vdc/sheet",
						name: "handover",
						component: () => import("./pages/Handover.vue"),
						props: true,
						meta: { duty: ["resources", "people"], title: "handover.title" },
					},
					{
						path: "catalogue",
						name: "catalogue",
						component: () => import("./pages/Catalogue.vue"),
						meta: { title: "catalogue.title" },
					},
					{
						path: "catalogue/:id",
						name: "catalogue-resource",
						component: () => import("./pages/CatalogueDetail.vue"),
						props: true,
						meta: { title: "catalogue.title" },
					},
					{
						path: "intake",
						name: "intake",
						component: () => import("./pages/Intake.vue"),
						meta: { duty: ["data"], title: "intake.title" },
					},
					{
						path: "intake/:id",
						name: "intake-batch",
						component: () => import("./pages/IntakeBatch.vue"),
						props: true,
						meta: { duty: ["data"], title: "intake.title" },
					},
					{
						path: "theme-runs",
						name: "theme-runs",
						component: () => import("./pages/ThemeRuns.vue"),
						meta: { duty: ["resources"], title: "runs.title" },
					},
					{
						path: "theme",
						name: "theme",
						component: () => import("./pages/ThemeLook.vue"),
						meta: { duty: ["data"], title: "theme.title" },
					},
					{
						path: "review",
						name: "review",
						component: () => import("./pages/Review.vue"),
						meta: { duty: ["data"], title: "review.title" },
					},
					{
						path: "items",
						name: "items",
						component: () => import("./pages/Items.vue"),
						meta: { duty: ["items"], title: "items.title" },
					},
					{
						path: "items/new",
						name: "item-new",
						component: () => import("./pages/ItemEdit.vue"),
						meta: { duty: ["edit-items"], title: "items.title" },
					},
					{
						path: "items/:id",
						name: "item",
						component: () => import("./pages/ItemDetail.vue"),
						props: true,
						meta: { duty: ["items"], title: "items.title" },
					},
					{
						path: "items/:id/edit",
						name: "item-edit",
						component: () => import("./pages/ItemEdit.vue"),
						props: true,
						meta: { duty: ["edit-items"], title: "items.title" },
					},
					{
						path: "cases",
						name: "cases",
						component: () => import("./pages/Cases.vue"),
						meta: { duty: ["apply"], title: "cases.mine" },
					},
					{
						path: "cases/new/:code",
						name: "case-new",
						component: () => import("./pages/CaseEdit.vue"),
						props: true,
						meta: { duty: ["apply"], title: "cases.apply" },
					},
					{
						path: "cases/:id",
						name: "case",
						component: () => import("./pages/CaseDetail.vue"),
						props: (route) => ({ id: route.params["id"], side: "mine" }),
						meta: { duty: ["apply"], title: "cases.mine" },
					},
					{
						path: "cases/:id/edit",
						name: "case-edit",
						component: () => import("./pages/CaseEdit.vue"),
						props: true,
						meta: { duty: ["apply"], title: "cases.apply" },
					},
					{
						path: "office-cases",
						name: "office-cases",
						component: () => import("./pages/OfficeCases.vue"),
						meta: { duty: ["receive"], title: "cases.office" },
					},
					{
						path: "office-cases/:id",
						name: "office-case",
						component: () => import("./pages/CaseDetail.vue"),
						props: (route) => ({ id: route.params["id"], side: "office" }),
						meta: { duty: ["receive"], title: "cases.office" },
					},
					{
						path: "tasks",
						name: "tasks",
						component: () => import("./pages/Tasks.vue"),
						meta: { title: "process.inbox" },
					},
					{
						path: "tasks/:id(\\d+-\\d+)",
						name: "task",
						component: () => import("./pages/TaskDetail.vue"),
						props: true,
						meta: { title: "process.task" },
					},
					{
						path: "substitutions",
						name: "substitutions",
						component: () => import("./pages/Substitutions.vue"),
						meta: { title: "substitution.title" },
					},
					{
						path: "incidents",
						name: "incidents",
						component: () => import("./pages/Incidents.vue"),
						meta: { duty: ["resources"], title: "process.incidents" },
					},
					{
						path: "processes",
						name: "processes",
						component: () => import("./pages/Processes.vue"),
						meta: { title: "process.title" },
					},
					{
						path: "processes/design",
						name: "process-new",
						component: () => import("./pages/ProcessDesign.vue"),
						meta: { duty: ["resources"], title: "process.designer" },
					},
					{
						path: "processes/:id(\\d+)/design",
						name: "process-design",
						component: () => import("./pages/ProcessDesign.vue"),
						props: true,
						meta: { duty: ["resources"], title: "process.designer" },
					},
					{
						path: "processes/:id(\\d+)",
						name: "process",
						component: () => import("./pages/ProcessDetail.vue"),
						props: true,
						meta: { title: "process.title" },
					},
					{
						path: "process-instances/:id(\\d+)",
						name: "process-instance",
						component: () => import("./pages/ProcessInstance.vue"),
						props: true,
						meta: { title: "process.title" },
					},
					{
						path: "audit",
						name: "audit",
						component: () => import("./pages/Audit.vue"),
						meta: { duty: ["audit"], title: "audit.title" },
					},
					{
						path: ":rest(.*)*",
						name: "missing",
						component: () => import("./pages/Missing.vue"),
						meta: { title: "missing.title" },
					},
				],
			},
		],
	});

	router.beforeEach(async (to) => {
		await loadSession();
		return detour(to) ?? true;
	});
	return router;
}
