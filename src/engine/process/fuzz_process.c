/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a deployment: what our attributes say is read and compiled, starts and calls are listed,
 * and what is wrong is a finding; none of it may trip. */
#include <assert.h>
#include "engine/process/process_deploy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *SCOPED_ARENA a = arena_new();
	struct call *c = call_new(a, "req-fuzz");
	struct deployment_ask in = { .xml = arena_strndup(a, (const char *)data, size) };
	assert(deploy_prepare_bpmn(c, &in) == ST_OK);
	/* Either it says what is wrong, or it has something to start. */
	assert(in.findings_count || in.made_count);
	for (size_t i = 0; i < in.start_count; i++)
		assert((size_t)in.starts[i].definition_id < in.made_count);
	struct deployment_ask dmn = { .xml = in.xml };
	assert(deploy_prepare_dmn(c, &dmn) == ST_OK);
	assert(dmn.findings_count || dmn.made_count);
	return 0;
}
