/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the calendar room share. */
#ifndef ENGINE_CALENDAR_CALENDAR_PRIVATE_H
#define ENGINE_CALENDAR_CALENDAR_PRIVATE_H

#include "door/module.h"
#include "engine/calendar/calendar.h"

extern const char *const calendar_unit_words[];
extern const char *const calendar_kind_words[];
extern const char *const calendar_run_words[];

int64_t calendar_day_start(int32_t day);

/* --- notices, read from files --- */

enum {
	YEARS_MAX = 120,     /* of one file */
	YEAR_DAYS_MAX = 400, /* that one notice names */
	DAY_NAME_MAX = 60,
	PAPERS_MAX = 20
};

struct notice_day {
	const char *date; /* on the wire; filled from 'day' */
	int32_t day;
	int kind; /* enum day_kind */
	const char *name;
	int64_t day_number; /* in a row */
};
enum day_kind { DAY_OFF, DAY_WORK };
extern const char *const calendar_day_kinds[];

struct notice {
	int64_t year;
	bool published;
	struct words papers;
	struct notice_day *days; /* by day, each once */
	size_t days_count;
	int64_t version; /* that brought it; 0: just read */
};
struct notices {
	struct notice *list; /* by year, each once */
	size_t count;
};
/* holiday-cn's layout (one year's object, or {"years": […]} of them) when the first character is '{', else
 * comma-separated values with a header date,kind,name. 'year': the notice that lines of CSV belong to; 0:
 * each that of its date. ST_BAD_INPUT names the place. */
enum status calendar_file_read(struct call *c, const char *text, size_t size, int64_t year,
			       struct notices *out) MUST_USE;
enum status calendar_csv_read(struct call *c, const char *text, size_t size, int64_t year,
			      struct notices *out) MUST_USE;
/* Sorts days and years and holds them to the rules that both layouts share; 'where' begins field names. */
enum status calendar_notices_settle(struct call *c, struct notices *n) MUST_USE;

/* --- rows and asks --- */

/* Where a clock without a due date stands in lists: behind all that have one. */
#define DUE_NEVER INT64_C(9000000000000000000)

struct calendar_info {
	const char *code, *name;
	int64_t version, created_at;
	int64_t first_year, last_year; /* that a notice is known of; INT_NULL: none */
};
struct calendar_version {
	int64_t number;
	const char *years; /* JSON */
	int64_t changed;
	const char *note, *created_by;
	int64_t created_at;
};
struct calendar_office {
	const char *id, *domain_id, *name;
	int64_t revision;
	const char *hours; /* JSON, in the order of the spans */
	int64_t updated_at;
};
struct office_span {
	int64_t weekday; /* 1 Monday to 7 Sunday */
	const char *start, *end;
};

struct calendar_list {
	struct calendar_info *calendars;
	size_t calendars_count;
};
struct calendar_create {
	const char *code, *name;
};
struct calendar_ask {
	const char *calendar;
	int64_t version; /* 0: the newest */
};
struct calendar_shown {
	struct calendar_info calendar;
	struct calendar_version *versions;
	size_t versions_count;
	struct notice *years;
	size_t years_count;
};
struct calendar_year_ask {
	const char *calendar;
	int64_t year, version;
};
struct calendar_year_shown {
	int64_t year, version;
	bool published;
	int64_t working_days;
	struct words papers;
	struct notice_day *days;
	size_t days_count;
};
struct calendar_upload {
	const char *calendar, *note, *body;
	int64_t year;
	struct notices notices; /* by the route's prepare */
};
struct calendar_uploaded {
	const char *calendar;
	int64_t version, changed;
	bool made; /* a version was made; false: nothing was otherwise than before */
	struct words years;
};
struct due_ask {
	const char *calendar, *office_id;
	int64_t from, days, minutes, version;
	int unit;
};
struct due_answer {
	const char *calendar;
	int64_t version, due_at;
	const char *date;
	struct words counted; /* the working days that were counted, at most COUNTED_SHOWN */
	bool provisional;
	const char *warning;
};
struct between_ask {
	const char *calendar, *office_id;
	int64_t from, to, version;
};
struct between_answer {
	const char *calendar;
	int64_t version, working_days, seconds;
	bool provisional;
	const char *warning;
};
struct office_key {
	const char *office_id;
};
struct office_put {
	const char *office_id, *name;
	struct office_span *hours;
	size_t hours_count;
};
struct office_shown {
	const char *id, *domain_id, *name;
	int64_t revision, updated_at;
	struct office_span *hours;
	size_t hours_count;
};
struct office_list {
	struct office_shown *offices;
	size_t offices_count;
};
struct clock_key {
	const char *clock_id;
};
struct clock_ask {
	int run;
	bool run_given;
	int64_t due_before, limit;
	const char *marker;
};
struct clock_page {
	struct calendar_clock *clocks;
	size_t clocks_count;
	const char *next;
};
struct clock_due {
	const char *id;
	int run;
	int64_t due_at, version, office_revision;
	bool provisional;
};

/* Acts. */
enum status calendar_list_act(struct call *c, const struct nothing *in,
			      struct calendar_list *out) MUST_USE;
enum status calendar_create(struct call *c, const struct calendar_create *in,
			    struct calendar_info *out) MUST_USE;
enum status calendar_show(struct call *c, const struct calendar_ask *in,
			  struct calendar_shown *out) MUST_USE;
enum status calendar_year_show(struct call *c, const struct calendar_year_ask *in,
			       struct calendar_year_shown *out) MUST_USE;
enum status calendar_publish(struct call *c, const struct calendar_upload *in,
			     struct calendar_uploaded *out) MUST_USE;
enum status calendar_ask_due(struct call *c, const struct due_ask *in,
			     struct due_answer *out) MUST_USE;
enum status calendar_ask_between(struct call *c, const struct between_ask *in,
				 struct between_answer *out) MUST_USE;
enum status calendar_office_create(struct call *c, const struct office_put *in,
				   struct office_shown *out) MUST_USE;
enum status calendar_office_change(struct call *c, const struct office_put *in,
				   struct office_shown *out) MUST_USE;
enum status calendar_office_show(struct call *c, const struct office_key *in,
				 struct office_shown *out) MUST_USE;
enum status calendar_office_list(struct call *c, const struct nothing *in,
				 struct office_list *out) MUST_USE;
enum status calendar_office_delete(struct call *c, const struct office_key *in,
				   struct nothing *out) MUST_USE;
enum status calendar_clock_show(struct call *c, const struct clock_key *in,
				struct calendar_clock_whole *out) MUST_USE;
enum status calendar_clock_list(struct call *c, const struct clock_ask *in,
				struct clock_page *out) MUST_USE;

/* The route's prepare: reads the file before the transaction. */
enum status calendar_upload_prepare(struct call *c, void *in) MUST_USE;
/* The hours of an office from its row. */
enum status calendar_hours_read(struct call *c, const struct calendar_office *o,
				struct calendar_hours *out) MUST_USE;
/* Posts the job that derives again what was derived by an older version or older hours. */
enum status calendar_rebuild_post(struct call *c, const char *calendar) MUST_USE;
/* In a transaction: derives again at most 'most' of a calendar's clocks; '*left': more wait. */
enum status calendar_rebuild_some(struct call *c, const char *calendar, int64_t most,
				  bool *left) MUST_USE;

extern const struct route_group calendar_routes[];
extern const struct permission calendar_permissions[];
extern const struct field calendar_info_row[], calendar_office_row[], calendar_clock_row[],
	calendar_clock_event_row[];

/* Statements. ST_NOT_FOUND comes without a problem text. */
enum status calendar_rows(struct call *c, struct calendar_info **out, size_t *n) MUST_USE;
enum status calendar_read(struct call *c, const char *code, struct calendar_info *out) MUST_USE;
enum status calendar_insert(struct call *c, const struct calendar_info *in) MUST_USE;
enum status calendar_version_insert(struct call *c, const char *calendar,
				    const struct calendar_version *in) MUST_USE;
enum status calendar_versions(struct call *c, const char *calendar, struct calendar_version **out,
			      size_t *n) MUST_USE;
/* The years of a version, without their days. */
enum status calendar_years(struct call *c, const char *calendar, int64_t version,
			   struct notice **out, size_t *n) MUST_USE;
enum status calendar_year_insert(struct call *c, const char *calendar, int64_t version,
				 const struct notice *in) MUST_USE;
/* All days of a version, by day and then by the year of the notice. */
enum status calendar_days(struct call *c, const char *calendar, int64_t version,
			  struct notice_day **out, size_t *n) MUST_USE;
/* The days of one notice, which the version 'version' brought. */
enum status calendar_days_of(struct call *c, const char *calendar, int64_t year, int64_t version,
			     struct notice_day **out, size_t *n) MUST_USE;
enum status calendar_office_rows(struct call *c, struct calendar_office **out, size_t *n) MUST_USE;
enum status calendar_office_read(struct call *c, const char *id,
				 struct calendar_office *out) MUST_USE;
enum status calendar_office_insert(struct call *c, const struct calendar_office *in) MUST_USE;
enum status calendar_office_write(struct call *c, const struct calendar_office *in) MUST_USE;
enum status calendar_office_remove(struct call *c, const char *id) MUST_USE;
/* The calendars that running clocks of the office count by. */
enum status calendar_office_calendars(struct call *c, const char *id, struct calendar_info **out,
				      size_t *n) MUST_USE;
enum status calendar_clock_insert(struct call *c, const struct calendar_clock *in) MUST_USE;
enum status calendar_clock_read(struct call *c, const char *id,
				struct calendar_clock *out) MUST_USE;
enum status calendar_clock_derived(struct call *c, const struct clock_due *in) MUST_USE;
enum status calendar_clock_event_insert(struct call *c, const char *clock_id,
					const struct calendar_clock_event *in) MUST_USE;
enum status calendar_clock_events(struct call *c, const char *clock_id,
				  struct calendar_clock_event **out, size_t *n) MUST_USE;
/* A VDC's clocks by due date, those that are paused last, behind the marker (due date and id). 'run' NULL: in
 * any state. */
enum status calendar_clock_rows(struct call *c, const char *project_id, const char *run,
				int64_t due_before, int64_t due_after, const char *id_after,
				int64_t limit, struct calendar_clock **out, size_t *n) MUST_USE;
/* Every VDC's, in the order of their ids, behind 'after'. */
enum status calendar_clock_all(struct call *c, const char *after, int64_t limit,
			       struct calendar_clock **out, size_t *n) MUST_USE;
enum status calendar_clock_stale(struct call *c, const char *calendar, int64_t version,
				 int64_t limit, struct calendar_clock **out, size_t *n) MUST_USE;

#endif
