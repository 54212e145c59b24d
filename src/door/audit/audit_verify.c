/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the whole trail and says what is not as it was sealed. Three things are compared for each
 * batch: what the entries hash to now, what its members say they hashed to, and what the signature
 * vouches for. */
#include "base/clock.h"
#include "door/audit/audit_private.h"
#include "door/house.h"

enum { PAGE = 256, SEALED_WITHIN = 60 };

struct checker {
	struct call *c;
	struct house *house;
	struct audit_keys *keys;
	struct hasher *hasher;
	struct buf *report;
	int64_t bad, batches, entries;
	int64_t last;           /* the newest batch read */
	char previous[65];      /* its seal */
	struct audit_head head; /* what this machine remembers */
	bool head_met;
};

static void PRINTF(2, 3) complain(struct checker *k, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	const char *line = arena_vprintf(k->report->arena, fmt, ap);
	va_end(ap);
	buf_printf(k->report, "%s\n", line);
	k->bad++;
}

struct page_in {
	int64_t number, after;
};
struct page {
	struct audit_entry *entries;
	size_t count;
};

static enum status page_act(struct call *c, const void *in_, void *out_)
{
	const struct page_in *in = in_;
	struct page *out = out_;
	return audit_batch_entries(c, in->number, in->after, PAGE, &out->entries, &out->count);
}

struct members {
	const void *list;
	size_t size;
};

static enum status members_act(struct call *c, const void *in, void *out_)
{
	struct members *out = out_;
	return audit_batch_members(c, *(const int64_t *)in, &out->list, &out->size);
}

/* One member of a batch while the batch's entries are walked beside it. */
struct walk {
	const uint8_t *members;
	size_t count, at;
};

static void missing_until(struct checker *k, const struct audit_batch *b, struct walk *w,
			  int64_t id)
{
	for (; w->at < w->count; w->at++) {
		int64_t member;
		struct sm3 leaf;
		member_read(w->members + w->at * MEMBER_SIZE, &member, &leaf);
		if (member >= id)
			break;
		complain(k, "batch %lld: entry %lld is missing", (long long)b->number,
			 (long long)member);
	}
}

static void check_entry(struct checker *k, struct arena *a, const struct audit_batch *b,
			struct walk *w, const struct audit_entry *e)
{
	int64_t member = 0;
	struct sm3 leaf;

	missing_until(k, b, w, e->id);
	if (w->at < w->count)
		member_read(w->members + w->at * MEMBER_SIZE, &member, &leaf);
	if (member != e->id) {
		complain(k, "batch %lld: entry %lld stands in it but was not sealed in it",
			 (long long)b->number, (long long)e->id);
		return;
	}
	w->at++;
	struct buf bytes = audit_entry_bytes(a, e);
	struct sm3 now = audit_leaf(k->hasher, &bytes);
	if (memcmp(&now, &leaf, sizeof(now)) != 0)
		complain(k, "batch %lld: entry %lld was changed", (long long)b->number,
			 (long long)e->id);
}

static enum status check_entries(struct checker *k, const struct audit_batch *b, struct walk *w)
{
	struct page_in in = { .number = b->number };
	struct page page;
	SCOPED_ARENA struct arena *a = arena_new();

	do {
		struct call *c = call_new(a, k->c->request_id);
		enum status st = db_read(c, k->house->db, page_act, &in, &page, sizeof(page));
		if (st)
			return fail(k->c, st, NULL, "%s", c->problem);
		for (size_t i = 0; i < page.count; i++)
			check_entry(k, a, b, w, &page.entries[i]);
		if (page.count)
			in.after = page.entries[page.count - 1].id;
		k->entries += (int64_t)page.count;
		arena_reset(a);
	} while (page.count == PAGE);
	missing_until(k, b, w, INT64_MAX);
	return ST_OK;
}

/* The members are vouched for by the root, the root by the signature. */
static void check_root(struct checker *k, struct arena *a, const struct audit_batch *b,
		       const struct walk *w)
{
	struct sm3 *leaves = arena_array(a, w->count, sizeof(*leaves));
	int64_t id, first = 0, last = 0;
	char root[65];

	for (size_t i = 0; i < w->count; i++) {
		member_read(w->members + i * MEMBER_SIZE, &id, &leaves[i]);
		if (i == 0)
			first = id;
		else if (id <= last)
			complain(k, "batch %lld: its members are out of order",
				 (long long)b->number);
		last = id;
	}
	struct audit_tree tree = audit_tree_of(k->hasher, a, leaves, w->count);
	hex_encode(tree.root.b, SM3_SIZE, root);
	if (!str_eq(root, b->root))
		complain(k, "batch %lld: its members do not give its root", (long long)b->number);
	if (first != b->first_id || last != b->last_id || (int64_t)w->count != b->count)
		complain(k, "batch %lld: its first, last or count is not that of its members",
			 (long long)b->number);
}

static void check_chain(struct checker *k, struct arena *a, const struct audit_batch *b)
{
	struct call *c = call_new(a, k->c->request_id);

	for (int64_t n = k->last + 1; n < b->number; n++) {
		complain(k, "batch %lld is missing", (long long)n);
		if (n - k->last == 100) {
			complain(k, "batches %lld to %lld are missing too", (long long)n + 1,
				 (long long)b->number - 1);
			break;
		}
	}
	if (!str_eq(b->previous, k->previous))
		complain(k, "batch %lld: it was not sealed after batch %lld as that stands now",
			 (long long)b->number, (long long)b->number - 1);
	struct buf bytes = audit_batch_bytes(a, b);
	enum status st = audit_signed(c, k->keys, b->key_id, &bytes, b->signature);
	if (st == ST_NOT_FOUND)
		complain(k, "batch %lld: signed with key %s, which is not trusted here",
			 (long long)b->number, b->key_id);
	else if (st)
		complain(k, "batch %lld: its signature is wrong, so its header was changed",
			 (long long)b->number);
	audit_seal_of(k->hasher, a, b, k->previous);
	if (b->number == k->head.number) {
		k->head_met = true;
		if (!str_eq(k->previous, k->head.seal))
			complain(k, "batch %lld: not the one that was sealed on this machine",
				 (long long)b->number);
	}
}

static enum status check_batch(struct checker *k, const struct audit_batch *b)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct call *c = call_new(a, k->c->request_id);
	struct members members;

	if (!b->root) {
		/* The last one may be open just now; it is sealed in a moment. */
		if (clock_now() - b->claimed_at > SEALED_WITHIN * CLOCK_SECOND)
			complain(k, "batch %lld is not sealed", (long long)b->number);
		return ST_OK;
	}
	enum status st =
		db_read(c, k->house->db, members_act, &b->number, &members, sizeof(members));
	if (st)
		return fail(k->c, st, NULL, "%s", c->problem);
	check_chain(k, a, b);
	k->last = b->number;
	k->batches++;
	struct walk w = { .members = members.list, .count = members.size / MEMBER_SIZE };
	if (members.size == 0 || members.size % MEMBER_SIZE) {
		complain(k, "batch %lld: its members are damaged", (long long)b->number);
		w.count = 0;
	} else {
		check_root(k, a, b, &w);
	}
	return check_entries(k, b, &w);
}

struct batch_page {
	struct audit_batch *list;
	size_t count;
};

static enum status batches_act(struct call *c, const void *in, void *out_)
{
	struct batch_page *out = out_;
	return audit_batches(c, *(const int64_t *)in, PAGE, &out->list, &out->count);
}

static enum status check_batches(struct checker *k)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct batch_page page;
	int64_t after = 0;

	do {
		struct call *c = call_new(a, k->c->request_id);
		enum status st = db_read(c, k->house->db, batches_act, &after, &page, sizeof(page));
		if (st)
			return fail(k->c, st, NULL, "%s", c->problem);
		for (size_t i = 0; i < page.count && !st; i++) {
			st = check_batch(k, &page.list[i]);
			after = page.list[i].number;
		}
		if (st)
			return st;
		arena_reset(a);
	} while (page.count == PAGE);
	return ST_OK;
}

struct loose {
	struct page strays, waiting;
};

static enum status loose_act(struct call *c, const void *in, void *out_)
{
	struct loose *out = out_;
	enum status st = audit_strays(c, &out->strays.entries, &out->strays.count);
	return st ? st
		  : audit_waiting(c, *(const int64_t *)in, &out->waiting.entries,
				  &out->waiting.count);
}

static enum status check_loose(struct checker *k)
{
	struct loose loose;
	int64_t before = clock_now() - SEALED_WITHIN * CLOCK_SECOND;
	enum status st = db_read(k->c, k->house->db, loose_act, &before, &loose, sizeof(loose));
	if (st)
		return st;
	for (size_t i = 0; i < loose.strays.count; i++)
		complain(k, "entry %lld says it stands in batch %lld, which is not there",
			 (long long)loose.strays.entries[i].id,
			 (long long)loose.strays.entries[i].batch);
	for (size_t i = 0; i < loose.waiting.count; i++)
		complain(k, "entry %lld is not sealed", (long long)loose.waiting.entries[i].id);
	return ST_OK;
}

static void show_key(void *arg, const char *id, const char *pem, const char *point)
{
	(void)pem;
	buf_printf(arg, "key %s: SM2 public key %s\n", id, point);
}

static enum status check_all(struct checker *k)
{
	enum status st = check_batches(k);
	if (!st)
		st = check_loose(k);
	if (st)
		return st;
	if (k->head.number > k->last)
		complain(
			k,
			"the trail ends with batch %lld, but batch %lld was sealed on this machine",
			(long long)k->last, (long long)k->head.number);
	else if (k->head.number && !k->head_met)
		complain(k, "batch %lld, which was sealed on this machine, is not there",
			 (long long)k->head.number);
	return ST_OK;
}

enum status audit_verify(struct call *c, struct house *h, struct buf *report, int64_t *bad)
{
	const char *keys = audit_keys_folder(c, h);
	struct checker k = { .c = c, .house = h, .report = report };
	/* Read first: what is sealed while we read can only be newer. */
	enum status st = audit_head_read(c, keys, &k.head);
	if (st)
		return st;
	k.keys = audit_keys_open(c, keys);
	if (!k.keys)
		return ST_NOT_FOUND;
	k.hasher = hasher_new();
	memset(k.previous, '0', 64);
	st = check_all(&k);
	if (!st) {
		buf_printf(report, "%lld batches with %lld entries read, %lld faults\n",
			   (long long)k.batches, (long long)k.entries, (long long)k.bad);
		audit_keys_each(c, k.keys, show_key, report);
		if (k.last)
			buf_printf(report, "newest batch %lld has seal %s\n", (long long)k.last,
				   k.previous);
		*bad = k.bad;
	}
	hasher_end(k.hasher);
	audit_keys_close(k.keys);
	return st;
}
