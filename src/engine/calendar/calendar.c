/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of calendars: versions and what they change, office hours, and questions about days. */
#include <assert.h>
#include <stdio.h>
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/jobs/events.h"
#include "door/jobs/jobs.h"
#include "engine/calendar/calendar_private.h"

enum { COUNTED_SHOWN = 60 };

static enum status no_calendar(struct call *c, const char *code)
{
	return fail(c, ST_NOT_FOUND, "calendar", "there is no calendar %.64s", code);
}

/* --- one calendar in memory --- */

static enum status version_of(struct call *c, const char *code, int64_t asked,
			      struct calendar_info *info, int64_t *version)
{
	enum status st = calendar_read(c, code, info);

	if (st == ST_NOT_FOUND)
		return no_calendar(c, code);
	if (!st && asked > info->version)
		return fail(c, ST_NOT_FOUND, "version", "calendar %.64s has no version %lld", code,
			    (long long)asked);
	*version = asked ? asked : info->version;
	return st;
}

static enum status days_open(struct call *c, struct calendar *k)
{
	struct notice *years = NULL;
	struct notice_day *days = NULL;
	size_t n = 0;
	enum status st = calendar_years(c, k->code, k->version, &years, &n);

	for (size_t i = 0; !st && i < n; i++)
		k->published[years[i].year - CALENDAR_YEAR_MIN] = years[i].published;
	if (!st)
		st = calendar_days(c, k->code, k->version, &days, &n);
	if (st)
		return st;
	k->exceptions = arena_array(c->arena, n + 1, sizeof *k->exceptions);
	for (size_t i = 0; i < n; i++) {
		/* Two notices may name one day; the later one, which comes second, is right. */
		k->count -= k->count && k->exceptions[k->count - 1].day == days[i].day;
		k->exceptions[k->count++] = (struct calendar_exception){ days[i].day,
									 days[i].kind == DAY_OFF,
									 days[i].name };
	}
	return ST_OK;
}

enum status calendar_open(struct call *c, const char *code, int64_t version, const char *office_id,
			  struct calendar **out)
{
	struct calendar *k = arena_alloc(c->arena, sizeof *k);
	struct calendar_info info = { 0 };
	struct calendar_office office = { 0 };
	enum status st = version_of(c, code, version, &info, &k->version);

	k->code = code;
	k->hours = calendar_preset_hours;
	if (!st && office_id) {
		st = calendar_office_read(c, office_id, &office);
		if (st == ST_NOT_FOUND)
			return fail(c, st, "office_id", "there is no office %.64s", office_id);
		if (!st)
			st = calendar_hours_read(c, &office, &k->hours);
		k->office_revision = office.revision;
	}
	if (!st)
		st = days_open(c, k);
	*out = k;
	return st;
}

/* --- calendars --- */

enum status calendar_list_act(struct call *c, const struct nothing *in, struct calendar_list *out)
{
	(void)in;
	return calendar_rows(c, &out->calendars, &out->calendars_count);
}

static bool code_valid(const char *s)
{
	return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(s) &&
	       s[0] != '-';
}

enum status calendar_create(struct call *c, const struct calendar_create *in,
			    struct calendar_info *out)
{
	struct calendar_info k = {
		.code = in->code,
		.name = in->name,
		.created_at = c->now_at,
		.first_year = INT_NULL,
		.last_year = INT_NULL,
	};
	enum status st;

	if (!code_valid(in->code))
		return fail(c, ST_BAD_INPUT, "code",
			    "a code is of lower-case letters, digits and hyphens");
	st = calendar_insert(c, &k);
	if (st == ST_CONFLICT)
		return fail(c, st, "code", "there is a calendar %.64s already", in->code);
	if (st)
		return st;
	audit_subject(c, "calendar", k.code);
	audit_change(c, calendar_info_row, NULL, &k);
	*out = k;
	return ST_OK;
}

enum status calendar_show(struct call *c, const struct calendar_ask *in, struct calendar_shown *out)
{
	int64_t version = 0;
	enum status st = version_of(c, in->calendar, in->version, &out->calendar, &version);

	if (!st)
		st = calendar_versions(c, in->calendar, &out->versions, &out->versions_count);
	if (!st)
		st = calendar_years(c, in->calendar, version, &out->years, &out->years_count);
	return st;
}

enum status calendar_year_show(struct call *c, const struct calendar_year_ask *in,
			       struct calendar_year_shown *out)
{
	struct calendar *k = NULL;
	struct calendar_doubt doubt = { 0 };
	struct notice *years = NULL;
	size_t n = 0;
	enum status st = calendar_open(c, in->calendar, in->version, NULL, &k);

	if (!st)
		st = calendar_years(c, in->calendar, k->version, &years, &n);
	if (st)
		return st;
	out->year = in->year;
	out->version = k->version;
	for (size_t i = 0; i < n; i++) {
		if (years[i].year != in->year)
			continue;
		out->published = years[i].published;
		out->papers = years[i].papers;
		st = calendar_days_of(c, in->calendar, in->year, years[i].version, &out->days,
				      &out->days_count);
	}
	if (in->year < CALENDAR_YEAR_MIN || in->year > CALENDAR_YEAR_MAX)
		return fail(c, ST_NOT_FOUND, "year", "years are known from %d to %d",
			    CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX);
	int32_t last = date_day((int)in->year, 12, 31);
	for (int32_t day = date_day((int)in->year, 1, 1); day <= last; day++)
		out->working_days += calendar_works(k, day, &doubt);
	return st;
}

/* --- versions --- */

enum status calendar_upload_prepare(struct call *c, void *in_)
{
	struct calendar_upload *in = in_;

	return calendar_file_read(c, in->body ? in->body : "", in->body ? strlen(in->body) : 0,
				  in->year, &in->notices);
}

static bool same_day(const struct notice_day *a, const struct notice_day *b)
{
	return a->kind == b->kind && str_eq(a->name, b->name);
}

/* How many days two notices tell otherwise: both are sorted. */
static int64_t days_changed(const struct notice *a, const struct notice *b)
{
	int64_t n = 0;
	size_t i = 0, k = 0;

	while (i < a->days_count || k < b->days_count) {
		int64_t x = i < a->days_count ? a->days[i].day : INT64_MAX;
		int64_t y = k < b->days_count ? b->days[k].day : INT64_MAX;
		n += x != y || !same_day(&a->days[i], &b->days[k]);
		i += x <= y;
		k += y <= x;
	}
	return n;
}

static bool same_words(const struct words *a, const struct words *b)
{
	for (size_t i = 0; i < a->count && i < b->count; i++)
		if (!str_eq(a->list[i], b->list[i]))
			return false;
	return a->count == b->count;
}

/* What the newest version has of the notice's year, and how many days are otherwise now. '*differs': there
 * is anything to keep. */
static enum status compare(struct call *c, const struct calendar_info *info,
			   const struct notice *years, size_t n, const struct notice *next,
			   int64_t *changed, bool *differs)
{
	struct notice now = { .papers = { 0 } };
	enum status st = ST_OK;
	bool there = false;

	for (size_t i = 0; !st && i < n; i++) {
		if (years[i].year != next->year)
			continue;
		now = years[i];
		there = true;
		st = calendar_days_of(c, info->code, now.year, now.version, &now.days,
				      &now.days_count);
	}
	int64_t days = days_changed(&now, next);
	*changed += days;
	*differs = !there || days || now.published != next->published ||
		   !same_words(&now.papers, &next->papers);
	return st;
}

static enum status tell_version(struct call *c, const char *code, int64_t version,
				const char *years)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "calendar", code);
	json_put_int(&j, "version", version);
	json_key(&j, "years");
	json_raw(&j, years);
	json_object_end(&j);
	return event_post(c, "calendar.version.published", code, NULL, NULL, buf_text(&b));
}

enum status calendar_rebuild_post(struct call *c, const char *calendar)
{
	return job_post(c, "calendar.rebuild", calendar, "{}", JOB_SOON, 0);
}

static const struct field upload_shape[] = {
	F_INT(calendar_uploaded, version, 0, 0, 0),
	F_INT(calendar_uploaded, changed, 0, 0, 0),
	F_STRS(calendar_uploaded, years, 0, 0),
	F_END,
};

/* A version holds the years that differ; of the others the older rows stand. */
enum status calendar_publish(struct call *c, const struct calendar_upload *in,
			     struct calendar_uploaded *out)
{
	struct calendar_info info = { 0 };
	struct notice *years = NULL;
	size_t n = 0, kept = 0;
	bool *keep = arena_array(c->arena, in->notices.count, sizeof *keep);
	enum status st = calendar_read(c, in->calendar, &info);

	if (st == ST_NOT_FOUND)
		return no_calendar(c, in->calendar);
	if (!st)
		st = calendar_years(c, info.code, info.version, &years, &n);
	out->calendar = info.code;
	out->version = info.version;
	out->years.list = arena_array(c->arena, in->notices.count + 1, sizeof *out->years.list);
	for (size_t i = 0; !st && i < in->notices.count; i++) {
		st = compare(c, &info, years, n, &in->notices.list[i], &out->changed, &keep[i]);
		kept += keep[i];
		if (keep[i])
			out->years.list[out->years.count++] =
				arena_printf(c->arena, "%lld", (long long)in->notices.list[i].year);
	}
	if (st || !kept)
		return st;

	struct calendar_version v = {
		.number = info.version + 1,
		.years = words_to_json(c->arena, &out->years),
		.changed = out->changed,
		.note = in->note,
		.created_by = c->actor.user_id,
		.created_at = c->now_at,
	};
	st = calendar_version_insert(c, info.code, &v);
	for (size_t i = 0; !st && i < in->notices.count; i++)
		if (keep[i])
			st = calendar_year_insert(c, info.code, v.number, &in->notices.list[i]);
	if (!st)
		st = tell_version(c, info.code, v.number, v.years);
	if (!st)
		st = calendar_rebuild_post(c, info.code);
	out->made = true;
	out->version = v.number;
	audit_subject(c, "calendar", info.code);
	audit_change(c, upload_shape, NULL, out);
	return st;
}

/* --- questions --- */

static void list_counted(struct call *c, const struct calendar *k, const struct due_ask *in,
			 struct due_answer *out)
{
	struct calendar_doubt doubt = { 0 };
	int32_t last = calendar_day_of(out->due_at);

	out->counted.list = arena_array(c->arena, COUNTED_SHOWN, sizeof *out->counted.list);
	for (int32_t day = calendar_day_of(in->from) + 1;
	     day <= last && out->counted.count < COUNTED_SHOWN; day++)
		if (in->unit == CALENDAR_NATURAL || calendar_works(k, day, &doubt))
			out->counted.list[out->counted.count++] = calendar_day_text(c->arena, day);
}

enum status calendar_ask_due(struct call *c, const struct due_ask *in, struct due_answer *out)
{
	struct calendar *k = NULL;
	struct calendar_doubt doubt = { 0 };
	enum status st;

	if (!in->days == !in->minutes)
		return fail(c, ST_BAD_INPUT, "days", "give either days or minutes");
	st = calendar_open(c, in->calendar, in->version, in->office_id, &k);
	if (st)
		return st;
	assert(k);
	out->due_at = in->minutes ? calendar_time_after(k, in->from,
							in->minutes * 60 * CLOCK_SECOND, &doubt)
		      : in->unit == CALENDAR_WORKING
			      ? calendar_due(k, in->from, in->days, &doubt)
			      : calendar_due_natural(k, in->from, in->days, &doubt);
	if (!out->due_at)
		return fail(c, ST_BAD_INPUT, "from", "years are known from %d to %d",
			    CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX);
	out->calendar = k->code;
	out->version = k->version;
	out->date = calendar_day_text(c->arena, calendar_day_of(out->due_at));
	if (in->days)
		list_counted(c, k, in, out);
	out->warning = calendar_doubt_text(c->arena, &doubt);
	out->provisional = out->warning != NULL;
	return ST_OK;
}

enum status calendar_ask_between(struct call *c, const struct between_ask *in,
				 struct between_answer *out)
{
	struct calendar *k = NULL;
	struct calendar_doubt doubt = { 0 };
	int32_t first = calendar_day_of(in->from), last = calendar_day_of(in->to);
	enum status st;

	if (in->to < in->from)
		return fail(c, ST_BAD_INPUT, "to", "to is not before from");
	if (calendar_year_of(first) < CALENDAR_YEAR_MIN ||
	    calendar_year_of(last) > CALENDAR_YEAR_MAX)
		return fail(c, ST_BAD_INPUT, "from", "years are known from %d to %d",
			    CALENDAR_YEAR_MIN, CALENDAR_YEAR_MAX);
	st = calendar_open(c, in->calendar, in->version, in->office_id, &k);
	if (st)
		return st;
	assert(k);
	for (int32_t day = first + 1; day <= last; day++)
		out->working_days += calendar_works(k, day, &doubt);
	out->seconds = calendar_time_between(k, in->from, in->to, &doubt) / CLOCK_SECOND;
	out->calendar = k->code;
	out->version = k->version;
	out->warning = calendar_doubt_text(c->arena, &doubt);
	out->provisional = out->warning != NULL;
	return ST_OK;
}
