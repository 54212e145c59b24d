/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/linkage/kernel.h"
#include <pthread.h>
#include <string.h>

static inline uint64_t low_bits(unsigned n)
{
	return n >= 64 ? ~0ull : (1ull << n) - 1;
}

static unsigned cut(unsigned length)
{
	return length > KERNEL_LENGTH_MAX ? KERNEL_LENGTH_MAX : length;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static inline __attribute__((always_inline)) double
winkler(double jaro, const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	unsigned common = 0, most = least(4, least(la, lb));
	while (common < most && a[common] == b[common])
		common++;
	return jaro > 0.7 ? jaro + common * 0.1 * (1 - jaro) : jaro;
}

static inline __attribute__((always_inline)) double jaro_value(unsigned matches, unsigned moved,
							       unsigned la, unsigned lb)
{
	/* Two that are moved are one transposition: half of an odd one does not count. */
	unsigned transposed = moved / 2;
	double m = matches;
	return matches ? (m / la + m / lb + (m - transposed) / m) / 3 : 0;
}

/* The measure from the matched positions of both, as bits. */
static inline __attribute__((always_inline)) double jaro_of(const uint16_t *a, unsigned la,
							    uint64_t in_a, const uint16_t *b,
							    unsigned lb, uint64_t in_b)
{
	unsigned matches = (unsigned)__builtin_popcountll(in_a), moved = 0;
	for (; in_a; in_a &= in_a - 1, in_b &= in_b - 1)
		moved += a[__builtin_ctzll(in_a)] != b[__builtin_ctzll(in_b)];
	return jaro_value(matches, moved, la, lb);
}

/* --- the textbook: oracle of the tests, and the way for more than 64 points --- */

static double scalar_jaro(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	bool in_a[KERNEL_LENGTH_MAX] = { 0 }, in_b[KERNEL_LENGTH_MAX] = { 0 };
	unsigned matches = 0, moved = 0;

	la = cut(la), lb = cut(lb);
	if (!la || !lb)
		return la == lb ? 1 : 0;
	unsigned longer = la > lb ? la : lb, window = longer / 2 > 0 ? longer / 2 - 1 : 0;
	for (unsigned i = 0; i < la; i++)
		for (unsigned j = i > window ? i - window : 0; j < lb && j <= i + window; j++)
			if (!in_b[j] && a[i] == b[j]) {
				in_a[i] = in_b[j] = true;
				matches++;
				break;
			}
	for (unsigned i = 0, j = 0; i < la; i++) {
		if (!in_a[i])
			continue;
		while (!in_b[j])
			j++;
		moved += a[i] != b[j++];
	}
	return jaro_value(matches, moved, la, lb);
}

static double scalar_jaro_winkler(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	return winkler(scalar_jaro(a, la, b, lb), a, la, b, lb);
}

static unsigned table(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb,
		      bool transpositions)
{
	unsigned rows[3][KERNEL_LENGTH_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];

	la = cut(la), lb = cut(lb);
	for (unsigned j = 0; j <= lb; j++)
		above[j] = j, before[j] = 0;
	for (unsigned i = 1; i <= la; i++) {
		row[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (transpositions && i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		unsigned *free_row = before;
		before = above, above = row, row = free_row;
	}
	return above[lb];
}

static unsigned scalar_levenshtein(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	return table(a, la, b, lb, false);
}

static unsigned scalar_osa(const uint16_t *a, unsigned la, const uint16_t *b, unsigned lb)
{
	return table(a, la, b, lb, true);
}

static void scalar_many(enum kernel_measure measure, const struct kernel_pair *pairs,
			uint32_t count, double *out)
{
	for (const struct kernel_pair *p = pairs; p < pairs + count; p++)
		*out++ = measure == KERNEL_JARO_WINKLER
				 ? scalar_jaro_winkler(p->a, p->la, p->b, p->lb)
				 : table(p->a, p->la, p->b, p->lb, measure == KERNEL_OSA);
}

static const struct kernel scalar_kernel = { "scalar",           scalar_jaro, scalar_jaro_winkler,
					     scalar_levenshtein, scalar_osa,  scalar_many };

/* --- what the lanes share --- */

#define SHORT_POINTS 16
#define MIDDLE_POINTS 32

typedef uint16_t points8 __attribute__((vector_size(16)));

/* Points of two strings by turns, singly, by twos and by fours. */
#define ZIP1_LOW(x, y) __builtin_shufflevector(x, y, 0, 8, 1, 9, 2, 10, 3, 11)
#define ZIP1_HIGH(x, y) __builtin_shufflevector(x, y, 4, 12, 5, 13, 6, 14, 7, 15)
#define ZIP2_LOW(x, y) __builtin_shufflevector(x, y, 0, 1, 8, 9, 2, 3, 10, 11)
#define ZIP2_HIGH(x, y) __builtin_shufflevector(x, y, 4, 5, 12, 13, 6, 7, 14, 15)
#define ZIP4_LOW(x, y) __builtin_shufflevector(x, y, 0, 1, 2, 3, 8, 9, 10, 11)
#define ZIP4_HIGH(x, y) __builtin_shufflevector(x, y, 4, 5, 6, 7, 12, 13, 14, 15)

#define TURN_PAIRS(zip, from, to, x, y, at)                                                        \
	(to[at] = zip##_LOW(from[x], from[y]), to[(at) + 1] = zip##_HIGH(from[x], from[y]))

/* i / k of small numbers: a division takes longer than a look. */
static double quotients[MIDDLE_POINTS + 1][MIDDLE_POINTS + 1];

static void fill_quotients(void)
{
	for (unsigned i = 0; i <= MIDDLE_POINTS; i++)
		for (unsigned k = 1; k <= MIDDLE_POINTS; k++)
			quotients[i][k] = (double)i / k;
}

/* --- plain C --- */

static inline uint64_t portable_where(const uint16_t *b, unsigned lb, uint16_t c)
{
	uint64_t hits = 0;
	for (unsigned j = 0; j < lb; j++)
		hits |= (uint64_t)(b[j] == c) << j;
	return hits;
}

#define NAME(x) portable_##x
#define KERNEL_NAME "portable"
#define TARGET
#define VECTOR 16
#define WHERE(b, lb, c) portable_where(b, lb, c)
#include "engine/linkage/kernel_body.h"
#undef NAME
#undef KERNEL_NAME
#undef TARGET
#undef VECTOR
#undef WHERE

#if defined(__x86_64__)
#include <immintrin.h>

/* --- AVX2: 16 lanes --- */

#define AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))

AVX2 static inline uint64_t avx2_where32(const uint16_t *b, uint16_t c)
{
	__m256i want = _mm256_set1_epi16((short)c);
	__m256i low =
		_mm256_cmpeq_epi16(_mm256_loadu_si256((const __m256i *)(const void *)b), want);
	__m256i high = _mm256_cmpeq_epi16(
		_mm256_loadu_si256((const __m256i *)(const void *)(b + 16)), want);
	/* Packing works on the two halves of a register each: put them into order. */
	__m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xD8);
	return (uint32_t)_mm256_movemask_epi8(bytes);
}

AVX2 static inline uint64_t avx2_where(const uint16_t *b, unsigned lb, uint16_t c)
{
	uint64_t hits = avx2_where32(b, c);
	if (lb > 32)
		hits |= avx2_where32(b + 32, c) << 32;
	return hits & low_bits(lb);
}

#define NAME(x) avx2_##x
#define KERNEL_NAME "avx2"
#define TARGET AVX2
#define VECTOR 32
#define WHERE(b, lb, c) avx2_where(b, lb, c)
#include "engine/linkage/kernel_body.h"
#undef NAME
#undef KERNEL_NAME
#undef TARGET
#undef VECTOR
#undef WHERE

/* --- AVX-512: 32 lanes, the mask at once --- */

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,bmi,bmi2,lzcnt,popcnt")))

AVX512 static inline uint64_t avx512_where(const uint16_t *b, unsigned lb, uint16_t c)
{
	__m512i want = _mm512_set1_epi16((short)c);
	uint64_t hits = _mm512_cmpeq_epi16_mask(_mm512_loadu_si512(b), want);
	if (lb > 32)
		hits |= (uint64_t)_mm512_cmpeq_epi16_mask(_mm512_loadu_si512(b + 32), want) << 32;
	return hits & low_bits(lb);
}

#define NAME(x) avx512_##x
#define KERNEL_NAME "avx512"
#define TARGET AVX512
#define VECTOR 64
#define WHERE(b, lb, c) avx512_where(b, lb, c)
#include "engine/linkage/kernel_body.h"
#undef NAME
#undef KERNEL_NAME
#undef TARGET
#undef VECTOR
#undef WHERE
#endif

static const struct kernel *known[5] = { &scalar_kernel, &portable_kernel };
static pthread_once_t asked = PTHREAD_ONCE_INIT;

static void ask_processor(void)
{
	fill_quotients();
#if defined(__x86_64__)
	unsigned n = 2;
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2"))
		known[n++] = &avx2_kernel;
	if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("bmi2"))
		known[n++] = &avx512_kernel;
#endif
}

const struct kernel *const *kernel_all(void)
{
	pthread_once(&asked, ask_processor);
	return known;
}

const struct kernel *kernel_best(void)
{
	const struct kernel *const *k = kernel_all();
	while (k[1])
		k++;
	return *k;
}
