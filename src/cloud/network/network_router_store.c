/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of routers and floating addresses. */
#include "cloud/network/network_router.h"

static const struct field router_row[] = { F_STR(router, id, 36, 0),
					   F_STR(router, project_id, 64, 0),
					   F_STR(router, domain_id, 64, NULLABLE),
					   F_STR(router, name, 255, EMPTY_OK),
					   F_STR(router, description, 255, EMPTY_OK),
					   F_BOOL(router, admin_state_up, 0),
					   F_BOOL(router, enable_snat, 0),
					   F_STR(router, gateway_port_id, 36, NULLABLE),
					   F_STR(router, gateway_network_id, 36, NULLABLE),
					   F_JSON(router, routes, 0, 0),
					   F_STR(router, fault, 0, NULLABLE),
					   F_STRS(router, tags, 0, 0),
					   F_INT(router, revision, 0, 0, 0),
					   F_INT(router, applied, 0, 0, 0),
					   F_INT(router, created_at, 0, 0, 0),
					   F_INT(router, updated_at, 0, 0, 0),
					   F_END };
#define ROUTER_COLUMNS                                                                             \
	"id, project_id, domain_id, name, description, admin_state_up, enable_snat, "              \
	"gateway_port_id, gateway_network_id, routes, fault, tags, revision, applied, "            \
	"created_at, updated_at"
DB_STMT(router_read_sql, "select " ROUTER_COLUMNS " from network_router where id = $1");
DB_STMT(router_put_sql,
	"insert into network_router (" ROUTER_COLUMNS ") "
	"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
DB_STMT(router_update_sql,
	"update network_router set project_id = $2, domain_id = $3, name = $4, description = $5, "
	"admin_state_up = $6, enable_snat = $7, gateway_port_id = $8, gateway_network_id = $9, "
	"routes = $10, fault = $11, tags = $12, revision = $13, applied = $14, created_at = $15, "
	"updated_at = $16 where id = $1");
DB_STMT(router_delete_sql, "delete from network_router where id = $1");
DB_STMT(routers_all_sql, "select " ROUTER_COLUMNS " from network_router where id > $1 "
			 "order by id limit $2");
DB_STMT(routers_of_project_sql, "select " ROUTER_COLUMNS " from network_router "
				"where project_id = $3 and id > $1 order by id limit $2");
DB_STMT(router_applied_sql,
	"update network_router set applied = $2, fault = null where id = $1 and revision = $2");
DB_STMT(router_fault_sql, "update network_router set fault = $2 where id = $1");
DB_STMT(router_bump_sql,
	"update network_router set revision = revision + 1, updated_at = $2 where id = $1");
DB_STMT(routers_on_network_sql,
	"select distinct r.id from network_port p join network_router r on r.id = p.device_id "
	"where p.network_id = $1 and p.device_owner in ('" OWNER_INTERFACE "', '" OWNER_GATEWAY
	"') order by r.id");

struct id_row {
	const char *id;
};
static const struct field id_row[] = { F_STR(id_row, id, 36, 0), F_END };

struct gateway_ip {
	const char *port_id, *subnet_id, *ip_address;
};
static const struct field gateway_ip_row[] = { F_STR(gateway_ip, port_id, 36, 0),
					       F_STR(gateway_ip, subnet_id, 36, 0),
					       F_STR(gateway_ip, ip_address, 64, 0), F_END };
DB_STMT(gateway_ips_sql,
	WANTED_IDS "select a.port_id, a.subnet_id, a.ip_address from wanted "
		   "join network_address a on a.port_id = wanted.id order by a.port_id, a.place");

/* Their gateways' addresses, by one statement for all of them. */
static enum status complete(struct call *c, struct router *list, size_t n)
{
	struct buf ids = { .arena = c->arena };
	struct gateway_ip *ips;
	size_t count;

	for (size_t i = 0; i < n; i++) {
		list[i].status = list[i].fault ? "ERROR" : "ACTIVE";
		if (list[i].gateway_port_id)
			buf_str(&ids, list[i].gateway_port_id);
	}
	if (!ids.size)
		return ST_OK;
	enum status st = DB_ALL(c, &gateway_ips_sql, gateway_ip_row, &ips, &count,
				DB_ARGS(DB_STR(buf_text(&ids))));
	for (size_t i = 0; !st && i < n; i++) {
		if (!list[i].gateway_port_id)
			continue;
		list[i].gateway_ips =
			arena_array(c->arena, FIXED_IPS_MAX, sizeof *list[i].gateway_ips);
		for (size_t k = 0; k < count; k++)
			if (str_eq(ips[k].port_id, list[i].gateway_port_id) &&
			    list[i].gateway_ips_count < FIXED_IPS_MAX)
				list[i].gateway_ips[list[i].gateway_ips_count++] =
					(struct network_fixed_ip){ ips[k].subnet_id,
								   ips[k].ip_address };
	}
	return st;
}

enum status router_store_router(struct call *c, const char *id, struct router *out)
{
	struct router r = { 0 };
	enum status st = db_one(c, &router_read_sql, router_row, &r, DB_ARGS(DB_STR(id)));

	if (!st)
		st = complete(c, &r, 1);
	if (!st)
		*out = r;
	return st;
}

enum status router_store_put(struct call *c, const struct router *r)
{
	return db_put(c, &router_put_sql, router_row, r);
}

enum status router_store_update(struct call *c, const struct router *r)
{
	return db_put(c, &router_update_sql, router_row, r);
}

enum status router_store_delete(struct call *c, const char *id)
{
	return db_do(c, &router_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status router_store_routers(struct call *c, const char *project_id, const char *after,
				 int64_t most, struct router **list, size_t *n)
{
	enum status st = project_id
				 ? DB_ALL(c, &routers_of_project_sql, router_row, list, n,
					  DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(project_id)))
				 : DB_ALL(c, &routers_all_sql, router_row, list, n,
					  DB_ARGS(DB_STR(after), DB_INT(most)));

	return st || !*n ? st : complete(c, *list, *n);
}

enum status router_store_applied(struct call *c, const char *id, int64_t revision, bool *recorded)
{
	int64_t changed = 0;
	enum status st =
		db_do(c, &router_applied_sql, &changed, DB_ARGS(DB_STR(id), DB_INT(revision)));

	*recorded = changed > 0;
	return st;
}

enum status router_store_fault(struct call *c, const char *id, const char *why)
{
	return db_do(c, &router_fault_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(why)));
}

enum status router_store_bump(struct call *c, const char *id, int64_t now)
{
	return db_do(c, &router_bump_sql, NULL, DB_ARGS(DB_STR(id), DB_INT(now)));
}

enum status router_store_on_network(struct call *c, const char *network_id, struct words *ids)
{
	struct id_row *rows;
	size_t n;
	enum status st =
		DB_ALL(c, &routers_on_network_sql, id_row, &rows, &n, DB_ARGS(DB_STR(network_id)));

	if (st)
		return st;
	ids->list = arena_array(c->arena, n + 1, sizeof(char *));
	for (ids->count = 0; ids->count < n; ids->count++)
		ids->list[ids->count] = rows[ids->count].id;
	return ST_OK;
}

/* --- floating addresses --- */

static const struct field floating_row[] = { F_STR(floating, id, 36, 0),
					     F_STR(floating, project_id, 64, 0),
					     F_STR(floating, domain_id, 64, NULLABLE),
					     F_STR(floating, description, 255, EMPTY_OK),
					     F_STR(floating, floating_network_id, 36, 0),
					     F_STR(floating, floating_ip_address, 64, 0),
					     F_STR(floating, floating_port_id, 36, 0),
					     F_STR(floating, port_id, 36, NULLABLE),
					     F_STR(floating, fixed_ip_address, 64, NULLABLE),
					     F_STR(floating, router_id, 36, NULLABLE),
					     F_STRS(floating, tags, 0, 0),
					     F_INT(floating, revision, 0, 0, 0),
					     F_INT(floating, created_at, 0, 0, 0),
					     F_INT(floating, updated_at, 0, 0, 0),
					     F_END };
#define FLOATING_COLUMNS                                                                           \
	"id, project_id, domain_id, description, floating_network_id, floating_ip_address, "       \
	"floating_port_id, port_id, fixed_ip_address, router_id, tags, revision, created_at, "     \
	"updated_at"
#define FLOATINGS "select " FLOATING_COLUMNS " from network_floatingip "
DB_STMT(floating_put_sql, "insert into network_floatingip (" FLOATING_COLUMNS ") "
			  "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)");
DB_STMT(floating_update_sql,
	"update network_floatingip set project_id = $2, domain_id = $3, description = $4, "
	"floating_network_id = $5, floating_ip_address = $6, floating_port_id = $7, port_id = $8, "
	"fixed_ip_address = $9, router_id = $10, tags = $11, revision = $12, created_at = $13, "
	"updated_at = $14 where id = $1");
DB_STMT(floating_delete_sql, "delete from network_floatingip where id = $1");
DB_STMT(floating_one_sql, FLOATINGS "where id = $3 and id > $1 order by id limit $2");
DB_STMT(floatings_all_sql, FLOATINGS "where id > $1 order by id limit $2");
DB_STMT(floatings_of_project_sql,
	FLOATINGS "where project_id = $3 and id > $1 order by id limit $2");
DB_STMT(floatings_of_network_sql,
	FLOATINGS "where floating_network_id = $3 and id > $1 order by id limit $2");
DB_STMT(floatings_of_router_sql, FLOATINGS "where router_id = $3 and id > $1 order by id limit $2");
DB_STMT(floatings_of_port_sql, FLOATINGS "where port_id = $3 and id > $1 order by id limit $2");

enum status floating_store_list(struct call *c, const struct floating_select *s, const char *after,
				int64_t most, struct floating **list, size_t *n)
{
	const struct db_stmt *sql = s->id           ? &floating_one_sql
				    : s->network_id ? &floatings_of_network_sql
				    : s->router_id  ? &floatings_of_router_sql
				    : s->port_id    ? &floatings_of_port_sql
				    : s->project_id ? &floatings_of_project_sql
						    : &floatings_all_sql;
	const char *key = s->id           ? s->id
			  : s->network_id ? s->network_id
			  : s->router_id  ? s->router_id
			  : s->port_id    ? s->port_id
					  : s->project_id;
	const struct db_arg args[] = { DB_STR(after), DB_INT(most), DB_STR(key) };
	enum status st = DB_ALL(c, sql, floating_row, list, n, args, key ? 3 : 2);

	for (size_t i = 0; !st && i < *n; i++)
		(*list)[i].status = (*list)[i].port_id ? "ACTIVE" : "DOWN";
	return st;
}

enum status floating_store_one(struct call *c, const char *id, struct floating *out)
{
	struct floating *list;
	size_t n;
	enum status st =
		floating_store_list(c, &(struct floating_select){ .id = id }, "", 1, &list, &n);

	if (!st && !n)
		return ST_NOT_FOUND;
	if (!st)
		*out = list[0];
	return st;
}

enum status floating_store_put(struct call *c, const struct floating *f)
{
	return db_put(c, &floating_put_sql, floating_row, f);
}

enum status floating_store_update(struct call *c, const struct floating *f)
{
	return db_put(c, &floating_update_sql, floating_row, f);
}

enum status floating_store_delete(struct call *c, const char *id)
{
	return db_do(c, &floating_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}
