/* SPDX-License-Identifier: Apache-2.0 */
/* What a router is plugged into: its interfaces in subnets, and its gateway on an external network. Each
 * is a port whose device the router is. */
#include "cloud/network/network_route.h"
#include "cloud/network/network_router.h"
#include "door/audit/audit.h"
#include "door/jobs/jobs.h"

enum status router_changed(struct call *c, const char *id)
{
	enum status st = router_store_bump(c, id, c->now_at);

	return st ? st : job_post(c, "network.router.apply", id, "{}", JOB_SOON, 0);
}

enum status router_port_moved(struct call *c, const struct port *p)
{
	if (!str_eq(p->device_owner, OWNER_INTERFACE) && !str_eq(p->device_owner, OWNER_GATEWAY))
		return ST_OK;
	return router_changed(c, p->device_id);
}

static enum status ports_of(struct call *c, const char *router_id, struct port **list, size_t *n)
{
	return network_store_ports(c, &(struct port_select){ .device_id = router_id }, "",
				   INT64_MAX, list, n);
}

static bool in_subnet(const struct port *p, const char *subnet_id)
{
	for (size_t i = 0; i < p->fixed_ips_count; i++)
		if (str_eq(p->fixed_ips[i].subnet_id, subnet_id))
			return true;
	return false;
}

/* A router cannot tell two subnets apart whose addresses overlap. */
static enum status check_overlap(struct call *c, const char *router_id, const struct subnet *s)
{
	struct port *ports;
	struct prefix mine, other;
	size_t n;
	enum status st = ports_of(c, router_id, &ports, &n);

	if (!st && !prefix_read(s->cidr, &mine))
		st = fail(c, ST_INTERNAL, NULL, "subnet %s has the cidr '%s'", s->id, s->cidr);
	for (size_t i = 0; !st && i < n; i++) {
		for (size_t k = 0; !st && k < ports[i].fixed_ips_count; k++) {
			struct subnet there;
			st = network_store_subnet(c, ports[i].fixed_ips[k].subnet_id, &there);
			if (st || !prefix_read(there.cidr, &other))
				continue;
			if (str_eq(there.id, s->id))
				return fail(c, ST_BAD_INPUT, "BadRequest",
					    "Bad router request: Router already has a port on "
					    "subnet %s.",
					    s->id);
			if (prefix_overlap(&mine, &other))
				return fail(c, ST_BAD_INPUT, "BadRequest",
					    "Bad router request: Cidr %s of subnet %s overlaps "
					    "with cidr %s of subnet %s.",
					    s->cidr, s->id, there.cidr, there.id);
		}
	}
	return st;
}

/* --- interfaces --- */

static enum status plug_subnet(struct call *c, const struct router *r, const char *subnet_id,
			       struct port *out)
{
	struct network n;
	struct subnet s;
	enum status st = subnet_seen(c, subnet_id, &s);

	if (!st)
		st = network_usable(c, s.network_id, &n);
	if (!st && !s.gateway_ip)
		st = fail(
			c, ST_BAD_INPUT, "BadRequest",
			"Bad router request: Subnet for router interface must have a gateway IP.");
	if (!st)
		st = check_overlap(c, r->id, &s);
	if (st)
		return st;
	struct network_fixed_ip gateway = { s.id, s.gateway_ip };
	struct port_ask ask = { .network_id = s.network_id,
				.project_id = r->project_id,
				.device_id = r->id,
				.device_owner = OWNER_INTERFACE,
				.made_for_device = true,
				.trusted = true,
				.fixed_ips = &gateway,
				.fixed_ips_count = 1,
				.fixed_ips_given = true };
	return port_make(c, &ask, out);
}

static enum status plug_port(struct call *c, const struct router *r, const char *port_id,
			     struct port *out)
{
	struct port before;
	enum status st = port_seen(c, port_id, &before);

	if (!st && before.device_id[0])
		st = fail(
			c, ST_CONFLICT, "PortInUse",
			"Unable to complete operation on port %s for network %s. Port already has "
			"an attached device %s.",
			port_id, before.network_id, before.device_id);
	if (!st && !before.fixed_ips_count)
		st = fail(c, ST_BAD_INPUT, "BadRequest",
			  "Bad router request: Router port must have at least one fixed IP.");
	for (size_t i = 0; !st && i < before.fixed_ips_count; i++) {
		struct subnet s;
		st = network_store_subnet(c, before.fixed_ips[i].subnet_id, &s);
		if (!st)
			st = check_overlap(c, r->id, &s);
	}
	if (st)
		return st;
	*out = before;
	out->device_id = r->id;
	out->device_owner = OWNER_INTERFACE;
	/* What a router sends on comes from others. */
	out->port_security = false;
	out->security_groups = (struct words){ 0 };
	out->address_pairs = "[]";
	return port_save(c, &before, out);
}

static enum status check_one_of(struct call *c, const struct interface_ask *in)
{
	if (!in->subnet_id && !in->port_id)
		return fail(c, ST_BAD_INPUT, "BadRequest",
			    "Bad router request: Either subnet_id or port_id must be specified.");
	return ST_OK;
}

static void tell_interface(struct call *c, const struct router *r, const struct port *p,
			   struct interface *out)
{
	*out = (struct interface){ .id = r->id,
				   .project_id = r->project_id,
				   .port_id = p->id,
				   .network_id = p->network_id,
				   .subnet_id = p->fixed_ips_count ? p->fixed_ips[0].subnet_id
								   : NULL };
	out->subnet_ids.list = arena_array(c->arena, p->fixed_ips_count + 1, sizeof(char *));
	for (size_t i = 0; i < p->fixed_ips_count; i++)
		out->subnet_ids.list[out->subnet_ids.count++] = p->fixed_ips[i].subnet_id;
}

static enum status interface_add(struct call *c, const struct interface_ask *in,
				 struct interface *out)
{
	struct router r = { 0 };
	struct port p = { 0 };
	enum status st = router_own(c, in->id, &r);

	if (!st)
		st = check_one_of(c, in);
	if (!st && in->subnet_id && in->port_id)
		st = fail(c, ST_BAD_INPUT, "BadRequest",
			  "Bad router request: Cannot specify both subnet-id and port-id.");
	if (!st)
		st = in->port_id ? plug_port(c, &r, in->port_id, &p)
				 : plug_subnet(c, &r, in->subnet_id, &p);
	if (!st)
		st = router_changed(c, r.id);
	if (!st)
		st = network_tell(c, "router", "updated", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "router", r.id);
	audit_change(c, port_wire, NULL, &p);
	tell_interface(c, &r, &p, out);
	return ST_OK;
}

static bool nexthop_in(const char *routes, const char *cidr)
{
	struct prefix p;
	const char *at = routes;

	if (!prefix_read(cidr, &p))
		return false;
	while ((at = strstr(at, "\"nexthop\":\"")) != NULL) {
		char text[IP_TEXT_SIZE];
		struct ip ip;
		at += strlen("\"nexthop\":\"");
		size_t size = strcspn(at, "\"");
		if (size >= sizeof text)
			continue;
		memcpy(text, at, size);
		text[size] = '\0';
		if (ip_read(text, &ip) && prefix_has(&p, &ip))
			return true;
	}
	return false;
}

/* Whether something still goes through the router to this subnet. */
static enum status check_unused(struct call *c, const struct router *r, const char *subnet_id)
{
	struct subnet s;
	enum status st = network_store_subnet(c, subnet_id, &s);

	if (!st && nexthop_in(r->routes, s.cidr))
		return fail(c, ST_CONFLICT, "RouterInterfaceInUseByRoute",
			    "Router interface for subnet %s on router %s cannot be deleted, as it "
			    "is required by one or more routes.",
			    subnet_id, r->id);
	return st ? st : floating_uses_router(c, r->id, subnet_id);
}

static enum status find_interface(struct call *c, const struct router *r,
				  const struct interface_ask *in, struct port *out)
{
	struct port *ports;
	size_t n;
	enum status st = ports_of(c, r->id, &ports, &n);

	for (size_t i = 0; !st && i < n; i++) {
		if (!str_eq(ports[i].device_owner, OWNER_INTERFACE) ||
		    (in->port_id && !str_eq(ports[i].id, in->port_id)) ||
		    (!in->port_id && !in_subnet(&ports[i], in->subnet_id)))
			continue;
		if (in->subnet_id && !in_subnet(&ports[i], in->subnet_id))
			return fail(c, ST_CONFLICT, "SubnetMismatchForPort",
				    "Subnet on port %s does not match the requested subnet %s.",
				    in->port_id, in->subnet_id);
		*out = ports[i];
		return ST_OK;
	}
	if (st)
		return st;
	return in->port_id
		       ? fail(c, ST_NOT_FOUND, "RouterInterfaceNotFound",
			      "Router %s does not have an interface with id %s", r->id, in->port_id)
		       : fail(c, ST_NOT_FOUND, "RouterInterfaceNotFoundForSubnet",
			      "Router %s has no interface on subnet %s", r->id, in->subnet_id);
}

static enum status interface_remove(struct call *c, const struct interface_ask *in,
				    struct interface *out)
{
	struct router r = { 0 };
	struct port p = { 0 };
	enum status st = router_own(c, in->id, &r);

	if (!st)
		st = check_one_of(c, in);
	if (!st)
		st = find_interface(c, &r, in, &p);
	for (size_t i = 0; !st && i < p.fixed_ips_count; i++)
		st = check_unused(c, &r, p.fixed_ips[i].subnet_id);
	if (!st)
		st = port_remove(c, &p);
	if (!st)
		st = router_changed(c, r.id);
	if (!st)
		st = network_tell(c, "router", "updated", r.id, r.project_id, NULL);
	if (st)
		return st;
	audit_subject(c, "router", r.id);
	audit_change(c, port_wire, &p, NULL);
	tell_interface(c, &r, &p, out);
	return ST_OK;
}

/* --- the gateway --- */

static enum status take_gateway(struct call *c, struct router *r)
{
	struct port p;
	enum status st;

	if (!r->gateway_port_id)
		return ST_OK;
	st = floating_uses_router(c, r->id, NULL);
	if (!st)
		st = network_store_port(c, r->gateway_port_id, &p);
	r->gateway_port_id = r->gateway_network_id = NULL;
	r->gateway_ips_count = 0;
	/* The row lets go of the port before the port goes. */
	if (!st)
		st = router_store_update(c, r);
	return st ? st : port_remove(c, &p);
}

static enum status give_gateway(struct call *c, struct router *r, const struct network *n,
				const struct gateway_ask *ask)
{
	struct port_ask port = { .network_id = n->id,
				 .device_id = r->id,
				 .device_owner = OWNER_GATEWAY,
				 .made_for_device = true,
				 .of_cloud = true,
				 .trusted = true,
				 .fixed_ips = ask->external_fixed_ips,
				 .fixed_ips_count = ask->external_fixed_ips_count,
				 .fixed_ips_given = ask->external_fixed_ips_given };
	struct subnet *subnets;
	struct port p;
	size_t count;
	enum status st = network_store_subnets(c, n->id, NULL, "", INT64_MAX, &subnets, &count);

	for (size_t i = 0; !st && i < count; i++)
		st = check_overlap(c, r->id, &subnets[i]);
	if (!st)
		st = port_make(c, &port, &p);
	if (st)
		return st;
	r->gateway_port_id = p.id;
	r->gateway_network_id = n->id;
	r->gateway_ips = p.fixed_ips;
	r->gateway_ips_count = p.fixed_ips_count;
	return ST_OK;
}

static enum status move_gateway(struct call *c, struct router *r, const struct network *n,
				const struct gateway_ask *ask)
{
	struct port before, p;
	enum status st = network_store_port(c, r->gateway_port_id, &before);

	p = before;
	if (!st)
		st = network_addresses_give(c, n, &p, ask->external_fixed_ips,
					    ask->external_fixed_ips_count, GIVE_ASKED);
	if (!st)
		st = port_save(c, &before, &p);
	r->gateway_ips = p.fixed_ips;
	r->gateway_ips_count = p.fixed_ips_count;
	return st;
}

enum status gateway_set(struct call *c, struct router *r, const struct gateway_ask *ask)
{
	struct network n;
	bool same;
	enum status st;

	if (!ask->network_id)
		return take_gateway(c, r);
	if ((ask->enable_snat_given || ask->external_fixed_ips_given) && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only an administrator chooses enable_snat and external_fixed_ips");
	st = network_visible(c, ask->network_id, &n);
	if (!st && !n.external)
		st = fail(c, ST_BAD_INPUT, "BadRequest",
			  "Bad router request: Network %s is not an external network.", n.id);
	if (st)
		return st;
	r->enable_snat = !ask->enable_snat_given || ask->enable_snat;
	same = r->gateway_network_id && str_eq(r->gateway_network_id, n.id);
	if (same)
		return ask->external_fixed_ips_given ? move_gateway(c, r, &n, ask) : ST_OK;
	st = take_gateway(c, r);
	return st ? st : give_gateway(c, r, &n, ask);
}

enum status router_towards(struct call *c, const char *external_id, const struct port *p,
			   const char *fixed_ip, const char **router_id)
{
	const char *subnet_id = NULL;
	struct port *ports;
	size_t n;
	enum status st = network_store_ports(
		c, &(struct port_select){ .network_id = p->network_id }, "", INT64_MAX, &ports, &n);

	for (size_t i = 0; i < p->fixed_ips_count; i++)
		if (str_eq(p->fixed_ips[i].ip_address, fixed_ip))
			subnet_id = p->fixed_ips[i].subnet_id;
	for (size_t i = 0; !st && subnet_id && i < n; i++) {
		struct router r;
		if (!str_eq(ports[i].device_owner, OWNER_INTERFACE) ||
		    !in_subnet(&ports[i], subnet_id))
			continue;
		st = router_store_router(c, ports[i].device_id, &r);
		if (!st && r.gateway_network_id && str_eq(r.gateway_network_id, external_id)) {
			*router_id = r.id;
			return ST_OK;
		}
	}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "ExternalGatewayForFloatingIPNotFound",
			 "External network %s is not reachable from subnet %s. Therefore, cannot "
			 "associate Port %s with a Floating IP.",
			 external_id, subnet_id ? subnet_id : "", p->id);
}

/* --- routes --- */

static const struct field interface_ask_wire[] = {
	F_ID_AS("router_id", interface_ask, id, FROM_PATH),
	F_STR(interface_ask, subnet_id, 64, OPT | NULLABLE),
	F_STR(interface_ask, port_id, 64, OPT | NULLABLE), F_END
};
static const struct field interface_wire[] = {
	F_STR(interface, id, 36, 0),         F_STR_AS("tenant_id", interface, project_id, 64, 0),
	F_STR(interface, project_id, 64, 0), F_STR(interface, port_id, 36, 0),
	F_STR(interface, network_id, 36, 0), F_STR(interface, subnet_id, 36, NULLABLE),
	F_STRS(interface, subnet_ids, 0, 0), F_END
};
ACT(interface_add, interface_ask, interface)
ACT(interface_remove, interface_ask, interface)

const struct route network_interface_routes[] = {
	NETWORK_PUT("/routers/{router_id}/add_router_interface", "network.router.update",
		    interface_add, interface_ask, interface_ask_wire, interface, interface_wire,
		    NULL, .name = "network.router.add-interface",
		    .help = "Plugs a router into a subnet, or into a port."),
	NETWORK_PUT("/routers/{router_id}/remove_router_interface", "network.router.update",
		    interface_remove, interface_ask, interface_ask_wire, interface, interface_wire,
		    NULL, .name = "network.router.remove-interface",
		    .help = "Takes a router out of a subnet."),
	{ 0 },
};
