/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the system room. */
#include "cloud/system/system_private.h"

const char *const system_dr_words[] = { "none", "backup", "standby", "active-active", NULL };
const char *const system_kind_words[] = { "server", "network", NULL };

const struct field system_row[] = {
	F_STR(system, id, 0, 0),
	F_STR(system, project_id, 0, 0),
	F_STR(system, domain_id, 0, 0),
	F_STR(system, name, 0, 0),
	F_STR(system, purpose, 0, NULLABLE),
	F_INT(system, protection_level, 0, 0, 0),
	F_STR(system, owner, 0, 0),
	F_STR(system, contact, 0, NULLABLE),
	F_WORD(system, dr_mode, system_dr_words, 0),
	F_TIME(system, created_at, 0),
	F_TIME(system, updated_at, 0),
	F_END,
};
static const struct field counted_row[] = {
	F_STR(system, id, 0, 0),
	F_STR(system, project_id, 0, 0),
	F_STR(system, domain_id, 0, 0),
	F_STR(system, name, 0, 0),
	F_STR(system, purpose, 0, NULLABLE),
	F_INT(system, protection_level, 0, 0, 0),
	F_STR(system, owner, 0, 0),
	F_STR(system, contact, 0, NULLABLE),
	F_WORD(system, dr_mode, system_dr_words, 0),
	F_TIME(system, created_at, 0),
	F_TIME(system, updated_at, 0),
	F_INT(system, servers, 0, 0, 0),
	F_INT(system, networks, 0, 0, 0),
	F_END,
};

#define COLUMNS                                                                                    \
	"id, project_id, domain_id, name, purpose, protection_level, owner, contact, dr_mode,"     \
	" created_at, updated_at"
#define COUNTED                                                                                    \
	"select " COLUMNS ", (select count(*) from system_resource r where r.system_id = s.id"     \
	" and r.kind = 'server') as servers, (select count(*) from system_resource r"              \
	" where r.system_id = s.id and r.kind = 'network') as networks from system_system s"

DB_STMT(system_insert_sql, "insert into system_system (" COLUMNS
			   ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");

enum status system_insert(struct call *c, const struct system *in)
{
	return db_put(c, &system_insert_sql, system_row, in);
}

DB_STMT(system_read_sql, COUNTED " where id = $1");

enum status system_read(struct call *c, const char *id, struct system *out)
{
	return db_one(c, &system_read_sql, counted_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(system_write_sql,
	"update system_system set name = $2, purpose = $3, protection_level = $4, owner = $5,"
	" contact = $6, dr_mode = $7, updated_at = $8 where id = $1");

enum status system_write(struct call *c, const struct system *in)
{
	return db_do(c, &system_write_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(in->name), DB_STR(in->purpose),
			     DB_INT(in->protection_level), DB_STR(in->owner), DB_STR(in->contact),
			     DB_STR(system_dr_words[in->dr_mode]), DB_INT(in->updated_at)));
}

DB_STMT(system_remove_sql, "delete from system_system where id = $1");

enum status system_remove(struct call *c, const char *id)
{
	return db_do(c, &system_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(system_count_sql, "select count(*) from system_system where project_id = $1");

enum status system_count(struct call *c, const char *project_id, int64_t *n)
{
	return db_number(c, &system_count_sql, n, DB_ARGS(DB_STR(project_id)));
}

DB_STMT(system_all_sql, COUNTED " where id > $1 order by id limit $2");
DB_STMT(system_of_domain_sql, COUNTED " where domain_id = $3 and id > $1 order by id limit $2");
DB_STMT(system_of_project_sql, COUNTED " where project_id = $3 and id > $1 order by id limit $2");
DB_STMT(system_of_both_sql,
	COUNTED " where project_id = $3 and domain_id = $4 and id > $1 order by id limit $2");

enum status system_rows(struct call *c, const char *project_id, const char *domain_id,
			const char *marker, int64_t limit, struct system **out, size_t *n)
{
	const struct db_arg args[] = { DB_STR(marker), DB_INT(limit),
				       DB_STR(project_id ? project_id : domain_id),
				       DB_STR(domain_id) };

	if (project_id && domain_id)
		return DB_ALL(c, &system_of_both_sql, counted_row, out, n, args, 4);
	if (project_id)
		return DB_ALL(c, &system_of_project_sql, counted_row, out, n, args, 3);
	if (domain_id)
		return DB_ALL(c, &system_of_domain_sql, counted_row, out, n, args, 3);
	return DB_ALL(c, &system_all_sql, counted_row, out, n, args, 2);
}

/* --- what belongs to them --- */

const struct field system_resource_row[] = {
	F_STR(system_resource, kind, 0, 0),
	F_STR(system_resource, id, 0, 0),
	F_STR(system_resource, project_id, 0, 0),
	F_STR(system_resource, system_id, 0, NULLABLE),
	F_STR(system_resource, state, 0, NULLABLE),
	F_TIME(system_resource, seen_at, 0),
	F_END,
};

#define PARTS "select kind, id, project_id, system_id, state, seen_at from system_resource"

DB_STMT(system_resource_read_sql, PARTS " where kind = $1 and id = $2");

enum status system_resource_read(struct call *c, const char *kind, const char *id,
				 struct system_resource *out)
{
	return db_one(c, &system_resource_read_sql, system_resource_row, out,
		      DB_ARGS(DB_STR(kind), DB_STR(id)));
}

DB_STMT(system_resource_seen_sql,
	"insert into system_resource (kind, id, project_id, system_id, state, seen_at)"
	" values ($1, $2, $3, $4, $5, $6) on conflict (kind, id) do update"
	" set state = excluded.state, seen_at = excluded.seen_at");

enum status system_resource_seen(struct call *c, const struct system_resource *in)
{
	return db_put(c, &system_resource_seen_sql, system_resource_row, in);
}

DB_STMT(system_resource_give_sql,
	"update system_resource set system_id = $3 where kind = $1 and id = $2");

enum status system_resource_give(struct call *c, const char *kind, const char *id,
				 const char *system_id)
{
	return db_do(c, &system_resource_give_sql, NULL,
		     DB_ARGS(DB_STR(kind), DB_STR(id), DB_STR(system_id)));
}

DB_STMT(system_resource_remove_sql, "delete from system_resource where kind = $1 and id = $2");

enum status system_resource_remove(struct call *c, const char *kind, const char *id)
{
	return db_do(c, &system_resource_remove_sql, NULL, DB_ARGS(DB_STR(kind), DB_STR(id)));
}

DB_STMT(system_resources_of_sql, PARTS " where system_id = $1 order by kind desc, id");

enum status system_resources_of(struct call *c, const char *system_id, struct system_resource **out,
				size_t *n)
{
	return DB_ALL(c, &system_resources_of_sql, system_resource_row, out, n,
		      DB_ARGS(DB_STR(system_id)));
}

DB_STMT(system_resources_in_sql, PARTS " where project_id = $1 order by kind desc, id");

enum status system_resources_in(struct call *c, const char *project_id,
				struct system_resource **out, size_t *n)
{
	return DB_ALL(c, &system_resources_in_sql, system_resource_row, out, n,
		      DB_ARGS(DB_STR(project_id)));
}

DB_STMT(system_forget_parts_sql, "delete from system_resource where project_id = $1");
DB_STMT(system_forget_systems_sql, "delete from system_system where project_id = $1");
DB_STMT(system_forget_quota_sql, "delete from system_quota where project_id = $1");

enum status system_forget(struct call *c, const char *project_id)
{
	enum status st = db_do(c, &system_forget_parts_sql, NULL, DB_ARGS(DB_STR(project_id)));

	if (!st)
		st = db_do(c, &system_forget_systems_sql, NULL, DB_ARGS(DB_STR(project_id)));
	if (!st)
		st = db_do(c, &system_forget_quota_sql, NULL, DB_ARGS(DB_STR(project_id)));
	return st;
}

/* --- quotas --- */

DB_STMT(system_quota_read_sql, "select systems from system_quota where project_id = $1");

enum status system_quota_read(struct call *c, const char *project_id, int64_t *systems)
{
	return db_number(c, &system_quota_read_sql, systems, DB_ARGS(DB_STR(project_id)));
}

DB_STMT(system_quota_write_sql,
	"insert into system_quota (project_id, systems) values ($1, $2)"
	" on conflict (project_id) do update set systems = excluded.systems");

enum status system_quota_write(struct call *c, const char *project_id, int64_t systems)
{
	return db_do(c, &system_quota_write_sql, NULL,
		     DB_ARGS(DB_STR(project_id), DB_INT(systems)));
}
