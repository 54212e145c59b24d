/* SPDX-License-Identifier: Apache-2.0 */
/* The DMN TCK: folders of models and testCases.xsd files. A case passes when each of its results has
 * the type and the value that is expected, numbers within 1e-8; an errorResult is null with a
 * diagnostic. YONGYUN_CONFORM_WHY=1 in the environment says beside each case why it fails. */
#include "suite.h"

#include <libxml/parser.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/text.h"
#include "engine/flow/dmn/dmn.h"

static bool is(const xmlNode *n, const char *name)
{
	return n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0;
}

static xmlNode *child(const xmlNode *n, const char *name)
{
	xmlNode *c = n->children;
	while (c && !is(c, name))
		c = c->next;
	return c;
}

static xmlNode *next(const xmlNode *n, const char *name)
{
	xmlNode *c = n->next;
	while (c && !is(c, name))
		c = c->next;
	return c;
}

static const char *attribute(struct arena *a, const xmlNode *n, const char *name)
{
	xmlChar *v = xmlGetProp(n, (const xmlChar *)name);
	const char *out = arena_strdup(a, (const char *)v);
	xmlFree(v);
	return out;
}

static const char *content(struct arena *a, const xmlNode *n)
{
	xmlChar *v = xmlNodeGetContent(n);
	const char *out = arena_strdup(a, v ? (const char *)v : "");
	xmlFree(v);
	return out;
}

static const char *trimmed(struct arena *a, const char *s)
{
	s += strspn(s, " \t\r\n");
	size_t size = strlen(s);
	while (size && strchr(" \t\r\n", s[size - 1]))
		size--;
	return arena_strndup(a, s, size);
}

/* The case leaves it to the text to say what it is. */
static const struct feel_value *untyped_value(struct arena *a, const char *text, const char *raw)
{
	static const enum feel_kind kinds[] = { FEEL_DATE, FEEL_DATE_TIME, FEEL_TIME, FEEL_DAYS,
						FEEL_MONTHS };
	if (!*text)
		return &feel_null;
	if (str_eq(text, "true") || str_eq(text, "false"))
		return feel_of_bool(str_eq(text, "true"));
	const struct feel_value *v = feel_of_number_text(a, text);
	for (size_t i = 0; v->kind == FEEL_NULL && i < sizeof(kinds) / sizeof(kinds[0]); i++)
		v = feel_of_temporal(a, kinds[i], text);
	return v->kind == FEEL_NULL ? feel_of_text(a, raw) : v;
}

static const struct feel_value *simple_value(struct arena *a, const xmlNode *n)
{
	const char *nil = attribute(a, n, "nil"), *type = attribute(a, n, "type");
	const char *raw = content(a, n), *text = trimmed(a, raw);
	if (str_eq(nil, "true"))
		return &feel_null;
	const char *colon = type ? strchr(type, ':') : NULL;
	type = colon ? colon + 1 : type;
	if (!type)
		return untyped_value(a, text, raw);
	if (str_eq(type, "string"))
		return feel_of_text(a, raw);
	if (str_eq(type, "boolean"))
		return feel_of_bool(str_eq(text, "true") || str_eq(text, "1"));
	if (str_eq(type, "date"))
		return feel_of_temporal(a, FEEL_DATE, text);
	if (str_eq(type, "time"))
		return feel_of_temporal(a, FEEL_TIME, text);
	if (str_eq(type, "dateTime"))
		return feel_of_temporal(a, FEEL_DATE_TIME, text);
	if (str_eq(type, "duration")) {
		const struct feel_value *v = feel_of_temporal(a, FEEL_DAYS, text);
		return v->kind == FEEL_NULL ? feel_of_temporal(a, FEEL_MONTHS, text) : v;
	}
	return feel_of_number_text(a, text);
}

/* What stands within an element of the type valueType. */
static const struct feel_value *value_within(struct arena *a, const xmlNode *n)
{
	const xmlNode *value = child(n, "value"), *list = child(n, "list");
	size_t count = 0, i = 0;
	if (value)
		return simple_value(a, value);
	if (list && !str_eq(attribute(a, list, "nil"), "true")) {
		for (xmlNode *c = child(list, "item"); c; c = next(c, "item"))
			count++;
		const struct feel_value **items = arena_array(a, count + 1, sizeof(*items));
		for (xmlNode *c = child(list, "item"); c; c = next(c, "item"))
			items[i++] = value_within(a, c);
		return feel_of_list(a, items, count);
	}
	if (!child(n, "component"))
		return &feel_null;
	for (xmlNode *c = child(n, "component"); c; c = next(c, "component"))
		count++;
	struct feel_entry *entries = arena_array(a, count + 1, sizeof(*entries));
	for (xmlNode *c = child(n, "component"); c; c = next(c, "component"))
		entries[i++] = (struct feel_entry){ attribute(a, c, "name"), value_within(a, c) };
	return feel_of_context(a, entries, count);
}

static bool same(const struct feel_value *got, const struct feel_value *want)
{
	if (got->kind != want->kind)
		return false;
	if (got->kind == FEEL_NUMBER) {
		double x, y;
		if (!feel_to_double(got, &x) || !feel_to_double(want, &y))
			return false;
		return fabs(x - y) <= 1e-8 || fabs(x - y) <= 1e-15 * fabs(y);
	}
	if (got->kind == FEEL_LIST) {
		if (got->list.count != want->list.count)
			return false;
		for (size_t i = 0; i < got->list.count; i++)
			if (!same(got->list.items[i], want->list.items[i]))
				return false;
		return true;
	}
	if (got->kind == FEEL_CONTEXT) {
		if (got->context.count != want->context.count)
			return false;
		for (size_t i = 0; i < want->context.count; i++) {
			const struct feel_value *v = feel_get(got, want->context.entries[i].name);
			if (!v || !same(v, want->context.entries[i].value))
				return false;
		}
		return true;
	}
	return feel_is_true(feel_equal(got, want)) || got->kind == FEEL_NULL;
}

struct one_case {
	struct arena *arena;
	const struct dmn_model *model;
	const xmlNode *node;
	struct dmn_input *inputs;
	size_t input_count;
	const char *why;
};

static void read_inputs(struct one_case *c)
{
	size_t count = 0;
	for (xmlNode *n = child(c->node, "inputNode"); n; n = next(n, "inputNode"))
		count++;
	c->inputs = arena_array(c->arena, count + 1, sizeof(*c->inputs));
	for (xmlNode *n = child(c->node, "inputNode"); n; n = next(n, "inputNode"))
		c->inputs[c->input_count++] = (struct dmn_input){
			.namespace = attribute(c->arena, n, "namespace"),
			.name = attribute(c->arena, n, "name"),
			.value = value_within(c->arena, n),
		};
}

static const struct feel_value *ask(struct one_case *c, struct feel_run *run, const char *result)
{
	const char *type = attribute(c->arena, c->node, "type");
	const char *invocable = attribute(c->arena, c->node, "invocableName");
	if (str_eq(type, "bkm"))
		return dmn_invoke(run, c->model, invocable, c->inputs, c->input_count, NULL);
	if (!str_eq(type, "decisionService") || !invocable)
		return dmn_decide(run, c->model, result, c->inputs, c->input_count, NULL);
	const struct feel_value *v =
		dmn_serve(run, c->model, invocable, c->inputs, c->input_count, NULL);
	const struct feel_value *own = feel_get(v, result);
	return own ? own : v;
}

static bool check_result(struct one_case *c, const xmlNode *n)
{
	struct arena *a = c->arena;
	const char *name = attribute(a, n, "name");
	const xmlNode *expected = child(n, "expected");
	bool error = str_eq(attribute(a, n, "errorResult"), "true");
	struct feel_run *run = feel_run_new(a, NULL, clock_now());
	const struct feel_value *got = ask(c, run, name);
	const struct feel_value *want = expected ? value_within(a, expected) : &feel_null;
	bool told = false;
	for (size_t i = 0; i < run->diagnostic_count; i++)
		told |= !run->diagnostics[i].is_warning;
	if (error ? got->kind == FEEL_NULL && told : same(got, want))
		return true;
	c->why = arena_printf(a, "%s: expected %s%s '%s', got %s '%s'%s%s", name,
			      error ? "an error, " : "", feel_kind_name(want->kind),
			      feel_to_text(a, want), feel_kind_name(got->kind),
			      feel_to_text(a, got), run->diagnostic_count ? "; " : "",
			      run->diagnostic_count ? run->diagnostics[0].text : "");
	return false;
}

static bool check_case(struct one_case *c)
{
	bool passed = true, any = false;
	if (!c->model) {
		c->why = "the model cannot be read";
		return false;
	}
	read_inputs(c);
	for (xmlNode *n = child(c->node, "resultNode"); n; n = next(n, "resultNode")) {
		any = true;
		passed &= check_result(c, n);
	}
	return passed && any;
}

/* The model that the cases name, with all others of the folder behind it. */
static const struct dmn_model *open_model(struct arena *a, const char *folder, const char *name)
{
	size_t count = 0, n = 1;
	const char **files = suite_list(a, folder, ".dmn", &count);
	struct dmn_source *list = arena_array(a, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++) {
		struct dmn_source s = { .name = files[i] };
		s.text = suite_file(a, arena_printf(a, "%s/%s", folder, files[i]), &s.size);
		if (!s.text)
			continue;
		if (str_eq(files[i], name))
			list[0] = s;
		else
			list[n++] = s;
	}
	return list[0].text ? dmn_read(a, list, n, NULL) : NULL;
}

/* 'inner' is the folder of the file's models; 'prefix' its last part, which begins the cases' ids. */
static void run_file(const char *inner, const char *file, const char *group, const char *prefix,
		     struct suite *s)
{
	SCOPED_ARENA struct arena *a = arena_new();
	size_t size = 0;
	char *text = suite_file(a, arena_printf(a, "%s/%s", inner, file), &size);
	xmlDoc *doc = text ? xmlReadMemory(text, (int)size, NULL, NULL,
					   XML_PARSE_NONET | XML_PARSE_NOERROR)
			   : NULL;
	const xmlNode *root = doc ? xmlDocGetRootElement(doc) : NULL;
	if (!root || !is(root, "testCases")) {
		suite_count(s, group, arena_printf(a, "%s/%s", prefix, file), false,
			    "it is no file of cases");
		xmlFreeDoc(doc);
		return;
	}
	const xmlNode *named = child(root, "modelName");
	const struct dmn_model *m =
		open_model(a, inner, named ? trimmed(a, content(a, named)) : "");
	for (xmlNode *n = child(root, "testCase"); n; n = next(n, "testCase")) {
		SCOPED_ARENA struct arena *own = arena_new();
		struct one_case c = { .arena = own, .model = m, .node = n };
		bool passed = check_case(&c);
		const char *id = attribute(own, n, "id");
		suite_count(s, group, arena_printf(own, "%s/%s", prefix, id ? id : "?"), passed,
			    getenv("YONGYUN_CONFORM_WHY") ? c.why : NULL);
	}
	xmlFreeDoc(doc);
}

/* "compliance-level-3" is told as "cl3", as the TCK's own tables do. */
static const char *group_name(struct arena *a, const char *folder)
{
	static const char level[] = "compliance-level-";
	return str_starts(folder, level) ? arena_printf(a, "cl%s", folder + strlen(level)) : folder;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
		return 2;
	}
	struct suite s;
	size_t count = 0, ran = 0;
	suite_init(&s, "dmn-tck");
	const char **files = suite_list(s.arena, argv[1], ".xml", &count);
	for (size_t i = 0; i < count; i++) {
		/* LEVEL/CASES/FILE */
		char *level = arena_strdup(s.arena, files[i]);
		char *cases = strchr(level, '/'), *file = cases ? strchr(cases + 1, '/') : NULL;
		if (!file || strchr(file + 1, '/'))
			continue;
		*cases++ = *file++ = 0;
		run_file(arena_printf(s.arena, "%s/%s/%s", argv[1], level, cases), file,
			 group_name(s.arena, level), cases, &s);
		ran++;
	}
	if (!ran) {
		fprintf(stderr, "%s cannot be read as the suite dmn-tck\n", argv[1]);
		return 2;
	}
	return suite_end(&s);
}
