/* SPDX-License-Identifier: Apache-2.0 */
/* FEEL as the language of processes: JSON in, JSON out. */
#include <stdlib.h>
#include <string.h>
#include "engine/flow/feel/feel.h"
#include "engine/flow/flow.h"

/* A condition of a process is small; what takes longer is a mistake or an attack. */
static const struct feel_limits limits = { .steps = 200000, .memory = 8u << 20 };

static void *compile(void *who, struct arena *a, const char *text, const char **why)
{
	struct feel_problem problem = { 0 };
	(void)who;
	text += strspn(text, " \t\r\n");
	if (*text == '=')
		text++;
	const struct feel_expr *e = feel_compile(a, NULL, text, FEEL_EXPRESSION, &problem);
	if (!e)
		*why = arena_strdup(a, problem.text);
	return (void *)e;
}

static json_t *to_json(struct arena *a, const struct feel_value *v)
{
	json_t *out;
	switch (v->kind) {
	case FEEL_NULL:
	case FEEL_FUNCTION: return json_null();
	case FEEL_BOOLEAN: return json_boolean(v->boolean);
	case FEEL_NUMBER: {
		int64_t whole;
		if (feel_to_int(v, &whole))
			return json_integer(whole);
		out = json_loads(feel_to_text(a, v), JSON_DECODE_ANY, NULL);
		return out ? out : json_null();
	}
	case FEEL_LIST:
		out = json_array();
		for (size_t i = 0; i < v->list.count; i++)
			json_array_append_new(out, to_json(a, v->list.items[i]));
		return out;
	case FEEL_CONTEXT:
		out = json_object();
		for (size_t i = 0; i < v->context.count; i++)
			json_object_set_new(out, v->context.entries[i].name,
					    to_json(a, v->context.entries[i].value));
		return out;
	default: /* strings, and what JSON has no kind for, in FEEL's lexical form */
		return json_string(feel_to_text(a, v));
	}
}

static json_t *evaluate(void *who, void *compiled, const json_t *variables, int64_t now_at,
			const char **why)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct feel_run *run = feel_run_new(a, &limits, now_at);
	(void)who;
	const struct feel_value *v = feel_evaluate(run, compiled, feel_of_json(a, variables));
	if (run->stopped) {
		*why = "the expression takes too many steps or too much memory";
		return NULL;
	}
	return to_json(a, v);
}

const struct flow_language flow_feel = { compile, evaluate, NULL };
