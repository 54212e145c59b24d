/* SPDX-License-Identifier: Apache-2.0 */
/* Registers as departments write them: one address, number or telephone in several ways, households that share
 * what they have, and what is suggested for them. */
#include <stdlib.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage.h"
#include "harness.h"

static const char *key_of(const char *s)
{
	struct address a;
	char *key = arena_alloc(test_call()->arena, ADDRESS_KEY_SIZE);
	address_read(s, strlen(s), &a);
	key[address_key(&a, key)] = '\0';
	return key;
}

TEST(a_place_has_one_key_however_it_is_written)
{
	static const char *const ways[] = {
		"浙江省宁波市海曙区望春街道通途路12号3幢2单元501室",
		"海曙区望春街道通途路12号锦绣花园3号楼2单元501室",
		"海曙区望春街道通途路12号锦绣花园3-2-501",
		"宁波市海曙区通途路12号3幢2单元501室",
		"海曙区 望春街道 通途路12号 3幢2单元501室",
		"通途路12号3栋2单元501",
		"通途路12号3幢2-501",
	};
	static const char *const others[] = {
		"海曙区望春街道通途路12号3幢2单元502室",
		"海曙区望春街道通途路12号3幢1单元501室",
		"海曙区望春街道通途路12号2-2-501",
		"海曙区望春街道通达路12号3幢2单元501室",
		"海曙区望春街道通途路12号",
		"海曙区望春街道通途路13号3幢2单元501室",
	};
	const char *want = key_of(ways[0]);
	assert_true(*want != '\0');
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (!str_eq(key_of(ways[i]), want))
			test_fail("%s has another key", ways[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (str_eq(key_of(others[i]), want))
			test_fail("%s has the same key", others[i]);
	assert_string_equal(key_of("余姚市马渚镇林家埠村61号"), key_of("马渚镇 林家埠村 61号"));
	/* Where no number is said nothing tells which house is meant. */
	assert_string_equal(key_of("余姚市马渚镇林家埠村"), "");
	assert_string_equal(key_of("3-2-501"), "");
	assert_string_equal(key_of("-"), "");
}

/* --- whole runs --- */

static const char *file_of(const char *name, const struct buf *text)
{
	const char *path = arena_printf(test_call()->arena, "%s/%s", test_folder(), name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_int_equal(fwrite(text->data, 1, text->size, f), text->size);
	fclose(f);
	return path;
}

static const char *told(struct linkage_ask *ask, const char *input)
{
	struct call *c = test_call();
	const char *const inputs[] = { input };
	char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);

	ask->inputs = inputs;
	ask->input_count = 1;
	ask->quiet = true;
	if (linkage_run(c, ask, to))
		test_fail("%s", c->problem);
	ask->inputs = NULL; /* they were ours */
	fclose(to);
	const char *kept = arena_strndup(c->arena, text, size);
	free(text);
	return kept;
}

static char check_digit(const char *s)
{
	static const int weights[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (int i = 0; i < 17; i++)
		sum += (s[i] - '0') * weights[i];
	return "10X98765432"[sum % 11];
}

/* One row of member 'm' of household 'h' as register 'way' writes it: 0 police, 1 health, 2 an old file. */
static void add_row(struct buf *b, unsigned h, unsigned m, unsigned way)
{
	static const char *const family[] = { "王", "李", "张", "刘", "陈",
					      "杨", "黄", "赵", "周", "吴" };
	static const char *const given[] = { "伟", "芳", "娜", "敏", "静", "强", "磊",
					     "军", "洋", "勇", "艳", "杰", "涛", "明",
					     "超", "兰", "霞", "平", "刚", "桂" };
	unsigned p = h * 3 + m, year = m == 2 ? 2005 + h % 9 : 1955 + (h * 7 + m * 5) % 35;
	unsigned month = 1 + p * 5 % 12, day = 1 + p * 11 % 28;
	char number[24];

	snprintf(number, sizeof number, "3302%02u%04u%02u%02u%03u", 3 + h % 9, year, month, day,
		 (p * 37) % 1000);
	number[17] = check_digit(number);
	number[18] = '\0';
	if (way == 2 && year < 2000) {
		memmove(number + 6, number + 8, 9);
		number[15] = '\0';
	}
	buf_printf(b, "%u-%u-%u,%s%s%s,%s,%s,", h, m, way, family[h % 10], given[p * 7 % 20],
		   given[(p * 3 + h / 10) % 20], way == 1 && p % 4 == 0 ? "" : number,
		   m % 2 ? "女" : "男");
	buf_printf(b,
		   way == 0   ? "%04u%02u%02u,"
		   : way == 1 ? "%u/%u/%u,"
			      : "%04u年%u月%u日,",
		   year, month, day);
	buf_printf(b,
		   way == 0   ? "138%04u%04u,"
		   : way == 1 ? "138 %04u %04u,"
			      : "+86138%04u%04u,",
		   h * 13 % 10000, h * 7919 % 10000);
	buf_printf(b,
		   way == 0 ? "浙江省宁波市海曙区望春街道通途路%u号%u幢%u单元%u室,"
		   : way == 1 ? "海曙区望春街道通途路%u号锦绣花园%u-%u-%u,"
			      : "海曙区 望春街道 通途路%u号 %u幢%u单元%u室,",
		   1 + h % 40, 1 + h / 40, 1 + h % 3, 101 + h % 700);
	buf_printf(b, "%u\n", p);
}

static const char *households(unsigned count)
{
	struct buf b = { .arena = test_call()->arena };
	buf_str(&b, "id,name,number,sex,born,phone,address,who\n");
	for (unsigned way = 0; way < 3; way++)
		for (unsigned h = 0; h < count; h++)
			for (unsigned m = 0; m < 3; m++)
				add_row(&b, h, m, way);
	return file_of("people.csv", &b);
}

static double figure_of(const char *report, const char *line, const char *figure)
{
	const char *at = strstr(report, line);
	at = at ? strstr(at, figure) : NULL;
	if (!at)
		test_fail("no %s of %s in %s", figure, line, report);
	return at ? strtod(at + strlen(figure), NULL) : 0;
}

TEST(a_household_is_not_a_person)
{
	const char *people = households(400);
	struct linkage_ask ask = { .suggest_only = true, .truth = "who" };
	const char *settings = told(&ask, people);

	assert_non_null(strstr(settings, "\nrule = number\n"));
	assert_null(strstr(settings, "phone + address"));
	assert_null(strstr(settings, "sex + phone"));
	ask = (struct linkage_ask){ .truth = "who" };
	const char *report = told(&ask, people);
	assert_true(figure_of(report, "clusters at the default", "precision ") >= 0.999);
	assert_true(figure_of(report, "clusters at the default", "recall ") >= 0.99);
}

TEST(houses_are_found_by_their_places)
{
	static const char settings[] = "[link]\nprior = 0.002\ncluster-threshold = 0.5\n[compare]\n"
				       "address = chinese-address frequency\n"
				       "[block]\nrule = place(address)\n";
	struct buf table = { .arena = test_call()->arena }, text = { .arena = test_call()->arena };

	buf_str(&table, "id,address,house\n");
	for (unsigned h = 0; h < 300; h++) {
		unsigned n = 1 + h % 40, building = 1 + h / 40, room = 101 + h;
		buf_printf(&table, "a%u,浙江省宁波市海曙区望春街道通途路%u号%u幢2单元%u室,%u\n", h,
			   n, building, room, h);
		buf_printf(&table, "b%u,海曙区望春街道通途路%u号锦绣花园%u-2-%u,%u\n", h, n,
			   building, room, h);
		buf_printf(&table, "c%u,宁波市海曙区通途路%u号%u幢2单元%u室,%u\n", h, n, building,
			   room, h);
	}
	buf_str(&text, settings);
	struct linkage_ask ask = { .settings = file_of("s.ini", &text), .truth = "house" };
	const char *report = told(&ask, file_of("houses.csv", &table));
	/* One comparison alone learns no threshold; that all are found and none other is what is asked. */
	assert_true(figure_of(report, "clusters at the best", "precision ") >= 0.999);
	assert_true(figure_of(report, "clusters at the best", "recall ") >= 0.999);
	assert_true(figure_of(report, "truth:", "900 pairs, ") >= 900);
}
