/* SPDX-License-Identifier: Apache-2.0 */
/* The strict gate asked of a file, with what it imports from its folder. */
#ifndef TEST_CONFORMANCE_GATE_H
#define TEST_CONFORMANCE_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include "base/arena.h"
#include "engine/flow/bpmn/bpmn.h"

struct gate_result {
	size_t count;      /* findings; 0: the model may be published */
	const char *first; /* the first one in words, or NULL */
	struct bpmn_findings findings;
};

struct gate_result gate_file(struct arena *a, const char *folder, const char *name);
bool gate_names(const struct gate_result *r, const char *rule);

#endif
