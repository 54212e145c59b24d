/* SPDX-License-Identifier: Apache-2.0 */
/* Records as they are spilled, and the small tables that a part of them makes. */
#include <stdlib.h>
#include "engine/linkage/large_private.h"

char *large_record_room(struct large *l, size_t most)
{
	if (most > l->record_room) {
		l->record_data = big_grow(l->record_data, l->record_room, most * 2, 1);
		l->record_room = most * 2;
	}
	return l->record_data;
}

/* A record's number, then of each place frequency, size and text. */
void large_spill_record(struct large *l, const struct large_walk *w, struct spill *to,
			unsigned part)
{
	size_t most = sizeof w->record;

	for (unsigned p = 0; p < l->places; p++)
		most += 2 * LARGE_NUMBER_SIZE + w->values[p].size;
	char *at = large_record_room(l, most);
	memcpy(at, &w->record, sizeof w->record);
	at += sizeof w->record;
	for (unsigned p = 0; p < l->places; p++) {
		at = large_put_number(at, w->values[p].count);
		at = large_put_text(at, w->values[p].text, w->values[p].size);
	}
	spill_add(to, part, l->record_data, (size_t)(at - l->record_data));
}

static uint32_t count_records(const struct large *l, const char *at, const char *end)
{
	uint32_t n = 0;

	for (; at < end; n++) {
		at += sizeof(uint32_t);
		for (unsigned p = 0; p < l->places; p++) {
			large_get_number(&at);
			uint32_t size = large_get_number(&at);
			at += size;
		}
	}
	return n;
}

/* Enters the values of all records, many at once, and the frequencies that they came with. */
static void enter_records(struct large *l, struct large_piece *x)
{
	struct tables *t = &x->tables;
	size_t batch = (size_t)l->places * DICT_BATCH;
	struct dict_text *texts = big_alloc(batch, sizeof *texts);
	const char *at = x->data;

	for (uint32_t r = 0; r < t->records; r += DICT_BATCH) {
		unsigned n = t->records - r < DICT_BATCH ? t->records - r : DICT_BATCH;
		uint32_t numbers[DICT_BATCH];
		for (unsigned i = 0; i < n; i++) {
			memcpy(&x->global[r + i], at, sizeof *x->global);
			at += sizeof *x->global;
			for (unsigned p = 0; p < l->places; p++) {
				struct dict_text *text = &texts[p * DICT_BATCH + i];
				large_get_number(&at);
				text->size = large_get_number(&at);
				text->at = at;
				at += text->size;
			}
		}
		for (unsigned p = 0; p < l->places; p++) {
			dict_add(&t->columns[l->column[p]].dict, texts + p * DICT_BATCH, n,
				 numbers);
			for (unsigned i = 0; i < n; i++)
				t->lines[(size_t)(r + i) * t->stride + p] = numbers[i];
		}
	}
	big_free(texts, batch, sizeof *texts);
	for (unsigned p = 0; p < l->places; p++)
		dict_counts(&t->columns[l->column[p]].dict);
	at = x->data;
	for (uint32_t r = 0; r < t->records; r++) {
		at += sizeof(uint32_t);
		for (unsigned p = 0; p < l->places; p++) {
			uint32_t count = large_get_number(&at), size = large_get_number(&at);
			at += size;
			t->columns[l->column[p]].dict.counts[line_of(t, r)[p]] = count;
		}
	}
}

void large_piece_open(struct large *l, struct spill *s, unsigned part, struct large_piece *x)
{
	const struct tables *all = &l->run->tables;
	struct tables *t = &x->tables;

	memset(x, 0, sizeof *x);
	x->size = spill_size(s, part);
	x->data = big_alloc(x->size + 1, 1);
	spill_take(s, part, x->data);
	t->records = count_records(l, x->data, x->data + x->size);
	t->columns = calloc(all->column_count, sizeof *t->columns);
	if (!t->columns)
		abort();
	t->column_count = all->column_count;
	t->counted = true;
	for (t->stride = 1; t->stride < l->places;)
		t->stride *= 2;
	t->lines = big_alloc((size_t)t->records * t->stride, sizeof *t->lines);
	x->global = big_alloc(t->records, sizeof *x->global);
	for (unsigned p = 0; p < l->places; p++) {
		struct column *k = &t->columns[l->column[p]];
		k->name = all->columns[l->column[p]].name;
		k->compared = true;
		k->place = p;
		k->distinct = l->distinct[p];
		dict_init(&k->dict);
	}
	enter_records(l, x);
	t->sources = all->sources;
	for (unsigned i = 1; i <= t->sources; i++) {
		t->first[i] = t->first[i - 1];
		while (t->first[i] < t->records && x->global[t->first[i]] < all->first[i])
			t->first[i]++;
	}
	x->comparer = comparer_new(t, &l->run->settings, l->run->ask->threads);
}

void large_piece_done(struct large *l, struct large_piece *x)
{
	struct tables *t = &x->tables;

	comparer_end(x->comparer);
	for (unsigned p = 0; p < l->places; p++)
		dict_done(&t->columns[l->column[p]].dict);
	free(t->columns);
	big_free(t->lines, (size_t)t->records * t->stride, sizeof *t->lines);
	big_free(x->global, t->records, sizeof *x->global);
	big_free(x->data, x->size + 1, 1);
}
