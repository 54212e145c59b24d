/* SPDX-License-Identifier: Apache-2.0 */
/* The suite of betsy: models that must be refused before they are published (group constraints). */
#include "suite.h"

#include <stdio.h>
#include "gate.h"

static void refuse_all(struct suite *s, const char *folder)
{
	const char *where = arena_printf(s->arena, "%s/bpmn_constraints", folder);
	size_t count;
	const char **names = suite_list(s->arena, where, ".bpmn", &count);
	for (size_t i = 0; i < count; i++) {
		struct gate_result r = gate_file(s->arena, where, names[i]);
		suite_count(s, "constraints", names[i], r.count > 0, NULL);
	}
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	struct suite s;
	suite_init(&s, "betsy");
	refuse_all(&s, argv[1]);
	return suite_end(&s);
}
