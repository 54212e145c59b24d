/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/linkage/dict.h"
#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include "engine/linkage/memory.h"

static uint64_t read64(const char *p)
{
	uint64_t v;
	memcpy(&v, p, 8);
	return v;
}

static uint64_t read32(const char *p)
{
	uint32_t v;
	memcpy(&v, p, 4);
	return v;
}

static uint64_t fold(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;
	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

uint64_t text_hash(const char *s, size_t size)
{
	const uint64_t k0 = 0x9E3779B97F4A7C15ull, k1 = 0xC2B2AE3D27D4EB4Full;
	uint64_t h = k0 ^ size, a, b;

	if (size <= 3) {
		a = size ? (uint64_t)(uint8_t)s[0] << 16 | (uint64_t)(uint8_t)s[size / 2] << 8 |
				    (uint8_t)s[size - 1]
			 : 0;
		b = 0;
	} else if (size <= 8) {
		a = read32(s);
		b = read32(s + size - 4);
	} else {
		size_t i = 0;
		for (; i + 16 < size; i += 16)
			h = fold(read64(s + i) ^ k1, read64(s + i + 8) ^ h);
		a = read64(size >= 16 ? s + size - 16 : s);
		b = read64(s + size - 8);
	}
	return mix(fold(a ^ k1, b ^ h));
}

void dict_init(struct dict *d)
{
	memset(d, 0, sizeof *d);
	d->bits = 12;
	d->slots = big_alloc(1ul << d->bits, sizeof *d->slots);
	d->room = 1024;
	d->values = big_alloc(d->room, sizeof *d->values);
	d->text_room = 1 << 16;
	d->text = big_alloc(d->text_room, 1);
	d->count = 1;
}

void dict_done(struct dict *d)
{
	big_free(d->slots, 1ul << d->bits, sizeof *d->slots);
	big_free(d->values, d->room, sizeof *d->values);
	big_free(d->text, d->text_room, 1);
	big_free(d->counts, d->counted, sizeof *d->counts);
	memset(d, 0, sizeof *d);
}

static void grow_slots(struct dict *d)
{
	size_t old = 1ul << d->bits;
	uint64_t *before = d->slots;

	d->bits += 2;
	size_t mask = (1ul << d->bits) - 1;
	d->slots = big_alloc(mask + 1, sizeof *d->slots);
	/* Slots are in the order of the hash, so old and new are walked from end to end. */
	for (size_t i = 0; i < old; i++) {
		if (!before[i])
			continue;
		size_t at = before[i] >> (64 - d->bits);
		while (d->slots[at])
			at = (at + 1) & mask;
		d->slots[at] = before[i];
	}
	big_free(before, old, sizeof *before);
}

static uint32_t enter(struct dict *d, const struct dict_text *t)
{
	assert(d->count < 1u << 31);
	/* Readers of more bytes than a text has may look beyond the last one. */
	if (d->count + DICT_SLACK / sizeof *d->values + 1 > d->room) {
		d->values = big_grow(d->values, d->room, (size_t)d->room * 2, sizeof *d->values);
		d->room *= 2;
	}
	struct dict_value *v = &d->values[d->count];
	v->size = t->size;
	d->bytes += t->size;
	if (t->size <= DICT_SHORT) {
		memcpy(v->text, t->at, t->size);
		return d->count++;
	}
	if (d->text_used + t->size + DICT_SLACK > d->text_room) {
		size_t room = d->text_room * 2 + t->size;
		d->text = big_grow(d->text, d->text_room, room, 1);
		d->text_room = room;
	}
	uint64_t at = d->text_used;
	memcpy(v->text, &at, sizeof at);
	memcpy(d->text + at, t->at, t->size);
	d->text_used += t->size;
	return d->count++;
}

static uint32_t look_up(struct dict *d, const struct dict_text *t, uint64_t hash, bool enters)
{
	size_t mask = (1ul << d->bits) - 1, at = hash >> (64 - d->bits);
	uint64_t slot;

	while ((slot = d->slots[at])) {
		const struct dict_value *v = &d->values[(uint32_t)slot];
		if ((slot ^ hash) >> 32 == 0 && v->size == t->size &&
		    memcmp(dict_text(d, (uint32_t)slot), t->at, t->size) == 0)
			return (uint32_t)slot;
		at = (at + 1) & mask;
	}
	if (!enters)
		return UINT32_MAX;
	uint32_t number = enter(d, t);
	d->slots[at] = (hash >> 32 << 32) | number;
	return number;
}

void dict_add(struct dict *d, const struct dict_text *texts, unsigned count, uint32_t *numbers)
{
	uint64_t hashes[DICT_BATCH];

	assert(count <= DICT_BATCH);
	if ((size_t)(d->count + count) * 2 > 1ul << d->bits)
		grow_slots(d);
	for (unsigned i = 0; i < count; i++) {
		hashes[i] = text_hash(texts[i].at, texts[i].size);
		__builtin_prefetch(&d->slots[hashes[i] >> (64 - d->bits)]);
	}
	for (unsigned i = 0; i < count; i++)
		__builtin_prefetch(&d->values[(uint32_t)d->slots[hashes[i] >> (64 - d->bits)]]);
	for (unsigned i = 0; i < count; i++) {
		uint32_t near = (uint32_t)d->slots[hashes[i] >> (64 - d->bits)];
		if (d->values[near].size > DICT_SHORT)
			__builtin_prefetch(dict_text(d, near));
	}
	for (unsigned i = 0; i < count; i++)
		numbers[i] = texts[i].size ? look_up(d, &texts[i], hashes[i], true) : 0;
}

uint32_t *dict_counts(struct dict *d)
{
	big_free(d->counts, d->counted, sizeof *d->counts);
	d->counted = d->count;
	d->counts = big_alloc(d->counted, sizeof *d->counts);
	return d->counts;
}

uint32_t dict_find(const struct dict *d, const char *s, uint32_t size)
{
	struct dict_text t = { s, size };
	/* Nothing is entered, so nothing of it changes. */
	return size ? look_up((struct dict *)(uintptr_t)d, &t, text_hash(s, size), false) : 0;
}
