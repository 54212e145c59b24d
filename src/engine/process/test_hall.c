/* SPDX-License-Identifier: Apache-2.0 */
/* What the tests of processes share: people, models, and short ways to ask. */
#include "engine/process/process_deploy.h"
#include "test_process.h"

const char *say(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

struct hall test_hall(void)
{
	struct hall t = { 0 };
	t.house = test_house("openstack");
	t.admin = admin_token();
	t.domain = ask_make(t.admin, "domain", "\"name\":\"审批局\"");
	t.other = ask_make(t.admin, "domain", "\"name\":\"公安局\"");
	t.chief = ask_person(t.admin, t.domain, NULL, "chief", "department_admin", NULL);
	t.wang = ask_person(t.admin, t.domain, NULL, "wang", "member", &t.wang_id);
	t.li = ask_person(t.admin, t.domain, NULL, "li", "data_steward", &t.li_id);
	const char *vdc = ask_make(t.admin, "project",
				   say("\"name\":\"machines\",\"domain_id\":\"%s\"", t.domain));
	t.robot = ask_person(t.admin, t.domain, vdc, "robot", "service", NULL);
	t.stranger = ask_person(t.admin, t.other, NULL, "stranger", "department_admin", NULL);
	return t;
}

const char *model(const char *body)
{
	return say("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
		   "<definitions xmlns=\"" BPMN_MODEL_NS "\" xmlns:flow=\"" PROCESS_NS "\""
		   " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
		   " id=\"d\" targetNamespace=\"urn:test\""
		   " expressionLanguage=\"https://www.omg.org/spec/DMN/20191111/FEEL/\">"
		   "%s</definitions>",
		   body);
}

/* BPMN wants every node to name its flows: they are made of pairs "a>b", after the nodes. */
const char *process_of(const char *key, const char *attributes, const char *inside)
{
	return model(say("<process id=\"%s\" isExecutable=\"true\" %s>%s</process>", key,
			 attributes ? attributes : "", inside));
}

const char *one_task(const char *key, const char *attributes)
{
	return process_of(key, NULL,
			  say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			      "<userTask id=\"review\" name=\"审核\" %s><incoming>f1</incoming>"
			      "<outgoing>f2</outgoing></userTask>"
			      "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			      "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"review\"/>"
			      "<sequenceFlow id=\"f2\" sourceRef=\"review\" targetRef=\"e\"/>",
			      attributes ? attributes : ""));
}

void deploy_model(const struct hall *t, const char *xml)
{
	struct http_reply *r = ask(t->chief, "POST", "/api/v1/process/definitions", xml);
	if (r->status != 201)
		print_error("%s\n", buf_text(&r->body));
	expect_status(r, 201);
}

const char *start_process(const struct hall *t, const char *key, const char *variables)
{
	struct http_reply *r =
		ask(t->wang, "POST", "/api/v1/process/instances",
		    say("{\"key\":\"%s\",\"business_key\":\"%s-1\",\"variables\":%s}", key, key,
			variables ? variables : "{}"));
	if (r->status != 201)
		print_error("%s\n", buf_text(&r->body));
	expect_status(r, 201);
	json_t *body = json_loads(buf_text(&r->body), 0, NULL);
	const char *id =
		say("%lld", (long long)json_integer_value(json_object_get(body, "instance_id")));
	json_decref(body);
	return id;
}

const char *state_of_instance(const struct hall *t, const char *id)
{
	struct http_reply *r = ask(t->chief, "GET", say("/api/v1/process/instances/%s", id), NULL);
	expect_status(r, 200);
	return member(r, "state");
}

const char *task_of(const struct hall *t, const char *instance)
{
	struct http_reply *r =
		ask(t->chief, "GET", say("/api/v1/process/instances/%s", instance), NULL);
	json_t *body = json_loads(buf_text(&r->body), 0, NULL), *place;
	size_t n;
	const char *found = NULL;
	json_array_foreach(json_object_get(body, "places"), n, place)
	{
		if (!found && str_eq(json_string_value(json_object_get(place, "what")), "task"))
			found = say(
				"%s-%lld", instance,
				(long long)json_integer_value(json_object_get(place, "execution")));
	}
	json_decref(body);
	if (!found)
		test_fail("instance %s has no task: %s", instance, buf_text(&r->body));
	return found;
}

void complete_task(const struct hall *t, const char *instance, const char *variables)
{
	struct http_reply *r = ask(t->wang, "POST",
				   say("/api/v1/process/tasks/%s/completion", task_of(t, instance)),
				   say("{\"variables\":%s}", variables ? variables : "{}"));
	if (r->status != 200)
		print_error("%s\n", buf_text(&r->body));
	expect_status(r, 200);
}

void tick(const struct hall *t)
{
	int64_t done = 1;
	for (int i = 0; i < 100 && done; i++) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct call *c = call_new(a, NULL);
		c->house = t->house;
		if (process_tick(c, &done))
			test_fail("%s", c->problem);
	}
}

void expect_replays(const struct hall *t)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	if (process_check(c, t->house, true, &report, &bad))
		test_fail("%s", c->problem);
	if (bad)
		test_fail("%s", buf_text(&report));
}

/* -- below the door -- */

struct call *test_clerk(struct arena *a, struct house *h)
{
	struct call *c = call_new(a, NULL);
	c->house = h;
	c->actor = (struct actor){ .user_id = "0190f6a000007000800000000000aa01",
				   .domain_id = "0190f6a000007000800000000000dd01",
				   .scope = SCOPE_DOMAIN };
	return c;
}

enum status test_deploy_act(struct call *c, const void *in, void *out)
{
	return deploy(c, in, out);
}
enum status test_start_act(struct call *c, const void *in, void *out)
{
	return process_start(c, in, out);
}
enum status test_complete_act(struct call *c, const void *in, void *out)
{
	return process_complete(c, in, out);
}

const struct schema_file *const *test_schema(void)
{
	static const struct schema_file *files[2];
	for (const struct schema_file *const *f = program_schema; *f; f++) {
		if (str_eq((*f)->module, "process"))
			files[0] = *f;
	}
	return files;
}

DB_STMT(spoil_sql, "update process_log set data = replace(data, '\"amount\":5', '\"amount\":6')"
		   " where instance_id = $1");

static enum status spoil_act(struct call *c, const void *in, void *out)
{
	int64_t id = 0, changed = 0;
	(void)out;
	if (!int_parse(in, &id))
		return ST_BAD_INPUT;
	enum status st = db_do(c, &spoil_sql, &changed, DB_ARGS(DB_INT(id)));
	return st ? st : changed ? ST_OK : ST_NOT_FOUND;
}

void test_spoil(struct house *h, const char *instance)
{
	assert_int_equal(db_write(test_call(), h->db, spoil_act, instance, NULL, 0), ST_OK);
}
