/* SPDX-License-Identifier: Apache-2.0 */
/* The files of a city: the same bytes from any threads, well formed, and true to one another. */
#include <dirent.h>
#include <iconv.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "city_record_private.h"
#include "harness.h"

static const struct city_options small = {
	.seed = 1, .grids = 3, .errors = 1000, .gb18030 = -1, .threads = 1
};

static const char *write_city(struct city_options o)
{
	struct city_report report;
	struct call *c = test_call();

	o.folder = test_folder();
	if (city_write(c, &o, &report))
		test_fail("%s", c->problem);
	return o.folder;
}

static char *read_file(const char *folder, const char *name, size_t *size)
{
	struct arena *a = test_call()->arena;
	FILE *f = fopen(arena_printf(a, "%s/%s", folder, name), "re");
	struct stat st;

	if (!f)
		test_fail("no file %s", name);
	assert_int_equal(fstat(fileno(f), &st), 0);
	*size = (size_t)st.st_size;
	char *text = arena_alloc(a, *size + 1);
	assert_int_equal(fread(text, 1, *size, f), *size);
	fclose(f);
	text[*size] = '\0';
	return text;
}

static const char *file_of(int i)
{
	return i < CITY_RESOURCES
		       ? arena_printf(test_call()->arena, "%s.csv", city_resources[i].code)
	       : i == CITY_RESOURCES ? "truth.csv"
				     : "relations.csv";
}

/* FNV-1a over all files in order. */
static uint64_t fingerprint(const char *folder)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (int i = 0; i < CITY_RESOURCES + 2; i++) {
		size_t size;
		const char *text = read_file(folder, file_of(i), &size);
		for (size_t n = 0; n < size; n++)
			h = (h ^ (uint8_t)text[n]) * UINT64_C(0x100000001b3);
	}
	return h;
}

TEST(the_bytes_of_a_seed_do_not_change_unseen)
{
	/* Whoever changes the city changes this number, and says so: measurements of linkage are then of
	 * another city. */
	const uint64_t known = UINT64_C(0x5eeb09fe30b02e03);

	uint64_t now = fingerprint(write_city(small));
	if (now != known)
		test_fail("seed 1 is another city now: 0x%llx", (unsigned long long)now);
}

TEST(any_number_of_threads_writes_the_same_bytes)
{
	struct city_options o = small;
	uint64_t one, other;

	/* Enough for several pieces of a resource, and of relations. */
	o.grids = 40;
	one = fingerprint(write_city(o));
	o.threads = 2;
	assert_true(fingerprint(write_city(o)) == one);
	o.threads = 7;
	assert_true(fingerprint(write_city(o)) == one);
	o.seed = 2;
	other = fingerprint(write_city(o));
	assert_true(other != one);
	o.errors = 2000;
	assert_true(fingerprint(write_city(o)) != other);
}

/* --- RFC 4180, read strictly --- */

struct reader {
	const char *at, *end;
};

/* The next cell into 'out'; '*last': it ended its row. False at the end of the file. */
static bool read_cell(struct reader *r, char *out, size_t room, bool *last)
{
	size_t size = 0;

	if (r->at == r->end)
		return false;
	if (*r->at == '"') {
		for (r->at++;; r->at++) {
			assert_true(r->at < r->end);
			if (*r->at == '"' && *++r->at != '"')
				break;
			assert_true(size + 1 < room);
			out[size++] = *r->at;
		}
	} else {
		while (*r->at != ',' && *r->at != '\r') {
			assert_true(r->at + 1 < r->end);
			assert_true(*r->at != '"' && *r->at != '\n');
			assert_true(size + 1 < room);
			out[size++] = *r->at++;
		}
	}
	out[size] = '\0';
	*last = *r->at != ',';
	if (*last) {
		assert_true(r->end - r->at >= 2);
		assert_memory_equal(r->at, "\r\n", 2);
		r->at++;
	}
	r->at++;
	return true;
}

/* Cells of the next row, 0 at the end. The first one goes to 'first'. */
static int read_row(struct reader *r, char *first, size_t room)
{
	char text[2000];
	bool last = false;
	int n = 0;

	for (; !last && read_cell(r, text, sizeof text, &last); n++) {
		assert_true(utf8_valid(text, strlen(text)));
		if (n == 0) {
			assert_true(strlen(text) < room);
			strcpy(first, text);
		}
	}
	return n;
}

TEST(every_file_parses_and_its_truth_goes_with_it)
{
	struct city_options o = small;
	o.grids = 12;
	const char *folder = write_city(o);
	const struct city *city = city_new(test_call()->arena, o.seed, o.grids, o.errors);
	char id[64], true_id[64], entity[64], errors[400];
	struct reader truth;
	size_t size;
	bool last, any_quoted = false;
	int64_t records = 0;

	truth.at = read_file(folder, "truth.csv", &size);
	truth.end = truth.at + size;
	assert_int_equal(read_row(&truth, id, sizeof id), 3);
	for (int i = 0; i < CITY_RESOURCES; i++) {
		struct reader r = { .at = read_file(folder, file_of(i), &size) };
		r.end = r.at + size;
		any_quoted |= strchr(r.at, '"') != NULL;
		int columns = read_row(&r, id, sizeof id);
		assert_string_equal(id, "记录编号");
		for (uint32_t row = 0; row < city_rows(city, i); row++, records++) {
			bool copy;
			assert_int_equal(read_row(&r, id, sizeof id), columns);
			assert_true(read_cell(&truth, true_id, sizeof true_id, &last) && !last);
			assert_true(read_cell(&truth, entity, sizeof entity, &last) && !last);
			assert_true(read_cell(&truth, errors, sizeof errors, &last) && last);
			assert_string_equal(id, true_id);
			assert_memory_equal(id, city_resources[i].code, 4);
			assert_int_equal(strtoul(id + 4, NULL, 10), row);
			assert_int_equal(entity[0], "PFH"[city_resources[i].subject]);
			assert_int_equal(strtoul(entity + 1, NULL, 10),
					 city_subject(city, i, row, &copy));
			assert_int_equal(copy, strstr(errors, "duplicate") != NULL);
		}
		assert_true(r.at == r.end);
	}
	assert_true(truth.at == truth.end);
	assert_true(any_quoted);
	assert_int_equal(records, CITY_GRID_RECORDS * 12);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return x < y ? -1 : x > y;
}

TEST(relations_name_those_that_are_there_and_none_twice)
{
	struct city_options o = small;
	o.grids = 20;
	size_t size;
	const char *text = read_file(write_city(o), "relations.csv", &size);
	static const uint32_t most[] = { 20 * GRID_PERSONS, 20 * GRID_FIRMS, 20 * GRID_HOUSES };
	char from[64], word[64], to[64];
	struct reader r = { text, text + size };
	uint64_t *seen = malloc(20 * 2280 * sizeof *seen);
	bool last;
	int count = 0;

	assert_int_equal(read_row(&r, from, sizeof from), 3);
	while (read_cell(&r, from, sizeof from, &last)) {
		int kind = 0;
		assert_true(read_cell(&r, word, sizeof word, &last) && !last);
		assert_true(read_cell(&r, to, sizeof to, &last) && last);
		while (strcmp(word, city_relation_words[kind]) != 0)
			assert_true(++kind < RELATION__COUNT);
		size_t a = (size_t)(strchr("PFH", from[0]) - "PFH");
		size_t b = (size_t)(strchr("PFH", to[0]) - "PFH");
		uint32_t x = (uint32_t)strtoul(from + 1, NULL, 10);
		uint32_t y = (uint32_t)strtoul(to + 1, NULL, 10);
		assert_true(a < 3 && b < 3 && x < most[a] && y < most[b]);
		assert_false(a == b && x == y);
		assert_true(count < 20 * 2280);
		seen[count++] = (uint64_t)kind << 60 | (uint64_t)x << 30 | y;
	}
	assert_int_equal(count, 20 * 2280);
	qsort(seen, (size_t)count, sizeof *seen, compare);
	for (int i = 1; i < count; i++)
		assert_true(seen[i] != seen[i - 1]);
	free(seen);
}

TEST(the_manifest_counts_what_is_there)
{
	struct city_options o = small;
	o.errors = 2000;
	const char *folder = write_city(o);
	size_t size;
	json_t *m =
		json_loads(read_file(folder, "manifest.json", &size), JSON_REJECT_DUPLICATES, NULL);
	json_t *resources = json_object_get(m, "resources"), *all, *r;
	int64_t records = 0;
	size_t i;

	assert_non_null(m);
	assert_int_equal(json_array_size(resources), CITY_RESOURCES);
	json_array_foreach(resources, i, r)
	{
		read_file(folder, json_string_value(json_object_get(r, "file")), &size);
		assert_int_equal(json_integer_value(json_object_get(r, "bytes")), size);
		assert_int_equal(json_integer_value(json_object_get(r, "duplicates")),
				 3 * 2 * city_resources[i].copies);
		records += json_integer_value(json_object_get(r, "records"));
	}
	all = json_object_get(m, "complete_linkage");
	assert_int_equal(records, 3 * (CITY_GRID_RECORDS + 61));
	assert_int_equal(json_integer_value(json_object_get(all, "source_links")), records);
	assert_int_equal(json_integer_value(json_object_get(all, "linked_records")),
			 3 * (CITY_GRID_LINKED + 61));
	json_decref(m);
}

TEST(chosen_resources_are_those_of_the_whole_city)
{
	struct city_options o = small;
	const char *whole = write_city(o), *part;
	struct stat st;
	size_t a, b;

	o.resources = IN(WJ01) | IN(SJ01);
	part = write_city(o);
	for (int i = 0; i < CITY_RESOURCES; i++) {
		const char *path = arena_printf(test_call()->arena, "%s/%s", part, file_of(i));
		if (!(o.resources & IN(i))) {
			assert_int_equal(stat(path, &st), -1);
			continue;
		}
		const char *x = read_file(whole, file_of(i), &a),
			   *y = read_file(part, file_of(i), &b);
		assert_int_equal(a, b);
		assert_memory_equal(x, y, a);
	}
	/* The truth has the lines of the chosen, under its heading. */
	read_file(part, "truth.csv", &a);
	read_file(whole, "truth.csv", &b);
	assert_true(a < b);
}

TEST(one_departments_files_can_be_in_gb18030)
{
	struct city_options o = small;
	const char *plain = write_city(o), *wide;
	size_t a, b;

	o.gb18030 = MZ;
	wide = write_city(o);
	for (int i = 0; i < CITY_RESOURCES; i++) {
		char *x = read_file(plain, file_of(i), &a), *y = read_file(wide, file_of(i), &b);
		if (city_resources[i].department == MZ) {
			iconv_t back = iconv_open("UTF-8", "GB18030");
			size_t room = 2 * b + 16, left = room;
			char *text = arena_alloc(test_call()->arena, room), *out = text;
			assert_true(a != b);
			assert_int_equal(iconv(back, &y, &b, &out, &left), 0);
			iconv_close(back);
			y = text;
			b = room - left;
		}
		assert_int_equal(a, b);
		assert_memory_equal(x, y, a);
	}
}

/* --- Refusals --- */

static void expect_refused(struct city_options o, const char *at)
{
	struct city_report report;
	struct call *c = test_call();

	assert_int_equal(city_write(c, &o, &report), ST_BAD_INPUT);
	assert_string_equal(c->problem_at, at);
	assert_true(c->problem[0] != '\0');
}

TEST(options_out_of_bounds_are_refused_by_name)
{
	struct city_options o = small;

	o.folder = test_folder();
	o.grids = 0;
	expect_refused(o, "scale");
	o.grids = CITY_GRIDS + 1;
	expect_refused(o, "scale");
	o.grids = 1;
	o.errors = 10001;
	expect_refused(o, "errors");
	o.errors = 1000;
	o.threads = 0;
	expect_refused(o, "threads");
	o.threads = 257;
	expect_refused(o, "threads");
	o.threads = 1;
	o.gb18030 = CITY_DEPARTMENTS;
	expect_refused(o, "gb18030");
	o.gb18030 = -1;
	o.resources = UINT64_C(1) << CITY_RESOURCES;
	expect_refused(o, "resources");
	o.resources = 0;
	o.folder = "";
	expect_refused(o, "out");
	o.folder = "/dev/null/city";
	expect_refused(o, "out");
}

TEST(a_file_that_cannot_be_written_leaves_no_manifest)
{
	struct city_options o = small;
	struct city_report report;
	struct call *c = test_call();
	size_t size;

	o.folder = test_folder();
	/* A manifest of before, and a disk that is full at one file. */
	assert_int_equal(city_write(c, &o, &report), ST_OK);
	read_file(o.folder, "manifest.json", &size);
	const char *full = arena_printf(c->arena, "%s/WJ03.csv", o.folder);
	assert_int_equal(unlink(full), 0);
	assert_int_equal(symlink("/dev/full", full), 0);
	assert_int_equal(city_write(c, &o, &report), ST_INTERNAL);
	assert_non_null(strstr(c->problem, "WJ03.csv"));
	assert_int_equal(access(arena_printf(c->arena, "%s/manifest.json", o.folder), F_OK), -1);
}

static int command(const char *a, const char *b, const char *c, const char *d)
{
	char *argv[] = { (char[]){ "city" },   (char *)(uintptr_t)a, (char *)(uintptr_t)b,
			 (char *)(uintptr_t)c, (char *)(uintptr_t)d, NULL };

	return city_main(5, argv);
}

TEST(the_command_says_what_it_does_not_take)
{
	char *out = arena_printf(test_call()->arena, "--out=%s/city", test_folder());

	/* 2: not how it is called; 1: a value out of bounds. */
	assert_int_equal(command(out, "--seed=1", "--errors=1", "--threads=1"), 2);
	assert_int_equal(command(out, "--scale=0.0001", "--seed=1", "--colour=red"), 2);
	assert_int_equal(command(out, "--scale=0.0001", "--seed=1", "more"), 2);
	assert_int_equal(command(out, "--scale=1.0001", "--seed=1", "--errors=1"), 1);
	assert_int_equal(command(out, "--scale=0.00001", "--seed=1", "--errors=1"), 1);
	assert_int_equal(command(out, "--scale=0", "--seed=1", "--errors=1"), 1);
	assert_int_equal(
		command(out, "--scale=0.0001", "--seed=18446744073709551616", "--errors=1"), 1);
	assert_int_equal(command(out, "--scale=1e9", "--seed=1", "--errors=1"), 1);
	assert_int_equal(command(out, "--scale=99999999999999999999", "--seed=1", "--errors=1"), 1);
	assert_int_equal(command(out, "--scale=0.0001", "--seed=-1", "--errors=1"), 1);
	assert_int_equal(command(out, "--scale=0.0001", "--seed=1", "--errors=11"), 1);
	assert_int_equal(command(out, "--scale=0.0001", "--errors=1..5", "--seed=1"), 1);
	assert_int_equal(command(out, "--scale=0.0001", "--resources=GA01,GA99", "--seed=1"), 1);
	assert_int_equal(command(out, "--scale=0.0001", "--gb18030=XX", "--seed=1"), 1);
	assert_int_equal(command(out, "--scale=0.0001", "--threads=257", "--seed=1"), 1);
	assert_int_equal(access(out + strlen("--out="), F_OK), -1);
	assert_int_equal(command(out, "--scale=.0002", "--resources=ga01,sj01", "--errors=0.5"), 0);
	assert_int_equal(access(out + strlen("--out="), F_OK), 0);
}

TEST(the_document_is_what_the_program_prints)
{
	struct buf now = { .arena = test_call()->arena };
	FILE *file = fopen(SOURCE_ROOT "/docs/city.md", "re");
	struct stat st;

	city_document(&now);
	assert_non_null(file);
	assert_int_equal(fstat(fileno(file), &st), 0);
	char *shipped = arena_alloc(now.arena, (size_t)st.st_size + 1);
	assert_int_equal(fread(shipped, 1, (size_t)st.st_size, file), st.st_size);
	fclose(file);
	const char *made = strstr(shipped, "| per million cells |");
	if (!made || strcmp(made, now.data) != 0)
		test_fail("docs/city.md is old: its end is what yongyun city --describe prints");
	/* And the counts in the part that is written by hand. */
	const struct city *city = city_new(now.arena, 1, 1, 1000);
	for (int i = 0; i < RELATION__COUNT; i++) {
		const char *row = arena_printf(now.arena, "| `%s` | %d |", city_relation_words[i],
					       city->plan.relations[i]);
		if (!strstr(shipped, row))
			test_fail("docs/city.md is old: it lacks %s", row);
	}
	for (int i = 0; i < ERROR__COUNT; i++)
		if (!strstr(shipped, arena_printf(now.arena, "`%s`", city_error_words[i])))
			test_fail("docs/city.md does not explain %s", city_error_words[i]);
}
