/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for trusts. */
#include "door/identity/identity_delegation.h"

#define COLUMNS                                                                                    \
	"t.id, t.trustor_user_id, t.trustee_user_id, t.project_id, t.impersonation, t.expires_at," \
	" t.remaining_uses, t.redelegated_trust_id, t.redelegation_count, t.allow_redelegation,"   \
	" t.extra, t.created_at"

static const struct field trust_row[] = { F_STR(trust, id, 0, 0),
					  F_STR(trust, trustor_user_id, 0, 0),
					  F_STR(trust, trustee_user_id, 0, 0),
					  F_STR(trust, project_id, 0, NULLABLE),
					  F_BOOL(trust, impersonation, 0),
					  F_TIME(trust, expires_at, NULLABLE),
					  F_ANY("remaining_uses", FIELD_INT,
						FIELD_AT(trust, remaining_uses, int64_t), NULLABLE),
					  F_STR(trust, redelegated_trust_id, 0, NULLABLE),
					  F_INT(trust, redelegation_count, 0, INT64_MAX, 0),
					  F_BOOL(trust, allow_redelegation, 0),
					  F_JSON(trust, extra, 0, 0),
					  F_TIME(trust, created_at, 0),
					  F_END };
static const struct field role_ref_row[] = { F_STR(role_ref, id, 0, 0), F_STR(role_ref, name, 0, 0),
					     F_END };

DB_STMT(trust_one_sql, "select " COLUMNS " from identity_trust t where t.id = $1");
DB_STMT(trust_put_sql,
	"insert into identity_trust (id, trustor_user_id, trustee_user_id, project_id,"
	" impersonation, expires_at, remaining_uses, redelegated_trust_id, redelegation_count,"
	" allow_redelegation, extra, created_at)"
	" values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");
DB_STMT(trust_roles_sql, "select r.id, r.name from identity_trust_role t"
			 " join identity_role r on r.id = t.role_id where t.trust_id = $1");
DB_STMT(trust_role_put_sql, "insert into identity_trust_role (trust_id, role_id) values ($1, $2)"
			    " on conflict (trust_id, role_id) do nothing");
DB_STMT(trust_remove_sql, "delete from identity_trust where id = $1");
DB_STMT(trust_every_sql, "select " COLUMNS " from identity_trust t order by t.id");
DB_STMT(trust_by_trustor_sql,
	"select " COLUMNS " from identity_trust t where t.trustor_user_id = $1 order by t.id");
DB_STMT(trust_by_trustee_sql,
	"select " COLUMNS " from identity_trust t where t.trustee_user_id = $1 order by t.id");
DB_STMT(trust_count_down_sql, "update identity_trust set remaining_uses = remaining_uses - 1"
			      " where id = $1 and remaining_uses > 0");

enum status trust_get(struct call *c, const char *id, struct trust *out)
{
	struct trust t = { 0 };
	enum status st = db_one(c, &trust_one_sql, trust_row, &t, DB_ARGS(DB_STR(id)));

	if (st)
		return st == ST_NOT_FOUND ? missing(c, "trust", id) : st;
	st = DB_ALL(c, &trust_roles_sql, role_ref_row, &t.roles, &t.roles_count,
		    DB_ARGS(DB_STR(id)));
	if (!st)
		*out = t;
	return st;
}

enum status trust_put(struct call *c, const struct trust *t)
{
	return db_put(c, &trust_put_sql, trust_row, t);
}

enum status trust_role_put(struct call *c, const char *id, const char *role_id)
{
	return db_do(c, &trust_role_put_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(role_id)));
}

enum status trust_remove(struct call *c, const char *id)
{
	return db_do(c, &trust_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status trust_list_read(struct call *c, const struct trust_ask *in, struct trust **out,
			    size_t *count)
{
	if (in->trustor_user_id)
		return DB_ALL(c, &trust_by_trustor_sql, trust_row, out, count,
			      DB_ARGS(DB_STR(in->trustor_user_id)));
	if (in->trustee_user_id)
		return DB_ALL(c, &trust_by_trustee_sql, trust_row, out, count,
			      DB_ARGS(DB_STR(in->trustee_user_id)));
	return DB_ALL(c, &trust_every_sql, trust_row, out, count, DB_NO_ARGS);
}

enum status trust_count_down(struct call *c, const char *id, int64_t *changed)
{
	return db_do(c, &trust_count_down_sql, changed, DB_ARGS(DB_STR(id)));
}
