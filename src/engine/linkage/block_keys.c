/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a rule: what its parts make of each distinct value, and of all records the keys that occur more than
 * once, sorted by radix. A sorted key is 33 bits of the hash and the record in one number. */
#include "engine/linkage/block_private.h"

#define RADIX_BITS 11
#define SIEVE_BATCH 64 /* records whose places in the sieve are on their way together */

static void derive_part(const struct column *k, const struct part *p, struct ready_part *r)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct buf text = { .arena = a };
	struct dict parts;

	dict_init(&parts);
	r->derived = big_alloc(r->values, sizeof *r->derived);
	for (uint32_t v = 1; v < r->values; v++) {
		text.size = 0;
		if (!part_text(p, dict_text(&k->dict, v), k->dict.values[v].size, &text))
			continue;
		struct dict_text t = { text.data, (uint32_t)text.size };
		dict_add(&parts, &t, 1, &r->derived[v]);
	}
	dict_done(&parts);
}

static uint64_t *hash_values(const struct dict *d)
{
	uint64_t *hashes = big_alloc(d->count, sizeof *hashes);

	for (uint32_t v = 1; v < d->count; v++)
		hashes[v] = text_hash(dict_text(d, v), d->values[v].size) | 1;
	return hashes; /* NOLINT(clang-analyzer-unix.Malloc): the caller frees it */
}

void block_ready(const struct tables *t, const struct rule *rule, struct ready_rule *out)
{
	memset(out, 0, sizeof *out);
	out->count = rule->count;
	for (unsigned i = 0; i < rule->count; i++) {
		const struct part *p = &rule->parts[i];
		const struct column *k = &t->columns[p->column];
		struct ready_part *r = &out->parts[i];
		r->kind = p->kind;
		r->place = k->place;
		r->values = k->dict.count;
		if (p->kind == PART_EITHER) {
			const struct column *other = &t->columns[p->other];
			r->other = other->place;
			r->other_values = other->dict.count;
			r->hashes = hash_values(&k->dict);
			r->other_hashes = hash_values(&other->dict);
		} else if (p->kind != PART_WHOLE && p->kind != PART_TOKEN) {
			derive_part(k, p, r);
		}
	}
}

void block_rule_done(struct ready_rule *r)
{
	for (unsigned i = 0; i < r->count; i++) {
		struct ready_part *p = &r->parts[i];
		big_free(p->derived, p->values, sizeof *p->derived);
		big_free(p->hashes, p->values, sizeof *p->hashes);
		big_free(p->other_hashes, p->other_values, sizeof *p->other_hashes);
	}
}

/* --- sorting --- */

void block_sort(uint64_t **keys, uint64_t **spare, size_t count)
{
	static const unsigned radix = 1u << RADIX_BITS;
	SCOPED_ARENA struct arena *a = arena_new();
	size_t *counts = arena_array(a, 3ul * radix, sizeof *counts);

	for (size_t i = 0; i < count; i++)
		for (unsigned pass = 0; pass < 3; pass++)
			counts[pass * radix +
			       ((*keys)[i] >> (KEY_SHIFT + pass * RADIX_BITS) & (radix - 1))]++;
	for (unsigned pass = 0; pass < 3; pass++) {
		size_t *of = counts + pass * radix, sum = 0;
		for (unsigned d = 0; d < radix; d++) {
			size_t n = of[d];
			of[d] = sum;
			sum += n;
		}
		for (size_t i = 0; i < count; i++) {
			uint64_t key = (*keys)[i];
			(*spare)[of[key >> (KEY_SHIFT + pass * RADIX_BITS) & (radix - 1)]++] = key;
		}
		uint64_t *swapped = *keys;
		*keys = *spare;
		*spare = swapped;
	}
}

/* Places of the sieve, two bits each: at least four for each record. */
static unsigned key_bits(const struct tables *t)
{
	unsigned bits = 12;
	while (1ul << bits < 4ul * t->records)
		bits++;
	return bits;
}

/* A sieve's 64 bits hold 32 places, each 0, 1 (seen) or 3 (seen twice). */
static inline uint64_t *sieve_word(const struct tables *t, uint64_t key, unsigned bits)
{
	return &t->seen[key >> (64 - bits) >> 5];
}

static inline unsigned sieve_shift(uint64_t key, unsigned bits)
{
	return (unsigned)(key >> (64 - bits) & 31) * 2;
}

/* Keys of records from 'first' on, and the sieve's memory on its way; gives how many there are. */
static unsigned key_batch(const struct tables *t, const struct ready_rule *r, uint32_t first,
			  unsigned bits, uint64_t *keys, uint32_t *records)
{
	uint32_t end = t->records - first < SIEVE_BATCH ? t->records : first + SIEVE_BATCH;
	unsigned n = 0;

	for (uint32_t rec = first; rec < end; rec++) {
		keys[n] = rule_key(r, line_of(t, rec));
		records[n] = rec;
		__builtin_prefetch(sieve_word(t, keys[n], bits), 1);
		n += keys[n] != 0;
	}
	return n;
}

/* Most keys stand alone, so first a sieve tells which were seen twice, and only
 * those are sorted; what it lets through by chance is a run of one. */
size_t block_keys(struct tables *t, const struct ready_rule *r)
{
	unsigned bits = key_bits(t);
	uint64_t keys[SIEVE_BATCH];
	uint32_t records[SIEVE_BATCH];
	size_t n = 0, kept = 0;

	memset(t->seen, 0, (1ul << bits) / 4);
	for (uint32_t rec = 0; rec < t->records; rec += SIEVE_BATCH) {
		unsigned count = key_batch(t, r, rec, bits, keys, records);
		for (unsigned i = 0; i < count; i++) {
			uint64_t *word = sieve_word(t, keys[i], bits);
			unsigned shift = sieve_shift(keys[i], bits);
			*word |= (1 | (*word >> shift & 1) << 1) << shift;
			t->keys[n++] = (keys[i] & ~RECORD_MASK) | records[i];
		}
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t key = t->keys[i];
		if (i + 32 < n)
			__builtin_prefetch(sieve_word(t, t->keys[i + 32], bits));
		t->keys[kept] = key;
		kept += *sieve_word(t, key, bits) >> sieve_shift(key, bits) >> 1 & 1;
	}
	block_sort(&t->keys, &t->spare_keys, kept);
	return kept;
}

void block_scratch(struct tables *t)
{
	if (t->keys)
		return;
	t->keys = big_alloc(t->records, sizeof *t->keys);
	t->spare_keys = big_alloc(t->records, sizeof *t->spare_keys);
	t->seen = big_alloc((1ul << key_bits(t)) / 32, sizeof *t->seen);
}

void pairs_scratch_done(struct tables *t)
{
	if (!t->keys)
		return;
	big_free(t->keys, t->records, sizeof *t->keys);
	big_free(t->spare_keys, t->records, sizeof *t->spare_keys);
	big_free(t->seen, (1ul << key_bits(t)) / 32, sizeof *t->seen);
	t->keys = t->spare_keys = t->seen = NULL;
}
