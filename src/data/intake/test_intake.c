/* SPDX-License-Identifier: Apache-2.0 */
/* Rules, cells and whole files, without a house. */
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "data/intake/intake.h"
#include "harness.h"

static struct intake_rules *rules_of(const char *text)
{
	struct call *c = test_call();
	struct intake_rules *r = arena_alloc(c->arena, sizeof *r);

	if (intake_rules_parse(c, "rules", text, strlen(text), NULL, r))
		test_fail("%s", c->problem);
	return r;
}

static void expect_cell(const char *rule, const char *cell, enum intake_breach breach,
			const char *clean)
{
	struct buf out = { .arena = test_call()->arena };
	struct intake_rules *r = rules_of(rule);
	enum intake_breach b = intake_cell(&r->items[0], cell, strlen(cell), 20000, &out);

	if (b != breach || out.size != strlen(clean) ||
	    memcmp(buf_text(&out), clean, out.size) != 0)
		test_fail("%s of \"%s\": wanted %s \"%s\", got %s \"%.*s\"", rule, cell,
			  intake_breach_words[breach], clean, intake_breach_words[b], (int)out.size,
			  buf_text(&out));
}

TEST(cells_are_cleaned_and_held_to_their_rules)
{
	expect_cell("a = text:3", " 　张三 ", BREACH_NONE, "张三");
	expect_cell("a = text:3", "张三李四", BREACH_LENGTH, "张三李四");
	expect_cell("a = text required", " \\N ", BREACH_MISSING, "");
	expect_cell("a = citizen", "11010519491231002x", BREACH_NONE, "11010519491231002X");
	expect_cell("a = citizen", "110105194912310021", BREACH_CHECK, "110105194912310021");
	expect_cell("a = citizen", "110105194913310029", BREACH_CHECK, "110105194913310029");
	expect_cell("a = citizen", "110105491231002", BREACH_NONE, "110105491231002");
	expect_cell("a = citizen", "1101051949", BREACH_FORM, "1101051949");
	expect_cell("a = uscc", "９１350100m000100y43", BREACH_NONE, "91350100M000100Y43");
	expect_cell("a = uscc", "91350100M000100Y44", BREACH_CHECK, "91350100M000100Y44");
	expect_cell("a = uscc", "D2143569-X", BREACH_FORM, "D2143569-X");
	expect_cell("a = date", "2025年5月12日", BREACH_NONE, "2025-05-12");
	expect_cell("a = date", "1987/5/2", BREACH_NONE, "1987-05-02");
	expect_cell("a = date", "1987.05.12", BREACH_NONE, "1987-05-12");
	expect_cell("a = date", "1987-05-12 00:00:00", BREACH_NONE, "1987-05-12");
	expect_cell("a = time", "1987-05-12 10:11:12", BREACH_NONE, "1987-05-12 10:11:12");
	expect_cell("a = date", "1987-02-30", BREACH_FORM, "1987-02-30");
	expect_cell("a = date from:1900-01-01 to:2030-01-01", "18500101", BREACH_RANGE,
		    "1850-01-01");
	expect_cell("a = date fresh:30", "2024-10-04", BREACH_NONE, "2024-10-04"); /* day 20000 */
	expect_cell("a = date fresh:30", "2024-09-01", BREACH_STALE, "2024-09-01");
	expect_cell("a = number:6.2 min:0", "１２.5", BREACH_NONE, "12.5");
	expect_cell("a = number:6.2 min:0", "12.555", BREACH_LENGTH, "12.555");
	expect_cell("a = number:6.2 min:0", "-1", BREACH_RANGE, "-1");
	expect_cell("a = integer", "1.5", BREACH_FORM, "1.5");
	expect_cell("a = words:1,2", "3", BREACH_LISTED, "3");
	expect_cell("a = logical", "是", BREACH_NONE, "1");
	expect_cell("a = phone", "+86 138 1234 5678", BREACH_NONE, "13812345678");
	expect_cell("a = phone", "12", BREACH_FORM, "12");
}

TEST(rules_that_are_wrong_are_refused_by_line_item_and_rule)
{
	static const char *const wrong[][2] = {
		{ "姓名", "line 1: 姓名: is not ITEM = KIND" },
		{ "\n姓名 = name", "line 2: 姓名: its kind is not text" },
		{ "a = text:0", "its length is not" },
		{ "a = text:70000", "its length is not" },
		{ "a = date:8", "has no length" },
		{ "a = text min:1", "none of required" },
		{ "a = number min:x", "take a number" },
		{ "a = date from:2025-13-01", "takes a day" },
		{ "a = words:", "from 1 to 1000 codes" },
	};
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct call *c = test_call();
		struct intake_rules *r = arena_alloc(c->arena, sizeof *r);
		assert_int_equal(intake_rules_parse(c, "rules", wrong[i][0], strlen(wrong[i][0]),
						    NULL, r),
				 ST_BAD_INPUT);
		if (!strstr(c->problem, wrong[i][1]))
			test_fail("wanted \"%s\" in \"%s\"", wrong[i][1], c->problem);
		assert_non_null(c->problem_at);
	}
	struct call *c = test_call();
	struct intake_rules *r = arena_alloc(c->arena, sizeof *r);
	const char *two = "[A]\nx = text\n[B]\ny = date\n";
	assert_int_equal(intake_rules_parse(c, "rules", two, strlen(two), "B", r), ST_OK);
	assert_int_equal(r->count, 1);
	assert_string_equal(r->items[0].name, "y");
	assert_int_equal(intake_rules_parse(c, "rules", two, strlen(two), "C", r), ST_NOT_FOUND);
}

static const char *write_file(const char *name, const char *bytes, size_t size)
{
	struct call *c = test_call();
	const char *path = arena_printf(c->arena, "%s/%s", test_folder(), name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
	return path;
}

static const char *read_file(const char *path)
{
	struct call *c = test_call();
	char *text = arena_alloc(c->arena, 1 << 16);
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	size_t n = fread(text, 1, (1 << 16) - 1, f);
	text[n] = '\0';
	assert_int_equal(fclose(f), 0);
	return text;
}

static enum status check(struct call *c, const char *rules, const char *bytes, size_t size,
			 struct intake_ask *ask, struct intake_quality *q)
{
	const char *folder = test_folder();

	*ask = (struct intake_ask){ .path = write_file("table.csv", bytes, size),
				    .shown = "table.csv",
				    .rules = rules_of(rules),
				    .clean = arena_printf(c->arena, "%s/clean", folder),
				    .rejected = arena_printf(c->arena, "%s/rejected", folder) };
	return intake_check(c, ask, q);
}

static const char rules[] = "编号 = text required unique\n姓名 = text:20 required\n"
			    "号码 = citizen\n生日 = date\n";

TEST(what_keeps_the_rules_is_cleaned_and_what_breaks_one_keeps_its_line)
{
	static const char table[] = "姓名,编号,号码,生日\r\n"
				    "张三,1,11010519491231002x,1949/12/31\r\n"
				    "\"李,四\",2,110105194912310021,19491231\r\n" /* evidence */
				    ",3,,\r\n"
				    "\"王\"\"\n五\",1,,\r\n" /* 1 again */
				    "赵六,4,,1949-02-30\r\n"
				    "钱七,5\r\n"
				    "孙八,6,,\r\n";
	struct call *c = test_call();
	struct intake_quality q;
	struct intake_ask ask;

	assert_int_equal(check(c, rules, table, strlen(table), &ask, &q), ST_OK);
	assert_int_equal(q.rows, 7);
	assert_int_equal(q.accepted, 3);
	assert_int_equal(q.rejected, 4);
	assert_string_equal(read_file(ask.clean), "行,编号,姓名,号码,生日\n"
						  "2,1,张三,11010519491231002X,1949-12-31\n"
						  "3,2,\"李,四\",110105194912310021,1949-12-31\n"
						  "9,6,孙八,,\n");
	assert_string_equal(read_file(ask.rejected), "行,信息项,规则,姓名,编号,号码,生日\n"
						     "4,姓名,missing,,3,,\n"
						     "5,编号,repeated,\"王\"\"\n五\",1,,\n"
						     "7,生日,form,赵六,4,,1949-02-30\n"
						     "8,,fields,钱七,5\n");
	assert_int_equal(q.columns[2].filled, 2);
	assert_int_equal(q.columns[2].valid, 1);
	assert_int_equal(q.columns[2].breaches[BREACH_CHECK], 1);
	assert_string_equal(q.columns[2].examples[0], "110105********0021");
	const char *json = intake_quality_json(c, &q);
	assert_non_null(
		strstr(json, "\"name\":\"号码\",\"completeness\":0.285714,\"validity\":0.5"));
	assert_null(strstr(json, "110105194912310021"));
}

TEST(a_long_example_is_cut_between_characters)
{
	static const char table[] = "姓名,编号,号码,生日\n"
				    "张三,1,,x一二三四五六七八九十一二三四五六七八九十\n";
	struct call *c = test_call();
	struct intake_quality q;
	struct intake_ask ask;

	assert_int_equal(check(c, rules, table, strlen(table), &ask, &q), ST_OK);
	assert_int_equal(q.columns[3].example_count, 1);
	assert_string_equal(q.columns[3].examples[0], "x一二三****************");
}

TEST(gb18030_is_read_as_it_is)
{
	static const char table[] = "\xB1\xE0\xBA\xC5,\xD0\xD5\xC3\xFB\n1,\xD5\xC5\xC8\xFD\n";
	struct call *c = test_call();
	struct intake_quality q;
	struct intake_ask ask;

	assert_int_equal(check(c, rules, table, strlen(table), &ask, &q), ST_OK);
	assert_true(q.gb18030);
	assert_string_equal(read_file(ask.clean), "行,编号,姓名,号码,生日\n2,1,张三,,\n");
}

TEST(a_broken_file_is_refused_as_a_whole)
{
	static const struct {
		const char *bytes;
		size_t size;
		const char *says;
	} broken[] = {
#define B(s, why) { s, sizeof s - 1, why }
		B("", "is empty"),
		B("\xFF\xFF\xFF\n", "neither UTF-8 (byte 0) nor GB 18030 (byte 0)"),
		B("编号,姓名\n1,\0\n", "holds a NUL"),
		B("编号,姓名,年龄\n", "the column 年龄 is no item"),
		B("编号,姓名,编号\n", "stands there twice"),
		B("姓名\n张三\n", "the column 编号 is missing, and is required"),
		B("编号,姓名\n1,\"张三\n", "a quoted field has no end"),
		B("编号,姓名\n1,\"张\"三\n", "something stands behind a quoted field"),
#undef B
	};
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
		struct call *c = test_call();
		struct intake_quality q;
		struct intake_ask ask;
		enum status st = check(c, rules, broken[i].bytes, broken[i].size, &ask, &q);
		assert_int_equal(st, ST_BAD_INPUT);
		if (!strstr(c->problem, broken[i].says))
			test_fail("wanted \"%s\" in \"%s\"", broken[i].says, c->problem);
	}
}

TEST(distinct_values_are_counted_within_five_percent)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	struct intake_quality q;
	struct intake_ask ask;

	buf_str(&b, "编号,姓名\n");
	for (int i = 0; i < 50000; i++)
		buf_printf(&b, "%d,n%d\n", i, i % 700);
	assert_int_equal(check(c, rules, b.data, b.size, &ask, &q), ST_OK);
	assert_int_equal(q.accepted, 50000);
	assert_in_range(q.columns[0].distinct, 47500, 52500);
	assert_in_range(q.columns[1].distinct, 665, 735);
}

TEST(masks_leave_little)
{
	struct arena *a = test_call()->arena;

	assert_string_equal(mask_name(a, "张三丰"), "张**");
	assert_string_equal(mask_name(a, "欧阳修文"), "欧阳**");
	assert_string_equal(mask_name(a, "张"), "*");
	assert_string_equal(mask_citizen(a, "330203198001011234"), "330203********1234");
	assert_string_equal(mask_phone(a, "13812345678"), "138****5678");
	assert_string_equal(mask_phone(a, "057487654321"), "********4321");
	assert_string_equal(mask_address(a, "海曙区望春街道通途路12号"), "海曙区望春街道****");
	assert_string_equal(mask_birthday(a, "1987-05-12"), "1987******");
	assert_null(mask_name(a, NULL));
}
