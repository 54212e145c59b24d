/* SPDX-License-Identifier: Apache-2.0 */
/* The statements of the calendar room: calendars, versions, notices, offices. */
#include "engine/calendar/calendar_private.h"

const struct field calendar_info_row[] = {
	F_STR(calendar_info, code, 0, 0),
	F_STR(calendar_info, name, 0, 0),
	F_INT(calendar_info, version, 0, 0, 0),
	F_TIME(calendar_info, created_at, 0),
	F_END,
};
static const struct field spanned_row[] = {
	F_STR(calendar_info, code, 0, 0),
	F_STR(calendar_info, name, 0, 0),
	F_INT(calendar_info, version, 0, 0, 0),
	F_TIME(calendar_info, created_at, 0),
	F_INT(calendar_info, first_year, 0, 0, NULLABLE),
	F_INT(calendar_info, last_year, 0, 0, NULLABLE),
	F_END,
};
static const struct field version_row[] = {
	F_INT(calendar_version, number, 0, 0, 0),
	F_JSON(calendar_version, years, 0, 0),
	F_INT(calendar_version, changed, 0, 0, 0),
	F_STR(calendar_version, note, 0, NULLABLE),
	F_STR(calendar_version, created_by, 0, NULLABLE),
	F_TIME(calendar_version, created_at, 0),
	F_END,
};
static const struct field notice_row[] = {
	F_INT(notice, year, 0, 0, 0),
	F_INT(notice, version, 0, 0, 0),
	F_BOOL(notice, published, 0),
	F_STRS(notice, papers, 0, 0),
	F_END,
};
static const struct field day_row[] = {
	F_INT_AS("day", notice_day, day_number, 0, 0, 0),
	F_WORD(notice_day, kind, calendar_day_kinds, 0),
	F_STR(notice_day, name, 0, 0),
	F_END,
};
const struct field calendar_office_row[] = {
	F_STR(calendar_office, id, 0, 0),
	F_STR(calendar_office, domain_id, 0, NULLABLE),
	F_STR(calendar_office, name, 0, 0),
	F_INT(calendar_office, revision, 0, 0, 0),
	F_JSON(calendar_office, hours, 0, 0),
	F_TIME(calendar_office, updated_at, 0),
	F_END,
};

/* --- calendars and versions --- */

#define SPANNED                                                                                    \
	"select code, name, version, created_at,"                                                  \
	" (select min(year) from calendar_year y where y.calendar = c.code and published = 1)"     \
	" as first_year,"                                                                          \
	" (select max(year) from calendar_year y where y.calendar = c.code and published = 1)"     \
	" as last_year from calendar_calendar c"

DB_STMT(calendar_rows_sql, SPANNED " order by code");
DB_STMT(calendar_read_sql, SPANNED " where code = $1");
DB_STMT(calendar_insert_sql, "insert into calendar_calendar (code, name, version, created_at)"
			     " values ($1, $2, $3, $4)");
DB_STMT(calendar_bump_sql, "update calendar_calendar set version = $2 where code = $1");
DB_STMT(calendar_version_insert_sql,
	"insert into calendar_version (calendar, number, years, changed, note, created_by,"
	" created_at) values ($1, $2, $3, $4, $5, $6, $7)");
DB_STMT(calendar_versions_sql,
	"select number, years, changed, note, created_by, created_at from calendar_version"
	" where calendar = $1 order by number desc limit 200");

enum status calendar_rows(struct call *c, struct calendar_info **out, size_t *n)
{
	return DB_ALL(c, &calendar_rows_sql, spanned_row, out, n, DB_NO_ARGS);
}

enum status calendar_read(struct call *c, const char *code, struct calendar_info *out)
{
	return db_one(c, &calendar_read_sql, spanned_row, out, DB_ARGS(DB_STR(code)));
}

enum status calendar_insert(struct call *c, const struct calendar_info *in)
{
	return db_put(c, &calendar_insert_sql, calendar_info_row, in);
}

enum status calendar_version_insert(struct call *c, const char *calendar,
				    const struct calendar_version *in)
{
	enum status st = db_do(c, &calendar_version_insert_sql, NULL,
			       DB_ARGS(DB_STR(calendar), DB_INT(in->number), DB_STR(in->years),
				       DB_INT(in->changed), DB_STR(in->note),
				       DB_STR(in->created_by), DB_TIME(in->created_at)));

	return st ? st
		  : db_do(c, &calendar_bump_sql, NULL,
			  DB_ARGS(DB_STR(calendar), DB_INT(in->number)));
}

enum status calendar_versions(struct call *c, const char *calendar, struct calendar_version **out,
			      size_t *n)
{
	return DB_ALL(c, &calendar_versions_sql, version_row, out, n, DB_ARGS(DB_STR(calendar)));
}

/* --- notices --- */

#define OF_VERSION                                                                                 \
	" y.version = (select max(version) from calendar_year z where z.calendar = y.calendar"     \
	" and z.year = y.year and z.version <= $2)"

DB_STMT(calendar_years_sql, "select year, version, published, papers from calendar_year y"
			    " where calendar = $1 and" OF_VERSION " order by year");
DB_STMT(calendar_year_insert_sql,
	"insert into calendar_year (calendar, year, version, published, papers)"
	" values ($1, $2, $3, $4, $5)");
DB_STMT(calendar_day_insert_sql,
	"insert into calendar_day (calendar, year, version, day, kind, name)"
	" values ($1, $2, $3, $4, $5, $6)");
DB_STMT(calendar_days_sql,
	"select d.day, d.kind, d.name from calendar_year y join calendar_day d"
	" on d.calendar = y.calendar and d.year = y.year and d.version = y.version"
	" where y.calendar = $1 and" OF_VERSION " order by d.day, d.year");
DB_STMT(calendar_days_of_sql,
	"select day, kind, name from calendar_day where calendar = $1 and year = $2"
	" and version = $3 order by day");

enum status calendar_years(struct call *c, const char *calendar, int64_t version,
			   struct notice **out, size_t *n)
{
	return DB_ALL(c, &calendar_years_sql, notice_row, out, n,
		      DB_ARGS(DB_STR(calendar), DB_INT(version)));
}

enum status calendar_year_insert(struct call *c, const char *calendar, int64_t version,
				 const struct notice *in)
{
	enum status st = db_do(c, &calendar_year_insert_sql, NULL,
			       DB_ARGS(DB_STR(calendar), DB_INT(in->year), DB_INT(version),
				       DB_BOOL(in->published),
				       DB_STR(words_to_json(c->arena, &in->papers))));

	for (size_t i = 0; !st && i < in->days_count; i++)
		st = db_do(c, &calendar_day_insert_sql, NULL,
			   DB_ARGS(DB_STR(calendar), DB_INT(in->year), DB_INT(version),
				   DB_INT(in->days[i].day),
				   DB_STR(calendar_day_kinds[in->days[i].kind]),
				   DB_STR(in->days[i].name)));
	return st;
}

/* The columns' wide number as the day that it is, and as text. */
static void as_days(struct call *c, struct notice_day *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		list[i].day = (int32_t)list[i].day_number;
		list[i].date = calendar_day_text(c->arena, list[i].day);
	}
}

enum status calendar_days(struct call *c, const char *calendar, int64_t version,
			  struct notice_day **out, size_t *n)
{
	enum status st = DB_ALL(c, &calendar_days_sql, day_row, out, n,
				DB_ARGS(DB_STR(calendar), DB_INT(version)));

	if (!st)
		as_days(c, *out, *n);
	return st;
}

enum status calendar_days_of(struct call *c, const char *calendar, int64_t year, int64_t version,
			     struct notice_day **out, size_t *n)
{
	enum status st = DB_ALL(c, &calendar_days_of_sql, day_row, out, n,
				DB_ARGS(DB_STR(calendar), DB_INT(year), DB_INT(version)));

	if (!st)
		as_days(c, *out, *n);
	return st;
}

/* --- offices --- */

#define OFFICE "select id, domain_id, name, revision, hours, updated_at from calendar_office"
DB_STMT(calendar_office_rows_sql, OFFICE " order by name, id limit 5000");
DB_STMT(calendar_office_read_sql, OFFICE " where id = $1");
DB_STMT(calendar_office_insert_sql,
	"insert into calendar_office (id, domain_id, name, revision, hours, updated_at)"
	" values ($1, $2, $3, $4, $5, $6)");
DB_STMT(calendar_office_write_sql, "update calendar_office set name = $2, revision = $3,"
				   " hours = $4, updated_at = $5 where id = $1");
DB_STMT(calendar_office_remove_sql, "delete from calendar_office where id = $1");
DB_STMT(calendar_office_calendars_sql,
	"select code, name, version, created_at from calendar_calendar where code in"
	" (select calendar from calendar_clock where office_id = $1 and run <> 'stopped')");

enum status calendar_office_rows(struct call *c, struct calendar_office **out, size_t *n)
{
	return DB_ALL(c, &calendar_office_rows_sql, calendar_office_row, out, n, DB_NO_ARGS);
}

enum status calendar_office_read(struct call *c, const char *id, struct calendar_office *out)
{
	return db_one(c, &calendar_office_read_sql, calendar_office_row, out, DB_ARGS(DB_STR(id)));
}

enum status calendar_office_insert(struct call *c, const struct calendar_office *in)
{
	return db_put(c, &calendar_office_insert_sql, calendar_office_row, in);
}

enum status calendar_office_write(struct call *c, const struct calendar_office *in)
{
	return db_do(c, &calendar_office_write_sql, NULL,
		     DB_ARGS(DB_STR(in->id), DB_STR(in->name), DB_INT(in->revision),
			     DB_STR(in->hours), DB_TIME(in->updated_at)));
}

enum status calendar_office_remove(struct call *c, const char *id)
{
	return db_do(c, &calendar_office_remove_sql, NULL, DB_ARGS(DB_STR(id)));
}

enum status calendar_office_calendars(struct call *c, const char *id, struct calendar_info **out,
				      size_t *n)
{
	return DB_ALL(c, &calendar_office_calendars_sql, calendar_info_row, out, n,
		      DB_ARGS(DB_STR(id)));
}
