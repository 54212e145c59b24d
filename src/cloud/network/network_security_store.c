/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of security groups, of their rules, and of which ports they hold for. */
#include "cloud/network/network_security.h"

static const struct field group_row[] = { F_STR(security_group, id, 36, 0),
					  F_STR(security_group, project_id, 64, 0),
					  F_STR(security_group, domain_id, 64, NULLABLE),
					  F_STR(security_group, name, 255, EMPTY_OK),
					  F_STR(security_group, description, 255, EMPTY_OK),
					  F_BOOL(security_group, stateful, 0),
					  F_STR(security_group, fault, 0, NULLABLE),
					  F_STRS(security_group, tags, 0, 0),
					  F_INT(security_group, revision, 0, 0, 0),
					  F_INT(security_group, applied, 0, 0, 0),
					  F_INT(security_group, created_at, 0, 0, 0),
					  F_INT(security_group, updated_at, 0, 0, 0),
					  F_END };
#define GROUP_COLUMNS                                                                              \
	"id, project_id, domain_id, name, description, stateful, fault, tags, revision, applied, " \
	"created_at, updated_at"
DB_STMT(group_read_sql, "select " GROUP_COLUMNS " from network_security_group where id = $1");
DB_STMT(group_put_sql, "insert into network_security_group (" GROUP_COLUMNS ") "
		       "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
DB_STMT(group_update_sql,
	"update network_security_group set project_id = $2, domain_id = $3, name = $4, "
	"description = $5, stateful = $6, fault = $7, tags = $8, revision = $9, applied = $10, "
	"created_at = $11, updated_at = $12 where id = $1");
DB_STMT(group_delete_sql, "delete from network_security_group where id = $1");
DB_STMT(group_rules_delete_sql, "delete from network_security_rule where security_group_id = $1 "
				"or remote_group_id = $1");
DB_STMT(group_default_sql,
	"select id from network_security_group where project_id = $1 and name = 'default'");
DB_STMT(groups_all_sql, "select " GROUP_COLUMNS " from network_security_group where id > $1 "
			"order by id limit $2");
DB_STMT(groups_of_project_sql, "select " GROUP_COLUMNS " from network_security_group "
			       "where project_id = $3 and id > $1 order by id limit $2");
DB_STMT(group_applied_sql, "update network_security_group set applied = $2, fault = null "
			   "where id = $1 and revision = $2");
DB_STMT(group_fault_sql, "update network_security_group set fault = $2 where id = $1");
DB_STMT(group_bump_sql, "update network_security_group set revision = revision + 1, "
			"updated_at = $2 where id = $1");
DB_STMT(group_ports_sql, "select count(*) from network_port_group where group_id = $1");
DB_STMT(groups_about_sql, "select distinct security_group_id as id from network_security_rule "
			  "where remote_group_id = $1 and security_group_id <> $1");

static const struct field rule_row[] = { F_STR(security_rule, id, 36, 0),
					 F_STR(security_rule, security_group_id, 36, 0),
					 F_STR(security_rule, project_id, 64, 0),
					 F_STR(security_rule, direction, 8, 0),
					 F_STR(security_rule, ethertype, 8, 0),
					 F_STR(security_rule, protocol, 16, NULLABLE),
					 F_INT(security_rule, port_range_min, 0, 0, NULLABLE),
					 F_INT(security_rule, port_range_max, 0, 0, NULLABLE),
					 F_STR(security_rule, remote_ip_prefix, 64, NULLABLE),
					 F_STR(security_rule, remote_group_id, 36, NULLABLE),
					 F_STR(security_rule, description, 255, EMPTY_OK),
					 F_INT(security_rule, revision, 0, 0, 0),
					 F_INT(security_rule, created_at, 0, 0, 0),
					 F_INT(security_rule, updated_at, 0, 0, 0),
					 F_END };
#define RULE_COLUMNS                                                                               \
	"r.id, r.security_group_id, r.project_id, r.direction, r.ethertype, r.protocol, "          \
	"r.port_range_min, r.port_range_max, r.remote_ip_prefix, r.remote_group_id, "              \
	"r.description, r.revision, r.created_at, r.updated_at"
DB_STMT(rule_read_sql, "select " RULE_COLUMNS " from network_security_rule r where r.id = $1");
DB_STMT(rule_put_sql,
	"insert into network_security_rule (id, security_group_id, project_id, direction, "
	"ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id, "
	"description, revision, created_at, updated_at) "
	"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
DB_STMT(rule_delete_sql, "delete from network_security_rule where id = $1");
DB_STMT(rules_all_sql, "select " RULE_COLUMNS " from network_security_rule r where r.id > $1 "
		       "order by r.id limit $2");
DB_STMT(rules_of_project_sql, "select " RULE_COLUMNS " from network_security_rule r "
			      "where r.project_id = $3 and r.id > $1 order by r.id limit $2");
DB_STMT(rules_of_groups_sql,
	WANTED_IDS "select " RULE_COLUMNS " from wanted "
		   "join network_security_rule r on r.security_group_id = wanted.id "
		   "order by r.security_group_id, r.id");

struct id_row {
	const char *id;
};
static const struct field id_row[] = { F_STR(id_row, id, 36, 0), F_END };

static enum status read_rules(struct call *c, struct security_group *list, size_t n)
{
	struct buf ids = { .arena = c->arena };
	struct security_rule *rules;
	size_t count, at = 0;

	for (size_t i = 0; i < n; i++)
		buf_str(&ids, list[i].id);
	enum status st = DB_ALL(c, &rules_of_groups_sql, rule_row, &rules, &count,
				DB_ARGS(DB_STR(buf_text(&ids))));
	/* Both are in the order of the groups' ids. */
	for (size_t i = 0; !st && i < n; i++) {
		list[i].rules = rules + at;
		for (; at < count && str_eq(rules[at].security_group_id, list[i].id); at++)
			list[i].rules_count++;
	}
	return st;
}

enum status security_store_group(struct call *c, const char *id, struct security_group *out)
{
	struct security_group g = { 0 };
	enum status st = db_one(c, &group_read_sql, group_row, &g, DB_ARGS(DB_STR(id)));

	if (!st)
		st = read_rules(c, &g, 1);
	if (!st)
		*out = g;
	return st;
}

enum status security_store_default(struct call *c, const char *project_id, const char **id)
{
	struct id_row row;
	enum status st = db_one(c, &group_default_sql, id_row, &row, DB_ARGS(DB_STR(project_id)));

	if (!st)
		*id = row.id;
	return st;
}

enum status security_store_group_put(struct call *c, const struct security_group *g)
{
	enum status st = db_put(c, &group_put_sql, group_row, g);

	for (size_t i = 0; !st && i < g->rules_count; i++)
		st = security_store_rule_put(c, &g->rules[i]);
	return st;
}

enum status security_store_group_update(struct call *c, const struct security_group *g)
{
	return db_put(c, &group_update_sql, group_row, g);
}

enum status security_store_group_delete(struct call *c, const char *id)
{
	enum status st = db_do(c, &group_rules_delete_sql, NULL, DB_ARGS(DB_STR(id)));

	return st ? st : db_do(c, &group_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status security_store_groups(struct call *c, const char *project_id, const char *after,
				  int64_t most, struct security_group **list, size_t *n)
{
	enum status st = project_id
				 ? DB_ALL(c, &groups_of_project_sql, group_row, list, n,
					  DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(project_id)))
				 : DB_ALL(c, &groups_all_sql, group_row, list, n,
					  DB_ARGS(DB_STR(after), DB_INT(most)));

	return st || !*n ? st : read_rules(c, *list, *n);
}

enum status security_store_group_applied(struct call *c, const char *id, int64_t revision,
					 bool *recorded)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &group_applied_sql, &changed, DB_ARGS(DB_STR(id), DB_INT(revision)));

	*recorded = changed > 0;
	return st;
}

enum status security_store_group_fault(struct call *c, const char *id, const char *why)
{
	return db_do(c, &group_fault_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(why)));
}

enum status security_store_group_bump(struct call *c, const char *id, int64_t now)
{
	return db_do(c, &group_bump_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(now)));
}

enum status security_store_group_ports(struct call *c, const char *id, int64_t *count)
{
	return db_number(c, &group_ports_sql, count, DB_ARGS(DB_STR(id)));
}

enum status security_store_groups_about(struct call *c, const char *id, struct words *ids)
{
	struct id_row *rows;
	size_t n;
	enum status st = DB_ALL(c, &groups_about_sql, id_row, &rows, &n, DB_ARGS(DB_STR(id)));

	if (st)
		return st;
	ids->list = arena_array(c->arena, n + 1, sizeof(char *));
	for (ids->count = 0; ids->count < n; ids->count++)
		ids->list[ids->count] = rows[ids->count].id;
	return ST_OK;
}

enum status security_store_rule(struct call *c, const char *id, struct security_rule *out)
{
	return db_one(c, &rule_read_sql, rule_row, out, DB_ARGS(DB_STR(id)));
}

enum status security_store_rule_put(struct call *c, const struct security_rule *r)
{
	return db_put(c, &rule_put_sql, rule_row, r);
}

enum status security_store_rule_delete(struct call *c, const char *id)
{
	return db_do(c, &rule_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status security_store_rules(struct call *c, const char *project_id, const char *after,
				 int64_t most, struct security_rule **list, size_t *n)
{
	if (project_id)
		return DB_ALL(c, &rules_of_project_sql, rule_row, list, n,
			      DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(project_id)));
	return DB_ALL(c, &rules_all_sql, rule_row, list, n, DB_ARGS(DB_STR(after), DB_INT(most)));
}

/* --- groups of ports --- */

static const struct field port_group_row[] = { F_STR(port_group, port_id, 36, 0),
					       F_STR(port_group, group_id, 36, 0), F_END };
DB_STMT(port_groups_sql, WANTED_IDS
	"select g.port_id, g.group_id from wanted "
	"join network_port_group g on g.port_id = wanted.id order by g.port_id, g.group_id");
DB_STMT(port_groups_drop_sql, "delete from network_port_group where port_id = $1");
DB_STMT(port_group_put_sql, "insert into network_port_group (port_id, group_id) values ($1, $2)");

enum status security_store_port_groups(struct call *c, const struct buf *ids,
				       struct port_group **list, size_t *n)
{
	return DB_ALL(c, &port_groups_sql, port_group_row, list, n, DB_ARGS(DB_STR(buf_text(ids))));
}

enum status security_store_port_groups_put(struct call *c, const char *port_id,
					   const struct words *groups)
{
	enum status st = db_do(c, &port_groups_drop_sql, NULL, DB_ARGS(DB_STR(port_id)));

	for (size_t i = 0; !st && i < groups->count; i++)
		st = db_do(c, &port_group_put_sql, NULL,
			   DB_ARGS(DB_STR(port_id), DB_STR(groups->list[i])));
	return st;
}

static const struct field device_group_row[] = { F_STR(network_group, device_id, 255, 0),
						 F_STR(network_group, id, 36, 0),
						 F_STR(network_group, name, 255, EMPTY_OK), F_END };
DB_STMT(device_groups_sql, WANTED_IDS
	"select distinct p.device_id, s.id, s.name from wanted "
	"join network_port p on p.device_id = wanted.id "
	"join network_port_group g on g.port_id = p.id "
	"join network_security_group s on s.id = g.group_id order by p.device_id, s.name, s.id");

enum status security_store_device_groups(struct call *c, const struct buf *devices,
					 struct network_group **list, size_t *n)
{
	return DB_ALL(c, &device_groups_sql, device_group_row, list, n,
		      DB_ARGS(DB_STR(buf_text(devices))));
}
