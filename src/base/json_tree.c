/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_tree.h"
#include "base/json.h"

/* A real that has no fraction needs one, or it would be read as an integer. */
static void put_real(struct buf *b, double v)
{
	size_t at = b->size;
	struct json_out j = json_to(b);
	json_double(&j, v);
	for (; at < b->size; at++) {
		char ch = b->data[at];
		if (ch == '.' || ch == 'e' || ch == 'n')
			return;
	}
	buf_str(b, ".0");
}

static void put_text(struct buf *b, const char *s)
{
	struct json_out j = json_to(b);
	json_str(&j, s);
}

static void put_object(struct buf *b, const json_t *v)
{
	const char *name;
	json_t *value;
	char before = '{';
	json_object_foreach((json_t *)v, name, value)
	{
		buf_char(b, before);
		put_text(b, name);
		buf_char(b, ':');
		json_tree(b, value);
		before = ',';
	}
	buf_str(b, before == '{' ? "{}" : "}");
}

static void put_array(struct buf *b, const json_t *v)
{
	size_t n = json_array_size(v);
	buf_char(b, '[');
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_char(b, ',');
		json_tree(b, json_array_get(v, i));
	}
	buf_char(b, ']');
}

void json_tree(struct buf *b, const json_t *v)
{
	struct json_out j = json_to(b);
	if (!v) {
		json_nil(&j);
		return;
	}
	switch (json_typeof(v)) {
	case JSON_OBJECT: put_object(b, v); return;
	case JSON_ARRAY: put_array(b, v); return;
	case JSON_STRING: put_text(b, json_string_value(v)); return;
	case JSON_INTEGER: json_int(&j, json_integer_value(v)); return;
	case JSON_REAL: put_real(b, json_real_value(v)); return;
	case JSON_TRUE: json_bool(&j, true); return;
	case JSON_FALSE: json_bool(&j, false); return;
	case JSON_NULL: json_nil(&j); return;
	}
}

const char *json_tree_text(struct arena *a, const json_t *v)
{
	struct buf b = { .arena = a };
	json_tree(&b, v);
	return buf_text(&b);
}
