/* SPDX-License-Identifier: Apache-2.0 */
/* A build in the background: the newest batches of the resources are laid side by side, and a child process
 * with a memory of its own links them. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/id.h"
#include "data/intake/intake.h"
#include "data/theme/theme_review_private.h"
#include "db/files.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/jobs/jobs.h"

const char *theme_program = "/proc/self/exe";

#define RUNS_KEPT (90 * CLOCK_DAY)
enum { RUNS_SHOWN = 20 };

enum status theme_run_post(struct call *c, const struct nothing *in, struct theme_run *out)
{
	struct theme_run r = { .id = id_new(c->arena),
			       .state = RUN_WAITING,
			       .asked_by = c->actor.user_id,
			       .asked_at = c->now_at };
	enum status st = run_trim(c, c->now_at - RUNS_KEPT);

	(void)in;
	audit_subject(c, "theme.run", r.id);
	if (!st)
		st = run_put(c, &r);
	if (!st)
		st = job_post(c, THEME_JOB, r.id, "{}", JOB_NORMAL, 0);
	if (!st)
		*out = r;
	return st;
}

enum status theme_run_show(struct call *c, const struct theme_key *in, struct theme_run *out)
{
	enum status st = run_read(c, in->id, out);

	return st == ST_NOT_FOUND ? fail(c, st, "id", "there is no build %s", in->id) : st;
}

enum status theme_run_list(struct call *c, const struct nothing *in, struct theme_run_page *out)
{
	(void)in;
	return run_rows(c, RUNS_SHOWN, &out->runs, &out->runs_count);
}

/* --- the work --- */

struct inputs {
	struct theme_resource *resources;
	size_t resource_count;
	struct intake_batch *batches;
	size_t batch_count;
};

/* What the catalogue says now of how each resource is shared is what holds from this build on. */
static enum status read_inputs(struct call *c, const void *in, void *out_)
{
	struct inputs *out = out_;
	enum status st = resource_rows(c, &out->resources, &out->resource_count);

	(void)in;
	return st ? st : intake_newest_all(c, &out->batches, &out->batch_count);
}

static enum status refresh_act(struct call *c, const void *in_, void *out)
{
	const struct inputs *in = in_;
	enum status st = ST_OK;

	(void)out;
	for (size_t i = 0; i < in->resource_count && !st; i++) {
		struct theme_resource r = in->resources[i];
		struct catalogue_brief brief = { 0 };
		st = catalogue_find(c, r.resource_id, &brief);
		if (st == ST_NOT_FOUND) { /* revoked: what was known of it stands */
			call_forgive(c);
			st = ST_OK;
			continue;
		}
		if (st ||
		    (brief.share_type == r.share_type && str_eq(brief.domain_id, r.domain_id)))
			continue;
		r.domain_id = brief.domain_id;
		r.share_type = brief.share_type;
		r.updated_at = c->now_at;
		st = resource_save(c, &r);
	}
	return st;
}

static enum status lay_out(struct call *c, const struct inputs *in, const char *folder)
{
	struct files *files = house_of(c)->files;
	size_t laid = 0;

	if (mkdir(folder, 0750) && errno != EEXIST)
		return fail(c, ST_AWAY, NULL, "cannot make %s: %s", folder, strerror(errno));
	for (size_t i = 0; i < in->resource_count; i++) {
		const struct theme_resource *r = &in->resources[i];
		const char *link = arena_printf(c->arena, "%s/%s.csv", folder, r->code);
		(void)unlink(link);
		for (size_t k = 0; k < in->batch_count; k++) {
			char *path;
			if (!str_eq(in->batches[k].resource_id, r->resource_id))
				continue;
			path = realpath(files_path(c, files, in->batches[k].clean_sha256), NULL);
			bool bad = !path || symlink(path, link);
			free(path);
			if (bad)
				return fail(c, ST_AWAY, NULL, "cannot lay out %s: %s", link,
					    strerror(errno));
			laid++;
		}
	}
	return laid ? ST_OK
		    : fail(c, ST_CONFLICT, NULL,
			   "no batch of any resource of the theme settings was taken in");
}

/* The last line of the child's words, for people. */
static const char *last_words(struct arena *a, const char *log)
{
	char *text = arena_alloc(a, 4097);
	FILE *f = fopen(log, "re");
	size_t n = 0;

	if (f) {
		if (fseek(f, -4096, SEEK_END))
			rewind(f);
		n = fread(text, 1, 4096, f);
		fclose(f);
	}
	while (n && text[n - 1] == '\n')
		n--;
	text[n] = '\0';
	const char *line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return utf8_valid(line, strlen(line)) ? line : "its words cannot be read";
}

static enum status spawn_build(struct call *c, const char *folder, const char *judged,
			       const char *log, pid_t *child)
{
	const struct house *h = house_of(c);
	char memory[32], *argv[] = { (char[]){ "yongyun" },
				     (char[]){ "theme" },
				     (char[]){ "build" },
				     (char[]){ "--from" },
				     arena_strdup(c->arena, folder),
				     (char[]){ "--out" },
				     arena_strdup(c->arena, h->config->theme.store),
				     (char[]){ "--memory" },
				     memory,
				     judged ? (char[]){ "--judged" } : NULL,
				     judged ? arena_strdup(c->arena, judged) : NULL,
				     NULL };
	int64_t gib = (h->config->theme.memory + (1 << 30) - 1) >> 30;
	posix_spawn_file_actions_t actions;

	(void)snprintf(memory, sizeof memory, "%lld", (long long)gib);
	int rc = posix_spawn_file_actions_init(&actions);
	if (!rc)
		rc = posix_spawn_file_actions_addopen(&actions, 1, log,
						      O_WRONLY | O_CREAT | O_TRUNC, 0640);
	if (!rc)
		rc = posix_spawn_file_actions_adddup2(&actions, 1, 2);
	if (!rc)
		rc = posix_spawn(child, theme_program, &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	return rc ? fail(c, ST_AWAY, NULL, "cannot start %s: %s", theme_program, strerror(rc))
		  : ST_OK;
}

/* The child ends each phase with a line that begins with its name. */
static void tell_progress(struct call *c, const struct job *j, const char *log)
{
	static const char *const phases[] = { "read",   "person",    "firm", "house",
					      "golden", "relations", "store" };
	enum { PHASES = sizeof phases / sizeof *phases };
	SCOPED_ARENA struct arena *own = arena_new();
	const char *line = last_words(own, log);

	for (int i = 0; i < PHASES; i++)
		if (str_starts(line, phases[i]))
			job_progress(c, j, (i + 1) * 100 / (PHASES + 1),
				     i + 1 < PHASES ? phases[i + 1] : "swap");
}

static enum status build(struct call *c, const struct job *j, const char *folder,
			 const char *judged)
{
	const char *log = arena_printf(c->arena, "%s/log", folder);
	pid_t child = -1;
	int status;
	enum status st = spawn_build(c, folder, judged, log, &child);

	if (st)
		return st;
	while (waitpid(child, &status, WNOHANG) == 0) {
		if (job_cancelled(c, j))
			(void)kill(child, SIGKILL);
		(void)usleep(100000);
		tell_progress(c, j, log);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return ST_OK;
	if (job_cancelled(c, j))
		return fail(c, ST_TIMEOUT, NULL, "the build was told to stop");
	return fail(c, ST_CONFLICT, NULL, "the build ended with %s %d: %s",
		    WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status),
		    last_words(c->arena, log));
}

static enum status finish_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return run_finish(c, in);
}

static enum status run_act(struct call *c, const void *in, void *out)
{
	return run_read(c, in, out);
}

enum status theme_job(struct call *c, const struct job *j)
{
	struct house *h = house_of(c);
	const char *folder = arena_printf(c->arena, "%s/theme.from", h->config->server.data);
	const char *judged = arena_printf(c->arena, "%s/theme.judged.csv", h->config->server.data);
	int64_t verdicts = 0;
	struct theme_run run = { 0 };
	struct inputs in = { 0 };
	char none;
	struct theme *t;
	enum status st = db_read(c, h->db, run_act, j->subject, &run, sizeof run);

	if (st || run.state != RUN_WAITING)
		return st == ST_NOT_FOUND ? ST_OK : st;
	st = db_read(c, h->db, read_inputs, NULL, &in, sizeof in);
	if (!st)
		st = db_write(c, h->db, refresh_act, &in, &none, sizeof none);
	if (!st)
		st = lay_out(c, &in, folder);
	if (!st)
		st = review_write_judged(c, judged, &verdicts);
	if (!st)
		st = build(c, j, folder, verdicts ? judged : NULL);
	if (st && st != ST_CONFLICT)
		return st;
	run.state = st ? RUN_FAILED : RUN_DONE;
	run.problem = st ? arena_strdup(c->arena, c->problem) : NULL;
	run.done_at = clock_now();
	call_forgive(c);
	if (!st && !theme_open(c, h->config->theme.store, &t)) {
		const struct theme_counts *n = theme_counts_of(t);
		run.records = n->records;
		run.linked = n->bases[0] + n->bases[1] + n->bases[2] + n->links + n->relations;
		theme_close(t);
	}
	(void)unlink(judged);
	/* When this fails the timer does it. */
	if (run.state == RUN_DONE && review_load(c))
		call_forgive(c);
	return db_write(c, h->db, finish_act, &run, &none, sizeof none);
}

enum status theme_job_give_up(struct call *c, const struct job *j, const char *why)
{
	struct theme_run run = {
		.id = j->subject, .state = RUN_FAILED, .problem = why, .done_at = c->now_at
	};
	return run_finish(c, &run);
}
