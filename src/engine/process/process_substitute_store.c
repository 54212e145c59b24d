/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of substitutions 代理. */
#include "engine/process/process_substitute.h"

#define COLUMNS                                                                                    \
	"id, domain_id, principal, deputy, process, from_at, until_at, reason, made_by, made_at,"  \
	" ended_at"
static const struct field row[] = {
	F_STR(substitution, id, 0, 0),
	F_STR(substitution, domain_id, 0, EMPTY_OK),
	F_STR(substitution, principal, 0, 0),
	F_STR(substitution, deputy, 0, 0),
	F_STR(substitution, process, 0, NULLABLE),
	F_TIME(substitution, from_at, 0),
	F_TIME(substitution, until_at, 0),
	F_STR(substitution, reason, 0, NULLABLE),
	F_STR(substitution, made_by, 0, 0),
	F_TIME(substitution, made_at, 0),
	F_TIME(substitution, ended_at, NULLABLE),
	F_END,
};

DB_STMT(substitution_put_sql, "insert into process_substitution (" COLUMNS
			      ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)");
DB_STMT(substitution_get_sql, "select " COLUMNS " from process_substitution where id = $1");
DB_STMT(substitution_close_sql, "update process_substitution set ended_at = $2 where id = $1");
DB_STMT(substitution_stands_sql,
	"select count(*) from process_substitution where deputy = $1 and principal = $2"
	" and domain_id = $3 and (process is null or process = $4) and from_at <= $5"
	" and until_at > $5 and ended_at is null");
/* Of the same tasks: both of all, or either of the same process. */
DB_STMT(substitution_overlaps_sql,
	"select count(*) from process_substitution where principal = $1 and domain_id = $2"
	" and ended_at is null and coalesce(process, '') = $3 and from_at < $5 and until_at > $4");
#define NEWEST " and id < $2 order by id desc limit $3"
DB_STMT(substitution_given_sql, "select " COLUMNS " from process_substitution where domain_id = $1"
				" and principal = $4" NEWEST);
DB_STMT(substitution_of_deputy_sql, "select " COLUMNS " from process_substitution"
				    " where domain_id = $1 and deputy = $4" NEWEST);
DB_STMT(substitution_all_sql,
	"select " COLUMNS " from process_substitution where domain_id = $1" NEWEST);
DB_STMT(substitution_active_sql,
	"select " COLUMNS " from process_substitution where deputy = $1 and from_at <= $2"
	" and until_at > $2 and ended_at is null order by id limit $3");

enum status substitution_put(struct call *c, const struct substitution *s)
{
	return db_put(c, &substitution_put_sql, row, s);
}

enum status substitution_get(struct call *c, const char *id, struct substitution *out)
{
	return db_one(c, &substitution_get_sql, row, out, DB_ARGS(DB_STR(id)));
}

enum status substitution_close(struct call *c, const char *id, int64_t at)
{
	return db_do(c, &substitution_close_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(at)));
}

enum status substitution_stands(struct call *c, const char *principal, const char *deputy,
				const char *domain_id, const char *process, int64_t now,
				int64_t *count)
{
	return db_number(c, &substitution_stands_sql, count,
			 DB_ARGS(DB_STR(deputy), DB_STR(principal), DB_STR(domain_id),
				 DB_STR(process), DB_INT(now)));
}

enum status substitution_overlaps(struct call *c, const struct substitution *s, int64_t *count)
{
	return db_number(c, &substitution_overlaps_sql, count,
			 DB_ARGS(DB_STR(s->principal), DB_STR(s->domain_id),
				 DB_STR(s->process ? s->process : ""), DB_INT(s->from_at),
				 DB_INT(s->until_at)));
}

enum status substitution_list(struct call *c, const char *domain_id, const char *principal,
			      const char *deputy, const char *marker, int64_t limit,
			      struct substitution **out, size_t *n)
{
	const char *below = marker ? marker : "g"; /* behind every id */
	const char *who = principal ? principal : deputy;

	if (!who)
		return DB_ALL(c, &substitution_all_sql, row, out, n,
			      DB_ARGS(DB_STR(domain_id), DB_STR(below), DB_INT(limit)));
	return DB_ALL(c, principal ? &substitution_given_sql : &substitution_of_deputy_sql, row,
		      out, n,
		      DB_ARGS(DB_STR(domain_id), DB_STR(below), DB_INT(limit), DB_STR(who)));
}

enum status substitution_active(struct call *c, const char *deputy, int64_t now, int64_t limit,
				struct substitution **out, size_t *n)
{
	return DB_ALL(c, &substitution_active_sql, row, out, n,
		      DB_ARGS(DB_STR(deputy), DB_INT(now), DB_INT(limit)));
}
