/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <openssl/evp.h>
#include "base/text.h"
#include "door/check.h"
#include "door/house.h"

/* --- numbers that must be 0 --- */

const struct field breach_row[] = {
	F_STR(breach, what, 0, 0),
	F_INT(breach, count, 0, 0, 0),
	F_END,
};

struct breaches_ask {
	breaches_fn *read;
};
struct breaches {
	struct breach *list;
	size_t count;
};

static enum status breaches_act(struct call *c, const void *in_, void *out_)
{
	const struct breaches_ask *in = in_;
	struct breaches *out = out_;

	return in->read(c, &out->list, &out->count);
}

enum status check_breaches(struct call *c, struct house *h, breaches_fn *read, struct buf *report,
			   int64_t *bad)
{
	struct breaches all = { 0 };
	enum status st =
		db_read(c, h->db, breaches_act, &(struct breaches_ask){ read }, &all, sizeof all);

	for (size_t i = 0; !st && i < all.count; i++) {
		if (!all.list[i].count)
			continue;
		buf_printf(report, "%lld %s\n", (long long)all.list[i].count, all.list[i].what);
		(*bad)++;
	}
	return st;
}

/* --- seals --- */

const char *seal_of(struct arena *a, const char *body)
{
	unsigned char sum[EVP_MAX_MD_SIZE];
	unsigned size = 0;
	char *hex = arena_alloc(a, 2 * sizeof sum + 1);
	int done = EVP_Digest(body, strlen(body), sum, &size, EVP_sm3(), NULL);

	assert(done == 1);
	hex_encode(sum, size, hex);
	return hex;
}

struct stretch_ask {
	sealed_fn *read;
	struct sealed after;
};
struct stretch {
	struct sealed *list;
	size_t count;
};

static enum status stretch_act(struct call *c, const void *in_, void *out_)
{
	const struct stretch_ask *in = in_;
	struct stretch *out = out_;

	return in->read(c, &in->after, &out->list, &out->count);
}

enum status check_seals(struct call *c, struct house *h, sealed_fn *read, const char *what,
			struct buf *report, int64_t *bad)
{
	struct stretch_ask at = { read, { .id = "" } };

	for (;;) {
		struct arena *SCOPED_ARENA a = arena_new();
		struct call *own = call_new(a, c->request_id);
		struct stretch s = { 0 };

		own->house = h;
		enum status st = db_read(own, h->db, stretch_act, &at, &s, sizeof s);
		if (st)
			return fail(c, st, own->problem_at, "%s", own->problem);
		for (size_t i = 0; i < s.count; i++) {
			if (str_eq(s.list[i].seal, seal_of(a, s.list[i].body)))
				continue;
			buf_printf(report, "version %lld of %s %s is not what was published\n",
				   (long long)s.list[i].number, what, s.list[i].id);
			(*bad)++;
		}
		if (!s.count)
			return ST_OK;
		at.after.id = arena_strdup(c->arena, s.list[s.count - 1].id);
		at.after.number = s.list[s.count - 1].number;
	}
}
