/* SPDX-License-Identifier: Apache-2.0 */
/* Completing a task, which is one of several commands: it may be somebody's part in a panel, be delegated,
 * have been returned to, or wait for others who sign. */
#include "engine/process/process_human.h"
#include "engine/process/process_sign.h"
#include "engine/process/process_substitute.h"

struct completing {
	struct process_task_row task;
	struct process_run run;
	json_t *variables, *input;
	const char *behalf, *command;
};

static const char *local_text(const struct completing *d, const char *name)
{
	return json_string_value(flow_local(d->run.world, d->task.execution, name));
}

/* Whose it is, or may be. */
static enum status mine(struct call *c, struct completing *d)
{
	const struct process_task_row *t = &d->task;

	if (!t->assignee)
		return process_may_take(c, t, &d->behalf);
	if (str_eq(t->assignee, c->actor.user_id))
		return ST_OK;
	enum status st = process_deputy(c, t, t->assignee, &d->behalf);
	return st || d->behalf
		       ? st
		       : fail(c, ST_FORBIDDEN, "task", "somebody else has taken task %lld-%lld",
			      (long long)t->instance_id, (long long)t->execution);
}

/* A part: a verdict and an opinion, and nothing else. */
static enum status vote(struct call *c, const struct process_command *in, struct completing *d)
{
	if (!in->verdict_given)
		return fail(c, ST_BAD_INPUT, "verdict",
			    "whoever signs says approve, reject or abstain");
	json_object_set_new(d->input, "user",
			    json_string(d->behalf ? d->behalf : c->actor.user_id));
	d->command = "vote";
	return ST_OK;
}

/* Which command it is. */
static enum status choose(struct call *c, const struct process_command *in, struct completing *d)
{
	const char *phase = d->task.phase, *owner = local_text(d, "flow:owner");
	const char *back = local_text(d, "flow:resume");

	if (sign_kind(phase) && json_object_size(d->variables))
		return fail(
			c, ST_BAD_INPUT, "variables",
			"whoever signs gives a verdict and an opinion; the form is filled in by "
			"whoever has the task");
	if (owner && !str_eq(owner, d->task.assignee)) {
		json_object_set_new(d->input, "user", json_string(owner));
		d->command = "resolve";
		return ST_OK;
	}
	if (sign_kind(phase))
		return vote(c, in, d);
	if (str_eq(phase, "held"))
		return fail(c, ST_CONFLICT, "task",
			    "others sign before the task, and have not yet");
	if (str_eq(phase, "done"))
		return fail(c, ST_CONFLICT, "task",
			    "the task is done, and waits for others to sign");
	if (str_eq(phase, "panel"))
		return fail(c, ST_CONFLICT, "task", "the participants decide, each by their part");
	if (!sign_is_last(&d->run, d->task.execution)) {
		d->command = "finish";
		return ST_OK;
	}
	d->command = back ? "comeback" : "complete";
	if (back)
		json_object_set_new(d->input, "node", json_string(back));
	return ST_OK;
}

static enum status open_task(struct call *c, struct completing *d)
{
	enum status st = mine(c, d);

	if (!st)
		st = run_open(c, d->task.instance_id, false, &d->run);
	/* A part is no way to fill in the form. */
	if (!st && !sign_kind(d->task.phase))
		st = process_form_take(&d->run, d->task.execution, d->variables, &d->variables);
	return st;
}

enum status process_complete(struct call *c, const struct process_command *in,
			     struct process_result *out)
{
	struct completing d = { .variables = in->given };
	bool found = false;
	enum status st = d.variables ? ST_OK : variables_parse(c, in->variables, &d.variables);
	const char *more = arena_printf(c->arena, "%d %s %s", in->verdict_given ? in->verdict : -1,
					in->opinion ? in->opinion : "",
					in->variables ? in->variables : "");

	if (!st)
		st = process_task_once(c, "complete", in, more, &d.task, &found, out);
	if (st || found)
		return st;
	st = open_task(c, &d);
	if (st)
		return st;
	const struct process_command named = { .execution = d.task.execution };
	d.input = process_input(c, &named, d.variables);
	if (in->verdict_given)
		json_object_set_new(d.input, "verdict",
				    json_string(sign_verdict_words[in->verdict]));
	if (in->opinion)
		json_object_set_new(d.input, "opinion", json_string(in->opinion));
	if (d.behalf)
		json_object_set_new(d.input, "behalf", json_string(d.behalf));
	st = choose(c, in, &d);
	if (!st)
		st = process_command_once(c, d.command, &d.run, d.task.execution,
					  in->idempotency_key, d.input, out);
	/* What was delegated is its owner's again. */
	return !st && str_eq(d.command, "resolve")
		       ? task_assign(c, d.task.instance_id, d.task.execution,
				     json_string_value(json_object_get(d.input, "user")))
		       : st;
}
