/* SPDX-License-Identifier: Apache-2.0 */
/* A Logical_Switch for a network, DHCP_Options for a subnet that serves DHCP, a Logical_Switch_Port
 * for a port; each compared with what is wanted before anything is written. */
#include "cloud/network/network_ovn_rows.h"

static const char HOUSE[] = OVN_HOUSE_KEY, NETWORK[] = "yongyun:network",
		  SUBNET[] = "yongyun:subnet", PORT[] = OVN_PORT_KEY,
		  LOCALNET[] = "yongyun:localnet";
/* Twelve hours: long enough to outlive an outage of the control plane. */
static const char LEASE_SECONDS[] = "43200";

struct ovn_rows ovn_no_rows(struct call *c, const char *house)
{
	struct ovn_rows r = { .house = house, .spare = ovsdb_kept(c, json_array()) };
	json_t **const all[] = { &r.switches, &r.dhcp,         &r.ports,    &r.localnets,
				 &r.metadata, &r.groups,       &r.acls,     &r.members,
				 &r.routers,  &r.router_ports, &r.children, &r.names };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		*all[i] = ovsdb_kept(c, json_object());
	return r;
}

/* Ours is what says so and names our house: several clouds may share one OVN; of ports only what has the name that we give, for names are unique there. */
static void index_rows(struct ovn_rows *rows, json_t *into, const char *table, const char *key,
		       const json_t *result)
{
	const json_t *all = json_object_get(result, "rows");

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *row = json_array_get(all, i);
		const char *id = ovsdb_map_value(row, "external_ids", key);
		const char *network = ovsdb_map_value(row, "external_ids", NETWORK);
		const char *uuid = ovsdb_row_uuid(row);
		if (!id || !network || !uuid ||
		    !str_eq(ovsdb_map_value(row, "external_ids", HOUSE), rows->house) ||
		    (into == rows->ports && !str_eq(ovsdb_text(row, "name"), id)))
			continue;
		if (json_object_get(into, id))
			json_array_append_new(rows->spare,
					      json_pack("[sss]", table, uuid, network));
		else
			json_object_set(into, id, row);
	}
}

static const char *const switch_columns[] = { "_uuid", "name", "external_ids", NULL };
static const char *const dhcp_columns[] = { "_uuid", "cidr", "options", "external_ids", NULL };
static const char *const port_columns[] = { "_uuid",   "name",           "type",
					    "options", "addresses",      "port_security",
					    "enabled", "dhcpv4_options", "dhcpv6_options",
					    "tag",     "external_ids",   NULL };

static const char *const tables[] = { "Logical_Switch", "DHCP_Options", "Logical_Switch_Port",
				      "Logical_Switch_Port" };
static const char *const *const columns[] = { switch_columns, dhcp_columns, port_columns,
					      port_columns };

enum status ovn_columns_check(struct call *c, const json_t *schema, const char *table,
			      const char *const *wanted)
{
	const json_t *all = json_object_get(
		json_object_get(json_object_get(schema, "tables"), table), "columns");

	for (const char *const *column = wanted; *column; column++)
		if (!str_eq(*column, "_uuid") && !json_object_get(all, *column))
			return fail(c, ST_INTERNAL, NULL,
				    "this OVN's northbound database has no %s.%s", table, *column);
	return ST_OK;
}

enum status ovn_schema_check(struct call *c, const json_t *schema)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < 3; i++)
		st = ovn_columns_check(c, schema, tables[i], columns[i]);
	if (!st)
		st = ovn_group_schema_check(c, schema);
	return st ? st : ovn_router_schema_check(c, schema);
}

const char *ovn_network_of(const json_t *row)
{
	return ovsdb_map_value(row, "external_ids", NETWORK);
}

/* Localnet ports by their network: one each, of our own making. */
static void index_localnets(struct ovn_rows *rows, const json_t *result)
{
	const json_t *all = json_object_get(result, "rows");

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *row = json_array_get(all, i);
		const char *network = ovsdb_map_value(row, "external_ids", LOCALNET);
		if (network && str_eq(ovsdb_map_value(row, "external_ids", HOUSE), rows->house))
			json_object_set(rows->localnets, network, row);
	}
}

enum status ovn_rows_read(struct call *c, struct ovsdb *db, const char *house,
			  const char *network_id, const char *port_id, struct ovn_rows *out)
{
	static const char *const keys[] = { NETWORK, SUBNET, PORT };
	const json_t *results = NULL;
	struct ovsdb_ops t;

	ovsdb_begin(c, db, &t);
	for (size_t i = 0; i < (network_id && !port_id ? 4 : 3); i++) {
		struct json_out *j = ovsdb_op(&t, "select", tables[i]);
		if (i == 2 && port_id)
			ovsdb_where_text(j, "name", port_id);
		else if (i == 3)
			ovsdb_where_pair(j, "external_ids", OVN_METADATA_KEY, network_id);
		else if (i == 2 && network_id)
			ovsdb_where_pair(j, "external_ids", LOCALNET, network_id);
		else if (network_id)
			ovsdb_where_pair(j, "external_ids", NETWORK, network_id);
		else
			ovsdb_where_all(j);
		ovsdb_columns(j, columns[i]);
		ovsdb_op_end(&t);
	}
	enum status st = ovsdb_commit(c, db, &t, &results);
	if (st)
		return st;
	*out = ovn_no_rows(c, house);
	json_t *into[] = { out->switches, out->dhcp, out->ports };
	for (size_t i = 0; i < 3; i++)
		index_rows(out, into[i], tables[i], keys[i], json_array_get(results, i));
	index_localnets(out, json_array_get(results, 2));
	ovn_metadata_index(out, json_array_get(results, network_id && !port_id ? 3 : 2));
	return ST_OK;
}

/* Guards an insertion: nobody else may have inserted the same thing since we looked. */
void ovn_wait_for_none(struct ovsdb_ops *t, const char *table, const char *key, const char *id)
{
	struct json_out *j = ovsdb_op(t, "wait", table);

	ovsdb_where_pair(j, "external_ids", key, id);
	ovsdb_until_none(j);
	ovsdb_op_end(t);
}

void ovn_delete_row(struct ovsdb_ops *t, const char *table, const char *uuid)
{
	ovsdb_where_uuid(ovsdb_op(t, "delete", table), uuid);
	ovsdb_op_end(t);
}

void ovn_delete_ours(struct ovsdb_ops *t, const char *table, const char *key, const char *id)
{
	ovsdb_where_pair(ovsdb_op(t, "delete", table), "external_ids", key, id);
	ovsdb_op_end(t);
}

/* Opens the row of an insertion, or of an update of the row that is there. */
struct json_out *ovn_open_row(struct ovsdb_ops *t, const char *table, const char *uuid)
{
	struct json_out *j = ovsdb_op(t, uuid ? "update" : "insert", table);

	if (uuid)
		ovsdb_where_uuid(j, uuid);
	json_key(j, "row");
	json_object_begin(j);
	return j;
}

void ovn_close_row(struct ovsdb_ops *t)
{
	json_object_end(&t->j);
	ovsdb_op_end(t);
}

void ovn_close_port(struct ovsdb_ops *t, const char *network_id, const char *as)
{
	json_object_end(&t->j);
	if (as)
		json_put_str(&t->j, "uuid-name", as);
	ovsdb_op_end(t);
	if (!as)
		return;
	struct json_out *j = ovsdb_op(t, "mutate", "Logical_Switch");
	ovsdb_where_pair(j, "external_ids", NETWORK, network_id);
	ovsdb_mutate_set(j, "ports", "insert", "named-uuid", as);
	ovsdb_op_end(t);
}

static void switch_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		       const struct wanted_network *want, struct network_survey *found)
{
	const json_t *have = json_object_get(rows->switches, want->id);
	const char *name = arena_printf(c->arena, "yongyun-%s", want->id);
	struct map_pair ids[] = { { HOUSE, rows->house }, { NETWORK, want->id } };

	if (have && str_eq(ovsdb_text(have, "name"), name))
		return;
	if (!have)
		ovn_wait_for_none(t, "Logical_Switch", NETWORK, want->id);
	++*(have ? &found->changed : &found->missing);
	struct json_out *j = ovn_open_row(t, "Logical_Switch", ovsdb_row_uuid(have));
	json_put_str(j, "name", name);
	if (!have)
		ovsdb_put_map(j, "external_ids", &(struct map){ ids, 2 });
	ovn_close_row(t);
}

/* Where guests think DHCP comes from. A MAC address made of the subnet's id is the same after every
 * restart; 0e marks it as locally administered, so it is nobody's. */
static char *server_mac(struct call *c, const char *id)
{
	size_t n = strlen(id);
	char hex[11] = "0000000000";

	for (size_t to = 10; to && n; n--)
		if (id[n - 1] != '-')
			hex[--to] = id[n - 1];
	return arena_printf(c->arena, "0e:%.2s:%.2s:%.2s:%.2s:%.2s", hex, hex + 2, hex + 4, hex + 6,
			    hex + 8);
}

static const char *in_braces(struct call *c, const struct words *w)
{
	struct buf b = { .arena = c->arena };

	buf_char(&b, '{');
	for (size_t i = 0; i < w->count; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", w->list[i]);
	buf_char(&b, '}');
	return buf_text(&b);
}

/* RFC 3442: a client that gets routes ignores the router, so the default route stands here too. */
static const char *classless_routes(struct call *c, const struct wanted_network *n,
				    const struct wanted_subnet *s)
{
	struct words all = { arena_array(c->arena, s->host_routes_count + 2, sizeof(char *)), 0 };
	const char *metadata = ovn_metadata_route(n, s);

	for (size_t i = 0; i < s->host_routes_count; i++)
		all.list[all.count++] = arena_printf(c->arena, "%s,%s",
						     s->host_routes[i].destination,
						     s->host_routes[i].nexthop);
	if (metadata)
		all.list[all.count++] = metadata;
	if (s->gateway_ip)
		all.list[all.count++] = arena_printf(c->arena, "0.0.0.0/0,%s", s->gateway_ip);
	return in_braces(c, &all);
}

static struct map dhcp_options(struct call *c, const struct wanted_network *n,
			       const struct wanted_subnet *s)
{
	struct map m = { arena_array(c->arena, 8, sizeof(struct map_pair)), 0 };

	if (s->ip_version == 6) {
		m.list[m.count++] = (struct map_pair){ "server_id", server_mac(c, s->id) };
		if (s->stateless)
			m.list[m.count++] = (struct map_pair){ "dhcpv6_stateless", "true" };
	} else {
		/* Without a router the server still needs an address that no port can have. */
		const char *server = s->gateway_ip ? s->gateway_ip : "169.254.169.254";
		m.list[m.count++] = (struct map_pair){ "server_id", server };
		m.list[m.count++] = (struct map_pair){ "server_mac", server_mac(c, s->id) };
		m.list[m.count++] = (struct map_pair){ "lease_time", LEASE_SECONDS };
		m.list[m.count++] =
			(struct map_pair){ "mtu", arena_printf(c->arena, "%ld", (long)n->mtu) };
		if (s->gateway_ip)
			m.list[m.count++] = (struct map_pair){ "router", s->gateway_ip };
		if (s->host_routes_count || ovn_metadata_route(n, s))
			m.list[m.count++] = (struct map_pair){ "classless_static_route",
							       classless_routes(c, n, s) };
	}
	if (s->dns_nameservers.count)
		m.list[m.count++] =
			(struct map_pair){ "dns_server", in_braces(c, &s->dns_nameservers) };
	return m;
}

static void dhcp_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		     const struct wanted_network *n, const struct wanted_subnet *s,
		     struct network_survey *found)
{
	const json_t *have = json_object_get(rows->dhcp, s->id);
	struct map options = dhcp_options(c, n, s);
	struct map_pair pairs[] = { { HOUSE, rows->house }, { NETWORK, n->id }, { SUBNET, s->id } };
	struct map ids = { pairs, 3 };

	if (have && str_eq(ovsdb_text(have, "cidr"), s->cidr) &&
	    ovsdb_map_same(have, "options", &options) && ovsdb_map_same(have, "external_ids", &ids))
		return;
	if (!have)
		ovn_wait_for_none(t, "DHCP_Options", SUBNET, s->id);
	++*(have ? &found->changed : &found->missing);
	struct json_out *j = ovn_open_row(t, "DHCP_Options", ovsdb_row_uuid(have));
	json_put_str(j, "cidr", s->cidr);
	ovsdb_put_map(j, "options", &options);
	ovsdb_put_map(j, "external_ids", &ids);
	ovn_close_row(t);
}

/* The port that joins a switch to a network of the site: ovn-controller finds the bridge by its name in
 * each host's ovn-bridge-mappings. */
static void localnet_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
			 const struct wanted_network *want, struct network_survey *found)
{
	const json_t *have = json_object_get(rows->localnets, want->id);
	struct map_pair place[] = { { "network_name", want->physical_network } };
	struct map_pair pairs[] = { { HOUSE, rows->house }, { LOCALNET, want->id } };
	struct map options = { place, 1 }, ids = { pairs, 2 };
	const char *anybody[] = { "unknown" };
	const char *as = arena_printf(c->arena, "localnet_%zu", t->count);

	if (!want->physical_network)
		return;
	if (have && ovsdb_map_same(have, "options", &options) &&
	    json_integer_value(json_object_get(have, "tag")) == want->vlan)
		return;
	if (!have)
		ovn_wait_for_none(t, "Logical_Switch_Port", LOCALNET, want->id);
	++*(have ? &found->changed : &found->missing);
	struct json_out *j = ovn_open_row(t, "Logical_Switch_Port", ovsdb_row_uuid(have));
	json_put_str(j, "name", arena_printf(c->arena, "yongyun-localnet-%s", want->id));
	json_put_str(j, "type", "localnet");
	ovsdb_put_map(j, "options", &options);
	ovsdb_put_set(j, "addresses", &(struct words){ anybody, 1 });
	if (want->vlan)
		json_put_int(j, "tag", want->vlan);
	ovsdb_put_map(j, "external_ids", &ids);
	ovn_close_port(t, want->id, have ? NULL : as);
}

void ovn_network_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		     const struct wanted_network *want, struct network_survey *found)
{
	switch_ops(c, t, rows, want, found);
	localnet_ops(c, t, rows, want, found);
	ovn_metadata_ops(c, t, rows, want, found);
	for (size_t i = 0; i < want->subnets_count; i++)
		if (want->subnets[i].dhcp)
			dhcp_ops(c, t, rows, want, &want->subnets[i], found);
}

void ovn_spare_ops(struct ovsdb_ops *t, const struct ovn_rows *rows, struct network_survey *found)
{
	for (size_t i = 0; i < json_array_size(rows->spare); i++) {
		const json_t *one = json_array_get(rows->spare, i);
		const char *table = json_string_value(json_array_get(one, 0));
		found->orphans++;
		ovn_delete_row(t, table, json_string_value(json_array_get(one, 1)));
	}
}

struct port_row {
	const char *type;
	struct words addresses, port_security;
	struct map ids, options;
	const char *dhcp[2]; /* uuids of DHCP_Options for IPv4 and IPv6, or NULL */
};

/* Other addresses that it may use: beside its own MAC address in its own entry, else in one more. */
static void add_pairs(struct call *c, struct port_row *r, const struct wanted_port *want)
{
	struct buf own = { .arena = c->arena };

	buf_str(&own, r->port_security.list[0]);
	for (size_t i = 0; i < want->pairs_count; i++) {
		const struct wanted_pair *pair = &want->pairs[i];
		if (str_case_eq(pair->mac_address, want->mac_address)) {
			buf_printf(&own, " %s", pair->ip_address);
			continue;
		}
		r->port_security.list[r->port_security.count++] =
			arena_printf(c->arena, "%s %s", pair->mac_address, pair->ip_address);
		r->addresses.list[r->addresses.count++] = pair->mac_address;
	}
	r->port_security.list[0] = buf_text(&own);
}

static void router_row(struct call *c, struct port_row *r, const struct wanted_port *want)
{
	r->type = "router";
	r->addresses.list[0] = "router";
	r->addresses.count = 1;
	r->port_security.count = 0;
	r->dhcp[0] = r->dhcp[1] = NULL;
	r->options.list = arena_array(c->arena, 2, sizeof(struct map_pair));
	r->options.list[r->options.count++] =
		(struct map_pair){ "router-port", ovn_router_port_name(c, want->id) };
	/* Outside, its addresses and the floating ones are announced. */
	if (want->gateway)
		r->options.list[r->options.count++] =
			(struct map_pair){ "nat-addresses", "router" };
}

static struct port_row port_row(struct call *c, const struct ovn_rows *rows,
				const struct wanted_port *want)
{
	struct port_row r = { .type = "" };
	struct buf own = { .arena = c->arena };
	size_t room = want->pairs_count + 2;

	buf_str(&own, want->mac_address);
	for (size_t i = 0; i < want->fixed_ips_count; i++) {
		const struct network_fixed_ip *ip = &want->fixed_ips[i];
		const char **dhcp = &r.dhcp[strchr(ip->ip_address, ':') ? 1 : 0];
		buf_printf(&own, " %s", ip->ip_address);
		if (!*dhcp)
			*dhcp = ovsdb_row_uuid(json_object_get(rows->dhcp, ip->subnet_id));
	}
	r.addresses.list = arena_array(c->arena, room, sizeof(char *));
	r.port_security.list = arena_array(c->arena, room, sizeof(char *));
	r.addresses.list[r.addresses.count++] = buf_text(&own);
	/* Without port security the port gets what is for nobody else, and may send as anybody. */
	if (!want->port_security)
		r.addresses.list[r.addresses.count++] = "unknown";
	else
		r.port_security.list[r.port_security.count++] = buf_text(&own);
	if (want->port_security && want->pairs_count)
		add_pairs(c, &r, want);
	if (want->router)
		router_row(c, &r, want);
	r.ids = (struct map){ arena_array(c->arena, 3, sizeof(struct map_pair)), 3 };
	r.ids.list[0] = (struct map_pair){ NETWORK, want->network_id };
	r.ids.list[1] = (struct map_pair){ PORT, want->id };
	r.ids.list[2] = (struct map_pair){ HOUSE, rows->house };
	return r;
}

static bool same_uuid(const char *a, const char *b)
{
	return a && b ? str_eq(a, b) : a == b;
}

static bool port_same(const json_t *have, const struct wanted_port *want, const struct port_row *r)
{
	return str_eq(ovsdb_text(have, "name"), want->id) &&
	       str_eq(ovsdb_text(have, "type"), r->type) &&
	       (!want->router || ovsdb_map_same(have, "options", &r->options)) &&
	       ovsdb_set_same(have, "addresses", &r->addresses) &&
	       ovsdb_set_same(have, "port_security", &r->port_security) &&
	       ovsdb_bool(have, "enabled", true) == want->enabled &&
	       same_uuid(ovsdb_uuid(have, "dhcpv4_options"), r->dhcp[0]) &&
	       same_uuid(ovsdb_uuid(have, "dhcpv6_options"), r->dhcp[1]) &&
	       ovsdb_map_same(have, "external_ids", &r->ids);
}

void ovn_port_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		  const struct wanted_port *want, struct network_survey *found)
{
	const json_t *have = json_object_get(rows->ports, want->id);
	const char *uuid = ovsdb_row_uuid(have);
	struct port_row r = port_row(c, rows, want);
	const char *as = arena_printf(c->arena, "port_%zu", t->count);

	if (have && port_same(have, want, &r)) {
		ovn_member_ops(c, t, rows, want, "uuid", uuid, found);
		return;
	}
	++*(have ? &found->changed : &found->missing);
	struct json_out *j = ovn_open_row(t, "Logical_Switch_Port", uuid);
	json_put_str(j, "name", want->id);
	json_put_str(j, "type", r.type);
	/* A port that was a guest's may have become a router's, and the other way round. */
	if (want->router || !str_eq(have ? ovsdb_text(have, "type") : "", ""))
		ovsdb_put_map(j, "options", &r.options);
	ovsdb_put_set(j, "addresses", &r.addresses);
	ovsdb_put_set(j, "port_security", &r.port_security);
	json_put_bool(j, "enabled", want->enabled);
	ovsdb_put_uuid(j, "dhcpv4_options", "uuid", r.dhcp[0]);
	ovsdb_put_uuid(j, "dhcpv6_options", "uuid", r.dhcp[1]);
	ovsdb_put_map(j, "external_ids", &r.ids);
	ovn_close_port(t, want->network_id, have ? NULL : as);
	ovn_member_ops(c, t, rows, want, have ? "uuid" : "named-uuid", have ? uuid : as, found);
}

void ovn_drop_network_ops(struct ovsdb_ops *t, const char *id)
{
	/* Its ports' rows go with the switch: nothing else refers to them. */
	ovn_delete_ours(t, "Logical_Switch", NETWORK, id);
	ovn_delete_ours(t, "DHCP_Options", NETWORK, id);
}

void ovn_drop_dhcp_ops(struct ovsdb_ops *t, const char *uuid)
{
	ovn_delete_row(t, "DHCP_Options", uuid);
}

void ovn_drop_port_ops(struct ovsdb_ops *t, const char *uuid)
{
	struct json_out *j = ovsdb_op(t, "mutate", "Logical_Switch");

	/* Out of its switch, and with that away: a row that nothing refers to goes by itself. */
	ovsdb_where_has(j, "ports", uuid);
	ovsdb_mutate_set(j, "ports", "delete", "uuid", uuid);
	ovsdb_op_end(t);
}
