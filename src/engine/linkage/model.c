/* SPDX-License-Identifier: Apache-2.0 */
/* The model of Fellegi and Sunter. Each level of each comparison has a probability among matches (m) and
 * among others (u). What is equal by chance is counted exactly from the values' frequencies; the other u
 * come from random pairs; m and the prior from expectation-maximisation over the counts of the candidates'
 * patterns, within the space of all pairs: what no rule brings up is no match. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/linkage_private.h"

#define SAMPLE (SAMPLE_CHUNKS * 75000)
#define ROUNDS 60
/* A pair less probable than this teaches nothing: many would outweigh the few that match. */
#define DOUBTFUL 0.2
#define BELIEF 10 /* pairs that what is believed beforehand counts for */
#define BATCH 512

/* --- patterns --- */

void patterns_init(struct pattern_table *p)
{
	memset(p, 0, sizeof *p);
	p->bits = 12;
	p->slots = big_alloc(1ul << p->bits, sizeof *p->slots);
	p->room = 1 << 11;
	p->patterns = big_alloc(p->room, sizeof *p->patterns);
	p->counts = big_alloc(p->room, sizeof *p->counts);
}

void patterns_done(struct pattern_table *p)
{
	big_free(p->slots, 1ul << p->bits, sizeof *p->slots);
	big_free(p->patterns, p->room, sizeof *p->patterns);
	big_free(p->counts, p->room, sizeof *p->counts);
	memset(p, 0, sizeof *p);
}

static size_t pattern_slot(const struct pattern_table *p, uint64_t pattern)
{
	size_t mask = (1ul << p->bits) - 1, at = mix(pattern) >> (64 - p->bits);
	while (p->slots[at] && p->patterns[p->slots[at] - 1] != pattern)
		at = (at + 1) & mask;
	return at;
}

uint32_t patterns_number(const struct pattern_table *p, uint64_t pattern)
{
	return p->slots[pattern_slot(p, pattern)] - 1;
}

uint32_t patterns_add(struct pattern_table *p, uint64_t pattern)
{
	size_t at = pattern_slot(p, pattern);

	if (!p->slots[at]) {
		if (p->count == p->room) {
			size_t old = 1ul << p->bits;
			p->patterns =
				big_grow(p->patterns, p->room, p->room * 2ul, sizeof *p->patterns);
			p->counts = big_grow(p->counts, p->room, p->room * 2ul, sizeof *p->counts);
			p->room *= 2;
			big_free(p->slots, old, sizeof *p->slots);
			p->bits++;
			p->slots = big_alloc(1ul << p->bits, sizeof *p->slots);
			for (uint32_t i = 0; i < p->count; i++)
				p->slots[pattern_slot(p, p->patterns[i])] = i + 1;
			at = pattern_slot(p, pattern);
		}
		p->patterns[p->count++] = pattern;
		p->slots[at] = p->count;
	}
	p->counts[p->slots[at] - 1]++;
	return p->slots[at] - 1;
}

/* --- what chance makes equal --- */

void equal_counts_add(struct equal_counts *e, bool by_frequency, uint32_t frequency)
{
	unsigned bin = by_frequency ? bin_of(frequency) : 0;
	double f = frequency;

	e->records += f;
	e->of[bin] += f;
	e->pairs[bin] += f * (f - 1);
}

static void count_equal(const struct tables *t, const struct settings *s, unsigned i,
			struct equal_counts *out)
{
	const struct dict *d = &t->columns[s->comparisons[i].column].dict;

	for (uint32_t v = 1; v < d->count; v++)
		if (d->counts[v])
			equal_counts_add(out, s->comparisons[i].by_frequency, d->counts[v]);
}

/* Shares and chances of equal values, in bins of their frequency. */
static void share_equal(const struct equal_counts *e, unsigned i, struct model *out)
{
	out->present[i] = e->records;
	for (unsigned b = 0; b < BINS_MAX; b++) {
		out->bin_share[i][b] = (e->of[b] + 0.5) / (e->records + 0.5 * BINS_MAX);
		out->bin_u[i][b] = (e->pairs[b] + 0.5) / (e->records * (e->records - 1) + 1);
	}
}

static unsigned level_in(const struct settings *s, unsigned i, uint64_t pattern)
{
	unsigned level = nibble(pattern, i), equal = levels_of(s->comparisons[i].kind) - 1;
	return level > equal ? equal : level;
}

struct sampling {
	const struct tables *t;
	const struct settings *s;
	const struct comparer *k;
	struct pattern_table tables[SAMPLE_CHUNKS];
};

size_t sample_list(const struct tables *t, const struct settings *s, unsigned chunk,
		   struct pair *out)
{
	double possible = pairs_possible(t, s) * 2;
	uint64_t wanted = possible < SAMPLE ? (uint64_t)possible : SAMPLE;
	uint64_t n = t->records, state = 1 + chunk;
	size_t count = 0;

	for (uint64_t done = 0; done < wanted / SAMPLE_CHUNKS; done += BATCH)
		for (unsigned i = 0; i < BATCH; i++) {
			uint64_t x = mix(state += 0x9E3779B97F4A7C15ull), y = mix(x ^ state);
			uint32_t l = (uint32_t)((x >> 32) * n >> 32),
				 r = (uint32_t)((y >> 32) * n >> 32);
			if (l != r && (s->link_within || source_of(t, l) != source_of(t, r)))
				out[count++] = l < r ? (struct pair){ l, r }
						     : (struct pair){ r, l };
		}
	return count;
}

static void sample_chunk(void *context, size_t chunk)
{
	struct sampling *w = context;
	struct memo *memo = memo_new();
	struct pair *pairs = big_alloc(SAMPLE_ROOM, sizeof *pairs);
	uint64_t *found = big_alloc(SAMPLE_ROOM, sizeof *found);
	size_t count = sample_list(w->t, w->s, (unsigned)chunk, pairs);

	patterns_init(&w->tables[chunk]);
	compare_pairs(w->k, memo, pairs, count, found);
	for (size_t i = 0; i < count; i++)
		patterns_add(&w->tables[chunk], found[i]);
	big_free(pairs, SAMPLE_ROOM, sizeof *pairs);
	big_free(found, SAMPLE_ROOM, sizeof *found);
	memo_end(memo);
}

static void sample_pairs(const struct tables *t, const struct settings *s, const struct comparer *k,
			 unsigned threads, struct pattern_table *out)
{
	struct sampling *w = big_alloc(1, sizeof *w);

	w->t = t, w->s = s, w->k = k;
	share_out(threads, SAMPLE_CHUNKS, sample_chunk, w);
	patterns_init(out);
	for (unsigned i = 0; i < SAMPLE_CHUNKS; i++) {
		for (uint32_t p = 0; p < w->tables[i].count; p++) {
			uint32_t at = patterns_add(out, w->tables[i].patterns[p]);
			out->counts[at] += w->tables[i].counts[p] - 1;
		}
		patterns_done(&w->tables[i]);
	}
	big_free(w, 1, sizeof *w);
}

/* --- training --- */

struct counted {
	uint64_t pattern;
	double count;
};

static int by_pattern(const void *a, const void *b)
{
	const struct counted *x = a, *y = b;
	return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

static struct counted *in_order(const struct pattern_table *p)
{
	struct counted *list = big_alloc(p->count, sizeof *list);

	for (uint32_t i = 0; i < p->count; i++)
		list[i] = (struct counted){ p->patterns[i], p->counts[i] };
	qsort(list, p->count, sizeof *list, by_pattern);
	return list; /* NOLINT(clang-analyzer-unix.Malloc): the caller frees it */
}

struct training {
	const struct settings *s;
	struct model *model;
	struct counted *candidates,
		*sample; /* by their patterns: sums do not depend on who came first */
	uint32_t candidate_count, sample_count;
	double possible;
	float logs[COMPARISONS_MAX][16]; /* log2 m/u of each nibble */
	double prior_weight;
};

/* The chance that two records that do not match are equal: all equal pairs less those that match. */
static double equal_by_chance(const struct training *w, unsigned i, double all)
{
	const struct model *m = w->model;
	unsigned equal = levels_of(w->s->comparisons[i].kind) - 1;
	double matches = m->prior * m->m[i][equal];
	return fmax(all - matches, all * 0.02);
}

static void fill_logs(struct training *w)
{
	const struct model *m = w->model;

	w->prior_weight = log2(m->prior / (1 - m->prior));
	for (unsigned i = 0; i < w->s->comparison_count; i++) {
		const struct comparison *p = &w->s->comparisons[i];
		unsigned equal = levels_of(p->kind) - 1;
		for (unsigned l = 0; l < 16; l++) {
			double ratio = 1;
			if (l >= equal && p->by_frequency && l - equal < BINS_MAX)
				ratio = m->m[i][equal] * m->bin_share[i][l - equal] /
					fmax(m->bin_u[i][l - equal],
					     1e-12); /* an empty bin is never met */
			else if (l > 0 && l <= equal)
				ratio = m->m[i][l] / m->u[i][l];
			w->logs[i][l] = (float)log2(ratio);
		}
		/* Two valid numbers that differ are two people; so no household is learnt from. */
		if (p->kind == KIND_CITIZEN)
			w->logs[i][1] = -100;
	}
}

double weight_probability(double weight)
{
	return weight > 60 ? 1 : weight < -60 ? 0 : 1 / (1 + exp2(-weight));
}

static double pattern_probability(const struct training *w, uint64_t pattern)
{
	double weight = w->prior_weight;
	for (unsigned i = 0; i < w->s->comparison_count; i++)
		weight += (double)w->logs[i][nibble(pattern, i)];
	return weight_probability(weight);
}

/* u from random pairs, each counted by how probably it is no match. */
static void learn_u(struct training *w)
{
	struct model *m = w->model;
	double sums[COMPARISONS_MAX][LEVELS_MAX] = { 0 };

	for (uint32_t k = 0; k < w->sample_count; k++) {
		const struct counted *p = &w->sample[k];
		double others = p->count * (1 - pattern_probability(w, p->pattern));
		for (unsigned i = 0; i < w->s->comparison_count; i++)
			sums[i][level_in(w->s, i, p->pattern)] += others;
	}
	for (unsigned i = 0; i < w->s->comparison_count; i++) {
		const struct comparison *c = &w->s->comparisons[i];
		unsigned levels = levels_of(c->kind), equal = levels - 1;
		double all = 0, rest = 0;
		if (c->fixed)
			continue;
		for (unsigned b = 0; b < BINS_MAX; b++)
			all += m->bin_u[i][b];
		m->u[i][equal] = fmin(equal_by_chance(w, i, all), 0.999);
		for (unsigned l = 1; l < equal; l++)
			rest += sums[i][l] + 0.5;
		for (unsigned l = 1; l < equal; l++)
			m->u[i][l] = (1 - m->u[i][equal]) * (sums[i][l] + 0.5) / rest;
	}
}

/* What is believed before anything is seen: matches mostly agree, and what is nearly equal is likelier
 * than what is less so; a tenth differs altogether. */
static double believed(unsigned level, unsigned equal)
{
	if (level == equal)
		return equal == 1 ? 1 : equal == 2 ? 0.9 : 0.75;
	if (level == 1)
		return 0.1;
	return 0.15 * ldexp(1, (int)level - (int)equal) / (1 - ldexp(1, 2 - (int)equal));
}

static void begin(struct training *w)
{
	struct model *m = w->model;
	for (unsigned i = 0; i < w->s->comparison_count; i++) {
		const struct comparison *c = &w->s->comparisons[i];
		unsigned levels = levels_of(c->kind);
		for (unsigned l = 1; l < levels; l++) {
			m->m[i][l] = c->fixed ? c->m[l] : believed(l, levels - 1);
			m->u[i][l] = c->fixed ? c->u[l] : 1.0 / levels;
		}
	}
}

/* More agreement never tells less: where m/u falls from one level to the next, the two are pooled (pool
 * adjacent violators). Levels rise in kernel.h's sense; "swapped" stands beside them, and equal values
 * whose weight hangs on the value are not held to it. */
static void keep_order(struct training *w, unsigned i)
{
	struct model *m = w->model;
	const struct comparison *c = &w->s->comparisons[i];
	unsigned equal = levels_of(c->kind) - 1, last = c->by_frequency ? equal - 1 : equal;
	double pool_m[LEVELS_MAX], pool_u[LEVELS_MAX];
	unsigned members[LEVELS_MAX][LEVELS_MAX], sizes[LEVELS_MAX], pools = 0;

	for (unsigned l = 1; l <= last; l++) {
		if (c->kind == KIND_NAME && l == equal - 1)
			continue;
		pool_m[pools] = m->m[i][l];
		pool_u[pools] = m->u[i][l];
		members[pools][0] = l;
		sizes[pools++] = 1;
		while (pools > 1 && pool_m[pools - 2] * pool_u[pools - 1] >
					    pool_m[pools - 1] * pool_u[pools - 2]) {
			unsigned to = pools - 2;
			pool_m[to] += pool_m[pools - 1];
			pool_u[to] += pool_u[pools - 1];
			for (unsigned k = 0; k < sizes[pools - 1]; k++)
				members[to][sizes[to]++] = members[pools - 1][k];
			pools--;
		}
	}
	for (unsigned p = 0; p < pools; p++)
		for (unsigned k = 0; k < sizes[p]; k++)
			m->m[i][members[p][k]] = pool_m[p] * m->u[i][members[p][k]] / pool_u[p];
}

/* One round; gives how much the prior moved, as a part of it. */
static double maximise(struct training *w)
{
	struct model *m = w->model;
	double sums[COMPARISONS_MAX][LEVELS_MAX] = { 0 }, matches = 0, before = m->prior;

	fill_logs(w);
	for (uint32_t k = 0; k < w->candidate_count; k++) {
		const struct counted *p = &w->candidates[k];
		double sure = pattern_probability(w, p->pattern);
		double found = sure < DOUBTFUL ? 0 : p->count * sure;
		matches += found;
		for (unsigned i = 0; i < w->s->comparison_count; i++)
			sums[i][level_in(w->s, i, p->pattern)] += found;
	}
	m->expected = matches;
	if (w->s->prior <= 0)
		m->prior = fmin(fmax(matches, 1) / w->possible, 0.5);
	for (unsigned i = 0; i < w->s->comparison_count; i++) {
		unsigned levels = levels_of(w->s->comparisons[i].kind);
		double all = 0;
		if (w->s->comparisons[i].fixed)
			continue;
		for (unsigned l = 1; l < levels; l++)
			all += sums[i][l] + BELIEF * believed(l, levels - 1);
		for (unsigned l = 1; l < levels; l++)
			m->m[i][l] = (sums[i][l] + BELIEF * believed(l, levels - 1)) / all;
		keep_order(w, i);
	}
	return fabs(m->prior - before) / before;
}

/* What is rare is mostly equal because it matches: of a frequency's equal pairs only those that do not are chance.
 * At least a hundredth is taken for it. */
static void count_chance(struct training *w, unsigned i)
{
	struct model *m = w->model;
	unsigned equal = levels_of(w->s->comparisons[i].kind) - 1;

	for (unsigned b = 0; b < BINS_MAX; b++) {
		double all = m->bin_u[i][b],
		       matches = m->prior * m->m[i][equal] * m->bin_share[i][b];
		m->chance_bits[i][b] = log2(fmax(all - matches, all * 0.01) / all);
	}
}

void model_fit(const struct settings *s, uint32_t records, double possible,
	       const struct equal_counts *equal, const struct pattern_table *patterns,
	       const struct pattern_table *sample, struct model *out)
{
	struct training w = { .s = s,
			      .model = out,
			      .candidates = in_order(patterns),
			      .candidate_count = patterns->count,
			      .sample = in_order(sample),
			      .sample_count = sample->count,
			      .possible = possible };

	memset(out, 0, sizeof *out);
	out->prior = s->prior > 0 ? s->prior : fmin(0.3 * records / w.possible, 0.1);
	for (unsigned i = 0; i < s->comparison_count; i++)
		share_equal(&equal[i], i, out);
	for (unsigned i = 1; i < COUNT_BITS; i++)
		out->count_bits[i] = (float)log2(i);
	begin(&w);
	fill_logs(&w);
	learn_u(&w);
	fill_logs(&w);
	learn_u(&w);
	for (out->rounds = 1; out->rounds <= ROUNDS; out->rounds++) {
		double moved = maximise(&w);
		if (out->rounds % 5 == 0)
			learn_u(&w);
		if (moved < 1e-4 && out->rounds > 10)
			break;
	}
	learn_u(&w);
	for (unsigned i = 0; i < s->comparison_count; i++)
		count_chance(&w, i);
	for (unsigned i = 0; i < s->comparison_count; i++)
		out->equal_bits[i] = log2(out->m[i][levels_of(s->comparisons[i].kind) - 1] *
					  fmax(out->present[i], 1));
	big_free(w.candidates, w.candidate_count, sizeof *w.candidates);
	big_free(w.sample, w.sample_count, sizeof *w.sample);
}

void model_train(struct tables *t, const struct settings *s, struct comparer *k,
		 struct pattern_table *patterns, unsigned threads, struct model *out)
{
	struct equal_counts equal[COMPARISONS_MAX] = { 0 };
	struct pattern_table sample;

	for (unsigned i = 0; i < s->comparison_count; i++)
		count_equal(t, s, i, &equal[i]);
	sample_pairs(t, s, k, threads, &sample);
	model_fit(s, t->records, pairs_possible(t, s), equal, patterns, &sample, out);
	patterns_done(&sample);
}

/* The chance that the other record has this very value. */
double model_rare_weight(const struct model *m, unsigned i, uint32_t f)
{
	double bits = f < COUNT_BITS ? (double)m->count_bits[f] : log2(f);
	return m->equal_bits[i] - bits - m->chance_bits[i][bin_of(f)];
}

double model_weight(const struct model *m, const struct settings *s, const struct comparer *k,
		    unsigned i, unsigned level, const uint32_t *values)
{
	const struct comparison *c = &s->comparisons[i];
	unsigned equal = levels_of(c->kind) - 1;

	if (!level)
		return 0;
	if (level < equal || !c->by_frequency)
		return log2(m->m[i][level < equal ? level : equal] /
			    m->u[i][level < equal ? level : equal]);
	assert(values); /* who has none asks for no level that hangs on the value */
	return model_rare_weight(m, i, value_count(k, i, values[0]));
}

/* Which comparisons of a pattern are at a level whose weight hangs on the value. */
static uint16_t by_value(const struct settings *s, uint64_t pattern)
{
	uint16_t mask = 0;
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].by_frequency &&
		    nibble(pattern, i) >= levels_of(s->comparisons[i].kind) - 1)
			mask |= (uint16_t)(1u << i);
	return mask;
}

void score_base(const struct model *m, const struct settings *s, const struct pattern_table *p,
		float *base, uint16_t *masks)
{
	double prior = log2(m->prior / (1 - m->prior));

	for (uint32_t k = 0; k < p->count; k++) {
		double w = prior;
		masks[k] = by_value(s, p->patterns[k]);
		for (unsigned i = 0; i < s->comparison_count; i++)
			if (!(masks[k] >> i & 1))
				w += model_weight(m, s, NULL, i, nibble(p->patterns[k], i), NULL);
		base[k] = (float)w;
	}
}
