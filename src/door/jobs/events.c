/* SPDX-License-Identifier: Apache-2.0 */
/* Posting events, and telling the listeners of this process. What a listener is to be told stands in
 * rows that were written with the event, so nothing is passed over; acting and removing the row are
 * one transaction, so nothing is told twice unless an act was undone. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "door/jobs/jobs_private.h"

enum {
	TOGETHER = 16, /* events told in one transaction: one fsync for all, still a short act */
	/* With waits of up to five minutes these attempts fill about a day. */
	ATTEMPTS = 300
};
#define POLL CLOCK_SECOND
/* Of a process that stopped without a word. */
#define LEASE (5 * CLOCK_SECOND)
/* How often a process says that it still has its listeners. */
#define SEEN_EVERY (3600 * CLOCK_SECOND)

enum status event_post(struct call *c, const char *type, const char *subject, const char *domain_id,
		       const char *project_id, const char *payload)
{
	struct event e = {
		.type = type,
		.subject = subject,
		.domain_id = domain_id,
		.project_id = project_id,
		.payload = payload,
		.posted_at = clock_now(),
	};
	enum status st = event_insert(c, &e, &e.id, &e.number);
	if (!st)
		st = event_fan_out(c, &e);
	if (!st)
		c->posted = true;
	return st;
}

struct teller {
	struct house *house;
	const char *holder;
	bool threaded;
	pthread_t thread;
	int64_t seen_at; /* the teller's thread alone */

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;
	bool woken, closing;
};

/* --- telling one listener --- */

struct telling {
	const struct listener *listener;
	const char *holder;
	int64_t now, limit;
};
struct told {
	bool mine; /* no other process is telling this listener */
	int64_t count, waiting;
	struct event_due *failed; /* the one whose act failed */
};

static enum status tell_one(struct call *c, const struct listener *l, const struct event_due *d)
{
	const struct event e = {
		.id = d->event,
		.type = d->type,
		.subject = d->subject,
		.number = d->number,
		.domain_id = d->domain_id,
		.project_id = d->project_id,
		.payload = d->payload,
		.posted_at = d->posted_at,
	};
	enum status st = l->act(c, &e);
	return st ? st : event_told(c, d);
}

static enum status take_and_list(struct call *c, const struct telling *in, struct told *out,
				 struct event_due **list, size_t *n)
{
	enum status st = event_listener_take(c, in->listener->name, in->holder, in->now,
					     in->now + LEASE, &out->mine);
	*n = 0;
	if (st || !out->mine)
		return st;
	return event_due_list(c, in->listener->name, in->now, in->limit, list, n);
}

static enum status tell_act(struct call *c, const void *in_, void *out_)
{
	const struct telling *in = in_;
	struct told *out = out_;
	struct event_due *list;
	size_t n;
	enum status st = take_and_list(c, in, out, &list, &n);

	for (size_t i = 0; i < n && !st; i++) {
		st = tell_one(c, in->listener, &list[i]);
		if (st)
			out->failed = &list[i];
		else
			out->count++;
	}
	return st;
}

struct failure {
	const struct event_due *due;
	const char *why;
	int64_t now;
};

static enum status failure_act(struct call *c, const void *in_, void *out)
{
	const struct failure *in = in_;
	int64_t attempt = in->due->attempt + 1;

	(void)out;
	return event_not_told(c, in->due, attempt >= ATTEMPTS, in->now + job_backoff(attempt),
			      in->why);
}

static struct call *teller_call(const struct teller *t, struct arena *a)
{
	struct call *c = call_new(a, "events-tell");
	c->house = t->house;
	return c;
}

static enum status note_failure(struct teller *t, struct arena *a, const struct listener *l,
				const struct event_due *d, const char *why)
{
	struct call *c = teller_call(t, a);
	const struct failure in = { .due = d, .why = why, .now = clock_now() };
	enum status st = db_write(c, t->house->db, failure_act, &in, NULL, 0);

	log_warn("event-not-told", c->request_id, "%s was not told of %s %s %lld, attempt %lld: %s",
		 l->name, d->type, d->subject, (long long)d->number, (long long)d->attempt + 1,
		 why);
	return st;
}

/* Tells up to 'limit' events in one transaction. '*more': it is worth asking again at once. */
static enum status tell_some(struct teller *t, struct arena *a, const struct listener *l,
			     int64_t limit, int64_t *told, bool *more)
{
	struct call *c = teller_call(t, a);
	const struct telling in = {
		.listener = l, .holder = t->holder, .now = clock_now(), .limit = limit
	};
	struct told out = { 0 };
	enum status st = db_write(c, t->house->db, tell_act, &in, &out, sizeof(out));

	*more = false;
	if (!st) {
		*told += out.count;
		*more = out.count == limit;
		metric_add(METRIC_EVENTS_TOLD, out.count);
		return ST_OK;
	}
	if (!out.failed)
		return st; /* the database, not the listener */
	*more = true;
	if (out.count > 0) {
		/* Those before it are told without it first; then it fails alone. */
		bool unused;
		return tell_some(t, a, l, out.count, told, &unused);
	}
	return note_failure(t, a, l, out.failed, c->problem[0] ? c->problem : status_word(st));
}

struct look {
	const char *listener;
	int64_t now;
};

static enum status look_act(struct call *c, const void *in_, void *out)
{
	const struct look *in = in_;
	return event_is_due(c, in->listener, in->now, out);
}

static enum status tell_listener(struct teller *t, struct arena *a, const struct listener *l,
				 int64_t *told)
{
	const struct look in = { .listener = l->name, .now = clock_now() };
	bool due = false;
	struct call *c = teller_call(t, a);
	enum status st = db_read(c, t->house->db, look_act, &in, &due, sizeof(due));

	while (!st && due) {
		SCOPED_ARENA struct arena *round = arena_new();
		st = tell_some(t, round, l, TOGETHER, told, &due);
	}
	return st;
}

/* --- this process's listeners --- */

static enum status seen_act(struct call *c, const void *in, void *out)
{
	const struct house *h = in;
	enum status st = ST_OK;

	(void)out;
	for (const struct module *const *m = h->modules; *m; m++) {
		for (const struct listener *l = (*m)->listens; l && l->name && !st; l++) {
			size_t size = strlen(l->type);
			bool wild = str_ends(l->type, "*");
			const struct event_listener row = {
				.name = l->name,
				.type = arena_strndup(c->arena, l->type, size - wild),
				.wild = wild,
				.now = clock_now(),
			};
			st = event_listener_put(c, &row);
		}
	}
	return st;
}

/* A listener that fails, or a database that is away, does not keep the others from being told. */
enum status teller_pass(struct teller *t, struct arena *a, int64_t *told)
{
	enum status worst = ST_OK;
	int64_t count = 0;

	for (const struct module *const *m = t->house->modules; *m; m++) {
		for (const struct listener *l = (*m)->listens; l && l->name; l++) {
			enum status st = tell_listener(t, a, l, &count);
			if (st)
				worst = st;
		}
	}
	*told = count;
	return worst;
}

static void say_seen(struct teller *t, struct arena *a)
{
	struct call *c = teller_call(t, a);

	if (clock_steady() - t->seen_at < SEEN_EVERY)
		return;
	if (db_write(c, t->house->db, seen_act, t->house, NULL, 0))
		log_warn("events-seen", c->request_id, "%s", c->problem);
	else
		t->seen_at = clock_steady();
}

static bool wait_for_events(struct teller *t)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += POLL / CLOCK_SECOND;
	pthread_mutex_lock(&t->lock);
	while (!t->woken && !t->closing &&
	       pthread_cond_timedwait(&t->wake, &t->lock, &until) != ETIMEDOUT)
		;
	t->woken = false;
	bool closing = t->closing;
	pthread_mutex_unlock(&t->lock);
	return !closing;
}

static void *run(void *teller)
{
	struct teller *t = teller;
	struct arena *a = arena_new();
	int64_t told;

	pthread_setname_np(pthread_self(), "events-tell");
	do {
		if (teller_pass(t, a, &told))
			log_warn("events-tell", NULL, "not everybody could be told");
		say_seen(t, a);
		arena_reset(a);
	} while (wait_for_events(t));
	arena_end(&a);
	return NULL;
}

struct teller *teller_open(struct call *c, struct house *h, const char *holder, bool thread)
{
	pthread_condattr_t attr;

	if (db_write(c, h->db, seen_act, h, NULL, 0))
		return NULL;
	struct teller *t = calloc(1, sizeof(*t));
	if (!t)
		abort();
	t->house = h;
	t->holder = holder;
	t->seen_at = clock_steady();
	pthread_mutex_init(&t->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&t->wake, &attr);
	pthread_condattr_destroy(&attr);
	t->threaded = thread;
	if (thread && pthread_create(&t->thread, NULL, run, t))
		abort();
	return t;
}

void teller_wake(struct teller *t)
{
	pthread_mutex_lock(&t->lock);
	t->woken = true;
	pthread_cond_signal(&t->wake);
	pthread_mutex_unlock(&t->lock);
}

static enum status leave_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return event_listener_leave(c, in);
}

void teller_close(struct teller *t)
{
	if (!t)
		return;
	if (t->threaded) {
		pthread_mutex_lock(&t->lock);
		t->closing = true;
		pthread_cond_signal(&t->wake);
		pthread_mutex_unlock(&t->lock);
		pthread_join(t->thread, NULL);
	}
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = teller_call(t, a);
	if (db_write(c, t->house->db, leave_act, t->holder, NULL, 0))
		log_warn("events-leave", c->request_id, "%s", c->problem);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->wake);
	free(t);
}
