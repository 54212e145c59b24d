/* SPDX-License-Identifier: Apache-2.0 */
/* Import and export: the guide's sheet and DCAT, there and back, and files that are wrong. */
#include <jansson.h>
#include "data/catalogue/catalogue_private.h"
#include "test_catalogue.h"

/* --- CSV --- */

static enum status read(const char *s, size_t size, struct csv *out)
{
	return csv_read(test_call(), s, size, out);
}

TEST(csv_cells_hold_commas_quotes_and_line_ends)
{
	static const char s[] = "\xEF\xBB\xBF"
				"a,\"b,\"\"c\"\"\nd\",\r\n\r\n ,\n'=1+1,'x\r\n";
	struct csv t;

	assert_int_equal(read(s, sizeof s - 1, &t), ST_OK);
	assert_int_equal(t.count, 2); /* empty lines are none */
	assert_int_equal(t.rows[0].count, 3);
	assert_string_equal(t.rows[0].cells[1], "b,\"c\"\nd");
	assert_string_equal(t.rows[0].cells[2], "");
	assert_string_equal(t.rows[1].cells[0], "=1+1");
	assert_string_equal(t.rows[1].cells[1], "'x");
	assert_int_equal(t.rows[1].line, 5);
}

TEST(a_csv_of_gb_18030_is_read)
{
	static const char s[] = "\xC3\xFB\xB3\xC6,\x81\x30\x81\x30\n"; /* 名称, U+0080 */
	struct csv t;

	assert_int_equal(read(s, sizeof s - 1, &t), ST_OK);
	assert_string_equal(t.rows[0].cells[0], "名称");
	assert_string_equal(t.rows[0].cells[1], "\xC2\x80");
}

TEST(a_csv_that_is_wrong_is_refused_with_its_line)
{
	static const struct {
		const char *csv, *says;
	} cases[] = {
		{ "a\n\"b", "line 2: a quoted cell does not end" },
		{ "a\nb\"c\n", "line 2: a quote stands within" },
		{ "\"a\"b\n", "line 1: something stands behind" },
		{ "\"a\"\rb\n", "line 1: a carriage return without a line feed" },
		{ "\xC3\xFB\xB3\xFF\xFF\xFF", "neither UTF-8 nor GB 18030" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct call *c = test_call();
		struct csv t;
		enum status st = csv_read(c, cases[i].csv, strlen(cases[i].csv), &t);
		assert_int_equal(st, ST_BAD_INPUT);
		if (!strstr(c->problem, cases[i].says))
			test_fail("%s: %s", cases[i].csv, c->problem);
	}
}

TEST(what_a_spreadsheet_would_compute_comes_back_as_it_was)
{
	static const char *const cells[] = { "=cmd|'/c'!A0", "+1", "-1",  "@x", "\t",
					     "'=x",          "''", "'x'", " x", "a\"b,\r\nc" };
	struct buf b = { .arena = test_call()->arena };
	struct csv t;
	size_t n = sizeof cells / sizeof *cells;

	for (size_t i = 0; i < n; i++)
		csv_cell(&b, cells[i], i == n - 1);
	assert_null(strstr(buf_text(&b), ",="));
	assert_int_equal(read(b.data, b.size, &t), ST_OK);
	for (size_t i = 0; i < n; i++)
		assert_string_equal(t.rows[0].cells[i], cells[i]);
}

/* --- the sheet --- */

#define HEAD                                                                                                                       \
	"信息资源分类-类,信息资源分类-项,信息资源分类-目,信息资源名称,信息资源摘要,"              \
	"信息资源格式-分类,信息资源格式-类型,信息项名称,数据类型,数据长度,共享类型,共享条件," \
	"共享方式-分类,共享方式-类型,是否向社会开放,更新周期\n"
#define FIRST                                                                                                                     \
	"基础信息资源,人口信息,常住人口,户籍人口,登记的人口,数据库,mysql、oracle,姓名,字符型,50," \
	"有条件,依申请,共享平台,数据库,否,每日\n"
#define SECOND ",,,,,,,出生日期,日期型D,,,,,,,\n"

static struct http_reply *import(const char *token, const char *form, const char *body)
{
	return ask(token, "POST", text("/api/v1/catalogue/import/%s", form), body);
}

TEST(a_sheet_becomes_drafts_and_the_same_sheet_changes_nothing_more)
{
	struct city t = test_city();
	struct http_reply *r = import(t.wang, "sheet",
				      "政务信息资源目录\n" HEAD FIRST SECOND
				      "3,07,001,治安案件,案件,电子表格,xlsx,案号,C,20,不予共享,"
				      "《保密法》第二十条,,,0,其他\n");

	expect_status(r, 200);
	expect_text(r, "\"place\":\"line 3\"");
	expect_text(r, "\"action\":\"created\"");
	const char *id = member(r, "id");
	r = ask(t.wang, "GET", text("/api/v1/catalogue/resources/%s", id), NULL);
	expect_text(r, "\"share_type\":\"conditional\"");
	expect_text(r, "\"format_types\":[\"mysql\",\"oracle\"]");
	expect_text(r, "{\"name\":\"出生日期\",\"code\":null,\"type\":\"D\",\"length\":null");
	approve(&t, id);
	r = import(t.wang, "sheet", HEAD FIRST SECOND);
	expect_status(r, 200);
	expect_text(r, "\"action\":\"unchanged\"");
	r = import(t.wang, "sheet", HEAD FIRST ",,,,,,,性别,C,1,,,,,,\n");
	expect_status(r, 200);
	expect_text(r, "\"action\":\"changed\"");
	r = ask(t.wang, "GET", text("/api/v1/catalogue/resources/%s/diff?from=1&to=2", id), NULL);
	expect_text(r, "\"item\":\"性别\",\"before\":null");
	expect_text(r, "\"item\":\"出生日期\"");
}

TEST(a_sheet_that_is_wrong_says_where_and_changes_nothing)
{
	static const struct {
		const char *csv, *field, *says;
	} cases[] = {
		{ "a,b\n", "信息资源名称", "none of the first rows" },
		{ "信息资源名称,数据类型\n", "信息资源分类-类", "the column is missing" },
		{ HEAD "x", "信息资源名称", "names no resource" },
		{ "信息资源名称,信息资源名称\n", "信息资源名称", "stands twice" },
		{ "信息资源名称,颜色\n", "body", "no column '颜色'" },
		{ HEAD FIRST ",,,,,,,出生日期,日子,,,,,,,\n", "数据类型",
		  "line 3, 数据类型: is one of" },
		{ HEAD FIRST ",,,,,,,出生日期,D,8,,,,,,\n", "items[1].length", "line 2: items[1]" },
		{ HEAD FIRST ",,,,,,,出生日期,D,,,,,,,每周\n", "更新周期",
		  "line 3, 更新周期: differs" },
		{ HEAD FIRST ",,,,,,,年龄,I,-3,,,,,,\n", "数据长度", "is a whole number" },
		{ HEAD
		  "基础信息资源,水文,x,户籍人口,s,数据库,mysql,姓名,C,5,无条件,,邮件,,否,每日\n",
		  "class_code", "line 2: class_code: there is no classification '水文' in 1" },
		{ HEAD "1,01,001,户籍人口,s,数据库,mysql,姓名,C,5,无条件,,鸽子,,否,每日\n",
		  "共享方式-分类", "共享平台" },
		{ HEAD "1,01,001,户籍人口,s,数据库,mysql,姓名,C,5,有条件,,邮件,,否,每日\n",
		  "share_condition", "line 2" },
		{ HEAD FIRST "1,01,001,流动,s,数据库,mysql,姓名,C,5,无条件,,邮件,,大概,每日\n",
		  "是否向社会开放", "line 3" },
		{ "", "信息资源名称", "none of the first rows" },
	};
	struct city t = test_city();

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_reply *r = import(t.wang, "sheet", cases[i].csv);
		if (r->status != 400 || !str_eq(member(r, "field"), cases[i].field) ||
		    !strstr(buf_text(&r->body), cases[i].says))
			test_fail("case %zu: wanted %s, %s; got %d %s", i, cases[i].field,
				  cases[i].says, r->status, buf_text(&r->body));
	}
	struct http_reply *r = ask(t.wang, "GET", "/api/v1/catalogue/resources?state=draft", NULL);
	expect_text(r, "\"resources\":[]");
}

/* Resources that use all that there is. */
static void publish_all(const struct city *t)
{
	publish(t, resource_body("常住人口基本信息", ""));
	publish(t,
		"{\"class_code\":\"30700101\",\"name\":\"流动人口, \\\"登记\\\"\\n信息\","
		"\"summary\":\"=SUM(A1)\",\"format\":\"sheet\",\"format_types\":[\"xlsx\",\"csv\"],"
		"\"share_type\":\"conditional\",\"share_condition\":\"用于社会救助核对\","
		"\"share_mode\":\"mail\",\"open\":true,\"open_condition\":\"实名注册\","
		"\"cycle\":\"quarterly\",\"related\":[\"101001/000001\"],"
		"\"keywords\":[\"流动\",\"居住证\"],\"system\":\"居住证库\","
		"\"link\":\"https://data.example/x?a=1\",\"items\":["
		"{\"name\":\"金额\",\"code\":\"je\",\"type\":\"Y\",\"length\":12,\"scale\":2,"
		"\"standard\":\"GB/T 7408\",\"note\":\"-\"},"
		"{\"name\":\"线索\",\"type\":\"M\",\"share_type\":\"none\",\"secret\":true},"
		"{\"name\":\"核对\",\"type\":\"L\",\"share_type\":\"conditional\","
		"\"share_condition\":\"另行申请\"}]}");
	publish(t, "{\"class_code\":\"307001\",\"name\":\"治安案件\",\"summary\":\"案件\","
		   "\"format\":\"file\",\"format_types\":[\"OFD\"],\"share_type\":\"none\","
		   "\"share_basis\":\"《中华人民共和国保守国家秘密法》第二十条\",\"open\":false,"
		   "\"cycle\":\"realtime\"}");
}

static size_t times(const char *s, const char *piece)
{
	size_t n = 0;

	for (s = strstr(s, piece); s; s = strstr(s + 1, piece))
		n++;
	return n;
}

/* What an export holds is compared with what is published by the import itself: "unchanged" stands for
 * the same seal over all metadata and items. */
static const char *there_and_back(const struct city *t, const char *form, const char *query)
{
	struct http_reply *r =
		ask(t->clerk, "GET", text("/api/v1/catalogue/export/%s%s", form, query), NULL);

	expect_status(r, 200);
	const char *file = arena_strdup(test_call()->arena, buf_text(&r->body));
	r = import(t->wang, form, file);
	expect_status(r, 200);
	assert_int_equal(times(buf_text(&r->body), "\"action\":\"unchanged\""),
			 times(buf_text(&r->body), "\"action\""));
	return text("%zu %s", times(buf_text(&r->body), "\"action\""), file);
}

/* Puts 'to' in the place of the first 'from'. */
static const char *edited(const char *s, const char *from, const char *to)
{
	const char *at = strstr(s, from);

	assert_non_null(at);
	return text("%.*s%s%s", (int)(at - s), s, to, at + strlen(from));
}

TEST(a_sheet_that_was_exported_says_all_that_was_published)
{
	struct city t = test_city();
	struct import_entries got;

	publish_all(&t);
	const char *file = there_and_back(&t, "sheet", "");
	assert_memory_equal(file, "3 \xEF\xBB\xBF", 5);
	assert_int_equal(sheet_read(test_call(), file + 2, strlen(file + 2), &got), ST_OK);
	assert_int_equal(got.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(date_valid(got.list[i].version.published_on));
	/* Of one class, of one resource, of nobody. */
	assert_memory_equal(there_and_back(&t, "sheet", "?class_code=307"), "2 ", 2);
	struct http_reply *r = ask(
		t.clerk, "GET", text("/api/v1/catalogue/export/sheet?provider=%s", t.health), NULL);
	expect_status(r, 200);
	assert_int_equal(times(buf_text(&r->body), "\n"), 1);
	/* One word less is a change, and the only one. */
	r = import(t.wang, "sheet", edited(file + 2, "居住证", "证"));
	expect_status(r, 200);
	assert_int_equal(times(buf_text(&r->body), "\"changed\""), 1);
	assert_int_equal(times(buf_text(&r->body), "\"unchanged\""), 2);
}

TEST(a_dcat_file_that_was_exported_says_all_that_was_published)
{
	struct city t = test_city();

	publish_all(&t);
	const char *file = there_and_back(&t, "dcat", "");
	assert_memory_equal(file, "3 {", 3);
	json_t *j = json_loads(file + 2, 0, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(j, "@type")), "dcat:Catalog");
	json_decref(j);
	struct http_reply *r = import(t.wang, "dcat", edited(file + 2, "QUARTERLY", "WEEKLY"));
	expect_status(r, 200);
	assert_int_equal(times(buf_text(&r->body), "\"changed\""), 1);
}

TEST(another_departments_file_is_refused)
{
	struct city t = test_city();

	publish_all(&t);
	struct http_reply *r = ask(t.clerk, "GET", "/api/v1/catalogue/export/dcat", NULL);
	r = import(t.zhao, "dcat", arena_strdup(test_call()->arena, buf_text(&r->body)));
	expect_status(r, 400);
	assert_string_equal(member(r, "field"), "provider_code");
	expect_text(r, "dataset 1: provider_code");
	assert_int_equal(import(t.clerk, "dcat", "{}")->status, 403);
}

/* --- DCAT of others --- */

#define OTHERS                                                                                        \
	"{\"@context\":{\"d\":\"http://www.w3.org/ns/dcat#\",\"@vocab\":"                             \
	"\"http://purl.org/dc/terms/\",\"y\":\"urn:x-yongyun:catalogue#\",\"keys\":"                  \
	"{\"@id\":\"d:keyword\"}},\"@graph\":[{\"@type\":\"d:Catalog\"},"                             \
	"{\"@type\":[\"d:Dataset\"],\"title\":{\"@value\":\"医院名录\",\"@language\":\"zh\"},"    \
	"\"description\":[\"医院\"],\"d:theme\":[{\"http://www.w3.org/2004/02/skos/core#notation\"" \
	":\"202001\"}],\"keys\":[{\"@value\":\"医院\"}],\"accrualPeriodicity\":{\"@id\":"           \
	"\"http://publications.europa.eu/resource/authority/frequency/BIWEEKLY\"},"                   \
	"\"y:shareType\":\"unconditional\",\"y:shareMode\":\"platform-file\",\"y:format\":"           \
	"\"sheet\",\"d:distribution\":{\"format\":\"csv\"},\"y:items\":[{\"y:name\":\"名称\","      \
	"\"y:type\":\"C\",\"y:length\":\"60\"}]}]}"

TEST(dcat_with_other_prefixes_and_forms_is_understood)
{
	struct city t = test_city();
	struct http_reply *r = import(t.zhao, "dcat", OTHERS);

	expect_status(r, 200);
	r = ask(t.zhao, "GET", text("/api/v1/catalogue/resources/%s", member(r, "id")), NULL);
	expect_text(r, "\"name\":\"医院名录\",\"summary\":\"医院\"");
	expect_text(r, "\"keywords\":[\"医院\"]");
	expect_text(r, "\"cycle\":\"other\"");
	expect_text(r, "\"format_types\":[\"csv\"]");
	expect_text(r, "\"name\":\"名称\",\"code\":null,\"type\":\"C\",\"length\":60");
}

TEST(dcat_that_is_wrong_says_where)
{
	struct city t = test_city();
	const struct {
		const char *from, *to, *field;
	} cases[] = {
		{ "医院名录", "", "title" },
		{ "\"@value\":\"医院名录\"", "\"@value\":7", "title" },
		{ "202001", "202009", "class_code" },
		{ "\"y:shareType\":\"unconditional\"", "\"y:shareType\":\"maybe\"", "shareType" },
		{ "\"y:shareType\":\"unconditional\",", "", "shareType" },
		{ "\"y:length\":\"60\"", "\"y:length\":-1", "length" },
		{ "\"y:type\":\"C\"", "\"y:type\":\"Q\"", "type" },
		{ "\"accrualPeriodicity\"", "\"other\"", "accrualPeriodicity" },
		{ "platform-file", "platform-interface", "share_mode" },
		{ "\"@graph\"", "\"none\"", "body" },
		{ "{\"d\":", "\"https://www.w3.org/ns/dcat3.jsonld\",\"x\":{\"d\":", "@context" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct http_reply *r =
			import(t.zhao, "dcat", edited(OTHERS, cases[i].from, cases[i].to));
		if (r->status != 400 || !str_eq(member(r, "field"), cases[i].field))
			test_fail("%s → %s: wanted %s, got %d %s", cases[i].from, cases[i].to,
				  cases[i].field, r->status, buf_text(&r->body));
	}
	expect_status(import(t.zhao, "dcat", "[1"), 400);
	expect_status(import(t.zhao, "dcat", ""), 400);
}

TEST(a_file_has_bounds)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	struct import_entries got;

	buf_str(&b, HEAD);
	for (int i = 0; i < IMPORT_RESOURCES_MAX + 1; i++)
		buf_printf(&b, "1,01,001,户籍%d,s,数据库,mysql,姓名,C,5,无条件,,邮件,,否,每日\n",
			   i);
	assert_int_equal(sheet_read(c, b.data, b.size, &got), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "beyond the 500 resources"));
	call_forgive(c);
	b.size = 0;
	buf_str(&b, HEAD FIRST);
	for (int i = 0; i < CATALOGUE_ITEMS_MAX; i++)
		buf_printf(&b, ",,,,,,,项%d,D,,,,,,,\n", i);
	assert_int_equal(sheet_read(c, b.data, b.size, &got), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "beyond the 1000 items"));
}
