/* SPDX-License-Identifier: Apache-2.0 */
/* Proving who one is, by password, passcode or application credential: for tokens and for sessions. */
#ifndef DOOR_IDENTITY_IDENTITY_SIGN_IN_H
#define DOOR_IDENTITY_IDENTITY_SIGN_IN_H

#include "door/identity/identity_private.h"

struct sign_in {
	/* The user: by id, or by name with the department's id or name. */
	const char *user_id, *user_name, *domain_id, *domain_name;
	const char *password;                          /* NULL: not by password */
	const char *passcode;                          /* NULL: not by passcode */
	const char *application_id, *application_name; /* instead of both: with 'secret' */
	const char *secret;
	bool passcode_if_any; /* who has a passcode generator must use it (the portal) */
};

enum sign_in_verdict {
	SIGN_IN_RIGHT,
	SIGN_IN_WRONG,  /* no such user, disabled, wrong password or passcode: not told apart */
	SIGN_IN_LOCKED, /* too many wrong ones before */
	SIGN_IN_WANTS_PASSCODE /* the password is right, the passcode was not given */
};

struct proof {
	enum sign_in_verdict verdict;
	const char *user_id; /* when right */
	unsigned methods;
	const char *application_id;
	bool must_change; /* the password is a first one or has expired */
};

/* Outside of a transaction: checks, counts what was wrong, and writes the audit entry. Fails only when
 * nothing could be found out (ST_RETRY, ST_AWAY); a refusal is a verdict. */
enum status sign_in(struct call *c, const struct sign_in *in, struct proof *out) MUST_USE;
/* A verdict other than SIGN_IN_RIGHT in words: ST_SIGNED_OUT; for the portal, which may tell more,
 * ST_LOCKED and ST_PASSCODE_REQUIRED too. */
enum status sign_in_refuse(struct call *c, const struct proof *p, bool portal) MUST_USE;

/* Whether the methods fulfil one of the user's rules for several methods (multi_factor_auth_rules in
 * 'options'); '*required' becomes the rules as JSON if not. A rule with a method that we do not know is
 * passed over, and so is a list without any rule left. */
bool rules_fulfilled(struct call *c, const char *options, unsigned methods, const char **required);
/* Whether the options' member 'name' is true. */
bool option_is_true(const char *options, const char *name);

/* --- statements --- */

struct account {
	const char *id, *name, *domain_id, *options, *password_hash;
	bool enabled, domain_enabled, must_change;
	int64_t password_expires_at, failures, locked_until_at;
};
enum status account_by_id(struct call *c, const char *id, struct account *out) MUST_USE;
enum status account_by_name(struct call *c, const char *name, const char *domain_id,
			    struct account *out) MUST_USE;
enum status account_by_names(struct call *c, const char *name, const char *domain_name,
			     struct account *out) MUST_USE;
enum status account_failed(struct call *c, const char *id, int64_t failures,
			   int64_t locked_until_at) MUST_USE;
enum status account_signed_in(struct call *c, const char *id) MUST_USE;

struct passcode_row {
	const char *id, *blob;
	int64_t used_step;
};
enum status passcodes_of(struct call *c, const char *user_id, struct passcode_row **out,
			 size_t *count) MUST_USE;
enum status passcode_used(struct call *c, const char *id, int64_t step) MUST_USE;

#endif
