/* SPDX-License-Identifier: Apache-2.0 */
/* The house's own words for resource pools: site, network zone, protection level, and their hosts. Nova's
 * words for the same (aggregates, services, hypervisors) are the compute room's. */
#include "base/text.h"
#include "cloud/pool/pool_private.h"

struct pool_host_key {
	const char *pool_id, *host;
	int64_t share;
	bool share_given;
};
struct pool_make {
	const char *pool_id, *name, *site;
	int network_zone;
	int64_t protection;
	bool name_given, site_given, network_zone_given, protection_given;
};
struct pool_page {
	struct pool_aggregate *pools;
	size_t pools_count;
};
struct host_page {
	struct pool_host *hosts;
	size_t hosts_count;
};

static const char *const states[] = { "up", "down", NULL };

const struct field pool_aggregate_wire[] = {
	F_STR(pool_aggregate, id, 0, 0),
	F_STR(pool_aggregate, name, 0, 0),
	F_STR_AS("availability_zone", pool_aggregate, zone, 0, NULLABLE),
	F_STR(pool_aggregate, site, 0, NULLABLE),
	F_WORD(pool_aggregate, network_zone, pool_network_zones, NULLABLE),
	F_INT(pool_aggregate, protection, 0, 0, NULLABLE),
	F_MAP(pool_aggregate, metadata, 0, 0),
	F_STRS(pool_aggregate, hosts, 0, 0),
	F_END,
};
const struct field pool_host_wire[] = {
	F_STR(pool_host, id, 0, 0),
	F_STR(pool_host, name, 0, 0),
	F_STR(pool_host, uri, 0, 0),
	F_STR_AS("availability_zone", pool_host, zone, 0, 0),
	F_WORD(pool_host, state, states, 0),
	F_STR(pool_host, disabled, 0, NULLABLE),
	F_STR(pool_host, engine, 0, 0),
	F_STR(pool_host, accelerator, 0, 0),
	F_STR(pool_host, accelerator_why, 0, 0),
	F_INT(pool_host, vcpus, 0, 0, 0),
	F_INT(pool_host, memory_mb, 0, 0, 0),
	F_INT(pool_host, disk_gb, 0, 0, 0),
	F_INT(pool_host, cpu_percent, 0, 0, 0),
	F_INT(pool_host, memory_percent, 0, 0, 0),
	F_INT(pool_host, disk_percent, 0, 0, 0),
	F_INT(pool_host, memory_kept_mb, 0, 0, 0),
	F_INT(pool_host, used_vcpus, 0, 0, 0),
	F_INT(pool_host, used_memory_mb, 0, 0, 0),
	F_INT(pool_host, used_disk_gb, 0, 0, 0),
	F_TIME(pool_host, seen_at, TIME_AS_Z),
	F_END,
};

static const struct field pool_key_wire[] = { F_ID(pool_key, pool_id, FROM_PATH), F_END };
static const struct field pool_host_key_wire[] = {
	F_ID(pool_host_key, pool_id, FROM_PATH),
	F_STR(pool_host_key, host, 255, FROM_PATH),
	F_END,
};
static const struct field pool_host_put_wire[] = {
	F_ID(pool_host_key, pool_id, FROM_PATH),
	F_STR(pool_host_key, host, 255, FROM_PATH),
	F_INT(pool_host_key, share, 1, 100, OPT, TELLS(pool_host_key, share)),
	F_END,
};
static const struct field pool_make_wire[] = {
	F_STR(pool_make, name, 100, 0),
	F_STR(pool_make, site, 100, 0),
	F_WORD(pool_make, network_zone, pool_network_zones, 0),
	F_INT(pool_make, protection, 2, 3, 0),
	F_END,
};
static const struct field pool_change_wire[] = {
	F_ID(pool_make, pool_id, FROM_PATH),
	F_STR(pool_make, name, 100, OPT, TELLS(pool_make, name)),
	F_STR(pool_make, site, 100, OPT, TELLS(pool_make, site)),
	F_WORD(pool_make, network_zone, pool_network_zones, OPT, TELLS(pool_make, network_zone)),
	F_INT(pool_make, protection, 2, 3, OPT, TELLS(pool_make, protection)),
	F_END,
};
static const struct field pool_page_wire[] = {
	F_LIST(pool_page, pools, pool_aggregate, pool_aggregate_wire, 0, 0), F_END
};
static const struct field host_page_wire[] = {
	F_LIST(host_page, hosts, pool_host, pool_host_wire, 0, 0), F_END
};
static const struct field pool_host_change_wire[] = {
	F_ID(pool_host_change, host_id, FROM_PATH),
	F_STR(pool_host_change, disabled, 255, OPT | NULLABLE, TELLS(pool_host_change, disabled)),
	F_INT(pool_host_change, cpu_percent, 1, 6400, OPT, TELLS(pool_host_change, cpu_percent)),
	F_INT(pool_host_change, memory_percent, 1, 1000, OPT,
	      TELLS(pool_host_change, memory_percent)),
	F_INT(pool_host_change, disk_percent, 1, 1000, OPT, TELLS(pool_host_change, disk_percent)),
	F_INT(pool_host_change, memory_kept_mb, 0, INT32_MAX, OPT,
	      TELLS(pool_host_change, memory_kept_mb)),
	F_END,
};

enum status pool_find(struct call *c, const char *id, struct pool_aggregate *out)
{
	enum status st = pool_aggregate_by_id(c, id, out);
	if (!st && !out->site)
		return fail(c, ST_NOT_FOUND, "pool_id", "there is no pool %s", id);
	return st;
}

/* A pool is an availability zone of its own name. */
static enum status pool_make(struct call *c, const struct pool_make *in, struct pool_aggregate *out)
{
	*out = (struct pool_aggregate){ .name = in->name,
					.zone = in->name,
					.site = in->site,
					.network_zone = in->network_zone,
					.protection = in->protection };
	return pool_aggregate_make(c, out);
}

static enum status pool_alter(struct call *c, const struct pool_make *in,
			      struct pool_aggregate *out)
{
	struct pool_aggregate a;
	enum status st = pool_find(c, in->pool_id, &a);
	if (st)
		return st;
	a.name = in->name_given ? in->name : a.name;
	a.zone = a.name;
	a.site = in->site_given ? in->site : a.site;
	a.network_zone = in->network_zone_given ? in->network_zone : a.network_zone;
	a.protection = in->protection_given ? in->protection : a.protection;
	st = pool_aggregate_change(c, &a);
	*out = a;
	return st;
}

static enum status pool_list(struct call *c, const struct nothing *in, struct pool_page *out)
{
	size_t count, kept = 0;
	(void)in;
	enum status st = pool_aggregates(c, &out->pools, &count);
	for (size_t i = 0; i < count && !st; i++)
		if (out->pools[i].site)
			out->pools[kept++] = out->pools[i];
	out->pools_count = kept;
	return st;
}

static enum status pool_show(struct call *c, const struct pool_key *in, struct pool_aggregate *out)
{
	return pool_find(c, in->pool_id, out);
}

static enum status pool_delete(struct call *c, const struct pool_key *in, struct nothing *out)
{
	struct pool_aggregate a;
	(void)out;
	enum status st = pool_find(c, in->pool_id, &a);
	return st ? st : pool_aggregate_remove(c, &a);
}

static enum status pool_put_host(struct call *c, const struct pool_host_key *in,
				 struct pool_aggregate *out)
{
	enum status st = pool_find(c, in->pool_id, out);
	return st ? st : pool_aggregate_add(c, out, in->host, in->share_given ? in->share : 100);
}

static enum status pool_take_host(struct call *c, const struct pool_host_key *in,
				  struct pool_aggregate *out)
{
	enum status st = pool_find(c, in->pool_id, out);
	return st ? st : pool_aggregate_drop(c, out, in->host);
}

static enum status host_list(struct call *c, const struct nothing *in, struct host_page *out)
{
	(void)in;
	return pool_hosts(c, &out->hosts, &out->hosts_count);
}

ACT(pool_make, pool_make, pool_aggregate)
ACT(pool_alter, pool_make, pool_aggregate)
ACT(pool_list, nothing, pool_page)
ACT(pool_show, pool_key, pool_aggregate)
ACT(pool_delete, pool_key, nothing)
ACT(pool_put_host, pool_host_key, pool_aggregate)
ACT(pool_take_host, pool_host_key, pool_aggregate)
ACT(host_list, nothing, host_page)
ACT(pool_host_change, pool_host_change, pool_host)

#define POOLS "/v1/pools"
#define READ "pool.read"
#define WRITE "pool.write"

const struct route pool_routes[] = {
	ROUTE("GET", POOLS, READ, SCOPE_SYSTEM, pool_list, nothing, pool_page,
	      .name = "pool.pool.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The resource pools with their hosts"),
	ROUTE("POST", POOLS, WRITE, SCOPE_SYSTEM, pool_make, pool_make, pool_aggregate,
	      .name = "pool.pool.create", .success = 201,
	      .help = "Make a resource pool of a site, a network zone and a protection level"),
	ROUTE("GET", POOLS "/{pool_id}", READ, SCOPE_SYSTEM, pool_show, pool_key, pool_aggregate,
	      .name = "pool.pool.show", .flags = ROUTE_READS, .success = 200,
	      .help = "One resource pool"),
	{ .method = "PATCH",
	  .path = POOLS "/{pool_id}",
	  .may = WRITE,
	  .scopes = SCOPE_SYSTEM,
	  .act = pool_alter_act,
	  .in = pool_change_wire,
	  .in_size = sizeof(struct pool_make),
	  .out = pool_aggregate_wire,
	  .out_size = sizeof(struct pool_aggregate),
	  .name = "pool.pool.update",
	  .success = 200,
	  .help = "Change what a resource pool is" },
	ROUTE("DELETE", POOLS "/{pool_id}", WRITE, SCOPE_SYSTEM, pool_delete, pool_key, nothing,
	      .name = "pool.pool.delete", .success = 204,
	      .help = "Remove a resource pool that has no host"),
	{ .method = "PUT",
	  .path = POOLS "/{pool_id}/hosts/{host}",
	  .may = WRITE,
	  .scopes = SCOPE_SYSTEM,
	  .act = pool_put_host_act,
	  .in = pool_host_put_wire,
	  .in_size = sizeof(struct pool_host_key),
	  .out = pool_aggregate_wire,
	  .out_size = sizeof(struct pool_aggregate),
	  .name = "pool.pool.host.add",
	  .success = 200,
	  .flags = ROUTE_OPTIONAL_BODY,
	  .help = "Put a host, or a share of it in percent, into a resource pool" },
	ROUTE("DELETE", POOLS "/{pool_id}/hosts/{host}", WRITE, SCOPE_SYSTEM, pool_take_host,
	      pool_host_key, pool_aggregate, .name = "pool.pool.host.remove", .success = 200,
	      .help = "Take a host out of a resource pool"),
	ROUTE("GET", "/v1/hosts", READ, SCOPE_SYSTEM, host_list, nothing, host_page,
	      .name = "pool.host.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The hosts: what they have, what is promised of them, how they are"),
	ROUTE("PATCH", "/v1/hosts/{host_id}", WRITE, SCOPE_SYSTEM, pool_host_change,
	      pool_host_change, pool_host, .name = "pool.host.update", .success = 200,
	      .help = "Say what a host promises, or that it takes no more servers"),
	{ 0 },
};
