/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks as rows: what happens to them is written down, what follows from it is derived, and the copy that
 * lists go by is derived again when the calendar or an office's hours change. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/jobs/events.h"
#include "engine/calendar/calendar_private.h"

enum { EVENTS_MAX = 500, PAGE_DEFAULT = 100 };

/* --- deriving --- */

/* Fills in what follows from the clock's events at the call's time. */
static enum status whole_of(struct call *c, const struct calendar *k,
			    struct calendar_clock_whole *w)
{
	assert(k);
	enum status st = calendar_derive(c, k, w->clock.unit, w->events, w->events_count, c->now_at,
					 &w->state);

	w->warning = calendar_doubt_text(c->arena, &w->state.doubt);
	w->clock.run = w->state.run;
	w->clock.due_at = w->state.due_at;
	w->clock.due_order = w->state.due_at ? w->state.due_at : DUE_NEVER;
	w->clock.version = k->version;
	w->clock.office_revision = k->office_revision;
	w->clock.provisional = w->warning != NULL;
	return st;
}

static enum status copy_derived(struct call *c, const struct calendar_clock *k)
{
	return calendar_clock_derived(c, &(struct clock_due){
						 .id = k->id,
						 .run = k->run,
						 .due_at = k->due_at,
						 .version = k->version,
						 .office_revision = k->office_revision,
						 .provisional = k->provisional,
					 });
}

/* Tells those who set alarms by the due date. */
static enum status tell_due(struct call *c, const struct calendar_clock *k)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "subject", k->subject);
	json_put_str(&j, "run", calendar_run_words[k->run]);
	json_key(&j, "due_at");
	if (k->due_at)
		json_int(&j, k->due_at);
	else
		json_nil(&j);
	json_put_int(&j, "version", k->version);
	json_object_end(&j);
	return event_post(c, "calendar.clock.due", k->id, NULL, k->project_id, buf_text(&b));
}

/* --- what happens --- */

static enum status when(struct call *c, int64_t given, int64_t *at)
{
	*at = given ? given : c->now_at;
	if (*at > c->now_at)
		return fail(c, ST_BAD_INPUT, "at", "what has not happened yet is not written down");
	return ST_OK;
}

enum status calendar_clock_begin(struct call *c, const struct calendar_clock_start *in,
				 struct calendar_clock_whole *out)
{
	struct calendar *k = NULL;
	struct calendar_clock_event *e = arena_alloc(c->arena, sizeof *e);
	enum status st = calendar_open(c, in->calendar, 0, in->office_id, &k);

	*e = (struct calendar_clock_event){
		.number = 1,
		.kind = CLOCK_START,
		.days = in->days,
		.reason = in->reason,
		.user_id = c->actor.user_id,
	};
	if (!st)
		st = when(c, in->at, &e->at);
	if (st)
		return st;
	*out = (struct calendar_clock_whole){
		.clock = {
			.id = id_new(c->arena),
			.subject = in->subject,
			.calendar = in->calendar,
			.office_id = in->office_id,
			.unit = in->unit,
			.project_id = c->actor.project_id,
			.created_at = c->now_at,
		},
		.events = e,
		.events_count = 1,
	};
	st = whole_of(c, k, out);
	if (!st)
		st = calendar_clock_insert(c, &out->clock);
	if (!st)
		st = calendar_clock_event_insert(c, out->clock.id, e);
	if (!st)
		st = tell_due(c, &out->clock);
	audit_subject(c, "clock", out->clock.id);
	audit_change(c, calendar_clock_row, NULL, &out->clock);
	return st;
}

/* A clock of another VDC does not exist for the asker. Reads the clock, its events and its calendar. */
static enum status clock_of(struct call *c, const char *id, struct calendar_clock_whole *out,
			    struct calendar **k)
{
	enum status st = calendar_clock_read(c, id, &out->clock);

	if (st == ST_NOT_FOUND ||
	    (!st && !c->actor.is_admin && !str_eq(c->actor.project_id, out->clock.project_id)))
		return fail(c, ST_NOT_FOUND, "clock_id", "there is no clock %.64s", id);
	if (!st)
		st = calendar_clock_events(c, id, &out->events, &out->events_count);
	if (!st)
		st = calendar_open(c, out->clock.calendar, 0, out->clock.office_id, k);
	return st;
}

enum status calendar_clock_happen(struct call *c, const struct calendar_clock_step *in,
				  struct calendar_clock_whole *out)
{
	struct calendar *k = NULL;
	enum status st;

	if ((in->kind == CLOCK_EXTEND) != (in->days > 0))
		return fail(c, ST_BAD_INPUT, "days", "days are given with extend, and only there");
	if (in->kind == CLOCK_START)
		return fail(c, ST_CONFLICT, "kind", "the clock has been started already");
	st = clock_of(c, in->clock_id, out, &k);
	if (st)
		return st;
	if (out->events_count >= EVENTS_MAX)
		return fail(c, ST_LIMIT, "clock_id", "a clock has at most %d events", EVENTS_MAX);
	struct calendar_clock before = out->clock;
	size_t n = out->events_count;
	struct calendar_clock_event *events = arena_array(c->arena, n + 1, sizeof *events);
	for (size_t i = 0; i < n; i++)
		events[i] = out->events[i];
	events[n] = (struct calendar_clock_event){
		.number = (int64_t)n + 1,
		.kind = in->kind,
		.days = in->days,
		.reason = in->reason,
		.user_id = c->actor.user_id,
	};
	st = when(c, in->at, &events[n].at);
	out->events = events;
	out->events_count = n + 1;
	if (!st)
		st = whole_of(c, k, out);
	if (!st)
		st = calendar_clock_event_insert(c, out->clock.id, &events[n]);
	if (!st)
		st = copy_derived(c, &out->clock);
	if (!st)
		st = tell_due(c, &out->clock);
	audit_subject(c, "clock", out->clock.id);
	audit_change(c, calendar_clock_row, &before, &out->clock);
	return st;
}

/* --- asked --- */

enum status calendar_clock_show(struct call *c, const struct clock_key *in,
				struct calendar_clock_whole *out)
{
	struct calendar *k = NULL;
	enum status st = clock_of(c, in->clock_id, out, &k);

	/* Derived anew, so that it is right even before the job has run. */
	return st ? st : whole_of(c, k, out);
}

static enum status marker_read(struct call *c, const char *marker, int64_t *due, const char **id)
{
	char *end;

	*due = INT64_MIN;
	*id = "";
	if (!marker)
		return ST_OK;
	*due = strtoll(marker, &end, 10);
	if (strlen(marker) > 64 || end == marker || *end != '_' || !id_valid(end + 1))
		return fail(c, ST_BAD_INPUT, "marker",
			    "the marker is what the page before called next");
	*id = end + 1;
	return ST_OK;
}

enum status calendar_clock_list(struct call *c, const struct clock_ask *in, struct clock_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT, due = 0;
	const char *id = NULL;
	enum status st = marker_read(c, in->marker, &due, &id);

	if (!st)
		st = calendar_clock_rows(c, c->actor.project_id,
					 in->run_given ? calendar_run_words[in->run] : NULL,
					 in->due_before ? in->due_before : INT64_MAX, due, id,
					 limit + 1, &out->clocks, &out->clocks_count);
	if (!st && (int64_t)out->clocks_count > limit) {
		const struct calendar_clock *last = &out->clocks[limit - 1];
		out->clocks_count--;
		out->next = arena_printf(c->arena, "%lld_%s", (long long)last->due_order, last->id);
	}
	return st;
}

/* --- a new version --- */

enum status calendar_rebuild_some(struct call *c, const char *calendar, int64_t most, bool *left)
{
	struct calendar_info info = { 0 };
	struct calendar_clock *list = NULL;
	size_t n = 0;
	enum status st = calendar_read(c, calendar, &info);

	*left = false;
	if (!st)
		st = calendar_clock_stale(c, calendar, info.version, most, &list, &n);
	for (size_t i = 0; !st && i < n; i++) {
		struct calendar_clock_whole w = { .clock = list[i] };
		struct calendar *k = NULL;
		st = calendar_clock_events(c, list[i].id, &w.events, &w.events_count);
		if (!st)
			st = calendar_open(c, calendar, 0, list[i].office_id, &k);
		if (!st)
			st = whole_of(c, k, &w);
		if (!st)
			st = copy_derived(c, &w.clock);
		if (!st && w.clock.due_at != list[i].due_at)
			st = tell_due(c, &w.clock);
	}
	*left = !st && (int64_t)n == most;
	return st;
}
