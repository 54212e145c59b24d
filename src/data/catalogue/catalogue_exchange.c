/* SPDX-License-Identifier: Apache-2.0 */
/* Import and export, whatever the form: what was read becomes drafts of the asker's department, all of it
 * or nothing; what is published is written out. */
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"
#include "door/audit/audit.h"

enum { EXPORT_MAX = 20000, EXPORT_PAGE = 500 };

/* --- import --- */

enum status import_sheet_prepare(struct call *c, void *in_)
{
	struct import_ask *in = in_;

	return sheet_read(c, in->body, strlen(in->body), &in->entries);
}

enum status import_dcat_prepare(struct call *c, void *in_)
{
	struct import_ask *in = in_;

	return dcat_read(c, in->body, strlen(in->body), &in->entries);
}

/* The same refusal, saying where in the file. */
static enum status at_place(struct call *c, enum status st, const struct import_entry *e)
{
	if (!st || st == ST_INTERNAL || st == ST_RETRY || !c->problem[0])
		return st;
	const char *problem = arena_strdup(c->arena, c->problem);
	const char *at = arena_strdup(c->arena, c->problem_at);
	call_forgive(c);
	return fail(c, st, at, "%s: %s", e->place, problem);
}

/* A cell holds a name or, of digits, a code: the whole one or what it adds to its parent's. */
static enum status find_class(struct call *c, const struct import_entry *e, const char **out)
{
	const char *code = NULL;

	for (size_t i = 0; i < e->class_names.count; i++) {
		const char *name = e->class_names.list[i], *found = NULL;
		bool is_code = strspn(name, "0123456789") == strlen(name);
		const char *whole = code && is_code && !str_starts(name, code)
					    ? arena_printf(c->arena, "%s%s", code, name)
					    : name;
		enum status st = class_named(c, code, name, whole, &found);
		if (st == ST_NOT_FOUND && !code)
			st = class_named(c, NULL, arena_printf(c->arena, "%s类", name), whole,
					 &found);
		if (st == ST_NOT_FOUND)
			return fail(c, ST_BAD_INPUT, "class_code",
				    "class_code: there is no classification '%s'%s%s", name,
				    code ? " in " : "", code ? code : "");
		if (st)
			return st;
		code = found;
	}
	if (!code)
		return fail(c, ST_BAD_INPUT, "class_code", "class_code: 信息资源分类 is missing");
	*out = code;
	return ST_OK;
}

/* Which resource is meant: by code, or by name. '*id' NULL: a new one. */
static enum status find_resource(struct call *c, const struct catalogue_provider *p,
				 const struct import_entry *e, const char **id)
{
	enum status st;

	*id = NULL;
	if (e->code) {
		st = resource_id_of_code(c, e->code, id);
		if (st == ST_NOT_FOUND)
			return fail(c, ST_BAD_INPUT, "code",
				    "code: there is no resource %s; a 信息资源代码 is given at the "
				    "first publication, so leave it empty for a new one",
				    e->code);
		return st;
	}
	st = name_owner(c, p->domain_id, catalogue_name_key(c->arena, e->version.name), id);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

/* Whether the file says nothing that is not published already. */
static enum status unchanged(struct call *c, const char *id, const struct catalogue_version *v,
			     bool *out)
{
	struct catalogue_resource r;
	struct catalogue_version now, then = *v;
	enum status st = own_resource(c, id, &r);

	*out = false;
	if (st || r.state != RESOURCE_PUBLISHED || r.draft)
		return st;
	st = version_whole(c, id, r.published, &now);
	if (st)
		return st;
	then.published_on = now.published_on;
	then.change_note = now.change_note;
	*out = str_eq(catalogue_seal(c, &now), catalogue_seal(c, &then));
	return ST_OK;
}

static enum status import_one(struct call *c, const struct catalogue_provider *p,
			      const struct import_entry *e, struct imported *out)
{
	struct catalogue_version v = e->version;
	struct catalogue_whole made;
	const char *id;
	bool same = false;
	enum status st = ST_OK;

	if (e->provider_code && !str_eq(e->provider_code, p->code))
		return fail(c, ST_BAD_INPUT, "provider_code",
			    "provider_code: 提供方代码 %s is not %s, which is this department's",
			    e->provider_code, p->code);
	if (!v.class_code)
		st = find_class(c, e, &v.class_code);
	if (!st)
		st = find_resource(c, p, e, &id);
	if (!st && id)
		st = unchanged(c, id, &v, &same);
	if (st)
		return st;
	*out = (struct imported){ e->place, id, v.name,
				  same ? "unchanged"
				  : id ? "changed"
				       : "created" };
	if (same)
		return ST_OK;
	v.resource_id = id;
	st = id ? draft_save(c, &v, &made) : draft_create(c, &v, &made);
	if (!st)
		out->id = made.resource.id;
	return st;
}

enum status import_entries_act(struct call *c, const struct import_ask *in,
			       struct import_result *out)
{
	struct catalogue_provider p;
	enum status st = provider_of_asker(c, &p);
	struct import_result all = {
		arena_array(c->arena, in->entries.count + 1, sizeof *all.resources), 0
	};

	if (!st && !in->entries.count)
		return fail(c, ST_BAD_INPUT, "body", "the file holds no resource");
	for (size_t i = 0; !st && i < in->entries.count; i++)
		st = at_place(c,
			      import_one(c, &p, &in->entries.list[i],
					 &all.resources[all.resources_count++]),
			      &in->entries.list[i]);
	if (st)
		return st;
	/* The entry tells all drafts that were made of one file. */
	audit_subject(c, "catalogue.import",
		      arena_printf(c->arena, "%zu resources of %s", all.resources_count, p.code));
	*out = all;
	return ST_OK;
}

/* --- export --- */

static enum status add_whole(struct call *c, const struct catalogue_resource *r,
			     struct export_entries *out)
{
	struct export_entry *e = &out->list[out->count++];

	e->whole.resource = *r;
	enum status st = version_whole(c, r->id, r->published, &e->whole.version);
	return st ? st : class_path(c, e->whole.version.class_code, &e->class_names);
}

static enum status gather(struct call *c, const struct export_ask *in, struct export_entries *out)
{
	struct resource_ask page = { .provider = in->provider,
				     .class_code = in->class_code,
				     .limit = EXPORT_PAGE };
	struct export_entries all = { 0 };
	enum status st = ST_OK;

	if (in->id) {
		struct resource_detail d;
		st = resource_show(c, &(struct resource_key){ in->id, 0 }, &d);
		if (!st && d.resource.state != RESOURCE_PUBLISHED)
			return fail(c, ST_NOT_FOUND, "id", "no resource %s is published", in->id);
		all.list = arena_array(c->arena, 1, sizeof *all.list);
		if (!st)
			st = add_whole(c, &d.resource, &all);
	}
	while (!st && !in->id) {
		struct resource_page got = { 0 };
		st = resource_list(c, &page, &got);
		if (st)
			return st;
		if (got.total > EXPORT_MAX)
			return fail(c, ST_TOO_LARGE, NULL,
				    "%lld resources are more than the %d of one file: ask for one "
				    "provider or class",
				    (long long)got.total, EXPORT_MAX);
		if (!all.list)
			all.list = arena_array(c->arena, (size_t)got.total + 1, sizeof *all.list);
		for (size_t i = 0; !st && i < got.resources_count; i++)
			st = add_whole(c, &got.resources[i], &all);
		page.marker = got.next;
		if (!got.next)
			break;
	}
	if (!st)
		*out = all;
	return st;
}

enum status export_sheet(struct call *c, const struct export_ask *in, struct export_result *out)
{
	struct export_entries all;
	enum status st = gather(c, in, &all);

	if (!st)
		*out = (struct export_result){ "text/csv; charset=utf-8",
					       "attachment; filename=\"catalogue.csv\"",
					       sheet_write(c, &all) };
	return st;
}

enum status export_dcat(struct call *c, const struct export_ask *in, struct export_result *out)
{
	struct export_entries all;
	enum status st = gather(c, in, &all);

	if (!st)
		*out = (struct export_result){ "application/ld+json",
					       "attachment; filename=\"catalogue.jsonld\"",
					       dcat_write(c, &all) };
	return st;
}
