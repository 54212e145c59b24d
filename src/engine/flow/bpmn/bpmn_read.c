/* SPDX-License-Identifier: Apache-2.0 */
/* Reads XML into the model. libxml2 parses and keeps the tree; beside it stands a flat table of typed
 * elements that rules and engine walk. */
#include "engine/flow/bpmn/bpmn_private.h"

#include <ctype.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/tree.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include "base/text.h"

#define XSI_NS "http://www.w3.org/2001/XMLSchema-instance"

static pthread_once_t ready = PTHREAD_ONCE_INIT;

static void start(void)
{
	xmlInitParser();
}

static void free_document(void *document)
{
	xmlFreeDoc(document);
}

static enum status refuse(struct bpmn_problem *problem, int line, enum status st, const char *why)
{
	problem->line = line;
	snprintf(problem->text, sizeof(problem->text), "%s", why);
	for (char *s = problem->text; *s; s++) {
		if (*s == '\n')
			*s = ' ';
	}
	size_t n = strlen(problem->text);
	while (n && problem->text[n - 1] == ' ')
		problem->text[--n] = 0;
	return st;
}

/* A document type would bring entities: the parser stops before it reads one. */
static void see_document_type(void *context, const xmlChar *name, const xmlChar *public_id,
			      const xmlChar *system_id)
{
	(void)name, (void)public_id, (void)system_id;
	xmlParserCtxtPtr parser = context;
	parser->_private = parser;
	xmlStopParser(parser);
}

/* libxml2 prints some errors whatever the options say (of encodings, for one); those of a parser are
 * kept in it, which is where they are read. */
static void say_nothing(void *context, xmlErrorPtr error)
{
	(void)context, (void)error;
}

static enum status parse(const void *bytes, size_t size, xmlDocPtr *out,
			 struct bpmn_problem *problem)
{
	pthread_once(&ready, start);
	xmlParserCtxtPtr parser = xmlNewParserCtxt();
	if (!parser)
		return refuse(problem, 0, ST_INTERNAL, "the XML parser cannot be made");
	parser->sax->internalSubset = see_document_type;
	parser->sax->externalSubset = see_document_type;
	xmlStructuredErrorFunc handler = xmlStructuredError;
	void *context = xmlStructuredErrorContext;
	xmlSetStructuredErrorFunc(NULL, say_nothing);
	xmlDocPtr document = xmlCtxtReadMemory(parser, bytes, (int)size, NULL, NULL,
					       XML_PARSE_NONET | XML_PARSE_NOERROR |
						       XML_PARSE_NOWARNING | XML_PARSE_NOXINCNODE);
	xmlSetStructuredErrorFunc(context, handler);
	enum status st = ST_OK;
	if (parser->_private) {
		st = refuse(problem, 0, ST_BAD_INPUT,
			    "a document type is refused: it could bring entities");
	} else if (!document || !parser->wellFormed) {
		const xmlError *error = xmlCtxtGetLastError(parser);
		st = refuse(problem, error ? error->line : 0, ST_BAD_INPUT,
			    error && error->message ? error->message : "not well-formed XML");
	}
	xmlFreeParserCtxt(parser);
	if (st)
		xmlFreeDoc(document);
	else
		*out = document;
	return st;
}

static const char *own_text(struct arena *a, const xmlNode *node)
{
	struct buf b = { a };
	for (const xmlNode *c = node->children; c; c = c->next) {
		if ((c->type == XML_TEXT_NODE || c->type == XML_CDATA_SECTION_NODE) && c->content)
			buf_str(&b, (const char *)c->content);
	}
	if (!b.size)
		return "";
	char *s = b.data;
	while (isspace((unsigned char)*s))
		s++;
	size_t n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = 0;
	return s;
}

static const char *value_of(struct arena *a, const xmlAttr *attribute)
{
	const xmlNode *c = attribute->children;
	if (!c)
		return "";
	if (!c->next && c->type == XML_TEXT_NODE && c->content)
		return arena_strdup(a, (const char *)c->content);
	struct buf b = { a };
	for (; c; c = c->next) {
		if (c->content)
			buf_str(&b, (const char *)c->content);
	}
	return buf_text(&b);
}

static void read_attributes(struct arena *a, const xmlNode *node, struct bpmn_element *e)
{
	uint32_t count = 0;
	for (const xmlAttr *x = node->properties; x; x = x->next)
		count++;
	if (!count)
		return;
	struct bpmn_attribute *list = arena_array(a, count, sizeof(*list));
	e->attributes = list;
	e->attribute_count = count;
	for (const xmlAttr *x = node->properties; x; x = x->next, list++) {
		list->name = (const char *)x->name;
		list->space = x->ns && x->ns->href ? (const char *)x->ns->href : "";
		list->value = value_of(a, x);
	}
	e->id = bpmn_attr(e, "id");
	e->name = bpmn_attr(e, "name");
}

/* What kind 'e' is: xsi:type decides where it names a kind (tFormalExpression). */
static enum bpmn_kind kind_of(const struct bpmn_element *e)
{
	if (strcmp(e->space, BPMN_MODEL_NS) != 0)
		return BPMN_FOREIGN;
	const char *type = bpmn_attr_of(e, XSI_NS, "type");
	if (type) {
		const char *colon = strchr(type, ':');
		const char *local = colon ? colon + 1 : type;
		if (local[0] == 't' && isupper((unsigned char)local[1])) {
			char name[64];
			snprintf(name, sizeof(name), "%c%s", tolower((unsigned char)local[1]),
				 local + 2);
			enum bpmn_kind kind = bpmn_kind_of(name);
			if (kind != BPMN_FOREIGN)
				return kind;
		}
	}
	return bpmn_kind_within(e->parent ? e->parent->kind : BPMN_FOREIGN, e->tag);
}

static enum status add(struct bpmn_model *m, xmlNode *node, struct bpmn_element *parent,
		       struct bpmn_element **out, struct bpmn_problem *problem)
{
	if (m->count == BPMN_MAX_ELEMENTS)
		return refuse(problem, 0, ST_TOO_LARGE, "the model has more than 100000 elements");
	if (m->count == m->room) {
		uint32_t room = m->room ? 2 * m->room : 256;
		m->elements = arena_grow(m->arena, m->elements, m->room * sizeof(*m->elements),
					 room * sizeof(*m->elements));
		m->room = room;
	}
	struct bpmn_element *e = arena_alloc(m->arena, sizeof(*e));
	e->tag = (const char *)node->name;
	e->space = node->ns && node->ns->href ? (const char *)node->ns->href : "";
	e->parent = parent;
	e->index = m->count;
	e->line = (int)xmlGetLineNo(node);
	e->model = m;
	e->xml = node;
	read_attributes(m->arena, node, e);
	e->kind = kind_of(e);
	e->text = own_text(m->arena, node);
	m->elements[m->count++] = e;
	*out = e;
	return ST_OK;
}

static enum status walk(struct bpmn_model *m, struct bpmn_problem *problem)
{
	xmlNode *node = xmlDocGetRootElement(m->document);
	struct bpmn_element *parent = NULL, *last[BPMN_MAX_DEPTH + 1] = { NULL };
	int depth = 0;
	while (node) {
		struct bpmn_element *e = NULL;
		enum status st = add(m, node, parent, &e, problem);
		if (st)
			return st;
		if (last[depth])
			last[depth]->next = e;
		else if (parent)
			parent->first = e;
		last[depth] = e;
		xmlNode *next = xmlFirstElementChild(node);
		if (next) {
			if (++depth > BPMN_MAX_DEPTH)
				return refuse(problem, e->line, ST_TOO_LARGE,
					      "elements are nested deeper than 128");
			parent = e;
			last[depth] = NULL;
			node = next;
			continue;
		}
		while (node && !(next = xmlNextElementSibling(node))) {
			if (!parent)
				return ST_OK;
			node = parent->xml;
			parent = parent->parent;
			depth--;
		}
		node = depth ? next : NULL;
	}
	return ST_OK;
}

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;
	while (*s)
		h = (h ^ (unsigned char)*s++) * 16777619u;
	return h;
}

static void index_ids(struct bpmn_model *m)
{
	m->slots = 16;
	while (m->slots < 2 * m->count)
		m->slots *= 2;
	m->by_id = arena_array(m->arena, m->slots, sizeof(*m->by_id));
	for (uint32_t i = 0; i < m->count; i++) {
		struct bpmn_element *e = m->elements[i];
		/* Diagrams have ids of their own, which no element of a process refers to. */
		if (!e->id || e->kind == BPMN_FOREIGN)
			continue;
		uint32_t at = hash(e->id) & (m->slots - 1);
		while (m->by_id[at] && strcmp(m->by_id[at]->id, e->id) != 0)
			at = (at + 1) & (m->slots - 1);
		if (!m->by_id[at])
			m->by_id[at] = e;
	}
}

enum status bpmn_read(struct arena *a, const void *bytes, size_t size, struct bpmn_model **out,
		      struct bpmn_problem *problem)
{
	*problem = (struct bpmn_problem){ 0 };
	if (size > BPMN_MAX_SIZE)
		return refuse(problem, 0, ST_TOO_LARGE, "the model is larger than 16 MiB");
	if (!size)
		return refuse(problem, 0, ST_BAD_INPUT, "the model is empty");
	xmlDocPtr document = NULL;
	enum status st = parse(bytes, size, &document, problem);
	if (st)
		return st;
	struct bpmn_model *m = arena_alloc(a, sizeof(*m));
	m->arena = a;
	m->document = document;
	m->location = "";
	arena_defer(a, free_document, document);
	st = walk(m, problem);
	if (st)
		return st;
	if (!m->count || m->elements[0]->kind != BPMN_DEFINITIONS)
		return refuse(problem, m->count ? m->elements[0]->line : 0, ST_BAD_INPUT,
			      "the root is not 'definitions' of BPMN 2.0 (" BPMN_MODEL_NS ")");
	const char *target = bpmn_attr(m->elements[0], "targetNamespace");
	m->target_namespace = target ? target : "";
	index_ids(m);
	*out = m;
	return ST_OK;
}

const struct bpmn_element *bpmn_by_id(const struct bpmn_model *m, const char *id)
{
	uint32_t at = hash(id) & (m->slots - 1);
	while (m->by_id[at]) {
		if (strcmp(m->by_id[at]->id, id) == 0)
			return m->by_id[at];
		at = (at + 1) & (m->slots - 1);
	}
	return NULL;
}

const char *bpmn_namespace(const struct bpmn_element *e, const char *prefix)
{
	xmlNode *node = e->xml;
	const xmlNs *found = xmlSearchNs(node->doc, node, *prefix ? (const xmlChar *)prefix : NULL);
	return found && found->href ? (const char *)found->href : NULL;
}

const char *bpmn_write(struct arena *a, const struct bpmn_model *m, size_t *size)
{
	xmlChar *text = NULL;
	int length = 0;
	xmlDocDumpMemoryEnc(m->document, &text, &length, "UTF-8");
	char *copy = arena_strndup(a, text ? (const char *)text : "", (size_t)(text ? length : 0));
	*size = text ? (size_t)length : 0;
	xmlFree(text);
	return copy;
}
