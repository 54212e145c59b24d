/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the catalogue's rows, for `yongyun check`: counters and states agree, and with --deep,
 * every version that was published is still what was sealed. */
#include "data/catalogue/catalogue_private.h"

static enum status sealed_whole(struct call *c, const struct sealed *after, struct sealed **list,
				size_t *n)
{
	enum status st = versions_sealed(c, after, list, n);

	for (size_t i = 0; !st && i < *n; i++) {
		struct sealed *s = &(*list)[i];
		struct catalogue_version v = { 0 };
		st = version_whole(c, s->id, s->number, &v);
		if (st)
			return st;
		s->body = catalogue_body(c, &v);
		s->seal = v.seal;
	}
	return st;
}

enum status catalogue_check(struct call *c, struct house *h, bool deep, struct buf *report,
			    int64_t *bad)
{
	enum status st = check_breaches(c, h, catalogue_breaches, report, bad);

	return st || !deep ? st : check_seals(c, h, sealed_whole, "resource", report, bad);
}
