/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of portal sessions. The scope follows from what is chosen: a VDC, or else the widest place where
 * the user holds a role. */
#include <sodium.h>
#include "base/clock.h"
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/identity/identity_people.h"
#include "door/identity/identity_policy.h"
#include "door/identity/identity_session.h"
#include "door/identity/identity_standing.h"

enum { SECRET_SIZE = 32 };
static const int64_t LONGEST = 12 * 3600 * CLOCK_SECOND;
static const int64_t SEEN_EVERY = 60 * CLOCK_SECOND;

static const char *id_of_cookie(struct call *c, const char *cookie)
{
	unsigned char hash[crypto_hash_sha256_BYTES];
	char *id = arena_alloc(c->arena, 2 * sizeof hash + 1);

	crypto_hash_sha256(hash, (const unsigned char *)cookie, strlen(cookie));
	hex_encode(hash, sizeof hash, id);
	return id;
}

static const char *new_secret(struct call *c)
{
	unsigned char *bytes = arena_secret(c->arena, SECRET_SIZE);

	random_bytes(bytes, SECRET_SIZE);
	return base64url_encode(c->arena, bytes, SECRET_SIZE);
}

/* --- what a session stands for --- */

static enum status stand(struct call *c, const struct session_row *s, enum scope scope,
			 const char *scope_id, struct standing *out)
{
	const struct token_claims t = { .user_id = s->user_id,
					.scope = scope,
					.scope_id = scope_id,
					.issued_at = s->created_at };
	enum status st = standing_of(c, &t, out);

	/* A place that is gone, or where the user has no role any more, is not chosen; that does not
	 * end the session. */
	if (st == ST_SIGNED_OUT && scope)
		call_forgive(c);
	return st;
}

static enum status standing_of_session(struct call *c, const struct session_row *s,
				       struct standing *out)
{
	struct id_row domain;
	enum status st = ST_SIGNED_OUT;

	if (s->project_id)
		st = stand(c, s, SCOPE_PROJECT, s->project_id, out);
	if (st == ST_SIGNED_OUT)
		st = stand(c, s, SCOPE_SYSTEM, NULL, out);
	if (st == ST_SIGNED_OUT) {
		st = session_domain(c, s->user_id, &domain);
		st = st == ST_NOT_FOUND ? ST_SIGNED_OUT
		     : st               ? st
					: stand(c, s, SCOPE_DOMAIN, domain.id, out);
	}
	return st == ST_SIGNED_OUT ? stand(c, s, SCOPE_NONE, NULL, out) : st;
}

static int64_t end_of(const struct call *c, const struct session_row *s)
{
	int64_t idle = c->now_at + identity.config->identity.session_idle;

	return idle < s->expires_at ? idle : s->expires_at;
}

static bool password_is_over(const struct call *c, const struct standing *s)
{
	return s->must_change || (s->password_expires_at && s->password_expires_at <= c->now_at);
}

static enum status describe(struct call *c, const struct session_row *row, struct session *out)
{
	struct standing s = { 0 };
	enum status st = standing_of_session(c, row, &s);

	if (!st)
		st = session_places(c, row->user_id, &out->projects, &out->projects_count);
	if (st)
		return st;
	out->user_id = s.user_id;
	out->user_name = s.user_name;
	out->domain_id = s.user_domain_id;
	out->domain_name = s.user_domain_name;
	out->csrf = row->csrf;
	out->must_change = password_is_over(c, &s);
	out->profile = s.known->openstack ? "openstack" : "city";
	out->expires_at = end_of(c, row);
	out->roles.list = arena_array(c->arena, s.roles.count + 1, sizeof *out->roles.list);
	for (size_t i = 0; i < s.roles.count; i++)
		out->roles.list[out->roles.count++] = s.roles.list[i]->name;
	if (s.scope == SCOPE_PROJECT)
		out->project = (struct session_place){ .id = s.place.id, .name = s.place.name };
	return ST_OK;
}

/* --- beginning and ending --- */

enum status session_prepare(struct call *c, struct session_ask *in)
{
	struct sign_in s = { .user_name = in->user,
			     .domain_name = str_empty(in->domain) ? "default" : in->domain,
			     .password = in->password,
			     .passcode = str_empty(in->passcode) ? NULL : in->passcode,
			     .passcode_if_any = true };
	enum status st = sign_in(c, &s, &in->proof);

	if (!st && in->proof.verdict != SIGN_IN_RIGHT)
		return sign_in_refuse(c, &in->proof, true);
	return st;
}

/* A first choice: where the user holds nothing wider, the default VDC or the first one. */
static enum status choose_first(struct call *c, struct session_row *row, const struct standing *s)
{
	struct session_place *places;
	size_t n = 0;
	enum status st;

	if (s->scope)
		return ST_OK;
	st = session_places(c, row->user_id, &places, &n);
	for (size_t i = 0; !st && i < n; i++)
		if (!row->project_id || str_eq(places[i].id, s->default_project_id))
			row->project_id = places[i].id;
	return st;
}

enum status session_begin(struct call *c, const struct session_ask *in, struct session *out)
{
	const char *cookie = new_secret(c), *required;
	struct session_row row = {
		.id = id_of_cookie(c, cookie),
		.user_id = in->proof.user_id,
		.csrf = new_secret(c),
		/* A password that was set in this microsecond is no reason to end. */
		.created_at = c->now_at + 1,
		.seen_at = c->now_at,
		.expires_at = c->now_at + LONGEST
	};
	struct standing s = { 0 };
	enum status st = standing_of_session(c, &row, &s);

	if (!st && !rules_fulfilled(c, s.user_options, in->proof.methods, &required))
		return fail(c, ST_PASSCODE_REQUIRED, "passcode", "A passcode is required.");
	if (!st)
		st = choose_first(c, &row, &s);
	if (!st)
		st = session_put(c, &row);
	if (!st)
		st = describe(c, &row, out);
	out->set_cookie =
		arena_printf(c->arena, "yongyun_session=%s; Path=/; HttpOnly; SameSite=Strict%s",
			     cookie, str_starts(c->base_url, "https://") ? "; Secure" : "");
	return st;
}

static enum status own_session(struct call *c, struct session_row *out)
{
	if (!c->actor.seen_at)
		return fail(c, ST_SIGNED_OUT, NULL, "This is for portal sessions, not for tokens.");
	return session_read(c, c->actor.token_id, out);
}

enum status session_show(struct call *c, const struct nothing *in, struct session *out)
{
	struct session_row row = { 0 };
	enum status st = own_session(c, &row);

	(void)in;
	return st ? st : describe(c, &row, out);
}

enum status session_choose(struct call *c, const struct session_project *in, struct session *out)
{
	struct session_row row = { 0 };
	struct standing s = { 0 };
	enum status st = own_session(c, &row);

	if (!st && in->project_id) {
		st = stand(c, &row, SCOPE_PROJECT, in->project_id, &s);
		if (st == ST_SIGNED_OUT)
			return missing(c, "project", in->project_id);
	}
	row.project_id = in->project_id;
	if (!st)
		st = session_write_project(c, row.id, in->project_id);
	return st ? st : describe(c, &row, out);
}

enum status session_end(struct call *c, const struct nothing *in, struct session *out)
{
	struct session_row row = { 0 };
	enum status st = own_session(c, &row);

	(void)in;
	out->set_cookie = "yongyun_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0";
	audit_subject(c, "user", c->actor.user_id);
	return st ? st : session_remove(c, row.id);
}

/* --- one's own password --- */

enum status session_password_prepare(struct call *c, struct session_password *in)
{
	struct password_change change = { .user_id = c->actor.user_id,
					  .original_password = in->original_password,
					  .password = in->password };
	struct sign_in s = { .user_id = c->actor.user_id, .password = in->original_password };
	struct actor actor = c->actor;
	struct proof p;
	enum status st = sign_in(c, &s, &p);

	c->actor = actor;
	if (!st && p.verdict == SIGN_IN_LOCKED)
		return sign_in_refuse(c, &p, true);
	if (!st && p.verdict != SIGN_IN_RIGHT)
		return fail(c, ST_BAD_INPUT, "original_password", "is not the password");
	if (!st)
		st = password_change_check(c, &change);
	in->new_hash = change.new_hash;
	in->user_id = change.user_id;
	return st;
}

/* All sessions and tokens of the user end, but for this one. */
enum status session_password(struct call *c, const struct session_password *in, struct nothing *out)
{
	struct password_change change = { .user_id = in->user_id,
					  .password = in->password,
					  .new_hash = in->new_hash };
	struct session_row row = { 0 };
	enum status st = own_session(c, &row);

	if (!st)
		st = user_password(c, &change, out);
	row.created_at = c->now_at + 1;
	row.seen_at = c->now_at;
	return st ? st : session_put(c, &row);
}

/* --- each call --- */

enum status identity_actor_of_session(struct call *c, const char *cookie, const char *csrf,
				      bool writes, bool *must_change)
{
	struct session_row row = { 0 };
	struct standing s = { 0 };
	enum status st = session_read(c, id_of_cookie(c, cookie), &row);

	if (st == ST_NOT_FOUND ||
	    (!st && (row.expires_at <= c->now_at ||
		     row.seen_at + identity.config->identity.session_idle <= c->now_at)))
		return fail(c, ST_SIGNED_OUT, NULL, "The session has ended.");
	if (!st && writes && !(csrf && str_same_secret(csrf, row.csrf)))
		return fail(c, ST_FORBIDDEN, "X-CSRF-Token",
			    "The request does not come from the portal.");
	if (!st)
		st = standing_of_session(c, &row, &s);
	if (st)
		return st;
	standing_act(c, &s, row.id);
	c->actor.seen_at = row.seen_at;
	*must_change = password_is_over(c, &s);
	return ST_OK;
}

static enum status touch(struct call *c, const void *in, void *out)
{
	(void)out;
	return session_touch(c, in);
}

void identity_seen(struct call *c)
{
	char none;

	if (!c->actor.seen_at || c->now_at - c->actor.seen_at < SEEN_EVERY)
		return;
	/* Not being able to note it costs at worst a sign-in. */
	if (db_write(c, house_of(c)->db, touch, c->actor.token_id, &none, sizeof none))
		call_forgive(c);
}

struct stood {
	const struct actor *who;
	int64_t since;
};

static enum status session_stands(struct call *c, const struct actor *who)
{
	struct session_row row = { 0 };
	struct standing s = { 0 };
	enum status st = session_read(c, who->token_id, &row);

	if (!st && (row.expires_at <= c->now_at ||
		    row.seen_at + identity.config->identity.session_idle <= c->now_at))
		st = ST_SIGNED_OUT;
	if (!st)
		st = standing_of_session(c, &row, &s);
	if (st)
		return st;
	standing_act(c, &s, row.id);
	return ST_OK;
}

/* A token's own life is short, and so is a stream's; what can end it earlier is looked at. */
static enum status token_stands(struct call *c, const struct actor *who, int64_t since)
{
	struct standing s = { 0 };
	int64_t tokens_from_at = 0, revoked = 0;
	enum status st = standing_user(c, who->user_id, &s, &tokens_from_at);

	if (!st && tokens_from_at > since)
		st = ST_SIGNED_OUT;
	if (!st)
		st = standing_read_revoked(c, who->token_id, who->token_id, &revoked);
	if (!st && revoked)
		st = ST_SIGNED_OUT;
	if (!st)
		c->actor = *who;
	return st;
}

static enum status stands_act(struct call *c, const void *in_, void *out)
{
	const struct stood *in = in_;

	(void)out;
	return in->who->seen_at ? session_stands(c, in->who) : token_stands(c, in->who, in->since);
}

bool identity_stands(struct call *c, const struct actor *who, int64_t since)
{
	const struct stood in = { who, since };

	if (!who->user_id || !who->token_id)
		return false;
	enum status st = db_read(c, house_of(c)->db, stands_act, &in, NULL, 0);
	/* A database that is away for a moment signs nobody out. */
	if (st == ST_AWAY || st == ST_RETRY)
		return true;
	return !st && c->actor.scope == who->scope && c->actor.is_admin == who->is_admin &&
	       (!who->project_id || str_eq(c->actor.project_id, who->project_id)) &&
	       (!who->domain_id || str_eq(c->actor.domain_id, who->domain_id));
}
