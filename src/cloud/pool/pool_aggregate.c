/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of aggregates: a host is in any number of them, but in one zone. A host whose aggregates
 * name no zone is in "nova". */
#include "base/id.h"
#include "base/text.h"
#include "cloud/pool/pool_private.h"
#include "door/audit/audit.h"

#define NO_ZONE "nova"

enum status pool_aggregates(struct call *c, struct pool_aggregate **list, size_t *count)
{
	struct pool_member *members;
	size_t n;
	enum status st = pool_aggregate_rows(c, list, count);
	if (!st)
		st = pool_member_rows(c, &members, &n);
	for (size_t i = 0; i < *count && !st; i++) {
		struct pool_aggregate *a = &(*list)[i];
		a->hosts.list = arena_array(c->arena, n + 1, sizeof(char *));
		a->host_ids.list = arena_array(c->arena, n + 1, sizeof(char *));
		for (size_t m = 0; m < n; m++)
			if (str_eq(members[m].aggregate_id, a->id)) {
				a->hosts.list[a->hosts.count++] = members[m].name;
				a->host_ids.list[a->host_ids.count++] = members[m].host_id;
			}
	}
	return st;
}

enum status pool_aggregate_find(struct call *c, int64_t number, struct pool_aggregate *out)
{
	struct pool_aggregate *list;
	size_t count;
	enum status st = pool_aggregates(c, &list, &count);
	for (size_t i = 0; !st && i < count; i++)
		if (list[i].number == number) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "id", "Aggregate %lld could not be found.",
			 (long long)number);
}

enum status pool_aggregate_by_id(struct call *c, const char *id, struct pool_aggregate *out)
{
	struct pool_aggregate *list;
	size_t count;
	enum status st = pool_aggregates(c, &list, &count);
	for (size_t i = 0; !st && i < count; i++)
		if (str_eq(list[i].id, id)) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st : fail(c, ST_NOT_FOUND, "id", "there is no pool %s", id);
}

static enum status name_taken(struct call *c, const struct pool_aggregate *a)
{
	return fail(c, ST_CONFLICT, "name", "Aggregate %s already exists.", a->name);
}

/* Zones are asked for as ZONE:HOST. */
static enum status check_zone(struct call *c, const struct pool_aggregate *a)
{
	if (!a->zone || (*a->zone && !strchr(a->zone, ':')))
		return ST_OK;
	return fail(c, ST_BAD_INPUT, "availability_zone",
		    "a zone's name is not empty and has no colon");
}

enum status pool_aggregate_make(struct call *c, struct pool_aggregate *a)
{
	a->id = id_new(c->arena);
	a->created_at = c->now_at;
	enum status st = check_zone(c, a);
	if (!st)
		st = pool_aggregate_insert(c, a, &a->number);
	if (st == ST_CONFLICT)
		return name_taken(c, a);
	audit_subject(c, "pool", a->id);
	audit_change(c, pool_aggregate_wire, NULL, a);
	return st;
}

/* Servers were placed by the zone that they asked for: it does not change under them. Those of a pool go by
 * the pool's zone, which pool_aggregate_change() and pool_aggregate_drop() keep. */
static enum status set_zone(struct call *c, const char *host_id, const char *zone)
{
	struct pool_reservation *kept;
	struct pool_host h;
	size_t n;
	enum status st = pool_host_read(c, host_id, &h);
	if (st || str_eq(h.zone, zone))
		return st;
	st = pool_reservations(c, &kept, &n);
	for (size_t i = 0; i < n && !st; i++)
		if (str_eq(kept[i].host_id, host_id) && !kept[i].pool_id &&
		    !str_eq(h.zone, NO_ZONE))
			return fail(c, ST_CONFLICT, "availability_zone",
				    "One or more hosts contain instances in this zone");
	pool_yard_stale(c);
	return st ? st : pool_host_set_zone(c, host_id, zone);
}

/* Another aggregate that has the host and names a zone; out->zone NULL: none. */
static enum status zone_elsewhere(struct call *c, const char *own, const char *host_id,
				  struct pool_aggregate *out)
{
	struct pool_aggregate *list;
	size_t count;
	enum status st = pool_aggregates(c, &list, &count);
	*out = (struct pool_aggregate){ 0 };
	for (size_t i = 0; i < count && !st; i++)
		for (size_t h = 0; h < list[i].host_ids.count; h++)
			if (list[i].zone && !str_eq(list[i].id, own) &&
			    str_eq(list[i].host_ids.list[h], host_id))
				*out = list[i];
	return st;
}

/* A host that pools share keeps the zone of the one that had it first: its servers go by their pools. */
static enum status follow_zone(struct call *c, const struct pool_aggregate *a, const char *host_id,
			       bool inside)
{
	struct pool_aggregate other;
	enum status st = zone_elsewhere(c, a->id, host_id, &other);
	if (st)
		return st;
	const char *own = inside ? a->zone : NULL;
	bool shared = a->site && other.site;
	if (own && other.zone && !str_eq(own, other.zone) && !shared)
		return fail(c, ST_CONFLICT, "availability_zone",
			    "Cannot add host to aggregate %lld. Reason: the host is in zone %s "
			    "already.",
			    (long long)a->number, other.zone);
	return set_zone(c, host_id,
			shared       ? other.zone
			: own        ? own
			: other.zone ? other.zone
				     : NO_ZONE);
}

/* What the pool has promised of its hosts, of one of them when it is named. */
static enum status stand_on(struct call *c, const struct pool_aggregate *a, const char *host_id,
			    bool *servers)
{
	struct pool_reservation *kept;
	size_t n;
	enum status st = pool_reservations(c, &kept, &n);
	*servers = false;
	for (size_t i = 0; i < n && !st; i++)
		*servers |= str_eq(kept[i].pool_id, a->id) &&
			    (!host_id || str_eq(kept[i].host_id, host_id));
	return st;
}

static enum status check_rename(struct call *c, const struct pool_aggregate *before,
				const struct pool_aggregate *a)
{
	bool servers;
	if (str_eq(before->zone, a->zone))
		return ST_OK;
	enum status st = stand_on(c, a, NULL, &servers);
	return st || !servers
		       ? st
		       : fail(c, ST_CONFLICT, "availability_zone",
			      "servers stand in zone %s, which is the pool's name", before->zone);
}

enum status pool_aggregate_change(struct call *c, struct pool_aggregate *a)
{
	struct pool_aggregate before;
	enum status st = pool_aggregate_by_id(c, a->id, &before);
	a->updated_at = c->now_at;
	if (!st)
		st = check_zone(c, a);
	if (!st)
		st = check_rename(c, &before, a);
	if (st)
		return st;
	pool_yard_stale(c);
	st = pool_aggregate_save(c, a);
	if (st == ST_CONFLICT)
		return name_taken(c, a);
	for (size_t i = 0; i < a->host_ids.count && !st; i++)
		st = follow_zone(c, a, a->host_ids.list[i], true);
	audit_subject(c, "pool", a->id);
	audit_change(c, pool_aggregate_wire, &before, a);
	return st;
}

enum status pool_aggregate_remove(struct call *c, const struct pool_aggregate *a)
{
	if (a->hosts.count)
		return fail(c, ST_BAD_INPUT, NULL,
			    "Cannot remove aggregate %lld. Reason: Host aggregate is not empty.",
			    (long long)a->number);
	/* Whoever was given this one alone could use every pool without it. */
	int64_t given = 0;
	enum status st = pool_grants_count(c, a->id, &given);
	if (!st && given)
		return fail(c, ST_CONFLICT, NULL,
			    "%lld VDCs were given the pool %.64s: give them others first",
			    (long long)given, a->name);
	audit_subject(c, "pool", a->id);
	audit_change(c, pool_aggregate_wire, a, NULL);
	pool_yard_stale(c);
	return st ? st : pool_aggregate_delete(c, a->id);
}

static enum status host_named(struct call *c, const char *name, struct pool_host *out)
{
	struct pool_host *list;
	size_t count;
	enum status st = pool_hosts(c, &list, &count);
	for (size_t i = 0; !st && i < count; i++)
		if (str_eq(list[i].name, name)) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "host", "Compute host %.64s could not be found.", name);
}

/* The aggregate as it is now, with the trail's entry against how it was. */
static enum status again(struct call *c, struct pool_aggregate *a)
{
	struct pool_aggregate before = *a;
	a->updated_at = c->now_at;
	enum status st = pool_aggregate_save(c, a);
	pool_yard_stale(c);
	if (!st)
		st = pool_aggregate_by_id(c, a->id, a);
	audit_subject(c, "pool", before.id);
	audit_change(c, pool_aggregate_wire, &before, a);
	return st;
}

/* Pools share a host by percent: together they give away no more than there is. */
static enum status check_share(struct call *c, const struct pool_aggregate *a,
			       const struct pool_host *h, int64_t share)
{
	struct pool_slot *slots;
	size_t count;
	int64_t left = 100;
	enum status st = a->site ? pool_slots(c, &slots, &count) : ST_OK;
	for (size_t i = 0; a->site && i < count && !st; i++)
		if (slots[i].pool && !str_eq(slots[i].pool->id, a->id) &&
		    str_eq(slots[i].host->id, h->id))
			left -= slots[i].share;
	if (!st && share > left)
		return fail(c, ST_CONFLICT, "share",
			    "%lld percent of host %.64s are asked for and %lld are left by the "
			    "other pools that it is in",
			    (long long)share, h->name, (long long)left);
	return st;
}

enum status pool_aggregate_add(struct call *c, struct pool_aggregate *a, const char *host,
			       int64_t share)
{
	struct pool_host h = { 0 };
	enum status st = host_named(c, host, &h);
	if (st)
		return st;
	for (size_t i = 0; i < a->hosts.count; i++)
		if (str_eq(a->hosts.list[i], host))
			return fail(c, ST_CONFLICT, "host",
				    "Cannot add host to aggregate %lld. Reason: Aggregate %lld "
				    "already has host %.64s.",
				    (long long)a->number, (long long)a->number, host);
	st = check_share(c, a, &h, share);
	if (!st)
		st = follow_zone(c, a, h.id, true);
	if (!st)
		st = pool_member_insert(c, a->id, h.id, share);
	return st ? st : again(c, a);
}

enum status pool_aggregate_drop(struct call *c, struct pool_aggregate *a, const char *host)
{
	struct pool_host h = { 0 };
	bool inside = false, servers = false;
	enum status st = host_named(c, host, &h);
	for (size_t i = 0; i < a->hosts.count; i++)
		inside |= str_eq(a->hosts.list[i], host);
	if (!st && !inside)
		return fail(c, ST_NOT_FOUND, "host", "Aggregate %lld has no host %.64s.",
			    (long long)a->number, host);
	if (!st)
		st = stand_on(c, a, h.id, &servers);
	if (!st && servers)
		return fail(c, ST_CONFLICT, "host",
			    "One or more hosts contain instances in this zone");
	if (!st)
		st = follow_zone(c, a, h.id, false);
	if (!st)
		st = pool_member_delete(c, a->id, h.id);
	return st ? st : again(c, a);
}

enum status pool_host_change(struct call *c, const struct pool_host_change *in,
			     struct pool_host *out)
{
	struct pool_host h = { 0 }, before;
	enum status st = pool_host_read(c, in->host_id, &h);
	if (st)
		return st;
	before = h;
	h.disabled = in->disabled_given ? in->disabled : h.disabled;
	h.cpu_percent = in->cpu_percent_given ? in->cpu_percent : h.cpu_percent;
	h.memory_percent = in->memory_percent_given ? in->memory_percent : h.memory_percent;
	h.disk_percent = in->disk_percent_given ? in->disk_percent : h.disk_percent;
	h.memory_kept_mb = in->memory_kept_mb_given ? in->memory_kept_mb : h.memory_kept_mb;
	h.updated_at = c->now_at;
	if (h.memory_kept_mb > h.memory_mb)
		return fail(c, ST_BAD_INPUT, "memory_kept_mb", "the host has %lld MB",
			    (long long)h.memory_mb);
	audit_subject(c, "host", h.id);
	audit_change(c, pool_host_wire, &before, &h);
	*out = h;
	pool_yard_stale(c);
	return pool_host_set(c, &h);
}
