/* SPDX-License-Identifier: Apache-2.0 */
/* Statements over intake_*. */
#include "data/intake/intake_private.h"

const char *const intake_states[] = { "waiting", "taken", "refused", NULL };

static const struct field batch_row[] = {
	F_STR(intake_batch, id, 0, 0),
	F_STR(intake_batch, resource_id, 0, 0),
	F_STR(intake_batch, resource_code, 0, 0),
	F_STR(intake_batch, domain_id, 0, 0),
	F_INT(intake_batch, number, 0, 0, 0),
	F_INT(intake_batch, version, 0, 0, 0),
	F_WORD(intake_batch, state, intake_states, 0),
	F_STR(intake_batch, source, 0, 0),
	F_STR(intake_batch, source_sha256, 0, 0),
	F_INT(intake_batch, source_size, 0, 0, 0),
	F_STR(intake_batch, clean_sha256, 0, NULLABLE),
	F_STR(intake_batch, rejected_sha256, 0, NULLABLE),
	F_INT(intake_batch, rows, 0, 0, 0),
	F_INT(intake_batch, accepted, 0, 0, 0),
	F_INT(intake_batch, rejected, 0, 0, 0),
	F_STR(intake_batch, report, 0, NULLABLE),
	F_STR(intake_batch, problem, 0, NULLABLE),
	F_STR(intake_batch, handed_by, 0, 0),
	F_TIME(intake_batch, handed_at, 0),
	F_TIME(intake_batch, done_at, NULLABLE),
	F_END,
};
#define BATCH                                                                                       \
	"id, resource_id, resource_code, domain_id, number, version, state, source, source_sha256," \
	" source_size, clean_sha256, rejected_sha256, rows, accepted, rejected, report, problem,"   \
	" handed_by, handed_at, done_at"

DB_STMT(batch_put_sql,
	"insert into intake_batch (" BATCH ") values ($1, $2, $3, $4, $5, $6, $7, $8,"
	" $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)");

enum status batch_put(struct call *c, const struct intake_batch *in)
{
	return db_put(c, &batch_put_sql, batch_row, in);
}

DB_STMT(batch_finish_sql,
	"update intake_batch set state = $2, clean_sha256 = $3, rejected_sha256 = $4, rows = $5,"
	" accepted = $6, rejected = $7, report = $8, problem = $9, done_at = $10"
	" where id = $1 and state = 'waiting'");

enum status batch_finish(struct call *c, const struct intake_batch *in, int64_t *changed)
{
	return db_do(c, &batch_finish_sql, changed,
		     DB_ARGS(DB_STR(in->id), DB_STR(intake_states[in->state]),
			     DB_STR(in->clean_sha256), DB_STR(in->rejected_sha256),
			     DB_INT(in->rows), DB_INT(in->accepted), DB_INT(in->rejected),
			     DB_STR(in->report), DB_STR(in->problem), DB_TIME(in->done_at)));
}

DB_STMT(batch_read_sql, "select " BATCH " from intake_batch where id = $1");

enum status batch_read(struct call *c, const char *id, struct intake_batch *out)
{
	return db_one(c, &batch_read_sql, batch_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(batch_latest_sql, "select " BATCH " from intake_batch where resource_id = $1"
			  " order by number desc limit 1");

enum status batch_latest(struct call *c, const char *resource_id, struct intake_batch *out)
{
	return db_one(c, &batch_latest_sql, batch_row, out, DB_ARGS(DB_STR(resource_id)));
}

DB_STMT(batch_newest_sql, "select " BATCH " from intake_batch where resource_id = $1"
			  " and state = 'taken' order by number desc limit 1");

enum status intake_newest(struct call *c, const char *resource_id, struct intake_batch *out)
{
	return db_one(c, &batch_newest_sql, batch_row, out, DB_ARGS(DB_STR(resource_id)));
}

DB_STMT(batch_newest_all_sql,
	"select " BATCH
	" from intake_batch b where state = 'taken' and number = (select max(number)"
	" from intake_batch n where n.resource_id = b.resource_id and n.state = 'taken')"
	" order by resource_code");

enum status intake_newest_all(struct call *c, struct intake_batch **list, size_t *n)
{
	return DB_ALL(c, &batch_newest_all_sql, batch_row, list, n, DB_NO_ARGS);
}

DB_STMT(batch_remove_sql, "delete from intake_batch where id = $1");

enum status batch_remove(struct call *c, const char *id)
{
	return db_do(c, &batch_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(batches_of_resource_sql,
	"select " BATCH " from intake_batch where resource_id = $1 and domain_id = $2"
	" and number < $3 order by number desc limit $4");

enum status batches_of_resource(struct call *c, const char *resource_id, const char *domain_id,
				int64_t before, int64_t limit, struct intake_batch **list,
				size_t *n)
{
	return DB_ALL(c, &batches_of_resource_sql, batch_row, list, n,
		      DB_ARGS(DB_STR(resource_id), DB_STR(domain_id), DB_INT(before),
			      DB_INT(limit)));
}

/* Ids sort by time. */
DB_STMT(batches_of_all_sql, "select " BATCH " from intake_batch where domain_id = $1 and id < $2"
			    " order by id desc limit $3");

enum status batches_of_all(struct call *c, const char *domain_id, const char *before, int64_t limit,
			   struct intake_batch **list, size_t *n)
{
	return DB_ALL(c, &batches_of_all_sql, batch_row, list, n,
		      DB_ARGS(DB_STR(domain_id), DB_STR(before), DB_INT(limit)));
}

static const struct field rule_text_row[] = {
	F_STR(intake_rule_text, resource_id, 0, 0),
	F_STR(intake_rule_text, rules, 0, EMPTY_OK),
	F_STR(intake_rule_text, updated_by, 0, 0),
	F_TIME(intake_rule_text, updated_at, 0),
	F_END,
};
DB_STMT(rule_text_read_sql, "select resource_id, rules, updated_by, updated_at from intake_rules"
			    " where resource_id = $1");

enum status rule_text_read(struct call *c, const char *resource_id, struct intake_rule_text *out)
{
	return db_one(c, &rule_text_read_sql, rule_text_row, out, DB_ARGS(DB_STR(resource_id)));
}

DB_STMT(rule_text_put_sql,
	"insert into intake_rules (resource_id, rules, updated_by, updated_at)"
	" values ($1, $2, $3, $4) on conflict (resource_id) do update set rules = excluded.rules,"
	" updated_by = excluded.updated_by, updated_at = excluded.updated_at");

enum status rule_text_put(struct call *c, const struct intake_rule_text *in)
{
	return db_put(c, &rule_text_put_sql, rule_text_row, in);
}

/* For the scrub of the file store: a batch holds its source, and once taken its two results. */
const struct db_stmt intake_file_refs = {
	"intake_file_refs",
	"select sha256, count(*) as refs from ("
	"select source_sha256 as sha256 from intake_batch"
	" union all select clean_sha256 from intake_batch where clean_sha256 is not null"
	" union all select rejected_sha256 from intake_batch where rejected_sha256 is not null) f"
	" where sha256 > $1 and sha256 < $2 group by sha256"
};
static const struct db_stmt *const intake_file_refs_listed
	__attribute__((used, section("db_stmts"))) = &intake_file_refs;
