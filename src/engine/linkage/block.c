/* SPDX-License-Identifier: Apache-2.0 */
/* Candidates: each rule's keys are sorted, so that its size is known exactly from the runs before one pair is made; a
 * pair belongs to the first rule that it satisfies. What the bits of sorted keys confuse is told apart when the pair
 * is made. */
#include <stdatomic.h>
#include <stdlib.h>
#include "engine/linkage/block_private.h"

#define NEIGHBOURS 10 /* how far apart records of an unsplittable block are still paired */
#define TOKEN_BLOCK_MAX 120

struct maker {
	struct tables *t;
	const struct settings *s;
	unsigned threads;
	struct ready_rule ready[RULES_MAX];
	uint8_t *capped[RULES_MAX]; /* of each rule the records in blocks that were split, or NULL */
	struct pairs *out;
};

static inline bool is_capped(const uint8_t *capped, uint32_t record)
{
	return capped && (capped[record / 8] >> record % 8 & 1);
}

static inline bool allowed(const struct maker *m, uint32_t l, uint32_t r)
{
	if (m->s->link_within && m->s->link_across)
		return true;
	return (source_of(m->t, l) == source_of(m->t, r)) == m->s->link_within;
}

/* Pairs of a run of keys whose records ascend. */
static int64_t run_size(const struct maker *m, const uint64_t *run, size_t n)
{
	int64_t all = (int64_t)n * (int64_t)(n - 1) / 2, within = 0;

	if (m->t->sources == 1 || (m->s->link_within && m->s->link_across))
		return all;
	for (size_t i = 0; i < n;) {
		size_t end = i;
		unsigned source = source_of(m->t, (uint32_t)(run[i] & RECORD_MASK));
		while (end < n && (run[end] & RECORD_MASK) < m->t->first[source + 1])
			end++;
		within += (int64_t)(end - i) * (int64_t)(end - i - 1) / 2;
		i = end;
	}
	return m->s->link_within ? within : all - within;
}

static size_t run_end(const uint64_t *keys, size_t i, size_t count)
{
	size_t end = i + 1;
	while (end < count && keys[end] >> KEY_SHIFT == keys[i] >> KEY_SHIFT)
		end++;
	return end;
}

/* --- pairs --- */

static void add_pair(struct pairs *p, uint32_t l, uint32_t r)
{
	if (p->count == p->room) {
		p->list = big_grow(p->list, p->room, p->room * 2, sizeof *p->list);
		p->room *= 2;
	}
	p->list[p->count++] = l < r ? (struct pair){ l, r } : (struct pair){ r, l };
}

/* The pair, unless an earlier rule has it or it is not one of this rule. */
static inline void offer(struct maker *m, unsigned rule, uint32_t l, uint32_t r)
{
	const uint32_t *a = line_of(m->t, l), *b = line_of(m->t, r);

	if (!allowed(m, l, r))
		return;
	for (unsigned k = 0; k < rule; k++)
		if (satisfied(&m->ready[k], a, b) && !is_capped(m->capped[k], l))
			return;
	if (m->ready[rule].parts[0].kind != PART_TOKEN && !satisfied(&m->ready[rule], a, b))
		return;
	add_pair(m->out, l, r);
}

static void pair_all(struct maker *m, unsigned rule, const uint64_t *run, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n; j++)
			offer(m, rule, (uint32_t)(run[i] & RECORD_MASK),
			      (uint32_t)(run[j] & RECORD_MASK));
}

/* The compared column with the most distinct values that the rule does not use yet. */
static int splitting_place(const struct maker *m, const struct ready_rule *r)
{
	int best = -1;
	uint32_t most = 0;
	for (unsigned i = 0; i < m->s->comparison_count; i++) {
		const struct column *k = &m->t->columns[m->s->comparisons[i].column];
		bool used = false;
		for (unsigned p = 0; p < r->count; p++)
			used |= r->parts[p].place == k->place;
		if (!used && k->distinct > most) {
			most = k->distinct;
			best = (int)k->place;
		}
	}
	return best;
}

/* Bits above the record of the hash of its value at a place; 0: it has none. By texts, not by numbers, so that the
 * order is the same whatever else is in the tables. */
static uint64_t splitting_hash(const struct maker *m, int place, uint32_t record)
{
	uint32_t v = line_of(m->t, record)[place];
	const struct dict *d = NULL;

	for (unsigned i = 0; i < m->s->comparison_count && !d; i++) {
		const struct column *k = &m->t->columns[m->s->comparisons[i].column];
		if (k->place == (unsigned)place)
			d = &k->dict;
	}
	return v && d ? text_hash(dict_text(d, v), d->values[v].size) & ~RECORD_MASK : 0;
}

void pairs_add_capped(struct pairs *p, const struct capped_block *list, size_t count)
{
	struct capped_block *all = reallocarray(p->capped, p->capped_count + count, sizeof *all);

	if (!all)
		abort();
	memcpy(all + p->capped_count, list, count * sizeof *all);
	p->capped = all;
	p->capped_count += count;
}

/* A block over the cap: paired where one more column agrees, and with near neighbours in that order. */
static void split_block(struct maker *m, unsigned rule, uint64_t *run, size_t n)
{
	struct ready_rule *r = &m->ready[rule];
	struct pairs *p = m->out;
	size_t before = p->count;
	int place = splitting_place(m, r);
	int64_t whole = run_size(m, run, n);

	for (size_t i = 0; i < n; i++) {
		uint64_t rec = run[i] & RECORD_MASK;
		/* Others set the bits of records beside this one. */
		__atomic_fetch_or(&m->capped[rule][rec / 8], (uint8_t)(1u << rec % 8),
				  __ATOMIC_RELAXED);
		run[i] = (place < 0 ? 0 : splitting_hash(m, place, (uint32_t)rec)) | rec;
	}
	qsort(run, n, sizeof *run, number_order);
	for (size_t i = 0; i < n;) {
		size_t end = run_end(run, i, n);
		if (run[i] >> KEY_SHIFT && end - i <= (size_t)m->s->block_max)
			pair_all(m, rule, run + i, end - i);
		i = end;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = i + 1; j < n && j <= i + NEIGHBOURS; j++)
			if (run[i] >> KEY_SHIFT != run[j] >> KEY_SHIFT || !(run[i] >> KEY_SHIFT))
				offer(m, rule, (uint32_t)(run[i] & RECORD_MASK),
				      (uint32_t)(run[j] & RECORD_MASK));
	struct capped_block told = { rule, (int64_t)n, whole, (int64_t)(p->count - before) };
	pairs_add_capped(p, &told, 1);
}

static int by_pair(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	return pair_order(*x, *y);
}

void pairs_unique(struct pairs *p, size_t from)
{
	size_t kept = from;
	qsort(p->list + from, p->count - from, sizeof *p->list, by_pair);
	for (size_t i = from; i < p->count; i++)
		if (i == from || pair_order(p->list[i], p->list[i - 1]))
			p->list[kept++] = p->list[i];
	p->count = kept;
}

/* --- tokens: a record has many keys --- */

/* How many pairs the words make; they are made where there is somewhere to put them. */
static int64_t token_pairs(struct maker *m, unsigned rule, const struct rule *asked)
{
	const struct column *k = &m->t->columns[asked->parts[0].column];
	size_t room = token_keys(m->t, k, NULL, 0), count = 0;
	uint64_t *keys = big_alloc(room, sizeof *keys), *spare = big_alloc(room, sizeof *spare);
	size_t from = m->out ? m->out->count : 0;
	int64_t size = 0;

	count = token_keys(m->t, k, keys, room);
	block_sort(&keys, &spare, count);
	for (size_t i = 0; i < count;) {
		size_t end = run_end(keys, i, count);
		if (end - i <= TOKEN_BLOCK_MAX) {
			size += run_size(m, keys + i, end - i);
			if (m->out)
				pair_all(m, rule, keys + i, end - i);
		}
		i = end;
	}
	if (m->out)
		pairs_unique(m->out, from);
	big_free(keys, room, sizeof *keys);
	big_free(spare, room, sizeof *spare);
	return size;
}

/* --- the rules --- */

static void maker_open(struct maker *m, struct tables *t, const struct settings *s,
		       unsigned threads)
{
	memset(m, 0, sizeof *m);
	m->t = t;
	m->s = s;
	m->threads = threads;
	block_scratch(t);
}

static void maker_close(struct maker *m)
{
	for (unsigned i = 0; i < RULES_MAX; i++) {
		block_rule_done(&m->ready[i]);
		big_free(m->capped[i], CAPPED_SIZE(m->t->records), 1);
	}
}

static int64_t keyed_size(struct maker *m, const struct rule *rule)
{
	struct key_shares keys;
	int64_t size = 0;

	block_ready(m->t, rule, &m->ready[0]);
	key_shares_make(m->t, &m->ready[0], m->threads, &keys);
	uint64_t *sieve = sieve_new(&keys), *sorted;
	for (size_t share = 0; share < keys.count; share++) {
		size_t count = share_keys(&keys, share, sieve, &sorted);
		for (size_t i = 0; i < count;) {
			size_t end = run_end(sorted, i, count);
			size += run_size(m, sorted + i, end - i);
			i = end;
		}
	}
	sieve_end(&keys, sieve);
	key_shares_done(&keys);
	return size;
}

int64_t rule_size(struct tables *t, const struct settings *s, const struct rule *rule)
{
	struct maker m;

	maker_open(&m, t, s, 1);
	int64_t size = rule->parts[0].kind == PART_TOKEN ? token_pairs(&m, 0, rule)
							 : keyed_size(&m, rule);
	maker_close(&m);
	return size;
}

/* All pairs of a block, or what is made of a block over the cap. */
static void pair_block(struct maker *m, unsigned rule, uint64_t *run, size_t n)
{
	m->out->whole_rule[rule] += run_size(m, run, n);
	if (n > (size_t)m->s->block_max)
		split_block(m, rule, run, n);
	else
		pair_all(m, rule, run, n);
}

struct whole_key {
	uint64_t key;
	uint32_t record;
};

static int by_whole_key(const void *a, const void *b)
{
	const struct whole_key *x = a, *y = b;
	return x->key != y->key ? (x->key > y->key) - (x->key < y->key)
				: (x->record > y->record) - (x->record < y->record);
}

/* What 33 bits of their keys take for a block over the cap may be several. */
static void pair_large(struct maker *m, unsigned rule, uint64_t *run, size_t n)
{
	struct whole_key *keys = big_alloc(n, sizeof *keys);

	for (size_t i = 0; i < n; i++) {
		uint32_t record = (uint32_t)(run[i] & RECORD_MASK);
		keys[i] = (struct whole_key){ rule_key(&m->ready[rule], line_of(m->t, record)),
					      record };
	}
	qsort(keys, n, sizeof *keys, by_whole_key);
	for (size_t i = 0; i < n; i++)
		run[i] = keys[i].record;
	for (size_t i = 0; i < n;) {
		size_t end = i;
		while (end < n && keys[end].key == keys[i].key)
			end++;
		pair_block(m, rule, run + i, end - i);
		i = end;
	}
	big_free(keys, n, sizeof *keys);
}

static void make_share(struct maker *m, unsigned rule, const struct key_shares *keys, size_t share,
		       uint64_t *sieve)
{
	uint64_t *sorted;
	size_t count = share_keys(keys, share, sieve, &sorted);

	for (size_t i = 0; i < count;) {
		size_t end = run_end(sorted, i, count), n = end - i;
		if (n > 1) {
			if (n > (size_t)m->s->block_max)
				pair_large(m, rule, sorted + i, n);
			else
				pair_block(m, rule, sorted + i, n);
			if (m->out->full && m->out->count >= m->out->most)
				m->out->full(m->out->full_context, m->out);
		}
		i = end;
	}
}

/* --- a rule by several threads: each makes whole shares, which then are joined in their order --- */

struct made_share {
	size_t worker;
	size_t begin, end; /* among the worker's pairs */
	size_t capped_begin, capped_end;
	size_t place; /* of its pairs among all */
};

struct rule_work {
	const struct maker *m;
	unsigned rule;
	const struct key_shares *keys;
	struct pairs *made; /* of each worker */
	struct made_share *shares;
	atomic_size_t next;
};

static void make_shares(void *context, size_t worker)
{
	struct rule_work *w = context;
	struct maker own = *w->m;
	struct pairs *made = &w->made[worker];
	uint64_t *sieve = sieve_new(w->keys);
	size_t share;

	pairs_init(made);
	own.out = made;
	while ((share = atomic_fetch_add(&w->next, 1)) < w->keys->count) {
		struct made_share *x = &w->shares[share];
		x->worker = worker;
		x->begin = made->count;
		x->capped_begin = made->capped_count;
		make_share(&own, w->rule, w->keys, share, sieve);
		x->end = made->count;
		x->capped_end = made->capped_count;
	}
	sieve_end(w->keys, sieve);
}

static void copy_share(void *context, size_t share)
{
	struct rule_work *w = context;
	const struct made_share *x = &w->shares[share];

	memcpy(w->m->out->list + x->place, w->made[x->worker].list + x->begin,
	       (x->end - x->begin) * sizeof(struct pair));
}

static void join_shares(struct rule_work *w)
{
	struct pairs *out = w->m->out;
	size_t count = out->count;

	for (size_t i = 0; i < w->keys->count; i++) {
		struct made_share *x = &w->shares[i];
		x->place = count;
		count += x->end - x->begin;
		if (x->capped_end > x->capped_begin)
			pairs_add_capped(out, w->made[x->worker].capped + x->capped_begin,
					 x->capped_end - x->capped_begin);
	}
	if (count > out->room) {
		out->list = big_grow(out->list, out->room, count * 2, sizeof *out->list);
		out->room = count * 2;
	}
	out->count = count;
	share_out(w->m->threads, w->keys->count, copy_share, w);
}

static void make_by_many(struct maker *m, unsigned rule, const struct key_shares *keys)
{
	unsigned workers = m->threads;
	struct rule_work w = { .m = m,
			       .rule = rule,
			       .keys = keys,
			       .made = big_alloc(workers, sizeof *w.made),
			       .shares = big_alloc(keys->count, sizeof *w.shares) };

	share_out(workers, workers, make_shares, &w);
	join_shares(&w);
	for (unsigned i = 0; i < workers; i++) {
		m->out->whole_rule[rule] += w.made[i].whole_rule[rule];
		pairs_done(&w.made[i]);
	}
	big_free(w.made, workers, sizeof *w.made);
	big_free(w.shares, keys->count, sizeof *w.shares);
}

static void make_rule(struct maker *m, unsigned rule)
{
	size_t capped = m->out->capped_count, size = CAPPED_SIZE(m->t->records);
	struct key_shares keys;

	key_shares_make(m->t, &m->ready[rule], m->threads, &keys);
	m->capped[rule] = big_alloc(size, 1);
	if (m->threads > 1) {
		make_by_many(m, rule, &keys);
	} else {
		uint64_t *sieve = sieve_new(&keys);
		for (size_t share = 0; share < keys.count; share++)
			make_share(m, rule, &keys, share, sieve);
		sieve_end(&keys, sieve);
	}
	key_shares_done(&keys);
	if (m->out->capped_count > capped)
		return;
	big_free(m->capped[rule], size, 1);
	m->capped[rule] = NULL;
}

void pairs_init(struct pairs *p)
{
	memset(p, 0, sizeof *p);
	p->room = 1 << 16;
	p->list = big_alloc(p->room, sizeof *p->list);
}

void pairs_of_rule(struct tables *t, const struct settings *s, unsigned rule, uint8_t **capped,
		   struct pairs *out)
{
	struct maker m;

	maker_open(&m, t, s, 1);
	m.out = out;
	for (unsigned i = 0; i <= rule; i++) {
		block_ready(t, &s->rules[i], &m.ready[i]);
		m.capped[i] = i < rule ? capped[i] : NULL;
	}
	make_rule(&m, rule);
	capped[rule] = m.capped[rule];
	memset(m.capped, 0, sizeof m.capped);
	maker_close(&m);
	pairs_scratch_done(t);
}

enum status pairs_make(struct call *c, struct tables *t, const struct settings *s, unsigned threads,
		       struct pairs *out)
{
	struct maker m;
	bool repeats = false;

	pairs_init(out);
	maker_open(&m, t, s, threads);
	m.out = out;
	for (unsigned i = 0; i < s->rule_count; i++) {
		size_t before = out->count;
		block_ready(t, &s->rules[i], &m.ready[i]);
		repeats |= s->rules[i].parts[0].kind == PART_TOKEN;
		if (s->rules[i].parts[0].kind == PART_TOKEN)
			out->whole_rule[i] = token_pairs(&m, i, &s->rules[i]);
		else
			make_rule(&m, i);
		out->by_rule[i] = (int64_t)(out->count - before);
	}
	if (out->capped_count || repeats)
		pairs_unique(out, 0);
	maker_close(&m);
	pairs_scratch_done(t);
	if (out->count >= UINT32_MAX) {
		pairs_done(out);
		return fail(c, ST_TOO_LARGE, "rule",
			    "the rules make more than 4294967294 pairs; see --suggest");
	}
	return ST_OK;
}

void pairs_done(struct pairs *p)
{
	big_free(p->list, p->room, sizeof *p->list);
	free(p->capped);
	memset(p, 0, sizeof *p);
}

double pairs_possible(const struct tables *t, const struct settings *s)
{
	double n = t->records, all = n * (n - 1) / 2, within = 0;
	for (unsigned i = 0; i < t->sources; i++) {
		double k = t->first[i + 1] - t->first[i];
		within += k * (k - 1) / 2;
	}
	return (s->link_within ? within : 0) + (s->link_across ? all - within : 0);
}
