/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario being run: the machine, what its steps named, and rows as the engines' queries show them. */
#ifndef TEST_CONFORMANCE_SCENARIO_H
#define TEST_CONFORMANCE_SCENARIO_H

#include <jansson.h>
#include "engine/flow/flow.h"
#include "suite.h"

struct scenario {
	struct arena *arena;
	struct flow_world *world;
	json_t *refs;         /* name → row, list of rows, or value */
	json_t *assignees;    /* task id → user, where a step changed it */
	json_t *incidents_of; /* instance → its messages */
	json_t *history; /* entity → key → row, as last seen after a step; activities as they began */
	bool is_flowable;
	bool fold; /* the query at hand ignores case in names */
	int64_t work[1024];
	size_t work_count;
	unsigned incidents;
	int64_t began_at;
};

/* Rows of an entity ("task", "execution", ...) that match 'where', in its order. A new reference; NULL
 * with '*why' when the query asks for what is not known here. */
json_t *rows_of(struct scenario *s, const char *entity, const json_t *where, const char **why);
/* All rows of an entity as they are now; and Camunda's executions, which it has for scopes and branches. */
json_t *scenario_snapshot(struct scenario *s, const char *entity);
json_t *scenario_camunda_executions(struct scenario *s);
/* Takes what is there now into the history. */
void scenario_remember(struct scenario *s);
/* What a name of the scenario stands for ("l2[0]", "task1.processInstance"); borrowed, or NULL. */
json_t *scenario_ref(struct scenario *s, const char *name);
/* The id of a name's row, 0: none. */
int64_t scenario_id(struct scenario *s, const char *name);
/* "${x}" as seen from an execution. */
json_t *scenario_text(struct scenario *s, int64_t at, const char *text);

/* Takes a step: NULL, or why it failed. */
const char *scenario_command(struct scenario *s, const json_t *step, const char *op);
/* The same of a step that expects something. */
const char *scenario_expectation(struct scenario *s, const json_t *step, const char *op);
/* A member of a step as text, NULL when it has none. */
const char *step_text(const json_t *step, const char *key);
/* Keeps a row (which is taken over) under the name that the step gives it. */
void scenario_keep(struct scenario *s, const json_t *step, json_t *row);
/* Whether an instance runs. */
bool scenario_exists(struct scenario *s, int64_t id);
/* A step that counts rows, or expects a count; one that reads a variable, or expects a value. */
const char *scenario_count(struct scenario *s, const json_t *step, bool expect);
const char *scenario_variable(struct scenario *s, const json_t *step, bool expect);

#endif
