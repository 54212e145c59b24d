/* SPDX-License-Identifier: Apache-2.0 */
/* Nova's old words for security groups, floating addresses and networks, said with Neutron's acts. */
#include "cloud/network/network_proxy.h"
#include "cloud/network/network_router.h"
#include "cloud/network/network_security.h"

static const char *own_project(const struct call *c)
{
	return c->actor.project_id ? c->actor.project_id : "";
}

/* --- security groups --- */

/* As Nova says it: TCP and UDP without ports are all of their ports, other protocols have none. */
static void ports_of(const struct security_rule *r, struct proxy_rule *out)
{
	bool ranged = r->port_range_min != INT_NULL || r->port_range_max != INT_NULL;
	bool all = r->protocol && (str_eq(r->protocol, "tcp") || str_eq(r->protocol, "udp"));

	out->from_port = r->port_range_min;
	out->to_port = r->port_range_max;
	if (r->protocol && !ranged) {
		out->from_port = all ? 1 : -1;
		out->to_port = all ? 65535 : -1;
	}
}

static const struct security_group *group_among(const struct security_group *list, size_t n,
						const char *id)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(list[i].id, id))
			return &list[i];
	return NULL;
}

static struct proxy_rule rule_of(const struct security_rule *r, const struct security_group *remote)
{
	bool six = str_eq(r->ethertype, "IPv6");
	struct proxy_rule out = { .id = r->id,
				  .group_id = r->security_group_id,
				  .protocol = r->protocol,
				  .remote_name = remote ? remote->name : NULL,
				  .remote_project = remote ? remote->project_id : NULL };

	ports_of(r, &out);
	if (!r->remote_group_id)
		out.cidr = r->remote_ip_prefix ? r->remote_ip_prefix : six ? "::/0" : "0.0.0.0/0";
	return out;
}

static struct proxy_group group_of(struct call *c, const struct security_group *g,
				   const struct security_group *all, size_t n)
{
	struct proxy_group out = { g->id, g->project_id, g->name, g->description };

	out.rules = arena_array(c->arena, g->rules_count + 1, sizeof *out.rules);
	for (size_t i = 0; i < g->rules_count; i++) {
		const struct security_rule *r = &g->rules[i];
		const struct security_group *remote =
			r->remote_group_id ? group_among(all, n, r->remote_group_id) : NULL;
		if (str_eq(r->direction, "ingress"))
			out.rules[out.rules_count++] = rule_of(r, remote);
	}
	return out;
}

enum status proxy_groups_prepare(struct call *c, void *in)
{
	return security_list_prepare(c, in);
}

enum status proxy_groups(struct call *c, bool all, struct proxy_group **list, size_t *n)
{
	struct security_group *groups;
	enum status st = security_store_groups(c, all && c->actor.is_admin ? NULL : own_project(c),
					       "", INT64_MAX, &groups, n);

	if (st)
		return st;
	*list = arena_array(c->arena, *n + 1, sizeof **list);
	for (size_t i = 0; i < *n; i++)
		(*list)[i] = group_of(c, &groups[i], groups, *n);
	return ST_OK;
}

/* With the names of the groups that its rules are about. */
static enum status dress(struct call *c, const struct security_group *g, struct proxy_group *out)
{
	struct security_group *all;
	size_t n;
	enum status st = security_store_groups(c, g->project_id, "", INT64_MAX, &all, &n);

	if (!st)
		*out = group_of(c, g, all, n);
	return st;
}

enum status proxy_group_show(struct call *c, const char *id, struct proxy_group *out)
{
	struct security_group g;
	enum status st = security_own(c, id, &g);

	return st ? st : dress(c, &g, out);
}

enum status proxy_group_make(struct call *c, const char *name, const char *description,
			     struct proxy_group *out)
{
	const struct group_ask ask = { .name = name, .description = description };
	struct security_group g;
	enum status st = security_make(c, &ask, &g);

	return st ? st : dress(c, &g, out);
}

enum status proxy_group_update(struct call *c, const char *id, const char *name,
			       const char *description, struct proxy_group *out)
{
	const struct group_ask ask = { .id = id,
				       .name = name,
				       .name_given = name != NULL,
				       .description = description,
				       .description_given = description != NULL };
	struct security_group g;
	enum status st = security_update(c, &ask, &g);

	return st ? st : dress(c, &g, out);
}

enum status proxy_group_delete(struct call *c, const char *id)
{
	struct nothing none;

	return security_delete(c, &(struct object_ask){ .id = id }, &none);
}

enum status proxy_rule_make(struct call *c, const struct proxy_rule_ask *in, struct proxy_rule *out)
{
	bool six = in->cidr && strchr(in->cidr, ':');
	bool icmp = in->protocol && str_case_eq(in->protocol, "icmp");
	struct rule_ask ask = { .security_group_id = in->group_id,
				.direction = "ingress",
				.ethertype = six ? "IPv6" : "IPv4",
				.ethertype_given = true,
				.protocol = six && icmp ? "ipv6-icmp" : in->protocol,
				.port_range_min = in->from_port,
				.port_range_max = in->to_port,
				.port_range_min_given = in->from_port >= 0,
				.port_range_max_given = in->to_port >= 0,
				.remote_ip_prefix = in->cidr,
				.remote_group_id = in->remote_id };
	struct security_group remote = { 0 };
	struct security_rule r;
	enum status st = security_rule_make(c, &ask, &r);

	if (!st && in->remote_id)
		st = security_own(c, in->remote_id, &remote);
	if (!st)
		*out = rule_of(&r, in->remote_id ? &remote : NULL);
	return st;
}

enum status proxy_rule_delete(struct call *c, const char *id)
{
	struct nothing none;

	return security_rule_delete(c, &(struct object_ask){ .id = id }, &none);
}

/* --- networks --- */

/* Those that lead out, which every VDC sees. */
static enum status ways_out(struct call *c, struct network **list, size_t *n)
{
	size_t kept = 0;
	enum status st = network_store_networks(c, own_project(c), "", INT64_MAX, list, n);

	if (st)
		return st;
	for (size_t i = 0; i < *n; i++)
		if ((*list)[i].external)
			(*list)[kept++] = (*list)[i];
	*n = kept;
	return ST_OK;
}

static struct proxy_network network_of(const struct network *n)
{
	return (struct proxy_network){ n->id, n->name, n->project_id, n->mtu };
}

enum status proxy_networks(struct call *c, struct proxy_network **list, size_t *n)
{
	struct network *networks;
	enum status st = network_store_networks(c, c->actor.is_admin ? NULL : own_project(c), "",
						INT64_MAX, &networks, n);

	if (st)
		return st;
	*list = arena_array(c->arena, *n + 1, sizeof **list);
	for (size_t i = 0; i < *n; i++)
		(*list)[i] = network_of(&networks[i]);
	return ST_OK;
}

enum status proxy_network_show(struct call *c, const char *id, struct proxy_network *out)
{
	struct network n;
	enum status st = network_visible(c, id, &n);

	if (!st)
		*out = network_of(&n);
	return st;
}

enum status proxy_pools(struct call *c, struct words *names)
{
	struct network *list;
	size_t n;
	enum status st = ways_out(c, &list, &n);

	if (st)
		return st;
	*names = (struct words){ arena_array(c->arena, n + 1, sizeof(char *)), n };
	for (size_t i = 0; i < n; i++)
		names->list[i] = list[i].name;
	return ST_OK;
}

/* --- floating addresses --- */

static enum status floatings_of(struct call *c, struct floating **list, size_t *n)
{
	return floating_store_list(c, &(struct floating_select){ .project_id = own_project(c) }, "",
				   INT64_MAX, list, n);
}

/* With the names of pools and the devices of ports: two statements for any number. */
static enum status dress_floatings(struct call *c, const struct floating *list, size_t n,
				   struct proxy_floating **out)
{
	struct network *pools;
	struct port *ports;
	size_t pools_count, ports_count;
	enum status st = ways_out(c, &pools, &pools_count);

	if (!st)
		st = network_store_ports(c, &(struct port_select){ .project_id = own_project(c) },
					 "", INT64_MAX, &ports, &ports_count);
	if (st)
		return st;
	*out = arena_array(c->arena, n + 1, sizeof **out);
	for (size_t i = 0; i < n; i++) {
		struct proxy_floating *f = &(*out)[i];
		*f = (struct proxy_floating){ .id = list[i].id,
					      .ip = list[i].floating_ip_address,
					      .fixed_ip = list[i].fixed_ip_address };
		for (size_t k = 0; k < pools_count; k++)
			if (str_eq(pools[k].id, list[i].floating_network_id))
				f->pool = pools[k].name;
		for (size_t k = 0; k < ports_count && list[i].port_id; k++)
			if (str_eq(ports[k].id, list[i].port_id) && ports[k].device_id[0])
				f->device_id = ports[k].device_id;
	}
	return ST_OK;
}

enum status proxy_floatings(struct call *c, struct proxy_floating **list, size_t *n)
{
	struct floating *all;
	enum status st = floatings_of(c, &all, n);

	return st ? st : dress_floatings(c, all, *n, list);
}

static enum status dress_one(struct call *c, const struct floating *f, struct proxy_floating *out)
{
	struct proxy_floating *list;
	enum status st = dress_floatings(c, f, 1, &list);

	if (!st)
		*out = list[0];
	return st;
}

enum status proxy_floating_show(struct call *c, const char *id, struct proxy_floating *out)
{
	struct floating f;
	enum status st = floating_own(c, id, &f);

	return st ? st : dress_one(c, &f, out);
}

enum status proxy_floating_make(struct call *c, const char *pool, struct proxy_floating *out)
{
	struct floating_ask ask = { 0 };
	struct network *list;
	struct floating f;
	size_t n;
	enum status st = ways_out(c, &list, &n);

	for (size_t i = 0; !st && i < n && !ask.floating_network_id; i++)
		if (!pool || str_eq(list[i].name, pool) || str_eq(list[i].id, pool))
			ask.floating_network_id = list[i].id;
	if (!st && !ask.floating_network_id)
		st = fail(c, ST_NOT_FOUND, "pool", "Floating IP pool not found.");
	if (!st)
		st = floating_make(c, &ask, &f);
	return st ? st : dress_one(c, &f, out);
}

enum status proxy_floating_delete(struct call *c, const char *id)
{
	struct nothing none;

	return floating_delete(c, &(struct object_ask){ .id = id }, &none);
}

static enum status floating_at(struct call *c, const char *address, struct floating *out)
{
	struct floating *list;
	size_t n;
	enum status st = floatings_of(c, &list, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (str_eq(list[i].floating_ip_address, address)) {
			*out = list[i];
			return ST_OK;
		}
	return st ? st : fail(c, ST_NOT_FOUND, "address", "floating IP not found");
}

static enum status ports_of_device(struct call *c, const char *device_id, struct port **list,
				   size_t *n)
{
	return network_store_ports(c, &(struct port_select){ .device_id = device_id }, "",
				   INT64_MAX, list, n);
}

static bool has_address(const struct port *p, const char *ip)
{
	for (size_t i = 0; i < p->fixed_ips_count; i++)
		if (ip ? str_eq(p->fixed_ips[i].ip_address, ip)
		       : !strchr(p->fixed_ips[i].ip_address, ':'))
			return true;
	return false;
}

enum status proxy_floating_lead(struct call *c, const char *address, const char *device_id,
				const char *fixed_ip)
{
	struct floating f;
	struct port *ports;
	size_t n, at = 0;
	enum status st = floating_at(c, address, &f);

	if (!st)
		st = ports_of_device(c, device_id, &ports, &n);
	if (st)
		return st;
	while (at < n && !has_address(&ports[at], fixed_ip))
		at++;
	if (at == n)
		return fail(c, ST_BAD_INPUT, "address",
			    fixed_ip ? "the server has no fixed address %s"
				     : "the server has no fixed IPv4 address",
			    fixed_ip);
	const struct floating_ask ask = { .id = f.id,
					  .port_id = ports[at].id,
					  .port_id_given = true,
					  .fixed_ip_address = fixed_ip };
	return floating_update(c, &ask, &f);
}

enum status proxy_floating_part(struct call *c, const char *address, const char *device_id)
{
	struct floating f = { 0 };
	struct port *ports = NULL;
	size_t n = 0;
	bool leads = false;
	enum status st = floating_at(c, address, &f);

	if (!st)
		st = ports_of_device(c, device_id, &ports, &n);
	for (size_t i = 0; !st && i < n && f.port_id; i++)
		leads = leads || str_eq(ports[i].id, f.port_id);
	if (!st && !leads)
		st = fail(c, ST_CONFLICT, "address",
			  "Floating IP %s is not associated with instance %s.", address, device_id);
	return st ? st
		  : floating_update(c, &(struct floating_ask){ .id = f.id, .port_id_given = true },
				    &f);
}

/* --- addresses of a server --- */

static enum status readdress(struct call *c, const struct port *p, struct network_fixed_ip *ips,
			     size_t n)
{
	struct port out;

	return port_update(c,
			   &(struct port_ask){ .id = p->id,
					       .fixed_ips = ips,
					       .fixed_ips_count = n,
					       .fixed_ips_given = true },
			   &out);
}

enum status proxy_address_add(struct call *c, const char *device_id, const char *network_id)
{
	struct port *ports;
	size_t n;
	enum status st = ports_of_device(c, device_id, &ports, &n);

	for (size_t i = 0; !st && i < n; i++) {
		const struct port *p = &ports[i];
		if (!str_eq(p->network_id, network_id) || !p->fixed_ips_count)
			continue;
		size_t count = p->fixed_ips_count;
		struct network_fixed_ip *ips = arena_array(c->arena, count + 1, sizeof *ips);
		memcpy(ips, p->fixed_ips, count * sizeof *ips);
		ips[count] = (struct network_fixed_ip){ .subnet_id = ips[0].subnet_id };
		return readdress(c, p, ips, count + 1);
	}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "networkId",
			 "instance %s has no network card on network %s", device_id, network_id);
}

enum status proxy_address_drop(struct call *c, const char *device_id, const char *address)
{
	struct port *ports;
	size_t n;
	enum status st = ports_of_device(c, device_id, &ports, &n);

	for (size_t i = 0; !st && i < n; i++) {
		const struct port *p = &ports[i];
		struct network_fixed_ip *rest =
			arena_array(c->arena, p->fixed_ips_count + 1, sizeof *rest);
		size_t kept = 0;
		for (size_t k = 0; k < p->fixed_ips_count; k++)
			if (!str_eq(p->fixed_ips[k].ip_address, address))
				rest[kept++] = p->fixed_ips[k];
		if (kept < p->fixed_ips_count)
			return readdress(c, p, rest, kept);
	}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "address", "instance %s has no fixed address %s",
			 device_id, address);
}
