/* SPDX-License-Identifier: Apache-2.0 */
/* FEEL by tables of expressions and what they give, clause by clause of DMN 1.5 chapter 10. */
#include "engine/flow/feel/feel.h"
#include "harness.h"

/* Noon of 24 November 2026, UTC. */
#define NOW INT64_C(1795521600000000)

struct row {
	const char *text, *gives; /* the value as a literal; NULL: null with a diagnostic */
};

static const struct feel_value *evaluate(struct arena *a, const char *text, struct feel_run **run)
{
	static const char *const words[] = { "unit price", "a+b", "in stock" };
	struct feel_names names = { words, 3, NULL, 0 };
	struct feel_entry in[] = {
		{ "unit price", feel_of_number_text(a, "12.50") },
		{ "a+b", feel_of_int(a, 8) },
		{ "a", feel_of_int(a, 1) },
		{ "b", feel_of_int(a, 2) },
		{ "in stock", feel_of_bool(true) },
	};
	struct feel_problem why;
	*run = feel_run_new(a, NULL, NOW);
	const struct feel_expr *e = feel_compile(a, &names, text, FEEL_EXPRESSION, &why);
	if (!e)
		test_fail("%s: %s at byte %zu", text, why.text, why.at);
	return feel_evaluate(*run, e, feel_of_context(a, in, 5));
}

/* Strings with their quotes, so that "1" and 1 differ. */
static const char *literal(struct arena *a, const struct feel_value *v)
{
	const char *text = feel_to_text(a, feel_of_list(a, &v, 1));
	return arena_strndup(a, text + 1, strlen(text) - 2);
}

static void check_rows(const struct row *rows, size_t count)
{
	struct arena *a = test_call()->arena;
	for (size_t i = 0; i < count; i++) {
		struct feel_run *run;
		const struct feel_value *v = evaluate(a, rows[i].text, &run);
		const char *got = literal(a, v);
		if (!rows[i].gives) {
			if (v->kind != FEEL_NULL || run->diagnostic_count == 0)
				test_fail("%s: gives %s and %zu diagnostics, not an error",
					  rows[i].text, got, run->diagnostic_count);
		} else if (strcmp(got, rows[i].gives) != 0) {
			test_fail("%s: gives %s, not %s (%s)", rows[i].text, got, rows[i].gives,
				  run->diagnostic_count ? run->diagnostics[0].text : "");
		}
	}
}
#define CHECK(...)                                                                                 \
	do {                                                                                       \
		static const struct row rows[] = { __VA_ARGS__ };                                  \
		check_rows(rows, sizeof(rows) / sizeof(rows[0]));                                  \
	} while (0)

TEST(numbers_are_decimals_of_34_digits)
{
	CHECK({ "0.1 + 0.2", "0.3" }, { "0.1 + 0.2 = 0.3", "true" },
	      { "1 / 3", "0.3333333333333333333333333333333333" },
	      { "9999999999999999999999999999999999 + 1", "10000000000000000000000000000000000" },
	      { "4611686018427387903 + 1", "4611686018427387904" },
	      { "9223372036854775807 * 9223372036854775807",
		"85070591730234615847396907784232500000" },
	      { "-3 ** 2", "9" }, { "2 ** 3 ** 2", "64" }, { "5 ** -2", "0.04" },
	      { "10 - 2 - 3", "5" }, { "1.50", "1.5" }, { "1.23e+4", "12300" },
	      { "1 = 1.00", "true" }, { ".5 + 1", "1.5" }, { "1 / 0", NULL },
	      { "1e6000 * 1e6000", NULL }, { "--2", "2" }, { "-unit price", "-12.5" });
}

TEST(names_may_have_spaces_and_operators)
{
	CHECK({ "unit price * 2", "25" }, { "unit   price", "12.5" }, { "a+b", "8" },
	      { "a + b", "3" }, { "if in stock then a else b", "1" },
	      { "{big number: 3, c: big number + 1}.c", "4" },
	      { "{\"x y\": {z z: 5}}.x y.z z", "5" },
	      { "[{x y: 1}, {x y: 2}][x y = 2].x y", "[2]" },
	      { "for loop var in [1, 2] return loop var + 1", "[2, 3]" },
	      { "(function(left side, r) left side - r)(r: 1, left side: 3)", "2" },
	      { "no such name", NULL });
}

TEST(logic_has_three_values)
{
	CHECK({ "true and null", "null" }, { "false and null", "false" },
	      { "null and false", "false" }, { "true or null", "true" },
	      { "null or false", "null" }, { "true and \"x\"", NULL }, { "false or 1", NULL },
	      { "not(true)", "false" }, { "not(null)", "null" }, { "true = null", "false" },
	      { "null = null", "true" }, { "1 = \"1\"", NULL }, { "[1] = 1", "true" },
	      { "{a: 1, b: 2} = {b: 2, a: 1}", "true" }, { "\"a\" < \"b\"", "true" },
	      { "1 < \"b\"", NULL }, { "3 between 1 and 3 and true", "true" },
	      { "@\"P1D\" > @\"PT23H\"", "true" });
}

TEST(conditions_loops_and_quantifiers)
{
	CHECK({ "if 1 > 2 then 1 else 2", "2" }, { "if null then 1 else 2", "2" },
	      { "for x in 1..3 return x * x", "[1, 4, 9]" },
	      { "for x in 3..1 return x", "[3, 2, 1]" }, { "for x in (1..3] return x", "[2, 3]" },
	      { "for x in [3..1] return x", NULL },
	      { "for i in 0..4 return if i = 0 then 1 else i * partial[-1]", "[1, 1, 2, 6, 24]" },
	      { "for x in [1, 2], y in 1..x return x + y", "[2, 3, 4]" },
	      { "for d in @\"2026-12-31\"..@\"2027-01-01\" return string(d)",
		"[\"2026-12-31\", \"2027-01-01\"]" },
	      { "for x in null return x", NULL },
	      { "some x in [1, 2], y in [2] satisfies x = y", "true" },
	      { "every x in [1, 2] satisfies x > 1", "false" },
	      { "every x in [] satisfies false", "true" },
	      { "some x in [null, 1] satisfies x > 1", "null" });
}

TEST(lists_filters_and_paths)
{
	CHECK({ "[1, 2, 3][2]", "2" }, { "[1, 2, 3][-1]", "3" }, { "[1, 2, 3][4]", NULL },
	      { "[1, 2, 3][item > 1]", "[2, 3]" }, { "[1, 2][0]", NULL }, { "5[1]", "5" },
	      { "5[item > 6]", "[]" }, { "null[1]", "[]" },
	      { "[{a: 1, b: 2}, {a: 3}].a", "[1, 3]" },
	      { "[{a: {b: 1}}, {a: {b: 2}}].a.b", "[1, 2]" },
	      { "[{item: 1}, {item: 2}][item = 2]", "[{item: 2}]" }, { "{a: 1}.b", NULL },
	      { "[[1], 2][1]", "[1]" });
}

TEST(a_key_that_stands_twice_is_refused_when_compiled)
{
	struct feel_problem why;
	assert_null(feel_compile(test_call()->arena, NULL, "{a: 1, a: 2}", FEEL_EXPRESSION, &why));
	assert_string_equal(why.text, "the key \"a\" stands twice");
}

TEST(ranges_hold_and_compare)
{
	CHECK({ "3 in [1..3)", "false" }, { "3 in ]1..3]", "true" }, { "3 in (<= 3)", "true" },
	      { "3 in (> 3, 1, 3)", "true" }, { "2 in !=2", "false" },
	      { "1 in [[2..4], [1..3]]", "true" }, { "(1..5).start included", "false" },
	      { "[1..5[.end included", "false" }, { "(>= 10).start", "10" },
	      { "(< 10) = (null..10)", "false" }, { "\"b\" in [\"a\"..\"c\"]", "true" },
	      { "1 in [\"a\"..\"c\"]", NULL }, { "[1..\"a\"]", NULL },
	      { "[1..2] = [1..2.0]", "true" });
}

TEST(relations_of_ranges_are_those_of_table_78)
{
	CHECK({ "before(1, 10)", "true" }, { "before([1..10], 10)", "false" },
	      { "before([1..10), 10)", "true" }, { "after((1..5], 1)", "true" },
	      { "meets([1..5], [5..10])", "true" }, { "meets([1..5), [5..10])", "false" },
	      { "met by([5..10], [1..5])", "true" }, { "overlaps([1..5], [3..8])", "true" },
	      { "overlaps([1..5], (5..8])", "false" },
	      { "overlaps before([1..5], [3..8])", "true" },
	      { "overlaps before([1..5), (1..5])", "true" },
	      { "overlaps before([1..5), [1..5])", "false" },
	      { "overlaps before([1..5], (1..5))", "false" },
	      { "overlaps after((1..5], [1..5])", "true" },
	      { "overlaps after([1..5], [1..5))", "false" },
	      { "overlaps after([3..8], [1..5])", "true" }, { "finishes(10, [1..10])", "true" },
	      { "finishes([5..10), [1..10])", "false" }, { "finished by([1..10], 10)", "true" },
	      { "includes([1..10], [4..6])", "true" }, { "includes((1..10], [1..10])", "false" },
	      { "during([4..6], [1..10])", "true" }, { "starts(1, (1..10])", "false" },
	      { "starts([1..5], [1..10])", "true" }, { "started by([1..10], 1)", "true" },
	      { "coincides([1..5], [1..5))", "false" }, { "coincides(5, 5)", "true" },
	      { "before([1..2], \"a\")", NULL });
}

TEST(strings_count_characters)
{
	CHECK({ "string length(\"甬云\")", "2" }, { "substring(\"\\U01F40Efoo\", 2)", "\"foo\"" },
	      { "substring(\"foobar\", -2, 1)", "\"a\"" }, { "substring(\"foobar\", 0)", NULL },
	      { "upper case(\"aß甬\")", "\"ASS甬\"" }, { "lower case(\"ÀÉ\")", "\"àé\"" },
	      { "substring before(\"foobar\", \"bar\")", "\"foo\"" },
	      { "substring after(\"foobar\", \"ob\")", "\"ar\"" },
	      { "contains(\"foobar\", \"ob\")", "true" }, { "starts with(\"a\", \"ab\")", "false" },
	      { "ends with(\"ab\", \"b\")", "true" },
	      { "split(\"a;b;;\", \";\")", "[\"a\", \"b\", \"\", \"\"]" },
	      { "string join([\"a\", null, \"b\"], \"-\", \"<\", \">\")", "\"<a-b>\"" },
	      { "string join([1])", NULL },
	      { "string([1, \"a\", {b: null}])", "\"[1, \\\"a\\\", {b: null}]\"" },
	      { "\"\\u0041\\n\" + \"b\"", "\"A\nb\"" }, { "\"\\uD83D\\uDC0E\" = \"🐎\"", "true" },
	      { "\"a\" + 1", NULL }, { "contains(\"a\", null)", NULL });
}

TEST(regular_expressions_are_those_of_xpath)
{
	CHECK({ "matches(\"foobar\", \"^fo*b\")", "true" },
	      { "matches(\"A\", \"a\", \"i\")", "true" },
	      { "matches(\"a\\nb\", \"a.b\")", "false" },
	      { "matches(\"a\\nb\", \"a.b\", \"s\")", "true" },
	      { "matches(\"o\", \"[a-z-[aeiou]]\")", "false" },
	      { "matches(\"ab\", \"a b\", \"x\")", "true" },
	      { "matches(\"abc\", \"\\p{IsBasicLatin}+\")", "true" },
	      { "matches(\"甬\", \"^\\i$\")", "true" }, { "matches(\"a\", \"(a\")", NULL },
	      { "matches(\"a\", \"a++\")", NULL }, { "matches(\"a\", \"(?=a)\")", NULL },
	      { "matches(\"a\", \"a\", \"g\")", NULL }, { "matches(\"aa\", \"(a)\\1\")", "true" },
	      { "matches(\"a\", \"\\2(a)\")", NULL },
	      { "replace(\"abracadabra\", \"a(.)\", \"a$1$1\")", "\"abbraccaddabbra\"" },
	      { "replace(\"abc\", \"x*\", \"-\")", NULL }, { "replace(\"a\", \"a\", \"$\")", NULL },
	      { "replace(\"a\", \"a\", \"\\$\")", "\"$\"" },
	      { "split(\"a1b22c\", \"[0-9]+\")", "[\"a\", \"b\", \"c\"]" });
}

TEST(lists_have_their_functions)
{
	CHECK({ "list contains([1, null], null)", "true" }, { "count([1, [2, 3]])", "2" },
	      { "count(null)", NULL }, { "min([3, 1, 2])", "1" },
	      { "max(\"a\", \"c\", \"b\")", "\"c\"" }, { "min([])", NULL },
	      { "min(1, \"a\")", NULL }, { "sum(1, 2, 3)", "6" }, { "sum([])", NULL },
	      { "mean([1, 2])", "1.5" }, { "median([6, 1, 2, 3])", "2.5" },
	      { "median(8, 2, 5)", "5" },
	      { "stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931" },
	      { "stddev([1])", NULL }, { "mode([6, 1, 9, 6, 1])", "[1, 6]" }, { "mode([])", "[]" },
	      { "all([true, null])", "null" }, { "any([false, null, true])", "true" },
	      { "all([])", "true" }, { "any([true, 1])", "true" }, { "all([1])", NULL },
	      { "sublist([1, 2, 3], -2, 1)", "[2]" }, { "sublist([1], 2)", NULL },
	      { "append([1], 2, [3])", "[1, 2, [3]]" }, { "concatenate([1], [2, 3])", "[1, 2, 3]" },
	      { "insert before([1, 3], 2, 2)", "[1, 2, 3]" }, { "remove([1, 2, 3], -1)", "[1, 2]" },
	      { "list replace([1, 2], 2, 5)", "[1, 5]" },
	      { "list replace([1, 2], function(item, newItem) item < 2, 9)", "[9, 2]" },
	      { "reverse([1, 2])", "[2, 1]" }, { "index of([1, 2, 1], 1)", "[1, 3]" },
	      { "union([1, 2], [2, 3])", "[1, 2, 3]" },
	      { "distinct values([1, 1.0, \"1\"])", "[1, \"1\"]" },
	      { "flatten([[1, [2]], 3])", "[1, 2, 3]" }, { "product([2, 3, 4])", "24" },
	      { "sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]" },
	      { "sort([2, 1])", "[1, 2]" },
	      { "sort([{k: 1, v: \"b\"}, {k: 0, v: \"c\"}, {k: 1, v: \"a\"}], function(x, y) x.k < y.k).v",
		"[\"c\", \"b\", \"a\"]" });
}

TEST(numbers_have_their_functions)
{
	CHECK({ "decimal(1/3, 2)", "0.33" }, { "decimal(2.5, 0)", "2" },
	      { "decimal(1234, -2)", "1200" }, { "floor(-1.5)", "-2" }, { "floor(1.56, 1)", "1.5" },
	      { "ceiling(1.5)", "2" }, { "ceiling(-1.56, 1)", "-1.5" },
	      { "round up(-5.5, 0)", "-6" }, { "round down(-5.5, 0)", "-5" },
	      { "round half up(-1.125, 2)", "-1.13" }, { "round half down(1.125, 2)", "1.12" },
	      { "round half down(1.126, 2)", "1.13" }, { "round up(1, 7000)", NULL },
	      { "abs(-1)", "1" }, { "abs(@\"-P1D\")", "P1D" }, { "modulo(-12, 5)", "3" },
	      { "modulo(10.1, -4.5)", "-3.4" }, { "modulo(1, 0)", NULL }, { "sqrt(16)", "4" },
	      { "sqrt(-1)", NULL }, { "log(0)", NULL }, { "exp(0)", "1" }, { "odd(-1)", "true" },
	      { "even(0)", "true" }, { "even(1.5)", "false" },
	      { "number(\"1.000,5\", \".\", \",\")", "1000.5" },
	      { "number(\"1 000\", \" \", null)", "1000" }, { "number(\"1\", \".\", \".\")", NULL },
	      { "number(\"1.5\")", "1.5" }, { "abs(n: -2)", "2" }, { "abs(m: -2)", NULL },
	      { "floor([1.5])", "1" }, { "floor(1, 2, 3)", NULL });
}

TEST(contexts_have_their_functions)
{
	CHECK({ "get value({a: 1}, \"a\")", "1" }, { "get value({a: 1}, \"b\")", NULL },
	      { "get entries({a: 1})", "[{key: \"a\", value: 1}]" },
	      { "context([{key: \"a\", value: 1}])", "{a: 1}" },
	      { "context([{key: \"a\", value: 1}, {key: \"a\", value: 2}])", NULL },
	      { "context put({a: 1}, \"a\", 2)", "{a: 2}" },
	      { "context put({a: {b: 1}}, [\"a\", \"c\"], 2)", "{a: {b: 1, c: 2}}" },
	      { "context put({a: 1}, [\"a\", \"c\"], 2)", NULL },
	      { "context put({}, [], 2)", NULL },
	      { "context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}" },
	      { "is(@\"10:00:00+01:00\", @\"09:00:00Z\")", "false" },
	      { "@\"10:00:00+01:00\" = @\"09:00:00Z\"", "true" }, { "is(1, 1.0)", "true" });
}

TEST(types_are_asked_for)
{
	CHECK({ "1 instance of number", "true" }, { "null instance of Any", "false" },
	      { "[1] instance of list<number>", "true" },
	      { "[1, \"a\"] instance of list<number>", "false" },
	      { "{a: 1, b: 2} instance of context<a: number>", "true" },
	      { "{a: null} instance of context<a: number>", "true" },
	      { "{b: 1} instance of context<a: number>", "false" },
	      { "[1..2] instance of range<number>", "true" },
	      { "@\"P1Y\" instance of years and months duration", "true" },
	      { "@\"2026-11-24T10:00:00\" instance of date and time", "true" },
	      { "(function(a: number) a) instance of function<number> -> Any", "true" },
	      { "(function(a) a) instance of function<number, number> -> Any", "false" },
	      { "1 instance of such", "false" });
}

TEST(functions_close_over_what_they_see)
{
	CHECK({ "{f: function(x) x + 1, r: f(2)}.r", "3" },
	      { "{k: 10, f: function(x) x + k, r: f(1)}.r", "11" },
	      { "(function(a: number) a)([3])", "3" }, { "(function(a: number) a)(\"x\")", NULL },
	      { "(function(a: list<number>) a)(3)", "[3]" },
	      { "(function(a: date and time) string(a))(@\"2026-01-01\")",
		"\"2026-01-01T00:00:00Z\"" },
	      { "(function(a) a)()", NULL },
	      { "{f: function(n) if n = 0 then 0 else f(n - 1), r: f(3)}.r", NULL },
	      { "(function(a) external {java: {class: \"X\"}})(1)", NULL },
	      { "for f in [abs, floor] return f(-1.5)", "[1.5, -2]" }, { "1(2)", NULL },
	      { "nothing(2)", NULL });
}

TEST(comments_are_space)
{
	CHECK({ "1 /* two\n */ + // three\n 2", "3" }, { "\"/* no */\"", "\"/* no */\"" });
}
