/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include "base/json.h"
#include "base/json_tree.h"
#include "harness.h"

TEST(objects_and_lists_get_their_commas)
{
	struct buf b = { .arena = test_call()->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	json_put_str(&j, "a", "x");
	json_key(&j, "b");
	json_array_begin(&j);
	json_int(&j, 1);
	json_object_begin(&j);
	json_object_end(&j);
	json_array_begin(&j);
	json_array_end(&j);
	json_nil(&j);
	json_array_end(&j);
	json_put_int(&j, "c", -5);
	json_put_bool(&j, "d", true);
	json_key(&j, "e");
	json_raw(&j, "{\"q\":1}");
	json_key(&j, "f");
	json_raw(&j, NULL);
	json_put_str(&j, "g", NULL);
	json_members(&j, " { } ");
	json_members(&j, " {\"h\":1, \"i\":2 }\n");
	json_put_int(&j, "k", 3);
	json_object_end(&j);
	assert_string_equal(b.data, "{\"a\":\"x\",\"b\":[1,{},[],null],\"c\":-5,\"d\":true,"
				    "\"e\":{\"q\":1},\"f\":null,\"g\":null,"
				    "\"h\":1, \"i\":2 ,\"k\":3}");
	assert_int_equal(b.size, strlen(b.data));
}

TEST(further_members_come_first_in_an_object_without_a_comma)
{
	struct buf b = { .arena = test_call()->arena };
	struct json_out j = json_to(&b);
	json_object_begin(&j);
	json_members(&j, "{\"h\":1}");
	json_put_int(&j, "k", 3);
	json_object_end(&j);
	assert_string_equal(b.data, "{\"h\":1,\"k\":3}");
}

static const char *text_of(const char *s)
{
	struct buf *b = arena_alloc(test_call()->arena, sizeof(*b));
	b->arena = test_call()->arena;
	struct json_out j = json_to(b);
	json_str(&j, s);
	return buf_text(b);
}

TEST(texts_are_escaped_as_rfc_8259_says)
{
	assert_string_equal(text_of(""), "\"\"");
	assert_string_equal(text_of("宁波 \x7f/"), "\"宁波 \x7f/\"");
	assert_string_equal(text_of("\"\\\b\f\n\r\t\x01\x1f"),
			    "\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\"");
}

/* jansson as the second opinion, on texts of every length around the sizes that matter. */
TEST(every_text_reads_back_as_it_was)
{
	struct arena *a = test_call()->arena;
	for (size_t size = 0; size < 400; size++) {
		char *s = arena_alloc(a, size + 1);
		for (size_t i = 0; i < size; i++)
			s[i] = (char)(1 + (i * 7 + size) % 127);
		json_t *back = json_loads(text_of(s), JSON_DECODE_ANY, NULL);
		assert_non_null(back);
		assert_string_equal(json_string_value(back), s);
		json_decref(back);
	}
}

static const char *int_of(int64_t v)
{
	struct buf b = { .arena = test_call()->arena };
	struct json_out j = json_to(&b);
	json_int(&j, v);
	return buf_text(&b);
}

TEST(whole_numbers_are_written_exactly)
{
	assert_string_equal(int_of(0), "0");
	assert_string_equal(int_of(INT64_MIN), "-9223372036854775808");
	assert_string_equal(int_of(INT64_MAX), "9223372036854775807");
	for (int64_t v = 1; v < INT64_MAX / 11; v = v * 10 + v % 7) {
		int64_t back;
		assert_true(int_parse(int_of(v), &back));
		assert_int_equal(back, v);
		assert_true(int_parse(int_of(-v), &back));
		assert_int_equal(back, -v);
	}
}

static const char *double_of(double v)
{
	struct buf b = { .arena = test_call()->arena };
	struct json_out j = json_to(&b);
	json_double(&j, v);
	return buf_text(&b);
}

TEST(real_numbers_have_few_digits_and_read_back_the_same)
{
	assert_string_equal(double_of(0.1), "0.1");
	assert_string_equal(double_of(5), "5.0");
	assert_string_equal(double_of(-0.0), "-0.0");
	assert_string_equal(double_of(1e300), "1e+300");
	assert_string_equal(double_of(NAN), "null");
	assert_string_equal(double_of(-INFINITY), "null");
	static const double hard[] = {
		1.0 / 3,   5e-324,     1.7976931348623157e308, 9007199254740993.0,
		29.868336, 121.543991, 123456789.123456789
	};
	for (size_t i = 0; i < sizeof(hard) / sizeof(*hard); i++) {
		double back = strtod(double_of(hard[i]), NULL);
		assert_memory_equal(&back, &hard[i], sizeof(back));
	}
}

TEST(the_deepest_nesting_is_kept_apart)
{
	struct buf b = { .arena = test_call()->arena };
	struct json_out j = json_to(&b);
	for (int i = 0; i < JSON_DEPTH_MAX; i++) {
		if (i % 2) {
			json_key(&j, "k");
			json_array_begin(&j);
		} else {
			json_object_begin(&j);
		}
	}
	for (int i = JSON_DEPTH_MAX - 1; i >= 0; i--) {
		if (i % 2)
			json_array_end(&j);
		else
			json_object_end(&j);
	}
	json_t *back = json_loads(b.data, 0, NULL);
	assert_non_null(back);
	json_decref(back);
}

TEST(a_tree_is_written_so_that_an_equal_one_is_read)
{
	static const char *const texts[] = {
		"{}",
		"[]",
		"{\"a\":[],\"b\":{},\"c\":[1,-9223372036854775808,1.0,1e300,-0.1]}",
		"{\"z\":null,\"\\\"\\n\":[true,false,[[{\"甬\":\"\\u0001云\"}]]]}",
		"[0.1,100.0,5e-324]",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		json_t *v = json_loads(texts[i], 0, NULL);
		assert_non_null(v);
		const char *text = json_tree_text(test_call()->arena, v);
		json_t *again = json_loads(text, 0, NULL);
		assert_true(json_equal(v, again));
		assert_null(strchr(text, ' '));
		json_decref(v);
		json_decref(again);
	}
	assert_string_equal(json_tree_text(test_call()->arena, NULL), "null");
	/* As deep as jansson reads. */
	char deep[4001] = "";
	memset(deep, '[', 2000);
	memset(deep + 2000, ']', 2000);
	json_t *v = json_loads(deep, 0, NULL);
	assert_string_equal(json_tree_text(test_call()->arena, v), deep);
	json_decref(v);
}
