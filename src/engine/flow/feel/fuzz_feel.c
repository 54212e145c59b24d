/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as an expression and as unary tests: compiled, evaluated within limits, and what comes out is
 * written, copied, and equal to itself. */
#include <assert.h>
#include <stdlib.h>
#include "engine/flow/feel/feel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct feel_value *variables(struct arena *a)
{
	const struct feel_value *three[] = { feel_of_int(a, 1), feel_of_int(a, 2),
					     feel_of_number_text(a, "3.25") };
	struct feel_entry person[] = { { "name", feel_of_text(a, "甬") },
				       { "age", feel_of_int(a, 41) } };
	struct feel_entry all[] = {
		{ "n", feel_of_int(a, 7) },
		{ "s", feel_of_text(a, "Ningbo 宁波") },
		{ "list", feel_of_list(a, three, 3) },
		{ "person", feel_of_context(a, person, 2) },
		{ "unit price", feel_of_number_text(a, "12.50") },
		{ "d", feel_of_temporal(a, FEEL_DATE, "2026-11-24") },
		{ "t", feel_of_temporal(a, FEEL_DATE_TIME, "2026-11-24T10:00:00@Asia/Shanghai") },
	};
	return feel_of_context(a, all, sizeof(all) / sizeof(all[0]));
}

/* A moment with a zone, or a number, may be unequal to itself in no way; what holds a null or a function
 * of two kinds has no say. */
static void check(struct arena *a, const struct feel_value *v)
{
	struct buf b = { .arena = a };
	struct json_out j = json_to(&b);
	feel_to_json(&j, v);
	const char *text = feel_to_text(a, v);
	assert(utf8_valid(text, strlen(text)));
	if (v->kind == FEEL_FUNCTION)
		return;
	const struct feel_value *copy = feel_copy(a, v);
	assert(copy->kind == v->kind);
	if (v->kind <= FEEL_MONTHS && v->kind != FEEL_NULL)
		assert(feel_is_true(feel_equal(copy, v)));
	if (v->kind == FEEL_NUMBER) {
		const struct feel_value *again = feel_of_number_text(a, text);
		assert(again->kind == FEEL_NUMBER && feel_is_true(feel_equal(again, v)));
	}
	if (v->kind >= FEEL_DATE && v->kind <= FEEL_MONTHS) {
		const struct feel_value *again = feel_of_temporal(a, v->kind, text);
		/* A duration may be longer than its text can say in 18 digits. */
		assert(again->kind == v->kind || v->kind >= FEEL_DAYS);
		if (again->kind == v->kind)
			assert(feel_is_true(feel_equal(again, v)));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 4096)
		return 0;
	struct arena *a = arena_new();
	static const char *const names[] = { "unit price", "n", "s", "list", "person", "d", "t" };
	struct feel_names known = { names, 7, NULL, 0 };
	struct feel_limits limits = { .steps = 20000, .memory = 4 << 20, .depth = 300 };
	char *text = arena_strndup(a, (const char *)data, size);
	struct feel_problem why;
	const struct feel_expr *e = feel_compile(a, &known, text, FEEL_EXPRESSION, &why);
	if (e) {
		struct feel_run *run = feel_run_new(a, &limits, INT64_C(1795000000000000));
		check(a, feel_evaluate(run, e, variables(a)));
		size_t free_count;
		(void)feel_free_names(e, &free_count);
	} else {
		assert(why.at <= size && *why.text);
	}
	e = feel_compile(a, &known, text, FEEL_UNARY_TESTS, &why);
	if (e) {
		struct feel_run *run = feel_run_new(a, &limits, 0);
		const struct feel_value *v = variables(a);
		const struct feel_value *r = feel_test(run, e, feel_of_int(a, 7), v);
		assert(r->kind == FEEL_BOOLEAN || r->kind == FEEL_NULL);
	}
	arena_end(&a);
	return 0;
}
