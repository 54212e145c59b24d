/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with tasks besides taking and completing them. */
#include "test_process.h"

#define P "/api/v1/process"

/* s → draft → check → sign → e, all user tasks; attributes for check. */
static const char *three_tasks(const char *key, const char *attributes)
{
	return process_of(
		key, NULL,
		say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<userTask id=\"draft\"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>"
		    "<userTask id=\"check\" %s><incoming>f2</incoming><outgoing>f3</outgoing>"
		    "</userTask>"
		    "<userTask id=\"sign\"><incoming>f3</incoming><outgoing>f4</outgoing></userTask>"
		    "<endEvent id=\"e\"><incoming>f4</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"draft\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"draft\" targetRef=\"check\"/>"
		    "<sequenceFlow id=\"f3\" sourceRef=\"check\" targetRef=\"sign\"/>"
		    "<sequenceFlow id=\"f4\" sourceRef=\"sign\" targetRef=\"e\"/>",
		    attributes));
}

static struct http_reply *act(const char *token, const char *task, const char *what,
			      const char *body)
{
	return ask(token, "POST", say(P "/tasks/%s/%s", task, what), body);
}

static const char *node_at(const struct hall *t, const char *instance)
{
	struct http_reply *r = ask(t->chief, "GET", say(P "/tasks/%s", task_of(t, instance)), NULL);
	expect_status(r, 200);
	return member(r, "node");
}

/* An instance whose task check li has taken. */
static const char *at_check(const struct hall *t, const char *attributes)
{
	deploy_model(t, three_tasks("letter", attributes));
	const char *id = start_process(t, "letter", "{\"amount\":5}");
	complete_task(t, id, NULL);
	expect_status(act(t->li, task_of(t, id), "claim", NULL), 200);
	return id;
}

TEST(a_task_is_transferred_by_whoever_has_it_within_the_department)
{
	struct hall t = test_hall();
	const char *id = at_check(&t, "flow:operations=\"transfer\""), *task = task_of(&t, id);
	const char *to_wang = say("{\"user_id\":\"%s\",\"reason\":\"出差\"}", t.wang_id);
	expect_status(act(t.wang, task, "transfer", to_wang), 403);
	struct http_reply *r = act(t.li, task, "transfer", say("{\"user_id\":\"%032d\"}", 1));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "user_id");
	r = act(t.li, task, "transfer", say("{\"user_id\":\"%s\"}", t.li_id));
	expect_status(r, 409);
	expect_status(act(t.li, task, "transfer", to_wang), 200);
	expect_status(act(t.li, task, "completion", NULL), 403);
	expect_status(act(t.wang, task, "completion", NULL), 200);
	assert_string_equal(node_at(&t, id), "sign");
	r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	expect_text(r, "出差");
	expect_replays(&t);
}

TEST(what_the_model_does_not_allow_is_refused)
{
	struct hall t = test_hall();
	const char *id = at_check(&t, "flow:operations=\"urge\""), *task = task_of(&t, id);
	struct http_reply *r = act(t.li, task, "transfer", say("{\"user_id\":\"%s\"}", t.wang_id));
	expect_status(r, 403);
	expect_text(r, "does not allow transfer at check");
	expect_status(act(t.li, task, "delegation", say("{\"user_id\":\"%s\"}", t.wang_id)), 403);
	expect_status(act(t.li, task, "return", "{\"node\":\"draft\"}"), 403);
	expect_status(act(t.stranger, task, "return", "{\"node\":\"draft\"}"), 404);
	/* An attribute that says nothing known is not deployed. */
	r = ask(t.chief, "POST", P "/definitions",
		three_tasks("letter", "flow:operations=\"transfer burn\""));
	expect_text(r, "flow:operations has 'burn'");
	assert_int_not_equal(r->status, 201);
	/* Returning must be named, the others are usual. */
	id = start_process(&t, "letter", NULL);
	r = act(t.chief, task_of(&t, id), "return", "{\"node\":\"draft\"}");
	expect_status(r, 403);
}

TEST(what_was_delegated_comes_back_to_its_owner)
{
	struct hall t = test_hall();
	const char *id = at_check(&t, ""), *task = task_of(&t, id);
	expect_status(act(t.li, task, "delegation", say("{\"user_id\":\"%s\"}", t.wang_id)), 200);
	expect_status(act(t.li, task, "completion", NULL), 403);
	expect_status(act(t.wang, task, "completion", "{\"variables\":{\"opinion\":\"可以\"}}"),
		      200);
	/* Still the same task, and li's again, with what wang found. */
	assert_string_equal(node_at(&t, id), "check");
	struct http_reply *r = ask(t.li, "GET", say(P "/tasks/%s", task), NULL);
	expect_text(r, say("\"assignee\":\"%s\"", t.li_id));
	expect_text(r, "可以");
	expect_status(act(t.li, task, "completion", NULL), 200);
	assert_string_equal(node_at(&t, id), "sign");
	expect_replays(&t);
}

TEST(a_task_is_returned_to_an_earlier_one_and_all_is_done_again)
{
	struct hall t = test_hall();
	const char *id = at_check(&t, "flow:operations=\"return\""), *task = task_of(&t, id);
	struct http_reply *r = act(t.li, task, "return", "{\"node\":\"sign\"}");
	expect_status(r, 400);
	expect_text(r, "does not stand before");
	r = act(t.li, task, "return", "{\"node\":\"e\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "node");
	expect_status(act(t.wang, task, "return", "{\"node\":\"draft\"}"), 403);
	expect_status(act(t.li, task, "return",
			  "{\"node\":\"draft\",\"reason\":\"缺页\",\"variables\":{\"missing\":3}}"),
		      200);
	assert_string_equal(node_at(&t, id), "draft");
	expect_status(act(t.li, task, "completion", NULL), 404);
	r = ask(t.chief, "GET", say(P "/tasks/%s", task_of(&t, id)), NULL);
	expect_text(r, "\"missing\":3");
	complete_task(&t, id, NULL);
	assert_string_equal(node_at(&t, id), "check");
	expect_replays(&t);
}

TEST(a_task_that_is_returned_directly_comes_back_to_the_one_that_returned_it)
{
	struct hall t = test_hall();
	deploy_model(&t, three_tasks("letter", ""));
	const char *id = start_process(&t, "letter", NULL);
	complete_task(&t, id, NULL);
	complete_task(&t, id, NULL);
	assert_string_equal(node_at(&t, id), "sign");
	/* Nothing allows a return at sign; an operator may jump. */
	struct http_reply *r = act(t.wang, task_of(&t, id), "jump", "{\"node\":\"draft\"}");
	expect_status(r, 403);
	expect_status(act(t.chief, task_of(&t, id), "jump", "{\"node\":\"check\"}"), 200);
	assert_string_equal(node_at(&t, id), "check");
	expect_replays(&t);

	const char *other = at_check(&t, "flow:operations=\"return\"");
	expect_status(act(t.li, task_of(&t, other), "return",
			  "{\"node\":\"draft\",\"resume\":\"direct\"}"),
		      200);
	assert_string_equal(node_at(&t, other), "draft");
	complete_task(&t, other, "{\"pages\":9}");
	assert_string_equal(node_at(&t, other), "check");
	r = ask(t.chief, "GET", say(P "/tasks/%s", task_of(&t, other)), NULL);
	expect_text(r, "\"pages\":9");
	complete_task(&t, other, NULL);
	assert_string_equal(node_at(&t, other), "sign");
	expect_replays(&t);
}

TEST(a_direct_return_skips_what_lies_between)
{
	struct hall t = test_hall();
	deploy_model(&t, process_of("short", NULL,
				    "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
				    "<userTask id=\"a\"><incoming>f1</incoming>"
				    "<outgoing>f2</outgoing></userTask>"
				    "<userTask id=\"b\"><incoming>f2</incoming>"
				    "<outgoing>f3</outgoing></userTask>"
				    "<userTask id=\"c\" flow:operations=\"return\">"
				    "<incoming>f3</incoming><outgoing>f4</outgoing></userTask>"
				    "<endEvent id=\"e\"><incoming>f4</incoming></endEvent>"
				    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
				    "<sequenceFlow id=\"f2\" sourceRef=\"a\" targetRef=\"b\"/>"
				    "<sequenceFlow id=\"f3\" sourceRef=\"b\" targetRef=\"c\"/>"
				    "<sequenceFlow id=\"f4\" sourceRef=\"c\" targetRef=\"e\"/>"));
	const char *id = start_process(&t, "short", NULL);
	complete_task(&t, id, NULL);
	complete_task(&t, id, NULL);
	expect_status(act(t.chief, task_of(&t, id), "return",
			  "{\"node\":\"a\",\"resume\":\"direct\"}"),
		      200);
	assert_string_equal(node_at(&t, id), "a");
	complete_task(&t, id, NULL);
	assert_string_equal(node_at(&t, id), "c");
	complete_task(&t, id, NULL);
	assert_string_equal(state_of_instance(&t, id), "completed");
	expect_replays(&t);
}

TEST(haste_is_asked_for_by_whoever_started_it_and_not_all_the_time)
{
	struct hall t = test_hall();
	const char *id = at_check(&t, ""), *task = task_of(&t, id);
	expect_status(act(t.li, task, "urge", NULL), 403);
	expect_status(act(t.wang, task, "urge", "{\"reason\":\"等用\"}"), 200);
	expect_status(act(t.wang, task, "urge", NULL), 429);
	struct http_reply *r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	expect_text(r, "\"command\":\"urge\"");
	expect_text(r, "等用");
	expect_replays(&t);
}

TEST(a_command_of_peoples_work_with_a_key_is_done_once)
{
	struct hall t = test_hall();
	struct http_header key = { "Idempotency-Key", "r-1" };
	const char *id = at_check(&t, "flow:operations=\"return\"");
	const char *path = say(P "/tasks/%s/return", task_of(&t, id));
	struct http_reply *a = ask_with(&key, 1, t.li, "POST", path, "{\"node\":\"draft\"}");
	struct http_reply *b = ask_with(&key, 1, t.li, "POST", path, "{\"node\":\"draft\"}");
	expect_status(a, 200);
	expect_status(b, 200);
	assert_string_equal(buf_text(&a->body), buf_text(&b->body));
	expect_replays(&t);
}
