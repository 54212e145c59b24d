/* SPDX-License-Identifier: Apache-2.0 */
/* Clerical review: the pairs between two thresholds that a person should look at, those nearest to where
 * clusters are joined first, each with the waterfall of its weights, as JSON lines in review.jsonl. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include "base/json.h"
#include "engine/linkage/linkage_private.h"

struct doubt {
	uint64_t clusters; /* that the pair would join; of one that has joined: UINT64_MAX */
	uint32_t l, r;
	float weight;
	double distance;
};

struct doubts {
	struct doubt *list;
	size_t count, room;
	double low, high, joined; /* weights */
};

static void add(struct doubts *d, uint64_t clusters, uint32_t l, uint32_t r, float weight)
{
	if (d->count == d->room) {
		size_t room = d->room ? d->room * 2 : 4096;
		d->list = big_grow(d->list, d->room, room, sizeof *d->list);
		d->room = room;
	}
	d->list[d->count++] = (struct doubt){ clusters, l < r ? l : r, l < r ? r : l, weight,
					      fabs((double)weight - d->joined) };
}

static int by_records(const struct doubt *x, const struct doubt *y)
{
	return pair_order((struct pair){ x->l, x->r }, (struct pair){ y->l, y->r });
}

static int by_clusters(const void *a, const void *b)
{
	const struct doubt *x = a, *y = b;
	if (x->clusters != y->clusters)
		return x->clusters < y->clusters ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return by_records(x, y);
}

static int by_distance(const void *a, const void *b)
{
	const struct doubt *x = a, *y = b;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return by_records(x, y);
}

static bool between(const struct doubts *d, float weight)
{
	return (double)weight >= d->low && (double)weight < d->high;
}

/* What is asked: whether a link that joined clusters should have, and of two clusters that stand apart
 * the strongest pair, since one verdict says it of both. */
static void collect(const struct run *run, struct doubts *d)
{
	const struct clusters *k = &run->clusters;

	for (size_t i = 0; i < k->merge_count; i++) {
		const struct merge *m = &k->merges[i];
		if ((double)m->weight >= d->joined && between(d, m->weight))
			add(d, UINT64_MAX, m->a, m->b, m->weight);
	}
	for (size_t i = 0; i < run->pairs.count; i++) {
		uint32_t l = run->pairs.list[i].l, r = run->pairs.list[i].r;
		uint32_t a = k->of[l], b = k->of[r];
		if (a == b || !between(d, run->weights[i]) || judged_known(&run->judged, l, r))
			continue;
		add(d, a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a, l, r,
		    run->weights[i]);
	}
	size_t n = 0;
	if (d->count)
		qsort(d->list, d->count, sizeof *d->list, by_clusters);
	for (size_t i = 0; i < d->count; i++)
		if (!n || d->list[i].clusters == UINT64_MAX ||
		    d->list[i].clusters != d->list[n - 1].clusters)
			d->list[n++] = d->list[i];
	d->count = n;
}

/* Clusters that a person has put apart are not asked for again by another pair of theirs. */
static void drop_judged(const struct run *run, struct doubts *d)
{
	uint64_t *apart = big_alloc(run->judged.count, sizeof *apart);
	size_t count = 0, n = 0;

	for (size_t i = 0; i < run->judged.count; i++) {
		const struct judged_pair *j = &run->judged.list[i];
		uint32_t a = run->clusters.of[j->pair.l], b = run->clusters.of[j->pair.r];
		if (!j->same && a != b)
			apart[count++] = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
	}
	if (count)
		qsort(apart, count, sizeof *apart, number_order);
	for (size_t i = 0; i < d->count; i++)
		if (!count ||
		    !bsearch(&d->list[i].clusters, apart, count, sizeof *apart, number_order))
			d->list[n++] = d->list[i];
	d->count = n;
	big_free(apart, run->judged.count, sizeof *apart);
}

enum status review_write(struct run *run)
{
	const struct settings *s = &run->settings;
	struct doubts d = { .low = log2(s->review_low / (1 - s->review_low)),
			    .high = log2(s->review_high / (1 - s->review_high)),
			    .joined = log2(s->cluster_threshold / (1 - s->cluster_threshold)) };
	struct buf text = { .arena = run->c->arena };
	const char *path = arena_printf(run->c->arena, "%s/review.jsonl", run->ask->out);

	if (s->review_high <= 0)
		return ST_OK;
	FILE *f = fopen(path, "we");
	if (!f)
		return fail(run->c, ST_BAD_INPUT, "out", "cannot write %s: %s", path,
			    strerror(errno));
	collect(run, &d);
	drop_judged(run, &d);
	if (d.count)
		qsort(d.list, d.count, sizeof *d.list, by_distance);
	struct memo *memo = memo_new();
	for (size_t i = 0; i < d.count && i < (size_t)s->review_max; i++) {
		struct json_out j = json_to(&text);
		text.size = 0;
		waterfall_write(run, memo, d.list[i].l, d.list[i].r, &j);
		buf_char(&text, '\n');
		fwrite(text.data, 1, text.size, f);
	}
	memo_end(memo);
	if (d.list)
		big_free(d.list, d.room, sizeof *d.list);
	bool bad = ferror(f) != 0;
	bad |= fclose(f) != 0;
	return bad ? fail(run->c, ST_INTERNAL, "out", "cannot write all of %s", path) : ST_OK;
}
