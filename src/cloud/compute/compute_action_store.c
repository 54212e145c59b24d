/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about what was done to servers. */
#include "cloud/compute/compute_change.h"

static const char *const results[] = { "Success", "Error", NULL };

static const struct field action_row[] = {
	F_STR(action, request_id, 0, 0),
	F_STR(action, server_id, 0, 0),
	F_STR(action, action, 0, 0),
	F_STR(action, user_id, 0, EMPTY_OK),
	F_STR(action, project_id, 0, 0),
	F_STR(action, host, 0, NULLABLE),
	F_TIME(action, started_at, 0),
	F_TIME(action, finished_at, NULLABLE),
	F_WORD(action, result, results, NULLABLE),
	F_STR(action, message, 0, NULLABLE | EMPTY_OK),
	F_END,
};

#define COLUMNS                                                                                    \
	"request_id, server_id, action, user_id, project_id, host, started_at, finished_at,"       \
	" result, message"

/* An act that runs again, or the same asked twice in one call, is told once. */
DB_STMT(action_insert_sql,
	"insert into compute_action (" COLUMNS ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	" on conflict (server_id, request_id, action) do nothing");

enum status action_insert(struct call *c, const struct action *in)
{
	return db_put(c, &action_insert_sql, action_row, in);
}

DB_STMT(action_close_sql, "update compute_action set finished_at = $2, result = $3, message = $4"
			  " where server_id = $1 and finished_at is null");

enum status action_close(struct call *c, const char *server_id, int result, const char *message)
{
	return db_do(c, &action_close_sql, NULL,
		     DB_ARGS(DB_STR(server_id), DB_INT(c->now_at), DB_STR(results[result]),
			     DB_STR(message)));
}

DB_STMT(action_rows_sql, "select " COLUMNS " from compute_action where server_id = $1"
			 " order by started_at desc, request_id desc, action");

enum status action_rows(struct call *c, const char *server_id, struct action **list, size_t *count)
{
	return DB_ALL(c, &action_rows_sql, action_row, list, count, DB_ARGS(DB_STR(server_id)));
}

DB_STMT(action_resize_rows_sql, "select " COLUMNS " from compute_action"
				" where action in ('resize', 'confirmResize', 'revertResize')"
				" order by server_id, started_at, request_id");

enum status action_resize_rows(struct call *c, struct action **list, size_t *count)
{
	return DB_ALL(c, &action_resize_rows_sql, action_row, list, count, DB_ARGS());
}
