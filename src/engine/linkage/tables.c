/* SPDX-License-Identifier: Apache-2.0 */
/* From files to columns of numbers: read a block of records, then each column of the block is entered
 * into its dictionary, by several threads. */
#include "engine/linkage/linkage_private.h"
#include <assert.h>
#include <stdlib.h>
#include "engine/linkage/csv.h"
#include "engine/linkage/file_text.h"

#define RECORDS_MAX (1u << 30)

/* --- headers --- */

static void trim(struct dict_text *t)
{
	while (t->size && (unsigned char)t->at[0] <= ' ')
		t->at++, t->size--;
	while (t->size && (unsigned char)t->at[t->size - 1] <= ' ')
		t->size--;
}

static const char *short_name(const char *name)
{
	const char *end = name + strlen(name);
	while (end > name && !strchr("#/:.", end[-1]))
		end--;
	return *end ? end : name;
}

int tables_column(const struct tables *t, const char *name)
{
	for (unsigned i = 0; i < t->column_count; i++)
		if (str_eq(t->columns[i].name, name))
			return (int)i;
	return -1;
}

static enum status read_header(struct call *c, struct csv *r, const char ***names, unsigned *count)
{
	struct csv_field fields[CSV_FIELDS_MAX];
	enum status st = csv_next(c, r, fields, count);

	if (st)
		return st;
	if (!*count)
		return fail(c, ST_BAD_INPUT, NULL, "%s has no header", r->name);
	*names = arena_array(c->arena, *count, sizeof **names);
	for (unsigned i = 0; i < *count; i++) {
		char *plain = arena_alloc(c->arena, fields[i].size + 1);
		struct dict_text t = { plain, csv_plain(&fields[i], plain) };
		trim(&t);
		(*names)[i] = t.size ? short_name(arena_strndup(c->arena, t.at, t.size))
				     : arena_printf(c->arena, "column%u", i + 1);
		for (unsigned k = 0; k < i; k++)
			if (str_eq((*names)[k], (*names)[i]))
				return fail(c, ST_BAD_INPUT, NULL, "%s names the column %s twice",
					    r->name, (*names)[i]);
	}
	return ST_OK;
}

/* Where the columns of a further table stand in it, by name; by place when no name is shared. */
static enum status match_header(struct call *c, const struct tables *t, const char *path,
				const char *const *names, unsigned count, int *place)
{
	unsigned shared = 0;
	for (unsigned i = 0; i < t->column_count; i++) {
		place[i] = -1;
		for (unsigned k = 0; k < count; k++)
			if (str_case_eq(t->columns[i].name, names[k]))
				place[i] = (int)k;
		shared += place[i] >= 0;
	}
	if (shared >= (count > 1 ? 2u : 1u))
		return ST_OK;
	if (count != t->column_count)
		return fail(
			c, ST_BAD_INPUT, NULL,
			"%s shares no column name with the first table, and has %u columns instead of %u",
			path, count, t->column_count);
	for (unsigned i = 0; i < t->column_count; i++)
		place[i] = (int)i;
	return ST_OK;
}

/* --- records --- */

static void enter_column(void *context, size_t i)
{
	struct table_block *b = context;
	struct column *column = &b->tables->columns[i];
	const struct dict_text *texts = b->texts + i * TABLE_BLOCK;

	if ((int)i == b->tables->id_column)
		return;
	for (uint32_t k = 0; k < b->count; k += DICT_BATCH) {
		unsigned n = b->count - k < DICT_BATCH ? b->count - k : DICT_BATCH;
		dict_add(&column->dict, texts + k, n, column->raw + b->begin + k);
	}
}

struct dict_text tables_block_id(const struct tables *t, const struct table_block *b, uint32_t k,
				 char number[16])
{
	if (t->id_column >= 0)
		return b->texts[(size_t)t->id_column * TABLE_BLOCK + k];
	int size = snprintf(number, 16, "%u", b->begin + k - t->first[t->sources]);
	return (struct dict_text){ number, (uint32_t)size };
}

static void keep_ids(struct tables *t, const struct table_block *b)
{
	for (uint32_t k = 0; k < b->count; k++) {
		char number[16];
		struct dict_text id = tables_block_id(t, b, k, number);
		/* Readers of eight bytes may look beyond the last id. */
		if (t->ids_used + id.size + 8 > t->ids_room) {
			size_t room = t->ids_room * 2 + id.size + (1 << 16);
			t->ids = big_grow(t->ids, t->ids_room, room, 1);
			t->ids_room = room;
		}
		t->id_at[b->begin + k] = t->ids_used;
		memcpy(t->ids + t->ids_used, id.at, id.size);
		t->ids_used += id.size;
	}
	t->id_at[b->begin + b->count] = t->ids_used;
}

static void grow_records(struct tables *t, uint32_t least)
{
	if (least <= t->room)
		return;
	uint32_t room = t->room * 2 > least ? t->room * 2 : least;
	for (unsigned i = 0; i < t->column_count; i++)
		t->columns[i].raw =
			big_grow(t->columns[i].raw, t->room, room, sizeof *t->columns[i].raw);
	t->id_at = big_grow(t->id_at, t->room ? t->room + 1ul : 0, room + 1ul, sizeof *t->id_at);
	t->room = room;
}

static enum status enter_block(void *context, struct tables *t, struct table_block *b)
{
	const struct linkage_ask *ask = context;

	grow_records(t, b->begin + b->count + DICT_BATCH);
	keep_ids(t, b);
	share_out(ask->threads, t->column_count, enter_column, b);
	return ST_OK;
}

/* Who takes the records as they are read. */
struct taker {
	table_block_fn *take;
	void *context;
};

static enum status take_block(const struct taker *to, struct tables *t, struct table_block *b)
{
	enum status st = to->take(to->context, t, b);
	t->records += b->count;
	b->begin = t->records;
	b->count = 0;
	return st;
}

static enum status read_records(struct call *c, struct csv *r, struct file_text *file,
				struct tables *t, const int *place, unsigned width,
				const struct taker *to)
{
	struct csv_field fields[CSV_FIELDS_MAX];
	size_t texts = (size_t)t->column_count * TABLE_BLOCK;
	struct table_block b = { t, big_alloc(texts, sizeof *b.texts), t->records, 0 };
	SCOPED_ARENA struct arena *plain = arena_new();
	enum status st;
	unsigned count;

	while (!(st = csv_next(c, r, fields, &count)) && count) {
		if (count != width) {
			st = fail(c, ST_BAD_INPUT, NULL,
				  "%s, line %lld has %u fields, the header %u", r->name,
				  (long long)r->line, count, width);
			break;
		}
		for (unsigned i = 0; i < t->column_count; i++) {
			struct dict_text *text = &b.texts[(size_t)i * TABLE_BLOCK + b.count];
			if (place[i] < 0) {
				*text = (struct dict_text){ "", 0 };
				continue;
			}
			const struct csv_field *f = &fields[place[i]];
			*text = (struct dict_text){ f->at, f->size };
			if (f->doubled) {
				char *copy = arena_alloc(plain, f->size);
				text->size = csv_plain(f, copy);
				text->at = copy;
			}
			trim(text);
			if (text->size == 2 && memcmp(text->at, "\\N", 2) == 0)
				text->size = 0;
		}
		if (++b.count < TABLE_BLOCK)
			continue;
		if (t->records + b.count > RECORDS_MAX) {
			st = fail(c, ST_TOO_LARGE, NULL, "more than %u records", RECORDS_MAX);
			break;
		}
		st = take_block(to, t, &b);
		if (st)
			break;
		file_text_drop(file, r->at);
		arena_reset(plain);
	}
	if (!st && b.count)
		st = take_block(to, t, &b);
	big_free(b.texts, texts, sizeof *b.texts);
	return st;
}

/* The id: as asked for, or a column that is named like one. */
static enum status find_id(struct call *c, const struct linkage_ask *ask, struct tables *t)
{
	static const char *const usual[] = { "unique_id", "id",   "rec_id",
					     "record_id", "uuid", "编号" };

	t->id_column = -1;
	if (ask->id) {
		t->id_column = tables_column(t, ask->id);
		if (t->id_column < 0)
			return fail(c, ST_BAD_INPUT, "id", "%s has no column %s", ask->inputs[0],
				    ask->id);
		return ST_OK;
	}
	for (size_t i = 0; i < sizeof usual / sizeof *usual && t->id_column < 0; i++)
		t->id_column = tables_column(t, usual[i]);
	return ST_OK;
}

static enum status read_one(struct call *c, const struct linkage_ask *ask, const struct taker *to,
			    struct tables *t)
{
	int place[CSV_FIELDS_MAX];
	const char *path = ask->inputs[t->sources];
	const char **names = NULL;
	struct file_text text = { 0 };
	struct csv r;
	unsigned width;
	enum status st = file_text_open(c, path, INT64_MAX, &text);

	if (st)
		return st;
	if (ask->memory && text.gb18030) {
		file_text_close(&text);
		return fail(c, ST_NOT_OFFERED, "memory",
			    "%s is in GB 18030: with a limit of memory tables are read in UTF-8",
			    path);
	}
	csv_init(&r, path, text.data, text.size, ask->delimiter);
	st = read_header(c, &r, &names, &width);
	if (!st && t->sources == 0) {
		t->columns = arena_array(c->arena, width, sizeof *t->columns);
		t->column_count = width;
		for (unsigned i = 0; i < width; i++) {
			t->columns[i].name = names[i];
			dict_init(&t->columns[i].dict);
		}
		st = find_id(c, ask, t);
	}
	if (!st)
		st = match_header(c, t, path, names, width, place);
	t->source_names[t->sources] = path;
	if (!st && to)
		st = read_records(c, &r, &text, t, place, width, to);
	t->first[++t->sources] = t->records;
	file_text_close(&text);
	return st;
}

enum status tables_stream(struct call *c, const struct linkage_ask *ask, table_block_fn *take,
			  void *context, struct tables *t)
{
	const struct taker to = { take, context };
	enum status st = ST_OK;

	memset(t, 0, sizeof *t);
	if (!ask->input_count || ask->input_count > SOURCES_MAX)
		return fail(c, ST_BAD_INPUT, NULL, "from 1 to %d tables are linked", SOURCES_MAX);
	for (unsigned i = 0; i < ask->input_count && !st; i++)
		st = read_one(c, ask, take ? &to : NULL, t);
	return st;
}

enum status tables_read(struct call *c, const struct linkage_ask *ask, struct tables *t)
{
	struct linkage_ask same = *ask;
	enum status st = tables_stream(c, ask, enter_block, &same, t);

	for (unsigned i = 0; i < t->column_count && !st; i++)
		t->columns[i].texts = t->columns[i].dict.count;
	if (!st && t->records < 2)
		st = fail(c, ST_BAD_INPUT, NULL, "%s holds fewer than two records", ask->inputs[0]);
	if (st)
		tables_done(t);
	return st;
}

void tables_done(struct tables *t)
{
	pairs_scratch_done(t);
	for (unsigned i = 0; i < t->column_count; i++) {
		struct column *k = &t->columns[i];
		big_free(k->normal, k->texts, sizeof *k->normal);
		big_free(k->raw, t->room, sizeof *k->raw);
		dict_done(&k->dict);
	}
	big_free(t->id_at, t->room + 1ul, sizeof *t->id_at);
	big_free(t->ids, t->ids_room, 1);
	big_free(t->lines, (size_t)t->records * t->stride, sizeof *t->lines);
	big_free(t->truth, t->records, sizeof *t->truth);
	memset(t, 0, sizeof *t);
}

const char *tables_id(const struct tables *t, uint32_t record, size_t *size)
{
	*size = (size_t)(t->id_at[record + 1] - t->id_at[record]);
	return t->ids + t->id_at[record];
}

/* --- normal forms --- */

static void normalise_column(void *context, size_t i)
{
	struct tables *t = context;
	struct column *k = &t->columns[i];
	char out[DICT_BATCH][96], *large = NULL;
	struct dict_text texts[DICT_BATCH];
	uint32_t of[DICT_BATCH], numbers[DICT_BATCH];
	unsigned n = 0;

	if (!k->compared)
		return;
	k->normal = big_alloc(k->texts, sizeof *k->normal);
	large = malloc((64 << 10) + 64);
	assert(large);
	for (uint32_t v = 1; v < k->texts; v++) {
		uint32_t size = k->dict.values[v].size;
		char *to = size + 8 <= sizeof out[0] ? out[n] : large;
		uint32_t made = normal_text(dict_text(&k->dict, v), size, to);
		k->normal[v] = v;
		if (made == size && memcmp(to, dict_text(&k->dict, v), size) == 0)
			continue;
		texts[n] = (struct dict_text){ to, made };
		of[n++] = v;
		if (n == DICT_BATCH || to == large) {
			dict_add(&k->dict, texts, n, numbers);
			while (n--)
				k->normal[of[n]] = numbers[n];
			n = 0;
		}
	}
	dict_add(&k->dict, texts, n, numbers);
	while (n--)
		k->normal[of[n]] = numbers[n];
	free(large);
}

static void lay_lines(void *context, size_t part)
{
	struct tables *t = context;
	uint32_t step = t->records / 64 + 1, begin = (uint32_t)part * step;
	uint32_t end = begin + step < t->records ? begin + step : t->records;

	for (unsigned i = 0; i < t->column_count; i++) {
		const struct column *k = &t->columns[i];
		if (!k->compared)
			continue;
		for (uint32_t r = begin; r < end; r++) {
			if (r + 16 < end)
				__builtin_prefetch(&k->normal[k->raw[r + 16]]);
			t->lines[(size_t)r * t->stride + k->place] = k->normal[k->raw[r]];
		}
	}
}

void tables_normalise(struct tables *t, unsigned threads)
{
	unsigned places = 0;

	for (unsigned i = 0; i < t->column_count; i++)
		if (t->columns[i].compared)
			t->columns[i].place = places++;
	for (t->stride = 1; t->stride < places;)
		t->stride *= 2;
	share_out(threads, t->column_count, normalise_column, t);
	t->lines = big_alloc((size_t)t->records * t->stride, sizeof *t->lines);
	share_out(threads, 64, lay_lines, t);
}
