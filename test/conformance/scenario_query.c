/* SPDX-License-Identifier: Apache-2.0 */
/* The queries of a scenario's steps: rows that pass filters, in an order; and the history of rows. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include "base/text.h"
#include "scenario.h"

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

/* Whether something of 'all' runs within the execution. */
static bool has_parts(const json_t *all, const json_t *execution)
{
	size_t i;
	json_t *x;
	json_array_foreach((json_t *)all, i, x)
	{
		if (same(json_object_get(x, "parent"), json_object_get(execution, "id")))
			return true;
	}
	return false;
}

/* Whether the row's instance stands at one of these activities: where a token is, and not around it. */
static bool stands_at(struct scenario *s, const json_t *row, const json_t *activities)
{
	json_t *all = scenario_snapshot(s, "execution"), *x;
	size_t i;
	bool found = false;
	json_array_foreach(all, i, x)
	{
		found |=
			same(json_object_get(x, "processInstanceId"), json_object_get(row, "id")) &&
			among(json_object_get(x, "activityId"), activities) && !has_parts(all, x);
	}
	json_decref(all);
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
		return stands_at(s, row, want);
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
		json_t *rows = scenario_snapshot(s, entities[i]), *row;
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
		all = scenario_camunda_executions(s);
	else
		all = scenario_snapshot(s, entity);
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
