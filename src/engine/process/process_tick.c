/* SPDX-License-Identifier: Apache-2.0 */
/* What happens by itself: timers that are due, processes that a timer starts, jobs, messages and signals
 * under way. Each is one command in a transaction; many of them share one, and when that fails each has
 * its own, so that one that is bad holds up nobody. */
#include "base/log.h"
#include "door/house.h"
#include "engine/process/process_job.h"

enum { DUE_MAX = 200 };

enum item_kind { ITEM_TIMER, ITEM_START, ITEM_JOB, ITEM_MESSAGE };
struct item {
	enum item_kind kind;
	struct timer_row timer;
	struct process_start_row start;
	struct process_job_row job;
	struct process_message_row message;
};
struct items {
	struct item *list;
	size_t count;
	bool alone; /* one, after a failure: it does nothing more than it must */
};

static enum status gather(struct call *c, const void *in, void *out_)
{
	struct items *out = out_;
	struct timer_row *timers = NULL;
	struct process_start_row *starts = NULL;
	struct process_job_row *acts = NULL, *steps = NULL, *requests = NULL;
	struct process_message_row *messages = NULL;
	size_t t = 0, s = 0, a = 0, h = 0, j = 0, m = 0;
	(void)in;
	enum status st = timer_due(c, c->now_at, DUE_MAX, &timers, &t);
	if (!st)
		st = start_due(c, c->now_at, DUE_MAX, &starts, &s);
	if (!st)
		st = job_due(c, "async", c->now_at, DUE_MAX, &steps, &j);
	if (!st)
		st = job_due(c, "act", c->now_at, DUE_MAX, &acts, &a);
	if (!st)
		st = job_due(c, "http", c->now_at, DUE_MAX, &requests, &h);
	if (!st)
		st = message_due(c, c->now_at, DUE_MAX, &messages, &m);
	if (st)
		return st;
	out->list = arena_array(c->arena, t + s + j + a + h + m + 1, sizeof(*out->list));
	for (size_t i = 0; i < t; i++)
		out->list[out->count++] = (struct item){ .kind = ITEM_TIMER, .timer = timers[i] };
	for (size_t i = 0; i < s; i++)
		out->list[out->count++] = (struct item){ .kind = ITEM_START, .start = starts[i] };
	for (size_t i = 0; i < j; i++)
		out->list[out->count++] = (struct item){ .kind = ITEM_JOB, .job = steps[i] };
	for (size_t i = 0; i < a; i++)
		out->list[out->count++] = (struct item){ .kind = ITEM_JOB, .job = acts[i] };
	for (size_t i = 0; i < h; i++)
		out->list[out->count++] = (struct item){ .kind = ITEM_JOB, .job = requests[i] };
	for (size_t i = 0; i < m; i++)
		out->list[out->count++] =
			(struct item){ .kind = ITEM_MESSAGE, .message = messages[i] };
	return ST_OK;
}

/* -- one item -- */

static enum status fire(struct call *c, const struct timer_row *t)
{
	json_t *in = keep_json(c->arena, json_pack("{s:I}", "wait", (json_int_t)t->wait));
	enum status st = process_inside(c, t->instance_id, "fire", in);
	/* The token went another way meanwhile, or the instance ended. */
	if (st == ST_NOT_FOUND || st == ST_CONFLICT) {
		call_forgive(c);
		st = ST_OK;
	}
	return st;
}

/* Once for each due time that has passed, from the oldest on. */
static enum status start_by_time(struct call *c, const struct process_start_row *s)
{
	struct process_definition_row d = { 0 };
	struct process_result ignored;
	int64_t next = 0, repeats = s->repeats;
	if (repeats && (s->period || s->months)) {
		next = flow_add_months(s->due_at, s->months) + s->period;
		repeats = repeats > 0 ? repeats - 1 : repeats;
	}
	enum status st = start_next(c, s, next, repeats);
	if (st == ST_NOT_FOUND)
		return ST_OK; /* somebody else was first */
	if (!st)
		st = definition_get(c, s->definition_id, &d);
	return st ? st : process_begin(c, &d, s->node, NULL, NULL, NULL, &ignored);
}

static enum status deliver(struct call *c, const struct process_message_row *m)
{
	struct process_result ignored;
	bool delivered = false;
	if (str_eq(m->kind, "signal")) {
		enum status st = signal_deliver(c, m);
		return st ? st : message_drop(c, m->id);
	}
	enum status st = message_deliver(c, m, &delivered, &ignored);
	/* Several wait for it: none gets it until one of them is alone. */
	if (st == ST_CONFLICT) {
		call_forgive(c);
		return message_state(c, m->id, "waiting", 0);
	}
	if (st)
		return st;
	if (!delivered)
		return message_state(c, m->id, "waiting", 0);
	return m->message_id ? message_state(c, m->id, "delivered", 0) : message_drop(c, m->id);
}

static enum status do_item(struct call *c, const struct item *i, bool alone)
{
	switch (i->kind) {
	case ITEM_TIMER: return fire(c, &i->timer);
	case ITEM_START:
		c->actor = (struct actor){ .domain_id = i->start.domain_id };
		return start_by_time(c, &i->start);
	case ITEM_JOB: return job_do(c, &i->job, !alone);
	case ITEM_MESSAGE:
		c->actor = (struct actor){ .domain_id = i->message.domain_id };
		return deliver(c, &i->message);
	default: return ST_INTERNAL;
	}
}

static enum status do_items(struct call *c, const void *in, void *out)
{
	const struct items *items = in;
	enum status st = ST_OK;
	(void)out;
	for (size_t i = 0; i < items->count && !st; i++)
		st = do_item(c, &items->list[i], items->alone);
	return st;
}

/* -- many -- */

static enum status run_items(struct call *c, const struct items *items, char *why, size_t size)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *own = call_new(a, c->request_id);
	own->house = c->house;
	own->now_at = c->now_at;
	enum status st = db_write(own, house_of(c)->db, do_items, items, NULL, 0);
	if (st)
		snprintf(why, size, "%s", *own->problem ? own->problem : status_word(st));
	return st;
}

static enum status run_alone(struct call *c, const struct item *i)
{
	char why[512] = "";
	struct items one = { .list = (struct item *)i, .count = 1, .alone = true };
	enum status st = run_items(c, &one, why, sizeof(why));
	if (!st || st == ST_AWAY || st == ST_RETRY)
		return st;
	if (i->kind == ITEM_JOB)
		return job_note(c, &i->job, why);
	log_error("process.due", c->request_id, "what was due cannot be done: %s", why);
	return ST_OK;
}

enum { TOGETHER = 50 };

enum status process_tick(struct call *c, int64_t *done)
{
	struct items due = { 0 };
	char why[512];
	*done = 0;
	enum status st = db_read(c, house_of(c)->db, gather, NULL, &due, sizeof(due));
	for (size_t i = 0; i < due.count && !st; i += TOGETHER) {
		struct items some = { due.list + i,
				      due.count - i < TOGETHER ? due.count - i : TOGETHER };
		st = run_items(c, &some, why, sizeof(why));
		if (st && st != ST_AWAY) {
			st = ST_OK;
			for (size_t k = 0; k < some.count && !st; k++)
				st = run_alone(c, &some.list[k]);
		}
		*done += (int64_t)some.count;
	}
	return st;
}

static enum status purge(struct call *c, const void *in, void *out)
{
	(void)in;
	(void)out;
	enum status st = command_purge(c, c->now_at - PROCESS_REMEMBERED);
	return st ? st : message_purge(c, c->now_at);
}

enum status process_timer(struct call *c)
{
	int64_t done = 1;
	enum status st = ST_OK;
	/* Until nothing is due, but not for ever: others want the thread too. */
	for (int round = 0; round < 50 && done && !st; round++)
		st = process_tick(c, &done);
	return st;
}

enum status process_clean(struct call *c)
{
	return db_write(c, house_of(c)->db, purge, NULL, NULL, 0);
}
