/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the pool room. */
#include "cloud/pool/pool_private.h"

static const char *const states[] = { "up", "down", NULL };

static const struct field pool_host_row[] = {
	F_STR(pool_host, id, 0, 0),
	F_STR(pool_host, name, 0, 0),
	F_STR(pool_host, uri, 0, 0),
	F_STR(pool_host, zone, 0, 0),
	F_WORD(pool_host, state, states, 0),
	F_STR(pool_host, disabled, 0, NULLABLE),
	F_STR(pool_host, engine, 0, 0),
	F_INT(pool_host, version, 0, 0, 0),
	F_STR(pool_host, cpu, 0, 0),
	F_STR(pool_host, accelerator, 0, 0),
	F_STR(pool_host, accelerator_why, 0, 0),
	F_STR(pool_host, boot_id, 0, 0),
	F_INT(pool_host, vcpus, 0, 0, 0),
	F_INT(pool_host, memory_mb, 0, 0, 0),
	F_INT(pool_host, disk_gb, 0, 0, 0),
	F_INT(pool_host, cpu_percent, 0, 0, 0),
	F_INT(pool_host, memory_percent, 0, 0, 0),
	F_INT(pool_host, disk_percent, 0, 0, 0),
	F_INT(pool_host, memory_kept_mb, 0, 0, 0),
	F_INT(pool_host, used_vcpus, 0, 0, 0),
	F_INT(pool_host, used_memory_mb, 0, 0, 0),
	F_INT(pool_host, used_disk_gb, 0, 0, 0),
	F_TIME(pool_host, seen_at, 0),
	F_TIME(pool_host, created_at, 0),
	F_TIME(pool_host, updated_at, 0),
	F_END,
};

#define COLUMNS                                                                                     \
	"id, name, uri, zone, state, disabled, engine, version, cpu, accelerator, accelerator_why," \
	" boot_id, vcpus, memory_mb, disk_gb, cpu_percent, memory_percent, disk_percent,"           \
	" memory_kept_mb, used_vcpus, used_memory_mb, used_disk_gb, seen_at, created_at,"           \
	" updated_at"

DB_STMT(pool_host_insert_sql,
	"insert into pool_host (" COLUMNS ") values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,"
	" $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)");

enum status pool_host_insert(struct call *c, const struct pool_host *in)
{
	return db_put(c, &pool_host_insert_sql, pool_host_row, in);
}

DB_STMT(pool_host_update_sql,
	"update pool_host set name = $2, state = $3, engine = $4, version = $5, cpu = $6,"
	" accelerator = $7, accelerator_why = $8, boot_id = $9, vcpus = $10, memory_mb = $11,"
	" disk_gb = $12, seen_at = $13, updated_at = $14 where id = $1");

enum status pool_host_update(struct call *c, const struct pool_host *in)
{
	return db_do(c, &pool_host_update_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(in->name), DB_STR(states[in->state]),
			     DB_STR(in->engine), DB_INT(in->version), DB_STR(in->cpu),
			     DB_STR(in->accelerator), DB_STR(in->accelerator_why),
			     DB_STR(in->boot_id), DB_INT(in->vcpus), DB_INT(in->memory_mb),
			     DB_INT(in->disk_gb), DB_INT(in->seen_at), DB_INT(in->updated_at)));
}

DB_STMT(pool_host_set_state_sql,
	"update pool_host set state = $2, updated_at = $3 where uri = $1 and state <> $2");

enum status pool_host_set_state(struct call *c, const char *uri, int state)
{
	return db_do(c, &pool_host_set_state_sql, NULL,
		     DB_ARGS(DB_STR(uri), DB_STR(states[state]), DB_INT(c->now_at)));
}

DB_STMT(pool_host_use_sql,
	"update pool_host set used_vcpus = used_vcpus + $2, used_memory_mb = used_memory_mb + $3,"
	" used_disk_gb = used_disk_gb + $4 where id = $1");

enum status pool_host_use(struct call *c, const char *id, int64_t vcpus, int64_t memory_mb,
			  int64_t disk_gb)
{
	return db_do(c, &pool_host_use_sql, NULL,
		     DB_ARGS(DB_STR(id), DB_INT(vcpus), DB_INT(memory_mb), DB_INT(disk_gb)));
}

DB_STMT(pool_host_read_sql, "select " COLUMNS " from pool_host where id = $1");

enum status pool_host_read(struct call *c, const char *id, struct pool_host *out)
{
	enum status st = db_one(c, &pool_host_read_sql, pool_host_row, out, DB_ARGS(DB_STR(id)));
	return st == ST_NOT_FOUND ? fail(c, st, NULL, "there is no host %s", id) : st;
}

DB_STMT(pool_host_by_uri_sql, "select " COLUMNS " from pool_host where uri = $1");

enum status pool_host_by_uri(struct call *c, const char *uri, struct pool_host *out)
{
	enum status st = db_one(c, &pool_host_by_uri_sql, pool_host_row, out, DB_ARGS(DB_STR(uri)));
	return st == ST_NOT_FOUND ? fail(c, st, NULL, "there is no host at %s", uri) : st;
}

DB_STMT(pool_hosts_sql, "select " COLUMNS " from pool_host order by name");

enum status pool_hosts(struct call *c, struct pool_host **list, size_t *count)
{
	return DB_ALL(c, &pool_hosts_sql, pool_host_row, list, count, DB_NO_ARGS);
}

static const struct field pool_reservation_row[] = {
	F_STR(pool_reservation, subject, 0, 0),
	F_STR(pool_reservation, host_id, 0, 0),
	F_INT(pool_reservation, vcpus, 0, 0, 0),
	F_INT(pool_reservation, memory_mb, 0, 0, 0),
	F_INT(pool_reservation, disk_gb, 0, 0, 0),
	F_STR(pool_reservation, pool_id, 0, NULLABLE),
	F_STR(pool_reservation, project_id, 0, NULLABLE),
	F_END,
};

DB_STMT(pool_reservation_insert_sql,
	"insert into pool_reservation (subject, host_id, vcpus, memory_mb, disk_gb, created_at,"
	" pool_id, project_id) values ($1, $2, $3, $4, $5, $6, $7, $8)");

enum status pool_reservation_insert(struct call *c, const struct pool_reservation *in)
{
	return db_do(c, &pool_reservation_insert_sql, NULL,
		     DB_ARGS(DB_STR(in->subject), DB_STR(in->host_id), DB_INT(in->vcpus),
			     DB_INT(in->memory_mb), DB_INT(in->disk_gb), DB_INT(c->now_at),
			     DB_STR(in->pool_id), DB_STR(in->project_id)));
}

DB_STMT(pool_reservation_take_sql,
	"delete from pool_reservation where subject = $1"
	" returning subject, host_id, vcpus, memory_mb, disk_gb, pool_id, project_id");

enum status pool_reservation_take(struct call *c, const char *subject, struct pool_reservation *out)
{
	return db_one(c, &pool_reservation_take_sql, pool_reservation_row, out,
		      DB_ARGS(DB_STR(subject)));
}

DB_STMT(pool_reservations_sql,
	"select subject, host_id, vcpus, memory_mb, disk_gb, pool_id, project_id"
	" from pool_reservation order by subject");

enum status pool_reservations(struct call *c, struct pool_reservation **list, size_t *count)
{
	return DB_ALL(c, &pool_reservations_sql, pool_reservation_row, list, count, DB_NO_ARGS);
}

static const struct field pool_shape_row[] = {
	F_INT(pool_shape_row, vcpus, 0, 0, 0),
	F_INT(pool_shape_row, memory_mb, 0, 0, 0),
	F_INT(pool_shape_row, disk_gb, 0, 0, 0),
	F_INT(pool_shape_row, count, 0, 0, 0),
	F_END,
};

DB_STMT(pool_shape_rows_sql,
	"select vcpus, memory_mb, disk_gb, count(*) as count from pool_reservation"
	" group by vcpus, memory_mb, disk_gb order by count(*) desc, vcpus, memory_mb, disk_gb"
	" limit $1");

enum status pool_shape_rows(struct call *c, int64_t limit, struct pool_shape_row **list,
			    size_t *count)
{
	return DB_ALL(c, &pool_shape_rows_sql, pool_shape_row, list, count, DB_ARGS(DB_INT(limit)));
}

DB_STMT(pool_host_set_sql,
	"update pool_host set disabled = $2, cpu_percent = $3, memory_percent = $4,"
	" disk_percent = $5, memory_kept_mb = $6, updated_at = $7 where id = $1");

enum status pool_host_set(struct call *c, const struct pool_host *in)
{
	return db_do(c, &pool_host_set_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(in->disabled), DB_INT(in->cpu_percent),
			     DB_INT(in->memory_percent), DB_INT(in->disk_percent),
			     DB_INT(in->memory_kept_mb), DB_INT(in->updated_at)));
}

DB_STMT(pool_host_set_zone_sql, "update pool_host set zone = $2, updated_at = $3 where id = $1");

enum status pool_host_set_zone(struct call *c, const char *id, const char *zone)
{
	return db_do(c, &pool_host_set_zone_sql, NULL,
		     DB_ARGS(DB_STR(id), DB_STR(zone), DB_INT(c->now_at)));
}
