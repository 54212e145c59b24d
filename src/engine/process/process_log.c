/* SPDX-License-Identifier: Apache-2.0 */
/* The log of an instance: a chain of SM3 (GB/T 32905-2016) over its commands, and the doing of all of
 * them again, which must give the state and the rows that stand in the database. */
#include <assert.h>
#include <openssl/evp.h>
#include <pthread.h>
#include "engine/process/process_opinion.h"

static EVP_MD *sm3_md;
static pthread_once_t sm3_once = PTHREAD_ONCE_INIT;

static void sm3_fetch(void)
{
	sm3_md = EVP_MD_fetch(NULL, "SM3", NULL);
	assert(sm3_md);
}

const char *sm3_text(struct arena *a, const char *text, size_t size)
{
	unsigned char digest[32];
	unsigned length = 0;
	char *out = arena_alloc(a, 2 * sizeof(digest) + 1);
	pthread_once(&sm3_once, sm3_fetch);
	int good = EVP_Digest(text, size, digest, &length, sm3_md, NULL);
	assert(good && length == sizeof(digest));
	(void)good;
	hex_encode(digest, sizeof(digest), out);
	return out;
}

const char *log_hash(struct arena *a, const char *before, const struct process_log_row *l)
{
	struct buf b = { .arena = a };
	/* Lengths before what may hold anything, so that no two entries have the same bytes. */
	buf_printf(&b, "yongyun process log 1\n%s\n%lld %lld\n%s\n%s\n%zu\n", before,
		   (long long)l->number, (long long)l->at, l->actor ? l->actor : "-", l->command,
		   strlen(l->data));
	buf_str(&b, l->data);
	return sm3_text(a, b.data, b.size);
}

/* The instance itself, but for its number in the database, which it gets when it is written. */
const char *log_seed(struct arena *a, const struct process_row *r)
{
	return arena_printf(a, "%lld\n%s\n%s\n%s\n%lld", (long long)r->definition_id, r->domain_id,
			    r->business_key ? r->business_key : "",
			    r->started_by ? r->started_by : "", (long long)r->started_at);
}

struct replay {
	struct process_run run;
	struct buf *report;
	int64_t *bad;
	json_t *assignees; /* who has which task, as the log says */
	int64_t opinions;  /* that it tells of */
};

static void differ(struct replay *r, const char *what)
{
	buf_printf(r->report, "instance %lld: %s\n", (long long)r->run.row.id, what);
	++*r->bad;
}

/* What was said stands in its row as it was said. */
static void compare_opinion(struct replay *r, const struct process_log_row *l, const json_t *in)
{
	struct process_opinion said, o = { 0 };

	if (!process_opinion_of(l, in, &said))
		return;
	/* Before there were rows, only a reason was given. */
	bool had = json_object_get(in, "opinion") || json_object_get(in, "text") || said.verdict;
	enum status st = opinion_get(r->run.c, l->instance_id, l->number, &o);
	if (st == ST_NOT_FOUND && !had)
		return;
	r->opinions++;
	if (st || !str_eq(o.text, said.text) || !str_eq(o.author, said.author) ||
	    !str_eq(o.command, said.command) ||
	    (o.verdict != said.verdict && !str_eq(o.verdict, said.verdict)))
		differ(r, arena_printf(r->run.c->arena, "what entry %lld says is told otherwise",
				       (long long)l->number));
}

static enum status replay_one(struct replay *r, const struct process_log_row *l)
{
	struct arena *a = r->run.c->arena;
	json_t *data = json_loads(l->data, 0, NULL);
	if (!data) {
		differ(r, arena_printf(a, "entry %lld is no JSON", (long long)l->number));
		return ST_CONFLICT;
	}
	keep_json(a, data);
	json_t *in = json_object_get(data, "in"), *brought = json_object_get(data, "brought");
	r->run.replays = true;
	r->run.brought = brought ? brought : json_object();
	if (!brought)
		keep_json(a, r->run.brought);
	r->run.events = (struct buf){ .arena = a };
	r->run.event_count = 0;
	compare_opinion(r, l, in);
	flow_set_clock(r->run.world, l->at);
	if (str_eq(l->command, "assign") || str_eq(l->command, "delegate") ||
	    str_eq(l->command, "resolve"))
		json_object_set(r->assignees,
				arena_printf(a, "%lld",
					     (long long)json_integer_value(
						     json_object_get(in, "execution"))),
				json_object_get(in, "user"));
	enum status st = run_apply(&r->run, l->command, in);
	if (st) {
		differ(r, arena_printf(a, "entry %lld (%s) cannot be done again",
				       (long long)l->number, l->command));
		return ST_CONFLICT;
	}
	const char *is = arena_printf(a, "[%s]", buf_text(&r->run.events));
	json_t *again = json_loads(is, 0, NULL);
	if (!json_equal(again, json_object_get(data, "events")))
		differ(r,
		       arena_printf(a, "entry %lld tells of other events", (long long)l->number));
	json_decref(again);
	return ST_OK;
}

static void compare_tasks(struct replay *r, const struct facts *facts)
{
	struct arena *a = r->run.c->arena;
	struct process_task_row *list = NULL;
	size_t n = 0, tasks = 0;
	if (task_of_instance(r->run.c, r->run.row.id, &list, &n))
		return;
	for (size_t i = 0; i < facts->count; i++) {
		const struct fact *f = &facts->list[i];
		if (f->kind != FACT_TASK)
			continue;
		const struct process_task_row *t = NULL;
		for (size_t k = 0; k < n && !t; k++)
			t = list[k].execution == f->number ? &list[k] : NULL;
		tasks++;
		const json_t *claim = json_object_get(
			r->assignees, arena_printf(a, "%lld", (long long)f->number));
		const char *has = json_string_value(claim);
		if (!t || !str_eq(t->node, f->node))
			differ(r, arena_printf(a, "task %lld has no row", (long long)f->number));
		else if (!str_eq(t->phase, f->word))
			differ(r, arena_printf(a, "task %lld is in another phase",
					       (long long)f->number));
		else if (claim && has != t->assignee && !str_eq(has, t->assignee))
			differ(r, arena_printf(a, "task %lld is somebody else's",
					       (long long)f->number));
	}
	if (tasks != n)
		differ(r, arena_printf(a, "%zu tasks and %zu rows", tasks, n));
	int64_t rows = 0;
	if (!rows_of_instance(r->run.c, r->run.row.id, &rows) && rows != (int64_t)facts->count)
		differ(r, arena_printf(a, "its state says %zu things, and %lld rows do",
				       facts->count, (long long)rows));
}

/* The body that stands in the database says the same facts as the one that was made again. */
static void compare_body(struct replay *r)
{
	json_t *again = run_body(&r->run);
	bool ended = flow_outcome(r->run.world, 1) != FLOW_RUNNING;
	json_t *stands = r->run.row.body ? json_loads(r->run.row.body, 0, NULL) : NULL;
	if (ended != !r->run.row.body)
		differ(r, "whether it has ended is another thing by its log");
	else if (!ended && !json_equal(again, stands))
		differ(r, "its state is another one than its log gives");
	json_decref(again);
	json_decref(stands);
}

static enum status replay_entries(struct replay *r, const struct process_row *row)
{
	struct call *c = r->run.c;
	const char *hash = log_seed(c->arena, row);
	int64_t number = 0;
	for (;;) {
		struct process_log_row *list = NULL;
		size_t n = 0;
		enum status st = log_list(c, row->id, number, 200, &list, &n);
		if (st)
			return st;
		for (size_t i = 0; i < n; i++) {
			if (list[i].number != ++number)
				differ(r, "an entry of its log is missing");
			hash = log_hash(c->arena, hash, &list[i]);
			if (!str_eq(hash, list[i].hash)) {
				differ(r, arena_printf(c->arena, "entry %lld was changed",
						       (long long)list[i].number));
				return ST_OK;
			}
			if (replay_one(r, &list[i]))
				return ST_OK;
		}
		if (!n)
			break;
	}
	if (number != row->number || !str_eq(hash, row->hash))
		differ(r, "the end of its log is missing");
	return ST_OK;
}

enum status log_replay(struct call *c, int64_t instance_id, struct buf *report, int64_t *bad)
{
	struct replay r = { .run = { .c = c }, .report = report, .bad = bad };
	int64_t was = *bad;
	enum status st = instance_get(c, instance_id, &r.run.row);
	if (st)
		return st;
	r.assignees = keep_json(c->arena, json_object());
	run_world(&r.run);
	st = run_bring(&r.run, r.run.row.model_id);
	if (!st)
		st = replay_entries(&r, &r.run.row);
	if (st || *bad != was)
		return st;
	int64_t opinions = 0;
	st = opinion_count(c, instance_id, &opinions);
	if (st)
		return st;
	if (opinions != r.opinions)
		differ(&r, "there are other opinions than its log has");
	compare_body(&r);
	struct facts facts = facts_of(&r.run);
	compare_tasks(&r, &facts);
	return ST_OK;
}
