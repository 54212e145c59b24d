/* SPDX-License-Identifier: Apache-2.0 */
/* Slots: where a server can stand, a host within a pool or a host outside of all. A host that several
 * pools share is a slot in each, and no pool promises more of it than its share. */
#include <stdlib.h>
#include "base/text.h"
#include "cloud/pool/pool_private.h"

static int64_t promisable(int64_t have, int64_t percent)
{
	return have / 100 * percent + have % 100 * percent / 100;
}

static int64_t lesser(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

struct pool_room pool_slot_room(const struct pool_slot *s)
{
	const struct pool_host *h = s->host;
	return (struct pool_room){
		promisable(promisable(h->vcpus, h->cpu_percent), s->share),
		promisable(promisable(h->memory_mb - h->memory_kept_mb, h->memory_percent),
			   s->share),
		promisable(promisable(h->disk_gb, h->disk_percent), s->share),
	};
}

struct pool_slot pool_slot_whole(const struct pool_host *h)
{
	return (struct pool_slot){ .host = h,
				   .zone = h->zone,
				   .share = 100,
				   .used = { h->used_vcpus, h->used_memory_mb, h->used_disk_gb } };
}

bool pool_slot_is_of(const struct pool_slot *s, const char *pool_id)
{
	return s->pool ? str_eq(s->pool->id, pool_id) : !pool_id;
}

struct pool_room pool_slot_left(const struct pool_slot *s)
{
	const struct pool_slot whole = { .host = s->host, .share = 100 };
	const struct pool_host *h = s->host;
	struct pool_room all = pool_slot_room(&whole), own = pool_slot_room(s);
	return (struct pool_room){
		lesser(all.vcpus - h->used_vcpus, own.vcpus - s->used.vcpus),
		lesser(all.memory_mb - h->used_memory_mb, own.memory_mb - s->used.memory_mb),
		lesser(all.disk_gb - h->used_disk_gb, own.disk_gb - s->used.disk_gb),
	};
}

bool pool_slot_fits(const struct pool_slot *s, const struct pool_ask *ask)
{
	struct pool_room left = pool_slot_left(s);
	/* A server never gets more CPUs than its host has: it would only wait for itself. */
	return ask->vcpus <= s->host->vcpus && ask->vcpus <= left.vcpus &&
	       ask->memory_mb <= left.memory_mb && ask->disk_gb <= left.disk_gb;
}

static int by_host(const void *key, const void *element)
{
	const struct pool_member *m = element;
	return strcmp(key, m->host_id);
}

/* The first of the host's places among 'members', which are sorted by host; NULL: it has none. */
static const struct pool_member *places_of(const struct pool_member *members, size_t count,
					   const char *host_id)
{
	const struct pool_member *m =
		count ? bsearch(host_id, members, count, sizeof(*members), by_host) : NULL;
	while (m && m > members && str_eq(m[-1].host_id, host_id))
		m--;
	return m;
}

static const struct pool_aggregate *pool_of(const struct pool_aggregate *list, size_t count,
					    const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(list[i].id, id))
			return list[i].site ? &list[i] : NULL;
	return NULL;
}

/* Hosts, pools and places as they were read; places sorted by host. */
struct rows {
	struct pool_host *hosts;
	struct pool_aggregate *pools;
	struct pool_member *places;
	size_t hosts_count, pools_count, places_count;
};

static void join(struct call *c, const struct rows *r, struct pool_slot **list, size_t *count)
{
	struct pool_slot *out =
		arena_array(c->arena, r->hosts_count + r->places_count + 1, sizeof(*out));
	const struct pool_member *end = r->places_count ? r->places + r->places_count : r->places;
	size_t n = 0;
	for (size_t i = 0; i < r->hosts_count; i++) {
		const struct pool_host *h = &r->hosts[i];
		size_t before = n;
		const struct pool_member *m = places_of(r->places, r->places_count, h->id);
		for (; m && m < end && str_eq(m->host_id, h->id); m++) {
			const struct pool_aggregate *p =
				pool_of(r->pools, r->pools_count, m->aggregate_id);
			if (p)
				out[n++] = (struct pool_slot){ h,
							       p,
							       p->zone,
							       m->share,
							       { m->used_vcpus, m->used_memory_mb,
								 m->used_disk_gb } };
		}
		if (n == before)
			out[n++] = pool_slot_whole(h);
	}
	*list = out;
	*count = n;
}

enum status pool_slots(struct call *c, struct pool_slot **list, size_t *count)
{
	struct rows r = { 0 };
	enum status st = pool_hosts(c, &r.hosts, &r.hosts_count);
	if (!st)
		st = pool_aggregate_rows(c, &r.pools, &r.pools_count);
	if (!st)
		st = pool_places(c, &r.places, &r.places_count);
	if (!st)
		join(c, &r, list, count);
	return st;
}

enum status pool_slots_on(struct call *c, const char *host_id, struct pool_slot **list,
			  size_t *count)
{
	struct rows r = { .hosts = arena_alloc(c->arena, sizeof(*r.hosts)), .hosts_count = 1 };
	enum status st = pool_host_read(c, host_id, r.hosts);
	*count = 0;
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return ST_OK;
	}
	if (!st)
		st = pool_places_on(c, host_id, &r.places, &r.places_count);
	/* Most hosts of a city stand in a pool; of those in none nobody asks for the pools. */
	if (!st && r.places_count)
		st = pool_aggregate_rows(c, &r.pools, &r.pools_count);
	if (!st)
		join(c, &r, list, count);
	return st;
}

enum status pool_slot_of(struct call *c, const struct pool_reservation *r, struct pool_slot *out)
{
	struct pool_slot *list = NULL;
	size_t count = 0;
	enum status st = pool_slots_on(c, r->host_id, &list, &count);
	/* What was promised before its host came into a pool is bound by the host alone. */
	if (!st && count && !r->pool_id) {
		*out = pool_slot_whole(list->host);
		return ST_OK;
	}
	for (size_t i = 0; i < count && !st; i++)
		if (pool_slot_is_of(&list[i], r->pool_id)) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st : fail(c, ST_NOT_FOUND, NULL, "there is no host %s", r->host_id);
}
