/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for roles, implications and grants. */
#include "door/identity/identity_policy.h"
#include "door/identity/identity_roles.h"

#define COLUMNS "r.id, r.name, r.domain_id, r.description, r.options, r.extra, r.built_in"

static const struct field role_row_row[] = { F_STR(role_row, id, 0, 0),
					     F_STR(role_row, name, 0, 0),
					     F_STR(role_row, domain_id, 0, NULLABLE),
					     F_STR(role_row, description, 0, NULLABLE | EMPTY_OK),
					     F_JSON(role_row, options, 0, 0),
					     F_JSON(role_row, extra, 0, 0),
					     F_INT(role_row, built_in, 0, INT64_MAX, 0),
					     F_END };
static const struct field inference_row_row[] = { F_STR(inference_row, prior_id, 0, 0),
						  F_STR(inference_row, implied_id, 0, 0), F_END };

DB_STMT(role_one_sql, "select " COLUMNS " from identity_role r where r.id = $1");
DB_STMT(role_put_sql,
	"insert into identity_role (id, name, domain_id, description, options, extra, built_in)"
	" values ($1, $2, $3, $4, $5, $6, $7)");
DB_STMT(role_write_sql, "update identity_role set name = $2, description = $3, options = $4,"
			" extra = $5 where id = $1");
DB_STMT(role_remove_sql, "delete from identity_role where id = $1");
DB_STMT(role_list_sql, "select " COLUMNS " from identity_role r order by r.id");
DB_STMT(implied_put_sql, "insert into identity_implied (prior_id, implied_id) values ($1, $2)"
			 " on conflict (prior_id, implied_id) do nothing");
DB_STMT(implied_drop_sql, "delete from identity_implied where prior_id = $1 and implied_id = $2");
DB_STMT(implied_of_sql, "select " COLUMNS " from identity_implied i"
			" join identity_role r on r.id = i.implied_id"
			" where i.prior_id = $1 order by r.id");
DB_STMT(implied_every_sql,
	"select prior_id, implied_id from identity_implied order by prior_id, implied_id");
DB_STMT(grant_put_sql,
	"insert into identity_assignment (actor, target, role_id, inherited, user_id, group_id,"
	" project_id) values ($1, $2, $3, $4, $5, $6, $7)"
	" on conflict (actor, target, role_id, inherited) do nothing");
DB_STMT(grant_count_sql, "select count(*) from identity_assignment"
			 " where actor = $1 and target = $2 and role_id = $3 and inherited = $4");
DB_STMT(grant_remove_sql, "delete from identity_assignment"
			  " where actor = $1 and target = $2 and role_id = $3 and inherited = $4");
DB_STMT(grants_of_sql,
	"select " COLUMNS " from identity_assignment a join identity_role r on r.id = a.role_id"
	" where a.actor = $1 and a.target = $2 and a.inherited = $3 order by r.id");
DB_STMT(holds_system_sql, "select count(*) from identity_assignment a where a.target = 'system'"
			  " and (a.actor = $1 or a.actor in"
			  " (select m.group_id from identity_membership m where m.user_id = $1))");

enum status role_read(struct call *c, const char *id, struct role_row *out)
{
	return db_one(c, &role_one_sql, role_row_row, out, DB_ARGS(DB_STR(id)));
}

enum status role_put(struct call *c, const struct role_row *r)
{
	return db_put(c, &role_put_sql, role_row_row, r);
}

enum status role_write(struct call *c, const struct role_row *r)
{
	return db_do(c, &role_write_sql, NULL,
		     DB_ARGS(DB_STR(r->id), DB_STR(r->name), DB_STR(r->description),
			     DB_STR(r->options), DB_STR(r->extra)));
}

enum status role_remove(struct call *c, const char *id)
{
	return db_do(c, &role_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status role_list_read(struct call *c, struct role_row **out, size_t *count)
{
	return DB_ALL(c, &role_list_sql, role_row_row, out, count, DB_NO_ARGS);
}

enum status implied_put(struct call *c, const char *prior_id, const char *implied_id)
{
	return db_do(c, &implied_put_sql, NULL, DB_ARGS(DB_STR(prior_id), DB_STR(implied_id)));
}

enum status implied_drop(struct call *c, const char *prior_id, const char *implied_id,
			 int64_t *changed)
{
	return db_do(c, &implied_drop_sql, changed, DB_ARGS(DB_STR(prior_id), DB_STR(implied_id)));
}

enum status implied_of(struct call *c, const char *prior_id, struct role_row **out, size_t *count)
{
	return DB_ALL(c, &implied_of_sql, role_row_row, out, count, DB_ARGS(DB_STR(prior_id)));
}

enum status implied_all(struct call *c, struct inference_row **out, size_t *count)
{
	return DB_ALL(c, &implied_every_sql, inference_row_row, out, count, DB_NO_ARGS);
}

enum status grant_write(struct call *c, const struct grant *g)
{
	return db_do(c, &grant_put_sql, NULL,
		     DB_ARGS(DB_STR(g->actor), DB_STR(g->target), DB_STR(g->role_id),
			     DB_INT(g->inherited), DB_STR(g->user_id), DB_STR(g->group_id),
			     DB_STR(g->project_id)));
}

enum status grant_count(struct call *c, const struct grant *g, int64_t *out)
{
	return db_number(c, &grant_count_sql, out,
			 DB_ARGS(DB_STR(g->actor), DB_STR(g->target), DB_STR(g->role_id),
				 DB_INT(g->inherited)));
}

enum status grant_remove(struct call *c, const struct grant *g, int64_t *changed)
{
	return db_do(c, &grant_remove_sql, changed,
		     DB_ARGS(DB_STR(g->actor), DB_STR(g->target), DB_STR(g->role_id),
			     DB_INT(g->inherited)));
}

enum status grants_of(struct call *c, const struct grant *g, struct role_row **out, size_t *count)
{
	return DB_ALL(c, &grants_of_sql, role_row_row, out, count,
		      DB_ARGS(DB_STR(g->actor), DB_STR(g->target), DB_INT(g->inherited)));
}

enum status holds_system(struct call *c, const char *actor, bool *out)
{
	int64_t n = 0;
	enum status st = db_number(c, &holds_system_sql, &n, DB_ARGS(DB_STR(actor)));

	*out = n > 0;
	return st;
}
