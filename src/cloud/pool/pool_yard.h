/* SPDX-License-Identifier: Apache-2.0 */
/* The yard: all slots (a host within a pool, or a host in none) as they were read last, in memory, with
 * what each placement would cost the rest.
 *
 * It is a hint. Whoever chooses by it reads the slots of the chosen host in the transaction and puts them
 * back here, so a host that another process changed, or whose change was undone, costs a second look and
 * never a promise too many. What this process changes is marked and read again before the next choice.
 *
 * The cost of a slot for an ask: what is commonly asked for is known by size and frequency; the cost is
 * how many of each it would hold no more, each weighed by its size and the root of its share. A slot
 * whose odd remainder nobody else can use costs least, one that could still hold a large server most.
 * This is the measure of fragmentation of Weng et al., Beware of Fragmentation (USENIX ATC 2023), counted
 * in whole servers; a tenth of best-fit decides among equals. bench/placement measures it. */
#ifndef CLOUD_POOL_POOL_YARD_H
#define CLOUD_POOL_POOL_YARD_H

#include "cloud/pool/pool_private.h"

enum { YARD_SHAPES = 24, YARD_MARKS = 8 };

/* What is asked for: sizes that differ in nothing. */
struct yard_shape {
	int64_t vcpus, memory_mb, disk_gb;
	int64_t asked; /* how often, lately */
	double weight;
};

struct yard_slot {
	struct pool_slot slot; /* of 'row' and 'pool', or of no pool */
	struct pool_host row;
	struct pool_aggregate pool;
	struct pool_room left;
	/* What one more of each shape costs; valid where known[] is the yard's weighing. */
	double cost[YARD_SHAPES];
	uint32_t known[YARD_SHAPES];
};

struct yard {
	struct arena *arena; /* of slots and their texts; replaced when all are read */
	struct yard_slot *slots;
	size_t count;
	struct yard_shape shapes[YARD_SHAPES];
	size_t shapes_count;
	int64_t asked;   /* sum of the shapes' */
	double total[3]; /* promisable in all slots: vCPUs, MB, GB */
	uint32_t weighing;
	int64_t read_at;            /* monotonic; 0: everything must be read */
	char marks[YARD_MARKS][40]; /* ids of hosts whose slots are read before the next choice */
	size_t marks_count;
	bool spread; /* the slot with the most memory left instead */
};

/* Learns what was asked for before; several shapes, the commonest first. */
void yard_learn(struct yard *y, const struct pool_shape_row *list, size_t count);
/* Counts one more ask. */
void yard_asked(struct yard *y, const struct pool_ask *ask);
/* Takes all slots over; texts are copied. */
void yard_fill(struct yard *y, const struct pool_slot *list, size_t count, int64_t now);
/* Takes the slots of one host over; when they differ in more than numbers, all must be read. */
void yard_put(struct yard *y, const char *host_id, const struct pool_slot *list, size_t count);
/* The cheapest slot that may take it, or NULL: none, as far as the yard knows. */
const struct pool_slot *yard_choose(struct yard *y, const struct pool_ask *ask,
				    const struct pool_reach *reach);
void yard_done(struct yard *y);

#endif
