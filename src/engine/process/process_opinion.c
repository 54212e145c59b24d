/* SPDX-License-Identifier: Apache-2.0 */
/* Opinions 意见: what people said with what they did, and comments 评论 of those who take part. */
#include "engine/process/process_opinion.h"
#include "engine/process/process_substitute.h"

enum { PAGE = 100 };

static const char *text_at(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

bool process_opinion_of(const struct process_log_row *l, const json_t *in,
			struct process_opinion *out)
{
	static const char *const texts[] = { "opinion", "text", "reason" };
	const char *text = NULL, *operation = text_at(in, "operation");

	for (size_t i = 0; i < sizeof texts / sizeof *texts && !text; i++)
		text = text_at(in, texts[i]);
	/* A worker's reason is no opinion. */
	if (!l->actor || str_eq(l->command, "fail") || str_eq(l->command, "error") ||
	    (!text && !text_at(in, "verdict")))
		return false;
	*out = (struct process_opinion){
		.instance_id = l->instance_id,
		.number = l->number,
		.execution = json_integer_value(json_object_get(in, "execution")),
		.node = "",
		.command = operation ? operation : l->command,
		.author = l->actor,
		.behalf = text_at(in, "behalf"),
		.verdict = text_at(in, "verdict"),
		.text = text ? text : "",
		.at = l->at,
	};
	return true;
}

/* --- who may see it --- */

static enum status has_task(struct call *c, const struct process_task_row *t, bool *has)
{
	struct candidate_row *list = NULL;
	const char *behalf = NULL;
	size_t n = 0;
	enum status st = ST_OK;

	*has = str_eq(t->assignee, c->actor.user_id);
	if (*has)
		return ST_OK;
	if (t->assignee) {
		st = process_deputy(c, t, t->assignee, &behalf);
	} else {
		st = candidate_list(c, t->instance_id, t->execution, &list, &n);
		*has = !st && process_is_for(c, t, list, n);
		if (!st && !*has)
			st = process_deputy_of(c, t, list, n, &behalf);
	}
	*has |= behalf != NULL;
	return st;
}

static enum status takes_part(struct call *c, const struct process_row *r, bool *does)
{
	struct process_task_row *list = NULL;
	int64_t acted = 0;
	size_t n = 0;

	*does = str_eq(r->started_by, c->actor.user_id) || may(c, "process.operate");
	if (*does || !c->actor.user_id)
		return ST_OK;
	enum status st = log_acted(c, r->id, c->actor.user_id, &acted);
	*does = acted > 0;
	if (!st && !*does)
		st = task_of_instance(c, r->id, &list, &n);
	for (size_t i = 0; i < n && !st && !*does; i++)
		st = has_task(c, &list[i], does);
	return st;
}

enum status process_takes_part(struct call *c, int64_t id, struct process_row *r)
{
	bool does = false;
	enum status st = instance_get(c, id, r);

	if (!st && process_reaches(c, r->domain_id))
		st = takes_part(c, r, &does);
	if (st == ST_NOT_FOUND || (!st && !does))
		return fail(c, ST_NOT_FOUND, "id", "there is no instance %lld", (long long)id);
	return st;
}

/* --- comments --- */

enum status process_comment(struct call *c, const struct process_opinion_ask *in,
			    struct process_result *out)
{
	struct process_row r = { 0 };
	struct process_run run;
	int64_t instance = in->id, execution = 0;
	const char *what = process_what(c, "comment", in->id, 0, in->task, in->text);
	bool found = false;
	enum status st = once_find(c, in->idempotency_key, what, &found, out);

	if (st || found)
		return st;
	if (in->task && !process_place(c, in->task, &instance, &execution))
		return fail(c, ST_NOT_FOUND, "task", "there is no task %s", in->task);
	st = process_takes_part(c, instance, &r);
	if (!st)
		st = run_open(c, instance, false, &run);
	if (!st && in->task && !process_task_element(&run, execution))
		st = fail(c, ST_NOT_FOUND, "task", "there is no task %s", in->task);
	if (st)
		return st;
	json_t *input = keep_json(c->arena, json_pack("{s:s}", "text", in->text));
	if (execution)
		json_object_set_new(input, "execution", json_integer(execution));
	return process_command_once(c, "comment", &run, execution, in->idempotency_key, input, out);
}

enum status process_opinions(struct call *c, const struct process_opinion_ask *in,
			     struct process_opinion_page *out)
{
	struct process_row r = { 0 };
	int64_t limit = in->limit ? in->limit : PAGE;
	size_t n = 0;
	enum status st = process_takes_part(c, in->id, &r);

	if (!st)
		st = opinion_list(c, in->id, in->above, limit + 1, &out->opinions, &n);
	if (st)
		return st;
	out->opinions_count = (int64_t)n > limit ? (size_t)limit : n;
	if ((int64_t)n > limit)
		out->next =
			arena_printf(c->arena, "%lld", (long long)out->opinions[limit - 1].number);
	return ST_OK;
}
