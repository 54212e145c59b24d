/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: work for the outside world (engines, mail, other cities), as rows. An act posts a job in its
 * transaction; a worker leases it, compares desired with actual state, changes, records. Running it
 * twice is harmless, so killing the process at any moment is too.
 *
 * Owns tables job and event_*. Uses db, audit. */
#ifndef DOOR_JOBS_JOBS_H
#define DOOR_JOBS_JOBS_H

#include "base/call.h"

struct house;
struct module;

struct job {
	int64_t id;
	const char *kind; /* "compute.server.build" */
	const char *
		subject; /* id of the thing that the work is for; jobs of one subject never overlap */
	const char *payload; /* a JSON object */
	int64_t attempt;     /* 1 at the first run */
	int64_t epoch;       /* of this lease: a worker that lost it can record nothing */
	int64_t due_at;
	int64_t deadline_at; /* when this run should have ended, on the steady clock */
};

struct job_kind {
	const char *name;
	int at_most;   /* runs at once in one process */
	int attempts;  /* before it is given up */
	int64_t lease; /* microseconds; the heartbeat extends it while the run goes on */
	int64_t deadline; /* microseconds that one run may take; then its lease is not extended any more */
	/* Not in a transaction: uses db_read() and db_write() on house_of(c)->db. ST_OK: done. ST_RETRY or
	 * ST_AWAY or ST_TIMEOUT: again later, with backoff. Anything else: given up at once. */
	enum status (*run)(struct call *c, const struct job *j);
	/* In the transaction that gives the job up: makes its subject's state truthful. 'why' is the last
	 * reason, for people. NULL: nothing to do. */
	enum status (*give_up)(struct call *c, const struct job *j, const char *why);
};

enum job_priority { JOB_SOON = 0, JOB_NORMAL = 10, JOB_LATER = 20 };

/* In a transaction: posts a job, due now or at 'due_at' (0: now). A job of the same kind and subject
 * that waits already is not posted again: it takes the newer payload, the earlier time and the more
 * urgent priority. One that runs already is followed by the new one. */
enum status job_post(struct call *c, const char *kind, const char *subject, const char *payload,
		     enum job_priority priority, int64_t due_at) MUST_USE;
/* In a transaction: what waits for 'subject' is dropped; what runs is told to stop (job_cancelled()).
 * 'kind' NULL: of all kinds. give_up() is not called: the act that cancels knows the state. */
enum status job_cancel(struct call *c, const char *kind, const char *subject) MUST_USE;
/* In the transaction in which a run records its result: ST_CONFLICT when the lease was lost. */
enum status job_still_mine(struct call *c, const struct job *j) MUST_USE;
/* While it runs: how far (0 to 100) and in which words. Costs nothing: the heartbeat writes it. */
void job_progress(struct call *c, const struct job *j, int percent, const char *words);
/* Told to stop, past its deadline, or its lease is lost: the run should end with any failure. */
bool job_cancelled(const struct call *c, const struct job *j);

/* Starts and stops the threads that run jobs, timers and listeners of the house's modules. NULL with
 * the call's problem. */
struct jobs;
struct jobs *jobs_open(struct call *c, struct house *h, int threads);
/* Takes no new work and lets running jobs end (until 'grace' microseconds); those that have not ended
 * are told to stop, and their leases run out. NULL is legal. */
void jobs_close(struct jobs *j, int64_t grace);
/* Something was committed that may be due: wakes the threads. Safe from any thread. */
void jobs_wake(void *jobs);

extern const struct module jobs_module;

#endif
