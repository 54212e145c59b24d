/* SPDX-License-Identifier: Apache-2.0 */
#include "scenario.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "dialect.h"
#include "juel.h"

json_t *scenario_text(struct scenario *s, int64_t at, const char *text)
{
	const char *why;
	if (!text)
		return json_null();
	if (!strstr(text, "${") && !strstr(text, "#{"))
		return json_string(text);
	json_t *all = flow_variables(s->world, at);
	json_t *v = juel.evaluate(NULL, (void *)text, all, 0, &why);
	json_decref(all);
	return v ? v : json_string(text);
}

json_t *scenario_ref(struct scenario *s, const char *name)
{
	char base[128];
	snprintf(base, sizeof(base), "%s", name);
	char *dot = strchr(base, '.'), *bracket = strchr(base, '[');
	const char *member = NULL;
	long index = -1;
	if (dot) {
		*dot = 0;
		member = dot + 1;
	}
	if (bracket) {
		*bracket = 0;
		index = strtol(bracket + 1, NULL, 10);
	}
	json_t *v = json_object_get(s->refs, base);
	if (index >= 0)
		v = json_array_get(v, (size_t)index);
	if (member && strncmp(member, "processInstance", 15) == 0)
		v = json_object_get(v, "processInstanceId");
	else if (member && strncmp(member, "execution", 9) == 0)
		v = json_object_get(v, "executionId");
	return v;
}

int64_t scenario_id(struct scenario *s, const char *name)
{
	json_t *v = name ? scenario_ref(s, name) : NULL;
	if (json_is_object(v))
		v = json_object_get(v, "id");
	return json_integer_value(v);
}

/* -- rows -- */

struct making {
	struct scenario *s;
	json_t *rows;
	const char *entity;
	json_t *roots; /* execution id → id of the process' root around it */
};

static void put_id(json_t *o, const char *key, int64_t id)
{
	json_object_set_new(o, key, json_integer(id));
}

static int64_t root_of(struct making *m, int64_t id)
{
	char key[24];
	snprintf(key, sizeof(key), "%lld", (long long)id);
	return json_integer_value(json_object_get(m->roots, key));
}

static void set_root(struct making *m, int64_t id, int64_t root)
{
	char key[24];
	snprintf(key, sizeof(key), "%lld", (long long)id);
	put_id(m->roots, key, root);
}

static json_t *split(const char *text)
{
	json_t *list = json_array();
	char *copy = strdup(text ? text : ""), *at = copy, *word;
	while ((word = strsep(&at, ", "))) {
		if (*word)
			json_array_append_new(list, json_string(word));
	}
	free(copy);
	return list;
}

/* "user(kermit), group(management)", a bare name is a group; a human performer is the assignee. */
static void add_role(struct scenario *s, json_t *o, const struct bpmn_element *role, json_t *users,
		     json_t *groups)
{
	const struct bpmn_element *x = bpmn_child(role, "resourceAssignmentExpression");
	const struct bpmn_element *f = x ? bpmn_first(x, BPMN_EXPRESSION) : NULL;
	const struct bpmn_element *r = bpmn_child(role, "resourceRef");
	const struct bpmn_element *resource = r ? bpmn_resolve(r, r->text) : NULL;
	if (resource && resource->name)
		json_array_append_new(groups, json_string(resource->name));
	if (!f)
		return;
	if (role->kind == BPMN_HUMAN_PERFORMER) {
		if (!json_is_true(json_object_get(o, "assigned")))
			json_object_set_new(o, "assignee", json_string(f->text));
		return;
	}
	char *copy = strdup(f->text), *at = copy, *word;
	while ((word = strsep(&at, ","))) {
		while (*word == ' ' || *word == '\n' || *word == '\t')
			word++;
		char *open = strchr(word, '('), *close = strchr(word, ')');
		bool user = strncmp(word, "user(", 5) == 0;
		if (close)
			*close = 0;
		if (*word)
			json_array_append_new(user ? users : groups,
					      json_string(open ? open + 1 : word));
	}
	free(copy);
	(void)s;
}

static json_t *task_row(struct making *m, const struct flow_view *v)
{
	char key[24];
	json_t *o = json_object();
	snprintf(key, sizeof(key), "%lld", (long long)v->id);
	json_t *assigned = json_object_get(m->s->assignees, key);
	json_object_set_new(o, "taskDefinitionKey", json_string(v->element->id));
	json_object_set_new(o, "name", scenario_text(m->s, v->id, v->element->name));
	json_object_set_new(o, "assignee",
			    assigned ? json_incref(assigned)
				     : scenario_text(m->s, v->id,
						     vendor_attr(v->element, "assignee")));
	json_object_set_new(o, "assigned", json_boolean(assigned != NULL));
	json_t *users = split(vendor_attr(v->element, "candidateUsers"));
	json_t *groups = split(vendor_attr(v->element, "candidateGroups"));
	for (const struct bpmn_element *r = bpmn_first(v->element, BPMN_RESOURCE_ROLE); r;
	     r = bpmn_after(r, BPMN_RESOURCE_ROLE))
		add_role(m->s, o, r, users, groups);
	json_object_set_new(o, "users", users);
	json_object_set_new(o, "groups", groups);
	json_object_set_new(o, "businessKey",
			    v->business_key ? json_string(v->business_key) : json_null());
	const char *priority = vendor_attr(v->element, "priority");
	json_object_set_new(o, "priority", json_integer(priority ? atoi(priority) : 50));
	put_id(o, "executionId", v->id);
	return o;
}

static bool is_leaf(const struct flow_view *v)
{
	return !v->is_root && !v->is_body;
}

static void see_execution(void *who, const struct flow_view *v)
{
	struct making *m = who;
	int64_t root = v->is_root ? v->id : root_of(m, v->parent);
	json_t *o = NULL;
	set_root(m, v->id, root);
	if (str_eq(m->entity, "task") && v->kind == BPMN_USER_TASK && v->waits && !v->is_async)
		o = task_row(m, v);
	else if (str_eq(m->entity, "instance") && v->is_root)
		o = json_object();
	else if (str_eq(m->entity, "execution"))
		o = json_object();
	else if (str_eq(m->entity, "job") && (v->is_async || v->is_incident))
		o = json_object();
	if (!o)
		return;
	put_id(o, "id", v->id);
	put_id(o, "processInstanceId", root);
	json_object_set_new(o, "activityId",
			    is_leaf(v) && v->element->id ? json_string(v->element->id)
							 : json_null());
	if (v->is_root) {
		put_id(o, "super", v->parent ? root_of(m, v->parent) : 0);
		json_object_set_new(o, "businessKey",
				    v->business_key && !v->parent ? json_string(v->business_key)
								  : json_null());
	}
	const struct bpmn_element *process = v->is_root ? v->element
							: bpmn_within(v->element, BPMN_PROCESS);
	json_object_set_new(o, "processDefinitionKey", json_string(process->id));
	json_object_set_new(o, "processDefinitionName",
			    json_string(process->name ? process->name : ""));
	if (str_eq(m->entity, "job"))
		json_object_set_new(o, "failed", json_boolean(v->is_incident));
	json_object_set_new(o, "leaf", json_boolean(is_leaf(v)));
	json_object_set_new(o, "definition", json_string(process->id));
	json_array_append_new(m->rows, o);
	/* Flowable keeps the start event's execution while what it began runs. */
	const struct bpmn_element *start =
		bpmn_is(v->element, BPMN_SUB_PROCESS) &&
				bpmn_flag(v->element, "triggeredByEvent", false)
			? bpmn_child(v->element, "startEvent")
			: NULL;
	if (str_eq(m->entity, "execution") && m->s->is_flowable && start &&
	    bpmn_flag(start, "isInterrupting", true) &&
	    !bpmn_first(start, BPMN_CONDITIONAL_DEFINITION))
		json_array_append_new(m->rows,
				      json_pack("{s:I, s:I, s:b}", "id", (json_int_t)v->id,
						"processInstanceId", (json_int_t)root, "extra", 1));
}

static void see_variables(void *who, const struct flow_view *v)
{
	struct making *m = who;
	const char *name;
	json_t *value;
	set_root(m, v->id, v->is_root ? v->id : root_of(m, v->parent));
	if (!v->variables)
		return;
	const struct bpmn_element *process = v->is_root ? v->element
							: bpmn_within(v->element, BPMN_PROCESS);
	json_object_foreach((json_t *)v->variables, name, value)
	{
		json_t *o = json_object();
		json_object_set_new(o, "processDefinitionKey", json_string(process->id));
		put_id(o, "id", v->id);
		put_id(o, "executionId", v->id);
		put_id(o, "processInstanceId", root_of(m, v->id));
		json_object_set_new(o, "name", json_string(name));
		json_object_set(o, "value", value);
		json_array_append_new(m->rows, o);
	}
}

static const char *event_type(enum bpmn_kind kind)
{
	return kind == BPMN_SIGNAL_DEFINITION        ? "signal"
	       : kind == BPMN_CONDITIONAL_DEFINITION ? "conditional"
	       : kind == BPMN_TIMER_DEFINITION       ? "timer"
						     : "message";
}

static void see_wait(void *who, const struct flow_wait_view *v)
{
	struct making *m = who;
	bool timer = v->kind == BPMN_TIMER_DEFINITION;
	bool wanted = str_eq(m->entity, "subscription") ? !timer : timer;
	if (!wanted || (v->is_start && !timer && v->kind == BPMN_RECEIVE_TASK))
		return;
	json_t *o = json_object();
	put_id(o, "id", v->id);
	put_id(o, "wait", v->id);
	put_id(o, "executionId", v->execution);
	put_id(o, "processInstanceId", v->execution ? root_of(m, v->execution) : 0);
	put_id(o, "dueDate", v->due_at);
	json_object_set_new(o, "suspended", json_boolean(v->is_suspended));
	json_object_set_new(o, "eventName", json_string(v->name));
	json_object_set_new(o, "eventType", json_string(event_type(v->kind)));
	json_object_set_new(o, "activityId", json_string(v->element->id));
	json_object_set_new(o, "timer", json_boolean(timer));
	json_array_append_new(m->rows, o);
}

/* Camunda's executions: one for each scope, and one for each branch where there are several. */
struct shape {
	int64_t id, parent, root;
	bool is_scope, is_process;
	unsigned children;
};
struct shapes {
	struct shape list[512];
	size_t count;
};

static void see_shape(void *who, const struct flow_view *v)
{
	struct shapes *x = who;
	if (x->count == 512)
		return;
	struct shape *s = &x->list[x->count++];
	bool attached = false;
	for (const struct bpmn_element *b = bpmn_first(v->element->parent, BPMN_BOUNDARY_EVENT); b;
	     b = bpmn_after(b, BPMN_BOUNDARY_EVENT))
		attached |= bpmn_ref(b, "attachedToRef") == v->element;
	attached |= v->kind == BPMN_CALL_ACTIVITY;
	*s = (struct shape){ v->id, v->parent, 0, false, v->is_root, 0 };
	s->is_scope = v->is_root || v->is_body || attached ||
		      bpmn_is(v->element, BPMN_SUB_PROCESS) ||
		      v->kind == BPMN_INTERMEDIATE_CATCH_EVENT || v->kind == BPMN_RECEIVE_TASK ||
		      v->kind == BPMN_EVENT_BASED_GATEWAY;
	for (size_t i = 0; i < x->count; i++) {
		if (x->list[i].id == v->parent) {
			x->list[i].children++;
			s->root = x->list[i].root;
		}
	}
	if (v->is_root)
		s->root = v->id;
}

static json_t *camunda_executions(struct scenario *s)
{
	struct shapes *x = arena_alloc(s->arena, sizeof(*x));
	json_t *rows = json_array();
	flow_walk(s->world, see_shape, x);
	for (size_t i = 0; i < x->count; i++) {
		unsigned siblings = 1;
		for (size_t k = 0; k < x->count && !x->list[i].is_process; k++) {
			if (x->list[k].id == x->list[i].parent)
				siblings = x->list[k].children;
		}
		unsigned n = (x->list[i].is_scope ? 1u : 0u) +
			     (siblings > 1 && !x->list[i].is_process ? 1u : 0u);
		while (n--)
			json_array_append_new(
				rows, json_pack("{s:I, s:I}", "id", (json_int_t)x->list[i].id,
						"processInstanceId", (json_int_t)x->list[i].root));
	}
	return rows;
}

/* In Flowable an event that is waited for at an activity or scope has an execution of its own. */
static void see_flowable_wait(void *who, const struct flow_wait_view *v)
{
	struct making *m = who;
	if (!v->execution ||
	    (v->kind == BPMN_CONDITIONAL_DEFINITION && v->element->kind == BPMN_START_EVENT) ||
	    (v->element->kind != BPMN_BOUNDARY_EVENT && v->element->kind != BPMN_START_EVENT))
		return;
	json_t *o = json_object();
	put_id(o, "id", v->execution);
	put_id(o, "processInstanceId", root_of(m, v->execution));
	put_id(o, "executionId", v->execution);
	json_object_set_new(o, "activityId", json_string(v->element->id));
	json_object_set_new(o, "leaf", json_true());
	json_object_set_new(o, "extra", json_true());
	json_array_append_new(m->rows, o);
}

static json_t *snapshot(struct scenario *s, const char *entity)
{
	struct making m = { s, json_array(), entity, json_object() };
	if (str_eq(entity, "variable")) {
		flow_walk(s->world, see_variables, &m);
	} else {
		flow_walk(s->world, see_execution, &m);
		if (str_eq(entity, "execution") && s->is_flowable)
			flow_waits(s->world, see_flowable_wait, &m);
		if (str_eq(entity, "subscription") || str_eq(entity, "timer") ||
		    str_eq(entity, "job"))
			flow_waits(s->world, see_wait, &m);
	}
	json_decref(m.roots);
	return m.rows;
}

/* -- filters -- */

static bool like(const char *pattern, const char *text, bool fold)
{
	char glob[256];
	size_t n = 0;
	for (; *pattern && n < sizeof(glob) - 3; pattern++) {
		if (*pattern == '%')
			glob[n++] = '*';
		else if (*pattern == '\\' && pattern[1])
			glob[n++] = *++pattern;
		else if (*pattern == '_')
			glob[n++] = '?';
		else
			glob[n++] = *pattern;
	}
	glob[n] = 0;
	return fnmatch(glob, text ? text : "", fold ? FNM_CASEFOLD : 0) == 0;
}

static bool same(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	return json_equal((json_t *)a, (json_t *)b);
}

static bool among(const json_t *v, const json_t *list)
{
	size_t i;
	json_t *x;
	if (!json_is_array(list))
		return same(v, list);
	json_array_foreach((json_t *)list, i, x)
	{
		if (same(v, x))
			return true;
	}
	return false;
}

/* {"$pi": "pi1"} becomes the id. */
static json_t *resolve(struct scenario *s, const json_t *v)
{
	if (json_is_array(v)) {
		json_t *list = json_array(), *x;
		size_t i;
		json_array_foreach((json_t *)v, i, x) json_array_append_new(list, resolve(s, x));
		return list;
	}
	if (!json_is_object(v))
		return json_incref((json_t *)v);
	const char *key;
	json_t *name;
	json_object_foreach((json_t *)v, key,
			    name) return json_integer(scenario_id(s, json_string_value(name)));
	return json_null();
}

static json_t *variable_at(struct scenario *s, const json_t *row, const json_t *pair)
{
	const char *name = json_string_value(json_array_get(pair, 0));
	return flow_get(s->world, json_integer_value(json_object_get(row, "id")), name ? name : "");
}

static const char *type_name(const json_t *v)
{
	return json_is_string(v)    ? "string"
	       : json_is_boolean(v) ? "boolean"
	       : json_is_integer(v) ? "integer"
	       : json_is_null(v)    ? "null"
				    : "double";
}

static bool waits_for(struct scenario *s, const json_t *row, const char *type, const json_t *name)
{
	if (json_object_get(row, "extra"))
		return false;
	const char *why;
	json_t *waits = rows_of(s, "subscription", NULL, &why), *x;
	size_t i;
	bool found = false;
	json_array_foreach(waits, i, x)
	{
		found |= same(json_object_get(x, "executionId"), json_object_get(row, "id")) &&
			 str_eq(json_string_value(json_object_get(x, "eventType")), type) &&
			 same(json_object_get(x, "eventName"), name);
	}
	json_decref(waits);
	return found;
}

/* Who is in which group: the suites set it up in Java, which the steps do not have. */
static bool is_member(const char *user, const json_t *groups)
{
	static const struct {
		const char *user, *group;
	} members[] = { { "kermit", "management" },
			{ "kermit", "accountancy" },
			{ "gonzo", "management" },
			{ "gonzo", "sales" },
			{ "fozzie", "accountancy" } };
	size_t i;
	json_t *g;
	json_array_foreach((json_t *)groups, i, g)
	{
		for (size_t n = 0; n < sizeof(members) / sizeof(members[0]); n++) {
			if (str_eq(members[n].user, user) &&
			    str_eq(members[n].group, json_string_value(g)))
				return true;
		}
	}
	return false;
}

/* Whether the row's instance had an incident whose message is like 'pattern' (NULL: any). */
static bool had_incident(struct scenario *s, const json_t *row, const char *pattern, bool exact)
{
	char key[24];
	size_t i;
	json_t *x;
	snprintf(key, sizeof(key), "%lld",
		 (long long)json_integer_value(json_object_get(row, "id")));
	json_array_foreach(json_object_get(s->incidents_of, key), i, x)
	{
		const char *text = json_string_value(x);
		if (!pattern || (exact ? str_eq(text, pattern) : like(pattern, text, false)))
			return true;
	}
	return false;
}

/* 1: matches, 0: does not, -1: this filter is not known. */
static int passes(struct scenario *s, const char *entity, const json_t *row, const char *key,
		  const json_t *want)
{
	static const struct {
		const char *filter, *member;
	} plain[] = {
		{ "taskDefinitionKey", "taskDefinitionKey" },
		{ "processInstanceId", "processInstanceId" },
		{ "processInstanceIdIn", "processInstanceId" },
		{ "taskName", "name" },
		{ "taskAssignee", "assignee" },
		{ "superProcessInstanceId", "super" },
		{ "processDefinitionKey", "processDefinitionKey" },
		{ "processInstanceBusinessKey", "businessKey" },
		{ "processInstanceBusinessKeyIn", "businessKey" },
		{ "variableName", "name" },
		{ "eventName", "eventName" },
		{ "eventType", "eventType" },
		{ "executionId", "executionId" },
		{ "executionIdIn", "executionId" },
		{ "timers", "timer" },
	};
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strcmp(key, plain[i].filter) == 0)
			return among(json_object_get(row, plain[i].member), want);
	}
	const char *text = json_string_value(want);
	if (strcmp(key, "activityId") == 0) {
		if (!str_eq(entity, "subscription") &&
		    !json_is_true(json_object_get(row, "leaf")) && !json_object_get(row, "timer"))
			return 0;
		return same(json_object_get(row, "activityId"), want);
	}
	if (strcmp(key, "taskDefinitionKeyNotIn") == 0)
		return !among(json_object_get(row, "taskDefinitionKey"), want);
	if (strcmp(key, "processInstanceBusinessKeyLike") == 0)
		return like(text, json_string_value(json_object_get(row, "businessKey")), false);
	if (strcmp(key, "processDefinitionName") == 0)
		return among(json_object_get(row, "processDefinitionName"), want);
	if (strcmp(key, "variableNameLike") == 0)
		return like(text, json_string_value(json_object_get(row, "name")), s->fold);
	if (strcmp(key, "variableValueLike") == 0 || strcmp(key, "variableValueGreaterThan") == 0) {
		json_t *v = variable_at(s, row, want), *to = json_array_get(want, 1);
		return strstr(key, "Like") ? json_is_string(v) && like(json_string_value(to),
								       json_string_value(v), false)
					   : json_number_value(v) > json_number_value(to);
	}
	if (strcmp(key, "withIncidents") == 0 || strcmp(key, "withRootIncidents") == 0 ||
	    (strcmp(key, "incidentType") == 0 && str_eq(text, "failedJob")))
		return had_incident(s, row, NULL, false);
	if (strcmp(key, "incidentMessage") == 0 || strcmp(key, "incidentMessageLike") == 0)
		return had_incident(s, row, text, !strstr(key, "Like"));
	if (strcmp(key, "processDefinitionId") == 0)
		return 0; /* ours have none that a test could name */
	if (strcmp(key, "taskCandidateUser") == 0 &&
	    json_is_null(json_object_get(row, "assignee")) &&
	    is_member(text, json_object_get(row, "groups")))
		return 1;
	if (strcmp(key, "taskCandidateUser") == 0 || strcmp(key, "taskCandidateGroup") == 0) {
		bool user = strcmp(key, "taskCandidateUser") == 0;
		return json_is_null(json_object_get(row, "assignee")) &&
		       among(want, json_object_get(row, user ? "users" : "groups")) &&
		       json_array_size(json_object_get(row, user ? "users" : "groups"));
	}
	if (strcmp(key, "variableValueEquals") == 0 ||
	    strcmp(key, "processVariableValueEquals") == 0) {
		json_t *v = json_object_get(row, "value");
		if (!v)
			v = variable_at(s, row, want);
		if (!v) {
			char kept[160];
			snprintf(kept, sizeof(kept), "%lld %s",
				 (long long)json_integer_value(json_object_get(row, "id")),
				 json_string_value(json_array_get(want, 0)));
			v = json_object_get(json_object_get(json_object_get(s->history, "variable"),
							    kept),
					    "value");
		}
		return v && same(v, json_array_get(want, 1));
	}
	if (strcmp(key, "signalEventSubscription") == 0 ||
	    strcmp(key, "signalEventSubscriptionName") == 0)
		return waits_for(s, row, "signal", want);
	if (strcmp(key, "messageEventSubscriptionName") == 0)
		return waits_for(s, row, "message", want);
	if (strcmp(key, "active") == 0)
		return 1;
	if (strcmp(key, "taskInvolvedUser") == 0)
		return same(json_object_get(row, "assignee"), want) ||
		       among(want, json_object_get(row, "users"));
	if (strcmp(key, "activityInstanceIdIn") == 0)
		return among(json_object_get(row, "processInstanceId"), want);
	if (strcmp(key, "processFinished") == 0 || strcmp(key, "processUnfinished") == 0) {
		bool finished = key[7] == 'F';
		return json_is_true(json_object_get(row, "processOver")) == finished;
	}
	if (strcmp(key, "variableTypeIn") == 0) {
		const char *type = type_name(json_object_get(row, "value"));
		return text && strcasecmp(type, text) == 0;
	}
	if (strcmp(key, "matchVariableNamesIgnoreCase") == 0)
		return 1; /* see rows_of() */
	if (strcmp(key, "activityIdIn") == 0)
		return 0; /* leaves only, and a finished sub-process is none */
	if (strcmp(key, "or") == 0 || strcmp(key, "endOr") == 0 || strcmp(key, "order") == 0)
		return 1;
	return -1;
}

static struct {
	const char *member;
	int sign;
} ordering;

static int by_member(const void *a, const void *b)
{
	const json_t *x = json_object_get(*(json_t *const *)a, ordering.member);
	const json_t *y = json_object_get(*(json_t *const *)b, ordering.member);
	if (json_is_number(x) && json_is_number(y))
		return ordering.sign * ((json_number_value(x) > json_number_value(y)) -
					(json_number_value(x) < json_number_value(y)));
	const char *p = json_string_value(x), *q = json_string_value(y);
	return ordering.sign * strcmp(p ? p : "", q ? q : "");
}

static void sort_rows(json_t *rows, const char *order)
{
	ordering.sign = str_ends(order, "desc") ? -1 : 1;
	ordering.member = strstr(order, "TaskName") || strstr(order, "VariableName") ? "name"
			  : strstr(order, "Assignee")                                ? "assignee"
			  : strstr(order, "Duedate")                                 ? "dueDate"
										     : "id";
	size_t n = json_array_size(rows);
	json_t **list = calloc(n + 1, sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[i] = json_incref(json_array_get(rows, i));
	qsort(list, n, sizeof(*list), by_member);
	json_array_clear(rows);
	for (size_t i = 0; i < n; i++)
		json_array_append_new(rows, list[i]);
	free(list);
}

static json_t *shelf(struct scenario *s, const char *entity)
{
	json_t *o = json_object_get(s->history, entity);
	if (!o) {
		o = json_object();
		json_object_set_new(s->history, entity, o);
	}
	return o;
}

void scenario_remember(struct scenario *s)
{
	static const char *const entities[] = { "instance", "task", "variable" };
	for (size_t i = 0; i < 3; i++) {
		json_t *rows = snapshot(s, entities[i]), *row;
		size_t n;
		json_array_foreach(rows, n, row)
		{
			const char *name = json_string_value(json_object_get(row, "name"));
			char key[160];
			snprintf(key, sizeof(key), "%lld %s",
				 (long long)json_integer_value(json_object_get(row, "id")),
				 i == 2 && name ? name : "");
			json_object_set(shelf(s, entities[i]), key, row);
		}
		json_decref(rows);
	}
}

static json_t *history_of(struct scenario *s, const char *entity)
{
	json_t *all = json_array(), *row;
	const char *key, *why;
	scenario_remember(s);
	json_t *running = rows_of(s, "instance", NULL, &why);
	json_object_foreach(shelf(s, entity), key, row)
	{
		json_t *x;
		size_t i;
		bool over = true;
		json_array_foreach(running, i, x) over =
			over &&
			!same(json_object_get(x, "id"), json_object_get(row, "processInstanceId"));
		json_object_set_new(row, "processOver", json_boolean(over));
		json_array_append(all, row);
	}
	json_decref(running);
	return all;
}

json_t *rows_of(struct scenario *s, const char *entity, const json_t *where, const char **why)
{
	json_t *row, *want;
	size_t i;
	const char *key;
	bool whole = true;
	json_object_foreach((json_t *)where, key, want)
		whole = whole && strcmp(key, "processInstanceId") == 0;
	json_t *all;
	if (strncmp(entity, "h_", 2) == 0)
		all = history_of(s, entity + 2);
	else if (str_eq(entity, "execution") && whole && !s->is_flowable)
		all = camunda_executions(s);
	else
		all = snapshot(s, entity);
	json_t *kept = json_array();
	bool any = json_object_get(where, "or") != NULL;
	s->fold = json_is_true(json_object_get(where, "matchVariableNamesIgnoreCase"));
	json_array_foreach(all, i, row)
	{
		bool keep = true, some = false, grouped = false, inside = false;
		json_object_foreach((json_t *)where, key, want)
		{
			if (strcmp(key, "or") == 0 || strcmp(key, "endOr") == 0) {
				inside = key[0] == 'o';
				continue;
			}
			json_t *value = resolve(s, want);
			int is = passes(s, entity, row, key, value);
			json_decref(value);
			if (is < 0) {
				*why = arena_printf(
					s->arena, "the filter %s is not known to the adapter", key);
				json_decref(all);
				json_decref(kept);
				return NULL;
			}
			if (any && inside && strcmp(key, "order") != 0) {
				grouped = true;
				some = some || is;
			} else {
				keep = keep && is;
			}
		}
		if (keep && (some || !grouped))
			json_array_append(kept, row);
	}
	json_decref(all);
	const char *order = json_string_value(json_object_get(where, "order"));
	if (order)
		sort_rows(kept, order);
	return kept;
}
