/* SPDX-License-Identifier: Apache-2.0 */
/* Decision models: tables under every hit policy, boxed expressions, requirements, imports, services,
 * explanations, and what is refused. */
#include <pthread.h>
#include "engine/flow/dmn/dmn.h"
#include "harness.h"

#define HEAD                                                                                       \
	"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' id='m' name='m' "       \
	"namespace='urn:m'>"
#define TEXT(t) "<text>" t "</text>"
#define LITERAL(t) "<literalExpression>" TEXT(t) "</literalExpression>"
#define INPUT(n) "<inputData id='" n "' name='" n "'><variable name='" n "'/></inputData>"
#define NEEDS(n) "<informationRequirement><requiredInput href='#" n "'/></informationRequirement>"
#define DECISION(n, needs, logic)                                                                  \
	"<decision id='" n "' name='" n "'><variable name='" n "'/>" needs logic "</decision>"
#define TAIL "</definitions>"

static const struct dmn_model *model_of(const char *text)
{
	struct dmn_source file = { "m.dmn", text, strlen(text) };
	struct dmn_problem why = { 0 };
	const struct dmn_model *m = dmn_read(test_call()->arena, &file, 1, &why);
	if (!m)
		test_fail("%s", why.text);
	return m;
}

static const struct dmn_model *sound(const char *text)
{
	const struct dmn_model *m = model_of(text);
	size_t count;
	const struct dmn_problem *p = dmn_problems(m, &count);
	if (count)
		test_fail("%s: %s", p[0].element ? p[0].element : "", p[0].text);
	return m;
}

static struct feel_run *last_run;

static const char *decided(const struct dmn_model *m, const char *decision, const char *input,
			   const char *value)
{
	struct arena *a = test_call()->arena;
	const struct feel_value *v = feel_of_number_text(a, value);
	if (v->kind == FEEL_NULL && *value)
		v = feel_of_text(a, value);
	struct dmn_input in = { NULL, input, v };
	last_run = feel_run_new(a, NULL, 0);
	v = dmn_decide(last_run, m, decision, &in, 1, NULL);
	return v->kind == FEEL_NULL ? "null" : feel_to_text(a, v);
}

static const char *complaint(void)
{
	return last_run->diagnostic_count ? last_run->diagnostics[0].text : "";
}

#define RULE(test, out)                                                                            \
	"<rule><inputEntry>" TEXT(test) "</inputEntry><outputEntry>" TEXT(                         \
		out) "</outputEntry></rule>"
#define TABLE(policy, rules)                                                                       \
	"<decisionTable " policy "><input><inputExpression>" TEXT(                                 \
		"n") "</inputExpression></input>"                                                  \
		     "<output><outputValues>" TEXT(                                                \
			     "\"high\",\"middle\",\"low\"") "</outputValues></output>" rules       \
							    "</decisionTable>"
#define RULES RULE("&gt; 1", "\"low\"") RULE("&gt; 2", "\"high\"") RULE("&gt; 3", "\"middle\"")
#define ONE_TABLE(policy) HEAD INPUT("n") DECISION("d", NEEDS("n"), TABLE(policy, RULES)) TAIL

TEST(a_hit_policy_says_what_becomes_of_the_rules_that_fire)
{
	static const char *const rows[][4] = {
		{ ONE_TABLE("hitPolicy='UNIQUE'"), "2", "low", "" },
		{ ONE_TABLE(""), "3", "null",
		  "more than one rule fires in a table of the policy UNIQUE" },
		{ ONE_TABLE("hitPolicy='FIRST'"), "9", "low", "" },
		{ ONE_TABLE("hitPolicy='PRIORITY'"), "9", "high", "" },
		{ ONE_TABLE("hitPolicy='ANY'"), "2", "low", "" },
		{ ONE_TABLE("hitPolicy='ANY'"), "3", "null",
		  "rules with different outputs fire in a table of the policy ANY" },
		{ ONE_TABLE("hitPolicy='COLLECT'"), "3", "[\"low\", \"high\"]", "" },
		{ ONE_TABLE("hitPolicy='RULE ORDER'"), "9", "[\"low\", \"high\", \"middle\"]", "" },
		{ ONE_TABLE("hitPolicy='OUTPUT ORDER'"), "9", "[\"high\", \"middle\", \"low\"]",
		  "" },
		{ ONE_TABLE("hitPolicy='COLLECT' aggregation='COUNT'"), "9", "3", "" },
		{ ONE_TABLE("hitPolicy='COLLECT' aggregation='MIN'"), "9", "high", "" },
		{ ONE_TABLE("hitPolicy='UNIQUE'"), "0", "null", "" },
		{ ONE_TABLE("hitPolicy='COLLECT'"), "0", "[]", "" },
		{ ONE_TABLE("hitPolicy='COLLECT' aggregation='COUNT'"), "0", "0", "" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_string_equal(decided(sound(rows[i][0]), "d", "n", rows[i][1]), rows[i][2]);
		assert_string_equal(complaint(), rows[i][3]);
	}
}

#define SUM(kind)                                                                                  \
	HEAD INPUT("n")                                                                            \
		DECISION("d", NEEDS("n"),                                                          \
			 "<decisionTable hitPolicy='COLLECT' aggregation='" kind                   \
			 "'><input><inputExpression>" TEXT(                                        \
				 "n") "</inputExpression></input><output/>" RULE("&gt; 1", "10")   \
				 RULE("&gt; 2", "n * 2") RULE("-", "1") "</decisionTable>") TAIL

TEST(collected_numbers_are_aggregated)
{
	assert_string_equal(decided(sound(SUM("SUM")), "d", "n", "3"), "17");
	assert_string_equal(decided(sound(SUM("MIN")), "d", "n", "3"), "1");
	assert_string_equal(decided(sound(SUM("MAX")), "d", "n", "3"), "10");
	assert_string_equal(decided(sound(SUM("COUNT")), "d", "n", "3"), "3");
}

TEST(a_table_has_allowed_inputs_defaults_and_several_outputs)
{
	const struct dmn_model *m = sound(HEAD INPUT("n") DECISION(
		"d", NEEDS("n"),
		"<decisionTable><input label='the number'><inputExpression typeRef='number'>" TEXT("n") "</inputExpression><inputValues>" TEXT(
			"[0..10]") "</inputValues></input>"
				   "<output name='a b' typeRef='number'><defaultOutputEntry>" TEXT(
					   "0") "</defaultOutputEntry></output><output name='c' typeRef='string'/>"
						"<rule><inputEntry>" TEXT("5") "</inputEntry><outputEntry>" TEXT("1") "</outputEntry><outputEntry>" TEXT(
							"\"x\"") "</outputEntry></rule>"
								 "<rule><inputEntry>" TEXT("6") "</inputEntry><outputEntry>" TEXT(
									 "\"1\"") "</outputEntry><outputEntry>" TEXT("\"x\"") "</outputEntry></rule>"
															      "</decisionTable>")
						  TAIL);
	assert_string_equal(decided(m, "d", "n", "5"), "{a b: 1, c: \"x\"}");
	assert_string_equal(decided(m, "d", "n", "1"), "{a b: 0, c: null}");
	assert_string_equal(decided(m, "d", "n", "11"), "null");
	assert_string_equal(complaint(),
			    "the number: 11 is not among the allowed values of the input");
	assert_string_equal(decided(m, "d", "n", "6"), "{a b: null, c: \"x\"}");
	assert_string_equal(decided(m, "d", "n", "x"), "{a b: 0, c: null}");
	assert_string_equal(complaint(), "the number: string is not of the type number");
}

#define BOXED(logic) HEAD INPUT("n") DECISION("d", NEEDS("n"), logic) TAIL

TEST(boxed_expressions_give_what_their_text_would)
{
	static const char *const rows[][2] = {
		{ BOXED(LITERAL("n + 1")), "5" },
		{ BOXED("<context><contextEntry><variable name='x y'/>" LITERAL(
			  "n * 2") "</contextEntry>"
				   "<contextEntry><variable name='z'/>" LITERAL(
					   "x y + 1") "</contextEntry></context>"),
		  "{x y: 8, z: 9}" },
		{ BOXED("<context><contextEntry><variable name='x'/>" LITERAL(
			  "n") "</contextEntry>"
			       "<contextEntry>" LITERAL("x + 1") "</contextEntry></context>"),
		  "5" },
		{ BOXED("<list>" LITERAL("n") LITERAL("\"a\"") "</list>"), "[4, \"a\"]" },
		{ BOXED("<relation><column name='p'/><column name='q'/><row>" LITERAL("1") LITERAL(
			  "n") "</row><row>" LITERAL("2") LITERAL("n + 1") "</row></relation>"),
		  "[{p: 1, q: 4}, {p: 2, q: 5}]" },
		{ BOXED("<conditional><if>" LITERAL("n &gt; 3") "</if><then>" LITERAL(
			  "\"big\"") "</then><else>" LITERAL("\"small\"") "</else></conditional>"),
		  "big" },
		{ BOXED("<filter><in>" LITERAL("[1, n, 9]") "</in><match>" LITERAL(
			  "item &gt; 3") "</match></filter>"),
		  "[4, 9]" },
		{ BOXED("<filter><in>" LITERAL("[{k: 1}, {k: n}]") "</in><match><conditional><if>" LITERAL(
			  "k = n") "</if><then>" LITERAL("true") "</then><else>" LITERAL("false") "</else></conditional></match></filter>"),
		  "[{k: 4}]" },
		{ BOXED("<for iteratorVariable='i'><in>" LITERAL("1..3") "</in><return>" LITERAL(
			  "i") "</return></for>"),
		  "null" },
		{ BOXED("<for iteratorVariable='i'><in>" LITERAL("[1..3]") "</in><return>" LITERAL(
			  "i * n + count(partial)") "</return></for>"),
		  "[4, 9, 14]" },
		{ BOXED("<some iteratorVariable='i'><in>" LITERAL(
			  "[1, n]") "</in><satisfies>" LITERAL("i = n") "</satisfies></some>"),
		  "true" },
		{ BOXED("<every iteratorVariable='i'><in>" LITERAL(
			  "[1, n]") "</in><satisfies>" LITERAL("i = n") "</satisfies></every>"),
		  "false" },
		{ BOXED("<context><contextEntry><variable name='f'/><functionDefinition><formalParameter "
			"name='x' typeRef='number'/>" LITERAL(
				"x * n") "</functionDefinition></contextEntry>"
					 "<contextEntry><invocation>" LITERAL("f") "<binding><parameter name='x'/>" LITERAL(
						 "3") "</binding></invocation></contextEntry></context>"),
		  "12" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct dmn_model *m = model_of(rows[i][0]);
		const char *got = decided(m, "d", "n", "4");
		if (strcmp(got, rows[i][1]) != 0)
			test_fail("%zu: gives %s, not %s (%s)", i, got, rows[i][1], complaint());
		if (str_eq(got, "null"))
			assert_true(*complaint());
	}
}

#define TYPES                                                                                                                                           \
	"<itemDefinition name='tLevel'><typeRef>string</typeRef><allowedValues>" TEXT(                                                                  \
		"\"a\", \"b\"") "</allowedValues></itemDefinition>"                                                                                     \
				"<itemDefinition name='tLevels' isCollection='true'><typeRef>tLevel</typeRef>"                                          \
				"<typeConstraint>" TEXT(                                                                                                \
					"count(?) &lt; 3") "</typeConstraint></itemDefinition>"                                                         \
							   "<itemDefinition name='tRecord'><itemComponent name='level of it'><typeRef>tLevel</typeRef>" \
							   "</itemComponent></itemDefinition>"
#define TYPED(type, text)                                                                          \
	HEAD TYPES "<decision id='d' name='d'><variable name='d' typeRef='" type                   \
		   "'/>" LITERAL(text) "</decision>" TAIL

TEST(item_definitions_hold_values_to_their_rules)
{
	assert_string_equal(decided(sound(TYPED("tLevel", "\"a\"")), "d", "", ""), "a");
	assert_string_equal(decided(sound(TYPED("tLevel", "\"c\"")), "d", "", ""), "null");
	assert_string_equal(complaint(), "d: string is not among the allowed values of tLevel");
	assert_string_equal(decided(sound(TYPED("tLevels", "\"a\"")), "d", "", ""), "[\"a\"]");
	assert_string_equal(decided(sound(TYPED("tLevels", "[\"a\", \"c\"]")), "d", "", ""),
			    "null");
	assert_string_equal(decided(sound(TYPED("tLevels", "[\"a\", \"a\", \"a\"]")), "d", "", ""),
			    "null");
	assert_string_equal(decided(sound(TYPED("tLevel", "[\"b\"]")), "d", "", ""), "b");
	assert_string_equal(decided(sound(TYPED("tRecord", "{level of it: \"b\"}")), "d", "", ""),
			    "{level of it: \"b\"}");
	assert_string_equal(decided(sound(TYPED("tRecord", "{level of it: \"z\"}")), "d", "", ""),
			    "null");
	assert_string_equal(decided(sound(TYPED("tRecord", "{other: 1}")), "d", "", ""), "null");
	assert_string_equal(decided(sound(TYPED("Any", "\"a\" instance of tLevel")), "d", "", ""),
			    "true");
}

#define KNOWS(n) "<knowledgeRequirement><requiredKnowledge href='#" n "'/></knowledgeRequirement>"
#define AFTER(n)                                                                                   \
	"<informationRequirement><requiredDecision href='#" n "'/></informationRequirement>"

static const char graph[] = HEAD INPUT("n") DECISION("base", NEEDS("n"), LITERAL("n * 10")) DECISION(
	"top", AFTER("base") KNOWS("f") KNOWS("S"),
	LITERAL("f(base) + S(1)")) DECISION("loop a", AFTER("loop b"), LITERAL("loop b"))
	DECISION("loop b", AFTER("loop a"), LITERAL("loop a")) DECISION(
		"empty", "",
		"") "<businessKnowledgeModel id='f' name='f'><variable name='f' typeRef='number'/>"
		    "<encapsulatedLogic><formalParameter name='x' typeRef='number'/>" LITERAL(
			    "if x &lt; 1 then 0 else x + f(x - 20)") "</encapsulatedLogic></businessKnowledgeModel>"
								     "<decisionService id='S' name='S'><variable name='S'/><outputDecision href='#base'/>"
								     "<inputData href='#n'/></decisionService>"
								     "<decisionService id='T' name='T'><variable name='T'/><outputDecision href='#base'/>"
								     "<outputDecision href='#empty'/><inputData href='#n'/></decisionService>" TAIL;

TEST(a_decision_is_made_with_all_that_it_requires)
{
	struct arena *a = test_call()->arena;
	const struct dmn_model *m = sound(graph);
	struct dmn_input in = { NULL, "n", feel_of_int(a, 5) },
			 x = { NULL, "x", feel_of_int(a, 21) };
	/* f(50) = 50 + 30 + 10; S(1) = 10 */
	assert_string_equal(decided(m, "top", "n", "5"), "100");
	assert_string_equal(decided(m, "loop a", "n", "5"), "null");
	assert_string_equal(complaint(), "'loop a' requires itself");
	assert_string_equal(decided(m, "empty", "n", "5"), "null");
	assert_string_equal(complaint(), "'empty' has no decision logic");
	assert_string_equal(decided(m, "nothing", "n", "5"), "null");
	assert_string_equal(complaint(), "'nothing' is no decision of the model");
	struct feel_run *run = feel_run_new(a, NULL, 0);
	assert_string_equal(feel_to_text(a, dmn_serve(run, m, "S", &in, 1, NULL)), "50");
	assert_string_equal(feel_to_text(a, dmn_serve(run, m, "T", &in, 1, NULL)),
			    "{base: 50, empty: null}");
	assert_string_equal(feel_to_text(a, dmn_invoke(run, m, "f", &x, 1, NULL)), "22");
	size_t count;
	const struct dmn_item *items = dmn_items(m, &count);
	assert_int_equal(count, 9);
	assert_string_equal(items[1].name, "base");
	assert_int_equal(items[8].kind, DMN_SERVICE);
}

TEST(functions_that_never_end_are_stopped)
{
	const struct dmn_model *m = sound(HEAD DECISION(
		"d", KNOWS("g"),
		LITERAL("g(1)")) "<businessKnowledgeModel id='g' name='g'><variable name='g'/><encapsulatedLogic>"
				 "<formalParameter name='x'/>" LITERAL(
					 "g(x + 1)") "</encapsulatedLogic>"
						     "</businessKnowledgeModel>" TAIL);
	assert_string_equal(decided(m, "d", "", ""), "null");
	assert_string_equal(complaint(), "expressions call each other too deeply");
}

static const char imported[] =
	"<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' name='other' "
	"namespace='urn:other'><itemDefinition name='tBig'><typeRef>number</typeRef></itemDefinition>" INPUT(
		"n")
		DECISION(
			"their one", NEEDS("n"),
			LITERAL("n + 100")) "<businessKnowledgeModel id='h' name='h'><variable name='h'/><encapsulatedLogic>"
					    "<formalParameter name='x' typeRef='number'/>" LITERAL(
						    "x * 2") "</encapsulatedLogic>"
							     "</businessKnowledgeModel>" TAIL;
static const char importing[] = HEAD
	"<import name='the other' namespace='urn:other' "
	"importType='https://www.omg.org/spec/DMN/20191111/MODEL/'/>"
	"<decision id='d' name='d'><variable name='d' typeRef='the other.tBig'/>"
	"<informationRequirement><requiredDecision href='urn:other#their one'/></informationRequirement>"
	"<knowledgeRequirement><requiredKnowledge href='urn:other#h'/></knowledgeRequirement>" LITERAL(
		"the other.h(the other.their one)") "</decision>" TAIL;

TEST(a_model_imports_another)
{
	struct arena *a = test_call()->arena;
	struct dmn_source files[] = { { "m.dmn", importing, sizeof(importing) - 1 },
				      { "other.dmn", imported, sizeof(imported) - 1 } };
	size_t count;
	const struct dmn_model *m = dmn_read(a, files, 2, NULL);
	dmn_problems(m, &count);
	assert_int_equal(count, 0);
	struct dmn_input in = { "urn:other", "n", feel_of_int(a, 5) };
	struct feel_run *run = feel_run_new(a, NULL, 0);
	assert_string_equal(feel_to_text(a, dmn_decide(run, m, "d", &in, 1, NULL)), "210");
	in.namespace = "urn:m";
	assert_int_equal(dmn_decide(run, m, "d", &in, 1, NULL)->kind, FEEL_NULL);
	m = dmn_read(a, files, 1, NULL);
	const struct dmn_problem *p = dmn_problems(m, &count);
	assert_string_equal(p[0].text, "the imported model 'urn:other' is not given");
}

/* Reads what is refused as a whole; 'why' is in the reason. */
static void expect_refused(const char *text, size_t size, const char *why)
{
	struct dmn_source file = { "m.dmn", text, size };
	struct dmn_problem p = { 0 };
	assert_null(dmn_read(test_call()->arena, &file, 1, &p));
	if (!strstr(p.text, why))
		test_fail("'%s' does not say '%s'", p.text, why);
}

TEST(what_is_no_dmn_is_refused)
{
	expect_refused("<a>", 3, "well-formed");
	expect_refused("<a/>", 4, "no definitions");
	static const char bomb[] = "<!DOCTYPE d [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]>" HEAD
				   "&b;" TAIL;
	expect_refused(bomb, sizeof(bomb) - 1, "document type");
	static const char file[] = "<!DOCTYPE d SYSTEM 'file:///etc/passwd'>" HEAD TAIL;
	expect_refused(file, sizeof(file) - 1, "document type");
	struct buf b = { .arena = test_call()->arena };
	buf_str(&b, HEAD);
	for (int i = 0; i < 150; i++)
		buf_str(&b, "<x>");
	for (int i = 0; i < 150; i++)
		buf_str(&b, "</x>");
	buf_str(&b, TAIL);
	expect_refused(buf_text(&b), b.size, "too deeply");
	char *large = arena_alloc(test_call()->arena, DMN_TEXT_MAX + 2);
	memset(large, ' ', DMN_TEXT_MAX + 1);
	expect_refused(large, DMN_TEXT_MAX + 1, "4 MiB");
}

/* The model is read, and says what is wrong with a part of it. */
static void expect_problem(const char *text, const char *element, const char *why)
{
	size_t count;
	const struct dmn_problem *p = dmn_problems(model_of(text), &count);
	for (size_t i = 0; i < count; i++)
		if (strstr(p[i].text, why)) {
			if (element)
				assert_string_equal(p[i].element, element);
			assert_true(p[i].line > 0);
			return;
		}
	test_fail("no problem says '%s'", why);
}

TEST(what_is_wrong_with_a_part_is_told_with_its_element)
{
	expect_problem(HEAD DECISION("d", "", LITERAL("1 +")) TAIL, "d",
		       "\"1 +\": the expression ends");
	expect_problem(HEAD DECISION("d", NEEDS("x"), LITERAL("1")) TAIL, "d",
		       "'#x' points to nothing");
	expect_problem(
		HEAD "<decision id='d' name='d'><variable name='d' typeRef='tNo'/></decision>" TAIL,
		"d", "there is no type 'tNo'");
	expect_problem(HEAD INPUT("n") INPUT("n") TAIL, "n", "two elements are named 'n'");
	expect_problem(
		HEAD
		"<businessKnowledgeModel id='j' name='j'><encapsulatedLogic kind='Java'>" LITERAL(
			"{}") "</encapsulatedLogic></businessKnowledgeModel>" TAIL,
		"j", "kind 'Java': functions outside of FEEL are not run here");
	expect_problem(
		HEAD
		"<import name='p' namespace='urn:p' importType='http://www.dmg.org/PMML-4_2'/>" TAIL,
		NULL, "which alone can be imported");
	expect_problem(BOXED(TABLE("hitPolicy='WORST'", RULES)), "d",
		       "the hitPolicy 'WORST' is unknown");
	expect_problem(BOXED(TABLE("", "<rule><inputEntry>" TEXT("1") "</inputEntry></rule>")), "d",
		       "a rule has not an entry for each input and output");
}

TEST(a_part_that_is_wrong_is_null_and_the_rest_stands)
{
	const struct dmn_model *m = model_of(HEAD DECISION("bad", "", LITERAL("1 +"))
						     DECISION("good", "", LITERAL("1 + 1")) TAIL);
	assert_string_equal(decided(m, "good", "", ""), "2");
	assert_string_equal(decided(m, "bad", "", ""), "null");
	assert_non_null(strstr(complaint(), "ends too early"));
}

TEST(an_explanation_says_which_rules_fired_and_why_not)
{
	struct arena *a = test_call()->arena;
	struct dmn_input in = { NULL, "n", feel_of_int(a, 2) };
	struct feel_run *run = feel_run_new(a, NULL, 0);
	struct dmn_trace *trace = dmn_trace_new(a);
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);
	(void)dmn_decide(run, sound(ONE_TABLE("hitPolicy='FIRST'")), "d", &in, 1, trace);
	dmn_explain(&j, trace, run);
	assert_string_equal(
		buf_text(&b),
		"{\"decisions\":[{\"name\":\"d\",\"id\":\"d\",\"value\":\"low\"}],"
		"\"tables\":[{\"of\":\"d\",\"hitPolicy\":\"FIRST\","
		"\"inputs\":[{\"expression\":\"n\",\"label\":\"n\",\"value\":2}],"
		"\"rules\":[{\"number\":1,\"id\":null,\"fired\":true},"
		"{\"number\":2,\"id\":null,\"fired\":false,"
		"\"because\":{\"input\":1,\"label\":\"n\",\"test\":\"> 2\",\"value\":2}},"
		"{\"number\":3,\"id\":null,\"fired\":false,"
		"\"because\":{\"input\":1,\"label\":\"n\",\"test\":\"> 3\",\"value\":2}}],"
		"\"output\":\"low\"}],\"diagnostics\":[]}");
}

/* A worker thread of the door has 512 KiB of stack: the limits come first. */
static void *deep_in_a_worker(void *arg)
{
	const struct dmn_model *m = arg;
	SCOPED_ARENA struct arena *a = arena_new();
	struct feel_run *run = feel_run_new(a, NULL, 0);
	(void)dmn_decide(run, m, "d", NULL, 0, NULL);
	for (size_t i = 0; i < run->diagnostic_count; i++)
		if (strstr(run->diagnostics[i].text, "deep"))
			return arg;
	return NULL;
}

TEST(the_limits_fit_in_the_stack_of_a_worker)
{
	static const char *const bodies[] = {
		LITERAL("g(function(x) g(function(y) x + y + g(x)))"),
		LITERAL("for i in [x] return (if true then {a: [[g(i)]]} else null)"),
		"<context><contextEntry><variable name='r'/><list><conditional><if>" LITERAL("true") "</if><then>" LITERAL(
			"[1][g(item) = sort([x, x], function(a, b) g(a))]") "</then><else>" LITERAL("1") "</else></conditional></list></contextEntry></context>",
	};
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		const struct dmn_model *m = sound(arena_printf(
			test_call()->arena,
			HEAD DECISION(
				"d", KNOWS("g"),
				LITERAL("g(1)")) "<businessKnowledgeModel id='g' name='g'><variable name='g'/>"
						 "<encapsulatedLogic><formalParameter name='x'/>%s</encapsulatedLogic>"
						 "</businessKnowledgeModel>" TAIL,
			bodies[i]));
		pthread_attr_t attr;
		pthread_t worker;
		void *passed = NULL;
		pthread_attr_init(&attr);
		pthread_attr_setstacksize(&attr, 512 * 1024);
		assert_int_equal(pthread_create(&worker, &attr, deep_in_a_worker, (void *)m), 0);
		pthread_join(worker, &passed);
		pthread_attr_destroy(&attr);
		assert_non_null(passed);
	}
}
