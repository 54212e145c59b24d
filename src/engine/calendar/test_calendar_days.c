/* SPDX-License-Identifier: Apache-2.0 */
/* Days, hours, terms and clocks, without a database; and all the years of notices that are given. */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/calendar/calendar_private.h"
#include "harness.h"

/* Shanghai's time of day as an instant. */
static int64_t at(const char *date, int hour, int minute)
{
	int32_t day = 0;

	assert_true(calendar_day_read(date, &day));
	return calendar_day_start(day) + (hour * 60 + minute) * 60 * CLOCK_SECOND;
}

static void mark(struct calendar *k, const char *from, const char *to, bool off)
{
	int32_t a = 0, b = 0;

	assert_true(calendar_day_read(from, &a) && calendar_day_read(to, &b));
	for (; a <= b; a++)
		k->exceptions[k->count++] = (struct calendar_exception){ a, off, "x" };
}

/* The parts of 2026 that the tests lean on, as the notice has them. */
static struct calendar *year_2026(void)
{
	struct call *c = test_call();
	struct calendar *k = arena_alloc(c->arena, sizeof *k);

	k->hours = calendar_preset_hours;
	k->published[2026 - CALENDAR_YEAR_MIN] = true;
	k->exceptions = arena_array(c->arena, 64, sizeof *k->exceptions);
	mark(k, "2026-02-14", "2026-02-14", false);
	mark(k, "2026-02-15", "2026-02-23", true);
	mark(k, "2026-02-28", "2026-02-28", false);
	mark(k, "2026-09-20", "2026-09-20", false);
	mark(k, "2026-09-25", "2026-09-27", true);
	mark(k, "2026-10-01", "2026-10-07", true);
	mark(k, "2026-10-10", "2026-10-10", false);
	return k;
}

static void due_is(const struct calendar *k, int64_t from, int n, const char *date)
{
	struct calendar_doubt doubt = { 0 };
	int64_t due = calendar_due(k, from, n, &doubt);

	assert_string_equal(calendar_day_text(test_call()->arena, calendar_day_of(due)), date);
	assert_int_equal(due, at(date, 17, 30));
	assert_int_equal(doubt.from, 0);
}

TEST(dates_are_read_and_written)
{
	int32_t day = 0;

	assert_true(calendar_day_read("2000-02-29", &day));
	assert_int_equal(day, 11016);
	assert_string_equal(calendar_day_text(test_call()->arena, day), "2000-02-29");
	assert_int_equal(calendar_weekday(day), 1);
	assert_false(calendar_day_read("2100-02-29", &day));
	assert_false(calendar_day_read("1991-12-31", &day));
	assert_false(calendar_day_read("2026-1-01", &day));
	assert_false(calendar_day_read("2026-13-01", &day));
	assert_false(calendar_day_read("2026-01-01 ", &day));
	/* Days begin in Shanghai: 16:00 UTC is the next one. */
	assert_int_equal(calendar_day_of(0), 0);
	assert_int_equal(calendar_day_of(16 * 3600 * CLOCK_SECOND - 1), 0);
	assert_int_equal(calendar_day_of(16 * 3600 * CLOCK_SECOND), 1);
	assert_int_equal(calendar_day_of(-8 * 3600 * CLOCK_SECOND - 1), -1);
}

TEST(a_term_goes_over_holidays_and_counts_days_worked_instead)
{
	const struct calendar *k = year_2026();

	due_is(k, at("2026-09-29", 10, 0), 1, "2026-09-30");
	due_is(k, at("2026-09-29", 10, 0), 2, "2026-10-08");
	due_is(k, at("2026-09-29", 10, 0), 3, "2026-10-09");
	due_is(k, at("2026-09-18", 10, 0), 1, "2026-09-20");
	due_is(k, at("2026-09-18", 10, 0), 2, "2026-09-21");
	due_is(k, at("2026-09-18", 10, 0), 3, "2026-09-22");
	due_is(k, at("2026-02-13", 10, 0), 1, "2026-02-14");
	due_is(k, at("2026-02-13", 10, 0), 2, "2026-02-24");
	/* The day is Shanghai's, not UTC's; and the hour of acceptance does not matter. */
	due_is(k, at("2026-02-13", 0, 0), 1, "2026-02-14");
	due_is(k, at("2026-02-13", 23, 59), 1, "2026-02-14");
	/* Accepted on a day off: the first day worked is the first of the term. */
	due_is(k, at("2026-10-03", 10, 0), 1, "2026-10-08");
}

TEST(a_term_of_days_of_the_calendar_ends_on_a_day_that_is_worked)
{
	const struct calendar *k = year_2026();
	struct calendar_doubt doubt = { 0 };

	assert_int_equal(calendar_due_natural(k, at("2026-09-28", 9, 0), 2, &doubt),
			 at("2026-09-30", 17, 30));
	assert_int_equal(calendar_due_natural(k, at("2026-09-28", 9, 0), 5, &doubt),
			 at("2026-10-08", 17, 30));
	assert_int_equal(calendar_due_natural(k, at("2026-09-28", 9, 0), 12, &doubt),
			 at("2026-10-10", 17, 30));
	assert_int_equal(doubt.from, 0);
}

TEST(office_hours_are_counted_in_minutes)
{
	const struct calendar *k = year_2026();
	struct calendar_doubt doubt = { 0 };
	int64_t hour = 3600 * CLOCK_SECOND;

	assert_int_equal(calendar_time_between(k, at("2026-10-08", 8, 0), at("2026-10-08", 18, 0),
					       &doubt),
			 7 * hour + hour / 2);
	assert_int_equal(calendar_time_between(k, at("2026-10-08", 11, 30), at("2026-10-08", 14, 0),
					       &doubt),
			 hour);
	assert_int_equal(calendar_time_between(k, at("2026-09-30", 17, 0), at("2026-10-08", 9, 0),
					       &doubt),
			 hour);
	assert_int_equal(calendar_time_between(k, at("2026-10-01", 0, 0), at("2026-10-08", 0, 0),
					       &doubt),
			 0);
	/* Saturday the 10th is worked by Monday's hours. */
	assert_int_equal(calendar_time_between(k, at("2026-10-10", 0, 0), at("2026-10-11", 0, 0),
					       &doubt),
			 7 * hour + hour / 2);
	assert_int_equal(calendar_time_after(k, at("2026-09-30", 17, 0), hour, &doubt),
			 at("2026-10-08", 9, 0));
	assert_int_equal(calendar_time_after(k, at("2026-10-08", 12, 30), 4 * hour, &doubt),
			 at("2026-10-08", 17, 30));
	assert_int_equal(calendar_time_after(k, at("2026-10-08", 12, 30), 4 * hour + 1, &doubt),
			 at("2026-10-09", 8, 30) + 1);
}

TEST(a_year_without_a_notice_is_a_doubt)
{
	const struct calendar *k = year_2026();
	struct calendar_doubt doubt = { 0 };

	calendar_due(k, at("2026-12-31", 10, 0), 1, &doubt);
	assert_int_equal(doubt.from, 2027);
	assert_int_equal(doubt.to, 2027);
	assert_non_null(strstr(calendar_doubt_text(test_call()->arena, &doubt), "2027"));
	assert_int_equal(calendar_due(k, at("2199-12-30", 10, 0), 5, &doubt), 0);
}

/* --- clocks --- */

static struct calendar_clock_state derived(const struct calendar_clock_event *e, size_t n,
					   int64_t now)
{
	struct calendar_clock_state s = { 0 };
	struct call *c = test_call();

	if (calendar_derive(c, year_2026(), CALENDAR_WORKING, e, n, now, &s))
		test_fail("%s", c->problem);
	return s;
}

TEST(a_clock_that_is_paused_is_due_later)
{
	const struct calendar_clock_event e[] = {
		{ 1, CLOCK_START, at("2026-09-21", 9, 0), 3, NULL, NULL },
		{ 2, CLOCK_PAUSE, at("2026-09-22", 15, 0), 0, NULL, NULL },
		{ 3, CLOCK_RESUME, at("2026-09-24", 9, 0), 0, NULL, NULL },
	};
	struct calendar_clock_state s = derived(e, 1, at("2026-09-21", 10, 0));

	assert_int_equal(s.due_at, at("2026-09-24", 17, 30));
	assert_int_equal(s.left, 3);
	/* Paused on the 22nd before the office closed: no day of it is used, and it is due nowhen. */
	s = derived(e, 2, at("2026-09-23", 20, 0));
	assert_int_equal(s.run, CLOCK_PAUSED);
	assert_int_equal(s.due_at, 0);
	assert_int_equal(s.used, 0);
	/* The 24th, the 28th (25 to 27 is Mid-Autumn), the 29th. */
	s = derived(e, 3, at("2026-09-28", 17, 30));
	assert_int_equal(s.due_at, at("2026-09-29", 17, 30));
	assert_int_equal(s.used, 2);
	assert_int_equal(s.left, 1);
	assert_false(s.overdue);
	s = derived(e, 3, at("2026-10-08", 18, 0));
	assert_true(s.overdue);
	assert_int_equal(s.left, -2); /* the 30th and the 8th */
}

TEST(a_clock_is_extended_and_stopped)
{
	const struct calendar_clock_event e[] = {
		{ 1, CLOCK_START, at("2026-09-21", 9, 0), 3, NULL, NULL },
		{ 2, CLOCK_EXTEND, at("2026-09-23", 9, 0), 2, NULL, NULL },
		{ 3, CLOCK_STOP, at("2026-09-24", 9, 0), 0, NULL, NULL },
	};
	struct calendar_clock_state s = derived(e, 2, at("2026-09-23", 9, 0));

	assert_int_equal(s.days, 5);
	assert_int_equal(s.due_at, at("2026-09-29", 17, 30));
	s = derived(e, 3, at("2026-10-20", 9, 0));
	assert_int_equal(s.run, CLOCK_STOPPED);
	assert_int_equal(s.used, 2);
	assert_int_equal(s.left, 3);
	assert_false(s.overdue);
}

TEST(a_pause_within_a_day_costs_nothing)
{
	const struct calendar_clock_event e[] = {
		{ 1, CLOCK_START, at("2026-09-21", 9, 0), 1, NULL, NULL },
		{ 2, CLOCK_PAUSE, at("2026-09-22", 9, 0), 0, NULL, NULL },
		{ 3, CLOCK_RESUME, at("2026-09-22", 16, 0), 0, NULL, NULL },
		{ 4, CLOCK_PAUSE, at("2026-09-22", 17, 30), 0, NULL, NULL },
	};

	assert_int_equal(derived(e, 3, at("2026-09-22", 16, 0)).due_at, at("2026-09-22", 17, 30));
	/* Paused as the office closes: the day was worked to its end. */
	assert_int_equal(derived(e, 4, at("2026-09-22", 18, 0)).used, 1);
}

TEST(events_that_cannot_follow_are_refused)
{
	static const struct {
		int first, second;
		int64_t later;
		const char *field;
	} bad[] = {
		{ CLOCK_PAUSE, -1, 0, "kind" },
		{ CLOCK_START, CLOCK_START, 1, "kind" },
		{ CLOCK_START, CLOCK_RESUME, 1, "kind" },
		{ CLOCK_START, CLOCK_PAUSE, -1, "at" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct call *c = test_call();
		struct calendar_clock_state s = { 0 };
		int64_t then = at("2026-09-21", 9, 0);
		const struct calendar_clock_event e[] = {
			{ 1, bad[i].first, then, 3, NULL, NULL },
			{ 2, bad[i].second, then + bad[i].later, 0, NULL, NULL },
		};
		assert_int_equal(calendar_derive(c, year_2026(), CALENDAR_WORKING, e,
						 bad[i].second < 0 ? 1 : 2, then, &s),
				 ST_CONFLICT);
		assert_string_equal(c->problem_at, bad[i].field);
	}
}

/* --- files --- */

static enum status read_text(const char *text, struct notices *n, struct call **c)
{
	*c = test_call();
	return calendar_file_read(*c, text, strlen(text), 0, n);
}

TEST(a_notice_comes_as_json_or_csv)
{
	struct call *c;
	struct notices n = { 0 };

	assert_int_equal(read_text("{\"year\":2031,\"papers\":[\"p\"],\"days\":["
				   "{\"name\":\"b\",\"date\":\"2031-01-04\",\"isOffDay\":false},"
				   "{\"name\":\"a\",\"date\":\"2030-12-31\",\"isOffDay\":true}]}",
				   &n, &c),
			 ST_OK);
	assert_int_equal(n.count, 1);
	assert_true(n.list[0].published);
	assert_string_equal(n.list[0].days[0].name, "a");
	assert_int_equal(n.list[0].days[1].kind, DAY_WORK);
	assert_int_equal(read_text("\xEF\xBB\xBF"
				   "date,kind,name\r\n2031-01-04,班,\"元,旦\"\r\n"
				   "2030-10-01,off,\"\"\"q\"\"\"\r\n",
				   &n, &c),
			 ST_OK);
	assert_int_equal(n.count, 2);
	assert_int_equal(n.list[0].year, 2030);
	assert_string_equal(n.list[0].days[0].name, "\"q\"");
	assert_string_equal(n.list[1].days[0].name, "元,旦");
	/* There before the notice is. */
	assert_int_equal(read_text("{\"year\":2031,\"days\":[]}", &n, &c), ST_OK);
	assert_false(n.list[0].published);
}

TEST(a_bad_file_is_refused_by_place_and_rule)
{
	static const struct {
		const char *text, *field, *says;
	} bad[] = {
		{ "", "body", "empty" },
		{ "{\"year\":1900,\"days\":[]}", "year", "from 1992" },
		{ "{\"year\":2031,\"days\":{}}", "days", "a list" },
		{ "{\"years\":[]}", "years", "1 to 120" },
		{ "{\"years\":[{\"year\":2031,\"days\":[{}]}]}", "years[0].days[0].date",
		  "YYYY-MM-DD" },
		{ "{\"year\":2031,\"days\":[{\"date\":\"2031-02-30\"}]}", "days[0].date",
		  "YYYY-MM-DD" },
		{ "{\"year\":2031,\"days\":[{\"date\":\"2031-02-03\"}]}", "days[0].name",
		  "1 to 60" },
		{ "{\"year\":2031,\"days\":[{\"date\":\"2031-02-03\",\"name\":\"x\"}]}",
		  "days[0].isOffDay", "true or false" },
		{ "{\"year\":2031,\"days\":[{\"date\":\"2033-02-03\",\"name\":\"x\","
		  "\"isOffDay\":true}]}",
		  "date", "does not belong" },
		{ "date;kind;name\n", "body", "the header is" },
		{ "date,kind,name\n2031-01-01,off\n", "body", "line 2: a line has three" },
		{ "date,kind,name\n2031-01-01,holiday,x\n", "body", "kind is off" },
		{ "date,kind,name\n2031-01-01,off,\"x\n", "body", "does not end" },
		{ "date,kind,name\n2031-01-01,off,\"x\"\"", "body", "does not end" },
		{ "date,kind,name\n2031-01-01,off,\"x\"y\n", "body", "behind the quote" },
		{ "date,kind,name\n2031-01-01,off,x\n2031-01-01,off,x\n", "date", "twice" },
		{ "date,kind,name\n", "body", "no days" },
		{ "date,kind,name\n2031-01-01,off,\xff\n", "body", "not UTF-8" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct call *c;
		struct notices n = { 0 };
		assert_int_equal(read_text(bad[i].text, &n, &c), ST_BAD_INPUT);
		if (!str_eq(c->problem_at, bad[i].field) || !strstr(c->problem, bad[i].says))
			test_fail("%s: %s: %s", bad[i].text, c->problem_at, c->problem);
	}
}

/* --- all years that are given, against a reading of its own --- */

static const char *notices_folder(void)
{
	const char *from = getenv("YONGYUN_CONFORMANCE");

	return arena_printf(test_call()->arena, "%s/holiday-cn",
			    from && *from ? from : "../shared/conformance");
}

/* Whether a day is worked, looked for in the files' trees one by one. */
static bool naive_works(json_t *const *files, size_t n, int32_t day)
{
	const char *date = calendar_day_text(test_call()->arena, day);
	bool works = calendar_weekday(day) < 5;

	for (size_t f = 0; f < n; f++) {
		size_t i;
		json_t *d;
		json_array_foreach(json_object_get(files[f], "days"), i,
				   d) if (str_eq(json_string_value(json_object_get(d, "date")),
						 date))
			works = !json_is_true(json_object_get(d, "isOffDay"));
	}
	return works;
}

static void load_year(struct calendar *k, const char *path, json_t **tree, int64_t *year)
{
	struct call *c = test_call();
	struct notices n = { 0 };

	*tree = json_load_file(path, 0, NULL);
	assert_non_null(*tree);
	char *text = json_dumps(*tree, 0);
	if (calendar_file_read(c, arena_strdup(c->arena, text), strlen(text), 0, &n))
		test_fail("%s: %s", path, c->problem);
	free(text);
	assert_int_equal(n.count, 1);
	*year = n.list[0].year;
	k->published[*year - CALENDAR_YEAR_MIN] = n.list[0].published;
	for (size_t i = 0; i < n.list[0].days_count; i++)
		k->exceptions[k->count++] =
			(struct calendar_exception){ n.list[0].days[i].day,
						     n.list[0].days[i].kind == DAY_OFF,
						     n.list[0].days[i].name };
}

static void one_year_agrees(const struct calendar *k, json_t *const *files, size_t n, int year)
{
	int32_t day = date_day(year, 1, 1), last = date_day(year, 12, 31);
	struct calendar_doubt doubt = { 0 };

	/* 'due' walks behind the day by five worked days, counted by hand. */
	for (; day <= last; day += 1 + day % 3) {
		bool works = naive_works(files, n, day);
		if (calendar_works(k, day, &doubt) != works)
			test_fail("%s", calendar_day_text(test_call()->arena, day));
		if (day % 7)
			continue;
		int32_t due = day;
		for (int left = 5; left;)
			left -= naive_works(files, n, ++due);
		assert_int_equal(calendar_due(k, calendar_day_start(day) + 1, 5, &doubt),
				 calendar_day_end(k, due));
	}
}

TEST(every_year_of_notices_that_is_given_is_read_and_agreed_with)
{
	struct call *c = test_call();
	struct calendar *k = arena_alloc(c->arena, sizeof *k);
	const char *folder = notices_folder();
	json_t *files[64];
	int64_t years[64] = { 0 };
	size_t n = 0;
	struct dirent **list;
	int count = scandir(folder, &list, NULL, alphasort);

	if (count < 0)
		test_skip("there is no folder holiday-cn in $YONGYUN_CONFORMANCE");
	k->hours = calendar_preset_hours;
	k->exceptions = arena_array(c->arena, 64 * YEAR_DAYS_MAX, sizeof *k->exceptions);
	for (int i = 0; i < count; i++) {
		if (n < 64 && str_ends(list[i]->d_name, ".json")) {
			load_year(k, arena_printf(c->arena, "%s/%s", folder, list[i]->d_name),
				  &files[n], &years[n]);
			n++;
		}
		free(list[i]);
	}
	free(list);
	assert_true(n > 0);
	for (size_t i = 0; i < n; i++)
		one_year_agrees(k, files, n, (int)years[i]);
	print_message("# %zu years from %lld to %lld agree\n", n, (long long)years[0],
		      (long long)years[n - 1]);
	for (size_t i = 0; i < n; i++)
		json_decref(files[i]);
}
