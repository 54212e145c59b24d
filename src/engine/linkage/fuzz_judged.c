/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as people's judgements: refused with a reason, or pairs of records that are there, each once and in
 * order, which clusters then obey: what is different is apart. */
#include <assert.h>
#include "engine/linkage/linkage_private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool no_edge(void *from, struct edge *out)
{
	(void)from;
	(void)out;
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, "fuzz");
	char ids[] = "abcdef";
	uint64_t id_at[] = { 0, 1, 2, 3, 4, 5, 6 };
	struct tables t = { .sources = 1,
			    .records = 6,
			    .first = { 0, 6 },
			    .id_column = 0,
			    .ids = ids,
			    .id_at = id_at };
	struct settings s = { .cluster_max = 10 };
	struct judgements j = { 0 };
	struct clusters k;

	if (judged_parse(c, "fuzz", (const char *)data, size, &t, &j)) {
		assert(c->problem[0]);
		judged_done(&j);
		return 0;
	}
	for (size_t i = 0; i < j.count; i++) {
		const struct pair *p = &j.list[i].pair;
		assert(p->l < p->r && p->r < t.records && judged_known(&j, p->r, p->l));
		assert(!i || j.list[i - 1].pair.l < p->l ||
		       (j.list[i - 1].pair.l == p->l && j.list[i - 1].pair.r < p->r));
	}
	clusters_join(&t, &s, NULL, &j, no_edge, NULL, &k);
	clusters_at(&t, &k, 0, k.of);
	for (size_t i = 0; i < j.count; i++)
		assert(j.list[i].same || k.of[j.list[i].pair.l] != k.of[j.list[i].pair.r]);
	clusters_done(&k, &t);
	judged_done(&j);
	return 0;
}
