/* SPDX-License-Identifier: Apache-2.0 */
/* Clocks, and instants as ISO 8601 text. The calendar is the proleptic Gregorian one, years 1 to 9999;
 * its arithmetic is by eras of 400 years, so nothing here depends on the time zone of the process. */
#include <stdatomic.h>
#include <time.h>
#include "base/clock.h"

enum { DAYS_PER_ERA = 146097, DAYS_0000_TO_1970 = 719468 };

static _Atomic int64_t set_at; /* 0: the clock runs */

static int64_t read_clock(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return (int64_t)ts.tv_sec * CLOCK_SECOND + ts.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	int64_t set = atomic_load_explicit(&set_at, memory_order_relaxed);
	return set ? set : read_clock(CLOCK_REALTIME);
}

int64_t clock_steady(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

void clock_set(int64_t at)
{
	atomic_store_explicit(&set_at, at, memory_order_relaxed);
}

/* The year is counted from March, so that the leap day is its last. */
int32_t date_day(int year, int month, int day)
{
	int y = month <= 2 ? year - 1 : year;
	int era = y / 400; /* y is never negative: years begin at 1 */
	int year_of_era = y - era * 400;
	int day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
	return era * DAYS_PER_ERA + day_of_era - DAYS_0000_TO_1970;
}

void date_of(int32_t days, int *year, int *month, int *day)
{
	int z = days + DAYS_0000_TO_1970;
	int era = z / DAYS_PER_ERA, day_of_era = z - era * DAYS_PER_ERA;
	int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			   day_of_era / (DAYS_PER_ERA - 1)) /
			  365;
	int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int mp = (5 * day_of_year + 2) / 153;
	*day = day_of_year - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = year_of_era + era * 400 + (*month <= 2);
}

static int64_t first_at(void)
{
	return date_day(1, 1, 1) * CLOCK_DAY;
}

static int64_t last_at(void)
{
	return (date_day(9999, 12, 31) + 1) * CLOCK_DAY - 1;
}

static char *put_digits(char *p, int value, int digits)
{
	for (int i = digits - 1; i >= 0; i--) {
		p[i] = (char)('0' + value % 10);
		value /= 10;
	}
	return p + digits;
}

void time_write(int64_t at, enum time_style style, char *out)
{
	if (at < first_at())
		at = first_at();
	if (at > last_at())
		at = last_at();

	int64_t days = at / CLOCK_DAY - (at % CLOCK_DAY < 0);
	int64_t rest = at - days * CLOCK_DAY;
	int seconds = (int)(rest / CLOCK_SECOND);
	int year, month, day;
	date_of((int32_t)days, &year, &month, &day);

	char *p = put_digits(out, year, 4);
	*p++ = '-';
	p = put_digits(p, month, 2);
	*p++ = '-';
	p = put_digits(p, day, 2);
	*p++ = 'T';
	p = put_digits(p, seconds / 3600, 2);
	*p++ = ':';
	p = put_digits(p, seconds / 60 % 60, 2);
	*p++ = ':';
	p = put_digits(p, seconds % 60, 2);
	if (style != TIME_Z) {
		*p++ = '.';
		p = put_digits(p, (int)(rest % CLOCK_SECOND), 6);
	}
	if (style != TIME_BARE)
		*p++ = 'Z';
	*p = '\0';
}

/* Reads exactly 'digits' digits within the bounds and moves on. */
static bool take_number(const char **s, int digits, int min, int max, int *out)
{
	int v = 0;
	for (int i = 0; i < digits; i++) {
		char ch = (*s)[i];
		if (ch < '0' || ch > '9')
			return false;
		v = v * 10 + (ch - '0');
	}
	if (v < min || v > max)
		return false;
	*s += digits;
	*out = v;
	return true;
}

static bool take_char(const char **s, char ch)
{
	if (**s != ch)
		return false;
	(*s)++;
	return true;
}

static int days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

bool date_is(int year, int month, int day)
{
	return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days_of_month(year, month);
}

static bool take_date(const char **s, int32_t *day)
{
	int y, m, d;
	if (!take_number(s, 4, 1, 9999, &y) || !take_char(s, '-') ||
	    !take_number(s, 2, 1, 12, &m) || !take_char(s, '-') ||
	    !take_number(s, 2, 1, days_of_month(y, m), &d))
		return false;
	*day = date_day(y, m, d);
	return true;
}

bool date_parse(const char *s, int32_t *day)
{
	int32_t read;
	if (!take_date(&s, &read) || *s)
		return false;
	*day = read;
	return true;
}

/* Digits of a second; those behind the sixth are dropped. */
static bool take_fraction(const char **s, int *micros)
{
	*micros = 0;
	if (!take_char(s, '.'))
		return true;
	int count = 0;
	for (int scale = 100000; **s >= '0' && **s <= '9'; (*s)++, count++, scale /= 10)
		*micros += scale * (**s - '0');
	return count >= 1 && count <= 9;
}

/* "Z", "+08:00", "+0800", "+08" or nothing, which is UTC. */
static bool take_offset(const char **s, int *minutes)
{
	*minutes = 0;
	if (!**s || take_char(s, 'Z') || take_char(s, 'z'))
		return true;
	int sign = **s == '-' ? -1 : 1;
	if (!take_char(s, '+') && !take_char(s, '-'))
		return false;
	int h, m = 0;
	if (!take_number(s, 2, 0, 23, &h))
		return false;
	bool colon = take_char(s, ':');
	if ((colon || **s) && !take_number(s, 2, 0, 59, &m))
		return false;
	*minutes = sign * (h * 60 + m);
	return true;
}

bool time_read(const char *s, int64_t *at)
{
	int32_t day;
	int hour, minute, second, micros, offset;
	if (!take_date(&s, &day) ||
	    (!take_char(&s, 'T') && !take_char(&s, 't') && !take_char(&s, ' ')))
		return false;
	if (!take_number(&s, 2, 0, 23, &hour) || !take_char(&s, ':') ||
	    !take_number(&s, 2, 0, 59, &minute) || !take_char(&s, ':') ||
	    !take_number(&s, 2, 0, 59, &second) || !take_fraction(&s, &micros) ||
	    !take_offset(&s, &offset) || *s)
		return false;

	int64_t t = day * CLOCK_DAY + ((int64_t)hour * 3600 + minute * 60 + second) * CLOCK_SECOND +
		    micros - (int64_t)offset * 60 * CLOCK_SECOND;
	if (t < first_at() || t > last_at())
		return false;
	*at = t;
	return true;
}
