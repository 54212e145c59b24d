/* SPDX-License-Identifier: Apache-2.0 */
/* Looking as an act: what the asker's department may see of whom, masked, with the purpose in the audit
 * trail. */
#include <pthread.h>
#include <stdlib.h>
#include "data/intake/intake.h"
#include "data/theme/theme_serve_private.h"
#include "door/audit/audit.h"
#include "door/house.h"

/* --- the open base --- */

struct held {
	struct theme *theme;
	int64_t users; /* and one more while it is the newest */
};
static struct {
	pthread_mutex_t lock;
	struct held *newest;
	struct held *held[8]; /* that somebody still reads, the newest among them */
	int64_t looked_at;    /* steady clock */
} room = { .lock = PTHREAD_MUTEX_INITIALIZER };

#define LOOK_EVERY CLOCK_SECOND

/* With the lock held. */
static void leave(struct held *h)
{
	if (--h->users)
		return;
	for (size_t i = 0; i < 8; i++)
		if (room.held[i] == h)
			room.held[i] = NULL;
	theme_close(h->theme);
	free(h);
}

/* With the lock held: opens what stands in the store when there is none or a newer one. When a newer one
 * does not open, the one before goes on. */
static enum status renew(struct call *c, const char *store)
{
	int64_t now = clock_steady();
	size_t place = 0;
	struct theme *t;

	if (room.newest && now - room.looked_at < LOOK_EVERY)
		return ST_OK;
	room.looked_at = now;
	if (room.newest && !theme_outdated(room.newest->theme))
		return ST_OK;
	while (place < 8 && room.held[place])
		place++;
	if (place == 8)
		return ST_OK; /* eight bases are being read: the next look finds room */
	enum status st = theme_open(c, store, &t);
	if (st)
		return room.newest ? ST_OK : st;
	struct held *h = calloc(1, sizeof *h);
	if (!h)
		abort();
	*h = (struct held){ .theme = t, .users = 1 };
	if (room.newest)
		leave(room.newest);
	room.held[place] = room.newest = h;
	return ST_OK;
}

enum status theme_take(struct call *c, struct theme **out)
{
	const char *store = house_of(c)->config->theme.store;

	pthread_mutex_lock(&room.lock);
	enum status st = renew(c, store);
	if (!st) {
		room.newest->users++;
		*out = room.newest->theme;
	}
	pthread_mutex_unlock(&room.lock);
	return st;
}

void theme_give_back(struct theme *t)
{
	pthread_mutex_lock(&room.lock);
	for (size_t i = 0; i < 8; i++)
		if (room.held[i] && room.held[i]->theme == t) {
			leave(room.held[i]);
			break;
		}
	pthread_mutex_unlock(&room.lock);
}

void theme_forget(void)
{
	pthread_mutex_lock(&room.lock);
	if (room.newest)
		leave(room.newest);
	room.newest = NULL;
	pthread_mutex_unlock(&room.lock);
}

/* --- what is seen --- */

enum sight sight_of(const struct seer *s, const char *code)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct theme_resource *r = &s->list[i];
		if (!str_eq(r->code, code))
			continue;
		if (str_eq(r->domain_id, s->c->actor.domain_id) ||
		    r->share_type == SHARE_UNCONDITIONAL)
			return SIGHT_WHOLE;
		return r->share_type == SHARE_CONDITIONAL ? SIGHT_MASKED : SIGHT_NOTHING;
	}
	return SIGHT_MASKED;
}

const char *mask_of(struct arena *a, const char *type, const char *value)
{
	if (str_eq(type, "name"))
		return mask_name(a, value);
	if (str_eq(type, "citizen"))
		return mask_citizen(a, value);
	if (str_eq(type, "phone"))
		return mask_phone(a, value);
	if (str_eq(type, "address"))
		return mask_address(a, value);
	if (str_eq(type, "date"))
		return mask_birthday(a, value);
	/* What says what a legal entity is, is public. */
	if (str_eq(type, "company") || str_eq(type, "uscc"))
		return value;
	return mask_any(a, value);
}

static void limit_entity(const struct seer *s, struct theme_entity *e)
{
	struct arena *a = s->c->arena;
	size_t n = 0;

	for (size_t i = 0; i < e->values_count; i++) {
		struct theme_value v = e->values[i];
		enum sight sight = sight_of(s, v.resource);
		if (sight == SIGHT_NOTHING)
			continue;
		if (sight == SIGHT_MASKED)
			v.value = mask_of(a, v.type, v.value);
		e->values[n++] = v;
	}
	e->values_count = n;
	n = 0;
	for (size_t i = 0; i < e->links_count; i++)
		if (sight_of(s, e->links[i].resource) != SIGHT_NOTHING)
			e->links[n++] = e->links[i];
	e->links_count = n;
	n = 0;
	for (size_t i = 0; i < e->relations_count; i++) {
		struct theme_relation r = e->relations[i];
		enum sight sight = sight_of(s, r.resource);
		if (sight == SIGHT_NOTHING)
			continue;
		if (sight == SIGHT_MASKED)
			r.name = r.entity[0] == 'P'   ? mask_name(a, r.name)
				 : r.entity[0] == 'H' ? mask_address(a, r.name)
						      : r.name;
		e->relations[n++] = r;
	}
	e->relations_count = n;
}

/* Entities are numbered anew by every build; with the number of a record of theirs the trail tells of whom it
 * was for good. */
static const char *seen_words(struct call *c, const struct theme_page *p)
{
	struct buf b = { .arena = c->arena };

	for (size_t i = 0; i < p->entities_count; i++)
		buf_printf(&b, "%s%s/%s", i ? " " : "", p->entities[i].id,
			   p->entities[i].links_count ? p->entities[i].links[0].record : "-");
	return b.size ? buf_text(&b) : "-";
}

static enum status query_of(struct call *c, const struct theme_find *in, struct theme_query *q)
{
	const char *const texts[] = { [THEME_BY_ENTITY] = in->entity,
				      [THEME_BY_ID] = in->id,
				      [THEME_BY_CODE] = in->code,
				      [THEME_BY_NAME] = in->name,
				      [THEME_BY_ADDRESS] = in->address };
	int given = 0;

	*q = (struct theme_query){ .kind = in->kind,
				   .after = in->after,
				   .limit = in->limit ? (size_t)in->limit : 20,
				   .relations = in->relations ? (size_t)in->relations : 100 };
	for (int i = 0; i < 5; i++)
		if (texts[i]) {
			q->by = (enum theme_by)i;
			q->text = texts[i];
			given++;
		}
	return given == 1 ? ST_OK
			  : fail(c, ST_BAD_INPUT, "id",
				 "exactly one of id, code, name, address and entity is asked for");
}

enum status theme_find(struct call *c, const struct theme_find *in, struct theme_page *out)
{
	struct theme_query q;
	struct seer seer = { .c = c };
	struct theme *t;
	enum status st = query_of(c, in, &q);

	c->actor.purpose = in->purpose;
	if (!st)
		st = resource_rows(c, &seer.list, &seer.count);
	if (!st)
		st = theme_take(c, &t);
	if (st)
		return st;
	st = theme_look(c, t, &q, &out->entities, &out->entities_count);
	theme_give_back(t);
	if (st)
		return st;
	audit_subject(c, "theme.entity", seen_words(c, out));
	if (q.by != THEME_BY_ENTITY && out->entities_count == q.limit)
		out->next = out->entities[out->entities_count - 1].id;
	for (size_t i = 0; i < out->entities_count; i++)
		limit_entity(&seer, &out->entities[i]);
	return ST_OK;
}

enum status theme_tell(struct call *c, const struct nothing *in, struct theme_state *out)
{
	struct theme *t;
	enum status st = theme_take(c, &t);

	(void)in;
	if (st == ST_NOT_FOUND) { /* nothing was built yet: zeros, and no time */
		call_forgive(c);
		return ST_OK;
	}
	if (st)
		return st;
	const struct theme_counts *n = theme_counts_of(t);
	*out = (struct theme_state){ .records = n->records,
				     .persons = n->bases[THEME_PERSON],
				     .firms = n->bases[THEME_FIRM],
				     .houses = n->bases[THEME_HOUSE],
				     .links = n->links,
				     .relations = n->relations,
				     .linked = n->bases[0] + n->bases[1] + n->bases[2] + n->links +
					       n->relations,
				     .built_at = theme_built_at(t) };
	theme_give_back(t);
	return ST_OK;
}

/* --- whose the sections are --- */

enum status theme_resource_put(struct call *c, const struct theme_resource *in,
			       struct theme_resource *out)
{
	struct catalogue_brief r = { 0 };
	enum status st = catalogue_find(c, in->resource_id, &r);

	if (st)
		return st;
	*out = (struct theme_resource){ .code = in->code,
					.resource_id = r.id,
					.domain_id = r.domain_id,
					.share_type = r.share_type,
					.updated_at = c->now_at };
	audit_subject(c, "theme.resource", in->code);
	return resource_save(c, out);
}

enum status theme_resource_list(struct call *c, const struct nothing *in,
				struct theme_resource_page *out)
{
	(void)in;
	return resource_rows(c, &out->resources, &out->resources_count);
}
