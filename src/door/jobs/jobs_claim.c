/* SPDX-License-Identifier: Apache-2.0 */
/* Claiming: gives this process's idle workers what is due, in one short act for all of them, and takes
 * back what was leased to a process that is gone. */
#include <stdlib.h>
#include "base/clock.h"
#include "base/log.h"
#include "door/jobs/jobs_private.h"

/* What one kind could take now. */
struct want {
	struct runner_kind *kind;
	int room;
	bool due;
};
struct wants {
	const char *holder;
	struct want *list;
	size_t count;
	int idle;
	int64_t now;
};

/* Under the lock. Begins with another kind each time. */
static struct wants collect(struct jobs *r, struct arena *a)
{
	struct wants w = { .holder = r->holder,
			   .list = arena_array(a, r->kind_count + 1, sizeof(struct want)),
			   .now = clock_now() };

	for (int i = 0; i < r->slot_count; i++)
		w.idle += !r->slots[i].busy;
	for (size_t i = 0; i < r->kind_count; i++) {
		struct runner_kind *k = &r->kinds[(r->first_kind + i) % r->kind_count];
		if (k->running < k->at_most)
			w.list[w.count++] =
				(struct want){ .kind = k, .room = k->at_most - k->running };
	}
	if (r->kind_count)
		r->first_kind = (r->first_kind + 1) % r->kind_count;
	return w;
}

/* Reading first: most of the time nothing is due, and nothing needs to be written then. */
static enum status look_act(struct call *c, const void *in_, void *out)
{
	const struct wants *in = in_;
	bool *due = out;
	enum status st = ST_OK;

	for (size_t i = 0; i < in->count && !st; i++)
		st = job_is_due(c, in->list[i].kind->name, in->now, &due[i]);
	return st;
}

struct claimed {
	struct job_row *jobs;
	struct runner_kind **kinds;
	int count;
};

/* What is going to be claimed. */
struct pick {
	int64_t id;
	struct job_claim how;
	struct runner_kind *kind;
};
struct picks {
	struct pick *list;
	int count;
};

static enum status pick_kind(struct call *c, const struct wants *in, int64_t priority,
			     struct runner_kind *kind, int *room, struct picks *out)
{
	size_t n = 0;
	int limit = in->idle - out->count;

	if (limit > *room)
		limit = *room;
	if (limit <= 0)
		return ST_OK;
	int64_t *ids = arena_array(c->arena, (size_t)limit, sizeof(*ids));
	const struct job_claim how = { .kind = kind->name,
				       .priority = priority,
				       .now = in->now,
				       .until = in->now + kind->lease,
				       .limit = limit,
				       .holder = in->holder };
	enum status st = job_claimable(c, &how, ids, &n);
	for (size_t i = 0; i < n && !st; i++) {
		out->list[out->count++] = (struct pick){ ids[i], how, kind };
		--*room;
	}
	return st;
}

static int by_id(const void *a_, const void *b_)
{
	const struct pick *a = a_, *b = b_;

	return (a->id > b->id) - (a->id < b->id);
}

static enum status claim_act(struct call *c, const void *in_, void *out_)
{
	static const int64_t priorities[] = { JOB_SOON, JOB_NORMAL, JOB_LATER };
	const struct wants *in = in_;
	struct claimed *out = out_;
	struct picks picks = { arena_array(c->arena, (size_t)in->idle, sizeof(struct pick)), 0 };
	int *room = arena_array(c->arena, in->count, sizeof(*room));
	enum status st = ST_OK;

	for (size_t i = 0; i < in->count; i++)
		room[i] = in->list[i].room;
	for (size_t p = 0; p < 3 && !st; p++)
		for (size_t i = 0; i < in->count && !st; i++)
			if (in->list[i].due)
				st = pick_kind(c, in, priorities[p], in->list[i].kind, &room[i],
					       &picks);
	out->count = 0;
	out->jobs = arena_array(c->arena, (size_t)in->idle, sizeof(*out->jobs));
	out->kinds = arena_array(c->arena, (size_t)in->idle, sizeof(*out->kinds));
	qsort(picks.list, (size_t)picks.count, sizeof(*picks.list), by_id);
	for (int i = 0; i < picks.count && !st; i++) {
		const struct pick *p = &picks.list[i];
		st = job_claim(c, p->id, &p->how, &out->jobs[i]);
		out->kinds[i] = p->kind;
		out->count = i + 1;
	}
	return st;
}

/* Under the lock. There are as many idle slots as were claimed for. */
static void hand_out(struct jobs *r, const struct job_row *j, struct runner_kind *kind)
{
	struct slot *s = r->slots;

	while (s->busy)
		s++;
	s->busy = true;
	s->kind = kind;
	kind->running++;
	s->request_id = arena_strdup(s->arena, j->request_id);
	s->lease_until = j->lease_until;
	s->stop = s->overdue = s->news = false;
	s->percent = 0;
	s->words[0] = '\0';
	s->job = (struct job){
		.id = j->id,
		.kind = kind->name,
		.subject = arena_strdup(s->arena, j->subject),
		.payload = arena_strdup(s->arena, j->payload),
		.attempt = j->attempt,
		.epoch = j->epoch,
		.due_at = j->due_at,
		.deadline_at = clock_steady() + kind->deadline,
	};
}

void jobs_claim_pass(struct jobs *r, struct arena *a)
{
	struct call *c = call_new(a, "jobs-claim");
	struct claimed claimed = { 0 };

	pthread_mutex_lock(&r->lock);
	struct wants wants = collect(r, a);
	pthread_mutex_unlock(&r->lock);
	if (!wants.idle || !wants.count)
		return;
	bool *due = arena_array(a, wants.count, sizeof(*due)), any = false;
	enum status st =
		db_read(c, r->house->db, look_act, &wants, due, wants.count * sizeof(*due));
	for (size_t i = 0; i < wants.count && !st; i++)
		any |= wants.list[i].due = due[i];
	if (!st && any)
		st = db_write(c, r->house->db, claim_act, &wants, &claimed, sizeof(claimed));
	/* Two processes met at one subject: the next pass sees who was first. */
	if (st == ST_CONFLICT)
		return;
	if (st) {
		log_warn("jobs-claim", c->request_id, "nothing was claimed: %s", c->problem);
		return;
	}
	pthread_mutex_lock(&r->lock);
	for (int i = 0; i < claimed.count; i++)
		hand_out(r, &claimed.jobs[i], claimed.kinds[i]);
	if (claimed.count)
		pthread_cond_broadcast(&r->given);
	pthread_mutex_unlock(&r->lock);
}

struct expired {
	struct job_row *list;
	size_t count;
};

static enum status expired_act(struct call *c, const void *in, void *out_)
{
	struct expired *out = out_;
	return job_expired(c, *(const int64_t *)in, 100, &out->list, &out->count);
}

/* What runs here is not taken back, unless it is past its deadline. */
static bool still_works(struct jobs *r, const struct job_row *j)
{
	bool works = false;

	pthread_mutex_lock(&r->lock);
	for (int i = 0; i < r->slot_count; i++) {
		const struct slot *s = &r->slots[i];
		works |= s->busy && s->job.id == j->id && s->job.epoch == j->epoch && !s->overdue;
	}
	pthread_mutex_unlock(&r->lock);
	return works;
}

static struct job_kind_of kind_of(const struct jobs *r, const char *name)
{
	for (size_t i = 0; i < r->kind_count; i++)
		if (str_eq(r->kinds[i].name, name))
			return r->kinds[i].of;
	return (struct job_kind_of){ 0 };
}

static void take_back(struct jobs *r, struct arena *a, const struct job_row *j)
{
	struct call *c = call_new(a, j->request_id);
	int state = STATE_RUNNING;
	const struct job_end e = {
		.of = kind_of(r, j->kind),
		.job = { .id = j->id,
			 .kind = j->kind,
			 .subject = j->subject,
			 .payload = j->payload,
			 .attempt = j->attempt,
			 .epoch = j->epoch,
			 .due_at = j->due_at },
		.st = ST_TIMEOUT,
		.why = arena_printf(a, "the process %s, which ran it, ended or did not answer",
				    j->holder),
		.now = clock_now(),
	};

	c->house = r->house;
	if (db_write(c, r->house->db, job_end_act, &e, &state, sizeof(state)))
		log_warn("job-expired", c->request_id, "%s of %s could not be taken back: %s",
			 j->kind, j->subject, c->problem);
	else if (state != STATE_RUNNING)
		job_tell_end(&e, j->request_id, state);
}

void jobs_expire_pass(struct jobs *r, struct arena *a)
{
	struct call *c = call_new(a, "jobs-expire");
	struct expired expired = { 0 };
	int64_t now = clock_now();

	if (db_read(c, r->house->db, expired_act, &now, &expired, sizeof(expired))) {
		log_warn("jobs-expire", c->request_id, "leases were not looked at: %s", c->problem);
		return;
	}
	for (size_t i = 0; i < expired.count; i++)
		if (!still_works(r, &expired.list[i]))
			take_back(r, a, &expired.list[i]);
}
