/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdatomic.h>
#include "base/text.h"
#include "cloud/pool/pool.h"
#include "harness.h"

extern const struct schema_file pool_schema[];
static const struct schema_file *const schema[] = { pool_schema, NULL };

static enum status seen(struct call *c, const void *in, void *out)
{
	return pool_host_seen(c, in, out);
}

static enum status reserve(struct call *c, const void *in, void *out)
{
	return pool_reserve(c, in, out);
}

static enum status release(struct call *c, const void *in, void *out)
{
	(void)out;
	return pool_release(c, in);
}

static enum status lost(struct call *c, const void *in, void *out)
{
	(void)out;
	return pool_host_lost(c, in);
}

static enum status by_uri(struct call *c, const void *in, void *out)
{
	return pool_host_by_uri(c, in, out);
}

static struct pool_host host(struct db *db, const char *name, int64_t memory_mb)
{
	struct call *c = test_call();
	struct pool_host h = {
		.name = name,
		.uri = arena_printf(c->arena, "test:///%s", name),
		.engine = "test",
		.cpu = "x86_64",
		.accelerator = "tcg",
		.accelerator_why = "",
		.boot_id = "b",
		.vcpus = 4,
		.memory_mb = memory_mb,
		.disk_gb = 100,
	};
	struct pool_host out;
	assert_int_equal(db_write(c, db, seen, &h, &out, sizeof(out)), ST_OK);
	return out;
}

static struct pool_place place(struct db *db, const char *subject, int64_t memory_mb)
{
	struct pool_ask ask = {
		.subject = subject, .zone = "nova", .vcpus = 1, .memory_mb = memory_mb, .disk_gb = 1
	};
	struct pool_place out;
	assert_int_equal(db_write(test_call(), db, reserve, &ask, &out, sizeof(out)), ST_OK);
	return out;
}

TEST(the_host_with_the_most_memory_left_is_chosen)
{
	struct db *db = test_db_with(schema);
	host(db, "small", 4096);
	struct pool_host large = host(db, "large", 8192);
	assert_string_equal(place(db, "s1", 1024).host_id, large.id);
}

TEST(what_is_given_back_can_be_promised_again)
{
	struct db *db = test_db_with(schema);
	struct pool_host h = host(db, "only", 2048);
	assert_string_equal(place(db, "s1", 1536).host_id, h.id);
	struct pool_place none = place(db, "s2", 64);
	assert_null(none.host_id);
	assert_non_null(strstr(none.why, "No valid host was found"));
	assert_non_null(strstr(none.why, "only: 0 MB left"));
	assert_int_equal(db_write(test_call(), db, release, "s1", NULL, 0), ST_OK);
	assert_int_equal(db_write(test_call(), db, release, "s1", NULL, 0), ST_OK);
	assert_non_null(place(db, "s2", 1536).host_id);
}

TEST(a_host_that_does_not_answer_gets_nothing_until_it_does)
{
	struct db *db = test_db_with(schema);
	struct pool_host h = host(db, "only", 8192);
	assert_int_equal(db_write(test_call(), db, lost, h.uri, NULL, 0), ST_OK);
	assert_non_null(strstr(place(db, "s1", 64).why, "only: down"));
	host(db, "only", 8192);
	assert_non_null(place(db, "s1", 64).host_id);
}

TEST(seeing_a_host_again_keeps_what_is_promised)
{
	struct db *db = test_db_with(schema);
	host(db, "only", 8192);
	place(db, "s1", 1000);
	struct pool_host h = host(db, "only", 16384);
	assert_int_equal(h.used_memory_mb, 1000);
	assert_int_equal(h.memory_mb, 16384);
}

static struct db *crowd_db;
static atomic_int crowd_placed;

static void *crowd(void *arg)
{
	for (int i = 0; i < 10; i++) {
		SCOPED_ARENA struct arena *a = arena_new();
		struct call *c = test_call_in(a);
		struct pool_ask ask = {
			.subject = arena_printf(a, "%s-%d", (const char *)arg, i),
			.vcpus = 1,
			.memory_mb = 128,
		};
		struct pool_place out = { 0 };
		if (db_write(c, crowd_db, reserve, &ask, &out, sizeof(out)) == ST_OK && out.host_id)
			crowd_placed++;
	}
	return NULL;
}

TEST(a_crowd_is_never_promised_more_than_there_is)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	pthread_t threads[4];
	crowd_db = test_db_with(schema);
	crowd_placed = 0;
	struct pool_host h = host(crowd_db, "only", 2048);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, crowd, (void *)names[i]), 0);
	for (size_t i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	/* 2048 MB, a quarter kept for the host: twelve of 128 MB. */
	assert_int_equal(crowd_placed, 12);
	assert_int_equal(db_read(test_call(), crowd_db, by_uri, h.uri, &h, sizeof(h)), ST_OK);
	assert_int_equal(h.used_memory_mb, 1536);
}
