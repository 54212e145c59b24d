/* SPDX-License-Identifier: Apache-2.0 */
/* Notices as comma-separated values (RFC 4180): a header date,kind,name and a line for each day. */
#include "engine/calendar/calendar_private.h"

enum { CELLS_MAX = 8, LINES_MAX = YEARS_MAX * YEAR_DAYS_MAX };

struct reading {
	struct call *c;
	const char *p, *end;
	int64_t line;
	const char *cells[CELLS_MAX];
	size_t count;
};

static enum status broken(const struct reading *r, const char *why)
{
	return fail(r->c, ST_BAD_INPUT, "body", "line %lld: %s", (long long)r->line, why);
}

static enum status quoted_read(struct reading *r, struct buf *b)
{
	for (r->p++; r->p < r->end && *r->p != '\n'; r->p++) {
		if (*r->p == '"' && (r->p + 1 == r->end || r->p[1] != '"')) {
			r->p++;
			if (r->p < r->end && !strchr(",\r\n", *r->p))
				return broken(r,
					      "something stands behind the quote that ends a cell");
			return ST_OK;
		}
		r->p += *r->p == '"';
		buf_char(b, *r->p);
	}
	return broken(r, "a quoted cell does not end on its line");
}

static enum status cell_read(struct reading *r)
{
	struct buf b = { .arena = r->c->arena };
	enum status st = ST_OK;

	if (r->count == CELLS_MAX)
		return broken(r, "more than 8 cells");
	if (r->p < r->end && *r->p == '"')
		st = quoted_read(r, &b);
	else
		while (r->p < r->end && !strchr(",\r\n", *r->p))
			buf_char(&b, *r->p++);
	r->cells[r->count++] = buf_text(&b);
	return st;
}

static enum status line_read(struct reading *r)
{
	enum status st;

	r->count = 0;
	for (;;) {
		st = cell_read(r);
		if (st || r->p == r->end || *r->p != ',')
			break;
		r->p++;
	}
	if (r->p < r->end && *r->p == '\r')
		r->p++;
	if (!st && r->p < r->end && *r->p++ != '\n')
		st = broken(r, "a line ends with LF or CRLF");
	return st;
}

static bool kind_read(const char *s, int *kind)
{
	if (str_eq(s, "off") || str_eq(s, "休"))
		*kind = DAY_OFF;
	else if (str_eq(s, "work") || str_eq(s, "班"))
		*kind = DAY_WORK;
	else
		return false;
	return true;
}

static enum status day_read(struct reading *r, struct notice_day *out)
{
	if (r->count != 3)
		return broken(r, "a line has three cells: date, kind, name");
	if (!calendar_day_read(r->cells[0], &out->day))
		return broken(r, "date is YYYY-MM-DD, from 1992 to 2199");
	if (!kind_read(r->cells[1], &out->kind))
		return broken(r, "kind is off (休) or work (班)");
	if (str_empty(r->cells[2]) || utf8_length(r->cells[2]) > DAY_NAME_MAX)
		return broken(r, "name has 1 to 60 characters");
	out->name = r->cells[2];
	return ST_OK;
}

/* The notice of a year, made when there is none yet; NULL: there are too many. */
static struct notice *notice_of(struct call *c, struct notices *out, int64_t year)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->list[i].year == year)
			return &out->list[i];
	if (out->count == YEARS_MAX)
		return NULL;
	struct notice *n = &out->list[out->count++];
	*n = (struct notice){
		.year = year,
		.published = true,
		.days = arena_array(c->arena, YEAR_DAYS_MAX, sizeof *n->days),
		.papers.list = arena_array(c->arena, 1, sizeof *n->papers.list),
	};
	return n;
}

enum status calendar_csv_read(struct call *c, const char *text, size_t size, int64_t year,
			      struct notices *out)
{
	struct reading r = { .c = c, .p = text, .end = text + size, .line = 1 };
	enum status st = line_read(&r);

	if (st)
		return st;
	if (r.count != 3 || !str_eq(r.cells[0], "date") || !str_eq(r.cells[1], "kind") ||
	    !str_eq(r.cells[2], "name"))
		return broken(&r, "the header is date,kind,name");
	out->list = arena_array(c->arena, YEARS_MAX, sizeof *out->list);
	while (r.p < r.end) {
		struct notice_day day = { 0 };
		if (++r.line > LINES_MAX)
			return broken(&r, "the file has too many lines");
		st = line_read(&r);
		if (st || (r.count == 1 && !*r.cells[0])) {
			if (st)
				return st;
			continue;
		}
		st = day_read(&r, &day);
		if (st)
			return st;
		struct notice *n = notice_of(c, out, year ? year : calendar_year_of(day.day));
		if (!n || n->days_count == YEAR_DAYS_MAX)
			return broken(&r, "a file has at most 120 years, a year at most 400 days");
		n->days[n->days_count++] = day;
	}
	return out->count ? ST_OK : broken(&r, "the file has no days");
}
