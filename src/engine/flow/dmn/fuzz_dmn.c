/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a decision model: read, and every decision and service of it evaluated within limits,
 * with its explanation. */
#include <assert.h>
#include "engine/flow/dmn/dmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 64 << 10)
		return 0;
	struct arena *a = arena_new();
	struct dmn_source file = { "fuzz.dmn", arena_strndup(a, (const char *)data, size), size };
	struct dmn_problem why = { 0 };
	const struct dmn_model *m = dmn_read(a, &file, 1, &why);
	if (!m) {
		assert(why.text);
		arena_end(&a);
		return 0;
	}
	size_t count;
	const struct dmn_item *items = dmn_items(m, &count);
	struct feel_limits limits = { .steps = 20000, .memory = 4 << 20, .depth = 300 };
	for (size_t i = 0; i < count && i < 20; i++) {
		struct dmn_input in[] = { { NULL, "Age", feel_of_int(a, 20) },
					  { NULL, "Employment Status",
					    feel_of_text(a, "EMPLOYED") } };
		struct feel_run *run = feel_run_new(a, &limits, 0);
		struct dmn_trace *trace = dmn_trace_new(a);
		if (items[i].kind == DMN_DECISION)
			assert(dmn_decide(run, m, items[i].name, in, 2, trace));
		if (items[i].kind == DMN_SERVICE)
			assert(dmn_serve(run, m, items[i].name, in, 2, trace));
		if (items[i].kind == DMN_KNOWLEDGE)
			assert(dmn_invoke(run, m, items[i].name, in, 2, trace));
		struct buf b = { .arena = a };
		struct json_out j = json_to(&b);
		dmn_explain(&j, trace, run);
		json_t *json = json_loads(buf_text(&b), 0, NULL);
		assert(json);
		json_decref(json);
	}
	arena_end(&a);
	return 0;
}
