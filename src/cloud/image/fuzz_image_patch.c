/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a JSON patch of an image: refused with a reason, or an image that is still whole. */
#include "cloud/image/image_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct image image = { .id = "i", .properties = "{\"os\":\"debian\"}" };
	enum status st = image_patch_apply(c, arena_strndup(a, (const char *)data, size), &image);

	if (st && !c->problem[0])
		__builtin_trap();
	if (!st && !image.properties)
		__builtin_trap();
	return 0;
}
