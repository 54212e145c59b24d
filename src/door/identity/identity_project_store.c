/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for departments and VDCs. */
#include "door/identity/identity_scopes.h"

#define COLUMNS                                                                                    \
	"p.id, p.is_domain, p.domain_id, p.parent_id, p.name, p.description, p.enabled, p.path,"   \
	" p.depth, p.options, p.extra, p.tags, p.created_at"

static const struct field project_row[] = { F_STR(project, id, 0, 0),
					    F_BOOL(project, is_domain, 0),
					    F_STR(project, domain_id, 0, NULLABLE),
					    F_STR(project, parent_id, 0, NULLABLE),
					    F_STR(project, name, 0, 0),
					    F_STR(project, description, 0, EMPTY_OK),
					    F_BOOL(project, enabled, 0),
					    F_STR(project, path, 0, 0),
					    F_INT(project, depth, 0, PROJECT_DEPTH_MAX, 0),
					    F_JSON(project, options, 0, 0),
					    F_JSON(project, extra, 0, 0),
					    F_STRS(project, tags, 0, 0),
					    F_TIME(project, created_at, 0),
					    F_END };
static const struct field revocation_row_row[] = { F_JSON(revocation_row, event, 0, 0), F_END };

DB_STMT(project_one_sql, "select " COLUMNS " from identity_project p where p.id = $1");
DB_STMT(project_put_sql,
	"insert into identity_project (id, is_domain, domain_id, parent_id, name, description,"
	" enabled, path, depth, options, extra, tags, created_at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
DB_STMT(project_write_sql,
	"update identity_project set name = $2, description = $3, enabled = $4, options = $5,"
	" extra = $6, tags = $7 where id = $1");
DB_STMT(project_remove_sql, "delete from identity_project where id = $1");
DB_STMT(project_children_sql,
	"select count(*) from identity_project where parent_id = $1 and enabled >= $2");
DB_STMT(project_all_sql,
	"select " COLUMNS " from identity_project p where p.is_domain = $1 order by p.id");
DB_STMT(project_by_name_sql, "select " COLUMNS " from identity_project p"
			     " where p.name = $2 and p.is_domain = $1 order by p.id");
DB_STMT(project_by_domain_sql, "select " COLUMNS " from identity_project p"
			       " where p.domain_id = $2 and p.is_domain = $1 order by p.id");
DB_STMT(project_by_parent_sql, "select " COLUMNS " from identity_project p"
			       " where p.parent_id = $2 and p.is_domain = $1 order by p.id");
DB_STMT(project_subtree_sql,
	"with recursive below (id) as (select id from identity_project where parent_id = $1"
	" union all select x.id from below b join identity_project x on x.parent_id = b.id)"
	" select " COLUMNS " from identity_project p where p.id in (select id from below)"
	" order by p.depth, p.id");
/* 'below' 0: held on the place; 1: held on what stands below it. */
DB_STMT(projects_held_sql,
	"with recursive held (id, below) as ("
	"select target, inherited from identity_assignment where actor = $1"
	" union select a.target, a.inherited from identity_membership m"
	" join identity_assignment a on a.actor = m.group_id where m.user_id = $1"
	" union select x.id, w.below from held h join identity_project x on x.parent_id = h.id"
	" cross join (select 0 as below union all select 1) w where h.below = 1)"
	" select " COLUMNS " from identity_project p join identity_project d on d.id = p.domain_id"
	" where p.enabled = 1 and d.enabled = 1"
	" and p.id in (select id from held where below = 0) order by p.name, p.id");
DB_STMT(domains_held_sql,
	"select " COLUMNS " from identity_project p where p.is_domain = 1 and p.enabled = 1"
	" and p.id in (select target from identity_assignment where actor = $1 and inherited = 0"
	" union select a.target from identity_membership m"
	" join identity_assignment a on a.actor = m.group_id"
	" where m.user_id = $1 and a.inherited = 0) order by p.name, p.id");
DB_STMT(domain_users_sql, "select id from identity_user where domain_id = $1");
DB_STMT(domain_projects_sql, "select id from identity_project where domain_id = $1");
DB_STMT(domain_empty_users_sql, "delete from identity_user where domain_id = $1");
DB_STMT(domain_empty_groups_sql, "delete from identity_group where domain_id = $1");
DB_STMT(domain_empty_projects_sql, "delete from identity_project where domain_id = $1");
DB_STMT(domain_empty_roles_sql, "delete from identity_role where domain_id = $1");
DB_STMT(revocations_sql, "select event from identity_revocation where revoked_at >= $1"
			 " order by revoked_at, id");

enum status project_read(struct call *c, const char *id, struct project *out)
{
	return db_one(c, &project_one_sql, project_row, out, DB_ARGS(DB_STR(id)));
}

enum status project_put(struct call *c, const struct project *p)
{
	return db_put(c, &project_put_sql, project_row, p);
}

enum status project_write(struct call *c, const struct project *p)
{
	return db_do(c, &project_write_sql, NULL,
		     DB_ARGS(DB_STR(p->id), DB_STR(p->name), DB_STR(p->description),
			     DB_INT(p->enabled), DB_STR(p->options), DB_STR(p->extra),
			     DB_STR(words_to_json(c->arena, &p->tags))));
}

enum status project_remove(struct call *c, const char *id)
{
	return db_do(c, &project_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status project_children(struct call *c, const char *id, bool enabled_only, int64_t *out)
{
	return db_number(c, &project_children_sql, out, DB_ARGS(DB_STR(id), DB_INT(enabled_only)));
}

enum status project_list_read(struct call *c, const struct project_ask *ask, struct project **out,
			      size_t *count)
{
	struct db_arg kind = DB_INT(ask->is_domain);

	if (ask->name_given)
		return DB_ALL(c, &project_by_name_sql, project_row, out, count,
			      DB_ARGS(kind, DB_STR(ask->name)));
	if (ask->parent_id_given)
		return DB_ALL(c, &project_by_parent_sql, project_row, out, count,
			      DB_ARGS(kind, DB_STR(ask->parent_id)));
	if (ask->domain_id_given)
		return DB_ALL(c, &project_by_domain_sql, project_row, out, count,
			      DB_ARGS(kind, DB_STR(ask->domain_id)));
	return DB_ALL(c, &project_all_sql, project_row, out, count, DB_ARGS(kind));
}

enum status project_subtree(struct call *c, const char *id, struct project **out, size_t *count)
{
	return DB_ALL(c, &project_subtree_sql, project_row, out, count, DB_ARGS(DB_STR(id)));
}

enum status projects_held(struct call *c, const char *user_id, struct project **out, size_t *count)
{
	return DB_ALL(c, &projects_held_sql, project_row, out, count, DB_ARGS(DB_STR(user_id)));
}

enum status domains_held(struct call *c, const char *user_id, struct project **out, size_t *count)
{
	return DB_ALL(c, &domains_held_sql, project_row, out, count, DB_ARGS(DB_STR(user_id)));
}

enum status domain_users_and_projects(struct call *c, const char *id, struct id_row **users,
				      size_t *user_count, struct id_row **projects,
				      size_t *project_count)
{
	enum status st =
		DB_ALL(c, &domain_users_sql, id_row_row, users, user_count, DB_ARGS(DB_STR(id)));

	if (!st)
		st = DB_ALL(c, &domain_projects_sql, id_row_row, projects, project_count,
			    DB_ARGS(DB_STR(id)));
	return st;
}

enum status domain_empty(struct call *c, const char *id)
{
	enum status st = db_do(c, &domain_empty_users_sql, NULL, DB_ARGS(DB_STR(id)));

	if (!st)
		st = db_do(c, &domain_empty_groups_sql, NULL, DB_ARGS(DB_STR(id)));
	if (!st)
		st = db_do(c, &domain_empty_projects_sql, NULL, DB_ARGS(DB_STR(id)));
	return st ? st : db_do(c, &domain_empty_roles_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status revocations_since(struct call *c, int64_t since, struct revocation_row **out,
			      size_t *count)
{
	return DB_ALL(c, &revocations_sql, revocation_row_row, out, count, DB_ARGS(DB_INT(since)));
}
