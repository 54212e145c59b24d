/* SPDX-License-Identifier: Apache-2.0 */
/* Passwords: argon2id hashes, few at a time, and the rules that a new one has to keep
 * (GB/T 22239-2019 8.1.4.1). */
#ifndef DOOR_IDENTITY_PASSWORD_H
#define DOOR_IDENTITY_PASSWORD_H

#include "base/call.h"

enum {
	PASSWORD_HASH_SIZE = 128, /* crypto_pwhash_STRBYTES */
	PASSWORD_BYTES_MAX = 1024
};

/* The hash of 'password', in the call's arena. Waits for its turn. ST_RETRY: too many wait already. Not
 * for acts: it takes some 20 ms and 19 MiB. */
enum status password_hash(struct call *c, const char *password, const char **out) MUST_USE;
/* Whether 'password' has 'hash' (argon2id, or bcrypt as Keystone made it). With a NULL hash the same
 * work is done and '*right' is false, so that nobody learns who exists. ST_RETRY as above. */
enum status password_check(struct call *c, const char *password, const char *hash,
			   bool *right) MUST_USE;
/* Whether 'hash' was made with today's cost. */
bool password_hash_is_new(const char *hash);

struct password_rules {
	int64_t min_length; /* characters */
	int64_t classes;    /* of lower case, upper case, digits, others: how many must occur */
};
/* ST_BAD_INPUT and the reason when a new password breaks a rule; 'user_name' must not occur in it. */
enum status password_rules_check(struct call *c, const struct password_rules *rules,
				 const char *user_name, const char *password) MUST_USE;
/* A random password that keeps any such rules: 20 characters. */
char *password_random(struct call *c);

#endif
