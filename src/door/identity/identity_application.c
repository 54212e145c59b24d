/* SPDX-License-Identifier: Apache-2.0 */
/* Application credentials: what a program signs in with for a user, on the VDC of the token that made
 * it, with some of the user's roles and perhaps for some calls only. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_delegation.h"
#include "door/identity/password.h"

enum { SECRET_SIZE = 64 };

/* A user's own, and nobody else's, except for looking. */
static enum status must_own(struct call *c, const char *user_id, bool writes)
{
	struct user u;

	if (str_eq(c->actor.user_id, user_id))
		return ST_OK;
	enum status st = user_get(c, user_id, &u);
	if (st)
		return st;
	return must_be_or_may(c, &u,
			      writes ? "identity.credential.manage" : "identity.credential.list");
}

/* A restricted one cannot make or end credentials: a leak would breed. */
static enum status must_be_unrestricted(struct call *c)
{
	struct application_credential a;

	if (!c->actor.application_credential_id)
		return ST_OK;
	enum status st = application_get(c, c->actor.application_credential_id, &a);
	if (!st && !a.unrestricted)
		return fail(c, ST_FORBIDDEN, NULL,
			    "A restricted application credential does not manage credentials.");
	return st;
}

enum status application_prepare(struct call *c, struct application_credential *in)
{
	if (!in->secret) {
		unsigned char *bytes = arena_secret(c->arena, SECRET_SIZE);
		random_bytes(bytes, SECRET_SIZE);
		in->secret = base64url_encode(c->arena, bytes, SECRET_SIZE);
	}
	return password_hash(c, in->secret, &in->secret_hash);
}

static enum status take_roles(struct call *c, const struct application_credential *in,
			      struct application_credential *a)
{
	const struct known *k;
	struct project p;
	struct role_list held = { 0 };
	enum status st = known_take(c, &k);

	if (!st)
		st = project_get(c, a->project_id, &p);
	if (!st)
		st = roles_on(c, k, a->user_id, SCOPE_PROJECT, &p, &held);
	if (st)
		return st;
	size_t n = in->roles_count ? in->roles_count : held.count;
	a->roles = arena_array(c->arena, n + 1, sizeof *a->roles);
	a->roles_count = 0;
	for (size_t i = 0; i < n; i++) {
		const struct role_ref ref = in->roles_count ? in->roles[i]
							    : (struct role_ref){ held.list[i]->id };
		const struct known_role *r = ref.id ? known_role(k, ref.id)
						    : known_role_named(k, ref.name);
		if (!r || !roles_have(&held, r->id))
			return fail(c, ST_BAD_INPUT, "roles",
				    "the user does not hold the role %s on the project",
				    r        ? r->name
				    : ref.id ? ref.id
					     : ref.name);
		a->roles[a->roles_count++] = (struct role_ref){ r->id, r->name };
	}
	return ST_OK;
}

/* A rule with an id is one that the user has; another is made unless the user has the same. */
static enum status take_rules(struct call *c, const struct application_credential *in,
			      struct application_credential *a)
{
	a->access_rules =
		arena_array(c->arena, in->access_rules_count + 1, sizeof *a->access_rules);
	for (size_t i = 0; i < in->access_rules_count; i++) {
		const struct access_rule *asked = &in->access_rules[i];
		struct access_rule *r = &a->access_rules[i];
		enum status st;

		if (asked->id) {
			st = rule_read(c, a->user_id, asked->id, r);
			if (st == ST_NOT_FOUND)
				return missing(c, "access rule", asked->id);
		} else {
			if (!asked->service || !asked->method || !asked->path)
				return fail(c, ST_BAD_INPUT, "access_rules",
					    "a rule has an id, or service, method and path");
			st = rule_find(c, a->user_id, asked, r);
			if (st == ST_NOT_FOUND) {
				*r = *asked;
				r->id = id_new_hex(c->arena);
				st = rule_put(c, a->user_id, r);
			}
		}
		if (st)
			return st;
	}
	return ST_OK;
}

static enum status put_parts(struct call *c, const struct application_credential *a)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < a->roles_count; i++)
		st = application_role_put(c, a->id, a->roles[i].id);
	for (size_t i = 0; !st && i < a->access_rules_count; i++)
		st = application_rule_put(c, a->id, a->access_rules[i].id);
	return st;
}

enum status application_create(struct call *c, const struct application_credential *in,
			       struct application_credential *out)
{
	struct application_credential a = *in;
	enum status st = must_be_unrestricted(c);

	if (!st && !str_eq(c->actor.user_id, in->user_id))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:create_application_credential.");
	if (!st && c->actor.scope != SCOPE_PROJECT)
		return fail(c, ST_FORBIDDEN, NULL, "sign in to a project first");
	if (!st && c->actor.on_behalf)
		return fail(c, ST_FORBIDDEN, NULL, "A trust makes no application credential.");
	if (!st && in->expires_at && in->expires_at <= c->now_at)
		return fail(c, ST_BAD_INPUT, "expires_at", "lies in the past");
	if (st)
		return st;
	a.id = id_new_hex(c->arena);
	a.project_id = c->actor.project_id;
	a.created_at = c->now_at;
	st = take_roles(c, in, &a);
	if (!st)
		st = take_rules(c, in, &a);
	if (!st)
		st = application_put(c, &a);
	if (st == ST_CONFLICT)
		return fail(c, st, "name",
			    "Duplicate entry: there is an application credential '%s' already",
			    a.name);
	if (!st)
		st = put_parts(c, &a);
	if (st)
		return st;
	audit_subject(c, "application_credential", a.id);
	audit_change(c, application_wire, NULL, &a);
	*out = a;
	return ST_OK;
}

enum status application_show(struct call *c, const struct key *in,
			     struct application_credential *out)
{
	enum status st = must_own(c, in->user_id, false);

	if (!st)
		st = application_get(c, in->id, out);
	if (!st && !str_eq(out->user_id, in->user_id))
		return missing(c, "application credential", in->id);
	return st;
}

enum status application_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct application_credential a;
	enum status st = must_own(c, in->user_id, true);

	(void)out;
	if (!st)
		st = must_be_unrestricted(c);
	if (!st)
		st = application_get(c, in->id, &a);
	if (!st && !str_eq(a.user_id, in->user_id))
		return missing(c, "application credential", in->id);
	if (!st)
		st = application_remove(c, a.id);
	if (st)
		return st;
	audit_subject(c, "application_credential", a.id);
	audit_change(c, application_wire, &a, NULL);
	return ST_OK;
}

enum status application_all(struct call *c, const struct application_ask *in,
			    struct application_list *out)
{
	size_t n = 0;
	enum status st = must_own(c, in->user_id, false);

	out->user_id = in->user_id;
	if (!st)
		st = application_list_read(c, in->user_id, &out->list, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (!in->name_given || str_eq(in->name, out->list[i].name))
			out->list[out->list_count++] = out->list[i];
	return st;
}

/* --- access rules --- */

enum status access_rule_all(struct call *c, const struct key *in, struct access_rule_list *out)
{
	enum status st = must_own(c, in->user_id, false);

	out->user_id = in->user_id;
	return st ? st
		  : rule_list_read(c, in->user_id, &out->access_rules, &out->access_rules_count);
}

enum status access_rule_show(struct call *c, const struct key *in, struct access_rule *out)
{
	enum status st = must_own(c, in->user_id, false);

	if (!st)
		st = rule_read(c, in->user_id, in->id, out);
	return st == ST_NOT_FOUND ? missing(c, "access rule", in->id) : st;
}

enum status access_rule_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct access_rule r;
	enum status st = must_own(c, in->user_id, true);

	(void)out;
	if (!st)
		st = rule_read(c, in->user_id, in->id, &r);
	if (st)
		return st == ST_NOT_FOUND ? missing(c, "access rule", in->id) : st;
	audit_subject(c, "access_rule", r.id);
	st = rule_remove(c, r.id);
	return st == ST_CONFLICT ? fail(c, ST_FORBIDDEN, NULL,
					"access rule %s is used by an application credential", r.id)
				 : st;
}

/* One piece of a rule's path against one of the request's: '*' is any piece, {name} too. */
static bool piece_fits(const char *rule, size_t n, const char *asked, size_t m)
{
	return (n == 1 && *rule == '*') || (n > 1 && *rule == '{') ||
	       (n == m && !memcmp(rule, asked, n));
}

/* As Keystone's middleware has it: '*' and {name} stand for one piece, '**' for any number. */
static bool path_fits(const char *rule, const char *asked)
{
	while (*rule) {
		size_t n = strcspn(rule, "/"), m = strcspn(asked, "/");
		if (n == 2 && !strncmp(rule, "**", 2))
			return true;
		if (!piece_fits(rule, n, asked, m))
			return false;
		rule += n;
		asked += m;
		if (*rule != *asked)
			return false;
		if (*rule) {
			rule++;
			asked++;
		}
	}
	return !*asked;
}

enum status identity_rules_allow(struct call *c, const char *prefix, const char *method,
				 const char *path)
{
	const char *service = *prefix == '/' ? prefix + 1 : prefix;

	if (!c->actor.rule_count)
		return ST_OK;
	if (str_starts(path, prefix))
		path += strlen(prefix);
	for (size_t i = 0; i < c->actor.rule_count; i++) {
		const struct access_rule *r = &c->actor.rules[i];
		/* The rules name a service by its type in the catalogue: "volumev3", "volume". */
		if ((str_eq(r->service, service) ||
		     (str_starts(r->service, "volume") && str_starts(service, "volume"))) &&
		    str_case_eq(r->method, method) && path_fits(r->path, path))
			return ST_OK;
	}
	return fail(c, ST_FORBIDDEN, NULL,
		    "The application credential's access rules do not allow this.");
}
