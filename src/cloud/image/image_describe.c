/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer of Glance's consists of, as the JSON schemas that its clients read: made from the wire
 * shapes themselves. */
#include <stdio.h>
#include "cloud/image/image_private.h"

static const char *type_of(const struct field *f)
{
	switch (f->kind) {
	case FIELD_INT: return "integer";
	case FIELD_BOOL: return "boolean";
	case FIELD_STRS:
	case FIELD_LIST: return "array";
	default: return "string"; /* views of images are texts, too */
	}
}

static void write_words(struct json_out *j, const struct field *f)
{
	json_key(j, "enum");
	json_array_begin(j);
	if (f->flags & NULLABLE)
		json_nil(j);
	for (const char *const *w = f->words; *w; w++)
		json_str(j, *w);
	json_array_end(j);
}

static void write_property(struct json_out *j, const struct field *f, bool read_only)
{
	json_key(j, f->name);
	json_object_begin(j);
	if (f->flags & NULLABLE) {
		json_key(j, "type");
		json_array_begin(j);
		json_str(j, "null");
		json_str(j, type_of(f));
		json_array_end(j);
	} else {
		json_put_str(j, "type", type_of(f));
	}
	if (f->kind == FIELD_WORD)
		write_words(j, f);
	if (f->kind == FIELD_STR && f->max)
		json_put_int(j, "maxLength", f->max);
	if (f->kind == FIELD_STRS) {
		json_key(j, "items");
		json_object_begin(j);
		json_put_str(j, "type", "string");
		json_put_int(j, "maxLength", 255);
		json_object_end(j);
	}
	if (read_only)
		json_put_bool(j, "readOnly", true);
	json_object_end(j);
}

static void write_links(struct json_out *j, const char *const *rels)
{
	json_key(j, "links");
	json_array_begin(j);
	for (; *rels; rels++) {
		json_object_begin(j);
		json_put_str(j, "rel", *rels);
		json_key(j, "href");
		/* The member of that name holds the address. */
		char href[40];
		snprintf(href, sizeof href, "{%s}", *rels);
		json_str(j, href);
		json_object_end(j);
	}
	json_array_end(j);
}

static void write_thing(struct json_out *j, const char *name, const struct field *shape, bool open)
{
	static const char *const rels[] = { "self", "file", "schema", NULL };

	json_put_str(j, "name", name);
	json_key(j, "properties");
	json_object_begin(j);
	for (const struct field *f = shape; f->name; f++)
		if (f->kind != FIELD_REST)
			write_property(j, f, open && image_kept_member(f->name));
	json_object_end(j);
	if (!open)
		return;
	json_key(j, "additionalProperties");
	json_object_begin(j);
	json_put_str(j, "type", "string");
	json_object_end(j);
	write_links(j, rels);
}

static void write_things(struct json_out *j, const char *name, const char *one,
			 const struct field *shape, bool open)
{
	static const char *const pages[] = { "first", "next", "schema", NULL };
	static const char *const rels[] = { "first", "next", "describedby", NULL };

	json_put_str(j, "name", name);
	json_key(j, "properties");
	json_object_begin(j);
	json_key(j, name);
	json_object_begin(j);
	json_put_str(j, "type", "array");
	json_key(j, "items");
	json_object_begin(j);
	write_thing(j, one, shape, open);
	json_object_end(j);
	json_object_end(j);
	for (const char *const *p = open ? pages : pages + 2; *p; p++) {
		json_key(j, *p);
		json_object_begin(j);
		json_put_str(j, "type", "string");
		json_object_end(j);
	}
	json_object_end(j);
	if (open)
		write_links(j, rels);
}

enum status image_describe(struct call *c, const struct image_schema_key *in,
			   struct image_document *out)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	if (str_eq(in->schema, "image"))
		write_thing(&j, "image", image_wire, true);
	else if (str_eq(in->schema, "images"))
		write_things(&j, "images", "image", image_wire, true);
	else if (str_eq(in->schema, "member"))
		write_thing(&j, "member", image_member_wire, false);
	else if (str_eq(in->schema, "members"))
		write_things(&j, "members", "member", image_member_wire, false);
	else
		return fail(c, ST_NOT_FOUND, "schema",
			    "there are schemas of image, images, member and members");
	json_object_end(&j);
	*out = (struct image_document){ "application/json; charset=utf-8", buf_text(&b) };
	return ST_OK;
}
