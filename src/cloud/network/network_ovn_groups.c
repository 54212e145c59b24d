/* SPDX-License-Identifier: Apache-2.0 */
/* A Port_Group with its ACLs for a security group. OVN makes sets of a group's addresses by itself,
 * which rules about members of another group name. All ports with port security are in one more group,
 * whose ACLs drop what no rule lets through. */
#include "cloud/network/network_address.h"
#include "cloud/network/network_ovn_rows.h"

static const char GROUP[] = "yongyun:group", RULE[] = "yongyun:rule", DROP[] = "drop";
enum { PRIORITY_DROP = 1001, PRIORITY_ALLOW = 1002 };

static const char *const group_columns[] = {
	"_uuid", "name", "ports", "acls", "external_ids", NULL
};
static const char *const acl_columns[] = { "_uuid",  "direction",    "priority", "match",
					   "action", "external_ids", NULL };

enum status ovn_group_schema_check(struct call *c, const json_t *schema)
{
	enum status st = ovn_columns_check(c, schema, "Port_Group", group_columns);

	return st ? st : ovn_columns_check(c, schema, "ACL", acl_columns);
}

/* A Port_Group's name is a word of OVN's match language. */
static const char *name_of(struct call *c, const char *prefix, const char *id)
{
	char *name = arena_printf(c->arena, "%s%s", prefix, id);

	for (char *p = name; *p; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

const char *ovn_group_name(struct call *c, const char *id)
{
	return name_of(c, "yongyun_", id);
}

const char *ovn_drop_name(struct call *c, const char *house)
{
	return name_of(c, "yongyun_drop_", house);
}

const char *ovn_group_id(const json_t *row)
{
	return ovsdb_map_value(row, "external_ids", GROUP);
}

void ovn_put_refs(struct json_out *j, const char *column, const struct ovn_ref *refs, size_t n)
{
	json_key(j, column);
	json_array_begin(j);
	json_str(j, "set");
	json_array_begin(j);
	for (size_t i = 0; i < n; i++) {
		json_array_begin(j);
		json_str(j, refs[i].kind);
		json_str(j, refs[i].id);
		json_array_end(j);
	}
	json_array_end(j);
	json_array_end(j);
}

/* --- reading --- */

static void note_member(struct ovn_rows *rows, const char *uuid, const char *name)
{
	json_t *names = json_object_get(rows->members, uuid);

	if (!names) {
		names = json_object();
		json_object_set_new(rows->members, uuid, names);
	}
	json_object_set_new(names, name, json_true());
}

/* The uuids of a set: ["set", [["uuid", x], …]], or the one ["uuid", x]. */
static void note_members(struct ovn_rows *rows, const json_t *row, const char *name)
{
	const json_t *set = json_object_get(row, "ports");
	const json_t *list = json_array_get(set, 1);

	if (str_eq(json_string_value(json_array_get(set, 0)), "uuid")) {
		if (json_string_value(list))
			note_member(rows, json_string_value(list), name);
		return;
	}
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *uuid = json_string_value(json_array_get(json_array_get(list, i), 1));
		if (uuid)
			note_member(rows, uuid, name);
	}
}

static bool ours(const struct ovn_rows *rows, const json_t *row)
{
	const char *house = ovsdb_map_value(row, "external_ids", OVN_HOUSE_KEY);

	return house && str_eq(house, rows->house);
}

static void index_groups(struct ovn_rows *rows, const json_t *result)
{
	const json_t *all = json_object_get(result, "rows");

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *row = json_array_get(all, i);
		const char *name = ovsdb_text(row, "name");
		if (!name || !ovn_group_id(row) || !ovsdb_row_uuid(row) || !ours(rows, row))
			continue;
		json_object_set(rows->groups, name, row);
		note_members(rows, row, name);
	}
}

static void index_acls(struct ovn_rows *rows, const json_t *result)
{
	const json_t *all = json_object_get(result, "rows");

	for (size_t i = 0; i < json_array_size(all); i++) {
		json_t *row = json_array_get(all, i);
		const char *group = ovn_group_id(row);
		if (!group || !ours(rows, row))
			continue;
		if (!json_object_get(rows->acls, group))
			json_object_set_new(rows->acls, group, json_array());
		json_array_append(json_object_get(rows->acls, group), row);
	}
}

static void select_groups(struct ovsdb_ops *t, const char *name)
{
	struct json_out *j = ovsdb_op(t, "select", "Port_Group");

	if (name)
		ovsdb_where_text(j, "name", name);
	else
		ovsdb_where_all(j);
	ovsdb_columns(j, group_columns);
	ovsdb_op_end(t);
}

static void select_acls(struct ovsdb_ops *t, const char *group)
{
	struct json_out *j = ovsdb_op(t, "select", "ACL");

	if (group)
		ovsdb_where_pair(j, "external_ids", GROUP, group);
	else
		ovsdb_where_all(j);
	ovsdb_columns(j, acl_columns);
	ovsdb_op_end(t);
}

enum status ovn_port_groups_read(struct call *c, struct ovsdb *db, const struct wanted_port *want,
				 const char *uuid, struct ovn_rows *out)
{
	const json_t *results = NULL;
	struct ovsdb_ops t;
	size_t groups = want->groups.count + 1;

	ovsdb_begin(c, db, &t);
	for (size_t i = 0; i < want->groups.count; i++)
		select_groups(&t, ovn_group_name(c, want->groups.list[i]));
	select_groups(&t, ovn_drop_name(c, out->house));
	if (uuid) {
		struct json_out *j = ovsdb_op(&t, "select", "Port_Group");
		ovsdb_where_has(j, "ports", uuid);
		ovsdb_columns(j, group_columns);
		ovsdb_op_end(&t);
		groups++;
	}
	/* Several clouds in one OVN have one of these each. */
	select_acls(&t, DROP);
	enum status st = ovsdb_commit(c, db, &t, &results);
	for (size_t i = 0; !st && i < groups; i++)
		index_groups(out, json_array_get(results, i));
	if (!st)
		index_acls(out, json_array_get(results, groups));
	return st;
}

enum status ovn_group_read(struct call *c, struct ovsdb *db, const char *id, struct ovn_rows *out)
{
	const json_t *results = NULL;
	struct ovsdb_ops t;

	ovsdb_begin(c, db, &t);
	select_groups(&t, id ? ovn_group_name(c, id) : NULL);
	select_acls(&t, id);
	enum status st = ovsdb_commit(c, db, &t, &results);
	if (st)
		return st;
	index_groups(out, json_array_get(results, 0));
	index_acls(out, json_array_get(results, 1));
	return ST_OK;
}

/* --- ACLs --- */

struct acl {
	const char *id, *direction, *match, *action;
	int64_t priority;
};

static void match_ports(struct buf *b, const struct wanted_rule *r)
{
	const char *name = r->protocol == 6 ? "tcp" : r->protocol == 17 ? "udp" : "sctp";

	buf_printf(b, " && %s", name);
	if (r->min != INT_NULL && r->min == r->max)
		buf_printf(b, " && %s.dst == %ld", name, (long)r->min);
	else if (r->min != INT_NULL)
		buf_printf(b, " && %s.dst >= %ld && %s.dst <= %ld", name, (long)r->min, name,
			   (long)r->max);
}

static void match_protocol(struct buf *b, const struct wanted_rule *r)
{
	const char *icmp = r->ipv6 ? "icmp6" : "icmp4";

	if (r->protocol < 0)
		return;
	if (r->protocol == 6 || r->protocol == 17 || r->protocol == 132) {
		match_ports(b, r);
	} else if (r->protocol == (r->ipv6 ? 58 : 1)) {
		buf_printf(b, " && %s", icmp);
		if (r->min != INT_NULL)
			buf_printf(b, " && %s.type == %ld", icmp, (long)r->min);
		if (r->max != INT_NULL)
			buf_printf(b, " && %s.code == %ld", icmp, (long)r->max);
	} else {
		buf_printf(b, " && ip.proto == %ld", (long)r->protocol);
	}
}

static struct acl acl_of(struct call *c, const char *group, bool stateful,
			 const struct wanted_rule *r)
{
	struct buf b = { .arena = c->arena };
	const char *ip = r->ipv6 ? "ip6" : "ip4", *end = r->ingress ? "src" : "dst";
	struct prefix p;

	buf_printf(&b, "%s == @%s && %s", r->ingress ? "outport" : "inport", group, ip);
	if (r->prefix && strchr(r->prefix, '/') && prefix_read(r->prefix, &p)) {
		if (p.bits)
			buf_printf(&b, " && %s.%s == %s", ip, end, prefix_text(c->arena, &p));
	} else if (r->prefix) {
		buf_printf(&b, " && %s.%s == %s", ip, end, r->prefix);
	} else if (r->remote_group_id) {
		buf_printf(&b, " && %s.%s == $%s_%s", ip, end,
			   ovn_group_name(c, r->remote_group_id), ip);
	}
	match_protocol(&b, r);
	return (struct acl){ r->id, r->ingress ? "to-lport" : "from-lport", buf_text(&b),
			     stateful ? "allow-related" : "allow-stateless", PRIORITY_ALLOW };
}

/* What is let through although no rule says so: a guest asks for its address. */
static size_t drop_acls(struct call *c, const char *name, struct acl *out)
{
	const char *in = arena_printf(c->arena, "outport == @%s && ip", name);
	const char *from = arena_printf(c->arena, "inport == @%s && ip", name);
	const char *dhcp4 = arena_printf(
		c->arena, "inport == @%s && ip4 && udp.src == 68 && udp.dst == 67", name);
	const char *dhcp6 = arena_printf(
		c->arena, "inport == @%s && ip6 && udp.src == 546 && udp.dst == 547", name);

	out[0] = (struct acl){ "drop-in", "to-lport", in, "drop", PRIORITY_DROP };
	out[1] = (struct acl){ "drop-out", "from-lport", from, "drop", PRIORITY_DROP };
	out[2] = (struct acl){ "dhcp-4", "from-lport", dhcp4, "allow", PRIORITY_ALLOW };
	out[3] = (struct acl){ "dhcp-6", "from-lport", dhcp6, "allow", PRIORITY_ALLOW };
	return 4;
}

static const json_t *acl_there(const json_t *have, const struct acl *want)
{
	for (size_t i = 0; i < json_array_size(have); i++) {
		const json_t *row = json_array_get(have, i);
		const char *id = ovsdb_map_value(row, "external_ids", RULE);
		if (id && str_eq(id, want->id) &&
		    str_eq(ovsdb_text(row, "direction"), want->direction) &&
		    str_eq(ovsdb_text(row, "match"), want->match) &&
		    str_eq(ovsdb_text(row, "action"), want->action) &&
		    json_integer_value(json_object_get(row, "priority")) == want->priority)
			return row;
	}
	return NULL;
}

static const char *insert_acl(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
			      const char *group, const struct acl *a)
{
	const char *as = arena_printf(c->arena, "acl_%zu", t->count);
	struct map_pair ids[] = { { OVN_HOUSE_KEY, rows->house },
				  { GROUP, group },
				  { RULE, a->id } };
	struct json_out *j = ovn_open_row(t, "ACL", NULL);

	json_put_str(j, "direction", a->direction);
	json_put_int(j, "priority", a->priority);
	json_put_str(j, "match", a->match);
	json_put_str(j, "action", a->action);
	ovsdb_put_map(j, "external_ids", &(struct map){ ids, 3 });
	json_object_end(j);
	json_put_str(j, "uuid-name", as);
	ovsdb_op_end(t);
	return as;
}

/* One Port_Group with exactly these ACLs. A rule that changed is a new row; the old one goes when the
 * group lets go of it. */
static void put_group(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		      const char *name, const char *key, const struct acl *acls, size_t n,
		      struct network_survey *found)
{
	const json_t *row = json_object_get(rows->groups, name);
	const json_t *have = json_object_get(rows->acls, key);
	struct ovn_ref *refs = arena_array(c->arena, n + 1, sizeof *refs);
	struct map_pair ids[] = { { OVN_HOUSE_KEY, rows->house }, { GROUP, key } };
	bool same = row && json_array_size(have) == n;

	for (size_t i = 0; same && i < n; i++)
		same = acl_there(have, &acls[i]) != NULL;
	if (same)
		return;
	++*(row ? &found->changed : &found->missing);
	if (!row)
		ovn_wait_for_none(t, "Port_Group", GROUP, str_eq(key, DROP) ? name : key);
	for (size_t i = 0; i < n; i++) {
		const json_t *there = row ? acl_there(have, &acls[i]) : NULL;
		refs[i] = there ? (struct ovn_ref){ "uuid", ovsdb_row_uuid(there) }
				: (struct ovn_ref){ "named-uuid",
						    insert_acl(c, t, rows, key, &acls[i]) };
	}
	struct json_out *j = ovn_open_row(t, "Port_Group", ovsdb_row_uuid(row));
	json_put_str(j, "name", name);
	ovn_put_refs(j, "acls", refs, n);
	if (!row)
		ovsdb_put_map(j, "external_ids", &(struct map){ ids, 2 });
	ovn_close_row(t);
}

void ovn_group_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		   const struct wanted_group *want, struct network_survey *found)
{
	const char *name = ovn_group_name(c, want->id);
	struct acl *acls = arena_array(c->arena, want->rules_count + 1, sizeof *acls);

	for (size_t i = 0; i < want->rules_count; i++)
		acls[i] = acl_of(c, name, want->stateful, &want->rules[i]);
	put_group(c, t, rows, name, want->id, acls, want->rules_count, found);
}

void ovn_drop_group_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
			struct network_survey *found)
{
	const char *name = ovn_drop_name(c, rows->house);
	struct acl acls[4];

	put_group(c, t, rows, name, DROP, acls, drop_acls(c, name, acls), found);
}

void ovn_remove_group_ops(struct call *c, struct ovsdb_ops *t, const char *id)
{
	ovsdb_where_text(ovsdb_op(t, "delete", "Port_Group"), "name", ovn_group_name(c, id));
	ovsdb_op_end(t);
}

/* --- members --- */

static struct words wanted_names(struct call *c, const struct ovn_rows *rows,
				 const struct wanted_port *want)
{
	struct words names = { arena_array(c->arena, want->groups.count + 1, sizeof(char *)), 0 };

	if (!want->port_security || want->router)
		return names;
	for (size_t i = 0; i < want->groups.count; i++)
		names.list[names.count++] = ovn_group_name(c, want->groups.list[i]);
	names.list[names.count++] = ovn_drop_name(c, rows->house);
	return names;
}

bool ovn_groups_there(struct call *c, const struct ovn_rows *rows, const struct wanted_port *want)
{
	struct words names = wanted_names(c, rows, want);

	for (size_t i = 0; i < names.count; i++)
		if (!json_object_get(rows->groups, names.list[i]))
			return false;
	return true;
}

static void change_member(struct ovsdb_ops *t, const char *name, const char *mutator,
			  const char *kind, const char *uuid)
{
	struct json_out *j = ovsdb_op(t, "mutate", "Port_Group");

	ovsdb_where_text(j, "name", name);
	ovsdb_mutate_set(j, "ports", mutator, kind, uuid);
	ovsdb_op_end(t);
}

/* The group that was seen is still there: a port must never be outside of what protects it because
 * somebody took the group away in this moment. */
static void wait_for_group(struct ovsdb_ops *t, const char *name)
{
	static const char *const columns[] = { "name", NULL };
	struct json_out *j = ovsdb_op(t, "wait", "Port_Group");

	json_put_int(j, "timeout", 0);
	ovsdb_where_text(j, "name", name);
	ovsdb_columns(j, columns);
	json_put_str(j, "until", "==");
	json_key(j, "rows");
	json_array_begin(j);
	json_object_begin(j);
	json_put_str(j, "name", name);
	json_object_end(j);
	json_array_end(j);
	ovsdb_op_end(t);
}

void ovn_leave_groups_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
			  const char *uuid)
{
	json_t *in = json_object_get(rows->members, uuid), *yes;
	const char *name;

	json_object_foreach(in, name, yes)
	{
		change_member(t, name, "delete", "uuid", uuid);
	}
	/* The group that drops goes with its last port. */
	struct json_out *j = ovsdb_op(t, "delete", "Port_Group");
	json_key(j, "where");
	json_array_begin(j);
	json_array_begin(j);
	json_str(j, "name");
	json_str(j, "==");
	json_str(j, ovn_drop_name(c, rows->house));
	json_array_end(j);
	json_array_begin(j);
	json_str(j, "ports");
	json_str(j, "==");
	json_array_begin(j);
	json_str(j, "set");
	json_array_begin(j);
	json_array_end(j);
	json_array_end(j);
	json_array_end(j);
	json_array_end(j);
	ovsdb_op_end(t);
}

void ovn_member_ops(struct call *c, struct ovsdb_ops *t, const struct ovn_rows *rows,
		    const struct wanted_port *want, const char *kind, const char *uuid,
		    struct network_survey *found)
{
	struct words names = wanted_names(c, rows, want);
	json_t *in = json_object_get(rows->members, uuid), *yes;
	const char *name;
	size_t before = t->count;

	for (size_t i = 0; i < names.count; i++)
		if (!json_object_get(in, names.list[i])) {
			wait_for_group(t, names.list[i]);
			change_member(t, names.list[i], "insert", kind, uuid);
		}
	json_object_foreach(in, name, yes)
	{
		if (!words_have(&names, name))
			change_member(t, name, "delete", kind, uuid);
	}
	if (t->count > before && str_eq(kind, "uuid"))
		found->changed++;
}
