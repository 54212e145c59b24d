/* SPDX-License-Identifier: Apache-2.0 */
/* The growing buffer, and small questions about strings and numbers. UTF-8 is in utf8.c, the codes
 * (hexadecimal, base64) in codes.c. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include "base/text.h"

char *buf_reserve(struct buf *b, size_t size)
{
	if (b->data && size < b->room - b->size)
		return b->data + b->size;

	assert(b->arena);
	size_t needed;
	if (__builtin_add_overflow(b->size, size, &needed) || needed > SIZE_MAX / 2)
		abort();
	size_t room = b->room ? b->room : 256;
	while (room <= needed)
		room *= 2;
	b->data = arena_grow(b->arena, b->data, b->room, room);
	b->room = room;
	return b->data + b->size;
}

void buf_add(struct buf *b, const void *p, size_t size)
{
	char *to = buf_reserve(b, size);
	if (size)
		memcpy(to, p, size);
	to[size] = '\0';
	b->size += size;
}

void buf_str(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char ch)
{
	buf_add(b, &ch, 1);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	char *to = buf_reserve(b, 64);
	size_t room = b->room - b->size;
	int n = vsnprintf(to, room, fmt, ap);
	assert(n >= 0);
	if ((size_t)n >= room) {
		to = buf_reserve(b, (size_t)n);
		vsnprintf(to, (size_t)n + 1, fmt, again);
	}
	b->size += (size_t)n;
	va_end(again);
	va_end(ap);
}

const char *buf_text(const struct buf *b)
{
	return b->data ? b->data : "";
}

bool str_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
	size_t size = strlen(s), tail = strlen(suffix);
	return size >= tail && memcmp(s + size - tail, suffix, tail) == 0;
}

static unsigned char lower(char ch)
{
	return (unsigned char)(ch >= 'A' && ch <= 'Z' ? ch - 'A' + 'a' : ch);
}

/* Not strcasecmp(), which follows the locale. */
bool str_case_eq(const char *a, const char *b)
{
	if (!a || !b)
		return false;
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) == lower(*b);
}

bool str_same_secret(const char *a, const char *b)
{
	if (!a || !b)
		return false;
	size_t size = strlen(a);
	if (size != strlen(b))
		return false;
	unsigned char differs = 0;
	for (size_t i = 0; i < size; i++)
		differs |= (unsigned char)(a[i] ^ b[i]);
	/* Keeps the compiler from leaving the loop at the first difference. */
	__asm__ volatile("" : "+r"(differs));
	return differs == 0;
}

bool int_parse(const char *s, int64_t *out)
{
	if (!s)
		return false;
	bool negative = *s == '-';
	s += negative;
	if (!*s)
		return false;
	int64_t v = 0;
	for (; *s; s++) {
		if (*s < '0' || *s > '9')
			return false;
		int digit = *s - '0';
		/* Counted downwards, since INT64_MIN has no positive twin. */
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_sub_overflow(v, digit, &v))
			return false;
	}
	if (!negative && v == INT64_MIN)
		return false;
	*out = negative ? v : -v;
	return true;
}

struct words words_split(struct arena *a, const char *s, char sep)
{
	size_t most = 1;
	for (const char *p = s; *p; p++)
		most += *p == sep;

	struct words w = { arena_array(a, most + 1, sizeof(char *)), 0 };
	while (*s) {
		const char *end = strchrnul(s, sep);
		if (end > s)
			w.list[w.count++] = arena_strndup(a, s, (size_t)(end - s));
		s = *end ? end + 1 : end;
	}
	return w;
}

bool words_have(const struct words *w, const char *s)
{
	for (size_t i = 0; i < w->count; i++)
		if (str_eq(w->list[i], s))
			return true;
	return false;
}
