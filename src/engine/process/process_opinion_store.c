/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of opinions and attachments. */
#include "engine/process/process_opinion.h"

#define OPINION "instance_id, number, execution, node, command, author, behalf, verdict, text, at"
static const struct field opinion_row[] = {
	F_INT(process_opinion, instance_id, 0, 0, 0),
	F_INT(process_opinion, number, 0, 0, 0),
	F_INT(process_opinion, execution, 0, 0, 0),
	F_STR(process_opinion, node, 0, EMPTY_OK),
	F_STR(process_opinion, command, 0, 0),
	F_STR(process_opinion, author, 0, 0),
	F_STR(process_opinion, behalf, 0, NULLABLE),
	F_STR(process_opinion, verdict, 0, NULLABLE),
	F_STR(process_opinion, text, 0, EMPTY_OK),
	F_TIME(process_opinion, at, 0),
	F_END,
};

DB_STMT(opinion_put_sql, "insert into process_opinion (" OPINION
			 ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");
DB_STMT(opinion_get_sql,
	"select " OPINION " from process_opinion where instance_id = $1 and number = $2");
DB_STMT(opinion_list_sql, "select " OPINION " from process_opinion where instance_id = $1"
			  " and number > $2 order by number limit $3");
DB_STMT(opinion_count_sql, "select count(*) from process_opinion where instance_id = $1");
DB_STMT(log_acted_sql, "select count(*) from process_log where instance_id = $1 and actor = $2");

enum status opinion_put(struct call *c, const struct process_opinion *o)
{
	return db_put(c, &opinion_put_sql, opinion_row, o);
}

enum status opinion_get(struct call *c, int64_t instance_id, int64_t number,
			struct process_opinion *out)
{
	return db_one(c, &opinion_get_sql, opinion_row, out,
		      DB_ARGS(DB_INT(instance_id), DB_INT(number)));
}

enum status opinion_list(struct call *c, int64_t instance_id, int64_t above, int64_t limit,
			 struct process_opinion **out, size_t *n)
{
	return DB_ALL(c, &opinion_list_sql, opinion_row, out, n,
		      DB_ARGS(DB_INT(instance_id), DB_INT(above), DB_INT(limit)));
}

enum status opinion_count(struct call *c, int64_t instance_id, int64_t *count)
{
	return db_number(c, &opinion_count_sql, count, DB_ARGS(DB_INT(instance_id)));
}

enum status log_acted(struct call *c, int64_t instance_id, const char *actor, int64_t *count)
{
	return db_number(c, &log_acted_sql, count, DB_ARGS(DB_INT(instance_id), DB_STR(actor)));
}

#define ATTACHMENT                                                                                  \
	"id, instance_id, number, execution, node, name, media_type, sha256, size, author, behalf," \
	" at, removed_at"
static const struct field attachment_row[] = {
	F_STR(process_attachment, id, 0, 0),
	F_INT(process_attachment, instance_id, 0, 0, 0),
	F_INT(process_attachment, number, 0, 0, 0),
	F_INT(process_attachment, execution, 0, 0, 0),
	F_STR(process_attachment, node, 0, EMPTY_OK),
	F_STR(process_attachment, name, 0, 0),
	F_STR(process_attachment, media_type, 0, EMPTY_OK),
	F_STR(process_attachment, sha256, 0, 0),
	F_INT(process_attachment, size, 0, 0, 0),
	F_STR(process_attachment, author, 0, 0),
	F_STR(process_attachment, behalf, 0, NULLABLE),
	F_TIME(process_attachment, at, 0),
	F_TIME(process_attachment, removed_at, NULLABLE),
	F_END,
};

DB_STMT(attachment_put_sql, "insert into process_attachment (" ATTACHMENT
			    ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)");
DB_STMT(attachment_get_sql,
	"select " ATTACHMENT " from process_attachment where instance_id = $1 and id = $2");
DB_STMT(attachment_remove_sql, "update process_attachment set removed_at = $2 where id = $1");
DB_STMT(attachment_list_sql,
	"select " ATTACHMENT " from process_attachment where instance_id = $1 order by number");

enum status attachment_put(struct call *c, const struct process_attachment *a)
{
	return db_put(c, &attachment_put_sql, attachment_row, a);
}

enum status attachment_get(struct call *c, int64_t instance_id, const char *id,
			   struct process_attachment *out)
{
	return db_one(c, &attachment_get_sql, attachment_row, out,
		      DB_ARGS(DB_INT(instance_id), DB_STR(id)));
}

enum status attachment_remove(struct call *c, const char *id, int64_t at)
{
	return db_do(c, &attachment_remove_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(at)));
}

enum status attachment_list(struct call *c, int64_t instance_id, struct process_attachment **out,
			    size_t *n)
{
	return DB_ALL(c, &attachment_list_sql, attachment_row, out, n,
		      DB_ARGS(DB_INT(instance_id)));
}

/* For the scrub of the file store. */
const struct db_stmt process_file_refs = {
	"process_file_refs",
	"select sha256, count(*) as refs from process_attachment where removed_at is null"
	" and sha256 > $1 and sha256 < $2 group by sha256"
};
static const struct db_stmt *const process_file_refs_listed
	__attribute__((used, section("db_stmts"))) = &process_file_refs;
