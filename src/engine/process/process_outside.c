/* SPDX-License-Identifier: Apache-2.0 */
/* Requests of service tasks as jobs of the house: who may be asked, when a host is left alone for a while,
 * and what becomes of an answer. The job's row says which attempt this is; whoever lost it records nothing,
 * and asks again under the same key. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/id.h"
#include "door/house.h"
#include "engine/process/process_request.h"

enum { HOSTS_MAX = 64, CREDENTIALS_MAX = 64, FILE_MAX = 64 << 10 };
/* How long the workers of the house have it, before it is given to them again. */
#define HANDED (10 * 60 * CLOCK_SECOND)
/* So many failures in a row and a host is not asked for a while, longer each time. */
enum { BREAKER_FAILURES = 5 };
#define BREAKER_PAUSE (30 * CLOCK_SECOND)
#define BREAKER_PAUSE_MAX (600 * CLOCK_SECOND)

struct host {
	const char *origin;
	int failures; /* in a row; guarded by the lock, as is the following */
	int64_t closed_until;
};
struct credential {
	const char *name, *origin, *header;
};

/* Written by open and close only, while no job runs. */
static struct {
	struct arena *arena;
	struct host hosts[HOSTS_MAX];
	size_t host_count;
	struct credential credentials[CREDENTIALS_MAX];
	size_t credential_count;
	const char *authorities;
	pthread_mutex_t lock;
} outside = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* --- the configuration --- */

/* An origin of the configuration: a URL of nothing but scheme, host and port; else '*why' it is none. */
static bool read_origin(const char *text, const char **out, const char **why)
{
	const char *host = strstr(text, "://");
	size_t length = host ? strcspn(host + 3, "/?#") : 0;
	if (outside_origin(outside.arena, text, out, why))
		return false;
	*why = "has more than a scheme, a host and a port";
	return !host || !host[3 + length] || str_eq(host + 3 + length, "/");
}

static struct host *host_of(const char *origin)
{
	for (size_t i = 0; i < outside.host_count; i++) {
		if (str_eq(outside.hosts[i].origin, origin))
			return &outside.hosts[i];
	}
	return NULL;
}

static enum status take_hosts(struct call *c, const char *hosts)
{
	struct words all = words_split(outside.arena, hosts, ' ');
	if (all.count > HOSTS_MAX)
		return fail(c, ST_BAD_INPUT, "hosts", "process.hosts has at most %d", HOSTS_MAX);
	for (size_t i = 0; i < all.count; i++) {
		const char *origin = NULL, *why = NULL;
		if (!read_origin(all.list[i], &origin, &why))
			return fail(c, ST_BAD_INPUT, "hosts", "process.hosts: '%s' %s", all.list[i],
				    why);
		if (!host_of(origin))
			outside.hosts[outside.host_count++] = (struct host){ .origin = origin };
	}
	return ST_OK;
}

/* NAME ORIGIN Header: value */
static enum status take_credential(struct call *c, char *line, int number)
{
	const char *why = NULL;
	char *origin = strchr(line, ' '), *header = NULL;
	struct credential x = { .name = line };
	if (origin) {
		*origin++ = '\0';
		header = strchr(origin, ' ');
	}
	if (header)
		*header++ = '\0';
	const char *colon = header ? strchr(header, ':') : NULL;
	bool good = colon && colon > header && colon[1] && *line;
	for (const char *p = header; good && *p; p++)
		good = (unsigned char)*p >= 0x20 && *p != 0x7f;
	/* The line itself is never told. */
	if (!good)
		return fail(c, ST_BAD_INPUT, "credentials",
			    "process.credentials: line %d is not NAME https://HOST Header: value",
			    number);
	if (!read_origin(origin, &x.origin, &why))
		return fail(c, ST_BAD_INPUT, "credentials",
			    "process.credentials: the host of line %d %s", number, why);
	if (!host_of(x.origin))
		return fail(c, ST_BAD_INPUT, "credentials",
			    "process.credentials: line %d is for a host that process.hosts lacks",
			    number);
	if (outside.credential_count == CREDENTIALS_MAX)
		return fail(c, ST_BAD_INPUT, "credentials", "process.credentials has at most %d",
			    CREDENTIALS_MAX);
	x.header = header;
	outside.credentials[outside.credential_count++] = x;
	return ST_OK;
}

/* The file with a NUL behind it, in memory that is wiped. */
static enum status read_secret(struct call *c, const char *path, char **text)
{
	struct stat about;
	ssize_t got = -1, n = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool good = fd >= 0 && !fstat(fd, &about) && S_ISREG(about.st_mode);
	bool shared = good && (about.st_mode & S_IROTH);
	*text = arena_secret(outside.arena, FILE_MAX + 1);
	while (good && !shared && n < FILE_MAX &&
	       (got = read(fd, *text + n, (size_t)(FILE_MAX - n))) > 0)
		n += got;
	if (fd >= 0)
		close(fd);
	if (shared)
		return fail(c, ST_BAD_INPUT, "credentials",
			    "%s holds secrets but everyone may read it: chmod o-r", path);
	if (!good || got < 0 || n == FILE_MAX)
		return fail(c, ST_BAD_INPUT, "credentials",
			    "%s cannot be read, or is larger than %d bytes", path, FILE_MAX);
	return ST_OK;
}

static enum status take_credentials(struct call *c, const char *path)
{
	char *text = NULL;
	enum status st = read_secret(c, path, &text);
	int number = 0;
	for (char *line = text, *next; !st && line && *line; line = next) {
		size_t size = strcspn(line, "\n");
		next = line + size + (line[size] == '\n');
		line[size] = '\0';
		number++;
		if (*line && *line != '#')
			st = take_credential(c, line, number);
	}
	return st;
}

enum status outside_open(struct call *c, const char *hosts, const char *credentials,
			 const char *authorities)
{
	outside_close();
	outside.arena = arena_new();
	enum status st = hosts ? take_hosts(c, hosts) : ST_OK;
	if (!st && credentials)
		st = take_credentials(c, credentials);
	if (!st && authorities && access(authorities, R_OK))
		st = fail(c, ST_BAD_INPUT, "authorities", "process.authorities: %s cannot be read",
			  authorities);
	if (authorities)
		outside.authorities = arena_strdup(outside.arena, authorities);
	if (st)
		outside_close();
	return st;
}

void outside_close(void)
{
	outside.host_count = outside.credential_count = 0;
	outside.authorities = NULL;
	arena_end(&outside.arena);
}

enum status outside_allows(struct call *c, const char *origin, const char *credential,
			   const char **header)
{
	if (!host_of(origin))
		return fail(c, ST_FORBIDDEN, "url",
			    "%s is not among the hosts that the configuration lets processes ask "
			    "(process.hosts)",
			    origin);
	for (size_t i = 0; credential && i < outside.credential_count; i++) {
		const struct credential *x = &outside.credentials[i];
		if (!str_eq(x->name, credential) || !str_eq(x->origin, origin))
			continue;
		*header = x->header;
		return ST_OK;
	}
	return credential ? fail(c, ST_FORBIDDEN, "credential",
				 "the configuration has no credential '%.64s' for %s "
				 "(process.credentials)",
				 credential, origin)
			  : ST_OK;
}

/* --- hosts that do not answer --- */

/* Whether it may be asked now, else until when it is left alone. When that is over one asks first. */
static bool breaker_lets(const char *origin, int64_t now, int64_t *until)
{
	struct host *h = host_of(origin);
	pthread_mutex_lock(&outside.lock);
	bool lets = !h || h->failures < BREAKER_FAILURES || now >= h->closed_until;
	if (h && !lets)
		*until = h->closed_until;
	else if (h && h->failures >= BREAKER_FAILURES)
		h->closed_until = now + (REQUEST_SECONDS_MAX + 1) * CLOCK_SECOND;
	pthread_mutex_unlock(&outside.lock);
	return lets;
}

static void breaker_note(const char *origin, int64_t now, bool answered)
{
	struct host *h = host_of(origin);
	if (!h)
		return;
	pthread_mutex_lock(&outside.lock);
	h->failures = answered ? 0 : h->failures + 1;
	int64_t pause = BREAKER_PAUSE;
	for (int i = BREAKER_FAILURES; i < h->failures && pause < BREAKER_PAUSE_MAX; i++)
		pause *= 2;
	if (pause > BREAKER_PAUSE_MAX)
		pause = BREAKER_PAUSE_MAX;
	h->closed_until = h->failures >= BREAKER_FAILURES ? now + pause : 0;
	pthread_mutex_unlock(&outside.lock);
}

/* --- the job --- */

enum status outside_hand(struct call *c, const struct process_job_row *j)
{
	const char *name = arena_printf(c->arena, "%lld-%lld", (long long)j->instance_id,
					(long long)j->execution);
	const char *payload =
		arena_printf(c->arena, "{\"attempt\":%lld}", (long long)j->attempt + 1);
	enum status st = job_hold(c, j, "http", c->now_at + HANDED);
	return st ? st : job_post(c, PROCESS_REQUEST_JOB, name, payload, JOB_NORMAL, 0);
}

struct errand {
	int64_t instance, execution, attempt;
};
/* What is to be asked, or why it cannot be. */
struct question {
	bool mine;  /* else it is somebody else's by now, or nobody's */
	bool rests; /* its instance is suspended */
	const struct request_words *words;
	struct request request;
	const char *why;
};

/* The row of the errand, if it is still this attempt's. */
static enum status mine(struct call *c, const struct errand *e, struct process_job_row *j, bool *is)
{
	enum status st = job_read(c, e->instance, e->execution, j);
	*is = !st && str_eq(j->kind, "http") && str_eq(j->holder, "http") &&
	      j->attempt == e->attempt;
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static const struct request_words *words_of(struct process_run *run, int64_t execution)
{
	for (size_t i = 0; i < run->before.count; i++) {
		const struct fact *f = &run->before.list[i];
		const struct process_node *n = f->kind == FACT_JOB && f->number == execution
						       ? node_of(run, f->element)
						       : NULL;
		if (n)
			return n->request;
	}
	return NULL;
}

static enum status ask_act(struct call *c, const void *in, void *out_)
{
	const struct errand *e = in;
	struct question *out = out_;
	struct process_job_row j = { 0 };
	struct process_run run;
	enum status st = mine(c, e, &j, &out->mine);
	if (st || !out->mine)
		return st;
	st = run_open(c, e->instance, true, &run);
	if (st)
		return st;
	out->rests = !str_eq(run.row.state, "running");
	if (out->rests)
		return ST_OK;
	out->words = words_of(&run, e->execution);
	if (!out->words)
		return fail(c, ST_INTERNAL, NULL, "job %lld-%lld asks nothing",
			    (long long)e->instance, (long long)e->execution);
	st = process_request_make(&run, e->execution, out->words, &out->request);
	if (st == ST_BAD_INPUT || st == ST_FORBIDDEN) {
		out->why = arena_strdup(c->arena, c->problem);
		call_forgive(c);
		st = ST_OK;
	}
	return st;
}

enum ending { ENDS_DONE, ENDS_LATER, ENDS_AGAIN, ENDS_BROKEN };
struct outcome {
	const struct errand *errand;
	const struct response *response; /* NULL: there is none */
	enum ending ending;
	const char *why;
	int64_t until; /* not before; 0: as the model says */
};

/* The answer's own way through the model: variables, or an error of BPMN's. */
static enum status finish(struct call *c, const struct outcome *o, struct process_run *run)
{
	int64_t execution = o->errand->execution;
	const struct request_words *w = words_of(run, execution);
	const struct response *r = o->response;
	json_t *sets = NULL, *in;
	for (size_t i = 0; w && i < w->error_count; i++) {
		if (w->errors[i].status != r->status)
			continue;
		in = keep_json(c->arena,
			       json_pack("{s:I, s:s, s:s}", "execution", (json_int_t)execution,
					 "code", w->errors[i].code, "reason", o->why));
		enum status st = run_apply(run, "error", in);
		return st ? st : run_close(run, "error", in);
	}
	enum status st = w ? process_request_take(run, execution, w, r, &sets) : ST_INTERNAL;
	if (st)
		return st;
	in = keep_json(c->arena, json_pack("{s:I}", "execution", (json_int_t)execution));
	if (json_object_size(sets))
		json_object_set(in, "variables", sets);
	st = run_apply(run, "complete", in);
	return st ? st : run_close(run, "complete", in);
}

static enum status end_act(struct call *c, const void *in, void *out)
{
	const struct outcome *o = in;
	struct process_job_row j = { 0 };
	struct process_run run;
	bool is = false;
	(void)out;
	enum status st = mine(c, o->errand, &j, &is);
	if (st || !is)
		return st;
	if (o->ending == ENDS_LATER)
		return job_postpone(c, &j, o->until, o->why);
	if (o->ending == ENDS_AGAIN && j.retries > 1 && o->until)
		return job_failed(c, &j, j.retries - 1, o->until, o->why);
	if (o->ending == ENDS_AGAIN || o->ending == ENDS_BROKEN)
		return job_fail(c, &j, o->ending == ENDS_AGAIN ? j.retries - 1 : 0, o->why);
	st = run_open(c, o->errand->instance, true, &run);
	if (!st && str_eq(run.row.state, "suspended"))
		return job_postpone(c, &j, c->now_at, "the instance is suspended");
	return st ? st : finish(c, o, &run);
}

/* What an answer cannot set is undone whole before it is written down as an incident. */
static enum status end_it(struct call *c, struct outcome *o)
{
	enum status st = db_write(c, house_of(c)->db, end_act, o, NULL, 0);
	if (st != ST_BAD_INPUT && st != ST_TOO_LARGE)
		return st;
	o->ending = ENDS_BROKEN;
	o->why = arena_strdup(c->arena, c->problem);
	call_forgive(c);
	return db_write(c, house_of(c)->db, end_act, o, NULL, 0);
}

/* What a status means for the job: RFC 9110 §15, and 425 of RFC 8470, 429 of RFC 6585. */
static enum ending ending_of(const struct request_words *w, int status)
{
	static const int passing[] = { 408, 425, 429, 500, 502, 503, 504 };
	for (size_t i = 0; i < w->error_count; i++) {
		if (w->errors[i].status == status)
			return ENDS_DONE;
	}
	for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++) {
		if (passing[i] == status)
			return ENDS_AGAIN;
	}
	return status >= 200 && status < 300 ? ENDS_DONE : ENDS_BROKEN;
}

/* Asks, and judges what came of it; no value of the request or the answer is in the words. */
static void ask_outside(struct call *c, const struct job *j, const struct question *q,
			struct response *r, struct outcome *o)
{
	const struct request *ask = &q->request;
	enum status st = outside_send(c, ask, j, outside.authorities, r);
	int64_t now = clock_now();
	breaker_note(ask->origin, now, !st ? r->status < 500 : st == ST_TOO_LARGE);
	if (st) {
		o->ending = st == ST_AWAY || st == ST_TIMEOUT ? ENDS_AGAIN : ENDS_BROKEN;
		o->why = arena_strdup(c->arena, c->problem);
		call_forgive(c);
		return;
	}
	o->response = r;
	o->ending = ending_of(q->words, r->status);
	o->why = arena_printf(c->arena, "%s answered %d", ask->origin, r->status);
	if (r->retry_after)
		o->until = now + (r->retry_after < 86400 ? r->retry_after : 86400) * CLOCK_SECOND;
}

static bool errand_of(const struct job *j, struct call *c, struct errand *e)
{
	json_t *v = json_loads(j->payload, 0, NULL);
	e->attempt = json_integer_value(json_object_get(v, "attempt"));
	json_decref(v);
	return process_place(c, j->subject, &e->instance, &e->execution) && e->attempt > 0;
}

enum status outside_run(struct call *c, const struct job *j)
{
	struct errand e = { 0 };
	struct question q = { 0 };
	struct response r = { 0 };
	struct outcome o = { .errand = &e };
	if (!errand_of(j, c, &e))
		return fail(c, ST_INTERNAL, NULL, "a request's job names no execution");
	enum status st = db_read(c, house_of(c)->db, ask_act, &e, &q, sizeof(q));
	if (st || !q.mine)
		return st;
	if (q.rests) {
		o.ending = ENDS_LATER;
		o.why = "the instance is suspended";
		o.until = c->now_at;
	} else if (q.why) {
		o.ending = ENDS_BROKEN;
		o.why = q.why;
	} else if (!breaker_lets(q.request.origin, c->now_at, &o.until)) {
		o.ending = ENDS_LATER;
		o.why = arena_printf(c->arena, "%s failed %d times and is left alone for a while",
				     q.request.origin, BREAKER_FAILURES);
	} else {
		ask_outside(c, j, &q, &r, &o);
	}
	if (job_cancelled(c, j))
		return ST_RETRY; /* another worker asks again, under the same key */
	c->now_at = clock_now(); /* an answer takes its time */
	return end_it(c, &o);
}
