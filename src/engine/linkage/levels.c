/* SPDX-License-Identifier: Apache-2.0 */
/* The levels of agreement of two values, kind by kind; docs/linkage.md names them for users. */
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/derive_private.h"

const struct level_names level_names[KIND__COUNT] = {
	[KIND_EXACT] = { "exact", { "missing", "differ", "equal" } },
	[KIND_NAME] = { "name",
			{ "missing", "differ", "Jaro-Winkler 0.7", "Jaro-Winkler 0.88",
			  "Jaro-Winkler 0.92", "swapped with another column", "equal" } },
	[KIND_CODE] = { "code", { "missing", "differ", "two edits", "one edit", "equal" } },
	[KIND_DATE] = { "date",
			{ "missing", "differ", "within 10 years", "within a year", "within a month",
			  "one edit", "equal" } },
	[KIND_EMAIL] = { "email",
			 { "missing", "differ", "user alike", "address alike", "same user",
			   "equal" } },
	[KIND_POSTCODE] = { "postcode",
			    { "missing", "differ", "same area", "same district", "same sector",
			      "equal" } },
	[KIND_NUMBER] = { "number",
			  { "missing", "differ", "within a tenth", "within a hundredth",
			    "equal" } },
	[KIND_TOKENS] = { "tokens",
			  { "missing", "differ", "0.2 of the words", "0.4 of the words",
			    "0.6 of the words", "0.8 of the words", "equal" } },
	[KIND_HANNAME] = { "chinese-name",
			   { "missing", "differ", "one character differs",
			     "one character of the same shape", "sounds alike", "same reading",
			     "equal" } },
	[KIND_CITIZEN] = { "citizen-id",
			   { "missing", "conflict", "not valid, differ",
			     "same division and birthday", "same birthday and sequence", "one edit",
			     "equal, not checked", "equal" } },
	[KIND_ADDRESS] = { "chinese-address",
			   { "missing", "differ", "same area", "same road or village",
			     "same number", "same building", "same room", "equal" } },
	[KIND_COMPANY] = { "company",
			   { "missing", "differ", "own part alike", "own part sounds alike",
			     "same own part", "equal" } },
	[KIND_USCC] = { "uscc",
			{ "missing", "differ", "one edit", "same organisation code", "equal" } },
};

unsigned levels_of(enum kind kind)
{
	unsigned n = 0;
	while (n < LEVELS_MAX && level_names[kind].names[n])
		n++;
	return n;
}

bool levels_need_points(enum kind kind)
{
	return kind != KIND_EXACT && kind != KIND_NUMBER && kind != KIND_TOKENS &&
	       kind != KIND_ADDRESS;
}

static double winkler(const struct derived *d, struct text a, struct text b)
{
	return d->kernel->jaro_winkler(a.at, a.length, b.at, b.length);
}

static unsigned edits(const struct derived *d, const struct judged *j)
{
	struct text x = j->x, y = j->y;
	unsigned apart = x.length > y.length ? x.length - y.length : y.length - x.length;
	return apart > 2 ? apart : d->kernel->osa(x.at, x.length, y.at, y.length);
}

/* --- kinds whose measures have a pair a lane --- */

static void judge_names(const struct derived *d, struct judged *list, unsigned count)
{
	struct kernel_pair pairs[JUDGED_MAX] = { 0 };
	double alike[JUDGED_MAX];

	for (unsigned i = 0; i < count; i++)
		pairs[i] = (struct kernel_pair){ list[i].x.at, list[i].y.at, list[i].x.length,
						 list[i].y.length };
	d->kernel->many(KERNEL_JARO_WINKLER, pairs, count, alike);
	for (unsigned i = 0; i < count; i++)
		list[i].level = alike[i] >= 0.92   ? 4
				: alike[i] >= 0.88 ? 3
				: alike[i] >= 0.7  ? 2
						   : 1;
}

/* Dates that are not one typing error apart, by how long lies between them. */
static unsigned level_days(const struct derived *d, uint32_t a, uint32_t b)
{
	if (d->days[a] == INT32_MIN || d->days[b] == INT32_MIN)
		return 1;
	int64_t apart = llabs((int64_t)d->days[a] - d->days[b]);
	return apart <= 31 ? 4 : apart <= 366 ? 3 : apart <= 3653 ? 2 : 1;
}

static void judge_edits(const struct derived *d, struct judged *list, unsigned count)
{
	struct kernel_pair pairs[JUDGED_MAX] = { 0 };
	unsigned who[JUDGED_MAX], n = 0;
	double edits_of[JUDGED_MAX];

	/* Where the lengths alone are more than two edits nothing is measured. */
	for (unsigned i = 0; i < count; i++) {
		struct judged *j = &list[i];
		unsigned x = j->x.length, y = j->y.length;
		j->level = 0;
		if ((x > y ? x - y : y - x) > 2)
			continue;
		who[n] = i;
		pairs[n++] = (struct kernel_pair){ j->x.at, j->y.at, x, y };
	}
	d->kernel->many(KERNEL_OSA, pairs, n, edits_of);
	for (unsigned i = 0; i < n; i++)
		list[who[i]].level = edits_of[i] <= 1 ? 3 : edits_of[i] <= 2 ? 2 : 0;
	for (unsigned i = 0; i < count; i++)
		if (d->kind == KIND_DATE)
			list[i].level = list[i].level == 3 ? 5
							   : level_days(d, list[i].a, list[i].b);
		else if (!list[i].level)
			list[i].level = 1;
}

static struct text user_of(struct text t)
{
	for (unsigned i = 0; i < t.length; i++)
		if (t.at[i] == '@')
			t.length = i;
	return t;
}

/* Of those that have no level yet the ones whose addresses, or users only, are alike get one. */
static void judge_likeness(const struct derived *d, struct judged *list, unsigned count, bool users,
			   unsigned level)
{
	struct kernel_pair pairs[JUDGED_MAX] = { 0 };
	unsigned who[JUDGED_MAX], n = 0;
	double alike[JUDGED_MAX];

	for (unsigned i = 0; i < count; i++) {
		struct text x = users ? user_of(list[i].x) : list[i].x;
		struct text y = users ? user_of(list[i].y) : list[i].y;
		if (list[i].level)
			continue;
		who[n] = i;
		pairs[n++] = (struct kernel_pair){ x.at, y.at, x.length, y.length };
	}
	d->kernel->many(KERNEL_JARO_WINKLER, pairs, n, alike);
	for (unsigned i = 0; i < n; i++)
		list[who[i]].level = alike[i] >= 0.88 ? level : 0;
}

static void judge_emails(const struct derived *d, struct judged *list, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct text x = user_of(list[i].x), y = user_of(list[i].y);
		bool same = x.length == y.length &&
			    memcmp(x.at, y.at, x.length * sizeof *x.at) == 0;
		list[i].level = same ? 4 : 0;
	}
	judge_likeness(d, list, count, false, 3);
	judge_likeness(d, list, count, true, 2);
	for (unsigned i = 0; i < count; i++)
		if (!list[i].level)
			list[i].level = 1;
}

/* --- kinds that are judged one by one --- */

/* "ab12 3cd": area ab, district ab12, sector ab12 3. */
static unsigned level_postcode(const struct judged *j)
{
	struct text x = j->x, y = j->y;
	unsigned same = 0, area = 0;

	while (same < x.length && same < y.length && x.at[same] == y.at[same])
		same++;
	if (same + 2 >= x.length && x.length == y.length && x.length > 4)
		return 4;
	if (same + 3 >= x.length && x.length == y.length && x.length > 4)
		return 3;
	while (area < x.length && x.at[area] > '9')
		area++;
	return area && same >= area && (area >= y.length || y.at[area] <= '9') ? 2 : 1;
}

static unsigned level_number(const struct derived *d, const struct judged *j)
{
	double x = d->numbers[j->a], y = d->numbers[j->b];
	double apart = fabs(x - y), larger = fmax(fabs(x), fabs(y));
	return apart <= larger * 0.01 ? 3 : apart <= larger * 0.1 ? 2 : 1;
}

static unsigned level_tokens(const struct derived *d, const struct judged *j)
{
	uint32_t i = d->at[j->a], k = d->at[j->b], i_end = d->at[j->a + 1], k_end = d->at[j->b + 1];
	float common = 0, all = 0;

	while (i < i_end || k < k_end) {
		uint32_t x = i < i_end ? d->tokens[i] : UINT32_MAX;
		uint32_t y = k < k_end ? d->tokens[k] : UINT32_MAX;
		float w = d->token_weights[x < y ? x : y];
		all += x == y ? 2 * w : w;
		common += x == y ? 2 * w : 0;
		i += x <= y;
		k += y <= x;
	}
	float part = all > 0 ? common / all : 0;
	return part >= 0.8f ? 5 : part >= 0.6f ? 4 : part >= 0.4f ? 3 : part >= 0.2f ? 2 : 1;
}

static unsigned level_hanname(const struct derived *d, const struct judged *j)
{
	struct text x = j->x, y = j->y;
	bool same = true, alike = true;
	unsigned differ = 0, at = 0;

	if (x.length != y.length) /* one character too many or too few in a long name */
		return edits(d, j) == 1 && x.length + y.length >= 7 ? 2 : 1;
	for (unsigned i = 0; i < x.length; i++) {
		if (x.at[i] == y.at[i])
			continue;
		differ++;
		at = i;
		same &= hanzi_same_sound(x.at[i], y.at[i], false);
		alike &= hanzi_same_sound(x.at[i], y.at[i], true);
	}
	if (same || alike)
		return same ? 5 : 4;
	if (differ == 1 && x.length >= 2 && hanzi_same_shape(x.at[at], y.at[at]))
		return 3;
	return differ == 1 && x.length >= 3 ? 2 : 1;
}

static unsigned level_citizen(const struct derived *d, const struct judged *j)
{
	const struct citizen *x = &d->citizens[j->a], *y = &d->citizens[j->b];

	if (!x->text[0] || !y->text[0])
		return edits(d, j) <= 1 ? 5 : 2;
	if (memcmp(x->text, y->text, 17) == 0) /* 15 digits and 18, or only the check differs */
		return x->text[17] == y->text[17] ? (x->valid || y->valid ? 7 : 6) : 5;
	/* A typing error in one leaves one that fails its check; two that hold are two people. */
	if (x->valid && y->valid)
		return 1;
	uint16_t p[18 + KERNEL_SLACK] = { 0 }, q[18 + KERNEL_SLACK] = { 0 };
	for (unsigned i = 0; i < 18; i++)
		p[i] = (uint8_t)x->text[i], q[i] = (uint8_t)y->text[i];
	if (d->kernel->osa(p, 17, q, 17) <= 1)
		return 5;
	if (memcmp(x->text + 6, y->text + 6, 11) == 0)
		return 4;
	return memcmp(x->text, y->text, 14) == 0 ? 3 : 2;
}

static bool agree(uint32_t a, uint32_t b)
{
	return a && a == b;
}

static bool clash(uint32_t a, uint32_t b)
{
	return a && b && a != b;
}

static unsigned level_address(const struct derived *d, const struct judged *j)
{
	const struct address *x = &d->addresses[j->a], *y = &d->addresses[j->b];

	bool elsewhere = clash(x->district, y->district) || clash(x->town, y->town);

	if (clash(x->road, y->road) || (!x->road && !y->road && clash(x->village, y->village)))
		return agree(x->area, y->area) ? 2 : 1;
	if (!agree(x->road, y->road) && !agree(x->village, y->village))
		return agree(x->area, y->area) ? 2 : 1;
	if (elsewhere || clash(x->number, y->number) ||
	    (!agree(x->number, y->number) && !agree(x->building, y->building)))
		return 3;
	/* A house of its own has neither building nor room. */
	if (x->number && x->building == y->building && x->unit == y->unit && x->room == y->room)
		return 6;
	if (clash(x->building, y->building) || !agree(x->building, y->building))
		return agree(x->room, y->room) && !clash(x->building, y->building) ? 6 : 4;
	return agree(x->room, y->room) && !clash(x->unit, y->unit) ? 6 : 5;
}

static unsigned level_company(const struct derived *d, const struct judged *j)
{
	struct text x = j->x, y = j->y;
	bool sounds = x.length == y.length && x.length > 1;

	if (x.length == y.length && memcmp(x.at, y.at, x.length * sizeof *x.at) == 0)
		return 4;
	for (unsigned i = 0; sounds && i < x.length; i++)
		sounds = x.at[i] == y.at[i] || hanzi_same_sound(x.at[i], y.at[i], true);
	return sounds ? 3 : winkler(d, x, y) >= 0.85 ? 2 : 1;
}

static unsigned level_uscc(const struct derived *d, const struct judged *j)
{
	struct text x = j->x, y = j->y;

	/* Characters 9 to 17 are the organisation code of GB 11714, which older registers hold alone. */
	const uint16_t *p = x.length == 18 ? x.at + 8 : x.length == 9 ? x.at : NULL;
	const uint16_t *q = y.length == 18 ? y.at + 8 : y.length == 9 ? y.at : NULL;
	if (p && q && memcmp(p, q, 9 * sizeof *p) == 0)
		return 3;
	return edits(d, j) <= 1 ? 2 : 1;
}

static unsigned level_of(const struct derived *d, const struct judged *j)
{
	switch (d->kind) {
	case KIND_POSTCODE: return level_postcode(j);
	case KIND_NUMBER: return level_number(d, j);
	case KIND_TOKENS: return level_tokens(d, j);
	case KIND_HANNAME: return level_hanname(d, j);
	case KIND_CITIZEN: return level_citizen(d, j);
	case KIND_ADDRESS: return level_address(d, j);
	case KIND_COMPANY: return level_company(d, j);
	case KIND_USCC: return level_uscc(d, j);
	default: return 1;
	}
}

void levels_judge(const struct derived *d, struct judged *list, unsigned count)
{
	switch (d->kind) {
	case KIND_NAME: judge_names(d, list, count); break;
	case KIND_CODE:
	case KIND_DATE: judge_edits(d, list, count); break;
	case KIND_EMAIL: judge_emails(d, list, count); break;
	default:
		for (unsigned i = 0; i < count; i++)
			list[i].level = level_of(d, &list[i]);
	}
}
