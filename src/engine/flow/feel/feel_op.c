/* SPDX-License-Identifier: Apache-2.0 */
/* Order, equality and arithmetic (DMN 1.5 §10.3.2.11 to 10.3.2.13, tables 50 to 56). */
#include "engine/flow/feel/feel_private.h"

static int order(__int128 x, __int128 y)
{
	return x < y ? -1 : x > y;
}

static bool has_zone(const struct feel_moment *m)
{
	return m->zone_kind != FEEL_LOCAL;
}

/* Two moments of one kind; 2 when only one has a zone. */
static int moment_compare(const struct feel_moment *x, const struct feel_moment *y)
{
	if (has_zone(x) != has_zone(y))
		return 2;
	return has_zone(x) ? order(moment_utc(x), moment_utc(y))
			   : order(moment_local(x), moment_local(y));
}

static bool is_day(const struct feel_value *v)
{
	return v->kind == FEEL_DATE || v->kind == FEEL_DATE_TIME;
}

/* A date is its midnight in UTC. */
static struct feel_moment day_moment(const struct feel_value *v)
{
	struct feel_moment m = v->moment;
	if (v->kind == FEEL_DATE)
		m.zone_kind = FEEL_OFFSET;
	return m;
}

static int string_compare(const struct feel_string *x, const struct feel_string *y)
{
	/* UTF-8 keeps the order of code points. */
	size_t size = x->size < y->size ? x->size : y->size;
	int c = size ? memcmp(x->text, y->text, size) : 0;
	return c ? (c < 0 ? -1 : 1) : order((__int128)x->size, (__int128)y->size);
}

int value_compare(const struct feel_value *x, const struct feel_value *y)
{
	if (x->kind != y->kind)
		return 2;
	switch (x->kind) {
	case FEEL_NUMBER: return number_compare(x->number, y->number);
	case FEEL_STRING: return string_compare(&x->string, &y->string);
	case FEEL_DATE: return order(moment_local(&x->moment), moment_local(&y->moment));
	case FEEL_TIME:
	case FEEL_DATE_TIME: return moment_compare(&x->moment, &y->moment);
	case FEEL_DAYS: return order(x->nanos, y->nanos);
	case FEEL_MONTHS: return order(x->months, y->months);
	default: return 2;
	}
}

int range_holds(const struct feel_range *range, const struct feel_value *v)
{
	int in = 1;
	if (range->is_not)
		return !value_same(v, range->low);
	if (range->low) {
		int c = value_compare(v, range->low);
		if (c == 2)
			return -1;
		in &= c > 0 || (c == 0 && range->low_closed);
	}
	if (range->high) {
		int c = value_compare(v, range->high);
		if (c == 2)
			return -1;
		in &= c < 0 || (c == 0 && range->high_closed);
	}
	return in;
}

static const struct feel_value *list_equal(const struct feel_list *x, const struct feel_list *y)
{
	if (x->count != y->count)
		return &feel_false;
	for (size_t i = 0; i < x->count; i++) {
		const struct feel_value *v = feel_equal(x->items[i], y->items[i]);
		if (!is_true(v))
			return v;
	}
	return &feel_true;
}

static const struct feel_value *context_equal(const struct feel_value *x,
					      const struct feel_value *y)
{
	if (x->context.count != y->context.count)
		return &feel_false;
	for (size_t i = 0; i < x->context.count; i++) {
		const struct feel_value *other = feel_get(y, x->context.entries[i].name);
		if (!other)
			return &feel_false;
		const struct feel_value *v = feel_equal(x->context.entries[i].value, other);
		if (!is_true(v))
			return v;
	}
	return &feel_true;
}

static const struct feel_value *end_equal(const struct feel_value *x, const struct feel_value *y)
{
	if (!x || !y)
		return of_bool(x == y);
	return feel_equal(x, y);
}

static const struct feel_value *range_equal(const struct feel_range *x, const struct feel_range *y)
{
	if (x->low_closed != y->low_closed || x->high_closed != y->high_closed ||
	    x->is_not != y->is_not || x->is_point != y->is_point)
		return &feel_false;
	const struct feel_value *v = end_equal(x->low, y->low);
	return is_true(v) ? end_equal(x->high, y->high) : v;
}

/* By whole seconds, as table 53 has it: the value of a time is its hours, minutes and seconds. */
static bool moment_equal(const struct feel_moment *x, const struct feel_moment *y)
{
	struct feel_moment a = *x, b = *y;
	a.nanos = b.nanos = 0;
	return moment_compare(&a, &b) == 0;
}

const struct feel_value *feel_equal(const struct feel_value *x, const struct feel_value *y)
{
	if (x->kind == FEEL_NULL || y->kind == FEEL_NULL)
		return of_bool(x->kind == y->kind);
	if (x->kind != y->kind) {
		/* A list of one is its item (§10.3.2.9.4). */
		if (x->kind == FEEL_LIST && x->list.count == 1)
			return feel_equal(x->list.items[0], y);
		if (y->kind == FEEL_LIST && y->list.count == 1)
			return feel_equal(x, y->list.items[0]);
		return &feel_null;
	}
	switch (x->kind) {
	case FEEL_BOOLEAN: return of_bool(x->boolean == y->boolean);
	case FEEL_LIST: return list_equal(&x->list, &y->list);
	case FEEL_CONTEXT: return context_equal(x, y);
	case FEEL_RANGE: return range_equal(&x->range, &y->range);
	case FEEL_FUNCTION: return of_bool(x->function == y->function);
	case FEEL_TIME:
	case FEEL_DATE_TIME: return of_bool(moment_equal(&x->moment, &y->moment));
	default: return of_bool(value_compare(x, y) == 0);
	}
}

bool value_same(const struct feel_value *x, const struct feel_value *y)
{
	return x->kind == y->kind && is_true(feel_equal(x, y));
}

static const struct feel_value *refuse(struct feel_run *r, enum op op, const struct feel_value *x,
				       const struct feel_value *y)
{
	static const char *const words[] = { "+",  "-", "*",  "/", "**", "=",
					     "!=", "<", "<=", ">", ">=" };
	return run_null(r, "'%s' is not defined for %s and %s", words[op], feel_kind_name(x->kind),
			feel_kind_name(y->kind));
}

/* A moment moved by nanoseconds: on the time line where it has a zone, else on its clock. */
static const struct feel_value *move(struct feel_run *r, const struct feel_value *v, __int128 by)
{
	struct feel_moment m = v->moment, out;
	if (v->kind == FEEL_TIME) {
		const __int128 day = 86400 * (__int128)NANOS;
		__int128 at = (moment_local(&m) % day + by % day + 2 * day) % day;
		struct feel_moment like = m;
		if (!moment_of_local(at, &like, &out))
			return &feel_null;
		out.year = 0;
		out.month = out.day = 0;
		return run_moment(r, FEEL_TIME, out);
	}
	__int128 at = moment_local(&m) + by;
	if (m.zone_kind == FEEL_NAMED) {
		__int128 utc = moment_utc(&m) + by;
		__int128 seconds = utc / NANOS - (utc % NANOS < 0);
		if (seconds < INT64_MAX / 2 && seconds > INT64_MIN / 2)
			at = utc + (__int128)zone_offset_utc(m.zone, (int64_t)seconds) * NANOS;
	}
	if (!moment_of_local(at, &m, &out))
		return run_null(r, "the date is out of range");
	if (v->kind == FEEL_DATE)
		out.hour = out.minute = out.second = 0, out.nanos = 0;
	return run_moment(r, v->kind, out);
}

static const struct feel_value *move_months(struct feel_run *r, const struct feel_value *v,
					    int64_t by)
{
	struct feel_moment m = v->moment;
	if (by > 12 * (int64_t)YEAR_MAX * 2 || by < -12 * (int64_t)YEAR_MAX * 2)
		return run_null(r, "the date is out of range");
	int64_t months = (int64_t)m.year * 12 + m.month - 1 + by;
	int64_t year = months / 12 - (months % 12 < 0);
	if (year > YEAR_MAX || year < -YEAR_MAX)
		return run_null(r, "the date is out of range");
	m.year = (int32_t)year;
	m.month = (uint8_t)(months - year * 12 + 1);
	unsigned last = month_days(year, m.month);
	if (m.day > last)
		m.day = (uint8_t)last;
	return run_moment(r, v->kind, m);
}

static const struct feel_value *add_months(struct feel_run *r, int64_t x, int64_t y)
{
	int64_t sum;
	if (__builtin_add_overflow(x, y, &sum))
		return run_null(r, "the duration is out of range");
	return run_months(r, sum);
}

#define DAYS_MAX ((__int128)1 << 110) /* nanoseconds of a duration: sums and negatives fit */

static const struct feel_value *days_bounded(struct feel_run *r, __int128 nanos)
{
	if (nanos > DAYS_MAX || nanos < -DAYS_MAX)
		return run_null(r, "the duration is out of range");
	return run_days(r, nanos);
}

static const struct feel_value *add(struct feel_run *r, const struct feel_value *x,
				    const struct feel_value *y)
{
	if (x->kind == FEEL_STRING && y->kind == FEEL_STRING) {
		struct feel_value *v = run_value(r, FEEL_STRING);
		char *text = run_alloc(r, x->string.size + y->string.size + 1);
		memcpy(text, x->string.text, x->string.size);
		memcpy(text + x->string.size, y->string.text, y->string.size);
		v->string = (struct feel_string){ text, x->string.size + y->string.size };
		return v;
	}
	if (x->kind == FEEL_DAYS && y->kind == FEEL_DAYS)
		return days_bounded(r, x->nanos + y->nanos);
	if (x->kind == FEEL_MONTHS && y->kind == FEEL_MONTHS)
		return add_months(r, x->months, y->months);
	if (x->kind == FEEL_DAYS || x->kind == FEEL_MONTHS) {
		const struct feel_value *swap = x;
		x = y;
		y = swap;
	}
	if (y->kind == FEEL_DAYS && (is_day(x) || x->kind == FEEL_TIME))
		return move(r, x, y->nanos);
	if (y->kind == FEEL_MONTHS && is_day(x))
		return move_months(r, x, y->months);
	return refuse(r, OP_ADD, x, y);
}

static const struct feel_value *subtract(struct feel_run *r, const struct feel_value *x,
					 const struct feel_value *y)
{
	if (x->kind == FEEL_DAYS && y->kind == FEEL_DAYS)
		return days_bounded(r, x->nanos - y->nanos);
	if (x->kind == FEEL_MONTHS && y->kind == FEEL_MONTHS)
		return y->months == INT64_MIN ? run_null(r, "the duration is out of range")
					      : add_months(r, x->months, -y->months);
	if (y->kind == FEEL_DAYS && (is_day(x) || x->kind == FEEL_TIME))
		return move(r, x, -y->nanos);
	if (y->kind == FEEL_MONTHS && is_day(x))
		return y->months == INT64_MIN ? run_null(r, "the date is out of range")
					      : move_months(r, x, -y->months);
	bool days = is_day(x) && is_day(y), times = x->kind == FEEL_TIME && y->kind == FEEL_TIME;
	if (!days && !times)
		return refuse(r, OP_SUB, x, y);
	struct feel_moment a = days ? day_moment(x) : x->moment;
	struct feel_moment b = days ? day_moment(y) : y->moment;
	if (has_zone(&a) != has_zone(&b))
		return run_null(r, "only one of the two has a time zone");
	return run_days(r, has_zone(&a) ? moment_utc(&a) - moment_utc(&b)
					: moment_local(&a) - moment_local(&b));
}

/* A duration times, or by, a number. */
static const struct feel_value *scale(struct feel_run *r, enum op op, const struct feel_value *d,
				      struct feel_number n)
{
	if (op == OP_DIV && number_is_zero(n))
		return run_null(r, "a duration is divided by zero");
	struct feel_number x = d->kind == FEEL_DAYS ? number_of_nanos(d->nanos, 1)
						    : number_of_int(d->months);
	x = number_op(op, x, n);
	if (!number_finite(x))
		return run_null(r, "the duration is out of range");
	if (d->kind == FEEL_DAYS) {
		__int128 nanos;
		if (!number_to_nanos(x, &nanos))
			return run_null(r, "the duration is out of range");
		return days_bounded(r, nanos);
	}
	return run_months(r, number_clip(x));
}

static const struct feel_value *multiply(struct feel_run *r, enum op op, const struct feel_value *x,
					 const struct feel_value *y)
{
	bool x_lasts = x->kind == FEEL_DAYS || x->kind == FEEL_MONTHS;
	bool y_lasts = y->kind == FEEL_DAYS || y->kind == FEEL_MONTHS;
	if (x_lasts && y->kind == FEEL_NUMBER)
		return scale(r, op, x, y->number);
	if (op == OP_MUL && y_lasts && x->kind == FEEL_NUMBER)
		return scale(r, op, y, x->number);
	if (op != OP_DIV || !x_lasts || x->kind != y->kind)
		return refuse(r, op, x, y);
	struct feel_number a = x->kind == FEEL_DAYS ? number_of_nanos(x->nanos, 1)
						    : number_of_int(x->months);
	struct feel_number b = y->kind == FEEL_DAYS ? number_of_nanos(y->nanos, 1)
						    : number_of_int(y->months);
	if (number_is_zero(b))
		return run_null(r, "a duration is divided by one of no length");
	return run_number(r, number_op(OP_DIV, a, b));
}

static const struct feel_value *compare(struct feel_run *r, enum op op, const struct feel_value *x,
					const struct feel_value *y)
{
	int c = value_compare(x, y);
	if (c == 2)
		return refuse(r, op, x, y);
	return of_bool(op == OP_LT ? c < 0 : op == OP_LE ? c <= 0 : op == OP_GT ? c > 0 : c >= 0);
}

const struct feel_value *eval_binary(struct feel_run *r, enum op op, const struct feel_value *x,
				     const struct feel_value *y)
{
	if (op == OP_EQ || op == OP_NE) {
		const struct feel_value *v = feel_equal(x, y);
		if (v->kind == FEEL_NULL)
			return refuse(r, op, x, y);
		return op == OP_EQ ? v : of_bool(!v->boolean);
	}
	if (op >= OP_LT)
		return compare(r, op, x, y);
	if (x->kind == FEEL_NUMBER && y->kind == FEEL_NUMBER) {
		if (op == OP_DIV && number_is_zero(y->number))
			return run_null(r, "a number is divided by zero");
		return run_number(r, number_op(op, x->number, y->number));
	}
	switch (op) {
	case OP_ADD: return add(r, x, y);
	case OP_SUB: return subtract(r, x, y);
	case OP_MUL:
	case OP_DIV: return multiply(r, op, x, y);
	default: return refuse(r, op, x, y);
	}
}
