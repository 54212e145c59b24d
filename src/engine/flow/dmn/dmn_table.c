/* SPDX-License-Identifier: Apache-2.0 */
/* Decision tables (DMN 1.5 §8): which rules fire, what they give, what the hit policy makes of it, and
 * the explanation of all three. */
#include "engine/flow/dmn/dmn_private.h"

struct firing {
	struct session *s;
	const struct table *t;
	const struct feel_value *scope;
	const struct feel_value **inputs;
	size_t *fired; /* indices of rules */
	size_t count;
	struct json_out *j; /* of the explanation, or NULL */
};

/* The inputs' values; false: one is not among its allowed values, and the table is null. */
static bool evaluate_inputs(struct firing *f)
{
	struct feel_run *run = f->s->run;
	for (size_t i = 0; i < f->t->input_count; i++) {
		const struct table_input *in = &f->t->inputs[i];
		const struct feel_value *v = code_evaluate(f->s, &in->code, f->scope);
		const char *label = in->label ? in->label : "the input";
		v = feel_coerce(run, in->type, v, label);
		f->inputs[i] = v;
		if (in->allowed && v->kind != FEEL_NULL &&
		    !feel_is_true(feel_test(run, in->allowed, v, f->scope))) {
			feel_complain(run, "%s: %s is not among the allowed values of the input",
				      label, feel_to_text(run->arena, v));
			return false;
		}
	}
	return true;
}

static void explain_inputs(struct firing *f)
{
	json_key(f->j, "inputs");
	json_array_begin(f->j);
	for (size_t i = 0; i < f->t->input_count; i++) {
		const struct table_input *in = &f->t->inputs[i];
		json_object_begin(f->j);
		json_put_str(f->j, "expression", in->code.expr ? feel_source(in->code.expr) : NULL);
		json_put_str(f->j, "label", in->label);
		json_key(f->j, "value");
		if (f->inputs[i])
			feel_to_json(f->j, f->inputs[i]);
		else
			json_nil(f->j);
		json_object_end(f->j);
	}
	json_array_end(f->j);
}

static void explain_rule(struct firing *f, size_t number, size_t failed)
{
	const struct rule *rule = &f->t->rules[number];
	bool fired = failed == f->t->input_count;
	if (!f->j)
		return;
	json_object_begin(f->j);
	json_put_int(f->j, "number", (int64_t)number + 1);
	json_put_str(f->j, "id", rule->id);
	if (rule->annotation)
		json_put_str(f->j, "annotation", rule->annotation);
	json_put_bool(f->j, "fired", fired);
	if (!fired) {
		const struct code *test = &rule->tests[failed];
		json_key(f->j, "because");
		json_object_begin(f->j);
		json_put_int(f->j, "input", (int64_t)failed + 1);
		json_put_str(f->j, "label", f->t->inputs[failed].label);
		json_put_str(f->j, "test", test->expr ? feel_source(test->expr) : test->problem);
		json_key(f->j, "value");
		feel_to_json(f->j, f->inputs[failed]);
		json_object_end(f->j);
	}
	json_object_end(f->j);
}

/* The first input that the rule's test refuses; the number of inputs: none, it fires. */
static size_t first_failing(struct firing *f, const struct rule *rule)
{
	for (size_t i = 0; i < f->t->input_count; i++) {
		const struct code *test = &rule->tests[i];
		if (test->problem) {
			feel_complain(f->s->run, "%s", test->problem);
			return i;
		}
		if (test->expr &&
		    !feel_is_true(feel_test(f->s->run, test->expr, f->inputs[i], f->scope)))
			return i;
	}
	return f->t->input_count;
}

static void fire(struct firing *f)
{
	if (f->j) {
		json_key(f->j, "rules");
		json_array_begin(f->j);
	}
	for (size_t i = 0; i < f->t->rule_count && !f->s->run->stopped; i++) {
		size_t failed = first_failing(f, &f->t->rules[i]);
		explain_rule(f, i, failed);
		if (failed < f->t->input_count)
			continue;
		f->fired[f->count++] = i;
		if (f->t->policy == HIT_FIRST && !f->j)
			break;
	}
	if (f->t->policy == HIT_FIRST && f->count > 1)
		f->count = 1;
	if (f->j)
		json_array_end(f->j);
}

/* One value, or a context of the outputs by name. 'rule' NULL: the defaults. */
static const struct feel_value *outputs_of(struct firing *f, const struct rule *rule)
{
	const struct table *t = f->t;
	struct feel_entry *list = arena_array(f->s->run->arena, t->output_count + 1, sizeof(*list));
	for (size_t i = 0; i < t->output_count; i++) {
		const struct table_output *o = &t->outputs[i];
		const struct code *c = rule ? &rule->outputs[i] : &o->fallback;
		const struct feel_value *v =
			c->expr || c->problem ? code_evaluate(f->s, c, f->scope) : &feel_null;
		list[i] = (struct feel_entry){ o->name ? o->name : "",
					       feel_coerce(f->s->run, o->type, v, "the output") };
	}
	if (t->output_count == 1)
		return list[0].value;
	return feel_of_context(f->s->run->arena, list, t->output_count);
}

/* The place of each output in its list of values: smaller is of higher priority. */
static int priority(struct firing *f, const struct feel_value *v, size_t output)
{
	const struct table_output *o = &f->t->outputs[output];
	const struct feel_value *own = f->t->output_count == 1 ? v : feel_get(v, o->name);
	if (!o->values || !own)
		return 0;
	int at = feel_test_which(f->s->run, o->values, own, f->scope);
	return at < 0 ? INT32_MAX : at;
}

static int compare_priority(struct firing *f, const struct feel_value *x,
			    const struct feel_value *y)
{
	for (size_t i = 0; i < f->t->output_count; i++) {
		int a = priority(f, x, i), b = priority(f, y, i);
		if (a != b)
			return a < b ? -1 : 1;
	}
	return 0;
}

/* Stable, by insertion: the rules that fire are few. */
static void order_by_priority(struct firing *f, const struct feel_value **values)
{
	for (size_t i = 1; i < f->count; i++)
		for (size_t k = i; k > 0 && !f->s->run->stopped &&
				   compare_priority(f, values[k], values[k - 1]) < 0;
		     k--) {
			const struct feel_value *swap = values[k];
			values[k] = values[k - 1];
			values[k - 1] = swap;
		}
}

static const struct feel_value *null_because(struct firing *f, const char *why)
{
	feel_complain(f->s->run, "%s", why);
	return &feel_null;
}

static const struct feel_value *aggregate(struct firing *f, const struct feel_value **values)
{
	static const char *const functions[] = { NULL, "sum", "min", "max", "count" };
	struct feel_run *run = f->s->run;
	const struct feel_value *list = feel_of_list(run->arena, values, f->count);
	if (f->t->aggregation == AGGREGATE_LIST)
		return list;
	if (f->t->aggregation == AGGREGATE_COUNT)
		return feel_of_int(run->arena, (int64_t)f->count);
	if (f->t->output_count != 1)
		return null_because(f, "only one output can be aggregated");
	struct feel_problem why;
	const char *text = arena_printf(run->arena, "%s(values)", functions[f->t->aggregation]);
	const struct feel_expr *e = feel_compile(run->arena, NULL, text, FEEL_EXPRESSION, &why);
	return feel_evaluate(run, e, feel_with(run, NULL, "values", list));
}

static const struct feel_value *nothing_fired(struct firing *f)
{
	for (size_t i = 0; i < f->t->output_count; i++)
		if (f->t->outputs[i].fallback.expr || f->t->outputs[i].fallback.problem) {
			const struct feel_value *v = outputs_of(f, NULL);
			/* A policy of many hits gives a list, of one value here. */
			bool many = f->t->policy >= HIT_COLLECT &&
				    (f->t->policy != HIT_COLLECT ||
				     f->t->aggregation == AGGREGATE_LIST);
			return many ? feel_of_list(f->s->run->arena, &v, 1) : v;
		}
	if (f->t->policy == HIT_COLLECT && f->t->aggregation == AGGREGATE_COUNT)
		return feel_of_int(f->s->run->arena, 0);
	if (f->t->policy >= HIT_COLLECT && f->t->aggregation == AGGREGATE_LIST)
		return feel_of_list(f->s->run->arena, NULL, 0);
	return &feel_null;
}

static const struct feel_value *apply_policy(struct firing *f)
{
	const struct feel_value **values;
	if (f->count == 0)
		return nothing_fired(f);
	if (f->t->policy == HIT_UNIQUE && f->count > 1)
		return null_because(f, "more than one rule fires in a table of the policy UNIQUE");
	values = arena_array(f->s->run->arena, f->count + 1, sizeof(*values));
	for (size_t i = 0; i < f->count; i++)
		values[i] = outputs_of(f, &f->t->rules[f->fired[i]]);
	switch (f->t->policy) {
	case HIT_UNIQUE:
	case HIT_FIRST: return values[0];
	case HIT_ANY:
		for (size_t i = 1; i < f->count; i++)
			if (!feel_is_true(feel_equal(values[0], values[i])))
				return null_because(f, "rules with different outputs fire in a "
						       "table of the policy ANY");
		return values[0];
	case HIT_PRIORITY: order_by_priority(f, values); return values[0];
	case HIT_OUTPUT_ORDER: order_by_priority(f, values); break;
	case HIT_COLLECT: return aggregate(f, values);
	case HIT_RULE_ORDER: break;
	}
	return feel_of_list(f->s->run->arena, values, f->count);
}

const struct feel_value *table_evaluate(struct session *s, const struct box *b,
					const struct feel_value *scope)
{
	static const char *const policies[] = { "UNIQUE",  "FIRST",      "PRIORITY",    "ANY",
						"COLLECT", "RULE ORDER", "OUTPUT ORDER" };
	const struct table *t = b->table;
	struct arena *a = s->run->arena;
	struct buf text = { .arena = a };
	struct json_out j = json_to(&text);
	struct firing f = { .s = s, .t = t, .scope = scope, .j = trace_wants(s) ? &j : NULL };
	f.inputs = arena_array(a, t->input_count + 1, sizeof(*f.inputs));
	f.fired = arena_array(a, t->rule_count + 1, sizeof(*f.fired));
	bool allowed = evaluate_inputs(&f);
	if (f.j) {
		json_object_begin(f.j);
		json_put_str(f.j, "of", s->run->where);
		json_put_str(f.j, "hitPolicy", policies[t->policy]);
		explain_inputs(&f);
	}
	const struct feel_value *v = &feel_null;
	if (allowed) {
		fire(&f);
		v = apply_policy(&f);
	}
	if (f.j) {
		json_key(f.j, "output");
		feel_to_json(f.j, v);
		json_object_end(f.j);
		struct buf *to = &s->trace->tables;
		if (s->trace->table_count++)
			buf_char(to, ',');
		buf_add(to, buf_text(&text), text.size);
	}
	return v;
}
