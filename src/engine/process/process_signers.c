/* SPDX-License-Identifier: Apache-2.0 */
/* 加签: whoever has a task has others sign before it, after it or beside it; and a participant of a panel
 * has others take part. 减签: somebody who has not signed yet is to sign no more. */
#include "engine/process/process_human.h"
#include "engine/process/process_sign.h"

static int64_t task_of(const struct process_doing *d)
{
	return sign_task_of(&d->run, d->task.execution);
}

/* Somebody else who is not to sign already. */
static enum status check_user(struct call *c, const struct process_doing *d,
			      const struct words *users, size_t at, const struct sign_part *parts,
			      size_t n)
{
	const char *user = users->list[at];
	enum status st = doing_receiver(c, d, user);

	for (size_t i = 0; i < at && !st; i++) {
		if (str_eq(users->list[i], user))
			st = fail(c, ST_BAD_INPUT, "users", "%.40s is there twice", user);
	}
	for (size_t i = 0; i < n && !st; i++) {
		if (str_eq(parts[i].user, user))
			st = fail(c, ST_CONFLICT, "users", "%.40s is to sign already", user);
	}
	return st;
}

static enum status check_users(struct call *c, const struct process_doing *d,
			       const struct words *users)
{
	size_t n = 0;
	const struct sign_part *parts = sign_parts(&d->run, task_of(d), &n);
	enum status st = ST_OK;

	if (!users->count)
		return fail(c, ST_BAD_INPUT, "users", "users names at least one person");
	if (n + users->count > PANEL_MAX)
		return fail(c, ST_LIMIT, "users", "at most %d people sign at one task", PANEL_MAX);
	for (size_t i = 0; i < users->count && !st; i++)
		st = check_user(c, d, users, i, parts, n);
	/* The field is the list, not the one that a transfer has. */
	if (st == ST_BAD_INPUT && str_eq(c->problem_at, "user_id"))
		c->problem_at = "users";
	return st;
}

/* The kind of part that it makes; only panels have participants. */
static enum status kind_of(struct call *c, const struct process_doing *d, int kind,
			   const char **out)
{
	const char *phase = d->task.phase;
	bool panel = str_eq(phase, "panel") || str_eq(phase, "participant");

	*out = panel ? "participant" : sign_kind_words[kind];
	if (panel && !str_eq(sign_kind_words[kind], "parallel"))
		return fail(c, ST_BAD_INPUT, "kind",
			    "a panel gets participants beside its own: parallel");
	if (!panel && sign_kind(phase))
		return fail(c, ST_CONFLICT, "task",
			    "whoever was added adds nobody: whoever has the task does");
	if (!panel && !d->task.assignee)
		return fail(c, ST_CONFLICT, "task", "nobody has taken the task");
	return ST_OK;
}

enum status process_sign(struct call *c, const struct process_human *in, struct process_result *out)
{
	struct process_doing d;
	const char *kind = NULL;
	enum status st =
		doing_begin(c, in, "sign", (unsigned)OPERATION_SIGN_BEFORE << in->kind, &d, out);

	if (st || d.done)
		return st;
	st = kind_of(c, &d, in->kind, &kind);
	if (!st)
		st = doing_has(c, &d);
	if (!st)
		st = check_users(c, &d, &in->users);
	if (st)
		return st;
	json_t *input = doing_input(c, &d), *users = json_array();
	for (size_t i = 0; i < in->users.count; i++)
		json_array_append_new(users, json_string(in->users.list[i]));
	json_object_set_new(input, "execution", json_integer(task_of(&d)));
	json_object_set_new(input, "kind", json_string(kind));
	json_object_set_new(input, "users", users);
	json_object_set_new(input, "user", json_string(c->actor.user_id));
	return doing_finish(c, in, &d, "sign", input, out);
}

/* Whoever added them, has the task, or operates. */
static enum status may_unsign(struct call *c, const struct process_doing *d,
			      const struct sign_part *part)
{
	struct process_task_row whole = { 0 };
	enum status st = task_get(c, d->task.instance_id, task_of(d), &whole);

	if (st || may(c, "process.operate") || str_eq(part->by, c->actor.user_id) ||
	    str_eq(whole.assignee, c->actor.user_id))
		return st;
	return fail(c, ST_FORBIDDEN, "task",
		    "only whoever added somebody, or has the task, takes them away again");
}

/* A panel keeps somebody who votes, or has. */
static enum status keeps_somebody(struct call *c, const struct process_doing *d, size_t open,
				  const struct sign_part *part)
{
	const json_t *votes = flow_local(d->run.world, task_of(d), "flow:votes");

	if (!str_eq(part->kind, "participant") || open > 1 || json_array_size(votes))
		return ST_OK;
	return fail(c, ST_CONFLICT, "user_id", "a panel has at least one participant");
}

enum status process_unsign(struct call *c, const struct process_human *in,
			   struct process_result *out)
{
	struct process_doing d;
	const struct sign_part *part = NULL;
	size_t n = 0;
	enum status st = doing_begin(c, in, "unsign", OPERATION_UNSIGN, &d, out);

	if (st || d.done)
		return st;
	const struct sign_part *parts = sign_parts(&d.run, task_of(&d), &n);
	for (size_t i = 0; i < n && !part; i++)
		part = str_eq(parts[i].user, in->user_id) ? &parts[i] : NULL;
	if (!part)
		return fail(c, ST_NOT_FOUND, "user_id", "they are not to sign at this task");
	st = may_unsign(c, &d, part);
	if (!st)
		st = keeps_somebody(c, &d, n, part);
	if (st)
		return st;
	json_t *input = doing_input(c, &d);
	json_object_set_new(input, "execution", json_integer(task_of(&d)));
	json_object_set_new(input, "user", json_string(in->user_id));
	if (part->execution)
		json_object_set_new(input, "part", json_integer(part->execution));
	return doing_finish(c, in, &d, "unsign", input, out);
}
