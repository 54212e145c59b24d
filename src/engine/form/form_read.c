/* SPDX-License-Identifier: Apache-2.0 */
/* A schema of form-js into the tree of its data: "a.b" as a key, paths of groups and of lists are one tree. */
#include <math.h>
#include <stdlib.h>
#include "base/shape.h"
#include "engine/form/form_private.h"

struct reading {
	struct call *c;
	struct form *form;
};

static enum status components_read(struct reading *r, const json_t *list, const char *at,
				   struct form_node *into, const struct form_part *around,
				   int depth);

static const char *below(const struct reading *r, const char *at, const char *name)
{
	return arena_printf(r->c->arena, "%s.%s", at, name);
}

static const char *text_of(const json_t *o, const char *name)
{
	const char *s = json_string_value(json_object_get(o, name));

	return str_empty(s) ? NULL : s;
}

/* A FEEL expression behind a '='; NULL where there is none. */
static enum status expression_read(struct reading *r, const json_t *o, const char *name,
				   const char *at, const struct feel_expr **out)
{
	struct feel_problem why = { 0 };
	const json_t *v = json_object_get(o, name);
	const char *text = json_string_value(v);

	*out = NULL;
	if (!v || json_is_null(v) || (text && !*text))
		return ST_OK;
	if (!text || *text != '=')
		return fail(r->c, ST_BAD_INPUT, below(r, at, name),
			    "an expression is a text that begins with =");
	*out = feel_compile(r->c->arena, NULL, text + 1, FEEL_EXPRESSION, &why);
	return *out ? ST_OK
		    : fail(r->c, ST_BAD_INPUT, below(r, at, name), "no FEEL expression: %s",
			   why.text);
}

/* A number, or a text of one, as form-js writes both. '*out' stays when it is absent. */
static enum status bound_read(struct reading *r, const json_t *o, const char *name, const char *at,
			      double *out)
{
	const json_t *v = json_object_get(o, name);
	const char *text = json_string_value(v);
	char *end = NULL;

	if (!v || json_is_null(v) || (text && !*text))
		return ST_OK;
	*out = text ? strtod(text, &end) : json_number_value(v);
	/* Expressions as bounds would be passed over silently, so they are refused. */
	if ((!text && !json_is_number(v)) || (text && *end) || !isfinite(*out))
		return fail(r->c, ST_BAD_INPUT, below(r, at, name), "%s is a number", name);
	return ST_OK;
}

static enum status length_read(struct reading *r, const json_t *o, const char *name, const char *at,
			       int64_t *out)
{
	double v = -1;
	enum status st = bound_read(r, o, name, at, &v);

	if (!st && v != -1 && (v < 0 || v > FORM_TEXT_MAX || v != floor(v)))
		return fail(r->c, ST_BAD_INPUT, below(r, at, name),
			    "%s is a whole number from 0 to %d", name, FORM_TEXT_MAX);
	*out = (int64_t)v;
	return st;
}

static enum status pattern_read(struct reading *r, const json_t *validate, const char *at,
				struct form_field *f)
{
	static const struct {
		const char *type, *pattern;
	} known[] = {
		{ "email", "^[^\\s@<>()\\[\\],;:\"\\\\]+@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)+$" },
		{ "phone", "^\\+?[0-9][0-9 ()-]{4,23}$" },
	};
	const char *type = text_of(validate, "validationType"), *why = NULL;

	f->pattern_text = text_of(validate, "pattern");
	f->pattern_rule = "pattern";
	for (size_t i = 0; type && i < sizeof known / sizeof *known; i++) {
		if (str_eq(type, known[i].type)) {
			f->pattern_text = known[i].pattern;
			f->pattern_rule = known[i].type;
		}
	}
	if (type && !str_eq(type, "custom") && !str_eq(f->pattern_rule, type))
		return fail(r->c, ST_BAD_INPUT, below(r, at, "validationType"),
			    "a validationType is email, phone or custom");
	if (!f->pattern_text)
		return ST_OK;
	f->pattern = form_pattern_new(r->c, f->pattern_text, &why);
	return f->pattern ? ST_OK
			  : fail(r->c, ST_BAD_INPUT, below(r, at, "pattern"),
				 "no regular expression: %s", why);
}

static enum status validate_read(struct reading *r, const json_t *o, const char *at,
				 struct form_field *f)
{
	const json_t *v = json_object_get(o, "validate");
	enum status st;

	at = below(r, at, "validate");
	f->required = json_is_true(json_object_get(v, "required"));
	st = length_read(r, v, "minLength", at, &f->min_length);
	if (!st)
		st = length_read(r, v, "maxLength", at, &f->max_length);
	if (!st)
		st = bound_read(r, v, "min", at, &f->min);
	if (!st)
		st = bound_read(r, v, "max", at, &f->max);
	return st ? st : pattern_read(r, v, at, f);
}

static enum status choices_read(struct reading *r, const json_t *o, const char *at,
				struct form_field *f)
{
	const json_t *values = json_object_get(o, "values");
	const json_t *one;
	size_t i;

	f->choices_key = text_of(o, "valuesKey");
	enum status st = expression_read(r, o, "valuesExpression", at, &f->choices_from);
	if (st || f->choices_key || f->choices_from)
		return st;
	if (!json_is_array(values) || json_array_size(values) > FORM_VALUES_MAX)
		return fail(r->c, ST_BAD_INPUT, below(r, at, "values"),
			    "choices are values (at most %d), valuesKey or valuesExpression",
			    FORM_VALUES_MAX);
	json_array_foreach((json_t *)values, i, one) if (!json_object_get(one, "value")) return fail(
		r->c, ST_BAD_INPUT, arena_printf(r->c->arena, "%s.values[%zu]", at, i),
		"a choice has a value");
	f->choices = values;
	return ST_OK;
}

static enum status kind_read(struct reading *r, const json_t *o, const char *at,
			     struct form_field *f)
{
	static const char *const moments[] = { "date", "time", "datetime" };
	const char *subtype = text_of(o, "subtype");
	double digits = -1;
	enum status st = ST_OK;

	switch (f->type) {
	case FORM_RADIO:
	case FORM_SELECT:
	case FORM_CHECKLIST:
	case FORM_TAGLIST: return choices_read(r, o, at, f);
	case FORM_NUMBER:
		f->as_text = json_is_true(json_object_get(o, "serializeToString"));
		st = bound_read(r, o, "decimalDigits", at, &digits);
		f->digits = (int64_t)(digits > 15 ? 15 : digits);
		return st;
	case FORM_EXPRESSION:
		st = expression_read(r, o, "expression", at, &f->computed);
		if (!st && !f->computed)
			st = fail(r->c, ST_BAD_INPUT, below(r, at, "expression"),
				  "an expression component has an expression");
		return st;
	case FORM_DATETIME:
		f->no_past = json_is_true(json_object_get(o, "disallowPassedDates"));
		for (int i = 0; i < 3; i++)
			if (str_eq(subtype, moments[i]))
				f->moment = i;
		if (subtype && !str_eq(subtype, moments[f->moment]))
			return fail(r->c, ST_BAD_INPUT, below(r, at, "subtype"),
				    "a subtype is date, time or datetime");
		return ST_OK;
	default: return ST_OK;
	}
}

static enum status readonly_read(struct reading *r, const json_t *o, const char *at,
				 struct form_field *f)
{
	const json_t *v = json_object_get(o, "readonly");

	f->readonly = json_is_true(v) || json_is_true(json_object_get(o, "disabled"));
	return json_is_string(v) ? expression_read(r, o, "readonly", at, &f->readonly_when) : ST_OK;
}

/* --- the tree --- */

static bool name_fine(const char *s)
{
	return *s && utf8_length(s) <= 100 && !strpbrk(s, "[]\"\\ \t\r\n");
}

/* The node of that name in 'into', made if it is absent. NULL: it is of another kind. */
static struct form_node *node_in(struct reading *r, struct form_node *into, const char *name,
				 enum form_kind kind)
{
	struct form_node **tail = &into->first;

	while (*tail && !str_eq((*tail)->name, name))
		tail = &(*tail)->next;
	if (!*tail) {
		*tail = arena_alloc(r->c->arena, sizeof **tail);
		(*tail)->name = name;
		(*tail)->kind = kind;
		return *tail;
	}
	return (*tail)->kind == kind && kind == FORM_OBJECT ? *tail : NULL;
}

/* Goes down a path "a.b.c" whose last part is of 'kind'. */
static enum status place(struct reading *r, struct form_node *into, const char *path,
			 const char *at, enum form_kind kind, struct form_node **out)
{
	struct words parts = words_split(r->c->arena, path, '.');

	if (!parts.count || parts.count > FORM_DEPTH_MAX || path[0] == '.' || str_ends(path, ".") ||
	    strstr(path, ".."))
		return fail(r->c, ST_BAD_INPUT, at, "a key is 1 to %d names with dots between them",
			    FORM_DEPTH_MAX);
	for (size_t i = 0; i < parts.count; i++) {
		bool last = i + 1 == parts.count;
		if (!name_fine(parts.list[i]))
			return fail(r->c, ST_BAD_INPUT, at,
				    "a name in a key has 1 to 100 characters, without blanks, "
				    "brackets and quotes");
		into = node_in(r, into, parts.list[i], last ? kind : FORM_OBJECT);
		if (!into)
			return fail(r->c, ST_BAD_INPUT, at,
				    "another component has the key %s, or it lies in one", path);
	}
	*out = into;
	return ST_OK;
}

static enum status field_read(struct reading *r, const json_t *o, const char *at, int type,
			      struct form_node *into, const struct form_part *part)
{
	struct form_field *f = arena_alloc(r->c->arena, sizeof *f);
	struct form_node *n = NULL;
	const char *key = text_of(o, "key");
	enum status st;

	*f = (struct form_field){ .type = (enum form_type)type,
				  .part = part,
				  .min_length = -1,
				  .max_length = -1,
				  .min = NAN,
				  .max = NAN,
				  .digits = -1 };
	if (!key)
		return fail(r->c, ST_BAD_INPUT, below(r, at, "key"),
			    "a component with a value has a key");
	st = place(r, into, key, below(r, at, "key"), FORM_VALUE, &n);
	if (!st)
		st = validate_read(r, o, at, f);
	if (!st)
		st = kind_read(r, o, at, f);
	if (!st)
		st = readonly_read(r, o, at, f);
	if (!st && n)
		n->field = f;
	return st;
}

static int word_in(const char *const *words, const char *s)
{
	for (int i = 0; words[i]; i++)
		if (str_eq(words[i], s))
			return i;
	return -1;
}

static enum status container_read(struct reading *r, const json_t *o, const char *at, bool is_list,
				  struct form_node *into, const struct form_part *part, int depth)
{
	const char *path = text_of(o, "path");
	enum status st = ST_OK;

	if (is_list && !path)
		return fail(r->c, ST_BAD_INPUT, below(r, at, "path"), "a dynamiclist has a path");
	if (path)
		st = place(r, into, path, below(r, at, "path"), is_list ? FORM_LIST : FORM_OBJECT,
			   &into);
	if (st)
		return st;
	if (is_list) {
		into->part = part;
		/* Conditions in a list are asked for each item. */
		part = NULL;
	}
	return components_read(r, json_object_get(o, "components"), below(r, at, "components"),
			       into, part, depth + 1);
}

static enum status component_read(struct reading *r, const json_t *o, const char *at,
				  struct form_node *into, const struct form_part *around, int depth)
{
	static const char *const values[] = { "textfield", "textarea",   "number", "datetime",
					      "checkbox",  "radio",      "select", "checklist",
					      "taglist",   "expression", NULL };
	static const char *const containers[] = { "group", "page", "multipage", "dynamiclist",
						  NULL };
	static const char *const shown[] = { "text",   "html",   "image",
					     "button", "spacer", "separator",
					     "table",  "iframe", "documentPreview",
					     NULL };
	const char *type = text_of(o, "type");
	struct form_part *part = arena_alloc(r->c->arena, sizeof *part);
	int i;

	if (!json_is_object(o) || !type)
		return fail(r->c, ST_BAD_INPUT, below(r, at, "type"), "a component has a type");
	if (++r->form->components > FORM_COMPONENTS_MAX)
		return fail(r->c, ST_BAD_INPUT, at, "a form has at most %d components",
			    FORM_COMPONENTS_MAX);
	part->around = around;
	enum status st = expression_read(r, json_object_get(o, "conditional"), "hide",
					 below(r, at, "conditional"), &part->hide);
	if (st)
		return st;
	if ((i = word_in(values, type)) >= 0)
		return field_read(r, o, at, i, into, part);
	if ((i = word_in(containers, type)) >= 0)
		return container_read(r, o, at, i == 3, into, part, depth);
	if (word_in(shown, type) >= 0)
		return ST_OK;
	return fail(r->c, ST_BAD_INPUT, below(r, at, "type"),
		    "components of the type %.40s cannot be validated here", type);
}

static enum status components_read(struct reading *r, const json_t *list, const char *at,
				   struct form_node *into, const struct form_part *around,
				   int depth)
{
	enum status st = ST_OK;

	if (depth > FORM_DEPTH_MAX)
		return fail(r->c, ST_BAD_INPUT, at, "groups and lists stand at most %d deep",
			    FORM_DEPTH_MAX);
	if (list && !json_is_array(list))
		return fail(r->c, ST_BAD_INPUT, at, "components is a list");
	for (size_t i = 0; !st && i < json_array_size(list); i++)
		st = component_read(r, json_array_get(list, i),
				    arena_printf(r->c->arena, "%s[%zu]", at, i), into, around,
				    depth);
	return st;
}

enum status form_read(struct call *c, const char *json, size_t size, struct form **out)
{
	struct reading r = { .c = c, .form = arena_alloc(c->arena, sizeof *r.form) };
	json_t *root = NULL;
	enum status st = json_parse(c, json, size, &root);

	if (st)
		return st;
	if (!json_is_array(json_object_get(root, "components")))
		return fail(c, ST_BAD_INPUT, "components", "a form has components");
	if (text_of(root, "type") && !str_eq(text_of(root, "type"), "default"))
		return fail(c, ST_BAD_INPUT, "type", "a form is of the type default");
	st = components_read(&r, json_object_get(root, "components"), "components", &r.form->root,
			     NULL, 0);
	if (!st)
		*out = r.form;
	return st;
}
