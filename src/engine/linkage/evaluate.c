/* SPDX-License-Identifier: Apache-2.0 */
/* Precision, recall and F1 against a truth that is known, of pairs and of clusters, at the default
 * threshold and at the best one. */
#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include "engine/linkage/csv.h"
#include "engine/linkage/linkage_private.h"

/* --- the truth --- */

static void truth_from_column(struct tables *t, unsigned column)
{
	const struct column *k = &t->columns[column];
	t->truth = big_alloc(t->records, sizeof *t->truth);
	for (uint32_t i = 0; i < t->records; i++)
		t->truth[i] = k->raw[i];
}

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/* Reads pairs: the first id is one of the first table, the second of the last. Where a verdict stands
 * behind them, those that are different are none. */
static enum status read_pairs(struct call *c, const char *path, struct csv *r, struct tables *t,
			      const struct id_index *left, const struct id_index *right)
{
	struct csv_field fields[CSV_FIELDS_MAX];
	unsigned count;
	bool same = true;
	enum status st = csv_next(c, r, fields, &count);
	bool judged = !st && verdict_column(fields, count);

	while (!st && !(st = csv_next(c, r, fields, &count)) && count) {
		if (count < 2)
			return fail(c, ST_BAD_INPUT, "truth", "%s, line %lld: fewer than two ids",
				    path, (long long)r->line);
		uint32_t a, b;
		bool first = ids_find(left, &fields[0], &a);
		if (!first || !ids_find(right, &fields[1], &b))
			return fail(c, ST_BAD_INPUT, "truth",
				    "%s, line %lld: the %s id is of no record", path,
				    (long long)r->line, first ? "second" : "first");
		if (judged && count < 3)
			return fail(c, ST_BAD_INPUT, "truth", "%s, line %lld: has no verdict", path,
				    (long long)r->line);
		if (judged && (st = verdict_read(c, r, &fields[2], &same)) != ST_OK)
			return st;
		if (!same)
			continue;
		a = root_of(t->truth, a), b = root_of(t->truth, b);
		t->truth[a < b ? b : a] = a < b ? a : b;
	}
	return st;
}

static enum status truth_from_file(struct call *c, const char *path, struct tables *t)
{
	FILE *f = fopen(path, "re");
	struct stat s;
	struct id_index left, right;
	struct csv r;

	if (!f || fstat(fileno(f), &s) || s.st_size == 0) {
		if (f)
			fclose(f);
		return fail(c, ST_NOT_FOUND, "truth",
			    "%s is neither a column of the first table nor a file that can be read",
			    path);
	}
	size_t size = (size_t)s.st_size;
	char *data = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fileno(f), 0);
	fclose(f);
	if (data == MAP_FAILED)
		return fail(c, ST_NOT_FOUND, "truth", "cannot map %s", path);
	ids_index(t, 0, &left);
	ids_index(t, t->sources - 1, &right);
	t->truth = big_alloc(t->records, sizeof *t->truth);
	for (uint32_t i = 0; i < t->records; i++)
		t->truth[i] = i;
	csv_init(&r, path, data, size, 0);
	enum status st = read_pairs(c, path, &r, t, &left, &right);
	for (uint32_t i = 0; i < t->records; i++)
		t->truth[i] = root_of(t->truth, i);
	for (uint32_t i = 0; i < t->records; i++)
		t->truth[i]++; /* 0 means not known */
	munmap(data, size);
	ids_done(&left);
	ids_done(&right);
	return st;
}

enum status truth_read(struct call *c, const struct linkage_ask *ask, struct tables *t)
{
	int column = ask->truth ? tables_column(t, ask->truth) : -1;

	if (!ask->truth)
		return ST_OK;
	if (column < 0)
		return truth_from_file(c, ask->truth, t);
	truth_from_column(t, (unsigned)column);
	return ST_OK;
}

/* --- measures --- */

static bool counts(const struct tables *t, const struct settings *s, uint32_t l, uint32_t r)
{
	if (s->link_within && s->link_across)
		return true;
	return (source_of(t, l) == source_of(t, r)) == s->link_within;
}

static bool same(const struct tables *t, uint32_t l, uint32_t r)
{
	return t->truth[l] && t->truth[l] == t->truth[r];
}

int number_order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

static int64_t true_pairs(const struct tables *t, const struct settings *s)
{
	uint64_t *keys = big_alloc(t->records, sizeof *keys);
	int64_t total = 0;

	for (uint32_t i = 0; i < t->records; i++)
		keys[i] = (uint64_t)t->truth[i] << 32 | i;
	qsort(keys, t->records, sizeof *keys, number_order);
	for (uint32_t i = 0; i < t->records;) {
		uint32_t end = i, of[SOURCES_MAX] = { 0 };
		int64_t within = 0, n;
		while (end < t->records && keys[end] >> 32 == keys[i] >> 32)
			of[source_of(t, (uint32_t)keys[end++])]++;
		n = end - i;
		for (unsigned k = 0; k < t->sources; k++)
			within += (int64_t)of[k] * ((int64_t)of[k] - 1) / 2;
		if (keys[i] >> 32)
			total += (s->link_within ? within : 0) +
				 (s->link_across ? n * (n - 1) / 2 - within : 0);
		i = end;
	}
	big_free(keys, t->records, sizeof *keys);
	return total;
}

static struct quality quality_of(double threshold, int64_t hits, int64_t found, int64_t all)
{
	struct quality q = { threshold, found ? (double)hits / (double)found : 0,
			     all ? (double)hits / (double)all : 0, 0 };
	if (hits)
		q.f1 = 2 * q.precision * q.recall / (q.precision + q.recall);
	return q;
}

/* One step down the weights: what is better than before, and what holds at the default. */
static void step(struct quality *at_default, struct quality *best, double default_weight,
		 struct quality now)
{
	if (now.threshold >= default_weight)
		*at_default = now;
	if (now.f1 > best->f1)
		*best = now;
}

struct judged {
	float weight;
	uint32_t match;
};

static int by_weight(const void *a, const void *b)
{
	const struct judged *x = a, *y = b;
	return (x->weight < y->weight) - (x->weight > y->weight);
}

static void judge_pairs(const struct tables *t, const struct settings *s, const struct pairs *p,
			const float *weights, struct evaluation *out)
{
	struct judged *judged = big_alloc(p->count, sizeof *judged);
	double at = log2(s->link_threshold / (1 - s->link_threshold));
	int64_t hits = 0;

	for (size_t i = 0; i < p->count; i++) {
		judged[i].weight = weights[i];
		judged[i].match = same(t, p->list[i].l, p->list[i].r);
		out->reached += judged[i].match;
	}
	qsort(judged, p->count, sizeof *judged, by_weight);
	for (size_t i = 0; i < p->count; i++) {
		hits += judged[i].match;
		if (i + 1 < p->count && judged[i + 1].weight >= judged[i].weight)
			continue;
		step(&out->pairs_default, &out->pairs_best, at,
		     quality_of((double)judged[i].weight, hits, (int64_t)i + 1, out->true_pairs));
	}
	big_free(judged, p->count, sizeof *judged);
}

/* Follows the merges with lists of members. */
static void judge_clusters(const struct tables *t, const struct settings *s,
			   const struct clusters *c, struct evaluation *out)
{
	uint32_t *root = big_alloc(t->records, sizeof *root);
	uint32_t *next = big_alloc(t->records, sizeof *next), *last = big_alloc(t->records, 4);
	double at = log2(s->cluster_threshold / (1 - s->cluster_threshold));
	int64_t hits = 0, found = 0;

	for (uint32_t i = 0; i < t->records; i++)
		root[i] = last[i] = i, next[i] = UINT32_MAX;
	for (size_t m = 0; m < c->merge_count; m++) {
		uint32_t a = root_of(root, c->merges[m].a), b = root_of(root, c->merges[m].b);
		uint32_t top = a < b ? a : b, under = a < b ? b : a;
		for (uint32_t x = a; x != UINT32_MAX; x = next[x])
			for (uint32_t y = b; y != UINT32_MAX; y = next[y])
				if (counts(t, s, x, y)) {
					found++;
					hits += same(t, x, y);
				}
		root[under] = top;
		next[last[top]] = under;
		last[top] = last[under];
		if (m + 1 < c->merge_count && c->merges[m + 1].weight >= c->merges[m].weight)
			continue;
		step(&out->clusters_default, &out->clusters_best, at,
		     quality_of((double)c->merges[m].weight, hits, found, out->true_pairs));
	}
	big_free(root, t->records, sizeof *root);
	big_free(next, t->records, sizeof *next);
	big_free(last, t->records, sizeof *last);
}

void evaluate(const struct tables *t, const struct settings *s, const struct pairs *p,
	      const float *weights, const struct clusters *clusters, struct evaluation *out)
{
	memset(out, 0, sizeof *out);
	out->true_pairs = true_pairs(t, s);
	judge_pairs(t, s, p, weights, out);
	judge_clusters(t, s, clusters, out);
}
