/* SPDX-License-Identifier: Apache-2.0 */
/* Items and themes as a file: what is read becomes drafts of the asker's department, all of it or nothing; what is
 * published is written out. The file is JSON: {"format": "yongyun.hall/1", "items": […], "themes": […]}, each as
 * the API has it. */
#include "base/text.h"
#include "door/audit/audit.h"
#include "service/hall/hall_private.h"

#define FORMAT "yongyun.hall/1"
enum { EXPORT_MAX = 5000 };

enum status hall_import_prepare(struct call *c, void *in_)
{
	struct import_ask *in = in_;
	enum status st = ST_OK;

	if (!str_eq(in->format, FORMAT))
		return rule_broken(c, "format", "is %s", FORMAT);
	for (size_t i = 0; !st && i < in->items_count; i++)
		st = item_prepare(c, &in->items[i]);
	for (size_t i = 0; !st && i < in->themes_count; i++)
		st = theme_prepare(c, &in->themes[i]);
	return st;
}

static enum status take(struct call *c, const char *at, struct hall_content *t,
			struct imported *out)
{
	struct hall_whole made = { 0 };
	const char *how = NULL;
	enum status st = draft_take(c, t, &made, &how);

	if (st)
		return hall_below(c, st, at);
	*out = (struct imported){ made.entry.code, made.entry.id, made.entry.name, how };
	return ST_OK;
}

enum status hall_import(struct call *c, const struct import_ask *in, struct import_result *out)
{
	size_t n = in->items_count + in->themes_count;
	struct import_result all = { arena_array(c->arena, n + 1, sizeof *all.entries), 0 };
	struct hall_office o = { 0 };
	enum status st = office_of_asker(c, &o);

	if (!st && !n)
		return rule_broken(c, "items", "the file holds neither an item nor a theme");
	/* Items first: themes are made of them. */
	for (size_t i = 0; !st && i < in->items_count; i++) {
		struct hall_content t = { .kind = HALL_ITEM, .item = in->items[i] };
		st = take(c, arena_printf(c->arena, "items[%zu]", i), &t,
			  &all.entries[all.entries_count++]);
	}
	for (size_t i = 0; !st && i < in->themes_count; i++) {
		struct hall_content t = { .kind = HALL_THEME, .theme = in->themes[i] };
		st = take(c, arena_printf(c->arena, "themes[%zu]", i), &t,
			  &all.entries[all.entries_count++]);
	}
	if (st)
		return st;
	/* The entry tells all drafts that were made of one file. */
	audit_subject(c, "hall.import",
		      arena_printf(c->arena, "%zu entries of %s", all.entries_count, o.code));
	*out = all;
	return ST_OK;
}

/* The entry of the code, if it is the department's. */
static enum status one_entry(struct call *c, int kind, const char *code, struct hall_entry *out,
			     size_t *n)
{
	enum status st = entry_of_code(c, kind, code, out);

	if (st == ST_NOT_FOUND)
		return ST_OK;
	*n = !st && str_eq(out->domain_id, c->actor.domain_id);
	return st;
}

static enum status write_all(struct call *c, int kind, const char *name, const char *code,
			     struct json_out *j)
{
	const struct entry_ask ask = { .kind = kind };
	struct hall_entry one = { 0 }, *list = &one;
	size_t n = 0;
	enum status st = code ? one_entry(c, kind, code, &one, &n)
			      : entries_of_department(c, c->actor.domain_id, &ask, EXPORT_MAX + 1,
						      &list, &n);

	if (!st && n > EXPORT_MAX)
		return fail(c, ST_TOO_LARGE, "code",
			    "code: the department has more than %d entries; export them one by one",
			    EXPORT_MAX);
	json_key(j, name);
	json_array_begin(j);
	for (size_t i = 0; !st && i < n; i++) {
		struct hall_version v = { 0 };
		if (!list[i].published || list[i].state == HALL_WITHDRAWN)
			continue;
		st = hall_version_read(c, list[i].id, list[i].published, &v);
		if (!st)
			json_raw(j, v.body);
	}
	json_array_end(j);
	return st;
}

enum status hall_export(struct call *c, const struct export_ask *in, struct export_result *out)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	struct hall_office o = { 0 };
	enum status st = office_of_asker(c, &o);

	json_object_begin(&j);
	json_put_str(&j, "format", FORMAT);
	if (!st)
		st = write_all(c, HALL_ITEM, "items", in->code, &j);
	if (!st)
		st = write_all(c, HALL_THEME, "themes", in->code, &j);
	if (st)
		return st;
	json_object_end(&j);
	*out = (struct export_result){ "application/json", "attachment; filename=\"hall.json\"",
				       buf_text(&b) };
	return ST_OK;
}
