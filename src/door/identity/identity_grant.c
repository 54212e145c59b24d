/* SPDX-License-Identifier: Apache-2.0 */
/* Giving roles and taking them back. Nobody gives more than their own place reaches: a department's
 * administrator stays in the department and below the roles of the system; and 三员 stay three. */
#include "door/audit/audit.h"
#include "door/identity/identity_roles.h"

/* What the path names, read and seen to be there. */
struct place {
	struct grant grant;
	struct project project; /* unless it is the system */
	struct role_row role;
};

static enum status read_actor(struct call *c, const struct key *in, struct grant *g)
{
	struct user u;
	struct group gr;
	enum status st;

	if (in->user_id) {
		st = user_get(c, in->user_id, &u);
		if (!st && !reach_domain(c, u.domain_id))
			return missing(c, "user", in->user_id);
		g->actor = g->user_id = in->user_id;
		return st;
	}
	st = group_get(c, in->group_id, &gr);
	if (!st && !reach_domain(c, gr.domain_id))
		return missing(c, "group", in->group_id);
	g->actor = g->group_id = in->group_id;
	return st;
}

static enum status read_target(struct call *c, const struct key *in, struct place *p)
{
	const char *id = in->project_id ? in->project_id : in->domain_id;
	enum status st;

	if (!id) {
		p->grant.target = "system";
		if (!reach_all(c))
			return fail(c, ST_FORBIDDEN, NULL,
				    "You are not authorized to perform the requested action.");
		return ST_OK;
	}
	st = in->domain_id ? domain_get(c, id, &p->project) : project_get(c, id, &p->project);
	if (!st && !reach_project(c, &p->project))
		return missing(c, in->domain_id ? "domain" : "project", id);
	p->grant.target = p->grant.project_id = id;
	return st;
}

static enum status read_place(struct call *c, const struct key *in, bool inherited, struct place *p)
{
	enum status st = read_actor(c, in, &p->grant);

	p->grant.inherited = inherited;
	if (!st)
		st = read_target(c, in, p);
	if (!st && in->role_id)
		st = role_get(c, in->role_id, &p->role);
	p->grant.role_id = in->role_id;
	return st;
}

/* The built-in roles that somebody of this scope may give away. */
static unsigned gives(const struct call *c)
{
	if (reach_all(c))
		return ~0u;
	if (c->actor.scope == SCOPE_DOMAIN)
		return ROLE_DEPARTMENT_ADMIN | ROLE_VDC_ADMIN | ROLE_MEMBER | ROLE_READER |
		       ROLE_DEPARTMENT_WORK;
	return ROLE_VDC_ADMIN | ROLE_MEMBER | ROLE_READER;
}

static enum status check_grant(struct call *c, const struct place *p)
{
	const struct known *k;
	enum status st = known_take(c, &k);
	const struct known_role *r = st ? NULL : known_role(k, p->role.id);
	const struct project *to = p->grant.project_id ? &p->project : NULL;

	if (st)
		return st;
	if (r->reach_built_in & ~gives(c))
		return fail(c, ST_FORBIDDEN, NULL, "the role %s is not yours to give", r->name);
	if (r->built_in & ROLE_TRIO && to)
		return fail(c, ST_FORBIDDEN, NULL, "the role %s is held on the system only",
			    r->name);
	if (r->domain_id && (!to || !str_eq(r->domain_id, to->is_domain ? to->id : to->domain_id)))
		return fail(c, ST_FORBIDDEN, NULL, "the role %s is another domain's", r->name);
	return ST_OK;
}

static void tell(struct call *c, const struct place *p)
{
	audit_subject(c, p->grant.user_id ? "user" : "group",
		      arena_printf(c->arena, "%s role %s on %s%s", p->grant.actor, p->role.name,
				   p->grant.target, p->grant.inherited ? ", inherited" : ""));
}

static enum status put(struct call *c, const struct key *in, bool inherited)
{
	struct place p = { 0 };
	enum status st = read_place(c, in, inherited, &p);

	if (!st)
		st = check_grant(c, &p);
	if (!st)
		st = grant_write(c, &p.grant);
	if (st)
		return st;
	tell(c, &p);
	return trio_keep(c, p.grant.user_id, p.grant.group_id);
}

static enum status check(struct call *c, const struct key *in, bool inherited)
{
	struct place p = { 0 };
	int64_t n = 0;
	enum status st = read_place(c, in, inherited, &p);

	if (!st)
		st = grant_count(c, &p.grant, &n);
	return !st && !n ? missing(c, "role assignment with role", in->role_id) : st;
}

static enum status drop(struct call *c, const struct key *in, bool inherited)
{
	struct place p = { 0 };
	int64_t changed = 0;
	enum status st = read_place(c, in, inherited, &p);

	if (!st)
		st = check_grant(c, &p);
	if (!st)
		st = grant_remove(c, &p.grant, &changed);
	if (!st && !changed)
		return missing(c, "role assignment with role", in->role_id);
	if (!st)
		st = revocation_note(c, "role_id", p.role.id,
				     p.grant.user_id ? "user_id" : "group_id", p.grant.actor);
	tell(c, &p);
	return st;
}

static enum status list(struct call *c, const struct key *in, bool inherited, struct role_rows *out)
{
	struct place p = { 0 };
	enum status st = read_place(c, in, inherited, &p);

	out->collection = "roles";
	return st ? st : grants_of(c, &p.grant, &out->roles, &out->roles_count);
}

enum status grant_put(struct call *c, const struct key *in, struct nothing *out)
{
	(void)out;
	return put(c, in, false);
}

enum status grant_check(struct call *c, const struct key *in, struct nothing *out)
{
	(void)out;
	return check(c, in, false);
}

enum status grant_drop(struct call *c, const struct key *in, struct nothing *out)
{
	(void)out;
	return drop(c, in, false);
}

enum status grant_list(struct call *c, const struct key *in, struct role_rows *out)
{
	return list(c, in, false, out);
}

enum status heritage_put(struct call *c, const struct key *in, struct nothing *out)
{
	(void)out;
	return put(c, in, true);
}

enum status heritage_check(struct call *c, const struct key *in, struct nothing *out)
{
	(void)out;
	return check(c, in, true);
}

enum status heritage_drop(struct call *c, const struct key *in, struct nothing *out)
{
	(void)out;
	return drop(c, in, true);
}

enum status heritage_list(struct call *c, const struct key *in, struct role_rows *out)
{
	return list(c, in, true, out);
}
