/* SPDX-License-Identifier: Apache-2.0 */
/* Sealed texts: Fernet (AES-128-CBC, then HMAC-SHA256 over all of it; github.com/fernet/spec) and the
 * folder its keys stand in. Tokens and the secrets of stored credentials are sealed with it. */
#ifndef DOOR_IDENTITY_TOKEN_FERNET_H
#define DOOR_IDENTITY_TOKEN_FERNET_H

#include "base/call.h"
#include "base/text.h"

enum { FERNET_KEY_SIZE = 32, FERNET_KEYS_MAX = 16 };

/* The keys of one folder, safe from any thread. Each file is called by a number and holds one key in
 * base64url. The highest number is the primary, which seals; 0 is staged: it opens already and becomes
 * the primary at the next rotation, so that every process knows a key before the first token of it
 * comes; the others are secondary: they open what they sealed while they were primary. Owner: whoever
 * opened it. */
struct fernet;

/* Opens the folder; with 'make' it is made with a primary and a staged key when it has none. NULL and
 * 'why' (512 bytes) on failure. */
struct fernet *fernet_open(const char *folder, bool make, char *why);
void fernet_close(struct fernet *f);

/* 'size' bytes sealed with the primary key: base64url, in 'a'. */
char *fernet_seal(struct fernet *f, struct arena *a, const void *p, size_t size, int64_t now_at);
/* The bytes in 'text', or NULL when none of the keys sealed it. '*size' gets their count. A key that
 * another process made since is read from the folder first. */
void *fernet_unseal(struct fernet *f, struct arena *a, const char *text, size_t *size);

/* Makes the staged key the primary, a new staged one, and removes the oldest so that 'most' are left
 * (at least 3). ST_BAD_INPUT: 'most' is too small; ST_INTERNAL: the folder cannot be written. */
enum status fernet_rotate(struct call *c, const char *folder, int most) MUST_USE;

#endif
