/* SPDX-License-Identifier: Apache-2.0 */
/* Built-ins of lists (DMN 1.5 §10.3.4.4) and sort (§10.3.4.8). */
#include "engine/flow/feel/feel_private.h"

typedef const struct feel_value *const_value;
#define FN(name) static const_value name(struct feel_run *r, const_value *a, size_t n)
#define UNUSED (void)n
#define LIST(i) (&a[i]->list)

FN(fn_list_contains)
{
	UNUSED;
	run_step(r, LIST(0)->count);
	for (size_t i = 0; i < LIST(0)->count; i++)
		if (value_same(LIST(0)->items[i], a[1]))
			return &feel_true;
	return &feel_false;
}

FN(fn_count)
{
	UNUSED;
	return run_int(r, (int64_t)LIST(0)->count);
}

static const_value extreme(struct feel_run *r, const struct feel_list *l, int sign)
{
	if (l->count == 0)
		return run_null(r, "an empty list has no least and no greatest");
	run_step(r, l->count);
	const_value best = l->items[0];
	for (size_t i = 0; i < l->count; i++) {
		int c = value_compare(l->items[i], best);
		if (c == 2)
			return run_null(r, "the list's items cannot be compared");
		if (c == sign)
			best = l->items[i];
	}
	return best;
}

FN(fn_min)
{
	UNUSED;
	return extreme(r, LIST(0), -1);
}

FN(fn_max)
{
	UNUSED;
	return extreme(r, LIST(0), 1);
}

/* False with a diagnostic when an item is no number. */
static bool numbers(struct feel_run *r, const struct feel_list *l, size_t least)
{
	run_step(r, l->count);
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i]->kind != FEEL_NUMBER) {
			feel_complain(r, "a list of numbers holds %s",
				      feel_kind_name(l->items[i]->kind));
			return false;
		}
	if (l->count < least)
		feel_complain(r, "the list has too few items");
	return l->count >= least;
}

static struct feel_number total(const struct feel_list *l)
{
	struct feel_number sum = number_of_int(0);
	for (size_t i = 0; i < l->count; i++)
		sum = number_op(OP_ADD, sum, l->items[i]->number);
	return sum;
}

FN(fn_sum)
{
	UNUSED;
	return numbers(r, LIST(0), 1) ? run_number(r, total(LIST(0))) : &feel_null;
}

static struct feel_number mean_of(const struct feel_list *l)
{
	return number_op(OP_DIV, total(l), number_of_int((int64_t)l->count));
}

FN(fn_mean)
{
	UNUSED;
	return numbers(r, LIST(0), 1) ? run_number(r, mean_of(LIST(0))) : &feel_null;
}

FN(fn_product)
{
	UNUSED;
	if (!numbers(r, LIST(0), 1))
		return &feel_null;
	struct feel_number p = number_of_int(1);
	for (size_t i = 0; i < LIST(0)->count; i++)
		p = number_op(OP_MUL, p, LIST(0)->items[i]->number);
	return run_number(r, p);
}

/* Of the sample: divided by one less than there are. */
FN(fn_stddev)
{
	UNUSED;
	if (!numbers(r, LIST(0), 2))
		return &feel_null;
	struct feel_number mean = mean_of(LIST(0)), sum = number_of_int(0);
	for (size_t i = 0; i < LIST(0)->count; i++) {
		struct feel_number d = number_op(OP_SUB, LIST(0)->items[i]->number, mean);
		sum = number_op(OP_ADD, sum, number_op(OP_MUL, d, d));
	}
	sum = number_op(OP_DIV, sum, number_of_int((int64_t)LIST(0)->count - 1));
	return run_number(r, number_sqrt(sum));
}

/* Stable merge sort of 'items' by "does x come before y". */
typedef bool before_fn(struct feel_run *r, const_value by, const_value x, const_value y);

static void merge_sort(struct feel_run *r, const_value *items, size_t count, before_fn *before,
		       const_value by)
{
	const_value *from = items, *to = run_array(r, count + 1, sizeof(*to));
	for (size_t width = 1; width < count; width *= 2) {
		for (size_t low = 0; low < count; low += 2 * width) {
			size_t mid = low + width < count ? low + width : count;
			size_t high = mid + width < count ? mid + width : count;
			size_t i = low, j = mid, k = low;
			while (i < mid && j < high) {
				run_step(r, 1);
				if (before(r, by, from[j], from[i]))
					to[k++] = from[j++];
				else
					to[k++] = from[i++];
			}
			while (i < mid)
				to[k++] = from[i++];
			while (j < high)
				to[k++] = from[j++];
		}
		const_value *swap = from;
		from = to;
		to = swap;
	}
	if (from != items)
		memcpy(items, from, count * sizeof(*items));
}

static bool number_before(struct feel_run *r, const_value by, const_value x, const_value y)
{
	(void)r, (void)by;
	return number_compare(x->number, y->number) < 0;
}

static const_value *copy_items(struct feel_run *r, const struct feel_list *l, size_t more)
{
	const_value *items = run_array(r, l->count + more + 1, sizeof(*items));
	if (l->count)
		memcpy(items, l->items, l->count * sizeof(*items));
	return items;
}

FN(fn_median)
{
	UNUSED;
	if (!numbers(r, LIST(0), 1))
		return &feel_null;
	size_t count = LIST(0)->count;
	const_value *items = copy_items(r, LIST(0), 0);
	merge_sort(r, items, count, number_before, NULL);
	if (count % 2)
		return items[count / 2];
	struct feel_number sum =
		number_op(OP_ADD, items[count / 2 - 1]->number, items[count / 2]->number);
	return run_number(r, number_op(OP_DIV, sum, number_of_int(2)));
}

FN(fn_mode)
{
	UNUSED;
	if (!numbers(r, LIST(0), 0))
		return &feel_null;
	size_t count = LIST(0)->count, best = 0;
	const_value *items = copy_items(r, LIST(0), 0);
	struct items modes = { 0 };
	merge_sort(r, items, count, number_before, NULL);
	for (size_t i = 0, j; i < count; i = j) {
		for (j = i; j < count && number_compare(items[i]->number, items[j]->number) == 0;)
			j++;
		if (j - i > best)
			modes.count = 0;
		if (j - i >= best) {
			best = j - i;
			items_add(r, &modes, items[i]);
		}
	}
	return items_list(r, &modes);
}

static const_value quantify(struct feel_run *r, const struct feel_list *l, bool decides)
{
	const_value out = of_bool(!decides);
	for (size_t i = 0; i < l->count; i++) {
		if (l->items[i]->kind == FEEL_BOOLEAN && l->items[i]->boolean == decides)
			return of_bool(decides);
		if (l->items[i]->kind == FEEL_NULL)
			out = &feel_null;
		else if (l->items[i]->kind != FEEL_BOOLEAN)
			return run_null(r, "a list of booleans holds %s",
					feel_kind_name(l->items[i]->kind));
	}
	return out;
}

FN(fn_all)
{
	UNUSED;
	return quantify(r, LIST(0), false);
}

FN(fn_any)
{
	UNUSED;
	return quantify(r, LIST(0), true);
}

/* A position from 1, or from the end below 0, as an index; false with a diagnostic. */
static bool place(struct feel_run *r, struct feel_number n, size_t count, size_t *out)
{
	int64_t i = number_clip(n);
	if (i == 0 || i > (int64_t)count || i < -(int64_t)count) {
		feel_complain(r, "the position is outside of the list");
		return false;
	}
	*out = i > 0 ? (size_t)i - 1 : count - (size_t)-i;
	return true;
}

FN(fn_sublist)
{
	UNUSED;
	size_t first, count = LIST(0)->count;
	if (!place(r, a[1]->number, count, &first))
		return &feel_null;
	size_t length = count - first;
	if (a[2]) {
		int64_t asked = number_clip(a[2]->number);
		if (asked < 1 || asked > (int64_t)length)
			return run_null(r, "the length is not in the list");
		length = (size_t)asked;
	}
	return run_list(r, copy_items(r, &(struct feel_list){ LIST(0)->items + first, length }, 0),
			length);
}

/* All arguments come as one list: the first is the list itself. */
FN(fn_append)
{
	UNUSED;
	const struct feel_list *all = LIST(0);
	const_value first = all->items[0];
	if (first->kind == FEEL_NULL)
		return run_null(r, "append() is given null for a list");
	struct items out = { 0 };
	if (first->kind == FEEL_LIST)
		for (size_t i = 0; i < first->list.count; i++)
			items_add(r, &out, first->list.items[i]);
	else
		items_add(r, &out, first);
	for (size_t i = 1; i < all->count; i++)
		items_add(r, &out, all->items[i]);
	return items_list(r, &out);
}

static const_value joined(struct feel_run *r, const struct feel_list *all, bool once)
{
	struct items out = { 0 };
	for (size_t i = 0; i < all->count; i++) {
		const_value one[1] = { all->items[i] };
		struct feel_list l = { one, 1 };
		if (one[0]->kind == FEEL_NULL)
			return run_null(r, "null is given for a list");
		if (one[0]->kind == FEEL_LIST)
			l = one[0]->list;
		for (size_t k = 0; k < l.count; k++) {
			bool there = false;
			run_step(r, 1 + (once ? out.count : 0));
			for (size_t j = 0; once && !there && j < out.count; j++)
				there = value_same(out.list[j], l.items[k]);
			if (!there)
				items_add(r, &out, l.items[k]);
		}
	}
	return items_list(r, &out);
}

FN(fn_concatenate)
{
	UNUSED;
	return joined(r, LIST(0), false);
}

FN(fn_union)
{
	UNUSED;
	return joined(r, LIST(0), true);
}

FN(fn_distinct_values)
{
	UNUSED;
	const_value one[1] = { a[0] };
	return joined(r, &(struct feel_list){ one, 1 }, true);
}

FN(fn_insert_before)
{
	UNUSED;
	size_t at, count = LIST(0)->count;
	if (!place(r, a[1]->number, count, &at))
		return &feel_null;
	const_value *items = copy_items(r, LIST(0), 1);
	memmove(items + at + 1, items + at, (count - at) * sizeof(*items));
	items[at] = a[2];
	return run_list(r, items, count + 1);
}

FN(fn_remove)
{
	UNUSED;
	size_t at, count = LIST(0)->count;
	if (!place(r, a[1]->number, count, &at))
		return &feel_null;
	const_value *items = copy_items(r, LIST(0), 0);
	memmove(items + at, items + at + 1, (count - at - 1) * sizeof(*items));
	return run_list(r, items, count - 1);
}

FN(fn_list_replace)
{
	UNUSED;
	size_t at;
	if (!place(r, a[1]->number, LIST(0)->count, &at))
		return &feel_null;
	const_value *items = copy_items(r, LIST(0), 0);
	items[at] = a[2];
	return run_list(r, items, LIST(0)->count);
}

FN(fn_list_replace_matching)
{
	UNUSED;
	const_value *items = copy_items(r, LIST(0), 0);
	for (size_t i = 0; i < LIST(0)->count; i++) {
		const_value args[] = { items[i], a[2] };
		const_value v = call_function(r, a[1]->function, args, NULL, 2);
		if (v->kind != FEEL_BOOLEAN)
			return run_null(r, "the match function does not give true or false");
		if (v->boolean)
			items[i] = a[2];
	}
	return run_list(r, items, LIST(0)->count);
}

FN(fn_reverse)
{
	UNUSED;
	size_t count = LIST(0)->count;
	const_value *items = run_array(r, count + 1, sizeof(*items));
	for (size_t i = 0; i < count; i++)
		items[i] = LIST(0)->items[count - 1 - i];
	return run_list(r, items, count);
}

FN(fn_index_of)
{
	UNUSED;
	struct items out = { 0 };
	run_step(r, LIST(0)->count);
	for (size_t i = 0; i < LIST(0)->count; i++)
		if (value_same(LIST(0)->items[i], a[1]))
			items_add(r, &out, run_int(r, (int64_t)i + 1));
	return items_list(r, &out);
}

static void flatten(struct feel_run *r, const struct feel_list *l, struct items *out,
		    unsigned depth)
{
	if (depth > r->engine->depth_max)
		run_stop(r, "the list is nested deeper than is allowed");
	for (size_t i = 0; i < l->count; i++) {
		run_step(r, 1);
		if (l->items[i]->kind == FEEL_LIST)
			flatten(r, &l->items[i]->list, out, depth + 1);
		else
			items_add(r, out, l->items[i]);
	}
}

FN(fn_flatten)
{
	UNUSED;
	struct items out = { 0 };
	flatten(r, LIST(0), &out, 0);
	return items_list(r, &out);
}

static bool precedes(struct feel_run *r, const_value by, const_value x, const_value y)
{
	const_value args[] = { x, y };
	if (!by)
		return value_compare(x, y) == -1;
	return is_true(call_function(r, by->function, args, NULL, 2));
}

FN(fn_sort)
{
	UNUSED;
	const struct feel_list *l = LIST(0);
	const_value *items = copy_items(r, l, 0);
	if (!a[1])
		for (size_t i = 1; i < l->count; i++)
			if (value_compare(items[0], items[i]) == 2)
				return run_null(r, "the list's items have no order");
	merge_sort(r, items, l->count, precedes, a[1]);
	return run_list(r, items, l->count);
}

/* One list, or the items as arguments. */
#define OF_LIST(name, fn)                                                                          \
	{ name, "list", "l", fn },                                                                 \
	{                                                                                          \
		name, "", "a*", fn                                                                 \
	}

const struct builtin builtins_list[] = {
	{ "list contains", "list,element", "la", fn_list_contains },
	OF_LIST("count", fn_count),
	OF_LIST("min", fn_min),
	OF_LIST("max", fn_max),
	OF_LIST("sum", fn_sum),
	OF_LIST("mean", fn_mean),
	OF_LIST("product", fn_product),
	OF_LIST("median", fn_median),
	OF_LIST("stddev", fn_stddev),
	OF_LIST("mode", fn_mode),
	OF_LIST("all", fn_all),
	OF_LIST("any", fn_any),
	{ "sublist", "list,start position,length", "ln|n", fn_sublist },
	{ "append", "", "a*", fn_append },
	{ "concatenate", "", "a*", fn_concatenate },
	{ "union", "", "a*", fn_union },
	{ "insert before", "list,position,newItem", "lna", fn_insert_before },
	{ "remove", "list,position", "ln", fn_remove },
	{ "list replace", "list,position,newItem", "lna", fn_list_replace },
	{ "list replace", "list,match,newItem", "lfa", fn_list_replace_matching },
	{ "reverse", "list", "l", fn_reverse },
	{ "index of", "list,match", "la", fn_index_of },
	{ "distinct values", "list", "l", fn_distinct_values },
	{ "flatten", "list", "l", fn_flatten },
	{ "sort", "list,precedes", "l|f", fn_sort },
	{ 0 },
};
