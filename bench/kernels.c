/* SPDX-License-Identifier: Apache-2.0 */
/* Pairs a CPU second of the string measures, on one core: random pairs of a dictionary of 30,000 surnames and
 * of 1,000,000 e-mail addresses, from points that are ready and from UTF-8. Prints
 *	KERNEL STRINGS FROM MEASURE MILLION_PAIRS_A_SECOND */
#include <stdio.h>
#include <stdlib.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/kernel.h"
#include "engine/linkage/memory.h"

#define PAIRS 2000000u
#define TEXT_ROOM 32

static uint64_t state = 1;

static unsigned dice(unsigned n)
{
	state = state * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)((state >> 32) * n >> 32);
}

struct strings {
	const char *name;
	unsigned count;
	char (*text)[TEXT_ROOM];
	uint16_t *points;
	uint32_t *at;
};

static void letters(char *to, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		to[i] = "aeioubcdfghjklmnprstvz"[i & 1 ? dice(5) : dice(22)];
	to[n] = '\0';
}

static void fill(struct strings *s, const char *name, unsigned count, bool mails)
{
	size_t used = 0;

	s->name = name;
	s->count = count;
	s->text = big_alloc(count, sizeof *s->text);
	s->points = big_alloc((size_t)count * TEXT_ROOM + KERNEL_SLACK, sizeof *s->points);
	s->at = big_alloc(count + 1ul, sizeof *s->at);
	for (unsigned i = 0; i < count; i++) {
		char word[16];
		letters(word, 4 + dice(6));
		if (mails)
			snprintf(s->text[i], TEXT_ROOM, "%s%u@inbox.com", word, dice(1000));
		else
			snprintf(s->text[i], TEXT_ROOM, "%s", word);
		s->at[i] = (uint32_t)used;
		for (const char *p = s->text[i]; *p; p++)
			s->points[used++] = (uint8_t)*p;
	}
	s->at[count] = (uint32_t)used;
}

static double sum; /* so that nothing is left out */

static void measure(const struct kernel *k, const struct strings *s, bool ready, int measure_of)
{
	static const char *const names[] = { "jaro-winkler", "levenshtein", "osa" };
	uint16_t room[2][64 + KERNEL_SLACK] = { { 0 } };
	double begin = cpu_seconds();

	/* As the engine does, the memory of later pairs is on its way while one is compared. */
	uint32_t later[16][2] = { { 0 } };
	for (unsigned i = 0; i < PAIRS + 16; i++) {
		unsigned a = later[i % 16][0], b = later[i % 16][1];
		uint32_t *soon = later[(i + 8) % 16];
		__builtin_prefetch(s->points + s->at[soon[0]]);
		__builtin_prefetch(s->points + s->at[soon[1]]);
		__builtin_prefetch(s->text[soon[0]]);
		__builtin_prefetch(s->text[soon[1]]);
		later[i % 16][0] = dice(s->count), later[i % 16][1] = dice(s->count);
		__builtin_prefetch(&s->at[later[i % 16][0]]);
		__builtin_prefetch(&s->at[later[i % 16][1]]);
		const uint16_t *x = s->points + s->at[a], *y = s->points + s->at[b];
		unsigned lx = s->at[a + 1] - s->at[a], ly = s->at[b + 1] - s->at[b];
		if (!ready) {
			text_points(s->text[a], lx, room[0], 64);
			text_points(s->text[b], ly, room[1], 64);
			x = room[0], y = room[1];
		}
		sum += measure_of == 0   ? k->jaro_winkler(x, lx, y, ly)
		       : measure_of == 1 ? k->levenshtein(x, lx, y, ly)
					 : k->osa(x, lx, y, ly);
	}
	printf("%-9s %-9s %-7s %-13s %7.2f\n", k->name, s->name, ready ? "points" : "utf-8",
	       names[measure_of], PAIRS / 1e6 / (cpu_seconds() - begin));
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
				if (!k[1]) /* the fastest only */
					measure(*k, &strings[s], false, m);
			}
	return sum > 0 ? 0 : 1;
}
