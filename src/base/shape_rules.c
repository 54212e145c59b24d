/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of one value: types, ranges, lengths, words. JSON, path, query and headers all come
 * through here, so a rule is the same whatever way the value came. */
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include "base/id.h"
#include "base/shape_private.h"

enum status put_null(const struct reader *r, const struct place *p, const struct field *f,
		     void *obj)
{
	if (!(f->flags & NULLABLE) && !r->own)
		return refuse(r, p, "may not be null");
	void *at = field_in(f, obj);
	switch (f->kind) {
	case FIELD_STR:
	case FIELD_ID:
	case FIELD_JSON:
	case FIELD_REST: *(const char **)at = NULL; break;
	case FIELD_INT: *(int64_t *)at = INT_NULL; break;
	case FIELD_TIME: *(int64_t *)at = 0; break;
	case FIELD_REAL: *(double *)at = NAN; break;
	case FIELD_BOOL: *(bool *)at = false; break;
	case FIELD_WORD: *(int *)at = -1; break;
	case FIELD_STRS: *(struct words *)at = (struct words){ 0 }; break;
	case FIELD_MAP: *(struct map *)at = (struct map){ 0 }; break;
	case FIELD_OBJECT: memset(at, 0, f->sub_size); break;
	case FIELD_LIST:
		*(void **)at = NULL;
		*field_count_in(f, obj) = 0;
		break;
	case FIELD_VIEW: break;
	}
	field_tell(f, obj);
	return ST_OK;
}

enum status put_int(const struct reader *r, const struct place *p, const struct field *f, int64_t v,
		    void *obj)
{
	if ((f->min || f->max) && (v < f->min || v > f->max)) {
		if (f->max == INT64_MAX)
			return refuse(r, p, "must be at least %" PRId64, f->min);
		return refuse(r, p, "must be from %" PRId64 " to %" PRId64, f->min, f->max);
	}
	/* The one value that means null is no number. */
	if ((f->flags & NULLABLE) && v == INT_NULL)
		return refuse(r, p, "is too small");
	*(int64_t *)field_in(f, obj) = v;
	field_tell(f, obj);
	return ST_OK;
}

enum status put_real(const struct reader *r, const struct place *p, const struct field *f, double v,
		     void *obj)
{
	if (!isfinite(v))
		return refuse(r, p, "is not a number");
	if ((f->min || f->max) && (v < (double)f->min || v > (double)f->max))
		return refuse(r, p, "must be from %" PRId64 " to %" PRId64, f->min, f->max);
	*(double *)field_in(f, obj) = v;
	field_tell(f, obj);
	return ST_OK;
}

enum status check_length(const struct reader *r, const struct place *p, const struct field *f,
			 const char *s)
{
	bool short_enough = !f->max || (int64_t)strlen(s) <= f->max;
	if (short_enough && !f->min)
		return ST_OK;
	int64_t length = (int64_t)utf8_length(s);
	if (f->max && length > f->max)
		return refuse(r, p, "is longer than %" PRId64 " characters", f->max);
	if (length < f->min)
		return refuse(r, p, "is shorter than %" PRId64 " characters", f->min);
	return ST_OK;
}

enum status check_count(const struct reader *r, const struct place *p, const struct field *f,
			size_t count)
{
	if (f->max && count > (size_t)f->max)
		return refuse(r, p, "has more than %" PRId64 " items", f->max);
	if (count < (size_t)f->min)
		return refuse(r, p, "has fewer than %" PRId64 " items", f->min);
	return ST_OK;
}

static const char *keep(const struct reader *r, const struct field *f, const char *s)
{
	if (!(f->flags & SECRET))
		return arena_strdup(r->c->arena, s);
	size_t size = strlen(s) + 1;
	return memcpy(arena_secret(r->c->arena, size), s, size);
}

static enum status put_word(const struct reader *r, const struct place *p, const struct field *f,
			    const char *s, void *obj)
{
	assert(f->words);
	for (int i = 0; f->words[i]; i++)
		if (strcmp(f->words[i], s) == 0) {
			*(int *)field_in(f, obj) = i;
			return ST_OK;
		}
	struct buf list = { .arena = r->c->arena };
	for (int i = 0; f->words[i]; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", f->words[i]);
	return refuse(r, p, "must be one of %s", buf_text(&list));
}

enum status put_str(const struct reader *r, const struct place *p, const struct field *f,
		    const char *s, void *obj)
{
	enum status st = ST_OK;
	switch (f->kind) {
	case FIELD_STR:
		if (!*s && !(f->flags & (OPT | EMPTY_OK)) && !r->own)
			return refuse(r, p, "may not be empty");
		st = check_length(r, p, f, s);
		if (!st)
			*(const char **)field_in(f, obj) = keep(r, f, s);
		break;
	case FIELD_ID:
		if (!id_valid(s))
			return refuse(r, p, "is not a UUID");
		*(const char **)field_in(f, obj) = keep(r, f, s);
		break;
	case FIELD_TIME:
		if (!time_read(s, (int64_t *)field_in(f, obj)))
			return refuse(r, p, "is not a time like 2026-11-23T22:56:51Z");
		break;
	case FIELD_WORD: st = put_word(r, p, f, s, obj); break;
	default: assert(false);
	}
	if (!st)
		field_tell(f, obj);
	return st;
}

/* 1, 0, or -1: neither. The loose words are those of oslo.utils' bool_from_string(strict=True). */
static int bool_of(const char *s, bool loose)
{
	static const char *const yes[] = { "true", "1", "t", "on", "y", "yes" };
	static const char *const no[] = { "false", "0", "f", "off", "n", "no" };
	size_t count = loose ? sizeof(yes) / sizeof(yes[0]) : 1;
	for (size_t i = 0; i < count; i++) {
		if (str_case_eq(s, yes[i]))
			return 1;
		if (str_case_eq(s, no[i]))
			return 0;
	}
	return -1;
}

/* strtod() alone would take "0x1p3", "nan", and leading space. */
static bool real_parse(const char *s, double *out)
{
	if (!*s || strspn(s, "0123456789+-.eE") != strlen(s) || *s == '+')
		return false;
	char *end;
	double v = strtod(s, &end);
	if (*end || !isfinite(v))
		return false;
	*out = v;
	return true;
}

enum status put_plain(const struct reader *r, const struct place *p, const struct field *f,
		      const char *s, bool loose, void *obj)
{
	int64_t i;
	double d;
	int b;
	switch (f->kind) {
	case FIELD_INT:
		if (!int_parse(s, &i))
			return refuse(r, p, "is not a whole number");
		return put_int(r, p, f, i, obj);
	case FIELD_REAL:
		if (!real_parse(s, &d))
			return refuse(r, p, "is not a number");
		return put_real(r, p, f, d, obj);
	case FIELD_BOOL:
		b = bool_of(s, loose);
		if (b < 0)
			return refuse(r, p, "is neither true nor false");
		*(bool *)field_in(f, obj) = b;
		field_tell(f, obj);
		return ST_OK;
	default: assert(false); return ST_INTERNAL;
	}
}

/* The list has no room of its own to look at: it grows when its count reaches a power of two. */
static enum status append(const struct reader *r, const struct place *p, const struct field *f,
			  const char *s, void *obj)
{
	struct words *w = field_in(f, obj);
	enum status st = check_count(r, p, f, w->count + 1);
	if (st)
		return st;
	if ((w->count & (w->count - 1)) == 0) {
		const char **list = arena_array(r->c->arena, 2 * w->count + 2, sizeof(char *));
		if (w->count)
			memcpy(list, w->list, w->count * sizeof(char *));
		w->list = list;
	}
	w->list[w->count++] = keep(r, f, s);
	field_tell(f, obj);
	return ST_OK;
}

static enum status put_json(const struct reader *r, const struct place *p, const struct field *f,
			    const char *s, void *obj)
{
	json_t *tree = NULL;
	enum status st = parse_json(r, s, strlen(s), &tree);
	if (st)
		return st;
	const char *text = tree_text(r->c->arena, tree);
	json_decref(tree);
	st = check_length(r, p, f, text);
	if (st)
		return st;
	*(const char **)field_in(f, obj) = text;
	field_tell(f, obj);
	return ST_OK;
}

enum status shape_set_text(struct call *c, const struct field *f, const char *text, void *out)
{
	const struct reader r = { .c = c };
	const struct place p = { .name = f->name };
	if (!text)
		return put_null(&r, &p, f, out);
	if (!utf8_valid(text, strlen(text)))
		return refuse(&r, &p, "is not UTF-8");
	switch (f->kind) {
	case FIELD_INT:
	case FIELD_REAL:
	case FIELD_BOOL: return put_plain(&r, &p, f, text, f->flags & LOOSE, out);
	case FIELD_STR:
	case FIELD_ID:
	case FIELD_WORD:
	case FIELD_TIME: return put_str(&r, &p, f, text, out);
	case FIELD_STRS: return append(&r, &p, f, text, out);
	case FIELD_JSON: return put_json(&r, &p, f, text, out);
	case FIELD_MAP:
	case FIELD_OBJECT:
	case FIELD_LIST:
	case FIELD_REST:
	case FIELD_VIEW: break;
	}
	assert(false);
	return ST_INTERNAL;
}
