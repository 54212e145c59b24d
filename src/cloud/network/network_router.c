/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of routers: whose they are, where they lead, what stands in the way of deleting them. */
#include "base/id.h"
#include "cloud/network/network_route.h"
#include "cloud/network/network_router.h"
#include "door/audit/audit.h"
#include "door/jobs/jobs.h"

enum status router_own(struct call *c, const char *id, struct router *out)
{
	enum status st = router_store_router(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !network_owns(c, out->project_id)))
		return fail(c, ST_NOT_FOUND, "RouterNotFound", "Router %s could not be found", id);
	return st;
}

static enum status apply_soon(struct call *c, const char *id)
{
	return job_post(c, "network.router.apply", id, "{}", JOB_SOON, 0);
}

static enum status create_one(struct call *c, const struct router_ask *ask, struct router *out)
{
	struct router r = {
		.id = id_new(c->arena),
		.name = ask->name ? ask->name : "",
		.description = ask->description ? ask->description : "",
		.admin_state_up = !ask->admin_state_up_given || ask->admin_state_up,
		.enable_snat = true,
		.routes = "[]",
		.status = "ACTIVE",
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = network_owner(c, ask->project_id, ask->tenant_id, &r.project_id);

	if (!st)
		st = network_quota_take(c, r.project_id, "router", 1);
	if (st)
		return st;
	if (str_eq(r.project_id, c->actor.project_id))
		r.domain_id = c->actor.domain_id;
	st = router_store_put(c, &r);
	if (!st && ask->gateway.network_id) {
		st = gateway_set(c, &r, &ask->gateway);
		if (!st)
			st = router_store_update(c, &r);
	}
	if (!st)
		st = apply_soon(c, r.id);
	if (!st)
		st = network_tell(c, "router", "created", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "router", r.id);
	audit_change(c, router_wire, NULL, &r);
	*out = r;
	return ST_OK;
}

static enum status router_create(struct call *c, const struct router_create *in,
				 struct router_made *out)
{
	enum status st = ST_OK;

	if (in->router_given == in->routers_given)
		return fail(c, ST_BAD_INPUT, "router", "give either 'router' or a list 'routers'");
	if (in->router_given)
		return create_one(c, &in->router, &out->router);
	out->routers = arena_array(c->arena, in->routers_count + 1, sizeof *out->routers);
	out->routers_count = in->routers_count;
	for (size_t i = 0; !st && i < in->routers_count; i++)
		st = create_one(c, &in->routers[i], &out->routers[i]);
	return st;
}

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct router *routers;
	enum status st =
		router_store_routers(c, c->actor.is_admin ? network_filter_project(in) : project,
				     after, most, &routers, n);

	*list = routers;
	return st;
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct router *r = item;

	return network_tags_match(&r->tags, name, value, known);
}

static enum status router_list(struct call *c, const struct network_list_ask *in,
			       struct network_page *out)
{
	static const struct listing routers = { "routers", router_wire, sizeof(struct router),
						read_chunk, matches };

	return network_page_read(c, &routers, in, out);
}

static enum status router_show(struct call *c, const struct object_ask *in,
			       struct router_shown *out)
{
	out->fields = in->fields;
	return router_own(c, in->id, &out->item);
}

/* --- extra routes --- */

/* Whether one of the router's own subnets holds the next hop, and no port of the router is it. */
static enum status check_nexthop(struct call *c, const struct port *ports, size_t n,
				 const struct ip *hop, const char *text)
{
	bool reached = false;

	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < ports[i].fixed_ips_count; k++) {
			const struct network_fixed_ip *own = &ports[i].fixed_ips[k];
			struct subnet s;
			struct prefix p;
			enum status st = network_store_subnet(c, own->subnet_id, &s);
			if (st)
				return st;
			if (str_eq(own->ip_address, text))
				return fail(c, ST_BAD_INPUT, "InvalidRoutes",
					    "Invalid format for routes: the nexthop %s is used by "
					    "router.",
					    text);
			reached = reached || (prefix_read(s.cidr, &p) && prefix_has(&p, hop));
		}
	}
	return reached ? ST_OK
		       : fail(c, ST_BAD_INPUT, "InvalidRoutes",
			      "Invalid format for routes: the nexthop %s is not connected with "
			      "router.",
			      text);
}

static enum status read_routes(struct call *c, const struct router_ask *ask, struct router *r)
{
	struct buf text = { .arena = c->arena };
	struct json_out j = json_to(&text);
	struct port *ports;
	size_t n;
	enum status st = network_store_ports(c, &(struct port_select){ .device_id = r->id }, "",
					     INT64_MAX, &ports, &n);

	json_array_begin(&j);
	for (size_t i = 0; !st && i < ask->routes_count; i++) {
		const struct host_route *route = &ask->routes[i];
		struct prefix to;
		struct ip hop;
		if (!prefix_read(route->destination, &to))
			return fail(c, ST_BAD_INPUT, "routes", "'%s' is not a destination",
				    route->destination);
		if (!ip_read(route->nexthop, &hop) || hop.version != to.first.version)
			return fail(c, ST_BAD_INPUT, "routes", "'%s' is not a next hop to %s",
				    route->nexthop, route->destination);
		for (size_t k = 0; k < i; k++)
			if (str_eq(ask->routes[k].destination, route->destination) &&
			    str_eq(ask->routes[k].nexthop, route->nexthop))
				return fail(c, ST_BAD_INPUT, "routes",
					    "the route to %s stands there twice",
					    route->destination);
		st = check_nexthop(c, ports, n, &hop, route->nexthop);
		json_object_begin(&j);
		json_put_str(&j, "destination", prefix_text(c->arena, &to));
		json_put_str(&j, "nexthop", ip_text(c->arena, &hop));
		json_object_end(&j);
	}
	json_array_end(&j);
	r->routes = buf_text(&text);
	return st;
}

static enum status router_update(struct call *c, const struct router_ask *in, struct router *out)
{
	struct router before, r;
	enum status st = router_own(c, in->id, &before);

	if (st)
		return st;
	r = before;
	if (in->name_given)
		r.name = in->name ? in->name : "";
	if (in->description_given)
		r.description = in->description ? in->description : "";
	if (in->admin_state_up_given)
		r.admin_state_up = in->admin_state_up;
	if (in->gateway_given)
		st = gateway_set(c, &r, &in->gateway);
	if (!st && in->routes_given)
		st = read_routes(c, in, &r);
	r.revision++;
	r.updated_at = c->now_at;
	if (!st)
		st = router_store_update(c, &r);
	if (!st)
		st = apply_soon(c, r.id);
	if (!st)
		st = network_tell(c, "router", "updated", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "router", r.id);
	audit_change(c, router_wire, &before, &r);
	*out = r;
	return ST_OK;
}

static enum status router_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct router before, r;
	struct port *ports;
	size_t n = 0;
	enum status st = router_own(c, in->id, &before);

	(void)out;
	r = before;
	if (!st)
		st = network_store_ports(c, &(struct port_select){ .device_id = r.id }, "",
					 INT64_MAX, &ports, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (!str_eq(ports[i].device_owner, OWNER_GATEWAY))
			return fail(c, ST_CONFLICT, "RouterInUse", "Router %s still has ports",
				    r.id);
	if (!st)
		st = gateway_set(c, &r, &(struct gateway_ask){ 0 });
	if (!st)
		st = router_store_delete(c, r.id);
	if (!st)
		st = apply_soon(c, r.id);
	if (!st)
		st = network_tell(c, "router", "deleted", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "router", r.id);
	audit_change(c, router_wire, &before, NULL);
	return ST_OK;
}

/* --- as clients see them --- */

static void write_gateway(struct call *c, struct json_out *j, const void *obj)
{
	const struct router *r = obj;

	if (!r->gateway_network_id) {
		json_nil(j);
		return;
	}
	json_object_begin(j);
	json_put_str(j, "network_id", r->gateway_network_id);
	json_put_bool(j, "enable_snat", r->enable_snat);
	json_key(j, "external_fixed_ips");
	json_array_begin(j);
	for (size_t i = 0; i < r->gateway_ips_count; i++)
		shape_write_json(c, network_fixed_ip_wire, j, &r->gateway_ips[i]);
	json_array_end(j);
	json_object_end(j);
}

const struct field router_wire[] = { F_STR(router, id, 36, 0),
				     F_STR(router, name, 255, EMPTY_OK),
				     F_STR_AS("tenant_id", router, project_id, 64, 0),
				     F_STR(router, project_id, 64, 0),
				     F_STR(router, description, 255, EMPTY_OK),
				     F_BOOL(router, admin_state_up, 0),
				     F_STR(router, status, 16, 0),
				     F_VIEW("external_gateway_info", write_gateway),
				     F_JSON(router, routes, 0, 0),
				     F_STRS(router, tags, 0, 0),
				     F_TIME(router, created_at, 0),
				     F_TIME(router, updated_at, 0),
				     F_INT_AS("revision_number", router, revision, 0, 0, 0),
				     F_END };

static const struct field gateway_ask_wire[] = {
	F_ID(gateway_ask, network_id, OPT | NULLABLE, TELLS(gateway_ask, network_id)),
	F_BOOL(gateway_ask, enable_snat, OPT | LOOSE, TELLS(gateway_ask, enable_snat)),
	F_LIST(gateway_ask, external_fixed_ips, network_fixed_ip, network_fixed_ip_wire,
	       FIXED_IPS_MAX, OPT, TELLS(gateway_ask, external_fixed_ips)),
	F_END
};
static const struct field extra_route_wire[] = { F_STR(host_route, destination, 64, 0),
						 F_STR(host_route, nexthop, 64, 0), F_END };
#define ROUTER_MEMBERS                                                                             \
	F_STR(router_ask, name, NAME_MAX_LENGTH, OPT | EMPTY_OK, TELLS(router_ask, name)),         \
		F_STR(router_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                    \
		      TELLS(router_ask, description)),                                             \
		F_BOOL(router_ask, admin_state_up, OPT | LOOSE,                                    \
		       TELLS(router_ask, admin_state_up)),                                         \
		F_OBJECT_AS("external_gateway_info", router_ask, gateway, gateway_ask,             \
			    gateway_ask_wire, OPT | NULLABLE, TELLS(router_ask, gateway))
static const struct field router_new_wire[] = { ROUTER_MEMBERS,
						F_STR(router_ask, project_id, 64, OPT),
						F_STR(router_ask, tenant_id, 64, OPT), F_END };
static const struct field router_ask_wire[] = { F_ID_AS("router_id", router_ask, id, FROM_PATH),
						ROUTER_MEMBERS,
						F_LIST(router_ask, routes, host_route,
						       extra_route_wire, EXTRA_ROUTES_MAX,
						       OPT | NULLABLE, TELLS(router_ask, routes)),
						F_END };
static const struct field router_create_wire[] = {
	F_OBJECT(router_create, router, router_ask, router_new_wire, OPT,
		 TELLS(router_create, router)),
	F_LIST(router_create, routers, router_ask, router_new_wire, BULK_MAX, OPT,
	       TELLS(router_create, routers)),
	F_END
};
static const struct field router_made_wire[] = {
	F_OBJECT(router_made, router, router, router_wire, OMIT),
	F_LIST(router_made, routers, router, router_wire, 0, OMIT), F_END
};
static const struct field router_key_wire[] = { F_ID_AS("router_id", object_ask, id, FROM_PATH),
						F_STRS(object_ask, fields, 0, OPT | FROM_QUERY),
						F_END };
NETWORK_VIEWS(router, router, router_wire, "router", "routers")

ACT(router_create, router_create, router_made)
ACT(router_list, network_list_ask, network_page)
ACT(router_show, object_ask, router_shown)
ACT(router_update, router_ask, router)
ACT(router_delete, object_ask, nothing)

const struct route network_router_routes[] = {
	NETWORK_POST("/routers", "network.router.create", router_create, router_create, router_made,
		     .name = "network.router.create",
		     .help = "Makes a router, or several at once."),
	NETWORK_GET("/routers", router_list, network_list_ask, network_list_ask_wire, network_page,
		    router_page_wire, .name = "network.router.list",
		    .help = "Lists the routers of the VDC."),
	NETWORK_GET("/routers/{router_id}", router_show, object_ask, router_key_wire, router_shown,
		    router_shown_wire, .name = "network.router.show", .help = "Shows a router."),
	NETWORK_PUT("/routers/{router_id}", "network.router.update", router_update, router_ask,
		    router_ask_wire, router, router_wire, "router", .name = "network.router.update",
		    .help = "Changes a router: its gateway and extra routes too."),
	NETWORK_DELETE("/routers/{router_id}", "network.router.delete", router_delete,
		       router_key_wire, .name = "network.router.delete",
		       .help = "Deletes a router that is in no subnet."),
	{ 0 },
};
