/* SPDX-License-Identifier: Apache-2.0 */
/* Scenarios out of the test suites of Camunda and Flowable: steps against the engine and what is seen
 * then. The groups are camunda and flowable (those not tagged vendor). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "dialect.h"
#include "juel.h"
#include "scenario.h"

#define START 1700000000000000LL

static void hear(void *who, const struct flow_event *e)
{
	struct scenario *s = who;
	/* Jobs of the models themselves do nothing that matters; those around nodes are steps' affair. */
	if (e->kind == FLOW_WORK && !e->name && s->work_count < 1024)
		s->work[s->work_count++] = e->execution;
	if (e->kind == FLOW_INCIDENT) {
		char key[24];
		s->incidents++;
		snprintf(key, sizeof(key), "%lld", (long long)e->instance);
		if (!json_object_get(s->incidents_of, key))
			json_object_set_new(s->incidents_of, key, json_array());
		json_array_append_new(json_object_get(s->incidents_of, key), json_string(e->text));
	}
}

static void do_work(struct scenario *s)
{
	while (s->work_count) {
		int64_t id = s->work[0];
		memmove(s->work, s->work + 1, --s->work_count * sizeof(s->work[0]));
		if (flow_complete(s->world, id, NULL) && s->work_count > 1000)
			return;
	}
}

static const char *text_of(const json_t *step, const char *key)
{
	return json_string_value(json_object_get(step, key));
}

static void keep_ref(struct scenario *s, const json_t *step, json_t *row)
{
	const char *as = text_of(step, "as");
	if (as)
		json_object_set_new(s->refs, as, row);
	else
		json_decref(row);
}

static bool exists(struct scenario *s, int64_t id)
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
	const char *message = text_of(step, "message"), *key = text_of(step, "business_key");
	enum status st = message ? flow_message(s->world, message, 0, 0, NULL,
						json_object_get(step, "vars"), &id)
				 : flow_start(s->world, text_of(step, "process"), key,
					      json_object_get(step, "vars"), &id);
	if (st == ST_CONFLICT && s->is_flowable && !message)
		st = flow_start_at(s->world, text_of(step, "process"), NULL, key,
				   json_object_get(step, "vars"), &id);
	if (st)
		return "the process cannot be started";
	do_work(s);
	keep_ref(s, step,
		 json_pack("{s:I, s:I, s:b, s:s?}", "id", (json_int_t)id, "processInstanceId",
			   (json_int_t)id, "ended", !exists(s, id), "businessKey", key));
	return NULL;
}

/* The waits for an event by name that the step means: of an execution, or of an instance. */
static json_t *waits_meant(struct scenario *s, const json_t *step, const char *type)
{
	const char *why, *execution = text_of(step, "execution");
	const char *key = text_of(step, "business_key"), *name;
	json_t *all = rows_of(s, "subscription", NULL, &why), *meant = json_array(), *row, *want;
	size_t i;
	int64_t id = scenario_id(s, execution);
	json_array_foreach(all, i, row)
	{
		int64_t owner = json_integer_value(json_object_get(row, "executionId"));
		int64_t root = json_integer_value(json_object_get(row, "processInstanceId"));
		if (!str_eq(json_string_value(json_object_get(row, "eventName")),
			    text_of(step, "name")) ||
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
	if (n > 1 && !text_of(step, "execution"))
		return "more than one execution waits for the message";
	if (!n &&
	    (text_of(step, "execution") || json_object_size(json_object_get(step, "correlation"))))
		return "no execution waits for the message";
	enum status st = flow_message(s->world, text_of(step, "name"), 0, n ? owner : 0,
				      n ? NULL : text_of(step, "business_key"),
				      json_object_get(step, "vars"), NULL);
	do_work(s);
	return st ? "nobody takes the message" : NULL;
}

static const char *op_signal(struct scenario *s, const json_t *step)
{
	if (!text_of(step, "execution")) {
		(void)!flow_signal(s->world, text_of(step, "name"), 0,
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
	    flow_signal(s->world, text_of(step, "name"), owner, json_object_get(step, "vars")))
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
	json_t *rows = rows_of(s, text_of(step, "entity"), json_object_get(step, "where"), &why);
	if (!rows)
		return why;
	if (!single) {
		keep_ref(s, step, rows);
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
	keep_ref(s, step, row);
	json_decref(rows);
	return NULL;
}

static const char *op_count(struct scenario *s, const json_t *step, bool expect)
{
	const char *why = NULL;
	json_t *rows = rows_of(s, text_of(step, "entity"), json_object_get(step, "where"), &why);
	if (!rows)
		return why;
	size_t n = json_array_size(rows);
	json_decref(rows);
	if (!expect)
		keep_ref(s, step, json_integer((json_int_t)n));
	else if ((json_int_t)n != json_integer_value(json_object_get(step, "n")))
		return arena_printf(s->arena, "count of %s is %zu, not %lld",
				    text_of(step, "entity"), n,
				    (long long)json_integer_value(json_object_get(step, "n")));
	return NULL;
}

static bool same_value(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (!a || json_is_null(a))
		return !b || json_is_null(b);
	return json_equal((json_t *)a, (json_t *)b);
}

static const char *expect_attr(struct scenario *s, const json_t *step)
{
	const char *key, *attr = text_of(step, "attr");
	json_t *name, *row = NULL;
	json_object_foreach(json_object_get(step, "of"), key, name)
		row = scenario_ref(s, json_string_value(name));
	json_t *value = json_object_get(row, attr), *want = json_object_get(step, "value");
	if (!row || !same_value(value, want))
		return arena_printf(s->arena, "%s is %s", attr,
				    value && json_is_string(value) ? json_string_value(value)
								   : "another");
	return NULL;
}

static const char *expect_set(struct scenario *s, const json_t *step)
{
	json_t *list = scenario_ref(s, text_of(step, "list")), *row, *x;
	json_t *left = json_deep_copy(json_object_get(step, "values"));
	size_t i, n;
	const char *failed =
		json_array_size(list) == json_array_size(left) ? NULL : "the list's size differs";
	json_array_foreach(list, i, row)
	{
		json_t *v = json_object_get(row, text_of(step, "attr"));
		bool found = false;
		json_array_foreach(left, n, x)
		{
			int64_t id = json_is_object(x)
					     ? scenario_id(s, json_string_value(
								      json_object_get(x, "$pi")))
					     : 0;
			if (same_value(v, x) || (id && json_integer_value(v) == id)) {
				json_array_remove(left, n);
				found = true;
				break;
			}
		}
		if (!found)
			failed = "the list holds something else";
	}
	json_decref(left);
	return failed;
}

static const char *expect_size(struct scenario *s, const json_t *step)
{
	json_t *list = scenario_ref(s, text_of(step, "list"));
	json_int_t n = (json_int_t)json_array_size(list);
	json_int_t want = json_integer_value(json_object_get(step, "n"));
	json_t *value = json_object_get(step, "value");
	/* "value": whether the size is n at all. */
	bool is = n == want;
	if (value && json_is_boolean(value) ? is != json_is_true(value) : !is)
		return arena_printf(s->arena, "the list has %lld, not %lld", (long long)n,
				    (long long)want);
	return NULL;
}

struct own {
	int64_t id;
	const char *name;
	json_t *value;
};

static void see_own(void *who, const struct flow_view *v)
{
	struct own *o = who;
	if (v->id == o->id && v->variables)
		o->value = json_object_get(v->variables, o->name);
}

static json_t *local_variable(struct scenario *s, int64_t id, const char *name)
{
	struct own o = { id, name, NULL };
	flow_walk(s->world, see_own, &o);
	return o.value;
}

static const char *op_variable(struct scenario *s, const json_t *step, bool expect)
{
	int64_t id = scenario_id(s, text_of(step, "execution"));
	json_t *v = json_is_true(json_object_get(step, "local"))
			    ? local_variable(s, id, text_of(step, "name"))
			    : flow_get(s->world, id, text_of(step, "name"));
	if (!expect) {
		keep_ref(s, step, v ? json_incref(v) : json_null());
		return NULL;
	}
	if (same_value(v, json_object_get(step, "value")))
		return NULL;
	char *dump = v ? json_dumps(v, JSON_ENCODE_ANY) : NULL;
	const char *why = arena_printf(s->arena, "%s is %s", text_of(step, "name"),
				       dump ? dump : "not there");
	free(dump);
	return why;
}

static const char *op_set(struct scenario *s, const json_t *step, const char *where)
{
	if (!text_of(step, "name"))
		return "a variable needs a name";
	json_t *set = json_object();
	json_object_set(set, text_of(step, "name"), json_object_get(step, "value"));
	enum status st = flow_set(s->world, scenario_id(s, text_of(step, where)), set, false);
	json_decref(set);
	do_work(s);
	return st ? "there is no such execution" : NULL;
}

static const char *op_list_all(struct scenario *s, const json_t *step, bool tasks)
{
	json_t *list = scenario_ref(s, text_of(step, "list")), *row;
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
	int64_t id = scenario_id(s, text_of(step, "execution"));
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
	int64_t id = scenario_id(s, text_of(step, "task"));
	snprintf(key, sizeof(key), "%lld", (long long)id);
	json_object_set(s->assignees, key, json_object_get(step, "user"));
	return NULL;
}

static const char *expectation(struct scenario *s, const json_t *step, const char *op)
{
	json_t *pi = json_object_get(step, "pi");
	int64_t id = scenario_id(s, json_string_value(pi));
	if (strcmp(op, "expect_count") == 0)
		return op_count(s, step, true);
	if (strcmp(op, "expect_exists") == 0) {
		json_t *v = scenario_ref(s, text_of(step, "ref"));
		return v && !json_is_null(v) ? NULL : "it does not exist";
	}
	if (strcmp(op, "expect_attr") == 0)
		return expect_attr(s, step);
	if (strcmp(op, "expect_set") == 0)
		return expect_set(s, step);
	if (strcmp(op, "expect_size") == 0)
		return expect_size(s, step);
	if (strcmp(op, "expect_ended") == 0)
		return exists(s, id) ? "the instance has not ended" : NULL;
	if (strcmp(op, "expect_started") == 0)
		return id ? NULL : "the instance was not started";
	if (strcmp(op, "expect_ended_at_start") == 0) {
		json_t *row = scenario_ref(s, json_string_value(pi));
		return json_is_true(json_object_get(row, "ended")) ==
				       json_is_true(json_object_get(step, "value"))
			       ? NULL
			       : "whether the instance ended at its start differs";
	}
	if (strcmp(op, "expect_var") == 0)
		return op_variable(s, step, true);
	json_t *v = scenario_ref(s, text_of(step, "of") ? text_of(step, "of") : "");
	if (strcmp(op, "expect_eq") == 0)
		return same_value(v, json_object_get(step, "value")) ? NULL : "the value differs";
	if (strcmp(op, "expect_not_null") == 0)
		return v && !json_is_null(v) ? NULL : "the value is null";
	return "the step is not known to the adapter";
}

static const char *command(struct scenario *s, const json_t *step, const char *op)
{
	int64_t pi = scenario_id(s, text_of(step, "pi"));
	if (strcmp(op, "start") == 0)
		return op_start(s, step);
	if (strcmp(op, "select") == 0 || strcmp(op, "list") == 0)
		return op_select(s, step, op[0] == 's');
	if (strcmp(op, "count") == 0)
		return op_count(s, step, false);
	if (strcmp(op, "complete") == 0) {
		json_t *row = scenario_ref(s, text_of(step, "task"));
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
		return op_variable(s, step, false);
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
						       scenario_id(s, text_of(step, "task")),
						       text_of(step, "code"), NULL);
		do_work(s);
		return st ? "there is no task" : NULL;
	}
	if (strcmp(op, "evaluate_conditions") == 0) {
		json_t *none = json_object(), *variables = json_object_get(step, "vars");
		/* Flowable asks an instance, Camunda what could start. */
		if (s->is_flowable && pi)
			(void)!flow_set(s->world, pi, variables ? variables : none, false);
		else
			flow_evaluate_conditions(s->world, variables ? variables : none);
		json_decref(none);
		do_work(s);
		return NULL;
	}
	return expectation(s, step, op);
}

static void see_root(void *who, const struct flow_view *v)
{
	json_t *ids = who;
	if (!v->parent)
		json_array_append_new(ids, json_integer(v->id));
}

/* Every instance out into JSON and back, as a database would between two steps. */
static const char *reload(struct scenario *s)
{
	json_t *ids = json_array(), *id;
	size_t i;
	const char *why = NULL;
	flow_walk(s->world, see_root, ids);
	json_array_foreach(ids, i, id)
	{
		json_t *saved = flow_save(s->world, json_integer_value(id));
		if (flow_forget(s->world, json_integer_value(id)) || flow_load(s->world, saved))
			why = "an instance does not come back";
		json_t *again = flow_save(s->world, json_integer_value(id));
		if (!json_equal(saved, again))
			why = "an instance comes back as another";
		json_decref(again);
		json_decref(saved);
	}
	json_decref(ids);
	return why;
}

static const char *take(struct scenario *s, const json_t *step)
{
	const char *op = text_of(step, "op");
	unsigned before = s->incidents;
	if (strncmp(op, "expect_error:", 13) != 0)
		return command(s, step, op);
	const char *failed = command(s, step, op + 13);
	return failed || s->incidents > before ? NULL : "an error was expected";
}

/* Timers by cron are no BPMN: the two of the suites, as repetitions of the same length. */
static void replace(char *bytes, const size_t *size, const char *from, const char *to)
{
	char *at = memmem(bytes, *size, from, strlen(from));
	if (at)
		memcpy(at, to, strlen(to));
}

static const char *deploy(struct scenario *s, const char *folder, const char *name)
{
	size_t size;
	struct bpmn_model *m;
	struct bpmn_problem problem;
	struct bpmn_findings findings;
	struct flow_program *p;
	char *bytes = suite_file(s->arena, arena_printf(s->arena, "%s/%s", folder, name), &size);
	bpmn_findings_init(&findings, s->arena);
	if (!bytes)
		return arena_printf(s->arena, "%s is not there", name);
	if (!str_ends(name, ".xml") && !str_ends(name, ".bpmn"))
		return NULL;
	replace(bytes, &size, "0/2 * * * * ?", "R/PT2S       ");
	replace(bytes, &size, "0 0/5 * * * ?", "R/PT5M       ");
	if (bpmn_read(s->arena, bytes, size, &m, &problem))
		return arena_printf(s->arena, "%s: %s", name, problem.text);
	if (flow_compile(s->arena, m, &juel, &vendor_dialect, &findings, &p))
		return arena_printf(s->arena, "%s: %s", name, findings.first->text);
	flow_deploy(s->world, p);
	return NULL;
}

static void run(struct suite *suite, const char *folder, const char *group, const json_t *one)
{
	struct scenario s = { .arena = arena_new(), .began_at = START };
	struct flow_settings settings = { .language = &juel, .tell = hear, .quiet_errors = true };
	const char *failed = NULL;
	json_t *step, *model;
	size_t i;
	settings.who = &s;
	s.refs = json_object();
	s.assignees = json_object();
	s.history = json_object();
	s.incidents_of = json_object();
	s.is_flowable = str_eq(group, "flowable");
	s.world = flow_world_new(&settings);
	flow_set_clock(s.world, START);
	json_array_foreach(json_object_get(one, "models"), i, model)
	{
		if (!failed)
			failed = deploy(&s, arena_printf(s.arena, "%s/%s/models", folder, group),
					json_string_value(model));
	}
	json_array_foreach(json_object_get(one, "steps"), i, step)
	{
		const char *why = failed ? NULL : take(&s, step);
		if (!why && !failed)
			why = reload(&s);
		scenario_remember(&s);
		if (why)
			failed = arena_printf(s.arena, "step %zu, %s: %s", i + 1,
					      text_of(step, "op"), why);
	}
	suite_count(suite, group, json_string_value(json_object_get(one, "id")), !failed,
		    failed ? arena_strdup(suite->arena, failed) : NULL);
	flow_world_end(&s.world);
	json_decref(s.refs);
	json_decref(s.assignees);
	json_decref(s.history);
	json_decref(s.incidents_of);
	arena_end(&s.arena);
}

int main(int argc, char **argv)
{
	static const char *const groups[] = { "camunda", "flowable" };
	if (argc < 2) {
		fprintf(stderr, "usage: %s FOLDER [ID]\n", argv[0]);
		return 2;
	}
	struct suite suite;
	suite_init(&suite, "engine-scenarios");
	for (size_t g = 0; g < 2; g++) {
		json_t *all = json_load_file(
			arena_printf(suite.arena, "%s/%s.json", argv[1], groups[g]), 0, NULL);
		json_t *one;
		size_t i;
		json_array_foreach(all, i, one)
		{
			json_t *vendor = json_object_get(one, "vendor");
			if (vendor && (json_is_true(vendor) || json_array_size(vendor) ||
				       json_is_string(vendor)))
				continue;
			if (argc > 2 &&
			    !str_eq(json_string_value(json_object_get(one, "id")), argv[2]))
				continue;
			run(&suite, argv[1], groups[g], one);
		}
		if (!all)
			suite_count(&suite, groups[g], "the list", false, "it cannot be read");
		json_decref(all);
	}
	return suite_end(&suite);
}
