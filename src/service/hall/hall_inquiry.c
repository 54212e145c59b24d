/* SPDX-License-Identifier: Apache-2.0 */
/* May I apply, for what, with what, and for how much? The answers of a questionnaire are held to the conditions of
 * an item, or of a theme and all its items; what they do not settle yet is unknown, and says which answers it
 * waits for. Nobody need be signed in, and nothing is kept. */
#include "service/hall/hall_private.h"

/* Of an item's needs: unknown weighs more than no. */
static int either(int a, int b)
{
	if (a == TRUTH_YES || b == TRUTH_YES)
		return TRUTH_YES;
	return a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_NO;
}

static int both(int a, int b)
{
	if (a == TRUTH_NO || b == TRUTH_NO)
		return TRUTH_NO;
	return a == TRUTH_UNKNOWN || b == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : TRUTH_YES;
}

/* --- one item --- */

struct item_answer {
	struct judged judged;
	struct words missing;
	int *materials; /* enum truth, of each material */
};

/* A material is needed when its condition says so, and when the decision, if it lists materials, lists it. */
static enum status ask_materials(struct inquiry *q, const struct hall_item *item,
				 struct item_answer *out)
{
	enum status st = ST_OK;

	out->materials = arena_array(q->c->arena, item->materials_count + 1, sizeof(int));
	for (size_t i = 0; !st && i < item->materials_count; i++) {
		st = inquiry_truth(q, item->materials[i].when, &out->materials[i]);
		if (out->judged.has_materials &&
		    !words_have(&out->judged.materials, item->materials[i].code))
			out->materials[i] = TRUTH_NO;
		if (out->judged.open_materials)
			out->materials[i] = both(out->materials[i], TRUTH_UNKNOWN);
	}
	return st;
}

static enum status ask_fees(struct inquiry *q, const struct hall_item *item, int included,
			    struct inquired *all)
{
	enum status st = ST_OK;

	for (size_t i = 0; !st && i < item->fees_count; i++) {
		const struct hall_fee *fee = &item->fees[i];
		struct fee_found *f = &all->fees[all->fees_count];
		*f = (struct fee_found){ .item = item->handle_code,
					 .name = fee->name,
					 .standard = fee->standard,
					 .amount = INT_NULL,
					 .waived = TRUTH_NO };
		st = inquiry_amount(q, fee->amount, &f->amount);
		if (!st && fee->waiver)
			st = inquiry_truth(q, fee->waiver, &f->waived);
		if (included == TRUTH_NO)
			continue;
		all->fees_count++;
		/* Nothing of it, if it is waived; else the sum is known when each part is. */
		if (f->waived == TRUTH_YES)
			continue;
		if (f->amount == INT_NULL || f->waived == TRUTH_UNKNOWN ||
		    included == TRUTH_UNKNOWN)
			all->total = INT_NULL;
		else if (all->total != INT_NULL)
			all->total += f->amount;
	}
	return st;
}

static void explain(struct buf *b, const char *of, const struct judged *j)
{
	if (!j->explanation)
		return;
	struct json_out out = json_to(b);
	buf_char(b, b->size > 1 ? ',' : '[');
	json_object_begin(&out);
	json_put_str(&out, "of", of);
	json_members(&out, j->explanation);
	json_object_end(&out);
}

static enum status ask_item(struct inquiry *q, const struct hall_item *item, int included,
			    struct inquired *all, struct item_answer *out)
{
	enum status st = inquiry_judge(q, item->decision, &out->judged);

	if (!st)
		st = ask_materials(q, item, out);
	if (!st)
		st = ask_fees(q, item, included, all);
	out->missing = q->missing;
	return st;
}

/* What stands in the way, whatever is answered. */
static void bar(struct call *c, struct theme_part *p)
{
	const char *why = p->state == HALL_SUSPENDED   ? "暂停办理 suspended"
			  : p->state == HALL_WITHDRAWN ? "已取消 withdrawn"
			  : !p->in_force               ? "不在有效期内 not in force today"
						       : NULL;

	if (!why)
		return;
	p->eligible = TRUTH_NO;
	words_add(c->arena, &p->reasons, why);
}

enum status item_inquire(struct call *c, const struct guide_key *in, struct inquired *out)
{
	struct hall_published p = { 0 };
	struct facts f = { 0 };
	struct item_answer answer = { 0 };
	struct hall_entry e = { 0 };
	json_t *answers = NULL;
	enum status st = guide_entry(c, HALL_ITEM, in->code, &e);

	if (!st)
		st = hall_item_of(c, in->code, in->version, &p);
	if (!st)
		st = item_facts(c, &p.item, &f);
	if (!st)
		st = facts_read(c, &f, in->answers, &answers);
	struct inquired all = { .fees = arena_array(c->arena, p.item.fees_count + 1,
						    sizeof *all.fees) };
	if (st)
		return st;
	struct inquiry q = inquiry_of(c, inquiry_run(c), &f, answers);
	st = ask_item(&q, &p.item, TRUTH_YES, &all, &answer);
	if (st)
		return st;
	struct theme_part *part = arena_alloc(c->arena, sizeof *part);
	*part = item_part(c, &e, p.number, &p.item);
	part->included = TRUTH_YES;
	part->eligible = answer.judged.eligible;
	part->reasons = answer.judged.reasons;
	bar(c, part);
	all.eligible = part->eligible;
	all.reasons = part->reasons;
	all.missing = answer.missing;
	all.items = part;
	all.items_count = 1;
	all.materials = arena_array(c->arena, p.item.materials_count + 1, sizeof *all.materials);
	all.materials_count = p.item.materials_count;
	for (size_t i = 0; i < p.item.materials_count; i++) {
		struct need *need = arena_alloc(c->arena, sizeof *need);
		*need = (struct need){ p.code, p.item.materials[i].code, answer.materials[i] };
		all.materials[i] = (struct merged_material){ p.item.materials[i], need, 1,
							     answer.materials[i] };
	}
	struct buf b = { .arena = c->arena };
	explain(&b, p.code, &answer.judged);
	buf_str(&b, b.size ? "]" : "[]");
	all.explanation = buf_text(&b);
	all.form = p.item.form;
	*out = all;
	return ST_OK;
}

/* A field of the form counts by its name, as a question does: the item's rules keep them apart. */
static enum status add_fields(struct call *c, const struct facts *f, const json_t *form,
			      json_t *answers)
{
	const char *name;
	json_t *v;

	/* const: the values are shared, and only counted. */
	json_object_foreach((json_t *)(uintptr_t)form, name, v)
	{
		if (facts_know(f, name) && json_object_set(answers, name, v))
			return fail(c, ST_INTERNAL, NULL, "no memory for the answers");
	}
	return ST_OK;
}

enum status hall_needs_of(struct call *c, const struct hall_item *item, const char *answers,
			  const json_t *form, struct hall_needs *out)
{
	struct inquired fees = { .fees = arena_array(c->arena, item->fees_count + 1,
						     sizeof *fees.fees) };
	struct item_answer answer = { 0 };
	struct facts f = { 0 };
	json_t *all = NULL;
	enum status st = item_facts(c, item, &f);

	if (!st)
		st = facts_read(c, &f, answers, &all);
	if (!st && form)
		st = add_fields(c, &f, form, all);
	if (st)
		return st;
	struct inquiry q = inquiry_of(c, inquiry_run(c), &f, all);
	st = ask_item(&q, item, TRUTH_YES, &fees, &answer);
	if (!st)
		*out = (struct hall_needs){ answer.judged.eligible, answer.judged.reasons,
					    answer.missing, answer.materials };
	return st;
}

/* --- a theme --- */

struct theme_question {
	struct call *c;
	const struct theme_read *r;
	const json_t *answers;
	struct judged judged; /* by the theme's own decision */
	struct inquired all;
	struct buf explanation;
};

/* The theme's name of what an item was not answered. */
static void add_missing(struct theme_question *q, const char *item, const struct words *names)
{
	for (size_t i = 0; i < names->count; i++)
		words_add(q->c->arena, &q->all.missing,
			  item ? merged_name(&q->r->theme, item, names->list[i]) : names->list[i]);
}

static void note_needs(struct theme_question *q, const struct hall_item *item, int included,
		       const int *states)
{
	for (size_t i = 0; i < q->all.materials_count; i++) {
		struct merged_material *m = &q->all.materials[i];
		for (size_t k = 0; k < m->needs_count; k++) {
			if (!str_eq(m->needs[k].item, item->handle_code))
				continue;
			for (size_t n = 0; n < item->materials_count; n++)
				if (str_eq(item->materials[n].code, m->needs[k].code))
					m->needs[k].state = both(included, states[n]);
			m->state = either(m->state, m->needs[k].state);
		}
	}
}

static enum status ask_part(struct theme_question *q, struct inquiry *whole, size_t i)
{
	struct call *c = q->c;
	struct theme_part *p = &q->r->parts[i];
	const struct hall_item *item = q->r->items[i];
	struct item_answer answer = { 0 };
	struct facts f = { 0 };
	enum status st = inquiry_truth(whole, p->when, &p->included);

	if (!st && q->judged.has_items && !words_have(&q->judged.items, p->code))
		p->included = TRUTH_NO;
	if (!st && q->judged.open_items)
		p->included = both(p->included, TRUTH_UNKNOWN);
	if (!st && item)
		st = item_facts(c, item, &f);
	if (st)
		return st;
	if (!item) {
		bar(c, p);
		return ST_OK;
	}
	struct inquiry own = inquiry_of(c, whole->run, &f,
					answers_for(c, &q->r->theme, p->code, &f, q->answers));
	st = ask_item(&own, item, p->included, &q->all, &answer);
	if (st)
		return st;
	p->eligible = answer.judged.eligible;
	p->reasons = answer.judged.reasons;
	bar(c, p);
	note_needs(q, item, p->included, answer.materials);
	if (p->included != TRUTH_NO) {
		add_missing(q, p->code, &answer.missing);
		explain(&q->explanation, p->code, &answer.judged);
	}
	return ST_OK;
}

/* One may apply for the theme who may apply for it as such, and for each item of it that is wanted. */
static void sum_up(struct theme_question *q)
{
	struct inquired *all = &q->all;
	int any = TRUTH_NO;

	all->eligible = q->judged.eligible;
	all->reasons = q->judged.reasons;
	for (size_t i = 0; i < all->items_count; i++) {
		const struct theme_part *p = &all->items[i];
		any = either(any, p->included);
		if (p->included == TRUTH_NO)
			continue;
		/* An item that is perhaps not wanted does not stand in the way yet. */
		all->eligible =
			both(all->eligible, p->included == TRUTH_UNKNOWN && p->eligible == TRUTH_NO
						    ? TRUTH_UNKNOWN
						    : p->eligible);
		for (size_t k = 0; p->included == TRUTH_YES && k < p->reasons.count; k++)
			words_add(q->c->arena, &all->reasons,
				  arena_printf(q->c->arena, "%s: %s", p->name, p->reasons.list[k]));
	}
	all->eligible = both(all->eligible, any);
	if (any == TRUTH_NO)
		words_add(q->c->arena, &all->reasons, "没有需要办理的事项 no item is wanted");
	buf_str(&q->explanation, q->explanation.size ? "]" : "[]");
	all->explanation = buf_text(&q->explanation);
}

static void bar_theme(struct theme_question *q)
{
	struct theme_part self = { .state = q->r->entry.state,
				   .in_force = hall_in_force(q->c, q->r->theme.effective_from,
							     q->r->theme.effective_to),
				   .eligible = q->judged.eligible,
				   .reasons = q->judged.reasons };

	bar(q->c, &self);
	q->judged.eligible = self.eligible;
	q->judged.reasons = self.reasons;
}

/* The form of the items that are wanted, or may be. */
static enum status wanted_form(struct theme_question *q)
{
	size_t n = q->all.items_count;
	const struct hall_item **items = arena_array(q->c->arena, n + 1, sizeof *items);
	struct merged m = { 0 };

	for (size_t i = 0; i < n; i++)
		if (q->all.items[i].included != TRUTH_NO)
			items[i] = q->r->items[i];
	enum status st = theme_merge_form(q->c, &q->r->theme, items, &m);
	q->all.form = m.form;
	return st;
}

enum status theme_inquire(struct call *c, const struct guide_key *in, struct inquired *out)
{
	struct theme_read r = { 0 };
	struct merged m = { 0 };
	json_t *answers = NULL;
	enum status st = guide_theme(c, in, &r);

	if (!st)
		st = theme_merge(c, &r.theme, r.items, &m);
	const struct facts f = { m.questions, m.questions_count, m.form_read };
	if (!st)
		st = facts_read(c, &f, in->answers, &answers);
	if (st)
		return st;
	struct theme_question q = {
		.c = c, .r = &r, .answers = answers, .explanation.arena = c->arena
	};
	struct inquiry whole = inquiry_of(c, inquiry_run(c), &f, answers);
	q.all = (struct inquired){ .items = r.parts,
				   .items_count = r.theme.items_count,
				   .materials = m.materials,
				   .materials_count = m.materials_count,
				   .fees = arena_array(c->arena,
						       HALL_THEME_ITEMS_MAX * HALL_LIST_MAX + 1,
						       sizeof *q.all.fees) };
	for (size_t i = 0; i < m.materials_count; i++)
		m.materials[i].state = TRUTH_NO;
	st = inquiry_judge(&whole, r.theme.decision, &q.judged);
	bar_theme(&q);
	explain(&q.explanation, r.theme.code, &q.judged);
	for (size_t i = 0; !st && i < r.theme.items_count; i++)
		st = ask_part(&q, &whole, i);
	add_missing(&q, NULL, &whole.missing);
	if (!st)
		st = wanted_form(&q);
	if (st)
		return st;
	sum_up(&q);
	*out = q.all;
	return ST_OK;
}
