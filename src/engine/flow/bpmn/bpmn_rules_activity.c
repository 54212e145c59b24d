/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of activities (clause 10.3): tasks and their operations, sub-processes, calls, loops. */
#include "engine/flow/bpmn/bpmn_private.h"

#include "base/text.h"

static unsigned count_of(const struct bpmn_element *e, const char *tag)
{
	unsigned n = 0;
	for (const struct bpmn_element *c = e ? bpmn_child(e, tag) : NULL; c; c = bpmn_again(c))
		n++;
	return n;
}

static void check_quantities(const struct bpmn_element *e, struct bpmn_findings *out)
{
	int64_t n;
	const char *start = bpmn_attr(e, "startQuantity"),
		   *end = bpmn_attr(e, "completionQuantity");
	if (start && int_parse(start, &n) && n < 1)
		bpmn_find(out, "EXT.037", e, "startQuantity of %s is less than 1", bpmn_who(e));
	if (end && int_parse(end, &n) && n < 1)
		bpmn_find(out, "EXT.038", e, "completionQuantity of %s is less than 1",
			  bpmn_who(e));
}

/* Whether the first 'tag' of the specification is of the message's item; a message without item fits
 * data without item. */
static bool fits(const struct bpmn_element *io, const char *tag, const struct bpmn_element *message)
{
	const struct bpmn_element *data = io ? bpmn_child(io, tag) : NULL;
	if (!message)
		return true;
	const struct bpmn_element *item = bpmn_ref(message, "itemRef");
	return data ? bpmn_same_item(bpmn_ref(data, "itemSubjectRef"), item) : !item;
}

static void check_service(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *operation = bpmn_ref(e, "operationRef");
	const struct bpmn_element *io = bpmn_child(e, "ioSpecification");
	if (!bpmn_is(operation, BPMN_OPERATION))
		return;
	const struct bpmn_element *in = bpmn_child(operation, "inMessageRef");
	const struct bpmn_element *back = bpmn_child(operation, "outMessageRef");
	if (count_of(io, "inputSet") != 1)
		bpmn_find(out, "EXT.042", e,
			  "service task %s calls an operation and has %u input sets", bpmn_who(e),
			  count_of(io, "inputSet"));
	if (count_of(io, "outputSet") > 1)
		bpmn_find(out, "EXT.043", e, "service task %s has more than one output set",
			  bpmn_who(e));
	if (in && !fits(io, "dataInput", bpmn_text_ref(in)))
		bpmn_find(out, "EXT.044", e,
			  "the data input of %s is not of the item of the message", bpmn_who(e));
	if (back && !fits(io, "dataOutput", bpmn_text_ref(back)))
		bpmn_find(out, "EXT.045", e,
			  "the data output of %s is not of the item of the message", bpmn_who(e));
}

static void check_messages(const struct bpmn_element *e, struct bpmn_findings *out)
{
	bool sends = e->kind == BPMN_SEND_TASK;
	const struct bpmn_element *message = bpmn_ref(e, "messageRef");
	const struct bpmn_element *io = bpmn_child(e, "ioSpecification");
	const char *set = sends ? "inputSet" : "outputSet",
		   *data = sends ? "dataInput" : "dataOutput";
	if (!message || !io)
		return;
	if (count_of(io, set) > 1)
		bpmn_find(out, sends ? "EXT.046" : "EXT.050", e, "%s has more than one %s",
			  bpmn_who(e), set);
	if (count_of(io, data) > 1)
		bpmn_find(out, sends ? "EXT.047" : "EXT.051", e, "%s has more than one %s",
			  bpmn_who(e), data);
	if (!fits(io, data, message))
		bpmn_find(out, sends ? "EXT.048" : "EXT.052", e,
			  "the %s of %s is not of the item of its message", data, bpmn_who(e));
}

static void check_task(const struct bpmn_element *e, struct bpmn_findings *out)
{
	if (e->kind == BPMN_SERVICE_TASK)
		check_service(e, out);
	if (e->kind == BPMN_SEND_TASK || e->kind == BPMN_RECEIVE_TASK)
		check_messages(e, out);
	if (e->kind == BPMN_RECEIVE_TASK && bpmn_flag(e, "instantiate", false) &&
	    (bpmn_incoming(e) || bpmn_child(e, "incoming")))
		bpmn_find(out, "EXT.049", e,
			  "receive task %s begins the process and has incoming flows", bpmn_who(e));
	if (e->kind == BPMN_SCRIPT_TASK && bpmn_child(e, "script") && !bpmn_attr(e, "scriptFormat"))
		bpmn_find(out, "EXT.053", e, "script task %s has a script and no scriptFormat",
			  bpmn_who(e));
}

static void check_sub_process(const struct bpmn_element *e, struct bpmn_findings *out)
{
	if (bpmn_is_event_sub(e)) {
		unsigned starts = count_of(e, "startEvent");
		if (starts != 1)
			bpmn_find(out, "EXT.058", e, "event sub-process %s has %u start events",
				  bpmn_who(e), starts);
	}
	if (bpmn_child(e, "ioSpecification"))
		bpmn_find(out, "EXT.079", e, "sub-process %s has an ioSpecification", bpmn_who(e));
	if (e->kind != BPMN_AD_HOC_SUB_PROCESS)
		return;
	if (!bpmn_first(e, BPMN_ACTIVITY))
		bpmn_find(out, "EXT.061", e, "ad-hoc sub-process %s has no activity", bpmn_who(e));
	for (const struct bpmn_element *c = e->first; c; c = c->next) {
		if (c->kind == BPMN_START_EVENT || c->kind == BPMN_END_EVENT ||
		    bpmn_is(c, BPMN_CONVERSATION_NODE) || c->kind == BPMN_CONVERSATION_LINK ||
		    bpmn_is(c, BPMN_CHOREOGRAPHY_ACTIVITY))
			bpmn_find(out, "EXT.062", c, "a %s cannot stand in ad-hoc sub-process %s",
				  c->tag, bpmn_who(e));
	}
}

/* Whether both lists have the same count and the same items in order. */
static bool same_data(const struct bpmn_element *a, const struct bpmn_element *b, const char *tag)
{
	a = a ? bpmn_child(a, tag) : NULL;
	b = b ? bpmn_child(b, tag) : NULL;
	for (; a && b; a = bpmn_again(a), b = bpmn_again(b)) {
		if (!bpmn_same_item(bpmn_ref(a, "itemSubjectRef"), bpmn_ref(b, "itemSubjectRef")))
			return false;
	}
	return !a && !b;
}

static void check_call(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *callee = bpmn_ref(e, "calledElement");
	if (!bpmn_is(callee, BPMN_CALLABLE))
		return;
	const struct bpmn_element *mine = bpmn_child(e, "ioSpecification");
	const struct bpmn_element *theirs = bpmn_child(callee, "ioSpecification");
	if (!same_data(mine, theirs, "dataInput") || !same_data(mine, theirs, "dataOutput"))
		bpmn_find(out, "EXT.063", e, "the data of call activity %s is not that of %s",
			  bpmn_who(e), bpmn_who(callee));
	else if (count_of(mine, "inputSet") != count_of(theirs, "inputSet") ||
		 count_of(mine, "outputSet") != count_of(theirs, "outputSet"))
		bpmn_find(out, "EXT.063", e,
			  "the data sets of call activity %s are not those of %s", bpmn_who(e),
			  bpmn_who(callee));
	bool none = callee->kind != BPMN_PROCESS;
	for (const struct bpmn_element *s = bpmn_first(callee, BPMN_START_EVENT); s;
	     s = bpmn_after(s, BPMN_START_EVENT))
		none |= !bpmn_definition(s, 0);
	if (!none && bpmn_first(callee, BPMN_START_EVENT))
		bpmn_find(out, "EXT.099", e,
			  "process %s, which %s calls, has no start event without trigger",
			  bpmn_who(callee), bpmn_who(e));
}

/* An item is the single one of a collection's. */
static bool is_scalar_of(const struct bpmn_element *one, const struct bpmn_element *many)
{
	const struct bpmn_element *a = bpmn_ref(one, "itemSubjectRef");
	const struct bpmn_element *b = bpmn_ref(many, "itemSubjectRef");
	if (!a || !b)
		return !a && !b;
	return !bpmn_flag(a, "isCollection", false) && !bpmn_flag(one, "isCollection", false) &&
	       str_eq(bpmn_attr(a, "structureRef"), bpmn_attr(b, "structureRef"));
}

static void check_multi(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *host = e->parent;
	const struct bpmn_element *many = bpmn_child(e, "loopDataInputRef");
	const struct bpmn_element *results = bpmn_child(e, "loopDataOutputRef");
	const struct bpmn_element *one = bpmn_child(e, "inputDataItem");
	const struct bpmn_element *result = bpmn_child(e, "outputDataItem");
	if (bpmn_executable(e) && !many && !bpmn_child(e, "loopCardinality"))
		bpmn_find(out, "EXT.067", host,
			  "multi-instance %s has neither loopCardinality nor loopDataInputRef",
			  bpmn_who(host));
	const struct bpmn_element *from = many ? bpmn_text_ref(many) : NULL;
	if (many && bpmn_executable(e) && bpmn_is(host, BPMN_TASK) &&
	    !(bpmn_is(from, BPMN_DATA_INPUT) && from->parent && from->parent->parent == host))
		bpmn_find(out, "EXT.068", host, "loopDataInputRef of %s names no data input of it",
			  bpmn_who(host));
	const struct bpmn_element *to = results ? bpmn_text_ref(results) : NULL;
	if (to && result && !is_scalar_of(result, to))
		bpmn_find(out, "EXT.069", host,
			  "outputDataItem of %s is not a single one of its loopDataOutputRef",
			  bpmn_who(host));
	if (from && one && !is_scalar_of(one, from))
		bpmn_find(out, "EXT.070", host,
			  "inputDataItem of %s is not a single one of its loopDataInputRef",
			  bpmn_who(host));
	bool complex = str_eq(bpmn_attr(e, "behavior"), "Complex");
	if (complex != (bpmn_child(e, "complexBehaviorDefinition") != NULL))
		bpmn_find(out, "EXT.072", host,
			  "complexBehaviorDefinition of %s and behavior Complex go together",
			  bpmn_who(host));
}

void bpmn_check_activities(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (e->kind == BPMN_MULTI_INSTANCE)
			check_multi(e, out);
		if (bpmn_is(e, BPMN_CHOREOGRAPHY_ACTIVITY) && bpmn_is_container(e->parent))
			bpmn_find(out, e->parent->kind == BPMN_PROCESS ? "EXT.036" : "EXT.056", e,
				  "choreography activity %s stands in %s", bpmn_who(e),
				  bpmn_who(e->parent));
		if (!bpmn_is(e, BPMN_ACTIVITY))
			continue;
		check_quantities(e, out);
		check_task(e, out);
		if (bpmn_is(e, BPMN_SUB_PROCESS))
			check_sub_process(e, out);
		if (e->kind == BPMN_CALL_ACTIVITY)
			check_call(e, out);
		if (count_of(e, "standardLoopCharacteristics") +
			    count_of(e, "multiInstanceLoopCharacteristics") >
		    1)
			bpmn_find(out, "EXT.041", e, "%s has more than one loop marker",
				  bpmn_who(e));
	}
}
