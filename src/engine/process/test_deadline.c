/* SPDX-License-Identifier: Apache-2.0 */
/* User tasks that are due in working days: the vectors of 2026, and what a new version does to them. */
#include "test_process.h"

#define P "/api/v1/process"

/* The notice of 2026, as far as these days go. */
#define SPRING                                                                                         \
	"date,kind,name\n2026-02-14,work,春节\n2026-02-16,off,春节\n2026-02-17,off,春节\n"       \
	"2026-02-18,off,春节\n2026-02-19,off,春节\n2026-02-20,off,春节\n2026-02-23,off,春节\n" \
	"2026-02-28,work,春节\n"
#define AUTUMN                                                                                     \
	"2026-09-20,work,国庆节\n2026-09-25,off,中秋节\n2026-10-01,off,国庆节\n"          \
	"2026-10-02,off,国庆节\n2026-10-05,off,国庆节\n2026-10-06,off,国庆节\n"           \
	"2026-10-07,off,国庆节\n2026-10-10,work,国庆节\n"

static void clock_back(void *none)
{
	(void)none;
	clock_set(0);
}

static void publish(const struct hall *t, const char *csv)
{
	struct http_reply *r = ask(t->admin, "POST", "/api/v1/calendars/cn/versions?note=x", csv);
	if (r->status != 200)
		print_error("%s\n", buf_text(&r->body));
	expect_status(r, 200);
}

static struct hall hall_at(const char *when, const char *csv)
{
	int64_t at = 0;
	assert_true(time_read(when, &at));
	arena_defer(test_call()->arena, clock_back, NULL);
	clock_set(at);
	struct hall t = test_hall();
	expect_status(ask(t.admin, "POST", "/api/v1/calendars",
			  "{\"code\":\"cn\",\"name\":\"全国工作日历\"}"),
		      201);
	publish(&t, csv);
	return t;
}

static const char *started(const struct hall *t, int days)
{
	deploy_model(t, one_task(say("days%d", days), say("flow:businessDays=\"%d\"", days)));
	return start_process(t, say("days%d", days), NULL);
}

static struct http_reply *show(const struct hall *t, const char *instance)
{
	struct http_reply *r = ask(t->chief, "GET", say(P "/tasks/%s", task_of(t, instance)), NULL);
	expect_status(r, 200);
	return r;
}

/* 17:30 in Shanghai of that day: by the task itself, and by lists. */
static void is_due(const struct hall *t, const char *instance, const char *day)
{
	const char *due = say("\"due_at\":\"%sT09:30:00", day);
	expect_text(show(t, instance), due);
	expect_text(show(t, instance), "\"due_warning\":null");
	struct http_reply *r = ask(t->wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, due);
}

static void renew(const struct hall *t)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *c = call_new(a, NULL);
	c->house = t->house;
	if (process_deadlines(c))
		test_fail("%s", c->problem);
}

TEST(a_task_is_due_in_working_days_over_the_spring_festival)
{
	struct hall t = hall_at("2026-02-13T02:00:00Z", SPRING AUTUMN);
	is_due(&t, started(&t, 1), "2026-02-14");
	is_due(&t, started(&t, 2), "2026-02-24");
	expect_replays(&t);
}

TEST(a_task_is_due_on_days_that_are_worked_instead)
{
	struct hall t = hall_at("2026-09-18T02:00:00Z", SPRING AUTUMN);
	is_due(&t, started(&t, 3), "2026-09-22");
	expect_replays(&t);
}

TEST(a_task_is_due_behind_the_national_day)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING AUTUMN);
	const char *id = started(&t, 3);
	is_due(&t, id, "2026-10-09");
	/* Done in time or not, it leaves nothing behind. */
	complete_task(&t, id, NULL);
	assert_string_equal(state_of_instance(&t, id), "completed");
	expect_replays(&t);
}

TEST(a_new_version_gives_all_tasks_other_due_dates)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING);
	enum { COUNT = 3 };
	const char *id[COUNT];
	for (int i = 0; i < COUNT; i++)
		id[i] = started(&t, 3);
	is_due(&t, id[0], "2026-10-02");
	publish(&t, SPRING AUTUMN);
	/* The task itself is derived anew at once, the copy a moment later. */
	expect_text(show(&t, id[1]), "\"due_at\":\"2026-10-09T09:30:00");
	struct http_reply *r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	expect_text(r, "2026-10-02T09:30:00");
	expect_replays(&t);
	renew(&t);
	r = ask(t.wang, "GET", P "/tasks?list=available", NULL);
	if (strstr(buf_text(&r->body), "2026-10-02T09:30:00"))
		test_fail("an old due date is in %s", buf_text(&r->body));
	for (int i = 0; i < COUNT; i++)
		is_due(&t, id[i], "2026-10-09");
	renew(&t);
	expect_replays(&t);
}

TEST(a_year_without_a_notice_is_told)
{
	struct hall t = hall_at("2026-12-30T02:00:00Z", SPRING AUTUMN);
	const char *id = started(&t, 5);
	struct http_reply *r = show(&t, id);
	expect_text(r, "\"due_at\":\"2027-01-06T09:30:00");
	assert_non_null(member(r, "due_warning"));
	expect_text(r, "2027");
	expect_replays(&t);
}

DB_STMT(forge_sql, "update process_task set due_at = due_at + 1");

static enum status forge_act(struct call *c, const void *in, void *out)
{
	(void)in;
	(void)out;
	return db_do(c, &forge_sql, NULL, DB_NO_ARGS);
}

TEST(a_due_date_that_does_not_follow_is_found)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING AUTUMN);
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;
	(void)started(&t, 3);
	assert_int_equal(db_write(c, t.house->db, forge_act, NULL, NULL, 0), ST_OK);
	assert_int_equal(process_check(c, t.house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 1);
	assert_non_null(strstr(buf_text(&report), "1 tasks or timers are not due"));
}

/* Counted in the database, for the tokens of people may have expired by then. */
DB_STMT(running_sql, "select count(*) from process_instance where ended_at is null");
DB_STMT(rows_sql, "select count(*) from process_deadline where kind = $1");

static enum status count_act(struct call *c, const void *kind, void *out)
{
	return kind ? db_number(c, &rows_sql, out, DB_ARGS(DB_STR(kind)))
		    : db_number(c, &running_sql, out, DB_NO_ARGS);
}

static int64_t rows(const struct hall *t, const char *kind)
{
	int64_t n = -1;
	assert_int_equal(db_read(test_call(), t->house->db, count_act, kind, &n, sizeof n), ST_OK);
	return n;
}

static int64_t running(const struct hall *t)
{
	return rows(t, NULL);
}

/* s → waits for the timer → e. */
static const char *one_timer(const char *key, const char *attributes, const char *inside)
{
	return process_of(key, NULL,
			  say("<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
			      "<intermediateCatchEvent id=\"w\"><incoming>f1</incoming>"
			      "<outgoing>f2</outgoing><timerEventDefinition %s>%s"
			      "</timerEventDefinition></intermediateCatchEvent>"
			      "<endEvent id=\"e\"><incoming>f2</incoming></endEvent>"
			      "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"w\"/>"
			      "<sequenceFlow id=\"f2\" sourceRef=\"w\" targetRef=\"e\"/>",
			      attributes, inside));
}

static void it_is(const char *when)
{
	int64_t at = 0;
	assert_true(time_read(when, &at));
	clock_set(at);
}

TEST(a_timer_fires_when_the_office_closes_on_its_last_working_day)
{
	struct hall t = hall_at("2026-09-18T02:00:00Z", SPRING AUTUMN);
	deploy_model(&t, one_timer("wait", "flow:businessDays=\"3\"", ""));
	const char *id = start_process(&t, "wait", NULL);
	struct http_reply *r = ask(t.chief, "GET", say(P "/instances/%s", id), NULL);
	expect_text(r, "\"due_at\":\"2026-09-22T09:30:00");
	expect_replays(&t);
	it_is("2026-09-22T09:29:59Z");
	tick(&t);
	assert_int_equal(running(&t), 1);
	it_is("2026-09-22T09:30:00Z");
	tick(&t);
	assert_int_equal(running(&t), 0);
	expect_replays(&t);
}

TEST(a_new_version_moves_timers_that_wait)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING);
	deploy_model(&t, one_timer("wait", "flow:businessDays=\"3\"", ""));
	(void)start_process(&t, "wait", NULL);
	publish(&t, SPRING AUTUMN);
	renew(&t);
	it_is("2026-10-02T09:30:00Z");
	tick(&t);
	assert_int_equal(running(&t), 1);
	expect_replays(&t);
	it_is("2026-10-09T09:30:00Z");
	tick(&t);
	assert_int_equal(running(&t), 0);
	expect_replays(&t);
}

TEST(a_boundary_timer_warns_while_its_task_goes_on)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING AUTUMN);
	deploy_model(&t,
		     process_of("warn", NULL,
				"<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
				"<userTask id=\"u\" flow:businessDays=\"5\">"
				"<incoming>f1</incoming><outgoing>f2</outgoing></userTask>"
				"<boundaryEvent id=\"b\" attachedToRef=\"u\" "
				"cancelActivity=\"false\"><outgoing>f3</outgoing>"
				"<timerEventDefinition flow:businessDays=\"3\"/></boundaryEvent>"
				"<userTask id=\"yellow\"><incoming>f3</incoming>"
				"<outgoing>f4</outgoing></userTask>"
				"<endEvent id=\"e\"><incoming>f2</incoming>"
				"<incoming>f4</incoming></endEvent>"
				"<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"u\"/>"
				"<sequenceFlow id=\"f2\" sourceRef=\"u\" targetRef=\"e\"/>"
				"<sequenceFlow id=\"f3\" sourceRef=\"b\" targetRef=\"yellow\"/>"
				"<sequenceFlow id=\"f4\" sourceRef=\"yellow\" "
				"targetRef=\"e\"/>"));
	(void)start_process(&t, "warn", NULL);
	assert_int_equal(rows(&t, "task"), 1);
	assert_int_equal(rows(&t, "timer"), 1);
	it_is("2026-10-09T09:30:00Z");
	tick(&t);
	/* The task goes on with its own due date; the timer is used up. */
	assert_int_equal(rows(&t, "task"), 1);
	assert_int_equal(rows(&t, "timer"), 0);
	assert_int_equal(running(&t), 1);
	expect_replays(&t);
}

TEST(a_gateway_waits_for_a_signal_or_for_working_days)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING AUTUMN);
	deploy_model(
		&t,
		model("<signal id=\"m\" name=\"papers\"/>"
		      "<process id=\"amend\" isExecutable=\"true\">"
		      "<startEvent id=\"s\"><outgoing>f1</outgoing></startEvent>"
		      "<eventBasedGateway id=\"g\"><incoming>f1</incoming>"
		      "<outgoing>f2</outgoing><outgoing>f3</outgoing></eventBasedGateway>"
		      "<intermediateCatchEvent id=\"came\"><incoming>f2</incoming>"
		      "<outgoing>f4</outgoing><signalEventDefinition signalRef=\"m\"/>"
		      "</intermediateCatchEvent>"
		      "<intermediateCatchEvent id=\"late\"><incoming>f3</incoming>"
		      "<outgoing>f5</outgoing><timerEventDefinition flow:businessDays=\"3\"/>"
		      "</intermediateCatchEvent>"
		      "<endEvent id=\"e\"><incoming>f4</incoming><incoming>f5</incoming></endEvent>"
		      "<sequenceFlow id=\"f1\" sourceRef=\"s\" targetRef=\"g\"/>"
		      "<sequenceFlow id=\"f2\" sourceRef=\"g\" targetRef=\"came\"/>"
		      "<sequenceFlow id=\"f3\" sourceRef=\"g\" targetRef=\"late\"/>"
		      "<sequenceFlow id=\"f4\" sourceRef=\"came\" targetRef=\"e\"/>"
		      "<sequenceFlow id=\"f5\" sourceRef=\"late\" targetRef=\"e\"/></process>"));
	(void)start_process(&t, "amend", NULL);
	assert_int_equal(rows(&t, "timer"), 1);
	it_is("2026-10-09T09:29:00Z");
	tick(&t);
	assert_int_equal(running(&t), 1);
	it_is("2026-10-09T09:30:00Z");
	tick(&t);
	assert_int_equal(running(&t), 0);
	assert_int_equal(rows(&t, "timer"), 0);
	expect_replays(&t);
}

static void not_deployed_xml(const struct hall *t, const char *xml, const char *why)
{
	struct http_reply *r = ask(t->chief, "POST", P "/definitions", xml);
	expect_status(r, 400);
	expect_text(r, why);
}

static void not_deployed(const struct hall *t, const char *attributes, const char *why)
{
	not_deployed_xml(t, one_task("x", attributes), why);
}

static void not_timed(const struct hall *t, const char *inside, const char *attributes,
		      const char *why)
{
	not_deployed_xml(t, one_timer("y", attributes, inside), why);
}

TEST(working_days_that_cannot_be_counted_are_not_deployed)
{
	struct hall t = hall_at("2026-09-29T02:00:00Z", SPRING);
	not_deployed(&t, "flow:businessDays=\"0\"", "1 or more");
	not_deployed(&t, "flow:businessDays=\"P3D\"", "flow:businessDays is a whole number");
	not_deployed(&t, "flow:businessDays=\"3661\"", "from 0 to 3660");
	not_deployed(&t, "flow:businessDays=\"3\" flow:due=\"=now()\"", "exclude each other");
	not_deployed(&t, "flow:calendar=\"cn\"", "flow:calendar goes with");
	not_deployed(&t, "flow:businessDays=\"3\" flow:calendar=\"hk\"", "no calendar hk");
	not_timed(&t, "<timeDuration>P3D</timeDuration>", "flow:businessDays=\"3\"", "not both");
	not_timed(&t, "", "", "no time");
	not_timed(&t, "", "flow:businessDays=\"three\"", "is a whole number");
	not_timed(&t, "", "flow:businessDays=\"3\" flow:calendar=\"hk\"", "no calendar hk");
	not_deployed_xml(&t,
			 process_of("z", NULL,
				    "<startEvent id=\"s\"><outgoing>f</outgoing>"
				    "<timerEventDefinition flow:businessDays=\"3\"/></startEvent>"
				    "<endEvent id=\"e\"><incoming>f</incoming></endEvent>"
				    "<sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"e\"/>"),
			 "intermediate and boundary events");
}
