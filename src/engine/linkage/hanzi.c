/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/linkage/hanzi.h"
#include "base/clock.h"
#include "base/text.h"

bool hanzi_same_sound(uint32_t a, uint32_t b, bool fuzzy)
{
	const struct hanzi *x = hanzi_of(a), *y = hanzi_of(b);

	for (unsigned i = 0; x && y && i < HANZI_READINGS && x->readings[i]; i++)
		for (unsigned j = 0; j < HANZI_READINGS && y->readings[j]; j++)
			if (x->readings[i] == y->readings[j] ||
			    (fuzzy && hanzi_fuzzy[x->readings[i]] == hanzi_fuzzy[y->readings[j]]))
				return true;
	return false;
}

bool hanzi_same_shape(uint32_t a, uint32_t b)
{
	const struct hanzi *x = hanzi_of(a), *y = hanzi_of(b);
	unsigned same = 0;

	if (!x || !y || !x->corner || !y->corner)
		return false;
	for (unsigned p = x->corner - 1u, q = y->corner - 1u, i = 0; i < 4; i++, p /= 10, q /= 10)
		same += p % 10 == q % 10;
	return same >= 3;
}

uint32_t utf8_point(const char **s, const char *end)
{
	const unsigned char *u = (const unsigned char *)*s;
	if (u[0] < 0x80) {
		++*s;
		return u[0];
	}
	size_t step = utf8_step(*s, (size_t)(end - *s));
	if (!step) {
		++*s;
		return 0xFFFD;
	}
	uint32_t point = u[0] & (0x7Fu >> step);
	for (size_t i = 1; i < step; i++)
		point = point << 6 | (u[i] & 0x3F);
	*s += step;
	return point;
}

unsigned utf8_put(uint32_t point, char *out)
{
	if (point < 0x80) {
		out[0] = (char)point;
		return 1;
	}
	unsigned n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
	for (unsigned i = n - 1; i; i--, point >>= 6)
		out[i] = (char)(0x80 | (point & 0x3F));
	out[0] = (char)((0xF00u >> n & 0xF0) | point);
	return n;
}

typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef uint16_t units8 __attribute__((vector_size(16)));

/* Bytes of 'v' as units. */
static inline void widen8(uint64_t v, uint16_t *out)
{
	bytes8 b;
	units8 w;
	memcpy(&b, &v, sizeof b);
	w = __builtin_convertvector(b, units8);
	memcpy(out, &w, sizeof w);
}

static inline void widen4(uint32_t v, uint16_t *out)
{
	uint64_t two = (v | (uint64_t)v << 16) & 0x0000FFFF0000FFFFull;
	two = (two | two << 8) & 0x00FF00FF00FF00FFull;
	memcpy(out, &two, sizeof two);
}

/* A text of four bytes and more without a high bit, by eights or fours, of which the last overlap; false: it is
 * another, and 'out' holds anything. */
static inline bool plain_points(const char *s, size_t size, uint16_t *out)
{
	uint64_t v, high = 0;
	uint32_t first, last;

	if (size < 8) {
		memcpy(&first, s, 4);
		memcpy(&last, s + size - 4, 4);
		widen4(first, out);
		widen4(last, out + size - 4);
		return ((first | last) & 0x80808080u) == 0;
	}
	for (size_t i = 0; i + 8 < size && !(high & 0x8080808080808080ull); i += 8) {
		memcpy(&v, s + i, 8);
		high |= v;
		widen8(v, out + i);
	}
	memcpy(&v, s + size - 8, 8);
	widen8(v, out + size - 8);
	return ((high | v) & 0x8080808080808080ull) == 0;
}

unsigned text_points(const char *s, size_t size, uint16_t *out, unsigned room)
{
	unsigned n = 0;

	if (size >= 4 && size <= room && plain_points(s, size, out))
		return (unsigned)size;
	for (const char *end = s + size; s < end && n < room;) {
		if ((uint8_t)*s < 0x80) {
			out[n++] = (uint8_t)*s++;
			continue;
		}
		uint32_t point = utf8_point(&s, end);
		out[n++] = (uint16_t)(point > 0xFFFF ? 0xD800 | (point & 0x7FF) : point);
	}
	return n;
}

/* --- identifiers --- */

static bool all_digits(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] < '0' || s[i] > '9')
			return false;
	return true;
}

static bool day_of(const char *digits, int32_t *day)
{
	int v[8];
	for (int i = 0; i < 8; i++)
		v[i] = digits[i] - '0';
	int y = v[0] * 1000 + v[1] * 100 + v[2] * 10 + v[3], m = v[4] * 10 + v[5],
	    d = v[6] * 10 + v[7];
	if (y < 1800 || y > 2200 || !date_is(y, m, d))
		return false;
	*day = date_day(y, m, d);
	return true;
}

static char citizen_check(const char *s)
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (s[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

bool citizen_read(const char *s, size_t size, char out[19], bool *valid)
{
	int32_t day;
	bool checked = size == 18;

	if (size == 15 && all_digits(s, 15)) {
		memcpy(out, s, 6);
		memcpy(out + 6, "19", 2);
		memcpy(out + 8, s + 6, 9);
		out[17] = citizen_check(out);
	} else if (size == 18 && all_digits(s, 17) &&
		   (all_digits(s + 17, 1) || s[17] == 'X' || s[17] == 'x')) {
		memcpy(out, s, 18);
		if (out[17] == 'x')
			out[17] = 'X';
	} else {
		return false;
	}
	out[18] = '\0';
	*valid = checked && out[17] == citizen_check(out) && day_of(out + 6, &day) &&
		 out[0] >= '1' && out[0] <= '9';
	return true;
}

bool uscc_valid(const char *s, size_t size)
{
	static const char letters[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
	unsigned sum = 0, weight = 1, value = 0;

	if (size != 18)
		return false;
	for (int i = 0; i < 18; i++) {
		char ch = s[i] >= 'a' && s[i] <= 'z' ? (char)(s[i] - 32) : s[i];
		const char *at = ch ? strchr(letters, ch) : NULL;
		if (!at)
			return false;
		value = (unsigned)(at - letters);
		if (i < 17)
			sum += value * weight;
		weight = weight * 3 % 31;
	}
	return value == (31 - sum % 31) % 31;
}

/* How many bytes of what separates year, month and day stand at 's'; 0: none. */
static size_t date_mark(const char *s, size_t left)
{
	if (*s == '-' || *s == '/' || *s == '.')
		return 1;
	return left >= 3 && (memcmp(s, "年", 3) == 0 || memcmp(s, "月", 3) == 0) ? 3 : 0;
}

bool date_read(const char *s, size_t size, int32_t *day, char digits[9])
{
	unsigned n = 0, groups = 0;
	unsigned group[3] = { 0 }, lengths[3] = { 0 };

	for (size_t i = 0, mark; i < size; i++) {
		if (s[i] >= '0' && s[i] <= '9') {
			if (!lengths[groups])
				n++;
			if (lengths[groups]++ > 8)
				return false;
			group[groups] = group[groups] * 10 + (unsigned)(s[i] - '0');
		} else if (lengths[groups] && (mark = date_mark(s + i, size - i)) > 0) {
			if (++groups == 3)
				return false;
			i += mark - 1;
		} else {
			break; /* a time behind the date */
		}
	}
	unsigned y, m, d;
	if (groups == 0 && lengths[0] == 8) {
		y = group[0] / 10000, m = group[0] / 100 % 100, d = group[0] % 100;
	} else if (groups == 2 && lengths[0] == 4) {
		y = group[0], m = group[1], d = group[2];
	} else if (groups == 2 && lengths[2] == 4) {
		/* Day first, unless that cannot be. */
		y = group[2], d = group[0], m = group[1];
		if (m > 12)
			m = group[0], d = group[1];
	} else {
		return false;
	}
	if (y > 9999 || m > 99 || d > 99)
		return false;
	for (int i = 3; i >= 0; i--, y /= 10)
		digits[i] = (char)('0' + y % 10);
	digits[4] = (char)('0' + m / 10), digits[5] = (char)('0' + m % 10);
	digits[6] = (char)('0' + d / 10), digits[7] = (char)('0' + d % 10);
	digits[8] = '\0';
	return day_of(digits, day);
}
