/* SPDX-License-Identifier: Apache-2.0 */
/* Types: which values conform to one, and the implicit conversions (DMN 1.5 §10.3.2.9). */
#include "engine/flow/feel/feel_private.h"

const struct feel_type *feel_type_named(const char *name)
{
#define KIND(n, k)                                                                                 \
	{                                                                                          \
		FEEL_TYPE_KIND, k, n, NULL, NULL, 0, NULL, NULL                                    \
	}
	static const struct feel_type types[] = {
		{ .kind = FEEL_TYPE_ANY, .name = "Any" },
		{ .kind = FEEL_TYPE_NULL, .name = "Null" },
		KIND("number", FEEL_NUMBER),
		KIND("string", FEEL_STRING),
		KIND("boolean", FEEL_BOOLEAN),
		KIND("date", FEEL_DATE),
		KIND("time", FEEL_TIME),
		KIND("date and time", FEEL_DATE_TIME),
		KIND("dateTime", FEEL_DATE_TIME),
		KIND("days and time duration", FEEL_DAYS),
		KIND("dayTimeDuration", FEEL_DAYS),
		KIND("day-time duration", FEEL_DAYS),
		KIND("years and months duration", FEEL_MONTHS),
		KIND("yearMonthDuration", FEEL_MONTHS),
		KIND("year-month duration", FEEL_MONTHS),
		KIND("function", FEEL_FUNCTION),
		KIND("context", FEEL_CONTEXT),
		{ .kind = FEEL_TYPE_LIST, .name = "list" },
	};
#undef KIND
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (str_eq(types[i].name, name))
			return &types[i];
	return NULL;
}

static bool conforms(struct feel_run *r, const struct feel_type *t, const struct feel_value *v,
		     bool constrained, unsigned depth);

/* What it is under its names. */
static const struct feel_type *base_of(const struct feel_type *t)
{
	for (unsigned i = 0; t && t->kind == FEEL_TYPE_SAME && i < 100; i++)
		t = t->element;
	return t;
}

static bool same_type(const struct feel_type *x, const struct feel_type *y)
{
	x = base_of(x);
	y = base_of(y);
	return x && y && x->kind == y->kind && x->value_kind == y->value_kind;
}

static bool function_conforms(const struct feel_type *t, const struct feel_function *f)
{
	if (t->value_kind != FEEL_FUNCTION)
		return true;
	if (f->count != t->member_count)
		return false;
	for (size_t i = 0; i < f->count; i++) {
		const struct feel_type *own = base_of(f->parameters[i].type);
		const struct feel_type *asked = base_of(t->members[i].type);
		if (own && asked && own->kind != FEEL_TYPE_ANY && !same_type(own, asked))
			return false;
	}
	const struct feel_type *result = base_of(t->element);
	return !result || result->kind == FEEL_TYPE_ANY || same_type(f->result, result);
}

static bool shape_conforms(struct feel_run *r, const struct feel_type *t,
			   const struct feel_value *v, bool constrained, unsigned depth)
{
	switch (t->kind) {
	case FEEL_TYPE_ANY: return true;
	case FEEL_TYPE_SAME: return conforms(r, t->element, v, constrained, depth + 1);
	case FEEL_TYPE_NULL:
	case FEEL_TYPE_UNKNOWN: return false;
	case FEEL_TYPE_KIND: return v->kind == t->value_kind;
	case FEEL_TYPE_LIST:
		if (v->kind != FEEL_LIST)
			return false;
		for (size_t i = 0; t->element && i < v->list.count; i++)
			if (!conforms(r, t->element, v->list.items[i], constrained, depth + 1))
				return false;
		return true;
	case FEEL_TYPE_RANGE:
		if (v->kind != FEEL_RANGE)
			return false;
		if (!t->element)
			return true;
		return (!v->range.low ||
			conforms(r, t->element, v->range.low, constrained, depth + 1)) &&
		       (!v->range.high ||
			conforms(r, t->element, v->range.high, constrained, depth + 1));
	case FEEL_TYPE_CONTEXT:
		if (v->kind != FEEL_CONTEXT)
			return false;
		for (size_t i = 0; i < t->member_count; i++) {
			const struct feel_value *m = feel_get(v, t->members[i].name);
			if (!m || (t->members[i].type &&
				   !conforms(r, t->members[i].type, m, constrained, depth + 1)))
				return false;
		}
		return true;
	case FEEL_TYPE_FUNCTION:
		return v->kind == FEEL_FUNCTION && function_conforms(t, v->function);
	}
	return false;
}

static bool conforms(struct feel_run *r, const struct feel_type *t, const struct feel_value *v,
		     bool constrained, unsigned depth)
{
	if (depth > 100)
		return false;
	if (v->kind == FEEL_NULL)
		return true;
	if (!shape_conforms(r, t, v, constrained, depth))
		return false;
	if (!constrained)
		return true;
	return (!t->allowed || is_true(feel_test(r, t->allowed, v, NULL))) &&
	       (!t->type_constraint || is_true(feel_test(r, t->type_constraint, v, NULL)));
}

bool feel_instance_of(struct feel_run *r, const struct feel_type *type, const struct feel_value *v)
{
	if (v->kind == FEEL_NULL)
		return type->kind == FEEL_TYPE_NULL;
	return conforms(r, type, v, false, 0);
}

static const struct feel_value *at_midnight(struct feel_run *r, const struct feel_value *date)
{
	struct feel_value *v = arena_alloc(r->arena, sizeof(*v));
	v->kind = FEEL_DATE_TIME;
	v->moment = date->moment;
	v->moment.zone_kind = FEEL_OFFSET;
	return v;
}

const struct feel_value *feel_coerce(struct feel_run *r, const struct feel_type *type,
				     const struct feel_value *v, const char *what)
{
	if (!type || v->kind == FEEL_NULL)
		return v;
	const struct feel_value *x = v;
	const struct feel_type *base = base_of(type);
	if (base->kind == FEEL_TYPE_LIST && x->kind != FEEL_LIST)
		x = feel_of_list(r->arena, &x, 1);
	else if (base->kind != FEEL_TYPE_LIST && base->kind != FEEL_TYPE_ANY &&
		 x->kind == FEEL_LIST && x->list.count == 1)
		x = x->list.items[0];
	if (base->kind == FEEL_TYPE_KIND && base->value_kind == FEEL_DATE_TIME &&
	    x->kind == FEEL_DATE)
		x = at_midnight(r, x);
	if (conforms(r, type, x, true, 0))
		return x;
	bool shaped = conforms(r, type, x, false, 0);
	feel_complain(r, "%s: %s %s%s", what, feel_kind_name(v->kind),
		      shaped ? "is not among the allowed values of " : "is not of the type ",
		      type->name ? type->name : "that is declared");
	return &feel_null;
}
