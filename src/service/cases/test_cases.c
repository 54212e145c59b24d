/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts as applicants and window clerks write them: rules, materials, numbers. */
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "db/schema.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "service/cases/test_cases.h"

#define CALENDARS "/api/v1/calendars"
#define NOTICE                                                                                            \
	"date,kind,name\n2026-09-20,work,国庆节\n2026-10-01,off,国庆节\n2026-10-02,off,国庆节\n" \
	"2026-10-05,off,国庆节\n2026-10-06,off,国庆节\n2026-10-07,off,国庆节\n"                  \
	"2026-10-10,work,国庆节\n"

/* --- the town --- */

static void clock_back(void *none)
{
	(void)none;
	clock_set(0);
}

void desk_clock(const char *at)
{
	int64_t instant = 0;

	assert_true(time_read(at, &instant));
	arena_defer(test_call()->arena, clock_back, NULL);
	clock_set(instant);
}

static struct desk make_desk(bool calendar)
{
	/* Tokens are of a later day than all that is tried, so that none expires meanwhile. */
	desk_clock("2026-12-31T02:00:00Z");
	struct desk d = { .t = test_town() };
	const char *city = ask_make(d.t.admin, "domain", "\"name\":\"政务服务中心\"");

	if (calendar) {
		expect_status(ask(d.t.admin, "POST", CALENDARS,
				  "{\"code\":\"cn\",\"name\":\"工作日历\"}"),
			      201);
		expect_status(ask(d.t.admin, "POST", CALENDARS "/cn/versions?note=x", NOTICE), 200);
	}
	d.item = handle_of(d.t.market_code, BASE);
	d.tax_item = handle_of(d.t.tax_code, BASE);
	d.item_id = hall_publish(d.t.wang, d.t.li, "items", item_body(BASE, "公司设立登记", RICH));
	hall_publish(d.t.zhao, d.t.sun, "items", item_body(BASE, "税务登记", RICH));
	d.company = test_uscc("91330200MA2AAAAA0");
	d.ann = ask_person(d.t.admin, city, NULL, "ann", "member", NULL);
	d.bob = ask_person(d.t.admin, city, NULL, "bob", "member", NULL);
	d.window = ask_person(d.t.admin, city, NULL, "window", "window_clerk", NULL);
	d.clerk = ask_person(d.t.admin, d.t.market, NULL, "receiver", "case_clerk", NULL);
	d.tax_clerk = ask_person(d.t.admin, d.t.tax, NULL, "taxreceiver", "case_clerk", NULL);
	desk_clock("2026-09-29T02:00:00Z");
	return d;
}

struct desk test_desk(void)
{
	return make_desk(true);
}

struct desk test_desk_without_calendar(void)
{
	return make_desk(false);
}

const char *case_body(const struct desk *d, const char *item, bool staff)
{
	return text("{%s\"applicant\":{\"kind\":\"company\",\"name\":\"甬江贸易有限公司\","
		    "\"number\":\"%s\",\"phone\":\"0574-87180000\"},"
		    "\"agent\":{\"name\":\"王小明\",\"number\":\"11010519491231002X\","
		    "\"phone\":\"13800000000\"},"
		    "\"answers\":{\"staff\":%s},\"form\":{\"company\":\"甬江贸易\"}}",
		    item ? text("\"item\":\"%s\",", item) : "", d->company,
		    staff ? "true" : "false");
}

static const char *write_file(const char *bytes)
{
	const char *path = text("%s/upload", test_folder());
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(bytes, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

struct http_reply *desk_give(const struct desk *d, const char *who, const char *id,
			     const char *code, const char *name, const char *bytes)
{
	struct call *c = test_call();
	struct http_reply *rp = arena_alloc(c->arena, sizeof *rp);
	struct http_header headers[] = { { "Content-Type", "application/pdf" },
					 { "X-Auth-Token", who } };
	struct http_request rq = { .method = "POST",
				   .path = text(CASES "/%s/materials/%s", id, code),
				   .query = text("name=%s", name),
				   .headers = headers,
				   .header_count = who ? 2 : 1,
				   .body = "",
				   .upload = { .path = bytes ? write_file(bytes) : NULL,
					       .media_type = "application/pdf" } };

	c->from = "192.0.2.1";
	c->base_url = "http://cloud.example";
	http_serve(c, d->t.house, &rq, rp);
	return rp;
}

const char *desk_draft(const struct desk *d, const char *who)
{
	struct http_reply *r = ask(who, "POST", CASES, case_body(d, d->item, false));

	expect_status(r, 201);
	const char *id = member(r, "id");
	expect_status(desk_give(d, who, id, "charter", "a.pdf", "%PDF-1.7"), 201);
	return id;
}

const char *desk_submitted(const struct desk *d, const char *who)
{
	const char *id = desk_draft(d, who);

	expect_status(ask(who, "POST", text(CASES "/%s/submission", id), "{}"), 200);
	return id;
}

struct http_reply *desk_decide(const char *who, const char *id, const char *verdict)
{
	return ask(who, "POST", text(OFFICE_CASES "/%s/receipt", id),
		   text("{\"verdict\":\"%s\",\"reason\":\"章程缺页\"}", verdict));
}

void desk_silence(const struct desk *d)
{
	struct call *c = test_call();

	c->house = d->t.house;
	if (case_silence(c))
		test_fail("%s", c->problem);
}

void expect_field_at(const char *file, int line, const struct http_reply *r, int status,
		     const char *field)
{
	if (r->status == status && str_eq(member(r, "field"), field))
		return;
	print_error("%s:%d: wanted %d of %s, got %d %s\n", file, line, status, field, r->status,
		    buf_text(&r->body));
	_fail(file, line);
}

/* --- drafts --- */

struct rule_case {
	const char *what, *instead, *field;
};

TEST(every_broken_rule_of_a_draft_names_its_field)
{
	static const struct rule_case cases[] = {
		{ "\"name\":\"甬江贸易有限公司\"", "\"name\":\"  \"", "applicant.name" },
		{ "\"kind\":\"company\"", "\"kind\":\"person\"", "applicant.number" },
		{ "\"number\":\"9133", "\"number\":\"9233", "applicant.number" },
		{ "0574-87180000", "none", "applicant.phone" },
		{ "11010519491231002X", "110105194912310021", "agent.number" },
		{ "11010519491231002X", "110105194902310021", "agent.number" },
		{ "11010519491231002X", "110105491231002", "agent.number" },
		{ "\"staff\":false", "\"staff\":3", "answers.staff" },
		{ "\"staff\":false", "\"cat\":true", "answers.cat" },
		{ "\"company\":\"甬江贸易\"", "\"company\":7", "form.company" },
		{ "\"company\":\"甬江贸易\"", "\"cat\":\"x\"", "form.cat" },
	};
	struct desk d = test_desk();
	const char *body = case_body(&d, d.item, false);

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		expect_field(ask(d.ann, "POST", CASES,
				 hall_swap(body, cases[i].what, cases[i].instead)),
			     400, cases[i].field);
	expect_field(ask(d.ann, "POST", CASES, case_body(&d, "113302000", false)), 400, "item");
	/* A person, by himself and without an agent, is none whom the item is for. */
	expect_field(ask(d.ann, "POST", CASES,
			 text("{\"item\":\"%s\",\"applicant\":{\"kind\":\"person\",\"name\":\"王\","
			      "\"number\":\"11010519491231002x\",\"phone\":\"13800000000\"}}",
			      d.item)),
		     400, "applicant.kind");
	expect_field(
		ask(d.ann, "POST", CASES,
		    text("{\"item\":\"%s\",\"applicant\":{\"kind\":\"company\",\"name\":\"王\","
			 "\"number\":\"%s\",\"phone\":\"13800000000\"}}",
			 d.item, d.company)),
		400, "agent");
}

TEST(a_draft_may_be_in_the_making_and_what_is_missing_is_named_when_it_is_handed_in)
{
	struct desk d = test_desk();
	const char *body = hall_swap(case_body(&d, d.item, false), "\"company\":\"甬江贸易\"", "");
	struct http_reply *r = ask(d.ann, "POST", CASES, hall_swap(body, "\"staff\":false", ""));

	expect_status(r, 201);
	const char *id = member(r, "id"), *at = text(CASES "/%s/submission", id);
	const char *save = text(CASES "/%s/draft", id);
	body = case_body(&d, NULL, true);
	expect_text(r, "\"accept_no\":null");
	expect_text(r, "\"applicant_name\":\"甬江贸易有限公司\"");
	expect_field(ask(d.ann, "POST", at, NULL), 400, "form.company");
	expect_status(ask(d.ann, "PUT", save, hall_swap(body, "\"staff\":true", "")), 200);
	expect_field(ask(d.ann, "POST", at, NULL), 400, "answers.staff");
	expect_status(ask(d.ann, "PUT", save, body), 200);
	expect_field(ask(d.ann, "POST", at, NULL), 400, "materials.charter");
	expect_status(desk_give(&d, d.ann, id, "charter", "a.pdf", "x"), 201);
	/* What is wanted of those with staff is wanted now. */
	expect_field(ask(d.ann, "POST", at, NULL), 400, "materials.staff-list");
	expect_status(ask(d.ann, "PUT", save, case_body(&d, NULL, false)), 200);
	r = ask(d.ann, "POST", at, NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"received\"");
	/* Handed in once; and no longer to be changed or thrown away. */
	expect_status(ask(d.ann, "POST", at, NULL), 409);
	expect_status(ask(d.ann, "PUT", save, body), 409);
	expect_status(ask(d.ann, "DELETE", save, NULL), 409);
	expect_status(desk_give(&d, d.ann, id, "charter", "b.pdf", "x"), 409);
	expect_status(ask(d.ann, "DELETE", text(CASES "/%s/files/1", id), NULL), 409);
}

static int64_t scrub(const struct desk *d)
{
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;

	assert_int_equal(files_scrub(c, d->t.house->files, d->t.house->db, &report, &bad), ST_OK);
	return bad;
}

TEST(files_have_slots_and_go_with_their_draft)
{
	struct desk d = test_desk();
	const char *id = desk_draft(&d, d.ann);

	expect_field(desk_give(&d, d.ann, id, "passport", "a.pdf", "x"), 404, "code");
	expect_field(desk_give(&d, d.ann, id, "charter", "..%2Fa", "x"), 400, "name");
	expect_field(desk_give(&d, d.ann, id, "charter", "a.pdf", NULL), 400, "body");
	expect_status(desk_give(&d, d.bob, id, "charter", "a.pdf", "x"), 404);
	expect_status(desk_give(&d, d.ann, id, "charter", "%E7%AB%A0.pdf", "two"), 201);
	struct http_reply *r = ask(d.ann, "GET", text(CASES "/%s/files/2", id), NULL);
	expect_status(r, 200);
	assert_string_equal(reply_header(r, "Content-Type"), "application/octet-stream");
	assert_string_equal(reply_header(r, "Content-Disposition"),
			    "attachment; filename*=UTF-8''%E7%AB%A0.pdf");
	assert_true(str_starts(reply_header(r, "X-Accel-Redirect"), "/-files/"));
	assert_int_equal(scrub(&d), 0);
	expect_status(ask(d.ann, "DELETE", text(CASES "/%s/files/1", id), NULL), 204);
	expect_field(ask(d.ann, "GET", text(CASES "/%s/files/1", id), NULL), 404, "number");
	assert_int_equal(scrub(&d), 0);
	expect_status(ask(d.ann, "DELETE", text(CASES "/%s/draft", id), NULL), 204);
	expect_status(ask(d.ann, "GET", text(CASES "/%s", id), NULL), 404);
	assert_int_equal(scrub(&d), 0);
}

TEST(a_draft_follows_its_item_and_a_case_keeps_its_version)
{
	struct desk d = test_desk();
	const char *draft = desk_draft(&d, d.ann), *handed = desk_submitted(&d, d.ann);
	const char *at = text(CASES "/%s/submission", draft);
	const char *body = hall_swap(item_body(BASE, "公司设立登记（新）", RICH),
				     "\"promise_days\":3", "\"promise_days\":2");

	expect_status(ask(d.t.wang, "PUT", text("/api/v1/hall/items/%s/draft", d.item_id), body),
		      200);
	hall_approve(d.t.wang, d.t.li, "items", d.item_id);
	expect_field(ask(d.ann, "POST", at, NULL), 409, "item_version");
	expect_status(ask(d.ann, "PUT", text(CASES "/%s/draft", draft), case_body(&d, NULL, false)),
		      200);
	struct http_reply *r = ask(d.ann, "POST", at, NULL);
	expect_status(r, 200);
	expect_text(r, "\"item_version\":2,\"item_name\":\"公司设立登记（新）\"");
	r = ask(d.ann, "GET", text(CASES "/%s", handed), NULL);
	expect_text(r, "\"item_version\":1,\"item_name\":\"公司设立登记\"");
	expect_text(r, "\"promise_days\":3");
}

TEST(what_is_entered_at_the_window_says_so_and_only_its_clerk_sees_the_draft)
{
	struct desk d = test_desk();
	const char *id = desk_submitted(&d, d.window);
	struct http_reply *r = ask(d.window, "GET", text(CASES "/%s", id), NULL);

	expect_text(r, "\"channel\":\"window\"");
	assert_int_equal(strlen(member(r, "accept_no")), 20);
	assert_memory_equal(member(r, "accept_no") + 12, "10", 2);
	r = ask(d.ann, "GET", text(CASES "/%s", desk_submitted(&d, d.ann)), NULL);
	expect_text(r, "\"channel\":\"web\"");
	assert_memory_equal(member(r, "accept_no") + 12, "20", 2);
	expect_status(ask(d.clerk, "GET", text(OFFICE_CASES "/%s", desk_draft(&d, d.ann)), NULL),
		      404);
}

/* --- numbers --- */

TEST(the_check_digit_is_that_of_iso_7064_mod_11_10_and_finds_slips)
{
	char digits[] = "3302002609292000001";
	char right = accept_check(digits);

	/* The example of the standard: 0794 has 5. */
	assert_int_equal(accept_check("0794"), '5');
	for (size_t i = 0; digits[i]; i++) {
		char was = digits[i];
		for (char wrong = '0'; wrong <= '9'; wrong++) {
			digits[i] = wrong;
			assert_true((accept_check(digits) == right) == (wrong == was));
		}
		digits[i] = was;
	}
}

enum { SIDES = 2, WORKERS = 4, EACH = 25, NUMBERS = SIDES * WORKERS * EACH };

static enum status take_act(struct call *c, const void *in, void *out)
{
	const char *no = NULL;
	enum status st = accept_take(c, in, CHANNEL_WEB, &no);

	if (!st)
		memcpy(out, no, 21);
	return st;
}

struct taker {
	struct db *db;
	const char *item;
	char got[EACH][21];
	enum status st;
	pthread_t thread;
};

static void *take_some(void *arg)
{
	struct taker *t = arg;

	for (int i = 0; i < EACH && !t->st; i++) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct call *c = test_call_in(a);
		do
			t->st = db_write(c, t->db, take_act, t->item, t->got[i], sizeof t->got[i]);
		while (t->st == ST_RETRY);
	}
	return NULL;
}

/* One process: its numbers go into the pipe. */
static void take_side(const char *url, const char *item, int out)
{
	char why[512];
	struct db *db = db_open(url, WORKERS, why);
	struct taker t[WORKERS] = { 0 };
	bool good = db != NULL;

	for (int i = 0; good && i < WORKERS; i++) {
		t[i].db = db;
		t[i].item = item;
		good = !pthread_create(&t[i].thread, NULL, take_some, &t[i]);
	}
	for (int i = 0; good && i < WORKERS; i++)
		good = !pthread_join(t[i].thread, NULL) && !t[i].st &&
		       write(out, t[i].got, sizeof t[i].got) == sizeof t[i].got;
	_exit(good ? 0 : 1);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

TEST(two_processes_never_give_one_number_twice_and_leave_none_out)
{
	const char *url = test_db_url(),
		   *item = text("%s3%s01", test_uscc("11330200002970013"), BASE);
	char why[512], got[NUMBERS][21], *next = got[0];
	struct db *db = db_open(url, 1, why);
	size_t left = sizeof got;
	pid_t sides[SIDES];
	int ends[2];

	assert_non_null(db);
	assert_int_equal(schema_apply(test_call(), db, program_schema), ST_OK);
	db_close(db);
	assert_int_equal(pipe(ends), 0);
	for (int i = 0; i < SIDES; i++) {
		sides[i] = fork();
		assert_true(sides[i] >= 0);
		if (!sides[i])
			take_side(url, item, ends[1]);
	}
	close(ends[1]);
	for (ssize_t n; left && (n = read(ends[0], next, left)) > 0; next += n)
		left -= (size_t)n;
	close(ends[0]);
	for (int i = 0; i < SIDES; i++) {
		int how;
		assert_int_equal(waitpid(sides[i], &how, 0), sides[i]);
		assert_true(WIFEXITED(how) && WEXITSTATUS(how) == 0);
	}
	assert_int_equal(left, 0);
	qsort(got, NUMBERS, sizeof got[0], by_text);
	int sequence = 0;
	for (int i = 0; i < NUMBERS; i++) {
		char digits[20];
		memcpy(digits, got[i], 19);
		digits[19] = '\0';
		assert_int_equal(got[i][19], accept_check(digits));
		/* Midnight may pass: then the count begins again. */
		sequence = i && memcmp(got[i], got[i - 1], 14) ? 1 : sequence + 1;
		assert_string_equal(digits + 14, text("%05d", sequence));
	}
}

DB_STMT(last_but_one_sql, "update cases_sequence set last = 99998");

static enum status last_but_one_act(struct call *c, const void *in, void *out)
{
	(void)in;
	(void)out;
	return db_do(c, &last_but_one_sql, NULL, DB_NO_ARGS);
}

TEST(a_number_is_given_by_an_area_and_never_beyond_the_days_count)
{
	struct desk d = test_desk();
	struct db *db = d.t.house->db;
	struct call *c = test_call();
	char out[21], none;

	assert_int_equal(db_write(c, db, take_act, "11ABCDEF", out, sizeof out), ST_CONFLICT);
	assert_string_equal(c->problem_at, "item");
	call_forgive(c);
	desk_submitted(&d, d.ann);
	assert_int_equal(db_write(c, db, last_but_one_act, NULL, &none, sizeof none), ST_OK);
	const char *last = desk_submitted(&d, d.ann), *more = desk_draft(&d, d.ann);
	const char *no = member(ask(d.ann, "GET", text(CASES "/%s", last), NULL), "accept_no");
	assert_memory_equal(no, "3302002609292099999", 19);
	struct http_reply *r = ask(d.ann, "POST", text(CASES "/%s/submission", more), NULL);
	expect_status(r, 403);
	expect_text(r, "over-limit");
	/* The next day begins with its own first number. */
	desk_clock("2026-09-29T16:00:00Z");
	r = ask(d.ann, "POST", text(CASES "/%s/submission", more), NULL);
	expect_status(r, 200);
	assert_memory_equal(member(r, "accept_no"), "3302002609302000001", 19);
}
