/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes: settings are refused with a reason and a key, or are within bounds; values come out as
 * well-formed text that is cleaned to itself, and their keys without a fault. */
#include "data/theme/theme_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct theme_settings *s = arena_alloc(a, sizeof *s);
	const char *text = arena_strndup(a, (const char *)data, size);
	struct buf first = { .arena = a }, again = { .arena = a }, key = { .arena = a };
	uint64_t keys[2];
	char organisation[10];

	if (theme_settings_parse(c, "fuzz", text, size, s)) {
		if (!c->problem[0] || !c->problem_at)
			__builtin_trap();
	} else if (s->resource_count > RESOURCES_MAX || s->relation_count > RELATIONS_MAX) {
		__builtin_trap();
	}
	size = strlen(text);
	if (!utf8_valid(text, size))
		return 0;
	for (int type = 0; type < TYPE__COUNT; type++) {
		bool valid = value_clean((enum theme_type)type, text, size, &first);
		if (!first.size)
			continue;
		if (first.size > VALUE_MAX || !utf8_valid(first.data, first.size))
			__builtin_trap();
		if (valid &&
		    (!value_clean((enum theme_type)type, first.data, first.size, &again) ||
		     again.size != first.size || memcmp(again.data, first.data, first.size) != 0))
			__builtin_trap();
		value_key(first.data, first.size, &key);
		address_keys(first.data, first.size, keys);
		(void)organisation_code(first.data, first.size, organisation);
	}
	return 0;
}
