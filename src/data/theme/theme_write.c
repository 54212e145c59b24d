/* SPDX-License-Identifier: Apache-2.0 */
/* The store: LMDB, filled by sorted append in one pass and never changed afterwards. */
#include <errno.h>
#include <stdlib.h>
#include "data/theme/theme_private.h"
#include "engine/linkage/memory.h"

const char *const store_tables[TABLE__COUNT] = { "meta", "entity", "relation", "doubt",
						 "id",   "code",   "name",     "address" };

struct writer {
	struct build *b;
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi[TABLE__COUNT];
	MDB_cursor *cursor;
	enum table table;
	unsigned pending; /* entries since the last commit */
};
#define COMMIT_EVERY 200000

static enum status broken(struct writer *w, int rc)
{
	return fail(w->b->c, rc == MDB_MAP_FULL || rc == ENOSPC ? ST_AWAY : ST_INTERNAL, "store",
		    "cannot write the base into %s: %s", w->b->folder, mdb_strerror(rc));
}

static enum status begin(struct writer *w, enum table table)
{
	int rc = mdb_txn_begin(w->env, NULL, 0, &w->txn);

	w->table = table;
	w->pending = 0;
	if (!rc)
		rc = mdb_dbi_open(w->txn, store_tables[table], MDB_CREATE, &w->dbi[table]);
	if (!rc)
		rc = mdb_cursor_open(w->txn, w->dbi[table], &w->cursor);
	return rc ? broken(w, rc) : ST_OK;
}

static enum status commit(struct writer *w)
{
	mdb_cursor_close(w->cursor);
	int rc = mdb_txn_commit(w->txn);
	w->txn = NULL;
	return rc ? broken(w, rc) : ST_OK;
}

/* Keys come in their order. */
static enum status append(struct writer *w, const void *key, size_t key_size, const void *value,
			  size_t size)
{
	MDB_val k = { key_size, (void *)(uintptr_t)key }, v = { size, (void *)(uintptr_t)value };
	enum status st = ST_OK;

	if (++w->pending > COMMIT_EVERY) {
		st = commit(w);
		if (!st)
			st = begin(w, w->table);
	}
	if (st)
		return st;
	int rc = mdb_cursor_put(w->cursor, &k, &v, MDB_APPEND);
	return rc ? broken(w, rc) : ST_OK;
}

static void entity_key(unsigned char *to, enum theme_kind kind, uint32_t e)
{
	to[0] = (unsigned char)kind;
	put_u32(to + 1, e);
}

static enum status write_entities(struct writer *w)
{
	enum status st = begin(w, TABLE_ENTITY);

	for (int k = 0; k < THEME_KINDS; k++) {
		const struct golden *g = &w->b->entities->kinds[k];
		for (uint32_t e = 0; e < w->b->records[k].entities && !st; e++) {
			unsigned char key[ENTITY_KEY];
			entity_key(key, (enum theme_kind)k, e);
			st = append(w, key, sizeof key, g->data + g->at[e],
				    (size_t)(g->at[e + 1] - g->at[e]));
		}
	}
	return st ? st : commit(w);
}

/* --- relations, from both ends --- */

struct end {
	uint64_t a; /* kind, number, direction, relation, the other's kind */
	uint32_t other, statement;
};

static int by_end(const void *p, const void *q)
{
	const struct end *x = p, *y = q;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->other > y->other) - (x->other < y->other);
}

static uint64_t end_key(enum theme_kind kind, uint32_t e, unsigned in, unsigned relation,
			enum theme_kind other)
{
	return (uint64_t)kind << 56 | (uint64_t)e << 24 | (uint64_t)in << 16 | relation << 8 |
	       (uint64_t)other;
}

static enum status write_relations(struct writer *w)
{
	const struct statements *all = w->b->statements;
	const struct theme_settings *s = w->b->settings;
	size_t count = all->count * 2;
	struct end *ends = big_alloc(count, sizeof *ends);
	enum status st = begin(w, TABLE_RELATION);

	for (size_t i = 0; i < all->count; i++) {
		const struct stated *t = &all->list[i];
		enum theme_kind from = s->from[t->relation], to = s->to[t->relation];
		ends[2 * i] = (struct end){ end_key(from, t->from, 0, t->relation, to), t->to,
					    (uint32_t)i };
		ends[2 * i + 1] = (struct end){ end_key(to, t->to, 1, t->relation, from), t->from,
						(uint32_t)i };
	}
	if (count)
		qsort(ends, count, sizeof *ends, by_end);
	for (size_t i = 0; i < count && !st; i++) {
		const struct stated *t = &all->list[ends[i].statement];
		unsigned char key[2 * ENTITY_KEY + 2], value[9] = { t->source };
		for (int k = 0; k < 8; k++) /* the packed ends are the key's first bytes */
			key[k] = (unsigned char)(ends[i].a >> (56 - 8 * k));
		put_u32(key + 8, ends[i].other);
		put_u32(value + 1, t->row);
		put_u32(value + 5, t->count);
		st = append(w, key, sizeof key, value, sizeof value);
	}
	big_free(ends, count, sizeof *ends);
	return st ? st : commit(w);
}

/* --- pairs in doubt --- */

static int by_key(const void *p, const void *q)
{
	const struct doubt_text *x = p, *y = q;
	return memcmp(x->key, y->key, DOUBT_KEY);
}

static enum status write_doubts(struct writer *w)
{
	struct build *b = w->b;
	enum status st = begin(w, TABLE_DOUBT);

	if (b->doubt_count)
		qsort(b->doubt_list, b->doubt_count, sizeof *b->doubt_list, by_key);
	for (size_t i = 0; i < b->doubt_count && !st; i++) {
		const struct doubt_text *d = &b->doubt_list[i];
		/* Two pairs of records that share their numbers have one id: neither can be meant. */
		if (i && by_key(d, d - 1) == 0)
			continue;
		st = append(w, d->key, DOUBT_KEY, d->text, strlen(d->text));
	}
	return st ? st : commit(w);
}

/* --- indexes --- */

struct found_by {
	uint64_t at;
	uint32_t size, entity;
	uint8_t kind;
};
struct keys {
	struct found_by *list;
	size_t count, room;
	char *text;
	size_t used, text_room;
};

static int by_text(const void *p, const void *q, void *text)
{
	const struct found_by *x = p, *y = q;
	const char *t = text;
	uint32_t least = x->size < y->size ? x->size : y->size;
	int order = memcmp(t + x->at, t + y->at, least);

	if (order)
		return order;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return (x->entity > y->entity) - (x->entity < y->entity);
}

static void add_key(struct keys *k, enum theme_kind kind, uint32_t e, const void *text, size_t size)
{
	if (!size || size > INDEX_TEXT_MAX + 4)
		return;
	if (k->count == k->room) {
		size_t room = k->room ? k->room + k->room / 2 : 1u << 16;
		k->list = big_grow(k->list, k->room, room, sizeof *k->list);
		k->room = room;
	}
	if (k->used + size > k->text_room) {
		size_t room = k->text_room * 3 / 2 + (1u << 20);
		k->text = big_grow(k->text, k->text_room, room, 1);
		k->text_room = room;
	}
	memcpy(k->text + k->used, text, size);
	k->list[k->count++] = (struct found_by){ k->used, (uint32_t)size, e, (uint8_t)kind };
	k->used += size;
}

/* The value of an attribute in a golden record; NULL: it has none. */
static const char *golden_value(const struct golden *g, uint32_t e, unsigned attribute,
				size_t *size)
{
	const unsigned char *p = (const unsigned char *)g->data + g->at[e];

	while (*p != 0xFF) {
		*size = (size_t)p[7] << 8 | p[8];
		if (*p == attribute)
			return (const char *)p + 9;
		p += 9 + *size;
	}
	return NULL;
}

static void add_kind(struct writer *w, struct keys *k, enum theme_kind kind, enum theme_type type,
		     struct buf *text)
{
	const struct golden *g = &w->b->entities->kinds[kind];
	int a = base_attribute(&w->b->settings->bases[kind], type);

	for (uint32_t e = 0; a >= 0 && e < w->b->records[kind].entities; e++) {
		size_t size;
		const char *value = golden_value(g, e, (unsigned)a, &size);
		if (!value)
			continue;
		if (type == TYPE_ADDRESS) {
			uint64_t keys[2];
			address_keys(value, size, keys);
			for (int i = 0; i < 2 && keys[i]; i++) {
				char hex[17];
				(void)snprintf(hex, sizeof hex, "%016llx",
					       (unsigned long long)keys[i]);
				add_key(k, kind, e, hex, 16);
			}
		} else if (type == TYPE_NAME || type == TYPE_COMPANY) {
			value_key(value, size, text);
			add_key(k, kind, e, text->data, text->size);
		} else {
			add_key(k, kind, e, value, size);
		}
	}
}

static enum status write_keys(struct writer *w, enum table table, struct keys *k)
{
	enum status st = begin(w, table);

	if (k->count)
		qsort_r(k->list, k->count, sizeof *k->list, by_text, k->text);
	for (size_t i = 0; i < k->count && !st; i++) {
		unsigned char key[INDEX_TEXT_MAX + 5 + ENTITY_KEY];
		const struct found_by *f = &k->list[i];
		memcpy(key, k->text + f->at, f->size);
		key[f->size] = 0;
		entity_key(key + f->size + 1, (enum theme_kind)f->kind, f->entity);
		st = append(w, key, f->size + 1 + ENTITY_KEY, "", 0);
	}
	big_free(k->list, k->room, sizeof *k->list);
	big_free(k->text, k->text_room, 1);
	return st ? st : commit(w);
}

static enum status write_index(struct writer *w, enum table table)
{
	struct keys k = { 0 };
	struct buf text = { .arena = w->b->c->arena };

	switch (table) {
	case TABLE_ID: add_kind(w, &k, THEME_PERSON, TYPE_CITIZEN, &text); break;
	case TABLE_CODE: add_kind(w, &k, THEME_FIRM, TYPE_USCC, &text); break;
	case TABLE_ADDRESS: add_kind(w, &k, THEME_HOUSE, TYPE_ADDRESS, &text); break;
	default:
		add_kind(w, &k, THEME_PERSON, TYPE_NAME, &text);
		add_kind(w, &k, THEME_FIRM, TYPE_COMPANY, &text);
	}
	return write_keys(w, table, &k);
}

/* --- what it is --- */

static enum status put_meta(struct writer *w, const char *name, const void *value, size_t size)
{
	MDB_val k = { strlen(name), (void *)(uintptr_t)name },
		v = { size, (void *)(uintptr_t)value };
	int rc = mdb_put(w->txn, w->dbi[TABLE_META], &k, &v, 0);
	return rc ? broken(w, rc) : ST_OK;
}

static enum status write_meta(struct writer *w)
{
	int64_t now = clock_now();
	enum status st = begin(w, TABLE_META);

	if (!st)
		st = put_meta(w, "format", STORE_FORMAT, 1);
	if (!st)
		st = put_meta(w, "settings", w->b->settings_text, strlen(w->b->settings_text));
	if (!st)
		st = put_meta(w, "counts", &w->b->counts, sizeof w->b->counts);
	if (!st)
		st = put_meta(w, "built_at", &now, sizeof now);
	return st ? st : commit(w);
}

static size_t room_needed(const struct build *b)
{
	size_t room = (size_t)256 << 20;

	for (int k = 0; k < THEME_KINDS; k++)
		room += b->entities->kinds[k].size * 2 + (size_t)b->records[k].entities * 1024;
	for (size_t i = 0; i < b->doubt_count; i++)
		room += strlen(b->doubt_list[i].text) * 2 + 4096;
	return room + b->statements->count * 256;
}

enum status store_write(struct build *b)
{
	struct writer w = { .b = b };
	int rc = mdb_env_create(&w.env);
	enum status st;

	if (!rc)
		rc = mdb_env_set_maxdbs(w.env, TABLE__COUNT);
	if (!rc)
		rc = mdb_env_set_mapsize(w.env, room_needed(b));
	if (!rc)
		rc = mdb_env_open(w.env, b->folder, MDB_NOSYNC | MDB_NORDAHEAD, 0640);
	st = rc ? broken(&w, rc) : write_entities(&w);
	if (!st)
		st = write_relations(&w);
	if (!st)
		st = write_doubts(&w);
	for (int t = TABLE_ID; t < TABLE__COUNT && !st; t++)
		st = write_index(&w, (enum table)t);
	if (!st)
		st = write_meta(&w);
	if (w.txn)
		mdb_txn_abort(w.txn);
	rc = st ? 0 : mdb_env_sync(w.env, 1);
	if (rc)
		st = broken(&w, rc);
	mdb_env_close(w.env);
	return st;
}
