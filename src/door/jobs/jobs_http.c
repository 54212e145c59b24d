/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs, what listeners could not be told, and the event stream, as administrators and the portal see
 * them; and what the room gives to the house. */
#include "base/clock.h"
#include "door/audit/audit.h"
#include "door/jobs/jobs_private.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000 };

/* Ended jobs answer the question what happened last week; a failure may be asked about for longer. */
#define KEEP_DONE (7 * CLOCK_DAY)
#define KEEP_FAILED (30 * CLOCK_DAY)
/* How long an event stream may be broken and still find what it missed. */
#define KEEP_EVENTS (7 * CLOCK_DAY)
/* No program has had this listener for so long: an upgrade took it away. */
#define KEEP_LISTENERS (30 * CLOCK_DAY)

static const struct field job_row_wire[] = {
	F_INT(job_row, id, 0, 0, 0),
	F_STR(job_row, kind, 0, 0),
	F_STR(job_row, subject, 0, 0),
	F_WORD(job_row, state, job_states, 0),
	F_INT(job_row, priority, 0, 0, 0),
	F_INT(job_row, attempt, 0, 0, 0),
	F_INT(job_row, percent, 0, 0, 0),
	F_STR(job_row, words, 0, NULLABLE),
	F_STR(job_row, why, 0, NULLABLE),
	F_STR(job_row, holder, 0, NULLABLE),
	F_TIME(job_row, posted_at, 0),
	F_TIME(job_row, due_at, 0),
	F_TIME(job_row, started_at, NULLABLE),
	F_TIME(job_row, lease_until, NULLABLE),
	F_TIME(job_row, ended_at, NULLABLE),
	F_STR(job_row, request_id, 0, 0),
	F_END,
};

struct job_asked {
	int state; /* enum job_state; told by state_given */
	bool state_given;
	const char *kind, *subject;
	int64_t limit, marker;
};
static const struct field job_asked_wire[] = {
	F_WORD(job_asked, state, job_states, OPT | FROM_QUERY, TELLS(job_asked, state)),
	F_STR(job_asked, kind, 255, OPT | FROM_QUERY),
	F_STR(job_asked, subject, 255, OPT | FROM_QUERY),
	F_INT(job_asked, limit, 1, PAGE_MAX, OPT | FROM_QUERY),
	F_INT(job_asked, marker, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
struct job_page {
	struct job_row *jobs;
	size_t jobs_count;
	const char *next;
};
static const struct field job_page_wire[] = {
	F_LIST(job_page, jobs, job_row, job_row_wire, 0, 0),
	F_NEXT(job_page, next),
	F_END,
};

static enum status job_list(struct call *c, const struct job_asked *in, struct job_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT;
	const struct job_filter f = {
		.state = in->state_given ? job_states[in->state] : NULL,
		.kind = in->kind,
		.subject = in->subject,
		.below = in->marker ? in->marker : INT64_MAX,
		.limit = limit + 1, /* one more tells whether there is a next page */
	};
	struct job_page page = { 0 };
	enum status st = job_find(c, &f, &page.jobs, &page.jobs_count);
	if (st)
		return st;
	if ((int64_t)page.jobs_count > limit) {
		page.jobs_count--;
		page.next = arena_printf(c->arena, "%lld", (long long)page.jobs[limit - 1].id);
	}
	*out = page;
	return ST_OK;
}

struct job_which {
	int64_t id;
};
static const struct field job_which_wire[] = {
	F_INT(job_which, id, 1, INT64_MAX, FROM_PATH),
	F_END,
};

static enum status job_show(struct call *c, const struct job_which *in, struct job_row *out)
{
	enum status st = job_get(c, in->id, out);
	if (st == ST_NOT_FOUND)
		return fail(c, st, "id", "there is no job %lld", (long long)in->id);
	return st;
}

static enum status job_retry(struct call *c, const struct job_which *in, struct job_row *out)
{
	struct job_row was;
	int64_t changed = 0;
	enum status st = job_show(c, in, &was);

	if (st)
		return st;
	audit_subject(c, was.kind, was.subject);
	if (was.state != STATE_DEAD)
		return fail(c, ST_CONFLICT, NULL, "job %lld is %s; only a dead one is tried again",
			    (long long)in->id, job_states[was.state]);
	bool waits;
	st = job_other_waits(c, was.kind, was.subject, &waits);
	if (!st && waits)
		return fail(c, ST_CONFLICT, NULL, "a newer job of the same kind and subject waits");
	if (!st)
		st = job_revive(c, in->id, clock_now(), &changed);
	if (st)
		return st;
	c->posted = true;
	st = job_get(c, in->id, out);
	if (!st)
		audit_change(c, job_row_wire, &was, out);
	return st;
}

/* What waits ends at once; what runs is told to stop, and ends when it does. */
static enum status job_cancel_by_admin(struct call *c, const struct job_which *in,
				       struct job_row *out)
{
	struct job_row was;
	int64_t changed = 0;
	enum status st = job_show(c, in, &was);

	if (st)
		return st;
	audit_subject(c, was.kind, was.subject);
	if (was.state != STATE_WAITING && was.state != STATE_RUNNING)
		return fail(c, ST_CONFLICT, NULL, "job %lld has ended already", (long long)in->id);
	const struct job_kind *k = job_kind_named(c->house, was.kind);
	if (!k)
		return fail(c, ST_CONFLICT, NULL, "job %lld is a timer and cannot be cancelled",
			    (long long)in->id);
	const struct job j = { .id = was.id,
			       .kind = was.kind,
			       .subject = was.subject,
			       .payload = was.payload,
			       .attempt = was.attempt,
			       .epoch = was.epoch,
			       .due_at = was.due_at };
	st = job_cancel_one(c, in->id, clock_now(), &changed);
	if (!st && was.state == STATE_WAITING && k->give_up)
		st = k->give_up(c, &j, "an administrator cancelled the job");
	if (!st)
		st = job_get(c, in->id, out);
	if (!st)
		audit_change(c, job_row_wire, &was, out);
	return st;
}

/* --- what listeners could not be told --- */

static const struct field event_due_wire[] = {
	F_INT(event_due, event, 0, 0, 0),
	F_STR(event_due, listener, 0, 0),
	F_STR(event_due, type, 0, 0),
	F_STR(event_due, subject, 0, 0),
	F_INT(event_due, number, 0, 0, 0),
	F_INT(event_due, attempt, 0, 0, 0),
	F_STR(event_due, why, 0, NULLABLE),
	F_TIME(event_due, posted_at, 0),
	F_END,
};
struct dead_asked {
	int64_t limit, marker;
};
static const struct field dead_asked_wire[] = {
	F_INT(dead_asked, limit, 1, PAGE_MAX, OPT | FROM_QUERY),
	F_INT(dead_asked, marker, 1, INT64_MAX, OPT | FROM_QUERY),
	F_END,
};
struct dead_page {
	struct event_due *letters;
	size_t letters_count;
	const char *next;
};
static const struct field dead_page_wire[] = {
	F_LIST(dead_page, letters, event_due, event_due_wire, 0, 0),
	F_NEXT(dead_page, next),
	F_END,
};

static enum status dead_list(struct call *c, const struct dead_asked *in, struct dead_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT;
	struct dead_page page = { 0 };
	enum status st = event_dead(c, in->marker, limit, &page.letters, &page.letters_count);
	if (st)
		return st;
	if (page.letters_count && (int64_t)page.letters_count == limit)
		page.next =
			arena_printf(c->arena, "%lld", (long long)page.letters[limit - 1].event);
	*out = page;
	return ST_OK;
}

struct dead_which {
	int64_t event;
	const char *listener;
};
static const struct field dead_which_wire[] = {
	F_INT(dead_which, event, 1, INT64_MAX, FROM_PATH),
	F_STR(dead_which, listener, 255, FROM_PATH),
	F_END,
};

static enum status dead_retry(struct call *c, const struct dead_which *in, struct nothing *out)
{
	int64_t changed = 0;
	enum status st = event_revive(c, in->event, in->listener, clock_now(), &changed);

	(void)out;
	if (st)
		return st;
	audit_subject(c, "event", arena_printf(c->arena, "%lld", (long long)in->event));
	if (!changed)
		return fail(c, ST_NOT_FOUND, "event",
			    "there is no dead letter of event %lld for listener %s",
			    (long long)in->event, in->listener);
	c->posted = true;
	return ST_OK;
}

/* --- the event stream: the head of its answer; the rest is stream.c's --- */

struct stream_head {
	const char *type, *buffering, *body;
};
static const struct field stream_head_wire[] = {
	F_STR_AS("Content-Type", stream_head, type, 0, FROM_HEADER),
	F_STR_AS("X-Accel-Buffering", stream_head, buffering, 0, FROM_HEADER),
	F_BODY(stream_head, body),
	F_END,
};

static enum status stream_begin(struct call *c, const struct nothing *in, struct stream_head *out)
{
	(void)c, (void)in;
	*out = (struct stream_head){ "text/event-stream", "no", "" };
	return ST_OK;
}

ACT(job_list, job_asked, job_page)
ACT(job_show, job_which, job_row)
ACT(job_retry, job_which, job_row)
ACT(job_cancel_by_admin, job_which, job_row)
ACT(dead_list, dead_asked, dead_page)
ACT(dead_retry, dead_which, nothing)
ACT(stream_begin, nothing, stream_head)

static const struct route routes[] = {
	ROUTE("GET", "/v1/jobs", "job.read", 0, job_list, job_asked, job_page, .name = "job.list",
	      .flags = ROUTE_READS, .success = 200, .help = "Lists jobs, the newest first."),
	ROUTE("GET", "/v1/jobs/{id}", "job.read", 0, job_show, job_which, job_row,
	      .name = "job.show", .flags = ROUTE_READS, .success = 200, .help = "Shows a job."),
	ROUTE("POST", "/v1/jobs/{id}/retry", "job.manage", 0, job_retry, job_which, job_row,
	      .name = "job.retry", .flags = ROUTE_OPTIONAL_BODY, .success = 200,
	      .help = "Sends a dead job back to be tried again."),
	ROUTE("POST", "/v1/jobs/{id}/cancel", "job.manage", 0, job_cancel_by_admin, job_which,
	      job_row, .name = "job.cancel", .flags = ROUTE_OPTIONAL_BODY, .success = 200,
	      .help = "Ends a waiting job, tells a running one to stop."),
	ROUTE("GET", "/v1/dead-letters", "job.read", 0, dead_list, dead_asked, dead_page,
	      .name = "job.dead-letter.list", .flags = ROUTE_READS, .success = 200,
	      .help = "Lists the events that a listener failed to take until it was given up."),
	ROUTE("POST", "/v1/dead-letters/{event}/{listener}/retry", "job.manage", 0, dead_retry,
	      dead_which, nothing, .name = "job.dead-letter.retry",
	      .flags = ROUTE_OPTIONAL_BODY | ROUTE_NO_BODY, .success = 204,
	      .help = "Has the listener told of the event again."),
	ROUTE("GET", "/v1/events", MAY_SIGNED_IN, 0, stream_begin, nothing, stream_head,
	      .name = "event.stream", .flags = ROUTE_READS | ROUTE_STREAM, .success = 200,
	      .help = "Streams the events of the asker's VDC, department or system as they happen."),
	{ 0 },
};

const struct route_group jobs_routes[] = { { &own_dialect, routes }, { 0 } };

const struct permission jobs_permissions[] = {
	{ "job.read", ROLE_SYSTEM_ADMIN, "See the work that is being done in the background." },
	{ "job.manage", ROLE_SYSTEM_ADMIN, "Try a job again, or cancel it." },
	{ 0 },
};

/* --- what is old goes --- */

struct purge {
	const char *state; /* of jobs; NULL: events */
	int64_t keep;
};

static enum status purge_act(struct call *c, const void *in_, void *out)
{
	const struct purge *in = in_;
	int64_t before = clock_now() - in->keep;
	return in->state ? job_purge(c, in->state, before, out) : event_purge(c, before, out);
}

static enum status purge_listeners_act(struct call *c, const void *in, void *out)
{
	(void)in, (void)out;
	return event_listener_purge(c, clock_now() - KEEP_LISTENERS);
}

static enum status purge(struct call *c)
{
	static const struct purge all[] = {
		{ "done", KEEP_DONE },
		{ "dead", KEEP_FAILED },
		{ "cancelled", KEEP_FAILED },
		{ NULL, KEEP_EVENTS },
	};
	struct db *db = house_of(c)->db;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		int64_t gone;
		do {
			enum status st = db_write(c, db, purge_act, &all[i], &gone, sizeof(gone));
			if (st)
				return st;
		} while (gone > 0);
	}
	return db_write(c, db, purge_listeners_act, NULL, NULL, 0);
}

static const struct timer timers[] = {
	{ "jobs.purge", 3600 * CLOCK_SECOND, purge },
	{ 0 },
};

static enum status start(struct call *c, struct house *h)
{
	(void)c;
	h->stream = stream_open(h);
	return ST_OK;
}

static void stop(struct house *h)
{
	stream_close(h->stream);
	h->stream = NULL;
}

const struct module jobs_module = {
	.name = "jobs",
	.permissions = jobs_permissions,
	.routes = jobs_routes,
	.timers = timers,
	.start = start,
	.stop = stop,
};
