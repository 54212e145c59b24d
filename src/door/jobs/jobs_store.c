/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of jobs: one function each. */
#include "door/jobs/jobs_private.h"

const char *const job_states[] = { "waiting", "running", "done", "dead", "cancelled", NULL };

static const struct field job_row_shape[] = {
	F_INT(job_row, id, 0, 0, 0),           F_STR(job_row, kind, 0, 0),
	F_STR(job_row, subject, 0, 0),         F_STR(job_row, payload, 0, 0),
	F_INT(job_row, priority, 0, 0, 0),     F_WORD(job_row, state, job_states, 0),
	F_INT(job_row, attempt, 0, 0, 0),      F_INT(job_row, epoch, 0, 0, 0),
	F_INT(job_row, posted_at, 0, 0, 0),    F_INT(job_row, due_at, 0, 0, 0),
	F_STR(job_row, holder, 0, NULLABLE),   F_INT(job_row, lease_until, 0, 0, OPT),
	F_INT(job_row, started_at, 0, 0, OPT), F_INT(job_row, ended_at, 0, 0, OPT),
	F_INT(job_row, cancelled, 0, 0, 0),    F_INT(job_row, percent, 0, 0, 0),
	F_STR(job_row, words, 0, NULLABLE),    F_STR(job_row, why, 0, NULLABLE),
	F_STR(job_row, request_id, 0, 0),      F_END,
};
#define JOB                                                                                        \
	"id, kind, subject, payload, priority, state, attempt, epoch, posted_at, due_at, holder,"  \
	" lease_until, started_at, ended_at, cancelled, percent, words, why, request_id"

/* Names the partial index job_waits_once. Whoever asks again starts the attempts afresh. */
DB_STMT(job_insert_sql,
	"insert into job (kind, subject, payload, priority, state, posted_at, due_at, request_id)"
	" values ($1, $2, $3, $4, 'waiting', $5, $6, $7)"
	" on conflict (kind, subject) where state = 'waiting' do update set"
	" payload = excluded.payload, attempt = 0,"
	" priority = case when excluded.priority < job.priority then excluded.priority"
	" else job.priority end,"
	" due_at = case when excluded.due_at < job.due_at then excluded.due_at else job.due_at end");

enum status job_insert(struct call *c, const struct job_row *j)
{
	return db_do(c, &job_insert_sql, NULL,
		     DB_ARGS(DB_STR(j->kind), DB_STR(j->subject), DB_STR(j->payload),
			     DB_INT(j->priority), DB_INT(j->posted_at), DB_INT(j->due_at),
			     DB_STR(j->request_id)));
}

DB_STMT(job_drop_kind_sql, "update job set state = 'cancelled', ended_at = $1, cancelled = 1"
			   " where state = 'waiting' and subject = $2 and kind = $3");
DB_STMT(job_drop_sql, "update job set state = 'cancelled', ended_at = $1, cancelled = 1"
		      " where state = 'waiting' and subject = $2");

enum status job_drop_waiting(struct call *c, const char *kind, const char *subject, int64_t now)
{
	if (kind)
		return db_do(c, &job_drop_kind_sql, NULL,
			     DB_ARGS(DB_INT(now), DB_STR(subject), DB_STR(kind)));
	return db_do(c, &job_drop_sql, NULL, DB_ARGS(DB_INT(now), DB_STR(subject)));
}

DB_STMT(job_stop_kind_sql,
	"update job set cancelled = 1 where state = 'running' and subject = $1 and kind = $2");
DB_STMT(job_stop_sql, "update job set cancelled = 1 where state = 'running' and subject = $1");

enum status job_stop_running(struct call *c, const char *kind, const char *subject)
{
	if (kind)
		return db_do(c, &job_stop_kind_sql, NULL, DB_ARGS(DB_STR(subject), DB_STR(kind)));
	return db_do(c, &job_stop_sql, NULL, DB_ARGS(DB_STR(subject)));
}

DB_STMT(job_is_due_sql,
	"select count(*) from (select 1 from job where kind = $1 and state = 'waiting'"
	" and priority in (0, 10, 20) and due_at <= $2 limit 1) j");

enum status job_is_due(struct call *c, const char *kind, int64_t now, bool *due)
{
	int64_t n = 0;
	enum status st = db_number(c, &job_is_due_sql, &n, DB_ARGS(DB_STR(kind), DB_INT(now)));
	*due = n > 0;
	return st;
}

struct claimable {
	int64_t id;
};
static const struct field claimable_shape[] = { F_INT(claimable, id, 0, 0, 0), F_END };

DB_STMT(job_claimable_sql,
	"select j.id from job j where j.kind = $1 and j.priority = $2 and j.state = 'waiting'"
	" and j.due_at <= $3"
	" and not exists (select 1 from job r where r.subject = j.subject and r.state = 'running')"
	" and not exists (select 1 from job w where w.subject = j.subject and w.state = 'waiting'"
	" and w.due_at <= $3 and (w.priority, w.due_at, w.id) < (j.priority, j.due_at, j.id))"
	" order by j.due_at, j.id limit $4");

enum status job_claimable(struct call *c, const struct job_claim *in, int64_t *ids, size_t *count)
{
	struct claimable *rows;
	enum status st = DB_ALL(c, &job_claimable_sql, claimable_shape, &rows, count,
				DB_ARGS(DB_STR(in->kind), DB_INT(in->priority), DB_INT(in->now),
					DB_INT(in->limit)));

	for (size_t i = 0; i < *count && !st; i++)
		ids[i] = rows[i].id;
	return st;
}

DB_STMT(job_claim_sql,
	"update job set state = 'running', attempt = attempt + 1, epoch = epoch + 1, holder = $4,"
	" lease_until = $3, started_at = $2, percent = 0, words = null"
	" where id = $1 and state = 'waiting' returning " JOB);

enum status job_claim(struct call *c, int64_t id, const struct job_claim *in, struct job_row *out)
{
	return db_one(c, &job_claim_sql, job_row_shape, out,
		      DB_ARGS(DB_INT(id), DB_INT(in->now), DB_INT(in->until), DB_STR(in->holder)));
}

DB_STMT(job_extend_sql, "update job set lease_until = $3, percent = $4, words = $5"
			" where id = $1 and epoch = $2 and state = 'running' returning cancelled");

enum status job_extend(struct call *c, const struct job *j, int64_t until, int64_t percent,
		       const char *words, int64_t *cancelled)
{
	return db_number(c, &job_extend_sql, cancelled,
			 DB_ARGS(DB_INT(j->id), DB_INT(j->epoch), DB_INT(until), DB_INT(percent),
				 DB_STR(words)));
}

DB_STMT(job_expired_sql, "select " JOB " from job where state = 'running' and lease_until < $1"
			 " order by lease_until limit $2");

enum status job_expired(struct call *c, int64_t now, int64_t limit, struct job_row **out,
			size_t *count)
{
	return DB_ALL(c, &job_expired_sql, job_row_shape, out, count,
		      DB_ARGS(DB_INT(now), DB_INT(limit)));
}

DB_STMT(job_holds_sql,
	"select cancelled from job where id = $1 and epoch = $2 and state = 'running'");

enum status job_holds(struct call *c, const struct job *j, int64_t *cancelled)
{
	return db_number(c, &job_holds_sql, cancelled, DB_ARGS(DB_INT(j->id), DB_INT(j->epoch)));
}

DB_STMT(job_finish_sql,
	"update job set state = $3, ended_at = $4, why = $5, holder = null, lease_until = null,"
	" percent = case when $3 = 'done' then 100 else percent end"
	" where id = $1 and epoch = $2 and state = 'running'");

enum status job_finish(struct call *c, const struct job *j, enum job_state to, int64_t now,
		       const char *why)
{
	return db_do(c, &job_finish_sql, NULL,
		     DB_ARGS(DB_INT(j->id), DB_INT(j->epoch), DB_STR(job_states[to]), DB_INT(now),
			     DB_STR(why)));
}

DB_STMT(job_again_sql,
	"update job set state = 'waiting', attempt = $3, due_at = $4, why = $5, holder = null,"
	" lease_until = null where id = $1 and epoch = $2 and state = 'running'");

enum status job_again(struct call *c, const struct job *j, int64_t attempt, int64_t due_at,
		      const char *why)
{
	return db_do(c, &job_again_sql, NULL,
		     DB_ARGS(DB_INT(j->id), DB_INT(j->epoch), DB_INT(attempt), DB_INT(due_at),
			     DB_STR(why)));
}

DB_STMT(job_other_waits_sql,
	"select count(*) from job where kind = $1 and subject = $2 and state = 'waiting'");

enum status job_other_waits(struct call *c, const char *kind, const char *subject, bool *waits)
{
	int64_t n = 0;
	enum status st =
		db_number(c, &job_other_waits_sql, &n, DB_ARGS(DB_STR(kind), DB_STR(subject)));
	*waits = n > 0;
	return st;
}

DB_STMT(job_get_sql, "select " JOB " from job where id = $1");

enum status job_get(struct call *c, int64_t id, struct job_row *out)
{
	return db_one(c, &job_get_sql, job_row_shape, out, DB_ARGS(DB_INT(id)));
}

/* Each mask of filters has a statement of its own, so that each uses the index that fits it. */
#define FIND(more) "select " JOB " from job where id < $1" more " order by id desc limit $2"
DB_STMT(job_find_sql, FIND(""));
DB_STMT(job_find_state_sql, FIND(" and state = $3"));
DB_STMT(job_find_kind_sql, FIND(" and kind = $3"));
DB_STMT(job_find_state_kind_sql, FIND(" and state = $3 and kind = $4"));
DB_STMT(job_find_subject_sql, FIND(" and subject = $3"));
DB_STMT(job_find_state_subject_sql, FIND(" and state = $3 and subject = $4"));
DB_STMT(job_find_kind_subject_sql, FIND(" and kind = $3 and subject = $4"));
DB_STMT(job_find_all_sql, FIND(" and state = $3 and kind = $4 and subject = $5"));

enum status job_find(struct call *c, const struct job_filter *f, struct job_row **out,
		     size_t *count)
{
	/* Bit 0: state, bit 1: kind, bit 2: subject. */
	static const struct db_stmt *const by_mask[] = {
		&job_find_sql,
		&job_find_state_sql,
		&job_find_kind_sql,
		&job_find_state_kind_sql,
		&job_find_subject_sql,
		&job_find_state_subject_sql,
		&job_find_kind_subject_sql,
		&job_find_all_sql,
	};
	struct db_arg args[5] = { DB_INT(f->below), DB_INT(f->limit) };
	const char *const wanted[] = { f->state, f->kind, f->subject };
	size_t n = 2;
	unsigned mask = 0;

	for (unsigned i = 0; i < 3; i++) {
		if (!wanted[i])
			continue;
		mask |= 1u << i;
		args[n++] = DB_STR(wanted[i]);
	}
	return DB_ALL(c, by_mask[mask], job_row_shape, out, count, args, n);
}

DB_STMT(job_revive_sql, "update job set state = 'waiting', attempt = 0, due_at = $2,"
			" ended_at = null, cancelled = 0 where id = $1 and state = 'dead'");

enum status job_revive(struct call *c, int64_t id, int64_t now, int64_t *changed)
{
	return db_do(c, &job_revive_sql, changed, DB_ARGS(DB_INT(id), DB_INT(now)));
}

DB_STMT(job_cancel_waiting_sql, "update job set state = 'cancelled', ended_at = $2, cancelled = 2"
				" where id = $1 and state = 'waiting'");
DB_STMT(job_cancel_running_sql, "update job set cancelled = 2 where id = $1 and state = 'running'");

enum status job_cancel_one(struct call *c, int64_t id, int64_t now, int64_t *changed)
{
	enum status st =
		db_do(c, &job_cancel_waiting_sql, changed, DB_ARGS(DB_INT(id), DB_INT(now)));
	if (st || *changed)
		return st;
	return db_do(c, &job_cancel_running_sql, changed, DB_ARGS(DB_INT(id)));
}

DB_STMT(job_insert_timer_sql,
	"insert into job (kind, subject, payload, priority, state, posted_at, due_at, request_id)"
	" select k.kind, k.kind, '{}', 10, 'waiting', k.at, k.at, 'timer' from"
	" (select cast($1 as text) as kind, cast($2 as bigint) as at) k where not exists"
	" (select 1 from job where kind = $1 and state in ('waiting', 'running'))"
	" on conflict (kind, subject) where state = 'waiting' do nothing");

enum status job_insert_timer(struct call *c, const char *kind, int64_t now)
{
	return db_do(c, &job_insert_timer_sql, NULL, DB_ARGS(DB_STR(kind), DB_INT(now)));
}

/* A thousand at a time, so that the act stays short. */
DB_STMT(job_purge_sql, "delete from job where id in (select id from job where ended_at < $2"
		       " and state = $1 order by ended_at limit 1000)");

enum status job_purge(struct call *c, const char *state, int64_t before, int64_t *gone)
{
	return db_do(c, &job_purge_sql, gone, DB_ARGS(DB_STR(state), DB_INT(before)));
}
