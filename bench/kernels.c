/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs a CPU second of the string measures, on one core: two columns, row by row, of strings drawn from 30,000
 * surnames and from 1,000,000 e-mail addresses; from points that are ready and from UTF-8; one by one, and in batches
 * whose pairs have a lane each. Prints
 *	KERNEL STRINGS FROM MEASURE HOW MILLION_PAIRS_A_SECOND */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/kernel.h"
#include "engine/linkage/memory.h"

#define PAIRS 500000u
#define ROUNDS 4
#define BATCH 250u
#define TEXT_ROOM 32

static uint64_t state = 1;

static unsigned dice(unsigned n)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)((state >> 32) * n >> 32);
}

/* Two columns of strings, row by row, as a table holds them. */
struct strings {
	const char *name;
	char (*text)[2][TEXT_ROOM];
	uint16_t *points;
	uint32_t *at; /* of the left string; the right one's follows */
};

static void letters(char *to, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = "aeioubcdfghjklmnprstvz"[i & 1 ? dice(5) : dice(22)];
	to[n] = '\0';
}

static void fill(struct strings *s, const char *name, unsigned count, bool mails)
{
	char(*words)[TEXT_ROOM] = big_alloc(count, sizeof *words);
	size_t used = 0;

	for (unsigned i = 0; i < count; i++) {
		char word[16];
		letters(word, 4 + dice(6));
		if (mails)
			snprintf(words[i], TEXT_ROOM, "%s%u@inbox.com", word, dice(1000));
		else
			snprintf(words[i], TEXT_ROOM, "%s", word);
	}
	s->name = name;
	s->text = big_alloc(PAIRS, sizeof *s->text);
	s->points = big_alloc((size_t)PAIRS * 2 * TEXT_ROOM + KERNEL_SLACK, sizeof *s->points);
	s->at = big_alloc(PAIRS * 2 + 1ul, sizeof *s->at);
	for (unsigned i = 0; i < PAIRS * 2; i++) {
		char *text = s->text[i / 2][i % 2];
		memcpy(text, words[dice(count)], TEXT_ROOM);
		s->at[i] = (uint32_t)used;
		for (const char *p = text; *p; p++)
			s->points[used++] = (uint8_t)*p;
	}
	s->at[PAIRS * 2] = (uint32_t)used;
	big_free(words, count, sizeof *words);
}

static double sum; /* so that nothing is left out */

static const char *const measures[] = { "jaro-winkler", "levenshtein", "osa" };

static void print(const struct kernel *k, const struct strings *s, bool ready, int measure,
		  bool batches, double begin)
{
	printf("%-9s %-8s %-7s %-13s %-10s %7.2f\n", k->name, s->name, ready ? "points" : "utf-8",
	       measures[measure], batches ? "in batches" : "one by one",
	       PAIRS * ROUNDS / 1e6 / (cpu_seconds() - begin));
}

static struct kernel_pair pair_of(const struct strings *s, unsigned i, bool ready,
				  uint16_t room[2][TEXT_ROOM + KERNEL_SLACK])
{
	const uint32_t *at = s->at + 2ul * i;
	struct kernel_pair p = { s->points + at[0], s->points + at[1], at[1] - at[0],
				 at[2] - at[1] };

	if (ready)
		return p;
	text_points(s->text[i][0], p.la, room[0], TEXT_ROOM);
	text_points(s->text[i][1], p.lb, room[1], TEXT_ROOM);
	p.a = room[0], p.b = room[1];
	return p;
}

static void measure(const struct kernel *k, const struct strings *s, bool ready, int measure)
{
	static uint16_t room[2][TEXT_ROOM + KERNEL_SLACK];
	double begin = cpu_seconds();

	for (unsigned n = 0; n < PAIRS * ROUNDS; n++) {
		struct kernel_pair p = pair_of(s, n % PAIRS, ready, room);
		sum += measure == 0   ? k->jaro_winkler(p.a, p.la, p.b, p.lb)
		       : measure == 1 ? k->levenshtein(p.a, p.la, p.b, p.lb)
				      : k->osa(p.a, p.la, p.b, p.lb);
	}
	print(k, s, ready, measure, false, begin);
}

static void measure_many(const struct kernel *k, const struct strings *s, bool ready, int measure)
{
	static uint16_t room[BATCH][2][TEXT_ROOM + KERNEL_SLACK];
	static struct kernel_pair pairs[BATCH];
	static double out[BATCH];
	double begin = cpu_seconds();

	for (unsigned n = 0; n < PAIRS * ROUNDS; n += BATCH) {
		for (unsigned i = 0; i < BATCH; i++)
			pairs[i] = pair_of(s, n % PAIRS + i, ready, room[i]);
		k->many((enum kernel_measure)measure, pairs, BATCH, out);
		sum += out[0] + out[BATCH - 1];
	}
	print(k, s, ready, measure, true, begin);
}

int main(void)
{
	static struct strings strings[2];

	fill(&strings[0], "surname", 30000, false);
	fill(&strings[1], "e-mail", 1000000, true);
	for (const struct kernel *const *k = kernel_all(); *k; k++)
		for (unsigned s = 0; s < 2; s++)
			for (int m = 0; m < 3; m++) {
				measure(*k, &strings[s], true, m);
				measure_many(*k, &strings[s], true, m);
				if (k[1])
					continue;
				/* Of the fastest also with the conversion of both strings. */
				measure(*k, &strings[s], false, m);
				measure_many(*k, &strings[s], false, m);
			}
	return sum > 0 ? 0 : 1;
}
