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

static int64_t promisable(int64_t have, int64_t percent)
{
	return have / 100 * percent + have % 100 * percent / 100;
}

static int64_t memory_left(const struct pool_host *h)
{
	return promisable(h->memory_mb - h->memory_kept_mb, h->memory_percent) - h->used_memory_mb;
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
static bool suits(const struct pool_host *h, const struct pool_ask *ask)
{
	return (!ask->with_count || is_among(h->id, ask->with, ask->with_count)) &&
	       !is_among(h->id, ask->apart, ask->apart_count);
}

static bool may_take(const struct pool_host *h, const struct pool_ask *ask)
{
	return (!ask->host || str_eq(ask->host, h->name)) &&
	       (!ask->zone || str_eq(ask->zone, h->zone)) && h->state == POOL_HOST_UP &&
	       !h->disabled && (ask->soft || suits(h, ask)) && pool_fits(h, ask);
}

/* The host with the most memory left, of those that suit when any does. */
static const struct pool_host *choose(const struct pool_host *list, size_t count,
				      const struct pool_ask *ask)
{
	const struct pool_host *best = NULL;
	bool best_suits = false;
	for (size_t i = 0; i < count; i++) {
		const struct pool_host *h = &list[i];
		if (!may_take(h, ask))
			continue;
		bool good = suits(h, ask);
		if (!best || good > best_suits ||
		    (good == best_suits && memory_left(h) > memory_left(best))) {
			best = h;
			best_suits = good;
		}
	}
	return best;
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
	if (!ask->soft && !suits(h, ask))
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

enum status pool_reserve(struct call *c, const struct pool_ask *in, struct pool_place *out)
{
	struct pool_host *list;
	size_t count;
	enum status st = pool_hosts(c, &list, &count);
	if (st)
		return st;
	const struct pool_host *h = choose(list, count, in);
	if (!h) {
		*out = (struct pool_place){ .why = explain(c, in, list, count) };
		return ST_OK;
	}
	struct pool_reservation r = { in->subject, h->id, in->vcpus, in->memory_mb, in->disk_gb };
	st = pool_reservation_insert(c, &r);
	if (!st)
		st = pool_host_use(c, h->id, r.vcpus, r.memory_mb, r.disk_gb);
	if (!st)
		*out = (struct pool_place){ .host_id = h->id, .zone = h->zone };
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
		st = pool_host_use(c, h.id, vcpus - r.vcpus, memory_mb - r.memory_mb,
				   disk_gb - r.disk_gb);
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
	return st ? st : pool_host_use(c, r.host_id, -r.vcpus, -r.memory_mb, -r.disk_gb);
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
	size_t hosts_count, kept_count;
};

static enum status read_books(struct call *c, const void *in, void *out)
{
	struct books *b = out;
	(void)in;
	enum status st = pool_hosts(c, &b->hosts, &b->hosts_count);
	return st ? st : pool_reservations(c, &b->kept, &b->kept_count);
}

static enum status check(struct call *c, struct house *h, bool deep, struct buf *report,
			 int64_t *bad)
{
	struct books b;
	(void)deep;
	enum status st = db_read(c, h->db, read_books, NULL, &b, sizeof(b));
	for (size_t i = 0; i < b.hosts_count && !st; i++) {
		const struct pool_host *p = &b.hosts[i];
		int64_t vcpus = 0, memory_mb = 0, disk_gb = 0;
		for (size_t k = 0; k < b.kept_count; k++) {
			if (!str_eq(b.kept[k].host_id, p->id))
				continue;
			vcpus += b.kept[k].vcpus;
			memory_mb += b.kept[k].memory_mb;
			disk_gb += b.kept[k].disk_gb;
		}
		if (vcpus == p->used_vcpus && memory_mb == p->used_memory_mb &&
		    disk_gb == p->used_disk_gb)
			continue;
		buf_printf(report, "pool: host %s counts other promises than there are\n", p->name);
		++*bad;
	}
	return st;
}

static const struct permission permissions[] = {
	{ "pool.read", ROLE_SYSTEM_ADMIN, "See resource pools and their hosts" },
	{ "pool.write", ROLE_SYSTEM_ADMIN,
	  "Make resource pools, put hosts into them, set what hosts promise" },
	{ 0 },
};

static const struct route_group groups[] = { { &own_dialect, pool_routes }, { 0 } };

const struct module pool_module = {
	.name = "pool",
	.permissions = permissions,
	.routes = groups,
	.check = check,
};
