/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for policies, limits and departments' options. */
#include "door/identity/identity_policies.h"

static const struct field policy_row[] = { F_STR(policy, id, 0, 0), F_STR(policy, type, 0, 0),
					   F_STR(policy, blob, 0, EMPTY_OK),
					   F_JSON(policy, extra, 0, 0), F_END };
static const struct field registered_row[] = {
	F_STR(registered_limit, id, 0, 0),
	F_STR(registered_limit, service_id, 0, 0),
	F_STR(registered_limit, region_id, 0, NULLABLE),
	F_STR(registered_limit, resource_name, 0, 0),
	F_INT(registered_limit, default_limit, -1, INT64_MAX, 0),
	F_STR(registered_limit, description, 0, NULLABLE | EMPTY_OK),
	F_END
};
static const struct field limit_row[] = { F_STR(limit, id, 0, 0),
					  F_STR(limit, project_id, 0, 0),
					  F_BOOL(limit, is_domain, 0),
					  F_STR(limit, registered_limit_id, 0, 0),
					  F_STR(limit, service_id, 0, 0),
					  F_STR(limit, region_id, 0, NULLABLE),
					  F_STR(limit, resource_name, 0, 0),
					  F_INT(limit, resource_limit, -1, INT64_MAX, 0),
					  F_STR(limit, description, 0, NULLABLE | EMPTY_OK),
					  F_END };
static const struct field config_row_row[] = { F_STR(config_row, section, 0, 0),
					       F_STR(config_row, option_name, 0, 0),
					       F_STR(config_row, value, 0, 0),
					       F_BOOL(config_row, sensitive, 0), F_END };

DB_STMT(policy_one_sql, "select id, type, blob, extra from identity_policy where id = $1");
DB_STMT(policy_insert_sql,
	"insert into identity_policy (id, type, blob, extra) values ($1, $2, $3, $4)");
DB_STMT(policy_write_sql,
	"update identity_policy set type = $2, blob = $3, extra = $4 where id = $1");
DB_STMT(policy_remove_sql, "delete from identity_policy where id = $1");
DB_STMT(policy_list_sql, "select id, type, blob, extra from identity_policy order by id");
DB_STMT(association_insert_sql,
	"insert into identity_policy_association (policy_id, place, endpoint_id, service_id,"
	" region_id) values ($1, $2, $3, $4, $5)"
	" on conflict (place) do update set policy_id = excluded.policy_id");
DB_STMT(association_count_sql,
	"select count(*) from identity_policy_association where policy_id = $1 and place = $2");
DB_STMT(association_remove_sql,
	"delete from identity_policy_association where policy_id = $1 and place = $2");
DB_STMT(association_of_sql,
	"select p.id, p.type, p.blob, p.extra from identity_policy_association a"
	" join identity_policy p on p.id = a.policy_id where a.place = $1");

#define REGISTERED_COLUMNS "id, service_id, region_id, resource_name, default_limit, description"
#define LIMIT_COLUMNS                                                                              \
	"l.id, l.project_id, p.is_domain, l.registered_limit_id, r.service_id, r.region_id,"       \
	" r.resource_name, l.resource_limit, l.description from identity_limit l"                  \
	" join identity_registered_limit r on r.id = l.registered_limit_id"                        \
	" join identity_project p on p.id = l.project_id"

DB_STMT(registered_one_sql,
	"select " REGISTERED_COLUMNS " from identity_registered_limit where id = $1");
DB_STMT(registered_insert_sql,
	"insert into identity_registered_limit (id, service_id, region_id, resource_name,"
	" default_limit, description) values ($1, $2, $3, $4, $5, $6)");
DB_STMT(registered_write_sql,
	"update identity_registered_limit set service_id = $2, region_id = $3, resource_name = $4,"
	" default_limit = $5, description = $6 where id = $1");
DB_STMT(registered_remove_sql, "delete from identity_registered_limit where id = $1");
DB_STMT(registered_used_sql, "select count(*) from identity_limit where registered_limit_id = $1");
DB_STMT(registered_list_sql,
	"select " REGISTERED_COLUMNS " from identity_registered_limit order by id");
DB_STMT(limit_one_sql, "select " LIMIT_COLUMNS " where l.id = $1");
DB_STMT(limit_list_sql, "select " LIMIT_COLUMNS " order by l.id");
DB_STMT(limit_insert_sql, "insert into identity_limit (id, project_id, registered_limit_id,"
			  " resource_limit, description) values ($1, $2, $3, $4, $5)");
DB_STMT(limit_write_sql,
	"update identity_limit set resource_limit = $2, description = $3 where id = $1");
DB_STMT(limit_remove_sql, "delete from identity_limit where id = $1");

DB_STMT(config_rows_sql, "select section, option_name, value, sensitive"
			 " from identity_domain_config where domain_id = $1"
			 " order by section, option_name");
DB_STMT(config_put_sql,
	"insert into identity_domain_config (domain_id, section, option_name, value, sensitive)"
	" values ($1, $2, $3, $4, $5) on conflict (domain_id, section, option_name)"
	" do update set value = excluded.value");
DB_STMT(config_clear_sql, "delete from identity_domain_config where domain_id = $1");
DB_STMT(config_section_sql,
	"delete from identity_domain_config where domain_id = $1 and section = $2");
DB_STMT(config_option_sql, "delete from identity_domain_config"
			   " where domain_id = $1 and section = $2 and option_name = $3");

enum status policy_read(struct call *c, const char *id, struct policy *out)
{
	return db_one(c, &policy_one_sql, policy_row, out, DB_ARGS(DB_STR(id)));
}

enum status policy_insert(struct call *c, const struct policy *p)
{
	return db_put(c, &policy_insert_sql, policy_row, p);
}

enum status policy_write(struct call *c, const struct policy *p)
{
	return db_put(c, &policy_write_sql, policy_row, p);
}

enum status policy_remove(struct call *c, const char *id)
{
	return db_do(c, &policy_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status policy_list_read(struct call *c, struct policy **out, size_t *count)
{
	return DB_ALL(c, &policy_list_sql, policy_row, out, count, DB_NO_ARGS);
}

enum status association_insert(struct call *c, const char *policy_id, const char *place,
			       const struct key *k)
{
	return db_do(c, &association_insert_sql, NULL,
		     DB_ARGS(DB_STR(policy_id), DB_STR(place), DB_STR(k->endpoint_id),
			     DB_STR(k->service_id), DB_STR(k->region_id)));
}

enum status association_count(struct call *c, const char *policy_id, const char *place,
			      int64_t *out)
{
	return db_number(c, &association_count_sql, out, DB_ARGS(DB_STR(policy_id), DB_STR(place)));
}

enum status association_remove(struct call *c, const char *policy_id, const char *place,
			       int64_t *changed)
{
	return db_do(c, &association_remove_sql, changed,
		     DB_ARGS(DB_STR(policy_id), DB_STR(place)));
}

enum status association_of(struct call *c, const char *place, struct policy *out)
{
	return db_one(c, &association_of_sql, policy_row, out, DB_ARGS(DB_STR(place)));
}

enum status registered_read(struct call *c, const char *id, struct registered_limit *out)
{
	return db_one(c, &registered_one_sql, registered_row, out, DB_ARGS(DB_STR(id)));
}

enum status registered_insert(struct call *c, const struct registered_limit *r)
{
	return db_put(c, &registered_insert_sql, registered_row, r);
}

enum status registered_write(struct call *c, const struct registered_limit *r)
{
	return db_put(c, &registered_write_sql, registered_row, r);
}

enum status registered_remove(struct call *c, const char *id)
{
	return db_do(c, &registered_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status registered_used(struct call *c, const char *id, int64_t *out)
{
	return db_number(c, &registered_used_sql, out, DB_ARGS(DB_STR(id)));
}

enum status registered_list_read(struct call *c, struct registered_limit **out, size_t *count)
{
	return DB_ALL(c, &registered_list_sql, registered_row, out, count, DB_NO_ARGS);
}

enum status limit_read(struct call *c, const char *id, struct limit *out)
{
	return db_one(c, &limit_one_sql, limit_row, out, DB_ARGS(DB_STR(id)));
}

enum status limit_insert(struct call *c, const struct limit *l)
{
	return db_do(c, &limit_insert_sql, NULL,
		     DB_ARGS(DB_STR(l->id), DB_STR(l->project_id), DB_STR(l->registered_limit_id),
			     DB_INT(l->resource_limit), DB_STR(l->description)));
}

enum status limit_write(struct call *c, const struct limit *l)
{
	return db_do(c, &limit_write_sql, NULL,
		     DB_ARGS(DB_STR(l->id), DB_INT(l->resource_limit), DB_STR(l->description)));
}

enum status limit_remove(struct call *c, const char *id)
{
	return db_do(c, &limit_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status limit_list_read(struct call *c, struct limit **out, size_t *count)
{
	return DB_ALL(c, &limit_list_sql, limit_row, out, count, DB_NO_ARGS);
}

enum status config_rows(struct call *c, const char *domain_id, struct config_row **out,
			size_t *count)
{
	return DB_ALL(c, &config_rows_sql, config_row_row, out, count, DB_ARGS(DB_STR(domain_id)));
}

enum status config_row_put(struct call *c, const char *domain_id, const struct config_row *r)
{
	return db_do(c, &config_put_sql, NULL,
		     DB_ARGS(DB_STR(domain_id), DB_STR(r->section), DB_STR(r->option_name),
			     DB_STR(r->value), DB_INT(r->sensitive)));
}

enum status config_row_remove(struct call *c, const char *domain_id, const char *section,
			      const char *option, int64_t *changed)
{
	if (option)
		return db_do(c, &config_option_sql, changed,
			     DB_ARGS(DB_STR(domain_id), DB_STR(section), DB_STR(option)));
	if (section)
		return db_do(c, &config_section_sql, changed,
			     DB_ARGS(DB_STR(domain_id), DB_STR(section)));
	return db_do(c, &config_clear_sql, changed, DB_ARGS(DB_STR(domain_id)));
}
