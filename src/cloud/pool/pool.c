/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of the pool: hosts that come and go, and what must always hold. */
#include "base/id.h"
#include "base/text.h"
#include "cloud/pool/pool_private.h"
#include "door/house.h"
#include "door/module.h"

/* What a host that nobody has configured promises: Nova's habits for CPUs, half of them; memory that is
 * promised twice ends in servers that are killed. */
enum { CPU_PERCENT = 800, MEMORY_PERCENT = 100, DISK_PERCENT = 100, MEMORY_KEPT_MB = 512 };

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
	pool_yard_stale(c);
	return pool_host_insert(c, h);
}

/* The yard remembers how a host is called, whether it is up, and what it has: no more is news to it. */
static void tell_yard(struct call *c, const struct pool_host *was, const struct pool_host *is)
{
	if (!str_eq(was->name, is->name))
		pool_yard_stale(c);
	else if (was->state != is->state || was->vcpus != is->vcpus ||
		 was->memory_mb != is->memory_mb || was->disk_gb != is->disk_gb)
		pool_yard_mark(c, was->id);
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
	tell_yard(c, &h, &now);
	return st ? st : pool_host_by_uri(c, facts->uri, out);
}

enum status pool_host_lost(struct call *c, const char *uri)
{
	struct pool_host h = { 0 };
	enum status st = pool_host_by_uri(c, uri, &h);

	if (st == ST_NOT_FOUND)
		call_forgive(c);
	if (st || h.state == POOL_HOST_DOWN)
		return st == ST_NOT_FOUND ? ST_OK : st;
	pool_yard_mark(c, h.id);
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
	.start = pool_yard_open,
	.stop = pool_yard_close,
	.check = check,
};
