/* SPDX-License-Identifier: Apache-2.0 */
/* What was given against the tree of the form: conditions, permissions, values, and the data that follow. */
#include "engine/form/form_private.h"

/* A form is small; what takes longer is a mistake or an attack. */
static const struct feel_limits limits = { .steps = 1000000, .memory = 64u << 20 };

struct checking {
	struct form_scope scope;
	const struct form_permission *permissions;
	size_t permission_count;
	const struct feel_value *root; /* all the data, as expressions see them */
	bool shows;                    /* form_shown(): nothing is given, what is hidden goes */
};

/* One object of the data: of the form itself, of a group, of an item of a list. */
struct level {
	const struct form_node *node;
	const json_t *before, *given;
	const char *path;  /* "items[2]"; "" */
	const char *plain; /* "items": what permissions name */
	enum form_access access;
	bool whole; /* an item of a list: what is not given is not there */
};

static json_t *check_level(struct checking *k, const struct level *l);

static const char *join(struct checking *k, const char *path, const char *name)
{
	return *path ? arena_printf(k->scope.c->arena, "%s.%s", path, name) : name;
}

static enum form_access access_of(const struct checking *k, const char *plain,
				  enum form_access around)
{
	for (size_t i = 0; i < k->permission_count; i++)
		if (str_eq(k->permissions[i].path, plain))
			return k->permissions[i].access;
	return around;
}

static bool is_true(struct checking *k, const struct feel_expr *e)
{
	return e && feel_is_true(feel_evaluate(k->scope.run, e, k->scope.variables));
}

static bool hidden(struct checking *k, const struct form_part *part)
{
	for (; part; part = part->around)
		if (is_true(k, part->hide))
			return true;
	return false;
}

static bool same(const json_t *a, const json_t *b)
{
	bool no_a = !a || json_is_null(a), no_b = !b || json_is_null(b);

	return no_a || no_b ? no_a == no_b : json_equal((json_t *)a, (json_t *)b);
}

/* What may not be written stays; an attempt to change it is told. */
static json_t *kept(struct checking *k, const json_t *before, const json_t *given, const char *path)
{
	if (given && !same(given, before))
		form_problem(&k->scope, path, "read-only", "it may not be changed here");
	return json_incref((json_t *)before);
}

static json_t *from_feel(struct checking *k, const struct feel_value *v)
{
	struct buf b = { .arena = k->scope.c->arena };
	struct json_out j = json_to(&b);

	feel_to_json(&j, v);
	return json_loads(buf_text(&b), JSON_DECODE_ANY, NULL);
}

static json_t *check_value(struct checking *k, const struct level *l, const struct form_field *f,
			   const json_t *before, const json_t *given)
{
	if (hidden(k, f->part) || (k->shows && l->access == FORM_HIDE))
		return NULL;
	if (k->shows)
		return json_incref((json_t *)before);
	if (f->computed)
		return from_feel(k, feel_evaluate(k->scope.run, f->computed, k->scope.variables));
	if (l->access != FORM_WRITE || f->readonly || is_true(k, f->readonly_when))
		return kept(k, before, given, l->path);

	const json_t *v = given || l->whole ? given : before;
	if (form_is_empty(f, v) && f->required) {
		form_problem(&k->scope, l->path, "required", "it is required");
		return NULL;
	}
	if (!v || json_is_null(v))
		return NULL;
	form_value_check(&k->scope, f, v, l->path);
	return json_incref((json_t *)v);
}

/* What the expressions of an item see: all the data, over that the item's own, and this, parent, i. */
static const struct feel_value *item_variables(struct checking *k, const json_t *item, size_t index)
{
	struct arena *a = k->scope.c->arena;
	const struct feel_value *own = feel_of_json(a, item), *root = k->root;
	size_t n = 0;
	struct feel_entry *list = arena_array(
		a, root->context.count + (own->kind == FEEL_CONTEXT ? own->context.count : 0) + 3,
		sizeof *list);

	for (size_t i = 0; i < root->context.count; i++)
		if (!feel_get(own, root->context.entries[i].name))
			list[n++] = root->context.entries[i];
	for (size_t i = 0; own->kind == FEEL_CONTEXT && i < own->context.count; i++)
		list[n++] = own->context.entries[i];
	list[n++] = (struct feel_entry){ "this", own };
	list[n++] = (struct feel_entry){ "parent", root };
	list[n++] = (struct feel_entry){ "i", feel_of_int(a, (int64_t)index + 1) };
	return feel_of_context(a, list, n);
}

static json_t *check_list(struct checking *k, const struct level *l, const json_t *before,
			  const json_t *given)
{
	const json_t *list = given || (l->whole && !k->shows) ? given : before;
	const struct feel_value *outside = k->scope.variables;
	json_t *out, *item;
	size_t i;

	if (hidden(k, l->node->part) || (k->shows && l->access == FORM_HIDE))
		return NULL;
	if (l->access != FORM_WRITE && !k->shows)
		return kept(k, before, given, l->path);
	if (!list || json_is_null(list))
		return NULL;
	if (!json_is_array(list) || json_array_size(list) > FORM_ITEMS_MAX) {
		form_problem(&k->scope, l->path, "type", "a list of at most %d items is wanted",
			     FORM_ITEMS_MAX);
		return NULL;
	}
	out = json_array();
	json_array_foreach((json_t *)list, i, item)
	{
		struct level one = *l;
		one.before = json_array_get(before, i);
		one.given = k->shows ? NULL : item;
		one.whole = true;
		one.path = arena_printf(k->scope.c->arena, "%s[%zu]", l->path, i);
		k->scope.variables = item_variables(k, item, i);
		if (json_is_object(item))
			json_array_append_new(out, check_level(k, &one));
		else
			form_problem(&k->scope, one.path, "type", "an object is wanted");
	}
	k->scope.variables = outside;
	return out;
}

static json_t *check_child(struct checking *k, const struct level *l, const struct form_node *n)
{
	struct level down = {
		.node = n,
		.before = json_object_get(l->before, n->name),
		.given = json_object_get(l->given, n->name),
		.path = join(k, l->path, n->name),
		.plain = join(k, l->plain, n->name),
		.whole = l->whole,
	};
	down.access = access_of(k, down.plain, l->access);
	if (n->kind == FORM_VALUE)
		return check_value(k, &down, n->field, down.before, down.given);
	if (n->kind == FORM_LIST)
		return check_list(k, &down, down.before, down.given);
	if (down.given && !json_is_object(down.given) && !json_is_null(down.given)) {
		form_problem(&k->scope, down.path, "type", "an object is wanted");
		return NULL;
	}
	json_t *out = check_level(k, &down);
	if (json_object_size(out))
		return out;
	json_decref(out);
	return NULL;
}

static bool has_field(const struct form_node *of, const char *name)
{
	const struct form_node *n = of->first;

	while (n && !str_eq(n->name, name))
		n = n->next;
	return n;
}

static json_t *check_level(struct checking *k, const struct level *l)
{
	json_t *out = json_object(), *v;
	const char *name;

	for (const struct form_node *n = l->node->first; n; n = n->next) {
		v = check_child(k, l, n);
		if (v)
			json_object_set_new(out, n->name, v);
	}
	/* What other forms of the same data have. */
	json_object_foreach((json_t *)(k->shows || l->whole ? NULL : l->before), name, v)
	{
		if (!has_field(l->node, name))
			json_object_set(out, name, v);
	}
	json_object_foreach((json_t *)l->given, name, v)
	{
		if (!has_field(l->node, name))
			form_problem(&k->scope,
				     arena_strdup(k->scope.c->arena, join(k, l->path, name)),
				     "unknown", "the form has no such field");
	}
	return out;
}

/* --- the whole --- */

static void drop(void *tree)
{
	json_decref(tree);
}

/* 'given' over 'before', objects by their members. */
static json_t *merged(const json_t *before, const json_t *given)
{
	json_t *out = json_copy((json_t *)before), *v;
	const char *name;

	if (!out)
		out = json_object();
	json_object_foreach((json_t *)given, name, v)
	{
		json_t *old = json_object_get(before, name);
		if (json_is_object(old) && json_is_object(v))
			json_object_set_new(out, name, merged(old, v));
		else
			json_object_set(out, name, v);
	}
	return out;
}

static enum status run(struct checking *k, const struct form *f, const json_t *before,
		       const json_t *given, json_t **out)
{
	struct call *c = k->scope.c;
	json_t *data = merged(before, given);
	const struct level top = {
		.node = &f->root, .before = before, .given = given, .path = "", .plain = ""
	};

	arena_defer(c->arena, drop, data);
	k->scope.run = feel_run_new(c->arena, &limits, c->now_at);
	k->scope.data = data;
	k->scope.variables = k->root = feel_of_json(c->arena, data);
	if (k->root->kind != FEEL_CONTEXT)
		return fail(c, ST_BAD_INPUT, NULL, "the data are nested too deep");
	json_t *made = check_level(k, &top);
	arena_defer(c->arena, drop, made);
	if (k->scope.run->stopped)
		return fail(c, ST_LIMIT, NULL,
			    "the form's expressions take too many steps or too much memory");
	*out = made;
	return ST_OK;
}

enum status form_check(struct call *c, const struct form *f,
		       const struct form_permission *permissions, size_t permission_count,
		       const json_t *before, const json_t *given, json_t **out,
		       struct form_problems *problems)
{
	struct checking k = {
		.scope = { .c = c, .problems = problems },
		.permissions = permissions,
		.permission_count = permission_count,
	};
	json_t *made = NULL;

	*problems = (struct form_problems){ 0 };
	if (!json_is_object(given))
		return fail(c, ST_BAD_INPUT, NULL, "the data of a form is an object");
	enum status st = run(&k, f, before, given, &made);
	if (!st && problems->count)
		st = fail(c, ST_BAD_INPUT, problems->list[0].path, "%s: %s", problems->list[0].rule,
			  problems->list[0].text);
	if (!st)
		*out = made;
	return st;
}

enum status form_shown(struct call *c, const struct form *f,
		       const struct form_permission *permissions, size_t permission_count,
		       const json_t *data, json_t **out)
{
	struct checking k = {
		.scope = { .c = c },
		.permissions = permissions,
		.permission_count = permission_count,
		.shows = true,
	};

	return run(&k, f, data, NULL, out);
}
