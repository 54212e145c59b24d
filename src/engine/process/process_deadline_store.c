/* SPDX-License-Identifier: Apache-2.0 */
/* Statements of due dates in working days. */
#include "engine/process/process_private.h"

static const struct field deadline_row_wire[] = {
	F_STR(deadline_row, kind, 0, 0),
	F_INT(deadline_row, instance_id, 0, 0, 0),
	F_INT(deadline_row, number, 0, 0, 0),
	F_INT(deadline_row, started_at, 0, 0, 0),
	F_INT(deadline_row, days, 0, 0, 0),
	F_STR(deadline_row, calendar, 0, 0),
	F_INT(deadline_row, version, 0, 0, 0),
	F_TIME(deadline_row, due_at, NULLABLE),
	F_END,
};

#define DEADLINE                                                                                   \
	"select d.kind, d.instance_id, d.number, d.started_at, d.days, d.calendar, d.version,"     \
	" coalesce(t.due_at, w.due_at) as due_at from process_deadline d"                          \
	" left join process_task t on d.kind = 'task' and t.instance_id = d.instance_id"           \
	" and t.execution = d.number"                                                              \
	" left join process_timer w on d.kind = 'timer' and w.instance_id = d.instance_id"         \
	" and w.wait = d.number"

#define ONE " where instance_id = $1 and kind = $2 and number = $3"

DB_STMT(deadline_put_sql,
	"insert into process_deadline (instance_id, kind, number, started_at, days, calendar,"
	" version) values ($1, $2, $3, $4, $5, $6, $7)");

enum status deadline_put(struct call *c, const struct deadline_row *d)
{
	return db_do(c, &deadline_put_sql, NULL,
		     DB_ARGS(DB_INT(d->instance_id), DB_STR(d->kind), DB_INT(d->number),
			     DB_INT(d->started_at), DB_INT(d->days), DB_STR(d->calendar),
			     DB_INT(d->version)));
}

DB_STMT(deadline_drop_sql, "delete from process_deadline" ONE);

enum status deadline_drop(struct call *c, const char *kind, int64_t instance_id, int64_t number)
{
	return db_do(c, &deadline_drop_sql, NULL,
		     DB_ARGS(DB_INT(instance_id), DB_STR(kind), DB_INT(number)));
}

DB_STMT(deadline_get_sql, DEADLINE " where d.instance_id = $1 and d.kind = $2 and d.number = $3");

enum status deadline_get(struct call *c, const char *kind, int64_t instance_id, int64_t number,
			 struct deadline_row *out)
{
	return db_one(c, &deadline_get_sql, deadline_row_wire, out,
		      DB_ARGS(DB_INT(instance_id), DB_STR(kind), DB_INT(number)));
}

DB_STMT(deadline_calendar_sql, DEADLINE " where d.calendar > $1 order by d.calendar limit 1");

enum status deadline_calendar(struct call *c, const char *after, struct deadline_row *out)
{
	return db_one(c, &deadline_calendar_sql, deadline_row_wire, out, DB_ARGS(DB_STR(after)));
}

DB_STMT(deadline_stale_sql, DEADLINE " where d.calendar = $1 and d.version < $2"
				     " order by d.version, d.instance_id, d.kind, d.number"
				     " limit $3");

enum status deadline_stale(struct call *c, const char *calendar, int64_t version, int64_t limit,
			   struct deadline_row **out, size_t *n)
{
	return DB_ALL(c, &deadline_stale_sql, deadline_row_wire, out, n,
		      DB_ARGS(DB_STR(calendar), DB_INT(version), DB_INT(limit)));
}

DB_STMT(deadline_all_sql, DEADLINE " where (d.instance_id, d.kind, d.number) > ($1, $2, $3)"
				   " order by d.instance_id, d.kind, d.number limit $4");

enum status deadline_all(struct call *c, int64_t instance_id, const char *kind, int64_t number,
			 int64_t limit, struct deadline_row **out, size_t *n)
{
	return DB_ALL(c, &deadline_all_sql, deadline_row_wire, out, n,
		      DB_ARGS(DB_INT(instance_id), DB_STR(kind), DB_INT(number), DB_INT(limit)));
}

DB_STMT(deadline_version_sql, "update process_deadline set version = $4" ONE);
DB_STMT(deadline_task_sql, "update process_task set due_at = $3"
			   " where instance_id = $1 and execution = $2");
DB_STMT(deadline_timer_sql, "update process_timer set due_at = $3"
			    " where instance_id = $1 and wait = $2");

enum status deadline_renew(struct call *c, const struct deadline_row *d)
{
	bool task = str_eq(d->kind, "task");
	enum status st = db_do(c, &deadline_version_sql, NULL,
			       DB_ARGS(DB_INT(d->instance_id), DB_STR(d->kind), DB_INT(d->number),
				       DB_INT(d->version)));

	return st ? st
		  : db_do(c, task ? &deadline_task_sql : &deadline_timer_sql, NULL,
			  DB_ARGS(DB_INT(d->instance_id), DB_INT(d->number), DB_TIME(d->due_at)));
}
