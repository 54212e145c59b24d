/* SPDX-License-Identifier: Apache-2.0 */
/* One command of one instance: its state is brought to life in a world of its own, the command runs to
 * rest, and what became of it is written. What others ask for (tasks, timers, waits, jobs, incidents) are
 * facts of the state; only those that differ from before are written. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include "engine/process/process_opinion.h"
#include "engine/process/process_sign.h"

/* -- the world -- */

static bool runs(const struct run_life *life, int64_t model_id)
{
	for (size_t i = 0; i < life->program_count; i++) {
		if (life->programs[i]->model_id == model_id)
			return true;
	}
	return false;
}

const struct process_node *node_of(const struct process_run *run, const struct bpmn_element *e)
{
	const struct run_life *life = run->life;
	for (size_t i = 0; e && i < life->program_count; i++) {
		if (life->programs[i]->model == e->model)
			return &life->programs[i]->nodes[e->index];
	}
	return NULL;
}

static void throw_out(struct process_run *run, const struct flow_event *v, const char *kind)
{
	struct call *c = run->c;
	const struct process_node *n = node_of(run, v->element);
	struct thrown *t = arena_alloc(c->arena, sizeof(*t));
	json_t *body = json_object();
	struct words names = n && n->payload ? words_split(c->arena, n->payload, ' ')
					     : (struct words){ 0 };
	for (size_t i = 0; i < names.count; i++) {
		json_t *value = flow_get(run->world, v->execution, names.list[i]);
		if (value)
			json_object_set(body, names.list[i], value);
	}
	*t = (struct thrown){ .kind = kind,
			      .name = arena_strdup(c->arena, v->name ? v->name : ""),
			      .business_key = run->row.business_key,
			      .body = json_tree_text(c->arena, body) };
	if (n && n->key) {
		struct words key = node_words(run, v->execution, n->key, NULL);
		t->business_key = key.count ? key.list[0] : NULL;
	}
	json_decref(body);
	*run->thrown_tail = t;
	run->thrown_tail = &t->next;
}

/* What happened, for the log: [what, execution, node, name, text], short for what is not there. */
static void told(void *who, const struct flow_event *v)
{
	static const char *const words[] = { "started",   "ended", "entered",    "left",
					     "cancelled", "work",  "task",       "message",
					     "signal",    "error", "escalation", "incident" };
	struct process_run *run = who;
	struct json_out j = json_to(&run->events);
	if (run->event_count++)
		buf_char(&run->events, ',');
	json_array_begin(&j);
	json_str(&j, words[v->kind]);
	json_int(&j, v->execution);
	json_str(&j, v->element && v->element->id ? v->element->id : "");
	if (v->name || v->text)
		json_str(&j, v->name ? v->name : "");
	if (v->text)
		json_str(&j, v->text);
	json_array_end(&j);
	if (v->kind == FLOW_MESSAGE || v->kind == FLOW_SIGNAL)
		throw_out(run, v, v->kind == FLOW_MESSAGE ? "message" : "signal");
}

enum status run_bring(struct process_run *run, int64_t model_id)
{
	struct process_program *p = NULL;
	if (runs(run->life, model_id))
		return ST_OK;
	if (run->life->program_count == RUN_PROGRAMS_MAX)
		return fail(run->c, ST_LIMIT, NULL, "an instance runs in at most %d models",
			    RUN_PROGRAMS_MAX);
	enum status st = process_program_take(run->c, model_id, &p);
	if (st)
		return st;
	run->life->programs[run->life->program_count++] = p;
	flow_know(run->world, p->flow, model_id);
	return ST_OK;
}

/* A called process: in a replay the model that it was then, else the newest of the department. */
static struct flow_program *bring(void *bringer, const char *process, int64_t *number)
{
	struct process_run *run = bringer;
	struct process_definition_row d = { 0 };
	struct process_program *p = NULL;
	enum status st = ST_NOT_FOUND;
	if (run->replays) {
		*number = json_integer_value(json_object_get(run->brought, process));
		st = *number ? ST_OK : ST_NOT_FOUND;
	} else {
		st = definition_near(run->c, run->row.domain_id, "bpmn", process, 0, &d);
		*number = d.model_id;
	}
	if (st || run_bring(run, *number))
		return NULL;
	json_object_set_new(run->brought, process, json_integer(*number));
	for (size_t i = 0; i < run->life->program_count && !p; i++) {
		if (run->life->programs[i]->model_id == *number)
			p = run->life->programs[i];
	}
	return p ? p->flow : NULL;
}

/* The life goes when the call does, for in an act nobody knows whether it will be committed. */
static void attend(struct process_run *run)
{
	arena_defer(run->c->arena, life_give, run->life);
	run->events = (struct buf){ .arena = run->c->arena };
	run->thrown_tail = &run->thrown;
	run->brought = keep_json(run->c->arena, json_object());
}

void run_world(struct process_run *run)
{
	struct flow_settings settings = { .language = &flow_feel,
					  .tell = told,
					  .who = run,
					  .bring = bring,
					  .bringer = run,
					  .shares = true };
	run->life = life_new();
	run->world = run->life->world = flow_world_new(&settings);
	attend(run);
}

enum status run_load(struct process_run *run, const char *body)
{
	json_t *saved = json_loads(body, 0, NULL), *number;
	size_t n;
	enum status st = saved ? ST_OK : ST_BAD_INPUT;
	json_array_foreach(json_object_get(saved, "programs"), n, number)
	{
		if (!st)
			st = run_bring(run, json_integer_value(number));
	}
	if (!st)
		st = flow_load(run->world, saved);
	json_decref(saved);
	return st ? fail(run->c, ST_INTERNAL, NULL, "instance %lld cannot be read",
			 (long long)run->row.id)
		  : ST_OK;
}

json_t *run_body(const struct process_run *run)
{
	json_t *body = flow_save(run->world, 1), *numbers = json_array();
	assert(body);
	for (size_t i = 0; i < run->life->program_count; i++)
		json_array_append_new(numbers, json_integer(run->life->programs[i]->model_id));
	json_object_set_new(body, "programs", numbers);
	return body;
}

/* -- facts -- */

struct gather {
	const struct process_run *run;
	struct facts facts;
};

static void gather_one(struct gather *g, struct fact f)
{
	struct arena *a = g->run->c->arena;
	struct facts *all = &g->facts;
	if (all->count == all->room) {
		size_t room = all->room ? 2 * all->room : 8;
		all->list = arena_grow(a, all->list, all->room * sizeof(f), room * sizeof(f));
		all->room = room;
	}
	f.node = f.element && f.element->id ? f.element->id : "";
	f.text = arena_strdup(a, f.text);
	all->list[all->count++] = f;
}

static void see(void *who, const struct flow_view *v)
{
	struct gather *g = who;
	struct fact f = { .number = v->id, .execution = v->id, .element = v->element };
	if (v->is_incident) {
		f.kind = FACT_INCIDENT;
		f.text = v->failure ? v->failure : "";
	} else if (v->is_async || v->is_work) {
		f.kind = FACT_JOB;
		f.word = v->is_async ? "async" : "work";
	} else if (v->kind == BPMN_USER_TASK && v->waits) {
		f.kind = FACT_TASK;
		f.word = sign_phase(v->variables);
	} else {
		return;
	}
	gather_one(g, f);
}

static void see_wait(void *who, const struct flow_wait_view *v)
{
	struct gather *g = who;
	struct fact f = { .number = v->id, .execution = v->execution, .element = v->element };
	if (v->kind == BPMN_TIMER_DEFINITION) {
		f.kind = FACT_TIMER;
		f.due_at = v->due_at;
	} else if (v->kind == BPMN_SIGNAL_DEFINITION || v->kind == BPMN_MESSAGE_DEFINITION ||
		   v->kind == BPMN_RECEIVE_TASK) {
		f.kind = FACT_WAIT;
		f.word = v->kind == BPMN_SIGNAL_DEFINITION ? "signal" : "message";
		f.text = v->name;
		f.key = g->run->row.business_key;
	} else {
		return;
	}
	gather_one(g, f);
}

int fact_compare(const struct fact *a, const struct fact *b)
{
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int compare(const void *a, const void *b)
{
	return fact_compare(a, b);
}

/* Whether the row of 'a' may stay for 'b'. */
bool fact_same(const struct fact *a, const struct fact *b)
{
	return fact_compare(a, b) == 0 && a->due_at == b->due_at && str_eq(a->node, b->node) &&
	       (a->text == b->text || str_eq(a->text, b->text)) &&
	       (a->kind == FACT_TASK || a->word == b->word || str_eq(a->word, b->word));
}

struct facts facts_of(const struct process_run *run)
{
	struct gather g = { .run = run };
	flow_walk(run->world, see, &g);
	flow_waits(run->world, see_wait, &g);
	if (g.facts.count > 1)
		qsort(g.facts.list, g.facts.count, sizeof(*g.facts.list), compare);
	return g.facts;
}

/* A task that stays whose it is, in another phase of its signing. */
static enum status turn(struct process_run *run, const struct fact *was, const struct fact *is)
{
	if (is->kind != FACT_TASK || str_eq(was->word, is->word))
		return ST_OK;
	return task_phase(run->c, run->row.id, is->number, is->word);
}

static enum status write_facts(struct process_run *run)
{
	const struct facts *was = &run->before, *is = &run->after;
	enum status st = ST_OK;
	/* What is gone goes first, for a row that changed has the same key. */
	for (size_t i = 0, j = 0; i < was->count && !st; i++) {
		while (j < is->count && fact_compare(&is->list[j], &was->list[i]) < 0)
			j++;
		if (j == is->count || !fact_same(&was->list[i], &is->list[j]))
			st = fact_drop(run, &was->list[i]);
	}
	for (size_t i = 0, j = 0; i < is->count && !st; i++) {
		while (j < was->count && fact_compare(&was->list[j], &is->list[i]) < 0)
			j++;
		if (j == was->count || !fact_same(&is->list[i], &was->list[j]))
			st = fact_write(run, &is->list[i]);
		else
			st = turn(run, &was->list[j], &is->list[i]);
	}
	return st;
}

/* -- opening, doing, closing -- */

/* The world is what stands in the row, from now on and until a command is begun. */
static void life_is(struct process_run *run)
{
	const struct process_row *r = &run->row;
	run->life->instance_id = r->body ? r->id : 0;
	run->life->size = r->body ? strlen(r->body) : 0;
	snprintf(run->life->hash, sizeof(run->life->hash), "%s", r->body ? r->hash : "");
}

enum status run_open(struct call *c, int64_t id, bool any, struct process_run *run)
{
	*run = (struct process_run){ .c = c };
	enum status st = instance_get(c, id, &run->row);
	if (st == ST_NOT_FOUND || (!st && !any && !process_reaches(c, run->row.domain_id)))
		return fail(c, ST_NOT_FOUND, "instance_id", "there is no instance %lld",
			    (long long)id);
	if (st)
		return st;
	if (!run->row.body)
		return fail(c, ST_CONFLICT, "instance_id", "instance %lld has ended (%s)",
			    (long long)id, run->row.state);
	run->opened = run->row.number;
	run->life = life_take(id, run->row.hash);
	if (run->life) {
		run->world = run->life->world;
		flow_attend(run->world, run);
		attend(run);
	} else {
		run_world(run);
		st = run_load(run, run->row.body);
	}
	flow_set_clock(run->world, c->now_at);
	if (!st) {
		life_is(run);
		run->before = facts_of(run);
	}
	return st;
}

enum status run_new(struct call *c, const struct process_definition_row *d,
		    const char *business_key, const char *by, struct process_run *run)
{
	*run = (struct process_run){ .c = c };
	run->row =
		(struct process_row){ .definition_id = d->id,
				      .domain_id = *d->domain_id ? d->domain_id : process_domain(c),
				      .business_key = business_key,
				      .state = "running",
				      .started_by = by,
				      .started_at = c->now_at,
				      .hash = "",
				      .body = "{}",
				      .key = d->key,
				      .version = d->version,
				      .model_id = d->model_id };
	run_world(run);
	flow_set_clock(run->world, c->now_at);
	return run_bring(run, d->model_id);
}

static int64_t number_in(const json_t *in, const char *name)
{
	return json_integer_value(json_object_get(in, name));
}

static const char *text_in(const json_t *in, const char *name)
{
	return json_string_value(json_object_get(in, name));
}

static enum status apply(struct process_run *run, const char *command, const json_t *in)
{
	struct flow_world *w = run->world;
	int64_t e = number_in(in, "execution"), made = 0;
	const json_t *v = json_object_get(in, "variables");
	const char *key = run->row.business_key;
	run->life->hash[0] = '\0';
	if (str_eq(command, "start")) {
		const char *event = text_in(in, "event"), *process = text_in(in, "process");
		return event ? flow_start_at(w, process, event, key, v, &made)
			     : flow_start(w, process, key, v, &made);
	}
	if (str_eq(command, "complete"))
		return flow_complete(w, e, v);
	if (str_eq(command, "move") || str_eq(command, "comeback"))
		return flow_move(w, e, text_in(in, "node"),
				 json_is_true(json_object_get(in, "direct")), v);
	if (str_eq(command, "delegate") || str_eq(command, "resolve")) {
		json_t *owner = json_pack("{s:s?}", "flow:owner", text_in(in, "owner"));
		enum status st = flow_set(w, e, owner, true);
		json_decref(owner);
		return st || !v ? st : flow_set(w, e, v, false);
	}
	if (str_eq(command, "fail"))
		return flow_fail(w, e, text_in(in, "reason"));
	if (str_eq(command, "error"))
		return flow_throw_error(w, e, text_in(in, "code"), text_in(in, "reason"), v);
	if (str_eq(command, "retry"))
		return flow_retry(w, e);
	if (str_eq(command, "skip"))
		return flow_skip(w, e);
	if (str_eq(command, "set"))
		return flow_set(w, e ? e : 1, v, json_is_true(json_object_get(in, "local")));
	if (str_eq(command, "hear"))
		return flow_hear(w, number_in(in, "wait"), v);
	if (str_eq(command, "fire"))
		return flow_fire(w, number_in(in, "wait"));
	if (str_eq(command, "cancel") || str_eq(command, "void"))
		return flow_cancel(w, 1);
	if (str_eq(command, "suspend") || str_eq(command, "resume"))
		return flow_suspend(w, 1, str_eq(command, "suspend"));
	if (sign_knows(command))
		return sign_apply(run, command, in);
	/* A claim changes a task's row and nothing of the state, nor does what is said. */
	static const char *const quiet[] = { "assign", "urge", "comment", "attach", "detach" };
	for (size_t i = 0; i < sizeof quiet / sizeof *quiet; i++) {
		if (str_eq(command, quiet[i]))
			return ST_OK;
	}
	return ST_INTERNAL;
}

enum status run_apply(struct process_run *run, const char *command, const json_t *in)
{
	enum status st = apply(run, command, in);

	return st ? st : sign_open(run);
}

/* Its state and body from now on; one that has ended has none. */
static enum status take_body(struct process_run *run)
{
	static const char *const words[] = { "running",   "completed", "terminated",
					     "cancelled", "broken",    "failed" };
	struct process_row *r = &run->row;
	enum flow_outcome outcome = flow_outcome(run->world, 1);
	r->state = words[outcome];
	r->ended_at = outcome == FLOW_RUNNING ? 0 : run->c->now_at;
	r->body = NULL;
	if (r->ended_at)
		return ST_OK;
	json_t *body = run_body(run);
	if (json_integer_value(json_object_get(body, "suspended")))
		r->state = "suspended";
	r->body = json_tree_text(run->c->arena, body);
	json_decref(body);
	if (strlen(r->body) > PROCESS_BODY_MAX)
		return fail(run->c, ST_TOO_LARGE, "variables",
			    "the state of an instance has at most %d bytes", PROCESS_BODY_MAX);
	return ST_OK;
}

/* What was thrown goes out when this transaction is committed. */
static enum status throw_all(struct process_run *run)
{
	struct call *c = run->c;
	enum status st = ST_OK;
	for (const struct thrown *t = run->thrown; t && !st; t = t->next) {
		struct process_message_row m = { .domain_id = run->row.domain_id,
						 .kind = t->kind,
						 .name = t->name,
						 .business_key = t->business_key,
						 .body = t->body,
						 .thrown_by = run->row.id,
						 .state = "waiting",
						 .due_at = c->now_at,
						 .expires_at = c->now_at + PROCESS_REMEMBERED,
						 .created_at = c->now_at };
		st = message_put(c, &m);
	}
	return st;
}

static const char *log_data(struct process_run *run, json_t *in)
{
	struct buf b = { .arena = run->c->arena };
	buf_str(&b, "{\"in\":");
	json_tree(&b, in);
	if (json_object_size(run->brought)) {
		buf_str(&b, ",\"brought\":");
		json_tree(&b, run->brought);
	}
	buf_str(&b, ",\"events\":[");
	buf_str(&b, buf_text(&run->events));
	buf_str(&b, "]}");
	return buf_text(&b);
}

/* The next entry of the log, of which the instance's row knows from now on. */
static struct process_log_row next_entry(struct process_run *run, const char *command, json_t *in)
{
	struct call *c = run->c;
	struct process_row *r = &run->row;
	struct process_log_row l = { .instance_id = r->id,
				     .number = r->number + 1,
				     .at = c->now_at,
				     .actor = c->actor.user_id,
				     .command = command,
				     .data = log_data(run, in) };
	l.hash = log_hash(c->arena, r->number ? r->hash : log_seed(c->arena, r), &l);
	r->number = l.number;
	r->hash = l.hash;
	return l;
}

enum status run_log(struct process_run *run, const char *command, json_t *in)
{
	struct process_log_row l = next_entry(run, command, in);
	run->events = (struct buf){ .arena = run->c->arena };
	run->event_count = 0;
	json_object_clear(run->brought);
	return log_put(run->c, &l);
}

static enum status keep_opinion(struct process_run *run, const struct process_log_row *l,
				const json_t *in)
{
	struct process_opinion o;
	if (!process_opinion_of(l, in, &o))
		return ST_OK;
	for (size_t i = 0; i < run->before.count; i++) {
		const struct fact *f = &run->before.list[i];
		if (f->kind == FACT_TASK && f->number == o.execution)
			o.node = f->node;
	}
	return opinion_put(run->c, &o);
}

enum status run_close(struct process_run *run, const char *command, json_t *in)
{
	struct call *c = run->c;
	struct process_row *r = &run->row;
	enum status st = take_body(run);
	if (st)
		return st;
	run->after = facts_of(run);
	struct process_log_row l = next_entry(run, command, in);
	st = run->opened ? instance_write(c, r, run->opened) : instance_put(c, r);
	l.instance_id = r->id;
	if (!st)
		st = log_put(c, &l);
	if (!st)
		st = keep_opinion(run, &l, in);
	if (!st)
		st = write_facts(run);
	if (!st && !r->ended_at)
		st = variables_write(run);
	if (!st)
		st = throw_all(run);
	if (!st)
		life_is(run);
	return st;
}
