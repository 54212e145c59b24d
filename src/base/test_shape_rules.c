/* SPDX-License-Identifier: Apache-2.0 */
#include "base/shape.h"
#include "harness.h"

static const char *const orders[] = { "asc", "desc", NULL };

struct query {
	const char *name, *id, *extra, *secret;
	int64_t limit, since_at;
	bool limit_given, all_given;
	double share;
	bool all, strict;
	int order;
	struct words tags;
};
static const struct field query_wire[] = {
	F_STR(query, name, 8, FROM_QUERY | NULLABLE),
	F_ID(query, id, FROM_PATH),
	F_INT(query, limit, 1, INT64_MAX, OPT | FROM_QUERY, TELLS(query, limit)),
	F_TIME_AS("since", query, since_at, OPT | FROM_QUERY),
	F_REAL(query, share, OPT | FROM_QUERY, .min = 0, .max = 1),
	F_BOOL(query, all, OPT | FROM_QUERY | LOOSE, TELLS(query, all)),
	F_BOOL(query, strict, OPT | FROM_QUERY),
	F_WORD(query, order, orders, OPT | FROM_QUERY),
	F_STRS_AS("tag", query, tags, 70, OPT | FROM_QUERY),
	F_JSON(query, extra, 30, OPT | FROM_QUERY),
	F_STR(query, secret, 30, OPT | FROM_HEADER | SECRET),
	F_END,
};

static const struct field *field(const char *name)
{
	const struct field *f = query_wire;
	while (strcmp(f->name, name) != 0)
		f++;
	return f;
}

static enum status set(struct call *c, struct query *q, const char *name, const char *text)
{
	call_forgive(c);
	return shape_set_text(c, field(name), text, q);
}

static void expect_set(struct query *q, const char *name, const char *text)
{
	struct call *c = test_call();
	if (set(c, q, name, text))
		test_fail("%s=%s: %s", name, text ? text : "(null)", c->problem);
}

static void expect_refused(const char *name, const char *text, const char *problem)
{
	struct call *c = test_call();
	struct query q = { 0 };
	assert_int_equal(set(c, &q, name, text), ST_BAD_INPUT);
	assert_string_equal(c->problem, problem);
	assert_string_equal(c->problem_at, name);
}

TEST(text_from_path_query_and_headers_is_read_by_kind)
{
	struct query q = { 0 };
	expect_set(&q, "name", "宁波");
	expect_set(&q, "id", "0190d3a17b7e7000800000000000abcd");
	expect_set(&q, "limit", "500");
	expect_set(&q, "since", "2026-11-23T22:56:51Z");
	expect_set(&q, "share", "0.25");
	expect_set(&q, "order", "desc");
	expect_set(&q, "extra", " {\"a\" : 1} ");
	expect_set(&q, "secret", "geheim");
	assert_string_equal(q.name, "宁波");
	assert_string_equal(q.id, "0190d3a17b7e7000800000000000abcd");
	assert_int_equal(q.limit, 500);
	assert_true(q.limit_given);
	assert_int_equal(q.since_at, INT64_C(1795474611) * CLOCK_SECOND);
	assert_true(q.share > 0.24 && q.share < 0.26);
	assert_int_equal(q.order, 1);
	assert_string_equal(q.extra, "{\"a\":1}");
	assert_string_equal(q.secret, "geheim");
	expect_set(&q, "name", NULL);
	assert_null(q.name);
}

TEST(text_that_breaks_a_rule_is_refused_by_name)
{
	expect_refused("name", "", "name may not be empty");
	expect_refused("name", "123456789", "name is longer than 8 characters");
	expect_refused("name", "\xff", "name is not UTF-8");
	expect_refused("id", "default", "id is not a UUID");
	expect_refused("id", NULL, "id may not be null");
	expect_refused("limit", "ten", "limit is not a whole number");
	expect_refused("limit", "0", "limit must be at least 1");
	expect_refused("since", "2026-11-23", "since is not a time like 2026-11-23T22:56:51Z");
	expect_refused("share", "nan", "share is not a number");
	expect_refused("share", "0x1p-1", "share is not a number");
	expect_refused("share", "1e999", "share is not a number");
	expect_refused("share", "", "share is not a number");
	expect_refused("share", "1.5", "share must be from 0 to 1");
	expect_refused("order", "up", "order must be one of asc, desc");
	expect_refused("strict", "yes", "strict is neither true nor false");
	expect_refused("all", "maybe", "all is neither true nor false");
	struct call *c = test_call();
	struct query q = { 0 };
	assert_int_equal(set(c, &q, "extra", "{"), ST_BAD_INPUT);
	assert_int_equal(set(c, &q, "extra", "\"0123456789012345678901234567890\""), ST_BAD_INPUT);
}

TEST(loose_booleans_take_the_words_that_openstack_takes)
{
	static const char *const yes[] = { "1", "t", "True", "on", "Y", "yes" };
	static const char *const no[] = { "0", "f", "FALSE", "off", "n", "No" };
	struct query q = { 0 };
	assert_false(q.all_given);
	for (size_t i = 0; i < sizeof(yes) / sizeof(*yes); i++) {
		expect_set(&q, "all", yes[i]);
		assert_true(q.all);
		expect_set(&q, "all", no[i]);
		assert_false(q.all);
	}
	assert_true(q.all_given);
	expect_set(&q, "strict", "true");
	assert_true(q.strict);
	expect_set(&q, "strict", "False");
	assert_false(q.strict);
}

TEST(a_repeated_name_makes_a_list_in_order)
{
	struct query q = { 0 };
	struct call *c = test_call();
	struct arena *a = c->arena;
	for (int i = 0; i < 70; i++) {
		expect_set(&q, "tag", arena_printf(a, "a,%d", i));
		assert_int_equal(q.tags.count, i + 1);
		assert_null(q.tags.list[i + 1]);
		for (int k = 0; k <= i; k++)
			assert_string_equal(q.tags.list[k], arena_printf(a, "a,%d", k));
	}
	assert_int_equal(set(c, &q, "tag", "one more"), ST_BAD_INPUT);
	assert_string_equal(c->problem, "tag has more than 70 items");
	assert_int_equal(q.tags.count, 70);
}

TEST(a_field_that_must_be_given_is_missed_by_name)
{
	struct call *c = test_call();
	assert_int_equal(shape_require(c, query_wire, FROM_PATH | FROM_QUERY, 0), ST_BAD_INPUT);
	assert_string_equal(c->problem, "name must be given");
	call_forgive(c);
	assert_int_equal(shape_require(c, query_wire, FROM_PATH, 1), ST_BAD_INPUT);
	assert_string_equal(c->problem, "id must be given");
	call_forgive(c);
	assert_int_equal(shape_require(c, query_wire, FROM_PATH | FROM_QUERY, 3), ST_OK);
	assert_int_equal(shape_require(c, query_wire, FROM_HEADER, 0), ST_OK);
}
