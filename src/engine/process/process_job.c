/* SPDX-License-Identifier: Apache-2.0 */
/* Jobs: steps of their own, acts of other rooms in the transaction of the step that they complete, and
 * work that outside workers lease by topic. What fails is tried again, later each time, and is an incident
 * when no retry is left. */
#include <assert.h>
#include <pthread.h>
#include "base/id.h"
#include "door/house.h"
#include "engine/process/process_request.h"

/* -- acts on offer -- */

enum { OFFERS_MAX = 256 };

static struct {
	pthread_mutex_t lock;
	struct {
		const char *name;
		process_act_fn *act;
	} list[OFFERS_MAX];
	size_t count;
} offers = { .lock = PTHREAD_MUTEX_INITIALIZER };

void process_offer(const char *name, process_act_fn *act)
{
	pthread_mutex_lock(&offers.lock);
	size_t i = 0;
	while (i < offers.count && !str_eq(offers.list[i].name, name))
		i++;
	assert(i < OFFERS_MAX);
	offers.list[i].name = name;
	offers.list[i].act = act;
	if (i == offers.count)
		offers.count++;
	pthread_mutex_unlock(&offers.lock);
}

process_act_fn *process_offered(const char *name)
{
	process_act_fn *found = NULL;
	pthread_mutex_lock(&offers.lock);
	for (size_t i = 0; i < offers.count; i++) {
		if (str_eq(offers.list[i].name, name))
			found = offers.list[i].act;
	}
	pthread_mutex_unlock(&offers.lock);
	return found;
}

/* -- one job, and those that follow it -- */

/* The act's work, and the step that it completes; '*in' gets what the log is to tell. */
static enum status perform(struct process_run *run, int64_t execution, const char *act_name,
			   json_t **in)
{
	struct call *c = run->c;
	json_t *result = NULL;
	enum status st = ST_OK;
	*in = keep_json(c->arena, json_pack("{s:I}", "execution", (json_int_t)execution));
	if (act_name) {
		process_act_fn *act = process_offered(act_name);
		json_t *seen = keep_json(c->arena, flow_variables(run->world, execution));
		if (!act)
			return fail(c, ST_NOT_OFFERED, NULL, "there is no act '%s'", act_name);
		st = act(c, run->row.id, seen, &result);
		if (result)
			json_object_set_new(*in, "variables", result);
	}
	return st ? st : run_apply(run, "complete", *in);
}

static bool was_there(const struct facts *all, const struct fact *f)
{
	for (size_t i = 0; i < all->count; i++) {
		if (fact_compare(&all->list[i], f) == 0)
			return true;
	}
	return false;
}

/* A job that this run made and that can be done at once: its execution and act. */
static bool follows(struct process_run *run, int64_t *execution, const char **act)
{
	struct facts now = facts_of(run);
	for (size_t i = 0; i < now.count; i++) {
		const struct fact *f = &now.list[i];
		const struct process_node *n = f->kind == FACT_JOB ? node_of(run, f->element)
								   : NULL;
		if (f->kind != FACT_JOB || was_there(&run->before, f))
			continue;
		bool async = str_eq(f->word, "async");
		if (!async && !(n && str_eq(n->work_kind, "act")))
			continue;
		*execution = f->number;
		*act = async ? NULL : n->topic;
		return true;
	}
	return false;
}

/* So that the transaction stays short. */
enum { CHAIN_MAX = 50 };

enum status job_do(struct call *c, const struct process_job_row *due, bool chains)
{
	struct process_job_row j = { 0 };
	struct process_run run;
	json_t *in = NULL;
	enum status st = job_read(c, due->instance_id, due->execution, &j);
	if (st == ST_NOT_FOUND || (!st && (j.due_at > c->now_at || j.attempt != due->attempt)))
		return ST_OK; /* somebody else did it */
	if (st)
		return st;
	if (str_eq(j.kind, "http"))
		return outside_hand(c, &j);
	st = run_open(c, j.instance_id, true, &run);
	if (st)
		return st;
	int64_t execution = j.execution;
	const char *act = str_eq(j.kind, "act") ? j.topic : NULL;
	st = perform(&run, execution, act, &in);
	for (int i = 1; chains && i < CHAIN_MAX && !st && follows(&run, &execution, &act); i++) {
		st = run_log(&run, "complete", in);
		if (!st)
			st = perform(&run, execution, act, &in);
	}
	return st ? st : run_close(&run, "complete", in);
}

/* Longer each time, with a tenth of chance so that what failed together does not come back together. */
int64_t job_later(const struct process_job_row *j)
{
	uint16_t chance = 0;
	int64_t pause = j->pause;
	for (int64_t i = 0; i < j->attempt && pause < CLOCK_DAY; i++)
		pause *= 2;
	random_bytes(&chance, sizeof(chance));
	return pause + pause / 10 * chance / UINT16_MAX;
}

enum status job_fail(struct call *c, const struct process_job_row *j, int64_t left, const char *why)
{
	if (left > 0)
		return job_failed(c, j, left, c->now_at + job_later(j), why);
	json_t *in = keep_json(c->arena, json_pack("{s:I, s:s}", "execution",
						   (json_int_t)j->execution, "reason", why));
	return process_inside(c, j->instance_id, "fail", in);
}

struct failure {
	const struct process_job_row *job;
	const char *why;
};

static enum status note_act(struct call *c, const void *in_, void *out)
{
	const struct failure *in = in_;
	struct process_job_row j = { 0 };
	(void)out;
	enum status st = job_read(c, in->job->instance_id, in->job->execution, &j);
	if (st == ST_NOT_FOUND || (!st && j.attempt != in->job->attempt))
		return ST_OK;
	if (st)
		return st;
	st = job_hold(c, &j, NULL, c->now_at); /* counts the attempt */
	return st ? st : job_fail(c, &j, j.retries - 1, in->why);
}

enum status job_note(struct call *c, const struct process_job_row *j, const char *why)
{
	struct failure in = { j, why };
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *again = call_new(a, c->request_id);
	again->house = c->house;
	again->now_at = c->now_at;
	return db_write(again, house_of(c)->db, note_act, &in, NULL, 0);
}

/* -- workers outside -- */

enum status job_activate(struct call *c, const struct job_activation *in, struct job_page *out)
{
	struct process_job_row *due = NULL;
	size_t n = 0;
	int64_t until = c->now_at + (in->lease ? in->lease : 60) * CLOCK_SECOND;
	enum status st = job_topic_due(c, in->topic, process_domain(c), c->now_at,
				       in->count ? in->count : 10, &due, &n);
	out->jobs = arena_array(c->arena, n + 1, sizeof(*out->jobs));
	for (size_t i = 0; i < n && !st; i++) {
		struct process_run run;
		struct job_view *v = &out->jobs[i];
		st = job_hold(c, &due[i], c->actor.user_id, until);
		if (!st)
			st = run_open(c, due[i].instance_id, true, &run);
		if (st)
			break;
		v->variables = variables_text(&run, due[i].execution);
		v->job = arena_printf(c->arena, "%lld-%lld", (long long)due[i].instance_id,
				      (long long)due[i].execution);
		v->instance_id = due[i].instance_id;
		v->node = due[i].node;
		v->topic = due[i].topic;
		v->attempt = due[i].attempt + 1;
		v->retries = due[i].retries;
		v->lease_until = until;
		v->business_key = run.row.business_key;
		out->jobs_count++;
	}
	return st;
}

/* The job, if the asker holds it. */
static enum status held(struct call *c, const char *name, struct process_job_row *j)
{
	int64_t instance = 0, execution = 0;
	enum status st = process_place(c, name, &instance, &execution)
				 ? job_read(c, instance, execution, j)
				 : ST_NOT_FOUND;
	if (st == ST_NOT_FOUND || (!st && !process_reaches(c, j->domain_id)))
		return fail(c, ST_NOT_FOUND, "job", "there is no job %s", name);
	if (!st && !str_eq(j->holder, c->actor.user_id))
		return fail(c, ST_CONFLICT, "job", "job %s is not leased by you", name);
	return st;
}

enum status job_complete(struct call *c, const struct job_ending *in, struct process_result *out)
{
	struct process_job_row j = { 0 };
	struct process_run run;
	bool found = false;
	const char *command = in->code ? "error" : "complete";
	const char *what = arena_printf(c->arena, "%s %s %s %s", command, in->job,
					in->code ? in->code : "",
					in->variables ? in->variables : "");
	json_t *variables = NULL;
	enum status st = variables_parse(c, in->variables, &variables);
	if (!st)
		st = once_find(c, in->idempotency_key, what, &found, out);
	if (st || found)
		return st;
	st = held(c, in->job, &j);
	if (!st)
		st = run_open(c, j.instance_id, false, &run);
	if (st)
		return st;
	if (str_eq(run.row.state, "suspended"))
		return fail(c, ST_CONFLICT, "job", "instance %lld is suspended",
			    (long long)j.instance_id);
	const struct process_command named = { .execution = j.execution,
					       .code = in->code,
					       .reason = in->reason };
	return process_command_once(c, command, &run, j.execution, in->idempotency_key,
				    process_input(c, &named, variables), out);
}

enum status job_break(struct call *c, const struct job_ending *in, struct process_result *out)
{
	struct process_job_row j = { 0 };
	struct process_row row = { 0 };
	enum status st = held(c, in->job, &j);
	if (!st)
		st = instance_get(c, j.instance_id, &row);
	if (st)
		return st;
	if (!str_eq(row.state, "running"))
		return fail(c, ST_CONFLICT, "job", "instance %lld is %s", (long long)row.id,
			    row.state);
	st = job_fail(c, &j, in->retries_given ? in->retries : j.retries - 1, in->reason);
	if (!st)
		st = instance_get(c, j.instance_id, &row);
	*out = (struct process_result){ row.id, row.state, row.number, "done" };
	return st;
}
