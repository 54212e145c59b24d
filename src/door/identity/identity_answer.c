/* SPDX-License-Identifier: Apache-2.0 */
/* What a token shows, and looking at, revoking tokens. */
#include "base/clock.h"
#include "door/audit/audit.h"
#include "door/identity/identity_auth.h"

static void put_named(struct json_out *j, const char *member, const char *id, const char *name)
{
	json_key(j, member);
	json_object_begin(j);
	json_put_str(j, "id", id);
	json_put_str(j, "name", name);
	json_object_end(j);
}

static void put_time(struct json_out *j, const char *member, int64_t at)
{
	char text[TIME_TEXT_SIZE];

	if (at)
		time_write(at, TIME_MICRO_Z, text);
	json_put_str(j, member, at ? text : NULL);
}

static void put_methods(struct json_out *j, unsigned methods)
{
	static const char *const names[] = { "password",      "token",
					     "totp",          "application_credential",
					     "ec2credential", "mapped" };

	json_key(j, "methods");
	json_array_begin(j);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (methods >> i & 1)
			json_str(j, names[i]);
	json_array_end(j);
}

static void put_user(struct json_out *j, const struct standing *s)
{
	json_key(j, "user");
	json_object_begin(j);
	put_named(j, "domain", s->user_domain_id, s->user_domain_name);
	json_put_str(j, "id", s->user_id);
	json_put_str(j, "name", s->user_name);
	put_time(j, "password_expires_at", s->password_expires_at);
	json_object_end(j);
}

static void put_audit_ids(struct call *c, struct json_out *j, const struct token_claims *t)
{
	json_key(j, "audit_ids");
	json_array_begin(j);
	json_str(j, base64url_encode(c->arena, t->audit_id, AUDIT_ID_SIZE));
	if (memcmp(t->audit_id, t->chain_id, AUDIT_ID_SIZE) != 0)
		json_str(j, base64url_encode(c->arena, t->chain_id, AUDIT_ID_SIZE));
	json_array_end(j);
}

static void put_scope(struct json_out *j, const struct standing *s)
{
	switch (s->scope) {
	case SCOPE_NONE: return;
	case SCOPE_SYSTEM:
		json_key(j, "system");
		json_object_begin(j);
		json_put_bool(j, "all", true);
		json_object_end(j);
		break;
	case SCOPE_DOMAIN: put_named(j, "domain", s->place.id, s->place.name); break;
	case SCOPE_PROJECT:
		json_key(j, "project");
		json_object_begin(j);
		put_named(j, "domain", s->place.domain_id, s->place_domain_name);
		json_put_str(j, "id", s->place.id);
		json_put_str(j, "name", s->place.name);
		json_object_end(j);
		json_put_bool(j, "is_domain", false);
		json_put_bool(j, "is_admin_project", false);
		break;
	}
	json_key(j, "roles");
	json_array_begin(j);
	for (size_t i = 0; i < s->roles.count; i++) {
		json_object_begin(j);
		json_put_str(j, "id", s->roles.list[i]->id);
		json_put_str(j, "name", s->roles.list[i]->name);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_trust(struct json_out *j, const struct trust *t)
{
	json_key(j, "OS-TRUST:trust");
	json_object_begin(j);
	json_put_str(j, "id", t->id);
	json_put_bool(j, "impersonation", t->impersonation);
	json_key(j, "trustee_user");
	json_object_begin(j);
	json_put_str(j, "id", t->trustee_user_id);
	json_object_end(j);
	json_key(j, "trustor_user");
	json_object_begin(j);
	json_put_str(j, "id", t->trustor_user_id);
	json_object_end(j);
	json_object_end(j);
}

static void put_application(struct json_out *j, const struct application_credential *a)
{
	json_key(j, "application_credential");
	json_object_begin(j);
	json_put_str(j, "id", a->id);
	json_put_str(j, "name", a->name);
	json_put_bool(j, "restricted", !a->unrestricted);
	if (a->access_rules_count) {
		json_key(j, "access_rules");
		json_array_begin(j);
		for (size_t i = 0; i < a->access_rules_count; i++) {
			json_object_begin(j);
			json_put_str(j, "id", a->access_rules[i].id);
			json_put_str(j, "service", a->access_rules[i].service);
			json_put_str(j, "method", a->access_rules[i].method);
			json_put_str(j, "path", a->access_rules[i].path);
			json_object_end(j);
		}
		json_array_end(j);
	}
	json_object_end(j);
}

enum status token_text(struct call *c, const struct token_claims *t, const struct standing *s,
		       bool catalog, const char **out)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	enum status st = ST_OK;

	json_object_begin(&j);
	put_methods(&j, t->methods);
	put_user(&j, s);
	put_time(&j, "expires_at", t->expires_at);
	put_time(&j, "issued_at", t->issued_at);
	if (!t->receipt)
		put_audit_ids(c, &j, t);
	put_scope(&j, s);
	if (s->trust)
		put_trust(&j, s->trust);
	if (s->application)
		put_application(&j, s->application);
	if (catalog && s->scope) {
		json_key(&j, "catalog");
		st = catalog_write(c, s, &j);
	}
	if (st)
		return st;
	json_object_end(&j);
	*out = buf_text(&b);
	return ST_OK;
}

/* --- looking at tokens --- */

/* A service may finish for some time what was begun with a token that has expired since. */
static const int64_t EXPIRED_WINDOW = 2 * CLOCK_DAY;

static enum status unknown_token(struct call *c)
{
	call_forgive(c);
	return fail(c, ST_NOT_FOUND, NULL, "Could not find the token.");
}

static enum status claims_asked(struct call *c, const struct token_key *in, struct token_claims *t)
{
	int64_t now_at = c->now_at;

	if (str_empty(in->subject))
		return fail(c, ST_BAD_INPUT, "X-Subject-Token", "must be given");
	if (in->allow_expired)
		c->now_at -= EXPIRED_WINDOW;
	enum status st = claims_of(c, in->subject, t);
	c->now_at = now_at;
	return st == ST_SIGNED_OUT ? unknown_token(c) : st;
}

static enum status read_subject(struct call *c, const struct token_key *in, struct token_claims *t,
				struct standing *s)
{
	enum status st = claims_asked(c, in, t);

	if (!st)
		st = standing_of(c, t, s);
	if (st == ST_SIGNED_OUT)
		return unknown_token(c);
	if (st)
		return st;
	/* Anybody may look at a token of their own. */
	if (!str_eq(s->user_id, c->actor.user_id) && !may(c, "identity.token.validate"))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:validate_token.");
	return ST_OK;
}

enum status token_validate(struct call *c, const struct token_key *in, struct auth_answer *out)
{
	struct token_claims t = { 0 };
	struct standing s = { 0 };
	enum status st = read_subject(c, in, &t, &s);

	if (!st)
		st = token_text(c, &t, &s, !in->nocatalog_given, &out->token);
	if (!st)
		out->token_id = in->subject;
	return st;
}

enum status token_revoke(struct call *c, const struct token_key *in, struct auth_answer *out)
{
	struct token_claims t = { 0 };
	struct standing s = { 0 };
	char audit_id[2 * AUDIT_ID_SIZE + 1];
	enum status st = read_subject(c, in, &t, &s);

	(void)out;
	if (st)
		return st;
	hex_encode(t.audit_id, AUDIT_ID_SIZE, audit_id);
	audit_subject(c, "token", audit_id);
	/* What came from it by exchange ends with it. */
	st = revoked_put(c, audit_id, true, t.expires_at);
	if (!st)
		st = revocation_note(c, "audit_id",
				     base64url_encode(c->arena, t.audit_id, AUDIT_ID_SIZE), NULL,
				     NULL);
	return st;
}
