/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 4226 truncation over HMAC-SHA1, and base32. */
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/clock.h"
#include "base/text.h"
#include "door/identity/totp.h"

static int base32_value(char ch)
{
	if (ch >= 'a' && ch <= 'z')
		return ch - 'a';
	if (ch >= 'A' && ch <= 'Z')
		return ch - 'A';
	if (ch >= '2' && ch <= '7')
		return ch - '2' + 26;
	return -1;
}

uint8_t *totp_secret(struct arena *a, const char *base32, size_t *size)
{
	size_t length = strcspn(base32, "="), n = 0;
	uint8_t *out = arena_secret(a, length * 5 / 8 + 1);
	unsigned bits = 0, have = 0;

	if (base32[length + strspn(base32 + length, "=")])
		return NULL;
	for (size_t i = 0; i < length; i++) {
		int v = base32_value(base32[i]);
		if (v < 0)
			return NULL;
		bits = (bits << 5 | (unsigned)v) & 0xfff;
		have += 5;
		if (have >= 8) {
			have -= 8;
			out[n++] = (uint8_t)(bits >> have);
		}
	}
	*size = n;
	return n >= TOTP_SECRET_MIN ? out : NULL;
}

void totp_code(const uint8_t *secret, size_t size, int64_t step, char out[7])
{
	uint8_t message[8], mac[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	for (int i = 0; i < 8; i++)
		message[i] = (uint8_t)(step >> (56 - 8 * i));
	if (!HMAC(EVP_sha1(), secret, (int)size, message, sizeof message, mac, &n))
		abort();
	unsigned at = mac[n - 1] & 15u;
	uint32_t v = (uint32_t)(mac[at] & 0x7f) << 24 | (uint32_t)mac[at + 1] << 16 |
		     (uint32_t)mac[at + 2] << 8 | mac[at + 3];
	snprintf(out, 7, "%06u", v % 1000000);
}

int64_t totp_match(const uint8_t *secret, size_t size, const char *code, int64_t now_at,
		   int64_t used_step)
{
	int64_t now = now_at / CLOCK_SECOND / TOTP_STEP_SECONDS, found = 0;
	char right[7];

	/* Clocks differ: one step to each side. All three are computed, whichever fits. */
	for (int64_t step = now - 1; step <= now + 1; step++) {
		totp_code(secret, size, step, right);
		if (str_same_secret(right, code) && step > used_step)
			found = step;
	}
	return found;
}
