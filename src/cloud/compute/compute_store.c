/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about servers. */
#include "base/id.h"
#include "cloud/compute/compute_about.h"

const char *const server_states[] = { "building",          "active",  "paused",  "suspended",
				      "stopped",           "resized", "rescued", "shelved",
				      "shelved_offloaded", "error",   "deleted", NULL };
const char *const server_tasks[] = { "scheduling",
				     "spawning",
				     "powering-off",
				     "powering-on",
				     "rebooting",
				     "rebooting_hard",
				     "pausing",
				     "unpausing",
				     "suspending",
				     "resuming",
				     "rebuilding",
				     "resize_prep",
				     "resize_confirming",
				     "resize_reverting",
				     "image_snapshot",
				     "image_backup",
				     "rescuing",
				     "unrescuing",
				     "shelving",
				     "shelving_offloading",
				     "unshelving",
				     "deleting",
				     NULL };
static const char *const server_locks[] = { "owner", "admin", NULL };
const char *const disk_configs[] = { "AUTO", "MANUAL", NULL };

static const struct field server_flavor_row[] = {
	F_STR(flavor, id, 0, 0),
	F_STR(flavor, name, 0, 0),
	F_INT(flavor, vcpus, 0, 0, 0),
	F_INT(flavor, ram, 0, 0, 0),
	F_INT(flavor, disk, 0, 0, 0),
	F_INT(flavor, ephemeral, 0, 0, OPT),
	F_INT(flavor, swap, 0, 0, OPT),
	F_MAP(flavor, extra_specs, 0, 0),
	F_END,
};

static const struct field server_row[] = {
	F_STR(server, id, 0, 0),
	F_STR(server, name, 0, EMPTY_OK),
	F_STR(server, description, 0, NULLABLE | EMPTY_OK),
	F_STR(server, hostname, 0, 0),
	F_STR(server, project_id, 0, 0),
	F_STR(server, domain_id, 0, NULLABLE),
	F_STR(server, user_id, 0, 0),
	F_STR(server, image_id, 0, 0),
	F_STR(server, image_sha256, 0, 0),
	F_STR(server, image_format, 0, 0),
	F_OBJECT(server, flavor, flavor, server_flavor_row, 0),
	F_STR_AS("flavor_id", server, flavor.id, 0, 0),
	F_INT_AS("vcpus", server, flavor.vcpus, 0, 0, 0),
	F_INT_AS("ram", server, flavor.ram, 0, 0, 0),
	F_WORD(server, state, server_states, 0),
	F_WORD(server, task, server_tasks, NULLABLE),
	F_INT(server, power, 0, 0, 0),
	F_STR(server, host_id, 0, NULLABLE),
	F_STR(server, zone, 0, 0),
	F_STR(server, key_name, 0, NULLABLE),
	F_STR(server, key_public, 0, NULLABLE),
	F_STR(server, user_data, 0, NULLABLE | EMPTY_OK),
	F_BOOL(server, config_drive, 0),
	F_MAP(server, metadata, 0, 0),
	F_STRS(server, tags, 0, 0),
	F_STR(server, reservation_id, 0, 0),
	F_INT(server, launch_index, 0, 0, 0),
	F_INT_AS("fault_code", server, fault.code, 0, 0, 0),
	F_STR_AS("fault", server, fault.message, 0, NULLABLE),
	F_TIME_AS("fault_at", server, fault.at, NULLABLE),
	F_TIME(server, created_at, 0),
	F_TIME(server, updated_at, 0),
	F_TIME(server, launched_at, NULLABLE),
	F_TIME(server, deleted_at, NULLABLE),
	F_WORD(server, locked, server_locks, NULLABLE),
	F_STR(server, locked_reason, 0, NULLABLE | EMPTY_OK),
	F_OBJECT(server, old_flavor, flavor, server_flavor_row, NULLABLE),
	F_STR(server, group_id, 0, NULLABLE),
	F_WORD(server, disk_config, disk_configs, 0),
	F_STR(server, access_v4, 0, EMPTY_OK),
	F_STR(server, access_v6, 0, EMPTY_OK),
	F_STR(server, next_sha256, 0, NULLABLE),
	F_STR(server, next_format, 0, NULLABLE),
	F_END,
};

#define COLUMNS                                                                                    \
	"id, name, description, hostname, project_id, domain_id, user_id, image_id, "              \
	"image_sha256, image_format, flavor, flavor_id, vcpus, ram, state, task, "                 \
	"power, host_id, zone, key_name, key_public, user_data, config_drive, "                    \
	"metadata, tags, reservation_id, launch_index, fault_code, fault, fault_at, "              \
	"created_at, updated_at, launched_at, deleted_at, locked, locked_reason, "                 \
	"old_flavor, group_id, disk_config, access_v4, access_v6, next_sha256, next_format"

DB_STMT(server_insert_sql,
	"insert into compute_server (" COLUMNS ") values ("
	"$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
	"$18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, "
	"$33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43)");

enum status server_insert(struct call *c, const struct server *in)
{
	return db_put(c, &server_insert_sql, server_row, in);
}

DB_STMT(server_read_sql,
	"select " COLUMNS " from compute_server where id = $1 and deleted_at is null");

enum status server_read(struct call *c, const char *id, struct server *out)
{
	return db_one(c, &server_read_sql, server_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(server_read_any_sql, "select " COLUMNS " from compute_server where id = $1");

enum status server_read_any(struct call *c, const char *id, struct server *out)
{
	return db_one(c, &server_read_any_sql, server_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(server_save_sql,
	"update compute_server set "
	"name = $2, description = $3, hostname = $4, project_id = $5, domain_id = $6, "
	"user_id = $7, image_id = $8, image_sha256 = $9, image_format = $10, "
	"flavor = $11, flavor_id = $12, vcpus = $13, ram = $14, state = $15, "
	"task = $16, power = $17, host_id = $18, zone = $19, key_name = $20, "
	"key_public = $21, user_data = $22, config_drive = $23, metadata = $24, "
	"tags = $25, reservation_id = $26, launch_index = $27, fault_code = $28, "
	"fault = $29, fault_at = $30, created_at = $31, updated_at = $32, "
	"launched_at = $33, deleted_at = $34, locked = $35, locked_reason = $36, "
	"old_flavor = $37, group_id = $38, disk_config = $39, access_v4 = $40, "
	"access_v6 = $41, next_sha256 = $42, next_format = $43"
	" where id = $1");

enum status server_save(struct call *c, const struct server *in)
{
	return db_put(c, &server_save_sql, server_row, in);
}

#define NEWEST_FIRST " order by created_at desc, id desc limit "

DB_STMT(server_all_sql, "select " COLUMNS " from compute_server where deleted_at is null"
			" and (created_at, id) < ($1, $2)" NEWEST_FIRST "$3");
DB_STMT(server_of_project_sql,
	"select " COLUMNS " from compute_server where project_id = $4 and deleted_at is null"
	" and (created_at, id) < ($1, $2)" NEWEST_FIRST "$3");
DB_STMT(server_changed_sql, "select " COLUMNS " from compute_server where updated_at >= $4"
			    " and (created_at, id) < ($1, $2)" NEWEST_FIRST "$3");
DB_STMT(server_changed_of_project_sql,
	"select " COLUMNS " from compute_server where project_id = $5 and updated_at >= $4"
	" and (created_at, id) < ($1, $2)" NEWEST_FIRST "$3");

enum status server_rows(struct call *c, const struct server_span *s, struct server **list,
			size_t *count)
{
	struct db_arg at = DB_INT(s->before_at), id = DB_STR(s->before_id),
		      limit = DB_INT(s->limit), since = DB_INT(s->since),
		      project = DB_STR(s->project_id);
	if (s->since && s->project_id)
		return DB_ALL(c, &server_changed_of_project_sql, server_row, list, count,
			      DB_ARGS(at, id, limit, since, project));
	if (s->since)
		return DB_ALL(c, &server_changed_sql, server_row, list, count,
			      DB_ARGS(at, id, limit, since));
	if (s->project_id)
		return DB_ALL(c, &server_of_project_sql, server_row, list, count,
			      DB_ARGS(at, id, limit, project));
	return DB_ALL(c, &server_all_sql, server_row, list, count, DB_ARGS(at, id, limit));
}

DB_STMT(server_on_host_sql, "select " COLUMNS " from compute_server where host_id = $1"
			    " and deleted_at is null order by id");

enum status server_rows_on(struct call *c, const char *host_id, struct server **list, size_t *count)
{
	return DB_ALL(c, &server_on_host_sql, server_row, list, count, DB_ARGS(DB_STR(host_id)));
}

DB_STMT(server_between_sql,
	"select " COLUMNS " from compute_server where created_at < $2"
	" and (deleted_at is null or deleted_at > $1) order by project_id, created_at, id");
DB_STMT(server_between_of_project_sql,
	"select " COLUMNS " from compute_server where project_id = $3 and created_at < $2"
	" and (deleted_at is null or deleted_at > $1) order by project_id, created_at, id");

enum status server_rows_between(struct call *c, const char *project, int64_t from, int64_t until,
				struct server **list, size_t *count)
{
	if (!project)
		return DB_ALL(c, &server_between_sql, server_row, list, count,
			      DB_ARGS(DB_INT(from), DB_INT(until)));
	return DB_ALL(c, &server_between_of_project_sql, server_row, list, count,
		      DB_ARGS(DB_INT(from), DB_INT(until), DB_STR(project)));
}

DB_STMT(server_deleted_sql, "select " COLUMNS " from compute_server where deleted_at is not null"
			    " order by id");

enum status server_rows_deleted(struct call *c, struct server **list, size_t *count)
{
	return DB_ALL(c, &server_deleted_sql, server_row, list, count, DB_NO_ARGS);
}

DB_STMT(server_forget_sql, "delete from compute_server where deleted_at < $1");

enum status server_forget(struct call *c, int64_t before, int64_t *count)
{
	return db_do(c, &server_forget_sql, count, DB_ARGS(DB_INT(before)));
}

/* For the scrub of the file store: each live server holds its image's bytes once, and those that it is to
 * stand on next. */
const struct db_stmt compute_file_refs = {
	"compute_file_refs", "select sha256, count(*) as refs from"
			     " (select image_sha256 as sha256 from compute_server"
			     " where deleted_at is null and image_sha256 > $1 and image_sha256 < $2"
			     " union all select next_sha256 from compute_server"
			     " where deleted_at is null and next_sha256 > $1"
			     " and next_sha256 < $2) held group by sha256"
};
static const struct db_stmt *const compute_file_refs_listed
	__attribute__((used, section("db_stmts"))) = &compute_file_refs;

struct house_row {
	const char *id;
};
static const struct field house_row[] = { F_STR(house_row, id, 0, 0), F_END };
DB_STMT(house_read_sql, "select id from compute_house");
DB_STMT(house_insert_sql, "insert into compute_house (one, id) values (1, $1)");

enum status compute_house_id(struct call *c, const char **id)
{
	struct house_row row = { 0 };
	enum status st = db_one(c, &house_read_sql, house_row, &row, DB_NO_ARGS);
	if (st == ST_NOT_FOUND) {
		row.id = id_new(c->arena);
		st = db_do(c, &house_insert_sql, NULL, DB_ARGS(DB_STR(row.id)));
	}
	if (!st)
		*id = row.id;
	return st;
}
