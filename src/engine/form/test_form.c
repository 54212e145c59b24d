/* SPDX-License-Identifier: Apache-2.0 */
/* Forms: what a schema is refused for, and what data are. */
#include <stdlib.h>
#include "engine/form/form_private.h"
#include "harness.h"

static void drop(void *p)
{
	json_decref(p);
}

static json_t *json_of(const char *text)
{
	json_t *v = text ? json_loads(text, JSON_DECODE_ANY, NULL) : NULL;

	if (text && !v)
		test_fail("no JSON: %s", text);
	arena_defer(test_call()->arena, drop, v);
	return v;
}

static struct form *form_of(struct call *c, const char *components)
{
	struct form *f = NULL;
	const char *text = arena_printf(c->arena, "{\"components\":[%s]}", components);

	if (form_read(c, text, strlen(text), &f))
		test_fail("%s: %s", c->problem_at ? c->problem_at : "", c->problem);
	return f;
}

struct outcome {
	const char *data;     /* what follows; NULL: refused */
	const char *problems; /* "path rule; path rule" */
};

static struct outcome check(const char *components, const struct form_permission *p, size_t n,
			    const char *before, const char *given)
{
	struct call *c = test_call();
	struct form *f = form_of(c, components);
	struct form_problems problems = { 0 };
	struct buf b = { .arena = c->arena };
	json_t *out = NULL;

	c->now_at = INT64_C(1792000000) * CLOCK_SECOND; /* 2026-10-14 in Shanghai */
	enum status st = form_check(c, f, p, n, json_of(before), json_of(given), &out, &problems);
	for (size_t i = 0; i < problems.count; i++)
		buf_printf(&b, "%s%s %s", i ? "; " : "", problems.list[i].path,
			   problems.list[i].rule);
	if (st) {
		assert_int_equal(st, ST_BAD_INPUT);
		assert_string_equal(c->problem_at, problems.list[0].path);
		return (struct outcome){ NULL, buf_text(&b) };
	}
	char *text = json_dumps(out, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
	struct outcome o = { arena_strdup(c->arena, text), buf_text(&b) };
	free(text);
	return o;
}

static void takes(const char *components, const char *given, const char *data)
{
	struct outcome o = check(components, NULL, 0, NULL, given);

	if (!o.data)
		test_fail("%s is refused: %s", given, o.problems);
	assert_string_equal(o.data, data ? data : given);
}

static void refuses(const char *components, const char *given, const char *problems)
{
	struct outcome o = check(components, NULL, 0, NULL, given);

	if (o.data)
		test_fail("%s is taken as %s", given, o.data);
	assert_string_equal(o.problems, problems);
}

TEST(texts_are_held_to_length_pattern_and_kind)
{
#define TEXT(rules) "{\"type\":\"textfield\",\"key\":\"a\",\"validate\":{" rules "}}"
	takes(TEXT("\"required\":true"), "{\"a\":\"x\"}", NULL);
	refuses(TEXT("\"required\":true"), "{}", "a required");
	refuses(TEXT("\"required\":true"), "{\"a\":\"\"}", "a required");
	refuses(TEXT(""), "{\"a\":1}", "a type");
	takes(TEXT("\"minLength\":2,\"maxLength\":\"3\""), "{\"a\":\"字字字\"}", NULL);
	refuses(TEXT("\"minLength\":2"), "{\"a\":\" x \"}", "a minLength");
	refuses(TEXT("\"maxLength\":3"), "{\"a\":\"字字字字\"}", "a maxLength");
	takes(TEXT("\"minLength\":2"), "{\"a\":\"\"}", NULL);
	/* As in a browser the pattern is searched for, not anchored. */
	takes(TEXT("\"pattern\":\"[0-9]\""), "{\"a\":\"x1y\"}", NULL);
	refuses(TEXT("\"pattern\":\"^[0-9]+$\""), "{\"a\":\"12\\n\"}", "a pattern");
	refuses(TEXT("\"pattern\":\"^(a+)+$\""), "{\"a\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\"}",
		"a pattern");
	takes(TEXT("\"validationType\":\"email\""), "{\"a\":\"wang@nb.gov.cn\"}", NULL);
	refuses(TEXT("\"validationType\":\"email\""), "{\"a\":\"wang@nb\"}", "a email");
	takes(TEXT("\"validationType\":\"phone\""), "{\"a\":\"0574-87180000\"}", NULL);
	refuses(TEXT("\"validationType\":\"phone\""), "{\"a\":\"call me\"}", "a phone");
}

TEST(numbers_are_held_to_bounds_and_digits)
{
#define NUMBER(more, rules) "{\"type\":\"number\",\"key\":\"a\"" more ",\"validate\":{" rules "}}"
	takes(NUMBER("", "\"min\":1,\"max\":\"10\""), "{\"a\":10}", NULL);
	refuses(NUMBER("", "\"min\":1,\"max\":10"), "{\"a\":0}", "a min");
	refuses(NUMBER("", "\"max\":10"), "{\"a\":10.5}", "a max");
	refuses(NUMBER("", ""), "{\"a\":\"1\"}", "a type");
	takes(NUMBER(",\"decimalDigits\":2", ""), "{\"a\":0.29}", NULL);
	refuses(NUMBER(",\"decimalDigits\":2", ""), "{\"a\":0.295}", "a decimalDigits");
	takes(NUMBER(",\"serializeToString\":true", ""), "{\"a\":\"12.50\"}", NULL);
	refuses(NUMBER(",\"serializeToString\":true", ""), "{\"a\":\"nan\"}", "a type");
	refuses(NUMBER(",\"serializeToString\":true", ""), "{\"a\":12}", "a type");
}

TEST(choices_are_among_those_that_are_offered)
{
#define CHOICE(type, more) "{\"type\":\"" type "\",\"key\":\"a\"," more "}"
#define VALUES "\"values\":[{\"label\":\"A\",\"value\":\"a\"},{\"label\":\"1\",\"value\":1}]"
	takes(CHOICE("select", VALUES), "{\"a\":1}", NULL);
	refuses(CHOICE("radio", VALUES), "{\"a\":\"1\"}", "a values");
	takes(CHOICE("checklist", VALUES), "{\"a\":[1,\"a\"]}", NULL);
	refuses(CHOICE("taglist", VALUES), "{\"a\":[\"a\",\"b\",\"a\"]}",
		"a[1] values; a[2] values");
	refuses(CHOICE("taglist", VALUES), "{\"a\":\"a\"}", "a type");
	takes(CHOICE("select", "\"valuesExpression\":\"=[\\\"x\\\", \\\"y\\\"]\""), "{\"a\":\"y\"}",
	      NULL);
	refuses(CHOICE("select", "\"valuesExpression\":\"=[\\\"x\\\"]\""), "{\"a\":\"y\"}",
		"a values");
	refuses(CHOICE("checklist", VALUES ",\"validate\":{\"required\":true}"), "{\"a\":[]}",
		"a required");
	refuses("{\"type\":\"checkbox\",\"key\":\"a\",\"validate\":{\"required\":true}}",
		"{\"a\":false}", "a required");
	refuses("{\"type\":\"checkbox\",\"key\":\"a\"}", "{\"a\":\"true\"}", "a type");
}

TEST(dates_and_times_are_real)
{
#define WHEN(kind, more) "{\"type\":\"datetime\",\"subtype\":\"" kind "\",\"key\":\"a\"" more "}"
	takes(WHEN("date", ""), "{\"a\":\"2028-02-29\"}", NULL);
	refuses(WHEN("date", ""), "{\"a\":\"2026-02-29\"}", "a type");
	takes(WHEN("time", ""), "{\"a\":\"09:30\"}", NULL);
	takes(WHEN("time", ""), "{\"a\":\"09:30+08:00\"}", NULL);
	refuses(WHEN("time", ""), "{\"a\":\"25:00\"}", "a type");
	takes(WHEN("datetime", ""), "{\"a\":\"2026-10-14T09:30Z\"}", NULL);
	refuses(WHEN("datetime", ""), "{\"a\":\"2026-10-14\"}", "a type");
	refuses(WHEN("date", ",\"disallowPassedDates\":true"), "{\"a\":\"2026-10-13\"}",
		"a disallowPassedDates");
	takes(WHEN("date", ",\"disallowPassedDates\":true"), "{\"a\":\"2026-10-15\"}", NULL);
}

TEST(what_a_condition_hides_is_neither_required_nor_kept)
{
#define HIDING                                                                                       \
	"{\"type\":\"number\",\"key\":\"n\"},"                                                       \
	"{\"type\":\"group\",\"path\":\"g\",\"conditional\":{\"hide\":\"=n > 1\"},"                  \
	"\"components\":[{\"type\":\"textfield\",\"key\":\"a\",\"validate\":{\"required\":true}}]}," \
	"{\"type\":\"expression\",\"key\":\"twice\",\"expression\":\"=n * 2\"}"
	refuses(HIDING, "{\"n\":1}", "g.a required");
	takes(HIDING, "{\"n\":2}", "{\"n\":2,\"twice\":4}");
	takes(HIDING, "{\"n\":2,\"g\":{\"a\":\"x\"}}", "{\"n\":2,\"twice\":4}");
	/* What is computed is not believed. */
	takes(HIDING, "{\"n\":1,\"g\":{\"a\":\"x\"},\"twice\":7}",
	      "{\"g\":{\"a\":\"x\"},\"n\":1,\"twice\":2}");
}

TEST(lists_are_checked_item_by_item)
{
#define LIST                                                                                       \
	"{\"type\":\"dynamiclist\",\"path\":\"l\",\"components\":["                                \
	"{\"type\":\"number\",\"key\":\"p\",\"validate\":{\"required\":true}},"                    \
	"{\"type\":\"textfield\",\"key\":\"why\",\"validate\":{\"required\":true},"                \
	"\"conditional\":{\"hide\":\"=this.p <= 100 or i = 3\"}}]}"
	takes(LIST, "{\"l\":[{\"p\":1},{\"p\":101,\"why\":\"x\"},{\"p\":200}]}", NULL);
	refuses(LIST, "{\"l\":[{},{\"p\":101},7]}",
		"l[0].p required; l[0].why required; l[1].why required; l[2] type");
	refuses(LIST, "{\"l\":{}}", "l type");
	refuses(LIST, "{\"l\":[{\"p\":1,\"q\":2}]}", "l[0].q unknown");
}

TEST(a_key_with_dots_and_a_group_are_one_tree)
{
#define TREE                                                                                       \
	"{\"type\":\"textfield\",\"key\":\"a.b\"},{\"type\":\"group\",\"path\":\"a\","             \
	"\"components\":[{\"type\":\"textfield\",\"key\":\"c\"}]},{\"type\":\"text\",\"text\":\"x\"}"
	takes(TREE, "{\"a\":{\"b\":\"1\",\"c\":\"2\"}}", NULL);
	refuses(TREE, "{\"a\":\"x\"}", "a type");
	refuses(TREE, "{\"z\":1,\"a\":{\"d\":2}}", "a.d unknown; z unknown");
}

TEST(a_task_changes_what_it_may_and_sees_what_it_may)
{
	const struct form_permission p[] = { { "a", FORM_LOOK },
					     { "g", FORM_HIDE },
					     { "g.open", FORM_WRITE } };
#define FIELDS                                                                                     \
	"{\"type\":\"textfield\",\"key\":\"a\",\"validate\":{\"required\":true}},"                 \
	"{\"type\":\"textfield\",\"key\":\"b\"},{\"type\":\"textfield\",\"key\":\"g.secret\"},"    \
	"{\"type\":\"textfield\",\"key\":\"g.open\"},"                                             \
	"{\"type\":\"textfield\",\"key\":\"r\",\"readonly\":\"=b = \\\"x\\\"\"}"
#define BEFORE "{\"a\":\"1\",\"g\":{\"open\":\"2\",\"secret\":\"3\"},\"r\":\"4\"}"
	struct outcome o = check(FIELDS, p, 3, BEFORE, "{\"b\":\"y\",\"g\":{\"open\":\"9\"}}");
	assert_string_equal(o.data, "{\"a\":\"1\",\"b\":\"y\",\"g\":{\"open\":\"9\",\"secret\":"
				    "\"3\"},\"r\":\"4\"}");
	/* The same value again is no change. */
	o = check(FIELDS, p, 3, BEFORE, "{\"a\":\"1\",\"b\":\"x\",\"r\":\"4\"}");
	assert_non_null(o.data);
	o = check(FIELDS, p, 3, BEFORE,
		  "{\"a\":\"7\",\"b\":\"x\",\"r\":\"8\",\"g\":{\"secret\":\"7\"}}");
	assert_null(o.data);
	assert_string_equal(o.problems, "a read-only; g.secret read-only; r read-only");
	/* null takes away what may be written. */
	o = check(FIELDS, p, 3, BEFORE, "{\"r\":null}");
	assert_string_equal(o.data, "{\"a\":\"1\",\"g\":{\"open\":\"2\",\"secret\":\"3\"}}");

	struct call *c = test_call();
	json_t *shown = NULL;
	assert_int_equal(form_shown(c, form_of(c, FIELDS), p, 3, json_of(BEFORE), &shown), ST_OK);
	char *text = json_dumps(shown, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(text, "{\"a\":\"1\",\"g\":{\"open\":\"2\"},\"r\":\"4\"}");
	free(text);
}

TEST(a_list_that_may_only_be_looked_at_is_not_changed)
{
	const struct form_permission p[] = { { "l.p", FORM_LOOK } };
	struct outcome o =
		check(LIST, p, 1, "{\"l\":[{\"p\":1},{\"p\":2}]}", "{\"l\":[{\"p\":1},{\"p\":3}]}");
	assert_string_equal(o.problems, "l[1].p read-only");
	const struct form_permission q[] = { { "l", FORM_LOOK } };
	o = check(LIST, q, 1, "{\"l\":[{\"p\":1}]}", "{\"l\":[]}");
	assert_string_equal(o.problems, "l read-only");
	o = check(LIST, q, 1, "{\"l\":[{\"p\":1}]}", "{}");
	assert_string_equal(o.data, "{\"l\":[{\"p\":1}]}");
}

TEST(a_schema_that_cannot_be_held_to_is_refused_by_place)
{
	static const struct {
		const char *component, *at;
	} bad[] = {
		{ "7", "components[0].type" },
		{ "{\"type\":\"filepicker\",\"key\":\"a\"}", "components[0].type" },
		{ "{\"type\":\"textfield\"}", "components[0].key" },
		{ "{\"type\":\"textfield\",\"key\":\"a..b\"}", "components[0].key" },
		{ "{\"type\":\"textfield\",\"key\":\"a b\"}", "components[0].key" },
		{ "{\"type\":\"textfield\",\"key\":\"a\"},{\"type\":\"number\",\"key\":\"a.b\"}",
		  "components[1].key" },
		{ "{\"type\":\"textfield\",\"key\":\"a\"},{\"type\":\"number\",\"key\":\"a\"}",
		  "components[1].key" },
		{ "{\"type\":\"textfield\",\"key\":\"a\",\"validate\":{\"pattern\":\"(\"}}",
		  "components[0].validate.pattern" },
		{ "{\"type\":\"textfield\",\"key\":\"a\",\"validate\":{\"minLength\":\"=x\"}}",
		  "components[0].validate.minLength" },
		{ "{\"type\":\"textfield\",\"key\":\"a\",\"validate\":{\"validationType\":\"iban\"}}",
		  "components[0].validate.validationType" },
		{ "{\"type\":\"textfield\",\"key\":\"a\",\"conditional\":{\"hide\":\"=1 +\"}}",
		  "components[0].conditional.hide" },
		{ "{\"type\":\"textfield\",\"key\":\"a\",\"conditional\":{\"hide\":\"x\"}}",
		  "components[0].conditional.hide" },
		{ "{\"type\":\"select\",\"key\":\"a\"}", "components[0].values" },
		{ "{\"type\":\"select\",\"key\":\"a\",\"values\":[{\"label\":\"x\"}]}",
		  "components[0].values[0]" },
		{ "{\"type\":\"datetime\",\"key\":\"a\",\"subtype\":\"year\"}",
		  "components[0].subtype" },
		{ "{\"type\":\"dynamiclist\",\"components\":[]}", "components[0].path" },
		{ "{\"type\":\"expression\",\"key\":\"a\"}", "components[0].expression" },
		{ "{\"type\":\"group\",\"components\":{}}", "components[0].components" },
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct call *c = test_call();
		struct form *f = NULL;
		const char *text =
			arena_printf(c->arena, "{\"components\":[%s]}", bad[i].component);
		assert_int_equal(form_read(c, text, strlen(text), &f), ST_BAD_INPUT);
		if (!str_eq(c->problem_at, bad[i].at))
			test_fail("%s: %s: %s", text, c->problem_at, c->problem);
	}
}

TEST(expressions_that_take_too_long_end)
{
	struct call *c = test_call();
	struct form *f = form_of(c, "{\"type\":\"expression\",\"key\":\"a\",\"expression\":"
				    "\"=count(for x in 1..10000, y in 1..10000 return x)\"}");
	struct form_problems problems = { 0 };
	json_t *out = NULL;

	assert_int_equal(form_check(c, f, NULL, 0, NULL, json_of("{}"), &out, &problems), ST_LIMIT);
}

static const char *schema_shown(const char *components, const struct form_permission *p, size_t n)
{
	struct call *c = test_call();
	const char *text = arena_printf(c->arena, "{\"components\":[%s]}", components), *out = NULL;

	(void)form_of(c, components);
	assert_int_equal(form_schema_shown(c, text, strlen(text), p, n, &out), ST_OK);
	return out;
}

TEST(a_schema_is_shown_without_what_is_hidden_and_readonly_where_it_is_looked_at)
{
	static const char list[] = "{\"type\":\"dynamiclist\",\"path\":\"items\",\"components\":["
				   "{\"type\":\"number\",\"key\":\"price\"}]}";
	static const char group[] =
		"{\"type\":\"group\",\"components\":[{\"type\":\"number\",\"key\":\"a.b\"}]}";
	const struct form_permission look[] = { { "items", FORM_LOOK },
						{ "items.price", FORM_WRITE } };
	const struct form_permission hide[] = { { "items", FORM_HIDE },
						{ "items.price", FORM_WRITE } };
	const struct form_permission inner = { "a.b", FORM_HIDE }, outer = { "a", FORM_LOOK };

	assert_string_equal(schema_shown(list, look, 2),
			    "{\"components\":[{\"type\":\"dynamiclist\",\"path\":\"items\","
			    "\"components\":[{\"type\":\"number\",\"key\":\"price\","
			    "\"readonly\":true}],\"allowAddRemove\":false}]}");
	/* As the data: what is in a hidden list is not shown. */
	assert_string_equal(schema_shown(list, hide, 2), "{\"components\":[]}");
	/* A group of which nothing is left goes with what it had. */
	assert_string_equal(schema_shown(group, &inner, 1), "{\"components\":[]}");
	assert_string_equal(schema_shown(group, &outer, 1),
			    "{\"components\":[{\"type\":\"group\",\"components\":[{\"type\":"
			    "\"number\",\"key\":\"a.b\",\"readonly\":true}]}]}");
}

TEST(what_the_form_does_not_have_stays_where_it_is_no_item)
{
	struct outcome o = check("{\"type\":\"number\",\"key\":\"a.b\"}", NULL, 0,
				 "{\"x\":1,\"a\":{\"b\":2,\"y\":3}}", "{\"a\":{\"b\":4}}");

	assert_string_equal(o.data, "{\"a\":{\"b\":4,\"y\":3},\"x\":1}");
	o = check("{\"type\":\"dynamiclist\",\"path\":\"l\",\"components\":[{\"type\":\"number\","
		  "\"key\":\"b\"}]}",
		  NULL, 0, "{\"l\":[{\"b\":1,\"y\":3}]}", "{\"l\":[{\"b\":2}]}");
	assert_string_equal(o.data, "{\"l\":[{\"b\":2}]}");
}
