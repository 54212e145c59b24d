/* SPDX-License-Identifier: Apache-2.0 */
/* What people look at: instances with where they stand, histories, incidents; and what must hold of all rows,
 * for `yongyun check`. */
#include <stdlib.h>
#include "door/house.h"
#include "engine/process/process_list.h"
#include "engine/process/process_opinion.h"

enum { PAGE = 50 };

/* -- instances -- */

static struct instance_view instance_of(const struct process_row *r)
{
	return (struct instance_view){ .id = r->id,
				       .definition_id = r->definition_id,
				       .process = r->key,
				       .version = r->version,
				       .business_key = r->business_key,
				       .state = r->state,
				       .started_by = r->started_by,
				       .started_at = r->started_at,
				       .ended_at = r->ended_at,
				       .number = r->number };
}

enum status instances(struct call *c, const struct instance_ask *in, struct instance_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE;
	int given = !!in->process + !!in->business_key + !!in->state + !!in->variable;
	struct instance_filter f = { .domain_id = process_domain(c),
				     .key = in->process,
				     .business_key = in->business_key,
				     .state = in->state,
				     .name = in->variable,
				     .value = in->value,
				     .below = in->below ? in->below : INT64_MAX,
				     .limit = limit + 1 };
	struct process_row *rows = NULL;
	size_t n = 0;
	if (given > 1)
		return fail(c, ST_BAD_INPUT, "state",
			    "one of process, business_key, state and variable at a time");
	if (!in->variable != !in->value)
		return fail(c, ST_BAD_INPUT, "value", "variable and value go together");
	enum status st = instance_list(c, &f, &rows, &n);
	if (st)
		return st;
	out->instances = arena_array(c->arena, n + 1, sizeof(*out->instances));
	for (size_t i = 0; i < n && (int64_t)i < limit; i++)
		out->instances[out->instances_count++] = instance_of(&rows[i]);
	if ((int64_t)n > limit)
		out->next = arena_printf(c->arena, "%lld",
					 (long long)rows[out->instances_count - 1].id);
	return ST_OK;
}

/* Of one's department, for who started it or operates. */
static enum status instance_seen(struct call *c, int64_t id, struct process_row *r)
{
	enum status st = instance_get(c, id, r);
	if (st == ST_NOT_FOUND ||
	    (!st && (!process_reaches(c, r->domain_id) ||
		     (!str_eq(r->started_by, c->actor.user_id) && !may(c, "process.operate")))))
		return fail(c, ST_NOT_FOUND, "id", "there is no instance %lld", (long long)id);
	return st;
}

static enum status show_ending(struct call *c, const struct process_row *r, struct ending_view *out)
{
	struct process_log_row *last = NULL;
	size_t n = 0;
	enum status st = log_list(c, r->id, r->number - 1, 1, &last, &n);
	if (st || !n)
		return st;
	json_t *data = json_loads(last[0].data, 0, NULL);
	if (data)
		keep_json(c->arena, data);
	out->command = last[0].command;
	out->actor = last[0].actor;
	out->reason = json_string_value(json_object_get(json_object_get(data, "in"), "reason"));
	return ST_OK;
}

enum status instance_show(struct call *c, const struct instance_ask *in, struct instance_whole *out)
{
	static const char *const words[FACT__COUNT] = { "incident", "job", "task", "timer", NULL };
	struct process_row r = { 0 };
	struct process_run run;
	enum status st = process_takes_part(c, in->id, &r);
	/* What is known in it is for who started it, and operators: forms hide things from others. */
	out->sees_all = str_eq(r.started_by, c->actor.user_id) || may(c, "process.operate");
	out->instance = instance_of(&r);
	if (st || !r.body)
		return st ? st : show_ending(c, &r, &out->ending);
	st = run_open(c, in->id, false, &run);
	if (st)
		return st;
	out->variables = out->sees_all ? variables_text(&run, 1) : NULL;
	out->places = arena_array(c->arena, run.before.count + 1, sizeof(*out->places));
	for (size_t i = 0; i < run.before.count; i++) {
		const struct fact *f = &run.before.list[i];
		out->places[out->places_count++] = (struct place_view){
			.execution = f->execution,
			.node = f->node,
			.what = words[f->kind] ? words[f->kind] : f->word,
			.text = f->text,
			.due_at = f->due_at,
		};
		if (f->kind == FACT_TIMER && f->due_at == FLOW_NEVER && !st)
			st = process_deadline_now(c, "timer", in->id, f->number,
						  &out->places[i].due_at, NULL);
	}
	return st;
}

enum status instance_history(struct call *c, const struct instance_ask *in, struct entry_page *out)
{
	struct process_row r = { 0 };
	struct process_log_row *rows = NULL;
	size_t n = 0;
	int64_t limit = in->limit ? in->limit : PAGE;
	enum status st = instance_seen(c, in->id, &r);
	if (!st)
		st = log_list(c, in->id, in->above, limit + 1, &rows, &n);
	if (st)
		return st;
	out->entries = arena_array(c->arena, n + 1, sizeof(*out->entries));
	for (size_t i = 0; i < n && (int64_t)i < limit; i++)
		out->entries[out->entries_count++] =
			(struct entry_view){ rows[i].number,  rows[i].at,   rows[i].actor,
					     rows[i].command, rows[i].data, rows[i].hash };
	if ((int64_t)n > limit)
		out->next = arena_printf(c->arena, "%lld",
					 (long long)rows[out->entries_count - 1].number);
	return ST_OK;
}

enum status incidents(struct call *c, const struct instance_ask *in, struct incident_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE;
	enum status st = incident_list(c, process_domain(c), in->below ? in->below : INT64_MAX,
				       limit + 1, &out->incidents, &out->incidents_count);
	if (!st && (int64_t)out->incidents_count > limit) {
		out->incidents_count--;
		out->next = arena_printf(
			c->arena, "%lld",
			(long long)out->incidents[out->incidents_count - 1].created_at);
	}
	return st;
}

enum status process_people(struct call *c, const struct people_ask *in, struct people_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE;
	enum status st = identity_people(c, process_domain(c), in->marker, limit + 1, &out->people,
					 &out->people_count);
	if (!st && (int64_t)out->people_count > limit) {
		out->people_count--;
		out->next = out->people[out->people_count - 1].name;
	}
	return st;
}

/* -- checking -- */

struct stretch {
	int64_t above;
	bool more;
	int64_t bad;
	const char *report;
};

/* The log of each instance of a stretch gives the state and the rows that stand there. */
static enum status check_stretch(struct call *c, const void *in_, void *out_)
{
	const struct stretch *in = in_;
	struct stretch *out = out_;
	struct buf b = { .arena = c->arena };
	struct process_row *rows = NULL;
	size_t n = 0;
	*out = *in;
	enum status st = instance_ids(c, in->above, 200, &rows, &n);
	for (size_t i = 0; i < n && !st; i++)
		st = log_replay(c, rows[i].id, &b, &out->bad);
	out->more = n > 0;
	out->above = n ? rows[n - 1].id : in->above;
	out->report = buf_text(&b);
	return st;
}

static enum status orphans_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return rows_orphaned(c, out);
}

enum status process_check(struct call *c, struct house *h, bool deep, struct buf *report,
			  int64_t *bad)
{
	struct stretch at = { .more = deep };
	enum status st = ST_OK;
	while (at.more && !st) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct call *own = call_new(a, c->request_id);
		struct stretch next = { 0 };
		own->house = h;
		at.bad = 0;
		st = db_read(own, h->db, check_stretch, &at, &next, sizeof(next));
		if (st)
			break;
		buf_str(report, next.report);
		*bad += next.bad;
		next.report = NULL;
		at = next;
	}
	if (deep && !st)
		st = process_deadlines_check(c, h, report, bad);
	int64_t orphans = 0;
	if (!st)
		st = db_read(c, h->db, orphans_act, NULL, &orphans, sizeof(orphans));
	if (!st && orphans) {
		buf_printf(report, "process: %lld rows belong to nothing\n", (long long)orphans);
		*bad += orphans;
	}
	return st;
}
