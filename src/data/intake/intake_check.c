/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file against the rules of its resource: one pass, memory that does not grow with the rows but
 * for items that must be unique. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>
#include "base/clock.h"
#include "data/intake/intake.h"
#include "engine/linkage/csv.h"
#include "engine/linkage/dict.h"

#define FLUSH (1 << 20)
#define EXAMPLE_SIZE 60 /* bytes of an example; what is longer is cut */
#define REGISTERS 4096  /* HyperLogLog (Flajolet et al. 2007): 1.04 / sqrt(4096) = 1.6 % */

struct sheet {
	FILE *file;
	const char *path;
	struct buf text;
};

struct check {
	struct call *c;
	const struct intake_ask *ask;
	const struct intake_rules *rules;
	struct intake_quality *q;
	struct csv csv;
	struct csv_field fields[CSV_FIELDS_MAX], heading[CSV_FIELDS_MAX];
	unsigned width;
	int place[INTAKE_ITEMS_MAX]; /* of each item, the field; -1: not in the file */
	struct sheet clean, rejected;
	struct buf cells[INTAKE_ITEMS_MAX]; /* of the row, cleaned */
	enum intake_breach breaches[INTAKE_ITEMS_MAX];
	struct dict *seen; /* of each item that must be unique */
	uint8_t *registers;
	char *plain;
	int32_t today;
	struct arena *scratch; /* of the row's examples */
};

/* --- files that are written --- */

static enum status sheet_open(struct call *c, const char *path, struct sheet *s)
{
	s->path = path;
	s->text = (struct buf){ .arena = c->arena };
	s->file = fopen(path, "we");
	return s->file ? ST_OK
		       : fail(c, ST_INTERNAL, NULL, "cannot write %s: %s", path, strerror(errno));
}

static void sheet_flush(struct sheet *s, size_t above)
{
	if (s->text.size > above) {
		fwrite(s->text.data, 1, s->text.size, s->file);
		s->text.size = 0;
	}
}

static enum status sheet_close(struct call *c, struct sheet *s)
{
	if (!s->file)
		return ST_OK;
	sheet_flush(s, 0);
	bool bad = ferror(s->file) != 0;
	bad |= fflush(s->file) != 0;
	bad |= fsync(fileno(s->file)) != 0;
	bad |= fclose(s->file) != 0;
	s->file = NULL;
	return bad ? fail(c, ST_INTERNAL, NULL, "cannot write all of %s: %s", s->path,
			  strerror(errno))
		   : ST_OK;
}

/* --- the heading --- */

static struct dict_text plain_field(struct check *k, const struct csv_field *f)
{
	if (!f->doubled)
		return (struct dict_text){ f->at, f->size };
	return (struct dict_text){ k->plain, csv_plain(f, k->plain) };
}

static const char *heading_name(struct check *k, unsigned field)
{
	struct dict_text t = plain_field(k, &k->heading[field]);
	while (t.size && (unsigned char)t.at[0] <= ' ')
		t.at++, t.size--;
	while (t.size && (unsigned char)t.at[t.size - 1] <= ' ')
		t.size--;
	return arena_strndup(k->c->arena, t.at, t.size);
}

/* Each column is an item, each item has a column; only what is not demanded may be left out. */
static enum status match_heading(struct check *k)
{
	const char *shown = k->ask->shown;

	for (unsigned i = 0; i < k->rules->count; i++)
		k->place[i] = -1;
	for (unsigned f = 0; f < k->width; f++) {
		const char *name = heading_name(k, f);
		unsigned i = 0;
		while (i < k->rules->count && !str_eq(k->rules->items[i].name, name) &&
		       !str_eq(k->rules->items[i].code, name))
			i++;
		if (i == k->rules->count)
			return fail(k->c, ST_BAD_INPUT, name,
				    "%s: the column %s is no item of the resource", shown, name);
		if (k->place[i] >= 0)
			return fail(k->c, ST_BAD_INPUT, name,
				    "%s: the column %s stands there twice", shown, name);
		k->place[i] = (int)f;
	}
	for (unsigned i = 0; i < k->rules->count; i++)
		if (k->place[i] < 0 && (k->rules->items[i].required || k->rules->items[i].unique))
			return fail(k->c, ST_BAD_INPUT, k->rules->items[i].name,
				    "%s: the column %s is missing, and is required", shown,
				    k->rules->items[i].name);
	return ST_OK;
}

static enum status begin(struct check *k, const struct file_text *text)
{
	struct call *c = k->c;
	struct intake_quality *q = k->q;

	csv_init(&k->csv, k->ask->shown, text->data, text->size, 0);
	enum status st = csv_next(c, &k->csv, k->heading, &k->width);
	if (!st && !k->width)
		st = fail(c, ST_BAD_INPUT, NULL, "%s has no heading", k->ask->shown);
	if (!st)
		st = match_heading(k);
	if (!st)
		st = sheet_open(c, k->ask->clean, &k->clean);
	if (!st)
		st = sheet_open(c, k->ask->rejected, &k->rejected);
	if (st)
		return st;
	buf_str(&k->clean.text, "行");
	buf_str(&k->rejected.text, "行,信息项,规则");
	q->columns = arena_array(c->arena, k->rules->count, sizeof *q->columns);
	q->columns_count = k->rules->count;
	for (unsigned i = 0; i < k->rules->count; i++) {
		const char *name = k->rules->items[i].name;
		q->columns[i].name = name;
		buf_char(&k->clean.text, ',');
		csv_write(&k->clean.text, name, strlen(name));
		k->cells[i].arena = c->arena;
		if (k->rules->items[i].unique)
			dict_init(&k->seen[i]);
	}
	for (unsigned f = 0; f < k->width; f++) {
		struct dict_text t = plain_field(k, &k->heading[f]);
		buf_char(&k->rejected.text, ',');
		csv_write(&k->rejected.text, t.at, t.size);
	}
	buf_char(&k->clean.text, '\n');
	buf_char(&k->rejected.text, '\n');
	return ST_OK;
}

/* --- rows --- */

static void count_distinct(struct check *k, unsigned i)
{
	uint64_t h = mix(text_hash(k->cells[i].data, k->cells[i].size));
	uint8_t *at = &k->registers[(size_t)i * REGISTERS + (h & (REGISTERS - 1))];
	uint8_t zeros = (uint8_t)(__builtin_clzll((h >> 12) | 1) - 12 + 1);
	if (zeros > *at)
		*at = zeros;
}

static double distinct_of(const uint8_t *registers)
{
	double sum = 0, m = REGISTERS;
	unsigned empty = 0;

	for (unsigned i = 0; i < REGISTERS; i++) {
		sum += ldexp(1, -registers[i]);
		empty += registers[i] == 0;
	}
	double estimate = 0.7213 / (1 + 1.079 / m) * m * m / sum;
	return estimate <= 2.5 * m && empty ? m * log(m / empty) : estimate;
}

static bool rejects(const struct intake_item *item, enum intake_breach b)
{
	bool form_is_evidence = item->kind == INTAKE_CITIZEN || item->kind == INTAKE_USCC ||
				item->kind == INTAKE_PHONE;

	if (b == BREACH_NONE || b == BREACH_STALE || item->keep)
		return false;
	if (b == BREACH_CHECK || (b == BREACH_FORM && form_is_evidence))
		return item->strict;
	return true;
}

static const char *mask_cell(struct call *c, const struct intake_item *item, const char *s)
{
	switch (item->kind) {
	case INTAKE_CITIZEN: return mask_citizen(c->arena, s);
	case INTAKE_PHONE: return mask_phone(c->arena, s);
	case INTAKE_USCC: return arena_strdup(c->arena, s); /* public */
	case INTAKE_DATE:
	case INTAKE_TIME: return mask_birthday(c->arena, s);
	default: return mask_any(c->arena, s);
	}
}

static void note_breach(struct check *k, unsigned i)
{
	struct intake_column *column = &k->q->columns[i];
	const char *s = buf_text(&k->cells[i]);

	column->breaches[k->breaches[i]]++;
	if (!k->cells[i].size || column->example_count == INTAKE_EXAMPLES)
		return;
	if (k->cells[i].size > EXAMPLE_SIZE) {
		size_t size = EXAMPLE_SIZE;
		while (((unsigned char)s[size] & 0xC0) == 0x80)
			size--; /* between two characters */
		s = arena_strndup(k->c->arena, s, size);
	}
	column->examples[column->example_count++] = mask_cell(k->c, &k->rules->items[i], s);
}

/* The item whose breach rejects the row, or -1. */
static int check_row(struct check *k)
{
	int rejected = -1;

	for (unsigned i = 0; i < k->rules->count; i++) {
		const struct intake_item *item = &k->rules->items[i];
		struct dict_text t = { "", 0 };
		if (k->place[i] >= 0)
			t = plain_field(k, &k->fields[k->place[i]]);
		k->breaches[i] = intake_cell(item, t.at, t.size, k->today, &k->cells[i]);
		if (!k->breaches[i] && item->unique && k->cells[i].size &&
		    dict_find(&k->seen[i], k->cells[i].data, (uint32_t)k->cells[i].size) !=
			    UINT32_MAX)
			k->breaches[i] = BREACH_REPEATED;
		if (rejected < 0 && rejects(item, k->breaches[i]))
			rejected = (int)i;
		if (k->cells[i].size) {
			k->q->columns[i].filled++;
			k->q->columns[i].valid += !k->breaches[i];
			count_distinct(k, i);
		}
		if (k->breaches[i])
			note_breach(k, i);
	}
	return rejected;
}

static void write_clean(struct check *k)
{
	buf_printf(&k->clean.text, "%lld", (long long)k->csv.line);
	for (unsigned i = 0; i < k->rules->count; i++) {
		buf_char(&k->clean.text, ',');
		csv_write(&k->clean.text, k->cells[i].data, k->cells[i].size);
		if (k->rules->items[i].unique && k->cells[i].size) {
			struct dict_text t = { k->cells[i].data, (uint32_t)k->cells[i].size };
			uint32_t number;
			dict_add(&k->seen[i], &t, 1, &number);
		}
	}
	buf_char(&k->clean.text, '\n');
	sheet_flush(&k->clean, FLUSH);
	k->q->accepted++;
}

static void write_rejected(struct check *k, const char *item, const char *rule, unsigned count)
{
	struct buf *b = &k->rejected.text;

	buf_printf(b, "%lld,", (long long)k->csv.line);
	csv_write(b, item, strlen(item));
	buf_printf(b, ",%s", rule);
	for (unsigned f = 0; f < count; f++) {
		struct dict_text t = plain_field(k, &k->fields[f]);
		buf_char(b, ',');
		csv_write(b, t.at, t.size);
	}
	buf_char(b, '\n');
	sheet_flush(&k->rejected, FLUSH);
	k->q->rejected++;
}

static enum status check_rows(struct check *k)
{
	enum status st;
	unsigned count;

	while (!(st = csv_next(k->c, &k->csv, k->fields, &count)) && count) {
		if (++k->q->rows > INTAKE_ROWS_MAX)
			return fail(k->c, ST_TOO_LARGE, NULL, "%s has more than %lld rows",
				    k->ask->shown, (long long)INTAKE_ROWS_MAX);
		if (count != k->width) {
			write_rejected(k, "", "fields", count);
			continue;
		}
		int bad = check_row(k);
		if (bad < 0)
			write_clean(k);
		else
			write_rejected(k, k->rules->items[bad].name,
				       intake_breach_words[k->breaches[bad]], count);
	}
	return st;
}

enum status intake_check(struct call *c, const struct intake_ask *ask, struct intake_quality *out)
{
	struct file_text text;
	struct check *k = arena_alloc(c->arena, sizeof *k);
	enum status st = intake_text_open(c, ask->path, &text), close;

	if (st)
		return st;
	*out = (struct intake_quality){ .gb18030 = text.gb18030 };
	k->c = c;
	k->ask = ask;
	k->rules = ask->rules;
	k->q = out;
	k->plain = arena_alloc(c->arena, CSV_FIELD_SIZE_MAX + 1);
	k->seen = arena_array(c->arena, ask->rules->count + 1, sizeof *k->seen);
	k->registers = arena_array(c->arena, ask->rules->count + 1, REGISTERS);
	k->today = (int32_t)(c->now_at / CLOCK_DAY);
	st = begin(k, &text);
	if (!st)
		st = check_rows(k);
	close = sheet_close(c, &k->clean);
	st = st ? st : close;
	close = sheet_close(c, &k->rejected);
	st = st ? st : close;
	for (unsigned i = 0; i < ask->rules->count; i++) {
		if (out->columns)
			out->columns[i].distinct =
				(int64_t)(distinct_of(k->registers + (size_t)i * REGISTERS) + 0.5);
		if (k->seen[i].slots)
			dict_done(&k->seen[i]);
	}
	file_text_close(&text);
	return st;
}

/* --- the report --- */

static void put_share(struct json_out *j, const char *name, int64_t part, int64_t of)
{
	json_key(j, name);
	if (of)
		json_double(j, round((double)part / (double)of * 1e6) / 1e6);
	else
		json_nil(j);
}

const char *intake_quality_json(struct call *c, const struct intake_quality *q)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_int(&j, "rows", q->rows);
	json_put_int(&j, "accepted", q->accepted);
	json_put_int(&j, "rejected", q->rejected);
	json_put_str(&j, "encoding", q->gb18030 ? "GB18030" : "UTF-8");
	json_key(&j, "columns");
	json_array_begin(&j);
	for (size_t i = 0; i < q->columns_count; i++) {
		const struct intake_column *k = &q->columns[i];
		json_object_begin(&j);
		json_put_str(&j, "name", k->name);
		put_share(&j, "completeness", k->filled, q->rows);
		put_share(&j, "validity", k->valid, k->filled);
		put_share(&j, "uniqueness", k->distinct < k->filled ? k->distinct : k->filled,
			  k->filled);
		json_key(&j, "breaches");
		json_object_begin(&j);
		for (unsigned b2 = 1; b2 < BREACH__COUNT; b2++)
			if (k->breaches[b2])
				json_put_int(&j, intake_breach_words[b2], k->breaches[b2]);
		json_object_end(&j);
		json_key(&j, "examples");
		json_array_begin(&j);
		for (unsigned e = 0; e < k->example_count; e++)
			json_str(&j, k->examples[e]);
		json_array_end(&j);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	return buf_text(&b);
}
