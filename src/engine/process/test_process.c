/* SPDX-License-Identifier: Apache-2.0 */
/* Processes as people and machines meet them, through the door. */
#include "test_process.h"

#define P "/api/v1/process"
/* An executable message event names the operation that it is of (BPMN 2.0.2, table 10.89). */
#define MESSAGE(name)                                                                              \
	"<message id=\"m\" name=\"" name "\"/><interface id=\"i\" name=\"i\"><operation id=\"op\"" \
	" name=\"op\"><inMessageRef>m</inMessageRef></operation></interface>"
#define HEARS                                                                                      \
	"<messageEventDefinition id=\"md\" messageRef=\"m\"><operationRef>op</operationRef>"       \
	"</messageEventDefinition>"

TEST(a_task_is_claimed_and_completed_and_its_instance_ends)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", NULL));
	const char *id = start_process(&t, "permit", "{\"amount\":5}");
	struct http_reply *r = ask(t.li, "GET", P "/tasks?list=available", NULL);
	expect_status(r, 200);
	expect_text(r, say("\"id\":\"%s-", id));
	const char *task = member(r, "id");
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/claim", task), NULL), 200);
	r = ask(t.wang, "POST", say(P "/tasks/%s/claim", task), NULL);
	expect_status(r, 409);
	expect_text(r, "is taken");
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/completion", task), NULL), 403);
	r = ask(t.li, "GET", P "/tasks?list=mine", NULL);
	expect_text(r, say("\"id\":\"%s\"", task));
	r = ask(t.li, "GET", say(P "/tasks/%s", task), NULL);
	expect_text(r, "\"amount\":5");
	r = ask(t.li, "POST", say(P "/tasks/%s/completion", task),
		"{\"variables\":{\"opinion\":\"同意\"}}");
	expect_status(r, 200);
	expect_text(r, "\"state\":\"completed\"");
	assert_string_equal(state_of_instance(&t, id), "completed");
	expect_status(ask(t.li, "GET", say(P "/tasks/%s", task), NULL), 404);
	r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	expect_text(r, "\"command\":\"assign\"");
	expect_text(r, "同意");
	expect_replays(&t);
}

TEST(a_task_is_for_its_candidates)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("steward", "flow:candidateRoles=\"data_steward\""));
	deploy_model(&t, one_task("named", "flow:candidateUsers=\"=[who]\""));
	start_process(&t, "steward", NULL);
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"tasks\":[]");
	r = ask(t.li, "GET", P "/tasks?list=available", NULL);
	const char *task = member(r, "id");
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/claim", task), NULL), 403);
	expect_status(ask(t.wang, "GET", say(P "/tasks/%s", task), NULL), 404);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/completion", task), NULL), 200);
	const char *id = start_process(&t, "named", say("{\"who\":\"%s\"}", t.wang_id));
	r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, say("\"instance_id\":%s", id));
	r = ask(t.li, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"tasks\":[]");
	expect_replays(&t);
}

TEST(a_command_with_a_key_is_done_once_and_answered_the_same)
{
	struct hall t = test_hall();
	struct http_header key = { "Idempotency-Key", "k-1" };
	deploy_model(&t, one_task("permit", NULL));
	struct http_reply *a =
		ask_with(&key, 1, t.wang, "POST", P "/instances", "{\"key\":\"permit\"}");
	struct http_reply *b =
		ask_with(&key, 1, t.wang, "POST", P "/instances", "{\"key\":\"permit\"}");
	expect_status(a, 201);
	expect_status(b, 201);
	assert_string_equal(buf_text(&a->body), buf_text(&b->body));
	b = ask_with(&key, 1, t.wang, "POST", P "/instances",
		     "{\"key\":\"permit\",\"business_key\":\"other\"}");
	expect_status(b, 409);
	expect_text(b, "Idempotency-Key");
	struct http_reply *r = ask(t.li, "GET", P "/tasks?list=available", NULL);
	const char *task = member(r, "id");
	key.value = "k-2";
	a = ask_with(&key, 1, t.li, "POST", say(P "/tasks/%s/completion", task), NULL);
	b = ask_with(&key, 1, t.li, "POST", say(P "/tasks/%s/completion", task), NULL);
	expect_status(a, 200);
	expect_status(b, 200);
	assert_string_equal(buf_text(&a->body), buf_text(&b->body));
	expect_replays(&t);
}

TEST(another_department_sees_nothing_and_reaches_nothing)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", NULL));
	const char *id = start_process(&t, "permit", NULL);
	expect_status(ask(t.stranger, "GET", say(P "/instances/%s", id), NULL), 404);
	expect_status(ask(t.stranger, "GET", say(P "/instances/%s/history", id), NULL), 404);
	expect_status(ask(t.stranger, "DELETE", say(P "/instances/%s", id), NULL), 404);
	expect_status(ask(t.stranger, "POST", say(P "/tasks/%s/completion", task_of(&t, id)), NULL),
		      404);
	expect_status(ask(t.stranger, "POST", P "/instances", "{\"key\":\"permit\"}"), 404);
	struct http_reply *r = ask(t.stranger, "GET", P "/definitions", NULL);
	expect_text(r, "\"definitions\":[]");
	r = ask(t.stranger, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"tasks\":[]");
	/* What the city deploys is everybody's. */
	expect_status(ask(t.wang, "POST", P "/definitions", one_task("mine", NULL)), 403);
}

TEST(versions_count_up_and_a_suspended_one_starts_nothing)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", NULL));
	deploy_model(&t, one_task("permit", NULL)); /* the same bytes */
	struct http_reply *r = ask(t.wang, "GET", P "/definitions?key=permit", NULL);
	expect_text(r, "\"version\":1");
	const char *id = start_process(&t, "permit", NULL);
	deploy_model(&t, one_task("permit", "flow:priority=\"70\""));
	r = ask(t.wang, "GET", P "/definitions?key=permit", NULL);
	expect_text(r, "\"version\":2");
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	int64_t newest = json_integer_value(
		json_object_get(json_array_get(json_object_get(body, "definitions"), 0), "id"));
	json_decref(body);
	r = ask(t.wang, "GET", say(P "/definitions/%lld/xml", (long long)newest), NULL);
	assert_string_equal(buf_text(&r->body), one_task("permit", "flow:priority=\"70\""));
	expect_status(ask(t.chief, "POST", say(P "/definitions/%lld/suspension", (long long)newest),
			  NULL),
		      200);
	r = ask(t.wang, "POST", P "/instances", "{\"key\":\"permit\"}");
	expect_status(r, 409);
	expect_text(r, "suspended");
	/* What runs in an older version goes on in it. */
	complete_task(&t, id, NULL);
	expect_status(ask(t.chief, "POST", say(P "/definitions/%lld/activation", (long long)newest),
			  NULL),
		      200);
	(void)start_process(&t, "permit", NULL);
	expect_replays(&t);
}

TEST(a_model_that_breaks_a_rule_is_refused_by_rule_and_element)
{
	struct hall t = test_hall();
	const char *bad =
		process_of("p", NULL,
			   "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			   "<serviceTask id=\"work\"><incoming>f1</incoming>"
			   "<outgoing>f2</outgoing></serviceTask>"
			   "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			   "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"work\"/>"
			   "<sequenceFlow id=\"f2\" sourceRef=\"work\" targetRef=\"e\"/>");
	struct http_reply *r = ask(t.chief, "POST", P "/definitions", bad);
	expect_status(r, 400);
	expect_text(r, "flow:act");
	expect_text(r, "work");
	r = ask(t.chief, "POST", P "/definitions?dry_run=true", bad);
	expect_status(r, 201);
	expect_text(r, "\"valid\":false");
	expect_text(r, "\"element\":\"work\"");
	expect_text(r, "\"rule\":\"EXEC\"");
	expect_status(ask(t.chief, "POST", P "/definitions", "<x/>"), 400);
	expect_status(ask(t.chief, "POST", P "/definitions", "no xml"), 400);
	r = ask(t.wang, "GET", P "/definitions", NULL);
	expect_text(r, "\"definitions\":[]");
	r = ask(t.chief, "POST", P "/definitions?dry_run=true", one_task("fine", NULL));
	expect_text(r, "\"valid\":true");
	expect_status(ask(t.wang, "POST", P "/instances", "{\"key\":\"fine\"}"), 404);
}

/* start → user task with a boundary timer of ten minutes → end. */
static const char *deadline(void)
{
	return process_of(
		"late", NULL,
		"<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		"<userTask id=\"review\"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>"
		"<boundaryEvent id=\"b\" attachedToRef=\"review\"><outgoing>f3</outgoing>"
		"<timerEventDefinition id=\"td\"><timeDuration xsi:type=\"tFormalExpression\">PT10M"
		"</timeDuration></timerEventDefinition></boundaryEvent>"
		"<userTask id=\"escalate\"><incoming>f3</incoming><outgoing>f4</outgoing></userTask>"
		"<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
		"<endEvent id=\"e2\"><incoming>f4</incoming></endEvent>"
		"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"review\"/>"
		"<sequenceFlow id=\"f2\" sourceRef=\"review\" targetRef=\"e\"/>"
		"<sequenceFlow id=\"f3\" sourceRef=\"b\" targetRef=\"escalate\"/>"
		"<sequenceFlow id=\"f4\" sourceRef=\"escalate\" targetRef=\"e2\"/>");
}

TEST(a_timer_fires_when_it_is_due_and_never_while_its_instance_is_suspended)
{
	struct hall t = test_hall();
	int64_t begin = clock_now();
	deploy_model(&t, deadline());
	const char *a = start_process(&t, "late", NULL), *b = start_process(&t, "late", NULL);
	tick(&t);
	struct http_reply *r = ask(t.chief, "GET", say(P "/instances/%s", a), NULL);
	expect_text(r, "\"what\":\"timer\"");
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/suspension", b), NULL), 200);
	r = ask(t.wang, "POST", say(P "/tasks/%s/completion", task_of(&t, b)), NULL);
	expect_status(r, 409);
	clock_set(begin + 610 * CLOCK_SECOND);
	tick(&t);
	r = ask(t.chief, "GET", say(P "/instances/%s", a), NULL);
	expect_text(r, "\"node\":\"escalate\"");
	r = ask(t.chief, "GET", say(P "/instances/%s", b), NULL);
	expect_text(r, "\"node\":\"review\"");
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/activation", b), NULL), 200);
	tick(&t);
	r = ask(t.chief, "GET", say(P "/instances/%s", b), NULL);
	expect_text(r, "\"node\":\"escalate\"");
	expect_replays(&t);
	clock_set(0);
}

static const char *waiting(void)
{
	return model(MESSAGE(
		"补正") "<process id=\"hear\" isExecutable=\"true\">"
			"<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			"<userTask id=\"before\"><incoming>f1</incoming><outgoing>f0</outgoing></userTask>"
			"<intermediateCatchEvent id=\"c\"><incoming>f0</incoming><outgoing>f2</outgoing>" HEARS
			"</intermediateCatchEvent>"
			"<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"before\"/>"
			"<sequenceFlow id=\"f0\" sourceRef=\"before\" targetRef=\"c\"/>"
			"<sequenceFlow id=\"f2\" sourceRef=\"c\" targetRef=\"e\"/></process>");
}

TEST(a_message_reaches_who_waits_or_waits_itself_and_is_taken_once)
{
	struct hall t = test_hall();
	deploy_model(&t, waiting());
	const char *id = start_process(&t, "hear", NULL);
	const char *body = "{\"name\":\"补正\",\"business_key\":\"hear-1\",\"message_id\":\"m1\","
			   "\"ttl\":60,\"variables\":{\"pages\":3}}";
	struct http_reply *r = ask(t.robot, "POST", P "/messages",
				   "{\"name\":\"补正\",\"business_key\":\"hear-1\"}");
	expect_status(r, 404);
	expect_text(r, "nobody waits");
	r = ask(t.robot, "POST", P "/messages", body);
	expect_status(r, 200);
	expect_text(r, "\"outcome\":\"waiting\"");
	r = ask(t.robot, "POST", P "/messages", body);
	expect_text(r, "\"outcome\":\"duplicate\"");
	complete_task(&t, id, NULL);
	tick(&t);
	assert_string_equal(state_of_instance(&t, id), "completed");
	r = ask(t.robot, "POST", P "/messages", body);
	expect_text(r, "\"outcome\":\"duplicate\"");
	/* Two that wait are told apart by their business keys only. */
	const char *a = start_process(&t, "hear", NULL), *b = start_process(&t, "hear", NULL);
	complete_task(&t, a, NULL);
	complete_task(&t, b, NULL);
	expect_status(ask(t.robot, "POST", P "/messages", "{\"name\":\"补正\"}"), 409);
	expect_replays(&t);
}

TEST(a_message_or_signal_that_is_thrown_is_heard_by_others_once)
{
	struct hall t = test_hall();
	deploy_model(
		&t,
		model(MESSAGE(
			"order") "<signal id=\"g\" name=\"bell\"/>"
				 "<process id=\"thrower\" isExecutable=\"true\">"
				 "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
				 "<intermediateThrowEvent id=\"t\" flow:payload=\"item\">"
				 "<incoming>f1</incoming><outgoing>f2</outgoing>" HEARS
				 "</intermediateThrowEvent>"
				 "<endEvent id=\"e\"><incoming>f2</incoming>"
				 "<signalEventDefinition id=\"sd\" signalRef=\"g\"/></endEvent>"
				 "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"t\"/>"
				 "<sequenceFlow id=\"f2\" sourceRef=\"t\" targetRef=\"e\"/></process>"));
	deploy_model(
		&t,
		model(MESSAGE(
			"order") "<signal id=\"g\" name=\"bell\"/>"
				 "<process id=\"taker\" isExecutable=\"true\">"
				 "<startEvent id=\"s\"><outgoing>f1</outgoing>" HEARS
				 "</startEvent>"
				 "<userTask id=\"u\"><incoming>f1</incoming><outgoing>f2</outgoing>"
				 "</userTask><boundaryEvent id=\"b\" attachedToRef=\"u\">"
				 "<outgoing>f3</outgoing><signalEventDefinition id=\"sd\" "
				 "signalRef=\"g\"/></boundaryEvent>"
				 "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
				 "<endEvent id=\"e2\"><incoming>f3</incoming></endEvent>"
				 "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>"
				 "<sequenceFlow id=\"f2\" sourceRef=\"u\" targetRef=\"e\"/>"
				 "<sequenceFlow id=\"f3\" sourceRef=\"b\" targetRef=\"e2\"/></process>"));
	(void)start_process(&t, "thrower", "{\"item\":\"stamp\",\"secret\":1}");
	tick(&t);
	struct http_reply *r = ask(t.chief, "GET", P "/instances?process=taker", NULL);
	expect_text(r, "\"business_key\":\"thrower-1\"");
	/* The message began an instance, and the signal behind it ended it again. */
	expect_text(r, "\"state\":\"completed\"");
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	json_t *list = json_object_get(body, "instances");
	assert_int_equal(json_array_size(list), 1);
	int64_t id = json_integer_value(json_object_get(json_array_get(list, 0), "id"));
	json_decref(body);
	r = ask(t.chief, "GET", say(P "/instances/%lld/history", (long long)id), NULL);
	expect_text(r, "\"item\":\"stamp\"");
	assert_null(strstr(buf_text(&r->body), "secret"));
	expect_replays(&t);
}

static const char *service(const char *key, const char *attributes)
{
	return process_of(
		key, "flow:searchable=\"plate\"",
		say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<serviceTask id=\"work\" %s><incoming>f1</incoming><outgoing>f2</outgoing>"
		    "</serviceTask><endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"work\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"work\" targetRef=\"e\"/>",
		    attributes));
}

/* An act as a room above offers it: it writes in the transaction of the step, and fails when told. */
static enum status stamp(struct call *c, int64_t instance, const json_t *variables, json_t **result)
{
	enum status st = variable_put(c, instance, "stamped", "once", "");
	if (!st && json_is_true(json_object_get(variables, "broken")))
		return fail(c, ST_CONFLICT, NULL, "the stamp is broken");
	*result = json_pack("{s:s}", "number", "330200-1");
	return st;
}

TEST(an_act_of_another_room_is_done_in_the_transaction_of_its_step)
{
	struct hall t = test_hall();
	process_offer("test.stamp", stamp);
	deploy_model(&t, service("licence", "flow:act=\"test.stamp\""));
	const char *id = start_process(&t, "licence", "{\"plate\":\"浙B12345\"}");
	tick(&t);
	assert_string_equal(state_of_instance(&t, id), "completed");
	struct http_reply *r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	expect_text(r, "330200-1");
	r = ask(t.chief, "GET", P "/instances?variable=plate&value=%E6%B5%99B12345", NULL);
	expect_text(r, say("\"id\":%s", id));
	expect_replays(&t);
}

TEST(an_act_that_fails_is_tried_again_and_then_an_incident_that_can_be_put_right)
{
	struct hall t = test_hall();
	int64_t begin = clock_now();
	process_offer("test.stamp", stamp);
	deploy_model(&t, service("licence", "flow:act=\"test.stamp\" flow:retries=\"2\" "
					    "flow:retryPause=\"60\""));
	const char *id = start_process(&t, "licence", "{\"broken\":true}");
	const char *other = start_process(&t, "licence", "{\"broken\":true}");
	clock_set(begin + 10 * CLOCK_SECOND);
	tick(&t);
	struct http_reply *r = ask(t.chief, "GET", P "/incidents", NULL);
	expect_text(r, "\"incidents\":[]");
	clock_set(begin + 300 * CLOCK_SECOND);
	tick(&t);
	r = ask(t.chief, "GET", P "/incidents", NULL);
	expect_text(r, "the stamp is broken");
	expect_text(r, say("\"instance_id\":%s", id));
	/* Put right and done again; the other one is passed over. */
	int64_t execution = 0;
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	execution = json_integer_value(json_object_get(
		json_array_get(json_object_get(body, "incidents"), 0), "execution"));
	json_decref(body);
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/variables", id),
			  "{\"variables\":{\"broken\":false}}"),
		      200);
	expect_status(ask(t.chief, "POST",
			  say(P "/instances/%s/incidents/%lld/retry", id, (long long)execution),
			  NULL),
		      200);
	tick(&t);
	assert_string_equal(state_of_instance(&t, id), "completed");
	r = ask(t.chief, "POST",
		say(P "/instances/%s/incidents/%lld/skip", other, (long long)execution), NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"completed\"");
	r = ask(t.chief, "GET", P "/incidents", NULL);
	expect_text(r, "\"incidents\":[]");
	expect_replays(&t);
	clock_set(0);
}

TEST(a_worker_leases_a_job_and_who_lost_the_lease_records_nothing)
{
	struct hall t = test_hall();
	int64_t begin = clock_now();
	deploy_model(&t, service("print", "flow:worker=\"printer\" flow:retries=\"1\""));
	start_process(&t, "print", "{\"pages\":2}");
	struct http_reply *r =
		ask(t.robot, "POST", P "/jobs/activation", "{\"topic\":\"printer\",\"lease\":30}");
	expect_status(r, 200);
	expect_text(r, "\"pages\":2");
	const char *job = member(r, "job");
	r = ask(t.robot, "POST", P "/jobs/activation", "{\"topic\":\"printer\"}");
	expect_text(r, "\"jobs\":[]");
	r = ask(t.chief, "POST", say(P "/jobs/%s/completion", job), NULL);
	expect_status(r, 409);
	expect_text(r, "not leased by you");
	clock_set(begin + 60 * CLOCK_SECOND);
	r = ask(t.chief, "POST", P "/jobs/activation", "{\"topic\":\"printer\"}");
	expect_text(r, "\"attempt\":2");
	expect_status(ask(t.robot, "POST", say(P "/jobs/%s/completion", job), NULL), 409);
	expect_status(ask(t.stranger, "POST", say(P "/jobs/%s/completion", job), NULL), 404);
	r = ask(t.chief, "POST", say(P "/jobs/%s/completion", job),
		"{\"variables\":{\"sheet\":\"A4\"}}");
	expect_status(r, 200);
	expect_text(r, "\"state\":\"completed\"");
	const char *id = start_process(&t, "print", NULL);
	r = ask(t.robot, "POST", P "/jobs/activation", "{\"topic\":\"printer\"}");
	job = member(r, "job");
	expect_status(ask(t.robot, "POST", say(P "/jobs/%s/failure", job),
			  "{\"reason\":\"no paper\"}"),
		      200);
	r = ask(t.chief, "GET", say(P "/instances/%s", id), NULL);
	expect_text(r, "no paper");
	expect_text(r, "\"what\":\"incident\"");
	expect_replays(&t);
	clock_set(0);
}

TEST(a_called_process_lives_in_its_caller_in_the_version_that_it_was_called_in)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("inner", NULL));
	deploy_model(
		&t,
		process_of("outer", NULL,
			   "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			   "<callActivity id=\"call\" calledElement=\"inner\"><extensionElements>"
			   "<flow:in source=\"a\" target=\"b\"/><flow:out source=\"c\" "
			   "target=\"d\"/></extensionElements><incoming>f1</incoming>"
			   "<outgoing>f2</outgoing></callActivity>"
			   "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			   "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"call\"/>"
			   "<sequenceFlow id=\"f2\" sourceRef=\"call\" targetRef=\"e\"/>"));
	const char *id = start_process(&t, "outer", "{\"a\":7}");
	deploy_model(&t, one_task("inner", "flow:priority=\"9\""));
	struct http_reply *r = ask(t.wang, "GET", say(P "/tasks/%s", task_of(&t, id)), NULL);
	expect_text(r, "\"b\":7");
	complete_task(&t, id, "{\"c\":8}");
	assert_string_equal(state_of_instance(&t, id), "completed");
	expect_replays(&t);
}

TEST(a_decision_is_explained_by_the_rules_that_fired)
{
	struct hall t = test_hall();
	const char *dmn =
		"<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"d\" "
		"name=\"fee\" namespace=\"urn:test\"><inputData id=\"i\" name=\"pages\"><variable "
		"name=\"pages\" typeRef=\"number\"/></inputData><decision id=\"x\" name=\"due fee\">"
		"<variable name=\"due fee\" typeRef=\"number\"/><informationRequirement id=\"r\">"
		"<requiredInput href=\"#i\"/></informationRequirement><decisionTable id=\"t\" "
		"hitPolicy=\"UNIQUE\"><input id=\"in\"><inputExpression id=\"ie\"><text>pages</text>"
		"</inputExpression></input><output id=\"o\"/><rule id=\"r1\"><inputEntry id=\"e1\">"
		"<text>&lt; 10</text></inputEntry><outputEntry id=\"o1\"><text>5</text></outputEntry>"
		"</rule><rule id=\"r2\"><inputEntry id=\"e2\"><text>&gt;= 10</text></inputEntry>"
		"<outputEntry id=\"o2\"><text>20</text></outputEntry></rule></decisionTable>"
		"</decision></definitions>";
	struct http_reply *r = ask(t.chief, "POST", P "/decisions", dmn);
	expect_status(r, 201);
	expect_text(r, "\"key\":\"fee\"");
	r = ask(t.wang, "POST", P "/decisions/fee/evaluation", "{\"variables\":{\"pages\":12}}");
	expect_status(r, 200);
	expect_text(r, "\"value\":20");
	expect_text(r, "\"fired\":true");
	r = ask(t.wang, "POST", P "/decisions/fee/evaluation",
		"{\"decision\":\"other\",\"variables\":{}}");
	expect_status(r, 404);
	expect_text(r, "\"field\":\"decision\"");
	expect_status(ask(t.stranger, "POST", P "/decisions/fee/evaluation", "{}"), 404);
	r = ask(t.chief, "POST", P "/decisions?dry_run=true", "<definitions/>");
	expect_text(r, "\"valid\":false");
	expect_status(ask(t.chief, "POST", P "/decisions", "<definitions/>"), 400);
}

TEST(a_timer_starts_a_process_as_often_as_it_says)
{
	struct hall t = test_hall();
	int64_t begin = clock_now();
	deploy_model(&t,
		     process_of("daily", NULL,
				"<startEvent id=\"s\"><outgoing>f1</outgoing>"
				"<timerEventDefinition id=\"td\"><timeCycle "
				"xsi:type=\"tFormalExpression\">R2/PT1M</timeCycle>"
				"</timerEventDefinition></startEvent>"
				"<userTask id=\"u\"><incoming>f1</incoming><outgoing>f2</outgoing>"
				"</userTask><endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
				"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>"
				"<sequenceFlow id=\"f2\" sourceRef=\"u\" targetRef=\"e\"/>"));
	tick(&t);
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"tasks\":[]");
	r = ask(t.wang, "POST", P "/instances", "{\"key\":\"daily\"}");
	expect_status(r, 409);
	expect_text(r, "started by events only");
	clock_set(begin + 300 * CLOCK_SECOND);
	tick(&t);
	r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	assert_int_equal(json_array_size(json_object_get(body, "tasks")), 2);
	json_decref(body);
	expect_replays(&t);
	clock_set(0);
}

TEST(a_log_that_was_changed_is_found_out)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", NULL));
	const char *id = start_process(&t, "permit", "{\"amount\":5}");
	complete_task(&t, id, NULL);
	(void)start_process(&t, "permit", NULL);
	expect_replays(&t);
	test_spoil(t.house, id);
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	assert_int_equal(process_check(c, t.house, true, &report, &bad), ST_OK);
	assert_true(bad > 0);
	assert_non_null(strstr(buf_text(&report), "entry 1 was changed"));
}

/* Counts how often it was done for the instance, in the transaction of the step. */
static enum status count_up(struct call *c, int64_t instance, const json_t *variables,
			    json_t **result)
{
	struct variable_row *list = NULL;
	size_t n = 0;
	int64_t times = 0;
	(void)variables;
	enum status st = variable_list(c, instance, &list, &n);
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].name, "plate") && !int_parse(list[i].value, &times))
			return ST_INTERNAL;
	}
	struct process_row row = { 0 };
	if (!st)
		st = instance_get(c, instance, &row);
	*result = json_pack("{s:i}", "plate", (int)times + 1);
	return st ? st
		  : variable_put(c, instance, "plate",
				 arena_printf(c->arena, "%lld", (long long)times + 1),
				 row.domain_id);
}

TEST(acts_that_follow_each_other_share_a_transaction_and_one_that_fails_undoes_no_other)
{
	struct hall t = test_hall();
	int64_t begin = clock_now();
	const char *nodes = "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			    "<serviceTask id=\"a\" flow:act=\"test.count\"><incoming>f1</incoming>"
			    "<outgoing>f2</outgoing></serviceTask>"
			    "<serviceTask id=\"b\" flow:act=\"test.stamp\" flow:retries=\"1\">"
			    "<incoming>f2</incoming><outgoing>f3</outgoing></serviceTask>"
			    "<endEvent id=\"e\"><incoming>f3</incoming></endEvent>"
			    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
			    "<sequenceFlow id=\"f2\" sourceRef=\"a\" targetRef=\"b\"/>"
			    "<sequenceFlow id=\"f3\" sourceRef=\"b\" targetRef=\"e\"/>";
	process_offer("test.count", count_up);
	process_offer("test.stamp", stamp);
	deploy_model(&t, process_of("chain", "flow:searchable=\"plate\"", nodes));
	const char *good = start_process(&t, "chain", NULL);
	const char *bad = start_process(&t, "chain", "{\"broken\":true}");
	tick(&t);
	clock_set(begin + 60 * CLOCK_SECOND);
	tick(&t);
	assert_string_equal(state_of_instance(&t, good), "completed");
	struct http_reply *r = ask(t.chief, "GET", P "/instances?variable=plate&value=1", NULL);
	expect_text(r, say("\"id\":%s", good));
	expect_text(r, say("\"id\":%s", bad));
	r = ask(t.chief, "GET", say(P "/instances/%s", bad), NULL);
	expect_text(r, "the stamp is broken");
	expect_text(r, "\"node\":\"b\"");
	expect_replays(&t);
	clock_set(0);
}
