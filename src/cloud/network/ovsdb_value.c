/* SPDX-License-Identifier: Apache-2.0 */
/* The notation: a set of one may stand bare, all others are ["set", […]]; a map is ["map", [[k, v]…]]. */
#include "cloud/network/ovsdb_value.h"

static void decref(void *json)
{
	json_decref(json);
}

json_t *ovsdb_kept(struct call *c, json_t *json)
{
	arena_defer(c->arena, decref, json);
	return json;
}

/* The items of ["word", […]], or NULL when the value is not of that form. */
static const json_t *items_of(const json_t *value, const char *word)
{
	const json_t *items = json_array_get(value, 1);

	if (!str_eq(json_string_value(json_array_get(value, 0)), word))
		return NULL;
	return json_is_array(items) ? items : NULL;
}

static const char *uuid_value(const json_t *value)
{
	if (!str_eq(json_string_value(json_array_get(value, 0)), "uuid"))
		return NULL;
	return json_string_value(json_array_get(value, 1));
}

const char *ovsdb_row_uuid(const json_t *row)
{
	return uuid_value(json_object_get(row, "_uuid"));
}

const char *ovsdb_uuid(const json_t *row, const char *column)
{
	const json_t *value = json_object_get(row, column), *set = items_of(value, "set");

	return set ? uuid_value(json_array_get(set, 0)) : uuid_value(value);
}

const char *ovsdb_map_value(const json_t *row, const char *column, const char *key)
{
	const json_t *pairs = items_of(json_object_get(row, column), "map");

	for (size_t i = 0; i < json_array_size(pairs); i++) {
		const json_t *pair = json_array_get(pairs, i);
		if (str_eq(json_string_value(json_array_get(pair, 0)), key))
			return json_string_value(json_array_get(pair, 1));
	}
	return NULL;
}

bool ovsdb_set_same(const json_t *row, const char *column, const struct words *want)
{
	const json_t *value = json_object_get(row, column), *set = items_of(value, "set");

	if (!set)
		return want->count == 1 && str_eq(json_string_value(value), want->list[0]);
	if (json_array_size(set) != want->count)
		return false;
	for (size_t i = 0; i < want->count; i++)
		if (!words_have(want, json_string_value(json_array_get(set, i))))
			return false;
	return true;
}

bool ovsdb_map_same(const json_t *row, const char *column, const struct map *want)
{
	const json_t *pairs = items_of(json_object_get(row, column), "map");

	if (!pairs || json_array_size(pairs) != want->count)
		return false;
	for (size_t i = 0; i < want->count; i++)
		if (!str_eq(ovsdb_map_value(row, column, want->list[i].name), want->list[i].value))
			return false;
	return true;
}

bool ovsdb_bool(const json_t *row, const char *column, bool otherwise)
{
	const json_t *value = json_object_get(row, column), *set = items_of(value, "set");

	if (set)
		value = json_array_get(set, 0);
	return json_is_boolean(value) ? json_is_true(value) : otherwise;
}

const char *ovsdb_text(const json_t *row, const char *column)
{
	return json_string_value(json_object_get(row, column));
}

void ovsdb_put_set(struct json_out *j, const char *column, const struct words *values)
{
	json_key(j, column);
	json_array_begin(j);
	json_str(j, "set");
	json_array_begin(j);
	for (size_t i = 0; i < values->count; i++)
		json_str(j, values->list[i]);
	json_array_end(j);
	json_array_end(j);
}

static void put_pair(struct json_out *j, const char *a, const char *b)
{
	json_array_begin(j);
	json_str(j, a);
	json_str(j, b);
	json_array_end(j);
}

static void put_pairs(struct json_out *j, const struct map *values)
{
	json_array_begin(j);
	json_str(j, "map");
	json_array_begin(j);
	for (size_t i = 0; i < values->count; i++)
		put_pair(j, values->list[i].name, values->list[i].value);
	json_array_end(j);
	json_array_end(j);
}

void ovsdb_put_map(struct json_out *j, const char *column, const struct map *values)
{
	json_key(j, column);
	put_pairs(j, values);
}

void ovsdb_put_uuid(struct json_out *j, const char *column, const char *kind, const char *uuid)
{
	if (uuid) {
		json_key(j, column);
		put_pair(j, kind, uuid);
	} else {
		ovsdb_put_set(j, column, &(struct words){ 0 });
	}
}

static void where_begin(struct json_out *j, const char *column, const char *function)
{
	json_key(j, "where");
	json_array_begin(j);
	json_array_begin(j);
	json_str(j, column);
	json_str(j, function);
}

static void where_end(struct json_out *j)
{
	json_array_end(j);
	json_array_end(j);
}

void ovsdb_where_text(struct json_out *j, const char *column, const char *text)
{
	where_begin(j, column, "==");
	json_str(j, text);
	where_end(j);
}

void ovsdb_where_uuid(struct json_out *j, const char *uuid)
{
	where_begin(j, "_uuid", "==");
	put_pair(j, "uuid", uuid);
	where_end(j);
}

void ovsdb_where_pair(struct json_out *j, const char *column, const char *key, const char *value)
{
	struct map_pair pair = { key, value };

	where_begin(j, column, "includes");
	put_pairs(j, &(struct map){ &pair, 1 });
	where_end(j);
}

void ovsdb_where_has(struct json_out *j, const char *column, const char *uuid)
{
	where_begin(j, column, "includes");
	put_pair(j, "uuid", uuid);
	where_end(j);
}

void ovsdb_where_all(struct json_out *j)
{
	json_key(j, "where");
	json_array_begin(j);
	json_array_end(j);
}

void ovsdb_columns(struct json_out *j, const char *const *columns)
{
	json_key(j, "columns");
	json_array_begin(j);
	for (; *columns; columns++)
		json_str(j, *columns);
	json_array_end(j);
}

void ovsdb_until_none(struct json_out *j)
{
	static const char *const uuid_only[] = { "_uuid", NULL };

	json_put_int(j, "timeout", 0);
	ovsdb_columns(j, uuid_only);
	json_put_str(j, "until", "==");
	json_key(j, "rows");
	json_array_begin(j);
	json_array_end(j);
}

void ovsdb_mutate_set(struct json_out *j, const char *column, const char *mutator, const char *kind,
		      const char *uuid)
{
	json_key(j, "mutations");
	json_array_begin(j);
	json_array_begin(j);
	json_str(j, column);
	json_str(j, mutator);
	json_array_begin(j);
	json_str(j, kind);
	json_str(j, uuid);
	json_array_end(j);
	json_array_end(j);
	json_array_end(j);
}
