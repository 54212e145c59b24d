/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of ports: who may make them where, with which addresses, for which device. */
#include "base/id.h"
#include "cloud/network/network_router.h"
#include "cloud/network/network_security.h"
#include "door/audit/audit.h"
#include "door/jobs/jobs.h"

enum { MAC_TRIES = 16 };

static enum status apply_soon(struct call *c, const char *id)
{
	return job_post(c, "network.port.apply", id, "{}", JOB_SOON, 0);
}

static enum status choose_mac(struct call *c, const struct port_ask *ask, struct port *p)
{
	char mac[MAC_TEXT_SIZE];
	bool taken = true;
	enum status st = ST_OK;

	if (ask->mac_address) {
		if (!mac_read(ask->mac_address, mac))
			return fail(c, ST_BAD_INPUT, "InvalidInput",
				    "Invalid input for mac_address. Reason: '%s' is not a valid "
				    "MAC address.",
				    ask->mac_address);
		st = network_store_mac_taken(c, p->network_id, mac, &taken);
		if (!st && taken && !str_eq(p->mac_address, mac))
			return fail(c, ST_CONFLICT, "MacAddressInUse",
				    "Unable to complete operation for network %s. The mac address "
				    "%s is in use.",
				    p->network_id, mac);
	} else {
		for (int tries = 0; !st && taken; tries++) {
			if (tries == MAC_TRIES)
				return fail(c, ST_RETRY, "MacAddressGenerationFailure",
					    "Unable to generate unique mac on network %s.",
					    p->network_id);
			mac_new(mac);
			st = network_store_mac_taken(c, p->network_id, mac, &taken);
		}
	}
	p->mac_address = arena_strdup(c->arena, mac);
	return st;
}

/* What only the network's owner may choose on it: an address of another would be his to forge. */
static enum status check_ask(struct call *c, const struct network *n, const struct port_ask *ask)
{
	if (network_owns(c, n->project_id) || ask->trusted)
		return ST_OK;
	if (ask->mac_address || ask->port_security_given)
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only the owner of network %s chooses mac_address and "
			    "port_security_enabled on it",
			    n->id);
	if (ask->device_owner && str_starts(ask->device_owner, "network:"))
		return fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			    "only the owner of network %s makes ports for 'network:…' on it",
			    n->id);
	return ST_OK;
}

static bool same_mac(const char *a, const char *b)
{
	return a && b ? str_case_eq(a, b) : a == b;
}

/* The other addresses that the port may use, as they are kept. */
static enum status read_pairs(struct call *c, const struct port_ask *ask, struct port *p)
{
	struct buf text = { .arena = c->arena };
	struct json_out j = json_to(&text);

	json_array_begin(&j);
	for (size_t i = 0; i < ask->address_pairs_count; i++) {
		const struct address_pair *pair = &ask->address_pairs[i];
		char mac[MAC_TEXT_SIZE];
		struct prefix prefix;
		struct ip ip;
		if (!ip_read(pair->ip_address, &ip) && !prefix_read(pair->ip_address, &prefix))
			return fail(c, ST_BAD_INPUT, "allowed_address_pairs",
				    "'%s' is neither an address nor a prefix", pair->ip_address);
		if (pair->mac_address && !mac_read(pair->mac_address, mac))
			return fail(c, ST_BAD_INPUT, "allowed_address_pairs",
				    "'%s' is not a MAC address", pair->mac_address);
		for (size_t k = 0; k < i; k++)
			if (str_eq(ask->address_pairs[k].ip_address, pair->ip_address) &&
			    same_mac(ask->address_pairs[k].mac_address, pair->mac_address))
				return fail(c, ST_BAD_INPUT, "DuplicateAddressPairInRequest",
					    "Request contains duplicate address pair: %s.",
					    pair->ip_address);
		json_object_begin(&j);
		json_put_str(&j, "ip_address", pair->ip_address);
		json_put_str(&j, "mac_address", pair->mac_address ? mac : p->mac_address);
		json_object_end(&j);
	}
	json_array_end(&j);
	p->address_pairs = buf_text(&text);
	return ST_OK;
}

/* What protects a port: its groups, and the addresses it may use; without port security it has
 * neither. */
static enum status read_security(struct call *c, const struct port_ask *ask, struct port *p)
{
	struct words none = { 0 };
	bool some = ask->security_groups_given && ask->security_groups.count;
	enum status st = ST_OK;

	if (!p->port_security && (some || (ask->address_pairs_given && ask->address_pairs_count)))
		return fail(c, ST_CONFLICT,
			    some ? "PortSecurityAndIPRequiredForSecurityGroups"
				 : "AddressPairAndPortSecurityRequired",
			    "Port security must be enabled for a port to have security groups or "
			    "allowed address pairs.");
	if (ask->security_groups_given)
		st = security_groups_check(c, p->project_id, &ask->security_groups,
					   ask->groups_by_name, &p->security_groups);
	if (!st && ask->address_pairs_given)
		st = read_pairs(c, ask, p);
	if (!p->port_security)
		p->security_groups = none;
	return st;
}

static bool of_router(const char *device_owner)
{
	return str_starts(device_owner, "network:");
}

/* A new port is in its VDC's default group unless it asks for others, or is no port of a guest. */
static enum status default_group(struct call *c, const struct port_ask *ask, struct port *p)
{
	const char *id;

	if (ask->security_groups_given || !p->port_security || of_router(p->device_owner))
		return ST_OK;
	enum status st = security_default(c, p->project_id, &id);
	p->security_groups.list = arena_array(c->arena, 1, sizeof(char *));
	p->security_groups.list[0] = id;
	p->security_groups.count = 1;
	return st;
}

enum status port_make(struct call *c, const struct port_ask *ask, struct port *out)
{
	struct network n;
	enum status st = ask->trusted ? network_visible(c, ask->network_id, &n)
				      : network_usable(c, ask->network_id, &n);
	struct port p = {
		.id = id_new(c->arena),
		.network_id = ask->network_id,
		.name = ask->name ? ask->name : "",
		.description = ask->description ? ask->description : "",
		.admin_state_up = !ask->admin_state_up_given || ask->admin_state_up,
		.device_id = ask->device_id ? ask->device_id : "",
		.device_owner = ask->device_owner ? ask->device_owner : "",
		.made_for_device = ask->made_for_device,
		.host_id = ask->host_id ? ask->host_id : "",
		.address_pairs = "[]",
		.status = "DOWN",
		.revision = 1,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};

	if (!st)
		st = check_ask(c, &n, ask);
	if (!st && ask->of_cloud)
		p.project_id = "";
	else if (!st)
		st = network_owner(c, ask->project_id, ask->tenant_id, &p.project_id);
	if (!st && !ask->of_cloud)
		st = network_quota_take(c, p.project_id, "port", 1);
	if (!st)
		st = choose_mac(c, ask, &p);
	if (st)
		return st;
	p.network_id = n.id;
	p.port_security = of_router(p.device_owner)  ? false
			  : ask->port_security_given ? ask->port_security
						     : n.port_security;
	if (str_eq(p.project_id, c->actor.project_id))
		p.domain_id = c->actor.domain_id;
	st = read_security(c, ask, &p);
	if (!st)
		st = default_group(c, ask, &p);
	if (!st)
		st = network_store_port_put(c, &p);
	if (!st)
		st = security_store_port_groups_put(c, p.id, &p.security_groups);
	if (!st)
		st = network_addresses_give(c, &n, &p, ask->fixed_ips, ask->fixed_ips_count,
					    ask->fixed_ips_given ? GIVE_ASKED
					    : ask->ipv4_only     ? GIVE_IPV4
								 : GIVE_EACH);
	if (!st)
		st = apply_soon(c, p.id);
	if (!st)
		st = network_tell(c, "port", "created", p.id, ask->of_cloud ? NULL : p.project_id,
				  p.status);
	if (!st)
		*out = p;
	return st;
}

static enum status create_one(struct call *c, const struct port_ask *ask, struct port *out)
{
	enum status st = port_make(c, ask, out);

	if (st)
		return st;
	audit_subject(c, "port", out->id);
	audit_change(c, port_wire, NULL, out);
	return ST_OK;
}

enum status port_create(struct call *c, const struct port_create *in, struct port_made *out)
{
	enum status st = ST_OK;

	if (in->port_given == in->ports_given)
		return fail(c, ST_BAD_INPUT, "port", "give either 'port' or a list 'ports'");
	if (in->port_given)
		return create_one(c, &in->port, &out->port);
	out->ports = arena_array(c->arena, in->ports_count + 1, sizeof *out->ports);
	out->ports_count = in->ports_count;
	for (size_t i = 0; !st && i < in->ports_count; i++)
		st = create_one(c, &in->ports[i], &out->ports[i]);
	return st;
}

static bool shown(const struct call *c, const void *item)
{
	const struct port *p = item;

	return network_owns(c, p->project_id) || network_owns(c, p->network_project_id);
}

enum status port_seen(struct call *c, const char *id, struct port *out)
{
	enum status st = network_store_port(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !shown(c, out)))
		return fail(c, ST_NOT_FOUND, "PortNotFound", "Port %s could not be found.", id);
	return st;
}

/* A device's or a network's ports are few: those are read by their own index, and what the asker may not
 * see is left out here. */
static enum status read_chunk(struct call *c, const struct network_list_ask *in, const char *after,
			      int64_t most, void **list, size_t *n)
{
	const char *project = c->actor.project_id ? c->actor.project_id : "";
	struct port_select by = { .device_id = network_filter_of(in, "device_id"),
				  .network_id = network_filter_of(in, "network_id"),
				  .project_id = c->actor.is_admin ? NULL : project };
	struct port *ports;
	enum status st = network_store_ports(c, &by, after, most, &ports, n);

	*list = ports;
	return st;
}

static bool ip_matches(const struct port *p, const char *value)
{
	const char *equals = strchr(value, '=');

	for (size_t i = 0; equals && i < p->fixed_ips_count; i++) {
		const struct network_fixed_ip *ip = &p->fixed_ips[i];
		if (str_starts(value, "ip_address=") ? str_eq(ip->ip_address, equals + 1)
		    : str_starts(value, "ip_address_substr=")
			    ? strstr(ip->ip_address, equals + 1) != NULL
			    : str_starts(value, "subnet_id=") && str_eq(ip->subnet_id, equals + 1))
			return true;
	}
	return false;
}

static bool matches(const void *item, const char *name, const char *value, bool *known)
{
	const struct port *p = item;

	if (str_eq(name, "fixed_ips")) {
		*known = true;
		return ip_matches(p, value);
	}
	return network_tags_match(&p->tags, name, value, known);
}

enum status port_list(struct call *c, const struct network_list_ask *in, struct network_page *out)
{
	static const struct listing ports = { "ports",    port_wire, sizeof(struct port),
					      read_chunk, matches,   shown };

	return network_page_read(c, &ports, in, out);
}

enum status port_show(struct call *c, const struct object_ask *in, struct port_shown *out)
{
	out->fields = in->fields;
	return port_seen(c, in->id, &out->item);
}

enum status port_save(struct call *c, const struct port *before, struct port *after)
{
	after->revision = before->revision + 1;
	after->updated_at = c->now_at;
	enum status st = network_store_port_update(c, after);
	if (!st)
		st = security_store_port_groups_put(c, after->id, &after->security_groups);
	if (!st)
		st = apply_soon(c, after->id);
	if (!st)
		st = network_tell(c, "port", "updated", after->id,
				  after->project_id[0] ? after->project_id : NULL, after->status);
	return st;
}

enum status port_update(struct call *c, const struct port_ask *in, struct port *out)
{
	struct network n;
	struct port before, p;
	enum status st = port_seen(c, in->id, &before);

	if (!st)
		st = network_store_network(c, before.network_id, &n);
	if (!st)
		st = check_ask(c, &n, in);
	if (st)
		return st;
	p = before;
	if (in->name_given)
		p.name = in->name ? in->name : "";
	if (in->description_given)
		p.description = in->description ? in->description : "";
	if (in->admin_state_up_given)
		p.admin_state_up = in->admin_state_up;
	if (in->port_security_given)
		p.port_security = in->port_security;
	if (in->device_id_given)
		p.device_id = in->device_id ? in->device_id : "";
	if (in->device_owner_given)
		p.device_owner = in->device_owner ? in->device_owner : "";
	if (in->host_id_given)
		p.host_id = in->host_id ? in->host_id : "";
	if (in->mac_address_given)
		st = choose_mac(c, in, &p);
	if (!st && !p.port_security && !in->security_groups_given && before.security_groups.count)
		st = fail(c, ST_CONFLICT, "PortSecurityPortHasSecurityGroup",
			  "Port has security group associated. Cannot disable port security or IP "
			  "address until security group is removed.");
	if (!st)
		st = read_security(c, in, &p);
	if (!st && in->fixed_ips_given)
		st = network_addresses_give(c, &n, &p, in->fixed_ips, in->fixed_ips_count,
					    GIVE_ASKED);
	if (!st)
		st = port_save(c, &before, &p);
	if (!st && in->fixed_ips_given)
		st = router_port_moved(c, &p);
	if (st)
		return st;
	audit_subject(c, "port", p.id);
	audit_change(c, port_wire, &before, &p);
	*out = p;
	return ST_OK;
}

enum status port_remove(struct call *c, const struct port *p)
{
	/* Floating addresses that led to it lead nowhere now. */
	enum status st = floating_port_gone(c, p->id);

	if (!st)
		st = network_store_port_delete(c, p->id);
	if (!st)
		st = apply_soon(c, p->id);
	return st ? st
		  : network_tell(c, "port", "deleted", p->id,
				 p->project_id[0] ? p->project_id : NULL, NULL);
}

enum status port_delete(struct call *c, const struct object_ask *in, struct nothing *out)
{
	struct port p;
	enum status st = port_seen(c, in->id, &p);

	(void)out;
	if (!st &&
	    (str_eq(p.device_owner, OWNER_INTERFACE) || str_eq(p.device_owner, OWNER_GATEWAY) ||
	     str_eq(p.device_owner, OWNER_FLOATING)) &&
	    p.device_id[0])
		st = fail(
			c, ST_CONFLICT, "ServicePortInUse",
			"Port %s cannot be deleted directly via the port API: has device owner %s.",
			p.id, p.device_owner);
	if (!st)
		st = port_remove(c, &p);
	if (st)
		return st;
	audit_subject(c, "port", p.id);
	audit_change(c, port_wire, &p, NULL);
	return ST_OK;
}
