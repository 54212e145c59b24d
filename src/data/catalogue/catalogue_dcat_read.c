/* SPDX-License-Identifier: Apache-2.0 */
/* Reading DCAT in JSON-LD: a dcat:Catalog with its datasets, an @graph, or one dcat:Dataset. Names may be
 * full IRIs, or shortened by the document's own @context; a context that stands elsewhere is refused, for
 * nothing is fetched. Values may stand alone, as @value, as @id, or in lists. */
#include <jansson.h>
#include "base/text.h"
#include "data/catalogue/catalogue_dcat.h"

enum { NODE_MEMBERS_MAX = 500, ITEM_MEMBERS_MAX = 50 };

struct ld {
	struct call *c;
	const json_t *context; /* an object, or NULL */
	const char *place;
};

/* --- names --- */

/* What a term of the context stands for: text, or the @id of an object. */
static const char *term_of(const struct ld *d, const char *name, size_t size)
{
	const json_t *v = json_object_getn(d->context, name, size);

	return json_string_value(json_is_object(v) ? json_object_get(v, "@id") : v);
}

/* Whether 'name', as the context shortens it, stands for 'iri'. Nothing is allocated: a hostile document
 * has names without end. */
static bool stands_for(const struct ld *d, const char *name, const char *iri, int depth)
{
	const char *colon = strchr(name, ':'), *whole = term_of(d, name, strlen(name));
	const char *prefix = colon ? term_of(d, name, (size_t)(colon - name))
				   : json_string_value(json_object_get(d->context, "@vocab"));

	if (str_eq(name, iri))
		return true;
	if (name[0] == '@' || depth > 2)
		return false;
	if (whole && !str_eq(whole, name))
		return stands_for(d, whole, iri, depth + 1);
	return prefix && str_starts(iri, prefix) &&
	       str_eq(colon ? colon + 1 : name, iri + strlen(prefix));
}

/* The member of the full name 'iri', or NULL. */
static const json_t *get(const struct ld *d, const json_t *node, const char *iri)
{
	const char *key;
	json_t *v;

	json_object_foreach((json_t *)node, key, v)
	{
		if (stands_for(d, key, iri, 0))
			return v;
	}
	return NULL;
}

/* --- values --- */

/* Item 'i' of a value that may be a list; NULL behind the last one. */
static const json_t *nth(const json_t *v, size_t i)
{
	const json_t *list = json_is_object(v) ? json_object_get(v, "@list") : NULL;

	v = list ? list : v;
	if (json_is_array(v))
		return json_array_get(v, i);
	return i == 0 ? v : NULL;
}

/* A value's text: a string, its @value, or its @id. */
static const char *text_of(const json_t *v)
{
	v = nth(v, 0);
	if (json_is_object(v)) {
		const json_t *value = json_object_get(v, "@value");
		v = value ? value : json_object_get(v, "@id");
	}
	return json_string_value(v);
}

static enum status wrong(const struct ld *d, const char *iri, const char *rule)
{
	const char *cut = strrchr(iri, '#');

	cut = cut ? cut + 1 : strrchr(iri, '/') + 1;
	return fail(d->c, ST_BAD_INPUT, cut, "%s, %s: %s", d->place, cut, rule);
}

static enum status text(const struct ld *d, const json_t *node, const char *iri, size_t most,
			const char **out)
{
	const json_t *v = get(d, node, iri);

	*out = text_of(v);
	if (v && !json_is_null(v) && !*out)
		return wrong(d, iri, "is not a text");
	if (*out && utf8_length(*out) > most)
		return wrong(d, iri,
			     arena_printf(d->c->arena, "has more than %zu characters", most));
	*out = str_empty(*out) ? NULL : arena_strdup(d->c->arena, *out);
	return ST_OK;
}

static enum status word(const struct ld *d, const json_t *node, const char *iri,
			const char *const *words, int *out)
{
	const char *s = text_of(get(d, node, iri));
	struct buf b = { .arena = d->c->arena };
	int found = s ? word_among(words, s) : -1;

	if (found >= 0) {
		*out = found;
		return ST_OK;
	}
	for (size_t i = 0; words[i]; i++)
		buf_printf(&b, "%s%s", i ? ", " : "", words[i]);
	return wrong(d, iri, arena_printf(d->c->arena, "is one of %s", buf_text(&b)));
}

static enum status boolean(const struct ld *d, const json_t *node, const char *iri, bool *out)
{
	const json_t *v = nth(get(d, node, iri), 0);

	if (json_is_object(v))
		v = json_object_get(v, "@value");
	*out = json_is_true(v) || str_eq(json_string_value(v), "true");
	if (!v || json_is_boolean(v) || json_is_null(v) || *out ||
	    str_eq(json_string_value(v), "false"))
		return ST_OK;
	return wrong(d, iri, "is true or false");
}

static enum status number(const struct ld *d, const json_t *node, const char *iri, int64_t *out)
{
	const json_t *v = nth(get(d, node, iri), 0);

	if (json_is_object(v))
		v = json_object_get(v, "@value");
	*out = INT_NULL;
	if (!v || json_is_null(v))
		return ST_OK;
	if (json_is_integer(v)) {
		*out = json_integer_value(v);
		if (*out >= 0)
			return ST_OK;
	}
	if (json_is_string(v) && int_parse(json_string_value(v), out) && *out >= 0)
		return ST_OK;
	return wrong(d, iri, "is a whole number");
}

/* The texts of all values, each of them, or of its member 'sub'. */
static enum status several(const struct ld *d, const json_t *node, const char *iri, const char *sub,
			   struct words *out)
{
	const json_t *all = get(d, node, iri), *v;
	struct words w = { arena_array(d->c->arena, CATALOGUE_WORDS_MAX + 1, sizeof(char *)), 0 };

	for (size_t i = 0; (v = nth(all, i)) != NULL; i++) {
		const char *s = text_of(sub && json_is_object(v) ? get(d, v, sub) : v);
		if (!s)
			return wrong(d, iri, "holds what is not a text");
		if (w.count == CATALOGUE_WORDS_MAX)
			return wrong(d, iri, "has more than 50 values");
		w.list[w.count++] = arena_strdup(d->c->arena, s);
	}
	*out = w;
	return ST_OK;
}

/* --- datasets --- */

static enum status read_cycle(const struct ld *d, const json_t *node, int *out)
{
	static const char iri[] = NS_DCT "accrualPeriodicity";
	const char *s = text_of(get(d, node, iri));

	if (!s)
		return wrong(d, iri, "is missing");
	/* Frequencies that the guide does not have are 其他. */
	*out = CYCLE_OTHER;
	for (int i = 0; dcat_frequencies[i]; i++)
		if (stands_for(d, s,
			       arena_printf(d->c->arena, NS_FREQUENCY "%s", dcat_frequencies[i]),
			       0))
			*out = i;
	return ST_OK;
}

static enum status read_item(const struct ld *d, const json_t *node, struct catalogue_item *i)
{
	enum status st;

	if (!json_is_object(node) || json_object_size(node) > ITEM_MEMBERS_MAX)
		return wrong(d, NS_OURS "items", "holds what is not an item of at most 50 members");
	i->share_type = -1;
	st = text(d, node, NS_OURS "name", NAME_MAX_LENGTH, &i->name);
	if (!st && !i->name)
		return wrong(d, NS_OURS "name", "is missing of an item");
	if (!st)
		st = text(d, node, NS_OURS "code", 64, &i->code);
	if (!st)
		st = word(d, node, NS_OURS "type", type_words, &i->type);
	if (!st)
		st = number(d, node, NS_OURS "length", &i->length);
	if (!st)
		st = number(d, node, NS_OURS "scale", &i->scale);
	if (!st && get(d, node, NS_OURS "shareType"))
		st = word(d, node, NS_OURS "shareType", share_words, &i->share_type);
	if (!st)
		st = text(d, node, NS_OURS "shareCondition", TEXT_MAX_LENGTH, &i->share_condition);
	if (!st)
		st = boolean(d, node, NS_OURS "secret", &i->secret);
	if (!st)
		st = text(d, node, NS_OURS "standard", NAME_MAX_LENGTH, &i->standard);
	return st ? st : text(d, node, NS_OURS "note", TEXT_MAX_LENGTH, &i->note);
}

static enum status read_items(const struct ld *d, const json_t *node, struct catalogue_version *v)
{
	const json_t *all = get(d, node, NS_OURS "items"), *item;
	size_t count = 0;
	enum status st = ST_OK;

	while (nth(all, count))
		count++;
	if (count > CATALOGUE_ITEMS_MAX)
		return wrong(d, NS_OURS "items", "are more than 1000");
	v->items = arena_array(d->c->arena, count + 1, sizeof *v->items);
	for (size_t i = 0; !st && (item = nth(all, i)) != NULL; i++)
		st = read_item(d, item, &v->items[v->items_count++]);
	return st;
}

static enum status read_sharing(const struct ld *d, const json_t *node, struct catalogue_version *v)
{
	enum status st = word(d, node, NS_OURS "shareType", share_words, &v->share_type);

	v->share_mode = -1;
	if (!st)
		st = text(d, node, NS_OURS "shareCondition", TEXT_MAX_LENGTH, &v->share_condition);
	if (!st)
		st = text(d, node, NS_OURS "shareBasis", TEXT_MAX_LENGTH, &v->share_basis);
	if (!st && get(d, node, NS_OURS "shareMode"))
		st = word(d, node, NS_OURS "shareMode", mode_words, &v->share_mode);
	if (!st)
		st = boolean(d, node, NS_OURS "open", &v->open);
	return st ? st
		  : text(d, node, NS_OURS "openCondition", TEXT_MAX_LENGTH, &v->open_condition);
}

static enum status read_names(const struct ld *d, const json_t *node, struct import_entry *e)
{
	const json_t *theme = nth(get(d, node, NS_DCAT "theme"), 0);
	const json_t *publisher = nth(get(d, node, NS_DCT "publisher"), 0);
	struct catalogue_version *v = &e->version;
	enum status st = text(d, node, NS_DCT "identifier", 64, &e->code);

	if (!st)
		st = text(d, node, NS_DCT "title", NAME_MAX_LENGTH, &v->name);
	if (!st && !v->name)
		return wrong(d, NS_DCT "title", "is missing");
	if (!st)
		st = text(d, node, NS_DCT "description", TEXT_MAX_LENGTH, &v->summary);
	if (!st && !v->summary)
		return wrong(d, NS_DCT "description", "is missing");
	if (!st && json_is_object(publisher))
		st = text(d, publisher, NS_DCT "identifier", 64, &e->provider_code);
	if (!st && json_is_object(theme))
		st = text(d, theme, NS_SKOS "notation", CLASS_CODE_MAX, &v->class_code);
	if (!st && !v->class_code)
		return wrong(d, NS_DCAT "theme",
			     "is a skos:Concept whose skos:notation is the 信息资源分类");
	return st;
}

static enum status read_dataset(const struct ld *d, const json_t *node, struct import_entry *e)
{
	struct catalogue_version *v = &e->version;
	enum status st;

	e->place = d->place;
	if (!json_is_object(node) || json_object_size(node) > NODE_MEMBERS_MAX)
		return wrong(d, NS_DCAT "dataset", "is not an object of at most 500 members");
	st = read_names(d, node, e);
	if (!st)
		st = several(d, node, NS_DCAT "keyword", NULL, &v->keywords);
	if (!st)
		st = read_cycle(d, node, &v->cycle);
	if (!st)
		st = text(d, node, NS_DCT "issued", 10, &v->published_on);
	if (!st)
		st = read_sharing(d, node, v);
	if (!st)
		st = word(d, node, NS_OURS "format", format_words, &v->format);
	if (!st)
		st = several(d, node, NS_DCAT "distribution", NS_DCT "format", &v->format_types);
	if (!st)
		st = several(d, node, NS_DCT "relation", NS_DCT "identifier", &v->related);
	if (!st)
		st = text(d, node, NS_DCAT "landingPage", 1000, &v->link);
	if (!st)
		st = text(d, node, NS_OURS "system", NAME_MAX_LENGTH, &v->system);
	return st ? st : read_items(d, node, v);
}

static bool is_a(const struct ld *d, const json_t *node, const char *iri)
{
	const json_t *types = json_object_get(node, "@type"), *t;

	for (size_t i = 0; i < 20 && (t = nth(types, i)) != NULL; i++)
		if (json_is_string(t) && stands_for(d, json_string_value(t), iri, 0))
			return true;
	return false;
}

static enum status read_context(struct ld *d, const json_t *root)
{
	const json_t *context = json_object_get(root, "@context");

	if (json_is_array(context) && json_array_size(context) == 1)
		context = json_array_get(context, 0);
	if (context && !json_is_object(context))
		return fail(d->c, ST_BAD_INPUT, "@context",
			    "@context: stands in the document as one object; nothing is fetched");
	d->context = context;
	return ST_OK;
}

enum status dcat_read(struct call *c, const char *body, size_t size, struct import_entries *out)
{
	struct ld d = { .c = c, .place = "the document" };
	struct import_entries all = { 0 };
	struct json_t *root;
	const json_t *sets, *node;
	size_t items = 0;
	enum status st = json_parse(c, body, size, &root);

	if (!st)
		st = read_context(&d, root);
	if (st)
		return st;
	sets = json_object_get(root, "@graph");
	bool graph = sets != NULL;
	if (!graph)
		sets = is_a(&d, root, NS_DCAT "Dataset") ? root : get(&d, root, NS_DCAT "dataset");
	all.list = arena_array(c->arena, IMPORT_RESOURCES_MAX + 1, sizeof *all.list);
	for (size_t i = 0; !st && (node = nth(sets, i)) != NULL; i++) {
		if (graph && !is_a(&d, node, NS_DCAT "Dataset"))
			continue;
		d.place = arena_printf(c->arena, "dataset %zu", i + 1);
		if (all.count == IMPORT_RESOURCES_MAX)
			return wrong(&d, NS_DCAT "dataset",
				     "is beyond the 500 resources of a file");
		st = read_dataset(&d, node, &all.list[all.count++]);
		items += all.list[all.count - 1].version.items_count;
		if (items > IMPORT_ITEMS_MAX)
			return wrong(&d, NS_OURS "items", "are more than 10000 in the file");
	}
	if (!st)
		*out = all;
	return st;
}
