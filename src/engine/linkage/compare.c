/* SPDX-License-Identifier: Apache-2.0 */
/* Records to patterns of levels. Equal numbers are equal texts; what was asked a moment ago is remembered;
 * the rest is judged by batches, comparison by comparison; and what one column implies of another is taken
 * out. */
#include <stdatomic.h>
#include "engine/linkage/derive_private.h"

#define MEMO_BITS 13
#define BATCH JUDGED_MAX
#define UNKNOWN 255u

/* Room for the points of a batch of usual values; longer ones are judged by smaller batches. */
#define POINT_ROOM (BATCH * 2 * 40 + 2 * POINTS_MAX + KERNEL_SLACK)

struct memo {
	uint64_t keys[COMPARISONS_MAX][1 << MEMO_BITS];
	uint8_t levels[COMPARISONS_MAX][1 << MEMO_BITS];
	uint16_t points[POINT_ROOM];
};

/* A batch of pairs, while its levels are found. */
struct batch {
	const uint32_t *x[BATCH], *y[BATCH]; /* lines */
	unsigned count;
	struct judged judged[BATCH];
	uint8_t who[BATCH]; /* the pair of each that is judged */
	unsigned judged_count;
};

struct memo *memo_new(void)
{
	return big_alloc(1, sizeof(struct memo));
}

void memo_end(struct memo *m)
{
	big_free(m, 1, sizeof *m);
}

static uint64_t memo_key(uint32_t a, uint32_t b)
{
	return a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
}

static size_t memo_at(uint64_t key)
{
	return mix(key) >> (64 - MEMO_BITS);
}

/* The level, where it needs no judgement, or UNKNOWN. */
static inline unsigned known_level(const struct derived *d, const struct memo *m, unsigned i,
				   uint32_t a, uint32_t b)
{
	if (!a || !b)
		return 0;
	if (a == b) {
		if (d->kind == KIND_CITIZEN && !d->citizens[a].valid)
			return 6;
		return d->by_frequency ? d->equal + bin_of(d->dict->counts[a]) : d->equal;
	}
	if (d->kind == KIND_EXACT)
		return 1;
	uint64_t key = memo_key(a, b);
	size_t at = memo_at(key);
	return m->keys[i][at] == key ? m->levels[i][at] : UNKNOWN;
}

/* Memory that finding the levels of one comparison will ask for. */
static void prefetch_values(const struct derived *d, const struct batch *w)
{
	for (unsigned p = 0; p < w->count; p++) {
		uint32_t a = w->x[p][d->place], b = w->y[p][d->place];
		if (!a || !b)
			continue;
		if (a == b) {
			if (d->by_frequency)
				__builtin_prefetch(&d->dict->counts[a]);
			continue;
		}
		__builtin_prefetch(&d->dict->values[a]);
		__builtin_prefetch(&d->dict->values[b]);
	}
}

static void prefetch_one(const struct derived *d, uint32_t value)
{
	if (d->citizens)
		__builtin_prefetch(&d->citizens[value]);
	if (d->addresses)
		__builtin_prefetch(&d->addresses[value]);
	else
		__builtin_prefetch(dict_text(d->dict, value));
}

/* Measures may depend on which text comes first; numbers depend on who else is there, so texts decide. */
static void in_order(const struct derived *d, struct judged *j)
{
	uint32_t x = d->dict->values[j->a].size, y = d->dict->values[j->b].size;
	int order = x != y ? (x < y ? -1 : 1)
			   : memcmp(dict_text(d->dict, j->a), dict_text(d->dict, j->b), x);

	if (order > 0) {
		uint32_t first = j->b;
		j->b = j->a;
		j->a = first;
	}
}

/* Judges what the memo does not know, as many at once as their points have room for. */
static void judge(const struct derived *d, struct memo *m, struct batch *w)
{
	bool points = levels_need_points(d->kind);

	for (unsigned begin = 0, end = 0; begin < w->judged_count; begin = end) {
		uint16_t *to = m->points;
		for (; end < w->judged_count &&
		       to + 2 * POINTS_MAX + KERNEL_SLACK <= m->points + POINT_ROOM;
		     end++) {
			struct judged *j = &w->judged[end];
			in_order(d, j);
			if (!points)
				continue;
			j->x = (struct text){ to, value_points(d, j->a, to) };
			to += j->x.length;
			j->y = (struct text){ to, value_points(d, j->b, to) };
			to += j->y.length;
		}
		levels_judge(d, w->judged + begin, end - begin);
	}
}

static void compare_column(const struct derived *d, struct memo *m, unsigned i, struct batch *w,
			   uint64_t *patterns)
{
	w->judged_count = 0;
	prefetch_values(d, w);
	for (unsigned p = 0; p < w->count; p++) {
		uint32_t a = w->x[p][d->place], b = w->y[p][d->place];
		unsigned level = known_level(d, m, i, a, b);
		if (level != UNKNOWN) {
			patterns[p] |= (uint64_t)level << (4 * i);
			continue;
		}
		w->who[w->judged_count] = (uint8_t)p;
		w->judged[w->judged_count++] = (struct judged){ .a = a, .b = b };
		prefetch_one(d, a);
		prefetch_one(d, b);
	}
	judge(d, m, w);
	for (unsigned n = 0; n < w->judged_count; n++) {
		const struct judged *j = &w->judged[n];
		uint64_t key = memo_key(j->a, j->b);
		size_t at = memo_at(key);
		m->keys[i][at] = key;
		m->levels[i][at] = (uint8_t)j->level;
		patterns[w->who[n]] |= (uint64_t)j->level << (4 * i);
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

/* What is left of a pattern when nothing is told twice. */
static uint64_t without_implied(const struct comparer *k, uint64_t pattern, const uint32_t *x,
				const uint32_t *y)
{
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

void compare_pairs(const struct comparer *k, struct memo *m, const struct pair *pairs, size_t count,
		   uint64_t *patterns)
{
	struct batch w;

	for (size_t begin = 0; begin < count; begin += BATCH) {
		const struct pair *these = pairs + begin;
		w.count = count - begin < BATCH ? (unsigned)(count - begin) : BATCH;
		for (unsigned p = 0; p < w.count; p++) {
			w.x[p] = line_of(k->tables, these[p].l);
			w.y[p] = line_of(k->tables, these[p].r);
			__builtin_prefetch(w.x[p]);
			__builtin_prefetch(w.y[p]);
			patterns[begin + p] = 0;
		}
		for (unsigned i = 0; i < k->count; i++)
			compare_column(&k->of[i], m, i, &w, patterns + begin);
		for (unsigned p = 0; p < w.count; p++)
			patterns[begin + p] =
				without_implied(k, patterns[begin + p], w.x[p], w.y[p]);
	}
}

#define SHARE 32768

struct comparing {
	const struct comparer *comparer;
	const struct pairs *pairs;
	uint64_t *patterns;
	atomic_size_t next;
};

static void compare_share(void *context, size_t worker)
{
	struct comparing *w = context;
	struct memo *memo = memo_new();
	size_t begin;

	(void)worker;
	while ((begin = atomic_fetch_add(&w->next, SHARE)) < w->pairs->count) {
		size_t left = w->pairs->count - begin;
		compare_pairs(w->comparer, memo, w->pairs->list + begin,
			      left < SHARE ? left : SHARE, w->patterns + begin);
	}
	memo_end(memo);
}

void compare_list(const struct comparer *k, const struct pairs *p, unsigned threads,
		  uint64_t *patterns)
{
	struct comparing w = { .comparer = k, .pairs = p, .patterns = patterns };

	share_out(threads, threads, compare_share, &w);
}

uint64_t compare_records(const struct comparer *k, struct memo *m, uint32_t l, uint32_t r)
{
	struct pair pair = { l, r };
	uint64_t pattern;

	compare_pairs(k, m, &pair, 1, &pattern);
	return pattern;
}
