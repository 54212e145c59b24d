/* SPDX-License-Identifier: Apache-2.0 */
/* What people have judged of pairs: a file of two ids and a verdict, same or different, which the clusters
 * then obey, and by which they are measured. */
#include <stdlib.h>
#include "engine/linkage/csv.h"
#include "engine/linkage/file_text.h"
#include "engine/linkage/linkage_private.h"

void ids_index(const struct tables *t, unsigned source, struct id_index *out)
{
	uint32_t first = t->first[source], end = t->first[source + 1];

	dict_init(&out->dict);
	out->room = end - first + 2ul;
	out->record = big_alloc(out->room, sizeof *out->record);
	for (uint32_t i = first; i < end; i++) {
		size_t size;
		uint32_t number;
		struct dict_text id = { tables_id(t, i, &size), 0 };
		id.size = (uint32_t)size;
		dict_add(&out->dict, &id, 1, &number);
		out->record[number] = i;
	}
}

void ids_done(struct id_index *x)
{
	big_free(x->record, x->room, sizeof *x->record);
	dict_done(&x->dict);
}

bool ids_find(const struct id_index *x, const struct csv_field *id, uint32_t *record)
{
	uint32_t number = dict_find(&x->dict, id->at, id->size);

	if (number == UINT32_MAX || !number)
		return false;
	*record = x->record[number];
	return *record != UINT32_MAX;
}

static bool field_is(const struct csv_field *f, const char *word)
{
	return f->size == strlen(word) && memcmp(f->at, word, f->size) == 0;
}

bool verdict_column(const struct csv_field *heading, unsigned count)
{
	return count > 2 && field_is(&heading[2], "verdict");
}

enum status verdict_read(struct call *c, const struct csv *r, const struct csv_field *f, bool *same)
{
	*same = field_is(f, "same");
	if (*same || field_is(f, "different"))
		return ST_OK;
	return fail(c, ST_BAD_INPUT, "verdict",
		    "%s, line %lld: the verdict is neither same nor different", r->name,
		    (long long)r->line);
}

static void add(struct judgements *j, uint32_t l, uint32_t r, bool same)
{
	if (j->count == j->room) {
		size_t room = j->room ? j->room * 2 : 1024;
		j->list = big_grow(j->list, j->room, room, sizeof *j->list);
		j->room = room;
	}
	j->list[j->count] =
		(struct judged_pair){ { l < r ? l : r, l < r ? r : l }, same, (uint32_t)j->count };
	j->count++;
}

static int by_pair(const void *a, const void *b)
{
	const struct judged_pair *x = a, *y = b;
	return pair_order(x->pair, y->pair);
}

bool judged_known(const struct judgements *j, uint32_t l, uint32_t r)
{
	struct judged_pair key = { .pair = { l < r ? l : r, l < r ? r : l } };

	return j->count && bsearch(&key, j->list, j->count, sizeof key, by_pair) != NULL;
}

static enum status read_rows(struct call *c, struct csv *r, const struct id_index *left,
			     const struct id_index *right, struct judgements *out)
{
	struct csv_field *fields = arena_array(c->arena, CSV_FIELDS_MAX, sizeof *fields);
	unsigned count;
	enum status st = csv_next(c, r, fields, &count);

	if (!st && !verdict_column(fields, count))
		st = fail(c, ST_BAD_INPUT, "judged",
			  "%s: the heading is not two ids' columns and verdict", r->name);
	if (st)
		return st;
	while (!st && !(st = csv_next(c, r, fields, &count)) && count) {
		uint32_t a = 0, b = 0;
		bool same = false;
		if (count < 3) {
			st = fail(c, ST_BAD_INPUT, "judged", "%s, line %lld: fewer than 3 fields",
				  r->name, (long long)r->line);
			break;
		}
		st = verdict_read(c, r, &fields[2], &same);
		/* A record that is not there any more needs no judgement. */
		if (!st && ids_find(left, &fields[0], &a) && ids_find(right, &fields[1], &b) &&
		    a != b)
			add(out, a, b, same);
	}
	return st;
}

/* Of one pair the verdict that stands last. */
static int by_pair_and_place(const void *a, const void *b)
{
	const struct judged_pair *x = a, *y = b;
	int order = pair_order(x->pair, y->pair);
	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static void keep_last(struct judgements *j)
{
	size_t n = 0;

	if (j->count)
		qsort(j->list, j->count, sizeof *j->list, by_pair_and_place);
	for (size_t i = 0; i < j->count; i++) {
		if (n && pair_order(j->list[n - 1].pair, j->list[i].pair) == 0)
			n--;
		j->list[n++] = j->list[i];
	}
	j->count = n;
}

enum status judged_parse_by(struct call *c, const char *name, const char *text, size_t size,
			    const struct id_index *left, const struct id_index *right,
			    struct judgements *out)
{
	struct csv r;

	csv_init(&r, name, text, size, ',');
	enum status st = read_rows(c, &r, left, right, out);
	keep_last(out);
	return st;
}

enum status judged_parse(struct call *c, const char *name, const char *text, size_t size,
			 const struct tables *t, struct judgements *out)
{
	struct id_index left, right;

	ids_index(t, 0, &left);
	ids_index(t, t->sources - 1, &right);
	enum status st = judged_parse_by(c, name, text, size, &left, &right, out);
	ids_done(&left);
	ids_done(&right);
	return st;
}

enum status judged_read(struct call *c, const char *path, const struct tables *t,
			struct judgements *out)
{
	struct file_text text;

	if (!path)
		return ST_OK;
	enum status st = file_text_open(c, path, JUDGED_FILE_MAX, &text);
	if (st)
		return st;
	st = judged_parse(c, path, text.data, text.size, t, out);
	file_text_close(&text);
	return st;
}

void judged_done(struct judgements *j)
{
	if (j->list)
		big_free(j->list, j->room, sizeof *j->list);
	*j = (struct judgements){ 0 };
}
