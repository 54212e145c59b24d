/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a rule: what its parts make of each distinct value, and of all records the keys that occur more than
 * once, sorted by radix. A sorted key is 33 bits of the hash and the record in one number.
 *
 * Threads make the keys of pieces of the table and count them by their top bits, then lay each into its share; a
 * share is small enough for the caches, and is sieved and sorted by itself. Shares in their order are all keys in
 * theirs, so who did what does not matter. */
#include "engine/linkage/block_private.h"

#define RADIX_BITS 11
#define PIECES_MAX 64         /* of the table */
#define PIECE_LEAST 4096      /* records */
#define SHARE_KEYS (32 << 10) /* of an even share; with its sieve it stays near its processor */
#define SHARE_BITS_LEAST 4
#define SHARE_BITS_MAX 16

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

/* --- laying keys into shares --- */

struct laying {
	struct tables *t;
	const struct ready_rule *rule;
	unsigned bits;
	uint32_t pieces, piece_records;
	uint32_t *keys;   /* of each piece: how many it has, at its place in t->keys */
	uint32_t *places; /* of each piece and share: how many, then where the next one goes */
};

static inline size_t share_of(uint64_t key, unsigned bits)
{
	return key >> (64 - bits);
}

static void make_piece(void *context, size_t piece)
{
	struct laying *l = context;
	uint32_t *counts = l->places + (piece << l->bits);
	uint32_t begin = (uint32_t)piece * l->piece_records;
	uint32_t end = l->t->records - begin < l->piece_records ? l->t->records
								: begin + l->piece_records;
	uint64_t *to = l->t->keys + begin;

	for (uint32_t rec = begin; rec < end; rec++) {
		uint64_t key = rule_key(l->rule, line_of(l->t, rec));
		if (!key)
			continue;
		*to++ = (key & ~RECORD_MASK) | rec;
		counts[share_of(key, l->bits)]++;
	}
	l->keys[piece] = (uint32_t)(to - (l->t->keys + begin));
}

static void lay_piece(void *context, size_t piece)
{
	struct laying *l = context;
	uint32_t *places = l->places + (piece << l->bits);
	const uint64_t *from = l->t->keys + piece * l->piece_records;

	for (uint32_t i = 0; i < l->keys[piece]; i++)
		l->t->spare_keys[places[share_of(from[i], l->bits)]++] = from[i];
}

/* Where each piece's keys of each share go: those of a share stand by their records. */
static void find_places(struct laying *l, struct key_shares *out)
{
	uint32_t sum = 0;

	for (size_t share = 0; share < out->count; share++) {
		out->begin[share] = sum;
		for (size_t piece = 0; piece < l->pieces; piece++) {
			uint32_t *place = &l->places[(piece << l->bits) + share], n = *place;
			*place = sum;
			sum += n;
		}
	}
	out->begin[out->count] = sum;
}

void key_shares_make(struct tables *t, const struct ready_rule *r, unsigned threads,
		     struct key_shares *out)
{
	struct laying l = { .t = t, .rule = r, .bits = SHARE_BITS_LEAST };

	while (l.bits < SHARE_BITS_MAX && t->records >> l.bits > SHARE_KEYS)
		l.bits++;
	l.piece_records = t->records / PIECES_MAX + 1;
	if (l.piece_records < PIECE_LEAST)
		l.piece_records = PIECE_LEAST;
	l.pieces = (t->records + l.piece_records - 1) / l.piece_records;
	l.keys = big_alloc(l.pieces, sizeof *l.keys);
	l.places = big_alloc((size_t)l.pieces << l.bits, sizeof *l.places);
	out->t = t;
	out->bits = l.bits;
	out->count = 1ul << l.bits;
	out->begin = big_alloc(out->count + 1, sizeof *out->begin);
	share_out(threads, l.pieces, make_piece, &l);
	find_places(&l, out);
	share_out(threads, l.pieces, lay_piece, &l);
	big_free(l.keys, l.pieces, sizeof *l.keys);
	big_free(l.places, (size_t)l.pieces << l.bits, sizeof *l.places);
}

void key_shares_done(struct key_shares *k)
{
	big_free(k->begin, k->count + 1, sizeof *k->begin);
}

/* --- one share --- */

/* Places of the sieve: at least four for each key of an even share. */
static unsigned sieve_bits(const struct key_shares *k)
{
	unsigned bits = 8;
	while (bits < KEY_BITS - k->bits && 1ul << bits < 4ul * (k->t->records >> k->bits))
		bits++;
	return bits;
}

uint64_t *sieve_new(const struct key_shares *k)
{
	return big_alloc((1ul << sieve_bits(k)) / 32, sizeof(uint64_t));
}

void sieve_end(const struct key_shares *k, uint64_t *sieve)
{
	big_free(sieve, (1ul << sieve_bits(k)) / 32, sizeof *sieve);
}

/* Most keys stand alone, so first a sieve tells which were seen twice, and only those are sorted; what it lets
 * through by chance is a run of one. Its 64 bits hold 32 places, each 0, 1 (seen) or 3 (seen twice). */
size_t share_keys(const struct key_shares *k, size_t share, uint64_t *sieve, uint64_t **sorted)
{
	unsigned bits = sieve_bits(k);
	size_t begin = k->begin[share], n = k->begin[share + 1] - begin, kept = 0;
	uint64_t *from = k->t->spare_keys + begin, *to = k->t->keys + begin;

	memset(sieve, 0, (1ul << bits) / 4);
	for (size_t i = 0; i < n; i++) {
		uint64_t place = from[i] << k->bits >> (64 - bits);
		uint64_t *word = &sieve[place >> 5];
		unsigned shift = (unsigned)(place & 31) * 2;
		*word |= (1 | (*word >> shift & 1) << 1) << shift;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t place = from[i] << k->bits >> (64 - bits);
		to[kept] = from[i];
		kept += sieve[place >> 5] >> (place & 31) * 2 >> 1 & 1;
	}
	block_sort(&to, &from, kept);
	*sorted = to;
	return kept;
}

/* --- tokens: a record has many keys --- */

static bool in_word(unsigned char ch)
{
	return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || ch >= 0x80;
}

size_t token_keys(const struct tables *t, const struct column *k, uint64_t *keys, size_t room)
{
	struct dict words;
	size_t n = 0;

	dict_init(&words);
	for (uint32_t rec = 0; rec < t->records; rec++) {
		uint32_t v = line_of(t, rec)[k->place];
		const char *s = dict_text(&k->dict, v), *end = s + k->dict.values[v].size;
		while (s < end) {
			struct dict_text word = { s, 0 };
			uint32_t number;
			while (s < end && in_word((unsigned char)*s))
				s++;
			word.size = (uint32_t)(s - word.at);
			if (word.size == 0)
				s++;
			if (word.size < 3)
				continue;
			dict_add(&words, &word, 1, &number);
			if (n < room)
				keys[n] = (uint64_t)number << KEY_SHIFT | rec;
			n++;
		}
	}
	dict_done(&words);
	return n;
}

/* --- room --- */

void block_scratch(struct tables *t)
{
	if (t->keys)
		return;
	t->keys = big_alloc(t->records, sizeof *t->keys);
	t->spare_keys = big_alloc(t->records, sizeof *t->spare_keys);
}

void pairs_scratch_done(struct tables *t)
{
	if (!t->keys)
		return;
	big_free(t->keys, t->records, sizeof *t->keys);
	big_free(t->spare_keys, t->records, sizeof *t->spare_keys);
	t->keys = t->spare_keys = NULL;
}
