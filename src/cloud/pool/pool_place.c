/* SPDX-License-Identifier: Apache-2.0 */
/* What fits where, promising it and taking it back. Where a server goes is chosen by the yard (see
 * pool_yard.h); what is promised is decided by the rows of host and place in the transaction. */
#include <pthread.h>
#include "base/text.h"
#include "cloud/pool/pool_yard.h"
#include "door/house.h"

/* Why the slot cannot promise what is asked, in words for its operator; NULL: it can. */
static const char *short_of(struct call *c, const struct pool_slot *s, const struct pool_ask *ask)
{
	struct pool_room left = pool_slot_left(s);
	int64_t most = left.vcpus < s->host->vcpus ? left.vcpus : s->host->vcpus;
	if (ask->vcpus > most)
		return arena_printf(c->arena, "%lld vCPUs left", (long long)most);
	if (ask->memory_mb > left.memory_mb)
		return arena_printf(c->arena, "%lld MB left", (long long)left.memory_mb);
	if (ask->disk_gb > left.disk_gb)
		return arena_printf(c->arena, "%lld GB of disk left", (long long)left.disk_gb);
	return NULL;
}

static bool is_among(const char *id, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i], id))
			return true;
	return false;
}

bool pool_suits(const struct pool_host *h, const struct pool_ask *ask)
{
	return (!ask->with_count || is_among(h->id, ask->with, ask->with_count)) &&
	       !is_among(h->id, ask->apart, ask->apart_count);
}

bool pool_may_take(const struct pool_slot *s, const struct pool_ask *ask,
		   const struct pool_reach *reach)
{
	const struct pool_host *h = s->host;
	return (!ask->host || str_eq(ask->host, h->name)) &&
	       (!ask->zone || str_eq(ask->zone, s->zone)) && h->state == POOL_HOST_UP &&
	       !h->disabled && (!reach || pool_reaches(reach, s)) &&
	       (ask->soft || pool_suits(h, ask)) && pool_slot_fits(s, ask);
}

static const char *reason(struct call *c, const struct pool_slot *s, const struct pool_ask *ask,
			  const struct pool_reach *reach)
{
	const struct pool_host *h = s->host;
	if (ask->host && !str_eq(ask->host, h->name))
		return "another host was asked for";
	if (ask->zone && !str_eq(ask->zone, s->zone))
		return arena_printf(c->arena, "in zone %s", s->zone);
	if (!pool_reaches(reach, s))
		return s->pool ? arena_printf(c->arena, "in pool %.64s, which the VDC may not use",
					      s->pool->name)
			       : "in none of the VDC's pools";
	if (h->state != POOL_HOST_UP)
		return "down";
	if (h->disabled)
		return arena_printf(c->arena, "disabled (%.60s)", h->disabled);
	if (!ask->soft && !pool_suits(h, ask))
		return ask->apart_count ? "has servers of the group that stands apart"
					: "has no server of the group that stands together";
	const char *full = short_of(c, s, ask);
	if (full && s->share < 100)
		return arena_printf(c->arena, "%s of the share of pool %.64s", full, s->pool->name);
	return full ? full : "fits";
}

enum { REASONS_MAX = 8 };

static const char *explain(struct call *c, const struct pool_ask *ask,
			   const struct pool_reach *reach, const struct pool_slot *list,
			   size_t count)
{
	struct buf b = { .arena = c->arena };
	size_t hosts = 0;
	/* Slots of one host stand side by side. */
	for (size_t i = 0; i < count; i++)
		hosts += !i || list[i].host != list[i - 1].host;
	buf_printf(&b,
		   "No valid host was found. %lld vCPUs, %lld MB and %lld GB fit on none of "
		   "%zu hosts",
		   (long long)ask->vcpus, (long long)ask->memory_mb, (long long)ask->disk_gb,
		   hosts);
	for (size_t i = 0; i < count && i < REASONS_MAX; i++)
		buf_printf(&b, "%s %.64s: %s", i ? ";" : ":", list[i].host->name,
			   reason(c, &list[i], ask, reach));
	if (count > REASONS_MAX)
		buf_printf(&b, "; and %zu more", count - REASONS_MAX);
	buf_char(&b, '.');
	return buf_text(&b);
}

/* --- the yard of this process --- */

/* How long slots of a host that another process changed may be remembered as they were. */
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

void pool_yard_mark(struct call *c, const char *host_id)
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

/* Adds to the sums of the host, and of the pool out of which the promise is. */
static enum status use(struct call *c, const struct pool_reservation *r, int64_t vcpus,
		       int64_t memory_mb, int64_t disk_gb)
{
	pool_yard_mark(c, r->host_id);
	enum status st = pool_host_use(c, r->host_id, vcpus, memory_mb, disk_gb);
	return st || !r->pool_id
		       ? st
		       : pool_place_use(c, r->pool_id, r->host_id, vcpus, memory_mb, disk_gb);
}

/* One placement: the yard that it chooses by, what it may use, and the slots that it has read in its
 * transaction, by host. */
struct search {
	struct yard *yard, own;
	struct pool_reach reach;
	struct {
		struct pool_slot *list;
		size_t count;
	} read[YARD_MARKS + 1];
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
	struct pool_slot *list;
	struct pool_shape_row *shapes = NULL;
	size_t count, shapes_count = 0;
	bool learnt = s->yard == &shared.yard && shared.learnt;
	enum status st = pool_slots(c, &list, &count);
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

/* Reads the slots of one host. What is gone since asks for a reading of all. */
static enum status read_one(struct call *c, struct search *s, const char *host_id)
{
	struct pool_slot *list = NULL;
	size_t count = 0;
	enum status st = pool_slots_on(c, host_id, &list, &count);
	if (st)
		return st;
	lock(s);
	yard_put(s->yard, host_id, list, count);
	unlock(s);
	if (!count)
		return ST_OK;
	/* No room: the earlier ones are forgotten, and read again when they are chosen. */
	if (s->read_count == sizeof(s->read) / sizeof(*s->read))
		s->read_count = 0;
	s->read[s->read_count].list = list;
	s->read[s->read_count++].count = count;
	return ST_OK;
}

/* Brings the yard up to date: the marked hosts, or all when that was long ago. */
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

/* A slot of its own words: the yard's may go when it is not locked. */
struct slot_name {
	const char *host_id, *pool_id;
};

static struct slot_name name_of(struct call *c, const struct pool_slot *s)
{
	return (struct slot_name){
		.host_id = arena_strdup(c->arena, s->host->id),
		.pool_id = s->pool ? arena_strdup(c->arena, s->pool->id) : NULL,
	};
}

/* 'known': its host was read, whether it is there or not. */
static const struct pool_slot *slot_read(const struct search *s, const struct slot_name *name,
					 bool *known)
{
	*known = false;
	for (size_t i = s->read_count; i-- > 0;) {
		const struct pool_slot *list = s->read[i].list;
		if (!str_eq(list->host->id, name->host_id))
			continue;
		*known = true;
		for (size_t k = 0; k < s->read[i].count; k++)
			if (pool_slot_is_of(&list[k], name->pool_id))
				return &list[k];
		return NULL;
	}
	return NULL;
}

/* Chooses until the rows themselves say that the slot may take it; '*out' NULL: none may, by the yard. */
static enum status choose(struct call *c, struct search *s, const struct pool_ask *ask,
			  const struct pool_slot **out)
{
	enum status st = ST_OK;
	*out = NULL;
	for (int tries = 0; tries < YARD_MARKS && !st && !*out; tries++) {
		struct slot_name name = { 0 };
		bool known;
		lock(s);
		const struct pool_slot *slot = yard_choose(s->yard, ask, &s->reach);
		if (slot)
			name = name_of(c, slot);
		unlock(s);
		if (!slot)
			return ST_OK;
		slot = slot_read(s, &name, &known);
		if (!known) {
			st = read_one(c, s, name.host_id);
			slot = st ? NULL : slot_read(s, &name, &known);
		}
		if (slot && pool_may_take(slot, ask, &s->reach))
			*out = slot;
	}
	return st;
}

static enum status refuse(struct call *c, const struct pool_ask *ask,
			  const struct pool_reach *reach, struct pool_place *out)
{
	struct pool_slot *list;
	size_t count;
	enum status st = pool_slots(c, &list, &count);
	if (!st)
		*out = (struct pool_place){ .why = explain(c, ask, reach, list, count) };
	return st;
}

static enum status search(struct call *c, struct search *s, const struct pool_ask *ask,
			  const struct pool_slot **slot)
{
	enum status st = freshen(c, s);
	if (!st) {
		lock(s);
		yard_asked(s->yard, ask);
		unlock(s);
		st = choose(c, s, ask, slot);
	}
	/* What is remembered may be behind; nothing is refused on a memory. */
	if (!st && !*slot)
		st = read_all(c, s);
	if (!st && !*slot)
		st = choose(c, s, ask, slot);
	return st;
}

enum status pool_reserve(struct call *c, const struct pool_ask *in, struct pool_place *out)
{
	struct search s = { .yard = has_memory(c) ? &shared.yard : &s.own };
	const struct pool_slot *slot = NULL;
	enum status st = pool_reach_of(c, in->project_id, &s.reach);
	if (!st)
		st = pool_reach_zone(c, &s.reach, in->zone);
	if (!st)
		st = search(c, &s, in, &slot);
	yard_done(&s.own);
	if (st)
		return st;
	if (!slot)
		return refuse(c, in, &s.reach, out);
	struct pool_reservation r = {
		in->subject,    slot->host->id, in->vcpus,
		in->memory_mb,  in->disk_gb,    slot->pool ? slot->pool->id : NULL,
		in->project_id,
	};
	st = pool_reservation_insert(c, &r);
	if (!st)
		st = use(c, &r, r.vcpus, r.memory_mb, r.disk_gb);
	if (!st)
		*out = (struct pool_place){ .host_id = r.host_id, .zone = slot->zone };
	return st;
}

enum status pool_change(struct call *c, const char *subject, int64_t vcpus, int64_t memory_mb,
			int64_t disk_gb, const char **why)
{
	struct pool_reservation r = { 0 };
	struct pool_slot s = { 0 };
	enum status st = pool_reservation_take(c, subject, &r);
	if (st == ST_NOT_FOUND)
		return fail(c, st, NULL, "nothing is promised to %s", subject);
	if (!st)
		st = pool_slot_of(c, &r, &s);
	if (st)
		return st;
	struct pool_host without = *s.host;
	without.used_vcpus -= r.vcpus;
	without.used_memory_mb -= r.memory_mb;
	without.used_disk_gb -= r.disk_gb;
	s.host = &without;
	s.used.vcpus -= r.vcpus;
	s.used.memory_mb -= r.memory_mb;
	s.used.disk_gb -= r.disk_gb;
	const struct pool_ask ask = {
		.subject = subject, .vcpus = vcpus, .memory_mb = memory_mb, .disk_gb = disk_gb
	};
	const struct pool_reach all = { 0 };
	bool less = vcpus <= r.vcpus && memory_mb <= r.memory_mb && disk_gb <= r.disk_gb;
	*why = less || pool_slot_fits(&s, &ask) ? NULL : explain(c, &ask, &all, &s, 1);
	if (!*why) {
		st = use(c, &r, vcpus - r.vcpus, memory_mb - r.memory_mb, disk_gb - r.disk_gb);
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
	return st ? st : use(c, &r, -r.vcpus, -r.memory_mb, -r.disk_gb);
}
