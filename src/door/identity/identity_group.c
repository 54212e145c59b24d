/* SPDX-License-Identifier: Apache-2.0 */
/* Groups, and who is in them. Joining a group can make somebody a second administrator: see
 * identity_trio.c. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_people.h"
#include "door/identity/identity_policy.h"

enum status group_get(struct call *c, const char *id, struct group *out)
{
	enum status st = group_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "group", id) : st;
}

static enum status visible(struct call *c, const char *id, struct group *out)
{
	enum status st = group_get(c, id, out);

	return !st && !reach_domain(c, out->domain_id) ? missing(c, "group", id) : st;
}

/* As users: a department's administrator does not change who manages the cloud. */
static enum status changeable(struct call *c, const char *id, struct group *out)
{
	bool above = false;
	enum status st = visible(c, id, out);

	if (!st && !reach_all(c))
		st = holds_system(c, id, &above);
	if (!st && above)
		return fail(c, ST_FORBIDDEN, NULL,
			    "group %s holds a role on the system: only its security administrator "
			    "may do this",
			    id);
	return st;
}

enum status group_create(struct call *c, const struct group *in, struct group *out)
{
	struct group g = *in;
	struct project domain;
	enum status st;

	if (!g.domain_id)
		g.domain_id = c->actor.domain_id ? c->actor.domain_id : "default";
	st = domain_get(c, g.domain_id, &domain);
	if (!st && !reach_domain(c, g.domain_id))
		return missing(c, "domain", g.domain_id);
	if (st)
		return st;
	g.id = id_new_hex(c->arena);
	g.description = in->description ? in->description : "";
	g.extra = extra_merge(c, NULL, in->extra);
	st = group_put(c, &g);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a group '%s' already",
			    g.name);
	if (st)
		return st;
	audit_subject(c, "group", g.id);
	audit_change(c, group_wire, NULL, &g);
	*out = g;
	return ST_OK;
}

enum status group_change(struct call *c, const struct group *in, struct group *out)
{
	struct group now = { 0 }, then;
	enum status st = changeable(c, in->id, &now);

	if (st)
		return st;
	if (in->domain_id && !str_eq(in->domain_id, now.domain_id))
		return fail(c, ST_BAD_INPUT, "domain_id", "a group stays in its domain");
	then = now;
	TAKE(&then, in, name);
	TAKE(&then, in, description);
	then.description = then.description ? then.description : "";
	then.extra = extra_merge(c, now.extra, in->extra);
	st = group_write(c, &then);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a group '%s' already",
			    then.name);
	if (st)
		return st;
	audit_subject(c, "group", now.id);
	audit_change(c, group_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status group_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct group now = { 0 };
	enum status st = changeable(c, in->id, &now);

	(void)out;
	if (!st)
		st = group_remove(c, now.id);
	audit_subject(c, "group", now.id);
	audit_change(c, group_wire, &now, NULL);
	return st;
}

enum status group_show(struct call *c, const struct key *in, struct group *out)
{
	return visible(c, in->id, out);
}

enum status group_all(struct call *c, const struct group_ask *in, struct group_list *out)
{
	size_t n = 0;
	enum status st = group_list_read(c, in, &out->groups, &n);

	out->collection = "groups";
	for (size_t i = 0; !st && i < n; i++) {
		const struct group *g = &out->groups[i];
		if ((!in->name_given || str_eq(in->name, g->name)) &&
		    (!in->domain_id_given || str_eq(in->domain_id, g->domain_id)) &&
		    reach_domain(c, g->domain_id))
			out->groups[out->groups_count++] = *g;
	}
	return st;
}

enum status user_groups(struct call *c, const struct group_ask *in, struct group_list *out)
{
	struct user u;
	enum status st = user_get(c, in->user_id, &u);

	if (!st)
		st = must_be_or_may(c, &u, "identity.user.list");
	if (!st)
		st = group_list_read(c, in, &out->groups, &out->groups_count);
	out->collection = arena_printf(c->arena, "users/%s/groups", in->user_id);
	return st;
}

enum status group_users(struct call *c, const struct user_ask *in, struct user_list *out)
{
	struct group g;
	enum status st = visible(c, in->group_id, &g);

	if (!st)
		st = user_list_read(c, in, &out->users, &out->users_count);
	out->collection = arena_printf(c->arena, "groups/%s/users", in->group_id);
	return st;
}

/* --- members --- */

enum status member_add(struct call *c, const struct key *in, struct nothing *out)
{
	struct group g;
	struct user u;
	enum status st = changeable(c, in->id, &g);

	(void)out;
	if (!st)
		st = user_get(c, in->user_id, &u);
	if (!st && !reach_domain(c, u.domain_id))
		return missing(c, "user", in->user_id);
	if (!st)
		st = member_put(c, u.id, g.id);
	audit_subject(c, "group", g.id);
	return st ? st : trio_keep(c, u.id, NULL);
}

enum status member_check(struct call *c, const struct key *in, struct nothing *out)
{
	struct group g;
	int64_t n = 0;
	enum status st = visible(c, in->id, &g);

	(void)out;
	if (!st)
		st = member_count(c, in->user_id, in->id, &n);
	return !st && !n ? missing(c, "user in the group", in->user_id) : st;
}

enum status member_remove(struct call *c, const struct key *in, struct nothing *out)
{
	struct group g;
	int64_t changed = 0;
	enum status st = changeable(c, in->id, &g);

	(void)out;
	if (!st)
		st = member_drop(c, in->user_id, in->id, &changed);
	if (!st && !changed)
		return missing(c, "user in the group", in->user_id);
	if (!st)
		st = revocation_note(c, "user_id", in->user_id, NULL, NULL);
	audit_subject(c, "group", in->id);
	return st;
}
