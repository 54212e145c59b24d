/* SPDX-License-Identifier: Apache-2.0 */
/* Notices in the layout of holiday-cn (one JSON file a year), and what both layouts are held to. */
#include <jansson.h>
#include <stdlib.h>
#include "engine/calendar/calendar_private.h"

const char *const calendar_day_kinds[] = { "off", "work", NULL };

/* --- rules of both layouts --- */

static int by_day(const void *a, const void *b)
{
	const struct notice_day *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

static int by_year(const void *a, const void *b)
{
	const struct notice *x = a, *y = b;

	return (x->year > y->year) - (x->year < y->year);
}

enum status calendar_notices_settle(struct call *c, struct notices *n)
{
	qsort(n->list, n->count, sizeof *n->list, by_year);
	for (size_t i = 0; i < n->count; i++) {
		struct notice *y = &n->list[i];
		if (i && y->year == y[-1].year)
			return fail(c, ST_BAD_INPUT, "year", "the year %lld stands twice",
				    (long long)y->year);
		qsort(y->days, y->days_count, sizeof *y->days, by_day);
		for (size_t k = 0; k < y->days_count; k++) {
			const struct notice_day *d = &y->days[k];
			if (k && d->day == d[-1].day)
				return fail(c, ST_BAD_INPUT, "date",
					    "%s stands twice in the notice of %lld",
					    calendar_day_text(c->arena, d->day),
					    (long long)y->year);
			/* Holidays begin in the December before, and end in the January behind, at most. */
			if (llabs(calendar_year_of(d->day) - y->year) > 1)
				return fail(c, ST_BAD_INPUT, "date",
					    "%s does not belong to the notice of %lld",
					    calendar_day_text(c->arena, d->day),
					    (long long)y->year);
		}
	}
	return ST_OK;
}

/* --- holiday-cn --- */

static enum status day_read(struct call *c, const json_t *value, const char *at,
			    struct notice_day *out)
{
	const char *date = json_string_value(json_object_get(value, "date"));
	const char *name = json_string_value(json_object_get(value, "name"));
	const json_t *off = json_object_get(value, "isOffDay");

	if (!json_is_object(value))
		return fail(c, ST_BAD_INPUT, at, "a day is an object of name, date and isOffDay");
	if (!date || !calendar_day_read(date, &out->day))
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "%s.date", at),
			    "a day's date is YYYY-MM-DD, from %d to %d", CALENDAR_YEAR_MIN,
			    CALENDAR_YEAR_MAX);
	if (str_empty(name) || utf8_length(name) > DAY_NAME_MAX)
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "%s.name", at),
			    "a day's name has 1 to %d characters", DAY_NAME_MAX);
	if (!json_is_boolean(off))
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "%s.isOffDay", at),
			    "isOffDay is true or false");
	out->name = arena_strdup(c->arena, name);
	out->kind = json_is_true(off) ? DAY_OFF : DAY_WORK;
	return ST_OK;
}

static enum status papers_read(struct call *c, const json_t *list, const char *at,
			       struct words *out)
{
	size_t n = json_array_size(list);

	if (list && !json_is_array(list))
		return fail(c, ST_BAD_INPUT, at, "papers is a list of addresses");
	if (n > PAPERS_MAX)
		return fail(c, ST_BAD_INPUT, at, "a notice has at most %d papers", PAPERS_MAX);
	out->list = arena_array(c->arena, n + 1, sizeof *out->list);
	for (size_t i = 0; i < n; i++) {
		const char *s = json_string_value(json_array_get(list, i));
		if (!s || utf8_length(s) > 500)
			return fail(c, ST_BAD_INPUT, at,
				    "a paper is an address of at most 500 characters");
		out->list[out->count++] = arena_strdup(c->arena, s);
	}
	return ST_OK;
}

static enum status year_read(struct call *c, const json_t *value, const char *before,
			     struct notice *out)
{
	const json_t *year = json_object_get(value, "year");
	const json_t *days = json_object_get(value, "days");
	enum status st;

	if (!json_is_integer(year) || json_integer_value(year) < CALENDAR_YEAR_MIN ||
	    json_integer_value(year) > CALENDAR_YEAR_MAX)
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "%syear", before),
			    "a year is a whole number from %d to %d", CALENDAR_YEAR_MIN,
			    CALENDAR_YEAR_MAX);
	if (!json_is_array(days) || json_array_size(days) > YEAR_DAYS_MAX)
		return fail(c, ST_BAD_INPUT, arena_printf(c->arena, "%sdays", before),
			    "days is a list of at most %d days", YEAR_DAYS_MAX);
	out->year = json_integer_value(year);
	st = papers_read(c, json_object_get(value, "papers"),
			 arena_printf(c->arena, "%spapers", before), &out->papers);
	out->days_count = json_array_size(days);
	out->days = arena_array(c->arena, out->days_count + 1, sizeof *out->days);
	for (size_t i = 0; !st && i < out->days_count; i++)
		st = day_read(c, json_array_get(days, i),
			      arena_printf(c->arena, "%sdays[%zu]", before, i), &out->days[i]);
	/* A file without days is there before the notice is. */
	out->published = out->days_count > 0;
	return st;
}

static enum status json_file(struct call *c, const char *text, size_t size, struct notices *out)
{
	json_t *root = NULL;
	enum status st = json_parse(c, text, size, &root);

	if (st)
		return st;
	const json_t *years = json_object_get(root, "years");
	size_t n = years ? json_array_size(years) : 1;
	if (years && (!json_is_array(years) || !n || n > YEARS_MAX))
		return fail(c, ST_BAD_INPUT, "years", "years is a list of 1 to %d years",
			    YEARS_MAX);
	out->list = arena_array(c->arena, n, sizeof *out->list);
	for (size_t i = 0; !st && i < n; i++)
		st = year_read(c, years ? json_array_get(years, i) : root,
			       years ? arena_printf(c->arena, "years[%zu].", i) : "",
			       &out->list[i]);
	out->count = n;
	return st;
}

enum status calendar_file_read(struct call *c, const char *text, size_t size, int64_t year,
			       struct notices *out)
{
	enum status st;

	*out = (struct notices){ 0 };
	if (size >= 3 && !memcmp(text, "\xEF\xBB\xBF", 3)) {
		text += 3;
		size -= 3;
	}
	if (!utf8_valid(text, size))
		return fail(c, ST_BAD_INPUT, "body", "the file is not UTF-8");
	size_t blank = strspn(text, " \t\r\n");
	if (blank >= size)
		return fail(c, ST_BAD_INPUT, "body", "the file is empty");
	if (text[blank] == '{')
		st = json_file(c, text, size, out);
	else
		st = calendar_csv_read(c, text, size, year, out);
	return st ? st : calendar_notices_settle(c, out);
}
