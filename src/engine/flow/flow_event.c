/* SPDX-License-Identifier: Apache-2.0 */
/* Events: what waits for them, what throws them, and what happens when they meet (clause 10.5). */
#include "engine/flow/flow_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

static struct flow_wait *add_wait(struct flow_world *w, struct flow_execution *owner,
				  struct flow_node *node, struct flow_trigger *t, const char *name)
{
	struct flow_wait *wait = calloc(1, sizeof(*wait));
	assert(wait);
	wait->id = ++w->last_id;
	wait->owner = owner;
	wait->node = node;
	wait->trigger = t;
	wait->name = strdup(name ? name : "");
	*w->waits_tail = wait;
	w->waits_tail = &wait->next;
	return wait;
}

/* Sets the wait's due time from its text. False: it is no time. */
static bool set_due(struct flow_world *w, struct flow_wait *wait, const char *text)
{
	int64_t us = 0, months = 0, first = 0;
	if (flow_parse_date(text, &wait->due_at))
		return true;
	if (flow_parse_cycle(text, &wait->repeats, &us, &months, &first)) {
		wait->period = us;
		wait->period_months = months;
		wait->due_at = first ? first : flow_add_months(w->now, months) + us;
		/* R3 fires three times; the wait counts what comes after the first. */
		if (wait->repeats > 0)
			wait->repeats--;
		return true;
	}
	if (flow_parse_duration(text, &us, &months)) {
		wait->due_at = flow_add_months(w->now, months) + us;
		return true;
	}
	return false;
}

static void subscribe_timer(struct flow_world *w, struct flow_execution *owner,
			    struct flow_node *node, struct flow_trigger *t)
{
	json_t *computed = NULL;
	const char *text = t->text;
	if (t->timed_outside) {
		add_wait(w, owner, node, t, NULL)->due_at = FLOW_NEVER;
		return;
	}
	if (t->expression) {
		if (owner) {
			computed = flow_evaluate(owner, t->expression);
		} else {
			const char *why = NULL;
			json_t *none = json_object();
			computed = w->settings.language->evaluate(
				w->settings.language->who, t->expression, none, w->now, &why);
			json_decref(none);
		}
		text = computed ? json_string_value(computed) : NULL;
	}
	struct flow_wait *wait = text ? add_wait(w, owner, node, t, NULL) : NULL;
	if (wait && !set_due(w, wait, text)) {
		flow_wait_end(w, wait);
		wait = NULL;
	}
	if (!wait && owner)
		flow_stick(owner, "a timer has no date, duration or repetition");
	json_decref(computed);
}

/* The name as it is now; NULL when it cannot be computed. The caller frees it. */
char *flow_current_name(struct flow_execution *e, const char *name, void *computed)
{
	if (!computed || !e)
		return strdup(name ? name : "");
	json_t *v = flow_evaluate(e, computed);
	char *text = json_is_string(v) ? strdup(json_string_value(v)) : NULL;
	json_decref(v);
	return text;
}

static void subscribe_one(struct flow_world *w, struct flow_execution *owner,
			  struct flow_node *node, struct flow_trigger *t)
{
	char *name;
	switch (t->kind) {
	case BPMN_MESSAGE_DEFINITION:
	case BPMN_SIGNAL_DEFINITION:
		name = flow_current_name(owner, t->name, t->name_expression);
		if (name)
			add_wait(w, owner, node, t, name);
		free(name);
		break;
	case BPMN_CONDITIONAL_DEFINITION:
		add_wait(w, owner, node, t, NULL);
		w->dirty = true;
		break;
	case BPMN_TIMER_DEFINITION: subscribe_timer(w, owner, node, t); break;
	default: /* errors, escalations, cancels and compensations look for their handlers */ break;
	}
}

void flow_subscribe(struct flow_execution *owner, struct flow_node *event)
{
	struct flow_world *w = owner->instance->world;
	if (event->kind == BPMN_RECEIVE_TASK) {
		char *name = flow_current_name(owner, event->message, event->message_expression);
		add_wait(w, owner, event, NULL, name);
		free(name);
	}
	for (struct flow_trigger *t = event->triggers; t; t = t->next)
		subscribe_one(w, owner, event, t);
}

void flow_subscribe_starts(struct flow_world *w, struct flow_node *process)
{
	for (unsigned i = 0; i < process->node_count; i++) {
		struct flow_node *n = process->nodes[i];
		if (n->kind == BPMN_RECEIVE_TASK && n->instantiates)
			add_wait(w, NULL, n, NULL, n->message);
		for (unsigned k = 0;
		     n->kind == BPMN_EVENT_BASED_GATEWAY && n->instantiates && k < n->out_count;
		     k++) {
			struct flow_node *to = n->out[k]->to;
			if (to->kind == BPMN_RECEIVE_TASK)
				add_wait(w, NULL, to, NULL, to->message);
			for (struct flow_trigger *t = to->triggers; t; t = t->next)
				subscribe_one(w, NULL, to, t);
		}
		if (n->kind != BPMN_START_EVENT)
			continue;
		for (struct flow_trigger *t = n->triggers; t; t = t->next)
			subscribe_one(w, NULL, n, t);
	}
}

/* -- beginning -- */

struct flow_instance *flow_begin(struct flow_world *w, struct flow_node *process,
				 struct flow_node *start, const char *business_key,
				 const json_t *variables)
{
	struct flow_instance *i = calloc(1, sizeof(*i));
	assert(i);
	i->world = w;
	i->process = process;
	if (!business_key)
		business_key = w->thrown_key;
	i->business_key = business_key ? strdup(business_key) : NULL;
	i->root = flow_execution_new(i, NULL, process);
	i->id = i->root->id;
	i->root->variables = variables ? json_copy((json_t *)variables) : json_object();
	i->root->was_told = true;
	if (w->last)
		w->last->next = i;
	else
		w->first = i;
	w->last = i;
	w->dirty = true;
	flow_tell(i->root, FLOW_STARTED, process->id, NULL);
	flow_open_scope(i->root, start);
	return i;
}

/* The gateway that begins a process before 'event', if there is one. */
static struct flow_node *gateway_before(const struct flow_node *event)
{
	for (unsigned i = 0; i < event->in_count; i++) {
		if (event->in[i]->from->kind == BPMN_EVENT_BASED_GATEWAY)
			return event->in[i]->from;
	}
	return NULL;
}

void flow_leave_event(struct flow_execution *scope, struct flow_node *event)
{
	struct flow_execution *e = flow_execution_new(scope->instance, scope, event);
	e->was_told = true;
	flow_tell(e, FLOW_ENTERED, NULL, NULL);
	flow_completed(e);
}

/* A start event, receive task or event behind a gateway begins an instance: it has happened already.
 * Behind a parallel gateway the other events are waited for in the same instance. */
struct flow_instance *flow_begin_by(struct flow_world *w, struct flow_node *event, const char *key,
				    const json_t *payload)
{
	struct flow_node *process = event->container, *gateway = NULL;
	if (event->kind == BPMN_START_EVENT)
		return flow_begin(w, process, event, key, payload);
	gateway = gateway_before(event);
	struct flow_instance *i = flow_begin(w, process, event, key, payload);
	/* What flow_begin() put on the agenda would wait for the event once more. */
	for (struct flow_step *s = w->agenda; s; s = s->next) {
		if (s->scope == i->id && s->what == FLOW_DO_RUN)
			s->what = FLOW_DO_CHECK;
	}
	flow_leave_event(i->root, event);
	for (unsigned k = 0; gateway && gateway->is_parallel_start && k < gateway->out_count; k++) {
		if (gateway->out[k]->to != event)
			flow_run_node(i->root, gateway->out[k]->to);
	}
	return i;
}

bool flow_starts(const struct flow_node *n)
{
	const struct flow_node *gateway;
	if (n->kind == BPMN_START_EVENT || (n->kind == BPMN_RECEIVE_TASK && n->instantiates))
		return true;
	gateway = gateway_before(n);
	return gateway && gateway->instantiates;
}

/* -- happening -- */

static unsigned still_waits(const struct flow_world *w, const struct flow_execution *owner,
			    const struct flow_node *node)
{
	unsigned n = 0;
	for (const struct flow_wait *x = w->waits; x; x = x->next)
		n += x->owner == owner && x->node == node;
	return n;
}

/* The wait is used up, or armed once more: a cycle, a start, what does not interrupt. */
static void use_wait(struct flow_world *w, struct flow_wait *wait)
{
	bool stays = !wait->owner || (wait->node != wait->owner->node && !wait->node->interrupts &&
				      !wait->node->all_triggers);
	if (wait->trigger && wait->trigger->kind == BPMN_TIMER_DEFINITION) {
		stays = wait->repeats && (wait->period || wait->period_months);
		if (stays) {
			wait->repeats -= wait->repeats > 0;
			wait->due_at =
				flow_add_months(wait->due_at, wait->period_months) + wait->period;
		}
	}
	if (!stays)
		flow_wait_end(w, wait);
}

void flow_occurs(struct flow_world *w, struct flow_wait *wait, const json_t *payload)
{
	struct flow_node *node = wait->node;
	struct flow_execution *owner = wait->owner;
	if (!owner && node->all_triggers) {
		/* A start that needs all of its triggers remembers which have come. */
		wait->was_true = true;
		for (struct flow_wait *x = w->waits; x; x = x->next) {
			if (!x->owner && x->node == node && !x->was_true)
				return;
		}
		for (struct flow_wait *x = w->waits; x; x = x->next) {
			if (!x->owner && x->node == node)
				x->was_true = false;
		}
	}
	use_wait(w, wait);
	if (!owner) {
		flow_begin_by(w, node, NULL, payload);
		return;
	}
	if (node->all_triggers && still_waits(w, owner, node)) {
		flow_assign_all(owner, payload);
		return;
	}
	if (node->kind == BPMN_BOUNDARY_EVENT || node->kind == BPMN_START_EVENT) {
		if (node->all_triggers && !node->interrupts)
			flow_subscribe(owner, node); /* for the next time */
		flow_catch(owner, node, payload);
	} else if (owner->node == node) {
		flow_assign_all(owner->is_item ? owner->parent : owner, payload);
		/* A cycle in normal flow lets a token go each time; the last one ends it. */
		if (!w->settings.single_cycles && still_waits(w, owner, node) &&
		    !node->all_triggers && node->trigger_count == 1) {
			flow_leave_event(flow_scope(owner), node);
			return;
		}
		flow_completed(owner);
	} else { /* an event-based gateway */
		struct flow_execution *scope = flow_scope(owner);
		flow_assign_all(scope, payload);
		flow_execution_end(owner, false);
		flow_leave_event(scope, node);
	}
}

bool flow_look_at_conditions(struct flow_world *w)
{
	const struct flow_language *l = w->settings.language;
	for (struct flow_wait *x = w->waits; x; x = x->next) {
		if (!x->trigger || x->trigger->kind != BPMN_CONDITIONAL_DEFINITION || !x->owner ||
		    x->owner->instance->is_suspended)
			continue;
		const char *why;
		json_t *environment = flow_environment(x->owner);
		json_t *v = l->evaluate(l->who, x->trigger->expression, environment, w->now, &why);
		json_decref(environment);
		bool is = json_is_true(v), was = x->was_true;
		json_decref(v);
		x->was_true = is;
		if (is && !was) {
			w->dirty = true; /* the others are looked at afterwards */
			flow_occurs(w, x, NULL);
			return true;
		}
	}
	return false;
}

enum status flow_ask_conditions(struct flow_world *w, int64_t instance, const json_t *variables)
{
	for (struct flow_wait *x = w->waits; x; x = x->next) {
		if (x->trigger && x->trigger->kind == BPMN_CONDITIONAL_DEFINITION && x->owner &&
		    x->owner->instance->id == instance)
			x->was_true = false;
	}
	return flow_set(w, instance, variables, false);
}
