/* SPDX-License-Identifier: Apache-2.0 */
/* Records of delimited text (RFC 4180): quoted fields with line breaks and doubled quotes; lines end by LF
 * or CRLF, the last may lack it; empty lines are passed over. A quote within an unquoted field is a
 * character like others, as many registers write inches. Nothing is copied. */
#ifndef LINKAGE_CSV_H
#define LINKAGE_CSV_H

#include "base/call.h"
#include "base/text.h"

#define CSV_FIELDS_MAX 256
#define CSV_FIELD_SIZE_MAX (64 << 10)
#define CSV_AHEAD 64

struct csv_field {
	const char *at; /* in the text that is read; without the quotes around it */
	uint32_t size;
	bool doubled; /* holds doubled quotes: csv_plain() makes them single */
};

struct csv {
	const char *name; /* for messages */
	const char *data;
	size_t size, at;
	int64_t line; /* of the record that was read last, from 1 */
	int64_t next_line;
	char delimiter;
	/* Where delimiters and line feeds stand in the CSV_AHEAD blocks of 64 bytes from 'first'. */
	size_t first, last;
	uint64_t marks[CSV_AHEAD];
	void (*mark)(const char *data, size_t blocks, char delimiter, uint64_t *marks);
};

/* Begins to read 'size' bytes; they stay the caller's. A byte order mark is passed over. Delimiter 0:
 * the one of , ; tab | % that the first line holds most often outside of quotes. */
void csv_init(struct csv *r, const char *name, const char *data, size_t size, char delimiter);
/* The next record into 'fields', of which there are CSV_FIELDS_MAX. '*count' is 0 at the end of the text.
 * ST_BAD_INPUT names the line: too many fields, one too long, a quoted one without end or with something
 * behind its quote. */
enum status csv_next(struct call *c, struct csv *r, struct csv_field *fields,
		     unsigned *count) MUST_USE;
/* The field's text with single quotes in 'out', which has room for its size; gives the size. */
uint32_t csv_plain(const struct csv_field *f, char *out);
/* Whether the field's characters from 'from' on are digits alone that say a number under 'below', which
 * '*out' gets. */
bool csv_number(const struct csv_field *f, uint32_t from, uint32_t below, uint32_t *out) MUST_USE;
/* Adds 'size' bytes as one field, quoted where it must be. */
void csv_write(struct buf *b, const char *s, size_t size);

#endif
