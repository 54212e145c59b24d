/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of subnet pools. */
#include "cloud/network/network_subnetpool.h"

static const struct field subnetpool_row[] = { F_STR(subnetpool, id, 36, 0),
					       F_STR(subnetpool, project_id, 64, 0),
					       F_STR(subnetpool, name, 255, EMPTY_OK),
					       F_STR(subnetpool, description, 255, EMPTY_OK),
					       F_INT(subnetpool, ip_version, 0, 0, 0),
					       F_STRS(subnetpool, prefixes, 0, 0),
					       F_INT(subnetpool, min_prefixlen, 0, 0, 0),
					       F_INT(subnetpool, max_prefixlen, 0, 0, 0),
					       F_INT(subnetpool, default_prefixlen, 0, 0, 0),
					       F_INT(subnetpool, default_quota, 0, 0, NULLABLE),
					       F_BOOL(subnetpool, shared, 0),
					       F_BOOL(subnetpool, is_default, 0),
					       F_STRS(subnetpool, tags, 0, 0),
					       F_INT(subnetpool, revision, 0, 0, 0),
					       F_INT(subnetpool, created_at, 0, 0, 0),
					       F_INT(subnetpool, updated_at, 0, 0, 0),
					       F_END };
#define SUBNETPOOL_COLUMNS                                                                         \
	"id, project_id, name, description, ip_version, prefixes, min_prefixlen, max_prefixlen, "  \
	"default_prefixlen, default_quota, shared, is_default, tags, revision, created_at, "       \
	"updated_at"
DB_STMT(subnetpool_read_sql, "select " SUBNETPOOL_COLUMNS " from network_subnetpool where id = $1");
DB_STMT(subnetpool_put_sql,
	"insert into network_subnetpool (" SUBNETPOOL_COLUMNS ") "
	"values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)");
DB_STMT(subnetpool_update_sql,
	"update network_subnetpool set project_id = $2, name = $3, description = $4, "
	"ip_version = $5, prefixes = $6, min_prefixlen = $7, max_prefixlen = $8, "
	"default_prefixlen = $9, default_quota = $10, shared = $11, is_default = $12, tags = $13, "
	"revision = $14, created_at = $15, updated_at = $16 where id = $1");
DB_STMT(subnetpool_delete_sql, "delete from network_subnetpool where id = $1");
DB_STMT(subnetpools_all_sql, "select " SUBNETPOOL_COLUMNS " from network_subnetpool "
			     "where id > $1 order by id limit $2");
DB_STMT(subnetpools_seen_sql,
	"select " SUBNETPOOL_COLUMNS " from network_subnetpool where id > $1 and id in "
	"(select id from network_subnetpool where project_id = $3 "
	"union select id from network_subnetpool where shared = 1) order by id limit $2");

struct cidr_row {
	const char *cidr;
};
static const struct field cidr_row[] = { F_STR(cidr_row, cidr, 64, 0), F_END };
DB_STMT(subnetpool_cidrs_sql,
	"select cidr from network_subnet where subnetpool_id = $1 order by id");

enum status subnetpool_store_one(struct call *c, const char *id, struct subnetpool *out)
{
	return db_one(c, &subnetpool_read_sql, subnetpool_row, out, DB_ARGS(DB_STR(id)));
}

enum status subnetpool_store_put(struct call *c, const struct subnetpool *p)
{
	return db_put(c, &subnetpool_put_sql, subnetpool_row, p);
}

enum status subnetpool_store_update(struct call *c, const struct subnetpool *p)
{
	return db_put(c, &subnetpool_update_sql, subnetpool_row, p);
}

enum status subnetpool_store_delete(struct call *c, const char *id)
{
	return db_do(c, &subnetpool_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status subnetpool_store_list(struct call *c, const char *project_id, const char *after,
				  int64_t most, struct subnetpool **list, size_t *n)
{
	if (project_id)
		return DB_ALL(c, &subnetpools_seen_sql, subnetpool_row, list, n,
			      DB_ARGS(DB_STR(after), DB_INT(most), DB_STR(project_id)));
	return DB_ALL(c, &subnetpools_all_sql, subnetpool_row, list, n,
		      DB_ARGS(DB_STR(after), DB_INT(most)));
}

enum status subnetpool_store_cidrs(struct call *c, const char *id, struct words *cidrs)
{
	struct cidr_row *rows;
	size_t n;
	enum status st = DB_ALL(c, &subnetpool_cidrs_sql, cidr_row, &rows, &n, DB_ARGS(DB_STR(id)));

	if (st)
		return st;
	cidrs->list = arena_array(c->arena, n + 1, sizeof(char *));
	for (cidrs->count = 0; cidrs->count < n; cidrs->count++)
		cidrs->list[cidrs->count] = rows[cidrs->count].cidr;
	return ST_OK;
}
