/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, times and durations: the calendar, their lexical forms (XML Schema 1.1, and "@zone" of FEEL,
 * DMN 1.5 §10.3.4.1), and moments as numbers on a line. */
#include <stdio.h>
#include "engine/flow/feel/feel_private.h"

/* Howard Hinnant, "chrono-compatible low-level date algorithms": proleptic Gregorian days since 1970. */
int64_t days_from_civil(int64_t y, unsigned m, unsigned d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * ((int64_t)m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

bool civil_from_days(int64_t z, struct feel_moment *out)
{
	if (z > INT64_C(365242500000) || z < INT64_C(-365243500000))
		return false;
	z += 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t month = mp < 10 ? mp + 3 : mp - 9;
	int64_t year = yoe + era * 400 + (month <= 2);
	if (year > YEAR_MAX || year < -YEAR_MAX)
		return false;
	out->year = (int32_t)year;
	out->month = (uint8_t)month;
	out->day = (uint8_t)(doy - (153 * mp + 2) / 5 + 1);
	return true;
}

unsigned month_days(int64_t y, unsigned m)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	return m == 2 && leap ? 29 : days[m - 1];
}

__int128 moment_local(const struct feel_moment *m)
{
	int64_t days = m->month ? days_from_civil(m->year, m->month, m->day) : 0;
	int64_t seconds = m->hour * 3600 + m->minute * 60 + m->second;
	return ((__int128)days * 86400 + seconds) * NANOS + m->nanos;
}

/* A time of day has no date for its zone to go by: that of 1 January 2000 is taken. */
#define ZONE_DAY_SECONDS INT64_C(946684800)

bool moment_offset(const struct feel_moment *m, int32_t *out)
{
	if (m->zone_kind == FEEL_LOCAL)
		return false;
	*out = m->offset;
	if (m->zone_kind == FEEL_NAMED) {
		__int128 local = moment_local(m);
		int64_t seconds = (int64_t)(local / NANOS - (local % NANOS < 0));
		if (!m->month)
			seconds += ZONE_DAY_SECONDS;
		*out = zone_offset_local(m->zone, seconds);
	}
	return true;
}

__int128 moment_utc(const struct feel_moment *m)
{
	int32_t offset = 0;
	(void)!moment_offset(m, &offset);
	return moment_local(m) - (__int128)offset * NANOS;
}

bool moment_of_local(__int128 nanos, const struct feel_moment *like, struct feel_moment *out)
{
	const __int128 day = 86400 * (__int128)NANOS;
	__int128 days = nanos / day - (nanos % day < 0);
	if (days > INT64_C(365242500000) || days < INT64_C(-365243500000))
		return false;
	int64_t rest = (int64_t)(nanos - days * day);
	struct feel_moment m = { .zone_kind = like->zone_kind,
				 .offset = like->offset,
				 .zone = like->zone };
	if (!civil_from_days((int64_t)days, &m))
		return false;
	m.nanos = (int32_t)(rest % NANOS);
	rest /= NANOS;
	m.second = (uint8_t)(rest % 60);
	m.minute = (uint8_t)(rest / 60 % 60);
	m.hour = (uint8_t)(rest / 3600);
	*out = m;
	return true;
}

/* ---- reading ---- */

struct reader {
	const char *s, *end;
};

static bool next_is(struct reader *r, char c)
{
	if (r->s < r->end && *r->s == c) {
		r->s++;
		return true;
	}
	return false;
}

static size_t count_digits(const struct reader *r)
{
	size_t n = 0;
	while (r->s + n < r->end && r->s[n] >= '0' && r->s[n] <= '9')
		n++;
	return n;
}

static bool read_digits(struct reader *r, size_t n, int64_t *out)
{
	if (count_digits(r) < n || n > 18)
		return false;
	*out = 0;
	for (size_t i = 0; i < n; i++)
		*out = *out * 10 + (*r->s++ - '0');
	return true;
}

static bool read_date(struct reader *r, struct feel_moment *m)
{
	bool negative = next_is(r, '-');
	size_t n = count_digits(r);
	int64_t year, month, day;
	if (n < 4 || n > 9 || (n > 4 && *r->s == '0'))
		return false;
	if (!read_digits(r, n, &year) || !next_is(r, '-') || !read_digits(r, 2, &month) ||
	    !next_is(r, '-') || !read_digits(r, 2, &day))
		return false;
	if (negative)
		year = -year;
	if (month < 1 || month > 12 || day < 1 || day > month_days(year, (unsigned)month))
		return false;
	m->year = (int32_t)year;
	m->month = (uint8_t)month;
	m->day = (uint8_t)day;
	return true;
}

static bool read_zone(struct reader *r, struct feel_moment *m)
{
	if (r->s == r->end)
		return true;
	m->zone_kind = FEEL_OFFSET;
	if (next_is(r, 'Z') || next_is(r, 'z'))
		return r->s == r->end;
	if (next_is(r, '@')) {
		m->zone = zone_find(r->s, (size_t)(r->end - r->s));
		m->zone_kind = FEEL_NAMED;
		r->s = r->end;
		return m->zone != NULL;
	}
	bool west = next_is(r, '-');
	int64_t hours, minutes, seconds = 0;
	if ((!west && !next_is(r, '+')) || !read_digits(r, 2, &hours) || !next_is(r, ':') ||
	    !read_digits(r, 2, &minutes))
		return false;
	if (next_is(r, ':') && !read_digits(r, 2, &seconds))
		return false;
	int64_t offset = hours * 3600 + minutes * 60 + seconds;
	if (minutes > 59 || seconds > 59 || offset > 18 * 3600)
		return false;
	m->offset = (int32_t)(west ? -offset : offset);
	return r->s == r->end;
}

/* hh:mm:ss[.f], 24:00:00 too; 'late' says that it was that. */
static bool read_clock(struct reader *r, struct feel_moment *m, bool *late)
{
	int64_t h, min, sec;
	if (!read_digits(r, 2, &h) || !next_is(r, ':') || !read_digits(r, 2, &min) ||
	    !next_is(r, ':') || !read_digits(r, 2, &sec))
		return false;
	if (next_is(r, '.')) {
		size_t n = count_digits(r);
		if (n == 0)
			return false;
		int64_t unit = NANOS / 10, nanos = 0;
		for (size_t i = 0; i < n; i++, unit /= 10)
			nanos += (*r->s++ - '0') * unit;
		m->nanos = (int32_t)nanos;
	}
	*late = h == 24 && min == 0 && sec == 0 && m->nanos == 0;
	if ((h > 23 && !*late) || min > 59 || sec > 59)
		return false;
	m->hour = (uint8_t)(h % 24);
	m->minute = (uint8_t)min;
	m->second = (uint8_t)sec;
	return true;
}

bool moment_read(enum feel_kind kind, const char *s, size_t size, struct feel_moment *out)
{
	struct reader r = { s, s + size };
	struct feel_moment m = { 0 };
	bool late = false;
	if (kind != FEEL_TIME && !read_date(&r, &m))
		return false;
	if (kind == FEEL_DATE_TIME && !next_is(&r, 'T'))
		return false;
	if (kind != FEEL_DATE && (!read_clock(&r, &m, &late) || !read_zone(&r, &m)))
		return false;
	if (r.s != r.end)
		return false;
	if (late && kind == FEEL_DATE_TIME &&
	    !moment_of_local(moment_local(&m) + 86400 * (__int128)NANOS, &m, &m))
		return false;
	*out = m;
	return true;
}

/* One "12Y"; the fraction only where 'nanos' is given. False: there is none with that letter. */
static bool read_part(struct reader *r, char letter, int64_t *out, int64_t *nanos)
{
	struct reader t = *r;
	size_t n = count_digits(&t);
	int64_t fraction = 0;
	*out = 0;
	if (n == 0 || n > 18 || !read_digits(&t, n, out))
		return false;
	if (nanos && next_is(&t, '.')) {
		int64_t unit = NANOS / 10;
		for (size_t k = count_digits(&t); k > 0; k--, unit /= 10)
			fraction += (*t.s++ - '0') * unit;
	}
	if (!next_is(&t, letter)) {
		*out = 0;
		return false;
	}
	if (nanos)
		*nanos = fraction;
	*r = t;
	return true;
}

bool duration_read(const char *s, size_t size, struct feel_value *out)
{
	struct reader r = { s, s + size };
	bool negative = next_is(&r, '-');
	int64_t years, months, days, hours, minutes, seconds, nanos = 0;
	if (!next_is(&r, 'P'))
		return false;
	bool year = read_part(&r, 'Y', &years, NULL), month = read_part(&r, 'M', &months, NULL);
	if (year || month) {
		int64_t sum;
		if (r.s != r.end || __builtin_mul_overflow(years, 12, &sum) ||
		    __builtin_add_overflow(sum, months, &sum))
			return false;
		*out = (struct feel_value){ .kind = FEEL_MONTHS, .months = negative ? -sum : sum };
		return true;
	}
	bool any = read_part(&r, 'D', &days, NULL);
	hours = minutes = seconds = 0;
	if (next_is(&r, 'T')) {
		bool h = read_part(&r, 'H', &hours, NULL), m = read_part(&r, 'M', &minutes, NULL);
		bool sec = read_part(&r, 'S', &seconds, &nanos);
		if (!h && !m && !sec)
			return false;
		any = true;
	}
	if (!any || r.s != r.end)
		return false;
	__int128 all =
		(__int128)days * 86400 + (__int128)hours * 3600 + (__int128)minutes * 60 + seconds;
	all = all * NANOS + nanos;
	*out = (struct feel_value){ .kind = FEEL_DAYS, .nanos = negative ? -all : all };
	return true;
}

/* ---- writing ---- */

static void write_fraction(struct buf *b, int64_t nanos)
{
	char digits[16];
	if (!nanos)
		return;
	int n = snprintf(digits, sizeof(digits), ".%09lld", (long long)nanos);
	while (n > 0 && digits[n - 1] == '0')
		n--;
	buf_add(b, digits, (size_t)n);
}

static void write_zone(struct buf *b, const struct feel_moment *m)
{
	if (m->zone_kind == FEEL_NAMED)
		buf_printf(b, "@%s", zone_name(m->zone));
	if (m->zone_kind != FEEL_OFFSET)
		return;
	if (m->offset == 0) {
		buf_char(b, 'Z');
		return;
	}
	int o = m->offset < 0 ? -m->offset : m->offset;
	buf_printf(b, "%c%02d:%02d", m->offset < 0 ? '-' : '+', o / 3600, o / 60 % 60);
	if (o % 60)
		buf_printf(b, ":%02d", o % 60);
}

void moment_write(struct buf *b, enum feel_kind kind, const struct feel_moment *m)
{
	if (kind != FEEL_TIME)
		buf_printf(b, "%s%04d-%02d-%02d", m->year < 0 ? "-" : "",
			   m->year < 0 ? -m->year : m->year, m->month, m->day);
	if (kind == FEEL_DATE)
		return;
	if (kind == FEEL_DATE_TIME)
		buf_char(b, 'T');
	buf_printf(b, "%02d:%02d:%02d", m->hour, m->minute, m->second);
	write_fraction(b, m->nanos);
	write_zone(b, m);
}

void duration_write(struct buf *b, const struct feel_value *v)
{
	if (v->kind == FEEL_MONTHS) {
		uint64_t n = v->months < 0 ? -(uint64_t)v->months : (uint64_t)v->months;
		buf_str(b, v->months < 0 ? "-P" : "P");
		if (n / 12)
			buf_printf(b, "%lluY", (unsigned long long)(n / 12));
		if (n % 12 || n == 0)
			buf_printf(b, "%lluM", (unsigned long long)(n % 12));
		return;
	}
	__int128 n = v->nanos < 0 ? -v->nanos : v->nanos;
	int64_t nanos = (int64_t)(n % NANOS);
	n /= NANOS;
	int seconds = (int)(n % 60), minutes = (int)(n / 60 % 60), hours = (int)(n / 3600 % 24);
	char days[NUMBER_TEXT_SIZE];
	number_write(number_of_nanos(n / 86400, 1), days);
	buf_str(b, v->nanos < 0 ? "-P" : "P");
	if (n / 86400)
		buf_printf(b, "%sD", days);
	if (hours || minutes || seconds || nanos || n == 0)
		buf_char(b, 'T');
	if (hours)
		buf_printf(b, "%dH", hours);
	if (minutes)
		buf_printf(b, "%dM", minutes);
	if (seconds || nanos || n == 0) {
		buf_printf(b, "%d", seconds);
		write_fraction(b, nanos);
		buf_char(b, 'S');
	}
}
