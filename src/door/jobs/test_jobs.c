/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: what is run, when, how often, and what is left when a process is killed. */
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "db/schema.h"
#include "door/jobs/jobs_private.h"
#include "harness.h"

/* Not listed among the program's statements: their table exists here only. */
#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

static const struct schema_file own_tables[] = {
	{ "test", "0001_effect",
	  "create table effect (subject text not null, what text not null, at @INT not null);"
	  "create index effect_subject on effect (subject);" },
	{ 0 }
};
extern const struct schema_file jobs_schema[];
static const struct schema_file *const schema[] = { jobs_schema, own_tables, NULL };

TEST_STMT(effect_put, "insert into effect (subject, what, at) values ($1, $2, $3)");
TEST_STMT(effect_once, "insert into effect (subject, what, at) select s, w, a from"
		       " (select cast($1 as text) as s, cast($2 as text) as w,"
		       " cast($3 as bigint) as a) e"
		       " where not exists (select 1 from effect where subject = $1)");
TEST_STMT(effect_count, "select count(*) from effect where what = $1");
TEST_STMT(effect_subjects, "select count(distinct subject) from effect where what = $1");

/* --- the kinds of the tests --- */

struct effect {
	const struct job *job;
	const char *what;
};

static enum status effect_act(struct call *c, const void *in, void *out)
{
	const struct effect *e = in;
	enum status st = job_still_mine(c, e->job);

	(void)out;
	if (st)
		return st;
	return db_do(c, &effect_put, NULL,
		     DB_ARGS(DB_STR(e->job->subject), DB_STR(e->what), DB_INT(clock_now())));
}

static enum status leave_effect(struct call *c, const struct job *j, const char *what)
{
	return db_write(c, house_of(c)->db, effect_act, &(struct effect){ j, what }, NULL, 0);
}

static atomic_int overlapping, most_overlapping;

static enum status run_plain(struct call *c, const struct job *j)
{
	int now = atomic_fetch_add(&overlapping, 1) + 1;
	if (now > atomic_load(&most_overlapping))
		atomic_store(&most_overlapping, now);
	usleep(20000);
	enum status st = leave_effect(c, j, "plain");
	atomic_fetch_sub(&overlapping, 1);
	return st;
}

/* What is there already is not done again: the effect of each subject is recorded once. */
static enum status once_act(struct call *c, const void *in, void *out)
{
	const struct job *j = in;
	enum status st = job_still_mine(c, j);

	(void)out;
	if (st)
		return st;
	return db_do(c, &effect_once, NULL,
		     DB_ARGS(DB_STR(j->subject), DB_STR("once"), DB_INT(clock_now())));
}

static enum status run_once(struct call *c, const struct job *j)
{
	usleep(2000);
	return db_write(c, house_of(c)->db, once_act, j, NULL, 0);
}

static enum status run_away(struct call *c, const struct job *j)
{
	(void)j;
	return fail(c, ST_AWAY, NULL, "the engine does not answer");
}

static enum status run_wrong(struct call *c, const struct job *j)
{
	(void)j;
	return fail(c, ST_BAD_INPUT, NULL, "the payload makes no sense");
}

static enum status give_up_effect(struct call *c, const struct job *j, const char *why)
{
	return db_do(c, &effect_put, NULL,
		     DB_ARGS(DB_STR(j->subject), DB_STR(why), DB_INT(clock_now())));
}

static sem_t patient_runs;

/* Runs until it is told to stop. */
static enum status run_patient(struct call *c, const struct job *j)
{
	job_progress(c, j, 40, "waiting for 五");
	sem_post(&patient_runs);
	for (int i = 0; i < 2000 && !job_cancelled(c, j); i++)
		usleep(5000);
	return fail(c, ST_AWAY, NULL, "told to stop");
}

/* Longer than its lease, shorter than its deadline. */
static enum status run_long(struct call *c, const struct job *j)
{
	usleep(1200000);
	return leave_effect(c, j, "long");
}

static enum status run_timer(struct call *c)
{
	const struct job j = { .subject = "timer" };

	(void)j;
	c->actor.user_name = "timer";
	return ST_OK;
}

#define MS (CLOCK_SECOND / 1000)
static const struct job_kind kinds[] = {
	{ "test.plain", 2, 3, CLOCK_SECOND, 10 * CLOCK_SECOND, run_plain, NULL },
	{ "test.once", 8, 50, 2 * CLOCK_SECOND, 10 * CLOCK_SECOND, run_once, NULL },
	{ "test.away", 4, 2, CLOCK_SECOND, CLOCK_SECOND, run_away, give_up_effect },
	{ "test.wrong", 4, 9, CLOCK_SECOND, CLOCK_SECOND, run_wrong, give_up_effect },
	{ "test.patient", 4, 9, CLOCK_SECOND, 30 * CLOCK_SECOND, run_patient, give_up_effect },
	{ "test.long", 4, 1, 400 * MS, 10 * CLOCK_SECOND, run_long, NULL },
	{ 0 },
};
static const struct timer timers[] = { { "test.tick", 300 * MS, run_timer }, { 0 } };
static const struct module test_module = { .name = "test", .jobs = kinds, .timers = timers };
static const struct module *const modules[] = { &test_module, NULL };

/* --- what the tests say --- */

static struct house *new_house(void)
{
	struct house *h = arena_alloc(test_call()->arena, sizeof(*h));

	h->modules = modules;
	h->db = test_db_with(schema);
	sem_init(&patient_runs, 0, 0);
	atomic_store(&most_overlapping, 0);
	return h;
}

struct post {
	const char *kind, *subject, *payload;
	enum job_priority priority;
	int64_t due_at;
};

static enum status post_act(struct call *c, const void *in, void *out)
{
	const struct post *p = in;

	(void)out;
	return job_post(c, p->kind, p->subject, p->payload ? p->payload : "{}", p->priority,
			p->due_at);
}

#define POST(h, ...) post(h, (struct post){ __VA_ARGS__ })
static void post(struct house *h, struct post p)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);

	if (db_write(c, h->db, post_act, &p, NULL, 0))
		test_fail("%s", c->problem);
}

struct find {
	struct job_row *list;
	size_t count;
};

static enum status find_act(struct call *c, const void *in, void *out_)
{
	struct find *out = out_;
	return job_find(c, in, &out->list, &out->count);
}

/* The newest job of a subject. */
static struct job_row job_of(struct house *h, const char *subject)
{
	struct call *c = test_call();
	const struct job_filter f = { .subject = subject, .below = INT64_MAX, .limit = 1 };
	struct find found;

	if (db_read(c, h->db, find_act, &f, &found, sizeof(found)))
		test_fail("%s", c->problem);
	assert_true(found.count == 1);
	return found.list[0];
}

static size_t count_jobs(struct house *h, const char *state, const char *kind)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	const struct job_filter f = {
		.state = state, .kind = kind, .below = INT64_MAX, .limit = 100000
	};
	struct find found;

	if (db_read(c, h->db, find_act, &f, &found, sizeof(found)))
		test_fail("%s", c->problem);
	return found.count;
}

struct number {
	const struct db_stmt *stmt;
	const char *what;
};

static enum status number_act(struct call *c, const void *in, void *out)
{
	const struct number *n = in;
	return db_number(c, n->stmt, out, DB_ARGS(DB_STR(n->what)));
}

static int64_t effects(struct house *h, const struct db_stmt *stmt, const char *what)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	int64_t n = -1;

	if (db_read(c, h->db, number_act, &(struct number){ stmt, what }, &n, sizeof(n)))
		test_fail("%s", c->problem);
	return n;
}

static void wait_for(struct house *h, const char *state, const char *kind, size_t count)
{
	for (int i = 0; i < 3000; i++) {
		if (count_jobs(h, state, kind) == count)
			return;
		usleep(10000);
	}
	test_fail("after 30 s there are %zu jobs %s, not %zu", count_jobs(h, state, kind), state,
		  count);
}

static struct jobs *open_jobs(struct house *h, int threads)
{
	struct call *c = test_call();
	struct jobs *r = jobs_open(c, h, threads);

	if (!r)
		test_fail("%s", c->problem);
	return r;
}

/* --- the tests --- */

TEST(a_posted_job_is_run_once_and_kept_as_done)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 4);

	POST(h, "test.plain", "s1");
	wait_for(h, "done", "test.plain", 1);
	jobs_close(r, CLOCK_SECOND);
	struct job_row j = job_of(h, "s1");
	assert_int_equal(j.attempt, 1);
	assert_int_equal(j.percent, 100);
	assert_null(j.holder);
	assert_string_equal(j.request_id, "req-test");
	assert_int_equal(effects(h, &effect_count, "plain"), 1);
}

TEST(a_job_that_waits_is_not_posted_again_but_takes_what_is_newer)
{
	struct house *h = new_house();
	int64_t later = clock_now() + 60 * CLOCK_SECOND;

	POST(h, "test.plain", "s1", "{\"n\":1}", JOB_LATER, later);
	POST(h, "test.plain", "s1", "{\"n\":2}", JOB_NORMAL, later + 1);
	POST(h, "test.once", "s1", "{}", JOB_NORMAL, later);
	assert_int_equal(count_jobs(h, "waiting", "test.plain"), 1);
	assert_int_equal(count_jobs(h, "waiting", NULL), 2);
	struct call *c = test_call();
	struct find found;
	const struct job_filter f = { .kind = "test.plain", .below = INT64_MAX, .limit = 2 };
	assert_int_equal(db_read(c, h->db, find_act, &f, &found, sizeof(found)), ST_OK);
	assert_string_equal(found.list[0].payload, "{\"n\":2}");
	assert_int_equal(found.list[0].priority, JOB_NORMAL);
	assert_int_equal(found.list[0].due_at, later);
}

TEST(jobs_of_one_subject_never_overlap_and_a_kind_keeps_its_bound)
{
	struct house *h = new_house();

	for (int i = 0; i < 12; i++)
		POST(h, "test.plain", arena_printf(test_call()->arena, "s%d", i));
	POST(h, "test.long", "s0");
	POST(h, "test.once", "s0");
	struct jobs *r = open_jobs(h, 8);
	for (int i = 0; i < 3000 && count_jobs(h, "waiting", NULL) > 1; i++) {
		TEST_STMT(overlap,
			  "select count(*) from (select subject from job where state ="
			  " 'running' and $1 = $1 group by subject having count(*) > 1) o");
		assert_int_equal(effects(h, &overlap, ""), 0);
		usleep(3000);
	}
	wait_for(h, "done", "test.plain", 12);
	wait_for(h, "done", "test.long", 1);
	wait_for(h, "done", "test.once", 1);
	jobs_close(r, CLOCK_SECOND);
	assert_int_equal(atomic_load(&most_overlapping), 2);
	/* s0's own: plain first, then long, then once; "once" finds the effect of the others. */
	assert_int_equal(effects(h, &effect_count, "once"), 0);
}

TEST(the_more_urgent_comes_first_and_then_what_was_due_first)
{
	struct house *h = new_house();
	int64_t now = clock_now();

	POST(h, "test.plain", "late", "{}", JOB_LATER, now - 9);
	POST(h, "test.plain", "second", "{}", JOB_NORMAL, now - 4);
	POST(h, "test.plain", "first", "{}", JOB_NORMAL, now - 5);
	POST(h, "test.plain", "soon", "{}", JOB_SOON, now - 1);
	POST(h, "test.plain", "tomorrow", "{}", JOB_SOON, now + CLOCK_DAY);
	struct jobs *r = open_jobs(h, 1);
	wait_for(h, "done", "test.plain", 4);
	jobs_close(r, CLOCK_SECOND);
	assert_true(job_of(h, "soon").started_at < job_of(h, "first").started_at);
	assert_true(job_of(h, "first").started_at < job_of(h, "second").started_at);
	assert_true(job_of(h, "second").started_at < job_of(h, "late").started_at);
	assert_int_equal(job_of(h, "tomorrow").state, STATE_WAITING);
}

TEST(what_fails_is_tried_again_later_and_then_given_up_with_its_reason)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 2);

	POST(h, "test.away", "s1");
	wait_for(h, "dead", "test.away", 1);
	POST(h, "test.wrong", "s2");
	wait_for(h, "dead", "test.wrong", 1);
	jobs_close(r, CLOCK_SECOND);
	struct job_row j = job_of(h, "s1");
	assert_int_equal(j.attempt, 2);
	assert_string_equal(j.why, "the engine does not answer");
	assert_true(j.ended_at - j.posted_at >= CLOCK_SECOND / 2);
	assert_int_equal(effects(h, &effect_count, "the engine does not answer"), 1);
	assert_int_equal(job_of(h, "s2").attempt, 1);
	assert_int_equal(effects(h, &effect_count, "the payload makes no sense"), 1);
}

TEST(the_wait_between_attempts_doubles_up_to_five_minutes)
{
	for (int i = 0; i < 100; i++) {
		assert_in_range(job_backoff(1), CLOCK_SECOND / 2, CLOCK_SECOND);
		assert_in_range(job_backoff(4), 4 * CLOCK_SECOND, 8 * CLOCK_SECOND);
		assert_in_range(job_backoff(1000), 150 * CLOCK_SECOND, 300 * CLOCK_SECOND);
	}
}

static enum status cancel_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return job_cancel(c, NULL, in);
}

TEST(progress_is_seen_and_a_cancelled_run_is_told_to_stop)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 2);

	POST(h, "test.patient", "s1");
	sem_wait(&patient_runs);
	POST(h, "test.plain", "s1"); /* waits behind it */
	for (int i = 0; i < 500 && job_of(h, "s1").id; i++) {
		const struct job_filter f = { .kind = "test.patient",
					      .below = INT64_MAX,
					      .limit = 1 };
		struct find found;
		assert_int_equal(db_read(test_call(), h->db, find_act, &f, &found, sizeof(found)),
				 ST_OK);
		if (str_eq(found.list[0].words, "waiting for 五") && found.list[0].percent == 40)
			break;
		assert_true(i < 499);
		usleep(10000);
	}
	assert_int_equal(db_write(test_call(), h->db, cancel_act, "s1", NULL, 0), ST_OK);
	wait_for(h, "cancelled", NULL, 2);
	jobs_close(r, CLOCK_SECOND);
	/* The room that cancels knows the state: it is not asked to give up. */
	assert_int_equal(effects(h, &effect_count, "told to stop"), 0);
}

TEST(the_heartbeat_keeps_the_lease_of_a_run_that_takes_long)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 4);

	POST(h, "test.long", "s1");
	wait_for(h, "done", "test.long", 1);
	jobs_close(r, CLOCK_SECOND);
	assert_int_equal(job_of(h, "s1").attempt, 1);
	assert_int_equal(effects(h, &effect_count, "long"), 1);
}

static enum status steal_act(struct call *c, const void *in, void *out)
{
	TEST_STMT(steal, "update job set epoch = epoch + 1 where subject = $1");
	(void)out;
	return db_do(c, &steal, NULL, DB_ARGS(DB_STR(in)));
}

TEST(a_run_that_lost_its_lease_records_nothing)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 4);

	log_level_set(LOG_ERROR);
	POST(h, "test.long", "s1");
	wait_for(h, "running", "test.long", 1);
	assert_int_equal(db_write(test_call(), h->db, steal_act, "s1", NULL, 0), ST_OK);
	usleep(1500000);
	jobs_close(r, CLOCK_SECOND);
	assert_int_equal(effects(h, &effect_count, "long"), 0);
	assert_int_not_equal(job_of(h, "s1").state, STATE_DONE);
}

TEST(closing_lets_running_jobs_end_and_tells_the_stubborn_to_stop)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 4);

	POST(h, "test.long", "s1");
	wait_for(h, "running", "test.long", 1);
	jobs_close(r, 10 * CLOCK_SECOND);
	assert_int_equal(job_of(h, "s1").state, STATE_DONE);

	r = open_jobs(h, 4);
	POST(h, "test.patient", "s2");
	sem_wait(&patient_runs);
	POST(h, "test.plain", "s3");
	jobs_close(r, CLOCK_SECOND / 5);
	assert_int_equal(job_of(h, "s2").state, STATE_WAITING);
	assert_string_equal(job_of(h, "s2").why, "told to stop");
}

TEST(a_timer_comes_back_after_its_time)
{
	struct house *h = new_house();
	struct jobs *r = open_jobs(h, 2);
	int64_t began = clock_now();

	/* Its row is one; its lease's epoch counts the runs. */
	while (job_of(h, "timer.test.tick").epoch < 3 && clock_now() - began < 20 * CLOCK_SECOND)
		usleep(10000);
	jobs_close(r, CLOCK_SECOND);
	assert_true(job_of(h, "timer.test.tick").epoch >= 3);
	assert_true(clock_now() - began >= 600 * MS);
	assert_int_equal(count_jobs(h, NULL, "timer.test.tick"), 1);
	r = open_jobs(h, 2);
	jobs_close(r, CLOCK_SECOND);
	assert_int_equal(count_jobs(h, NULL, "timer.test.tick"), 1);
}

/* --- processes --- */

/* A process that works on the database at 'url' until it is told to end. */
static pid_t spawn_worker(const char *url)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	char why[512];
	struct house h = { .modules = modules, .db = db_open(url, 8, why) };
	struct arena *a = arena_new();
	struct call *c = call_new(a, NULL);
	sigset_t asked;
	int got;
	alarm(100);
	sigemptyset(&asked);
	sigaddset(&asked, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &asked, NULL);
	struct jobs *r = h.db ? jobs_open(c, &h, 8) : NULL;
	if (!r)
		_exit(1);
	sigwait(&asked, &got);
	jobs_close(r, 5 * CLOCK_SECOND);
	db_close(h.db);
	arena_end(&a);
	_exit(0);
}

struct many {
	int first, count;
};

static enum status post_many_act(struct call *c, const void *in, void *out)
{
	const struct many *m = in;
	enum status st = ST_OK;

	(void)out;
	for (int i = 0; i < m->count && !st; i++)
		st = job_post(c, "test.once", arena_printf(c->arena, "s%d", m->first + i), "{}",
			      JOB_NORMAL, 0);
	return st;
}

static struct house watch(const char *url)
{
	char why[512];
	struct house h = { .modules = modules, .db = db_open(url, 4, why) };

	if (!h.db)
		test_fail("%s", why);
	return h;
}

/* On SQLite one process works at a time: it is killed, and the next one finishes. The watcher's
 * database is closed while processes are made, because a process with threads makes no good ones. */
TEST(a_process_that_is_killed_in_the_middle_loses_nothing_and_does_nothing_twice)
{
	const char *url = test_db_url();
	struct house h = watch(url);
	bool many = db_kind_of(h.db) == DB_POSTGRESQL;

	assert_int_equal(schema_apply(test_call(), h.db, schema), ST_OK);
	for (int i = 0; i < 500; i += 50)
		assert_int_equal(db_write(test_call(), h.db, post_many_act, &(struct many){ i, 50 },
					  NULL, 0),
				 ST_OK);
	db_close(h.db);
	pid_t killed = spawn_worker(url);
	pid_t other = many ? spawn_worker(url) : 0;
	h = watch(url);
	for (int i = 0; i < 3000 && (count_jobs(&h, "done", "test.once") < 100 ||
				     count_jobs(&h, "running", "test.once") == 0);
	     i++)
		usleep(5000);
	kill(killed, SIGKILL);
	waitpid(killed, NULL, 0);
	size_t left = count_jobs(&h, "running", "test.once");
	if (!many) {
		db_close(h.db);
		other = spawn_worker(url);
		h = watch(url);
	}
	wait_for(&h, "done", "test.once", 500);
	kill(other, SIGTERM);
	int status;
	waitpid(other, &status, 0);
	assert_int_equal(status, 0);
	assert_int_equal(effects(&h, &effect_count, "once"), 500);
	assert_int_equal(effects(&h, &effect_subjects, "once"), 500);
	assert_int_equal(count_jobs(&h, "running", NULL), 0);
	print_message("# %zu jobs ran when it was killed\n", left);
	db_close(h.db);
}
