/* SPDX-License-Identifier: Apache-2.0 */
/* What the measures need of a value: days, slots and tokens are made once for each distinct value; points are
 * so quickly made of its text that keeping them costs more than making them again. */
#include <math.h>
#include <stdlib.h>
#include "engine/linkage/derive_private.h"

/* The part of a text whose points are compared. */
static void points_of(enum kind kind, const char **s, size_t *size)
{
	if (kind == KIND_COMPANY)
		company_core(*s, *size, s, size);
}

/* Leaves letters and digits: how a telephone number is grouped says nothing. Gives how many. */
static unsigned without_punctuation(uint16_t *points, unsigned count)
{
	unsigned kept = 0;
	for (unsigned i = 0; i < count; i++) {
		uint16_t p = points[i];
		if (p >= 0x80 || (p >= '0' && p <= '9') || (p >= 'a' && p <= 'z'))
			points[kept++] = p;
	}
	return kept;
}

unsigned value_points(const struct derived *d, uint32_t value, uint16_t *out)
{
	const char *s = dict_text(d->dict, value);
	size_t size = d->dict->values[value].size;

	points_of(d->kind, &s, &size);
	unsigned count = text_points(s, size, out, POINTS_MAX);
	return d->kind == KIND_CODE ? without_punctuation(out, count) : count;
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
	d->token_room = (size_t)d->dict->bytes / 2 + d->values + 1;
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
				d->tokens[kept++] = d->tokens[i];
		used = kept;
	}
	d->at[d->values] = (uint32_t)used;
	uint32_t *counts = dict_counts(&words);
	for (size_t i = 0; i < used; i++)
		counts[d->tokens[i]]++;
	d->token_count = words.count;
	d->token_weights = big_alloc(words.count, sizeof *d->token_weights);
	for (uint32_t w = 1; w < words.count; w++)
		d->token_weights[w] = (float)log2(1 + (double)d->values / (counts[w] + 0.5));
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
	uint32_t *counts = dict_counts(&column->dict);

	for (uint32_t r = 0; r < t->records; r++) {
		if (r + 16 < t->records)
			__builtin_prefetch(&counts[line_of(t, r + 16)[column->place]], 1);
		counts[line_of(t, r)[column->place]]++;
	}
	column->distinct = 0;
	for (uint32_t v = 1; v < column->dict.count; v++)
		column->distinct += counts[v] != 0;
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
	if (!t->counted)
		share_out(threads, k->count, count_one, &counting);
	share_out(threads, k->count, derive, k);
	return k;
}

void comparer_end(struct comparer *k)
{
	for (unsigned i = 0; k && i < k->count; i++) {
		struct derived *d = &k->of[i];
		big_free(d->at, d->values + 1ul, sizeof *d->at);
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
	return k->of[comparison].dict->counts[value];
}

bool identities_matter(const struct settings *s)
{
	for (unsigned i = 0; i < s->comparison_count; i++)
		if (s->comparisons[i].kind == KIND_CITIZEN)
			return true;
	return false;
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
