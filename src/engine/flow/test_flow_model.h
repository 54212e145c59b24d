/* SPDX-License-Identifier: Apache-2.0 */
/* Small models of tests, written as text. */
#ifndef ENGINE_FLOW_TEST_FLOW_MODEL_H
#define ENGINE_FLOW_TEST_FLOW_MODEL_H

#include "engine/flow/flow.h"

/* A document around processes and messages. */
const char *test_definitions(struct arena *a, const char *body);
/* The program of a document, whose conditions are FEEL; the test fails when it cannot be read. NULL: it cannot be
 * executed, and 'findings' say why; where 'findings' is NULL the test fails. */
struct flow_program *test_program(struct arena *a, const char *text,
				  const struct flow_dialect *dialect,
				  struct bpmn_findings *findings);

#endif
