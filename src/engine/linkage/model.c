/* SPDX-License-Identifier: Apache-2.0 */
/* The model of Fellegi and Sunter. Each level of each comparison has a probability among matches (m) and
 * among others (u). What is equal by chance is counted exactly from the values' frequencies; the other u
 * come from random pairs; m and the prior from expectation-maximisation over the counts of the candidates'
 * patterns, within the space of all pairs: what no rule brings up is no match. */
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/linkage_private.h"

#define SAMPLE 300000
#define ROUNDS 60
/* A pair less probable than this teaches nothing: many would outweigh the few that match. */
#define DOUBTFUL 0.2
#define BELIEF 10 /* pairs that what is believed beforehand counts for */
#define CHUNKS 4
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

/* Shares and chances of equal values, in bins of their frequency. */
static void count_equal(const struct tables *t, const struct settings *s, const struct comparer *k,
			unsigned i, struct model *out)
{
	const struct column *column = &t->columns[s->comparisons[i].column];
	double sum = 0, n[BINS_MAX] = { 0 }, equal[BINS_MAX] = { 0 };

	for (uint32_t v = 1; v < column->dict.count; v++) {
		double f = value_count(k, i, v);
		if (f == 0)
			continue;
		unsigned bin = s->comparisons[i].by_frequency ? bin_of((uint32_t)f) : 0;
		sum += f;
		n[bin] += f;
		equal[bin] += f * (f - 1);
	}
	out->present[i] = sum;
	for (unsigned b = 0; b < BINS_MAX; b++) {
		out->bin_share[i][b] = (n[b] + 0.5) / (sum + 0.5 * BINS_MAX);
		out->bin_u[i][b] = (equal[b] + 0.5) / (sum * (sum - 1) + 1);
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
	struct pattern_table tables[CHUNKS];
	uint64_t pairs;
};

static void sample_chunk(void *context, size_t chunk)
{
	struct sampling *w = context;
	struct memo *memo = memo_new();
	uint64_t n = w->t->records, state = 1 + chunk;
	bool across_only = !w->s->link_within;

	struct pair pairs[BATCH];
	uint64_t found[BATCH];

	patterns_init(&w->tables[chunk]);
	for (uint64_t done = 0; done < w->pairs / CHUNKS; done += BATCH) {
		size_t count = 0;
		for (unsigned i = 0; i < BATCH; i++) {
			uint64_t x = mix(state += 0x9E3779B97F4A7C15ull), y = mix(x ^ state);
			uint32_t l = (uint32_t)((x >> 32) * n >> 32),
				 r = (uint32_t)((y >> 32) * n >> 32);
			if (l != r && !(across_only && source_of(w->t, l) == source_of(w->t, r)))
				pairs[count++] = l < r ? (struct pair){ l, r }
						       : (struct pair){ r, l };
		}
		compare_pairs(w->k, memo, pairs, count, found);
		for (size_t i = 0; i < count; i++)
			patterns_add(&w->tables[chunk], found[i]);
	}
	memo_end(memo);
}

static void sample_pairs(const struct tables *t, const struct settings *s, const struct comparer *k,
			 unsigned threads, struct pattern_table *out)
{
	struct sampling *w = big_alloc(1, sizeof *w);
	double possible = pairs_possible(t, s) * 2;

	w->t = t, w->s = s, w->k = k;
	w->pairs = possible < SAMPLE ? (uint64_t)possible : SAMPLE;
	share_out(threads, CHUNKS, sample_chunk, w);
	patterns_init(out);
	for (unsigned i = 0; i < CHUNKS; i++) {
		for (uint32_t p = 0; p < w->tables[i].count; p++) {
			uint32_t at = patterns_add(out, w->tables[i].patterns[p]);
			out->counts[at] += w->tables[i].counts[p] - 1;
		}
		patterns_done(&w->tables[i]);
	}
	big_free(w, 1, sizeof *w);
}

/* --- training --- */

struct training {
	const struct settings *s;
	struct model *model;
	const struct pattern_table *candidates;
	struct pattern_table sample;
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
	const struct pattern_table *p = &w->sample;
	double sums[COMPARISONS_MAX][LEVELS_MAX] = { 0 };

	for (uint32_t k = 0; k < p->count; k++) {
		double others = p->counts[k] * (1 - pattern_probability(w, p->patterns[k]));
		for (unsigned i = 0; i < w->s->comparison_count; i++)
			sums[i][level_in(w->s, i, p->patterns[k])] += others;
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
	const struct pattern_table *p = w->candidates;
	double sums[COMPARISONS_MAX][LEVELS_MAX] = { 0 }, matches = 0, before = m->prior;

	fill_logs(w);
	for (uint32_t k = 0; k < p->count; k++) {
		double sure = pattern_probability(w, p->patterns[k]);
		double found = sure < DOUBTFUL ? 0 : p->counts[k] * sure;
		matches += found;
		for (unsigned i = 0; i < w->s->comparison_count; i++)
			sums[i][level_in(w->s, i, p->patterns[k])] += found;
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

void model_train(struct tables *t, const struct settings *s, struct comparer *k,
		 struct pattern_table *patterns, unsigned threads, struct model *out)
{
	struct training w = { s, out, patterns, { 0 }, pairs_possible(t, s), { { 0 } }, 0 };

	memset(out, 0, sizeof *out);
	out->prior = s->prior > 0 ? s->prior : fmin(0.3 * t->records / w.possible, 0.1);
	for (unsigned i = 0; i < s->comparison_count; i++)
		count_equal(t, s, k, i, out);
	sample_pairs(t, s, k, threads, &w.sample);
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
	patterns_done(&w.sample);
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
	/* The chance that the other record has this very value. */
	uint32_t f = value_count(k, i, values[0]);
	double bits = f < COUNT_BITS ? (double)m->count_bits[f] : log2(f);
	return m->equal_bits[i] - bits - m->chance_bits[i][bin_of(f)];
}
