/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/id.h"
#include "harness.h"

enum { THREADS = 4, EACH = 5000 };
static char ids[THREADS][EACH][37];

static void *make(void *arg)
{
	char(*mine)[37] = arg;
	SCOPED_ARENA struct arena *a = arena_new();
	for (int i = 0; i < EACH; i++)
		strcpy(mine[i], id_new(a));
	return NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

TEST(ids_of_each_thread_sort_by_time_and_none_is_made_twice)
{
	pthread_t threads[THREADS];
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, make, ids[i]), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < THREADS; i++)
		for (int k = 1; k < EACH; k++)
			assert_true(strcmp(ids[i][k - 1], ids[i][k]) < 0);
	qsort(ids, THREADS * EACH, sizeof(ids[0][0]), compare);
	char(*all)[37] = ids[0];
	for (int i = 1; i < THREADS * EACH; i++)
		assert_string_not_equal(all[i - 1], all[i]);
}

TEST(an_id_is_a_uuid_of_version_7_that_holds_the_time)
{
	struct arena *a = test_call()->arena;
	int64_t before = clock_now();
	char *id = id_new(a), *hex = id_new_hex(a);
	int64_t after = clock_now();
	assert_true(id_valid(id) && id_valid(hex));
	assert_int_equal(strlen(id), 36);
	assert_int_equal(strlen(hex), 32);
	assert_int_equal(id[14], '7');
	assert_non_null(strchr("89ab", id[19]));
	assert_int_equal(hex[12], '7');

	char digits[13] = { 0 };
	memcpy(digits, hex, 12);
	int64_t ms = strtoll(digits, NULL, 16);
	/* The tests before may have drawn a little ahead of the clock. */
	assert_in_range(ms, before / 1000, after / 1000 + 50);
}

TEST(only_the_two_forms_of_a_uuid_are_valid)
{
	assert_true(id_valid("0190d3a1-7b7e-7000-8000-00000000abCD"));
	assert_true(id_valid("0190d3a17b7e7000800000000000abcd"));
	static const char *const bad[] = {
		"",
		"default",
		"0190d3a17b7e7000800000000000abc",
		"0190d3a17b7e7000800000000000abcde",
		"0190d3a17b7e7000800000000000abcg",
		"0190d3a1-7b7e-7000-8000-00000000abcde",
		"0190d3a1-7b7e-7000-8000000000000abcd-",
		"0190d3a1-7b7e-7000-8000-00000000abc-",
		"0190d3a1+7b7e-7000-8000-00000000abcd",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(id_valid(bad[i]));
	assert_false(id_valid(NULL));
}

TEST(random_bytes_fill_the_whole_buffer)
{
	unsigned char sum[1000] = { 0 }, once[1000];
	for (int round = 0; round < 10; round++) {
		random_bytes(once, sizeof(once));
		for (size_t i = 0; i < sizeof(sum); i++)
			sum[i] |= once[i];
	}
	/* A byte that is zero ten times would be one chance in 2^80. */
	for (size_t i = 0; i < sizeof(sum); i++)
		assert_int_not_equal(sum[i], 0);
}
