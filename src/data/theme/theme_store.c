/* SPDX-License-Identifier: Apache-2.0 */
/* Statements over theme_*. */
#include "data/theme/theme_serve_private.h"

const char *const theme_run_states[] = { "waiting", "done", "failed", NULL };

static const struct field resource_row[] = {
	F_STR(theme_resource, code, 0, 0),      F_STR(theme_resource, resource_id, 0, 0),
	F_STR(theme_resource, domain_id, 0, 0), F_INT(theme_resource, share_type, 0, 0, 0),
	F_TIME(theme_resource, updated_at, 0),  F_END,
};
DB_STMT(theme_resource_rows_sql, "select code, resource_id, domain_id, share_type, updated_at"
				 " from theme_resource order by code");

enum status resource_rows(struct call *c, struct theme_resource **list, size_t *n)
{
	return DB_ALL(c, &theme_resource_rows_sql, resource_row, list, n, DB_NO_ARGS);
}

DB_STMT(theme_resource_save_sql,
	"insert into theme_resource (code, resource_id, domain_id, share_type, updated_at)"
	" values ($1, $2, $3, $4, $5) on conflict (code) do update set resource_id ="
	" excluded.resource_id, domain_id = excluded.domain_id, share_type = excluded.share_type,"
	" updated_at = excluded.updated_at");

enum status resource_save(struct call *c, const struct theme_resource *in)
{
	return db_put(c, &theme_resource_save_sql, resource_row, in);
}

static const struct field run_row[] = {
	F_STR(theme_run, id, 0, 0),
	F_WORD(theme_run, state, theme_run_states, 0),
	F_STR(theme_run, problem, 0, NULLABLE),
	F_INT(theme_run, records, 0, 0, 0),
	F_INT(theme_run, linked, 0, 0, 0),
	F_STR(theme_run, asked_by, 0, 0),
	F_TIME(theme_run, asked_at, 0),
	F_TIME(theme_run, done_at, NULLABLE),
	F_END,
};
#define RUN "id, state, problem, records, linked, asked_by, asked_at, done_at"

DB_STMT(theme_run_put_sql,
	"insert into theme_run (" RUN ") values ($1, $2, $3, $4, $5, $6, $7, $8)");

enum status run_put(struct call *c, const struct theme_run *in)
{
	return db_put(c, &theme_run_put_sql, run_row, in);
}

DB_STMT(theme_run_read_sql, "select " RUN " from theme_run where id = $1");

enum status run_read(struct call *c, const char *id, struct theme_run *out)
{
	return db_one(c, &theme_run_read_sql, run_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(theme_run_rows_sql, "select " RUN " from theme_run order by asked_at desc, id limit $1");

enum status run_rows(struct call *c, int64_t limit, struct theme_run **list, size_t *n)
{
	return DB_ALL(c, &theme_run_rows_sql, run_row, list, n, DB_ARGS(DB_INT(limit)));
}

DB_STMT(theme_run_finish_sql,
	"update theme_run set state = $2, problem = $3, records = $4, linked = $5, done_at = $6"
	" where id = $1 and state = 'waiting'");

enum status run_finish(struct call *c, const struct theme_run *in)
{
	return db_do(c, &theme_run_finish_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(theme_run_states[in->state]),
			     DB_STR(in->problem), DB_INT(in->records), DB_INT(in->linked),
			     DB_TIME(in->done_at)));
}

DB_STMT(theme_run_trim_sql, "delete from theme_run where done_at < $1");

enum status run_trim(struct call *c, int64_t before)
{
	return db_do(c, &theme_run_trim_sql, NULL, DB_ARGS(DB_INT(before)));
}
