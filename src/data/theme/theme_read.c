/* SPDX-License-Identifier: Apache-2.0 */
/* From the files of resources to the records of each kind: cleaned values in a file of their own, which is
 * mapped, and the table that the linkage engine reads. Memory does not grow with what they hold. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "data/intake/intake.h"
#include "data/theme/theme_private.h"
#include "engine/linkage/hanzi.h"
#include "engine/linkage/memory.h"

/* --- the rows of a source --- */

struct columns {
	int place[ROLES_MAX][ATTRIBUTES_MAX]; /* -1: the role does not have it */
	int key, updated;
	unsigned width;
};

static int column_named(const struct csv_field *heading, unsigned width, const char *name)
{
	size_t size = strlen(name);
	for (unsigned i = 0; i < width; i++)
		if (heading[i].size == size && memcmp(heading[i].at, name, size) == 0)
			return (int)i;
	return -1;
}

static enum status find_column(struct build *b, const char *path, const struct csv_field *heading,
			       const struct columns *k, const char *name, int *out)
{
	*out = name ? column_named(heading, k->width, name) : -1;
	if (name && *out < 0)
		return fail(b->c, ST_BAD_INPUT, name, "%s has no column %s", path, name);
	return ST_OK;
}

static enum status find_columns(struct build *b, const struct resource *r, const char *path,
				const struct csv_field *heading, struct columns *k)
{
	enum status st = find_column(b, path, heading, k, b->settings->key, &k->key);

	if (!st)
		st = find_column(b, path, heading, k, r->updated, &k->updated);
	for (unsigned i = 0; i < r->role_count && !st; i++)
		for (unsigned a = 0; a < ATTRIBUTES_MAX && !st; a++)
			st = find_column(b, path, heading, k, r->roles[i].columns[a],
					 &k->place[i][a]);
	return st;
}

/* Fields with doubled quotes are made plain where they stand last: in the scratch of the row. */
static void plain(const struct csv_field *f, char *scratch, size_t *used, const char **at,
		  uint32_t *size)
{
	*at = f->at;
	*size = f->size;
	if (f->doubled && *used + f->size <= CSV_FIELD_SIZE_MAX) {
		*size = csv_plain(f, scratch + *used);
		*at = scratch + *used;
		*used += *size;
	}
}

static void fill_row(const struct resource *r, const struct columns *k, struct csv_field *fields,
		     char *scratch, struct row *row)
{
	size_t used = 0;

	memset(row, 0, sizeof *row);
	plain(&fields[k->key], scratch, &used, &row->key, &row->key_size);
	if (k->updated >= 0)
		plain(&fields[k->updated], scratch, &used, &row->updated, &row->updated_size);
	for (unsigned i = 0; i < r->role_count; i++)
		for (unsigned a = 0; a < ATTRIBUTES_MAX; a++)
			if (k->place[i][a] >= 0)
				plain(&fields[k->place[i][a]], scratch, &used, &row->at[i][a],
				      &row->size[i][a]);
}

static const char *source_path(const struct build *b, const struct resource *r)
{
	return arena_printf(b->c->arena, "%s/%s.csv", b->ask->from, r->code);
}

enum status source_rows(struct build *b, const struct source *s,
			enum status (*each)(struct build *b, const struct source *s, uint32_t row,
					    const struct row *cells, void *context),
			void *context)
{
	SCOPED_ARENA struct arena *own = arena_new();
	struct csv_field *fields = arena_array(own, CSV_FIELDS_MAX, sizeof *fields);
	char *scratch = arena_alloc(own, CSV_FIELD_SIZE_MAX);
	const char *path = source_path(b, s->resource);
	struct file_text text;
	struct columns k;
	struct row cells;
	struct csv csv;
	unsigned count;
	uint32_t row = 0;
	enum status st = intake_text_open(b->c, path, &text);

	if (st)
		return st;
	csv_init(&csv, path, text.data, text.size, 0);
	st = csv_next(b->c, &csv, fields, &k.width);
	if (!st)
		st = find_columns(b, s->resource, path, fields, &k);
	while (!st && !(st = csv_next(b->c, &csv, fields, &count)) && count) {
		if (count != k.width) {
			st = fail(b->c, ST_BAD_INPUT, NULL,
				  "%s, line %lld: %u fields, the heading has %u", path,
				  (long long)csv.line, count, k.width);
			break;
		}
		fill_row(s->resource, &k, fields, scratch, &cells);
		st = each(b, s, row++, &cells, context);
	}
	file_text_close(&text);
	return st;
}

/* --- files of commas --- */

enum status comma_next(struct call *c, struct comma_file *f)
{
	return csv_next(c, &f->csv, f->fields, &f->count);
}

enum status comma_open(struct call *c, const char *path, struct comma_file *out)
{
	struct comma_file f = { .fields = arena_array(c->arena, CSV_FIELDS_MAX, sizeof *f.fields) };
	enum status st = intake_text_open(c, path, &f.text);

	if (st)
		return st;
	csv_init(&f.csv, path, f.text.data, f.text.size, ',');
	st = comma_next(c, &f);
	if (st)
		file_text_close(&f.text);
	else
		*out = f;
	return st;
}

/* --- writing records --- */

struct writing {
	struct buf value, table, cell, scratch;
};

static int32_t day_of_row(const struct row *cells, struct buf *cell)
{
	char digits[9];
	int32_t day;

	if (!cells->updated_size ||
	    !value_clean(TYPE_DATE, cells->updated, cells->updated_size, cell) ||
	    !date_read(cell->data, cell->size, &day, digits))
		return INT32_MIN;
	return day;
}

static enum status write_record(struct build *b, const struct source *s, uint32_t row,
				const struct row *cells, void *context)
{
	struct writing *w = context;
	const struct role *role = &s->resource->roles[0];
	const struct base *base = &b->settings->bases[role->kind];
	struct records *r = &b->records[role->kind];
	int32_t day = day_of_row(cells, &w->cell);
	uint16_t sizes[ATTRIBUTES_MAX];
	uint8_t key_size = cells->key_size > 255 ? 255 : (uint8_t)cells->key_size;

	if (r->count == UINT32_MAX - 1)
		return fail(b->c, ST_TOO_LARGE, NULL, "more than %u records", UINT32_MAX - 1);
	if (r->count == r->room) {
		uint32_t room = r->room ? r->room + r->room / 2 : 1u << 16;
		r->at = big_grow(r->at, r->room, room, sizeof *r->at);
		r->room = room;
	}
	r->at[r->count] = r->size;
	w->value.size = w->table.size = w->scratch.size = 0;
	buf_printf(&w->table, "%u", r->count);
	for (unsigned a = 0; a < base->count; a++) {
		bool valid = cells->size[0][a] &&
			     value_clean(base->attributes[a].type, cells->at[0][a],
					 cells->size[0][a], &w->cell);
		if (!cells->size[0][a])
			w->cell.size = 0;
		sizes[a] = (uint16_t)(w->cell.size | (valid ? 0x8000u : 0));
		buf_add(&w->scratch, w->cell.size ? w->cell.data : "", w->cell.size);
		if (!base->attributes[a].link)
			continue;
		buf_char(&w->table, ',');
		if (w->cell.size)
			csv_write(&w->table, w->cell.data, w->cell.size);
	}
	buf_char(&w->table, '\n');
	buf_add(&w->value, &day, sizeof day);
	buf_add(&w->value, sizes, base->count * sizeof *sizes);
	buf_add(&w->value, &key_size, 1);
	buf_add(&w->value, cells->key, key_size);
	buf_add(&w->value, w->scratch.size ? w->scratch.data : "", w->scratch.size);
	fwrite(w->value.data, 1, w->value.size, r->values);
	fwrite(w->table.data, 1, w->table.size, r->table);
	r->size += w->value.size;
	r->count++;
	(void)row;
	return ST_OK;
}

void record_at(const struct build *b, const struct records *r, uint32_t i, struct record *out)
{
	const struct base *base = &b->settings->bases[r->kind];
	const char *p = r->data + r->at[i];
	uint16_t sizes[ATTRIBUTES_MAX];

	memcpy(&out->updated, p, sizeof out->updated);
	p += sizeof out->updated;
	memcpy(sizes, p, base->count * sizeof *sizes);
	p += base->count * sizeof *sizes;
	out->key_size = (uint8_t)*p++;
	out->key = p;
	p += out->key_size;
	for (unsigned a = 0; a < base->count; a++) {
		out->value[a] = p;
		out->size[a] = sizes[a] & 0x7FFFu;
		out->valid[a] = sizes[a] >> 15;
		p += out->size[a];
	}
}

const struct source *source_of_record(const struct build *b, enum theme_kind kind, uint32_t i)
{
	const struct source *found = NULL;

	for (unsigned s = 0; s < b->source_count; s++)
		if (b->sources[s].resource->roles[0].kind == kind && b->sources[s].first <= i)
			found = &b->sources[s];
	return found;
}

/* --- all files --- */

static enum status begin_kind(struct build *b, enum theme_kind kind)
{
	struct records *r = &b->records[kind];
	const struct base *base = &b->settings->bases[kind];

	r->kind = kind;
	r->values_path =
		arena_printf(b->c->arena, "%s/%s.values", b->folder, theme_kind_words[kind]);
	r->table_path = arena_printf(b->c->arena, "%s/%s.csv", b->folder, theme_kind_words[kind]);
	r->values = fopen(r->values_path, "we");
	r->table = fopen(r->table_path, "we");
	if (!r->values || !r->table)
		return fail(b->c, ST_INTERNAL, "store", "cannot write into %s: %s", b->folder,
			    strerror(errno));
	fputs("unique_id", r->table);
	for (unsigned a = 0; a < base->count; a++)
		if (base->attributes[a].link)
			fprintf(r->table, ",%s", base->attributes[a].name);
	fputc('\n', r->table);
	return ST_OK;
}

static enum status end_kind(struct build *b, struct records *r)
{
	bool bad = ferror(r->values) || ferror(r->table);

	bad |= fclose(r->values) != 0;
	bad |= fclose(r->table) != 0;
	r->values = r->table = NULL;
	if (bad)
		return fail(b->c, ST_AWAY, "store", "cannot write all of %s: %s", r->values_path,
			    strerror(errno));
	if (!r->size)
		return ST_OK;
	int fd = open(r->values_path, O_RDONLY | O_CLOEXEC);
	r->data = fd < 0 ? MAP_FAILED : mmap(NULL, r->size, PROT_READ, MAP_SHARED, fd, 0);
	if (fd >= 0)
		close(fd);
	if (r->data == MAP_FAILED) {
		r->data = NULL;
		return fail(b->c, ST_INTERNAL, "store", "cannot map %s: %s", r->values_path,
			    strerror(errno));
	}
	return ST_OK;
}

enum status records_read(struct build *b)
{
	struct writing w = { .value = { .arena = b->c->arena },
			     .table = { .arena = b->c->arena },
			     .cell = { .arena = b->c->arena },
			     .scratch = { .arena = b->c->arena } };
	enum status st = ST_OK;

	for (int k = 0; k < THEME_KINDS && !st; k++)
		st = begin_kind(b, (enum theme_kind)k);
	for (unsigned i = 0; i < b->settings->resource_count && !st; i++) {
		const struct resource *r = &b->settings->resources[i];
		struct records *all = &b->records[r->roles[0].kind];
		if (access(source_path(b, r), F_OK))
			continue;
		struct source *s = &b->sources[b->source_count++];
		*s = (struct source){ .resource = r, .number = i, .first = all->count };
		st = source_rows(b, s, write_record, &w);
		s->rows = all->count - s->first;
		b->counts.records += s->rows;
	}
	for (int k = 0; k < THEME_KINDS; k++)
		if (b->records[k].values && b->records[k].table) {
			enum status end = end_kind(b, &b->records[k]);
			st = st ? st : end;
		}
	if (!st && !b->source_count)
		st = fail(b->c, ST_NOT_FOUND, "from", "%s has no file of any resource",
			  b->ask->from);
	return st;
}

void records_done(struct build *b)
{
	for (int k = 0; k < THEME_KINDS; k++) {
		struct records *r = &b->records[k];
		if (r->data)
			munmap(r->data, r->size);
		big_free(r->at, r->room, sizeof *r->at);
		big_free(r->of, r->count, sizeof *r->of);
		if (r->values_path)
			(void)unlink(r->values_path);
		if (r->table_path)
			(void)unlink(r->table_path);
	}
}
