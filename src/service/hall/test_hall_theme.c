/* SPDX-License-Identifier: Apache-2.0 */
/* Themes: several items as one form, one list of materials, one questionnaire. */
#include "base/clock.h"
#include "door/house.h"
#include "service/hall/hall_private.h"
#include "service/hall/test_hall.h"

#define AT "/api/v1/hall"
#define LICENCE "000131001000"
#define TAX "000720001000"

#define LICENCE_MORE                                                                               \
	",\"questions\":[{\"key\":\"staff\",\"text\":\"有员工吗\",\"kind\":\"yes-no\"}],"      \
	"\"materials\":[{\"code\":\"id\",\"name\":\"身份证\",\"kind\":\"id-card\","             \
	"\"necessity\":\"required\",\"source\":\"government\",\"forms\":[\"copy\"],\"copies\":1}," \
	"{\"code\":\"charter\",\"name\":\"章程\",\"necessity\":\"required\","                    \
	"\"source\":\"applicant\",\"forms\":[\"original\"]}],"                                     \
	"\"form\":{\"type\":\"default\",\"components\":[{\"type\":\"textfield\",\"key\":\"name\"," \
	"\"label\":\"公司名称\",\"validate\":{\"required\":true,\"maxLength\":60}},"           \
	"{\"type\":\"number\",\"key\":\"capital\",\"label\":\"注册资本\"}]}"
#define TAX_MORE                                                                                   \
	",\"questions\":[{\"key\":\"invoice\",\"text\":\"要发票吗\",\"kind\":\"yes-no\"}],"    \
	"\"materials\":[{\"code\":\"holder\",\"name\":\"法人身份证\",\"kind\":\"id-card\","   \
	"\"necessity\":\"optional\",\"source\":\"government\",\"forms\":[\"original\"],"           \
	"\"copies\":2},{\"code\":\"bank\",\"name\":\"开户许可\",\"necessity\":\"deferrable\"," \
	"\"source\":\"other\",\"forms\":[\"copy\"],\"when\":\"invoice and taxpayer != null\"}],"   \
	"\"form\":{\"type\":\"default\",\"components\":[{\"type\":\"textfield\","                  \
	"\"key\":\"taxpayer\",\"label\":\"纳税人名称\",\"validate\":{\"maxLength\":40}},"     \
	"{\"type\":\"textfield\",\"key\":\"bank_name\",\"label\":\"开户行\"}]}"

struct set {
	struct town t;
	const char *licence, *tax; /* handle codes */
	const char *licence_id, *tax_id;
};

static const char *tax_body(void)
{
	return hall_swap(item_body(TAX, "税务登记", TAX_MORE), "\"licence\"", "\"confirmation\"");
}

static struct set items_of_theme(void)
{
	struct set s = { .t = test_town() };

	s.licence = handle_of(s.t.market_code, LICENCE);
	s.tax = handle_of(s.t.tax_code, TAX);
	s.licence_id = hall_publish(s.t.wang, s.t.li, "items",
				    item_body(LICENCE, "公司设立登记", LICENCE_MORE));
	s.tax_id = hall_publish(s.t.zhao, s.t.sun, "items", tax_body());
	return s;
}

static const char *theme_body(const struct set *s, const char *more)
{
	return text(
		"{\"code\":\"open-a-company\",\"name\":\"企业开办一件事\",\"summary\":\"一表一窗\","
		"\"subjects\":[\"company\"],\"keywords\":[\"开店\"],\"promise_days\":3,"
		"\"items\":[{\"code\":\"%s\",\"role\":\"lead\"},"
		"{\"code\":\"%s\",\"role\":\"co\",\"when\":\"invoice\"}],"
		"\"fields\":[{\"field\":\"company\",\"item\":\"%s\",\"to\":\"name\"},"
		"{\"field\":\"company\",\"item\":\"%s\",\"to\":\"taxpayer\"}]%s}",
		s->licence, s->tax, s->licence, s->tax, more);
}

struct rule_case {
	const char *what, *instead, *field;
};

static void expect_refusals(const struct set *s, const char *body, const struct rule_case *cases,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct http_reply *r = ask(s->t.wang, "POST", AT "/themes",
					   hall_swap(body, cases[i].what, cases[i].instead));
		if (r->status != 400 || !str_eq(member(r, "field"), cases[i].field))
			test_fail("%s → %s: wanted 400 of %s, got %d %s", cases[i].what,
				  cases[i].instead, cases[i].field, r->status, buf_text(&r->body));
	}
}

TEST(every_broken_rule_of_a_theme_names_its_field)
{
	static const struct rule_case cases[] = {
		{ "open-a-company", "Open a company", "code" },
		{ "企业开办一件事", " ", "name" },
		{ "[\"company\"]", "[\"cat\"]", "subjects[0]" },
		{ "\"lead\"", "\"co\"", "items" },
		{ "\"co\"", "\"lead\"", "items[1].role" },
		{ "\"when\":\"invoice\"", "\"when\":\"invoices\"", "items[1].when" },
		{ "\"field\":\"company\"", "\"field\":\"a b\"", "fields[0].field" },
		{ "\"to\":\"name\"", "\"to\":\"names\"", "fields[0].to" },
		{ "\"keywords\":[\"开店\"]", "\"decision\":\"<x/>\"", "decision" },
		{ "\"keywords\":[\"开店\"]", "\"effective_from\":\"x\"", "effective_from" },
		/* One name for two things. */
		{ "\"field\":\"company\"", "\"field\":\"bank_name\"", "items[1]" },
		{ "\"keywords\":[\"开店\"]",
		  "\"questions\":[{\"key\":\"staff\",\"text\":\"?\",\"kind\":\"yes-no\"}]",
		  "items[0]" },
		{ "\"keywords\":[\"开店\"]",
		  "\"questions\":[{\"key\":\"company\",\"text\":\"?\",\"kind\":\"text\"}]",
		  "items[0]" },
		{ "\"to\":\"taxpayer\"}",
		  "\"to\":\"taxpayer\"},{\"field\":\"other\",\"item\":\"1\",\"to\":\"x\"}",
		  "fields[2].item" },
	};
	struct set s = items_of_theme();
	const char *body = theme_body(&s, "");

	expect_refusals(&s, body, cases, sizeof cases / sizeof *cases);
	const struct rule_case more[] = {
		{ s.tax, s.licence, "items[1].code" },
		{ s.licence, "113302000029700131", "items[0].code" },
		{ text("\"item\":\"%s\",\"to\":\"taxpayer\"", s.tax),
		  text("\"item\":\"%s\",\"to\":\"capital\"", s.licence), "fields[1].field" },
		{ "\"to\":\"taxpayer\"", "\"to\":\"invoice\"", "items[1]" },
	};
	expect_refusals(&s, body, more, sizeof more / sizeof *more);
	expect_status(ask(s.t.wang, "POST", AT "/themes", body), 201);
	struct http_reply *r = ask(s.t.wang, "POST", AT "/themes", body);
	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "code");
}

TEST(a_theme_asks_each_thing_and_each_material_once)
{
	struct set s = items_of_theme();

	hall_publish(s.t.wang, s.t.li, "themes", theme_body(&s, ""));
	struct http_reply *r = ask(NULL, "GET", AT "/guide/themes/open-a-company", NULL);
	expect_status(r, 200);
	const char *body = buf_text(&r->body), *form = strstr(body, "\"form\":{");
	assert_non_null(form);
	/* The shared field is there once, held to the stricter of both rules. */
	const char *field = strstr(form, "\"key\":\"company\"");
	assert_non_null(field);
	assert_null(strstr(field + 1, "\"key\":\"company\""));
	expect_text(r, "\"required\":true,\"maxLength\":40");
	assert_null(strstr(form, "\"key\":\"taxpayer\""));
	assert_non_null(strstr(form, "\"key\":\"capital\""));
	assert_non_null(strstr(form, "\"key\":\"bank_name\""));
	/* One identity card for both offices: required, in the larger number, in either form. */
	expect_text(r, "\"kind\":\"id-card\",\"necessity\":\"required\",\"source\":\"government\","
		       "\"forms\":[\"copy\",\"original\"],\"copies\":2");
	expect_text(r, text("\"needs\":[{\"item\":\"%s\",\"code\":\"id\",\"state\":\"unknown\"},"
			    "{\"item\":\"%s\",\"code\":\"holder\",\"state\":\"unknown\"}]",
			    s.licence, s.tax));
	expect_text(r, "\"questions\":[{\"key\":\"staff\"");
	expect_text(ask(NULL, "GET", AT "/guide/themes?q=开店", NULL), "企业开办一件事");
	expect_text(ask(NULL, "GET", text(AT "/guide/items/%s", s.tax), NULL),
		    "\"themes\":[{\"code\":\"open-a-company\"");
}

TEST(forms_that_disagree_about_a_shared_field_are_a_conflict)
{
	static const struct rule_case cases[] = {
		{ "\"key\":\"taxpayer\"", "\"key\":\"taxpayer\",\"readonly\":true", "fields[1]" },
		{ "{\"type\":\"textfield\",\"key\":\"taxpayer\"",
		  "{\"type\":\"textarea\",\"key\":\"taxpayer\"", "fields[1]" },
		{ "\"maxLength\":40", "\"minLength\":80", "fields[1]" },
		{ "\"key\":\"bank_name\"",
		  "\"key\":\"bank_name\",\"conditional\":{\"hide\":\"=taxpayer = null\"}",
		  "items[1]" },
		{ "\"key\":\"bank_name\"", "\"key\":\"capital\"", "items[1]" },
	};
	struct set s = items_of_theme();

	expect_status(ask(s.t.zhao, "POST", AT "/items",
			  hall_swap(tax_body(), "\"handle_number\":1", "\"handle_number\":2")),
		      201);
	hall_publish(s.t.wang, s.t.li, "themes", theme_body(&s, ""));
	/* A new version of the item that would break the theme cannot be published. */
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *at = text(AT "/items/%s", s.tax_id);
		expect_status(ask(s.t.zhao, "PUT", text("%s/draft", at),
				  hall_swap(tax_body(), cases[i].what, cases[i].instead)),
			      200);
		expect_status(ask(s.t.zhao, "POST", text("%s/move", at), "{\"move\":\"publish\"}"),
			      200);
		struct http_reply *r = ask(s.t.sun, "POST", text("%s/move/decision", at),
					   "{\"verdict\":\"approve\"}");
		if (r->status != 409 || !str_eq(member(r, "field"), "themes") ||
		    !strstr(buf_text(&r->body), cases[i].field))
			test_fail("%s: wanted 409 with %s, got %d %s", cases[i].instead,
				  cases[i].field, r->status, buf_text(&r->body));
		expect_status(ask(s.t.zhao, "DELETE", text("%s/move", at), NULL), 200);
	}
	/* One that keeps it whole can. */
	expect_status(ask(s.t.zhao, "PUT", text(AT "/items/%s/draft", s.tax_id),
			  hall_swap(tax_body(), "\"maxLength\":40", "\"maxLength\":30")),
		      200);
	hall_approve(s.t.zhao, s.t.sun, "items", s.tax_id);
	expect_text(ask(NULL, "GET", AT "/guide/themes/open-a-company", NULL), "\"maxLength\":30");
	struct http_reply *r = ask(s.t.zhao, "POST", text(AT "/items/%s/move", s.tax_id),
				   "{\"move\":\"withdraw\",\"reason\":\"x\"}");
	expect_status(r, 409);
	expect_text(r, "open-a-company");
}

/* Not for banks; the tax office only when somebody is employed. */
static const char *decision_of(const struct set *s)
{
	return text(
		"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		"id='m' namespace='n'><inputData id='i' name='trade'><variable name='trade' "
		"typeRef='string'/></inputData><inputData id='k' name='staff'><variable "
		"name='staff' typeRef='boolean'/></inputData>"
		"<decision id='eligible' name='可以申请'><variable name='可以申请'/>"
		"<informationRequirement><requiredInput href='#i'/></informationRequirement>"
		"<decisionTable hitPolicy='FIRST'><input><inputExpression><text>trade</text>"
		"</inputExpression></input><output/><rule><inputEntry><text>&quot;银行&quot;</text>"
		"</inputEntry><outputEntry><text>false</text></outputEntry></rule><rule>"
		"<inputEntry><text>-</text></inputEntry><outputEntry><text>true</text>"
		"</outputEntry></rule></decisionTable></decision>"
		"<decision id='items' name='事项'><variable name='事项'/><informationRequirement>"
		"<requiredInput href='#k'/></informationRequirement><literalExpression><text>if "
		"staff then [&quot;%s&quot;, &quot;%s&quot;] else [&quot;%s&quot;]</text>"
		"</literalExpression></decision></definitions>",
		s->licence, s->tax, s->licence);
}

TEST(a_questionnaire_picks_the_items_and_materials_of_a_theme_and_explains)
{
	struct set s = items_of_theme();
	const char *more = text(",\"questions\":[{\"key\":\"trade\",\"text\":\"行业\",\"kind\":"
				"\"choice\",\"choices\":[\"商店\",\"银行\"]}],\"decision\":\"%s\"",
				decision_of(&s));

	hall_publish(s.t.wang, s.t.li, "themes", theme_body(&s, more));
	const char *at = AT "/guide/themes/open-a-company/eligibility";
	struct http_reply *r = ask(NULL, "POST", at, "{}");
	expect_status(r, 200);
	expect_text(r, "\"eligible\":\"unknown\"");
	expect_text(r, "\"trade\"");
	/* Whom the decision will leave out is not known before it is made. */
	assert_null(strstr(buf_text(&r->body), "\"included\":\"yes\""));
	expect_text(r, text("{\"item\":\"%s\",\"code\":\"id\",\"state\":\"unknown\"}", s.licence));
	/* Nobody is employed: one office, one form, its materials alone. */
	r = ask(NULL, "POST", at,
		"{\"answers\":{\"trade\":\"商店\",\"staff\":false,\"invoice\":true}}");
	expect_text(r, "\"eligible\":\"yes\",\"reasons\":[],\"missing\":[]");
	expect_text(r, text("{\"item\":\"%s\",\"code\":\"holder\",\"state\":\"no\"}", s.tax));
	expect_text(r, text("{\"item\":\"%s\",\"code\":\"id\",\"state\":\"yes\"}", s.licence));
	assert_null(strstr(buf_text(&r->body), "\"key\":\"bank_name\""));
	expect_text(r, "\"hitPolicy\"");
	/* Both: what the theme calls company is the item's taxpayer. */
	r = ask(NULL, "POST", at,
		"{\"answers\":{\"trade\":\"商店\",\"staff\":true,\"invoice\":true,"
		"\"company\":\"甬店\"}}");
	expect_text(r, text("{\"item\":\"%s\",\"code\":\"bank\",\"state\":\"yes\"}", s.tax));
	expect_text(r, "\"key\":\"bank_name\"");
	r = ask(NULL, "POST", at,
		"{\"answers\":{\"trade\":\"商店\",\"staff\":true,\"invoice\":true}}");
	expect_text(r, "\"missing\":[\"company\"]");
	r = ask(NULL, "POST", at,
		"{\"answers\":{\"trade\":\"银行\",\"staff\":false,\"invoice\":false}}");
	expect_text(r, "\"eligible\":\"no\"");
	r = ask(NULL, "POST", at, "{\"answers\":{\"taxpayer\":\"x\"}}");
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "answers.taxpayer");
}

static enum status tax_office_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return hall_depart(c, &(struct event){ .type = "identity.domain.deleted", .subject = in });
}

TEST(an_item_goes_on_when_another_one_of_its_theme_is_gone)
{
	struct set s = items_of_theme();
	const char *draft = text(AT "/items/%s/draft", s.licence_id);
	const char *body = item_body(LICENCE, "公司设立登记", LICENCE_MORE);
	char none = 0;

	hall_publish(s.t.wang, s.t.li, "themes", theme_body(&s, ""));
	assert_int_equal(db_write(test_call(), s.t.house->db, tax_office_act, s.t.tax, &none,
				  sizeof none),
			 ST_OK);
	expect_status(ask(s.t.wang, "PUT", draft, hall_swap(body, "章程", "新章程")), 200);
	hall_approve(s.t.wang, s.t.li, "items", s.licence_id);
	expect_text(ask(NULL, "GET", AT "/guide/themes/open-a-company", NULL), "新章程");
	/* What is left must still hold: the theme's company is the item's name. */
	expect_status(ask(s.t.wang, "PUT", draft,
			  hall_swap(body, "\"key\":\"name\"", "\"key\":\"title\"")),
		      200);
	expect_status(ask(s.t.wang, "POST", text(AT "/items/%s/move", s.licence_id),
			  "{\"move\":\"publish\"}"),
		      200);
	struct http_reply *r = ask(s.t.li, "POST", text(AT "/items/%s/move/decision", s.licence_id),
				   "{\"verdict\":\"approve\"}");
	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "themes");
}

TEST(a_suspended_item_stands_in_the_way_of_its_theme)
{
	struct set s = items_of_theme();
	const char *at = text(AT "/items/%s", s.tax_id);

	hall_publish(s.t.wang, s.t.li, "themes", theme_body(&s, ""));
	expect_status(ask(s.t.zhao, "POST", text("%s/move", at),
			  "{\"move\":\"suspend\",\"reason\":\"升级\"}"),
		      200);
	expect_status(ask(s.t.sun, "POST", text("%s/move/decision", at),
			  "{\"verdict\":\"approve\"}"),
		      200);
	at = AT "/guide/themes/open-a-company/eligibility";
	struct http_reply *r = ask(NULL, "POST", at, "{\"answers\":{\"invoice\":true}}");
	expect_text(r, "\"eligible\":\"no\",\"reasons\":[\"税务登记: 暂停办理 suspended\"]");
	expect_text(ask(NULL, "POST", at, "{\"answers\":{\"invoice\":false}}"),
		    "\"eligible\":\"yes\"");
	expect_text(ask(NULL, "POST", at, "{}"), "\"eligible\":\"unknown\"");
}

TEST(a_question_about_a_theme_costs_no_more_than_one_about_an_item)
{
	const char *const costly = "\"when\":\"count(for i in 1..100000 return i) > 0\"";
	const char *const needed = "\"source\":\"government\",\"forms\":[\"%s\"],";
	struct set s = { .t = test_town() };
	const char *licence = text(needed, "copy"), *tax = text(needed, "original");

	s.licence = handle_of(s.t.market_code, LICENCE);
	s.tax = handle_of(s.t.tax_code, TAX);
	hall_publish(s.t.wang, s.t.li, "items",
		     hall_swap(item_body(LICENCE, "公司设立登记", LICENCE_MORE), licence,
			       text("%s%s,", licence, costly)));
	hall_publish(s.t.zhao, s.t.sun, "items",
		     hall_swap(tax_body(), tax, text("%s%s,", tax, costly)));
	hall_publish(s.t.wang, s.t.li, "themes", theme_body(&s, ""));
	const char *const items[] = { s.licence, s.tax };
	for (size_t i = 0; i < 2; i++)
		expect_status(ask(NULL, "POST", text(AT "/guide/items/%s/eligibility", items[i]),
				  "{}"),
			      200);
	struct http_reply *r =
		ask(NULL, "POST", AT "/guide/themes/open-a-company/eligibility", "{}");
	expect_text(r, "take too many steps");
}

TEST(a_theme_of_drafts_is_written_but_not_submitted)
{
	struct set s = { .t = test_town() };

	s.licence = handle_of(s.t.market_code, LICENCE);
	s.tax = handle_of(s.t.tax_code, TAX);
	expect_status(ask(s.t.wang, "POST", AT "/items",
			  item_body(LICENCE, "公司设立登记", LICENCE_MORE)),
		      201);
	/* Another department's draft is not there. */
	struct http_reply *r = ask(s.t.zhao, "POST", AT "/items", tax_body());
	expect_status(r, 201);
	const char *tax_id = member(r, "id");
	r = ask(s.t.wang, "POST", AT "/themes", theme_body(&s, ""));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "items[1].code");
	hall_approve(s.t.zhao, s.t.sun, "items", tax_id);
	r = ask(s.t.wang, "POST", AT "/themes", theme_body(&s, ""));
	expect_status(r, 201);
	const char *id = member(r, "id");
	r = ask(s.t.wang, "POST", text(AT "/themes/%s/move", id), "{\"move\":\"publish\"}");
	expect_status(r, 409);
	assert_string_equal(member(r, "field"), "items[0].code");
	expect_status(ask(s.t.wang, "GET", text(AT "/items/%s", id), NULL), 404);
	expect_status(ask(s.t.wang, "DELETE", text(AT "/themes/%s/draft", id), NULL), 204);
	expect_text(ask(s.t.wang, "GET", AT "/themes", NULL), "\"entries\":[]");
}
