/* SPDX-License-Identifier: Apache-2.0 */
/* Commands side by side: one key is one command, and strangers seldom make each other lose races; and
 * what was answered before answers had a table of their own is answered still. */
#include <pthread.h>
#include "base/metric.h"
#include "engine/process/process_deploy.h"
#include "test_process.h"

enum { THREADS = 8, EACH = 25 };

static struct house place;

static struct call *call_for(struct arena *a)
{
	return test_clerk(a, &place);
}

static void open_place(void)
{
	place.db = test_db_with(test_schema());
	struct call *c = call_for(test_call()->arena);
	struct deployment_ask in = { .xml = one_task("slip", "") };
	struct deployment out = { 0 };
	assert_int_equal(deploy_prepare_bpmn(c, &in), ST_OK);
	assert_int_equal(db_write(c, place.db, test_deploy_act, &in, &out, sizeof(out)), ST_OK);
}

struct worker {
	pthread_t thread;
	int keys; /* whose keys it uses */
	int64_t instances[EACH];
	enum status st;
};

/* Starts and completes, each with a key of its own. */
static void *work(void *ptr)
{
	struct worker *w = ptr;
	for (int n = 0; n < EACH && !w->st; n++) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct call *c = call_for(a);
		struct process_result out = { 0 };
		struct process_start in = {
			.key = "slip", .idempotency_key = arena_printf(a, "s-%d-%d", w->keys, n)
		};
		w->st = db_write(c, place.db, test_start_act, &in, &out, sizeof(out));
		w->instances[n] = out.instance_id;
		struct process_command done = { .instance_id = out.instance_id,
						.execution = 3,
						.idempotency_key =
							arena_printf(a, "c-%d-%d", w->keys, n) };
		if (!w->st)
			w->st = db_write(c, place.db, test_complete_act, &done, &out, sizeof(out));
		if (!w->st && (!str_eq(out.state, "completed") || out.number != 2))
			w->st = ST_INTERNAL;
	}
	return NULL;
}

/* 'sharing' threads use the same keys. */
static void run_workers(struct worker *w, int sharing)
{
	for (int i = 0; i < THREADS; i++) {
		w[i] = (struct worker){ .keys = i / sharing };
		assert_int_equal(pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(w[i].thread, NULL), 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(w[i].st, ST_OK);
}

static enum status count_act(struct call *c, const void *in, void *out)
{
	struct process_row *rows = NULL;
	(void)in;
	return instance_ids(c, 0, 1000, &rows, out);
}

TEST(a_key_that_two_use_at_once_is_one_command)
{
	struct worker w[THREADS];
	size_t count = 0;
	open_place();
	run_workers(w, 2);
	for (int i = 0; i < THREADS; i += 2)
		assert_memory_equal(w[i].instances, w[i + 1].instances, sizeof(w[i].instances));
	assert_int_equal(db_read(test_call(), place.db, count_act, NULL, &count, sizeof(count)),
			 ST_OK);
	assert_int_equal(count, THREADS / 2 * EACH);
	process_programs_drop();
}

TEST(commands_of_strangers_seldom_lose_races)
{
	struct worker w[THREADS];
	open_place();
	int64_t lost = metric_get(METRIC_DB_RETRIES);
	run_workers(w, 1);
	lost = metric_get(METRIC_DB_RETRIES) - lost;
	print_message("# %d commands lost %d races\n", 2 * THREADS * EACH, (int)lost);
	assert_true(lost < 2 * THREADS * EACH / 10);
	process_programs_drop();
}

/* -- a database of before -- */

static const struct db_stmt command_before = {
	"command_before", "insert into process_command (owner, key, what, answer, created_at)"
			  " values ($1, 'k', $2, $3, $4)"
};

static enum status before_act(struct call *c, const void *in, void *out)
{
	const char *what = in;
	(void)out;
	return db_do(c, &command_before, NULL,
		     DB_ARGS(DB_STR(c->actor.user_id),
			     DB_STR(sm3_text(c->arena, what, strlen(what))),
			     DB_STR("{\"instance_id\":7,\"state\":\"running\",\"number\":1,"
				    "\"outcome\":\"done\"}"),
			     DB_TIME(c->now_at)));
}

struct found {
	bool found;
	struct process_result result;
};

static enum status find_act(struct call *c, const void *in, void *out_)
{
	struct found *out = out_;
	return once_find(c, "k", in, &out->found, &out->result);
}

TEST(an_answer_from_before_they_had_a_table_is_given_again)
{
	struct schema_file first[2] = { { 0 } };
	const struct schema_file *old[] = { first, NULL };
	struct call *c = call_for(test_call()->arena);
	struct found out = { 0 };
	first[0] = *test_schema()[0];
	struct db *db = test_db_with(old);
	assert_int_equal(db_write(c, db, before_act, "start it", NULL, 0), ST_OK);
	assert_int_equal(schema_apply(c, db, test_schema()), ST_OK);
	assert_int_equal(db_write(c, db, find_act, "start it", &out, sizeof(out)), ST_OK);
	assert_true(out.found);
	assert_int_equal(out.result.instance_id, 7);
	assert_string_equal(out.result.state, "running");
	assert_int_equal(db_write(c, db, find_act, "end it", &out, sizeof(out)), ST_CONFLICT);
}
