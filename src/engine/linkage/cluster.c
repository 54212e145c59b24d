/* SPDX-License-Identifier: Apache-2.0 */
/* Links join clusters, strongest first, unless a guard forbids it; so a cluster over the size cap lacks
 * its weakest bridges. The merges in their order are a forest that answers for any threshold. */
#include <stdlib.h>
#include "engine/linkage/linkage_private.h"

struct joining {
	const struct tables *t;
	const struct settings *s;
	uint32_t *parent, *size;
	uint64_t *sources;    /* of a root: a bit each; NULL: not asked for */
	uint64_t *identities; /* of a root: 0 none; NULL: no record has one */
};

static uint32_t root_of(uint32_t *parent, uint32_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

struct edge {
	float weight;
	uint32_t pair;
};

static int by_weight(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (x->pair > y->pair) - (x->pair < y->pair);
}

static struct edge *sort_edges(const float *weights, size_t count, double lowest, size_t *kept)
{
	size_t n = 0;
	for (size_t i = 0; i < count; i++)
		n += (double)weights[i] >= lowest;
	struct edge *edges = big_alloc(n, sizeof *edges);
	*kept = n;
	n = 0;
	for (size_t i = 0; i < count; i++)
		if ((double)weights[i] >= lowest)
			edges[n++] = (struct edge){ weights[i], (uint32_t)i };
	qsort(edges, n, sizeof *edges, by_weight);
	return edges;
}

/* Joins two roots unless a guard counts itself. */
static bool join(struct joining *j, uint32_t a, uint32_t b, struct clusters *out)
{
	if (j->sources && (j->sources[a] & j->sources[b])) {
		out->refused_source++;
		return false;
	}
	if (j->identities && j->identities[a] && j->identities[b] &&
	    j->identities[a] != j->identities[b]) {
		out->refused_conflict++;
		return false;
	}
	if ((int64_t)j->size[a] + j->size[b] > j->s->cluster_max) {
		out->refused_size++;
		return false;
	}
	uint32_t top = a < b ? a : b, under = a < b ? b : a;
	j->parent[under] = top;
	j->size[top] += j->size[under];
	if (j->sources)
		j->sources[top] |= j->sources[under];
	if (j->identities && !j->identities[top])
		j->identities[top] = j->identities[under];
	return true;
}

static void begin(struct joining *j, const struct comparer *k)
{
	uint32_t n = j->t->records;
	j->parent = big_alloc(n, sizeof *j->parent);
	j->size = big_alloc(n, sizeof *j->size);
	if (j->s->one_to_one)
		j->sources = big_alloc(n, sizeof *j->sources);
	for (unsigned i = 0; i < j->s->comparison_count && !j->identities; i++)
		if (j->s->comparisons[i].kind == KIND_CITIZEN)
			j->identities = big_alloc(n, sizeof *j->identities);
	for (uint32_t i = 0; i < n; i++) {
		j->parent[i] = i;
		j->size[i] = 1;
		if (j->sources)
			j->sources[i] = 1ull << source_of(j->t, i);
		if (j->identities)
			j->identities[i] = identity_of(k, i);
	}
}

void clusters_make(struct tables *t, const struct settings *s, const struct comparer *k,
		   const struct pairs *p, const float *weights, double lowest, struct clusters *out)
{
	struct joining j = { .t = t, .s = s };
	size_t count;
	struct edge *edges = sort_edges(weights, p->count, lowest, &count);

	memset(out, 0, sizeof *out);
	begin(&j, k);
	out->merges = big_alloc(t->records, sizeof *out->merges);
	for (size_t i = 0; i < count; i++) {
		struct pair pair = p->list[edges[i].pair];
		uint32_t a = root_of(j.parent, pair.l), b = root_of(j.parent, pair.r);
		if (a != b && join(&j, a, b, out))
			out->merges[out->merge_count++] =
				(struct merge){ pair.l, pair.r, edges[i].weight };
	}
	big_free(edges, count, sizeof *edges);
	big_free(j.parent, t->records, sizeof *j.parent);
	big_free(j.size, t->records, sizeof *j.size);
	big_free(j.sources, t->records, sizeof *j.sources);
	big_free(j.identities, t->records, sizeof *j.identities);
	out->of = big_alloc(t->records, sizeof *out->of);
}

void clusters_at(const struct tables *t, const struct clusters *c, double weight, uint32_t *of)
{
	for (uint32_t i = 0; i < t->records; i++)
		of[i] = i;
	for (size_t i = 0; i < c->merge_count && (double)c->merges[i].weight >= weight; i++) {
		uint32_t a = root_of(of, c->merges[i].a), b = root_of(of, c->merges[i].b);
		of[a < b ? b : a] = a < b ? a : b;
	}
	for (uint32_t i = 0; i < t->records; i++)
		of[i] = root_of(of, i);
}

void clusters_done(struct clusters *c, const struct tables *t)
{
	big_free(c->of, t->records, sizeof *c->of);
	big_free(c->merges, t->records, sizeof *c->merges);
	memset(c, 0, sizeof *c);
}
