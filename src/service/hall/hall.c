/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts: how an item or a theme comes to be and how it is changed. What becomes of a draft is hall_move.c's. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "service/hall/hall_private.h"

/* --- who writes what --- */

enum status office_of_asker(struct call *c, struct hall_office *out)
{
	if (!c->actor.domain_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "items are written by a department: sign in for one");
	enum status st = office_read(c, c->actor.domain_id, out);
	if (st == ST_NOT_FOUND)
		return fail(
			c, ST_CONFLICT, "office",
			"this department is no office of the hall yet: the system administrator "
			"states its name and 统一社会信用代码 first");
	return st;
}

enum status own_entry(struct call *c, int kind, const char *id, struct hall_entry *out)
{
	enum status st = entry_read(c, id, out);

	if (st == ST_NOT_FOUND ||
	    (!st && (out->kind != kind || !str_eq(out->domain_id, c->actor.domain_id))))
		return fail(c, ST_NOT_FOUND, "id", "your department has no %s %s",
			    hall_kind_words[kind], id);
	if (!st)
		audit_subject(c, kind == HALL_ITEM ? "hall.item" : "hall.theme", out->id);
	return st;
}

/* --- before the transaction --- */

static void no_blank(const char **s)
{
	if (*s && !**s)
		*s = NULL;
}

static void clean_questions(struct hall_question *q, size_t n)
{
	for (size_t i = 0; i < n; i++)
		no_blank(&q[i].help);
}

static void clean_material(struct hall_material *m)
{
	const char **texts[] = { &m->kind,       &m->licence_type,  &m->template_url,
				 &m->sample_url, &m->review_points, &m->when };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		no_blank(texts[i]);
}

static void clean_item(struct hall_item *t)
{
	const char **texts[] = { &t->impl_code,   &t->handle_code,    &t->parent_code,
				 &t->name_en,     &t->scope,          &t->quota,
				 &t->decision,    &t->hours,          &t->phone,
				 &t->complaint,   &t->process_key,    &t->form_key,
				 &t->result_type, &t->result_name,    &t->result_sample,
				 &t->change_note, &t->effective_from, &t->effective_to };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		no_blank(texts[i]);
	/* No term is of no days: what was left out is none. */
	if (!t->legal_days)
		t->legal_days = INT_NULL;
	if (!t->valid_days)
		t->valid_days = INT_NULL;
	clean_questions(t->questions, t->questions_count);
	for (size_t i = 0; i < t->materials_count; i++)
		clean_material(&t->materials[i]);
	for (size_t i = 0; i < t->fees_count; i++)
		no_blank(&t->fees[i].waiver);
}

static void clean_theme(struct hall_theme *t)
{
	const char **texts[] = { &t->name_en,        &t->decision,     &t->process_key,
				 &t->effective_from, &t->effective_to, &t->change_note };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		no_blank(texts[i]);
	for (size_t i = 0; i < t->items_count; i++)
		no_blank(&t->items[i].when);
	clean_questions(t->questions, t->questions_count);
}

enum status item_prepare(struct call *c, void *in)
{
	(void)c;
	clean_item(in);
	return ST_OK;
}

enum status theme_prepare(struct call *c, void *in)
{
	(void)c;
	clean_theme(in);
	return ST_OK;
}

/* --- writing a draft --- */

static const char *code_of(const struct hall_content *t)
{
	return t->kind == HALL_ITEM ? t->item.handle_code : t->theme.code;
}

void hall_describe(struct hall_entry *e, const struct hall_content *t)
{
	bool item = t->kind == HALL_ITEM;

	e->code = code_of(t);
	e->name = item ? t->item.name : t->theme.name;
	e->name_en = item ? t->item.name_en : t->theme.name_en;
	e->summary = item ? t->item.summary : t->theme.summary;
	e->type = item ? hall_type_words[t->item.type] : "";
	e->subjects = item ? t->item.subjects : t->theme.subjects;
}

static enum status body_of(struct call *c, struct hall_content *t, const char **out)
{
	const char *body = shape_text(c, hall_content_shape(t->kind), hall_content_of(t));

	if (strlen(body) > HALL_BODY_MAX)
		return fail(c, ST_BAD_INPUT, t->kind == HALL_ITEM ? "materials" : "items",
			    "all that is said of it is longer than %d bytes", HALL_BODY_MAX);
	*out = body;
	return ST_OK;
}

int64_t hall_newest(const struct hall_entry *e)
{
	return e->draft ? e->draft : e->published;
}

enum status hall_answer(struct call *c, const char *id, int64_t number, struct hall_whole *out)
{
	struct hall_whole w = { 0 };
	enum status st = entry_read(c, id, &w.entry);

	if (!st)
		st = hall_version_read(c, id, number, &w.version);
	if (!st)
		*out = w;
	return st;
}

static enum status taken(struct call *c, enum status st, const struct hall_content *t)
{
	if (st != ST_CONFLICT || c->problem[0])
		return st;
	return fail(c, st, t->kind == HALL_ITEM ? "handle_number" : "code",
		    t->kind == HALL_ITEM
			    ? "handle_number: there is an item %s already; 业务办理项 are counted"
			    : "code: there is a theme %s already",
		    code_of(t));
}

static enum status create(struct call *c, struct hall_content *t, struct hall_whole *out)
{
	struct hall_office o = { 0 };
	const char *body = NULL;
	enum status st = office_of_asker(c, &o);

	if (st)
		return st;
	struct hall_entry e = { .id = id_new(c->arena),
				.domain_id = o.domain_id,
				.kind = t->kind,
				.state = HALL_DRAFT,
				.draft = 1,
				.latest = 1,
				.move = -1,
				.created_at = c->now_at,
				.updated_at = c->now_at };
	audit_subject(c, t->kind == HALL_ITEM ? "hall.item" : "hall.theme", e.id);
	st = content_rules(c, &o, false, t);
	if (!st)
		st = body_of(c, t, &body);
	if (st)
		return st;
	hall_describe(&e, t);
	struct hall_version v = { .entry_id = e.id,
				  .number = 1,
				  .body = body,
				  .edited_by = c->actor.user_id,
				  .created_at = c->now_at,
				  .updated_at = c->now_at };
	st = taken(c, entry_put(c, &e), t);
	if (!st)
		st = hall_version_put(c, &v);
	if (st)
		return st;
	audit_change(c, hall_content_shape(t->kind), NULL, hall_content_of(t));
	return hall_answer(c, e.id, 1, out);
}

/* A draft that is there is replaced; what is published gets one. */
static enum status replace(struct call *c, struct hall_entry *e, const struct hall_content *t,
			   const struct hall_version *v)
{
	int64_t gone = 1;
	enum status st = ST_OK;

	if (e->draft)
		st = hall_version_remove(c, e->id, e->draft, &gone);
	if (!st && !gone)
		return fail(c, ST_INTERNAL, NULL, "the draft of %s is none", e->id);
	e->draft = v->number;
	e->latest = v->number;
	e->updated_at = c->now_at;
	if (!e->published)
		hall_describe(e, t);
	if (!st)
		st = hall_version_put(c, v);
	return st ? st : taken(c, entry_write(c, e), t);
}

static enum status may_change(struct call *c, const struct hall_entry *e)
{
	if (e->state == HALL_WITHDRAWN)
		return fail(c, ST_CONFLICT, NULL, "it is withdrawn 取消; make a new one");
	if (e->move == MOVE_PUBLISH)
		return fail(
			c, ST_CONFLICT, NULL,
			"version %lld is under review 审核; it can be changed once it was returned "
			"or recalled",
			(long long)e->draft);
	return ST_OK;
}

static enum status save(struct call *c, const char *id, struct hall_content *t,
			struct hall_whole *out)
{
	struct hall_entry e = { 0 };
	struct hall_office o = { 0 };
	struct hall_version was = { 0 };
	struct hall_content before;
	const char *body = NULL;
	enum status st = own_entry(c, t->kind, id, &e);

	if (!st)
		st = may_change(c, &e);
	if (!st)
		st = office_of_asker(c, &o);
	if (!st)
		st = content_rules(c, &o, false, t);
	if (st)
		return st;
	if (e.published && !str_eq(e.code, code_of(t)))
		return rule_broken(c, t->kind == HALL_ITEM ? "base_code" : "code",
				   "what is published keeps its code %s; withdraw it and make "
				   "another",
				   e.code);
	st = hall_version_read(c, e.id, hall_newest(&e), &was);
	if (!st)
		st = hall_content_read(c, t->kind, was.body, &before);
	if (!st)
		st = body_of(c, t, &body);
	if (st)
		return st;
	struct hall_version v = { .entry_id = e.id,
				  .number = e.draft ? e.draft : e.latest + 1,
				  .body = body,
				  .edited_by = c->actor.user_id,
				  .created_at = e.draft ? was.created_at : c->now_at,
				  .updated_at = c->now_at };
	st = replace(c, &e, t, &v);
	if (st)
		return st;
	audit_change(c, hall_content_shape(t->kind), hall_content_of(&before), hall_content_of(t));
	return hall_answer(c, e.id, v.number, out);
}

enum status item_create(struct call *c, const struct hall_item *in, struct hall_whole *out)
{
	return create(c, &(struct hall_content){ .kind = HALL_ITEM, .item = *in }, out);
}

enum status item_save(struct call *c, const struct hall_item *in, struct hall_whole *out)
{
	return save(c, in->id, &(struct hall_content){ .kind = HALL_ITEM, .item = *in }, out);
}

enum status theme_create(struct call *c, const struct hall_theme *in, struct hall_whole *out)
{
	return create(c, &(struct hall_content){ .kind = HALL_THEME, .theme = *in }, out);
}

enum status theme_save(struct call *c, const struct hall_theme *in, struct hall_whole *out)
{
	return save(c, in->id, &(struct hall_content){ .kind = HALL_THEME, .theme = *in }, out);
}

enum status hall_draft_discard(struct call *c, const struct entry_key *in, struct nothing *out)
{
	struct hall_entry e = { 0 };
	struct hall_version v = { 0 };
	struct hall_content t;
	int64_t gone = 0;
	enum status st = own_entry(c, in->kind, in->id, &e);

	(void)out;
	if (!st && !e.draft)
		return fail(c, ST_CONFLICT, NULL, "there is no draft");
	if (!st)
		st = may_change(c, &e);
	if (!st)
		st = hall_version_read(c, e.id, e.draft, &v);
	if (!st)
		st = hall_content_read(c, e.kind, v.body, &t);
	if (!st)
		st = hall_version_remove(c, e.id, e.draft, &gone);
	if (st)
		return st;
	audit_change(c, hall_content_shape(e.kind), hall_content_of(&t), NULL);
	if (!e.published)
		return entry_remove(c, e.id);
	e.draft = 0;
	e.updated_at = c->now_at;
	return entry_write(c, &e);
}

/* --- of a file --- */

/* Whether it says nothing that the newest version does not say already. */
static enum status unchanged(struct call *c, const struct hall_entry *e, struct hall_content *t,
			     bool *out)
{
	struct hall_version now = { 0 };
	const char *body = NULL;
	enum status st = hall_version_read(c, e->id, hall_newest(e), &now);

	if (!st)
		st = body_of(c, t, &body);
	if (!st)
		*out = str_eq(body, now.body);
	return st;
}

enum status draft_take(struct call *c, struct hall_content *t, struct hall_whole *out,
		       const char **how)
{
	struct hall_office o = { 0 };
	struct hall_entry e = { 0 };
	bool same = false;
	enum status st = office_of_asker(c, &o);

	if (!st)
		st = content_rules(c, &o, false, t);
	if (!st)
		st = entry_of_code(c, t->kind, code_of(t), &e);
	*how = st == ST_NOT_FOUND ? "created" : "changed";
	if (st == ST_NOT_FOUND && !c->problem[0])
		return create(c, t, out);
	if (!st && !str_eq(e.domain_id, o.domain_id))
		return fail(c, ST_CONFLICT, "code", "code: %s belongs to another department",
			    code_of(t));
	if (!st)
		st = unchanged(c, &e, t, &same);
	if (st || !same)
		return st ? st : save(c, e.id, t, out);
	*how = "unchanged";
	return hall_answer(c, e.id, hall_newest(&e), out);
}
