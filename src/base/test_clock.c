/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "base/clock.h"
#include "harness.h"

static const int64_t sample = INT64_C(1795474611123456);

TEST(an_instant_is_written_in_each_style)
{
	char text[TIME_TEXT_SIZE];
	time_write(sample, TIME_Z, text);
	assert_string_equal(text, "2026-11-23T22:56:51Z");
	time_write(sample, TIME_MICRO_Z, text);
	assert_string_equal(text, "2026-11-23T22:56:51.123456Z");
	time_write(sample, TIME_BARE, text);
	assert_string_equal(text, "2026-11-23T22:56:51.123456");
	time_write(-1, TIME_MICRO_Z, text);
	assert_string_equal(text, "1969-12-31T23:59:59.999999Z");
	time_write(INT64_MIN, TIME_Z, text);
	assert_string_equal(text, "0001-01-01T00:00:00Z");
	time_write(INT64_MAX, TIME_MICRO_Z, text);
	assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
}

TEST(times_are_read_with_z_with_an_offset_and_bare)
{
	static const struct {
		const char *text;
		int64_t micros; /* from the sample */
	} good[] = {
		{ "2026-11-23T22:56:51.123456Z", 0 },
		{ "2026-11-23T22:56:51.123456", 0 },
		{ "2026-11-23 22:56:51.123456789", 0 },
		{ "2026-11-24T06:56:51.123456+08:00", 0 },
		{ "2026-11-24T06:56:51.123456+0800", 0 },
		{ "2026-11-24T06:56:51.123456+08", 0 },
		{ "2026-11-23T19:26:51.123456-03:30", 0 },
		{ "2026-11-23T22:56:51Z", -123456 },
		{ "2026-11-23t22:56:51.1z", -23456 },
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		int64_t at = 0;
		assert_true(time_read(good[i].text, &at));
		assert_int_equal(at, sample + good[i].micros);
	}
}

TEST(the_first_and_the_last_instant_go_there_and_back)
{
	static const char *const ends[] = { "0001-01-01T00:00:00.000000Z",
					    "9999-12-31T23:59:59.999999Z" };
	for (int i = 0; i < 2; i++) {
		int64_t at;
		char text[TIME_TEXT_SIZE];
		assert_true(time_read(ends[i], &at));
		time_write(at, TIME_MICRO_Z, text);
		assert_string_equal(text, ends[i]);
	}
}

TEST(what_is_no_time_is_refused)
{
	static const char *const bad[] = {
		"",
		"now",
		"2026-11-23",
		"2026-11-23T22:56",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2026-04-31T00:00:00Z",
		"2026-11-23T24:00:00Z",
		"2026-11-23T23:60:00Z",
		"2026-11-23T23:59:60Z",
		"2026-11-23T22:56:51.Z",
		"2026-11-23T22:56:51.1234567890Z",
		"2026-11-23T22:56:51Z ",
		"2026-11-23T22:56:51+24:00",
		"2026-11-23T22:56:51+08:",
		"2026-11-23T22:56:51+8",
		"0000-01-01T00:00:00Z",
		"0001-01-01T00:00:00+01:00",
		"9999-12-31T23:59:59-00:01",
		"+2026-11-23T22:56:51Z",
		"2026-1-23T22:56:51Z",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int64_t at = 42;
		if (time_read(bad[i], &at))
			test_fail("%s was read", bad[i]);
		assert_int_equal(at, 42);
	}
}

/* The C library's calendar as the second opinion: every day from 1600 to 2400. */
TEST(every_day_agrees_with_the_c_library)
{
	struct tm tm = { .tm_year = 1600 - 1900, .tm_mday = 1, .tm_hour = 13, .tm_sec = 7 };
	for (time_t t = timegm(&tm); tm.tm_year < 2400 - 1900; t += 86400) {
		gmtime_r(&t, &tm);
		char ours[TIME_TEXT_SIZE], theirs[64];
		strftime(theirs, sizeof(theirs), "%Y-%m-%dT%H:%M:%SZ", &tm);
		time_write((int64_t)t * CLOCK_SECOND, TIME_Z, ours);
		assert_string_equal(ours, theirs);
		int64_t at;
		assert_true(time_read(ours, &at));
		assert_int_equal(at, (int64_t)t * CLOCK_SECOND);
	}
}

TEST(a_date_is_read_when_the_calendar_has_it)
{
	static const char *const bad[] = { "",           "2026-11-2",  "2026-11-231", "2026-11-23 ",
					   " 026-11-23", "2026/11/23", "2023-02-29",  "2100-02-29",
					   "2026-04-31", "2026-00-01", "2026-13-01",  "0000-01-01",
					   "20261123",   "2026-11-23T" };
	int32_t day = 42;
	int year, month, of_month;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (date_parse(bad[i], &day))
			test_fail("%s was read", bad[i]);
		assert_int_equal(day, 42);
	}
	assert_true(date_parse("2000-02-29", &day));
	assert_int_equal(day, 11016);
	date_of(day, &year, &month, &of_month);
	assert_true(year == 2000 && month == 2 && of_month == 29);
	assert_true(date_is(9999, 12, 31) && date_is(1, 1, 1) && date_is(2024, 2, 29));
	assert_false(date_is(10000, 1, 1) || date_is(0, 12, 31) || date_is(2026, 2, 29) ||
		     date_is(2026, 0, 1) || date_is(2026, 13, 1) || date_is(2026, 6, 0));
}

TEST(the_clock_can_be_set_and_let_run_again)
{
	clock_set(sample);
	assert_int_equal(clock_now(), sample);
	int64_t steady = clock_steady();
	assert_int_equal(clock_now(), sample);
	clock_set(0);
	int64_t before = clock_now();
	assert_true(before > sample - 400 * CLOCK_DAY * 100 && before != sample);
	assert_true(clock_now() >= before);
	assert_true(clock_steady() >= steady);
}
