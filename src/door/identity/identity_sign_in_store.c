/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for signing in. */
#include "door/identity/identity_sign_in.h"

static const struct field account_row[] = { F_STR(account, id, 0, 0),
					    F_STR(account, name, 0, 0),
					    F_STR(account, domain_id, 0, 0),
					    F_JSON(account, options, 0, 0),
					    F_STR(account, password_hash, 0, NULLABLE),
					    F_BOOL(account, enabled, 0),
					    F_BOOL(account, domain_enabled, 0),
					    F_BOOL(account, must_change, 0),
					    F_TIME(account, password_expires_at, NULLABLE),
					    F_INT(account, failures, 0, INT64_MAX, 0),
					    F_TIME(account, locked_until_at, NULLABLE),
					    F_END };
static const struct field passcode_row[] = { F_STR(passcode_row, id, 0, 0),
					     F_STR(passcode_row, blob, 0, 0),
					     F_INT(passcode_row, used_step, 0, INT64_MAX, 0),
					     F_END };

DB_STMT(account_by_id_sql,
	"select u.id, u.name, u.domain_id, u.options, u.password_hash, u.enabled,"
	" d.enabled as domain_enabled, u.must_change, u.password_expires_at, u.failures,"
	" u.locked_until_at from identity_user u join identity_project d on d.id = u.domain_id"
	" where u.id = $1");
DB_STMT(account_by_name_sql,
	"select u.id, u.name, u.domain_id, u.options, u.password_hash, u.enabled,"
	" d.enabled as domain_enabled, u.must_change, u.password_expires_at, u.failures,"
	" u.locked_until_at from identity_user u join identity_project d on d.id = u.domain_id"
	" where u.domain_id = $2 and u.name = $1");
DB_STMT(account_by_names_sql,
	"select u.id, u.name, u.domain_id, u.options, u.password_hash, u.enabled,"
	" d.enabled as domain_enabled, u.must_change, u.password_expires_at, u.failures,"
	" u.locked_until_at from identity_project d join identity_user u on u.domain_id = d.id"
	" where d.is_domain = 1 and d.name = $2 and u.name = $1");
DB_STMT(account_failed_sql, "update identity_user set failures = $2, failed_at = $3,"
			    " locked_until_at = $4 where id = $1");
DB_STMT(account_signed_in_sql, "update identity_user set failures = 0, failed_at = null,"
			       " locked_until_at = null, signed_in_at = $2 where id = $1");
DB_STMT(passcodes_sql, "select id, blob, used_step from identity_credential"
		       " where user_id = $1 and type = 'totp'");
DB_STMT(passcode_used_sql, "update identity_credential set used_step = $2 where id = $1");

enum status account_by_id(struct call *c, const char *id, struct account *out)
{
	return db_one(c, &account_by_id_sql, account_row, out, DB_ARGS(DB_STR(id)));
}

enum status account_by_name(struct call *c, const char *name, const char *domain_id,
			    struct account *out)
{
	return db_one(c, &account_by_name_sql, account_row, out,
		      DB_ARGS(DB_STR(name), DB_STR(domain_id)));
}

enum status account_by_names(struct call *c, const char *name, const char *domain_name,
			     struct account *out)
{
	return db_one(c, &account_by_names_sql, account_row, out,
		      DB_ARGS(DB_STR(name), DB_STR(domain_name)));
}

enum status account_failed(struct call *c, const char *id, int64_t failures,
			   int64_t locked_until_at)
{
	return db_do(c, &account_failed_sql, NULL,
		     DB_ARGS(DB_STR(id), DB_INT(failures), DB_INT(c->now_at),
			     locked_until_at ? DB_INT(locked_until_at) : DB_NULL));
}

enum status account_signed_in(struct call *c, const char *id)
{
	return db_do(c, &account_signed_in_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(c->now_at)));
}

enum status passcodes_of(struct call *c, const char *user_id, struct passcode_row **out,
			 size_t *count)
{
	return DB_ALL(c, &passcodes_sql, passcode_row, out, count, DB_ARGS(DB_STR(user_id)));
}

enum status passcode_used(struct call *c, const char *id, int64_t step)
{
	return db_do(c, &passcode_used_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(step)));
}
