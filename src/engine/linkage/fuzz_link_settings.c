/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as settings of a linkage; what is taken is written and taken again. */
#include <assert.h>
#include "engine/linkage/linkage_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "fuzz");
	struct column columns[3] = { { .name = "a" }, { .name = "b" }, { .name = "first name" } };
	struct tables t = { .columns = columns, .column_count = 3, .sources = 1 + (size & 1) };
	struct settings s, again;
	struct buf first = { .arena = a }, second = { .arena = a };

	if (settings_parse(c, "fuzz", (const char *)data, size, &t, &s)) {
		assert(c->problem[0]);
		return 0;
	}
	settings_write(&s, &t, &first);
	assert(settings_parse(c, "again", first.data, first.size, &t, &again) == ST_OK);
	settings_write(&again, &t, &second);
	assert(str_eq(buf_text(&first), buf_text(&second)));
	return 0;
}
