/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that people and systems give: who may, what was asked before, and the run itself. */
#include "door/audit/audit.h"
#include "engine/process/process_human.h"
#include "engine/process/process_sign.h"
#include "engine/process/process_substitute.h"

const struct field process_result_wire[] = {
	F_INT(process_result, instance_id, 0, 0, 0),
	F_STR(process_result, state, 0, NULLABLE),
	F_INT(process_result, number, 0, 0, 0),
	F_STR(process_result, outcome, 0, 0),
	F_END,
};

/* -- who may -- */

bool process_reaches(const struct call *c, const char *domain_id)
{
	const struct actor *a = &c->actor;
	return a->is_admin || a->scope == SCOPE_SYSTEM || str_eq(a->domain_id, domain_id);
}

const char *process_domain(const struct call *c)
{
	return c->actor.domain_id ? c->actor.domain_id : "";
}

static bool has_role(const struct call *c, const char *role)
{
	for (size_t i = 0; i < c->actor.role_count; i++) {
		if (str_eq(c->actor.roles[i], role))
			return true;
	}
	return false;
}

bool process_is_for(const struct call *c, const struct process_task_row *t,
		    const struct candidate_row *list, size_t n)
{
	if (t->open || may(c, "process.operate"))
		return true;
	for (size_t i = 0; i < n; i++) {
		if (str_eq(list[i].kind, "user") ? str_eq(list[i].who, c->actor.user_id)
						 : has_role(c, list[i].who))
			return true;
	}
	return false;
}

enum status process_may_take(struct call *c, const struct process_task_row *t, const char **behalf)
{
	struct candidate_row *list = NULL;
	size_t n = 0;
	if (process_is_for(c, t, NULL, 0))
		return ST_OK;
	enum status st = candidate_list(c, t->instance_id, t->execution, &list, &n);
	if (st || process_is_for(c, t, list, n))
		return st;
	st = process_deputy_of(c, t, list, n, behalf);
	return st || *behalf ? st
			     : fail(c, ST_FORBIDDEN, NULL, "task %lld-%lld is not yours to take",
				    (long long)t->instance_id, (long long)t->execution);
}

/* -- commands that were given before -- */

enum status once_find_as(struct call *c, const char *key, const char *what, bool *found,
			 const struct field *shape, void *out)
{
	struct command_row row = { 0 };
	bool fresh = false;
	*found = false;
	if (!key || !c->actor.user_id)
		return ST_OK;
	const char *digest = sm3_text(c->arena, what, strlen(what));
	enum status st = command_claim(c, c->actor.user_id, key, digest, &fresh);
	if (!st && !fresh)
		st = command_get(c, c->actor.user_id, key, &row);
	if (st == ST_NOT_FOUND)
		return fail(c, ST_INTERNAL, NULL, "a command was kept without its answer");
	if (st || fresh)
		return st;
	if (!str_eq(row.what, digest))
		return fail(c, ST_CONFLICT, "Idempotency-Key",
			    "this key belongs to another command");
	*found = true;
	return shape_read_own(c, shape, row.answer, out);
}

enum status once_find(struct call *c, const char *key, const char *what, bool *found,
		      struct process_result *out)
{
	return once_find_as(c, key, what, found, process_result_wire, out);
}

enum status once_keep_as(struct call *c, const char *key, const struct field *shape,
			 const void *out)
{
	if (!key || !c->actor.user_id)
		return ST_OK;
	return answer_put(c, c->actor.user_id, key, shape_text(c, shape, out));
}

enum status once_keep(struct call *c, const char *key, const struct process_result *out)
{
	return once_keep_as(c, key, process_result_wire, out);
}

void result_of(const struct process_run *run, struct process_result *out)
{
	audit_subject(run->c, "process",
		      arena_printf(run->c->arena, "%lld", (long long)run->row.id));
	*out = (struct process_result){ .instance_id = run->row.id,
					.state = run->row.state,
					.number = run->row.number,
					.outcome = "done" };
}

const char *process_what(struct call *c, const char *command, int64_t instance, int64_t execution,
			 const char *more, const char *variables)
{
	return arena_printf(c->arena, "%s %lld %lld %s %s", command, (long long)instance,
			    (long long)execution, more ? more : "", variables ? variables : "");
}

/* -- starting -- */

enum status process_begin(struct call *c, const struct process_definition_row *d, const char *event,
			  const char *business_key, const json_t *variables, const char *by,
			  struct process_result *out)
{
	struct process_run run;
	enum status st = run_new(c, d, business_key, by, &run);
	if (st)
		return st;
	json_t *in = json_pack("{s:s}", "process", d->key);
	if (event)
		json_object_set_new(in, "event", json_string(event));
	if (variables && json_object_size(variables))
		json_object_set(in, "variables", (json_t *)variables);
	st = run_apply(&run, "start", in);
	if (st == ST_CONFLICT)
		st = fail(c, st, "key", "process %s is started by events only", d->key);
	else if (st == ST_NOT_FOUND)
		st = fail(c, ST_INTERNAL, NULL, "the model has no process %s", d->key);
	if (!st)
		st = run_close(&run, "start", in);
	json_decref(in);
	if (!st)
		result_of(&run, out);
	return st;
}

enum status process_start_prepare(struct call *c, void *in_)
{
	struct process_start *in = in_;
	return variables_parse(c, in->variables, &in->given);
}

enum status process_command_prepare(struct call *c, void *in_)
{
	struct process_command *in = in_;
	return variables_parse(c, in->variables, &in->given);
}

enum status process_start(struct call *c, const struct process_start *in,
			  struct process_result *out)
{
	struct process_definition_row d = { 0 };
	bool found = false;
	const char *what = process_what(c, "start", in->version, 0,
					arena_printf(c->arena, "%s %s", in->key,
						     in->business_key ? in->business_key : ""),
					in->variables);
	json_t *variables = in->given;
	enum status st = variables ? ST_OK : variables_parse(c, in->variables, &variables);
	if (!st)
		st = once_find(c, in->idempotency_key, what, &found, out);
	if (st || found)
		return st;
	st = definition_near(c, process_domain(c), "bpmn", in->key, in->version, &d);
	if (st == ST_NOT_FOUND)
		return fail(c, st, "key", "there is no process %s", in->key);
	if (!st && !str_eq(d.state, "active"))
		return fail(c, ST_CONFLICT, "key", "version %lld of process %s is suspended",
			    (long long)d.version, d.key);
	if (!st)
		st = process_form_start(c, &d, variables, &variables);
	if (!st)
		st = process_begin(c, &d, NULL, in->business_key, variables, c->actor.user_id, out);
	return st ? st : once_keep(c, in->idempotency_key, out);
}

/* -- commands of an instance -- */

enum status process_inside(struct call *c, int64_t instance, const char *command, json_t *in)
{
	struct process_run run;
	enum status st = run_open(c, instance, true, &run);
	if (!st)
		st = run_apply(&run, command, in);
	return st ? st : run_close(&run, command, in);
}

static enum status refused(struct call *c, enum status st, const char *command,
			   const struct process_run *run, int64_t execution)
{
	if (st == ST_NOT_FOUND)
		return fail(c, st, NULL, "instance %lld has nothing of number %lld",
			    (long long)run->row.id, (long long)execution);
	if (st == ST_CONFLICT && str_eq(run->row.state, "suspended"))
		return fail(c, st, NULL, "instance %lld is suspended", (long long)run->row.id);
	if (st == ST_CONFLICT)
		return fail(c, st, NULL, "execution %lld of instance %lld does not wait for '%s'",
			    (long long)execution, (long long)run->row.id, command);
	return st;
}

/* With the rules done: the command once, or the answer that it had before. */
enum status process_command_once(struct call *c, const char *command, struct process_run *run,
				 int64_t execution, const char *key, json_t *in,
				 struct process_result *out)
{
	enum status st = refused(c, run_apply(run, command, in), command, run, execution);
	if (!st)
		st = run_close(run, command, in);
	if (st)
		return st;
	result_of(run, out);
	return once_keep(c, key, out);
}

json_t *process_input(struct call *c, const struct process_command *in, json_t *variables)
{
	json_t *o = keep_json(c->arena, json_object());
	if (in->execution)
		json_object_set_new(o, "execution", json_integer(in->execution));
	if (variables && json_object_size(variables))
		json_object_set(o, "variables", variables);
	if (in->code)
		json_object_set_new(o, "code", json_string(in->code));
	if (in->reason)
		json_object_set_new(o, "reason", json_string(in->reason));
	if (in->local)
		json_object_set_new(o, "local", json_true());
	return o;
}

/* A command by whoever may operate: the route has asked for the permission. */
static enum status operate(struct call *c, const char *command, const struct process_command *in,
			   struct process_result *out)
{
	struct process_run run;
	bool found = false;
	const char *what =
		process_what(c, command, in->instance_id, in->execution, in->reason, in->variables);
	json_t *variables = in->given;
	enum status st = variables ? ST_OK : variables_parse(c, in->variables, &variables);
	if (!st)
		st = once_find(c, in->idempotency_key, what, &found, out);
	if (st || found)
		return st;
	st = run_open(c, in->instance_id, false, &run);
	if (st)
		return st;
	bool suspended = str_eq(run.row.state, "suspended");
	if (str_eq(command, "suspend") && suspended)
		return fail(c, ST_CONFLICT, NULL, "instance %lld is suspended already",
			    (long long)in->instance_id);
	if (str_eq(command, "resume") && !suspended)
		return fail(c, ST_CONFLICT, NULL, "instance %lld is not suspended",
			    (long long)in->instance_id);
	if (suspended && (str_eq(command, "retry") || str_eq(command, "skip")))
		return refused(c, ST_CONFLICT, command, &run, in->execution);
	return process_command_once(c, command, &run, in->execution, in->idempotency_key,
				    process_input(c, in, variables), out);
}

enum status process_cancel(struct call *c, const struct process_command *in,
			   struct process_result *out)
{
	return operate(c, "cancel", in, out);
}

enum status process_suspend(struct call *c, const struct process_command *in,
			    struct process_result *out)
{
	return operate(c, "suspend", in, out);
}

enum status process_resume(struct call *c, const struct process_command *in,
			   struct process_result *out)
{
	return operate(c, "resume", in, out);
}

enum status process_set(struct call *c, const struct process_command *in,
			struct process_result *out)
{
	return operate(c, "set", in, out);
}

enum status process_retry(struct call *c, const struct process_command *in,
			  struct process_result *out)
{
	return operate(c, "retry", in, out);
}

enum status process_skip(struct call *c, const struct process_command *in,
			 struct process_result *out)
{
	return operate(c, "skip", in, out);
}

/* -- tasks -- */

bool process_place(struct call *c, const char *name, int64_t *instance, int64_t *execution)
{
	const char *dash = strchr(name, '-');
	return dash && int_parse(arena_strndup(c->arena, name, (size_t)(dash - name)), instance) &&
	       int_parse(dash + 1, execution);
}

enum status process_task_find(struct call *c, const struct process_command *in,
			      struct process_task_row *t)
{
	int64_t instance = in->instance_id, execution = in->execution;
	if (in->task && !process_place(c, in->task, &instance, &execution))
		return fail(c, ST_NOT_FOUND, "task", "there is no task %s", in->task);
	enum status st = task_get(c, instance, execution, t);
	if (st == ST_NOT_FOUND || (!st && !process_reaches(c, t->domain_id)))
		return fail(c, ST_NOT_FOUND, "task", "there is no task %lld-%lld",
			    (long long)instance, (long long)execution);
	return st;
}

/* Gives the task to somebody or back: a row and an entry of the log, the state stays. */
enum status process_give(struct call *c, const struct process_task_row *t, const char *user,
			 const char *why, const char *behalf, struct process_result *out)
{
	struct process_run run;
	enum status st = run_open(c, t->instance_id, false, &run);
	if (st)
		return st;
	if (str_eq(run.row.state, "suspended"))
		return refused(c, ST_CONFLICT, "assign", &run, t->execution);
	json_t *in = json_pack("{s:I, s:s?}", "execution", (json_int_t)t->execution, "user", user);
	if (why)
		json_object_set_new(in, "reason", json_string(why));
	if (behalf)
		json_object_set_new(in, "behalf", json_string(behalf));
	keep_json(c->arena, in);
	st = run_close(&run, "assign", in);
	if (!st)
		st = task_assign(c, t->instance_id, t->execution, user);
	if (!st)
		result_of(&run, out);
	return st;
}

enum status process_task_once(struct call *c, const char *command, const struct process_command *in,
			      const char *more, struct process_task_row *t, bool *found,
			      struct process_result *out)
{
	const char *what = process_what(c, command, in->instance_id, in->execution, in->task, more);
	enum status st = once_find(c, in->idempotency_key, what, found, out);
	return st || *found ? st : process_task_find(c, in, t);
}

enum status process_claim(struct call *c, const struct process_command *in,
			  struct process_result *out)
{
	struct process_task_row t = { 0 };
	bool found = false;
	const char *behalf = NULL;
	enum status st = process_task_once(c, "claim", in, NULL, &t, &found, out);
	if (!st && !found)
		st = process_may_take(c, &t, &behalf);
	if (st || found)
		return st;
	if (str_eq(t.phase, "panel"))
		return fail(c, ST_CONFLICT, "task", "a panel is nobody's to take");
	if (t.assignee)
		return fail(c, ST_CONFLICT, "task", "task %lld-%lld is taken%s",
			    (long long)t.instance_id, (long long)t.execution,
			    str_eq(t.assignee, c->actor.user_id) ? " by you" : "");
	/* A deputy takes it for the one whose task it would be. */
	st = process_give(c, &t, behalf ? behalf : c->actor.user_id, NULL, behalf, out);
	return st ? st : once_keep(c, in->idempotency_key, out);
}

enum status process_unclaim(struct call *c, const struct process_command *in,
			    struct process_result *out)
{
	struct process_task_row t = { 0 };
	bool found = false;
	enum status st = process_task_once(c, "unclaim", in, NULL, &t, &found, out);
	if (st || found)
		return st;
	if (!t.assignee)
		return fail(c, ST_CONFLICT, "task", "nobody has taken task %lld-%lld",
			    (long long)t.instance_id, (long long)t.execution);
	if (sign_kind(t.phase))
		return fail(c, ST_CONFLICT, "task", "one of several who sign cannot give it back");
	if (!str_eq(t.assignee, c->actor.user_id) && !may(c, "process.operate"))
		return fail(c, ST_FORBIDDEN, "task", "somebody else has taken task %lld-%lld",
			    (long long)t.instance_id, (long long)t.execution);
	st = process_give(c, &t, NULL, NULL, NULL, out);
	return st ? st : once_keep(c, in->idempotency_key, out);
}

enum status process_assign(struct call *c, const struct process_command *in,
			   struct process_result *out)
{
	struct process_task_row t = { 0 };
	bool found = false;
	enum status st = process_task_once(c, "assign", in, in->user_id, &t, &found, out);
	if (st || found)
		return st;
	if (str_eq(t.phase, "panel") || str_eq(t.phase, "done"))
		return fail(c, ST_CONFLICT, "task", "task %s is nobody's to do any more", in->task);
	st = process_give(c, &t, in->user_id, NULL, NULL, out);
	return st ? st : once_keep(c, in->idempotency_key, out);
}
