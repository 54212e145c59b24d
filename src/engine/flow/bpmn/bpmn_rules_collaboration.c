/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of collaborations, message flows, choreographies and callable elements (clauses 8.4, 9, 11). */
#include "engine/flow/bpmn/bpmn_private.h"

#include "base/text.h"

/* The pool in which 'e' stands: the participant itself, the one of its process, or the process. */
static const struct bpmn_element *pool_of(const struct bpmn_element *e)
{
	if (e->kind == BPMN_PARTICIPANT)
		return e;
	const struct bpmn_element *process = e->kind == BPMN_PROCESS ? e
								     : bpmn_within(e, BPMN_PROCESS);
	if (!process)
		return e;
	for (const struct bpmn_element *p = NULL; (p = bpmn_each(e->model, p, BPMN_PARTICIPANT));) {
		if (bpmn_ref(p, "processRef") == process)
			return p;
	}
	return process;
}

static void check_flow_end(const struct bpmn_element *f, const struct bpmn_element *at, bool source,
			   struct bpmn_findings *out)
{
	const char *end = source ? "sourceRef" : "targetRef";
	if (bpmn_is(at, BPMN_ARTIFACT)) {
		bpmn_find(out, source ? "EXT.009" : "EXT.008", f,
			  "%s of message flow %s is an artifact", end, bpmn_who(f));
	} else if (at->kind != BPMN_PARTICIPANT && !bpmn_is(at, BPMN_ACTIVITY) &&
		   !bpmn_is(at, BPMN_EVENT) && !bpmn_is(at, BPMN_CONVERSATION_NODE)) {
		bpmn_find(out, "REF", f,
			  "%s of message flow %s is a %s, which sends and receives nothing", end,
			  bpmn_who(f), at->tag);
	}
	bool message = bpmn_has_definition(at, BPMN_MESSAGE_DEFINITION);
	if (at->kind == BPMN_START_EVENT && source)
		bpmn_find(out, "EXT.102", f, "start event %s is the source of a message flow",
			  bpmn_who(at));
	if (at->kind == BPMN_START_EVENT && !source && !message)
		bpmn_find(out, "EXT.103", f,
			  "start event %s is the target of a message flow and waits for no message",
			  bpmn_who(at));
	if (at->kind == BPMN_END_EVENT && !source)
		bpmn_find(out, "EXT.108", f, "end event %s is the target of a message flow",
			  bpmn_who(at));
	if (at->kind == BPMN_END_EVENT && source && !message)
		bpmn_find(out, "EXT.109", f,
			  "end event %s is the source of a message flow and sends no message",
			  bpmn_who(at));
	if (at->kind == BPMN_INTERMEDIATE_CATCH_EVENT && source)
		bpmn_find(out, "EXT.119", f, "catch event %s is the source of a message flow",
			  bpmn_who(at));
	if (at->kind == BPMN_INTERMEDIATE_THROW_EVENT && !source)
		bpmn_find(out, "EXT.119", f, "throw event %s is the target of a message flow",
			  bpmn_who(at));
}

static void check_message_flow(const struct bpmn_element *f, struct bpmn_findings *out)
{
	const struct bpmn_element *from = bpmn_ref(f, "sourceRef"), *to = bpmn_ref(f, "targetRef");
	if (from)
		check_flow_end(f, from, true, out);
	if (to)
		check_flow_end(f, to, false, out);
	if (from && to && pool_of(from) == pool_of(to))
		bpmn_find(out, "EXT.031", f, "message flow %s stays in one pool", bpmn_who(f));
}

static void check_collaboration(const struct bpmn_element *e, struct bpmn_findings *out)
{
	for (const struct bpmn_element *r = bpmn_child(e, "choreographyRef"); r;
	     r = bpmn_again(r)) {
		const struct bpmn_element *to = bpmn_text_ref(r);
		if (e->kind == BPMN_GLOBAL_CONVERSATION || bpmn_is(e, BPMN_CHOREOGRAPHY))
			bpmn_find(out, "EXT.027", e, "%s, a %s, names a choreography", bpmn_who(e),
				  e->tag);
		if (to && bpmn_flag(to, "isClosed", false) != bpmn_flag(e, "isClosed", false))
			bpmn_find(out, "EXT.033", e,
				  "isClosed of %s is not that of its choreography %s", bpmn_who(e),
				  bpmn_who(to));
	}
	if (e->kind != BPMN_GLOBAL_CONVERSATION)
		return;
	for (const struct bpmn_element *c = e->first; c; c = c->next) {
		if (bpmn_is(c, BPMN_CONVERSATION_NODE) || bpmn_is(c, BPMN_ARTIFACT) ||
		    c->kind == BPMN_PARTICIPANT_ASSOCIATION ||
		    c->kind == BPMN_MESSAGE_FLOW_ASSOCIATION ||
		    c->kind == BPMN_CONVERSATION_ASSOCIATION)
			bpmn_find(out, "EXT.032", c, "global conversation %s cannot hold a %s",
				  bpmn_who(e), c->tag);
	}
}

static void check_multiplicity(const struct bpmn_element *e, struct bpmn_findings *out)
{
	int64_t least = 0, most = 1;
	const char *a = bpmn_attr(e, "minimum"), *b = bpmn_attr(e, "maximum");
	if (a && !int_parse(a, &least))
		return;
	if (b && !int_parse(b, &most))
		return;
	if (least < 0)
		bpmn_find(out, "EXT.029", e->parent, "minimum of participant %s is negative",
			  bpmn_who(e->parent));
	if (b && (most < 1 || most < least))
		bpmn_find(out, "EXT.030", e->parent,
			  "maximum of participant %s is less than 1 or than its minimum",
			  bpmn_who(e->parent));
}

static void check_callable(const struct bpmn_element *e, struct bpmn_findings *out)
{
	if (bpmn_child(e, "supportedInterfaceRef") && !bpmn_child(e, "ioBinding"))
		bpmn_find(out, "EXT.064", e, "%s is offered as a service and binds no operation",
			  bpmn_who(e));
	for (const struct bpmn_element *b = bpmn_child(e, "ioBinding"); b; b = bpmn_again(b)) {
		const struct bpmn_element *io = bpmn_child(e, "ioSpecification");
		const struct bpmn_element *in = bpmn_ref(b, "inputDataRef");
		const struct bpmn_element *back = bpmn_ref(b, "outputDataRef");
		if ((in && in->parent != io) || (back && back->parent != io))
			bpmn_find(out, "EXT.065", e,
				  "an ioBinding of %s binds sets of another element", bpmn_who(e));
	}
	if (e->kind == BPMN_PROCESS && str_eq(bpmn_attr(e, "processType"), "Public") &&
	    bpmn_flag(e, "isExecutable", false))
		bpmn_find(out, "EXT.035", e, "public process %s cannot be executable", bpmn_who(e));
}

void bpmn_check_collaboration(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (e->kind == BPMN_MESSAGE_FLOW)
			check_message_flow(e, out);
		if (bpmn_is(e, BPMN_COLLABORATION))
			check_collaboration(e, out);
		if (e->kind == BPMN_PARTICIPANT_MULTIPLICITY)
			check_multiplicity(e, out);
		if (bpmn_is(e, BPMN_CALLABLE))
			check_callable(e, out);
	}
}
