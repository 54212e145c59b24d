/* SPDX-License-Identifier: Apache-2.0 */
/* Between the queue and the base: the pairs that a new base is in doubt of are laid out for people, and what
 * people settled is written down for the next build. */
#include <errno.h>
#include <stdio.h>
#include "data/theme/theme_review_private.h"
#include "door/house.h"

/* --- from the base --- */

enum { BATCH = 100 };

struct loading {
	struct call *c;
	int64_t base_at;
	struct review *list;
	size_t count;
};

static enum status put_act(struct call *c, const void *in, void *out)
{
	const struct loading *l = in;
	enum status st = ST_OK;

	(void)out;
	for (size_t i = 0; i < l->count && !st; i++)
		st = review_put(c, &l->list[i]);
	return st;
}

static enum status flush(struct loading *l)
{
	char none;
	enum status st =
		l->count ? db_write(l->c, house_of(l->c)->db, put_act, l, &none, sizeof none)
			 : ST_OK;

	l->count = 0;
	return st;
}

static enum status take_pair(const struct theme_doubt *d, void *context)
{
	struct loading *l = context;
	struct arena *a = l->c->arena;

	l->list[l->count++] = (struct review){ .id = arena_strdup(a, d->id),
					       .kind = d->kind,
					       .left_resource = arena_strdup(a, d->left_resource),
					       .left_record = arena_strdup(a, d->left_record),
					       .right_resource = arena_strdup(a, d->right_resource),
					       .right_record = arena_strdup(a, d->right_record),
					       .weight = d->weight,
					       .probability = d->probability,
					       .base_at = l->base_at,
					       .rank = d->rank,
					       .state = REVIEW_WAITING,
					       .verdict = -1,
					       .opened_at = clock_now() };
	return l->count == BATCH ? flush(l) : ST_OK;
}

/* Once all are there, the queue is theirs. Pairs of bases before that nobody judged are gone. */
static enum status finish_act(struct call *c, const void *in, void *out)
{
	const struct loading *l = in;
	enum status st = review_base_put(c, l->base_at, c->now_at);

	(void)out;
	return st ? st : review_sweep(c, l->base_at);
}

static enum status base_act(struct call *c, const void *in, void *out)
{
	(void)in;
	return review_base(c, out);
}

enum status review_load(struct call *c)
{
	struct db *db = house_of(c)->db;
	struct loading l = { .c = c };
	struct theme *t;
	int64_t before = 0;
	char none;
	enum status st = theme_open(c, house_of(c)->config->theme.store, &t);

	if (st == ST_NOT_FOUND) { /* nothing was built yet */
		call_forgive(c);
		return ST_OK;
	}
	if (st)
		return st;
	l.base_at = theme_built_at(t);
	l.list = arena_array(c->arena, BATCH, sizeof *l.list);
	st = db_read(c, db, base_act, NULL, &before, sizeof before);
	if (!st && before < l.base_at) {
		st = theme_doubts(c, t, take_pair, &l);
		if (!st)
			st = flush(&l);
		if (!st)
			st = db_write(c, db, finish_act, &l, &none, sizeof none);
	}
	theme_close(t);
	return st;
}

/* --- for the next build --- */

struct facts {
	struct review *list;
	size_t count;
};
enum { FACTS = 1000 };

static enum status facts_act(struct call *c, const void *after, void *out_)
{
	struct facts *out = out_;

	return review_facts(c, after, FACTS, &out->list, &out->count);
}

enum status review_write_judged(struct call *c, const char *path, int64_t *count)
{
	SCOPED_ARENA struct arena *own = arena_new();
	struct buf text = { .arena = own };
	struct facts f = { 0 };
	const char *after = "";
	enum status st = ST_OK;
	FILE *to = fopen(path, "we");

	if (!to)
		return fail(c, ST_AWAY, NULL, "cannot write %s: %s", path, strerror(errno));
	*count = 0;
	fputs(JUDGED_HEADING, to);
	do {
		st = db_read(c, house_of(c)->db, facts_act, after, &f, sizeof f);
		text.size = 0;
		for (size_t i = 0; !st && i < f.count; i++)
			judged_row(&text, &f.list[i]);
		if (!st && text.size)
			fwrite(text.data, 1, text.size, to);
		*count += st ? 0 : (int64_t)f.count;
		after = !st && f.count ? f.list[f.count - 1].id : after;
	} while (!st && f.count == FACTS);
	bool bad = ferror(to) != 0;
	bad |= fclose(to) != 0;
	return !st && bad ? fail(c, ST_AWAY, NULL, "cannot write all of %s", path) : st;
}
