/* SPDX-License-Identifier: Apache-2.0 */
/* Lists: what is asked for by filters, in which order, from where on, which members. Objects are read in
 * chunks in the order of their ids; a filter on any member works on what was read, so that every member
 * can be filtered by, any number of values each, without a statement for every combination. */
#include <stdlib.h>
#include "cloud/network/network_private.h"

enum { CHUNK = 500, SORT_KEYS_MAX = 4 };

const char *network_filter_of(const struct network_list_ask *in, const char *name)
{
	const char *found = NULL;

	for (size_t i = 0; i < in->filters.count; i++) {
		if (!str_eq(in->filters.list[i].name, name))
			continue;
		if (found)
			return NULL; /* several: read all, and let the filter choose */
		found = in->filters.list[i].value;
	}
	return found;
}

const char *network_filter_project(const struct network_list_ask *in)
{
	const char *id = network_filter_of(in, "project_id");

	return id ? id : network_filter_of(in, "tenant_id");
}

void network_write_chosen(struct call *c, const struct field *wire, const struct words *fields,
			  struct json_out *j, const void *obj)
{
	json_object_begin(j);
	for (const struct field *f = wire; f->name; f++) {
		if ((fields->count && !words_have(fields, f->name)) || !field_shown(c, f))
			continue;
		json_key(j, f->name);
		shape_write_value(c, f, j, obj);
	}
	json_object_end(j);
}

static const struct field *field_of_name(const struct field *wire, const char *name)
{
	for (const struct field *f = wire; f->name; f++)
		if (str_eq(f->name, name))
			return f;
	return NULL;
}

static const char *text_of(const struct field *f, const void *item)
{
	return *(const char *const *)((const char *)item + f->at);
}

static int64_t number_of(const struct field *f, const void *item)
{
	return *(const int64_t *)((const char *)item + f->at);
}

static bool flag_of(const struct field *f, const void *item)
{
	return *(const bool *)((const char *)item + f->at);
}

static bool is_true(const char *s)
{
	return str_case_eq(s, "true") || str_eq(s, "1");
}

static bool field_matches(const struct field *f, const void *item, const char *value)
{
	int64_t n;

	switch (f->kind) {
	case FIELD_STR:
	case FIELD_ID: return str_eq(text_of(f, item) ? text_of(f, item) : "", value);
	case FIELD_BOOL: return flag_of(f, item) == is_true(value);
	case FIELD_INT: return int_parse(value, &n) && number_of(f, item) == n;
	default: return false;
	}
}

static bool can_filter(const struct field *f)
{
	return f && (f->kind == FIELD_STR || f->kind == FIELD_ID || f->kind == FIELD_BOOL ||
		     f->kind == FIELD_INT);
}

/* Whether one of the values that the query gives for the i-th filter's name fits; a name that stands
 * several times means any of its values. */
static bool any_matches(const struct listing *l, const struct map *filters, size_t i,
			const void *item)
{
	const char *name = filters->list[i].name;
	const struct field *f = field_of_name(l->wire, name);

	for (size_t k = 0; k < filters->count; k++) {
		const char *value = filters->list[k].value;
		bool known;
		if (!str_eq(filters->list[k].name, name))
			continue;
		if (can_filter(f) ? field_matches(f, item, value)
				  : l->matches(item, name, value, &known))
			return true;
	}
	return false;
}

static bool matches(const struct call *c, const struct listing *l, const struct map *filters,
		    const void *item)
{
	if (l->shown && !l->shown(c, item))
		return false;
	for (size_t i = 0; i < filters->count; i++)
		if (!any_matches(l, filters, i, item))
			return false;
	return true;
}

static enum status check_filters(struct call *c, const struct listing *l, const struct map *filters)
{
	const void *nothing = arena_alloc(c->arena, l->size);

	for (size_t i = 0; i < filters->count; i++) {
		const char *name = filters->list[i].name;
		bool known = can_filter(field_of_name(l->wire, name));
		if (!known && l->matches)
			(void)l->matches(nothing, name, "", &known);
		if (!known)
			return fail(c, ST_BAD_INPUT, name, "%s cannot be filtered by '%s'", l->what,
				    name);
	}
	return ST_OK;
}

/* --- order --- */

struct order {
	const struct field *keys[SORT_KEYS_MAX];
	bool down[SORT_KEYS_MAX];
	size_t count;
};

static int compare_field(const struct field *f, const void *a, const void *b)
{
	int64_t x, y;

	if (f->kind == FIELD_STR || f->kind == FIELD_ID) {
		const char *s = text_of(f, a), *t = text_of(f, b);
		return strcmp(s ? s : "", t ? t : "");
	}
	x = f->kind == FIELD_BOOL ? flag_of(f, a) : number_of(f, a);
	y = f->kind == FIELD_BOOL ? flag_of(f, b) : number_of(f, b);
	return x < y ? -1 : x > y;
}

static int compare(const void *a_, const void *b_, void *order)
{
	const void *a = *(const void *const *)a_, *b = *(const void *const *)b_;
	const struct order *o = order;

	for (size_t i = 0; i < o->count; i++) {
		int way = compare_field(o->keys[i], a, b);
		if (way)
			return o->down[i] ? -way : way;
	}
	/* Ids are unique: the order is always the same. They are every struct's first member. */
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool can_sort(const struct field *f)
{
	return can_filter(f) || (f && f->kind == FIELD_TIME);
}

static enum status read_order(struct call *c, const struct listing *l,
			      const struct network_list_ask *in, struct order *o)
{
	if (in->sort_key.count > SORT_KEYS_MAX || in->sort_dir.count > in->sort_key.count)
		return fail(c, ST_BAD_INPUT, "sort_key",
			    "sort by at most %d keys, with at most one sort_dir each",
			    SORT_KEYS_MAX);
	for (size_t i = 0; i < in->sort_key.count; i++) {
		const char *dir = i < in->sort_dir.count ? in->sort_dir.list[i] : "asc";
		o->keys[i] = field_of_name(l->wire, in->sort_key.list[i]);
		if (!can_sort(o->keys[i]))
			return fail(c, ST_BAD_INPUT, "sort_key", "%s cannot be sorted by '%s'",
				    l->what, in->sort_key.list[i]);
		if (!str_eq(dir, "asc") && !str_eq(dir, "desc"))
			return fail(c, ST_BAD_INPUT, "sort_dir",
				    "a sort_dir is 'asc' or 'desc', not '%s'", dir);
		o->down[i] = str_eq(dir, "desc");
	}
	o->count = in->sort_key.count;
	return ST_OK;
}

/* --- reading --- */

/* What was kept, as pointers into the chunks. */
struct kept {
	const void **list;
	size_t count, room;
};

static void keep(struct call *c, struct kept *k, const void *item)
{
	if (k->count == k->room) {
		size_t room = k->room ? k->room * 2 : 64;
		const void **list = arena_array(c->arena, room, sizeof *list);
		if (k->count)
			memcpy(list, k->list, k->count * sizeof *list);
		k->list = list;
		k->room = room;
	}
	k->list[k->count++] = item;
}

/* Reads on until 'enough' objects fit (0: all of them). */
static enum status gather(struct call *c, const struct listing *l,
			  const struct network_list_ask *in, const char *after, size_t enough,
			  struct kept *k)
{
	int64_t most = enough && enough < CHUNK && !in->filters.count ? (int64_t)enough : CHUNK;
	size_t n = (size_t)most;

	while (n == (size_t)most) {
		void *chunk;
		enum status st = l->chunk(c, in, after, most, &chunk, &n);
		if (st)
			return st;
		for (size_t i = 0; i < n; i++) {
			const char *item = (const char *)chunk + i * l->size;
			after = *(const char *const *)item;
			if (!matches(c, l, &in->filters, item))
				continue;
			keep(c, k, item);
			if (enough && k->count == enough)
				return ST_OK;
		}
	}
	return ST_OK;
}

/* Leaves out what stands before the marker, and the marker. */
static enum status skip_to(struct call *c, const struct listing *l, const char *marker,
			   struct kept *k)
{
	for (size_t i = 0; marker && i < k->count; i++) {
		if (!str_eq(*(const char *const *)k->list[i], marker))
			continue;
		k->list += i + 1;
		k->count -= i + 1;
		return ST_OK;
	}
	return marker ? fail(c, ST_BAD_INPUT, "marker", "none of the %s is '%s'", l->what, marker)
		      : ST_OK;
}

enum status network_page_read(struct call *c, const struct listing *l,
			      const struct network_list_ask *in, struct network_page *out)
{
	struct kept k = { 0 };
	struct order order = { 0 };
	size_t limit = (size_t)in->limit;
	enum status st = check_filters(c, l, &in->filters);

	if (!st)
		st = read_order(c, l, in, &order);
	if (!st && in->page_reverse)
		st = fail(c, ST_NOT_OFFERED, "page_reverse", "pages go forward only");
	if (st)
		return st;
	if (order.count) {
		st = gather(c, l, in, "", 0, &k);
		if (!st && k.count)
			qsort_r(k.list, k.count, sizeof *k.list, compare, &order);
		if (!st)
			st = skip_to(c, l, in->marker, &k);
	} else {
		st = gather(c, l, in, in->marker ? in->marker : "", limit ? limit + 1 : 0, &k);
	}
	if (st)
		return st;
	out->fields = in->fields;
	out->count = limit && k.count > limit ? limit : k.count;
	out->list = arena_array(c->arena, out->count + 1, l->size);
	for (size_t i = 0; i < out->count; i++)
		memcpy((char *)out->list + i * l->size, k.list[i], l->size);
	if (out->count < k.count)
		out->next = *(const char *const *)k.list[out->count - 1];
	return ST_OK;
}
