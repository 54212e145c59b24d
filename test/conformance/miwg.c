/* SPDX-License-Identifier: Apache-2.0 */
/* The reference models of the BPMN Model Interchange Working Group: each is read, written back, and the
 * two documents are compared node by node (names, namespaces, attributes, text, comments). A second
 * group holds our typed model to the XML: every element of BPMN's namespace is known by its kind. */
#include "suite.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"
#include "engine/flow/bpmn/bpmn.h"

static bool same_space(const xmlNs *a, const xmlNs *b)
{
	return xmlStrEqual(a ? a->href : NULL, b ? b->href : NULL);
}

static size_t attributes(const xmlNode *n)
{
	size_t count = 0;
	for (const xmlAttr *x = n->properties; x; x = x->next)
		count++;
	return count;
}

/* Compares attributes as a set: XML gives them no order. */
static bool same_attributes(xmlNode *a, xmlNode *b)
{
	if (attributes(a) != attributes(b))
		return false;
	for (xmlAttr *x = a->properties; x; x = x->next) {
		xmlChar *left = xmlNodeListGetString(a->doc, x->children, 1);
		xmlChar *right = x->ns ? xmlGetNsProp(b, x->name, x->ns->href)
				       : xmlGetNoNsProp(b, x->name);
		bool same = right && xmlStrEqual(left ? left : BAD_CAST "", right);
		xmlFree(left);
		xmlFree(right);
		if (!same)
			return false;
	}
	return true;
}

static bool same_tree(xmlNode *a, xmlNode *b, size_t *count)
{
	for (; a && b; a = a->next, b = b->next) {
		(*count)++;
		if (a->type != b->type || !xmlStrEqual(a->name, b->name))
			return false;
		if (a->type == XML_ELEMENT_NODE) {
			if (!same_space(a->ns, b->ns) || !same_attributes(a, b) ||
			    !same_tree(a->children, b->children, count))
				return false;
		} else if (!xmlStrEqual(a->content, b->content)) {
			return false;
		}
	}
	return !a && !b;
}

static bool same_text(const char *a, size_t a_size, const char *b, size_t b_size, size_t *count)
{
	xmlDocPtr left = xmlReadMemory(a, (int)a_size, NULL, NULL, XML_PARSE_NONET);
	xmlDocPtr right = xmlReadMemory(b, (int)b_size, NULL, NULL, XML_PARSE_NONET);
	bool same = left && right && same_tree(left->children, right->children, count);
	xmlFreeDoc(left);
	xmlFreeDoc(right);
	return same;
}

/* The first element of BPMN's namespace that the table of kinds does not know, or NULL. Names that
 * stand for text or a reference only (incoming, source) are found in the parent's children. */
static const char *unknown(struct arena *a, const struct bpmn_model *m)
{
	for (uint32_t i = 0; i < bpmn_count(m); i++) {
		const struct bpmn_element *e = bpmn_at(m, i);
		if (e->kind != BPMN_FOREIGN || strcmp(e->space, BPMN_MODEL_NS) != 0)
			continue;
		/* An extension may have BPMN as its default namespace by mistake. */
		if (bpmn_within(e, BPMN_EXTENSION_ELEMENTS))
			continue;
		bool named = false;
		for (enum bpmn_kind k = e->parent->kind; k != BPMN_FOREIGN && !named;
		     k = bpmn_words[k].parent) {
			const char *at = bpmn_words[k].children;
			struct bpmn_part part;
			while (!named && bpmn_next_part(&at, &part))
				named = str_eq(part.name, e->tag);
		}
		if (!named)
			return arena_printf(a, "%s in %s", e->tag, e->parent->tag);
	}
	return NULL;
}

static void run(struct suite *s, const char *folder, const char *name)
{
	size_t size, written, nodes = 0;
	char *bytes = suite_file(s->arena, arena_printf(s->arena, "%s/%s", folder, name), &size);
	const char *group = arena_printf(s->arena, "%c-round-trip", name[0]);
	struct bpmn_model *m;
	struct bpmn_problem problem = { 0, "cannot be opened" };
	if (!bytes || bpmn_read(s->arena, bytes, size, &m, &problem)) {
		suite_count(s, group, name, false, problem.text);
		suite_count(s, "kinds", name, false, "was not read");
		return;
	}
	const char *text = bpmn_write(s->arena, m, &written);
	bool same = same_text(bytes, size, text, written, &nodes);
	suite_count(s, group, name, same && nodes > 100, "the trees differ");
	const char *word = unknown(s->arena, m);
	suite_count(s, "kinds", name, !word, word);
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	struct suite s;
	suite_init(&s, "miwg-reference");
	size_t count;
	const char **names = suite_list(s.arena, argv[1], ".bpmn", &count);
	for (size_t i = 0; i < count; i++)
		run(&s, argv[1], names[i]);
	if (!count) {
		fprintf(stderr, "%s holds no .bpmn file\n", argv[1]);
		return 2;
	}
	return suite_end(&s);
}
