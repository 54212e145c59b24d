/* SPDX-License-Identifier: Apache-2.0 */
/* Records to patterns of levels. Equal numbers are equal texts; what was asked a moment ago is remembered;
 * and what one column implies of another is taken out. */
#include "engine/linkage/derive_private.h"

#define MEMO_BITS 13

struct memo {
	uint64_t keys[COMPARISONS_MAX][1 << MEMO_BITS];
	uint8_t levels[COMPARISONS_MAX][1 << MEMO_BITS];
};

struct memo *memo_new(void)
{
	return big_alloc(1, sizeof(struct memo));
}

void memo_end(struct memo *m)
{
	big_free(m, 1, sizeof *m);
}

static unsigned level(const struct derived *d, struct memo *m, unsigned i, uint32_t a, uint32_t b)
{
	if (!a || !b)
		return 0;
	if (a == b) {
		if (d->kind == KIND_CITIZEN && !d->citizens[a].valid)
			return 6;
		return d->by_frequency ? d->equal + bin_of(d->dict->values[a].count) : d->equal;
	}
	if (d->kind == KIND_EXACT)
		return 1;
	uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
	size_t at = mix(key) >> (64 - MEMO_BITS);
	if (m->keys[i][at] != key) {
		m->keys[i][at] = key;
		m->levels[i][at] = (uint8_t)(a < b ? level_of(d, a, b) : level_of(d, b, a));
	}
	return m->levels[i][at];
}

/* Memory that comparing two records will ask for, in the order in which one look leads to the next: first
 * where the values' points stand, then the points. */
static void prefetch_values(const struct comparer *k, uint32_t l, uint32_t r, bool points)
{
	const uint32_t *x = line_of(k->tables, l), *y = line_of(k->tables, r);

	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		uint32_t a = x[d->place], b = y[d->place];
		if (!d->points || !a || !b || a == b)
			continue;
		if (points) {
			__builtin_prefetch(d->points + d->at[a]);
			__builtin_prefetch(d->points + d->at[b]);
		} else {
			__builtin_prefetch(&d->at[a]);
			__builtin_prefetch(&d->at[b]);
		}
	}
}

void compare_pairs(const struct comparer *k, struct memo *m, const struct pair *pairs, size_t count,
		   uint64_t *patterns)
{
	for (size_t i = 0; i < count; i++) {
		if (i + 24 < count) {
			__builtin_prefetch(line_of(k->tables, pairs[i + 24].l));
			__builtin_prefetch(line_of(k->tables, pairs[i + 24].r));
		}
		if (i + 16 < count)
			prefetch_values(k, pairs[i + 16].l, pairs[i + 16].r, false);
		if (i + 8 < count)
			prefetch_values(k, pairs[i + 8].l, pairs[i + 8].r, true);
		patterns[i] = compare_records(k, m, pairs[i].l, pairs[i].r);
	}
}

static bool holds(const struct derived *d, uint32_t value, const struct derived *name,
		  uint32_t word)
{
	const struct dict_value *v = &d->dict->values[value], *w = &name->dict->values[word];
	return w->size >= 3 &&
	       memmem(dict_text(d->dict, value), v->size, dict_text(name->dict, word), w->size);
}

/* An address made of a name is alike whenever the name is equal, for namesakes too: likeness that is not
 * equality tells nothing then. */
static bool made_of_names(const struct comparer *k, uint64_t pattern, const struct derived *d,
			  const uint32_t *x, const uint32_t *y)
{
	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *name = &k->of[i];
		if (name->kind == KIND_NAME && nibble(pattern, i) >= name->equal &&
		    holds(d, x[d->place], name, x[name->place]) &&
		    holds(d, y[d->place], name, x[name->place]))
			return true;
	}
	return false;
}

uint64_t compare_records(const struct comparer *k, struct memo *m, uint32_t l, uint32_t r)
{
	const uint32_t *x = line_of(k->tables, l), *y = line_of(k->tables, r);
	uint64_t pattern = 0;

	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		pattern |= (uint64_t)level(d, m, i, x[d->place], y[d->place]) << (4 * i);
	}
	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		/* What an equal postcode implies of the city tells nothing more. */
		if (d->within >= 0 &&
		    nibble(pattern, (unsigned)d->within) >= k->of[d->within].equal)
			pattern &= ~(15ull << (4 * i));
		if (d->kind == KIND_EMAIL && nibble(pattern, i) > 1 &&
		    nibble(pattern, i) < d->equal && made_of_names(k, pattern, d, x, y))
			pattern &= ~(15ull << (4 * i));
		if (d->swap < 0 || nibble(pattern, i) >= d->equal)
			continue;
		unsigned other = (unsigned)d->swap, place = k->of[other].place;
		uint32_t a = x[d->place], b = y[d->place];
		/* Both columns tell the same once, so the other one is left out. */
		if (a && b && d->in_other[a] == y[place] && d->in_other[b] == x[place]) {
			pattern &= ~(15ull << (4 * i) | 15ull << (4 * other));
			pattern |= (uint64_t)(d->equal - 1) << (4 * i);
		}
	}
	return pattern;
}
