/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of a job's life, all inside of transactions. Who runs them is jobs_run.c.
 *
 *     waiting --claimed--> running --ended well--> done
 *        ^                    |----ended badly, again later--> waiting
 *        |                    |----given up------------------> dead ----retried--> waiting
 *        |                    `----told to stop--------------> cancelled
 *     posted                 (lease ran out: as if it had ended with a time-out) */
#include <assert.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "door/jobs/jobs_private.h"

#define BACKOFF_FIRST CLOCK_SECOND
/* An engine that comes back is noticed within minutes, and one that stays away is not hammered. */
#define BACKOFF_MOST (300 * CLOCK_SECOND)

const struct job_kind *job_kind_named(const struct house *h, const char *name)
{
	for (const struct module *const *m = h->modules; m && *m; m++)
		for (const struct job_kind *k = (*m)->jobs; k && k->name; k++)
			if (str_eq(k->name, name))
				return k;
	return NULL;
}

enum status job_post(struct call *c, const char *kind, const char *subject, const char *payload,
		     enum job_priority priority, int64_t due_at)
{
	assert(!c->house || !c->house->modules || job_kind_named(c->house, kind));
	int64_t now = clock_now();
	const struct job_row j = {
		.kind = kind,
		.subject = subject,
		.payload = payload,
		.priority = priority,
		.posted_at = now,
		.due_at = due_at ? due_at : now,
		.request_id = c->request_id ? c->request_id : "",
	};
	enum status st = job_insert(c, &j);
	if (!st)
		c->posted = true;
	return st;
}

enum status job_cancel(struct call *c, const char *kind, const char *subject)
{
	enum status st = job_drop_waiting(c, kind, subject, clock_now());
	return st ? st : job_stop_running(c, kind, subject);
}

enum status job_still_mine(struct call *c, const struct job *j)
{
	int64_t cancelled;
	enum status st = job_holds(c, j, &cancelled);
	if (st != ST_NOT_FOUND)
		return st;
	return fail(c, ST_CONFLICT, NULL, "another process has taken over job %lld",
		    (long long)j->id);
}

void job_progress(struct call *c, const struct job *j, int percent, const char *words)
{
	if (c->house && c->house->jobs)
		jobs_note_progress(c->house->jobs, j, percent, words);
}

bool job_cancelled(const struct call *c, const struct job *j)
{
	return c->house && c->house->jobs && jobs_told_to_stop(c->house->jobs, j);
}

int64_t job_backoff(int64_t attempt)
{
	int64_t most = BACKOFF_FIRST;
	for (; attempt > 1 && most < BACKOFF_MOST; attempt--)
		most *= 2;
	if (most > BACKOFF_MOST)
		most = BACKOFF_MOST;
	/* Half of it is chance, so that what failed together does not come back together. */
	uint32_t dice;
	random_bytes(&dice, sizeof(dice));
	return most / 2 + dice % (most / 2 + 1);
}

static bool worth_another_try(enum status st)
{
	return st == ST_RETRY || st == ST_AWAY || st == ST_TIMEOUT;
}

static enum status again_later(struct call *c, const struct job_end *e, int *state)
{
	bool newer = false;
	enum status st = job_other_waits(c, e->job.kind, e->job.subject, &newer);
	if (st)
		return st;
	/* What was posted meanwhile wants the same of the same thing. */
	*state = newer ? STATE_CANCELLED : STATE_WAITING;
	if (newer)
		return job_finish(c, &e->job, STATE_CANCELLED, e->now,
				  "a newer job of the same kind took over");
	return job_again(c, &e->job, e->job.attempt, e->now + job_backoff(e->job.attempt), e->why);
}

static enum status end_timer(struct call *c, const struct job_end *e, int *state)
{
	bool newer = false;
	enum status st = job_other_waits(c, e->job.kind, e->job.subject, &newer);
	if (st)
		return st;
	*state = newer ? STATE_DONE : STATE_WAITING;
	if (newer)
		return job_finish(c, &e->job, STATE_DONE, e->now, NULL);
	return job_again(c, &e->job, 0, e->now + e->of.timer->every, e->st ? e->why : NULL);
}

static enum status give_up(struct call *c, const struct job_end *e, enum job_state to, int *state)
{
	const struct job_kind *k = e->of.kind;
	enum status st = k && k->give_up ? k->give_up(c, &e->job, e->why) : ST_OK;
	if (!st)
		st = job_finish(c, &e->job, to, e->now, e->why);
	*state = (int)to;
	return st;
}

enum status job_end(struct call *c, const struct job_end *e, int *state)
{
	int64_t cancelled;
	enum status st = job_holds(c, &e->job, &cancelled);

	*state = STATE_RUNNING;
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (st)
		return st;
	if (e->of.timer)
		return end_timer(c, e, state);
	if (e->st == ST_OK) {
		*state = STATE_DONE;
		return job_finish(c, &e->job, STATE_DONE, e->now, NULL);
	}
	if (cancelled == CANCELLED_BY_ADMIN)
		return give_up(c, e, STATE_CANCELLED, state);
	if (cancelled) {
		*state = STATE_CANCELLED;
		return job_finish(c, &e->job, STATE_CANCELLED, e->now, e->why);
	}
	/* Of a kind that this process does not know it cannot be said how often is enough. */
	if (worth_another_try(e->st) && (!e->of.kind || e->job.attempt < e->of.kind->attempts))
		return again_later(c, e, state);
	return give_up(c, e, STATE_DEAD, state);
}

enum status job_end_act(struct call *c, const void *in, void *out)
{
	/* What a room does when it gives up may post events: those who listen are woken. */
	return job_end(c, in, out);
}

void job_tell_end(const struct job_end *e, const char *request_id, int state)
{
	const char *kind = e->job.kind, *subject = e->job.subject;

	if (e->st)
		metric_add(METRIC_JOBS_FAILED, 1);
	if (state == STATE_DONE)
		metric_add(METRIC_JOBS_DONE, 1);
	if (state == STATE_DEAD) {
		metric_add(METRIC_JOBS_DEAD, 1);
		log_warn("job-dead", request_id, "%s of %s is given up at attempt %lld: %s", kind,
			 subject, (long long)e->job.attempt, e->why);
	} else if (state == STATE_RUNNING) {
		log_warn("job-lost", request_id, "%s of %s: another process took over", kind,
			 subject);
	} else if (e->st) {
		log_info("job-failed", request_id, "%s of %s, attempt %lld: %s", kind, subject,
			 (long long)e->job.attempt, e->why);
	}
}
