/* SPDX-License-Identifier: Apache-2.0 */
/* Days, office hours, and the terms that are counted in them. No database, no clock. */
#include <stdio.h>
#include <stdlib.h>
#include "engine/calendar/calendar_private.h"

#define MINUTE (60 * CLOCK_SECOND)

#define AS_USUAL                                                                                   \
	{                                                                                          \
		{ 8 * 60 + 30, 12 * 60 }, { 13 * 60 + 30, 17 * 60 + 30 },                          \
	}
const struct calendar_hours calendar_preset_hours = {
	.spans = { AS_USUAL, AS_USUAL, AS_USUAL, AS_USUAL, AS_USUAL },
	.count = { 2, 2, 2, 2, 2, 0, 0 },
};

/* --- dates --- */

int32_t calendar_day_of(int64_t at)
{
	int64_t here = at + CLOCK_CHINA;

	return (int32_t)(here / CLOCK_DAY - (here % CLOCK_DAY < 0));
}

int64_t calendar_day_start(int32_t day)
{
	return day * CLOCK_DAY - CLOCK_CHINA;
}

static bool known(int32_t day)
{
	return day >= date_day(CALENDAR_YEAR_MIN, 1, 1) &&
	       day <= date_day(CALENDAR_YEAR_MAX, 12, 31);
}

bool calendar_day_read(const char *text, int32_t *out)
{
	int32_t day;

	if (!date_parse(text, &day) || !known(day))
		return false;
	*out = day;
	return true;
}

const char *calendar_day_text(struct arena *a, int32_t day)
{
	int y, m, d;

	date_of(day, &y, &m, &d);
	return arena_printf(a, "%04d-%02d-%02d", y, m, d);
}

int calendar_year_of(int32_t day)
{
	int y, m, d;

	date_of(day, &y, &m, &d);
	return y;
}

int calendar_weekday(int32_t day)
{
	return ((day + 3) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
}

/* --- what is worked --- */

static int by_day(const void *a, const void *b)
{
	const struct calendar_exception *x = a, *y = b;

	return (x->day > y->day) - (x->day < y->day);
}

const struct calendar_exception *calendar_exception_of(const struct calendar *k, int32_t day)
{
	const struct calendar_exception key = { .day = day };

	return k->count ? bsearch(&key, k->exceptions, k->count, sizeof key, by_day) : NULL;
}

bool calendar_works(const struct calendar *k, int32_t day, struct calendar_doubt *doubt)
{
	const struct calendar_exception *e = calendar_exception_of(k, day);

	if (e)
		return !e->off;
	int year = calendar_year_of(day);
	if (year < CALENDAR_YEAR_MIN || year > CALENDAR_YEAR_MAX ||
	    !k->published[year - CALENDAR_YEAR_MIN]) {
		if (!doubt->from || year < doubt->from)
			doubt->from = year;
		if (year > doubt->to)
			doubt->to = year;
	}
	return calendar_weekday(day) < 5;
}

/* The weekday whose hours are kept on that day. */
static int hours_of(const struct calendar *k, int32_t day)
{
	int weekday = calendar_weekday(day);

	return k->hours.count[weekday] ? weekday : 0;
}

int64_t calendar_day_end(const struct calendar *k, int32_t day)
{
	int w = hours_of(k, day), n = k->hours.count[w];

	return calendar_day_start(day) + k->hours.spans[w][n - 1].end * MINUTE;
}

/* --- terms --- */

int64_t calendar_due(const struct calendar *k, int64_t from, int64_t n,
		     struct calendar_doubt *doubt)
{
	int32_t day = calendar_day_of(from);

	while (n > 0) {
		if (!known(++day))
			return 0;
		n -= calendar_works(k, day, doubt);
	}
	return calendar_day_end(k, day);
}

int64_t calendar_due_natural(const struct calendar *k, int64_t from, int64_t n,
			     struct calendar_doubt *doubt)
{
	int64_t last = calendar_day_of(from) + n;

	if (n < 0 || last > INT32_MAX)
		return 0;
	for (int32_t day = (int32_t)last; known(day); day++)
		if (calendar_works(k, day, doubt))
			return calendar_day_end(k, day);
	return 0;
}

int64_t calendar_time_between(const struct calendar *k, int64_t from, int64_t to,
			      struct calendar_doubt *doubt)
{
	int64_t sum = 0;

	if (to <= from || !known(calendar_day_of(from)) || !known(calendar_day_of(to)))
		return 0;
	for (int32_t day = calendar_day_of(from); day <= calendar_day_of(to); day++) {
		if (!calendar_works(k, day, doubt))
			continue;
		int w = hours_of(k, day);
		for (int i = 0; i < k->hours.count[w]; i++) {
			int64_t midnight = calendar_day_start(day);
			int64_t start = midnight + k->hours.spans[w][i].start * MINUTE;
			int64_t end = midnight + k->hours.spans[w][i].end * MINUTE;
			start = start < from ? from : start;
			end = end > to ? to : end;
			sum += end > start ? end - start : 0;
		}
	}
	return sum;
}

int64_t calendar_time_after(const struct calendar *k, int64_t from, int64_t time,
			    struct calendar_doubt *doubt)
{
	for (int32_t day = calendar_day_of(from); known(day); day++) {
		if (!calendar_works(k, day, doubt))
			continue;
		int w = hours_of(k, day);
		for (int i = 0; i < k->hours.count[w]; i++) {
			int64_t midnight = calendar_day_start(day);
			int64_t start = midnight + k->hours.spans[w][i].start * MINUTE;
			int64_t end = midnight + k->hours.spans[w][i].end * MINUTE;
			start = start < from ? from : start;
			if (end <= start)
				continue;
			if (time <= end - start)
				return start + time;
			time -= end - start;
		}
	}
	return 0;
}

const char *calendar_doubt_text(struct arena *a, const struct calendar_doubt *doubt)
{
	if (!doubt->from)
		return NULL;
	const char *years = doubt->from == doubt->to
				    ? arena_printf(a, "%d", doubt->from)
				    : arena_printf(a, "%d to %d", doubt->from, doubt->to);
	return arena_printf(
		a,
		"no notice of holidays is known for %s: Monday to Friday were taken for "
		"worked; it is derived again when the notice is there",
		years);
}
