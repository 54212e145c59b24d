/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes: up to the first empty line rules, behind it cells. Rules are refused with a reason and an
 * item, or are within bounds; a cell comes out clean, as well-formed text of no more than it was. */
#include "data/intake/intake.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct intake_item *item, struct arena *a, const char *s, size_t size)
{
	struct buf clean = { .arena = a }, again = { .arena = a };
	enum intake_breach b = intake_cell(item, s, size, 20000, &clean);

	if (b >= BREACH__COUNT || (clean.size && !utf8_valid(clean.data, clean.size)))
		__builtin_trap();
	/* What is clean stays as it is. */
	if (b || !clean.size)
		return;
	if (intake_cell(item, clean.data, clean.size, 20000, &again) || again.size != clean.size ||
	    memcmp(again.data, clean.data, clean.size) != 0)
		__builtin_trap();
	(void)mask_name(a, clean.data);
	(void)mask_citizen(a, clean.data);
	(void)mask_phone(a, clean.data);
	(void)mask_address(a, clean.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct intake_rules *rules = arena_alloc(a, sizeof *rules);
	const char *text = arena_strndup(a, (const char *)data, size);
	const char *split = strstr(text, "\n\n"), *cells = split ? split + 2 : "";
	size_t head = split ? (size_t)(split - text) : strlen(text);
	enum status st = intake_rules_parse(c, "fuzz", text, head, NULL, rules);

	if (st && (!c->problem[0] || !c->problem_at))
		__builtin_trap();
	if (st || rules->count > INTAKE_ITEMS_MAX || !utf8_valid(cells, strlen(cells)))
		return 0;
	for (unsigned i = 0; i < rules->count; i++) {
		const char *end = strchr(cells, '\n');
		size_t n = end ? (size_t)(end - cells) : strlen(cells);
		look_at(&rules->items[i], a, cells, n);
		cells = end ? end + 1 : "";
	}
	return 0;
}
