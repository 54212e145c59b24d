/* SPDX-License-Identifier: Apache-2.0 */
/* Comma-separated values (RFC 4180) as spreadsheets write them: UTF-8 with or without a byte order mark, or
 * GB 18030; lines ended by LF or CRLF; quoted cells hold commas, quotes and line ends. */
#include <errno.h>
#include <iconv.h>
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

enum { CELLS_MAX = 200, CELL_SIZE_MAX = 64 << 10, ROWS_MAX = 50000 };

struct reading {
	struct call *c;
	const char *p, *end;
	int64_t line;
	struct buf cell;
	const char *cells[CELLS_MAX];
	size_t count;
};

/* As UTF-8. What is not UTF-8 is taken for GB 18030, which Chinese spreadsheets write. */
static enum status decode(struct call *c, const char **text, size_t *size)
{
	if (*size >= 3 && !memcmp(*text, "\xEF\xBB\xBF", 3)) {
		*text += 3;
		*size -= 3;
	}
	if (utf8_valid(*text, *size))
		return ST_OK;
	iconv_t cd = iconv_open("UTF-8", "GB18030");
	if (cd == (iconv_t)-1)
		return fail(c, ST_BAD_INPUT, "body",
			    "the file is not UTF-8, and this system does not read GB 18030");
	/* Two bytes become at most three, four at most four. */
	size_t room = *size / 2 * 3 + 8, left = room, in = *size;
	char *out = arena_alloc(c->arena, room + 1), *o = out, *i = (char *)*text;
	size_t n = iconv(cd, &i, &in, &o, &left);
	iconv_close(cd);
	if (n == (size_t)-1 || !utf8_valid(out, room - left))
		return fail(c, ST_BAD_INPUT, "body",
			    "the file is neither UTF-8 nor GB 18030 (byte %zu)", *size - in + 1);
	*text = out;
	*size = room - left;
	return ST_OK;
}

static enum status broken(struct reading *r, const char *why)
{
	return fail(r->c, ST_BAD_INPUT, "body", "line %lld: %s", (long long)r->line, why);
}

/* What csv_cell() put before a cell that a spreadsheet would compute. */
static bool guarded(const char *s)
{
	return s[0] == '\'' && s[1] && strchr("=+-@\t'", s[1]);
}

static enum status end_cell(struct reading *r)
{
	const char *s = buf_text(&r->cell);

	if (r->count == CELLS_MAX)
		return broken(r, "more than 200 cells");
	r->cells[r->count++] = arena_strdup(r->c->arena, guarded(s) ? s + 1 : s);
	r->cell.size = 0;
	if (r->cell.data)
		r->cell.data[0] = '\0';
	return ST_OK;
}

static enum status read_quoted(struct reading *r)
{
	for (r->p++; r->p < r->end; r->p++) {
		if (*r->p == '"') {
			if (r->p + 1 == r->end || r->p[1] != '"')
				break;
			r->p++;
		}
		r->line += *r->p == '\n';
		if (r->cell.size == CELL_SIZE_MAX)
			return broken(r, "a cell is larger than 64 KiB");
		buf_char(&r->cell, *r->p);
	}
	if (r->p == r->end)
		return broken(r, "a quoted cell does not end");
	r->p++;
	if (r->p < r->end && !strchr(",\r\n", *r->p))
		return broken(r, "something stands behind the quote that ends a cell");
	return ST_OK;
}

static enum status read_plain(struct reading *r)
{
	while (r->p < r->end && *r->p != ',' && *r->p != '\n') {
		if (*r->p == '"')
			return broken(r, "a quote stands within a cell that is not quoted");
		if (*r->p == '\0')
			return broken(r, "a NUL character");
		if (*r->p != '\r' || (r->p + 1 < r->end && r->p[1] != '\n'))
			buf_char(&r->cell, *r->p);
		if (r->cell.size > CELL_SIZE_MAX)
			return broken(r, "a cell is larger than 64 KiB");
		r->p++;
	}
	return ST_OK;
}

static enum status read_row(struct reading *r)
{
	bool more = true;

	r->count = 0;
	while (more) {
		enum status st = r->p < r->end && *r->p == '"' ? read_quoted(r) : read_plain(r);
		if (!st)
			st = end_cell(r);
		if (st)
			return st;
		more = r->p < r->end && *r->p == ',';
		r->p += more;
	}
	if (r->p < r->end && *r->p == '\r')
		r->p++;
	if (r->p < r->end) {
		if (*r->p != '\n')
			return broken(r, "a carriage return without a line feed");
		r->p++;
	}
	return ST_OK;
}

static bool empty_row(const struct reading *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->cells[i][strspn(r->cells[i], " \t\r\n")])
			return false;
	return true;
}

enum status csv_read(struct call *c, const char *text, size_t size, struct csv *out)
{
	struct reading r = { .c = c, .line = 1, .cell.arena = c->arena };
	struct csv table = { 0 };
	size_t room = 0;
	enum status st = decode(c, &text, &size);

	r.p = text;
	r.end = text + size;
	while (!st && r.p < r.end) {
		int64_t line = r.line;
		st = read_row(&r);
		r.line++;
		if (st || empty_row(&r))
			continue;
		if (table.count == ROWS_MAX)
			return broken(&r, "more than 50000 rows");
		if (table.count == room) {
			size_t wider = room ? 2 * room : 64, each = sizeof *table.rows;
			table.rows = arena_grow(c->arena, table.rows, room * each, wider * each);
			room = wider;
		}
		struct csv_row row = { arena_array(c->arena, r.count, sizeof(char *)), r.count,
				       line };
		memcpy(row.cells, r.cells, r.count * sizeof(char *));
		table.rows[table.count++] = row;
	}
	if (!st)
		*out = table;
	return st;
}

void csv_cell(struct buf *b, const char *text, bool last)
{
	bool guard;

	text = text ? text : "";
	guard = *text && strchr("=+-@\t'", *text);
	if (guard || strpbrk(text, ",\"\r\n") || *text == ' ') {
		buf_char(b, '"');
		if (guard)
			buf_char(b, '\'');
		for (const char *p = text; *p; p++) {
			if (*p == '"')
				buf_char(b, '"');
			buf_char(b, *p);
		}
		buf_char(b, '"');
	} else {
		buf_str(b, text);
	}
	buf_str(b, last ? "\r\n" : ",");
}
