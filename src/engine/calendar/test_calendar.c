/* SPDX-License-Identifier: Apache-2.0 */
/* Calendars as they are asked for: versions, hours, questions, clocks, and what a new version does to them. */
#include <stdio.h>
#include "door.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "engine/calendar/calendar_private.h"

#define CALENDARS "/api/v1/calendars"
#define CLOCKS "/api/v1/calendar-clocks"
#define OFFICES "/api/v1/calendar-offices"

static struct house *house;
static const char *token;

static const char *text(const char *format, ...) PRINTF(1, 2);

static const char *text(const char *format, ...)
{
	va_list args;
	char out[2048];

	va_start(args, format);
	vsnprintf(out, sizeof out, format, args);
	va_end(args);
	return arena_strdup(test_call()->arena, out);
}

static int64_t instant(const char *s)
{
	int64_t at = 0;

	assert_true(time_read(s, &at));
	return at;
}

static struct http_reply *publish(const char *body)
{
	return ask(admin_token(), "POST", CALENDARS "/cn/versions?note=x", body);
}

#define AUTUMN                                                                                            \
	"date,kind,name\n2026-09-20,work,国庆节\n2026-10-01,off,国庆节\n2026-10-02,off,国庆节\n" \
	"2026-10-05,off,国庆节\n2026-10-06,off,国庆节\n2026-10-07,off,国庆节\n"                  \
	"2026-10-10,work,国庆节\n"

static void clock_back(void *none)
{
	(void)none;
	clock_set(0);
}

static void begin(void)
{
	house = test_house("openstack");
	token = token_with_role("member");
	expect_status(ask(admin_token(), "POST", CALENDARS,
			  "{\"code\":\"cn\",\"name\":\"全国工作日历\"}"),
		      201);
	struct http_reply *r = publish(AUTUMN);
	expect_status(r, 200);
	expect_text(r, "{\"calendar\":\"cn\",\"version\":1,\"made\":true,\"changed\":7,"
		       "\"years\":[\"2026\"]}");
}

static void it_is(const char *when)
{
	arena_defer(test_call()->arena, clock_back, NULL);
	clock_set(instant(when));
}

/* Runs the job as a worker would that holds its lease. */
static enum status rebuild_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return calendar_rebuild_some(c, "cn", 2, out);
}

static int rebuild(void)
{
	bool left = true;
	int turns = 0;

	for (; left; turns++) {
		struct call *c = test_call();
		if (db_write(c, house->db, rebuild_act, NULL, &left, sizeof left))
			test_fail("%s", c->problem);
	}
	return turns;
}

static int64_t breaches(void)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;

	if (calendar_module.check(c, house, true, &report, &bad))
		test_fail("%s", c->problem);
	return bad;
}

TEST(a_calendar_is_made_filled_and_shown)
{
	begin();
	struct http_reply *r = ask(token, "GET", CALENDARS, NULL);
	expect_text(r, "\"code\":\"cn\"");
	expect_text(r, "\"first_year\":2026,\"last_year\":2026");
	r = ask(token, "GET", CALENDARS "/cn", NULL);
	expect_text(r, "{\"year\":2026,\"version\":1,\"published\":true,\"papers\":[]}");
	expect_text(r, "\"note\":\"x\"");
	r = ask(token, "GET", CALENDARS "/cn/years/2026", NULL);
	/* 261 weekdays, 5 of them off, a Sunday and a Saturday worked. */
	expect_text(r, "\"working_days\":258");
	expect_text(r, "{\"date\":\"2026-09-20\",\"kind\":\"work\",\"name\":\"国庆节\"}");
	expect_status(ask(token, "POST", CALENDARS, "{\"code\":\"x\",\"name\":\"x\"}"), 403);
	expect_status(ask(token, "POST", CALENDARS "/cn/versions", AUTUMN), 403);
	r = ask(admin_token(), "POST", CALENDARS, "{\"code\":\"cn\",\"name\":\"x\"}");
	expect_status(r, 409);
	r = ask(admin_token(), "POST", CALENDARS, "{\"code\":\"C N\",\"name\":\"x\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "code");
	expect_status(ask(token, "GET", CALENDARS "/none", NULL), 404);
	expect_status(ask(token, "GET", CALENDARS "/cn?version=2", NULL), 404);
}

TEST(a_version_holds_what_differs_and_older_ones_can_still_be_asked)
{
	begin();
	struct http_reply *r = publish(AUTUMN);
	expect_text(r, "\"version\":1,\"made\":false,\"changed\":0,\"years\":[]");
	r = publish(AUTUMN "2026-10-08,off,国庆节\n");
	expect_text(r, "\"version\":2,\"made\":true,\"changed\":1");
	r = publish("{\"years\":[{\"year\":2027,\"papers\":[],\"days\":[]}]}");
	expect_text(r, "\"version\":3,\"made\":true,\"changed\":0,\"years\":[\"2027\"]");
#define ASK CALENDARS "/cn/due?from=2026-09-29T02:00:00Z&days=3"
	r = ask(token, "GET", ASK, NULL);
	expect_text(r, "\"version\":3,\"due_at\":\"2026-10-10T09:30:00Z\",\"date\":\"2026-10-10\","
		       "\"counted\":[\"2026-09-30\",\"2026-10-09\",\"2026-10-10\"],"
		       "\"provisional\":false,\"warning\":null");
	r = ask(token, "GET", ASK "&version=1", NULL);
	expect_text(r, "\"date\":\"2026-10-09\"");
	r = ask(token, "GET", CALENDARS "/cn/due?from=2026-12-30T02:00:00Z&days=3", NULL);
	expect_text(r,
		    "\"provisional\":true,\"warning\":\"no notice of holidays is known for 2027");
}

TEST(a_bad_file_changes_nothing)
{
	begin();
	struct http_reply *r = publish("{\"year\":2027,\"days\":[{\"date\":\"2027-02-30\"}]}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "days[0].date");
	expect_status(publish("date,kind,name\n2027-01-01,no,x\n"), 400);
	expect_status(ask(admin_token(), "POST", CALENDARS "/none/versions", AUTUMN), 404);
	r = ask(token, "GET", CALENDARS, NULL);
	expect_text(r, "\"version\":1,");
}

TEST(questions_about_time_are_answered)
{
	begin();
	struct http_reply *r =
		ask(token, "GET", CALENDARS "/cn/due?from=2026-09-30T09:00:00Z&minutes=60", NULL);
	expect_text(r, "\"due_at\":\"2026-10-08T01:00:00Z\"");
	r = ask(token, "GET",
		CALENDARS "/cn/working-time?from=2026-09-30T09:00:00Z&to=2026-10-08T01:00:00Z",
		NULL);
	expect_text(r, "\"working_days\":1,\"seconds\":3600");
	r = ask(token, "GET", CALENDARS "/cn/due?from=2026-09-28T02:00:00Z&days=5&unit=natural",
		NULL);
	/* Saturday the 3rd of October is off, and so on to the 8th. */
	expect_text(r, "\"date\":\"2026-10-08\"");
	r = ask(token, "GET", CALENDARS "/cn/due?from=2026-09-28T02:00:00Z", NULL);
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "days");
	r = ask(token, "GET", CALENDARS "/cn/due?from=2026-09-28T02:00:00Z&days=4000", NULL);
	expect_status(r, 400);
	r = ask(token, "GET", CALENDARS "/cn/due?from=1980-09-28T02:00:00Z&days=4", NULL);
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "from");
	r = ask(token, "GET",
		CALENDARS "/cn/working-time?from=2026-09-30T09:00:00Z&to=2026-09-08T01:00:00Z",
		NULL);
	assert_string_equal(member(r, "field"), "to");
}

/* --- offices --- */

#define WEEK(end)                                                                                  \
	"{\"weekday\":1,\"start\":\"09:00\",\"end\":\"" end "\"},"                                 \
	"{\"weekday\":2,\"start\":\"09:00\",\"end\":\"" end "\"},"                                 \
	"{\"weekday\":3,\"start\":\"09:00\",\"end\":\"" end "\"},"                                 \
	"{\"weekday\":4,\"start\":\"09:00\",\"end\":\"" end "\"},"                                 \
	"{\"weekday\":5,\"start\":\"09:00\",\"end\":\"" end "\"}"

static const char *office(void)
{
	struct http_reply *r = ask(admin_token(), "POST", OFFICES,
				   "{\"name\":\"窗口\",\"hours\":[" WEEK("16:00") "]}");
	expect_status(r, 201);
	return member(r, "id");
}

TEST(an_office_has_hours_of_its_own)
{
	begin();
	const char *id = office();
	struct http_reply *r = ask(
		token, "GET",
		text(CALENDARS "/cn/due?from=2026-09-29T02:00:00Z&days=1&office_id=%s", id), NULL);
	expect_text(r, "\"due_at\":\"2026-09-30T08:00:00Z\"");
	r = ask(token, "GET", text(OFFICES "/%s", id), NULL);
	expect_text(r, "{\"weekday\":1,\"start\":\"09:00\",\"end\":\"16:00\"}");
	expect_status(ask(token, "PUT", text(OFFICES "/%s", id),
			  "{\"name\":\"x\",\"hours\":[" WEEK("15:00") "]}"),
		      403);
	r = ask(admin_token(), "PUT", text(OFFICES "/%s", id),
		"{\"name\":\"x\",\"hours\":[" WEEK("15:00") "]}");
	expect_text(r, "\"revision\":2");
	expect_status(ask(admin_token(), "DELETE", text(OFFICES "/%s", id), NULL), 204);
	expect_status(ask(token, "GET", text(OFFICES "/%s", id), NULL), 404);
}

TEST(hours_that_cannot_be_kept_are_refused)
{
	static const struct {
		const char *hours, *field;
	} bad[] = {
		{ "{\"weekday\":1,\"start\":\"9:00\",\"end\":\"10:00\"}", "hours[0].start" },
		{ "{\"weekday\":1,\"start\":\"09:00\",\"end\":\"24:01\"}", "hours[0].end" },
		{ "{\"weekday\":1,\"start\":\"09:00\",\"end\":\"09:00\"}", "hours[0].end" },
		{ WEEK("12:00") ",{\"weekday\":5,\"start\":\"11:00\",\"end\":\"13:00\"}",
		  "hours[5].start" },
		{ "{\"weekday\":1,\"start\":\"09:00\",\"end\":\"10:00\"}", "hours" },
		{ "{\"weekday\":8,\"start\":\"09:00\",\"end\":\"10:00\"}", "hours[0].weekday" },
	};

	begin();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct http_reply *r = ask(admin_token(), "POST", OFFICES,
					   text("{\"name\":\"x\",\"hours\":[%s]}", bad[i].hours));
		expect_status(r, 400);
		assert_string_equal(member(r, "field"), bad[i].field);
	}
}

/* --- clocks --- */

static const char *started(const char *more)
{
	struct http_reply *r =
		ask(token, "POST", CLOCKS,
		    text("{\"subject\":\"case 1\",\"calendar\":\"cn\",\"days\":3%s}", more));
	expect_status(r, 201);
	return member(r, "id");
}

static struct http_reply *happens(const char *id, const char *what)
{
	return ask(token, "POST", text(CLOCKS "/%s/events", id), what);
}

TEST(a_clock_follows_its_events)
{
	begin();
	it_is("2026-09-29T02:00:00Z");
	const char *id = started("");
	struct http_reply *r = ask(token, "GET", text(CLOCKS "/%s", id), NULL);
	expect_text(r, "\"due_at\":\"2026-10-09T09:30:00Z\"");
	expect_text(r, "\"state\":{\"days\":3,\"used\":0,\"left\":3,\"overdue\":false}");
	it_is("2026-09-30T02:00:00Z");
	r = happens(id, "{\"kind\":\"pause\",\"reason\":\"听证\"}");
	expect_text(r, "\"run\":\"paused\",\"due_at\":null");
	expect_status(happens(id, "{\"kind\":\"pause\"}"), 409);
	it_is("2026-10-08T02:00:00Z");
	r = happens(id, "{\"kind\":\"resume\"}");
	expect_text(r, "\"due_at\":\"2026-10-10T09:30:00Z\"");
	r = happens(id, "{\"kind\":\"extend\",\"days\":1}");
	expect_text(r, "\"due_at\":\"2026-10-12T09:30:00Z\"");
	r = happens(id, "{\"kind\":\"extend\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "days");
	r = happens(id, "{\"kind\":\"stop\",\"at\":\"2026-10-09T02:00:00Z\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "at");
	r = happens(id, "{\"kind\":\"stop\"}");
	expect_text(r, "\"run\":\"stopped\"");
	expect_text(r, "\"number\":5,\"kind\":\"stop\"");
	expect_status(happens(id, "{\"kind\":\"resume\"}"), 409);
	assert_int_equal(breaches(), 0);
}

TEST(a_clock_of_another_vdc_does_not_exist)
{
	begin();
	const char *id = started("");
	const char *stranger = token_with_role("member");
	expect_status(ask(stranger, "GET", text(CLOCKS "/%s", id), NULL), 404);
	expect_status(ask(stranger, "POST", text(CLOCKS "/%s/events", id), "{\"kind\":\"stop\"}"),
		      404);
	expect_text(ask(stranger, "GET", CLOCKS, NULL), "\"clocks\":[]");
	expect_status(ask(token_with_role("reader"), "POST", CLOCKS,
			  "{\"subject\":\"x\",\"calendar\":\"cn\",\"days\":3}"),
		      403);
	struct http_reply *r =
		ask(token, "POST", CLOCKS, "{\"subject\":\"x\",\"calendar\":\"us\",\"days\":3}");
	expect_status(r, 404);
	assert_string_equal(member(r, "field"), "calendar");
}

TEST(clocks_are_listed_by_due_date_in_pages)
{
	begin();
	it_is("2026-09-29T02:00:00Z");
	const char *first = started(",\"at\":\"2026-09-21T02:00:00Z\"");
	const char *paused = started("");
	started("");
	expect_status(happens(paused, "{\"kind\":\"pause\"}"), 200);
	struct http_reply *r = ask(token, "GET", CLOCKS "?limit=2", NULL);
	expect_text(r, text("\"clocks\":[{\"id\":\"%s\"", first));
	assert_null(strstr(buf_text(&r->body), paused));
	r = ask(token, "GET", text(CLOCKS "?limit=2&marker=%s", member(r, "next")), NULL);
	expect_text(r, text("\"clocks\":[{\"id\":\"%s\"", paused));
	expect_text(r, "\"next\":null");
	r = ask(token, "GET", CLOCKS "?run=running&due_before=2026-10-01T00:00:00Z", NULL);
	expect_text(r, first);
	assert_null(strstr(buf_text(&r->body), "2026-10-"));
	expect_status(ask(token, "GET", CLOCKS "?marker=1_x", NULL), 400);
}

TEST(a_new_version_and_new_hours_derive_due_dates_again)
{
	begin();
	it_is("2026-09-29T02:00:00Z");
	const char *id = office();
	const char *clocks[5];
	for (int i = 0; i < 5; i++)
		clocks[i] = started(i == 4 ? text(",\"office_id\":\"%s\"", id) : "");
	const char *last =
		ask(token, "GET", CLOCKS "?due_before=2026-10-10T00:00:00Z", NULL)->body.data;
	assert_non_null(strstr(last, clocks[0]));

	/* Before the job has run a clock that is asked for is right already, a list is not yet. */
	expect_text(publish(AUTUMN "2026-10-08,off,国庆节\n"), "\"version\":2");
	expect_text(ask(token, "GET", text(CLOCKS "/%s", clocks[0]), NULL),
		    "\"due_at\":\"2026-10-10T09:30:00Z\"");
	expect_text(ask(token, "GET", CLOCKS, NULL), "\"due_at\":\"2026-10-09T09:30:00Z\"");
	assert_int_equal(breaches(), 0);
	assert_int_equal(rebuild(), 3);
	struct http_reply *r = ask(token, "GET", CLOCKS "?due_before=2026-10-10T00:00:00Z", NULL);
	expect_text(r, "\"clocks\":[]");
	r = ask(token, "GET", CLOCKS, NULL);
	expect_text(r, "\"due_at\":\"2026-10-10T09:30:00Z\"");
	expect_text(r, "\"due_at\":\"2026-10-10T08:00:00Z\"");

	expect_status(ask(admin_token(), "PUT", text(OFFICES "/%s", id),
			  "{\"name\":\"x\",\"hours\":[" WEEK("15:00") "]}"),
		      200);
	assert_int_equal(rebuild(), 1);
	expect_text(ask(token, "GET", CLOCKS, NULL), "\"due_at\":\"2026-10-10T07:00:00Z\"");
	r = ask(admin_token(), "DELETE", text(OFFICES "/%s", id), NULL);
	expect_status(r, 409);
	assert_int_equal(breaches(), 0);
}

DB_STMT(spoil_due_sql, "update calendar_clock set due_at = due_at + 1 where id = $1");

static enum status spoil_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return db_do(c, &spoil_due_sql, NULL, DB_ARGS(DB_STR(in)));
}

TEST(a_copy_that_is_not_what_the_events_say_is_found)
{
	begin();
	const char *id = started("");
	assert_int_equal(breaches(), 0);
	assert_int_equal(db_write(test_call(), house->db, spoil_act, id, NULL, 0), ST_OK);
	assert_int_equal(breaches(), 1);
	/* Whoever asks for the clock itself is told right all the same. */
	struct http_reply *r = ask(token, "GET", text(CLOCKS "/%s", id), NULL);
	expect_status(r, 200);
	expect_text(r, "09:30:00Z");
}
