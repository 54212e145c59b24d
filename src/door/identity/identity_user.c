/* SPDX-License-Identifier: Apache-2.0 */
/* Users. Whoever sets another's password sets a first one, which must be changed (in a test cloud it
 * need not); one's own is changed with the old one. */
#include "base/clock.h"
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/identity/identity.h"
#include "door/identity/identity_people.h"
#include "door/identity/identity_policy.h"
#include "door/identity/identity_sign_in.h"
#include "door/identity/password.h"
#include "door/jobs/events.h"

enum status user_get(struct call *c, const char *id, struct user *out)
{
	enum status st = user_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "user", id) : st;
}

/* --- passwords --- */

/* What GB/T 22239 asks of passwords holds in a city; a test cloud takes what OpenStack's tools send. */
static struct password_rules rules_of(const struct known *k)
{
	if (k->openstack)
		return (struct password_rules){ .min_length = 1 };
	return (struct password_rules){ .min_length = identity.config->identity.password_min_length,
					.classes = 3 };
}

static int64_t password_life(const struct call *c, const struct known *k)
{
	int64_t days = identity.config->identity.password_days;

	return k->openstack || !days ? 0 : c->now_at + days * CLOCK_DAY;
}

/* The password members of 'u', for a new password with 'hash' (NULL: none). */
static enum status set_password(struct call *c, struct user *u, const char *password,
				const char *hash, bool first)
{
	const struct known *k;
	enum status st = known_take(c, &k);

	if (st)
		return st;
	if (password) {
		struct password_rules rules = rules_of(k);
		st = password_rules_check(c, &rules, u->name, password);
		if (st)
			return st;
	}
	u->password_hash = password ? hash : NULL;
	u->password_at = password ? c->now_at : 0;
	u->password_expires_at = password ? password_life(c, k) : 0;
	u->must_change = password && first && !k->openstack;
	return ST_OK;
}

enum status user_prepare(struct call *c, struct user *in)
{
	return in->password ? password_hash(c, in->password, &in->password_hash) : ST_OK;
}

enum status user_password_prepare(struct call *c, struct password_change *in)
{
	struct sign_in s = { .user_id = in->user_id, .password = in->original_password };
	struct proof p;
	enum status st = sign_in(c, &s, &p);

	if (!st && p.verdict != SIGN_IN_RIGHT)
		return sign_in_refuse(c, &p, false);
	return st ? st : password_change_check(c, in);
}

enum status user_password(struct call *c, const struct password_change *in, struct nothing *out)
{
	struct user now = { 0 };
	enum status st = user_get(c, in->user_id, &now);

	(void)out;
	if (!st && option_is_true(now.options, "lock_password"))
		return fail(c, ST_FORBIDDEN, NULL, "This password is locked.");
	if (!st)
		st = set_password(c, &now, in->password, in->new_hash, false);
	if (!st)
		st = user_write_password(c, &now);
	if (!st)
		st = password_remember(c, now.id, in->new_hash);
	if (!st)
		st = user_tokens_end(c, now.id);
	audit_subject(c, "user", in->user_id);
	return st;
}

struct history {
	struct user user;
	struct hash_row *list;
	size_t count;
	struct password_rules rules;
};

static enum status read_history(struct call *c, const void *user_id, void *out)
{
	struct history *h = out;
	int64_t most = identity.config->identity.password_history;
	const struct known *k;
	enum status st = user_get(c, user_id, &h->user);

	if (!st)
		st = known_take(c, &k);
	if (st)
		return st;
	h->rules = rules_of(k);
	return password_history(c, user_id, most ? most : 1, &h->list, &h->count);
}

enum status password_change_check(struct call *c, struct password_change *in)
{
	struct history h;
	enum status st = db_read(c, house_of(c)->db, read_history, in->user_id, &h, sizeof h);

	if (!st)
		st = password_rules_check(c, &h.rules, h.user.name, in->password);
	for (size_t i = 0; !st && i < h.count; i++) {
		bool same = false;
		st = password_check(c, in->password, h.list[i].hash, &same);
		if (!st && same)
			return fail(c, ST_BAD_INPUT, "password",
				    "The new password cannot be identical to a previous password.");
	}
	return st ? st : password_hash(c, in->password, &in->new_hash);
}

/* --- making, changing --- */

static enum status check_default_project(struct call *c, const char *id)
{
	struct project p;
	enum status st = str_empty(id) ? ST_NOT_FOUND : project_get(c, id, &p);

	/* Keystone takes projects that do not exist (yet). */
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return ST_OK;
	}
	if (!st && p.is_domain)
		return fail(c, ST_BAD_INPUT, "default_project_id", "is a domain");
	return st;
}

enum status user_make(struct call *c, const struct user *in, struct user *out)
{
	struct user u = *in;
	enum status st;

	u.id = id_new_hex(c->arena);
	u.enabled = !in->enabled_given || in->enabled;
	u.options = in->options ? in->options : "{}";
	u.extra = extra_merge(c, NULL, in->extra);
	u.created_at = c->now_at;
	st = set_password(c, &u, in->password, in->password_hash, true);
	if (!st)
		st = user_put(c, &u);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a user '%s' already", u.name);
	if (!st && u.password_hash)
		st = password_remember(c, u.id, u.password_hash);
	if (st)
		return st;
	audit_subject(c, "user", u.id);
	audit_change(c, user_wire, NULL, &u);
	*out = u;
	return ST_OK;
}

enum status user_create(struct call *c, const struct user *in, struct user *out)
{
	struct user u = *in;
	struct project domain;
	enum status st;

	if (!u.domain_id)
		u.domain_id = c->actor.domain_id ? c->actor.domain_id : "default";
	st = domain_get(c, u.domain_id, &domain);
	if (!st && !reach_domain(c, u.domain_id))
		return missing(c, "domain", u.domain_id);
	if (!st)
		st = check_default_project(c, u.default_project_id);
	return st ? st : user_make(c, &u, out);
}

/* The user, if the asker may change it: whoever manages a department does not reach those who manage
 * the cloud, even when they are listed in it. */
static enum status changeable(struct call *c, const char *id, struct user *out)
{
	bool above = false;
	enum status st = user_get(c, id, out);

	if (!st && !reach_domain(c, out->domain_id))
		return missing(c, "user", id);
	if (!st && !reach_all(c))
		st = holds_system(c, id, &above);
	if (!st && above)
		return fail(c, ST_FORBIDDEN, NULL,
			    "user %s holds a role on the system: only its security administrator "
			    "may do this",
			    id);
	return st;
}

enum status user_change(struct call *c, const struct user *in, struct user *out)
{
	struct user now = { 0 }, then;
	enum status st = changeable(c, in->id, &now);

	if (st)
		return st;
	if (in->domain_id && !str_eq(in->domain_id, now.domain_id))
		return fail(c, ST_BAD_INPUT, "domain_id", "a user stays in its domain");
	then = now;
	TAKE(&then, in, name);
	TAKE(&then, in, enabled);
	TAKE(&then, in, description);
	TAKE(&then, in, email);
	TAKE(&then, in, default_project_id);
	TAKE(&then, in, options);
	then.extra = extra_merge(c, now.extra, in->extra);
	if (in->default_project_id_given)
		st = check_default_project(c, in->default_project_id);
	if (!st)
		st = user_write(c, &then);
	if (st == ST_CONFLICT)
		return fail(c, st, "name", "Duplicate entry: there is a user '%s' already",
			    then.name);
	if (!st && in->password_given) {
		st = set_password(c, &then, in->password, in->password_hash, true);
		if (!st)
			st = user_write_password(c, &then);
		if (!st && in->password)
			st = password_remember(c, then.id, in->password_hash);
	}
	if (!st && (in->password_given || (now.enabled && !then.enabled)))
		st = user_tokens_end(c, now.id);
	if (st)
		return st;
	audit_subject(c, "user", now.id);
	audit_change(c, user_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status user_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct user now = { 0 };
	enum status st = changeable(c, in->id, &now);

	(void)out;
	if (!st)
		st = revocation_note(c, "user_id", now.id, NULL, NULL);
	if (!st)
		st = user_remove(c, now.id);
	if (!st)
		st = event_post(c, "identity.user.deleted", now.id, now.domain_id, NULL,
				arena_printf(c->arena, "{\"id\":\"%s\"}", now.id));
	audit_subject(c, "user", now.id);
	audit_change(c, user_wire, &now, NULL);
	return st;
}

/* --- reading --- */

enum status user_show(struct call *c, const struct key *in, struct user *out)
{
	enum status st = user_read(c, in->id, out);

	if (st == ST_NOT_FOUND && !may(c, "identity.user.list"))
		return fail(c, ST_FORBIDDEN, NULL,
			    "You are not authorized to perform the requested action: "
			    "identity:get_user.");
	if (st)
		return st == ST_NOT_FOUND ? missing(c, "user", in->id) : st;
	return must_be_or_may(c, out, "identity.user.list");
}

/* "lt:2027-01-01T00:00:00Z" and its like; without a word, equal. */
static bool expires_fits(const char *asked, int64_t at)
{
	static const char *const words[] = { "lt:", "lte:", "gt:", "gte:", "eq:", "neq:" };
	size_t w = 0;
	int64_t limit;

	while (w < 6 && !str_starts(asked, words[w]))
		w++;
	if (!time_read(w < 6 ? asked + strlen(words[w]) : asked, &limit) || !at)
		return false;
	switch (w) {
	case 0: return at < limit;
	case 1: return at <= limit;
	case 2: return at > limit;
	case 3: return at >= limit;
	case 5: return at != limit;
	default: return at == limit;
	}
}

enum status user_all(struct call *c, const struct user_ask *in, struct user_list *out)
{
	size_t n = 0;
	enum status st = user_list_read(c, in, &out->users, &n);

	out->collection = "users";
	for (size_t i = 0; !st && i < n; i++) {
		const struct user *u = &out->users[i];
		if ((in->name_given && !str_eq(in->name, u->name)) ||
		    (in->domain_id_given && !str_eq(in->domain_id, u->domain_id)) ||
		    (in->enabled_given && in->enabled != u->enabled) ||
		    (in->password_expires_at_given &&
		     !expires_fits(in->password_expires_at, u->password_expires_at)) ||
		    !reach_domain(c, u->domain_id))
			continue;
		out->users[out->users_count++] = *u;
	}
	return st;
}

enum status identity_has_person(struct call *c, const char *user_id, const char *domain_id,
				bool *has)
{
	struct user u = { 0 };
	enum status st = user_read(c, user_id, &u);

	*has = !st && u.enabled && (!domain_id || str_eq(u.domain_id, domain_id));
	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return ST_OK;
	}
	return st;
}
