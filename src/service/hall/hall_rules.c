/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold of an item: its codes (GB/T 39554.1-2020), its terms (行政许可法 arts. 42 and 44), and that every
 * condition in it speaks of what is asked. Every refusal names the field and the rule. */
#include <stdarg.h>
#include "base/clock.h"
#include "data/catalogue/catalogue.h"
#include "service/hall/hall_private.h"

enum { WORD_LENGTH_MAX = 50 };

enum status rule_broken(struct call *c, const char *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	const char *rule = arena_vprintf(c->arena, fmt, ap);
	va_end(ap);
	return fail(c, ST_BAD_INPUT, at, "%s: %s", at, rule);
}

bool text_blank(const char *s)
{
	return !s || s[strspn(s, " \t\r\n")] == '\0';
}

#define AT(...) arena_printf(c->arena, __VA_ARGS__)

/* --- rules that items and themes share --- */

enum status words_rules(struct call *c, const char *at, const struct words *w,
			const char *const *among)
{
	for (size_t i = 0; i < w->count; i++) {
		const char *here = AT("%s[%zu]", at, i);
		if (among && !hall_word_among(among, w->list[i]))
			return rule_broken(c, here, "is none of %s, %s, %s…", among[0], among[1],
					   among[2]);
		if (text_blank(w->list[i]))
			return rule_broken(c, here, "may not be empty");
		if (utf8_length(w->list[i]) > WORD_LENGTH_MAX)
			return rule_broken(c, here, "has more than %d characters", WORD_LENGTH_MAX);
		for (size_t k = 0; k < i; k++)
			if (str_eq(w->list[i], w->list[k]))
				return rule_broken(c, here, "stands in the list already");
	}
	if (among && !w->count)
		return rule_broken(c, at, "names one at least");
	return ST_OK;
}

enum status effective_rules(struct call *c, const char *from, const char *to)
{
	int32_t first = 0, last = 0;

	if (from && !date_parse(from, &first))
		return rule_broken(c, "effective_from", "is a date of the calendar, CCYY-MM-DD");
	if (to && !date_parse(to, &last))
		return rule_broken(c, "effective_to", "is a date of the calendar, CCYY-MM-DD");
	if (from && to && last < first)
		return rule_broken(c, "effective_to", "is before effective_from");
	return ST_OK;
}

enum status key_rules(struct call *c, const char *at, const char *key)
{
	if (key && !*key)
		return rule_broken(c, at, "may not be empty; leave it out");
	for (const char *p = key ? key : ""; *p; p++)
		if ((unsigned char)*p <= ' ' || *p == 0x7f)
			return rule_broken(c, at, "a key has no spaces");
	return ST_OK;
}

/* A plain name of FEEL: one that is read as itself wherever it stands, and is no word or function of the
 * language. */
static bool is_name(struct call *c, const char *key)
{
	struct facts only = { &(struct hall_question){ .key = key }, 1, NULL };

	for (const char *p = key; *p; p++) {
		bool letter = ((*p | 0x20) >= 'a' && (*p | 0x20) <= 'z') || *p == '_' ||
			      (unsigned char)*p >= 0x80;
		if (!letter && (p == key || *p < '0' || *p > '9'))
			return false;
	}
	bool good = !facts_allow(c, &only, "key", key) && facts_names(c, key, key);
	call_forgive(c);
	return good;
}

enum status questions_rules(struct call *c, const struct hall_question *q, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_name(c, q[i].key))
			return rule_broken(
				c, AT("questions[%zu].key", i),
				"is a name for conditions: letters, digits and _, no digit "
				"first, no word of FEEL");
		for (size_t k = 0; k < i; k++)
			if (str_eq(q[i].key, q[k].key))
				return rule_broken(c, AT("questions[%zu].key", i),
						   "another question has this key");
		if (text_blank(q[i].text))
			return rule_broken(c, AT("questions[%zu].text", i), "may not be empty");
		if (q[i].kind == ASK_CHOICE && q[i].choices.count < 2)
			return rule_broken(c, AT("questions[%zu].choices", i),
					   "a choice has two at least");
		if (q[i].kind != ASK_CHOICE && q[i].choices.count)
			return rule_broken(c, AT("questions[%zu].choices", i),
					   "only a question of kind choice has them");
		enum status st =
			words_rules(c, AT("questions[%zu].choices", i), &q[i].choices, NULL);
		if (st)
			return st;
	}
	return ST_OK;
}

static bool is_url(const char *s)
{
	return !s || str_starts(s, "https://") || str_starts(s, "http://") || s[0] == '/';
}

/* --- codes --- */

static bool digits(const char *s, size_t n)
{
	return strlen(s) == n && strspn(s, "0123456789") == n;
}

/* A code may be given, and is then what it must be. */
static enum status derive(struct call *c, const char *at, const char *what, const char **code,
			  const char *is)
{
	if (*code && !str_eq(*code, is))
		return rule_broken(c, at, "%s is %s here (leave it out to have it made)", what, is);
	*code = is;
	return ST_OK;
}

static enum status check_codes(struct call *c, const char *office_code, struct hall_item *item)
{
	if (!digits(item->base_code, 12))
		return rule_broken(
			c, "base_code",
			"基本编码 is 12 digits: 2 of the area, 2 of the type, 8 of the item");
	if (strncmp(item->base_code + 2, hall_type_digits(item->type), 2))
		return rule_broken(c, "base_code",
				   "digits 3 and 4 are %s for the type %s, not %.2s",
				   hall_type_digits(item->type), hall_type_words[item->type],
				   item->base_code + 2);
	if (item->parent_code && !digits(item->parent_code, 12))
		return rule_broken(c, "parent_code", "基本编码 is 12 digits");
	if (str_eq(item->parent_code, item->base_code))
		return rule_broken(c, "parent_code", "an item is no part of itself");
	enum status st =
		derive(c, "impl_code", "实施编码", &item->impl_code,
		       AT("%s%c%s", office_code, hall_level_digit(item->level), item->base_code));
	return st ? st
		  : derive(c, "handle_code", "业务办理项编码", &item->handle_code,
			   AT("%s%02d", item->impl_code, (int)item->handle_number));
}

/* --- terms --- */

static enum status check_term(struct call *c, const struct hall_item *item)
{
	bool legal = item->legal_days != INT_NULL;

	if (item->legal_unit == UNIT_MINUTE)
		return rule_broken(c, "legal_unit", "法定办结时限 is in working-day or day");
	if (item->case_type == CASE_AT_ONCE) {
		if (item->promise_unit != UNIT_MINUTE && item->promise_days)
			return rule_broken(
				c, "promise_days",
				"即办件 is done at once: 0 days, or a number of minutes");
		return ST_OK;
	}
	if (item->promise_unit == UNIT_MINUTE)
		return rule_broken(c, "promise_unit", "only 即办件 promises minutes");
	if (item->case_type == CASE_PROMISED && !item->promise_days)
		return rule_broken(c, "promise_days", "承诺件 promises one day at least");
	if (legal && item->promise_unit != item->legal_unit)
		return rule_broken(c, "promise_unit",
				   "承诺办结时限 is in the unit of 法定办结时限, which is %s",
				   hall_unit_words[item->legal_unit]);
	if (legal && item->promise_days > item->legal_days)
		return rule_broken(c, "promise_days",
				   "承诺办结时限 of %lld is longer than 法定办结时限 of %lld",
				   (long long)item->promise_days, (long long)item->legal_days);
	return ST_OK;
}

static enum status check_steps(struct call *c, const struct hall_item *item)
{
	/* Minutes leave no room for a step that takes days. */
	int64_t most = item->promise_unit == UNIT_MINUTE ? 0 : item->promise_days, sum = 0;

	for (size_t i = 0; i < item->steps_count; i++) {
		if (text_blank(item->steps[i].name))
			return rule_broken(c, AT("steps[%zu].name", i), "may not be empty");
		sum += item->steps[i].days;
		if (sum > most)
			return rule_broken(c, AT("steps[%zu].days", i),
					   "the steps together take longer than is promised");
	}
	return ST_OK;
}

/* --- materials, fees --- */

static enum status check_material(struct call *c, const struct facts *f,
				  const struct hall_item *item, size_t i)
{
	const struct hall_material *m = &item->materials[i];
	enum status st;

	if (text_blank(m->name))
		return rule_broken(c, AT("materials[%zu].name", i), "may not be empty");
	if (text_blank(m->code) || key_rules(c, AT("materials[%zu].code", i), m->code))
		return rule_broken(c, AT("materials[%zu].code", i), "is a word without spaces");
	for (size_t k = 0; k < i; k++) {
		const struct hall_material *other = &item->materials[k];
		if (str_eq(m->code, other->code))
			return rule_broken(c, AT("materials[%zu].code", i),
					   "another material of the item has this code");
		if (m->kind && str_eq(m->kind, other->kind))
			return rule_broken(c, AT("materials[%zu].kind", i),
					   "another material of the item is of this kind");
	}
	st = key_rules(c, AT("materials[%zu].kind", i), m->kind);
	if (!st)
		st = words_rules(c, AT("materials[%zu].forms", i), &m->forms, hall_form_words);
	if (st)
		return st;
	if (m->source == SOURCE_GOVERNMENT && text_blank(m->licence_type) &&
	    m->necessity == MATERIAL_REQUIRED && m->forms.count == 1 &&
	    str_eq(m->forms.list[0], "electronic"))
		return rule_broken(
			c, AT("materials[%zu].licence_type", i),
			"what the government issues and takes electronically only names its "
			"electronic certificate");
	if (!is_url(m->template_url))
		return rule_broken(c, AT("materials[%zu].template_url", i),
				   "begins with https://, http:// or /");
	if (!is_url(m->sample_url))
		return rule_broken(c, AT("materials[%zu].sample_url", i),
				   "begins with https://, http:// or /");
	return m->when ? facts_allow(c, f, AT("materials[%zu].when", i), m->when) : ST_OK;
}

static enum status check_fees(struct call *c, const struct facts *f, const struct hall_item *item)
{
	enum status st = ST_OK;

	if (item->fee && !item->fees_count)
		return rule_broken(c, "fees",
				   "an item with a fee names it, its standard and its basis");
	if (!item->fee && item->fees_count)
		return rule_broken(c, "fee", "is false, and there are fees");
	for (size_t i = 0; !st && i < item->fees_count; i++) {
		const struct hall_fee *fee = &item->fees[i];
		if (text_blank(fee->name))
			return rule_broken(c, AT("fees[%zu].name", i), "may not be empty");
		if (text_blank(fee->basis))
			return rule_broken(c, AT("fees[%zu].basis", i),
					   "nothing is charged without a 收费依据");
		st = facts_allow(c, f, AT("fees[%zu].amount", i), fee->amount);
		if (!st && fee->waiver)
			st = facts_allow(c, f, AT("fees[%zu].waiver", i), fee->waiver);
	}
	return st;
}

/* --- form, result, the rest --- */

enum status item_facts(struct call *c, const struct hall_item *item, struct facts *out)
{
	struct form *form = NULL;
	enum status st = ST_OK;

	if (item->form) {
		st = form_read(c, item->form, strlen(item->form), &form);
		if (st)
			return hall_below(c, st, "form");
	}
	*out = (struct facts){ item->questions, item->questions_count, form };
	return ST_OK;
}

static enum status check_form(struct call *c, const struct hall_item *item, struct facts *f)
{
	if (item->form_key && item->form)
		return rule_broken(c, "form_key", "a form has a key or a schema, not both");
	if (item->form_key && !item->process_key)
		return rule_broken(c, "form_key",
				   "names a form of the process: process_key is missing");
	enum status st = key_rules(c, "process_key", item->process_key);
	if (!st)
		st = key_rules(c, "form_key", item->form_key);
	if (!st)
		st = item_facts(c, item, f);
	for (size_t i = 0; !st && f->form && i < item->questions_count; i++)
		if (form_has(f->form, item->questions[i].key))
			return rule_broken(c, AT("questions[%zu].key", i),
					   "a field of the form has this name");
	return st;
}

static enum status check_texts(struct call *c, const struct hall_item *item)
{
	if (text_blank(item->name))
		return rule_broken(c, "name", "事项名称 may not be empty");
	if (text_blank(item->conditions))
		return rule_broken(c, "conditions", "受理条件 may not be empty");
	if (!item->basis_count)
		return rule_broken(c, "basis", "设定依据 names one law or document at least");
	for (size_t i = 0; i < item->basis_count; i++)
		if (text_blank(item->basis[i].law))
			return rule_broken(c, AT("basis[%zu].law", i), "may not be empty");
	if (item->valid_days != INT_NULL && !item->result_type)
		return rule_broken(c, "valid_days", "there is no result_type that it is of");
	if (!is_url(item->result_sample))
		return rule_broken(c, "result_sample", "begins with https://, http:// or /");
	return key_rules(c, "result_type", item->result_type);
}

static enum status check_channels(struct call *c, const struct hall_item *item)
{
	bool window = false, web = false;
	enum status st = words_rules(c, "channels", &item->channels, hall_channel_words);

	for (size_t i = 0; !st && i < item->channels.count; i++) {
		window = window || str_eq(item->channels.list[i], "window");
		web = web || !str_eq(item->channels.list[i], "window");
	}
	for (size_t i = 0; !st && i < item->places_count; i++)
		if (text_blank(item->places[i].name) || text_blank(item->places[i].address))
			return rule_broken(c, AT("places[%zu].address", i),
					   "办理地点 has a name and an address");
	if (!st && window && !item->places_count)
		return rule_broken(c, "places", "where there is a window there is a 办理地点");
	if (!st && item->online_depth >= 3 && !web)
		return rule_broken(c, "online_depth",
				   "3 and 4 are handled on-line, and no channel but the window is");
	if (!st && item->online_depth == 4 && item->visits_max)
		return rule_broken(c, "visits_max", "depth 4 全程网办 needs no visit");
	return st;
}

enum status item_rules(struct call *c, const char *office_code, struct hall_item *item)
{
	struct facts f = { 0 };
	enum status st = check_codes(c, office_code, item);

	if (!st)
		st = check_texts(c, item);
	if (!st)
		st = words_rules(c, "subjects", &item->subjects, hall_subject_words);
	if (!st)
		st = words_rules(c, "keywords", &item->keywords, NULL);
	if (!st)
		st = check_term(c, item);
	if (!st)
		st = check_steps(c, item);
	if (!st)
		st = check_channels(c, item);
	if (!st)
		st = effective_rules(c, item->effective_from, item->effective_to);
	if (!st)
		st = questions_rules(c, item->questions, item->questions_count);
	if (!st)
		st = check_form(c, item, &f);
	for (size_t i = 0; !st && i < item->materials_count; i++)
		st = check_material(c, &f, item, i);
	if (!st)
		st = check_fees(c, &f, item);
	if (!st && item->decision)
		st = facts_allow_decision(c, &f, item->decision);
	return st;
}

enum status hall_below(struct call *c, enum status st, const char *at)
{
	if (!st || st == ST_INTERNAL || st == ST_RETRY || !c->problem[0])
		return st;
	const char *problem = arena_strdup(c->arena, c->problem);
	const char *place = c->problem_at ? AT("%s.%s", at, c->problem_at) : at;
	call_forgive(c);
	return fail(c, st, place, "%s: %s", at, problem);
}
