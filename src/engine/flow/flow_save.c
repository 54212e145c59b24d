/* SPDX-License-Identifier: Apache-2.0 */
/* An instance as JSON and back: its tree of executions, the tokens that rest, what it waits for, what
 * can be compensated. Between commands there is nothing else: the agenda is empty. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_private.h"

/* Bound of nesting of a state that is read: sub-processes, loops and calls in each other. */
#define MAX_DEPTH 1000

static void put(json_t *o, const char *key, int64_t n)
{
	if (n)
		json_object_set_new(o, key, json_integer(n));
}

static void put_text(json_t *o, const char *key, const char *text)
{
	if (text)
		json_object_set_new(o, key, json_string(text));
}

/* Takes 'list'; an empty one is left out. */
static void put_list(json_t *o, const char *key, json_t *list)
{
	if (json_array_size(list))
		json_object_set_new(o, key, list);
	else
		json_decref(list);
}

static int64_t get(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static char *get_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? strdup(s) : NULL;
}

static json_t *kept(const struct flow_world *w, json_t *value)
{
	return w->settings.shares ? json_incref(value) : json_deep_copy(value);
}

/* -- writing -- */

/* A node is its program's number and its place there. */
static json_t *node_ref(const struct flow_world *w, const struct flow_node *n)
{
	const struct flow_deployed *d = w->programs;
	while (d && d->program != n->program)
		d = d->next;
	assert(d); /* an instance runs in programs of its world */
	json_t *ref = json_array();
	json_array_append_new(ref, json_integer(d->number));
	json_array_append_new(ref, json_integer(n->index));
	return ref;
}

static json_t *save_records(const struct flow_world *w, const struct flow_record *r)
{
	json_t *list = json_array();
	for (; r; r = r->next) {
		json_t *o = json_object();
		json_object_set_new(o, "activity", node_ref(w, r->activity));
		if (r->handler)
			json_object_set_new(o, "handler", node_ref(w, r->handler));
		if (r->variables)
			json_object_set_new(o, "variables", kept(w, r->variables));
		put(o, "group", r->group);
		if (r->inner)
			json_object_set_new(o, "inner", save_records(w, r->inner));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *save_execution(const struct flow_execution *e)
{
	const struct flow_world *w = e->instance->world;
	json_t *o = json_object();
	put(o, "id", e->id);
	json_object_set_new(o, "node", node_ref(w, e->node));
	put(o, "state", e->state);
	put(o, "flags",
	    (e->is_body ? 1 : 0) | (e->is_item ? 2 : 0) | (e->waits ? 4 : 0) |
		    (e->is_work ? 8 : 0) | (e->was_told ? 16 : 0));
	put(o, "index", e->index);
	put(o, "total", e->total);
	put(o, "done", e->done);
	put(o, "running", e->running);
	put(o, "thrower", e->thrower_id);
	put(o, "handlers", e->handlers);
	put(o, "after", e->after_compensation);
	put(o, "edge", e->edge ? e->edge->index + 1 : 0);
	put_text(o, "failure", e->failure);
	if (e->items)
		json_object_set_new(o, "items", kept(w, e->items));
	if (e->variables)
		json_object_set_new(o, "variables", kept(w, e->variables));
	if (e->records)
		json_object_set_new(o, "records", save_records(w, e->records));
	if (e->pending)
		json_object_set_new(o, "pending", save_records(w, e->pending));
	json_t *tokens = json_array(), *phases = json_array(), *children = json_array();
	for (unsigned i = 0; i < e->token_count; i++) {
		if (e->tokens[i].count)
			json_array_append_new(
				tokens, json_pack("[I, I]", (json_int_t)e->tokens[i].edge->index,
						  (json_int_t)e->tokens[i].count));
	}
	for (unsigned i = 0; i < e->phase_count; i++)
		json_array_append_new(
			phases, json_pack("[I, b, I]", (json_int_t)e->phases[i].gateway->index,
					  e->phases[i].resets, (json_int_t)e->phases[i].consumed));
	for (const struct flow_execution *c = e->first; c; c = c->next)
		json_array_append_new(children, save_execution(c));
	put_list(o, "tokens", tokens);
	put_list(o, "phases", phases);
	put_list(o, "children", children);
	return o;
}

static int trigger_place(const struct flow_wait *x)
{
	int place = 0;
	for (const struct flow_trigger *t = x->node->triggers; t; t = t->next, place++) {
		if (t == x->trigger)
			return place;
	}
	return -1; /* a receive task */
}

static json_t *save_wait(const struct flow_wait *x)
{
	json_t *o = json_object();
	put(o, "id", x->id);
	put(o, "owner", x->owner->id);
	json_object_set_new(o, "node", node_ref(x->owner->instance->world, x->node));
	put(o, "trigger", trigger_place(x));
	put_text(o, "name", x->name);
	put(o, "due", x->due_at);
	put(o, "repeats", x->repeats);
	put(o, "period", x->period);
	put(o, "months", x->period_months);
	put(o, "true", x->was_true);
	return o;
}

json_t *flow_save(const struct flow_world *w, int64_t instance)
{
	const struct flow_instance *i = w->first;
	while (i && i->id != instance)
		i = i->next;
	if (!i)
		return NULL;
	json_t *o = json_object(), *waits = json_array();
	put(o, "id", i->id);
	put(o, "last", w->last_id);
	json_object_set_new(o, "process", node_ref(w, i->process));
	put_text(o, "key", i->business_key);
	put_text(o, "error", i->error_code);
	put(o, "outcome", i->outcome);
	put(o, "suspended", i->is_suspended);
	if (i->root)
		json_object_set_new(o, "root", save_execution(i->root));
	for (const struct flow_wait *x = w->waits; x; x = x->next) {
		if (x->owner && x->owner->instance == i)
			json_array_append_new(waits, save_wait(x));
	}
	put_list(o, "waits", waits);
	return o;
}

/* -- reading -- */

static struct flow_node *find_node(const struct flow_world *w, const json_t *ref)
{
	int64_t number = json_integer_value(json_array_get(ref, 0));
	int64_t index = json_integer_value(json_array_get(ref, 1));
	for (const struct flow_deployed *d = w->programs; d; d = d->next) {
		const struct flow_program *p = d->program;
		if (d->number == number)
			return index >= 0 && index < (int64_t)p->node_count ? p->nodes[index]
									    : NULL;
	}
	return NULL;
}

static struct flow_edge *find_edge(const struct flow_program *p, int64_t index)
{
	return index >= 0 && index < (int64_t)p->edge_count ? p->edges[index] : NULL;
}

static bool load_records(const struct flow_world *w, const json_t *list, struct flow_record **out,
			 int depth)
{
	struct flow_record **tail = out;
	size_t n;
	json_t *o;
	json_array_foreach((json_t *)list, n, o)
	{
		struct flow_record *r = calloc(1, sizeof(*r));
		assert(r);
		*tail = r;
		tail = &r->next;
		r->activity = find_node(w, json_object_get(o, "activity"));
		r->handler = find_node(w, json_object_get(o, "handler"));
		r->group = get(o, "group");
		json_t *variables = json_object_get(o, "variables");
		r->variables = variables ? kept(w, variables) : NULL;
		if (!r->activity || depth > MAX_DEPTH ||
		    !load_records(w, json_object_get(o, "inner"), &r->inner, depth + 1))
			return false;
	}
	return true;
}

static bool load_rest(struct flow_execution *e, const json_t *o)
{
	const struct flow_program *p = e->node->program;
	json_t *list = json_object_get(o, "tokens"), *x;
	size_t n;
	e->tokens = calloc(json_array_size(list) + 1, sizeof(*e->tokens));
	assert(e->tokens);
	json_array_foreach(list, n, x)
	{
		struct flow_edge *edge = find_edge(p, json_integer_value(json_array_get(x, 0)));
		int64_t count = json_integer_value(json_array_get(x, 1));
		if (!edge || count < 1 || edge->to->container != e->node)
			return false;
		e->tokens[e->token_count++] = (struct flow_token){ edge, count };
	}
	list = json_object_get(o, "phases");
	e->phases = calloc(json_array_size(list) + 1, sizeof(*e->phases));
	assert(e->phases);
	json_array_foreach(list, n, x)
	{
		int64_t index = json_integer_value(json_array_get(x, 0));
		if (index < 0 || index >= (int64_t)p->node_count ||
		    p->nodes[index]->kind != BPMN_COMPLEX_GATEWAY)
			return false;
		e->phases[e->phase_count++] =
			(struct flow_phase){ p->nodes[index], json_is_true(json_array_get(x, 1)),
					     (uint64_t)json_integer_value(json_array_get(x, 2)) };
	}
	return true;
}

static struct flow_execution *load_execution(struct flow_instance *i, struct flow_execution *parent,
					     const json_t *o, int depth)
{
	struct flow_world *w = i->world;
	struct flow_node *node = find_node(w, json_object_get(o, "node"));
	int64_t flags = get(o, "flags"), id = get(o, "id"), state = get(o, "state");
	if (!node || id < 1 || flow_find(w, id) || depth > MAX_DEPTH || state < 0 ||
	    state > FLOW_STUCK || (!parent && node->kind != BPMN_PROCESS))
		return NULL;
	int64_t last = w->last_id;
	w->last_id = id - 1;
	struct flow_execution *e = flow_execution_new(i, parent, node);
	w->last_id = last > id ? last : id;
	if (!parent)
		i->root = e;
	e->state = (enum flow_state)state;
	e->is_body = flags & 1;
	e->is_item = flags & 2;
	e->waits = flags & 4;
	e->is_work = flags & 8;
	e->was_told = flags & 16;
	e->index = get(o, "index");
	e->total = get(o, "total");
	e->done = get(o, "done");
	e->running = get(o, "running");
	e->thrower_id = get(o, "thrower");
	e->handlers = (unsigned)get(o, "handlers");
	e->after_compensation = (int)get(o, "after");
	e->edge = find_edge(node->program, get(o, "edge") - 1);
	e->failure = get_text(o, "failure");
	json_t *items = json_object_get(o, "items"), *variables = json_object_get(o, "variables");
	e->items = items ? kept(w, items) : NULL; /* no list while it is an incident */
	e->variables = json_is_object(variables) ? kept(w, variables) : NULL;
	if (!load_records(w, json_object_get(o, "records"), &e->records, 0) ||
	    !load_records(w, json_object_get(o, "pending"), &e->pending, 0) || !load_rest(e, o))
		return NULL;
	size_t n;
	json_t *child;
	json_array_foreach(json_object_get(o, "children"), n, child)
	{
		if (!load_execution(i, e, child, depth + 1))
			return NULL;
	}
	return e;
}

static bool load_wait(struct flow_instance *i, const json_t *o)
{
	struct flow_world *w = i->world;
	struct flow_execution *owner = flow_find(w, get(o, "owner"));
	struct flow_node *node = find_node(w, json_object_get(o, "node"));
	if (!owner || owner->instance != i || !node)
		return false;
	int64_t place = get(o, "trigger");
	struct flow_trigger *t = node->triggers;
	for (; t && place > 0; place--)
		t = t->next;
	if (!t && node->kind != BPMN_RECEIVE_TASK)
		return false;
	struct flow_wait *x = calloc(1, sizeof(*x));
	assert(x);
	x->id = get(o, "id");
	x->owner = owner;
	x->node = node;
	x->trigger = node->kind == BPMN_RECEIVE_TASK ? NULL : t;
	x->name = get_text(o, "name");
	x->due_at = get(o, "due");
	x->repeats = get(o, "repeats");
	x->period = get(o, "period");
	x->period_months = get(o, "months");
	x->was_true = get(o, "true");
	if (!x->name)
		x->name = strdup("");
	*w->waits_tail = x;
	w->waits_tail = &x->next;
	return true;
}

static void drop(struct flow_world *w, struct flow_instance *i)
{
	struct flow_instance **at = &w->first, *before = NULL;
	while (*at != i) {
		before = *at;
		at = &(*at)->next;
	}
	*at = i->next;
	if (w->last == i)
		w->last = before;
	void (*tell)(void *, const struct flow_event *) = w->settings.tell;
	w->settings.tell = NULL; /* nothing happens: it is only put away */
	if (i->root)
		flow_execution_end(i->root, true);
	w->settings.tell = tell;
	free(i->business_key);
	free(i->error_code);
	free(i);
}

enum status flow_forget(struct flow_world *w, int64_t instance)
{
	struct flow_instance *i = w->first;
	while (i && i->id != instance)
		i = i->next;
	if (!i)
		return ST_NOT_FOUND;
	drop(w, i);
	return ST_OK;
}

enum status flow_load(struct flow_world *w, const json_t *saved)
{
	struct flow_node *process = find_node(w, json_object_get(saved, "process"));
	if (!process || process->kind != BPMN_PROCESS || get(saved, "id") < 1)
		return ST_BAD_INPUT;
	for (const struct flow_instance *i = w->first; i; i = i->next) {
		if (i->id == get(saved, "id"))
			return ST_CONFLICT;
	}
	struct flow_instance *i = calloc(1, sizeof(*i));
	assert(i);
	i->world = w;
	i->process = process;
	i->id = get(saved, "id");
	i->business_key = get_text(saved, "key");
	i->error_code = get_text(saved, "error");
	i->outcome = (enum flow_outcome)get(saved, "outcome");
	i->is_suspended = get(saved, "suspended");
	/* In order of their ids, so that whatever goes over all of them is the same every time. */
	struct flow_instance **at = &w->first;
	while (*at && (*at)->id < i->id)
		at = &(*at)->next;
	i->next = *at;
	*at = i;
	if (!i->next)
		w->last = i;
	json_t *root = json_object_get(saved, "root"), *wait;
	size_t n;
	bool good = !root || load_execution(i, NULL, root, 0);
	json_array_foreach(json_object_get(saved, "waits"), n, wait)
		good = good && load_wait(i, wait);
	if (get(saved, "last") > w->last_id)
		w->last_id = get(saved, "last");
	if (good)
		return ST_OK;
	drop(w, i);
	return ST_BAD_INPUT;
}
