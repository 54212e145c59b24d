/* SPDX-License-Identifier: Apache-2.0 */
/* Text: a growable buffer, UTF-8, hexadecimal, base64url, and numbers read strictly. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/arena.h"

/* A growing string. Zero-initialise with the arena it grows in; 'data' is always NUL-terminated once
 * something was added. Growth doubles, so adding is amortised constant. */
struct buf {
	struct arena *arena;
	char *data;
	size_t size; /* bytes used, without the NUL */
	size_t room;
};

void buf_add(struct buf *b, const void *p, size_t size);
void buf_str(struct buf *b, const char *s);
void buf_char(struct buf *b, char ch);
/* Room for 'size' bytes and a NUL behind what is there: where to write them. The writer then moves
 * 'size' on and sets the NUL. */
char *buf_reserve(struct buf *b, size_t size) __attribute__((returns_nonnull));
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
/* The text so far, "" when nothing was added; valid until the next addition. */
const char *buf_text(const struct buf *b);

/* Whether 'size' bytes are well-formed UTF-8 without NUL (RFC 3629: no overlong forms, no
 * surrogates). */
bool utf8_valid(const char *s, size_t size);
/* Bytes of the character that begins at 's', of which 'size' are there: 1 to 4, or 0 when it is not
 * well-formed. */
size_t utf8_step(const char *s, size_t size);
/* Code points in well-formed UTF-8. */
size_t utf8_length(const char *s);

static inline bool str_eq(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}
static inline bool str_empty(const char *s)
{
	return !s || !*s;
}
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);
/* Equal without regard to ASCII case. */
bool str_case_eq(const char *a, const char *b);
/* Equal in a time that depends on the lengths only: for secrets. */
bool str_same_secret(const char *a, const char *b);

/* A whole decimal number and nothing else. False leaves '*out' alone. */
bool int_parse(const char *s, int64_t *out) MUST_USE;

/* Lower-case hexadecimal; 'out' has room for 2 * size + 1. */
void hex_encode(const void *p, size_t size, char *out);
/* False unless 's' is exactly 2 * size hexadecimal digits. */
bool hex_decode(const char *s, void *out, size_t size) MUST_USE;
/* RFC 4648 §5 without padding. */
char *base64url_encode(struct arena *a, const void *p, size_t size);
/* Takes padding or none; NULL when 's' is not base64url, or is not the one text that the bytes have
 * (unused bits are zero). '*size' gets the bytes; a NUL stands behind them. */
void *base64url_decode(struct arena *a, const char *s, size_t *size);
/* RFC 4648 §4 with padding, which decoding demands; else as above. */
char *base64_encode(struct arena *a, const void *p, size_t size);
void *base64_decode(struct arena *a, const char *s, size_t *size);

/* A list of words in the arena, NULL-terminated. */
struct words {
	const char **list;
	size_t count;
};
/* Splits at 'sep'; empty pieces are kept out. */
struct words words_split(struct arena *a, const char *s, char sep);
bool words_have(const struct words *w, const char *s);

#endif
