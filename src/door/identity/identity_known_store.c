/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for what each process keeps of roles and catalogue. */
#include "door/identity/identity_known.h"

static const struct field house_row[] = { F_INT(known_house, number, 0, INT64_MAX, 0),
					  F_STR(known_house, profile, 0, 0), F_END };
static const struct field role_row[] = { F_STR(known_role_row, id, 0, 0),
					 F_STR(known_role_row, name, 0, 0),
					 F_STR(known_role_row, domain_id, 0, NULLABLE),
					 F_INT(known_role_row, built_in, 0, INT64_MAX, 0), F_END };
static const struct field implied_row[] = { F_STR(known_implied_row, prior_id, 0, 0),
					    F_STR(known_implied_row, implied_id, 0, 0), F_END };
static const struct field service_row[] = { F_STR(known_service_row, id, 0, 0),
					    F_STR(known_service_row, type, 0, 0),
					    F_STR(known_service_row, name, 0, NULLABLE), F_END };
static const struct field endpoint_row[] = { F_STR(known_endpoint_row, id, 0, 0),
					     F_STR(known_endpoint_row, service_id, 0, 0),
					     F_STR(known_endpoint_row, region_id, 0, NULLABLE),
					     F_STR(known_endpoint_row, interface, 0, 0),
					     F_STR(known_endpoint_row, url, 0, 0),
					     F_END };
static const struct field filter_row[] = { F_JSON(known_filter_row, filters, 0, 0), F_END };

DB_STMT(known_house_sql, "select number, profile from identity_house where id = 1");
DB_STMT(known_roles_sql, "select id, name, domain_id, built_in from identity_role");
DB_STMT(known_implied_sql, "select prior_id, implied_id from identity_implied");
DB_STMT(known_services_sql,
	"select id, type, name from identity_service where enabled = 1 order by type, id");
DB_STMT(known_endpoints_sql, "select id, service_id, region_id, interface, url"
			     " from identity_endpoint where enabled = 1 order by id");
DB_STMT(known_filters_sql, "select (select count(*) from identity_project_endpoint)"
			   " + (select count(*) from identity_project_endpoint_group)");
DB_STMT(known_number_sql, "update identity_house set number = $1 where id = 1");
DB_STMT(known_filter_sql,
	"select endpoint_id as id from identity_project_endpoint where project_id = $1");
DB_STMT(known_filter_groups_sql,
	"select g.filters from identity_project_endpoint_group p"
	" join identity_endpoint_group g on g.id = p.endpoint_group_id where p.project_id = $1");

enum status known_read_house(struct call *c, struct known_house *out)
{
	return db_one(c, &known_house_sql, house_row, out, DB_NO_ARGS);
}

enum status known_read_rows(struct call *c, struct known_rows *out)
{
	enum status st =
		DB_ALL(c, &known_roles_sql, role_row, &out->roles, &out->role_count, DB_NO_ARGS);
	if (!st)
		st = DB_ALL(c, &known_implied_sql, implied_row, &out->implied, &out->implied_count,
			    DB_NO_ARGS);
	if (!st)
		st = DB_ALL(c, &known_services_sql, service_row, &out->services,
			    &out->service_count, DB_NO_ARGS);
	if (!st)
		st = DB_ALL(c, &known_endpoints_sql, endpoint_row, &out->endpoints,
			    &out->endpoint_count, DB_NO_ARGS);
	if (!st)
		st = db_number(c, &known_filters_sql, &out->filters, DB_NO_ARGS);
	return st;
}

enum status known_write_number(struct call *c, int64_t number)
{
	return db_do(c, &known_number_sql, NULL, DB_ARGS(DB_INT(number)));
}

enum status known_read_filter(struct call *c, const char *project_id, struct id_row **out,
			      size_t *count)
{
	return DB_ALL(c, &known_filter_sql, id_row_row, out, count, DB_ARGS(DB_STR(project_id)));
}

enum status known_read_filters(struct call *c, const char *project_id,
			       struct known_filter_row **out, size_t *count)
{
	return DB_ALL(c, &known_filter_groups_sql, filter_row, out, count,
		      DB_ARGS(DB_STR(project_id)));
}
