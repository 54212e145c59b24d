/* SPDX-License-Identifier: Apache-2.0 */
/* Statements over theme_review, theme_judgement and theme_review_base. */
#include "data/theme/theme_review_private.h"

const char *const review_states[] = { "waiting", "settled", NULL };

#define REVIEW                                                                                     \
	"id, kind, left_resource, left_record, right_resource, right_record, weight, probability," \
	" base_at, rank, state, verdict, opinions, leased_by, leased_until, opened_at, settled_at"

static const struct field review_row[] = {
	F_STR(review, id, 0, 0),
	F_WORD(review, kind, theme_kind_words, 0),
	F_STR(review, left_resource, 0, 0),
	F_STR(review, left_record, 0, 0),
	F_STR(review, right_resource, 0, 0),
	F_STR(review, right_record, 0, 0),
	F_REAL(review, weight, 0),
	F_REAL(review, probability, 0),
	F_TIME(review, base_at, 0),
	F_INT(review, rank, 0, 0, 0),
	F_WORD(review, state, review_states, 0),
	F_WORD(review, verdict, theme_verdict_words, NULLABLE),
	F_INT(review, opinions, 0, 0, 0),
	F_STR(review, leased_by, 0, NULLABLE),
	F_TIME(review, leased_until, NULLABLE),
	F_TIME(review, opened_at, 0),
	F_TIME(review, settled_at, NULLABLE),
	F_END,
};

/* --- the base --- */

DB_STMT(theme_review_base_sql, "select base_at from theme_review_base where id = 1");

enum status review_base(struct call *c, int64_t *base_at)
{
	enum status st = db_number(c, &theme_review_base_sql, base_at, DB_NO_ARGS);

	if (st != ST_NOT_FOUND)
		return st;
	*base_at = 0;
	return ST_OK;
}

DB_STMT(theme_review_base_put_sql,
	"insert into theme_review_base (id, base_at, loaded_at) values (1, $1, $2)"
	" on conflict (id) do update set base_at = excluded.base_at, loaded_at = excluded.loaded_at"
	" where theme_review_base.base_at < excluded.base_at");

enum status review_base_put(struct call *c, int64_t base_at, int64_t now)
{
	return db_do(c, &theme_review_base_put_sql, NULL, DB_ARGS(DB_INT(base_at), DB_INT(now)));
}

/* A pair that is there keeps its opinions, verdict and lease. */
DB_STMT(theme_review_put_sql,
	"insert into theme_review (" REVIEW ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,"
	" $11, $12, $13, $14, $15, $16, $17) on conflict (id) do update set weight ="
	" excluded.weight, probability = excluded.probability, rank = excluded.rank, base_at ="
	" excluded.base_at where theme_review.base_at < excluded.base_at");

enum status review_put(struct call *c, const struct review *r)
{
	return db_put(c, &theme_review_put_sql, review_row, r);
}

DB_STMT(theme_review_sweep_sql,
	"delete from theme_review where state = 'waiting' and base_at < $1 and not exists"
	" (select 1 from theme_judgement j where j.review_id = theme_review.id)");

enum status review_sweep(struct call *c, int64_t base_at)
{
	return db_do(c, &theme_review_sweep_sql, NULL, DB_ARGS(DB_INT(base_at)));
}

/* --- pairs --- */

DB_STMT(theme_review_read_sql, "select " REVIEW " from theme_review where id = $1");

enum status review_read(struct call *c, const char *id, struct review *out)
{
	return db_one(c, &theme_review_read_sql, review_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(theme_review_held_sql,
	"select " REVIEW " from theme_review where leased_by = $1 and leased_until > $2"
	" and base_at = $3 order by leased_until desc limit 1");

enum status review_held(struct call *c, const char *who, int64_t now, int64_t base_at,
			struct review *out)
{
	return db_one(c, &theme_review_held_sql, review_row, out,
		      DB_ARGS(DB_STR(who), DB_INT(now), DB_INT(base_at)));
}

#define WAITS                                                                                      \
	"select " REVIEW " from theme_review r where state = 'waiting' and base_at = $1"           \
	" and opinions = $2 and rank > $3 and (leased_until is null or leased_until <= $4)"        \
	" and not exists (select 1 from theme_judgement j where j.review_id = r.id and"            \
	" j.judge = $5 and j.withdrawn_at is null)"
DB_STMT(theme_review_queue_sql, WAITS " order by rank limit $6");
DB_STMT(theme_review_queue_kind_sql, WAITS " and kind = $7 order by rank limit $6");

enum status review_queue(struct call *c, int64_t base_at, int64_t opinions, int64_t after,
			 const char *who, int kind, struct review **list, size_t *n)
{
	const struct db_arg args[] = { DB_INT(base_at),
				       DB_INT(opinions),
				       DB_INT(after),
				       DB_INT(c->now_at),
				       DB_STR(who),
				       DB_INT(REVIEW_PAGE),
				       DB_STR(kind < 0 ? NULL : theme_kind_words[kind]) };

	return kind < 0 ? DB_ALL(c, &theme_review_queue_sql, review_row, list, n, args, 6)
			: DB_ALL(c, &theme_review_queue_kind_sql, review_row, list, n, args, 7);
}

DB_STMT(theme_review_lend_sql,
	"update theme_review set leased_by = $2, leased_until = $3 where id = $1 and state ="
	" 'waiting' and (leased_until is null or leased_until <= $4 or leased_by = $2)");

enum status review_lend(struct call *c, const char *id, const char *who, int64_t until, int64_t now,
			int64_t *changed)
{
	return db_do(c, &theme_review_lend_sql, changed,
		     DB_ARGS(DB_STR(id), DB_STR(who), DB_INT(until), DB_INT(now)));
}

DB_STMT(theme_review_release_sql, "update theme_review set leased_by = null, leased_until = null"
				  " where id = $1 and leased_by = $2");

enum status review_release(struct call *c, const char *id, const char *who)
{
	return db_do(c, &theme_review_release_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(who)));
}

DB_STMT(theme_review_settle_sql,
	"update theme_review set state = $2, verdict = $3, opinions = $4, settled_at = $5,"
	" leased_by = null, leased_until = null where id = $1");

enum status review_settle(struct call *c, const struct review *r)
{
	return db_do(c, &theme_review_settle_sql, NULL,
		     DB_ARGS(DB_STR(r->id), DB_STR(review_states[r->state]),
			     DB_STR(r->verdict < 0 ? NULL : theme_verdict_words[r->verdict]),
			     DB_INT(r->opinions), DB_TIME(r->settled_at)));
}

/* --- counts --- */

struct review_number {
	int64_t opinions, count;
	int verdict;
};
static const struct field waiting_row[] = {
	F_INT(review_number, opinions, 0, 0, 0),
	F_INT(review_number, count, 0, 0, 0),
	F_END,
};
static const struct field settled_row[] = {
	F_WORD(review_number, verdict, theme_verdict_words, 0),
	F_INT(review_number, count, 0, 0, 0),
	F_END,
};
DB_STMT(theme_review_waiting_sql,
	"select opinions, count(*) as count from theme_review where state = 'waiting'"
	" and base_at = $1 group by opinions");
DB_STMT(theme_review_settled_sql, "select verdict, count(*) as count from theme_review"
				  " where state = 'settled' group by verdict");

enum status review_sum_read(struct call *c, int64_t base_at, struct review_sum *out)
{
	struct review_number *list;
	size_t n;
	enum status st = DB_ALL(c, &theme_review_waiting_sql, waiting_row, &list, &n,
				DB_ARGS(DB_INT(base_at)));

	for (size_t i = 0; !st && i < n; i++)
		*(list[i].opinions == 0   ? &out->first
		  : list[i].opinions == 1 ? &out->second
					  : &out->third) += list[i].count;
	if (!st)
		st = DB_ALL(c, &theme_review_settled_sql, settled_row, &list, &n, DB_NO_ARGS);
	for (size_t i = 0; !st && i < n; i++)
		*(list[i].verdict == VERDICT_SAME        ? &out->same
		  : list[i].verdict == VERDICT_DIFFERENT ? &out->different
							 : &out->unsure) += list[i].count;
	return st;
}

DB_STMT(theme_review_facts_sql,
	"select " REVIEW " from theme_review where state = 'settled' and verdict in ('same',"
	" 'different') and id > $1 order by id limit $2");

enum status review_facts(struct call *c, const char *after, int64_t limit, struct review **list,
			 size_t *n)
{
	return DB_ALL(c, &theme_review_facts_sql, review_row, list, n,
		      DB_ARGS(DB_STR(after), DB_INT(limit)));
}

/* --- judgements --- */

static const struct field judgement_columns[] = {
	F_STR(judgement, id, 0, 0),
	F_STR(judgement, review_id, 0, 0),
	F_STR(judgement, judge, 0, 0),
	F_STR(judgement, domain_id, 0, 0),
	F_WORD(judgement, verdict, theme_verdict_words, 0),
	F_STR(judgement, note, 0, NULLABLE),
	F_TIME(judgement, judged_at, 0),
	F_TIME(judgement, withdrawn_at, NULLABLE),
	F_END,
};
#define JUDGEMENT "id, review_id, judge, domain_id, verdict, note, judged_at, withdrawn_at"

DB_STMT(theme_judgement_put_sql,
	"insert into theme_judgement (" JUDGEMENT ") values ($1, $2, $3, $4, $5, $6, $7, $8)");

enum status judgement_put(struct call *c, const struct judgement *j)
{
	return db_put(c, &theme_judgement_put_sql, judgement_columns, j);
}

DB_STMT(theme_judgements_of_sql, "select " JUDGEMENT " from theme_judgement where review_id = $1"
				 " order by judged_at, id");

enum status judgements_of(struct call *c, const char *review_id, struct judgement **list, size_t *n)
{
	return DB_ALL(c, &theme_judgements_of_sql, judgement_columns, list, n,
		      DB_ARGS(DB_STR(review_id)));
}

DB_STMT(theme_judgement_withdraw_sql,
	"update theme_judgement set withdrawn_at = $2 where id = $1 and withdrawn_at is null");

enum status judgement_withdraw(struct call *c, const char *id, int64_t at)
{
	return db_do(c, &theme_judgement_withdraw_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(at)));
}

const struct field judgement_row_shape[] = {
	F_STR(judgement_row, id, 0, 0),
	F_STR(judgement_row, review_id, 0, 0),
	F_WORD(judgement_row, kind, theme_kind_words, 0),
	F_STR(judgement_row, left_resource, 0, 0),
	F_STR(judgement_row, left_record, 0, 0),
	F_STR(judgement_row, right_resource, 0, 0),
	F_STR(judgement_row, right_record, 0, 0),
	F_WORD(judgement_row, verdict, theme_verdict_words, 0),
	F_STR(judgement_row, note, 0, NULLABLE),
	F_TIME(judgement_row, judged_at, 0),
	F_TIME(judgement_row, withdrawn_at, NULLABLE),
	F_WORD(judgement_row, state, review_states, 0),
	F_WORD(judgement_row, settled, theme_verdict_words, NULLABLE),
	F_END,
};
DB_STMT(theme_judgements_by_sql,
	"select j.id, j.review_id, r.kind, r.left_resource, r.left_record, r.right_resource,"
	" r.right_record, j.verdict, j.note, j.judged_at, j.withdrawn_at, r.state, r.verdict as"
	" settled from theme_judgement j join theme_review r on r.id = j.review_id"
	" where j.judge = $1 and j.id < $2 order by j.id desc limit $3");

enum status judgements_by(struct call *c, const char *judge, const char *before, int64_t limit,
			  struct judgement_row **list, size_t *n)
{
	/* Ids are of hexadecimal digits and hyphens: all stand before a tilde. */
	return DB_ALL(c, &theme_judgements_by_sql, judgement_row_shape, list, n,
		      DB_ARGS(DB_STR(judge), DB_STR(before ? before : "~"), DB_INT(limit)));
}
