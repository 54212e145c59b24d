/* SPDX-License-Identifier: Apache-2.0 */
/* BPMNspector's models: our strict gate must agree with each verdict. For the invalid ones the group
 * 'rule' counts where we name the same rule, or the schema or a reference, which BPMN's constraints
 * repeat in places. */
#include "suite.h"

#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "gate.h"

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	struct suite s;
	suite_init(&s, "bpmnspector");
	size_t size;
	char *table =
		suite_file(s.arena, arena_printf(s.arena, "%s/expectations.tsv", argv[1]), &size);
	if (!table) {
		fprintf(stderr, "%s/expectations.tsv cannot be read\n", argv[1]);
		return 2;
	}
	size_t agreed = 0, invalid = 0;
	char *line = strchr(table, '\n');
	while (line && *++line) {
		char *next = strchr(line, '\n');
		if (next)
			*next = 0;
		char *file = strsep(&line, "\t"), *verdict = strsep(&line, "\t");
		char *rule = strsep(&line, "\t");
		bool valid = str_eq(verdict, "valid");
		struct gate_result r = gate_file(s.arena, argv[1], file);
		suite_count(&s, valid ? "valid" : "invalid", file, valid == !r.count, r.first);
		if (!valid && rule && *rule) {
			invalid++;
			agreed += gate_names(&r, arena_printf(s.arena, "EXT.%s", rule));
		}
		line = next;
	}
	printf("# of %zu invalid models with a rule's number, %zu are refused by that rule\n",
	       invalid, agreed);
	return suite_end(&s);
}
