/* SPDX-License-Identifier: Apache-2.0 */
/* The rules of systems: who sees and changes one, and what belongs to it. */
#include "base/id.h"
#include "cloud/system/system_private.h"
#include "door/audit/audit.h"

enum { PAGE_DEFAULT = 100, SYSTEMS_PRESET = 50 };

enum status system_tell(struct call *c, const char *type, const struct system *s)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "subject", "system");
	json_put_str(&j, "id", s->id);
	json_object_end(&j);
	return event_post(c, type, s->id, s->domain_id, s->project_id, buf_text(&b));
}

/* --- who --- */

static bool sees(const struct call *c, const struct system *s)
{
	switch (c->actor.scope) {
	case SCOPE_SYSTEM: return true;
	case SCOPE_DOMAIN: return str_eq(c->actor.domain_id, s->domain_id);
	case SCOPE_PROJECT: return c->actor.is_admin || str_eq(c->actor.project_id, s->project_id);
	case SCOPE_NONE: break;
	}
	return false;
}

/* A system of another VDC does not exist for the asker. */
static enum status seen(struct call *c, const char *id, struct system *out)
{
	enum status st = system_read(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !sees(c, out)))
		return fail(c, ST_NOT_FOUND, "system_id", "there is no system %.64s", id);
	return st;
}

/* --- quotas --- */

static enum status quota_of(struct call *c, const char *project_id, int64_t *most)
{
	enum status st = system_quota_read(c, project_id, most);

	if (st != ST_NOT_FOUND)
		return st;
	*most = SYSTEMS_PRESET;
	return ST_OK;
}

/* Counted in the transaction that makes one more, so that two side by side cannot both be the last. */
static enum status take_quota(struct call *c, const char *project_id)
{
	int64_t most = 0, used = 0;
	enum status st = quota_of(c, project_id, &most);

	if (st || most < 0)
		return st;
	st = system_count(c, project_id, &used);
	if (!st && used >= most)
		st = fail(c, ST_LIMIT, "systems", "the VDC may have %lld systems and has %lld",
			  (long long)most, (long long)used);
	return st;
}

enum status system_quota_show(struct call *c, const struct system_quota_ask *in,
			      struct system_quota *out)
{
	bool own = c->actor.scope == SCOPE_PROJECT && str_eq(c->actor.project_id, in->project_id);
	enum status st = ST_OK;

	if (!own && c->actor.scope != SCOPE_SYSTEM && !c->actor.is_admin)
		return fail(c, ST_NOT_FOUND, "project_id", "there is no VDC %.64s", in->project_id);
	out->project_id = in->project_id;
	st = quota_of(c, in->project_id, &out->systems);
	return st ? st : system_count(c, in->project_id, &out->used);
}

static const struct field quota_shape[] = { F_INT(system_quota, systems, 0, 0, 0), F_END };

enum status system_quota_set(struct call *c, const struct system_quota_ask *in,
			     struct system_quota *out)
{
	struct system_quota before = { 0 };
	enum status st = system_quota_show(c, in, &before);

	if (!st)
		st = system_quota_write(c, in->project_id, in->systems);
	if (st)
		return st;
	*out = before;
	out->systems = in->systems;
	audit_subject(c, "quota", in->project_id);
	audit_change(c, quota_shape, &before, out);
	return ST_OK;
}

/* --- its life --- */

static enum status named_twice(struct call *c, const char *name)
{
	return fail(c, ST_CONFLICT, "name", "the VDC has a system of the name '%.120s' already",
		    name);
}

enum status system_create(struct call *c, const struct system_create *in, struct system *out)
{
	struct system s = {
		.id = id_new(c->arena),
		.project_id = c->actor.project_id,
		.domain_id = c->actor.domain_id,
		.name = in->name,
		.purpose = in->purpose,
		.protection_level = in->protection_level,
		.owner = in->owner,
		.contact = in->contact,
		.dr_mode = in->dr_mode,
		.created_at = c->now_at,
		.updated_at = c->now_at,
	};
	enum status st = take_quota(c, s.project_id);

	if (!st)
		st = system_insert(c, &s);
	if (st == ST_CONFLICT)
		return named_twice(c, s.name);
	if (!st)
		st = system_tell(c, "system.system.created", &s);
	if (st)
		return st;
	audit_subject(c, "system", s.id);
	audit_change(c, system_row, NULL, &s);
	*out = s;
	return ST_OK;
}

enum status system_show(struct call *c, const struct system_key *in, struct system_whole *out)
{
	enum status st = seen(c, in->system_id, &out->system);

	return st ? st
		  : system_resources_of(c, in->system_id, &out->resources, &out->resources_count);
}

enum status system_list(struct call *c, const struct system_ask *in, struct system_page *out)
{
	bool all = c->actor.scope == SCOPE_SYSTEM || c->actor.is_admin;
	const char *project = c->actor.scope == SCOPE_PROJECT && !all ? c->actor.project_id
								      : in->project_id;
	const char *domain = c->actor.scope == SCOPE_DOMAIN && !all ? c->actor.domain_id : NULL;
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT;
	enum status st;

	if (in->project_id && !str_eq(in->project_id, project))
		return ST_OK; /* nothing of another VDC */
	/* One more tells whether there is a next page. */
	st = system_rows(c, project, domain, in->marker ? in->marker : "", limit + 1, &out->systems,
			 &out->systems_count);
	if (!st && (int64_t)out->systems_count > limit) {
		out->systems_count--;
		out->next = out->systems[limit - 1].id;
	}
	return st;
}

enum status system_update(struct call *c, const struct system_update *in, struct system *out)
{
	struct system now = { 0 }, next;
	enum status st = seen(c, in->system_id, &now);

	if (st)
		return st;
	next = now;
	if (in->name_given)
		next.name = in->name;
	if (in->purpose_given)
		next.purpose = in->purpose;
	if (in->protection_level_given)
		next.protection_level = in->protection_level;
	if (in->owner_given)
		next.owner = in->owner;
	if (in->contact_given)
		next.contact = in->contact;
	if (in->dr_mode_given)
		next.dr_mode = in->dr_mode;
	next.updated_at = c->now_at;
	st = system_write(c, &next);
	if (st == ST_CONFLICT)
		return named_twice(c, next.name);
	if (!st)
		st = system_tell(c, "system.system.updated", &next);
	if (st)
		return st;
	audit_subject(c, "system", now.id);
	audit_change(c, system_row, &now, &next);
	*out = next;
	return ST_OK;
}

enum status system_delete(struct call *c, const struct system_key *in, struct nothing *out)
{
	struct system now = { 0 };
	enum status st = seen(c, in->system_id, &now);

	(void)out;
	/* What a department still runs is not forgotten by a slip. */
	if (!st && now.servers + now.networks)
		st = fail(c, ST_CONFLICT, "system_id",
			  "system '%.120s' still has %lld servers and %lld networks", now.name,
			  (long long)now.servers, (long long)now.networks);
	if (!st)
		st = system_remove(c, now.id);
	if (!st)
		st = system_tell(c, "system.system.deleted", &now);
	if (st)
		return st;
	audit_subject(c, "system", now.id);
	audit_change(c, system_row, &now, NULL);
	return ST_OK;
}

/* --- what belongs to it --- */

static enum status part(struct call *c, const struct system_part *in, struct system *s,
			struct system_resource *r)
{
	const char *kind = system_kind_words[in->kind];
	enum status st = seen(c, in->system_id, s);

	if (!st)
		st = system_resource_read(c, kind, in->resource_id, r);
	if (st == ST_NOT_FOUND || (!st && !str_eq(r->project_id, s->project_id))) {
		return fail(c, ST_NOT_FOUND, "resource_id", "the VDC has no %s %.64s", kind,
			    in->resource_id);
	}
	return st;
}

static enum status moved(struct call *c, const struct system *s, const struct system_resource *was,
			 const char *system_id)
{
	struct system_resource now = *was;
	enum status st = system_resource_give(c, was->kind, was->id, system_id);

	if (!st)
		st = system_tell(c, "system.system.updated", s);
	if (st)
		return st;
	now.system_id = system_id;
	audit_subject(c, "system", s->id);
	audit_change(c, system_resource_row, was, &now);
	return ST_OK;
}

enum status system_take(struct call *c, const struct system_part *in, struct nothing *out)
{
	struct system s = { 0 };
	struct system_resource r = { 0 };
	enum status st = part(c, in, &s, &r);

	(void)out;
	if (st || str_eq(r.system_id, s.id))
		return st;
	if (r.system_id)
		return fail(c, ST_CONFLICT, "resource_id",
			    "the %s belongs to another system; remove it there first", r.kind);
	return moved(c, &s, &r, s.id);
}

enum status system_leave(struct call *c, const struct system_part *in, struct nothing *out)
{
	struct system s = { 0 };
	struct system_resource r = { 0 };
	enum status st = part(c, in, &s, &r);

	(void)out;
	if (!st && !str_eq(r.system_id, s.id))
		st = fail(c, ST_NOT_FOUND, "resource_id", "the system has no %s %.64s", r.kind,
			  in->resource_id);
	return st ? st : moved(c, &s, &r, NULL);
}

enum status system_known(struct call *c, const struct nothing *in, struct system_resources *out)
{
	(void)in;
	return system_resources_in(c, c->actor.project_id, &out->resources, &out->resources_count);
}
