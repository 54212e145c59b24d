/* SPDX-License-Identifier: Apache-2.0 */
/* Rows as the engines' queries show them: tasks, executions, jobs, variables, as they are now. */
#include "scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
	json_t *busy;  /* scopes in which more runs than event sub-processes */
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

static bool is_kept_timer(const struct bpmn_element *start)
{
	return start->kind == BPMN_START_EVENT && start->id &&
	       !bpmn_flag(start, "isInterrupting", true) &&
	       bpmn_first(start, BPMN_TIMER_DEFINITION);
}

static bool is_leaf(const struct flow_view *v)
{
	return !v->is_root && !v->is_body;
}

static void see_busy(void *who, const struct flow_view *v)
{
	struct making *m = who;
	char key[24];
	snprintf(key, sizeof(key), "%lld", (long long)v->parent);
	if (v->parent && !bpmn_flag(v->element, "triggeredByEvent", false))
		json_object_set_new(m->busy, key, json_true());
}

/* Flowable keeps the execution of a timer at the start of an event sub-process that does not interrupt, after
 * it has fired too, as long as its scope has work of its own. */
static void add_timer_starts(struct making *m, const struct flow_view *v, int64_t root)
{
	char key[24];
	snprintf(key, sizeof(key), "%lld", (long long)v->id);
	for (const struct bpmn_element *sub = bpmn_first(v->element, BPMN_SUB_PROCESS);
	     sub && !v->is_body && json_object_get(m->busy, key);
	     sub = bpmn_after(sub, BPMN_SUB_PROCESS)) {
		const struct bpmn_element *start = bpmn_child(sub, "startEvent");
		if (!start || !bpmn_flag(sub, "triggeredByEvent", false) || !is_kept_timer(start))
			continue;
		json_array_append_new(m->rows,
				      json_pack("{s:I, s:I, s:I, s:s, s:b, s:b}", "id",
						(json_int_t)v->id, "executionId", (json_int_t)v->id,
						"processInstanceId", (json_int_t)root, "activityId",
						start->id, "leaf", 1, "extra", 1));
	}
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
	put_id(o, "parent", v->parent);
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
	if (str_eq(m->entity, "execution") && m->s->is_flowable)
		add_timer_starts(m, v, root);
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

json_t *scenario_camunda_executions(struct scenario *s)
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
	if (!v->execution || is_kept_timer(v->element) ||
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

json_t *scenario_snapshot(struct scenario *s, const char *entity)
{
	struct making m = { s, json_array(), entity, json_object(), json_object() };
	if (str_eq(entity, "variable")) {
		flow_walk(s->world, see_variables, &m);
	} else {
		flow_walk(s->world, see_busy, &m);
		flow_walk(s->world, see_execution, &m);
		if (str_eq(entity, "execution") && s->is_flowable)
			flow_waits(s->world, see_flowable_wait, &m);
		if (str_eq(entity, "subscription") || str_eq(entity, "timer") ||
		    str_eq(entity, "job"))
			flow_waits(s->world, see_wait, &m);
	}
	json_decref(m.roots);
	json_decref(m.busy);
	return m.rows;
}
