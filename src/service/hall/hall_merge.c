/* SPDX-License-Identifier: Apache-2.0 */
/* Several items as one 一件事: what is asked is asked once, and so is every material. Two items may use one name
 * for two things, so names meet only where the theme says so; all else is a conflict, told and not guessed. */
#include <stdlib.h>
#include "base/text.h"
#include "service/hall/hall_merge_private.h"

#define AT(...) arena_printf(c->arena, __VA_ARGS__)

/* --- names --- */

static const struct hall_theme_field *row_of(const struct hall_theme *t, const char *item,
					     const char *name)
{
	for (size_t i = 0; i < t->fields_count; i++)
		if (str_eq(t->fields[i].to, name) && str_eq(t->fields[i].item, item))
			return &t->fields[i];
	return NULL;
}

const char *merged_name(const struct hall_theme *t, const char *item, const char *name)
{
	const struct hall_theme_field *row = row_of(t, item, name);

	return row ? row->field : name;
}

/* Where a name of the theme comes from. */
struct source {
	const char *name;              /* in the theme */
	const char *own;               /* in the item */
	size_t item;                   /* OF_THEME: a question of the theme itself */
	const struct hall_question *q; /* NULL: a field of the form */
	bool told; /* a row of the theme's fields, or the theme itself, says so */
	size_t order;
};
#define OF_THEME SIZE_MAX

struct sources {
	struct source *list;
	size_t count, room;
};

static void add_source(struct call *c, struct sources *all, struct source s)
{
	if (all->count == all->room) {
		size_t room = all->room ? 2 * all->room : 64;
		all->list = arena_grow(c->arena, all->list, all->room * sizeof s, room * sizeof s);
		all->room = room;
	}
	s.order = all->count;
	all->list[all->count++] = s;
}

static void add_of_item(struct call *c, const struct hall_theme *t, size_t i, const char *own,
			const struct hall_question *q, struct sources *all)
{
	const struct hall_theme_field *row = row_of(t, t->items[i].code, own);

	add_source(c, all,
		   (struct source){ .name = row ? row->field : own,
				    .own = own,
				    .item = i,
				    .q = q,
				    .told = row != NULL });
}

static enum status gather(struct call *c, const struct hall_theme *t,
			  const struct hall_item *const *items, struct sources *all)
{
	for (size_t i = 0; i < t->questions_count; i++)
		add_source(c, all,
			   (struct source){ t->questions[i].key, t->questions[i].key, OF_THEME,
					    &t->questions[i], true, 0 });
	for (size_t i = 0; i < t->items_count; i++) {
		struct words fields = { 0 };
		if (!items[i])
			continue;
		for (size_t k = 0; k < items[i]->questions_count; k++)
			add_of_item(c, t, i, items[i]->questions[k].key, &items[i]->questions[k],
				    all);
		enum status st = form_names(c, items[i]->form, &fields);
		if (st)
			return hall_below(c, st, AT("items[%zu]", i));
		for (size_t k = 0; k < fields.count; k++)
			add_of_item(c, t, i, fields.list[k], NULL, all);
	}
	return ST_OK;
}

static int by_name(const void *a_, const void *b_)
{
	const struct source *a = a_, *b = b_;
	int order = strcmp(a->name, b->name);

	return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

static const char *owner(struct call *c, const struct hall_theme *t, const struct source *s)
{
	return s->item == OF_THEME ? "the theme itself" : AT("item %s", t->items[s->item].code);
}

static bool same_choices(const struct words *a, const struct words *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (!str_eq(a->list[i], b->list[i]))
			return false;
	return true;
}

/* Whether two sources of one name can be one. */
static enum status meet(struct call *c, const struct hall_theme *t, const struct source *a,
			const struct source *b)
{
	const struct source *blame = b->item == OF_THEME ? a : b;
	const char *at = AT("items[%zu]", blame->item);

	if (!a->told || !b->told)
		return rule_broken(
			c, at,
			"'%s' is a name of %s and of %s: fields says that they are one, or "
			"gives one of them another name",
			a->name, owner(c, t, a), owner(c, t, b));
	if (!a->q != !b->q)
		return rule_broken(c, at,
				   "'%s' is a question of one and a field of the other (%s, %s)",
				   a->name, owner(c, t, a), owner(c, t, b));
	if (a->q && (a->q->kind != b->q->kind || !same_choices(&a->q->choices, &b->q->choices)))
		return rule_broken(
			c, at,
			"the question '%s' has another kind or other choices in %s than in "
			"%s",
			a->name, owner(c, t, b), owner(c, t, a));
	if (a->item != OF_THEME && a->item == b->item)
		return rule_broken(c, at, "'%s' and '%s' of one item are both '%s'", a->own, b->own,
				   a->name);
	return ST_OK;
}

static int in_order(const void *a_, const void *b_)
{
	const struct source *a = a_, *b = b_;

	return a->order < b->order ? -1 : a->order > b->order;
}

static enum status merge_questions(struct call *c, const struct hall_theme *t,
				   const struct hall_item *const *items, struct merged *out)
{
	struct sources all = { 0 };
	enum status st = gather(c, t, items, &all);
	size_t asked = 0;

	if (st || !all.count)
		return st;
	qsort(all.list, all.count, sizeof *all.list, by_name);
	struct source *ask = arena_array(c->arena, all.count, sizeof *ask);
	for (size_t i = 0, first = 0; !st && i < all.count; i++) {
		if (!str_eq(all.list[i].name, all.list[first].name))
			first = i;
		if (i > first)
			st = meet(c, t, &all.list[first], &all.list[i]);
		else if (all.list[i].q)
			ask[asked++] = all.list[i];
	}
	if (st)
		return st;
	qsort(ask, asked, sizeof *ask, in_order);
	out->questions = arena_array(c->arena, asked + 1, sizeof *out->questions);
	for (size_t i = 0; i < asked; i++) {
		out->questions[i] = *ask[i].q;
		out->questions[i].key = ask[i].name;
	}
	out->questions_count = asked;
	return ST_OK;
}

/* --- materials --- */

/* What is required is stricter than what may come later, and that than what may be left out. */
static int strictness(int necessity)
{
	return necessity == MATERIAL_REQUIRED ? 2 : necessity == MATERIAL_DEFERRABLE ? 1 : 0;
}

static enum status join_material(struct call *c, const char *at, struct hall_material *m,
				 const struct hall_material *other)
{
	if (m->source != other->source)
		return rule_broken(c, at,
				   "the material %s is of the kind %s, which another item has from "
				   "another source",
				   other->code, other->kind);
	if (m->licence_type && other->licence_type && !str_eq(m->licence_type, other->licence_type))
		return rule_broken(
			c, at,
			"the material %s is of the kind %s, for which another item takes "
			"another certificate",
			other->code, other->kind);
	if (strictness(other->necessity) > strictness(m->necessity))
		m->necessity = other->necessity;
	if (other->copies > m->copies)
		m->copies = other->copies;
	for (size_t i = 0; i < other->forms.count; i++)
		words_add(c->arena, &m->forms, other->forms.list[i]);
	if (!m->licence_type)
		m->licence_type = other->licence_type;
	if (!m->template_url)
		m->template_url = other->template_url;
	if (!m->sample_url)
		m->sample_url = other->sample_url;
	if (!m->review_points)
		m->review_points = other->review_points;
	else if (other->review_points && !str_eq(m->review_points, other->review_points))
		m->review_points = AT("%s\n%s", m->review_points, other->review_points);
	if (!str_eq(m->when, other->when))
		m->when = NULL; /* each item has its own; 'state' tells what comes of them */
	return ST_OK;
}

static struct merged_material *of_kind(struct merged *out, const char *kind)
{
	for (size_t i = 0; kind && i < out->materials_count; i++)
		if (str_eq(out->materials[i].material.kind, kind))
			return &out->materials[i];
	return NULL;
}

static void add_need(struct call *c, struct merged_material *m, struct need need)
{
	size_t n = m->needs_count;

	m->needs = arena_grow(c->arena, m->needs, n * sizeof need, (n + 1) * sizeof need);
	m->needs[m->needs_count++] = need;
}

static enum status merge_materials(struct call *c, const struct hall_theme *t,
				   const struct hall_item *const *items, struct merged *out)
{
	size_t most = 1;

	for (size_t i = 0; i < t->items_count; i++)
		most += items[i] ? items[i]->materials_count : 0;
	out->materials = arena_array(c->arena, most, sizeof *out->materials);
	for (size_t i = 0; i < t->items_count; i++) {
		for (size_t k = 0; items[i] && k < items[i]->materials_count; k++) {
			const struct hall_material *m = &items[i]->materials[k];
			struct merged_material *there = of_kind(out, m->kind);
			enum status st =
				there ? join_material(c, AT("items[%zu]", i), &there->material, m)
				      : ST_OK;
			if (st)
				return st;
			if (!there) {
				there = &out->materials[out->materials_count++];
				*there = (struct merged_material){ .material = *m,
								   .state = TRUTH_UNKNOWN };
				there->material.forms = (struct words){ 0 };
				for (size_t f = 0; f < m->forms.count; f++)
					words_add(c->arena, &there->material.forms,
						  m->forms.list[f]);
			}
			add_need(c, there,
				 (struct need){ t->items[i].code, m->code, TRUTH_UNKNOWN });
		}
	}
	return ST_OK;
}

enum status theme_merge(struct call *c, const struct hall_theme *t,
			const struct hall_item *const *items, struct merged *out)
{
	struct merged m = { 0 };
	enum status st = merge_questions(c, t, items, &m);

	if (!st)
		st = merge_materials(c, t, items, &m);
	if (!st)
		st = theme_merge_form(c, t, items, &m);
	if (!st)
		*out = m;
	return st;
}

/* --- answers --- */

static void drop_tree(void *tree)
{
	json_decref(tree);
}

json_t *tree_kept(struct call *c, json_t *tree)
{
	arena_defer(c->arena, drop_tree, tree);
	return tree;
}

json_t *answers_for(struct call *c, const struct hall_theme *t, const char *item,
		    const struct facts *f, const json_t *answers)
{
	json_t *own = tree_kept(c, json_object()), *v;
	const char *name;

	json_object_foreach((json_t *)answers, name, v)
	{
		if (facts_know(f, name) && str_eq(merged_name(t, item, name), name))
			json_object_set(own, name, v);
	}
	for (size_t i = 0; i < t->fields_count; i++) {
		const struct hall_theme_field *row = &t->fields[i];
		v = json_object_get(answers, row->field);
		if (v && str_eq(row->item, item))
			json_object_set(own, row->to, v);
	}
	return own;
}
