/* SPDX-License-Identifier: Apache-2.0 */
/* JSON written as a stream into a buffer: no tree, no allocation per value. Commas and nesting are
 * kept here; an unbalanced writer is a bug and asserts. Reading is jansson's (see shape.h), whose names
 * these must not take: its library would call ours. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "base/text.h"

#define JSON_DEPTH_MAX 32
/* The longest text that is read: above what the door lets through, so a bound for our own columns. */
#define JSON_TEXT_MAX (64 << 20)

struct json_out {
	struct buf *buf;
	uint64_t comma;  /* one bit a depth: a value stands there already */
	uint64_t object; /* one bit a depth: it is an object, every value needs a key */
	int depth;
	bool after_key;
};

static inline struct json_out json_to(struct buf *b)
{
	return (struct json_out){ .buf = b };
}

void json_object_begin(struct json_out *j);
void json_object_end(struct json_out *j);
void json_array_begin(struct json_out *j);
void json_array_end(struct json_out *j);
void json_key(struct json_out *j, const char *name);
/* NULL is written as null. The text is UTF-8. */
void json_str(struct json_out *j, const char *s);
void json_int(struct json_out *j, int64_t v);
/* With the fewest digits that read back as the same number; what is not finite is null. */
void json_double(struct json_out *j, double v);
void json_bool(struct json_out *j, bool v);
void json_nil(struct json_out *j);
/* 'text' is one JSON value already. NULL is written as null. */
void json_raw(struct json_out *j, const char *text);
/* 'text' is a JSON object: its members are written into the open object. */
void json_members(struct json_out *j, const char *text);

/* Key and value at once. */
void json_put_str(struct json_out *j, const char *name, const char *s);
void json_put_int(struct json_out *j, const char *name, int64_t v);
void json_put_bool(struct json_out *j, const char *name, bool v);

#endif
