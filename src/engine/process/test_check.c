/* SPDX-License-Identifier: Apache-2.0 */
/* Judging a model while it is drawn: the same rules, nothing kept, nothing in the trail. */
#include "test_process.h"

#define P "/api/v1/process"
#define CHECK P "/definitions/check"

DB_STMT(trail_sql, "select count(*) from audit_entry where action = $1 and "
		   "($2 = '' or subject = $2)");

struct trail {
	const char *action, *subject;
};
static enum status count_trail(struct call *c, const void *in_, void *out)
{
	const struct trail *in = in_;
	return db_number(c, &trail_sql, out, DB_ARGS(DB_STR(in->action), DB_STR(in->subject)));
}

static int64_t trail(const struct hall *t, const char *action, const char *subject)
{
	struct trail in = { action, subject };
	int64_t n = 0;
	assert_int_equal(db_read(test_call(), t->house->db, count_trail, &in, &n, sizeof n), ST_OK);
	return n;
}

/* A call of another process, at an element of this id. */
static const char *calling(const char *id, const char *key)
{
	return process_of("caller", NULL,
			  say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			      "<callActivity id=\"%s\" calledElement=\"%s\"><incoming>f1</incoming>"
			      "<outgoing>f2</outgoing></callActivity>"
			      "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			      "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"%s\"/>"
			      "<sequenceFlow id=\"f2\" sourceRef=\"%s\" targetRef=\"e\"/>",
			      id, key, id, id));
}

TEST(a_model_is_checked_by_the_rules_of_its_deployment_and_nothing_of_it_is_kept)
{
	struct hall t = test_hall();
	struct http_reply *r = ask(t.chief, "POST", CHECK, one_task("fine", NULL));
	expect_status(r, 200);
	expect_text(r, "\"valid\":true");
	expect_text(r, "\"definitions\":[]");
	r = ask(t.chief, "POST", CHECK, one_task("wrong", "flow:priority=\"101\""));
	expect_status(r, 200);
	expect_text(r, "\"valid\":false");
	expect_text(r, "flow:priority");
	r = ask(t.chief, "POST", CHECK, "no xml");
	expect_status(r, 200);
	expect_text(r, "\"rule\":\"XML\"");
	assert_int_equal(trail(&t, "process.check", ""), 0);
	expect_status(ask(t.wang, "POST", CHECK, one_task("fine", NULL)), 403);
	r = ask(t.chief, "GET", P "/definitions", NULL);
	expect_text(r, "\"definitions\":[]");
}

TEST(what_a_model_names_and_nobody_has_deployed_is_found_at_its_element)
{
	struct hall t = test_hall();
	struct http_reply *r = ask(t.chief, "POST", CHECK, calling("ask", "other"));
	expect_status(r, 200);
	expect_text(r, "\"valid\":false");
	expect_text(r, "{\"rule\":\"CALL\",\"element\":\"ask\",\"line\":0,\"text\":\"there is no "
		       "process other: deploy it first, or in the same file\"}");
	r = ask(t.chief, "POST", CHECK,
		one_task("permit", "flow:assignment=\"who\" flow:businessDays=\"3\" "
				   "flow:calendar=\"moon\""));
	expect_text(r, "\"rule\":\"DECISION\"");
	expect_text(r, "\"text\":\"there is no decision model who: deploy it first\"");
	expect_text(r, "\"rule\":\"EXT.flow\"");
	expect_text(r, "\"text\":\"there is no calendar moon\"");
	/* A long id leaves no room for the words. */
	char id[1001];
	memset(id, 'a', sizeof id - 1);
	id[sizeof id - 1] = 0;
	r = ask(t.chief, "POST", CHECK, calling(id, "other"));
	expect_status(r, 200);
	expect_text(r, "\"rule\":\"CALL\"");
	deploy_model(&t, one_task("other", NULL));
	r = ask(t.chief, "POST", CHECK, calling("ask", "other"));
	expect_text(r, "\"valid\":true");
}

TEST(the_trail_does_not_say_that_a_dry_run_deployed_a_model)
{
	struct hall t = test_hall();
	expect_status(ask(t.chief, "POST", P "/definitions?dry_run=true", one_task("fine", NULL)),
		      201);
	assert_int_equal(trail(&t, "process.deploy", "process model"), 0);
	assert_int_equal(trail(&t, "process.deploy", "dry run of a model"), 1);
	deploy_model(&t, one_task("fine", NULL));
	assert_int_equal(trail(&t, "process.deploy", "process model"), 1);
}
