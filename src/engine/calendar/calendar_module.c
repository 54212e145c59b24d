/* SPDX-License-Identifier: Apache-2.0 */
/* What the room gives to the house, and its one job: what was derived by an older version of a calendar, or
 * by older office hours, is derived again. */
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "engine/calendar/calendar_private.h"

enum { AT_ONCE = 100 };

static enum status some_act(struct call *c, const void *in, void *out)
{
	const struct job *j = in;
	enum status st = job_still_mine(c, j);

	return st ? st : calendar_rebuild_some(c, j->subject, AT_ONCE, out);
}

static enum status rebuild(struct call *c, const struct job *j)
{
	bool left = true;
	enum status st = ST_OK;

	while (!st && left && !job_cancelled(c, j))
		st = db_write(c, house_of(c)->db, some_act, j, &left, sizeof left);
	return !st && left ? ST_RETRY : st;
}

static const struct job_kind jobs[] = {
	{ .name = "calendar.rebuild",
	  .at_most = 1,
	  .attempts = 100,
	  .lease = 30 * CLOCK_SECOND,
	  .deadline = 3600 * CLOCK_SECOND,
	  .run = rebuild },
	{ 0 },
};

/* --- what must hold --- */

struct stretch {
	const char *after; /* the id of the last clock that was looked at */
	bool more;
	int64_t wrong;
};

static enum status stretch_act(struct call *c, const void *in_, void *out_)
{
	const struct stretch *in = in_;
	struct stretch *out = out_;
	struct calendar_clock *list = NULL;
	size_t n = 0;
	enum status st = calendar_clock_all(c, in->after, AT_ONCE, &list, &n);

	for (size_t i = 0; !st && i < n; i++) {
		struct calendar_clock_event *events = NULL;
		struct calendar_clock_state s = { 0 };
		struct calendar *k = NULL;
		size_t count = 0;
		st = calendar_clock_events(c, list[i].id, &events, &count);
		if (!st)
			st = calendar_open(c, list[i].calendar, list[i].version, list[i].office_id,
					   &k);
		/* Hours of an older revision are not kept: the job is about to derive it again. */
		if (st || k->office_revision != list[i].office_revision)
			continue;
		if (calendar_derive(c, k, list[i].unit, events, count, c->now_at, &s) ||
		    s.due_at != list[i].due_at || s.run != list[i].run)
			out->wrong++;
		call_forgive(c);
	}
	out->more = n == AT_ONCE;
	out->after = n ? list[n - 1].id : "";
	return st;
}

static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	struct stretch at = { .after = "", .more = deep };
	int64_t wrong = 0;
	enum status st = ST_OK;

	while (!st && at.more) {
		struct stretch next = { 0 };
		st = db_read(c, h->db, stretch_act, &at, &next, sizeof next);
		wrong += next.wrong;
		at = next;
	}
	if (wrong)
		buf_printf(report, "%lld clocks are not due when their events say\n",
			   (long long)wrong);
	*bad += wrong > 0;
	return st;
}

const struct module calendar_module = {
	.name = "calendar",
	.permissions = calendar_permissions,
	.routes = calendar_routes,
	.jobs = jobs,
	.check = check,
};
