/* SPDX-License-Identifier: Apache-2.0 */
/* A house of before: what it holds is there after its tables were brought up to date. */
#include <assert.h>
#include "cloud/compute/compute_more.h"
#include "harness.h"

#define KEEP(name_, sql_) static const struct db_stmt name_##_sql = { "test_" #name_, sql_ }
KEEP(flavor_before,
     "insert into compute_flavor (id, name, vcpus, ram, disk, is_public, extra_specs, created_at)"
     " values ('f', 'small', 1, 64, 1, 1, '{}', 0)");
KEEP(quota_before, "insert into compute_quota (project_id, instances, cores, ram)"
		   " values ('v', 5, -1, 4096)");
KEEP(server_before,
     "insert into compute_server (id, name, hostname, project_id, user_id, image_id, image_sha256,"
     " image_format, flavor, flavor_id, vcpus, ram, state, power, zone, config_drive, metadata,"
     " tags, reservation_id, launch_index, fault_code, created_at, updated_at, disk_config,"
     " access_v4, access_v6)"
     " values ('s', 'one', 'one', 'v', 'u', 'i', 'x', 'qcow2',"
     " '{\"id\":\"f\",\"name\":\"small\",\"vcpus\":1,\"ram\":64,\"disk\":1,\"extra_specs\":{}}',"
     " 'f', 1, 64, 'stopped', 4, 'nova', 1, '{}', '[]', 'r', 0, 0, 0, 0, 'AUTO', '', '')");
KEEP(action_before,
     "insert into compute_action (request_id, server_id, action, user_id, project_id, started_at)"
     " values ('q', 's', 'create', 'u', 'v', 0)");
KEEP(key_before,
     "insert into compute_keypair (user_id, name, type, public_key, fingerprint, created_at)"
     " values ('u', 'k', 'ssh', 'p', 'f', 0)");
KEEP(keys_after, "select count(*) from compute_keypair where name = 'k' and type = 'ssh'");
KEEP(task_after, "update compute_server set task = 'image_snapshot' where id = 's'");
KEEP(actions_after, "select count(*) from compute_action where server_id = 's'");
KEEP(bounds_after, "select sum(bound) from compute_quota where owner = 'project:v'");

static enum status keep(struct call *c, const void *in, void *out)
{
	static const struct db_stmt *const rows[] = { &flavor_before_sql, &quota_before_sql,
						      &server_before_sql, &action_before_sql,
						      &key_before_sql };
	enum status st = ST_OK;

	(void)in;
	(void)out;
	for (size_t i = 0; i < 5 && !st; i++)
		st = db_do(c, rows[i], NULL, DB_NO_ARGS);
	return st;
}

struct kept {
	struct flavor flavor;
	struct server server;
	int64_t actions, bounds, keys;
};

static enum status look(struct call *c, const void *in, void *out_)
{
	struct kept *out = out_;
	enum status st = db_do(c, &task_after_sql, NULL, DB_NO_ARGS);

	(void)in;
	if (!st)
		st = flavor_read(c, "f", &out->flavor);
	if (!st)
		st = server_read(c, "s", &out->server);
	if (!st)
		st = db_number(c, &actions_after_sql, &out->actions, DB_NO_ARGS);
	if (!st)
		st = db_number(c, &keys_after_sql, &out->keys, DB_NO_ARGS);
	return st ? st : db_number(c, &bounds_after_sql, &out->bounds, DB_NO_ARGS);
}

TEST(servers_flavors_and_quotas_of_before_are_kept)
{
	const struct schema_file *newest[] = { NULL, NULL };
	struct schema_file first[2] = { { 0 } };
	const struct schema_file *old[] = { first, NULL };
	struct call *c = test_call();
	struct kept now = { 0 };

	for (const struct schema_file *const *f = program_schema; *f; f++)
		if (str_eq((*f)->module, "compute"))
			newest[0] = *f;
	assert(newest[0]);
	first[0] = newest[0][0];
	struct db *db = test_db_with(old);
	assert_int_equal(db_write(c, db, keep, NULL, NULL, 0), ST_OK);
	assert_int_equal(schema_apply(c, db, newest), ST_OK);
	if (db_write(c, db, look, NULL, &now, sizeof(now)))
		test_fail("%s", c->problem);
	assert_int_equal(now.flavor.ephemeral, 0);
	assert_true(now.flavor.rxtx_factor == 1.0);
	assert_string_equal(now.server.name, "one");
	assert_int_equal(now.server.flavor.disk, 1);
	assert_int_equal(now.actions, 1);
	assert_int_equal(now.keys, 1);
	assert_null(now.server.next_sha256);
	assert_int_equal(now.bounds, 5 - 1 + 4096);
}
