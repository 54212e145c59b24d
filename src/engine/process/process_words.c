/* SPDX-License-Identifier: Apache-2.0 */
/* What models say beyond BPMN, in attributes of our namespace: who does a task, what a service task's
 * work is, mappings of calls. What is wrong there is a finding of the rule EXT.flow. */
#include "engine/calendar/calendar.h"
#include "engine/process/process_human.h"
#include "engine/process/process_request.h"
#include "engine/process/process_sign.h"

static const char *own(const struct bpmn_element *e, const char *name)
{
	return bpmn_attr_of(e, PROCESS_NS, name);
}

static bool is_true(const char *text)
{
	return str_eq(text, "true");
}

static void *computed(struct arena *a, const struct bpmn_element *e, const char *name,
		      struct bpmn_findings *f)
{
	const char *text = own(e, name), *why = "it is no expression";
	if (!text || text[0] != '=')
		return NULL;
	void *compiled = flow_feel.compile(flow_feel.who, a, text, &why);
	if (!compiled)
		bpmn_find(f, "EXT.flow", e, "flow:%s '%s': %s", name, text, why);
	return compiled;
}

static int64_t number_of(const struct bpmn_element *e, const char *name, int64_t otherwise,
			 int64_t most, struct bpmn_findings *f)
{
	const char *text = own(e, name);
	int64_t n = otherwise;
	if (text && (!int_parse(text, &n) || n < 0 || n > most)) {
		bpmn_find(f, "EXT.flow", e, "flow:%s is a whole number from 0 to %lld", name,
			  (long long)most);
		return otherwise;
	}
	return n;
}

static void read_work(struct arena *a, const struct bpmn_element *e, struct process_node *n,
		      struct bpmn_findings *f)
{
	static const char *const kinds[] = { "act", "worker" };
	int said = 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		if (!own(e, kinds[i]))
			continue;
		n->work_kind = kinds[i];
		n->topic = own(e, kinds[i]);
		said++;
	}
	n->request = process_request_read(a, e, f);
	if (n->request) {
		n->work_kind = "http";
		n->topic = "";
		said++;
	}
	if (said > 1)
		bpmn_find(f, "EXT.flow", e,
			  "flow:act, flow:worker and flow:url exclude each other");
	if (said && !n->request && str_empty(n->topic))
		bpmn_find(f, "EXT.flow", e, "flow:%s is empty", n->work_kind);
	n->retries = number_of(e, "retries", 3, 100, f);
	n->pause = number_of(e, "retryPause", 10, 86400, f) * CLOCK_SECOND;
}

/* flow:operations="transfer return": what people may do with the task; without it the usual. */
static unsigned operations_of(struct arena *a, const struct bpmn_element *e,
			      struct bpmn_findings *f)
{
	const char *text = own(e, "operations");
	struct words words = text ? words_split(a, text, ' ') : (struct words){ 0 };
	bool process = e->kind == BPMN_PROCESS;
	unsigned bits = text || process ? 0 : OPERATIONS_USUAL;
	for (size_t i = 0; i < words.count; i++) {
		int k = 0;
		while (process_operation_words[k] &&
		       !str_eq(process_operation_words[k], words.list[i]))
			k++;
		if (process_operation_words[k] && process == (1u << k == OPERATION_VOID))
			bits |= 1u << k;
		else
			bpmn_find(f, "EXT.flow", e,
				  "flow:operations has '%.40s', which is none of %s", words.list[i],
				  process ? "void"
					  : "transfer, delegate, return, urge, signBefore, "
					    "signAfter, signParallel, unsign, withdraw");
	}
	return bits;
}

/* A timer in working days has no other time, and is all that its event waits for. */
static void check_timer(const struct bpmn_element *e, struct bpmn_findings *f)
{
	const struct bpmn_element *event = e->parent, *first;
	if (bpmn_child(e, "timeDate") || bpmn_child(e, "timeDuration") ||
	    bpmn_child(e, "timeCycle"))
		bpmn_find(f, "EXT.flow", e, "a timer has a time or flow:businessDays, not both");
	first = event ? bpmn_first(event, BPMN_EVENT_DEFINITION) : NULL;
	if (!event ||
	    (event->kind != BPMN_INTERMEDIATE_CATCH_EVENT && event->kind != BPMN_BOUNDARY_EVENT))
		bpmn_find(f, "EXT.flow", e,
			  "flow:businessDays is for timers of intermediate and boundary events");
	else if (first != e || bpmn_after(e, BPMN_EVENT_DEFINITION))
		bpmn_find(f, "EXT.flow", e,
			  "an event with flow:businessDays waits for nothing else");
}

/* flow:businessDays="3" flow:calendar="cn": of user tasks and timers. */
static void read_days(const struct bpmn_element *e, struct process_node *n, struct bpmn_findings *f)
{
	const char *text = own(e, "businessDays");
	n->calendar = own(e, "calendar") ? own(e, "calendar") : "cn";
	if (!text && own(e, "calendar"))
		bpmn_find(f, "EXT.flow", e, "flow:calendar goes with flow:businessDays");
	if (!text)
		return;
	n->business_days = number_of(e, "businessDays", 0, CALENDAR_TERM_MAX, f);
	if (str_eq(text, "0"))
		bpmn_find(f, "EXT.flow", e, "flow:businessDays is 1 or more");
	if (e->kind == BPMN_TIMER_DEFINITION)
		check_timer(e, f);
	else if (e->kind != BPMN_USER_TASK)
		bpmn_find(f, "EXT.flow", e, "flow:businessDays is for user tasks and timers");
	if (own(e, "due"))
		bpmn_find(f, "EXT.flow", e, "flow:due and flow:businessDays exclude each other");
}

void process_node_read(struct arena *a, const struct bpmn_element *e, struct process_node *n,
		       struct bpmn_findings *f)
{
	n->retries = 3;
	n->pause = 10 * CLOCK_SECOND;
	n->priority = 50;
	n->operations = operations_of(a, e, f);
	for (uint32_t i = 0; i < e->attribute_count && !n->says; i++)
		n->says = str_eq(e->attributes[i].space, PROCESS_NS);
	if (!n->says)
		return;
	n->assignee_text = own(e, "assignee");
	n->users_text = own(e, "candidateUsers");
	n->roles_text = own(e, "candidateRoles");
	n->assignee = computed(a, e, "assignee", f);
	n->users = computed(a, e, "candidateUsers", f);
	n->roles = computed(a, e, "candidateRoles", f);
	n->due = computed(a, e, "due", f);
	if (own(e, "due") && own(e, "due")[0] != '=')
		bpmn_find(f, "EXT.flow", e, "flow:due is an expression: it begins with '='");
	n->key = computed(a, e, "businessKey", f);
	if (own(e, "businessKey") && own(e, "businessKey")[0] != '=')
		bpmn_find(f, "EXT.flow", e,
			  "flow:businessKey is an expression: it begins with '='");
	n->form = own(e, "form");
	n->priority = number_of(e, "priority", 50, 100, f);
	n->payload = own(e, "payload");
	n->panel = process_panel_read(a, e, f);
	n->assignment = own(e, "assignment");
	if (n->assignment && (n->assignee_text || n->users_text || n->roles_text || n->panel))
		bpmn_find(f, "EXT.flow", e,
			  "flow:assignment excludes an assignee, candidates and participants");
	if (n->assignment && (e->kind != BPMN_USER_TASK || !*n->assignment))
		bpmn_find(f, "EXT.flow", e,
			  "flow:assignment is for user tasks, and names a decision model");
	read_days(e, n, f);
	read_work(a, e, n, f);
}

/* -- what the machine itself knows how to do -- */

static struct flow_mapping *read_mappings(struct arena *a, const struct bpmn_element *e,
					  const char *tag)
{
	const struct bpmn_element *all = bpmn_child(e, "extensionElements");
	struct flow_mapping *first = NULL, **tail = &first;
	for (const struct bpmn_element *x = all ? all->first : NULL; x; x = x->next) {
		if (!str_eq(x->space, PROCESS_NS) || !str_eq(x->tag, tag))
			continue;
		struct flow_mapping *m = arena_alloc(a, sizeof(*m));
		const char *why = NULL, *expression = bpmn_attr(x, "expression");
		m->all = is_true(bpmn_attr(x, "all"));
		m->source = expression ? expression : bpmn_attr(x, "source");
		m->target = bpmn_attr(x, "target");
		m->computed = expression;
		m->expression = expression ? flow_feel.compile(flow_feel.who, a, expression, &why)
					   : NULL;
		if (!m->all && (!m->source || !m->target || (expression && !m->expression)))
			continue; /* a finding, see process_mappings_check() */
		*tail = m;
		tail = &m->next;
	}
	return first;
}

void process_mappings_check(struct arena *a, const struct bpmn_element *e, struct bpmn_findings *f)
{
	const struct bpmn_element *all = bpmn_child(e, "extensionElements");
	for (const struct bpmn_element *x = all ? all->first : NULL; x; x = x->next) {
		if (!str_eq(x->space, PROCESS_NS) || is_true(bpmn_attr(x, "all")))
			continue;
		const char *why = "", *expression = bpmn_attr(x, "expression");
		if (!bpmn_attr(x, "target") || (!bpmn_attr(x, "source") && !expression))
			bpmn_find(
				f, "EXT.flow", x,
				"flow:%s has all=\"true\", or a target and a source or expression",
				x->tag);
		else if (expression && !flow_feel.compile(flow_feel.who, a, expression, &why))
			bpmn_find(f, "EXT.flow", x, "'%s': %s", expression, why);
	}
}

static void read_extras(void *who, struct arena *a, const struct bpmn_element *e,
			struct flow_extras *out)
{
	(void)who;
	*out = (struct flow_extras){ 0 };
	out->async_before = is_true(own(e, "asyncBefore"));
	out->async_after = is_true(own(e, "asyncAfter"));
	out->timed_outside = e->kind == BPMN_TIMER_DEFINITION && own(e, "businessDays");
	out->collection = own(e, "collection");
	out->element_variable = own(e, "elementVariable");
	out->result_variable = own(e, "resultVariable");
	out->code_variable = own(e, "codeVariable");
	out->passes_all = is_true(own(e, "passAll"));
	if (e->kind == BPMN_CALL_ACTIVITY) {
		out->in = read_mappings(a, e, "in");
		out->out = read_mappings(a, e, "out");
	}
}

const struct flow_dialect process_dialect = { read_extras, NULL };

struct words process_searchable(struct arena *a, const struct bpmn_element *process)
{
	const char *names = own(process, "searchable");
	return names ? words_split(a, names, ' ') : (struct words){ 0 };
}
