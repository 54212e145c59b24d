/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the form room share. */
#ifndef ENGINE_FORM_FORM_PRIVATE_H
#define ENGINE_FORM_FORM_PRIVATE_H

#include "base/text.h"
#include "engine/flow/feel/feel.h"
#include "engine/form/form.h"

enum form_type {
	FORM_TEXTFIELD,
	FORM_TEXTAREA,
	FORM_NUMBER,
	FORM_DATETIME,
	FORM_CHECKBOX,
	FORM_RADIO,
	FORM_SELECT,
	FORM_CHECKLIST,
	FORM_TAGLIST,
	FORM_EXPRESSION
};
enum form_moment { FORM_DATE, FORM_TIME, FORM_DATE_AND_TIME };

struct form_pattern; /* a compiled regular expression */

/* What stands together on the page: a condition that hides it hides all in it. */
struct form_part {
	const struct feel_expr *hide; /* NULL: nothing does */
	const struct form_part *around;
};

struct form_field {
	enum form_type type;
	const struct form_part *part;
	bool required, as_text,
		no_past; /* number: serializeToString; datetime: disallowPassedDates */
	bool readonly;
	const struct feel_expr *readonly_when, *computed, *choices_from;
	const char *choices_key;
	const json_t *choices;          /* of values; NULL: by key or expression */
	int64_t min_length, max_length; /* characters; -1: no bound */
	double min, max;                /* NaN: no bound */
	int64_t digits;                 /* behind the point; -1: any */
	int moment;                     /* enum form_moment */
	const struct form_pattern *pattern;
	const char *pattern_text, *pattern_rule;
};

/* The tree of the data. */
enum form_kind { FORM_OBJECT, FORM_LIST, FORM_VALUE };
struct form_node {
	enum form_kind kind;
	const char *name;
	const struct form_part *part; /* of a list */
	struct form_field *field;     /* of a value */
	struct form_node *first, *next;
};
struct form {
	struct form_node root;
	size_t components;
};

/* --- form_pattern.c --- */
/* A regular expression of JavaScript's kind, searched for; NULL with '*why'. */
const struct form_pattern *form_pattern_new(struct call *c, const char *text, const char **why);
/* False too when the search takes too long. */
bool form_pattern_found(const struct form_pattern *p, const char *text);

/* --- form_value.c --- */
/* What stands around a value: what expressions see. */
struct form_scope {
	struct call *c;
	struct feel_run *run;
	const struct feel_value *variables;
	const json_t *data; /* for choices by key */
	struct form_problems *problems;
};
void form_problem(struct form_scope *s, const char *path, const char *rule, const char *fmt, ...)
	PRINTF(4, 5);
/* Holds one value, which is not null, to its field. */
void form_value_check(struct form_scope *s, const struct form_field *f, const json_t *value,
		      const char *path);
bool form_is_empty(const struct form_field *f, const json_t *value);

#endif
