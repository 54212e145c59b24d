/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include "base/shape.h"
#include "harness.h"

static const char *const states[] = { "on", "off", NULL };

struct part {
	const char *name;
};
static const struct field part_wire[] = { F_STR(part, name, 0, OPT), F_END };

struct thing {
	const char *id, *name, *secret, *raw, *rest;
	int64_t size, at, seen_at;
	double load;
	bool on;
	int state;
	struct words tags;
	struct map labels;
	struct part part;
	struct part *parts;
	size_t parts_count;
};

static void write_twice(struct call *c, struct json_out *j, const void *obj)
{
	const struct thing *t = obj;
	(void)c;
	json_int(j, t->size == INT_NULL ? 0 : 2 * t->size);
}

static const struct field thing_wire[] = {
	F_STR(thing, id, 0, OPT | FROM_PATH),
	F_STR(thing, name, 0, OPT | NULLABLE),
	F_STR(thing, secret, 0, OPT | WRITE_ONLY),
	F_INT(thing, size, 0, 0, OPT | NULLABLE),
	F_VIEW("twice", write_twice),
	F_TIME(thing, at, OPT | NULLABLE),
	F_TIME_AS("seen", thing, seen_at, OPT | TIME_AS_Z),
	F_REAL(thing, load, OPT),
	F_BOOL(thing, on, OPT),
	F_WORD(thing, state, states, OPT | NULLABLE),
	F_STRS(thing, tags, 0, OPT | NULLABLE),
	F_MAP(thing, labels, 0, OPT),
	F_OBJECT(thing, part, part, part_wire, OPT | NULLABLE),
	F_LIST(thing, parts, part, part_wire, 0, OPT),
	F_JSON(thing, raw, 0, OPT | NULLABLE),
	F_ANY("-status", FIELD_VIEW, 0, OPT),
	F_STR_AS("Location", thing, id, 0, OPT | FROM_HEADER),
	F_REST(thing, rest, 0),
	F_END,
};

static struct thing full_thing(void)
{
	static const char *tags[] = { "a", "\"" };
	static struct map_pair labels[] = { { "k\n", "v" } };
	static struct part parts[] = { { "p" }, { NULL } };
	return (struct thing){
		.id = "7",
		.name = "宁波",
		.secret = "geheim",
		.raw = "[1]",
		.rest = "{\"more\":true}",
		.size = 21,
		.at = INT64_C(1795474611123456),
		.seen_at = INT64_C(1795474611123456),
		.load = 0.5,
		.on = true,
		.state = 1,
		.tags = { tags, 2 },
		.labels = { labels, 1 },
		.part = { "q" },
		.parts = parts,
		.parts_count = 2,
	};
}

static const char full_text[] =
	"{\"id\":\"7\",\"name\":\"宁波\",\"size\":21,\"twice\":42,"
	"\"at\":\"2026-11-23T22:56:51.123456Z\",\"seen\":\"2026-11-23T22:56:51Z\",\"load\":0.5,"
	"\"on\":true,\"state\":\"off\",\"tags\":[\"a\",\"\\\"\"],\"labels\":{\"k\\n\":\"v\"},"
	"\"part\":{\"name\":\"q\"},\"parts\":[{\"name\":\"p\"},{\"name\":null}],\"raw\":[1],"
	"\"more\":true}";

TEST(a_struct_is_written_as_its_shape_says)
{
	struct thing t = full_thing();
	assert_string_equal(shape_text(test_call(), thing_wire, &t), full_text);
}

TEST(null_has_a_value_of_every_kind)
{
	struct thing t = { .size = INT_NULL, .load = NAN, .state = -1 };
	assert_string_equal(shape_text(test_call(), thing_wire, &t),
			    "{\"id\":null,\"name\":null,\"size\":null,\"twice\":0,\"at\":null,"
			    "\"seen\":null,\"load\":null,\"on\":false,\"state\":null,\"tags\":null,"
			    "\"labels\":{},\"part\":null,\"parts\":[],\"raw\":null}");
}

TEST(instants_follow_the_call_unless_the_field_says_otherwise)
{
	struct call *c = test_call();
	struct thing t = { .at = INT64_C(1795474611123456), .seen_at = INT64_C(1795474611123456) };
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	c->time_style = TIME_BARE;
	json_array_begin(&j);
	for (const struct field *f = thing_wire; f->name; f++)
		if (f->kind == FIELD_TIME)
			shape_write_value(c, f, &j, &t);
	json_array_end(&j);
	assert_string_equal(b.data, "[\"2026-11-23T22:56:51.123456\",\"2026-11-23T22:56:51Z\"]");
}

struct sparse {
	const char *name, *empty;
	int64_t number, at;
	bool flag;
	double real;
	struct words words;
	struct map map;
	struct part part;
	struct part *parts;
	size_t parts_count;
	int64_t new, secret;
};
static const struct field sparse_wire[] = {
	F_STR(sparse, name, 0, OMIT),
	F_STR(sparse, empty, 0, OMIT),
	F_INT(sparse, number, 0, 0, OMIT),
	F_TIME(sparse, at, OMIT),
	F_BOOL(sparse, flag, OMIT),
	F_REAL(sparse, real, OMIT),
	F_STRS(sparse, words, 0, OMIT),
	F_MAP(sparse, map, 0, OMIT),
	F_OBJECT(sparse, part, part, part_wire, OMIT),
	F_LIST(sparse, parts, part, part_wire, 0, OMIT),
	F_INT(sparse, new, 0, 0, 0, SINCE(2, 5)),
	F_INT(sparse, secret, 0, 0, 0, .may = "thing.secret"),
	F_END,
};

static bool may_all(const struct call *c, const char *permission)
{
	(void)permission;
	return c->actor.user_id != NULL;
}

TEST(what_is_empty_not_there_yet_or_not_for_the_asker_is_left_out)
{
	struct call *c = test_call();
	struct sparse s = { .empty = "", .new = 1, .secret = 2 };
	shape_ask_may(may_all);
	assert_string_equal(shape_text(c, sparse_wire, &s), "{}");
	c->version = 2005;
	c->actor.user_id = "somebody";
	assert_string_equal(shape_text(c, sparse_wire, &s), "{\"new\":1,\"secret\":2}");
	s.number = -1;
	s.flag = true;
	s.part.name = "x";
	assert_string_equal(shape_text(c, sparse_wire, &s),
			    "{\"number\":-1,\"flag\":true,\"part\":{\"name\":\"x\"},\"new\":1,"
			    "\"secret\":2}");
	shape_ask_may(NULL);
}

TEST(the_first_word_is_a_word)
{
	struct thing t = { .state = 0 };
	assert_non_null(strstr(shape_text(test_call(), thing_wire, &t), "\"state\":\"on\""));
}

TEST(members_are_written_into_an_open_object)
{
	struct call *c = test_call();
	struct part p = { "x" };
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	shape_write_members(c, part_wire, &j, &p);
	json_put_int(&j, "n", 1);
	json_object_end(&j);
	assert_string_equal(b.data, "{\"name\":\"x\",\"n\":1}");
}

TEST(what_was_written_is_read_back_whole)
{
	struct call *c = test_call();
	struct thing t = full_thing(), back = { 0 };
	const char *text = shape_text(c, thing_wire, &t);
	assert_int_equal(shape_read_own(c, thing_wire, text, &back), ST_OK);
	assert_string_equal(back.id, "7");
	assert_null(back.secret);
	assert_int_equal(back.at, t.at);
	assert_int_equal(back.parts_count, 2);
	assert_null(back.parts[1].name);
	assert_string_equal(map_get(&back.labels, "k\n"), "v");

	struct sparse s = { .new = 1, .secret = 2 }, again = { 0 };
	c->version = 2005;
	c->actor.user_id = "somebody";
	shape_ask_may(may_all);
	text = shape_text(c, sparse_wire, &s);
	c->version = 0;
	c->actor.user_id = NULL;
	assert_int_equal(shape_read_own(c, sparse_wire, text, &again), ST_OK);
	assert_int_equal(again.new, 1);
	assert_int_equal(again.secret, 2);
	shape_ask_may(NULL);
}

TEST(a_column_that_is_not_what_was_written_is_our_fault)
{
	struct call *c = test_call();
	struct sparse s = { 0 };
	static const char *const bad[] = { "", "{", "[]", "{\"name\":5,\"new\":1,\"secret\":1}",
					   "{\"secret\":1}" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		call_forgive(c);
		assert_int_equal(shape_read_own(c, sparse_wire, bad[i], &s), ST_INTERNAL);
		assert_non_null(strstr(c->problem, "stored JSON"));
	}
	call_forgive(c);
	assert_int_equal(shape_read_own(c, sparse_wire, NULL, &s), ST_INTERNAL);
	/* An earlier version of the program had a member more. */
	assert_int_equal(shape_read_own(c, sparse_wire, "{\"new\":1,\"secret\":1,\"old\":1}", &s),
			 ST_OK);
}

TEST(lists_and_maps_go_into_columns_and_back)
{
	struct call *c = test_call();
	struct thing t = full_thing();
	struct words w = { 0 };
	struct map m = { 0 };
	assert_string_equal(words_to_json(c->arena, &t.tags), "[\"a\",\"\\\"\"]");
	assert_string_equal(map_to_json(c->arena, &t.labels), "{\"k\\n\":\"v\"}");
	assert_string_equal(words_to_json(c->arena, &w), "[]");
	assert_string_equal(map_to_json(c->arena, &m), "{}");
	assert_int_equal(words_from_json(c, "[\"a\",\"\\\"\"]", &w), ST_OK);
	assert_int_equal(w.count, 2);
	assert_string_equal(w.list[1], "\"");
	assert_int_equal(map_from_json(c, "{\"k\\n\":\"v\"}", &m), ST_OK);
	assert_string_equal(map_get(&m, "k\n"), "v");
	assert_int_equal(words_from_json(c, "{}", &w), ST_INTERNAL);
	call_forgive(c);
	assert_int_equal(words_from_json(c, "[1]", &w), ST_INTERNAL);
	assert_string_equal(c->problem, "stored JSON: [0] is not a string");
	call_forgive(c);
	assert_int_equal(map_from_json(c, "{\"a\":1}", &m), ST_INTERNAL);
	assert_int_equal(w.count, 2);
}
