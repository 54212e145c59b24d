/* SPDX-License-Identifier: Apache-2.0 */
/* XML: files into units, and looks into their elements. libxml2 reads with the network off; a document
 * type is refused, so there are no entities. */
#include <libxml/parser.h>
#include "engine/flow/dmn/dmn_private.h"

bool dmn_namespace_is(const xmlChar *href)
{
	static const char *const known[] = {
		"http://www.omg.org/spec/DMN/20151101/dmn.xsd",
		"http://www.omg.org/spec/DMN/20180521/MODEL/",
		"https://www.omg.org/spec/DMN/20191111/MODEL/",
		"https://www.omg.org/spec/DMN/20211108/MODEL/",
		"https://www.omg.org/spec/DMN/20230324/MODEL/",
	};
	for (size_t i = 0; href && i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp((const char *)href, known[i]) == 0)
			return true;
	return false;
}

bool node_is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && n->ns && dmn_namespace_is(n->ns->href) &&
	       (!name || strcmp((const char *)n->name, name) == 0);
}

static xmlNode *from(xmlNode *n, const char *name)
{
	while (n && !node_is(n, name))
		n = n->next;
	return n;
}

xmlNode *node_child(const xmlNode *n, const char *name)
{
	return n ? from(n->children, name) : NULL;
}

xmlNode *node_next(const xmlNode *n, const char *name)
{
	return from(n->next, name);
}

size_t node_count(const xmlNode *n, const char *name)
{
	size_t count = 0;
	for (xmlNode *c = node_child(n, name); c; c = node_next(c, name))
		count++;
	return count;
}

const char *node_attribute(struct reading *r, const xmlNode *n, const char *name)
{
	for (const xmlAttr *a = n ? n->properties : NULL; a; a = a->next) {
		if (a->ns || strcmp((const char *)a->name, name) != 0)
			continue;
		xmlChar *v = xmlNodeListGetString(n->doc, a->children, 1);
		const char *out = arena_strdup(r->arena, v ? (const char *)v : "");
		xmlFree(v);
		return out;
	}
	return NULL;
}

const char *node_text(struct reading *r, const xmlNode *n, const char *child)
{
	const xmlNode *c = child ? node_child(n, child) : n;
	if (!c)
		return NULL;
	xmlChar *v = xmlNodeGetContent(c);
	const char *out = arena_strdup(r->arena, v ? (const char *)v : "");
	xmlFree(v);
	return out;
}

/* Space at the ends goes, and becomes one between words. */
const char *name_normal(struct arena *a, const char *name)
{
	if (!name)
		return NULL;
	struct buf b = { .arena = a };
	bool space = false;
	for (const char *c = name; *c; c++) {
		if (strchr(" \t\r\n", *c)) {
			space = b.size > 0;
			continue;
		}
		if (space)
			buf_char(&b, ' ');
		space = false;
		buf_char(&b, *c);
	}
	return buf_text(&b);
}

static void quiet(void *arg, const char *fmt, ...)
{
	(void)arg, (void)fmt;
}

static bool too_deep(const xmlNode *n, unsigned depth)
{
	if (depth > DMN_DEPTH_MAX)
		return true;
	for (const xmlNode *c = n->children; c; c = c->next)
		if (c->type == XML_ENTITY_REF_NODE ||
		    (c->type == XML_ELEMENT_NODE && too_deep(c, depth + 1)))
			return true;
	return false;
}

static void free_doc(void *doc)
{
	xmlFreeDoc(doc);
}

const char *unit_open(struct reading *r, const struct dmn_source *file, struct unit *u)
{
	u->source = arena_strdup(r->arena, file->name ? file->name : "");
	if (file->size > DMN_TEXT_MAX)
		return "the file is larger than 4 MiB";
	xmlParserCtxt *ctxt = xmlNewParserCtxt();
	if (!ctxt)
		return "there is no memory to read XML";
	ctxt->sax->error = ctxt->sax->warning = quiet;
	ctxt->sax->serror = NULL;
	u->doc = xmlCtxtReadMemory(ctxt, file->text, (int)file->size, NULL, NULL,
				   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
					   XML_PARSE_NOCDATA | XML_PARSE_COMPACT);
	int line = ctxt->lastError.line;
	xmlFreeParserCtxt(ctxt);
	if (!u->doc)
		return arena_printf(r->arena, "the file is not well-formed XML (line %d)", line);
	arena_defer(r->arena, free_doc, u->doc);
	if (u->doc->intSubset || u->doc->extSubset)
		return "the file has a document type, which is refused";
	u->root = xmlDocGetRootElement(u->doc);
	if (!u->root || !node_is(u->root, "definitions"))
		return "the file is not DMN 1.1 to 1.5: its root is no definitions of theirs";
	if (too_deep(u->root, 0))
		return "the file's elements are nested too deeply";
	u->name = node_attribute(r, u->root, "name");
	u->namespace = node_attribute(r, u->root, "namespace");
	return NULL;
}
