/* SPDX-License-Identifier: Apache-2.0 */
/* One value written in several ways, as one number: addresses slot by slot, citizen numbers of 15 and 18
 * digits, telephone numbers however they are grouped. What is equal is then known to be, by its exact
 * frequency, and blocking rules find it. */
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

/* What all ways to write the value have in common; 0: it is written in one way only. */
uint32_t unify_key(enum kind kind, const char *s, uint32_t size, char key[UNIFY_KEY_SIZE])
{
	struct address a;
	uint32_t n = 0;
	bool valid;

	switch (kind) {
	case KIND_ADDRESS:
		address_read(s, size, &a);
		n = (uint32_t)address_key(&a, key);
		/* Roads of one name are in many towns: where the town is not said it may be another. */
		if (!n || !a.town)
			return 0;
		return n + (uint32_t)snprintf(key + n, UNIFY_KEY_SIZE - n, " %x %x", a.district,
					      a.town);
	case KIND_CITIZEN: return citizen_read(s, size, key, &valid) ? 18 : 0;
	case KIND_CODE:
		for (uint32_t i = 0; i < size && n < UNIFY_KEY_SIZE - 1; i++)
			if (((uint8_t)s[i] | 0x20) >= 'a' || (s[i] >= '0' && s[i] <= '9'))
				key[n++] = s[i];
		/* +86 before a mobile number of eleven digits. */
		if (n == 13 && memcmp(key, "861", 3) == 0) {
			memmove(key, key + 2, n - 2);
			n -= 2;
		}
		return n < UNIFY_KEY_SIZE - 1 ? n : 0;
	default: return 0;
	}
}

/* Whether 'a' is to stand for what 'b' says too: the longer, then the first in the order of bytes. */
bool unify_before(const char *a, uint32_t a_size, const char *b, uint32_t b_size)
{
	return a_size != b_size ? a_size > b_size : memcmp(a, b, a_size) < 0;
}

/* The number by which each value is known from now on. */
static void unify_column(struct column *k, enum kind kind)
{
	uint32_t values = k->dict.count, *key_number = big_alloc(values, sizeof *key_number);
	uint32_t *known_as = big_alloc(values + 1ul, sizeof *known_as);
	struct dict keys;

	dict_init(&keys);
	for (uint32_t v = 1; v < values; v++) {
		const struct dict_value *d = &k->dict.values[v];
		char text[UNIFY_KEY_SIZE];
		struct dict_text key = { text, 0 };
		/* Texts that have another normal form are nobody's value. */
		if (v < k->texts && k->normal[v] != v)
			continue;
		key.size = unify_key(kind, dict_text(&k->dict, v), d->size, text);
		if (!key.size)
			continue;
		dict_add(&keys, &key, 1, &key_number[v]);
		uint32_t *known = &known_as[key_number[v]];
		if (!*known ||
		    unify_before(dict_text(&k->dict, v), d->size, dict_text(&k->dict, *known),
				 k->dict.values[*known].size))
			*known = v;
	}
	for (uint32_t v = 1; v < k->texts; v++)
		if (key_number[k->normal[v]])
			k->normal[v] = known_as[key_number[k->normal[v]]];
	dict_done(&keys);
	big_free(key_number, values, sizeof *key_number);
	big_free(known_as, values + 1ul, sizeof *known_as);
}

struct unifying {
	struct tables *tables;
	const struct settings *settings;
};

static void unify_comparison(void *context, size_t i)
{
	struct unifying *w = context;
	struct tables *t = w->tables;
	const struct comparison *c = &w->settings->comparisons[i];
	struct column *k = &t->columns[c->column];

	/* A column that is compared twice is unified by the first that says how. */
	for (size_t earlier = 0; earlier < i; earlier++)
		if (w->settings->comparisons[earlier].column == c->column)
			return;
	if (k->unified ||
	    (c->kind != KIND_ADDRESS && c->kind != KIND_CITIZEN && c->kind != KIND_CODE))
		return;
	k->unified = true;
	unify_column(k, c->kind);
	for (uint32_t r = 0; r < t->records; r++) {
		if (r + 16 < t->records)
			__builtin_prefetch(&k->normal[k->raw[r + 16]]);
		t->lines[(size_t)r * t->stride + k->place] = k->normal[k->raw[r]];
	}
}

void tables_unify(struct tables *t, const struct settings *s, unsigned threads)
{
	struct unifying w = { t, s };
	share_out(threads, s->comparison_count, unify_comparison, &w);
}
