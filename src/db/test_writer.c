/* SPDX-License-Identifier: Apache-2.0 */
/* Many acts at once: what they share (a commit) and what they must not (a failure). */
#include <fcntl.h>
#include <sys/wait.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "base/metric.h"
#include "base/text.h"
#include "harness.h"
#include "vfs_forget.h"

#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

static const struct schema_file tables[] = {
	{ "test", "0001_row",
	  "create table row (id @INT primary key, up @INT references row (id)"
	  " deferrable initially deferred, bytes text) @STRICT" },
	{ 0 }
};
static const struct schema_file *const schema[] = { tables, NULL };

TEST_STMT(row_put, "insert into row (id, up, bytes) values ($1, $2, $3)");
TEST_STMT(row_count, "select count(*) from row");

/* Holds up the writer while others queue. */
struct gate {
	sem_t entered, open;
	struct db *db;
	enum status st;
};

static enum status wait_at_gate(struct call *c, const void *in, void *out)
{
	struct gate *g = *(struct gate *const *)in;

	(void)c;
	(void)out;
	sem_post(&g->entered);
	sem_wait(&g->open);
	return ST_OK;
}

enum deed { PUT, PUT_AND_REFUSE, PUT_TWICE, PUT_ORPHAN, PUT_MUCH };

struct job {
	pthread_t thread;
	struct db *db;
	act_fn *act;
	const void *in;
	enum deed deed;
	int64_t id;
	enum status st;
	char problem[512];
};

static enum status put(struct call *c, const void *in, void *out)
{
	const struct job *j = in;
	struct db_arg up = j->deed == PUT_ORPHAN ? DB_INT(-1) : DB_NULL;
	const char *bytes = "";

	(void)out;
	if (j->deed == PUT_MUCH) {
		char *much = arena_alloc(c->arena, 1 << 20);
		memset(much, 'x', (1 << 20) - 1);
		bytes = much;
	}
	enum status st = db_do(c, &row_put, NULL, DB_ARGS(DB_INT(j->id), up, DB_STR(bytes)));
	if (!st && j->deed == PUT_TWICE)
		st = db_do(c, &row_put, NULL, DB_ARGS(DB_INT(j->id), up, DB_STR(bytes)));
	if (!st && j->deed == PUT_AND_REFUSE)
		return fail(c, ST_FORBIDDEN, NULL, "not today");
	return st;
}

static void *run_job(void *ptr)
{
	struct job *j = ptr;
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);

	j->st = db_write(c, j->db, j->act ? j->act : put, j->in ? j->in : j, NULL, 0);
	memcpy(j->problem, c->problem, sizeof(j->problem));
	return NULL;
}

static void start(struct job *j, struct db *db)
{
	j->db = db;
	assert_int_equal(pthread_create(&j->thread, NULL, run_job, j), 0);
}

static enum status end(struct job *j)
{
	assert_int_equal(pthread_join(j->thread, NULL), 0);
	return j->st;
}

/* Runs the jobs so that on SQLite they share one commit. */
static void run_together(struct db *db, struct job *jobs, int count)
{
	struct gate gate, *at = &gate;
	struct job first = { .act = wait_at_gate, .in = &at };

	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	start(&first, db);
	sem_wait(&gate.entered);
	for (int i = 0; i < count; i++)
		start(&jobs[i], db);
	usleep(100000);
	sem_post(&gate.open);
	assert_int_equal(end(&first), ST_OK);
	for (int i = 0; i < count; i++)
		end(&jobs[i]);
	sem_destroy(&gate.entered);
	sem_destroy(&gate.open);
}

static enum status count_rows(struct call *c, const void *in, void *out)
{
	(void)in;
	return db_number(c, &row_count, out, DB_NO_ARGS);
}

static int64_t rows(struct db *db)
{
	int64_t n = -1;
	assert_int_equal(db_read(test_call(), db, count_rows, NULL, &n, sizeof(n)), ST_OK);
	return n;
}

TEST(acts_that_wait_together_are_committed_with_one_sync)
{
	enum { COUNT = 64 };
	struct job jobs[COUNT] = { 0 };

	test_only(DB_SQLITE);
	vfs_forget_install();
	struct db *db = test_db_with(schema);
	for (int i = 0; i < COUNT; i++)
		jobs[i].id = i;
	int64_t commits = metric_get(METRIC_DB_COMMITS), syncs = vfs_forget_log_syncs();
	run_together(db, jobs, COUNT);
	commits = metric_get(METRIC_DB_COMMITS) - commits;
	syncs = vfs_forget_log_syncs() - syncs;
	for (int i = 0; i < COUNT; i++)
		assert_int_equal(jobs[i].st, ST_OK);
	assert_int_equal(rows(db), COUNT);
	assert_int_equal(commits, 2); /* the first, which wrote nothing, and all others */
	assert_int_equal(syncs, 1);
}

TEST(one_act_that_fails_does_not_touch_its_neighbours)
{
	struct db *db = test_db_with(schema);
	struct job jobs[] = { { .id = 1 },
			      { .id = 2, .deed = PUT_AND_REFUSE },
			      { .id = 3 },
			      { .id = 4, .deed = PUT_TWICE },
			      { .id = 5 } };

	run_together(db, jobs, 5);
	assert_int_equal(jobs[0].st, ST_OK);
	assert_int_equal(jobs[1].st, ST_FORBIDDEN);
	assert_string_equal(jobs[1].problem, "not today");
	assert_int_equal(jobs[2].st, ST_OK);
	assert_int_equal(jobs[3].st, ST_CONFLICT);
	assert_int_equal(jobs[4].st, ST_OK);
	assert_int_equal(rows(db), 3);
}

TEST(an_act_that_spoils_the_commit_fails_alone)
{
	struct db *db = test_db_with(schema);
	struct job jobs[] = { { .id = 1 }, { .id = 2, .deed = PUT_ORPHAN }, { .id = 3 } };

	run_together(db, jobs, 3);
	assert_int_equal(jobs[0].st, ST_OK);
	assert_int_equal(jobs[1].st, ST_CONFLICT);
	assert_int_equal(jobs[2].st, ST_OK);
	assert_int_equal(rows(db), 2);
}

TEST(a_full_disk_is_said_and_overcome)
{
	test_only(DB_SQLITE);
	vfs_forget_install();
	struct db *db = test_db_with(schema);
	struct job before = { .id = 1 }, after = { .id = 9 };
	struct job during[] = { { .id = 2, .deed = PUT_MUCH }, { .id = 3, .deed = PUT_MUCH } };

	start(&before, db);
	assert_int_equal(end(&before), ST_OK);
	vfs_forget_fill(true);
	run_together(db, during, 2);
	vfs_forget_fill(false);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(during[i].st, ST_AWAY);
		assert_string_equal(during[i].problem, "the database has no room left");
	}
	start(&after, db);
	assert_int_equal(end(&after), ST_OK);
	assert_int_equal(rows(db), 2);
}

TEST(a_commit_that_the_disk_loses_ends_the_process_unanswered)
{
	int how;
	test_only(DB_SQLITE);
	const char *url = test_db_url();
	pid_t child = fork();

	if (child == 0) {
		char why[512];
		vfs_forget_install();
		struct db *db = db_open(url, 1, why);
		struct job job = { .id = 1 };
		if (!db || schema_apply(test_call(), db, schema))
			_exit(1);
		vfs_forget_break();
		(void)!freopen("/dev/null", "w", stderr);
		signal(SIGABRT, SIG_DFL);
		start(&job, db);
		end(&job);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how) && WTERMSIG(how) == SIGABRT);
}

TEST(a_slow_act_is_counted)
{
	test_only(DB_SQLITE);
	struct db *db = test_db_with(schema);
	int64_t before = metric_get(METRIC_DB_SLOW_ACTS);

	run_together(db, NULL, 0);
	assert_int_equal(metric_get(METRIC_DB_SLOW_ACTS), before + 1);
}

static enum status meet(struct call *c, const void *in, void *out)
{
	pthread_barrier_t *b = *(pthread_barrier_t *const *)in;
	enum status st = count_rows(c, NULL, out);

	pthread_barrier_wait(b);
	return st;
}

struct reader {
	pthread_t thread;
	struct db *db;
	pthread_barrier_t *meeting;
	int64_t n;
	enum status st;
};

static void *read_once(void *ptr)
{
	struct reader *r = ptr;
	SCOPED_ARENA struct arena *a = arena_new();

	r->st = db_read(test_call_in(a), r->db, meet, &r->meeting, &r->n, sizeof(r->n));
	return NULL;
}

TEST(reading_acts_run_side_by_side)
{
	enum { COUNT = 8 };
	struct db *db = test_db_with(schema);
	pthread_barrier_t meeting;
	struct reader readers[COUNT];

	/* Nobody leaves before all are inside: one at a time would never end. */
	pthread_barrier_init(&meeting, NULL, COUNT);
	for (int i = 0; i < COUNT; i++) {
		readers[i] = (struct reader){ .db = db, .meeting = &meeting, .n = -1 };
		pthread_create(&readers[i].thread, NULL, read_once, &readers[i]);
	}
	for (int i = 0; i < COUNT; i++) {
		pthread_join(readers[i].thread, NULL);
		assert_int_equal(readers[i].st, ST_OK);
		assert_int_equal(readers[i].n, 0);
	}
	pthread_barrier_destroy(&meeting);
}

static enum status post(struct call *c, const void *in, void *out)
{
	c->posted = true;
	return put(c, in, out);
}

static void count_call(void *arg)
{
	++*(_Atomic int *)arg;
}

TEST(whoever_listens_is_told_after_a_commit_that_posted)
{
	struct db *db = test_db_with(schema);
	_Atomic int told = 0;
	struct job quiet = { .id = 1 }, posting = { .id = 2, .act = post },
		   refused = { .id = 2, .act = post };

	db_on_posted(db, count_call, (void *)&told);
	start(&quiet, db);
	assert_int_equal(end(&quiet), ST_OK);
	assert_int_equal(told, 0);
	posting.in = &posting;
	start(&posting, db);
	assert_int_equal(end(&posting), ST_OK);
	assert_int_equal(told, 1);
	refused.in = &refused;
	start(&refused, db);
	assert_int_equal(end(&refused), ST_CONFLICT);
	assert_int_equal(told, 1);
}

static enum status wait_inside(struct call *c, const void *in, void *out)
{
	enum status st = count_rows(c, NULL, out);

	return st ? st : wait_at_gate(c, in, NULL);
}

static void *hold_reader(void *ptr)
{
	struct gate *g = ptr;
	SCOPED_ARENA struct arena *a = arena_new();
	int64_t n;

	g->st = db_read(test_call_in(a), g->db, wait_inside, &g, &n, sizeof(n));
	return NULL;
}

TEST(a_read_waits_for_a_connection_and_a_close_for_the_reads)
{
	char why[512] = "";
	struct db *db = db_open(test_db_url(), 1, why);
	struct gate g = { .db = db };
	pthread_t holder;

	assert_non_null(db);
	assert_int_equal(schema_apply(test_call(), db, schema), ST_OK);
	sem_init(&g.entered, 0, 0);
	sem_init(&g.open, 0, 0);
	pthread_create(&holder, NULL, hold_reader, &g);
	sem_wait(&g.entered);
	sem_post(&g.open); /* the one connection comes back while the next act waits for it */
	assert_int_equal(rows(db), 0);
	pthread_join(holder, NULL);
	assert_int_equal(g.st, ST_OK);

	pthread_create(&holder, NULL, hold_reader, &g);
	sem_wait(&g.entered);
	sem_post(&g.open);
	db_close(db);
	pthread_join(holder, NULL);
	assert_int_equal(g.st, ST_OK);
	sem_destroy(&g.entered);
	sem_destroy(&g.open);
}

TEST(a_writer_waits_for_a_writer_in_another_process)
{
	struct db *db, *other;
	char why[512] = "";
	const char *url = test_db_url();
	struct gate gate, *at = &gate;
	struct job first = { .act = wait_at_gate, .in = &at }, second = { .id = 7 };

	/* Two openings share nothing but the file, as two processes do. */
	db = db_open(url, 2, why);
	other = db_open(url, 2, why);
	assert_true(db && other);
	assert_int_equal(schema_apply(test_call(), db, schema), ST_OK);
	sem_init(&gate.entered, 0, 0);
	sem_init(&gate.open, 0, 0);
	start(&first, db);
	sem_wait(&gate.entered);
	start(&second, other);
	usleep(50000);
	sem_post(&gate.open);
	assert_int_equal(end(&first), ST_OK);
	assert_int_equal(end(&second), ST_OK);
	assert_int_equal(rows(db), 1);
	db_close(other);
	db_close(db);
	sem_destroy(&gate.entered);
	sem_destroy(&gate.open);
}

/* Asked by another process: this one's own locks would not be shown to it. */
static bool someone_locks(const char *path)
{
	int how = 1;
	pid_t child = fork();

	if (!child) {
		struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
		int fd = open(path, O_RDWR);
		_exit(fd < 0 || fcntl(fd, F_GETLK, &lock) ? 2 : lock.l_type == F_UNLCK);
	}
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFEXITED(how) && WEXITSTATUS(how) < 2);
	return WEXITSTATUS(how) == 0;
}

TEST(opening_a_database_once_more_does_not_give_up_its_locks)
{
	const char *url = test_db_url();
	char why[512] = "";
	struct db *db, *again;

	if (!str_starts(url, "sqlite:"))
		test_skip("locks on a file are SQLite's");
	db = db_open(url, 2, why);
	assert_true(db);
	assert_int_equal(schema_apply(test_call(), db, schema), ST_OK);
	assert_true(someone_locks(url + strlen("sqlite:")));
	again = db_open(url, 2, why);
	db_close(again);
	assert_true(someone_locks(url + strlen("sqlite:")));
	db_close(db);
}
