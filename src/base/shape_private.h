/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the shape share: where in the input a value stands, and the rules of one value. */
#ifndef BASE_SHAPE_PRIVATE_H
#define BASE_SHAPE_PRIVATE_H

#include "base/shape.h"

/* A step of the way to a value, kept on the stack; it becomes text only when something is wrong. */
struct place {
	const struct place *up; /* NULL: the outermost */
	const char *name;       /* a member, or NULL: an item of a list */
	size_t index;
};

struct reader {
	struct call *c;
	bool own; /* reads what this program wrote: a fault is ours, and nothing is hidden from it */
};

static inline void *field_in(const struct field *f, void *obj)
{
	return (char *)obj + f->at;
}
static inline const void *field_of(const struct field *f, const void *obj)
{
	return (const char *)obj + f->at;
}
static inline size_t *field_count_in(const struct field *f, void *obj)
{
	return (size_t *)((char *)obj + f->count_at);
}
static inline size_t field_count_of(const struct field *f, const void *obj)
{
	return *(const size_t *)((const char *)obj + f->count_at);
}
void field_tell(const struct field *f, void *obj);
/* Whether the field's value stands for null: only NULLABLE ones and texts have such a value. */
bool field_is_null(const struct field *f, const void *obj);
/* Whether it is NULL, zero or empty: what OMIT leaves out. */
bool field_is_empty(const struct field *f, const void *obj);

/* Fails with "path rule" and blames the path. */
enum status refuse(const struct reader *r, const struct place *p, const char *rule, ...)
	PRINTF(3, 4) MUST_USE;

/* Check one value against its field and store it. */
enum status put_null(const struct reader *r, const struct place *p, const struct field *f,
		     void *obj) MUST_USE;
enum status put_int(const struct reader *r, const struct place *p, const struct field *f, int64_t v,
		    void *obj) MUST_USE;
enum status put_real(const struct reader *r, const struct place *p, const struct field *f, double v,
		     void *obj) MUST_USE;
/* 's' for FIELD_STR, FIELD_ID, FIELD_WORD and FIELD_TIME. */
enum status put_str(const struct reader *r, const struct place *p, const struct field *f,
		    const char *s, void *obj) MUST_USE;
/* 's' for FIELD_INT, FIELD_REAL and FIELD_BOOL; 'loose' takes every word that OpenStack's own take. */
enum status put_plain(const struct reader *r, const struct place *p, const struct field *f,
		      const char *s, bool loose, void *obj) MUST_USE;
/* Whether 'count' items are within the bounds of a list or map. */
enum status check_count(const struct reader *r, const struct place *p, const struct field *f,
			size_t count) MUST_USE;
/* Whether 's' is within the bounds of a text. */
enum status check_length(const struct reader *r, const struct place *p, const struct field *f,
			 const char *s) MUST_USE;
/* Parses strictly, with a refusal that says where the text is wrong. '*root' is the caller's. */
enum status parse_json(const struct reader *r, const char *json, size_t size,
		       struct json_t **root) MUST_USE;
/* The tree as compact text in the arena; NULL when it is nested too deep. */
const char *tree_text(struct arena *a, const struct json_t *tree);

#endif
