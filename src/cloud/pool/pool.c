/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the pool: what fits where, promising it and taking it back, and hosts that come and
 * go. */
#include "base/id.h"
#include "base/text.h"
#include "cloud/pool/pool_private.h"
#include "door/house.h"
#include "door/module.h"

/* What a host that nobody has configured promises: Nova's habits for CPUs, half of them; memory that is
 * promised twice ends in servers that are killed. */
enum { CPU_PERCENT = 800, MEMORY_PERCENT = 100, DISK_PERCENT = 100, MEMORY_KEPT_MB = 512 };

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

/* Whether the host is where the thing's companions want it. */
static bool suits(const struct pool_host *h, const struct pool_ask *ask)
{
	return (!ask->with_count || is_among(h->id, ask->with, ask->with_count)) &&
	       !is_among(h->id, ask->apart, ask->apart_count);
}

static bool may_take(const struct pool_slot *s, const struct pool_ask *ask,
		     const struct pool_reach *reach)
{
	const struct pool_host *h = s->host;
	return (!ask->host || str_eq(ask->host, h->name)) &&
	       (!ask->zone || str_eq(ask->zone, s->zone)) && h->state == POOL_HOST_UP &&
	       !h->disabled && pool_reaches(reach, s) && (ask->soft || suits(h, ask)) &&
	       pool_slot_fits(s, ask);
}

/* The slot with the most memory left, of those that suit when any does. */
static const struct pool_slot *choose(const struct pool_slot *list, size_t count,
				      const struct pool_ask *ask, const struct pool_reach *reach)
{
	const struct pool_slot *best = NULL;
	bool best_suits = false;
	for (size_t i = 0; i < count; i++) {
		const struct pool_slot *s = &list[i];
		if (!may_take(s, ask, reach))
			continue;
		bool good = suits(s->host, ask);
		if (!best || good > best_suits ||
		    (good == best_suits &&
		     pool_slot_left(s).memory_mb > pool_slot_left(best).memory_mb)) {
			best = s;
			best_suits = good;
		}
	}
	return best;
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
	if (!ask->soft && !suits(h, ask))
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
	buf_printf(&b,
		   "No valid host was found. %lld vCPUs, %lld MB and %lld GB fit on none of "
		   "%zu hosts",
		   (long long)ask->vcpus, (long long)ask->memory_mb, (long long)ask->disk_gb,
		   count);
	for (size_t i = 0; i < count && i < REASONS_MAX; i++)
		buf_printf(&b, "%s %.64s: %s", i ? ";" : ":", list[i].host->name,
			   reason(c, &list[i], ask, reach));
	if (count > REASONS_MAX)
		buf_printf(&b, "; and %zu more", count - REASONS_MAX);
	buf_char(&b, '.');
	return buf_text(&b);
}

/* Adds to the sums of the host, and of the pool out of which the promise is. */
static enum status use(struct call *c, const struct pool_reservation *r, int64_t vcpus,
		       int64_t memory_mb, int64_t disk_gb)
{
	enum status st = pool_host_use(c, r->host_id, vcpus, memory_mb, disk_gb);
	return st || !r->pool_id
		       ? st
		       : pool_place_use(c, r->pool_id, r->host_id, vcpus, memory_mb, disk_gb);
}

enum status pool_reserve(struct call *c, const struct pool_ask *in, struct pool_place *out)
{
	struct pool_slot *list;
	struct pool_reach reach;
	size_t count;
	enum status st = pool_reach_of(c, in->project_id, &reach);
	if (!st)
		st = pool_reach_zone(c, &reach, in->zone);
	if (!st)
		st = pool_slots(c, &list, &count);
	if (st)
		return st;
	const struct pool_slot *s = choose(list, count, in, &reach);
	if (!s) {
		*out = (struct pool_place){ .why = explain(c, in, &reach, list, count) };
		return ST_OK;
	}
	struct pool_reservation r = {
		in->subject,    s->host->id, in->vcpus,
		in->memory_mb,  in->disk_gb, s->pool ? s->pool->id : NULL,
		in->project_id,
	};
	st = pool_reservation_insert(c, &r);
	if (!st)
		st = use(c, &r, r.vcpus, r.memory_mb, r.disk_gb);
	if (!st)
		*out = (struct pool_place){ .host_id = r.host_id, .zone = s->zone };
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

static enum status welcome(struct call *c, const struct pool_host *facts, struct pool_host *h)
{
	*h = *facts;
	h->id = id_new(c->arena);
	h->zone = "nova";
	h->disabled = NULL;
	h->cpu_percent = CPU_PERCENT;
	h->memory_percent = MEMORY_PERCENT;
	h->disk_percent = DISK_PERCENT;
	h->memory_kept_mb = MEMORY_KEPT_MB < facts->memory_mb / 4 ? MEMORY_KEPT_MB
								  : facts->memory_mb / 4;
	h->used_vcpus = h->used_memory_mb = h->used_disk_gb = 0;
	h->created_at = c->now_at;
	return pool_host_insert(c, h);
}

enum status pool_host_seen(struct call *c, const struct pool_host *facts, struct pool_host *out)
{
	struct pool_host h = { 0 }, now = *facts;
	now.state = POOL_HOST_UP;
	now.seen_at = now.updated_at = c->now_at;
	enum status st = pool_host_by_uri(c, facts->uri, &h);
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return welcome(c, &now, out);
	}
	if (st)
		return st;
	now.id = h.id;
	st = pool_host_update(c, &now);
	return st ? st : pool_host_by_uri(c, facts->uri, out);
}

enum status pool_host_lost(struct call *c, const char *uri)
{
	return pool_host_set_state(c, uri, POOL_HOST_DOWN);
}

/* --- what must always hold --- */

struct books {
	struct pool_host *hosts;
	struct pool_reservation *kept;
	struct pool_member *places;
	size_t hosts_count, kept_count, places_count;
};

static enum status read_books(struct call *c, const void *in, void *out)
{
	struct books *b = out;
	(void)in;
	enum status st = pool_hosts(c, &b->hosts, &b->hosts_count);
	if (!st)
		st = pool_reservations(c, &b->kept, &b->kept_count);
	return st ? st : pool_places(c, &b->places, &b->places_count);
}

/* What is promised of a host, or (pool_id given) of a pool's share of it. */
static struct pool_room promised(const struct books *b, const char *host_id, const char *pool_id)
{
	struct pool_room sum = { 0 };
	for (size_t i = 0; i < b->kept_count; i++) {
		const struct pool_reservation *r = &b->kept[i];
		if (!str_eq(r->host_id, host_id) || (pool_id && !str_eq(r->pool_id, pool_id)))
			continue;
		sum.vcpus += r->vcpus;
		sum.memory_mb += r->memory_mb;
		sum.disk_gb += r->disk_gb;
	}
	return sum;
}

static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	struct books b;
	(void)deep;
	enum status st = db_read(c, h->db, read_books, NULL, &b, sizeof(b));
	for (size_t i = 0; i < b.hosts_count && !st; i++) {
		const struct pool_host *p = &b.hosts[i];
		struct pool_room sum = promised(&b, p->id, NULL);
		if (sum.vcpus == p->used_vcpus && sum.memory_mb == p->used_memory_mb &&
		    sum.disk_gb == p->used_disk_gb)
			continue;
		buf_printf(report, "pool: host %s counts other promises than there are\n", p->name);
		++*bad;
	}
	for (size_t i = 0; i < b.places_count && !st; i++) {
		const struct pool_member *m = &b.places[i];
		struct pool_room sum = promised(&b, m->host_id, m->aggregate_id);
		if (sum.vcpus == m->used_vcpus && sum.memory_mb == m->used_memory_mb &&
		    sum.disk_gb == m->used_disk_gb)
			continue;
		buf_printf(report, "pool: pool %s counts other promises of a host than there are\n",
			   m->aggregate_id);
		++*bad;
	}
	return st;
}

static const struct permission permissions[] = {
	{ "pool.read", ROLE_SYSTEM_ADMIN, "See resource pools and their hosts" },
	{ "pool.write", ROLE_SYSTEM_ADMIN,
	  "Make resource pools, put hosts into them, set what hosts promise" },
	{ "pool.choose", ROLE_READER | ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_SYSTEM_ADMIN,
	  "See which resource pools the own VDC may use" },
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, pool_routes },
					     { &own_dialect, pool_vdc_routes },
					     { 0 } };

const struct module pool_module = {
	.name = "pool",
	.permissions = permissions,
	.routes = groups,
	.listens = pool_listens,
	.check = check,
};
