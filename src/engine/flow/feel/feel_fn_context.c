/* SPDX-License-Identifier: Apache-2.0 */
/* Built-ins of contexts (DMN 1.5 §10.3.4.11), not() and is(). */
#include "engine/flow/feel/feel_private.h"

typedef const struct feel_value *const_value;
#define FN(name) static const_value name(struct feel_run *r, const_value *a, size_t n)
#define UNUSED (void)n

FN(fn_get_value)
{
	UNUSED;
	const_value v = feel_get(a[0], a[1]->string.text);
	return v ? v : run_null(r, "the context has no '%.60s'", a[1]->string.text);
}

FN(fn_get_value_path)
{
	UNUSED;
	const_value v = a[0];
	for (size_t i = 0; i < a[1]->list.count; i++) {
		const_value key = a[1]->list.items[i];
		v = key->kind == FEEL_STRING ? feel_get(v, key->string.text) : NULL;
		if (!v)
			return run_null(r, "the context has nothing at these keys");
	}
	return v;
}

FN(fn_get_entries)
{
	UNUSED;
	const struct feel_context *c = &a[0]->context;
	struct items out = { 0 };
	for (size_t i = 0; i < c->count; i++) {
		struct feel_entry *pair = run_array(r, 2, sizeof(*pair));
		const char *name = c->entries[i].name;
		pair[0] = (struct feel_entry){ "key", run_text(r, name, strlen(name)) };
		pair[1] = (struct feel_entry){ "value", c->entries[i].value };
		items_add(r, &out, run_context(r, pair, 2));
	}
	return items_list(r, &out);
}

FN(fn_context)
{
	UNUSED;
	const struct feel_list *l = &a[0]->list;
	struct feel_entry *list = run_array(r, l->count + 1, sizeof(*list));
	for (size_t i = 0; i < l->count; i++) {
		const_value key = feel_get(l->items[i], "key");
		const_value value = feel_get(l->items[i], "value");
		if (!key || key->kind != FEEL_STRING || !value)
			return run_null(r, "an entry has no key or no value");
		run_step(r, i);
		for (size_t k = 0; k < i; k++)
			if (strcmp(list[k].name, key->string.text) == 0)
				return run_null(r, "the key \"%.60s\" stands twice",
						key->string.text);
		list[i] = (struct feel_entry){ key->string.text, value };
	}
	return run_context(r, list, l->count);
}

static const_value put(struct feel_run *r, const_value c, const char *key, const_value value)
{
	size_t n = c->context.count, at = 0;
	struct feel_entry *list = run_array(r, n + 1, sizeof(*list));
	if (n)
		memcpy(list, c->context.entries, n * sizeof(*list));
	while (at < n && strcmp(list[at].name, key) != 0)
		at++;
	list[at] = (struct feel_entry){ key, value };
	return run_context(r, list, at == n ? n + 1 : n);
}

FN(fn_context_put)
{
	UNUSED;
	return put(r, a[0], a[1]->string.text, a[2]);
}

static const_value put_path(struct feel_run *r, const_value c, const struct feel_list *keys,
			    size_t level, const_value value)
{
	const_value key = keys->items[level];
	if (key->kind != FEEL_STRING || c->kind != FEEL_CONTEXT)
		return NULL;
	if (level + 1 < keys->count) {
		const_value inner = feel_get(c, key->string.text);
		run_step(r, 1);
		if (!inner || level > r->engine->depth_max)
			return NULL;
		value = put_path(r, inner, keys, level + 1, value);
	}
	return value ? put(r, c, key->string.text, value) : NULL;
}

FN(fn_context_put_path)
{
	UNUSED;
	const_value v = a[1]->list.count ? put_path(r, a[0], &a[1]->list, 0, a[2]) : NULL;
	return v ? v : run_null(r, "the keys lead nowhere in the context");
}

FN(fn_context_merge)
{
	UNUSED;
	const_value out = run_context(r, NULL, 0);
	for (size_t i = 0; i < a[0]->list.count; i++) {
		const_value c = a[0]->list.items[i];
		if (c->kind != FEEL_CONTEXT)
			return run_null(r, "context merge() is given %s", feel_kind_name(c->kind));
		for (size_t k = 0; k < c->context.count; k++)
			out = put(r, out, c->context.entries[k].name, c->context.entries[k].value);
	}
	return out;
}

FN(fn_not)
{
	UNUSED;
	if (a[0]->kind == FEEL_BOOLEAN)
		return of_bool(!a[0]->boolean);
	return a[0]->kind == FEEL_NULL
		       ? &feel_null
		       : run_null(r, "not() is given %s", feel_kind_name(a[0]->kind));
}

static bool same_moment(const struct feel_moment *x, const struct feel_moment *y)
{
	int32_t ox = 0, oy = 0;
	bool zx = moment_offset(x, &ox), zy = moment_offset(y, &oy);
	if (x->zone_kind == FEEL_NAMED && y->zone_kind == FEEL_NAMED && x->zone != y->zone)
		return false;
	if (zx != zy || ox != oy || (x->zone_kind == FEEL_NAMED) != (y->zone_kind == FEEL_NAMED))
		return false;
	return moment_local(x) == moment_local(y);
}

/* The same kind and the same value in every part; "=" asks for less of moments. */
FN(fn_is)
{
	UNUSED, (void)r;
	for (size_t i = 0; i < 2; i++)
		a[i] = a[i] ? a[i] : &feel_null;
	if (a[0]->kind != a[1]->kind)
		return &feel_false;
	if (a[0]->kind == FEEL_TIME || a[0]->kind == FEEL_DATE_TIME)
		return of_bool(same_moment(&a[0]->moment, &a[1]->moment));
	return of_bool(is_true(feel_equal(a[0], a[1])));
}

const struct builtin builtins_context[] = {
	{ "get value", "m,key", "cs", fn_get_value },
	{ "get value", "context,key", "cs", fn_get_value },
	{ "get value", "m,keys", "cl", fn_get_value_path },
	{ "get value", "context,keys", "cl", fn_get_value_path },
	{ "get entries", "m", "c", fn_get_entries },
	{ "context", "entries", "l", fn_context },
	{ "context put", "context,key,value", "csa", fn_context_put },
	{ "context put", "context,keys,value", "cla", fn_context_put_path },
	{ "context merge", "contexts", "l", fn_context_merge },
	{ "not", "negand", "a", fn_not },
	{ "is", "value1,value2", "|aa", fn_is },
	{ 0 },
};
