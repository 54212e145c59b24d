/* SPDX-License-Identifier: Apache-2.0 */
/* Links join clusters, strongest first, unless a guard or a person's verdict forbids it; so a cluster over
 * the size cap lacks its weakest bridges. The merges in their order are a forest that answers for any threshold. */
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/linkage_private.h"

struct joining {
	const struct tables *t;
	const struct settings *s;
	uint32_t *parent, *size;
	uint64_t *sources;    /* of a root: a bit each; NULL: not asked for */
	uint64_t *identities; /* of a root: 0 none; NULL: no record has one */
	/* What people put apart: of a root a list of records that its records are not, from 1 on. NULL:
	 * nothing is apart. */
	uint32_t *apart, *apart_last;
	struct apart *entries;
	size_t entry_count;
};
struct apart {
	uint32_t other, next;
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
	return pair_order((struct pair){ x->l, x->r }, (struct pair){ y->l, y->r });
}

double edges_from(const struct settings *s)
{
	return fmin(LOWEST, log2(s->link_threshold / (1 - s->link_threshold)));
}

/* --- what people put apart --- */

static void put_apart(struct joining *j, uint32_t record, uint32_t other)
{
	uint32_t entry = (uint32_t)++j->entry_count;

	j->entries[entry] = (struct apart){ other, j->apart[record] };
	j->apart[record] = entry;
	if (!j->apart_last[record])
		j->apart_last[record] = entry;
}

static void begin_apart(struct joining *j, const struct judgements *judged)
{
	size_t count = 0;

	for (size_t i = 0; i < judged->count; i++)
		count += !judged->list[i].same;
	if (!count)
		return;
	j->apart = big_alloc(j->t->records, sizeof *j->apart);
	j->apart_last = big_alloc(j->t->records, sizeof *j->apart_last);
	j->entries = big_alloc(2 * judged->count + 1, sizeof *j->entries);
	for (size_t i = 0; i < judged->count; i++)
		if (!judged->list[i].same) {
			put_apart(j, judged->list[i].pair.l, judged->list[i].pair.r);
			put_apart(j, judged->list[i].pair.r, judged->list[i].pair.l);
		}
}

static bool are_apart(struct joining *j, uint32_t a, uint32_t b)
{
	uint32_t less = j->size[a] < j->size[b] ? a : b, more = less == a ? b : a;

	for (uint32_t e = j->apart ? j->apart[less] : 0; e; e = j->entries[e].next)
		if (root_of(j->parent, j->entries[e].other) == more)
			return true;
	return false;
}

/* --- joining --- */

static void unite(struct joining *j, uint32_t a, uint32_t b)
{
	uint32_t top = a < b ? a : b, under = a < b ? b : a;

	j->parent[under] = top;
	j->size[top] += j->size[under];
	if (j->sources)
		j->sources[top] |= j->sources[under];
	if (j->identities && !j->identities[top])
		j->identities[top] = j->identities[under];
	if (!j->apart || !j->apart[under])
		return;
	j->entries[j->apart_last[under]].next = j->apart[top];
	j->apart[top] = j->apart[under];
	if (!j->apart_last[top])
		j->apart_last[top] = j->apart_last[under];
}

/* Joins two roots unless a guard counts itself. */
static bool join(struct joining *j, uint32_t a, uint32_t b, struct clusters *out)
{
	if (are_apart(j, a, b)) {
		out->refused_judged++;
		return false;
	}
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
	unite(j, a, b);
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

/* Guards know less than people do; only other people's verdicts stand against one. */
static void join_judged(struct joining *j, const struct judgements *judged, struct clusters *out)
{
	for (size_t i = 0; i < judged->count; i++) {
		struct pair pair = judged->list[i].pair;
		uint32_t a = root_of(j->parent, pair.l), b = root_of(j->parent, pair.r);
		if (!judged->list[i].same || a == b)
			continue;
		if (are_apart(j, a, b)) {
			out->refused_judged++;
			continue;
		}
		unite(j, a, b);
		add_merge(out, &(struct edge){ JUDGED_WEIGHT, pair.l, pair.r });
	}
}

void clusters_join(const struct tables *t, const struct settings *s, uint64_t *identities,
		   const struct judgements *judged, next_edge_fn *next, void *from,
		   struct clusters *out)
{
	struct joining j = { .t = t, .s = s, .identities = identities };
	struct edge e;

	memset(out, 0, sizeof *out);
	begin(&j);
	begin_apart(&j, judged);
	join_judged(&j, judged, out);
	while (next(from, &e) && e.weight >= LOWEST) {
		uint32_t a = root_of(j.parent, e.l), b = root_of(j.parent, e.r);
		if (a != b && join(&j, a, b, out))
			add_merge(out, &e);
	}
	big_free(j.size, t->records, sizeof *j.size);
	big_free(j.sources, t->records, sizeof *j.sources);
	if (j.apart) {
		big_free(j.apart, t->records, sizeof *j.apart);
		big_free(j.apart_last, t->records, sizeof *j.apart_last);
		big_free(j.entries, 2 * judged->count + 1, sizeof *j.entries);
	}
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
