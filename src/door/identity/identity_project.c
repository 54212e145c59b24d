/* SPDX-License-Identifier: Apache-2.0 */
/* VDCs: a tree below each department, five deep. A VDC never moves to another place. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_scopes.h"
#include "door/jobs/events.h"

enum { TAGS_MAX = 80, TAG_LENGTH_MAX = 255 };

enum status project_get(struct call *c, const char *id, struct project *out)
{
	enum status st = project_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "project", id) : st;
}

/* The project, if the asker may see it. */
static enum status visible(struct call *c, const char *id, struct project *out)
{
	enum status st = project_get(c, id, out);

	if (!st && !reach_project(c, out))
		return missing(c, "project", id);
	return st;
}

enum status domain_get(struct call *c, const char *id, struct project *out)
{
	enum status st = project_read(c, id, out);

	if (st == ST_NOT_FOUND || (!st && !out->is_domain))
		return missing(c, "domain", id);
	return st;
}

static enum status check_tags(struct call *c, const struct words *tags)
{
	if (tags->count > TAGS_MAX)
		return fail(c, ST_BAD_INPUT, "tags", "a project has at most %d tags", TAGS_MAX);
	for (size_t i = 0; i < tags->count; i++) {
		const char *t = tags->list[i];
		if (str_empty(t) || strpbrk(t, "/,") || utf8_length(t) > TAG_LENGTH_MAX)
			return fail(c, ST_BAD_INPUT, "tags",
				    "a tag has 1 to %d characters, none of them '/' or ','",
				    TAG_LENGTH_MAX);
	}
	return ST_OK;
}

/* Who says what a VDC's parent is: the request, or the department that it goes to. */
static enum status find_parent(struct call *c, const struct project *in, struct project *parent)
{
	const char *id = in->parent_id        ? in->parent_id
			 : in->domain_id      ? in->domain_id
			 : c->actor.domain_id ? c->actor.domain_id
					      : "default";
	enum status st = project_get(c, id, parent);
	const char *domain = parent->is_domain ? parent->id : parent->domain_id;

	if (st)
		return st;
	if (in->domain_id && !str_eq(in->domain_id, domain))
		return fail(c, ST_BAD_INPUT, "parent_id", "the parent is in another domain");
	if (!parent->enabled)
		return fail(c, ST_FORBIDDEN, "parent_id",
			    "cannot create project: its parent is disabled: %s", parent->id);
	if (parent->depth >= PROJECT_DEPTH_MAX)
		return fail(c, ST_FORBIDDEN, "parent_id", "projects stand at most %d deep",
			    PROJECT_DEPTH_MAX);
	return ST_OK;
}

enum status project_make(struct call *c, const struct project *in, struct project *out)
{
	struct project parent = { 0 }, p = *in;
	enum status st = find_parent(c, in, &parent);

	if (!st)
		st = check_tags(c, &in->tags);
	if (st)
		return st;
	p.id = id_new_hex(c->arena);
	p.parent_id = parent.id;
	p.domain_id = parent.is_domain ? parent.id : parent.domain_id;
	p.path = arena_printf(c->arena, "%s%s/", parent.path, p.id);
	p.depth = parent.depth + 1;
	p.enabled = !in->enabled_given || in->enabled;
	p.description = in->description ? in->description : "";
	p.options = in->options ? in->options : "{}";
	p.extra = extra_merge(c, NULL, in->extra);
	p.created_at = c->now_at;
	st = project_put(c, &p);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a project '%s' already",
			    p.name);
	if (st)
		return st;
	audit_subject(c, "project", p.id);
	audit_change(c, project_wire, NULL, &p);
	*out = p;
	return ST_OK;
}

enum status project_create(struct call *c, const struct project *in, struct project *out)
{
	struct project parent = { 0 };
	enum status st;

	if (in->is_domain)
		return domain_create(c, in, out);
	st = find_parent(c, in, &parent);
	if (st)
		return st;
	if (!reach_project(c, &parent))
		return missing(c, "project", parent.id);
	return project_make(c, in, out);
}

/* A tree is switched off from its leaves and on from its root, so that an enabled VDC has no disabled
 * ancestor and a token need not look for one. */
static enum status check_enabled(struct call *c, const struct project *now, bool enabled)
{
	struct project parent = { 0 };
	int64_t children = 0;
	enum status st = ST_OK;

	if (now->enabled == enabled || now->is_domain)
		return ST_OK;
	if (!enabled) {
		st = project_children(c, now->id, true, &children);
		if (!st && children)
			return fail(c, ST_FORBIDDEN, "enabled",
				    "cannot disable project %s: projects below it are enabled",
				    now->id);
		return st;
	}
	st = project_get(c, now->parent_id, &parent);
	if (!st && !parent.enabled)
		return fail(c, ST_FORBIDDEN, "enabled",
			    "cannot enable project %s: its parent is disabled", now->id);
	return st;
}

enum status project_change(struct call *c, const struct project *in, struct project *out)
{
	struct project now = { 0 }, then;
	enum status st = visible(c, in->id, &now);

	if (st)
		return st;
	if (now.is_domain)
		return domain_change(c, in, out);
	if ((in->domain_id_given && !str_eq(in->domain_id, now.domain_id)) ||
	    (in->parent_id_given && !str_eq(in->parent_id, now.parent_id)) ||
	    (in->is_domain_given && in->is_domain))
		return fail(c, ST_BAD_INPUT, NULL, "a project's place cannot be changed");
	then = now;
	TAKE(&then, in, name);
	TAKE(&then, in, description);
	TAKE(&then, in, enabled);
	TAKE(&then, in, options);
	TAKE(&then, in, tags);
	then.description = then.description ? then.description : "";
	then.extra = extra_merge(c, now.extra, in->extra);
	st = check_tags(c, &then.tags);
	if (!st)
		st = check_enabled(c, &now, then.enabled);
	if (!st)
		st = project_write(c, &then);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a project '%s' already",
			    then.name);
	if (st)
		return st;
	audit_subject(c, "project", now.id);
	audit_change(c, project_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status project_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct project now = { 0 };
	int64_t children = 0;
	enum status st = visible(c, in->id, &now);

	if (st)
		return st;
	if (now.is_domain)
		return domain_delete(c, in, out);
	st = project_children(c, now.id, false, &children);
	if (!st && children)
		return fail(c, ST_FORBIDDEN, NULL,
			    "Cannot delete project %s: there are projects below it.", now.id);
	if (!st)
		st = project_remove(c, now.id);
	if (st == ST_CONFLICT)
		return fail(c, st, NULL, "project %s is still used", now.id);
	if (!st)
		st = revocation_note(c, "project_id", now.id, NULL, NULL);
	if (!st)
		st = event_post(c, "identity.project.deleted", now.id, now.domain_id, now.id,
				arena_printf(c->arena, "{\"id\":\"%s\"}", now.id));
	audit_subject(c, "project", now.id);
	audit_change(c, project_wire, &now, NULL);
	return st;
}

/* --- reading --- */

static enum status read_parents(struct call *c, const struct project *p, struct project_shown *out)
{
	out->parents = arena_array(c->arena, PROJECT_DEPTH_MAX, sizeof *out->parents);
	for (const char *id = p->parent_id; id;) {
		struct project *parent = &out->parents[out->parents_count];
		enum status st = project_read(c, id, parent);
		if (st)
			return st;
		if (parent->is_domain)
			break;
		out->parents_count++;
		id = parent->parent_id;
	}
	return ST_OK;
}

enum status project_show(struct call *c, const struct project_show *in, struct project_shown *out)
{
	enum status st = project_get(c, in->id, &out->project);
	struct project *p = &out->project;

	if (st)
		return st;
	bool own = str_eq(c->actor.project_id, p->id);
	if (!own && !may(c, "identity.project.list"))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:get_project.");
	if (!own && !reach_project(c, p))
		return missing(c, "project", in->id);
	if ((in->parents_as_list_given && in->parents_as_ids_given) ||
	    (in->subtree_as_list_given && in->subtree_as_ids_given))
		return fail(c, ST_BAD_INPUT, NULL, "ask for a list or for ids, not for both");
	out->parents_list = in->parents_as_list_given;
	out->parents_ids = in->parents_as_ids_given;
	out->subtree_list = in->subtree_as_list_given;
	out->subtree_ids = in->subtree_as_ids_given;
	if (out->parents_list || out->parents_ids)
		st = read_parents(c, p, out);
	if (!st && (out->subtree_list || out->subtree_ids))
		st = project_subtree(c, p->id, &out->subtree, &out->subtree_count);
	return st;
}

static bool has_tag(const struct project *p, const char *tag)
{
	for (size_t i = 0; i < p->tags.count; i++)
		if (str_eq(p->tags.list[i], tag))
			return true;
	return false;
}

/* How many of the comma-separated tags, asked in any number of queries, the project has; all in '*of'. */
static size_t count_tags(struct call *c, const struct project *p, const struct words *asked,
			 size_t *of)
{
	size_t n = 0;

	*of = 0;
	for (size_t i = 0; i < asked->count; i++) {
		struct words tags = words_split(c->arena, asked->list[i], ',');
		for (size_t t = 0; t < tags.count; t++, (*of)++)
			n += has_tag(p, tags.list[t]);
	}
	return n;
}

static bool tags_fit(struct call *c, const struct project_ask *ask, const struct project *p)
{
	size_t of;

	if (count_tags(c, p, &ask->tags, &of) < of)
		return false;
	if (ask->tags_any.count && !count_tags(c, p, &ask->tags_any, &of))
		return false;
	if (ask->not_tags.count && count_tags(c, p, &ask->not_tags, &of) == of)
		return false;
	return !ask->not_tags_any.count || !count_tags(c, p, &ask->not_tags_any, &of);
}

static bool fits(struct call *c, const struct project_ask *ask, const struct project *p)
{
	return (!ask->name_given || str_eq(ask->name, p->name)) &&
	       (!ask->domain_id_given || str_eq(ask->domain_id, p->domain_id)) &&
	       (!ask->parent_id_given || str_eq(ask->parent_id, p->parent_id)) &&
	       (!ask->enabled_given || ask->enabled == p->enabled) && tags_fit(c, ask, p);
}

enum status project_all(struct call *c, const struct project_ask *in, struct project_list *out)
{
	size_t n = 0;
	enum status st = project_list_read(c, in, &out->projects, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (fits(c, in, &out->projects[i]) && reach_project(c, &out->projects[i]))
			out->projects[out->projects_count++] = out->projects[i];
	return st;
}

enum status user_projects(struct call *c, const struct project_ask *in, struct project_list *out)
{
	struct user u;
	size_t n = 0;
	enum status st = user_get(c, in->user_id, &u);

	if (!st)
		st = must_be_or_may(c, &u, "identity.project.list");
	if (!st)
		st = projects_held(c, in->user_id, &out->projects, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (fits(c, in, &out->projects[i]))
			out->projects[out->projects_count++] = out->projects[i];
	return st;
}

/* --- tags --- */

static enum status write_tags(struct call *c, const struct project *now, const struct words *tags)
{
	struct project then = *now;
	enum status st = check_tags(c, tags);

	then.tags = *tags;
	if (!st)
		st = project_write(c, &then);
	audit_subject(c, "project", now->id);
	audit_change(c, project_wire, now, &then);
	return st;
}

enum status tags_show(struct call *c, const struct key *in, struct tag_list *out)
{
	struct project now = { 0 };
	enum status st = visible(c, in->id, &now);

	out->id = now.id;
	out->tags = now.tags;
	return st;
}

enum status tags_set(struct call *c, const struct tag_list *in, struct tag_list *out)
{
	struct project now = { 0 };
	enum status st = visible(c, in->id, &now);

	*out = *in;
	return st ? st : write_tags(c, &now, &in->tags);
}

enum status tags_clear(struct call *c, const struct key *in, struct nothing *out)
{
	struct project now = { 0 };
	struct words none = { 0 };
	enum status st = visible(c, in->id, &now);

	(void)out;
	return st ? st : write_tags(c, &now, &none);
}

enum status tag_add(struct call *c, const struct key *in, struct nothing *out)
{
	struct project now = { 0 };
	enum status st = visible(c, in->id, &now);
	struct words tags = { 0 };

	(void)out;
	if (st || has_tag(&now, in->tag))
		return st;
	tags.list = arena_array(c->arena, now.tags.count + 1, sizeof *tags.list);
	for (; tags.count < now.tags.count; tags.count++)
		tags.list[tags.count] = now.tags.list[tags.count];
	tags.list[tags.count++] = in->tag;
	return write_tags(c, &now, &tags);
}

enum status tag_check(struct call *c, const struct key *in, struct nothing *out)
{
	struct project now = { 0 };
	enum status st = visible(c, in->id, &now);

	(void)out;
	if (!st && !has_tag(&now, in->tag))
		return missing(c, "project tag", in->tag);
	return st;
}

enum status tag_remove(struct call *c, const struct key *in, struct nothing *out)
{
	struct project now = { 0 };
	enum status st = visible(c, in->id, &now);
	struct words tags = { 0 };

	(void)out;
	if (!st && !has_tag(&now, in->tag))
		return missing(c, "project tag", in->tag);
	if (st)
		return st;
	tags.list = arena_array(c->arena, now.tags.count, sizeof *tags.list);
	for (size_t i = 0; i < now.tags.count; i++)
		if (!str_eq(now.tags.list[i], in->tag))
			tags.list[tags.count++] = now.tags.list[i];
	return write_tags(c, &now, &tags);
}
