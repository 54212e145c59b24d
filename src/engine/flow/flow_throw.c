/* SPDX-License-Identifier: Apache-2.0 */
/* Throwing: signals to all, messages to their receivers or kept for them, and the events that end or
 * undo their scope. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_private.h"

unsigned flow_broadcast(struct flow_world *w, const char *name, const json_t *payload,
			const struct flow_instance *only)
{
	unsigned count = 0, room = 0, done = 0;
	int64_t *ids = NULL;
	for (const struct flow_wait *x = w->waits; x; x = x->next) {
		if (!x->trigger || x->trigger->kind != BPMN_SIGNAL_DEFINITION ||
		    !str_eq(x->name, name) || (x->owner && x->owner->instance->is_suspended) ||
		    (only && (!x->owner || x->owner->instance != only)) ||
		    (!only && x->owner && x->trigger->in_instance))
			continue;
		if (count == room) {
			room = room ? 2 * room : 16;
			ids = realloc(ids, room * sizeof(*ids));
			assert(ids);
		}
		ids[count++] = x->id;
	}
	/* Who began to wait because of the signal itself does not get it. */
	for (unsigned i = 0; i < count; i++) {
		struct flow_wait *x = w->waits;
		while (x && x->id != ids[i])
			x = x->next;
		if (!x)
			continue;
		flow_occurs(w, x, payload);
		done++;
	}
	free(ids);
	return done;
}

/* Where the message flow that begins at 'from' ends, or NULL. */
static const struct bpmn_element *flow_target(const struct bpmn_element *from)
{
	const struct bpmn_model *m = from->model;
	for (uint32_t i = 0; i < bpmn_count(m); i++) {
		const struct bpmn_element *f = bpmn_at(m, i);
		if (f->kind == BPMN_MESSAGE_FLOW && bpmn_ref(f, "sourceRef") == from)
			return bpmn_ref(f, "targetRef");
	}
	return NULL;
}

static bool takes_message(const struct flow_wait *x)
{
	return !x->trigger || x->trigger->kind == BPMN_MESSAGE_DEFINITION;
}

/* The newest thousand are kept. */
#define MAX_LETTERS 1000

void flow_letter_end(struct flow_world *w, struct flow_letter *letter)
{
	struct flow_letter **at = &w->letters;
	while (*at != letter)
		at = &(*at)->next;
	*at = letter->next;
	if (w->letters_tail == &letter->next)
		w->letters_tail = at;
	w->letter_count--;
	json_decref(letter->payload);
	free(letter->name);
	free(letter);
}

static void keep_letter(struct flow_world *w, const struct bpmn_element *to, const char *name,
			const json_t *payload)
{
	struct flow_letter *l = calloc(1, sizeof(*l));
	assert(l);
	if (w->letter_count == MAX_LETTERS)
		flow_letter_end(w, w->letters);
	l->to = to;
	l->name = strdup(name ? name : "");
	l->payload = payload ? json_deep_copy(payload) : NULL;
	*w->letters_tail = l;
	w->letters_tail = &l->next;
	w->letter_count++;
}

bool flow_deliver(struct flow_world *w, struct flow_execution *from, const char *name,
		  const json_t *payload)
{
	if (!w->settings.deliver)
		return false;
	const struct bpmn_element *to = flow_target(from->node->element);
	struct flow_wait *found = NULL;
	for (struct flow_wait *x = w->waits; x && !found && to; x = x->next) {
		if (takes_message(x) && x->node->element == to)
			found = x;
	}
	for (struct flow_wait *x = w->waits; x && !found && name; x = x->next) {
		if (takes_message(x) && str_eq(x->name, name))
			found = x;
	}
	if (!found) {
		keep_letter(w, to, name, payload);
		return false;
	}
	flow_occurs(w, found, payload);
	return true;
}

bool flow_hand_over(struct flow_world *w)
{
	for (struct flow_letter *l = w->letters; l; l = l->next) {
		struct flow_wait *found = NULL;
		for (struct flow_wait *x = w->waits; x && !found; x = x->next) {
			if (takes_message(x) && x->owner && !x->owner->instance->is_suspended &&
			    (l->to ? x->node->element == l->to || str_eq(x->name, l->name)
				   : str_eq(x->name, l->name)))
				found = x;
		}
		if (!found)
			continue;
		flow_occurs(w, found, l->payload);
		flow_letter_end(w, l);
		return true;
	}
	return false;
}

/* A multi-instance tells its boundary events; whether it ends is its behaviour's affair. */
static void throw_to_boundary(struct flow_execution *body, struct flow_trigger *t)
{
	for (unsigned i = 0; i < body->node->boundary_count; i++) {
		struct flow_node *b = body->node->boundaries[i];
		for (struct flow_trigger *x = b->triggers; x; x = x->next) {
			if (x->kind != t->kind || (x->name && !str_eq(x->name, t->name)))
				continue;
			flow_leave_event(flow_scope(body), b);
			return;
		}
	}
}

void flow_throw_trigger(struct flow_execution *e, struct flow_trigger *t)
{
	struct flow_world *w = e->instance->world;
	if (e->is_body) {
		throw_to_boundary(e, t);
		return;
	}
	char *name = flow_current_name(e, t->name, t->name_expression);
	if (!name)
		return;
	if (t->kind == BPMN_SIGNAL_DEFINITION) {
		flow_tell(e, FLOW_SIGNAL, name, NULL);
		char *key = t->passes_key && e->instance->business_key
				    ? strdup(e->instance->business_key)
				    : NULL;
		w->thrown_key = key;
		flow_broadcast(w, name, NULL, t->in_instance ? e->instance : NULL);
		w->thrown_key = NULL;
		free(key);
	} else if (t->kind == BPMN_MESSAGE_DEFINITION) {
		flow_tell(e, FLOW_MESSAGE, name, NULL);
		flow_deliver(w, e, name, NULL);
	} else if (t->kind == BPMN_ESCALATION_DEFINITION) {
		flow_tell(e, FLOW_ESCALATION, t->name, NULL);
		flow_escalate(e, t->name);
	}
	free(name);
}

static void cancel_transaction(struct flow_execution *e)
{
	struct flow_execution *t = flow_transaction(e);
	if (!t) {
		flow_stick(e, "a cancel event outside of a transaction");
		return;
	}
	for (struct flow_execution *c = t->first, *next; c; c = next) {
		next = c->next;
		struct flow_execution *up = e;
		while (up && up != c)
			up = up->parent;
		if (!up)
			flow_execution_end(c, true);
	}
	t->token_count = 0;
	flow_compensate(e, NULL, true, FLOW_THEN_CANCEL);
}

static void terminate(struct flow_execution *e)
{
	struct flow_execution *scope = flow_scope(e);
	struct flow_world *w = e->instance->world;
	flow_execution_end(e, false);
	scope->ending = true;
	while (scope->last)
		flow_execution_end(scope->last, true);
	scope->ending = false;
	scope->token_count = scope->phase_count = 0;
	for (struct flow_step *s = w->agenda; s; s = s->next) {
		if (s->scope == scope->id)
			s->what = FLOW_DO_CHECK;
	}
	if (scope->node->kind == BPMN_PROCESS && !scope->parent)
		flow_instance_end(scope->instance, FLOW_TERMINATED, NULL);
	else
		flow_push(w, FLOW_DO_CHECK, scope, NULL, NULL, NULL);
}

static void jump(struct flow_execution *e, struct flow_trigger *t)
{
	struct flow_execution *scope = flow_scope(e);
	for (unsigned i = 0; i < scope->node->node_count; i++) {
		struct flow_node *n = scope->node->nodes[i];
		if (n->kind != BPMN_INTERMEDIATE_CATCH_EVENT || !n->triggers ||
		    n->triggers->kind != BPMN_LINK_DEFINITION)
			continue;
		if (!str_eq(n->triggers->name, t->name) &&
		    !str_eq(n->triggers->element->id, t->target))
			continue;
		flow_execution_end(e, false);
		flow_leave_event(scope, n);
		return;
	}
	flow_stick(e, "there is no link event of that name to go to");
}

void flow_throw(struct flow_execution *e, struct flow_node *event)
{
	struct flow_world *w = e->instance->world;
	int64_t id = e->id;
	for (struct flow_trigger *t = event->triggers; t; t = t->next) {
		switch (t->kind) {
		case BPMN_ERROR_DEFINITION:
			flow_tell(e, FLOW_ERROR, t->name, NULL);
			if (flow_error(e, t->name, NULL))
				return;
			if (!w->settings.quiet_errors) {
				flow_instance_end(e->instance, FLOW_BROKEN, t->name ? t->name : "");
				return;
			}
			break;
		case BPMN_TERMINATE_DEFINITION: terminate(e); return;
		case BPMN_CANCEL_DEFINITION: cancel_transaction(e); return;
		case BPMN_LINK_DEFINITION: jump(e, t); return;
		case BPMN_COMPENSATE_DEFINITION:
			flow_compensate(e, t->target, t->waits, FLOW_THEN_LEAVE);
			return;
		default: flow_throw_trigger(e, t); break;
		}
		if (!flow_find(w, id))
			return; /* what was thrown ended the thrower */
	}
	flow_completed(e);
}
