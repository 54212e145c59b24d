/* SPDX-License-Identifier: Apache-2.0 */
/* The contract of feel.h beside the language: limits, diagnostics, unary tests, types, JSON. */
#include "engine/flow/feel/feel.h"
#include "harness.h"

static const struct feel_expr *compiled(const char *text, enum feel_mode mode)
{
	struct feel_problem why;
	const struct feel_expr *e = feel_compile(test_call()->arena, NULL, text, mode, &why);
	if (!e)
		test_fail("%s: %s", text, why.text);
	return e;
}

/* What stops it, and that nothing goes on after. */
static void expect_stop(const char *text, struct feel_limits limits, const char *why)
{
	struct feel_run *run = feel_run_new(test_call()->arena, &limits, 0);
	const struct feel_value *v = feel_evaluate(run, compiled(text, FEEL_EXPRESSION), NULL);
	assert_int_equal(v->kind, FEEL_NULL);
	assert_true(run->stopped);
	assert_non_null(strstr(run->diagnostics[run->diagnostic_count - 1].text, why));
	v = feel_evaluate(run, compiled("1", FEEL_EXPRESSION), NULL);
	assert_int_equal(v->kind, FEEL_NULL);
}

TEST(a_run_stops_at_its_limits)
{
	expect_stop("for x in 1..1000000000 return x", (struct feel_limits){ 0 }, "than");
	expect_stop("count(for x in 1..100000 return x)", (struct feel_limits){ .steps = 1000 },
		    "steps");
	expect_stop("for i in 1..60 return if i = 1 then \"x\" else partial[-1] + partial[-1]",
		    (struct feel_limits){ .memory = 1 << 20 }, "memory");
	expect_stop("{f: function(f, n) f(f, n + 1), r: f(f, 0)}.r", (struct feel_limits){ 0 },
		    "nested");
	expect_stop("for i in 1..1000 return [partial]", (struct feel_limits){ 0 }, "nested");
	expect_stop("for i in 1..1000 return {a: partial[-1]}", (struct feel_limits){ 0 },
		    "nested");
}

TEST(a_pattern_that_takes_forever_is_given_up)
{
	struct feel_run *run = feel_run_new(test_call()->arena, NULL, 0);
	const struct feel_value *v = feel_evaluate(
		run,
		compiled("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab\", \"^(a+)+$\")",
			 FEEL_EXPRESSION),
		NULL);
	assert_int_equal(v->kind, FEEL_NULL);
	assert_non_null(strstr(run->diagnostics[0].text, "too many steps"));
	assert_false(run->stopped);
}

TEST(a_pattern_is_compiled_once_for_many_items)
{
	struct feel_limits limits = { .memory = 1 << 20 };
	struct feel_run *run = feel_run_new(test_call()->arena, &limits, 0);
	const struct feel_value *v = feel_evaluate(
		run,
		compiled(
			"count((1..3000)[1]) + count(for x in 1..3000 return matches(\"ab\", \"a.\", \"s\"))",
			FEEL_EXPRESSION),
		NULL);
	assert_false(run->stopped);
	assert_string_equal(feel_to_text(test_call()->arena, v), "3001");
}

TEST(a_text_that_is_too_deep_or_no_feel_is_refused_with_its_place)
{
	struct arena *a = test_call()->arena;
	struct feel_problem why;
	static const struct {
		const char *text;
		size_t at;
	} bad[] = { { "1 +", 3 },
		    { "(1", 2 },
		    { "for x return 1", 4 },
		    { "[1,", 3 },
		    { "\"abc", 0 },
		    { "1 2", 2 },
		    { "{a 1}", 1 },
		    { "@\"nope\"", 7 },
		    { "", 0 },
		    { "f(a: 1, 2)", 9 },
		    { "1 instance of a.[", 16 },
		    { "if 1 then 2", 11 } };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (feel_compile(a, NULL, bad[i].text, FEEL_EXPRESSION, &why))
			test_fail("'%s' is taken", bad[i].text);
		assert_true(why.at <= strlen(bad[i].text));
		assert_true(*why.text);
	}
	char *deep = arena_alloc(a, 5001);
	memset(deep, '(', 5000);
	assert_null(feel_compile(a, NULL, deep, FEEL_EXPRESSION, &why));
	assert_non_null(strstr(why.text, "deep"));
	struct buf chain = { .arena = a };
	for (int i = 0; i < 5000; i++)
		buf_str(&chain, "1+");
	buf_str(&chain, "1");
	assert_null(feel_compile(a, NULL, buf_text(&chain), FEEL_EXPRESSION, &why));
	assert_null(feel_compile(a, NULL, "\"\xff\"", FEEL_EXPRESSION, &why));
}

TEST(a_diagnostic_says_what_and_where)
{
	struct feel_run *run = feel_run_new(test_call()->arena, NULL, 0);
	run->where = "Approval";
	(void)feel_evaluate(run, compiled("1 + \"x\"", FEEL_EXPRESSION), NULL);
	assert_int_equal(run->diagnostic_count, 1);
	assert_string_equal(run->diagnostics[0].text, "'+' is not defined for number and string");
	assert_string_equal(run->diagnostics[0].where, "Approval");
	assert_int_equal(run->diagnostics[0].at, 2);
	for (int i = 0; i < 200; i++)
		(void)feel_evaluate(run, compiled("1 + \"x\"", FEEL_EXPRESSION), NULL);
	assert_int_equal(run->diagnostic_count, 100);
}

static const char *tested(const char *tests, const struct feel_value *input)
{
	struct feel_run *run = feel_run_new(test_call()->arena, NULL, 0);
	const struct feel_value *v = feel_test(run, compiled(tests, FEEL_UNARY_TESTS), input, NULL);
	return v->kind == FEEL_NULL ? "null" : v->boolean ? "true" : "false";
}

TEST(unary_tests_are_asked_of_the_input)
{
	struct arena *a = test_call()->arena;
	const struct feel_value *five = feel_of_int(a, 5), *x = feel_of_text(a, "x");
	assert_string_equal(tested("-", five), "true");
	assert_string_equal(tested("5", five), "true");
	assert_string_equal(tested("< 5, > 4", five), "true");
	assert_string_equal(tested("[1..5)", five), "false");
	assert_string_equal(tested("not(5, 6)", five), "false");
	assert_string_equal(tested("not([1..3])", five), "true");
	assert_string_equal(tested("? > 3 and ? < 9", five), "true");
	assert_string_equal(tested("odd(?)", five), "true");
	assert_string_equal(tested("-5", five), "false");
	assert_string_equal(tested("\"x\", \"y\"", x), "true");
	assert_string_equal(tested("starts with(?, \"y\")", x), "false");
	assert_string_equal(tested("null", &feel_null), "true");
	assert_string_equal(tested("true", &feel_false), "false");
	assert_string_equal(tested("[1, 5]", five), "true");
	assert_int_equal(feel_test_which(feel_run_new(a, NULL, 0),
					 compiled("1, > 4, 5", FEEL_UNARY_TESTS), five, NULL),
			 1);
	assert_int_equal(feel_test_which(feel_run_new(a, NULL, 0),
					 compiled("1, 2", FEEL_UNARY_TESTS), five, NULL),
			 -1);
}

TEST(free_names_are_told)
{
	size_t count;
	const char *const *names =
		feel_free_names(compiled("a + b.c + sum(for x in l return x + a) + {k: 1, m: k}.m",
					 FEEL_EXPRESSION),
				&count);
	assert_int_equal(count, 3);
	assert_string_equal(names[0], "a");
	assert_string_equal(names[1], "b");
	assert_string_equal(names[2], "l");
}

TEST(values_are_coerced_to_types)
{
	struct arena *a = test_call()->arena;
	struct feel_run *run = feel_run_new(a, NULL, 0);
	const struct feel_type *number = feel_type_named("number");
	struct feel_type positive = *number;
	positive.name = "tPositive";
	positive.allowed = compiled("> 0", FEEL_UNARY_TESTS);
	struct feel_type list = { .kind = FEEL_TYPE_LIST, .element = &positive };
	struct feel_type same = { .kind = FEEL_TYPE_SAME, .element = &list };
	const struct feel_value *one = feel_of_int(a, 1), *minus = feel_of_int(a, -1);
	assert_ptr_equal(feel_coerce(run, &positive, one, "x"), one);
	assert_int_equal(feel_coerce(run, &positive, minus, "x")->kind, FEEL_NULL);
	assert_string_equal(run->diagnostics[0].text,
			    "x: number is not among the allowed values of tPositive");
	assert_int_equal(feel_coerce(run, &same, one, "x")->kind, FEEL_LIST);
	assert_int_equal(feel_coerce(run, &same, minus, "x")->kind, FEEL_NULL);
	assert_ptr_equal(feel_coerce(run, number, feel_of_list(a, &one, 1), "x"), one);
	assert_int_equal(feel_coerce(run, number, feel_of_text(a, "1"), "x")->kind, FEEL_NULL);
	const struct feel_value *day = feel_of_temporal(a, FEEL_DATE, "2026-11-24");
	const struct feel_value *at = feel_coerce(run, feel_type_named("date and time"), day, "x");
	assert_string_equal(feel_to_text(a, at), "2026-11-24T00:00:00Z");
	assert_null(feel_type_named("such"));
}

TEST(json_comes_and_goes)
{
	static const char text[] = "{\"a\":[1,-2.5,\"甬\",true,null],\"b\":{\"c\":0.1}}";
	struct arena *a = test_call()->arena;
	json_t *json = json_loads(text, 0, NULL);
	const struct feel_value *v = feel_of_json(a, json);
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);
	feel_to_json(&j, v);
	assert_string_equal(buf_text(&b), text);
	json_decref(json);
	b.size = 0;
	j = json_to(&b);
	struct feel_run *run = feel_run_new(a, NULL, 0);
	feel_to_json(&j, feel_evaluate(run,
				       compiled("[@\"2026-11-24\", @\"PT1H\", [1..3], abs, "
						"12345678901234567890.5, < 3]",
						FEEL_EXPRESSION),
				       NULL));
	assert_string_equal(buf_text(&b), "[\"2026-11-24\",\"PT1H\",\"[1..3]\",null,"
					  "12345678901234567890.5,\"<3\"]");
}

static const struct feel_value *twice(struct feel_run *run, void *data,
				      const struct feel_value *const *args)
{
	int64_t n;
	*(int *)data += 1;
	if (!feel_to_int(args[0], &n))
		return &feel_null;
	return feel_of_int(run->arena, 2 * n);
}

TEST(functions_of_c_are_called_and_call)
{
	struct arena *a = test_call()->arena;
	struct feel_run *run = feel_run_new(a, NULL, 0);
	struct feel_member n = { "n", feel_type_named("number") };
	int calls = 0;
	const struct feel_value *f = feel_of_native(a, "twice", &n, 1, NULL, twice, &calls);
	const struct feel_value *vars = feel_with(run, NULL, "twice", f);
	const struct feel_value *v =
		feel_evaluate(run, compiled("twice(n: twice([4]))", FEEL_EXPRESSION), vars);
	assert_string_equal(feel_to_text(a, v), "16");
	v = feel_evaluate(run, compiled("twice(\"x\")", FEEL_EXPRESSION), vars);
	assert_int_equal(v->kind, FEEL_NULL);
	assert_int_equal(calls, 2);
	const struct feel_value *three = feel_of_int(a, 3);
	const struct feel_value *g =
		feel_evaluate(run, compiled("function(x) twice(x) + 1", FEEL_EXPRESSION), vars);
	assert_string_equal(feel_to_text(a, feel_call(run, g, &three, 1)), "7");
	struct feel_entry named = { "x", three };
	assert_string_equal(feel_to_text(a, feel_call_named(run, g, &named, 1)), "7");
	assert_int_equal(feel_call(run, three, NULL, 0)->kind, FEEL_NULL);
	const struct feel_value *body = feel_of_body(a, &n, 1, NULL,
						     compiled("n * k", FEEL_EXPRESSION),
						     feel_with(run, NULL, "k", three));
	assert_string_equal(feel_to_text(a, feel_call(run, body, &three, 1)), "9");
}

TEST(a_copy_outlives_its_run)
{
	struct arena *a = test_call()->arena;
	struct arena *own = arena_new();
	struct feel_run *run = feel_run_new(own, NULL, 0);
	const struct feel_value *v = feel_evaluate(
		run, compiled("{a: [1, \"x\", (< 3)], d: @\"P1D\", f: abs}", FEEL_EXPRESSION),
		NULL);
	v = feel_copy(a, v);
	arena_end(&own);
	assert_string_equal(feel_to_text(a, v), "{a: [1, \"x\", <3], d: P1D, f: null}");
}
