/* SPDX-License-Identifier: Apache-2.0 */
/* Security groups and routers from the tables into the engine; the rules of who applies what are those of
 * network_apply.c. */
#include "cloud/network/network_wanted.h"
#include "cloud/network/network_router.h"
#include "cloud/network/network_security.h"
#include "door/house.h"
#include "door/jobs/jobs.h"

enum { ROUNDS = 8 };

enum status wanted_routes(struct call *c, const char *json, struct host_route **list, size_t *n)
{
	struct routes {
		struct host_route *routes;
		size_t routes_count;
	} routes = { 0 };
	static const struct field route_shape[] = { F_STR(host_route, destination, 0, 0),
						    F_STR(host_route, nexthop, 0, 0), F_END };
	static const struct field shape[] = { F_LIST(routes, routes, host_route, route_shape, 0, 0),
					      F_END };
	enum status st =
		shape_read_own(c, shape, arena_printf(c->arena, "{\"routes\":%s}", json), &routes);

	*list = routes.routes;
	*n = routes.routes_count;
	return st;
}

enum status wanted_pairs(struct call *c, const char *json, struct wanted_pair **list, size_t *n)
{
	struct pairs {
		struct wanted_pair *pairs;
		size_t pairs_count;
	} pairs = { 0 };
	static const struct field pair_shape[] = { F_STR(wanted_pair, ip_address, 0, 0),
						   F_STR(wanted_pair, mac_address, 0, 0), F_END };
	static const struct field shape[] = { F_LIST(pairs, pairs, wanted_pair, pair_shape, 0, 0),
					      F_END };
	enum status st =
		shape_read_own(c, shape, arena_printf(c->arena, "{\"pairs\":%s}", json), &pairs);

	*list = pairs.pairs;
	*n = pairs.pairs_count;
	return st;
}

/* --- security groups --- */

static struct wanted_group wanted_group(struct call *c, const struct security_group *g)
{
	struct wanted_group w = { .id = g->id, .stateful = g->stateful };

	w.rules = arena_array(c->arena, g->rules_count + 1, sizeof *w.rules);
	for (size_t i = 0; i < g->rules_count; i++) {
		const struct security_rule *r = &g->rules[i];
		int64_t protocol = r->protocol ? security_protocol(r->protocol) : -1;
		bool six = str_eq(r->ethertype, "IPv6");
		w.rules[w.rules_count++] = (struct wanted_rule){
			.id = r->id,
			.ingress = str_eq(r->direction, "ingress"),
			.ipv6 = six,
			/* Of IPv6 both names mean ICMPv6. */
			.protocol = six && protocol == 1 ? 58 : protocol,
			.min = r->port_range_min,
			.max = r->port_range_max,
			.prefix = r->remote_ip_prefix,
			.remote_group_id = r->remote_group_id,
		};
	}
	return w;
}

enum status wanted_groups(struct call *c, struct wanted_group **list, size_t *n)
{
	struct security_group *groups;
	enum status st = security_store_groups(c, NULL, "", INT64_MAX, &groups, n);

	if (st)
		return st;
	*list = arena_array(c->arena, *n + 1, sizeof **list);
	for (size_t i = 0; i < *n; i++)
		(*list)[i] = wanted_group(c, &groups[i]);
	return ST_OK;
}

static enum status group_act(struct call *c, const void *id, void *out)
{
	return security_store_group(c, id, out);
}

struct applied {
	const char *id;
	int64_t revision;
};

static enum status group_applied_act(struct call *c, const void *in, void *out)
{
	const struct applied *a = in;

	return security_store_group_applied(c, a->id, a->revision, out);
}

enum status security_apply(struct call *c, const char *id)
{
	struct db *db = house_of(c)->db;
	bool recorded = false;

	for (int round = 0; round < ROUNDS && !recorded; round++) {
		struct security_group g;
		enum status st = db_read(c, db, group_act, id, &g, sizeof g);
		if (st == ST_NOT_FOUND)
			return network_engine.driver->drop_group(c, network_engine.state, id);
		if (st)
			return st;
		struct wanted_group want = wanted_group(c, &g);
		struct applied a = { id, g.revision };
		st = network_engine.driver->put_group(c, network_engine.state, &want);
		if (!st)
			st = db_write(c, db, group_applied_act, &a, &recorded, sizeof recorded);
		if (st)
			return st;
	}
	return recorded ? ST_OK
			: fail(c, ST_RETRY, NULL, "security group %s changes all the time", id);
}

enum status network_job_security(struct call *c, const struct job *j)
{
	return security_apply(c, j->subject);
}

enum status network_give_up_security(struct call *c, const struct job *j, const char *why)
{
	return security_store_group_fault(c, j->subject, why);
}

/* --- routers --- */

/* What is being put together: room for everything that the router's ports can bring. */
struct joining {
	struct wanted_router *w;
	const struct router *r;
	const char *gateway_v4; /* the router's own address outside */
	struct words inside;    /* IPv4 prefixes of its interfaces */
};

static enum status join_port(struct call *c, struct joining *j, const struct port *p)
{
	struct wanted_router_port *to = &j->w->ports[j->w->ports_count++];
	struct network n;
	enum status st = network_store_network(c, p->network_id, &n);

	*to = (struct wanted_router_port){ .id = p->id,
					   .mac_address = p->mac_address,
					   .gateway = str_eq(p->device_owner, OWNER_GATEWAY),
					   .mtu = n.mtu };
	to->networks.list = arena_array(c->arena, p->fixed_ips_count + 1, sizeof(char *));
	for (size_t i = 0; !st && i < p->fixed_ips_count; i++) {
		const char *ip = p->fixed_ips[i].ip_address;
		struct subnet s;
		struct prefix prefix;
		st = network_store_subnet(c, p->fixed_ips[i].subnet_id, &s);
		if (st || !prefix_read(s.cidr, &prefix))
			continue;
		to->networks.list[to->networks.count++] =
			arena_printf(c->arena, "%s/%d", ip, prefix.bits);
		if (!to->ra_mode && !to->gateway)
			to->ra_mode = s.ipv6_ra_mode;
		if (!to->gateway && s.ip_version == 4)
			j->inside.list[j->inside.count++] = s.cidr;
		if (to->gateway && s.ip_version == 4 && !j->gateway_v4)
			j->gateway_v4 = ip;
		if (to->gateway && s.gateway_ip)
			j->w->routes[j->w->routes_count++] =
				(struct host_route){ s.ip_version == 6 ? "::/0" : "0.0.0.0/0",
						     s.gateway_ip };
	}
	return st;
}

static enum status join_nats(struct call *c, struct joining *j)
{
	struct floating *floatings;
	size_t n;
	enum status st = floating_store_list(c, &(struct floating_select){ .router_id = j->r->id },
					     "", INT64_MAX, &floatings, &n);

	if (st)
		return st;
	j->w->nats = arena_array(c->arena, n + j->inside.count + 1, sizeof *j->w->nats);
	for (size_t i = 0; i < n; i++)
		j->w->nats[j->w->nats_count++] =
			(struct wanted_nat){ "dnat_and_snat", floatings[i].floating_ip_address,
					     floatings[i].fixed_ip_address };
	for (size_t i = 0; j->r->enable_snat && j->gateway_v4 && i < j->inside.count; i++)
		j->w->nats[j->w->nats_count++] =
			(struct wanted_nat){ "snat", j->gateway_v4, j->inside.list[i] };
	return ST_OK;
}

static enum status wanted_router(struct call *c, const struct router *r, struct wanted_router *out)
{
	struct joining j = { .w = out, .r = r };
	struct host_route *extra;
	struct port *ports;
	size_t n, extra_count = 0;
	enum status st = network_store_ports(c, &(struct port_select){ .device_id = r->id }, "",
					     INT64_MAX, &ports, &n);

	*out = (struct wanted_router){ .id = r->id, .enabled = r->admin_state_up };
	if (!st)
		st = wanted_routes(c, r->routes, &extra, &extra_count);
	if (st)
		return st;
	out->ports = arena_array(c->arena, n + 1, sizeof *out->ports);
	out->routes = arena_array(c->arena, extra_count + FIXED_IPS_MAX, sizeof *out->routes);
	j.inside.list = arena_array(c->arena, n * FIXED_IPS_MAX + 1, sizeof(char *));
	for (size_t i = 0; !st && i < n; i++)
		if (str_starts(ports[i].device_owner, "network:router"))
			st = join_port(c, &j, &ports[i]);
	for (size_t i = 0; i < extra_count; i++)
		out->routes[out->routes_count++] = extra[i];
	return st ? st : join_nats(c, &j);
}

enum status wanted_routers(struct call *c, struct wanted_router **list, size_t *n)
{
	struct router *routers;
	enum status st = router_store_routers(c, NULL, "", INT64_MAX, &routers, n);

	if (st)
		return st;
	*list = arena_array(c->arena, *n + 1, sizeof **list);
	for (size_t i = 0; !st && i < *n; i++)
		st = wanted_router(c, &routers[i], &(*list)[i]);
	return st;
}

struct router_state {
	struct router router;
	struct wanted_router want;
};

static enum status router_act(struct call *c, const void *id, void *out_)
{
	struct router_state *out = out_;
	enum status st = router_store_router(c, id, &out->router);

	return st ? st : wanted_router(c, &out->router, &out->want);
}

static enum status router_applied_act(struct call *c, const void *in, void *out)
{
	const struct applied *a = in;

	return router_store_applied(c, a->id, a->revision, out);
}

enum status network_job_router(struct call *c, const struct job *job)
{
	struct db *db = house_of(c)->db;
	const char *id = job->subject;
	bool recorded = false;

	for (int round = 0; round < ROUNDS && !recorded; round++) {
		struct router_state now;
		enum status st = db_read(c, db, router_act, id, &now, sizeof now);
		if (st == ST_NOT_FOUND)
			return network_engine.driver->drop_router(c, network_engine.state, id);
		if (!st)
			st = network_engine.driver->put_router(c, network_engine.state, &now.want);
		if (st)
			return st;
		struct applied a = { id, now.router.revision };
		st = db_write(c, db, router_applied_act, &a, &recorded, sizeof recorded);
		if (st)
			return st;
	}
	return recorded ? ST_OK : fail(c, ST_RETRY, NULL, "router %s changes all the time", id);
}

enum status network_give_up_router(struct call *c, const struct job *j, const char *why)
{
	return router_store_fault(c, j->subject, why);
}
