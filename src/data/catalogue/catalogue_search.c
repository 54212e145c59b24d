/* SPDX-License-Identifier: Apache-2.0 */
/* Full text without a dictionary: of Chinese every character and every pair of neighbours is a term, of
 * other writing every word. A question of Chinese asks for its pairs. One table and one statement serve
 * both databases; a term counts by where it stands and by how rare it is. */
#include <stdlib.h>
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

enum { TERM_SIZE = 32, TERMS_MAX = 4000, WEIGHT_MAX = 1000 };

/* What a place is worth. */
enum { IN_NAME = 40, IN_KEYWORD = 20, IN_PROVIDER = 10, IN_ITEM = 8, IN_SUMMARY = 4 };

enum kind { KIND_NONE, KIND_WORD, KIND_HAN };

struct glyph {
	enum kind kind;
	char text[5]; /* lower case, of ordinary width */
	size_t size;
	size_t step; /* bytes in the source */
};

static unsigned wide_ascii(const unsigned char *u, size_t step)
{
	unsigned p;

	if (step != 3)
		return 0;
	p = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
	return p >= 0xFF01 && p <= 0xFF5E ? p - 0xFEE0 : 0;
}

static bool is_word_char(unsigned p)
{
	return (p >= '0' && p <= '9') || (p >= 'a' && p <= 'z');
}

/* Ideographs, with 々 and 〇; of three bytes U+3400 to U+9FFF and the compatibility ones, and all of four
 * bytes from U+20000 on. */
static bool is_han(const unsigned char *u, size_t step)
{
	if (step == 4)
		return u[0] == 0xF0 && u[1] >= 0xA0;
	if (step != 3)
		return false;
	unsigned p = (u[0] & 0x0Fu) << 12 | (u[1] & 0x3Fu) << 6 | (u[2] & 0x3Fu);
	return p == 0x3005 || p == 0x3007 || (p >= 0x3400 && p <= 0x9FFF) ||
	       (p >= 0xF900 && p <= 0xFAFF);
}

static struct glyph glyph_at(const char *s, size_t left)
{
	const unsigned char *u = (const unsigned char *)s;
	struct glyph g = { .step = utf8_step(s, left) };
	unsigned p;

	if (!g.step) {
		g.step = 1;
		return g;
	}
	p = g.step == 1 ? u[0] : wide_ascii(u, g.step);
	if (p >= 'A' && p <= 'Z')
		p |= 0x20;
	if (p && p < 0x80) {
		g.kind = is_word_char(p) ? KIND_WORD : KIND_NONE;
		g.text[0] = (char)p;
		g.size = 1;
		return g;
	}
	g.kind = is_han(u, g.step) ? KIND_HAN : g.step == 2 ? KIND_WORD : KIND_NONE;
	memcpy(g.text, s, g.step);
	g.size = g.step;
	return g;
}

/* Called for each term of a text. 'alone': a question asks for it: a pair, a word, or a character that has
 * no neighbour. */
typedef void term_fn(void *arg, const char *term, bool alone);

static void each_term(const char *text, term_fn *fn, void *arg)
{
	char word[TERM_SIZE + 5] = "", last[5] = "", pair[10];
	size_t size = 0, run = 0;

	for (size_t left = strlen(text);;) {
		struct glyph g = left ? glyph_at(text, left) : (struct glyph){ 0 };
		if (g.kind != KIND_WORD && size) {
			word[size] = '\0';
			fn(arg, word, true);
			size = 0;
		}
		if (g.kind != KIND_HAN && run) {
			fn(arg, last, run == 1);
			run = 0;
		}
		if (!left)
			return;
		if (g.kind == KIND_WORD && size + g.size <= TERM_SIZE) {
			memcpy(word + size, g.text, g.size);
			size += g.size;
		}
		if (g.kind == KIND_HAN) {
			if (run) {
				size_t n = strlen(last);
				fn(arg, last, false);
				memcpy(pair, last, n);
				memcpy(pair + n, g.text, g.size + 1);
				fn(arg, pair, true);
			}
			memcpy(last, g.text, g.size + 1);
			run++;
		}
		text += g.step;
		left -= g.step;
	}
}

/* --- terms of a resource --- */

/* Open addressing: a long table has thousands of items. */
struct bag {
	struct arena *arena;
	struct term *slots;
	size_t room, count, most;
	int64_t weight;
};

static void bag_add(void *arg, const char *term, bool alone)
{
	struct bag *b = arg;
	size_t at = 5381;

	(void)alone;
	for (const char *p = term; *p; p++)
		at = at * 33 ^ (unsigned char)*p;
	for (at %= b->room; b->slots[at].text; at = (at + 1) % b->room) {
		if (!str_eq(b->slots[at].text, term))
			continue;
		b->slots[at].weight += b->weight;
		if (b->slots[at].weight > WEIGHT_MAX)
			b->slots[at].weight = WEIGHT_MAX;
		return;
	}
	if (b->count == b->most)
		return;
	b->slots[at] = (struct term){ arena_strdup(b->arena, term), b->weight };
	b->count++;
}

static void bag_text(struct bag *b, const char *text, int64_t weight)
{
	b->weight = weight;
	if (text)
		each_term(text, bag_add, b);
}

enum status terms_write(struct call *c, const struct catalogue_resource *r,
			const struct catalogue_version *v)
{
	struct bag b = { .arena = c->arena, .room = 2 * TERMS_MAX + 1, .most = TERMS_MAX };
	enum status st = terms_remove(c, r->id);

	b.slots = arena_array(c->arena, b.room, sizeof *b.slots);
	bag_text(&b, v->name, IN_NAME);
	bag_text(&b, r->code, IN_NAME);
	bag_text(&b, r->provider, IN_PROVIDER);
	bag_text(&b, v->system, IN_PROVIDER);
	for (size_t i = 0; i < v->keywords.count; i++)
		bag_text(&b, v->keywords.list[i], IN_KEYWORD);
	bag_text(&b, v->summary, IN_SUMMARY);
	for (size_t i = 0; i < v->items_count; i++) {
		bag_text(&b, v->items[i].name, IN_ITEM);
		bag_text(&b, v->items[i].code, IN_ITEM);
	}
	for (size_t i = 0; !st && i < b.room; i++)
		if (b.slots[i].text)
			st = term_put(c, r->id, &b.slots[i]);
	return st;
}

/* --- terms of a question --- */

struct question {
	struct arena *arena;
	struct term *out;
	size_t count;
};

static void ask_for(void *arg, const char *term, bool alone)
{
	struct question *q = arg;

	if (!alone || q->count == SEARCH_TERMS_MAX)
		return;
	for (size_t i = 0; i < q->count; i++)
		if (str_eq(q->out[i].text, term))
			return;
	q->out[q->count++] = (struct term){ arena_strdup(q->arena, term), 0 };
}

size_t terms_of_question(struct arena *a, const char *text, struct term out[SEARCH_TERMS_MAX])
{
	struct question q = { a, out, 0 };

	each_term(text, ask_for, &q);
	return q.count;
}
