/* SPDX-License-Identifier: Apache-2.0 */
/* Choices that engines make differently where BPMN is silent: settings, and what a dialect says. */
#include "base/text.h"
#include "engine/flow/flow_private.h"
#include "engine/flow/test_flow_model.h"
#include "harness.h"

#define SECOND 1000000LL

struct seen {
	unsigned tasks;
	unsigned entered; /* executions of the node 'x' */
};

static void hear(void *who, const struct flow_event *e)
{
	struct seen *s = who;
	s->tasks += e->kind == FLOW_TASK;
	s->entered += e->kind == FLOW_ENTERED && e->element && str_eq(e->element->id, "x");
}

static void read_extras(void *who, struct arena *a, const struct bpmn_element *e,
			struct flow_extras *out)
{
	(void)who;
	out->local_results = str_eq(e->id, "local");
	out->passes_key = e->kind == BPMN_SIGNAL_DEFINITION;
	if (e->kind == BPMN_CALL_ACTIVITY) {
		out->out = arena_alloc(a, sizeof(*out->out));
		out->out->source = out->out->target = "result";
	}
}

static const struct flow_dialect dialect = { read_extras, NULL };

static void end_world(void *w)
{
	struct flow_world *world = w;
	flow_world_end(&world);
}

static struct flow_world *world_of(const char *body, struct seen *seen, bool single_cycles)
{
	struct arena *a = test_call()->arena;
	struct flow_settings s = {
		.language = &flow_feel, .tell = hear, .who = seen, .single_cycles = single_cycles
	};
	struct flow_world *w = flow_world_new(&s);
	arena_defer(a, end_world, w);
	flow_deploy(w, test_program(a, test_definitions(a, body), &dialect, NULL));
	return w;
}

#define FLOW(from, to)                                                                             \
	"<sequenceFlow id='" from "-" to "' sourceRef='" from "' targetRef='" to "'/>"
#define CYCLE                                                                                                \
	"<process id='p'><startEvent id='s'/>" FLOW(                                                         \
		"s",                                                                                         \
		"t") "<intermediateCatchEvent id='t'><timerEventDefinition>"                                 \
		     "<timeCycle>R3/PT10S</timeCycle></timerEventDefinition></intermediateCatchEvent>" FLOW( \
			     "t", "x") "<task id='x'/></process>"

TEST(a_cycle_in_normal_flow_lets_a_token_go_each_time_or_once)
{
	for (int single = 0; single < 2; single++) {
		struct seen seen = { 0 };
		int64_t id = 0;
		struct flow_world *w = world_of(CYCLE, &seen, single);
		assert_int_equal(flow_start(w, "p", NULL, NULL, &id), ST_OK);
		flow_clock(w, 100 * SECOND);
		assert_int_equal(seen.entered, single ? 1 : 3);
		assert_int_not_equal(flow_outcome(w, id), FLOW_RUNNING);
	}
}

TEST(a_condition_that_holds_happens_again_only_when_it_is_asked_anew)
{
	struct seen seen = { 0 };
	int64_t id = 0;
	struct flow_world *w = world_of(
		"<process id='p'><startEvent id='s'/>" FLOW(
			"s",
			"u") "<userTask id='u'/>"
			     "<subProcess id='e' triggeredByEvent='true'>"
			     "<startEvent id='es' isInterrupting='false'><conditionalEventDefinition>"
			     "<condition>n = 1</condition></conditionalEventDefinition></startEvent>" FLOW(
				     "es", "x") "<userTask id='x'/></subProcess></process>",
		&seen, false);
	json_t *one = json_pack("{s:i}", "n", 1), *two = json_pack("{s:i}", "n", 2);

	assert_int_equal(flow_start(w, "p", NULL, NULL, &id), ST_OK);
	assert_int_equal(flow_set(w, id, one, false), ST_OK);
	assert_int_equal(flow_set(w, id, one, false), ST_OK);
	assert_int_equal(seen.entered, 1);
	assert_int_equal(flow_ask_conditions(w, id, one), ST_OK);
	assert_int_equal(seen.entered, 2);
	assert_int_equal(flow_ask_conditions(w, id, two), ST_OK);
	assert_int_equal(seen.entered, 2);
	assert_int_equal(flow_ask_conditions(w, id + 1000, two), ST_NOT_FOUND);
	json_decref(one);
	json_decref(two);
}

TEST(what_a_call_gives_back_may_belong_to_the_scope_of_the_call)
{
	static const char *const calls[] = { "local", "other" };
	for (int i = 0; i < 2; i++) {
		struct seen seen = { 0 };
		int64_t id = 0;
		struct flow_world *w = world_of(
			arena_printf(
				test_call()->arena,
				"<process id='p'><startEvent id='s'/>" FLOW(
					"s",
					"sub") "<subProcess id='sub'><startEvent id='a'/>"
					       "<sequenceFlow id='f' sourceRef='a' targetRef='%s'/>"
					       "<callActivity id='%s' calledElement='q'/>"
					       "<sequenceFlow id='g' sourceRef='%s' targetRef='x'/>"
					       "<userTask id='x'/></subProcess></process>"
					       "<process id='q'><dataObject id='result'/></process>",
				calls[i], calls[i], calls[i]),
			&seen, false);
		assert_int_equal(flow_start(w, "p", NULL, NULL, &id), ST_OK);
		assert_int_equal(seen.tasks, 1);
		assert_int_equal(flow_get(w, id, "result") != NULL, i);
	}
}

TEST(what_a_signal_starts_may_get_the_business_key_of_its_thrower)
{
	struct seen seen = { 0 };
	int64_t id = 0;
	struct flow_world *w = world_of(
		"<signal id='g' name='go'/><process id='p'><startEvent id='s'/>" FLOW(
			"s",
			"e") "<endEvent id='e'><signalEventDefinition id='d' signalRef='g'/></endEvent></process>"
			     "<process id='q'><startEvent id='qs'><signalEventDefinition id='d2' signalRef='g'/>"
			     "</startEvent>" FLOW("qs", "x") "<userTask id='x'/></process>",
		&seen, false);
	assert_int_equal(flow_start(w, "p", "key 7", NULL, &id), ST_OK);
	assert_int_equal(seen.tasks, 1);
	assert_non_null(w->first);
	assert_string_equal(w->first->business_key, "key 7");
}
