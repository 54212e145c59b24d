/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of Open vSwitch's database. */
#include "cloud/metadata/metadata_switch.h"
#include <unistd.h>
#include "base/clock.h"
#include "cloud/network/ovsdb_value.h"

static const char HOUSE[] = "yongyun:house", NETWORK[] = "yongyun:network", BRIDGE[] = "br-int";
static const char *const interface_columns[] = { "external_ids", NULL };
static const char *const port_columns[] = { "_uuid", "name", "external_ids", NULL };
static const char *const turns[] = { "next_cfg", "cur_cfg", NULL };

static void select_ours(struct ovsdb_ops *t, const char *house)
{
	struct json_out *j = ovsdb_op(t, "select", "Port");

	ovsdb_where_pair(j, "external_ids", HOUSE, house);
	ovsdb_columns(j, port_columns);
	ovsdb_op_end(t);
}

static const json_t *rows_of(const json_t *results, size_t i)
{
	return json_object_get(json_array_get(results, i), "rows");
}

enum status switch_read(struct call *c, struct ovsdb *db, const char *house,
			struct switch_view *out)
{
	struct switch_view v = { 0 };
	const json_t *results = NULL;
	struct ovsdb_ops t;

	ovsdb_begin(c, db, &t);
	struct json_out *j = ovsdb_op(&t, "select", "Interface");
	ovsdb_where_all(j);
	ovsdb_columns(j, interface_columns);
	ovsdb_op_end(&t);
	select_ours(&t, house);
	enum status st = ovsdb_commit(c, db, &t, &results);
	if (st)
		return st;
	const json_t *interfaces = rows_of(results, 0), *ports = rows_of(results, 1);
	v.plugged.list = arena_array(c->arena, json_array_size(interfaces) + 1, sizeof(char *));
	for (size_t i = 0; i < json_array_size(interfaces); i++) {
		const char *port =
			ovsdb_map_value(json_array_get(interfaces, i), "external_ids", "iface-id");
		if (port)
			v.plugged.list[v.plugged.count++] = port;
	}
	v.ours = arena_array(c->arena, json_array_size(ports) + 1, sizeof *v.ours);
	for (size_t i = 0; i < json_array_size(ports); i++) {
		const json_t *row = json_array_get(ports, i);
		const char *name = ovsdb_text(row, "name");
		const char *network = ovsdb_map_value(row, "external_ids", NETWORK);
		if (name && network)
			v.ours[v.ours_count++] = (struct switch_device){ name, network };
	}
	*out = v;
	return ST_OK;
}

static void hear(struct call *c, void *arg, const json_t *updates)
{
	bool *changed = arg;

	(void)c;
	if (json_object_size(json_object_get(updates, "Interface")))
		*changed = true;
}

enum status switch_follow(struct call *c, struct ovsdb *db, bool *changed)
{
	static const char interfaces[] = "{\"Interface\":[{\"columns\":[\"external_ids\"]}]}";
	bool afresh = false;
	enum status st = ovsdb_follow(c, db, interfaces, hear, changed, &afresh);

	if (!st && afresh)
		*changed = true;
	return st;
}

static void wait_for_none(struct ovsdb_ops *t, const char *name)
{
	struct json_out *j = ovsdb_op(t, "wait", "Port");

	ovsdb_where_text(j, "name", name);
	ovsdb_until_none(j);
	ovsdb_op_end(t);
}

/* Opens an insertion of a row that others refer to as 'as'; row_end() ends it. */
static struct json_out *row_begin(struct ovsdb_ops *t, const char *table, const char *as,
				  const char *name)
{
	struct json_out *j = ovsdb_op(t, "insert", table);

	json_put_str(j, "uuid-name", as);
	json_key(j, "row");
	json_object_begin(j);
	json_put_str(j, "name", name);
	return j;
}

static void row_end(struct ovsdb_ops *t)
{
	json_object_end(&t->j);
	ovsdb_op_end(t);
}

enum status switch_add(struct call *c, struct ovsdb *db, const char *house,
		       const struct switch_device *d, const char *port)
{
	struct map_pair is[] = { { "iface-id", port } };
	struct map_pair ids[] = { { HOUSE, house }, { NETWORK, d->network_id } };
	struct ovsdb_ops t;

	ovsdb_begin(c, db, &t);
	wait_for_none(&t, d->name);
	struct json_out *j = row_begin(&t, "Interface", "interface", d->name);
	json_put_str(j, "type", "internal");
	ovsdb_put_map(j, "external_ids", &(struct map){ is, 1 });
	row_end(&t);
	j = row_begin(&t, "Port", "port", d->name);
	ovsdb_put_uuid(j, "interfaces", "named-uuid", "interface");
	ovsdb_put_map(j, "external_ids", &(struct map){ ids, 2 });
	row_end(&t);
	j = ovsdb_op(&t, "mutate", "Bridge");
	ovsdb_where_text(j, "name", BRIDGE);
	ovsdb_mutate_set(j, "ports", "insert", "named-uuid", "port");
	ovsdb_op_end(&t);
	return ovsdb_commit(c, db, &t, NULL);
}

/* The switch daemon counts what it has carried out of what was asked for. */
static void ask_for_turn(struct ovsdb_ops *t)
{
	struct json_out *j = ovsdb_op(t, "mutate", "Open_vSwitch");

	ovsdb_where_all(j);
	json_key(j, "mutations");
	json_array_begin(j);
	json_array_begin(j);
	json_str(j, "next_cfg");
	json_str(j, "+=");
	json_int(j, 1);
	json_array_end(j);
	json_array_end(j);
	ovsdb_op_end(t);
}

static void select_turn(struct ovsdb_ops *t)
{
	struct json_out *j = ovsdb_op(t, "select", "Open_vSwitch");

	ovsdb_where_all(j);
	ovsdb_columns(j, turns);
	ovsdb_op_end(t);
}

static int64_t turn(const json_t *results, size_t i, const char *column)
{
	return json_integer_value(json_object_get(json_array_get(rows_of(results, i), 0), column));
}

static enum status wait_for_turn(struct call *c, struct ovsdb *db, int64_t wanted)
{
	int64_t until = clock_steady() + 2 * CLOCK_SECOND;
	const json_t *results = NULL;

	for (;;) {
		struct ovsdb_ops t;
		ovsdb_begin(c, db, &t);
		select_turn(&t);
		enum status st = ovsdb_commit(c, db, &t, &results);
		if (st || turn(results, 0, "cur_cfg") >= wanted)
			return st;
		if (clock_steady() > until)
			return fail(c, ST_TIMEOUT, NULL,
				    "Open vSwitch does nothing of what it is told");
		usleep(20000);
	}
}

enum status switch_drop(struct call *c, struct ovsdb *db, const char *house,
			const struct words *names)
{
	const json_t *results = NULL;
	struct ovsdb_ops t;
	size_t last;

	ovsdb_begin(c, db, &t);
	select_ours(&t, house);
	enum status st = ovsdb_commit(c, db, &t, &results);
	if (st)
		return st;
	const json_t *rows = rows_of(results, 0);
	ovsdb_begin(c, db, &t);
	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);
		const char *uuid = ovsdb_row_uuid(row);
		if (!uuid || !words_have(names, ovsdb_text(row, "name")))
			continue;
		struct json_out *j = ovsdb_op(&t, "mutate", "Bridge");
		ovsdb_where_has(j, "ports", uuid);
		ovsdb_mutate_set(j, "ports", "delete", "uuid", uuid);
		ovsdb_op_end(&t);
	}
	if (!t.count)
		return ST_OK;
	ask_for_turn(&t);
	last = t.count;
	select_turn(&t);
	st = ovsdb_commit(c, db, &t, &results);
	return st ? st : wait_for_turn(c, db, turn(results, last, "next_cfg"));
}
