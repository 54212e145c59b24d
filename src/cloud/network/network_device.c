/* SPDX-License-Identifier: Apache-2.0 */
/* What servers ask of networks, inside their own acts: ports taken and given back. */
#include "cloud/network/network_security.h"

/* One port as servers see it. */
static enum status show(struct call *c, const struct port *p, struct network_interface *out)
{
	struct network n = { 0 };
	enum status st = network_store_network(c, p->network_id, &n);

	if (st)
		return st;
	*out = (struct network_interface){
		.id = p->id,
		.device_id = p->device_id,
		.network_id = p->network_id,
		.network_name = n.name,
		.mac_address = p->mac_address,
		.status = p->status,
		.mtu = n.mtu,
		.applied = p->applied >= p->revision,
		.fixed_ips = p->fixed_ips,
		.fixed_ips_count = p->fixed_ips_count,
	};
	return ST_OK;
}

static enum status take_port(struct call *c, const char *device_id, const char *owner,
			     const char *port_id, const char *host, struct port *out)
{
	struct port before = { 0 };
	enum status st = network_store_port(c, port_id, &before);

	if (st == ST_NOT_FOUND || (!st && !network_owns(c, before.project_id)))
		return fail(c, ST_NOT_FOUND, "PortNotFound", "Port %s could not be found.",
			    port_id);
	if (st)
		return st;
	if (before.device_id[0])
		return fail(c, ST_CONFLICT, "PortInUse", "Port %s is still in use.", port_id);
	*out = before;
	out->device_id = device_id;
	out->device_owner = owner;
	if (host)
		out->host_id = host;
	return port_save(c, &before, out);
}

static enum status make_port(struct call *c, const char *device_id, const char *owner,
			     const struct network_wish *wish, struct port *out)
{
	struct network_fixed_ip ip = { .ip_address = wish->fixed_ip };
	struct port_ask ask = { .network_id = wish->network_id,
				.device_id = device_id,
				.device_owner = owner,
				.made_for_device = true,
				.fixed_ips = &ip,
				.fixed_ips_count = wish->fixed_ip ? 1 : 0,
				.fixed_ips_given = wish->fixed_ip != NULL,
				.host_id = wish->host,
				.security_groups = wish->security_groups,
				.security_groups_given = wish->security_groups.count > 0,
				.groups_by_name = true };
	struct network n;
	enum status st = network_usable(c, wish->network_id, &n);

	/* A server on a network without addresses could never be reached: Nova refuses it too. */
	if (!st && !n.subnets.count)
		st = fail(c, ST_BAD_INPUT, "NetworkRequiresSubnet",
			  "Network %s requires a subnet in order to boot instances on.", n.id);
	return st ? st : port_make(c, &ask, out);
}

enum status network_attach(struct call *c, const char *device_id, const char *zone,
			   const struct network_wish *wish, struct network_interface *out)
{
	const char *owner = arena_printf(c->arena, "compute:%s", zone ? zone : "nova");
	struct port p = { 0 };
	enum status st = wish->port_id
				 ? take_port(c, device_id, owner, wish->port_id, wish->host, &p)
				 : make_port(c, device_id, owner, wish, &p);

	return st ? st : show(c, &p, out);
}

static enum status give_back(struct call *c, const struct port *p)
{
	struct port free_again = *p;

	if (p->made_for_device)
		return port_remove(c, p);
	free_again.device_id = "";
	free_again.device_owner = "";
	free_again.host_id = "";
	return port_save(c, p, &free_again);
}

enum status network_detach(struct call *c, const char *device_id, const char *port_id)
{
	struct port p;
	enum status st = network_store_port(c, port_id, &p);

	if (st == ST_NOT_FOUND || (!st && !str_eq(p.device_id, device_id)))
		return fail(c, ST_NOT_FOUND, "PortNotFound", "Port %s could not be found.",
			    port_id);
	return st ? st : give_back(c, &p);
}

enum status network_detach_all(struct call *c, const char *device_id)
{
	struct port *ports;
	size_t n;
	enum status st = network_store_ports(c, &(struct port_select){ .device_id = device_id }, "",
					     INT64_MAX, &ports, &n);

	for (size_t i = 0; !st && i < n; i++)
		st = give_back(c, &ports[i]);
	return st;
}

enum status network_only(struct call *c, const char *project_id, const char **network_id)
{
	struct network *networks;
	size_t n;
	const char *own = NULL, *shared = NULL;
	size_t owned = 0, others = 0;
	enum status st = network_store_networks(c, project_id, "", INT64_MAX, &networks, &n);

	if (st)
		return st;
	/* As Nova does: shared networks count only where the VDC has none of its own. */
	for (size_t i = 0; i < n; i++) {
		/* What leads out is reached through a router, and chosen by name only. */
		if (networks[i].external)
			continue;
		if (str_eq(networks[i].project_id, project_id)) {
			own = networks[i].id;
			owned++;
		} else {
			shared = networks[i].id;
			others++;
		}
	}
	if (owned > 1 || (!owned && others > 1))
		return fail(c, ST_CONFLICT, "NetworkAmbiguous",
			    "Multiple possible networks found, use a Network ID to be more "
			    "specific.");
	*network_id = owned ? own : shared;
	return ST_OK;
}

enum status network_interfaces(struct call *c, const char *const *device_ids, size_t count,
			       struct network_interface **list, size_t *n)
{
	return network_store_interfaces(c, device_ids, count, list, n);
}

/* --- security groups --- */

enum status network_device_groups(struct call *c, const char *const *device_ids, size_t count,
				  struct network_group **list, size_t *n)
{
	struct buf devices = { .arena = c->arena };

	for (size_t i = 0; i < count; i++)
		buf_str(&devices, device_ids[i]);
	return security_store_device_groups(c, &devices, list, n);
}

static struct words without(struct call *c, const struct words *all, const char *id)
{
	struct words rest = { arena_array(c->arena, all->count + 2, sizeof(char *)), 0 };

	for (size_t i = 0; i < all->count; i++)
		if (!str_eq(all->list[i], id))
			rest.list[rest.count++] = all->list[i];
	return rest;
}

/* 'changed' counts the ports that can be in a group (adding), or were in it (taking out). */
static enum status change_groups(struct call *c, const char *device_id, const char *group_id,
				 bool add, size_t *changed)
{
	struct port *ports;
	size_t n;
	enum status st = network_store_ports(c, &(struct port_select){ .device_id = device_id }, "",
					     INT64_MAX, &ports, &n);

	for (size_t i = 0; !st && i < n; i++) {
		struct port after = ports[i];
		bool in = words_have(&ports[i].security_groups, group_id);
		if (!ports[i].port_security || (!add && !in))
			continue;
		++*changed;
		if (add && in)
			continue;
		after.security_groups = without(c, &ports[i].security_groups, group_id);
		if (add)
			after.security_groups.list[after.security_groups.count++] = group_id;
		if (after.security_groups.count > PORT_GROUPS_MAX)
			return fail(c, ST_BAD_INPUT, "security_groups",
				    "a port has at most %d security groups", PORT_GROUPS_MAX);
		st = port_save(c, &ports[i], &after);
	}
	return st;
}

static enum status group_of(struct call *c, const char *project_id, const char *group,
			    const char **id)
{
	const char *one[] = { group };
	struct words ids;
	enum status st =
		security_groups_check(c, project_id, &(struct words){ one, 1 }, true, &ids);

	if (!st)
		*id = ids.list[0];
	return st;
}

enum status network_device_group_add(struct call *c, const char *device_id, const char *project_id,
				     const char *group)
{
	const char *id = NULL;
	size_t changed = 0;
	enum status st = group_of(c, project_id, group, &id);

	if (!st)
		st = change_groups(c, device_id, id, true, &changed);
	if (!st && !changed)
		st = fail(c, ST_BAD_INPUT, "security_group",
			  "the server has no port that can be in a security group");
	return st;
}

enum status network_device_group_remove(struct call *c, const char *device_id,
					const char *project_id, const char *group)
{
	const char *id = NULL;
	size_t changed = 0;
	enum status st = group_of(c, project_id, group, &id);

	if (!st)
		st = change_groups(c, device_id, id, false, &changed);
	if (!st && !changed)
		st = fail(c, ST_NOT_FOUND, "SecurityGroupNotFound",
			  "Security group %s not associated with the instance %s", group,
			  device_id);
	return st;
}
