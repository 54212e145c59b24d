/* SPDX-License-Identifier: Apache-2.0 */
/* Drafts 草稿: an application as it is written, and how cases are seen. A case is seen by whoever entered it and, once
 * it was handed in, by the item's office; for all others it does not exist. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "service/cases/cases_private.h"

enum { PAGE_DEFAULT = 50 };

/* --- whose --- */

enum status case_of(struct call *c, const char *id, bool office, struct case_row *out)
{
	enum status st = case_read(c, id, out);
	bool mine = !st &&
		    (office ? out->state != CASE_DRAFT && str_eq(out->domain_id, c->actor.domain_id)
			    : str_eq(out->entered_by, c->actor.user_id));

	if (st == ST_NOT_FOUND || (!st && !mine))
		return fail(c, ST_NOT_FOUND, "id", "there is no case %s", id);
	if (!st)
		audit_subject(c, "case", out->id);
	return st;
}

enum status case_open(struct call *c, const struct case_row *row)
{
	if (row->state == CASE_DRAFT || row->state == CASE_CORRECTING)
		return ST_OK;
	return fail(c, ST_CONFLICT, NULL,
		    "the case is %s: it is changed as a draft 草稿, and while it is corrected 补正",
		    case_state_words[row->state]);
}

/* --- seeing --- */

static int64_t files_of(const struct case_material *files, size_t n, const char *code)
{
	int64_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += str_eq(files[i].code, code);
	return count;
}

static enum status list_needs(struct call *c, struct case_whole *w)
{
	struct hall_published p = { 0 };
	struct hall_needs needs = { 0 };
	enum status st = hall_item_of(c, w->row.item_id, w->row.item_version, &p);

	if (!st)
		st = case_needs(c, &p.item, &w->row, &needs);
	if (st)
		return st;
	w->needs_count = p.item.materials_count;
	w->needs = arena_array(c->arena, w->needs_count + 1, sizeof *w->needs);
	for (size_t i = 0; i < w->needs_count; i++) {
		const struct hall_material *m = &p.item.materials[i];
		w->needs[i] = (struct case_need){
			.code = m->code,
			.name = m->name,
			.needed = needs.materials[i],
			.must = m->necessity != MATERIAL_OPTIONAL,
			.files = files_of(w->materials, w->materials_count, m->code),
		};
	}
	return ST_OK;
}

enum status case_answer(struct call *c, const char *id, struct case_whole *out)
{
	struct case_whole w = { 0 };
	enum status st = case_read(c, id, &w.row);

	if (!st)
		st = material_rows(c, id, &w.materials, &w.materials_count);
	if (!st)
		st = step_rows(c, id, &w.steps, &w.steps_count);
	if (!st)
		st = list_needs(c, &w);
	if (!st)
		st = case_terms(c, &w.row, 1);
	if (!st)
		*out = w;
	return st;
}

enum status case_show(struct call *c, const struct case_key *in, struct case_whole *out)
{
	struct case_row row = { 0 };
	enum status st = case_of(c, in->id, in->office, &row);

	return st ? st : case_answer(c, row.id, out);
}

enum status case_list(struct call *c, const struct case_ask *in, struct case_page *out)
{
	int64_t limit = in->limit ? in->limit : PAGE_DEFAULT;
	/* Ids are hexadecimal: "g" is behind all of them. */
	const char *before = in->marker ? in->marker : "g";
	const char *state = in->state_given ? case_state_words[in->state] : "";
	const char *number = in->accept_no ? in->accept_no : "";
	struct case_page page = { 0 };

	if (in->office && !c->actor.domain_id)
		return fail(c, ST_FORBIDDEN, NULL,
			    "cases are received by a department: sign in for one");
	enum status st = in->office ? cases_of_office(c, c->actor.domain_id, before, state, number,
						      limit + 1, &page.cases, &page.cases_count)
				    : cases_of_entrant(c, c->actor.user_id, before, state, number,
						       limit + 1, &page.cases, &page.cases_count);
	if (!st && (int64_t)page.cases_count > limit) {
		page.cases_count = (size_t)limit;
		page.next = page.cases[limit - 1].id;
	}
	if (!st)
		st = case_terms(c, page.cases, page.cases_count);
	if (!st)
		*out = page;
	return st;
}

/* --- writing --- */

static enum status item_offered(struct call *c, const struct hall_published *p, int channel)
{
	const struct hall_item *item = &p->item;

	if (p->state != HALL_PUBLISHED)
		return fail(c, ST_CONFLICT, "item", "item: %s is suspended or withdrawn", p->code);
	if (!hall_in_force(c, item->effective_from, item->effective_to))
		return fail(c, ST_CONFLICT, "item", "item: %s is not in force today", p->code);
	if (!words_have(&item->channels, case_channel_words[channel]))
		return fail(c, ST_CONFLICT, "item", "item: %s is not applied for by '%s' 办理形式",
			    p->code, case_channel_words[channel]);
	if (item->form_key && !item->form)
		return fail(c, ST_NOT_OFFERED, "item",
			    "item: %s has its form in a process; applications with such a form are "
			    "not offered yet",
			    p->code);
	return ST_OK;
}

static void take_version(struct case_row *row, const struct hall_published *p)
{
	row->item_version = p->number;
	row->item_name = p->item.name;
	row->promise_days = p->item.promise_days;
	row->promise_unit = p->item.promise_unit;
}

static enum status take_content(struct call *c, const struct case_draft *in,
				const struct hall_item *item, struct case_row *row)
{
	struct hall_needs needs = { 0 };
	struct case_person agent = in->agent;

	row->applicant = in->applicant;
	row->agent = agent.name ? agent : (struct case_person){ 0 };
	row->answers = in->answers ? in->answers : "{}";
	row->form = in->form;
	enum status st = people_rules(c, item, row);
	if (!st)
		st = form_rules(c, item, false, &row->form);
	/* Holds the answers to the questions; what is missing is asked for when it is handed in. */
	return st ? st : case_needs(c, item, row, &needs);
}

enum status case_create(struct call *c, const struct case_draft *in, struct case_whole *out)
{
	struct hall_published p = { 0 };
	struct case_row row = { .id = id_new(c->arena),
				.state = CASE_DRAFT,
				.channel = may(c, "cases.window") ? CHANNEL_WINDOW : CHANNEL_WEB,
				.entered_by = c->actor.user_id,
				.created_at = c->now_at,
				.updated_at = c->now_at };
	audit_subject(c, "case", row.id);
	enum status st = hall_item_of(c, in->item, 0, &p);

	if (st == ST_NOT_FOUND) {
		call_forgive(c);
		return fail(c, ST_BAD_INPUT, "item", "item: no item %s is published", in->item);
	}
	if (!st)
		st = item_offered(c, &p, row.channel);
	if (st)
		return st;
	row.item_id = p.id;
	row.item_code = p.code;
	row.domain_id = p.domain_id;
	take_version(&row, &p);
	st = take_content(c, in, &p.item, &row);
	if (!st)
		st = case_put(c, &row);
	if (st)
		return st;
	audit_change(c, case_row_shape, NULL, &row);
	return case_answer(c, row.id, out);
}

enum status case_save(struct call *c, const struct case_draft *in, struct case_whole *out)
{
	struct hall_published p = { 0 };
	struct case_row row = { 0 };
	enum status st = case_of(c, in->id, false, &row);

	if (!st)
		st = case_open(c, &row);
	/* A draft follows its item; what was handed in keeps its version. */
	if (!st)
		st = hall_item_of(c, row.item_id, row.state == CASE_DRAFT ? 0 : row.item_version,
				  &p);
	if (!st && row.state == CASE_DRAFT)
		st = item_offered(c, &p, row.channel);
	if (st)
		return st;
	struct case_row was = row;
	if (row.state == CASE_DRAFT)
		take_version(&row, &p);
	row.updated_at = c->now_at;
	st = take_content(c, in, &p.item, &row);
	if (!st)
		st = case_write(c, &row);
	if (st)
		return st;
	audit_change(c, case_row_shape, &was, &row);
	return case_answer(c, row.id, out);
}

enum status case_discard(struct call *c, const struct case_key *in, struct nothing *out)
{
	struct case_material *files = NULL;
	struct case_row row = { 0 };
	size_t n = 0;
	enum status st = case_of(c, in->id, false, &row);

	(void)out;
	if (!st && row.state != CASE_DRAFT)
		return fail(c, ST_CONFLICT, NULL,
			    "the case is %s: only a draft is thrown away; a case is withdrawn 撤回",
			    case_state_words[row.state]);
	if (!st)
		st = material_rows(c, row.id, &files, &n);
	for (size_t i = 0; !st && i < n; i++) {
		st = material_remove(c, row.id, files[i].number);
		if (!st)
			st = file_drop(c, files[i].sha256);
	}
	if (st)
		return st;
	audit_change(c, case_row_shape, &row, NULL);
	return case_remove(c, row.id);
}
