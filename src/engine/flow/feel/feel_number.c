/* SPDX-License-Identifier: Apache-2.0 */
/* Decimals of 34 digits over Intel's decimal floating-point library (BSD licence), in the build whose
 * functions take rounding and flags as arguments and so keep no state. Whole numbers that fit take a
 * short way past it. */
#define DECIMAL_CALL_BY_REFERENCE 0
#define DECIMAL_GLOBAL_ROUNDING 0
#define DECIMAL_GLOBAL_EXCEPTION_FLAGS 0
#include <bid_conf.h>
#include <bid_functions.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/flow/feel/feel_private.h"

#define NEAREST BID_ROUNDING_TO_NEAREST

/* An exponent of zero, and a coefficient below 2^62: the common case, computed by the processor. */
#define PLAIN UINT64_C(0x3040000000000000)
#define SIGN UINT64_C(0x8000000000000000)

static BID_UINT128 in(struct feel_number n)
{
	return (BID_UINT128){ { n.w[0], n.w[1] } };
}

static struct feel_number out(BID_UINT128 n)
{
	return (struct feel_number){ { n.w[0], n.w[1] } };
}

static bool plain(struct feel_number n, int64_t *v)
{
	if ((n.w[1] & ~SIGN) != PLAIN || n.w[0] >> 62)
		return false;
	*v = n.w[1] & SIGN ? -(int64_t)n.w[0] : (int64_t)n.w[0];
	return true;
}

struct feel_number number_of_int(int64_t v)
{
	if (v < 0)
		return (struct feel_number){ { -(uint64_t)v, PLAIN | SIGN } };
	return (struct feel_number){ { (uint64_t)v, PLAIN } };
}

bool number_finite(struct feel_number n)
{
	return bid128_isFinite(in(n));
}

bool number_read(const char *s, size_t size, struct feel_number *n)
{
	/* [-+] digits [. digits] [e [-+] digits], at least one digit before or after the point */
	char text[400];
	size_t i = 0, digits = 0;
	if (size == 0 || size >= sizeof(text))
		return false;
	if (s[i] == '-' || s[i] == '+')
		i++;
	for (; i < size && s[i] >= '0' && s[i] <= '9'; i++)
		digits++;
	if (i < size && s[i] == '.')
		for (i++; i < size && s[i] >= '0' && s[i] <= '9'; i++)
			digits++;
	if (digits == 0 || s[i - 1] == '.')
		return false;
	if (i < size && (s[i] == 'e' || s[i] == 'E')) {
		i++;
		if (i < size && (s[i] == '-' || s[i] == '+'))
			i++;
		size_t before = i;
		while (i < size && s[i] >= '0' && s[i] <= '9')
			i++;
		if (i == before || i - before > 6)
			return false;
	}
	if (i != size)
		return false;
	memcpy(text, s, size);
	text[size] = 0;
	unsigned flags = 0;
	*n = out(bid128_from_string(text, NEAREST, &flags));
	return number_finite(*n);
}

/* The digits without zeros at the end, and the exponent of the last one. */
static size_t digits_of(struct feel_number n, char *digits, int *exponent, bool *negative)
{
	char raw[64];
	unsigned flags = 0;
	bid128_to_string(raw, in(n), &flags); /* "+1414E-3" */
	*negative = raw[0] == '-';
	char *e = strchr(raw, 'E');
	*exponent = e ? (int)strtol(e + 1, NULL, 10) : 0;
	size_t size = e ? (size_t)(e - raw) - 1 : strlen(raw) - 1;
	memcpy(digits, raw + 1, size);
	while (size > 1 && digits[size - 1] == '0') {
		size--;
		++*exponent;
	}
	if (size == 1 && digits[0] == '0') {
		*exponent = 0;
		*negative = false;
	}
	return size;
}

void number_write(struct feel_number n, char *to)
{
	char digits[64];
	int exponent;
	bool negative;
	int64_t whole;
	if (plain(n, &whole)) {
		snprintf(to, NUMBER_TEXT_SIZE, "%lld", (long long)whole);
		return;
	}
	int size = (int)digits_of(n, digits, &exponent, &negative);
	if (negative)
		*to++ = '-';
	if (exponent >= 0 && size + exponent <= 40) {
		memcpy(to, digits, (size_t)size);
		memset(to + size, '0', (size_t)exponent);
		to[size + exponent] = 0;
	} else if (exponent < 0 && -exponent <= 40) {
		int before = size + exponent;
		if (before <= 0) {
			memcpy(to, "0.", 2);
			to += 2;
			memset(to, '0', (size_t)-before);
			to -= before;
			before = 0;
		} else {
			memcpy(to, digits, (size_t)before);
			to += before;
			*to++ = '.';
		}
		memcpy(to, digits + before, (size_t)(size - before));
		to[size - before] = 0;
	} else {
		*to++ = digits[0];
		if (size > 1) {
			*to++ = '.';
			memcpy(to, digits + 1, (size_t)size - 1);
			to += size - 1;
		}
		snprintf(to, 13, "E%+d", exponent + size - 1);
	}
}

static struct feel_number power(struct feel_number x, struct feel_number y)
{
	unsigned flags = 0;
	int64_t n;
	/* Small whole powers by multiplication: exact where the digits suffice. */
	if (number_to_int(y, &n) && n >= -400 && n <= 400) {
		BID_UINT128 p = in(number_of_int(1)), base = in(x);
		for (uint64_t k = (uint64_t)(n < 0 ? -n : n); k; k >>= 1) {
			if (k & 1)
				p = bid128_mul(p, base, NEAREST, &flags);
			if (k > 1)
				base = bid128_mul(base, base, NEAREST, &flags);
		}
		if (n < 0)
			p = bid128_div(in(number_of_int(1)), p, NEAREST, &flags);
		return out(p);
	}
	return out(bid128_pow(in(x), in(y), NEAREST, &flags));
}

struct feel_number number_op(enum op op, struct feel_number x, struct feel_number y)
{
	int64_t p, q, s;
	unsigned flags = 0;
	if (op <= OP_MUL && plain(x, &p) && plain(y, &q)) {
		bool over = op == OP_ADD   ? __builtin_add_overflow(p, q, &s)
			    : op == OP_SUB ? __builtin_sub_overflow(p, q, &s)
					   : __builtin_mul_overflow(p, q, &s);
		if (!over)
			return number_of_int(s);
	}
	switch (op) {
	case OP_ADD: return out(bid128_add(in(x), in(y), NEAREST, &flags));
	case OP_SUB: return out(bid128_sub(in(x), in(y), NEAREST, &flags));
	case OP_MUL: return out(bid128_mul(in(x), in(y), NEAREST, &flags));
	case OP_DIV: return out(bid128_div(in(x), in(y), NEAREST, &flags));
	default: return power(x, y);
	}
}

int number_compare(struct feel_number x, struct feel_number y)
{
	int64_t p, q;
	unsigned flags = 0;
	if (plain(x, &p) && plain(y, &q))
		return p < q ? -1 : p > q;
	if (bid128_quiet_less(in(x), in(y), &flags))
		return -1;
	return bid128_quiet_equal(in(x), in(y), &flags) ? 0 : 1;
}

struct feel_number number_round(struct feel_number n, int64_t scale, enum rounding how)
{
	unsigned flags = 0;
	if (scale > 6176 || scale < -6144)
		return n;
	BID_UINT128 unit = bid128_scalbn(in(number_of_int(1)), (int)-scale, NEAREST, &flags);
	unsigned mode;
	switch (how) {
	case ROUND_EVEN: mode = BID_ROUNDING_TO_NEAREST; break;
	case ROUND_FLOOR: mode = BID_ROUNDING_DOWN; break;
	case ROUND_CEILING: mode = BID_ROUNDING_UP; break;
	case ROUND_DOWN: mode = BID_ROUNDING_TO_ZERO; break;
	case ROUND_HALF_UP: mode = BID_ROUNDING_TIES_AWAY; break;
	case ROUND_UP: mode = number_is_negative(n) ? BID_ROUNDING_DOWN : BID_ROUNDING_UP; break;
	default: { /* half down: towards zero unless more than a half is left */
		BID_UINT128 low = bid128_quantize(in(n), unit, BID_ROUNDING_TO_ZERO, &flags);
		BID_UINT128 rest = bid128_abs(bid128_sub(in(n), low, NEAREST, &flags));
		BID_UINT128 half = bid128_mul(
			unit, in((struct feel_number){ { 5, PLAIN - (UINT64_C(2) << 48) } }),
			NEAREST, &flags);
		mode = bid128_quiet_greater(rest, half, &flags) ? BID_ROUNDING_TIES_AWAY
								: BID_ROUNDING_TO_ZERO;
	}
	}
	flags = 0;
	BID_UINT128 q = bid128_quantize(in(n), unit, mode, &flags);
	return bid128_isFinite(q) ? out(q) : n; /* it has no digit so small */
}

bool number_to_int(struct feel_number n, int64_t *v)
{
	if (plain(n, v))
		return true;
	unsigned flags = 0;
	int64_t whole = bid128_to_int64_xint(in(n), &flags);
	if (flags)
		return false;
	*v = whole;
	return true;
}

int64_t number_clip(struct feel_number n)
{
	unsigned flags = 0;
	int64_t v = bid128_to_int64_int(in(n), &flags);
	if (flags)
		return number_is_negative(n) ? INT64_MIN : INT64_MAX;
	return v;
}

double number_to_double(struct feel_number n)
{
	char text[NUMBER_TEXT_SIZE];
	number_write(n, text);
	return strtod(text, NULL);
}

struct feel_number number_negate(struct feel_number n)
{
	if (!number_is_zero(n))
		n.w[1] ^= SIGN;
	return n;
}

bool number_is_zero(struct feel_number n)
{
	return bid128_isZero(in(n));
}

bool number_is_negative(struct feel_number n)
{
	return bid128_isSigned(in(n)) && !bid128_isZero(in(n));
}

struct feel_number number_sqrt(struct feel_number n)
{
	unsigned flags = 0;
	return out(bid128_sqrt(in(n), NEAREST, &flags));
}

struct feel_number number_exp(struct feel_number n)
{
	unsigned flags = 0;
	return out(bid128_exp(in(n), NEAREST, &flags));
}

struct feel_number number_log(struct feel_number n)
{
	unsigned flags = 0;
	return out(bid128_log(in(n), NEAREST, &flags));
}

struct feel_number number_of_nanos(__int128 nanos, int64_t unit)
{
	unsigned flags = 0;
	bool negative = nanos < 0;
	unsigned __int128 u = negative ? -(unsigned __int128)nanos : (unsigned __int128)nanos;
	/* Two halves below 10^18: each is a plain number. */
	const int64_t split = INT64_C(1000000000000000000);
	BID_UINT128 high = bid128_mul(in(number_of_int((int64_t)(u / (unsigned __int128)split))),
				      in(number_of_int(split)), NEAREST, &flags);
	BID_UINT128 sum = bid128_add(
		high, in(number_of_int((int64_t)(u % (unsigned __int128)split))), NEAREST, &flags);
	struct feel_number n = out(bid128_div(sum, in(number_of_int(unit)), NEAREST, &flags));
	return negative ? number_negate(n) : n;
}

bool number_to_nanos(struct feel_number n, __int128 *nanos)
{
	unsigned flags = 0;
	const int64_t split = INT64_C(1000000000000000000);
	n = number_round(n, 0, ROUND_EVEN);
	BID_UINT128 high = bid128_div(in(n), in(number_of_int(split)), NEAREST, &flags);
	int64_t h = number_clip(out(high));
	if (h > INT64_C(1000000000000000000) || h < INT64_C(-1000000000000000000))
		return false;
	BID_UINT128 rest = bid128_sub(
		in(n), bid128_mul(in(number_of_int(h)), in(number_of_int(split)), NEAREST, &flags),
		NEAREST, &flags);
	*nanos = (__int128)h * split + number_clip(out(rest));
	return true;
}
