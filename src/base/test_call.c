/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include "base/clock.h"
#include "base/id.h"
#include "base/metric.h"
#include "base/text.h"
#include "harness.h"

TEST(every_outcome_has_a_code_and_a_word)
{
	assert_int_equal(status_http(ST_OK), 200);
	assert_int_equal(status_http(ST_LIMIT), 403);
	assert_string_equal(status_word(ST_AWAY), "engine-away");
	for (int st = ST_OK; st < ST__COUNT; st++) {
		assert_in_range(status_http((enum status)st), 200, 599);
		assert_false(str_empty(status_word((enum status)st)));
	}
}

TEST(a_call_from_inside_has_no_asker_and_an_id_of_its_own)
{
	struct arena *a = test_call()->arena;
	struct call *c = call_new(a, NULL);
	assert_null(c->actor.user_id);
	assert_true(str_starts(c->request_id, "req-") && id_valid(c->request_id + 4));
	assert_string_equal(c->from, "");
	assert_int_equal(c->time_style, TIME_MICRO_Z);
	assert_true(c->now_at > 0);
	assert_string_equal(call_new(a, "req-1")->request_id, "req-1");
}

TEST(a_call_is_by_who_asks_and_by_who_is_acted_for)
{
	struct call c = { .actor = { .user_id = "program", .on_behalf = "person" } };
	assert_true(call_is_by(&c, "program"));
	assert_true(call_is_by(&c, "person"));
	assert_false(call_is_by(&c, "other"));
	assert_false(call_is_by(&c, NULL));
	assert_false(call_is_by(&(struct call){ 0 }, NULL));
}

TEST(the_first_reason_stands_until_it_is_forgiven)
{
	struct call *c = test_call();
	char at[] = "name";
	assert_int_equal(fail(c, ST_CONFLICT, at, "case %d is closed", 7), ST_CONFLICT);
	at[0] = 'g';
	assert_int_equal(fail(c, ST_INTERNAL, NULL, "something else"), ST_INTERNAL);
	assert_string_equal(c->problem, "case 7 is closed");
	assert_string_equal(c->problem_at, "name");
	call_forgive(c);
	assert_string_equal(c->problem, "");
	assert_null(c->problem_at);
	assert_int_equal(fail(c, ST_GONE, NULL, "gone"), ST_GONE);
	assert_string_equal(c->problem, "gone");
}

TEST(a_reason_is_always_utf8_and_cut_between_characters)
{
	struct call *c = test_call();
	assert_int_equal(fail(c, ST_GONE, NULL, "%s", "a\xFF\xE5\xAE.\xED\xA0\x80"), ST_GONE);
	assert_string_equal(c->problem, "a???.???");

	for (int over = -1; over < 2; over++) {
		int length = (int)sizeof(c->problem) - 1 + over;
		call_forgive(c);
		assert_int_equal(fail(c, ST_GONE, NULL, "%*d", length, 7), ST_GONE);
		assert_int_equal(strlen(c->problem), over > 0 ? length - 1 : length);
	}

	for (int shift = 0; shift < 4; shift++) {
		call_forgive(c);
		struct buf b = { .arena = c->arena };
		for (int i = 0; i < shift; i++)
			buf_char(&b, 'x');
		while (b.size < 1000)
			buf_str(&b, "甬");
		assert_int_equal(fail(c, ST_GONE, NULL, "%s", b.data), ST_GONE);
		size_t size = strlen(c->problem);
		assert_true(size < sizeof(c->problem) && size > sizeof(c->problem) - 5);
		assert_memory_equal(c->problem, b.data, size);
		assert_int_equal((size - (size_t)shift) % 3, 0);
	}
}

TEST(metrics_are_written_as_prometheus_reads_them)
{
	struct buf b = { .arena = test_call()->arena };
	int64_t before = metric_get(METRIC_STREAMS_OPEN);
	metric_add(METRIC_STREAMS_OPEN, 3);
	metric_add(METRIC_STREAMS_OPEN, -1);
	assert_int_equal(metric_get(METRIC_STREAMS_OPEN), before + 2);
	metric_write(&b);
	char *line = arena_printf(b.arena,
				  "# HELP yongyun_streams_open Event streams open\n"
				  "# TYPE yongyun_streams_open gauge\n"
				  "yongyun_streams_open %d\n",
				  (int)before + 2);
	assert_non_null(strstr(b.data, line));
	metric_add(METRIC_STREAMS_OPEN, -2);
	size_t lines = 0;
	for (const char *p = b.data; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 3 * METRIC__COUNT);
}
