/* SPDX-License-Identifier: Apache-2.0 */
/* Values to JSON and back. */
#include <stdlib.h>
#include <stdio.h>
#include "engine/flow/feel/feel_private.h"

static void write_text(struct json_out *j, const struct feel_value *v)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct buf b = { .arena = a };
	value_write(&b, v, false);
	json_str(j, buf_text(&b));
}

void feel_to_json(struct json_out *j, const struct feel_value *v)
{
	char number[NUMBER_TEXT_SIZE];
	/* The writer's depth is bounded: what lies deeper is told in words. */
	if (j->depth >= JSON_DEPTH_MAX - 1 && (v->kind == FEEL_LIST || v->kind == FEEL_CONTEXT)) {
		json_str(j, "nested too deeply to be shown");
		return;
	}
	switch (v->kind) {
	case FEEL_NULL:
	case FEEL_FUNCTION: json_nil(j); break;
	case FEEL_BOOLEAN: json_bool(j, v->boolean); break;
	case FEEL_NUMBER:
		number_write(v->number, number);
		json_raw(j, number);
		break;
	case FEEL_LIST:
		json_array_begin(j);
		for (size_t i = 0; i < v->list.count; i++)
			feel_to_json(j, v->list.items[i]);
		json_array_end(j);
		break;
	case FEEL_CONTEXT:
		json_object_begin(j);
		for (size_t i = 0; i < v->context.count; i++) {
			json_key(j, v->context.entries[i].name);
			feel_to_json(j, v->context.entries[i].value);
		}
		json_object_end(j);
		break;
	default: write_text(j, v); break;
	}
}

static const struct feel_value *real_of(struct arena *a, double d)
{
	char text[40];
	/* The fewest digits that read back as the same number: 0.1 is 0.1. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, d);
		if (strtod(text, NULL) == d)
			break;
	}
	return feel_of_number_text(a, text);
}

const struct feel_value *feel_of_json(struct arena *a, const json_t *json)
{
	switch (json_typeof(json)) {
	case JSON_TRUE: return &feel_true;
	case JSON_FALSE: return &feel_false;
	case JSON_NULL: return &feel_null;
	case JSON_INTEGER: return feel_of_int(a, json_integer_value(json));
	case JSON_REAL: return real_of(a, json_real_value(json));
	case JSON_STRING:
		return feel_of_text_n(a, json_string_value(json), json_string_length(json));
	case JSON_ARRAY: {
		size_t n = json_array_size(json);
		const struct feel_value **items = arena_array(a, n + 1, sizeof(*items));
		for (size_t i = 0; i < n; i++)
			items[i] = feel_of_json(a, json_array_get(json, i));
		return feel_of_list(a, items, n);
	}
	case JSON_OBJECT: {
		struct feel_entry *list = arena_array(a, json_object_size(json) + 1, sizeof(*list));
		const char *key;
		json_t *value;
		size_t n = 0;
		json_object_foreach((json_t *)json, key, value)
			list[n++] = (struct feel_entry){ key, feel_of_json(a, value) };
		return feel_of_context(a, list, n);
	}
	}
	return &feel_null;
}
