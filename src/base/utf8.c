/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as RFC 3629 §4 has it: the table of well-formed byte sequences, and nothing looser. */
#include "base/text.h"

static bool is_tail(unsigned char b)
{
	return (b & 0xC0) == 0x80;
}

size_t utf8_step(const char *s, size_t size)
{
	const unsigned char *u = (const unsigned char *)s;
	if (size == 0)
		return 0;
	if (u[0] < 0x80)
		return 1;
	if (u[0] >= 0xC2 && u[0] <= 0xDF)
		return size >= 2 && is_tail(u[1]) ? 2 : 0;
	if (u[0] >= 0xE0 && u[0] <= 0xEF) {
		/* E0 would be overlong below A0; ED from A0 on are the surrogates. */
		unsigned char low = u[0] == 0xE0 ? 0xA0 : 0x80, high = u[0] == 0xED ? 0x9F : 0xBF;
		return size >= 3 && u[1] >= low && u[1] <= high && is_tail(u[2]) ? 3 : 0;
	}
	if (u[0] >= 0xF0 && u[0] <= 0xF4) {
		/* F0 would be overlong below 90; F4 from 90 on is above U+10FFFF. */
		unsigned char low = u[0] == 0xF0 ? 0x90 : 0x80, high = u[0] == 0xF4 ? 0x8F : 0xBF;
		return size >= 4 && u[1] >= low && u[1] <= high && is_tail(u[2]) && is_tail(u[3])
			       ? 4
			       : 0;
	}
	return 0;
}

bool utf8_valid(const char *s, size_t size)
{
	size_t i = 0;
	while (i < size) {
		if (!s[i])
			return false;
		size_t step = utf8_step(s + i, size - i);
		if (step == 0)
			return false;
		i += step;
	}
	return true;
}

size_t utf8_length(const char *s)
{
	size_t n = 0;
	for (; *s; s++)
		n += !is_tail((unsigned char)*s);
	return n;
}
