/* SPDX-License-Identifier: Apache-2.0 */
/* The statements about flavors, quotas and keys. */
#include "cloud/compute/compute_private.h"

/* --- flavors --- */

static const struct field flavor_row[] = {
	F_STR(flavor, id, 0, 0),
	F_STR(flavor, name, 0, 0),
	F_STR(flavor, description, 0, NULLABLE | EMPTY_OK),
	F_INT(flavor, vcpus, 0, 0, 0),
	F_INT(flavor, ram, 0, 0, 0),
	F_INT(flavor, disk, 0, 0, 0),
	F_INT(flavor, ephemeral, 0, 0, 0),
	F_INT(flavor, swap, 0, 0, 0),
	F_REAL(flavor, rxtx_factor, 0),
	F_BOOL(flavor, is_public, 0),
	F_MAP(flavor, extra_specs, 0, 0),
	F_TIME(flavor, created_at, 0),
	F_END,
};

#define FLAVOR                                                                                            \
	"id, name, description, vcpus, ram, disk, ephemeral, swap, rxtx_factor, is_public, extra_specs, " \
	"created_at"

DB_STMT(flavor_insert_sql, "insert into compute_flavor (" FLAVOR ")"
			   " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)");

enum status flavor_insert(struct call *c, const struct flavor *in)
{
	return db_put(c, &flavor_insert_sql, flavor_row, in);
}

DB_STMT(flavor_read_sql, "select " FLAVOR " from compute_flavor where id = $1");

enum status flavor_read(struct call *c, const char *id, struct flavor *out)
{
	return db_one(c, &flavor_read_sql, flavor_row, out, DB_ARGS(DB_STR(id)));
}

DB_STMT(flavor_save_sql,
	"update compute_flavor set description = $2, extra_specs = $3 where id = $1");

enum status flavor_save(struct call *c, const struct flavor *in)
{
	return db_do(c, &flavor_save_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(in->description),
			     DB_STR(map_to_json(c->arena, &in->extra_specs))));
}

DB_STMT(flavor_remove_sql, "delete from compute_flavor where id = $1");

enum status flavor_remove(struct call *c, const char *id)
{
	return db_do(c, &flavor_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

DB_STMT(flavor_all_sql, "select " FLAVOR " from compute_flavor order by id");

enum status flavor_rows(struct call *c, struct flavor **list, size_t *count)
{
	return DB_ALL(c, &flavor_all_sql, flavor_row, list, count, DB_NO_ARGS);
}

static const struct field flavor_access_row[] = {
	F_STR(flavor_access, flavor_id, 0, 0),
	F_STR_AS("project_id", flavor_access, tenant_id, 0, 0),
	F_END,
};

DB_STMT(flavor_access_insert_sql,
	"insert into compute_flavor_access (flavor_id, project_id) values ($1, $2)");

enum status flavor_access_insert(struct call *c, const char *id, const char *project)
{
	return db_do(c, &flavor_access_insert_sql, NULL, DB_ARGS(DB_STR(id), DB_STR(project)));
}

DB_STMT(flavor_access_remove_sql,
	"delete from compute_flavor_access where flavor_id = $1 and project_id = $2");

enum status flavor_access_remove(struct call *c, const char *id, const char *project, int64_t *n)
{
	return db_do(c, &flavor_access_remove_sql, n, DB_ARGS(DB_STR(id), DB_STR(project)));
}

DB_STMT(flavor_access_all_sql, "select flavor_id, project_id from compute_flavor_access"
			       " order by flavor_id, project_id");
DB_STMT(flavor_access_of_sql, "select flavor_id, project_id from compute_flavor_access"
			      " where flavor_id = $1 order by project_id");

enum status flavor_access_rows(struct call *c, const char *id, struct flavor_access **list,
			       size_t *count)
{
	if (!id)
		return DB_ALL(c, &flavor_access_all_sql, flavor_access_row, list, count,
			      DB_NO_ARGS);
	return DB_ALL(c, &flavor_access_of_sql, flavor_access_row, list, count,
		      DB_ARGS(DB_STR(id)));
}

/* --- quotas --- */

static const struct field quota_row[] = {
	F_INT(quota, instances, 0, 0, 0),
	F_INT(quota, cores, 0, 0, 0),
	F_INT(quota, ram, 0, 0, 0),
	F_END,
};

static const struct field quota_bound_row[] = {
	F_STR(quota_row, owner, 0, 0),
	F_STR(quota_row, name, 0, 0),
	F_INT(quota_row, bound, 0, 0, 0),
	F_END,
};

/* "class…", "project…", "user…": the order of their letters is that of their width. */
DB_STMT(quota_rows_sql, "select owner, name, bound from compute_quota where owner in ($1, $2, $3)"
			" order by owner, name");

enum status quota_rows(struct call *c, const char *all, const char *project, const char *user,
		       struct quota_row **list, size_t *count)
{
	return DB_ALL(c, &quota_rows_sql, quota_bound_row, list, count,
		      DB_ARGS(DB_STR(all), DB_STR(project), DB_STR(user)));
}

DB_STMT(quota_put_sql, "insert into compute_quota (owner, name, bound) values ($1, $2, $3)"
		       " on conflict (owner, name) do update set bound = excluded.bound");

enum status quota_put(struct call *c, const char *owner, const char *name, int64_t bound)
{
	return db_do(c, &quota_put_sql, NULL, DB_ARGS(DB_STR(owner), DB_STR(name), DB_INT(bound)));
}

DB_STMT(quota_remove_sql, "delete from compute_quota where owner = $1");

enum status quota_remove(struct call *c, const char *owner)
{
	return db_do(c, &quota_remove_sql, NULL, DB_ARGS(DB_STR(owner)));
}

/* The owners that begin with 'prefix' stand between it and it with the next letter after ':'. */
DB_STMT(quota_remove_below_sql, "delete from compute_quota where owner > $1 and owner < $2");

enum status quota_remove_below(struct call *c, const char *prefix)
{
	size_t n = strlen(prefix);
	char *end = arena_strdup(c->arena, prefix);
	end[n - 1]++;
	return db_do(c, &quota_remove_below_sql, NULL, DB_ARGS(DB_STR(prefix), DB_STR(end)));
}

DB_STMT(usage_of_user_sql,
	"select count(*) as instances, cast(coalesce(sum(vcpus), 0) as bigint) as cores,"
	" cast(coalesce(sum(ram), 0) as bigint) as ram from compute_server"
	" where project_id = $1 and user_id = $2 and deleted_at is null");

enum status usage_of_user(struct call *c, const char *project, const char *user, struct quota *out)
{
	return db_one(c, &usage_of_user_sql, quota_row, out,
		      DB_ARGS(DB_STR(project), DB_STR(user)));
}

DB_STMT(usage_read_sql, "select instances, cores, ram from compute_usage where project_id = $1");

enum status usage_read(struct call *c, const char *project, struct quota *out)
{
	return db_one(c, &usage_read_sql, quota_row, out, DB_ARGS(DB_STR(project)));
}

DB_STMT(usage_add_sql,
	"insert into compute_usage (project_id, instances, cores, ram) values ($1, $2, $3, $4)"
	" on conflict (project_id) do update set"
	" instances = compute_usage.instances + excluded.instances,"
	" cores = compute_usage.cores + excluded.cores, ram = compute_usage.ram + excluded.ram");
DB_STMT(usage_less_sql, "update compute_usage set instances = instances + $2, cores = cores + $3,"
			" ram = ram + $4 where project_id = $1");

enum status usage_add(struct call *c, const char *project, const struct quota *more)
{
	/* A row that is only to be lowered must be there: the checks would refuse to begin one. */
	bool less = more->instances < 0 || more->cores < 0 || more->ram < 0;
	return db_do(c, less ? &usage_less_sql : &usage_add_sql, NULL,
		     DB_ARGS(DB_STR(project), DB_INT(more->instances), DB_INT(more->cores),
			     DB_INT(more->ram)));
}

static const struct field usage_row[] = {
	F_STR(usage, project_id, 0, 0),
	F_INT(usage, instances, 0, 0, 0),
	F_INT(usage, cores, 0, 0, 0),
	F_INT(usage, ram, 0, 0, 0),
	F_END,
};

DB_STMT(usage_all_sql, "select project_id, instances, cores, ram from compute_usage"
		       " where instances > 0 or cores > 0 or ram > 0 order by project_id");

enum status usage_rows(struct call *c, struct usage **list, size_t *count)
{
	return DB_ALL(c, &usage_all_sql, usage_row, list, count, DB_NO_ARGS);
}

DB_STMT(usage_true_sql,
	"select project_id, count(*) as instances, cast(sum(vcpus) as bigint) as cores,"
	" cast(sum(ram) as bigint) as ram from compute_server where deleted_at is null"
	" group by project_id order by project_id");

enum status usage_true(struct call *c, struct usage **list, size_t *count)
{
	return DB_ALL(c, &usage_true_sql, usage_row, list, count, DB_NO_ARGS);
}

/* --- keys --- */

static const struct field keypair_row[] = {
	F_STR(keypair, user_id, 0, 0),
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, type, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_TIME(keypair, created_at, 0),
	F_END,
};

#define KEYPAIR "user_id, name, type, public_key, fingerprint, created_at"

DB_STMT(keypair_insert_sql,
	"insert into compute_keypair (" KEYPAIR ") values ($1, $2, $3, $4, $5, $6)");

enum status keypair_insert(struct call *c, const struct keypair *in)
{
	return db_put(c, &keypair_insert_sql, keypair_row, in);
}

DB_STMT(keypair_read_sql,
	"select " KEYPAIR " from compute_keypair where user_id = $1 and name = $2");

enum status keypair_read(struct call *c, const char *user, const char *name, struct keypair *out)
{
	return db_one(c, &keypair_read_sql, keypair_row, out, DB_ARGS(DB_STR(user), DB_STR(name)));
}

DB_STMT(keypair_remove_sql, "delete from compute_keypair where user_id = $1 and name = $2");

enum status keypair_remove(struct call *c, const char *user, const char *name, int64_t *n)
{
	return db_do(c, &keypair_remove_sql, n, DB_ARGS(DB_STR(user), DB_STR(name)));
}

DB_STMT(keypair_all_sql,
	"select " KEYPAIR " from compute_keypair where user_id = $1 order by name");

enum status keypair_rows(struct call *c, const char *user, struct keypair **list, size_t *count)
{
	return DB_ALL(c, &keypair_all_sql, keypair_row, list, count, DB_ARGS(DB_STR(user)));
}
