/* SPDX-License-Identifier: Apache-2.0 */
/* What a token says: its claims, packed to some hundred bytes and sealed. Everything else (roles, names,
 * whether the user is still there) is read when the token is shown. */
#ifndef DOOR_IDENTITY_TOKEN_H
#define DOOR_IDENTITY_TOKEN_H

#include "door/identity/token_fernet.h"

enum token_method {
	METHOD_PASSWORD = 1 << 0,
	METHOD_TOKEN = 1 << 1,
	METHOD_TOTP = 1 << 2,
	METHOD_APPLICATION_CREDENTIAL = 1 << 3,
	METHOD_EC2 = 1 << 4,
	METHOD_MAPPED = 1 << 5
};
enum { AUDIT_ID_SIZE = 16 };

struct token_claims {
	const char *user_id;
	enum scope scope;
	const char *scope_id; /* of the domain or project; NULL without or for the system */
	unsigned methods;     /* enum token_method, or-ed */
	bool receipt;         /* not a token: proves that 'methods' were passed, more are needed */
	int64_t issued_at, expires_at;
	uint8_t audit_id[AUDIT_ID_SIZE];
	uint8_t chain_id[AUDIT_ID_SIZE]; /* of the first token that this one came from; itself else */
	const char *trust_id, *application_credential_id; /* or NULL */
};

/* The token's text, in 'a'. */
char *token_write(struct fernet *f, struct arena *a, const struct token_claims *in);
/* False: not one of ours. Strings stand in 'a'. Expiry is not looked at. */
bool token_read(struct fernet *f, struct arena *a, const char *text,
		struct token_claims *out) MUST_USE;
/* The packed form alone: for tests and the fuzzer. */
bool token_unpack(struct arena *a, const uint8_t *p, size_t size,
		  struct token_claims *out) MUST_USE;

#endif
