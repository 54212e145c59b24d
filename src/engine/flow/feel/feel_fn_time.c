/* SPDX-License-Identifier: Apache-2.0 */
/* Built-ins that make and read dates, times and durations (DMN 1.5 §10.3.4.1, 10.3.4.6, 10.3.4.7). */
#include "engine/flow/feel/feel_private.h"

typedef const struct feel_value *const_value;
#define FN(name) static const_value name(struct feel_run *r, const_value *a, size_t n)
#define UNUSED (void)n

static const_value read_moment(struct feel_run *r, enum feel_kind kind, const_value text)
{
	struct feel_moment m;
	if (!moment_read(kind, text->string.text, text->string.size, &m))
		return run_null(r, "\"%.60s\" is no %s", text->string.text, feel_kind_name(kind));
	return run_moment(r, kind, m);
}

FN(fn_date_text)
{
	UNUSED;
	return read_moment(r, FEEL_DATE, a[0]);
}

static struct feel_moment only_date(const struct feel_moment *m)
{
	return (struct feel_moment){ .year = m->year, .month = m->month, .day = m->day };
}

FN(fn_date)
{
	UNUSED;
	return run_moment(r, FEEL_DATE, only_date(&a[0]->moment));
}

/* A whole number between two others. */
static bool part(const_value v, int64_t low, int64_t high, int64_t *out)
{
	return number_to_int(v->number, out) && *out >= low && *out <= high;
}

static bool date_parts(const_value *a, struct feel_moment *m)
{
	int64_t y, mo, d;
	if (!part(a[0], -YEAR_MAX, YEAR_MAX, &y) || !part(a[1], 1, 12, &mo) ||
	    !part(a[2], 1, month_days(y, (unsigned)mo), &d))
		return false;
	*m = (struct feel_moment){ .year = (int32_t)y, .month = (uint8_t)mo, .day = (uint8_t)d };
	return true;
}

FN(fn_date_parts)
{
	UNUSED;
	struct feel_moment m;
	return date_parts(a, &m) ? run_moment(r, FEEL_DATE, m)
				 : run_null(r, "there is no such date");
}

/* Hour, minute, second, whose fraction is kept. */
static bool time_parts(const_value *a, struct feel_moment *m)
{
	int64_t h, min;
	__int128 nanos;
	if (!part(a[0], 0, 23, &h) || !part(a[1], 0, 59, &min))
		return false;
	if (number_is_negative(a[2]->number) ||
	    number_compare(a[2]->number, number_of_int(60)) >= 0)
		return false;
	struct feel_number scaled = number_op(OP_MUL, a[2]->number, number_of_int(NANOS));
	if (!number_to_nanos(number_round(scaled, 0, ROUND_DOWN), &nanos))
		return false;
	m->hour = (uint8_t)h;
	m->minute = (uint8_t)min;
	m->second = (uint8_t)(nanos / NANOS);
	m->nanos = (int32_t)(nanos % NANOS);
	return true;
}

static bool offset_part(const_value v, struct feel_moment *m)
{
	if (!v)
		return true;
	__int128 seconds = v->nanos / NANOS;
	if (v->kind != FEEL_DAYS || v->nanos % NANOS || seconds > 18 * 3600 || seconds < -18 * 3600)
		return false;
	m->zone_kind = FEEL_OFFSET;
	m->offset = (int32_t)seconds;
	return true;
}

FN(fn_time_text)
{
	UNUSED;
	return read_moment(r, FEEL_TIME, a[0]);
}

FN(fn_time)
{
	UNUSED;
	struct feel_moment m = a[0]->moment;
	if (a[0]->kind == FEEL_DATE)
		m.zone_kind = FEEL_OFFSET;
	m.year = 0;
	m.month = m.day = 0;
	return run_moment(r, FEEL_TIME, m);
}

FN(fn_time_parts)
{
	UNUSED;
	struct feel_moment m = { 0 };
	if (!time_parts(a, &m) || !offset_part(a[3], &m))
		return run_null(r, "there is no such time");
	return run_moment(r, FEEL_TIME, m);
}

FN(fn_date_time_text)
{
	UNUSED;
	struct feel_moment m;
	if (moment_read(FEEL_DATE, a[0]->string.text, a[0]->string.size, &m))
		return run_moment(r, FEEL_DATE_TIME, m);
	return read_moment(r, FEEL_DATE_TIME, a[0]);
}

FN(fn_date_time_same)
{
	UNUSED;
	struct feel_moment m = a[0]->moment;
	if (a[0]->kind == FEEL_DATE)
		m.zone_kind = FEEL_OFFSET;
	return run_moment(r, FEEL_DATE_TIME, m);
}

FN(fn_date_time)
{
	UNUSED;
	struct feel_moment m = a[1]->moment;
	m.year = a[0]->moment.year;
	m.month = a[0]->moment.month;
	m.day = a[0]->moment.day;
	return run_moment(r, FEEL_DATE_TIME, m);
}

FN(fn_date_time_parts)
{
	struct feel_moment m;
	bool ok = date_parts(a, &m) && time_parts(a + 3, &m);
	if (ok && n > 6 && a[6] && a[6]->kind == FEEL_STRING) {
		m.zone_kind = FEEL_NAMED;
		m.zone = zone_find(a[6]->string.text, a[6]->string.size);
		ok = m.zone != NULL;
	} else if (ok && n > 6) {
		ok = offset_part(a[6], &m);
	}
	return ok ? run_moment(r, FEEL_DATE_TIME, m)
		  : run_null(r, "there is no such date and time");
}

FN(fn_duration)
{
	UNUSED;
	struct feel_value v;
	if (!duration_read(a[0]->string.text, a[0]->string.size, &v))
		return run_null(r, "\"%.60s\" is no duration", a[0]->string.text);
	return v.kind == FEEL_DAYS ? run_days(r, v.nanos) : run_months(r, v.months);
}

FN(fn_duration_same)
{
	UNUSED, (void)r;
	return a[0];
}

/* Whole months between; the time of day does not count. */
FN(fn_months_between)
{
	UNUSED;
	const struct feel_moment *x = &a[0]->moment, *y = &a[1]->moment;
	int64_t months = ((int64_t)y->year * 12 + y->month) - ((int64_t)x->year * 12 + x->month);
	if (months > 0 && y->day < x->day)
		months--;
	else if (months < 0 && y->day > x->day)
		months++;
	return run_months(r, months);
}

static int64_t day_number(const_value v)
{
	return days_from_civil(v->moment.year, v->moment.month, v->moment.day);
}

/* 0 is Monday. */
static int64_t weekday(const_value v)
{
	int64_t w = (day_number(v) + 3) % 7;
	return w < 0 ? w + 7 : w;
}

FN(fn_day_of_year)
{
	UNUSED;
	return run_int(r, day_number(a[0]) - days_from_civil(a[0]->moment.year, 1, 1) + 1);
}

FN(fn_day_of_week)
{
	UNUSED;
	static const char *const names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
					     "Friday", "Saturday", "Sunday" };
	const char *name = names[weekday(a[0])];
	return run_text(r, name, strlen(name));
}

FN(fn_month_of_year)
{
	UNUSED;
	static const char *const names[] = { "January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December" };
	const char *name = names[a[0]->moment.month - 1];
	return run_text(r, name, strlen(name));
}

/* ISO 8601: the week is of the year that its Thursday is in. */
FN(fn_week_of_year)
{
	UNUSED;
	int64_t thursday = day_number(a[0]) - weekday(a[0]) + 3;
	struct feel_moment m;
	if (!civil_from_days(thursday, &m))
		return run_null(r, "the date is out of range");
	return run_int(r, (thursday - days_from_civil(m.year, 1, 1)) / 7 + 1);
}

static struct feel_moment now_moment(struct feel_run *r)
{
	static const struct feel_moment utc = { .zone_kind = FEEL_OFFSET };
	struct feel_moment m = utc;
	(void)moment_of_local((__int128)r->now_at * 1000, &utc, &m);
	return m;
}

FN(fn_now)
{
	UNUSED, (void)a;
	return run_moment(r, FEEL_DATE_TIME, now_moment(r));
}

FN(fn_today)
{
	UNUSED, (void)a;
	struct feel_moment m = now_moment(r);
	return run_moment(r, FEEL_DATE, only_date(&m));
}

const struct builtin builtins_time[] = {
	{ "date and time", "from", "s", fn_date_time_text },
	{ "date and time", "from", "D", fn_date_time_same },
	{ "date and time", "date,time", "DT", fn_date_time },
	{ "date and time", "year,month,day,hour,minute,second", "nnnnnn", fn_date_time_parts },
	{ "date and time", "year,month,day,hour,minute,second,offset", "nnnnnn|u",
	  fn_date_time_parts },
	{ "date and time", "year,month,day,hour,minute,second,timezone", "nnnnnns",
	  fn_date_time_parts },
	{ "date", "from", "s", fn_date_text },
	{ "date", "from", "D", fn_date },
	{ "date", "year,month,day", "nnn", fn_date_parts },
	{ "time", "from", "s", fn_time_text },
	{ "time", "from", "T", fn_time },
	{ "time", "from", "D", fn_time },
	{ "time", "hour,minute,second,offset", "nnn|u", fn_time_parts },
	{ "duration", "from", "s", fn_duration },
	{ "duration", "from", "u", fn_duration_same },
	{ "years and months duration", "from,to", "DD", fn_months_between },
	{ "day of year", "date", "D", fn_day_of_year },
	{ "day of week", "date", "D", fn_day_of_week },
	{ "month of year", "date", "D", fn_month_of_year },
	{ "week of year", "date", "D", fn_week_of_year },
	{ "now", "", "", fn_now },
	{ "today", "", "", fn_today },
	{ 0 },
};
