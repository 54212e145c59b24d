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

/* The members of one cluster and what is counted of them. */
struct members {
	uint32_t *records, *values, *sorted;
	uint32_t count, room;
};

static void members_done(struct members *m)
{
	big_free(m->records, m->room, sizeof *m->records);
	big_free(m->values, m->room, sizeof *m->values);
	big_free(m->sorted, m->room, sizeof *m->sorted);
}

static void add_member(struct members *m, uint32_t record)
{
	if (m->count == m->room) {
		uint32_t room = m->room * 2 + 1024;
		m->records = big_grow(m->records, m->room, room, sizeof *m->records);
		m->values = big_grow(m->values, m->room, room, sizeof *m->values);
		m->sorted = big_grow(m->sorted, m->room, room, sizeof *m->sorted);
		m->room = room;
	}
	m->records[m->count++] = record;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

/* The place of the first of 'm->sorted' that is not under 'value'. */
static uint32_t lower(const struct members *m, uint64_t value)
{
	uint32_t from = 0, to = m->count;
	while (from < to) {
		uint32_t middle = from + (to - from) / 2;
		if (m->sorted[middle] < value)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* How many members have the value of the i-th. */
static uint32_t alike(const struct members *m, uint32_t i)
{
	uint32_t same = 0;

	if (m->count > FEW)
		return lower(m, m->values[i] + 1ull) - lower(m, m->values[i]);
	for (uint32_t k = 0; k < m->count; k++)
		same += m->values[k] == m->values[i];
	return same;
}

/* Whose value of a column the golden record has: valid before not, then what most members have, then the longest,
 * then the first; UINT32_MAX: no member has one. */
static uint32_t best_member(const struct goldens *g, unsigned column, struct members *m)
{
	const struct column *k = &g->run->tables.columns[column];
	int comparison = g->comparison[column];
	uint64_t best = 0;
	uint32_t winner = UINT32_MAX;

	for (uint32_t i = 0; i < m->count; i++) {
		uint32_t raw = k->raw[m->records[i]];
		m->values[i] = k->compared ? k->normal[raw] : raw;
	}
	if (m->count > FEW) {
		memcpy(m->sorted, m->values, m->count * sizeof *m->sorted);
		qsort(m->sorted, m->count, sizeof *m->sorted, by_number);
	}
	for (uint32_t i = 0; i < m->count; i++) {
		uint32_t value = m->values[i];
		if (!value)
			continue;
		uint64_t valid = comparison < 0 ||
				 value_valid(g->run->comparer, (unsigned)comparison, value);
		uint64_t good = valid << 63 | (uint64_t)alike(m, i) << 32 |
				k->dict.values[k->raw[m->records[i]]].size;
		if (good > best) {
			best = good;
			winner = m->records[i];
		}
	}
	return winner;
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

/* A value and whose it is; 'raw' 0: there is none. */
static void add_value(const struct tables *t, const struct column *k, uint32_t from, uint32_t raw,
		      struct rows *out)
{
	size_t size;
	const char *id = tables_id(t, from, &size);

	rows_field(out, dict_text(&k->dict, raw), k->dict.values[raw].size);
	rows_char(out, ',');
	if (raw)
		rows_field(out, id, size);
}

/* Most clusters are one record. */
static void lone_row(const struct tables *t, uint32_t record, struct rows *out)
{
	rows_number(out, record);
	rows_add(out, ",1", 2);
	for (unsigned i = 0; i < t->column_count; i++) {
		const struct column *k = &t->columns[i];
		if ((int)i == t->id_column)
			continue;
		rows_char(out, ',');
		add_value(t, k, record, k->raw[record], out);
	}
	rows_char(out, '\n');
}

static void cluster_row(const struct goldens *g, struct members *m, struct rows *out)
{
	const struct tables *t = &g->run->tables;

	rows_number(out, m->records[0]);
	rows_char(out, ',');
	rows_number(out, m->count);
	for (unsigned i = 0; i < t->column_count; i++) {
		const struct column *k = &t->columns[i];
		if ((int)i == t->id_column)
			continue;
		uint32_t from = best_member(g, i, m);
		rows_char(out, ',');
		if (from == UINT32_MAX)
			rows_char(out, ',');
		else
			add_value(t, k, from, k->raw[from], out);
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

static const char *header_of(const struct run *run)
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

enum status golden_write(struct run *run, const char *path)
{
	const struct tables *t = &run->tables;
	struct goldens g = { run, big_alloc(t->records, sizeof *g.next),
			     arena_array(run->c->arena, t->column_count, sizeof *g.comparison) };

	for (unsigned i = 0; i < t->column_count; i++) {
		g.comparison[i] = -1;
		for (unsigned k = 0; k < run->settings.comparison_count; k++)
			if (run->settings.comparisons[k].column == i)
				g.comparison[i] = (int)k;
	}
	/* A cluster is named by its first record, so from the back each goes before those that came. */
	for (uint32_t i = t->records; i-- > 0;) {
		uint32_t of = run->clusters.of[i];
		if (of == i)
			continue;
		g.next[i] = g.next[of];
		g.next[of] = i;
	}
	enum status st = rows_write(run->c, path, header_of(run), run->ask->threads, t->records,
				    golden_rows, &g);
	big_free(g.next, t->records, sizeof *g.next);
	return st;
}
