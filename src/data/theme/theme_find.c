/* SPDX-License-Identifier: Apache-2.0 */
/* Which entity it is that a record names without being about it: by its number or code, else by its name
 * together with something that the record shares with it. What could be two is none. */
#include "data/theme/theme_find_private.h"
#include "engine/linkage/dict.h"
#include "engine/linkage/hanzi.h"
#include "engine/linkage/memory.h"

/* --- sorted keys --- */

static void index_add(struct index *x, uint64_t key, uint32_t entity)
{
	if (!key)
		return;
	if (x->count == x->room) {
		size_t room = x->room ? x->room + x->room / 2 : 1u << 16;
		x->list = big_grow(x->list, x->room, room, sizeof *x->list);
		x->room = room;
	}
	x->list[x->count++] = (struct entry){ key, entity };
}

/* Sorts by the key, 16 bits at a time; what has the same key stays in its order. */
static void index_sort(struct index *x)
{
	struct entry *spare = big_alloc(x->count, sizeof *spare), *from = x->list, *to = spare;
	size_t *places = big_alloc(1 << 16, sizeof *places), kept = 0;

	for (unsigned shift = 0; shift < 64; shift += 16) {
		memset(places, 0, (1 << 16) * sizeof *places);
		for (size_t i = 0; i < x->count; i++)
			places[from[i].key >> shift & 0xFFFF]++;
		for (size_t i = 0, at = 0; i < 1 << 16; i++) {
			size_t n = places[i];
			places[i] = at;
			at += n;
		}
		for (size_t i = 0; i < x->count; i++)
			to[places[from[i].key >> shift & 0xFFFF]++] = from[i];
		struct entry *swap = from;
		from = to;
		to = swap;
	}
	/* Four passes: what is sorted stands in x->list again. */
	for (size_t i = 0; i < x->count; i++)
		if (!kept || x->list[kept - 1].key != x->list[i].key ||
		    x->list[kept - 1].entity != x->list[i].entity)
			x->list[kept++] = x->list[i];
	big_free(spare, x->count, sizeof *spare);
	big_free(places, 1 << 16, sizeof *places);
	x->count = kept;
}

static void index_done(struct index *x)
{
	big_free(x->list, x->room, sizeof *x->list);
}

/* The first entry of a key; '*n' gets how many there are, at most 64. */
static const struct entry *index_find(const struct index *x, uint64_t key, size_t *n)
{
	size_t low = 0, high = x->count;

	*n = 0;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (x->list[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	while (key && low + *n < x->count && x->list[low + *n].key == key && *n < 64)
		++*n;
	return x->list + low;
}

/* The one entity that has the key, or NOBODY. */
static uint32_t index_one(const struct index *x, uint64_t key)
{
	size_t n;
	const struct entry *e = index_find(x, key, &n);

	for (size_t i = 1; i < n; i++)
		if (e[i].entity != e[0].entity)
			return NOBODY;
	return n ? e[0].entity : NOBODY;
}

/* --- keys --- */

static uint64_t key_of(struct finder *f, const char *s, size_t size)
{
	value_key(s, size, &f->key);
	return f->key.size ? text_hash(f->key.data, f->key.size) | 1 : 0;
}

static uint64_t both(uint64_t a, uint64_t b)
{
	return a && b ? mix(a * 3 + b) | 1 : 0;
}

static uint64_t core_key(struct finder *f, const char *s, size_t size)
{
	const char *core;
	size_t core_size;

	value_key(s, size, &f->key);
	company_core(f->key.data, f->key.size, &core, &core_size);
	return core_size ? text_hash(core, core_size) | 1 : 0;
}

/* --- filling --- */

static void add_person(struct finder *f, const struct record *r, uint32_t entity)
{
	const struct places *p = &f->places;
	uint64_t name = key_of(f, r->value[p->name], r->size[p->name]);

	if (p->id >= 0 && r->size[p->id])
		index_add(&f->by_id, text_hash(r->value[p->id], r->size[p->id]) | 1, entity);
	if (!name)
		return;
	if (p->phone >= 0 && r->size[p->phone])
		index_add(&f->by_phone,
			  both(name, text_hash(r->value[p->phone], r->size[p->phone]) | 1), entity);
	if (p->born >= 0 && r->size[p->born])
		index_add(&f->by_born,
			  both(name, text_hash(r->value[p->born], r->size[p->born]) | 1), entity);
	if (p->address >= 0 && r->size[p->address]) {
		uint64_t homes[2];
		address_keys(r->value[p->address], r->size[p->address], homes);
		index_add(&f->by_home, both(name, homes[0]), entity);
		index_add(&f->by_home, both(name, homes[1]), entity);
	}
}

static void add_firm(struct finder *f, const struct record *r, uint32_t entity)
{
	const struct places *p = &f->firm;
	char organisation[10];

	if (p->code >= 0 && r->size[p->code]) {
		index_add(&f->by_code, text_hash(r->value[p->code], r->size[p->code]) | 1, entity);
		if (organisation_code(r->value[p->code], r->size[p->code], organisation))
			index_add(&f->by_organisation, text_hash(organisation, 9) | 1, entity);
	}
	if (r->size[p->name]) {
		index_add(&f->by_name, key_of(f, r->value[p->name], r->size[p->name]), entity);
		index_add(&f->by_core, core_key(f, r->value[p->name], r->size[p->name]), entity);
	}
}

static void add_all(struct finder *f, enum theme_kind kind)
{
	const struct records *r = &f->b->records[kind];
	int address = f->house_address;

	for (uint32_t i = 0; i < r->count; i++) {
		struct record record;
		record_at(f->b, r, i, &record);
		if (kind == THEME_PERSON) {
			add_person(f, &record, r->of[i]);
		} else if (kind == THEME_FIRM) {
			add_firm(f, &record, r->of[i]);
		} else if (record.size[address]) {
			uint64_t keys[2];
			address_keys(record.value[address], record.size[address], keys);
			index_add(&f->by_address, keys[0], r->of[i]);
			index_add(&f->by_address, keys[1], r->of[i]);
		}
	}
}

static void each_index(struct finder *f, void (*act)(struct index *x))
{
	struct index *all[] = { &f->by_id,   &f->by_phone, &f->by_born,
				&f->by_home, &f->by_code,  &f->by_organisation,
				&f->by_name, &f->by_core,  &f->by_address };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		act(all[i]);
}

enum status finder_init(struct build *b, struct finder *f)
{
	const struct base *person = &b->settings->bases[THEME_PERSON];
	const struct base *firm = &b->settings->bases[THEME_FIRM];

	memset(f, 0, sizeof *f);
	f->b = b;
	f->key.arena = f->cell.arena = b->c->arena;
	f->places = (struct places){ .name = base_attribute(person, TYPE_NAME),
				     .id = base_attribute(person, TYPE_CITIZEN),
				     .phone = base_attribute(person, TYPE_PHONE),
				     .born = base_attribute(person, TYPE_DATE),
				     .address = base_attribute(person, TYPE_ADDRESS) };
	f->firm = (struct places){ .name = base_attribute(firm, TYPE_COMPANY),
				   .code = base_attribute(firm, TYPE_USCC) };
	f->house_address = base_attribute(&b->settings->bases[THEME_HOUSE], TYPE_ADDRESS);
	if (f->places.name < 0 || f->firm.name < 0 || f->house_address < 0)
		return fail(b->c, ST_BAD_INPUT, "settings",
			    "relations need an attribute of the type name of persons, company of "
			    "firms and address of houses");
	for (int k = 0; k < THEME_KINDS; k++)
		add_all(f, (enum theme_kind)k);
	each_index(f, index_sort);
	return ST_OK;
}

void finder_done(struct finder *f)
{
	each_index(f, index_done);
}

/* --- finding --- */

/* How much of two names is the same: 0 nothing, 100 all, by characters in their places. */
static unsigned name_likeness(const char *a, size_t a_size, const char *b, size_t b_size)
{
	uint16_t x[32], y[32];
	unsigned n = text_points(a, a_size, x, 32), m = text_points(b, b_size, y, 32), same = 0;
	unsigned longer = n > m ? n : m;

	for (unsigned i = 0; i < n && i < m; i++)
		same += x[i] == y[i];
	return longer ? 100 * same / longer : 0;
}

/* How much the name is like one that a record of the person has. */
static unsigned person_likeness(struct finder *f, uint32_t entity, const char *key, size_t size)
{
	const struct golden *g = &f->b->entities->kinds[THEME_PERSON];
	struct buf other = { .arena = f->b->c->arena };
	char room[INDEX_TEXT_MAX + 8];
	unsigned best = 0;

	other.data = room;
	other.room = sizeof room;
	for (uint32_t m = g->first[entity]; m < g->first[entity + 1] && best < 100; m++) {
		struct record r;
		record_at(f->b, &f->b->records[THEME_PERSON], g->members[m], &r);
		if (!r.size[f->places.name])
			continue;
		value_key(r.value[f->places.name], r.size[f->places.name], &other);
		unsigned like = name_likeness(key, size, other.data, other.size);
		best = like > best ? like : best;
	}
	return best;
}

/* A number is somebody's when the name is not wholly another: registers have relatives' numbers. */
static uint32_t person_by_id(struct finder *f, const struct mention *m)
{
	char key[INDEX_TEXT_MAX + 8];
	size_t n, size;
	unsigned best = 0;
	uint32_t found = NOBODY;
	const struct entry *e;

	if (f->places.id < 0 || !m->size[f->places.id])
		return NOBODY;
	(void)value_clean(TYPE_CITIZEN, m->at[f->places.id], m->size[f->places.id], &f->cell);
	if (f->cell.size != 18)
		return NOBODY;
	e = index_find(&f->by_id, text_hash(f->cell.data, 18) | 1, &n);
	value_key(m->at[f->places.name] ? m->at[f->places.name] : "", m->size[f->places.name],
		  &f->key);
	size = f->key.size;
	memcpy(key, size ? f->key.data : "", size);
	if (!size)
		return index_one(&f->by_id, text_hash(f->cell.data, 18) | 1);
	for (size_t i = 0; i < n; i++) {
		unsigned like = person_likeness(f, e[i].entity, key, size);
		if (like > best) {
			best = like;
			found = e[i].entity;
		}
	}
	return best >= 34 ? found : NOBODY;
}

static uint32_t find_person(struct finder *f, const struct mention *m, const uint64_t *homes,
			    unsigned home_count)
{
	const struct places *p = &f->places;
	uint32_t found = person_by_id(f, m);

	if (found != NOBODY || !m->size[p->name])
		return found;
	uint64_t name = key_of(f, m->at[p->name], m->size[p->name]);
	for (unsigned i = 0; i < home_count && found == NOBODY; i++)
		found = index_one(&f->by_home, both(name, homes[i]));
	if (found == NOBODY && p->phone >= 0 && m->size[p->phone]) {
		(void)value_clean(TYPE_PHONE, m->at[p->phone], m->size[p->phone], &f->cell);
		found = index_one(&f->by_phone,
				  both(name, text_hash(f->cell.data, f->cell.size) | 1));
	}
	if (found == NOBODY && p->born >= 0 && m->size[p->born]) {
		(void)value_clean(TYPE_DATE, m->at[p->born], m->size[p->born], &f->cell);
		found = index_one(&f->by_born,
				  both(name, text_hash(f->cell.data, f->cell.size) | 1));
	}
	return found;
}

static uint32_t find_firm(struct finder *f, const struct mention *m)
{
	const struct places *p = &f->firm;
	char organisation[10];
	uint32_t found = NOBODY;

	if (p->code >= 0 && m->size[p->code]) {
		(void)value_clean(TYPE_USCC, m->at[p->code], m->size[p->code], &f->cell);
		if (f->cell.size)
			found = index_one(&f->by_code, text_hash(f->cell.data, f->cell.size) | 1);
		if (found == NOBODY && organisation_code(f->cell.data, f->cell.size, organisation))
			found = index_one(&f->by_organisation, text_hash(organisation, 9) | 1);
	}
	if (found == NOBODY && m->size[p->name])
		found = index_one(&f->by_name, key_of(f, m->at[p->name], m->size[p->name]));
	if (found == NOBODY && m->size[p->name])
		found = index_one(&f->by_core, core_key(f, m->at[p->name], m->size[p->name]));
	return found;
}

void mention_home(struct finder *f, enum theme_kind kind, const struct mention *m, uint64_t keys[2])
{
	int a = kind == THEME_PERSON  ? f->places.address
		: kind == THEME_HOUSE ? f->house_address
				      : -1;

	keys[0] = keys[1] = 0;
	if (a < 0 || !m->size[a])
		return;
	(void)value_clean(TYPE_ADDRESS, m->at[a], m->size[a], &f->cell);
	if (f->cell.size)
		address_keys(f->cell.data, f->cell.size, keys);
}

static uint32_t find_house(struct finder *f, const struct mention *m)
{
	uint64_t keys[2];

	mention_home(f, THEME_HOUSE, m, keys);
	uint32_t found = index_one(&f->by_address, keys[0]);
	return found == NOBODY ? index_one(&f->by_address, keys[1]) : found;
}

uint32_t mention_find(struct finder *f, enum theme_kind kind, const struct mention *m,
		      const uint64_t *homes, unsigned home_count)
{
	if (kind == THEME_PERSON)
		return find_person(f, m, homes, home_count);
	if (kind == THEME_FIRM)
		return find_firm(f, m);
	return find_house(f, m);
}
