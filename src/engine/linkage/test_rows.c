/* SPDX-License-Identifier: Apache-2.0 */
/* What is written: fields, numbers, the order of pieces, and golden records. */
#include <stdio.h>
#include <stdlib.h>
#include "base/text.h"
#include "engine/linkage/csv.h"
#include "engine/linkage/linkage_private.h"
#include "engine/linkage/rows.h"
#include "harness.h"

static const char *text_of(struct rows *r)
{
	const char *text = arena_strndup(test_call()->arena, r->data, r->size);
	big_free(r->data, r->room, 1);
	*r = (struct rows){ 0 };
	return text;
}

TEST(a_written_field_is_quoted_where_it_must_be)
{
	static const char alphabet[] = "ab,\"\n\rxyz\xE7\x94\xAC";
	struct call *c = test_call();
	char text[64] = "";

	for (unsigned size = 0; size <= 40; size++)
		for (unsigned round = 0; round < 30; round++) {
			struct buf want = { .arena = c->arena };
			struct rows r = { 0 };
			/* What stands behind the text is special, and must not matter. */
			memset(text, ',', sizeof text);
			for (unsigned i = 0; i < size; i++)
				text[i] = round % 3 ? 'q' : alphabet[(i * 7 + round) % 12];
			if (round % 3 == 1 && size)
				text[round % size] = "\",\n\r"[round % 4];
			csv_write(&want, text, size);
			rows_field(&r, text, size);
			rows_char(&r, ';');
			buf_char(&want, ';');
			assert_string_equal(text_of(&r), buf_text(&want));
		}
}

TEST(decimals_are_those_of_printf)
{
	static const double values[] = { 0,       -0.0,     0.5,        0.0004999, 1.0005,
					 -3.25,   17.09375, -0.00049,   99.9999,   0.0005,
					 1234567, -12.1235, 0.999999499 };
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		char want[64];
		struct rows r = { 0 };
		float single = (float)values[i];
		snprintf(want, sizeof want, "%.3f %.6f", (double)single, values[i]);
		rows_decimal(&r, (double)single, 3, 1000);
		rows_char(&r, ' ');
		rows_decimal(&r, values[i], 6, 1000000);
		assert_string_equal(text_of(&r), want);
	}
}

/* Pieces of very different length. */
static void count_rows(void *context, size_t begin, size_t end, struct rows *out)
{
	(void)context;
	for (size_t i = begin; i < end; i++)
		for (size_t k = 0; k < (i / 8192 % 3 ? 1 : 3); k++) {
			rows_number(out, i);
			rows_char(out, '\n');
		}
}

TEST(rows_stand_in_their_order_whoever_makes_them)
{
	struct call *c = test_call();
	const char *path = arena_printf(c->arena, "%s/rows.csv", test_folder());
	const size_t items = 100001;

	for (unsigned threads = 1; threads <= 7; threads += 3) {
		assert_int_equal(rows_write(c, path, "n\n", threads, items, count_rows, NULL),
				 ST_OK);
		FILE *f = fopen(path, "re");
		char line[32];
		assert_non_null(f);
		assert_non_null(fgets(line, sizeof line, f));
		assert_string_equal(line, "n\n");
		for (size_t i = 0; i < items; i++)
			for (size_t k = 0; k < (i / 8192 % 3 ? 1 : 3); k++) {
				assert_non_null(fgets(line, sizeof line, f));
				assert_int_equal((size_t)strtoull(line, NULL, 10), i);
			}
		assert_null(fgets(line, sizeof line, f));
		fclose(f);
	}
}

TEST(what_cannot_be_written_is_told)
{
	struct call *c = test_call();
	assert_int_equal(rows_write(c, "/dev/full", "n\n", 2, 100000, count_rows, NULL),
			 ST_INTERNAL);
	assert_non_null(strstr(c->problem, "cannot write all of /dev/full: No space left"));
	c = test_call();
	assert_int_equal(rows_write(c, "/nowhere/x", "n\n", 2, 1, count_rows, NULL), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "cannot write /nowhere/x"));
}

static const char *golden_of(unsigned members)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	const char *table = arena_printf(c->arena, "%s/t.csv", folder);
	const char *settings = arena_printf(c->arena, "%s/s.ini", folder);
	FILE *f = fopen(table, "we"), *none = fopen("/dev/null", "we");

	/* One person: the number mostly right, the town mostly absent, the note once written longer. */
	fputs("id,name,alias,number,town,note\n", f);
	for (unsigned i = 0; i < members; i++)
		fprintf(f, "\"r,%u\",Anna,\"Ann\"\"a\"\"\",%s,%s,%s\n", i,
			i % 4 == 0 ? "11010519491231002A" : "11010519491231002X",
			i == members - 1 ? "Ningbo" : "", i == 2 ? "tall and kind" : "tall");
	fputs("z1,Zoe,,,,\n\"z\"\"2\",Yan,,,\"p,\",q\n", f);
	fclose(f);
	f = fopen(settings, "we");
	fputs("[link]\nprior = 0.5\ncluster-threshold = 0.5\n[compare]\nname = name\n"
	      "number = citizen-id\n[block]\nrule = name\n[model]\n"
	      "name.m = 0.01 0.01 0.01 0.01 0.01 0.95\nname.u = 0.95 0.01 0.01 0.01 0.01 0.01\n"
	      "number.m = 0.1 0.1 0.1 0.1 0.1 0.1 0.4\nnumber.u = 0.1 0.1 0.1 0.1 0.1 0.1 0.4\n",
	      f);
	fclose(f);
	struct linkage_ask ask = { .inputs = &table,
				   .input_count = 1,
				   .quiet = true,
				   .settings = settings,
				   .out = folder };
	if (linkage_run(c, &ask, none))
		test_fail("%s", c->problem);
	fclose(none);
	char text[4096];
	f = fopen(arena_printf(c->arena, "%s/golden.csv", folder), "re");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = '\0';
	fclose(f);
	return arena_strdup(c->arena, text);
}

TEST(a_golden_record_has_the_best_values_and_says_whose_they_are)
{
	/* Fewer members than are counted one by one, and more. */
	static const unsigned sizes[] = { 5, 16, 17, 60 };
	for (unsigned i = 0; i < 4; i++) {
		const char *want = arena_printf(
			test_call()->arena,
			"cluster,records,name,name:from,alias,alias:from,number,number:from,town,town:from,"
			"note,note:from\n"
			"0,%u,Anna,\"r,0\",\"Ann\"\"a\"\"\",\"r,0\",11010519491231002X,\"r,1\",Ningbo,\"r,%u\","
			"tall,\"r,0\"\n"
			"%u,1,Zoe,z1,,,,,,,,\n"
			"%u,1,Yan,\"z\"\"2\",,,,,\"p,\",\"z\"\"2\",q,\"z\"\"2\"\n",
			sizes[i], sizes[i] - 1, sizes[i], sizes[i] + 1);
		assert_string_equal(golden_of(sizes[i]), want);
	}
}
