/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in: read the account, check the password outside of any transaction, then record the outcome
 * in one. Whether the user exists, is locked or was wrong costs the same and looks the same. */
#include <jansson.h>
#include "base/clock.h"
#include "door/audit/audit.h"
#include "door/house.h"
#include "door/identity/identity_sign_in.h"
#include "door/identity/password.h"
#include "door/identity/totp.h"

bool option_is_true(const char *options, const char *name)
{
	json_t *o = options ? json_loads(options, 0, NULL) : NULL;
	bool is = json_is_true(json_object_get(o, name));

	json_decref(o);
	return is;
}

/* What was read before the password was checked. */
struct attempt {
	const struct sign_in *in;
	struct account account;
	struct application_credential application;
	bool known; /* the account, or application credential, exists */
	bool right; /* its password, or secret, is the one given */
};

static enum status read_account(struct call *c, const struct sign_in *in, struct account *out)
{
	if (in->user_id)
		return account_by_id(c, in->user_id, out);
	if (in->user_name && in->domain_id)
		return account_by_name(c, in->user_name, in->domain_id, out);
	if (!in->user_name || !in->domain_name)
		return ST_NOT_FOUND;
	enum status st = account_by_names(c, in->user_name, in->domain_name, out);
	/* People may type a department's id where its name is asked. */
	if (st == ST_NOT_FOUND)
		st = account_by_name(c, in->user_name, in->domain_name, out);
	return st;
}

static enum status read_attempt(struct call *c, const void *sign_in, void *attempt)
{
	const struct sign_in *in = sign_in;
	struct attempt *out = attempt;
	enum status st;

	out->in = in;
	if (in->application_id) {
		st = application_get(c, in->application_id, &out->application);
		if (!st)
			st = account_by_id(c, out->application.user_id, &out->account);
	} else {
		st = read_account(c, in, &out->account);
		if (!st && in->application_name)
			st = application_find(c, out->account.id, in->application_name,
					      &out->application);
	}
	out->known = !st;
	call_forgive(c);
	return st == ST_NOT_FOUND ? ST_OK : st;
}

static enum status check_secret(struct call *c, struct attempt *a)
{
	const struct sign_in *in = a->in;
	const char *given = in->secret ? in->secret : in->password;
	const char *hash = in->secret ? a->application.secret_hash : a->account.password_hash;

	if (!given) {
		a->right = true; /* by passcode alone */
		return ST_OK;
	}
	return password_check(c, given, a->known ? hash : NULL, &a->right);
}

/* --- the outcome, in a writing transaction --- */

static enum status check_passcode(struct call *c, const struct attempt *a, bool *right, bool *any)
{
	struct passcode_row *list;
	size_t n, size;
	enum status st = passcodes_of(c, a->account.id, &list, &n);

	*right = false;
	*any = n > 0;
	for (size_t i = 0; !st && a->in->passcode && i < n && !*right; i++) {
		const char *text = fernet_unseal(identity.secrets, c->arena, list[i].blob, &size);
		const char *base32 = text ? arena_strndup(c->arena, text, size) : "";
		uint8_t *secret = totp_secret(c->arena, base32, &size);
		int64_t step = secret ? totp_match(secret, size, a->in->passcode, c->now_at,
						   list[i].used_step)
				      : 0;
		if (step) {
			*right = true;
			st = passcode_used(c, list[i].id, step);
		}
	}
	return st;
}

static enum status record_failure(struct call *c, const struct account *u)
{
	int64_t failures = u->failures + 1, until = 0;

	if (option_is_true(u->options, "ignore_lockout_failure_attempts"))
		return ST_OK;
	if (failures >= identity.config->identity.lockout_attempts) {
		until = c->now_at + identity.config->identity.lockout_time;
		failures = 0;
	}
	return account_failed(c, u->id, failures, until);
}

static void judge(struct call *c, const struct attempt *a, bool passcode_right, bool passcode_any,
		  struct proof *out)
{
	const struct account *u = &a->account;
	const struct sign_in *in = a->in;
	bool wants = in->passcode_if_any && passcode_any && !in->passcode;

	if (!in->secret && u->locked_until_at > c->now_at)
		out->verdict = SIGN_IN_LOCKED;
	else if (!a->right || !u->enabled || !u->domain_enabled ||
		 (in->passcode && !passcode_right && !(in->passcode_if_any && !passcode_any)))
		out->verdict = SIGN_IN_WRONG;
	else if (wants)
		out->verdict = SIGN_IN_WANTS_PASSCODE;
	else
		out->verdict = SIGN_IN_RIGHT;
	if (out->verdict != SIGN_IN_RIGHT)
		return;
	out->user_id = u->id;
	out->methods = (in->secret     ? METHOD_APPLICATION_CREDENTIAL
			: in->password ? METHOD_PASSWORD
				       : 0u) |
		       (in->passcode && passcode_right ? METHOD_TOTP : 0u);
	out->application_id = in->secret ? a->application.id : NULL;
	bool over = u->password_expires_at && u->password_expires_at <= c->now_at &&
		    !option_is_true(u->options, "ignore_password_expiry");
	bool first = u->must_change &&
		     !option_is_true(u->options, "ignore_change_password_upon_first_use");
	out->must_change = in->password && (over || first);
}

/* In the transaction that records a right sign-in. */
static enum status write_entry(struct call *c, const struct account *u)
{
	audit_begin(c);
	audit_subject(c, "user", u->id);
	c->actor.user_id = u->id;
	c->actor.user_name = u->name;
	c->actor.user_domain_id = u->domain_id;
	enum status st = audit_write(c, "identity.sign_in");
	c->actor = (struct actor){ 0 };
	return st;
}

static enum status record(struct call *c, const void *attempt, void *proof)
{
	struct attempt a = *(const struct attempt *)attempt;
	struct proof *out = proof;
	const char *checked = a.account.password_hash;
	bool passcode_right = false, passcode_any = false;
	enum status st = ST_OK;

	out->verdict = SIGN_IN_WRONG;
	if (!a.known)
		return ST_OK;
	/* Others may have signed in, or changed the password, since it was checked. */
	st = account_by_id(c, a.account.id, &a.account);
	if (st == ST_NOT_FOUND)
		return ST_OK;
	if (!st && a.in->password && !str_eq(checked, a.account.password_hash))
		a.right = false;
	if (!st)
		st = check_passcode(c, &a, &passcode_right, &passcode_any);
	if (st)
		return st;
	judge(c, &a, passcode_right, passcode_any, out);
	if (out->verdict == SIGN_IN_WRONG && !a.in->secret)
		return record_failure(c, &a.account);
	if (out->verdict != SIGN_IN_RIGHT)
		return ST_OK;
	st = account_signed_in(c, a.account.id);
	return st ? st : write_entry(c, &a.account);
}

/* A refused sign-in leaves an entry too; that of a user who does not exist names nobody, since people
 * type passwords where names are asked. */
static enum status write_refusal(struct call *c, const struct attempt *a, const struct proof *p)
{
	enum status refused, st;

	audit_begin(c);
	audit_subject(c, "user", a->known ? a->account.id : "unknown");
	refused = sign_in_refuse(c, p, false);
	st = audit_refused(c, house_of(c)->db, "identity.sign_in", refused);
	call_forgive(c);
	return st;
}

enum status sign_in(struct call *c, const struct sign_in *in, struct proof *out)
{
	struct attempt a;
	struct proof p;
	enum status st = db_read(c, house_of(c)->db, read_attempt, in, &a, sizeof a);

	if (!st)
		st = check_secret(c, &a);
	if (!st)
		st = db_write(c, house_of(c)->db, record, &a, &p, sizeof p);
	if (!st && p.verdict != SIGN_IN_RIGHT)
		st = write_refusal(c, &a, &p);
	if (!st)
		*out = p;
	return st;
}

enum status sign_in_refuse(struct call *c, const struct proof *p, bool portal)
{
	if (p->verdict == SIGN_IN_LOCKED)
		return fail(c, portal ? ST_LOCKED : ST_SIGNED_OUT, NULL,
			    "The account is locked after too many wrong passwords.");
	if (p->verdict == SIGN_IN_WANTS_PASSCODE)
		return fail(c, portal ? ST_PASSCODE_REQUIRED : ST_SIGNED_OUT, "passcode",
			    "A passcode is required.");
	return fail(c, ST_SIGNED_OUT, NULL, "The request you have made requires authentication.");
}
