/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for users, their passwords, groups and members. */
#include "door/identity/identity_people.h"

#define USER_COLUMNS                                                                                 \
	"u.id, u.domain_id, u.name, u.enabled, u.description, u.email, u.default_project_id,"        \
	" u.options, u.extra, u.password_hash, u.password_at, u.password_expires_at, u.must_change," \
	" u.failures, u.failed_at, u.locked_until_at, u.signed_in_at, u.tokens_from_at,"             \
	" u.created_at"
#define GROUP_COLUMNS "g.id, g.domain_id, g.name, g.description, g.extra"

static const struct field user_row[] = { F_STR(user, id, 0, 0),
					 F_STR(user, domain_id, 0, 0),
					 F_STR(user, name, 0, 0),
					 F_BOOL(user, enabled, 0),
					 F_STR(user, description, 0, NULLABLE | EMPTY_OK),
					 F_STR(user, email, 0, NULLABLE | EMPTY_OK),
					 F_STR(user, default_project_id, 0, NULLABLE | EMPTY_OK),
					 F_JSON(user, options, 0, 0),
					 F_JSON(user, extra, 0, 0),
					 F_STR(user, password_hash, 0, NULLABLE | SECRET),
					 F_TIME(user, password_at, NULLABLE),
					 F_TIME(user, password_expires_at, NULLABLE),
					 F_BOOL(user, must_change, 0),
					 F_INT(user, failures, 0, INT64_MAX, 0),
					 F_TIME(user, failed_at, NULLABLE),
					 F_TIME(user, locked_until_at, NULLABLE),
					 F_TIME(user, signed_in_at, NULLABLE),
					 F_INT(user, tokens_from_at, 0, INT64_MAX, 0),
					 F_TIME(user, created_at, 0),
					 F_END };
static const struct field hash_row_row[] = { F_STR(hash_row, hash, 0, 0), F_END };
static const struct field group_row[] = {
	F_STR(group, id, 0, 0),     F_STR(group, domain_id, 0, 0),
	F_STR(group, name, 0, 0),   F_STR(group, description, 0, EMPTY_OK),
	F_JSON(group, extra, 0, 0), F_END
};

DB_STMT(user_one_sql, "select " USER_COLUMNS " from identity_user u where u.id = $1");
DB_STMT(user_put_sql,
	"insert into identity_user (id, domain_id, name, enabled, description, email,"
	" default_project_id, options, extra, password_hash, password_at, password_expires_at,"
	" must_change, failures, failed_at, locked_until_at, signed_in_at, tokens_from_at,"
	" created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,"
	" $17, $18, $19)");
DB_STMT(user_write_sql,
	"update identity_user set name = $2, enabled = $3, description = $4, email = $5,"
	" default_project_id = $6, options = $7, extra = $8 where id = $1");
DB_STMT(user_password_sql,
	"update identity_user set password_hash = $2, password_at = $3, password_expires_at = $4,"
	" must_change = $5, failures = 0, failed_at = null, locked_until_at = null where id = $1");
DB_STMT(user_remove_sql, "delete from identity_user where id = $1");
DB_STMT(user_all_sql, "select " USER_COLUMNS " from identity_user u order by u.id");
DB_STMT(user_by_name_sql,
	"select " USER_COLUMNS " from identity_user u where u.name = $1 order by u.id");
DB_STMT(user_by_domain_sql,
	"select " USER_COLUMNS " from identity_user u where u.domain_id = $1 order by u.id");
DB_STMT(user_by_group_sql, "select " USER_COLUMNS
			   " from identity_membership m join identity_user u on u.id = m.user_id"
			   " where m.group_id = $1 order by u.id");
DB_STMT(password_history_sql, "select hash from identity_password where user_id = $1"
			      " order by created_at desc limit $2");
DB_STMT(password_remember_sql,
	"insert into identity_password (user_id, hash, created_at) values ($1, $2, $3)");

DB_STMT(group_one_sql, "select " GROUP_COLUMNS " from identity_group g where g.id = $1");
DB_STMT(group_put_sql, "insert into identity_group (id, domain_id, name, description, extra)"
		       " values ($1, $2, $3, $4, $5)");
DB_STMT(group_write_sql,
	"update identity_group set name = $2, description = $3, extra = $4 where id = $1");
DB_STMT(group_remove_sql, "delete from identity_group where id = $1");
DB_STMT(group_all_sql, "select " GROUP_COLUMNS " from identity_group g order by g.id");
DB_STMT(group_by_domain_sql,
	"select " GROUP_COLUMNS " from identity_group g where g.domain_id = $1 order by g.id");
DB_STMT(group_by_user_sql,
	"select " GROUP_COLUMNS " from identity_membership m join identity_group g"
	" on g.id = m.group_id where m.user_id = $1 order by g.id");
DB_STMT(member_put_sql, "insert into identity_membership (user_id, group_id) values ($1, $2)"
			" on conflict (user_id, group_id) do nothing");
DB_STMT(member_count_sql,
	"select count(*) from identity_membership where user_id = $1 and group_id = $2");
DB_STMT(member_drop_sql, "delete from identity_membership where user_id = $1 and group_id = $2");

enum status user_read(struct call *c, const char *id, struct user *out)
{
	return db_one(c, &user_one_sql, user_row, out, DB_ARGS(DB_STR(id)));
}

enum status user_put(struct call *c, const struct user *u)
{
	return db_put(c, &user_put_sql, user_row, u);
}

enum status user_write(struct call *c, const struct user *u)
{
	return db_do(c, &user_write_sql, NULL,
		     DB_ARGS(DB_STR(u->id), DB_STR(u->name), DB_INT(u->enabled),
			     DB_STR(u->description), DB_STR(u->email),
			     DB_STR(u->default_project_id), DB_STR(u->options), DB_STR(u->extra)));
}

enum status user_write_password(struct call *c, const struct user *u)
{
	return db_do(c, &user_password_sql, NULL,
		     DB_ARGS(DB_STR(u->id), DB_STR(u->password_hash), DB_INT(u->password_at),
			     u->password_expires_at ? DB_INT(u->password_expires_at) : DB_NULL,
			     DB_INT(u->must_change)));
}

enum status user_remove(struct call *c, const char *id)
{
	return db_do(c, &user_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status user_list_read(struct call *c, const struct user_ask *ask, struct user **out,
			   size_t *count)
{
	if (ask->group_id)
		return DB_ALL(c, &user_by_group_sql, user_row, out, count,
			      DB_ARGS(DB_STR(ask->group_id)));
	if (ask->name_given)
		return DB_ALL(c, &user_by_name_sql, user_row, out, count,
			      DB_ARGS(DB_STR(ask->name)));
	if (ask->domain_id_given)
		return DB_ALL(c, &user_by_domain_sql, user_row, out, count,
			      DB_ARGS(DB_STR(ask->domain_id)));
	return DB_ALL(c, &user_all_sql, user_row, out, count, DB_NO_ARGS);
}

DB_STMT(identity_people_sql, "select id, name, enabled from identity_user where domain_id = $1"
			     " and name > $2 order by name limit $3");

enum status identity_people(struct call *c, const char *domain_id, const char *after, int64_t limit,
			    struct identity_person **out, size_t *count)
{
	static const struct field row[] = {
		F_STR(identity_person, id, 0, 0),
		F_STR(identity_person, name, 0, 0),
		F_BOOL(identity_person, enabled, 0),
		F_END,
	};

	return DB_ALL(c, &identity_people_sql, row, out, count,
		      DB_ARGS(DB_STR(domain_id), DB_STR(after ? after : ""), DB_INT(limit)));
}

enum status password_history(struct call *c, const char *user_id, int64_t most,
			     struct hash_row **out, size_t *count)
{
	return DB_ALL(c, &password_history_sql, hash_row_row, out, count,
		      DB_ARGS(DB_STR(user_id), DB_INT(most)));
}

enum status password_remember(struct call *c, const char *user_id, const char *hash)
{
	return db_do(c, &password_remember_sql, NULL,
		     DB_ARGS(DB_STR(user_id), DB_STR(hash), DB_INT(c->now_at)));
}

enum status group_read(struct call *c, const char *id, struct group *out)
{
	return db_one(c, &group_one_sql, group_row, out, DB_ARGS(DB_STR(id)));
}

enum status group_put(struct call *c, const struct group *g)
{
	return db_put(c, &group_put_sql, group_row, g);
}

enum status group_write(struct call *c, const struct group *g)
{
	return db_do(c, &group_write_sql, NULL,
		     DB_ARGS(DB_STR(g->id), DB_STR(g->name), DB_STR(g->description),
			     DB_STR(g->extra)));
}

enum status group_remove(struct call *c, const char *id)
{
	return db_do(c, &group_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status group_list_read(struct call *c, const struct group_ask *ask, struct group **out,
			    size_t *count)
{
	if (ask->user_id)
		return DB_ALL(c, &group_by_user_sql, group_row, out, count,
			      DB_ARGS(DB_STR(ask->user_id)));
	if (ask->domain_id_given)
		return DB_ALL(c, &group_by_domain_sql, group_row, out, count,
			      DB_ARGS(DB_STR(ask->domain_id)));
	return DB_ALL(c, &group_all_sql, group_row, out, count, DB_NO_ARGS);
}

enum status member_put(struct call *c, const char *user_id, const char *group_id)
{
	return db_do(c, &member_put_sql, NULL, DB_ARGS(DB_STR(user_id), DB_STR(group_id)));
}

enum status member_count(struct call *c, const char *user_id, const char *group_id, int64_t *out)
{
	return db_number(c, &member_count_sql, out, DB_ARGS(DB_STR(user_id), DB_STR(group_id)));
}

enum status member_drop(struct call *c, const char *user_id, const char *group_id, int64_t *changed)
{
	return db_do(c, &member_drop_sql, changed, DB_ARGS(DB_STR(user_id), DB_STR(group_id)));
}
