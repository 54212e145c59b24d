/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for which endpoints a VDC sees. */
#include "door/identity/identity_catalog.h"

static const struct field group_row[] = {
	F_STR(endpoint_group, id, 0, 0), F_STR(endpoint_group, name, 0, 0),
	F_STR(endpoint_group, description, 0, NULLABLE | EMPTY_OK),
	F_JSON(endpoint_group, filters, 0, 0), F_END
};

DB_STMT(epgroup_one_sql,
	"select id, name, description, filters from identity_endpoint_group where id = $1");
DB_STMT(epgroup_insert_sql, "insert into identity_endpoint_group (id, name, description, filters)"
			    " values ($1, $2, $3, $4)");
DB_STMT(epgroup_write_sql, "update identity_endpoint_group set name = $2, description = $3,"
			   " filters = $4 where id = $1");
DB_STMT(epgroup_remove_sql, "delete from identity_endpoint_group where id = $1");
DB_STMT(epgroup_list_sql,
	"select id, name, description, filters from identity_endpoint_group order by id");
DB_STMT(epgroup_list_of_sql,
	"select g.id, g.name, g.description, g.filters from identity_project_endpoint_group p"
	" join identity_endpoint_group g on g.id = p.endpoint_group_id"
	" where p.project_id = $1 order by g.id");
DB_STMT(epgroup_project_list_sql, "select project_id as id from identity_project_endpoint_group"
				  " where endpoint_group_id = $1 order by project_id");
DB_STMT(epgroup_project_insert_sql,
	"insert into identity_project_endpoint_group (project_id, endpoint_group_id)"
	" values ($1, $2) on conflict (project_id, endpoint_group_id) do nothing");
DB_STMT(epgroup_project_count_sql, "select count(*) from identity_project_endpoint_group"
				   " where project_id = $1 and endpoint_group_id = $2");
DB_STMT(epgroup_project_remove_sql, "delete from identity_project_endpoint_group"
				    " where project_id = $1 and endpoint_group_id = $2");
DB_STMT(project_endpoint_insert_sql,
	"insert into identity_project_endpoint (project_id, endpoint_id) values ($1, $2)"
	" on conflict (project_id, endpoint_id) do nothing");
DB_STMT(project_endpoint_count_sql, "select count(*) from identity_project_endpoint"
				    " where project_id = $1 and endpoint_id = $2");
DB_STMT(project_endpoint_remove_sql, "delete from identity_project_endpoint"
				     " where project_id = $1 and endpoint_id = $2");
DB_STMT(endpoint_project_list_sql, "select project_id as id from identity_project_endpoint"
				   " where endpoint_id = $1 order by project_id");

enum status epgroup_read(struct call *c, const char *id, struct endpoint_group *out)
{
	return db_one(c, &epgroup_one_sql, group_row, out, DB_ARGS(DB_STR(id)));
}

enum status epgroup_insert(struct call *c, const struct endpoint_group *g)
{
	return db_put(c, &epgroup_insert_sql, group_row, g);
}

enum status epgroup_write(struct call *c, const struct endpoint_group *g)
{
	return db_put(c, &epgroup_write_sql, group_row, g);
}

enum status epgroup_remove(struct call *c, const char *id)
{
	return db_do(c, &epgroup_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status epgroup_list_read(struct call *c, struct endpoint_group **out, size_t *count)
{
	return DB_ALL(c, &epgroup_list_sql, group_row, out, count, DB_NO_ARGS);
}

enum status epgroup_list_of(struct call *c, const char *project_id, struct endpoint_group **out,
			    size_t *count)
{
	return DB_ALL(c, &epgroup_list_of_sql, group_row, out, count, DB_ARGS(DB_STR(project_id)));
}

enum status epgroup_project_list(struct call *c, const char *group_id, struct id_row **out,
				 size_t *count)
{
	return DB_ALL(c, &epgroup_project_list_sql, id_row_row, out, count,
		      DB_ARGS(DB_STR(group_id)));
}

enum status epgroup_project_insert(struct call *c, const char *group_id, const char *project_id)
{
	return db_do(c, &epgroup_project_insert_sql, NULL,
		     DB_ARGS(DB_STR(project_id), DB_STR(group_id)));
}

enum status epgroup_project_count(struct call *c, const char *group_id, const char *project_id,
				  int64_t *out)
{
	return db_number(c, &epgroup_project_count_sql, out,
			 DB_ARGS(DB_STR(project_id), DB_STR(group_id)));
}

enum status epgroup_project_remove(struct call *c, const char *group_id, const char *project_id,
				   int64_t *changed)
{
	return db_do(c, &epgroup_project_remove_sql, changed,
		     DB_ARGS(DB_STR(project_id), DB_STR(group_id)));
}

enum status project_endpoint_insert(struct call *c, const char *project_id, const char *endpoint_id)
{
	return db_do(c, &project_endpoint_insert_sql, NULL,
		     DB_ARGS(DB_STR(project_id), DB_STR(endpoint_id)));
}

enum status project_endpoint_count(struct call *c, const char *project_id, const char *endpoint_id,
				   int64_t *out)
{
	return db_number(c, &project_endpoint_count_sql, out,
			 DB_ARGS(DB_STR(project_id), DB_STR(endpoint_id)));
}

enum status project_endpoint_remove(struct call *c, const char *project_id, const char *endpoint_id,
				    int64_t *changed)
{
	return db_do(c, &project_endpoint_remove_sql, changed,
		     DB_ARGS(DB_STR(project_id), DB_STR(endpoint_id)));
}

enum status endpoint_project_list(struct call *c, const char *endpoint_id, struct id_row **out,
				  size_t *count)
{
	return DB_ALL(c, &endpoint_project_list_sql, id_row_row, out, count,
		      DB_ARGS(DB_STR(endpoint_id)));
}
