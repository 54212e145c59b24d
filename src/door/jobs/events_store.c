/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of events and listeners: one function each. */
#include "door/jobs/jobs_private.h"

DB_STMT(event_number_sql,
	"insert into event_subject (subject, number) values ($1, 1) on conflict (subject) do update"
	" set number = event_subject.number + 1 returning number");

enum status event_next_number(struct call *c, const char *subject, int64_t *number)
{
	return db_number(c, &event_number_sql, number, DB_ARGS(DB_STR(subject)));
}

DB_STMT(event_insert_sql,
	"insert into event (type, subject, number, domain_id, project_id, payload, posted_at)"
	" values ($1, $2, $3, $4, $5, $6, $7) returning id");

enum status event_insert(struct call *c, const struct event *e, int64_t *id)
{
	return db_number(c, &event_insert_sql, id,
			 DB_ARGS(DB_STR(e->type), DB_STR(e->subject), DB_INT(e->number),
				 DB_STR(e->domain_id), DB_STR(e->project_id), DB_STR(e->payload),
				 DB_INT(e->posted_at)));
}

DB_STMT(event_fan_out_sql, "insert into event_due (event, listener, subject, number, state, due_at)"
			   " select $1, name, $2, $3, 'waiting', $4 from event_listener"
			   " where type = $5 or (wild = 1 and substr($5, 1, length(type)) = type)");

enum status event_fan_out(struct call *c, const struct event *e)
{
	return db_do(c, &event_fan_out_sql, NULL,
		     DB_ARGS(DB_INT(e->id), DB_STR(e->subject), DB_INT(e->number),
			     DB_INT(e->posted_at), DB_STR(e->type)));
}

DB_STMT(event_listener_put_sql,
	"insert into event_listener (name, type, wild, seen_at) values ($1, $2, $3, $4)"
	" on conflict (name) do update set"
	" type = excluded.type, wild = excluded.wild, seen_at = excluded.seen_at");
DB_STMT(event_teller_put_sql,
	"insert into event_teller (listener, holder, until_at) values ($1, '', 0)"
	" on conflict (listener) do nothing");

enum status event_listener_put(struct call *c, const struct event_listener *l)
{
	enum status st =
		db_do(c, &event_listener_put_sql, NULL,
		      DB_ARGS(DB_STR(l->name), DB_STR(l->type), DB_BOOL(l->wild), DB_INT(l->now)));
	return st ? st : db_do(c, &event_teller_put_sql, NULL, DB_ARGS(DB_STR(l->name)));
}

DB_STMT(event_teller_take_sql, "update event_teller set holder = $2, until_at = $4"
			       " where listener = $1 and (holder = $2 or until_at <= $3)");

enum status event_teller_take(struct call *c, const char *listener, const char *holder, int64_t now,
			      int64_t until, bool *mine)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &event_teller_take_sql, &changed,
		      DB_ARGS(DB_STR(listener), DB_STR(holder), DB_INT(now), DB_INT(until)));
	*mine = changed == 1;
	return st;
}

DB_STMT(event_teller_leave_sql, "update event_teller set until_at = 0 where holder = $1");

enum status event_teller_leave(struct call *c, const char *holder)
{
	return db_do(c, &event_teller_leave_sql, NULL, DB_ARGS(DB_STR(holder)));
}

static const struct field due_row[] = {
	F_INT(event_due, event, 0, 0, 0),         F_STR(event_due, listener, 0, 0),
	F_INT(event_due, attempt, 0, 0, 0),       F_STR(event_due, type, 0, 0),
	F_STR(event_due, subject, 0, 0),          F_INT(event_due, number, 0, 0, 0),
	F_STR(event_due, domain_id, 0, NULLABLE), F_STR(event_due, project_id, 0, NULLABLE),
	F_STR(event_due, payload, 0, 0),          F_STR(event_due, why, 0, NULLABLE),
	F_INT(event_due, posted_at, 0, 0, 0),     F_END,
};
#define DUE                                                                                        \
	"d.event, d.listener, d.attempt, e.type, d.subject, d.number, e.domain_id, e.project_id,"  \
	" e.payload, d.why, e.posted_at from event_due d join event e on e.id = d.event"
/* Not before an earlier one of its subject that waits for another attempt. */
DB_STMT(event_due_list_sql,
	"select " DUE " where d.listener = $1 and d.state = 'waiting' and d.due_at <= $2"
	" and not exists (select 1 from event_due p where p.listener = d.listener"
	" and p.subject = d.subject and p.number < d.number and p.state = 'waiting'"
	" and p.due_at > $2) order by d.event limit $3");

enum status event_due_list(struct call *c, const char *listener, int64_t now, int64_t limit,
			   struct event_due **out, size_t *count)
{
	return DB_ALL(c, &event_due_list_sql, due_row, out, count,
		      DB_ARGS(DB_STR(listener), DB_INT(now), DB_INT(limit)));
}

DB_STMT(event_told_sql,
	"delete from event_due where event = $1 and listener = $2 and state = 'waiting'");

enum status event_told(struct call *c, const struct event_due *d, bool *mine)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &event_told_sql, &changed, DB_ARGS(DB_INT(d->event), DB_STR(d->listener)));
	*mine = changed == 1;
	return st;
}

DB_STMT(event_not_told_sql,
	"update event_due set state = $3, attempt = attempt + 1, due_at = $4, why = $5"
	" where event = $1 and listener = $2 and state = 'waiting'");

enum status event_not_told(struct call *c, const struct event_due *d, bool dead, int64_t due_at,
			   const char *why)
{
	return db_do(c, &event_not_told_sql, NULL,
		     DB_ARGS(DB_INT(d->event), DB_STR(d->listener),
			     DB_STR(dead ? "dead" : "waiting"), DB_INT(due_at), DB_STR(why)));
}

DB_STMT(event_dead_sql,
	"select " DUE " where d.state = 'dead' and d.event > $1 order by d.event limit $2");

enum status event_dead(struct call *c, int64_t after, int64_t limit, struct event_due **out,
		       size_t *count)
{
	return DB_ALL(c, &event_dead_sql, due_row, out, count,
		      DB_ARGS(DB_INT(after), DB_INT(limit)));
}

DB_STMT(event_revive_sql, "update event_due set state = 'waiting', attempt = 0, due_at = $3"
			  " where event = $1 and listener = $2 and state = 'dead'");

enum status event_revive(struct call *c, int64_t event, const char *listener, int64_t now,
			 int64_t *changed)
{
	return db_do(c, &event_revive_sql, changed,
		     DB_ARGS(DB_INT(event), DB_STR(listener), DB_INT(now)));
}

DB_STMT(event_purge_sql,
	"delete from event where id in (select e.id from event e where e.posted_at < $1"
	" and not exists (select 1 from event_due d where d.event = e.id)"
	" order by e.posted_at limit 1000)");

enum status event_purge(struct call *c, int64_t before, int64_t *gone)
{
	return db_do(c, &event_purge_sql, gone, DB_ARGS(DB_INT(before)));
}

DB_STMT(event_due_orphans_sql, "delete from event_due where listener in"
			       " (select name from event_listener where seen_at < $1)");
DB_STMT(event_teller_orphans_sql, "delete from event_teller where listener in"
				  " (select name from event_listener where seen_at < $1)");
DB_STMT(event_listener_purge_sql, "delete from event_listener where seen_at < $1");

enum status event_listener_purge(struct call *c, int64_t before)
{
	enum status st = db_do(c, &event_due_orphans_sql, NULL, DB_ARGS(DB_INT(before)));
	if (!st)
		st = db_do(c, &event_teller_orphans_sql, NULL, DB_ARGS(DB_INT(before)));
	return st ? st : db_do(c, &event_listener_purge_sql, NULL, DB_ARGS(DB_INT(before)));
}

static const struct field event_row[] = {
	F_INT(event, id, 0, 0, 0),
	F_STR(event, type, 0, 0),
	F_STR(event, subject, 0, 0),
	F_INT(event, number, 0, 0, 0),
	F_STR(event, domain_id, 0, NULLABLE),
	F_STR(event, project_id, 0, NULLABLE),
	F_STR(event, payload, 0, 0),
	F_INT(event, posted_at, 0, 0, 0),
	F_END,
};
DB_STMT(event_list_sql,
	"select id, type, subject, number, domain_id, project_id, payload, posted_at from event"
	" where id > $1 and id <= $2 order by id limit $3");

enum status event_list(struct call *c, int64_t after, int64_t until, int64_t limit,
		       struct event **out, size_t *count)
{
	return DB_ALL(c, &event_list_sql, event_row, out, count,
		      DB_ARGS(DB_INT(after), DB_INT(until), DB_INT(limit)));
}

DB_STMT(event_first_sql, "select coalesce(min(id), 0) from event");
DB_STMT(event_last_sql, "select coalesce(max(id), 0) from event");

enum status event_bounds(struct call *c, int64_t *first, int64_t *last)
{
	enum status st = db_number(c, &event_first_sql, first, DB_NO_ARGS);
	return st ? st : db_number(c, &event_last_sql, last, DB_NO_ARGS);
}
