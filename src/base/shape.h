/* SPDX-License-Identifier: Apache-2.0 */
/* The shape of a struct, as a table of its fields. A wire shape reads the struct from JSON, query and
 * path and writes it as JSON; a row shape reads it from a database row and binds it to a statement.
 * Both are tables over the same struct, and both are checked against it when compiled. */
#ifndef BASE_SHAPE_H
#define BASE_SHAPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/call.h"
#include "base/json.h"

struct json_t; /* jansson's, for the few fields that read themselves */

enum field_kind {
	FIELD_INT,    /* int64_t */
	FIELD_REAL,   /* double */
	FIELD_BOOL,   /* bool */
	FIELD_STR,    /* const char *: text of at most 'max' code points */
	FIELD_ID,     /* const char *: a UUID, with or without hyphens */
	FIELD_WORD,   /* int: index into 'words'; in a row, the word */
	FIELD_TIME,   /* int64_t: an instant; 0 is null */
	FIELD_JSON,   /* const char *: any JSON value, kept as its text */
	FIELD_STRS,   /* struct words: a list of strings; in a row, a JSON array as text */
	FIELD_MAP,    /* struct map: names to strings; in a row, a JSON object as text */
	FIELD_OBJECT, /* a nested struct, in place */
	FIELD_LIST,   /* T *m, size_t m_count: structs of one shape */
	FIELD_REST,   /* const char *: a JSON object of all members that the shape does not name */
	/* Nothing stored: written and read by functions of the room; without a 'write' it is not
	 * written, without a 'read' it is not read. */
	FIELD_VIEW
};

/* What may be said of a field; or-ed together. A field without OPT must be given. */
enum field_flags {
	OPT = 1 << 0, /* may be absent */
	/* May be null. NULL stands for it in texts, lists and maps, 0 in times, INT_NULL and NaN in
	 * numbers, -1 in words, false, and all bytes zero in an object. */
	NULLABLE = 1 << 1,
	OMIT = 1 << 2, /* written only when it is not NULL, zero or empty */
	FROM_PATH = 1 << 3,
	FROM_QUERY = 1 << 4, /* lists take repeated names and commas do not split */
	/* In: read from the header of this name; out: written there by the door, never into the
	 * object. */
	FROM_HEADER = 1 << 5,
	SECRET = 1 << 6,     /* masked in audit entries, never logged */
	READ_ONLY = 1 << 7,  /* written, but refused when given */
	WRITE_ONLY = 1 << 8, /* read, never written */
	TIME_AS_Z = 1 << 9,  /* 2026-11-23T22:56:51Z, whatever the call's style */
	TIME_AS_BARE = 1 << 10,
	LOOSE = 1 << 11,   /* takes "5" for 5 and "true" or 1 for true, as OpenStack's own do */
	EMPTY_OK = 1 << 12 /* a required string may be "" */
};

struct map_pair {
	const char *name, *value;
};
struct map {
	struct map_pair *list;
	size_t count;
};
/* NULL when 'name' is not in the map. */
const char *map_get(const struct map *m, const char *name);

struct field {
	const char *name; /* JSON member, query name, header, column */
	enum field_kind kind;
	unsigned flags;
	size_t at;        /* offsetof */
	size_t given_at;  /* offsetof of bool m_given, or FIELD_NOT_TOLD */
	size_t count_at;  /* FIELD_LIST: offsetof of size_t m_count */
	int64_t min, max; /* numbers: the range, none when both are 0; texts: code points; lists and
			   * maps: items; a 'max' of 0 is no bound */
	const char *const *words;
	const struct field *sub; /* FIELD_OBJECT, FIELD_LIST */
	size_t sub_size;
	int since, until; /* microversions that have the field, both included; 0: no bound */
	const char *may;  /* permission that is needed to see or give it; NULL: none */
	void (*write)(struct call *c, struct json_out *j, const void *obj);
	enum status (*read)(struct call *c, void *obj, const struct json_t *value);
};
#define INT_NULL INT64_MIN
#define FIELD_NOT_TOLD 0 /* TELLS() cannot point at a struct's first member */
#define SHAPE_FIELDS_MAX 64

/* Fails to compile unless 's.m' has type 't'. */
#define FIELD_AT(s, m, t)                                                                          \
	(offsetof(struct s, m) +                                                                   \
	 0 * sizeof(char[__builtin_types_compatible_p(__typeof__(((struct s *)0)->m), t) ? 1       \
											 : -1]))

#define F_ANY(name_, kind_, at_, flags_, ...)                                                      \
	{                                                                                          \
		.name = name_, .kind = kind_, .at = at_, .flags = flags_, ##__VA_ARGS__            \
	}
/* F_X(struct, member, limits…, flags, more…); F_X_AS puts the wire's name first. */
#define F_INT_AS(n, s, m, lo, hi, flags_, ...)                                                     \
	F_ANY(n, FIELD_INT, FIELD_AT(s, m, int64_t), flags_, .min = lo, .max = hi, ##__VA_ARGS__)
#define F_INT(s, m, lo, hi, flags_, ...) F_INT_AS(#m, s, m, lo, hi, flags_, ##__VA_ARGS__)
#define F_REAL_AS(n, s, m, flags_, ...)                                                            \
	F_ANY(n, FIELD_REAL, FIELD_AT(s, m, double), flags_, ##__VA_ARGS__)
#define F_REAL(s, m, flags_, ...) F_REAL_AS(#m, s, m, flags_, ##__VA_ARGS__)
#define F_BOOL_AS(n, s, m, flags_, ...)                                                            \
	F_ANY(n, FIELD_BOOL, FIELD_AT(s, m, bool), flags_, ##__VA_ARGS__)
#define F_BOOL(s, m, flags_, ...) F_BOOL_AS(#m, s, m, flags_, ##__VA_ARGS__)
#define F_STR_AS(n, s, m, longest, flags_, ...)                                                    \
	F_ANY(n, FIELD_STR, FIELD_AT(s, m, const char *), flags_, .max = longest, ##__VA_ARGS__)
#define F_STR(s, m, longest, flags_, ...) F_STR_AS(#m, s, m, longest, flags_, ##__VA_ARGS__)
#define F_ID_AS(n, s, m, flags_, ...)                                                              \
	F_ANY(n, FIELD_ID, FIELD_AT(s, m, const char *), flags_, ##__VA_ARGS__)
#define F_ID(s, m, flags_, ...) F_ID_AS(#m, s, m, flags_, ##__VA_ARGS__)
#define F_WORD_AS(n, s, m, words_, flags_, ...)                                                    \
	F_ANY(n, FIELD_WORD, FIELD_AT(s, m, int), flags_, .words = words_, ##__VA_ARGS__)
#define F_WORD(s, m, words_, flags_, ...) F_WORD_AS(#m, s, m, words_, flags_, ##__VA_ARGS__)
#define F_TIME_AS(n, s, m, flags_, ...)                                                            \
	F_ANY(n, FIELD_TIME, FIELD_AT(s, m, int64_t), flags_, ##__VA_ARGS__)
#define F_TIME(s, m, flags_, ...) F_TIME_AS(#m, s, m, flags_, ##__VA_ARGS__)
#define F_JSON_AS(n, s, m, longest, flags_, ...)                                                   \
	F_ANY(n, FIELD_JSON, FIELD_AT(s, m, const char *), flags_, .max = longest, ##__VA_ARGS__)
#define F_JSON(s, m, longest, flags_, ...) F_JSON_AS(#m, s, m, longest, flags_, ##__VA_ARGS__)
#define F_STRS_AS(n, s, m, most, flags_, ...)                                                      \
	F_ANY(n, FIELD_STRS, FIELD_AT(s, m, struct words), flags_, .max = most, ##__VA_ARGS__)
#define F_STRS(s, m, most, flags_, ...) F_STRS_AS(#m, s, m, most, flags_, ##__VA_ARGS__)
#define F_MAP_AS(n, s, m, most, flags_, ...)                                                       \
	F_ANY(n, FIELD_MAP, FIELD_AT(s, m, struct map), flags_, .max = most, ##__VA_ARGS__)
#define F_MAP(s, m, most, flags_, ...) F_MAP_AS(#m, s, m, most, flags_, ##__VA_ARGS__)
#define F_OBJECT_AS(n, s, m, t, shape_, flags_, ...)                                               \
	F_ANY(n, FIELD_OBJECT, FIELD_AT(s, m, struct t), flags_, .sub = shape_,                    \
	      .sub_size = sizeof(struct t), ##__VA_ARGS__)
#define F_OBJECT(s, m, t, shape_, flags_, ...)                                                     \
	F_OBJECT_AS(#m, s, m, t, shape_, flags_, ##__VA_ARGS__)
#define F_LIST_AS(n, s, m, t, shape_, most, flags_, ...)                                           \
	F_ANY(n, FIELD_LIST, FIELD_AT(s, m, struct t *), flags_, .sub = shape_,                    \
	      .sub_size = sizeof(struct t), .count_at = FIELD_AT(s, m##_count, size_t),            \
	      .max = most, ##__VA_ARGS__)
#define F_LIST(s, m, t, shape_, most, flags_, ...)                                                 \
	F_LIST_AS(#m, s, m, t, shape_, most, flags_, ##__VA_ARGS__)
#define F_REST(s, m, longest)                                                                      \
	F_ANY("*", FIELD_REST, FIELD_AT(s, m, const char *), OPT, .max = longest)
/* Written by 'fn(call, json, object)'; never read. */
#define F_VIEW(n, fn, ...) F_ANY(n, FIELD_VIEW, 0, OPT, .write = fn, ##__VA_ARGS__)
#define F_END                                                                                      \
	{                                                                                          \
		.name = NULL                                                                       \
	}
/* In the place of more…: also record in bool s.m_given whether the field was given at all. */
#define TELLS(s, m)                                                                                \
	.given_at = FIELD_AT(s, m##_given, bool) +                                                 \
		    0 * sizeof(char[offsetof(struct s, m##_given) != FIELD_NOT_TOLD ? 1 : -1])
#define SINCE(major, minor) .since = (major)*1000 + (minor)
#define UNTIL(major, minor) .until = (major)*1000 + (minor)

/* Whether this call's version and permissions have the field. */
bool field_shown(const struct call *c, const struct field *f);
/* Says how a permission is looked up; once, at start. Until then nobody has any. */
void shape_ask_may(bool (*may)(const struct call *c, const char *permission));

/* Reads JSON text of 'size' bytes into 'out', which is zeroed or holds the defaults. ST_BAD_INPUT
 * names the first field that is missing, unknown, of the wrong type, too long or out of range, by
 * its path ("server.networks[1].uuid"). 'wrap' is the name of the one member that the object stands
 * in ("server"), or NULL. Fields FROM_PATH, FROM_QUERY and FROM_HEADER, and those that are not shown
 * to the call, are no members here. Unknown members are refused unless the shape has F_REST or the
 * call is lenient. Strict: UTF-8, no NUL, no name twice, whole numbers in 64 bits, JSON_DEPTH_MAX. On
 * failure 'out' may be filled in part. */
enum status shape_read_json(struct call *c, const struct field *shape, const char *wrap,
			    const char *json, size_t size, void *out) MUST_USE;
/* Parses 'size' bytes as one JSON object under the limits of shape_read_json(); the tree lives as long
 * as the call. */
enum status json_parse(struct call *c, const char *json, size_t size, struct json_t **out) MUST_USE;
/* Reads an already parsed object. */
enum status shape_read_object(struct call *c, const struct field *shape, const struct json_t *root,
			      void *out) MUST_USE;
/* Sets one field from text that came by path, query, header or row; NULL stands for null. A list of
 * strings starts empty and takes one string more each time. */
enum status shape_set_text(struct call *c, const struct field *f, const char *text,
			   void *out) MUST_USE;
/* Fails on the first field with any of the flags 'from' that must be given and was not; 'seen' has
 * one bit a field. */
enum status shape_require(struct call *c, const struct field *shape, unsigned from,
			  uint64_t seen) MUST_USE;
/* Writes the struct as one JSON object, without the fields that are WRITE_ONLY, belong to a header, or
 * are not shown to the call. */
void shape_write_json(struct call *c, const struct field *shape, struct json_out *j,
		      const void *in);
/* The same without the braces: members of an object that is open already. */
void shape_write_members(struct call *c, const struct field *shape, struct json_out *j,
			 const void *in);
/* Writes one field's value. */
void shape_write_value(struct call *c, const struct field *f, struct json_out *j, const void *in);
/* The struct as JSON text in the arena. */
const char *shape_text(struct call *c, const struct field *shape, const void *in);
/* Parses text that this program wrote (a column): ST_INTERNAL when it is not what it should be. Reads
 * every field, whatever the call may see, and passes over members that the shape no longer has. */
enum status shape_read_own(struct call *c, const struct field *shape, const char *json,
			   void *out) MUST_USE;

/* A list of strings and a map, as JSON text and back; for columns. */
const char *words_to_json(struct arena *a, const struct words *w);
const char *map_to_json(struct arena *a, const struct map *m);
enum status words_from_json(struct call *c, const char *json, struct words *out) MUST_USE;
enum status map_from_json(struct call *c, const char *json, struct map *out) MUST_USE;

#endif
