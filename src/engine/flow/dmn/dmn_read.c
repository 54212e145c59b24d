/* SPDX-License-Identifier: Apache-2.0 */
/* A model of its files: DRG elements, requirements, imports. */
#include <stdarg.h>
#include <stdio.h>
#include "engine/flow/dmn/dmn_private.h"

#define PROBLEMS_MAX 200
#define UNITS_MAX 50
#define ELEMENTS_MAX 5000

void read_problem(struct reading *r, const xmlNode *at, const char *fmt, ...)
{
	struct dmn_model *m = r->model;
	char text[400];
	va_list ap;
	if (m->problem_count >= PROBLEMS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	size_t n = strlen(text);
	while (n > 0 && !utf8_valid(text, n))
		n--;
	if (m->problem_count == m->problem_room) {
		size_t room = m->problem_room ? 2 * m->problem_room : 8;
		m->problems = arena_grow(r->arena, m->problems,
					 m->problem_room * sizeof(*m->problems),
					 room * sizeof(*m->problems));
		m->problem_room = room;
	}
	m->problems[m->problem_count++] = (struct dmn_problem){
		.source = r->unit ? r->unit->source : NULL,
		.element = r->element ? r->element->name : NULL,
		.line = at ? (int)xmlGetLineNo(at) : 0,
		.text = arena_strndup(r->arena, text, n),
	};
}

void word_add(struct reading *r, const char *word)
{
	if (str_empty(word))
		return;
	if (r->word_count == r->word_room) {
		size_t room = r->word_room ? 2 * r->word_room : 64;
		r->words = arena_grow(r->arena, r->words, r->word_room * sizeof(*r->words),
				      room * sizeof(*r->words));
		r->word_room = room;
	}
	r->words[r->word_count++] = word;
}

static struct unit *unit_by_namespace(struct dmn_model *m, const char *namespace)
{
	for (size_t i = 0; i < m->unit_count; i++)
		if (str_eq(m->units[i].namespace, namespace))
			return &m->units[i];
	return NULL;
}

static void read_imports(struct reading *r, struct unit *u)
{
	size_t n = 0;
	u->imports = arena_array(r->arena, node_count(u->root, "import") + 1, sizeof(*u->imports));
	for (xmlNode *c = node_child(u->root, "import"); c; c = node_next(c, "import")) {
		const char *type = node_attribute(r, c, "importType");
		const char *namespace = node_attribute(r, c, "namespace");
		if (type && !dmn_namespace_is((const xmlChar *)type)) {
			read_problem(r, c,
				     "the import of '%s' is not of a DMN model, which alone "
				     "can be imported",
				     type);
			continue;
		}
		struct unit *other = unit_by_namespace(r->model, namespace);
		if (!other) {
			read_problem(r, c, "the imported model '%s' is not given",
				     namespace ? namespace : "");
			continue;
		}
		const char *name = name_normal(r->arena, node_attribute(r, c, "name"));
		u->imports[n++] = (struct import){ name ? name : "", other };
		word_add(r, name);
	}
	u->import_count = n;
}

static const struct {
	const char *tag;
	enum dmn_kind kind;
} kinds[] = { { "inputData", DMN_INPUT },
	      { "decision", DMN_DECISION },
	      { "businessKnowledgeModel", DMN_KNOWLEDGE },
	      { "decisionService", DMN_SERVICE } };

static int kind_of(const xmlNode *n)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (node_is(n, kinds[i].tag))
			return (int)kinds[i].kind;
	return -1;
}

static void list_elements(struct reading *r, struct unit *u)
{
	struct dmn_model *m = r->model;
	for (xmlNode *c = node_child(u->root, NULL); c; c = node_next(c, NULL)) {
		int kind = kind_of(c);
		if (kind < 0)
			continue;
		struct element *e = &m->elements[m->element_count];
		*e = (struct element){ .kind = (enum dmn_kind)kind,
				       .id = node_attribute(r, c, "id"),
				       .name = name_normal(r->arena, node_attribute(r, c, "name")),
				       .index = m->element_count++,
				       .unit = u,
				       .node = c };
		if (str_empty(e->name)) {
			read_problem(r, c, "a %s has no name", (const char *)c->name);
			e->name = "";
		}
		if (u != &m->units[0])
			word_add(r, e->name);
	}
}

/* Names that may stand behind a dot, or in a scope of the element's own. */
static void list_words(struct reading *r, const xmlNode *n)
{
	for (xmlNode *c = node_child(n, NULL); c; c = node_next(c, NULL)) {
		if (node_is(c, "itemComponent") || node_is(c, "formalParameter") ||
		    node_is(c, "column") || node_is(c, "output") || node_is(c, "parameter"))
			word_add(r, name_normal(r->arena, node_attribute(r, c, "name")));
		if (node_is(c, "variable") && !node_is(n, "decision") && !node_is(n, "inputData") &&
		    !node_is(n, "businessKnowledgeModel") && !node_is(n, "decisionService"))
			word_add(r, name_normal(r->arena, node_attribute(r, c, "name")));
		if (node_attribute(r, c, "iteratorVariable"))
			word_add(r,
				 name_normal(r->arena, node_attribute(r, c, "iteratorVariable")));
		list_words(r, c);
	}
}

/* What "#id" or "namespace#id" points to; '*import' gets the import's name, or NULL. */
static struct element *element_by_href(struct reading *r, const xmlNode *at, const char **import)
{
	const char *href = node_attribute(r, at, "href");
	const char *hash = href ? strchr(href, '#') : NULL;
	struct unit *u = r->unit;
	*import = NULL;
	if (hash && hash > href &&
	    strncmp(href, u->namespace ? u->namespace : "", (size_t)(hash - href)) != 0) {
		const char *namespace = arena_strndup(r->arena, href, (size_t)(hash - href));
		u = NULL;
		for (size_t i = 0; i < r->unit->import_count; i++)
			if (str_eq(r->unit->imports[i].unit->namespace, namespace)) {
				u = r->unit->imports[i].unit;
				*import = r->unit->imports[i].name;
			}
	}
	for (size_t i = 0; u && hash && i < r->model->element_count; i++) {
		struct element *e = &r->model->elements[i];
		if (e->unit == u && str_eq(e->id, hash + 1))
			return e;
	}
	read_problem(r, at, "'%s' points to nothing", href ? href : "");
	return NULL;
}

static void read_requirements(struct reading *r, struct element *e)
{
	static const char *const outer[] = { "informationRequirement", "knowledgeRequirement" };
	static const char *const inner[] = { "requiredDecision", "requiredInput",
					     "requiredKnowledge" };
	size_t n = 0;
	e->requires = arena_array(r->arena,
				  node_count(e->node, outer[0]) + node_count(e->node, outer[1]) + 1,
				  sizeof(*e->requires));
	for (size_t i = 0; i < 2; i++)
		for (xmlNode *c = node_child(e->node, outer[i]); c; c = node_next(c, outer[i])) {
			xmlNode *to = NULL;
			for (size_t k = 0; k < 3 && !to; k++)
				to = node_child(c, inner[k]);
			struct requirement q = { 0 };
			if (!to || !(q.element = element_by_href(r, to, &q.import)))
				continue;
			e->requires[n++] = q;
		}
	e->require_count = n;
}

static const struct element **read_references(struct reading *r, const xmlNode *n, const char *tag,
					      size_t *count)
{
	const struct element **list = arena_array(r->arena, node_count(n, tag) + 1, sizeof(*list));
	*count = 0;
	for (xmlNode *c = node_child(n, tag); c; c = node_next(c, tag)) {
		const char *import;
		const struct element *e = element_by_href(r, c, &import);
		if (e)
			list[(*count)++] = e;
	}
	return list;
}

/* A service's parameters: its input data, then its input decisions (DMN 1.5 §10.4). */
static void read_service(struct reading *r, struct element *e)
{
	size_t decisions, data, inner;
	const struct element **x = read_references(r, e->node, "inputDecision", &decisions);
	const struct element **y = read_references(r, e->node, "inputData", &data);
	(void)read_references(r, e->node, "encapsulatedDecision", &inner);
	e->outputs = read_references(r, e->node, "outputDecision", &e->output_count);
	e->sources = arena_array(r->arena, decisions + data + 1, sizeof(*e->sources));
	e->parameters = arena_array(r->arena, decisions + data + 1, sizeof(*e->parameters));
	for (size_t i = 0; i < decisions + data; i++) {
		e->sources[i] = i < data ? y[i] : x[i - data];
		e->parameters[i] = (struct feel_member){ e->sources[i]->name, e->sources[i]->type };
	}
	e->parameter_count = decisions + data;
	if (e->output_count == 0)
		read_problem(r, e->node, "a decision service has no output decision");
}

static void read_variable(struct reading *r, struct element *e)
{
	const xmlNode *v = node_child(e->node, "variable");
	const char *ref = v ? node_attribute(r, v, "typeRef") : NULL;
	const char *old = v ? node_text(r, v, "typeRef") : NULL; /* DMN 1.1 had it within */
	e->type = type_by_name(r, e->unit, ref ? ref : old, v);
}

static void read_knowledge(struct reading *r, struct element *e)
{
	const xmlNode *f = node_child(e->node, "encapsulatedLogic");
	if (!f)
		return;
	const char *kind = node_attribute(r, f, "kind");
	if (kind && strcmp(kind, "FEEL") != 0) {
		e->external = arena_printf(r->arena,
					   "its logic is of kind '%s': functions outside "
					   "of FEEL are not run here",
					   kind);
		read_problem(r, f, "%s", e->external);
		return;
	}
	e->parameters = read_parameters(r, f, &e->parameter_count);
	const xmlNode *body = box_child(f);
	if (body)
		e->logic = read_box(r, body, 0);
}

static void read_logic(struct reading *r, struct element *e)
{
	/* Members' names, and those of what it requires. */
	const char **names =
		arena_array(r->arena, r->word_count + e->require_count + 2, sizeof(*names));
	if (r->word_count)
		memcpy(names, r->words, r->word_count * sizeof(*names));
	for (size_t i = 0; i < e->require_count; i++) {
		const struct element *required = e->requires[i].element;
		names[r->word_count + i] = required->name;
	}
	r->names.names = names;
	r->names.count = r->word_count + e->require_count;
	names[r->names.count++] = e->name;
	r->element = e;
	const xmlNode *body = box_child(e->node);
	if (e->kind == DMN_DECISION && body)
		e->logic = read_box(r, body, 0);
	if (e->kind == DMN_KNOWLEDGE)
		read_knowledge(r, e);
	r->element = NULL;
}

static void for_each_unit(struct reading *r, void (*fn)(struct reading *, struct unit *))
{
	for (size_t i = 0; i < r->model->unit_count; i++) {
		r->unit = &r->model->units[i];
		fn(r, r->unit);
	}
}

static void check_names(struct reading *r, const struct element *e)
{
	for (size_t i = 0; i < e->index; i++) {
		const struct element *o = &r->model->elements[i];
		if (o->unit == e->unit && str_eq(o->name, e->name))
			read_problem(r, e->node, "two elements are named '%s'", e->name);
		else if (o->unit == e->unit && e->id && str_eq(o->id, e->id))
			read_problem(r, e->node, "two elements have the id '%s'", e->id);
	}
}

static void read_unit_types(struct reading *r, struct unit *u)
{
	(void)u;
	types_read(r);
}

static void fill_unit_types(struct reading *r, struct unit *u)
{
	(void)u;
	types_fill(r);
}

static void read_elements(struct reading *r)
{
	struct dmn_model *m = r->model;
	for (size_t i = 0; i < m->element_count; i++) {
		struct element *e = &m->elements[i];
		r->unit = e->unit;
		r->element = e;
		check_names(r, e);
		read_variable(r, e);
		r->element = NULL;
	}
	for (size_t i = 0; i < m->element_count; i++) {
		struct element *e = &m->elements[i];
		r->unit = e->unit;
		r->element = e;
		read_requirements(r, e);
		if (e->kind == DMN_SERVICE)
			read_service(r, e);
		r->element = NULL;
	}
	for (size_t i = 0; i < m->element_count; i++) {
		r->unit = m->elements[i].unit;
		types_name(r);
		read_logic(r, &m->elements[i]);
	}
	for (size_t i = 0; i < m->element_count; i++)
		m->elements[i].node = NULL;
}

static void list_items(struct reading *r)
{
	struct dmn_model *m = r->model;
	m->listed = arena_array(r->arena, m->element_count + 1, sizeof(*m->listed));
	for (size_t i = 0; i < m->element_count; i++) {
		const struct element *e = &m->elements[i];
		if (e->unit == &m->units[0])
			m->listed[m->listed_count++] =
				(struct dmn_item){ e->kind, e->id, e->name, e->type };
	}
}

const struct dmn_model *dmn_read(struct arena *a, const struct dmn_source *files, size_t count,
				 struct dmn_problem *why)
{
	struct dmn_model *m = arena_alloc(a, sizeof(*m));
	struct reading r = { .arena = a, .model = m };
	size_t elements = 0;
	const char *wrong = NULL;
	if (count == 0 || count > UNITS_MAX)
		wrong = "a model is made of 1 to 50 files";
	m->arena = a;
	m->units = arena_array(a, count + 1, sizeof(*m->units));
	for (size_t i = 0; i < count && !wrong; i++) {
		r.unit = &m->units[i];
		wrong = unit_open(&r, &files[i], r.unit);
		if (wrong && i > 0) /* an import that is no DMN is missed where it is asked for */
			wrong = (read_problem(&r, NULL, "%s", wrong), r.unit->root = NULL, NULL);
		if (!wrong && r.unit->root) {
			elements += node_count(r.unit->root, NULL);
			m->units[m->unit_count++] = *r.unit;
		}
	}
	if (!wrong && elements > ELEMENTS_MAX)
		wrong = "the model has too many elements";
	if (wrong) {
		if (why)
			*why = (struct dmn_problem){ .source = count ? files[0].name : NULL,
						     .text = wrong };
		return NULL;
	}
	m->elements = arena_array(a, elements + 1, sizeof(*m->elements));
	for_each_unit(&r, read_imports);
	for_each_unit(&r, list_elements);
	for (size_t i = 0; i < m->unit_count; i++)
		list_words(&r, m->units[i].root);
	for_each_unit(&r, read_unit_types);
	for_each_unit(&r, fill_unit_types);
	read_elements(&r);
	list_items(&r);
	return m;
}

const struct dmn_problem *dmn_problems(const struct dmn_model *m, size_t *count)
{
	*count = m->problem_count;
	return m->problems;
}

const struct dmn_item *dmn_items(const struct dmn_model *m, size_t *count)
{
	*count = m->listed_count;
	return m->listed;
}

const char *dmn_name(const struct dmn_model *m)
{
	return m->units[0].name;
}

const char *dmn_namespace(const struct dmn_model *m)
{
	return m->units[0].namespace;
}
