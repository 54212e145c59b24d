/* SPDX-License-Identifier: Apache-2.0 */
/* From a draft to what everybody reads, and away again: 草稿 → 审核 → 发布 ⇄ 暂停 → 取消. One person asks for each
 * step and another one decides. */
#include "door/audit/audit.h"
#include "service/hall/hall_private.h"

enum { TERMS_MAX = 1000 };
/* What a place is worth. */
enum { IN_NAME = 40, IN_KEYWORD = 20, IN_OFFICE = 10, IN_MATERIAL = 6, IN_SUMMARY = 4 };

/* --- asking --- */

static enum status possible(struct call *c, const struct hall_entry *e, int move)
{
	static const int from[] = { -1, HALL_PUBLISHED, HALL_SUSPENDED, -1 };

	if (e->state == HALL_WITHDRAWN)
		return fail(c, ST_CONFLICT, "move", "move: it is withdrawn 取消");
	if (move == MOVE_PUBLISH && !e->draft)
		return fail(c, ST_CONFLICT, "move", "move: there is no draft to publish");
	if (move != MOVE_PUBLISH && !e->published)
		return fail(c, ST_CONFLICT, "move",
			    "move: it was never published; a draft is discarded");
	if (from[move] >= 0 && e->state != from[move])
		return fail(c, ST_CONFLICT, "move", "move: %s is for what is %s; it is %s",
			    hall_move_words[move], hall_state_words[from[move]],
			    hall_state_words[e->state]);
	if (move == MOVE_WITHDRAW && e->draft)
		return fail(c, ST_CONFLICT, "move",
			    "move: version %lld is being written; discard it first",
			    (long long)e->draft);
	return ST_OK;
}

/* An item that a theme merges is not taken from under it. */
static enum status not_in_theme(struct call *c, const struct hall_entry *e)
{
	struct hall_entry *themes = NULL;
	size_t n = 0;
	enum status st = e->kind == HALL_ITEM ? themes_of_item(c, e->code, &themes, &n) : ST_OK;

	if (!st && n)
		return fail(c, ST_CONFLICT, "move",
			    "move: the theme '%s' (%s) merges it; that one is changed first",
			    themes[0].name, themes[0].code);
	return st;
}

static enum status set_version(struct call *c, struct hall_version *v, int from, int to)
{
	int64_t changed = 0;

	v->state = to;
	v->updated_at = c->now_at;
	enum status st = hall_version_write(c, v, from, &changed);
	if (!st && changed != 1)
		return fail(c, ST_CONFLICT, NULL, "version %lld is not %s any more",
			    (long long)v->number, hall_version_words[from]);
	return st;
}

/* What was right when it was written may not be so now. */
static enum status submit(struct call *c, const struct hall_entry *e)
{
	struct hall_office o = { 0 };
	struct hall_version v = { 0 };
	struct hall_content t;
	enum status st = office_of_asker(c, &o);

	if (!st)
		st = hall_version_read(c, e->id, e->draft, &v);
	if (!st)
		st = hall_content_read(c, e->kind, v.body, &t);
	if (!st)
		st = content_rules(c, &o, true, &t);
	v.submitted_by = c->actor.user_id;
	v.submitted_at = c->now_at;
	v.decision = NULL;
	return st ? st : set_version(c, &v, HALL_VERSION_DRAFT, HALL_VERSION_DRAFT);
}

static enum status moved(struct call *c, const struct hall_entry *before,
			 const struct hall_entry *e, int64_t number, struct hall_whole *out)
{
	enum status st = entry_write(c, e);

	if (st)
		return st;
	audit_change(c, hall_entry_wire, before, e);
	return hall_answer(c, e->id, number, out);
}

enum status move_make(struct call *c, const struct move_ask *in, struct hall_whole *out)
{
	struct hall_entry e = { 0 };
	enum status st = own_entry(c, in->kind, in->id, &e);

	if (st)
		return st;
	const struct hall_entry before = e;
	if (e.move >= 0)
		return fail(c, ST_CONFLICT, "move", "move: %s waits for a decision already",
			    hall_move_words[e.move]);
	st = possible(c, &e, in->move);
	if (st)
		return st;
	if ((in->move == MOVE_SUSPEND || in->move == MOVE_WITHDRAW) && text_blank(in->reason))
		return rule_broken(c, "reason", "people are told why it is suspended or withdrawn");
	if (in->move == MOVE_WITHDRAW)
		st = not_in_theme(c, &e);
	if (!st && in->move == MOVE_PUBLISH)
		st = submit(c, &e);
	e.move = in->move;
	e.move_by = c->actor.user_id;
	e.move_reason = in->reason;
	e.returned = NULL;
	e.move_at = e.updated_at = c->now_at;
	return st ? st : moved(c, &before, &e, hall_newest(&e), out);
}

static void move_end(struct call *c, struct hall_entry *e)
{
	e->move = -1;
	e->move_by = e->move_reason = NULL;
	e->move_at = 0;
	e->updated_at = c->now_at;
}

enum status move_recall(struct call *c, const struct entry_key *in, struct hall_whole *out)
{
	struct hall_entry e = { 0 };
	enum status st = own_entry(c, in->kind, in->id, &e);

	if (st)
		return st;
	const struct hall_entry before = e;
	if (e.move < 0)
		return fail(c, ST_CONFLICT, NULL, "nothing waits for a decision");
	if (!str_eq(e.move_by, c->actor.user_id))
		return fail(c, ST_FORBIDDEN, NULL, "whoever asked for it recalls it");
	move_end(c, &e);
	return moved(c, &before, &e, hall_newest(&e), out);
}

/* --- deciding --- */

static enum status tell(struct call *c, const struct hall_entry *e, const char *what)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	json_put_str(&j, "id", e->id);
	json_put_str(&j, "code", e->code);
	json_put_int(&j, "version", e->published);
	json_object_end(&j);
	return event_post(c, arena_printf(c->arena, "hall.%s.%s", hall_kind_words[e->kind], what),
			  e->id, e->domain_id, NULL, buf_text(&b));
}

static void add_texts(struct term_bag *b, const struct hall_content *t)
{
	const struct hall_item *item = &t->item;

	term_bag_text(b, item->conditions, IN_SUMMARY);
	term_bag_text(b, item->result_name, IN_KEYWORD);
	for (size_t i = 0; i < item->materials_count; i++)
		term_bag_text(b, item->materials[i].name, IN_MATERIAL);
	for (size_t i = 0; i < item->keywords.count; i++)
		term_bag_text(b, item->keywords.list[i], IN_KEYWORD);
	for (size_t i = 0; i < t->theme.keywords.count; i++)
		term_bag_text(b, t->theme.keywords.list[i], IN_KEYWORD);
}

static enum status write_terms(struct call *c, const struct hall_entry *e,
			       const struct hall_content *t)
{
	struct term_bag b;
	enum status st = hall_terms_remove(c, e->id);

	term_bag_init(&b, c->arena, TERMS_MAX);
	term_bag_text(&b, e->name, IN_NAME);
	term_bag_text(&b, e->name_en, IN_NAME);
	term_bag_text(&b, e->code, IN_NAME);
	term_bag_text(&b, e->office, IN_OFFICE);
	term_bag_text(&b, e->summary, IN_SUMMARY);
	add_texts(&b, t);
	for (size_t i = 0; !st && i < b.room; i++)
		if (b.slots[i].text)
			st = hall_term_put(c, e->id, &b.slots[i]);
	return st;
}

static enum status write_theme_items(struct call *c, const struct hall_entry *e,
				     const struct hall_theme *t)
{
	enum status st = theme_items_remove(c, e->id);

	for (size_t i = 0; !st && i < t->items_count; i++)
		st = theme_item_put(c, e->id, t->items[i].code);
	return st;
}

/* The themes that merge the item must still be whole with its new version. */
static enum status themes_stand(struct call *c, const struct hall_entry *e,
				const struct hall_item *item)
{
	struct hall_entry *themes = NULL;
	size_t n = 0;
	enum status st = themes_of_item(c, e->code, &themes, &n);

	for (size_t i = 0; !st && i < n; i++) {
		struct hall_version v = { 0 };
		struct hall_content t;
		st = hall_version_read(c, themes[i].id, themes[i].published, &v);
		if (!st)
			st = hall_content_read(c, HALL_THEME, v.body, &t);
		if (st)
			return st;
		st = theme_rules_read(c, &t.theme, true, item);
		if (st != ST_BAD_INPUT)
			continue;
		const char *why = arena_strdup(c->arena, c->problem);
		call_forgive(c);
		return fail(c, ST_CONFLICT, "themes",
			    "the theme '%s' (%s) would not hold with it: %s", themes[i].name,
			    themes[i].code, why);
	}
	return st;
}

static enum status supersede(struct call *c, const struct hall_entry *e)
{
	struct hall_version now = { 0 };

	if (!e->published)
		return ST_OK;
	enum status st = hall_version_read(c, e->id, e->published, &now);
	return st ? st : set_version(c, &now, HALL_VERSION_PUBLISHED, HALL_VERSION_SUPERSEDED);
}

static enum status publish(struct call *c, struct hall_entry *e, struct hall_version *v)
{
	struct hall_office o = { 0 };
	struct hall_content t;
	enum status st = office_read(c, e->domain_id, &o);

	if (!st)
		st = hall_content_read(c, e->kind, v->body, &t);
	if (!st)
		st = content_rules(c, &o, true, &t);
	if (!st && e->kind == HALL_ITEM)
		st = themes_stand(c, e, &t.item);
	if (!st)
		st = supersede(c, e);
	if (st)
		return st;
	v->seal = seal_of(c->arena, v->body);
	st = set_version(c, v, HALL_VERSION_DRAFT, HALL_VERSION_PUBLISHED);
	/* What is suspended stays so, in its new version, until it is resumed. */
	if (e->state == HALL_DRAFT)
		e->state = HALL_PUBLISHED;
	e->published = v->number;
	e->published_at = c->now_at;
	e->draft = 0;
	hall_describe(e, &t);
	if (!st)
		st = write_terms(c, e, &t);
	if (!st && e->kind == HALL_THEME)
		st = write_theme_items(c, e, &t.theme);
	return st ? st : tell(c, e, "published");
}

static enum status withdraw(struct call *c, struct hall_entry *e, const char *reason)
{
	enum status st = hall_terms_remove(c, e->id);

	if (!st && e->kind == HALL_THEME)
		st = theme_items_remove(c, e->id);
	e->state = HALL_WITHDRAWN;
	e->state_reason = reason;
	return st ? st : tell(c, e, "withdrawn");
}

static enum status carry_out(struct call *c, struct hall_entry *e, struct hall_version *v)
{
	enum status st;

	switch (e->move) {
	case MOVE_PUBLISH: return publish(c, e, v);
	case MOVE_SUSPEND:
		e->state = HALL_SUSPENDED;
		e->state_reason = e->move_reason;
		return tell(c, e, "suspended");
	case MOVE_RESUME:
		e->state = HALL_PUBLISHED;
		e->state_reason = NULL;
		return tell(c, e, "resumed");
	default: break;
	}
	st = possible(c, e, MOVE_WITHDRAW);
	if (!st)
		st = not_in_theme(c, e);
	return st ? st : withdraw(c, e, e->move_reason);
}

/* Whoever asked is told why; a draft that is returned begins its way anew. */
static enum status give_back(struct call *c, struct hall_entry *e, struct hall_version *v,
			     const char *reason)
{
	e->returned = reason;
	if (e->move != MOVE_PUBLISH)
		return ST_OK;
	v->decision = reason;
	v->decided_by = NULL;
	v->decided_at = 0;
	return set_version(c, v, HALL_VERSION_DRAFT, HALL_VERSION_DRAFT);
}

enum status move_decide(struct call *c, const struct verdict_ask *in, struct hall_whole *out)
{
	struct hall_entry e = { 0 };
	struct hall_version v = { 0 };
	enum status st = own_entry(c, in->kind, in->id, &e);

	if (st)
		return st;
	const struct hall_entry before = e;
	if (e.move < 0)
		return fail(c, ST_CONFLICT, NULL, "nothing waits for a decision");
	if (in->verdict == VERDICT_RETURN && text_blank(in->reason))
		return rule_broken(c, "reason", "what is returned needs a reason");
	bool publishes = e.move == MOVE_PUBLISH;
	st = hall_version_read(c, e.id, publishes ? e.draft : e.published, &v);
	if (st)
		return st;
	/* Two pairs of eyes. */
	if (call_is_by(c, e.move_by) || (publishes && call_is_by(c, v.edited_by)))
		return fail(c, ST_FORBIDDEN, NULL,
			    "whoever wrote it or asked for it does not decide about it");
	if (publishes) {
		v.decided_by = c->actor.user_id;
		v.decided_at = c->now_at;
		v.decision = in->reason;
	}
	st = in->verdict == VERDICT_APPROVE ? carry_out(c, &e, &v)
					    : give_back(c, &e, &v, in->reason);
	move_end(c, &e);
	return st ? st : moved(c, &before, &e, v.number, out);
}

/* --- a department that went --- */

static enum status depart(struct call *c, struct hall_entry *e)
{
	int64_t gone = 0;
	enum status st = e->draft ? hall_version_remove(c, e->id, e->draft, &gone) : ST_OK;

	if (st || !e->published)
		return st ? st : entry_remove(c, e->id);
	e->draft = 0;
	move_end(c, e);
	st = withdraw(c, e, "实施机构已撤销");
	return st ? st : entry_write(c, e);
}

enum status hall_depart(struct call *c, const struct event *e)
{
	enum status st = ST_OK;

	for (int kind = HALL_ITEM; !st && kind <= HALL_THEME; kind++) {
		struct hall_entry *list = NULL;
		size_t n = 0;
		const struct entry_ask all = { .kind = kind };
		st = entries_of_department(c, e->subject, &all, INT32_MAX, &list, &n);
		/* What was done for this event before is withdrawn, and not done again. */
		for (size_t i = 0; !st && i < n; i++)
			if (list[i].state != HALL_WITHDRAWN)
				st = depart(c, &list[i]);
	}
	return st ? st : office_close(c, e->subject);
}
