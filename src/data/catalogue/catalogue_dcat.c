/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue as DCAT 2 (W3C, 2020) in JSON-LD 1.1: each resource a dcat:Dataset. What the guide has
 * and DCAT has not stands in terms of our own (prefix "yy"), so that a file read back says the same. */
#include "base/text.h"
#include "data/catalogue/catalogue_dcat.h"

/* The EU's authority tables, which DCAT profiles use. */
const char *const dcat_frequencies[] = { "UPDATE_CONT", "DAILY",  "WEEKLY", "MONTHLY", "QUARTERLY",
					 "ANNUAL_2",    "ANNUAL", "OTHER",  NULL };

static void put_type(struct json_out *j, const char *type)
{
	json_put_str(j, "@type", type);
}

static void put_some(struct json_out *j, const char *name, const char *value)
{
	if (value)
		json_put_str(j, name, value);
}

static void put_ref(struct json_out *j, const char *name, const char *iri)
{
	json_key(j, name);
	json_object_begin(j);
	json_put_str(j, "@id", iri);
	json_object_end(j);
}

static void put_words(struct json_out *j, const char *name, const struct words *w)
{
	if (!w->count)
		return;
	json_key(j, name);
	json_array_begin(j);
	for (size_t i = 0; i < w->count; i++)
		json_str(j, w->list[i]);
	json_array_end(j);
}

static void put_context(struct json_out *j)
{
	static const char *const prefixes[][2] = {
		{ "dcat", NS_DCAT }, { "dct", NS_DCT }, { "foaf", NS_FOAF }, { "skos", NS_SKOS },
		{ "owl", NS_OWL },   { "xsd", NS_XSD }, { "yy", NS_OURS },
	};

	json_key(j, "@context");
	json_object_begin(j);
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		json_put_str(j, prefixes[i][0], prefixes[i][1]);
	json_object_end(j);
}

static void put_item(struct json_out *j, const struct catalogue_item *i)
{
	json_object_begin(j);
	put_type(j, "yy:Item");
	json_put_str(j, "yy:name", i->name);
	put_some(j, "yy:code", i->code);
	json_put_str(j, "yy:type", type_words[i->type]);
	if (i->length != INT_NULL)
		json_put_int(j, "yy:length", i->length);
	if (i->scale != INT_NULL)
		json_put_int(j, "yy:scale", i->scale);
	if (i->share_type >= 0)
		json_put_str(j, "yy:shareType", share_words[i->share_type]);
	put_some(j, "yy:shareCondition", i->share_condition);
	if (i->secret)
		json_put_bool(j, "yy:secret", true);
	put_some(j, "yy:standard", i->standard);
	put_some(j, "yy:note", i->note);
	json_object_end(j);
}

static void put_publisher(struct json_out *j, const struct catalogue_resource *r)
{
	json_key(j, "dct:publisher");
	json_object_begin(j);
	put_type(j, "foaf:Organization");
	json_put_str(j, "foaf:name", r->provider);
	json_put_str(j, "dct:identifier", r->provider_code);
	json_object_end(j);
}

static void put_theme(struct json_out *j, const struct export_entry *e)
{
	const struct words *names = &e->class_names;

	json_key(j, "dcat:theme");
	json_object_begin(j);
	put_type(j, "skos:Concept");
	json_put_str(j, "skos:notation", e->whole.version.class_code);
	if (names->count)
		json_put_str(j, "skos:prefLabel", names->list[names->count - 1]);
	json_object_end(j);
}

static void put_sharing(struct json_out *j, const struct catalogue_version *v)
{
	put_ref(j, "dct:accessRights",
		v->open                       ? NS_ACCESS "PUBLIC"
		: v->share_type == SHARE_NONE ? NS_ACCESS "NON_PUBLIC"
					      : NS_ACCESS "RESTRICTED");
	json_put_str(j, "yy:shareType", share_words[v->share_type]);
	put_some(j, "yy:shareCondition", v->share_condition);
	put_some(j, "yy:shareBasis", v->share_basis);
	if (v->share_mode >= 0)
		json_put_str(j, "yy:shareMode", mode_words[v->share_mode]);
	json_put_bool(j, "yy:open", v->open);
	put_some(j, "yy:openCondition", v->open_condition);
}

static void put_related(struct json_out *j, const struct words *codes)
{
	if (!codes->count)
		return;
	json_key(j, "dct:relation");
	json_array_begin(j);
	for (size_t i = 0; i < codes->count; i++) {
		json_object_begin(j);
		json_put_str(j, "dct:identifier", codes->list[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_distributions(struct json_out *j, const struct catalogue_version *v)
{
	json_put_str(j, "yy:format", format_words[v->format]);
	if (!v->format_types.count)
		return;
	json_key(j, "dcat:distribution");
	json_array_begin(j);
	for (size_t i = 0; i < v->format_types.count; i++) {
		json_object_begin(j);
		put_type(j, "dcat:Distribution");
		json_put_str(j, "dct:format", v->format_types.list[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_dataset(struct call *c, struct json_out *j, const struct export_entry *e)
{
	const struct catalogue_version *v = &e->whole.version;
	const struct catalogue_resource *r = &e->whole.resource;

	json_object_begin(j);
	json_put_str(j, "@id", arena_printf(c->arena, "urn:uuid:%s", r->id));
	put_type(j, "dcat:Dataset");
	json_put_str(j, "dct:identifier", r->code);
	json_put_str(j, "dct:title", v->name);
	json_put_str(j, "dct:description", v->summary);
	put_publisher(j, r);
	put_theme(j, e);
	put_words(j, "dcat:keyword", &v->keywords);
	put_ref(j, "dct:accrualPeriodicity",
		arena_printf(c->arena, NS_FREQUENCY "%s", dcat_frequencies[v->cycle]));
	json_key(j, "dct:issued");
	json_object_begin(j);
	put_type(j, "xsd:date");
	json_put_str(j, "@value", v->published_on);
	json_object_end(j);
	json_put_str(j, "owl:versionInfo", arena_printf(c->arena, "%lld", (long long)v->number));
	put_sharing(j, v);
	put_distributions(j, v);
	put_related(j, &v->related);
	if (v->link)
		put_ref(j, "dcat:landingPage", v->link);
	put_some(j, "yy:system", v->system);
	if (v->items_count) {
		json_key(j, "yy:items");
		json_object_begin(j);
		json_key(j, "@list");
		json_array_begin(j);
		for (size_t i = 0; i < v->items_count; i++)
			put_item(j, &v->items[i]);
		json_array_end(j);
		json_object_end(j);
	}
	json_object_end(j);
}

const char *dcat_write(struct call *c, const struct export_entries *in)
{
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);

	json_object_begin(&j);
	put_context(&j);
	put_type(&j, "dcat:Catalog");
	json_put_str(&j, "dct:title", "政务信息资源目录");
	json_put_str(&j, "dct:language", "zh");
	json_key(&j, "dcat:dataset");
	json_array_begin(&j);
	for (size_t i = 0; i < in->count; i++)
		put_dataset(c, &j, &in->list[i]);
	json_array_end(&j);
	json_object_end(&j);
	return buf_text(&b);
}
