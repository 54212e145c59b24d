/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of gateways (clause 10.6). */
#include "engine/flow/bpmn/bpmn_private.h"

#include "base/text.h"

static void check_direction(const struct bpmn_element *g, struct bpmn_findings *out)
{
	unsigned in = bpmn_incoming(g), gone = bpmn_outgoing(g);
	const char *way = bpmn_attr(g, "gatewayDirection");
	if (str_eq(way, "Converging") && (gone > 1 || in < 2))
		bpmn_find(out, "EXT.017", g, "converging gateway %s has %u flows in and %u out",
			  bpmn_who(g), in, gone);
	if (str_eq(way, "Diverging") && (in > 1 || gone < 2))
		bpmn_find(out, "EXT.018", g, "diverging gateway %s has %u flows in and %u out",
			  bpmn_who(g), in, gone);
	if (str_eq(way, "Mixed") && (in < 2 || gone < 2))
		bpmn_find(out, "EXT.019", g, "mixed gateway %s has %u flows in and %u out",
			  bpmn_who(g), in, gone);
	if (in < 2 && gone < 2)
		bpmn_find(out, "EXT.135", g, "gateway %s has %u flows in and %u out", bpmn_who(g),
			  in, gone);
}

/* Message, signal, timer, conditional, or several of them. */
static bool may_follow(const struct bpmn_element *n)
{
	if (n->kind == BPMN_RECEIVE_TASK)
		return true;
	if (n->kind != BPMN_INTERMEDIATE_CATCH_EVENT || !bpmn_definition(n, 0))
		return false;
	const struct bpmn_element *d;
	for (unsigned i = 0; (d = bpmn_definition(n, i)); i++) {
		if (d->kind != BPMN_MESSAGE_DEFINITION && d->kind != BPMN_SIGNAL_DEFINITION &&
		    d->kind != BPMN_TIMER_DEFINITION && d->kind != BPMN_CONDITIONAL_DEFINITION)
			return false;
	}
	return true;
}

static bool has_boundary(const struct bpmn_element *task)
{
	for (const struct bpmn_element *b = bpmn_first(task->parent, BPMN_BOUNDARY_EVENT); b;
	     b = bpmn_after(b, BPMN_BOUNDARY_EVENT)) {
		if (bpmn_ref(b, "attachedToRef") == task)
			return true;
	}
	return false;
}

static void check_target(const struct bpmn_element *g, const struct bpmn_element *to,
			 struct bpmn_findings *out)
{
	if (!may_follow(to))
		bpmn_find(out, "EXT.138", g,
			  "event gateway %s leads to %s, a %s that cannot wait there", bpmn_who(g),
			  bpmn_who(to), to->tag);
	if (to->kind == BPMN_RECEIVE_TASK && has_boundary(to))
		bpmn_find(out, "EXT.140", g,
			  "receive task %s behind event gateway %s has a boundary event",
			  bpmn_who(to), bpmn_who(g));
	if (bpmn_incoming(to) > 1)
		bpmn_find(out, "EXT.141", g, "%s behind event gateway %s has other incoming flows",
			  bpmn_who(to), bpmn_who(g));
}

static void check_event_based(const struct bpmn_element *g, struct bpmn_findings *out)
{
	bool tasks = false, messages = false;
	if (bpmn_outgoing(g) < 2)
		bpmn_find(out, "EXT.136", g, "event gateway %s has less than two outgoing flows",
			  bpmn_who(g));
	if (bpmn_flag(g, "instantiate", false) && bpmn_incoming(g))
		bpmn_find(out, "EXT.142", g,
			  "event gateway %s begins the process and has incoming flows",
			  bpmn_who(g));
	for (const struct bpmn_element *f = bpmn_first(g->parent, BPMN_SEQUENCE_FLOW); f;
	     f = bpmn_after(f, BPMN_SEQUENCE_FLOW)) {
		if (bpmn_ref(f, "sourceRef") != g)
			continue;
		if (bpmn_child(f, "conditionExpression"))
			bpmn_find(out, "EXT.137", g, "flow %s of event gateway %s has a condition",
				  bpmn_who(f), bpmn_who(g));
		const struct bpmn_element *to = bpmn_ref(f, "targetRef");
		if (!to)
			continue;
		check_target(g, to, out);
		tasks |= to->kind == BPMN_RECEIVE_TASK;
		messages |= to->kind == BPMN_INTERMEDIATE_CATCH_EVENT &&
			    bpmn_has_definition(to, BPMN_MESSAGE_DEFINITION);
	}
	if (tasks && messages)
		bpmn_find(out, "EXT.139", g,
			  "event gateway %s waits for messages by events and by tasks",
			  bpmn_who(g));
}

void bpmn_check_gateways(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (const struct bpmn_element *g = NULL; (g = bpmn_each(m, g, BPMN_GATEWAY));) {
		check_direction(g, out);
		if (g->kind == BPMN_EVENT_BASED_GATEWAY)
			check_event_based(g, out);
	}
}
