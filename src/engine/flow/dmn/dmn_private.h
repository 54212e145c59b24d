/* SPDX-License-Identifier: Apache-2.0 */
/* The model in memory: files become units, their DRG elements one array, their logic trees of boxed
 * expressions over compiled FEEL. */
#ifndef ENGINE_FLOW_DMN_PRIVATE_H
#define ENGINE_FLOW_DMN_PRIVATE_H

#include <libxml/tree.h>
#include "base/text.h"
#include "engine/flow/dmn/dmn.h"

enum box_kind {
	BOX_NONE,    /* no logic, or logic that could not be read: null */
	BOX_LITERAL, /* expr */
	BOX_TABLE,
	BOX_CONTEXT,     /* entries; the last may be nameless: the result */
	BOX_LIST,        /* entries */
	BOX_RELATION,    /* names of the columns in 'names', cells row by row in entries */
	BOX_INVOCATION,  /* first: the function; entries: arguments by name */
	BOX_FUNCTION,    /* parameters; first: the body */
	BOX_CONDITIONAL, /* entries: if, then, else */
	BOX_FILTER,      /* entries: in, match */
	BOX_FOR,         /* entries: in, return */
	BOX_SOME,        /* entries: in, satisfies */
	BOX_EVERY
};

struct box_entry {
	const char *name;
	const struct feel_type *type;
	const struct box *box;
};

struct table;

struct box {
	enum box_kind kind;
	const struct feel_type *type;
	const char *problem; /* BOX_NONE: why */
	const struct feel_expr *expr;
	const struct box *first;
	const char *variable; /* of an iterator */
	struct box_entry *entries;
	size_t count;
	const char **names;
	size_t name_count;
	struct feel_member *parameters;
	size_t parameter_count;
	const struct table *table;
};

enum hit_policy {
	HIT_UNIQUE,
	HIT_FIRST,
	HIT_PRIORITY,
	HIT_ANY,
	HIT_COLLECT,
	HIT_RULE_ORDER,
	HIT_OUTPUT_ORDER
};
enum aggregation { AGGREGATE_LIST, AGGREGATE_SUM, AGGREGATE_MIN, AGGREGATE_MAX, AGGREGATE_COUNT };

/* FEEL that may have failed to compile; then 'expr' is NULL and 'problem' says why. */
struct code {
	const struct feel_expr *expr;
	const char *problem;
};

struct table_input {
	struct code code;
	const char *label;
	const struct feel_type *type;
	const struct feel_expr *allowed;
};

struct table_output {
	const char *name; /* NULL with one output */
	const struct feel_type *type;
	const struct feel_expr *values; /* in their order of priority */
	struct code fallback;           /* the default; neither expr nor problem: none */
};

struct rule {
	const char *id;
	const char *annotation;
	struct code *tests;   /* one for each input; neither: "-" */
	struct code *outputs; /* one for each output */
};

struct table {
	enum hit_policy policy;
	enum aggregation aggregation;
	struct table_input *inputs;
	size_t input_count;
	struct table_output *outputs;
	size_t output_count;
	struct rule *rules;
	size_t rule_count;
};

struct requirement {
	const struct element *element;
	const char *import; /* the name under which it is reached, or NULL */
};

struct element {
	enum dmn_kind kind;
	const char *id, *name;
	size_t index; /* in dmn_model.elements */
	struct unit *unit;
	xmlNode *node; /* while it is read */
	const struct feel_type *type;
	const struct box *logic;
	struct requirement *requires;
	size_t require_count;
	struct feel_member *parameters; /* of a function */
	const struct element **sources; /* of a service's parameters: what each stands for */
	size_t parameter_count;
	const struct element **outputs; /* of a service */
	size_t output_count;
	const char *external; /* why it cannot be run: Java, PMML */
};

struct import {
	const char *name;
	struct unit *unit;
};

struct item_definition {
	const char *name;
	xmlNode *node;
	struct feel_type *type;
};

struct unit {
	const char *source, *name, *namespace;
	xmlDoc *doc;
	xmlNode *root;
	struct import *imports;
	size_t import_count;
	struct item_definition *items;
	size_t item_count;
};

struct dmn_model {
	struct arena *arena;
	struct unit *units;
	size_t unit_count;
	struct element *elements;
	size_t element_count;
	struct dmn_item *listed;
	size_t listed_count;
	struct dmn_problem *problems;
	size_t problem_count, problem_room;
};

/* Reading: what is common to all parts. */
struct reading {
	struct arena *arena;
	struct dmn_model *model;
	struct unit *unit;             /* being read */
	const struct element *element; /* whose logic is read, or NULL */
	const char **words;            /* names of members of all units */
	size_t word_count, word_room;
	struct feel_names names; /* of the element being read */
};

void read_problem(struct reading *r, const xmlNode *at, const char *fmt, ...) PRINTF(3, 4);
/* Opens one file: NULL, or why it is refused. */
const char *unit_open(struct reading *r, const struct dmn_source *file, struct unit *u);
bool dmn_namespace_is(const xmlChar *href);
bool node_is(const xmlNode *n, const char *name);
/* The first, and the next, child element in a DMN namespace; with a name, only those. */
xmlNode *node_child(const xmlNode *n, const char *name);
xmlNode *node_next(const xmlNode *n, const char *name);
const char *node_attribute(struct reading *r, const xmlNode *n, const char *name);
/* The text of the child element's <text>, or of it itself; NULL: it has none. */
const char *node_text(struct reading *r, const xmlNode *n, const char *child);
size_t node_count(const xmlNode *n, const char *name);
void word_add(struct reading *r, const char *word);
const char *name_normal(struct arena *a, const char *name);

/* types */
const struct feel_type *type_by_name(struct reading *r, struct unit *u, const char *name,
				     const xmlNode *at);
/* Of the unit being read: its definitions by name; then what they are, once all units have theirs. */
void types_read(struct reading *r);
void types_fill(struct reading *r);
void types_name(struct reading *r);
/* boxed expressions */
struct code read_code(struct reading *r, const xmlNode *at, const char *text, enum feel_mode mode);
const struct box *read_box(struct reading *r, const xmlNode *n, unsigned depth);
/* The first child of 'n' that is a boxed expression, or NULL. */
const xmlNode *box_child(const xmlNode *n);
struct feel_member *read_parameters(struct reading *r, const xmlNode *function, size_t *count);
const struct table *read_table(struct reading *r, const xmlNode *n);

/* Evaluating one request. */
struct session {
	const struct dmn_model *model;
	struct feel_run *run;
	const struct dmn_input *inputs;
	size_t input_count;
	const struct feel_value **values; /* of the elements, once known */
	uint8_t *busy;
	struct dmn_trace *trace;
	unsigned depth; /* boxes within boxes */
	unsigned chain; /* elements that require each other */
};

struct dmn_trace {
	struct arena *arena;
	struct buf decisions, tables;
	size_t decision_count, table_count;
};

const struct feel_value *box_evaluate(struct session *s, const struct box *b,
				      const struct feel_value *scope);
const struct feel_value *table_evaluate(struct session *s, const struct box *b,
					const struct feel_value *scope);
const struct feel_value *code_evaluate(struct session *s, const struct code *c,
				       const struct feel_value *scope);
const struct feel_value *element_value(struct session *s, const struct element *e);
/* Ids fit in the trace while it is small enough to be read. */
bool trace_wants(const struct session *s);

#endif
