/* SPDX-License-Identifier: Apache-2.0 */
#include "dialect.h"

#include <string.h>
#include "base/text.h"

static bool is_vendor(const char *space)
{
	return strstr(space, "camunda.org") || strstr(space, "activiti.org") ||
	       strstr(space, "flowable.org");
}

const char *vendor_attr(const struct bpmn_element *e, const char *name)
{
	for (uint32_t i = 0; i < e->attribute_count; i++) {
		if (strcmp(e->attributes[i].name, name) == 0 && is_vendor(e->attributes[i].space))
			return e->attributes[i].value;
	}
	return NULL;
}

static bool flag(const struct bpmn_element *e, const char *name)
{
	return str_eq(vendor_attr(e, name), "true");
}

static void add(struct flow_mapping **list, struct flow_mapping *one)
{
	while (*list)
		list = &(*list)->next;
	*list = one;
}

static void read_mapping(struct arena *a, const struct bpmn_element *x, struct flow_extras *out)
{
	struct flow_mapping *m = arena_alloc(a, sizeof(*m));
	const char *expression = bpmn_attr(x, "sourceExpression");
	m->source = expression ? expression : bpmn_attr(x, "source");
	m->target = bpmn_attr(x, "target");
	m->all = str_eq(bpmn_attr(x, "variables"), "all");
	m->local = str_eq(bpmn_attr(x, "local"), "true");
	m->computed = expression || (m->source && strstr(m->source, "${"));
	const char *key = bpmn_attr(x, "businessKey");
	out->passes_key |= key && strstr(key, "execution.processBusinessKey");
	if (key)
		return;
	add(strcmp(x->tag, "in") == 0 ? &out->in : &out->out, m);
}

static void read_parameters(struct arena *a, const struct bpmn_element *io, struct flow_extras *out)
{
	for (const struct bpmn_element *x = io->first; x; x = x->next) {
		struct flow_mapping *m = arena_alloc(a, sizeof(*m));
		m->source = x->text;
		m->target = bpmn_attr(x, "name");
		m->computed = strstr(x->text, "${") || strstr(x->text, "#{");
		add(strcmp(x->tag, "inputParameter") == 0 ? &out->inputs : &out->outputs, m);
	}
}

static void read(void *who, struct arena *a, const struct bpmn_element *e, struct flow_extras *out)
{
	(void)who;
	out->async_before = flag(e, "async") || flag(e, "asyncBefore");
	out->async_after = flag(e, "asyncAfter") || flag(e, "asyncLeave");
	for (const struct bpmn_element *d = bpmn_first(e, BPMN_EVENT_DEFINITION);
	     d && bpmn_is(e, BPMN_THROW_EVENT); d = bpmn_after(d, BPMN_EVENT_DEFINITION))
		out->async_before |= flag(d, "async");
	/* Flowable means each instance by it, Camunda the whole. */
	const struct bpmn_element *many = bpmn_first(e, BPMN_MULTI_INSTANCE);
	if (many) {
		bool flowable = bpmn_attr_of(e, "http://flowable.org/bpmn", "async") != NULL;
		out->async_items = flag(many, "asyncBefore") || (flowable && out->async_before);
		out->async_before = out->async_before && !flowable;
	}
	out->collection = vendor_attr(e, "collection");
	if (out->collection && !strstr(out->collection, "{"))
		out->collection = arena_printf(a, "${%s}", out->collection);
	out->element_variable = vendor_attr(e, "elementVariable");
	out->passes_all = flag(e, "inheritVariables");
	out->local_results = flag(e, "useLocalScopeForOutParameters");
	out->in_instance = str_eq(vendor_attr(e, "scope"), "processInstance");
	out->result_variable = vendor_attr(e, "resultVariable");
	if (!out->result_variable)
		out->result_variable = vendor_attr(e, "resultVariableName");
	out->expression = vendor_attr(e, "expression");
	out->code_variable = vendor_attr(e, "escalationCodeVariable");
	if (!out->code_variable)
		out->code_variable = vendor_attr(e, "errorCodeVariable");
	out->message_variable = vendor_attr(e, "errorMessageVariable");
	const struct bpmn_element *more = bpmn_child(e, "extensionElements");
	for (const struct bpmn_element *x = more ? more->first : NULL; x; x = x->next) {
		if (!is_vendor(x->space))
			continue;
		if (strcmp(x->tag, "in") == 0 || strcmp(x->tag, "out") == 0)
			read_mapping(a, x, out);
		else if (strcmp(x->tag, "inputOutput") == 0)
			read_parameters(a, x, out);
	}
}

const struct flow_dialect vendor_dialect = { read, NULL };
