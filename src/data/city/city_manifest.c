/* SPDX-License-Identifier: Apache-2.0 */
/* What a city is said to be: the manifest beside its files, and the tables of docs/city.md. Both are
 * made from city_tables.c, so neither can say another thing. */
#include "base/json.h"
#include "city_record_private.h"

static const char *const subjects[] = { "person", "legal_entity", "house" };
static const char *const shares[] = { "", "无条件共享", "有条件共享", "不予共享" };

static void put_columns(struct json_out *j, const struct city_resource *r)
{
	json_key(j, "columns");
	json_array_begin(j);
	for (const struct city_column *c = r->columns; c->title; c++) {
		json_object_begin(j);
		json_put_str(j, "title", c->title);
		json_put_str(j, "meaning", city_what_words[c->what]);
		if (c->who)
			json_put_str(j, "of", city_who_words[c->who]);
		json_put_int(j, "share", c->share);
		json_object_end(j);
	}
	json_array_end(j);
}

static void put_resource(struct json_out *j, const struct city *city, const struct city_options *o,
			 int n, int64_t bytes)
{
	const struct city_resource *r = &city_resources[n];
	const struct city_department *d = &city_departments[r->department];
	int64_t rows = city_rows(city, n), members = (int64_t)r->members * city->grids;

	json_object_begin(j);
	json_put_str(j, "code", r->code);
	json_put_str(j, "name", r->name);
	json_put_str(j, "department", d->name);
	json_put_str(j, "department_code", d->uscc);
	json_put_str(j, "subject", subjects[r->subject]);
	json_put_str(j, "cycle", r->cycle);
	json_put_int(j, "share", r->share);
	json_put_str(j, "file", arena_printf(j->buf->arena, "%s.csv", r->code));
	json_put_str(j, "encoding", o->gb18030 == r->department ? "GB18030" : "UTF-8");
	json_put_int(j, "records", rows);
	json_put_int(j, "subjects", members);
	json_put_int(j, "duplicates", rows - members);
	json_put_int(j, "bytes", bytes);
	put_columns(j, r);
	json_object_end(j);
}

void city_manifest(const struct city *city, const struct city_options *o, const int64_t *bytes,
		   const int64_t counts[RELATION__COUNT], struct buf *out)
{
	struct json_out j = json_to(out);
	int64_t base = (int64_t)city->grids * (GRID_PERSONS + GRID_FIRMS + GRID_HOUSES);
	int64_t links = 0, relations = 0;

	json_object_begin(&j);
	json_key(&j, "seed");
	/* As text: a number of 64 bits does not survive JavaScript. */
	char seed[24];
	*city_number(seed, city->seed) = '\0';
	json_str(&j, seed);
	json_put_int(&j, "grids", city->grids);
	json_key(&j, "scale");
	json_double(&j, (double)city->grids / CITY_GRIDS);
	json_key(&j, "errors");
	json_double(&j, (double)city->errors / 1000);
	json_key(&j, "resources");
	json_array_begin(&j);
	for (int i = 0; i < CITY_RESOURCES; i++) {
		links += city_rows(city, i);
		if (!o->resources || (o->resources & IN(i)))
			put_resource(&j, city, o, i, bytes[i]);
	}
	json_array_end(&j);
	json_key(&j, "relations");
	json_object_begin(&j);
	for (int i = 0; i < RELATION__COUNT; i++) {
		json_put_int(&j, city_relation_words[i], counts[i]);
		relations += counts[i];
	}
	json_object_end(&j);
	/* Of the whole city, also where only some resources were written. */
	json_key(&j, "complete_linkage");
	json_object_begin(&j);
	json_put_int(&j, "persons", (int64_t)city->grids * GRID_PERSONS);
	json_put_int(&j, "legal_entities", (int64_t)city->grids * GRID_FIRMS);
	json_put_int(&j, "houses", (int64_t)city->grids * GRID_HOUSES);
	json_put_int(&j, "source_links", links);
	json_put_int(&j, "relations", relations);
	json_put_int(&j, "linked_records", base + links + relations);
	json_object_end(&j);
	json_object_end(&j);
	buf_char(out, '\n');
}

/* --- docs/city.md --- */

static void document_rates(struct buf *out)
{
	buf_str(out, "| per million cells |");
	for (int d = 0; d < CITY_DEPARTMENTS; d++)
		buf_printf(out, " %s |", city_departments[d].code);
	buf_str(out, "\n|---|");
	for (int d = 0; d < CITY_DEPARTMENTS; d++)
		buf_str(out, "---|");
	buf_str(out, "\n");
	for (int e = 0; e < ERROR__DRAWN; e++) {
		buf_printf(out, "| `%s` |", city_error_words[e]);
		for (int d = 0; d < CITY_DEPARTMENTS; d++)
			buf_printf(out, " %u |", city_departments[d].rates[e]);
		buf_str(out, "\n");
	}
}

static void document_resource(struct buf *out, const struct city_resource *r)
{
	static const char *const kinds[] = { "Persons", "Legal entities", "Houses" };

	buf_printf(out, "\n### %s %s\n\n", r->code, r->name);
	buf_printf(out, "%s: %s. %u a grid, %u of them repeated; 共享类型 %d %s; 更新周期 %s.\n\n",
		   kinds[r->subject], r->holds, r->members, r->copies, r->share, shares[r->share],
		   r->cycle);
	buf_str(out, "| item | meaning | of | share |\n|---|---|---|---|\n");
	for (const struct city_column *c = r->columns; c->title; c++)
		buf_printf(out, "| %s | %s | %s | %d |\n", c->title, city_what_words[c->what],
			   c->who ? city_who_words[c->who] : "", c->share);
}

void city_document(struct buf *out)
{
	document_rates(out);
	for (int d = 0; d < CITY_DEPARTMENTS; d++) {
		buf_printf(out, "\n## %s %s (%s)\n", city_departments[d].code,
			   city_departments[d].name, city_departments[d].uscc);
		for (int i = 0; i < CITY_RESOURCES; i++)
			if (city_resources[i].department == d)
				document_resource(out, &city_resources[i]);
	}
}
