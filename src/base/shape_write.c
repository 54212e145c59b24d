/* SPDX-License-Identifier: Apache-2.0 */
/* From a struct to JSON, by its shape, straight into the answer's buffer. */
#include <assert.h>
#include "base/shape_private.h"

static enum time_style style_of(const struct call *c, const struct field *f)
{
	if (f->flags & TIME_AS_Z)
		return TIME_Z;
	return f->flags & TIME_AS_BARE ? TIME_BARE : c->time_style;
}

static void write_words(struct json_out *j, const struct words *w)
{
	json_array_begin(j);
	for (size_t i = 0; i < w->count; i++)
		json_str(j, w->list[i]);
	json_array_end(j);
}

static void write_map(struct json_out *j, const struct map *m)
{
	json_object_begin(j);
	for (size_t i = 0; i < m->count; i++)
		json_put_str(j, m->list[i].name, m->list[i].value);
	json_object_end(j);
}

static void write_list(struct call *c, const struct field *f, struct json_out *j, const void *in)
{
	const char *item = *(const char *const *)field_of(f, in);
	size_t count = field_count_of(f, in);
	json_array_begin(j);
	for (size_t i = 0; i < count; i++)
		shape_write_json(c, f->sub, j, item + i * f->sub_size);
	json_array_end(j);
}

void shape_write_value(struct call *c, const struct field *f, struct json_out *j, const void *in)
{
	const void *at = field_of(f, in);
	char time[TIME_TEXT_SIZE];
	if (field_is_null(f, in)) {
		json_nil(j);
		return;
	}
	switch (f->kind) {
	case FIELD_INT: json_int(j, *(const int64_t *)at); break;
	case FIELD_REAL: json_double(j, *(const double *)at); break;
	case FIELD_BOOL: json_bool(j, *(const bool *)at); break;
	case FIELD_STR:
	case FIELD_ID: json_str(j, *(const char *const *)at); break;
	case FIELD_WORD: json_str(j, f->words[*(const int *)at]); break;
	case FIELD_TIME:
		time_write(*(const int64_t *)at, style_of(c, f), time);
		json_str(j, time);
		break;
	case FIELD_JSON:
	case FIELD_REST: json_raw(j, *(const char *const *)at); break;
	case FIELD_STRS: write_words(j, at); break;
	case FIELD_MAP: write_map(j, at); break;
	case FIELD_OBJECT: shape_write_json(c, f->sub, j, at); break;
	case FIELD_LIST: write_list(c, f, j, in); break;
	case FIELD_VIEW: f->write(c, j, in); break;
	}
}

void shape_write_members(struct call *c, const struct field *shape, struct json_out *j,
			 const void *in)
{
	for (const struct field *f = shape; f->name; f++) {
		if ((f->flags & (WRITE_ONLY | FROM_HEADER)) || !field_shown(c, f))
			continue;
		if (f->kind == FIELD_VIEW && !f->write)
			continue;
		if ((f->flags & OMIT) && field_is_empty(f, in))
			continue;
		if (f->kind == FIELD_REST) {
			const char *rest = *(const char *const *)field_of(f, in);
			if (rest)
				json_members(j, rest);
			continue;
		}
		json_key(j, f->name);
		shape_write_value(c, f, j, in);
	}
}

void shape_write_json(struct call *c, const struct field *shape, struct json_out *j, const void *in)
{
	json_object_begin(j);
	shape_write_members(c, shape, j, in);
	json_object_end(j);
}

const char *shape_text(struct call *c, const struct field *shape, const void *in)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	shape_write_json(c, shape, &j, in);
	return buf_text(&b);
}

const char *words_to_json(struct arena *a, const struct words *w)
{
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);
	write_words(&j, w);
	return buf_text(&b);
}

const char *map_to_json(struct arena *a, const struct map *m)
{
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);
	write_map(&j, m);
	return buf_text(&b);
}
