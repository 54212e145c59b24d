/* SPDX-License-Identifier: Apache-2.0 */
/* Levels of agreement of two values. What a measure needs of a value (points, days, slots, tokens) is
 * derived once for each distinct value; equal numbers are equal texts; and what was asked a moment ago
 * is remembered. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

#define MEMO_BITS 13
#define POINTS_MAX 512

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

struct citizen {
	char text[19];
	bool valid;
};

/* Of the values of one comparison; only what its kind needs is there. */
struct derived {
	const struct kernel *kernel;
	enum kind kind;
	unsigned place, equal;
	bool by_frequency;
	uint32_t values;
	const struct dict *dict;
	uint32_t *at; /* of a value's points or tokens; one more than values */
	uint16_t *points;
	size_t point_room;
	uint32_t *tokens; /* sorted */
	size_t token_room;
	float *token_weights;
	uint32_t token_count;
	int32_t *days; /* INT32_MIN: not a date */
	double *numbers;
	struct citizen *citizens;
	struct address *addresses;
	uint32_t *in_other; /* the value's number in the column that it may be swapped with */
	int swap, within;
};

struct comparer {
	unsigned count;
	struct derived of[COMPARISONS_MAX];
	const struct tables *tables;
};

struct memo {
	uint64_t keys[COMPARISONS_MAX][1 << MEMO_BITS];
	uint8_t levels[COMPARISONS_MAX][1 << MEMO_BITS];
};

struct memo *memo_new(void)
{
	return big_alloc(1, sizeof(struct memo));
}

void memo_end(struct memo *m)
{
	big_free(m, 1, sizeof *m);
}

/* --- deriving --- */

/* The part of a text whose points are compared. */
static void points_of(enum kind kind, const char **s, size_t *size)
{
	if (kind == KIND_COMPANY)
		company_core(*s, *size, s, size);
}

static void derive_points(struct derived *d)
{
	size_t used = 0;

	d->at = big_alloc(d->values + 1ul, sizeof *d->at);
	d->point_room = d->dict->text_used + KERNEL_SLACK + POINTS_MAX;
	d->points = big_alloc(d->point_room, sizeof *d->points);
	for (uint32_t v = 0; v < d->values; v++) {
		const char *s = dict_text(d->dict, v);
		size_t size = d->dict->values[v].size;
		points_of(d->kind, &s, &size);
		d->at[v] = (uint32_t)used;
		used += text_points(s, size, d->points + used, POINTS_MAX);
	}
	assert(used <= UINT32_MAX);
	d->at[d->values] = (uint32_t)used;
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return (x > y) - (x < y);
}

static bool in_word(unsigned char ch)
{
	return (ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || ch >= 0x80;
}

/* Words of letters and digits; their weight is how rare they are among the values. */
static void derive_tokens(struct derived *d)
{
	struct dict words;
	size_t used = 0;

	dict_init(&words);
	d->at = big_alloc(d->values + 1ul, sizeof *d->at);
	d->token_room = d->dict->text_used / 2 + d->values + 1;
	d->tokens = big_alloc(d->token_room, sizeof *d->tokens);
	for (uint32_t v = 0; v < d->values; v++) {
		const char *s = dict_text(d->dict, v), *end = s + d->dict->values[v].size;
		size_t begin = used;
		d->at[v] = (uint32_t)used;
		while (s < end) {
			struct dict_text word = { s, 0 };
			while (s < end && in_word((unsigned char)*s))
				s++;
			word.size = (uint32_t)(s - word.at);
			if (word.size)
				dict_add(&words, &word, 1, &d->tokens[used++]);
			else
				s++;
		}
		qsort(d->tokens + begin, used - begin, sizeof *d->tokens, by_number);
		size_t kept = begin;
		for (size_t i = begin; i < used; i++)
			if (i == begin || d->tokens[i] != d->tokens[i - 1])
				words.values[d->tokens[kept++] = d->tokens[i]].count++;
		used = kept;
	}
	d->at[d->values] = (uint32_t)used;
	d->token_count = words.count;
	d->token_weights = big_alloc(words.count, sizeof *d->token_weights);
	for (uint32_t w = 1; w < words.count; w++)
		d->token_weights[w] =
			(float)log2(1 + (double)d->values / (words.values[w].count + 0.5));
	dict_done(&words);
}

static double read_number(const char *s, size_t size)
{
	char text[48], *end;
	unsigned n = 0;

	for (size_t i = 0; i < size && n < sizeof text - 1; i++)
		if (s[i] != ',' && s[i] != '$' && s[i] != ' ')
			text[n++] = s[i];
	text[n] = '\0';
	double v = strtod(text, &end);
	return n && end == text + n && isfinite(v) ? v : NAN;
}

static void derive_values(struct derived *d)
{
	char digits[9];

	if (d->kind == KIND_DATE)
		d->days = big_alloc(d->values, sizeof *d->days);
	if (d->kind == KIND_NUMBER)
		d->numbers = big_alloc(d->values, sizeof *d->numbers);
	if (d->kind == KIND_CITIZEN)
		d->citizens = big_alloc(d->values, sizeof *d->citizens);
	if (d->kind == KIND_ADDRESS)
		d->addresses = big_alloc(d->values, sizeof *d->addresses);
	for (uint32_t v = 0; v < d->values; v++) {
		const char *s = dict_text(d->dict, v);
		size_t size = d->dict->values[v].size;
		if (d->days && !date_read(s, size, &d->days[v], digits))
			d->days[v] = INT32_MIN;
		if (d->numbers)
			d->numbers[v] = read_number(s, size);
		if (d->citizens &&
		    !citizen_read(s, size, d->citizens[v].text, &d->citizens[v].valid))
			d->citizens[v].text[0] = '\0';
		if (d->addresses)
			address_read(s, size, &d->addresses[v]);
	}
}

static void derive(void *context, size_t i)
{
	struct comparer *k = context;
	struct derived *d = &k->of[i];

	d->kernel = kernel_best();
	if (d->kind == KIND_TOKENS)
		derive_tokens(d);
	else if (d->kind != KIND_EXACT)
		derive_points(d);
	if (d->kind == KIND_DATE || d->kind == KIND_NUMBER || d->kind == KIND_CITIZEN ||
	    d->kind == KIND_ADDRESS)
		derive_values(d);
	if (d->swap >= 0) {
		const struct dict *other = k->of[d->swap].dict;
		d->in_other = big_alloc(d->values, sizeof *d->in_other);
		for (uint32_t v = 1; v < d->values; v++)
			d->in_other[v] =
				dict_find(other, dict_text(d->dict, v), d->dict->values[v].size);
	}
}

void count_values(const struct tables *t, struct column *column)
{
	for (uint32_t v = 0; v < column->dict.count; v++)
		column->dict.values[v].count = 0;
	for (uint32_t r = 0; r < t->records; r++) {
		if (r + 16 < t->records)
			__builtin_prefetch(&column->dict.values[line_of(t, r + 16)[column->place]]);
		column->dict.values[line_of(t, r)[column->place]].count++;
	}
}

struct counting {
	struct tables *tables;
	const struct settings *settings;
};

static void count_one(void *context, size_t i)
{
	struct counting *n = context;
	unsigned column = n->settings->comparisons[i].column;
	for (size_t k = 0; k < i; k++)
		if (n->settings->comparisons[k].column == column)
			return;
	count_values(n->tables, &n->tables->columns[column]);
}

struct comparer *comparer_new(struct tables *t, const struct settings *s, unsigned threads)
{
	struct comparer *k = big_alloc(1, sizeof *k);
	struct counting counting = { t, s };

	k->tables = t;
	k->count = s->comparison_count;
	for (unsigned i = 0; i < k->count; i++) {
		const struct comparison *p = &s->comparisons[i];
		struct column *column = &t->columns[p->column];
		k->of[i] = (struct derived){ .kind = p->kind,
					     .place = column->place,
					     .equal = levels_of(p->kind) - 1,
					     .by_frequency = p->by_frequency,
					     .values = column->dict.count,
					     .dict = &column->dict,
					     .swap = p->swap,
					     .within = p->within };
	}
	share_out(threads, k->count, count_one, &counting);
	share_out(threads, k->count, derive, k);
	return k;
}

void comparer_end(struct comparer *k)
{
	for (unsigned i = 0; k && i < k->count; i++) {
		struct derived *d = &k->of[i];
		big_free(d->at, d->values + 1ul, sizeof *d->at);
		big_free(d->points, d->point_room, sizeof *d->points);
		big_free(d->tokens, d->token_room, sizeof *d->tokens);
		big_free(d->token_weights, d->token_count, sizeof *d->token_weights);
		big_free(d->days, d->values, sizeof *d->days);
		big_free(d->numbers, d->values, sizeof *d->numbers);
		big_free(d->citizens, d->values, sizeof *d->citizens);
		big_free(d->addresses, d->values, sizeof *d->addresses);
		big_free(d->in_other, d->values, sizeof *d->in_other);
	}
	if (k)
		big_free(k, 1, sizeof *k);
}

uint32_t value_count(const struct comparer *k, unsigned comparison, uint32_t value)
{
	return k->of[comparison].dict->values[value].count;
}

/* --- levels, of two different values that are not missing --- */

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

static unsigned level_of(const struct derived *d, uint32_t a, uint32_t b)
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

static unsigned level(const struct derived *d, struct memo *m, unsigned i, uint32_t a, uint32_t b)
{
	if (!a || !b)
		return 0;
	if (a == b) {
		if (d->kind == KIND_CITIZEN && !d->citizens[a].valid)
			return 6;
		return d->by_frequency ? d->equal + bin_of(d->dict->values[a].count) : d->equal;
	}
	if (d->kind == KIND_EXACT)
		return 1;
	uint64_t key = a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a;
	size_t at = mix(key) >> (64 - MEMO_BITS);
	if (m->keys[i][at] != key) {
		m->keys[i][at] = key;
		m->levels[i][at] = (uint8_t)(a < b ? level_of(d, a, b) : level_of(d, b, a));
	}
	return m->levels[i][at];
}

/* Memory that comparing two records will ask for, in the order in which one look leads to the next: first
 * where the values' points stand, then the points. */
static void prefetch_values(const struct comparer *k, uint32_t l, uint32_t r, bool points)
{
	const uint32_t *x = line_of(k->tables, l), *y = line_of(k->tables, r);

	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		uint32_t a = x[d->place], b = y[d->place];
		if (!d->points || !a || !b || a == b)
			continue;
		if (points) {
			__builtin_prefetch(d->points + d->at[a]);
			__builtin_prefetch(d->points + d->at[b]);
		} else {
			__builtin_prefetch(&d->at[a]);
			__builtin_prefetch(&d->at[b]);
		}
	}
}

void compare_pairs(const struct comparer *k, struct memo *m, const struct pair *pairs, size_t count,
		   uint64_t *patterns)
{
	for (size_t i = 0; i < count; i++) {
		if (i + 24 < count) {
			__builtin_prefetch(line_of(k->tables, pairs[i + 24].l));
			__builtin_prefetch(line_of(k->tables, pairs[i + 24].r));
		}
		if (i + 16 < count)
			prefetch_values(k, pairs[i + 16].l, pairs[i + 16].r, false);
		if (i + 8 < count)
			prefetch_values(k, pairs[i + 8].l, pairs[i + 8].r, true);
		patterns[i] = compare_records(k, m, pairs[i].l, pairs[i].r);
	}
}

static bool holds(const struct derived *d, uint32_t value, const struct derived *name,
		  uint32_t word)
{
	const struct dict_value *v = &d->dict->values[value], *w = &name->dict->values[word];
	return w->size >= 3 &&
	       memmem(dict_text(d->dict, value), v->size, dict_text(name->dict, word), w->size);
}

/* An address made of a name is alike whenever the name is equal, for namesakes too: likeness that is not
 * equality tells nothing then. */
static bool made_of_names(const struct comparer *k, uint64_t pattern, const struct derived *d,
			  const uint32_t *x, const uint32_t *y)
{
	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *name = &k->of[i];
		if (name->kind == KIND_NAME && nibble(pattern, i) >= name->equal &&
		    holds(d, x[d->place], name, x[name->place]) &&
		    holds(d, y[d->place], name, x[name->place]))
			return true;
	}
	return false;
}

uint64_t compare_records(const struct comparer *k, struct memo *m, uint32_t l, uint32_t r)
{
	const uint32_t *x = line_of(k->tables, l), *y = line_of(k->tables, r);
	uint64_t pattern = 0;

	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		pattern |= (uint64_t)level(d, m, i, x[d->place], y[d->place]) << (4 * i);
	}
	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		/* What an equal postcode implies of the city tells nothing more. */
		if (d->within >= 0 &&
		    nibble(pattern, (unsigned)d->within) >= k->of[d->within].equal)
			pattern &= ~(15ull << (4 * i));
		if (d->kind == KIND_EMAIL && nibble(pattern, i) > 1 &&
		    nibble(pattern, i) < d->equal && made_of_names(k, pattern, d, x, y))
			pattern &= ~(15ull << (4 * i));
		if (d->swap < 0 || nibble(pattern, i) >= d->equal)
			continue;
		unsigned other = (unsigned)d->swap, place = k->of[other].place;
		uint32_t a = x[d->place], b = y[d->place];
		/* Both columns tell the same once, so the other one is left out. */
		if (a && b && d->in_other[a] == y[place] && d->in_other[b] == x[place]) {
			pattern &= ~(15ull << (4 * i) | 15ull << (4 * other));
			pattern |= (uint64_t)(d->equal - 1) << (4 * i);
		}
	}
	return pattern;
}

uint64_t identity_of(const struct comparer *k, uint32_t record)
{
	for (unsigned i = 0; i < k->count; i++) {
		const struct derived *d = &k->of[i];
		uint32_t v = line_of(k->tables, record)[d->place];
		if (d->kind == KIND_CITIZEN && v && d->citizens[v].text[0] && d->citizens[v].valid)
			return text_hash(d->citizens[v].text, 18) | 1;
	}
	return 0;
}

bool value_valid(const struct comparer *k, unsigned comparison, uint32_t value)
{
	const struct derived *d = &k->of[comparison];
	if (d->citizens)
		return d->citizens[value].text[0] && d->citizens[value].valid;
	return !d->days || d->days[value] != INT32_MIN;
}
