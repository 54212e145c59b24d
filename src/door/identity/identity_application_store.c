/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for application credentials and access rules. */
#include "door/identity/identity_delegation.h"

#define COLUMNS                                                                                    \
	"a.id, a.user_id, a.project_id, a.name, a.description, a.secret_hash, a.expires_at,"       \
	" a.unrestricted, a.system, a.created_at"

static const struct field application_row[] = {
	F_STR(application_credential, id, 0, 0),
	F_STR(application_credential, user_id, 0, 0),
	F_STR(application_credential, project_id, 0, 0),
	F_STR(application_credential, name, 0, 0),
	F_STR(application_credential, description, 0, NULLABLE | EMPTY_OK),
	F_STR(application_credential, secret_hash, 0, SECRET),
	F_TIME(application_credential, expires_at, NULLABLE),
	F_BOOL(application_credential, unrestricted, 0),
	F_STR(application_credential, system, 0, NULLABLE),
	F_TIME(application_credential, created_at, 0),
	F_END
};
static const struct field role_ref_row[] = { F_STR(role_ref, id, 0, 0), F_STR(role_ref, name, 0, 0),
					     F_END };
static const struct field rule_row[] = { F_STR(access_rule, id, 0, 0),
					 F_STR(access_rule, service, 0, 0),
					 F_STR(access_rule, method, 0, 0),
					 F_STR(access_rule, path, 0, 0), F_END };

DB_STMT(application_one_sql,
	"select " COLUMNS " from identity_application_credential a where a.id = $1");
DB_STMT(application_named_sql, "select " COLUMNS " from identity_application_credential a"
			       " where a.user_id = $1 and a.name = $2");
DB_STMT(application_list_sql, "select " COLUMNS " from identity_application_credential a"
			      " where a.user_id = $1 order by a.id");
DB_STMT(application_put_sql,
	"insert into identity_application_credential (id, user_id, project_id, name, description,"
	" secret_hash, expires_at, unrestricted, system, created_at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_STMT(application_roles_sql,
	"select r.id, r.name from identity_application_credential_role a"
	" join identity_role r on r.id = a.role_id where a.application_credential_id = $1");
DB_STMT(application_rules_sql,
	"select r.id, r.service, r.method, r.path from identity_application_credential_rule a"
	" join identity_access_rule r on r.id = a.access_rule_id"
	" where a.application_credential_id = $1");
DB_STMT(application_role_put_sql,
	"insert into identity_application_credential_role (application_credential_id, role_id)"
	" values ($1, $2) on conflict (application_credential_id, role_id) do nothing");
DB_STMT(application_rule_put_sql,
	"insert into identity_application_credential_rule"
	" (application_credential_id, access_rule_id) values ($1, $2)"
	" on conflict (application_credential_id, access_rule_id) do nothing");
DB_STMT(application_remove_sql, "delete from identity_application_credential where id = $1");
DB_STMT(rule_put_sql, "insert into identity_access_rule (id, user_id, service, method, path)"
		      " values ($1, $2, $3, $4, $5)");
DB_STMT(rule_find_sql, "select id, service, method, path from identity_access_rule"
		       " where user_id = $1 and service = $2 and method = $3 and path = $4");
DB_STMT(rule_one_sql, "select id, service, method, path from identity_access_rule"
		      " where user_id = $1 and id = $2");
DB_STMT(rule_list_sql, "select id, service, method, path from identity_access_rule"
		       " where user_id = $1 order by id");
DB_STMT(rule_remove_sql, "delete from identity_access_rule where id = $1");

static enum status read_parts(struct call *c, struct application_credential *a)
{
	enum status st = DB_ALL(c, &application_roles_sql, role_ref_row, &a->roles, &a->roles_count,
				DB_ARGS(DB_STR(a->id)));

	if (!st)
		st = DB_ALL(c, &application_rules_sql, rule_row, &a->access_rules,
			    &a->access_rules_count, DB_ARGS(DB_STR(a->id)));
	return st;
}

enum status application_get(struct call *c, const char *id, struct application_credential *out)
{
	struct application_credential a = { 0 };
	enum status st = db_one(c, &application_one_sql, application_row, &a, DB_ARGS(DB_STR(id)));

	if (st)
		return st == ST_NOT_FOUND ? missing(c, "application credential", id) : st;
	st = read_parts(c, &a);
	if (!st)
		*out = a;
	return st;
}

enum status application_find(struct call *c, const char *user_id, const char *name,
			     struct application_credential *out)
{
	struct application_credential a = { 0 };
	enum status st = db_one(c, &application_named_sql, application_row, &a,
				DB_ARGS(DB_STR(user_id), DB_STR(name)));

	if (!st)
		st = read_parts(c, &a);
	if (!st)
		*out = a;
	return st;
}

enum status application_list_read(struct call *c, const char *user_id,
				  struct application_credential **out, size_t *count)
{
	enum status st = DB_ALL(c, &application_list_sql, application_row, out, count,
				DB_ARGS(DB_STR(user_id)));

	for (size_t i = 0; !st && i < *count; i++)
		st = read_parts(c, &(*out)[i]);
	return st;
}

enum status application_put(struct call *c, const struct application_credential *a)
{
	return db_put(c, &application_put_sql, application_row, a);
}

enum status application_role_put(struct call *c, const char *id, const char *role_id)
{
	return db_do(c, &application_role_put_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(role_id)));
}

enum status application_rule_put(struct call *c, const char *id, const char *rule_id)
{
	return db_do(c, &application_rule_put_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(rule_id)));
}

enum status application_remove(struct call *c, const char *id)
{
	return db_do(c, &application_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status rule_put(struct call *c, const char *user_id, const struct access_rule *r)
{
	return db_do(c, &rule_put_sql, NULL,
		     DB_ARGS(DB_STR(r->id), DB_STR(user_id), DB_STR(r->service), DB_STR(r->method),
			     DB_STR(r->path)));
}

enum status rule_find(struct call *c, const char *user_id, const struct access_rule *like,
		      struct access_rule *out)
{
	return db_one(c, &rule_find_sql, rule_row, out,
		      DB_ARGS(DB_STR(user_id), DB_STR(like->service), DB_STR(like->method),
			      DB_STR(like->path)));
}

enum status rule_read(struct call *c, const char *user_id, const char *id, struct access_rule *out)
{
	return db_one(c, &rule_one_sql, rule_row, out, DB_ARGS(DB_STR(user_id), DB_STR(id)));
}

enum status rule_list_read(struct call *c, const char *user_id, struct access_rule **out,
			   size_t *count)
{
	return DB_ALL(c, &rule_list_sql, rule_row, out, count, DB_ARGS(DB_STR(user_id)));
}

enum status rule_remove(struct call *c, const char *id)
{
	return db_do(c, &rule_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}
