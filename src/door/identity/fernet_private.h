/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a folder as one unchanging list, between fernet_keys.c and token_fernet.c. */
#ifndef DOOR_IDENTITY_FERNET_PRIVATE_H
#define DOOR_IDENTITY_FERNET_PRIVATE_H

#include "door/identity/token_fernet.h"

struct fernet_key {
	int number; /* its file's name */
	uint8_t bytes[FERNET_KEY_SIZE];
};

/* Never changed once made; freed, and wiped, by whoever drops it last. */
struct fernet_keys {
	size_t count; /* at least one; the primary stands first */
	struct fernet_key list[FERNET_KEYS_MAX];
	int users; /* under the lock of its fernet */
};

struct fernet_keys *fernet_keys_take(struct fernet *f) __attribute__((returns_nonnull));
void fernet_keys_drop(struct fernet *f, struct fernet_keys *keys);
/* Reads the folder again when it has changed, at most once a second; true when there are new keys. */
bool fernet_keys_refresh(struct fernet *f);

#endif
