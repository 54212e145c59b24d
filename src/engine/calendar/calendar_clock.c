/* SPDX-License-Identifier: Apache-2.0 */
/* A clock: what follows from its events. A pure function, so that a new version of the calendar needs
 * nothing but to ask again.
 *
 *     START ──► running ──PAUSE──► paused ──RESUME──► running …   EXTEND: more days, in both
 *                  └──────────STOP───┴──► stopped */
#include "engine/calendar/calendar_private.h"

const char *const calendar_unit_words[] = { "working", "natural", NULL };
const char *const calendar_kind_words[] = { "start", "pause", "resume", "extend", "stop", NULL };
const char *const calendar_run_words[] = { "running", "paused", "stopped", NULL };

/* Whether the event may follow on what was before; on the way, what the term has come to. */
static enum status follow(struct call *c, const struct calendar_clock_event *e, bool first,
			  int64_t last_at, struct calendar_clock_state *s)
{
	const char *word = calendar_kind_words[e->kind];

	if (first != (e->kind == CLOCK_START))
		return fail(c, ST_CONFLICT, "kind",
			    first ? "a clock begins with start"
				  : "the clock has been started already");
	if (!first && s->run == CLOCK_STOPPED)
		return fail(c, ST_CONFLICT, "kind", "the clock is stopped: no %s can follow", word);
	if (!first && e->at < last_at)
		return fail(c, ST_CONFLICT, "at", "%s would stand before the event before it",
			    word);
	if ((e->kind == CLOCK_PAUSE && s->run == CLOCK_PAUSED) ||
	    (e->kind == CLOCK_RESUME && s->run == CLOCK_RUNNING))
		return fail(c, ST_CONFLICT, "kind", "the clock is %s already",
			    calendar_run_words[s->run]);
	s->days += e->days;
	if (s->days > CALENDAR_TERM_MAX)
		return fail(c, ST_LIMIT, "days", "a term has at most %d days", CALENDAR_TERM_MAX);
	if (e->kind == CLOCK_PAUSE)
		s->run = CLOCK_PAUSED;
	else if (e->kind == CLOCK_RESUME)
		s->run = CLOCK_RUNNING;
	else if (e->kind == CLOCK_STOP)
		s->run = CLOCK_STOPPED;
	return ST_OK;
}

/* The instant at which a term whose last day is 'day' ends. */
static int64_t end_of_term(const struct calendar *k, int unit, int32_t day,
			   struct calendar_doubt *doubt)
{
	return unit == CALENDAR_WORKING
		       ? calendar_day_end(k, day)
		       : calendar_due_natural(k, calendar_day_start(day), 0, doubt);
}

/* Whether the clock runs just before 'at'; '*next' is the first event that is not before it. */
static bool runs_before(const struct calendar_clock_event *events, size_t count, int64_t at,
			size_t *next, bool runs)
{
	while (*next < count && events[*next].at < at) {
		int kind = events[*next].kind;
		if (kind == CLOCK_PAUSE)
			runs = false;
		else if (kind == CLOCK_RESUME)
			runs = true;
		++*next;
	}
	return runs;
}

/* Counts the days on which the clock runs as the office closes, until the term is full and 'until' is
 * reached. A stop ends what is used, but not the term: it says whether the stop came in time. */
static bool count_days(const struct calendar *k, int unit,
		       const struct calendar_clock_event *events, size_t count, int64_t until,
		       struct calendar_clock_state *s)
{
	int32_t day = calendar_day_of(events[0].at);
	bool runs = true;
	size_t next = 1;
	int64_t counted = 0;

	for (;;) {
		if (calendar_year_of(++day) > CALENDAR_YEAR_MAX)
			return false;
		int64_t end = calendar_day_end(k, day);
		runs = runs_before(events, count, end, &next, runs);
		if (!runs && next == count && end > until)
			return true; /* paused, and nothing is known behind it */
		if (!runs || (unit == CALENDAR_WORKING && !calendar_works(k, day, &s->doubt)))
			continue;
		counted++;
		if (end <= until)
			s->used = counted;
		if (counted == s->days) {
			s->due_at = end_of_term(k, unit, day, &s->doubt);
			if (!s->due_at)
				return false;
		}
		if (counted >= s->days && end > until)
			return true;
	}
}

enum status calendar_derive(struct call *c, const struct calendar *k, int unit,
			    const struct calendar_clock_event *events, size_t count, int64_t now,
			    struct calendar_clock_state *out)
{
	struct calendar_clock_state s = { .run = CLOCK_RUNNING };

	if (!count)
		return fail(c, ST_CONFLICT, "kind", "a clock begins with start");
	for (size_t i = 0; i < count; i++) {
		enum status st = follow(c, &events[i], i == 0, i ? events[i - 1].at : 0, &s);
		if (st)
			return st;
	}
	int64_t until = s.run == CLOCK_STOPPED ? events[count - 1].at : now;
	if (!count_days(k, unit, events, count, until, &s))
		return fail(c, ST_LIMIT, "days", "the term ends behind the year %d",
			    CALENDAR_YEAR_MAX);
	s.left = s.days - s.used;
	s.overdue = s.due_at && until > s.due_at;
	*out = s;
	return ST_OK;
}
