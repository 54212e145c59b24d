/* SPDX-License-Identifier: Apache-2.0 */
#include "gate.h"

#include <string.h>
#include "base/text.h"
#include "suite.h"

static enum status open_beside(void *who, struct arena *a, const char *location, const void **bytes,
			       size_t *size)
{
	/* BPMNspector's own models import each other also from where they are published. */
	static const char published[] = "http://www.bpmnspector.org/";
	if (str_starts(location, published))
		location += sizeof(published) - 1;
	*bytes = suite_file(a, arena_printf(a, "%s/%s", (const char *)who, location), size);
	return *bytes ? ST_OK : ST_NOT_FOUND;
}

struct gate_result gate_file(struct arena *a, const char *folder, const char *name)
{
	struct gate_result r = { 0 };
	const char *path = arena_printf(a, "%s/%s", folder, name);
	char *at = strrchr(path, '/');
	const char *beside = arena_strndup(a, path, (size_t)(at - path));
	size_t size;
	char *bytes = suite_file(a, path, &size);
	struct bpmn_model *m;
	struct bpmn_problem problem;
	bpmn_findings_init(&r.findings, a);
	if (!bytes) {
		bpmn_find(&r.findings, "FILE", NULL, "there is no file %s", path);
	} else if (bpmn_read(a, bytes, size, &m, &problem)) {
		bpmn_find(&r.findings, "XML", NULL, "%s", problem.text);
	} else {
		struct bpmn_files files = { open_beside, arena_strdup(a, beside), at + 1 };
		bpmn_import(a, m, &files);
		bpmn_check(m, &r.findings);
	}
	r.count = r.findings.count;
	if (r.count)
		r.first = arena_printf(a, "%s %s: %s", r.findings.first->rule,
				       r.findings.first->element, r.findings.first->text);
	return r;
}

bool gate_names(const struct gate_result *r, const char *rule)
{
	for (const struct bpmn_finding *f = r->findings.first; f; f = f->next) {
		if (strcmp(f->rule, rule) == 0)
			return true;
	}
	return false;
}
