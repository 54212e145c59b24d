/* SPDX-License-Identifier: Apache-2.0 */
/* Items as their editors, approvers and readers meet them: rules, the life of an item, guides, search, files. */
#include "base/clock.h"
#include "data/catalogue/catalogue.h"
#include "door/house.h"
#include "service/hall/hall_private.h"
#include "service/hall/test_hall.h"

#define AT "/api/v1/hall"

const char *hall_text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

static const char *uscc(const char *first_17)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

	for (const char *last = alphabet; *last; last++) {
		const char *code = hall_text("%s%c", first_17, *last);
		if (catalogue_uscc_valid(code))
			return code;
	}
	return NULL;
}

static void make_office(const struct town *t, const char *id, const char *code, const char *name)
{
	expect_status(
		ask(t->admin, "PUT", hall_text(AT "/offices/%s", id),
		    hall_text("{\"code\":\"%s\",\"name\":\"%s\",\"phone\":\"12345\"}", code, name)),
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
	t.market_code = uscc("11330200002970013");
	t.tax_code = uscc("11330200002970021");
	make_office(&t, t.market, t.market_code, "宁波市市场监督管理局");
	make_office(&t, t.tax, t.tax_code, "宁波市税务局");
	return t;
}

const char *item_body(const char *base_code, const char *name, const char *more)
{
	return hall_text(
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
	return hall_text("%s3%s01", office, base_code);
}

void hall_approve(const char *editor, const char *approver, const char *kind, const char *id)
{
	expect_status(ask(editor, "POST", hall_text(AT "/%s/%s/move", kind, id),
			  "{\"move\":\"publish\"}"),
		      200);
	expect_status(ask(approver, "POST", hall_text(AT "/%s/%s/move/decision", kind, id),
			  "{\"verdict\":\"approve\"}"),
		      200);
}

const char *hall_publish(const char *editor, const char *approver, const char *kind,
			 const char *body)
{
	struct http_reply *r = ask(editor, "POST", hall_text(AT "/%s", kind), body);

	expect_status(r, 201);
	const char *id = member(r, "id");
	hall_approve(editor, approver, kind, id);
	return id;
}

const char *hall_swap(const char *body, const char *what, const char *instead)
{
	const char *at = strstr(body, what);

	assert_non_null(at);
	return hall_text("%.*s%s%s", (int)(at - body), body, instead, at + strlen(what));
}

#define BASE "000131001000"
#define RICH                                                                                            \
	",\"questions\":[{\"key\":\"staff\",\"text\":\"有员工吗\",\"kind\":\"yes-no\"},"            \
	"{\"key\":\"capital\",\"text\":\"注册资本\",\"kind\":\"number\"},"                          \
	"{\"key\":\"born\",\"text\":\"出生日期\",\"kind\":\"date\"},"                               \
	"{\"key\":\"variety\",\"text\":\"类型\",\"kind\":\"choice\",\"choices\":[\"甲\",\"乙\"]}]," \
	"\"materials\":[{\"code\":\"charter\",\"name\":\"公司章程\",\"necessity\":\"required\","    \
	"\"source\":\"applicant\",\"forms\":[\"original\"],\"copies\":1},"                              \
	"{\"code\":\"staff-list\",\"name\":\"员工名册\",\"necessity\":\"deferrable\","              \
	"\"source\":\"applicant\",\"forms\":[\"copy\"],\"when\":\"staff\"}],"                           \
	"\"form\":{\"type\":\"default\",\"components\":[{\"type\":\"textfield\","                       \
	"\"key\":\"company\",\"label\":\"名称\",\"validate\":{\"required\":true}}]},"                 \
	"\"result_type\":\"businessLicence\",\"valid_days\":365"

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

TEST(an_office_has_a_code_with_its_check_character_and_keeps_it)
{
	struct town t = test_town();
	const char *at = hall_text(AT "/offices/%s", t.market);
	struct http_reply *r =
		ask(t.admin, "PUT", at, "{\"code\":\"113302000029700139\",\"name\":\"x\"}");

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "code");
	r = ask(t.admin, "PUT", at, hall_text("{\"code\":\"%s\",\"name\":\"x\"}", t.tax_code));
	expect_status(r, 409);
	expect_status(ask(t.wang, "POST", AT "/items", item_body(BASE, "公司设立登记", "")), 201);
	r = ask(t.admin, "PUT", at,
		hall_text("{\"code\":\"%s\",\"name\":\"x\"}", uscc("11330200002970055")));
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
	expect_text(r, hall_text("\"handle_code\":\"%s\"", code));
	const char *id = member(r, "id"), *at = hall_text(AT "/items/%s", id);
	const char *guide = hall_text(AT "/guide/items/%s", code);
	/* A draft is its department's alone, and there only of who works with items. */
	expect_status(ask(NULL, "GET", guide, NULL), 404);
	expect_status(ask(t.zhao, "GET", at, NULL), 404);
	expect_status(ask(t.clerk, "GET", at, NULL), 403);
	expect_status(ask(t.li, "GET", at, NULL), 200);
	expect_status(ask(t.li, "POST", AT "/items", item_body(BASE, "x", "")), 403);
	const char *decision = hall_text("%s/move/decision", at), *move = hall_text("%s/move", at);
	expect_status(ask(t.li, "POST", decision, "{\"verdict\":\"approve\"}"), 409);
	expect_status(ask(t.li, "POST", move, "{\"move\":\"publish\"}"), 403);
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"publish\"}"), 200);
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"publish\"}"), 409);
	expect_status(ask(t.wang, "PUT", hall_text("%s/draft", at), item_body(BASE, "改", "")),
		      409);
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
			  hall_text("/identity/v3/domains/%s/users/%s/roles/%s", t.market, head,
				    member(r, "id")),
			  NULL),
		      204);
	r = ask(both, "POST", AT "/items", item_body(BASE, "公司设立登记", ""));
	expect_status(r, 201);
	const char *at = hall_text(AT "/items/%s", member(r, "id"));
	/* Another one submits it, yet who wrote it still cannot approve it. */
	expect_status(ask(t.wang, "POST", hall_text("%s/move", at), "{\"move\":\"publish\"}"), 200);
	r = ask(both, "POST", hall_text("%s/move/decision", at), "{\"verdict\":\"approve\"}");
	expect_status(r, 403);
	expect_text(r, "does not decide about it");
	expect_status(ask(t.li, "POST", hall_text("%s/move/decision", at),
			  "{\"verdict\":\"approve\"}"),
		      200);
}

TEST(a_published_version_of_an_item_never_changes)
{
	struct town t = test_town();
	const char *body = item_body(BASE, "公司设立登记", RICH);
	const char *id = hall_publish(t.wang, t.li, "items", body),
		   *at = hall_text(AT "/items/%s", id);
	const char *guide = hall_text(AT "/guide/items/%s", handle_of(t.market_code, BASE));
	struct http_reply *first = ask(t.wang, "GET", hall_text("%s/versions/1", at), NULL);

	expect_status(ask(t.wang, "PUT", hall_text("%s/draft", at),
			  hall_swap(body, "\"promise_days\":3", "\"promise_days\":2")),
		      200);
	struct http_reply *r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"promise_days\":3");
	expect_status(ask(NULL, "GET", hall_text("%s?version=2", guide), NULL), 404);
	hall_approve(t.wang, t.li, "items", id);
	r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"promise_days\":2");
	expect_text(r, "\"version\":2");
	r = ask(NULL, "GET", hall_text("%s?version=1", guide), NULL);
	expect_status(r, 200);
	expect_text(r, "\"promise_days\":3");
	r = ask(t.wang, "GET", hall_text("%s/versions/1", at), NULL);
	expect_text(r, "\"state\":\"superseded\"");
	assert_string_equal(member(r, "seal"), member(first, "seal"));
	r = ask(t.wang, "PUT", hall_text("%s/draft", at), hall_swap(body, BASE, "000131002000"));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "base_code");
}

static void moves(const struct town *t, const char *id, const char *move, const char *more)
{
	expect_status(ask(t->wang, "POST", hall_text(AT "/items/%s/move", id),
			  hall_text("{\"move\":\"%s\"%s}", move, more)),
		      200);
	expect_status(ask(t->li, "POST", hall_text(AT "/items/%s/move/decision", id),
			  "{\"verdict\":\"approve\"}"),
		      200);
}

TEST(an_item_is_suspended_resumed_and_withdrawn_by_two)
{
	struct town t = test_town();
	const char *body = item_body(BASE, "公司设立登记", "");
	const char *id = hall_publish(t.wang, t.li, "items", body);
	const char *guide = hall_text(AT "/guide/items/%s", handle_of(t.market_code, BASE));
	const char *move = hall_text(AT "/items/%s/move", id);
	struct http_reply *r = ask(t.wang, "POST", move, "{\"move\":\"suspend\"}");

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "reason");
	expect_status(ask(t.wang, "POST", move, "{\"move\":\"resume\"}"), 409);
	moves(&t, id, "suspend", ",\"reason\":\"系统升级\"");
	r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"state\":\"suspended\",\"state_reason\":\"系统升级\"");
	r = ask(NULL, "POST", hall_text("%s/eligibility", guide), "{}");
	expect_status(r, 200);
	expect_text(r, "\"eligible\":\"no\"");
	moves(&t, id, "resume", "");
	r = ask(NULL, "GET", guide, NULL);
	expect_text(r, "\"state\":\"published\",\"state_reason\":null");
	moves(&t, id, "withdraw", ",\"reason\":\"已取消许可\"");
	expect_status(ask(NULL, "GET", guide, NULL), 404);
	expect_status(ask(t.wang, "PUT", hall_text(AT "/items/%s/draft", id), body), 409);
	/* Its code is free for another one; its version stays for the cases that have it. */
	hall_publish(t.wang, t.li, "items", body);
	r = ask(t.wang, "GET", hall_text(AT "/items/%s/versions/1", id), NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"withdrawn\"");
}

/* --- what everybody reads --- */

TEST(guides_are_found_by_words_office_type_and_subject_without_signing_in)
{
	struct town t = test_town();

	hall_publish(t.wang, t.li, "items", item_body(BASE, "公司设立登记", RICH));
	hall_publish(t.wang, t.li, "items",
		     hall_swap(item_body("000131002000", "食品经营许可", ""), "[\"company\"]",
			       "[\"company\",\"person\"]"));
	hall_publish(t.zhao, t.sun, "items",
		     hall_swap(item_body("000720001000", "税务登记确认", ""), "\"licence\"",
			       "\"confirmation\""));
	expect_status(ask(t.wang, "POST", AT "/items", item_body("000131009000", "公司草稿", "")),
		      201);
	struct http_reply *r = ask(NULL, "GET", AT "/guide/items?q=公司登记", NULL);
	expect_status(r, 200);
	expect_text(r, "\"total\":1");
	expect_text(r, "公司设立登记");
	r = ask(NULL, "GET", AT "/guide/items?q=员工名册", NULL);
	expect_text(r, "公司设立登记");
	r = ask(NULL, "GET", AT "/guide/items?q=火箭发射", NULL);
	expect_text(r, "\"entries\":[],\"total\":0");
	r = ask(NULL, "GET", AT "/guide/items?subject=person", NULL);
	expect_text(r, "食品经营许可");
	assert_null(strstr(buf_text(&r->body), "公司设立登记"));
	r = ask(NULL, "GET", hall_text(AT "/guide/items?office=%s", t.tax), NULL);
	expect_text(r, "税务登记确认");
	assert_null(strstr(buf_text(&r->body), "食品经营许可"));
	r = ask(NULL, "GET", AT "/guide/items?type=confirmation&q=登记", NULL);
	expect_text(r, "\"total\":1");
	r = ask(NULL, "GET", AT "/guide/items?limit=2", NULL);
	assert_null(strstr(buf_text(&r->body), "税务"));
	r = ask(NULL, "GET", hall_text(AT "/guide/items?limit=2&marker=%s", member(r, "next")),
		NULL);
	expect_text(r, "税务登记确认");
	r = ask(NULL, "GET", AT "/guide/offices", NULL);
	expect_status(r, 200);
	expect_text(r, "\"name\":\"宁波市税务局\"");
	expect_text(r, "\"items\":2");
}

/* May apply: from 18 on, with capital. */
static const char *const decision =
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' id='m' "
	"namespace='n'><inputData id='i' name='capital'><variable name='capital' "
	"typeRef='number'/></inputData><decision id='eligible' name='可以申请'><variable "
	"name='可以申请'/><informationRequirement><requiredInput href='#i'/>"
	"</informationRequirement><literalExpression><text>capital &gt; 0</text>"
	"</literalExpression></decision><decision id='reasons' name='理由'><variable "
	"name='理由'/><informationRequirement><requiredInput href='#i'/></informationRequirement>"
	"<literalExpression><text>if capital &gt; 0 then [] else &quot;没有资本&quot;</text>"
	"</literalExpression></decision></definitions>";

TEST(a_questionnaire_tells_what_is_needed_and_what_it_waits_for)
{
	struct town t = test_town();
	const char *fees = ",\"fees\":[{\"name\":\"登记费\",\"standard\":\"资本的万分之八\","
			   "\"basis\":\"收费依据\",\"amount\":\"capital * 0.0008\","
			   "\"waiver\":\"variety = \\\"乙\\\"\"}],\"decision\":\"";
	const char *body = hall_swap(item_body(BASE, "公司设立登记",
					       hall_text("%s%s%s\"", RICH, fees, decision)),
				     "\"fee\":false", "\"fee\":true");
	hall_publish(t.wang, t.li, "items", body);
	const char *at =
		hall_text(AT "/guide/items/%s/eligibility", handle_of(t.market_code, BASE));
	struct http_reply *r = ask(NULL, "POST", at, "{}");

	expect_status(r, 200);
	expect_text(r, "\"eligible\":\"unknown\"");
	expect_text(r, "\"missing\":[\"capital\",\"staff\",\"variety\"]");
	expect_text(r, "\"total\":null");
	r = ask(NULL, "POST", at,
		"{\"answers\":{\"capital\":1000000,\"staff\":false,\"variety\":\"甲\"}}");
	expect_text(r, "\"eligible\":\"yes\",\"reasons\":[],\"missing\":[]");
	expect_text(r, "\"code\":\"staff-list\",\"state\":\"no\"");
	expect_text(r, "\"code\":\"charter\",\"state\":\"yes\"");
	expect_text(r, "\"total\":80000");
	expect_text(r, "可以申请");
	r = ask(NULL, "POST", at,
		"{\"answers\":{\"capital\":0,\"staff\":true,\"variety\":\"乙\"}}");
	expect_text(r, "\"eligible\":\"no\",\"reasons\":[\"没有资本\"]");
	expect_text(r, "\"code\":\"staff-list\",\"state\":\"yes\"");
	expect_text(r, "\"total\":0");
	static const char *const wrong[][2] = {
		{ "{\"capital\":\"x\"}", "answers.capital" },
		{ "{\"staff\":1}", "answers.staff" },
		{ "{\"variety\":\"丙\"}", "answers.variety" },
		{ "{\"born\":\"2026-02-30\"}", "answers.born" },
		{ "{\"nobody\":1}", "answers.nobody" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		r = ask(NULL, "POST", at, hall_text("{\"answers\":%s}", wrong[i][0]));
		expect_status(r, 400);
		assert_string_equal(member(r, "field"), wrong[i][1]);
	}
	expect_status(ask(NULL, "POST", at, "{\"answers\":[]}"), 400);
}

TEST(an_item_out_of_force_cannot_be_applied_for)
{
	struct town t = test_town();
	const char *guide = hall_text(AT "/guide/items/%s", handle_of(t.market_code, BASE));

	hall_publish(t.wang, t.li, "items",
		     item_body(BASE, "公司设立登记", ",\"effective_to\":\"2020-01-01\""));
	expect_text(ask(NULL, "GET", guide, NULL), "\"in_force\":false");
	expect_text(ask(NULL, "POST", hall_text("%s/eligibility", guide), "{}"),
		    "\"eligible\":\"no\"");
}

/* --- files, departments, checks --- */

TEST(a_file_of_items_is_taken_whole_or_not_at_all)
{
	struct town t = test_town();
	const char *good = item_body(BASE, "公司设立登记", RICH);
	const char *bad = hall_swap(item_body("000131002000", "食品经营许可", RICH),
				    "\"when\":\"staff\"", "\"when\":\"stuff\"");
	struct http_reply *r =
		ask(t.wang, "POST", AT "/import",
		    hall_text("{\"format\":\"yongyun.hall/1\",\"items\":[%s,%s]}", good, bad));

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "items[1].materials[1].when");
	expect_text(ask(t.wang, "GET", AT "/items", NULL), "\"entries\":[]");
	r = ask(t.wang, "POST", AT "/import", "{\"format\":\"x\",\"items\":[]}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "format");
	r = ask(t.wang, "POST", AT "/import",
		hall_text("{\"format\":\"yongyun.hall/1\",\"items\":[%s]}", good));
	expect_status(r, 200);
	expect_text(r, "\"action\":\"created\"");
	hall_approve(t.wang, t.li, "items", member(r, "id"));
	/* What is written out is what is read, and says nothing new. */
	struct http_reply *file = ask(t.li, "GET", AT "/export", NULL);
	expect_status(file, 200);
	r = ask(t.wang, "POST", AT "/import", buf_text(&file->body));
	expect_status(r, 200);
	expect_text(r, "\"action\":\"unchanged\"");
	r = ask(t.wang, "POST", AT "/import",
		hall_swap(buf_text(&file->body), "\"promise_days\":3", "\"promise_days\":1"));
	expect_text(r, "\"action\":\"changed\"");
	/* Of another office it is not: its codes tell. */
	r = ask(t.zhao, "POST", AT "/import", buf_text(&file->body));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "items[0].impl_code");
}

static enum status published_act(struct call *c, const void *in, void *out)
{
	return hall_item_of(c, in, 0, out);
}

TEST(a_later_room_reads_the_version_that_stands)
{
	struct town t = test_town();
	struct hall_published p = { 0 };

	hall_publish(t.wang, t.li, "items", item_body(BASE, "公司设立登记", RICH));
	assert_int_equal(db_read(test_call(), t.house->db, published_act,
				 handle_of(t.market_code, BASE), &p, sizeof p),
			 ST_OK);
	assert_int_equal(p.number, 1);
	assert_int_equal(p.item.legal_days, 20);
	assert_int_equal(p.item.materials_count, 2);
	assert_string_equal(p.domain_id, t.market);
	assert_int_equal(db_read(test_call(), t.house->db, published_act, "nothing", &p, sizeof p),
			 ST_NOT_FOUND);
}

struct gone {
	const char *domain;
};

static enum status depart_act(struct call *c, const void *in, void *out)
{
	const struct gone *g = in;
	const struct event e = { .type = "identity.domain.deleted", .subject = g->domain };

	(void)out;
	return hall_depart(c, &e);
}

TEST(what_a_department_that_goes_published_is_withdrawn)
{
	struct town t = test_town();
	const struct gone g = { t.market };
	char none = 0;

	hall_publish(t.wang, t.li, "items", item_body(BASE, "公司设立登记", ""));
	expect_status(ask(t.wang, "POST", AT "/items", item_body("000131002000", "草稿", "")), 201);
	for (int i = 0; i < 2; i++)
		assert_int_equal(db_write(test_call(), t.house->db, depart_act, &g, &none, 1),
				 ST_OK);
	expect_status(ask(NULL, "GET",
			  hall_text(AT "/guide/items/%s", handle_of(t.market_code, BASE)), NULL),
		      404);
	struct http_reply *r = ask(NULL, "GET", AT "/guide/offices", NULL);
	assert_null(strstr(buf_text(&r->body), "市场监督"));
}

static enum status tamper_act(struct call *c, const void *in, void *out);
DB_STMT(test_hall_tamper_sql, "update hall_version set body = '{}' where number = 1");

static enum status tamper_act(struct call *c, const void *in, void *out)
{
	(void)in;
	(void)out;
	return db_do(c, &test_hall_tamper_sql, NULL, DB_NO_ARGS);
}

TEST(a_deep_check_finds_a_version_that_was_altered)
{
	struct town t = test_town();
	struct buf report = { .arena = test_call()->arena };
	int64_t bad = 0;
	char none = 0;

	hall_publish(t.wang, t.li, "items", item_body(BASE, "公司设立登记", ""));
	assert_int_equal(hall_check(test_call(), t.house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(db_write(test_call(), t.house->db, tamper_act, NULL, &none, 1), ST_OK);
	assert_int_equal(hall_check(test_call(), t.house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 1);
	assert_non_null(strstr(buf_text(&report), "is not what was published"));
}
