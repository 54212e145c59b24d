/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of jobs/ share: rows, the rules by which a job moves between its states, and the
 * statements. */
#ifndef DOOR_JOBS_JOBS_PRIVATE_H
#define DOOR_JOBS_JOBS_PRIVATE_H

#include <pthread.h>
#include "db/db.h"
#include "door/house.h"
#include "door/jobs/events.h"
#include "door/jobs/jobs.h"
#include "door/jobs/stream.h"
#include "door/module.h"

enum job_state { STATE_WAITING, STATE_RUNNING, STATE_DONE, STATE_DEAD, STATE_CANCELLED };
extern const char *const job_states[];
enum { CANCELLED_BY_ROOM = 1, CANCELLED_BY_ADMIN = 2 };

/* A job as people see it. */
struct job_row {
	int64_t id;
	const char *kind, *subject, *payload;
	int64_t priority;
	int state; /* enum job_state */
	int64_t attempt, epoch, posted_at, due_at;
	const char *holder;
	int64_t lease_until, started_at, ended_at;
	int64_t cancelled, percent;
	const char *words, *why, *request_id;
};

/* jobs.c: the rules. All in a transaction. */
struct job_kind_of {
	const struct job_kind *kind;
	const struct timer *timer; /* the kind stands for this timer; else NULL */
};
/* How a run ended. */
struct job_end {
	struct job_kind_of of;
	struct job job;
	enum status st;
	const char *why; /* for people; "" when it went well */
	int64_t now;
};
/* ST_OK also when the lease was lost: '*state' tells, STATE_RUNNING for lost. */
enum status job_end(struct call *c, const struct job_end *e, int *state) MUST_USE;
/* Microseconds before attempt number 'attempt' + 1. */
int64_t job_backoff(int64_t attempt);
/* The kind of this name in the house's modules, or NULL. */
const struct job_kind *job_kind_named(const struct house *h, const char *name);

/* A kind of job that this process can run, or a timer, which is run as a job of its own kind. */
struct runner_kind {
	const char *name;
	struct job_kind_of of;
	int at_most;
	int64_t lease, deadline;
	int running; /* guarded by the lock of struct jobs */
};

/* What one worker thread is at. Guarded by the lock of struct jobs, but while 'busy' the worker alone
 * uses the arena, and nobody changes the job. */
struct slot {
	struct jobs *jobs;
	pthread_t thread;
	struct arena *arena; /* of the job and its call */
	bool busy;
	struct job job;
	const char *request_id;
	struct runner_kind *kind;
	int64_t lease_until;
	bool stop;    /* cancelled, or the lease is lost */
	bool overdue; /* past its deadline: its lease is not extended */
	bool news;    /* progress that is not written yet */
	int percent;
	char words[200];
};

struct jobs {
	struct house *house;
	struct arena *arena; /* lives as long as this */
	char holder[64];
	struct runner_kind *kinds;
	size_t kind_count, first_kind; /* where the next claim begins: no kind is always last */
	struct slot *slots;
	int slot_count;
	pthread_t claimer, beater;
	int64_t beat_every;
	struct teller *teller;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t wake;  /* the claimer: something may be due */
	pthread_cond_t given; /* the workers: there is a job, or the end */
	pthread_cond_t ended; /* the closer and the beater: a run ended */
	bool woken, beating;
	bool closing; /* the claimer ends */
	bool ending;  /* idle workers end */
};

/* jobs_claim.c: gives idle workers what is due; takes back what nobody works on any more. */
void jobs_claim_pass(struct jobs *r, struct arena *a);
void jobs_expire_pass(struct jobs *r, struct arena *a);
/* jobs_beat.c: extends the leases of running jobs and writes their progress. */
void *jobs_beat(void *jobs);
void jobs_note_progress(struct jobs *r, const struct job *j, int percent, const char *words);
bool jobs_told_to_stop(struct jobs *r, const struct job *j);
/* An act: a run ends. 'in' is a struct job_end, 'out' an int for enum job_state. */
enum status job_end_act(struct call *c, const void *in, void *out);
/* Counts and logs what job_end() decided. */
void job_tell_end(const struct job_end *e, const char *request_id, int state);

/* jobs_store.c. */
struct job_claim {
	const char *kind;
	int64_t priority, now, until, limit;
	const char *holder;
};
struct job_filter {
	const char *state, *kind, *subject;
	int64_t below, limit; /* ids under 'below' */
};
enum status job_insert(struct call *c, const struct job_row *j) MUST_USE;
enum status job_drop_waiting(struct call *c, const char *kind, const char *subject,
			     int64_t now) MUST_USE;
enum status job_stop_running(struct call *c, const char *kind, const char *subject) MUST_USE;
enum status job_is_due(struct call *c, const char *kind, int64_t now, bool *due) MUST_USE;
/* The first that is due of each subject of which nothing runs: 'limit' of them at most, into 'ids'. */
enum status job_claimable(struct call *c, const struct job_claim *in, int64_t *ids,
			  size_t *count) MUST_USE;
/* Leases one of them. Whoever claims several does it in the order of their ids, so that two who claim at once
 * meet at the first, and neither holds what the other waits for. */
enum status job_claim(struct call *c, int64_t id, const struct job_claim *in,
		      struct job_row *out) MUST_USE;
/* Extends the lease and records the progress; ST_NOT_FOUND: the lease is lost. */
enum status job_extend(struct call *c, const struct job *j, int64_t until, int64_t percent,
		       const char *words, int64_t *cancelled) MUST_USE;
enum status job_expired(struct call *c, int64_t now, int64_t limit, struct job_row **out,
			size_t *count) MUST_USE;
enum status job_holds(struct call *c, const struct job *j, int64_t *cancelled) MUST_USE;
/* A running job ends, or goes back to waiting. */
enum status job_finish(struct call *c, const struct job *j, enum job_state to, int64_t now,
		       const char *why) MUST_USE;
enum status job_again(struct call *c, const struct job *j, int64_t attempt, int64_t due_at,
		      const char *why) MUST_USE;
enum status job_other_waits(struct call *c, const char *kind, const char *subject,
			    bool *waits) MUST_USE;
enum status job_get(struct call *c, int64_t id, struct job_row *out) MUST_USE;
enum status job_find(struct call *c, const struct job_filter *f, struct job_row **out,
		     size_t *count) MUST_USE;
enum status job_revive(struct call *c, int64_t id, int64_t now, int64_t *changed) MUST_USE;
enum status job_cancel_one(struct call *c, int64_t id, int64_t now, int64_t *changed) MUST_USE;
/* Unless one waits or runs already. */
enum status job_insert_timer(struct call *c, const char *kind, int64_t now) MUST_USE;
enum status job_purge(struct call *c, const char *state, int64_t before, int64_t *gone) MUST_USE;

/* events_store.c. */
struct event_due {
	int64_t event, attempt;
	const char *listener, *type, *subject;
	int64_t number;
	const char *domain_id, *project_id, *payload, *why;
	int64_t posted_at;
};
struct event_listener {
	const char *name, *type;
	bool wild;
	int64_t now;
};
enum status event_next_number(struct call *c, const char *subject, int64_t *number) MUST_USE;
enum status event_insert(struct call *c, const struct event *e, int64_t *id) MUST_USE;
enum status event_fan_out(struct call *c, const struct event *e) MUST_USE;
enum status event_listener_put(struct call *c, const struct event_listener *l) MUST_USE;
enum status event_teller_take(struct call *c, const char *listener, const char *holder, int64_t now,
			      int64_t until, bool *mine) MUST_USE;
enum status event_teller_leave(struct call *c, const char *holder) MUST_USE;
/* What may be told now, each subject's in order. */
enum status event_due_list(struct call *c, const char *listener, int64_t now, int64_t limit,
			   struct event_due **out, size_t *count) MUST_USE;
/* '*mine' false: it was told already. */
enum status event_told(struct call *c, const struct event_due *d, bool *mine) MUST_USE;
/* 'dead': given up. */
enum status event_not_told(struct call *c, const struct event_due *d, bool dead, int64_t due_at,
			   const char *why) MUST_USE;
enum status event_dead(struct call *c, int64_t after, int64_t limit, struct event_due **out,
		       size_t *count) MUST_USE;
enum status event_revive(struct call *c, int64_t event, const char *listener, int64_t now,
			 int64_t *changed) MUST_USE;
enum status event_purge(struct call *c, int64_t before, int64_t *gone) MUST_USE;
enum status event_listener_purge(struct call *c, int64_t before) MUST_USE;
/* Events with after < id <= until, in order of id. */
enum status event_list(struct call *c, int64_t after, int64_t until, int64_t limit,
		       struct event **out, size_t *count) MUST_USE;
enum status event_bounds(struct call *c, int64_t *first, int64_t *last) MUST_USE;

/* events.c: tells this process's listeners. 'holder' outlives it. With 'thread' until it is closed; else
 * by teller_pass(), which tells once what is due. */
struct teller;
struct teller *teller_open(struct call *c, struct house *h, const char *holder, bool thread);
void teller_wake(struct teller *t);
void teller_close(struct teller *t);
enum status teller_pass(struct teller *t, int64_t *told) MUST_USE;

/* jobs_http.c. */
extern const struct permission jobs_permissions[];
extern const struct route_group jobs_routes[];

#endif
