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

struct text {
	const uint16_t *at;
	unsigned length;
};

static struct text text_of(const struct derived *d, uint32_t v)
{
	return (struct text){ d->points + d->at[v], d->at[v + 1] - d->at[v] };
}

static double winkler(const struct derived *d, struct text a, struct text b)
{
	return d->kernel->jaro_winkler(a.at, a.length, b.at, b.length);
}

static unsigned level_name(const struct derived *d, uint32_t a, uint32_t b)
{
	double alike = winkler(d, text_of(d, a), text_of(d, b));
	return alike >= 0.92 ? 4 : alike >= 0.88 ? 3 : alike >= 0.7 ? 2 : 1;
}

static unsigned edits(const struct derived *d, uint32_t a, uint32_t b)
{
	struct text x = text_of(d, a), y = text_of(d, b);
	unsigned apart = x.length > y.length ? x.length - y.length : y.length - x.length;
	return apart > 2 ? apart : d->kernel->osa(x.at, x.length, y.at, y.length);
}

static unsigned level_code(const struct derived *d, uint32_t a, uint32_t b)
{
	unsigned n = edits(d, a, b);
	return n <= 1 ? 3 : n == 2 ? 2 : 1;
}

static unsigned level_date(const struct derived *d, uint32_t a, uint32_t b)
{
	if (edits(d, a, b) <= 1)
		return 5;
	if (d->days[a] == INT32_MIN || d->days[b] == INT32_MIN)
		return 1;
	int64_t apart = llabs((int64_t)d->days[a] - d->days[b]);
	return apart <= 31 ? 4 : apart <= 366 ? 3 : apart <= 3653 ? 2 : 1;
}

static struct text user_of(struct text t)
{
	for (unsigned i = 0; i < t.length; i++)
		if (t.at[i] == '@')
			t.length = i;
	return t;
}

static unsigned level_email(const struct derived *d, uint32_t a, uint32_t b)
{
	struct text x = text_of(d, a), y = text_of(d, b), ux = user_of(x), uy = user_of(y);
	if (ux.length == uy.length && memcmp(ux.at, uy.at, ux.length * sizeof *ux.at) == 0)
		return 4;
	if (winkler(d, x, y) >= 0.88)
		return 3;
	return winkler(d, ux, uy) >= 0.88 ? 2 : 1;
}

/* "ab12 3cd": area ab, district ab12, sector ab12 3. */
static unsigned level_postcode(const struct derived *d, uint32_t a, uint32_t b)
{
	struct text x = text_of(d, a), y = text_of(d, b);
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

static unsigned level_number(const struct derived *d, uint32_t a, uint32_t b)
{
	double x = d->numbers[a], y = d->numbers[b];
	double apart = fabs(x - y), larger = fmax(fabs(x), fabs(y));
	return apart <= larger * 0.01 ? 3 : apart <= larger * 0.1 ? 2 : 1;
}

static unsigned level_tokens(const struct derived *d, uint32_t a, uint32_t b)
{
	uint32_t i = d->at[a], j = d->at[b];
	float common = 0, all = 0;

	while (i < d->at[a + 1] || j < d->at[b + 1]) {
		uint32_t x = i < d->at[a + 1] ? d->tokens[i] : UINT32_MAX;
		uint32_t y = j < d->at[b + 1] ? d->tokens[j] : UINT32_MAX;
		float w = d->token_weights[x < y ? x : y];
		all += x == y ? 2 * w : w;
		common += x == y ? 2 * w : 0;
		i += x <= y;
		j += y <= x;
	}
	float part = all > 0 ? common / all : 0;
	return part >= 0.8f ? 5 : part >= 0.6f ? 4 : part >= 0.4f ? 3 : part >= 0.2f ? 2 : 1;
}

static unsigned level_hanname(const struct derived *d, uint32_t a, uint32_t b)
{
	struct text x = text_of(d, a), y = text_of(d, b);
	bool same = true, alike = true;
	unsigned differ = 0, at = 0;

	if (x.length != y.length) /* one character too many or too few in a long name */
		return edits(d, a, b) == 1 && x.length + y.length >= 7 ? 2 : 1;
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

static unsigned level_citizen(const struct derived *d, uint32_t a, uint32_t b)
{
	const struct citizen *x = &d->citizens[a], *y = &d->citizens[b];

	if (!x->text[0] || !y->text[0])
		return edits(d, a, b) <= 1 ? 5 : 2;
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

static unsigned level_address(const struct derived *d, uint32_t a, uint32_t b)
{
	const struct address *x = &d->addresses[a], *y = &d->addresses[b];

	if (clash(x->road, y->road) || (!x->road && !y->road && clash(x->village, y->village)))
		return agree(x->area, y->area) ? 2 : 1;
	if (!agree(x->road, y->road) && !agree(x->village, y->village))
		return agree(x->area, y->area) ? 2 : 1;
	if (clash(x->number, y->number) ||
	    (!agree(x->number, y->number) && !agree(x->building, y->building)))
		return 3;
	if (clash(x->building, y->building) || !agree(x->building, y->building))
		return agree(x->room, y->room) && !clash(x->building, y->building) ? 6 : 4;
	return agree(x->room, y->room) && !clash(x->unit, y->unit) ? 6 : 5;
}

static unsigned level_company(const struct derived *d, uint32_t a, uint32_t b)
{
	struct text x = text_of(d, a), y = text_of(d, b);
	bool sounds = x.length == y.length && x.length > 1;

	if (x.length == y.length && memcmp(x.at, y.at, x.length * sizeof *x.at) == 0)
		return 4;
	for (unsigned i = 0; sounds && i < x.length; i++)
		sounds = x.at[i] == y.at[i] || hanzi_same_sound(x.at[i], y.at[i], true);
	return sounds ? 3 : winkler(d, x, y) >= 0.85 ? 2 : 1;
}

static unsigned level_uscc(const struct derived *d, uint32_t a, uint32_t b)
{
	struct text x = text_of(d, a), y = text_of(d, b);

	/* Characters 9 to 17 are the organisation code of GB 11714, which older registers hold alone. */
	const uint16_t *p = x.length == 18 ? x.at + 8 : x.length == 9 ? x.at : NULL;
	const uint16_t *q = y.length == 18 ? y.at + 8 : y.length == 9 ? y.at : NULL;
	if (p && q && memcmp(p, q, 9 * sizeof *p) == 0)
		return 3;
	return edits(d, a, b) <= 1 ? 2 : 1;
}

unsigned level_of(const struct derived *d, uint32_t a, uint32_t b)
{
	switch (d->kind) {
	case KIND_NAME: return level_name(d, a, b);
	case KIND_CODE: return level_code(d, a, b);
	case KIND_DATE: return level_date(d, a, b);
	case KIND_EMAIL: return level_email(d, a, b);
	case KIND_POSTCODE: return level_postcode(d, a, b);
	case KIND_NUMBER: return level_number(d, a, b);
	case KIND_TOKENS: return level_tokens(d, a, b);
	case KIND_HANNAME: return level_hanname(d, a, b);
	case KIND_CITIZEN: return level_citizen(d, a, b);
	case KIND_ADDRESS: return level_address(d, a, b);
	case KIND_COMPANY: return level_company(d, a, b);
	case KIND_USCC: return level_uscc(d, a, b);
	default: return 1;
	}
}
