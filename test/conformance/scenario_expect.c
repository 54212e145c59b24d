/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a scenario that expect something, and those that only look. */
#include <stdlib.h>
#include <string.h>
#include "base/text.h"
#include "scenario.h"

const char *scenario_count(struct scenario *s, const json_t *step, bool expect)
{
	const char *why = NULL;
	json_t *rows = rows_of(s, step_text(step, "entity"), json_object_get(step, "where"), &why);
	if (!rows)
		return why;
	size_t n = json_array_size(rows);
	json_decref(rows);
	if (!expect)
		scenario_keep(s, step, json_integer((json_int_t)n));
	else if ((json_int_t)n != json_integer_value(json_object_get(step, "n")))
		return arena_printf(s->arena, "count of %s is %zu, not %lld",
				    step_text(step, "entity"), n,
				    (long long)json_integer_value(json_object_get(step, "n")));
	return NULL;
}

static bool same_value(const json_t *a, const json_t *b)
{
	if (json_is_number(a) && json_is_number(b))
		return json_number_value(a) == json_number_value(b);
	if (!a || json_is_null(a))
		return !b || json_is_null(b);
	return json_equal((json_t *)a, (json_t *)b);
}

static const char *expect_attr(struct scenario *s, const json_t *step)
{
	const char *key, *attr = step_text(step, "attr");
	json_t *name, *row = NULL;
	json_object_foreach(json_object_get(step, "of"), key, name)
		row = scenario_ref(s, json_string_value(name));
	json_t *value = json_object_get(row, attr), *want = json_object_get(step, "value");
	if (!row || !same_value(value, want))
		return arena_printf(s->arena, "%s is %s", attr,
				    value && json_is_string(value) ? json_string_value(value)
								   : "another");
	return NULL;
}

static const char *expect_set(struct scenario *s, const json_t *step)
{
	json_t *list = scenario_ref(s, step_text(step, "list")), *row, *x;
	json_t *left = json_deep_copy(json_object_get(step, "values"));
	size_t i, n;
	const char *failed =
		json_array_size(list) == json_array_size(left) ? NULL : "the list's size differs";
	json_array_foreach(list, i, row)
	{
		json_t *v = json_object_get(row, step_text(step, "attr"));
		bool found = false;
		json_array_foreach(left, n, x)
		{
			int64_t id = json_is_object(x)
					     ? scenario_id(s, json_string_value(
								      json_object_get(x, "$pi")))
					     : 0;
			if (same_value(v, x) || (id && json_integer_value(v) == id)) {
				json_array_remove(left, n);
				found = true;
				break;
			}
		}
		if (!found)
			failed = "the list holds something else";
	}
	json_decref(left);
	return failed;
}

static const char *expect_size(struct scenario *s, const json_t *step)
{
	json_t *list = scenario_ref(s, step_text(step, "list"));
	json_int_t n = (json_int_t)json_array_size(list);
	json_int_t want = json_integer_value(json_object_get(step, "n"));
	json_t *value = json_object_get(step, "value");
	/* "value": whether the size is n at all. */
	bool is = n == want;
	if (value && json_is_boolean(value) ? is != json_is_true(value) : !is)
		return arena_printf(s->arena, "the list has %lld, not %lld", (long long)n,
				    (long long)want);
	return NULL;
}

struct own {
	int64_t id, scope;
	const char *name;
	json_t *value;
};

static void see_own(void *who, const struct flow_view *v)
{
	struct own *o = who;
	if (v->id == o->id && v->variables)
		o->value = json_object_get(v->variables, o->name);
	if (v->id == o->id && !v->is_root && v->scope != v->instance)
		o->scope = v->scope;
}

static json_t *local_variable(struct scenario *s, int64_t id, const char *name)
{
	struct own o = { .id = id, .name = name };
	flow_walk(s->world, see_own, &o);
	/* In Flowable one execution runs along a path of a sub-process and keeps what its nodes left. */
	if (!o.value && o.scope && s->is_flowable) {
		o.id = o.scope;
		flow_walk(s->world, see_own, &o);
	}
	return o.value;
}

const char *scenario_variable(struct scenario *s, const json_t *step, bool expect)
{
	int64_t id = scenario_id(s, step_text(step, "execution"));
	json_t *v = json_is_true(json_object_get(step, "local"))
			    ? local_variable(s, id, step_text(step, "name"))
			    : flow_get(s->world, id, step_text(step, "name"));
	if (!expect) {
		scenario_keep(s, step, v ? json_incref(v) : json_null());
		return NULL;
	}
	if (same_value(v, json_object_get(step, "value")))
		return NULL;
	char *dump = v ? json_dumps(v, JSON_ENCODE_ANY) : NULL;
	const char *why = arena_printf(s->arena, "%s is %s", step_text(step, "name"),
				       dump ? dump : "not there");
	free(dump);
	return why;
}

const char *scenario_expectation(struct scenario *s, const json_t *step, const char *op)
{
	json_t *pi = json_object_get(step, "pi");
	int64_t id = scenario_id(s, json_string_value(pi));
	if (strcmp(op, "expect_count") == 0)
		return scenario_count(s, step, true);
	if (strcmp(op, "expect_exists") == 0) {
		json_t *v = scenario_ref(s, step_text(step, "ref"));
		return v && !json_is_null(v) ? NULL : "it does not exist";
	}
	if (strcmp(op, "expect_attr") == 0)
		return expect_attr(s, step);
	if (strcmp(op, "expect_set") == 0)
		return expect_set(s, step);
	if (strcmp(op, "expect_size") == 0)
		return expect_size(s, step);
	if (strcmp(op, "expect_ended") == 0)
		return scenario_exists(s, id) ? "the instance has not ended" : NULL;
	if (strcmp(op, "expect_started") == 0)
		return id ? NULL : "the instance was not started";
	if (strcmp(op, "expect_ended_at_start") == 0) {
		json_t *row = scenario_ref(s, json_string_value(pi));
		return json_is_true(json_object_get(row, "ended")) ==
				       json_is_true(json_object_get(step, "value"))
			       ? NULL
			       : "whether the instance ended at its start differs";
	}
	if (strcmp(op, "expect_var") == 0)
		return scenario_variable(s, step, true);
	json_t *v = scenario_ref(s, step_text(step, "of") ? step_text(step, "of") : "");
	if (strcmp(op, "expect_eq") == 0)
		return same_value(v, json_object_get(step, "value")) ? NULL : "the value differs";
	if (strcmp(op, "expect_not_null") == 0)
		return v && !json_is_null(v) ? NULL : "the value is null";
	return "the step is not known to the adapter";
}
