/* SPDX-License-Identifier: Apache-2.0 */
/* What the room gives to the house. */
#include "door/house.h"
#include "engine/process/process_opinion.h"
#include "engine/process/process_request.h"

static const struct permission permissions[] = {
	{ "process.design", ROLE_DEPARTMENT_ADMIN | ROLE_SYSTEM_ADMIN,
	  "Deploy, suspend and activate processes and decisions" },
	{ "process.work",
	  ROLE_DEPARTMENT_ADMIN | ROLE_VDC_ADMIN | ROLE_MEMBER | ROLE_DEPARTMENT_WORK |
		  ROLE_SYSTEM_ADMIN | ROLE_SERVICE,
	  "Start processes, and do the tasks that are for one" },
	{ "process.operate", ROLE_DEPARTMENT_ADMIN | ROLE_SYSTEM_ADMIN,
	  "See every instance of the department; suspend, correct and cancel them" },
	{ "process.serve", ROLE_SERVICE | ROLE_DEPARTMENT_ADMIN | ROLE_SYSTEM_ADMIN,
	  "Do the jobs of service tasks, and send messages and signals" },
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, process_routes },
					     { &own_dialect, process_human_routes },
					     { 0 } };

static const struct timer timers[] = {
	{ "process.due", CLOCK_SECOND / 2, process_timer },
	{ "process.deadlines", 5 * CLOCK_SECOND, process_deadlines },
	{ "process.clean", 600 * CLOCK_SECOND, process_clean },
	{ 0 },
};

static const struct job_kind jobs[] = {
	{ PROCESS_REQUEST_JOB, .at_most = 3, .attempts = 3, .lease = 30 * CLOCK_SECOND,
	  .deadline = 180 * CLOCK_SECOND, .run = outside_run },
	{ 0 },
};

static void stop(struct house *h)
{
	(void)h;
	outside_close();
	process_programs_drop();
}

static enum status start(struct call *c, struct house *h)
{
	const struct config *k = h->config;
	files_count_by(h->files, &process_file_refs);
	return outside_open(c, k->process.hosts, k->process.credentials, k->process.authorities);
}

const struct module process_module = {
	.name = "process",
	.permissions = permissions,
	.routes = groups,
	.timers = timers,
	.jobs = jobs,
	.start = start,
	.stop = stop,
	.metrics = process_metrics,
	.check = process_check,
};
