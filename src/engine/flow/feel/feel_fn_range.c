/* SPDX-License-Identifier: Apache-2.0 */
/* Built-ins of ranges (DMN 1.5 §10.3.4.9, Allen's interval relations) and range(). A point is taken as
 * the range that holds it alone where a function allows a point. */
#include "engine/flow/feel/feel_private.h"

typedef const struct feel_value *const_value;
#define FN(name) static const_value name(struct feel_run *r, const_value *a, size_t n)

struct ends {
	struct feel_range x, y;
	/* of the ends: x's low against y's low, and so on; 2 when they cannot be compared */
	int low_low, low_high, high_low, high_high;
	bool x_point, y_point;
};

static int compare_ends(const_value x, const_value y, bool x_is_low, bool y_is_low)
{
	/* No end is before all, or behind all. */
	if (!x && !y)
		return x_is_low == y_is_low ? 0 : x_is_low ? -1 : 1;
	if (!x)
		return x_is_low ? -1 : 1;
	if (!y)
		return y_is_low ? 1 : -1;
	return value_compare(x, y);
}

static struct feel_range as_range(const_value v)
{
	if (v->kind == FEEL_RANGE) {
		struct feel_range g = v->range;
		g.low = g.low && g.low->kind == FEEL_NULL ? NULL : g.low;
		g.high = g.high && g.high->kind == FEEL_NULL ? NULL : g.high;
		return g;
	}
	return (struct feel_range){ .low = v, .high = v, .low_closed = true, .high_closed = true };
}

static bool open_ends(struct feel_run *r, const_value *a, struct ends *e)
{
	e->x = as_range(a[0]);
	e->y = as_range(a[1]);
	e->x_point = a[0]->kind != FEEL_RANGE;
	e->y_point = a[1]->kind != FEEL_RANGE;
	e->low_low = compare_ends(e->x.low, e->y.low, true, true);
	e->low_high = compare_ends(e->x.low, e->y.high, true, false);
	e->high_low = compare_ends(e->x.high, e->y.low, false, true);
	e->high_high = compare_ends(e->x.high, e->y.high, false, false);
	if (e->low_low == 2 || e->low_high == 2 || e->high_low == 2 || e->high_high == 2) {
		feel_complain(r, "the ranges' ends cannot be compared");
		return false;
	}
	return true;
}

static bool before(const struct ends *e)
{
	return e->high_low < 0 || (e->high_low == 0 && !(e->x.high_closed && e->y.low_closed));
}

static bool after(const struct ends *e)
{
	return e->low_high > 0 || (e->low_high == 0 && !(e->x.low_closed && e->y.high_closed));
}

static bool meets(const struct ends *e)
{
	return e->x.high_closed && e->y.low_closed && e->high_low == 0;
}

static bool met_by(const struct ends *e)
{
	return e->x.low_closed && e->y.high_closed && e->low_high == 0;
}

static bool overlaps(const struct ends *e)
{
	return !before(e) && !after(e);
}

/* x begins before y does. */
static bool begins_before(const struct ends *e)
{
	return e->low_low < 0 || (e->low_low == 0 && e->x.low_closed && !e->y.low_closed);
}

static bool ends_before(const struct ends *e)
{
	return e->high_high < 0 || (e->high_high == 0 && !e->x.high_closed && e->y.high_closed);
}

static bool ends_after(const struct ends *e)
{
	return e->high_high > 0 || (e->high_high == 0 && e->x.high_closed && !e->y.high_closed);
}

static bool overlaps_before(const struct ends *e)
{
	return overlaps(e) && begins_before(e) && !ends_after(e);
}

static bool overlaps_after(const struct ends *e)
{
	bool begins_after = e->low_low > 0 ||
			    (e->low_low == 0 && !e->x.low_closed && e->y.low_closed);
	return overlaps(e) && begins_after && !ends_before(e);
}

/* y has all that x has. */
static bool during(const struct ends *e)
{
	return (e->low_low > 0 || (e->low_low == 0 && (e->y.low_closed || !e->x.low_closed))) &&
	       (e->high_high < 0 || (e->high_high == 0 && (e->y.high_closed || !e->x.high_closed)));
}

static bool includes(const struct ends *e)
{
	return (e->low_low < 0 || (e->low_low == 0 && (e->x.low_closed || !e->y.low_closed))) &&
	       (e->high_high > 0 || (e->high_high == 0 && (e->x.high_closed || !e->y.high_closed)));
}

static bool finishes(const struct ends *e)
{
	return e->high_high == 0 && e->x.high_closed == e->y.high_closed && during(e);
}

static bool finished_by(const struct ends *e)
{
	return e->high_high == 0 && e->x.high_closed == e->y.high_closed && includes(e);
}

static bool starts(const struct ends *e)
{
	return e->low_low == 0 && e->x.low_closed == e->y.low_closed && during(e);
}

static bool started_by(const struct ends *e)
{
	return e->low_low == 0 && e->x.low_closed == e->y.low_closed && includes(e);
}

static bool coincides(const struct ends *e)
{
	return e->low_low == 0 && e->high_high == 0 && e->x.low_closed == e->y.low_closed &&
	       e->x.high_closed == e->y.high_closed;
}

#define RELATION(relation)                                                                         \
	FN(fn_##relation)                                                                          \
	{                                                                                          \
		struct ends e;                                                                     \
		(void)n;                                                                           \
		if (!open_ends(r, a, &e))                                                          \
			return &feel_null;                                                         \
		return of_bool(relation(&e));                                                      \
	}

RELATION(before)
RELATION(after)
RELATION(meets)
RELATION(met_by)
RELATION(overlaps)
RELATION(overlaps_before)
RELATION(overlaps_after)
RELATION(during)
RELATION(includes)
RELATION(finishes)
RELATION(finished_by)
RELATION(starts)
RELATION(started_by)
RELATION(coincides)

/* Whether the node is a literal of an end: a constant, one with a minus, or date("...") and the like. */
static bool is_literal(const struct feel_expr *e, uint32_t id)
{
	static const char *const makers[] = { "date", "time", "date and time", "duration" };
	const struct node *n = &e->nodes[id];
	const uint32_t *kids = e->kids + n->first;
	if (n->kind == NODE_CONST)
		return true;
	if (n->kind == NODE_NEGATE)
		return e->nodes[kids[0]].kind == NODE_CONST;
	if (n->kind != NODE_CALL || e->nodes[kids[0]].kind != NODE_NAME)
		return false;
	for (uint32_t i = 1; i < n->count; i++)
		if (e->nodes[kids[i]].kind != NODE_CONST)
			return false;
	for (size_t i = 0; i < sizeof(makers) / sizeof(makers[0]); i++)
		if (str_eq(e->nodes[kids[0]].name, makers[i]))
			return true;
	return false;
}

FN(fn_range)
{
	(void)n;
	if (a[0]->string.size > 1000)
		return run_null(r, "the text is too long for a range");
	(void)run_alloc(r, 100 * a[0]->string.size + 1000); /* about what compiling takes */
	const struct feel_expr *e =
		feel_compile(r->arena, NULL, a[0]->string.text, FEEL_EXPRESSION, NULL);
	const struct node *g = e ? &e->nodes[e->root] : NULL;
	if (!g || g->kind != NODE_RANGE || !is_literal(e, e->kids[g->first]) ||
	    !is_literal(e, e->kids[g->first + 1]))
		return run_null(r, "\"%.60s\" is no range", a[0]->string.text);
	const_value v = eval(r, e, e->root, NULL);
	if (v->kind == FEEL_RANGE && v->range.low->kind != FEEL_NULL &&
	    v->range.high->kind != FEEL_NULL && value_compare(v->range.low, v->range.high) > 0)
		return run_null(r, "the range's ends are in the wrong order");
	return v;
}

#define POINTS(name, fn)                                                                           \
	{ name, "point1,point2", "vv", fn }, { name, "point,range", "vr", fn },                    \
		{ name, "range,point", "rv", fn },                                                 \
	{                                                                                          \
		name, "range1,range2", "rr", fn                                                    \
	}
#define RANGES(name, fn)                                                                           \
	{                                                                                          \
		name, "range1,range2", "rr", fn                                                    \
	}
#define POINT_RANGE(name, fn) { name, "point,range", "vr", fn }, RANGES(name, fn)
#define RANGE_POINT(name, fn) { name, "range,point", "rv", fn }, RANGES(name, fn)

const struct builtin builtins_range[] = {
	POINTS("before", fn_before),
	POINTS("after", fn_after),
	RANGES("meets", fn_meets),
	RANGES("met by", fn_met_by),
	RANGES("overlaps", fn_overlaps),
	RANGES("overlaps before", fn_overlaps_before),
	RANGES("overlaps after", fn_overlaps_after),
	POINT_RANGE("finishes", fn_finishes),
	RANGE_POINT("finished by", fn_finished_by),
	RANGE_POINT("includes", fn_includes),
	POINT_RANGE("during", fn_during),
	POINT_RANGE("starts", fn_starts),
	RANGE_POINT("started by", fn_started_by),
	POINTS("coincides", fn_coincides),
	{ "range", "from", "s", fn_range },
	{ 0 },
};
