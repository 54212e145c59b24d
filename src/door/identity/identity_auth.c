/* SPDX-License-Identifier: Apache-2.0 */
/* Issuing tokens: which methods were passed, whether the user's rules want more, which scope, and then
 * the claims. What a token shows is written in identity_answer.c. */
#include <jansson.h>
#include "base/clock.h"
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/identity/identity_auth.h"

/* What was proven so far. */
struct progress {
	const char *user_id;
	unsigned methods;
	bool by_token; /* 'from' is the token */
	struct token_claims from;
	const char *application_id;
};

static enum status wrong(struct call *c)
{
	return fail(c, ST_SIGNED_OUT, NULL, "The request you have made requires authentication.");
}

/* --- before the transaction --- */

static void of_user(const struct user_ref *u, struct sign_in *out)
{
	out->user_id = u->id;
	out->user_name = u->name;
	out->domain_id = u->domain.id;
	out->domain_name = u->domain.name;
}

static enum status check_methods(struct call *c, const struct auth_identity *who)
{
	static const char *const known[] = { "password", "token", "totp",
					     "application_credential" };
	const bool given[] = { who->password_given, who->token_given, who->totp_given,
			       who->application_given };

	if (!who->methods.count)
		return fail(c, ST_BAD_INPUT, "methods", "name at least one method");
	for (size_t i = 0; i < who->methods.count; i++) {
		size_t m = 0;
		while (m < 4 && !str_eq(who->methods.list[i], known[m]))
			m++;
		if (m == 4)
			return fail(c, ST_SIGNED_OUT, NULL,
				    "Attempted to authenticate with an unsupported method.");
		if (!given[m])
			return fail(c, ST_BAD_INPUT, known[m], "must be given");
	}
	return ST_OK;
}

static bool has_method(const struct auth_identity *who, const char *name)
{
	for (size_t i = 0; i < who->methods.count; i++)
		if (str_eq(who->methods.list[i], name))
			return true;
	return false;
}

static enum status prove(struct call *c, struct auth_ask *in)
{
	const struct auth_identity *who = &in->identity;
	struct sign_in s = { 0 };
	enum status st;

	if (has_method(who, "application_credential")) {
		of_user(&who->application.user, &s);
		s.application_id = who->application.id;
		s.application_name = who->application.id ? NULL : who->application.name;
		s.secret = who->application.secret;
		if (!s.secret || (!s.application_id && !s.application_name))
			return fail(c, ST_BAD_INPUT, "application_credential",
				    "needs an id or a name, and the secret");
	} else {
		if (has_method(who, "totp")) {
			of_user(&who->totp.user, &s);
			s.passcode = who->totp.user.passcode;
		}
		if (has_method(who, "password")) {
			of_user(&who->password.user, &s);
			s.password = who->password.user.password;
		}
		if (!s.password && !s.passcode)
			return has_method(who, "token") ? ST_OK : wrong(c);
	}
	st = sign_in(c, &s, &in->proof);
	if (!st && in->proof.verdict != SIGN_IN_RIGHT)
		st = sign_in_refuse(c, &in->proof, false);
	if (!st && in->proof.must_change)
		st = fail(c, ST_SIGNED_OUT, NULL,
			  "The password is expired and needs to be changed for user: %s.",
			  in->proof.user_id);
	return st;
}

static enum status issue_act(struct call *c, const void *in, void *out)
{
	const struct auth_ask *ask = in;

	call_forgive(c);
	audit_begin(c);
	enum status st = auth_issue(c, ask, out);
	if (!st)
		st = trust_use(c, ask->scope.trust.id);
	if (!st) {
		audit_subject(c, "trust", ask->scope.trust.id);
		st = audit_write(c, "identity.trust.use");
	}
	return st;
}

enum status auth_prepare(struct call *c, struct auth_ask *in)
{
	enum status st = check_methods(c, &in->identity);

	if (!st)
		st = prove(c, in);
	/* A trust counts its uses, so its token is issued where it is counted. */
	if (!st && in->scope.trust_given && in->scope.trust.id) {
		struct auth_answer *answer = arena_alloc(c->arena, sizeof *answer);
		st = db_write(c, house_of(c)->db, issue_act, in, answer, sizeof *answer);
		if (!st)
			in->answer = answer;
	}
	return st;
}

/* --- methods --- */

static enum status add_receipt(struct call *c, const struct auth_ask *in, struct progress *p)
{
	struct token_claims t;

	if (!in->receipt)
		return ST_OK;
	if (!token_read(identity.tokens, c->arena, in->receipt, &t) || !t.receipt ||
	    t.expires_at <= c->now_at || !str_eq(t.user_id, p->user_id))
		return wrong(c);
	p->methods |= t.methods;
	return ST_OK;
}

static enum status add_token(struct call *c, const struct auth_ask *in, struct progress *p)
{
	struct standing s;
	enum status st;

	if (!in->identity.token.id)
		return wrong(c);
	st = claims_of(c, in->identity.token.id, &p->from);
	if (!st)
		st = standing_of(c, &p->from, &s);
	/* As Keystone has it: a token to exchange that is no good is one that is not there. */
	if (st == ST_SIGNED_OUT) {
		call_forgive(c);
		return fail(c, ST_NOT_FOUND, NULL, "Could not find the token to exchange.");
	}
	if (st)
		return st;
	if (p->user_id && !str_eq(p->user_id, p->from.user_id))
		return wrong(c);
	if (p->from.trust_id || p->from.application_credential_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "A token of a trust or an application credential cannot be exchanged.");
	p->user_id = p->from.user_id;
	p->by_token = true;
	p->methods |= METHOD_TOKEN | p->from.methods;
	return ST_OK;
}

static enum status prove_methods(struct call *c, const struct auth_ask *in, struct progress *p)
{
	enum status st = ST_OK;

	p->user_id = in->proof.user_id;
	p->methods = in->proof.methods;
	p->application_id = in->proof.application_id;
	if (has_method(&in->identity, "token"))
		st = add_token(c, in, p);
	return st ? st : add_receipt(c, in, p);
}

/* --- rules for several methods --- */

static unsigned method_bit(const char *name)
{
	return str_eq(name, "password")                 ? METHOD_PASSWORD
	       : str_eq(name, "totp")                   ? METHOD_TOTP
	       : str_eq(name, "token")                  ? METHOD_TOKEN
	       : str_eq(name, "application_credential") ? METHOD_APPLICATION_CREDENTIAL
							: 0;
}

bool rules_fulfilled(struct call *c, const char *options, unsigned methods, const char **required)
{
	json_t *o = json_loads(options, 0, NULL), *rule, *name;
	json_t *rules = json_object_get(o, "multi_factor_auth_rules");
	bool on = json_is_true(json_object_get(o, "multi_factor_auth_enabled"));
	bool fulfilled = false, any = false;
	size_t i, n;

	json_array_foreach(rules, i, rule)
	{
		unsigned wanted = 0;
		bool known = json_array_size(rule) > 0;
		json_array_foreach(rule, n, name)
		{
			unsigned bit = json_is_string(name) ? method_bit(json_string_value(name))
							    : 0;
			known = known && bit;
			wanted |= bit;
		}
		any = any || known;
		fulfilled = fulfilled || (known && (methods & wanted) == wanted);
	}
	if (on && any && !fulfilled) {
		char *text = json_dumps(rules, JSON_COMPACT);
		*required = arena_strdup(c->arena, text);
		free(text);
	}
	json_decref(o);
	return !(on && any) || fulfilled;
}

static enum status give_receipt(struct call *c, const struct progress *p, const struct standing *s,
				const char *required, struct auth_answer *out)
{
	struct token_claims t = { 0 };
	struct standing unscoped = *s;

	claims_begin(c, NULL, &t);
	t.user_id = p->user_id;
	t.methods = p->methods;
	t.receipt = true;
	t.expires_at = c->now_at + 300 * CLOCK_SECOND;
	out->status = 401;
	out->required = required;
	out->receipt_id = token_write(identity.tokens, c->arena, &t);
	return token_text(c, &t, &unscoped, false, &out->receipt);
}

/* --- scope --- */

void claims_begin(struct call *c, const struct token_claims *from, struct token_claims *out)
{
	out->issued_at = c->now_at;
	out->expires_at = c->now_at + identity.config->identity.token_life;
	random_bytes(out->audit_id, AUDIT_ID_SIZE);
	memcpy(out->chain_id, from ? from->chain_id : out->audit_id, AUDIT_ID_SIZE);
	/* Exchanging a token does not lengthen its life. */
	if (from)
		out->expires_at = from->expires_at;
}

static enum status find_project(struct call *c, const struct project_ref *p, const char **out)
{
	struct id_row row;

	if (p->id) {
		*out = p->id;
		return ST_OK;
	}
	if (!p->name || (!p->domain.id && !p->domain.name))
		return fail(c, ST_BAD_INPUT, "project", "needs an id, or a name and its domain");
	enum status st = place_named(c, p->name, p->domain.id, p->domain.name, &row);
	if (st)
		return st == ST_NOT_FOUND ? wrong(c) : st;
	*out = row.id;
	return ST_OK;
}

static enum status find_domain(struct call *c, const struct domain_ref *d, const char **out)
{
	struct id_row row;

	if (d->id) {
		*out = d->id;
		return ST_OK;
	}
	if (!d->name)
		return fail(c, ST_BAD_INPUT, "domain", "needs an id or a name");
	enum status st = domain_named(c, d->name, &row);
	if (st)
		return st == ST_NOT_FOUND ? wrong(c) : st;
	*out = row.id;
	return ST_OK;
}

static enum status trust_scope(struct call *c, const struct auth_scope *scope,
			       const struct progress *p, struct token_claims *t)
{
	struct trust trust;
	enum status st = trust_get(c, scope->trust.id, &trust);

	call_forgive(c);
	if (st == ST_NOT_FOUND)
		return wrong(c);
	if (st)
		return st;
	if (!str_eq(trust.trustee_user_id, p->user_id))
		return fail(c, ST_FORBIDDEN, NULL, "The trust is another user's.");
	if (!trust.project_id)
		return fail(c, ST_FORBIDDEN, NULL, "The trust names no project.");
	t->trust_id = trust.id;
	t->scope = SCOPE_PROJECT;
	t->scope_id = trust.project_id;
	return ST_OK;
}

static enum status application_scope(struct call *c, const struct auth_ask *in,
				     const struct progress *p, struct token_claims *t)
{
	struct application_credential app;
	enum status st = application_get(c, p->application_id, &app);

	if (st)
		return st == ST_NOT_FOUND ? wrong(c) : st;
	const struct auth_scope *scope = &in->scope;
	if (scope->system_given || scope->domain_given || scope->trust_given ||
	    (scope->project_given && !str_eq(scope->project.id, app.project_id)))
		return fail(c, ST_SIGNED_OUT, NULL,
			    "An application credential has the scope that it was made with.");
	t->application_credential_id = app.id;
	t->scope = SCOPE_PROJECT;
	t->scope_id = app.project_id;
	if (app.expires_at && app.expires_at < t->expires_at)
		t->expires_at = app.expires_at;
	return ST_OK;
}

static enum status asked_scope(struct call *c, const struct auth_scope *scope,
			       const struct progress *p, struct token_claims *t)
{
	int asked = scope->system_given + scope->domain_given + scope->project_given +
		    scope->trust_given + scope->unscoped;

	if (asked > 1)
		return fail(c, ST_BAD_INPUT, "scope", "names more than one scope");
	if (scope->trust_given)
		return trust_scope(c, scope, p, t);
	if (scope->system_given) {
		if (!scope->system.all)
			return fail(c, ST_BAD_INPUT, "scope", "of the system is {\"all\": true}");
		t->scope = SCOPE_SYSTEM;
	} else if (scope->domain_given) {
		t->scope = SCOPE_DOMAIN;
		return find_domain(c, &scope->domain, &t->scope_id);
	} else if (scope->project_given) {
		t->scope = SCOPE_PROJECT;
		return find_project(c, &scope->project, &t->scope_id);
	}
	return ST_OK;
}

/* Without a scope asked for, the default project if the user still has a role there; else unscoped. */
static enum status default_scope(struct call *c, struct token_claims *t, const struct standing *s)
{
	struct standing tried;

	if (!s->default_project_id)
		return ST_OK;
	t->scope = SCOPE_PROJECT;
	t->scope_id = s->default_project_id;
	enum status st = standing_of(c, t, &tried);
	if (st == ST_SIGNED_OUT) {
		call_forgive(c);
		t->scope = SCOPE_NONE;
		t->scope_id = NULL;
		st = ST_OK;
	}
	return st;
}

static enum status find_scope(struct call *c, const struct auth_ask *in, const struct progress *p,
			      const struct standing *s, struct token_claims *t)
{
	if (p->application_id)
		return application_scope(c, in, p, t);
	if (in->scope_given)
		return asked_scope(c, &in->scope, p, t);
	return p->by_token ? ST_OK : default_scope(c, t, s);
}

enum status auth_issue(struct call *c, const struct auth_ask *in, struct auth_answer *out)
{
	struct progress p = { 0 };
	struct token_claims t = { 0 };
	struct standing s = { 0 };
	const char *required = NULL;
	int64_t from_at;
	enum status st;

	if (in->answer) {
		*out = *in->answer;
		return ST_OK;
	}
	st = prove_methods(c, in, &p);
	if (!st)
		st = standing_user(c, p.user_id, &s, &from_at);
	if (!st && !p.by_token && !p.application_id &&
	    !rules_fulfilled(c, s.user_options, p.methods, &required))
		return give_receipt(c, &p, &s, required, out);
	if (st)
		return st;
	t.user_id = p.user_id;
	t.methods = p.methods;
	claims_begin(c, p.by_token ? &p.from : NULL, &t);
	st = find_scope(c, in, &p, &s, &t);
	if (!st)
		st = standing_of(c, &t, &s);
	if (!st)
		st = token_text(c, &t, &s, !in->nocatalog_given, &out->token);
	if (!st)
		out->token_id = token_write(identity.tokens, c->arena, &t);
	return st;
}
