/* SPDX-License-Identifier: Apache-2.0 */
/* The terms of a text, for search without a dictionary: of Chinese every character and every pair of
 * neighbours, of other writing every word; in lower case, of ordinary width, of at most 32 bytes. */
#ifndef BASE_TERMS_H
#define BASE_TERMS_H

#include "base/text.h"

/* Called for each term of a text, in its order. 'alone': a question asks for it: a pair, a word, or a
 * character that has no neighbour. 'term' lives for the time of the call. */
typedef void term_fn(void *arg, const char *term, bool alone);

/* 'text' is UTF-8; bytes that are not are passed over. */
void each_term(const char *text, term_fn *fn, void *arg);

struct term {
	const char *text;
	int64_t weight;
};
enum { TERM_WEIGHT_MAX = 1000 };

/* The terms of a thing's texts, each once with the weights of its places added up; 'slots' without a text
 * are empty. Open addressing: a long table has thousands of names. */
struct term_bag {
	struct arena *arena;
	struct term *slots;
	size_t room, count, most;
	int64_t weight;
};
/* Takes at most 'most' terms; what comes behind them is not found by. */
void term_bag_init(struct term_bag *b, struct arena *a, size_t most);
/* A 'text' of NULL has no terms. */
void term_bag_text(struct term_bag *b, const char *text, int64_t weight);

/* The terms to look for: of Chinese only pairs, where there are pairs; at most 'most', each once. */
size_t terms_of_question(struct arena *a, const char *text, struct term *out, size_t most);
/* How many of 'n' terms must be there. Two must both be; of more, half, for a question says more than a
 * name does and its words meet in pairs that are no words. */
size_t terms_needed(size_t n);

#endif
