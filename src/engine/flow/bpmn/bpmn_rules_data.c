/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of data and expressions (clauses 8.3.7, 10.4). */
#include "engine/flow/bpmn/bpmn_private.h"

#include <string.h>
#include "base/text.h"

/* EXT.012 and EXT.013: in an executable process an expression is a formal one and has a body. */
static void check_expression(const struct bpmn_element *e, struct bpmn_findings *out)
{
	if (!bpmn_executable(e) || e->parent->kind == BPMN_CONDITIONAL_DEFINITION)
		return;
	if (e->kind == BPMN_EXPRESSION)
		bpmn_find(
			out, "EXT.012", e,
			"%s in %s is natural language: an executable process needs a formal expression",
			e->tag, bpmn_who(e->parent));
	else if (!*e->text && !e->first)
		bpmn_find(out, "EXT.013", e, "%s in %s is empty", e->tag, bpmn_who(e->parent));
}

/* The item definition of whatever carries data. */
static const struct bpmn_element *item_of(const struct bpmn_element *e)
{
	const struct bpmn_element *item = bpmn_ref(e, "itemSubjectRef");
	if (!item && e->kind == BPMN_DATA_OBJECT_REFERENCE)
		e = bpmn_ref(e, "dataObjectRef");
	else if (!item && e->kind == BPMN_DATA_STORE_REFERENCE)
		e = bpmn_ref(e, "dataStoreRef");
	else
		return item;
	return e ? bpmn_ref(e, "itemSubjectRef") : NULL;
}

static bool is_item_aware(const struct bpmn_element *e)
{
	return e && (e->kind == BPMN_DATA_OBJECT || e->kind == BPMN_DATA_OBJECT_REFERENCE ||
		     e->kind == BPMN_DATA_STORE || e->kind == BPMN_DATA_STORE_REFERENCE ||
		     e->kind == BPMN_DATA_INPUT || e->kind == BPMN_DATA_OUTPUT ||
		     e->kind == BPMN_PROPERTY);
}

static void check_association(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *s = bpmn_child(e, "sourceRef"), *t = bpmn_child(e, "targetRef");
	const struct bpmn_element *target = t ? bpmn_text_ref(t) : NULL;
	bool transforms = bpmn_child(e, "transformation");
	unsigned sources = 0;
	if (target && !is_item_aware(target))
		bpmn_find(out, "REF", e, "targetRef of a data association names '%s', a %s",
			  bpmn_who(target), target->tag);
	/* A process' own input is written by whoever starts it, never from within. */
	if (e->kind == BPMN_DATA_OUTPUT_ASSOCIATION && target && target->kind == BPMN_DATA_INPUT)
		bpmn_find(out, "EXT.080", e,
			  "a data output association of %s writes the data input %s",
			  bpmn_who(e->parent), bpmn_who(target));
	for (; s; s = bpmn_again(s), sources++) {
		const struct bpmn_element *source = bpmn_text_ref(s);
		if (!source)
			continue;
		if (!is_item_aware(source))
			bpmn_find(out, "REF", e, "sourceRef of a data association names '%s', a %s",
				  bpmn_who(source), source->tag);
		else if (e->kind == BPMN_DATA_INPUT_ASSOCIATION && source->kind == BPMN_DATA_OUTPUT)
			bpmn_find(out, "EXT.080", e,
				  "a data input association of %s reads the data output %s",
				  bpmn_who(e->parent), bpmn_who(source));
		if (target && !transforms && !bpmn_same_item(item_of(source), item_of(target)))
			bpmn_find(
				out, "EXT.091", e,
				"%s and %s are of different items and nothing transforms one into the other",
				bpmn_who(source), bpmn_who(target));
	}
	if (sources > 1 && !transforms)
		bpmn_find(out, "EXT.092", e,
			  "a data association of %s has %u sources and no transformation",
			  bpmn_who(e->parent), sources);
}

static bool names(const struct bpmn_element *set, const char *tag, const struct bpmn_element *what)
{
	for (const struct bpmn_element *c = bpmn_child(set, tag); c; c = bpmn_again(c)) {
		if (bpmn_text_ref(c) == what)
			return true;
	}
	return false;
}

/* The sets of inputs, or of outputs, in the same words. */
struct side {
	const char *data, *set, *refs, *optional, *executing, *other, *back;
	const char *rule_listed, *rule_optional, *rule_executing;
};
static const struct side sides[] = {
	{ "dataInput", "inputSet", "dataInputRefs", "optionalInputRefs", "whileExecutingInputRefs",
	  "outputSetRefs", "inputSetRefs", "EXT.084", "EXT.085", "EXT.086" },
	{ "dataOutput", "outputSet", "dataOutputRefs", "optionalOutputRefs",
	  "whileExecutingOutputRefs", "inputSetRefs", "outputSetRefs", "EXT.088", "EXT.089",
	  "EXT.090" },
};

static void check_subset(const struct bpmn_element *set, const struct side *s, const char *tag,
			 const char *rule, struct bpmn_findings *out)
{
	for (const struct bpmn_element *c = bpmn_child(set, tag); c; c = bpmn_again(c)) {
		const struct bpmn_element *data = bpmn_text_ref(c);
		if (data && !names(set, s->refs, data))
			bpmn_find(out, rule, set, "%s '%s' is not among the %s", tag, c->text,
				  s->refs);
	}
}

static void check_sets(const struct bpmn_element *holder, const struct side *s,
		       struct bpmn_findings *out)
{
	for (const struct bpmn_element *d = bpmn_child(holder, s->data); d; d = bpmn_again(d)) {
		bool listed = false;
		for (const struct bpmn_element *set = bpmn_child(holder, s->set); set && !listed;
		     set = bpmn_again(set))
			listed = names(set, s->refs, d);
		if (!listed)
			bpmn_find(out, s->rule_listed, d, "%s %s stands in no %s", s->data,
				  bpmn_who(d), s->set);
	}
	for (const struct bpmn_element *set = bpmn_child(holder, s->set); set;
	     set = bpmn_again(set)) {
		check_subset(set, s, s->optional, s->rule_optional, out);
		check_subset(set, s, s->executing, s->rule_executing, out);
		for (const struct bpmn_element *c = bpmn_child(set, s->other); c;
		     c = bpmn_again(c)) {
			const struct bpmn_element *to = bpmn_text_ref(c);
			if (to && !names(to, s->back, set))
				bpmn_find(out, "EXT.087", set,
					  "%s names %s, which does not name it back", bpmn_who(set),
					  c->text);
		}
	}
}

/* EXT.020, 077, 081, 083: isCollection is as the item definition has it. */
static void check_collection(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *item = bpmn_ref(e, "itemSubjectRef");
	if (item && bpmn_attr(e, "isCollection") &&
	    bpmn_flag(e, "isCollection", false) != bpmn_flag(item, "isCollection", false))
		bpmn_find(out, "EXT.020", e, "isCollection of %s is not that of its item %s",
			  bpmn_who(e), bpmn_who(item));
}

/* EXT.076: "Name [state]". */
static void check_name(const struct bpmn_element *e, struct bpmn_findings *out)
{
	const struct bpmn_element *object = bpmn_ref(e, "dataObjectRef");
	const struct bpmn_element *state = bpmn_child(e, "dataState");
	if (!object || !object->name || !e->name || !state || !state->name)
		return;
	const char *want = arena_printf(out->arena, "%s [%s]", object->name, state->name);
	if (strcmp(want, e->name) != 0)
		bpmn_find(out, "EXT.076", e,
			  "data object reference %s must be named '%s', not '%s'", bpmn_who(e),
			  want, e->name);
}

void bpmn_check_data(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (bpmn_is(e, BPMN_EXPRESSION) && e->parent)
			check_expression(e, out);
		if (bpmn_is(e, BPMN_DATA_ASSOCIATION))
			check_association(e, out);
		if (e->kind == BPMN_IO_SPECIFICATION || bpmn_is(e, BPMN_CATCH_EVENT) ||
		    bpmn_is(e, BPMN_THROW_EVENT)) {
			check_sets(e, &sides[0], out);
			check_sets(e, &sides[1], out);
		}
		if (e->kind == BPMN_DATA_OBJECT || e->kind == BPMN_DATA_INPUT ||
		    e->kind == BPMN_DATA_OUTPUT)
			check_collection(e, out);
		if (e->kind == BPMN_DATA_OBJECT_REFERENCE)
			check_name(e, out);
	}
}
