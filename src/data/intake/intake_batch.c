/* SPDX-License-Identifier: Apache-2.0 */
/* Batches and rules as acts: who may hand in what, and what is seen of it. */
#include "data/intake/intake_private.h"
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/jobs/jobs.h"
#include "door/permission.h"

/* A resource of the asker's department; of others it is not there, as far as batches go. */
static enum status own_resource_of(struct call *c, const char *id, struct catalogue_brief *out)
{
	enum status st = catalogue_find(c, id, out);

	if (!st && !str_eq(c->actor.domain_id, out->domain_id))
		return fail(c, ST_FORBIDDEN, "id",
			    "the resource %s is of another department, whose stewards hand it in",
			    out->code);
	return st;
}

/* --- rules --- */

enum status intake_rules_for(struct call *c, const char *resource_id, struct intake_rules *out,
			     int64_t *version)
{
	struct catalogue_version v = { 0 };
	struct intake_rule_text text = { 0 };
	enum status st = catalogue_published(c, resource_id, &v);

	if (st)
		return st;
	if (!v.items_count)
		return fail(c, ST_CONFLICT, "resource",
			    "the catalogue names no items of %s: nothing can be held to them",
			    v.name);
	*version = v.number;
	out->count = 0;
	st = intake_rules_of_items(c, v.items, v.items_count, out);
	if (st)
		return st;
	unsigned items = out->count;
	st = rule_text_read(c, resource_id, &text);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (!st)
		st = intake_rules_parse(c, "rules", text.rules, strlen(text.rules), NULL, out);
	/* The catalogue may have changed since the rules were written. */
	if (!st && out->count > items)
		st = fail(c, ST_CONFLICT, "rules", "the rules name %s, which is no item of %s",
			  out->items[items].name, v.name);
	return st;
}

enum status intake_rules_show(struct call *c, const struct intake_key *in,
			      struct intake_rule_text *out)
{
	struct catalogue_brief r = { 0 };
	enum status st = own_resource_of(c, in->id, &r);

	if (st)
		return st;
	st = rule_text_read(c, r.id, out);
	if (st == ST_NOT_FOUND)
		*out = (struct intake_rule_text){ .resource_id = r.id, .rules = "" };
	return st == ST_NOT_FOUND ? ST_OK : st;
}

enum status intake_rules_put(struct call *c, const struct intake_rule_text *in,
			     struct intake_rule_text *out)
{
	struct catalogue_brief r = { 0 };
	struct intake_rules *rules = arena_alloc(c->arena, sizeof *rules);
	int64_t version;
	enum status st = own_resource_of(c, in->resource_id, &r);

	if (st)
		return st;
	struct intake_rule_text next = { r.id, in->rules, c->actor.user_id, c->now_at };
	audit_subject(c, "intake.rules", r.id);
	st = rule_text_put(c, &next);
	/* Rules that cannot be used are refused now, not when a file comes. */
	if (!st)
		st = intake_rules_for(c, r.id, rules, &version);
	if (!st)
		*out = next;
	return st == ST_CONFLICT ? ST_BAD_INPUT : st;
}

/* --- handing in --- */

static enum status hand_in(struct call *c, const struct catalogue_brief *r,
			   const struct intake_upload *in, struct intake_batch *out)
{
	struct intake_rules *rules = arena_alloc(c->arena, sizeof *rules);
	struct intake_batch last = { 0 };
	struct intake_batch b = { .id = id_new(c->arena),
				  .resource_id = r->id,
				  .resource_code = r->code,
				  .domain_id = r->domain_id,
				  .state = BATCH_WAITING,
				  .source = in->name,
				  .source_sha256 = in->facts.sha256,
				  .source_size = in->facts.size,
				  .handed_by = in->by,
				  .handed_at = c->now_at };
	enum status st = intake_rules_for(c, r->id, rules, &b.version);

	if (st)
		return st;
	st = batch_latest(c, r->id, &last);
	if (st && st != ST_NOT_FOUND)
		return st;
	if (!st && str_eq(last.source_sha256, b.source_sha256) && last.version == b.version &&
	    last.state != BATCH_REFUSED)
		return fail(c, ST_CONFLICT, NULL, "batch %lld of %s has the same bytes",
			    (long long)last.number, r->code);
	b.number = last.number + 1;
	audit_subject(c, "intake.batch", b.id);
	st = file_ref(c, &in->facts);
	if (!st)
		st = batch_put(c, &b);
	if (!st)
		st = job_post(c, INTAKE_JOB, b.id, "{}", JOB_NORMAL, 0);
	if (!st)
		*out = b;
	return st;
}

enum status intake_admit(struct call *c, const void *in_)
{
	const struct intake_upload *in = in_;
	struct catalogue_brief r = { 0 };

	return own_resource_of(c, in->id, &r);
}

static enum status admit_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return intake_admit(c, in);
}

enum status intake_prepare(struct call *c, void *in_)
{
	struct intake_upload *in = in_;
	struct house *h = house_of(c);
	char none;
	enum status st = db_read(c, h->db, admit_act, in, &none, sizeof none);

	if (st)
		return st;
	if (!in->upload.path)
		return fail(c, ST_BAD_INPUT, "body", "the file is empty");
	in->by = c->actor.user_id;
	return files_take(c, h->files, in->upload.path,
			  h->config->http.upload_max < INTAKE_FILE_MAX ? h->config->http.upload_max
								       : INTAKE_FILE_MAX,
			  &in->facts);
}

enum status intake_post(struct call *c, const struct intake_upload *in, struct intake_batch *out)
{
	struct catalogue_brief r = { 0 };
	enum status st = own_resource_of(c, in->id, &r);

	return st ? st : hand_in(c, &r, in, out);
}

static enum status hand_in_act(struct call *c, const void *in_, void *out)
{
	const struct intake_upload *in = in_;
	struct catalogue_brief r = { 0 };

	call_forgive(c);
	audit_begin(c);
	enum status st = catalogue_find(c, in->id, &r);
	if (!st)
		st = hand_in(c, &r, in, out);
	return st ? st : audit_write(c, "intake.batch.post");
}

/* A link in the drop folder leads nowhere: whoever may write there may not have the daemon read for them. */
static FILE *open_source(const char *path, bool follow)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW));

	if (fd >= 0 && (fstat(fd, &s) || !S_ISREG(s.st_mode))) {
		close(fd);
		fd = -1;
	}
	return fd < 0 ? NULL : fdopen(fd, "re");
}

/* A copy of the file in the store's own folder, because what is taken is gone. ST_AWAY: the store has no room
 * for it now. */
static enum status copy_in(struct call *c, struct files *f, const char *path, bool follow,
			   const char **copy)
{
	char piece[65536];
	FILE *from = open_source(path, follow), *to = NULL;

	if (!from)
		return fail(c, ST_NOT_FOUND, NULL, "cannot read %s", path);
	*copy = files_temporary(c, f);
	to = *copy ? fopen(*copy, "we") : NULL;
	bool bad = !to;
	for (size_t n; !bad && (n = fread(piece, 1, sizeof piece, from)) > 0;)
		bad = fwrite(piece, 1, n, to) != n;
	bad |= ferror(from) != 0;
	fclose(from);
	if (to)
		bad |= fclose(to) != 0;
	if (bad && *copy)
		(void)unlink(*copy);
	return bad ? fail(c, ST_AWAY, NULL, "cannot copy %s into the file store", path) : ST_OK;
}

enum status intake_hand_in(struct call *c, const char *resource, const char *path, const char *by,
			   struct intake_batch *out)
{
	struct house *h = house_of(c);
	const char *name = strrchr(path, '/');
	struct intake_upload in = { .id = resource, .name = name ? name + 1 : path, .by = by };
	const char *copy = NULL;
	enum status st = copy_in(c, h->files, path, !str_eq(by, "drop"), &copy);

	if (!st)
		st = files_take(c, h->files, copy, INTAKE_FILE_MAX, &in.facts);
	return st ? st : db_write(c, h->db, hand_in_act, &in, out, sizeof *out);
}

/* --- seeing --- */

enum status intake_batch_read(struct call *c, const char *id, struct intake_batch *out)
{
	enum status st = batch_read(c, id, out);

	return st == ST_NOT_FOUND ? fail(c, st, "id", "there is no batch %s", id) : st;
}

static enum status own_batch(struct call *c, const char *id, struct intake_batch *out)
{
	enum status st = intake_batch_read(c, id, out);

	if (!st && !str_eq(c->actor.domain_id, out->domain_id))
		return fail(c, ST_NOT_FOUND, "id", "there is no batch %s", id);
	return st;
}

enum status intake_show(struct call *c, const struct intake_key *in, struct intake_batch *out)
{
	return own_batch(c, in->id, out);
}

enum status intake_page_of(struct call *c, const struct intake_list *in, struct intake_page *out)
{
	int64_t limit = in->limit ? in->limit : 50, before = INT64_MAX;
	struct catalogue_brief r = { 0 };
	struct intake_batch mark = { 0 };
	enum status st = in->marker ? own_batch(c, in->marker, &mark) : ST_OK;

	if (!st && in->resource_id)
		st = catalogue_find(c, in->resource_id, &r);
	if (st)
		return st;
	before = in->marker ? mark.number : before;
	st = in->resource_id ? batches_of_resource(c, r.id, c->actor.domain_id, before, limit + 1,
						   &out->batches, &out->batches_count)
			     : batches_of_all(c, c->actor.domain_id, in->marker ? in->marker : "g",
					      limit + 1, &out->batches, &out->batches_count);
	if (!st && out->batches_count > (size_t)limit) {
		out->batches_count = (size_t)limit;
		out->next = out->batches[limit - 1].id;
	}
	/* A list tells of the batches; each one's report is its own page. */
	for (size_t i = 0; !st && i < out->batches_count; i++)
		out->batches[i].report = NULL;
	return st;
}

enum status intake_rejected(struct call *c, const struct intake_look *in,
			    struct intake_download *out)
{
	struct intake_batch b = { 0 };

	c->actor.purpose = in->purpose;
	audit_subject(c, "intake.batch", in->id);
	enum status st = own_batch(c, in->id, &b);
	if (st)
		return st;
	if (b.state != BATCH_TAKEN)
		return fail(c, ST_CONFLICT, "id", "batch %s is %s: there are no rejected rows",
			    b.id, intake_states[b.state]);
	out->location =
		arena_printf(c->arena, "/-files/%.2s/%s", b.rejected_sha256, b.rejected_sha256);
	out->media_type = "text/csv; charset=utf-8";
	return ST_OK;
}

enum status intake_remove(struct call *c, const struct intake_key *in, struct nothing *out)
{
	struct intake_batch b = { 0 }, newest = { 0 };
	enum status st = own_batch(c, in->id, &b);

	(void)out;
	if (st)
		return st;
	audit_subject(c, "intake.batch", b.id);
	if (b.state == BATCH_WAITING)
		return fail(c, ST_CONFLICT, "id", "batch %s is being checked", b.id);
	st = intake_newest(c, b.resource_id, &newest);
	if (!st && str_eq(newest.id, b.id))
		return fail(c, ST_CONFLICT, "id",
			    "batch %s is what the city reads of its resource; hand in another "
			    "first",
			    b.id);
	if (st && st != ST_NOT_FOUND)
		return st;
	const char *const files[] = { b.source_sha256, b.clean_sha256, b.rejected_sha256 };
	st = ST_OK;
	for (size_t i = 0; i < 3 && !st; i++)
		if (files[i])
			st = file_drop(c, files[i]);
	return st ? st : batch_remove(c, b.id);
}
