/* SPDX-License-Identifier: Apache-2.0 */
/* Compiles a model into nodes and edges that the machine walks without looking at XML again. Whatever
 * it cannot execute is refused here, by element. */
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_compile_private.h"

void compile_refuse(struct compiler *c, const struct bpmn_element *e, const char *why)
{
	c->bad = true;
	bpmn_find(c->findings, "EXEC", e, "%s cannot be executed: %s", e->id ? e->id : e->tag, why);
}

void *compile_expression(struct compiler *c, const struct bpmn_element *e, const char *text)
{
	const char *why = "it is no expression";
	if (str_empty(text))
		return NULL;
	void *compiled = c->language->compile(c->language->who, c->arena, text, &why);
	if (!compiled)
		compile_refuse(c, e, arena_printf(c->arena, "'%s': %s", text, why));
	return compiled;
}

void *compile_child_expression(struct compiler *c, const struct bpmn_element *e, const char *tag)
{
	return compile_expression(c, e, bpmn_child_text(e, tag));
}

const char *compile_data_name(const struct bpmn_element *e)
{
	if (!e)
		return NULL;
	if (e->kind == BPMN_DATA_OBJECT_REFERENCE && bpmn_ref(e, "dataObjectRef"))
		e = bpmn_ref(e, "dataObjectRef");
	if (e->kind == BPMN_DATA_STORE_REFERENCE && bpmn_ref(e, "dataStoreRef"))
		e = bpmn_ref(e, "dataStoreRef");
	return !str_empty(e->name) ? e->name : e->id;
}

const char *compile_ref_name(const struct bpmn_element *e, const char *tag)
{
	const struct bpmn_element *child = bpmn_child(e, tag);
	return child ? compile_data_name(bpmn_resolve(child, child->text)) : NULL;
}

struct flow_node *compile_node_at(const struct compiler *c, const struct bpmn_element *e)
{
	return e && e->model == c->model ? c->by_index[e->index] : NULL;
}

bool compile_is_computed(const char *name)
{
	return name && (name[0] == '=' || strstr(name, "${") || strstr(name, "#{"));
}

static void read_node(struct compiler *c, struct flow_node *n)
{
	const struct bpmn_element *e = n->element;
	n->start_quantity = n->completion_quantity = 1;
	n->loop_maximum = -1;
	if (c->dialect)
		c->dialect->read(c->dialect->who, c->arena, e, &n->extras);
	if (bpmn_is(e, BPMN_CHOREOGRAPHY_ACTIVITY))
		compile_refuse(c, e, "choreographies describe and are not run");
	if (bpmn_is(e, BPMN_EVENT))
		compile_triggers(c, n);
	if (bpmn_is(e, BPMN_ACTIVITY))
		compile_activity(c, n);
	n->interrupts = e->kind == BPMN_BOUNDARY_EVENT ? bpmn_flag(e, "cancelActivity", true)
						       : bpmn_flag(e, "isInterrupting", true);
	n->is_event_sub = bpmn_is(e, BPMN_SUB_PROCESS) && bpmn_flag(e, "triggeredByEvent", false);
	if (e->kind == BPMN_EVENT_BASED_GATEWAY) {
		n->instantiates = bpmn_flag(e, "instantiate", false);
		n->is_parallel_start = str_eq(bpmn_attr(e, "eventGatewayType"), "Parallel");
	}
	if (e->kind == BPMN_COMPLEX_GATEWAY)
		n->activation = compile_child_expression(c, e, "activationCondition");
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
			container->data[container->data_count++] = compile_data_name(x);
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
		struct flow_node *from = compile_node_at(c, bpmn_ref(x, "sourceRef"));
		struct flow_node *to = compile_node_at(c, bpmn_ref(x, "targetRef"));
		if (!from || !to) {
			compile_refuse(c, x, "one of its ends is not there");
			continue;
		}
		if (from->container != to->container) {
			compile_refuse(c, x, "it crosses the border of a process or sub-process");
			continue;
		}
		struct flow_edge *e = arena_alloc(c->arena, sizeof(*e));
		e->id = x->id ? x->id : "";
		e->from = from;
		e->to = to;
		e->text = bpmn_child_text(x, "conditionExpression");
		e->conditional = !str_empty(e->text);
		e->condition = compile_expression(c, x, e->text);
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
		struct flow_node *host = compile_node_at(c, bpmn_ref(n->element, "attachedToRef"));
		if (!host || !bpmn_is(host->element, BPMN_ACTIVITY)) {
			compile_refuse(c, n->element, "it is attached to no activity");
			continue;
		}
		if (!n->trigger_count)
			compile_refuse(c, n->element, "it has no event definition");
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
		struct flow_node *from = compile_node_at(c, bpmn_ref(a, "sourceRef"));
		struct flow_node *to = compile_node_at(c, bpmn_ref(a, "targetRef"));
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
		compile_refuse(c, e, "it waits for nothing");
	if (n->kind == BPMN_EVENT_BASED_GATEWAY && !n->out_count)
		compile_refuse(c, e, "it waits for nothing");
	if (n->is_event_sub) {
		unsigned starts = 0;
		for (unsigned i = 0; i < n->node_count; i++)
			starts += n->nodes[i]->kind == BPMN_START_EVENT &&
				  n->nodes[i]->trigger_count;
		if (!starts)
			compile_refuse(c, e, "nothing starts this event sub-process");
	}
	for (unsigned i = 0; i < n->out_count && n->kind == BPMN_EVENT_BASED_GATEWAY; i++) {
		enum bpmn_kind to = n->out[i]->to->kind;
		if (to != BPMN_INTERMEDIATE_CATCH_EVENT && to != BPMN_RECEIVE_TASK)
			compile_refuse(c, e, "it leads to what does not wait for an event");
	}
	for (const struct flow_trigger *t = n->triggers; t; t = t->next) {
		bool throws = bpmn_is(e, BPMN_THROW_EVENT);
		if (throws && t->kind == BPMN_ERROR_DEFINITION && t->catches_all && !t->name &&
		    bpmn_attr(t->element, "errorRef") && !bpmn_ref(t->element, "errorRef"))
			continue;
		if ((t->kind == BPMN_TIMER_DEFINITION || t->kind == BPMN_CONDITIONAL_DEFINITION) &&
		    throws)
			compile_refuse(c, e, "a timer or condition cannot be thrown");
		if (t->kind == BPMN_CANCEL_DEFINITION && n->kind == BPMN_BOUNDARY_EVENT &&
		    n->host && n->host->kind != BPMN_TRANSACTION)
			compile_refuse(c, e, "only a transaction can be cancelled");
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
