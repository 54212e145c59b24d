/* SPDX-License-Identifier: Apache-2.0 */
/* The audit trail as the audit administrator sees it. Looking is audited too (ROUTE_LOOKS). */
#include "door/audit/audit_private.h"
#include "door/module.h"

enum { PAGE_DEFAULT = 100, PAGE_MAX = 1000 };

struct audit_asked {
	int64_t limit;
	int64_t marker; /* the id of the last entry of the page before */
	const char *actor, *action, *subject;
	int64_t from, until;
};
static const struct field audit_asked_wire[] = {
	F_INT(audit_asked, limit, 1, PAGE_MAX, OPT | FROM_QUERY),
	F_INT(audit_asked, marker, 1, INT64_MAX, OPT | FROM_QUERY),
	F_STR(audit_asked, actor, 255, OPT | FROM_QUERY),
	F_STR(audit_asked, action, 255, OPT | FROM_QUERY),
	F_STR(audit_asked, subject, 255, OPT | FROM_QUERY),
	F_TIME(audit_asked, from, OPT | FROM_QUERY),
	F_TIME(audit_asked, until, OPT | FROM_QUERY),
	F_END,
};

static const struct field audit_entry_wire[] = {
	F_INT(audit_entry, id, 0, 0, 0),
	F_TIME(audit_entry, at, 0),
	F_STR(audit_entry, actor_id, 0, NULLABLE),
	F_STR(audit_entry, actor_name, 0, NULLABLE),
	F_STR(audit_entry, actor_domain, 0, NULLABLE),
	F_STR(audit_entry, scope, 0, 0),
	F_STR(audit_entry, scope_id, 0, NULLABLE),
	F_STR(audit_entry, on_behalf, 0, NULLABLE),
	F_STR(audit_entry, purpose, 0, NULLABLE),
	F_STR(audit_entry, action, 0, 0),
	F_STR(audit_entry, subject, 0, NULLABLE),
	F_STR(audit_entry, subject_id, 0, NULLABLE),
	F_STR(audit_entry, outcome, 0, 0),
	F_STR(audit_entry, reason, 0, NULLABLE),
	F_STR(audit_entry, request_id, 0, 0),
	F_STR(audit_entry, from_address, 0, 0),
	F_JSON(audit_entry, changes, 0, 0),
	F_INT(audit_entry, batch, 0, 0, 0),
	F_END,
};

struct audit_page {
	struct audit_entry *entries;
	size_t entries_count;
	const char *next;
};
static const struct field audit_page_wire[] = {
	F_LIST(audit_page, entries, audit_entry, audit_entry_wire, 0, 0),
	F_NEXT(audit_page, next),
	F_END,
};

/* The trail is the whole cloud's: a role on one department or VDC does not open it. */
static enum status for_whole_cloud(struct call *c)
{
	if (c->actor.scope == SCOPE_SYSTEM || c->actor.is_admin)
		return ST_OK;
	return fail(c, ST_FORBIDDEN, NULL, "the audit trail is read with a system-scoped token");
}

static enum status audit_list(struct call *c, const struct audit_asked *in, struct audit_page *out)
{
	enum status allowed = for_whole_cloud(c);
	if (allowed)
		return allowed;
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT;
	struct audit_filter f = {
		.actor = in->actor,
		.action = in->action,
		.subject = in->subject,
		.from = in->from,
		.until = in->until ? in->until : INT64_MAX,
		.before_at = INT64_MAX,
		.before_id = INT64_MAX,
		.limit = limit + 1, /* one more tells whether there is a next page */
	};
	if (in->marker) {
		struct audit_entry at;
		enum status st = audit_get(c, in->marker, &at);
		if (st == ST_NOT_FOUND)
			return fail(c, ST_BAD_INPUT, "marker", "there is no entry %lld",
				    (long long)in->marker);
		if (st)
			return st;
		f.before_at = at.at;
		f.before_id = at.id;
	}
	struct audit_page page = { 0 };
	enum status st = audit_find(c, &f, &page.entries, &page.entries_count);
	if (st)
		return st;
	if ((int64_t)page.entries_count > limit) {
		page.entries_count--;
		page.next = arena_printf(c->arena, "%lld", (long long)page.entries[limit - 1].id);
	}
	*out = page;
	return ST_OK;
}

struct audit_which {
	int64_t id;
};
static const struct field audit_which_wire[] = {
	F_INT(audit_which, id, 1, INT64_MAX, FROM_PATH),
	F_END,
};

struct audit_proof {
	int64_t entry, index, count, batch;
	const char *leaf, *root, *signature, *key_id;
	struct words path;
};
static const struct field audit_proof_wire[] = {
	F_INT(audit_proof, entry, 0, 0, 0),  F_INT(audit_proof, batch, 0, 0, 0),
	F_INT(audit_proof, index, 0, 0, 0),  F_INT(audit_proof, count, 0, 0, 0),
	F_STR(audit_proof, leaf, 0, 0),      F_STRS(audit_proof, path, 0, 0),
	F_STR(audit_proof, root, 0, 0),      F_STR(audit_proof, key_id, 0, 0),
	F_STR(audit_proof, signature, 0, 0), F_END,
};

static const char *hex_of(struct call *c, const struct sm3 *sum)
{
	char *hex = arena_alloc(c->arena, 2 * SM3_SIZE + 1);
	hex_encode(sum->b, SM3_SIZE, hex);
	return hex;
}

/* The members of the entry's batch give the tree without reading its other entries. */
static enum status prove(struct call *c, const struct audit_entry *e, const struct audit_batch *b,
			 const uint8_t *members, size_t count, struct audit_proof *out)
{
	struct sm3 *leaves = arena_array(c->arena, count + 1, sizeof(*leaves));
	struct sm3 path[AUDIT_PATH_MAX];
	size_t index = count;
	int64_t id;

	for (size_t i = 0; i < count; i++) {
		member_read(members + i * MEMBER_SIZE, &id, &leaves[i]);
		if (id == e->id)
			index = i;
	}
	if (index == count)
		return fail(c, ST_CONFLICT, NULL,
			    "entry %lld is not among the members of batch %lld", (long long)e->id,
			    (long long)b->number);
	struct hasher *h = hasher_new();
	struct buf bytes = audit_entry_bytes(c->arena, e);
	struct sm3 leaf = audit_leaf(h, &bytes);
	struct audit_tree tree = audit_tree_of(h, c->arena, leaves, count);
	size_t length = audit_path(&tree, index, path);
	hasher_end(h);
	if (memcmp(&leaf, &leaves[index], sizeof(leaf)) != 0)
		return fail(c, ST_CONFLICT, NULL, "entry %lld is not what was sealed in batch %lld",
			    (long long)e->id, (long long)b->number);
	struct audit_proof p = {
		.entry = e->id,
		.batch = b->number,
		.index = (int64_t)index,
		.count = b->count,
		.leaf = hex_of(c, &leaf),
		.root = b->root,
		.key_id = b->key_id,
		.signature = b->signature,
		.path = { arena_array(c->arena, length + 1, sizeof(char *)), length },
	};
	for (size_t i = 0; i < length; i++)
		p.path.list[i] = hex_of(c, &path[i]);
	*out = p;
	return ST_OK;
}

static enum status audit_prove(struct call *c, const struct audit_which *in,
			       struct audit_proof *out)
{
	struct audit_entry e;
	struct audit_batch b = { 0 };
	const void *members;
	size_t size;
	enum status st = for_whole_cloud(c);

	if (!st)
		st = audit_get(c, in->id, &e);
	if (st == ST_NOT_FOUND)
		return fail(c, st, "id", "there is no entry %lld", (long long)in->id);
	if (st)
		return st;
	if (e.batch)
		st = audit_batch_get(c, e.batch, &b);
	if (!st && !b.root)
		return fail(c, ST_CONFLICT, NULL, "entry %lld is not sealed yet",
			    (long long)in->id);
	if (!st)
		st = audit_batch_members(c, e.batch, &members, &size);
	return st ? st : prove(c, &e, &b, members, size / MEMBER_SIZE, out);
}

ACT(audit_list, audit_asked, audit_page)
ACT(audit_prove, audit_which, audit_proof)

static const struct route routes[] = {
	ROUTE("GET", "/v1/audit", "audit.read", 0, audit_list, audit_asked, audit_page,
	      .name = "audit.list", .flags = ROUTE_LOOKS, .success = 200,
	      .help = "Lists audit entries, the newest first."),
	ROUTE("GET", "/v1/audit/entries/{id}/proof", "audit.read", 0, audit_prove, audit_which,
	      audit_proof, .name = "audit.prove", .flags = ROUTE_LOOKS, .success = 200,
	      .help = "Gives the Merkle path from an entry to the signed root of its batch."),
	{ 0 },
};

const struct route_group audit_routes[] = { { &own_dialect, routes }, { 0 } };

const struct permission audit_permissions[] = {
	{ "audit.read", ROLE_AUDIT_ADMIN, "See the audit trail and its proofs." },
	{ 0 },
};
