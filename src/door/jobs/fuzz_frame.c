/* SPDX-License-Identifier: Apache-2.0 */
/* A frame of the event stream is one frame, whatever stands in the event: three lines and an empty one,
 * so that no payload can pretend to be another event. */
#include <assert.h>
#include "door/jobs/stream_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	size_t half = size / 2;
	const struct event e = {
		.type = arena_strndup(a, (const char *)data, strnlen((const char *)data, half)),
		.payload = arena_strndup(a, (const char *)data + half,
					 strnlen((const char *)data + half, size - half)),
	};
	struct buf b = stream_frame(a, &e, (int64_t)size);
	int lines = 0;

	for (size_t i = 0; i < b.size; i++) {
		assert(b.data[i] != '\r');
		lines += b.data[i] == '\n';
	}
	assert(lines == 4 && str_ends(b.data, "\n\n"));
	return 0;
}
