/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of items and themes: refused with a reason and a field, or items that the rules can be asked
 * about and that are merged into one form, or are told why not. */
#include "base/text.h"
#include "service/hall/hall_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct field file_wire[] = {
	F_STR(import_ask, format, 64, 0),
	F_LIST(import_ask, items, hall_item, hall_item_content, HALL_IMPORT_MAX, OPT),
	F_LIST(import_ask, themes, hall_theme, hall_theme_content, HALL_IMPORT_MAX, OPT),
	F_END,
};

static void look(struct call *c, enum status st)
{
	if (st && (!c->problem[0] || !c->problem_at))
		__builtin_trap();
	call_forgive(c);
}

/* The theme over the items of the file that it names. */
static void merge(struct call *c, const struct import_ask *file, const struct hall_theme *t)
{
	const struct hall_item **items = arena_array(c->arena, t->items_count + 1, sizeof *items);
	struct merged m = { 0 };

	for (size_t i = 0; i < t->items_count; i++)
		for (size_t k = 0; k < file->items_count; k++)
			if (str_eq(file->items[k].handle_code, t->items[i].code))
				items[i] = &file->items[k];
	enum status st = theme_rules(c, t, items);
	bool good = !st;
	look(c, st);
	if (good && theme_merge(c, t, items, &m))
		__builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	const char *body = arena_strndup(a, (const char *)data, size);
	struct import_ask file = { 0 };
	struct call *c = call_new(a, "req-fuzz");

	if (shape_read_json(c, file_wire, NULL, body, size, &file))
		return 0;
	look(c, hall_import_prepare(c, &file));
	for (size_t i = 0; i < file.items_count; i++)
		look(c, item_rules(c, "11330200002970013K", &file.items[i]));
	for (size_t i = 0; i < file.themes_count; i++)
		merge(c, &file, &file.themes[i]);
	return 0;
}
