/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever comes as a token, or as the claims in one, is read without harm. */
#include "door/identity/token.h"
#include "door/identity/totp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a SCOPED_ARENA = arena_new();
	struct token_claims t;
	size_t n;

	(void)!token_unpack(a, data, size, &t);
	(void)totp_secret(a, arena_strndup(a, (const char *)data, size), &n);
	return 0;
}
