/* SPDX-License-Identifier: Apache-2.0 */
/* The heartbeat: one thread that keeps the leases of this process's running jobs, writes their progress,
 * and learns that a job was cancelled or lost. */
#include <errno.h>
#include <stdio.h>
#include "base/clock.h"
#include "base/log.h"
#include "door/jobs/jobs_private.h"

struct beat {
	struct slot *slot;
	struct job job; /* its id and epoch: the slot may serve another when the answer comes */
	int64_t until, percent;
	const char *words;
};
struct beats {
	struct beat *list;
	size_t count;
};
struct answer {
	int64_t cancelled;
	bool lost;
};

static enum status beat_act(struct call *c, const void *in_, void *out)
{
	const struct beats *in = in_;
	struct answer *answers = out;

	for (size_t i = 0; i < in->count; i++) {
		const struct beat *b = &in->list[i];
		enum status st = job_extend(c, &b->job, b->until, b->percent, b->words,
					    &answers[i].cancelled);
		answers[i].lost = st == ST_NOT_FOUND;
		if (st && !answers[i].lost)
			return st;
	}
	return ST_OK;
}

/* Those that have news, or whose lease has lost a third. Under the lock. */
static struct beats collect(struct jobs *r, struct arena *a)
{
	struct beats b = { .list = arena_array(a, (size_t)r->slot_count, sizeof(struct beat)) };
	int64_t now = clock_now(), steady = clock_steady();

	for (int i = 0; i < r->slot_count; i++) {
		struct slot *s = &r->slots[i];
		if (!s->busy)
			continue;
		if (!s->overdue && steady > s->job.deadline_at) {
			s->overdue = true;
			log_warn("job-overdue", s->request_id, "%s of %s runs past its deadline",
				 s->job.kind, s->job.subject);
		}
		int64_t until = s->overdue ? s->lease_until : now + s->kind->lease;
		if (!s->news && until - s->lease_until < s->kind->lease / 3)
			continue;
		s->news = false;
		s->lease_until = until;
		b.list[b.count++] =
			(struct beat){ .slot = s,
				       .job = { .id = s->job.id, .epoch = s->job.epoch },
				       .until = until,
				       .percent = s->percent,
				       .words = arena_strdup(a, s->words) };
	}
	return b;
}

static bool serves(const struct slot *s, const struct job *j)
{
	return s->busy && s->job.id == j->id && s->job.epoch == j->epoch;
}

static void beat_once(struct jobs *r, struct arena *a)
{
	pthread_mutex_lock(&r->lock);
	struct beats beats = collect(r, a);
	pthread_mutex_unlock(&r->lock);
	if (!beats.count)
		return;

	struct call *c = call_new(a, "jobs-beat");
	struct answer *answers = arena_array(a, beats.count, sizeof(*answers));
	enum status st = db_write(c, r->house->db, beat_act, &beats, answers,
				  beats.count * sizeof(*answers));
	if (st)
		log_warn("jobs-beat", c->request_id, "leases were not extended: %s", c->problem);
	pthread_mutex_lock(&r->lock);
	for (size_t i = 0; i < beats.count; i++) {
		struct slot *s = beats.list[i].slot;
		if (!serves(s, &beats.list[i].job))
			continue;
		if (st) {
			s->news = true; /* at once again */
		} else if (answers[i].cancelled || answers[i].lost) {
			s->stop = true;
		}
	}
	pthread_mutex_unlock(&r->lock);
}

void *jobs_beat(void *jobs)
{
	struct jobs *r = jobs;
	struct arena *a = arena_new();
	bool on = true;

	pthread_setname_np(pthread_self(), "jobs-beat");
	while (on) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		int64_t nanoseconds = until.tv_nsec + r->beat_every * 1000;
		until.tv_sec += nanoseconds / 1000000000;
		until.tv_nsec = nanoseconds % 1000000000;
		pthread_mutex_lock(&r->lock);
		while (r->beating &&
		       pthread_cond_timedwait(&r->ended, &r->lock, &until) != ETIMEDOUT)
			;
		on = r->beating;
		pthread_mutex_unlock(&r->lock);
		beat_once(r, a);
		arena_reset(a);
	}
	arena_end(&a);
	return NULL;
}

static struct slot *slot_of(struct jobs *r, const struct job *j)
{
	for (int i = 0; i < r->slot_count; i++)
		if (serves(&r->slots[i], j))
			return &r->slots[i];
	return NULL;
}

void jobs_note_progress(struct jobs *r, const struct job *j, int percent, const char *words)
{
	pthread_mutex_lock(&r->lock);
	struct slot *s = slot_of(r, j);
	if (s) {
		s->percent = percent < 0 ? 0 : percent > 100 ? 100 : percent;
		snprintf(s->words, sizeof(s->words), "%s", words ? words : "");
		/* A character that was cut in two would not be text. */
		size_t size = strlen(s->words);
		while (size && !utf8_valid(s->words, size))
			s->words[--size] = '\0';
		s->news = true;
	}
	pthread_mutex_unlock(&r->lock);
}

bool jobs_told_to_stop(struct jobs *r, const struct job *j)
{
	pthread_mutex_lock(&r->lock);
	struct slot *s = slot_of(r, j);
	bool stop = s && (s->stop || s->overdue);
	pthread_mutex_unlock(&r->lock);
	return stop;
}
