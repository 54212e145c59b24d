/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail: what is told, and in which bytes it is sealed. */
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "door/audit/test_audit.h"

static void close_sealer(void *arg)
{
	struct trail *t = arg;
	audit_close(t->audit);
}

struct trail *trail_open(bool thread)
{
	extern const struct schema_file audit_schema[];
	const struct schema_file *const schema[] = { audit_schema, NULL };
	struct call *c = test_call();
	struct trail *t = arena_alloc(c->arena, sizeof(*t));

	t->config.server.data = test_folder();
	t->config.audit.seal_every = CLOCK_SECOND / 10;
	t->house = (struct house){ .config = &t->config, .db = test_db_with(schema) };
	if (audit_init(c, &t->house) || !(t->audit = audit_open(c, &t->house, thread)))
		test_fail("%s", c->problem);
	arena_defer(c->arena, close_sealer, t);
	return t;
}

enum status trail_write_act(struct call *c, const void *in, void *out)
{
	const char *id = in;

	(void)out;
	audit_begin(c);
	audit_subject(c, "server", id);
	return audit_write(c, "compute.server.create");
}

void trail_write(struct trail *t, int count)
{
	for (int i = 0; i < count; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = test_call_in(a);
		c->actor.user_name = "lin";
		c->from = "10.0.0.7";
		assert_int_equal(db_write(c, t->house.db, trail_write_act,
					  arena_printf(a, "server-%d", i), NULL, 0),
				 ST_OK);
	}
}

int64_t trail_turn(struct trail *t)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	int64_t count = 0;

	if (audit_turn(c, t->audit, &count))
		test_fail("%s", c->problem);
	return count;
}

static const char *verify(struct trail *t, int64_t *bad)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };

	if (audit_verify(c, &t->house, &report, bad))
		test_fail("%s", c->problem);
	return buf_text(&report);
}

void trail_sound(struct trail *t)
{
	int64_t bad = -1;
	const char *report = verify(t, &bad);

	if (bad != 0)
		test_fail("%s", report);
}

void trail_fault(struct trail *t, const char *fault)
{
	int64_t bad = -1;
	const char *report = verify(t, &bad);

	if (bad < 1 || !strstr(report, fault))
		test_fail("wanted: %s\ngot:\n%s", fault, report);
}

static enum status run_act(struct call *c, const void *in, void *out)
{
	return db_do(c, in, out, DB_NO_ARGS);
}

void trail_tamper(struct trail *t, const struct db_stmt *s)
{
	struct call *c = test_call();
	int64_t changed = 0;

	if (db_write(c, t->house.db, run_act, s, &changed, sizeof(changed)))
		test_fail("%s", c->problem);
	assert_true(changed > 0);
}

struct trail *trail_three_batches(void)
{
	struct trail *t = trail_open(false);
	static const int sizes[] = { 5, 1, 3 };

	for (int i = 0; i < 3; i++) {
		trail_write(t, sizes[i]);
		assert_int_equal(trail_turn(t), sizes[i]);
	}
	trail_sound(t);
	return t;
}

enum status trail_last_waiting(struct call *c, const void *in, void *out)
{
	struct audit_entry *list;
	size_t n;
	enum status st = audit_waiting(c, INT64_MAX, &list, &n);

	(void)in;
	if (!st && n)
		*(struct audit_entry *)out = list[n - 1];
	return st;
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

static struct audit_entry tell(struct trail *t, const struct door *before, const struct door *after)
{
	struct call *c = test_call();
	struct audit_entry e;

	if (db_write(c, t->house.db, tell_act, &(struct story){ before, after }, &e, sizeof(e)))
		test_fail("%s", c->problem);
	return e;
}

TEST(an_entry_tells_what_changed_and_no_secret)
{
	struct trail *t = trail_open(false);
	struct lock spare = { "abus", "9999" };
	struct door was = { "front", 200, { "abus", "1234" }, NULL, 0 }, is = was;

	assert_string_equal(tell(t, &was, &is).changes, "[]");
	is.height = 210;
	is.lock.code = "4321";
	is.spares = &spare;
	is.spares_count = 1;
	struct audit_entry e = tell(t, &was, &is);
	assert_string_equal(e.changes,
			    "[{\"member\":\"height\",\"before\":200,\"after\":210},"
			    "{\"member\":\"lock.code\",\"before\":\"***\",\"after\":\"***\"},"
			    "{\"member\":\"spares\",\"before\":[],"
			    "\"after\":[{\"maker\":\"abus\",\"code\":\"***\"}]}]");
	assert_string_equal(e.subject, "door");
	assert_string_equal(e.subject_id, "d1");
	assert_string_equal(e.action, "house.door.update");
	assert_string_equal(e.outcome, "ok");
	e = tell(t, NULL, &(struct door){ "back", 190, { "abus", NULL }, NULL, 0 });
	assert_string_equal(e.changes,
			    "[{\"member\":\"name\",\"before\":null,\"after\":\"back\"},"
			    "{\"member\":\"height\",\"before\":null,\"after\":190},"
			    "{\"member\":\"lock.maker\",\"before\":null,\"after\":\"abus\"}]");
	e = tell(t, &was, NULL);
	assert_non_null(strstr(e.changes, "{\"member\":\"lock.code\",\"before\":\"***\","
					  "\"after\":null}"));
}

TEST(a_long_value_is_told_by_its_size_and_hash)
{
	struct trail *t = trail_open(false);
	char long_name[6001];

	memset(long_name, 'x', 6000);
	long_name[6000] = '\0';
	struct door was = { "front", 1, { "abus", NULL }, NULL, 0 }, is = was;
	is.name = long_name;
	struct audit_entry e = tell(t, &was, &is);
	assert_non_null(
		strstr(e.changes, "\"before\":\"front\",\"after\":{\"size\":6002,\"sm3\":"));
	assert_true(strlen(e.changes) < 300);
}

TEST(a_refused_attempt_has_an_entry_with_its_reason)
{
	struct trail *t = trail_open(false);
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
	assert_int_equal(audit_refused(c, t->house.db, "identity.user.delete", ST_FORBIDDEN),
			 ST_OK);
	assert_string_equal(c->problem, "only the department's head may");
	assert_int_equal(db_read(c, t->house.db, trail_last_waiting, NULL, &e, sizeof(e)), ST_OK);
	assert_string_equal(e.outcome, "forbidden");
	assert_string_equal(e.reason, "only the department's head may");
	assert_string_equal(e.actor_name, "lin");
	assert_string_equal(e.scope, "project");
	assert_string_equal(e.scope_id, "p1");
	assert_string_equal(e.purpose, "support");
	assert_int_equal(e.batch, 0);
}

/* test/audit/run.sh installs the library and names the script. */
TEST(a_library_that_is_not_ours_verifies_the_trail)
{
	const char *verifier = getenv("YONGYUN_AUDIT_VERIFIER");
	struct call *c = test_call();

	if (!verifier)
		test_skip("test/audit/run.sh has the verifier from npm");
	struct trail *t = trail_open(false);
	static const int sizes[] = { 1, 2, 3, 7, 64, 100 };
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		trail_write(t, sizes[i] - 1);
		tell(t, NULL,
		     &(struct door){ "\xe5\x89\x8d\xe9\x97\xa8 \"1\"", 1, { "a", "b" }, NULL, 0 });
		assert_int_equal(trail_turn(t), sizes[i]);
	}
	const char *path = arena_printf(c->arena, "%s/trail.jsonl", t->config.server.data);
	FILE *out = fopen(path, "we");
	assert_non_null(out);
	assert_int_equal(audit_export(c, &t->house, out), ST_OK);
	assert_int_equal(fclose(out), 0);
	char *const command[] = { (char *)"node", (char *)verifier, (char *)path, NULL };
	pid_t pid;
	int status;
	assert_int_equal(posix_spawnp(&pid, "node", NULL, NULL, command, environ), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}
