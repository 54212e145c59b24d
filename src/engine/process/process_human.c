/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with tasks besides taking and completing them: 转办 transfer, 委派 delegate, 退回 return,
 * 跳转 jump, 催办 urge. Which of them a task allows its model says (flow:operations). Each is one act, an
 * entry of the instance's log, and an entry of the audit trail. */
#include "door/identity/identity.h"
#include "door/jobs/events.h"
#include "engine/process/process_human.h"
#include "engine/process/process_sign.h"
#include "engine/process/process_substitute.h"

#define URGE_PAUSE (600 * CLOCK_SECOND)

const char *const process_resume_words[] = { "again", "direct", NULL };
const char *const process_operation_words[] = { "transfer",     "delegate",   "return",
						"urge",         "signBefore", "signAfter",
						"signParallel", "unsign",     "withdraw",
						"void",         NULL };

/* --- one command: whose it is, what the model allows --- */

const struct bpmn_element *process_task_element(const struct process_run *run, int64_t execution)
{
	for (size_t i = 0; i < run->before.count; i++) {
		const struct fact *f = &run->before.list[i];
		if (f->kind == FACT_TASK && f->number == execution)
			return f->element;
	}
	return NULL;
}

unsigned process_operations(const struct process_node *n)
{
	return n ? n->operations : OPERATIONS_USUAL;
}

enum status process_allowed(struct call *c, const struct process_node *n, unsigned operation,
			    const char *node)
{
	int k = 0;

	if (!operation || process_operations(n) & operation)
		return ST_OK;
	while (!(operation & 1u << k))
		k++;
	return fail(c, ST_FORBIDDEN, "task", "the model does not allow %s at %s (flow:operations)",
		    process_operation_words[k], node);
}

/* What is done, or judged by several, is not given on. */
static enum status in_phase(struct call *c, const struct process_doing *d, unsigned operation)
{
	const char *phase = d->task.phase;

	if (str_eq(phase, "done") && operation != OPERATION_UNSIGN && operation != OPERATION_URGE)
		return fail(c, ST_CONFLICT, "task",
			    "the task is done, and waits for others to sign");
	if (str_eq(phase, "panel") && operation & (OPERATION_TRANSFER | OPERATION_DELEGATE))
		return fail(c, ST_CONFLICT, "task",
			    "a panel is nobody's: a participant's part can be given on");
	return ST_OK;
}

enum status doing_begin(struct call *c, const struct process_human *in, const char *command,
			unsigned operation, struct process_doing *d, struct process_result *out)
{
	const struct process_command named = { .task = in->task };

	const char *more = arena_printf(c->arena, "%s %s %s %s %s", in->task,
					in->user_id ? in->user_id : "", in->node ? in->node : "",
					in->reason ? in->reason : "",
					words_to_json(c->arena, &in->users));
	const char *what = process_what(c, command, in->resume, in->kind, more, in->variables);

	*d = (struct process_doing){ 0 };
	enum status st = variables_parse(c, in->variables, &d->variables);
	if (!st)
		st = once_find(c, in->idempotency_key, what, &d->done, out);
	if (st || d->done)
		return st;
	st = process_task_find(c, &named, &d->task);
	if (!st)
		st = run_open(c, d->task.instance_id, false, &d->run);
	if (st)
		return st;
	if (str_eq(d->run.row.state, "suspended"))
		return fail(c, ST_CONFLICT, NULL, "instance %lld is suspended",
			    (long long)d->run.row.id);
	d->element = process_task_element(&d->run, d->task.execution);
	st = process_allowed(c, node_of(&d->run, d->element), operation, d->task.node);
	return st || !operation ? st : in_phase(c, d, operation);
}

enum status doing_has(struct call *c, struct process_doing *d)
{
	enum status st = ST_OK;

	if (str_eq(d->task.assignee, c->actor.user_id))
		return ST_OK;
	if (d->task.assignee)
		st = process_deputy(c, &d->task, d->task.assignee, &d->behalf);
	if (st || d->behalf || may(c, "process.operate"))
		return st;
	return fail(c, ST_FORBIDDEN, "task", "only whoever has taken the task may do this");
}

enum status doing_receiver(struct call *c, const struct process_doing *d, const char *user_id)
{
	const char *domain = *d->task.domain_id ? d->task.domain_id : NULL;
	bool known = false;
	enum status st = identity_has_person(c, user_id, domain, &known);

	if (!st && !known)
		return fail(c, ST_BAD_INPUT, "user_id", "the department has no such person");
	if (!st && str_eq(user_id, d->task.assignee))
		return fail(c, ST_CONFLICT, "user_id", "the task is theirs already");
	return st;
}

enum status doing_finish(struct call *c, const struct process_human *in, struct process_doing *d,
			 const char *command, json_t *input, struct process_result *out)
{
	if (in->reason)
		json_object_set_new(input, "reason", json_string(in->reason));
	if (d->behalf)
		json_object_set_new(input, "behalf", json_string(d->behalf));
	return process_command_once(c, command, &d->run, d->task.execution, in->idempotency_key,
				    input, out);
}

json_t *doing_input(struct call *c, const struct process_doing *d)
{
	const struct process_command named = { .execution = d->task.execution };

	return process_input(c, &named, d->variables);
}

/* --- transfer, delegate --- */

enum status process_transfer(struct call *c, const struct process_human *in,
			     struct process_result *out)
{
	struct process_doing d;
	enum status st = doing_begin(c, in, "transfer", OPERATION_TRANSFER, &d, out);

	if (st || d.done)
		return st;
	st = doing_has(c, &d);
	if (!st)
		st = doing_receiver(c, &d, in->user_id);
	if (!st)
		st = process_give(c, &d.task, in->user_id, in->reason, d.behalf, out);
	return st ? st : once_keep(c, in->idempotency_key, out);
}

enum status process_delegate(struct call *c, const struct process_human *in,
			     struct process_result *out)
{
	struct process_doing d;
	enum status st = doing_begin(c, in, "delegate", OPERATION_DELEGATE, &d, out);

	if (st || d.done)
		return st;
	if (!d.task.assignee)
		return fail(c, ST_CONFLICT, "task", "nobody has taken the task");
	st = doing_has(c, &d);
	if (!st)
		st = doing_receiver(c, &d, in->user_id);
	if (st)
		return st;
	/* Delegated on: it goes back to whoever had it first. What its task is, a part is not. */
	const char *owner =
		json_string_value(flow_local(d.run.world, d.task.execution, "flow:owner"));
	json_t *input = doing_input(c, &d);
	json_object_set_new(input, "owner", json_string(owner ? owner : d.task.assignee));
	json_object_set_new(input, "user", json_string(in->user_id));
	st = doing_finish(c, in, &d, "delegate", input, out);
	return st ? st : task_assign(c, d.task.instance_id, d.task.execution, in->user_id);
}

/* --- return, jump --- */

bool process_leads(const struct bpmn_element *from, const struct bpmn_element *to)
{
	const struct bpmn_model *m = from->model;
	uint32_t n = bpmn_count(m);
	SCOPED_ARENA struct arena *a = arena_new();
	bool *seen = arena_array(a, n, sizeof *seen), more = true;

	seen[from->index] = true;
	while (more && !seen[to->index]) {
		more = false;
		for (uint32_t i = 0; i < n; i++) {
			const struct bpmn_element *f = bpmn_at(m, i);
			const struct bpmn_element *s = NULL, *t = NULL;
			if (f->kind == BPMN_SEQUENCE_FLOW) {
				s = bpmn_ref(f, "sourceRef");
				t = bpmn_ref(f, "targetRef");
			} else if (f->kind == BPMN_BOUNDARY_EVENT) {
				s = bpmn_ref(f, "attachedToRef");
				t = f;
			}
			if (s && t && seen[s->index] && !seen[t->index])
				seen[t->index] = more = true;
		}
	}
	return seen[to->index];
}

static enum status move(struct call *c, const struct process_human *in, struct process_doing *d,
			const char *operation, struct process_result *out)
{
	const struct bpmn_element *to = d->element ? bpmn_by_id(d->element->model, in->node) : NULL;
	bool direct = in->resume == RESUME_DIRECT;

	if (!to || to->parent != d->element->parent || !bpmn_is(to, BPMN_ACTIVITY) ||
	    to == d->element)
		return fail(c, ST_BAD_INPUT, "node",
			    "'%.64s' is no other activity of the process or sub-process that the "
			    "task is in",
			    in->node);
	if (direct && (to->kind != BPMN_USER_TASK || bpmn_first(to, BPMN_LOOP_CHARACTERISTICS)))
		return fail(c, ST_BAD_INPUT, "resume",
			    "direct is for a user task that is done once");
	if (direct && node_of(&d->run, to) && node_of(&d->run, to)->panel)
		return fail(c, ST_BAD_INPUT, "resume", "direct is not for a panel");
	if (bpmn_first(d->element, BPMN_LOOP_CHARACTERISTICS))
		return fail(c, ST_CONFLICT, "task", "one of several tasks is not moved alone");
	json_t *input = doing_input(c, d);
	json_object_set_new(input, "node", json_string(in->node));
	json_object_set_new(input, "operation", json_string(operation));
	if (direct)
		json_object_set_new(input, "direct", json_true());
	return doing_finish(c, in, d, "move", input, out);
}

enum status process_return(struct call *c, const struct process_human *in,
			   struct process_result *out)
{
	struct process_doing d;
	enum status st = doing_begin(c, in, "return", OPERATION_RETURN, &d, out);

	if (st || d.done)
		return st;
	st = doing_has(c, &d);
	const struct bpmn_element *to = !st && d.element ? bpmn_by_id(d.element->model, in->node)
							 : NULL;
	if (!st && to && to->parent == d.element->parent && !process_leads(to, d.element))
		st = fail(c, ST_BAD_INPUT, "node", "'%.64s' does not stand before the task",
			  in->node);
	/* A form is held to when it is complete, which it need not be here. */
	if (!st && process_form_of(&d.run, d.task.execution) && json_object_size(d.variables))
		st = fail(c, ST_BAD_INPUT, "variables",
			  "a task with a form is returned without variables");
	if (!st && sign_task_of(&d.run, d.task.execution) != d.task.execution)
		st = fail(c, ST_CONFLICT, "task",
			  "one of several who sign does not return the task");
	return st ? st : move(c, in, &d, "return", out);
}

enum status process_jump(struct call *c, const struct process_human *in, struct process_result *out)
{
	struct process_doing d;
	enum status st = doing_begin(c, in, "jump", 0, &d, out);

	return st || d.done ? st : move(c, in, &d, "jump", out);
}

/* --- urge --- */

static enum status tell_urged(struct call *c, const struct process_human *in,
			      const struct process_doing *d)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "task", in->task);
	json_put_str(&j, "node", d->task.node);
	json_put_str(&j, "assignee", d->task.assignee);
	json_put_str(&j, "by", c->actor.user_id);
	json_put_str(&j, "reason", in->reason);
	json_object_end(&j);
	return event_post(c, "process.task.urged", in->task, d->task.domain_id, NULL, buf_text(&b));
}

enum status process_urge(struct call *c, const struct process_human *in, struct process_result *out)
{
	struct process_doing d;
	struct process_log_row *last = NULL;
	size_t n = 0;
	enum status st = doing_begin(c, in, "urge", OPERATION_URGE, &d, out);

	if (st || d.done)
		return st;
	if (!str_eq(d.run.row.started_by, c->actor.user_id) && !may(c, "process.operate"))
		return fail(c, ST_FORBIDDEN, "task",
			    "only whoever started the instance may ask for haste");
	st = log_list(c, d.run.row.id, d.run.row.number - 1, 1, &last, &n);
	if (!st && n && str_eq(last[0].command, "urge") && c->now_at - last[0].at < URGE_PAUSE)
		return fail(c, ST_TOO_MANY, "task",
			    "haste was asked for less than ten minutes ago");
	if (!st)
		st = doing_finish(c, in, &d, "urge", doing_input(c, &d), out);
	return st ? st : tell_urged(c, in, &d);
}
