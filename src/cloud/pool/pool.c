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

bool pool_fits(const struct pool_host *h, const struct pool_ask *ask)
{
	/* A server never gets more CPUs than its host has: it would only wait for itself. */
	return ask->vcpus <= h->vcpus &&
	       h->used_vcpus + ask->vcpus <= promisable(h->vcpus, h->cpu_percent) &&
	       ask->memory_mb <= memory_left(h) &&
	       h->used_disk_gb + ask->disk_gb <= promisable(h->disk_gb, h->disk_percent);
}

struct tally {
	size_t hosts, other_zone, down, disabled, full;
};

static const struct pool_host *choose(const struct pool_host *list, size_t count,
				      const struct pool_ask *ask, struct tally *t)
{
	const struct pool_host *best = NULL;
	for (size_t i = 0; i < count; i++) {
		const struct pool_host *h = &list[i];
		t->hosts++;
		if (ask->zone && !str_eq(ask->zone, h->zone))
			t->other_zone++;
		else if (h->state != POOL_HOST_UP)
			t->down++;
		else if (h->disabled)
			t->disabled++;
		else if (!pool_fits(h, ask))
			t->full++;
		else if (!best || memory_left(h) > memory_left(best))
			best = h;
	}
	return best;
}

static const char *explain(struct call *c, const struct pool_ask *ask, const struct tally *t)
{
	return arena_printf(
		c->arena,
		"No valid host was found. %lld vCPUs, %lld MB and %lld GB fit on none of "
		"%zu hosts: %zu too full, %zu down, %zu disabled, %zu in other zones.",
		(long long)ask->vcpus, (long long)ask->memory_mb, (long long)ask->disk_gb, t->hosts,
		t->full, t->down, t->disabled, t->other_zone);
}

enum status pool_reserve(struct call *c, const struct pool_ask *in, struct pool_place *out)
{
	struct pool_host *list;
	size_t count;
	struct tally t = { 0 };
	enum status st = pool_hosts(c, &list, &count);
	if (st)
		return st;
	const struct pool_host *h = choose(list, count, in, &t);
	if (!h) {
		*out = (struct pool_place){ .why = explain(c, in, &t) };
		return ST_OK;
	}
	struct pool_reservation r = { in->subject, h->id, in->vcpus, in->memory_mb, in->disk_gb };
	st = pool_reservation_insert(c, &r);
	if (!st)
		st = pool_host_use(c, h->id, r.vcpus, r.memory_mb, r.disk_gb);
	if (!st)
		*out = (struct pool_place){ .host_id = h->id };
	return st;
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

const struct module pool_module = {
	.name = "pool",
	.check = check,
};
