/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/shape.h"
#include "harness.h"

struct nic {
	const char *uuid;
	int64_t vlan;
};
static const struct field nic_wire[] = {
	F_ID(nic, uuid, 0),
	F_INT(nic, vlan, 1, 4094, OPT),
	F_END,
};

static const char *const sizes[] = { "small", "large", NULL };

struct box {
	const char *name, *note, *text;
	bool note_given;
	int size;
	int64_t disk, limit, until_at;
	bool limit_given;
	double load;
	bool on, on_given, disk_given, load_given, loose;
	struct words tags;
	struct map labels;
	struct nic first;
	struct nic *nics;
	size_t nics_count;
	const char *extra, *id, *password;
	int64_t seen_vlan;
};

static enum status read_view(struct call *c, void *obj, const struct json_t *value)
{
	struct box *b = obj;
	if (!json_is_integer(value))
		return fail(c, ST_BAD_INPUT, "view", "view is not a whole number");
	b->seen_vlan = json_integer_value(value);
	return ST_OK;
}

static const struct field box_wire[] = {
	F_STR(box, name, 8, 0),
	F_STR(box, note, 20, OPT | NULLABLE, TELLS(box, note)),
	F_STR(box, text, 0, OPT, .min = 2),
	F_WORD(box, size, sizes, OPT | NULLABLE),
	F_INT(box, disk, 0, 100, OPT | LOOSE, TELLS(box, disk)),
	F_INT(box, limit, 0, 0, OPT | NULLABLE, TELLS(box, limit)),
	F_TIME_AS("until", box, until_at, OPT | NULLABLE),
	F_REAL(box, load, OPT, TELLS(box, load)),
	F_BOOL(box, on, OPT, TELLS(box, on)),
	F_BOOL(box, loose, OPT | LOOSE),
	F_STRS(box, tags, 3, OPT | NULLABLE),
	F_MAP(box, labels, 2, OPT, .min = 1),
	F_OBJECT(box, first, nic, nic_wire, OPT | NULLABLE),
	F_LIST(box, nics, nic, nic_wire, 2, OPT),
	F_JSON(box, extra, 40, OPT | NULLABLE),
	F_ID(box, id, READ_ONLY),
	F_STR(box, password, 30, OPT | SECRET | WRITE_ONLY),
	F_ANY("view", FIELD_VIEW, 0, OPT, .read = read_view),
	F_END,
};

static enum status read_box(struct call *c, const char *json, struct box *b)
{
	call_forgive(c);
	return shape_read_json(c, box_wire, "box", json, strlen(json), b);
}

static struct box box_of(const char *json)
{
	struct call *c = test_call();
	struct box b = { 0 };
	if (read_box(c, json, &b))
		test_fail("%s: %s", json, c->problem);
	return b;
}

static void expect_refused(const char *json, const char *at, const char *problem)
{
	struct call *c = test_call();
	struct box b = { 0 };
	assert_int_equal(read_box(c, json, &b), ST_BAD_INPUT);
	assert_string_equal(c->problem, problem);
	if (at)
		assert_string_equal(c->problem_at, at);
	else
		assert_null(c->problem_at);
}

TEST(a_struct_is_filled_from_json)
{
	struct box b = box_of(
		"{\"box\": {\"name\": \"宁波市政务云平台\", \"note\": \"\", \"size\": \"large\","
		"\"disk\": 100, \"limit\": -5, \"until\": \"2026-11-23T22:56:51Z\", \"load\": 3,"
		"\"on\": true, \"tags\": [\"a\", \"b\"], \"labels\": {\"k\": \"v\", \"l\": \"\"},"
		"\"first\": {\"uuid\": \"0190d3a1-7b7e-7000-8000-00000000abcd\"},"
		"\"nics\": [{\"uuid\": \"0190d3a17b7e7000800000000000abcd\", \"vlan\": 7}, "
		"{\"uuid\": \"0190d3a17b7e7000800000000000abce\"}],"
		"\"extra\": {\"a\": [1, 2.5, null, \"\\u5b81\"]}, \"view\": 9}}");
	assert_string_equal(b.name, "宁波市政务云平台");
	assert_string_equal(b.note, "");
	assert_true(b.note_given && b.disk_given && b.load_given && b.on_given);
	assert_int_equal(b.size, 1);
	assert_int_equal(b.disk, 100);
	assert_int_equal(b.limit, -5);
	assert_int_equal(b.until_at, INT64_C(1795474611) * CLOCK_SECOND);
	assert_true(b.load > 2.9 && b.load < 3.1);
	assert_true(b.on);
	assert_int_equal(b.tags.count, 2);
	assert_string_equal(b.tags.list[1], "b");
	assert_null(b.tags.list[2]);
	assert_string_equal(map_get(&b.labels, "k"), "v");
	assert_null(map_get(&b.labels, "z"));
	assert_string_equal(b.first.uuid, "0190d3a1-7b7e-7000-8000-00000000abcd");
	assert_int_equal(b.nics_count, 2);
	assert_int_equal(b.nics[0].vlan, 7);
	assert_string_equal(b.nics[1].uuid, "0190d3a17b7e7000800000000000abce");
	assert_string_equal(b.extra, "{\"a\":[1,2.5,null,\"宁\"]}");
	assert_int_equal(b.seen_vlan, 9);
}

TEST(what_is_absent_keeps_its_default_and_null_clears_it)
{
	struct call *c = test_call();
	struct box b = { .disk = 40, .note = "old", .size = 1, .limit = 3, .tags.count = 9 };
	assert_int_equal(read_box(c, "{\"box\":{\"name\":\"x\"}}", &b), ST_OK);
	assert_int_equal(b.disk, 40);
	assert_string_equal(b.note, "old");
	assert_false(b.note_given || b.limit_given || b.on_given);

	b.first.vlan = 5;
	b.until_at = 7;
	assert_int_equal(read_box(c,
				  "{\"box\":{\"name\":\"x\",\"note\":null,\"size\":null,\"limit\":"
				  "null,\"until\":null,\"tags\":null,\"extra\":null,"
				  "\"first\":null}}",
				  &b),
			 ST_OK);
	assert_null(b.note);
	assert_true(b.note_given && b.limit_given);
	assert_int_equal(b.size, -1);
	assert_true(b.limit == INT_NULL);
	assert_int_equal(b.until_at, 0);
	assert_null(b.tags.list);
	assert_int_equal(b.tags.count, 0);
	assert_int_equal(b.first.vlan, 0);
}

TEST(a_refusal_names_the_path_and_the_rule)
{
	expect_refused("{\"box\":{}}", "box.name", "box.name must be given");
	expect_refused("{\"box\":{\"name\":\"\"}}", "box.name", "box.name may not be empty");
	expect_refused("{\"box\":{\"name\":null}}", "box.name", "box.name may not be null");
	expect_refused("{\"box\":{\"name\":5}}", "box.name", "box.name is not a string");
	expect_refused("{\"box\":{\"name\":\"123456789\"}}", "box.name",
		       "box.name is longer than 8 characters");
	expect_refused("{\"box\":{\"name\":\"x\",\"text\":\"宁\"}}", "box.text",
		       "box.text is shorter than 2 characters");
	expect_refused("{\"box\":{\"name\":\"x\",\"size\":\"huge\"}}", "box.size",
		       "box.size must be one of small, large");
	expect_refused("{\"box\":{\"name\":\"x\",\"disk\":101}}", "box.disk",
		       "box.disk must be from 0 to 100");
	expect_refused("{\"box\":{\"name\":\"x\",\"disk\":5.0}}", "box.disk",
		       "box.disk is not a whole number");
	expect_refused("{\"box\":{\"name\":\"x\",\"limit\":\"5\"}}", "box.limit",
		       "box.limit is not a whole number");
	expect_refused("{\"box\":{\"name\":\"x\",\"limit\":-9223372036854775808}}", "box.limit",
		       "box.limit is too small");
	expect_refused("{\"box\":{\"name\":\"x\",\"load\":\"1\"}}", "box.load",
		       "box.load is not a number");
	expect_refused("{\"box\":{\"name\":\"x\",\"on\":1}}", "box.on",
		       "box.on is neither true nor false");
	expect_refused("{\"box\":{\"name\":\"x\",\"until\":\"tomorrow\"}}", "box.until",
		       "box.until is not a time like 2026-11-23T22:56:51Z");
	expect_refused("{\"box\":{\"name\":\"x\",\"tags\":\"a\"}}", "box.tags",
		       "box.tags is not a list");
	expect_refused("{\"box\":{\"name\":\"x\",\"tags\":[\"a\",5]}}", "box.tags[1]",
		       "box.tags[1] is not a string");
	expect_refused("{\"box\":{\"name\":\"x\",\"tags\":[\"a\",\"b\",\"c\",\"d\"]}}", "box.tags",
		       "box.tags has more than 3 items");
	expect_refused("{\"box\":{\"name\":\"x\",\"labels\":[]}}", "box.labels",
		       "box.labels is not an object");
	expect_refused("{\"box\":{\"name\":\"x\",\"labels\":{}}}", "box.labels",
		       "box.labels has fewer than 1 items");
	expect_refused("{\"box\":{\"name\":\"x\",\"labels\":{\"k\":null}}}", "box.labels.k",
		       "box.labels.k is not a string");
	expect_refused("{\"box\":{\"name\":\"x\",\"nics\":[{\"uuid\":"
		       "\"0190d3a17b7e7000800000000000abcd\"},{\"uuid\":\"q\"}]}}",
		       "box.nics[1].uuid", "box.nics[1].uuid is not a UUID");
	expect_refused("{\"box\":{\"name\":\"x\",\"nics\":[{\"vlan\":1}]}}", "box.nics[0].uuid",
		       "box.nics[0].uuid must be given");
	expect_refused("{\"box\":{\"name\":\"x\",\"nics\":[3]}}", "box.nics[0]",
		       "box.nics[0] is not an object");
	expect_refused(
		"{\"box\":{\"name\":\"x\",\"extra\":\"0123456789012345678901234567890123456789"
		"\"}}",
		"box.extra", "box.extra is longer than 40 characters");
	expect_refused("{\"box\":{\"name\":\"x\",\"id\":\"0190d3a17b7e7000800000000000abcd\"}}",
		       "box.id", "box.id cannot be set");
	expect_refused("{\"box\":{\"name\":\"x\",\"first\":{\"uuid\":"
		       "\"0190d3a17b7e7000800000000000abcd\",\"mac\":1}}}",
		       "box.first.mac", "box.first.mac is not known here");
	expect_refused("{\"box\":{\"name\":\"x\",\"view\":\"q\"}}", "view",
		       "view is not a whole number");
}

TEST(what_is_not_strict_json_is_refused)
{
	expect_refused("", NULL,
		       "the body cannot be read as JSON, line 1, column 0: it ends too early");
	expect_refused("{\"box\":{}} x", NULL,
		       "the body cannot be read as JSON, line 1, column 12: something stands "
		       "behind the value");
	expect_refused("{\"box\":{\"name\":\"x\",\"name\":\"y\"}}", NULL,
		       "the body cannot be read as JSON, line 1, column 25: a member stands there "
		       "twice");
	expect_refused("{\"box\":{\"name\":\"\\u0000\"}}", NULL,
		       "the body cannot be read as JSON, line 1, column 23: a string may not hold "
		       "U+0000");
	expect_refused("{\"box\":{\"name\":\"\xff\"}}", NULL,
		       "the body cannot be read as JSON, line 1, column 16: this is not UTF-8");
	expect_refused("{\"box\":\n{\"disk\":9223372036854775808}}", NULL,
		       "the body cannot be read as JSON, line 2, column 27: the number is too "
		       "large");
	expect_refused("{'box':1}", NULL,
		       "the body cannot be read as JSON, line 1, column 2: this is not JSON");
	expect_refused("[]", NULL, "the body is not an object");
	expect_refused("{}", "box", "box must be given");
	expect_refused("{\"box\":[]}", "box", "box is not an object");
	expect_refused("{\"box\":{\"name\":\"x\"},\"bix\":1}", "bix", "bix is not known here");
}

TEST(nesting_is_bounded_before_it_is_parsed)
{
	char deep[3 * JSON_DEPTH_MAX];
	struct call *c = test_call();
	struct box b = { 0 };
	snprintf(deep, sizeof(deep),
		 "{\"box\":{\"name\":\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\\\"[["
		 "\"}}");
	assert_int_equal(read_box(c, deep, &b), ST_BAD_INPUT);
	assert_string_equal(c->problem, "box.name is longer than 8 characters");

	memset(deep, '[', JSON_DEPTH_MAX + 1);
	deep[JSON_DEPTH_MAX + 1] = '\0';
	expect_refused(deep, NULL, "the body is nested deeper than 32 levels");
	deep[JSON_DEPTH_MAX] = '\0';
	assert_int_equal(read_box(c, deep, &b), ST_BAD_INPUT);
	assert_non_null(strstr(c->problem, "it ends too early"));
}

TEST(the_bounds_themselves_are_taken)
{
	assert_int_equal(box_of("{\"box\":{\"name\":\"x\",\"disk\":0}}").disk, 0);
	assert_int_equal(box_of("{\"box\":{\"name\":\"x\",\"labels\":{\"k\":\"v\"}}}").labels.count,
			 1);
	assert_string_equal(box_of("{\"box\":{\"name\":\"x\",\"text\":\"宁波\"}}").text, "宁波");
	assert_int_equal(
		box_of("{\"box\":{\"name\":\"x\",\"tags\":[\"a\",\"b\",\"c\"]}}").tags.count, 3);
	assert_true(box_of("{\"box\":{\"name\":\"x\",\"limit\":-9223372036854775807}}").limit ==
		    INT64_MIN + 1);
}

TEST(loose_fields_take_numbers_as_text)
{
	assert_int_equal(box_of("{\"box\":{\"name\":\"x\",\"disk\":\"40\"}}").disk, 40);
	assert_true(box_of("{\"box\":{\"name\":\"x\",\"loose\":1}}").loose);
	assert_false(box_of("{\"box\":{\"name\":\"x\",\"loose\":0}}").loose);
	assert_true(box_of("{\"box\":{\"name\":\"x\",\"loose\":\"on\"}}").loose);
	assert_true(box_of("{\"box\":{\"name\":\"x\",\"loose\":true}}").loose);
	expect_refused("{\"box\":{\"name\":\"x\",\"loose\":2}}", "box.loose",
		       "box.loose is neither true nor false");
	expect_refused("{\"box\":{\"name\":\"x\",\"disk\":\"400\"}}", "box.disk",
		       "box.disk must be from 0 to 100");
	expect_refused("{\"box\":{\"name\":\"x\",\"disk\":\"4 \"}}", "box.disk",
		       "box.disk is not a whole number");
}

struct pair {
	const char *from_path, *from_body, *rest;
	int64_t later, hidden;
};
static const struct field pair_wire[] = {
	F_STR(pair, from_path, 9, FROM_PATH),
	F_STR(pair, from_body, 9, OPT),
	F_INT(pair, later, 0, 9, 0, SINCE(2, 10), UNTIL(2, 20)),
	F_INT(pair, hidden, 0, 9, OPT, .may = "box.see"),
	F_END,
};
static const struct field rest_wire[] = {
	F_STR(pair, from_body, 9, OPT),
	F_REST(pair, rest, 30),
	F_END,
};

static bool may_see(const struct call *c, const char *permission)
{
	return c->actor.user_id && strcmp(permission, "box.see") == 0;
}

static enum status read_pair(struct call *c, const struct field *shape, const char *json,
			     struct pair *p)
{
	call_forgive(c);
	return shape_read_json(c, shape, NULL, json, strlen(json), p);
}

TEST(a_field_that_the_call_does_not_have_is_unknown_to_it)
{
	struct call *c = test_call();
	struct pair p = { 0 };
	shape_ask_may(may_see);
	c->version = 2009;
	assert_int_equal(read_pair(c, pair_wire, "{}", &p), ST_OK);
	assert_int_equal(read_pair(c, pair_wire, "{\"later\":1}", &p), ST_BAD_INPUT);
	assert_string_equal(c->problem, "later is not known here");
	c->version = 2021;
	assert_int_equal(read_pair(c, pair_wire, "{\"later\":1}", &p), ST_BAD_INPUT);
	c->version = 2010;
	assert_int_equal(read_pair(c, pair_wire, "{}", &p), ST_BAD_INPUT);
	assert_string_equal(c->problem, "later must be given");
	c->version = 2020;
	assert_int_equal(read_pair(c, pair_wire, "{\"later\":1}", &p), ST_OK);
	assert_int_equal(p.later, 1);

	assert_int_equal(read_pair(c, pair_wire, "{\"later\":1,\"hidden\":1}", &p), ST_BAD_INPUT);
	assert_string_equal(c->problem, "hidden is not known here");
	c->actor.user_id = "somebody";
	assert_int_equal(read_pair(c, pair_wire, "{\"later\":1,\"hidden\":1}", &p), ST_OK);
	assert_int_equal(p.hidden, 1);
	assert_int_equal(read_pair(c, pair_wire, "{\"later\":1,\"from_path\":\"x\"}", &p),
			 ST_BAD_INPUT);
	assert_string_equal(c->problem, "from_path is not known here");
	shape_ask_may(NULL);
}

TEST(a_lenient_call_passes_over_unknown_members)
{
	struct call *c = test_call();
	struct box b = { 0 };
	c->lenient = true;
	assert_int_equal(
		read_box(c,
			 "{\"bix\":1,\"box\":{\"name\":\"x\",\"nome\":1,\"first\":{\"uuid\":"
			 "\"0190d3a17b7e7000800000000000abcd\",\"mac\":1}}}",
			 &b),
		ST_OK);
	assert_string_equal(b.name, "x");
	assert_int_equal(read_box(c, "{\"box\":{\"name\":\"x\",\"id\":\"q\"}}", &b), ST_BAD_INPUT);
	assert_string_equal(c->problem, "box.id cannot be set");
}

TEST(the_rest_is_kept_as_an_object)
{
	struct call *c = test_call();
	struct pair p = { 0 };
	assert_int_equal(read_pair(c, rest_wire, "{\"a\":[1],\"from_body\":\"x\",\"b\":null}", &p),
			 ST_OK);
	assert_string_equal(p.rest, "{\"a\":[1],\"b\":null}");
	assert_string_equal(p.from_body, "x");
	assert_int_equal(read_pair(c, rest_wire, "{}", &p), ST_OK);
	assert_string_equal(p.rest, "{}");
	assert_int_equal(read_pair(c, rest_wire, "{\"a\":\"0123456789012345678901234567890\"}", &p),
			 ST_BAD_INPUT);
	assert_string_equal(c->problem, "the body has further members of more than 30 characters");
}

TEST(a_parsed_object_lives_as_long_as_the_call)
{
	struct call *c = test_call();
	const char *json = "{\"from_body\":\"x\",\"a\":2}";
	struct json_t *root = NULL;
	struct pair p = { 0 };
	assert_int_equal(json_parse(c, json, strlen(json), &root), ST_OK);
	assert_int_equal(shape_read_object(c, rest_wire, root, &p), ST_OK);
	assert_string_equal(p.rest, "{\"a\":2}");
	assert_int_equal(json_integer_value(json_object_get(root, "a")), 2);
	assert_int_equal(json_parse(c, "[1]", 3, &root), ST_BAD_INPUT);
	assert_string_equal(c->problem, "the body is not an object");
}

/* A tree that came from elsewhere was not measured before it was parsed. */
TEST(a_tree_that_is_too_deep_is_refused_not_written)
{
	for (int objects = 0; objects < 2; objects++) {
		struct call *c = test_call();
		struct pair p = { 0 };
		json_t *root = json_object(), *now = root;
		for (int i = 0; i < 40; i++) {
			json_t *next = objects || i == 0 ? json_object() : json_array();
			if (json_is_object(now))
				json_object_set_new(now, "a", next);
			else
				json_array_append_new(now, next);
			now = next;
		}
		assert_int_equal(shape_read_object(c, rest_wire, root, &p), ST_BAD_INPUT);
		assert_string_equal(c->problem, "a is nested deeper than 32 levels");
		json_decref(root);
	}
}

/* What was freed is looked for in the memory that the allocator gives out next. */
TEST(a_password_that_was_read_does_not_stay_in_freed_memory)
{
	static const char json[] =
		"{\"box\":{\"name\":\"x\",\"password\":\"a-long-password-with-a-horse\"}}";
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = test_call_in(a);
	struct box b = { 0 };
	assert_int_equal(read_box(c, json, &b), ST_OK);
	assert_string_equal(b.password, "a-long-password-with-a-horse");

	enum { TRIES = 64 };
	char *pieces[TRIES];
	for (int i = 0; i < TRIES; i++) {
		size_t size = 16 * (size_t)(1 + i % 16);
		pieces[i] = malloc(size);
		assert_non_null(pieces[i]);
		assert_null(memmem(pieces[i], size, "horse", 5));
	}
	for (int i = 0; i < TRIES; i++)
		free(pieces[i]);
}
