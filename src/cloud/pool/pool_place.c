/* SPDX-License-Identifier: Apache-2.0 */
/* What fits where, promising it and taking it back. Where a server goes is chosen by the yard (see
 * pool_yard.h); what is promised is decided by the host's row in the transaction. */
#include <pthread.h>
#include "base/text.h"
#include "cloud/pool/pool_yard.h"
#include "door/house.h"

static int64_t promisable(int64_t have, int64_t percent)
{
	return have / 100 * percent + have % 100 * percent / 100;
}

static int64_t memory_left(const struct pool_host *h)
{
	return promisable(h->memory_mb - h->memory_kept_mb, h->memory_percent) - h->used_memory_mb;
}

void pool_left(const struct pool_host *h, int64_t *vcpus, int64_t *memory_mb, int64_t *disk_gb)
{
	*vcpus = promisable(h->vcpus, h->cpu_percent) - h->used_vcpus;
	*memory_mb = memory_left(h);
	*disk_gb = promisable(h->disk_gb, h->disk_percent) - h->used_disk_gb;
}

/* Why the host cannot promise what is asked, in words for its operator; NULL: it can. */
static const char *short_of(struct call *c, const struct pool_host *h, const struct pool_ask *ask)
{
	int64_t cpus = promisable(h->vcpus, h->cpu_percent) - h->used_vcpus;
	int64_t disk = promisable(h->disk_gb, h->disk_percent) - h->used_disk_gb;
	/* A server never gets more CPUs than its host has: it would only wait for itself. */
	if (ask->vcpus > h->vcpus || ask->vcpus > cpus)
		return arena_printf(c->arena, "%lld vCPUs left",
				    (long long)(h->vcpus < cpus ? h->vcpus : cpus));
	if (ask->memory_mb > memory_left(h))
		return arena_printf(c->arena, "%lld MB left", (long long)memory_left(h));
	if (ask->disk_gb > disk)
		return arena_printf(c->arena, "%lld GB of disk left", (long long)disk);
	return NULL;
}

bool pool_fits(const struct pool_host *h, const struct pool_ask *ask)
{
	return ask->vcpus <= h->vcpus &&
	       h->used_vcpus + ask->vcpus <= promisable(h->vcpus, h->cpu_percent) &&
	       ask->memory_mb <= memory_left(h) &&
	       h->used_disk_gb + ask->disk_gb <= promisable(h->disk_gb, h->disk_percent);
}

static bool is_among(const char *id, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], id))
			return true;
	return false;
}

/* Whether the host is where the thing's companions want it. */
bool pool_suits(const struct pool_host *h, const struct pool_ask *ask)
{
	return (!ask->with_count || is_among(h->id, ask->with, ask->with_count)) &&
	       !is_among(h->id, ask->apart, ask->apart_count);
}

bool pool_may_take(const struct pool_host *h, const struct pool_ask *ask)
{
	return (!ask->host || str_eq(ask->host, h->name)) &&
	       (!ask->zone || str_eq(ask->zone, h->zone)) && h->state == POOL_HOST_UP &&
	       !h->disabled && (ask->soft || pool_suits(h, ask)) && pool_fits(h, ask);
}

static const char *reason(struct call *c, const struct pool_host *h, const struct pool_ask *ask)
{
	if (ask->host && !str_eq(ask->host, h->name))
		return "another host was asked for";
	if (ask->zone && !str_eq(ask->zone, h->zone))
		return arena_printf(c->arena, "in zone %s", h->zone);
	if (h->state != POOL_HOST_UP)
		return "down";
	if (h->disabled)
		return arena_printf(c->arena, "disabled (%.60s)", h->disabled);
	if (!ask->soft && !pool_suits(h, ask))
		return ask->apart_count ? "has servers of the group that stands apart"
					: "has no server of the group that stands together";
	const char *full = short_of(c, h, ask);
	return full ? full : "fits";
}

enum { REASONS_MAX = 8 };

static const char *explain(struct call *c, const struct pool_ask *ask, const struct pool_host *list,
			   size_t count)
{
	struct buf b = { .arena = c->arena };
	buf_printf(&b,
		   "No valid host was found. %lld vCPUs, %lld MB and %lld GB fit on none of "
		   "%zu hosts",
		   (long long)ask->vcpus, (long long)ask->memory_mb, (long long)ask->disk_gb,
		   count);
	for (size_t i = 0; i < count && i < REASONS_MAX; i++)
		buf_printf(&b, "%s %.64s: %s", i ? ";" : ":", list[i].name,
			   reason(c, &list[i], ask));
	if (count > REASONS_MAX)
		buf_printf(&b, "; and %zu more", count - REASONS_MAX);
	buf_char(&b, '.');
	return buf_text(&b);
}

/* --- the yard of this process --- */

/* How long a host that another process changed may be remembered as it was. */
#define YARD_FRESH CLOCK_SECOND

/* One for the house that is started; a call of no house, or of another one, makes its own and forgets it.
 * The lock is never held while the database is asked. */
static struct {
	pthread_mutex_t lock;
	struct house *house;
	struct yard yard;
	bool learnt;
} shared = { .lock = PTHREAD_MUTEX_INITIALIZER };

static bool has_memory(const struct call *c)
{
	return c->house && c->house == shared.house;
}

enum status pool_yard_open(struct call *c, struct house *h)
{
	(void)c;
	pthread_mutex_lock(&shared.lock);
	shared.house = h;
	shared.learnt = false;
	shared.yard.spread = h->config->pool.placement == PLACEMENT_SPREAD;
	pthread_mutex_unlock(&shared.lock);
	return ST_OK;
}

void pool_yard_close(struct house *h)
{
	pthread_mutex_lock(&shared.lock);
	if (shared.house == h) {
		yard_done(&shared.yard);
		shared.house = NULL;
	}
	pthread_mutex_unlock(&shared.lock);
}

void pool_yard_stale(struct call *c)
{
	if (!has_memory(c))
		return;
	pthread_mutex_lock(&shared.lock);
	shared.yard.read_at = 0;
	pthread_mutex_unlock(&shared.lock);
}

/* The host's row will differ from what is remembered, if the act is not undone. */
static void mark(struct call *c, const char *host_id)
{
	if (!has_memory(c))
		return;
	pthread_mutex_lock(&shared.lock);
	struct yard *y = &shared.yard;
	size_t i = 0;
	while (i < y->marks_count && !str_eq(y->marks[i], host_id))
		i++;
	if (i == YARD_MARKS || strlen(host_id) >= sizeof(y->marks[0]))
		y->read_at = 0;
	else if (i == y->marks_count)
		strcpy(y->marks[y->marks_count++], host_id);
	pthread_mutex_unlock(&shared.lock);
}

static enum status use(struct call *c, const char *host_id, int64_t vcpus, int64_t memory_mb,
		       int64_t disk_gb)
{
	mark(c, host_id);
	return pool_host_use(c, host_id, vcpus, memory_mb, disk_gb);
}

/* One placement: the yard that it chooses by, and the rows that it has read in its transaction. */
struct search {
	struct yard *yard, own;
	struct pool_host read[YARD_MARKS + 1];
	size_t read_count;
};

static void lock(const struct search *s)
{
	if (s->yard == &shared.yard)
		pthread_mutex_lock(&shared.lock);
}

static void unlock(const struct search *s)
{
	if (s->yard == &shared.yard)
		pthread_mutex_unlock(&shared.lock);
}

static enum status read_all(struct call *c, struct search *s)
{
	struct pool_host *list;
	struct pool_shape_row *shapes = NULL;
	size_t count, shapes_count = 0;
	bool learnt = s->yard == &shared.yard && shared.learnt;
	enum status st = pool_hosts(c, &list, &count);
	if (!st && !learnt)
		st = pool_shape_rows(c, YARD_SHAPES, &shapes, &shapes_count);
	if (st)
		return st;
	lock(s);
	if (!learnt)
		yard_learn(s->yard, shapes, shapes_count);
	if (s->yard == &shared.yard)
		shared.learnt = true;
	yard_fill(s->yard, list, count, clock_steady());
	unlock(s);
	return ST_OK;
}

/* Reads one row. What is gone since asks for a reading of all. */
static enum status read_one(struct call *c, struct search *s, const char *id)
{
	struct pool_host h = { 0 };
	enum status st = pool_host_read(c, id, &h);
	if (st && st != ST_NOT_FOUND)
		return st;
	if (st)
		call_forgive(c);
	lock(s);
	if (st)
		s->yard->read_at = 0;
	else
		yard_put(s->yard, &h);
	unlock(s);
	if (!st && s->read_count < sizeof(s->read) / sizeof(*s->read))
		s->read[s->read_count++] = h;
	return ST_OK;
}

/* Brings the yard up to date: the marked rows, or all when that was long ago. */
static enum status freshen(struct call *c, struct search *s)
{
	char marks[YARD_MARKS][sizeof(s->yard->marks[0])];
	enum status st = ST_OK;
	lock(s);
	struct yard *y = s->yard;
	size_t count = y->marks_count;
	bool old = !y->read_at || clock_steady() - y->read_at > YARD_FRESH;
	memcpy(marks, y->marks, sizeof(marks));
	y->marks_count = 0;
	unlock(s);
	for (size_t i = 0; i < count && !old && !st; i++)
		st = read_one(c, s, marks[i]);
	return st || !old ? st : read_all(c, s);
}

static const struct pool_host *row_read(const struct search *s, const char *id)
{
	for (size_t i = s->read_count; i-- > 0;)
		if (str_eq(s->read[i].id, id))
			return &s->read[i];
	return NULL;
}

/* Chooses until the row itself says that the host may take it; '*out' NULL: none may, by the yard. */
static enum status choose(struct call *c, struct search *s, const struct pool_ask *ask,
			  const struct pool_host **out)
{
	enum status st = ST_OK;
	*out = NULL;
	for (int tries = 0; tries < YARD_MARKS && !st && !*out; tries++) {
		lock(s);
		const struct pool_host *h = yard_choose(s->yard, ask);
		char *id = h ? arena_strdup(c->arena, h->id) : NULL;
		unlock(s);
		if (!id)
			return ST_OK;
		h = row_read(s, id);
		if (!h) {
			st = read_one(c, s, id);
			h = st ? NULL : row_read(s, id);
		}
		if (h && pool_may_take(h, ask))
			*out = h;
	}
	return st;
}

static enum status refuse(struct call *c, const struct pool_ask *ask, struct pool_place *out)
{
	struct pool_host *list;
	size_t count;
	enum status st = pool_hosts(c, &list, &count);
	if (!st)
		*out = (struct pool_place){ .why = explain(c, ask, list, count) };
	return st;
}

static enum status search(struct call *c, struct search *s, const struct pool_ask *ask,
			  const struct pool_host **h)
{
	enum status st = freshen(c, s);
	if (!st) {
		lock(s);
		yard_asked(s->yard, ask);
		unlock(s);
		st = choose(c, s, ask, h);
	}
	/* What is remembered may be behind; nothing is refused on a memory. */
	if (!st && !*h)
		st = read_all(c, s);
	if (!st && !*h)
		st = choose(c, s, ask, h);
	return st;
}

enum status pool_reserve(struct call *c, const struct pool_ask *in, struct pool_place *out)
{
	struct search s = { 0 };
	const struct pool_host *h = NULL;
	s.yard = has_memory(c) ? &shared.yard : &s.own;
	enum status st = search(c, &s, in, &h);
	yard_done(&s.own);
	if (st)
		return st;
	if (!h)
		return refuse(c, in, out);
	struct pool_reservation r = { in->subject, h->id, in->vcpus, in->memory_mb, in->disk_gb };
	st = pool_reservation_insert(c, &r);
	if (!st)
		st = use(c, h->id, r.vcpus, r.memory_mb, r.disk_gb);
	if (!st)
		*out = (struct pool_place){ .host_id = arena_strdup(c->arena, h->id),
					    .zone = arena_strdup(c->arena, h->zone) };
	return st;
}

enum status pool_change(struct call *c, const char *subject, int64_t vcpus, int64_t memory_mb,
			int64_t disk_gb, const char **why)
{
	struct pool_reservation r = { 0 };
	struct pool_host h = { 0 };
	enum status st = pool_reservation_take(c, subject, &r);
	if (st == ST_NOT_FOUND)
		return fail(c, st, NULL, "nothing is promised to %s", subject);
	if (!st)
		st = pool_host_read(c, r.host_id, &h);
	if (st)
		return st;
	h.used_vcpus -= r.vcpus;
	h.used_memory_mb -= r.memory_mb;
	h.used_disk_gb -= r.disk_gb;
	const struct pool_ask ask = {
		.subject = subject, .vcpus = vcpus, .memory_mb = memory_mb, .disk_gb = disk_gb
	};
	bool less = vcpus <= r.vcpus && memory_mb <= r.memory_mb && disk_gb <= r.disk_gb;
	*why = less || pool_fits(&h, &ask) ? NULL : explain(c, &ask, &h, 1);
	if (!*why) {
		st = use(c, h.id, vcpus - r.vcpus, memory_mb - r.memory_mb, disk_gb - r.disk_gb);
		r.vcpus = vcpus;
		r.memory_mb = memory_mb;
		r.disk_gb = disk_gb;
	}
	return st ? st : pool_reservation_insert(c, &r);
}

enum status pool_release(struct call *c, const char *subject)
{
	struct pool_reservation r = { 0 };
	enum status st = pool_reservation_take(c, subject, &r);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	return st ? st : use(c, r.host_id, -r.vcpus, -r.memory_mb, -r.disk_gb);
}
