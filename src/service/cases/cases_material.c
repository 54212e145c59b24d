/* SPDX-License-Identifier: Apache-2.0 */
/* Materials 申请材料: files in the one file store, each in a slot that the item names. They are given back as a
 * download and never shown as a page. */
#include "base/text.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "service/cases/cases_private.h"

static enum status check_name(struct call *c, const char *name)
{
	for (const char *p = name; *p; p++)
		if (*p == '/' || *p == '\\' || (unsigned char)*p < ' ' || *p == 127)
			return fail(c, ST_BAD_INPUT, "name",
				    "name: a file's name has no slashes and no control characters");
	return ST_OK;
}

static enum status slot_of(struct call *c, const struct case_row *row, const char *code)
{
	struct hall_published p = { 0 };
	enum status st = hall_item_of(c, row->item_id, row->item_version, &p);

	if (st)
		return st;
	for (size_t i = 0; i < p.item.materials_count; i++)
		if (str_eq(p.item.materials[i].code, code))
			return ST_OK;
	return fail(c, ST_NOT_FOUND, "code", "the item asks for no material %s", code);
}

static enum status place(struct call *c, const struct case_upload *in, struct case_row *row,
			 struct case_material **files, size_t *n)
{
	enum status st = check_name(c, in->name);

	if (!st)
		st = case_of(c, in->id, false, row);
	if (!st)
		st = case_open(c, row);
	if (!st)
		st = slot_of(c, row, in->code);
	if (!st)
		st = material_rows(c, row->id, files, n);
	if (!st && *n >= CASE_FILES_MAX)
		st = fail(c, ST_LIMIT, NULL, "a case has at most %d files", CASE_FILES_MAX);
	return st;
}

enum status material_admit(struct call *c, const void *in)
{
	struct case_material *files = NULL;
	struct case_row row = { 0 };
	size_t n = 0;

	return place(c, in, &row, &files, &n);
}

static enum status admit_act(struct call *c, const void *in, void *out)
{
	(void)out;
	return material_admit(c, in);
}

enum status material_prepare(struct call *c, void *in_)
{
	struct case_upload *in = in_;
	struct house *h = house_of(c);
	int64_t most = h->config->http.upload_max;
	char none;
	enum status st = db_read(c, h->db, admit_act, in, &none, sizeof none);

	if (st)
		return st;
	/* Of an empty body nginx keeps no file. */
	if (!in->upload.path)
		return fail(c, ST_BAD_INPUT, "body", "the file is empty");
	return files_take(c, h->files, in->upload.path,
			  most && most < CASE_FILE_MAX ? most : CASE_FILE_MAX, &in->facts);
}

enum status material_give(struct call *c, const struct case_upload *in, struct case_material *out)
{
	struct case_material *files = NULL;
	struct case_row row = { 0 };
	size_t n = 0;
	enum status st = place(c, in, &row, &files, &n);

	if (st)
		return st;
	struct case_material m = { .case_id = row.id,
				   .code = in->code,
				   .number = n ? files[n - 1].number + 1 : 1,
				   .name = in->name,
				   .sha256 = in->facts.sha256,
				   .size = in->facts.size,
				   .given_by = c->actor.user_id,
				   .given_at = c->now_at };
	st = file_ref(c, &in->facts);
	if (!st)
		st = material_put(c, &m);
	if (!st)
		*out = m;
	return st;
}

static enum status find(struct call *c, const struct case_key *in, struct case_row *row,
			struct case_material *out)
{
	struct case_material *files = NULL;
	size_t n = 0;
	enum status st = case_of(c, in->id, in->office, row);

	if (!st)
		st = material_rows(c, row->id, &files, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (files[i].number == in->number) {
			*out = files[i];
			return ST_OK;
		}
	return st ? st
		  : fail(c, ST_NOT_FOUND, "number", "the case has no file %lld",
			 (long long)in->number);
}

enum status material_take_back(struct call *c, const struct case_key *in, struct nothing *out)
{
	struct case_material m = { 0 };
	struct case_row row = { 0 };
	enum status st = find(c, in, &row, &m);

	(void)out;
	if (!st)
		st = case_open(c, &row);
	/* The office has seen what was handed in, and asked for a correction of it. */
	if (!st && row.received_at && m.given_at <= row.received_at)
		st = fail(c, ST_CONFLICT, "number",
			  "number: the file was handed in with the case and stays; add another");
	if (!st)
		st = material_remove(c, row.id, m.number);
	return st ? st : file_drop(c, m.sha256);
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

enum status material_read(struct call *c, const struct case_key *in, struct case_file *out)
{
	struct case_material m = { 0 };
	struct case_row row = { 0 };
	enum status st = find(c, in, &row, &m);

	if (st)
		return st;
	out->location = arena_printf(c->arena, "/-files/%.2s/%s", m.sha256, m.sha256);
	/* Not what its sender called it: a browser is to keep it, not to run it. */
	out->media_type = "application/octet-stream";
	out->disposition = disposition(c, m.name);
	return ST_OK;
}
