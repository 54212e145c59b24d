/* SPDX-License-Identifier: Apache-2.0 */
/* Boxed expressions evaluated. A scope is a context of variables; what FEEL limits is FEEL's, the depth
 * of boxes within boxes (functions that call themselves) is bounded here. */
#include "engine/flow/dmn/dmn_private.h"

#define BOX_DEPTH_MAX 60 /* with FEEL's own depth it fits in a worker's 512 KiB of stack */

static const struct feel_value *complain(struct session *s, const char *why)
{
	feel_complain(s->run, "%s", why);
	return &feel_null;
}

const struct feel_value *code_evaluate(struct session *s, const struct code *c,
				       const struct feel_value *scope)
{
	if (c->expr)
		return feel_evaluate(s->run, c->expr, scope);
	return complain(s, c->problem ? c->problem : "there is no expression");
}

static const struct feel_value *part(struct session *s, const struct box *b, size_t i,
				     const struct feel_value *scope)
{
	return box_evaluate(s, b->entries[i].box, scope);
}

static const struct feel_value *context_evaluate(struct session *s, const struct box *b,
						 const struct feel_value *scope)
{
	struct feel_entry *list = arena_array(s->run->arena, b->count + 1, sizeof(*list));
	size_t n = 0;
	for (size_t i = 0; i < b->count; i++) {
		const struct box_entry *e = &b->entries[i];
		const struct feel_value *v = box_evaluate(s, e->box, scope);
		v = feel_coerce(s->run, e->type, v, e->name ? e->name : "the result");
		if (!e->name)
			return v;
		list[n++] = (struct feel_entry){ e->name, v };
		scope = feel_with(s->run, scope, e->name, v);
	}
	return feel_of_context(s->run->arena, list, n);
}

static const struct feel_value *list_evaluate(struct session *s, const struct box *b,
					      const struct feel_value *scope)
{
	const struct feel_value **items = arena_array(s->run->arena, b->count + 1, sizeof(*items));
	for (size_t i = 0; i < b->count; i++)
		items[i] = part(s, b, i, scope);
	return feel_of_list(s->run->arena, items, b->count);
}

static const struct feel_value *relation_evaluate(struct session *s, const struct box *b,
						  const struct feel_value *scope)
{
	struct arena *a = s->run->arena;
	size_t rows = b->name_count ? b->count / b->name_count : 0;
	const struct feel_value **items = arena_array(a, rows + 1, sizeof(*items));
	struct feel_entry *row = arena_array(a, b->name_count + 1, sizeof(*row));
	for (size_t i = 0; i < rows; i++) {
		for (size_t k = 0; k < b->name_count; k++)
			row[k] = (struct feel_entry){ b->names[k],
						      part(s, b, i * b->name_count + k, scope) };
		items[i] = feel_of_context(a, row, b->name_count);
	}
	return feel_of_list(a, items, rows);
}

static const struct feel_value *invocation_evaluate(struct session *s, const struct box *b,
						    const struct feel_value *scope)
{
	const struct feel_value *f = box_evaluate(s, b->first, scope);
	struct feel_entry *args = arena_array(s->run->arena, b->count + 1, sizeof(*args));
	for (size_t i = 0; i < b->count; i++) {
		const struct box_entry *e = &b->entries[i];
		const struct feel_value *v = box_evaluate(s, e->box, scope);
		args[i] = (struct feel_entry){ e->name, feel_coerce(s->run, e->type, v, e->name) };
	}
	return feel_call_named(s->run, f, args, b->count);
}

struct closure {
	struct session *s;
	const struct box *box;
	const struct feel_value *scope;
};

static const struct feel_value *closure_call(struct feel_run *run, void *data,
					     const struct feel_value *const *args)
{
	const struct closure *c = data;
	const struct feel_value *scope = c->scope;
	for (size_t i = 0; i < c->box->parameter_count; i++)
		scope = feel_with(run, scope, c->box->parameters[i].name, args[i]);
	return box_evaluate(c->s, c->box->first, scope);
}

static const struct feel_value *function_evaluate(struct session *s, const struct box *b,
						  const struct feel_value *scope)
{
	struct closure *c = arena_alloc(s->run->arena, sizeof(*c));
	*c = (struct closure){ s, b, scope };
	return feel_of_native(s->run->arena, "the function", b->parameters, b->parameter_count,
			      NULL, closure_call, c);
}

/* What an iterator runs over, as a list: FEEL's own rule for lists, ranges and single values. */
static const struct feel_value *domain_of(struct session *s, const struct box *b,
					  const struct feel_value *scope)
{
	const struct feel_value *v = part(s, b, 0, scope);
	if (v->kind == FEEL_LIST)
		return v;
	const struct feel_expr *e = feel_compile(s->run->arena, NULL, "for x in domain return x",
						 FEEL_EXPRESSION, NULL);
	v = feel_evaluate(s->run, e, feel_with(s->run, NULL, "domain", v));
	return v;
}

static const struct feel_value *for_evaluate(struct session *s, const struct box *b,
					     const struct feel_value *scope)
{
	const struct feel_value *list = domain_of(s, b, scope);
	struct arena *a = s->run->arena;
	if (list->kind != FEEL_LIST)
		return &feel_null;
	uint32_t height = 0;
	const struct feel_value **items = arena_array(a, list->list.count + 1, sizeof(*items));
	for (size_t i = 0; i < list->list.count && !s->run->stopped; i++) {
		const struct feel_value *inner =
			feel_with(s->run, scope, b->variable, list->list.items[i]);
		/* A list of its own each time: what was handed out never changes. */
		struct feel_value *partial = arena_alloc(a, sizeof(*partial));
		*partial = (struct feel_value){ .kind = FEEL_LIST, .height = height + 1 };
		partial->list = (struct feel_list){ items, i };
		items[i] = part(s, b, 1, feel_with(s->run, inner, "partial", partial));
		height = items[i]->height > height ? items[i]->height : height;
		if (height >= FEEL_HEIGHT_MAX)
			return complain(s, "values are nested deeper than is allowed");
	}
	return s->run->stopped ? &feel_null : feel_of_list(a, items, list->list.count);
}

static const struct feel_value *quantified_evaluate(struct session *s, const struct box *b,
						    const struct feel_value *scope)
{
	bool decides = b->kind == BOX_SOME;
	const struct feel_value *list = domain_of(s, b, scope), *out = feel_of_bool(!decides);
	if (list->kind != FEEL_LIST)
		return &feel_null;
	for (size_t i = 0; i < list->list.count && !s->run->stopped; i++) {
		const struct feel_value *v =
			part(s, b, 1, feel_with(s->run, scope, b->variable, list->list.items[i]));
		if (v->kind == FEEL_BOOLEAN && v->boolean == decides)
			return v;
		if (v->kind != FEEL_BOOLEAN && v->kind != FEEL_NULL)
			return complain(s, "the condition is neither true nor false");
		if (v->kind == FEEL_NULL)
			out = v;
	}
	return out;
}

static const struct feel_value *filter_evaluate(struct session *s, const struct box *b,
						const struct feel_value *scope)
{
	const struct feel_value *list = part(s, b, 0, scope);
	const struct box *match = b->entries[1].box;
	struct arena *a = s->run->arena;
	if (match->kind == BOX_LITERAL)
		return feel_filter(s->run, list, match->expr, scope);
	if (list->kind == FEEL_NULL)
		return feel_of_list(a, NULL, 0);
	if (list->kind != FEEL_LIST)
		list = feel_of_list(a, &list, 1);
	const struct feel_value **items = arena_array(a, list->list.count + 1, sizeof(*items));
	size_t n = 0;
	for (size_t i = 0; i < list->list.count && !s->run->stopped; i++) {
		const struct feel_value *item = list->list.items[i], *inner;
		inner = feel_with(s->run, scope, "item", item);
		for (size_t k = 0; item->kind == FEEL_CONTEXT && k < item->context.count; k++)
			inner = feel_with(s->run, inner, item->context.entries[k].name,
					  item->context.entries[k].value);
		const struct feel_value *v = box_evaluate(s, match, inner);
		if (v->kind != FEEL_BOOLEAN && v->kind != FEEL_NULL)
			return complain(s, "the filter gives neither true nor false");
		if (feel_is_true(v))
			items[n++] = item;
	}
	return feel_of_list(a, items, n);
}

static const struct feel_value *conditional_evaluate(struct session *s, const struct box *b,
						     const struct feel_value *scope)
{
	const struct feel_value *v = part(s, b, 0, scope);
	if (v->kind != FEEL_BOOLEAN && v->kind != FEEL_NULL)
		return complain(s, "the condition is neither true nor false");
	return part(s, b, feel_is_true(v) ? 1 : 2, scope);
}

static const struct feel_value *evaluate(struct session *s, const struct box *b,
					 const struct feel_value *scope)
{
	switch (b->kind) {
	case BOX_NONE: return complain(s, b->problem ? b->problem : "there is no expression");
	case BOX_LITERAL: return feel_evaluate(s->run, b->expr, scope);
	case BOX_TABLE: return table_evaluate(s, b, scope);
	case BOX_CONTEXT: return context_evaluate(s, b, scope);
	case BOX_LIST: return list_evaluate(s, b, scope);
	case BOX_RELATION: return relation_evaluate(s, b, scope);
	case BOX_INVOCATION: return invocation_evaluate(s, b, scope);
	case BOX_FUNCTION: return function_evaluate(s, b, scope);
	case BOX_CONDITIONAL: return conditional_evaluate(s, b, scope);
	case BOX_FILTER: return filter_evaluate(s, b, scope);
	case BOX_FOR: return for_evaluate(s, b, scope);
	case BOX_SOME:
	case BOX_EVERY: return quantified_evaluate(s, b, scope);
	}
	return &feel_null;
}

const struct feel_value *box_evaluate(struct session *s, const struct box *b,
				      const struct feel_value *scope)
{
	if (!b)
		return complain(s, "there is no expression");
	if (s->run->stopped)
		return &feel_null;
	if (s->depth >= BOX_DEPTH_MAX)
		return complain(s, "expressions call each other too deeply");
	s->depth++;
	const struct feel_value *v = evaluate(s, b, scope);
	s->depth--;
	return feel_coerce(s->run, b->type, v, "the expression");
}
