/* SPDX-License-Identifier: Apache-2.0 */
/* The threads that run jobs: one claims (jobs_claim.c), one keeps leases (jobs_beat.c), some work. Any
 * number of processes do this on one database; what binds them is the lease in each row. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "door/jobs/jobs_private.h"

/* What other processes post, and what becomes due, is found by asking. */
#define POLL (CLOCK_SECOND)
/* Under a storm of posts one look serves them all. */
#define PAUSE_US 3000
/* Timers read and delete; none runs for minutes. */
#define TIMER_LEASE (30 * CLOCK_SECOND)
#define TIMER_DEADLINE (3600 * CLOCK_SECOND)
#define RECORD_TRIES 5

static void until_in(struct timespec *t, int64_t microseconds)
{
	clock_gettime(CLOCK_MONOTONIC, t);
	int64_t nanoseconds = t->tv_nsec + microseconds * 1000;
	t->tv_sec += nanoseconds / 1000000000;
	t->tv_nsec = nanoseconds % 1000000000;
}

/* --- the worker --- */

static enum status run_job(struct slot *s, struct call *c)
{
	const struct job_kind_of *of = &s->kind->of;
	return of->timer ? of->timer->run(c) : of->kind->run(c, &s->job);
}

/* The database may be away for a moment; when it stays away the lease runs out and another process, or
 * this one, runs the job again. */
static void record_end(struct slot *s, const struct job_end *e)
{
	for (int i = 0; i < RECORD_TRIES; i++) {
		struct call *c = call_new(s->arena, s->request_id);
		int state = STATE_RUNNING;
		c->house = s->jobs->house;
		enum status st =
			db_write(c, s->jobs->house->db, job_end_act, e, &state, sizeof(state));
		if (!st) {
			job_tell_end(e, s->request_id, state);
			return;
		}
		log_warn("job-not-recorded", s->request_id, "%s of %s: %s", e->job.kind,
			 e->job.subject, c->problem);
		usleep((useconds_t)(100000 << i));
	}
}

static void serve(struct slot *s)
{
	struct call *c = call_new(s->arena, s->request_id);
	c->house = s->jobs->house;
	enum status st = run_job(s, c);
	const struct job_end e = {
		.of = s->kind->of,
		.job = s->job,
		.st = st,
		.why = arena_strdup(s->arena, !st             ? ""
					      : c->problem[0] ? c->problem
							      : status_word(st)),
		.now = clock_now(),
	};
	record_end(s, &e);
}

static void *work(void *slot)
{
	struct slot *s = slot;
	struct jobs *r = s->jobs;

	pthread_setname_np(pthread_self(), "jobs-work");
	pthread_mutex_lock(&r->lock);
	for (;;) {
		while (!s->busy && !r->ending)
			pthread_cond_wait(&r->given, &r->lock);
		if (!s->busy)
			break;
		pthread_mutex_unlock(&r->lock);
		serve(s);
		pthread_mutex_lock(&r->lock);
		arena_reset(s->arena);
		s->busy = false;
		s->kind->running--;
		r->woken = true; /* there is room again */
		pthread_cond_signal(&r->wake);
		pthread_cond_broadcast(&r->ended);
	}
	pthread_mutex_unlock(&r->lock);
	return NULL;
}

/* --- the claimer --- */

static bool wait_for_work(struct jobs *r)
{
	struct timespec until;

	until_in(&until, POLL);
	pthread_mutex_lock(&r->lock);
	while (!r->woken && !r->closing &&
	       pthread_cond_timedwait(&r->wake, &r->lock, &until) != ETIMEDOUT)
		;
	r->woken = false;
	bool closing = r->closing;
	pthread_mutex_unlock(&r->lock);
	return !closing;
}

static void *claim(void *jobs)
{
	struct jobs *r = jobs;
	struct arena *a = arena_new();
	int64_t looked_at = 0;

	pthread_setname_np(pthread_self(), "jobs-claim");
	do {
		if (clock_steady() - looked_at >= POLL) {
			jobs_expire_pass(r, a);
			looked_at = clock_steady();
		}
		jobs_claim_pass(r, a);
		arena_reset(a);
		usleep(PAUSE_US);
	} while (wait_for_work(r));
	arena_end(&a);
	return NULL;
}

void jobs_wake(void *jobs)
{
	struct jobs *r = jobs;

	pthread_mutex_lock(&r->lock);
	r->woken = true;
	pthread_cond_signal(&r->wake);
	pthread_mutex_unlock(&r->lock);
	teller_wake(r->teller);
	stream_wake(r->house->stream);
}

/* --- all of them --- */

static enum status timers_act(struct call *c, const void *in, void *out)
{
	const struct jobs *r = in;
	enum status st = ST_OK;

	(void)out;
	for (size_t i = 0; i < r->kind_count && !st; i++)
		if (r->kinds[i].of.timer)
			st = job_insert_timer(c, r->kinds[i].name, clock_now());
	return st;
}

static void list_kinds(struct jobs *r)
{
	size_t n = 0;

	for (const struct module *const *m = r->house->modules; *m; m++) {
		for (const struct job_kind *k = (*m)->jobs; k && k->name; k++)
			n++;
		for (const struct timer *t = (*m)->timers; t && t->name; t++)
			n++;
	}
	r->kinds = arena_array(r->arena, n + 1, sizeof(*r->kinds));
	for (const struct module *const *m = r->house->modules; *m; m++) {
		for (const struct job_kind *k = (*m)->jobs; k && k->name; k++)
			r->kinds[r->kind_count++] = (struct runner_kind){
				.name = k->name,
				.of.kind = k,
				.at_most = k->at_most,
				.lease = k->lease,
				.deadline = k->deadline,
			};
		for (const struct timer *t = (*m)->timers; t && t->name; t++)
			r->kinds[r->kind_count++] = (struct runner_kind){
				.name = arena_printf(r->arena, "timer.%s", t->name),
				.of.timer = t,
				.at_most = 1,
				.lease = TIMER_LEASE,
				.deadline = TIMER_DEADLINE,
			};
	}
	/* A quarter of the shortest lease: two beats may be missed. */
	r->beat_every = CLOCK_SECOND;
	for (size_t i = 0; i < r->kind_count; i++)
		if (r->kinds[i].lease / 4 < r->beat_every)
			r->beat_every = r->kinds[i].lease / 4;
}

static void init_locks(struct jobs *r)
{
	pthread_condattr_t attr;

	pthread_mutex_init(&r->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&r->wake, &attr);
	pthread_cond_init(&r->given, &attr);
	pthread_cond_init(&r->ended, &attr);
	pthread_condattr_destroy(&attr);
}

static void start_threads(struct jobs *r)
{
	r->beating = true;
	for (int i = 0; i < r->slot_count; i++) {
		r->slots[i].jobs = r;
		r->slots[i].arena = arena_new();
	}
	for (int i = 0; i < r->slot_count; i++)
		if (pthread_create(&r->slots[i].thread, NULL, work, &r->slots[i]))
			abort();
	if (pthread_create(&r->beater, NULL, jobs_beat, r) ||
	    pthread_create(&r->claimer, NULL, claim, r))
		abort();
}

struct jobs *jobs_open(struct call *c, struct house *h, int threads)
{
	struct arena *arena = arena_new();
	struct jobs *r = arena_alloc(arena, sizeof(*r));
	uint32_t random;
	char host[32] = "";

	r->arena = arena;
	r->house = h;
	gethostname(host, sizeof(host) - 1);
	random_bytes(&random, sizeof(random));
	snprintf(r->holder, sizeof(r->holder), "%s.%d.%08x", host, (int)getpid(), random);
	list_kinds(r);
	r->slot_count = threads;
	r->slots = arena_array(arena, (size_t)threads, sizeof(*r->slots));
	if (db_write(c, h->db, timers_act, r, NULL, 0) ||
	    !(r->teller = teller_open(c, h, r->holder, true))) {
		arena_end(&arena);
		return NULL;
	}
	init_locks(r);
	h->jobs = r;
	db_on_posted(h->db, jobs_wake, r);
	start_threads(r);
	return r;
}

/* Waits until nothing runs; false when 'grace' was not enough. Under the lock. */
static bool drained(struct jobs *r, int64_t grace)
{
	struct timespec until;

	until_in(&until, grace);
	for (;;) {
		int busy = 0;
		for (int i = 0; i < r->slot_count; i++)
			busy += r->slots[i].busy;
		if (!busy)
			return true;
		if (pthread_cond_timedwait(&r->ended, &r->lock, &until) == ETIMEDOUT)
			return false;
	}
}

/* A thread that hangs in an engine cannot be ended alone. The process is about to end anyway, and
 * ending it here is what kill -9 is: nothing is lost. */
static void abandon(struct jobs *r)
{
	for (int i = 0; i < r->slot_count; i++)
		if (r->slots[i].busy)
			log_error("job-abandoned", r->slots[i].request_id,
				  "%s of %s did not end; it is run again when its lease is over",
				  r->slots[i].job.kind, r->slots[i].job.subject);
	_exit(1);
}

void jobs_close(struct jobs *r, int64_t grace)
{
	if (!r)
		return;
	pthread_mutex_lock(&r->lock);
	r->closing = true;
	pthread_cond_broadcast(&r->wake);
	pthread_mutex_unlock(&r->lock);
	/* First the claimer: what it may be handing out just now is run, too. */
	pthread_join(r->claimer, NULL);
	pthread_mutex_lock(&r->lock);
	r->ending = true;
	pthread_cond_broadcast(&r->given);
	if (!drained(r, grace)) {
		for (int i = 0; i < r->slot_count; i++)
			r->slots[i].stop = true;
		if (!drained(r, grace))
			abandon(r);
	}
	r->beating = false;
	pthread_cond_broadcast(&r->ended);
	pthread_mutex_unlock(&r->lock);
	pthread_join(r->beater, NULL);
	for (int i = 0; i < r->slot_count; i++) {
		pthread_join(r->slots[i].thread, NULL);
		arena_end(&r->slots[i].arena);
	}
	/* Last of those that write: what it commits still wakes us. */
	teller_close(r->teller);
	db_on_posted(r->house->db, NULL, NULL);
	r->house->jobs = NULL;
	pthread_mutex_destroy(&r->lock);
	pthread_cond_destroy(&r->wake);
	pthread_cond_destroy(&r->given);
	pthread_cond_destroy(&r->ended);
	struct arena *arena = r->arena;
	arena_end(&arena);
}
