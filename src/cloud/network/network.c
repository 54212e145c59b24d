/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of networks, and those that all three things share: whose it is, who may see it, how many. */
#include "base/id.h"
#include "cloud/network/network_router.h"
#include "door/audit/audit.h"
#include "door/jobs/events.h"
#include "door/jobs/jobs.h"

bool network_owns(const struct call *c, const char *project_id)
{
	return c->actor.is_admin || str_eq(c->actor.project_id, project_id);
}

enum status network_owner(struct call *c, const char *project_id, const char *tenant_id,
			  const char **owner)
{
	const char *asked = project_id ? project_id : tenant_id;

	if (project_id && tenant_id && !str_eq(project_id, tenant_id))
		return fail(c, ST_BAD_INPUT, "tenant_id",
			    "'project_id' and 'tenant_id' are two names of one thing and differ");
	if (!asked)
		asked = c->actor.project_id;
	if (!asked)
		return fail(c, ST_BAD_INPUT, "project_id",
			    "you are not signed in for a project: say which by 'project_id'");
	if (!network_owns(c, asked))
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only an administrator makes things for another project");
	*owner = asked;
	return ST_OK;
}

enum status network_tell(struct call *c, const char *kind, const char *what, const char *id,
			 const char *project_id, const char *status)
{
	struct buf payload = { .arena = c->arena };
	struct json_out j = json_to(&payload);

	json_object_begin(&j);
	json_put_str(&j, "id", id);
	if (status)
		json_put_str(&j, "status", status);
	json_object_end(&j);
	return event_post(c, arena_printf(c->arena, "network.%s.%s", kind, what), id,
			  str_eq(project_id, c->actor.project_id) ? c->actor.domain_id : NULL,
			  project_id, buf_text(&payload));
}

static enum status apply_soon(struct call *c, const char *id)
{
	return job_post(c, "network.network.apply", id, "{}", JOB_SOON, 0);
}

/* Routers tell guests the MTU, and lead to the gateways of external subnets. */
static enum status routers_follow(struct call *c, const char *id)
{
	struct words routers = { 0 };
	enum status st = router_store_on_network(c, id, &routers);

	for (size_t i = 0; !st && i < routers.count; i++)
		st = router_changed(c, routers.list[i]);
	return st;
}

enum status network_changed(struct call *c, const char *id)
{
	enum status st = network_store_network_bump(c, id);

	if (!st)
		st = apply_soon(c, id);
	return st ? st : routers_follow(c, id);
}

static enum status not_found(struct call *c, const char *id)
{
	return fail(c, ST_NOT_FOUND, "NetworkNotFound", "Network %s could not be found.", id);
}

enum status network_usable(struct call *c, const char *id, struct network *out)
{
	enum status st = network_store_network(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !out->shared && !network_owns(c, out->project_id)))
		return not_found(c, id);
	return st;
}

enum status network_visible(struct call *c, const char *id, struct network *out)
{
	enum status st = network_store_network(c, id, out);

	if (st == ST_NOT_FOUND ||
	    (!st && !out->shared && !out->external && !network_owns(c, out->project_id)))
		return not_found(c, id);
	return st;
}

enum status network_own(struct call *c, const char *id, struct network *out)
{
	enum status st = network_visible(c, id, out);

	if (!st && !network_owns(c, out->project_id))
		st = fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			  "you may use network %s, but it is not yours to change", id);
	return st;
}

static enum status check_ask(struct call *c, const struct network_ask *ask)
{
	if ((ask->external || ask->network_type || ask->physical_network ||
	     (ask->segmentation_id_given && ask->segmentation_id != INT_NULL)) &&
	    !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only an administrator makes networks that lead out of the cloud, or "
			    "says by which cable");
	if (ask->shared && !c->actor.is_admin)
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only an administrator shares a network with every project");
	if (ask->mtu_given && ask->mtu && (ask->mtu < 68 || ask->mtu > NETWORK_MTU))
		return fail(c, ST_BAD_INPUT, "InvalidInput",
			    "Invalid input for operation: the MTU is between 68 and %d, what a "
			    "tunnel between hosts leaves of 1500 bytes.",
			    NETWORK_MTU);
	return ST_OK;
}

/* How the network is carried between hosts: in tunnels of OVN, or as it is on a network of the site. */
static enum status read_provider(struct call *c, const struct network_ask *ask, struct network *n)
{
	bool vlan = ask->network_type && str_eq(ask->network_type, "vlan");
	bool flat = ask->network_type && str_eq(ask->network_type, "flat");
	bool tagged = ask->segmentation_id_given && ask->segmentation_id != INT_NULL;

	n->network_type = vlan ? "vlan" : flat ? "flat" : "geneve";
	n->segmentation_id = INT_NULL;
	if (ask->network_type && !vlan && !flat && !str_eq(ask->network_type, "geneve"))
		return fail(c, ST_BAD_INPUT, "provider:network_type",
			    "a network's type is 'geneve', 'flat' or 'vlan', not '%s'",
			    ask->network_type);
	if ((vlan || flat) != (ask->physical_network != NULL))
		return fail(c, ST_BAD_INPUT, "provider:physical_network",
			    "'flat' and 'vlan' networks name a physical network, others do not");
	if (vlan != tagged)
		return fail(c, ST_BAD_INPUT, "provider:segmentation_id",
			    "'vlan' networks name a VLAN, others do not: OVN numbers its tunnels "
			    "itself");
	if (vlan && (ask->segmentation_id < 1 || ask->segmentation_id > 4094))
		return fail(c, ST_BAD_INPUT, "provider:segmentation_id",
			    "a VLAN is a number from 1 to 4094");
	n->physical_network = ask->physical_network;
	if (vlan)
		n->segmentation_id = ask->segmentation_id;
	return ST_OK;
}

static enum status create_one(struct call *c, const struct network_ask *ask, struct network *out)
{
	struct network n = {
		.id = id_new(c->arena),
		.name = ask->name ? ask->name : "",
		.description = ask->description ? ask->description : "",
		.admin_state_up = !ask->admin_state_up_given || ask->admin_state_up,
		.shared = ask->shared,
		.port_security = !ask->port_security_given || ask->port_security,
		.external = ask->external,
		.mtu = ask->mtu ? ask->mtu : NETWORK_MTU,
		.status = "ACTIVE",
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = check_ask(c, ask);

	if (!st)
		st = read_provider(c, ask, &n);
	if (!st)
		st = network_owner(c, ask->project_id, ask->tenant_id, &n.project_id);
	if (!st)
		st = network_quota_take(c, n.project_id, "network", 1);
	if (st)
		return st;
	if (str_eq(n.project_id, c->actor.project_id))
		n.domain_id = c->actor.domain_id;
	st = network_store_network_put(c, &n);
	if (!st)
		st = apply_soon(c, n.id);
	if (!st)
		st = network_tell(c, "network", "created", n.id, n.project_id, NULL);
	audit_subject(c, "network", n.id);
	audit_change(c, network_wire, NULL, &n);
	*out = n;
	return st;
}

enum status network_create(struct call *c, const struct network_create *in,
			   struct network_made *out)
{
	enum status st = ST_OK;

	if (in->network_given == in->networks_given)
		return fail(c, ST_BAD_INPUT, "network",
			    "give either 'network' or a list 'networks'");
	if (in->network_given)
		return create_one(c, &in->network, &out->network);
	out->networks = arena_array(c->arena, in->networks_count + 1, sizeof *out->networks);
	out->networks_count = in->networks_count;
	for (size_t i = 0; !st && i < in->networks_count; i++)
		st = create_one(c, &in->networks[i], &out->networks[i]);
	return st;
}

static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	struct network *networks;
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	enum status st = network_store_networks(c, c->actor.is_admin ? NULL : project, after, most,
						&networks, n);

	(void)in;
	*list = networks;
	return st;
}

/* tags: all of them; tags-any: one of them; not-tags, not-tags-any: the opposites. */
bool network_tags_match(const struct words *tags, const char *name, const char *value, bool *known)
{
	bool not = str_starts(name, "not-"), any = str_ends(name, "-any");
	bool all = true, some = false;

	*known = str_eq(name, "tags") || str_eq(name, "tags-any") || str_eq(name, "not-tags") ||
		 str_eq(name, "not-tags-any");
	for (const char *p = value; *p;) {
		char tag[TAG_LENGTH_MAX * 4 + 1];
		size_t size = strcspn(p, ",");
		bool has = false;
		if (size && size < sizeof tag) {
			memcpy(tag, p, size);
			tag[size] = '\0';
			has = words_have(tags, tag);
		}
		all = all && has;
		some = some || has;
		p += size + (p[size] == ',');
	}
	return (any ? some : all) != not ;
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct network *n = item;

	return network_tags_match(&n->tags, name, value, known);
}

enum status network_list(struct call *c, const struct network_list_ask *in,
			 struct network_page *out)
{
	static const struct listing networks = { "networks", network_wire, sizeof(struct network),
						 read_chunk, matches };

	return network_page_read(c, &networks, in, out);
}

enum status network_show(struct call *c, const struct object_ask *in, struct network_shown *out)
{
	out->fields = in->fields;
	return network_visible(c, in->id, &out->item);
}

/* Ports of others would be left on a network that they may not see. */
static enum status check_unshare(struct call *c, const struct network *n)
{
	struct port *ports;
	size_t count;
	enum status st = network_store_ports(c, &(struct port_select){ .network_id = n->id }, "",
					     INT64_MAX, &ports, &count);

	for (size_t i = 0; !st && i < count; i++)
		if (!str_eq(ports[i].project_id, n->project_id) && ports[i].project_id[0])
			return fail(c, ST_CONFLICT, "InvalidSharedSetting",
				    "Unable to reconfigure sharing settings for network %s. "
				    "Multiple tenants are using it.",
				    n->id);
	return st;
}

enum status network_update(struct call *c, const struct network_ask *in, struct network *out)
{
	struct network before, n;
	enum status st = network_own(c, in->id, &before);

	if (!st)
		st = check_ask(c, in);
	if (st)
		return st;
	n = before;
	if (in->name_given)
		n.name = in->name ? in->name : "";
	if (in->description_given)
		n.description = in->description ? in->description : "";
	if (in->admin_state_up_given)
		n.admin_state_up = in->admin_state_up;
	if (in->port_security_given)
		n.port_security = in->port_security;
	if (in->mtu_given)
		n.mtu = in->mtu ? in->mtu : NETWORK_MTU;
	if (in->shared_given)
		n.shared = in->shared;
	if (in->external_given)
		n.external = in->external;
	if (before.external && !n.external)
		st = floating_network_unused(c, n.id);
	if (st)
		return st;
	if (before.shared && !n.shared)
		st = check_unshare(c, &n);
	n.revision++;
	n.updated_at = c->now_at;
	if (!st)
		st = network_store_network_update(c, &n);
	if (!st)
		st = apply_soon(c, n.id);
	if (!st && n.mtu != before.mtu)
		st = routers_follow(c, n.id);
	if (!st)
		st = network_tell(c, "network", "updated", n.id, n.project_id, NULL);
	audit_subject(c, "network", n.id);
	audit_change(c, network_wire, &before, &n);
	*out = n;
	return st;
}

enum status network_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct network n;
	const char *port = NULL;
	enum status st = network_own(c, in->id, &n);

	(void)out;
	if (st)
		return st;
	/* Floating addresses that lead nowhere go with the network that they come from. */
	st = floating_network_gone(c, n.id);
	if (st)
		return st;
	st = network_store_port_of_network(c, n.id, &port);
	if (!st)
		return fail(c, ST_CONFLICT, "NetworkInUse",
			    "Unable to complete operation on network %s. There are one or more "
			    "ports still in use on the network, id for one of these ports is %s.",
			    n.id, port);
	if (st != ST_NOT_FOUND)
		return st;
	st = ST_OK;
	for (size_t i = 0; !st && i < n.subnets.count; i++)
		st = network_store_subnet_delete(c, n.subnets.list[i]);
	if (!st)
		st = network_store_network_delete(c, n.id);
	if (!st)
		st = apply_soon(c, n.id);
	if (!st)
		st = network_tell(c, "network", "deleted", n.id, n.project_id, NULL);
	audit_subject(c, "network", n.id);
	audit_change(c, network_wire, &n, NULL);
	return st;
}
