/* SPDX-License-Identifier: Apache-2.0 */
/* What only PostgreSQL does: races that are lost and run again, connections that break, a commit of
 * which nobody knows, passwords in URLs. */
#include <pthread.h>
#include "base/log.h"
#include "base/metric.h"
#include "base/text.h"
#include "db/db_private.h"
#include "harness.h"

#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

static const struct schema_file tables[] = {
	{ "test", "0001_watch",
	  "create table watch (who @INT primary key, awake @INT not null) @STRICT;"
	  "insert into watch values (1, 1), (2, 1);"
	  "create table trap (id @INT primary key) @STRICT;" },
	/* Ends its own connection while it commits. */
	{ "test", "0002_trap.pg",
	  "create function spring() returns trigger language plpgsql as $$"
	  " begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$;"
	  "create constraint trigger spring after insert on trap deferrable initially deferred"
	  " for each row execute function spring();" },
	{ 0 }
};
static const struct schema_file *const schema[] = { tables, NULL };

TEST_STMT(awake_count, "select count(*) from watch where awake = 1");
TEST_STMT(watch_sleep, "update watch set awake = 0 where who = $1");
TEST_STMT(hang_up, "select count(pg_terminate_backend(pg_backend_pid()))");
TEST_STMT(trap_put, "insert into trap (id) values ($1)");
TEST_STMT(one, "select 1");
TEST_STMT(which, "select coalesce($1, $2)");

/* Two keepers, one of whom must stay awake: the classic write skew. */
struct keeper {
	pthread_t thread;
	struct db *db;
	pthread_barrier_t *both_looked;
	int64_t who;
	int runs;
	enum status st;
};

static enum status go_to_sleep(struct call *c, const void *in, void *out)
{
	struct keeper *k = *(struct keeper *const *)in;
	int64_t awake;

	(void)out;
	enum status st = db_number(c, &awake_count, &awake, DB_NO_ARGS);
	if (st)
		return st;
	if (k->runs++ == 0)
		pthread_barrier_wait(k->both_looked);
	if (awake < 2)
		return fail(c, ST_CONFLICT, NULL, "somebody has to stay awake");
	return db_do(c, &watch_sleep, NULL, DB_ARGS(DB_INT(k->who)));
}

static void *keeper_sleep(void *ptr)
{
	struct keeper *k = ptr;
	SCOPED_ARENA struct arena *a = arena_new();

	k->st = db_write(test_call_in(a), k->db, go_to_sleep, &k, NULL, 0);
	return NULL;
}

static enum status number(struct call *c, const void *in, void *out)
{
	return db_number(c, in, out, DB_NO_ARGS);
}

TEST(a_lost_race_runs_again_and_sees_what_won)
{
	test_only(DB_POSTGRESQL);
	struct db *db = test_db_with(schema);
	pthread_barrier_t both;
	struct keeper k[2];
	int64_t retries = metric_get(METRIC_DB_RETRIES), awake = -1;

	pthread_barrier_init(&both, NULL, 2);
	for (int i = 0; i < 2; i++) {
		k[i] = (struct keeper){ .db = db, .both_looked = &both, .who = i + 1 };
		pthread_create(&k[i].thread, NULL, keeper_sleep, &k[i]);
	}
	for (int i = 0; i < 2; i++)
		pthread_join(k[i].thread, NULL);
	pthread_barrier_destroy(&both);
	assert_int_equal((k[0].st == ST_OK) + (k[1].st == ST_OK), 1);
	assert_int_equal((k[0].st == ST_CONFLICT) + (k[1].st == ST_CONFLICT), 1);
	assert_int_equal(k[0].runs + k[1].runs, 3);
	assert_int_equal(metric_get(METRIC_DB_RETRIES), retries + 1);
	assert_int_equal(db_read(test_call(), db, number, &awake_count, &awake, sizeof(awake)),
			 ST_OK);
	assert_int_equal(awake, 1);
}

/* Breaks its connection the first time. */
static enum status stumble(struct call *c, const void *in, void *out)
{
	int *runs = *(int *const *)in;

	if (++*runs == 1)
		return db_number(c, &hang_up, out, DB_NO_ARGS);
	return db_number(c, &awake_count, out, DB_NO_ARGS);
}

TEST(a_lost_connection_is_opened_again_and_the_act_run_again)
{
	test_only(DB_POSTGRESQL);
	struct db *db = test_db_with(schema);
	int runs = 0, *at = &runs;
	int64_t n = 0;

	log_level_set(LOG_ERROR);
	assert_int_equal(db_read(test_call(), db, stumble, &at, &n, sizeof(n)), ST_OK);
	assert_int_equal(runs, 2);
	assert_int_equal(n, 2);
	runs = 0;
	assert_int_equal(db_write(test_call(), db, stumble, &at, &n, sizeof(n)), ST_OK);
	assert_int_equal(runs, 2);
}

static enum status put_trap(struct call *c, const void *in, void *out)
{
	(void)out;
	++**(int *const *)in;
	return db_do(c, &trap_put, NULL, DB_ARGS(DB_INT(1)));
}

TEST(a_commit_of_which_nobody_knows_says_so_and_is_not_run_again)
{
	test_only(DB_POSTGRESQL);
	struct db *db = test_db_with(schema);
	struct call *c = test_call();
	int runs = 0, *at = &runs;
	int64_t n = 0;

	assert_int_equal(db_write(c, db, put_trap, &at, NULL, 0), ST_AWAY);
	assert_non_null(strstr(c->problem, "whether the change was kept is not known"));
	assert_int_equal(runs, 1);
	assert_int_equal(db_read(test_call(), db, number, &one, &n, sizeof(n)), ST_OK);
}

static enum status coalesce(struct call *c, const void *in, void *out)
{
	const struct db_arg *args = in;
	return db_number(c, &which, out, args, 2);
}

TEST(arguments_say_their_kind_even_where_nothing_else_does)
{
	test_only(DB_POSTGRESQL);
	struct db *db = test_db_with(schema);
	struct db_arg untyped[] = { DB_NULL, DB_INT(INT64_MAX) };
	struct db_arg typed[] = { DB_TIME(0), DB_INT(5) };
	struct db_arg wrong[] = { DB_STR("x"), DB_STR("y") };
	int64_t n = 0;

	assert_int_equal(db_read(test_call(), db, coalesce, untyped, &n, sizeof(n)), ST_OK);
	assert_true(n == INT64_MAX);
	assert_int_equal(db_read(test_call(), db, coalesce, typed, &n, sizeof(n)), ST_OK);
	assert_int_equal(n, 5);
	assert_int_equal(db_read(test_call(), db, coalesce, wrong, &n, sizeof(n)), ST_INTERNAL);
}

TEST(no_password_is_told)
{
	static const char *const urls[] = {
		"postgresql://ann:s3cret@localhost:1/db?connect_timeout=1",
		"postgresql://ann:s3cret@localhost:x/db",
		"postgresql://ann:s3%zzcret@localhost/db",
		"postgresql://localhost:1/db?password=s3cret&user=ann",
		"postgresql:///db?host=/nowhere&password=s3cret",
		"s3cret",
	};

	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		char why[512] = "";
		assert_null(db_open(urls[i], 1, why));
		assert_true(strlen(why) > 10);
		assert_null(strstr(why, "s3"));
	}
}

TEST(the_name_of_a_database_is_told_without_secrets)
{
	static const struct {
		const char *url, *name;
	} cases[] = {
		{ "postgresql://ann:s3cret@one:5432/db?password=s3cret",
		  "postgresql://one:5432/db" },
		{ "postgres://ann:s3@cret@one/db", "postgresql://one/db" },
		{ "postgresql:///db?host=/tmp", "postgresql:///db" },
		{ "sqlite:/var/a@b?c", "sqlite:/var/a@b?c" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char name[256];
		db_name_of(cases[i].url, name, sizeof(name));
		assert_string_equal(name, cases[i].name);
	}
}
