/* SPDX-License-Identifier: Apache-2.0 */
/* Terms 时限: a due date follows from when a case was accepted, the promise of the item and the calendar as it
 * stands, so it is derived whenever it is shown and never kept. */
#include "base/clock.h"
#include "data/intake/intake.h"
#include "service/cases/cases_private.h"

enum { MINUTE = 60 };

static enum status open_calendar(struct call *c, struct calendar **out)
{
	enum status st = calendar_open(c, CASE_CALENDAR, 0, NULL, out);

	if (st != ST_NOT_FOUND)
		return st;
	call_forgive(c);
	return fail(
		c, ST_CONFLICT, NULL,
		"the calendar '%s' 工作日历 is not there yet, so no term can be told: the system "
		"administrator makes it first",
		CASE_CALENDAR);
}

enum status case_silent_at(struct call *c, int64_t received_at, int64_t *at, int64_t *version)
{
	struct calendar_doubt doubt = { 0 };
	struct calendar *k = NULL;
	enum status st = open_calendar(c, &k);

	if (st)
		return st;
	*at = calendar_due(k, received_at, CASE_SILENT_DAYS, &doubt);
	*version = k->version;
	return *at ? ST_OK
		   : fail(c, ST_LIMIT, NULL, "the term leaves the years that the calendar knows");
}

/* 即办件: on the day that it is accepted, or, behind the office's hours, on the next day that it is open. */
static int64_t at_once(const struct calendar *k, int64_t from, struct calendar_doubt *doubt)
{
	int32_t day = calendar_day_of(from);

	return calendar_works(k, day, doubt) && from <= calendar_day_end(k, day)
		       ? calendar_day_end(k, day)
		       : calendar_due(k, from, 1, doubt);
}

static void minutes(struct call *c, const struct calendar *k, struct case_row *r,
		    struct calendar_doubt *doubt)
{
	int64_t now = c->now_at, minute = MINUTE * CLOCK_SECOND;

	r->due_at = calendar_time_after(k, r->accepted_at, r->promise_days * minute, doubt);
	r->overdue = r->due_at && now > r->due_at;
	r->left = r->overdue ? -(calendar_time_between(k, r->due_at, now, doubt) / minute)
			     : calendar_time_between(k, now, r->due_at, doubt) / minute;
}

static enum status days(struct call *c, const struct calendar *k, struct case_row *r,
			struct calendar_doubt *doubt)
{
	const struct calendar_clock_event start = {
		.number = 1, .kind = CLOCK_START, .at = r->accepted_at, .days = r->promise_days
	};
	struct calendar_clock_state s = { 0 };
	enum status st = calendar_derive(
		c, k, r->promise_unit == UNIT_DAY ? CALENDAR_NATURAL : CALENDAR_WORKING, &start, 1,
		c->now_at, &s);

	if (st)
		return st;
	r->due_at = s.due_at;
	r->left = s.left;
	r->overdue = s.overdue;
	*doubt = s.doubt;
	return ST_OK;
}

static enum status term(struct call *c, const struct calendar *k, struct case_row *r)
{
	struct calendar_doubt doubt = { 0 };
	enum status st = ST_OK;

	if (!r->promise_days) {
		r->due_at = at_once(k, r->accepted_at, &doubt);
		r->overdue = c->now_at > r->due_at;
		r->left = 0;
	} else if (r->promise_unit == UNIT_MINUTE) {
		minutes(c, k, r, &doubt);
	} else {
		st = days(c, k, r, &doubt);
	}
	r->warning = calendar_doubt_text(c->arena, &doubt);
	return st;
}

enum status case_terms(struct call *c, struct case_row *rows, size_t n)
{
	struct calendar *k = NULL;
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < n; i++) {
		struct case_row *r = &rows[i];
		r->left = INT_NULL;
		r->applicant_name = r->applicant.kind == PERSON_COMPANY
					    ? r->applicant.name
					    : mask_name(c->arena, r->applicant.name);
		if (r->state != CASE_ACCEPTED)
			continue;
		if (!k)
			st = open_calendar(c, &k);
		if (!st)
			st = term(c, k, r);
	}
	return st;
}
