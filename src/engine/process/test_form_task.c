/* SPDX-License-Identifier: Apache-2.0 */
/* User tasks with forms: what a task shows, and what completing it is held to. */
#include "test_process.h"

#define P "/api/v1/process"

static const char schema[] =
	"{\"type\":\"default\",\"components\":["
	"{\"type\":\"text\",\"text\":\"请假申请\"},"
	"{\"type\":\"number\",\"key\":\"days\",\"validate\":{\"required\":true,\"min\":1,\"max\":15}},"
	"{\"type\":\"textfield\",\"key\":\"reason\",\"validate\":{\"required\":true,\"minLength\":2}},"
	"{\"type\":\"textfield\",\"key\":\"note\",\"conditional\":{\"hide\":\"=days &lt; 4\"}},"
	"{\"type\":\"group\",\"path\":\"person\",\"components\":["
	"{\"type\":\"textfield\",\"key\":\"name\"},{\"type\":\"number\",\"key\":\"salary\"}]},"
	"{\"type\":\"dynamiclist\",\"path\":\"trips\",\"components\":["
	"{\"type\":\"textfield\",\"key\":\"city\",\"validate\":{\"required\":true}}]},"
	"{\"type\":\"select\",\"key\":\"opinion\",\"values\":[{\"value\":\"yes\"},{\"value\":\"no\"}]}]}";

/* s → apply → check → e with the form "leave"; attributes of apply and of check. */
static const char *leave(const char *form, const char *apply, const char *check)
{
	return process_of(
		"leave", NULL,
		say("<extensionElements><flow:formSchema name=\"leave\">%s</flow:formSchema>"
		    "</extensionElements>"
		    "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		    "<userTask id=\"apply\" %s><incoming>f1</incoming><outgoing>f2</outgoing>"
		    "</userTask>"
		    "<userTask id=\"check\" flow:operations=\"return delegate\" %s>"
		    "<incoming>f2</incoming><outgoing>f3</outgoing></userTask>"
		    "<endEvent id=\"e\"><incoming>f3</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"apply\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"apply\" targetRef=\"check\"/>"
		    "<sequenceFlow id=\"f3\" sourceRef=\"check\" targetRef=\"e\"/>",
		    form, apply, check));
}

#define APPLY "flow:form=\"leave\" flow:fields=\"opinion:hide\""
#define CHECK                                                                                      \
	"flow:form=\"leave\" flow:fields=\"days:read reason:read note:hide person:read "           \
	"person.salary:hide trips:read\""

static struct http_reply *complete(const struct hall *t, const char *id, const char *variables)
{
	return ask(t->wang, "POST", say(P "/tasks/%s/completion", task_of(t, id)),
		   say("{\"variables\":%s}", variables));
}

static void refuses(const struct hall *t, const char *id, const char *variables, const char *field,
		    const char *rule)
{
	struct http_reply *r = complete(t, id, variables);
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), field);
	expect_text(r, rule);
}

static struct http_reply *shown(const struct hall *t, const char *id)
{
	struct http_reply *r = ask(t->wang, "GET", say(P "/tasks/%s", task_of(t, id)), NULL);
	expect_status(r, 200);
	return r;
}

static void lacks(const struct http_reply *r, const char *text)
{
	if (strstr(buf_text(&r->body), text))
		test_fail("'%s' is in %s", text, buf_text(&r->body));
}

/* What the instance holds, as an operator sees it. */
static struct http_reply *held(const struct hall *t, const char *id)
{
	return ask(t->chief, "GET", say(P "/instances/%s", id), NULL);
}

TEST(a_task_with_a_form_takes_what_the_form_takes)
{
	struct hall t = test_hall();
	deploy_model(&t, leave(schema, APPLY, CHECK));
	const char *id = start_process(&t, "leave", "{\"amount\":5}");
	refuses(&t, id, "{}", "days", "required");
	refuses(&t, id, "{\"days\":0,\"reason\":\"探亲\"}", "days", "min");
	refuses(&t, id, "{\"days\":16,\"reason\":\"探亲\"}", "days", "max");
	refuses(&t, id, "{\"days\":3,\"reason\":\"a\"}", "reason", "minLength");
	refuses(&t, id, "{\"days\":3,\"reason\":\"探亲\",\"colour\":1}", "colour", "unknown");
	refuses(&t, id, "{\"days\":3,\"reason\":\"探亲\",\"opinion\":\"yes\"}", "opinion",
		"read-only");
	refuses(&t, id, "{\"days\":3,\"reason\":\"探亲\",\"trips\":[{\"city\":\"\"}]}",
		"trips[0].city", "required");
	expect_status(
		complete(&t, id,
			 "{\"days\":3,\"reason\":\"探亲\",\"note\":\"x\",\"person\":{\"name\":"
			 "\"王\",\"salary\":9000},\"trips\":[{\"city\":\"绍兴\"}]}"),
		200);
	struct http_reply *r = held(&t, id);
	expect_text(r, "\"days\":3");
	expect_text(r, "\"salary\":9000");
	/* A condition hides it: it is not kept. */
	lacks(r, "\"note\":\"x\"");
	/* What is no field of the form stays. */
	expect_text(r, "\"amount\":5");
	expect_replays(&t);
}

TEST(a_task_sees_and_changes_what_its_fields_allow)
{
	struct hall t = test_hall();
	deploy_model(&t, leave(schema, APPLY, CHECK));
	const char *id = start_process(&t, "leave", "{\"amount\":5,\"person\":{\"grade\":7}}");
	struct http_reply *r = shown(&t, id);
	expect_text(r, "\"key\":\"salary\"");
	lacks(r, "opinion");
	lacks(r, "amount"); /* no field of the form */
	expect_status(
		complete(&t, id,
			 "{\"days\":5,\"reason\":\"探亲\",\"note\":\"密\",\"person\":{\"name\":"
			 "\"王\",\"salary\":9000},\"trips\":[{\"city\":\"绍兴\"}]}"),
		200);
	r = shown(&t, id);
	expect_text(r, "请假申请");
	expect_text(r, "opinion");
	expect_text(r, "\"readonly\":true");
	expect_text(r, "\"allowAddRemove\":false");
	expect_text(r, "绍兴");
	lacks(r, "salary");
	lacks(r, "9000");
	lacks(r, "note");
	lacks(r, "密");
	refuses(&t, id, "{\"days\":6}", "days", "read-only");
	refuses(&t, id, "{\"person\":{\"salary\":1}}", "person.salary", "read-only");
	refuses(&t, id, "{\"note\":\"改\"}", "note", "read-only");
	refuses(&t, id, "{\"trips\":[]}", "trips", "read-only");
	refuses(&t, id, "{\"opinion\":\"perhaps\"}", "opinion", "values");
	/* What may not be written may be given as it was. */
	expect_status(complete(&t, id, "{\"days\":5,\"opinion\":\"yes\"}"), 200);
	assert_string_equal(state_of_instance(&t, id), "completed");
	expect_replays(&t);
}

TEST(what_other_forms_know_of_an_object_stays)
{
	struct hall t = test_hall();
	deploy_model(&t, leave(schema, APPLY, CHECK));
	const char *id = start_process(&t, "leave", "{\"person\":{\"grade\":7,\"name\":\"李\"}}");
	expect_status(complete(&t, id,
			       "{\"days\":2,\"reason\":\"探亲\",\"person\":{\"name\":\"王\"}}"),
		      200);
	struct http_reply *r = held(&t, id);
	expect_text(r, "\"grade\":7");
	expect_text(r, "王");
	expect_status(complete(&t, id, "{\"days\":2,\"opinion\":\"yes\"}"), 200);
	r = ask(t.wang, "GET", say(P "/instances/%s/history?marker=2", id), NULL);
	/* The log tells what was changed, and not all that was given. */
	expect_text(r, "opinion");
	lacks(r, "days");
	expect_replays(&t);
}

TEST(a_form_holds_for_whom_a_task_is_delegated_to_and_returns_bring_nothing)
{
	struct hall t = test_hall();
	deploy_model(&t, leave(schema, APPLY, CHECK));
	const char *id = start_process(&t, "leave", NULL);
	expect_status(complete(&t, id, "{\"days\":2,\"reason\":\"探亲\"}"), 200);
	const char *task = task_of(&t, id);
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/claim", task), NULL), 200);
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/delegation", task),
			  say("{\"user_id\":\"%s\"}", t.li_id)),
		      200);
	const char *path = say(P "/tasks/%s/completion", task);
	struct http_reply *r = ask(t.li, "POST", path, "{\"variables\":{\"days\":9}}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "days");
	expect_status(ask(t.li, "POST", path, "{\"variables\":{\"opinion\":\"yes\"}}"), 200);
	path = say(P "/tasks/%s/return", task);
	r = ask(t.wang, "POST", path, "{\"node\":\"apply\",\"variables\":{\"days\":9}}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "variables");
	expect_status(ask(t.wang, "POST", path, "{\"node\":\"apply\",\"reason\":\"缺页\"}"), 200);
	expect_replays(&t);
}

static void not_deployed(const struct hall *t, const char *xml, const char *why)
{
	struct http_reply *r = ask(t->chief, "POST", P "/definitions", xml);
	expect_status(r, 400);
	expect_text(r, why);
}

TEST(a_model_whose_forms_are_wrong_is_not_deployed)
{
	struct hall t = test_hall();
	not_deployed(&t, leave("{", APPLY, CHECK), "form 'leave'");
	not_deployed(&t,
		     leave("{\"components\":[{\"type\":\"number\",\"key\":\"days\",\"validate\":"
			   "{\"min\":\"x\"}}]}",
			   "flow:form=\"leave\"", ""),
		     "components[0].validate.min");
	not_deployed(&t, leave(schema, "flow:form=\"leaves\"", ""), "no flow:formSchema 'leaves'");
	not_deployed(&t, leave(schema, "flow:form=\"leave\" flow:fields=\"days:look\"", ""),
		     "which is no field:write");
	not_deployed(&t, leave(schema, "flow:form=\"leave\" flow:fields=\"dayz:read\"", ""),
		     "'dayz', which form leave has not");
	not_deployed(&t, leave(schema, "flow:fields=\"days:read\"", ""), "flow:fields is for");
	/* A name without any schema in the model is for whoever shows the task. */
	deploy_model(&t, one_task("plain", "flow:form=\"outside\""));
	const char *id = start_process(&t, "plain", NULL);
	struct http_reply *r = shown(&t, id);
	expect_text(r, "\"form\":\"outside\"");
	expect_text(r, "\"form_schema\":null");
	expect_status(complete(&t, id, "{\"anything\":1}"), 200);
}

/* The form at the start event, which waits for 'event'. */
static const char *start_with(const char *attributes, const char *event)
{
	return process_of(
		"ask", NULL,
		say("<extensionElements><flow:formSchema name=\"leave\">%s</flow:formSchema>"
		    "</extensionElements>"
		    "<startEvent id=\"s\" %s><outgoing>f1</outgoing>%s</startEvent>"
		    "<userTask id=\"check\"><incoming>f1</incoming><outgoing>f2</outgoing></userTask>"
		    "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
		    "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"check\"/>"
		    "<sequenceFlow id=\"f2\" sourceRef=\"check\" targetRef=\"e\"/>",
		    schema, attributes, event));
}

static struct http_reply *begin(const char *token, const char *variables)
{
	return ask(token, "POST", P "/instances",
		   say("{\"key\":\"ask\",\"variables\":%s}", variables));
}

/* A number of the answer, or of the first of its definitions. */
static const char *number(const struct http_reply *r, const char *name)
{
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	const json_t *v = json_object_get(body, name);
	if (!v)
		v = json_object_get(json_array_get(json_object_get(body, "definitions"), 0), name);
	const char *text = say("%lld", (long long)json_integer_value(v));
	json_decref(body);
	return text;
}

TEST(a_start_with_a_form_takes_what_the_form_takes)
{
	struct hall t = test_hall();
	deploy_model(&t, start_with(APPLY, ""));
	struct http_reply *r = begin(t.wang, "{\"days\":99,\"reason\":\"探亲\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "days");
	r = begin(t.wang, "{\"days\":3}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "reason");
	r = begin(t.wang, "{\"days\":3,\"reason\":\"探亲\",\"opinion\":\"yes\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "opinion");
	r = begin(t.wang, "{\"days\":3,\"reason\":\"探亲\",\"stray\":1}");
	expect_status(r, 400);
	/* What the form hides by a condition is not kept. */
	r = begin(t.wang, "{\"days\":3,\"reason\":\"探亲\",\"note\":\"x\"}");
	expect_status(r, 201);
	const char *id = number(r, "instance_id");
	r = ask(t.chief, "GET", say(P "/instances/%s", id), NULL);
	expect_text(r, "\"days\":3");
	assert_null(strstr(buf_text(&r->body), "\"note\":\"x\""));
	r = ask(t.wang, "GET", P "/definitions?key=ask", NULL);
	const char *version = number(r, "id");
	r = ask(t.wang, "GET", say(P "/definitions/%s/start-form", version), NULL);
	expect_status(r, 200);
	expect_text(r, "\"days\"");
	assert_null(strstr(buf_text(&r->body), "\"opinion\""));
	expect_status(ask(t.stranger, "GET", say(P "/definitions/%s/start-form", version), NULL),
		      404);
	expect_replays(&t);
}

TEST(a_start_has_a_form_only_where_people_start)
{
	struct hall t = test_hall();
	struct http_reply *r =
		ask(t.chief, "POST", P "/definitions",
		    start_with(APPLY, "<timerEventDefinition id=\"td\"><timeCycle "
				      "xsi:type=\"tFormalExpression\">R/PT1H</timeCycle>"
				      "</timerEventDefinition>"));
	expect_text(r, "waits for nothing");
	assert_int_not_equal(r->status, 201);
	r = ask(t.chief, "POST", P "/definitions", start_with("flow:form=\"none\"", ""));
	expect_text(r, "no flow:formSchema 'none'");
	/* Without a form a start says so. */
	deploy_model(&t, one_task("permit", NULL));
	r = ask(t.wang, "GET", P "/definitions?key=permit", NULL);
	r = ask(t.wang, "GET", say(P "/definitions/%s/start-form", number(r, "id")), NULL);
	expect_text(r, "\"form_schema\":null");
}
