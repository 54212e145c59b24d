/* SPDX-License-Identifier: Apache-2.0 */
/* Passcodes by time (RFC 6238): six digits, HMAC-SHA1, steps of 30 seconds. */
#ifndef DOOR_IDENTITY_TOTP_H
#define DOOR_IDENTITY_TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"

enum { TOTP_STEP_SECONDS = 30, TOTP_SECRET_MIN = 10 };

/* The secret's bytes from base32 (RFC 4648 §6, with padding or none, any case), or NULL. */
uint8_t *totp_secret(struct arena *a, const char *base32, size_t *size);
/* The passcode of step number 'step'. */
void totp_code(const uint8_t *secret, size_t size, int64_t step, char out[7]);
/* The step whose passcode 'code' is: this one or one beside it, and later than 'used_step', since a
 * passcode counts once. 0: none. */
int64_t totp_match(const uint8_t *secret, size_t size, const char *code, int64_t now_at,
		   int64_t used_step);

#endif
