/* SPDX-License-Identifier: Apache-2.0 */
/* Giving addresses to ports. An address is a row whose key is subnet and number, so the database itself
 * keeps two ports from having one; the search below only makes it likely to be free. */
#include <stdio.h>
#include <netinet/ether.h>
#include "cloud/network/network_private.h"

static const uint64_t HALF = UINT64_C(1) << 63;

int64_t network_host_of(const struct prefix *p, const struct ip *ip)
{
	uint64_t offset = prefix_offset(p, ip);

	return (int64_t)(ip->version == 6 ? offset ^ HALF : offset);
}

struct ip network_ip_of(const struct prefix *p, int64_t host)
{
	uint64_t offset = (uint64_t)host;

	return ip_plus(&p->first, p->first.version == 6 ? offset ^ HALF : offset);
}

/* What is being given, to whom, out of what. */
struct giving {
	const struct network *network;
	struct port *port;
	struct subnet *subnets;
	size_t subnets_count;
	const struct network_fixed_ip *had; /* what the port had before */
	size_t had_count;
	struct network_fixed_ip ips[FIXED_IPS_MAX];
	size_t count;
};

static enum status read_prefix(struct call *c, const struct subnet *s, struct prefix *p)
{
	if (!prefix_read(s->cidr, p))
		return fail(c, ST_INTERNAL, NULL, "subnet %s has the cidr '%s'", s->id, s->cidr);
	return ST_OK;
}

static enum status record(struct call *c, struct giving *g, const struct subnet *s, int64_t host,
			  const struct ip *ip)
{
	const char *text = ip_text(c->arena, ip);
	enum status st =
		network_store_address_put(c, s->id, host, g->port->id, text, (int64_t)g->count);

	if (st == ST_CONFLICT)
		return fail(c, st, "IpAddressAlreadyAllocated",
			    "IP address %s already allocated in subnet %s", text, s->id);
	if (!st)
		g->ips[g->count++] = (struct network_fixed_ip){ s->id, text };
	return st;
}

/* The next free address of one pool, from where the last search ended, around to its start: an address
 * that was just given back rests for as long as possible. ST_NOT_FOUND: the pool is used up. */
static enum status search_pool(struct call *c, const struct pool *pool, int64_t *host)
{
	enum status st = network_store_free_host(c, pool->subnet_id, pool->next, pool->last, host);

	if (st == ST_NOT_FOUND && pool->next > pool->first)
		st = network_store_free_host(c, pool->subnet_id, pool->first, pool->next - 1, host);
	if (st)
		return st;
	return network_store_pool_next(c, pool, *host < pool->last ? *host + 1 : pool->first);
}

/* Any free address of a subnet; ST_NOT_FOUND, without words, when there is none. */
static enum status give_any(struct call *c, struct giving *g, struct subnet *s)
{
	struct prefix p;
	int64_t host;
	enum status st = read_prefix(c, s, &p);

	for (size_t i = 0; !st && i < s->pools_count; i++) {
		st = search_pool(c, &s->pools[i], &host);
		if (st == ST_NOT_FOUND) {
			st = ST_OK;
			continue;
		}
		if (st)
			return st;
		/* A port may ask for two addresses: the second search begins after the first. */
		s->pools[i].next = host < s->pools[i].last ? host + 1 : s->pools[i].first;
		struct ip ip = network_ip_of(&p, host);
		return record(c, g, s, host, &ip);
	}
	return st ? st : ST_NOT_FOUND;
}

static enum status used_up(struct call *c, const struct giving *g)
{
	return fail(c, ST_CONFLICT, "IpAddressGenerationFailure",
		    "No more IP addresses available on network %s.", g->network->id);
}

bool subnet_is_auto(const struct subnet *s)
{
	return s->ipv6_address_mode && !str_eq(s->ipv6_address_mode, "dhcpv6-stateful");
}

/* RFC 4291 appendix A: the MAC address with ff:fe in its middle and the universal bit turned. */
static enum status auto_address(struct call *c, const struct subnet *s, const char *mac,
				struct ip *out)
{
	struct ether_addr address;
	struct prefix p;

	if (!ether_aton_r(mac, &address))
		return fail(c, ST_INTERNAL, NULL, "a port has the MAC address '%s'", mac);
	const uint8_t *b = address.ether_addr_octet;
	uint64_t host = (uint64_t)(b[0] ^ 2) << 56 | (uint64_t)b[1] << 48 | (uint64_t)b[2] << 40 |
			UINT64_C(0xfffe) << 24 | (uint64_t)b[3] << 16 | (uint64_t)b[4] << 8 | b[5];
	enum status st = read_prefix(c, s, &p);
	if (!st)
		*out = ip_plus(&p.first, host);
	return st;
}

static enum status give_auto(struct call *c, struct giving *g, const struct subnet *s)
{
	struct prefix p;
	struct ip ip = { 0 };
	enum status st = auto_address(c, s, g->port->mac_address, &ip);

	if (!st)
		st = read_prefix(c, s, &p);
	return st ? st : record(c, g, s, network_host_of(&p, &ip), &ip);
}

static bool has_in(const struct giving *g, const char *subnet_id)
{
	for (size_t i = 0; i < g->count; i++)
		if (str_eq(g->ips[i].subnet_id, subnet_id))
			return true;
	return false;
}

/* A guest makes itself an address in each subnet of that kind, asked or not; routers do not. */
static enum status give_all_auto(struct call *c, struct giving *g)
{
	enum status st = ST_OK;

	if (str_starts(g->port->device_owner, "network:"))
		return ST_OK;
	for (size_t i = 0; !st && i < g->subnets_count; i++) {
		if (!subnet_is_auto(&g->subnets[i]) || has_in(g, g->subnets[i].id))
			continue;
		if (g->count == FIXED_IPS_MAX)
			return fail(c, ST_BAD_INPUT, "fixed_ips", "a port has at most %d addresses",
				    FIXED_IPS_MAX);
		st = give_auto(c, g, &g->subnets[i]);
	}
	return st;
}

/* One address of each IP version that the network has, from its first subnet with a free one. */
static enum status give_of_each_version(struct call *c, struct giving *g, int newest)
{
	for (int version = 4; version <= newest; version += 2) {
		enum status st = ST_OK;
		for (size_t i = 0; i < g->subnets_count; i++) {
			if (g->subnets[i].ip_version != version || subnet_is_auto(&g->subnets[i]))
				continue;
			st = give_any(c, g, &g->subnets[i]);
			if (st != ST_NOT_FOUND)
				break;
		}
		if (st)
			return st == ST_NOT_FOUND ? used_up(c, g) : st;
	}
	return ST_OK;
}

static struct subnet *subnet_named(struct giving *g, const char *id)
{
	for (size_t i = 0; i < g->subnets_count; i++)
		if (str_eq(g->subnets[i].id, id))
			return &g->subnets[i];
	return NULL;
}

static struct subnet *subnet_holding(struct giving *g, const struct ip *ip)
{
	for (size_t i = 0; i < g->subnets_count; i++) {
		struct prefix p;
		if (prefix_read(g->subnets[i].cidr, &p) && prefix_has(&p, ip))
			return &g->subnets[i];
	}
	return NULL;
}

static enum status give_this(struct call *c, struct giving *g, const struct network_fixed_ip *want)
{
	struct subnet *s;
	struct prefix p;
	struct ip ip;
	uint64_t first, last;
	bool taken;

	if (!ip_read(want->ip_address, &ip))
		return fail(c, ST_BAD_INPUT, "fixed_ips", "'%s' is not a valid IP address",
			    want->ip_address);
	s = want->subnet_id ? subnet_named(g, want->subnet_id) : subnet_holding(g, &ip);
	if (!s)
		return fail(c, ST_BAD_INPUT, "InvalidIpForNetwork",
			    "IP address %s is not a valid IP for any of the subnets on network %s",
			    want->ip_address, g->network->id);
	enum status st = read_prefix(c, s, &p);
	if (st)
		return st;
	if (subnet_is_auto(s) && !str_starts(g->port->device_owner, "network:")) {
		struct ip own;
		st = auto_address(c, s, g->port->mac_address, &own);
		if (!st && !ip_same(&own, &ip))
			st = fail(c, ST_BAD_INPUT, "InvalidInput",
				  "Invalid input for operation: IPv6 address %s cannot be directly "
				  "assigned to a port on subnet %s as the subnet is configured for "
				  "automatic addresses.",
				  want->ip_address, s->id);
		if (st)
			return st;
	}
	prefix_hosts(&p, &first, &last);
	if (!prefix_has(&p, &ip) || prefix_offset(&p, &ip) < first || prefix_offset(&p, &ip) > last)
		return fail(c, ST_BAD_INPUT, "InvalidIpForSubnet",
			    "IP address %s is not a valid IP for the specified subnet %s",
			    want->ip_address, s->id);
	st = network_store_address_taken(c, s->id, network_host_of(&p, &ip), &taken);
	if (!st && taken)
		st = fail(c, ST_CONFLICT, "IpAddressAlreadyAllocated",
			  "IP address %s already allocated in subnet %s", want->ip_address, s->id);
	return st ? st : record(c, g, s, network_host_of(&p, &ip), &ip);
}

static bool given_already(const struct giving *g, const struct network_fixed_ip *ip)
{
	for (size_t i = 0; i < g->count; i++)
		if (str_eq(g->ips[i].ip_address, ip->ip_address))
			return true;
	return false;
}

/* An address that the port had in this subnet: asked for any, it keeps the one it has. */
static const struct network_fixed_ip *had_in(const struct giving *g, const char *subnet_id)
{
	for (size_t i = 0; i < g->had_count; i++)
		if (str_eq(g->had[i].subnet_id, subnet_id) && !given_already(g, &g->had[i]))
			return &g->had[i];
	return NULL;
}

static enum status give_one(struct call *c, struct giving *g, const struct network_fixed_ip *want)
{
	struct subnet *s = want->subnet_id ? subnet_named(g, want->subnet_id) : NULL;

	if (want->subnet_id && !s)
		return fail(c, ST_BAD_INPUT, "InvalidInput",
			    "Invalid input for operation: Failed to create port on network %s, "
			    "because fixed_ips included invalid subnet %s",
			    g->network->id, want->subnet_id);
	if (want->ip_address)
		return give_this(c, g, want);
	if (!s)
		return fail(c, ST_BAD_INPUT, "fixed_ips",
			    "a fixed IP names a subnet_id, an ip_address, or both");
	if (subnet_is_auto(s) && !str_starts(g->port->device_owner, "network:"))
		return give_auto(c, g, s);
	const struct network_fixed_ip *had = had_in(g, s->id);
	enum status st = had ? give_this(c, g, had) : give_any(c, g, s);
	return st == ST_NOT_FOUND ? used_up(c, g) : st;
}

enum status network_addresses_give(struct call *c, const struct network *n, struct port *p,
				   const struct network_fixed_ip *want, size_t count,
				   enum giving_how how)
{
	struct giving g = {
		.network = n, .port = p, .had = p->fixed_ips, .had_count = p->fixed_ips_count
	};
	enum status st =
		network_store_subnets(c, n->id, NULL, "", INT64_MAX, &g.subnets, &g.subnets_count);

	/* What the port had is free to be asked for again. */
	if (!st)
		st = network_store_addresses_drop(c, p->id);
	if (!st && how)
		st = give_of_each_version(c, &g, how == GIVE_IPV4 ? 4 : 6);
	if (count > FIXED_IPS_MAX)
		return fail(c, ST_BAD_INPUT, "fixed_ips", "a port has at most %d addresses",
			    FIXED_IPS_MAX);
	for (size_t i = 0; !st && i < count; i++)
		st = give_one(c, &g, &want[i]);
	if (!st)
		st = give_all_auto(c, &g);
	if (st)
		return st;
	p->fixed_ips = arena_array(c->arena, g.count + 1, sizeof *p->fixed_ips);
	memcpy(p->fixed_ips, g.ips, g.count * sizeof *p->fixed_ips);
	p->fixed_ips_count = g.count;
	return ST_OK;
}

enum status network_addresses_auto(struct call *c, const struct network *n, const struct subnet *s)
{
	struct port *ports;
	size_t count;
	enum status st = network_store_ports(c, &(struct port_select){ .network_id = n->id }, "",
					     INT64_MAX, &ports, &count);

	for (size_t i = 0; !st && i < count; i++) {
		struct giving g = { .network = n,
				    .port = &ports[i],
				    .count = ports[i].fixed_ips_count };
		if (str_starts(ports[i].device_owner, "network:") || g.count >= FIXED_IPS_MAX)
			continue;
		st = give_auto(c, &g, s);
	}
	return st;
}
