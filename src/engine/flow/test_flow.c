/* SPDX-License-Identifier: Apache-2.0 */
/* The machine on small processes, whose conditions are FEEL. What is done is written down as a text of
 * node ids in the order in which their work was handed out. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_private.h"
#include "engine/flow/test_flow_model.h"
#include "harness.h"

#define SECOND 1000000LL

struct play {
	struct arena *arena;
	struct flow_world *world;
	struct buf log;
	int64_t jobs[64];
	const char *names[64];
	size_t count;
	int64_t instance;
	const char *end;
};

static void hear(void *who, const struct flow_event *e)
{
	struct play *p = who;
	if (e->kind == FLOW_WORK || e->kind == FLOW_TASK) {
		buf_printf(&p->log, "%s%s", p->log.size ? " " : "", e->element->id);
		p->jobs[p->count] = e->execution;
		p->names[p->count++] = e->element->id;
	} else if (e->kind == FLOW_ENDED) {
		p->end = e->name;
	}
}

static struct flow_program *compiled(struct arena *a, const char *body, struct bpmn_findings *f)
{
	return test_program(a, test_definitions(a, body), NULL, f);
}

/* Compiled and deployed without being started. */
static struct play *deployed(const char *body)
{
	struct arena *a = test_call()->arena;
	struct play *p = arena_alloc(a, sizeof(*p));
	struct flow_settings s = { .language = &flow_feel, .tell = hear, .who = p, .deliver = true };
	p->arena = a;
	p->log.arena = a;
	p->world = flow_world_new(&s);
	flow_deploy(p->world, compiled(a, body, NULL));
	return p;
}

static struct play *play(const char *body, const char *variables)
{
	struct play *p = deployed(body);
	json_t *v = variables ? json_loads(variables, 0, NULL) : NULL;
	assert_int_equal(flow_start(p->world, "p", NULL, v, &p->instance), ST_OK);
	json_decref(v);
	return p;
}

/* The newest job or task of that node that has not been answered. */
static int64_t job(struct play *p, const char *node)
{
	for (size_t i = p->count; i-- > 0;) {
		if (p->jobs[i] && strcmp(p->names[i], node) == 0) {
			int64_t id = p->jobs[i];
			p->jobs[i] = 0;
			return id;
		}
	}
	test_fail("nothing is to be done at %s; so far: %s", node, buf_text(&p->log));
	return 0;
}

/* Out into JSON and back: every test crosses it between two commands. */
static void keep(struct play *p)
{
	json_t *saved = flow_save(p->world, p->instance);
	assert_non_null(saved);
	assert_int_equal(flow_forget(p->world, p->instance), ST_OK);
	assert_int_equal(flow_load(p->world, saved), ST_OK);
	json_t *again = flow_save(p->world, p->instance);
	assert_true(json_equal(saved, again));
	json_decref(saved);
	json_decref(again);
}

static void done(struct play *p, const char *node, const char *variables)
{
	keep(p);
	json_t *v = variables ? json_loads(variables, 0, NULL) : NULL;
	assert_int_equal(flow_complete(p->world, job(p, node), v), ST_OK);
	json_decref(v);
}

static void said(struct play *p, const char *log, const char *end)
{
	assert_string_equal(buf_text(&p->log), log);
	if (end)
		assert_string_equal(p->end ? p->end : "running", end);
	flow_world_end(&p->world);
}

#define FLOW(id, from, to) "<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to "'/>"
#define WHEN(id, from, to, condition)                                                              \
	"<sequenceFlow id='" id "' sourceRef='" from "' targetRef='" to                            \
	"'><conditionExpression>" condition "</conditionExpression></sequenceFlow>"

TEST(an_exclusive_gateway_takes_the_first_true_way_else_the_default)
{
	static const char body[] =
		"<process id='p'><startEvent id='s'/><exclusiveGateway id='x' default='f3'/>"
		"<userTask id='a'/><userTask id='b'/><userTask id='c'/>" FLOW("f0", "s", "x")
			WHEN("f1", "x", "a", "amount &gt; 100")
				WHEN("f2", "x", "b", "amount &gt; 10")
					FLOW("f3", "x", "c") "</process>";
	said(play(body, "{\"amount\": 1000}"), "a", NULL);
	said(play(body, "{\"amount\": 11}"), "b", NULL);
	said(play(body, "{\"amount\": 1}"), "c", NULL);
}

TEST(a_gateway_without_a_true_way_is_an_incident_that_can_be_retried)
{
	struct play *p = play("<process id='p'><startEvent id='s'/><exclusiveGateway id='x'/>"
			      "<userTask id='a'/>" FLOW("f0", "s", "x")
				      WHEN("f1", "x", "a", "ready = true") "</process>",
			      "{\"ready\": false}");
	json_t *v = json_pack("{s:b}", "ready", 1);
	assert_int_equal(flow_set(p->world, p->instance, v, false), ST_OK);
	json_decref(v);
	assert_int_equal(flow_retry(p->world, p->instance + 2), ST_OK);
	said(p, "a", "running");
}

TEST(a_process_in_an_endless_loop_is_stuck_and_can_only_be_cancelled)
{
	struct play *p = play("<process id='p'><startEvent id='s'/><exclusiveGateway id='x'/>"
			      "<exclusiveGateway id='y'/>" FLOW("f0", "s", "x") FLOW("f1", "x", "y")
				      FLOW("f2", "y", "x") "</process>",
			      NULL);
	assert_int_equal(flow_retry(p->world, p->instance), ST_CONFLICT);
	assert_int_equal(flow_skip(p->world, p->instance), ST_CONFLICT);
	assert_null(p->end);
	assert_int_equal(flow_cancel(p->world, p->instance), ST_OK);
	said(p, "", NULL);
}

/* BPMN 2.0.2, 13.4.3: the join waits for b, whose token can still come to an empty incoming flow, and
 * does not wait for c, which nobody chose. */
TEST(an_inclusive_join_waits_for_chosen_branches_only)
{
	struct play *p =
		play("<process id='p'><startEvent id='s'/><inclusiveGateway id='x'/>"
		     "<userTask id='a'/><userTask id='b'/><userTask id='c'/>"
		     "<inclusiveGateway id='j'/><userTask id='z'/>" FLOW("f0", "s", "x")
			     WHEN("f1", "x", "a", "n &gt; 0") WHEN("f2", "x", "b", "n &gt; 1")
				     WHEN("f3", "x", "c", "n &gt; 2") FLOW("f4", "a", "j")
					     FLOW("f5", "b", "j") FLOW("f6", "c", "j")
						     FLOW("f7", "j", "z") "</process>",
		     "{\"n\": 2}");
	done(p, "a", NULL);
	assert_string_equal(buf_text(&p->log), "a b");
	done(p, "b", NULL);
	done(p, "z", NULL);
	said(p, "a b z", "completed");
}

/* Two of three votes let the case go on; the third changes nothing and is waited for before the gateway
 * counts anew. */
TEST(a_complex_gateway_fires_at_its_condition_and_takes_the_rest)
{
	struct play *p = play(
		"<process id='p'><startEvent id='s'/><parallelGateway id='x'/><userTask id='a'/>"
		"<userTask id='b'/><userTask id='c'/><complexGateway id='g'><activationCondition>"
		"activationCount &gt;= 2</activationCondition></complexGateway><userTask id='z'/>" FLOW(
			"f0", "s", "x") FLOW("f1", "x", "a") FLOW("f2", "x", "b")
			FLOW("f3", "x", "c") FLOW("f4", "a", "g") FLOW("f5", "b", "g")
				FLOW("f6", "c", "g") FLOW("f7", "g", "z") "</process>",
		NULL);
	done(p, "a", NULL);
	assert_string_equal(buf_text(&p->log), "a b c");
	done(p, "c", NULL);
	assert_string_equal(buf_text(&p->log), "a b c z");
	done(p, "z", NULL);
	assert_null(p->end);
	done(p, "b", NULL);
	said(p, "a b c z", "completed");
}

#define COMPENSATED(id)                                                                            \
	"<userTask id='" id "'/><boundaryEvent id='c" id "' attachedToRef='" id                    \
	"'><compensateEventDefinition/></boundaryEvent><userTask id='u" id                         \
	"' isForCompensation='true'/><association id='as" id "' sourceRef='c" id                   \
	"' targetRef='u" id "'/>"

TEST(a_cancelled_transaction_undoes_its_work_in_reverse_order)
{
	struct play *p = play(
		"<process id='p'><startEvent id='s'/><transaction id='t'>"
		"<startEvent id='ts'/>" COMPENSATED("a") COMPENSATED(
			"b") "<endEvent id='te'><cancelEventDefinition/></endEvent>" FLOW("t0",
											  "ts", "a")
			FLOW("t1", "a", "b") FLOW(
				"t2", "b",
				"te") "</transaction><boundaryEvent id='x' attachedToRef='t'><cancelEventDefinition/>"
				      "</boundaryEvent><userTask id='sorry'/><userTask id='never'/>" FLOW(
					      "f0", "s", "t") FLOW("f1", "x", "sorry")
					      FLOW("f2", "t", "never") "</process>",
		NULL);
	done(p, "a", NULL);
	done(p, "b", NULL);
	assert_string_equal(buf_text(&p->log), "a b ub");
	done(p, "ub", NULL);
	done(p, "ua", NULL);
	done(p, "sorry", NULL);
	said(p, "a b ub ua sorry", "completed");
}

TEST(errors_go_to_the_nearest_handler_through_calls)
{
	struct play *p = play(
		"<error id='er' errorCode='E1'/><process id='p'><startEvent id='s'/>"
		"<callActivity id='c' calledElement='q'/><boundaryEvent id='x' attachedToRef='c'>"
		"<errorEventDefinition errorRef='er'/></boundaryEvent><userTask id='caught'/>" FLOW(
			"f0", "s", "c")
			FLOW("f1", "x", "caught") "</process><process id='q'><startEvent id='qs'/><userTask id='work'/>" FLOW(
				"q0", "qs", "work") "</process>",
		NULL);
	keep(p);
	assert_int_equal(flow_throw_error(p->world, job(p, "work"), "E1", NULL, NULL), ST_OK);
	done(p, "caught", NULL);
	said(p, "work caught", "completed");

	p = play("<process id='p'><startEvent id='s'/><userTask id='work'/>" FLOW(
			 "f0", "s", "work") "</process>",
		 NULL);
	assert_int_equal(flow_throw_error(p->world, job(p, "work"), "E2", NULL, NULL), ST_OK);
	assert_int_equal(flow_outcome(p->world, p->instance), FLOW_BROKEN);
	assert_string_equal(flow_error_code(p->world, p->instance), "E2");
	said(p, "work", "broken");
}

TEST(timers_fire_in_due_order_by_the_clock_of_the_world)
{
	struct play *p = play(
		"<process id='p'><startEvent id='s'/><userTask id='a'/>"
		"<boundaryEvent id='t1' attachedToRef='a' cancelActivity='false'><timerEventDefinition>"
		"<timeCycle>R2/PT10M</timeCycle></timerEventDefinition></boundaryEvent>"
		"<boundaryEvent id='t2' attachedToRef='a'><timerEventDefinition><timeDuration>"
		"=duration(\"PT\" + string(hours) + \"H\")</timeDuration></timerEventDefinition>"
		"</boundaryEvent><userTask id='urge'/><userTask id='late'/>" FLOW("f0", "s", "a")
			FLOW("f1", "t1", "urge") FLOW("f2", "t2", "late") "</process>",
		"{\"hours\": 1}");
	flow_clock(p->world, 9 * 60 * SECOND);
	assert_string_equal(buf_text(&p->log), "a");
	keep(p);
	flow_clock(p->world, 25 * 60 * SECOND);
	assert_string_equal(buf_text(&p->log), "a urge urge");
	flow_clock(p->world, 3600 * SECOND);
	assert_int_equal(flow_complete(p->world, job(p, "a"), NULL), ST_NOT_FOUND);
	said(p, "a urge urge late", "running");
}

TEST(a_sequential_multi_instance_collects_and_may_end_early)
{
	struct play *p =
		play("<process id='p'><startEvent id='s'/><userTask id='ask'>"
		     "<multiInstanceLoopCharacteristics isSequential='true'><loopCardinality>5"
		     "</loopCardinality><completionCondition>answer = \"no\"</completionCondition>"
		     "</multiInstanceLoopCharacteristics></userTask><userTask id='z'/>" FLOW(
			     "f0", "s", "ask") FLOW("f1", "ask", "z") "</process>",
		     "{\"answer\": \"\"}");
	done(p, "ask", "{\"answer\": \"yes\"}");
	done(p, "ask", "{\"answer\": \"no\"}");
	said(p, "ask ask z", "running");
}

TEST(messages_go_between_the_processes_of_a_collaboration)
{
	struct play *p = play(
		"<message id='m' name='order'/><collaboration id='c'><participant id='pp' processRef='p'/>"
		"<participant id='pq' processRef='q'/><messageFlow id='mf' sourceRef='send' "
		"targetRef='qs'/></collaboration><process id='p'><startEvent id='s'/><sendTask id='send' "
		"messageRef='m'/><userTask id='after'/>" FLOW("f0", "s", "send") FLOW(
			"f1", "send",
			"after") "</process><process id='q'><startEvent id='qs'><messageEventDefinition messageRef='m'/>"
				 "</startEvent><userTask id='serve'/>" FLOW("q0", "qs",
									    "serve") "</process>",
		NULL);
	said(p, "after serve", "running");
}

TEST(a_parallel_multiple_event_needs_all_of_its_triggers)
{
	struct play *p = play("<signal id='s1' name='one'/><message id='m1' name='two'/>"
			      "<process id='p'><startEvent id='s'/>"
			      "<intermediateCatchEvent id='w' parallelMultiple='true'>"
			      "<signalEventDefinition signalRef='s1'/><messageEventDefinition "
			      "messageRef='m1'/></intermediateCatchEvent><userTask id='z'/>" FLOW(
				      "f0", "s", "w") FLOW("f1", "w", "z") "</process>",
			      NULL);
	assert_int_equal(flow_signal(p->world, "one", 0, NULL), ST_OK);
	keep(p);
	assert_string_equal(buf_text(&p->log), "");
	assert_int_equal(flow_message(p->world, "two", 0, 0, NULL, NULL, NULL), ST_OK);
	assert_int_equal(flow_message(p->world, "two", 0, 0, NULL, NULL, NULL), ST_NOT_FOUND);
	said(p, "z", "running");
}

#define TWO_MESSAGES "<message id='m1' name='one'/><message id='m2' name='two'/>"
#define CATCH(id, message)                                                                         \
	"<intermediateCatchEvent id='" id "'><messageEventDefinition messageRef='" message         \
	"'/></intermediateCatchEvent>"
#define BY_EITHER(type)                                                                            \
	TWO_MESSAGES "<process id='p'><eventBasedGateway id='g' instantiate='true' "               \
		     "eventGatewayType='" type "'/>" CATCH("c1", "m1")                             \
			     CATCH("c2", "m2") "<userTask id='a'/><userTask id='b'/>" FLOW(        \
				     "f1", "g", "c1") FLOW("f2", "g", "c2") FLOW("f3", "c1", "a")  \
				     FLOW("f4", "c2", "b") "</process>"

static void send_to(struct play *p, const char *name, enum status want)
{
	assert_int_equal(flow_message(p->world, name, 0, 0, NULL, NULL, &p->instance), want);
}

TEST(an_exclusive_gateway_that_begins_a_process_begins_one_for_each_message)
{
	struct play *p = deployed(BY_EITHER("Exclusive"));
	send_to(p, "two", ST_OK);
	int64_t first = p->instance;
	send_to(p, "one", ST_OK);
	assert_true(p->instance != first);
	said(p, "b a", NULL);
}

TEST(a_parallel_gateway_that_begins_a_process_waits_for_all_in_one_instance)
{
	struct play *p = deployed(BY_EITHER("Parallel"));
	send_to(p, "two", ST_OK);
	int64_t first = p->instance;
	done(p, "b", NULL);
	assert_null(p->end);
	send_to(p, "one", ST_OK);
	assert_int_equal(p->instance, first);
	done(p, "a", NULL);
	said(p, "b a", "completed");
}

TEST(a_start_event_of_several_triggers_begins_by_any_or_by_all)
{
	static const char any[] = TWO_MESSAGES
		"<process id='p'><startEvent id='s'><messageEventDefinition messageRef='m1'/>"
		"<messageEventDefinition messageRef='m2'/></startEvent><userTask id='a'/>" FLOW(
			"f", "s", "a") "</process>";
	static const char all[] = TWO_MESSAGES
		"<process id='p'><startEvent id='s' parallelMultiple='true'><messageEventDefinition "
		"messageRef='m1'/><messageEventDefinition messageRef='m2'/></startEvent>"
		"<userTask id='a'/>" FLOW("f", "s", "a") "</process>";
	struct play *p = deployed(any);
	send_to(p, "two", ST_OK);
	send_to(p, "one", ST_OK);
	said(p, "a a", NULL);
	p = deployed(all);
	send_to(p, "two", ST_OK);
	send_to(p, "two", ST_OK);
	assert_string_equal(buf_text(&p->log), "");
	send_to(p, "one", ST_OK);
	said(p, "a", NULL);
}

TEST(a_sub_process_with_its_own_compensation_is_undone_by_that)
{
	struct play *p = play(
		"<process id='p'><startEvent id='s'/><subProcess id='sub'><startEvent id='ss'/>"
		"<userTask id='a'/>" FLOW(
			"g0", "ss",
			"a") "<subProcess id='undo' triggeredByEvent='true'><startEvent id='us'>"
			     "<compensateEventDefinition/></startEvent><userTask id='ua'/>" FLOW(
				     "u0", "us",
				     "ua") "</subProcess></subProcess><intermediateThrowEvent id='back'>"
					   "<compensateEventDefinition/></intermediateThrowEvent><userTask id='z'/>" FLOW(
						   "f0", "s", "sub") FLOW("f1", "sub", "back")
						   FLOW("f2", "back", "z") "</process>",
		NULL);
	done(p, "a", NULL);
	assert_string_equal(buf_text(&p->log), "a ua");
	done(p, "ua", NULL);
	done(p, "z", NULL);
	said(p, "a ua z", "completed");
}

TEST(a_thrower_that_does_not_wait_goes_on_while_its_work_is_undone)
{
	struct play *p = play(
		"<process id='p'><startEvent id='s'/>" COMPENSATED(
			"a") "<intermediateThrowEvent id='t'>"
			     "<compensateEventDefinition waitForCompletion='false'/></intermediateThrowEvent>"
			     "<userTask id='z'/>" FLOW("f0", "s", "a") FLOW("f1", "a", "t")
				     FLOW("f2", "t", "z") "</process>",
		NULL);
	done(p, "a", NULL);
	assert_string_equal(buf_text(&p->log), "a ua z");
	done(p, "z", NULL);
	assert_null(p->end);
	done(p, "ua", NULL);
	said(p, "a ua z", "completed");
}

TEST(a_message_that_comes_before_its_receiver_is_kept_for_it)
{
	struct play *p = play(
		"<message id='m' name='hello'/><process id='p'><startEvent id='s'/>"
		"<intermediateThrowEvent id='t'><messageEventDefinition messageRef='m'/>"
		"</intermediateThrowEvent><userTask id='a'/>" CATCH(
			"c", "m") "<userTask id='z'/>" FLOW("f0", "s", "t") FLOW("f1", "t", "a")
			FLOW("f2", "a", "c") FLOW("f3", "c", "z") "</process>",
		NULL);
	done(p, "a", NULL);
	said(p, "a z", "running");
}

TEST(boundary_events_that_do_not_interrupt_fire_again)
{
	struct play *p = play(TWO_MESSAGES
			      "<process id='p'><startEvent id='s'/><userTask id='a'/>"
			      "<boundaryEvent id='b' attachedToRef='a' cancelActivity='false' "
			      "parallelMultiple='true'><messageEventDefinition messageRef='m1'/>"
			      "<messageEventDefinition messageRef='m2'/></boundaryEvent>"
			      "<userTask id='x'/>" FLOW("f0", "s", "a")
				      FLOW("f1", "b", "x") "</process>",
			      NULL);
	for (int i = 0; i < 2; i++) {
		send_to(p, "one", ST_OK);
		keep(p);
		send_to(p, "two", ST_OK);
	}
	said(p, "a x x", "running");
}

TEST(a_suspended_instance_hears_nothing_until_it_is_resumed)
{
	struct play *p = play(
		"<process id='p'><startEvent id='s'/><userTask id='a'/>"
		"<boundaryEvent id='t' attachedToRef='a'><timerEventDefinition>"
		"<timeDuration>PT1S</timeDuration></timerEventDefinition></boundaryEvent>"
		"<userTask id='late'/>" FLOW("f0", "s", "a") FLOW("f1", "t", "late") "</process>",
		NULL);
	assert_int_equal(flow_suspend(p->world, p->instance, true), ST_OK);
	keep(p);
	assert_int_equal(flow_complete(p->world, p->jobs[0], NULL), ST_CONFLICT);
	flow_clock(p->world, 5 * SECOND);
	assert_string_equal(buf_text(&p->log), "a");
	assert_int_equal(flow_suspend(p->world, p->instance, false), ST_OK);
	flow_clock(p->world, 6 * SECOND);
	said(p, "a late", "running");
}

TEST(an_endless_loop_becomes_an_incident)
{
	struct play *p = play("<process id='p'><startEvent id='s'/><exclusiveGateway id='x'/>"
			      "<task id='a'/>" FLOW("f0", "s", "x") FLOW("f1", "x", "a")
				      FLOW("f2", "a", "x") "</process>",
			      NULL);
	said(p, "", "running");
}

TEST(what_cannot_be_executed_is_refused_by_element)
{
	static const struct {
		const char *body, *element;
	} cases[] = {
		{ "<process id='p'><callActivity id='c'/></process>", "c" },
		{ "<process id='p'><task id='a' startQuantity='0'/></process>", "a" },
		{ "<process id='p'><task id='a'/><sequenceFlow id='f' sourceRef='a' targetRef='b'/>"
		  "</process>",
		  "f" },
		{ "<process id='p'><intermediateCatchEvent id='w'/></process>", "w" },
		{ "<process id='p'><subProcess id='e' triggeredByEvent='true'/></process>", "e" },
		{ "<process id='p'><intermediateCatchEvent id='w'><timerEventDefinition/>"
		  "</intermediateCatchEvent></process>",
		  "w" },
		{ "<process id='p'><choreographyTask id='c' initiatingParticipantRef='x'/></process>",
		  "c" },
		{ "<process id='p'><task id='a'/><task id='b'/>" WHEN("f", "a", "b",
								      "1 +") "</process>",
		  "f" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct bpmn_findings f;
		assert_null(compiled(test_call()->arena, cases[i].body, &f));
		assert_string_equal(f.first->element, cases[i].element);
		assert_string_equal(f.first->rule, "EXEC");
	}
}

TEST(a_state_that_the_programs_do_not_know_is_refused_whole)
{
	struct play *p = play("<process id='p'><startEvent id='s'/><userTask id='a'/>" FLOW(
				      "f0", "s", "a") "</process>",
			      NULL);
	json_t *saved = flow_save(p->world, p->instance);
	assert_int_equal(flow_load(p->world, saved), ST_CONFLICT);
	assert_int_equal(flow_forget(p->world, p->instance), ST_OK);
	json_t *root = json_object_get(saved, "root");
	json_t *child = json_array_get(json_object_get(root, "children"), 0);
	json_object_set_new(child, "node", json_pack("[i, i]", 1, 99));
	assert_int_equal(flow_load(p->world, saved), ST_BAD_INPUT);
	json_decref(saved);
	assert_null(flow_save(p->world, p->instance));
	said(p, "a", NULL);
}

struct depth {
	struct play *play;
	size_t executions, incidents;
	bool loads, cancels;
};

static void see_depth(void *who, const struct flow_view *v)
{
	struct depth *d = who;
	d->executions++;
	d->incidents += v->is_incident;
}

static void *recur(void *ptr)
{
	struct depth *d = ptr;
	struct flow_world *w = d->play->world;
	int64_t id = d->play->instance;
	json_t *saved = flow_save(w, id);
	char *text = json_dumps(saved, 0);
	json_decref(saved);
	saved = json_loads(text ? text : "", 0, NULL);
	free(text);
	d->loads = saved && !flow_forget(w, id) && !flow_load(w, saved);
	json_decref(saved);
	flow_walk(w, see_depth, d);
	d->cancels = !flow_cancel(w, id);
	return NULL;
}

TEST(a_process_that_calls_itself_without_end_is_an_incident_that_can_be_cancelled)
{
	struct play *p = play("<process id='p'><startEvent id='s'/><callActivity id='c' "
			      "calledElement='p'/>" FLOW("f0", "s", "c") "</process>",
			      NULL);
	struct depth d = { .play = p };
	pthread_attr_t attr;
	pthread_t thread;
	/* On a stack as small as that of the threads that answer requests. */
	assert_int_equal(pthread_attr_init(&attr), 0);
	assert_int_equal(pthread_attr_setstacksize(&attr, 512 * 1024), 0);
	assert_int_equal(pthread_create(&thread, &attr, recur, &d), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attr);
	assert_true(d.loads && d.cancels);
	assert_true(d.executions > 300 && d.executions < 500);
	assert_int_equal(d.incidents, 1);
	said(p, "", NULL);
}

TEST(a_collection_that_is_no_list_is_an_incident_also_after_it_was_kept)
{
	struct play *p =
		play("<process id='p'><startEvent id='s'/><userTask id='a'>"
		     "<multiInstanceLoopCharacteristics><loopDataInputRef>list"
		     "</loopDataInputRef></multiInstanceLoopCharacteristics></userTask>" FLOW(
			     "f0", "s", "a") "</process>",
		     "{\"list\": \"one\"}");
	keep(p);
	json_t *v = json_pack("{s:[ii]}", "list", 1, 2);
	assert_int_equal(flow_set(p->world, p->instance, v, false), ST_OK);
	json_decref(v);
	keep(p);
	assert_int_equal(flow_retry(p->world, p->instance + 2), ST_OK);
	done(p, "a", NULL);
	done(p, "a", NULL);
	said(p, "a a", "completed");
}
TEST(times_of_iso_8601_are_read_strictly)
{
	int64_t at = 0, us = 0, months = 0, n = 0;
	assert_true(flow_parse_date("2026-11-24T18:30:00+08:00", &at));
	assert_int_equal(at, 1795516200 * SECOND);
	assert_false(flow_parse_date("2026-02-29", &at));
	assert_false(flow_parse_date("2026-11-24 18:30", &at));
	assert_true(flow_parse_duration("P1Y2M3DT4H5M6.5S", &us, &months));
	assert_int_equal(months, 14);
	assert_int_equal(us, (3 * 86400 + 4 * 3600 + 5 * 60 + 6) * SECOND + SECOND / 2);
	assert_false(flow_parse_duration("PT", &us, &months));
	assert_false(flow_parse_duration("P1S", &us, &months));
	assert_true(flow_parse_cycle("R3/PT10M", &n, &us, &months, &at));
	assert_int_equal(n, 3);
	assert_false(flow_parse_cycle("R/PT0S", &n, &us, &months, &at));
	/* The 31st of January, and a month on. */
	assert_true(flow_parse_date("2026-01-31T00:00:00Z", &at));
	int64_t want;
	assert_true(flow_parse_date("2026-02-28T00:00:00Z", &want));
	assert_int_equal(flow_add_months(at, 1), want);
}
