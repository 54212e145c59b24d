/* SPDX-License-Identifier: Apache-2.0 */
/* What the room gives to the house. */
#include "base/clock.h"
#include "door/house.h"
#include "service/cases/cases_private.h"

static const struct permission permissions[] = {
	{ "cases.enter", ROLE_MEMBER | ROLE_WINDOW_CLERK,
	  "Apply for items of the hall, and see what one entered" },
	{ "cases.window", ROLE_WINDOW_CLERK, "Apply at the window, for whoever comes" },
	{ "cases.receive", ROLE_CASE_CLERK,
	  "See the cases of one's office; accept them, have them corrected, refuse them" },
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, cases_routes }, { 0 } };

static const struct timer timers[] = {
	{ "cases.silence", 60 * CLOCK_SECOND, case_silence },
	{ 0 },
};

static enum status start(struct call *c, struct house *h)
{
	(void)c;
	files_count_by(h->files, &cases_file_refs);
	return ST_OK;
}

static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	(void)deep;
	return check_breaches(c, h, cases_breaches, report, bad);
}

const struct module cases_module = {
	.name = "cases",
	.permissions = permissions,
	.routes = groups,
	.timers = timers,
	.start = start,
	.check = check,
};
