/* SPDX-License-Identifier: Apache-2.0 */
/* What events wait for and throw: their definitions, as triggers. */
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_compile_private.h"

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
	if (compile_is_computed(t->name))
		t->name_expression = compile_expression(c, d, t->name);
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
			t->expression = compile_expression(c, d, text);
		return;
	}
	compile_refuse(c, d->parent ? d->parent : d, "its timer has no time");
}

struct flow_trigger *compile_trigger(struct compiler *c, const struct bpmn_element *d)
{
	struct flow_trigger *t = arena_alloc(c->arena, sizeof(*t));
	struct flow_extras extras = { 0 };
	t->element = d;
	t->kind = d->kind;
	if (c->dialect)
		c->dialect->read(c->dialect->who, c->arena, d, &extras);
	t->passes_key = extras.passes_key;
	t->timed_outside = extras.timed_outside;
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
		t->expression = compile_child_expression(c, d, "condition");
		if (!t->expression)
			compile_refuse(c, d->parent, "its condition is empty");
		break;
	case BPMN_TIMER_DEFINITION:
		if (!t->timed_outside)
			read_time(c, d, t);
		break;
	default: break;
	}
	return t;
}

void compile_triggers(struct compiler *c, struct flow_node *n)
{
	struct flow_trigger **tail = &n->triggers;
	const struct bpmn_element *e = n->element;
	for (const struct bpmn_element *d = bpmn_first(e, BPMN_EVENT_DEFINITION); d;
	     d = bpmn_after(d, BPMN_EVENT_DEFINITION)) {
		*tail = compile_trigger(c, d);
		tail = &(*tail)->next;
		n->trigger_count++;
	}
	for (const struct bpmn_element *r = bpmn_child(e, "eventDefinitionRef"); r;
	     r = bpmn_again(r)) {
		const struct bpmn_element *d = bpmn_resolve(r, r->text);
		if (!bpmn_is(d, BPMN_EVENT_DEFINITION)) {
			compile_refuse(c, e, "an event definition that it names is not there");
			continue;
		}
		*tail = compile_trigger(c, d);
		tail = &(*tail)->next;
		n->trigger_count++;
	}
	n->all_triggers = bpmn_flag(e, "parallelMultiple", false) && n->trigger_count > 1;
}
