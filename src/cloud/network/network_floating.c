/* SPDX-License-Identifier: Apache-2.0 */
/* Floating addresses: one of an external network, that leads through a router to one port. The address
 * itself is held by a port of the cloud's own, so that nobody else gets it. */
#include <assert.h>
#include "base/id.h"
#include "cloud/network/network_route.h"
#include "cloud/network/network_router.h"
#include "door/audit/audit.h"

enum status floating_own(struct call *c, const char *id, struct floating *out)
{
	enum status st = floating_store_one(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !network_owns(c, out->project_id)))
		return fail(c, ST_NOT_FOUND, "FloatingIPNotFound",
			    "Floating IP %s could not be found", id);
	return st;
}

static bool is_v4(const char *address)
{
	return !strchr(address, ':');
}

/* Which of the port's addresses is meant. */
static enum status choose_fixed(struct call *c, const struct port *p, const char *wanted,
				const char **fixed)
{
	size_t found = 0;

	for (size_t i = 0; i < p->fixed_ips_count; i++) {
		const char *ip = p->fixed_ips[i].ip_address;
		if (!is_v4(ip) || (wanted && !str_eq(ip, wanted)))
			continue;
		*fixed = ip;
		found++;
	}
	if (wanted && !found)
		return fail(c, ST_BAD_INPUT, "BadRequest",
			    "Bad floatingip request: Port %s does not have fixed ip %s.", p->id,
			    wanted);
	if (!found)
		return fail(c, ST_BAD_INPUT, "BadRequest",
			    "Bad floatingip request: Cannot add floating IP to port %s that has no "
			    "fixed IPv4 addresses.",
			    p->id);
	if (found > 1)
		return fail(
			c, ST_BAD_INPUT, "BadRequest",
			"Bad floatingip request: Port %s has multiple fixed IPv4 addresses. Must "
			"provide a specific IPv4 address when assigning a floating IP.",
			p->id);
	return ST_OK;
}

static enum status lead_to(struct call *c, struct floating *f, const char *port_id,
			   const char *wanted)
{
	struct floating *others;
	struct port p;
	size_t n = 0;
	enum status st = port_seen(c, port_id, &p);

	if (!st)
		st = choose_fixed(c, &p, wanted, &f->fixed_ip_address);
	if (!st)
		st = router_towards(c, f->floating_network_id, &p, f->fixed_ip_address,
				    &f->router_id);
	if (!st)
		st = floating_store_list(c, &(struct floating_select){ .port_id = p.id }, "",
					 INT64_MAX, &others, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (!str_eq(others[i].id, f->id) &&
		    str_eq(others[i].fixed_ip_address, f->fixed_ip_address))
			return fail(
				c, ST_CONFLICT, "FloatingIPPortAlreadyAssociated",
				"Cannot associate floating IP %s (%s) with port %s using fixed IP "
				"%s, as that fixed IP already has a floating IP.",
				f->floating_ip_address, f->id, p.id, f->fixed_ip_address);
	f->port_id = p.id;
	f->status = "ACTIVE";
	return st;
}

static void lead_nowhere(struct floating *f)
{
	f->port_id = f->fixed_ip_address = f->router_id = NULL;
	f->status = "DOWN";
}

/* --- making one --- */

static enum status hold_address(struct call *c, const struct floating_ask *ask,
				const struct network *n, const char *id, struct port *out)
{
	struct network_fixed_ip want = { ask->subnet_id, ask->floating_ip_address };
	bool named = ask->subnet_id || ask->floating_ip_address;
	struct port_ask port = { .network_id = n->id,
				 .device_id = id,
				 .device_owner = OWNER_FLOATING,
				 .made_for_device = true,
				 .of_cloud = true,
				 .trusted = true,
				 .ipv4_only = true,
				 .fixed_ips = &want,
				 .fixed_ips_count = named ? 1 : 0,
				 .fixed_ips_given = named };

	if (ask->floating_ip_address && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only an administrator chooses a floating address");
	enum status st = port_make(c, &port, out);
	if (!st && (!out->fixed_ips_count || !is_v4(out->fixed_ips[0].ip_address)))
		st = fail(c, ST_BAD_INPUT, "BadRequest",
			  "Bad floatingip request: Network %s does not contain any IPv4 subnet.",
			  n->id);
	return st;
}

enum status floating_make(struct call *c, const struct floating_ask *ask, struct floating *out)
{
	struct network n = { 0 };
	struct port held = { 0 };
	struct floating f = {
		.id = id_new(c->arena),
		.description = ask->description ? ask->description : "",
		.status = "DOWN",
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = network_owner(c, ask->project_id, ask->tenant_id, &f.project_id);

	if (!st)
		st = network_visible(c, ask->floating_network_id, &n);
	if (!st && !n.external)
		st = fail(c, ST_BAD_INPUT, "BadRequest",
			  "Bad floatingip request: Network %s is not a valid external network.",
			  n.id);
	if (!st)
		st = network_quota_take(c, f.project_id, "floatingip", 1);
	if (!st)
		st = hold_address(c, ask, &n, f.id, &held);
	if (st)
		return st;
	if (str_eq(f.project_id, c->actor.project_id))
		f.domain_id = c->actor.domain_id;
	assert(held.fixed_ips_count);
	f.floating_network_id = n.id;
	f.floating_port_id = held.id;
	f.floating_ip_address = held.fixed_ips[0].ip_address;
	if (ask->port_id)
		st = lead_to(c, &f, ask->port_id, ask->fixed_ip_address);
	if (!st)
		st = floating_store_put(c, &f);
	if (!st && f.router_id)
		st = router_changed(c, f.router_id);
	if (!st)
		st = network_tell(c, "floatingip", "created", f.id, f.project_id, f.status);
	if (st)
		return st;
	audit_subject(c, "floatingip", f.id);
	audit_change(c, floating_wire, NULL, &f);
	*out = f;
	return ST_OK;
}

static enum status floating_create(struct call *c, const struct floating_create *in,
				   struct floating_made *out)
{
	enum status st = ST_OK;

	if (in->floating_given == in->floatings_given)
		return fail(c, ST_BAD_INPUT, "floatingip",
			    "give either 'floatingip' or a list 'floatingips'");
	if (in->floating_given)
		return floating_make(c, &in->floating, &out->floating);
	out->floatings = arena_array(c->arena, in->floatings_count + 1, sizeof *out->floatings);
	out->floatings_count = in->floatings_count;
	for (size_t i = 0; !st && i < in->floatings_count; i++)
		st = floating_make(c, &in->floatings[i], &out->floatings[i]);
	return st;
}

/* --- lists --- */

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct floating_select by = { .router_id = network_filter_of(in, "router_id"),
				      .port_id = network_filter_of(in, "port_id"),
				      .project_id = c->actor.is_admin ? network_filter_project(in)
								      : project };
	struct floating *list_;
	enum status st = floating_store_list(c, &by, after, most, &list_, n);

	*list = list_;
	return st;
}

static bool shown(const struct call *c, const void *item)
{
	const struct floating *f = item;

	return network_owns(c, f->project_id);
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct floating *f = item;

	return network_tags_match(&f->tags, name, value, known);
}

static enum status floating_list(struct call *c, const struct network_list_ask *in,
				 struct network_page *out)
{
	static const struct listing floatings = {
		"floating IPs", floating_wire, sizeof(struct floating), read_chunk, matches, shown
	};

	return network_page_read(c, &floatings, in, out);
}

static enum status floating_show(struct call *c, const struct object_ask *in,
				 struct floating_shown *out)
{
	out->fields = in->fields;
	return floating_own(c, in->id, &out->item);
}

/* --- changing --- */

static enum status save(struct call *c, const struct floating *before, struct floating *f)
{
	f->revision++;
	f->updated_at = c->now_at;
	enum status st = floating_store_update(c, f);
	if (!st && before->router_id)
		st = router_changed(c, before->router_id);
	if (!st && f->router_id && !(before->router_id && str_eq(before->router_id, f->router_id)))
		st = router_changed(c, f->router_id);
	return st ? st : network_tell(c, "floatingip", "updated", f->id, f->project_id, f->status);
}

enum status floating_update(struct call *c, const struct floating_ask *in, struct floating *out)
{
	struct floating before, f;
	enum status st = floating_own(c, in->id, &before);

	if (st)
		return st;
	f = before;
	if (in->description_given)
		f.description = in->description ? in->description : "";
	if (in->fixed_ip_address && !in->port_id)
		return fail(c, ST_BAD_INPUT, "fixed_ip_address",
			    "a fixed_ip_address goes with the port_id that has it");
	if (in->port_id_given && in->port_id)
		st = lead_to(c, &f, in->port_id, in->fixed_ip_address);
	else if (in->port_id_given)
		lead_nowhere(&f);
	if (!st)
		st = save(c, &before, &f);
	if (st)
		return st;
	audit_subject(c, "floatingip", f.id);
	audit_change(c, floating_wire, &before, &f);
	*out = f;
	return ST_OK;
}

static enum status drop(struct call *c, const struct floating *f)
{
	struct port held;
	enum status st = network_store_port(c, f->floating_port_id, &held);

	if (!st)
		st = floating_store_delete(c, f->id);
	if (!st)
		st = port_remove(c, &held);
	if (!st && f->router_id)
		st = router_changed(c, f->router_id);
	return st ? st : network_tell(c, "floatingip", "deleted", f->id, f->project_id, NULL);
}

enum status floating_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct floating f;
	enum status st = floating_own(c, in->id, &f);

	(void)out;
	if (!st)
		st = drop(c, &f);
	if (st)
		return st;
	audit_subject(c, "floatingip", f.id);
	audit_change(c, floating_wire, &f, NULL);
	return ST_OK;
}

/* --- what others ask --- */

enum status floating_network_unused(struct call *c, const char *network_id)
{
	struct floating *list;
	struct words routers;
	size_t n;
	enum status st = floating_store_list(
		c, &(struct floating_select){ .network_id = network_id }, "", 1, &list, &n);

	if (!st)
		st = router_store_on_network(c, network_id, &routers);
	if (!st && (n || routers.count))
		st = fail(c, ST_CONFLICT, "ExternalNetworkInUse",
			  "External network %s cannot be updated to be made non-external, since it "
			  "has existing gateway ports.",
			  network_id);
	return st;
}

enum status floating_network_gone(struct call *c, const char *network_id)
{
	struct floating *list;
	size_t n;
	enum status st = floating_store_list(
		c, &(struct floating_select){ .network_id = network_id }, "", INT64_MAX, &list, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (!list[i].port_id)
			st = drop(c, &list[i]);
	return st;
}

enum status floating_port_gone(struct call *c, const char *port_id)
{
	struct floating *list;
	size_t n;
	enum status st = floating_store_list(c, &(struct floating_select){ .port_id = port_id }, "",
					     INT64_MAX, &list, &n);

	for (size_t i = 0; !st && i < n; i++) {
		struct floating f = list[i];
		lead_nowhere(&f);
		st = save(c, &list[i], &f);
	}
	return st;
}

enum status floating_uses_router(struct call *c, const char *router_id, const char *subnet_id)
{
	struct floating *list;
	size_t n;
	enum status st = floating_store_list(c, &(struct floating_select){ .router_id = router_id },
					     "", INT64_MAX, &list, &n);

	for (size_t i = 0; !st && i < n; i++) {
		struct port p;
		bool there = !subnet_id;
		st = network_store_port(c, list[i].port_id, &p);
		for (size_t k = 0; !st && subnet_id && k < p.fixed_ips_count; k++)
			there = there ||
				(str_eq(p.fixed_ips[k].ip_address, list[i].fixed_ip_address) &&
				 str_eq(p.fixed_ips[k].subnet_id, subnet_id));
		if (!st && there)
			return subnet_id
				       ? fail(c, ST_CONFLICT, "RouterInterfaceInUseByFloatingIP",
					      "Router interface for subnet %s on router %s cannot be "
					      "deleted, as it is required by one or more floating IPs.",
					      subnet_id, router_id)
				       : fail(c, ST_CONFLICT,
					      "RouterExternalGatewayInUseByFloatingIp",
					      "Gateway cannot be updated for router %s, since a "
					      "gateway to external network is required by one or more "
					      "floating IPs.",
					      router_id);
	}
	return st;
}

/* --- as clients see them --- */

const struct field floating_wire[] = { F_STR(floating, id, 36, 0),
				       F_STR_AS("tenant_id", floating, project_id, 64, 0),
				       F_STR(floating, project_id, 64, 0),
				       F_STR(floating, description, 255, EMPTY_OK),
				       F_STR(floating, floating_network_id, 36, 0),
				       F_STR(floating, floating_ip_address, 64, 0),
				       F_STR(floating, port_id, 36, NULLABLE),
				       F_STR(floating, fixed_ip_address, 64, NULLABLE),
				       F_STR(floating, router_id, 36, NULLABLE),
				       F_STR(floating, status, 16, 0),
				       F_STRS(floating, tags, 0, 0),
				       F_TIME(floating, created_at, 0),
				       F_TIME(floating, updated_at, 0),
				       F_INT_AS("revision_number", floating, revision, 0, 0, 0),
				       F_END };
#define FLOATING_MEMBERS                                                                           \
	F_STR(floating_ask, description, NAME_MAX_LENGTH, OPT | EMPTY_OK,                          \
	      TELLS(floating_ask, description)),                                                   \
		F_ID(floating_ask, port_id, OPT | NULLABLE, TELLS(floating_ask, port_id)),         \
		F_STR(floating_ask, fixed_ip_address, 64, OPT | NULLABLE,                          \
		      TELLS(floating_ask, fixed_ip_address))
static const struct field floating_new_wire[] = { FLOATING_MEMBERS,
						  F_ID(floating_ask, floating_network_id, 0),
						  F_STR(floating_ask, floating_ip_address, 64,
							OPT | NULLABLE),
						  F_ID(floating_ask, subnet_id, OPT | NULLABLE),
						  F_STR(floating_ask, project_id, 64, OPT),
						  F_STR(floating_ask, tenant_id, 64, OPT),
						  F_END };
static const struct field floating_ask_wire[] = {
	F_ID_AS("floatingip_id", floating_ask, id, FROM_PATH), FLOATING_MEMBERS, F_END
};
static const struct field floating_create_wire[] = {
	F_OBJECT_AS("floatingip", floating_create, floating, floating_ask, floating_new_wire, OPT,
		    TELLS(floating_create, floating)),
	F_LIST_AS("floatingips", floating_create, floatings, floating_ask, floating_new_wire,
		  BULK_MAX, OPT, TELLS(floating_create, floatings)),
	F_END
};
static const struct field floating_made_wire[] = {
	F_OBJECT_AS("floatingip", floating_made, floating, floating, floating_wire, OMIT),
	F_LIST_AS("floatingips", floating_made, floatings, floating, floating_wire, 0, OMIT), F_END
};
static const struct field floating_key_wire[] = {
	F_ID_AS("floatingip_id", object_ask, id, FROM_PATH),
	F_STRS(object_ask, fields, 0, OPT | FROM_QUERY), F_END
};
NETWORK_VIEWS(floating, floating, floating_wire, "floatingip", "floatingips")

ACT(floating_create, floating_create, floating_made)
ACT(floating_list, network_list_ask, network_page)
ACT(floating_show, object_ask, floating_shown)
ACT(floating_update, floating_ask, floating)
ACT(floating_delete, object_ask, nothing)

const struct route network_floating_routes[] = {
	NETWORK_POST("/floatingips", "network.floatingip.create", floating_create, floating_create,
		     floating_made, .name = "network.floatingip.create",
		     .help = "Takes a floating address, or several at once."),
	NETWORK_GET("/floatingips", floating_list, network_list_ask, network_list_ask_wire,
		    network_page, floating_page_wire, .name = "network.floatingip.list",
		    .help = "Lists the floating addresses of the VDC."),
	NETWORK_GET("/floatingips/{floatingip_id}", floating_show, object_ask, floating_key_wire,
		    floating_shown, floating_shown_wire, .name = "network.floatingip.show",
		    .help = "Shows a floating address."),
	NETWORK_PUT("/floatingips/{floatingip_id}", "network.floatingip.update", floating_update,
		    floating_ask, floating_ask_wire, floating, floating_wire, "floatingip",
		    .name = "network.floatingip.update",
		    .help = "Leads a floating address to a port, or to none."),
	NETWORK_DELETE("/floatingips/{floatingip_id}", "network.floatingip.delete", floating_delete,
		       floating_key_wire, .name = "network.floatingip.delete",
		       .help = "Gives a floating address back."),
	{ 0 },
};
