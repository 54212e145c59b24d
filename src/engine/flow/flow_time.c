/* SPDX-License-Identifier: Apache-2.0 */
/* Dates, durations and repetitions of ISO 8601 as timers use them. */
#include "engine/flow/flow_private.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND 1000000LL
#define DAY (86400 * SECOND)

/* Exactly 'n' digits. */
static bool number(const char **s, int n, int *out)
{
	*out = 0;
	for (; n; n--, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return false;
		*out = *out * 10 + (**s - '0');
	}
	return true;
}

/* Days from 1970-01-01 (H. Hinnant, chrono-compatible low-level date algorithms). */
static int64_t days_of(int64_t y, int m, int d)
{
	y -= m <= 2;
	int64_t era = (y >= 0 ? y : y - 399) / 400, year = y - era * 400;
	int64_t day = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	return era * 146097 + year * 365 + year / 4 - year / 100 + day - 719468;
}

static int month_days(int y, int m)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	return m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)) ? 29 : days[m - 1];
}

static bool parse_date(const char **at, int64_t *out)
{
	const char *s = *at;
	int y, m, d, h = 0, min = 0, sec = 0, zh, zm = 0;
	if (!number(&s, 4, &y) || *s++ != '-' || !number(&s, 2, &m) || *s++ != '-' ||
	    !number(&s, 2, &d) || m < 1 || m > 12 || d < 1 || d > month_days(y, m))
		return false;
	int64_t micros = 0, offset = 0;
	if (*s == 'T') {
		s++;
		if (!number(&s, 2, &h) || *s++ != ':' || !number(&s, 2, &min) || h > 24 || min > 59)
			return false;
		if (*s == ':' && (s++, !number(&s, 2, &sec) || sec > 60))
			return false;
		int64_t unit = SECOND;
		if (*s == '.') {
			for (s++; isdigit((unsigned char)*s); s++) {
				unit /= 10;
				micros += unit * (*s - '0');
			}
		}
		if (*s == 'Z') {
			s++;
		} else if (*s == '+' || *s == '-') {
			int sign = *s++ == '-' ? -1 : 1;
			if (!number(&s, 2, &zh))
				return false;
			if (*s == ':')
				s++;
			if (isdigit((unsigned char)*s) && !number(&s, 2, &zm))
				return false;
			offset = sign * (zh * 3600LL + zm * 60);
		}
	}
	*out = (days_of(y, m, d) * 86400 + h * 3600 + min * 60 + sec - offset) * SECOND + micros;
	*at = s;
	return true;
}

bool flow_parse_date(const char *s, int64_t *at)
{
	int64_t found;
	if (!parse_date(&s, &found) || *s)
		return false;
	*at = found;
	return true;
}

static bool parse_duration(const char **at, int64_t *micros, int64_t *months)
{
	static const char units[] = "YMWDTHMS";
	const char *s = *at;
	int64_t sign = 1, us = 0, mo = 0;
	size_t unit = 0;
	bool some = false;
	if (*s == '-') {
		sign = -1;
		s++;
	}
	if (*s++ != 'P')
		return false;
	while (*s && *s != '/') {
		if (*s == 'T') {
			if (unit >= 5)
				return false;
			unit = 5;
			s++;
			continue;
		}
		int64_t n = 0, part = 0, scale = SECOND;
		if (!isdigit((unsigned char)*s))
			return false;
		for (; isdigit((unsigned char)*s); s++) {
			n = n * 10 + (*s - '0');
			if (n > 1000000000)
				return false;
		}
		if (*s == '.' || *s == ',') {
			for (s++; isdigit((unsigned char)*s); s++) {
				scale /= 10;
				part += scale * (*s - '0');
			}
		}
		const char *u = *s ? strchr(units + unit, *s) : NULL;
		if (!u || (unit < 5 && u >= units + 4) || (part && *s != 'S'))
			return false;
		switch (u - units) {
		case 0: mo += 12 * n; break;
		case 1: mo += n; break;
		case 2: us += 7 * n * DAY; break;
		case 3: us += n * DAY; break;
		case 5: us += n * 3600 * SECOND; break;
		case 6: us += n * 60 * SECOND; break;
		default: us += n * SECOND + part; break;
		}
		unit = (size_t)(u - units) + 1;
		some = true;
		s++;
	}
	if (!some)
		return false;
	*micros = sign * us;
	*months = sign * mo;
	*at = s;
	return true;
}

bool flow_parse_duration(const char *s, int64_t *micros, int64_t *months)
{
	int64_t us, mo;
	if (!parse_duration(&s, &us, &mo) || *s)
		return false;
	*micros = us;
	*months = mo;
	return true;
}

bool flow_parse_cycle(const char *s, int64_t *repeats, int64_t *micros, int64_t *months,
		      int64_t *first_at)
{
	int64_t n = -1, us, mo, first = 0;
	if (*s++ != 'R')
		return false;
	if (isdigit((unsigned char)*s)) {
		for (n = 0; isdigit((unsigned char)*s) && n < 1000000000; s++)
			n = n * 10 + (*s - '0');
	}
	if (*s++ != '/')
		return false;
	if (*s != 'P' && *s != '-') {
		if (!parse_date(&s, &first) || *s++ != '/')
			return false;
	}
	if (!parse_duration(&s, &us, &mo))
		return false;
	if (*s == '/') {
		s++;
		int64_t last;
		if (!parse_date(&s, &last))
			return false;
	}
	if (*s || (!us && !mo))
		return false;
	*repeats = n;
	*micros = us;
	*months = mo;
	*first_at = first;
	return true;
}

int64_t flow_add_months(int64_t at, int64_t months)
{
	if (!months)
		return at;
	time_t seconds = (time_t)(at / SECOND - (at % SECOND < 0));
	int64_t rest = at - (int64_t)seconds * SECOND;
	struct tm t;
	gmtime_r(&seconds, &t);
	int64_t m = (int64_t)t.tm_year * 12 + t.tm_mon + months;
	int y = (int)(m / 12) + 1900, mon = (int)(m % 12) + 1;
	int d = t.tm_mday > month_days(y, mon) ? month_days(y, mon) : t.tm_mday;
	return (days_of(y, mon, d) * 86400 + t.tm_hour * 3600 + t.tm_min * 60 + t.tm_sec) * SECOND +
	       rest;
}
