/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/flow/test_flow_model.h"
#include <string.h>
#include "base/text.h"
#include "engine/flow/flow_private.h"
#include "harness.h"

const char *test_definitions(struct arena *a, const char *body)
{
	return arena_printf(a,
			    "<definitions xmlns='" BPMN_MODEL_NS
			    "' targetNamespace='urn:t'>%s</definitions>",
			    body);
}

struct flow_program *test_program(struct arena *a, const char *text,
				  const struct flow_dialect *dialect,
				  struct bpmn_findings *findings)
{
	struct bpmn_findings own, *f = findings ? findings : &own;
	struct bpmn_model *m;
	struct bpmn_problem problem;
	struct flow_program *program = NULL;

	bpmn_findings_init(f, a);
	if (bpmn_read(a, text, strlen(text), &m, &problem))
		test_fail("%s\n%s", problem.text, text);
	if (!flow_compile(a, m, &flow_feel, dialect, f, &program))
		return program;
	if (!findings)
		test_fail("%s\n%s", f->first->text, text);
	return NULL;
}
