/* SPDX-License-Identifier: Apache-2.0 */
/* Forms 表单 in the JSON of form-js, validated where it counts: on the server. A form is read once into a
 * tree of what its data may hold; then what a person gives is checked against it, against what was there
 * before, and against what the person's task may see and change 字段权限. No database, no clock but the
 * call's, no input or output.
 *
 * Uses engine/flow/feel for conditions, readonly, computed values and choices. */
#ifndef ENGINE_FORM_FORM_H
#define ENGINE_FORM_FORM_H

#include <jansson.h>
#include "base/call.h"

enum {
	FORM_COMPONENTS_MAX = 1000,
	FORM_DEPTH_MAX = 8,     /* of groups and lists within each other */
	FORM_VALUES_MAX = 2000, /* choices of one component */
	FORM_ITEMS_MAX = 1000,  /* of one list in the data */
	FORM_TEXT_MAX = 100000, /* characters of one value */
	FORM_PROBLEMS_MAX = 100
};

struct form; /* lives in the arena it was read in; any number of threads may check by it */

/* Reads a schema. ST_BAD_INPUT names the place ("components[2].validate.pattern") and the rule; what cannot
 * be held to on the server (a component of a type that is not known here) is refused and not passed over. */
enum status form_read(struct call *c, const char *json, size_t size, struct form **out) MUST_USE;

/* What a task may do with a part of the data; what is within a part has the same unless it is named too. */
enum form_access { FORM_WRITE, FORM_LOOK, FORM_HIDE };
struct form_permission {
	const char *path; /* "applicant.name", "items" */
	enum form_access access;
};

struct form_problem {
	const char *path; /* "items[2].price" */
	const char *
		rule; /* the schema's word: "required", "pattern", "max"; or "unknown", "read-only", "type" */
	const char *text; /* for people */
};
struct form_problems {
	struct form_problem *list;
	size_t count; /* the first FORM_PROBLEMS_MAX are kept */
};

/* Checks what was given over what was there 'before' (NULL: nothing) and makes the data that follow: before,
 * with all that was given and may be written; without what a condition hides; with computed values; what
 * 'before' has that is no field of the form stays. ST_BAD_INPUT: the call's problem is the first of 'problems', which has all. '*out' is an object that the
 * call's arena lets go. What was not given stays as it was; null takes a value away. */
enum status form_check(struct call *c, const struct form *f,
		       const struct form_permission *permissions, size_t permission_count,
		       const json_t *before, const json_t *given, json_t **out,
		       struct form_problems *problems) MUST_USE;

/* The schema as JSON, as a task may see it: without the components that are hidden from it, readonly where it
 * may only look. 'json' is a schema that form_read() takes. '*out' lives in the call's arena. */
enum status form_schema_shown(struct call *c, const char *json, size_t size,
			      const struct form_permission *permissions, size_t permission_count,
			      const char **out) MUST_USE;
/* Whether the form has a field, a list or an object of fields there: "applicant.name", "items". */
bool form_has(const struct form *f, const char *path) MUST_USE;

/* The data that a task may see: without what is hidden from it or by a condition. '*out' as above. */
enum status form_shown(struct call *c, const struct form *f,
		       const struct form_permission *permissions, size_t permission_count,
		       const json_t *data, json_t **out) MUST_USE;

#endif
