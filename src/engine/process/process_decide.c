/* SPDX-License-Identifier: Apache-2.0 */
/* Decisions: asked for by people, and those that say for whom a task is (flow:assignment). */
#include <stdlib.h>
#include "engine/process/process_decide.h"
#include "engine/process/process_deploy.h"

static const struct feel_limits decide_limits = { .steps = 2000000, .memory = 32u << 20 };

/* The decision of that name or id, or the only one. */
static enum status decision_of(struct call *c, const struct dmn_model *m, const char *asked,
			       const char **out)
{
	size_t n = 0;
	const struct dmn_item *items = dmn_items(m, &n), *only = NULL;
	for (size_t i = 0; i < n; i++) {
		if (items[i].kind != DMN_DECISION)
			continue;
		if (asked && !str_eq(asked, items[i].name) && !str_eq(asked, items[i].id))
			continue;
		if (only && !asked)
			return fail(c, ST_BAD_INPUT, "decision",
				    "the model has several decisions: one is named");
		only = only ? only : &items[i];
	}
	if (!only)
		return fail(c, asked ? ST_NOT_FOUND : ST_BAD_INPUT, "decision",
			    "the model has no decision %s", asked ? asked : "");
	*out = only->name;
	return ST_OK;
}

static const char *explain(struct call *c, const struct dmn_trace *trace,
			   const struct feel_run *run)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	dmn_explain(&j, trace, run);
	return buf_text(&b);
}

static enum status decide_value(struct call *c, const struct dmn_model *m, const char *decision,
				const json_t *variables, struct dmn_trace *trace,
				struct feel_run **run_out, const struct feel_value **out)
{
	const char *name;
	json_t *value;
	size_t count = 0;
	struct dmn_input *inputs =
		arena_array(c->arena, json_object_size(variables) + 1, sizeof(*inputs));
	json_object_foreach((json_t *)variables, name, value)
		inputs[count++] = (struct dmn_input){ NULL, name, feel_of_json(c->arena, value) };
	struct feel_run *run = feel_run_new(c->arena, &decide_limits, c->now_at);
	*out = dmn_decide(run, m, decision, inputs, count, trace);
	if (run->stopped)
		return fail(c, ST_LIMIT, "decision",
			    "the decision takes too many steps or too much memory");
	if (run_out)
		*run_out = run;
	return ST_OK;
}

static enum status evaluate(struct call *c, const struct decide_ask *in, const struct dmn_model *m,
			    struct decide_answer *out)
{
	json_t *variables = NULL;
	const char *decision = NULL;
	const struct feel_value *v = NULL;
	struct feel_run *run = NULL;
	struct dmn_trace *trace = dmn_trace_new(c->arena);
	enum status st = variables_parse(c, in->variables, &variables);
	if (!st)
		st = decision_of(c, m, in->decision, &decision);
	if (!st)
		st = decide_value(c, m, decision, variables, trace, &run, &v);
	if (st)
		return st;
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	feel_to_json(&j, v);
	out->decision = decision;
	out->value = buf_text(&b);
	out->explanation = explain(c, trace, run);
	return ST_OK;
}

enum status decide(struct call *c, const struct decide_ask *in, struct decide_answer *out)
{
	struct process_definition_row d = { 0 };
	const struct dmn_model *m = NULL;
	enum status st = definition_near(c, process_domain(c), "dmn", in->key, in->version, &d);
	if (st == ST_NOT_FOUND)
		return fail(c, st, "key", "there is no decision model %s", in->key);
	if (!st && !str_eq(d.state, "active"))
		return fail(c, ST_CONFLICT, "key", "version %lld of %s is suspended",
			    (long long)d.version, d.key);
	if (!st)
		st = process_decisions_take(c, d.model_id, &m);
	if (st)
		return st;
	out->key = d.key;
	out->version = d.version;
	return evaluate(c, in, m, out);
}

/* --- for whom a task is --- */

/* Adds a text, or all of a list of texts. */
static void take(struct arena *a, struct words *to, const json_t *v)
{
	size_t n = json_is_array(v) ? json_array_size(v) : 1;

	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_is_array(v) ? json_array_get(v, i) : v);
		if (!text || !*text)
			continue;
		to->list = arena_grow(a, to->list, to->count * sizeof *to->list,
				      (to->count + 1) * sizeof *to->list);
		to->list[to->count++] = arena_strdup(a, text);
	}
}

/* {"assignee", "users", "roles"}; a text alone is a role; of a list all. */
static void read_answer(struct arena *a, const json_t *v, struct assignment *out)
{
	size_t i;
	json_t *one;

	json_array_foreach((json_t *)v, i, one) read_answer(a, one, out);
	if (json_is_string(v))
		take(a, &out->roles, v);
	if (!json_is_object(v))
		return;
	take(a, &out->users, json_object_get(v, "users"));
	take(a, &out->roles, json_object_get(v, "roles"));
	if (!out->assignee.count)
		take(a, &out->assignee, json_object_get(v, "assignee"));
}

enum status process_assignment(struct process_run *run, const char *key, int64_t execution,
			       struct assignment *out)
{
	struct call *c = run->c;
	struct process_definition_row d = { 0 };
	const struct dmn_model *m = NULL;
	const struct feel_value *v = NULL;
	json_t *known = keep_json(c->arena, flow_variables(run->world, execution));

	*out = (struct assignment){ 0 };
	if (run->row.started_by)
		json_object_set_new(known, "initiator", json_string(run->row.started_by));
	enum status st = definition_near(c, run->row.domain_id, "dmn", key, 0, &d);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (!st)
		st = process_decisions_take(c, d.model_id, &m);
	if (st)
		return st;
	const char *decision = NULL;
	if (decision_of(c, m, NULL, &decision) ||
	    decide_value(c, m, decision, known, NULL, NULL, &v)) {
		call_forgive(c); /* nobody's: whoever operates gives it to somebody */
		return ST_OK;
	}
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	feel_to_json(&j, v);
	json_t *answer = json_loads(buf_text(&b), JSON_DECODE_ANY, NULL);
	if (answer)
		read_answer(c->arena, keep_json(c->arena, answer), out);
	return ST_OK;
}

enum status process_assignment_known(struct call *c, const char *element, const char *domain,
				     const char *key)
{
	struct process_definition_row d = { 0 };
	const struct dmn_model *m = NULL;
	const char *decision = NULL;
	enum status st = definition_near(c, domain, "dmn", key, 0, &d);

	if (st == ST_NOT_FOUND)
		return fail(c, ST_BAD_INPUT, "xml",
			    "DECISION at %s: there is no decision model %s: deploy it first",
			    element, key);
	if (!st)
		st = process_decisions_take(c, d.model_id, &m);
	if (st || !decision_of(c, m, NULL, &decision))
		return st;
	call_forgive(c);
	return fail(c, ST_BAD_INPUT, "xml",
		    "DECISION at %s: decision model %s has not one decision but several", element,
		    key);
}
