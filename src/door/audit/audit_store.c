/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the audit trail: one function each. */
#include "door/audit/audit_private.h"

static const struct field entry_row[] = {
	F_INT(audit_entry, id, 0, 0, 0),
	F_TIME(audit_entry, at, 0),
	F_STR(audit_entry, actor_id, 0, NULLABLE),
	F_STR(audit_entry, actor_name, 0, NULLABLE),
	F_STR(audit_entry, actor_domain, 0, NULLABLE),
	F_STR(audit_entry, scope, 0, 0),
	F_STR(audit_entry, scope_id, 0, NULLABLE),
	F_STR(audit_entry, on_behalf, 0, NULLABLE),
	F_STR(audit_entry, purpose, 0, NULLABLE),
	F_STR(audit_entry, from_address, 0, 0),
	F_STR(audit_entry, request_id, 0, 0),
	F_STR(audit_entry, action, 0, 0),
	F_STR(audit_entry, subject, 0, NULLABLE),
	F_STR(audit_entry, subject_id, 0, NULLABLE),
	F_STR(audit_entry, outcome, 0, 0),
	F_STR(audit_entry, reason, 0, NULLABLE),
	F_STR(audit_entry, changes, 0, 0),
	F_INT(audit_entry, batch, 0, 0, OPT),
	F_END,
};
#define ENTRY                                                                                      \
	"id, at, actor_id, actor_name, actor_domain, scope, scope_id, on_behalf, purpose, "        \
	"from_address, request_id, action, subject, subject_id, outcome, reason, changes, batch"

/* What is known of an entry before it has an id. */
static const struct field new_entry_row[] = {
	F_TIME(audit_entry, at, 0),
	F_STR(audit_entry, actor_id, 0, NULLABLE),
	F_STR(audit_entry, actor_name, 0, NULLABLE),
	F_STR(audit_entry, actor_domain, 0, NULLABLE),
	F_STR(audit_entry, scope, 0, 0),
	F_STR(audit_entry, scope_id, 0, NULLABLE),
	F_STR(audit_entry, on_behalf, 0, NULLABLE),
	F_STR(audit_entry, purpose, 0, NULLABLE),
	F_STR(audit_entry, from_address, 0, 0),
	F_STR(audit_entry, request_id, 0, 0),
	F_STR(audit_entry, action, 0, 0),
	F_STR(audit_entry, subject, 0, NULLABLE),
	F_STR(audit_entry, subject_id, 0, NULLABLE),
	F_STR(audit_entry, outcome, 0, 0),
	F_STR(audit_entry, reason, 0, NULLABLE),
	F_STR(audit_entry, changes, 0, 0),
	F_END,
};
DB_STMT(audit_insert_sql,
	"insert into audit_entry (at, actor_id, actor_name, actor_domain, scope, scope_id, on_behalf,"
	" purpose, from_address, request_id, action, subject, subject_id, outcome, reason, changes)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");

enum status audit_insert(struct call *c, const struct audit_entry *e)
{
	return db_put(c, &audit_insert_sql, new_entry_row, e);
}

static const struct field claim_row[] = {
	F_STR(audit_claim, holder, 0, 0),
	F_INT(audit_claim, until_at, 0, 0, 0),
	F_INT(audit_claim, waiting, 0, 0, 0),
	F_END,
};
DB_STMT(audit_sealer_look_sql,
	"select holder, until_at,"
	" (select count(*) from (select 1 from audit_entry where batch is null limit 1) e)"
	" + (select count(*) from (select 1 from audit_batch where root is null"
	" and number = (select max(number) from audit_batch)) b) as waiting"
	" from audit_sealer");

enum status audit_sealer_look(struct call *c, struct audit_claim *out)
{
	return db_one(c, &audit_sealer_look_sql, claim_row, out, DB_NO_ARGS);
}

DB_STMT(audit_sealer_take_sql,
	"update audit_sealer set holder = $1, until_at = $3 where holder = $1 or until_at <= $2");

enum status audit_sealer_take(struct call *c, const char *holder, int64_t now, int64_t until,
			      bool *mine)
{
	int64_t changed = 0;
	enum status st = db_do(c, &audit_sealer_take_sql, &changed,
			       DB_ARGS(DB_STR(holder), DB_INT(now), DB_INT(until)));
	*mine = changed == 1;
	return st;
}

DB_STMT(audit_sealer_leave_sql, "update audit_sealer set until_at = 0 where holder = $1");

enum status audit_sealer_leave(struct call *c, const char *holder)
{
	return db_do(c, &audit_sealer_leave_sql, NULL, DB_ARGS(DB_STR(holder)));
}

DB_STMT(audit_batch_open_sql, "select number from audit_batch where root is null"
			      " and number = (select max(number) from audit_batch)");

enum status audit_batch_open(struct call *c, int64_t *number)
{
	return db_number(c, &audit_batch_open_sql, number, DB_NO_ARGS);
}

DB_STMT(audit_batch_last_sql, "select coalesce(max(number), 0) from audit_batch");

enum status audit_batch_last(struct call *c, int64_t *number)
{
	return db_number(c, &audit_batch_last_sql, number, DB_NO_ARGS);
}

DB_STMT(audit_claim_sql, "update audit_entry set batch = $1 where batch is null and id in"
			 " (select id from audit_entry where batch is null order by id limit $2)");
DB_STMT(audit_claim_batch_sql, "insert into audit_batch (number, claimed_at) values ($1, $2)");

enum status audit_batch_claim(struct call *c, int64_t number, int64_t now, int64_t limit,
			      int64_t *count)
{
	enum status st = db_do(c, &audit_claim_sql, count, DB_ARGS(DB_INT(number), DB_INT(limit)));
	if (st || *count == 0)
		return st;
	return db_do(c, &audit_claim_batch_sql, NULL, DB_ARGS(DB_INT(number), DB_INT(now)));
}

DB_STMT(audit_seal_sql,
	"update audit_batch set first_id = $2, last_id = $3, count = $4, root = $5, previous = $6,"
	" sealed_at = $7, key_id = $8, signature = $9, members = $10"
	" where number = $1 and root is null");

enum status audit_batch_seal(struct call *c, const struct audit_batch *b, const void *members,
			     size_t size, int64_t *changed)
{
	return db_do(c, &audit_seal_sql, changed,
		     DB_ARGS(DB_INT(b->number), DB_INT(b->first_id), DB_INT(b->last_id),
			     DB_INT(b->count), DB_STR(b->root), DB_STR(b->previous),
			     DB_INT(b->sealed_at), DB_STR(b->key_id), DB_STR(b->signature),
			     DB_BYTES(members, size)));
}

static const struct field batch_row[] = {
	F_INT(audit_batch, number, 0, 0, 0),
	F_INT(audit_batch, claimed_at, 0, 0, 0),
	F_INT(audit_batch, first_id, 0, 0, OPT),
	F_INT(audit_batch, last_id, 0, 0, OPT),
	F_INT(audit_batch, count, 0, 0, OPT),
	F_STR(audit_batch, root, 0, NULLABLE),
	F_STR(audit_batch, previous, 0, NULLABLE),
	F_INT(audit_batch, sealed_at, 0, 0, OPT),
	F_STR(audit_batch, key_id, 0, NULLABLE),
	F_STR(audit_batch, signature, 0, NULLABLE),
	F_END,
};
#define BATCH                                                                                      \
	"number, claimed_at, first_id, last_id, count, root, previous, sealed_at, key_id, signature"
DB_STMT(audit_batch_get_sql, "select " BATCH " from audit_batch where number = $1");
DB_STMT(audit_batches_sql,
	"select " BATCH " from audit_batch where number > $1 order by number limit $2");

enum status audit_batch_get(struct call *c, int64_t number, struct audit_batch *out)
{
	return db_one(c, &audit_batch_get_sql, batch_row, out, DB_ARGS(DB_INT(number)));
}

enum status audit_batches(struct call *c, int64_t after, int64_t limit, struct audit_batch **out,
			  size_t *count)
{
	return DB_ALL(c, &audit_batches_sql, batch_row, out, count,
		      DB_ARGS(DB_INT(after), DB_INT(limit)));
}

DB_STMT(audit_members_sql, "select members from audit_batch where number = $1");

enum status audit_batch_members(struct call *c, int64_t number, const void **out, size_t *size)
{
	return db_bytes(c, &audit_members_sql, out, size, DB_ARGS(DB_INT(number)));
}

DB_STMT(audit_batch_entries_sql,
	"select " ENTRY " from audit_entry where batch = $1 and id > $2 order by id limit $3");

enum status audit_batch_entries(struct call *c, int64_t number, int64_t after, int64_t limit,
				struct audit_entry **out, size_t *count)
{
	return DB_ALL(c, &audit_batch_entries_sql, entry_row, out, count,
		      DB_ARGS(DB_INT(number), DB_INT(after), DB_INT(limit)));
}

DB_STMT(audit_strays_sql,
	"select " ENTRY " from audit_entry e where batch is not null and not exists"
	" (select 1 from audit_batch b where b.number = e.batch) order by id limit 1000");

enum status audit_strays(struct call *c, struct audit_entry **out, size_t *count)
{
	return DB_ALL(c, &audit_strays_sql, entry_row, out, count, DB_NO_ARGS);
}

DB_STMT(audit_waiting_sql,
	"select " ENTRY " from audit_entry where batch is null and at < $1 order by id limit 1000");

enum status audit_waiting(struct call *c, int64_t at, struct audit_entry **out, size_t *count)
{
	return DB_ALL(c, &audit_waiting_sql, entry_row, out, count, DB_ARGS(DB_INT(at)));
}

DB_STMT(audit_get_sql, "select " ENTRY " from audit_entry where id = $1");

enum status audit_get(struct call *c, int64_t id, struct audit_entry *out)
{
	return db_one(c, &audit_get_sql, entry_row, out, DB_ARGS(DB_INT(id)));
}

/* Each mask of filters has a statement of its own, so that each uses the index that fits it. */
#define FIND(more)                                                                                 \
	"select " ENTRY                                                                            \
	" from audit_entry where at >= $1 and at < $2 and (at, id) < ($3, $4)" more                \
	" order by at desc, id desc limit $5"
DB_STMT(audit_find_sql, FIND(""));
DB_STMT(audit_find_actor_sql, FIND(" and actor_name = $6"));
DB_STMT(audit_find_action_sql, FIND(" and action = $6"));
DB_STMT(audit_find_subject_sql, FIND(" and subject_id = $6"));
DB_STMT(audit_find_actor_action_sql, FIND(" and actor_name = $6 and action = $7"));
DB_STMT(audit_find_actor_subject_sql, FIND(" and actor_name = $6 and subject_id = $7"));
DB_STMT(audit_find_action_subject_sql, FIND(" and action = $6 and subject_id = $7"));
DB_STMT(audit_find_all_sql, FIND(" and actor_name = $6 and action = $7 and subject_id = $8"));

enum status audit_find(struct call *c, const struct audit_filter *f, struct audit_entry **out,
		       size_t *count)
{
	/* Bit 0: actor, bit 1: action, bit 2: subject. */
	static const struct db_stmt *const by_mask[] = {
		&audit_find_sql,
		&audit_find_actor_sql,
		&audit_find_action_sql,
		&audit_find_actor_action_sql,
		&audit_find_subject_sql,
		&audit_find_actor_subject_sql,
		&audit_find_action_subject_sql,
		&audit_find_all_sql,
	};
	struct db_arg args[8] = { DB_INT(f->from), DB_INT(f->until), DB_INT(f->before_at),
				  DB_INT(f->before_id), DB_INT(f->limit) };
	const char *const wanted[] = { f->actor, f->action, f->subject };
	size_t n = 5;
	unsigned mask = 0;

	for (unsigned i = 0; i < 3; i++) {
		if (!wanted[i])
			continue;
		mask |= 1u << i;
		args[n++] = DB_STR(wanted[i]);
	}
	return DB_ALL(c, by_mask[mask], entry_row, out, count, args, n);
}
