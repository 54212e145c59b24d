/* SPDX-License-Identifier: Apache-2.0 */
/* Chinese characters: simplified forms, readings, shapes, from Unicode's data (tools/embed_hanzi.py);
 * and code points of 16 bits for the kernels. */
#ifndef LINKAGE_HANZI_H
#define LINKAGE_HANZI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HANZI_FIRST 0x3400
#define HANZI_LAST 0x9FFF
#define HANZI_READINGS 3
#define LATIN_LAST 0x24F

struct hanzi {
	uint16_t simple;                   /* itself where it has no simplified form */
	uint16_t corner;                   /* 四角号码 plus 1, or 0 */
	uint16_t readings[HANZI_READINGS]; /* without tones, the usual one first; 0: no more */
};

extern const struct hanzi hanzi_table[HANZI_LAST - HANZI_FIRST + 1];
extern const char *const hanzi_syllables[];
extern const uint16_t
	hanzi_fuzzy[]; /* of a syllable: equal for zh/z, n/l, f/h, -ng/-n and the like */
extern const unsigned hanzi_syllable_count;
extern const uint16_t latin_plain[LATIN_LAST + 1]; /* lower case, without accents */

static inline const struct hanzi *hanzi_of(uint32_t point)
{
	return point >= HANZI_FIRST && point <= HANZI_LAST ? &hanzi_table[point - HANZI_FIRST]
							   : NULL;
}
/* Whether two characters have a reading in common, in full or by its fuzzy class. */
bool hanzi_same_sound(uint32_t a, uint32_t b, bool fuzzy);
/* Whether at least three of the four corners are the same. */
bool hanzi_same_shape(uint32_t a, uint32_t b);

/* One point of well-formed UTF-8 of 'size' > 0 bytes; moves '*s' on. Bytes that are not well-formed come
 * out one by one as U+FFFD. */
uint32_t utf8_point(const char **s, const char *end);
/* Writes a point, at most 4 bytes; gives how many. */
unsigned utf8_put(uint32_t point, char *out);
/* The points of a text as 16-bit units, at most 'room'; a point beyond U+FFFF becomes one of the surrogates
 * by its low bits, so that two rare ones are seldom the same. Gives how many. */
unsigned text_points(const char *s, size_t size, uint16_t *out, unsigned room);

/* --- identifiers --- */

/* 公民身份号码, GB 11643: 18 digits, of which the last may be X; 15 digits are made 18. False: it is not of
 * this form. '*valid': division, birthday and check digit hold; what had 15 digits has nothing to check. 'out' has room for 18 and a NUL. */
bool citizen_read(const char *s, size_t size, char out[19], bool *valid);
/* 统一社会信用代码, GB 32100: whether the check character holds. */
bool uscc_valid(const char *s, size_t size);
/* Whether a text of digits is a day: with - / . or 年月日 between, or the digits alone. '*day': days since 1970. */
bool date_read(const char *s, size_t size, int32_t *day, char digits[9]);

/* --- addresses --- */

struct address {
	uint32_t road;     /* hash of the last road name, 0: none */
	uint32_t number;   /* 号 */
	uint32_t building; /* 幢 栋 号楼 */
	uint32_t unit;     /* 单元 */
	uint32_t room;     /* 室 */
	uint32_t area;     /* hash of the last of district and town that stands before the road */
	uint32_t district; /* hash of 区 县, or the last 市 where there is none */
	uint32_t town;     /* hash of 街道 镇 乡 */
	uint32_t village;  /* hash of 村 社区 小区 花园 苑 */
};
void address_read(const char *s, size_t size, struct address *out);
/* The slots from the road or village on as one text, the same for all ways to write them ("3幢2单元501室",
 * "3号楼2单元501", "3-2-501"), of at most ADDRESS_KEY_SIZE bytes; 0: there is no number on a road or in a
 * village. Gives its size. */
#define ADDRESS_KEY_SIZE 64
size_t address_key(const struct address *a, char out[ADDRESS_KEY_SIZE]);

/* The own part 字号 of a company's name, without region, trade and form, as a slice of 's'. */
void company_core(const char *s, size_t size, const char **core, size_t *core_size);

#endif
