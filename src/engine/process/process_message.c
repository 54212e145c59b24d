/* SPDX-License-Identifier: Apache-2.0 */
/* Messages and signals: whom they reach. Taking a message and what it does to its receiver are one
 * transaction, so that it is taken once. */
#include "engine/process/process_private.h"

static enum status hear(struct call *c, const struct wait_row *w, json_t *variables,
			struct process_result *out)
{
	struct process_run run;
	json_t *in = keep_json(c->arena, json_pack("{s:I}", "wait", (json_int_t)w->wait));
	if (json_object_size(variables))
		json_object_set(in, "variables", variables);
	enum status st = run_open(c, w->instance_id, true, &run);
	if (!st)
		st = run_apply(&run, "hear", in);
	if (!st)
		st = run_close(&run, "hear", in);
	if (!st)
		result_of(&run, out);
	return st;
}

static enum status begin_by(struct call *c, const struct process_start_row *s, const char *key,
			    const json_t *variables, struct process_result *out)
{
	struct process_definition_row d = { 0 };
	enum status st = definition_get(c, s->definition_id, &d);
	if (st)
		return st;
	return process_begin(c, &d, s->node, key, variables, c->actor.user_id, out);
}

enum status message_deliver(struct call *c, const struct process_message_row *m, bool *delivered,
			    struct process_result *out)
{
	struct wait_row *waits = NULL;
	struct process_start_row *starts = NULL;
	size_t n = 0, start_count = 0;
	json_t *variables = NULL;
	*delivered = false;
	enum status st = variables_parse(c, m->body, &variables);
	if (!st)
		st = wait_find(c, "message", m->name, m->domain_id, m->business_key, 2, &waits, &n);
	if (st)
		return st;
	if (n > 1)
		return fail(c, ST_CONFLICT, "name", "more than one instance waits for message %s",
			    m->name);
	if (n == 1) {
		*delivered = true;
		return hear(c, &waits[0], variables, out);
	}
	/* By the first start of that name: the department's own, else the city's. */
	st = start_named(c, "message", m->name, m->domain_id, &starts, &start_count);
	if (st || !start_count)
		return st;
	*delivered = true;
	return begin_by(c, &starts[0], m->business_key, variables, out);
}

/* One transaction tells all; what is told here may wait for the same signal again, and that is for the
 * next one. */
enum { SIGNAL_MAX = 10000 };

enum status signal_deliver(struct call *c, const struct process_message_row *m)
{
	struct wait_row *waits = NULL;
	struct process_start_row *starts = NULL;
	struct process_result ignored = { 0 };
	size_t n = 0, start_count = 0;
	json_t *variables = NULL;
	enum status st = variables_parse(c, m->body, &variables);
	if (!st)
		st = wait_find(c, "signal", m->name, m->domain_id, NULL, SIGNAL_MAX, &waits, &n);
	if (!st)
		st = start_named(c, "signal", m->name, m->domain_id, &starts, &start_count);
	for (size_t i = 0; i < n && !st; i++) {
		if (waits[i].instance_id == m->thrown_by)
			continue;
		st = hear(c, &waits[i], variables, &ignored);
		/* What an instance waited for twice may have gone with the first one. */
		if (st == ST_NOT_FOUND || st == ST_CONFLICT) {
			call_forgive(c);
			st = ST_OK;
		}
	}
	for (size_t i = 0; i < start_count && !st; i++)
		st = begin_by(c, &starts[i], m->business_key, variables, &ignored);
	return st;
}

/* -- conditions -- */

/* The conditions of starts that one asking looks at. */
enum { CONDITIONS_MAX = 1000 };

const struct field condition_result_wire[] = {
	F_LIST(condition_result, started, process_result, process_result_wire, 0, 0),
	F_END,
};

/* Whether its condition is true; a model whose newest version has it is compiled once. */
static enum status holds(struct call *c, const struct process_start_row *s, const json_t *variables,
			 struct process_definition_row *d, bool *is)
{
	struct process_program *p = NULL;
	enum status st = definition_get(c, s->definition_id, d);
	if (!st)
		st = process_program_take(c, d->model_id, &p);
	if (st)
		return st;
	*is = flow_start_holds(p->flow, d->key, s->node, &flow_feel, variables, c->now_at);
	process_program_release(p);
	return ST_OK;
}

static enum status start_all(struct call *c, const struct process_message *in,
			     const json_t *variables, struct condition_result *out)
{
	struct process_start_row *starts = NULL;
	size_t n = 0;
	enum status st = start_conditions(c, process_domain(c), CONDITIONS_MAX, &starts, &n);
	out->started = arena_array(c->arena, n + 1, sizeof(*out->started));
	for (size_t i = 0; i < n && !st; i++) {
		struct process_definition_row d = { 0 };
		bool is = false;
		st = holds(c, &starts[i], variables, &d, &is);
		if (!st && is)
			st = process_begin(c, &d, starts[i].node, in->business_key, variables,
					   c->actor.user_id, &out->started[out->started_count++]);
	}
	return st;
}

/* -- asked from outside -- */

static const char *what_of(struct call *c, const char *command, const struct process_message *in)
{
	return arena_printf(c->arena, "%s %s %s %s %s", command, in->name,
			    in->business_key ? in->business_key : "",
			    in->message_id ? in->message_id : "",
			    in->variables ? in->variables : "");
}

static struct process_message_row row_of(const struct call *c, const char *kind,
					 const struct process_message *in)
{
	return (struct process_message_row){
		.domain_id = process_domain(c),
		.kind = kind,
		.name = in->name,
		.business_key = in->business_key,
		.message_id = in->message_id,
		.body = in->variables ? in->variables : "{}",
		.state = "waiting",
		.expires_at = c->now_at + in->ttl * CLOCK_SECOND,
		.created_at = c->now_at,
	};
}

/* What is kept of a message: it waits, or its id is remembered so that it is not taken again. */
static enum status keep(struct call *c, struct process_message_row *m, bool delivered)
{
	if (delivered && !m->message_id)
		return ST_OK;
	m->state = delivered ? "delivered" : "waiting";
	if (delivered && m->expires_at < c->now_at + PROCESS_REMEMBERED)
		m->expires_at = c->now_at + PROCESS_REMEMBERED;
	return message_put(c, m);
}

enum status process_message(struct call *c, const struct process_message *in,
			    struct process_result *out)
{
	bool found = false, delivered = false;
	const char *what = what_of(c, "message", in);
	struct process_message_row m = row_of(c, "message", in), before = { 0 };
	json_t *variables = NULL;
	enum status st = variables_parse(c, in->variables, &variables);
	if (!st)
		st = once_find(c, in->idempotency_key, what, &found, out);
	if (st || found)
		return st;
	if (in->message_id) {
		st = message_find(c, m.domain_id, m.name, in->message_id, &before);
		if (!st) {
			*out = (struct process_result){ .outcome = "duplicate" };
			return once_keep(c, in->idempotency_key, out);
		}
		if (st != ST_NOT_FOUND)
			return st;
	}
	st = message_deliver(c, &m, &delivered, out);
	if (st)
		return st;
	if (!delivered && !in->ttl)
		return fail(c, ST_NOT_FOUND, "name", "nobody waits for message %s", in->name);
	st = keep(c, &m, delivered);
	if (!st && !delivered)
		*out = (struct process_result){ .outcome = "waiting" };
	return st ? st : once_keep(c, in->idempotency_key, out);
}

enum status process_signal(struct call *c, const struct process_message *in,
			   struct process_result *out)
{
	bool found = false;
	const char *what = what_of(c, "signal", in);
	struct process_message_row m = row_of(c, "signal", in);
	json_t *variables = NULL;
	enum status st = variables_parse(c, in->variables, &variables);
	if (!st)
		st = once_find(c, in->idempotency_key, what, &found, out);
	if (st || found)
		return st;
	m.due_at = c->now_at;
	m.expires_at = c->now_at + PROCESS_REMEMBERED;
	st = message_put(c, &m);
	if (st)
		return st;
	*out = (struct process_result){ .outcome = "waiting" };
	return once_keep(c, in->idempotency_key, out);
}

enum status process_conditions(struct call *c, const struct process_message *in,
			       struct condition_result *out)
{
	bool found = false;
	const char *what = process_what(c, "conditions", 0, 0, in->business_key, in->variables);
	json_t *variables = NULL;
	enum status st = variables_parse(c, in->variables, &variables);
	if (!st)
		st = once_find_as(c, in->idempotency_key, what, &found, condition_result_wire, out);
	if (!st && !found)
		st = start_all(c, in, variables, out);
	return st || found ? st : once_keep_as(c, in->idempotency_key, condition_result_wire, out);
}
