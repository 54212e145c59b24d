/* SPDX-License-Identifier: Apache-2.0 */
/* A city as a whole: its keys and tables, the permutation, days and digits. */
#include <assert.h>
#include "city_truth_private.h"

const char *const city_error_words[ERROR__COUNT] = {
#define X(name, word) word,
	CITY_ERRORS(X)
#undef X
};

const uint8_t city_groups[GROUP__COUNT + 1] = {
	ERROR_NAME_HOMOPHONE, ERROR_ID_MISSING,    ERROR_SEX_WRONG,
	ERROR_BIRTH_MISSING,  ERROR_PHONE_MISSING, ERROR_ADDRESS_MISSING,
	ERROR_FIRM_SHORT,     ERROR_CODE_MISSING,  ERROR__DRAWN,
};

uint32_t city_permute(uint64_t key, uint32_t n, uint32_t domain)
{
	/* 'high' and 'low' bits; one bit each at least, or there is nothing to mix. */
	uint32_t bits = domain > 4 ? 32 - (uint32_t)__builtin_clz(domain - 1) : 2;
	uint32_t low = bits / 2, low_mask = (1u << low) - 1, high_mask = (1u << (bits - low)) - 1;

	do {
		uint32_t l = n & low_mask, h = n >> low;
		h ^= (uint32_t)city_mix(key + l) & high_mask;
		l ^= (uint32_t)city_mix(key + h + CITY_GOLDEN) & low_mask;
		h ^= (uint32_t)city_mix(key + l + 2 * CITY_GOLDEN) & high_mask;
		l ^= (uint32_t)city_mix(key + h + 3 * CITY_GOLDEN) & low_mask;
		n = h << low | l;
	} while (n >= domain);
	return n;
}

const char city_pairs[200] =
	"00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445"
	"46474849505152535455565758596061626364656667686970717273747576777879808182838485868788899091"
	"9293949596979899";

char *city_number(char *p, uint64_t n)
{
	int digits = 1;

	for (uint64_t m = n; m > 9; m /= 10)
		digits++;
	return city_digits(p, n, digits);
}

/* The weights 1 / (place + shift), in whole numbers so that every machine gets the same. */
static void pick_make(struct city_pick *pick, size_t count, uint32_t shift)
{
	uint64_t total = 0, sum = 0;
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		total += 1000000000 / (i + shift);
	for (size_t i = 0; i < count; i++) {
		sum += 1000000000 / (i + shift);
		for (; at < CITY_PICK_SLOTS && at * total < sum * CITY_PICK_SLOTS; at++)
			pick->at[at] = (uint8_t)i;
	}
}

static void streets_make(struct city *city)
{
	for (int d = 0; d < CITY_DIVISIONS; d++) {
		const struct city_division *of = &city_divisions[d];
		size_t streets = strlen(of->streets) / (size_t)(2 * CITY_HAN);
		size_t count = streets + strlen(of->towns) / (size_t)(2 * CITY_HAN);
		for (size_t i = 0; i < count; i++) {
			struct city_street *s = &city->street[city->streets++];
			s->division = (uint8_t)d;
			s->place = (uint8_t)i;
			s->town = i >= streets;
			s->name = s->town ? city_nth(of->towns, (uint32_t)(2 * (i - streets)))
					  : city_nth(of->streets, (uint32_t)(2 * i));
		}
	}
}

static void bounds_make(struct city *city)
{
	for (int d = 0; d < CITY_DEPARTMENTS; d++)
		for (int g = 0; g < GROUP__COUNT; g++) {
			uint64_t sum = 0;
			for (int e = city_groups[g]; e < city_groups[g + 1]; e++) {
				uint64_t rate = city_departments[d].rates[e];
				sum += (rate * city->errors << 32) / UINT64_C(1000000000);
				city->bounds[d][e] = sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
			}
		}
}

static void words_make(struct city *city)
{
	for (int i = 0; i < CITY_RESOURCES; i++) {
		const struct city_column *c = city_resources[i].columns;
		for (int k = 0; c[k].title; k++) {
			assert(k < CITY_COLUMNS_MAX);
			city->words[i][k] = 1;
			for (const char *s = c[k].words; s && *s; s++)
				if (*s == '|')
					city->words[i][k]++;
		}
	}
}

struct city *city_new(struct arena *a, uint64_t seed, uint32_t grids, uint32_t errors)
{
	struct city *city = arena_alloc(a, sizeof *city);

	city->seed = seed;
	city->grids = grids;
	city->errors = errors;
	for (uint64_t i = 0; i < SALT__COUNT; i++)
		city->key[i] = city_mix(city_mix(seed) ^ (i + 1) * CITY_GOLDEN);
	city->today = date_day(2025, 6, 30);
	pick_make(&city->surname, strlen(city_surnames) / CITY_HAN, 3);
	pick_make(&city->core, strlen(city_cores) / CITY_HAN, 20);
	for (int sex = 0; sex < 2; sex++)
		for (int era = 0; era < 4; era++)
			pick_make(&city->given[sex][era], strlen(city_given[sex][era]) / CITY_HAN,
				  12);
	words_make(city);
	streets_make(city);
	city_places_make(city);
	city_confusions(city);
	bounds_make(city);
	city_plan_make(&city->plan);
	return city;
}
