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
static char *current_name(struct flow_execution *e, const char *name, void *computed)
{
	if (!computed || !e)
		return strdup(name ? name : "");
	json_t *v = flow_evaluate(e, computed);
	char *text = v && json_is_string(v) ? strdup(json_string_value(v)) : NULL;
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
		name = current_name(owner, t->name, t->name_expression);
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
		char *name = current_name(owner, event->message, event->message_expression);
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
static struct flow_node *gateway_before(struct flow_node *event)
{
	for (unsigned i = 0; i < event->in_count; i++) {
		if (event->in[i]->from->kind == BPMN_EVENT_BASED_GATEWAY)
			return event->in[i]->from;
	}
	return NULL;
}

static void leave_event(struct flow_execution *scope, struct flow_node *event)
{
	struct flow_execution *e = flow_execution_new(scope->instance, scope, event);
	e->was_told = true;
	flow_tell(e, FLOW_ENTERED, NULL, NULL);
	flow_completed(e);
}

/* A start event, receive task or event behind a gateway begins an instance: it has happened already.
 * Behind a parallel gateway the other events are waited for in the same instance. */
static void begin_by(struct flow_world *w, struct flow_node *event, const json_t *payload)
{
	struct flow_node *process = event->container, *gateway = NULL;
	if (event->kind == BPMN_START_EVENT) {
		flow_begin(w, process, event, NULL, payload);
		return;
	}
	gateway = gateway_before(event);
	struct flow_instance *i = flow_begin(w, process, event, NULL, payload);
	/* What flow_begin() put on the agenda would wait for the event once more. */
	for (struct flow_step *s = w->agenda; s; s = s->next) {
		if (s->scope == i->id && s->what == FLOW_DO_RUN)
			s->what = FLOW_DO_CHECK;
	}
	leave_event(i->root, event);
	for (unsigned k = 0; gateway && gateway->is_parallel_start && k < gateway->out_count; k++) {
		if (gateway->out[k]->to != event)
			flow_run_node(i->root, gateway->out[k]->to);
	}
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
		begin_by(w, node, payload);
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
		if (still_waits(w, owner, node) && !node->all_triggers &&
		    node->trigger_count == 1) {
			leave_event(flow_scope(owner), node);
			return;
		}
		flow_completed(owner);
	} else { /* an event-based gateway */
		struct flow_execution *scope = flow_scope(owner);
		flow_assign_all(scope, payload);
		flow_execution_end(owner, false);
		leave_event(scope, node);
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
		bool is = v && json_is_true(v), was = x->was_true;
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

/* -- throwing -- */

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
			leave_event(flow_scope(body), b);
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
	char *name = current_name(e, t->name, t->name_expression);
	if (!name)
		return;
	if (t->kind == BPMN_SIGNAL_DEFINITION) {
		flow_tell(e, FLOW_SIGNAL, name, NULL);
		flow_broadcast(w, name, NULL, t->in_instance ? e->instance : NULL);
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
		leave_event(scope, n);
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
