/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about pools' shares of hosts and the VDCs that use them. */
#include "cloud/pool/pool_private.h"

/* --- places of hosts in aggregates --- */

static const struct field place_row[] = {
	F_STR(pool_member, aggregate_id, 0, 0),
	F_STR(pool_member, host_id, 0, 0),
	F_INT(pool_member, share, 0, 0, 0),
	F_INT(pool_member, used_vcpus, 0, 0, 0),
	F_INT(pool_member, used_memory_mb, 0, 0, 0),
	F_INT(pool_member, used_disk_gb, 0, 0, 0),
	F_END,
};

DB_STMT(pool_places_sql, "select aggregate_id, host_id, share, used_vcpus, used_memory_mb,"
			 " used_disk_gb from pool_aggregate_host order by host_id, aggregate_id");

enum status pool_places(struct call *c, struct pool_member **list, size_t *count)
{
	return DB_ALL(c, &pool_places_sql, place_row, list, count, DB_NO_ARGS);
}

DB_STMT(pool_places_on_sql, "select aggregate_id, host_id, share, used_vcpus, used_memory_mb,"
			    " used_disk_gb from pool_aggregate_host where host_id = $1"
			    " order by aggregate_id");

enum status pool_places_on(struct call *c, const char *host_id, struct pool_member **list,
			   size_t *count)
{
	return DB_ALL(c, &pool_places_on_sql, place_row, list, count, DB_ARGS(DB_STR(host_id)));
}

DB_STMT(pool_place_use_sql,
	"update pool_aggregate_host set used_vcpus = used_vcpus + $3,"
	" used_memory_mb = used_memory_mb + $4, used_disk_gb = used_disk_gb + $5"
	" where aggregate_id = $1 and host_id = $2");

enum status pool_place_use(struct call *c, const char *pool_id, const char *host_id, int64_t vcpus,
			   int64_t memory_mb, int64_t disk_gb)
{
	return db_do(c, &pool_place_use_sql, NULL,
		     DB_ARGS(DB_STR(pool_id), DB_STR(host_id), DB_INT(vcpus), DB_INT(memory_mb),
			     DB_INT(disk_gb)));
}

/* --- who may use which --- */

static const struct field grant_row[] = {
	F_STR(pool_grant, project_id, 0, 0),
	F_STR(pool_grant, pool_id, 0, 0),
	F_END,
};

DB_STMT(pool_grants_sql, "select project_id, pool_id from pool_grant order by project_id, pool_id");

enum status pool_grants(struct call *c, struct pool_grant **list, size_t *count)
{
	return DB_ALL(c, &pool_grants_sql, grant_row, list, count, DB_NO_ARGS);
}

DB_STMT(pool_grants_of_sql,
	"select project_id, pool_id from pool_grant where project_id = $1 order by pool_id");

enum status pool_grants_of(struct call *c, const char *project_id, struct pool_grant **list,
			   size_t *count)
{
	return DB_ALL(c, &pool_grants_of_sql, grant_row, list, count, DB_ARGS(DB_STR(project_id)));
}

DB_STMT(pool_grants_count_sql, "select count(*) from pool_grant where pool_id = $1");

enum status pool_grants_count(struct call *c, const char *pool_id, int64_t *count)
{
	return db_number(c, &pool_grants_count_sql, count, DB_ARGS(DB_STR(pool_id)));
}

DB_STMT(pool_grants_forget_sql, "delete from pool_grant where project_id = $1");

enum status pool_grants_forget(struct call *c, const char *project_id)
{
	return db_do(c, &pool_grants_forget_sql, NULL, DB_ARGS(DB_STR(project_id)));
}

DB_STMT(pool_grant_put_sql, "insert into pool_grant (project_id, pool_id) values ($1, $2)");

enum status pool_grant_put(struct call *c, const char *project_id, const char *pool_id)
{
	return db_do(c, &pool_grant_put_sql, NULL, DB_ARGS(DB_STR(project_id), DB_STR(pool_id)));
}

/* --- how much each VDC has of a pool --- */

static const struct field use_row[] = {
	F_STR(pool_use_vdc, project_id, 0, NULLABLE), F_INT(pool_use_vdc, servers, 0, 0, 0),
	F_INT(pool_use_vdc, vcpus, 0, 0, 0),          F_INT(pool_use_vdc, memory_mb, 0, 0, 0),
	F_INT(pool_use_vdc, disk_gb, 0, 0, 0),        F_END,
};

DB_STMT(pool_use_of_sql,
	"select project_id, count(*) as servers, cast(sum(vcpus) as bigint) as vcpus,"
	" cast(sum(memory_mb) as bigint) as memory_mb, cast(sum(disk_gb) as bigint) as disk_gb"
	" from pool_reservation where pool_id = $1 group by project_id order by project_id");

enum status pool_use_of(struct call *c, const char *pool_id, struct pool_use_vdc **list,
			size_t *count)
{
	return DB_ALL(c, &pool_use_of_sql, use_row, list, count, DB_ARGS(DB_STR(pool_id)));
}
