/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the tests: yongyun-test [WORD…] runs those whose name or file holds one of the words. Each gets
 * an arena, and folders and databases when it asks; each has a limit of time. YONGYUN_TEST_JOBS says
 * how many processes share them: one if it does not say. */
#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "harness.h"

/* Seconds that a test may take, also under a sanitizer on a busy machine. */
#define TEST_SECONDS 120
#define READERS 8
/* Processes that may share the tests. */
#define MAX_JOBS 16

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

/* Runs every 'of'-th of the wanted tests, from 'first' on. */
static int run_share(char **words, size_t first, size_t of)
{
	size_t count = 0, seen = 0, room = (size_t)(__stop_tests - __start_tests);
	struct CMUnitTest *tests = calloc(room + 1, sizeof(*tests));

	for (const struct test *const *t = __start_tests; tests && t < __stop_tests; t++) {
		if (wanted(*t, words) && seen++ % of == first)
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

/* A process with a share of the tests, which writes into 'out'. */
static pid_t start_share(char **words, size_t first, size_t of, FILE *out)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	if (dup2(fileno(out), 1) < 0 || dup2(fileno(out), 2) < 0)
		_exit(1);
	exit(run_share(words, first, of));
}

/* Copies what a share wrote and adds its last line, the counts, to 'sums'. Without such a line it did
 * not come to its end, which is one failure. */
static void gather(FILE *out, int sums[3])
{
	char line[4096];
	int p = 0, f = 1, s = 0, now[3];

	rewind(out);
	while (fgets(line, sizeof(line), out)) {
		if (sscanf(line, "%d passed, %d failed, %d skipped", &now[0], &now[1], &now[2]) ==
		    3)
			p = now[0], f = now[1], s = now[2];
		else
			fputs(line, stdout);
	}
	sums[0] += p, sums[1] += f, sums[2] += s;
}

/* Shares the tests between 'jobs' processes and waits for all of them. */
static int run_shares(char **words, size_t jobs)
{
	FILE *outs[MAX_JOBS] = { 0 };
	pid_t pids[MAX_JOBS];
	int sums[3] = { 0 }, code, worst = 0;

	for (size_t i = 0; i < jobs; i++) {
		outs[i] = tmpfile();
		pids[i] = outs[i] ? start_share(words, i, jobs, outs[i]) : -1;
		worst |= pids[i] < 0;
	}
	for (size_t i = 0; i < jobs; i++) {
		if (pids[i] > 0 && (waitpid(pids[i], &code, 0) < 0 || code))
			worst = 1;
		if (outs[i]) {
			gather(outs[i], sums);
			fclose(outs[i]);
		}
	}
	printf("%d passed, %d failed, %d skipped\n", sums[0], sums[1], sums[2]);
	return worst || sums[1] ? 1 : 0;
}

int main(int argc, char **argv)
{
	const char *said = getenv("YONGYUN_TEST_JOBS");
	long jobs = said ? strtol(said, NULL, 10) : 1;

	(void)argc;
	if (jobs < 2)
		return run_share(argv + 1, 0, 1);
	return run_shares(argv + 1, jobs < MAX_JOBS ? (size_t)jobs : MAX_JOBS);
}
