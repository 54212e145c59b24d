/* SPDX-License-Identifier: Apache-2.0 */
/* FEEL and decision tables in process: expressions and tables evaluated per second of CPU, one thread.
 * bench/feel runs it. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/clock.h"
#include "engine/flow/dmn/dmn.h"

static int64_t cpu_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return t.tv_sec * CLOCK_SECOND + t.tv_nsec / 1000;
}

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "feel: %s\n", what);
	exit(1);
}

static const struct feel_value *variables(struct arena *a)
{
	const struct feel_value *amounts[100];
	for (int i = 0; i < 100; i++)
		amounts[i] = feel_of_int(a, i);
	struct feel_entry all[] = {
		{ "amount", feel_of_number_text(a, "1250.75") },
		{ "age", feel_of_int(a, 34) },
		{ "status", feel_of_text(a, "EMPLOYED") },
		{ "due", feel_of_temporal(a, FEEL_DATE, "2026-11-24") },
		{ "amounts", feel_of_list(a, amounts, 100) },
	};
	return feel_of_context(a, all, sizeof(all) / sizeof(all[0]));
}

/* Evaluates 'text' for a second of CPU, each time in an arena that is emptied. */
static void measure_expression(const char *text)
{
	SCOPED_ARENA struct arena *a = arena_new(), *run_arena = arena_new();
	const struct feel_expr *e = feel_compile(a, NULL, text, FEEL_EXPRESSION, NULL);
	const struct feel_value *vars = variables(a);
	int64_t from = cpu_now(), spent, n = 0;
	must(e != NULL, text);
	do {
		for (int i = 0; i < 100; i++, n++) {
			struct feel_run *run = feel_run_new(run_arena, NULL, 0);
			must(feel_evaluate(run, e, vars)->kind != FEEL_NULL, text);
			arena_reset(run_arena);
		}
		spent = cpu_now() - from;
	} while (spent < CLOCK_SECOND);
	printf("%10.0f /s  %7.2f us  %s\n", (double)n * 1e6 / (double)spent,
	       (double)spent / (double)n, text);
}

static void measure_compiling(const char *text)
{
	SCOPED_ARENA struct arena *a = arena_new();
	int64_t from = cpu_now(), spent, n = 0;
	do {
		for (int i = 0; i < 100; i++, n++) {
			must(feel_compile(a, NULL, text, FEEL_EXPRESSION, NULL) != NULL, text);
			arena_reset(a);
		}
		spent = cpu_now() - from;
	} while (spent < CLOCK_SECOND);
	printf("%10.0f /s  %7.2f us  compiled: %s\n", (double)n * 1e6 / (double)spent,
	       (double)spent / (double)n, text);
}

/* 'rules' rows of two inputs; the last one fires. */
static const char *table_of(struct arena *a, int rules)
{
	struct buf b = { .arena = a };
	buf_str(&b,
		"<definitions xmlns='https://www.omg.org/spec/DMN/20230324/MODEL/' name='m' "
		"namespace='urn:m'><inputData id='x' name='x'><variable name='x'/></inputData>"
		"<inputData id='y' name='y'><variable name='y'/></inputData>"
		"<decision id='d' name='d'><variable name='d'/><informationRequirement>"
		"<requiredInput href='#x'/></informationRequirement><informationRequirement>"
		"<requiredInput href='#y'/></informationRequirement><decisionTable>"
		"<input><inputExpression typeRef='number'><text>x</text></inputExpression></input>"
		"<input><inputExpression typeRef='string'><text>y</text></inputExpression></input>"
		"<output typeRef='string'/>");
	for (int i = 0; i < rules; i++)
		buf_printf(&b,
			   "<rule><inputEntry><text>[%d..%d)</text></inputEntry><inputEntry><text>"
			   "\"a\",\"b\"</text></inputEntry><outputEntry><text>\"r%d\"</text>"
			   "</outputEntry></rule>",
			   i * 10, i * 10 + 10, i);
	buf_str(&b, "</decisionTable></decision></definitions>");
	return buf_text(&b);
}

static void measure_table(int rules, bool explained)
{
	SCOPED_ARENA struct arena *a = arena_new(), *run_arena = arena_new();
	const char *text = table_of(a, rules);
	struct dmn_source file = { "m.dmn", text, strlen(text) };
	const struct dmn_model *m = dmn_read(a, &file, 1, NULL);
	struct dmn_input in[] = { { NULL, "x", feel_of_int(a, rules * 10 - 5) },
				  { NULL, "y", feel_of_text(a, "b") } };
	int64_t from = cpu_now(), spent, n = 0;
	must(m != NULL, "the table");
	do {
		for (int i = 0; i < 20; i++, n++) {
			struct feel_run *run = feel_run_new(run_arena, NULL, 0);
			struct dmn_trace *trace = explained ? dmn_trace_new(run_arena) : NULL;
			must(dmn_decide(run, m, "d", in, 2, trace)->kind == FEEL_STRING,
			     "no result");
			arena_reset(run_arena);
		}
		spent = cpu_now() - from;
	} while (spent < CLOCK_SECOND);
	printf("%10.0f /s  %7.2f us  a table of %d rules, the last fires%s\n",
	       (double)n * 1e6 / (double)spent, (double)spent / (double)n, rules,
	       explained ? ", explained" : "");
}

int main(void)
{
	static const char *const texts[] = {
		"amount > 1000 and age >= 18 and status = \"EMPLOYED\"",
		"amount * 1.21 + 12 / 7",
		"if age < 18 then \"child\" else \"adult\"",
		"(due + @\"P3M\").weekday",
		"sum(amounts[item > 50])",
		"sum(for x in amounts return x * 2)",
		"matches(status, \"^EMP\")",
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		measure_expression(texts[i]);
	measure_compiling(texts[0]);
	measure_table(8, false);
	measure_table(8, true);
	measure_table(100, false);
	return 0;
}
