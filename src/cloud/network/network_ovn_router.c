/* SPDX-License-Identifier: Apache-2.0 */
/* A Logical_Router for a router, with its ports, static routes and address translations. Which hosts may
 * carry a gateway is read from OVN's southbound database. */
#include <stdlib.h>
#include "cloud/network/network_ovn_rows.h"

static const char ROUTER[] = "yongyun:router";
enum { CHASSIS_MAX = 5 /* a gateway's host, and those that take over */ };

static const char *const router_columns[] = { "_uuid", "name",          "enabled",      "ports",
					      "nat",   "static_routes", "external_ids", NULL };
static const char *const port_columns[] = {
	"_uuid",           "name",         "mac", "networks", "gateway_chassis",
	"ipv6_ra_configs", "external_ids", NULL
};
static const char *const route_columns[] = { "_uuid", "ip_prefix", "nexthop", "external_ids",
					     NULL };
static const char *const nat_columns[] = { "_uuid",      "type",         "external_ip",
					   "logical_ip", "external_ids", NULL };
static const char *const chassis_columns[] = { "_uuid",    "name",         "chassis_name",
					       "priority", "external_ids", NULL };

static const struct {
	const char *table;
	const char *const *columns;
} tables[] = { { "Logical_Router", router_columns },
	       { "Logical_Router_Port", port_columns },
	       { "Logical_Router_Static_Route", route_columns },
	       { "NAT", nat_columns },
	       { "Gateway_Chassis", chassis_columns } };
enum { ROUTERS, PORTS, ROUTES, NATS, CHASSIS, TABLES };

enum status ovn_router_schema_check(struct call *c, const json_t *schema)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < TABLES; i++)
		st = ovn_columns_check(c, schema, tables[i].table, tables[i].columns);
	return st;
}

const char *ovn_router_port_name(struct call *c, const char *port_id)
{
	return arena_printf(c->arena, "lrp-%s", port_id);
}

/* --- reading --- */

static const char *child_key(struct call *c, const char *router, size_t table)
{
	return arena_printf(c->arena, "%s/%s", tables[table].table, router);
}

static void index_row(struct call *c, struct ovn_rows *rows, size_t table, json_t *row)
{
	const char *router = ovsdb_map_value(row, "external_ids", ROUTER);
	const char *house = ovsdb_map_value(row, "external_ids", OVN_HOUSE_KEY);
	const char *port = ovsdb_map_value(row, "external_ids", OVN_PORT_KEY);

	if (!router || !house || !str_eq(house, rows->house) || !ovsdb_row_uuid(row))
		return;
	if (table == ROUTERS) {
		json_object_set(rows->routers, router, row);
		return;
	}
	if (table == PORTS && port)
		json_object_set(rows->router_ports, port, row);
	if (table == CHASSIS && ovsdb_text(row, "name"))
		json_object_set(rows->names, ovsdb_text(row, "name"), row);
	const char *key = child_key(c, router, table);
	if (!json_object_get(rows->children, key))
		json_object_set_new(rows->children, key, json_array());
	json_array_append(json_object_get(rows->children, key), row);
}

enum status ovn_router_read(struct call *c, struct ovsdb *db, const char *id, struct ovn_rows *out)
{
	const json_t *results = NULL;
	struct ovsdb_ops t;

	ovsdb_begin(c, db, &t);
	for (size_t i = 0; i < TABLES; i++) {
		struct json_out *j = ovsdb_op(&t, "select", tables[i].table);
		if (id)
			ovsdb_where_pair(j, "external_ids", ROUTER, id);
		else
			ovsdb_where_all(j);
		ovsdb_columns(j, tables[i].columns);
		ovsdb_op_end(&t);
	}
	enum status st = ovsdb_commit(c, db, &t, &results);
	for (size_t i = 0; !st && i < TABLES; i++) {
		const json_t *all = json_object_get(json_array_get(results, i), "rows");
		for (size_t k = 0; k < json_array_size(all); k++)
			index_row(c, out, i, json_array_get(all, k));
	}
	return st;
}

static bool says_gateway(const json_t *row)
{
	const char *a = ovsdb_map_value(row, "other_config", "ovn-cms-options");
	const char *b = ovsdb_map_value(row, "external_ids", "ovn-cms-options");

	return (a && strstr(a, "enable-chassis-as-gw")) || (b && strstr(b, "enable-chassis-as-gw"));
}

enum status ovn_chassis_read(struct call *c, struct ovsdb *southbound, struct words *out)
{
	static const char *const columns[] = { "name", "other_config", "external_ids", NULL };
	const json_t *results = NULL;
	struct ovsdb_ops t;
	bool some = false;

	ovsdb_begin(c, southbound, &t);
	struct json_out *j = ovsdb_op(&t, "select", "Chassis");
	ovsdb_where_all(j);
	ovsdb_columns(j, columns);
	ovsdb_op_end(&t);
	enum status st = ovsdb_commit(c, southbound, &t, &results);
	if (st)
		return st;
	const json_t *all = json_object_get(json_array_get(results, 0), "rows");
	for (size_t i = 0; i < json_array_size(all); i++)
		some = some || says_gateway(json_array_get(all, i));
	out->list = arena_array(c->arena, json_array_size(all) + 1, sizeof(char *));
	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *row = json_array_get(all, i);
		if (ovsdb_text(row, "name") && (!some || says_gateway(row)))
			out->list[out->count++] = ovsdb_text(row, "name");
	}
	return ST_OK;
}

/* --- which hosts --- */

struct ranked {
	const char *name;
	uint64_t weight;
};

static int heavier_first(const void *a_, const void *b_)
{
	const struct ranked *a = a_, *b = b_;

	return a->weight > b->weight ? -1 : a->weight < b->weight;
}

/* FNV-1a over both names: each router has an order of its own, which stays the same for those that stay
 * when a host comes or goes (rendezvous hashing, Thaler and Ravishankar 1998). */
static uint64_t weight_of(const char *router, const char *chassis)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (const char *p = router; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	for (const char *p = chassis; *p; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(1099511628211);
	return h;
}

static size_t choose_chassis(struct call *c, const struct ovn_rows *rows, const char *router,
			     struct ranked **out)
{
	struct ranked *all = arena_array(c->arena, rows->chassis.count + 1, sizeof *all);

	for (size_t i = 0; i < rows->chassis.count; i++)
		all[i] = (struct ranked){ rows->chassis.list[i],
					  weight_of(router, rows->chassis.list[i]) };
	qsort(all, rows->chassis.count, sizeof *all, heavier_first);
	*out = all;
	return rows->chassis.count < CHASSIS_MAX ? rows->chassis.count : CHASSIS_MAX;
}

/* --- writing --- */

/* What one transaction is being put together from. */
struct putting {
	struct call *c;
	struct ovsdb_ops *t;
	const struct ovn_rows *rows;
	const struct wanted_router *want;
	struct network_survey *found;
};

static void put_ids(struct putting *p, struct json_out *j, const char *port)
{
	struct map_pair ids[] = { { OVN_HOUSE_KEY, p->rows->house },
				  { ROUTER, p->want->id },
				  { OVN_PORT_KEY, port } };

	ovsdb_put_map(j, "external_ids", &(struct map){ ids, port ? 3 : 2 });
}

/* Ends the insertion of a row; others refer to it by what comes back. */
static struct ovn_ref inserted(struct putting *p, struct json_out *j, const char *as)
{
	json_object_end(j);
	json_put_str(j, "uuid-name", as);
	ovsdb_op_end(p->t);
	return (struct ovn_ref){ "named-uuid", as };
}

static const char *new_name(struct putting *p)
{
	return arena_printf(p->c->arena, "row_%zu", p->t->count);
}

static struct ovn_ref ref_to(const json_t *row)
{
	return (struct ovn_ref){ "uuid", ovsdb_row_uuid(row) };
}

/* Whether a column's set of uuids is exactly these rows, all of which are there. */
static bool refs_same(const json_t *row, const char *column, const struct ovn_ref *refs, size_t n)
{
	const json_t *set = json_object_get(row, column), *list = json_array_get(set, 1);
	bool one = str_eq(json_string_value(json_array_get(set, 0)), "uuid");
	size_t found = 0, size = one ? 1 : json_array_size(list);

	if (size != n)
		return false;
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < size; k++) {
			const json_t *id = one ? list : json_array_get(json_array_get(list, k), 1);
			if (str_eq(refs[i].kind, "uuid") && json_string_value(id) &&
			    str_eq(json_string_value(id), refs[i].id)) {
				found++;
				break;
			}
		}
	}
	return found == n;
}

static size_t put_chassis(struct putting *p, const struct wanted_router_port *port,
			  struct ovn_ref *refs)
{
	struct ranked *hosts;
	size_t n = port->gateway ? choose_chassis(p->c, p->rows, p->want->id, &hosts) : 0;

	for (size_t i = 0; i < n; i++) {
		const char *name = arena_printf(
			p->c->arena, "%s_%s", ovn_router_port_name(p->c, port->id), hosts[i].name);
		const json_t *have = json_object_get(p->rows->names, name);
		int64_t priority = CHASSIS_MAX - (int64_t)i;
		if (have && json_integer_value(json_object_get(have, "priority")) == priority) {
			refs[i] = ref_to(have);
			continue;
		}
		const char *as = new_name(p);
		struct json_out *j = ovn_open_row(p->t, "Gateway_Chassis", ovsdb_row_uuid(have));
		json_put_str(j, "name", name);
		json_put_str(j, "chassis_name", hosts[i].name);
		json_put_int(j, "priority", priority);
		put_ids(p, j, NULL);
		if (have) {
			ovn_close_row(p->t);
			refs[i] = ref_to(have);
		} else {
			refs[i] = inserted(p, j, as);
		}
	}
	return n;
}

static struct map ra_configs(struct putting *p, const struct wanted_router_port *port)
{
	struct map m = { arena_array(p->c->arena, 3, sizeof(struct map_pair)), 0 };
	const char *mode = port->ra_mode;

	if (!mode)
		return m;
	m.list[m.count++] = (struct map_pair){ "address_mode", str_eq(mode, "slaac") ? "slaac"
							       : str_eq(mode, "dhcpv6-stateful")
								       ? "dhcpv6_stateful"
								       : "dhcpv6_stateless" };
	m.list[m.count++] = (struct map_pair){ "send_periodic", "true" };
	m.list[m.count++] =
		(struct map_pair){ "mtu", arena_printf(p->c->arena, "%ld", (long)port->mtu) };
	return m;
}

static struct ovn_ref put_port(struct putting *p, const struct wanted_router_port *port)
{
	const json_t *have = json_object_get(p->rows->router_ports, port->id);
	struct ovn_ref chassis[CHASSIS_MAX];
	size_t before = p->t->count, n = put_chassis(p, port, chassis);
	struct map ra = ra_configs(p, port);

	if (have && p->t->count == before && str_eq(ovsdb_text(have, "mac"), port->mac_address) &&
	    ovsdb_set_same(have, "networks", &port->networks) &&
	    ovsdb_map_same(have, "ipv6_ra_configs", &ra) &&
	    refs_same(have, "gateway_chassis", chassis, n))
		return ref_to(have);
	const char *as = new_name(p);
	struct json_out *j = ovn_open_row(p->t, "Logical_Router_Port", ovsdb_row_uuid(have));
	json_put_str(j, "name", ovn_router_port_name(p->c, port->id));
	json_put_str(j, "mac", port->mac_address);
	ovsdb_put_set(j, "networks", &port->networks);
	ovsdb_put_map(j, "ipv6_ra_configs", &ra);
	ovn_put_refs(j, "gateway_chassis", chassis, n);
	put_ids(p, j, port->id);
	if (!have)
		return inserted(p, j, as);
	ovn_close_row(p->t);
	return ref_to(have);
}

static const json_t *child(struct putting *p, size_t table, const char *const *names,
			   const char *const *values)
{
	const json_t *all = json_object_get(p->rows->children, child_key(p->c, p->want->id, table));

	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *row = json_array_get(all, i);
		bool same = true;
		for (size_t k = 0; names[k]; k++)
			same = same && ovsdb_text(row, names[k]) &&
			       str_eq(ovsdb_text(row, names[k]), values[k]);
		if (same)
			return row;
	}
	return NULL;
}

/* A route or a translation says all there is of it in its texts: it is there, or it is inserted. */
static struct ovn_ref put_child(struct putting *p, size_t table, const char *const *names,
				const char *const *values)
{
	const json_t *have = child(p, table, names, values);

	if (have)
		return ref_to(have);
	const char *as = new_name(p);
	struct json_out *j = ovn_open_row(p->t, tables[table].table, NULL);
	for (size_t k = 0; names[k]; k++)
		json_put_str(j, names[k], values[k]);
	put_ids(p, j, NULL);
	return inserted(p, j, as);
}

static struct ovn_ref *put_routes(struct putting *p)
{
	static const char *const names[] = { "ip_prefix", "nexthop", NULL };
	struct ovn_ref *refs = arena_array(p->c->arena, p->want->routes_count + 1, sizeof *refs);

	for (size_t i = 0; i < p->want->routes_count; i++) {
		const char *values[] = { p->want->routes[i].destination,
					 p->want->routes[i].nexthop };
		refs[i] = put_child(p, ROUTES, names, values);
	}
	return refs;
}

static struct ovn_ref *put_nats(struct putting *p)
{
	static const char *const names[] = { "type", "external_ip", "logical_ip", NULL };
	struct ovn_ref *refs = arena_array(p->c->arena, p->want->nats_count + 1, sizeof *refs);

	for (size_t i = 0; i < p->want->nats_count; i++) {
		const char *values[] = { p->want->nats[i].type, p->want->nats[i].external_ip,
					 p->want->nats[i].logical_ip };
		refs[i] = put_child(p, NATS, names, values);
	}
	return refs;
}

void ovn_router_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		    const struct wanted_router *want, struct network_survey *found)
{
	struct putting p = { c, t, rows, want, found };
	const json_t *have = json_object_get(rows->routers, want->id);
	struct ovn_ref *ports = arena_array(c->arena, want->ports_count + 1, sizeof *ports);
	size_t before = t->count;

	if (!have)
		ovn_wait_for_none(t, "Logical_Router", ROUTER, want->id);
	for (size_t i = 0; i < want->ports_count; i++)
		ports[i] = put_port(&p, &want->ports[i]);
	struct ovn_ref *routes = put_routes(&p), *nats = put_nats(&p);
	if (have && t->count == before && ovsdb_bool(have, "enabled", true) == want->enabled &&
	    refs_same(have, "ports", ports, want->ports_count) &&
	    refs_same(have, "static_routes", routes, want->routes_count) &&
	    refs_same(have, "nat", nats, want->nats_count))
		return;
	++*(have ? &found->changed : &found->missing);
	struct json_out *j = ovn_open_row(t, "Logical_Router", ovsdb_row_uuid(have));
	json_put_str(j, "name", arena_printf(c->arena, "yongyun-%s", want->id));
	json_put_bool(j, "enabled", want->enabled);
	ovn_put_refs(j, "ports", ports, want->ports_count);
	ovn_put_refs(j, "static_routes", routes, want->routes_count);
	ovn_put_refs(j, "nat", nats, want->nats_count);
	put_ids(&p, j, NULL);
	ovn_close_row(t);
}

void ovn_remove_router_ops(struct ovsdb_ops *t, const char *id)
{
	/* What belongs to it goes with it: nothing else refers to that. */
	ovn_delete_ours(t, "Logical_Router", ROUTER, id);
}
