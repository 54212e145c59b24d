/* SPDX-License-Identifier: Apache-2.0 */
/* Departments: roots of VDCs, owners of people. One that is to go is disabled first, and takes along all
 * that it owns. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_scopes.h"
#include "door/jobs/events.h"

static enum status must_manage(struct call *c)
{
	return may(c, "identity.domain.manage")
		       ? ST_OK
		       : fail(c, ST_FORBIDDEN, NULL,
			      "You are not authorized to perform the requested action.");
}

enum status domain_make(struct call *c, const struct project *in, struct project *out)
{
	struct project d = *in;

	d.id = in->id ? in->id : id_new_hex(c->arena);
	d.is_domain = true;
	d.domain_id = d.parent_id = NULL;
	d.path = arena_printf(c->arena, "%s/", d.id);
	d.depth = 0;
	d.enabled = !in->enabled_given || in->enabled;
	d.description = in->description ? in->description : "";
	d.options = in->options ? in->options : "{}";
	d.extra = extra_merge(c, NULL, in->extra);
	d.created_at = c->now_at;
	enum status st = project_put(c, &d);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a domain '%s' already",
			    d.name);
	if (st)
		return st;
	audit_subject(c, "domain", d.id);
	audit_change(c, domain_wire, NULL, &d);
	*out = d;
	return ST_OK;
}

enum status domain_create(struct call *c, const struct project *in, struct project *out)
{
	struct project plain = *in;
	enum status st = must_manage(c);

	if (!st && (in->parent_id || in->domain_id))
		return fail(c, ST_BAD_INPUT, "is_domain", "a domain stands in no other");
	/* An id is ours to give. */
	plain.id = NULL;
	return st ? st : domain_make(c, &plain, out);
}

enum status domain_change(struct call *c, const struct project *in, struct project *out)
{
	struct project now = { 0 }, then;
	enum status st = must_manage(c);

	if (!st)
		st = domain_get(c, in->id, &now);
	if (st)
		return st;
	then = now;
	TAKE(&then, in, name);
	TAKE(&then, in, description);
	TAKE(&then, in, enabled);
	TAKE(&then, in, options);
	TAKE(&then, in, tags);
	then.description = then.description ? then.description : "";
	then.extra = extra_merge(c, now.extra, in->extra);
	if (str_eq(now.id, "default") && !then.enabled)
		return fail(c, ST_FORBIDDEN, "enabled", "the domain 'default' stays enabled");
	st = project_write(c, &then);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a domain '%s' already",
			    then.name);
	if (!st && now.enabled && !then.enabled)
		st = revocation_note(c, "domain_id", now.id, NULL, NULL);
	if (st)
		return st;
	audit_subject(c, "domain", now.id);
	audit_change(c, domain_wire, &now, &then);
	*out = then;
	return ST_OK;
}

static enum status tell_all(struct call *c, const char *domain_id)
{
	struct id_row *users, *projects;
	size_t user_count, project_count;
	enum status st = domain_users_and_projects(c, domain_id, &users, &user_count, &projects,
						   &project_count);

	for (size_t i = 0; !st && i < user_count; i++)
		st = event_post(c, "identity.user.deleted", users[i].id, domain_id, NULL,
				arena_printf(c->arena, "{\"id\":\"%s\"}", users[i].id));
	for (size_t i = 0; !st && i < project_count; i++)
		st = event_post(c, "identity.project.deleted", projects[i].id, domain_id,
				projects[i].id,
				arena_printf(c->arena, "{\"id\":\"%s\"}", projects[i].id));
	return st ? st
		  : event_post(c, "identity.domain.deleted", domain_id, domain_id, NULL,
			       arena_printf(c->arena, "{\"id\":\"%s\"}", domain_id));
}

enum status domain_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct project now = { 0 };
	enum status st = must_manage(c);

	(void)out;
	if (!st)
		st = domain_get(c, in->id, &now);
	if (st)
		return st;
	if (now.enabled)
		return fail(c, ST_FORBIDDEN, NULL,
			    "Cannot delete a domain that is enabled, please disable it first.");
	st = tell_all(c, now.id);
	if (!st)
		st = domain_empty(c, now.id);
	if (!st)
		st = project_remove(c, now.id);
	if (st == ST_CONFLICT)
		return fail(c, st, NULL, "domain %s is still used", now.id);
	if (!st)
		st = known_stale(c);
	audit_subject(c, "domain", now.id);
	audit_change(c, domain_wire, &now, NULL);
	return st;
}

enum status domain_show(struct call *c, const struct key *in, struct project *out)
{
	enum status st = domain_get(c, in->id, out);

	if (st)
		return st;
	if (str_eq(c->actor.domain_id, out->id) || str_eq(c->actor.user_domain_id, out->id))
		return ST_OK;
	if (!may(c, "identity.domain.list"))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:get_domain.");
	return reach_domain(c, out->id) ? ST_OK : missing(c, "domain", in->id);
}

enum status domain_all(struct call *c, const struct project_ask *in, struct project_list *out)
{
	struct project_ask ask = *in;
	size_t n = 0;

	ask.is_domain = true;
	enum status st = project_list_read(c, &ask, &out->projects, &n);
	for (size_t i = 0; !st && i < n; i++) {
		const struct project *p = &out->projects[i];
		if ((!in->enabled_given || in->enabled == p->enabled) && reach_domain(c, p->id))
			out->projects[out->projects_count++] = *p;
	}
	return st;
}
