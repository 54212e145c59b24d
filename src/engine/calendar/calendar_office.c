/* SPDX-License-Identifier: Apache-2.0 */
/* Offices and their hours: a department's administrator says when its offices are open, the system
 * administrator when the city's are. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "engine/calendar/calendar_private.h"

struct span_list {
	struct office_span *hours;
	size_t hours_count;
};
static const struct field span_shape[] = {
	F_INT(office_span, weekday, 1, 7, 0),
	F_STR(office_span, start, 5, 0),
	F_STR(office_span, end, 5, 0),
	F_END,
};
static const struct field spans_shape[] = {
	F_LIST(span_list, hours, office_span, span_shape, 7 * CALENDAR_SPANS_MAX, 0),
	F_END,
};

/* "08:30"; "24:00" ends a day. */
static bool minutes_read(const char *s, int32_t *out)
{
	if (strlen(s) != 5 || s[2] != ':' || strspn(s, "0123456789:") != 5 || s[0] == ':' ||
	    s[1] == ':' || s[3] == ':' || s[4] == ':')
		return false;
	int hour = (s[0] - '0') * 10 + s[1] - '0', minute = (s[3] - '0') * 10 + s[4] - '0';
	if (minute > 59 || hour * 60 + minute > 24 * 60)
		return false;
	*out = hour * 60 + minute;
	return true;
}

static enum status span_take(struct call *c, const struct office_span *in, size_t i,
			     struct calendar_hours *h)
{
	struct calendar_span s = { 0 };
	int w = (int)in->weekday - 1;

	if (!minutes_read(in->start, &s.start))
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "hours[%zu].start", i),
			    "a time of day is HH:MM");
	if (!minutes_read(in->end, &s.end) || s.end <= s.start)
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "hours[%zu].end", i),
			    "a time of day is HH:MM, and a span ends after it starts");
	if (h->count[w] && h->spans[w][h->count[w] - 1].end > s.start)
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "hours[%zu].start", i),
			    "the spans of a weekday stand in their order and do not overlap");
	if (h->count[w] == CALENDAR_SPANS_MAX)
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "hours[%zu].weekday", i),
			    "a weekday has at most %d spans", CALENDAR_SPANS_MAX);
	h->spans[w][h->count[w]++] = s;
	return ST_OK;
}

static enum status hours_take(struct call *c, const struct office_span *list, size_t n,
			      struct calendar_hours *out)
{
	*out = (struct calendar_hours){ 0 };
	for (size_t i = 0; i < n; i++) {
		enum status st = span_take(c, &list[i], i, out);
		if (st)
			return st;
	}
	/* A term of the law counts every working day, so each of them must have an end. */
	for (int w = 0; w < 5; w++)
		if (!out->count[w])
			return fail(c, ST_BAD_INPUT, "hours",
				    "weekday %d has no span: an office is open on Monday to Friday",
				    w + 1);
	return ST_OK;
}

static enum status spans_of(struct call *c, const struct calendar_office *o, struct span_list *out)
{
	return shape_read_own(c, spans_shape, arena_printf(c->arena, "{\"hours\":%s}", o->hours),
			      out);
}

enum status calendar_hours_read(struct call *c, const struct calendar_office *o,
				struct calendar_hours *out)
{
	struct span_list list = { 0 };
	enum status st = spans_of(c, o, &list);

	return st ? st : hours_take(c, list.hours, list.hours_count, out);
}

static const char *hours_text(struct call *c, const struct office_put *in)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_array_begin(&j);
	for (size_t i = 0; i < in->hours_count; i++)
		shape_write_json(c, span_shape, &j, &in->hours[i]);
	json_array_end(&j);
	return buf_text(&b);
}

static enum status shown(struct call *c, const struct calendar_office *o, struct office_shown *out)
{
	struct span_list list = { 0 };
	enum status st = spans_of(c, o, &list);

	*out = (struct office_shown){
		.id = o->id,
		.domain_id = o->domain_id,
		.name = o->name,
		.revision = o->revision,
		.updated_at = o->updated_at,
		.hours = list.hours,
		.hours_count = list.hours_count,
	};
	return st;
}

static enum status office_of(struct call *c, const char *id, struct calendar_office *out)
{
	enum status st = calendar_office_read(c, id, out);

	if (st == ST_NOT_FOUND)
		return fail(c, st, "office_id", "there is no office %.64s", id);
	return st;
}

/* A department's offices are its own; the city's are the system administrator's. */
static enum status mine(struct call *c, const struct calendar_office *o)
{
	if (c->actor.scope == SCOPE_SYSTEM || c->actor.is_admin ||
	    (o->domain_id && c->actor.scope == SCOPE_DOMAIN &&
	     str_eq(c->actor.domain_id, o->domain_id)))
		return ST_OK;
	return fail(c, ST_FORBIDDEN, "office_id", "the office belongs to another department");
}

enum status calendar_office_create(struct call *c, const struct office_put *in,
				   struct office_shown *out)
{
	struct calendar_hours hours;
	struct calendar_office o = {
		.id = id_new(c->arena),
		.domain_id = c->actor.scope == SCOPE_DOMAIN ? c->actor.domain_id : NULL,
		.name = in->name,
		.revision = 1,
		.hours = hours_text(c, in),
		.updated_at = c->now_at,
	};
	enum status st = hours_take(c, in->hours, in->hours_count, &hours);

	if (!st)
		st = calendar_office_insert(c, &o);
	if (st)
		return st;
	audit_subject(c, "office", o.id);
	audit_change(c, calendar_office_row, NULL, &o);
	return shown(c, &o, out);
}

enum status calendar_office_change(struct call *c, const struct office_put *in,
				   struct office_shown *out)
{
	struct calendar_hours hours;
	struct calendar_office now = { 0 }, next;
	struct calendar_info *calendars = NULL;
	size_t n = 0;
	enum status st = office_of(c, in->office_id, &now);

	if (!st)
		st = mine(c, &now);
	if (!st)
		st = hours_take(c, in->hours, in->hours_count, &hours);
	if (st)
		return st;
	next = now;
	next.name = in->name;
	next.hours = hours_text(c, in);
	next.revision += !str_eq(now.hours, next.hours);
	next.updated_at = c->now_at;
	st = calendar_office_write(c, &next);
	if (!st && next.revision != now.revision)
		st = calendar_office_calendars(c, now.id, &calendars, &n);
	for (size_t i = 0; !st && i < n; i++)
		st = calendar_rebuild_post(c, calendars[i].code);
	if (st)
		return st;
	audit_subject(c, "office", now.id);
	audit_change(c, calendar_office_row, &now, &next);
	return shown(c, &next, out);
}

enum status calendar_office_show(struct call *c, const struct office_key *in,
				 struct office_shown *out)
{
	struct calendar_office o = { 0 };
	enum status st = office_of(c, in->office_id, &o);

	return st ? st : shown(c, &o, out);
}

enum status calendar_office_list(struct call *c, const struct nothing *in, struct office_list *out)
{
	struct calendar_office *list = NULL;
	size_t n = 0;
	enum status st = calendar_office_rows(c, &list, &n);

	(void)in;
	out->offices = arena_array(c->arena, n + 1, sizeof *out->offices);
	for (size_t i = 0; !st && i < n; i++)
		st = shown(c, &list[i], &out->offices[i]);
	out->offices_count = n;
	return st;
}

enum status calendar_office_delete(struct call *c, const struct office_key *in, struct nothing *out)
{
	struct calendar_office o = { 0 };
	enum status st = office_of(c, in->office_id, &o);

	(void)out;
	if (!st)
		st = mine(c, &o);
	if (!st)
		st = calendar_office_remove(c, o.id);
	if (st == ST_CONFLICT)
		return fail(c, st, "office_id", "clocks count by the hours of this office");
	if (st)
		return st;
	audit_subject(c, "office", o.id);
	audit_change(c, calendar_office_row, &o, NULL);
	return ST_OK;
}
