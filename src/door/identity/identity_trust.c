/* SPDX-License-Identifier: Apache-2.0 */
/* Trusts: a user lets another act with some of their roles on one VDC. The roles of the three
 * administrators are not for handing on. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_delegation.h"

enum { REDELEGATIONS_MAX = 3 };

enum status trust_use(struct call *c, const char *id)
{
	struct trust t;
	int64_t changed = 0;
	enum status st = trust_get(c, id, &t);

	if (st || t.remaining_uses == INT_NULL)
		return st;
	st = trust_count_down(c, id, &changed);
	if (!st && !changed)
		return fail(c, ST_FORBIDDEN, NULL, "The trust has been used up.");
	return st;
}

/* By id, or by name among the roles that are known everywhere. */
static const struct known_role *find_role(const struct known *k, const struct role_ref *ref)
{
	return ref->id ? known_role(k, ref->id) : known_role_named(k, ref->name);
}

/* The roles asked for, each held by the trustor on the VDC: what one does not hold one cannot lend. */
static enum status lend_roles(struct call *c, const struct trust *in, struct trust *t,
			      const struct role_list *held)
{
	const struct known *k;
	enum status st = known_take(c, &k);

	if (st)
		return st;
	if (!in->roles_count)
		return fail(c, ST_FORBIDDEN, "roles", "At least one role should be specified.");
	t->roles = arena_array(c->arena, in->roles_count, sizeof *t->roles);
	t->roles_count = 0;
	for (size_t i = 0; i < in->roles_count; i++) {
		const struct known_role *r = find_role(k, &in->roles[i]);
		if (!r)
			return missing(c, "role",
				       in->roles[i].id ? in->roles[i].id : in->roles[i].name);
		if (!roles_have(held, r->id))
			return fail(c, ST_FORBIDDEN, "roles",
				    "the trustor does not hold the role %s", r->name);
		if (r->reach_built_in & ROLE_TRIO)
			return fail(c, ST_FORBIDDEN, "roles",
				    "the role %s of an administrator cannot be handed on", r->name);
		t->roles[t->roles_count++] = (struct role_ref){ r->id, r->name };
	}
	return ST_OK;
}

static enum status held_roles(struct call *c, const char *user_id, const char *project_id,
			      struct role_list *out)
{
	const struct known *k;
	struct project p;
	enum status st = known_take(c, &k);

	if (!st)
		st = project_get(c, project_id, &p);
	return st ? st : roles_on(c, k, user_id, SCOPE_PROJECT, &p, out);
}

/* --- making --- */

static enum status check_new(struct call *c, const struct trust *in)
{
	struct user trustee;

	if (!str_eq(c->actor.user_id, in->trustor_user_id) || c->actor.application_credential_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "The authenticated user should match the trustor.");
	if (in->expires_at && in->expires_at <= c->now_at)
		return fail(c, ST_BAD_INPUT, "expires_at", "lies in the past");
	if (in->redelegation_count_given && in->allow_redelegation &&
	    in->redelegation_count > REDELEGATIONS_MAX)
		return fail(c, ST_FORBIDDEN, "redelegation_count", "is at most %d",
			    REDELEGATIONS_MAX);
	return user_get(c, in->trustee_user_id, &trustee);
}

/* Handing on what was lent: shorter, no more roles, one step fewer. */
static enum status check_redelegation(struct call *c, const struct trust *in,
				      const struct role_list *held, struct trust *t)
{
	struct trust from;
	enum status st = trust_get(c, in->redelegated_trust_id, &from);

	if (st)
		return st;
	if (!from.allow_redelegation || from.redelegation_count < 1)
		return fail(c, ST_FORBIDDEN, NULL, "The trust may not be handed on.");
	if (from.expires_at && (!in->expires_at || in->expires_at > from.expires_at))
		return fail(c, ST_FORBIDDEN, "expires_at",
			    "is later than that of the trust before");
	if (!from.impersonation && in->impersonation)
		return fail(c, ST_FORBIDDEN, "impersonation", "the trust before does not allow it");
	for (size_t i = 0; i < t->roles_count; i++)
		if (!roles_have(held, t->roles[i].id))
			return fail(c, ST_FORBIDDEN, "roles", "are more than the trust before has");
	t->redelegation_count = from.redelegation_count - 1;
	t->allow_redelegation = in->allow_redelegation && t->redelegation_count > 0;
	return ST_OK;
}

enum status trust_create(struct call *c, const struct trust *in, struct trust *out)
{
	struct trust t = *in;
	struct role_list held = { 0 };
	enum status st = check_new(c, in);

	if (st)
		return st;
	if (c->actor.on_behalf && !in->redelegated_trust_id)
		return fail(c, ST_FORBIDDEN, NULL, "A token of a trust makes no further trust.");
	if (!in->project_id)
		return fail(c, ST_BAD_INPUT, "project_id", "must be given with roles");
	st = held_roles(c, in->trustor_user_id, in->project_id, &held);
	if (!st)
		st = lend_roles(c, in, &t, &held);
	t.id = id_new_hex(c->arena);
	t.extra = "{}";
	t.created_at = c->now_at;
	t.remaining_uses = in->remaining_uses ? in->remaining_uses : INT_NULL;
	t.redelegation_count = in->allow_redelegation ? in->redelegation_count_given
								? in->redelegation_count
								: REDELEGATIONS_MAX
						      : 0;
	if (!st && in->redelegated_trust_id)
		st = check_redelegation(c, in, &held, &t);
	if (!st)
		st = trust_put(c, &t);
	for (size_t i = 0; !st && i < t.roles_count; i++)
		st = trust_role_put(c, t.id, t.roles[i].id);
	if (st)
		return st;
	audit_subject(c, "trust", t.id);
	audit_change(c, trust_wire, NULL, &t);
	*out = t;
	return ST_OK;
}

/* --- reading, ending --- */

static enum status visible(struct call *c, const char *id, struct trust *out)
{
	enum status st = trust_get(c, id, out);

	if (st)
		return st;
	bool own = str_eq(c->actor.user_id, out->trustor_user_id) ||
		   str_eq(c->actor.user_id, out->trustee_user_id);
	if (!own && !(may(c, "identity.trust.list") && reach_all(c)))
		return missing(c, "trust", id);
	if (out->expires_at && out->expires_at <= c->now_at)
		return missing(c, "trust", id);
	return ST_OK;
}

enum status trust_show(struct call *c, const struct key *in, struct trust *out)
{
	return visible(c, in->id, out);
}

enum status trust_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct trust t;
	enum status st = trust_get(c, in->id, &t);

	(void)out;
	if (st)
		return st;
	if (!str_eq(c->actor.user_id, t.trustor_user_id) && !c->actor.is_admin)
		return str_eq(c->actor.user_id, t.trustee_user_id)
			       ? fail(c, ST_FORBIDDEN, NULL, "Only the trustor can end the trust.")
			       : missing(c, "trust", in->id);
	st = trust_remove(c, t.id);
	if (!st)
		st = revocation_note(c, "OS-TRUST:trust_id", t.id, NULL, NULL);
	audit_subject(c, "trust", t.id);
	audit_change(c, trust_wire, &t, NULL);
	return st;
}

enum status trust_all(struct call *c, const struct trust_ask *in, struct trust_list *out)
{
	size_t n = 0;
	bool own = str_eq(c->actor.user_id, in->trustor_user_id) ||
		   str_eq(c->actor.user_id, in->trustee_user_id);

	if (!own && !(may(c, "identity.trust.list") && reach_all(c)))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:list_trusts.");
	enum status st = trust_list_read(c, in, &out->trusts, &n);
	for (size_t i = 0; !st && i < n; i++)
		if ((!in->trustee_user_id ||
		     str_eq(in->trustee_user_id, out->trusts[i].trustee_user_id)) &&
		    !(out->trusts[i].expires_at && out->trusts[i].expires_at <= c->now_at))
			out->trusts[out->trusts_count++] = out->trusts[i];
	return st;
}

enum status trust_role_list(struct call *c, const struct key *in, struct trust_roles *out)
{
	struct trust t;
	enum status st = visible(c, in->id, &t);

	if (st)
		return st;
	out->trust_id = t.id;
	out->roles = t.roles;
	out->roles_count = t.roles_count;
	return ST_OK;
}

enum status trust_role_show(struct call *c, const struct key *in, struct role_row *out)
{
	struct trust t;
	enum status st = visible(c, in->id, &t);

	if (st)
		return st;
	for (size_t i = 0; i < t.roles_count; i++)
		if (str_eq(t.roles[i].id, in->role_id))
			return role_get(c, in->role_id, out);
	return missing(c, "role", in->role_id);
}
