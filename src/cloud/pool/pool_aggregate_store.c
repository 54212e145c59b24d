/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about aggregates. */
#include "cloud/pool/pool_private.h"

const char *const pool_network_zones[] = { "government", "internet", "private", NULL };

static const struct field aggregate_row[] = {
	F_STR(pool_aggregate, id, 0, 0),
	F_STR(pool_aggregate, name, 0, 0),
	F_STR(pool_aggregate, zone, 0, NULLABLE),
	F_STR(pool_aggregate, site, 0, NULLABLE),
	F_WORD(pool_aggregate, network_zone, pool_network_zones, NULLABLE),
	F_INT(pool_aggregate, protection, 0, 0, NULLABLE),
	F_MAP(pool_aggregate, metadata, 0, 0),
	F_TIME(pool_aggregate, created_at, 0),
	F_TIME(pool_aggregate, updated_at, NULLABLE),
	F_INT(pool_aggregate, number, 0, 0, OPT),
	F_END,
};

static struct db_arg number_or_null(int64_t n)
{
	return n == INT_NULL ? DB_NULL : DB_INT(n);
}

static struct db_arg zone_word(const struct pool_aggregate *a)
{
	return DB_STR(a->network_zone < 0 ? NULL : pool_network_zones[a->network_zone]);
}

#define COLUMNS                                                                                    \
	"id, name, zone, site, network_zone, protection, metadata, created_at, updated_at, number"

DB_STMT(pool_aggregate_insert_sql,
	"insert into pool_aggregate (id, name, zone, site, network_zone, protection, metadata,"
	" created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) returning number");

enum status pool_aggregate_insert(struct call *c, const struct pool_aggregate *in, int64_t *number)
{
	return db_number(c, &pool_aggregate_insert_sql, number,
			 DB_ARGS(DB_STR(in->id), DB_STR(in->name), DB_STR(in->zone),
				 DB_STR(in->site), zone_word(in), number_or_null(in->protection),
				 DB_STR(map_to_json(c->arena, &in->metadata)),
				 DB_INT(in->created_at)));
}

DB_STMT(pool_aggregate_save_sql,
	"update pool_aggregate set name = $2, zone = $3, site = $4, network_zone = $5,"
	" protection = $6, metadata = $7, updated_at = $8 where id = $1");

enum status pool_aggregate_save(struct call *c, const struct pool_aggregate *in)
{
	return db_do(c, &pool_aggregate_save_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(in->name), DB_STR(in->zone), DB_STR(in->site),
			     zone_word(in), number_or_null(in->protection),
			     DB_STR(map_to_json(c->arena, &in->metadata)), DB_INT(in->updated_at)));
}

DB_STMT(pool_aggregate_delete_sql, "delete from pool_aggregate where id = $1");

enum status pool_aggregate_delete(struct call *c, const char *id)
{
	return db_do(c, &pool_aggregate_delete_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(pool_aggregate_rows_sql, "select " COLUMNS " from pool_aggregate order by number");

enum status pool_aggregate_rows(struct call *c, struct pool_aggregate **list, size_t *count)
{
	return DB_ALL(c, &pool_aggregate_rows_sql, aggregate_row, list, count, DB_NO_ARGS);
}

static const struct field member_row[] = {
	F_STR(pool_member, aggregate_id, 0, 0),
	F_STR(pool_member, host_id, 0, 0),
	F_STR(pool_member, name, 0, 0),
	F_END,
};

DB_STMT(pool_member_rows_sql,
	"select m.aggregate_id, m.host_id, h.name from pool_aggregate_host m"
	" join pool_host h on h.id = m.host_id order by m.aggregate_id, h.name");

enum status pool_member_rows(struct call *c, struct pool_member **list, size_t *count)
{
	return DB_ALL(c, &pool_member_rows_sql, member_row, list, count, DB_NO_ARGS);
}

DB_STMT(pool_member_insert_sql,
	"insert into pool_aggregate_host (aggregate_id, host_id, share) values ($1, $2, $3)");

enum status pool_member_insert(struct call *c, const char *aggregate, const char *host,
			       int64_t share)
{
	return db_do(c, &pool_member_insert_sql, NULL,
		     DB_ARGS(DB_STR(aggregate), DB_STR(host), DB_INT(share)));
}

DB_STMT(pool_member_delete_sql,
	"delete from pool_aggregate_host where aggregate_id = $1 and host_id = $2");

enum status pool_member_delete(struct call *c, const char *aggregate, const char *host)
{
	return db_do(c, &pool_member_delete_sql, NULL, DB_ARGS(DB_STR(aggregate), DB_STR(host)));
}
