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
	enum status st = event_next_number(c, subject, &e.number);
	if (!st)
		st = event_insert(c, &e, &e.id);
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

struct asked {
	const struct listener *listener;
	int64_t now;
};
struct due {
	struct event_due *list;
	size_t count;
};

/* Reading apart from writing: a reader does not get in the way of the acts that post meanwhile. */
static enum status due_act(struct call *c, const void *in_, void *out_)
{
	const struct asked *in = in_;
	struct due *out = out_;
	return event_due_list(c, in->listener->name, in->now, TOGETHER, &out->list, &out->count);
}

struct telling {
	const struct listener *listener;
	const char *holder;
	const struct event_due *list;
	size_t count;
	int64_t now;
};
struct told {
	bool mine; /* no other process is telling this listener */
	int64_t count;
	const struct event_due *failed; /* the one whose act failed */
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
	bool mine;
	enum status st = event_told(c, d, &mine);
	return st || !mine ? st : l->act(c, &e);
}

static enum status tell_act(struct call *c, const void *in_, void *out_)
{
	const struct telling *in = in_;
	struct told *out = out_;
	enum status st = event_teller_take(c, in->listener->name, in->holder, in->now,
					   in->now + LEASE, &out->mine);

	for (size_t i = 0; out->mine && i < in->count && !st; i++) {
		st = tell_one(c, in->listener, &in->list[i]);
		if (st)
			out->failed = &in->list[i];
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

/* Tells the events of 'due' in one transaction. '*moved' stays false when nothing has changed: another
 * process is telling this listener. */
static enum status tell_some(struct teller *t, struct arena *a, const struct listener *l,
			     const struct due *due, int64_t *told, bool *moved)
{
	struct call *c = teller_call(t, a);
	const struct telling in = { .listener = l,
				    .holder = t->holder,
				    .list = due->list,
				    .count = due->count,
				    .now = clock_now() };
	struct told out = { 0 };
	enum status st = db_write(c, t->house->db, tell_act, &in, &out, sizeof(out));

	if (!st) {
		*told += out.count;
		*moved |= out.count > 0;
		metric_add(METRIC_EVENTS_TOLD, out.count);
		return ST_OK;
	}
	if (!out.failed)
		return st; /* the database, not the listener */
	if (out.count > 0) {
		/* Those before it are told without it; then it fails alone. */
		const struct due before = { due->list, (size_t)out.count };
		return tell_some(t, a, l, &before, told, moved);
	}
	*moved = true;
	return note_failure(t, a, l, out.failed, c->problem[0] ? c->problem : status_word(st));
}

/* Goes on for as long as something can be told. */
static enum status tell_listener(struct teller *t, const struct listener *l, int64_t *told)
{
	enum status st;
	bool moved;

	do {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = teller_call(t, a);
		const struct asked asked = { .listener = l, .now = clock_now() };
		struct due due;
		moved = false;
		st = db_read(c, t->house->db, due_act, &asked, &due, sizeof(due));
		if (!st && due.count)
			st = tell_some(t, a, l, &due, told, &moved);
	} while (!st && moved);
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
enum status teller_pass(struct teller *t, int64_t *told)
{
	enum status worst = ST_OK;
	int64_t count = 0;

	for (const struct module *const *m = t->house->modules; *m; m++) {
		for (const struct listener *l = (*m)->listens; l && l->name; l++) {
			enum status st = tell_listener(t, l, &count);
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
		if (teller_pass(t, &told))
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
	return event_teller_leave(c, in);
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
