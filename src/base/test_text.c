/* SPDX-License-Identifier: Apache-2.0 */
#include <limits.h>
#include <stdio.h>
#include "base/text.h"
#include "harness.h"

TEST(a_buffer_grows_and_stays_terminated)
{
	struct buf b = { .arena = test_call()->arena };
	assert_string_equal(buf_text(&b), "");
	for (int i = 0; i < 5000; i++) {
		buf_printf(&b, "%04d", i);
		buf_char(&b, ',');
		assert_int_equal(strlen(b.data), b.size);
	}
	assert_int_equal(b.size, 25000);
	assert_memory_equal(b.data + 24995, "4999,", 5);
	buf_add(&b, "a\0b", 3);
	assert_int_equal(b.size, 25003);
	assert_int_equal(b.data[b.size], '\0');
	buf_printf(&b, "%s", buf_text(&(struct buf){ .arena = b.arena }));
	assert_int_equal(b.size, 25003);
}

TEST(a_printed_piece_of_any_length_fits)
{
	for (int width = 1; width < 600; width++) {
		struct buf b = { .arena = test_call()->arena };
		buf_str(&b, "x");
		buf_printf(&b, "%*d", width, 7);
		assert_int_equal(b.size, width + 1);
		assert_int_equal(strlen(b.data), width + 1);
		assert_int_equal(b.data[width], '7');
	}
}

TEST(utf8_is_taken_when_well_formed_and_refused_otherwise)
{
	static const char *const good[] = {
		"",
		"plain",
		"\x7F",
		"\xC2\x80",
		"\xDF\xBF",
		"\xE0\xA0\x80",
		"宁波市",
		"\xED\x9F\xBF",
		"\xEE\x80\x80",
		"\xEF\xBF\xBF",
		"\xF0\x90\x80\x80",
		"\xF4\x8F\xBF\xBF",
		"😀",
	};
	static const char *const bad[] = {
		"\x80",         "\xC0\x80",         "\xC1\xBF",         "\xC2",
		"\xC2\x41",     "\xE0\x9F\xBF",     "\xE0\xA0",         "\xED\xA0\x80",
		"\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
		"\xFF",         "a\xE5\xAE",        "\xF0\x9F\x98",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_true(utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_false(utf8_valid(bad[i], strlen(bad[i])));
	assert_false(utf8_valid("a\0b", 3));
	assert_int_equal(utf8_length("宁波 AB"), 5);
	assert_int_equal(utf8_length("😀"), 1);
	assert_int_equal(utf8_step("", 0), 0);
	/* A character that is cut off by the size is not there. */
	assert_int_equal(utf8_step("宁", 2), 0);
}

TEST(strings_compare_as_their_names_say)
{
	assert_true(str_eq("a", "a"));
	assert_false(str_eq("a", NULL));
	assert_false(str_eq(NULL, NULL));
	assert_true(str_empty(NULL) && str_empty("") && !str_empty(" "));
	assert_true(str_starts("/v3/users", "/v3"));
	assert_false(str_starts("/v", "/v3"));
	assert_true(str_ends("a.sql", ".sql"));
	assert_true(str_ends(".sql", ".sql"));
	assert_false(str_ends("sql", ".sql"));
	assert_true(str_case_eq("X-Auth-Token", "x-auth-tOKEN"));
	assert_true(str_case_eq("AZaz09", "azAZ09"));
	assert_false(str_case_eq("[", "{"));
	assert_false(str_case_eq("@", "`"));
	assert_false(str_case_eq("ab", "a"));
	assert_false(str_case_eq(NULL, "a"));
	assert_true(str_same_secret("geheim", "geheim"));
	assert_false(str_same_secret("geheim", "gehein"));
	assert_false(str_same_secret("geheim", "geheim1"));
	assert_false(str_same_secret(NULL, NULL));
	assert_false(str_same_secret("geheim", NULL));
	assert_false(str_same_secret(NULL, "geheim"));
}

TEST(whole_numbers_are_read_strictly)
{
	static const struct {
		const char *text;
		int64_t is;
	} good[] = {
		{ "0", 0 },
		{ "-0", 0 },
		{ "007", 7 },
		{ "9223372036854775807", INT64_MAX },
		{ "-9223372036854775808", INT64_MIN },
		{ "-1", -1 },
	};
	static const char *const bad[] = {
		"",
		"-",
		"+1",
		" 1",
		"1 ",
		"1.0",
		"0x10",
		"1e3",
		"9223372036854775808",
		"-9223372036854775809",
		"--1",
		"一",
		"99999999999999999999999",
	};
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		int64_t v = 42;
		assert_true(int_parse(good[i].text, &v));
		assert_int_equal(v, good[i].is);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		int64_t v = 42;
		assert_false(int_parse(bad[i], &v));
		assert_int_equal(v, 42);
	}
	int64_t v = 42;
	assert_false(int_parse(NULL, &v));
}

TEST(hexadecimal_goes_there_and_back)
{
	unsigned char bytes[3];
	char text[7];
	assert_true(hex_decode("00fFa5", bytes, 3));
	hex_encode(bytes, 3, text);
	assert_string_equal(text, "00ffa5");
	memset(bytes, 1, 3);
	assert_false(hex_decode("00ff", bytes, 3));
	assert_false(hex_decode("00ffa", bytes, 3));
	assert_false(hex_decode("00ffag", bytes, 3));
	assert_int_equal(bytes[0], 1);
}

TEST(base64_follows_the_vectors_of_rfc_4648)
{
	static const char *const vectors[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};
	struct arena *a = test_call()->arena;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		const char *plain = vectors[i][0], *coded = vectors[i][1];
		size_t size = 99;
		assert_string_equal(base64_encode(a, plain, strlen(plain)), coded);
		const char *back = base64_decode(a, coded, &size);
		assert_non_null(back);
		assert_int_equal(size, strlen(plain));
		assert_string_equal(back, plain);

		char *bare = base64url_encode(a, plain, strlen(plain));
		assert_null(strchr(bare, '='));
		assert_string_equal(base64url_decode(a, bare, &size), plain);
		assert_string_equal(base64url_decode(a, coded, &size), plain);
	}
	assert_string_equal(base64url_encode(a, "\xfb\xff", 2), "-_8");
	assert_string_equal(base64_encode(a, "\xfb\xff", 2), "+/8=");
}

TEST(base64_that_is_not_the_one_text_of_its_bytes_is_refused)
{
	static const char *const bad[] = {
		"Z",        "Zg=", "Zg===", "Zg=a",  "Zh==",   "Zm9=", "Zm9v=",
		"Zm9v====", "=",   "====",  "Zm 9v", "Zm9v\n", "Zm9*", "宁波",
	};
	struct arena *a = test_call()->arena;
	size_t size = 99;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		assert_null(base64_decode(a, bad[i], &size));
		assert_null(base64url_decode(a, bad[i], &size));
	}
	assert_null(base64_decode(a, "Zg", &size));
	assert_null(base64_decode(a, "-_8=", &size));
	assert_null(base64url_decode(a, "+/8", &size));
	assert_int_equal(size, 99);
}

TEST(words_are_split_without_empty_pieces)
{
	struct arena *a = test_call()->arena;
	struct words w = words_split(a, ",a,,bc,", ',');
	assert_int_equal(w.count, 2);
	assert_string_equal(w.list[0], "a");
	assert_string_equal(w.list[1], "bc");
	assert_null(w.list[2]);
	w = words_split(a, "", ',');
	assert_int_equal(w.count, 0);
	assert_null(w.list[0]);
	w = words_split(a, "one", ',');
	assert_int_equal(w.count, 1);
	assert_true(words_have(&w, "one"));
	assert_false(words_have(&w, "on"));
	assert_false(words_have(&w, NULL));
}
