/* SPDX-License-Identifier: Apache-2.0 */
/* Whole runs on small tables, and the parts whose rules are written down elsewhere: CSV, identifiers,
 * addresses, normal forms, settings. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/text.h"
#include "engine/linkage/csv.h"
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"
#include "harness.h"

/* --- CSV --- */

/* All records as text: fields in brackets, a line each; or the problem. */
static const char *all_of(struct call *c, const char *text, size_t size)
{
	struct csv_field fields[CSV_FIELDS_MAX];
	struct buf out = { .arena = c->arena };
	unsigned count;
	struct csv r;

	csv_init(&r, "t", text, size, 0);
	while (!csv_next(c, &r, fields, &count)) {
		if (!count)
			return buf_text(&out);
		for (unsigned i = 0; i < count; i++) {
			char *plain = arena_alloc(c->arena, fields[i].size + 1ul);
			uint32_t n = csv_plain(&fields[i], plain);
			buf_char(&out, '[');
			buf_add(&out, plain, n);
			buf_char(&out, ']');
		}
		buf_char(&out, '\n');
	}
	return c->problem;
}

TEST(csv_is_read_as_rfc_4180_says)
{
	static const struct {
		const char *text, *records;
	} rows[] = {
		{ "a,b\n1,2\n", "[a][b]\n[1][2]\n" },
		{ "a,b\r\n1,2", "[a][b]\n[1][2]\n" },
		{ "a,b\n\n\n1,\n", "[a][b]\n[1][]\n" },
		{ "a,b\n\"x\ny\",\"say \"\"hi\"\"\"\r\n", "[a][b]\n[x\ny][say \"hi\"]\n" },
		{ "a,b\n\"\",\"\"\n", "[a][b]\n[][]\n" },
		{ "a\n\"\"\n\nz\n", "[a]\n[]\n[z]\n" },
		{ "a,b\n19\" set,2\n", "[a][b]\n[19\" set][2]\n" },
		{ "\xEF\xBB\xBF"
		  "a;b\n1;2,3\n",
		  "[a][b]\n[1][2,3]\n" },
		{ "a|b|c\n||\n", "[a][b][c]\n[][][]\n" },
		{ "a,b\n\"x\"y,2\n", "t, line 2: something stands behind a quoted field" },
		{ "a,b\n1,2\n\"x\n\n", "t, line 3: a quoted field has no end" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(all_of(test_call(), rows[i].text, strlen(rows[i].text)),
				    rows[i].records);
}

TEST(what_is_too_much_for_csv_is_refused_with_its_line)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	for (int i = 0; i < CSV_FIELDS_MAX; i++)
		buf_char(&b, ',');
	assert_string_equal(all_of(c, b.data, b.size), "t, line 1: more than 256 fields");
	b.size = 0;
	buf_str(&b, "a\n");
	for (int i = 0; i <= CSV_FIELD_SIZE_MAX; i++)
		buf_char(&b, 'x');
	assert_string_equal(all_of(test_call(), b.data, b.size),
			    "t, line 2: a field is longer than 64 KiB");
}

TEST(what_is_written_reads_back)
{
	static const char *const texts[] = { "plain",      "a,b",  "say \"hi\"",
					     "two\nlines", " 甬 ", "x\r" };
	struct call *c = test_call();
	struct buf b = { .arena = c->arena }, want = { .arena = c->arena };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		buf_str(&b, i ? "," : "");
		csv_write(&b, texts[i], strlen(texts[i]));
		buf_printf(&want, "[%s]", texts[i]);
	}
	buf_char(&want, '\n');
	struct csv_field fields[CSV_FIELDS_MAX];
	struct buf got = { .arena = c->arena };
	unsigned count;
	struct csv r;
	csv_init(&r, "t", b.data, b.size, ',');
	assert_int_equal(csv_next(c, &r, fields, &count), ST_OK);
	for (unsigned i = 0; i < count; i++) {
		char plain[64];
		uint32_t n = csv_plain(&fields[i], plain);
		buf_printf(&got, "[%.*s]", (int)n, plain);
	}
	buf_char(&got, '\n');
	assert_string_equal(buf_text(&got), buf_text(&want));
}

TEST(a_number_in_a_field_is_digits_below_a_bound)
{
	static const struct {
		const char *text;
		uint32_t from, below;
		int64_t number; /* -1: none */
	} rows[] = {
		{ "0", 0, 1, 0 },
		{ "42", 0, 43, 42 },
		{ "42", 0, 42, -1 },
		{ "P0000003719", 1, UINT32_MAX, 3719 },
		{ "P", 1, UINT32_MAX, -1 },
		{ "", 0, 9, -1 },
		{ "", 1, 9, -1 },
		{ "1x", 0, 99, -1 },
		{ "-1", 0, 99, -1 },
		{ "4294967295", 0, UINT32_MAX, -1 },
		{ "18446744073709551617", 0, UINT32_MAX, -1 },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct csv_field f = { rows[i].text, (uint32_t)strlen(rows[i].text), false };
		uint32_t number = 7;
		bool is = csv_number(&f, rows[i].from, rows[i].below, &number);
		assert_int_equal(is, rows[i].number >= 0);
		assert_int_equal(number, is ? rows[i].number : 7);
	}
}

/* --- dictionaries --- */

TEST(a_dictionary_gives_each_text_one_number)
{
	struct dict d;
	char text[32];

	dict_init(&d);
	for (unsigned round = 0; round < 2; round++)
		for (uint32_t i = 1; i < 60000; i++) {
			uint32_t number;
			struct dict_text t = { text,
					       (uint32_t)snprintf(text, sizeof text, "v%u", i) };
			dict_add(&d, &t, 1, &number);
			assert_int_equal(number, i);
		}
	assert_int_equal(d.count, 60000);
	assert_int_equal(dict_find(&d, "v777", 4), 777);
	assert_int_equal(dict_find(&d, "none", 4), UINT32_MAX);
	assert_int_equal(dict_find(&d, "", 0), 0);
	dict_done(&d);
}

/* --- normal forms and Chinese --- */

static const char *normal(const char *s)
{
	char *out = arena_alloc(test_call()->arena, strlen(s) + 9);
	out[normal_text(s, (uint32_t)strlen(s), out)] = '\0';
	return out;
}

TEST(a_normal_form_leaves_out_what_keyboards_differ_in)
{
	assert_string_equal(normal("  Élodie   O’Brien "), "elodie o'brien");
	assert_string_equal(normal("ＡＢ１２　３"), "ab12 3");
	assert_string_equal(normal("陳國強"), "陈国强");
	assert_string_equal(normal("艾尼瓦尔•买买提"), "艾尼瓦尔·买买提");
	assert_string_equal(normal("海曙区 望春街道 通途路12号 501室"),
			    "海曙区望春街道通途路12号501室");
	assert_string_equal(normal("\xFF\xFE"), "\xEF\xBF\xBD"
						"\xEF\xBF\xBD");
}

TEST(a_day_is_one_value_however_it_is_written)
{
	static const char *const ways[] = { "1987-05-12",         "1987/5/12",
					    "1987年5月12日",      "1987.05.12",
					    "1987年05月12",       "1987-05-12 00:00:00",
					    "1987-05-12T00:00:00" };
	/* Not days, or days of which something would be lost. */
	static const char *const others[] = { "1987-05-12 13:05:00", "1987-05",   "1987-13-45",
					      "1987-5-12-7",         "12.5.1987", "19870512",
					      "1987号5月12日" };
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		assert_string_equal(normal(ways[i]), "1987-05-12");
	assert_string_equal(normal("1987/5/2"), "1987-05-02");
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (str_eq(normal(others[i]), "1987-05-12"))
			test_fail("%s is taken for a day", others[i]);
}

TEST(numbers_of_citizens_and_organisations_are_checked_as_the_standards_say)
{
	char text[19];
	bool valid;

	assert_true(citizen_read("11010519491231002X", 18, text, &valid) && valid);
	assert_true(citizen_read("11010519491231002x", 18, text, &valid) && valid);
	assert_true(citizen_read("440524188001010014", 18, text, &valid) && valid);
	assert_true(citizen_read("440524188001010015", 18, text, &valid) && !valid);
	assert_true(citizen_read("110105194902310027", 18, text, &valid) && !valid);
	assert_true(citizen_read("110105491231002", 15, text, &valid) && !valid);
	assert_string_equal(text, "11010519491231002X");
	assert_false(citizen_read("1101054912310", 13, text, &valid));
	assert_false(citizen_read("11010A194912310021", 18, text, &valid));
	assert_false(citizen_read("1101051949123100A2", 18, text, &valid));
	assert_false(citizen_read("11010519491231002A", 18, text, &valid));
	assert_true(uscc_valid("91350100M000100Y43", 18));
	assert_true(uscc_valid("91350100m000100y43", 18));
	assert_false(uscc_valid("91350100M000100Y44", 18));
	assert_false(uscc_valid("91350100I000100Y43", 18));
}

TEST(sounds_and_shapes_of_characters_are_known)
{
	assert_true(hanzi_same_sound(U'章', U'张', false));
	assert_false(hanzi_same_sound(U'张', U'王', true));
	assert_true(hanzi_same_sound(U'曾', U'增', false)); /* zeng, not ceng */
	assert_true(hanzi_same_sound(U'林', U'凌', true));
	assert_false(hanzi_same_sound(U'林', U'凌', false));
	assert_true(hanzi_same_sound(U'刘', U'牛', true));
	assert_false(hanzi_same_shape(U'一', U'龙'));
}

TEST(an_address_is_read_slot_by_slot)
{
	struct address a, b;
	const char *full = "浙江省宁波市海曙区江厦街道中山东路138号2幢1单元301室";
	const char *brief = "海曙区江厦街道中山东路138号2幢301";
	address_read(full, strlen(full), &a);
	address_read(brief, strlen(brief), &b);
	assert_int_equal(a.number, 139);
	assert_int_equal(a.building, 3);
	assert_int_equal(a.unit, 2);
	assert_int_equal(a.room, 302);
	assert_int_equal(a.road, b.road);
	assert_int_equal(a.area, b.area);
	assert_int_equal(b.room, 302);
	assert_int_equal(b.unit, 0);
	address_read("", 0, &a);
	assert_int_equal(a.road, 0);
}

TEST(the_own_part_of_a_company_is_found)
{
	static const char *const rows[][2] = {
		{ "宁波市海曙区甬江科技有限公司", "甬江" },
		{ "浙江省宁波金田贸易股份有限公司", "宁波金田" },
		{ "有限公司", "有限公司" },
		{ "老街小吃店", "老街小吃" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *core;
		size_t size;
		company_core(rows[i][0], strlen(rows[i][0]), &core, &size);
		assert_string_equal(arena_strndup(test_call()->arena, core, size), rows[i][1]);
	}
}

TEST(dates_are_read_in_the_usual_ways)
{
	char digits[9];
	int32_t day;
	assert_true(date_read("1970-01-02", 10, &day, digits));
	assert_int_equal(day, 1);
	assert_true(date_read("20000229", 8, &day, digits));
	assert_int_equal(day, 11016);
	assert_true(date_read("29/02/2000", 10, &day, digits));
	assert_string_equal(digits, "20000229");
	assert_true(date_read("02/29/2000", 10, &day, digits));
	assert_int_equal(day, 11016);
	assert_false(date_read("1999-02-29", 10, &day, digits));
	assert_false(date_read("2000", 4, &day, digits));
	assert_false(date_read("1-2-3-4", 7, &day, digits));
}

/* --- runs --- */

static const char *file_of(const char *folder, const char *name, const char *text, size_t size)
{
	const char *path = arena_printf(test_call()->arena, "%s/%s", folder, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, size, f), size);
	fclose(f);
	return path;
}

static const char *read_back(const char *folder, const char *name)
{
	struct buf b = { .arena = test_call()->arena };
	FILE *f = fopen(arena_printf(b.arena, "%s/%s", folder, name), "re");
	int ch;
	assert_non_null(f);
	while ((ch = fgetc(f)) != EOF)
		buf_char(&b, (char)ch);
	fclose(f);
	return buf_text(&b);
}

static uint64_t people_seed;
static unsigned dice(unsigned n)
{
	people_seed = people_seed * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)((people_seed >> 33) % n);
}

/* People of whom each third has a copy with a wrong letter in the surname and often another phone. */
static void write_people(struct buf *b, unsigned count)
{
	static const char *const first[] = { "maria", "john",  "peter", "anna",  "lucas",
					     "sofia", "henry", "clara", "oscar", "elena",
					     "simon", "diana", "felix", "laura" };
	static const char *const heads[] = { "ab",  "bran", "cor", "daw", "el",
					     "fle", "gray", "hop", "in" };
	static const char *const tails[] = { "bott", "ker",  "ter", "son",
					     "lis",  "cher", "ton", "kins" };

	people_seed = 42;
	buf_str(b, "id,first_name,surname,born,phone,who\n");
	for (unsigned i = 0, id = 0; i < count; i++) {
		const char *f = first[dice(14)];
		char last[32], born[16], phone[16];
		snprintf(last, sizeof last, "%s%s%s", heads[dice(9)], tails[dice(8)],
			 dice(3) ? "" : "man");
		snprintf(born, sizeof born, "19%02u-%02u-%02u", 30 + dice(70), 1 + dice(12),
			 1 + dice(28));
		snprintf(phone, sizeof phone, "555%07u", dice(10000000));
		buf_printf(b, "%u,%s,%s,%s,%s,%u\n", id++, f, last, born, phone, i);
		if (i % 3)
			continue;
		last[1 + dice(2)] = 'x';
		buf_printf(b, "%u,%s,%s,%s,%s,%u\n", id++, f, last, born, dice(2) ? phone : "", i);
	}
}

static double number_behind(const char *text, const char *words)
{
	const char *at = strstr(text, words);
	assert_non_null(at);
	return strtod(at + strlen(words), NULL);
}

static enum status run(struct call *c, struct linkage_ask *ask, const char *input,
		       const char *folder)
{
	const char *const inputs[] = { input };
	FILE *none = fopen("/dev/null", "we");
	ask->inputs = inputs;
	ask->input_count = 1;
	ask->quiet = true;
	ask->out = folder;
	ask->report = arena_printf(c->arena, "%s/report.json", folder);
	enum status st = linkage_run(c, ask, none);
	ask->inputs = NULL; /* it was ours */
	fclose(none);
	return st;
}

TEST(a_run_with_suggested_settings_finds_the_copies)
{
	struct call *c = test_call();
	struct buf people = { .arena = c->arena };
	struct linkage_ask ask = { .truth = "who" };
	const char *folder = test_folder();

	write_people(&people, 900);
	const char *input = file_of(folder, "people.csv", people.data, people.size);
	if (run(c, &ask, input, folder))
		test_fail("%s", c->problem);
	const char *report = read_back(folder, "report.json");
	const char *clusters = strstr(report, "\"clusters_default\"");
	assert_true(number_behind(clusters, "\"precision\":") > 0.99);
	assert_true(number_behind(clusters, "\"recall\":") > 0.98);
	/* The merges above the threshold are one less than the records of all clusters. */
	struct words merges = words_split(c->arena, read_back(folder, "merges.csv"), '\n');
	long long above = 0;
	for (size_t i = 1; i < merges.count; i++)
		above += strtod(strrchr(merges.list[i], ',') + 1, NULL) >= log2(0.95 / 0.05);
	assert_true(llabs(above - (1200 - (long long)number_behind(report, "\"clusters\":"))) <= 1);
	/* The same without truth, by the settings that were written, gives the same clusters. */
	const char *before = read_back(folder, "clusters.csv");
	struct linkage_ask again = { .settings =
					     arena_printf(c->arena, "%s/settings.ini", folder) };
	assert_int_equal(run(c, &again, input, folder), ST_OK);
	assert_string_equal(read_back(folder, "clusters.csv"), before);
	assert_non_null(strstr(read_back(folder, "golden.csv"), "cluster,records,first_name"));
}

TEST(threads_change_nothing)
{
	struct call *c = test_call();
	struct buf people = { .arena = c->arena };
	const char *folder = test_folder(), *links[3];

	write_people(&people, 600);
	const char *input = file_of(folder, "people.csv", people.data, people.size);
	for (unsigned i = 0; i < 3; i++) {
		struct linkage_ask ask = { .threads = i * 3 + 1, .truth = "who" };
		assert_int_equal(run(c, &ask, input, folder), ST_OK);
		links[i] = read_back(folder, "links.csv");
	}
	assert_string_equal(links[0], links[1]);
	assert_string_equal(links[0], links[2]);
}

TEST(gb18030_is_read_as_utf8_is)
{
	/* 张伟 and 王芳 in GB 18030. */
	static const char text[] =
		"id,name,code\n1,\xD5\xC5\xCE\xB0,12345\n2,\xCD\xF5\xB7\xBC,23456\n"
		"3,\xD5\xC5\xCE\xB0,12345\n";
	static const char settings[] = "[compare]\nname = chinese-name\ncode = code\n[block]\n"
				       "rule = name\n";
	struct call *c = test_call();
	const char *folder = test_folder();
	struct linkage_ask ask = { .settings = file_of(folder, "s.ini", settings,
						       sizeof settings - 1) };
	if (run(c, &ask, file_of(folder, "t.csv", text, sizeof text - 1), folder))
		test_fail("%s", c->problem);
	assert_non_null(strstr(read_back(folder, "golden.csv"), "张伟"));
}

TEST(an_explanation_adds_up)
{
	struct call *c = test_call();
	struct buf people = { .arena = c->arena };
	const char *folder = test_folder();
	const char *out_path = arena_printf(c->arena, "%s/why.json", folder);
	write_people(&people, 300);
	const char *inputs[] = { file_of(folder, "p.csv", people.data, people.size) };
	struct linkage_ask ask = {
		.inputs = inputs, .input_count = 1, .quiet = true, .truth = "who", .explain = "0,1"
	};
	FILE *out = fopen(out_path, "we");
	assert_int_equal(linkage_run(c, &ask, out), ST_OK);
	fclose(out);
	const char *why = read_back(folder, "why.json"), *at = why;
	double sum = number_behind(why, "\"prior\":"), last = 0;
	while ((at = strstr(at, "\"sum\":"))) {
		const char *w = at;
		while (strncmp(w, "\"weight\":", 9) != 0)
			w--;
		sum += strtod(w + 9, NULL);
		last = strtod(at + 6, NULL);
		at++;
	}
	assert_true(fabs(sum - last) < 1e-9);
	assert_true(number_behind(strstr(why, "],"), "\"probability\":") > 0.9);
}

TEST(what_cannot_be_linked_is_refused_in_words)
{
	static const struct {
		const char *table, *settings, *problem;
	} rows[] = {
		{ "", NULL, "is empty" },
		{ "a,b\n1,2\n", NULL, "fewer than two records" },
		{ "a,a\n1,2\n3,4\n", NULL, "names the column a twice" },
		{ "a,b\n1,2\n3\n", NULL, "line 3 has 1 fields, the header 2" },
		{ "a,b\n1,\xFF\xFF\n3,4\n", NULL, "neither UTF-8 (byte 6) nor GB 18030 (byte 6)" },
		{ "a,b\nx,1\nx,2\n", "[compare]\nc = name\n", "line 2: c: is not a column" },
		{ "a,b\nx,1\nx,2\n", "[compare]\na = nme\n", "line 2: a: is of no known kind" },
		{ "a,b\nx,1\nx,2\n", "[compare]\na = name\n", "no comparison or no rule" },
		{ "a,b\nx,1\nx,2\n", "[block]\nrule = prefix(a)\n", "take a length" },
		{ "a,b\nx,1\nx,2\n", "[block]\nrule = a + token(b)\n", "token stands alone" },
		{ "a,b\nx,1\nx,2\n", "[compare]\na = name fast\n", "a word that is not frequency" },
		{ "a,b\nx,1\nx,2\n", "[compare]\na = name within:b\n", "within names no column" },
		{ "a,b\nx,1\nx,2\n", "[link]\nblock-max = 1\n", "whole number from 2" },
		{ "a,b\nx,1\nx,2\n", "a = name\n", "stands in no section" },
		{ "a,b\nx,1\nx,2\n", "[compare]\na = code\n[model]\na.m = 0.5 0.5\n",
		  "one number for each level" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct call *c = test_call();
		const char *folder = test_folder();
		struct linkage_ask ask = { 0 };
		if (rows[i].settings)
			ask.settings = file_of(folder, "s.ini", rows[i].settings,
					       strlen(rows[i].settings));
		const char *input = file_of(folder, "t.csv", rows[i].table, strlen(rows[i].table));
		assert_int_not_equal(run(c, &ask, input, folder), ST_OK);
		if (!strstr(c->problem, rows[i].problem))
			test_fail("'%s' does not hold '%s'", c->problem, rows[i].problem);
	}
}

TEST(guards_keep_apart_what_cannot_be_one)
{
	/* Three people of one name and birthday; two have valid numbers that differ. */
	static const char text[] = "id,name,born,number,place\n"
				   "a,张伟,1949-12-31,11010519491231002X,中山路\n"
				   "b,张伟,1949-12-31,110105194912310038,中山路\n"
				   "c,张伟,1949-12-31,,中山路\nd,李娜,1970-01-01,,解放路\n"
				   "e,王芳,1980-02-02,,人民路\nf,赵敏,1985-05-05,,和平路\n";
	static const char settings[] = "[link]\nprior = 0.2\ncluster-threshold = 0.5\n[compare]\n"
				       "name = chinese-name\nborn = date\nnumber = citizen-id\n"
				       "[block]\nrule = name\n[model]\n"
				       "number.m = 0.4 0.1 0.1 0.1 0.1 0.1 0.1\n"
				       "number.u = 0.4 0.1 0.1 0.1 0.1 0.1 0.1\n";
	struct call *c = test_call();
	const char *folder = test_folder();
	struct linkage_ask ask = { .settings = file_of(folder, "s.ini", settings,
						       sizeof settings - 1) };
	if (run(c, &ask, file_of(folder, "t.csv", text, sizeof text - 1), folder))
		test_fail("%s", c->problem);
	const char *clusters = read_back(folder, "clusters.csv");
	assert_non_null(strstr(clusters, "\n0,a\n") ?: strstr(clusters, "0,a\n"));
	assert_null(strstr(clusters, "0,b\n"));
	assert_non_null(strstr(clusters, "1,b\n"));
}

TEST(a_block_over_the_cap_is_split_and_told)
{
	struct call *c = test_call();
	struct buf people = { .arena = c->arena };
	static const char settings[] = "[link]\nblock-max = 20\n[compare]\nfirst_name = name\n"
				       "surname = name\nborn = date\nphone = code\n[block]\n"
				       "rule = first_name\nrule = surname + born\n";
	const char *folder = test_folder();
	struct linkage_ask ask = { .settings = file_of(folder, "s.ini", settings,
						       sizeof settings - 1) };
	write_people(&people, 300);
	assert_int_equal(run(c, &ask, file_of(folder, "t.csv", people.data, people.size), folder),
			 ST_OK);
	assert_true(number_behind(read_back(folder, "report.json"), "\"capped_blocks\":") >= 9);
}

TEST(between_tables_each_record_finds_its_one_partner)
{
	struct call *c = test_call();
	struct buf people = { .arena = c->arena }, truth = { .arena = c->arena };
	struct buf left = { .arena = c->arena }, right = { .arena = c->arena };
	const char *folder = test_folder(), *last = NULL;
	unsigned pairs = 0;

	/* Each copy goes to the other table, under other names of columns and by another delimiter. */
	write_people(&people, 600);
	struct words lines = words_split(c->arena, people.data, '\n');
	buf_str(&left, "id,first_name,surname,born,phone\n");
	buf_str(&right, "id;x:first_name;x:surname;x:born;x:phone\n");
	buf_str(&truth, "left,right\n");
	for (size_t i = 1; i < lines.count; i++) {
		char *line = arena_strdup(c->arena, lines.list[i]), *who = strrchr(line, ',');
		*who++ = '\0';
		bool copy = last && str_eq(last, who);
		if (copy) {
			buf_printf(&truth, "%lld,%.*s\n", strtoll(lines.list[i - 1], NULL, 10),
				   (int)strcspn(line, ","), line);
			pairs++;
			for (char *p = line; *p; p++)
				*p = *p == ',' ? ';' : *p;
		}
		last = who;
		buf_printf(copy ? &right : &left, "%s\n", line);
	}
	const char *inputs[] = { file_of(folder, "left.csv", left.data, left.size),
				 file_of(folder, "right.csv", right.data, right.size) };
	struct linkage_ask ask = { .inputs = inputs,
				   .input_count = 2,
				   .quiet = true,
				   .out = folder,
				   .truth = file_of(folder, "truth.csv", truth.data, truth.size),
				   .report = arena_printf(c->arena, "%s/report.json", folder) };
	FILE *none = fopen("/dev/null", "we");
	if (linkage_run(c, &ask, none))
		test_fail("%s", c->problem);
	fclose(none);
	const char *report = read_back(folder, "report.json");
	assert_int_equal((int)number_behind(strstr(report, "\"truth\""), "\"pairs\":"), pairs);
	assert_true(number_behind(strstr(report, "\"clusters_default\""), "\"precision\":") > 0.98);
	assert_true(number_behind(strstr(report, "\"clusters_default\""), "\"recall\":") > 0.97);
	assert_non_null(strstr(read_back(folder, "links.csv"), "left.csv,"));
}

/* The level that one column of two records has, by the explanation of their pair. */
static const char *level_of_pair(const char *kind, const char *a, const char *b)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	const char *table = arena_printf(c->arena, "id,v,k\na,%s,x\nb,%s,x\nc,q,y\n", a, b);
	const char *settings =
		arena_printf(c->arena, "[compare]\nv = %s\n[block]\nrule = k\n", kind);
	const char *inputs[] = { file_of(folder, "t.csv", table, strlen(table)) };
	struct linkage_ask ask = { .inputs = inputs,
				   .input_count = 1,
				   .quiet = true,
				   .explain = "a,b",
				   .settings =
					   file_of(folder, "s.ini", settings, strlen(settings)) };
	FILE *out = fopen(arena_printf(c->arena, "%s/why.json", folder), "we");
	if (linkage_run(c, &ask, out))
		test_fail("%s", c->problem);
	fclose(out);
	const char *at = strstr(read_back(folder, "why.json"), "\"level\":");
	assert_non_null(at);
	at += strlen("\"level\":");
	at += strcspn(at, "\"") + 1;
	return arena_strndup(c->arena, at, strcspn(at, "\""));
}

TEST(levels_are_those_that_the_documentation_names)
{
	static const char *const rows[][4] = {
		{ "name", "martha", "MARTHA ", "equal" },
		{ "name", "martha", "marhta", "Jaro-Winkler 0.92" },
		{ "name", "martha", "", "missing" },
		{ "code", "12345", "12354", "one edit" },
		{ "code", "12345", "1234567", "two edits" },
		{ "code", "404/231-1368", "(404) 231 1368", "equal" },
		{ "date", "1980-05-17", "1980-05-18", "one edit" },
		{ "date", "1980-05-17", "1980-06-02", "within a month" },
		{ "date", "1980-05-17", "1984-11-02", "within 10 years" },
		{ "email", "anna.k@x.com", "anna.k@y.org", "same user" },
		{ "postcode", "AB12 3CD", "AB12 3EF", "same sector" },
		{ "postcode", "AB12 3CD", "AB12 9EF", "same district" },
		{ "postcode", "AB12 3CD", "AB9 9EF", "same area" },
		{ "number", "100", "109", "within a tenth" },
		{ "tokens", "the red house", "house the red", "0.8 of the words" },
		{ "chinese-name", "張偉", "张伟", "equal" },
		{ "chinese-name", "章伟", "张伟", "same reading" },
		{ "chinese-name", "曾伟", "增伟", "same reading" },
		{ "chinese-name", "林伟", "凌伟", "sounds alike" },
		{ "chinese-name", "张小伟", "张大伟", "one character differs" },
		{ "chinese-name", "张伟", "李娜", "differ" },
		{ "citizen-id", "11010519491231002X", "110105491231002", "equal" },
		{ "citizen-id", "11010519491231002X", "110105194912310020", "one edit" },
		{ "citizen-id", "11010519491231002X", "110105194921310020", "one edit" },
		{ "citizen-id", "11010519491231002X", "110105194912310038", "conflict" },
		{ "citizen-id", "11010519491231002X", "330203194912310021",
		  "same birthday and sequence" },
		{ "citizen-id", "11010519491231002X", "110105194912310551",
		  "same division and birthday" },
		{ "uscc", "91350100M000100Y43", "M000100Y4", "same organisation code" },
		{ "uscc", "91350100M000100Y43", "91350100M000100Y34", "one edit" },
		{ "company", "宁波市甬江科技有限公司", "甬江科技有限公司", "same own part" },
		{ "company", "宁波市甬江科技有限公司", "宁波市涌江科技有限公司",
		  "own part sounds alike" },
		{ "chinese-address", "海曙区中山路1号2幢301室", "宁波市海曙区中山路1号2幢301",
		  "same room" },
		{ "chinese-address", "海曙区中山路1号2幢301室", "中山路1号2幢302室",
		  "same building" },
		{ "chinese-address", "海曙区中山路1号2幢301室", "海曙区中山路1号", "same number" },
		{ "chinese-address", "海曙区中山路1号", "海曙区中山路3号", "same road or village" },
		{ "chinese-address", "海曙区中山路1号", "海曙区人民路1号", "same area" },
		{ "chinese-address", "海曙区中山路1号", "江北区人民路1号", "differ" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *level = level_of_pair(rows[i][0], rows[i][1], rows[i][2]);
		if (!str_eq(level, rows[i][3]))
			test_fail("%s: %s and %s: %s, not %s", rows[i][0], rows[i][1], rows[i][2],
				  level, rows[i][3]);
	}
}
