/* SPDX-License-Identifier: Apache-2.0 */
/* When the audit trail is sealed, and what the sealer must survive. */
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>
#include "base/clock.h"
#include "door/audit/test_audit.h"

TEST(what_was_committed_is_sealed_within_100_ms)
{
	struct trail *t = trail_open(true);
	struct audit_claim now = { .waiting = 1 };

	/* On a machine that has other work one round may be late, not three. */
	for (int round = 0; round < 3 && now.waiting; round++) {
		trail_write(t, 10);
		usleep(100000);
		struct call *c = test_call();
		struct audit_entry e = { 0 };
		assert_int_equal(db_read(c, t->house.db, trail_last_waiting, NULL, &e, sizeof(e)),
				 ST_OK);
		now.waiting = e.id;
	}
	assert_int_equal(now.waiting, 0);
	trail_sound(t);
}

TEST(a_batch_holds_at_most_1024_entries_and_the_rest_waits)
{
	struct trail *t = trail_open(false);

	TEST_STMT(many,
		  "insert into audit_entry (at, scope, from_address, request_id, action,"
		  " outcome, changes) with recursive n (i) as (select 1 union all select i + 1"
		  " from n where i < 2500) select 1, 'none', '', '', 'a', 'ok', '[]' from n");
	trail_tamper(t, &many);
	assert_int_equal(trail_turn(t), 1024);
	assert_int_equal(trail_turn(t), 1024);
	assert_int_equal(trail_turn(t), 452);
	assert_int_equal(trail_turn(t), 0);
	trail_sound(t);
}

/* --- what the sealer must survive --- */

static enum status claim_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return audit_batch_claim(c, 1, clock_now(), 100, out);
}

TEST(a_batch_whose_sealer_died_is_sealed_by_the_next)
{
	struct trail *t = trail_open(false);
	struct call *c = test_call();
	int64_t claimed;

	trail_write(t, 3);
	assert_int_equal(db_write(c, t->house.db, claim_act, NULL, &claimed, sizeof(claimed)),
			 ST_OK);
	assert_int_equal(claimed, 3);
	trail_write(t, 2);
	assert_int_equal(trail_turn(t), 3);
	assert_int_equal(trail_turn(t), 2);
	trail_sound(t);
}

TEST(two_sealers_take_turns_and_seal_each_entry_once)
{
	struct trail *t = trail_open(true);
	struct call *c = test_call();
	struct audit *other = audit_open(c, &t->house, true);

	assert_non_null(other);
	for (int i = 0; i < 20; i++) {
		trail_write(t, 10);
		usleep(10000);
	}
	audit_close(t->audit); /* the other one goes on */
	t->audit = NULL;
	trail_write(t, 10);
	audit_close(other);
	trail_sound(t);
	struct audit_entry e = { 0 };
	assert_int_equal(db_read(c, t->house.db, trail_last_waiting, NULL, &e, sizeof(e)), ST_OK);
	assert_int_equal(e.id, 0);
}

struct slow {
	struct trail *t;
	sem_t written, go;
	enum status st;
};

static enum status slow_act(struct call *c, const void *in, void *out)
{
	struct slow *s = *(struct slow *const *)in;
	enum status st = trail_write_act(c, "slow", out);

	sem_post(&s->written);
	sem_wait(&s->go);
	return st;
}

static void *write_slowly(void *arg)
{
	struct slow *s = arg;
	SCOPED_ARENA struct arena *a = arena_new();

	s->st = db_write(test_call_in(a), s->t->house.db, slow_act, &s, NULL, 0);
	return NULL;
}

/* Only where writers work side by side can a lower id become visible after a higher one. */
TEST(an_entry_that_is_committed_after_one_with_a_higher_id_is_sealed_too)
{
	struct trail *t = trail_open(false);
	struct slow s = { .t = t };
	pthread_t thread;

	if (db_kind_of(t->house.db) == DB_SQLITE)
		test_skip("SQLite has one writer");
	sem_init(&s.written, 0, 0);
	sem_init(&s.go, 0, 0);
	assert_int_equal(pthread_create(&thread, NULL, write_slowly, &s), 0);
	sem_wait(&s.written);
	trail_write(t, 3);
	assert_int_equal(trail_turn(t), 3);
	/* It may be told to begin again. */
	for (int i = 0; i < 100; i++)
		sem_post(&s.go);
	pthread_join(thread, NULL);
	assert_int_equal(s.st, ST_OK);
	assert_int_equal(trail_turn(t), 1);
	trail_sound(t);
}
