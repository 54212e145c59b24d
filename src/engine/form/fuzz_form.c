/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a schema, a NUL and data: refused with a reason, or data
 * that can be shown. */
#include "base/shape.h"
#include "engine/form/form_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void drop(void *tree)
{
	json_decref(tree);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	const char *text = arena_strndup(a, (const char *)data, size);
	size_t schema = strlen(text);
	struct form *f = NULL;
	struct form_problems problems = { 0 };
	json_t *out = NULL, *shown = NULL;

	c->now_at = 1800000000 * CLOCK_SECOND;
	enum status st = form_read(c, text, schema, &f);
	if (st) {
		if (!c->problem[0])
			__builtin_trap();
		return 0;
	}
	json_t *given = schema < size ? json_loadb(text + schema + 1, size - schema - 1, 0, NULL)
				      : NULL;
	if (!given)
		given = json_object();
	arena_defer(a, drop, given);
	st = form_check(c, f, NULL, 0, NULL, given, &out, &problems);
	if (st) {
		if (!c->problem[0])
			__builtin_trap();
		return 0;
	}
	/* What was taken is what a person may look at. */
	const struct form_permission look = { "", FORM_LOOK };
	call_forgive(c);
	if (form_shown(c, f, &look, 1, out, &shown) == ST_OK && !json_is_object(shown))
		__builtin_trap();
	/* A schema without its first field is a schema. */
	if (f->root.first && json_object_get(given, f->root.first->name)) {
		const struct form_permission hide = { f->root.first->name, FORM_HIDE };
		const char *less = NULL;
		call_forgive(c);
		if (form_schema_shown(c, text, schema, &hide, 1, &less) ||
		    form_read(c, less, strlen(less), &f))
			__builtin_trap();
	}
	return 0;
}
