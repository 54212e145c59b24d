/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes of a guest: what is made of a head must not depend on how it arrives, and never reach outside of
 * it. */
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include "cloud/metadata/metadata_http.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct metadata_head whole, part;
	const char *bytes = (const char *)data;
	enum metadata_step step = metadata_head(bytes, size, &whole);
	size_t most = size < METADATA_HEAD_MAX ? size : METADATA_HEAD_MAX;

	if (step == METADATA_WHOLE) {
		assert(strlen(whole.path) <= METADATA_PATH_MAX && !strstr(whole.path, "//"));
		assert(!whole.path[0] || whole.path[0] == '/');
	}
	if (step == METADATA_WRONG)
		assert(whole.status >= 400 && *whole.why);
	/* The first verdict on a head that grows is the verdict on all of it. */
	for (size_t n = 0; n <= most; n += 1 + most / 97) {
		enum metadata_step now = metadata_head(bytes, n, &part);
		if (now == METADATA_MORE)
			continue;
		assert(now == step && part.status == whole.status && part.why == whole.why);
		break;
	}
	return 0;
}
