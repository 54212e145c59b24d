/* SPDX-License-Identifier: Apache-2.0 */
/* Built-ins of numbers (DMN 1.5 §10.3.4.5), and conversion to them. */
#include "engine/flow/feel/feel_private.h"

typedef const struct feel_value *const_value;
#define FN(name) static const_value name(struct feel_run *r, const_value *a, size_t n)
#define UNUSED (void)n

static const_value rounded(struct feel_run *r, const_value *a, size_t n, enum rounding how)
{
	int64_t scale = n > 1 ? number_clip(a[1]->number) : 0;
	if (scale < -6111 || scale > 6176)
		return run_null(r, "the scale is not from -6111 to 6176");
	return run_number(r, number_round(a[0]->number, scale, how));
}

FN(fn_decimal)
{
	return rounded(r, a, n, ROUND_EVEN);
}
FN(fn_floor)
{
	return rounded(r, a, n, ROUND_FLOOR);
}
FN(fn_ceiling)
{
	return rounded(r, a, n, ROUND_CEILING);
}
FN(fn_round_up)
{
	return rounded(r, a, n, ROUND_UP);
}
FN(fn_round_down)
{
	return rounded(r, a, n, ROUND_DOWN);
}
FN(fn_round_half_up)
{
	return rounded(r, a, n, ROUND_HALF_UP);
}
FN(fn_round_half_down)
{
	return rounded(r, a, n, ROUND_HALF_DOWN);
}

FN(fn_abs)
{
	UNUSED;
	return run_number(r, number_is_negative(a[0]->number) ? number_negate(a[0]->number)
							      : a[0]->number);
}

FN(fn_abs_duration)
{
	UNUSED;
	if (a[0]->kind == FEEL_DAYS)
		return run_days(r, a[0]->nanos < 0 ? -a[0]->nanos : a[0]->nanos);
	return run_months(r, a[0]->months < 0 ? -a[0]->months : a[0]->months);
}

/* dividend - divisor * floor(dividend / divisor) */
FN(fn_modulo)
{
	UNUSED;
	struct feel_number x = a[0]->number, y = a[1]->number;
	if (number_is_zero(y))
		return run_null(r, "modulo by zero");
	struct feel_number q = number_round(number_op(OP_DIV, x, y), 0, ROUND_FLOOR);
	return run_number(r, number_op(OP_SUB, x, number_op(OP_MUL, y, q)));
}

FN(fn_sqrt)
{
	UNUSED;
	if (number_is_negative(a[0]->number))
		return run_null(r, "a negative number has no square root");
	return run_number(r, number_sqrt(a[0]->number));
}

FN(fn_log)
{
	UNUSED;
	if (number_is_negative(a[0]->number) || number_is_zero(a[0]->number))
		return run_null(r, "only a positive number has a logarithm");
	return run_number(r, number_log(a[0]->number));
}

FN(fn_exp)
{
	UNUSED;
	return run_number(r, number_exp(a[0]->number));
}

static bool remainder_by_two(struct feel_number x, struct feel_number *rest)
{
	const struct feel_number two = number_of_int(2);
	struct feel_number q = number_round(number_op(OP_DIV, x, two), 0, ROUND_FLOOR);
	*rest = number_op(OP_SUB, x, number_op(OP_MUL, two, q));
	return number_finite(*rest);
}

FN(fn_even)
{
	UNUSED;
	struct feel_number rest;
	return remainder_by_two(a[0]->number, &rest) ? of_bool(number_is_zero(rest))
						     : run_null(r, "the number is too large");
}

FN(fn_odd)
{
	UNUSED;
	struct feel_number rest;
	return remainder_by_two(a[0]->number, &rest)
		       ? of_bool(number_compare(rest, number_of_int(1)) == 0)
		       : run_null(r, "the number is too large");
}

static bool one_of(const struct feel_value *v, const char *letters)
{
	return !v || (v->string.size == 1 && strchr(letters, v->string.text[0]));
}

static const_value read_number(struct feel_run *r, const_value from, const_value grouping,
			       const_value point)
{
	char text[256];
	size_t n = 0;
	if (!one_of(grouping, " ,.") || !one_of(point, ".,") ||
	    (grouping && point && grouping->string.text[0] == point->string.text[0]))
		return run_null(r, "the separators are not those of a number");
	char group = grouping ? grouping->string.text[0] : 0;
	char dot = point ? point->string.text[0] : '.';
	for (size_t i = 0; i < from->string.size && n < sizeof(text) - 1; i++) {
		char c = from->string.text[i];
		if (group && c == group)
			continue;
		if (c == '.' && dot != '.')
			return run_null(r, "\"%.60s\" is not a number", from->string.text);
		text[n++] = c == dot ? '.' : c;
	}
	struct feel_number number;
	if (!number_read(text, n, &number))
		return run_null(r, "\"%.60s\" is not a number", from->string.text);
	return run_number(r, number);
}

FN(fn_number)
{
	UNUSED;
	return read_number(r, a[0], NULL, NULL);
}

/* The separators have to be given, though they may be null. */
FN(fn_number_separated)
{
	UNUSED;
	for (size_t i = 1; i < 3; i++)
		if (a[i]->kind != FEEL_STRING && a[i]->kind != FEEL_NULL)
			return run_null(r, "a separator is no string");
	return read_number(r, a[0], a[1]->kind == FEEL_NULL ? NULL : a[1],
			   a[2]->kind == FEEL_NULL ? NULL : a[2]);
}

#define ROUNDING(name, fn)                                                                         \
	{                                                                                          \
		name, "n,scale", "nn", fn                                                          \
	}

const struct builtin builtins_number[] = {
	ROUNDING("decimal", fn_decimal),
	{ "floor", "n", "n", fn_floor },
	ROUNDING("floor", fn_floor),
	{ "ceiling", "n", "n", fn_ceiling },
	ROUNDING("ceiling", fn_ceiling),
	ROUNDING("round up", fn_round_up),
	ROUNDING("round down", fn_round_down),
	ROUNDING("round half up", fn_round_half_up),
	ROUNDING("round half down", fn_round_half_down),
	{ "abs", "n", "n", fn_abs },
	{ "abs", "n", "u", fn_abs_duration },
	{ "modulo", "dividend,divisor", "nn", fn_modulo },
	{ "sqrt", "number", "n", fn_sqrt },
	{ "log", "number", "n", fn_log },
	{ "exp", "number", "n", fn_exp },
	{ "odd", "number", "n", fn_odd },
	{ "even", "number", "n", fn_even },
	{ "number", "from", "s", fn_number },
	{ "number", "from,grouping separator,decimal separator", "saa", fn_number_separated },
	{ 0 },
};
