/* SPDX-License-Identifier: Apache-2.0 */
/* What activities do: data in and out, loops, calls, quantities. */
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_compile_private.h"

static struct flow_assignment *assignments(struct compiler *c, const struct bpmn_element *e,
					   enum bpmn_kind kind)
{
	struct flow_assignment *first = NULL, **tail = &first;
	for (const struct bpmn_element *a = bpmn_first(e, kind); a; a = bpmn_after(a, kind)) {
		const char *from = compile_ref_name(a, "sourceRef"),
			   *to = compile_ref_name(a, "targetRef");
		const char *transformation = bpmn_child_text(a, "transformation");
		const struct bpmn_element *x = bpmn_child(a, "assignment");
		if (from && to && !x) {
			struct flow_assignment *one = arena_alloc(c->arena, sizeof(*one));
			one->from = from;
			one->to = to;
			one->expression = transformation ? compile_expression(c, a, transformation)
							 : NULL;
			*tail = one;
			tail = &one->next;
		}
		for (; x; x = bpmn_again(x)) {
			const char *name = bpmn_child_text(x, "to");
			struct flow_assignment *one = arena_alloc(c->arena, sizeof(*one));
			const struct bpmn_element *named = name ? bpmn_by_id(c->model, name) : NULL;
			one->to = named ? compile_data_name(named) : name;
			one->expression = compile_child_expression(c, x, "from");
			if (!one->to || !one->expression)
				continue;
			*tail = one;
			tail = &one->next;
		}
	}
	return first;
}

static int64_t quantity(struct compiler *c, const struct bpmn_element *e, const char *name)
{
	int64_t n = 1;
	const char *text = bpmn_attr(e, name);
	if (text && (!int_parse(text, &n) || n < 1))
		compile_refuse(c, e, arena_printf(c->arena, "%s must be 1 or more", name));
	return n;
}

/* Where the items of a multi-instance come from: what flows into its data input, or that itself. */
static const char *collection_name(const struct bpmn_element *activity,
				   const struct bpmn_element *input)
{
	for (const struct bpmn_element *a = bpmn_first(activity, BPMN_DATA_INPUT_ASSOCIATION); a;
	     a = bpmn_after(a, BPMN_DATA_INPUT_ASSOCIATION)) {
		const struct bpmn_element *to = bpmn_child(a, "targetRef");
		if (to && bpmn_resolve(to, to->text) == input && compile_ref_name(a, "sourceRef"))
			return compile_ref_name(a, "sourceRef");
	}
	return compile_data_name(input);
}

static const char *result_name(const struct bpmn_element *activity,
			       const struct bpmn_element *output)
{
	for (const struct bpmn_element *a = bpmn_first(activity, BPMN_DATA_OUTPUT_ASSOCIATION); a;
	     a = bpmn_after(a, BPMN_DATA_OUTPUT_ASSOCIATION)) {
		const struct bpmn_element *from = bpmn_child(a, "sourceRef");
		if (from && bpmn_resolve(from, from->text) == output &&
		    compile_ref_name(a, "targetRef"))
			return compile_ref_name(a, "targetRef");
	}
	return compile_data_name(output);
}

static void read_behavior(struct compiler *c, struct flow_node *n, const struct bpmn_element *m)
{
	static const char *const words[] = { "All", "None", "One", "Complex" };
	const char *word = bpmn_attr(m, "behavior");
	for (int i = 0; i < 4; i++) {
		if (str_eq(word, words[i]))
			n->behavior = i;
	}
	const struct bpmn_element *d = NULL;
	if (n->behavior == 1)
		d = bpmn_ref(m, "noneBehaviorEventRef");
	else if (n->behavior == 2)
		d = bpmn_ref(m, "oneBehaviorEventRef");
	if (bpmn_is(d, BPMN_EVENT_DEFINITION))
		n->behavior_event = compile_trigger(c, d);
	struct flow_behavior **tail = &n->behaviors;
	for (const struct bpmn_element *x = bpmn_child(m, "complexBehaviorDefinition"); x;
	     x = bpmn_again(x)) {
		struct flow_behavior *one = arena_alloc(c->arena, sizeof(*one));
		const struct bpmn_element *event = bpmn_child(x, "event");
		d = event ? bpmn_first(event, BPMN_EVENT_DEFINITION) : NULL;
		one->condition = compile_child_expression(c, x, "condition");
		one->event = d ? compile_trigger(c, d) : NULL;
		*tail = one;
		tail = &one->next;
	}
}

static void read_multi(struct compiler *c, struct flow_node *n, const struct bpmn_element *m)
{
	n->loop = bpmn_flag(m, "isSequential", false) ? FLOW_SEQUENTIAL : FLOW_PARALLEL;
	n->cardinality = compile_child_expression(c, m, "loopCardinality");
	n->completion = compile_child_expression(c, m, "completionCondition");
	const struct bpmn_element *in = bpmn_child(m, "loopDataInputRef");
	const struct bpmn_element *out = bpmn_child(m, "loopDataOutputRef");
	const struct bpmn_element *item = bpmn_child(m, "inputDataItem");
	const struct bpmn_element *result = bpmn_child(m, "outputDataItem");
	if (in) {
		const struct bpmn_element *to = bpmn_resolve(in, in->text);
		const char *name = to ? collection_name(n->element, to) : in->text;
		n->collection = compile_expression(c, n->element, name);
		n->element_variable = item ? compile_data_name(item) : NULL;
	}
	if (out && result) {
		const struct bpmn_element *to = bpmn_resolve(out, out->text);
		n->result_list = to ? result_name(n->element, to) : out->text;
		n->result_item = compile_data_name(result);
	}
	struct flow_extras extras = { 0 };
	if (c->dialect)
		c->dialect->read(c->dialect->who, c->arena, m, &extras);
	if (extras.collection)
		n->collection = compile_expression(c, n->element, extras.collection);
	if (extras.element_variable)
		n->element_variable = extras.element_variable;
	if (!n->cardinality && !n->collection)
		compile_refuse(c, n->element,
			       "its multi-instance has neither a cardinality nor a collection");
	read_behavior(c, n, m);
}

static void read_loop(struct compiler *c, struct flow_node *n)
{
	const struct bpmn_element *l = bpmn_first(n->element, BPMN_LOOP_CHARACTERISTICS);
	if (!l)
		return;
	if (l->kind == BPMN_MULTI_INSTANCE) {
		read_multi(c, n, l);
		return;
	}
	n->loop = FLOW_STANDARD;
	n->test_before = bpmn_flag(l, "testBefore", false);
	n->loop_condition = compile_child_expression(c, l, "loopCondition");
	n->loop_maximum = -1;
	const char *most = bpmn_attr(l, "loopMaximum");
	if (most && (!int_parse(most, &n->loop_maximum) || n->loop_maximum < 0))
		compile_refuse(c, n->element, "loopMaximum must be 0 or more");
	if (!n->loop_condition && n->loop_maximum < 0)
		compile_refuse(c, n->element, "its loop has neither a condition nor a maximum");
}

static void read_call(struct compiler *c, struct flow_node *n)
{
	const char *called = bpmn_attr(n->element, "calledElement");
	const struct bpmn_element *to = bpmn_ref(n->element, "calledElement");
	if (n->extras.called)
		called = n->extras.called;
	if (str_empty(called)) {
		compile_refuse(c, n->element, "it names no process");
		return;
	}
	if (compile_is_computed(called)) {
		n->called_expression = compile_expression(c, n->element, called);
		return;
	}
	const char *colon = strchr(called, ':');
	n->called = to ? to->id : colon ? colon + 1 : called;
	if (!to)
		return;
	/* A global task is done where it is called. */
	static const struct {
		enum bpmn_kind global, task;
	} same[] = {
		{ BPMN_GLOBAL_TASK, BPMN_TASK },
		{ BPMN_GLOBAL_USER_TASK, BPMN_USER_TASK },
		{ BPMN_GLOBAL_MANUAL_TASK, BPMN_MANUAL_TASK },
		{ BPMN_GLOBAL_SCRIPT_TASK, BPMN_SCRIPT_TASK },
		{ BPMN_GLOBAL_BUSINESS_RULE_TASK, BPMN_BUSINESS_RULE_TASK },
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		if (to->kind == same[i].global)
			n->kind = same[i].task;
	}
}

static void compile_mappings(struct compiler *c, const struct bpmn_element *e,
			     struct flow_mapping *m)
{
	for (; m; m = m->next) {
		if (m->computed)
			m->expression = compile_expression(c, e, m->source);
	}
}

static void read_message(struct compiler *c, struct flow_node *n)
{
	const struct bpmn_element *to = bpmn_ref(n->element, "messageRef");
	n->message = to ? (!str_empty(to->name) ? to->name : to->id) : NULL;
	if (compile_is_computed(n->message))
		n->message_expression = compile_expression(c, n->element, n->message);
}

void compile_activity(struct compiler *c, struct flow_node *n)
{
	const struct bpmn_element *e = n->element;
	n->start_quantity = quantity(c, e, "startQuantity");
	n->completion_quantity = quantity(c, e, "completionQuantity");
	n->is_compensation = bpmn_flag(e, "isForCompensation", false);
	n->instantiates = n->kind == BPMN_RECEIVE_TASK && bpmn_flag(e, "instantiate", false);
	n->inputs = assignments(c, e, BPMN_DATA_INPUT_ASSOCIATION);
	n->outputs = assignments(c, e, BPMN_DATA_OUTPUT_ASSOCIATION);
	compile_mappings(c, e, n->extras.in);
	compile_mappings(c, e, n->extras.out);
	compile_mappings(c, e, n->extras.inputs);
	compile_mappings(c, e, n->extras.outputs);
	if (n->extras.expression)
		n->work_expression = compile_expression(c, e, n->extras.expression);
	read_loop(c, n);
	if (n->kind == BPMN_CALL_ACTIVITY)
		read_call(c, n);
	if (n->kind == BPMN_SEND_TASK || n->kind == BPMN_RECEIVE_TASK)
		read_message(c, n);
	if (n->kind == BPMN_AD_HOC_SUB_PROCESS) {
		n->ordered = str_eq(bpmn_attr(e, "ordering"), "Sequential");
		n->cancels_rest = bpmn_flag(e, "cancelRemainingInstances", true);
		n->ad_hoc_completion = compile_child_expression(c, e, "completionCondition");
	}
}
