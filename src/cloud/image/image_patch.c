/* SPDX-License-Identifier: Apache-2.0 */
/* Changes of an image: JSON patch (RFC 6902) as Glance v2.1 restricts it, add, replace and remove of one
 * member at a time. */
#include <jansson.h>
#include "cloud/image/image_private.h"

enum { OPERATIONS_MAX = 128, PROPERTIES_MAX = 128 };

/* What may be changed besides properties: the members of struct image by their wire names. */
static const struct field patch_fields[] = {
	F_STR(image, name, 255, NULLABLE),
	F_WORD(image, visibility, image_visibility_words, 0),
	F_STR(image, disk_format, 20, NULLABLE),
	F_STR(image, container_format, 20, NULLABLE),
	F_INT(image, min_disk, 0, INT32_MAX, 0),
	F_INT(image, min_ram, 0, INT32_MAX, 0),
	F_BOOL(image, protected, 0),
	F_BOOL(image, os_hidden, 0),
	F_STRS(image, tags, 128, 0),
	F_STR(image, owner, 255, 0),
	F_END,
};

static const char *const kept[] = {
	"id",           "status",    "size",          "virtual_size", "checksum",
	"self",         "file",      "schema",        "created_at",   "updated_at",
	"os_hash_algo", "locations", "os_hash_value", "direct_url",   "deleted",
	"deleted_at",   NULL,
};

static const struct field *patch_field(const char *name)
{
	for (const struct field *f = patch_fields; f->name; f++)
		if (str_eq(f->name, name))
			return f;
	return NULL;
}

bool image_kept_member(const char *name)
{
	for (const char *const *k = kept; *k; k++)
		if (str_eq(*k, name))
			return true;
	/* Glance's own working space. */
	return str_starts(name, "os_glance_");
}

bool image_base_member(const char *name)
{
	return image_kept_member(name) || patch_field(name);
}

enum status image_properties_allowed(struct call *c, const char *text)
{
	json_t *properties = json_loads(text, 0, NULL);
	const char *name;
	json_t *value;
	enum status st = ST_OK;

	json_object_foreach(properties, name, value) if (image_base_member(name) && !st)
		st = fail(c, ST_FORBIDDEN, name, "Attribute '%.60s' is reserved.", name);
	if (!st && json_object_size(properties) > PROPERTIES_MAX)
		st = fail(c, ST_TOO_LARGE, NULL, "an image has at most %d properties",
			  PROPERTIES_MAX);
	json_decref(properties);
	return st;
}

static bool is_word(const char *const *words, const char *s)
{
	for (; *words; words++)
		if (str_eq(*words, s))
			return true;
	return false;
}

/* The member that a path names: one segment, with ~1 for a slash and ~0 for a tilde (RFC 6901). */
static enum status member_of(struct call *c, const char *path, const char **out)
{
	struct buf b = { .arena = c->arena };

	if (!path || path[0] != '/' || !path[1] || strchr(path + 1, '/'))
		return fail(c, ST_BAD_INPUT, "path", "'%.60s' does not name one member",
			    path ? path : "");
	for (const char *p = path + 1; *p; p++) {
		if (*p != '~')
			buf_char(&b, *p);
		else if (p[1] == '0' || p[1] == '1')
			buf_char(&b, *++p == '0' ? '~' : '/');
		else
			return fail(c, ST_BAD_INPUT, "path", "'%.60s' is not a JSON pointer", path);
	}
	*out = buf_text(&b);
	return ST_OK;
}

static enum status set_member(struct call *c, const struct field *f, const json_t *value,
			      struct image *image)
{
	const struct field one[] = { *f, F_END };
	json_t *object = json_pack("{sO}", f->name, value);
	enum status st;

	if (!object)
		return fail(c, ST_INTERNAL, NULL, "out of memory");
	st = shape_read_object(c, one, object, image);
	json_decref(object);
	if (!st && image->disk_format && !is_word(image_disk_formats, image->disk_format))
		return fail(c, ST_BAD_INPUT, "disk_format", "'%s' is not a disk format",
			    image->disk_format);
	if (!st && image->container_format &&
	    !is_word(image_container_formats, image->container_format))
		return fail(c, ST_BAD_INPUT, "container_format", "'%s' is not a container format",
			    image->container_format);
	return st;
}

static enum status set_property(struct call *c, const char *op, const char *name,
				const json_t *value, json_t *properties)
{
	bool there = json_object_get(properties, name) != NULL;

	if (!there && !str_eq(op, "add"))
		return fail(c, ST_CONFLICT, "path", "there is no property '%.60s'", name);
	if (str_eq(op, "remove")) {
		json_object_del(properties, name);
		return ST_OK;
	}
	if (!json_is_string(value) || strlen(json_string_value(value)) > 65535 ||
	    utf8_length(name) > 255)
		return fail(c, ST_BAD_INPUT, name, "a property is a text of at most 65535 bytes");
	if (!there && json_object_size(properties) >= PROPERTIES_MAX)
		return fail(c, ST_TOO_LARGE, name, "an image has at most %d properties",
			    PROPERTIES_MAX);
	json_object_set(properties, name, (json_t *)value);
	return ST_OK;
}

static enum status apply_one(struct call *c, const json_t *step, struct image *image,
			     json_t *properties)
{
	const char *op = json_string_value(json_object_get(step, "op"));
	const char *path = json_string_value(json_object_get(step, "path"));
	static const char *const ops[] = { "add", "replace", "remove" };
	const json_t *value = json_object_get(step, "value");
	const char *name = NULL;
	enum status st;

	/* The draft that media type v2.0 stands for: {"replace": "/name", "value": …}. */
	for (size_t i = 0; !op && i < sizeof ops / sizeof *ops; i++) {
		path = json_string_value(json_object_get(step, ops[i]));
		op = path ? ops[i] : NULL;
	}
	if (!str_eq(op, "add") && !str_eq(op, "replace") && !str_eq(op, "remove"))
		return fail(c, ST_BAD_INPUT, "op", "an operation is add, replace or remove");
	st = member_of(c, path, &name);
	if (st)
		return st;
	if (!value && !str_eq(op, "remove"))
		return fail(c, ST_BAD_INPUT, "value", "'value' is missing for %s", name);
	const struct field *f = patch_field(name);
	if (!f && image_base_member(name))
		return fail(c, ST_FORBIDDEN, "path", "Attribute '%s' is read-only.", name);
	if (f && str_eq(op, "remove"))
		return fail(c, ST_FORBIDDEN, "path", "Property %s may not be removed.", name);
	return f ? set_member(c, f, value, image) : set_property(c, op, name, value, properties);
}

static void drop(void *json)
{
	json_decref(json);
}

static enum status apply_all(struct call *c, const json_t *steps, struct image *image,
			     json_t *properties)
{
	if (!json_is_array(steps) || json_array_size(steps) > OPERATIONS_MAX)
		return fail(c, ST_BAD_INPUT, NULL,
			    "the body is not a list of at most %d operations", OPERATIONS_MAX);
	for (size_t i = 0; i < json_array_size(steps); i++) {
		enum status st = apply_one(c, json_array_get(steps, i), image, properties);
		if (st)
			return st;
	}
	return ST_OK;
}

enum status image_patch_apply(struct call *c, const char *body, struct image *image)
{
	json_error_t error;
	json_t *properties = json_loads(image->properties, 0, NULL);
	json_t *steps = json_loads(body, JSON_REJECT_DUPLICATES, &error);
	struct image next = *image;
	enum status st;

	arena_defer(c->arena, drop, properties);
	arena_defer(c->arena, drop, steps);
	if (!steps)
		return fail(c, ST_BAD_INPUT, NULL, "the body is not JSON: %s", error.text);
	if (!properties)
		return fail(c, ST_INTERNAL, NULL, "the properties of %s are not JSON", image->id);
	st = apply_all(c, steps, &next, properties);
	if (st)
		return st;
	char *text = json_dumps(properties, JSON_COMPACT);
	arena_defer(c->arena, free, text);
	next.properties = text;
	*image = next;
	return ST_OK;
}
