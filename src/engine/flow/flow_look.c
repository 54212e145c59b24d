/* SPDX-License-Identifier: Apache-2.0 */
/* Looking at the world without changing it: executions, what waits, variables, outcomes. */
#include "base/text.h"
#include "engine/flow/flow_private.h"

static void see_tree(const struct flow_execution *e,
		     void (*see)(void *who, const struct flow_view *v), void *who)
{
	const struct flow_execution *scope = flow_scope((struct flow_execution *)e);
	struct flow_view v = {
		.id = e->id,
		.instance = e->instance->id,
		.parent = e->parent ? e->parent->id : 0,
		.scope = scope ? scope->id : 0,
		.element = e->node->element,
		.kind = e->node->kind,
		.is_root = e->node->kind == BPMN_PROCESS,
		.is_body = e->is_body,
		.waits = e->waits,
		.is_part = flow_is_part(e),
		.is_async = e->state == FLOW_BEFORE || e->state == FLOW_AFTER,
		.is_work = e->is_work,
		.is_incident = e->state == FLOW_STUCK,
		.failure = e->failure,
		.is_suspended = e->instance->is_suspended,
		.index = (int)e->index,
		.business_key = e->instance->business_key,
		.variables = e->variables,
	};
	see(who, &v);
	for (const struct flow_execution *c = e->first; c; c = c->next)
		see_tree(c, see, who);
}

void flow_walk(const struct flow_world *w, void (*see)(void *who, const struct flow_view *v),
	       void *who)
{
	for (const struct flow_instance *i = w->first; i; i = i->next) {
		if (i->root)
			see_tree(i->root, see, who);
	}
}

void flow_waits(const struct flow_world *w, void (*see)(void *who, const struct flow_wait_view *v),
		void *who)
{
	for (const struct flow_wait *x = w->waits; x; x = x->next) {
		struct flow_wait_view v = {
			.id = x->id,
			.execution = x->owner ? x->owner->id : 0,
			.instance = x->owner ? x->owner->instance->id : 0,
			.kind = x->trigger ? x->trigger->kind : BPMN_RECEIVE_TASK,
			.element = x->node->element,
			.name = x->name,
			.due_at = x->due_at,
			.repeats = x->repeats,
			.period = x->period,
			.months = x->period_months,
			.business_key = x->owner ? x->owner->instance->business_key : NULL,
			.is_suspended = x->owner && x->owner->instance->is_suspended,
			.is_start = !x->owner,
		};
		see(who, &v);
	}
}

json_t *flow_get(const struct flow_world *w, int64_t at, const char *name)
{
	struct flow_execution *e = flow_find(w, at);
	return e ? flow_lookup(e, name) : NULL;
}

const struct bpmn_element *flow_element(const struct flow_world *w, int64_t execution)
{
	const struct flow_execution *e = flow_find(w, execution);
	return e ? e->node->element : NULL;
}

json_t *flow_local(const struct flow_world *w, int64_t at, const char *name)
{
	struct flow_execution *e = flow_find(w, at);
	return e && e->variables ? json_object_get(e->variables, name) : NULL;
}

json_t *flow_variables(const struct flow_world *w, int64_t at)
{
	struct flow_execution *e = flow_find(w, at);
	return e ? flow_environment(e) : json_object();
}

bool flow_start_holds(const struct flow_program *p, const char *process, const char *event,
		      const struct flow_language *l, const json_t *variables, int64_t now_at)
{
	for (unsigned i = 0; i < p->node_count; i++) {
		const struct flow_node *n = p->nodes[i];
		if (!str_eq(n->id, event) || !n->container || !str_eq(n->container->id, process))
			continue;
		for (const struct flow_trigger *t = n->triggers; t; t = t->next) {
			const char *why;
			if (t->kind != BPMN_CONDITIONAL_DEFINITION)
				continue;
			json_t *v = l->evaluate(l->who, t->expression, variables, now_at, &why);
			bool holds = json_is_true(v);
			json_decref(v);
			if (holds)
				return true;
		}
	}
	return false;
}

static const struct flow_instance *instance_of(const struct flow_world *w, int64_t id)
{
	const struct flow_instance *i = w->first;
	while (i && i->id != id)
		i = i->next;
	return i;
}

enum flow_outcome flow_outcome(const struct flow_world *w, int64_t instance)
{
	const struct flow_instance *i = instance_of(w, instance);
	return i ? i->outcome : FLOW_RUNNING;
}

const char *flow_error_code(const struct flow_world *w, int64_t instance)
{
	const struct flow_instance *i = instance_of(w, instance);
	return i ? i->error_code : NULL;
}
