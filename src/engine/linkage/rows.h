/* SPDX-License-Identifier: Apache-2.0 */
/* A CSV file whose rows several threads make, and which is the same whatever their number. */
#ifndef LINKAGE_ROWS_H
#define LINKAGE_ROWS_H

#include <stdint.h>
#include <string.h>
#include "base/call.h"
#include "engine/linkage/memory.h"

#define ROWS_SLACK 8 /* bytes behind a text that is written that are read too */

/* Rows as they grow; zero-initialise. Owner: rows.c, for the time of one call. */
struct rows {
	char *data;
	size_t size, room;
};

/* Makes the rows of the items from 'begin' to 'end'; called from several threads, for each piece once. */
typedef void rows_fn(void *context, size_t begin, size_t end, struct rows *out);

/* Writes 'header' and the rows of 'items' items in their order to a new file. ST_BAD_INPUT "out": it cannot be
 * made; ST_INTERNAL "out": it cannot be written to its end. */
enum status rows_write(struct call *c, const char *path, const char *header, unsigned threads,
		       size_t items, rows_fn *make, void *context) MUST_USE;

/* Where the next 'size' bytes may be written. */
static inline char *rows_room(struct rows *r, size_t size)
{
	if (r->size + size > r->room) {
		size_t room = (r->size + size) * 2 + (1 << 20);
		r->data = big_grow(r->data, r->room, room, 1);
		r->room = room;
	}
	return r->data + r->size;
}

static inline void rows_char(struct rows *r, char ch)
{
	*rows_room(r, 1) = ch;
	r->size++;
}

static inline void rows_number(struct rows *r, uint64_t v)
{
	char digits[20], *to = rows_room(r, sizeof digits);
	unsigned n = sizeof digits;
	do
		digits[--n] = (char)('0' + v % 10);
	while (v /= 10);
	memcpy(to, digits + n, sizeof digits - n);
	r->size += sizeof digits - n;
}

/* One field, quoted where it must be; ROWS_SLACK bytes behind 's' can be read. */
void rows_field(struct rows *r, const char *s, size_t size);
/* The room of a field at its longest, with what is written behind it and is not of it. */
#define ROWS_FIELD_ROOM(size) (2 * (size_t)(size) + 2 + ROWS_SLACK)
/* The same at 'to', which has ROWS_FIELD_ROOM(size) bytes; gives its end. */
char *rows_put_field(char *to, const char *s, size_t size) __attribute__((returns_nonnull));
/* Bytes as they are, where ROWS_SLACK more can be written and behind 's' read; gives their end. */
static inline char *rows_put(char *to, const char *s, size_t size)
{
	for (size_t i = 0; i < size; i += 8) {
		uint64_t v;
		memcpy(&v, s + i, 8);
		memcpy(to + i, &v, 8);
	}
	return to + size;
}
/* Bytes as they are. */
static inline void rows_add(struct rows *r, const char *s, size_t size)
{
	memcpy(rows_room(r, size), s, size);
	r->size += size;
}
/* 'v' rounded to 'places' digits behind the point, 'scale' being ten to that. */
void rows_decimal(struct rows *r, double v, unsigned places, int64_t scale);

#endif
