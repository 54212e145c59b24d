/* SPDX-License-Identifier: Apache-2.0 */
/* Masks: how much of a person's data is shown where the whole is not needed. The standards give
 * principles only (GB/T 35273, GB/T 37964); the forms are those that are usual in practice. */
#include "data/intake/intake.h"

static const char *const double_surnames[] = { "欧阳", "司马", "上官", "诸葛", "东方", "皇甫",
					       "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯" };

static void stars(struct buf *b, size_t count)
{
	for (size_t i = 0; i < count; i++)
		buf_char(b, '*');
}

/* The first and the last points stand, what is between becomes stars. */
static const char *keep_ends(struct arena *a, const char *s, size_t first, size_t last)
{
	struct buf b = { .arena = a };
	size_t points = utf8_length(s), at = 0, size = strlen(s);

	if (first + last >= points)
		first = points > 1 ? 1 : 0, last = 0;
	for (const char *p = s; *p; at++) {
		size_t step = utf8_step(p, size - (size_t)(p - s));
		step = step ? step : 1;
		if (at < first || at >= points - last)
			buf_add(&b, p, step);
		else
			buf_char(&b, '*');
		p += step;
	}
	return buf_text(&b);
}

const char *mask_any(struct arena *a, const char *s)
{
	return s ? keep_ends(a, s, 1, 0) : NULL;
}

const char *mask_name(struct arena *a, const char *s)
{
	if (!s)
		return NULL;
	for (size_t i = 0; i < sizeof double_surnames / sizeof *double_surnames; i++)
		if (str_starts(s, double_surnames[i]) && utf8_length(s) > 2)
			return keep_ends(a, s, 2, 0);
	return keep_ends(a, s, 1, 0);
}

const char *mask_citizen(struct arena *a, const char *s)
{
	return s ? keep_ends(a, s, 6, 4) : NULL;
}

const char *mask_phone(struct arena *a, const char *s)
{
	if (!s)
		return NULL;
	return s[0] == '1' && strlen(s) == 11 ? keep_ends(a, s, 3, 4) : keep_ends(a, s, 0, 4);
}

const char *mask_address(struct arena *a, const char *s)
{
	static const char *const ends[] = { "街道", "镇", "乡", "区", "县", "市" };
	const char *cut = NULL;

	if (!s)
		return NULL;
	for (size_t i = 0; i < sizeof ends / sizeof *ends && !cut; i++) {
		const char *at = strstr(s, ends[i]);
		if (at)
			cut = at + strlen(ends[i]);
	}
	if (!cut)
		return mask_any(a, s);
	struct buf b = { .arena = a };
	buf_add(&b, s, (size_t)(cut - s));
	stars(&b, 4);
	return buf_text(&b);
}

const char *mask_birthday(struct arena *a, const char *s)
{
	return s ? keep_ends(a, s, 4, 0) : NULL;
}
