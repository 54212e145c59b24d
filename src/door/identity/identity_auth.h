/* SPDX-License-Identifier: Apache-2.0 */
/* Asking for a token, and what is answered: between identity_auth.c, identity_answer.c and
 * identity_http_auth.c. */
#ifndef DOOR_IDENTITY_IDENTITY_AUTH_H
#define DOOR_IDENTITY_IDENTITY_AUTH_H

#include "door/identity/identity_sign_in.h"

struct domain_ref {
	const char *id, *name;
};

struct user_ref {
	const char *id, *name;
	struct domain_ref domain;
	const char *password, *passcode;
};

struct project_ref {
	const char *id, *name;
	struct domain_ref domain;
};

struct auth_user {
	struct user_ref user;
};

struct auth_token_ref {
	const char *id;
};

struct auth_application {
	const char *id, *name, *secret;
	struct user_ref user;
};

struct auth_identity {
	struct words methods;
	struct auth_user password, totp;
	struct auth_token_ref token;
	struct auth_application application;
	bool password_given, totp_given, token_given, application_given;
};

struct auth_system {
	bool all;
};

struct auth_scope {
	bool unscoped; /* "unscoped", as a word or a member */
	struct auth_system system;
	struct domain_ref domain;
	struct project_ref project;
	struct id_row trust;
	bool system_given, domain_given, project_given, trust_given;
};

struct auth_ask {
	struct auth_identity identity;
	struct auth_scope scope;
	bool scope_given;
	const char *receipt; /* of an earlier try that wanted a second method */
	const char *nocatalog;
	bool nocatalog_given;
	/* From prepare: */
	struct proof proof;         /* of password, passcode or application credential */
	struct auth_answer *answer; /* when it had to be made in a writing transaction */
};

struct auth_answer {
	const char *token_id, *receipt_id;      /* for the headers */
	const char *token, *receipt, *required; /* JSON, or NULL */
	int status;                             /* 0: the route's */
};

/* Before the transaction: whatever is dear or writes. */
enum status auth_prepare(struct call *c, struct auth_ask *in) MUST_USE;
/* Puts the methods together, applies the user's rules, finds the scope and issues the token. */
enum status auth_issue(struct call *c, const struct auth_ask *in, struct auth_answer *out) MUST_USE;

struct ec2_request; /* ec2.h */
/* A token of the user and the VDC that the access key belongs to. ST_SIGNED_OUT: no such key, or the
 * signature is not its. */
enum status ec2_issue(struct call *c, const struct ec2_request *in,
		      struct auth_answer *out) MUST_USE;

struct token_key {
	const char *subject; /* the token that is asked about */
	bool allow_expired;
	const char *nocatalog;
	bool nocatalog_given;
};
enum status token_validate(struct call *c, const struct token_key *in,
			   struct auth_answer *out) MUST_USE;
enum status token_revoke(struct call *c, const struct token_key *in,
			 struct auth_answer *out) MUST_USE;

/* The member "token" of an answer. */
enum status token_text(struct call *c, const struct token_claims *t, const struct standing *s,
		       bool catalog, const char **out) MUST_USE;
/* Fills claims for a new token of 's': times, audit ids; 'from' is the token that it came from. */
void claims_begin(struct call *c, const struct token_claims *from, struct token_claims *out);

/* --- statements --- */

enum status place_named(struct call *c, const char *name, const char *domain_id,
			const char *domain_name, struct id_row *out) MUST_USE;
enum status domain_named(struct call *c, const char *name, struct id_row *out) MUST_USE;
enum status revoked_put(struct call *c, const char *audit_id, bool chain,
			int64_t expires_at) MUST_USE;

#endif
