/* SPDX-License-Identifier: Apache-2.0 */
/* Records that share a rule's key are gathered in parts, and each part is linked like a small table. A record that
 * shares no key with another is told by a sieve and goes nowhere. */
#include "engine/linkage/large_private.h"
#include <stdlib.h>

#define GATHER_MAX 8 /* rules whose keys are found together */

/* --- keys --- */

static uint64_t part_key(struct large *l, const struct large_walk *w, const struct part *p,
			 struct buf *text)
{
	const struct large_value *v = &w->values[l->run->tables.columns[p->column].place];

	if (!v->size)
		return 0;
	if (p->kind == PART_EITHER) {
		const struct large_value *o = &w->values[l->run->tables.columns[p->other].place];
		return o->size ? (text_hash(v->text, v->size) | 1) +
					 (text_hash(o->text, o->size) | 1)
			       : 0;
	}
	text->size = 0;
	if (!part_text(p, v->text, v->size, text) || !text->size)
		return 0;
	return text_hash(text->data, text->size) | 1;
}

static uint64_t record_key(struct large *l, const struct large_walk *w, const struct rule *r,
			   struct buf *text)
{
	uint64_t key = 0x9E3779B97F4A7C15ull;

	for (unsigned i = 0; i < r->count; i++) {
		uint64_t v = part_key(l, w, &r->parts[i], text);
		if (!v)
			return 0;
		key = mix(key ^ v) + i;
	}
	return key | 1;
}

/* Two bits a place: seen, seen twice. */
struct sieve {
	uint64_t *words;
	unsigned bits;
};

static size_t sieve_bytes(unsigned bits)
{
	return (1ul << bits) / 4;
}

static unsigned sieve_bits(uint32_t records, size_t room)
{
	unsigned bits = 12;
	while (1ul << bits < 4ul * records && sieve_bytes(bits + 1) <= room)
		bits++;
	return bits;
}

static uint64_t *sieve_at(const struct sieve *s, uint64_t key, unsigned *shift)
{
	*shift = (unsigned)(key >> (64 - s->bits) & 31) * 2;
	return &s->words[key >> (64 - s->bits) >> 5];
}

static void sieve_add(struct sieve *s, uint64_t key)
{
	unsigned shift;
	uint64_t *word = sieve_at(s, key, &shift);
	*word |= (1 | (*word >> shift & 1) << 1) << shift;
}

static bool seen_twice(const struct sieve *s, uint64_t key)
{
	unsigned shift;
	const uint64_t *word = sieve_at(s, key, &shift);
	return *word >> shift >> 1 & 1;
}

/* The rules whose keys are found together, and where their records go. */
struct gathering {
	struct large *l;
	const struct rule *rules;
	struct sieve *sieves;
	unsigned count, parts;
	struct spill **to, *keys; /* keys: of each record one for each rule */
};

/* Memory for a key is asked for when it is found, and used some keys later. */
#define LATER 32

static void find_keys(struct gathering *g)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct buf text = { .arena = a };
	uint64_t waiting[LATER] = { 0 };
	unsigned shift, n = 0;
	struct large_walk w;

	large_walk_begin(&w, g->l);
	while (large_walk_next(&w))
		for (unsigned i = 0; i < g->count;
		     i++, n = (n + 1) % (LATER / g->count * g->count)) {
			uint64_t key = record_key(g->l, &w, &g->rules[i], &text);
			if (waiting[n])
				sieve_add(&g->sieves[i], waiting[n]);
			waiting[n] = key;
			__builtin_prefetch(sieve_at(&g->sieves[i], key, &shift), 1);
			spill_add(g->keys, 0, &key, sizeof key);
		}
	for (n = 0; n < LATER / g->count * g->count; n++)
		if (waiting[n])
			sieve_add(&g->sieves[n % g->count], waiting[n]);
	large_walk_done(&w);
	spill_settle(g->keys);
}

static void spill_sharers(struct gathering *g)
{
	struct spill_reader keys, ahead;
	struct large_walk w;
	unsigned shift;
	const uint64_t *key;

	spill_read(&keys, g->keys, 0);
	spill_read(&ahead, g->keys, 0);
	for (unsigned i = 0; i < LATER; i++)
		spill_next(&ahead, g->count * sizeof *key);
	large_walk_begin(&w, g->l);
	while (large_walk_next(&w)) {
		key = spill_next(&ahead, g->count * sizeof *key);
		for (unsigned i = 0; key && i < g->count; i++)
			__builtin_prefetch(sieve_at(&g->sieves[i], key[i], &shift));
		key = spill_next(&keys, g->count * sizeof *key);
		for (unsigned i = 0; key && i < g->count; i++)
			if (key[i] && seen_twice(&g->sieves[i], key[i]))
				large_spill_record(g->l, &w, g->to[i],
						   (unsigned)((key[i] & UINT32_MAX) * g->parts >>
							      32));
	}
	large_walk_done(&w);
	spill_read_done(&keys);
	spill_read_done(&ahead);
}

/* Spills, for 'count' rules from 'begin' on, the records that share a key. */
static enum status gather(struct large *l, unsigned begin, unsigned count, unsigned bits,
			  unsigned parts, struct spill **to)
{
	struct sieve sieves[GATHER_MAX] = { 0 };
	struct gathering g = { .l = l,
			       .rules = l->run->settings.rules + begin,
			       .sieves = sieves,
			       .count = count,
			       .parts = parts,
			       .to = to + begin,
			       .keys = large_spill(l, 1) };
	enum status st = ST_OK;

	if (!g.keys)
		return ST_INTERNAL;
	for (unsigned i = 0; i < count; i++)
		sieves[i] = (struct sieve){ big_alloc(sieve_bytes(bits), 1), bits };
	find_keys(&g);
	spill_sharers(&g);
	if (spill_error(g.keys))
		st = large_trouble(l, g.keys);
	for (unsigned i = 0; i < count; i++) {
		big_free(sieves[i].words, sieve_bytes(bits), 1);
		spill_settle(g.to[i]);
		if (!st && spill_error(g.to[i]))
			st = large_trouble(l, g.to[i]);
	}
	spill_end(g.keys);
	return st;
}

int large_pair_order(const void *a, const void *b)
{
	struct pair x, y; /* they come first; items need not be aligned for the rest */

	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return pair_order(x, y);
}

/* --- pairs --- */

struct pairing {
	struct large *l;
	struct large_piece *piece;
};

/* Compares what has been paired, and leaves it as one more sorted run. */
static void flush_pairs(void *context, struct pairs *p)
{
	struct pairing *w = context;
	struct large *l = w->l;
	const struct tables *t = &w->piece->tables;
	struct large_pair out = { 0 };

	/* Records of a piece are in the order of all records, so the run is sorted by those too. */
	pairs_unique(p, 0);
	uint64_t *patterns = big_alloc(p->count, sizeof *patterns);
	compare_list(w->piece->comparer, p, l->run->ask->threads, patterns);
	unsigned run = spill_part(l->pairs);
	for (size_t i = 0; i < p->count; i++) {
		const uint32_t *line = line_of(t, p->list[i].l);
		out.l = w->piece->global[p->list[i].l];
		out.r = w->piece->global[p->list[i].r];
		out.pattern = patterns[i];
		for (unsigned k = 0; k < l->rare_count; k++) {
			const struct column *c =
				&t->columns[l->run->settings.comparisons[l->rare[k]].column];
			out.counts[k] = c->dict.counts[line[c->place]];
		}
		spill_add(l->pairs, run, &out, large_pair_size(l));
	}
	spill_settle(l->pairs);
	big_free(patterns, p->count, sizeof *patterns);
	l->run->pairs.count += p->count;
	p->count = 0;
}

static uint8_t *local_bits(const uint8_t *bits, const struct large_piece *x)
{
	if (!bits)
		return NULL;
	uint8_t *out = big_alloc(CAPPED_SIZE(x->tables.records), 1);
	for (uint32_t i = 0; i < x->tables.records; i++)
		if (bits[x->global[i] / 8] >> x->global[i] % 8 & 1)
			out[i / 8] |= (uint8_t)(1u << i % 8);
	return out;
}

/* The bits of this rule that a piece has found. */
static void global_bits(struct large *l, unsigned rule, const uint8_t *bits,
			const struct large_piece *x)
{
	if (!bits)
		return;
	if (!l->capped[rule])
		l->capped[rule] = big_alloc(CAPPED_SIZE(l->run->tables.records), 1);
	for (uint32_t i = 0; i < x->tables.records; i++)
		if (bits[i / 8] >> i % 8 & 1)
			l->capped[rule][x->global[i] / 8] |= (uint8_t)(1u << x->global[i] % 8);
}

static void pair_piece(struct large *l, unsigned rule, struct large_piece *x)
{
	struct pairing w = { l, x };
	struct pairs *all = &l->run->pairs, p;
	uint8_t *capped[RULES_MAX] = { 0 };
	size_t before = all->count;

	pairs_init(&p);
	p.full = flush_pairs;
	p.full_context = &w;
	p.most = l->room / 4 / (sizeof *p.list * 2 + sizeof(uint64_t));
	for (unsigned k = 0; k < rule; k++)
		capped[k] = local_bits(l->capped[k], x);
	pairs_of_rule(&x->tables, &l->run->settings, rule, capped, &p);
	flush_pairs(&w, &p);
	global_bits(l, rule, capped[rule], x);
	for (unsigned k = 0; k <= rule; k++)
		big_free(capped[k], CAPPED_SIZE(x->tables.records), 1);
	all->whole_rule[rule] += p.whole_rule[rule];
	all->by_rule[rule] += (int64_t)(all->count - before);
	if (p.capped_count)
		pairs_add_capped(all, p.capped, p.capped_count);
	pairs_done(&p);
}

#define PIECE_FACTOR 10 /* bytes in memory for one of a part's */

static enum status pair_rule(struct large *l, unsigned rule, struct spill *s)
{
	for (unsigned part = 0; part < spill_parts(s); part++) {
		struct large_piece x;
		uint64_t need = spill_size(s, part) * PIECE_FACTOR;
		if (need > l->room)
			return fail(l->c, ST_TOO_LARGE, "memory",
				    "rule %u has blocks that need %llu MiB, %lld MiB in all",
				    rule + 1, (unsigned long long)(need >> 20),
				    (long long)(l->run->ask->memory >> 20) +
					    (long long)((need - l->room) >> 20) + 1);
		if (!need)
			continue;
		large_piece_open(l, s, part, &x);
		pair_piece(l, rule, &x);
		large_piece_done(l, &x);
	}
	return spill_error(s) ? large_trouble(l, s) : ST_OK;
}

enum status large_pairs(struct large *l)
{
	const struct settings *s = &l->run->settings;
	struct spill *gathered[RULES_MAX] = { 0 };
	unsigned bits = sieve_bits(l->run->tables.records, l->room / 4), step, parts;
	uint64_t bytes = 0;
	enum status st = ST_OK;

	step = (unsigned)(l->room / 2 / sieve_bytes(bits));
	step = step < 1 ? 1 : step > GATHER_MAX ? GATHER_MAX : step;
	for (unsigned p = 0; p < l->places; p++)
		for (unsigned i = 0; i < l->parts; i++)
			bytes += spill_size(l->known[p], i);
	/* Twice as many parts as would just do, since keys are not evenly shared: pieces have shorter numbers. */
	bytes = bytes * PIECE_FACTOR / l->room + 1;
	parts = bytes < LARGE_PARTS ? (unsigned)bytes : LARGE_PARTS;
	l->pairs = large_spill(l, 0);
	if (!l->pairs)
		return ST_INTERNAL;
	for (unsigned begin = 0; begin < s->rule_count && !st; begin += step) {
		unsigned end = begin + step < s->rule_count ? begin + step : s->rule_count;
		for (unsigned i = begin; i < end && !st; i++)
			st = (gathered[i] = large_spill(l, parts)) ? ST_OK : ST_INTERNAL;
		if (!st)
			st = gather(l, begin, end - begin, bits, parts, gathered);
		for (unsigned i = begin; i < end; i++) {
			if (!st)
				st = pair_rule(l, i, gathered[i]);
			spill_end(gathered[i]);
		}
	}
	if (!st && spill_error(l->pairs))
		st = large_trouble(l, l->pairs);
	return st;
}

/* --- random pairs --- */

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static uint32_t place_in(const struct large_piece *x, uint32_t record)
{
	const uint32_t *at =
		bsearch(&record, x->global, x->tables.records, sizeof record, by_number);
	return (uint32_t)(at - x->global);
}

#define SAMPLE_PIECES (SAMPLE_CHUNKS * 4)

/* The pairs of a quarter of a chunk. */
static size_t sample_piece(const struct large *l, unsigned k, struct pair *list,
			   struct pair **begin)
{
	size_t count = sample_list(&l->run->tables, &l->run->settings, k / 4, list);
	size_t from = count * (k % 4) / 4;

	*begin = list + from;
	return count * (k % 4 + 1) / 4 - from;
}

static void spill_sample(struct large *l, struct pair *list, struct spill *s)
{
	size_t size = CAPPED_SIZE(l->run->tables.records);
	uint8_t *wanted[SAMPLE_PIECES];
	struct large_walk w;
	struct pair *p;

	for (unsigned k = 0; k < SAMPLE_PIECES; k++) {
		wanted[k] = big_alloc(size, 1);
		for (size_t i = sample_piece(l, k, list, &p); i-- > 0;) {
			wanted[k][p[i].l / 8] |= (uint8_t)(1u << p[i].l % 8);
			wanted[k][p[i].r / 8] |= (uint8_t)(1u << p[i].r % 8);
		}
	}
	large_walk_begin(&w, l);
	while (large_walk_next(&w))
		for (unsigned k = 0; k < SAMPLE_PIECES; k++)
			if (wanted[k][w.record / 8] >> w.record % 8 & 1)
				large_spill_record(l, &w, s, k);
	large_walk_done(&w);
	spill_settle(s);
	for (unsigned k = 0; k < SAMPLE_PIECES; k++)
		big_free(wanted[k], size, 1);
}

enum status large_sample(struct large *l, struct pattern_table *out)
{
	struct spill *s = large_spill(l, SAMPLE_PIECES);

	patterns_init(out);
	if (!s)
		return ST_INTERNAL;
	struct pair *list = big_alloc(SAMPLE_ROOM, sizeof *list);
	uint64_t *patterns = big_alloc(SAMPLE_ROOM, sizeof *patterns);
	spill_sample(l, list, s);
	enum status st = large_check(l); /* else not all records are there that pairs name */
	for (unsigned k = 0; k < SAMPLE_PIECES && !st && !spill_error(s); k++) {
		struct large_piece x;
		struct pairs p = { 0 };
		p.count = sample_piece(l, k, list, &p.list);
		large_piece_open(l, s, k, &x);
		for (size_t i = 0; i < p.count; i++)
			p.list[i] = (struct pair){ place_in(&x, p.list[i].l),
						   place_in(&x, p.list[i].r) };
		compare_list(x.comparer, &p, l->run->ask->threads, patterns);
		for (size_t i = 0; i < p.count; i++)
			patterns_add(out, patterns[i]);
		large_piece_done(l, &x);
	}
	if (!st && spill_error(s))
		st = large_trouble(l, s);
	spill_end(s);
	big_free(list, SAMPLE_ROOM, sizeof *list);
	big_free(patterns, SAMPLE_ROOM, sizeof *patterns);
	return st;
}
