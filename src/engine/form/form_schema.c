/* SPDX-License-Identifier: Apache-2.0 */
/* The schema as a task may see it: what is hidden from it is not there, what it may only look at is readonly. */
#include <stdlib.h>
#include "base/shape.h"
#include "engine/form/form_private.h"

struct walk {
	struct call *c;
	const struct form_permission *list;
	size_t count;
};

/* Where a component stands in the data, and what may be done there. */
struct standing {
	const char *path; /* "" at the top */
	enum form_access access;
	bool fixed; /* in a list that may only be looked at: nothing in it is written */
};

/* Down a key or path "a.b": each part may be named by a permission. */
static struct standing down(const struct walk *w, struct standing s, const char *key)
{
	struct words parts = words_split(w->c->arena, key, '.');

	for (size_t i = 0; i < parts.count; i++) {
		s.path = *s.path ? arena_printf(w->c->arena, "%s.%s", s.path, parts.list[i])
				 : parts.list[i];
		for (size_t k = 0; k < w->count; k++) {
			if (str_eq(w->list[k].path, s.path)) {
				s.access = w->list[k].access;
				break;
			}
		}
	}
	return s;
}

static const char *text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return str_empty(s) ? NULL : s;
}

static size_t keep_all(const struct walk *w, json_t *list, struct standing s);

/* False: nothing of the component is left for the task. */
static bool keep(const struct walk *w, json_t *o, struct standing s)
{
	json_t *inside = json_object_get(o, "components");
	bool is_list = str_eq(text_of(o, "type"), "dynamiclist");
	const char *name = text_of(o, inside || is_list ? "path" : "key");

	if (name)
		s = down(w, s, name);
	if (inside || is_list) {
		if (is_list && s.access == FORM_HIDE)
			return false;
		if (is_list && (s.fixed || s.access == FORM_LOOK)) {
			s.fixed = true;
			json_object_set_new(o, "allowAddRemove", json_false());
		}
		return !json_array_size(inside) || keep_all(w, inside, s);
	}
	if (!name)
		return true;
	if (s.access == FORM_LOOK || s.fixed)
		json_object_set_new(o, "readonly", json_true());
	return s.access != FORM_HIDE;
}

static size_t keep_all(const struct walk *w, json_t *list, struct standing s)
{
	for (size_t i = json_array_size(list); i-- > 0;) {
		if (!keep(w, json_array_get(list, i), s))
			json_array_remove(list, i);
	}
	return json_array_size(list);
}

enum status form_schema_shown(struct call *c, const char *json, size_t size,
			      const struct form_permission *permissions, size_t permission_count,
			      const char **out)
{
	const struct walk w = { c, permissions, permission_count };
	json_t *root = NULL;
	enum status st = json_parse(c, json, size, &root);

	if (st)
		return st;
	keep_all(&w, json_object_get(root, "components"),
		 (struct standing){ .path = "", .access = FORM_WRITE });
	char *text = json_dumps(root, JSON_COMPACT);
	*out = arena_strdup(c->arena, text);
	free(text);
	return ST_OK;
}

bool form_has(const struct form *f, const char *path)
{
	const struct form_node *n = &f->root;

	for (const char *s = path; n;) {
		size_t size = strcspn(s, ".");
		n = n->first;
		while (n && (strlen(n->name) != size || strncmp(n->name, s, size) != 0))
			n = n->next;
		if (!s[size])
			break;
		s += size + 1;
	}
	return n;
}
