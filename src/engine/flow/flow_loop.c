/* SPDX-License-Identifier: Apache-2.0 */
/* Loops: standard, and multi-instance with its behaviours (clause 10.3.8). The body is the execution of
 * the activity as a whole; boundary events belong to it. */
#include "engine/flow/flow_private.h"

#include <stdlib.h>

#define MAX_ITEMS 100000

static void count(struct flow_execution *body)
{
	if (body->node->loop == FLOW_STANDARD)
		return;
	flow_assign_local(body, "nrOfInstances", json_integer(body->total));
	flow_assign_local(body, "nrOfActiveInstances", json_integer(body->running));
	flow_assign_local(body, "nrOfCompletedInstances", json_integer(body->done));
	flow_assign_local(body, "numberOfInstances", json_integer(body->total));
	flow_assign_local(body, "numberOfActiveInstances", json_integer(body->running));
	flow_assign_local(body, "numberOfCompletedInstances", json_integer(body->done));
}

static struct flow_execution *make_item(struct flow_execution *body)
{
	struct flow_execution *item = flow_execution_new(body->instance, body, body->node);
	item->is_item = true;
	item->was_told = true;
	item->index = body->index++;
	body->running++;
	flow_assign_local(item, "loopCounter", json_integer(item->index));
	if (body->items && body->node->element_variable)
		flow_assign_local(item, body->node->element_variable,
				  json_incref(json_array_get(body->items, (size_t)item->index)));
	flow_tell(item, FLOW_ENTERED, NULL, NULL);
	return item;
}

void flow_begin_item(struct flow_execution *item)
{
	for (const struct flow_mapping *m = item->node->extras.inputs; m; m = m->next) {
		json_t *v = m->expression ? flow_evaluate(item, m->expression)
					  : json_string(m->source ? m->source : "");
		if (!v)
			return;
		flow_assign_local(item, m->target, v);
	}
	for (const struct flow_assignment *a = item->node->inputs; a; a = a->next) {
		json_t *v = a->expression ? flow_evaluate(item, a->expression)
					  : json_incref(flow_lookup(item, a->from));
		if (v)
			flow_assign_local(item, a->to, v);
	}
	flow_perform(item);
}

static void start_item(struct flow_execution *item)
{
	if (item->node->extras.async_items) {
		item->state = FLOW_BEFORE;
		item->waits = item->is_work = true;
		flow_tell(item, FLOW_WORK, "before", NULL);
		return;
	}
	flow_begin_item(item);
}

static bool repeats(struct flow_execution *body)
{
	struct flow_node *n = body->node;
	bool failed = false;
	if (n->loop_maximum >= 0 && body->done >= n->loop_maximum)
		return false;
	flow_assign_local(body, "loopCounter", json_integer(body->done));
	bool is = !n->loop_condition || flow_is_true(body, n->loop_condition, &failed);
	if (failed)
		flow_stick(body, "the loop's condition has no value");
	return is && !failed;
}

static void finish(struct flow_execution *body)
{
	struct flow_node *n = body->node;
	if (body->state == FLOW_STUCK)
		return;
	if (n->result_list) {
		json_t *list = body->variables ? json_object_get(body->variables, n->result_list)
					       : NULL;
		flow_assign(body->parent, n->result_list, list ? json_incref(list) : json_array());
	}
	flow_completed(body);
}

/* How many items there are; -1: it cannot be told and the body is stuck. */
static int64_t total_of(struct flow_execution *body)
{
	struct flow_node *n = body->node;
	int64_t total = -1;
	if (n->collection) {
		json_decref(body->items);
		body->items = flow_evaluate(body, n->collection);
		if (!body->items)
			return -1;
		if (json_is_array(body->items))
			total = (int64_t)json_array_size(body->items);
		else
			flow_stick(body, "the collection of the multi-instance is no list");
	} else {
		json_t *v = flow_evaluate(body, n->cardinality);
		if (!v)
			return -1;
		if (json_is_number(v) && json_number_value(v) >= 0 &&
		    json_number_value(v) == (double)(int64_t)json_number_value(v))
			total = (int64_t)json_number_value(v);
		else
			flow_stick(body,
				   "the number of instances must be a whole number from 0 on");
		json_decref(v);
	}
	if (total > MAX_ITEMS) {
		flow_stick(body, "more than 100000 instances");
		return -1;
	}
	return total;
}

void flow_loop_start(struct flow_execution *body)
{
	struct flow_node *n = body->node;
	struct flow_world *w = body->instance->world;
	if (n->loop == FLOW_STANDARD) {
		if ((n->test_before || n->loop_maximum == 0) && !repeats(body))
			finish(body);
		else
			start_item(make_item(body));
		return;
	}
	body->total = total_of(body);
	if (body->total < 0)
		return;
	if (!body->total) {
		finish(body);
		return;
	}
	if (n->loop == FLOW_SEQUENTIAL) {
		struct flow_execution *item = make_item(body);
		count(body);
		start_item(item);
		return;
	}
	int64_t id = body->id, first = 0, last = 0;
	for (int64_t i = 0; i < body->total; i++) {
		struct flow_execution *item = make_item(body);
		first = i ? first : item->id;
		last = item->id;
	}
	count(body);
	/* An item may end the whole while the others have not begun. */
	for (int64_t i = first; i <= last; i++) {
		struct flow_execution *item = flow_find(w, i);
		if (!flow_find(w, id))
			return;
		if (item && item->is_item && item->parent == flow_find(w, id) && !item->waits &&
		    !item->first && item->state == FLOW_ACTIVE)
			start_item(item);
	}
}

/* Events that a multi-instance throws as its instances complete (table 10.29). Boundary events of the
 * activity catch them; that ends the activity only where the behaviour says so. */
static bool behave(struct flow_execution *body)
{
	struct flow_node *n = body->node;
	bool ends = false;
	if (n->behavior == 1 || (n->behavior == 2 && body->done == 1)) {
		if (n->behavior_event)
			flow_throw_trigger(body, n->behavior_event);
	} else if (n->behavior == 3) {
		for (struct flow_behavior *b = n->behaviors; b; b = b->next) {
			if (!flow_is_true(body, b->condition, NULL))
				continue;
			if (b->event)
				flow_throw_trigger(body, b->event);
			ends = true;
		}
	}
	return ends;
}

void flow_loop_item_done(struct flow_execution *item)
{
	struct flow_execution *body = item->parent;
	struct flow_world *w = body->instance->world;
	struct flow_node *n = body->node;
	int64_t id = body->id;
	body->done++;
	body->running--;
	if (n->result_list) {
		json_t *list = body->variables ? json_object_get(body->variables, n->result_list)
					       : NULL;
		json_t *v = flow_lookup(item, n->result_item);
		if (!list) {
			list = json_array();
			flow_assign_local(body, n->result_list, list);
		}
		json_array_append_new(list, v ? json_incref(v) : json_null());
	}
	count(body);
	bool ends = n->completion && flow_is_true(item, n->completion, NULL);
	flow_record_item(item);
	if (item->records) {
		/* What was done inside can be compensated with the whole. */
		struct flow_record *r = item->records;
		while (r->next)
			r = r->next;
		r->next = body->records;
		body->records = item->records;
		item->records = NULL;
	}
	flow_execution_end(item, false);
	if (n->loop == FLOW_STANDARD) {
		if (repeats(body))
			start_item(make_item(body));
		else
			finish(body);
		return;
	}
	ends |= behave(body);
	if (!flow_find(w, id))
		return;
	if (ends || body->done == body->total) {
		while (body->last)
			flow_execution_end(body->last, true);
		body->running = 0;
		finish(body);
	} else if (n->loop == FLOW_SEQUENTIAL) {
		struct flow_execution *next = make_item(body);
		count(body);
		start_item(next);
	}
}
