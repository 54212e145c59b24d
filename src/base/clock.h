/* SPDX-License-Identifier: Apache-2.0 */
/* Time and dates. Instants are UTC microseconds since 1970 in int64_t, named *_at. Tests can set the clock;
 * deadlines and leases in the outside world use clock_steady(), which nobody sets. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include "base/arena.h"

#define CLOCK_SECOND INT64_C(1000000)
#define CLOCK_DAY (86400 * CLOCK_SECOND)
/* How far 北京时间 is ahead of UTC; China has no summer time since 1992. */
#define CLOCK_CHINA (8 * 3600 * CLOCK_SECOND)

int64_t clock_now(void);
/* Monotonic microseconds, for measuring. */
int64_t clock_steady(void);
/* Tests: the clock stands still at 'at' until it is set again; 0 lets it run. */
void clock_set(int64_t at);

enum time_style {
	TIME_Z,       /* 2026-11-23T22:56:51Z                 Nova, Glance */
	TIME_MICRO_Z, /* 2026-11-23T22:56:51.123456Z          Keystone */
	TIME_BARE     /* 2026-11-23T22:56:51.000000           Nova's OS-SRV-USG */
};
#define TIME_TEXT_SIZE 32
/* ISO 8601 in 'out', which has TIME_TEXT_SIZE bytes. */
void time_write(int64_t at, enum time_style style, char *out);
/* Reads the styles above, with Z, an offset, or none (UTC). False: not a time. */
bool time_read(const char *s, int64_t *at) MUST_USE;

/* Dates of the Gregorian calendar, years 1 to 9999; a day is counted from 1970-01-01. */
bool date_is(int year, int month, int day); /* whether there is such a date */
int32_t date_day(int year, int month, int day);
void date_of(int32_t days, int *year, int *month, int *day);
/* "2026-11-23" and nothing else. False leaves '*day' alone. */
bool date_parse(const char *s, int32_t *day) MUST_USE;

#endif
