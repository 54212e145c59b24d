/* SPDX-License-Identifier: Apache-2.0 */
/* What the standard's XML schema says of each element, checked by the table of kinds: attributes and
 * their types, children, their order and count (rule XSD), and what references name (rule REF). */
#include "engine/flow/bpmn/bpmn_private.h"

#include <ctype.h>
#include <string.h>
#include "base/text.h"

/* XSD's types of which the table speaks. An anyURI (RFC 3986, with any letter of Unicode as XSD
 * allows): no blanks, no delimiters, '%' before two hexadecimal digits. */
static bool is_uri(const char *s)
{
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;
		if (c <= ' ' || c == 0x7f || strchr("<>\"{}|\\^`", c))
			return false;
		if (c == '%' && !(isxdigit((unsigned char)s[1]) && isxdigit((unsigned char)s[2])))
			return false;
	}
	return true;
}

static bool is_ncname(const char *s)
{
	unsigned char c = (unsigned char)*s;
	if (!(isalpha(c) || c == '_' || c >= 0x80))
		return false;
	for (; *s; s++) {
		c = (unsigned char)*s;
		if (!(isalnum(c) || strchr("-._", c) || c >= 0x80))
			return false;
	}
	return true;
}

static bool is_qname(const char *s)
{
	const char *colon = strchr(s, ':');
	if (!colon)
		return is_ncname(s);
	char prefix[128];
	if ((size_t)(colon - s) >= sizeof(prefix))
		return false;
	memcpy(prefix, s, (size_t)(colon - s));
	prefix[colon - s] = 0;
	return is_ncname(prefix) && is_ncname(colon + 1);
}

static bool one_of(const char *words, const char *value)
{
	size_t size = strlen(value);
	for (const char *at = words; *at;) {
		size_t length = strcspn(at, "|");
		if (length == size && memcmp(at, value, size) == 0)
			return true;
		at += length + (at[length] == '|');
	}
	return false;
}

static const char *trim(struct arena *a, const char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	size_t n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	return arena_strndup(a, s, n);
}

static void check_value(const struct bpmn_element *e, const struct bpmn_part *part,
			const char *value, struct bpmn_findings *out)
{
	int64_t number;
	const char *type = part->type, *want = NULL;
	if (strcmp(type, "ID") == 0 && !is_ncname(value))
		want = "an id (a letter or '_', then letters, digits, '-', '.', '_')";
	else if (strcmp(type, "bool") == 0 && !one_of("true|false|1|0", value))
		want = "true or false";
	else if (strcmp(type, "int") == 0 && !int_parse(value + (value[0] == '+'), &number))
		want = "a whole number";
	else if (strcmp(type, "uri") == 0 && !is_uri(value))
		want = "a URI";
	else if (type[0] == '>' && !is_qname(value))
		want = "a name of an element";
	else if (strchr(type, '|') && !one_of(type, value))
		want = arena_printf(out->arena, "one of %s", type);
	if (want)
		bpmn_find(out, strcmp(type, "uri") == 0 ? "EXT.014" : "XSD", e,
			  "%s of %s must be %s, not '%s'", part->name, bpmn_who(e), want, value);
}

/* The part of that name in the kind's own or inherited attributes. */
static bool find_attribute(enum bpmn_kind kind, const char *name, struct bpmn_part *out)
{
	for (; kind != BPMN_FOREIGN; kind = bpmn_words[kind].parent) {
		const char *at = bpmn_words[kind].attributes;
		while (bpmn_next_part(&at, out)) {
			if (strcmp(out->name, name) == 0)
				return true;
		}
	}
	return false;
}

static void check_attributes(const struct bpmn_element *e, struct bpmn_findings *out)
{
	struct bpmn_part part;
	for (uint32_t i = 0; i < e->attribute_count; i++) {
		const struct bpmn_attribute *x = &e->attributes[i];
		if (*x->space)
			continue;
		if (find_attribute(e->kind, x->name, &part))
			check_value(e, &part, trim(out->arena, x->value), out);
		else
			bpmn_find(out, "XSD", e, "%s has no attribute '%s'", e->tag, x->name);
	}
	for (enum bpmn_kind k = e->kind; k != BPMN_FOREIGN; k = bpmn_words[k].parent) {
		const char *at = bpmn_words[k].attributes;
		while (bpmn_next_part(&at, &part)) {
			if (part.required && !bpmn_attr(e, part.name))
				bpmn_find(out, "XSD", e, "%s must have the attribute '%s'",
					  bpmn_who(e), part.name);
		}
	}
}

/* The particles of a kind: what it inherits stands before its own. */
struct particles {
	struct bpmn_part list[40];
	int count;
	bool open; /* free content */
};

static void collect(enum bpmn_kind kind, struct particles *p)
{
	if (kind == BPMN_FOREIGN)
		return;
	collect(bpmn_words[kind].parent, p);
	const char *at = bpmn_words[kind].children;
	while (p->count < 40 && bpmn_next_part(&at, &p->list[p->count])) {
		if (strcmp(p->list[p->count].name, "any") == 0)
			p->open = true;
		else
			p->count++;
	}
}

static bool takes(const struct bpmn_part *part, const struct bpmn_element *child)
{
	if (strcmp(child->space, BPMN_MODEL_NS) != 0)
		return strcmp(part->type, "any") == 0 && strcmp(part->name, child->tag) == 0;
	if (strcmp(part->name, child->tag) == 0)
		return true;
	if (part->type[0])
		return false;
	enum bpmn_kind own = bpmn_kind_of(child->tag);
	return own != BPMN_FOREIGN && bpmn_kind_is((int)own, (int)bpmn_kind_of(part->name));
}

static void check_children(const struct bpmn_element *e, struct bpmn_findings *out)
{
	struct particles p = { .count = 0 };
	int found[40] = { 0 }, at = 0;
	collect(e->kind, &p);
	for (const struct bpmn_element *c = e->first; c && !p.open; c = c->next) {
		int n = at;
		while (n < p.count && !takes(&p.list[n], c))
			n++;
		if (n == p.count) {
			for (n = 0; n < at && !takes(&p.list[n], c);)
				n++;
			if (n < at)
				bpmn_find(out, "XSD", c,
					  "'%s' stands too late in %s: '%s' comes after it", c->tag,
					  bpmn_who(e), p.list[at].name);
			else
				bpmn_find(out, "XSD", c, "'%s' cannot stand in %s", c->tag,
					  bpmn_who(e));
			continue;
		}
		at = n;
		if (++found[n] == p.list[n].max + 1 && p.list[n].max)
			bpmn_find(out, "XSD", c, "%s may have one '%s' only", bpmn_who(e), c->tag);
	}
	for (int n = 0; n < p.count; n++) {
		if (p.list[n].min > found[n] && !p.open)
			bpmn_find(out, "XSD", e, "%s must have a '%s'", bpmn_who(e),
				  p.list[n].name);
	}
}

/* Choices, which the table cannot say. */
static void check_choices(const struct bpmn_element *e, struct bpmn_findings *out)
{
	if (e->kind == BPMN_TIMER_DEFINITION) {
		int given = !!bpmn_child(e, "timeDate") + !!bpmn_child(e, "timeDuration") +
			    !!bpmn_child(e, "timeCycle");
		if (given > 1)
			bpmn_find(out, "XSD", e,
				  "%s has more than one of timeDate, timeDuration, timeCycle",
				  bpmn_who(e));
	}
	if (bpmn_is(e, BPMN_RESOURCE_ROLE)) {
		bool by_rule = bpmn_child(e, "resourceAssignmentExpression");
		if (by_rule && bpmn_child(e, "resourceRef"))
			bpmn_find(out, "EXT.039", e,
				  "%s names a resource and a rule that assigns one: one of them",
				  bpmn_who(e));
		if (bpmn_child(e, "resourceParameterBinding") && !bpmn_child(e, "resourceRef"))
			bpmn_find(out, "EXT.040", e, "%s binds parameters of no resource",
				  bpmn_who(e));
	}
	if (e->kind == BPMN_CHOREOGRAPHY_TASK) {
		int count = 0;
		for (const struct bpmn_element *f = bpmn_child(e, "messageFlowRef"); f;
		     f = bpmn_again(f))
			count++;
		if (count > 2)
			bpmn_find(out, "XSD", e, "%s has more than two message flows", bpmn_who(e));
	}
}

static bool is_own(const struct bpmn_element *e)
{
	return strcmp(e->space, BPMN_MODEL_NS) == 0 && !bpmn_within(e, BPMN_EXTENSION_ELEMENTS);
}

static void check_ids(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (!e->id)
			continue;
		const struct bpmn_element *first = bpmn_by_id(m, e->id);
		if (first && first != e && (e->kind != BPMN_FOREIGN || strstr(e->space, "/BPMN/")))
			bpmn_find(out, "EXT.002", e, "the id '%s' is also that of a %s (line %d)",
				  e->id, first->tag, first->line);
	}
	for (const struct bpmn_element *e = NULL; (e = bpmn_each(m, e, BPMN_FLOW_ELEMENT));) {
		if (!e->id)
			bpmn_find(out, "EXT.003", e, "a %s has no id", e->tag);
	}
	for (const struct bpmn_element *e = NULL; (e = bpmn_each(m, e, BPMN_PROCESS));) {
		if (!e->id)
			bpmn_find(out, "EXT.003", e, "a process has no id");
	}
}

/* RFC 6838's type/subtype. */
static bool is_media(const char *s)
{
	const char *slash = strchr(s, '/');
	if (!slash || slash == s || !slash[1] || strchr(slash + 1, '/'))
		return false;
	for (; *s && *s != ';'; s++) {
		if (!isalnum((unsigned char)*s) && !strchr("!#$&-^_.+/", *s))
			return false;
	}
	return true;
}

void bpmn_check_schema(const struct bpmn_model *m, struct bpmn_findings *out)
{
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (e->kind == BPMN_FOREIGN || !is_own(e))
			continue;
		/* An element that stands where it may not has been named by its parent. */
		check_attributes(e, out);
		check_children(e, out);
		check_choices(e, out);
		const char *format = bpmn_attr(e, "textFormat");
		if (format && !is_media(format))
			bpmn_find(out, e->kind == BPMN_DOCUMENTATION ? "EXT.004" : "EXT.010", e,
				  "textFormat '%s' is no media type", format);
	}
	check_ids(m, out);
}

static void check_reference(const struct bpmn_element *e, const struct bpmn_part *part,
			    const char *value, struct bpmn_findings *out)
{
	if (part->type[0] != '>' || !part->type[1] || !*value)
		return;
	const struct bpmn_element *to = bpmn_resolve(e, value);
	enum bpmn_kind want = bpmn_kind_of(part->type + 1);
	/* An operation may be one of a service whose description is not at hand; the engine calls by
	 * its own configuration of the task. */
	if (!to && want == BPMN_OPERATION)
		return;
	if (!to)
		bpmn_find(out, "REF", e, "%s of %s names '%s', which is not there", part->name,
			  bpmn_who(e), value);
	else if (want != BPMN_BASE && !bpmn_is(to, want))
		bpmn_find(out, "REF", e, "%s of %s names '%s', which is a %s, not a %s", part->name,
			  bpmn_who(e), value, to->tag, part->type + 1);
}

void bpmn_check_references(const struct bpmn_model *m, struct bpmn_findings *out)
{
	struct bpmn_part part;
	for (uint32_t i = 0; i < m->count; i++) {
		const struct bpmn_element *e = m->elements[i];
		if (!is_own(e))
			continue;
		for (uint32_t n = 0; e->kind != BPMN_FOREIGN && n < e->attribute_count; n++) {
			const struct bpmn_attribute *x = &e->attributes[n];
			if (!*x->space && find_attribute(e->kind, x->name, &part))
				check_reference(e, &part, trim(out->arena, x->value), out);
		}
		if (!e->parent || !is_own(e->parent) || e->parent->kind == BPMN_FOREIGN)
			continue;
		struct particles p = { .count = 0 };
		collect(e->parent->kind, &p);
		for (int n = 0; n < p.count; n++) {
			if (strcmp(p.list[n].name, e->tag) != 0 || p.list[n].type[0] != '>')
				continue;
			if (!*e->text)
				bpmn_find(out, "REF", e->parent, "%s in %s is empty", e->tag,
					  bpmn_who(e->parent));
			else
				check_reference(e, &p.list[n], e->text, out);
		}
	}
}
