/* SPDX-License-Identifier: Apache-2.0 */
/* Statements for the first rows of a house, and for checking that what must hold does. */
#include "base/id.h"
#include "door/identity/identity_init.h"

DB_STMT(house_put_sql, "insert into identity_house (id, number, profile) values (1, 1, $1)");
DB_STMT(first_region_sql, "insert into identity_region (id) values ($1)");
DB_STMT(first_service_sql,
	"insert into identity_service (id, type, name, enabled) values ($1, $2, $3, 1)");
DB_STMT(first_endpoint_sql,
	"insert into identity_endpoint (id, service_id, region_id, interface, url, enabled)"
	" values ($1, $2, $3, $4, $5, 1)");
DB_STMT(breaches_sql,
	"select 'projects whose path does not lead through their parent' as what, count(*) as count"
	" from identity_project p join identity_project q on q.id = p.parent_id"
	" where p.path <> q.path || p.id || '/'"
	" union all select 'enabled projects below disabled ones', count(*)"
	" from identity_project p join identity_project q on q.id = p.parent_id"
	" where p.enabled = 1 and q.enabled = 0 and q.is_domain = 0"
	" union all select 'projects whose domain is none', count(*)"
	" from identity_project p join identity_project d on d.id = p.domain_id"
	" where d.is_domain = 0"
	" union all select 'users whose domain is a project', count(*)"
	" from identity_user u join identity_project d on d.id = u.domain_id"
	" where d.is_domain = 0"
	" union all select 'administrators'' roles given elsewhere than on the system', count(*)"
	" from identity_assignment a join identity_role r on r.id = a.role_id"
	" where r.built_in in (2, 4, 8) and a.target <> 'system'"
	" union all select 'trusts with an administrator''s role', count(*)"
	" from identity_trust_role t join identity_role r on r.id = t.role_id"
	" where r.built_in in (2, 4, 8)");

_Static_assert(ROLE_SYSTEM_ADMIN == 2 && ROLE_SECURITY_ADMIN == 4 && ROLE_AUDIT_ADMIN == 8,
	       "as the statement has them");

enum status house_put(struct call *c, const char *profile)
{
	return db_do(c, &house_put_sql, NULL, DB_ARGS(DB_STR(profile)));
}

enum status first_region_put(struct call *c, const char *id)
{
	return db_do(c, &first_region_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status first_service_put(struct call *c, const char *id, const char *type, const char *name)
{
	return db_do(c, &first_service_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(type), DB_STR(name)));
}

enum status first_endpoint_put(struct call *c, const char *service_id, const char *region_id,
			       const char *interface, const char *url)
{
	return db_do(c, &first_endpoint_sql, NULL,
		     DB_ARGS(DB_STR(id_new_hex(c->arena)), DB_STR(service_id), DB_STR(region_id),
			     DB_STR(interface), DB_STR(url)));
}

enum status breaches_read(struct call *c, struct breach **out, size_t *count)
{
	return DB_ALL(c, &breaches_sql, breach_row, out, count, DB_NO_ARGS);
}
