/* SPDX-License-Identifier: Apache-2.0 */
/* Boxed expressions (DMN 1.5 §10.2.1) read from XML. What cannot be read becomes BOX_NONE with its
 * problem, so that the rest of the model stands. */
#include <stdio.h>
#include "engine/flow/dmn/dmn_private.h"

struct code read_code(struct reading *r, const xmlNode *at, const char *text, enum feel_mode mode)
{
	struct feel_problem why;
	struct code c = { feel_compile(r->arena, &r->names, text, mode, &why), NULL };
	if (!c.expr) {
		c.problem =
			arena_printf(r->arena, "\"%.60s\": %s (byte %zu)", text, why.text, why.at);
		read_problem(r, at, "%s", c.problem);
	}
	return c;
}

static const struct {
	const char *tag;
	enum box_kind kind;
} boxes[] = {
	{ "literalExpression", BOX_LITERAL },
	{ "decisionTable", BOX_TABLE },
	{ "context", BOX_CONTEXT },
	{ "list", BOX_LIST },
	{ "relation", BOX_RELATION },
	{ "invocation", BOX_INVOCATION },
	{ "functionDefinition", BOX_FUNCTION },
	{ "conditional", BOX_CONDITIONAL },
	{ "filter", BOX_FILTER },
	{ "for", BOX_FOR },
	{ "some", BOX_SOME },
	{ "every", BOX_EVERY },
};

static enum box_kind box_kind_of(const xmlNode *n)
{
	for (size_t i = 0; i < sizeof(boxes) / sizeof(boxes[0]); i++)
		if (node_is(n, boxes[i].tag))
			return boxes[i].kind;
	return BOX_NONE;
}

const xmlNode *box_child(const xmlNode *n)
{
	for (xmlNode *c = node_child(n, NULL); c; c = node_next(c, NULL))
		if (box_kind_of(c) != BOX_NONE)
			return c;
	return NULL;
}

static const char *refuse(struct reading *r, const xmlNode *at, const char *why)
{
	read_problem(r, at, "%s", why);
	return why;
}

static void read_literal(struct reading *r, const xmlNode *n, struct box *b)
{
	const char *language = node_attribute(r, n, "expressionLanguage");
	const char *text = node_text(r, n, "text");
	b->kind = BOX_NONE;
	if (!str_empty(language) && !strstr(language, "FEEL") && !strstr(language, "feel"))
		b->problem = refuse(r, n, "the expression's language is not FEEL");
	else if (node_child(n, "importedValues"))
		b->problem = refuse(r, n, "imported values are not read");
	else if (text && *name_normal(r->arena, text)) {
		struct code c = read_code(r, n, text, FEEL_EXPRESSION);
		b->expr = c.expr;
		b->problem = c.problem;
		b->kind = c.expr ? BOX_LITERAL : BOX_NONE;
	}
}

/* The boxed expression within the child of that name. */
static const struct box *read_part(struct reading *r, const xmlNode *n, const char *child,
				   unsigned depth)
{
	const xmlNode *c = node_child(n, child);
	const xmlNode *body = c ? box_child(c) : NULL;
	if (body)
		return read_box(r, body, depth + 1);
	struct box *b = arena_alloc(r->arena, sizeof(*b));
	b->problem = arena_printf(r->arena, "there is no expression in '%s'", child);
	read_problem(r, n, "%s", b->problem);
	return b;
}

static void read_context(struct reading *r, const xmlNode *n, struct box *b, unsigned depth)
{
	size_t i = 0;
	b->count = node_count(n, "contextEntry");
	b->entries = arena_array(r->arena, b->count + 1, sizeof(*b->entries));
	for (xmlNode *c = node_child(n, "contextEntry"); c; c = node_next(c, "contextEntry")) {
		const xmlNode *v = node_child(c, "variable"), *body = box_child(c);
		struct box_entry *e = &b->entries[i++];
		if (v) {
			e->name = name_normal(r->arena, node_attribute(r, v, "name"));
			e->type = type_by_name(r, r->unit, node_attribute(r, v, "typeRef"), v);
		}
		if (body)
			e->box = read_box(r, body, depth + 1);
		if (!v && i != b->count)
			read_problem(r, c, "only the last entry of a context may have no name");
	}
}

static void read_list(struct reading *r, const xmlNode *n, struct box *b, unsigned depth)
{
	b->entries = arena_array(r->arena, node_count(n, NULL) + 1, sizeof(*b->entries));
	for (xmlNode *c = node_child(n, NULL); c; c = node_next(c, NULL))
		if (box_kind_of(c) != BOX_NONE)
			b->entries[b->count++].box = read_box(r, c, depth + 1);
}

static void read_relation(struct reading *r, const xmlNode *n, struct box *b, unsigned depth)
{
	size_t rows = node_count(n, "row"), i = 0;
	b->names = arena_array(r->arena, node_count(n, "column") + 1, sizeof(*b->names));
	for (xmlNode *c = node_child(n, "column"); c; c = node_next(c, "column")) {
		const char *name = name_normal(r->arena, node_attribute(r, c, "name"));
		b->names[b->name_count++] = name ? name : "";
	}
	b->count = rows * b->name_count;
	b->entries = arena_array(r->arena, b->count + 1, sizeof(*b->entries));
	for (xmlNode *row = node_child(n, "row"); row; row = node_next(row, "row")) {
		size_t k = 0;
		for (xmlNode *c = node_child(row, NULL); c; c = node_next(c, NULL))
			if (box_kind_of(c) != BOX_NONE && k < b->name_count)
				b->entries[i * b->name_count + k++].box = read_box(r, c, depth + 1);
		if (k != b->name_count)
			read_problem(r, row, "a row has not as many cells as there are columns");
		i++;
	}
}

static void read_invocation(struct reading *r, const xmlNode *n, struct box *b, unsigned depth)
{
	const xmlNode *called = box_child(n);
	size_t i = 0;
	if (!called) {
		b->kind = BOX_NONE;
		b->problem = refuse(r, n, "an invocation names no function");
		return;
	}
	b->first = read_box(r, called, depth + 1);
	b->entries = arena_array(r->arena, node_count(n, "binding") + 1, sizeof(*b->entries));
	for (xmlNode *c = node_child(n, "binding"); c; c = node_next(c, "binding")) {
		const xmlNode *p = node_child(c, "parameter"), *body = box_child(c);
		struct box_entry *e = &b->entries[i++];
		e->name = p ? name_normal(r->arena, node_attribute(r, p, "name")) : NULL;
		e->type = p ? type_by_name(r, r->unit, node_attribute(r, p, "typeRef"), p) : NULL;
		e->box = body ? read_box(r, body, depth + 1) : NULL;
		if (!e->name) {
			read_problem(r, c, "a binding names no parameter");
			e->name = "";
		}
	}
	b->count = i;
}

struct feel_member *read_parameters(struct reading *r, const xmlNode *f, size_t *count)
{
	size_t i = 0;
	struct feel_member *list =
		arena_array(r->arena, node_count(f, "formalParameter") + 1, sizeof(*list));
	for (xmlNode *c = node_child(f, "formalParameter"); c;
	     c = node_next(c, "formalParameter")) {
		const char *name = name_normal(r->arena, node_attribute(r, c, "name"));
		list[i++] = (struct feel_member){
			name ? name : "",
			type_by_name(r, r->unit, node_attribute(r, c, "typeRef"), c),
		};
	}
	*count = i;
	return list;
}

static void read_function(struct reading *r, const xmlNode *n, struct box *b, unsigned depth)
{
	const char *kind = node_attribute(r, n, "kind");
	const xmlNode *body = box_child(n);
	if (kind && strcmp(kind, "FEEL") != 0) {
		b->kind = BOX_NONE;
		b->problem =
			refuse(r, n, "a function outside of FEEL (Java, PMML) is not run here");
		return;
	}
	b->parameters = read_parameters(r, n, &b->parameter_count);
	b->first = body ? read_box(r, body, depth + 1) : NULL;
}

static void read_parts(struct reading *r, const xmlNode *n, struct box *b, unsigned depth)
{
	static const char *const parts[][3] = {
		[BOX_CONDITIONAL] = { "if", "then", "else" },
		[BOX_FILTER] = { "in", "match" },
		[BOX_FOR] = { "in", "return" },
		[BOX_SOME] = { "in", "satisfies" },
		[BOX_EVERY] = { "in", "satisfies" },
	};
	b->entries = arena_array(r->arena, 3, sizeof(*b->entries));
	for (size_t i = 0; i < 3 && parts[b->kind][i]; i++)
		b->entries[b->count++].box = read_part(r, n, parts[b->kind][i], depth);
	if (b->kind < BOX_FOR)
		return;
	b->variable = name_normal(r->arena, node_attribute(r, n, "iteratorVariable"));
	if (str_empty(b->variable)) {
		read_problem(r, n, "an iterator has no variable");
		b->variable = "item";
	}
}

const struct box *read_box(struct reading *r, const xmlNode *n, unsigned depth)
{
	struct box *b = arena_alloc(r->arena, sizeof(*b));
	b->kind = box_kind_of(n);
	b->type = type_by_name(r, r->unit, node_attribute(r, n, "typeRef"), n);
	if (depth > DMN_DEPTH_MAX) {
		b->kind = BOX_NONE;
		b->problem = refuse(r, n, "expressions are nested too deeply");
	}
	switch (b->kind) {
	case BOX_NONE: break;
	case BOX_LITERAL: read_literal(r, n, b); break;
	case BOX_TABLE: b->table = read_table(r, n); break;
	case BOX_CONTEXT: read_context(r, n, b, depth); break;
	case BOX_LIST: read_list(r, n, b, depth); break;
	case BOX_RELATION: read_relation(r, n, b, depth); break;
	case BOX_INVOCATION: read_invocation(r, n, b, depth); break;
	case BOX_FUNCTION: read_function(r, n, b, depth); break;
	default: read_parts(r, n, b, depth); break;
	}
	return b;
}

/* ---- decision tables ---- */

static const struct feel_expr *read_values(struct reading *r, const xmlNode *n, const char *child)
{
	const xmlNode *c = node_child(n, child);
	const char *text = c ? node_text(r, c, "text") : NULL;
	if (!text || !*name_normal(r->arena, text))
		return NULL;
	return read_code(r, c, text, FEEL_UNARY_TESTS).expr;
}

/* A cell: no text, or "-" in a test, says nothing. */
static struct code read_cell(struct reading *r, const xmlNode *n, enum feel_mode mode)
{
	const char *text = n ? node_text(r, n, "text") : NULL;
	const char *plain = name_normal(r->arena, text);
	if (str_empty(plain) || (mode == FEEL_UNARY_TESTS && strcmp(plain, "-") == 0))
		return (struct code){ 0 };
	return read_code(r, n, text, mode);
}

static void read_table_input(struct reading *r, const xmlNode *c, struct table_input *in)
{
	const xmlNode *x = node_child(c, "inputExpression");
	const char *label = node_attribute(r, c, "label");
	const char *text = x ? name_normal(r->arena, node_text(r, x, "text")) : NULL;
	in->label = str_empty(label) ? text : label;
	in->code = read_cell(r, x, FEEL_EXPRESSION);
	if (!in->code.expr && !in->code.problem) {
		in->code.problem = "an input has no expression";
		read_problem(r, c, "%s", in->code.problem);
	}
	in->type = x ? type_by_name(r, r->unit, node_attribute(r, x, "typeRef"), x) : NULL;
	in->allowed = read_values(r, c, "inputValues");
}

static void read_table_output(struct reading *r, const xmlNode *c, const xmlNode *table,
			      struct table_output *out, size_t count)
{
	const char *name = name_normal(r->arena, node_attribute(r, c, "name"));
	out->name = count > 1 ? name : NULL;
	out->type = type_by_name(r, r->unit, node_attribute(r, c, "typeRef"), c);
	out->values = read_values(r, c, "outputValues");
	/* Where the column lists none, the order is that of its type's allowed values; the one column's
	 * type may be said of the table, where it is that of the whole: perhaps a list. */
	const struct feel_type *t = out->type;
	if (!t && count == 1)
		t = type_by_name(r, r->unit, node_attribute(r, table, "typeRef"), table);
	for (unsigned i = 0; !out->values && t && i < DMN_DEPTH_MAX; i++) {
		out->values = t->allowed;
		t = t->kind == FEEL_TYPE_SAME || t->kind == FEEL_TYPE_LIST ? t->element : NULL;
	}
	out->fallback = read_cell(r, node_child(c, "defaultOutputEntry"), FEEL_EXPRESSION);
	if (count > 1 && str_empty(name)) {
		read_problem(r, c, "an output of several has no name");
		out->name = "";
	}
}

static void read_rule(struct reading *r, const xmlNode *n, const struct table *t, struct rule *rule)
{
	size_t i = 0, k = 0;
	rule->id = node_attribute(r, n, "id");
	rule->annotation = name_normal(r->arena, node_text(r, n, "annotationEntry"));
	rule->tests = arena_array(r->arena, t->input_count + 1, sizeof(*rule->tests));
	rule->outputs = arena_array(r->arena, t->output_count + 1, sizeof(*rule->outputs));
	for (xmlNode *c = node_child(n, "inputEntry"); c; c = node_next(c, "inputEntry"), i++)
		if (i < t->input_count)
			rule->tests[i] = read_cell(r, c, FEEL_UNARY_TESTS);
	for (xmlNode *c = node_child(n, "outputEntry"); c; c = node_next(c, "outputEntry"), k++)
		if (k < t->output_count)
			rule->outputs[k] = read_cell(r, c, FEEL_EXPRESSION);
	if (i != t->input_count || k != t->output_count)
		read_problem(r, n, "a rule has not an entry for each input and output");
}

static size_t read_word(struct reading *r, const xmlNode *n, const char *attribute,
			const char *const *words, size_t count)
{
	const char *given = node_attribute(r, n, attribute);
	if (str_empty(given))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (words[i] && strcmp(words[i], given) == 0)
			return i;
	read_problem(r, n, "the %s '%s' is unknown", attribute, given);
	return 0;
}

const struct table *read_table(struct reading *r, const xmlNode *n)
{
	static const char *const policies[] = { "UNIQUE",  "FIRST",      "PRIORITY",    "ANY",
						"COLLECT", "RULE ORDER", "OUTPUT ORDER" };
	static const char *const aggregations[] = { NULL, "SUM", "MIN", "MAX", "COUNT" };
	struct table *t = arena_alloc(r->arena, sizeof(*t));
	size_t i = 0;
	t->policy = (enum hit_policy)read_word(r, n, "hitPolicy", policies, 7);
	t->aggregation = (enum aggregation)read_word(r, n, "aggregation", aggregations, 5);
	t->input_count = node_count(n, "input");
	t->output_count = node_count(n, "output");
	t->rule_count = node_count(n, "rule");
	t->inputs = arena_array(r->arena, t->input_count + 1, sizeof(*t->inputs));
	t->outputs = arena_array(r->arena, t->output_count + 1, sizeof(*t->outputs));
	t->rules = arena_array(r->arena, t->rule_count + 1, sizeof(*t->rules));
	for (xmlNode *c = node_child(n, "input"); c; c = node_next(c, "input"))
		read_table_input(r, c, &t->inputs[i++]);
	i = 0;
	for (xmlNode *c = node_child(n, "output"); c; c = node_next(c, "output"))
		read_table_output(r, c, n, &t->outputs[i++], t->output_count);
	i = 0;
	for (xmlNode *c = node_child(n, "rule"); c; c = node_next(c, "rule"))
		read_rule(r, c, t, &t->rules[i++]);
	if (t->output_count == 0)
		read_problem(r, n, "a decision table has no output");
	return t;
}
