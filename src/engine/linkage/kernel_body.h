/* SPDX-License-Identifier: Apache-2.0 */
/* The measures over one primitive, included by kernel.c once for each machine with
 *	NAME(x)      the functions' names
 *	TARGET       the attribute that lets the compiler use the machine's instructions
 *	VECTOR       the bytes of its vectors
 *	WHERE(b, lb, c)  a bit for each of the first lb (<= 64) units of b that equals c
 * No include guard: it is meant to be read several times. */

TARGET static double NAME(jaro)(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	if (la > 64 || lb > 64)
		return scalar_jaro(a, la, b, lb);
	if (!la || !lb)
		return la == lb ? 1 : 0;
	unsigned longer = la > lb ? la : lb, window = longer / 2 > 0 ? longer / 2 - 1 : 0;
	uint64_t unused = low_bits(lb), taken = 0;
	for (unsigned i = 0; i < la; i++) {
		uint64_t near = low_bits(i + window + 1) & ~low_bits(i > window ? i - window : 0);
		uint64_t hit = WHERE(b, lb, a[i]) & unused & near;
		unused &= ~(hit & -hit);
		taken |= (uint64_t)(hit != 0) << i;
	}
	return jaro_of(a, la, taken, b, lb, ~unused & low_bits(lb));
}

TARGET static double NAME(jaro_winkler)(const uint16_t *a, unsigned la, const uint16_t *b,
					unsigned lb)
{
	return winkler(NAME(jaro)(a, la, b, lb), a, la, b, lb);
}

TARGET static unsigned NAME(levenshtein)(const uint16_t *a, unsigned la, const uint16_t *b,
					 unsigned lb)
{
	if (la > 64 || lb > 64)
		return scalar_levenshtein(a, la, b, lb);
	if (!la || !lb)
		return la + lb;
	uint64_t up = ~0ull, down = 0, last = 1ull << (lb - 1);
	unsigned distance = lb;
	for (unsigned i = 0; i < la; i++) {
		uint64_t eq = WHERE(b, lb, a[i]), vertical = eq | down;
		uint64_t horizontal = (((eq & up) + up) ^ up) | eq;
		uint64_t rises = down | ~(horizontal | up), falls = up & horizontal;
		distance += (rises & last) != 0;
		distance -= (falls & last) != 0;
		rises = rises << 1 | 1;
		falls <<= 1;
		up = falls | ~(vertical | rises);
		down = rises & vertical;
	}
	return distance;
}

TARGET static unsigned NAME(osa)(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	if (la > 64 || lb > 64)
		return scalar_osa(a, la, b, lb);
	if (!la || !lb)
		return la + lb;
	uint64_t up = ~0ull, down = 0, diagonal = 0, before = 0, last = 1ull << (lb - 1);
	unsigned distance = lb;
	for (unsigned i = 0; i < la; i++) {
		uint64_t eq = WHERE(b, lb, a[i]);
		uint64_t swapped = ((~diagonal & eq) << 1) & before;
		diagonal = (((eq & up) + up) ^ up) | eq | down | swapped;
		uint64_t rises = down | ~(diagonal | up), falls = diagonal & up;
		distance += (rises & last) != 0;
		distance -= (falls & last) != 0;
		rises = rises << 1 | 1;
		up = falls << 1 | ~(diagonal | rises);
		down = rises & diagonal;
		before = eq;
	}
	return distance;
}

#define LANES(x) NAME(short_##x)
#define LANE uint16_t
#include "engine/linkage/kernel_lanes.h"
#if VECTOR >= 32 /* a batch is of eight lanes at least */
#define LANES(x) NAME(middle_##x)
#define LANE uint32_t
#include "engine/linkage/kernel_lanes.h"
#define MIDDLE(measure, pairs, chosen, count, out)                                                 \
	NAME(middle_measure)(measure, pairs, chosen, count, out)
#else
#define MIDDLE(measure, pairs, chosen, count, out) (void)(chosen)
#endif

TARGET static void NAME(many)(enum kernel_measure measure, const struct kernel_pair *pairs,
			      uint32_t count, double *out)
{
	uint32_t chosen[2][VECTOR / 2];
	unsigned shorts = 0, middles = 0;

	for (uint32_t i = 0; i < count; i++) {
		const struct kernel_pair *p = &pairs[i];
		unsigned longer = p->la > p->lb ? p->la : p->lb;
		if (longer <= SHORT_POINTS) {
			chosen[0][shorts++] = i;
			if (shorts == VECTOR / 2) {
				NAME(short_measure)(measure, pairs, chosen[0], shorts, out);
				shorts = 0;
			}
		} else if (VECTOR >= 32 && longer <= MIDDLE_POINTS) {
			chosen[1][middles++] = i;
			if (middles == VECTOR / 4) {
				MIDDLE(measure, pairs, chosen[1], middles, out);
				middles = 0;
			}
		} else {
			out[i] = measure == KERNEL_JARO_WINKLER
					 ? NAME(jaro_winkler)(p->a, p->la, p->b, p->lb)
				 : measure == KERNEL_LEVENSHTEIN
					 ? NAME(levenshtein)(p->a, p->la, p->b, p->lb)
					 : NAME(osa)(p->a, p->la, p->b, p->lb);
		}
	}
	if (shorts)
		NAME(short_measure)(measure, pairs, chosen[0], shorts, out);
	if (middles)
		MIDDLE(measure, pairs, chosen[1], middles, out);
}

static const struct kernel NAME(kernel) = { KERNEL_NAME,       NAME(jaro), NAME(jaro_winkler),
					    NAME(levenshtein), NAME(osa),  NAME(many) };
#undef MIDDLE
