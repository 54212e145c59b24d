/* SPDX-License-Identifier: Apache-2.0 */
/* People's tasks as they look at them: lists, and one with all that may be done with it. */
#include <stdlib.h>
#include "engine/process/process_human.h"
#include "engine/process/process_list.h"
#include "engine/process/process_sign.h"
#include "engine/process/process_substitute.h"

enum { PAGE = 50 };

/* --- lists --- */

struct task_view task_view_of(struct call *c, const struct process_task_row *t)
{
	return (struct task_view){
		.id = arena_printf(c->arena, "%lld-%lld", (long long)t->instance_id,
				   (long long)t->execution),
		.instance_id = t->instance_id,
		.execution = t->execution,
		.process = t->key,
		.business_key = t->business_key,
		.node = t->node,
		.name = t->name,
		.assignee = t->assignee,
		.form = t->form,
		.phase = t->phase,
		.on_behalf = t->behalf,
		.priority = t->priority,
		.due_at = t->due_at,
		.created_at = t->created_at,
		.claimed_at = t->claimed_at,
	};
}

static int by_place(const void *a_, const void *b_)
{
	const struct process_task_row *a = a_, *b = b_;
	if (a->instance_id != b->instance_id)
		return a->instance_id < b->instance_id ? -1 : 1;
	return a->execution < b->execution ? -1 : a->execution > b->execution;
}

struct heap {
	struct process_task_row *list;
	size_t count;
};

static void add_tasks(struct call *c, struct heap *h, const struct process_task_row *more, size_t n)
{
	if (!n)
		return;
	h->list = arena_grow(c->arena, h->list, h->count * sizeof(*more),
			     (h->count + n) * sizeof(*more) + 1);
	memcpy(h->list + h->count, more, n * sizeof(*more));
	h->count += n;
}

/* In order, each once. */
static void sort_once(struct heap *h)
{
	size_t kept = 0;
	if (h->count > 1)
		qsort(h->list, h->count, sizeof(*h->list), by_place);
	for (size_t i = 0; i < h->count; i++) {
		if (!kept || by_place(&h->list[kept - 1], &h->list[i]))
			h->list[kept++] = h->list[i];
	}
	h->count = kept;
}

/* Whose they are goes with them. */
static void add_of(struct call *c, struct heap *h, struct process_task_row *more, size_t n,
		   const char *principal)
{
	for (size_t i = 0; i < n; i++)
		more[i].behalf = principal;
	add_tasks(c, h, more, n);
}

/* What the asker may take: of each way to it a page, put in order, each task once. */
static enum status available(struct call *c, int64_t after, int64_t execution, int64_t limit,
			     struct heap *h)
{
	const char *domain = process_domain(c);
	struct process_task_row *list = NULL;
	size_t n = 0;
	enum status st = task_open(c, domain, after, execution, limit, &list, &n);
	if (!st)
		add_tasks(c, h, list, n);
	if (!st)
		st = task_of_candidate(c, "user", c->actor.user_id, domain, NULL, after, execution,
				       limit, &list, &n);
	if (!st)
		add_tasks(c, h, list, n);
	for (size_t i = 0; i < c->actor.role_count && !st; i++) {
		st = task_of_candidate(c, "role", c->actor.roles[i], domain, NULL, after, execution,
				       limit, &list, &n);
		if (!st)
			add_tasks(c, h, list, n);
	}
	sort_once(h);
	return st;
}

/* What the asker may do as somebody's deputy: what they have, and what only they may take. */
static enum status as_deputy(struct call *c, int64_t after, int64_t execution, int64_t limit,
			     struct heap *h)
{
	struct substitution *held = NULL;
	struct process_task_row *list = NULL;
	size_t count = 0, n = 0;
	enum status st = substitution_held(c, c->actor.user_id, &held, &count);

	for (size_t i = 0; i < count && !st; i++) {
		const char *who = held[i].principal, *key = held[i].process;
		st = task_of_person(c, who, key, after, execution, limit, &list, &n);
		if (!st)
			add_of(c, h, list, n, who);
		if (!st)
			st = task_of_candidate(c, "user", who, process_domain(c), key, after,
					       execution, limit, &list, &n);
		if (!st)
			add_of(c, h, list, n, who);
	}
	sort_once(h);
	return st;
}

enum status tasks(struct call *c, const struct task_ask *in, struct task_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE, after = 0, execution = 0;
	struct heap h = { 0 };
	enum status st;
	if (in->marker && !process_place(c, in->marker, &after, &execution))
		return fail(c, ST_BAD_INPUT, "marker", "marker is the id of a task");
	if (in->list == TASKS_AVAILABLE)
		st = available(c, after, execution, limit + 1, &h);
	else if (in->list == TASKS_DEPUTY)
		st = as_deputy(c, after, execution, limit + 1, &h);
	else
		st = task_of_person(c, c->actor.user_id, NULL, after, execution, limit + 1, &h.list,
				    &h.count);
	if (st)
		return st;
	out->tasks = arena_array(c->arena, h.count + 1, sizeof(*out->tasks));
	for (size_t i = 0; i < h.count && (int64_t)i < limit; i++)
		out->tasks[out->tasks_count++] = task_view_of(c, &h.list[i]);
	if ((int64_t)h.count > limit)
		out->next = out->tasks[out->tasks_count - 1].id;
	return ST_OK;
}

/* --- one task --- */

static enum status find_task(struct call *c, const struct task_ask *in, struct process_task_row *t,
			     struct task_whole *out)
{
	int64_t instance = 0, execution = 0;
	enum status st = process_place(c, in->task, &instance, &execution)
				 ? task_get(c, instance, execution, t)
				 : ST_NOT_FOUND;
	bool seen = false;
	if (!st)
		st = candidate_list(c, instance, execution, &out->candidates,
				    &out->candidates_count);
	if (!st && process_reaches(c, t->domain_id)) {
		seen = str_eq(t->assignee, c->actor.user_id) ||
		       process_is_for(c, t, out->candidates, out->candidates_count);
		if (!seen && t->assignee)
			st = process_deputy(c, t, t->assignee, &t->behalf);
		else if (!seen)
			st = process_deputy_of(c, t, out->candidates, out->candidates_count,
					       &t->behalf);
		seen |= t->behalf != NULL;
	}
	if (st == ST_NOT_FOUND || (!st && !seen))
		return fail(c, ST_NOT_FOUND, "task", "there is no task %s", in->task);
	return st;
}

/* Whether the asker has it, as themselves or a deputy. */
static bool has(const struct call *c, const struct process_task_row *t)
{
	return t->assignee &&
	       (str_eq(t->assignee, c->actor.user_id) || str_eq(t->assignee, t->behalf));
}

/* What the asker may do now: of what the model allows, what fits the phase and who they are. */
static void list_operations(struct call *c, const struct process_run *run,
			    const struct process_task_row *t, unsigned allowed, struct words *out)
{
	bool operates = may(c, "process.operate"), mine = has(c, t), part = sign_kind(t->phase);
	bool works = mine && str_eq(t->phase, "open"), panel = str_eq(t->phase, "panel");
	bool owns = mine || operates, done = str_eq(t->phase, "done");
	const struct {
		const char *word;
		bool is;
	} all[] = {
		{ "claim", !t->assignee && !panel },
		{ "unclaim", owns && t->assignee && !part && !done },
		{ "complete", works || (!t->assignee && !panel) },
		{ "vote", mine && part },
		{ "assign", operates && !panel && !done },
		{ "transfer", allowed & OPERATION_TRANSFER && owns && !done && !panel },
		{ "delegate",
		  allowed & OPERATION_DELEGATE && owns && t->assignee && !done && !panel },
		{ "return", allowed & OPERATION_RETURN && owns && !done && !part },
		{ "jump", operates },
		{ "urge", allowed & OPERATION_URGE &&
				  (operates || str_eq(run->row.started_by, c->actor.user_id)) },
		{ "signBefore", allowed & OPERATION_SIGN_BEFORE && owns && t->assignee && !part &&
					!done && !panel },
		{ "signAfter", allowed & OPERATION_SIGN_AFTER && owns && t->assignee && !part &&
				       !done && !panel },
		{ "signParallel",
		  allowed & OPERATION_SIGN_PARALLEL && owns && !done &&
			  (panel || str_eq(t->phase, "participant") || (t->assignee && !part)) },
		{ "unsign", allowed & OPERATION_UNSIGN && owns },
	};

	out->list = arena_array(c->arena, sizeof all / sizeof *all, sizeof *out->list);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		if (all[i].is)
			out->list[out->count++] = all[i].word;
	}
}

static const char *text_at(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

/* Who has signed, and who is to. */
static void list_parts(struct call *c, const struct process_run *run, int64_t task,
		       struct task_whole *out)
{
	const json_t *votes = flow_local(run->world, task, "flow:votes"), *v;
	size_t n = 0, i;
	const struct sign_part *open = sign_parts(run, task, &n);

	out->parts = arena_array(c->arena, n + json_array_size(votes) + 1, sizeof *out->parts);
	json_array_foreach((json_t *)votes, i, v) out->parts[out->parts_count++] =
		(struct task_part){ text_at(v, "user"),    text_at(v, "kind"),    NULL,
				    text_at(v, "verdict"), text_at(v, "opinion"), true };
	for (i = 0; i < n; i++)
		out->parts[out->parts_count++] = (struct task_part){ .user_id = open[i].user,
								     .kind = open[i].kind,
								     .added_by = open[i].by };
}

/* The activities of the process or sub-process that the task is in. */
static void list_nodes(struct call *c, const struct bpmn_element *at, struct task_whole *out)
{
	uint32_t count = bpmn_count(at->model);

	out->nodes = arena_array(c->arena, count + 1, sizeof *out->nodes);
	for (uint32_t i = 0; i < count; i++) {
		const struct bpmn_element *e = bpmn_at(at->model, i);
		if (e->parent == at->parent && e != at && e->id && bpmn_is(e, BPMN_ACTIVITY))
			out->nodes[out->nodes_count++] =
				(struct task_node){ e->id, e->name ? e->name : e->id,
						    process_leads(e, at) };
	}
}

enum status task_show(struct call *c, const struct task_ask *in, struct task_whole *out)
{
	struct process_task_row t = { 0 };
	struct process_run run;
	enum status st = find_task(c, in, &t, out);
	if (!st)
		st = run_open(c, t.instance_id, false, &run);
	if (st)
		return st;
	const struct bpmn_element *e = process_task_element(&run, t.execution);
	const struct process_node *n = node_of(&run, e);
	if (n && n->business_days)
		st = process_deadline_now(c, "task", t.instance_id, t.execution, &t.due_at,
					  &out->due_warning);
	if (st)
		return st;
	out->task = task_view_of(c, &t);
	list_operations(c, &run, &t, process_operations(n), &out->operations);
	list_parts(c, &run, sign_task_of(&run, t.execution), out);
	if (e)
		list_nodes(c, e, out);
	st = process_form_show(&run, t.execution, &out->form_schema, &out->variables);
	if (!st && !out->variables)
		out->variables = variables_text(&run, t.execution);
	return st;
}
