/* SPDX-License-Identifier: Apache-2.0 */
/* What people judge of pairs: it is obeyed, it is measured by, and what they should look at is left for them. */
#include <stdlib.h>
#include "base/json.h"
#include "engine/linkage/linkage.h"
#include "harness.h"

static const char *folder; /* of the test */

static const char *file_of(const char *name, const char *text)
{
	const char *path = arena_printf(test_call()->arena, "%s/%s", folder, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static const char *read_back(const char *name)
{
	struct buf b = { .arena = test_call()->arena };
	FILE *f = fopen(arena_printf(b.arena, "%s/%s", folder, name), "re");

	assert_non_null(f);
	for (int ch; (ch = fgetc(f)) != EOF;)
		buf_char(&b, (char)ch);
	assert_int_equal(fclose(f), 0);
	return buf_text(&b);
}

/* Two of one name and birthday whose numbers differ, one with none, two that nothing shares. */
static const char people[] = "id,name,born,number,who\n"
			     "a,张伟,1949-12-31,11010519491231002X,1\n"
			     "b,张伟,1949-12-31,110105194912310038,2\n"
			     "c,张伟,1949-12-31,,2\n"
			     "d,李娜,1970-01-01,,3\n"
			     "e,王芳,1980-02-02,,3\n"
			     "f,赵敏,1985-05-05,,4\n";
static const char settings[] = "[link]\nprior = 0.2\ncluster-threshold = 0.5\nreview-low = 0.001\n"
			       "review-high = 0.9999\n[compare]\nname = chinese-name\nborn = date\n"
			       "number = citizen-id\n[block]\nrule = name\n[model]\n"
			       "number.m = 0.4 0.1 0.1 0.1 0.1 0.1 0.1\n"
			       "number.u = 0.4 0.1 0.1 0.1 0.1 0.1 0.1\n";

static enum status run(struct call *c, const char *judged, const char *truth)
{
	const char *const inputs[] = { file_of("t.csv", people) };
	struct linkage_ask ask = { .inputs = inputs,
				   .input_count = 1,
				   .settings = file_of("s.ini", settings),
				   .judged = judged ? file_of("judged.csv", judged) : NULL,
				   .truth = truth,
				   .out = folder,
				   .report = arena_printf(c->arena, "%s/report.json", folder),
				   .quiet = true,
				   .threads = 1 };
	FILE *none = fopen("/dev/null", "we");
	enum status st = linkage_run(c, &ask, none);

	fclose(none);
	return st;
}

static const char *clusters_of(const char *judged)
{
	struct call *c = test_call();

	if (run(c, judged, NULL))
		test_fail("%s", c->problem);
	return read_back("clusters.csv");
}

#define HEAD "id_l,id_r,verdict\n"

TEST(what_people_judge_is_obeyed_over_guards_and_through_chains)
{
	folder = test_folder();
	assert_string_equal(clusters_of(NULL), "cluster,id\n0,a\n1,b\n0,c\n3,d\n4,e\n5,f\n");
	/* Apart: c goes to the other of its name. */
	assert_string_equal(clusters_of(HEAD "c,a,different\n"),
			    "cluster,id\n0,a\n1,b\n1,c\n3,d\n4,e\n5,f\n");
	/* The same, although no rule brought the pair, and although numbers differ. */
	assert_string_equal(clusters_of(HEAD "d,e,same\na,b,same\n"),
			    "cluster,id\n0,a\n0,b\n0,c\n3,d\n3,e\n5,f\n");
	/* Apart holds for all that the two were joined with. */
	assert_string_equal(clusters_of(HEAD "d,e,same\nf,e,different\nd,f,same\n"),
			    "cluster,id\n0,a\n1,b\n0,c\n3,d\n3,e\n5,f\n");
	const char *report = read_back("report.json");
	assert_non_null(strstr(report, "\"judged\":3,\"refused_judged\":1"));
	/* The last verdict on a pair stands, whichever way round; a record that is gone is passed over. */
	assert_string_equal(clusters_of(HEAD "d,e,same\ne,d,different\nz,d,same\nf,f,same\n"),
			    "cluster,id\n0,a\n1,b\n0,c\n3,d\n4,e\n5,f\n");
	assert_non_null(strstr(read_back("report.json"), "\"judged\":1,"));
}

TEST(pairs_between_the_thresholds_are_left_with_their_waterfalls)
{
	struct call *c = test_call();

	folder = test_folder();
	assert_int_equal(run(c, NULL, NULL), ST_OK);
	const char *lines = read_back("review.jsonl");
	struct words w = words_split(c->arena, lines, '\n');
	/* a and c were joined; c and b are two clusters, of which a guard kept one apart; a and b conflict
	 * and are of the same two. */
	assert_int_equal(w.count, 2);
	assert_true(strstr(lines, "\"left\":\"a\",\"right\":\"c\"") != NULL);
	assert_true(strstr(lines, "\"right\":\"c\"") && strstr(lines, "\"level\":\"missing\""));
	for (size_t i = 0; i < w.count; i++) {
		const char *at = strstr(w.list[i], "\"prior\":");
		double sum = strtod(at + 8, NULL), whole;
		for (at = strstr(at, "\"level\":"); at; at = strstr(at + 1, "\"level\":"))
			sum += strtod(strstr(at, "\"weight\":") + 9, NULL);
		whole = strtod(strstr(strstr(w.list[i], "],"), "\"weight\":") + 9, NULL);
		assert_true(sum - whole < 1e-9 && whole - sum < 1e-9);
	}
	/* What is judged is not asked again, nor another pair of two clusters that were put apart. */
	assert_int_equal(run(c, HEAD "a,c,same\nb,c,different\n", NULL), ST_OK);
	assert_string_equal(read_back("review.jsonl"), "");
}

TEST(a_truth_with_verdicts_takes_the_same_alone)
{
	struct call *c = test_call();

	folder = test_folder();
	const char *truth = file_of("truth.csv", HEAD "a,b,different\na,c,same\n");
	if (run(c, NULL, truth))
		test_fail("%s", c->problem);
	assert_non_null(strstr(read_back("report.json"), "\"truth\":{\"pairs\":1,"));
}

TEST(judgements_that_are_wrong_are_refused_by_line_and_rule)
{
	static const char *const wrong[][2] = {
		{ "id_l,id_r\na,b\n", "two ids' columns and verdict" },
		{ HEAD "a,b,maybe\n", "line 2: the verdict is neither same nor different" },
		{ HEAD "a,b\n", "line 2: fewer than 3 fields" },
		{ "", "is empty" },
	};
	folder = test_folder();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct call *c = test_call();
		assert_int_not_equal(run(c, wrong[i][0], NULL), ST_OK);
		if (!strstr(c->problem, wrong[i][1]))
			test_fail("'%s' does not hold '%s'", c->problem, wrong[i][1]);
	}
	static const char *const limits[] = { "review-low = 0.5\n", "review-high = 0.5\n",
					      "review-low = 0.6\nreview-high = 0.5\n" };
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct call *c = test_call();
		const char *const inputs[] = { file_of("t.csv", people) };
		struct linkage_ask ask = {
			.inputs = inputs,
			.input_count = 1,
			.settings =
				file_of("s.ini", arena_printf(c->arena,
							      "[link]\n%s[compare]\nname = name\n"
							      "[block]\nrule = name\n",
							      limits[i])),
			.quiet = true
		};
		assert_int_equal(linkage_run(c, &ask, stderr), ST_BAD_INPUT);
		assert_non_null(strstr(c->problem, "review-low and review-high"));
	}
}
