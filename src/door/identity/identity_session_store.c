/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for portal sessions and for tidying up. */
#include "door/identity/identity_session.h"

static const struct field session_row_row[] = { F_STR(session_row, id, 0, 0),
						F_STR(session_row, user_id, 0, 0),
						F_STR(session_row, project_id, 0, NULLABLE),
						F_STR(session_row, csrf, 0, SECRET),
						F_TIME(session_row, created_at, 0),
						F_TIME(session_row, seen_at, 0),
						F_TIME(session_row, expires_at, 0),
						F_END };
static const struct field place_row[] = { F_STR(session_place, id, 0, 0),
					  F_STR(session_place, name, 0, 0),
					  F_STR(session_place, domain_id, 0, 0),
					  F_STR(session_place, domain_name, 0, 0), F_END };

DB_STMT(session_put_sql,
	"insert into identity_session (id, user_id, project_id, csrf, created_at, seen_at,"
	" expires_at) values ($1, $2, $3, $4, $5, $6, $7)");
DB_STMT(session_one_sql, "select id, user_id, project_id, csrf, created_at, seen_at, expires_at"
			 " from identity_session where id = $1");
DB_STMT(session_project_sql, "update identity_session set project_id = $2 where id = $1");
DB_STMT(session_touch_sql, "update identity_session set seen_at = $2 where id = $1");
DB_STMT(session_remove_sql, "delete from identity_session where id = $1");
DB_STMT(sessions_idle_sql, "delete from identity_session where seen_at < $1 or expires_at < $2");
DB_STMT(revoked_old_sql, "delete from identity_revoked where expires_at < $1");
DB_STMT(revocations_old_sql, "delete from identity_revocation where revoked_at < $1");
DB_STMT(session_places_sql,
	"with recursive held (id, below) as ("
	"select target, inherited from identity_assignment where actor = $1"
	" union select a.target, a.inherited from identity_membership m"
	" join identity_assignment a on a.actor = m.group_id where m.user_id = $1"
	" union select x.id, w.below from held h join identity_project x on x.parent_id = h.id"
	" cross join (select 0 as below union all select 1) w where h.below = 1)"
	" select p.id, p.name, p.domain_id, d.name as domain_name from identity_project p"
	" join identity_project d on d.id = p.domain_id where p.enabled = 1 and d.enabled = 1"
	" and p.id in (select id from held where below = 0) order by d.name, p.name");
DB_STMT(session_domain_sql,
	"select p.id from identity_project p where p.is_domain = 1 and p.enabled = 1"
	" and p.id in (select target from identity_assignment where actor = $1 and inherited = 0"
	" union select a.target from identity_membership m"
	" join identity_assignment a on a.actor = m.group_id"
	" where m.user_id = $1 and a.inherited = 0) order by p.name limit 1");

enum status session_put(struct call *c, const struct session_row *s)
{
	return db_put(c, &session_put_sql, session_row_row, s);
}

enum status session_read(struct call *c, const char *id, struct session_row *out)
{
	return db_one(c, &session_one_sql, session_row_row, out, DB_ARGS(DB_STR(id)));
}

enum status session_write_project(struct call *c, const char *id, const char *project_id)
{
	return db_do(c, &session_project_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(project_id)));
}

enum status session_touch(struct call *c, const char *id)
{
	return db_do(c, &session_touch_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(c->now_at)));
}

enum status session_remove(struct call *c, const char *id)
{
	return db_do(c, &session_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status leftovers_remove(struct call *c, int64_t idle_before, int64_t revoked_before)
{
	enum status st =
		db_do(c, &sessions_idle_sql, NULL, DB_ARGS(DB_INT(idle_before), DB_INT(c->now_at)));

	if (!st)
		st = db_do(c, &revoked_old_sql, NULL, DB_ARGS(DB_INT(c->now_at)));
	return st ? st : db_do(c, &revocations_old_sql, NULL, DB_ARGS(DB_INT(revoked_before)));
}

enum status session_places(struct call *c, const char *user_id, struct session_place **out,
			   size_t *count)
{
	return DB_ALL(c, &session_places_sql, place_row, out, count, DB_ARGS(DB_STR(user_id)));
}

enum status session_domain(struct call *c, const char *user_id, struct id_row *out)
{
	return db_one(c, &session_domain_sql, id_row_row, out, DB_ARGS(DB_STR(user_id)));
}
