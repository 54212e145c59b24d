/* SPDX-License-Identifier: Apache-2.0 */
/* The rows that stand for an instance's facts: a task with its candidates, a timer, a wait, a job, an
 * incident; and the variables by which it is found. */
#include <stdlib.h>
#include "engine/process/process_decide.h"
#include "engine/process/process_sign.h"

static void json_gone(void *json)
{
	json_decref(json);
}

json_t *keep_json(struct arena *a, json_t *v)
{
	arena_defer(a, json_gone, v);
	return v;
}

enum status variables_parse(struct call *c, const char *text, json_t **out)
{
	json_t *v = keep_json(c->arena, json_loads(text ? text : "{}", 0, NULL));
	const char *name;
	json_t *one;
	if (!json_is_object(v))
		return fail(c, ST_BAD_INPUT, "variables", "variables is a JSON object");
	/* What the engine keeps at its executions has such names: nobody says that from outside. */
	json_object_foreach(v, name, one)
	{
		if (!strncmp(name, "flow:", 5))
			return fail(c, ST_BAD_INPUT, "variables",
				    "'%.64s': names that begin with 'flow:' are the engine's own",
				    name);
	}
	*out = v;
	return ST_OK;
}

const char *variables_text(const struct process_run *run, int64_t at)
{
	json_t *v = flow_variables(run->world, at);
	const char *text = json_tree_text(run->c->arena, v);
	json_decref(v);
	return text;
}

static const char *text_of(struct arena *a, const json_t *v)
{
	return json_is_string(v) ? json_string_value(v) : json_tree_text(a, v);
}

static struct words words_of_text(struct arena *a, const char *text)
{
	struct words all = words_split(a, text, ',');
	for (size_t i = 0; i < all.count; i++) {
		const char *s = all.list[i] + strspn(all.list[i], " \t");
		size_t size = strlen(s);
		while (size && (s[size - 1] == ' ' || s[size - 1] == '\t'))
			size--;
		all.list[i] = arena_strndup(a, s, size);
	}
	return all;
}

struct words node_words(struct process_run *run, int64_t execution, void *compiled,
			const char *text)
{
	struct arena *a = run->c->arena;
	const char *why = NULL;
	struct words out = { 0 };
	if (!compiled)
		return text ? words_of_text(a, text) : out;
	json_t *known = flow_variables(run->world, execution);
	if (run->row.started_by)
		json_object_set_new(known, "initiator", json_string(run->row.started_by));
	json_t *v = flow_feel.evaluate(flow_feel.who, compiled, known, flow_now(run->world), &why);
	json_decref(known);
	if (!v)
		return out;
	keep_json(a, v);
	size_t n = json_is_array(v) ? json_array_size(v) : 1;
	out.list = arena_array(a, n + 1, sizeof(*out.list));
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_is_array(v) ? json_array_get(v, i) : v;
		if (!json_is_null(one))
			out.list[out.count++] = text_of(a, one);
	}
	return out;
}

/* -- tasks -- */

static enum status put_candidates(struct call *c, const struct process_task_row *t,
				  const char *kind, const struct words *who)
{
	enum status st = ST_OK;
	for (size_t i = 0; i < who->count && !st; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again |= str_eq(who->list[k], who->list[i]);
		if (!again && *who->list[i])
			st = candidate_put(c, t, kind, who->list[i]);
	}
	return st;
}

static int64_t due_of(struct process_run *run, int64_t execution, void *compiled)
{
	int64_t at = 0;
	struct words due = node_words(run, execution, compiled, NULL);
	return due.count && time_read(due.list[0], &at) ? at : 0;
}

static enum status write_task(struct process_run *run, const struct fact *f)
{
	static const struct process_node silent = { .priority = 50 };
	struct call *c = run->c;
	const struct process_node *said = node_of(run, f->element),
				  *n = said && said->says ? said : &silent;
	struct words user = node_words(run, f->number, n->assignee, n->assignee_text);
	struct words users = node_words(run, f->number, n->users, n->users_text);
	struct words roles = node_words(run, f->number, n->roles, n->roles_text);
	const char *part = sign_part_user(run, f->number);
	struct assignment decided = { 0 };
	enum status st = n->assignment && !part
				 ? process_assignment(run, n->assignment, f->number, &decided)
				 : ST_OK;
	if (n->assignment) {
		user = decided.assignee;
		users = decided.users;
		roles = decided.roles;
	}
	if (part) {
		user = (struct words){ .list = &part, .count = 1 };
		users = roles = (struct words){ 0 };
	}
	bool nobody = part || n->assignment || str_eq(f->word, "panel");
	struct process_task_row t = {
		.instance_id = run->row.id,
		.execution = f->number,
		.definition_id = run->row.definition_id,
		.domain_id = run->row.domain_id,
		.node = f->node,
		.name = f->element && f->element->name ? f->element->name : f->node,
		.open = !nobody && !users.count && !roles.count && !n->users && !n->roles,
		.assignee = user.count && *user.list[0] ? user.list[0] : NULL,
		.form = n->form,
		.priority = n->priority,
		.due_at = n->due ? due_of(run, f->number, n->due) : 0,
		.created_at = c->now_at,
		.claimed_at = part ? c->now_at : 0,
		.phase = f->word,
	};
	if (!st && n->business_days)
		st = process_deadline_begin(c, n, "task", t.instance_id, t.execution, &t.due_at);
	if (!st)
		st = task_put(c, &t);
	if (!st)
		st = put_candidates(c, &t, "user", &users);
	return st ? st : put_candidates(c, &t, "role", &roles);
}

static enum status write_timer(struct process_run *run, const struct fact *f)
{
	const struct process_node *n = node_of(run, f->element);
	int64_t id = run->row.id, due_at = f->due_at;
	enum status st = ST_OK;
	if (n && n->business_days)
		st = process_deadline_begin(run->c, n, "timer", id, f->number, &due_at);
	return st ? st : timer_put(run->c, id, f->number, f->node, due_at);
}

/* -- jobs -- */

static enum status write_job(struct process_run *run, const struct fact *f)
{
	struct call *c = run->c;
	const struct process_node *n = node_of(run, f->element);
	bool async = str_eq(f->word, "async");
	struct process_job_row j = {
		.instance_id = run->row.id,
		.execution = f->number,
		.kind = async               ? "async"
			: n && n->work_kind ? n->work_kind
					    : "worker",
		.node = f->node,
		.topic = !async && n && n->topic ? n->topic : f->node,
		.domain_id = run->row.domain_id,
		.retries = n ? n->retries : 3,
		.pause = n ? n->pause : 10 * CLOCK_SECOND,
		.due_at = c->now_at,
		.created_at = c->now_at,
	};
	c->posted = true;
	return job_put(c, &j);
}

/* -- all of them -- */

enum status fact_write(struct process_run *run, const struct fact *f)
{
	struct call *c = run->c;
	int64_t id = run->row.id;
	enum status st;
	switch (f->kind) {
	case FACT_TASK: return write_task(run, f);
	case FACT_JOB: return write_job(run, f);
	case FACT_TIMER: return write_timer(run, f);
	case FACT_WAIT:
		st = wait_put(c, id, f, run->row.domain_id);
		return st || !str_eq(f->word, "message")
			       ? st
			       : message_wake(c, f->text, run->row.domain_id);
	case FACT_INCIDENT: {
		struct incident_row i = { .instance_id = id,
					  .execution = f->number,
					  .node = f->node,
					  .why = f->text,
					  .domain_id = run->row.domain_id,
					  .created_at = c->now_at };
		return incident_put(c, &i);
	}
	default: return ST_INTERNAL;
	}
}

/* Whether the task may have candidates: only a model that names some makes their rows. */
static bool names_candidates(const struct process_run *run, const struct fact *f)
{
	const struct process_node *n = node_of(run, f->element);
	return !n || (n->says &&
		      (n->users || n->users_text || n->roles || n->roles_text || n->assignment));
}

enum status fact_drop(struct process_run *run, const struct fact *f)
{
	struct call *c = run->c;
	int64_t id = run->row.id;
	const struct process_node *n = node_of(run, f->element);
	const char *kind = f->kind == FACT_TASK ? "task" : f->kind == FACT_TIMER ? "timer" : NULL;
	enum status st = ST_OK;
	if (kind && n && n->business_days)
		st = deadline_drop(c, kind, id, f->number);
	if (st)
		return st;
	switch (f->kind) {
	case FACT_TASK:
		st = names_candidates(run, f) ? candidate_drop(c, id, f->number) : ST_OK;
		return st ? st : task_drop(c, id, f->number);
	case FACT_JOB: return job_drop(c, id, f->number);
	case FACT_TIMER: return timer_drop(c, id, f->number);
	case FACT_WAIT: return wait_drop(c, id, f->number);
	case FACT_INCIDENT: return incident_drop(c, id, f->number);
	default: return ST_INTERNAL;
	}
}

/* Of the process' own variables those that its model declares; a value is found by its first 255
 * characters. */
enum status variables_write(struct process_run *run)
{
	struct call *c = run->c;
	const struct process_program *p = run->life->programs[0];
	const struct words *names = NULL;
	for (uint32_t i = 0; p->searches && i < bpmn_count(p->model) && !names; i++) {
		const struct bpmn_element *e = bpmn_at(p->model, i);
		if (e->kind == BPMN_PROCESS && str_eq(e->id, run->row.key))
			names = &p->searchable[i];
	}
	if (!names || !names->count)
		return ST_OK;
	struct variable_row *was = NULL;
	size_t n = 0;
	enum status st = variable_list(c, run->row.id, &was, &n);
	for (size_t i = 0; i < names->count && !st; i++) {
		const json_t *v = flow_get(run->world, 1, names->list[i]);
		const char *text = v && !json_is_null(v) ? text_of(c->arena, v) : NULL;
		bool same = false;
		if (!text || utf8_length(text) > 255)
			continue;
		for (size_t k = 0; k < n; k++)
			same |= str_eq(was[k].name, names->list[i]) && str_eq(was[k].value, text);
		if (!same)
			st = variable_put(c, run->row.id, names->list[i], text, run->row.domain_id);
	}
	return st;
}
