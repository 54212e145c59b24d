/* SPDX-License-Identifier: Apache-2.0 */
/* Fields of structs as values of columns, both ways. What a field looks like in a column is stated in
 * db.h; what JSON in a column looks like is base/shape's. */
#include <assert.h>
#include <math.h>
#include "base/text.h"
#include "db/db_private.h"

enum db_arg_kind db_field_kind(const struct field *f)
{
	switch (f->kind) {
	case FIELD_INT:
	case FIELD_BOOL:
	case FIELD_TIME: return DB_ARG_INT;
	case FIELD_REAL: return DB_ARG_REAL;
	case FIELD_STR:
	case FIELD_ID:
	case FIELD_WORD:
	case FIELD_JSON:
	case FIELD_STRS:
	case FIELD_MAP:
	case FIELD_REST:
	case FIELD_OBJECT: return DB_ARG_TEXT;
	case FIELD_LIST:
	case FIELD_VIEW: break;
	}
	assert(false && "a list or a view stands in no column");
	return DB_ARG_NULL;
}

static bool given(const struct field *f, const void *in)
{
	return f->given_at == FIELD_NOT_TOLD || *(const bool *)((const char *)in + f->given_at);
}

static bool all_zero(const char *p, size_t size)
{
	while (size > 0 && p[size - 1] == 0)
		size--;
	return size == 0;
}

struct db_arg db_field_value(struct call *c, const struct field *f, const void *in)
{
	const void *at = (const char *)in + f->at;
	struct db_arg v = { .kind = db_field_kind(f), .null = !given(f, in) };

	switch (f->kind) {
	case FIELD_INT:
		v.i = *(const int64_t *)at;
		v.null |= f->flags & NULLABLE && v.i == INT_NULL;
		break;
	case FIELD_BOOL: v.i = *(const bool *)at; break;
	case FIELD_TIME: v = DB_TIME(*(const int64_t *)at); break;
	case FIELD_REAL:
		v.r = *(const double *)at;
		v.null |= f->flags & NULLABLE && isnan(v.r);
		break;
	case FIELD_WORD: {
		int word = *(const int *)at;
		if (word < 0)
			assert(f->flags & (NULLABLE | OPT));
		else
			v.p = f->words[word];
		break;
	}
	case FIELD_STRS: v.p = words_to_json(c->arena, at); break;
	case FIELD_MAP: v.p = map_to_json(c->arena, at); break;
	case FIELD_OBJECT:
		v.null |= f->flags & NULLABLE && all_zero(at, f->sub_size);
		v.p = shape_text(c, f->sub, at);
		break;
	default: v.p = *(const char *const *)at; break;
	}
	return v;
}

static enum status misfit(struct call *c, const struct db_stmt *s, const struct field *f,
			  const char *what)
{
	return fail(c, ST_INTERNAL, NULL, "statement %s: column %s %s", s->name, f->name, what);
}

static enum status set_null(struct call *c, const struct db_stmt *s, const struct field *f,
			    void *at)
{
	bool may = f->flags & (NULLABLE | OPT);

	switch (f->kind) {
	case FIELD_INT: *(int64_t *)at = f->flags & NULLABLE ? INT_NULL : 0; break;
	case FIELD_BOOL: *(bool *)at = false; break;
	case FIELD_REAL: *(double *)at = f->flags & NULLABLE ? NAN : 0; break;
	case FIELD_WORD: *(int *)at = -1; break;
	case FIELD_TIME: *(int64_t *)at = 0; return ST_OK;
	case FIELD_STRS: *(struct words *)at = (struct words){ 0 }; return ST_OK;
	case FIELD_MAP: *(struct map *)at = (struct map){ 0 }; return ST_OK;
	case FIELD_OBJECT: memset(at, 0, f->sub_size); return ST_OK;
	default: *(const char **)at = NULL; return ST_OK;
	}
	return may ? ST_OK : misfit(c, s, f, "is null");
}

static enum status set_word(struct call *c, const struct db_stmt *s, const struct field *f,
			    const char *word, int *out)
{
	for (int i = 0; f->words[i]; i++) {
		if (str_eq(f->words[i], word)) {
			*out = i;
			return ST_OK;
		}
	}
	return misfit(c, s, f, "holds a word that is not in its list");
}

enum status db_field_set(struct call *c, const struct db_stmt *s, const struct field *f,
			 const struct db_arg *v, void *out)
{
	void *at = (char *)out + f->at;
	const char *text = NULL;

	if (f->given_at != FIELD_NOT_TOLD)
		*(bool *)((char *)out + f->given_at) = v->kind != DB_ARG_NULL;
	if (v->kind == DB_ARG_NULL)
		return set_null(c, s, f, at);
	if (v->kind == DB_ARG_TEXT)
		text = arena_strndup(c->arena, v->p, v->size);

	switch (f->kind) {
	case FIELD_INT:
	case FIELD_TIME: *(int64_t *)at = v->i; return ST_OK;
	case FIELD_BOOL:
		if (v->i != 0 && v->i != 1)
			return misfit(c, s, f, "is neither 0 nor 1");
		*(bool *)at = v->i == 1;
		return ST_OK;
	case FIELD_REAL: *(double *)at = v->r; return ST_OK;
	case FIELD_WORD: return set_word(c, s, f, text, at);
	case FIELD_STRS: return words_from_json(c, text, at);
	case FIELD_MAP: return map_from_json(c, text, at);
	case FIELD_OBJECT: return shape_read_own(c, f->sub, text, at);
	default: *(const char **)at = text; return ST_OK;
	}
}
