/* SPDX-License-Identifier: Apache-2.0 */
/* Links join clusters, strongest first, unless a guard forbids it; so a cluster over the size cap lacks
 * its weakest bridges. The merges in their order are a forest that answers for any threshold. */
#include <math.h>
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

int edge_order(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;
	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	if (x->l != y->l)
		return x->l > y->l ? 1 : -1;
	return (x->r > y->r) - (x->r < y->r);
}

double edges_from(const struct settings *s)
{
	return fmin(LOWEST, log2(s->link_threshold / (1 - s->link_threshold)));
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

static void begin(struct joining *j)
{
	uint32_t n = j->t->records;

	j->parent = big_alloc(n, sizeof *j->parent);
	j->size = big_alloc(n, sizeof *j->size);
	if (j->s->one_to_one)
		j->sources = big_alloc(n, sizeof *j->sources);
	for (uint32_t i = 0; i < n; i++) {
		j->parent[i] = i;
		j->size[i] = 1;
		if (j->sources)
			j->sources[i] = 1ull << source_of(j->t, i);
	}
}

static void add_merge(struct clusters *c, const struct edge *e)
{
	if (c->merge_count == c->merge_room) {
		size_t room = c->merge_room * 2 + (1 << 16);
		c->merges = big_grow(c->merges, c->merge_room, room, sizeof *c->merges);
		c->merge_room = room;
	}
	c->merges[c->merge_count++] = (struct merge){ e->l, e->r, e->weight };
}

void clusters_join(const struct tables *t, const struct settings *s, uint64_t *identities,
		   next_edge_fn *next, void *from, struct clusters *out)
{
	struct joining j = { .t = t, .s = s, .identities = identities };
	struct edge e;

	memset(out, 0, sizeof *out);
	begin(&j);
	while (next(from, &e) && e.weight >= LOWEST) {
		uint32_t a = root_of(j.parent, e.l), b = root_of(j.parent, e.r);
		if (a != b && join(&j, a, b, out))
			add_merge(out, &e);
	}
	big_free(j.size, t->records, sizeof *j.size);
	big_free(j.sources, t->records, sizeof *j.sources);
	out->of = j.parent; /* clusters_at() fills it anew */
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
	big_free(c->merges, c->merge_room, sizeof *c->merges);
	memset(c, 0, sizeof *c);
}
