/* SPDX-License-Identifier: Apache-2.0 */
/* Worlds that are kept between commands: found by the hash that the row has, and by no other. */
#include <stdio.h>
#include "engine/process/process_deploy.h"
#include "test_process.h"

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

static int64_t started(const char *variables)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct process_start in = { .key = "slip", .variables = variables };
	struct process_result out = { 0 };
	assert_int_equal(db_write(call_for(a), place.db, test_start_act, &in, &out, sizeof(out)),
			 ST_OK);
	return out.instance_id;
}

static enum status row_act(struct call *c, const void *in, void *out)
{
	return instance_get(c, *(const int64_t *)in, out);
}

static const char *hash_of(int64_t id)
{
	struct call *c = call_for(test_call()->arena);
	struct process_row row = { 0 };
	assert_int_equal(db_read(c, place.db, row_act, &id, &row, sizeof(row)), ST_OK);
	return row.hash;
}

static enum status replay_act(struct call *c, const void *in, void *out)
{
	struct buf report = { .arena = c->arena };
	return log_replay(c, *(const int64_t *)in, &report, out);
}

static void expect_replay(int64_t id)
{
	int64_t bad = -1;
	struct arena *SCOPED_ARENA a = arena_new();
	assert_int_equal(db_read(call_for(a), place.db, replay_act, &id, &bad, sizeof(bad)), ST_OK);
	assert_int_equal(bad, 0);
}

TEST(a_state_is_kept_by_the_hash_of_its_log_and_taken_by_one)
{
	open_place();
	int64_t id = started("{\"n\":1}");
	struct run_life *life = life_take(id, hash_of(id));
	assert_non_null(life);
	assert_int_equal(json_integer_value(flow_get(life->world, 1, "n")), 1);
	assert_null(life_take(id, hash_of(id))); /* it is somebody's */
	life_give(life);
	assert_null(life_take(id, "another process wrote since"));
	assert_null(life_take(id, hash_of(id))); /* so it was of no use any more */
	process_programs_drop();
}

static enum status undone_act(struct call *c, const void *in, void *out)
{
	enum status st = process_complete(c, in, out);
	return st ? st : fail(c, ST_CONFLICT, NULL, "not this time");
}

TEST(what_a_transaction_that_was_undone_did_is_in_no_state)
{
	open_place();
	int64_t id = started("{}");
	struct process_command in = { .instance_id = id, .execution = 3, .variables = "{\"n\":1}" };
	struct process_result out = { 0 };
	for (int i = 0; i < 2; i++) {
		struct arena *SCOPED_ARENA a = arena_new();
		act_fn *act = i == 0 ? undone_act : test_complete_act;
		enum status st = db_write(call_for(a), place.db, act, &in, &out, sizeof(out));
		assert_int_equal(st, i == 0 ? ST_CONFLICT : ST_OK);
		expect_replay(id);
	}
	assert_string_equal(out.state, "completed");
	assert_null(life_take(id, hash_of(id))); /* it has no state any more */
	process_programs_drop();
}

TEST(the_states_that_are_kept_are_bounded)
{
	open_place();
	int64_t first = started("{}"), last = 0;
	for (int i = 0; i < 600; i++)
		last = started("{}");
	assert_null(life_take(first, hash_of(first)));
	life_give(life_take(last, hash_of(last)));
	/* Large ones are not kept, and many of some size make room for each other. */
	char large[80 << 10];
	snprintf(large, sizeof(large), "{\"t\":\"%075000d\"}", 1);
	int64_t id = started(large);
	assert_null(life_take(id, hash_of(id)));
	snprintf(large, sizeof(large), "{\"t\":\"%060000d\"}", 1);
	for (int i = 0; i < 200; i++)
		id = started(large);
	life_give(life_take(id, hash_of(id)));
	assert_null(life_take(id - 199, hash_of(id - 199)));
	process_programs_drop();
}
