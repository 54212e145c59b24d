/* SPDX-License-Identifier: Apache-2.0 */
/* The normal form of a text: what writers and keyboards differ in is taken out, once for each distinct
 * value. */
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

static bool is_space(uint32_t point)
{
	return point <= ' ' || point == 0xA0 || point == 0x3000 ||
	       (point >= 0x2000 && point <= 0x200B);
}

static uint32_t normal_point(uint32_t point)
{
	if (point >= 0xFF01 && point <= 0xFF5E) /* full width */
		point -= 0xFEE0;
	if (point <= LATIN_LAST)
		return latin_plain[point];
	if (point == 0x2019 || point == 0x2018)
		return '\'';
	if (point == 0x2022 || point == 0x30FB || point == 0xFF65) /* the dot of long names */
		return 0xB7;
	const struct hanzi *h = hanzi_of(point);
	return h ? h->simple : point;
}

/* No folded point has more bytes than it had, so 'size' bytes are enough but for U+023A and the like,
 * which grow by one; the caller's slack of 8 is more than one of those at the end needs, and the loop
 * stops before. */
uint32_t normal_text(const char *s, uint32_t size, char *out)
{
	uint32_t n = 0;
	bool space = false;

	for (const char *end = s + size; s < end;) {
		uint32_t point = (unsigned char)*s < 0x80 ? (uint32_t)*s++ : utf8_point(&s, end);
		if (is_space(point)) {
			space = n > 0;
			continue;
		}
		if (n + 5 > size + 8)
			break;
		if (space)
			out[n++] = ' ';
		space = false;
		if (point < 0x80) {
			out[n++] = (char)(point >= 'A' && point <= 'Z' ? point + 32 : point);
			continue;
		}
		n += utf8_put(normal_point(point), out + n);
	}
	return n;
}
