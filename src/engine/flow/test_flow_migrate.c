/* SPDX-License-Identifier: Apache-2.0 */
/* Instances that go on in another version of their process. */
#include "base/text.h"
#include "engine/flow/flow_migrate.h"
#include "engine/flow/test_flow_model.h"
#include "harness.h"

#define SECOND 1000000LL
#define FLOW(id, from, to) "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define TIMER(id, host, seconds)                                                                   \
	"<boundaryEvent id='" id "' attachedToRef='" host                                          \
	"'><timerEventDefinition><timeDuration>PT" seconds                                         \
	"S</timeDuration></timerEventDefinition></boundaryEvent>"

struct move {
	struct flow_world *world;
	struct flow_program *to;
	int64_t instance;
	struct flow_migration plan;
};

static struct flow_program *compiled(const char *body)
{
	struct arena *a = test_call()->arena;
	const char *all = arena_printf(a, "<message id='m' name='m'/>%s", body);
	return test_program(a, test_definitions(a, all), NULL, NULL);
}

/* An instance of 'from' that has come to rest, and the program to go to. */
static struct move begun(const char *from, const char *to)
{
	struct flow_settings s = { .language = &flow_feel };
	struct move v = { .world = flow_world_new(&s), .to = compiled(to) };
	flow_know(v.world, compiled(from), 1);
	json_t *given = json_pack("{s:[iii], s:i}", "list", 1, 2, 3, "n", 1);
	assert_int_equal(flow_start(v.world, "p", "key", given, &v.instance), ST_OK);
	json_decref(given);
	flow_know(v.world, v.to, 2);
	return v;
}

/* What stands in the way, as "node rule, ..."; it must be the same dry, and must change nothing. */
static const char *refused(struct move *v, const struct flow_carry *given, size_t n)
{
	struct arena *a = test_call()->arena;
	struct buf b = { .arena = a };
	json_t *before = flow_save(v->world, v->instance);
	for (int dry = 0; dry < 2; dry++) {
		assert_int_equal(flow_migrate(v->world, v->instance, v->to, given, n, dry, a,
					      &v->plan),
				 ST_CONFLICT);
		json_t *after = flow_save(v->world, v->instance);
		assert_true(json_equal(before, after));
		json_decref(after);
	}
	json_decref(before);
	for (size_t i = 0; i < v->plan.obstacle_count; i++)
		buf_printf(&b, "%s%s %s", i ? ", " : "", v->plan.obstacles[i].node,
			   v->plan.obstacles[i].rule);
	flow_world_end(&v->world);
	return buf_text(&b);
}

/* Dry it changes nothing; then it is done, and what came of it goes out into JSON and back. */
static void carried(struct move *v, const struct flow_carry *given, size_t n)
{
	struct arena *a = test_call()->arena;
	json_t *before = flow_save(v->world, v->instance);
	assert_int_equal(flow_migrate(v->world, v->instance, v->to, given, n, true, a, &v->plan),
			 ST_OK);
	json_t *after = flow_save(v->world, v->instance);
	assert_true(json_equal(before, after));
	json_decref(after);
	assert_int_equal(flow_migrate(v->world, v->instance, v->to, given, n, false, a, &v->plan),
			 ST_OK);
	after = flow_save(v->world, v->instance);
	assert_false(json_equal(before, after));
	assert_int_equal(flow_forget(v->world, v->instance), ST_OK);
	assert_int_equal(flow_load(v->world, after), ST_OK);
	json_t *again = flow_save(v->world, v->instance);
	assert_true(json_equal(after, again));
	json_decref(again);
	json_decref(after);
	json_decref(before);
}

struct search {
	const char *node;
	int64_t found, due_at;
	size_t count;
};

static void see(void *who, const struct flow_view *x)
{
	struct search *s = who;
	if (!x->waits || !str_eq(x->element->id, s->node))
		return;
	s->found = x->id;
	s->count++;
}

static void see_wait(void *who, const struct flow_wait_view *x)
{
	struct search *s = who;
	if (!str_eq(x->element->id, s->node))
		return;
	s->due_at = x->due_at;
	s->count++;
}

static struct search waiting(const struct move *v, const char *node)
{
	struct search s = { .node = node };
	flow_walk(v->world, see, &s);
	return s;
}

static struct search event(const struct move *v, const char *node)
{
	struct search s = { .node = node };
	flow_waits(v->world, see_wait, &s);
	return s;
}

static void done(const struct move *v, const char *node)
{
	struct search s = waiting(v, node);
	if (!s.count)
		test_fail("nothing waits at %s", node);
	assert_int_equal(flow_complete(v->world, s.found, NULL), ST_OK);
}

static void ends(struct move *v)
{
	assert_int_equal(flow_outcome(v->world, v->instance), FLOW_COMPLETED);
	flow_world_end(&v->world);
}

TEST(a_task_is_carried_with_its_number_and_goes_the_way_of_the_new_model)
{
	struct move v = begun("<process id='p'><startEvent id='s'/><userTask id='a'/>" FLOW(
				      "f", "s", "a") "</process>",
			      "<process id='p'><startEvent id='s'/><userTask id='z'/>"
			      "<userTask id='a2'/><userTask id='b'/>" FLOW("f", "s", "z")
				      FLOW("g", "z", "a2") FLOW("h", "a2", "b") "</process>");
	int64_t before = waiting(&v, "a").found;
	carried(&v, (struct flow_carry[]){ { "a", "a2" } }, 1);
	assert_int_equal(waiting(&v, "a2").found, before);
	assert_int_equal(v.plan.carried_count, 2);
	done(&v, "a2");
	done(&v, "b");
	ends(&v);
}

TEST(timers_that_both_have_keep_their_due_time_new_ones_begin_and_others_end)
{
	struct move v = begun(
		"<process id='p'><startEvent id='s'/><userTask id='a'/>" TIMER("t1", "a", "10")
			TIMER("t2", "a", "20") FLOW("f", "s", "a") "</process>",
		"<process id='p'><startEvent id='s'/><userTask id='a'/>" TIMER("t3", "a", "30")
			TIMER("t1", "a", "99") FLOW("f", "s", "a") "</process>");
	flow_set_clock(v.world, 5 * SECOND);
	carried(&v, NULL, 0);
	assert_int_equal(event(&v, "t1").due_at, 10 * SECOND);
	assert_int_equal(event(&v, "t2").count, 0);
	assert_int_equal(event(&v, "t3").due_at, 35 * SECOND);
	assert_int_equal(v.plan.begun_count, 1);
	assert_string_equal(v.plan.begun[0], "t3");
	assert_int_equal(v.plan.ended_count, 1);
	assert_string_equal(v.plan.ended[0], "t2");
	flow_clock(v.world, 10 * SECOND);
	ends(&v);
}

#define SUBS(extra)                                                                                \
	"<process id='p'><startEvent id='s'/><subProcess id='sub'><userTask id='a'>"               \
	"<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"                   \
	"</multiInstanceLoopCharacteristics></userTask></subProcess>" FLOW("f", "s", "sub") extra  \
		"</process>"

TEST(scopes_and_instances_of_a_loop_are_carried_and_end)
{
	struct move v = begun(SUBS(""), SUBS("<userTask id='b'/>" FLOW("g", "sub", "b")));
	done(&v, "a");
	carried(&v, NULL, 0);
	assert_int_equal(waiting(&v, "a").count, 2);
	done(&v, "a");
	done(&v, "a");
	done(&v, "b");
	ends(&v);
}

#define BOTH(more)                                                                                 \
	"<process id='p'><startEvent id='s'/><parallelGateway id='x'/><userTask id='a'/>"          \
	"<userTask id='b'/><parallelGateway id='y'/>" FLOW("f1", "s", "x") FLOW("f2", "x", "a")    \
		FLOW("f3", "x", "b") FLOW("f4", "a", "y") FLOW("f5", "b", "y") more "</process>"

TEST(a_token_before_a_join_rests_there_in_the_new_model)
{
	struct move v = begun(BOTH(""), BOTH("<userTask id='c'/>" FLOW("f6", "y", "c")));
	done(&v, "a");
	carried(&v, NULL, 0);
	done(&v, "b");
	done(&v, "c");
	ends(&v);
}

TEST(a_join_with_other_flows_is_refused_while_a_token_rests_before_it)
{
	struct move v = begun(BOTH(""),
			      BOTH("<userTask id='c'/>" FLOW("f6", "x", "c") FLOW("f7", "c", "y")));
	done(&v, "a");
	assert_string_equal(refused(&v, NULL, 0), "y join");
}

TEST(what_cannot_be_carried_is_refused_by_node_and_rule)
{
	static const char task[] = "<process id='p'><startEvent id='s'/><userTask id='a'/>" FLOW(
		"f", "s", "a") "</process>";
	struct move v = begun(task, "<process id='p'><startEvent id='s'/><userTask id='b'/>" FLOW(
					    "f", "s", "b") "</process>");
	assert_string_equal(refused(&v, NULL, 0), "a absent");
	v = begun(task, task);
	assert_string_equal(
		refused(&v,
			(struct flow_carry[]){
				{ "no", "a" }, { "a", "no" }, { "f", "f" }, { "f", "f" } },
			4),
		"no unknown, a unknown, f unknown, a absent");
	v = begun(task, "<process id='p'><startEvent id='s'/><serviceTask id='a'/>" FLOW(
				"f", "s", "a") "</process>");
	assert_string_equal(refused(&v, NULL, 0), "a kind");
	v = begun(task, SUBS(""));
	assert_string_equal(refused(&v, NULL, 0), "a kind, a scope");
}

#define CHOICE(first, more)                                                                        \
	"<process id='p'><startEvent id='s'/><eventBasedGateway id='x'/>"                          \
	"<intermediateCatchEvent id='m1'>" first "</intermediateCatchEvent>"                       \
	"<intermediateCatchEvent id='t1'><timerEventDefinition><timeDuration>PT9S"                 \
	"</timeDuration></timerEventDefinition></intermediateCatchEvent>" FLOW("f1", "s", "x")     \
		FLOW("f2", "x", "m1") FLOW("f3", "x", "t1") more "</process>"
#define HEARS "<messageEventDefinition messageRef='m'/>"
#define LATER "<timerEventDefinition><timeDuration>PT3S</timeDuration></timerEventDefinition>"

TEST(what_a_gateway_waits_for_is_carried_and_what_is_new_behind_it_begins)
{
	struct move v = begun(CHOICE(HEARS, ""),
			      CHOICE(HEARS, "<intermediateCatchEvent id='t2'>" LATER
					    "</intermediateCatchEvent>" FLOW("f4", "x", "t2")));
	carried(&v, NULL, 0);
	assert_int_equal(event(&v, "m1").count, 1);
	assert_int_equal(event(&v, "t1").due_at, 9 * SECOND);
	assert_int_equal(event(&v, "t2").due_at, 3 * SECOND);
	assert_int_equal(flow_message(v.world, "m", v.instance, 0, NULL, NULL, NULL), ST_OK);
	ends(&v);
	v = begun(CHOICE(HEARS, ""), CHOICE(LATER, ""));
	assert_string_equal(refused(&v, NULL, 0), "m1 kind");
}

#define LISTENS(start, id)                                                                         \
	"<subProcess id='on" id "' triggeredByEvent='true'><startEvent id='" id                    \
	"' isInterrupting='false'>" start "</startEvent><userTask id='w" id                        \
	"'/>" FLOW("f" id, id, "w" id) "</subProcess>"
#define OPEN(subs)                                                                                 \
	"<process id='p'><startEvent id='s'/><userTask id='a'/>" FLOW("f", "s", "a") subs          \
		"</process>"

TEST(event_sub_processes_that_are_new_listen_and_what_runs_in_them_is_carried)
{
	struct move v =
		begun(OPEN(LISTENS(HEARS, "e1")), OPEN(LISTENS(LATER, "e2") LISTENS(HEARS, "e1")));
	assert_int_equal(flow_message(v.world, "m", v.instance, 0, NULL, NULL, NULL), ST_OK);
	carried(&v, NULL, 0);
	assert_int_equal(event(&v, "e1").count, 1);
	assert_int_equal(event(&v, "e2").due_at, 3 * SECOND);
	flow_clock(v.world, 3 * SECOND);
	done(&v, "we1");
	done(&v, "we2");
	done(&v, "a");
	ends(&v);
	/* A scope whose own work is done begins no more of them. */
	v = begun(OPEN(LISTENS(HEARS, "e1")), OPEN(LISTENS(LATER, "e2") LISTENS(HEARS, "e1")));
	assert_int_equal(flow_message(v.world, "m", v.instance, 0, NULL, NULL, NULL), ST_OK);
	done(&v, "a");
	carried(&v, NULL, 0);
	assert_int_equal(event(&v, "e2").count, 0);
	done(&v, "we1");
	ends(&v);
}

#define UNDO(handler, more)                                                                        \
	"<process id='p'><startEvent id='s'/><userTask id='a'/><boundaryEvent id='u' "             \
	"attachedToRef='a'><compensateEventDefinition/></boundaryEvent>"                           \
	"<userTask id='" handler "' isForCompensation='true'/>"                                    \
	"<association id='as' sourceRef='u' targetRef='" handler "'/><userTask id='b'/>"           \
	"<endEvent id='e'><compensateEventDefinition/></endEvent>" FLOW("f1", "s", "a")            \
		FLOW("f2", "a", "b") FLOW("f3", "b", "e") more "</process>"

TEST(what_was_done_is_compensated_by_the_handler_of_the_new_model)
{
	struct move v = begun(UNDO("h", ""), UNDO("h2", "<userTask id='z'/>"));
	done(&v, "a");
	carried(&v, (struct flow_carry[]){ { "h", "h2" } }, 1);
	done(&v, "b");
	done(&v, "h2");
	ends(&v);
	v = begun(UNDO("h", ""), UNDO("h2", ""));
	done(&v, "a");
	assert_string_equal(refused(&v, NULL, 0), "h absent");
}

TEST(a_called_process_of_another_model_goes_on_there)
{
	struct flow_settings s = { .language = &flow_feel };
	struct move v = { .world = flow_world_new(&s) };
	static const char calls[] =
		"<process id='p'><startEvent id='s'/><callActivity id='c' calledElement='q'/>" FLOW(
			"f", "s", "c") "%s</process>";
	struct arena *a = test_call()->arena;
	v.to = compiled(arena_printf(a, calls, "<userTask id='b'/>" FLOW("g", "c", "b")));
	flow_know(v.world,
		  compiled("<process id='q'><startEvent id='s'/><userTask id='a'/>" FLOW(
			  "f", "s", "a") "</process>"),
		  1);
	flow_know(v.world, compiled(arena_printf(a, calls, "")), 2);
	assert_int_equal(flow_start(v.world, "p", NULL, NULL, &v.instance), ST_OK);
	flow_know(v.world, v.to, 3);
	carried(&v, NULL, 0);
	done(&v, "a");
	done(&v, "b");
	ends(&v);
}

TEST(a_suspended_instance_is_carried_and_stays_suspended)
{
	struct move v = begun(OPEN(""), OPEN(LISTENS(LATER, "e2")));
	assert_int_equal(flow_suspend(v.world, v.instance, true), ST_OK);
	carried(&v, NULL, 0);
	assert_int_equal(flow_complete(v.world, waiting(&v, "a").found, NULL), ST_CONFLICT);
	assert_int_equal(flow_suspend(v.world, v.instance, false), ST_OK);
	done(&v, "a");
	ends(&v);
}

TEST(only_a_whole_instance_migrates)
{
	struct move v = begun(OPEN(""), OPEN(""));
	int64_t task = waiting(&v, "a").found;
	struct arena *a = test_call()->arena;
	assert_int_equal(flow_migrate(v.world, task, v.to, NULL, 0, false, a, &v.plan),
			 ST_NOT_FOUND);
	assert_int_equal(flow_migrate(v.world, 99, v.to, NULL, 0, false, a, &v.plan), ST_NOT_FOUND);
	flow_world_end(&v.world);
}
