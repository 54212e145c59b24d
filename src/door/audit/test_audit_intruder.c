/* SPDX-License-Identifier: Apache-2.0 */
/* What an intruder does to the audit trail with the database's password, and that it is named. */
#include <unistd.h>
#include "door/audit/test_audit.h"

TEST(a_changed_entry_is_named)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(change, "update audit_entry set from_address = '10.0.0.8' where id = 8");
	trail_tamper(t, &change);
	trail_fault(t, "batch 3: entry 8 was changed\n");
}

TEST(a_missing_entry_is_named)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(drop, "delete from audit_entry where id = 4");
	trail_tamper(t, &drop);
	trail_fault(t, "batch 1: entry 4 is missing\n");
}

TEST(two_entries_that_changed_places_are_named)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(away, "update audit_entry set id = 1000 where id = 2");
	TEST_STMT(there, "update audit_entry set id = 2 where id = 3");
	TEST_STMT(back, "update audit_entry set id = 3 where id = 1000");
	trail_tamper(t, &away);
	trail_tamper(t, &there);
	trail_tamper(t, &back);
	trail_fault(t, "batch 1: entry 2 was changed\n");
	trail_fault(t, "batch 1: entry 3 was changed\n");
}

TEST(an_entry_that_was_put_into_a_sealed_batch_is_named)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(add,
		  "insert into audit_entry (id, at, scope, from_address, request_id, action,"
		  " outcome, changes, batch) values (100, 1, 'none', '', '', 'a', 'ok', '[]', 2)");
	trail_tamper(t, &add);
	trail_fault(t, "batch 2: entry 100 stands in it but was not sealed in it\n");
}

TEST(an_entry_that_was_sealed_again_elsewhere_is_named)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(free_it, "update audit_entry set batch = null where id = 2");
	trail_tamper(t, &free_it);
	assert_int_equal(trail_turn(t), 1);
	trail_fault(t, "batch 1: entry 2 is missing\n");
}

TEST(a_missing_batch_is_named)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(drop, "delete from audit_batch where number = 2");
	trail_tamper(t, &drop);
	trail_fault(t, "batch 2 is missing\n");
	trail_fault(t, "entry 6 says it stands in batch 2, which is not there\n");
	trail_fault(t, "batch 3: it was not sealed after batch 2 as that stands now\n");
}

TEST(a_damaged_head_is_said_to_be_damaged)
{
	struct trail *t = trail_three_batches();
	struct call *c = test_call();
	const char *keys = audit_keys_folder(c, &t->house);
	static const char *const damaged[] = { "3", "3 ", "x 00", "0 00", "-1 00", "3 zz\n" };
	struct audit_head h;

	assert_int_equal(audit_head_read(c, keys, &h), ST_OK);
	assert_int_equal(h.number, 3);
	for (size_t i = 0; i < sizeof(damaged) / sizeof(damaged[0]); i++) {
		FILE *out = fopen(arena_printf(c->arena, "%s/audit.head", keys), "we");
		assert_non_null(out);
		fputs(damaged[i], out);
		fclose(out);
		c = test_call();
		assert_int_equal(audit_head_read(c, keys, &h), ST_BAD_INPUT);
	}
}

TEST(a_trail_that_was_put_back_to_an_older_state_is_noticed)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(entries, "delete from audit_entry where batch = 3");
	TEST_STMT(batch, "delete from audit_batch where number = 3");
	trail_tamper(t, &entries);
	trail_tamper(t, &batch);
	trail_fault(t, "the trail ends with batch 2, but batch 3 was sealed on this machine\n");
	/* What is sealed on top of it does not hide it. */
	trail_write(t, 1);
	assert_int_equal(trail_turn(t), 1);
	trail_fault(t, "batch 3: not the one that was sealed on this machine\n");
}

TEST(a_batch_that_is_played_again_under_another_number_is_noticed)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(replay, "insert into audit_batch select 4, claimed_at, first_id, last_id, count,"
			  " root, previous, sealed_at, key_id, signature, members"
			  " from audit_batch where number = 3");
	trail_tamper(t, &replay);
	trail_fault(t, "batch 4: its signature is wrong, so its header was changed\n");
	trail_fault(t, "batch 4: it was not sealed after batch 3 as that stands now\n");
	trail_fault(t, "batch 4: entry 7 is missing\n");
}

TEST(changed_headers_roots_and_members_are_noticed)
{
	struct trail *t = trail_three_batches();
	TEST_STMT(time, "update audit_batch set sealed_at = sealed_at + 1 where number = 1");
	TEST_STMT(root, "update audit_batch set root = previous where number = 2");
	TEST_STMT(members, "update audit_batch set members = (select members from audit_batch"
			   " where number = 1) where number = 3");
	trail_tamper(t, &time);
	trail_tamper(t, &root);
	trail_tamper(t, &members);
	trail_fault(t, "batch 1: its signature is wrong");
	trail_fault(t, "batch 2: it was not sealed after batch 1 as that stands now");
	trail_fault(t, "batch 2: its members do not give its root");
	trail_fault(t, "batch 3: its members do not give its root");
	trail_fault(t, "batch 3: its first, last or count is not that of its members");
}

TEST(a_trail_signed_with_a_strangers_key_is_not_trusted)
{
	struct trail *t = trail_three_batches();
	struct call *c = test_call();
	const char *pem = arena_printf(c->arena, "%s/keys/audit.pem", t->config.server.data);

	assert_int_equal(unlink(pem), 0);
	assert_int_equal(audit_init(c, &t->house), ST_OK);
	trail_fault(t, "which is not trusted here");
}
