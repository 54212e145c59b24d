/* SPDX-License-Identifier: Apache-2.0 */
/* Steps of cases: what the office and the law do, who may do what, and a random walk against a naive model. */
#include "base/clock.h"
#include "door/house.h"
#include "service/cases/test_cases.h"

static struct http_reply *look(const char *who, const char *id)
{
	return ask(who, "GET", text(CASES "/%s", id), NULL);
}

static struct http_reply *submit(const char *who, const char *id)
{
	return ask(who, "POST", text(CASES "/%s/submission", id), NULL);
}

static struct http_reply *withdraw(const char *who, const char *id)
{
	return ask(who, "POST", text(CASES "/%s/withdrawal", id), "{\"reason\":\"不办了\"}");
}

/* --- receiving --- */

TEST(acceptance_starts_the_promised_term_in_working_days)
{
	struct desk d = test_desk();
	const char *id = desk_submitted(&d, d.ann);
	struct http_reply *r = look(d.ann, id);

	/* Over the National Day: the fifth working day is Monday, the 12th, at 17:30. */
	expect_text(r, "\"silent_at\":\"2026-10-12T09:30:00Z\"");
	expect_text(r, "\"due_at\":null,\"left\":null");
	r = desk_decide(d.clerk, id, "accept");
	expect_status(r, 200);
	expect_text(r, "\"state\":\"accepted\"");
	expect_text(r, "\"accepted_at\":\"2026-09-29T02:00:00Z\",\"deemed\":false");
	expect_text(r, "\"due_at\":\"2026-10-09T09:30:00Z\",\"left\":3,"
		       "\"promise_unit\":\"working-day\",\"overdue\":false,\"warning\":null");
	desk_clock("2026-10-08T10:00:00Z");
	expect_text(look(d.ann, id), "\"left\":1,");
	desk_clock("2026-10-12T10:00:00Z");
	r = ask(d.clerk, "GET", OFFICE_CASES "?state=accepted", NULL);
	expect_text(r, "\"left\":-2,\"promise_unit\":\"working-day\",\"overdue\":true");
	/* A notice that comes later moves what is due, which nobody wrote down. */
	expect_status(ask(d.t.admin, "POST", "/api/v1/calendars/cn/versions?note=y",
			  "date,kind,name\n2026-10-01,off,国庆节\n2026-10-02,off,国庆节\n"),
		      200);
	expect_text(look(d.ann, id), "\"due_at\":\"2026-10-06T09:30:00Z\"");
}

static int64_t instant(const char *s)
{
	int64_t at = 0;

	assert_true(time_read(s, &at));
	return at;
}

static enum status term_act(struct call *c, const void *in, void *out)
{
	struct case_row *row = out;

	*row = *(const struct case_row *)in;
	return case_terms(c, row, 1);
}

TEST(terms_of_every_unit_end_when_the_law_says)
{
	/* 2026-10-01 to 07 are off, the 10th is worked, and so was Sunday, the 20th of September. */
	static const struct {
		const char *accepted;
		int64_t days;
		int unit;
		const char *now, *due;
		int64_t left;
	} cases[] = {
		{ "2026-09-29T02:00:00Z", 3, UNIT_WORKING_DAY, "2026-09-29T02:00:00Z",
		  "2026-10-09T09:30:00Z", 3 },
		{ "2026-09-18T02:00:00Z", 3, UNIT_WORKING_DAY, "2026-09-21T10:00:00Z",
		  "2026-09-22T09:30:00Z", 1 },
		{ "2026-09-29T02:00:00Z", 2, UNIT_DAY, "2026-09-29T02:00:00Z",
		  "2026-10-08T09:30:00Z", 2 },
		{ "2026-09-29T03:45:00Z", 30, UNIT_MINUTE, "2026-09-29T03:50:00Z",
		  "2026-09-29T05:45:00Z", 25 },
		{ "2026-09-29T03:45:00Z", 30, UNIT_MINUTE, "2026-09-29T06:45:00Z",
		  "2026-09-29T05:45:00Z", -60 },
		{ "2026-09-29T02:00:00Z", 0, UNIT_WORKING_DAY, "2026-09-29T02:00:00Z",
		  "2026-09-29T09:30:00Z", 0 },
		{ "2026-09-29T10:00:00Z", 0, UNIT_WORKING_DAY, "2026-09-29T10:00:00Z",
		  "2026-09-30T09:30:00Z", 0 },
		{ "2026-10-01T02:00:00Z", 0, UNIT_WORKING_DAY, "2026-10-08T10:00:00Z",
		  "2026-10-08T09:30:00Z", 0 },
	};
	struct desk d = test_desk();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct call *c = test_call();
		struct case_row row = { .state = CASE_ACCEPTED,
					.applicant.name = "王小明",
					.accepted_at = instant(cases[i].accepted),
					.promise_days = cases[i].days,
					.promise_unit = cases[i].unit };
		struct case_row out = { 0 };
		int64_t due = instant(cases[i].due);
		c->now_at = instant(cases[i].now);
		assert_int_equal(db_read(c, d.t.house->db, term_act, &row, &out, sizeof out),
				 ST_OK);
		if (out.due_at != due || out.left != cases[i].left ||
		    out.overdue != (c->now_at > due))
			test_fail("case %zu: due %lld and not %lld, left %lld", i,
				  (long long)out.due_at, (long long)due, (long long)out.left);
		assert_string_equal(out.applicant_name, "王**");
		assert_null(out.warning);
	}
}

TEST(a_correction_is_asked_for_once_and_answered_under_the_same_number)
{
	struct desk d = test_desk();
	const char *id = desk_submitted(&d, d.ann);
	const char *no = member(look(d.ann, id), "accept_no");
	struct http_reply *r = ask(d.clerk, "POST", text(OFFICE_CASES "/%s/receipt", id),
				   "{\"verdict\":\"correct\",\"reason\":\"  \"}");

	expect_field(r, 400, "reason");
	expect_status(desk_decide(d.clerk, id, "correct"), 200);
	expect_text(look(d.ann, id), "\"state\":\"correcting\"");
	expect_text(look(d.ann, id), "\"reason\":\"章程缺页\"");
	expect_status(desk_decide(d.clerk, id, "accept"), 409);
	/* What was handed in stays; what is added may go again. */
	desk_clock("2026-10-08T02:00:00Z");
	expect_field(ask(d.ann, "DELETE", text(CASES "/%s/files/1", id), NULL), 409, "number");
	expect_status(desk_give(&d, d.ann, id, "charter", "b.pdf", "y"), 201);
	expect_status(ask(d.ann, "DELETE", text(CASES "/%s/files/2", id), NULL), 204);
	expect_status(desk_give(&d, d.ann, id, "charter", "c.pdf", "z"), 201);
	expect_status(ask(d.ann, "PUT", text(CASES "/%s/draft", id), case_body(&d, NULL, false)),
		      200);
	r = submit(d.ann, id);
	expect_status(r, 200);
	assert_string_equal(member(r, "accept_no"), no);
	/* Five working days from then on: 9, 10 (worked), 12, 13, 14. */
	expect_text(r, "\"silent_at\":\"2026-10-14T09:30:00Z\"");
	expect_field(desk_decide(d.clerk, id, "correct"), 409, "verdict");
	expect_status(desk_decide(d.clerk, id, "refuse"), 200);
	expect_text(look(d.ann, id), "\"state\":\"refused\"");
	expect_status(submit(d.ann, id), 409);
	expect_status(withdraw(d.ann, id), 409);
}

TEST(a_silent_office_has_accepted_when_the_case_was_handed_in)
{
	struct desk d = test_desk();
	const char *id = desk_submitted(&d, d.ann), *other = desk_submitted(&d, d.bob);
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;

	desk_clock("2026-10-12T09:30:00Z");
	desk_silence(&d);
	expect_text(look(d.ann, id), "\"state\":\"received\"");
	expect_status(desk_decide(d.clerk, other, "accept"), 200);
	/* Too late for the office, before the timer came and after. */
	desk_clock("2026-10-12T09:30:01Z");
	expect_status(desk_decide(d.clerk, id, "refuse"), 409);
	desk_silence(&d);
	desk_silence(&d);
	struct http_reply *r = look(d.ann, id);
	expect_text(r, "\"state\":\"accepted\"");
	expect_text(r, "\"accepted_at\":\"2026-09-29T02:00:00Z\",\"deemed\":true");
	expect_text(r, "\"overdue\":true");
	expect_text(r,
		    "{\"number\":2,\"step\":\"silence\",\"from\":\"received\",\"to\":\"accepted\"");
	assert_null(strstr(buf_text(&r->body), "\"number\":3,"));
	expect_text(look(d.bob, other), "\"deemed\":false");
	assert_int_equal(cases_module.check(c, d.t.house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 0);
}

/* How often the trail of the house has the act. */
static int trail(const struct desk *d, const char *action)
{
	struct http_reply *r =
		ask(d->t.admin, "GET", text("/api/v1/audit?action=%s", action), NULL);
	const char *word = text("\"action\":\"%s\"", action);
	int count = 0;

	expect_status(r, 200);
	for (const char *at = buf_text(&r->body); (at = strstr(at, word)); at++)
		count++;
	assert_null(strstr(buf_text(&r->body), "11010519491231002X"));
	return count;
}

TEST(every_step_and_every_look_stands_in_the_trail_without_a_persons_number)
{
	struct desk d = test_desk();
	const char *id = desk_submitted(&d, d.ann), *silent = desk_submitted(&d, d.ann);

	expect_status(ask(d.clerk, "GET", text(OFFICE_CASES "/%s", id), NULL), 200);
	expect_status(ask(d.clerk, "GET", text(OFFICE_CASES "/%s/files/1", id), NULL), 200);
	expect_status(desk_decide(d.clerk, id, "accept"), 200);
	expect_status(desk_decide(d.clerk, id, "refuse"), 409);
	expect_status(withdraw(d.ann, id), 200);
	desk_clock("2026-10-13T02:00:00Z");
	desk_silence(&d);
	expect_text(look(d.ann, silent), "\"deemed\":true");
	assert_int_equal(trail(&d, "cases.create"), 2);
	assert_int_equal(trail(&d, "cases.material.give"), 2);
	assert_int_equal(trail(&d, "cases.submit"), 2);
	assert_int_equal(trail(&d, "cases.office.show"), 1);
	assert_int_equal(trail(&d, "cases.office.material"), 1);
	assert_int_equal(trail(&d, "cases.receive"), 2); /* one of them refused */
	assert_int_equal(trail(&d, "cases.withdraw"), 1);
	assert_int_equal(trail(&d, "cases.silence"), 1);
	assert_int_equal(trail(&d, "cases.show"), 1);
}

TEST(a_new_notice_moves_the_end_of_silence)
{
	struct desk d = test_desk();
	const char *id = desk_submitted(&d, d.ann);

	/* The 12th and 13th are now days off. */
	expect_status(ask(d.t.admin, "POST", "/api/v1/calendars/cn/versions?note=y",
			  "date,kind,name\n2026-10-01,off,国庆节\n2026-10-02,off,国庆节\n"
			  "2026-10-05,off,国庆节\n2026-10-06,off,国庆节\n2026-10-07,off,国庆节\n"
			  "2026-10-10,work,国庆节\n2026-10-12,off,国庆节\n2026-10-13,off,国庆节\n"),
		      200);
	desk_clock("2026-10-13T02:00:00Z");
	desk_silence(&d);
	struct http_reply *r = look(d.ann, id);
	expect_text(r, "\"state\":\"received\"");
	expect_text(r, "\"silent_at\":\"2026-10-14T09:30:00Z\"");
	expect_status(desk_decide(d.clerk, id, "correct"), 200);
}

TEST(an_item_with_a_process_form_and_one_that_is_suspended_are_refused_with_reason)
{
	struct desk d = test_desk();
	const char *body = item_body("000131002000", "食品经营许可",
				     ",\"form_key\":\"f\","
				     "\"process_key\":\"p\"");

	hall_publish(d.t.wang, d.t.li, "items", body);
	expect_field(ask(d.ann, "POST", CASES,
			 case_body(&d, handle_of(d.t.market_code, "000131002000"), false)),
		     501, "item");
	/* What is suspended is not applied for, and a draft of it waits. */
	const char *id = desk_draft(&d, d.ann), *at = text("/api/v1/hall/items/%s/move", d.item_id);
	expect_status(ask(d.t.wang, "POST", at, "{\"move\":\"suspend\",\"reason\":\"x\"}"), 200);
	expect_status(ask(d.t.li, "POST", text("%s/decision", at), "{\"verdict\":\"approve\"}"),
		      200);
	expect_field(submit(d.ann, id), 409, "item");
	expect_field(ask(d.ann, "POST", CASES, case_body(&d, d.item, false)), 409, "item");
}

TEST(without_a_calendar_nothing_is_handed_in_and_no_number_is_lost)
{
	struct desk d = test_desk_without_calendar();
	const char *id = desk_draft(&d, d.ann);
	struct http_reply *r = submit(d.ann, id);

	expect_status(r, 409);
	expect_text(r, "工作日历");
	expect_text(look(d.ann, id), "\"state\":\"draft\"");
	desk_silence(&d);
	desk_clock("2026-12-31T02:00:00Z");
	expect_status(ask(d.t.admin, "POST", "/api/v1/calendars",
			  "{\"code\":\"cn\",\"name\":\"工作日历\"}"),
		      201);
	r = submit(d.ann, id);
	expect_status(r, 200);
	assert_memory_equal(member(r, "accept_no"), "3302002612312000001", 19);
}

TEST(lists_go_page_by_page_and_find_a_number)
{
	struct desk d = test_desk();
	const char *ids[5], *none = "\"cases\":[]";

	for (int i = 0; i < 5; i++)
		ids[i] = desk_submitted(&d, i == 2 ? d.bob : d.ann);
	struct http_reply *r = ask(d.clerk, "GET", OFFICE_CASES "?limit=2", NULL);
	expect_text(r, ids[4]);
	expect_text(r, ids[3]);
	assert_null(strstr(buf_text(&r->body), ids[2]));
	r = ask(d.clerk, "GET", text(OFFICE_CASES "?limit=2&marker=%s", ids[3]), NULL);
	expect_text(r, ids[2]);
	expect_text(r, ids[1]);
	r = ask(d.clerk, "GET", text(OFFICE_CASES "?limit=2&marker=%s", ids[1]), NULL);
	expect_text(r, ids[0]);
	assert_null(strstr(buf_text(&r->body), ids[1]));
	const char *no = member(r, "accept_no");
	r = ask(d.clerk, "GET", text(OFFICE_CASES "?accept_no=%s", no), NULL);
	expect_text(r, ids[0]);
	assert_null(strstr(buf_text(&r->body), ids[1]));
	expect_text(ask(d.clerk, "GET", OFFICE_CASES "?state=accepted", NULL), none);
	expect_text(ask(d.tax_clerk, "GET", OFFICE_CASES, NULL), none);
	r = ask(d.bob, "GET", CASES, NULL);
	expect_text(r, ids[2]);
	assert_null(strstr(buf_text(&r->body), ids[1]));
	/* A list tells no number of a person, and a person's name is masked. */
	assert_null(strstr(buf_text(&r->body), "11010519491231002X"));
}

/* --- who may --- */

struct access {
	const char *method, *path, *body; /* '#' stands for the case */
	bool office;                      /* the route is the office's */
	bool one;                         /* it is of one case */
	int state;                        /* that the case is in */
	int success;
};

static const char *path_for(const char *path, const char *id)
{
	const char *at = strchr(path, '#');

	return at ? text("%.*s%s%s", (int)(at - path), path, id, at + 1) : path;
}

TEST(every_route_answers_every_role_as_the_table_says)
{
	struct desk d = test_desk();
	const char *content = case_body(&d, NULL, false);
	const char *accept = "{\"verdict\":\"accept\"}";
	const struct access table[] = {
		{ "GET", CASES, NULL, false, false, CASE_DRAFT, 200 },
		{ "POST", CASES, case_body(&d, d.item, false), false, false, CASE_DRAFT, 201 },
		{ "GET", CASES "/#", NULL, false, true, CASE_DRAFT, 200 },
		{ "PUT", CASES "/#/draft", content, false, true, CASE_DRAFT, 200 },
		{ "DELETE", CASES "/#/draft", NULL, false, true, CASE_DRAFT, 204 },
		{ "POST", CASES "/#/materials/charter", "file", false, true, CASE_DRAFT, 201 },
		{ "GET", CASES "/#/files/1", NULL, false, true, CASE_DRAFT, 200 },
		{ "DELETE", CASES "/#/files/1", NULL, false, true, CASE_DRAFT, 204 },
		{ "POST", CASES "/#/submission", NULL, false, true, CASE_DRAFT, 200 },
		{ "POST", CASES "/#/withdrawal", "{}", false, true, CASE_RECEIVED, 200 },
		{ "GET", OFFICE_CASES, NULL, true, false, CASE_RECEIVED, 200 },
		{ "GET", OFFICE_CASES "/#", NULL, true, true, CASE_RECEIVED, 200 },
		{ "GET", OFFICE_CASES "/#/files/1", NULL, true, true, CASE_RECEIVED, 200 },
		{ "POST", OFFICE_CASES "/#/receipt", accept, true, true, CASE_RECEIVED, 200 },
	};
	/* What a role may: enter and receive; 'own': it is whose case it is, or of the office. */
	desk_clock("2026-12-31T02:00:00Z");
#define OF(role)                                                                                   \
	ask_person(d.t.admin, d.t.market, NULL, "as-" role, role, NULL), false, false, false, 403
	const struct {
		const char *token;
		bool enters, receives, own;
		int without; /* what is answered that it may not */
	} askers[] = {
		{ NULL, false, false, false, 401 },
		{ OF("reader") },
		{ OF("data_steward") },
		{ OF("item_editor") },
		{ OF("item_approver") },
		{ OF("department_admin") },
		{ d.bob, true, false, false, 403 },
		{ d.window, true, false, false, 403 },
		{ d.tax_clerk, false, true, false, 403 },
		/* Last, for they change the case. */
		{ d.ann, true, false, true, 403 },
		{ d.clerk, false, true, true, 403 },
	};
	desk_clock("2026-09-29T02:00:00Z");
	size_t n = 0;
	for (const struct route *r = cases_routes; r->method; r++)
		n++;
	assert_int_equal(n, sizeof table / sizeof *table);
	for (size_t i = 0; i < n; i++) {
		const struct access *a = &table[i];
		const char *id = a->state == CASE_DRAFT ? desk_draft(&d, d.ann)
							: desk_submitted(&d, d.ann);
		for (size_t k = 0; k < sizeof askers / sizeof *askers; k++) {
			bool may = a->office ? askers[k].receives : askers[k].enters;
			int wanted = !may                       ? askers[k].without
				     : a->one && !askers[k].own ? 404
								: a->success;
			struct http_reply *r =
				str_eq(a->body, "file")
					? desk_give(&d, askers[k].token, id, "charter", "x", "x")
					: ask(askers[k].token, a->method, path_for(a->path, id),
					      a->body);
			if (r->status != wanted)
				test_fail("%s %s, asker %zu: wanted %d, got %d %s", a->method,
					  a->path, k, wanted, r->status, buf_text(&r->body));
			if (!a->one && str_eq(a->method, "GET") && may && !askers[k].own)
				assert_null(strstr(buf_text(&r->body), id));
		}
	}
}

/* --- a random walk against a model that is too simple to be wrong --- */

struct model {
	const char *state;
	bool corrected;
	int handed_in; /* day, counted from 2026-09-29 */
};

/* From 2026-09-29, a Tuesday: '1' is worked; the days behind are those of their weekday. */
static bool worked(int day)
{
	static const char days[] = "110000000111"; /* to Saturday, the 10th of October */

	return day < (int)sizeof days - 1 ? days[day] == '1' : (day + 1) % 7 < 5;
}

static bool is_late(const struct model *m, int today)
{
	int count = 0;

	for (int day = m->handed_in + 1; day < today; day++)
		count += worked(day);
	return count >= CASE_SILENT_DAYS;
}

enum walk_step {
	WALK_SUBMIT,
	WALK_SAVE,
	WALK_ACCEPT,
	WALK_CORRECT,
	WALK_REFUSE,
	WALK_WITHDRAW,
	WALK_TIME
};

/* What the door should answer; changes the model. */
static int expected(struct model *m, int step, int today)
{
	bool draft = str_eq(m->state, "draft"), received = str_eq(m->state, "received");
	bool correcting = str_eq(m->state, "correcting"), accepted = str_eq(m->state, "accepted");

	switch (step) {
	case WALK_SAVE: return draft || correcting ? 200 : 409;
	case WALK_SUBMIT:
		if (!draft && !correcting)
			return 409;
		m->state = "received";
		m->handed_in = today;
		return 200;
	case WALK_WITHDRAW:
		if (!received && !correcting && !accepted)
			return 409;
		m->state = "withdrawn";
		return 200;
	case WALK_TIME:
		if (received && is_late(m, today))
			m->state = "accepted";
		return 0;
	default: break;
	}
	if (draft)
		return 404; /* the office does not know of it */
	if (!received || is_late(m, today) || (step == WALK_CORRECT && m->corrected))
		return 409;
	m->corrected |= step == WALK_CORRECT;
	m->state = step == WALK_ACCEPT    ? "accepted"
		   : step == WALK_CORRECT ? "correcting"
					  : "refused";
	return 200;
}

static int walk_step(const struct desk *d, const char *id, int step)
{
	static const char *const verdicts[] = { "accept", "correct", "refuse" };

	switch (step) {
	case WALK_SAVE:
		return ask(d->ann, "PUT", text(CASES "/%s/draft", id), case_body(d, NULL, false))
			->status;
	case WALK_SUBMIT: return submit(d->ann, id)->status;
	case WALK_WITHDRAW: return withdraw(d->ann, id)->status;
	case WALK_TIME: desk_silence(d); return 0;
	default: return desk_decide(d->clerk, id, verdicts[step - WALK_ACCEPT])->status;
	}
}

static unsigned next_random(unsigned *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

TEST(a_random_walk_ends_where_a_naive_model_does)
{
	enum { WALKS = 25, STEPS = 14 };
	struct desk d = test_desk();
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t start = clock_now(), bad = 0;
	unsigned seed = 20260929;
	int seen[WALK_TIME + 1][2] = { 0 };

	for (int walk = 0; walk < WALKS; walk++) {
		struct model m = { .state = "draft" };
		int today = 0;
		clock_set(start);
		const char *id = desk_draft(&d, d.ann);
		for (int i = 0; i < STEPS; i++) {
			/* A draft goes on soon; a withdrawal or refusal ends a walk, so they are rare. */
			int step = (int)(next_random(&seed) % (WALK_TIME + 1));
			if (step >= WALK_REFUSE && step < WALK_TIME && next_random(&seed) % 4)
				step = WALK_SUBMIT;
			if (step == WALK_TIME) {
				today += (int)(next_random(&seed) % 9);
				clock_set(start + today * CLOCK_DAY);
			}
			int wanted = expected(&m, step, today), got = walk_step(&d, id, step);
			seen[step][0] += wanted == 200;
			seen[step][1] += wanted == 409;
			if (got != wanted)
				test_fail(
					"walk %d, step %d (%d) on day %d in %s: wanted %d, got %d",
					walk, i, step, today, m.state, wanted, got);
			expect_text(look(d.ann, id), text("\"state\":\"%s\"", m.state));
		}
	}
	/* The walk went through all doors, and ran against all that were closed. */
	for (int step = 0; step < WALK_TIME; step++)
		assert_true(seen[step][0] > 0 && seen[step][1] > 0);
	assert_int_equal(cases_module.check(c, d.t.house, true, &report, &bad), ST_OK);
	if (bad)
		test_fail("%s", buf_text(&report));
}
