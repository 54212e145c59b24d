/* SPDX-License-Identifier: Apache-2.0 */
/* What blocking keys are made of: the part of a value's text that two records must share. */
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

/* The first or last 'n' points; a shorter text has no prefix, so that it is not taken for a longer's. */
static bool edge_of(const char *s, uint32_t size, unsigned n, bool first, struct buf *out)
{
	const char *end = s + size, *p = s;
	unsigned points = 0;

	while (p < end) {
		utf8_point(&p, end);
		if (++points == n && first) {
			buf_add(out, s, (size_t)(p - s));
			return true;
		}
	}
	if (first || points < n)
		return false;
	for (p = s; points > n; points--)
		utf8_point(&p, end);
	buf_add(out, p, (size_t)(end - p));
	return true;
}

/* Letters by their Soundex groups, Chinese characters by the fuzzy class of their usual reading. */
static bool sound_of(const char *s, uint32_t size, struct buf *out)
{
	static const char groups[] = "01230120022455012623010202";
	char last = 0;
	size_t letters = 0;

	for (const char *end = s + size; s < end;) {
		uint32_t point = utf8_point(&s, end);
		const struct hanzi *h = hanzi_of(point);
		if (h) {
			buf_printf(out, "%u ", hanzi_fuzzy[h->readings[0]]);
		} else if (point >= 'a' && point <= 'z' && letters < 5) {
			char group = groups[point - 'a'];
			if (letters == 0)
				buf_char(out, (char)point);
			else if (group != '0' && group != last)
				buf_char(out, group);
			letters += letters == 0 || (group != '0' && group != last);
			if (point != 'h' && point != 'w')
				last = group;
		}
	}
	return out->size > 0;
}

bool part_text(const struct part *p, const char *s, uint32_t size, struct buf *out)
{
	char digits[9];
	int32_t day;
	struct address place;

	switch (p->kind) {
	case PART_PREFIX: return edge_of(s, size, p->n, true, out);
	case PART_SUFFIX: return edge_of(s, size, p->n, false, out);
	case PART_SOUND: return sound_of(s, size, out);
	case PART_YEAR:
	case PART_DAY:
		if (!date_read(s, size, &day, digits))
			return false;
		buf_add(out, digits + (p->kind == PART_DAY ? 4 : 0), 4);
		return true;
	case PART_PLACE:
		address_read(s, size, &place);
		out->size += address_key(&place, buf_reserve(out, ADDRESS_KEY_SIZE));
		return out->size > 0;
	default: buf_add(out, s, size); return true;
	}
}
