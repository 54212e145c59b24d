/* SPDX-License-Identifier: Apache-2.0 */
/* Golden records: one a cluster, each value the best of its members', and behind it whose it is. */
#include <stdlib.h>
#include "engine/linkage/csv.h"
#include "engine/linkage/linkage_private.h"
#include "engine/linkage/rows.h"

#define FEW 16 /* members whose values are counted by comparing all with all */

struct goldens {
	struct run *run;
	uint32_t *next;  /* the cluster's member behind each record; 0: none */
	int *comparison; /* of each column; -1: it is not compared */
};

/* The members of one cluster and what they have in a column. */
struct members {
	uint32_t *records;
	struct golden_choice *choices;
	uint32_t count, room;
};

static void members_done(struct members *m)
{
	big_free(m->records, m->room, sizeof *m->records);
	big_free(m->choices, m->room, sizeof *m->choices);
}

static void add_member(struct members *m, uint32_t record)
{
	if (m->count == m->room) {
		uint32_t room = m->room * 2 + 1024;
		m->records = big_grow(m->records, m->room, room, sizeof *m->records);
		m->choices = big_grow(m->choices, m->room, room, sizeof *m->choices);
		m->room = room;
	}
	m->records[m->count++] = record;
}

static int by_value(const void *a, const void *b)
{
	const struct golden_choice *x = a, *y = b;
	return (x->value > y->value) - (x->value < y->value);
}

static int by_place(const void *a, const void *b)
{
	const struct golden_choice *x = a, *y = b;
	return (x->place > y->place) - (x->place < y->place);
}

/* How many have each one's value. */
static void count_alike(struct golden_choice *list, uint32_t count)
{
	if (count <= FEW) {
		for (uint32_t i = 0; i < count; i++) {
			list[i].alike = 0;
			for (uint32_t k = 0; k < count; k++)
				list[i].alike += list[k].value == list[i].value;
		}
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		list[i].place = i;
	qsort(list, count, sizeof *list, by_value);
	for (uint32_t i = 0, end; i < count; i = end) {
		for (end = i; end < count && list[end].value == list[i].value;)
			end++;
		for (uint32_t k = i; k < end; k++)
			list[k].alike = end - i;
	}
	qsort(list, count, sizeof *list, by_place);
}

uint32_t golden_best(struct golden_choice *list, uint32_t count)
{
	uint64_t best = 0;
	uint32_t winner = UINT32_MAX;

	count_alike(list, count);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t good = (uint64_t)list[i].valid << 63 | (uint64_t)list[i].alike << 32 |
				list[i].size;
		if (list[i].value && good > best) {
			best = good;
			winner = i;
		}
	}
	return winner;
}

/* Whose value of a column the golden record has; UINT32_MAX: no member has one. */
static uint32_t best_member(const struct goldens *g, unsigned column, struct members *m)
{
	const struct column *k = &g->run->tables.columns[column];
	int comparison = g->comparison[column];

	for (uint32_t i = 0; i < m->count; i++) {
		uint32_t raw = k->raw[m->records[i]], value = k->compared ? k->normal[raw] : raw;
		m->choices[i] = (struct golden_choice){
			.value = value,
			.size = k->dict.values[raw].size,
			.valid = comparison < 0 ||
				 value_valid(g->run->comparer, (unsigned)comparison, value)
		};
	}
	uint32_t best = golden_best(m->choices, m->count);
	return best == UINT32_MAX ? best : m->records[best];
}

/* The texts of a record that is to be written soon: first where they stand, then the texts. */
static void prefetch_row(const struct tables *t, uint32_t record, bool texts)
{
	for (unsigned i = 0; record < t->records && i < t->column_count; i++) {
		const struct column *k = &t->columns[i];
		if ((int)i == t->id_column)
			continue;
		if (texts && k->dict.values[k->raw[record]].size > DICT_SHORT)
			__builtin_prefetch(dict_text(&k->dict, k->raw[record]));
		else if (!texts)
			__builtin_prefetch(&k->dict.values[k->raw[record]]);
	}
}

/* A row that is written; an id is quoted once for the values behind each other that come from its record. */
struct golden_row {
	struct rows *out;
	uint32_t from;  /* whose id has been written last; UINT32_MAX: none's */
	size_t id_size; /* of that one as a field */
	size_t id_at;   /* its place in 'out', whose bytes may move */
};

/* The room that a value and whose it is take at most. */
static size_t value_room(const struct tables *t, const struct column *k, uint32_t from,
			 uint32_t raw)
{
	size_t id_size;

	tables_id(t, from, &id_size);
	return 2 + ROWS_FIELD_ROOM(k->dict.values[raw].size) + ROWS_FIELD_ROOM(id_size);
}

/* A value and whose it is, where room is for both; 'raw' 0: there is none. */
static void add_value(const struct tables *t, const struct column *k, uint32_t from, uint32_t raw,
		      struct golden_row *row)
{
	struct rows *out = row->out;
	char *to = out->data + out->size;

	*to++ = ',';
	to = rows_put_field(to, dict_text(&k->dict, raw), k->dict.values[raw].size);
	*to++ = ',';
	if (raw && row->from == from) {
		to = rows_put(to, out->data + row->id_at, row->id_size);
	} else if (raw) {
		size_t size;
		const char *id = tables_id(t, from, &size);
		row->from = from;
		row->id_at = (size_t)(to - out->data);
		to = rows_put_field(to, id, size);
		row->id_size = (size_t)(to - out->data) - row->id_at;
	}
	out->size = (size_t)(to - out->data);
}

/* Most clusters are one record. */
static void lone_row(const struct tables *t, uint32_t record, struct rows *out)
{
	struct golden_row row = { .out = out, .from = UINT32_MAX };
	size_t room = 0;

	rows_number(out, record);
	rows_add(out, ",1", 2);
	for (unsigned i = 0; i < t->column_count; i++)
		if ((int)i != t->id_column)
			room += value_room(t, &t->columns[i], record, t->columns[i].raw[record]);
	rows_room(out, room);
	for (unsigned i = 0; i < t->column_count; i++)
		if ((int)i != t->id_column)
			add_value(t, &t->columns[i], record, t->columns[i].raw[record], &row);
	rows_char(out, '\n');
}

static void cluster_row(const struct goldens *g, struct members *m, struct rows *out)
{
	const struct tables *t = &g->run->tables;
	struct golden_row row = { .out = out, .from = UINT32_MAX };

	rows_number(out, m->records[0]);
	rows_char(out, ',');
	rows_number(out, m->count);
	for (unsigned i = 0; i < t->column_count; i++) {
		const struct column *k = &t->columns[i];
		if ((int)i == t->id_column)
			continue;
		uint32_t from = best_member(g, i, m);
		if (from == UINT32_MAX) {
			rows_add(out, ",,", 2);
			continue;
		}
		rows_room(out, value_room(t, k, from, k->raw[from]));
		add_value(t, k, from, k->raw[from], &row);
	}
	rows_char(out, '\n');
}

static void golden_rows(void *context, size_t begin, size_t end, struct rows *out)
{
	const struct goldens *g = context;
	const struct run *run = g->run;
	struct members m = { 0 };

	for (size_t at = begin; at < end; at++) {
		uint32_t i = (uint32_t)at;
		prefetch_row(&run->tables, i + 16, false);
		prefetch_row(&run->tables, i + 8, true);
		if (run->clusters.of[i] != i)
			continue;
		if (!g->next[i]) {
			lone_row(&run->tables, i, out);
			continue;
		}
		m.count = 0;
		add_member(&m, i);
		for (uint32_t r = g->next[i]; r; r = g->next[r])
			add_member(&m, r);
		cluster_row(g, &m, out);
	}
	members_done(&m);
}

const char *golden_header(const struct run *run)
{
	const struct tables *t = &run->tables;
	struct buf text = { .arena = run->c->arena };

	buf_str(&text, "cluster,records");
	for (unsigned i = 0; i < t->column_count; i++) {
		if ((int)i == t->id_column)
			continue;
		buf_char(&text, ',');
		csv_write(&text, t->columns[i].name, strlen(t->columns[i].name));
		buf_printf(&text, ",%s:from", t->columns[i].name);
	}
	buf_char(&text, '\n');
	return buf_text(&text);
}

int *golden_comparisons(const struct run *run)
{
	int *of = arena_array(run->c->arena, run->tables.column_count, sizeof *of);

	for (unsigned i = 0; i < run->tables.column_count; i++) {
		of[i] = -1;
		for (unsigned k = 0; k < run->settings.comparison_count; k++)
			if (run->settings.comparisons[k].column == i)
				of[i] = (int)k;
	}
	return of;
}

enum status golden_write(struct run *run, const char *path)
{
	const struct tables *t = &run->tables;
	struct goldens g = { run, big_alloc(t->records, sizeof *g.next), golden_comparisons(run) };

	/* A cluster is named by its first record, so from the back each goes before those that came. */
	for (uint32_t i = t->records; i-- > 0;) {
		uint32_t of = run->clusters.of[i];
		if (of == i)
			continue;
		g.next[i] = g.next[of];
		g.next[of] = i;
	}
	enum status st = rows_write(run->c, path, golden_header(run), run->ask->threads, t->records,
				    golden_rows, &g);
	big_free(g.next, t->records, sizeof *g.next);
	return st;
}
