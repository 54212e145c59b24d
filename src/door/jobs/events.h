/* SPDX-License-Identifier: Apache-2.0 */
/* Events: rows posted in the transaction that made them true, numbered per subject. Listeners of other
 * rooms are told after the commit, at least once, in order per subject; event streams show them to
 * those who may see the subject. */
#ifndef DOOR_JOBS_EVENTS_H
#define DOOR_JOBS_EVENTS_H

#include "base/call.h"

struct event {
	int64_t id;       /* grows with time; on PostgreSQL a lower one may appear a moment later */
	const char *type; /* "compute.server.state": room, thing, what happened */
	const char *subject; /* id of the thing */
	int64_t number;      /* 1, 2, 3… of this subject */
	const char *domain_id,
		*project_id; /* whose thing it is: who may see it; NULL: the system's */
	const char *payload; /* a JSON object */
	int64_t posted_at;
};

/* In a transaction: posts an event. 'payload' is a JSON object as text. */
enum status event_post(struct call *c, const char *type, const char *subject, const char *domain_id,
		       const char *project_id, const char *payload) MUST_USE;

/* A room's ear. 'type' may end with '*'. 'act' runs in a transaction (it may run more than once for the
 * same event; what it did for a number before it must not do again), without a user. When it fails, the
 * event waits for another attempt, later ones of its subject wait behind it, and other subjects and
 * listeners go on. After a day of failures it is put aside as dead and the subject goes on. */
struct listener {
	const char *
		name; /* stable and unlike any other: what it is still to be told is kept under it */
	const char *type;
	enum status (*act)(struct call *c, const struct event *e);
};

#endif
