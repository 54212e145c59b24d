/* SPDX-License-Identifier: Apache-2.0 */
/* Business calendars 工作日历: which days are worked, when an office is open, and when what the law gives
 * so many days for is due.
 *
 * Days are China's: they begin at midnight in Asia/Shanghai, which is eight hours ahead of UTC in every
 * year that is known here (summer time ended in 1991). A working day is Monday to Friday but for the days
 * off of the State Council's notice 放假安排 of the year, and the days worked instead 调休上班日. Of a year
 * without a notice only the weekdays are known: what touches it comes with a doubt, and is derived again
 * when the notice is there.
 *
 * Owns tables calendar_*. Posts calendar.version.published and calendar.clock.due. Uses db, audit, jobs. */
#ifndef ENGINE_CALENDAR_CALENDAR_H
#define ENGINE_CALENDAR_CALENDAR_H

#include "base/call.h"

struct module;

enum {
	CALENDAR_YEAR_MIN = 1992,
	CALENDAR_YEAR_MAX = 2199,
	CALENDAR_TERM_MAX = 3660, /* days that a term may have, extensions included */
	CALENDAR_SPANS_MAX = 6    /* of one weekday */
};

/* --- days: no database, no clock --- */

struct calendar_exception {
	int32_t day; /* days since 1970-01-01 */
	bool off;    /* 放假; false: worked 上班 */
	const char *name;
};
struct calendar_span {
	int32_t start, end; /* minutes since midnight */
};
/* When an office is open on each weekday, Monday first. A weekday without spans is as Monday where it is
 * worked instead of another day. */
struct calendar_hours {
	struct calendar_span spans[7][CALENDAR_SPANS_MAX];
	int count[7];
};
/* One version of a calendar with the hours of one office. Lives in the arena that it was opened in. */
struct calendar {
	const char *code;
	int64_t version;
	int64_t office_revision; /* 0: the preset hours */
	bool published[CALENDAR_YEAR_MAX + 1 - CALENDAR_YEAR_MIN];
	struct calendar_exception *exceptions; /* by day, each once */
	size_t count;
	struct calendar_hours hours;
};
/* Years that an answer leans on and that no notice has been published for; 0: there is none. */
struct calendar_doubt {
	int32_t from, to;
};

int32_t calendar_day_of(int64_t at);
/* "2026-10-09" and nothing else. False: no such date, or its year is not known here. */
bool calendar_day_read(const char *text, int32_t *out) MUST_USE;
const char *calendar_day_text(struct arena *a, int32_t day);
int calendar_year_of(int32_t day);
/* Monday 0 to Sunday 6. */
int calendar_weekday(int32_t day);

/* 08:30 to 12:00 and 13:30 to 17:30, Monday to Friday. */
extern const struct calendar_hours calendar_preset_hours;

/* NULL: neither off nor worked by a notice. */
const struct calendar_exception *calendar_exception_of(const struct calendar *k, int32_t day);
bool calendar_works(const struct calendar *k, int32_t day, struct calendar_doubt *doubt);
/* When the office closes on that day, worked or not. */
int64_t calendar_day_end(const struct calendar *k, int32_t day);
/* All of these answer 0 when they leave the years that are known here. */

/* The term of 'n' (1 or more) working days from an instant 工作日: the day of the instant is not counted,
 * and the term ends when the office closes on the n-th working day (行政许可法 art. 82). */
int64_t calendar_due(const struct calendar *k, int64_t from, int64_t n,
		     struct calendar_doubt *doubt);
/* The same in days of the calendar 自然日; where the last one is not worked, the next one that is ends the
 * term (民法典 art. 203). */
int64_t calendar_due_natural(const struct calendar *k, int64_t from, int64_t n,
			     struct calendar_doubt *doubt);
/* Microseconds of office hours in [from, to); 0 when 'to' is not after 'from'. */
int64_t calendar_time_between(const struct calendar *k, int64_t from, int64_t to,
			      struct calendar_doubt *doubt);
/* The instant at which 'time' microseconds (1 or more) of office hours have passed since 'from'. */
int64_t calendar_time_after(const struct calendar *k, int64_t from, int64_t time,
			    struct calendar_doubt *doubt);

/* --- clocks 法定时限: a due date is never edited, it follows from what happened --- */

enum calendar_unit { CALENDAR_WORKING, CALENDAR_NATURAL };
enum calendar_clock_kind { CLOCK_START, CLOCK_PAUSE, CLOCK_RESUME, CLOCK_EXTEND, CLOCK_STOP };
enum calendar_clock_run { CLOCK_RUNNING, CLOCK_PAUSED, CLOCK_STOPPED };

struct calendar_clock_event {
	int64_t number; /* 1, 2, 3… */
	int kind;       /* enum calendar_clock_kind */
	int64_t at;
	int64_t days; /* of the term: START, EXTEND */
	const char *reason, *user_id;
};
struct calendar_clock_state {
	int run;        /* enum calendar_clock_run */
	int64_t days;   /* of the term, extensions included */
	int64_t used;   /* whole days of it that have passed */
	int64_t left;   /* below 0: days that it is overdue */
	int64_t due_at; /* 0: not known while it is paused */
	bool overdue;   /* it ran, or stopped, behind its due date */
	struct calendar_doubt doubt;
};
/* What follows from events in their order, at 'now'. A day is used when the clock runs as the office
 * closes; so the day on which a clock is paused is not used, and the day on which it goes on is. ST_CONFLICT
 * (field "kind" or "at"): the events cannot have happened in this order. ST_LIMIT: the term leaves
 * CALENDAR_TERM_MAX or the years that are known. */
enum status calendar_derive(struct call *c, const struct calendar *k, int unit,
			    const struct calendar_clock_event *events, size_t count, int64_t now,
			    struct calendar_clock_state *out) MUST_USE;

/* --- what later rooms use, in a transaction --- */

/* The version (0: the newest) of the calendar 'code' with the hours of an office (NULL: the preset). ST_NOT_FOUND
 * names the field that is wrong. */
enum status calendar_open(struct call *c, const char *code, int64_t version, const char *office_id,
			  struct calendar **out) MUST_USE;

struct calendar_clock {
	const char *id, *subject; /* what it is of: "case 330200…" */
	const char *calendar;
	const char *office_id; /* NULL: the preset hours */
	int unit;
	const char *project_id; /* whose it is */
	int run;
	int64_t due_at;          /* the indexed copy of what was derived… */
	int64_t due_order;       /* due_at, or behind all instants */
	int64_t version;         /* …by this version of the calendar… */
	int64_t office_revision; /* …and these hours */
	bool provisional;        /* …with a doubt */
	int64_t created_at;
};
struct calendar_clock_whole {
	struct calendar_clock clock;
	struct calendar_clock_event *events;
	size_t events_count;
	struct calendar_clock_state state;
	const char *warning; /* NULL: no doubt */
};
struct calendar_clock_start {
	const char *subject, *calendar, *office_id, *reason;
	int unit;
	int64_t days;
	int64_t at; /* 0: now */
};
struct calendar_clock_step {
	const char *clock_id, *reason;
	int kind; /* not CLOCK_START */
	int64_t at, days;
};
/* Acts: a clock of the asker's VDC is begun, and what happens to it later is written down. ST_CONFLICT: it
 * cannot happen to this clock now. */
enum status calendar_clock_begin(struct call *c, const struct calendar_clock_start *in,
				 struct calendar_clock_whole *out) MUST_USE;
enum status calendar_clock_happen(struct call *c, const struct calendar_clock_step *in,
				  struct calendar_clock_whole *out) MUST_USE;

/* A sentence about a doubt for people, NULL when there is none. */
const char *calendar_doubt_text(struct arena *a, const struct calendar_doubt *doubt);

extern const struct module calendar_module;

#endif
