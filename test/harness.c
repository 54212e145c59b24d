/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests: yongyun-test [WORD…] runs those whose name or file holds one of the words. Each gets
 * an arena, and folders and databases when it asks; each has a limit of time. */
#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harness.h"

/* Seconds that a test may take, also under a sanitizer on a busy machine. */
#define TEST_SECONDS 120
#define READERS 8

extern const struct test *const __start_tests[], *const __stop_tests[];

static struct arena *arena;
static const struct test *running;

struct call *test_call_in(struct arena *a)
{
	return call_new(a, "req-test");
}

struct call *test_call(void)
{
	return test_call_in(arena);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	(void)st;
	(void)kind;
	(void)at;
	return remove(path);
}

static void remove_folder(void *path)
{
	nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

const char *test_folder(void)
{
	const char *under = getenv("TMPDIR");
	char *path = arena_printf(arena, "%s/yongyun-test-XXXXXX", under ? under : "/tmp");

	assert_non_null(mkdtemp(path));
	arena_defer(arena, remove_folder, path);
	return path;
}

/* Runs SQL on the server that YONGYUN_TEST_DB names. */
static bool pg_run(const char *sql)
{
	PGconn *pq = PQconnectdb(getenv("YONGYUN_TEST_DB"));
	PGresult *r = PQexec(pq, "set client_min_messages = warning");
	PQclear(r);
	r = PQexec(pq, sql);
	bool ok = PQresultStatus(r) == PGRES_COMMAND_OK;
	if (!ok)
		fprintf(stderr, "%s: %s", sql, PQerrorMessage(pq));
	PQclear(r);
	PQfinish(pq);
	return ok;
}

static void drop_schema(void *name)
{
	char sql[100];
	snprintf(sql, sizeof(sql), "drop schema %s cascade", (const char *)name);
	pg_run(sql);
}

enum db_kind test_db_kind(void)
{
	const char *base = getenv("YONGYUN_TEST_DB");

	return base && str_starts(base, "postgres") ? DB_POSTGRESQL : DB_SQLITE;
}

const char *test_db_url(void)
{
	static int number;
	const char *base = getenv("YONGYUN_TEST_DB");

	if (test_db_kind() == DB_SQLITE)
		return arena_printf(arena, "sqlite:%s/test.sqlite", test_folder());

	char *name = arena_printf(arena, "test_%d_%d", getpid(), ++number);
	assert_true(pg_run(arena_printf(arena, "create schema %s", name)));
	arena_defer(arena, drop_schema, name);
	return arena_printf(arena, "%s%coptions=-csearch_path%%3D%s", base,
			    strchr(base, '?') ? '&' : '?', name);
}

static void close_db(void *db)
{
	db_close(db);
}

struct db *test_db(void)
{
	char why[512] = "";
	struct db *db = db_open(test_db_url(), READERS, why);

	if (!db)
		test_fail("%s", why);
	arena_defer(arena, close_db, db);
	return db;
}

struct db *test_db_with(const struct schema_file *const *files)
{
	struct db *db = test_db();
	struct call *c = test_call();

	if (schema_apply(c, db, files))
		test_fail("%s", c->problem);
	return db;
}

static void too_late(int number)
{
	static const char words[] = ": this test did not end in time\n";
	ssize_t ignored = write(2, running->name, strlen(running->name));

	(void)number;
	ignored = write(2, words, sizeof(words) - 1);
	(void)ignored;
	abort();
}

static int before(void **state)
{
	running = *state;
	arena = arena_new();
	/* What the tests provoke is not news. A test may say otherwise, for itself. */
	log_level_set(LOG_ERROR);
	clock_set(0);
	alarm(TEST_SECONDS);
	return 0;
}

static int after(void **state)
{
	(void)state;
	arena_end(&arena);
	alarm(0);
	return 0;
}

static int passed;

static void run(void **state)
{
	const struct test *t = *state;

	t->fn();
	passed++;
}

static bool wanted(const struct test *t, char **words)
{
	bool any = !*words;

	for (; *words; words++)
		any |= strstr(t->name, *words) || strstr(t->file, *words);
	return any;
}

int main(int argc, char **argv)
{
	size_t count = 0, room = (size_t)(__stop_tests - __start_tests);
	struct CMUnitTest *tests = calloc(room + 1, sizeof(*tests));

	(void)argc;
	for (const struct test *const *t = __start_tests; tests && t < __stop_tests; t++) {
		if (wanted(*t, argv + 1))
			tests[count++] = (struct CMUnitTest){ .name = (*t)->name,
							      .test_func = run,
							      .setup_func = before,
							      .teardown_func = after,
							      .initial_state = (void *)*t };
	}
	signal(SIGALRM, too_late);
	setvbuf(stdout, NULL, _IOLBF, 0);
	cmocka_set_message_output(CM_OUTPUT_TAP);
	int failed = _cmocka_run_group_tests("yongyun", tests, count, NULL, NULL);
	free(tests);

	printf("%d passed, %d failed, %d skipped\n", passed, failed, (int)count - passed - failed);
	return failed ? 1 : 0;
}
