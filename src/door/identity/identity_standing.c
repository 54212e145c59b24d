/* SPDX-License-Identifier: Apache-2.0 */
/* What a token or session stands for now: user, scope, roles. All of it is read anew each time, so that
 * a change is felt at once and nothing has to be revoked that is simply no longer so. */
#include "base/clock.h"
#include "door/identity/identity_standing.h"

static enum status signed_out(struct call *c, const char *why)
{
	return fail(c, ST_SIGNED_OUT, NULL, "%s", why);
}

enum status standing_user(struct call *c, const char *user_id, struct standing *out,
			  int64_t *tokens_from_at)
{
	struct standing_user_row u;
	enum status st = standing_read_user(c, user_id, &u);

	if (st == ST_NOT_FOUND || (!st && !(u.enabled && u.domain_enabled)))
		return signed_out(c, "The user is disabled or gone.");
	if (st)
		return st;
	out->user_id = out->actor_id = u.id;
	out->user_name = u.name;
	out->user_domain_id = u.domain_id;
	out->user_domain_name = u.domain_name;
	out->default_project_id = u.default_project_id;
	out->user_options = u.options;
	out->password_expires_at = u.password_expires_at;
	out->must_change = u.must_change;
	*tokens_from_at = u.tokens_from_at;
	return ST_OK;
}

static enum status standing_place(struct call *c, enum scope scope, const char *id,
				  struct standing *out)
{
	struct standing_place_row p;
	enum status st = standing_read_place(c, id, &p);

	if (st == ST_NOT_FOUND || (!st && p.place.is_domain != (scope == SCOPE_DOMAIN)) ||
	    (!st && !(p.place.enabled && p.domain_enabled)))
		return signed_out(c, "The scope is disabled or gone.");
	if (st)
		return st;
	out->place = p.place;
	out->place_domain_name = p.domain_name;
	return ST_OK;
}

/* Which built-in roles count in which scope: an administrator of a department has no say in a VDC
 * because the role happens to be given there too. */
static unsigned worth(enum scope scope)
{
	switch (scope) {
	case SCOPE_SYSTEM:
		return ~(unsigned)(ROLE_DEPARTMENT_ADMIN | ROLE_VDC_ADMIN | ROLE_DEPARTMENT_WORK);
	case SCOPE_DOMAIN:
		return ROLE_ADMIN | ROLE_DEPARTMENT_ADMIN | ROLE_MEMBER | ROLE_READER |
		       ROLE_DEPARTMENT_WORK;
	case SCOPE_PROJECT:
		return ROLE_ADMIN | ROLE_VDC_ADMIN | ROLE_MEMBER | ROLE_READER | ROLE_SERVICE |
		       ROLE_DEPARTMENT_WORK;
	case SCOPE_NONE: break;
	}
	return 0;
}

bool roles_have(const struct role_list *list, const char *role_id)
{
	for (size_t i = 0; i < list->count; i++)
		if (str_eq(list->list[i]->id, role_id))
			return true;
	return false;
}

void roles_add(struct call *c, const struct known *k, const struct known_role *r, enum scope scope,
	       struct role_list *list)
{
	if (!list->list)
		list->list = arena_array(c->arena, k->role_count + 1, sizeof *list->list);
	for (size_t i = 0; i < r->reach_count; i++) {
		const struct known_role *each = &k->roles[r->reach[i]];
		list->built_in |= each->built_in & worth(scope);
		/* A department's own role shows only by what it implies. */
		if (!each->domain_id && !roles_have(list, each->id))
			list->list[list->count++] = each;
	}
}

static void targets_of(struct call *c, enum scope scope, const struct project *place,
		       const char *targets[PROJECT_DEPTH_MAX + 1])
{
	if (scope == SCOPE_SYSTEM) {
		targets[0] = "system";
		return;
	}
	struct words ids = words_split(c->arena, place->path, '/');
	for (size_t i = 0; i < ids.count && i <= PROJECT_DEPTH_MAX; i++)
		targets[i] = ids.list[i];
}

enum status roles_on(struct call *c, const struct known *k, const char *user_id, enum scope scope,
		     const struct project *place, struct role_list *out)
{
	const char *targets[PROJECT_DEPTH_MAX + 1] = { 0 };
	struct standing_grant_row *grants;
	size_t n;
	enum status st;

	targets_of(c, scope, place, targets);
	st = standing_read_grants(c, user_id, targets, &grants, &n);
	if (st)
		return st;
	for (size_t i = 0; i < n; i++) {
		bool here = scope == SCOPE_SYSTEM || str_eq(grants[i].target, place->id);
		const struct known_role *r = known_role(k, grants[i].role_id);
		/* What is inherited is held below its target; what is not, on it. */
		if (r && grants[i].inherited != here)
			roles_add(c, k, r, scope, out);
	}
	return ST_OK;
}

/* --- delegation --- */

static enum status standing_trust(struct call *c, const struct token_claims *t,
				  struct standing *out)
{
	struct trust *trust = arena_alloc(c->arena, sizeof *trust);
	struct standing other = { 0 };
	struct role_list held = { 0 };
	int64_t from_at = 0;
	enum status st = trust_get(c, t->trust_id, trust);

	call_forgive(c);
	if (st == ST_NOT_FOUND || (!st && trust->expires_at && trust->expires_at <= c->now_at))
		return signed_out(c, "The trust is over.");
	if (!st)
		st = standing_user(c, trust->trustor_user_id, &other, &from_at);
	if (!st)
		st = roles_on(c, out->known, trust->trustor_user_id, out->scope, &out->place,
			      &held);
	if (st)
		return st;
	for (size_t i = 0; i < trust->roles_count; i++) {
		if (!roles_have(&held, trust->roles[i].id))
			return signed_out(c, "The trustor no longer holds the roles of the trust.");
		roles_add(c, out->known, known_role(out->known, trust->roles[i].id), out->scope,
			  &out->roles);
	}
	out->trust = trust;
	if (trust->impersonation) {
		out->user_id = other.user_id;
		out->user_name = other.user_name;
		out->user_domain_id = other.user_domain_id;
		out->user_domain_name = other.user_domain_name;
		out->password_expires_at = other.password_expires_at;
	}
	return ST_OK;
}

static enum status standing_application(struct call *c, const struct token_claims *t,
					struct standing *out)
{
	struct application_credential *app = arena_alloc(c->arena, sizeof *app);
	struct role_list held = { 0 };
	enum status st = application_get(c, t->application_credential_id, app);

	call_forgive(c);
	if (st == ST_NOT_FOUND || (!st && app->expires_at && app->expires_at <= c->now_at))
		return signed_out(c, "The application credential is over.");
	if (!st)
		st = roles_on(c, out->known, out->user_id, out->scope, &out->place, &held);
	if (st)
		return st;
	for (size_t i = 0; i < app->roles_count; i++)
		if (roles_have(&held, app->roles[i].id))
			roles_add(c, out->known, known_role(out->known, app->roles[i].id),
				  out->scope, &out->roles);
	out->application = app;
	return ST_OK;
}

enum status standing_of(struct call *c, const struct token_claims *t, struct standing *out)
{
	struct standing s = { .scope = t->scope };
	int64_t from_at = 0;
	enum status st = standing_user(c, t->user_id, &s, &from_at);

	if (!st && t->issued_at < from_at)
		return signed_out(c, "The token was revoked.");
	if (!st)
		st = known_take(c, &s.known);
	if (!st && t->scope_id)
		st = standing_place(c, t->scope, t->scope_id, &s);
	if (st)
		return st;
	if (t->trust_id)
		st = standing_trust(c, t, &s);
	else if (t->application_credential_id)
		st = standing_application(c, t, &s);
	else if (t->scope)
		st = roles_on(c, s.known, t->user_id, t->scope, &s.place, &s.roles);
	if (!st && t->scope && !s.roles.count)
		return signed_out(c, "The user holds no role in this scope.");
	if (!st)
		*out = s;
	return st;
}

/* --- from a token's text --- */

enum status claims_of(struct call *c, const char *text, struct token_claims *out)
{
	struct token_claims t = { 0 };
	char audit_id[2 * AUDIT_ID_SIZE + 1], chain_id[2 * AUDIT_ID_SIZE + 1];
	int64_t revoked = 0;

	if (!identity.tokens || !token_read(identity.tokens, c->arena, text, &t) || t.receipt)
		return signed_out(c, "The request you have made requires authentication.");
	if (t.expires_at <= c->now_at)
		return signed_out(c, "The token has expired.");
	hex_encode(t.audit_id, AUDIT_ID_SIZE, audit_id);
	hex_encode(t.chain_id, AUDIT_ID_SIZE, chain_id);
	enum status st = standing_read_revoked(c, audit_id, chain_id, &revoked);
	if (st)
		return st;
	if (revoked)
		return signed_out(c, "The token was revoked.");
	*out = t;
	return ST_OK;
}

void standing_act(struct call *c, const struct standing *s, const char *token_id)
{
	struct actor *a = &c->actor;
	const char *purpose = a->purpose;

	*a = (struct actor){ .user_id = s->user_id,
			     .user_name = s->user_name,
			     .user_domain_id = s->user_domain_id,
			     .scope = s->scope,
			     .token_id = token_id,
			     .purpose = purpose };
	if (s->scope == SCOPE_DOMAIN)
		a->domain_id = s->place.id;
	if (s->scope == SCOPE_PROJECT) {
		a->domain_id = s->place.domain_id;
		a->project_id = s->place.id;
	}
	if (s->trust)
		a->on_behalf = s->trust->trustor_user_id;
	permissions_of(s->roles.built_in, a->permissions);
	const char **names = arena_array(c->arena, s->roles.count + 1, sizeof *names);
	for (size_t i = 0; i < s->roles.count; i++)
		names[i] = arena_strdup(c->arena, s->roles.list[i]->name);
	a->roles = names;
	a->role_count = s->roles.count;
	a->is_admin = s->roles.built_in & ROLE_ADMIN ||
		      (s->scope == SCOPE_SYSTEM && s->roles.built_in & ROLE_SYSTEM_ADMIN);
}

enum status identity_actor_of_token(struct call *c, const char *token)
{
	struct token_claims t = { 0 };
	struct standing s = { 0 };
	char *audit_id = arena_alloc(c->arena, 2 * AUDIT_ID_SIZE + 1);
	enum status st = claims_of(c, token, &t);

	if (!st)
		st = standing_of(c, &t, &s);
	if (st)
		return st;
	hex_encode(t.audit_id, AUDIT_ID_SIZE, audit_id);
	standing_act(c, &s, audit_id);
	c->actor.application_credential_id = t.application_credential_id;
	c->actor.rules = s.application ? s.application->access_rules : NULL;
	c->actor.rule_count = s.application ? s.application->access_rules_count : 0;
	return ST_OK;
}
