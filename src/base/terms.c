/* SPDX-License-Identifier: Apache-2.0 */
/* Texts cut into terms for search, see terms.h. */
#include "base/terms.h"

enum { TERM_SIZE = 32 };

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

void each_term(const char *text, term_fn *fn, void *arg)
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

/* --- what a text is found by --- */

void term_bag_init(struct term_bag *b, struct arena *a, size_t most)
{
	*b = (struct term_bag){ .arena = a, .room = 2 * most + 1, .most = most };
	b->slots = arena_array(a, b->room, sizeof *b->slots);
}

static void bag_add(void *arg, const char *term, bool alone)
{
	struct term_bag *b = arg;
	size_t at = 5381;

	(void)alone;
	for (const char *p = term; *p; p++)
		at = at * 33 ^ (unsigned char)*p;
	for (at %= b->room; b->slots[at].text; at = (at + 1) % b->room) {
		if (!str_eq(b->slots[at].text, term))
			continue;
		b->slots[at].weight += b->weight;
		if (b->slots[at].weight > TERM_WEIGHT_MAX)
			b->slots[at].weight = TERM_WEIGHT_MAX;
		return;
	}
	if (b->count == b->most)
		return;
	b->slots[at] = (struct term){ arena_strdup(b->arena, term), b->weight };
	b->count++;
}

void term_bag_text(struct term_bag *b, const char *text, int64_t weight)
{
	b->weight = weight;
	if (text)
		each_term(text, bag_add, b);
}

/* --- what a question looks for --- */

struct question {
	struct arena *arena;
	struct term *out;
	size_t count, most;
};

static void ask_for(void *arg, const char *term, bool alone)
{
	struct question *q = arg;

	if (!alone || q->count == q->most)
		return;
	for (size_t i = 0; i < q->count; i++)
		if (str_eq(q->out[i].text, term))
			return;
	q->out[q->count++] = (struct term){ arena_strdup(q->arena, term), 0 };
}

size_t terms_of_question(struct arena *a, const char *text, struct term *out, size_t most)
{
	struct question q = { a, out, 0, most };

	each_term(text, ask_for, &q);
	return q.count;
}

size_t terms_needed(size_t n)
{
	return n < 3 ? n : (n + 1) / 2;
}
