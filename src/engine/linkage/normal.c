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

/* A day written year first with marks between becomes YYYY-MM-DD, whatever the marks, and a time of midnight
 * behind it is dropped; anything else stays. Gives the size. */
static uint32_t normal_date(char *s, uint32_t size)
{
	static const char *const ends[] = { "", "日", " 00:00:00", "t00:00:00" };
	char digits[9];
	int32_t day;

	if (size < 8 || size > 24 || s[4] >= '0' || s[0] < '0' || s[0] > '9')
		return size;
	if (!date_read(s, size, &day, digits) || memcmp(digits, s, 4) != 0)
		return size;
	/* The last group is of one digit or two. */
	uint32_t from = 5;
	for (unsigned groups = 0; from < size; from++) {
		bool digit = s[from] >= '0' && s[from] <= '9';
		bool begins = digit && (s[from - 1] < '0' || s[from - 1] > '9');
		if (begins && ++groups == 2)
			break;
	}
	while (from < size && s[from] >= '0' && s[from] <= '9')
		from++;
	for (size_t k = 0; k < sizeof ends / sizeof *ends; k++)
		if (size - from == strlen(ends[k]) && memcmp(s + from, ends[k], size - from) == 0) {
			memcpy(s + 4,
			       (char[]){ '-', digits[4], digits[5], '-', digits[6], digits[7] }, 6);
			return 10;
		}
	return size;
}

/* No folded point has more bytes than it had, so 'size' bytes are enough but for U+023A and the like,
 * which grow by one; the caller's slack of 8 is more than one of those at the end needs, and the loop
 * stops before. */
uint32_t normal_text(const char *s, uint32_t size, char *out)
{
	uint32_t n = 0;
	bool space = false, han = false;

	for (const char *end = s + size; s < end;) {
		uint32_t point = (unsigned char)*s < 0x80 ? (uint32_t)*s++ : utf8_point(&s, end);
		if (is_space(point)) {
			space = n > 0;
			continue;
		}
		if (n + 5 > size + 8)
			break;
		/* Between characters a space is how somebody typed, not a word's end. */
		if (space && !hanzi_of(point) && !han)
			out[n++] = ' ';
		space = false;
		han = hanzi_of(point) != NULL;
		if (point < 0x80) {
			out[n++] = (char)(point >= 'A' && point <= 'Z' ? point + 32 : point);
			continue;
		}
		n += utf8_put(normal_point(point), out + n);
	}
	return normal_date(out, n);
}
