/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of subnets: which prefixes, gateways, ranges and routes make sense together. */
#include <stdlib.h>
#include "base/id.h"
#include "cloud/network/network_private.h"
#include "door/audit/audit.h"

static enum status invalid(struct call *c, const char *what, const char *value)
{
	return fail(c, ST_BAD_INPUT, "InvalidInput", "Invalid input for operation: %s: '%s'.", what,
		    value);
}

/* Prefixes that no network of guests can have. */
static bool special(const struct prefix *p)
{
	static const char *const ranges[] = { "127.0.0.0/8", "224.0.0.0/4", "0.0.0.0/8",
					      "ff00::/8",    "fe80::/10",   "::1/128" };
	struct prefix r;

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (prefix_read(ranges[i], &r) && prefix_overlap(&r, p))
			return true;
	return false;
}

static enum status read_cidr(struct call *c, const struct subnet_ask *ask, struct subnet *s,
			     struct prefix *p)
{
	if (ask->subnetpool_id) {
		enum status st = subnetpool_cut(c, ask, s, p);
		if (st)
			return st;
		if (special(p))
			return invalid(c, "a subnet cannot have this range", s->cidr);
		return ST_OK;
	}
	if (ask->prefixlen_given && ask->prefixlen != INT_NULL)
		return fail(c, ST_BAD_INPUT, "prefixlen", "a prefixlen goes with a subnetpool_id");
	if (!ask->cidr)
		return fail(c, ST_BAD_INPUT, "BadRequest",
			    "Bad subnets request: a subnetpool must be specified in the absence "
			    "of a cidr.");
	if (!prefix_read(ask->cidr, p))
		return invalid(c, "not a valid CIDR", ask->cidr);
	if (ask->ip_version != p->first.version)
		return invalid(c, "the cidr is not of this ip_version", ask->cidr);
	if (p->bits == 0 || special(p))
		return invalid(c, "a subnet cannot have this range", ask->cidr);
	if (p->first.version == 6 && p->bits < 64)
		return invalid(c, "an IPv6 subnet has a prefix of 64 bits or more", ask->cidr);
	s->ip_version = p->first.version;
	s->cidr = prefix_text(c->arena, p);
	return ST_OK;
}

static enum status check_overlap(struct call *c, const struct network *n, const struct prefix *p)
{
	struct subnet *others;
	size_t count;
	enum status st = network_store_subnets(c, n->id, NULL, "", INT64_MAX, &others, &count);

	for (size_t i = 0; !st && i < count; i++) {
		struct prefix q;
		if (prefix_read(others[i].cidr, &q) && prefix_overlap(p, &q))
			return fail(c, ST_BAD_INPUT, "InvalidInput",
				    "Invalid input for operation: Requested subnet with cidr: %s "
				    "for network: %s overlaps with another subnet.",
				    prefix_text(c->arena, p), n->id);
	}
	return st;
}

static enum status read_gateway(struct call *c, const struct subnet_ask *ask,
				const struct prefix *p, struct subnet *s)
{
	uint64_t first, last;
	struct ip ip;

	prefix_hosts(p, &first, &last);
	if (!ask->gateway_ip_given) {
		ip = ip_plus(&p->first, first);
		s->gateway_ip = last > first + 1 ? ip_text(c->arena, &ip) : NULL;
		return ST_OK;
	}
	s->gateway_ip = NULL;
	if (!ask->gateway_ip)
		return ST_OK;
	if (!ip_read(ask->gateway_ip, &ip) || !prefix_has(p, &ip) ||
	    prefix_offset(p, &ip) < first || prefix_offset(p, &ip) > last)
		return invalid(c, "Gateway is not valid on subnet", ask->gateway_ip);
	s->gateway_ip = ip_text(c->arena, &ip);
	return ST_OK;
}

/* --- pools --- */

static void add_pool(struct call *c, struct subnet *s, const struct prefix *p, uint64_t first,
		     uint64_t last)
{
	struct ip start = ip_plus(&p->first, first), end = ip_plus(&p->first, last);
	struct pool *pool = &s->pools[s->pools_count++];

	*pool = (struct pool){ .subnet_id = s->id,
			       .start = ip_text(c->arena, &start),
			       .end = ip_text(c->arena, &end),
			       .first = network_host_of(p, &start),
			       .last = network_host_of(p, &end) };
	pool->next = pool->first;
}

/* All that can be given, but for the gateway. */
static void default_pools(struct call *c, struct subnet *s, const struct prefix *p)
{
	uint64_t first, last, gateway;
	struct ip ip;

	prefix_hosts(p, &first, &last);
	s->pools = arena_array(c->arena, 2, sizeof *s->pools);
	s->pools_count = 0;
	if (!s->gateway_ip || !ip_read(s->gateway_ip, &ip)) {
		add_pool(c, s, p, first, last);
		return;
	}
	gateway = prefix_offset(p, &ip);
	if (gateway > first)
		add_pool(c, s, p, first, gateway - 1);
	if (gateway < last)
		add_pool(c, s, p, gateway + 1, last);
}

static int by_first(const void *a_, const void *b_)
{
	const struct pool *a = a_, *b = b_;

	return a->first < b->first ? -1 : a->first > b->first;
}

static enum status read_pools(struct call *c, const struct subnet_ask *ask, const struct prefix *p,
			      struct subnet *s)
{
	uint64_t first, last;

	prefix_hosts(p, &first, &last);
	s->pools = arena_array(c->arena, ask->allocation_pools_count + 1, sizeof *s->pools);
	s->pools_count = 0;
	for (size_t i = 0; i < ask->allocation_pools_count; i++) {
		const struct pool *want = &ask->allocation_pools[i];
		struct ip start, end;
		if (!ip_read(want->start, &start) || !ip_read(want->end, &end))
			return invalid(c, "an allocation pool goes from address to address",
				       want->start);
		if (!prefix_has(p, &start) || !prefix_has(p, &end) ||
		    prefix_offset(p, &start) < first || prefix_offset(p, &end) > last)
			return fail(c, ST_BAD_INPUT, "OutOfBoundsAllocationPool",
				    "The allocation pool %s-%s spans beyond the subnet cidr %s.",
				    want->start, want->end, s->cidr);
		if (prefix_offset(p, &start) > prefix_offset(p, &end))
			return fail(c, ST_BAD_INPUT, "InvalidAllocationPool",
				    "The allocation pool %s-%s is not valid.", want->start,
				    want->end);
		add_pool(c, s, p, prefix_offset(p, &start), prefix_offset(p, &end));
	}
	qsort(s->pools, s->pools_count, sizeof *s->pools, by_first);
	for (size_t i = 1; i < s->pools_count; i++)
		if (s->pools[i].first <= s->pools[i - 1].last)
			return fail(c, ST_CONFLICT, "OverlappingAllocationPools",
				    "Found overlapping allocation pools: %s-%s and %s-%s for "
				    "subnet %s.",
				    s->pools[i - 1].start, s->pools[i - 1].end, s->pools[i].start,
				    s->pools[i].end, s->cidr);
	return ST_OK;
}

static enum status check_gateway_apart(struct call *c, const struct subnet *s,
				       const struct prefix *p)
{
	struct ip ip;

	if (!s->gateway_ip || !ip_read(s->gateway_ip, &ip) || !prefix_has(p, &ip))
		return ST_OK;
	for (size_t i = 0; i < s->pools_count; i++)
		if (s->pools[i].first <= network_host_of(p, &ip) &&
		    network_host_of(p, &ip) <= s->pools[i].last)
			return fail(c, ST_CONFLICT, "GatewayConflictWithAllocationPools",
				    "Gateway ip %s conflicts with allocation pool %s-%s.",
				    s->gateway_ip, s->pools[i].start, s->pools[i].end);
	return ST_OK;
}

/* --- what DHCP tells guests --- */

static enum status read_nameservers(struct call *c, const struct subnet_ask *ask, struct subnet *s)
{
	for (size_t i = 0; i < ask->dns_nameservers.count; i++) {
		struct ip ip;
		if (!ip_read(ask->dns_nameservers.list[i], &ip))
			return invalid(c, "not the address of a name server",
				       ask->dns_nameservers.list[i]);
		for (size_t k = 0; k < i; k++)
			if (str_eq(ask->dns_nameservers.list[k], ask->dns_nameservers.list[i]))
				return invalid(c, "the same name server stands there twice",
					       ask->dns_nameservers.list[i]);
	}
	s->dns_nameservers = ask->dns_nameservers;
	return ST_OK;
}

static enum status read_routes(struct call *c, const struct subnet_ask *ask, struct subnet *s)
{
	struct buf text = { .arena = c->arena };
	struct json_out j = json_to(&text);

	json_array_begin(&j);
	for (size_t i = 0; i < ask->host_routes_count; i++) {
		const struct host_route *r = &ask->host_routes[i];
		struct prefix to;
		struct ip hop;
		if (!prefix_read(r->destination, &to) || to.first.version != s->ip_version)
			return invalid(c, "not a destination for this subnet", r->destination);
		if (!ip_read(r->nexthop, &hop) || hop.version != s->ip_version)
			return invalid(c, "not a next hop for this subnet", r->nexthop);
		json_object_begin(&j);
		json_put_str(&j, "destination", r->destination);
		json_put_str(&j, "nexthop", r->nexthop);
		json_object_end(&j);
	}
	json_array_end(&j);
	s->host_routes = buf_text(&text);
	return ST_OK;
}

static bool is_mode(const char *mode)
{
	return str_eq(mode, "slaac") || str_eq(mode, "dhcpv6-stateful") ||
	       str_eq(mode, "dhcpv6-stateless");
}

/* How guests of an IPv6 subnet come by their addresses, and what its router says of that. */
static enum status read_modes(struct call *c, const struct subnet_ask *ask, struct subnet *s,
			      const struct prefix *p)
{
	const char *mode = ask->ipv6_address_mode, *ra = ask->ipv6_ra_mode;

	if (!mode && !ra)
		return ST_OK;
	if (s->ip_version != 6)
		return invalid(c, "ipv6_ra_mode and ipv6_address_mode are for IPv6 subnets",
			       mode ? mode : ra);
	if (mode && !is_mode(mode))
		return invalid(c, "ipv6_address_mode is slaac, dhcpv6-stateful or dhcpv6-stateless",
			       mode);
	if (ra && !is_mode(ra))
		return invalid(c, "ipv6_ra_mode is slaac, dhcpv6-stateful or dhcpv6-stateless", ra);
	if (mode && ra && !str_eq(mode, ra))
		return invalid(c,
			       "ipv6_ra_mode and ipv6_address_mode must be the same when both "
			       "are set",
			       ra);
	if (!s->enable_dhcp)
		return invalid(c, "ipv6_ra_mode and ipv6_address_mode need enable_dhcp",
			       mode ? mode : ra);
	if (!str_eq(mode ? mode : ra, "dhcpv6-stateful") && p->bits != 64)
		return invalid(c, "guests that make their own addresses need a prefix of 64 bits",
			       s->cidr);
	s->ipv6_address_mode = mode;
	s->ipv6_ra_mode = ra;
	return ST_OK;
}

static enum status check_dhcp(struct call *c, const struct subnet *s, const struct prefix *p)
{
	if (s->enable_dhcp && s->ip_version == 4 && p->bits > 30)
		return invalid(c,
			       "Subnet has a prefix length that is incompatible with DHCP "
			       "service enabled",
			       s->cidr);
	return ST_OK;
}

/* --- acts --- */

/* All members that do not concern other rows. */
static enum status fill(struct call *c, const struct subnet_ask *ask, struct subnet *s,
			struct prefix *p)
{
	enum status st = read_cidr(c, ask, s, p);

	if (!st)
		st = read_modes(c, ask, s, p);
	if (!st)
		st = check_dhcp(c, s, p);
	if (!st)
		st = read_gateway(c, ask, p, s);
	if (!st && ask->allocation_pools_given && ask->allocation_pools_count)
		st = read_pools(c, ask, p, s);
	else if (!st)
		default_pools(c, s, p);
	if (!st)
		st = check_gateway_apart(c, s, p);
	if (!st)
		st = read_nameservers(c, ask, s);
	return st ? st : read_routes(c, ask, s);
}

static enum status create_one(struct call *c, const struct subnet_ask *ask, struct subnet *out)
{
	struct subnet s = {
		.id = id_new(c->arena),
		.network_id = ask->network_id,
		.name = ask->name ? ask->name : "",
		.description = ask->description ? ask->description : "",
		.enable_dhcp = !ask->enable_dhcp_given || ask->enable_dhcp,
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	struct network n = { 0 };
	struct prefix p = { 0 };
	enum status st = network_own(c, ask->network_id, &n);

	if (!st)
		st = fill(c, ask, &s, &p);
	if (!st)
		st = check_overlap(c, &n, &p);
	s.project_id = n.project_id;
	if (!st && (ask->project_id || ask->tenant_id))
		st = network_owner(c, ask->project_id, ask->tenant_id, &s.project_id);
	if (!st)
		st = network_quota_take(c, s.project_id, "subnet", 1);
	if (!st)
		st = network_store_subnet_put(c, &s);
	if (!st && subnet_is_auto(&s))
		st = network_addresses_auto(c, &n, &s);
	if (!st)
		st = network_changed(c, n.id);
	if (!st)
		st = network_tell(c, "subnet", "created", s.id, s.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "subnet", s.id);
	audit_change(c, subnet_wire, NULL, &s);
	*out = s;
	return ST_OK;
}

enum status subnet_create(struct call *c, const struct subnet_create *in, struct subnet_made *out)
{
	enum status st = ST_OK;

	if (in->subnet_given == in->subnets_given)
		return fail(c, ST_BAD_INPUT, "subnet", "give either 'subnet' or a list 'subnets'");
	if (in->subnet_given)
		return create_one(c, &in->subnet, &out->subnet);
	out->subnets = arena_array(c->arena, in->subnets_count + 1, sizeof *out->subnets);
	out->subnets_count = in->subnets_count;
	for (size_t i = 0; !st && i < in->subnets_count; i++)
		st = create_one(c, &in->subnets[i], &out->subnets[i]);
	return st;
}

enum status subnet_seen(struct call *c, const char *id, struct subnet *out)
{
	enum status st = network_store_subnet(c, id, out);

	if (st == ST_NOT_FOUND ||
	    (!st && !out->network_shared && !network_owns(c, out->project_id) &&
	     !network_owns(c, out->network_project_id)))
		return fail(c, ST_NOT_FOUND, "SubnetNotFound", "Subnet %s could not be found.", id);
	return st;
}

static enum status own(struct call *c, const char *id, struct subnet *out)
{
	enum status st = subnet_seen(c, id, out);

	if (!st && !network_owns(c, out->project_id) && !network_owns(c, out->network_project_id))
		st = fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			  "subnet %s is shared with you, but it is not yours to change", id);
	return st;
}

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct subnet *subnets;
	enum status st = network_store_subnets(
		c, c->actor.is_admin ? network_filter_of(in, "network_id") : NULL,
		c->actor.is_admin ? NULL : project, after, most, &subnets, n);

	*list = subnets;
	return st;
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct subnet *s = item;

	return network_tags_match(&s->tags, name, value, known);
}

enum status subnet_list(struct call *c, const struct network_list_ask *in, struct network_page *out)
{
	static const struct listing subnets = { "subnets", subnet_wire, sizeof(struct subnet),
						read_chunk, matches };

	return network_page_read(c, &subnets, in, out);
}

enum status subnet_show(struct call *c, const struct object_ask *in, struct subnet_shown *out)
{
	out->fields = in->fields;
	return subnet_seen(c, in->id, &out->item);
}

static enum status change(struct call *c, const struct subnet_ask *in, struct subnet *s)
{
	struct prefix p;
	enum status st = ST_OK;

	if (!prefix_read(s->cidr, &p))
		return fail(c, ST_INTERNAL, NULL, "subnet %s has the cidr '%s'", s->id, s->cidr);
	if (in->name_given)
		s->name = in->name ? in->name : "";
	if (in->description_given)
		s->description = in->description ? in->description : "";
	if (in->enable_dhcp_given)
		s->enable_dhcp = in->enable_dhcp;
	st = check_dhcp(c, s, &p);
	if (!st && in->gateway_ip_given)
		st = read_gateway(c, in, &p, s);
	if (!st && in->allocation_pools_given)
		st = read_pools(c, in, &p, s);
	if (!st && (in->gateway_ip_given || in->allocation_pools_given))
		st = check_gateway_apart(c, s, &p);
	if (!st && in->dns_nameservers_given)
		st = read_nameservers(c, in, s);
	if (!st && in->host_routes_given)
		st = read_routes(c, in, s);
	return st;
}

enum status subnet_update(struct call *c, const struct subnet_ask *in, struct subnet *out)
{
	struct subnet before, s;
	enum status st = own(c, in->id, &before);

	if (st)
		return st;
	s = before;
	st = change(c, in, &s);
	s.revision++;
	s.updated_at = c->now_at;
	if (!st)
		st = network_store_subnet_update(c, &s);
	if (!st && in->allocation_pools_given)
		st = network_store_pools_put(c, &s);
	if (!st)
		st = network_changed(c, s.network_id);
	if (!st)
		st = network_tell(c, "subnet", "updated", s.id, s.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "subnet", s.id);
	audit_change(c, subnet_wire, &before, &s);
	*out = s;
	return ST_OK;
}

enum status subnet_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct subnet s;
	int64_t used = 0;
	enum status st = own(c, in->id, &s);

	(void)out;
	/* Addresses that guests made themselves go with the subnet; a router's stands in the way. */
	if (!st && subnet_is_auto(&s)) {
		st = network_store_subnet_router_addresses(c, s.id, &used);
		if (!st && !used)
			st = network_store_subnet_auto_drop(c, s.id);
	}
	if (!st && !used)
		st = network_store_subnet_addresses(c, s.id, &used);
	if (!st && used)
		st = fail(c, ST_CONFLICT, "SubnetInUse",
			  "Unable to complete operation on subnet %s: One or more ports have an IP "
			  "allocation from this subnet.",
			  s.id);
	if (!st)
		st = network_store_subnet_delete(c, s.id);
	if (!st)
		st = network_changed(c, s.network_id);
	if (!st)
		st = network_tell(c, "subnet", "deleted", s.id, s.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "subnet", s.id);
	audit_change(c, subnet_wire, &s, NULL);
	return ST_OK;
}
