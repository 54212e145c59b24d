/* SPDX-License-Identifier: Apache-2.0 */
/* Items as their editors and approvers meet them: rules, offices, the life of an item. */
#include "base/clock.h"
#include "door/house.h"
#include "service/hall/hall_private.h"
#include "service/hall/test_hall.h"

#define AT "/api/v1/hall"

static void make_office(const struct town *t, const char *id, const char *code, const char *name)
{
	expect_status(
		ask(t->admin, "PUT", text(AT "/offices/%s", id),
		    text("{\"code\":\"%s\",\"name\":\"%s\",\"phone\":\"12345\"}", code, name)),
		200);
}

struct town test_town(void)
{
	struct town t;

	t.house = test_house("openstack");
	t.admin = admin_token();
	t.market = ask_make(t.admin, "domain", "\"name\":\"市场监管局\"");
	t.tax = ask_make(t.admin, "domain", "\"name\":\"税务局\"");
	t.wang = ask_person(t.admin, t.market, NULL, "wang", "item_editor", NULL);
	t.li = ask_person(t.admin, t.market, NULL, "li", "item_approver", NULL);
	t.zhao = ask_person(t.admin, t.tax, NULL, "zhao", "item_editor", NULL);
	t.sun = ask_person(t.admin, t.tax, NULL, "sun", "item_approver", NULL);
	t.clerk = ask_person(t.admin, t.market, NULL, "clerk", "member", NULL);
	t.market_code = test_uscc("11330200002970013");
	t.tax_code = test_uscc("11330200002970021");
	make_office(&t, t.market, t.market_code, "宁波市市场监督管理局");
	make_office(&t, t.tax, t.tax_code, "宁波市税务局");
	return t;
}

const char *item_body(const char *base_code, const char *name, const char *more)
{
	return text(
		"{\"base_code\":\"%s\",\"handle_number\":1,\"name\":\"%s\",\"name_en\":\"Company\","
		"\"summary\":\"办理登记\",\"type\":\"licence\",\"level\":\"city\","
		"\"case_type\":\"promised\",\"subjects\":[\"company\"],"
		"\"basis\":[{\"law\":\"中华人民共和国公司法\",\"article\":\"第六条\"}],"
		"\"legal_days\":20,\"promise_days\":3,\"visits_max\":1,\"online_depth\":3,"
		"\"conditions\":\"有符合规定的名称\",\"channels\":[\"window\",\"web\"],"
		"\"places\":[{\"name\":\"综合窗口\",\"address\":\"宁穿路1901号\"}],"
		"\"fee\":false%s}",
		base_code, name, more);
}

const char *handle_of(const char *office, const char *base_code)
{
	return text("%s3%s01", office, base_code);
}

void hall_approve(const char *editor, const char *approver, const char *kind, const char *id)
{
	expect_status(ask(editor, "POST", text(AT "/%s/%s/move", kind, id),
			  "{\"move\":\"publish\"}"),
		      200);
	expect_status(ask(approver, "POST", text(AT "/%s/%s/move/decision", kind, id),
			  "{\"verdict\":\"approve\"}"),
		      200);
}

const char *hall_publish(const char *editor, const char *approver, const char *kind,
			 const char *body)
{
	struct http_reply *r = ask(editor, "POST", text(AT "/%s", kind), body);

	expect_status(r, 201);
	const char *id = member(r, "id");
	hall_approve(editor, approver, kind, id);
	return id;
}

const char *hall_swap(const char *body, const char *what, const char *instead)
{
	const char *at = strstr(body, what);

	assert_non_null(at);
	return text("%.*s%s%s", (int)(at - body), body, instead, at + strlen(what));
}

/* --- rules --- */

struct rule_case {
	const char *what, *instead, *field;
};

TEST(every_broken_rule_of_an_item_names_its_field)
{
	static const struct rule_case cases[] = {
		{ BASE, "00013100100", "base_code" },
		{ BASE, "00013100100x", "base_code" },
		{ BASE, "000731001000", "base_code" },
		{ "\"handle_number\":1", "\"handle_number\":100", "handle_number" },
		{ "\"handle_number\":1", "\"handle_number\":1,\"impl_code\":\"1\"", "impl_code" },
		{ "\"handle_number\":1", "\"handle_number\":1,\"handle_code\":\"1\"",
		  "handle_code" },
		{ "\"handle_number\":1", "\"handle_number\":1,\"parent_code\":\"" BASE "\"",
		  "parent_code" },
		{ "公司设立登记", "  ", "name" },
		{ "\"licence\"", "\"wish\"", "type" },
		{ "[\"company\"]", "[]", "subjects" },
		{ "[\"company\"]", "[\"cat\"]", "subjects[0]" },
		{ "[{\"law\":\"中华人民共和国公司法\",\"article\":\"第六条\"}]", "[]", "basis" },
		{ "\"promise_days\":3", "\"promise_days\":21", "promise_days" },
		{ "\"promise_days\":3", "\"promise_days\":0", "promise_days" },
		{ "\"promise_days\":3", "\"promise_days\":3,\"promise_unit\":\"day\"",
		  "promise_unit" },
		{ "\"promise_days\":3", "\"promise_days\":3,\"promise_unit\":\"minute\"",
		  "promise_unit" },
		{ "\"legal_days\":20", "\"legal_days\":20,\"legal_unit\":\"minute\"",
		  "legal_unit" },
		{ "\"promised\"", "\"at-once\"", "promise_days" },
		{ "\"promise_days\":3",
		  "\"promise_days\":3,\"steps\":[{\"name\":\"审查\",\"days\":4}]",
		  "steps[0].days" },
		{ "\"online_depth\":3", "\"online_depth\":5", "online_depth" },
		{ "\"online_depth\":3", "\"online_depth\":4", "visits_max" },
		{ "[\"window\",\"web\"]", "[\"window\"]", "online_depth" },
		{ "[{\"name\":\"综合窗口\",\"address\":\"宁穿路1901号\"}]", "[]", "places" },
		{ "\"fee\":false", "\"fee\":true", "fees" },
		{ "\"fee\":false",
		  "\"fee\":true,\"fees\":[{\"name\":\"工本费\",\"standard\":\"5 元\",\"basis\":\"x\","
		  "\"amount\":\"5 +\"}]",
		  "fees[0].amount" },
		{ "\"fee\":false",
		  "\"fee\":true,\"fees\":[{\"name\":\"工本费\",\"standard\":\"5 元\",\"basis\":\"x\","
		  "\"amount\":\"5 * pages\"}]",
		  "fees[0].amount" },
		{ "\"key\":\"capital\"", "\"key\":\"a b\"", "questions[1].key" },
		{ "\"key\":\"capital\"", "\"key\":\"sort\"", "questions[1].key" },
		{ "\"key\":\"capital\"", "\"key\":\"staff\"", "questions[1].key" },
		{ "\"key\":\"capital\"", "\"key\":\"company\"", "questions[1].key" },
		{ "[\"甲\",\"乙\"]", "[\"甲\"]", "questions[3].choices" },
		{ "\"when\":\"staff\"", "\"when\":\"staffs\"", "materials[1].when" },
		{ "\"when\":\"staff\"", "\"when\":\"staff and\"", "materials[1].when" },
		{ "\"staff-list\"", "\"charter\"", "materials[1].code" },
		{ "[\"copy\"]", "[\"scan\"]", "materials[1].forms[0]" },
		{ "\"textfield\"", "\"filepicker\"", "form.components[0].type" },
		{ "\"result_type\"", "\"form_key\":\"x\",\"result_type\"", "form_key" },
		{ "\"result_type\":\"businessLicence\",", "", "valid_days" },
		{ "\"valid_days\":365", "\"valid_days\":365,\"effective_from\":\"2026-02-30\"",
		  "effective_from" },
		{ "\"valid_days\":365",
		  "\"valid_days\":365,\"effective_from\":\"2026-02-03\",\"effective_to\":\"2026-02-02\"",
		  "effective_to" },
		{ "\"valid_days\":365", "\"valid_days\":365,\"decision\":\"<x/>\"", "decision" },
		{ "\"valid_days\":365", "\"valid_days\":365,\"keywords\":[\"a\",\"a\"]",
		  "keywords[1]" },
	};
	struct town t = test_town();
	const char *body = item_body(BASE, "公司设立登记", RICH);

	expect_status(ask(t.wang, "POST", AT "/items", body), 201);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_reply *r = ask(t.wang, "POST", AT "/items",
					   hall_swap(body, cases[i].what, cases[i].instead));
		if (r->status != 400 || !str_eq(member(r, "field"), cases[i].field))
			test_fail("%s → %s: wanted 400 of %s, got %d %s", cases[i].what,
				  cases[i].instead, cases[i].field, r->status, buf_text(&r->body));
	}
	/* One is there, and the second one of its code is refused. */
	struct http_reply *r = ask(t.wang, "POST", AT "/items", body);
	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "handle_number");
}

TEST(what_is_promised_in_minutes_has_no_steps_of_days)
{
	struct town t = test_town();
	const char *body =
		hall_swap(item_body(BASE, "公司设立登记", ""), "\"promised\"", "\"at-once\"");
	const char *minutes = "\"promise_days\":30,\"promise_unit\":\"minute\"";
	struct http_reply *r =
		ask(t.wang, "POST", AT "/items",
		    hall_swap(body, "\"promise_days\":3",
			      text("%s,\"steps\":[{\"name\":\"审查\",\"days\":1}]", minutes)));

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "steps[0].days");
	expect_status(ask(t.wang, "POST", AT "/items",
			  hall_swap(body, "\"promise_days\":3",
				    text("%s,\"steps\":[{\"name\":\"审查\"}]", minutes))),
		      201);
}

TEST(an_office_has_a_code_with_its_check_character_and_keeps_it)
{
	struct town t = test_town();
	const char *at = text(AT "/offices/%s", t.market);
	struct http_reply *r =
		ask(t.admin, "PUT", at, "{\"code\":\"113302000029700139\",\"name\":\"x\"}");

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "code");
	r = ask(t.admin, "PUT", at, text("{\"code\":\"%s\",\"name\":\"x\"}", t.tax_code));
	expect_status(r, 409);
	expect_status(ask(t.wang, "POST", AT "/items", item_body(BASE, "公司设立登记", "")), 201);
	r = ask(t.admin, "PUT", at,
		text("{\"code\":\"%s\",\"name\":\"x\"}", test_uscc("11330200002970055")));
	expect_status(r, 409);
	expect_text(r, "items of the office have");
}

/* --- the life of an item --- */

TEST(publishing_an_item_takes_two_persons)
{
	struct town t = test_town();
	struct http_reply *r =
		ask(t.wang, "POST", AT "/items", item_body(BASE, "公司设立登记", ""));
	const char *code = handle_of(t.market_code, BASE);

	expect_status(r, 201);
	expect_text(r, text("\"handle_code\":\"%s\"", code));
	const char *id = member(r, "id"), *at = text(AT "/items/%s", id);
	const char *guide = text(AT "/guide/items/%s", code);
	/* A draft is its department's alone, and there only of who works with items. */
	expect_status(ask(NULL, "GET", guide, NULL), 404);
	expect_status(ask(t.zhao, "GET", at, NULL), 404);
	expect_status(ask(t.clerk, "GET", at, NULL), 403);
	expect_status(ask(t.li, "GET", at, NULL), 200);
	expect_status(ask(t.li, "POST", AT "/items", item_body(BASE, "x", "")), 403);
	const char *decision = text("%s/move/decision", at), *move = text("%s/move", at);
	expect_status(ask(t.li, "POST", decision, "{\"verdict\":\"approve\"}"), 409);
	expect_status(ask(t.li, "POST", move, "{\"move\":\"publish\"}"), 403);
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"publish\"}"), 200);
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"publish\"}"), 409);
	expect_status(ask(t.wang, "PUT", text("%s/draft", at), item_body(BASE, "改", "")), 409);
	expect_status(ask(t.sun, "POST", decision, "{\"verdict\":\"approve\"}"), 404);
	expect_status(ask(t.wang, "POST", decision, "{\"verdict\":\"approve\"}"), 403);
	r = ask(t.li, "POST", decision, "{\"verdict\":\"return\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "reason");
	expect_status(ask(t.li, "POST", decision, "{\"verdict\":\"return\",\"reason\":\"缺依据\"}"),
		      200);
	r = ask(t.wang, "GET", at, NULL);
	expect_text(r, "\"decision\":\"缺依据\"");
	expect_text(r, "\"move\":null");
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"publish\"}"), 200);
	expect_status(ask(t.li, "DELETE", move, NULL), 403);
	expect_status(ask(t.wang, "DELETE", move, NULL), 200);
	hall_approve(t.wang, t.li, "items", id);
	r = ask(NULL, "GET", guide, NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"published\"");
	expect_text(r, "\"in_force\":true");
	/* Who wrote it is nobody's business. */
	assert_null(strstr(buf_text(&r->body), "_by"));
}

TEST(whoever_both_edits_and_approves_does_not_do_both_to_one_item)
{
	struct town t = test_town();
	const char *head = NULL,
		   *both = ask_person(t.admin, t.market, NULL, "both", "item_editor", &head);
	struct http_reply *r = ask(t.admin, "GET", "/identity/v3/roles?name=item_approver", NULL);

	expect_status(ask(t.admin, "PUT",
			  text("/identity/v3/domains/%s/users/%s/roles/%s", t.market, head,
			       member(r, "id")),
			  NULL),
		      204);
	r = ask(both, "POST", AT "/items", item_body(BASE, "公司设立登记", ""));
	expect_status(r, 201);
	const char *at = text(AT "/items/%s", member(r, "id"));
	/* Another one submits it, yet who wrote it still cannot approve it. */
	expect_status(ask(t.wang, "POST", text("%s/move", at), "{\"move\":\"publish\"}"), 200);
	r = ask(both, "POST", text("%s/move/decision", at), "{\"verdict\":\"approve\"}");
	expect_status(r, 403);
	expect_text(r, "does not decide about it");
	expect_status(ask(t.li, "POST", text("%s/move/decision", at), "{\"verdict\":\"approve\"}"),
		      200);
}

TEST(a_published_version_of_an_item_never_changes)
{
	struct town t = test_town();
	const char *body = item_body(BASE, "公司设立登记", RICH);
	const char *id = hall_publish(t.wang, t.li, "items", body), *at = text(AT "/items/%s", id);
	const char *guide = text(AT "/guide/items/%s", handle_of(t.market_code, BASE));
	struct http_reply *first = ask(t.wang, "GET", text("%s/versions/1", at), NULL);

	expect_status(ask(t.wang, "PUT", text("%s/draft", at),
			  hall_swap(body, "\"promise_days\":3", "\"promise_days\":2")),
		      200);
	struct http_reply *r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"promise_days\":3");
	expect_status(ask(NULL, "GET", text("%s?version=2", guide), NULL), 404);
	hall_approve(t.wang, t.li, "items", id);
	r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"promise_days\":2");
	expect_text(r, "\"version\":2");
	r = ask(NULL, "GET", text("%s?version=1", guide), NULL);
	expect_status(r, 200);
	expect_text(r, "\"promise_days\":3");
	r = ask(t.wang, "GET", text("%s/versions/1", at), NULL);
	expect_text(r, "\"state\":\"superseded\"");
	assert_string_equal(member(r, "seal"), member(first, "seal"));
	r = ask(t.wang, "PUT", text("%s/draft", at), hall_swap(body, BASE, "000131002000"));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "base_code");
}

static void moves(const struct town *t, const char *id, const char *move, const char *more)
{
	expect_status(ask(t->wang, "POST", text(AT "/items/%s/move", id),
			  text("{\"move\":\"%s\"%s}", move, more)),
		      200);
	expect_status(ask(t->li, "POST", text(AT "/items/%s/move/decision", id),
			  "{\"verdict\":\"approve\"}"),
		      200);
}

TEST(an_item_is_suspended_resumed_and_withdrawn_by_two)
{
	struct town t = test_town();
	const char *body = item_body(BASE, "公司设立登记", "");
	const char *id = hall_publish(t.wang, t.li, "items", body);
	const char *guide = text(AT "/guide/items/%s", handle_of(t.market_code, BASE));
	const char *move = text(AT "/items/%s/move", id);
	struct http_reply *r = ask(t.wang, "POST", move, "{\"move\":\"suspend\"}");

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "reason");
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"resume\"}"), 409);
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"suspend\",\"reason\":\"系统升级\"}"),
		      200);
	r = ask(t.li, "POST", text("%s/decision", move),
		"{\"verdict\":\"return\",\"reason\":\"等下班\"}");
	expect_text(r, "\"state\":\"published\"");
	/* Whoever asked learns why not, and everybody else does not. */
	expect_text(ask(t.wang, "GET", text(AT "/items/%s", id), NULL), "\"returned\":\"等下班\"");
	r = ask(NULL, "GET", guide, NULL);
	assert_null(strstr(buf_text(&r->body), "等下班"));
	moves(&t, id, "suspend", ",\"reason\":\"系统升级\"");
	expect_text(ask(t.wang, "GET", text(AT "/items/%s", id), NULL), "\"returned\":null");
	r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"state\":\"suspended\",\"state_reason\":\"系统升级\"");
	r = ask(NULL, "POST", text("%s/eligibility", guide), "{}");
	expect_status(r, 200);
	expect_text(r, "\"eligible\":\"no\"");
	moves(&t, id, "resume", "");
	r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"state\":\"published\",\"state_reason\":null");
	moves(&t, id, "withdraw", ",\"reason\":\"已取消许可\"");
	expect_status(ask(NULL, "GET", guide, NULL), 404);
	expect_status(ask(t.wang, "PUT", text(AT "/items/%s/draft", id), body), 409);
	/* Its code is free for another one; its version stays for the cases that have it. */
	hall_publish(t.wang, t.li, "items", body);
	r = ask(t.wang, "GET", text(AT "/items/%s/versions/1", id), NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"withdrawn\"");
}
