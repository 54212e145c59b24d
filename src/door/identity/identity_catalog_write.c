/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue as a token shows it: pieces made once (identity_known.c), put together for one asker. */
#include <jansson.h>
#include "door/identity/identity_known.h"

/* A VDC's own choice of endpoints; with neither list it sees all. */
struct choice {
	struct id_row *ids;
	struct known_filter_row *filters;
	size_t id_count, filter_count;
};

static bool filter_fits(const char *text, const struct known_endpoint *e)
{
	json_t *filters = json_loads(text, 0, NULL);
	const struct {
		const char *name, *value;
	} known[] = { { "service_id", e->service_id },
		      { "region_id", e->region_id },
		      { "interface", e->interface } };
	bool fits = json_is_object(filters);

	for (size_t i = 0; i < 3; i++) {
		const char *wanted = json_string_value(json_object_get(filters, known[i].name));
		fits = fits && (!wanted || str_eq(wanted, known[i].value));
	}
	json_decref(filters);
	return fits;
}

static bool chosen(const struct choice *choice, const struct known_endpoint *e)
{
	if (!choice->id_count && !choice->filter_count)
		return true;
	for (size_t i = 0; i < choice->id_count; i++)
		if (str_eq(choice->ids[i].id, e->id))
			return true;
	for (size_t i = 0; i < choice->filter_count; i++)
		if (filter_fits(choice->filters[i].filters, e))
			return true;
	return false;
}

/* The address comes from the request; one with what JSON would escape is no address. */
static const char *safe_base(const struct call *c)
{
	return c->base_url && !strpbrk(c->base_url, "\"\\ ") ? c->base_url : "";
}

/* Ids of users and projects are ours and hold nothing that JSON escapes. */
static void put_text(struct call *c, const struct standing *s, struct buf *b, const char *text)
{
	static const char marks[] = { MARK_BASE, MARK_PROJECT, MARK_USER, '\0' };

	for (;;) {
		size_t n = strcspn(text, marks);
		buf_add(b, text, n);
		text += n;
		if (!*text)
			return;
		buf_str(b, *text == MARK_BASE      ? safe_base(c)
			   : *text == MARK_PROJECT ? s->place.id
						   : s->user_id);
		text++;
	}
}

static void put_service(struct call *c, const struct standing *s, const struct choice *choice,
			const struct known_service *service, struct buf *b)
{
	size_t shown = 0;

	for (size_t i = 0; i < service->count; i++) {
		const struct known_endpoint *e = &s->known->endpoints[service->first + i];
		if ((e->wants_project && s->scope != SCOPE_PROJECT) || !chosen(choice, e))
			continue;
		if (!shown++)
			buf_str(b, b->data[b->size - 1] == '[' ? "{\"endpoints\":["
							       : ",{\"endpoints\":[");
		else
			buf_char(b, ',');
		put_text(c, s, b, e->text);
	}
	if (shown) {
		buf_str(b, "],");
		buf_str(b, service->text + 1);
	}
}

enum status catalog_write(struct call *c, const struct standing *s, struct json_out *j)
{
	struct choice choice = { 0 };
	enum status st = ST_OK;

	if (s->known->filtered && s->scope == SCOPE_PROJECT) {
		st = known_read_filter(c, s->place.id, &choice.ids, &choice.id_count);
		if (!st)
			st = known_read_filters(c, s->place.id, &choice.filters,
						&choice.filter_count);
	}
	if (st)
		return st;
	struct buf b = { .arena = c->arena };
	buf_char(&b, '[');
	for (size_t i = 0; i < s->known->service_count; i++)
		put_service(c, s, &choice, &s->known->services[i], &b);
	buf_char(&b, ']');
	json_raw(j, buf_text(&b));
	return ST_OK;
}
