/* SPDX-License-Identifier: Apache-2.0 */
/* What is left when the process is killed, and when two processes want the same. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cloud/compute/test_compute.h"

/* --- killed at any moment --- */

/* Creates and deletes until it is killed. */
static void storm(const char *url, const char *data, const char *net)
{
	char why[512];
	struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	unsigned n = (unsigned)getpid();
	struct db *db = db_open(url, 4, why);
	if (!db)
		_exit(1);
	open_house(c, data, db, false);
	jobs = jobs_open(c, &the_house, 4);
	for (const char *ids[8] = { NULL };; n = n * 1103515245 + 12345) {
		const char **at = &ids[n / 65536 % 8];
		struct nova_answer r =
			*at ? nova_ask(VDC_A, "compute.server.delete", beside(*at), NULL)
			    : nova_ask(VDC_A, "compute.server.create", "",
				       create_body(c, "s",
						   arena_printf(c->arena,
								",\"networks\":[{\"uuid\":\"%s\"}]",
								net)));
		*at = *at || r.st ? NULL : text_at(r.body, "server.id");
	}
}

static void wait_idle(void)
{
	for (int i = 0; i < 3000; i++) {
		const json_t *l = json_object_get(
			want(nova_ask(VDC_A, "compute.server.detail", "", NULL)), "servers");
		size_t busy = 0, n = json_array_size(l);
		for (size_t k = 0; k < n; k++)
			busy += text_at(json_array_get(l, k), "OS-EXT-STS:task_state") != NULL;
		if (!busy)
			return;
		usleep(20000);
	}
	test_fail("after 60 s servers are still busy");
}

/* --- two processes want the last places --- */

enum { PLACES = 10, TRIES = 10 };

/* Asks TRIES times for a server and exits with how many it got. */
static void grab(const char *url, const char *data)
{
	char why[512];
	struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	struct db *db = db_open(url, 4, why);
	int got = 0;
	if (!db)
		_exit(100);
	open_house(c, data, db, false);
	for (int i = 0; i < TRIES; i++) {
		struct nova_answer r =
			nova_ask(VDC_A, "compute.server.create", "", create_body(c, "s", ""));
		/* Who lost a race may be told to come again; who meets the bound may not. */
		if (r.st != ST_OK && r.st != ST_LIMIT && r.st != ST_RETRY)
			_exit(101);
		i -= r.st == ST_RETRY;
		got += r.st == ST_OK;
	}
	_exit(got);
}

TEST(two_processes_never_get_more_servers_than_the_quota)
{
	struct call *c = test_call();
	const char *data = test_folder(), *url = test_db_url();
	char why[512];
	pid_t pids[2];
	int got = 0;
	struct db *db = db_open(url, 4, why);
	assert_non_null(db);
	/* One process has an SQLite file at a time. */
	size_t processes = db_kind_of(db) == DB_POSTGRESQL ? 2 : 1;
	assert_int_equal(schema_apply(c, db, program_schema), ST_OK);
	open_house(c, data, db, true);
	add_flavor("1", 512);
	want(nova_ask(NULL, "compute.quota.update", "project_id=0193a0000000700080000000000000aa",
		      arena_printf(c->arena, "{\"quota_set\":{\"instances\":%d}}",
				   processes == 2 ? PLACES : PLACES / 2)));
	close_house(NULL);
	db_close(db);
	for (size_t i = 0; i < processes; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			grab(url, data);
	}
	for (size_t i = 0; i < processes; i++) {
		int how = 0;
		assert_int_equal(waitpid(pids[i], &how, 0), pids[i]);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) <= TRIES);
		got += WEXITSTATUS(how);
	}
	assert_int_equal(got, processes == 2 ? PLACES : PLACES / 2);
	db = db_open(url, 4, why);
	assert_non_null(db);
	open_house(c, data, db, false);
	expect_sound();
	close_house(NULL);
	db_close(db);
}

TEST(killed_in_a_storm_nothing_is_left_behind)
{
	/* What a killed process had under way waits for its lease to run out: ten seconds. */
	enum { ROUNDS = 5 };
	struct call *c = test_call();
	const char *data = test_folder(), *url = test_db_url();
	char why[512];
	struct db *db = db_open(url, 4, why);
	assert_non_null(db);
	assert_int_equal(schema_apply(c, db, program_schema), ST_OK);
	open_house(c, data, db, true);
	add_flavor("1", 512);
	const char *net = add_network(VDC_A);
	close_house(NULL);
	db_close(db);
	for (int round = 0; round < ROUNDS; round++) {
		pid_t pid = fork();
		if (pid == 0)
			storm(url, data, net);
		usleep(200000 + (useconds_t)round * 37000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		db = db_open(url, 4, why);
		assert_non_null(db);
		open_house(c, data, db, false);
		jobs = jobs_open(c, &the_house, 4);
		wait_idle();
		reconcile();
		wait_idle();
		expect_sound();
		close_house(NULL);
		db_close(db);
	}
}
