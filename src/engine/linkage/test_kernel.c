/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include "engine/linkage/kernel.h"
#include "harness.h"

struct word {
	uint16_t at[KERNEL_LENGTH_MAX + 200 + KERNEL_SLACK];
	unsigned length;
};

static struct word word(const char *s)
{
	struct word w = { .length = (unsigned)strlen(s) };
	for (unsigned i = 0; i < w.length; i++)
		w.at[i] = (uint8_t)s[i];
	return w;
}

static uint64_t seed = 7;
static unsigned dice(unsigned n)
{
	seed = seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)((seed >> 33) % n);
}

TEST(the_measures_give_what_the_papers_print)
{
	static const struct {
		const char *a, *b;
		double jaro, winkler;
		unsigned levenshtein, osa;
	} rows[] = {
		{ "martha", "marhta", 0.944444, 0.961111, 2, 1 },
		{ "dwayne", "duane", 0.822222, 0.840000, 2, 2 },
		{ "dixon", "dicksonx", 0.766667, 0.813333, 4, 4 },
		{ "kitten", "sitting", 0.746032, 0.746032, 3, 3 },
		{ "ca", "abc", 0, 0, 3, 3 },
		{ "", "", 1, 1, 0, 0 },
		{ "", "abc", 0, 0, 3, 3 },
		{ "a", "a", 1, 1, 0, 0 },
		{ "ab", "ba", 0, 0, 2, 1 },
	};
	for (const struct kernel *const *k = kernel_all(); *k; k++)
		for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
			struct word a = word(rows[i].a), b = word(rows[i].b);
			double j = (*k)->jaro(a.at, a.length, b.at, b.length);
			double w = (*k)->jaro_winkler(a.at, a.length, b.at, b.length);
			if (fabs(j - rows[i].jaro) > 1e-6 || fabs(w - rows[i].winkler) > 1e-6)
				test_fail("%s: %s %s: %f %f", (*k)->name, rows[i].a, rows[i].b, j,
					  w);
			assert_int_equal((*k)->levenshtein(a.at, a.length, b.at, b.length),
					 rows[i].levenshtein);
			assert_int_equal((*k)->osa(a.at, a.length, b.at, b.length), rows[i].osa);
		}
}

static void make_pair(struct word *a, struct word *b, unsigned longest)
{
	static const unsigned alphabets[] = { 2, 3, 10, 26, 3000 };
	unsigned alphabet = alphabets[dice(5)];
	a->length = dice(longest + 1);
	for (unsigned i = 0; i < a->length + KERNEL_SLACK; i++)
		a->at[i] = (uint16_t)(0x4E00 + dice(alphabet));
	*b = *a;
	if (dice(4) == 0) {
		b->length = dice(longest + 1);
		for (unsigned i = 0; i < b->length + KERNEL_SLACK; i++)
			b->at[i] = (uint16_t)(0x4E00 + dice(alphabet));
		return;
	}
	for (unsigned edits = dice(5); edits && b->length; edits--) {
		unsigned at = dice(b->length);
		switch (dice(4)) {
		case 0: b->at[at] = (uint16_t)(0x4E00 + dice(alphabet)); break;
		case 1:
			memmove(b->at + at, b->at + at + 1, (b->length - at) * sizeof *b->at);
			b->length--;
			break;
		case 2:
			if (b->length < longest) {
				memmove(b->at + at + 1, b->at + at,
					(b->length - at) * sizeof *b->at);
				b->length++;
			}
			break;
		default:
			if (at + 1 < b->length) {
				uint16_t kept = b->at[at];
				b->at[at] = b->at[at + 1];
				b->at[at + 1] = kept;
			}
		}
	}
}

TEST(every_machine_gives_the_bits_of_the_textbook)
{
	const struct kernel *const *all = kernel_all();
	static struct word a, b;

	for (unsigned round = 0; round < 60000; round++) {
		make_pair(&a, &b, round % 20 ? round % 3 ? 16 : 64 : 80);
		double jaro = all[0]->jaro(a.at, a.length, b.at, b.length);
		double winkler = all[0]->jaro_winkler(a.at, a.length, b.at, b.length);
		unsigned levenshtein = all[0]->levenshtein(a.at, a.length, b.at, b.length);
		unsigned osa = all[0]->osa(a.at, a.length, b.at, b.length);
		assert_true(osa <= levenshtein);
		for (unsigned k = 1; all[k]; k++) {
			if (all[k]->jaro(a.at, a.length, b.at, b.length) != jaro ||
			    all[k]->jaro_winkler(a.at, a.length, b.at, b.length) != winkler ||
			    all[k]->levenshtein(a.at, a.length, b.at, b.length) != levenshtein ||
			    all[k]->osa(a.at, a.length, b.at, b.length) != osa)
				test_fail("%s differs in round %u", all[k]->name, round);
		}
	}
}

TEST(what_is_too_long_is_compared_by_its_beginning)
{
	static struct word a, b;
	a.length = b.length = KERNEL_LENGTH_MAX + 100;
	b.at[KERNEL_LENGTH_MAX + 50] = 1;
	assert_int_equal(kernel_best()->levenshtein(a.at, a.length, b.at, b.length), 0);
	b.at[KERNEL_LENGTH_MAX - 1] = 1;
	assert_int_equal(kernel_best()->levenshtein(a.at, a.length, b.at, b.length), 1);
}

/* What 'many' says of a batch of pairs of words, against the textbook. */
static void expect_batch(unsigned count, unsigned longest, unsigned round)
{
	static struct word words[300][2];
	static struct kernel_pair pairs[300];
	static double want[300], got[300];
	const struct kernel *const *all = kernel_all();

	for (unsigned i = 0; i < count; i++) {
		make_pair(&words[i][0], &words[i][1], longest);
		pairs[i] = (struct kernel_pair){ words[i][0].at, words[i][1].at, words[i][0].length,
						 words[i][1].length };
	}
	for (int m = KERNEL_JARO_WINKLER; m <= KERNEL_OSA; m++) {
		all[0]->many((enum kernel_measure)m, pairs, count, want);
		for (unsigned k = 1; all[k]; k++) {
			memset(got, 0xFF, sizeof got);
			all[k]->many((enum kernel_measure)m, pairs, count, got);
			for (unsigned i = 0; i < count; i++)
				/* NOLINTNEXTLINE(cert-flp37-c,bugprone-suspicious-memory-comparison): the bits are meant */
				if (memcmp(&want[i], &got[i], sizeof *got) != 0)
					test_fail(
						"%s, measure %d, round %u, pair %u of %u: %f is not %f",
						all[k]->name, m, round, i, count, got[i], want[i]);
		}
	}
}

TEST(a_pair_a_lane_gives_the_bits_of_the_textbook)
{
	static const unsigned longest[] = { 1, 4, 8, 9, 15, 16, 17, 31, 32, 33, 64, 80 };
	for (unsigned round = 0; round < 600; round++)
		expect_batch(1 + dice(300), longest[round % 12], round);
	expect_batch(0, 1, 0);
}

/* Every point that there is, each in strings that only it tells apart, and those that an empty slot or a string's
 * end might be taken for. */
TEST(lanes_know_every_point_from_every_other)
{
	enum { SIDE = 256 };
	static uint16_t words[SIDE][4 + KERNEL_SLACK];
	static struct kernel_pair pairs[SIDE];
	static double got[SIDE];

	for (unsigned high = 0; high < 256; high++) {
		for (unsigned low = 0; low < SIDE; low++) {
			words[low][0] = words[low][2] = (uint16_t)(high << 8 | low);
			words[low][1] = (uint16_t)(low << 8 | high);
			words[low][3] = 0;
		}
		for (const struct kernel *const *k = kernel_all(); *k; k++)
			for (unsigned against = 0; against < 256; against += 51) {
				for (unsigned i = 0; i < SIDE; i++)
					pairs[i] = (struct kernel_pair){ words[i], words[against],
									 3 + i % 2, 3 + i % 2 };
				(*k)->many(KERNEL_LEVENSHTEIN, pairs, SIDE, got);
				for (unsigned i = 0; i < SIDE; i++) {
					unsigned want = 0;
					for (unsigned p = 0; p < 3; p++)
						want += words[i][p] != words[against][p];
					/* A shift is never shorter where all three differ or one does. */
					if (want < 2 ? (unsigned)got[i] != want : got[i] < 1)
						test_fail("%s: %04x and %04x: %f", (*k)->name,
							  words[i][0], words[against][0], got[i]);
				}
			}
	}
}
