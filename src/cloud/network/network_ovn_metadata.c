/* SPDX-License-Identifier: Apache-2.0 */
/* In OVN, where a network's guests find the metadata service: a port of type "localport", which every
 * host has for itself, and the route to it that DHCP tells. The route has no router: 169.254.169.254
 * lies on the network itself, so that the service takes none of its subnets' addresses. */
#include "cloud/network/network_metadata.h"
#include "cloud/network/network_ovn_rows.h"

#define ROUTE METADATA_ADDRESS "/32"

void ovn_metadata_index(struct ovn_rows *rows, const json_t *result)
{
	const json_t *all = json_object_get(result, "rows");

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *row = json_array_get(all, i);
		const char *network = ovsdb_map_value(row, "external_ids", OVN_METADATA_KEY);
		if (network &&
		    str_eq(ovsdb_map_value(row, "external_ids", OVN_HOUSE_KEY), rows->house))
			json_object_set(rows->metadata, network, row);
	}
}

const char *ovn_metadata_route(const struct wanted_network *n, const struct wanted_subnet *s)
{
	if (!n->metadata || s->ip_version != 4)
		return NULL;
	for (size_t i = 0; i < s->host_routes_count; i++)
		if (str_eq(s->host_routes[i].destination, ROUTE))
			return NULL;
	return ROUTE ",0.0.0.0";
}

static void drop_ops(struct ovsdb_ops *t, const json_t *have, struct network_survey *found)
{
	found->orphans++;
	ovn_drop_port_ops(t, ovsdb_row_uuid(have));
}

void ovn_metadata_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		      const struct wanted_network *want, struct network_survey *found)
{
	const json_t *have = json_object_get(rows->metadata, want->id);
	const char *name = network_metadata_port(c, want->id);
	const char *address =
		arena_printf(c->arena, "%s " METADATA_ADDRESS, network_metadata_mac(c, want->id));
	struct words addresses = { &address, 1 };
	struct map_pair pairs[] = { { OVN_HOUSE_KEY, rows->house },
				    { OVN_METADATA_KEY, want->id } };
	const char *as = arena_printf(c->arena, "metadata_%zu", t->count);

	if (have && !want->metadata)
		drop_ops(t, have, found);
	if (!want->metadata ||
	    (have && str_eq(ovsdb_text(have, "name"), name) &&
	     str_eq(ovsdb_text(have, "type"), "localport") && ovsdb_bool(have, "enabled", true) &&
	     ovsdb_set_same(have, "addresses", &addresses)))
		return;
	if (!have)
		ovn_wait_for_none(t, "Logical_Switch_Port", OVN_METADATA_KEY, want->id);
	++*(have ? &found->changed : &found->missing);
	struct json_out *j = ovn_open_row(t, "Logical_Switch_Port", ovsdb_row_uuid(have));
	json_put_str(j, "name", name);
	json_put_str(j, "type", "localport");
	json_put_bool(j, "enabled", true);
	ovsdb_put_set(j, "addresses", &addresses);
	ovsdb_put_map(j, "external_ids", &(struct map){ pairs, 2 });
	ovn_close_port(t, want->id, have ? NULL : as);
}
