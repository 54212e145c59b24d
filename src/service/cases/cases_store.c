/* SPDX-License-Identifier: Apache-2.0 */
/* The statements: one function each. */
#include "service/cases/cases_private.h"

/* --- numbers --- */

DB_STMT(cases_sequence_next_sql,
	"insert into cases_sequence (prefix, last) values ($1, 1)"
	" on conflict (prefix) do update set last = cases_sequence.last + 1 returning last");

enum status cases_sequence_next(struct call *c, const char *prefix, int64_t *out)
{
	return db_number(c, &cases_sequence_next_sql, out, DB_ARGS(DB_STR(prefix)));
}

/* --- cases --- */

/* What is a person's own is masked in the audit trail. */
static const struct field person_row[] = {
	F_WORD(case_person, kind, case_person_words, 0),
	F_STR(case_person, name, 0, NULLABLE | SECRET),
	F_STR(case_person, number, 0, NULLABLE | SECRET),
	F_STR(case_person, phone, 0, NULLABLE | SECRET),
	F_END,
};
const struct field case_row_shape[] = {
	F_STR(case_row, id, 0, 0),
	F_STR(case_row, accept_no, 0, NULLABLE),
	F_STR(case_row, item_id, 0, 0),
	F_INT(case_row, item_version, 0, 0, 0),
	F_STR(case_row, item_code, 0, 0),
	F_STR(case_row, item_name, 0, 0),
	F_STR(case_row, domain_id, 0, 0),
	F_WORD(case_row, state, case_state_words, 0),
	F_WORD(case_row, channel, case_channel_words, 0),
	F_STR(case_row, entered_by, 0, 0),
	F_OBJECT(case_row, applicant, case_person, person_row, 0),
	F_OBJECT(case_row, agent, case_person, person_row, NULLABLE),
	F_JSON(case_row, answers, 0, SECRET),
	F_JSON(case_row, form, 0, SECRET),
	F_INT(case_row, promise_days, 0, 0, 0),
	F_WORD(case_row, promise_unit, case_unit_words, 0),
	F_TIME(case_row, received_at, NULLABLE),
	F_TIME(case_row, silent_at, NULLABLE),
	F_INT(case_row, calendar_version, 0, 0, 0),
	F_INT(case_row, corrections, 0, 0, 0),
	F_TIME(case_row, accepted_at, NULLABLE),
	F_BOOL(case_row, deemed, 0),
	F_STR(case_row, reason, 0, NULLABLE),
	F_TIME(case_row, created_at, 0),
	F_TIME(case_row, updated_at, 0),
	F_END,
};
#define CASE                                                                                       \
	"id, accept_no, item_id, item_version, item_code, item_name, domain_id, state, channel,"   \
	" entered_by, applicant, agent, answers, form, promise_days, promise_unit, received_at,"   \
	" silent_at, calendar_version, corrections, accepted_at, deemed, reason, created_at,"      \
	" updated_at"
#define CASES "select " CASE " from cases_case"

DB_STMT(cases_case_put_sql,
	"insert into cases_case (" CASE ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
	" $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)");

enum status case_put(struct call *c, const struct case_row *in)
{
	return db_put(c, &cases_case_put_sql, case_row_shape, in);
}

/* What a case is of, and who entered it, stays. */
DB_STMT(cases_case_write_sql,
	"update cases_case set accept_no = $2, item_version = $4, item_name = $6, state = $8,"
	" applicant = $11, agent = $12, answers = $13, form = $14, promise_days = $15,"
	" promise_unit = $16, received_at = $17, silent_at = $18, calendar_version = $19,"
	" corrections = $20, accepted_at = $21, deemed = $22, reason = $23, created_at = $24,"
	" updated_at = $25 where id = $1 and item_id = $3 and item_code = $5 and domain_id = $7"
	" and channel = $9 and entered_by = $10");

enum status case_write(struct call *c, const struct case_row *in)
{
	return db_put(c, &cases_case_write_sql, case_row_shape, in);
}

DB_STMT(cases_case_remove_sql, "delete from cases_case where id = $1 and state = 'draft'");

enum status case_remove(struct call *c, const char *id)
{
	return db_do(c, &cases_case_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(cases_case_read_sql, CASES " where id = $1");

enum status case_read(struct call *c, const char *id, struct case_row *out)
{
	return db_one(c, &cases_case_read_sql, case_row_shape, out, DB_ARGS(DB_STR(id)));
}

/* '' stands for any. */
DB_STMT(cases_of_entrant_sql, CASES " where entered_by = $1 and id < $2 and ($3 = '' or state = $3)"
				    " and ($4 = '' or accept_no = $4) order by id desc limit $5");

enum status cases_of_entrant(struct call *c, const char *user_id, const char *before,
			     const char *state, const char *accept_no, int64_t limit,
			     struct case_row **list, size_t *n)
{
	return DB_ALL(c, &cases_of_entrant_sql, case_row_shape, list, n,
		      DB_ARGS(DB_STR(user_id), DB_STR(before), DB_STR(state), DB_STR(accept_no),
			      DB_INT(limit)));
}

DB_STMT(cases_of_office_sql,
	CASES " where domain_id = $1 and state <> 'draft' and id < $2 and ($3 = '' or state = $3)"
	      " and ($4 = '' or accept_no = $4) order by id desc limit $5");

enum status cases_of_office(struct call *c, const char *domain_id, const char *before,
			    const char *state, const char *accept_no, int64_t limit,
			    struct case_row **list, size_t *n)
{
	return DB_ALL(c, &cases_of_office_sql, case_row_shape, list, n,
		      DB_ARGS(DB_STR(domain_id), DB_STR(before), DB_STR(state), DB_STR(accept_no),
			      DB_INT(limit)));
}

DB_STMT(cases_silent_sql,
	CASES " where state = 'received' and (silent_at < $1 or calendar_version <> $2)"
	      " order by silent_at, id limit $3");

enum status cases_silent(struct call *c, int64_t now, int64_t version, int64_t limit,
			 struct case_row **list, size_t *n)
{
	return DB_ALL(c, &cases_silent_sql, case_row_shape, list, n,
		      DB_ARGS(DB_INT(now), DB_INT(version), DB_INT(limit)));
}

/* --- materials --- */

static const struct field material_row[] = {
	F_STR(case_material, case_id, 0, 0),
	F_STR(case_material, code, 0, 0),
	F_INT(case_material, number, 0, 0, 0),
	F_STR(case_material, name, 0, 0),
	F_STR(case_material, sha256, 0, 0),
	F_INT(case_material, size, 0, 0, 0),
	F_STR(case_material, given_by, 0, 0),
	F_TIME(case_material, given_at, 0),
	F_END,
};
#define MATERIAL "case_id, code, number, name, sha256, size, given_by, given_at"

DB_STMT(cases_material_put_sql,
	"insert into cases_material (" MATERIAL ") values ($1, $2, $3, $4, $5, $6, $7, $8)");

enum status material_put(struct call *c, const struct case_material *in)
{
	return db_put(c, &cases_material_put_sql, material_row, in);
}

DB_STMT(cases_material_remove_sql, "delete from cases_material where case_id = $1 and number = $2");

enum status material_remove(struct call *c, const char *case_id, int64_t number)
{
	return db_do(c, &cases_material_remove_sql, NULL, DB_ARGS(DB_STR(case_id), DB_INT(number)));
}

DB_STMT(cases_material_rows_sql,
	"select " MATERIAL " from cases_material where case_id = $1 order by number");

enum status material_rows(struct call *c, const char *case_id, struct case_material **list,
			  size_t *n)
{
	return DB_ALL(c, &cases_material_rows_sql, material_row, list, n, DB_ARGS(DB_STR(case_id)));
}

const struct db_stmt cases_file_refs = {
	"cases_file_refs", "select sha256, count(*) as refs from cases_material where sha256 > $1"
			   " and sha256 < $2 group by sha256"
};
static const struct db_stmt *const cases_file_refs_listed
	__attribute__((used, section("db_stmts"))) = &cases_file_refs;

/* --- steps --- */

static const struct field step_row[] = {
	F_STR(case_step, case_id, 0, 0),
	F_INT(case_step, number, 0, 0, 0),
	F_WORD(case_step, step, case_step_words, 0),
	F_WORD(case_step, from_state, case_state_words, 0),
	F_WORD(case_step, to_state, case_state_words, 0),
	F_TIME(case_step, at, 0),
	F_STR(case_step, user_id, 0, NULLABLE),
	F_STR(case_step, reason, 0, NULLABLE),
	F_END,
};
#define STEP "case_id, number, step, from_state, to_state, at, user_id, reason"

DB_STMT(cases_step_put_sql,
	"insert into cases_step (" STEP ") values ($1, $2, $3, $4, $5, $6, $7, $8)");

enum status step_put(struct call *c, const struct case_step *in)
{
	return db_put(c, &cases_step_put_sql, step_row, in);
}

DB_STMT(cases_step_rows_sql, "select " STEP " from cases_step where case_id = $1 order by number");

enum status step_rows(struct call *c, const char *case_id, struct case_step **list, size_t *n)
{
	return DB_ALL(c, &cases_step_rows_sql, step_row, list, n, DB_ARGS(DB_STR(case_id)));
}

/* --- checks --- */

DB_STMT(cases_breaches_sql,
	"select 'cases whose state is not what their last step led to' as what, count(*) as count"
	" from cases_case k where k.state <> coalesce((select s.to_state from cases_step s"
	" where s.case_id = k.id order by s.number desc limit 1), 'draft')"
	" union all select 'cases with more than one correction', count(*) from (select case_id"
	" from cases_step where step = 'correct' group by case_id having count(*) > 1) m"
	" union all select 'cases without a number that were handed in', count(*)"
	" from cases_case where state <> 'draft' and accept_no is null"
	" union all select 'steps that do not begin where the one before ended', count(*)"
	" from cases_step s join cases_step b on b.case_id = s.case_id and b.number = s.number - 1"
	" where b.to_state <> s.from_state");

enum status cases_breaches(struct call *c, struct breach **list, size_t *n)
{
	return DB_ALL(c, &cases_breaches_sql, breach_row, list, n, DB_NO_ARGS);
}
