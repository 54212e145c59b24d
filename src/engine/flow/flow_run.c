/* SPDX-License-Identifier: Apache-2.0 */
/* The agenda and what a token does at each kind of node (clause 13). Steps are taken first in, first
 * out, so that branches advance side by side and a run is the same every time. */
#include "engine/flow/flow_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

void flow_push(struct flow_world *w, enum flow_do what, struct flow_execution *scope,
	       struct flow_node *node, struct flow_edge *edge, struct flow_execution *e)
{
	struct flow_step *s = calloc(1, sizeof(*s));
	assert(s);
	s->what = what;
	s->scope = scope ? scope->id : 0;
	s->node = node;
	s->edge = edge;
	s->execution = e ? e->id : 0;
	if (what == FLOW_DO_THROW) {
		*w->late_tail = s;
		w->late_tail = &s->next;
	} else {
		*w->agenda_tail = s;
		w->agenda_tail = &s->next;
	}
}

void flow_stick(struct flow_execution *e, const char *why)
{
	if (e->state == FLOW_STUCK)
		return;
	e->state = FLOW_STUCK;
	e->waits = false;
	free(e->failure);
	e->failure = strdup(why);
	flow_tell(e, FLOW_INCIDENT, NULL, why);
}

static bool is_gateway_join(enum bpmn_kind kind)
{
	return kind == BPMN_PARALLEL_GATEWAY || kind == BPMN_INCLUSIVE_GATEWAY ||
	       kind == BPMN_COMPLEX_GATEWAY;
}

/* An activity that wants several tokens takes them from any of its flows. */
static bool enough_tokens(struct flow_execution *scope, struct flow_node *node)
{
	int64_t have = 0, need = node->start_quantity;
	for (unsigned i = 0; i < scope->token_count; i++) {
		if (scope->tokens[i].edge->to == node)
			have += scope->tokens[i].count;
	}
	if (have < need)
		return false;
	for (unsigned i = 0; i < scope->token_count && need; i++) {
		struct flow_token *t = &scope->tokens[i];
		if (t->edge->to != node)
			continue;
		int64_t take = t->count < need ? t->count : need;
		t->count -= take;
		need -= take;
	}
	return true;
}

static void arrive(struct flow_execution *scope, struct flow_edge *edge)
{
	struct flow_node *node = edge->to;
	if (is_gateway_join(node->kind) && node->extras.async_before && node->in_count > 1) {
		/* Each token has its job before it comes to the gateway. */
		struct flow_execution *e = flow_execution_new(scope->instance, scope, node);
		e->was_told = true;
		e->edge = edge;
		e->state = FLOW_BEFORE;
		e->waits = e->is_work = true;
		flow_tell(e, FLOW_ENTERED, NULL, NULL);
		flow_tell(e, FLOW_WORK, "before", NULL);
	} else if (is_gateway_join(node->kind)) {
		flow_token_add(scope, edge);
		flow_arrive_gateway(scope, node);
	} else if (node->start_quantity > 1) {
		flow_token_add(scope, edge);
		if (enough_tokens(scope, node))
			flow_run_node(scope, node);
	} else {
		flow_run_node(scope, node);
	}
}

static void take_step(struct flow_world *w, const struct flow_step *s)
{
	struct flow_execution *scope = flow_find(w, s->scope);
	if (!scope || scope->ending)
		return;
	switch (s->what) {
	case FLOW_DO_ARRIVE: arrive(scope, s->edge); break;
	case FLOW_DO_RUN: flow_run_node(scope, s->node); break;
	case FLOW_DO_THROW: flow_throw(scope, scope->node); break;
	case FLOW_DO_CHECK: flow_check_scope(scope); break;
	}
}

static bool look_at_joins(struct flow_execution *e)
{
	bool fired = e->node->nodes && (e->token_count || e->phase_count) && flow_join_rest(e);
	for (struct flow_execution *c = e->first; c && !fired; c = c->next)
		fired = look_at_joins(c);
	return fired;
}

static bool look_around(struct flow_world *w)
{
	if (w->dirty) {
		w->dirty = false;
		if (flow_look_at_conditions(w))
			return true;
	}
	for (struct flow_instance *i = w->first; i; i = i->next) {
		if (i->root && look_at_joins(i->root))
			return true;
	}
	return false;
}

/* Who is about to wait for a signal shall hear it, however the branches stand in the model: what is
 * thrown is thrown once everything else has come to rest. */
static bool throw_late(struct flow_world *w)
{
	struct flow_step *s = w->late;
	if (!s)
		return false;
	w->late = s->next;
	if (!w->late)
		w->late_tail = &w->late;
	take_step(w, s);
	free(s);
	return true;
}

static void stop_endless(struct flow_world *w, const struct flow_step *s)
{
	struct flow_execution *scope = flow_find(w, s->scope);
	if (scope)
		flow_stick(scope, "the process took 100000 steps without waiting: an endless loop");
	while (w->agenda) {
		struct flow_step *rest = w->agenda;
		w->agenda = rest->next;
		free(rest);
	}
	w->agenda_tail = &w->agenda;
}

void flow_settle(struct flow_world *w)
{
	if (w->running)
		return;
	w->running = true;
	w->steps = 0;
	do {
		while (w->agenda) {
			struct flow_step *s = w->agenda;
			w->agenda = s->next;
			if (!w->agenda)
				w->agenda_tail = &w->agenda;
			if (w->steps++ < FLOW_MAX_STEPS)
				take_step(w, s);
			else
				stop_endless(w, s);
			free(s);
		}
	} while (look_around(w) || throw_late(w) || flow_hand_over(w));
	w->running = false;
}

/* -- into and out of nodes -- */

/* Variables that an activity makes for itself. */
static bool map_inputs(struct flow_execution *e)
{
	for (const struct flow_mapping *m = e->node->extras.inputs; m; m = m->next) {
		json_t *v = m->expression ? flow_evaluate(e, m->expression)
					  : json_string(m->source ? m->source : "");
		if (!v)
			return false;
		flow_assign_local(e, m->target, v);
	}
	for (const struct flow_assignment *a = e->node->inputs; a; a = a->next) {
		json_t *v = a->expression ? flow_evaluate(e, a->expression)
					  : json_incref(flow_lookup(e, a->from));
		if (a->expression && !v)
			return false;
		if (v)
			flow_assign_local(e, a->to, v);
	}
	return true;
}

static bool map_outputs(struct flow_execution *e)
{
	struct flow_execution *outer = e->parent ? e->parent : e;
	for (const struct flow_mapping *m = e->node->extras.outputs; m; m = m->next) {
		json_t *v = m->expression ? flow_evaluate(e, m->expression)
					  : json_string(m->source ? m->source : "");
		if (!v)
			return false;
		flow_assign(outer, m->target, v);
	}
	for (const struct flow_assignment *a = e->node->outputs; a; a = a->next) {
		json_t *v = a->expression ? flow_evaluate(e, a->expression)
					  : json_incref(flow_lookup(e, a->from));
		if (a->expression && !v)
			return false;
		if (v)
			flow_assign(outer, a->to, v);
	}
	return true;
}

/* The activity itself, once whatever stands before it (a job) is done. */
void flow_begin_node(struct flow_execution *e)
{
	struct flow_node *n = e->node;
	int64_t id = e->id;
	struct flow_world *w = e->instance->world;
	if (e->edge) {
		struct flow_execution *scope = flow_scope(e);
		struct flow_edge *edge = e->edge;
		flow_execution_end(e, false);
		flow_token_add(scope, edge);
		flow_arrive_gateway(scope, n);
		return;
	}
	if (e->is_item) {
		flow_begin_item(e);
		return;
	}
	if (bpmn_is(n->element, BPMN_ACTIVITY)) {
		for (unsigned i = 0; i < n->boundary_count; i++)
			flow_subscribe(e, n->boundaries[i]);
		if (n->loop != FLOW_ONCE) {
			e->is_body = true;
			flow_loop_start(e);
			return;
		}
	}
	if (map_inputs(e) && flow_find(w, id))
		flow_perform(e);
}

void flow_run_node(struct flow_execution *scope, struct flow_node *node)
{
	struct flow_execution *e = flow_execution_new(scope->instance, scope, node);
	e->was_told = true;
	flow_tell(e, FLOW_ENTERED, NULL, NULL);
	if (node->extras.async_before && !(is_gateway_join(node->kind) && node->in_count > 1)) {
		e->state = FLOW_BEFORE;
		e->waits = e->is_work = true;
		flow_tell(e, FLOW_WORK, "before", NULL);
		return;
	}
	flow_begin_node(e);
}

static void do_work(struct flow_execution *e)
{
	struct flow_node *n = e->node;
	if (!n->work_expression) {
		e->waits = e->is_work = true;
		flow_tell(e, FLOW_WORK, NULL, NULL);
		return;
	}
	json_t *v = flow_evaluate(e, n->work_expression);
	if (!v)
		return;
	if (n->extras.result_variable)
		flow_assign(e->parent, n->extras.result_variable, v);
	else
		json_decref(v);
	flow_completed(e);
}

static void send(struct flow_execution *e)
{
	if (!e->node->message) {
		do_work(e);
		return;
	}
	flow_tell(e, FLOW_MESSAGE, e->node->message, NULL);
	flow_deliver(e->instance->world, e, e->node->message, NULL);
	flow_completed(e);
}

void flow_perform(struct flow_execution *e)
{
	struct flow_node *n = e->node;
	switch (n->kind) {
	case BPMN_USER_TASK:
		e->waits = true;
		flow_tell(e, FLOW_TASK, NULL, NULL);
		break;
	case BPMN_SERVICE_TASK:
	case BPMN_SCRIPT_TASK:
	case BPMN_BUSINESS_RULE_TASK: do_work(e); break;
	case BPMN_SEND_TASK: send(e); break;
	case BPMN_RECEIVE_TASK:
		e->waits = true;
		flow_subscribe(e, n);
		break;
	case BPMN_CALL_ACTIVITY: flow_call(e); break;
	case BPMN_SUB_PROCESS:
	case BPMN_TRANSACTION:
	case BPMN_AD_HOC_SUB_PROCESS: flow_open_scope(e, NULL); break;
	case BPMN_EXCLUSIVE_GATEWAY:
	case BPMN_INCLUSIVE_GATEWAY:
	case BPMN_COMPLEX_GATEWAY:
	case BPMN_PARALLEL_GATEWAY: flow_completed(e); break;
	case BPMN_EVENT_BASED_GATEWAY:
		for (unsigned i = 0; i < n->out_count; i++)
			flow_subscribe(e, n->out[i]->to);
		break;
	case BPMN_INTERMEDIATE_CATCH_EVENT:
		if (n->triggers && n->triggers->kind == BPMN_LINK_DEFINITION) {
			flow_completed(e);
			break;
		}
		e->waits = true;
		flow_subscribe(e, n);
		break;
	case BPMN_INTERMEDIATE_THROW_EVENT:
	case BPMN_END_EVENT:
		if (n->triggers && (n->triggers->kind == BPMN_SIGNAL_DEFINITION ||
				    n->triggers->kind == BPMN_MESSAGE_DEFINITION))
			flow_push(e->instance->world, FLOW_DO_THROW, e, NULL, NULL, NULL);
		else
			flow_throw(e, n);
		break;
	default: /* none start events, abstract and manual tasks: nothing for the machine to do */
		flow_completed(e);
		break;
	}
}

/* Whether the flow is taken; a condition without value sticks 'e'. */
static bool takes(struct flow_execution *e, struct flow_edge *edge, bool *failed)
{
	if (!edge->condition)
		return true;
	bool bad = false;
	bool is = flow_is_true(e, edge->condition, &bad);
	if (bad) {
		flow_stick(e, "a condition has no value");
		*failed = true;
	}
	return is;
}

static void send_token(struct flow_execution *scope, struct flow_edge *edge)
{
	flow_push(scope->instance->world, FLOW_DO_ARRIVE, scope, NULL, edge, NULL);
}

/* Sends the tokens of 'e' on. False: it is stuck. */
static bool send_on(struct flow_execution *scope, struct flow_execution *e)
{
	struct flow_node *n = e->node;
	bool failed = false, one = n->kind == BPMN_EXCLUSIVE_GATEWAY, some = false;
	bool all = n->kind == BPMN_PARALLEL_GATEWAY || n->kind == BPMN_EVENT_BASED_GATEWAY;
	for (unsigned i = 0; i < n->out_count && !(one && some); i++) {
		struct flow_edge *edge = n->out[i];
		if (!all && (edge == n->fallback || !takes(e, edge, &failed)))
			continue;
		for (int64_t k = 0; k < n->completion_quantity; k++)
			send_token(scope, edge);
		some = true;
	}
	if (failed)
		return false;
	bool conditional_taken = some;
	if (!one && n->fallback && some && !bpmn_is(n->element, BPMN_GATEWAY)) {
		/* Beside a default flow the unconditional ones go always; it goes when no
		 * condition held. */
		conditional_taken = false;
		for (unsigned i = 0; i < n->out_count; i++)
			conditional_taken |= n->out[i] != n->fallback && n->out[i]->condition &&
					     takes(e, n->out[i], &failed);
	}
	if (n->fallback && !conditional_taken && !all) {
		for (int64_t k = 0; k < n->completion_quantity; k++)
			send_token(scope, n->fallback);
		some = true;
	}
	if (!some && n->out_count) {
		flow_stick(e, "no outgoing sequence flow has a condition that is true");
		return false;
	}
	return true;
}

static void leave(struct flow_execution *scope, struct flow_execution *e)
{
	if (!send_on(scope, e))
		return;
	flow_execution_end(e, false);
	flow_push(scope->instance->world, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
}

void flow_completed(struct flow_execution *e)
{
	struct flow_node *n = e->node;
	int64_t id = e->id;
	struct flow_world *w = e->instance->world;
	e->waits = false;
	if (e->state != FLOW_AFTER && n->extras.async_after && !e->is_item) {
		e->state = FLOW_AFTER;
		e->waits = e->is_work = true;
		flow_tell(e, FLOW_WORK, "after", NULL);
		return;
	}
	if (!e->is_body && (!map_outputs(e) || !flow_find(w, id)))
		return;
	if (e->is_item) {
		flow_loop_item_done(e);
		return;
	}
	flow_record(e);
	if (e->thrower_id) {
		flow_handler_done(e);
		return;
	}
	struct flow_execution *scope = flow_scope(e);
	assert(scope); /* only a process has none, and it is not completed here */
	leave(scope, e);
}
