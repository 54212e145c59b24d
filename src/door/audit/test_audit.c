/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail: what is told, how it is sealed, and that nobody can change it unseen. */
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "door/audit/audit_private.h"
#include "door/house.h"
#include "harness.h"

/* Not listed among the program's statements: what an intruder with the database's password would do. */
#define TEST_STMT(name_, sql_) static const struct db_stmt name_ = { #name_, sql_ }

struct fixture {
	struct config config;
	struct house house;
	struct audit *audit;
};

static void close_sealer(void *arg)
{
	struct fixture *f = arg;
	audit_close(f->audit);
}

static struct fixture *open_house(bool thread)
{
	extern const struct schema_file audit_schema[];
	const struct schema_file *const schema[] = { audit_schema, NULL };
	struct call *c = test_call();
	struct fixture *f = arena_alloc(c->arena, sizeof(*f));

	f->config.server.data = test_folder();
	f->config.audit.seal_every = CLOCK_SECOND / 10;
	f->house = (struct house){ .config = &f->config, .db = test_db_with(schema) };
	if (audit_init(c, &f->house) || !(f->audit = audit_open(c, &f->house, thread)))
		test_fail("%s", c->problem);
	arena_defer(c->arena, close_sealer, f);
	return f;
}

static enum status write_act(struct call *c, const void *in, void *out)
{
	const char *id = in;

	(void)out;
	audit_begin(c);
	audit_subject(c, "server", id);
	return audit_write(c, "compute.server.create");
}

/* Writes 'count' entries, each in an act of its own, and lets them be sealed as one batch. */
static void write_entries(struct fixture *f, int count)
{
	for (int i = 0; i < count; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = test_call_in(a);
		c->actor.user_name = "lin";
		c->from = "10.0.0.7";
		assert_int_equal(db_write(c, f->house.db, write_act,
					  arena_printf(a, "server-%d", i), NULL, 0),
				 ST_OK);
	}
}

static int64_t take_turn(struct fixture *f)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	int64_t count = 0;

	if (audit_turn(c, f->audit, &count))
		test_fail("%s", c->problem);
	return count;
}

static const char *verify(struct fixture *f, int64_t *bad)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };

	if (audit_verify(c, &f->house, &report, bad))
		test_fail("%s", c->problem);
	return buf_text(&report);
}

static void expect_sound(struct fixture *f)
{
	int64_t bad = -1;
	const char *report = verify(f, &bad);

	if (bad != 0)
		test_fail("%s", report);
}

static void expect_fault(struct fixture *f, const char *fault)
{
	int64_t bad = -1;
	const char *report = verify(f, &bad);

	if (bad < 1 || !strstr(report, fault))
		test_fail("wanted: %s\ngot:\n%s", fault, report);
}

static enum status run_act(struct call *c, const void *in, void *out)
{
	return db_do(c, in, out, DB_NO_ARGS);
}

static void tamper(struct fixture *f, const struct db_stmt *s)
{
	struct call *c = test_call();
	int64_t changed = 0;

	if (db_write(c, f->house.db, run_act, s, &changed, sizeof(changed)))
		test_fail("%s", c->problem);
	assert_true(changed > 0);
}

/* Three batches of 5, 1 and 3 entries: 1…5, 6, 7…9. */
static struct fixture *three_batches(void)
{
	struct fixture *f = open_house(false);
	static const int sizes[] = { 5, 1, 3 };

	for (int i = 0; i < 3; i++) {
		write_entries(f, sizes[i]);
		assert_int_equal(take_turn(f), sizes[i]);
	}
	expect_sound(f);
	return f;
}

TEST(sm3_gives_the_value_of_the_standard)
{
	struct hasher *h = hasher_new();
	struct sm3 sum = sm3_of(h, "abc", 3, NULL, 0);
	char hex[65];

	hex_encode(sum.b, sizeof(sum.b), hex);
	hasher_end(h);
	assert_string_equal(hex,
			    "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
}

/* RFC 6962 §2.1 word for word, to compare with. */
static struct sm3 root_by_the_book(struct hasher *h, const struct sm3 *leaves, size_t n)
{
	if (n == 1)
		return leaves[0];
	size_t k = 1;
	while (k * 2 < n)
		k *= 2;
	struct sm3 left = root_by_the_book(h, leaves, k);
	struct sm3 right = root_by_the_book(h, leaves + k, n - k);
	uint8_t both[1 + 2 * SM3_SIZE] = { 1 };
	memcpy(both + 1, left.b, SM3_SIZE);
	memcpy(both + 1 + SM3_SIZE, right.b, SM3_SIZE);
	return sm3_of(h, both, sizeof(both), NULL, 0);
}

TEST(the_tree_is_that_of_rfc_6962_and_every_path_leads_to_its_root)
{
	struct arena *a = test_call()->arena;
	struct hasher *h = hasher_new();
	struct sm3 leaves[70], path[AUDIT_PATH_MAX], root;

	for (size_t i = 0; i < 70; i++)
		leaves[i] = sm3_of(h, &i, sizeof(i), NULL, 0);
	for (size_t n = 1; n <= 70; n++) {
		struct audit_tree t = audit_tree_of(h, a, leaves, n);
		struct sm3 book = root_by_the_book(h, leaves, n);
		assert_memory_equal(&t.root, &book, sizeof(book));
		for (size_t i = 0; i < n; i++) {
			size_t length = audit_path(&t, i, path);
			assert_true(audit_path_root(h, &leaves[i], n, i, path, length, &root));
			assert_memory_equal(&root, &t.root, sizeof(root));
			if (n == 1)
				continue;
			/* Another leaf, a node too few: no way to the root. */
			assert_true(audit_path_root(h, &leaves[(i + 1) % n], n, i, path, length,
						    &root));
			assert_memory_not_equal(&root, &t.root, sizeof(root));
			assert_false(audit_path_root(h, &leaves[i], n, i, path, length - 1, &root));
		}
	}
	hasher_end(h);
}

TEST(the_bytes_of_an_entry_never_change)
{
	const struct audit_entry e = {
		.id = 17,
		.at = 1795475333000001,
		.actor_name = "\xe6\x9e\x97",
		.scope = "none",
		.from_address = "",
		.request_id = "req-1",
		.action = "a.b",
		.outcome = "ok",
		.changes = "[]",
	};
	struct buf b = audit_entry_bytes(test_call()->arena, &e);
	assert_string_equal(b.data, "yongyun audit entry 1\n"
				    "id 2:17\nat 16:1795475333000001\nactor_id -\n"
				    "actor_name 3:\xe6\x9e\x97\nactor_domain -\nscope 4:none\n"
				    "scope_id -\non_behalf -\npurpose -\nfrom_address 0:\n"
				    "request_id 5:req-1\naction 3:a.b\nsubject -\nsubject_id -\n"
				    "outcome 2:ok\nreason -\nchanges 2:[]\n");
	const struct audit_batch batch = { .number = 2,
					   .first_id = 3,
					   .last_id = 9,
					   .count = 5,
					   .root = "aa",
					   .previous = "bb",
					   .sealed_at = 4,
					   .key_id = "cc" };
	b = audit_batch_bytes(test_call()->arena, &batch);
	assert_string_equal(b.data, "yongyun audit batch 1\n"
				    "number 1:2\nfirst_id 1:3\nlast_id 1:9\ncount 1:5\nroot 2:aa\n"
				    "previous 2:bb\nsealed_at 1:4\nkey_id 2:cc\n");
}

struct lock {
	const char *maker, *code;
};
static const struct field lock_shape[] = { F_STR(lock, maker, 100, 0),
					   F_STR(lock, code, 100, SECRET | NULLABLE), F_END };
struct door {
	const char *name;
	int64_t height;
	struct lock lock;
	struct lock *spares;
	size_t spares_count;
};
static const struct field door_shape[] = { F_STR(door, name, 0, NULLABLE),
					   F_INT(door, height, 0, 0, 0),
					   F_OBJECT(door, lock, lock, lock_shape, 0),
					   F_LIST(door, spares, lock, lock_shape, 9, 0), F_END };

struct story {
	const struct door *before, *after;
};

static enum status tell_act(struct call *c, const void *in, void *out)
{
	const struct story *s = in;
	struct audit_entry *e = out;

	audit_begin(c);
	audit_subject(c, "door", "d1");
	audit_change(c, door_shape, s->before, s->after);
	enum status st = audit_write(c, "house.door.update");
	struct audit_entry *list;
	size_t n;
	if (!st)
		st = audit_waiting(c, INT64_MAX, &list, &n);
	if (!st)
		*e = list[n - 1];
	return st;
}

static struct audit_entry tell(struct fixture *f, const struct door *before,
			       const struct door *after)
{
	struct call *c = test_call();
	struct audit_entry e;

	if (db_write(c, f->house.db, tell_act, &(struct story){ before, after }, &e, sizeof(e)))
		test_fail("%s", c->problem);
	return e;
}

TEST(an_entry_tells_what_changed_and_no_secret)
{
	struct fixture *f = open_house(false);
	struct lock spare = { "abus", "9999" };
	struct door was = { "front", 200, { "abus", "1234" }, NULL, 0 }, is = was;

	assert_string_equal(tell(f, &was, &is).changes, "[]");
	is.height = 210;
	is.lock.code = "4321";
	is.spares = &spare;
	is.spares_count = 1;
	struct audit_entry e = tell(f, &was, &is);
	assert_string_equal(e.changes,
			    "[{\"member\":\"height\",\"before\":200,\"after\":210},"
			    "{\"member\":\"lock.code\",\"before\":\"***\",\"after\":\"***\"},"
			    "{\"member\":\"spares\",\"before\":[],"
			    "\"after\":[{\"maker\":\"abus\",\"code\":\"***\"}]}]");
	assert_string_equal(e.subject, "door");
	assert_string_equal(e.subject_id, "d1");
	assert_string_equal(e.action, "house.door.update");
	assert_string_equal(e.outcome, "ok");
	e = tell(f, NULL, &(struct door){ "back", 190, { "abus", NULL }, NULL, 0 });
	assert_string_equal(e.changes,
			    "[{\"member\":\"name\",\"before\":null,\"after\":\"back\"},"
			    "{\"member\":\"height\",\"before\":null,\"after\":190},"
			    "{\"member\":\"lock.maker\",\"before\":null,\"after\":\"abus\"}]");
	e = tell(f, &was, NULL);
	assert_non_null(strstr(e.changes, "{\"member\":\"lock.code\",\"before\":\"***\","
					  "\"after\":null}"));
}

TEST(a_long_value_is_told_by_its_size_and_hash)
{
	struct fixture *f = open_house(false);
	char long_name[6001];

	memset(long_name, 'x', 6000);
	long_name[6000] = '\0';
	struct door was = { "front", 1, { "abus", NULL }, NULL, 0 }, is = was;
	is.name = long_name;
	struct audit_entry e = tell(f, &was, &is);
	assert_non_null(
		strstr(e.changes, "\"before\":\"front\",\"after\":{\"size\":6002,\"sm3\":"));
	assert_true(strlen(e.changes) < 300);
}

static enum status last_waiting_act(struct call *c, const void *in, void *out)
{
	struct audit_entry *list;
	size_t n;
	enum status st = audit_waiting(c, INT64_MAX, &list, &n);

	(void)in;
	if (!st && n)
		*(struct audit_entry *)out = list[n - 1];
	return st;
}

TEST(a_refused_attempt_has_an_entry_with_its_reason)
{
	struct fixture *f = open_house(false);
	struct call *c = test_call();
	struct audit_entry e = { 0 };

	c->actor = (struct actor){ .user_id = "u1",
				   .user_name = "lin",
				   .scope = SCOPE_PROJECT,
				   .project_id = "p1",
				   .domain_id = "d1",
				   .purpose = "support" };
	assert_int_equal(fail(c, ST_FORBIDDEN, NULL, "only the department's head may"),
			 ST_FORBIDDEN);
	assert_int_equal(audit_refused(c, f->house.db, "identity.user.delete", ST_FORBIDDEN),
			 ST_OK);
	assert_string_equal(c->problem, "only the department's head may");
	assert_int_equal(db_read(c, f->house.db, last_waiting_act, NULL, &e, sizeof(e)), ST_OK);
	assert_string_equal(e.outcome, "forbidden");
	assert_string_equal(e.reason, "only the department's head may");
	assert_string_equal(e.actor_name, "lin");
	assert_string_equal(e.scope, "project");
	assert_string_equal(e.scope_id, "p1");
	assert_string_equal(e.purpose, "support");
	assert_int_equal(e.batch, 0);
}

TEST(what_was_committed_is_sealed_within_100_ms)
{
	struct fixture *f = open_house(true);
	struct audit_claim now = { .waiting = 1 };

	/* On a machine that has other work one round may be late, not three. */
	for (int round = 0; round < 3 && now.waiting; round++) {
		write_entries(f, 10);
		usleep(100000);
		struct call *c = test_call();
		struct audit_entry e = { 0 };
		assert_int_equal(db_read(c, f->house.db, last_waiting_act, NULL, &e, sizeof(e)),
				 ST_OK);
		now.waiting = e.id;
	}
	assert_int_equal(now.waiting, 0);
	expect_sound(f);
}

TEST(a_batch_holds_at_most_1024_entries_and_the_rest_waits)
{
	struct fixture *f = open_house(false);

	TEST_STMT(many,
		  "insert into audit_entry (at, scope, from_address, request_id, action,"
		  " outcome, changes) with recursive n (i) as (select 1 union all select i + 1"
		  " from n where i < 2500) select 1, 'none', '', '', 'a', 'ok', '[]' from n");
	tamper(f, &many);
	assert_int_equal(take_turn(f), 1024);
	assert_int_equal(take_turn(f), 1024);
	assert_int_equal(take_turn(f), 452);
	assert_int_equal(take_turn(f), 0);
	expect_sound(f);
}

/* --- what an intruder does --- */

TEST(a_changed_entry_is_named)
{
	struct fixture *f = three_batches();
	TEST_STMT(change, "update audit_entry set from_address = '10.0.0.8' where id = 8");
	tamper(f, &change);
	expect_fault(f, "batch 3: entry 8 was changed\n");
}

TEST(a_missing_entry_is_named)
{
	struct fixture *f = three_batches();
	TEST_STMT(drop, "delete from audit_entry where id = 4");
	tamper(f, &drop);
	expect_fault(f, "batch 1: entry 4 is missing\n");
}

TEST(two_entries_that_changed_places_are_named)
{
	struct fixture *f = three_batches();
	TEST_STMT(away, "update audit_entry set id = 1000 where id = 2");
	TEST_STMT(there, "update audit_entry set id = 2 where id = 3");
	TEST_STMT(back, "update audit_entry set id = 3 where id = 1000");
	tamper(f, &away);
	tamper(f, &there);
	tamper(f, &back);
	expect_fault(f, "batch 1: entry 2 was changed\n");
	expect_fault(f, "batch 1: entry 3 was changed\n");
}

TEST(an_entry_that_was_put_into_a_sealed_batch_is_named)
{
	struct fixture *f = three_batches();
	TEST_STMT(add,
		  "insert into audit_entry (id, at, scope, from_address, request_id, action,"
		  " outcome, changes, batch) values (100, 1, 'none', '', '', 'a', 'ok', '[]', 2)");
	tamper(f, &add);
	expect_fault(f, "batch 2: entry 100 stands in it but was not sealed in it\n");
}

TEST(an_entry_that_was_sealed_again_elsewhere_is_named)
{
	struct fixture *f = three_batches();
	TEST_STMT(free_it, "update audit_entry set batch = null where id = 2");
	tamper(f, &free_it);
	assert_int_equal(take_turn(f), 1);
	expect_fault(f, "batch 1: entry 2 is missing\n");
}

TEST(a_missing_batch_is_named)
{
	struct fixture *f = three_batches();
	TEST_STMT(drop, "delete from audit_batch where number = 2");
	tamper(f, &drop);
	expect_fault(f, "batch 2 is missing\n");
	expect_fault(f, "entry 6 says it stands in batch 2, which is not there\n");
	expect_fault(f, "batch 3: it was not sealed after batch 2 as that stands now\n");
}

TEST(a_damaged_head_is_said_to_be_damaged)
{
	struct fixture *f = three_batches();
	struct call *c = test_call();
	const char *keys = audit_keys_folder(c, &f->house);
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
	struct fixture *f = three_batches();
	TEST_STMT(entries, "delete from audit_entry where batch = 3");
	TEST_STMT(batch, "delete from audit_batch where number = 3");
	tamper(f, &entries);
	tamper(f, &batch);
	expect_fault(f, "the trail ends with batch 2, but batch 3 was sealed on this machine\n");
	/* What is sealed on top of it does not hide it. */
	write_entries(f, 1);
	assert_int_equal(take_turn(f), 1);
	expect_fault(f, "batch 3: not the one that was sealed on this machine\n");
}

TEST(a_batch_that_is_played_again_under_another_number_is_noticed)
{
	struct fixture *f = three_batches();
	TEST_STMT(replay, "insert into audit_batch select 4, claimed_at, first_id, last_id, count,"
			  " root, previous, sealed_at, key_id, signature, members"
			  " from audit_batch where number = 3");
	tamper(f, &replay);
	expect_fault(f, "batch 4: its signature is wrong, so its header was changed\n");
	expect_fault(f, "batch 4: it was not sealed after batch 3 as that stands now\n");
	expect_fault(f, "batch 4: entry 7 is missing\n");
}

TEST(changed_headers_roots_and_members_are_noticed)
{
	struct fixture *f = three_batches();
	TEST_STMT(time, "update audit_batch set sealed_at = sealed_at + 1 where number = 1");
	TEST_STMT(root, "update audit_batch set root = previous where number = 2");
	TEST_STMT(members, "update audit_batch set members = (select members from audit_batch"
			   " where number = 1) where number = 3");
	tamper(f, &time);
	tamper(f, &root);
	tamper(f, &members);
	expect_fault(f, "batch 1: its signature is wrong");
	expect_fault(f, "batch 2: it was not sealed after batch 1 as that stands now");
	expect_fault(f, "batch 2: its members do not give its root");
	expect_fault(f, "batch 3: its members do not give its root");
	expect_fault(f, "batch 3: its first, last or count is not that of its members");
}

TEST(a_trail_signed_with_a_strangers_key_is_not_trusted)
{
	struct fixture *f = three_batches();
	struct call *c = test_call();
	const char *pem = arena_printf(c->arena, "%s/keys/audit.pem", f->config.server.data);

	assert_int_equal(unlink(pem), 0);
	assert_int_equal(audit_init(c, &f->house), ST_OK);
	expect_fault(f, "which is not trusted here");
}

/* --- what the sealer must survive --- */

static enum status claim_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return audit_batch_claim(c, 1, clock_now(), 100, out);
}

TEST(a_batch_whose_sealer_died_is_sealed_by_the_next)
{
	struct fixture *f = open_house(false);
	struct call *c = test_call();
	int64_t claimed;

	write_entries(f, 3);
	assert_int_equal(db_write(c, f->house.db, claim_act, NULL, &claimed, sizeof(claimed)),
			 ST_OK);
	assert_int_equal(claimed, 3);
	write_entries(f, 2);
	assert_int_equal(take_turn(f), 3);
	assert_int_equal(take_turn(f), 2);
	expect_sound(f);
}

TEST(two_sealers_take_turns_and_seal_each_entry_once)
{
	struct fixture *f = open_house(true);
	struct call *c = test_call();
	struct audit *other = audit_open(c, &f->house, true);

	assert_non_null(other);
	for (int i = 0; i < 20; i++) {
		write_entries(f, 10);
		usleep(10000);
	}
	audit_close(f->audit); /* the other one goes on */
	f->audit = NULL;
	write_entries(f, 10);
	audit_close(other);
	expect_sound(f);
	struct audit_entry e = { 0 };
	assert_int_equal(db_read(c, f->house.db, last_waiting_act, NULL, &e, sizeof(e)), ST_OK);
	assert_int_equal(e.id, 0);
}

struct slow {
	struct fixture *f;
	sem_t written, go;
	enum status st;
};

static enum status slow_act(struct call *c, const void *in, void *out)
{
	struct slow *s = *(struct slow *const *)in;
	enum status st = write_act(c, "slow", out);

	sem_post(&s->written);
	sem_wait(&s->go);
	return st;
}

static void *write_slowly(void *arg)
{
	struct slow *s = arg;
	SCOPED_ARENA struct arena *a = arena_new();

	s->st = db_write(test_call_in(a), s->f->house.db, slow_act, &s, NULL, 0);
	return NULL;
}

/* Only where writers work side by side can a lower id become visible after a higher one. */
TEST(an_entry_that_is_committed_after_one_with_a_higher_id_is_sealed_too)
{
	struct fixture *f = open_house(false);
	struct slow s = { .f = f };
	pthread_t thread;

	if (db_kind_of(f->house.db) == DB_SQLITE)
		test_skip("SQLite has one writer");
	sem_init(&s.written, 0, 0);
	sem_init(&s.go, 0, 0);
	assert_int_equal(pthread_create(&thread, NULL, write_slowly, &s), 0);
	sem_wait(&s.written);
	write_entries(f, 3);
	assert_int_equal(take_turn(f), 3);
	/* It may be told to begin again. */
	for (int i = 0; i < 100; i++)
		sem_post(&s.go);
	pthread_join(thread, NULL);
	assert_int_equal(s.st, ST_OK);
	assert_int_equal(take_turn(f), 1);
	expect_sound(f);
}

TEST(an_export_holds_every_batch_entry_and_proof)
{
	struct fixture *f = three_batches();
	struct call *c = test_call();
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_int_equal(audit_export(c, &f->house, out), ST_OK);
	fclose(out);
	int lines = 0;
	for (const char *p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 1 + 3 + 9);
	assert_non_null(strstr(text, "{\"key\":{\"id\":\""));
	assert_non_null(strstr(text, "\"proof\":[\""));
	free(text);
}

static const struct route *route_named(const char *name)
{
	const struct route *r = audit_routes[0].routes;

	while (!str_eq(r->name, name))
		r++;
	return r;
}

TEST(the_trail_is_listed_newest_first_by_pages_and_filters)
{
	struct fixture *f = three_batches();
	const struct route *r = route_named("audit.list");
	struct call *c = test_call();
	/* As the route reads it. */
	int64_t *in = arena_alloc(c->arena, r->in_size);
	char *out = arena_alloc(c->arena, r->out_size);

	assert_int_equal(db_read(c, f->house.db, r->act, in, out, r->out_size), ST_FORBIDDEN);
	c = test_call();
	c->actor.scope = SCOPE_SYSTEM;
	in[0] = 4;
	assert_int_equal(db_read(c, f->house.db, r->act, in, out, r->out_size), ST_OK);
	const char *page = shape_text(c, r->out, out);
	assert_non_null(strstr(page, "{\"entries\":[{\"id\":9,"));
	assert_non_null(strstr(page, "\"subject_id\":\"server-2\""));
	assert_null(strstr(page, "\"id\":5,"));
	in[1] = 6;
	assert_int_equal(db_read(c, f->house.db, r->act, in, out, r->out_size), ST_OK);
	page = shape_text(c, r->out, out);
	assert_non_null(strstr(page, "{\"entries\":[{\"id\":5,"));
}

TEST(a_proof_leads_from_an_entry_to_the_signed_root)
{
	struct fixture *f = three_batches();
	const struct route *r = route_named("audit.prove");
	struct call *c = test_call();
	int64_t *in = arena_alloc(c->arena, r->in_size);
	char *out = arena_alloc(c->arena, r->out_size);

	c->actor.scope = SCOPE_SYSTEM;
	in[0] = 3;
	if (db_read(c, f->house.db, r->act, in, out, r->out_size))
		test_fail("%s", c->problem);
	const char *proof = shape_text(c, r->out, out);
	assert_non_null(
		strstr(proof, "{\"entry\":3,\"batch\":1,\"index\":2,\"count\":5,\"leaf\":\""));
	TEST_STMT(change, "update audit_entry set reason = 'x' where id = 3");
	tamper(f, &change);
	assert_int_equal(db_read(c, f->house.db, r->act, in, out, r->out_size), ST_CONFLICT);
	assert_string_equal(c->problem, "entry 3 is not what was sealed in batch 1");
}

/* test/audit/run.sh installs the library and names the script. */
TEST(a_library_that_is_not_ours_verifies_the_trail)
{
	const char *verifier = getenv("YONGYUN_AUDIT_VERIFIER");
	struct call *c = test_call();

	if (!verifier)
		test_skip("test/audit/run.sh has the verifier from npm");
	struct fixture *f = open_house(false);
	static const int sizes[] = { 1, 2, 3, 7, 64, 100 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		write_entries(f, sizes[i] - 1);
		tell(f, NULL,
		     &(struct door){ "\xe5\x89\x8d\xe9\x97\xa8 \"1\"", 1, { "a", "b" }, NULL, 0 });
		assert_int_equal(take_turn(f), sizes[i]);
	}
	const char *path = arena_printf(c->arena, "%s/trail.jsonl", f->config.server.data);
	FILE *out = fopen(path, "we");
	assert_non_null(out);
	assert_int_equal(audit_export(c, &f->house, out), ST_OK);
	assert_int_equal(fclose(out), 0);
	char *const command[] = { (char *)"node", (char *)verifier, (char *)path, NULL };
	pid_t pid;
	int status;
	assert_int_equal(posix_spawnp(&pid, "node", NULL, NULL, command, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}
