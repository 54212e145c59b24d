/* SPDX-License-Identifier: Apache-2.0 */
/* Items as everybody meets them: guides, search, the questionnaire; and files, departments that go, checks. */
#include "base/clock.h"
#include "door/house.h"
#include "service/hall/hall_private.h"
#include "service/hall/test_hall.h"

#define AT "/api/v1/hall"

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
	expect_text(r, "\"total\":null");
	assert_null(strstr(buf_text(&r->body), "公司设立登记"));
	r = ask(NULL, "GET", text(AT "/guide/items?office=%s", t.tax), NULL);
	expect_text(r, "税务登记确认");
	assert_null(strstr(buf_text(&r->body), "食品经营许可"));
	r = ask(NULL, "GET", AT "/guide/items?type=confirmation&q=登记", NULL);
	expect_text(r, "\"total\":1");
	r = ask(NULL, "GET", AT "/guide/items?limit=2", NULL);
	assert_null(strstr(buf_text(&r->body), "税务"));
	r = ask(NULL, "GET", text(AT "/guide/items?limit=2&marker=%s", member(r, "next")), NULL);
	expect_text(r, "税务登记确认");
	r = ask(NULL, "GET", AT "/guide/offices", NULL);
	expect_status(r, 200);
	expect_text(r, "\"name\":\"宁波市税务局\"");
	expect_text(r, "\"items\":2");
}

TEST(what_has_more_of_the_question_stands_first)
{
	struct town t = test_town();

	/* Two words of four in its name, and all four in what it needs, where a word counts for less. */
	hall_publish(t.wang, t.li, "items", item_body(BASE, "alpha beta", ""));
	hall_publish(t.wang, t.li, "items",
		     hall_swap(item_body("000131002000", "食品经营许可", ""), "有符合规定的名称",
			       "alpha beta gamma delta"));
	struct http_reply *r =
		ask(NULL, "GET", AT "/guide/items?q=alpha%20beta%20gamma%20delta", NULL);
	expect_status(r, 200);
	expect_text(r, "\"total\":2");
	const char *all = strstr(buf_text(&r->body), "食品经营许可");
	assert_non_null(all);
	assert_non_null(strstr(all, "alpha beta"));
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
	const char *body =
		hall_swap(item_body(BASE, "公司设立登记", text("%s%s%s\"", RICH, fees, decision)),
			  "\"fee\":false", "\"fee\":true");
	hall_publish(t.wang, t.li, "items", body);
	const char *at = text(AT "/guide/items/%s/eligibility", handle_of(t.market_code, BASE));
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
		r = ask(NULL, "POST", at, text("{\"answers\":%s}", wrong[i][0]));
		expect_status(r, 400);
		assert_string_equal(member(r, "field"), wrong[i][1]);
	}
	expect_status(ask(NULL, "POST", at, "{\"answers\":[]}"), 400);
}

TEST(an_item_out_of_force_cannot_be_applied_for)
{
	struct town t = test_town();
	const char *guide = text(AT "/guide/items/%s", handle_of(t.market_code, BASE));

	hall_publish(t.wang, t.li, "items",
		     item_body(BASE, "公司设立登记", ",\"effective_to\":\"2020-01-01\""));
	expect_text(ask(NULL, "GET", guide, NULL), "\"in_force\":false");
	expect_text(ask(NULL, "POST", text("%s/eligibility", guide), "{}"), "\"eligible\":\"no\"");
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
		    text("{\"format\":\"yongyun.hall/1\",\"items\":[%s,%s]}", good, bad));

	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "items[1].materials[1].when");
	expect_text(ask(t.wang, "GET", AT "/items", NULL), "\"entries\":[]");
	r = ask(t.wang, "POST", AT "/import", "{\"format\":\"x\",\"items\":[]}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "format");
	r = ask(t.wang, "POST", AT "/import",
		text("{\"format\":\"yongyun.hall/1\",\"items\":[%s]}", good));
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

/* More drafts of the department than one file holds entries. */
DB_STMT(test_hall_crowd_sql,
	"with recursive n (i) as (select 1 union all select i + 1 from n where i < 5001)"
	" insert into hall_entry (id, domain_id, kind, code, state, published, draft, latest, name,"
	" summary, type, subjects, created_at, updated_at) select 'crowd-' || i, $1, 'item',"
	" 'crowd-' || i, 'draft', 0, 1, 1, 'x', 'x', 'licence', '[]', 1, 1 from n");

static enum status crowd_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return db_do(c, &test_hall_crowd_sql, NULL, DB_ARGS(DB_STR(in)));
}

TEST(what_is_too_much_for_one_file_is_exported_one_by_one)
{
	struct town t = test_town();
	const char *code = handle_of(t.market_code, BASE);
	char none = 0;

	hall_publish(t.wang, t.li, "items", item_body(BASE, "公司设立登记", ""));
	assert_int_equal(
		db_write(test_call(), t.house->db, crowd_act, t.market, &none, sizeof none), ST_OK);
	expect_status(ask(t.li, "GET", AT "/export", NULL), 413);
	struct http_reply *r = ask(t.li, "GET", text(AT "/export?code=%s", code), NULL);
	expect_status(r, 200);
	expect_text(r, "公司设立登记");
	/* Of another department it is not written out, nor what is not there. */
	r = ask(t.sun, "GET", text(AT "/export?code=%s", code), NULL);
	expect_text(r, "\"items\":[],\"themes\":[]");
	r = ask(t.li, "GET", AT "/export?code=nothing", NULL);
	expect_text(r, "\"items\":[],\"themes\":[]");
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
	expect_status(ask(NULL, "GET", text(AT "/guide/items/%s", handle_of(t.market_code, BASE)),
			  NULL),
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
