/* SPDX-License-Identifier: Apache-2.0 */
/* The forms of several items as one form: the fields that the theme names stand first and once, held to the
 * strictest rule of the items; then what each item asks besides. */
#include <stdlib.h>
#include "base/text.h"
#include "engine/flow/feel/feel.h"
#include "service/hall/hall_merge_private.h"

#define AT(...) arena_printf(c->arena, __VA_ARGS__)

/* --- names --- */

/* The text that the component's data stand below, or NULL. */
static const char *place_of(const json_t *component)
{
	const char *key = json_string_value(json_object_get(component, "key"));
	const char *path = json_string_value(json_object_get(component, "path"));

	return !str_empty(key) ? key : !str_empty(path) ? path : NULL;
}

static const char *top_of(struct arena *a, const char *place)
{
	return arena_strndup(a, place, strcspn(place, "."));
}

/* A group without a path is no level of the data; its fields are found through it. */
static json_t *inside(const json_t *component)
{
	return place_of(component) ? NULL : json_object_get(component, "components");
}

static void add_names(struct call *c, const json_t *components, struct words *out)
{
	size_t i;
	json_t *component;

	json_array_foreach((json_t *)components, i, component)
	{
		const char *place = place_of(component);
		if (place)
			words_add(c->arena, out, top_of(c->arena, place));
		else
			add_names(c, inside(component), out);
	}
}

enum status form_names(struct call *c, const char *form, struct words *out)
{
	json_t *root = NULL;
	enum status st = form ? json_parse(c, form, strlen(form), &root) : ST_OK;

	if (!st && root)
		add_names(c, json_object_get(root, "components"), out);
	return st;
}

/* --- expressions --- */

struct renaming {
	struct call *c;
	const struct hall_theme *t;
	size_t item;
};

static enum status check_expression(const struct renaming *r, const char *text)
{
	struct call *c = r->c;
	const struct feel_expr *e = feel_compile(c->arena, NULL, text, FEEL_EXPRESSION, NULL);
	size_t n = 0;
	const char *const *names = e ? feel_free_names(e, &n) : NULL;

	for (size_t i = 0; i < n; i++) {
		const char *now = merged_name(r->t, r->t->items[r->item].code, names[i]);
		if (!str_eq(now, names[i]))
			return rule_broken(c, AT("items[%zu]", r->item),
					   "a condition of its form names '%s', which fields calls "
					   "'%s': the theme keeps that name",
					   names[i], now);
	}
	return ST_OK;
}

/* "=a > 1" is an expression; "{{a}}" in a text that is shown holds one. */
static enum status check_text(const struct renaming *r, const char *text)
{
	enum status st = text[0] == '=' ? check_expression(r, text + 1) : ST_OK;

	for (const char *p = strstr(text, "{{"), *end; !st && p; p = strstr(end, "{{")) {
		end = strstr(p, "}}");
		if (!end)
			break;
		st = check_expression(r, arena_strndup(r->c->arena, p + 2, (size_t)(end - p - 2)));
	}
	return st;
}

/* Also lets go of what binds a component to the form that it was drawn in. */
static enum status check_tree(const struct renaming *r, json_t *tree)
{
	const char *name;
	json_t *v;
	size_t i;
	enum status st = ST_OK;

	if (json_is_string(tree))
		return check_text(r, json_string_value(tree));
	if (json_is_object(tree)) {
		json_object_del(tree, "id");
		json_object_del(tree, "layout");
	}
	json_object_foreach(tree, name, v)
	{
		st = check_tree(r, v);
		if (st)
			return st;
	}
	json_array_foreach(tree, i, v)
	{
		st = check_tree(r, v);
		if (st)
			return st;
	}
	return ST_OK;
}

/* --- one field of several items --- */

/* Takes the component of that name out of the tree; NULL: it is not there, or is but a part of what has the name. */
static json_t *take(json_t *components, const char *name)
{
	size_t i;
	json_t *component;

	json_array_foreach(components, i, component)
	{
		const char *place = place_of(component);
		json_t *found = place ? NULL : take(inside(component), name);
		if (found)
			return found;
		if (!str_eq(place, name))
			continue;
		json_incref(component);
		json_array_remove(components, i);
		return component;
	}
	return NULL;
}

static bool may_differ(const char *name)
{
	static const char *const free[] = { "key",      "path",       "label",      "description",
					    "validate", "appearance", "properties", NULL };

	return hall_word_among(free, name);
}

static const char *difference(json_t *a, json_t *b)
{
	const char *name;
	json_t *v;

	json_object_foreach(a, name, v)
	{
		if (!may_differ(name) && !json_equal(v, json_object_get(b, name)))
			return name;
	}
	json_object_foreach(b, name, v)
	{
		if (!may_differ(name) && !json_object_get(a, name))
			return name;
	}
	return NULL;
}

/* The stricter of two bounds. */
static json_t *tighter(const char *name, json_t *a, json_t *b)
{
	bool lowest = str_starts(name, "min"), above = json_number_value(a) > json_number_value(b);

	return lowest == above ? a : b;
}

/* What both say must be the same, but for bounds and whether it must be given. NULL: it was joined. */
static const char *join_validate(json_t *into, json_t *from)
{
	const char *name;
	json_t *v;

	json_object_foreach(from, name, v)
	{
		json_t *now = json_object_get(into, name);
		if (!now || (str_eq(name, "required") && json_is_true(v)))
			json_object_set(into, name, v);
		else if (json_is_number(now) && json_is_number(v) &&
			 (str_starts(name, "min") || str_starts(name, "max")))
			json_object_set(into, name, tighter(name, now, v));
		else if (!str_eq(name, "required") && !json_equal(now, v))
			return name;
	}
	json_t *low = json_object_get(into, "min"), *high = json_object_get(into, "max");
	if (low && high && json_number_value(low) > json_number_value(high))
		return "min";
	low = json_object_get(into, "minLength");
	high = json_object_get(into, "maxLength");
	return low && high && json_number_value(low) > json_number_value(high) ? "minLength" : NULL;
}

struct shared { /* the theme's fields, in the order of its rows */
	json_t *components;
	struct words names;
};

static json_t *shared_of(const struct shared *s, const char *name)
{
	for (size_t i = 0; i < s->names.count; i++)
		if (str_eq(s->names.list[i], name))
			return json_array_get(s->components, i);
	return NULL;
}

static enum status share(struct call *c, struct shared *s, size_t row, const char *field,
			 json_t *component)
{
	json_t *there = shared_of(s, field);
	const char *what = there ? difference(there, component) : NULL;
	json_t *validate = json_object_get(component, "validate");

	if (!there) {
		bool keyed = !str_empty(json_string_value(json_object_get(component, "key")));
		json_object_set_new(component, keyed ? "key" : "path", json_string(field));
		json_array_append(s->components, component);
		words_add(c->arena, &s->names, field);
		return ST_OK;
	}
	if (!what && validate && !json_object_get(there, "validate"))
		json_object_set(there, "validate", validate);
	else if (!what && validate)
		what = join_validate(json_object_get(there, "validate"), validate);
	if (what)
		return rule_broken(c, AT("fields[%zu]", row),
				   "'%s' of the item differs in '%s' from what another item has as "
				   "'%s': the forms agree, or they are two fields",
				   place_of(component), what, field);
	return ST_OK;
}

static bool is_question(const struct hall_item *item, const char *key)
{
	for (size_t i = 0; i < item->questions_count; i++)
		if (str_eq(item->questions[i].key, key))
			return true;
	return false;
}

/* 'components' of the item's form are taken out where a row names them; NULL: it has no form. */
static enum status take_shared(struct call *c, const struct hall_theme *t,
			       const struct hall_item *item, json_t *components, struct shared *s)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < t->fields_count; i++) {
		const struct hall_theme_field *row = &t->fields[i];
		if (!str_eq(row->item, item->handle_code) || is_question(item, row->to))
			continue;
		json_t *component = components ? take(components, row->to) : NULL;
		if (!component)
			return rule_broken(
				c, AT("fields[%zu].to", i),
				"the item has neither a question nor a field '%s' (of what "
				"has parts, the whole is named)",
				row->to);
		st = share(c, s, i, row->field, component);
		json_decref(component);
	}
	return st;
}

static void heading(json_t *components, const char *text)
{
	json_array_append_new(components, json_pack("{s:s, s:o}", "type", "text", "text",
						    json_sprintf("### %s", text)));
}

static enum status finish(struct call *c, json_t *root, struct merged *out)
{
	char *text = json_dumps(root, JSON_COMPACT);

	if (!text)
		return fail(c, ST_INTERNAL, NULL, "the merged form cannot be written");
	out->form = arena_strdup(c->arena, text);
	free(text);
	if (utf8_length(out->form) > 5 * HALL_FORM_MAX)
		return rule_broken(c, "items", "their forms together are too long");
	enum status st = form_read(c, out->form, strlen(out->form), &out->form_read);
	return hall_below(c, st, "items: the form that they make");
}

enum status theme_merge_form(struct call *c, const struct hall_theme *t,
			     const struct hall_item *const *items, struct merged *out)
{
	json_t *root = tree_kept(c, json_pack("{s:s, s:[]}", "type", "default", "components"));
	json_t *rest = json_object_get(root, "components");
	struct shared s = { .components = tree_kept(c, json_array()) };
	enum status st = ST_OK;
	bool any = false;

	for (size_t i = 0; !st && i < t->items_count; i++) {
		json_t *form = NULL, *components = NULL;
		if (!items[i])
			continue;
		if (items[i]->form)
			st = hall_below(
				c, json_parse(c, items[i]->form, strlen(items[i]->form), &form),
				AT("items[%zu].form", i));
		if (!st && form) {
			any = true;
			components = json_object_get(form, "components");
			st = check_tree(&(struct renaming){ c, t, i }, components);
		}
		if (!st)
			st = take_shared(c, t, items[i], components, &s);
		if (!st && json_array_size(components)) {
			heading(rest, items[i]->name);
			json_array_extend(rest, components);
		}
	}
	if (st || !any)
		return st;
	json_t *all = json_copy(s.components);
	json_array_extend(all, rest);
	json_object_set_new(root, "components", all);
	return finish(c, root, out);
}
