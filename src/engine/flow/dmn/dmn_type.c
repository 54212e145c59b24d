/* SPDX-License-Identifier: Apache-2.0 */
/* Item definitions (DMN 1.5 §7.3.2) as types of FEEL. A definition is made once, before its parts are
 * read, so that definitions may name each other in any order and themselves. */
#include "engine/flow/dmn/dmn_private.h"

static const struct feel_type *built_in(const char *name)
{
	if (str_starts(name, "feel:"))
		name += strlen("feel:");
	return feel_type_named(name);
}

const struct feel_type *type_by_name(struct reading *r, struct unit *u, const char *name,
				     const xmlNode *at)
{
	if (!name || !*name)
		return NULL;
	for (size_t i = 0; i < u->item_count; i++)
		if (str_eq(u->items[i].name, name))
			return u->items[i].type;
	for (size_t i = 0; i < u->import_count; i++) {
		size_t size = strlen(u->imports[i].name);
		const char *rest = size == 0 ? name
				   : str_starts(name, u->imports[i].name) && name[size] == '.'
					   ? name + size + 1
					   : NULL;
		const struct unit *o = u->imports[i].unit;
		for (size_t k = 0; rest && k < o->item_count; k++)
			if (str_eq(o->items[k].name, rest))
				return o->items[k].type;
	}
	const struct feel_type *t = built_in(name);
	if (t)
		return t;
	read_problem(r, at, "there is no type '%s'", name);
	return NULL;
}

static const struct feel_expr *read_tests(struct reading *r, const xmlNode *n, const char *child)
{
	const xmlNode *c = node_child(n, child);
	const char *text = c ? node_text(r, c, "text") : NULL;
	if (str_empty(text))
		return NULL;
	return read_code(r, c, text, FEEL_UNARY_TESTS).expr;
}

static void fill(struct reading *r, struct unit *u, const xmlNode *n, struct feel_type *t,
		 unsigned depth);

static const struct feel_type *component(struct reading *r, struct unit *u, const xmlNode *n,
					 unsigned depth)
{
	struct feel_type *t = arena_alloc(r->arena, sizeof(*t));
	fill(r, u, n, t, depth + 1);
	return t;
}

static void fill_components(struct reading *r, struct unit *u, const xmlNode *n,
			    struct feel_type *t, unsigned depth)
{
	size_t count = node_count(n, "itemComponent"), i = 0;
	struct feel_member *list = arena_array(r->arena, count + 1, sizeof(*list));
	t->kind = FEEL_TYPE_CONTEXT;
	for (xmlNode *c = node_child(n, "itemComponent"); c; c = node_next(c, "itemComponent"))
		list[i++] = (struct feel_member){
			name_normal(r->arena, node_attribute(r, c, "name")),
			component(r, u, c, depth),
		};
	t->members = list;
	t->member_count = count;
}

static void fill_function(struct reading *r, struct unit *u, const xmlNode *f, struct feel_type *t)
{
	size_t count = node_count(f, "parameters"), i = 0;
	struct feel_member *list = arena_array(r->arena, count + 1, sizeof(*list));
	t->kind = FEEL_TYPE_FUNCTION;
	t->value_kind = FEEL_FUNCTION;
	for (xmlNode *c = node_child(f, "parameters"); c; c = node_next(c, "parameters"))
		list[i++] = (struct feel_member){
			name_normal(r->arena, node_attribute(r, c, "name")),
			type_by_name(r, u, node_attribute(r, c, "typeRef"), c),
		};
	t->members = list;
	t->member_count = count;
	t->element = type_by_name(r, u, node_attribute(r, f, "outputTypeRef"), f);
}

static void fill(struct reading *r, struct unit *u, const xmlNode *n, struct feel_type *t,
		 unsigned depth)
{
	const char *collection = node_attribute(r, n, "isCollection");
	const char *ref = node_text(r, n, "typeRef");
	const char *name = name_normal(r->arena, node_attribute(r, n, "name"));
	const xmlNode *function = node_child(n, "functionItem");
	struct feel_type *one = t;
	bool many = collection && (str_eq(collection, "true") || str_eq(collection, "1"));
	if (many) {
		one = arena_alloc(r->arena, sizeof(*one));
		*t = (struct feel_type){ .kind = FEEL_TYPE_LIST, .name = name, .element = one };
	}
	*one = (struct feel_type){ .kind = FEEL_TYPE_ANY, .name = name };
	if (depth > DMN_DEPTH_MAX) {
		read_problem(r, n, "item definitions are nested too deeply");
	} else if (node_child(n, "itemComponent")) {
		fill_components(r, u, n, one, depth);
	} else if (function) {
		fill_function(r, u, function, one);
	} else if (ref) {
		ref = name_normal(r->arena, ref);
		const struct feel_type *base = type_by_name(r, u, ref, n);
		/* What it names may be filled later: it is asked for through the chain, below. */
		if (base) {
			one->kind = FEEL_TYPE_SAME;
			one->element = base;
		}
	}
	one->allowed = read_tests(r, n, "allowedValues");
	t->type_constraint = read_tests(r, n, "typeConstraint");
}

void types_read(struct reading *r)
{
	struct unit *u = r->unit;
	size_t i = 0;
	u->items =
		arena_array(r->arena, node_count(u->root, "itemDefinition") + 1, sizeof(*u->items));
	for (xmlNode *c = node_child(u->root, "itemDefinition"); c;
	     c = node_next(c, "itemDefinition"))
		u->items[i++] = (struct item_definition){
			name_normal(r->arena, node_attribute(r, c, "name")),
			c,
			arena_alloc(r->arena, sizeof(struct feel_type)),
		};
	u->item_count = i;
}

void types_fill(struct reading *r)
{
	struct unit *u = r->unit;
	r->names = (struct feel_names){ r->words, r->word_count, NULL, 0 };
	for (size_t i = 0; i < u->item_count; i++) {
		fill(r, u, u->items[i].node, u->items[i].type, 0);
		u->items[i].node = NULL;
	}
}

/* The names that "instance of" may use in the unit. */
void types_name(struct reading *r)
{
	struct unit *u = r->unit;
	size_t count = u->item_count, n = 0;
	for (size_t i = 0; i < u->import_count; i++)
		count += u->imports[i].unit->item_count;
	struct feel_member *list = arena_array(r->arena, count + 1, sizeof(*list));
	for (size_t i = 0; i < u->item_count; i++)
		list[n++] = (struct feel_member){ u->items[i].name, u->items[i].type };
	for (size_t i = 0; i < u->import_count; i++)
		for (size_t k = 0; k < u->imports[i].unit->item_count; k++) {
			const struct item_definition *d = &u->imports[i].unit->items[k];
			const char *name = *u->imports[i].name
						   ? arena_printf(r->arena, "%s.%s",
								  u->imports[i].name, d->name)
						   : d->name;
			list[n++] = (struct feel_member){ name, d->type };
		}
	r->names.types = list;
	r->names.type_count = n;
}
