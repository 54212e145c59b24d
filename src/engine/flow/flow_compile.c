/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles a model into nodes and edges that the machine walks without looking at XML again. Whatever
 * it cannot execute is refused here, by element. */
#include "engine/flow/flow_private.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"

struct compiler {
	struct arena *arena;
	const struct bpmn_model *model;
	const struct flow_language *language;
	const struct flow_dialect *dialect;
	struct bpmn_findings *findings;
	struct flow_program *program;
	struct flow_node **by_index; /* by the element's index in the model */
	bool bad;
};

static void refuse(struct compiler *c, const struct bpmn_element *e, const char *why)
{
	c->bad = true;
	bpmn_find(c->findings, "EXEC", e, "%s cannot be executed: %s", e->id ? e->id : e->tag, why);
}

static void *expression(struct compiler *c, const struct bpmn_element *e, const char *text)
{
	const char *why = "it is no expression";
	if (str_empty(text))
		return NULL;
	void *compiled = c->language->compile(c->language->who, c->arena, text, &why);
	if (!compiled)
		refuse(c, e, arena_printf(c->arena, "'%s': %s", text, why));
	return compiled;
}

static void *child_expression(struct compiler *c, const struct bpmn_element *e, const char *tag)
{
	return expression(c, e, bpmn_child_text(e, tag));
}

/* The variable that stands for what carries data: of a reference the object's. */
static const char *data_name(const struct bpmn_element *e)
{
	if (!e)
		return NULL;
	if (e->kind == BPMN_DATA_OBJECT_REFERENCE && bpmn_ref(e, "dataObjectRef"))
		e = bpmn_ref(e, "dataObjectRef");
	if (e->kind == BPMN_DATA_STORE_REFERENCE && bpmn_ref(e, "dataStoreRef"))
		e = bpmn_ref(e, "dataStoreRef");
	return !str_empty(e->name) ? e->name : e->id;
}

static const char *ref_name(const struct bpmn_element *e, const char *tag)
{
	const struct bpmn_element *child = bpmn_child(e, tag);
	return child ? data_name(bpmn_resolve(child, child->text)) : NULL;
}

static struct flow_node *node_at(const struct compiler *c, const struct bpmn_element *e)
{
	return e && e->model == c->model ? c->by_index[e->index] : NULL;
}

/* Names that are worked out when they are needed: "=expression", and templates of older dialects. */
static bool is_computed(const char *name)
{
	return name && (name[0] == '=' || strstr(name, "${") || strstr(name, "#{"));
}

/* -- triggers -- */

static void name_of(struct compiler *c, const struct bpmn_element *d, const char *ref,
		    const char *code, struct flow_trigger *t)
{
	const struct bpmn_element *to = bpmn_ref(d, ref);
	const char *raw = bpmn_attr(d, ref);
	const char *text = to && code ? bpmn_attr(to, code) : NULL;
	t->catches_all = !raw;
	if (code)
		t->name = !str_empty(text) ? text : to ? NULL : raw;
	else
		t->name = to ? (!str_empty(to->name) ? to->name : to->id) : raw;
	if (code && !t->name)
		t->catches_all = true;
	if (is_computed(t->name))
		t->name_expression = expression(c, d, t->name);
}

static void read_time(struct compiler *c, const struct bpmn_element *d, struct flow_trigger *t)
{
	static const char *const tags[] = { "timeDate", "timeDuration", "timeCycle" };
	int64_t a, b, n, at;
	for (size_t i = 0; i < 3; i++) {
		const char *text = bpmn_child_text(d, tags[i]);
		if (!text)
			continue;
		t->text = text;
		if (!flow_parse_date(text, &at) && !flow_parse_duration(text, &a, &b) &&
		    !flow_parse_cycle(text, &n, &a, &b, &at))
			t->expression = expression(c, d, text);
		return;
	}
	refuse(c, d->parent ? d->parent : d, "its timer has no time");
}

static struct flow_trigger *trigger(struct compiler *c, const struct bpmn_element *d)
{
	struct flow_trigger *t = arena_alloc(c->arena, sizeof(*t));
	struct flow_extras extras = { 0 };
	t->element = d;
	t->kind = d->kind;
	if (c->dialect)
		c->dialect->read(c->dialect->who, c->arena, d, &extras);
	t->code_variable = extras.code_variable;
	t->message_variable = extras.message_variable;
	switch (d->kind) {
	case BPMN_MESSAGE_DEFINITION: name_of(c, d, "messageRef", NULL, t); break;
	case BPMN_SIGNAL_DEFINITION:
		name_of(c, d, "signalRef", NULL, t);
		if (c->dialect && bpmn_ref(d, "signalRef"))
			c->dialect->read(c->dialect->who, c->arena, bpmn_ref(d, "signalRef"),
					 &extras);
		t->in_instance = extras.in_instance;
		break;
	case BPMN_ERROR_DEFINITION: name_of(c, d, "errorRef", "errorCode", t); break;
	case BPMN_ESCALATION_DEFINITION: name_of(c, d, "escalationRef", "escalationCode", t); break;
	case BPMN_LINK_DEFINITION:
		t->name = d->name;
		t->target = bpmn_child_text(d, "target");
		break;
	case BPMN_COMPENSATE_DEFINITION:
		t->target = bpmn_attr(d, "activityRef");
		t->waits = bpmn_flag(d, "waitForCompletion", true);
		break;
	case BPMN_CONDITIONAL_DEFINITION:
		t->expression = child_expression(c, d, "condition");
		if (!t->expression)
			refuse(c, d->parent, "its condition is empty");
		break;
	case BPMN_TIMER_DEFINITION: read_time(c, d, t); break;
	default: break;
	}
	return t;
}

static void read_triggers(struct compiler *c, struct flow_node *n)
{
	struct flow_trigger **tail = &n->triggers;
	const struct bpmn_element *e = n->element;
	for (const struct bpmn_element *d = bpmn_first(e, BPMN_EVENT_DEFINITION); d;
	     d = bpmn_after(d, BPMN_EVENT_DEFINITION)) {
		*tail = trigger(c, d);
		tail = &(*tail)->next;
		n->trigger_count++;
	}
	for (const struct bpmn_element *r = bpmn_child(e, "eventDefinitionRef"); r;
	     r = bpmn_again(r)) {
		const struct bpmn_element *d = bpmn_resolve(r, r->text);
		if (!bpmn_is(d, BPMN_EVENT_DEFINITION)) {
			refuse(c, e, "an event definition that it names is not there");
			continue;
		}
		*tail = trigger(c, d);
		tail = &(*tail)->next;
		n->trigger_count++;
	}
	n->all_triggers = bpmn_flag(e, "parallelMultiple", false) && n->trigger_count > 1;
}

/* -- activities -- */

static struct flow_assignment *assignments(struct compiler *c, const struct bpmn_element *e,
					   enum bpmn_kind kind)
{
	struct flow_assignment *first = NULL, **tail = &first;
	for (const struct bpmn_element *a = bpmn_first(e, kind); a; a = bpmn_after(a, kind)) {
		const char *from = ref_name(a, "sourceRef"), *to = ref_name(a, "targetRef");
		const char *transformation = bpmn_child_text(a, "transformation");
		const struct bpmn_element *x = bpmn_child(a, "assignment");
		if (from && to && !x) {
			struct flow_assignment *one = arena_alloc(c->arena, sizeof(*one));
			one->from = from;
			one->to = to;
			one->expression = transformation ? expression(c, a, transformation) : NULL;
			*tail = one;
			tail = &one->next;
		}
		for (; x; x = bpmn_again(x)) {
			const char *name = bpmn_child_text(x, "to");
			struct flow_assignment *one = arena_alloc(c->arena, sizeof(*one));
			const struct bpmn_element *named = name ? bpmn_by_id(c->model, name) : NULL;
			one->to = named ? data_name(named) : name;
			one->expression = child_expression(c, x, "from");
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
		refuse(c, e, arena_printf(c->arena, "%s must be 1 or more", name));
	return n;
}

/* Where the items of a multi-instance come from: what flows into its data input, or that itself. */
static const char *collection_name(const struct bpmn_element *activity,
				   const struct bpmn_element *input)
{
	for (const struct bpmn_element *a = bpmn_first(activity, BPMN_DATA_INPUT_ASSOCIATION); a;
	     a = bpmn_after(a, BPMN_DATA_INPUT_ASSOCIATION)) {
		const struct bpmn_element *to = bpmn_child(a, "targetRef");
		if (to && bpmn_resolve(to, to->text) == input && ref_name(a, "sourceRef"))
			return ref_name(a, "sourceRef");
	}
	return data_name(input);
}

static const char *result_name(const struct bpmn_element *activity,
			       const struct bpmn_element *output)
{
	for (const struct bpmn_element *a = bpmn_first(activity, BPMN_DATA_OUTPUT_ASSOCIATION); a;
	     a = bpmn_after(a, BPMN_DATA_OUTPUT_ASSOCIATION)) {
		const struct bpmn_element *from = bpmn_child(a, "sourceRef");
		if (from && bpmn_resolve(from, from->text) == output && ref_name(a, "targetRef"))
			return ref_name(a, "targetRef");
	}
	return data_name(output);
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
		n->behavior_event = trigger(c, d);
	struct flow_behavior **tail = &n->behaviors;
	for (const struct bpmn_element *x = bpmn_child(m, "complexBehaviorDefinition"); x;
	     x = bpmn_again(x)) {
		struct flow_behavior *one = arena_alloc(c->arena, sizeof(*one));
		const struct bpmn_element *event = bpmn_child(x, "event");
		d = event ? bpmn_first(event, BPMN_EVENT_DEFINITION) : NULL;
		one->condition = child_expression(c, x, "condition");
		one->event = d ? trigger(c, d) : NULL;
		*tail = one;
		tail = &one->next;
	}
}

static void read_multi(struct compiler *c, struct flow_node *n, const struct bpmn_element *m)
{
	n->loop = bpmn_flag(m, "isSequential", false) ? FLOW_SEQUENTIAL : FLOW_PARALLEL;
	n->cardinality = child_expression(c, m, "loopCardinality");
	n->completion = child_expression(c, m, "completionCondition");
	const struct bpmn_element *in = bpmn_child(m, "loopDataInputRef");
	const struct bpmn_element *out = bpmn_child(m, "loopDataOutputRef");
	const struct bpmn_element *item = bpmn_child(m, "inputDataItem");
	const struct bpmn_element *result = bpmn_child(m, "outputDataItem");
	if (in) {
		const struct bpmn_element *to = bpmn_resolve(in, in->text);
		const char *name = to ? collection_name(n->element, to) : in->text;
		n->collection = expression(c, n->element, name);
		n->element_variable = item ? data_name(item) : NULL;
	}
	if (out && result) {
		const struct bpmn_element *to = bpmn_resolve(out, out->text);
		n->result_list = to ? result_name(n->element, to) : out->text;
		n->result_item = data_name(result);
	}
	struct flow_extras extras = { 0 };
	if (c->dialect)
		c->dialect->read(c->dialect->who, c->arena, m, &extras);
	if (extras.collection)
		n->collection = expression(c, n->element, extras.collection);
	if (extras.element_variable)
		n->element_variable = extras.element_variable;
	if (!n->cardinality && !n->collection)
		refuse(c, n->element,
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
	n->loop_condition = child_expression(c, l, "loopCondition");
	n->loop_maximum = -1;
	const char *most = bpmn_attr(l, "loopMaximum");
	if (most && (!int_parse(most, &n->loop_maximum) || n->loop_maximum < 0))
		refuse(c, n->element, "loopMaximum must be 0 or more");
	if (!n->loop_condition && n->loop_maximum < 0)
		refuse(c, n->element, "its loop has neither a condition nor a maximum");
}

static void read_call(struct compiler *c, struct flow_node *n)
{
	const char *called = bpmn_attr(n->element, "calledElement");
	const struct bpmn_element *to = bpmn_ref(n->element, "calledElement");
	if (n->extras.called)
		called = n->extras.called;
	if (str_empty(called)) {
		refuse(c, n->element, "it names no process");
		return;
	}
	if (is_computed(called)) {
		n->called_expression = expression(c, n->element, called);
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
			m->expression = expression(c, e, m->source);
	}
}

static void read_message(struct compiler *c, struct flow_node *n)
{
	const struct bpmn_element *to = bpmn_ref(n->element, "messageRef");
	n->message = to ? (!str_empty(to->name) ? to->name : to->id) : NULL;
	if (is_computed(n->message))
		n->message_expression = expression(c, n->element, n->message);
}

static void read_activity(struct compiler *c, struct flow_node *n)
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
		n->work_expression = expression(c, e, n->extras.expression);
	read_loop(c, n);
	if (n->kind == BPMN_CALL_ACTIVITY)
		read_call(c, n);
	if (n->kind == BPMN_SEND_TASK || n->kind == BPMN_RECEIVE_TASK)
		read_message(c, n);
	if (n->kind == BPMN_AD_HOC_SUB_PROCESS) {
		n->ordered = str_eq(bpmn_attr(e, "ordering"), "Sequential");
		n->cancels_rest = bpmn_flag(e, "cancelRemainingInstances", true);
		n->ad_hoc_completion = child_expression(c, e, "completionCondition");
	}
}

static void read_node(struct compiler *c, struct flow_node *n)
{
	const struct bpmn_element *e = n->element;
	n->start_quantity = n->completion_quantity = 1;
	n->loop_maximum = -1;
	if (c->dialect)
		c->dialect->read(c->dialect->who, c->arena, e, &n->extras);
	if (bpmn_is(e, BPMN_CHOREOGRAPHY_ACTIVITY))
		refuse(c, e, "choreographies describe and are not run");
	if (bpmn_is(e, BPMN_EVENT))
		read_triggers(c, n);
	if (bpmn_is(e, BPMN_ACTIVITY))
		read_activity(c, n);
	n->interrupts = e->kind == BPMN_BOUNDARY_EVENT ? bpmn_flag(e, "cancelActivity", true)
						       : bpmn_flag(e, "isInterrupting", true);
	n->is_event_sub = bpmn_is(e, BPMN_SUB_PROCESS) && bpmn_flag(e, "triggeredByEvent", false);
	if (e->kind == BPMN_EVENT_BASED_GATEWAY) {
		n->instantiates = bpmn_flag(e, "instantiate", false);
		n->is_parallel_start = str_eq(bpmn_attr(e, "eventGatewayType"), "Parallel");
	}
	if (e->kind == BPMN_COMPLEX_GATEWAY)
		n->activation = child_expression(c, e, "activationCondition");
}

/* -- the graph -- */

static struct flow_node *make_node(struct compiler *c, const struct bpmn_element *e,
				   struct flow_node *container)
{
	struct flow_program *p = c->program;
	struct flow_node *n = arena_alloc(c->arena, sizeof(*n));
	n->element = e;
	n->kind = e->kind;
	n->id = e->id ? e->id : "";
	n->program = p;
	n->container = container;
	p->nodes = arena_grow(c->arena, p->nodes, p->node_count * sizeof(n),
			      (p->node_count + 1) * sizeof(n));
	n->index = p->node_count;
	p->nodes[p->node_count++] = n;
	c->by_index[e->index] = n;
	return n;
}

static void make_level(struct compiler *c, struct flow_node *container)
{
	const struct bpmn_element *e = container->element;
	unsigned nodes = 0, data = 0;
	for (const struct bpmn_element *x = e->first; x; x = x->next) {
		nodes += bpmn_is(x, BPMN_FLOW_NODE);
		data += x->kind == BPMN_DATA_OBJECT || x->kind == BPMN_PROPERTY;
	}
	container->nodes = arena_array(c->arena, nodes + 1, sizeof(struct flow_node *));
	container->data = arena_array(c->arena, data + 1, sizeof(const char *));
	for (const struct bpmn_element *x = e->first; x; x = x->next) {
		if (x->kind == BPMN_DATA_OBJECT || x->kind == BPMN_PROPERTY)
			container->data[container->data_count++] = data_name(x);
		if (!bpmn_is(x, BPMN_FLOW_NODE))
			continue;
		struct flow_node *n = make_node(c, x, container);
		container->nodes[container->node_count++] = n;
		if (bpmn_is(x, BPMN_SUB_PROCESS))
			make_level(c, n);
	}
}

static void append_edge(struct compiler *c, struct flow_edge ***list, unsigned *count,
			struct flow_edge *e)
{
	*list = arena_grow(c->arena, *list, *count * sizeof(e), (*count + 1) * sizeof(e));
	(*list)[(*count)++] = e;
}

/* Flows come from sourceRef and targetRef: incoming and outgoing may be missing (tolerant import). */
static void make_edges(struct compiler *c)
{
	struct flow_program *p = c->program;
	for (uint32_t i = 0; i < bpmn_count(c->model); i++) {
		const struct bpmn_element *x = bpmn_at(c->model, i);
		if (x->kind != BPMN_SEQUENCE_FLOW || !bpmn_within(x, BPMN_PROCESS))
			continue;
		struct flow_node *from = node_at(c, bpmn_ref(x, "sourceRef"));
		struct flow_node *to = node_at(c, bpmn_ref(x, "targetRef"));
		if (!from || !to) {
			refuse(c, x, "one of its ends is not there");
			continue;
		}
		if (from->container != to->container) {
			refuse(c, x, "it crosses the border of a process or sub-process");
			continue;
		}
		struct flow_edge *e = arena_alloc(c->arena, sizeof(*e));
		e->id = x->id ? x->id : "";
		e->from = from;
		e->to = to;
		e->text = bpmn_child_text(x, "conditionExpression");
		e->conditional = !str_empty(e->text);
		e->condition = expression(c, x, e->text);
		e->index = p->edge_count;
		append_edge(c, &p->edges, &p->edge_count, e);
		append_edge(c, &from->out, &from->out_count, e);
		append_edge(c, &to->in, &to->in_count, e);
		if (str_eq(bpmn_attr(from->element, "default"), x->id))
			from->fallback = e;
	}
}

static void attach_boundaries(struct compiler *c)
{
	for (unsigned i = 0; i < c->program->node_count; i++) {
		struct flow_node *n = c->program->nodes[i];
		if (n->kind != BPMN_BOUNDARY_EVENT)
			continue;
		struct flow_node *host = node_at(c, bpmn_ref(n->element, "attachedToRef"));
		if (!host || !bpmn_is(host->element, BPMN_ACTIVITY)) {
			refuse(c, n->element, "it is attached to no activity");
			continue;
		}
		if (!n->trigger_count)
			refuse(c, n->element, "it has no event definition");
		n->host = host;
		host->boundaries = arena_grow(c->arena, host->boundaries,
					      host->boundary_count * sizeof(n),
					      (host->boundary_count + 1) * sizeof(n));
		host->boundaries[host->boundary_count++] = n;
	}
	for (uint32_t i = 0; i < bpmn_count(c->model); i++) {
		const struct bpmn_element *a = bpmn_at(c->model, i);
		if (a->kind != BPMN_ASSOCIATION)
			continue;
		struct flow_node *from = node_at(c, bpmn_ref(a, "sourceRef"));
		struct flow_node *to = node_at(c, bpmn_ref(a, "targetRef"));
		if (from && to && from->kind == BPMN_BOUNDARY_EVENT && to->is_compensation)
			from->handler = to;
		else if (from && to && to->kind == BPMN_BOUNDARY_EVENT && from->is_compensation)
			to->handler = from;
	}
}

static void check_node(struct compiler *c, const struct flow_node *n)
{
	const struct bpmn_element *e = n->element;
	if (n->kind == BPMN_INTERMEDIATE_CATCH_EVENT && !n->trigger_count)
		refuse(c, e, "it waits for nothing");
	if (n->kind == BPMN_EVENT_BASED_GATEWAY && !n->out_count)
		refuse(c, e, "it waits for nothing");
	if (n->is_event_sub) {
		unsigned starts = 0;
		for (unsigned i = 0; i < n->node_count; i++)
			starts += n->nodes[i]->kind == BPMN_START_EVENT &&
				  n->nodes[i]->trigger_count;
		if (!starts)
			refuse(c, e, "nothing starts this event sub-process");
	}
	for (unsigned i = 0; i < n->out_count && n->kind == BPMN_EVENT_BASED_GATEWAY; i++) {
		enum bpmn_kind to = n->out[i]->to->kind;
		if (to != BPMN_INTERMEDIATE_CATCH_EVENT && to != BPMN_RECEIVE_TASK)
			refuse(c, e, "it leads to what does not wait for an event");
	}
	for (const struct flow_trigger *t = n->triggers; t; t = t->next) {
		bool throws = bpmn_is(e, BPMN_THROW_EVENT);
		if (throws && t->kind == BPMN_ERROR_DEFINITION && t->catches_all && !t->name &&
		    bpmn_attr(t->element, "errorRef") && !bpmn_ref(t->element, "errorRef"))
			continue;
		if ((t->kind == BPMN_TIMER_DEFINITION || t->kind == BPMN_CONDITIONAL_DEFINITION) &&
		    throws)
			refuse(c, e, "a timer or condition cannot be thrown");
		if (t->kind == BPMN_CANCEL_DEFINITION && n->kind == BPMN_BOUNDARY_EVENT &&
		    n->host && n->host->kind != BPMN_TRANSACTION)
			refuse(c, e, "only a transaction can be cancelled");
	}
}

enum status flow_compile(struct arena *a, const struct bpmn_model *m,
			 const struct flow_language *language, const struct flow_dialect *dialect,
			 struct bpmn_findings *findings, struct flow_program **out)
{
	struct compiler c = { a, m, language, dialect, findings };
	c.program = arena_alloc(a, sizeof(*c.program));
	c.program->arena = a;
	c.program->model = m;
	c.program->language = language;
	c.by_index = arena_array(a, bpmn_count(m) + 1, sizeof(struct flow_node *));
	for (uint32_t i = 0; i < bpmn_count(m); i++) {
		const struct bpmn_element *e = bpmn_at(m, i);
		if (e->kind == BPMN_PROCESS)
			make_level(&c, make_node(&c, e, NULL));
	}
	make_edges(&c);
	for (unsigned i = 0; i < c.program->node_count; i++)
		read_node(&c, c.program->nodes[i]);
	attach_boundaries(&c);
	for (unsigned i = 0; i < c.program->node_count; i++)
		check_node(&c, c.program->nodes[i]);
	if (c.bad)
		return ST_BAD_INPUT;
	*out = c.program;
	return ST_OK;
}
