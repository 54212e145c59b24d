/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the compiler share: flow_compile.c makes the graph, flow_compile_event.c what events wait
 * for and throw, flow_compile_activity.c what activities do. */
#ifndef ENGINE_FLOW_FLOW_COMPILE_PRIVATE_H
#define ENGINE_FLOW_FLOW_COMPILE_PRIVATE_H

#include "engine/flow/flow_private.h"

struct compiler {
	struct arena *arena;
	const struct bpmn_model *model;
	const struct flow_language *language;
	const struct flow_dialect *dialect;
	struct bpmn_findings *findings;
	struct flow_program *program;
	struct flow_node **by_index; /* by the element's index in the model */
	bool bad;
};

/* The element cannot be executed: a finding of the rule EXEC, and the compilation fails at its end. */
void compile_refuse(struct compiler *c, const struct bpmn_element *e, const char *why);
/* Compiled in the program's language; NULL: there is no text, or it was refused. */
void *compile_expression(struct compiler *c, const struct bpmn_element *e, const char *text);
/* The same of the text in the child 'tag'. */
void *compile_child_expression(struct compiler *c, const struct bpmn_element *e, const char *tag);
/* The variable that stands for what carries data: of a reference the object's. */
const char *compile_data_name(const struct bpmn_element *e);
/* The same of what the text of the child 'tag' refers to. */
const char *compile_ref_name(const struct bpmn_element *e, const char *tag);
/* The node of an element, NULL when it has none. */
struct flow_node *compile_node_at(const struct compiler *c, const struct bpmn_element *e);
/* Names that are worked out when they are needed: "=expression", and templates of older dialects. */
bool compile_is_computed(const char *name);

/* flow_compile_event.c: an event definition, and all of a node. */
struct flow_trigger *compile_trigger(struct compiler *c, const struct bpmn_element *d);
void compile_triggers(struct compiler *c, struct flow_node *n);
/* flow_compile_activity.c: loops, mappings, calls, quantities of a node that is an activity. */
void compile_activity(struct compiler *c, struct flow_node *n);

#endif
