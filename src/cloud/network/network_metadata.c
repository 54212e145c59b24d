/* SPDX-License-Identifier: Apache-2.0 */
/* What the metadata service asks of networks. */
#include "cloud/network/network_metadata.h"
#include "base/id.h"
#include "cloud/network/network_private.h"
#include "cloud/network/network_router.h"

const char *network_metadata_port(struct call *c, const char *network_id)
{
	return arena_printf(c->arena, "yongyun-metadata-%s", network_id);
}

/* The last ten digits of an id are random; 0a marks the address as locally administered, and is not what
 * DHCP servers have. */
const char *network_metadata_mac(struct call *c, const char *network_id)
{
	const char *hex = network_id + strlen(network_id) - 10;

	return arena_printf(c->arena, "0a:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4, hex + 6,
			    hex + 8);
}

enum status network_house(struct call *c, const char **id)
{
	return network_store_house(c, id);
}

/* Those that can be ids of ours, one behind the other. */
static const char *joined(struct call *c, const struct words *ids)
{
	struct buf b = { .arena = c->arena };

	for (size_t i = 0; i < ids->count; i++)
		if (strlen(ids->list[i]) == 36 && id_valid(ids->list[i]))
			buf_str(&b, ids->list[i]);
	return buf_text(&b);
}

static void add_cidrs(struct call *c, struct metadata_network *n, const struct metadata_cidr *all,
		      size_t count)
{
	n->cidrs.list = arena_array(c->arena, count + 1, sizeof(char *));
	for (size_t i = 0; i < count; i++)
		if (str_eq(all[i].network_id, n->id))
			n->cidrs.list[n->cidrs.count++] = all[i].cidr;
}

enum status network_metadata_networks(struct call *c, const struct words *port_ids,
				      struct metadata_network **list, size_t *n)
{
	const char *ids = joined(c, port_ids);
	struct metadata_cidr *cidrs;
	size_t count;

	*n = 0;
	if (!*ids)
		return ST_OK;
	enum status st = network_store_metadata_networks(c, ids, list, n);
	if (!st)
		st = network_store_metadata_cidrs(c, ids, &cidrs, &count);
	for (size_t i = 0; !st && i < *n; i++)
		add_cidrs(c, &(*list)[i], cidrs, count);
	return st;
}

enum status network_metadata_known(struct call *c, const struct words *network_ids,
				   struct words *known)
{
	const char *ids = joined(c, network_ids);

	*known = (struct words){ 0 };
	return *ids ? network_store_metadata_known(c, ids, known) : ST_OK;
}

enum status network_holder(struct call *c, const char *network_id, const char *address,
			   struct network_holder *out)
{
	struct metadata_cidr *subnets;
	struct prefix p;
	struct ip ip;
	size_t n;

	if (!ip_read(address, &ip) || ip.version != 4)
		return ST_NOT_FOUND;
	enum status st = network_store_metadata_subnets(c, network_id, &subnets, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (prefix_read(subnets[i].cidr, &p) && prefix_has(&p, &ip))
			return network_store_holder(c, subnets[i].subnet_id,
						    network_host_of(&p, &ip), out);
	return st ? st : ST_NOT_FOUND;
}

enum status network_floating_of(struct call *c, const char *port_id, const char **address)
{
	struct floating *list;
	size_t n;
	enum status st = floating_store_list(c, &(struct floating_select){ .port_id = port_id }, "",
					     1, &list, &n);

	if (!st)
		*address = n ? list->floating_ip_address : "";
	return st;
}
