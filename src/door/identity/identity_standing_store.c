/* SPDX-License-Identifier: Apache-2.0 */
/* The few look-ups, each by key, that a token costs whenever it is shown. */
#include "door/identity/identity_standing.h"

static const struct field user_row[] = { F_STR(standing_user_row, id, 0, 0),
					 F_STR(standing_user_row, name, 0, 0),
					 F_STR(standing_user_row, domain_id, 0, 0),
					 F_STR(standing_user_row, domain_name, 0, 0),
					 F_STR(standing_user_row, default_project_id, 0, NULLABLE),
					 F_JSON(standing_user_row, options, 0, 0),
					 F_BOOL(standing_user_row, enabled, 0),
					 F_BOOL(standing_user_row, domain_enabled, 0),
					 F_BOOL(standing_user_row, must_change, 0),
					 F_INT(standing_user_row, tokens_from_at, 0, INT64_MAX, 0),
					 F_TIME(standing_user_row, password_expires_at, NULLABLE),
					 F_END };
static const struct field place_row[] = {
	F_STR_AS("id", standing_place_row, place.id, 0, 0),
	F_STR_AS("name", standing_place_row, place.name, 0, 0),
	F_BOOL_AS("is_domain", standing_place_row, place.is_domain, 0),
	F_STR_AS("domain_id", standing_place_row, place.domain_id, 0, NULLABLE),
	F_BOOL_AS("enabled", standing_place_row, place.enabled, 0),
	F_STR_AS("path", standing_place_row, place.path, 0, 0),
	F_STR(standing_place_row, domain_name, 0, 0),
	F_BOOL(standing_place_row, domain_enabled, 0),
	F_END
};
static const struct field grant_row[] = { F_STR(standing_grant_row, role_id, 0, 0),
					  F_STR(standing_grant_row, target, 0, 0),
					  F_BOOL(standing_grant_row, inherited, 0), F_END };

DB_STMT(standing_user_sql,
	"select u.id, u.name, u.domain_id, d.name as domain_name, u.default_project_id, u.options,"
	" u.enabled, d.enabled as domain_enabled, u.must_change, u.tokens_from_at,"
	" u.password_expires_at"
	" from identity_user u join identity_project d on d.id = u.domain_id where u.id = $1");
DB_STMT(standing_place_sql,
	"select p.id, p.name, p.is_domain, p.domain_id, p.enabled, p.path,"
	" coalesce(d.name, p.name) as domain_name, coalesce(d.enabled, p.enabled) as domain_enabled"
	" from identity_project p left join identity_project d on d.id = p.domain_id"
	" where p.id = $1");
/* A look-up by key for each target, where "in" and "union" would build two tables each time. A grant that
 * comes twice, to the user and by a group, does no harm. */
#define OWN(target)                                                                                \
	"select a.role_id, a.target, a.inherited from identity_assignment a"                       \
	" where a.actor = $1 and a.target = " target
#define BY_GROUP(target)                                                                           \
	" union all select a.role_id, a.target, a.inherited from identity_membership m"            \
	" join identity_assignment a on a.actor = m.group_id"                                      \
	" where m.user_id = $1 and a.target = " target " and " target " is not null"
#define ON(target) " union all " OWN(target) BY_GROUP(target)
DB_STMT(standing_grants_sql, OWN("$2") BY_GROUP("$2") ON("$3") ON("$4") ON("$5") ON("$6") ON("$7"));
DB_STMT(standing_revoked_sql,
	"select (select count(*) from identity_revoked where audit_id = $1)"
	" + (select count(*) from identity_revoked where audit_id = $2 and whole_chain = 1)");

enum status standing_read_user(struct call *c, const char *id, struct standing_user_row *out)
{
	return db_one(c, &standing_user_sql, user_row, out, DB_ARGS(DB_STR(id)));
}

enum status standing_read_place(struct call *c, const char *id, struct standing_place_row *out)
{
	return db_one(c, &standing_place_sql, place_row, out, DB_ARGS(DB_STR(id)));
}

_Static_assert(PROJECT_DEPTH_MAX + 1 == 6, "as many targets as the statement has");

enum status standing_read_grants(struct call *c, const char *user_id,
				 const char *const targets[PROJECT_DEPTH_MAX + 1],
				 struct standing_grant_row **out, size_t *count)
{
	return DB_ALL(c, &standing_grants_sql, grant_row, out, count,
		      DB_ARGS(DB_STR(user_id), DB_STR(targets[0]), DB_STR(targets[1]),
			      DB_STR(targets[2]), DB_STR(targets[3]), DB_STR(targets[4]),
			      DB_STR(targets[5])));
}

enum status standing_read_revoked(struct call *c, const char *audit_id, const char *chain_id,
				  int64_t *out)
{
	return db_number(c, &standing_revoked_sql, out,
			 DB_ARGS(DB_STR(audit_id), DB_STR(chain_id)));
}
