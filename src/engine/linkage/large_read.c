/* SPDX-License-Identifier: Apache-2.0 */
/* Texts go to parts by what is one value, so that each part can be counted in memory; the parts are then read side
 * by side, and give the records again. */
#include "engine/linkage/large_private.h"
#include <stdlib.h>
#include <sys/stat.h>

/* By what a text is one value with others: in l->key behind a letter that tells texts from keys. */
static struct dict_text value_key(struct large *l, unsigned place, const char *s, uint32_t size)
{
	uint32_t n = 0;

	if (l->unify[place] < 0)
		return (struct dict_text){ s, size };
	n = unify_key((enum kind)l->unify[place], s, size, l->key + 1);
	l->key[0] = n ? 'k' : 't';
	if (!n) {
		memcpy(l->key + 1, s, size);
		n = size;
	}
	return (struct dict_text){ l->key, n + 1 };
}

static void take_value(struct large *l, unsigned place, struct dict_text text)
{
	uint32_t size = normal_text(text.at, text.size, l->normal);
	uint8_t part = NO_PART;

	if (size) {
		struct dict_text key = value_key(l, place, l->normal, size);
		/* By the low bits: dictionaries go by the high ones. */
		part = (uint8_t)((text_hash(key.at, key.size) & UINT32_MAX) * l->parts >> 32);
		spill_add(l->came[place], part, &size, sizeof size);
		spill_add(l->came[place], part, l->normal, size);
	}
	spill_add(l->route, 0, &part, 1);
}

/* A record's texts as they came, column by column, behind their size. */
static void keep_raw(struct large *l, const struct tables *t, const struct table_block *b,
		     uint32_t k)
{
	size_t most = 0;

	for (unsigned i = 0; i < t->column_count; i++)
		most += LARGE_NUMBER_SIZE + b->texts[(size_t)i * TABLE_BLOCK + k].size;
	char *at = large_record_room(l, most);
	for (unsigned i = 0; i < t->column_count; i++) {
		const struct dict_text *text = &b->texts[(size_t)i * TABLE_BLOCK + k];
		if ((int)i != t->id_column)
			at = large_put_text(at, text->at, text->size);
	}
	uint32_t size = (uint32_t)(at - l->record_data);
	spill_add(l->raw, 0, &size, sizeof size);
	spill_add(l->raw, 0, l->record_data, size);
}

static enum status take_block(void *context, struct tables *t, struct table_block *b)
{
	struct large *l = context;
	char number[16];

	for (uint32_t k = 0; k < b->count; k++) {
		struct dict_text id = tables_block_id(t, b, k, number);
		spill_add(l->id_at, 0, &l->id_end, sizeof l->id_end);
		spill_add(l->id_text, 0, id.at, id.size);
		l->id_end += id.size;
		for (unsigned p = 0; p < l->places; p++)
			take_value(l, p, b->texts[(size_t)l->column[p] * TABLE_BLOCK + k]);
		if (l->raw)
			keep_raw(l, t, b, k);
	}
	for (unsigned p = 0; p < l->places; p++)
		if (spill_error(l->came[p]))
			return large_trouble(l, l->came[p]);
	if (l->raw && spill_error(l->raw))
		return large_trouble(l, l->raw);
	return spill_error(l->id_text) ? large_trouble(l, l->id_text) : ST_OK;
}

/* --- what each value is known as --- */

struct part_values {
	struct dict keys, texts; /* texts only where ways of writing are made one */
	uint32_t *list;          /* the key of each entry */
	uint32_t count, room;
	uint32_t *best; /* of each key a number of 'texts' */
	uint32_t best_room;
};

static void add_entry(struct large *l, unsigned place, struct part_values *v, struct dict_text text)
{
	struct dict_text key = value_key(l, place, text.at, text.size);
	uint32_t number, own;

	dict_add(&v->keys, &key, 1, &number);
	if (v->count == v->room) {
		v->list = big_grow(v->list, v->room, v->room * 2ul + 4096, sizeof *v->list);
		v->room = v->room * 2 + 4096;
	}
	v->list[v->count++] = number;
	if (l->unify[place] < 0)
		return;
	if (number >= v->best_room) {
		v->best = big_grow(v->best, v->best_room, number * 2ul + 4096, sizeof *v->best);
		v->best_room = number * 2 + 4096;
	}
	dict_add(&v->texts, &text, 1, &own);
	uint32_t *best = &v->best[number];
	if (!*best || unify_before(text.at, text.size, dict_text(&v->texts, *best),
				   v->texts.values[*best].size))
		*best = own;
}

static void know_part(struct large *l, unsigned place, unsigned part)
{
	struct part_values v = { 0 };
	struct spill_reader r;
	const char *at;
	uint32_t size;

	dict_init(&v.keys);
	dict_init(&v.texts);
	spill_read(&r, l->came[place], part);
	while ((at = spill_next(&r, sizeof size))) {
		memcpy(&size, at, sizeof size);
		const char *text = spill_next(&r, size);
		if (!text)
			break;
		add_entry(l, place, &v, (struct dict_text){ text, size });
	}
	spill_read_done(&r);
	uint32_t *counts = dict_counts(&v.keys);
	for (uint32_t i = 0; i < v.count; i++)
		counts[v.list[i]]++;
	for (uint32_t i = 0; i < v.count; i++) {
		const struct dict *d = l->unify[place] < 0 ? &v.keys : &v.texts;
		uint32_t text = l->unify[place] < 0 ? v.list[i] : v.best[v.list[i]];
		uint32_t head[2] = { counts[v.list[i]], d->values[text].size };
		spill_add(l->known[place], part, head, sizeof head);
		spill_add(l->known[place], part, dict_text(d, text), head[1]);
	}
	l->distinct[place] += v.keys.count - 1;
	const struct settings *s = &l->run->settings;
	for (unsigned i = 0; i < s->comparison_count; i++)
		for (uint32_t k = 1;
		     s->comparisons[i].column == l->column[place] && k < v.keys.count; k++)
			equal_counts_add(&l->equal[i], s->comparisons[i].by_frequency, counts[k]);
	dict_done(&v.keys);
	dict_done(&v.texts);
	big_free(v.list, v.room, sizeof *v.list);
	big_free(v.best, v.best_room, sizeof *v.best);
}

static enum status know_values(struct large *l)
{
	for (unsigned p = 0; p < l->places; p++) {
		spill_settle(l->came[p]);
		l->known[p] = large_spill(l, l->parts);
		if (!l->known[p])
			return ST_INTERNAL;
		for (unsigned part = 0; part < l->parts; part++)
			know_part(l, p, part);
		if (spill_error(l->came[p]))
			return large_trouble(l, l->came[p]);
		spill_settle(l->known[p]);
		if (spill_error(l->known[p]))
			return large_trouble(l, l->known[p]);
		spill_end(l->came[p]);
		l->came[p] = NULL;
	}
	return ST_OK;
}

/* So many that one is counted within the room: 80 bytes and its own for each text of perhaps ten. */
static unsigned part_count(const struct large *l)
{
	uint64_t bytes = 0, parts;

	for (unsigned i = 0; i < l->run->ask->input_count; i++) {
		struct stat s;
		if (!stat(l->run->ask->inputs[i], &s))
			bytes += (uint64_t)s.st_size;
	}
	parts = bytes * 2 / (l->room / 2) + 1;
	return parts < LARGE_PARTS ? (unsigned)parts : LARGE_PARTS;
}

enum status large_read(struct large *l)
{
	struct tables *t = &l->run->tables;

	l->parts = part_count(l);
	l->route = large_spill(l, 1);
	l->id_text = large_spill(l, 1);
	l->id_at = large_spill(l, 1);
	if (l->run->ask->out)
		l->raw = large_spill(l, 1);
	if (!l->route || !l->id_text || !l->id_at || (l->run->ask->out && !l->raw))
		return ST_INTERNAL;
	for (unsigned p = 0; p < l->places; p++)
		if (!(l->came[p] = large_spill(l, l->parts)))
			return ST_INTERNAL;
	enum status st = tables_stream(l->c, l->run->ask, take_block, l, t);
	if (st)
		return st;
	spill_add(l->id_at, 0, &l->id_end, sizeof l->id_end);
	spill_settle(l->id_at);
	spill_settle(l->id_text);
	spill_settle(l->route);
	if (l->raw)
		spill_settle(l->raw);
	return know_values(l);
}

/* --- the records again --- */

void large_walk_begin(struct large_walk *w, struct large *l)
{
	*w = (struct large_walk){ .l = l, .record = UINT32_MAX };
	w->known = calloc((size_t)l->places * l->parts + 1, sizeof *w->known);
	w->values = calloc(l->places + 1ul, sizeof *w->values);
	if (!w->known || !w->values)
		abort();
	spill_read(&w->route, l->route, 0);
	for (unsigned p = 0; p < l->places; p++)
		for (unsigned part = 0; part < l->parts; part++)
			spill_read(&w->known[p * l->parts + part], l->known[p], part);
}

bool large_walk_next(struct large_walk *w)
{
	struct large *l = w->l;
	const uint8_t *route = spill_next(&w->route, l->places);

	if (!route)
		return false;
	w->record++;
	for (unsigned p = 0; p < l->places; p++) {
		struct spill_reader *r = &w->known[p * l->parts + route[p]];
		w->values[p] = (struct large_value){ "", 0, 0 };
		if (route[p] == NO_PART)
			continue;
		uint32_t head[2];
		const char *at = spill_next(r, sizeof head);
		if (!at)
			return false;
		memcpy(head, at, sizeof head);
		w->values[p].count = head[0];
		w->values[p].size = head[1];
		w->values[p].text = spill_next(r, head[1]);
		if (!w->values[p].text)
			return false;
	}
	return true;
}

void large_walk_done(struct large_walk *w)
{
	for (unsigned i = 0; i < w->l->places * w->l->parts; i++)
		spill_read_done(&w->known[i]);
	spill_read_done(&w->route);
	free(w->known);
	free(w->values);
}
