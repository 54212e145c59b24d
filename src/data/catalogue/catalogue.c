/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: how a resource comes to be and how it is changed. What becomes of a draft is
 * catalogue_review.c's. */
#include "base/id.h"
#include "data/catalogue/catalogue_private.h"
#include "door/audit/audit.h"

/* --- who writes what --- */

enum status provider_of_asker(struct call *c, struct catalogue_provider *out)
{
	if (!c->actor.domain_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "the catalogue is written by a department: sign in for one");
	enum status st = provider_read(c, c->actor.domain_id, out);
	if (st == ST_NOT_FOUND)
		return fail(c, ST_CONFLICT, "provider",
			    "this department is no provider 信息资源提供方 yet: the system "
			    "administrator states its name and 提供方代码 first");
	return st;
}

bool sees_drafts(const struct call *c, const char *domain_id)
{
	return str_eq(c->actor.domain_id, domain_id) &&
	       (may(c, "catalogue.edit") || may(c, "catalogue.review"));
}

enum status own_resource(struct call *c, const char *id, struct catalogue_resource *out)
{
	enum status st = resource_read(c, id, out);

	if (st && st != ST_NOT_FOUND)
		return st;
	/* Others read what is published, and learn that it is not theirs. */
	if (!st && !sees_drafts(c, out->domain_id) && out->state == RESOURCE_PUBLISHED)
		return fail(c, ST_FORBIDDEN, NULL, "the resource belongs to another department");
	if (st || !sees_drafts(c, out->domain_id))
		return fail(c, ST_NOT_FOUND, "id", "there is no resource %s", id);
	audit_subject(c, "catalogue.resource", out->id);
	return ST_OK;
}

enum status version_whole(struct call *c, const char *id, int64_t number,
			  struct catalogue_version *out)
{
	enum status st = version_read(c, id, number, out);

	return st ? st : items_read(c, id, number, &out->items, &out->items_count);
}

enum status catalogue_published(struct call *c, const char *id, struct catalogue_version *out)
{
	struct catalogue_resource r = { 0 };
	enum status st = resource_read(c, id, &r);

	if (st == ST_NOT_FOUND || (!st && r.state != RESOURCE_PUBLISHED))
		return fail(c, ST_NOT_FOUND, "id", "no resource %s is published", id);
	return st ? st : version_whole(c, id, r.published, out);
}

/* --- writing a draft --- */

static enum status claim(struct call *c, const struct catalogue_resource *r, const char *name)
{
	const char *key = catalogue_name_key(c->arena, name), *owner = NULL;
	/* NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): create() initialises the whole of it */
	enum status st = name_owner(c, r->domain_id, key, &owner);

	if (st == ST_NOT_FOUND)
		return name_put(c, r->domain_id, key, r->id);
	if (!st && !str_eq(owner, r->id))
		return fail(c, ST_CONFLICT, "name",
			    "name: this provider has a resource '%s' already, spaces and "
			    "punctuation aside; a 信息资源名称 stands once",
			    name);
	return st;
}

/* The names of the published version and of the draft are both taken. */
static enum status claim_names(struct call *c, const struct catalogue_resource *r,
			       const char *draft_name)
{
	struct catalogue_version now = { 0 };
	enum status st = names_remove(c, r->id);

	if (!st && r->published && r->state == RESOURCE_PUBLISHED) {
		st = version_read(c, r->id, r->published, &now);
		if (!st)
			st = claim(c, r, now.name);
	}
	return st || !draft_name ? st : claim(c, r, draft_name);
}

static enum status write_items(struct call *c, const struct catalogue_version *v)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < v->items_count; i++)
		st = item_put(c, v->resource_id, v->number, (int64_t)i + 1, &v->items[i]);
	return st;
}

static void describe(struct catalogue_resource *r, const struct catalogue_version *v)
{
	r->name = v->name;
	r->summary = v->summary;
	r->class_code = v->class_code;
	r->share_type = v->share_type;
	r->open = v->open;
	r->cycle = v->cycle;
	r->items = (int64_t)v->items_count;
}

/* What of a version is the editor's to say, as a draft of this resource. */
static struct catalogue_version as_draft(const struct call *c, const struct catalogue_version *in,
					 const struct catalogue_resource *r, int64_t number)
{
	struct catalogue_version v = *in;

	v.resource_id = r->id;
	v.number = number;
	v.state = VERSION_DRAFT;
	v.edited_by = c->actor.user_id;
	v.submitted_by = v.decided_by = v.decision = v.seal = NULL;
	v.created_at = v.updated_at = c->now_at;
	v.submitted_at = v.decided_at = 0;
	/* A file may bring the date of a publication elsewhere; later versions have their own. */
	if (r->published)
		v.published_on = NULL;
	return v;
}

static void no_blank(const char **s)
{
	if (*s && !**s)
		*s = NULL;
}

enum status draft_prepare(struct call *c, void *in_)
{
	struct catalogue_version *v = in_;
	const char **texts[] = { &v->share_condition, &v->share_basis, &v->open_condition,
				 &v->system,          &v->link,        &v->change_note };

	(void)c;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		no_blank(texts[i]);
	for (size_t i = 0; i < v->items_count; i++) {
		struct catalogue_item *item = &v->items[i];
		const char **more[] = { &item->code, &item->share_condition, &item->standard,
					&item->note };
		for (size_t k = 0; k < sizeof more / sizeof *more; k++)
			no_blank(more[k]);
		if (!item->length_given)
			item->length = INT_NULL;
		if (!item->scale_given)
			item->scale = INT_NULL;
		if (!item->share_type_given)
			item->share_type = -1;
	}
	return ST_OK;
}

static enum status answer(struct call *c, const struct catalogue_resource *r, int64_t number,
			  struct catalogue_whole *out)
{
	struct catalogue_whole w = { 0 };
	enum status st = resource_read(c, r->id, &w.resource);

	if (!st)
		st = version_whole(c, r->id, number, &w.version);
	if (!st)
		*out = w;
	return st;
}

enum status draft_create(struct call *c, const struct catalogue_version *in,
			 struct catalogue_whole *out)
{
	struct catalogue_provider p;
	enum status st = provider_of_asker(c, &p);

	if (st)
		return st;
	struct catalogue_resource r = { .id = id_new(c->arena),
					.domain_id = p.domain_id,
					.state = RESOURCE_DRAFT,
					.draft = 1,
					.latest = 1,
					.draft_state = "draft",
					.created_at = c->now_at,
					.updated_at = c->now_at };
	struct catalogue_version v = as_draft(c, in, &r, 1);
	describe(&r, &v);
	audit_subject(c, "catalogue.resource", r.id);
	st = catalogue_rules(c, &v);
	if (!st)
		st = resource_put(c, &r);
	if (!st)
		st = version_put(c, &v);
	if (!st)
		st = write_items(c, &v);
	if (!st)
		st = claim_names(c, &r, v.name);
	if (st)
		return st;
	audit_change(c, catalogue_content_wire, NULL, &v);
	return answer(c, &r, 1, out);
}

/* A draft that is there is replaced; a published resource gets one: 变更. */
static enum status replace(struct call *c, struct catalogue_resource *r,
			   const struct catalogue_version *v)
{
	int64_t gone = 1;
	enum status st = ST_OK;

	if (r->draft) {
		st = items_remove(c, r->id, r->draft);
		if (!st)
			st = version_remove(c, r->id, r->draft, &gone);
	}
	if (!st && !gone)
		return fail(c, ST_INTERNAL, NULL, "the draft of %s is none", r->id);
	r->draft = v->number;
	r->draft_state = "draft";
	r->latest = v->number;
	r->updated_at = c->now_at;
	if (r->state != RESOURCE_PUBLISHED)
		describe(r, v);
	if (!st)
		st = version_put(c, v);
	if (!st)
		st = write_items(c, v);
	if (!st)
		st = resource_write(c, r);
	return st ? st : claim_names(c, r, v->name);
}

enum status draft_save(struct call *c, const struct catalogue_version *in,
		       struct catalogue_whole *out)
{
	struct catalogue_resource r = { 0 };
	struct catalogue_version before;
	enum status st = own_resource(c, in->resource_id, &r);

	if (st)
		return st;
	if (r.state == RESOURCE_REVOKED)
		return fail(c, ST_CONFLICT, NULL, "the resource is revoked; make a new one");
	if (str_eq(r.draft_state, "review"))
		return fail(c, ST_CONFLICT, NULL,
			    "version %lld is under review 审核; it can be changed once it was "
			    "returned",
			    (long long)r.draft);
	if (r.code && !str_eq(in->class_code, r.class_code))
		return fail(c, ST_BAD_INPUT, "class_code",
			    "class_code: a published resource keeps its 信息资源分类 %s, for its "
			    "code %s holds it; revoke it and publish another",
			    r.class_code, r.code);
	st = version_whole(c, r.id, r.draft ? r.draft : r.published, &before);
	if (st)
		return st;
	struct catalogue_version v = as_draft(c, in, &r, r.draft ? r.draft : r.latest + 1);
	if (r.draft)
		v.created_at = before.created_at;
	st = catalogue_rules(c, &v);
	if (!st)
		st = replace(c, &r, &v);
	if (st)
		return st;
	audit_change(c, catalogue_content_wire, &before, &v);
	return answer(c, &r, v.number, out);
}

enum status draft_discard(struct call *c, const struct resource_key *in, struct nothing *out)
{
	struct catalogue_resource r = { 0 };
	struct catalogue_version v;
	int64_t gone;
	enum status st = own_resource(c, in->id, &r);

	(void)out;
	if (st)
		return st;
	if (!r.draft)
		return fail(c, ST_CONFLICT, NULL, "the resource has no draft");
	if (str_eq(r.draft_state, "review"))
		return fail(c, ST_CONFLICT, NULL, "the draft is under review 审核");
	st = version_whole(c, r.id, r.draft, &v);
	if (!st)
		st = items_remove(c, r.id, r.draft);
	if (!st)
		st = version_remove(c, r.id, r.draft, &gone);
	if (st)
		return st;
	audit_change(c, catalogue_content_wire, &v, NULL);
	if (!r.latest || !r.published) {
		st = names_remove(c, r.id);
		return st ? st : resource_remove(c, r.id);
	}
	r.draft = 0;
	r.draft_state = NULL;
	r.updated_at = c->now_at;
	st = resource_write(c, &r);
	return st ? st : claim_names(c, &r, NULL);
}
