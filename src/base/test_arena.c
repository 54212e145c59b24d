/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/text.h"
#include "harness.h"

static bool is_zero(const char *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

/* Whether the memory behind an arena that was reset still holds 'word'. */
static bool remembers(struct arena *a, const char *word)
{
	char *p = arena_strdup(a, "x");

	return memmem(p + 16, 4000, word, strlen(word)) != NULL;
}

TEST(an_arena_that_wipes_forgets_what_it_held)
{
#ifdef YONGYUN_ARENA_MALLOC
	test_skip("each piece is a block of its own here, which is not kept");
#endif
	SCOPED_ARENA struct arena *a = arena_new();

	for (int i = 0; i < 100; i++)
		arena_strdup(a, "correct horse");
	arena_reset(a);
	assert_true(remembers(a, "correct horse"));
	arena_strdup(a, "battery staple");
	arena_wipe(a);
	arena_reset(a);
	assert_false(remembers(a, "battery staple"));
}

TEST(arena_gives_zeroed_aligned_memory_of_any_size)
{
	struct arena *a = arena_new();
	for (size_t size = 0; size < 700; size += 7) {
		char *p = arena_alloc(a, size);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_true(is_zero(p, size));
		memset(p, 0xA5, size);
	}
	arena_end(&a);
	assert_null(a);
	arena_end(&a);
}

TEST(pieces_do_not_overlap_across_blocks)
{
	enum { COUNT = 400 };
	static const size_t sizes[] = { 1, 100, 5000, 64, 300000, 16, 9000, 3 };
	struct arena *a = arena_new();
	unsigned char *pieces[COUNT];
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < COUNT; i++) {
			size_t size = sizes[i % 8];
			pieces[i] = arena_alloc(a, size);
			assert_true(is_zero((char *)pieces[i], size));
			memset(pieces[i], i & 0xFF, size);
		}
		for (int i = 0; i < COUNT; i++)
			for (size_t k = 0; k < sizes[i % 8]; k++)
				assert_int_equal(pieces[i][k], i & 0xFF);
		arena_reset(a);
	}
	arena_end(&a);
}

TEST(a_piece_that_grows_keeps_what_it_holds)
{
	struct arena *a = arena_new();
	size_t size = 10;
	char *p = arena_grow(a, NULL, 0, size);
	memset(p, 'a', size);
	for (int i = 1; i < 18; i++) {
		if (i % 3 == 0)
			memset(arena_alloc(a, 20), 0xFF, 20);
		p = arena_grow(a, p, size, 2 * size);
		for (size_t k = 0; k < size; k++)
			assert_int_equal(p[k], "ab"[k >= 10]);
		memset(p + size, 'b', size);
		size *= 2;
	}
	assert_int_equal(*(char *)arena_alloc(a, 1), 0);
	arena_end(&a);
}

#ifndef YONGYUN_ARENA_MALLOC
TEST(a_reset_arena_gives_the_same_memory_again)
{
	struct arena *a = arena_new();
	char *first = arena_alloc(a, 100);
	memset(first, 1, 100);
	for (int i = 0; i < 100; i++)
		arena_alloc(a, 5000);
	arena_reset(a);
	char *again = arena_alloc(a, 100);
	assert_ptr_equal(again, first);
	assert_true(is_zero(again, 100));
	arena_end(&a);
}

TEST(the_newest_piece_grows_in_place)
{
	struct arena *a = arena_new();
	char *p = arena_grow(a, NULL, 0, 100);
	assert_ptr_equal(arena_grow(a, p, 100, 3000), p);
	arena_alloc(a, 1);
	assert_ptr_not_equal(arena_grow(a, p, 3000, 4000), p);
	arena_end(&a);
}
#endif

static char order[8];

static void note(void *ptr)
{
	strcat(order, ptr);
}

TEST(deferred_functions_run_newest_first_at_end_and_at_reset)
{
	struct arena *a = arena_new();
	order[0] = '\0';
	arena_defer(a, note, "a");
	arena_defer(a, note, arena_strdup(a, "b"));
	arena_reset(a);
	assert_string_equal(order, "ba");
	arena_defer(a, note, "c");
	arena_end(&a);
	assert_string_equal(order, "bac");
}

static struct arena *defers_again;

static void defer_more(void *ptr)
{
	strcat(order, "x");
	arena_defer(defers_again, note, ptr);
}

TEST(a_deferred_function_may_defer_another)
{
	order[0] = '\0';
	defers_again = arena_new();
	arena_defer(defers_again, note, "z");
	arena_defer(defers_again, defer_more, "y");
	arena_end(&defers_again);
	assert_string_equal(order, "xyz");
}

static const char *secret_seen;
static char *secret_at;

static void look(void *ptr)
{
	secret_seen = strcmp(ptr, "swordfish") == 0 ? "whole" : "wiped";
}

TEST(a_secret_is_whole_for_deferred_functions_and_wiped_after_them)
{
	struct arena *a = arena_new();
	secret_at = arena_secret(a, 10);
	memcpy(secret_at, "swordfish", 10);
	arena_defer(a, look, secret_at);
#ifdef YONGYUN_ARENA_MALLOC
	arena_end(&a);
#else
	/* The first block outlives a reset, so its bytes may be looked at. */
	arena_reset(a);
	assert_true(is_zero(secret_at, 10));
	arena_end(&a);
#endif
	assert_string_equal(secret_seen, "whole");
}

TEST(strings_are_copied_and_printed)
{
	struct arena *a = arena_new();
	assert_null(arena_strdup(a, NULL));
	assert_string_equal(arena_strdup(a, ""), "");
	assert_string_equal(arena_strndup(a, "甬云甬云", 6), "甬云");
	assert_string_equal(arena_printf(a, "%d-%s", 7, "x"), "7-x");
	char *wide = arena_printf(a, "%0999d", 5);
	assert_int_equal(strlen(wide), 999);
	assert_int_equal(wide[998], '5');
	for (int width = 250; width < 262; width++)
		assert_int_equal(strlen(arena_printf(a, "%*d", width, 1)), width);
	int64_t *numbers = arena_array(a, 1000, sizeof(*numbers));
	assert_true(is_zero((char *)numbers, 1000 * sizeof(*numbers)));
	arena_end(&a);
}

TEST(an_arena_can_be_scoped)
{
	order[0] = '\0';
	{
		SCOPED_ARENA struct arena *a = arena_new();
		arena_defer(a, note, "s");
	}
	assert_string_equal(order, "s");
}

TEST(an_arena_ends_also_where_what_it_holds_points_at_it)
{
	struct arena *a = arena_new();
	struct arena **inside = arena_alloc(a, sizeof(*inside));

	*inside = a;
	arena_end(inside);
}
