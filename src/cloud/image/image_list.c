/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of images: what the asker may see, filtered, sorted and cut into pages. A VDC sees a few hundred
 * images, so one indexed read brings them and the rest is done here, in any order that is asked for. */
#include <stdlib.h>
#include "cloud/image/image_private.h"

enum { PAGE_DEFAULT = 25, PAGE_MAX = 1000, SORT_KEYS_MAX = 6 };

/* --- filters --- */

static bool among(const char *words, const char *value)
{
	/* "in:a,b" is any of them (Glance 2.5). */
	if (!str_starts(words, "in:"))
		return str_eq(words, value);
	for (const char *p = words + 3; value;) {
		size_t size = strcspn(p, ",");
		if (strlen(value) == size && !strncmp(p, value, size))
			return true;
		if (!p[size])
			break;
		p += size + 1;
	}
	return false;
}

static bool said(const char *filter, const char *value)
{
	return !filter || among(filter, value);
}

static bool has_tags(const struct image *i, const struct words *wanted)
{
	for (size_t w = 0; w < wanted->count; w++) {
		size_t t = 0;
		while (t < i->tags.count && !str_eq(i->tags.list[t], wanted->list[w]))
			t++;
		if (t == i->tags.count)
			return false;
	}
	return true;
}

static bool has_properties(struct call *c, const struct image *i, const struct map *wanted)
{
	struct map have;

	if (!wanted->count)
		return true;
	if (map_from_json(c, i->properties, &have))
		return false;
	for (size_t n = 0; n < wanted->count; n++)
		if (!str_eq(map_get(&have, wanted->list[n].name), wanted->list[n].value))
			return false;
	return true;
}

/* Another VDC's image that is neither public nor community is here because it is shared with the asker,
 * and is listed by what the asker has answered. */
static bool answered(const struct image_list *in, const struct image *i,
		     const struct image_member *shared, size_t n)
{
	if (i->visibility != IMAGE_SHARED)
		return true;
	while (n && !str_eq(shared[n - 1].image_id, i->id))
		n--;
	return n &&
	       (in->member_status == IMAGE_MEMBER_ANY || shared[n - 1].status == in->member_status);
}

static bool shown(struct call *c, const struct image_list *in, const struct image *i)
{
	bool own = i->owner && str_eq(i->owner, c->actor.project_id);
	const char *visibility = image_visibility_words[i->visibility];

	/* Community images are listed only when asked for, as are hidden ones. */
	if (in->visibility ? !str_eq(in->visibility, "all") && !str_eq(in->visibility, visibility)
			   : i->visibility == IMAGE_COMMUNITY && !own && !c->actor.is_admin)
		return false;
	if (i->os_hidden != str_case_eq(in->os_hidden ? in->os_hidden : "false", "true"))
		return false;
	if (in->protected && i->protected != str_case_eq(in->protected, "true"))
		return false;
	return said(in->name, i->name) && said(in->id, i->id) && said(in->owner, i->owner) &&
	       said(in->status, image_status_words[i->status]) &&
	       said(in->disk_format, i->disk_format) &&
	       said(in->container_format, i->container_format) &&
	       (!in->size_given || i->size == in->size) &&
	       (!in->size_min || (i->size != INT_NULL && i->size >= in->size_min)) &&
	       (!in->size_max || (i->size != INT_NULL && i->size <= in->size_max)) &&
	       has_tags(i, &in->tag) && has_properties(c, i, &in->properties);
}

/* --- order --- */

struct order {
	const char *key;
	bool down;
};
struct sorting {
	struct order by[SORT_KEYS_MAX];
	size_t count;
};

static const char *const sort_keys[] = { "name",        "status",     "container_format",
					 "disk_format", "size",       "id",
					 "created_at",  "updated_at", NULL };

static int by_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

static int by_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare(const struct image *a, const struct image *b, const char *key)
{
	if (str_eq(key, "name"))
		return by_text(a->name, b->name);
	if (str_eq(key, "status"))
		return by_text(image_status_words[a->status], image_status_words[b->status]);
	if (str_eq(key, "container_format"))
		return by_text(a->container_format, b->container_format);
	if (str_eq(key, "disk_format"))
		return by_text(a->disk_format, b->disk_format);
	if (str_eq(key, "size"))
		return by_number(a->size, b->size);
	if (str_eq(key, "created_at"))
		return by_number(a->created_at, b->created_at);
	if (str_eq(key, "updated_at"))
		return by_number(a->updated_at, b->updated_at);
	return by_text(a->id, b->id);
}

static int in_order(const void *a, const void *b, void *sorting)
{
	const struct sorting *s = sorting;

	for (size_t i = 0; i < s->count; i++) {
		int order = compare(a, b, s->by[i].key);
		if (order)
			return s->by[i].down ? -order : order;
	}
	return 0;
}

static enum status add_order(struct call *c, struct sorting *s, const char *key, const char *dir)
{
	const char *const *k = sort_keys;

	while (*k && !str_eq(*k, key))
		k++;
	if (!*k)
		return fail(c, ST_BAD_INPUT, "sort_key", "images are not sorted by '%.40s'", key);
	if (!str_eq(dir, "asc") && !str_eq(dir, "desc"))
		return fail(c, ST_BAD_INPUT, "sort_dir", "the direction is asc or desc");
	if (s->count >= SORT_KEYS_MAX)
		return fail(c, ST_BAD_INPUT, "sort", "at most %d keys sort", SORT_KEYS_MAX - 2);
	s->by[s->count++] = (struct order){ *k, str_eq(dir, "desc") };
	return ST_OK;
}

/* "sort=name:asc,size", or one sort_key with sort_dir; the newest first when nothing is said. */
static enum status sorting_of(struct call *c, const struct image_list *in, struct sorting *s)
{
	struct words keys = words_split(c->arena, in->sort ? in->sort : "", ',');
	enum status st = ST_OK;

	if (in->sort && (in->sort_key || in->sort_dir))
		return fail(c, ST_BAD_INPUT, "sort", "either sort, or sort_key and sort_dir");
	if (keys.count > SORT_KEYS_MAX - 2)
		return fail(c, ST_BAD_INPUT, "sort", "at most %d keys sort", SORT_KEYS_MAX - 2);
	for (size_t i = 0; i < keys.count && !st; i++) {
		struct words w = words_split(c->arena, keys.list[i], ':');
		st = add_order(c, s, w.count ? w.list[0] : "", w.count > 1 ? w.list[1] : "desc");
	}
	if (!st && !keys.count)
		st = add_order(c, s, in->sort_key ? in->sort_key : "created_at",
			       in->sort_dir ? in->sort_dir : "desc");
	if (!st)
		st = add_order(c, s, "id", s->by[s->count - 1].down ? "desc" : "asc");
	return st;
}

/* --- the page --- */

/* What passes the filters, in any order. */
static enum status gather(struct call *c, const struct image_list *in, struct image **list,
			  size_t *count)
{
	struct image_member *shared = NULL;
	const char *me = c->actor.is_admin ? NULL : c->actor.project_id;
	size_t n, shared_count = 0, kept = 0;
	enum status st = image_rows(c, me, list, &n);

	if (!st && me)
		st = image_memberships(c, me, &shared, &shared_count);
	if (st)
		return st;
	for (size_t i = 0; i < n; i++) {
		const struct image *image = &(*list)[i];
		if (shown(c, in, image) &&
		    (image_owned(c, image) || answered(in, image, shared, shared_count)))
			(*list)[kept++] = *image;
	}
	*count = kept;
	return ST_OK;
}

enum status image_listed(struct call *c, struct image **list, size_t *n)
{
	const struct image_list all = { .member_status = IMAGE_MEMBER_ACCEPTED };
	struct sorting sorting = { .count = 0 };
	enum status st = sorting_of(c, &all, &sorting);

	if (!st)
		st = gather(c, &all, list, n);
	if (!st && *n)
		qsort_r(*list, *n, sizeof **list, in_order, &sorting);
	return st;
}

enum status image_list(struct call *c, const struct image_list *in, struct image_page *out)
{
	int64_t limit = !in->limit_given       ? PAGE_DEFAULT
			: in->limit > PAGE_MAX ? PAGE_MAX
					       : in->limit;
	struct sorting sorting = { .count = 0 };
	struct image *all;
	size_t kept = 0, first = 0;
	enum status st = sorting_of(c, in, &sorting);

	if (!st)
		st = gather(c, in, &all, &kept);
	if (st)
		return st;
	if (kept)
		qsort_r(all, kept, sizeof *all, in_order, &sorting);
	if (in->marker) {
		while (first < kept && !str_eq(all[first].id, in->marker))
			first++;
		if (first == kept)
			return fail(c, ST_BAD_INPUT, "marker",
				    "there is no image '%s' in this list", in->marker);
		first++;
	}
	out->images = kept ? all + first : NULL;
	out->images_count = kept - first < (size_t)limit ? kept - first : (size_t)limit;
	if (out->images_count && first + out->images_count < kept)
		out->next = all[first + out->images_count - 1].id;
	return ST_OK;
}
