/* SPDX-License-Identifier: Apache-2.0 */
/* Subnet pools: address space out of which subnets are cut, so that two of one pool never overlap. */
#include "base/id.h"
#include "cloud/network/network_route.h"
#include "cloud/network/network_subnetpool.h"
#include "door/audit/audit.h"

/* --- arithmetic over whole addresses --- */

__extension__ typedef unsigned __int128 wide;

static wide number_of(const struct ip *ip)
{
	return (wide)ip->high << 64 | ip->low;
}

static struct ip ip_of(int version, wide n)
{
	return (struct ip){ version, (uint64_t)(n >> 64), (uint64_t)n };
}

static int all_bits(int64_t version)
{
	return version == 6 ? 128 : 32;
}

/* How many addresses a prefix of this length has. */
static wide span(int version, int bits)
{
	return (wide)1 << (all_bits(version) - bits);
}

static bool inside(const struct prefix *outer, const struct prefix *inner)
{
	return outer->bits <= inner->bits && prefix_has(outer, &inner->first);
}

/* --- cutting --- */

static enum status visible(struct call *c, const char *id, struct subnetpool *out)
{
	enum status st = subnetpool_store_one(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !out->shared && !network_owns(c, out->project_id)))
		return fail(c, ST_NOT_FOUND, "SubnetPoolNotFound",
			    "Subnet pool %s could not be found.", id);
	return st;
}

enum status subnetpool_own(struct call *c, const char *id, struct subnetpool *out)
{
	enum status st = visible(c, id, out);

	if (!st && !network_owns(c, out->project_id))
		st = fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			  "subnet pool %s is shared with you, but it is not yours to change", id);
	return st;
}

/* The first range of this length in 'whole' that overlaps nothing that is taken. Each overlap moves the
 * search behind what stands in the way, so it ends after at most n + 1 looks. */
static bool free_in(const struct prefix *whole, int bits, const struct prefix *taken, size_t n,
		    struct prefix *out)
{
	int version = whole->first.version;
	wide at = number_of(&whole->first), step = span(version, bits);
	wide last = at + (span(version, whole->bits) - 1);

	for (;;) {
		struct prefix p = { ip_of(version, at), bits };
		const struct prefix *other = NULL;
		for (size_t k = 0; k < n && !other; k++)
			if (prefix_overlap(&p, &taken[k]))
				other = &taken[k];
		if (!other) {
			*out = p;
			return true;
		}
		wide end = number_of(&other->first) + (span(version, other->bits) - 1);
		if (end < at + (step - 1))
			end = at + (step - 1);
		if (end >= last)
			return false;
		at = end + 1;
	}
}

static bool find_free(const struct subnetpool *pool, int bits, const struct prefix *taken, size_t n,
		      struct prefix *out)
{
	for (size_t i = 0; i < pool->prefixes.count; i++) {
		struct prefix whole;
		if (prefix_read(pool->prefixes.list[i], &whole) && whole.bits <= bits &&
		    free_in(&whole, bits, taken, n, out))
			return true;
	}
	return false;
}

static enum status taken_of(struct call *c, const struct subnetpool *pool, struct prefix **list,
			    size_t *n)
{
	struct words cidrs;
	enum status st = subnetpool_store_cidrs(c, pool->id, &cidrs);

	if (st)
		return st;
	*list = arena_array(c->arena, cidrs.count + 1, sizeof **list);
	*n = 0;
	for (size_t i = 0; i < cidrs.count; i++)
		if (prefix_read(cidrs.list[i], &(*list)[*n]))
			++*n;
	return ST_OK;
}

static enum status check_length(struct call *c, const struct subnetpool *pool, int64_t bits)
{
	if (bits < pool->min_prefixlen)
		return fail(
			c, ST_BAD_INPUT, "MinPrefixSubnetAllocationError",
			"Unable to allocate subnet with prefix length %ld, minimum allowed prefix "
			"is %ld.",
			(long)bits, (long)pool->min_prefixlen);
	if (bits > pool->max_prefixlen)
		return fail(
			c, ST_BAD_INPUT, "MaxPrefixSubnetAllocationError",
			"Unable to allocate subnet with prefix length %ld, maximum allowed prefix "
			"is %ld.",
			(long)bits, (long)pool->max_prefixlen);
	return ST_OK;
}

static enum status cut_named(struct call *c, const struct subnetpool *pool, const char *cidr,
			     const struct prefix *taken, size_t n, struct prefix *p)
{
	bool held = false;

	if (!prefix_read(cidr, p))
		return fail(c, ST_BAD_INPUT, "InvalidInput",
			    "Invalid input for cidr. Reason: '%s' is not a valid CIDR.", cidr);
	for (size_t i = 0; i < pool->prefixes.count; i++) {
		struct prefix whole;
		held = held || (prefix_read(pool->prefixes.list[i], &whole) && inside(&whole, p));
	}
	for (size_t i = 0; i < n; i++)
		held = held && !prefix_overlap(&taken[i], p);
	return held ? check_length(c, pool, p->bits)
		    : fail(c, ST_CONFLICT, "SubnetAllocationError",
			   "Failed to allocate subnet: Cannot allocate requested subnet from the "
			   "available set of prefixes.");
}

enum status subnetpool_cut(struct call *c, const struct subnet_ask *ask, struct subnet *s,
			   struct prefix *p)
{
	struct subnetpool pool;
	struct prefix *taken;
	size_t n;
	int64_t bits;
	enum status st = visible(c, ask->subnetpool_id, &pool);

	if (!st && ask->ip_version != pool.ip_version)
		st = fail(c, ST_BAD_INPUT, "BadRequest",
			  "Bad subnets request: Cannot allocate IPv%ld subnet from IPv%ld subnet "
			  "pool.",
			  (long)ask->ip_version, (long)pool.ip_version);
	if (!st)
		st = taken_of(c, &pool, &taken, &n);
	if (st)
		return st;
	bits = ask->prefixlen_given && ask->prefixlen != INT_NULL ? ask->prefixlen
								  : pool.default_prefixlen;
	if (ask->cidr)
		st = cut_named(c, &pool, ask->cidr, taken, n, p);
	else
		st = check_length(c, &pool, bits);
	if (!st && !ask->cidr && !find_free(&pool, (int)bits, taken, n, p))
		st = fail(c, ST_CONFLICT, "SubnetAllocationError",
			  "Failed to allocate subnet: Insufficient prefix space to allocate subnet "
			  "size /%ld.",
			  (long)bits);
	if (!st && p->first.version == 6 && p->bits < 64)
		st = fail(c, ST_BAD_INPUT, "prefixlen",
			  "an IPv6 subnet has a prefix of 64 bits or more");
	if (!st && pool.default_quota != INT_NULL && (int64_t)n >= pool.default_quota)
		st = fail(c, ST_CONFLICT, "SubnetPoolQuotaExceeded",
			  "Per-tenant subnet pool prefix quota exceeded.");
	if (st)
		return st;
	s->subnetpool_id = pool.id;
	s->ip_version = pool.ip_version;
	s->cidr = prefix_text(c->arena, p);
	return ST_OK;
}

/* --- acts --- */

static enum status read_prefixes(struct call *c, const struct words *given, struct subnetpool *pool)
{
	struct prefix list[SUBNETPOOL_PREFIXES_MAX];

	pool->prefixes.list = arena_array(c->arena, given->count + 1, sizeof(char *));
	pool->prefixes.count = 0;
	if (!given->count || given->count > SUBNETPOOL_PREFIXES_MAX)
		return fail(c, ST_BAD_INPUT, "prefixes", "a subnet pool has 1 to %d prefixes",
			    SUBNETPOOL_PREFIXES_MAX);
	for (size_t i = 0; i < given->count; i++) {
		if (!prefix_read(given->list[i], &list[i]))
			return fail(c, ST_BAD_INPUT, "prefixes", "'%s' is not a prefix",
				    given->list[i]);
		if (list[i].first.version != list[0].first.version)
			return fail(c, ST_BAD_INPUT, "prefixes",
				    "the prefixes of a subnet pool are of one IP version");
		for (size_t k = 0; k < i; k++)
			if (prefix_overlap(&list[i], &list[k]))
				return fail(c, ST_BAD_INPUT, "prefixes", "%s and %s overlap",
					    given->list[k], given->list[i]);
		pool->prefixes.list[pool->prefixes.count++] = prefix_text(c->arena, &list[i]);
	}
	pool->ip_version = list[0].first.version;
	return ST_OK;
}

static enum status check_lengths(struct call *c, const struct subnetpool *pool)
{
	int64_t most = all_bits(pool->ip_version);

	if (pool->min_prefixlen < 1 || pool->max_prefixlen > most ||
	    pool->min_prefixlen > pool->max_prefixlen)
		return fail(c, ST_BAD_INPUT, "IllegalSubnetPoolPrefixBounds",
			    "Illegal prefix bounds: min_prefixlen=%ld, max_prefixlen=%ld.",
			    (long)pool->min_prefixlen, (long)pool->max_prefixlen);
	if (pool->default_prefixlen < pool->min_prefixlen ||
	    pool->default_prefixlen > pool->max_prefixlen)
		return fail(
			c, ST_BAD_INPUT, "IllegalSubnetPoolPrefixBounds",
			"Illegal prefix bounds: default_prefixlen=%ld is not between %ld and %ld.",
			(long)pool->default_prefixlen, (long)pool->min_prefixlen,
			(long)pool->max_prefixlen);
	return ST_OK;
}

static enum status check_powers(struct call *c, const struct subnetpool_ask *ask)
{
	if ((ask->shared || ask->is_default) && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only an administrator shares a subnet pool or makes it the default");
	return ST_OK;
}

static int64_t given_or(bool given, int64_t value, int64_t otherwise)
{
	return given && value != INT_NULL ? value : otherwise;
}

static enum status create_one(struct call *c, const struct subnetpool_ask *ask,
			      struct subnetpool *out)
{
	struct subnetpool pool = {
		.id = id_new(c->arena),
		.name = ask->name ? ask->name : "",
		.description = ask->description ? ask->description : "",
		.shared = ask->shared,
		.is_default = ask->is_default,
		.default_quota = given_or(ask->default_quota_given, ask->default_quota, INT_NULL),
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = network_owner(c, ask->project_id, ask->tenant_id, &pool.project_id);

	if (!st)
		st = check_powers(c, ask);
	if (!st)
		st = read_prefixes(c, &ask->prefixes, &pool);
	pool.min_prefixlen = given_or(ask->min_prefixlen_given, ask->min_prefixlen,
				      pool.ip_version == 6 ? 64 : 8);
	pool.max_prefixlen =
		given_or(ask->max_prefixlen_given, ask->max_prefixlen, all_bits(pool.ip_version));
	pool.default_prefixlen =
		given_or(ask->default_prefixlen_given, ask->default_prefixlen, pool.min_prefixlen);
	if (!st)
		st = check_lengths(c, &pool);
	if (!st)
		st = network_quota_take(c, pool.project_id, "subnetpool", 1);
	if (!st)
		st = subnetpool_store_put(c, &pool);
	if (!st)
		st = network_tell(c, "subnetpool", "created", pool.id, pool.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "subnetpool", pool.id);
	audit_change(c, subnetpool_wire, NULL, &pool);
	*out = pool;
	return ST_OK;
}

static enum status subnetpool_create(struct call *c, const struct subnetpool_ask *in,
				     struct subnetpool *out)
{
	return create_one(c, in, out);
}

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct subnetpool *pools;
	enum status st = subnetpool_store_list(c, c->actor.is_admin ? NULL : project, after, most,
					       &pools, n);

	(void)in;
	*list = pools;
	return st;
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct subnetpool *pool = item;

	return network_tags_match(&pool->tags, name, value, known);
}

static enum status subnetpool_list(struct call *c, const struct network_list_ask *in,
				   struct network_page *out)
{
	static const struct listing pools = { "subnet pools", subnetpool_wire,
					      sizeof(struct subnetpool), read_chunk, matches };

	return network_page_read(c, &pools, in, out);
}

enum status subnetpool_show(struct call *c, const struct object_ask *in,
			    struct subnetpool_shown *out)
{
	out->fields = in->fields;
	return visible(c, in->id, &out->item);
}

/* Prefixes are added, never taken away: subnets may have been cut out of them. */
static enum status grow(struct call *c, const struct subnetpool_ask *in,
			const struct subnetpool *before, struct subnetpool *pool)
{
	enum status st = read_prefixes(c, &in->prefixes, pool);

	if (!st && pool->ip_version != before->ip_version)
		st = fail(c, ST_BAD_INPUT, "prefixes",
			  "the prefixes of a subnet pool are of one IP version");
	for (size_t i = 0; !st && i < before->prefixes.count; i++) {
		bool held = false;
		struct prefix old, now;
		for (size_t k = 0; k < pool->prefixes.count; k++)
			held = held ||
			       (prefix_read(before->prefixes.list[i], &old) &&
				prefix_read(pool->prefixes.list[k], &now) && inside(&now, &old));
		if (!held)
			st = fail(
				c, ST_BAD_INPUT, "IllegalSubnetPoolPrefixUpdate",
				"Illegal update to prefixes: Existing prefixes must be a subset of "
				"new prefixes: %s.",
				before->prefixes.list[i]);
	}
	return st;
}

static enum status subnetpool_update(struct call *c, const struct subnetpool_ask *in,
				     struct subnetpool *out)
{
	struct subnetpool before, pool;
	enum status st = subnetpool_own(c, in->id, &before);

	if (!st)
		st = check_powers(c, in);
	if (st)
		return st;
	pool = before;
	if (in->name_given)
		pool.name = in->name ? in->name : "";
	if (in->description_given)
		pool.description = in->description ? in->description : "";
	if (in->is_default_given)
		pool.is_default = in->is_default;
	if (in->default_quota_given)
		pool.default_quota = in->default_quota;
	pool.min_prefixlen =
		given_or(in->min_prefixlen_given, in->min_prefixlen, pool.min_prefixlen);
	pool.max_prefixlen =
		given_or(in->max_prefixlen_given, in->max_prefixlen, pool.max_prefixlen);
	pool.default_prefixlen = given_or(in->default_prefixlen_given, in->default_prefixlen,
					  pool.default_prefixlen);
	if (in->prefixes_given)
		st = grow(c, in, &before, &pool);
	if (!st)
		st = check_lengths(c, &pool);
	pool.revision++;
	pool.updated_at = c->now_at;
	if (!st)
		st = subnetpool_store_update(c, &pool);
	if (!st)
		st = network_tell(c, "subnetpool", "updated", pool.id, pool.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "subnetpool", pool.id);
	audit_change(c, subnetpool_wire, &before, &pool);
	*out = pool;
	return ST_OK;
}

static enum status subnetpool_delete(struct call *c, const struct object_ask *in,
				     struct nothing *out)
{
	struct subnetpool pool;
	struct words cidrs = { 0 };
	enum status st = subnetpool_own(c, in->id, &pool);

	(void)out;
	if (!st)
		st = subnetpool_store_cidrs(c, pool.id, &cidrs);
	if (!st && cidrs.count)
		st = fail(c, ST_BAD_INPUT, "SubnetPoolDeleteError",
			  "Unable to delete subnet pool: Subnet pool has existing allocations.");
	if (!st)
		st = subnetpool_store_delete(c, pool.id);
	if (!st)
		st = network_tell(c, "subnetpool", "deleted", pool.id, pool.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "subnetpool", pool.id);
	audit_change(c, subnetpool_wire, &pool, NULL);
	return ST_OK;
}

/* --- as clients see them --- */

static void write_no_scope(struct call *c, struct json_out *j, const void *obj)
{
	(void)c, (void)obj;
	json_nil(j);
}

const struct field subnetpool_wire[] = { F_STR(subnetpool, id, 36, 0),
					 F_STR(subnetpool, name, 255, EMPTY_OK),
					 F_STR_AS("tenant_id", subnetpool, project_id, 64, 0),
					 F_STR(subnetpool, project_id, 64, 0),
					 F_STR(subnetpool, description, 255, EMPTY_OK),
					 F_INT(subnetpool, ip_version, 0, 0, 0),
					 F_STRS(subnetpool, prefixes, 0, 0),
					 F_INT(subnetpool, min_prefixlen, 0, 0, 0),
					 F_INT(subnetpool, max_prefixlen, 0, 0, 0),
					 F_INT(subnetpool, default_prefixlen, 0, 0, 0),
					 F_INT(subnetpool, default_quota, 0, 0, NULLABLE),
					 F_BOOL(subnetpool, shared, 0),
					 F_BOOL(subnetpool, is_default, 0),
					 F_VIEW("address_scope_id", write_no_scope),
					 F_STRS(subnetpool, tags, 0, 0),
					 F_TIME(subnetpool, created_at, 0),
					 F_TIME(subnetpool, updated_at, 0),
					 F_INT_AS("revision_number", subnetpool, revision, 0, 0, 0),
					 F_END };
#define LENGTH(m) F_INT(subnetpool_ask, m, 1, 128, OPT | NULLABLE | LOOSE, TELLS(subnetpool_ask, m))
#define SUBNETPOOL_MEMBERS                                                                         \
	F_STR(subnetpool_ask, name, NAME_MAX_LENGTH, OPT | EMPTY_OK, TELLS(subnetpool_ask, name)), \
		F_STR(subnetpool_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                \
		      TELLS(subnetpool_ask, description)),                                         \
		F_INT(subnetpool_ask, default_quota, 0, INT32_MAX, OPT | NULLABLE | LOOSE,         \
		      TELLS(subnetpool_ask, default_quota)),                                       \
		F_BOOL(subnetpool_ask, is_default, OPT | LOOSE,                                    \
		       TELLS(subnetpool_ask, is_default)),                                         \
		LENGTH(min_prefixlen), LENGTH(max_prefixlen), LENGTH(default_prefixlen)
static const struct field subnetpool_new_wire[] = { SUBNETPOOL_MEMBERS,
						    F_STRS(subnetpool_ask, prefixes,
							   SUBNETPOOL_PREFIXES_MAX, 0),
						    F_BOOL(subnetpool_ask, shared, OPT | LOOSE),
						    F_STR(subnetpool_ask, project_id, 64, OPT),
						    F_STR(subnetpool_ask, tenant_id, 64, OPT),
						    F_END };
static const struct field subnetpool_ask_wire[] = {
	F_ID_AS("subnetpool_id", subnetpool_ask, id, FROM_PATH), SUBNETPOOL_MEMBERS,
	F_STRS(subnetpool_ask, prefixes, SUBNETPOOL_PREFIXES_MAX, OPT,
	       TELLS(subnetpool_ask, prefixes)),
	F_END
};
static const struct field subnetpool_key_wire[] = {
	F_ID_AS("subnetpool_id", object_ask, id, FROM_PATH),
	F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END
};
NETWORK_VIEWS(subnetpool, subnetpool, subnetpool_wire, "subnetpool", "subnetpools")

ACT(subnetpool_create, subnetpool_ask, subnetpool)
ACT(subnetpool_list, network_list_ask, network_page)
ACT(subnetpool_show, object_ask, subnetpool_shown)
ACT(subnetpool_update, subnetpool_ask, subnetpool)
ACT(subnetpool_delete, object_ask, nothing)

const struct route network_subnetpool_routes[] = {
	NETWORK_VIA("POST", "/subnetpools", "network.subnetpool.create", subnetpool_create,
		    subnetpool_ask, subnetpool_new_wire, subnetpool, subnetpool_wire,
		    .name = "network.subnetpool.create", .help = "Makes a subnet pool.",
		    .in_wrap = "subnetpool", .out_wrap = "subnetpool", .success = 201),
	NETWORK_GET("/subnetpools", subnetpool_list, network_list_ask, network_list_ask_wire,
		    network_page, subnetpool_page_wire, .name = "network.subnetpool.list",
		    .help = "Lists the subnet pools that the asker may see."),
	NETWORK_GET("/subnetpools/{subnetpool_id}", subnetpool_show, object_ask,
		    subnetpool_key_wire, subnetpool_shown, subnetpool_shown_wire,
		    .name = "network.subnetpool.show", .help = "Shows a subnet pool."),
	NETWORK_PUT("/subnetpools/{subnetpool_id}", "network.subnetpool.update", subnetpool_update,
		    subnetpool_ask, subnetpool_ask_wire, subnetpool, subnetpool_wire, "subnetpool",
		    .name = "network.subnetpool.update", .help = "Changes a subnet pool."),
	NETWORK_DELETE("/subnetpools/{subnetpool_id}", "network.subnetpool.delete",
		       subnetpool_delete, subnetpool_key_wire, .name = "network.subnetpool.delete",
		       .help = "Deletes a subnet pool that no subnet was cut out of."),
	{ 0 },
};
