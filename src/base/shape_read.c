/* SPDX-License-Identifier: Apache-2.0 */
/* From JSON into a struct, by its shape. Parsing is jansson's; what a shape allows is decided here and
 * in shape_rules.c. */
#include <assert.h>
#include <jansson.h>
#include <malloc.h>
#include <pthread.h>
#include <stdlib.h>
#include "base/shape_private.h"

static enum status read_object(const struct reader *r, const struct place *p,
			       const struct field *shape, json_t *json, void *obj);

/* What jansson frees may have been a password, and it frees each piece by itself (GB/T 22239-2019
 * 8.1.4.9: what authenticates is wiped before its memory is used again). */
static void wipe_and_free(void *p)
{
	if (p)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static void make_jansson_wipe(void)
{
	json_set_alloc_funcs(malloc, wipe_and_free);
}

/* Whether brackets outside of strings nest deeper than the bound; jansson recurses. */
static bool too_deep(const char *json, size_t size)
{
	int depth = 0;
	bool in_string = false;
	for (size_t i = 0; i < size; i++) {
		char ch = json[i];
		if (in_string) {
			if (ch == '\\')
				i++;
			else if (ch == '"')
				in_string = false;
		} else if (ch == '"') {
			in_string = true;
		} else if (ch == '{' || ch == '[') {
			if (++depth > JSON_DEPTH_MAX)
				return true;
		} else if (ch == '}' || ch == ']') {
			depth--;
		}
	}
	return false;
}

/* jansson's own words quote the input, which may hold a password. */
static const char *fault(const json_error_t *error)
{
	switch (json_error_code(error)) {
	case json_error_duplicate_key: return "a member stands there twice";
	case json_error_invalid_utf8: return "this is not UTF-8";
	case json_error_null_byte_in_key:
	case json_error_null_character: return "a string may not hold U+0000";
	case json_error_numeric_overflow: return "the number is too large";
	case json_error_premature_end_of_input: return "it ends too early";
	case json_error_end_of_input_expected: return "something stands behind the value";
	default: return "this is not JSON";
	}
}

enum status parse_json(const struct reader *r, const char *json, size_t size, json_t **root)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	pthread_once(&once, make_jansson_wipe);
	if (size > JSON_TEXT_MAX)
		return fail(r->c, r->own ? ST_INTERNAL : ST_TOO_LARGE, NULL,
			    "the JSON text is longer than %d bytes", JSON_TEXT_MAX);
	if (too_deep(json, size))
		return refuse(r, NULL, "is nested deeper than %d levels", JSON_DEPTH_MAX);
	json_error_t error;
	json_t *tree = json_loadb(json, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!tree)
		return refuse(r, NULL, "cannot be read as JSON, line %d, column %d: %s", error.line,
			      error.column, fault(&error));
	*root = tree;
	return ST_OK;
}

static bool write_tree(struct json_out *j, json_t *tree)
{
	const char *name;
	json_t *item;
	size_t i;
	bool fits = true;
	switch (json_typeof(tree)) {
	case JSON_OBJECT:
		if (j->depth >= JSON_DEPTH_MAX)
			return false;
		json_object_begin(j);
		json_object_foreach(tree, name, item)
		{
			json_key(j, name);
			fits = fits && write_tree(j, item);
			if (!fits)
				return false;
		}
		json_object_end(j);
		return true;
	case JSON_ARRAY:
		if (j->depth >= JSON_DEPTH_MAX)
			return false;
		json_array_begin(j);
		json_array_foreach(tree, i, item)
		{
			if (!write_tree(j, item))
				return false;
		}
		json_array_end(j);
		return true;
	case JSON_STRING: json_str(j, json_string_value(tree)); return true;
	case JSON_INTEGER: json_int(j, json_integer_value(tree)); return true;
	case JSON_REAL: json_double(j, json_real_value(tree)); return true;
	case JSON_TRUE: json_bool(j, true); return true;
	case JSON_FALSE: json_bool(j, false); return true;
	case JSON_NULL: json_nil(j); return true;
	}
	return false;
}

const char *tree_text(struct arena *a, const json_t *tree)
{
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);
	return write_tree(&j, (json_t *)tree) ? buf_text(&b) : NULL;
}

static enum status read_json(const struct reader *r, const struct place *p, const struct field *f,
			     json_t *v, void *obj)
{
	const char *text = tree_text(r->c->arena, v);
	if (!text)
		return refuse(r, p, "is nested deeper than %d levels", JSON_DEPTH_MAX);
	enum status st = check_length(r, p, f, text);
	if (st)
		return st;
	*(const char **)field_in(f, obj) = text;
	field_tell(f, obj);
	return ST_OK;
}

static enum status read_words(const struct reader *r, const struct place *p, const struct field *f,
			      json_t *v, struct words *out)
{
	if (!json_is_array(v))
		return refuse(r, p, "is not a list");
	size_t count = json_array_size(v);
	enum status st = f ? check_count(r, p, f, count) : ST_OK;
	if (st)
		return st;
	const char **list = arena_array(r->c->arena, count + 1, sizeof(char *));
	for (size_t i = 0; i < count; i++) {
		const char *s = json_string_value(json_array_get(v, i));
		if (!s)
			return refuse(r, &(struct place){ .up = p, .index = i }, "is not a string");
		list[i] = arena_strdup(r->c->arena, s);
	}
	*out = (struct words){ list, count };
	return ST_OK;
}

static enum status read_map(const struct reader *r, const struct place *p, const struct field *f,
			    json_t *v, struct map *out)
{
	if (!json_is_object(v))
		return refuse(r, p, "is not an object");
	size_t count = json_object_size(v), i = 0;
	enum status st = f ? check_count(r, p, f, count) : ST_OK;
	if (st)
		return st;
	struct map_pair *list = arena_array(r->c->arena, count + 1, sizeof(*list));
	const char *name;
	json_t *item;
	json_object_foreach(v, name, item)
	{
		const char *s = json_string_value(item);
		if (!s)
			return refuse(r, &(struct place){ .up = p, .name = name },
				      "is not a string");
		list[i].name = arena_strdup(r->c->arena, name);
		list[i++].value = arena_strdup(r->c->arena, s);
	}
	*out = (struct map){ list, count };
	return ST_OK;
}

static enum status read_list(const struct reader *r, const struct place *p, const struct field *f,
			     json_t *v, void *obj)
{
	if (!json_is_array(v))
		return refuse(r, p, "is not a list");
	size_t count = json_array_size(v);
	enum status st = check_count(r, p, f, count);
	if (st)
		return st;
	char *list = arena_array(r->c->arena, count + 1, f->sub_size);
	for (size_t i = 0; i < count; i++) {
		const struct place item = { .up = p, .index = i };
		st = read_object(r, &item, f->sub, json_array_get(v, i), list + i * f->sub_size);
		if (st)
			return st;
	}
	*(void **)field_in(f, obj) = list;
	*field_count_in(f, obj) = count;
	return ST_OK;
}

static enum status read_number(const struct reader *r, const struct place *p, const struct field *f,
			       json_t *v, void *obj)
{
	if ((f->flags & LOOSE) && json_is_string(v))
		return put_plain(r, p, f, json_string_value(v), true, obj);
	if (f->kind == FIELD_REAL)
		return json_is_number(v) ? put_real(r, p, f, json_number_value(v), obj)
					 : refuse(r, p, "is not a number");
	return json_is_integer(v) ? put_int(r, p, f, json_integer_value(v), obj)
				  : refuse(r, p, "is not a whole number");
}

static enum status read_bool(const struct reader *r, const struct place *p, const struct field *f,
			     json_t *v, void *obj)
{
	if ((f->flags & LOOSE) && json_is_string(v))
		return put_plain(r, p, f, json_string_value(v), true, obj);
	bool digit = (f->flags & LOOSE) && json_is_integer(v) &&
		     (json_integer_value(v) == 0 || json_integer_value(v) == 1);
	if (!json_is_boolean(v) && !digit)
		return refuse(r, p, "is neither true nor false");
	*(bool *)field_in(f, obj) = json_is_true(v) || (digit && json_integer_value(v) == 1);
	field_tell(f, obj);
	return ST_OK;
}

/* Lists, maps and objects: what has a place of its own below it. */
static enum status read_nested(const struct reader *r, const struct place *p, const struct field *f,
			       json_t *v, void *obj)
{
	enum status st;
	if (f->kind == FIELD_STRS)
		st = read_words(r, p, f, v, field_in(f, obj));
	else if (f->kind == FIELD_MAP)
		st = read_map(r, p, f, v, field_in(f, obj));
	else if (f->kind == FIELD_LIST)
		st = read_list(r, p, f, v, obj);
	else
		st = read_object(r, p, f->sub, v, field_in(f, obj));
	if (!st)
		field_tell(f, obj);
	return st;
}

static enum status read_value(const struct reader *r, const struct place *p, const struct field *f,
			      json_t *v, void *obj)
{
	if (f->kind == FIELD_VIEW)
		return f->read(r->c, obj, v);
	if (json_is_null(v))
		return put_null(r, p, f, obj);
	switch (f->kind) {
	case FIELD_INT:
	case FIELD_REAL: return read_number(r, p, f, v, obj);
	case FIELD_BOOL: return read_bool(r, p, f, v, obj);
	case FIELD_STR:
	case FIELD_ID:
	case FIELD_WORD:
	case FIELD_TIME:
		if (!json_is_string(v))
			return refuse(r, p, "is not a string");
		return put_str(r, p, f, json_string_value(v), obj);
	case FIELD_JSON: return read_json(r, p, f, v, obj);
	case FIELD_STRS:
	case FIELD_MAP:
	case FIELD_OBJECT:
	case FIELD_LIST: return read_nested(r, p, f, v, obj);
	case FIELD_REST:
	case FIELD_VIEW: break;
	}
	assert(false);
	return ST_INTERNAL;
}

/* Whether the field is a member of the JSON object that this reader sees. */
static bool is_member(const struct reader *r, const struct field *f)
{
	if (f->kind == FIELD_REST || (f->kind == FIELD_VIEW && !f->read))
		return false;
	if (r->own)
		return !(f->flags & (WRITE_ONLY | FROM_HEADER));
	return !(f->flags & (FROM_PATH | FROM_QUERY | FROM_HEADER)) && field_shown(r->c, f);
}

static bool is_named(const struct reader *r, const struct field *shape, const char *name)
{
	for (const struct field *f = shape; f->name; f++)
		if (is_member(r, f) && strcmp(f->name, name) == 0)
			return true;
	return false;
}

/* What no field named: kept together, passed over, or refused. */
static enum status read_unnamed(const struct reader *r, const struct place *p,
				const struct field *shape, const struct field *rest, json_t *json,
				void *obj)
{
	struct buf text = { .arena = r->c->arena };
	struct json_out j = json_to(&text);
	const char *name;
	json_t *v;
	json_object_begin(&j);
	json_object_foreach(json, name, v)
	{
		if (is_named(r, shape, name))
			continue;
		const struct place here = { .up = p, .name = name };
		if (!rest)
			return refuse(r, &here, "is not known here");
		json_key(&j, name);
		if (!write_tree(&j, v))
			return refuse(r, &here, "is nested deeper than %d levels", JSON_DEPTH_MAX);
	}
	json_object_end(&j);
	if (rest->max && utf8_length(text.data) > (size_t)rest->max)
		return refuse(r, p, "has further members of more than %lld characters",
			      (long long)rest->max);
	*(const char **)field_in(rest, obj) = text.data;
	return ST_OK;
}

static enum status read_object(const struct reader *r, const struct place *p,
			       const struct field *shape, json_t *json, void *obj)
{
	if (!json_is_object(json))
		return refuse(r, p, "is not an object");
	const struct field *rest = NULL;
	size_t named = 0;
	for (const struct field *f = shape; f->name; f++) {
		if (f->kind == FIELD_REST)
			rest = f;
		if (!is_member(r, f))
			continue;
		const struct place here = { .up = p, .name = f->name };
		json_t *v = json_object_get(json, f->name);
		if (!v) {
			bool optional = f->flags & (r->own ? OPT | OMIT : OPT | READ_ONLY);
			if (!optional)
				return refuse(r, &here, "must be given");
			continue;
		}
		named++;
		if ((f->flags & READ_ONLY) && !r->own)
			return refuse(r, &here, "cannot be set");
		enum status st = read_value(r, &here, f, v, obj);
		if (st)
			return st;
	}
	if (rest || (named < json_object_size(json) && !r->c->lenient && !r->own))
		return read_unnamed(r, p, shape, rest, json, obj);
	return ST_OK;
}

static void drop_tree(void *root)
{
	json_decref(root);
}

enum status json_parse(struct call *c, const char *json, size_t size, json_t **out)
{
	const struct reader r = { .c = c };
	json_t *root = NULL;
	enum status st = parse_json(&r, json, size, &root);
	if (st)
		return st;
	arena_defer(c->arena, drop_tree, root);
	if (!json_is_object(root))
		return refuse(&r, NULL, "is not an object");
	*out = root;
	return ST_OK;
}

enum status shape_read_object(struct call *c, const struct field *shape, const json_t *root,
			      void *out)
{
	const struct reader r = { .c = c };
	return read_object(&r, NULL, shape, (json_t *)root, out);
}

/* The member 'wrap' and nothing else stands in the outermost object. */
static enum status unwrap(const struct reader *r, const char *wrap, json_t *root, json_t **inner)
{
	if (!json_is_object(root))
		return refuse(r, NULL, "is not an object");
	*inner = json_object_get(root, wrap);
	if (!*inner)
		return refuse(r, &(struct place){ .name = wrap }, "must be given");
	if (json_object_size(root) == 1 || r->c->lenient)
		return ST_OK;
	const char *name;
	json_t *v;
	json_object_foreach(root, name, v)
	{
		if (strcmp(name, wrap) != 0)
			return refuse(r, &(struct place){ .name = name }, "is not known here");
	}
	return ST_OK;
}

enum status shape_read_json(struct call *c, const struct field *shape, const char *wrap,
			    const char *json, size_t size, void *out)
{
	const struct reader r = { .c = c };
	json_t *root = NULL, *inner;
	enum status st = parse_json(&r, json, size, &root);
	if (st)
		return st;
	inner = root;
	const struct place p = { .name = wrap };
	if (wrap)
		st = unwrap(&r, wrap, root, &inner);
	if (!st)
		st = read_object(&r, wrap ? &p : NULL, shape, inner, out);
	json_decref(root);
	return st;
}

static enum status parse_own(const struct reader *r, const char *json, json_t **root)
{
	if (!json)
		return refuse(r, NULL, "is missing");
	return parse_json(r, json, strlen(json), root);
}

enum status shape_read_own(struct call *c, const struct field *shape, const char *json, void *out)
{
	const struct reader r = { .c = c, .own = true };
	json_t *root = NULL;
	enum status st = parse_own(&r, json, &root);
	if (st)
		return st;
	st = read_object(&r, NULL, shape, root, out);
	json_decref(root);
	return st;
}

enum status words_from_json(struct call *c, const char *json, struct words *out)
{
	const struct reader r = { .c = c, .own = true };
	json_t *root = NULL;
	/* Most rows hold none, and a list reads hundreds of rows. */
	if (str_eq(json, "[]")) {
		*out = (struct words){ arena_array(c->arena, 1, sizeof(char *)), 0 };
		return ST_OK;
	}
	enum status st = parse_own(&r, json, &root);
	if (st)
		return st;
	st = read_words(&r, NULL, NULL, root, out);
	json_decref(root);
	return st;
}

enum status map_from_json(struct call *c, const char *json, struct map *out)
{
	const struct reader r = { .c = c, .own = true };
	json_t *root = NULL;
	if (str_eq(json, "{}")) {
		*out = (struct map){ arena_array(c->arena, 1, sizeof(struct map_pair)), 0 };
		return ST_OK;
	}
	enum status st = parse_own(&r, json, &root);
	if (st)
		return st;
	st = read_map(&r, NULL, NULL, root, out);
	json_decref(root);
	return st;
}
