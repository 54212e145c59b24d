/* SPDX-License-Identifier: Apache-2.0 */
/* For whom a task is, as a decision says it 办理人规则. */
#include "test_process.h"

#define P "/api/v1/process"

/* Above 10 a role, above 100 somebody by name with their role's colleagues as candidates, else nobody. */
static const char *rules(const struct hall *t, const char *more)
{
	return say(
		"<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" id=\"d\" "
		"name=\"who\" namespace=\"urn:test\"><inputData id=\"i\" name=\"amount\"><variable "
		"name=\"amount\" typeRef=\"number\"/></inputData><decision id=\"who\" name=\"who\">"
		"<variable name=\"who\"/><informationRequirement id=\"r\">"
		"<requiredInput href=\"#i\"/></informationRequirement><literalExpression id=\"l\">"
		"<text>if amount &gt; 100 then {assignee: \"%s\", roles: [\"data_steward\"]} else "
		"if amount &gt; 10 then \"data_steward\" else null</text></literalExpression>"
		"</decision>%s</definitions>",
		t->wang_id, more);
}

TEST(a_decision_says_for_whom_a_task_is)
{
	struct hall t = test_hall();
	expect_status(ask(t.chief, "POST", P "/decisions", rules(&t, "")), 201);
	deploy_model(&t, one_task("permit", "flow:assignment=\"who\""));
	/* By role. */
	const char *task = task_of(&t, start_process(&t, "permit", "{\"amount\":50}"));
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/claim", task), NULL), 403);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/completion", task), NULL), 200);
	/* By name; the candidates stand by. */
	task = task_of(&t, start_process(&t, "permit", "{\"amount\":500}"));
	struct http_reply *r = ask(t.wang, "GET", P "/tasks", NULL);
	expect_text(r, task);
	r = ask(t.wang, "GET", say(P "/tasks/%s", task), NULL);
	expect_text(r, "{\"kind\":\"role\",\"who\":\"data_steward\"}");
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/completion", task), NULL), 200);
	/* Where it says nothing the task is nobody's but for who operates. */
	task = task_of(&t, start_process(&t, "permit", "{\"amount\":5}"));
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/claim", task), NULL), 403);
	r = ask(t.li, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "\"tasks\":[]");
	expect_status(ask(t.chief, "POST", say(P "/tasks/%s/assignment", task),
			  say("{\"user_id\":\"%s\"}", t.li_id)),
		      200);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/completion", task), NULL), 200);
	expect_replays(&t);
}

TEST(a_model_whose_assignment_cannot_be_decided_is_not_deployed)
{
	struct hall t = test_hall();
	const char *by_rule = one_task("permit", "flow:assignment=\"who\"");
	struct http_reply *r = ask(t.chief, "POST", P "/definitions", by_rule);
	expect_status(r, 400);
	expect_text(r, "there is no decision model who");
	expect_status(ask(t.chief, "POST", P "/decisions",
			  rules(&t, "<decision id=\"b\" name=\"b\"><variable name=\"b\"/>"
				    "<literalExpression id=\"lb\"><text>1</text>"
				    "</literalExpression></decision>")),
		      201);
	r = ask(t.chief, "POST", P "/definitions", by_rule);
	expect_status(r, 400);
	expect_text(r, "not one decision but several");
	r = ask(t.chief, "POST", P "/definitions",
		one_task("permit", "flow:assignment=\"who\" flow:candidateRoles=\"member\""));
	expect_text(r, "flow:assignment excludes");
}
