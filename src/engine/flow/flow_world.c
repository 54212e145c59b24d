/* SPDX-License-Identifier: Apache-2.0 */
/* The world, its programs, and commands into the machine. */
#include "engine/flow/flow_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"

struct flow_world *flow_world_new(const struct flow_settings *settings)
{
	struct flow_world *w = calloc(1, sizeof(*w));
	assert(w);
	w->settings = *settings;
	w->waits_tail = &w->waits;
	w->agenda_tail = &w->agenda;
	w->late_tail = &w->late;
	w->letters_tail = &w->letters;
	return w;
}

void flow_world_end(struct flow_world **world)
{
	struct flow_world *w = *world;
	if (!w)
		return;
	w->settings.tell = NULL;
	while (w->first) {
		struct flow_instance *i = w->first;
		w->first = i->next;
		if (i->root)
			flow_execution_end(i->root, true);
		free(i->business_key);
		free(i->error_code);
		free(i);
	}
	while (w->waits)
		flow_wait_end(w, w->waits);
	while (w->letters)
		flow_letter_end(w, w->letters);
	while (w->agenda) {
		struct flow_step *s = w->agenda;
		w->agenda = s->next;
		free(s);
	}
	while (w->programs) {
		struct flow_deployed *d = w->programs;
		w->programs = d->next;
		free(d);
	}
	while (w->late) {
		struct flow_step *s = w->late;
		w->late = s->next;
		free(s);
	}
	free(w->table);
	free(w);
	*world = NULL;
}

void flow_attend(struct flow_world *w, void *who)
{
	w->settings.who = w->settings.bringer = who;
}

static void forget_starts(struct flow_world *w, const struct flow_program *p, const char *process)
{
	for (struct flow_wait *x = w->waits, *next; x; x = next) {
		next = x->next;
		if (x->owner)
			continue;
		if (x->node->program == p || (process && str_eq(x->node->container->id, process)))
			flow_wait_end(w, x);
	}
}

void flow_know(struct flow_world *w, struct flow_program *p, int64_t number)
{
	struct flow_deployed *d = calloc(1, sizeof(*d));
	assert(d);
	d->program = p;
	d->number = number;
	d->next = w->programs;
	w->programs = d;
	if (number > w->deployed)
		w->deployed = number;
}

void flow_deploy(struct flow_world *w, struct flow_program *p)
{
	flow_know(w, p, w->deployed + 1);
	for (unsigned i = 0; i < p->node_count; i++) {
		if (p->nodes[i]->kind != BPMN_PROCESS)
			continue;
		forget_starts(w, NULL, p->nodes[i]->id);
		flow_subscribe_starts(w, p->nodes[i]);
	}
}

void flow_undeploy(struct flow_world *w, struct flow_program *p)
{
	forget_starts(w, p, NULL);
	for (struct flow_deployed **at = &w->programs; *at; at = &(*at)->next) {
		if ((*at)->program == p) {
			struct flow_deployed *gone = *at;
			*at = gone->next;
			free(gone);
			return;
		}
	}
}

int64_t flow_now(const struct flow_world *w)
{
	return w->now;
}

void flow_set_clock(struct flow_world *w, int64_t at)
{
	w->now = at;
}

void flow_clock(struct flow_world *w, int64_t at)
{
	for (;;) {
		struct flow_wait *first = NULL;
		for (struct flow_wait *x = w->waits; x; x = x->next) {
			if (!x->trigger || x->trigger->kind != BPMN_TIMER_DEFINITION ||
			    (x->owner && x->owner->instance->is_suspended))
				continue;
			if (x->due_at <= at && (!first || x->due_at < first->due_at))
				first = x;
		}
		if (!first)
			break;
		if (first->due_at > w->now)
			w->now = first->due_at;
		flow_occurs(w, first, NULL);
		flow_settle(w);
	}
	if (at > w->now)
		w->now = at;
}

enum status flow_fire(struct flow_world *w, int64_t wait)
{
	for (struct flow_wait *x = w->waits; x; x = x->next) {
		if (x->id != wait)
			continue;
		if (!x->trigger || x->trigger->kind != BPMN_TIMER_DEFINITION)
			return ST_CONFLICT;
		flow_occurs(w, x, NULL);
		flow_settle(w);
		return ST_OK;
	}
	return ST_NOT_FOUND;
}

enum status flow_hear(struct flow_world *w, int64_t wait, const json_t *variables)
{
	struct flow_wait *x = w->waits;
	while (x && x->id != wait)
		x = x->next;
	if (!x)
		return ST_NOT_FOUND;
	if (x->trigger && x->trigger->kind != BPMN_MESSAGE_DEFINITION &&
	    x->trigger->kind != BPMN_SIGNAL_DEFINITION)
		return ST_CONFLICT;
	if (x->owner && x->owner->instance->is_suspended)
		return ST_CONFLICT;
	flow_occurs(w, x, variables);
	flow_settle(w);
	return ST_OK;
}

static struct flow_node *process_in(const struct flow_program *p, const char *id)
{
	for (unsigned i = 0; p && i < p->node_count; i++) {
		if (p->nodes[i]->kind == BPMN_PROCESS && str_eq(p->nodes[i]->id, id))
			return p->nodes[i];
	}
	return NULL;
}

struct flow_node *flow_process(struct flow_world *w, const struct flow_program *first,
			       const char *id)
{
	struct flow_node *found = process_in(first, id);
	if (!found && id && w->settings.bring) {
		int64_t number = 0;
		struct flow_program *p = w->settings.bring(w->settings.bringer, id, &number);
		struct flow_deployed *d = w->programs;
		while (d && d->number != number)
			d = d->next;
		if (p && !d)
			flow_know(w, p, number);
		return process_in(p, id);
	}
	for (struct flow_deployed *d = w->programs; d && !found; d = d->next)
		found = process_in(d->program, id);
	return found;
}

enum status flow_start(struct flow_world *w, const char *process, const char *business_key,
		       const json_t *variables, int64_t *instance)
{
	struct flow_node *p = flow_process(w, w->programs ? w->programs->program : NULL, process);
	if (!p)
		return ST_NOT_FOUND;
	bool starts = false, none = false;
	for (unsigned i = 0; i < p->node_count; i++) {
		starts |= flow_starts(p->nodes[i]);
		none |= p->nodes[i]->kind == BPMN_START_EVENT && !p->nodes[i]->trigger_count;
	}
	if (starts && !none)
		return ST_CONFLICT;
	struct flow_instance *i = flow_begin(w, p, NULL, business_key, variables);
	*instance = i->id;
	flow_settle(w);
	return ST_OK;
}

enum status flow_start_at(struct flow_world *w, const char *process, const char *event,
			  const char *business_key, const json_t *variables, int64_t *instance)
{
	struct flow_node *p = flow_process(w, w->programs ? w->programs->program : NULL, process);
	for (unsigned i = 0; p && i < p->node_count; i++) {
		struct flow_node *n = p->nodes[i];
		if (event ? !str_eq(n->id, event) || !flow_starts(n) : n->kind != BPMN_START_EVENT)
			continue;
		struct flow_instance *made = flow_begin_by(w, n, business_key, variables);
		*instance = made->id;
		flow_settle(w);
		return ST_OK;
	}
	return ST_NOT_FOUND;
}

enum status flow_suspend(struct flow_world *w, int64_t instance, bool is_suspended)
{
	struct flow_execution *e = flow_find(w, instance);
	if (!e)
		return ST_NOT_FOUND;
	e->instance->is_suspended = is_suspended;
	if (!is_suspended) {
		w->dirty = true;
		flow_settle(w);
	}
	return ST_OK;
}

/* What comes from a job or task belongs to the process, not to the task. */
static void take_result(struct flow_execution *e, const json_t *variables)
{
	if (variables)
		flow_assign_all(e->is_item ? e->parent : e, variables);
}

enum status flow_complete(struct flow_world *w, int64_t execution, const json_t *variables)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	if (!e->waits || e->instance->is_suspended)
		return ST_CONFLICT;
	take_result(e->state == FLOW_BEFORE && e->parent ? e->parent : e, variables);
	if (flow_is_part(e)) {
		flow_execution_end(e, false);
	} else if (e->state == FLOW_BEFORE) {
		e->state = FLOW_ACTIVE;
		e->waits = e->is_work = false;
		flow_begin_node(e);
	} else {
		e->is_work = false;
		flow_completed(e);
	}
	flow_settle(w);
	return ST_OK;
}

enum status flow_part(struct flow_world *w, int64_t execution, const json_t *locals, int64_t *made)
{
	struct flow_execution *e = flow_find(w, execution);
	const char *name;
	json_t *value;
	if (!e)
		return ST_NOT_FOUND;
	if (!e->waits || e->state != FLOW_ACTIVE || e->node->kind != BPMN_USER_TASK ||
	    flow_is_part(e) || e->is_body || e->instance->is_suspended)
		return ST_CONFLICT;
	struct flow_execution *part = flow_execution_new(e->instance, e, e->node);
	json_object_foreach((json_t *)locals, name, value)
		flow_assign_local(part, name, json_incref(value));
	part->was_told = part->waits = true;
	flow_tell(part, FLOW_ENTERED, NULL, NULL);
	flow_tell(part, FLOW_TASK, NULL, NULL);
	*made = part->id;
	return ST_OK;
}

enum status flow_drop(struct flow_world *w, int64_t execution)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	if (!e->waits || !e->parent || e->is_item || e->is_body || e->thrower_id ||
	    e->instance->is_suspended)
		return ST_CONFLICT;
	flow_execution_end(e, true);
	return ST_OK;
}

enum status flow_throw_error(struct flow_world *w, int64_t execution, const char *code,
			     const char *message, const json_t *variables)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	take_result(e, variables);
	flow_tell(e, FLOW_ERROR, code, message);
	if (!flow_error(e, code, message)) {
		if (w->settings.quiet_errors) {
			struct flow_execution *scope = flow_scope(e);
			flow_execution_end(e, true);
			flow_push(w, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
		} else {
			flow_instance_end(e->instance, FLOW_BROKEN, code);
		}
	}
	flow_settle(w);
	return ST_OK;
}

enum status flow_throw_escalation(struct flow_world *w, int64_t execution, const char *code,
				  const json_t *variables)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	take_result(e, variables);
	flow_tell(e, FLOW_ESCALATION, code, NULL);
	flow_escalate(e, code);
	flow_settle(w);
	return ST_OK;
}

enum status flow_fail(struct flow_world *w, int64_t execution, const char *why)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	flow_stick(e, why);
	return ST_OK;
}

enum status flow_skip(struct flow_world *w, int64_t execution)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	if (e->state != FLOW_STUCK || e->node->kind == BPMN_PROCESS)
		return ST_CONFLICT;
	while (e->last)
		flow_execution_end(e->last, true);
	e->state = FLOW_ACTIVE;
	e->is_work = false;
	free(e->failure);
	e->failure = NULL;
	flow_completed(e);
	flow_settle(w);
	return ST_OK;
}

/* A process, or a sub-process in which something is under way: to be looked at again, not begun again. */
static bool is_open_scope(const struct flow_execution *e)
{
	if (!e->node->nodes || e->is_body || e->node->kind == BPMN_CALL_ACTIVITY)
		return false;
	return e->node->kind == BPMN_PROCESS || e->first || e->token_count;
}

enum status flow_retry(struct flow_world *w, int64_t execution)
{
	struct flow_execution *e = flow_find(w, execution);
	if (!e)
		return ST_NOT_FOUND;
	/* In an endless loop the tokens are gone: such a process can only be cancelled. */
	if (e->state != FLOW_STUCK ||
	    (e->node->kind == BPMN_PROCESS && !e->first && !e->token_count))
		return ST_CONFLICT;
	e->state = FLOW_ACTIVE;
	free(e->failure);
	e->failure = NULL;
	if (e->is_body && !e->first && !e->done)
		flow_loop_start(e); /* how many there are could not be told */
	else if (is_open_scope(e))
		flow_push(w, FLOW_DO_CHECK, e, NULL, NULL, NULL);
	else if (e->node->kind == BPMN_EXCLUSIVE_GATEWAY || e->node->kind == BPMN_INCLUSIVE_GATEWAY)
		flow_completed(e);
	else
		flow_perform(e);
	flow_settle(w);
	return ST_OK;
}

static bool takes_message(const struct flow_wait *x)
{
	return !x->trigger || x->trigger->kind == BPMN_MESSAGE_DEFINITION;
}

enum status flow_message(struct flow_world *w, const char *name, int64_t instance,
			 int64_t execution, const char *business_key, const json_t *variables,
			 int64_t *instance_out)
{
	struct flow_wait *found = NULL, *start = NULL;
	for (struct flow_wait *x = w->waits; x; x = x->next) {
		if (!takes_message(x) || !str_eq(x->name, name))
			continue;
		if (!x->owner) {
			start = instance || execution ? start : x;
			continue;
		}
		if (x->owner->instance->is_suspended)
			continue;
		if ((execution && x->owner->id != execution) ||
		    (instance && x->owner->instance->id != instance) ||
		    (business_key && !str_eq(x->owner->instance->business_key, business_key)))
			continue;
		if (found)
			return ST_CONFLICT;
		found = x;
	}
	if (!found)
		found = start;
	if (!found)
		return ST_NOT_FOUND;
	bool begins = !found->owner;
	const struct flow_instance *newest = w->last;
	if (instance_out && !begins)
		*instance_out = found->owner->instance->id;
	flow_occurs(w, found, variables);
	/* A start that needs several triggers may still wait for the others. */
	if (begins && w->last != newest) {
		if (business_key)
			w->last->business_key = strdup(business_key);
		if (instance_out)
			*instance_out = w->last->id;
	} else if (begins && instance_out) {
		*instance_out = 0;
	}
	flow_settle(w);
	return ST_OK;
}

enum status flow_signal(struct flow_world *w, const char *name, int64_t execution,
			const json_t *variables)
{
	if (!execution) {
		flow_broadcast(w, name, variables, NULL);
		flow_settle(w);
		return ST_OK;
	}
	for (struct flow_wait *x = w->waits; x; x = x->next) {
		if (!x->owner || x->owner->id != execution || !x->trigger ||
		    x->owner->instance->is_suspended ||
		    x->trigger->kind != BPMN_SIGNAL_DEFINITION || !str_eq(x->name, name))
			continue;
		flow_occurs(w, x, variables);
		flow_settle(w);
		return ST_OK;
	}
	return ST_NOT_FOUND;
}

enum status flow_set(struct flow_world *w, int64_t at, const json_t *variables, bool local)
{
	struct flow_execution *e = flow_find(w, at);
	const char *name;
	json_t *value;
	if (!e)
		return ST_NOT_FOUND;
	json_object_foreach((json_t *)variables, name, value)
	{
		if (local)
			flow_assign_local(e, name, json_incref(value));
		else
			flow_assign(e, name, json_incref(value));
	}
	w->dirty = true;
	flow_settle(w);
	return ST_OK;
}

void flow_evaluate_conditions(struct flow_world *w, const json_t *variables)
{
	const struct flow_language *l = w->settings.language;
	int64_t before = w->last_id;
	for (struct flow_wait *x = w->waits, *next; x; x = next) {
		next = x->next;
		if (x->owner || !x->trigger || x->trigger->kind != BPMN_CONDITIONAL_DEFINITION ||
		    x->id > before)
			continue;
		const char *why;
		json_t *v = l->evaluate(l->who, x->trigger->expression, variables, w->now, &why);
		if (json_is_true(v))
			flow_occurs(w, x, variables);
		json_decref(v);
	}
	flow_settle(w);
}

enum status flow_cancel(struct flow_world *w, int64_t instance)
{
	struct flow_execution *e = flow_find(w, instance);
	if (!e)
		return ST_NOT_FOUND;
	if (e->parent)
		return ST_CONFLICT;
	flow_instance_end(e->instance, FLOW_DELETED, NULL);
	flow_settle(w);
	return ST_OK;
}
