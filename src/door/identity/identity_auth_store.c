/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for scopes by name, and for revocations. */
#include "base/id.h"
#include "door/identity/identity_auth.h"

const struct field id_row_row[] = { F_STR(id_row, id, 0, 0), F_END };

DB_STMT(place_by_domain_sql, "select id from identity_project"
			     " where is_domain = 0 and domain_id = $2 and name = $1");
DB_STMT(place_by_names_sql,
	"select p.id from identity_project d join identity_project p on p.domain_id = d.id"
	" where d.is_domain = 1 and d.name = $2 and p.name = $1");
DB_STMT(domain_named_sql, "select id from identity_project where is_domain = 1 and name = $1");
DB_STMT(revoked_sql,
	"insert into identity_revoked (audit_id, whole_chain, expires_at) values ($1, $2, $3)"
	" on conflict (audit_id) do update set whole_chain = excluded.whole_chain");
DB_STMT(revocation_sql,
	"insert into identity_revocation (id, event, revoked_at) values ($1, $2, $3)");
DB_STMT(tokens_end_sql, "update identity_user set tokens_from_at = $2 where id = $1");
DB_STMT(sessions_end_sql, "delete from identity_session where user_id = $1");

enum status place_named(struct call *c, const char *name, const char *domain_id,
			const char *domain_name, struct id_row *out)
{
	if (domain_id)
		return db_one(c, &place_by_domain_sql, id_row_row, out,
			      DB_ARGS(DB_STR(name), DB_STR(domain_id)));
	return db_one(c, &place_by_names_sql, id_row_row, out,
		      DB_ARGS(DB_STR(name), DB_STR(domain_name)));
}

enum status domain_named(struct call *c, const char *name, struct id_row *out)
{
	return db_one(c, &domain_named_sql, id_row_row, out, DB_ARGS(DB_STR(name)));
}

enum status revoked_put(struct call *c, const char *audit_id, bool chain, int64_t expires_at)
{
	return db_do(c, &revoked_sql, NULL,
		     DB_ARGS(DB_STR(audit_id), DB_INT(chain), DB_INT(expires_at)));
}

enum status revocation_note(struct call *c, const char *name, const char *value, const char *name2,
			    const char *value2)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	char at[TIME_TEXT_SIZE];

	time_write(c->now_at, TIME_MICRO_Z, at);
	json_object_begin(&j);
	json_put_str(&j, "issued_before", at);
	json_put_str(&j, name, value);
	if (name2)
		json_put_str(&j, name2, value2);
	json_object_end(&j);
	return db_do(c, &revocation_sql, NULL,
		     DB_ARGS(DB_STR(id_new_hex(c->arena)), DB_STR(buf_text(&b)),
			     DB_INT(c->now_at)));
}

enum status user_tokens_end(struct call *c, const char *user_id)
{
	enum status st =
		db_do(c, &tokens_end_sql, NULL, DB_ARGS(DB_STR(user_id), DB_INT(c->now_at + 1)));

	if (!st)
		st = db_do(c, &sessions_end_sql, NULL, DB_ARGS(DB_STR(user_id)));
	return st ? st : revocation_note(c, "user_id", user_id, NULL, NULL);
}
