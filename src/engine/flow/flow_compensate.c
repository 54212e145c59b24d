/* SPDX-License-Identifier: Apache-2.0 */
/* Compensation (clause 13.5.5): a scope keeps what was completed in it, newest first; to compensate is
 * to run the handlers in that order, each after the one before it is done. */
#include "engine/flow/flow_private.h"

#include <assert.h>
#include <stdlib.h>
#include "base/text.h"

static struct flow_node *handler_of(const struct flow_node *activity)
{
	for (unsigned i = 0; i < activity->boundary_count; i++) {
		struct flow_node *b = activity->boundaries[i];
		if (b->triggers && b->triggers->kind == BPMN_COMPENSATE_DEFINITION && b->handler)
			return b->handler;
	}
	return NULL;
}

/* The start event of a sub-process' own compensation event sub-process, or NULL. */
static struct flow_node *own_handler(const struct flow_node *activity)
{
	for (unsigned i = 0; i < activity->node_count; i++) {
		struct flow_node *sub = activity->nodes[i];
		for (unsigned k = 0; sub->is_event_sub && k < sub->node_count; k++) {
			if (sub->nodes[k]->triggers &&
			    sub->nodes[k]->triggers->kind == BPMN_COMPENSATE_DEFINITION)
				return sub->nodes[k];
		}
	}
	return NULL;
}

static void keep(struct flow_execution *scope, struct flow_execution *done,
		 struct flow_node *handler, int64_t group)
{
	struct flow_record *r = calloc(1, sizeof(*r));
	assert(r);
	r->activity = done->node;
	r->handler = handler;
	r->group = group;
	r->variables = done->variables ? json_deep_copy(done->variables) : NULL;
	r->inner = done->records;
	done->records = NULL;
	r->next = scope->records;
	scope->records = r;
}

/* Each instance of a loop is compensated for itself. */
void flow_record_item(struct flow_execution *item)
{
	struct flow_node *handler = handler_of(item->node);
	if (handler)
		keep(flow_scope(item), item, handler,
		     item->node->loop == FLOW_PARALLEL ? item->parent->id : 0);
}

void flow_record(struct flow_execution *done)
{
	struct flow_node *n = done->node;
	struct flow_execution *scope = flow_scope(done);
	struct flow_node *handler = handler_of(n);
	bool inner = n->nodes && n->kind != BPMN_PROCESS && !n->is_event_sub &&
		     (done->records || own_handler(n));
	if (!scope || !bpmn_is(n->element, BPMN_ACTIVITY) || (!handler && !inner) ||
	    (done->is_body && handler))
		return;
	for (struct flow_record *x = done->records; x && n->loop == FLOW_PARALLEL; x = x->next)
		x->group = done->id;
	keep(scope, done, handler, 0);
}

static void compensate_next(struct flow_execution *thrower);

static void finish(struct flow_execution *thrower)
{
	thrower->state = FLOW_ACTIVE;
	if (thrower->after_compensation == FLOW_THEN_LEAVE) {
		flow_completed(thrower);
		return;
	}
	if (thrower->after_compensation == FLOW_THEN_NOTHING) {
		struct flow_execution *around = flow_scope(thrower);
		flow_execution_end(thrower, false);
		flow_push(around->instance->world, FLOW_DO_CHECK, around, NULL, NULL, NULL);
		return;
	}
	/* Everything in the transaction is undone: it leaves by its cancel event. */
	struct flow_execution *t = flow_transaction(thrower);
	struct flow_execution *owner = t->is_item ? t->parent : t;
	for (unsigned i = 0; i < t->node->boundary_count; i++) {
		struct flow_node *b = t->node->boundaries[i];
		if (b->triggers && b->triggers->kind == BPMN_CANCEL_DEFINITION) {
			flow_catch(owner, b, NULL);
			return;
		}
	}
	struct flow_execution *scope = flow_scope(owner);
	flow_execution_end(owner, true);
	flow_push(scope->instance->world, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
}

/* Runs the handler of 'r'. False: it has none of its own, and what is in it comes next. */
static bool run_handler(struct flow_execution *thrower, struct flow_record *r)
{
	struct flow_execution *scope = flow_scope(thrower);
	struct flow_node *own = r->handler ? NULL : own_handler(r->activity);
	if (!r->handler && !own)
		return false;
	struct flow_node *node = r->handler ? r->handler : own->container;
	struct flow_execution *e = flow_execution_new(scope->instance, scope, node);
	e->was_told = true;
	e->thrower_id = thrower->id;
	e->variables = r->variables;
	r->variables = NULL;
	if (own) {
		e->records = r->inner;
		r->inner = NULL;
	}
	thrower->handlers++;
	flow_tell(e, FLOW_ENTERED, NULL, NULL);
	if (own) {
		flow_open_scope(e, own);
	} else if (node->loop != FLOW_ONCE) {
		e->is_body = true;
		flow_loop_start(e);
	} else {
		flow_perform(e);
	}
	return true;
}

static void compensate_next(struct flow_execution *thrower)
{
	struct flow_world *w = thrower->instance->world;
	int64_t id = thrower->id, group = 0;
	while ((thrower = flow_find(w, id))) {
		struct flow_record *r = thrower->pending;
		/* What ran side by side is compensated side by side; all else one after the other. */
		if (thrower->handlers && !(r && r->group && r->group == group))
			return;
		group = r ? r->group : 0;
		if (!r) {
			finish(thrower);
			return;
		}
		thrower->pending = r->next;
		r->next = NULL;
		if (!run_handler(thrower, r) && r->inner) {
			struct flow_record *last = r->inner;
			for (struct flow_record *x = r->inner; x; x = x->next) {
				if (!x->group)
					x->group = r->group;
				last = x;
			}
			last->next = thrower->pending;
			thrower->pending = r->inner;
			r->inner = NULL;
		}
		flow_records_end(r);
	}
}

void flow_compensate(struct flow_execution *thrower, const char *activity, bool waits, int after)
{
	struct flow_execution *scope = flow_scope(thrower);
	struct flow_record **at, **tail = &thrower->pending;
	if (after)
		scope = flow_transaction(thrower);
	/* From an event sub-process what the scope around it did is compensated; its own handler of
	 * compensation has the records of the activity as its own. */
	if (scope->node->is_event_sub && !scope->records && scope->parent)
		scope = flow_scope(scope);
	for (at = &scope->records; *at;) {
		struct flow_record *r = *at;
		if (activity && !str_eq(r->activity->id, activity)) {
			at = &r->next;
			continue;
		}
		*at = r->next;
		r->next = NULL;
		*tail = r;
		tail = &r->next;
	}
	thrower->state = FLOW_COMPENSATES;
	thrower->after_compensation = after;
	if (waits || after) {
		compensate_next(thrower);
		return;
	}
	/* The thrower goes on; an execution that nobody is told of stays in its place. */
	struct flow_execution *rest =
		flow_execution_new(thrower->instance, thrower->parent, thrower->node);
	rest->state = FLOW_COMPENSATES;
	rest->after_compensation = FLOW_THEN_NOTHING;
	rest->pending = thrower->pending;
	thrower->pending = NULL;
	thrower->state = FLOW_ACTIVE;
	flow_completed(thrower);
	compensate_next(rest);
}

void flow_handler_done(struct flow_execution *handler)
{
	struct flow_world *w = handler->instance->world;
	struct flow_execution *scope = flow_scope(handler);
	int64_t id = handler->thrower_id;
	flow_execution_end(handler, false);
	struct flow_execution *thrower = flow_find(w, id);
	if (thrower) {
		thrower->handlers--;
		compensate_next(thrower);
	} else {
		flow_push(w, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
	}
}
