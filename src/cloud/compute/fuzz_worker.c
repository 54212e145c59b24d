/* SPDX-License-Identifier: Apache-2.0 */
/* Any line as an ask and as an answer: refused, or read and written back as something that reads the
 * same. */
#include <assert.h>
#include "base/text.h"
#include "cloud/compute/compute_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(struct call *c, const char *line, size_t size)
{
	struct worker_ask in, again;
	if (worker_ask_read(c, line, size, &in))
		return;
	struct buf text = { .arena = c->arena };
	worker_ask_write(c, &in, &text);
	assert(worker_ask_read(c, text.data, text.size, &again) == ST_OK);
	assert(again.id == in.id && again.op == in.op && again.size == in.size);
}

static void answer(struct call *c, const char *line, size_t size)
{
	struct worker_answer in, again;
	if (worker_answer_read(c, line, size, &in))
		return;
	struct buf text = { .arena = c->arena };
	worker_answer_write(c, &in, &text);
	assert(worker_answer_read(c, text.data, text.size, &again) == ST_OK);
	assert(again.id == in.id && again.status == in.status);
	assert(again.guests_count == in.guests_count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	ask(call_new(a, "req-fuzz"), (const char *)data, size);
	answer(call_new(a, "req-fuzz"), (const char *)data, size);
	return 0;
}
