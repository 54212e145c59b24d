/* SPDX-License-Identifier: Apache-2.0 */
/* Due dates of user tasks and timers in working days 工作日: flow:businessDays="3", by the calendar "cn" or
 * that of flow:calendar, with the preset office hours. A due date is derived from when it began and from the
 * calendar's newest version; what stands in the row of the task or timer is a copy, which
 * process_deadlines() makes again when a version was published. */
#include <stdio.h>
#include "door/house.h"
#include "engine/calendar/calendar.h"
#include "engine/process/process_private.h"

enum { AT_ONCE = 100 };

/* By version 'version' (0: the newest), which '*d' then tells with the due date; 'warning' may be NULL. */
static enum status derive(struct call *c, int64_t version, struct deadline_row *d,
			  const char **warning)
{
	struct calendar *k = NULL;
	struct calendar_doubt doubt = { 0 };
	enum status st = calendar_open(c, d->calendar, version, NULL, &k);

	if (st)
		return st;
	d->version = k->version;
	d->due_at = calendar_due(k, d->started_at, d->days, &doubt);
	if (warning)
		*warning = calendar_doubt_text(c->arena, &doubt);
	return ST_OK;
}

enum status process_deadline_begin(struct call *c, const struct process_node *n, const char *kind,
				   int64_t instance_id, int64_t number, int64_t *due_at)
{
	struct deadline_row d = { .kind = kind,
				  .instance_id = instance_id,
				  .number = number,
				  .started_at = c->now_at,
				  .days = n->business_days,
				  .calendar = n->calendar };
	enum status st = derive(c, 0, &d, NULL);

	if (!st)
		st = deadline_put(c, &d);
	if (!st)
		*due_at = d.due_at;
	return st;
}

enum status process_deadline_now(struct call *c, const char *kind, int64_t instance_id,
				 int64_t number, int64_t *due_at, const char **warning)
{
	struct deadline_row d = { 0 };
	enum status st = deadline_get(c, kind, instance_id, number, &d);

	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (!st)
		st = derive(c, 0, &d, warning);
	if (!st)
		*due_at = d.due_at;
	return st;
}

enum status process_calendar_known(struct call *c, const char *element, const char *code)
{
	struct calendar *k = NULL;
	enum status st = calendar_open(c, code, 0, NULL, &k);

	if (st != ST_NOT_FOUND)
		return st;
	call_forgive(c);
	return fail(c, ST_BAD_INPUT, "xml", "EXT.flow at %.64s: there is no calendar %.64s",
		    element, code);
}

/* --- when the calendar is another one --- */

static enum status renew_calendar(struct call *c, const char *code, bool *left)
{
	struct deadline_row *list = NULL;
	struct calendar *k = NULL;
	size_t n = 0;
	enum status st = calendar_open(c, code, 0, NULL, &k);

	if (!st)
		st = deadline_stale(c, code, k->version, AT_ONCE, &list, &n);
	for (size_t i = 0; i < n && !st; i++) {
		struct calendar_doubt doubt = { 0 };
		list[i].version = k->version;
		list[i].due_at = calendar_due(k, list[i].started_at, list[i].days, &doubt);
		st = deadline_renew(c, &list[i]);
	}
	*left |= n == AT_ONCE;
	return st;
}

/* Of each calendar that tasks go by, some that an older version gave. */
static enum status renew_act(struct call *c, const void *in, void *left)
{
	struct deadline_row at = { .calendar = "" };
	enum status st;

	(void)in;
	*(bool *)left = false;
	while (!(st = deadline_calendar(c, at.calendar, &at))) {
		st = renew_calendar(c, at.calendar, left);
		if (st)
			return st;
	}
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Whether there is anything to derive again: asked by a reader, for there seldom is. */
static enum status stale_act(struct call *c, const void *in, void *left)
{
	struct deadline_row at = { .calendar = "" }, *list = NULL;
	struct calendar *k = NULL;
	size_t n = 0;
	enum status st;

	(void)in;
	*(bool *)left = false;
	while (!n && !(st = deadline_calendar(c, at.calendar, &at))) {
		st = calendar_open(c, at.calendar, 0, NULL, &k);
		if (!st)
			st = deadline_stale(c, at.calendar, k->version, 1, &list, &n);
		if (st)
			return st;
	}
	*(bool *)left = n > 0;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status process_deadlines(struct call *c)
{
	bool left = false;
	enum status st = db_read(c, house_of(c)->db, stale_act, NULL, &left, sizeof left);

	while (left && !st)
		st = db_write(c, house_of(c)->db, renew_act, NULL, &left, sizeof left);
	return st;
}

/* --- what must hold --- */

struct stretch {
	int64_t instance_id, number, bad;
	char kind[8];
	bool more;
};

static enum status check_act(struct call *c, const void *in_, void *out_)
{
	const struct stretch *in = in_;
	struct stretch *out = out_;
	struct deadline_row *list = NULL;
	size_t n = 0;
	enum status st = deadline_all(c, in->instance_id, in->kind, in->number, AT_ONCE, &list, &n);

	*out = *in;
	for (size_t i = 0; i < n && !st; i++) {
		int64_t stands = list[i].due_at;
		st = derive(c, list[i].version, &list[i], NULL);
		out->bad += list[i].due_at != stands;
		out->instance_id = list[i].instance_id;
		out->number = list[i].number;
		snprintf(out->kind, sizeof out->kind, "%s", list[i].kind);
	}
	out->more = n == AT_ONCE;
	return st;
}

enum status process_deadlines_check(struct call *c, struct house *h, struct buf *report,
				    int64_t *bad)
{
	struct stretch at = { .more = true };
	enum status st = ST_OK;

	while (at.more && !st) {
		struct stretch next = { 0 };
		st = db_read(c, h->db, check_act, &at, &next, sizeof next);
		at = next;
	}
	if (at.bad)
		buf_printf(report,
			   "process: %lld tasks or timers are not due when their calendar says\n",
			   (long long)at.bad);
	*bad += at.bad;
	return st;
}
