/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a base: an index by text, an entity, its relations. */
#include <errno.h>
#include <unistd.h>
#include "data/theme/theme_private.h"

struct theme {
	struct arena *arena;
	const char *store, *name; /* the folder behind 'current' when it was opened */
	MDB_env *env;
	MDB_dbi dbi[TABLE__COUNT];
	struct theme_settings settings;
	struct theme_counts counts;
	int64_t built_at;
};

static const char *current_of(struct arena *a, const char *store)
{
	char name[64];
	ssize_t n = readlink(arena_printf(a, "%s/current", store), name, sizeof name);

	return n > 0 && n < (ssize_t)sizeof name ? arena_strndup(a, name, (size_t)n) : NULL;
}

static enum status no_base(struct call *c, const char *store, const char *why)
{
	return fail(c, ST_NOT_FOUND, "store", "the base in %s does not open: %s", store, why);
}

static int get_meta(struct theme *t, MDB_txn *txn, const char *name, MDB_val *out)
{
	MDB_val k = { strlen(name), (void *)(uintptr_t)name };
	return mdb_get(txn, t->dbi[TABLE_META], &k, out);
}

static enum status read_meta(struct call *c, struct theme *t, MDB_txn *txn)
{
	MDB_val v;

	if (get_meta(t, txn, "format", &v) || v.mv_size != 1 ||
	    memcmp(v.mv_data, STORE_FORMAT, 1) != 0)
		return no_base(c, t->store, "it is of another format; build it anew");
	if (get_meta(t, txn, "counts", &v) || v.mv_size != sizeof t->counts)
		return no_base(c, t->store, "it has no counts");
	memcpy(&t->counts, v.mv_data, sizeof t->counts);
	if (get_meta(t, txn, "built_at", &v) || v.mv_size != sizeof t->built_at)
		return no_base(c, t->store, "it has no time");
	memcpy(&t->built_at, v.mv_data, sizeof t->built_at);
	if (get_meta(t, txn, "settings", &v))
		return no_base(c, t->store, "it has no settings");
	/* The settings live as long as the base. */
	struct call *own = call_new(t->arena, c->request_id);
	return theme_settings_parse(own, t->store, v.mv_data, v.mv_size, &t->settings)
		       ? no_base(c, t->store, own->problem)
		       : ST_OK;
}

static enum status open_tables(struct call *c, struct theme *t)
{
	MDB_txn *txn;
	const char *folder = arena_printf(t->arena, "%s/%s", t->store, t->name);
	int rc = mdb_env_create(&t->env);

	if (!rc)
		rc = mdb_env_set_maxdbs(t->env, TABLE__COUNT);
	/* Nobody writes to a base that is swapped in: no locks. */
	if (!rc)
		rc = mdb_env_open(t->env, folder,
				  MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS | MDB_NORDAHEAD, 0);
	if (!rc)
		rc = mdb_txn_begin(t->env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return no_base(c, t->store, mdb_strerror(rc));
	for (int i = 0; i < TABLE__COUNT && !rc; i++)
		rc = mdb_dbi_open(txn, store_tables[i], 0, &t->dbi[i]);
	enum status st = rc ? no_base(c, t->store, mdb_strerror(rc)) : read_meta(c, t, txn);
	/* Committed, so that the handles stay. */
	if (st)
		mdb_txn_abort(txn);
	else if (mdb_txn_commit(txn))
		st = no_base(c, t->store, "it cannot be read");
	return st;
}

enum status theme_open(struct call *c, const char *store, struct theme **out)
{
	struct arena *a = arena_new();
	struct theme *t = arena_alloc(a, sizeof *t);

	t->arena = a;
	t->store = arena_strdup(a, store);
	t->name = current_of(a, store);
	if (!t->name) {
		enum status none = no_base(c, store, "nothing was built there yet");
		arena_end(&a);
		return none;
	}
	enum status st = open_tables(c, t);
	if (st) {
		theme_close(t);
		return st;
	}
	*out = t;
	return ST_OK;
}

void theme_close(struct theme *t)
{
	if (!t)
		return;
	struct arena *a = t->arena;
	if (t->env)
		mdb_env_close(t->env);
	arena_end(&a);
}

bool theme_outdated(const struct theme *t)
{
	SCOPED_ARENA struct arena *a = arena_new();
	const char *now = current_of(a, t->store);

	return now && !str_eq(now, t->name);
}

const struct theme_counts *theme_counts_of(const struct theme *t)
{
	return &t->counts;
}

int64_t theme_built_at(const struct theme *t)
{
	return t->built_at;
}

/* --- entities --- */

static const char kind_letters[] = "PFH";

static const char *entity_id(struct arena *a, const unsigned char *key)
{
	return arena_printf(a, "%c%u", kind_letters[key[0] % THEME_KINDS], get_u32(key + 1));
}

static bool entity_key_of(const char *id, unsigned char key[ENTITY_KEY])
{
	const char *letter = id[0] ? strchr(kind_letters, id[0]) : NULL;
	int64_t number;

	if (!letter || !int_parse(id + 1, &number) || number < 0 || number > UINT32_MAX)
		return false;
	key[0] = (unsigned char)(letter - kind_letters);
	put_u32(key + 1, (uint32_t)number);
	return true;
}

static void read_golden(struct call *c, const struct theme *t, const MDB_val *v,
			struct theme_entity *e)
{
	const unsigned char *p = v->mv_data, *end = p + v->mv_size;
	const struct base *base = &t->settings.bases[e->kind];
	size_t links = 0;

	e->values = arena_array(c->arena, base->count + 1, sizeof *e->values);
	/* The number of a value's record stands among the links; sources and rows are put in first. */
	const unsigned char *first = p;
	while (p < end && *p != 0xFF)
		p += 9 + ((size_t)p[7] << 8 | p[8]);
	for (const unsigned char *l = p + 1; l < end; l += 6 + l[5])
		links++;
	e->links = arena_array(c->arena, links + 1, sizeof *e->links);
	for (const unsigned char *l = p + 1; l < end; l += 6 + l[5])
		e->links[e->links_count++] = (struct theme_link){
			.resource = t->settings.resources[l[0]].code,
			.record = arena_strndup(c->arena, (const char *)l + 6, l[5]),
			.row = (int64_t)get_u32(l + 1) + 1
		};
	for (p = first; p < end && *p != 0xFF; p += 9 + ((size_t)p[7] << 8 | p[8])) {
		struct theme_value *to = &e->values[e->values_count++];
		*to = (struct theme_value){ .name = base->attributes[p[0]].name,
					    .type = theme_type_words[base->attributes[p[0]].type],
					    .value = arena_strndup(c->arena, (const char *)p + 9,
								   (size_t)p[7] << 8 | p[8]),
					    .resource = t->settings.resources[p[2]].code,
					    .valid = p[1] != 0 };
		for (size_t i = 0; i < e->links_count; i++)
			if (e->links[i].row == (int64_t)get_u32(p + 3) + 1 &&
			    str_eq(e->links[i].resource, to->resource))
				to->record = e->links[i].record;
	}
}

/* What an entity is called: its first value of the type name, company or address. */
static const char *name_of(struct call *c, const struct theme *t, MDB_txn *txn,
			   const unsigned char *key)
{
	MDB_val k = { ENTITY_KEY, (void *)(uintptr_t)key }, v;
	static const enum theme_type types[] = { TYPE_NAME, TYPE_COMPANY, TYPE_ADDRESS };
	int a = base_attribute(&t->settings.bases[key[0]], types[key[0]]);

	if (mdb_get(txn, t->dbi[TABLE_ENTITY], &k, &v))
		return NULL;
	const unsigned char *p = v.mv_data;
	for (const unsigned char *end = p + v.mv_size; p < end && *p != 0xFF;) {
		size_t size = (size_t)p[7] << 8 | p[8];
		if (*p == a)
			return arena_strndup(c->arena, (const char *)p + 9, size);
		p += 9 + size;
	}
	return NULL;
}

static int read_relations(struct call *c, const struct theme *t, MDB_txn *txn,
			  const unsigned char *key, size_t most, struct theme_entity *e)
{
	MDB_cursor *cursor;
	MDB_val k = { ENTITY_KEY, (void *)(uintptr_t)key }, v;
	int rc = mdb_cursor_open(txn, t->dbi[TABLE_RELATION], &cursor);

	if (rc)
		return rc;
	e->relations = arena_array(c->arena, most, sizeof *e->relations);
	rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
	for (; !rc && k.mv_size == 12 && memcmp(k.mv_data, key, ENTITY_KEY) == 0;
	     rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
		const unsigned char *p = k.mv_data, *q = v.mv_data;
		if (e->relations_count == most) {
			e->more_relations = true;
			break;
		}
		e->relations[e->relations_count++] =
			(struct theme_relation){ .kind = t->settings.relations[p[6]],
						 .out = p[5] == 0,
						 .entity = entity_id(c->arena, p + 7),
						 .name = name_of(c, t, txn, p + 7),
						 .resource = t->settings.resources[q[0]].code,
						 .row = (int64_t)get_u32(q + 1) + 1,
						 .count = get_u32(q + 5) };
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

static int read_entity(struct call *c, const struct theme *t, MDB_txn *txn,
		       const unsigned char *key, size_t relations, struct theme_entity *e)
{
	MDB_val k = { ENTITY_KEY, (void *)(uintptr_t)key }, v;
	int rc = mdb_get(txn, t->dbi[TABLE_ENTITY], &k, &v);

	if (rc)
		return rc;
	*e = (struct theme_entity){ .id = entity_id(c->arena, key), .kind = key[0] };
	read_golden(c, t, &v, e);
	return relations ? read_relations(c, t, txn, key, relations, e) : 0;
}

/* --- pairs in doubt --- */

static enum status read_doubt(struct call *c, const struct theme *t, const MDB_val *v,
			      struct theme_doubt *out)
{
	*out = (struct theme_doubt){ 0 };
	return shape_read_own(c, theme_doubt_shape, arena_strndup(c->arena, v->mv_data, v->mv_size),
			      out)
		       ? fail(c, ST_INTERNAL, NULL, "%s has a pair that cannot be read", t->store)
		       : ST_OK;
}

enum status theme_doubt_get(struct call *c, struct theme *t, const char *id,
			    struct theme_doubt *out)
{
	unsigned char key[DOUBT_KEY];
	MDB_val k = { sizeof key, key }, v;
	MDB_txn *txn;

	if (!hex_decode(id, key, sizeof key))
		return ST_NOT_FOUND;
	int rc = mdb_txn_begin(t->env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return fail(c, ST_AWAY, NULL, "the base cannot be read: %s", mdb_strerror(rc));
	rc = mdb_get(txn, t->dbi[TABLE_DOUBT], &k, &v);
	enum status st = rc ? ST_NOT_FOUND : read_doubt(c, t, &v, out);
	mdb_txn_abort(txn);
	if (!rc || rc == MDB_NOTFOUND)
		return st;
	return fail(c, ST_INTERNAL, NULL, "the base cannot be read: %s", mdb_strerror(rc));
}

enum status theme_doubts(struct call *c, struct theme *t,
			 enum status (*each)(const struct theme_doubt *d, void *context),
			 void *context)
{
	MDB_cursor *cursor = NULL;
	MDB_txn *txn;
	MDB_val k, v;
	enum status st = ST_OK;
	int rc = mdb_txn_begin(t->env, NULL, MDB_RDONLY, &txn);

	if (rc)
		return fail(c, ST_AWAY, NULL, "the base cannot be read: %s", mdb_strerror(rc));
	rc = mdb_cursor_open(txn, t->dbi[TABLE_DOUBT], &cursor);
	for (MDB_cursor_op op = MDB_FIRST; !rc && !st; op = MDB_NEXT) {
		rc = mdb_cursor_get(cursor, &k, &v, op);
		if (rc)
			break;
		SCOPED_ARENA struct arena *own = arena_new();
		struct call *inner = call_new(own, c->request_id);
		struct theme_doubt d;
		st = read_doubt(inner, t, &v, &d);
		if (st)
			st = fail(c, st, NULL, "%s", inner->problem);
		else
			st = each(&d, context);
	}
	if (cursor)
		mdb_cursor_close(cursor);
	mdb_txn_abort(txn);
	if (st || !rc || rc == MDB_NOTFOUND)
		return st;
	return fail(c, ST_INTERNAL, NULL, "the base cannot be read: %s", mdb_strerror(rc));
}

/* --- looking --- */

static enum status key_text(struct call *c, const struct theme_query *q, struct buf *out,
			    enum table *table)
{
	size_t size = strlen(q->text);
	uint64_t house[2] = { 0 };

	out->size = 0;
	switch (q->by) {
	case THEME_BY_ID:
		*table = TABLE_ID;
		(void)value_clean(TYPE_CITIZEN, q->text, size, out);
		return out->size == 18 ? ST_OK
				       : fail(c, ST_BAD_INPUT, "id",
					      "a citizen number has 18 digits, or 15");
	case THEME_BY_CODE:
		*table = TABLE_CODE;
		(void)value_clean(TYPE_USCC, q->text, size, out);
		return out->size && out->size <= 18
			       ? ST_OK
			       : fail(c, ST_BAD_INPUT, "code",
				      "a code of legal entities has 18 characters");
	case THEME_BY_NAME:
		*table = TABLE_NAME;
		value_key(q->text, size, out);
		return out->size ? ST_OK : fail(c, ST_BAD_INPUT, "name", "the name is empty");
	default:
		*table = TABLE_ADDRESS;
		(void)value_clean(TYPE_ADDRESS, q->text, size, out);
		if (out->size)
			address_keys(out->data, out->size, house);
		out->size = 0;
		buf_printf(out, "%016llx", (unsigned long long)house[0]);
		return house[0]
			       ? ST_OK
			       : fail(c, ST_BAD_INPUT, "address",
				      "the address does not name one house: district, road and number, "
				      "building, unit, room");
	}
}

static int walk(struct call *c, const struct theme *t, MDB_txn *txn, const struct theme_query *q,
		enum table table, const struct buf *text, size_t limit, struct theme_entity *list,
		size_t *count)
{
	unsigned char from[INDEX_TEXT_MAX + 16], after[ENTITY_KEY];
	MDB_cursor *cursor;
	MDB_val k = { text->size + 1, from }, v;
	bool skip = q->after && entity_key_of(q->after, after);
	int rc = mdb_cursor_open(txn, t->dbi[table], &cursor);

	if (rc)
		return rc;
	memcpy(from, text->data, text->size);
	from[text->size] = 0;
	if (skip) {
		memcpy(from + text->size + 1, after, ENTITY_KEY);
		k.mv_size += ENTITY_KEY;
	}
	rc = mdb_cursor_get(cursor, &k, &v, MDB_SET_RANGE);
	for (; !rc && *count < limit && k.mv_size == text->size + 1 + ENTITY_KEY &&
	       memcmp(k.mv_data, from, text->size + 1) == 0;
	     rc = mdb_cursor_get(cursor, &k, &v, MDB_NEXT)) {
		const unsigned char *key = (const unsigned char *)k.mv_data + text->size + 1;
		if ((skip && memcmp(key, after, ENTITY_KEY) == 0) ||
		    (q->by == THEME_BY_NAME && q->kind >= 0 && key[0] != q->kind))
			continue;
		int bad = read_entity(c, t, txn, key, q->relations, &list[*count]);
		if (bad) {
			mdb_cursor_close(cursor);
			return bad;
		}
		++*count;
	}
	mdb_cursor_close(cursor);
	return rc == MDB_NOTFOUND ? 0 : rc;
}

enum status theme_look(struct call *c, struct theme *t, const struct theme_query *q,
		       struct theme_entity **list, size_t *count)
{
	size_t limit = q->limit && q->limit < THEME_LIMIT_MAX ? q->limit : THEME_LIMIT_MAX;
	struct buf text = { .arena = c->arena };
	unsigned char key[ENTITY_KEY];
	enum table table = TABLE_ENTITY;
	MDB_txn *txn;
	enum status st = ST_OK;
	int rc;

	if (q->by == THEME_BY_ENTITY && !entity_key_of(q->text, key))
		return fail(c, ST_BAD_INPUT, "entity", "an entity is P, F or H and a number");
	if (q->by != THEME_BY_ENTITY)
		st = key_text(c, q, &text, &table);
	if (st)
		return st;
	*count = 0;
	*list = arena_array(c->arena, q->by == THEME_BY_ENTITY ? 1 : limit, sizeof **list);
	rc = mdb_txn_begin(t->env, NULL, MDB_RDONLY, &txn);
	if (rc)
		return fail(c, ST_AWAY, NULL, "the base cannot be read: %s", mdb_strerror(rc));
	if (q->by == THEME_BY_ENTITY) {
		rc = read_entity(c, t, txn, key, q->relations, *list);
		*count = rc ? 0 : 1;
		rc = rc == MDB_NOTFOUND ? 0 : rc;
	} else {
		rc = walk(c, t, txn, q, table, &text, limit, *list, count);
	}
	mdb_txn_abort(txn);
	return rc ? fail(c, ST_INTERNAL, NULL, "the base cannot be read: %s", mdb_strerror(rc))
		  : ST_OK;
}
