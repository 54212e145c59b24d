/* SPDX-License-Identifier: Apache-2.0 */
/* What is read: lists by department, theme and words, counts, one resource, what two versions differ in.
 * Everybody who is signed in reads what is published; drafts are their department's stewards'. */
#include <math.h>
#include <stdlib.h>
#include "base/text.h"
#include "data/catalogue/catalogue_private.h"

enum { PAGE_DEFAULT = 20, FOUND_MAX = 1000 };

/* --- lists --- */

/* The first code behind all that begin with 'code'. */
static const char *next_code(struct arena *a, const char *code)
{
	char *next = arena_strdup(a, code);

	for (size_t i = strlen(next); i--;) {
		if (next[i] != '9') {
			next[i]++;
			return next;
		}
		next[i] = '0';
	}
	return "a"; /* nines: letters stand behind all digits */
}

static enum status filter_of(struct call *c, const struct resource_ask *in, struct list_filter *f)
{
	*f = (struct list_filter){
		.domain_id = in->provider,
		.class_from = "",
		.class_to = "a",
		.share_from = "",
		.share_to = "z",
		.open_to = 1,
		.before_at = INT64_MAX,
		.before_id = "z",
		.limit = (in->limit ? in->limit : PAGE_DEFAULT) + 1,
	};
	if (in->class_code) {
		if (strspn(in->class_code, "0123456789") != strlen(in->class_code) ||
		    !*in->class_code)
			return fail(c, ST_BAD_INPUT, "class_code", "class_code: is digits");
		f->class_from = in->class_code;
		f->class_to = next_code(c->arena, in->class_code);
	}
	if (in->share_type_given)
		f->share_from = f->share_to = share_words[in->share_type];
	if (in->open_given)
		f->open_from = f->open_to = in->open;
	return ST_OK;
}

/* Of several lists: one more than a page was read, and tells whether there is a next one. */
static void cut(struct call *c, struct resource_page *p, int64_t limit)
{
	if ((int64_t)p->resources_count < limit)
		return;
	p->resources_count = (size_t)limit - 1;
	p->next = arena_strdup(c->arena, p->resources[p->resources_count - 1].id);
}

/* What is in the making is no business of other departments. */
static void hide(const struct call *c, struct catalogue_resource *r)
{
	if (sees_drafts(c, r->domain_id))
		return;
	r->draft = 0;
	r->draft_state = NULL;
	r->latest = r->published;
	if (r->state != RESOURCE_REVOKED)
		r->revoke_at = 0, r->revoke_reason = NULL;
	r->revoke_by = NULL;
}

static enum status list_newest(struct call *c, const struct resource_ask *in, struct list_filter *f,
			       struct resource_page *out)
{
	struct catalogue_resource at;
	enum status st = resources_count(c, f, &out->total);

	if (!st && in->marker) {
		st = resource_read(c, in->marker, &at);
		if (st == ST_NOT_FOUND || (!st && !at.published_at))
			return fail(c, ST_BAD_INPUT, "marker", "marker: no resource %s is listed",
				    in->marker);
		f->before_at = at.published_at;
		f->before_id = at.id;
	}
	if (!st)
		st = resources_newest(c, f, &out->resources, &out->resources_count);
	if (!st)
		cut(c, out, f->limit);
	return st;
}

/* The rarer a term, the more it tells: Robertson's and Spärck Jones's idf, in thousandths. */
static void weigh(struct term *terms, size_t n, const int64_t *spread, int64_t resources)
{
	for (size_t i = 0; i < n; i++) {
		double idf = log(1 + ((double)(resources - spread[i]) + 0.5) /
					     ((double)spread[i] + 0.5));
		terms[i].weight = (int64_t)(idf * 1000) + 1;
	}
}

static enum status list_matching(struct call *c, const struct resource_ask *in,
				 struct list_filter *f, struct resource_page *out)
{
	struct term terms[SEARCH_TERMS_MAX] = { 0 };
	int64_t spread[SEARCH_TERMS_MAX], resources, from = 0;
	size_t n = terms_of_question(c->arena, in->q, terms, SEARCH_TERMS_MAX);
	enum status st;

	if (in->marker && (!int_parse(in->marker, &from) || from < 1 || from > FOUND_MAX))
		return fail(c, ST_BAD_INPUT, "marker", "marker: is none of a search");
	if (!n)
		return ST_OK; /* signs only */
	f->limit--;           /* how many there are is told with each */
	f->offset = from;
	st = terms_spread(c, terms, n, spread);
	if (!st)
		st = published_count(c, &resources);
	if (st)
		return st;
	weigh(terms, n, spread, resources);
	st = resources_matching(c, f, terms, n, (int64_t)terms_needed(n), &out->resources,
				&out->resources_count);
	if (st || !out->resources_count)
		return st;
	out->total = out->resources[0].found;
	/* Nobody turns so many pages; a better question is quicker. */
	if (from + f->limit < out->total && from + f->limit <= FOUND_MAX)
		out->next = arena_printf(c->arena, "%lld", (long long)from + f->limit);
	return ST_OK;
}

static enum status list_of_department(struct call *c, const struct resource_ask *in,
				      const struct list_filter *f, struct resource_page *out)
{
	const char *domain = in->provider ? in->provider : c->actor.domain_id;

	if (!sees_drafts(c, domain))
		return fail(c, ST_FORBIDDEN, "state",
			    "what is not published is seen by its department's stewards");
	if (in->q)
		return fail(c, ST_BAD_INPUT, "q", "q: words are looked for in what is published");
	enum status st = resources_of_department(c, domain, in->state, in->marker ? in->marker : "",
						 f->limit, &out->resources, &out->resources_count);
	out->total = -1;
	if (!st)
		cut(c, out, f->limit);
	return st;
}

enum status resource_list(struct call *c, const struct resource_ask *in, struct resource_page *out)
{
	struct resource_page page = { 0 };
	struct list_filter f;
	enum status st = filter_of(c, in, &f);

	if (st)
		return st;
	if (in->state_given && in->state != RESOURCE_PUBLISHED)
		st = list_of_department(c, in, &f, &page);
	else if (in->q && *in->q)
		st = list_matching(c, in, &f, &page);
	else
		st = list_newest(c, in, &f, &page);
	if (st)
		return st;
	for (size_t i = 0; i < page.resources_count; i++)
		hide(c, &page.resources[i]);
	*out = page;
	return ST_OK;
}

/* --- counts --- */

static bool is_top(const struct catalogue_class *k)
{
	return k->level == 2;
}

enum status catalogue_count(struct call *c, const struct nothing *in, struct facets *out)
{
	struct class_list classes;
	struct facets f = { 0 };
	enum status st = published_count(c, &f.total);

	if (!st)
		st = published_items(c, &f.items);
	if (!st)
		st = count_by_provider(c, &f.providers, &f.providers_count);
	if (!st)
		st = count_by_share(c, &f.share_types, &f.share_types_count);
	if (!st)
		st = class_all(c, in, &classes);
	if (st)
		return st;
	f.classes = arena_array(c->arena, classes.classes_count + 1, sizeof *f.classes);
	for (size_t i = 0; i < classes.classes_count; i++) {
		const struct catalogue_class *k = &classes.classes[i];
		if (is_top(k) && k->count)
			f.classes[f.classes_count++] = (struct facet){ k->code, k->name, k->count };
	}
	*out = f;
	return ST_OK;
}

/* --- one resource --- */

static bool is_draft(int state)
{
	return state == VERSION_DRAFT || state == VERSION_REVIEW;
}

static enum status readable(struct call *c, const char *id, struct catalogue_resource *out)
{
	enum status st = resource_read(c, id, out);

	if (st == ST_NOT_FOUND ||
	    (!st && out->state == RESOURCE_DRAFT && !sees_drafts(c, out->domain_id)))
		return fail(c, ST_NOT_FOUND, "id", "there is no resource %s", id);
	return st;
}

static enum status readable_version(struct call *c, const struct catalogue_resource *r,
				    int64_t number, const char *field,
				    struct catalogue_version *out)
{
	bool ours = sees_drafts(c, r->domain_id);
	enum status st = version_whole(c, r->id, number, out);

	if (st == ST_NOT_FOUND || (!st && is_draft(out->state) && !ours))
		return fail(c, ST_NOT_FOUND, field, "the resource has no version %lld",
			    (long long)number);
	if (!st && !ours)
		out->edited_by = out->submitted_by = out->decided_by = out->decision = NULL;
	return st;
}

enum status resource_show(struct call *c, const struct resource_key *in,
			  struct resource_detail *out)
{
	struct resource_detail d = { 0 };
	struct words path;
	enum status st = readable(c, in->id, &d.resource);

	if (st)
		return st;
	int64_t number = in->number             ? in->number
			 : d.resource.published ? d.resource.published
						: d.resource.draft;
	st = readable_version(c, &d.resource, number, "number", &d.version);
	if (!st)
		st = class_path(c, d.version.class_code, &path);
	if (!st)
		st = version_rows(c, in->id, &d.versions, &d.versions_count);
	if (st)
		return st;
	struct buf b = { .arena = c->arena };
	for (size_t i = 0; i < path.count; i++)
		buf_printf(&b, "%s%s", i ? " / " : "", path.list[i]);
	d.class_path = buf_text(&b);
	if (d.versions_count && is_draft(d.versions[0].state) &&
	    !sees_drafts(c, d.resource.domain_id)) {
		d.versions++; /* the newest stands first */
		d.versions_count--;
	}
	hide(c, &d.resource);
	*out = d;
	return ST_OK;
}

/* --- differences --- */

struct gathering {
	struct call *c;
	struct differences *out;
	size_t room;
};

static void gather(struct gathering *g, const char *field, const char *item, const char *before,
		   const char *after)
{
	struct differences *d = g->out;

	if (d->differences_count == g->room) {
		size_t room = g->room ? 2 * g->room : 32, size = sizeof *d->differences;
		d->differences =
			arena_grow(g->c->arena, d->differences, g->room * size, room * size);
		g->room = room;
	}
	d->differences[d->differences_count++] = (struct difference){ field, item, before, after };
}

static const char *value_of(struct call *c, const struct field *f, const void *obj)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	shape_write_value(c, f, &j, obj);
	return buf_text(&b);
}

static void compare(struct gathering *g, const struct field *shape, const char *item,
		    const void *before, const void *after)
{
	for (const struct field *f = shape; f->name; f++) {
		if (f->kind == FIELD_LIST)
			continue; /* items are compared one by one */
		const char *was = value_of(g->c, f, before), *is = value_of(g->c, f, after);
		if (!str_eq(was, is))
			gather(g, f->name, item, was, is);
	}
}

static int by_name(const void *a_, const void *b_)
{
	const struct catalogue_item *const *a = a_, *const *b = b_;

	return strcmp((*a)->name, (*b)->name);
}

static const struct catalogue_item **sorted(struct arena *a, const struct catalogue_version *v)
{
	const struct catalogue_item **list = arena_array(a, v->items_count + 1, sizeof *list);

	for (size_t i = 0; i < v->items_count; i++)
		list[i] = &v->items[i];
	qsort(list, v->items_count, sizeof *list, by_name);
	return list;
}

/* Items are known by their names; both lists are in the order of these. */
static void compare_items(struct gathering *g, const struct catalogue_version *before,
			  const struct catalogue_version *after)
{
	struct call *c = g->c;
	const struct catalogue_item **was = sorted(c->arena, before),
				    **is = sorted(c->arena, after);
	size_t i = 0, k = 0;

	while (i < before->items_count || k < after->items_count) {
		int order = i == before->items_count  ? 1
			    : k == after->items_count ? -1
						      : strcmp(was[i]->name, is[k]->name);
		if (order < 0) {
			gather(g, "items", was[i]->name, shape_text(c, catalogue_item_wire, was[i]),
			       "null");
			i++;
		} else if (order > 0) {
			gather(g, "items", is[k]->name, "null",
			       shape_text(c, catalogue_item_wire, is[k]));
			k++;
		} else {
			compare(g, catalogue_item_wire, is[k]->name, was[i++], is[k]);
			k++;
		}
	}
}

enum status version_diff(struct call *c, const struct diff_ask *in, struct differences *out)
{
	struct differences d = { .from = in->from, .to = in->to };
	struct gathering g = { .c = c, .out = &d };
	struct catalogue_resource r;
	struct catalogue_version before, after;
	enum status st = readable(c, in->id, &r);

	if (!st)
		st = readable_version(c, &r, in->from, "from", &before);
	if (!st)
		st = readable_version(c, &r, in->to, "to", &after);
	if (st)
		return st;
	compare(&g, catalogue_content_wire, NULL, &before, &after);
	compare_items(&g, &before, &after);
	*out = d;
	return ST_OK;
}

enum status catalogue_find(struct call *c, const char *id_or_code, struct catalogue_brief *out)
{
	const char *id = id_or_code;
	struct catalogue_resource r = { 0 };
	enum status st = strchr(id, '/') ? resource_id_of_code(c, id, &id) : ST_OK;

	if (!st)
		st = resource_read(c, id, &r);
	if (st == ST_NOT_FOUND || (!st && !r.published))
		return fail(c, ST_NOT_FOUND, "resource", "no resource %s is published", id_or_code);
	if (!st)
		*out = (struct catalogue_brief){ r.id, r.domain_id, r.code, r.name, r.share_type };
	return st;
}
