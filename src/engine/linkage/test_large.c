/* SPDX-License-Identifier: Apache-2.0 */
/* Tables beyond memory: runs that must leave the same as runs without a limit. */
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include "base/text.h"
#include "engine/linkage/linkage_private.h"
#include "harness.h"

static uint64_t state;

static unsigned dice(unsigned n)
{
	state = mix(state + 0x9E3779B97F4A7C15ull);
	return (unsigned)(state >> 33) % n;
}

static const char *file_of(const char *folder, const char *name, const char *text)
{
	const char *path = arena_printf(test_call()->arena, "%s/%s", folder, name);
	FILE *f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	fclose(f);
	return path;
}

static const char *read_back(const char *folder, const char *name)
{
	struct buf text = { .arena = test_call()->arena };
	FILE *f = fopen(arena_printf(text.arena, "%s/%s", folder, name), "re");
	assert_non_null(f);
	for (size_t n = 1; n;) {
		n = fread(buf_reserve(&text, 1 << 16), 1, 1 << 16, f);
		text.size += n;
		text.data[text.size] = '\0';
	}
	fclose(f);
	return buf_text(&text);
}

/* People whose records agree in some columns and err in others, written in several ways. */
static const char *people(unsigned count, unsigned seed, const char *const *names,
			  unsigned name_count)
{
	struct buf b = { .arena = test_call()->arena };

	state = seed;
	buf_str(&b, "id,first,last,born,phone,number,town\n");
	for (unsigned i = 0; i < count; i++) {
		unsigned who = dice(count / 2), copy = dice(4);
		unsigned year = 1950 + who % 50, month = 1 + who % 12, day = 1 + who % 28;
		buf_printf(&b, "%u,%s,%s%u%s,", i, names[who % name_count],
			   names[who / name_count % name_count], who / 7 % 90,
			   copy == 1 ? "x" : "");
		buf_printf(&b, copy == 2 ? "%u/%u/%u," : "%04u-%02u-%02u,", year, month, day);
		buf_printf(&b, copy == 3 ? "+86 138 %04u %04u," : "138%04u%04u,", who % 10000,
			   who * 7 % 10000);
		buf_printf(&b, dice(3) ? "," : "11010519%02u0101%03u%c,", who % 90 + 10, who % 1000,
			   copy == 0 ? 'X' : '1');
		buf_printf(&b, "\"%s, %c\"\n", who % 3 ? "Ningbo" : "Yuyao", 'a' + who % 5);
	}
	return buf_text(&b);
}

static const char *const names[] = { "anna", "bert", "王芳", "carl", "Dóra", "emil", "李娜",
				     "gina", "hugo", "irma", "张伟", "jan",  "kate" };

static const char settings[] =
	"[link]\nblock-max = 60\ncluster-threshold = 0.8\nlink-threshold = 0.0005\n%s[compare]\n"
	"first = chinese-name frequency\nlast = name frequency swap:first\nborn = date\n"
	"phone = code frequency\nnumber = citizen-id frequency\ntown = exact\n"
	"[block]\nrule = first + born\nrule = phone\nrule = prefix(last, 3) + year(born)\n"
	"rule = either(first, last)\nrule = number\n";

static size_t count_files(const char *folder)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	assert_non_null(d);
	for (const struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

/* Links without a limit and with one; each file must be the same. Gives the folder of the latter. */
static const char *link_both_by(const char *const *inputs, unsigned count, const char *given,
				const char *judged, int64_t memory, unsigned threads)
{
	static const char *const files[] = { "links.csv", "clusters.csv", "merges.csv",
					     "golden.csv", "settings.ini" };
	const char *folder = test_folder();
	struct call *c = test_call();
	const char *out[2];
	FILE *none = fopen("/dev/null", "we");

	for (unsigned i = 0; i < 2; i++) {
		out[i] = arena_printf(c->arena, "%s/%s", folder, i ? "limited" : "whole");
		struct linkage_ask ask = { .inputs = inputs,
					   .input_count = count,
					   .settings = given,
					   .judged = judged,
					   .out = out[i],
					   .quiet = true,
					   .threads = i ? threads : 2,
					   .memory = i ? memory : 0 };
		if (linkage_run(c, &ask, none))
			test_fail("%s", c->problem);
	}
	fclose(none);
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		const char *whole = read_back(out[0], files[i]);
		assert_true(strlen(whole) > 200);
		assert_string_equal(whole, read_back(out[1], files[i]));
	}
	/* Nothing of the files in between is left. */
	assert_int_equal(count_files(out[1]), sizeof files / sizeof *files);
	return out[1];
}

static void link_both(const char *const *inputs, unsigned count, const char *more, int64_t memory,
		      unsigned threads)
{
	char text[2048];

	snprintf(text, sizeof text, settings, more);
	link_both_by(inputs, count, file_of(test_folder(), "s.ini", text), NULL, memory, threads);
}

TEST(a_limit_of_memory_changes_nothing)
{
	const char *table = people(6000, 1, names, 13);
	const char *input = file_of(test_folder(), "people.csv", table);
	/* Blocks over block-max are split; of parts there are one and many. */
	link_both(&input, 1, "", 48 << 20, 1);
	link_both(&input, 1, "", 1 << 30, 3);
	link_both(&input, 1, "cluster-max = 5\n", 50 << 20, 2);
}

TEST(clusters_alone_are_written_where_no_more_is_asked_for)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	const char *input = file_of(folder, "people.csv", people(2000, 1, names, 13));
	char text[2048];
	snprintf(text, sizeof text, settings, "");
	const char *given = file_of(folder, "s.ini", text);
	const char *all = link_both_by(&input, 1, given, NULL, 48 << 20, 2);
	FILE *none = fopen("/dev/null", "we");

	for (int64_t memory = 0; memory <= 48 << 20; memory += 48 << 20) {
		struct linkage_ask ask = { .inputs = &input,
					   .input_count = 1,
					   .settings = given,
					   .out = arena_printf(c->arena, "%s/alone%d", folder,
							       memory != 0),
					   .clusters_only = true,
					   .quiet = true,
					   .memory = memory };
		if (linkage_run(c, &ask, none))
			test_fail("%s", c->problem);
		assert_int_equal(count_files(ask.out), 1);
		assert_string_equal(read_back(ask.out, "clusters.csv"),
				    read_back(all, "clusters.csv"));
	}
	fclose(none);
}

TEST(a_limit_of_memory_changes_nothing_between_tables)
{
	const char *folder = test_folder();
	const char *inputs[] = { file_of(folder, "a.csv", people(2500, 2, names, 13)),
				 file_of(folder, "b.csv", people(2500, 3, names, 13)),
				 file_of(folder, "c,d.csv", people(900, 4, names, 13)) };
	link_both(inputs, 3, "", 48 << 20, 2);
	link_both(inputs, 3, "within = yes\none-to-one = no\n", 48 << 20, 2);
}

/* Clusters by 'key' alone, whatever the other columns are; of the records with long notes one cluster has 'many'. */
static const char *keyed(unsigned count, unsigned many, unsigned note_size)
{
	static const char *const dates[] = { "1990-01-02", "1990/1/2", "1990-13-02", "", "2 Jan" };
	static const char *const numbers[] = { "11010519491231002X", "110105491231002", "",
					       "110105194912310021", "11010519491231002x " };
	static const char *const phones[] = { "+86 138 0000 1111", "13800001111", "", "0574" };
	static const char *const notes[] = { "\"a \"\"b\"\", c\"", "", "\"two\nlines\"", "\u3000",
					     "x" };
	struct buf b = { .arena = test_call()->arena };
	char *note = arena_alloc(b.arena, note_size + 1ul);

	memset(note, 'n', note_size);
	note[note_size] = '\0';
	state = 11;
	buf_str(&b, "note,id,key,born,number,phone,spare,long\n");
	for (unsigned i = 0; i < count; i++) {
		buf_printf(&b, "%s,r%u,", notes[dice(5)], i);
		if (i < many)
			buf_str(&b, "many");
		else
			buf_printf(&b, "k%u", dice(count / 2));
		buf_printf(&b, ",%s,%s", dates[dice(5)], numbers[dice(5)]);
		buf_printf(&b, ",%s,%s,%u%s\n", phones[dice(4)], notes[dice(5)], dice(3), note);
	}
	return buf_text(&b);
}

static const char keyed_settings[] =
	"[link]\nprior = 0.2\ncluster-threshold = 0.5\n[compare]\nkey = exact\nborn = date\n"
	"number = citizen-id\nphone = code\nspare = exact\n[block]\nrule = key\n[model]\n"
	"key.m = 0.01 0.99\nkey.u = 0.99 0.01\n"
	"born.m = 0.2 0.2 0.2 0.2 0.1 0.1\nborn.u = 0.2 0.2 0.2 0.2 0.1 0.1\n"
	"number.m = 0.2 0.2 0.2 0.1 0.1 0.1 0.1\nnumber.u = 0.2 0.2 0.2 0.1 0.1 0.1 0.1\n"
	"phone.m = 0.4 0.2 0.2 0.2\nphone.u = 0.4 0.2 0.2 0.2\n"
	"spare.m = 0.5 0.5\nspare.u = 0.5 0.5\n";

TEST(golden_records_with_a_limit_of_memory_are_the_same)
{
	const char *folder = test_folder();
	const char *given = file_of(folder, "k.ini", keyed_settings);
	const char *input = file_of(folder, "keyed.csv", keyed(3000, 60, 0));

	const char *golden =
		read_back(link_both_by(&input, 1, given, NULL, 48 << 20, 2), "golden.csv");
	/* A cluster of more than a few, one of a few, and one record alone. */
	assert_true(strstr(golden, "\n0,60,") && strstr(golden, ",3,") && strstr(golden, ",1,"));
	/* The valid number stands, and its place in the table is told. */
	assert_non_null(strstr(golden, ",11010519491231002X,r"));
}

TEST(golden_records_are_made_in_more_walks_than_one)
{
	/* More pieces than are filled in one walk: 1,100 records of 14 KiB where a piece has a quarter of 3 MiB. */
	const char *folder = test_folder();
	const char *given = file_of(folder, "k.ini", keyed_settings);
	const char *input = file_of(folder, "long.csv", keyed(1300, 20, 14 << 10));

	link_both_by(&input, 1, given, NULL, 48 << 20, 2);
}

/* Verdicts on records 'a' and 'b' of the tables, some of which contradict others, or are of ids that are not there. */
static const char *verdicts(const char *folder, unsigned a, unsigned b)
{
	struct buf text = { .arena = test_call()->arena };

	state = 21;
	buf_str(&text, "id_l,id_r,verdict\n");
	for (unsigned i = 0; i < 400; i++)
		buf_printf(&text, "%u,%u,%s\n", dice(a), dice(b), dice(2) ? "same" : "different");
	for (unsigned i = 0; i < 60; i++)
		buf_printf(&text, "%u,%u,%s\n", dice(30), dice(30), dice(3) ? "same" : "different");
	buf_str(&text, "x,7,same\n7,,same\n\"8\",9,same\n");
	return file_of(folder, "judged.csv", buf_text(&text));
}

TEST(verdicts_are_obeyed_with_a_limit_of_memory)
{
	const char *folder = test_folder();
	struct call *c = test_call();
	char text[2048];
	const char *inputs[] = { file_of(folder, "a.csv", people(2500, 2, names, 13)),
				 file_of(folder, "b.csv", people(2500, 3, names, 13)),
				 file_of(folder, "c.csv", people(900, 4, names, 13)) };

	snprintf(text, sizeof text, settings, "");
	const char *given = file_of(folder, "s.ini", text);
	const char *none =
		read_back(link_both_by(inputs, 1, given, NULL, 48 << 20, 2), "clusters.csv");
	const char *judged = verdicts(folder, 2500, 2500);
	const char *limited = link_both_by(inputs, 1, given, judged, 48 << 20, 2);
	assert_string_not_equal(none, read_back(limited, "clusters.csv"));
	assert_non_null(strstr(read_back(limited, "merges.csv"), ",1000.000\n"));
	/* The first id is one of the first table, the second of the last. */
	limited = link_both_by(inputs, 3, given, verdicts(folder, 2500, 900), 48 << 20, 2);
	assert_non_null(strstr(read_back(limited, "merges.csv"), ",1000.000\n"));
	/* What is wrong of a file is told as without a limit. */
	struct linkage_ask ask = { .inputs = inputs,
				   .input_count = 1,
				   .settings = given,
				   .judged = file_of(folder, "w.csv",
						     "id_l,id_r,verdict\n1,2,same\n3,4,maybe\n"),
				   .quiet = true,
				   .memory = 48 << 20 };
	assert_int_equal(linkage_run(c, &ask, stderr), ST_BAD_INPUT);
	assert_string_equal(c->problem_at, "verdict");
	assert_non_null(strstr(c->problem, "line 3: the verdict is neither same nor different"));
}

TEST(verdicts_that_are_too_many_are_refused_with_the_least_that_would_do)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	const char *folder = test_folder();
	const char *input = file_of(folder, "a.csv", people(300, 2, names, 13));
	char text[2048];

	buf_str(&b, "id_l,id_r,verdict\n");
	for (unsigned i = 0; i < 50000; i++)
		buf_printf(&b, "%u,x%u,same\n", i, i);
	snprintf(text, sizeof text, settings, "");
	struct linkage_ask ask = { .inputs = &input,
				   .input_count = 1,
				   .settings = file_of(folder, "s.ini", text),
				   .judged = file_of(folder, "j.csv", buf_text(&b)),
				   .quiet = true,
				   .memory = 48 << 20 };
	FILE *none = fopen("/dev/null", "we");

	assert_int_equal(linkage_run(c, &ask, none), ST_TOO_LARGE);
	assert_string_equal(c->problem_at, "memory");
	const char *least = strstr(c->problem, " need at least ");
	assert_non_null(least);
	/* What it names is enough. */
	ask.memory = strtoll(least + 15, NULL, 10) << 20;
	assert_true(ask.memory > 48 << 20 && ask.memory < 64 << 20);
	c = test_call();
	if (linkage_run(c, &ask, none))
		test_fail("%s", c->problem);
	fclose(none);
}

TEST(limits_of_memory_are_bytes_or_so_many_units)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} good[] = { { "512M", 512ll << 20 },
		     { "4G", 4ll << 30 },
		     { "1K", 1 << 10 },
		     { "1", 1 },
		     { "68719476736", 64ll << 30 },
		     { "8589934591G", 8589934591ll << 30 },
		     { "9223372036854775807", INT64_MAX } };
	static const char *const bad[] = { "",
					   "0",
					   "0G",
					   "-1",
					   "-1M",
					   "1T",
					   "M",
					   "1 M",
					   "1m",
					   "1MM",
					   "1.5G",
					   "8589934592G",
					   "9999999999G",
					   "9223372036854775808",
					   "000000000000000000000001" };
	int64_t v = 7;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_true(linkage_memory_parse(good[i].text, &v));
		assert_int_equal(v, good[i].bytes);
	}
	v = 7;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (linkage_memory_parse(bad[i], &v) || v != 7)
			test_fail("'%s' was read as a limit of memory", bad[i]);
}

TEST(a_cluster_too_large_for_its_golden_record_is_told)
{
	struct call *c = test_call();
	const char *folder = test_folder();
	const char *input = file_of(folder, "long.csv", keyed(200, 160, 14 << 10));
	struct linkage_ask ask = { .inputs = &input,
				   .input_count = 1,
				   .settings = file_of(folder, "k.ini", keyed_settings),
				   .out = arena_printf(c->arena, "%s/out", folder),
				   .quiet = true,
				   .memory = 48 << 20 };
	FILE *none = fopen("/dev/null", "we");

	assert_int_equal(linkage_run(c, &ask, none), ST_TOO_LARGE);
	assert_string_equal(c->problem_at, "memory");
	const char *least = strstr(c->problem, "the golden record of a large cluster needs ");
	assert_non_null(least);
	assert_true(count_files(ask.out) == 4 && strlen(read_back(ask.out, "clusters.csv")) > 200);
	/* What it names is enough. */
	ask.memory = strtoll(strstr(least, "needs ") + 6, NULL, 10) << 20;
	c = test_call();
	if (linkage_run(c, &ask, none))
		test_fail("%s", c->problem);
	assert_non_null(strstr(read_back(ask.out, "golden.csv"), "\n0,160,"));
	fclose(none);
}

TEST(what_a_limit_of_memory_does_not_offer_is_refused)
{
	const char *folder = test_folder();
	const char *table = file_of(folder, "t.csv", "id,a,b\n1,x y z,1\n2,x y z,1\n3,q,2\n");
	const char *good = file_of(folder, "g.ini", "[compare]\na = name\n[block]\nrule = b\n");
	const char *tokens = file_of(folder, "k.ini", "[compare]\na = tokens\n[block]\nrule = b\n");
	const char *token =
		file_of(folder, "r.ini", "[compare]\na = name\n[block]\nrule = token(a)\n");
	const char *review = file_of(folder, "v.ini",
				     "[link]\nreview-low = 0.1\nreview-high = 0.9\n[compare]\n"
				     "a = name\n[block]\nrule = b\n");
	const char *gb = file_of(folder, "gb.csv", "id,a\n1,\xD5\xC5\xCE\xB0\n2,x\n");
	const struct {
		struct linkage_ask ask;
		enum status status;
		const char *problem;
	} rows[] = {
		{ { .inputs = &table }, ST_NOT_OFFERED, "give --settings" },
		{ { .inputs = &table, .settings = good, .suggest_only = true },
		  ST_NOT_OFFERED,
		  "not suggested" },
		{ { .inputs = &table, .settings = good, .truth = "b" }, ST_NOT_OFFERED, "--truth" },
		{ { .inputs = &table, .settings = good, .explain = "1,2" },
		  ST_NOT_OFFERED,
		  "--explain" },
		{ { .inputs = &table, .settings = good, .memory = 1 << 20 },
		  ST_BAD_INPUT,
		  "the least limit of memory is 48 MiB" },
		{ { .inputs = &table, .settings = tokens }, ST_NOT_OFFERED, "a: the kind tokens" },
		{ { .inputs = &table, .settings = token }, ST_NOT_OFFERED, "rule 1: token()" },
		{ { .inputs = &table, .settings = review }, ST_NOT_OFFERED, "review-high: pairs" },
		/* With verdicts too, which are obeyed. */
		{ { .inputs = &table, .settings = good, .judged = table, .truth = "b" },
		  ST_NOT_OFFERED,
		  "--truth" },
		{ { .inputs = &table, .settings = good, .judged = table, .explain = "1,2" },
		  ST_NOT_OFFERED,
		  "--explain" },
		{ { .inputs = &table, .settings = review, .judged = table },
		  ST_NOT_OFFERED,
		  "review-high: pairs" },
		{ { .inputs = &gb, .settings = good }, ST_NOT_OFFERED, "in GB 18030" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct call *c = test_call();
		struct linkage_ask ask = rows[i].ask;
		FILE *none = fopen("/dev/null", "we");
		ask.input_count = 1;
		ask.quiet = true;
		ask.memory = ask.memory ? ask.memory : 64 << 20;
		assert_int_equal(linkage_run(c, &ask, none), rows[i].status);
		assert_non_null(strstr(c->problem, rows[i].problem));
		assert_string_equal(c->problem_at, "memory");
		fclose(none);
	}
}

TEST(a_limit_too_small_is_refused_with_the_least_that_would_do)
{
	/* One block whose records are large: it cannot be parted. */
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	const char *folder = test_folder();
	char text[1001];

	memset(text, 'x', 1000);
	text[1000] = '\0';
	buf_str(&b, "id,a,b\n");
	for (unsigned i = 0; i < 3000; i++)
		buf_printf(&b, "%u,%u%s,1\n", i, i, text);
	const char *table = file_of(folder, "t.csv", buf_text(&b));
	const char *given = file_of(folder, "s.ini", "[compare]\na = exact\n[block]\nrule = b\n");
	struct linkage_ask ask = { .inputs = &table,
				   .input_count = 1,
				   .settings = given,
				   .quiet = true,
				   .memory = 48 << 20 };
	FILE *none = fopen("/dev/null", "we");
	assert_int_equal(linkage_run(c, &ask, none), ST_TOO_LARGE);
	assert_non_null(strstr(c->problem, "rule 1 has blocks that need 29 MiB, "));
	/* What it names is enough. */
	const char *least = strstr(c->problem, "MiB, ") + 5;
	ask.memory = strtoll(least, NULL, 10) << 20;
	c = test_call();
	if (linkage_run(c, &ask, none))
		test_fail("%s", c->problem);
	fclose(none);
}

TEST(a_file_in_between_that_cannot_be_written_is_told)
{
	struct call *c = test_call();
	struct buf b = { .arena = c->arena };
	const char *folder = test_folder();
	struct rlimit before, least;

	/* Where almost nothing is said, what says which column has a value is the largest of the files. */
	buf_str(&b, "id,a,b,c,d,e,f,g,h\n1,x,,,,,,,\n2,x,,,,,,,\n");
	for (unsigned i = 3; i <= 9000; i++)
		buf_printf(&b, "%u,,,,,,,,\n", i);
	const char *table = file_of(folder, "t.csv", buf_text(&b));
	const char *given = file_of(folder, "s.ini",
				    "[compare]\na = exact\nb = exact\nc = exact\nd = exact\n"
				    "e = exact\nf = exact\ng = exact\nh = exact\n"
				    "[block]\nrule = a\n");
	struct linkage_ask ask = { .inputs = &table,
				   .input_count = 1,
				   .settings = given,
				   .quiet = true,
				   .memory = 48 << 20 };
	FILE *none = fopen("/dev/null", "we");

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	least = (struct rlimit){ 72000 - 1, before.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &least), 0);
	enum status st = linkage_run(c, &ask, none);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(st, ST_INTERNAL);
	assert_non_null(strstr(c->problem, "cannot keep files in "));
	fclose(none);
}
