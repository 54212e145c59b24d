/* SPDX-License-Identifier: Apache-2.0 */
/* Attachments 附件 of tasks and instances: bytes in the one file store, an entry of the log that names them by their
 * digest, and a row. They are given back as a download and never shown as a page. */
#include <assert.h>
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "engine/process/process_opinion.h"

/* --- handing in --- */

static enum status check_name(struct call *c, const char *name)
{
	for (const char *p = name; *p; p++) {
		if (*p == '/' || *p == '\\' || (unsigned char)*p < 32 || *p == 127)
			return fail(c, ST_BAD_INPUT, "name",
				    "a file's name has no slashes and no control characters");
	}
	return ST_OK;
}

static enum status place(struct call *c, const struct process_attach *in, int64_t *instance,
			 int64_t *execution)
{
	struct process_row r = { 0 };

	*instance = in->id;
	*execution = 0;
	if (in->task && !process_place(c, in->task, instance, execution))
		return fail(c, ST_NOT_FOUND, "task", "there is no task %s", in->task);
	enum status st = process_takes_part(c, *instance, &r);
	if (!st && !r.body)
		st = fail(c, ST_CONFLICT, "id", "instance %lld has ended (%s)",
			  (long long)*instance, r.state);
	return st;
}

enum status process_attach_admit(struct call *c, const void *in_)
{
	const struct process_attach *in = in_;
	int64_t instance = 0, execution = 0;
	enum status st = check_name(c, in->name);

	return st ? st : place(c, in, &instance, &execution);
}

static enum status admit_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return process_attach_admit(c, in);
}

enum status process_attach_prepare(struct call *c, void *in_)
{
	struct process_attach *in = in_;
	struct house *h = house_of(c);
	char none;
	enum status st = db_read(c, h->db, admit_act, in, &none, sizeof none);
	int64_t most = h->config->http.upload_max;

	if (st)
		return st;
	if (!in->upload.path)
		return fail(c, ST_BAD_INPUT, "body", "the file is empty");
	return files_take(c, h->files, in->upload.path,
			  most && most < ATTACHMENT_SIZE_MAX ? most : ATTACHMENT_SIZE_MAX,
			  &in->facts);
}

static enum status log_it(struct call *c, struct process_run *run, struct process_attachment *a)
{
	struct process_result done = { 0 };
	json_t *in = json_pack("{s:s, s:s, s:s, s:I}", "attachment", a->id, "name", a->name,
			       "sha256", a->sha256, "size", (json_int_t)a->size);

	keep_json(c->arena, in);
	if (a->execution)
		json_object_set_new(in, "execution", json_integer(a->execution));
	enum status st = process_command_once(c, "attach", run, a->execution, NULL, in, &done);
	a->number = done.number;
	return st;
}

enum status process_attach(struct call *c, const struct process_attach *in,
			   struct process_attachment *out)
{
	struct process_run run;
	struct process_attachment *list = NULL, a = { 0 };
	size_t n = 0;
	enum status st = place(c, in, &a.instance_id, &a.execution);

	if (!st)
		st = run_open(c, a.instance_id, false, &run);
	if (!st)
		st = attachment_list(c, a.instance_id, &list, &n);
	if (st)
		return st;
	if (n >= ATTACHMENTS_MAX)
		return fail(c, ST_LIMIT, "name", "an instance has at most %d attachments",
			    ATTACHMENTS_MAX);
	const struct bpmn_element *e = process_task_element(&run, a.execution);
	if (in->task && !e)
		return fail(c, ST_NOT_FOUND, "task", "there is no task %s", in->task);
	a.id = id_new(c->arena);
	a.node = e && e->id ? e->id : "";
	a.name = in->name;
	a.media_type = in->upload.media_type ? in->upload.media_type : "";
	a.sha256 = in->facts.sha256;
	a.size = in->facts.size;
	a.author = c->actor.user_id;
	a.behalf = c->actor.on_behalf;
	a.at = c->now_at;
	st = log_it(c, &run, &a);
	if (!st)
		st = file_ref(c, &in->facts);
	if (!st)
		st = attachment_put(c, &a);
	if (!st)
		*out = a;
	return st;
}

/* --- looking --- */

enum status process_attachments(struct call *c, const struct process_attachment_ask *in,
				struct process_attachment_list *out)
{
	struct process_row r = { 0 };
	enum status st = process_takes_part(c, in->id, &r);

	return st ? st : attachment_list(c, in->id, &out->attachments, &out->attachments_count);
}

static enum status find(struct call *c, const struct process_attachment_ask *in,
			struct process_attachment *a)
{
	struct process_row r = { 0 };
	enum status st = process_takes_part(c, in->id, &r);

	if (!st)
		st = attachment_get(c, in->id, in->attachment, a);
	if (st == ST_NOT_FOUND || (!st && a->removed_at))
		return fail(c, ST_NOT_FOUND, "attachment", "instance %lld has no attachment %s",
			    (long long)in->id, in->attachment);
	return st;
}

/* RFC 6266, RFC 8187: the name in UTF-8, with all but letters and digits as %XX. */
static const char *disposition(struct call *c, const char *name)
{
	struct buf b = { .arena = c->arena };

	buf_str(&b, "attachment; filename*=UTF-8''");
	for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') ||
			     (*p >= 'a' && *p <= 'z') || *p == '.' || *p == '-' || *p == '_';
		if (plain)
			buf_char(&b, (char)*p);
		else
			buf_printf(&b, "%%%02X", *p);
	}
	return buf_text(&b);
}

enum status process_attachment_read(struct call *c, const struct process_attachment_ask *in,
				    struct process_attachment_file *out)
{
	struct process_attachment a = { 0 };
	enum status st = find(c, in, &a);

	if (st)
		return st;
	audit_subject(c, "process.attachment", a.id);
	out->location = arena_printf(c->arena, "/-files/%.2s/%s", a.sha256, a.sha256);
	/* Not what its sender called it: a browser is to keep it, not to run it. */
	out->media_type = "application/octet-stream";
	assert(a.name); /* the column is not null */
	out->disposition = disposition(c, a.name);
	return ST_OK;
}

enum status process_detach(struct call *c, const struct process_attachment_ask *in,
			   struct process_result *out)
{
	struct process_attachment a = { 0 };
	struct process_run run;
	bool found = false;
	const char *what = process_what(c, "detach", in->id, 0, in->attachment, NULL);
	enum status st = once_find(c, in->idempotency_key, what, &found, out);

	if (st || found)
		return st;
	st = find(c, in, &a);
	if (!st && !str_eq(a.author, c->actor.user_id) && !may(c, "process.operate"))
		st = fail(c, ST_FORBIDDEN, "attachment", "only whoever handed it in takes it back");
	if (!st)
		st = run_open(c, in->id, false, &run);
	if (!st)
		st = attachment_remove(c, a.id, c->now_at);
	if (!st)
		st = file_drop(c, a.sha256);
	if (st)
		return st;
	json_t *input =
		keep_json(c->arena, json_pack("{s:s, s:s}", "attachment", a.id, "name", a.name));
	return process_command_once(c, "detach", &run, 0, in->idempotency_key, input, out);
}
