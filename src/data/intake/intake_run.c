/* SPDX-License-Identifier: Apache-2.0 */
/* The work on a batch: check, put the results into the file store, record; and the drop folder. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "data/intake/intake_private.h"
#include "door/house.h"
#include "door/jobs/jobs.h"

struct work {
	struct intake_batch batch;
	struct intake_rules rules;
	int64_t version;
};

static enum status read_work(struct call *c, const void *in, void *out)
{
	struct work *w = out;
	enum status st = intake_batch_read(c, in, &w->batch);

	if (st || w->batch.state != BATCH_WAITING)
		return st;
	return intake_rules_for(c, w->batch.resource_id, &w->rules, &w->version);
}

struct outcome {
	struct intake_batch batch;
	struct file_facts clean, rejected;
};

static enum status finish_act(struct call *c, const void *in_, void *out)
{
	const struct outcome *in = in_;
	int64_t changed = 0;
	enum status st = batch_finish(c, &in->batch, &changed);

	(void)out;
	/* Who came second finds it done. */
	if (st || !changed || in->batch.state != BATCH_TAKEN)
		return st;
	st = file_ref(c, &in->clean);
	return st ? st : file_ref(c, &in->rejected);
}

static enum status check_batch(struct call *c, struct work *w, struct outcome *o)
{
	struct house *h = house_of(c);
	struct intake_quality q;
	struct intake_ask ask = { .path = files_path(c, h->files, w->batch.source_sha256),
				  .shown = w->batch.source,
				  .rules = &w->rules,
				  .clean = files_temporary(c, h->files),
				  .rejected = files_temporary(c, h->files) };
	enum status st;

	if (!ask.clean || !ask.rejected)
		return fail(c, ST_AWAY, NULL, "the file store takes no file: %s", strerror(errno));
	st = intake_check(c, &ask, &q);
	if (!st)
		st = files_take(c, h->files, ask.clean, 0, &o->clean);
	if (!st)
		st = files_take(c, h->files, ask.rejected, 0, &o->rejected);
	if (st) {
		(void)unlink(ask.clean);
		(void)unlink(ask.rejected);
		return st;
	}
	o->batch.state = BATCH_TAKEN;
	o->batch.clean_sha256 = o->clean.sha256;
	o->batch.rejected_sha256 = o->rejected.sha256;
	o->batch.rows = q.rows;
	o->batch.accepted = q.accepted;
	o->batch.rejected = q.rejected;
	o->batch.report = intake_quality_json(c, &q);
	return ST_OK;
}

enum status intake_run(struct call *c, const char *batch_id)
{
	struct house *h = house_of(c);
	struct work *w = arena_alloc(c->arena, sizeof *w);
	struct outcome *o = arena_alloc(c->arena, sizeof *o);
	enum status st = db_read(c, h->db, read_work, batch_id, w, sizeof *w);

	if (!st && w->batch.state != BATCH_WAITING)
		return ST_OK;
	if (st == ST_AWAY || st == ST_RETRY || (st && !w->batch.id))
		return st;
	o->batch = w->batch;
	if (!st)
		st = check_batch(c, w, o);
	/* What is wrong with the file or the rules is the batch's outcome; all else is tried again. */
	if (st && st != ST_BAD_INPUT && st != ST_TOO_LARGE && st != ST_CONFLICT &&
	    st != ST_NOT_OFFERED)
		return st == ST_INTERNAL ? ST_AWAY : st;
	if (st) {
		o->batch.state = BATCH_REFUSED;
		o->batch.problem = arena_strdup(c->arena, c->problem);
		call_forgive(c);
	}
	o->batch.done_at = clock_now();
	return db_write(c, h->db, finish_act, o, &(char){ 0 }, 1);
}

enum status intake_job(struct call *c, const struct job *j)
{
	return intake_run(c, j->subject);
}

enum status intake_give_up(struct call *c, const struct job *j, const char *why)
{
	struct intake_batch b = {
		.id = j->subject, .state = BATCH_REFUSED, .problem = why, .done_at = c->now_at
	};
	int64_t changed;

	return batch_finish(c, &b, &changed);
}

/* --- the drop folder: DROP/CODE/FILE.csv, the code's '/' written as '-' --- */

#define DROP_REST (5 * CLOCK_SECOND) /* a file that nobody wrote to for so long is whole */

static void take_one(struct call *c, const char *code, const char *path)
{
	struct intake_batch b = { 0 };
	struct stat s;

	if (lstat(path, &s) || !S_ISREG(s.st_mode) ||
	    c->now_at - (int64_t)s.st_mtim.tv_sec * CLOCK_SECOND < DROP_REST)
		return;
	call_forgive(c);
	enum status st = intake_hand_in(c, code, path, "drop", &b);
	/* The same bytes again: who was killed between commit and unlink. */
	if (!st || st == ST_CONFLICT) {
		(void)unlink(path);
		log_info("intake.drop", c->request_id, "%s: %s", path,
			 st ? c->problem : "handed in");
		return;
	}
	if (st == ST_AWAY || st == ST_RETRY)
		return;
	const char *aside = arena_printf(c->arena, "%s.refused", path);
	log_warn("intake.drop", c->request_id, "%s is put aside: %s", path, c->problem);
	if (rename(path, aside))
		log_warn("intake.drop", c->request_id, "cannot rename %s: %s", path,
			 strerror(errno));
}

static void take_folder(struct call *c, const char *drop, const char *name)
{
	const char *folder = arena_printf(c->arena, "%s/%s", drop, name);
	char *code = arena_strdup(c->arena, name), *dash = strrchr(code, '-');
	DIR *d = opendir(folder);

	if (dash)
		*dash = '/';
	for (struct dirent *e; d && (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.' && str_ends(e->d_name, ".csv"))
			take_one(c, code, arena_printf(c->arena, "%s/%s", folder, e->d_name));
	if (d)
		closedir(d);
}

enum status intake_drop(struct call *c)
{
	const char *drop = house_of(c)->config->intake.drop;
	DIR *d = drop ? opendir(drop) : NULL;

	if (!drop)
		return ST_OK;
	if (!d)
		return fail(c, ST_AWAY, "intake.drop", "cannot read the drop folder %s: %s", drop,
			    strerror(errno));
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		if (e->d_name[0] != '.')
			take_folder(c, drop, e->d_name);
	closedir(d);
	call_forgive(c);
	return ST_OK;
}
