/* SPDX-License-Identifier: Apache-2.0 */
/* The requirements graph (DMN 1.5 §6, §10.4): values of decisions with all that they require, functions
 * of business knowledge models and decision services, and the explanation. */
#include "engine/flow/dmn/dmn_private.h"

#define TRACE_MAX (4u << 20)

static const struct feel_value *complain(struct session *s, const char *fmt, const char *name)
{
	feel_complain(s->run, "'%s' %s", name, fmt);
	return &feel_null;
}

static struct session *session_new(const struct dmn_model *m, struct feel_run *run,
				   struct dmn_trace *trace)
{
	struct session *s = arena_alloc(run->arena, sizeof(*s));
	*s = (struct session){ .model = m, .run = run, .trace = trace };
	s->values = arena_array(run->arena, m->element_count + 1, sizeof(*s->values));
	s->busy = arena_array(run->arena, m->element_count + 1, 1);
	return s;
}

bool trace_wants(const struct session *s)
{
	return s->trace && s->trace->tables.size + s->trace->decisions.size < TRACE_MAX;
}

/* The scope of an element: what it requires by name, what is imported within the import's name. */
static const struct feel_value *scope_of(struct session *s, const struct element *e)
{
	struct arena *a = s->run->arena;
	struct feel_entry *list = arena_array(a, e->require_count + 2, sizeof(*list));
	size_t n = 0;
	/* A function knows itself, required or not. */
	if (e->kind == DMN_KNOWLEDGE)
		list[n++] = (struct feel_entry){ e->name, element_value(s, e) };
	for (size_t i = 0; i < e->require_count; i++) {
		const struct requirement *q = &e->requires[i];
		const struct feel_value *v = element_value(s, q->element);
		if (str_empty(q->import)) {
			list[n++] = (struct feel_entry){ q->element->name, v };
			continue;
		}
		size_t k = 0;
		while (k < n && !str_eq(list[k].name, q->import))
			k++;
		const struct feel_value *below = k < n ? list[k].value : NULL;
		list[k] = (struct feel_entry){ q->import,
					       feel_with(s->run, below, q->element->name, v) };
		n = k < n ? n : n + 1;
	}
	return feel_of_context(a, list, n);
}

struct called {
	struct session *s;
	const struct element *e;
};

static const struct feel_value *knowledge_call(struct feel_run *run, void *data,
					       const struct feel_value *const *args)
{
	const struct called *c = data;
	const struct element *e = c->e;
	const char *where = run->where;
	if (e->external)
		return complain(c->s, e->external, e->name);
	const struct feel_value *scope = scope_of(c->s, e);
	for (size_t i = 0; i < e->parameter_count; i++)
		scope = feel_with(run, scope, e->parameters[i].name, args[i]);
	run->where = e->name;
	const struct feel_value *v = box_evaluate(c->s, e->logic, scope);
	run->where = where;
	return v;
}

static const struct feel_value *outputs_of(struct session *s, const struct element *service)
{
	struct arena *a = s->run->arena;
	struct feel_entry *list = arena_array(a, service->output_count + 1, sizeof(*list));
	for (size_t i = 0; i < service->output_count; i++)
		list[i] = (struct feel_entry){ service->outputs[i]->name,
					       element_value(s, service->outputs[i]) };
	if (service->output_count == 1)
		return list[0].value;
	return feel_of_context(a, list, service->output_count);
}

/* A service called as a function: its own evaluation, in which the parameters are known. */
static const struct feel_value *service_call(struct feel_run *run, void *data,
					     const struct feel_value *const *args)
{
	const struct called *c = data;
	struct session *own = session_new(c->s->model, run, c->s->trace);
	own->depth = c->s->depth + 1;
	own->chain = c->s->chain + 1;
	if (own->depth > 60 || own->chain > 60)
		return complain(c->s, "calls itself too deeply", c->e->name);
	for (size_t i = 0; i < c->e->parameter_count; i++)
		own->values[c->e->sources[i]->index] = args[i];
	return outputs_of(own, c->e);
}

/* The type of what a function gives: its variable's, or that of the function type it names. */
static const struct feel_type *result_of(const struct element *e)
{
	const struct feel_type *t = e->type;
	for (unsigned i = 0; t && t->kind == FEEL_TYPE_SAME && i < DMN_DEPTH_MAX; i++)
		t = t->element;
	return t && t->kind == FEEL_TYPE_FUNCTION ? t->element : e->type;
}

static const struct feel_value *input_value(struct session *s, const struct element *e)
{
	for (size_t i = 0; i < s->input_count; i++) {
		const struct dmn_input *in = &s->inputs[i];
		if ((!in->namespace || str_eq(in->namespace, e->unit->namespace)) &&
		    str_eq(name_normal(s->run->arena, in->name), e->name))
			return feel_coerce(s->run, e->type, in->value, e->name);
	}
	return &feel_null;
}

static void trace_decision(struct session *s, const struct element *e, const struct feel_value *v)
{
	if (!trace_wants(s))
		return;
	struct buf text = { .arena = s->run->arena };
	struct json_out j = json_to(&text);
	json_object_begin(&j);
	json_put_str(&j, "name", e->name);
	json_put_str(&j, "id", e->id);
	json_key(&j, "value");
	feel_to_json(&j, v);
	json_object_end(&j);
	if (s->trace->decision_count++)
		buf_char(&s->trace->decisions, ',');
	buf_add(&s->trace->decisions, buf_text(&text), text.size);
}

static const struct feel_value *decision_value(struct session *s, const struct element *e)
{
	const char *where = s->run->where;
	const struct feel_value *scope = scope_of(s, e);
	s->run->where = e->name;
	const struct feel_value *v;
	if (e->logic)
		v = box_evaluate(s, e->logic, scope);
	else
		v = complain(s, "has no decision logic", e->name);
	v = feel_coerce(s->run, e->type, v, e->name);
	trace_decision(s, e, v);
	s->run->where = where;
	return v;
}

static const struct feel_value *compute(struct session *s, const struct element *e)
{
	struct called *c;
	switch (e->kind) {
	case DMN_INPUT: return input_value(s, e);
	case DMN_DECISION: return decision_value(s, e);
	case DMN_KNOWLEDGE:
	case DMN_SERVICE:
		c = arena_alloc(s->run->arena, sizeof(*c));
		*c = (struct called){ s, e };
		return feel_of_native(s->run->arena, e->name, e->parameters, e->parameter_count,
				      result_of(e),
				      e->kind == DMN_SERVICE ? service_call : knowledge_call, c);
	}
	return &feel_null;
}

const struct feel_value *element_value(struct session *s, const struct element *e)
{
	if (s->values[e->index])
		return s->values[e->index];
	if (s->busy[e->index])
		return complain(s, "requires itself", e->name);
	if (s->chain >= 200)
		return complain(s, "is required through too many others", e->name);
	s->busy[e->index] = 1;
	s->chain++;
	const struct feel_value *v = compute(s, e);
	s->chain--;
	s->busy[e->index] = 0;
	s->values[e->index] = v;
	return v;
}

/* By name or id, in the first file. */
static const struct element *find(const struct dmn_model *m, enum dmn_kind kind, const char *name)
{
	for (size_t i = 0; i < m->element_count; i++) {
		const struct element *e = &m->elements[i];
		if (e->unit == &m->units[0] && e->kind == kind &&
		    (str_eq(e->name, name) || str_eq(e->id, name)))
			return e;
	}
	return NULL;
}

static struct session *open_session(struct feel_run *run, const struct dmn_model *m,
				    const struct dmn_input *inputs, size_t count,
				    struct dmn_trace *trace)
{
	struct session *s = session_new(m, run, trace);
	s->inputs = inputs;
	s->input_count = count;
	return s;
}

const struct feel_value *dmn_decide(struct feel_run *run, const struct dmn_model *m,
				    const char *decision, const struct dmn_input *inputs,
				    size_t count, struct dmn_trace *trace)
{
	const struct element *e = find(m, DMN_DECISION, decision);
	struct session *s = open_session(run, m, inputs, count, trace);
	return e ? element_value(s, e) : complain(s, "is no decision of the model", decision);
}

static const struct feel_value *invoke(struct feel_run *run, const struct dmn_model *m,
				       const struct element *e, const struct dmn_input *inputs,
				       size_t count, struct dmn_trace *trace)
{
	struct session *s = open_session(run, m, inputs, count, trace);
	struct feel_entry *args = arena_array(run->arena, e->parameter_count + 1, sizeof(*args));
	for (size_t i = 0; i < e->parameter_count; i++) {
		const struct feel_value *v = &feel_null;
		for (size_t k = 0; k < count; k++)
			if (str_eq(name_normal(run->arena, inputs[k].name), e->parameters[i].name))
				v = inputs[k].value;
		/* As any input: what is of another type is null, and the rest goes on. */
		v = feel_coerce(run, e->parameters[i].type, v, e->parameters[i].name);
		args[i] = (struct feel_entry){ e->parameters[i].name, v };
	}
	return feel_call_named(run, element_value(s, e), args, e->parameter_count);
}

const struct feel_value *dmn_serve(struct feel_run *run, const struct dmn_model *m,
				   const char *service, const struct dmn_input *inputs,
				   size_t count, struct dmn_trace *trace)
{
	const struct element *e = find(m, DMN_SERVICE, service);
	if (e)
		return invoke(run, m, e, inputs, count, trace);
	feel_complain(run, "'%s' is no decision service of the model", service);
	return &feel_null;
}

const struct feel_value *dmn_invoke(struct feel_run *run, const struct dmn_model *m,
				    const char *knowledge, const struct dmn_input *inputs,
				    size_t count, struct dmn_trace *trace)
{
	const struct element *e = find(m, DMN_KNOWLEDGE, knowledge);
	if (e)
		return invoke(run, m, e, inputs, count, trace);
	feel_complain(run, "'%s' is no business knowledge model of the model", knowledge);
	return &feel_null;
}

struct dmn_trace *dmn_trace_new(struct arena *a)
{
	struct dmn_trace *t = arena_alloc(a, sizeof(*t));
	*t = (struct dmn_trace){ .arena = a, .decisions.arena = a, .tables.arena = a };
	return t;
}

void dmn_explain(struct json_out *j, const struct dmn_trace *trace, const struct feel_run *run)
{
	struct arena *a = trace->arena;
	json_object_begin(j);
	json_key(j, "decisions");
	json_raw(j, arena_printf(a, "[%s]", buf_text(&trace->decisions)));
	json_key(j, "tables");
	json_raw(j, arena_printf(a, "[%s]", buf_text(&trace->tables)));
	json_key(j, "diagnostics");
	json_array_begin(j);
	for (size_t i = 0; i < run->diagnostic_count; i++) {
		json_object_begin(j);
		json_put_str(j, "of", run->diagnostics[i].where);
		json_put_str(j, "text", run->diagnostics[i].text);
		json_object_end(j);
	}
	json_array_end(j);
	json_object_end(j);
}
