/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of an application: who applies, the data of the form, and that all is there. */
#include "data/catalogue/catalogue.h"
#include "engine/form/form.h"
#include "engine/linkage/hanzi.h"
#include "service/cases/cases_private.h"

enum { CITIZEN_SIZE = 18, PHONE_MIN = 5 };

static enum status broken(struct call *c, const char *at, const char *member, const char *rule)
{
	const char *field = arena_printf(c->arena, "%s.%s", at, member);

	return fail(c, ST_BAD_INPUT, field, "%s %s", field, rule);
}

/* --- who --- */

enum status person_rules(struct call *c, const char *at, struct case_person *p)
{
	char citizen[CITIZEN_SIZE + 1];
	bool valid = false;

	if (str_empty(p->name) || !p->name[strspn(p->name, " \t")])
		return broken(c, at, "name", "may not be empty");
	if (!p->phone || strlen(p->phone) < PHONE_MIN ||
	    p->phone[strspn(p->phone, "0123456789-+ ")])
		return broken(c, at, "phone", "is digits, with + - and spaces between");
	if (p->kind == PERSON_COMPANY)
		return catalogue_uscc_valid(p->number)
			       ? ST_OK
			       : broken(c, at, "number",
					"is no 统一社会信用代码: 18 characters with their check "
					"character (GB 32100-2015)");
	size_t size = strlen(p->number);
	if (size != CITIZEN_SIZE || !citizen_read(p->number, size, citizen, &valid) || !valid)
		return broken(c, at, "number",
			      "is no 公民身份号码: 18 digits, the last of which is the check digit "
			      "(GB 11643-1999)");
	p->number = arena_strdup(c->arena, citizen);
	return ST_OK;
}

enum status people_rules(struct call *c, const struct hall_item *item, struct case_row *row)
{
	enum status st = person_rules(c, "applicant", &row->applicant);

	if (st)
		return st;
	if (!words_have(&item->subjects, case_person_words[row->applicant.kind]))
		return broken(c, "applicant", "kind", "is none of whom the item is for 服务对象");
	if (!row->agent.name)
		return row->applicant.kind == PERSON_COMPANY
			       ? fail(c, ST_BAD_INPUT, "agent",
				      "agent: a company applies through a person 经办人")
			       : ST_OK;
	row->agent.kind = PERSON_NATURAL;
	st = person_rules(c, "agent", &row->agent);
	if (!st && str_eq(row->agent.number, row->applicant.number))
		return broken(c, "agent", "number",
			      "is the applicant's: who applies himself has no agent");
	return st;
}

/* --- the form --- */

/* In a draft, what is required may still be missing: the first other rule that is broken, NULL: there is none. */
static const struct form_problem *beyond_missing(const struct form_problems *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (!str_eq(p->list[i].rule, "required"))
			return &p->list[i];
	/* There may be others behind those that are kept. */
	return p->count < FORM_PROBLEMS_MAX ? NULL : &p->list[0];
}

static enum status below_form(struct call *c, enum status st)
{
	if (st != ST_BAD_INPUT)
		return st;
	const char *at = c->problem_at ? arena_printf(c->arena, "form.%s", c->problem_at) : "form";
	const char *why = arena_strdup(c->arena, c->problem);
	call_forgive(c);
	return fail(c, st, at, "form: %s", why);
}

static enum status data_of(struct call *c, const char *text, json_t **out)
{
	const char *s = text ? text : "{}";

	return below_form(c, json_parse(c, s, strlen(s), out));
}

static enum status kept(struct call *c, const json_t *data, const char **out)
{
	char *s = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);

	if (!s)
		return fail(c, ST_INTERNAL, NULL, "no memory for the form");
	*out = arena_strdup(c->arena, s);
	free(s);
	return ST_OK;
}

enum status form_rules(struct call *c, const struct hall_item *item, bool whole, const char **form)
{
	struct form_problems problems = { 0 };
	struct form *f = NULL;
	json_t *given = NULL, *data = NULL;
	enum status st = data_of(c, *form, &given);

	if (st)
		return st;
	if (!item->form) {
		*form = "{}";
		return json_object_size(given) == 0
			       ? ST_OK
			       : fail(c, ST_BAD_INPUT, "form", "form: the item has none");
	}
	st = form_read(c, item->form, strlen(item->form), &f);
	if (!st)
		st = form_check(c, f, NULL, 0, NULL, given, &data, &problems);
	if (st == ST_BAD_INPUT && !whole && problems.count) {
		const struct form_problem *p = beyond_missing(&problems);
		call_forgive(c);
		st = p ? fail(c, ST_BAD_INPUT, p->path, "%s: %s", p->rule, p->text) : ST_OK;
		data = given;
	}
	return st ? below_form(c, st) : kept(c, data, form);
}

/* --- all of it --- */

enum status case_needs(struct call *c, const struct hall_item *item, const struct case_row *row,
		       struct hall_needs *out)
{
	json_t *data = NULL;
	enum status st = data_of(c, row->form, &data);

	return st ? st : hall_needs_of(c, item, row->answers, data, out);
}

static enum status may_apply(struct call *c, const struct hall_needs *needs)
{
	struct buf why = { .arena = c->arena };

	for (size_t i = 0; i < needs->reasons.count; i++)
		buf_printf(&why, "%s%s", i ? "; " : "", needs->reasons.list[i]);
	if (needs->eligible == TRUTH_NO)
		return fail(c, ST_BAD_INPUT, "answers",
			    "answers: one may not apply by the item's conditions: %s",
			    buf_text(&why));
	if (needs->missing.count) {
		const char *at = arena_printf(c->arena, "answers.%.100s", needs->missing.list[0]);
		return fail(c, ST_BAD_INPUT, at,
			    "%s is needed to tell whether one may apply, and with what", at);
	}
	return ST_OK;
}

static bool has_file(const struct case_material *files, size_t n, const char *code)
{
	for (size_t i = 0; i < n; i++)
		if (str_eq(files[i].code, code))
			return true;
	return false;
}

enum status case_complete(struct call *c, const struct hall_item *item, struct case_row *row,
			  const struct case_material *files, size_t n)
{
	struct hall_needs needs = { 0 };
	enum status st = people_rules(c, item, row);

	if (!st)
		st = form_rules(c, item, true, &row->form);
	if (!st)
		st = case_needs(c, item, row, &needs);
	if (!st)
		st = may_apply(c, &needs);
	for (size_t i = 0; !st && i < item->materials_count; i++) {
		const struct hall_material *m = &item->materials[i];
		if (m->necessity != MATERIAL_OPTIONAL && needs.materials[i] != TRUTH_NO &&
		    !has_file(files, n, m->code))
			st = fail(c, ST_BAD_INPUT, arena_printf(c->arena, "materials.%s", m->code),
				  "materials.%s: %s is wanted 必要材料", m->code, m->name);
	}
	return st;
}
