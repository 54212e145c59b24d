/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a value: normal form, points, address, company, numbers, date. */
#include <assert.h>
#include <stdlib.h>
#include "engine/linkage/hanzi.h"
#include "engine/linkage/linkage_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	/* Malloced of its size, so that the sanitizer sees its end. */
	char *s = malloc(size ? size : 1), *normal = malloc(size + 8), *twice;
	struct buf part = { .arena = a };
	struct address address;
	uint16_t points[64];
	const char *core;
	size_t core_size;
	char text[19], digits[9], key[ADDRESS_KEY_SIZE];
	int32_t day;
	bool valid;

	assert(s && normal);
	memcpy(s, data, size);
	uint32_t n = normal_text(s, (uint32_t)size, normal);
	assert(n <= size + 8);
	twice = malloc(n + 8ul);
	assert(twice);
	uint32_t m = normal_text(normal, n, twice);
	if (utf8_valid(s, size))
		assert(m <= n); /* a simplified form may have one of its own, rarely */
	assert(text_points(s, size, points, 64) <= 64);
	address_read(s, size, &address);
	assert(address_key(&address, key) < sizeof key);
	company_core(s, size, &core, &core_size);
	assert(core >= s && core + core_size <= s + size);
	if (citizen_read(s, size, text, &valid))
		assert(strlen(text) == 18);
	(void)uscc_valid(s, size);
	if (date_read(s, size, &day, digits))
		assert(strlen(digits) == 8);
	for (unsigned k = PART_WHOLE; k < PART_TOKEN; k++) {
		struct part p = { .kind = k, .n = 1 + size % 5 };
		part.size = 0;
		(void)part_text(&p, s, (uint32_t)size, &part);
	}
	struct part place = { .kind = PART_PLACE };
	part.size = 0;
	(void)part_text(&place, s, (uint32_t)size, &part);
	free(s), free(normal), free(twice);
	return 0;
}
