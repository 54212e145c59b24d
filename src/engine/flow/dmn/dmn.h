/* SPDX-License-Identifier: Apache-2.0 */
/* DMN 1.1 to 1.5 (OMG formal/2024-01-01): decision models read from XML, checked, and evaluated with an
 * explanation. A model never changes once read and is shared by any number of threads.
 *
 *     struct dmn_source file = { "loan.dmn", text, size };
 *     const struct dmn_model *m = dmn_read(a, &file, 1, &why);
 *     struct dmn_trace *trace = dmn_trace_new(a);
 *     const struct feel_value *v = dmn_decide(run, m, "Approval", inputs, count, trace);
 *
 * An error in a decision is null and a diagnostic of the run. */
#ifndef ENGINE_FLOW_DMN_H
#define ENGINE_FLOW_DMN_H

#include "engine/flow/feel/feel.h"

#define DMN_TEXT_MAX (4u << 20) /* bytes of one file */
#define DMN_DEPTH_MAX 100       /* elements within elements */

struct dmn_source {
	const char *name; /* for messages */
	const char *text;
	size_t size;
};

struct dmn_problem {
	const char *source;  /* of the file, as given */
	const char *element; /* the name of the decision or the like, or NULL */
	int line;
	const char *text;
};

struct dmn_model;

/* Reads the first file; the others are what it imports, found by their namespaces. NULL: it is no DMN at
 * all, or too large; 'why' says so. What is wrong in a part of it stands in dmn_problems(), and that part
 * is null when evaluated: who deploys a model refuses one that has any. */
const struct dmn_model *dmn_read(struct arena *a, const struct dmn_source *files, size_t count,
				 struct dmn_problem *why) MUST_USE;
const struct dmn_problem *dmn_problems(const struct dmn_model *m, size_t *count);

enum dmn_kind { DMN_INPUT, DMN_DECISION, DMN_KNOWLEDGE, DMN_SERVICE };

/* What the model has, in the order of the file; imported elements are not listed. */
struct dmn_item {
	enum dmn_kind kind;
	const char *id, *name;
	const struct feel_type *type; /* of its value, or NULL */
};
const struct dmn_item *dmn_items(const struct dmn_model *m, size_t *count);
const char *dmn_name(const struct dmn_model *m);
const char *dmn_namespace(const struct dmn_model *m);

struct dmn_input {
	const char *namespace; /* of the model that has the input; NULL: by name alone */
	const char *name;
	const struct feel_value *value;
};

struct dmn_trace;
/* Collects what happens in evaluations; lives in 'a'. */
struct dmn_trace *dmn_trace_new(struct arena *a);
/* { "decisions": [{name, id, value}], "tables": [{of, hitPolicy, inputs, rules, output}] }: each rule
 * says whether it fired and, when not, which entry failed on what value. Diagnostics are the run's. */
void dmn_explain(struct json_out *j, const struct dmn_trace *trace, const struct feel_run *run);

/* The value of a decision by name or id, with all that it requires. 'trace' may be NULL. Never NULL. */
const struct feel_value *dmn_decide(struct feel_run *run, const struct dmn_model *m,
				    const char *decision, const struct dmn_input *inputs,
				    size_t count, struct dmn_trace *trace);
/* The values of a decision service: of its one output decision, or a context by their names. */
const struct feel_value *dmn_serve(struct feel_run *run, const struct dmn_model *m,
				   const char *service, const struct dmn_input *inputs,
				   size_t count, struct dmn_trace *trace);
/* A business knowledge model with its arguments by name. */
const struct feel_value *dmn_invoke(struct feel_run *run, const struct dmn_model *m,
				    const char *knowledge, const struct dmn_input *inputs,
				    size_t count, struct dmn_trace *trace);

#endif
