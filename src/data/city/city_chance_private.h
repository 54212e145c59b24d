/* SPDX-License-Identifier: Apache-2.0 */
/* Chance and text: the hash and the permutation that everything is drawn from, digits, and the characters
 * of the lists. */
#ifndef DATA_CITY_CITY_CHANCE_PRIVATE_H
#define DATA_CITY_CITY_CHANCE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/clock.h"

/* --- Chance: one 64-bit mixer (the finalizer of splitmix64, Steele, Lea, Flood 2014) --- */

#define CITY_GOLDEN UINT64_C(0x9E3779B97F4A7C15)

static inline uint64_t city_mix(uint64_t x)
{
	x += CITY_GOLDEN;
	x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
	return x ^ (x >> 31);
}

/* A number below 'n' out of a random one; the bias is below n / 2^32. */
static inline uint32_t city_below(uint64_t random, uint32_t n)
{
	return (uint32_t)(((random >> 32) * n) >> 32);
}

/* Where 'n' goes in a permutation of 0 to domain - 1 that the key chooses: an unbalanced Feistel
 * network over the next power of two, walked until it is back inside. */
uint32_t city_permute(uint64_t key, uint32_t n, uint32_t domain);

/* What a hash is for, so that no two uses of one number agree. */
enum city_salt {
	SALT_PERSON,
	SALT_HOUSEHOLD,
	SALT_BIRTH,
	SALT_PHONE,
	SALT_OLD_PHONE,
	SALT_MOVE,
	SALT_MARRIAGE,
	SALT_DEATH,
	SALT_ESTATE,
	SALT_LAYOUT,
	SALT_ROAD,
	SALT_VILLAGE,
	SALT_HOUSE,
	SALT_FIRM,
	SALT_FIRM_NAME,
	SALT_FIRM_CODE,
	SALT_LEGAL,
	SALT_INVESTOR,
	SALT_EMPLOYER,
	SALT_OLD_EMPLOYER,
	SALT_OWNER,
	SALT_CARER,
	SALT_BANK,
	SALT_ROW,
	SALT_COPY,
	SALT_RECORD,
	SALT_WORD,
	SALT_SEQUENCE,
	SALT__COUNT
};

enum { CITY_HAN = 3 /* bytes of each character in the lists */ };

/* --- Text --- */

static inline char *city_put(char *p, const char *s)
{
	size_t size = strlen(s);
	memcpy(p, s, size);
	return p + size;
}
static inline char *city_put_n(char *p, const char *s, size_t size)
{
	memcpy(p, s, size);
	return p + size;
}
extern const char city_pairs[200]; /* 00 01 ... 99 */
/* 'n' in exactly 'digits' digits: as loops that the compiler unrolls for a constant number of them. */
static inline char *city_digits(char *p, uint64_t n, int digits)
{
	int i = digits;

	/* Divisions of 32 bits are the common and the cheap ones. */
	if (n <= UINT32_MAX) {
		uint32_t m = (uint32_t)n;
		for (; i >= 2; i -= 2, m /= 100)
			memcpy(p + i - 2, city_pairs + (size_t)(m % 100) * 2, 2);
		n = m;
	}
	for (; i > 0; i--, n /= 10)
		p[i - 1] = (char)('0' + n % 10);
	return p + digits;
}
char *city_number(char *p, uint64_t n);

/* The character of the basic plane, three bytes, at 's'; and back. */
static inline uint32_t city_decode(const char *s)
{
	return (uint32_t)(s[0] & 15) << 12 | (uint32_t)(s[1] & 63) << 6 | (uint32_t)(s[2] & 63);
}
static inline char *city_encode(char *p, uint32_t ch)
{
	*p++ = (char)(0xe0 | ch >> 12);
	*p++ = (char)(0x80 | (ch >> 6 & 63));
	*p++ = (char)(0x80 | (ch & 63));
	return p;
}
static inline const char *city_nth(const char *list, uint32_t n)
{
	return list + n * CITY_HAN;
}

#endif
