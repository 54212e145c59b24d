/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of the audit trail share: a house with a trail, and hands that write, seal, verify it and
 * change it behind its back. */
#ifndef DOOR_AUDIT_TEST_AUDIT_H
#define DOOR_AUDIT_TEST_AUDIT_H

#include "door/audit/audit_private.h"
#include "door/house.h"
#include "harness.h"

/* Not listed among the program's statements: what an intruder with the database's password would do. */
#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

struct trail {
	struct config config;
	struct house house;
	struct audit *audit;
};

/* With a sealer; 'thread': it works by itself, otherwise by trail_turn(). Ends with the test. */
struct trail *trail_open(bool thread);
/* An act that leaves one entry about the server 'in'. */
enum status trail_write_act(struct call *c, const void *in, void *out) MUST_USE;
/* Writes 'count' entries, each in an act of its own, which wait to be sealed as one batch. */
void trail_write(struct trail *t, int count);
/* Returns how many entries the sealer sealed. */
int64_t trail_turn(struct trail *t);
/* Three batches of 5, 1 and 3 entries: 1…5, 6, 7…9. */
struct trail *trail_three_batches(void);
/* Nothing is wrong with it; a fault is named in these words. */
void trail_sound(struct trail *t);
void trail_fault(struct trail *t, const char *fault);
/* Runs a statement that changes something. */
void trail_tamper(struct trail *t, const struct db_stmt *s);
/* An act that reads the newest entry that waits; left as it is when none does. */
enum status trail_last_waiting(struct call *c, const void *in, void *out) MUST_USE;

#endif
