/* SPDX-License-Identifier: Apache-2.0 */
/* The sealed trail as JSON lines, each entry with the path from its leaf to its batch's root, so that
 * an auditor can check it with tools of their own (test/audit/verify.mjs is one). */
#include "door/audit/audit_private.h"
#include "door/house.h"

enum { PAGE = 256 };

static const struct field entry_wire[] = {
	F_INT(audit_entry, id, 0, 0, 0),
	F_INT(audit_entry, at, 0, 0, 0),
	F_STR(audit_entry, actor_id, 0, NULLABLE),
	F_STR(audit_entry, actor_name, 0, NULLABLE),
	F_STR(audit_entry, actor_domain, 0, NULLABLE),
	F_STR(audit_entry, scope, 0, 0),
	F_STR(audit_entry, scope_id, 0, NULLABLE),
	F_STR(audit_entry, on_behalf, 0, NULLABLE),
	F_STR(audit_entry, purpose, 0, NULLABLE),
	F_STR(audit_entry, from_address, 0, 0),
	F_STR(audit_entry, request_id, 0, 0),
	F_STR(audit_entry, action, 0, 0),
	F_STR(audit_entry, subject, 0, NULLABLE),
	F_STR(audit_entry, subject_id, 0, NULLABLE),
	F_STR(audit_entry, outcome, 0, 0),
	F_STR(audit_entry, reason, 0, NULLABLE),
	/* As a string: the bytes that were hashed, not what a JSON reader makes of them. */
	F_STR(audit_entry, changes, 0, 0),
	F_END,
};
static const struct field batch_wire[] = {
	F_INT(audit_batch, number, 0, 0, 0),    F_INT(audit_batch, first_id, 0, 0, 0),
	F_INT(audit_batch, last_id, 0, 0, 0),   F_INT(audit_batch, count, 0, 0, 0),
	F_STR(audit_batch, root, 0, 0),         F_STR(audit_batch, previous, 0, 0),
	F_INT(audit_batch, sealed_at, 0, 0, 0), F_STR(audit_batch, key_id, 0, 0),
	F_STR(audit_batch, signature, 0, 0),    F_END,
};

struct whole {
	struct audit_batch batch;
	struct audit_entry *entries;
	size_t count;
};

static enum status whole_act(struct call *c, const void *in, void *out_)
{
	int64_t number = *(const int64_t *)in;
	struct whole *out = out_;
	enum status st = audit_batch_get(c, number, &out->batch);
	return st ? st : audit_batch_entries(c, number, 0, INT64_MAX, &out->entries, &out->count);
}

static void write_line(struct buf *b, FILE *out)
{
	fwrite(b->data, 1, b->size, out);
	fputc('\n', out);
}

static void write_batch(struct call *c, struct hasher *h, const struct whole *w, FILE *out)
{
	struct buf line = { .arena = c->arena };
	struct json_out j = json_to(&line);
	json_object_begin(&j);
	json_key(&j, "batch");
	shape_write_json(c, batch_wire, &j, &w->batch);
	json_object_end(&j);
	write_line(&line, out);

	struct sm3 *leaves = arena_array(c->arena, w->count + 1, sizeof(*leaves));
	for (size_t i = 0; i < w->count; i++) {
		struct buf bytes = audit_entry_bytes(c->arena, &w->entries[i]);
		leaves[i] = audit_leaf(h, &bytes);
	}
	if (!w->count)
		return;
	struct audit_tree tree = audit_tree_of(h, c->arena, leaves, w->count);
	for (size_t i = 0; i < w->count; i++) {
		struct sm3 path[AUDIT_PATH_MAX];
		size_t n = audit_path(&tree, i, path);
		line.size = 0;
		j = json_to(&line);
		json_object_begin(&j);
		json_key(&j, "entry");
		shape_write_json(c, entry_wire, &j, &w->entries[i]);
		json_put_int(&j, "index", (int64_t)i);
		json_key(&j, "proof");
		json_array_begin(&j);
		for (size_t p = 0; p < n; p++) {
			char hex[2 * SM3_SIZE + 1];
			hex_encode(path[p].b, SM3_SIZE, hex);
			json_str(&j, hex);
		}
		json_array_end(&j);
		json_object_end(&j);
		write_line(&line, out);
	}
}

struct lines {
	struct call *c;
	FILE *out;
};

static void write_key(void *arg, const char *id, const char *pem, const char *point)
{
	struct lines *l = arg;
	struct buf line = { .arena = l->c->arena };
	struct json_out j = json_to(&line);
	json_object_begin(&j);
	json_key(&j, "key");
	json_object_begin(&j);
	json_put_str(&j, "id", id);
	json_put_str(&j, "point", point);
	json_put_str(&j, "pem", pem);
	json_object_end(&j);
	json_object_end(&j);
	write_line(&line, l->out);
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

static enum status export_batches(struct call *c, struct house *h, struct hasher *hasher, FILE *out)
{
	SCOPED_ARENA struct arena *pages = arena_new(), *a = arena_new();
	struct batch_page page;
	int64_t after = 0;

	do {
		struct call *pc = call_new(pages, c->request_id);
		enum status st = db_read(pc, h->db, batches_act, &after, &page, sizeof(page));
		for (size_t i = 0; i < page.count && !st; i++) {
			after = page.list[i].number;
			if (!page.list[i].root)
				return ST_OK;
			struct call *bc = call_new(a, c->request_id);
			struct whole w;
			st = db_read(bc, h->db, whole_act, &after, &w, sizeof(w));
			if (!st)
				write_batch(bc, hasher, &w, out);
			else
				st = fail(pc, st, NULL, "%s", bc->problem);
			arena_reset(a);
		}
		if (st)
			return fail(c, st, NULL, "%s", pc->problem);
		arena_reset(pages);
	} while (page.count == PAGE);
	return ST_OK;
}

enum status audit_export(struct call *c, struct house *h, FILE *out)
{
	struct audit_keys *k = audit_keys_open(c, audit_keys_folder(c, h));
	if (!k)
		return ST_NOT_FOUND;
	struct lines lines = { .c = c, .out = out };
	audit_keys_each(c, k, write_key, &lines);
	audit_keys_close(k);
	struct hasher *hasher = hasher_new();
	enum status st = export_batches(c, h, hasher, out);
	hasher_end(hasher);
	if (!st && (fflush(out) != 0 || ferror(out)))
		st = fail(c, ST_INTERNAL, NULL, "the export could not be written: %m");
	return st;
}
