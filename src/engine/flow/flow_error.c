/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and escalations look for their handler outwards (clauses 10.5.1, 13.5): boundary events of the
 * activity, event sub-processes of its scope, and so on, through calls. */
#include "engine/flow/flow_private.h"

#include <stdlib.h>
#include <string.h>
#include "base/text.h"

static void leave_boundary(struct flow_execution *scope, struct flow_node *event,
			   const json_t *payload)
{
	struct flow_execution *e = flow_execution_new(scope->instance, scope, event);
	e->was_told = true;
	flow_tell(e, FLOW_ENTERED, NULL, NULL);
	flow_assign_all(scope, payload);
	if (event->extras.async_before) {
		e->state = FLOW_BEFORE;
		e->waits = e->is_work = true;
		flow_tell(e, FLOW_WORK, "before", NULL);
		return;
	}
	flow_completed(e);
}

/* All work of the scope stops; only the event sub-process goes on. */
static void interrupt_scope(struct flow_execution *scope)
{
	struct flow_world *w = scope->instance->world;
	scope->ending = true;
	while (scope->last)
		flow_execution_end(scope->last, true);
	scope->ending = false;
	scope->state = FLOW_ACTIVE;
	scope->token_count = scope->phase_count = 0;
	scope->index = scope->node->node_count; /* nothing of an ad-hoc order is left */
	for (struct flow_step *s = w->agenda; s; s = s->next) {
		if (s->scope == scope->id)
			s->what = FLOW_DO_CHECK;
	}
	for (struct flow_wait *x = w->waits, *next; x; x = next) {
		next = x->next;
		if (x->owner == scope && x->node->kind == BPMN_START_EVENT)
			flow_wait_end(w, x);
	}
}

void flow_catch(struct flow_execution *owner, struct flow_node *event, const json_t *payload)
{
	if (event->kind == BPMN_BOUNDARY_EVENT) {
		struct flow_execution *scope = flow_scope(owner);
		if (event->interrupts)
			flow_execution_end(owner, true);
		leave_boundary(scope, event, payload);
		return;
	}
	if (event->interrupts)
		interrupt_scope(owner);
	struct flow_execution *sub = flow_execution_new(owner->instance, owner, event->container);
	sub->was_told = true;
	flow_tell(sub, FLOW_ENTERED, NULL, NULL);
	const char *name;
	json_t *value;
	if (payload) {
		json_object_foreach((json_t *)payload, name, value)
			flow_assign(sub, name, json_incref(value));
	}
	flow_open_scope(sub, event);
}

/* The trigger of 'event' that takes the code: 2 for the very code, 1 for any, 0 for none. */
static int fits(const struct flow_node *event, enum bpmn_kind kind, const char *code,
		const struct flow_trigger **which)
{
	int best = 0;
	for (const struct flow_trigger *t = event->triggers; t; t = t->next) {
		if (t->kind != kind)
			continue;
		int now = t->name && str_eq(t->name, code) ? 2 : t->catches_all ? 1 : 0;
		if (now > best) {
			best = now;
			*which = t;
		}
	}
	return best;
}

static void consider(struct flow_node *event, enum bpmn_kind kind, const char *code, int *best,
		     struct flow_node **found, const struct flow_trigger **which)
{
	const struct flow_trigger *t = NULL;
	int now = fits(event, kind, code, &t);
	if (now > *best) {
		*best = now;
		*found = event;
		*which = t;
	}
}

static struct flow_node *handler_in(struct flow_execution *scope, enum bpmn_kind kind,
				    const char *code, const struct flow_trigger **which)
{
	struct flow_node *found = NULL;
	int best = 0;
	for (unsigned i = 0; i < scope->node->node_count; i++) {
		struct flow_node *sub = scope->node->nodes[i];
		for (unsigned k = 0; sub->is_event_sub && k < sub->node_count; k++) {
			if (sub->nodes[k]->kind == BPMN_START_EVENT)
				consider(sub->nodes[k], kind, code, &best, &found, which);
		}
	}
	return found;
}

static struct flow_node *handler_at(struct flow_execution *e, enum bpmn_kind kind, const char *code,
				    const struct flow_trigger **which)
{
	struct flow_node *found = NULL;
	int best = 0;
	if (e->is_item)
		return NULL; /* boundary events are those of the whole */
	for (unsigned i = 0; i < e->node->boundary_count; i++)
		consider(e->node->boundaries[i], kind, code, &best, &found, which);
	return found;
}

static bool find_and_catch(struct flow_execution *e, enum bpmn_kind kind, const char *code,
			   const char *message)
{
	for (struct flow_execution *at = e; at; at = at->parent) {
		const struct flow_trigger *which = NULL;
		struct flow_execution *owner = at;
		struct flow_node *found = handler_at(at, kind, code, &which);
		/* An event sub-process is no handler of its own errors; what it escalates, another
		 * one of the same scope may take. */
		bool inside = at->node->is_event_sub;
		if (!found && at->parent && at->parent->node->nodes && !at->parent->is_body &&
		    !(inside && kind == BPMN_ERROR_DEFINITION)) {
			owner = at->parent;
			found = handler_in(owner, kind, code, &which);
			if (found && found->container == at->node)
				found = NULL;
		}
		if (!found && at->node->kind == BPMN_PROCESS && at->parent)
			flow_call_returns(at); /* what it has done so far counts for its caller */
		if (!found)
			continue;
		json_t *payload = json_object();
		if (which->code_variable)
			json_object_set_new(payload, which->code_variable,
					    code ? json_string(code) : json_null());
		if (which->message_variable)
			json_object_set_new(payload, which->message_variable,
					    message ? json_string(message) : json_null());
		flow_catch(owner, found, payload);
		json_decref(payload);
		return true;
	}
	return false;
}

bool flow_error(struct flow_execution *e, const char *code, const char *message)
{
	return find_and_catch(e, BPMN_ERROR_DEFINITION, code, message);
}

bool flow_escalate(struct flow_execution *e, const char *code)
{
	return find_and_catch(e, BPMN_ESCALATION_DEFINITION, code, NULL);
}

void flow_instance_end(struct flow_instance *i, enum flow_outcome outcome, const char *code)
{
	static const char *const words[] = { "running", "completed", "terminated",
					     "deleted", "broken",    "failed" };
	i->outcome = outcome;
	free(i->error_code);
	i->error_code = code ? strdup(code) : NULL;
	flow_tell(i->root, FLOW_ENDED, words[outcome], code);
	flow_execution_end(i->root, outcome != FLOW_COMPLETED);
}
