/* SPDX-License-Identifier: Apache-2.0 */
/* Relations: the files are read once more, now that it is known whose each record is, and what a record
 * states of two entities is put down, once for each pair and kind. */
#include <stdlib.h>
#include "data/theme/theme_find_private.h"
#include "engine/linkage/memory.h"

static void state(struct build *b, const struct stated *s)
{
	struct statements *all = b->statements;

	if (all->count == all->room) {
		size_t room = all->room ? all->room + all->room / 2 : 1u << 16;
		all->list = big_grow(all->list, all->room, room, sizeof *all->list);
		all->room = room;
	}
	all->list[all->count++] = *s;
}

static bool is_named(const struct mention *m)
{
	for (unsigned a = 0; a < ATTRIBUTES_MAX; a++)
		if (m->size[a])
			return true;
	return false;
}

/* The entities of a row's roles; NOBODY where one is not named or not found. */
static void find_roles(struct finder *f, const struct source *s, uint32_t row,
		       const struct row *cells, uint32_t found[ROLES_MAX], bool named[ROLES_MAX])
{
	const struct resource *r = s->resource;
	uint64_t homes[2 * ROLES_MAX + 2] = { 0 };
	unsigned home_count = 0;

	for (unsigned i = 0; i < r->role_count; i++) {
		struct mention m = { cells->at[i], cells->size[i] };
		mention_home(f, r->roles[i].kind, &m, homes + home_count);
		while (home_count < 2 * (i + 1) && homes[home_count])
			home_count++;
	}
	found[0] = f->b->records[r->roles[0].kind].of[s->first + row];
	named[0] = true;
	for (unsigned i = 1; i < r->role_count; i++) {
		struct mention m = { cells->at[i], cells->size[i] };
		named[i] = is_named(&m);
		found[i] = named[i] ? mention_find(f, r->roles[i].kind, &m, homes, home_count)
				    : NOBODY;
	}
}

static enum status relate_row(struct build *b, const struct source *s, uint32_t row,
			      const struct row *cells, void *context)
{
	struct finder *f = context;
	const struct resource *r = s->resource;
	uint32_t found[ROLES_MAX];
	bool named[ROLES_MAX];

	find_roles(f, s, row, cells, found, named);
	for (unsigned i = 0; i < r->statement_count; i++) {
		const struct statement *t = &r->statements[i];
		bool same = b->settings->from[t->relation] == b->settings->to[t->relation] &&
			    found[t->from] == found[t->to];
		if (!named[t->from] || !named[t->to])
			continue;
		b->statements->stated[t->relation]++;
		if (found[t->from] == NOBODY || found[t->to] == NOBODY) {
			b->statements->unresolved[t->relation]++;
			continue;
		}
		if (same) /* the head of a household names himself */
			continue;
		state(b, &(struct stated){ .from = found[t->from],
					   .to = found[t->to],
					   .row = row,
					   .count = 1,
					   .votes = (uint32_t)r->trust,
					   .relation = (uint8_t)t->relation,
					   .source = (uint8_t)s->number });
	}
	return ST_OK;
}

static int by_pair(const void *a, const void *b)
{
	const struct stated *x = a, *y = b;

	if (x->relation != y->relation)
		return x->relation < y->relation ? -1 : 1;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->source != y->source)
		return x->source < y->source ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static void unite(struct statements *all)
{
	size_t kept = 0;

	if (all->count)
		qsort(all->list, all->count, sizeof *all->list, by_pair);
	for (size_t i = 0; i < all->count; i++) {
		struct stated *last = kept ? &all->list[kept - 1] : NULL;
		const struct stated *s = &all->list[i];
		if (last && last->relation == s->relation && last->from == s->from &&
		    last->to == s->to) {
			last->count++;
			last->votes += s->votes;
		} else {
			all->list[kept++] = *s;
		}
	}
	all->count = kept;
}

/* Of relations of which there is one at most, those that are outvoted go: what a register has not heard of
 * yet, a home or an office of before. */
static void outvote(const struct theme_settings *settings, struct statements *all)
{
	size_t kept = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct stated *last = kept ? &all->list[kept - 1] : NULL;
		const struct stated *s = &all->list[i];
		if (!last || !settings->one[s->relation] || last->relation != s->relation ||
		    last->from != s->from) {
			all->list[kept++] = *s;
			continue;
		}
		all->outvoted[s->relation]++;
		if (s->votes > last->votes)
			*last = *s;
	}
	all->count = kept;
}

/* One source, by one thread, with a call, statements and scratch of its own; what it looks into is shared. */
struct share {
	struct build *b;
	const struct finder *finder;
	struct statements own[RESOURCES_MAX];
	enum status st[RESOURCES_MAX];
	char problem[RESOURCES_MAX][512];
};

static void relate_source(void *context, size_t i)
{
	SCOPED_ARENA struct arena *a = arena_new();
	struct share *all = context;
	struct build b = *all->b;
	struct finder f = *all->finder;

	if (!b.sources[i].resource->statement_count)
		return;
	b.c = call_new(a, all->b->c->request_id);
	b.statements = &all->own[i];
	f.b = &b;
	f.key = (struct buf){ .arena = a };
	f.cell = (struct buf){ .arena = a };
	all->st[i] = source_rows(&b, &b.sources[i], relate_row, &f);
	memcpy(all->problem[i], b.c->problem, sizeof all->problem[i]);
}

/* In the order of the sources, so that nothing depends on the threads. */
static enum status gather(struct build *b, struct share *all)
{
	struct statements *to = b->statements;
	enum status st = ST_OK;

	for (unsigned i = 0; i < b->source_count; i++)
		to->room += all->own[i].count;
	to->list = big_alloc(to->room, sizeof *to->list);
	for (unsigned i = 0; i < b->source_count; i++) {
		struct statements *own = &all->own[i];
		if (!st && all->st[i])
			st = fail(b->c, all->st[i], NULL, "%s", all->problem[i]);
		if (own->count)
			memcpy(to->list + to->count, own->list, own->count * sizeof *own->list);
		to->count += own->count;
		for (unsigned k = 0; k < b->settings->relation_count; k++) {
			to->stated[k] += own->stated[k];
			to->unresolved[k] += own->unresolved[k];
		}
		big_free(own->list, own->room, sizeof *own->list);
	}
	return st;
}

enum status relations_make(struct build *b)
{
	struct finder *f = arena_alloc(b->c->arena, sizeof *f);
	struct share *all = arena_alloc(b->c->arena, sizeof *all);
	enum status st = finder_init(b, f);

	b->statements = arena_alloc(b->c->arena, sizeof *b->statements);
	if (!st) {
		*all = (struct share){ .b = b, .finder = f };
		share_out(b->threads, b->source_count, relate_source, all);
		st = gather(b, all);
	}
	finder_done(f);
	if (st)
		return st;
	unite(b->statements);
	outvote(b->settings, b->statements);
	b->counts.relations = (int64_t)b->statements->count;
	for (unsigned k = 0; k < b->settings->relation_count; k++) {
		b->counts.stated += b->statements->stated[k];
		b->counts.unresolved += b->statements->unresolved[k];
	}
	return ST_OK;
}

void relations_done(struct build *b)
{
	if (b->statements)
		big_free(b->statements->list, b->statements->room, sizeof *b->statements->list);
}
