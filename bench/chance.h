/* SPDX-License-Identifier: Apache-2.0 */
/* Chance by a seed, for programs that make what is measured: SplitMix64 (Steele, Lea and Flood, 2014). A program has one
 * stream: the same seed makes the same files. */
#ifndef BENCH_CHANCE_H
#define BENCH_CHANCE_H

#include <stdint.h>

/* Set to the seed. */
static uint64_t state;

static inline uint64_t next(void)
{
	uint64_t z = state += 0x9E3779B97F4A7C15ull;
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
	return z ^ (z >> 31);
}

/* From 0 up to but not with 1. */
static inline double part(void)
{
	return (double)(next() >> 11) * 0x1p-53;
}

#endif
