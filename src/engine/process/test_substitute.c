/* SPDX-License-Identifier: Apache-2.0 */
/* Standing in for somebody who is away 代理. */
#include "test_process.h"

#define P "/api/v1/process"

static const char *in_days(int days)
{
	char text[TIME_TEXT_SIZE];
	time_write(clock_now() + days * CLOCK_DAY, TIME_Z, text);
	return say("%s", text);
}

DB_STMT(behalves_sql, "select count(*) from audit_entry where action = $1 and on_behalf = $2");

struct behalf {
	const char *action, *user;
};
static enum status count_behalves(struct call *c, const void *in_, void *out)
{
	const struct behalf *in = in_;
	return db_number(c, &behalves_sql, out, DB_ARGS(DB_STR(in->action), DB_STR(in->user)));
}

/* Entries of the audit trail for what was done on somebody's behalf. */
static int64_t behalves(const struct hall *t, const char *action, const char *user)
{
	struct behalf in = { action, user };
	int64_t n = 0;
	assert_int_equal(db_read(test_call(), t->house->db, count_behalves, &in, &n, sizeof n),
			 ST_OK);
	return n;
}

static struct http_reply *stand_in(const char *token, const char *deputy, int from, int until,
				   const char *more)
{
	return ask(token, "POST", P "/substitutions",
		   say("{\"deputy\":\"%s\",\"from\":\"%s\",\"until\":\"%s\"%s}", deputy,
		       in_days(from), in_days(until), more));
}

/* A task that li has. */
static const char *task_of_li(const struct hall *t)
{
	deploy_model(t, one_task("permit", say("flow:assignee=\"%s\" flow:operations=\"transfer\"",
					       t->li_id)));
	return task_of(t, start_process(t, "permit", NULL));
}

TEST(a_deputy_does_the_tasks_of_whom_they_stand_in_for_and_it_is_told)
{
	struct hall t = test_hall();
	const char *task = task_of_li(&t);
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/completion", task), NULL), 403);
	struct http_reply *r = stand_in(t.li, t.wang_id, -1, 2, ",\"reason\":\"休假\"");
	expect_status(r, 201);
	r = ask(t.wang, "GET", P "/tasks?list=deputy", NULL);
	expect_text(r, say("\"id\":\"%s\"", task));
	expect_text(r, say("\"on_behalf\":\"%s\"", t.li_id));
	r = ask(t.wang, "GET", say(P "/tasks/%s", task), NULL);
	expect_status(r, 200);
	expect_text(r, "\"operations\":[");
	r = ask(t.wang, "POST", say(P "/tasks/%s/completion", task),
		"{\"opinion\":\"同意\",\"verdict\":\"approve\"}");
	expect_status(r, 200);
	const char *instance = say("%.*s", (int)(strchr(task, '-') - task), task);
	r = ask(t.wang, "GET", say(P "/instances/%s/opinions", instance), NULL);
	expect_text(r, say("\"behalf\":\"%s\"", t.li_id));
	expect_text(r, "同意");
	r = ask(t.chief, "GET", say(P "/instances/%s/history", instance), NULL);
	expect_text(r, say("\"behalf\":\"%s\"", t.li_id));
	assert_int_equal(behalves(&t, "process.complete", t.li_id), 1);
	expect_replays(&t);
}

TEST(what_a_deputy_takes_back_is_the_task_of_whom_they_stand_in_for)
{
	struct hall t = test_hall();
	deploy_model(&t, process_of("two", NULL,
				    say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
					"<userTask id=\"a\" flow:assignee=\"%s\" "
					"flow:operations=\"withdraw\"><incoming>f1</incoming>"
					"<outgoing>f2</outgoing></userTask>"
					"<userTask id=\"b\"><incoming>f2</incoming>"
					"<outgoing>f3</outgoing></userTask>"
					"<endEvent id=\"e\"><incoming>f3</incoming></endEvent>"
					"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"a\"/>"
					"<sequenceFlow id=\"f2\" sourceRef=\"a\" targetRef=\"b\"/>"
					"<sequenceFlow id=\"f3\" sourceRef=\"b\" targetRef=\"e\"/>",
					t.li_id)));
	const char *id = start_process(&t, "two", NULL);
	expect_status(stand_in(t.li, t.wang_id, -1, 2, ""), 201);
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/completion", task_of(&t, id)), NULL),
		      200);
	expect_status(ask(t.wang, "POST", say(P "/instances/%s/withdrawal", id), NULL), 200);
	expect_text(ask(t.li, "GET", P "/tasks", NULL), "\"node\":\"a\"");
	expect_text(ask(t.wang, "GET", P "/tasks", NULL), "\"tasks\":[]");
	expect_replays(&t);
}

TEST(a_substitution_has_its_time_its_process_and_its_end)
{
	struct hall t = test_hall();
	const char *task = task_of_li(&t), *done = say(P "/tasks/%s/completion", task);
	struct http_reply *r = stand_in(t.li, t.wang_id, 1, 2, "");
	expect_status(r, 201);
	expect_status(ask(t.wang, "POST", done, NULL), 403); /* not yet */
	const char *later = member(r, "id");
	deploy_model(&t, one_task("other", NULL));
	expect_status(stand_in(t.li, t.wang_id, 0, 1, ",\"process\":\"other\""), 201);
	expect_status(ask(t.wang, "POST", done, NULL), 403); /* of another process */
	r = ask(t.li, "DELETE", say(P "/substitutions/%s", later), NULL);
	expect_status(r, 200);
	expect_status(ask(t.li, "DELETE", say(P "/substitutions/%s", later), NULL), 409);
	r = stand_in(t.li, t.wang_id, -1, 3, "");
	expect_status(r, 201);
	const char *id = member(r, "id");
	expect_status(ask(t.wang, "GET", say(P "/tasks/%s", task), NULL), 200);
	expect_status(ask(t.wang, "DELETE", say(P "/substitutions/%s", id), NULL), 404);
	expect_status(ask(t.stranger, "DELETE", say(P "/substitutions/%s", id), NULL), 404);
	expect_status(ask(t.chief, "DELETE", say(P "/substitutions/%s", id), NULL), 200);
	r = ask(t.wang, "GET", P "/tasks?list=deputy", NULL);
	expect_text(r, "\"tasks\":[]");
	expect_status(ask(t.wang, "POST", done, NULL), 403);
	r = ask(t.wang, "GET", P "/substitutions?list=held", NULL);
	expect_text(r, id);
	r = ask(t.li, "GET", P "/substitutions?list=given&limit=1", NULL);
	expect_text(r, "\"next\"");
	expect_status(ask(t.li, "GET", P "/substitutions?list=all", NULL), 403);
	expect_replays(&t);
}

TEST(what_a_deputy_has_of_one_process_is_found_behind_tasks_of_others)
{
	struct hall t = test_hall();
	task_of_li(&t);
	start_process(&t, "permit", NULL);
	deploy_model(&t, one_task("other", say("flow:assignee=\"%s\"", t.li_id)));
	const char *task = task_of(&t, start_process(&t, "other", NULL));
	deploy_model(&t, one_task("open", say("flow:candidateUsers=\"%s\"", t.li_id)));
	task_of(&t, start_process(&t, "open", NULL));
	expect_status(stand_in(t.li, t.wang_id, -1, 1, ",\"process\":\"other\""), 201);
	/* A page of one, and what is first is of another process. */
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=deputy&limit=1", NULL);
	expect_text(r, say("\"id\":\"%s\"", task));
	expect_text(r, "\"next\":null");
}

TEST(a_substitution_that_cannot_be_is_refused)
{
	struct hall t = test_hall();
	struct {
		int from, until;
		const char *deputy, *more, *field;
		int status;
	} cases[] = {
		{ 1, 1, t.wang_id, "", "until", 400 },
		{ -3, -1, t.wang_id, "", "until", 400 },
		{ 0, 367, t.wang_id, "", "until", 400 },
		{ 0, 1, t.li_id, "", "deputy", 400 },
		{ 0, 1, say("%032d", 1), "", "deputy", 400 },
		{ 0, 1, t.wang_id, ",\"process\":\"none\"", "process", 400 },
		{ 0, 1, t.li_id, say(",\"principal\":\"%s\"", t.wang_id), "principal", 403 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_reply *r = stand_in(t.li, cases[i].deputy, cases[i].from,
						cases[i].until, cases[i].more);
		if (r->status != cases[i].status)
			test_fail("case %zu: %d %s", i, r->status, buf_text(&r->body));
		assert_string_equal(member(r, "field"), cases[i].field);
	}
	expect_status(stand_in(t.li, t.wang_id, 0, 2, ""), 201);
	expect_status(stand_in(t.li, t.wang_id, 1, 3, ""), 409);
	/* Whoever operates says it for others. */
	expect_status(stand_in(t.chief, t.li_id, 0, 1, say(",\"principal\":\"%s\"", t.wang_id)),
		      201);
}

TEST(a_deputy_takes_what_is_for_one_person_for_that_person)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", say("flow:candidateUsers=\"%s\"", t.li_id)));
	const char *task = task_of(&t, start_process(&t, "permit", NULL));
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/claim", task), NULL), 403);
	expect_status(stand_in(t.li, t.wang_id, -1, 2, ""), 201);
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=deputy", NULL);
	expect_text(r, task);
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/claim", task), NULL), 200);
	r = ask(t.li, "GET", P "/tasks", NULL);
	expect_text(r, task);
	expect_status(ask(t.wang, "POST", say(P "/tasks/%s/completion", task), NULL), 200);
	expect_replays(&t);
}

TEST(people_of_the_department_are_listed_by_name)
{
	struct hall t = test_hall();
	struct http_reply *r = ask(t.wang, "GET", P "/people", NULL);
	expect_status(r, 200);
	expect_text(r, say("{\"id\":\"%s\",\"name\":\"wang\",\"enabled\":true}", t.wang_id));
	assert_null(strstr(buf_text(&r->body), "stranger"));
	r = ask(t.wang, "GET", P "/people?limit=1", NULL);
	expect_text(r, "\"name\":\"chief\"");
	expect_text(r, "\"next\":\"chief\"");
	r = ask(t.wang, "GET", P "/people?limit=1&marker=chief", NULL);
	expect_text(r, "\"name\":\"li\"");
}
