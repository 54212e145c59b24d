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
	json_t *history; /* entity → key → row, as last seen after a step; activities as they ended */
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
/* Takes what is there now into the history. */
void scenario_remember(struct scenario *s);
/* What a name of the scenario stands for ("l2[0]", "task1.processInstance"); borrowed, or NULL. */
json_t *scenario_ref(struct scenario *s, const char *name);
/* The id of a name's row, 0: none. */
int64_t scenario_id(struct scenario *s, const char *name);
/* "${x}" as seen from an execution. */
json_t *scenario_text(struct scenario *s, int64_t at, const char *text);

#endif
