/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about tokens of consoles. */
#include "cloud/compute/compute_change.h"

static const struct field console_row[] = {
	F_STR(console_token, hash, 0, 0),
	F_STR(console_token, server_id, 0, 0),
	F_STR(console_token, user_id, 0, 0),
	F_STR(console_token, project_id, 0, NULLABLE),
	F_STR(console_token, domain_id, 0, NULLABLE),
	F_TIME(console_token, expires_at, 0),
	F_END,
};

#define COLUMNS "hash, server_id, user_id, project_id, domain_id, expires_at"

DB_STMT(console_insert_sql,
	"insert into compute_console (" COLUMNS ") values ($1, $2, $3, $4, $5, $6)");

enum status console_insert(struct call *c, const struct console_token *in)
{
	return db_put(c, &console_insert_sql, console_row, in);
}

DB_STMT(console_read_sql, "select " COLUMNS " from compute_console where hash = $1");

enum status console_read(struct call *c, const char *hash, struct console_token *out)
{
	return db_one(c, &console_read_sql, console_row, out, DB_ARGS(DB_STR(hash)));
}

DB_STMT(console_take_sql, "delete from compute_console where hash = $1 returning " COLUMNS);

enum status console_take(struct call *c, const char *hash, struct console_token *out)
{
	return db_one(c, &console_take_sql, console_row, out, DB_ARGS(DB_STR(hash)));
}

DB_STMT(console_forget_sql, "delete from compute_console where expires_at < $1");

enum status console_forget(struct call *c, int64_t before)
{
	return db_do(c, &console_forget_sql, NULL, DB_ARGS(DB_INT(before)));
}
