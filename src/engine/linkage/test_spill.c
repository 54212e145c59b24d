/* SPDX-License-Identifier: Apache-2.0 */
/* What does not fit into memory comes back from files, part by part or merged. */
#include "engine/linkage/spill.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include "engine/linkage/linkage_private.h"
#include "harness.h"

static uint64_t state;

static unsigned dice(unsigned n)
{
	state = mix(state + 0x9E3779B97F4A7C15ull);
	return (unsigned)(state >> 33) % n;
}

TEST(what_is_spilled_comes_back_part_by_part)
{
	enum { PARTS = 5, PIECES = 4000 };
	struct spill *s = spill_new(test_folder(), PARTS);
	char text[256];
	uint64_t sizes[PARTS] = { 0 };

	assert_non_null(s);
	memset(text, 'x', sizeof text);
	state = 3;
	for (unsigned i = 0; i < PIECES; i++) {
		unsigned part = dice(PARTS), size = dice(200);
		unsigned head[2] = { i, size };
		spill_add(s, part, head, sizeof head);
		spill_add(s, part, text, size);
		sizes[part] += sizeof head + size;
	}
	/* One longer than a block. */
	char *large = calloc(1, 3 * SPILL_BLOCK);
	spill_add(s, 1, large, 3 * SPILL_BLOCK);
	spill_settle(s);
	assert_int_equal(spill_error(s), 0);
	unsigned seen = 0;
	for (unsigned part = 0; part < PARTS; part++) {
		struct spill_reader r;
		const char *at;
		long last = -1;
		assert_int_equal(spill_size(s, part),
				 sizes[part] + (part == 1 ? 3 * SPILL_BLOCK : 0));
		spill_read(&r, s, part);
		for (uint64_t left = sizes[part]; left;) {
			unsigned head[2];
			at = spill_next(&r, sizeof head);
			assert_non_null(at);
			memcpy(head, at, sizeof head);
			unsigned size = head[1];
			assert_true((long)head[0] > last);
			last = head[0];
			const char *got = spill_next(&r, size);
			assert_non_null(got);
			assert_memory_equal(got, text, size);
			left -= sizeof(unsigned[2]) + size;
			seen++;
		}
		if (part == 1)
			assert_non_null(spill_next(&r, 3 * SPILL_BLOCK));
		assert_null(spill_next(&r, 1));
		spill_read_done(&r);
	}
	assert_int_equal(seen, PIECES);
	free(large);
	spill_end(s);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

TEST(sorted_runs_are_merged)
{
	struct spill *s = spill_new(test_folder(), 0);
	struct spill_merge m;
	uint32_t items[3000], total = 0, sum = 0, last = 0, item;

	state = 5;
	for (unsigned run = 0; run < 40; run++) {
		unsigned n = dice(3000), part = spill_part(s);
		for (unsigned i = 0; i < n; i++)
			sum += items[i] = dice(5000);
		qsort(items, n, sizeof *items, by_number);
		spill_add(s, part, items, n * sizeof *items);
		spill_settle(s);
		total += n;
	}
	spill_merge_begin(&m, s, sizeof item, by_number);
	while (spill_merge_next(&m, &item)) {
		assert_true(item >= last);
		last = item;
		sum -= item;
		total--;
	}
	spill_merge_done(&m);
	assert_int_equal(total, 0);
	assert_int_equal(sum, 0);
	spill_end(s);
}

TEST(a_folder_without_room_is_told)
{
	struct rlimit before, least;
	char block[1000] = "";

	assert_null(spill_new("/nowhere/at/all", 1));
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_IGN);
	least = (struct rlimit){ 100000, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &least), 0);
	struct spill *s = spill_new(test_folder(), 1);
	for (int i = 0; i < 200; i++)
		spill_add(s, 0, block, sizeof block);
	spill_settle(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(spill_error(s), EFBIG);
	spill_end(s);
}
