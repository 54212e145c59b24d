/* SPDX-License-Identifier: Apache-2.0 */
/* 撤回: whoever completed a task has it again. What followed is only taken back while it is nothing but tasks that
 * nobody has touched: what was sent, done by a machine, or brought together with other branches stands. And 作废: the whole
 * instance is void. */
#include "door/audit/audit.h"
#include "engine/process/process_human.h"
#include "engine/process/process_sign.h"

/* How far back one's last completion is looked for. */
enum { ENTRIES_MAX = 200 };

/* A completion, as the log has it, and what it led to. */
struct step {
	int64_t number, execution;
	const char *node, *owner; /* whose the task was: a deputy's is their principal's */
	json_t *events;
	int64_t led[PANEL_MAX]; /* tasks that stand there now; parts of panels among them */
	const struct bpmn_element *elements[PANEL_MAX];
	bool part[PANEL_MAX];
	size_t count;
};

static const char *event_text(const json_t *event, size_t at)
{
	return json_string_value(json_array_get(event, at));
}

static int64_t event_execution(const json_t *event)
{
	return json_integer_value(json_array_get(event, 1));
}

static int64_t execution_of(const json_t *entry)
{
	return json_integer_value(json_object_get(json_object_get(entry, "in"), "execution"));
}

static json_t *parsed(struct call *c, const struct process_log_row *l)
{
	json_t *o = json_loads(l->data, 0, NULL);

	return o ? keep_json(c->arena, o) : NULL;
}

/* The asker's last completion of a task, in the newest entries. */
static enum status find_step(struct call *c, const struct process_row *r,
			     const struct process_log_row *log, size_t n, struct step *s)
{
	for (size_t i = n; i-- > 0;) {
		if (!str_eq(log[i].command, "complete") || !str_eq(log[i].actor, c->actor.user_id))
			continue;
		json_t *entry = parsed(c, &log[i]), *event;
		size_t k;
		s->number = log[i].number;
		s->execution = execution_of(entry);
		s->owner =
			json_string_value(json_object_get(json_object_get(entry, "in"), "behalf"));
		if (!s->owner)
			s->owner = c->actor.user_id;
		s->events = json_object_get(entry, "events");
		json_array_foreach(s->events, k, event)
		{
			if (str_eq(event_text(event, 0), "left") &&
			    event_execution(event) == s->execution)
				s->node = event_text(event, 2);
		}
		return s->node ? ST_OK : ST_INTERNAL;
	}
	return fail(c, ST_CONFLICT, NULL, "you have completed no task of instance %lld lately",
		    (long long)r->id);
}

/* A gateway that one token comes to and tokens leave at once: how many more leave than came; -1: another. */
static int64_t splits(const struct bpmn_element *e)
{
	int64_t in = 0, out = 0;

	for (uint32_t i = 0; i < bpmn_count(e->model); i++) {
		const struct bpmn_element *f = bpmn_at(e->model, i);
		if (f->kind != BPMN_SEQUENCE_FLOW)
			continue;
		in += bpmn_ref(f, "targetRef") == e;
		out += bpmn_ref(f, "sourceRef") == e;
	}
	if (e->kind == BPMN_EXCLUSIVE_GATEWAY || e->kind == BPMN_USER_TASK)
		return out == 1 || e->kind == BPMN_EXCLUSIVE_GATEWAY ? 0 : -1;
	return e->kind == BPMN_PARALLEL_GATEWAY && in == 1 ? out - 1 : -1;
}

static enum status stands(struct call *c, const char *why)
{
	return fail(c, ST_CONFLICT, NULL, "what followed cannot be taken back: %s", why);
}

/* Only tasks were reached, by ways that can be gone back; each is there still. */
static enum status follow(struct call *c, const struct process_run *run, const struct bpmn_model *m,
			  struct step *s)
{
	const struct bpmn_element *from = bpmn_by_id(m, s->node);
	int64_t tokens = 1, reached = 0;
	size_t i;
	json_t *event;

	if (!from || from->kind != BPMN_USER_TASK || bpmn_first(from, BPMN_LOOP_CHARACTERISTICS) ||
	    splits(from))
		return stands(c, "the task is one of several, or has several ways out");
	json_array_foreach(s->events, i, event)
	{
		const char *what = event_text(event, 0), *node = event_text(event, 2);
		const struct bpmn_element *e = node ? bpmn_by_id(m, node) : NULL;
		if (str_eq(what, "task") || event_execution(event) == s->execution)
			continue;
		if (!e || (!str_eq(what, "entered") && !str_eq(what, "left")))
			return stands(c, arena_printf(c->arena, "there was more than tasks (%s)",
						      what ? what : ""));
		int64_t more = e->kind == BPMN_USER_TASK ? 0 : splits(e);
		if (more < 0 || e->parent != from->parent)
			return stands(c, arena_printf(c->arena, "it went through %s", node));
		if (str_eq(what, "left"))
			tokens += more;
		if (e->kind != BPMN_USER_TASK || !str_eq(what, "entered"))
			continue;
		if (s->count == PANEL_MAX)
			return stands(c, "there are too many");
		s->part[s->count] = sign_part_user(run, event_execution(event)) != NULL;
		reached += !s->part[s->count];
		if (process_task_element(run, event_execution(event)) != e)
			return stands(c, arena_printf(c->arena, "%s is done", node));
		s->elements[s->count] = e;
		s->led[s->count++] = event_execution(event);
	}
	return reached == tokens && reached
		       ? ST_OK
		       : stands(c, "a branch of it waits for others, or is done");
}

/* Nobody claimed, voted, signed or returned any of it since. */
static enum status untouched(struct call *c, const struct process_log_row *log, size_t n,
			     const struct step *s)
{
	for (size_t i = 0; i < n; i++) {
		if (log[i].number <= s->number || str_eq(log[i].command, "urge") ||
		    str_eq(log[i].command, "comment"))
			continue;
		int64_t execution = execution_of(parsed(c, &log[i]));
		for (size_t k = 0; k < s->count; k++) {
			if (s->led[k] == execution)
				return stands(c, arena_printf(c->arena, "somebody has acted on %s",
							      s->elements[k]->id));
		}
	}
	return ST_OK;
}

/* The first of them becomes the task again, the others go. */
static json_t *input_of(struct call *c, const struct step *s, const char *reason)
{
	json_t *in = keep_json(c->arena, json_object()), *others = json_array();
	bool first = true;

	for (size_t i = 0; i < s->count; i++) {
		if (s->part[i])
			continue;
		if (first)
			json_object_set_new(in, "execution", json_integer(s->led[i]));
		else
			json_array_append_new(others, json_integer(s->led[i]));
		first = false;
	}
	json_object_set_new(in, "others", others);
	json_object_set_new(in, "node", json_string(s->node));
	json_object_set_new(in, "completed", json_integer(s->number));
	json_object_set_new(in, "user", json_string(c->actor.user_id));
	if (reason)
		json_object_set_new(in, "reason", json_string(reason));
	return in;
}

/* The task that is there again is its old owner's. */
static enum status take_again(struct call *c, const struct process_run *run, const struct step *s)
{
	for (size_t i = 0; i < run->after.count; i++) {
		const struct fact *f = &run->after.list[i];
		bool old = false;
		for (size_t k = 0; k < run->before.count && !old; k++)
			old = fact_compare(&run->before.list[k], f) == 0;
		if (!old && f->kind == FACT_TASK && str_eq(f->node, s->node))
			return task_assign(c, run->row.id, f->number, s->owner);
	}
	return ST_OK;
}

static enum status open_once(struct call *c, const struct process_human *in, const char *command,
			     struct process_run *run, bool *done, struct process_result *out)
{
	const char *what = process_what(c, command, in->instance_id, 0, in->reason, NULL);
	enum status st = once_find(c, in->idempotency_key, what, done, out);

	if (!st && !*done)
		st = run_open(c, in->instance_id, false, run);
	return st;
}

enum status process_withdraw(struct call *c, const struct process_human *in,
			     struct process_result *out)
{
	struct process_run run;
	struct process_log_row *log = NULL;
	struct step *s = arena_alloc(c->arena, sizeof *s);
	bool done = false;
	size_t n = 0;
	enum status st = open_once(c, in, "withdraw", &run, &done, out);

	if (st || done)
		return st;
	if (str_eq(run.row.state, "suspended"))
		return fail(c, ST_CONFLICT, NULL, "instance %lld is suspended",
			    (long long)run.row.id);
	int64_t above = run.row.number > ENTRIES_MAX ? run.row.number - ENTRIES_MAX : 0;
	st = log_list(c, run.row.id, above, ENTRIES_MAX, &log, &n);
	if (!st)
		st = find_step(c, &run.row, log, n, s);
	if (st)
		return st;
	/* Of the models that the instance runs in, the one that has what followed. */
	const struct bpmn_element *e = NULL;
	for (size_t i = 0; i < run.life->program_count && !e; i++)
		e = bpmn_by_id(run.life->programs[i]->model, s->node);
	st = process_allowed(c, node_of(&run, e), OPERATION_WITHDRAW, s->node);
	if (!st)
		st = follow(c, &run, e ? e->model : run.life->programs[0]->model, s);
	if (!st)
		st = untouched(c, log, n, s);
	if (st)
		return st;
	json_t *input = input_of(c, s, in->reason);
	st = process_command_once(c, "withdraw", &run, s->led[0], in->idempotency_key, input, out);
	return st ? st : take_again(c, &run, s);
}

/* --- void --- */

static const struct process_node *process_said(const struct process_run *run)
{
	const struct bpmn_element *e = bpmn_by_id(run->life->programs[0]->model, run->row.key);

	return node_of(run, e);
}

enum status process_void(struct call *c, const struct process_human *in, struct process_result *out)
{
	struct process_run run;
	bool done = false;
	enum status st = open_once(c, in, "void", &run, &done, out);

	if (st || done)
		return st;
	if (!may(c, "process.operate")) {
		if (!str_eq(run.row.started_by, c->actor.user_id))
			return fail(c, ST_NOT_FOUND, "id", "there is no instance %lld",
				    (long long)in->instance_id);
		const struct process_node *n = process_said(&run);
		if (!n || !(n->operations & OPERATION_VOID))
			return fail(c, ST_FORBIDDEN, "id",
				    "the model lets only operators void an instance "
				    "(flow:operations=\"void\" of the process)");
	}
	json_t *input = keep_json(c->arena, json_pack("{s:s}", "reason", in->reason));
	return process_command_once(c, "void", &run, 0, in->idempotency_key, input, out);
}
