/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of executions, their variables, and what goes when one of them ends. */
#include "engine/flow/flow_private.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void *must(void *p)
{
	assert(p); /* out of memory: the supervisor starts the process again */
	return p;
}

static struct flow_execution **slot_of(const struct flow_world *w, int64_t id)
{
	return &w->table[(uint64_t)id & (w->room - 1)];
}

/* Most instances have a handful of executions, and some have thousands. */
static void widen(struct flow_world *w)
{
	enum { FIRST_ROOM = 16 };
	struct flow_execution **old = w->table;
	size_t room = w->room;
	w->room = room ? 2 * room : FIRST_ROOM;
	w->table = must(calloc(w->room, sizeof(struct flow_execution *)));
	for (size_t i = 0; i < room; i++) {
		for (struct flow_execution *e = old[i], *next; e; e = next) {
			struct flow_execution **slot = slot_of(w, e->id);
			next = e->hash_next;
			e->hash_next = *slot;
			*slot = e;
		}
	}
	free(old);
}

struct flow_execution *flow_find(const struct flow_world *w, int64_t id)
{
	struct flow_execution *e = w->room ? *slot_of(w, id) : NULL;
	while (e && e->id != id)
		e = e->hash_next;
	return e;
}

struct flow_execution *flow_execution_new(struct flow_instance *i, struct flow_execution *parent,
					  struct flow_node *node)
{
	struct flow_execution *e = must(calloc(1, sizeof(*e)));
	struct flow_world *w = i->world;
	e->id = ++w->last_id;
	e->node = node;
	e->instance = i;
	e->parent = parent;
	if (w->executions++ >= w->room)
		widen(w);
	e->hash_next = *slot_of(w, e->id);
	*slot_of(w, e->id) = e;
	if (!parent)
		return e;
	e->before = parent->last;
	if (parent->last)
		parent->last->next = e;
	else
		parent->first = e;
	parent->last = e;
	return e;
}

void flow_records_end(struct flow_record *r)
{
	while (r) {
		struct flow_record *older = r->next;
		flow_records_end(r->inner);
		json_decref(r->variables);
		free(r);
		r = older;
	}
}

void flow_wait_end(struct flow_world *w, struct flow_wait *wait)
{
	for (struct flow_wait **at = &w->waits; *at; at = &(*at)->next) {
		if (*at != wait)
			continue;
		*at = wait->next;
		if (w->waits_tail == &wait->next)
			w->waits_tail = at;
		free(wait->name);
		free(wait);
		return;
	}
}

static void end_waits(struct flow_world *w, const struct flow_execution *owner)
{
	for (struct flow_wait **at = &w->waits; *at;) {
		struct flow_wait *wait = *at;
		if (wait->owner != owner) {
			at = &wait->next;
			continue;
		}
		*at = wait->next;
		if (w->waits_tail == &wait->next)
			w->waits_tail = at;
		free(wait->name);
		free(wait);
	}
}

static void unlink_execution(struct flow_execution *e)
{
	struct flow_execution **at = slot_of(e->instance->world, e->id);
	while (*at && *at != e)
		at = &(*at)->hash_next;
	if (*at) {
		*at = e->hash_next;
		e->instance->world->executions--;
	}
	if (!e->parent)
		return;
	if (e->before)
		e->before->next = e->next;
	else
		e->parent->first = e->next;
	if (e->next)
		e->next->before = e->before;
	else
		e->parent->last = e->before;
}

void flow_execution_end(struct flow_execution *e, bool cancelled)
{
	e->ending = true;
	while (e->last)                            /* each leaves the list as it ends */
		flow_execution_end(e->last, true); /* NOLINT(clang-analyzer-unix.Malloc) */
	end_waits(e->instance->world, e);
	if (e->was_told)
		flow_tell(e, cancelled ? FLOW_CANCELLED : FLOW_LEFT, NULL, NULL);
	unlink_execution(e);
	flow_records_end(e->records);
	flow_records_end(e->pending);
	json_decref(e->variables);
	json_decref(e->items);
	free(e->tokens);
	free(e->phases);
	free(e->failure);
	if (e->instance->root == e)
		e->instance->root = NULL;
	free(e);
}

void flow_tell(struct flow_execution *e, enum flow_event_kind kind, const char *name,
	       const char *text)
{
	const struct flow_settings *s = &e->instance->world->settings;
	struct flow_event event = { kind, e->instance->id, e->id, e->node->element, name, text };
	if (s->tell)
		s->tell(s->who, &event);
}

bool flow_is_part(const struct flow_execution *e)
{
	return e->parent && e->parent->node == e->node && !e->parent->is_body && !e->is_item;
}

struct flow_execution *flow_scope(struct flow_execution *e)
{
	for (e = e->parent; e; e = e->parent) {
		if (e->node->nodes && !e->is_body && e->node->kind != BPMN_CALL_ACTIVITY)
			return e;
	}
	return NULL;
}

struct flow_execution *flow_transaction(struct flow_execution *e)
{
	while (e && !(e->node->kind == BPMN_TRANSACTION && !e->is_body))
		e = e->parent;
	return e;
}

/* A called process sees nothing of its caller but what the call gave it. */
static bool is_border(const struct flow_execution *e)
{
	return e->node->kind == BPMN_PROCESS;
}

json_t *flow_lookup(struct flow_execution *e, const char *name)
{
	for (; e; e = is_border(e) ? NULL : e->parent) {
		json_t *v = e->variables ? json_object_get(e->variables, name) : NULL;
		if (v)
			return v;
	}
	return NULL;
}

void flow_assign_local(struct flow_execution *e, const char *name, json_t *value)
{
	if (!e->variables)
		e->variables = must(json_object());
	json_object_set_new(e->variables, name, value ? value : json_null());
	e->instance->world->dirty = true;
}

void flow_assign(struct flow_execution *e, const char *name, json_t *value)
{
	struct flow_execution *at = e;
	for (;; at = at->parent) {
		if (at->variables && json_object_get(at->variables, name))
			break;
		if (is_border(at) || !at->parent)
			break;
	}
	flow_assign_local(at, name, value);
}

void flow_assign_all(struct flow_execution *e, const json_t *variables)
{
	const char *name;
	json_t *value;
	if (!variables)
		return;
	json_object_foreach((json_t *)variables, name, value)
		flow_assign(e, name, json_incref(value));
}

json_t *flow_environment(struct flow_execution *e)
{
	json_t *all = must(json_object());
	for (; e; e = is_border(e) ? NULL : e->parent) {
		if (e->variables)
			json_object_update_missing(all, e->variables);
	}
	return all;
}

json_t *flow_evaluate(struct flow_execution *e, void *compiled)
{
	const struct flow_language *l = e->instance->world->settings.language;
	const char *why = "the expression has no value";
	json_t *environment = flow_environment(e);
	json_t *v = l->evaluate(l->who, compiled, environment, e->instance->world->now, &why);
	json_decref(environment);
	if (!v)
		flow_stick(e, why);
	return v;
}

bool flow_is_true(struct flow_execution *e, void *compiled, bool *failed)
{
	const struct flow_language *l = e->instance->world->settings.language;
	const char *why = "the expression has no value";
	json_t *environment = flow_environment(e);
	json_t *v = l->evaluate(l->who, compiled, environment, e->instance->world->now, &why);
	json_decref(environment);
	bool is = json_is_true(v);
	if (failed)
		*failed = !v;
	json_decref(v);
	return is;
}
