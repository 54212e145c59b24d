/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue as stewards and readers meet it: rules, the life of a resource, reach, lists, search. */
#include <jansson.h>
#include "base/clock.h"
#include "data/catalogue/catalogue_private.h"
#include "door/house.h"
#include "test_catalogue.h"

const char *text(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	char *s = arena_vprintf(test_call()->arena, fmt, ap);
	va_end(ap);
	return s;
}

const char *test_uscc(const char *first_17)
{
	static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

	for (const char *last = alphabet; *last; last++) {
		const char *code = text("%s%c", first_17, *last);
		if (catalogue_uscc_valid(code))
			return code;
	}
	return NULL;
}

struct city test_city(void)
{
	struct city t;

	t.house = test_house("openstack");
	t.admin = admin_token();
	t.police = ask_make(t.admin, "domain", "\"name\":\"公安局\"");
	t.health = ask_make(t.admin, "domain", "\"name\":\"卫健委\"");
	t.wang = ask_person(t.admin, t.police, NULL, "wang", "data_steward", NULL);
	t.li = ask_person(t.admin, t.police, NULL, "li", "data_steward", NULL);
	t.zhao = ask_person(t.admin, t.health, NULL, "zhao", "data_steward", NULL);
	t.clerk = ask_person(t.admin, t.health, NULL, "clerk", "member", NULL);
	t.police_code = test_uscc("11330200002970013");
	expect_status(ask(t.admin, "PUT", text("/api/v1/catalogue/providers/%s", t.police),
			  text("{\"code\":\"%s\",\"name\":\"宁波市公安局\"}", t.police_code)),
		      200);
	expect_status(ask(t.admin, "PUT", text("/api/v1/catalogue/providers/%s", t.health),
			  text("{\"code\":\"%s\",\"name\":\"宁波市卫生健康委员会\"}",
			       test_uscc("11330200002970021"))),
		      200);
	static const char *const classes[][2] = { { "101001", "常住人口" },
						  { "202001", "医疗机构" },
						  { "307", "公安" },
						  { "307001", "治安管理" },
						  { "30700101", "流动人口" } };
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		expect_status(ask(t.admin, "POST", "/api/v1/catalogue/classes",
				  text("{\"code\":\"%s\",\"name\":\"%s\"}", classes[i][0],
				       classes[i][1])),
			      201);
	return t;
}

const char *resource_body(const char *name, const char *more)
{
	return text("{\"class_code\":\"101001\",\"name\":\"%s\",\"summary\":\"户籍登记的人口\","
		    "\"format\":\"database\",\"format_types\":[\"mysql\"],"
		    "\"share_type\":\"unconditional\",\"share_mode\":\"platform-database\","
		    "\"open\":false,\"cycle\":\"daily\",\"items\":["
		    "{\"name\":\"姓名\",\"code\":\"xm\",\"type\":\"C\",\"length\":50},"
		    "{\"name\":\"出生日期\",\"code\":\"csrq\",\"type\":\"D\"}]%s}",
		    name, more);
}

/* The reply to a body made of resource_body() with one member in the place of another. */
static const char *with(const char *member_text, const char *instead)
{
	const char *body = resource_body("常住人口基本信息", ""), *at = strstr(body, member_text);

	assert_non_null(at);
	return text("%.*s%s%s", (int)(at - body), body, instead, at + strlen(member_text));
}

void approve(const struct city *t, const char *id)
{
	expect_status(ask(t->wang, "POST",
			  text("/api/v1/catalogue/resources/%s/draft/submission", id), NULL),
		      200);
	expect_status(ask(t->li, "POST", text("/api/v1/catalogue/resources/%s/draft/decision", id),
			  "{\"verdict\":\"approve\"}"),
		      200);
}

const char *publish(const struct city *t, const char *body)
{
	struct http_reply *r = ask(t->wang, "POST", "/api/v1/catalogue/resources", body);

	expect_status(r, 201);
	const char *id = member(r, "id");
	approve(t, id);
	return id;
}

/* --- codes --- */

TEST(a_provider_code_is_held_to_its_check_character)
{
	assert_true(catalogue_uscc_valid("91350100M000100Y43"));
	assert_false(catalogue_uscc_valid("91350100M000100Y44"));
	assert_false(catalogue_uscc_valid("91350100M000100I43"));
	assert_false(catalogue_uscc_valid("91350100M000100Y4"));
	assert_false(catalogue_uscc_valid("9135010AM000100Y43"));
	assert_false(catalogue_uscc_valid(""));
	assert_false(catalogue_uscc_valid(NULL));
}

TEST(dates_are_those_of_the_calendar)
{
	assert_true(date_valid("2024-02-29"));
	assert_false(date_valid("2023-02-29"));
	assert_false(date_valid("2023-13-01"));
	assert_false(date_valid("2023-1-01"));
	assert_false(date_valid("20230101"));
}

TEST(names_that_only_punctuation_tells_apart_are_one)
{
	struct arena *a = test_call()->arena;

	assert_string_equal(catalogue_name_key(a, "企业（个体）登记 信息"),
			    catalogue_name_key(a, "企业(个体)登记信息"));
	assert_string_equal(catalogue_name_key(a, "ＡＢＣ-１"), "abc1");
	assert_string_equal(catalogue_name_key(a, "  、。"), "");
}

/* --- rules --- */

struct rule_case {
	const char *member, *instead, *field;
};

TEST(every_broken_rule_names_its_field)
{
	static const struct rule_case cases[] = {
		{ "\"101001\"", "\"101\"", "class_code" },
		{ "\"101001\"", "\"101099\"", "class_code" },
		{ "\"101001\"", "\"1010x1\"", "class_code" },
		{ "常住人口基本信息", "人口管理系统", "name" },
		{ "常住人口基本信息", "，。", "name" },
		{ "户籍登记的人口", "  ", "summary" },
		{ "[\"mysql\"]", "[]", "format_types" },
		{ "[\"mysql\"]", "[\"xlsx\"]", "format_types[0]" },
		{ "\"unconditional\"", "\"conditional\"", "share_condition" },
		{ "\"unconditional\"", "\"unconditional\",\"share_condition\":\"x\"",
		  "share_condition" },
		{ "\"unconditional\"", "\"unconditional\",\"share_basis\":\"《x》\"",
		  "share_basis" },
		{ "\"unconditional\"", "\"none\"", "share_basis" },
		{ "\"unconditional\"", "\"none\",\"share_basis\":\"内部规定\"", "share_basis" },
		{ "\"unconditional\"", "\"none\",\"share_basis\":\"《统计法》第二十五条\"",
		  "share_type" },
		{ "\"platform-database\"", "\"platform-file\"", "share_mode" },
		{ "\"platform-database\"", "null", "share_mode" },
		{ "\"open\":false", "\"open\":false,\"open_condition\":\"x\"", "open_condition" },
		{ "\"length\":50", "\"length\":null", "items[0].length" },
		{ "\"length\":50", "\"length\":0", "items[0].length" },
		{ "\"length\":50", "\"length\":50,\"scale\":2", "items[0].scale" },
		{ "\"type\":\"D\"", "\"type\":\"D\",\"length\":8", "items[1].length" },
		{ "\"type\":\"D\"", "\"type\":\"N\",\"length\":8,\"scale\":9", "items[1].scale" },
		{ "出生日期", "姓 名", "items[1].name" },
		{ "csrq", "XM", "items[1].code" },
		{ "csrq", "1x", "items[1].code" },
		{ "\"csrq\"", "\"csrq\",\"secret\":true", "items[1].secret" },
		{ "\"csrq\"", "\"csrq\",\"share_type\":\"conditional\"",
		  "items[1].share_condition" },
		{ "\"open\":false", "\"open\":false,\"related\":[\"101\"]", "related[0]" },
		{ "\"open\":false", "\"open\":false,\"related\":[\"101001/000009\"]",
		  "related[0]" },
		{ "\"open\":false", "\"open\":false,\"keywords\":[\"a\",\"a\"]", "keywords[1]" },
		{ "\"open\":false", "\"open\":false,\"link\":\"javascript:x\"", "link" },
		{ "\"open\":false", "\"open\":false,\"system\":\"常住人口基本信息\"", "name" },
		{ "\"database\"", "\"tape\"", "format" },
		{ "\"daily\"", "\"hourly\"", "cycle" },
		{ "\"type\":\"D\"", "\"type\":\"Z\"", "items[1].type" },
	};
	struct city t = test_city();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_reply *r = ask(t.wang, "POST", "/api/v1/catalogue/resources",
					   with(cases[i].member, cases[i].instead));
		if (r->status != 400 || !str_eq(member(r, "field"), cases[i].field))
			test_fail("%s → %s: wanted 400 of %s, got %d %s", cases[i].member,
				  cases[i].instead, cases[i].field, r->status, buf_text(&r->body));
	}
	/* Nothing came of them. */
	struct http_reply *r = ask(t.wang, "GET", "/api/v1/catalogue/resources?state=draft", NULL);
	expect_status(r, 200);
	expect_text(r, "\"resources\":[]");
}

TEST(an_item_is_never_freer_than_its_resource)
{
	struct city t = test_city();
	const char *body = with("\"unconditional\"",
				"\"conditional\",\"share_condition\":\"依申请用于社会救助核对\"");
	const char *at = strstr(body, "\"length\":50");

	struct http_reply *r =
		ask(t.wang, "POST", "/api/v1/catalogue/resources",
		    text("%.*s\"share_type\":\"unconditional\",%s", (int)(at - body), body, at));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "items[0].share_type");
	r = ask(t.wang, "POST", "/api/v1/catalogue/resources",
		text("%.*s\"share_type\":\"none\",\"secret\":true,%s", (int)(at - body), body, at));
	expect_status(r, 201);
}

TEST(a_provider_holds_a_name_once)
{
	struct city t = test_city();
	struct http_reply *r = ask(t.wang, "POST", "/api/v1/catalogue/resources",
				   resource_body("常住人口基本信息", ""));

	expect_status(r, 201);
	const char *id = member(r, "id");
	r = ask(t.wang, "POST", "/api/v1/catalogue/resources",
		resource_body("常住人口 基本信息。", ""));
	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "name");
	/* Of another provider it is another resource; a draft that is gone leaves its name. */
	expect_status(ask(t.zhao, "POST", "/api/v1/catalogue/resources",
			  resource_body("常住人口基本信息", "")),
		      201);
	expect_status(ask(t.wang, "DELETE", text("/api/v1/catalogue/resources/%s/draft", id), NULL),
		      204);
	expect_status(ask(t.wang, "POST", "/api/v1/catalogue/resources",
			  resource_body("常住人口基本信息", "")),
		      201);
}

/* --- the life of a resource --- */

TEST(publishing_takes_two_persons_and_gives_a_code)
{
	struct city t = test_city();
	struct http_reply *r = ask(t.wang, "POST", "/api/v1/catalogue/resources",
				   resource_body("常住人口基本信息", ""));

	expect_status(r, 201);
	const char *id = member(r, "id");
	const char *at = text("/api/v1/catalogue/resources/%s", id);
	const char *decide = text("%s/draft/decision", at);
	/* A draft is nobody else's to see, and cannot be decided about before it is submitted. */
	expect_status(ask(t.zhao, "GET", at, NULL), 404);
	expect_status(ask(t.clerk, "GET", at, NULL), 404);
	expect_status(ask(t.li, "GET", at, NULL), 200);
	expect_status(ask(t.li, "POST", decide, "{\"verdict\":\"approve\"}"), 409);
	expect_status(ask(t.wang, "POST", text("%s/draft/submission", at), NULL), 200);
	expect_status(ask(t.wang, "POST", text("%s/draft/submission", at), NULL), 409);
	expect_status(ask(t.wang, "PUT", text("%s/draft", at), resource_body("改", "")), 409);
	r = ask(t.wang, "POST", decide, "{\"verdict\":\"approve\"}");
	expect_status(r, 403);
	expect_text(r, "does not review it");
	expect_status(ask(t.zhao, "POST", decide, "{\"verdict\":\"approve\"}"), 404);
	r = ask(t.li, "POST", decide, "{\"verdict\":\"return\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "reason");
	expect_status(ask(t.li, "POST", decide, "{\"verdict\":\"return\",\"reason\":\"缺关键字\"}"),
		      200);
	/* Li writes the next draft, so wang may approve it and li not. */
	expect_status(ask(t.li, "PUT", text("%s/draft", at),
			  resource_body("常住人口基本信息", ",\"keywords\":[\"户籍\"]")),
		      200);
	expect_status(ask(t.wang, "POST", text("%s/draft/submission", at), NULL), 200);
	expect_status(ask(t.li, "POST", decide, "{\"verdict\":\"approve\"}"), 403);
	expect_status(ask(t.wang, "POST", decide, "{\"verdict\":\"approve\"}"), 403);
	expect_status(ask(t.li, "POST", decide, "{\"verdict\":\"return\",\"reason\":\"x\"}"), 403);
	/* A third person is needed now: the department's administrator reviews too. */
	const char *head = ask_person(t.admin, t.police, NULL, "head", "department_admin", NULL);
	r = ask(head, "POST", decide, "{\"verdict\":\"approve\"}");
	expect_status(r, 200);
	expect_text(r, "\"code\":\"101001/000001\"");
	r = ask(t.clerk, "GET", at, NULL);
	expect_status(r, 200);
	expect_text(r, "\"state\":\"published\"");
	expect_text(r, "\"class_path\":\"基础信息资源类 / 人口信息 / 常住人口\"");
	expect_text(r, "\"edited_by\":null");
	expect_text(r, text("\"provider_code\":\"%s\"", t.police_code));
}

TEST(a_published_version_never_changes_and_a_change_is_the_next_one)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	const char *at = text("/api/v1/catalogue/resources/%s", id);
	struct http_reply *first = ask(t.clerk, "GET", text("%s/versions/1", at), NULL);

	expect_status(first, 200);
	const char *seal = member(first, "seal");
	const char *changed = with("\"length\":50",
				   "\"length\":60},{\"name\":\"性别\",\"type\":\"C\",\"length\":1");
	expect_status(ask(t.wang, "PUT", text("%s/draft", at), changed), 200);
	/* Until it is approved, readers see the first version. */
	struct http_reply *r = ask(t.clerk, "GET", at, NULL);
	expect_text(r, "\"number\":1");
	assert_null(strstr(buf_text(&r->body), "性别"));
	expect_status(ask(t.clerk, "GET", text("%s/versions/2", at), NULL), 404);
	expect_status(ask(t.clerk, "GET", text("%s/diff?from=1&to=2", at), NULL), 404);
	approve(&t, id);
	r = ask(t.clerk, "GET", at, NULL);
	expect_text(r, "性别");
	expect_text(r, "\"code\":\"101001/000001\"");
	first = ask(t.clerk, "GET", text("%s/versions/1", at), NULL);
	expect_text(first, "\"state\":\"superseded\"");
	assert_string_equal(member(first, "seal"), seal);
	assert_null(strstr(buf_text(&first->body), "性别"));
	r = ask(t.clerk, "GET", text("%s/diff?from=1&to=2", at), NULL);
	expect_status(r, 200);
	expect_text(r, "{\"field\":\"length\",\"item\":\"姓名\",\"before\":50,\"after\":60}");
	expect_text(r, "{\"field\":\"items\",\"item\":\"性别\",\"before\":null,\"after\":{");
	/* The classification is part of the code. */
	r = ask(t.wang, "PUT", text("%s/draft", at), with("\"101001\"", "\"202001\""));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "class_code");
}

TEST(a_resource_is_revoked_by_two_and_stays_to_be_read)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	const char *at = text("/api/v1/catalogue/resources/%s", id);
	const char *decide = text("%s/revocation/decision", at);

	expect_status(ask(t.li, "POST", decide, "{\"verdict\":\"approve\"}"), 409);
	expect_status(ask(t.wang, "POST", text("%s/revocation", at), "{\"reason\":\"并入人口库\"}"),
		      200);
	expect_status(ask(t.wang, "POST", text("%s/revocation", at), "{\"reason\":\"x\"}"), 409);
	expect_status(ask(t.wang, "POST", decide, "{\"verdict\":\"approve\"}"), 403);
	struct http_reply *r = ask(t.clerk, "GET", at, NULL);
	expect_text(r, "\"state\":\"published\"");
	assert_null(strstr(buf_text(&r->body), "并入人口库"));
	expect_status(ask(t.li, "POST", decide, "{\"verdict\":\"approve\"}"), 200);
	r = ask(t.clerk, "GET", at, NULL);
	expect_text(r, "\"state\":\"revoked\"");
	expect_text(r, "并入人口库");
	r = ask(t.clerk, "GET", "/api/v1/catalogue/resources", NULL);
	expect_text(r, "\"total\":0");
	r = ask(t.clerk, "GET", "/api/v1/catalogue/resources?q=%E4%BA%BA%E5%8F%A3", NULL);
	expect_text(r, "\"total\":0");
	expect_status(ask(t.wang, "PUT", text("%s/draft", at), resource_body("x", "")), 409);
	/* The name is free again, the code is not. */
	r = ask(t.wang, "GET",
		text("/api/v1/catalogue/resources/%s",
		     publish(&t, resource_body("常住人口基本信息", ""))),
		NULL);
	expect_text(r, "\"code\":\"101001/000002\"");
}

TEST(what_is_published_is_another_departments_to_read_and_not_to_write)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	const char *at = text("/api/v1/catalogue/resources/%s", id);

	expect_status(ask(t.zhao, "GET", at, NULL), 200);
	expect_status(ask(t.zhao, "PUT", text("%s/draft", at), resource_body("x", "")), 403);
	expect_status(ask(t.zhao, "POST", text("%s/revocation", at), "{\"reason\":\"x\"}"), 403);
	expect_status(ask(t.clerk, "POST", "/api/v1/catalogue/resources", resource_body("x", "")),
		      403);
	expect_status(ask(t.wang, "POST", "/api/v1/catalogue/classes",
			  "{\"code\":\"308\",\"name\":\"x\"}"),
		      403);
	expect_status(ask(NULL, "GET", at, NULL), 401);
	expect_status(ask(t.zhao, "GET",
			  text("/api/v1/catalogue/resources?state=draft&provider=%s", t.police),
			  NULL),
		      403);
}

TEST(a_steward_of_a_vdc_writes_for_its_department_and_nobody_above_it_does)
{
	struct city t = test_city();
	const char *vdc = ask_make(t.admin, "project",
				   text("\"name\":\"户政\",\"domain_id\":\"%s\"", t.police));
	const char *user = ask_make(
		t.admin, "user",
		text("\"name\":\"sun\",\"domain_id\":\"%s\",\"password\":\"" TEST_PASSWORD "\"",
		     t.police));
	struct http_reply *r = ask(t.admin, "GET", "/identity/v3/roles?name=data_steward", NULL);
	const char *role = member(r, "id");
	const char *scopes[] = { text("{\"project\":{\"id\":\"%s\"}}", vdc),
				 "{\"system\":{\"all\":true}}" };

	expect_status(ask(t.admin, "PUT",
			  text("/identity/v3/projects/%s/users/%s/roles/%s", vdc, user, role),
			  NULL),
		      204);
	/* On the system the role counts for nothing. */
	expect_status(ask(t.admin, "PUT", text("/identity/v3/system/users/%s/roles/%s", user, role),
			  NULL),
		      204);
	for (int i = 0; i < 2; i++) {
		r = ask(NULL, "POST", "/identity/v3/auth/tokens",
			text("{\"auth\":{\"identity\":{\"methods\":[\"password\"],\"password\":{"
			     "\"user\":{\"id\":\"%s\",\"password\":\"" TEST_PASSWORD "\"}}},"
			     "\"scope\":%s}}",
			     user, scopes[i]));
		expect_status(r, 201);
		r = ask(reply_header(r, "X-Subject-Token"), "POST", "/api/v1/catalogue/resources",
			resource_body("常住人口基本信息", ""));
		expect_status(r, i ? 403 : 201);
		if (!i)
			expect_text(r, text("\"provider_id\":\"%s\"", t.police));
	}
}

TEST(a_department_without_a_provider_code_is_told_so)
{
	struct city t = test_city();
	const char *third = ask_make(t.admin, "domain", "\"name\":\"气象局\"");
	const char *steward = ask_person(t.admin, third, NULL, "qian", "data_steward", NULL);
	struct http_reply *r =
		ask(steward, "POST", "/api/v1/catalogue/resources", resource_body("天气", ""));

	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "provider");
	r = ask(t.admin, "PUT", text("/api/v1/catalogue/providers/%s", third),
		"{\"code\":\"91350100M000100Y43\",\"name\":\"气象局\"}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "code");
	r = ask(t.admin, "PUT", text("/api/v1/catalogue/providers/%s", third),
		text("{\"code\":\"%s\",\"name\":\"气象局\"}", t.police_code));
	expect_status(r, 409);
}

TEST(every_act_on_the_catalogue_leaves_an_audit_entry)
{
	struct city t = test_city();

	publish(&t, resource_body("常住人口基本信息", ""));
	expect_status(ask(t.clerk, "POST", "/api/v1/catalogue/resources", resource_body("x", "")),
		      403);
	struct http_reply *r = ask(t.admin, "GET", "/api/v1/audit?limit=50", NULL);
	expect_status(r, 200);
	expect_text(r, "\"action\":\"catalogue.draft.create\",\"subject\":\"catalogue.resource\"");
	expect_text(r, "\"action\":\"catalogue.draft.submit\"");
	expect_text(r, "\"action\":\"catalogue.draft.decide\"");
	expect_text(r, "{\"member\":\"state\",\"before\":\"draft\",\"after\":\"published\"}");
	expect_text(r, "\"outcome\":\"forbidden\"");
}

/* --- lists, counts, search --- */

static size_t count_of(const struct http_reply *r)
{
	json_t *j = json_loads(buf_text(&r->body), 0, NULL);
	size_t n = json_array_size(json_object_get(j, "resources"));

	json_decref(j);
	return n;
}

TEST(lists_turn_pages_and_are_narrowed)
{
	struct city t = test_city();

	for (int i = 0; i < 7; i++)
		publish(&t, resource_body(text("常住人口信息之%d", i), ""));
	publish(&t, with("\"101001\"", "\"30700101\""));
	struct http_reply *r = ask(t.clerk, "GET", "/api/v1/catalogue/resources?limit=3", NULL);
	size_t seen = 0;
	for (int page = 0; page < 5; page++) {
		expect_status(r, 200);
		expect_text(r, "\"total\":8");
		seen += count_of(r);
		if (strstr(buf_text(&r->body), "\"next\":null"))
			break;
		r = ask(t.clerk, "GET",
			text("/api/v1/catalogue/resources?limit=3&marker=%s", member(r, "next")),
			NULL);
	}
	assert_int_equal(seen, 8);
	r = ask(t.clerk, "GET", "/api/v1/catalogue/resources?class_code=307", NULL);
	expect_text(r, "\"total\":1");
	r = ask(t.clerk, "GET", "/api/v1/catalogue/resources?class_code=1", NULL);
	expect_text(r, "\"total\":7");
	r = ask(t.clerk, "GET", text("/api/v1/catalogue/resources?provider=%s", t.health), NULL);
	expect_text(r, "\"total\":0");
	r = ask(t.clerk, "GET", "/api/v1/catalogue/resources?share_type=conditional", NULL);
	expect_text(r, "\"total\":0");
	r = ask(t.clerk, "GET", "/api/v1/catalogue/resources?open=false&limit=200", NULL);
	assert_int_equal(count_of(r), 8);
	expect_status(ask(t.clerk, "GET", "/api/v1/catalogue/resources?marker=none", NULL), 400);
	r = ask(t.clerk, "GET", "/api/v1/catalogue/facets", NULL);
	expect_status(r, 200);
	expect_text(r, "\"total\":8,\"items\":16");
	expect_text(r, "\"name\":\"宁波市公安局\",\"count\":8");
	expect_text(r, "{\"key\":\"101\",\"name\":\"人口信息\",\"count\":7}");
	expect_text(r, "{\"key\":\"307\",\"name\":\"公安\",\"count\":1}");
	r = ask(t.clerk, "GET", "/api/v1/catalogue/classes", NULL);
	expect_text(r, "\"code\":\"3\",\"name\":\"部门信息资源类\",\"parent\":null,\"level\":1,"
		       "\"count\":1");
}

static const char *percent(const char *s)
{
	struct buf b = { .arena = test_call()->arena };

	for (; *s; s++)
		buf_printf(&b, "%%%02X", (unsigned char)*s);
	return buf_text(&b);
}

static struct http_reply *look_for(const char *token, const char *words)
{
	struct http_reply *r =
		ask(token, "GET", text("/api/v1/catalogue/resources?q=%s", percent(words)), NULL);

	expect_status(r, 200);
	return r;
}

TEST(words_are_found_in_names_items_and_summaries_the_best_first)
{
	struct city t = test_city();

	publish(&t, resource_body("企业登记基本信息", ""));
	publish(&t, resource_body("机动车驾驶证信息", ",\"keywords\":[\"企业\"]"));
	publish(&t, resource_body("出入境记录", ",\"system\":\"PGIS 2.0\""));
	struct http_reply *r = look_for(t.clerk, "企业");
	expect_text(r, "\"total\":2");
	assert_string_equal(member(r, "name"), "企业登记基本信息");
	/* One of the pairs is nowhere; the others are enough. */
	r = look_for(t.clerk, "企业的登记信息");
	assert_string_equal(member(r, "name"), "企业登记基本信息");
	r = look_for(t.clerk, "ｐｇｉｓ");
	expect_text(r, "\"total\":1");
	r = look_for(t.clerk, "出生日期"); /* an item of each */
	expect_text(r, "\"total\":3");
	r = look_for(t.clerk, "证");
	expect_text(r, "\"total\":1");
	r = look_for(t.clerk, "101001/000002");
	assert_string_equal(member(r, "name"), "机动车驾驶证信息");
	r = look_for(t.clerk, "宁波市公安局");
	expect_text(r, "\"total\":3");
	expect_text(look_for(t.clerk, "水文"), "\"total\":0");
	expect_text(look_for(t.clerk, "！？"), "\"total\":0");
	r = ask(t.clerk, "GET",
		text("/api/v1/catalogue/resources?q=%s&limit=2&marker=2", percent("出生日期")),
		NULL);
	assert_int_equal(count_of(r), 1);
	expect_text(r, "\"next\":null");
	r = ask(t.clerk, "GET",
		text("/api/v1/catalogue/resources?q=%s&provider=%s", percent("企业"), t.health),
		NULL);
	expect_text(r, "\"total\":0");
}

static enum status depart_act(struct call *c, const void *in, void *out)
{
	const struct event e = { .type = "identity.domain.deleted", .subject = in };

	(void)out;
	return catalogue_depart(c, &e);
}

TEST(what_a_department_published_is_revoked_when_it_goes)
{
	struct city t = test_city();
	const char *id = publish(&t, resource_body("常住人口基本信息", ""));
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;

	c->house = t.house;
	expect_status(ask(t.wang, "POST", "/api/v1/catalogue/resources",
			  resource_body("流动人口", "")),
		      201);
	expect_status(ask(t.wang, "PUT", text("/api/v1/catalogue/resources/%s/draft", id),
			  resource_body("人口", "")),
		      200);
	for (int i = 0; i < 2; i++) /* told twice */
		assert_int_equal(db_write(c, t.house->db, depart_act, t.police, NULL, 0), ST_OK);
	struct http_reply *r =
		ask(t.clerk, "GET", text("/api/v1/catalogue/resources/%s", id), NULL);
	expect_text(r, "\"state\":\"revoked\"");
	expect_text(r, "\"published\":1,\"draft\":0");
	assert_int_equal(catalogue_check(c, t.house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 0);
	/* Its successor may have the name and the code. */
	const char *heir = ask_make(t.admin, "domain", "\"name\":\"公安分局\"");
	expect_status(ask(t.admin, "PUT", text("/api/v1/catalogue/providers/%s", heir),
			  text("{\"code\":\"%s\",\"name\":\"宁波市公安局\"}", t.police_code)),
		      200);
}

/* --- what must hold --- */

DB_STMT(test_spoil_sql, "update catalogue_item set length = 51 where position = 1");

static enum status spoil(struct call *c, const void *in, void *out)
{
	(void)in, (void)out;
	return db_do(c, &test_spoil_sql, NULL, DB_NO_ARGS);
}

TEST(a_published_version_that_was_changed_is_noticed)
{
	struct city t = test_city();
	struct call *c = test_call();
	struct buf report = { .arena = c->arena };
	int64_t bad = 0;

	publish(&t, resource_body("常住人口基本信息", ""));
	c->house = t.house;
	assert_int_equal(catalogue_check(c, c->house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 0);
	assert_int_equal(db_write(c, c->house->db, spoil, NULL, NULL, 0), ST_OK);
	assert_int_equal(catalogue_check(c, c->house, true, &report, &bad), ST_OK);
	assert_int_equal(bad, 1);
	assert_non_null(strstr(buf_text(&report), "is not what was published"));
}
