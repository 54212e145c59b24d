/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for users' keys. */
#include "door/identity/identity_credentials.h"

static const struct field credential_row[] = { F_STR(credential, id, 0, 0),
					       F_STR(credential, user_id, 0, 0),
					       F_STR(credential, project_id, 0, NULLABLE),
					       F_STR(credential, type, 0, 0),
					       F_STR(credential, lookup, 0, NULLABLE),
					       F_STR(credential, blob, 0, SECRET),
					       F_JSON(credential, extra, 0, 0),
					       F_END };

DB_STMT(credential_one_sql, "select id, user_id, project_id, type, lookup, blob, extra"
			    " from identity_credential where id = $1");
DB_STMT(credential_insert_sql,
	"insert into identity_credential (id, user_id, project_id, type, lookup, blob, extra)"
	" values ($1, $2, $3, $4, $5, $6, $7)");
DB_STMT(credential_write_sql,
	"update identity_credential set user_id = $2, project_id = $3, type = $4, lookup = $5,"
	" blob = $6, extra = $7, used_step = 0 where id = $1");
DB_STMT(credential_remove_sql, "delete from identity_credential where id = $1");
DB_STMT(credential_every_sql, "select id, user_id, project_id, type, lookup, blob, extra"
			      " from identity_credential order by id");
DB_STMT(credential_by_user_sql, "select id, user_id, project_id, type, lookup, blob, extra"
				" from identity_credential where user_id = $1 order by id");

enum status credential_read(struct call *c, const char *id, struct credential *out)
{
	return db_one(c, &credential_one_sql, credential_row, out, DB_ARGS(DB_STR(id)));
}

enum status credential_insert(struct call *c, const struct credential *k)
{
	return db_put(c, &credential_insert_sql, credential_row, k);
}

enum status credential_write(struct call *c, const struct credential *k)
{
	return db_put(c, &credential_write_sql, credential_row, k);
}

enum status credential_remove(struct call *c, const char *id)
{
	return db_do(c, &credential_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status credential_list_read(struct call *c, const char *user_id, struct credential **out,
				 size_t *count)
{
	if (user_id)
		return DB_ALL(c, &credential_by_user_sql, credential_row, out, count,
			      DB_ARGS(DB_STR(user_id)));
	return DB_ALL(c, &credential_every_sql, credential_row, out, count, DB_NO_ARGS);
}
