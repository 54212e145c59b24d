/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for regions, services and endpoints. */
#include "door/identity/identity_catalog.h"

const char *const endpoint_interfaces[] = { "public", "internal", "admin", NULL };

#define ENDPOINT_COLUMNS                                                                           \
	"e.id, e.service_id, e.region_id, e.interface, e.url, e.name, e.enabled, e.extra"

static const struct field region_row[] = { F_STR(region, id, 0, 0),
					   F_STR(region, parent_region_id, 0, NULLABLE),
					   F_STR(region, description, 0, EMPTY_OK),
					   F_JSON(region, extra, 0, 0), F_END };
static const struct field service_row[] = { F_STR(service, id, 0, 0),
					    F_STR(service, type, 0, 0),
					    F_STR(service, name, 0, NULLABLE | EMPTY_OK),
					    F_STR(service, description, 0, NULLABLE | EMPTY_OK),
					    F_BOOL(service, enabled, 0),
					    F_JSON(service, extra, 0, 0),
					    F_END };
static const struct field endpoint_row[] = { F_STR(endpoint, id, 0, 0),
					     F_STR(endpoint, service_id, 0, 0),
					     F_STR(endpoint, region_id, 0, NULLABLE),
					     F_WORD(endpoint, interface, endpoint_interfaces, 0),
					     F_STR(endpoint, url, 0, 0),
					     F_STR(endpoint, name, 0, NULLABLE | EMPTY_OK),
					     F_BOOL(endpoint, enabled, 0),
					     F_JSON(endpoint, extra, 0, 0),
					     F_END };

DB_STMT(region_one_sql,
	"select id, parent_region_id, description, extra from identity_region where id = $1");
DB_STMT(region_insert_sql, "insert into identity_region (id, parent_region_id, description, extra)"
			   " values ($1, $2, $3, $4)");
DB_STMT(region_write_sql, "update identity_region set parent_region_id = $2, description = $3,"
			  " extra = $4 where id = $1");
DB_STMT(region_remove_sql, "delete from identity_region where id = $1");
DB_STMT(region_list_sql,
	"select id, parent_region_id, description, extra from identity_region order by id");
DB_STMT(service_one_sql, "select id, type, name, description, enabled, extra"
			 " from identity_service where id = $1");
DB_STMT(service_insert_sql,
	"insert into identity_service (id, type, name, description, enabled, extra)"
	" values ($1, $2, $3, $4, $5, $6)");
DB_STMT(service_write_sql, "update identity_service set type = $2, name = $3, description = $4,"
			   " enabled = $5, extra = $6 where id = $1");
DB_STMT(service_remove_sql, "delete from identity_service where id = $1");
DB_STMT(service_list_sql, "select id, type, name, description, enabled, extra"
			  " from identity_service order by id");
DB_STMT(endpoint_one_sql, "select " ENDPOINT_COLUMNS " from identity_endpoint e where e.id = $1");
DB_STMT(endpoint_insert_sql,
	"insert into identity_endpoint (id, service_id, region_id, interface, url, name, enabled,"
	" extra) values ($1, $2, $3, $4, $5, $6, $7, $8)");
DB_STMT(endpoint_write_sql,
	"update identity_endpoint set service_id = $2, region_id = $3, interface = $4, url = $5,"
	" name = $6, enabled = $7, extra = $8 where id = $1");
DB_STMT(endpoint_remove_sql, "delete from identity_endpoint where id = $1");
DB_STMT(endpoint_list_sql, "select " ENDPOINT_COLUMNS " from identity_endpoint e order by e.id");
DB_STMT(project_endpoint_list_sql,
	"select " ENDPOINT_COLUMNS " from identity_project_endpoint p"
	" join identity_endpoint e on e.id = p.endpoint_id where p.project_id = $1 order by e.id");

enum status region_read(struct call *c, const char *id, struct region *out)
{
	return db_one(c, &region_one_sql, region_row, out, DB_ARGS(DB_STR(id)));
}

enum status region_insert(struct call *c, const struct region *r)
{
	return db_put(c, &region_insert_sql, region_row, r);
}

enum status region_write(struct call *c, const struct region *r)
{
	return db_put(c, &region_write_sql, region_row, r);
}

enum status region_remove(struct call *c, const char *id)
{
	return db_do(c, &region_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status region_list_read(struct call *c, struct region **out, size_t *count)
{
	return DB_ALL(c, &region_list_sql, region_row, out, count, DB_NO_ARGS);
}

enum status service_read(struct call *c, const char *id, struct service *out)
{
	return db_one(c, &service_one_sql, service_row, out, DB_ARGS(DB_STR(id)));
}

enum status service_insert(struct call *c, const struct service *s)
{
	return db_put(c, &service_insert_sql, service_row, s);
}

enum status service_write(struct call *c, const struct service *s)
{
	return db_put(c, &service_write_sql, service_row, s);
}

enum status service_remove(struct call *c, const char *id)
{
	return db_do(c, &service_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status service_list_read(struct call *c, struct service **out, size_t *count)
{
	return DB_ALL(c, &service_list_sql, service_row, out, count, DB_NO_ARGS);
}

enum status endpoint_read(struct call *c, const char *id, struct endpoint *out)
{
	return db_one(c, &endpoint_one_sql, endpoint_row, out, DB_ARGS(DB_STR(id)));
}

enum status endpoint_insert(struct call *c, const struct endpoint *e)
{
	return db_put(c, &endpoint_insert_sql, endpoint_row, e);
}

enum status endpoint_write(struct call *c, const struct endpoint *e)
{
	return db_put(c, &endpoint_write_sql, endpoint_row, e);
}

enum status endpoint_remove(struct call *c, const char *id)
{
	return db_do(c, &endpoint_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status endpoint_list_read(struct call *c, struct endpoint **out, size_t *count)
{
	return DB_ALL(c, &endpoint_list_sql, endpoint_row, out, count, DB_NO_ARGS);
}

enum status project_endpoint_list(struct call *c, const char *project_id, struct endpoint **out,
				  size_t *count)
{
	return DB_ALL(c, &project_endpoint_list_sql, endpoint_row, out, count,
		      DB_ARGS(DB_STR(project_id)));
}
