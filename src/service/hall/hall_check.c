/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of the hall's rows, for `yongyun check`: entries and versions agree, and with --deep, every
 * version that was published is still what was sealed. */
#include "base/text.h"
#include "door/house.h"
#include "service/hall/hall_private.h"

struct verdicts {
	struct breach *list;
	size_t count;
};

static enum status breaches_act(struct call *c, const void *in, void *out)
{
	struct verdicts *v = out;

	(void)in;
	return hall_breaches(c, &v->list, &v->count);
}

/* One stretch of versions; 'at' is where it begins, and 'out' where the next one does. */
struct stretch {
	const char *id;
	int64_t number;
	bool more;
	struct sealed_row *broken;
	size_t broken_count;
};

static enum status seals_act(struct call *c, const void *in_, void *out_)
{
	const struct stretch *in = in_;
	struct stretch *out = out_;
	struct sealed_row *list = NULL;
	size_t n = 0;
	enum status st = hall_versions_sealed(c, in->id, in->number, &list, &n);

	if (st)
		return st;
	out->broken = arena_array(c->arena, n + 1, sizeof *out->broken);
	for (size_t i = 0; i < n; i++)
		if (!str_eq(list[i].seal, hall_seal(c, list[i].body)))
			out->broken[out->broken_count++] = list[i];
	out->more = n > 0;
	if (n) {
		out->id = list[n - 1].entry_id;
		out->number = list[n - 1].number;
	}
	return ST_OK;
}

enum status hall_check(struct call *c, struct house *h, bool deep, struct buf *report, int64_t *bad)
{
	struct stretch at = { .id = "", .more = deep };
	struct verdicts v = { 0 };
	enum status st = db_read(c, h->db, breaches_act, NULL, &v, sizeof v);

	for (size_t i = 0; !st && i < v.count; i++) {
		if (!v.list[i].count)
			continue;
		buf_printf(report, "%lld %s\n", (long long)v.list[i].count, v.list[i].what);
		(*bad)++;
	}
	while (!st && at.more) {
		struct stretch next = { 0 };
		st = db_read(c, h->db, seals_act, &at, &next, sizeof next);
		for (size_t i = 0; !st && i < next.broken_count; i++) {
			buf_printf(report, "version %lld of %s is not what was published\n",
				   (long long)next.broken[i].number, next.broken[i].entry_id);
			(*bad)++;
		}
		at = next;
	}
	return st;
}
