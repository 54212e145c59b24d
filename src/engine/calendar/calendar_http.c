/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars in the house's own dialect: wire shapes and routes below /api/v1/calendars. */
#include "engine/calendar/calendar_private.h"

static const struct field calendar_info_wire[] = {
	F_STR(calendar_info, code, 0, 0),
	F_STR(calendar_info, name, 0, 0),
	F_INT(calendar_info, version, 0, 0, 0),
	F_INT(calendar_info, first_year, 0, 0, NULLABLE),
	F_INT(calendar_info, last_year, 0, 0, NULLABLE),
	F_TIME(calendar_info, created_at, TIME_AS_Z),
	F_END,
};
static const struct field calendar_list_wire[] = {
	F_LIST(calendar_list, calendars, calendar_info, calendar_info_wire, 0, 0),
	F_END,
};
static const struct field version_wire[] = {
	F_INT(calendar_version, number, 0, 0, 0),
	F_JSON(calendar_version, years, 0, 0),
	F_INT(calendar_version, changed, 0, 0, 0),
	F_STR(calendar_version, note, 0, NULLABLE),
	F_STR(calendar_version, created_by, 0, NULLABLE),
	F_TIME(calendar_version, created_at, TIME_AS_Z),
	F_END,
};
static const struct field notice_wire[] = {
	F_INT(notice, year, 0, 0, 0),
	F_INT(notice, version, 0, 0, 0),
	F_BOOL(notice, published, 0),
	F_STRS(notice, papers, 0, 0),
	F_END,
};
static const struct field calendar_shown_wire[] = {
	F_OBJECT(calendar_shown, calendar, calendar_info, calendar_info_wire, 0),
	F_LIST(calendar_shown, versions, calendar_version, version_wire, 0, 0),
	F_LIST(calendar_shown, years, notice, notice_wire, 0, 0),
	F_END,
};
static const struct field day_wire[] = {
	F_STR(notice_day, date, 0, 0),
	F_WORD(notice_day, kind, calendar_day_kinds, 0),
	F_STR(notice_day, name, 0, 0),
	F_END,
};
static const struct field calendar_year_shown_wire[] = {
	F_INT(calendar_year_shown, year, 0, 0, 0),
	F_INT(calendar_year_shown, version, 0, 0, 0),
	F_BOOL(calendar_year_shown, published, 0),
	F_INT(calendar_year_shown, working_days, 0, 0, 0),
	F_STRS(calendar_year_shown, papers, 0, 0),
	F_LIST(calendar_year_shown, days, notice_day, day_wire, 0, 0),
	F_END,
};
static const struct field calendar_uploaded_wire[] = {
	F_STR(calendar_uploaded, calendar, 0, 0), F_INT(calendar_uploaded, version, 0, 0, 0),
	F_BOOL(calendar_uploaded, made, 0),       F_INT(calendar_uploaded, changed, 0, 0, 0),
	F_STRS(calendar_uploaded, years, 0, 0),   F_END,
};
static const struct field due_answer_wire[] = {
	F_STR(due_answer, calendar, 0, 0),       F_INT(due_answer, version, 0, 0, 0),
	F_TIME(due_answer, due_at, TIME_AS_Z),   F_STR(due_answer, date, 0, 0),
	F_STRS(due_answer, counted, 0, 0),       F_BOOL(due_answer, provisional, 0),
	F_STR(due_answer, warning, 0, NULLABLE), F_END,
};
static const struct field between_answer_wire[] = {
	F_STR(between_answer, calendar, 0, 0),
	F_INT(between_answer, version, 0, 0, 0),
	F_INT(between_answer, working_days, 0, 0, 0),
	F_INT(between_answer, seconds, 0, 0, 0),
	F_BOOL(between_answer, provisional, 0),
	F_STR(between_answer, warning, 0, NULLABLE),
	F_END,
};
static const struct field span_wire[] = {
	F_INT(office_span, weekday, 1, 7, 0),
	F_STR(office_span, start, 5, 0),
	F_STR(office_span, end, 5, 0),
	F_END,
};
static const struct field office_shown_wire[] = {
	F_STR(office_shown, id, 0, 0),
	F_STR(office_shown, domain_id, 0, NULLABLE),
	F_STR(office_shown, name, 0, 0),
	F_INT(office_shown, revision, 0, 0, 0),
	F_LIST(office_shown, hours, office_span, span_wire, 0, 0),
	F_TIME(office_shown, updated_at, TIME_AS_Z),
	F_END,
};
static const struct field office_list_wire[] = {
	F_LIST(office_list, offices, office_shown, office_shown_wire, 0, 0),
	F_END,
};
#define CLOCK_FIELDS                                                                               \
	F_STR(calendar_clock, id, 0, 0), F_STR(calendar_clock, subject, 0, 0),                     \
		F_STR(calendar_clock, calendar, 0, 0),                                             \
		F_STR(calendar_clock, office_id, 0, NULLABLE),                                     \
		F_WORD(calendar_clock, unit, calendar_unit_words, 0),                              \
		F_WORD(calendar_clock, run, calendar_run_words, 0),                                \
		F_TIME(calendar_clock, due_at, NULLABLE | TIME_AS_Z),                              \
		F_INT(calendar_clock, version, 0, 0, 0), F_BOOL(calendar_clock, provisional, 0),   \
		F_TIME(calendar_clock, created_at, TIME_AS_Z)
static const struct field clock_wire[] = { CLOCK_FIELDS, F_END };
static const struct field clock_page_wire[] = {
	F_LIST(clock_page, clocks, calendar_clock, clock_wire, 0, 0),
	F_NEXT(clock_page, next),
	F_END,
};
static const struct field event_wire[] = {
	F_INT(calendar_clock_event, number, 0, 0, 0),
	F_WORD(calendar_clock_event, kind, calendar_kind_words, 0),
	F_TIME(calendar_clock_event, at, TIME_AS_Z),
	F_INT(calendar_clock_event, days, 0, 0, 0),
	F_STR(calendar_clock_event, reason, 0, NULLABLE),
	F_STR(calendar_clock_event, user_id, 0, NULLABLE),
	F_END,
};
static const struct field state_wire[] = {
	F_INT(calendar_clock_state, days, 0, 0, 0),
	F_INT(calendar_clock_state, used, 0, 0, 0),
	F_INT(calendar_clock_state, left, 0, 0, 0),
	F_BOOL(calendar_clock_state, overdue, 0),
	F_END,
};
static const struct field calendar_clock_whole_wire[] = {
	F_OBJECT(calendar_clock_whole, clock, calendar_clock, clock_wire, 0),
	F_OBJECT(calendar_clock_whole, state, calendar_clock_state, state_wire, 0),
	F_LIST(calendar_clock_whole, events, calendar_clock_event, event_wire, 0, 0),
	F_STR(calendar_clock_whole, warning, 0, NULLABLE),
	F_END,
};

/* --- in --- */

#define VERSION(s) F_INT(s, version, 1, INT32_MAX, OPT | FROM_QUERY)
#define OFFICE(s) F_STR(s, office_id, 64, OPT | FROM_QUERY)

static const struct field calendar_create_wire[] = {
	F_STR(calendar_create, code, 64, 0),
	F_STR(calendar_create, name, 120, 0),
	F_END,
};
static const struct field calendar_ask_wire[] = {
	F_STR(calendar_ask, calendar, 64, FROM_PATH),
	VERSION(calendar_ask),
	F_END,
};
static const struct field calendar_year_ask_wire[] = {
	F_STR(calendar_year_ask, calendar, 64, FROM_PATH),
	F_INT(calendar_year_ask, year, CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX, FROM_PATH),
	VERSION(calendar_year_ask),
	F_END,
};
static const struct field calendar_upload_wire[] = {
	F_STR(calendar_upload, calendar, 64, FROM_PATH),
	F_STR(calendar_upload, note, 500, OPT | FROM_QUERY),
	F_INT(calendar_upload, year, CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX, OPT | FROM_QUERY),
	F_BODY(calendar_upload, body),
	F_END,
};
static const struct field due_ask_wire[] = {
	F_STR(due_ask, calendar, 64, FROM_PATH),
	F_TIME(due_ask, from, FROM_QUERY),
	F_INT(due_ask, days, 1, CALENDAR_TERM_MAX, OPT | FROM_QUERY),
	F_INT(due_ask, minutes, 1, CALENDAR_TERM_MAX * 1440, OPT | FROM_QUERY),
	F_WORD(due_ask, unit, calendar_unit_words, OPT | FROM_QUERY),
	OFFICE(due_ask),
	VERSION(due_ask),
	F_END,
};
static const struct field between_ask_wire[] = {
	F_STR(between_ask, calendar, 64, FROM_PATH),
	F_TIME(between_ask, from, FROM_QUERY),
	F_TIME(between_ask, to, FROM_QUERY),
	OFFICE(between_ask),
	VERSION(between_ask),
	F_END,
};
static const struct field office_key_wire[] = { F_ID(office_key, office_id, FROM_PATH), F_END };
#define OFFICE_FIELDS                                                                              \
	F_STR(office_put, name, 120, 0),                                                           \
		F_LIST(office_put, hours, office_span, span_wire, 7 * CALENDAR_SPANS_MAX, 0)
static const struct field office_create_wire[] = { OFFICE_FIELDS, F_END };
static const struct field office_put_wire[] = { F_ID(office_put, office_id, FROM_PATH),
						OFFICE_FIELDS, F_END };
static const struct field calendar_clock_start_wire[] = {
	F_STR(calendar_clock_start, subject, 200, 0),
	F_STR(calendar_clock_start, calendar, 64, 0),
	F_ID(calendar_clock_start, office_id, OPT | NULLABLE),
	F_WORD(calendar_clock_start, unit, calendar_unit_words, OPT),
	F_INT(calendar_clock_start, days, 1, CALENDAR_TERM_MAX, 0),
	F_TIME(calendar_clock_start, at, OPT | NULLABLE),
	F_STR(calendar_clock_start, reason, 500, OPT | NULLABLE),
	F_END,
};
static const struct field calendar_clock_step_wire[] = {
	F_ID(calendar_clock_step, clock_id, FROM_PATH),
	F_WORD(calendar_clock_step, kind, calendar_kind_words, 0),
	F_INT(calendar_clock_step, days, 1, CALENDAR_TERM_MAX, OPT),
	F_TIME(calendar_clock_step, at, OPT | NULLABLE),
	F_STR(calendar_clock_step, reason, 500, OPT | NULLABLE),
	F_END,
};
static const struct field clock_key_wire[] = { F_ID(clock_key, clock_id, FROM_PATH), F_END };
static const struct field clock_ask_wire[] = {
	F_WORD(clock_ask, run, calendar_run_words, OPT | FROM_QUERY, TELLS(clock_ask, run)),
	F_TIME(clock_ask, due_before, OPT | FROM_QUERY),
	F_INT(clock_ask, limit, 1, 1000, OPT | FROM_QUERY),
	F_STR(clock_ask, marker, 64, OPT | FROM_QUERY),
	F_END,
};

/* --- routes --- */

ACT(calendar_list_act, nothing, calendar_list)
ACT(calendar_create, calendar_create, calendar_info)
ACT(calendar_show, calendar_ask, calendar_shown)
ACT(calendar_year_show, calendar_year_ask, calendar_year_shown)
ACT(calendar_publish, calendar_upload, calendar_uploaded)
ACT(calendar_ask_due, due_ask, due_answer)
ACT(calendar_ask_between, between_ask, between_answer)
ACT(calendar_office_create, office_put, office_shown)
ACT(calendar_office_change, office_put, office_shown)
ACT(calendar_office_show, office_key, office_shown)
ACT(calendar_office_list, nothing, office_list)
ACT(calendar_office_delete, office_key, nothing)
ACT(calendar_clock_begin, calendar_clock_start, calendar_clock_whole)
ACT(calendar_clock_happen, calendar_clock_step, calendar_clock_whole)
ACT(calendar_clock_show, clock_key, calendar_clock_whole)
ACT(calendar_clock_list, clock_ask, clock_page)

#define READ "calendar.read"
#define MANAGE "calendar.manage"
#define OFFICE_MANAGE "calendar.office.manage"
#define CLOCK "calendar.clock.write"
#define ONE "/v1/calendars/{calendar}"
#define ONE_OFFICE "/v1/calendar-offices/{office_id}"
#define ONE_CLOCK "/v1/calendar-clocks/{clock_id}"

static const struct route routes[] = {
	ROUTE("GET", "/v1/calendars", READ, 0, calendar_list_act, nothing, calendar_list,
	      .name = "calendar.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The calendars and the years that notices are known of"),
	ROUTE("POST", "/v1/calendars", MANAGE, 0, calendar_create, calendar_create, calendar_info,
	      .name = "calendar.create", .success = 201, .help = "Makes a calendar without years"),
	ROUTE("GET", ONE, READ, 0, calendar_show, calendar_ask, calendar_shown,
	      .name = "calendar.show", .flags = ROUTE_READS, .success = 200,
	      .help = "A calendar, its newest 200 versions, and the years of one of them"),
	ROUTE("POST", ONE "/versions", MANAGE, 0, calendar_publish, calendar_upload,
	      calendar_uploaded, .name = "calendar.version.publish", .success = 200,
	      .prepare = calendar_upload_prepare,
	      .help = "A new version from a notice (holiday-cn's JSON, or CSV: date,kind,name); due "
		      "dates are derived again"),
	ROUTE("GET", ONE "/years/{year}", READ, 0, calendar_year_show, calendar_year_ask,
	      calendar_year_shown, .name = "calendar.year.show", .flags = ROUTE_READS,
	      .success = 200, .help = "The days that the notice of a year names"),
	ROUTE("GET", ONE "/due", READ, 0, calendar_ask_due, due_ask, due_answer,
	      .name = "calendar.due", .flags = ROUTE_READS, .success = 200,
	      .help = "When a term of so many days, or minutes of office hours, is due"),
	ROUTE("GET", ONE "/working-time", READ, 0, calendar_ask_between, between_ask,
	      between_answer, .name = "calendar.working-time", .flags = ROUTE_READS, .success = 200,
	      .help = "The working days behind an instant up to another, and the office hours "
		      "between them"),
	ROUTE("GET", "/v1/calendar-offices", READ, 0, calendar_office_list, nothing, office_list,
	      .name = "calendar.office.list", .flags = ROUTE_READS, .success = 200,
	      .help = "When offices are open"),
	{ .method = "POST",
	  .path = "/v1/calendar-offices",
	  .may = OFFICE_MANAGE,
	  .scopes = 0,
	  .name = "calendar.office.create",
	  .success = 201,
	  .act = calendar_office_create_act,
	  .in = office_create_wire,
	  .in_size = sizeof(struct office_put),
	  .out = office_shown_wire,
	  .out_size = sizeof(struct office_shown),
	  .help = "An office and its hours" },
	ROUTE("GET", ONE_OFFICE, READ, 0, calendar_office_show, office_key, office_shown,
	      .name = "calendar.office.show", .flags = ROUTE_READS, .success = 200,
	      .help = "One office's hours"),
	ROUTE("PUT", ONE_OFFICE, OFFICE_MANAGE, 0, calendar_office_change, office_put, office_shown,
	      .name = "calendar.office.change", .success = 200,
	      .help = "Other hours from now on; due dates are derived again"),
	ROUTE("DELETE", ONE_OFFICE, OFFICE_MANAGE, 0, calendar_office_delete, office_key, nothing,
	      .name = "calendar.office.delete", .success = 204,
	      .help = "Forgets an office that no clock counts by"),
	ROUTE("GET", "/v1/calendar-clocks", READ, SCOPE_PROJECT, calendar_clock_list, clock_ask,
	      clock_page, .name = "calendar.clock.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The VDC's clocks by due date"),
	ROUTE("POST", "/v1/calendar-clocks", CLOCK, SCOPE_PROJECT, calendar_clock_begin,
	      calendar_clock_start, calendar_clock_whole, .name = "calendar.clock.start",
	      .success = 201, .help = "Starts a clock: a term of so many days"),
	ROUTE("GET", ONE_CLOCK, READ, SCOPE_PROJECT, calendar_clock_show, clock_key,
	      calendar_clock_whole, .name = "calendar.clock.show", .flags = ROUTE_READS,
	      .success = 200, .help = "A clock, what happened to it, and what follows now"),
	ROUTE("POST", ONE_CLOCK "/events", CLOCK, SCOPE_PROJECT, calendar_clock_happen,
	      calendar_clock_step, calendar_clock_whole, .name = "calendar.clock.event",
	      .success = 200, .help = "It is paused, goes on, gets more days, or stops"),
	{ 0 },
};

const struct route_group calendar_routes[] = { { &own_dialect, routes }, { 0 } };

#define EVERYBODY                                                                                  \
	(ROLE_TRIO | ROLE_DEPARTMENT_ADMIN | ROLE_VDC_ADMIN | ROLE_MEMBER | ROLE_READER |          \
	 ROLE_SERVICE | ROLE_DEPARTMENT_WORK)
const struct permission calendar_permissions[] = {
	{ READ, EVERYBODY, "see calendars, office hours and clocks" },
	{ MANAGE, ROLE_SYSTEM_ADMIN, "publish versions of calendars" },
	{ OFFICE_MANAGE, ROLE_SYSTEM_ADMIN | ROLE_DEPARTMENT_ADMIN, "say when offices are open" },
	{ CLOCK, ROLE_MEMBER | ROLE_VDC_ADMIN, "start clocks and write down what happens to them" },
	{ 0 },
};
