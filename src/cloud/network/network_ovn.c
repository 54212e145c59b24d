/* SPDX-License-Identifier: Apache-2.0 */
/* The driver for OVN: each change is one transaction in its northbound database, made from a look at
 * the rows that are there; when somebody was faster, it looks again. */
#include <stdlib.h>
#include "cloud/network/network_ovn_rows.h"

enum { TRIES = 4, PATIENCE = 5 * 1000 * 1000 };
struct ovn {
	char *house;
	struct ovsdb *asks, *follows; /* a monitor has a connection of its own */
	struct ovsdb *hosts;          /* the southbound database; NULL: it is not asked */
};

static void ovn_close(void *state)
{
	struct ovn *o = state;

	if (!o)
		return;
	ovsdb_end(&o->asks);
	ovsdb_end(&o->follows);
	ovsdb_end(&o->hosts);
	free(o->house);
	free(o);
}

/* Commits, and looks again when somebody was faster. */
static bool again(struct call *c, enum status st, int tries)
{
	if (st != ST_CONFLICT || tries + 1 == TRIES)
		return false;
	call_forgive(c);
	return true;
}

static enum status settled(enum status st)
{
	return st == ST_CONFLICT ? ST_AWAY : st;
}

static enum status ovn_open(struct call *c, const char *where, const char *hosts, const char *house,
			    void **state)
{
	struct ovn *o = calloc(1, sizeof *o);
	const json_t *schema;

	if (o)
		o->house = strdup(house);
	if (!o || !o->house) {
		free(o);
		return fail(c, ST_INTERNAL, NULL, "no memory for the OVN driver");
	}
	o->asks = ovsdb_new(where, "OVN_Northbound", PATIENCE);
	o->follows = ovsdb_new(where, "OVN_Northbound", PATIENCE);
	if (hosts && *hosts)
		o->hosts = ovsdb_new(hosts, "OVN_Southbound", PATIENCE);
	enum status st = ovsdb_schema(c, o->asks, &schema);
	if (!st)
		st = ovn_schema_check(c, schema);
	if (st)
		ovn_close(o);
	else
		*state = o;
	return settled(st);
}

static const struct wanted_subnet *wanted_dhcp(const struct wanted_network *n, const char *id)
{
	for (size_t i = 0; i < n->subnets_count; i++)
		if (n->subnets[i].dhcp && str_eq(n->subnets[i].id, id))
			return &n->subnets[i];
	return NULL;
}

static enum status ovn_put_network(struct call *c, void *state, const struct wanted_network *want)
{
	struct network_survey found = { 0 };
	struct ovn *o = state;
	struct ovn_rows rows;
	struct ovsdb_ops t;
	enum status st;
	const char *id;
	json_t *row;

	for (int tries = 0;; tries++) {
		st = ovn_rows_read(c, o->asks, o->house, want->id, NULL, &rows);
		if (st)
			return settled(st);
		ovsdb_begin(c, o->asks, &t);
		ovn_network_ops(c, &t, &rows, want, &found);
		json_object_foreach(rows.dhcp, id, row)
		{
			if (!wanted_dhcp(want, id))
				ovn_drop_dhcp_ops(&t, ovsdb_row_uuid(row));
		}
		ovn_spare_ops(&t, &rows, &found);
		st = ovsdb_commit(c, o->asks, &t, NULL);
		if (!again(c, st, tries))
			return settled(st);
	}
}

static enum status ovn_drop_network(struct call *c, void *state, const char *id)
{
	struct ovn *o = state;
	struct ovsdb_ops t;

	ovsdb_begin(c, o->asks, &t);
	ovn_drop_network_ops(&t, id);
	return settled(ovsdb_commit(c, o->asks, &t, NULL));
}

/* What drops packets that no rule lets through stands before the first port that it protects. */
static enum status put_drop_group(struct call *c, struct ovn *o, const struct wanted_port *want,
				  struct ovn_rows *rows)
{
	struct network_survey found = { 0 };
	struct ovsdb_ops t;

	if (!want->port_security || want->router)
		return ST_OK;
	ovsdb_begin(c, o->asks, &t);
	ovn_drop_group_ops(c, &t, rows, &found);
	if (!t.count)
		return ST_OK;
	enum status st = ovsdb_commit(c, o->asks, &t, NULL);
	return st ? st
		  : ovn_port_groups_read(c, o->asks, want,
					 ovsdb_row_uuid(json_object_get(rows->ports, want->id)),
					 rows);
}

static enum status ovn_put_group(struct call *c, void *state, const struct wanted_group *want)
{
	struct network_survey found = { 0 };
	struct ovn *o = state;
	struct ovsdb_ops t;

	for (int tries = 0;; tries++) {
		struct ovn_rows rows = ovn_no_rows(c, o->house);
		enum status st = ovn_group_read(c, o->asks, want->id, &rows);
		if (st)
			return settled(st);
		ovsdb_begin(c, o->asks, &t);
		ovn_group_ops(c, &t, &rows, want, &found);
		st = ovsdb_commit(c, o->asks, &t, NULL);
		if (!again(c, st, tries))
			return settled(st);
	}
}

static enum status ovn_drop_group(struct call *c, void *state, const char *id)
{
	struct ovn *o = state;
	struct ovsdb_ops t;

	ovsdb_begin(c, o->asks, &t);
	ovn_remove_group_ops(c, &t, id);
	return settled(ovsdb_commit(c, o->asks, &t, NULL));
}

static bool leads_out(const struct wanted_router *r)
{
	for (size_t i = 0; i < r->ports_count; i++)
		if (r->ports[i].gateway)
			return true;
	return false;
}

static enum status ovn_put_router(struct call *c, void *state, const struct wanted_router *want)
{
	struct network_survey found = { 0 };
	struct ovn *o = state;
	struct ovsdb_ops t;

	for (int tries = 0;; tries++) {
		struct ovn_rows rows = ovn_no_rows(c, o->house);
		enum status st = ovn_router_read(c, o->asks, want->id, &rows);
		if (!st && o->hosts && leads_out(want))
			st = ovn_chassis_read(c, o->hosts, &rows.chassis);
		if (st)
			return settled(st);
		ovsdb_begin(c, o->asks, &t);
		ovn_router_ops(c, &t, &rows, want, &found);
		st = ovsdb_commit(c, o->asks, &t, NULL);
		if (!again(c, st, tries))
			return settled(st);
	}
}

static enum status ovn_drop_router(struct call *c, void *state, const char *id)
{
	struct ovn *o = state;
	struct ovsdb_ops t;

	ovsdb_begin(c, o->asks, &t);
	ovn_remove_router_ops(&t, id);
	return settled(ovsdb_commit(c, o->asks, &t, NULL));
}

static enum status ovn_put_port(struct call *c, void *state, const struct wanted_port *want)
{
	struct network_survey found = { 0 };
	struct ovn *o = state;
	struct ovn_rows rows;
	struct ovsdb_ops t;
	enum status st;

	for (int tries = 0;; tries++) {
		st = ovn_rows_read(c, o->asks, o->house, want->network_id, want->id, &rows);
		if (!st)
			st = ovn_port_groups_read(
				c, o->asks, want,
				ovsdb_row_uuid(json_object_get(rows.ports, want->id)), &rows);
		if (!st)
			st = put_drop_group(c, o, want, &rows);
		if (st && again(c, st, tries))
			continue;
		if (st)
			return settled(st);
		if (!json_object_get(rows.switches, want->network_id) ||
		    !ovn_groups_there(c, &rows, want))
			return fail(c, ST_NOT_FOUND, NULL,
				    "OVN has no switch for network %s, or no group for its port",
				    want->network_id);
		ovsdb_begin(c, o->asks, &t);
		ovn_port_ops(c, &t, &rows, want, &found);
		st = ovsdb_commit(c, o->asks, &t, NULL);
		if (!again(c, st, tries))
			return settled(st);
	}
}

static enum status ovn_drop_port(struct call *c, void *state, const char *id)
{
	struct ovn *o = state;
	struct ovn_rows rows;
	struct ovsdb_ops t;
	enum status st = ovn_rows_read(c, o->asks, o->house, "", id, &rows);

	if (st)
		return settled(st);
	const char *uuid = ovsdb_row_uuid(json_object_get(rows.ports, id));
	if (!uuid)
		return ST_OK;
	st = ovn_port_groups_read(c, o->asks, &(struct wanted_port){ .id = id }, uuid, &rows);
	if (st)
		return settled(st);
	ovsdb_begin(c, o->asks, &t);
	ovn_leave_groups_ops(c, &t, &rows, uuid);
	ovn_drop_port_ops(&t, uuid);
	return settled(ovsdb_commit(c, o->asks, &t, NULL));
}

/* Ids, each once. */
static void add(struct call *c, struct words *ids, size_t room, json_t *seen, const char *id)
{
	if (json_object_get(seen, id) || ids->count == room)
		return;
	json_object_set_new(seen, id, json_true());
	ids->list[ids->count++] = arena_strdup(c->arena, id);
}

static void survey_networks(struct call *c, const struct ovn_rows *rows, struct ovsdb_ops *t,
			    const struct wanted_all *want, struct network_survey *found)
{
	json_t *networks = ovsdb_kept(c, json_object()), *subnets = ovsdb_kept(c, json_object());
	json_t *seen = ovsdb_kept(c, json_object()), *row;
	size_t room = want->networks_count + json_object_size(rows->switches) +
		      json_object_size(rows->dhcp) + json_array_size(rows->spare);
	const char *id;

	found->networks.list = arena_array(c->arena, room + 1, sizeof(char *));
	for (size_t i = 0; i < want->networks_count; i++) {
		const struct wanted_network *n = &want->networks[i];
		size_t before = t->count;
		ovn_network_ops(c, t, rows, n, found);
		if (t->count > before)
			add(c, &found->networks, room, seen, n->id);
		json_object_set_new(networks, n->id, json_true());
		for (size_t k = 0; k < n->subnets_count; k++)
			if (n->subnets[k].dhcp)
				json_object_set_new(subnets, n->subnets[k].id, json_true());
	}
	json_object_foreach(rows->switches, id, row)
	{
		if (json_object_get(networks, id))
			continue;
		found->orphans++;
		add(c, &found->networks, room, seen, id);
	}
	json_object_foreach(rows->dhcp, id, row)
	{
		if (json_object_get(subnets, id))
			continue;
		found->orphans++;
		add(c, &found->networks, room, seen, ovn_network_of(row));
	}
	for (size_t i = 0; i < json_array_size(rows->spare); i++) {
		found->orphans++;
		add(c, &found->networks, room, seen,
		    json_string_value(json_array_get(json_array_get(rows->spare, i), 2)));
	}
}

static void survey_ports(struct call *c, const struct ovn_rows *rows, struct ovsdb_ops *t,
			 const struct wanted_all *want, struct network_survey *found)
{
	json_t *ports = ovsdb_kept(c, json_object()), *seen = ovsdb_kept(c, json_object()), *row;
	size_t room = want->ports_count + json_object_size(rows->ports);
	const char *id;

	found->ports.list = arena_array(c->arena, room + 1, sizeof(char *));
	for (size_t i = 0; i < want->ports_count; i++) {
		size_t before = t->count;
		ovn_port_ops(c, t, rows, &want->ports[i], found);
		if (t->count > before)
			add(c, &found->ports, room, seen, want->ports[i].id);
		json_object_set_new(ports, want->ports[i].id, json_true());
	}
	json_object_foreach(rows->ports, id, row)
	{
		if (json_object_get(ports, id))
			continue;
		found->orphans++;
		add(c, &found->ports, room, seen, id);
	}
}

static void survey_groups(struct call *c, const struct ovn_rows *rows, struct ovsdb_ops *t,
			  const struct wanted_all *want, struct network_survey *found)
{
	json_t *groups = ovsdb_kept(c, json_object()), *seen = ovsdb_kept(c, json_object()), *row;
	size_t room = want->groups_count + json_object_size(rows->groups);
	const char *name;

	found->groups.list = arena_array(c->arena, room + 1, sizeof(char *));
	for (size_t i = 0; i < want->groups_count; i++) {
		size_t before = t->count;
		ovn_group_ops(c, t, rows, &want->groups[i], found);
		if (t->count > before)
			add(c, &found->groups, room, seen, want->groups[i].id);
		json_object_set_new(groups, ovn_group_name(c, want->groups[i].id), json_true());
	}
	json_object_foreach(rows->groups, name, row)
	{
		if (json_object_get(groups, name) || str_eq(name, ovn_drop_name(c, rows->house)))
			continue;
		found->orphans++;
		add(c, &found->groups, room, seen, ovn_group_id(row));
	}
}

static void survey_routers(struct call *c, const struct ovn_rows *rows, struct ovsdb_ops *t,
			   const struct wanted_all *want, struct network_survey *found)
{
	json_t *routers = ovsdb_kept(c, json_object()), *seen = ovsdb_kept(c, json_object()), *row;
	size_t room = want->routers_count + json_object_size(rows->routers);
	const char *id;

	found->routers.list = arena_array(c->arena, room + 1, sizeof(char *));
	for (size_t i = 0; i < want->routers_count; i++) {
		size_t before = t->count;
		ovn_router_ops(c, t, rows, &want->routers[i], found);
		if (t->count > before)
			add(c, &found->routers, room, seen, want->routers[i].id);
		json_object_set_new(routers, want->routers[i].id, json_true());
	}
	json_object_foreach(rows->routers, id, row)
	{
		if (json_object_get(routers, id))
			continue;
		found->orphans++;
		add(c, &found->routers, room, seen, id);
	}
}

static bool any_leads_out(const struct wanted_all *want)
{
	for (size_t i = 0; i < want->routers_count; i++)
		if (leads_out(&want->routers[i]))
			return true;
	return false;
}

/* The group that drops is put again by each port that is: any of them sets it right. */
static void survey_drop_group(struct call *c, const struct ovn_rows *rows, struct ovsdb_ops *t,
			      const struct wanted_all *want, struct network_survey *found)
{
	for (size_t i = 0; i < want->ports_count; i++) {
		if (!want->ports[i].port_security || want->ports[i].router)
			continue;
		size_t before = t->count;
		ovn_drop_group_ops(c, t, rows, found);
		if (t->count > before && !found->ports.count)
			found->ports.list[found->ports.count++] = want->ports[i].id;
		return;
	}
}

/* The operations that would set things right are made and thrown away: putting what is wanted makes the
 * same ones from a fresh look. */
static enum status ovn_survey(struct call *c, void *state, const struct wanted_all *want,
			      struct network_survey *out)
{
	struct network_survey found = { 0 };
	struct ovn *o = state;
	struct ovn_rows rows;
	struct ovsdb_ops t;
	enum status st = ovn_rows_read(c, o->asks, o->house, NULL, NULL, &rows);

	if (!st)
		st = ovn_group_read(c, o->asks, NULL, &rows);
	if (!st)
		st = ovn_router_read(c, o->asks, NULL, &rows);
	if (!st && o->hosts && any_leads_out(want))
		st = ovn_chassis_read(c, o->hosts, &rows.chassis);
	if (st)
		return settled(st);
	ovsdb_begin(c, o->asks, &t);
	survey_networks(c, &rows, &t, want, &found);
	survey_ports(c, &rows, &t, want, &found);
	survey_groups(c, &rows, &t, want, &found);
	survey_routers(c, &rows, &t, want, &found);
	survey_drop_group(c, &rows, &t, want, &found);
	*out = found;
	return ST_OK;
}

struct updates {
	const char *house;
	struct port_bindings found;
};

static void hear(struct call *c, void *arg, const json_t *updates)
{
	json_t *rows = json_object_get(updates, "Logical_Switch_Port");
	struct updates *u = arg;
	struct port_bindings *b = &u->found;
	size_t more = json_object_size(rows);
	struct port_binding *list = arena_array(c->arena, b->count + more, sizeof *list);
	const char *uuid;
	json_t *update;

	if (b->count)
		memcpy(list, b->list, b->count * sizeof *list);
	b->list = list;
	json_object_foreach(rows, uuid, update)
	{
		const json_t *row = json_object_get(update, "new");
		const char *id = ovsdb_map_value(row, "external_ids", OVN_PORT_KEY);
		if (!id || !str_eq(ovsdb_map_value(row, "external_ids", OVN_HOUSE_KEY), u->house))
			continue; /* not ours, or gone */
		b->list[b->count++] = (struct port_binding){ .port_id = arena_strdup(c->arena, id),
							     .up = ovsdb_bool(row, "up", false) };
	}
}

static enum status ovn_bindings(struct call *c, void *state, struct port_bindings *out)
{
	static const char ports[] =
		"{\"Logical_Switch_Port\":[{\"columns\":[\"up\",\"external_ids\"]}]}";
	struct ovn *o = state;
	struct updates u = { .house = o->house };
	enum status st = ovsdb_follow(c, o->follows, ports, hear, &u, &u.found.all);

	if (!st)
		*out = u.found;
	return settled(st);
}

const struct network_driver network_ovn = {
	.name = "ovn",
	.about = "OVN, by its northbound database",
	.open = ovn_open,
	.close = ovn_close,
	.put_network = ovn_put_network,
	.drop_network = ovn_drop_network,
	.put_port = ovn_put_port,
	.put_group = ovn_put_group,
	.drop_group = ovn_drop_group,
	.put_router = ovn_put_router,
	.drop_router = ovn_drop_router,
	.drop_port = ovn_drop_port,
	.survey = ovn_survey,
	.bindings = ovn_bindings,
};
