/* SPDX-License-Identifier: Apache-2.0 */
/* The keys by which block.c finds pairs: what block_keys.c makes and both ask of lines. */
#ifndef LINKAGE_BLOCK_PRIVATE_H
#define LINKAGE_BLOCK_PRIVATE_H

#include "engine/linkage/linkage_private.h"

/* A sorted key: bits of the hash above the record. */
#define KEY_SHIFT 31
#define KEY_BITS (64 - KEY_SHIFT)
#define RECORD_MASK ((1ull << KEY_SHIFT) - 1)

/* A part of a rule, ready to be asked of lines. */
struct ready_part {
	enum part_kind kind;
	unsigned place, other;
	uint32_t *derived; /* of each value; 0: it has no such part */
	uint64_t *hashes, *other_hashes;
	uint32_t values, other_values;
};

struct ready_rule {
	struct ready_part parts[PARTS_MAX];
	unsigned count;
};

/* What a record has of a part; 0: nothing. */
static inline uint64_t part_value(const struct ready_part *p, const uint32_t *line)
{
	uint32_t v = line[p->place];
	if (p->kind == PART_WHOLE)
		return v;
	if (p->kind == PART_EITHER) {
		uint64_t a = p->hashes[v], b = p->other_hashes[line[p->other]];
		return a && b ? a + b : 0;
	}
	return p->derived[v];
}

static inline uint64_t rule_key(const struct ready_rule *r, const uint32_t *line)
{
	uint64_t key = 0x9E3779B97F4A7C15ull;
	for (unsigned i = 0; i < r->count; i++) {
		uint64_t v = part_value(&r->parts[i], line);
		if (!v)
			return 0;
		key = mix(key ^ v) + i;
	}
	return key | 1;
}

static inline bool satisfied(const struct ready_rule *r, const uint32_t *a, const uint32_t *b)
{
	if (r->parts[0].kind == PART_TOKEN)
		return false;
	for (unsigned i = 0; i < r->count; i++) {
		uint64_t v = part_value(&r->parts[i], a);
		if (!v || v != part_value(&r->parts[i], b))
			return false;
	}
	return true;
}

/* What the rule asks of lines, made once of each distinct value. Owner: the caller, who gives it to
 * block_rule_done(). */
void block_ready(const struct tables *t, const struct rule *rule, struct ready_rule *out);
void block_rule_done(struct ready_rule *r);
/* Room for one rule's keys in the tables, until pairs_scratch_done(). */
void block_scratch(struct tables *t);

/* The keys of one rule by their top bits, in t->spare_keys; a share is ready by itself, so that threads can take
 * them. */
struct key_shares {
	struct tables *t;
	unsigned bits;   /* the top ones, by which a key has its share */
	size_t count;    /* shares */
	uint32_t *begin; /* of each share, and their end */
};

/* Makes the keys of a rule in the room of block_scratch(). Owner: the caller, who ends with key_shares_done() before
 * it makes another rule's. */
void key_shares_make(struct tables *t, const struct ready_rule *r, unsigned threads,
		     struct key_shares *out);
void key_shares_done(struct key_shares *k);
/* Room for share_keys(), of one thread. Owner: the caller, who gives it to sieve_end(). */
uint64_t *sieve_new(const struct key_shares *k) __attribute__((returns_nonnull));
void sieve_end(const struct key_shares *k, uint64_t *sieve);
/* The sorted keys of a share, without most of those that stand alone; gives how many. To be called once a share.
 * '*sorted' is the caller's to change, as long as the shares are. */
size_t share_keys(const struct key_shares *k, size_t share, uint64_t *sieve, uint64_t **sorted);
/* (word, record) for each word of three bytes and more of a column; gives how many, at most 'room' kept. */
size_t token_keys(const struct tables *t, const struct column *k, uint64_t *keys, size_t room);
/* Sorts by the bits from KEY_SHIFT on; equal keys keep their order, which is that of the records. What is sorted is
 * in '*keys' then, perhaps the other of the two. */
void block_sort(uint64_t **keys, uint64_t **spare, size_t count);

#endif
