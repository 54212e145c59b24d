/* SPDX-License-Identifier: Apache-2.0 */
/* Guide pages 办事指南: what everybody reads without signing in, of what is published alone. */
#include "base/clock.h"
#include "base/id.h"
#include "service/hall/hall_private.h"

enum { PAGE_DEFAULT = 20, FOUND_MAX = 1000 };

/* --- lists --- */

static enum status list_all(struct call *c, const struct guide_ask *in, struct guide_filter *f,
			    struct entry_page *out)
{
	f->after = in->marker ? in->marker : "";
	f->limit++;
	enum status st = guide_rows(c, f, &out->entries, &out->entries_count);
	if (!st && (int64_t)out->entries_count == f->limit) {
		out->entries_count--;
		out->next = out->entries[out->entries_count - 1].code;
	}
	return st;
}

static enum status list_matching(struct call *c, const struct guide_ask *in, struct guide_filter *f,
				 struct entry_page *out)
{
	struct term terms[SEARCH_TERMS_MAX] = { 0 };
	size_t n = terms_of_question(c->arena, in->q, terms, SEARCH_TERMS_MAX);

	if (in->marker &&
	    (!int_parse(in->marker, &f->offset) || f->offset < 1 || f->offset > FOUND_MAX))
		return fail(c, ST_BAD_INPUT, "marker", "marker: is none of a search");
	if (!n)
		return ST_OK; /* signs only */
	enum status st =
		guide_matching(c, f, terms, n, terms_needed(n), &out->entries, &out->entries_count);
	if (st || !out->entries_count)
		return st;
	out->total = out->entries[0].found;
	long long next = f->offset + f->limit;
	if (next < out->total && next <= FOUND_MAX)
		out->next = arena_printf(c->arena, "%lld", next);
	return ST_OK;
}

/* What is in the making is the office's own business. */
static void hide(struct hall_entry *e)
{
	e->draft = 0;
	e->latest = e->published;
	e->move = -1;
	e->move_by = e->move_reason = NULL;
	e->move_at = 0;
	if (e->state != HALL_SUSPENDED)
		e->state_reason = NULL;
}

enum status guide_list(struct call *c, const struct guide_ask *in, struct entry_page *out)
{
	struct guide_filter f = {
		.kind = in->kind,
		.office = in->office ? in->office : "",
		.type = in->type_given ? hall_type_words[in->type] : "",
		.subject = in->subject_given ? arena_printf(c->arena, "%%\"%s\"%%",
							    hall_subject_words[in->subject])
					     : "",
		.limit = in->limit ? in->limit : PAGE_DEFAULT,
	};
	struct entry_page page = { .total = INT_NULL };
	enum status st = str_empty(in->q) ? list_all(c, in, &f, &page)
					  : list_matching(c, in, &f, &page);

	if (st)
		return st;
	if (page.total == INT_NULL && !str_empty(in->q))
		page.total = 0;
	for (size_t i = 0; i < page.entries_count; i++)
		hide(&page.entries[i]);
	*out = page;
	return ST_OK;
}

/* --- one entry --- */

bool hall_in_force(const struct call *c, const char *from, const char *to)
{
	char now[TIME_TEXT_SIZE];

	/* The city's day; dates of one form are in the order of their texts. */
	time_write(c->now_at + CLOCK_CHINA, TIME_Z, now);
	now[10] = '\0';
	return (!from || strcmp(from, now) <= 0) && (!to || strcmp(now, to) <= 0);
}

static enum status no_such(struct call *c, int kind, const char *code)
{
	return fail(c, ST_NOT_FOUND, "code", "no %s %s is published", hall_kind_words[kind], code);
}

enum status guide_entry(struct call *c, int kind, const char *code, struct hall_entry *out)
{
	enum status st = entry_of_code(c, kind, code, out);

	if (st == ST_NOT_FOUND || (!st && !out->published))
		return no_such(c, kind, code);
	if (!st)
		hide(out);
	return st;
}

static enum status public_version(struct call *c, const struct hall_entry *e, int64_t number,
				  struct hall_version *out)
{
	enum status st = hall_version_read(c, e->id, number ? number : e->published, out);

	if (st == ST_NOT_FOUND || (!st && out->state == HALL_VERSION_DRAFT))
		return fail(c, ST_NOT_FOUND, "version", "no version %lld of %s was published",
			    (long long)number, e->code);
	return st;
}

enum status hall_item_of(struct call *c, const char *id_or_code, int64_t number,
			 struct hall_published *out)
{
	struct hall_entry e = { 0 };
	struct hall_version v = { 0 };
	struct hall_content t;
	enum status st = id_valid(id_or_code) ? entry_read(c, id_or_code, &e)
					      : entry_of_code(c, HALL_ITEM, id_or_code, &e);

	if (st == ST_NOT_FOUND || (!st && (e.kind != HALL_ITEM || !e.published)))
		return no_such(c, HALL_ITEM, id_or_code);
	if (!st)
		st = public_version(c, &e, number, &v);
	if (!st)
		st = hall_content_read(c, HALL_ITEM, v.body, &t);
	if (!st)
		*out =
			(struct hall_published){ e.id,     e.domain_id, e.code,
						 v.number, e.state,     t.item };
	return st;
}

enum status item_guide_show(struct call *c, const struct guide_key *in, struct item_guide *out)
{
	struct item_guide g = { 0 };
	struct hall_version v = { 0 };
	struct hall_content t;
	struct hall_entry *themes = NULL;
	enum status st = guide_entry(c, HALL_ITEM, in->code, &g.entry);

	if (!st)
		st = public_version(c, &g.entry, in->version, &v);
	if (!st)
		st = hall_content_read(c, HALL_ITEM, v.body, &t);
	if (!st)
		st = office_read(c, g.entry.domain_id, &g.office);
	if (!st)
		st = themes_of_item(c, g.entry.code, &themes, &g.themes_count);
	if (st)
		return st;
	g.themes = arena_array(c->arena, g.themes_count + 1, sizeof *g.themes);
	for (size_t i = 0; i < g.themes_count; i++)
		g.themes[i] =
			(struct theme_brief){ themes[i].code, themes[i].name, themes[i].name_en };
	g.version = v.number;
	g.in_force = hall_in_force(c, t.item.effective_from, t.item.effective_to);
	g.content = v.body;
	*out = g;
	return ST_OK;
}

/* --- a theme --- */

struct theme_part item_part(const struct call *c, const struct hall_entry *e, int64_t number,
			    const struct hall_item *item)
{
	return (struct theme_part){ .code = e->code,
				    .name = e->name,
				    .name_en = e->name_en,
				    .office = e->office,
				    .state = e->state,
				    .in_force = hall_in_force(c, item->effective_from,
							      item->effective_to),
				    .version = number,
				    .legal_days = item->legal_days,
				    .legal_unit = item->legal_unit,
				    .promise_days = item->promise_days,
				    .promise_unit = item->promise_unit,
				    .included = TRUTH_UNKNOWN,
				    .eligible = TRUTH_UNKNOWN };
}

static enum status read_part(struct call *c, const struct hall_theme_item *row,
			     struct theme_part *part, const struct hall_item **item)
{
	struct hall_entry e = { 0 };
	struct hall_version v = { 0 };
	struct hall_content *t = arena_alloc(c->arena, sizeof *t);
	enum status st = entry_of_code(c, HALL_ITEM, row->code, &e);

	*part = (struct theme_part){ .code = row->code,
				     .name = row->code,
				     .when = row->when,
				     .role = row->role,
				     .state = HALL_WITHDRAWN,
				     .legal_days = INT_NULL,
				     .included = TRUTH_UNKNOWN,
				     .eligible = TRUTH_UNKNOWN };
	/* Its department went, and the item with it. */
	if (st == ST_NOT_FOUND || (!st && !e.published))
		return ST_OK;
	if (!st)
		st = hall_version_read(c, e.id, e.published, &v);
	if (!st)
		st = hall_content_read(c, HALL_ITEM, v.body, t);
	if (st)
		return st;
	*item = &t->item;
	*part = item_part(c, &e, v.number, &t->item);
	part->when = row->when;
	part->role = row->role;
	return ST_OK;
}

enum status guide_theme(struct call *c, const struct guide_key *in, struct theme_read *out)
{
	struct theme_read r = { 0 };
	struct hall_version v = { 0 };
	struct hall_content t;
	enum status st = guide_entry(c, HALL_THEME, in->code, &r.entry);

	if (!st)
		st = public_version(c, &r.entry, in->version, &v);
	if (!st)
		st = hall_content_read(c, HALL_THEME, v.body, &t);
	if (st)
		return st;
	r.theme = t.theme;
	r.body = v.body;
	r.version = v.number;
	r.items = arena_array(c->arena, t.theme.items_count + 1, sizeof *r.items);
	r.parts = arena_array(c->arena, t.theme.items_count + 1, sizeof *r.parts);
	for (size_t i = 0; !st && i < t.theme.items_count; i++)
		st = read_part(c, &t.theme.items[i], &r.parts[i], &r.items[i]);
	if (!st)
		*out = r;
	return st;
}

enum status theme_guide_show(struct call *c, const struct guide_key *in, struct theme_guide *out)
{
	struct theme_read r = { 0 };
	struct merged m = { 0 };
	struct hall_office o = { 0 };
	enum status st = guide_theme(c, in, &r);

	if (!st)
		st = theme_merge(c, &r.theme, r.items, &m);
	if (!st)
		st = office_read(c, r.entry.domain_id, &o);
	if (st)
		return st;
	*out = (struct theme_guide){ .entry = r.entry,
				     .version = r.version,
				     .in_force = hall_in_force(c, r.theme.effective_from,
							       r.theme.effective_to),
				     .office = o,
				     .content = r.body,
				     .items = r.parts,
				     .items_count = r.theme.items_count,
				     .questions = m.questions,
				     .questions_count = m.questions_count,
				     .materials = m.materials,
				     .materials_count = m.materials_count,
				     .form = m.form };
	return ST_OK;
}
