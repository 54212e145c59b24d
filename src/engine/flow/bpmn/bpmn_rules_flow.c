/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of sequence flows and of what stands between them (clauses 8.3.13, 10.2, 10.5.1). */
#include "engine/flow/bpmn/bpmn_private.h"

#include "base/text.h"

static bool lists(const struct bpmn_element *node, const char *tag, const struct bpmn_element *flow)
{
	for (const struct bpmn_element *c = bpmn_child(node, tag); c; c = bpmn_again(c)) {
		if (bpmn_text_ref(c) == flow)
			return true;
	}
	return false;
}

static void check_end(const struct bpmn_element *flow, const char *attribute, const char *tag,
		      const char *rule, const char *artifact_rule, struct bpmn_findings *out)
{
	const struct bpmn_element *node = bpmn_ref(flow, attribute);
	if (!node)
		return;
	if (bpmn_is(node, BPMN_ARTIFACT))
		bpmn_find(out, artifact_rule, flow, "%s of sequence flow %s is the artifact %s",
			  attribute, bpmn_who(flow), bpmn_who(node));
	else if (bpmn_is_event_sub(node))
		bpmn_find(out, rule, flow, "%s of sequence flow %s is the event sub-process %s",
			  attribute, bpmn_who(flow), bpmn_who(node));
	else if (!bpmn_is(node, BPMN_FLOW_NODE))
		bpmn_find(out, rule, flow, "%s of sequence flow %s is %s, a %s", attribute,
			  bpmn_who(flow), bpmn_who(node), node->tag);
	else if (!lists(node, tag, flow))
		bpmn_find(out, "EXT.023", flow, "%s does not list sequence flow %s as '%s'",
			  bpmn_who(node), bpmn_who(flow), tag);
}

static void check_one_flow(const struct bpmn_element *flow, struct bpmn_findings *out)
{
	const struct bpmn_element *from = bpmn_ref(flow, "sourceRef");
	const struct bpmn_element *to = bpmn_ref(flow, "targetRef");
	check_end(flow, "sourceRef", "outgoing", "EXT.021", "EXT.007", out);
	check_end(flow, "targetRef", "incoming", "EXT.022", "EXT.006", out);
	if (from && to && (from->parent != flow->parent || to->parent != flow->parent))
		bpmn_find(out, "EXT.028", flow,
			  "sequence flow %s crosses the border of a process or sub-process",
			  bpmn_who(flow));
	if (!bpmn_flag(flow, "isImmediate", true) && bpmn_executable(flow))
		bpmn_find(
			out, "EXT.024", flow,
			"isImmediate of sequence flow %s cannot be false in an executable process",
			bpmn_who(flow));
	if (bpmn_is(from, BPMN_ACTIVITY) && bpmn_child(flow, "conditionExpression") &&
	    bpmn_outgoing(from) == 1)
		bpmn_find(out, "EXT.025", flow, "%s is the only way out of %s and has a condition",
			  bpmn_who(flow), bpmn_who(from));
}

/* Which way the listed flows go, and that the default one goes out of here. */
static void check_lists(const struct bpmn_element *node, struct bpmn_findings *out)
{
	for (const struct bpmn_element *c = bpmn_child(node, "incoming"); c; c = bpmn_again(c)) {
		const struct bpmn_element *flow = bpmn_text_ref(c);
		if (bpmn_is(flow, BPMN_SEQUENCE_FLOW) && bpmn_ref(flow, "targetRef") != node)
			bpmn_find(out, "EXT.023", node,
				  "%s lists %s as incoming, which goes elsewhere", bpmn_who(node),
				  flow->id);
	}
	for (const struct bpmn_element *c = bpmn_child(node, "outgoing"); c; c = bpmn_again(c)) {
		const struct bpmn_element *flow = bpmn_text_ref(c);
		if (bpmn_is(flow, BPMN_SEQUENCE_FLOW) && bpmn_ref(flow, "sourceRef") != node)
			bpmn_find(out, "EXT.023", node,
				  "%s lists %s as outgoing, which comes from elsewhere",
				  bpmn_who(node), flow->id);
	}
	const struct bpmn_element *flow = bpmn_ref(node, "default");
	if (bpmn_is(flow, BPMN_SEQUENCE_FLOW) && bpmn_ref(flow, "sourceRef") != node)
		bpmn_find(out, "EXT.026", node, "the default flow %s of %s does not go out of it",
			  flow->id, bpmn_who(node));
}

/* Nodes that stand without incoming flow by their nature. */
static bool needs_no_incoming(const struct bpmn_element *n)
{
	return n->kind == BPMN_START_EVENT || n->kind == BPMN_BOUNDARY_EVENT ||
	       bpmn_is_event_sub(n) || bpmn_flag(n, "isForCompensation", false) ||
	       bpmn_flag(n, "instantiate", false) ||
	       (n->kind == BPMN_INTERMEDIATE_CATCH_EVENT &&
		bpmn_has_definition(n, BPMN_LINK_DEFINITION));
}

static bool needs_no_outgoing(const struct bpmn_element *n)
{
	return n->kind == BPMN_END_EVENT || bpmn_is_event_sub(n) ||
	       bpmn_flag(n, "isForCompensation", false) ||
	       (n->kind == BPMN_BOUNDARY_EVENT &&
		bpmn_has_definition(n, BPMN_COMPENSATE_DEFINITION)) ||
	       (n->kind == BPMN_INTERMEDIATE_THROW_EVENT &&
		bpmn_has_definition(n, BPMN_LINK_DEFINITION));
}

static bool has_instantiating(const struct bpmn_element *level)
{
	for (const struct bpmn_element *n = bpmn_first(level, BPMN_FLOW_NODE); n;
	     n = bpmn_after(n, BPMN_FLOW_NODE)) {
		if (bpmn_flag(n, "instantiate", false))
			return true;
	}
	return false;
}

/* One process level: start and end events come together, and then nothing hangs in the air. */
static void check_level(const struct bpmn_element *level, struct bpmn_findings *out)
{
	if (level->kind == BPMN_AD_HOC_SUB_PROCESS)
		return;
	bool starts = bpmn_first(level, BPMN_START_EVENT), ends = bpmn_first(level, BPMN_END_EVENT);
	bool instantiates = has_instantiating(level);
	if (ends && !starts && !instantiates)
		bpmn_find(out, "EXT.097", level, "%s has an end event and no start event",
			  bpmn_who(level));
	if (starts && !ends)
		bpmn_find(out, "EXT.105", level, "%s has a start event and no end event",
			  bpmn_who(level));
	for (const struct bpmn_element *n = bpmn_first(level, BPMN_FLOW_NODE); n;
	     n = bpmn_after(n, BPMN_FLOW_NODE)) {
		if (starts && !needs_no_incoming(n) && !bpmn_incoming(n))
			bpmn_find(out, "EXT.150", n, "%s has no incoming sequence flow",
				  bpmn_who(n));
		if (ends && !needs_no_outgoing(n) && !bpmn_outgoing(n))
			bpmn_find(out, "EXT.151", n, "%s has no outgoing sequence flow",
				  bpmn_who(n));
	}
}

static void check_event_flows(const struct bpmn_element *e, struct bpmn_findings *out)
{
	unsigned in = bpmn_incoming(e), gone = bpmn_outgoing(e);
	bool link = bpmn_has_definition(e, BPMN_LINK_DEFINITION);
	bool free_standing = e->parent->kind == BPMN_AD_HOC_SUB_PROCESS;
	switch (e->kind) {
	case BPMN_START_EVENT:
		if (in || bpmn_child(e, "incoming"))
			bpmn_find(out, "EXT.096", e, "start event %s has an incoming sequence flow",
				  bpmn_who(e));
		if (!gone)
			bpmn_find(out, "EXT.101", e, "start event %s has no outgoing sequence flow",
				  bpmn_who(e));
		break;
	case BPMN_END_EVENT:
		if (gone || bpmn_child(e, "outgoing"))
			bpmn_find(out, "EXT.104", e, "end event %s has an outgoing sequence flow",
				  bpmn_who(e));
		if (!in)
			bpmn_find(out, "EXT.107", e, "end event %s has no incoming sequence flow",
				  bpmn_who(e));
		break;
	case BPMN_BOUNDARY_EVENT:
		if (in || bpmn_child(e, "incoming"))
			bpmn_find(out, "EXT.112", e,
				  "boundary event %s has an incoming sequence flow", bpmn_who(e));
		if (bpmn_has_definition(e, BPMN_COMPENSATE_DEFINITION)) {
			if (gone || bpmn_child(e, "outgoing"))
				bpmn_find(out, "EXT.114", e,
					  "compensation event %s has an outgoing sequence flow",
					  bpmn_who(e));
		} else if (!gone) {
			bpmn_find(out, "EXT.113", e,
				  "boundary event %s has no outgoing sequence flow", bpmn_who(e));
		}
		break;
	default: /* the intermediate events */
		if (link && in && gone)
			bpmn_find(out, "EXT.117", e,
				  "link event %s has both incoming and outgoing sequence flows",
				  bpmn_who(e));
		bool may_begin = link && e->kind == BPMN_INTERMEDIATE_CATCH_EVENT;
		bool may_end = link && e->kind == BPMN_INTERMEDIATE_THROW_EVENT;
		if ((may_begin && in) || (may_end && gone))
			bpmn_find(out, "EXT.117", e, "link event %s has a flow on its wrong side",
				  bpmn_who(e));
		if (!in && !may_begin && !free_standing)
			bpmn_find(out, "EXT.115", e, "event %s has no incoming sequence flow",
				  bpmn_who(e));
		if (!gone && !may_end && !free_standing)
			bpmn_find(out, "EXT.116", e, "event %s has no outgoing sequence flow",
				  bpmn_who(e));
	}
}

void bpmn_check_flow(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (e->kind == BPMN_FOREIGN)
			continue;
		if (e->kind == BPMN_SEQUENCE_FLOW)
			check_one_flow(e, out);
		if (bpmn_is(e, BPMN_FLOW_NODE))
			check_lists(e, out);
		if (bpmn_is(e, BPMN_EVENT) && e->kind != BPMN_IMPLICIT_THROW_EVENT)
			check_event_flows(e, out);
		if (bpmn_is_container(e))
			check_level(e, out);
		if (bpmn_is_event_sub(e) &&
		    (bpmn_incoming(e) || bpmn_outgoing(e) || bpmn_child(e, "incoming") ||
		     bpmn_child(e, "outgoing")))
			bpmn_find(out, "EXT.057", e, "event sub-process %s has sequence flows",
				  bpmn_who(e));
	}
}
