/* SPDX-License-Identifier: Apache-2.0 */
/* What reading and writing by shape have in common: which fields a call has, which values stand for
 * null, and how the place of a fault is told. Values are checked in shape_rules.c. */
#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include "base/shape_private.h"

static bool (*ask_may)(const struct call *c, const char *permission);

void shape_ask_may(bool (*may)(const struct call *c, const char *permission))
{
	ask_may = may;
}

bool field_shown(const struct call *c, const struct field *f)
{
	if (f->since && c->version < f->since)
		return false;
	if (f->until && c->version > f->until)
		return false;
	return !f->may || (ask_may && ask_may(c, f->may));
}

const char *map_get(const struct map *m, const char *name)
{
	for (size_t i = 0; i < m->count; i++)
		if (strcmp(m->list[i].name, name) == 0)
			return m->list[i].value;
	return NULL;
}

void field_tell(const struct field *f, void *obj)
{
	if (f->given_at != FIELD_NOT_TOLD)
		*(bool *)((char *)obj + f->given_at) = true;
}

static bool all_zero(const void *p, size_t size)
{
	const char *bytes = p;
	for (size_t i = 0; i < size; i++)
		if (bytes[i])
			return false;
	return true;
}

bool field_is_null(const struct field *f, const void *obj)
{
	const void *at = field_of(f, obj);
	bool nullable = f->flags & NULLABLE;
	switch (f->kind) {
	case FIELD_STR:
	case FIELD_ID:
	case FIELD_JSON:
	case FIELD_REST: return !*(const char *const *)at;
	case FIELD_TIME: return *(const int64_t *)at == 0;
	case FIELD_WORD: return *(const int *)at < 0;
	case FIELD_INT: return nullable && *(const int64_t *)at == INT_NULL;
	case FIELD_REAL: return isnan(*(const double *)at);
	case FIELD_STRS: return nullable && !((const struct words *)at)->list;
	case FIELD_MAP: return nullable && !((const struct map *)at)->list;
	case FIELD_LIST: return nullable && !*(const void *const *)at;
	case FIELD_OBJECT: return nullable && all_zero(at, f->sub_size);
	case FIELD_BOOL:
	case FIELD_VIEW: return false;
	}
	assert(false);
	return false;
}

bool field_is_empty(const struct field *f, const void *obj)
{
	const void *at = field_of(f, obj);
	if (field_is_null(f, obj))
		return true;
	switch (f->kind) {
	case FIELD_STR:
	case FIELD_ID:
	case FIELD_JSON:
	case FIELD_REST: return !**(const char *const *)at;
	case FIELD_INT:
	case FIELD_TIME: return *(const int64_t *)at == 0;
	case FIELD_REAL: return fpclassify(*(const double *)at) == FP_ZERO;
	case FIELD_BOOL: return !*(const bool *)at;
	case FIELD_STRS: return ((const struct words *)at)->count == 0;
	case FIELD_MAP: return ((const struct map *)at)->count == 0;
	case FIELD_LIST: return field_count_of(f, obj) == 0;
	case FIELD_OBJECT: return all_zero(at, f->sub_size);
	/* The first word is as good as any other. */
	case FIELD_WORD:
	case FIELD_VIEW: return false;
	}
	assert(false);
	return false;
}

static void write_place(struct buf *b, const struct place *p)
{
	if (p->up)
		write_place(b, p->up);
	if (!p->name)
		buf_printf(b, "[%zu]", p->index);
	else if (b->size > 0)
		buf_printf(b, ".%s", p->name);
	else
		buf_str(b, p->name);
}

enum status refuse(const struct reader *r, const struct place *p, const char *rule, ...)
{
	struct buf path = { .arena = r->c->arena };
	if (p)
		write_place(&path, p);
	va_list ap;
	va_start(ap, rule);
	const char *words = arena_vprintf(r->c->arena, rule, ap);
	va_end(ap);

	if (r->own)
		return fail(r->c, ST_INTERNAL, NULL, "stored JSON: %s %s", p ? path.data : "it",
			    words);
	if (!p)
		return fail(r->c, ST_BAD_INPUT, NULL, "the body %s", words);
	return fail(r->c, ST_BAD_INPUT, path.data, "%s %s", path.data, words);
}

enum status shape_require(struct call *c, const struct field *shape, unsigned from, uint64_t seen)
{
	const struct reader r = { .c = c };
	int i = 0;
	for (const struct field *f = shape; f->name; f++, i++) {
		assert(i < SHAPE_FIELDS_MAX);
		if (!(f->flags & from) || (f->flags & (OPT | READ_ONLY)))
			continue;
		if (!(seen >> i & 1) && field_shown(c, f))
			return refuse(&r, &(struct place){ .name = f->name }, "must be given");
	}
	return ST_OK;
}
