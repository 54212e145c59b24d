/* SPDX-License-Identifier: Apache-2.0 */
/* A column's distinct texts, numbered from 1 in the order in which they came; 0 is the empty text, which
 * is a missing value. Numbers are looked up in batches, so that the memory of many is on its way at
 * once: hashing into tables larger than the caches is what encoding costs. */
#ifndef LINKAGE_DICT_H
#define LINKAGE_DICT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define DICT_BATCH 64
#define DICT_SLACK 64

#define DICT_SHORT 12

/* Most texts are short, and stand where their size does: one place in memory to go to, not two. */
struct dict_value {
	uint32_t size;
	char text[DICT_SHORT]; /* of a longer one the place in 'text' of the dictionary */
};

struct dict {
	struct dict_value *values;
	uint32_t count, room; /* with the empty one */
	uint32_t *counts;     /* how often each value occurs, of dict_counts(); NULL: not counted */
	uint32_t counted;
	uint64_t bytes; /* of all texts */
	char *text;     /* the longer ones */
	size_t text_used, text_room;
	uint64_t *slots; /* high half: bits of the hash, by whose top the slot is found; low half: number */
	unsigned bits; /* there are 1 << bits slots */
};

struct dict_text {
	const char *at;
	uint32_t size;
};

void dict_init(struct dict *d);
void dict_done(struct dict *d);
/* The numbers of 'count' <= DICT_BATCH texts, entered when they are new. There are at most 2^31 numbers
 * (asserted; the reader has a limit of records). */
void dict_add(struct dict *d, const struct dict_text *texts, unsigned count, uint32_t *numbers);
/* The number of a text, or UINT32_MAX when it has none. */
uint32_t dict_find(const struct dict *d, const char *s, uint32_t size);
/* Zeroes, one for each number there is, for who counts the values. */
uint32_t *dict_counts(struct dict *d);
/* Until the next text is entered; DICT_SLACK bytes behind it can be read. */
static inline const char *dict_text(const struct dict *d, uint32_t number)
{
	const struct dict_value *v = &d->values[number];
	uint64_t at;
	if (v->size <= DICT_SHORT)
		return v->text;
	memcpy(&at, v->text, sizeof at);
	return d->text + at;
}

/* 64 bits of a text, the same in every run. */
uint64_t text_hash(const char *s, size_t size);
/* Spreads all bits of 'x' over all bits. */
static inline uint64_t mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xD6E8FEB86659FD93ull;
	x ^= x >> 32;
	x *= 0xD6E8FEB86659FD93ull;
	return x ^ x >> 32;
}

#endif
