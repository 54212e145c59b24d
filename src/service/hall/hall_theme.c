/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of a theme 一件事: which items it merges, and that they can be merged. */
#include "base/text.h"
#include "service/hall/hall_private.h"

#define AT(...) arena_printf(c->arena, __VA_ARGS__)

static bool is_slug(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && s[0] != '-' &&
	       s[n - 1] != '-';
}

static enum status check_items(struct call *c, const struct hall_theme *t)
{
	size_t leads = 0;

	if (t->items_count < 2)
		return rule_broken(c, "items", "一件事 merges two items at least");
	for (size_t i = 0; i < t->items_count; i++) {
		for (size_t k = 0; k < i; k++)
			if (str_eq(t->items[i].code, t->items[k].code))
				return rule_broken(c, AT("items[%zu].code", i),
						   "the theme has this item already");
		leads += t->items[i].role == THEME_LEAD;
		if (leads > 1)
			return rule_broken(c, AT("items[%zu].role", i),
					   "one item leads 牵头; another does already");
	}
	if (!leads)
		return rule_broken(c, "items", "one item leads 牵头");
	return ST_OK;
}

static bool has_item(const struct hall_theme *t, const char *code)
{
	for (size_t i = 0; i < t->items_count; i++)
		if (str_eq(t->items[i].code, code))
			return true;
	return false;
}

static enum status check_fields(struct call *c, const struct hall_theme *t)
{
	for (size_t i = 0; i < t->fields_count; i++) {
		const struct hall_theme_field *row = &t->fields[i];
		if (!has_item(t, row->item))
			return rule_broken(c, AT("fields[%zu].item", i), "the theme has no item %s",
					   row->item);
		const struct hall_question q = { .key = row->field, .text = row->field };
		if (questions_rules(c, &q, 1)) {
			call_forgive(c);
			return rule_broken(
				c, AT("fields[%zu].field", i),
				"is a name for conditions: letters, digits and _, no digit "
				"first, no word or function of FEEL");
		}
		for (size_t k = 0; k < i; k++) {
			const struct hall_theme_field *other = &t->fields[k];
			if (!str_eq(row->item, other->item))
				continue;
			if (str_eq(row->to, other->to))
				return rule_broken(c, AT("fields[%zu].to", i),
						   "'%s' of the item is '%s' already", row->to,
						   other->field);
			if (str_eq(row->field, other->field))
				return rule_broken(c, AT("fields[%zu].field", i),
						   "'%s' and '%s' of one item cannot both be '%s'",
						   other->to, row->to, row->field);
		}
	}
	return ST_OK;
}

static enum status check_head(struct call *c, const struct hall_theme *t)
{
	if (!is_slug(t->code))
		return rule_broken(c, "code",
				   "stands in addresses: small letters, digits and - between them");
	if (text_blank(t->name))
		return rule_broken(c, "name", "may not be empty");
	enum status st = words_rules(c, "subjects", &t->subjects, hall_subject_words);
	if (!st)
		st = words_rules(c, "keywords", &t->keywords, NULL);
	if (!st)
		st = key_rules(c, "process_key", t->process_key);
	return st ? st : effective_rules(c, t->effective_from, t->effective_to);
}

enum status theme_rules(struct call *c, const struct hall_theme *t,
			const struct hall_item *const *merged)
{
	struct merged all = { 0 };
	enum status st = check_head(c, t);

	if (!st)
		st = check_items(c, t);
	if (!st)
		st = questions_rules(c, t->questions, t->questions_count);
	if (!st)
		st = check_fields(c, t);
	if (!st)
		st = theme_merge(c, t, merged, &all);
	const struct facts f = { all.questions, all.questions_count, all.form_read };
	for (size_t i = 0; !st && i < t->items_count; i++)
		if (merged[i] && t->items[i].when)
			st = facts_allow(c, &f, AT("items[%zu].when", i), t->items[i].when);
	if (!st && t->decision)
		st = facts_allow_decision(c, &f, t->decision);
	return st;
}

/* The item as everybody reads it; else, where that is enough, the draft that is being written. 'gone_too': what is
 * not published any more, for its department went, is left out, as the guide does; '*out' stays as it is. */
static enum status take_item(struct call *c, size_t i, const char *code, bool strict, bool gone_too,
			     const struct hall_item **out)
{
	struct hall_entry e = { 0 };
	struct hall_version v = { 0 };
	enum status st = entry_of_code(c, HALL_ITEM, code, &e);

	if (gone_too && (st == ST_NOT_FOUND || (!st && !e.published)))
		return ST_OK;
	if (st == ST_NOT_FOUND)
		return fail(c, ST_BAD_INPUT, AT("items[%zu].code", i),
			    "items[%zu].code: there is no item %s", i, code);
	if (!st && strict && !e.published)
		return fail(c, ST_CONFLICT, AT("items[%zu].code", i),
			    "items[%zu].code: %s is not published yet", i, code);
	/* A draft is its own department's to know of. */
	if (!st && !e.published && !str_eq(e.domain_id, c->actor.domain_id))
		return fail(c, ST_BAD_INPUT, AT("items[%zu].code", i),
			    "items[%zu].code: there is no item %s", i, code);
	if (!st)
		st = hall_version_read(c, e.id, e.published ? e.published : e.draft, &v);
	struct hall_content *t = arena_alloc(c->arena, sizeof *t);
	if (!st)
		st = hall_content_read(c, HALL_ITEM, v.body, t);
	*out = &t->item;
	return st;
}

enum status theme_rules_read(struct call *c, const struct hall_theme *t, bool strict,
			     const struct hall_item *instead)
{
	const struct hall_item **items = arena_array(c->arena, t->items_count + 1, sizeof *items);
	enum status st = check_items(c, t);

	for (size_t i = 0; !st && i < t->items_count; i++) {
		if (instead && str_eq(instead->handle_code, t->items[i].code))
			items[i] = instead;
		else
			st = take_item(c, i, t->items[i].code, strict, instead != NULL, &items[i]);
	}
	return st ? st : theme_rules(c, t, items);
}

enum status content_rules(struct call *c, const struct hall_office *o, bool strict,
			  struct hall_content *t)
{
	return t->kind == HALL_ITEM ? item_rules(c, o->code, &t->item)
				    : theme_rules_read(c, &t->theme, strict, NULL);
}
