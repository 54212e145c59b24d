/* SPDX-License-Identifier: Apache-2.0 */
/* How alike two strings are, on code points of 16 bits (what lies beyond is mapped by hanzi.h). One
 * primitive, "where in b does c stand", as one comparison of up to 32 lanes, feeds bit-parallel forms of
 * the classic measures; it exists for AVX-512, AVX2 and plain C, which the processor chooses once, and
 * all three give the same bits. Beyond 64 points the textbook's table is filled. Where many pairs are
 * asked at once each has a lane of a vector (kernel_lanes.h). */
#ifndef LINKAGE_KERNEL_H
#define LINKAGE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* So many units behind the last of a string may be read (and are not looked at). */
#define KERNEL_SLACK 64
/* Longer strings are compared by their beginnings of so many points. */
#define KERNEL_LENGTH_MAX 512

/* Two strings whose likeness is asked for. */
struct kernel_pair {
	const uint16_t *a, *b;
	unsigned la, lb;
};

enum kernel_measure { KERNEL_JARO_WINKLER, KERNEL_LEVENSHTEIN, KERNEL_OSA };

struct kernel {
	const char *name;
	/* Jaro 1989, from 0 to 1; two empty strings are 1. Not symmetric in rare cases, as published. */
	double (*jaro)(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb);
	/* Winkler 1990: above 0.7 a common beginning of up to 4 points takes a tenth each of the rest. */
	double (*jaro_winkler)(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb);
	/* Insertions, deletions, substitutions (Myers 1999). */
	unsigned (*levenshtein)(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb);
	/* And transpositions of neighbours, none touched twice (Hyyrö 2003): optimal string alignment. */
	unsigned (*osa)(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb);
	/* The same of 'count' pairs, bit for bit, into 'out': a pair a lane, 32 pairs of up to 16 points or 16 of
	 * up to 32 at a time; longer ones one by one. */
	void (*many)(enum kernel_measure measure, const struct kernel_pair *pairs, uint32_t count,
		     double *out);
};

/* The fastest that this processor runs; the same for the whole process. */
const struct kernel *kernel_best(void) __attribute__((returns_nonnull));
/* All that it runs, ended by NULL; the textbook's own tables ("scalar") come first, as oracle. */
const struct kernel *const *kernel_all(void) __attribute__((returns_nonnull));

#endif
