/* SPDX-License-Identifier: Apache-2.0 */
/* Opinions 意见, comments 评论 and attachments 附件. */
#include <stdio.h>
#include <unistd.h>
#include "engine/process/process_opinion.h"
#include "test_process.h"

#define P "/api/v1/process"

static const char *write_file(const char *bytes)
{
	const char *path = say("%s/upload", test_folder());
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(bytes, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* As nginx gives an upload: the body stands in a file. */
static struct http_reply *upload(const struct hall *t, const char *token, const char *place,
				 const char *name, const char *bytes)
{
	struct call *c = test_call();
	struct http_reply *rp = arena_alloc(c->arena, sizeof *rp);
	struct http_header headers[] = { { "Content-Type", "text/html" },
					 { "X-Auth-Token", token } };
	struct http_request rq = { .method = "POST",
				   .path = say(P "/%s/attachments", place),
				   .query = say("name=%s", name),
				   .headers = headers,
				   .header_count = 2,
				   .body = "",
				   .upload = { .path = bytes ? write_file(bytes) : NULL,
					       .media_type = "text/html" } };
	c->from = "192.0.2.1";
	c->base_url = "http://cloud.example";
	http_serve(c, t->house, &rq, rp);
	return rp;
}

/* The lines of the scrub of the file store. */
static int64_t scrub(const struct hall *t)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	assert_int_equal(files_scrub(c, t->house->files, t->house->db, &report, &bad), ST_OK);
	return bad;
}

DB_STMT(forge_sql, "update process_opinion set text = 'nothing' where instance_id = $1");

static enum status forge_act(struct call *c, const void *in, void *out)
{
	int64_t id = 0;
	(void)out;
	return int_parse(in, &id) ? db_do(c, &forge_sql, NULL, DB_ARGS(DB_INT(id))) : ST_BAD_INPUT;
}

TEST(what_people_said_is_told_to_those_who_take_part_and_held_to_the_log)
{
	struct hall t = test_hall();
	const char *sun = ask_person(t.admin, t.domain, NULL, "sun", "member", NULL);
	deploy_model(&t, one_task("permit", "flow:candidateRoles=\"data_steward\""));
	const char *id = start_process(&t, "permit", NULL), *task = task_of(&t, id);
	const char *comments = say(P "/instances/%s/comments", id);
	expect_status(ask(sun, "GET", say(P "/instances/%s/opinions", id), NULL), 404);
	expect_status(ask(sun, "POST", comments, "{\"text\":\"路过\"}"), 404);
	expect_status(ask(t.stranger, "POST", comments, "{\"text\":\"路过\"}"), 404);
	expect_status(ask(t.wang, "POST", comments, "{\"text\":\"请快一点\"}"), 201);
	struct http_reply *r = ask(t.wang, "POST", comments, "{}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "text");
	/* Li could take the task, so li takes part: where it stands is told, what is known in it is not. */
	struct http_reply *whole = ask(t.li, "GET", say(P "/instances/%s", id), NULL);
	expect_text(whole, "\"variables\":null");
	expect_text(whole, "\"node\":\"review\"");
	expect_status(ask(t.li, "GET", say(P "/instances/%s/history", id), NULL), 404);
	expect_status(ask(sun, "GET", say(P "/instances/%s", id), NULL), 404);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/comments", task),
			  "{\"text\":\"缺盖章页\"}"),
		      201);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s-99/comments", id), "{\"text\":\"缺页\"}"),
		      404);
	expect_status(ask(t.li, "POST", say(P "/tasks/%s/completion", task),
			  "{\"opinion\":\"同意\",\"verdict\":\"approve\"}"),
		      200);
	r = ask(t.wang, "GET", say(P "/instances/%s/opinions?limit=2", id), NULL);
	expect_status(r, 200);
	expect_text(r, "请快一点");
	expect_text(r, "\"node\":\"review\"");
	r = ask(t.li, "GET", say(P "/instances/%s/opinions?marker=%s", id, member(r, "next")),
		NULL);
	expect_text(r, "\"verdict\":\"approve\",\"text\":\"同意\"");
	expect_status(ask(t.wang, "POST", comments, "{\"text\":\"太晚\"}"), 409);
	expect_replays(&t);
	assert_int_equal(db_write(test_call(), t.house->db, forge_act, id, NULL, 0), ST_OK);
	struct buf report = { .arena = test_call()->arena };
	int64_t bad = 0;
	assert_int_equal(process_check(test_call(), t.house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 3);
	assert_non_null(strstr(buf_text(&report), "is told otherwise"));
}

TEST(files_are_handed_in_given_back_as_a_download_and_taken_back)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", NULL));
	const char *id = start_process(&t, "permit", NULL), *task = task_of(&t, id);
	struct http_reply *r =
		upload(&t, t.li, say("tasks/%s", task), "%E5%9B%BE.html", "<p>图</p>");
	expect_status(r, 201);
	const char *file = member(r, "id");
	assert_string_equal(member(r, "node"), "review");
	assert_int_equal(scrub(&t), 0);
	expect_status(upload(&t, t.stranger, say("instances/%s", id), "a", "x"), 404);
	r = upload(&t, t.li, say("instances/%s", id), "..%2Fa", "x");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "name");
	r = upload(&t, t.li, say("instances/%s", id), "a", NULL);
	expect_status(r, 400);
	expect_status(upload(&t, t.wang, say("instances/%s", id), "a", "x"), 201);
	r = ask(t.wang, "GET", say(P "/instances/%s/attachments", id), NULL);
	expect_text(r, "图.html");
	const char *path = say(P "/instances/%s/attachments/%s", id, file);
	r = ask(t.wang, "GET", path, NULL);
	expect_status(r, 200);
	assert_string_equal(reply_header(r, "Content-Type"), "application/octet-stream");
	assert_string_equal(reply_header(r, "Content-Disposition"),
			    "attachment; filename*=UTF-8''%E5%9B%BE.html");
	assert_non_null(strstr(reply_header(r, "X-Accel-Redirect"), "/-files/"));
	expect_status(ask(t.stranger, "GET", path, NULL), 404);
	expect_status(ask(t.wang, "DELETE", path, NULL), 403);
	expect_status(ask(t.li, "DELETE", path, NULL), 200);
	expect_status(ask(t.wang, "GET", path, NULL), 404);
	expect_status(ask(t.li, "DELETE", path, NULL), 404);
	assert_int_equal(scrub(&t), 0);
	complete_task(&t, id, NULL);
	expect_status(upload(&t, t.wang, say("instances/%s", id), "b", "x"), 409);
	r = ask(t.chief, "GET", say(P "/instances/%s/history", id), NULL);
	expect_text(r, "\"command\":\"attach\"");
	expect_text(r, "\"command\":\"detach\"");
	expect_replays(&t);
}

TEST(an_instance_has_a_hundred_attachments_at_most)
{
	struct hall t = test_hall();
	deploy_model(&t, one_task("permit", NULL));
	const char *id = start_process(&t, "permit", NULL);
	for (int i = 0; i < ATTACHMENTS_MAX; i++)
		expect_status(upload(&t, t.wang, say("instances/%s", id), "a", "x"), 201);
	struct http_reply *r = upload(&t, t.wang, say("instances/%s", id), "a", "x");
	expect_text(r, "at most 100 attachments");
	assert_int_equal(scrub(&t), 0);
}
