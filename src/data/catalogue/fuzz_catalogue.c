/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a sheet and as DCAT: refused with a reason and a field, or entries that are within bounds
 * and that the rules can be asked about. */
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(struct call *c, enum status st, const struct import_entries *e)
{
	if (st && (!c->problem[0] || !c->problem_at))
		__builtin_trap();
	if (st || e->count > IMPORT_RESOURCES_MAX)
		return;
	for (size_t i = 0; i < e->count; i++) {
		const struct catalogue_version *v = &e->list[i].version;
		if (!v->name || !v->summary || v->items_count > CATALOGUE_ITEMS_MAX)
			__builtin_trap();
		call_forgive(c);
		st = catalogue_rules_alone(c, v);
		if (st && (st != ST_BAD_INPUT || !c->problem_at))
			__builtin_trap();
		if (!st && strlen(catalogue_seal(c, v)) != 64)
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	/* As the door gives a body: ended by a NUL. */
	const char *body = arena_strndup(a, (const char *)data, size);
	struct import_entries e = { 0 };
	struct call *c = call_new(a, "req-fuzz");

	look_at(c, sheet_read(c, body, size, &e), &e);
	e = (struct import_entries){ 0 };
	c = call_new(a, "req-fuzz");
	enum status st = dcat_read(c, body, size, &e);
	/* JSON that is none is refused as a whole. */
	if (st && !c->problem_at)
		c->problem_at = "body";
	look_at(c, st, &e);
	return 0;
}
