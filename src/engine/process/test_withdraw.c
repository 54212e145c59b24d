/* SPDX-License-Identifier: Apache-2.0 */
/* Taking back a completion 撤回, and making an instance void 作废. */
#include "test_process.h"

#define P "/api/v1/process"

/* s → a → (parallel gateway fork → b, c → join) → last → e. */
static const char *forked(const char *process, const char *middle)
{
	return process_of(
		"forked", process,
		say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<userTask id=\"a\" flow:operations=\"withdraw\"><incoming>f1</incoming>"
		    "<outgoing>f2</outgoing></userTask>"
		    "<parallelGateway id=\"fork\"><incoming>f2</incoming><outgoing>f3</outgoing>"
		    "<outgoing>f4</outgoing></parallelGateway>"
		    "<userTask id=\"b\" flow:operations=\"withdraw\"><incoming>f3</incoming>"
		    "<outgoing>f5</outgoing></userTask>"
		    "%s"
		    "<parallelGateway id=\"join\"><incoming>f5</incoming><incoming>f6</incoming>"
		    "<outgoing>f7</outgoing></parallelGateway>"
		    "<userTask id=\"last\"><incoming>f7</incoming><outgoing>f8</outgoing></userTask>"
		    "<endEvent id=\"e\"><incoming>f8</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"a\" targetRef=\"fork\"/>"
		    "<sequenceFlow id=\"f3\" sourceRef=\"fork\" targetRef=\"b\"/>"
		    "<sequenceFlow id=\"f4\" sourceRef=\"fork\" targetRef=\"c\"/>"
		    "<sequenceFlow id=\"f5\" sourceRef=\"b\" targetRef=\"join\"/>"
		    "<sequenceFlow id=\"f6\" sourceRef=\"c\" targetRef=\"join\"/>"
		    "<sequenceFlow id=\"f7\" sourceRef=\"join\" targetRef=\"last\"/>"
		    "<sequenceFlow id=\"f8\" sourceRef=\"last\" targetRef=\"e\"/>",
		    middle));
}

#define C "<userTask id=\"c\"><incoming>f4</incoming><outgoing>f6</outgoing></userTask>"

static struct http_reply *withdraw(const char *token, const char *id)
{
	return ask(token, "POST", say(P "/instances/%s/withdrawal", id),
		   "{\"reason\":\"漏了一页\"}");
}

/* "a b": the nodes at which tasks stand. */
static const char *tasks_at(const struct hall *t, const char *id)
{
	struct http_reply *r = ask(t->chief, "GET", say(P "/instances/%s", id), NULL);
	json_t *body = json_loads(buf_text(&r->body), 0, NULL), *place;
	const char *all = "";
	size_t n;
	json_array_foreach(json_object_get(body, "places"), n, place)
	{
		if (str_eq(json_string_value(json_object_get(place, "what")), "task"))
			all = say("%s%s ", all, json_string_value(json_object_get(place, "node")));
	}
	json_decref(body);
	return all;
}

TEST(what_one_completed_comes_back_while_nobody_has_touched_what_followed)
{
	struct hall t = test_hall();
	deploy_model(&t, forked(NULL, C));
	const char *id = start_process(&t, "forked", NULL);
	expect_status(withdraw(t.wang, id), 409); /* nothing was completed */
	complete_task(&t, id, "{\"pages\":3}");
	assert_string_equal(tasks_at(&t, id), "b c ");
	expect_status(withdraw(t.li, id), 409);
	expect_status(withdraw(t.stranger, id), 404);
	expect_status(withdraw(t.wang, id), 200);
	assert_string_equal(tasks_at(&t, id), "a ");
	struct http_reply *r = ask(t.wang, "GET", P "/tasks", NULL);
	expect_text(r, "\"node\":\"a\"");
	r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	expect_text(r, "\"command\":\"withdraw\"");
	expect_text(r, "漏了一页");
	expect_replays(&t);
	/* Not twice: the completion is taken back. */
	expect_status(withdraw(t.wang, id), 409);
	complete_task(&t, id, NULL);
	assert_string_equal(tasks_at(&t, id), "b c ");
	expect_replays(&t);
}

TEST(what_somebody_has_touched_is_not_taken_back)
{
	struct hall t = test_hall();
	deploy_model(&t, forked(NULL, C));
	const char *id = start_process(&t, "forked", NULL);
	complete_task(&t, id, NULL);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/claim", task_of(&t, id)), NULL), 200);
	struct http_reply *r = withdraw(t.wang, id);
	expect_status(r, 409);
	expect_text(r, "somebody has acted on b");
	/* b is done and waits for c at the join: its token cannot be taken out of there. */
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/completion", task_of(&t, id)), NULL), 200);
	r = withdraw(t.li, id);
	expect_status(r, 409);
	expect_text(r, "cannot be taken back");
	expect_replays(&t);
	/* The last one leads on to last: through a join, which stands. */
	complete_task(&t, id, NULL);
	assert_string_equal(tasks_at(&t, id), "last ");
	expect_status(withdraw(t.wang, id), 403); /* c does not allow it */
	expect_replays(&t);
}

TEST(what_a_machine_did_is_not_taken_back)
{
	struct hall t = test_hall();
	deploy_model(&t,
		     forked(NULL, "<serviceTask id=\"c\" flow:worker=\"post\">"
				  "<incoming>f4</incoming><outgoing>f6</outgoing></serviceTask>"));
	const char *id = start_process(&t, "forked", NULL);
	complete_task(&t, id, NULL);
	struct http_reply *r = withdraw(t.wang, id);
	expect_status(r, 409);
	expect_text(r, "cannot be taken back");
	assert_string_equal(tasks_at(&t, id), "b ");
}

TEST(an_instance_is_made_void_by_whom_the_model_lets)
{
	struct hall t = test_hall();
	const char *reason = "{\"reason\":\"申请人撤销\"}";
	deploy_model(&t, forked(NULL, C));
	const char *id = start_process(&t, "forked", NULL);
	struct http_reply *r = ask(t.wang, "POST", say(P "/instances/%s/void", id), reason);
	expect_status(r, 403);
	expect_text(r, "flow:operations");
	expect_status(ask(t.li, "POST", say(P "/instances/%s/void", id), reason), 404);
	r = ask(t.chief, "POST", say(P "/instances/%s/void", id), "{}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "reason");
	expect_status(ask(t.chief, "POST", say(P "/instances/%s/void", id), reason), 200);
	r = ask(t.chief, "GET", say(P "/instances/%s", id), NULL);
	expect_text(r, "\"state\":\"cancelled\"");
	expect_text(r, "\"ending\":{\"command\":\"void\"");
	expect_text(r, "申请人撤销");
	deploy_model(&t, forked("flow:operations=\"void\"", C));
	id = start_process(&t, "forked", NULL);
	expect_status(ask(t.wang, "POST", say(P "/instances/%s/void", id), reason), 200);
	expect_status(ask(t.wang, "POST", say(P "/instances/%s/void", id), reason), 409);
	expect_replays(&t);
	r = ask(t.chief, "POST", P "/definitions", forked("flow:operations=\"return\"", C));
	expect_text(r, "which is none of void");
}
