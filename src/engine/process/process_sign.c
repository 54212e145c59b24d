/* SPDX-License-Identifier: Apache-2.0 */
/* Signing as the log does it: parts of tasks opened, voted in, taken away, and what follows. Nothing here
 * asks who may; everything follows from the state and what the command was given. */
#include "engine/process/process_sign.h"

/* --- what stands at a task --- */

static const json_t *part_of(const struct process_run *run, int64_t execution)
{
	return flow_local(run->world, execution, "flow:part");
}

static const char *text_at(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

const char *sign_phase(const json_t *locals)
{
	static const char *const words[] = { "held",  "done",     "panel",       "before",
					     "after", "parallel", "participant", NULL };
	const char *kind = text_at(json_object_get(locals, "flow:part"), "kind");
	const char *phase = kind ? kind : text_at(locals, "flow:phase");
	size_t i = 0;

	/* A word of ours, for the state's own goes when it changes. */
	while (words[i] && !str_eq(words[i], phase))
		i++;
	return words[i] ? words[i] : "open";
}

bool sign_kind(const char *phase)
{
	return str_eq(phase, "before") || str_eq(phase, "after") || str_eq(phase, "parallel") ||
	       str_eq(phase, "participant");
}

const char *sign_part_user(const struct process_run *run, int64_t execution)
{
	return text_at(part_of(run, execution), "user");
}

int64_t sign_task_of(const struct process_run *run, int64_t execution)
{
	const json_t *part = part_of(run, execution);

	return part ? json_integer_value(json_object_get(part, "of")) : execution;
}

struct gathering {
	const struct process_run *run;
	int64_t task;
	struct sign_part *list;
	size_t count;
};

static void add_part(struct gathering *g, struct sign_part p)
{
	if (g->count < 2 * PANEL_MAX)
		g->list[g->count++] = p;
}

static void see_part(void *who, const struct flow_view *v)
{
	struct gathering *g = who;
	const json_t *part = json_object_get(v->variables, "flow:part");

	if (v->is_part && v->waits && v->parent == g->task && part)
		add_part(g, (struct sign_part){ v->id, text_at(part, "user"), text_at(part, "kind"),
						text_at(part, "by") });
}

struct sign_part *sign_parts(const struct process_run *run, int64_t task, size_t *n)
{
	struct gathering g = { .run = run, .task = task };
	const json_t *after = flow_local(run->world, task, "flow:after"), *one;
	size_t i;

	g.list = arena_array(run->c->arena, 2 * PANEL_MAX, sizeof *g.list);
	flow_walk(run->world, see_part, &g);
	json_array_foreach((json_t *)after, i, one) add_part(
		&g, (struct sign_part){ 0, text_at(one, "user"), "after", text_at(one, "by") });
	*n = g.count;
	return g.list;
}

bool sign_is_last(const struct process_run *run, int64_t task)
{
	size_t n = 0;

	(void)sign_parts(run, task, &n);
	return !n;
}

/* --- changing it --- */

static enum status put_local(struct process_run *run, int64_t at, const char *name, json_t *value)
{
	json_t *o = json_pack("{s:o}", name, value);
	enum status st = flow_set(run->world, at, o, true);

	json_decref(o);
	return st;
}

static enum status open_part(struct process_run *run, int64_t task, const char *user,
			     const char *kind, const char *by)
{
	json_t *locals = json_pack("{s:{s:I, s:s, s:s, s:s?}}", "flow:part", "of", (json_int_t)task,
				   "user", user, "kind", kind, "by", by);
	int64_t made = 0;
	enum status st = flow_part(run->world, task, locals, &made);

	json_decref(locals);
	return st;
}

static enum status set_phase(struct process_run *run, int64_t task, const char *phase)
{
	return put_local(run, task, "flow:phase", phase ? json_string(phase) : json_null());
}

static size_t count_kind(const struct sign_part *list, size_t n, const char *kind)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += str_eq(list[i].kind, kind);
	return k;
}

/* --- how it goes on --- */

/* All have signed: the task ends, or goes back to the one that returned it. */
static enum status leave(struct process_run *run, int64_t task, const json_t *variables)
{
	size_t n = 0;
	const struct sign_part *list = sign_parts(run, task, &n);
	const char *back = json_string_value(flow_local(run->world, task, "flow:resume"));
	enum status st = set_phase(run, task, NULL);

	for (size_t i = 0; i < n && !st; i++)
		st = list[i].execution ? flow_drop(run->world, list[i].execution) : ST_OK;
	if (st)
		return st;
	return back ? flow_move(run->world, task, back, false, variables)
		    : flow_complete(run->world, task, variables);
}

static const struct process_panel *panel_of(const struct process_run *run, int64_t task)
{
	const struct bpmn_element *e = flow_element(run->world, task);
	const struct process_node *n = e ? node_of(run, e) : NULL;

	return n ? n->panel : NULL;
}

/* Counts the votes and leaves when they decide. */
static enum status judge(struct process_run *run, int64_t task)
{
	const struct process_panel *p = panel_of(run, task);
	json_t *votes = flow_local(run->world, task, "flow:votes"), *v;
	struct panel_count n = { 0 };
	size_t open = 0, i;

	if (!p)
		return ST_INTERNAL;
	(void)sign_parts(run, task, &open);
	n.open = (int64_t)open;
	json_array_foreach(votes, i, v)
	{
		const char *verdict = text_at(v, "verdict");
		n.approve += str_eq(verdict, "approve");
		n.reject += str_eq(verdict, "reject");
		n.abstain += str_eq(verdict, "abstain");
	}
	enum panel_verdict is = process_panel_judge(p, &n);
	if (is == PANEL_OPEN)
		return ST_OK;
	json_int_t total = n.approve + n.reject + n.abstain + n.open;
	json_t *outcome = json_pack("{s:{s:s, s:I, s:I, s:I, s:I, s:O?}}", p->outcome, "result",
				    is == PANEL_PASSED ? "passed" : "rejected", "approve",
				    (json_int_t)n.approve, "reject", (json_int_t)n.reject,
				    "abstain", (json_int_t)n.abstain, "total", total, "votes",
				    votes);
	enum status st = leave(run, task, outcome);
	json_decref(outcome);
	return st;
}

/* The task is done: who signs after it gets their parts now. */
static enum status open_after(struct process_run *run, int64_t task)
{
	json_t *after = json_incref(flow_local(run->world, task, "flow:after")), *one;
	enum status st = put_local(run, task, "flow:after", json_array());
	size_t i;

	json_array_foreach(after, i, one)
	{
		if (!st)
			st = open_part(run, task, text_at(one, "user"), "after",
				       text_at(one, "by"));
	}
	json_decref(after);
	return st;
}

/* After a part is gone. */
static enum status settle(struct process_run *run, int64_t task)
{
	const char *phase = json_string_value(flow_local(run->world, task, "flow:phase"));
	size_t n = 0;
	const struct sign_part *list = sign_parts(run, task, &n);

	if (str_eq(phase, "panel"))
		return judge(run, task);
	if (str_eq(phase, "held") && !count_kind(list, n, "before"))
		return set_phase(run, task, NULL);
	if (!str_eq(phase, "done"))
		return ST_OK;
	if (!n)
		return leave(run, task, NULL);
	return n == json_array_size(flow_local(run->world, task, "flow:after"))
		       ? open_after(run, task)
		       : ST_OK;
}

/* --- the commands --- */

static enum status add_after(struct process_run *run, int64_t task, const char *user,
			     const char *by)
{
	const json_t *was = flow_local(run->world, task, "flow:after");
	json_t *list = json_is_array(was) ? json_copy((json_t *)was) : json_array();

	json_array_append_new(list, json_pack("{s:s, s:s?}", "user", user, "by", by));
	return put_local(run, task, "flow:after", list);
}

static enum status apply_sign(struct process_run *run, int64_t task, const json_t *in)
{
	const char *kind = text_at(in, "kind"), *by = text_at(in, "user");
	enum status st = ST_OK;
	size_t i;
	json_t *user;

	json_array_foreach(json_object_get(in, "users"), i, user)
	{
		const char *who = json_string_value(user);
		if (!st && (!who || !kind))
			st = ST_INTERNAL;
		if (!st)
			st = str_eq(kind, "after") ? add_after(run, task, who, by)
						   : open_part(run, task, who, kind, by);
	}
	return !st && str_eq(kind, "before") ? set_phase(run, task, "held") : st;
}

/* A part is taken away; or, of those who sign after the task, the one of this name. */
static enum status apply_unsign(struct process_run *run, int64_t task, const json_t *in)
{
	const char *user = text_at(in, "user");
	int64_t part = json_integer_value(json_object_get(in, "part"));
	const json_t *after = flow_local(run->world, task, "flow:after"), *one;
	enum status st;
	size_t i;

	if (part) {
		st = flow_drop(run->world, part);
	} else {
		json_t *left = json_array();
		json_array_foreach((json_t *)after, i, one)
		{
			if (!str_eq(text_at(one, "user"), user))
				json_array_append(left, (json_t *)one);
		}
		st = put_local(run, task, "flow:after", left);
	}
	return st ? st : settle(run, task);
}

static enum status apply_vote(struct process_run *run, int64_t part, const json_t *in)
{
	const json_t *said = part_of(run, part);
	int64_t task = sign_task_of(run, part);
	const json_t *was = flow_local(run->world, task, "flow:votes");

	if (!said)
		return ST_CONFLICT;
	json_t *votes = json_is_array(was) ? json_copy((json_t *)was) : json_array();
	json_array_append_new(votes,
			      json_pack("{s:s?, s:s?, s:s?, s:s?}", "user", text_at(in, "user"),
					"kind", text_at(said, "kind"), "verdict",
					text_at(in, "verdict"), "opinion", text_at(in, "opinion")));
	enum status st = put_local(run, task, "flow:votes", votes);
	if (!st)
		st = flow_complete(run->world, part, NULL);
	return st ? st : settle(run, task);
}

/* Whoever has the task is done with it, and others still sign. */
static enum status apply_finish(struct process_run *run, int64_t task, const json_t *in)
{
	enum status st = flow_set(run->world, task, json_object_get(in, "variables"), false);

	if (!st)
		st = set_phase(run, task, "done");
	return st ? st : settle(run, task);
}

/* What followed is cancelled, and the task is there again. */
static enum status apply_withdraw(struct process_run *run, int64_t first, const json_t *in)
{
	enum status st = ST_OK;
	size_t i;
	json_t *one;

	json_array_foreach(json_object_get(in, "others"), i, one)
	{
		if (!st)
			st = flow_drop(run->world, json_integer_value(one));
	}
	return st ? st : flow_move(run->world, first, text_at(in, "node"), false, NULL);
}

static const struct {
	const char *command;
	enum status (*apply)(struct process_run *run, int64_t execution, const json_t *in);
} commands[] = {
	{ "sign", apply_sign },     { "unsign", apply_unsign },     { "vote", apply_vote },
	{ "finish", apply_finish }, { "withdraw", apply_withdraw },
};
enum { COMMANDS = sizeof commands / sizeof *commands };

bool sign_knows(const char *command)
{
	size_t i = 0;

	while (i < COMMANDS && !str_eq(commands[i].command, command))
		i++;
	return i < COMMANDS;
}

enum status sign_apply(struct process_run *run, const char *command, const json_t *in)
{
	int64_t execution = json_integer_value(json_object_get(in, "execution"));

	for (size_t i = 0; i < COMMANDS; i++) {
		if (str_eq(commands[i].command, command))
			return commands[i].apply(run, execution, in);
	}
	return ST_INTERNAL;
}

/* --- panels that are reached --- */

struct reached {
	const struct process_run *run;
	int64_t ids[PANEL_MAX];
	size_t count;
};

static void see_reached(void *who, const struct flow_view *v)
{
	struct reached *r = who;
	const struct process_node *n = v->kind == BPMN_USER_TASK && v->waits && !v->is_part &&
						       !v->is_body
					       ? node_of(r->run, v->element)
					       : NULL;

	if (n && n->panel && !text_at(v->variables, "flow:phase") && r->count < PANEL_MAX)
		r->ids[r->count++] = v->id;
}

static enum status open_panel(struct process_run *run, int64_t task)
{
	const struct process_panel *p = panel_of(run, task);
	struct words who = node_words(run, task, p->participants, p->participants_text);
	size_t made = 0;
	enum status st = who.count > PANEL_MAX ? ST_OK : set_phase(run, task, "panel");

	if (!st)
		st = put_local(run, task, "flow:votes", json_array());
	for (size_t i = 0; i < who.count && who.count <= PANEL_MAX && !st; i++) {
		bool again = !*who.list[i];
		for (size_t k = 0; k < i; k++)
			again |= str_eq(who.list[k], who.list[i]);
		if (!again)
			st = open_part(run, task, who.list[i], "participant", NULL);
		made += !again;
	}
	if (st || made)
		return st;
	st = set_phase(run, task, NULL);
	return st ? st
		  : flow_fail(run->world, task,
			      who.count ? "the panel has more than 200 participants"
					: "the panel has no participants");
}

enum status sign_open(struct process_run *run)
{
	bool judges = false;
	enum status st = ST_OK;

	for (size_t i = 0; i < run->life->program_count; i++)
		judges |= run->life->programs[i]->judges;
	if (!judges)
		return ST_OK;
	/* Again while there may be more than were counted. */
	for (struct reached r = { .run = run, .count = PANEL_MAX }; !st && r.count == PANEL_MAX;) {
		r.count = 0;
		flow_walk(run->world, see_reached, &r);
		for (size_t i = 0; i < r.count && !st; i++)
			st = open_panel(run, r.ids[i]);
	}
	return st;
}
