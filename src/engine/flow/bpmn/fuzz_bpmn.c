/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a model: what is read is written, read again with the same elements, judged, and looked
 * at for soundness; none of it may trip, and none may take long. */
#include <assert.h>
#include "engine/flow/bpmn/bpmn.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum status no_files(void *who, struct arena *a, const char *location, const void **bytes,
			    size_t *size)
{
	(void)who, (void)a, (void)location, (void)bytes, (void)size;
	return ST_NOT_FOUND;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct bpmn_model *m, *again;
	struct bpmn_problem problem;
	struct bpmn_findings findings;
	struct bpmn_files files = { no_files };
	size_t written;

	if (bpmn_read(a, data, size, &m, &problem)) {
		assert(problem.text[0]);
		return 0;
	}
	const char *text = bpmn_write(a, m, &written);
	assert(bpmn_read(a, text, written, &again, &problem) == ST_OK);
	assert(bpmn_count(again) == bpmn_count(m));
	bpmn_import(a, m, &files);
	bpmn_findings_init(&findings, a);
	bpmn_check(m, &findings);
	bpmn_sound(m, 200, &findings);
	return 0;
}
