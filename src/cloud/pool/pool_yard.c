/* SPDX-License-Identifier: Apache-2.0 */
/* The yard's arithmetic: what a slot could still hold, and what one more server takes away of that. */
#include <math.h>
#include <string.h>
#include "base/text.h"
#include "cloud/pool/pool_yard.h"

/* When so many asks were counted all counts are halved: what a city asks for changes. */
enum { ASKED_MAX = 4096 };
static const double BEST_FIT = 0.1;

/* --- what is asked for --- */

/* Weights lag a little behind the counts: costs stay valid until the next reading of all slots. */
static void weigh(struct yard *y)
{
	for (size_t i = 0; i < y->shapes_count; i++) {
		struct yard_shape *s = &y->shapes[i];
		double size = (double)s->vcpus / y->total[0] + (double)s->memory_mb / y->total[1] +
			      (double)s->disk_gb / y->total[2];
		s->weight = size * sqrt((double)s->asked / (double)y->asked);
	}
	y->weighing++;
}

static struct yard_shape *shape_of(struct yard *y, int64_t vcpus, int64_t memory_mb,
				   int64_t disk_gb)
{
	for (size_t i = 0; i < y->shapes_count; i++) {
		struct yard_shape *s = &y->shapes[i];
		if (s->vcpus == vcpus && s->memory_mb == memory_mb && s->disk_gb == disk_gb)
			return s;
	}
	return NULL;
}

static void halve(struct yard *y)
{
	y->asked = 0;
	for (size_t i = 0; i < y->shapes_count; i++) {
		y->shapes[i].asked = (y->shapes[i].asked + 1) / 2;
		y->asked += y->shapes[i].asked;
	}
}

static struct yard_shape *rarest(struct yard *y)
{
	struct yard_shape *s = &y->shapes[0];
	for (size_t i = 1; i < y->shapes_count; i++)
		if (y->shapes[i].asked < s->asked)
			s = &y->shapes[i];
	return s;
}

static void count_shape(struct yard *y, int64_t vcpus, int64_t memory_mb, int64_t disk_gb,
			int64_t times)
{
	struct yard_shape *s = shape_of(y, vcpus, memory_mb, disk_gb);
	if (!s) {
		s = y->shapes_count < YARD_SHAPES ? &y->shapes[y->shapes_count++] : rarest(y);
		y->asked -= s->asked;
		*s = (struct yard_shape){ vcpus, memory_mb, disk_gb, 0, 0 };
		y->asked += times;
		s->asked = times;
		if (y->count)
			weigh(y);
		return;
	}
	s->asked += times;
	y->asked += times;
	if (y->asked > ASKED_MAX)
		halve(y);
}

void yard_asked(struct yard *y, const struct pool_ask *ask)
{
	count_shape(y, ask->vcpus, ask->memory_mb, ask->disk_gb, 1);
}

void yard_learn(struct yard *y, const struct pool_shape_row *list, size_t count)
{
	/* A long history weighs as much as the asks that it takes to forget it. */
	int64_t sum = 1;
	for (size_t i = 0; i < count; i++)
		sum += list[i].count;
	for (size_t i = 0; i < count && i < YARD_SHAPES; i++)
		count_shape(y, list[i].vcpus, list[i].memory_mb, list[i].disk_gb,
			    1 + list[i].count * (ASKED_MAX / 4) / sum);
}

/* --- slots --- */

static void measure(struct yard_slot *s)
{
	s->left = pool_slot_left(&s->slot);
	memset(s->known, 0, sizeof(s->known));
}

static const char *word_of(struct arena *a, const char *s)
{
	return s ? arena_strdup(a, s) : NULL;
}

/* What changes often; texts stay. */
static void take_numbers(struct yard_slot *s, const struct pool_slot *from)
{
	struct pool_host row = *from->host;
	row.id = s->row.id;
	row.name = s->row.name;
	row.zone = s->row.zone;
	row.disabled = row.disabled ? "disabled" : NULL;
	row.uri = row.engine = row.cpu = row.accelerator = row.accelerator_why = row.boot_id = "";
	s->row = row;
	s->slot.share = from->share;
	s->slot.used = from->used;
	measure(s);
}

static void take_slot(struct arena *a, struct yard_slot *s, const struct pool_slot *from)
{
	s->row = (struct pool_host){ .id = word_of(a, from->host->id),
				     .name = word_of(a, from->host->name),
				     .zone = word_of(a, from->host->zone) };
	s->slot = (struct pool_slot){ .host = &s->row, .zone = word_of(a, from->zone) };
	if (from->pool) {
		s->pool = (struct pool_aggregate){ .id = word_of(a, from->pool->id),
						   .name = word_of(a, from->pool->name),
						   .zone = s->slot.zone };
		s->slot.pool = &s->pool;
	}
	take_numbers(s, from);
}

void yard_fill(struct yard *y, const struct pool_slot *list, size_t count, int64_t now)
{
	arena_end(&y->arena);
	y->arena = arena_new();
	y->slots = arena_array(y->arena, count + 1, sizeof(*y->slots));
	y->count = count;
	y->total[0] = y->total[1] = y->total[2] = 1; /* none of them divides by nothing */
	for (size_t i = 0; i < count; i++) {
		take_slot(y->arena, &y->slots[i], &list[i]);
		struct pool_room room = pool_slot_room(&y->slots[i].slot);
		y->total[0] += (double)room.vcpus;
		y->total[1] += (double)room.memory_mb;
		y->total[2] += (double)room.disk_gb;
	}
	y->read_at = now;
	y->marks_count = 0;
	weigh(y);
}

static bool same(const struct yard_slot *s, const struct pool_slot *from)
{
	return str_eq(s->row.name, from->host->name) && str_eq(s->slot.zone, from->zone) &&
	       pool_slot_is_of(&s->slot, from->pool ? from->pool->id : NULL);
}

void yard_put(struct yard *y, const char *host_id, const struct pool_slot *list, size_t count)
{
	size_t there = 0, put = 0;
	for (size_t i = 0; i < y->count; i++) {
		struct yard_slot *s = &y->slots[i];
		if (!str_eq(s->row.id, host_id))
			continue;
		there++;
		for (size_t k = 0; k < count; k++)
			if (same(s, &list[k])) {
				take_numbers(s, &list[k]);
				put++;
			}
	}
	if (there != count || put != count)
		y->read_at = 0;
}

/* --- choosing --- */

static int64_t times(int64_t left, int64_t each)
{
	return each > 0 ? left / each : INT64_MAX;
}

/* How many servers of the shape fit into what is left. */
static int64_t holds(const struct yard_shape *s, int64_t host_vcpus, int64_t vcpus,
		     int64_t memory_mb, int64_t disk_gb)
{
	if (s->vcpus > host_vcpus || vcpus < 0 || memory_mb < 0 || disk_gb < 0)
		return 0;
	int64_t n = times(vcpus, s->vcpus), m = times(memory_mb, s->memory_mb),
		d = times(disk_gb, s->disk_gb);
	n = n < m ? n : m;
	return n < d ? n : d;
}

static double cost_of(const struct yard *y, const struct yard_slot *h, int64_t vcpus,
		      int64_t memory_mb, int64_t disk_gb)
{
	int64_t v = h->left.vcpus - vcpus, m = h->left.memory_mb - memory_mb,
		d = h->left.disk_gb - disk_gb;
	double cost = BEST_FIT *
		      ((double)v / y->total[0] + (double)m / y->total[1] + (double)d / y->total[2]);
	for (size_t i = 0; i < y->shapes_count; i++) {
		const struct yard_shape *s = &y->shapes[i];
		int64_t before =
			holds(s, h->row.vcpus, h->left.vcpus, h->left.memory_mb, h->left.disk_gb);
		if (before)
			cost += s->weight * (double)(before - holds(s, h->row.vcpus, v, m, d));
	}
	return cost;
}

static double cost(struct yard *y, struct yard_slot *h, const struct pool_ask *ask,
		   const struct yard_shape *s)
{
	if (y->spread)
		return -(double)h->left.memory_mb;
	if (!s)
		return cost_of(y, h, ask->vcpus, ask->memory_mb, ask->disk_gb);
	size_t i = (size_t)(s - y->shapes);
	if (h->known[i] != y->weighing) {
		h->cost[i] = cost_of(y, h, s->vcpus, s->memory_mb, s->disk_gb);
		h->known[i] = y->weighing;
	}
	return h->cost[i];
}

const struct pool_slot *yard_choose(struct yard *y, const struct pool_ask *ask,
				    const struct pool_reach *reach)
{
	const struct yard_shape *shape = shape_of(y, ask->vcpus, ask->memory_mb, ask->disk_gb);
	const struct pool_slot *best = NULL;
	bool best_suits = false;
	double best_cost = 0;
	for (size_t i = 0; i < y->count; i++) {
		struct yard_slot *s = &y->slots[i];
		/* The commonest reason comes first: it costs no look at texts. */
		if (ask->vcpus > s->left.vcpus || ask->memory_mb > s->left.memory_mb ||
		    ask->disk_gb > s->left.disk_gb || !pool_may_take(&s->slot, ask, reach))
			continue;
		bool good = pool_suits(&s->row, ask);
		if (best && good < best_suits)
			continue;
		double price = cost(y, s, ask, shape);
		if (!best || good > best_suits || price < best_cost) {
			best = &s->slot;
			best_suits = good;
			best_cost = price;
		}
	}
	return best;
}

void yard_done(struct yard *y)
{
	arena_end(&y->arena);
	*y = (struct yard){ 0 };
}
