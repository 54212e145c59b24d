/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about server groups. */
#include "cloud/compute/compute_change.h"

const char *const server_group_policies[] = { "affinity", "anti-affinity", "soft-affinity",
					      "soft-anti-affinity", NULL };

static const struct field server_group_row[] = {
	F_STR(server_group, id, 0, 0),
	F_STR(server_group, name, 0, 0),
	F_STR(server_group, project_id, 0, 0),
	F_STR(server_group, user_id, 0, 0),
	F_WORD(server_group, policy, server_group_policies, 0),
	F_INT(server_group, most, 0, 0, 0),
	F_TIME(server_group, created_at, 0),
	F_END,
};

#define COLUMNS "id, name, project_id, user_id, policy, most, created_at"

DB_STMT(server_group_insert_sql,
	"insert into compute_group (" COLUMNS ") values ($1, $2, $3, $4, $5, $6, $7)");

enum status server_group_insert(struct call *c, const struct server_group *in)
{
	return db_put(c, &server_group_insert_sql, server_group_row, in);
}

DB_STMT(server_group_read_sql, "select " COLUMNS " from compute_group where id = $1");

enum status server_group_read(struct call *c, const char *id, struct server_group *out)
{
	return db_one(c, &server_group_read_sql, server_group_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(server_group_remove_sql, "delete from compute_group where id = $1");

enum status server_group_remove(struct call *c, const char *id)
{
	return db_do(c, &server_group_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(server_group_all_sql, "select " COLUMNS " from compute_group order by created_at, id");
DB_STMT(server_group_of_project_sql,
	"select " COLUMNS " from compute_group where project_id = $1 order by created_at, id");

enum status server_group_rows(struct call *c, const char *project, struct server_group **list,
			      size_t *count)
{
	if (!project)
		return DB_ALL(c, &server_group_all_sql, server_group_row, list, count, DB_NO_ARGS);
	return DB_ALL(c, &server_group_of_project_sql, server_group_row, list, count,
		      DB_ARGS(DB_STR(project)));
}

static const struct field member_row[] = {
	F_STR(server_group_member, id, 0, 0),
	F_STR(server_group_member, group_id, 0, 0),
	F_STR(server_group_member, host_id, 0, NULLABLE),
	F_END,
};

DB_STMT(server_group_members_sql,
	"select id, group_id, host_id from compute_server where group_id = $1"
	" and deleted_at is null order by created_at, id");
DB_STMT(server_group_members_all_sql,
	"select id, group_id, host_id from compute_server where group_id is not null"
	" and deleted_at is null order by created_at, id");

enum status server_group_member_rows(struct call *c, const char *group,
				     struct server_group_member **list, size_t *count)
{
	if (!group)
		return DB_ALL(c, &server_group_members_all_sql, member_row, list, count,
			      DB_NO_ARGS);
	return DB_ALL(c, &server_group_members_sql, member_row, list, count,
		      DB_ARGS(DB_STR(group)));
}

DB_STMT(server_group_leave_sql, "update compute_server set group_id = null where group_id = $1");

enum status server_group_leave(struct call *c, const char *id)
{
	return db_do(c, &server_group_leave_sql, NULL, DB_ARGS(DB_STR(id)));
}
