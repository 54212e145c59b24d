/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of clocks. */
#include "engine/calendar/calendar_private.h"

const struct field calendar_clock_row[] = {
	F_STR(calendar_clock, id, 0, 0),
	F_STR(calendar_clock, subject, 0, 0),
	F_STR(calendar_clock, calendar, 0, 0),
	F_STR(calendar_clock, office_id, 0, NULLABLE),
	F_WORD(calendar_clock, unit, calendar_unit_words, 0),
	F_STR(calendar_clock, project_id, 0, 0),
	F_WORD(calendar_clock, run, calendar_run_words, 0),
	F_TIME(calendar_clock, due_at, NULLABLE),
	F_INT(calendar_clock, due_order, 0, 0, 0),
	F_INT(calendar_clock, version, 0, 0, 0),
	F_INT(calendar_clock, office_revision, 0, 0, 0),
	F_BOOL(calendar_clock, provisional, 0),
	F_TIME(calendar_clock, created_at, 0),
	F_END,
};
const struct field calendar_clock_event_row[] = {
	F_INT(calendar_clock_event, number, 0, 0, 0),
	F_WORD(calendar_clock_event, kind, calendar_kind_words, 0),
	F_TIME(calendar_clock_event, at, 0),
	F_INT(calendar_clock_event, days, 0, 0, 0),
	F_STR(calendar_clock_event, reason, 0, NULLABLE),
	F_STR(calendar_clock_event, user_id, 0, NULLABLE),
	F_END,
};

#define COLUMNS                                                                                    \
	"id, subject, calendar, office_id, unit, project_id, run, due_at, due_order, version,"     \
	" office_revision, provisional, created_at"
#define CLOCK "select " COLUMNS " from calendar_clock"
#define EVENT "number, kind, at, days, reason, user_id"

DB_STMT(calendar_clock_insert_sql,
	"insert into calendar_clock (" COLUMNS
	") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
DB_STMT(calendar_clock_read_sql, CLOCK " where id = $1");
DB_STMT(calendar_clock_derived_sql,
	"update calendar_clock set run = $2, due_at = $3, due_order = $4, version = $5,"
	" office_revision = $6, provisional = $7 where id = $1");
DB_STMT(calendar_clock_event_insert_sql,
	"insert into calendar_clock_event (clock_id, " EVENT ") values ($1, $2, $3, $4, $5, $6,"
	" $7)");
DB_STMT(calendar_clock_events_sql,
	"select " EVENT " from calendar_clock_event where clock_id = $1 order by number");
DB_STMT(calendar_clock_rows_sql,
	CLOCK " where project_id = $1 and due_order < $2 and (due_order, id) > ($3, $4)"
	      " order by due_order, id limit $5");
DB_STMT(calendar_clock_run_sql,
	CLOCK " where project_id = $1 and run = $6 and due_order < $2"
	      " and (due_order, id) > ($3, $4) order by due_order, id limit $5");
DB_STMT(calendar_clock_all_sql, CLOCK " where id > $1 order by id limit $2");
DB_STMT(calendar_clock_stale_sql,
	CLOCK " k where calendar = $1 and run <> 'stopped' and (version <> $2"
	      " or office_revision <> coalesce((select revision from calendar_office o"
	      " where o.id = k.office_id), 0)) order by id limit $3");

enum status calendar_clock_insert(struct call *c, const struct calendar_clock *in)
{
	return db_put(c, &calendar_clock_insert_sql, calendar_clock_row, in);
}

enum status calendar_clock_read(struct call *c, const char *id, struct calendar_clock *out)
{
	return db_one(c, &calendar_clock_read_sql, calendar_clock_row, out, DB_ARGS(DB_STR(id)));
}

enum status calendar_clock_derived(struct call *c, const struct clock_due *in)
{
	return db_do(c, &calendar_clock_derived_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(calendar_run_words[in->run]),
			     DB_TIME(in->due_at), DB_INT(in->due_at ? in->due_at : DUE_NEVER),
			     DB_INT(in->version), DB_INT(in->office_revision),
			     DB_BOOL(in->provisional)));
}

enum status calendar_clock_event_insert(struct call *c, const char *clock_id,
					const struct calendar_clock_event *in)
{
	return db_do(c, &calendar_clock_event_insert_sql, NULL,
		     DB_ARGS(DB_STR(clock_id), DB_INT(in->number),
			     DB_STR(calendar_kind_words[in->kind]), DB_TIME(in->at),
			     DB_INT(in->days), DB_STR(in->reason), DB_STR(in->user_id)));
}

enum status calendar_clock_events(struct call *c, const char *clock_id,
				  struct calendar_clock_event **out, size_t *n)
{
	return DB_ALL(c, &calendar_clock_events_sql, calendar_clock_event_row, out, n,
		      DB_ARGS(DB_STR(clock_id)));
}

enum status calendar_clock_rows(struct call *c, const char *project_id, const char *run,
				int64_t due_before, int64_t due_after, const char *id_after,
				int64_t limit, struct calendar_clock **out, size_t *n)
{
	const struct db_arg args[] = { DB_STR(project_id), DB_INT(due_before), DB_INT(due_after),
				       DB_STR(id_after),   DB_INT(limit),      DB_STR(run) };

	return run ? DB_ALL(c, &calendar_clock_run_sql, calendar_clock_row, out, n, args, 6)
		   : DB_ALL(c, &calendar_clock_rows_sql, calendar_clock_row, out, n, args, 5);
}

enum status calendar_clock_stale(struct call *c, const char *calendar, int64_t version,
				 int64_t limit, struct calendar_clock **out, size_t *n)
{
	return DB_ALL(c, &calendar_clock_stale_sql, calendar_clock_row, out, n,
		      DB_ARGS(DB_STR(calendar), DB_INT(version), DB_INT(limit)));
}

enum status calendar_clock_all(struct call *c, const char *after, int64_t limit,
			       struct calendar_clock **out, size_t *n)
{
	return DB_ALL(c, &calendar_clock_all_sql, calendar_clock_row, out, n,
		      DB_ARGS(DB_STR(after), DB_INT(limit)));
}
