/* SPDX-License-Identifier: Apache-2.0 */
/* The strict gate: findings, what the groups of rules share, and the order in which they run. */
#include "engine/flow/bpmn/bpmn_private.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"

#define MAX_FINDINGS 1000

void bpmn_findings_init(struct bpmn_findings *f, struct arena *a)
{
	*f = (struct bpmn_findings){ .arena = a };
	f->tail = &f->first;
}

void bpmn_find(struct bpmn_findings *f, const char *rule, const struct bpmn_element *at,
	       const char *fmt, ...)
{
	if (f->count++ >= MAX_FINDINGS)
		return;
	struct bpmn_finding *one = arena_alloc(f->arena, sizeof(*one));
	va_list ap;
	va_start(ap, fmt);
	one->rule = rule;
	one->element = at && at->id ? at->id : "";
	one->line = at ? at->line : 0;
	one->text = arena_vprintf(f->arena, fmt, ap);
	va_end(ap);
	*f->tail = one;
	f->tail = &one->next;
}

const struct bpmn_element *bpmn_each(const struct bpmn_model *m, const struct bpmn_element *e,
				     enum bpmn_kind kind)
{
	for (uint32_t i = e ? e->index + 1 : 0; i < m->count; i++) {
		if (bpmn_kind_is((int)m->elements[i]->kind, (int)kind))
			return m->elements[i];
	}
	return NULL;
}

static void count_flows(struct bpmn_model *m)
{
	m->incoming = arena_array(m->arena, m->count, sizeof(*m->incoming));
	m->outgoing = arena_array(m->arena, m->count, sizeof(*m->outgoing));
	for (const struct bpmn_element *f = NULL; (f = bpmn_each(m, f, BPMN_SEQUENCE_FLOW));) {
		const struct bpmn_element *from = bpmn_ref(f, "sourceRef");
		const struct bpmn_element *to = bpmn_ref(f, "targetRef");
		if (from && from->model == m)
			m->outgoing[from->index]++;
		if (to && to->model == m)
			m->incoming[to->index]++;
	}
}

unsigned bpmn_incoming(const struct bpmn_element *node)
{
	if (!node->model->incoming)
		count_flows(node->model);
	return node->model->incoming[node->index];
}

unsigned bpmn_outgoing(const struct bpmn_element *node)
{
	if (!node->model->outgoing)
		count_flows(node->model);
	return node->model->outgoing[node->index];
}

const struct bpmn_element *bpmn_text_ref(const struct bpmn_element *child)
{
	return bpmn_resolve(child, child->text);
}

const struct bpmn_element *bpmn_definition(const struct bpmn_element *event, unsigned n)
{
	const struct bpmn_element *d = bpmn_first(event, BPMN_EVENT_DEFINITION);
	for (; d; d = bpmn_after(d, BPMN_EVENT_DEFINITION)) {
		if (!n--)
			return d;
	}
	for (const struct bpmn_element *r = bpmn_child(event, "eventDefinitionRef"); r;
	     r = bpmn_again(r)) {
		d = bpmn_text_ref(r);
		if (bpmn_is(d, BPMN_EVENT_DEFINITION) && !n--)
			return d;
	}
	return NULL;
}

bool bpmn_has_definition(const struct bpmn_element *event, enum bpmn_kind kind)
{
	const struct bpmn_element *d;
	for (unsigned i = 0; (d = bpmn_definition(event, i)); i++) {
		if (d->kind == kind)
			return true;
	}
	return false;
}

bool bpmn_executable(const struct bpmn_element *e)
{
	const struct bpmn_element *process = e->kind == BPMN_PROCESS ? e
								     : bpmn_within(e, BPMN_PROCESS);
	return process && bpmn_flag(process, "isExecutable", false);
}

bool bpmn_is_container(const struct bpmn_element *e)
{
	return e && (e->kind == BPMN_PROCESS || bpmn_is(e, BPMN_SUB_PROCESS));
}

bool bpmn_is_event_sub(const struct bpmn_element *e)
{
	return bpmn_is(e, BPMN_SUB_PROCESS) && bpmn_flag(e, "triggeredByEvent", false);
}

const char *bpmn_who(const struct bpmn_element *e)
{
	return e->id ? e->id : e->tag;
}

bool bpmn_same_item(const struct bpmn_element *a, const struct bpmn_element *b)
{
	if (a == b)
		return true;
	if (!a || !b)
		return false;
	return str_eq(bpmn_attr(a, "structureRef"), bpmn_attr(b, "structureRef")) &&
	       bpmn_flag(a, "isCollection", false) == bpmn_flag(b, "isCollection", false);
}

static void check_one(const struct bpmn_model *m, struct bpmn_findings *out)
{
	if (m->count > BPMN_MAX_CHECKED) {
		bpmn_find(out, "LIMIT", m->elements[0],
			  "the model has %u elements; up to %d can be published", m->count,
			  BPMN_MAX_CHECKED);
		return;
	}
	bpmn_check_schema(m, out);
	bpmn_check_references(m, out);
	bpmn_check_flow(m, out);
	bpmn_check_events(m, out);
	bpmn_check_gateways(m, out);
	bpmn_check_activities(m, out);
	bpmn_check_data(m, out);
	bpmn_check_collaboration(m, out);
}

/* What is imported is judged as well: what the model calls runs with it. */
static void check_imports(const struct bpmn_model *m, const struct bpmn_model **seen,
			  unsigned *count, struct bpmn_findings *out)
{
	for (const struct bpmn_imported *i = m->imports; i; i = i->next) {
		if (i->problem)
			bpmn_find(out, "EXT.001", i->element, "the import '%s' cannot be used: %s",
				  i->location, i->problem);
		if (!i->model)
			continue;
		if (strcmp(i->model->target_namespace, i->space) != 0)
			bpmn_find(out, "EXT.001", i->element,
				  "'%s' has the namespace %s and is imported as %s", i->location,
				  i->model->target_namespace, i->space);
		bool known = false;
		for (unsigned n = 0; n < *count; n++)
			known |= seen[n] == i->model;
		if (known || *count == 64)
			continue;
		seen[(*count)++] = i->model;
		check_one(i->model, out);
		check_imports(i->model, seen, count, out);
	}
}

/* EXT.002: ids are unique in a namespace, over all files that are read together. */
static void check_unique(const struct bpmn_model **seen, unsigned count, struct bpmn_findings *out)
{
	for (unsigned i = 0; i < count; i++) {
		for (unsigned n = i + 1; n < count; n++) {
			if (strcmp(seen[i]->target_namespace, seen[n]->target_namespace) != 0)
				continue;
			for (uint32_t k = 0; k < seen[n]->count; k++) {
				const struct bpmn_element *e = seen[n]->elements[k];
				if (e->id && e->kind != BPMN_FOREIGN && bpmn_by_id(seen[i], e->id))
					bpmn_find(out, "EXT.002", e,
						  "the id '%s' is there in '%s' and '%s'", e->id,
						  seen[i]->location, seen[n]->location);
			}
		}
	}
}

void bpmn_check(const struct bpmn_model *m, struct bpmn_findings *out)
{
	const struct bpmn_model *seen[64] = { m };
	unsigned count = 1;
	check_one(m, out);
	check_imports(m, seen, &count, out);
	check_unique(seen, count, out);
}
