/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a scenario that do something. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "scenario.h"

static void do_work(struct scenario *s)
{
	while (s->work_count) {
		int64_t id = s->work[0];
		memmove(s->work, s->work + 1, --s->work_count * sizeof(s->work[0]));
		if (flow_complete(s->world, id, NULL) && s->work_count > 1000)
			return;
	}
}

const char *step_text(const json_t *step, const char *key)
{
	return json_string_value(json_object_get(step, key));
}

void scenario_keep(struct scenario *s, const json_t *step, json_t *row)
{
	const char *as = step_text(step, "as");
	if (as)
		json_object_set_new(s->refs, as, row);
	else
		json_decref(row);
}

bool scenario_exists(struct scenario *s, int64_t id)
{
	const char *why;
	json_t *rows = rows_of(s, "instance", NULL, &why), *row;
	size_t i;
	bool found = false;
	json_array_foreach(rows, i, row)
		found |= json_integer_value(json_object_get(row, "id")) == id;
	json_decref(rows);
	return found;
}

static const char *op_start(struct scenario *s, const json_t *step)
{
	int64_t id = 0;
	const char *message = step_text(step, "message"), *key = step_text(step, "business_key");
	enum status st = message ? flow_message(s->world, message, 0, 0, NULL,
						json_object_get(step, "vars"), &id)
				 : flow_start(s->world, step_text(step, "process"), key,
					      json_object_get(step, "vars"), &id);
	if (st == ST_CONFLICT && s->is_flowable && !message)
		st = flow_start_at(s->world, step_text(step, "process"), NULL, key,
				   json_object_get(step, "vars"), &id);
	if (st)
		return "the process cannot be started";
	do_work(s);
	scenario_keep(s, step,
		      json_pack("{s:I, s:I, s:b, s:s?}", "id", (json_int_t)id, "processInstanceId",
				(json_int_t)id, "ended", !scenario_exists(s, id), "businessKey",
				key));
	return NULL;
}

/* The waits for an event by name that the step means: of an execution, or of an instance. */
static json_t *waits_meant(struct scenario *s, const json_t *step, const char *type)
{
	const char *why, *execution = step_text(step, "execution");
	const char *key = step_text(step, "business_key"), *name;
	json_t *all = rows_of(s, "subscription", NULL, &why), *meant = json_array(), *row, *want;
	size_t i;
	int64_t id = scenario_id(s, execution);
	json_array_foreach(all, i, row)
	{
		int64_t owner = json_integer_value(json_object_get(row, "executionId"));
		int64_t root = json_integer_value(json_object_get(row, "processInstanceId"));
		if (!str_eq(json_string_value(json_object_get(row, "eventName")),
			    step_text(step, "name")) ||
		    !str_eq(json_string_value(json_object_get(row, "eventType")), type) || !owner)
			continue;
		if (execution && owner != id && root != id)
			continue;
		bool fits = true;
		json_object_foreach(json_object_get(step, "correlation"), name, want)
		{
			json_t *v = flow_get(s->world, root, name);
			fits = fits && v && json_equal(v, want);
		}
		if (key) {
			json_t *instances = rows_of(s, "instance", NULL, &why), *x;
			size_t n;
			json_array_foreach(instances, n, x) fits =
				fits &&
				(json_integer_value(json_object_get(x, "id")) != root ||
				 str_eq(json_string_value(json_object_get(x, "businessKey")), key));
			json_decref(instances);
		}
		if (fits && !json_is_true(json_object_get(row, "suspended")))
			json_array_append(meant, row);
	}
	json_decref(all);
	return meant;
}

static const char *op_message(struct scenario *s, const json_t *step)
{
	json_t *meant = waits_meant(s, step, "message");
	size_t n = json_array_size(meant);
	int64_t owner =
		json_integer_value(json_object_get(json_array_get(meant, 0), "executionId"));
	json_decref(meant);
	if (n > 1 && !step_text(step, "execution"))
		return "more than one execution waits for the message";
	if (!n && (step_text(step, "execution") ||
		   json_object_size(json_object_get(step, "correlation"))))
		return "no execution waits for the message";
	enum status st = flow_message(s->world, step_text(step, "name"), 0, n ? owner : 0,
				      n ? NULL : step_text(step, "business_key"),
				      json_object_get(step, "vars"), NULL);
	do_work(s);
	return st ? "nobody takes the message" : NULL;
}

static const char *op_signal(struct scenario *s, const json_t *step)
{
	if (!step_text(step, "execution")) {
		(void)!flow_signal(s->world, step_text(step, "name"), 0,
				   json_object_get(step, "vars"));
		do_work(s);
		return NULL;
	}
	json_t *meant = waits_meant(s, step, "signal");
	int64_t owner =
		json_integer_value(json_object_get(json_array_get(meant, 0), "executionId"));
	bool some = json_array_size(meant) > 0;
	json_decref(meant);
	if (!some ||
	    flow_signal(s->world, step_text(step, "name"), owner, json_object_get(step, "vars")))
		return "the execution does not wait for the signal";
	do_work(s);
	return NULL;
}

static const char *complete(struct scenario *s, const json_t *row, const json_t *variables)
{
	int64_t id = json_integer_value(json_object_get(row, "id"));
	if (flow_complete(s->world, id, variables))
		return "the task is not there";
	do_work(s);
	return NULL;
}

static const char *run_job(struct scenario *s, const json_t *row)
{
	int64_t wait = json_integer_value(json_object_get(row, "wait"));
	int64_t id = json_integer_value(json_object_get(row, "id"));
	enum status st = wait ? flow_fire(s->world, wait)
			 : json_is_true(json_object_get(row, "failed"))
				 ? flow_retry(s->world, id)
				 : flow_complete(s->world, id, NULL);
	do_work(s);
	return st ? "the job cannot be run" : NULL;
}

static const char *op_execute_job(struct scenario *s, const json_t *step)
{
	const char *why = NULL;
	json_t *rows = rows_of(s, "job", json_object_get(step, "where"), &why);
	if (!rows)
		return why;
	const char *failed = json_array_size(rows) ? run_job(s, json_array_get(rows, 0))
						   : "there is no job";
	json_decref(rows);
	return failed;
}

static const char *op_due_jobs(struct scenario *s)
{
	for (int rounds = 0; rounds < 200; rounds++) {
		const char *why;
		json_t *rows = rows_of(s, "job", NULL, &why), *row, *due = NULL;
		size_t i;
		json_array_foreach(rows, i, row)
		{
			json_t *at = json_object_get(row, "dueDate");
			if (!due && !json_is_true(json_object_get(row, "failed")) &&
			    (!at || json_integer_value(at) <= flow_now(s->world)))
				due = row;
		}
		bool some = due != NULL;
		if (some)
			run_job(s, due);
		json_decref(rows);
		if (!some)
			break;
	}
	return NULL;
}

static const char *op_select(struct scenario *s, const json_t *step, bool single)
{
	const char *why = NULL;
	json_t *rows = rows_of(s, step_text(step, "entity"), json_object_get(step, "where"), &why);
	if (!rows)
		return why;
	if (!single) {
		scenario_keep(s, step, rows);
		return NULL;
	}
	if (json_array_size(rows) > 1 && json_is_true(json_object_get(step, "single"))) {
		why = arena_printf(s->arena, "the query has %zu results", json_array_size(rows));
		json_decref(rows);
		return why;
	}
	json_t *row = json_array_size(rows) ? json_incref(json_array_get(rows, 0)) : json_null();
	if (json_is_object(row) && !json_object_get(row, "executionId"))
		json_object_set(row, "executionId", json_object_get(row, "id"));
	scenario_keep(s, step, row);
	json_decref(rows);
	return NULL;
}

static const char *op_set(struct scenario *s, const json_t *step, const char *where)
{
	if (!step_text(step, "name"))
		return "a variable needs a name";
	json_t *set = json_object();
	json_object_set(set, step_text(step, "name"), json_object_get(step, "value"));
	enum status st = flow_set(s->world, scenario_id(s, step_text(step, where)), set, false);
	json_decref(set);
	do_work(s);
	return st ? "there is no such execution" : NULL;
}

static const char *op_list_all(struct scenario *s, const json_t *step, bool tasks)
{
	json_t *list = scenario_ref(s, step_text(step, "list")), *row;
	size_t i;
	const char *failed = NULL;
	json_array_foreach(list, i, row)
	{
		const char *why = tasks ? complete(s, row, NULL) : run_job(s, row);
		failed = failed ? failed : why;
	}
	return failed;
}

static const char *op_trigger(struct scenario *s, const json_t *step)
{
	int64_t id = scenario_id(s, step_text(step, "execution"));
	const char *why;
	if (flow_complete(s->world, id, json_object_get(step, "vars")) == ST_OK) {
		do_work(s);
		return NULL;
	}
	json_t *rows = rows_of(s, "execution", NULL, &why), *row;
	size_t i;
	const char *failed = "nothing waits there";
	json_array_foreach(rows, i, row)
	{
		if (json_integer_value(json_object_get(row, "processInstanceId")) == id &&
		    flow_complete(s->world, json_integer_value(json_object_get(row, "id")),
				  json_object_get(step, "vars")) == ST_OK) {
			failed = NULL;
			break;
		}
	}
	json_decref(rows);
	do_work(s);
	return failed;
}

static const char *op_assign(struct scenario *s, const json_t *step)
{
	char key[24];
	int64_t id = scenario_id(s, step_text(step, "task"));
	snprintf(key, sizeof(key), "%lld", (long long)id);
	json_object_set(s->assignees, key, json_object_get(step, "user"));
	return NULL;
}

const char *scenario_command(struct scenario *s, const json_t *step, const char *op)
{
	int64_t pi = scenario_id(s, step_text(step, "pi"));
	if (strcmp(op, "start") == 0)
		return op_start(s, step);
	if (strcmp(op, "select") == 0 || strcmp(op, "list") == 0)
		return op_select(s, step, op[0] == 's');
	if (strcmp(op, "count") == 0)
		return scenario_count(s, step, false);
	if (strcmp(op, "complete") == 0) {
		json_t *row = scenario_ref(s, step_text(step, "task"));
		return row ? complete(s, row, json_object_get(step, "vars")) : "there is no task";
	}
	if (strcmp(op, "complete_all") == 0 || strcmp(op, "execute_jobs") == 0)
		return op_list_all(s, step, op[0] == 'c');
	if (strcmp(op, "message") == 0)
		return op_message(s, step);
	if (strcmp(op, "signal") == 0)
		return op_signal(s, step);
	if (strcmp(op, "trigger") == 0)
		return op_trigger(s, step);
	if (strcmp(op, "execute_job") == 0)
		return op_execute_job(s, step);
	if (strcmp(op, "run_due_jobs") == 0)
		return op_due_jobs(s);
	if (strcmp(op, "set_var") == 0)
		return op_set(s, step, "execution");
	if (strcmp(op, "set_task_var") == 0)
		return op_set(s, step, "task");
	if (strcmp(op, "get_var") == 0)
		return scenario_variable(s, step, false);
	if (strcmp(op, "clock") == 0) {
		flow_set_clock(s->world, s->began_at + json_integer_value(
							       json_object_get(step, "offset_ms")) *
							       1000);
		return NULL;
	}
	if (strcmp(op, "cancel") == 0)
		return flow_cancel(s->world, pi) ? "there is no such instance" : NULL;
	if (strcmp(op, "suspend") == 0 || strcmp(op, "activate") == 0) {
		return flow_suspend(s->world, pi, op[0] == 's') ? "there is no such instance"
								: NULL;
	}
	if (strcmp(op, "claim") == 0 || strcmp(op, "assign") == 0)
		return op_assign(s, step);
	if (strcmp(op, "task_escalation") == 0) {
		enum status st = flow_throw_escalation(s->world,
						       scenario_id(s, step_text(step, "task")),
						       step_text(step, "code"), NULL);
		do_work(s);
		return st ? "there is no task" : NULL;
	}
	if (strcmp(op, "evaluate_conditions") == 0) {
		json_t *none = json_object(), *variables = json_object_get(step, "vars");
		/* Flowable asks an instance, Camunda what could start. */
		if (s->is_flowable && pi)
			(void)!flow_ask_conditions(s->world, pi, variables ? variables : none);
		else
			flow_evaluate_conditions(s->world, variables ? variables : none);
		json_decref(none);
		do_work(s);
		return NULL;
	}
	return scenario_expectation(s, step, op);
}
