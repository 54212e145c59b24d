/* SPDX-License-Identifier: Apache-2.0 */
/* What starts processes besides somebody who says so: conditions, receive tasks, event-based gateways, one
 * event of several; and what the strict gate wants of message events. */
#include "test_process.h"

#define P "/api/v1/process"
#define MESSAGES "<message id=\"m1\" name=\"来文\"/><message id=\"m2\" name=\"来电\"/>"
#define TASK                                                                                       \
	"<userTask id=\"u\"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>"             \
	"<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"                                    \
	"<sequenceFlow id=\"f2\" sourceRef=\"u\" targetRef=\"e\"/>"

static int64_t count_of(const struct hall *t, const char *key)
{
	struct http_reply *r = ask(t->chief, "GET", say(P "/instances?process=%s", key), NULL);
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	int64_t n = (int64_t)json_array_size(json_object_get(body, "instances"));
	json_decref(body);
	return n;
}

static struct http_reply *message(const struct hall *t, const char *name)
{
	return ask(t->robot, "POST", P "/messages",
		   say("{\"name\":\"%s\",\"business_key\":\"k\",\"variables\":{\"n\":7}}", name));
}

static const char *started_by(const char *key, const char *start)
{
	return process_of(key, NULL,
			  say("%s" TASK "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>",
			      start));
}

static const char *conditional(const char *key, const char *condition)
{
	return started_by(key, say("<startEvent id=\"s\"><outgoing>f1</outgoing>"
				   "<conditionalEventDefinition id=\"cd\"><condition "
				   "xsi:type=\"tFormalExpression\">%s</condition>"
				   "</conditionalEventDefinition></startEvent>",
				   condition));
}

TEST(a_condition_that_is_true_starts_its_process)
{
	struct hall t = test_hall();
	struct http_header key = { "Idempotency-Key", "k-1" };
	deploy_model(&t, conditional("flood", "level &gt; 3"));
	deploy_model(&t, conditional("storm", "wind &gt; 3"));
	struct http_reply *r =
		ask(t.robot, "POST", P "/conditions", "{\"variables\":{\"level\":3}}");
	expect_status(r, 200);
	expect_text(r, "\"started\":[]");
	const char *high = "{\"variables\":{\"level\":5},\"business_key\":\"奉化江\"}";
	r = ask_with(&key, 1, t.robot, "POST", P "/conditions", high);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"running\"");
	const char *before = buf_text(&r->body);
	r = ask_with(&key, 1, t.robot, "POST", P "/conditions", high);
	assert_string_equal(buf_text(&r->body), before);
	assert_int_equal(count_of(&t, "flood"), 1);
	assert_int_equal(count_of(&t, "storm"), 0);
	r = ask(t.chief, "GET", P "/instances?process=flood", NULL);
	expect_text(r, "\"business_key\":\"奉化江\"");
	r = ask(t.wang, "POST", P "/instances", "{\"key\":\"flood\"}");
	expect_status(r, 409);
	expect_text(r, "is started by events only");
	/* Only whoever sends messages asks conditions, and only those of the department. */
	expect_status(ask(t.wang, "POST", P "/conditions", high), 403);
	r = ask(t.stranger, "POST", P "/conditions", high);
	expect_text(r, "\"started\":[]");
	/* A newer version has the older one's place. */
	deploy_model(&t, conditional("flood", "level &gt; 9"));
	r = ask(t.robot, "POST", P "/conditions", high);
	expect_text(r, "\"started\":[]");
	expect_replays(&t);
}

TEST(a_receive_task_starts_a_process_by_its_message)
{
	struct hall t = test_hall();
	deploy_model(&t,
		     model(MESSAGES "<process id=\"mail\" isExecutable=\"true\">"
				    "<receiveTask id=\"s\" instantiate=\"true\" messageRef=\"m1\">"
				    "<outgoing>f1</outgoing></receiveTask>" TASK
				    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>"
				    "</process>"));
	expect_status(message(&t, "来电"), 404);
	struct http_reply *r = message(&t, "来文");
	expect_status(r, 200);
	assert_int_equal(count_of(&t, "mail"), 1);
	r = ask(t.chief, "GET", P "/instances?process=mail", NULL);
	expect_text(r, "\"business_key\":\"k\"");
	r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	r = ask(t.wang, "GET", say(P "/tasks/%s", member(r, "id")), NULL);
	expect_text(r, "\"node\":\"u\"");
	expect_text(r, "\"n\":7");
	expect_status(ask(t.wang, "POST", P "/instances", "{\"key\":\"mail\"}"), 409);
	expect_replays(&t);
}

static const char *gateway(const char *type)
{
	return model(say(MESSAGES
			 "<process id=\"g\" isExecutable=\"true\">"
			 "<eventBasedGateway id=\"x\" instantiate=\"true\" "
			 "eventGatewayType=\"%s\">"
			 "<outgoing>fa</outgoing><outgoing>fb</outgoing></eventBasedGateway>"
			 "<intermediateCatchEvent id=\"a\"><incoming>fa</incoming>"
			 "<outgoing>ga</outgoing><messageEventDefinition id=\"d1\" "
			 "messageRef=\"m1\"/></intermediateCatchEvent>"
			 "<intermediateCatchEvent id=\"b\"><incoming>fb</incoming>"
			 "<outgoing>gb</outgoing><messageEventDefinition id=\"d2\" "
			 "messageRef=\"m2\"/></intermediateCatchEvent>"
			 "<userTask id=\"ua\"><incoming>ga</incoming><outgoing>ha</outgoing>"
			 "</userTask><userTask id=\"ub\"><incoming>gb</incoming>"
			 "<outgoing>hb</outgoing></userTask>"
			 "<endEvent id=\"ea\"><incoming>ha</incoming></endEvent>"
			 "<endEvent id=\"eb\"><incoming>hb</incoming></endEvent>"
			 "<sequenceFlow id=\"fa\" sourceRef=\"x\" targetRef=\"a\"/>"
			 "<sequenceFlow id=\"fb\" sourceRef=\"x\" targetRef=\"b\"/>"
			 "<sequenceFlow id=\"ga\" sourceRef=\"a\" targetRef=\"ua\"/>"
			 "<sequenceFlow id=\"gb\" sourceRef=\"b\" targetRef=\"ub\"/>"
			 "<sequenceFlow id=\"ha\" sourceRef=\"ua\" targetRef=\"ea\"/>"
			 "<sequenceFlow id=\"hb\" sourceRef=\"ub\" targetRef=\"eb\"/></process>",
			 type));
}

TEST(a_gateway_starts_a_process_by_either_of_its_events)
{
	struct hall t = test_hall();
	deploy_model(&t, gateway("Exclusive"));
	expect_status(message(&t, "来文"), 200);
	expect_status(message(&t, "来电"), 200);
	assert_int_equal(count_of(&t, "g"), 2);
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"node\":\"ua\"");
	expect_text(r, "\"node\":\"ub\"");
	expect_replays(&t);
}

TEST(a_parallel_gateway_waits_for_its_other_events_in_the_same_instance)
{
	struct hall t = test_hall();
	deploy_model(&t, gateway("Parallel"));
	expect_status(message(&t, "来文"), 200);
	expect_status(message(&t, "来电"), 200);
	assert_int_equal(count_of(&t, "g"), 1);
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"node\":\"ua\"");
	expect_text(r, "\"node\":\"ub\"");
	expect_replays(&t);
}

static const char *several(const char *attributes)
{
	return model(say(MESSAGES "<signal id=\"g\" name=\"bell\"/>"
				  "<process id=\"any\" isExecutable=\"true\">"
				  "<startEvent id=\"s\" %s><outgoing>f1</outgoing>"
				  "<messageEventDefinition id=\"d1\" messageRef=\"m1\"/>"
				  "<messageEventDefinition id=\"d2\" messageRef=\"m2\"/>"
				  "<signalEventDefinition id=\"d3\" signalRef=\"g\"/>"
				  "<timerEventDefinition id=\"d4\"><timeCycle "
				  "xsi:type=\"tFormalExpression\">R2/PT10M</timeCycle>"
				  "</timerEventDefinition></startEvent>" TASK
				  "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>"
				  "</process>",
			 attributes));
}

TEST(each_of_several_events_starts_a_process)
{
	struct hall t = test_hall();
	int64_t at = clock_now();
	deploy_model(&t, several(""));
	expect_status(message(&t, "来文"), 200);
	expect_status(message(&t, "来电"), 200);
	assert_int_equal(count_of(&t, "any"), 2);
	expect_status(ask(t.robot, "POST", P "/signals", "{\"name\":\"bell\"}"), 202);
	tick(&t);
	assert_int_equal(count_of(&t, "any"), 3);
	clock_set(at + 610 * CLOCK_SECOND);
	tick(&t);
	assert_int_equal(count_of(&t, "any"), 4);
	clock_set(at + 1300 * CLOCK_SECOND);
	tick(&t);
	tick(&t);
	assert_int_equal(count_of(&t, "any"), 5);
	expect_replays(&t);
	clock_set(0);
	struct http_reply *r = ask(t.chief, "POST", P "/definitions?dry_run=true",
				   several("parallelMultiple=\"true\""));
	expect_text(r, "one of its events, not for all");
}

TEST(a_message_event_names_an_operation_where_the_model_has_any)
{
	static const char body[] =
		"<message id=\"m\" name=\"go\"/>%s"
		"<process id=\"hears\" isExecutable=\"true\">"
		"<startEvent id=\"s\"><outgoing>f1</outgoing>"
		"<messageEventDefinition id=\"d1\" messageRef=\"m\"/></startEvent>"
		"<endEvent id=\"e\"><incoming>f1</incoming></endEvent>"
		"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"e\"/>"
		"</process>";
	struct hall t = test_hall();
	struct http_reply *r =
		ask(t.chief, "POST", P "/definitions?dry_run=true", model(say(body, "")));
	expect_text(r, "\"valid\":true");
	expect_text(r, "\"rule\":\"EXT.128\"");
	r = ask(t.chief, "POST", P "/definitions",
		model(say(body, "<interface id=\"i\" name=\"i\"><operation id=\"op\" name=\"op\">"
				"<inMessageRef>m</inMessageRef></operation></interface>")));
	expect_status(r, 400);
	expect_text(r, "EXT.128 at s");
}
