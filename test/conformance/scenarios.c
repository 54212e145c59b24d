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

/* Camunda's history has a row for each token that came to a joining gateway. */
static void note_activity(struct scenario *s, const struct flow_event *e)
{
	unsigned rows = 1;
	json_t *shelf = json_object_get(s->history, "activity");
	if (!e->element || !e->element->id)
		return;
	if (e->element->kind == BPMN_PARALLEL_GATEWAY) {
		rows = 0;
		for (uint32_t i = 0; i < bpmn_count(e->element->model); i++) {
			const struct bpmn_element *f = bpmn_at(e->element->model, i);
			rows += f->kind == BPMN_SEQUENCE_FLOW &&
				bpmn_ref(f, "targetRef") == e->element;
		}
	}
	while (rows--) {
		char key[64];
		snprintf(key, sizeof(key), "%lld %u", (long long)e->execution, rows);
		json_object_set_new(shelf, key,
				    json_pack("{s:I, s:I, s:s, s:b}", "id",
					      (json_int_t)e->execution, "processInstanceId",
					      (json_int_t)e->instance, "activityId", e->element->id,
					      "leaf", 1));
	}
}

static void hear(void *who, const struct flow_event *e)
{
	struct scenario *s = who;
	/* Jobs of the models themselves do nothing that matters; those around nodes are steps' affair. */
	if (e->kind == FLOW_WORK && !e->name && s->work_count < 1024)
		s->work[s->work_count++] = e->execution;
	if (e->kind == FLOW_ENTERED)
		note_activity(s, e);
	if (e->kind == FLOW_INCIDENT) {
		char key[24];
		s->incidents++;
		snprintf(key, sizeof(key), "%lld", (long long)e->instance);
		if (!json_object_get(s->incidents_of, key))
			json_object_set_new(s->incidents_of, key, json_array());
		json_array_append_new(json_object_get(s->incidents_of, key), json_string(e->text));
	}
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
	const char *op = step_text(step, "op");
	unsigned before = s->incidents;
	if (strncmp(op, "expect_error:", 13) != 0)
		return scenario_command(s, step, op);
	const char *failed = scenario_command(s, step, op + 13);
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
	struct flow_settings settings = {
		.language = &juel, .tell = hear, .quiet_errors = true, .single_cycles = true
	};
	const char *failed = NULL;
	json_t *step, *model;
	size_t i;
	settings.who = &s;
	s.refs = json_object();
	s.assignees = json_object();
	s.history = json_object();
	json_object_set_new(s.history, "activity", json_object());
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
					      step_text(step, "op"), why);
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
