/* SPDX-License-Identifier: Apache-2.0 */
/* Schema files: applied once, in order, under a lock, and never changed afterwards. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/text.h"
#include "harness.h"

#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

TEST_STMT(applied_count, "select count(*) from schema_file");
TEST_STMT(a_count, "select count(*) from a");
TEST_STMT(dialect_word, "select word from dialect");

static const struct schema_file first[] = {
	{ "test", "0001_a", "create table a (id @SERIAL, x @INT, y @REAL, z @BLOB) @STRICT;" },
	{ 0 }
};
static const struct schema_file second[] = {
	{ "test", "0001_a", "create table a (id @SERIAL, x @INT, y @REAL, z @BLOB) @STRICT;" },
	{ "test", "0002_b",
	  "create table b (id @INT primary key) @STRICT; insert into a (x) values (1);" },
	{ 0 }
};
static const struct schema_file changed[] = {
	{ "test", "0001_a", "create table a (id @SERIAL, x @INT) @STRICT;" },
	{ "test", "0002_b", "create table b (id @INT primary key) @STRICT;" },
	{ 0 }
};
static const struct schema_file broken[] = {
	{ "test", "0001_a", "create table a (id @INT primary key) @STRICT" },
	{ "test", "0002_b", "create table b (id @INT) @STRICT; insert into nowhere values (1)" },
	{ 0 }
};

static enum status apply(struct db *db, const struct schema_file *files, struct call **c)
{
	*c = test_call();
	return schema_apply(*c, db, (const struct schema_file *const[]){ files, NULL });
}

static enum status number(struct call *c, const void *in, void *out)
{
	return db_number(c, in, out, DB_NO_ARGS);
}

static int64_t count(struct db *db, const struct db_stmt *s)
{
	int64_t n = -1;
	assert_int_equal(db_read(test_call(), db, number, s, &n, sizeof(n)), ST_OK);
	return n;
}

TEST(schema_files_are_applied_once_and_in_order)
{
	struct db *db = test_db();
	struct call *c;

	assert_int_equal(apply(db, first, &c), ST_OK);
	assert_int_equal(apply(db, first, &c), ST_OK);
	assert_int_equal(count(db, &applied_count), 1);
	assert_int_equal(apply(db, second, &c), ST_OK);
	assert_int_equal(count(db, &applied_count), 2);
	assert_int_equal(count(db, &a_count), 1);
}

TEST(a_schema_file_that_was_changed_stops_the_start)
{
	struct db *db = test_db();
	struct call *c;

	assert_int_equal(apply(db, first, &c), ST_OK);
	assert_int_equal(apply(db, changed, &c), ST_CONFLICT);
	assert_non_null(strstr(c->problem, "test/0001_a was changed"));
	assert_int_equal(count(db, &applied_count), 1);
}

TEST(a_database_of_a_newer_program_stops_the_start)
{
	struct db *db = test_db();
	struct call *c;

	assert_int_equal(apply(db, second, &c), ST_OK);
	assert_int_equal(apply(db, first, &c), ST_CONFLICT);
	assert_non_null(strstr(c->problem, "test/0002_b"));
}

TEST(a_schema_file_that_fails_leaves_nothing_of_itself)
{
	struct db *db = test_db();
	struct call *c;

	assert_int_equal(apply(db, broken, &c), ST_INTERNAL);
	assert_non_null(strstr(c->problem, "test/0002_b"));
	assert_int_equal(count(db, &applied_count), 1);
	assert_int_equal(count(db, &a_count), 0);
}

static enum status word(struct call *c, const void *in, void *out)
{
	struct word {
		const char *word;
	};
	static const struct field row[] = { F_STR(word, word, 20, 0), F_END };

	(void)in;
	return db_one(c, &dialect_word, row, out, DB_NO_ARGS);
}

TEST(a_pair_of_schema_files_is_one_for_each_database)
{
	static const struct schema_file pair[] = {
		{ "test", "0001_a", "create table dialect (word text not null)" },
		{ "test", "0002_b.pg", "insert into dialect select 'pg'::text" },
		{ "test", "0002_b.sqlite", "insert into dialect select 'sqlite'" },
		{ 0 }
	};
	struct db *db = test_db();
	struct call *c;
	const char *w;

	assert_int_equal(apply(db, pair, &c), ST_OK);
	assert_int_equal(apply(db, pair, &c), ST_OK);
	assert_int_equal(db_read(c, db, word, NULL, &w, sizeof(w)), ST_OK);
	assert_string_equal(w, db_kind_of(db) == DB_SQLITE ? "sqlite" : "pg");
}

TEST(rows_that_a_schema_file_orphans_are_found)
{
	static const struct schema_file orphans[] = {
		{ "test", "0001_a",
		  "create table p (id @INT primary key) @STRICT;"
		  "create table c (p @INT not null references p (id)) @STRICT;"
		  "insert into p values (1); insert into c values (1);" },
		{ "test", "0002_b", "delete from p" },
		{ 0 }
	};
	struct db *db = test_db();
	struct call *c;

	assert_int_not_equal(apply(db, orphans, &c), ST_OK);
	assert_int_equal(count(db, &applied_count), 1);
}

TEST(two_starters_at_once_apply_each_file_once)
{
	const char *url = test_db_url();
	enum { STARTERS = 4 };
	pid_t child[STARTERS];

	for (int i = 0; i < STARTERS; i++) {
		child[i] = fork();
		if (child[i] == 0) {
			char why[512];
			SCOPED_ARENA struct arena *a = arena_new();
			struct call *c = test_call_in(a);
			struct db *db = db_open(url, 2, why);
			enum status st = ST_AWAY;
			if (db)
				st = schema_apply(
					c, db, (const struct schema_file *const[]){ second, NULL });
			if (st)
				fprintf(stderr, "starter: %s%s\n", db ? "" : why, c->problem);
			db_close(db);
			_exit(st ? 1 : 0);
		}
	}
	for (int i = 0; i < STARTERS; i++) {
		int how;
		assert_int_equal(waitpid(child[i], &how, 0), child[i]);
		assert_int_equal(how, 0);
	}

	char why[512];
	struct db *db = db_open(url, 2, why);
	assert_non_null(db);
	assert_int_equal(count(db, &applied_count), 2);
	assert_int_equal(count(db, &a_count), 1);
	db_close(db);
}
