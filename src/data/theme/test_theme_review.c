/* SPDX-License-Identifier: Apache-2.0 */
/* Clerical review: what a build is in doubt of, lent to people, judged, taken back, and obeyed. */
#include <stdio.h>
#include <stdlib.h>
#include "data/catalogue/test_catalogue.h"
#include "data/city/city.h"
#include "data/theme/theme_review_private.h"
#include "door/house.h"

#define SOME_PAIR "00112233445566778899aabbccddeeff"

static struct config config;
static const char *city; /* the folder of the registers */

static void make_city(uint32_t grids)
{
	city = text("%s/city", test_folder());
	struct city_options o = { .seed = 5,
				  .grids = grids,
				  .errors = 1000,
				  .gb18030 = -1,
				  .threads = 2,
				  .folder = city };
	struct city_report r;

	if (city_write(test_call(), &o, &r))
		test_fail("%s", test_call()->problem);
}

static struct city house_with_store(void)
{
	struct city t = test_city();

	config = *t.house->config;
	config.theme.store = text("%s/store", test_folder());
	t.house->config = &config;
	return t;
}

/* Builds the base, with what the house's people have judged, and lays out its pairs. */
static const char *build(const struct city *t)
{
	struct call *c = test_call();
	const char *judged = text("%s/judged.csv", test_folder());
	struct theme_ask ask = { .from = city,
				 .store = config.theme.store,
				 .judged = judged,
				 .quiet = true,
				 .threads = 1 };
	struct theme_counts n;
	int64_t count;
	char *told = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&told, &size);

	c->house = t->house;
	assert_non_null(to);
	if (review_write_judged(c, judged, &count) || theme_build(c, &ask, to, &n) ||
	    review_load(c))
		test_fail("%s", c->problem);
	/* Another time changes nothing. */
	if (review_load(c))
		test_fail("%s", c->problem);
	theme_forget();
	assert_int_equal(fclose(to), 0);
	const char *kept = arena_strndup(c->arena, told, size);
	free(told);
	return kept;
}

static struct http_reply *next(const char *token, const char *body)
{
	struct http_reply *r = ask(token, "POST", "/api/v1/theme/reviews/next", body);

	expect_status(r, 200);
	return r;
}

static const char *next_id(const char *token)
{
	return member(next(token, NULL), "id");
}

static struct http_reply *judge(const char *token, const char *id, const char *verdict)
{
	return ask(token, "POST", text("/api/v1/theme/reviews/%s/judgement", id),
		   text("{\"verdict\":\"%s\",\"note\":\"看过\"}", verdict));
}

static struct http_reply *undo(const char *token, const char *id)
{
	return ask(token, "DELETE", text("/api/v1/theme/reviews/%s/judgement", id), NULL);
}

static void expect_counts(const struct city *t, const char *counts)
{
	expect_text(ask(t->wang, "GET", "/api/v1/theme/reviews", NULL), counts);
}

TEST(a_pair_is_lent_to_one_and_settled_by_two_who_agree)
{
	struct city t = house_with_store();

	make_city(10);
	assert_non_null(strstr(build(&t), " pairs for people to look at"));
	const char *mine = next_id(t.wang), *others = next_id(t.li);
	assert_string_not_equal(mine, others);
	assert_string_equal(next_id(t.wang), mine); /* still mine, not another */
	assert_string_not_equal(next_id(t.zhao), mine);

	/* Nobody judges what is lent to another, nor twice, nor without saying which. */
	expect_text(judge(t.li, mine, "same"), "is not lent to you");
	expect_status(judge(t.li, mine, "same"), 409);
	expect_status(judge(t.wang, mine, "perhaps"), 400);
	expect_status(judge(t.wang, SOME_PAIR, "same"), 404);
	struct http_reply *r = judge(t.wang, mine, "same");
	expect_status(r, 201);
	expect_text(r, "\"stage\":\"second\",\"verdict\":null,\"opinions\":1");
	expect_text(judge(t.wang, mine, "same"), "judged this pair already");

	/* What somebody has judged comes first to the others, who do not learn what was said. */
	expect_status(judge(t.li, others, "unsure"), 201);
	r = next(t.li, NULL);
	assert_string_equal(member(r, "id"), mine);
	expect_text(r, "\"stage\":\"second\"");
	expect_text(r, "\"judgements\":[]");
	expect_text(ask(t.li, "GET", text("/api/v1/theme/reviews/%s", mine), NULL),
		    "\"judgements\":[]");
	r = judge(t.li, mine, "same");
	expect_text(r, "\"stage\":\"settled\",\"verdict\":\"same\",\"opinions\":2");
	expect_counts(&t, "\"same\":1,\"different\":0,\"unsure\":0");
	expect_text(ask(t.li, "GET", text("/api/v1/theme/reviews/%s", mine), NULL), "看过");
	expect_text(ask(t.wang, "GET", "/api/v1/theme/judgements", NULL),
		    "\"state\":\"settled\",\"settled\":\"same\"");

	/* One takes it back: the pair waits again, and for anybody but the one who stands by it. */
	r = undo(t.wang, mine);
	expect_status(r, 200);
	expect_text(r, "\"stage\":\"second\",\"verdict\":null,\"opinions\":1");
	expect_status(undo(t.wang, mine), 404);
	expect_counts(&t, "\"same\":0,\"different\":0,\"unsure\":0");
	assert_string_not_equal(next_id(t.li), mine);
	expect_status(ask(t.clerk, "POST", "/api/v1/theme/reviews/next", NULL), 403);

	/* The trail has whose records were seen, and why. */
	struct http_reply *trail =
		ask(t.admin, "GET", "/api/v1/audit?action=theme.review.next", NULL);
	expect_text(trail, "人工复核");
	expect_text(trail, mine);
}

TEST(who_differ_are_joined_by_a_third)
{
	struct city t = house_with_store();

	make_city(10);
	build(&t);
	const char *id = next_id(t.wang);
	expect_status(judge(t.wang, id, "same"), 201);
	assert_string_equal(next_id(t.li), id);
	struct http_reply *r = judge(t.li, id, "different");
	expect_text(r, "\"stage\":\"third\",\"verdict\":null,\"opinions\":2");
	expect_counts(&t, "\"third\":1");
	r = next(t.zhao, NULL);
	assert_string_equal(member(r, "id"), id);
	expect_text(r, "\"stage\":\"third\"");
	/* Whoever skips it gets what stands behind, and it waits for others. */
	assert_string_not_equal(member(next(t.zhao, text("{\"skip\":\"%s\"}", id)), "id"), id);
	expect_status(ask(t.zhao, "POST", "/api/v1/theme/reviews/next",
			  text("{\"skip\":\"%s\"}", SOME_PAIR)),
		      404);
	/* Three who say three things have settled nothing but that it cannot be told. */
	const char *sun = ask_person(t.admin, t.health, NULL, "sun", "data_steward", NULL);
	assert_string_equal(next_id(sun), id);
	expect_text(judge(sun, id, "unsure"),
		    "\"stage\":\"settled\",\"verdict\":\"unsure\",\"opinions\":3");
	expect_counts(&t, "\"same\":0,\"different\":0,\"unsure\":1");
	/* Without one of the two who differ, two are left: the third still has to come. */
	expect_text(undo(t.li, id), "\"stage\":\"third\",\"verdict\":null,\"opinions\":2");
	assert_string_equal(next_id(t.li), id);
	expect_text(judge(t.li, id, "same"), "\"stage\":\"settled\",\"verdict\":\"same\"");
}

TEST(a_lease_runs_out)
{
	struct city t = house_with_store();
	int64_t now = clock_now();

	make_city(10);
	clock_set(now);
	build(&t);
	const char *id = next_id(t.wang);
	clock_set(now + REVIEW_LEASE - CLOCK_SECOND);
	assert_string_not_equal(next_id(t.li), id);
	clock_set(now + REVIEW_LEASE + CLOCK_SECOND);
	expect_text(judge(t.wang, id, "same"), "or no longer");
	assert_string_equal(next_id(t.zhao), id);
	assert_string_not_equal(next_id(t.wang), id);
	clock_set(0);
}

TEST(a_kind_is_chosen_and_an_empty_queue_says_so)
{
	struct city t = house_with_store();

	expect_text(next(t.wang, NULL), "\"pair\":null");
	make_city(10);
	build(&t);
	expect_text(next(t.wang, "{\"kind\":\"house\"}"), "\"kind\":\"house\"");
	/* The kind that is asked for now, and what was held is free. */
	expect_text(next(t.wang, "{\"kind\":\"person\"}"), "\"kind\":\"person\"");
	expect_status(ask(t.wang, "POST", "/api/v1/theme/reviews/next", "{\"kind\":\"car\"}"), 400);
}

/* Both sides are masked or whole as their resources are shared. */
TEST(a_pair_shows_what_its_resources_share)
{
	struct city t = house_with_store();
	const char *shared = "\"share_type\":\"unconditional\"";
	const char *body = resource_body("不动产登记", ""), *at = strstr(body, shared);
	const char *id = publish(&t, text("%.*s\"share_type\":\"conditional\",\"share_condition\":"
					  "\"按需\"%s",
					  (int)(at - body), body, at + strlen(shared)));

	make_city(10);
	build(&t);
	struct http_reply *r = next(t.wang, "{\"kind\":\"house\"}");
	/* Nobody has said whose the resources are. */
	const char *left = member(r, "left");
	assert_non_null(strstr(left, "*"));
	for (int side = 0; side < 2; side++)
		expect_status(ask(t.admin, "PUT",
				  text("/api/v1/theme/resources/%s",
				       member(r, side ? "right_resource" : "left_resource")),
				  text("{\"resource_id\":\"%s\"}", id)),
			      200);
	const char *whole = member(next(t.wang, "{\"kind\":\"house\"}"), "left");
	assert_null(strstr(whole, "*"));
	/* To the other department it is masked; what is equal is told nevertheless. */
	const char *pair = member(r, "id");
	expect_status(judge(t.wang, pair, "unsure"), 201);
	struct http_reply *other = next(t.zhao, "{\"kind\":\"house\"}");
	assert_string_equal(member(other, "id"), pair);
	assert_non_null(strstr(member(other, "left"), "*"));
	expect_text(other, "\"equal\":");
}

static bool same_entity(const struct city *t, const char *left, const char *right)
{
	struct call *c = test_call();
	struct theme *base;
	bool found = false;

	c->house = t->house;
	if (theme_open(c, config.theme.store, &base))
		test_fail("%s", c->problem);
	for (int kind = 0; kind < THEME_KINDS; kind++)
		for (int i = 0;; i++) {
			struct theme_query q = { .by = THEME_BY_ENTITY,
						 .text = text("%c%d", "PFH"[kind], i) };
			struct theme_entity *e;
			size_t count, hits = 0;
			assert_int_equal(theme_look(c, base, &q, &e, &count), ST_OK);
			if (!count)
				break;
			for (size_t l = 0; l < e->links_count; l++)
				hits += str_eq(e->links[l].record, left) ||
					str_eq(e->links[l].record, right);
			found |= hits == 2;
		}
	theme_close(base);
	return found;
}

TEST(what_is_settled_is_obeyed_by_the_next_build)
{
	struct city t = house_with_store();

	make_city(4);
	build(&t);
	struct http_reply *r = next(t.wang, NULL);
	const char *id = member(r, "id"), *left = member(r, "left_record"),
		   *right = member(r, "right_record");
	bool joined = strstr(buf_text(&r->body), "\"joined\":true") != NULL;
	const char *verdict = joined ? "different" : "same";
	assert_true(same_entity(&t, left, right) == joined);
	expect_status(judge(t.wang, id, verdict), 201);
	assert_non_null(strstr(build(&t), "0 verdicts obeyed")); /* one person is not enough */
	assert_string_equal(next_id(t.li), id);
	expect_status(judge(t.li, id, verdict), 201);

	const char *labels = buf_text(&ask(t.li, "GET", "/api/v1/theme/labels", NULL)->body);
	assert_true(str_starts(labels, JUDGED_HEADING));
	assert_non_null(strstr(labels, text("%s,%s\n", right, verdict)));
	r = ask(t.li, "GET", text("/api/v1/theme/labels?left=%.4s&right=%.4s", right, left), NULL);
	expect_text(r, text("id_l,id_r,verdict\n%s,%s,%s\n", right, left, verdict));
	expect_status(ask(t.li, "GET", "/api/v1/theme/labels?left=GA01", NULL), 400);

	assert_non_null(strstr(build(&t), "1 verdicts obeyed, 0 of records"));
	assert_true(same_entity(&t, left, right) != joined);
	/* It is settled: the base has no doubt of it, and nobody is asked again. */
	expect_text(ask(t.li, "GET", text("/api/v1/theme/reviews/%s", id), NULL),
		    "has no doubt of this pair");
	expect_text(undo(t.li, id), "\"opinions\":1");
	assert_non_null(strstr(build(&t), "0 verdicts obeyed"));
	assert_true(same_entity(&t, left, right) == joined);
	assert_string_equal(next_id(t.zhao), id);
}

TEST(a_file_of_verdicts_is_refused_by_line_and_rule)
{
	static const char *const wrong[][2] = {
		{ "car,GA01,1,GA01,2,same\n", "the kind is none of person, firm, house" },
		{ "person,GA01,1,GA01,2\n", "has not 6 fields" },
		{ "person,GA01,1,GA01,2,unsure\n", "neither same nor different" },
	};
	make_city(1);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct call *c = test_call();
		const char *path = text("%s/wrong.csv", test_folder());
		FILE *f = fopen(path, "we"), *none = fopen("/dev/null", "we");
		struct theme_ask ask = { .from = city,
					 .store = text("%s/store", test_folder()),
					 .judged = path,
					 .quiet = true,
					 .threads = 1 };
		struct theme_counts n;
		assert_non_null(f);
		assert_non_null(none);
		fprintf(f, "%s%s", JUDGED_HEADING, wrong[i][0]);
		assert_int_equal(fclose(f), 0);
		assert_int_equal(theme_build(c, &ask, none, &n), ST_BAD_INPUT);
		assert_int_equal(fclose(none), 0);
		if (!strstr(c->problem, wrong[i][1]) || !strstr(c->problem, "line 2"))
			test_fail("'%s' does not hold '%s'", c->problem, wrong[i][1]);
	}
}
