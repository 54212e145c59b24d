/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked, told from the routes themselves: a page for people, OpenAPI 3.1 for programs, and
 * the counters for Prometheus. Nothing here is written twice, so nothing can drift. */
#include "base/metric.h"
#include "door/http/http_private.h"
#include "version.h"

struct document {
	const char *content_type, *body;
};
static const struct field document_wire[] = {
	F_STR_AS("Content-Type", document, content_type, 0, OPT | FROM_HEADER),
	F_BODY(document, body),
	F_END,
};

/* --- the page --- */

static void escape(struct buf *b, const char *s)
{
	for (; s && *s; s++) {
		if (*s == '<')
			buf_str(b, "&lt;");
		else if (*s == '&')
			buf_str(b, "&amp;");
		else
			buf_char(b, *s);
	}
}

static const char *const kind_words[] = {
	[FIELD_INT] = "integer",        [FIELD_REAL] = "number",   [FIELD_BOOL] = "boolean",
	[FIELD_STR] = "text",           [FIELD_ID] = "id",         [FIELD_WORD] = "word",
	[FIELD_TIME] = "time",          [FIELD_JSON] = "any",      [FIELD_STRS] = "list of texts",
	[FIELD_MAP] = "names to texts", [FIELD_OBJECT] = "object", [FIELD_LIST] = "list of objects",
	[FIELD_REST] = "others",        [FIELD_VIEW] = "view",
};

static void page_shape(struct buf *b, const struct field *shape)
{
	for (const struct field *f = shape; f->name; f++) {
		if (f->name[0] == '-')
			continue;
		buf_str(b, "<code>");
		escape(b, f->name);
		buf_printf(b, "</code>%s <i>%s</i><br>", f->flags & OPT ? "?" : "",
			   kind_words[f->kind]);
	}
}

static void page_route(const struct dialect *d, const struct route *r, void *buf)
{
	struct buf *b = buf;

	if (d == &inside_dialect)
		return;
	buf_printf(b, "<tr><td><b>%s</b> %s%s", r->method, d->prefix, r->path);
	if (r->action)
		buf_printf(b, " <b>{%s}</b>", r->action);
	buf_printf(b, "<td>%s<td>%s<td>%d<td>", r->name, r->may, r->success);
	escape(b, r->help);
	buf_str(b, "<td>");
	page_shape(b, r->in);
	buf_str(b, "<td>");
	page_shape(b, r->out);
	buf_str(b, "\n");
}

static enum status page_of_routes(struct call *c, const struct nothing *in, struct document *out)
{
	struct buf b = { .arena = c->arena };

	(void)in;
	buf_str(&b,
		"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Yongyun: what can "
		"be asked</title><style>body{font:14px sans-serif;margin:2em}table{border-collapse:"
		"collapse}td,th{border-top:1px solid #ccc;padding:4px 8px;text-align:left;"
		"vertical-align:top}</style><h1>What can be asked</h1><table><tr><th>address<th>name"
		"<th>permission<th>answers<th>what for<th>takes<th>gives\n");
	http_each_route(house_of(c)->modules, page_route, &b);
	buf_str(&b, "</table></html>\n");
	*out = (struct document){ "text/html; charset=utf-8", buf_text(&b) };
	return ST_OK;
}

/* --- OpenAPI 3.1 --- */

static void api_shape(struct json_out *j, const struct field *shape, int depth);

static void api_field(struct json_out *j, const struct field *f, int depth)
{
	static const char *const types[] = {
		[FIELD_INT] = "integer", [FIELD_REAL] = "number",   [FIELD_BOOL] = "boolean",
		[FIELD_STR] = "string",  [FIELD_ID] = "string",     [FIELD_WORD] = "string",
		[FIELD_TIME] = "string", [FIELD_STRS] = "array",    [FIELD_MAP] = "object",
		[FIELD_LIST] = "array",  [FIELD_OBJECT] = "object",
	};
	const char *type = f->kind < sizeof types / sizeof *types ? types[f->kind] : NULL;

	json_object_begin(j);
	if (type && f->flags & NULLABLE) {
		json_key(j, "type");
		json_array_begin(j);
		json_str(j, type);
		json_str(j, "null");
		json_array_end(j);
	} else if (type) {
		json_put_str(j, "type", type);
	}
	if (f->kind == FIELD_STR && f->max)
		json_put_int(j, "maxLength", f->max);
	if (f->kind == FIELD_TIME)
		json_put_str(j, "format", "date-time");
	if (f->kind == FIELD_WORD && !(f->flags & NULLABLE)) {
		json_key(j, "enum");
		json_array_begin(j);
		for (const char *const *w = f->words; *w; w++)
			json_str(j, *w);
		json_array_end(j);
	}
	if (f->kind == FIELD_MAP || f->kind == FIELD_STRS) {
		json_key(j, f->kind == FIELD_MAP ? "additionalProperties" : "items");
		json_object_begin(j);
		json_put_str(j, "type", "string");
		json_object_end(j);
	}
	if (f->kind == FIELD_LIST) {
		json_key(j, "items");
		json_object_begin(j);
		api_shape(j, f->sub, depth + 1);
		json_object_end(j);
	}
	if (f->kind == FIELD_OBJECT)
		api_shape(j, f->sub, depth + 1);
	json_object_end(j);
}

static bool in_object(const struct field *f)
{
	return f->name[0] != '-' && f->kind != FIELD_REST &&
	       !(f->flags & (FROM_PATH | FROM_QUERY | FROM_HEADER));
}

static void api_shape(struct json_out *j, const struct field *shape, int depth)
{
	bool required = false;

	json_put_str(j, "type", "object");
	if (depth > 6)
		return;
	json_key(j, "properties");
	json_object_begin(j);
	for (const struct field *f = shape; f->name; f++) {
		if (!in_object(f))
			continue;
		required |= !(f->flags & (OPT | READ_ONLY | OMIT)) && !f->since && !f->until;
		json_key(j, f->name);
		api_field(j, f, depth);
	}
	json_object_end(j);
	if (!required)
		return;
	json_key(j, "required");
	json_array_begin(j);
	for (const struct field *f = shape; f->name; f++)
		if (in_object(f) && !(f->flags & (OPT | READ_ONLY | OMIT)) && !f->since &&
		    !f->until)
			json_str(j, f->name);
	json_array_end(j);
}

static void api_body(struct json_out *j, const struct field *shape, const char *wrap)
{
	json_key(j, "content");
	json_object_begin(j);
	json_key(j, "application/json");
	json_object_begin(j);
	json_key(j, "schema");
	json_object_begin(j);
	if (wrap) {
		json_put_str(j, "type", "object");
		json_key(j, "properties");
		json_object_begin(j);
		json_key(j, wrap);
		json_object_begin(j);
	}
	api_shape(j, shape, 0);
	if (wrap) {
		json_object_end(j);
		json_object_end(j);
	}
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
}

static void api_parameters(struct json_out *j, const struct route *r)
{
	json_key(j, "parameters");
	json_array_begin(j);
	for (const char *p = strchr(r->path, '{'); p; p = strchr(p + 1, '{')) {
		struct buf name = { .arena = j->buf->arena };
		buf_add(&name, p + 1, strcspn(p + 1, "}"));
		json_object_begin(j);
		json_put_str(j, "name", buf_text(&name));
		json_put_str(j, "in", "path");
		json_put_bool(j, "required", true);
		json_key(j, "schema");
		json_object_begin(j);
		json_put_str(j, "type", "string");
		json_object_end(j);
		json_object_end(j);
	}
	for (const struct field *f = r->in; f->name; f++) {
		if (!(f->flags & (FROM_QUERY | FROM_HEADER)) || f->name[0] == '?')
			continue;
		json_object_begin(j);
		json_put_str(j, "name", f->name);
		json_put_str(j, "in", f->flags & FROM_QUERY ? "query" : "header");
		json_put_bool(j, "required", !(f->flags & OPT));
		json_key(j, "schema");
		api_field(j, f, 0);
		json_object_end(j);
	}
	json_array_end(j);
}

static bool has_body(const struct field *shape)
{
	for (const struct field *f = shape; f->name; f++)
		if (in_object(f))
			return true;
	return false;
}

static void api_operation(struct json_out *j, const struct dialect *d, const struct route *r)
{
	json_key(j, str_eq(r->method, "GET")     ? "get"
		    : str_eq(r->method, "POST")  ? "post"
		    : str_eq(r->method, "PUT")   ? "put"
		    : str_eq(r->method, "PATCH") ? "patch"
		    : str_eq(r->method, "HEAD")  ? "head"
						 : "delete");
	json_object_begin(j);
	json_put_str(j, "operationId", r->name);
	json_put_str(j, "summary", r->help);
	json_put_str(j, "x-permission", r->may);
	json_key(j, "tags");
	json_array_begin(j);
	json_str(j, d->name);
	json_array_end(j);
	api_parameters(j, r);
	if (has_body(r->in) && !str_eq(r->method, "GET") && !str_eq(r->method, "HEAD")) {
		json_key(j, "requestBody");
		json_object_begin(j);
		api_body(j, r->in, r->in_wrap);
		json_object_end(j);
	}
	json_key(j, "responses");
	json_object_begin(j);
	json_key(j, arena_printf(j->buf->arena, "%d", r->success));
	json_object_begin(j);
	json_put_str(j, "description", "Done");
	if (has_body(r->out) && r->success != 204)
		api_body(j, r->out, r->out_wrap);
	json_object_end(j);
	json_key(j, "default");
	json_object_begin(j);
	json_put_str(j, "description", "Refused, in the words of the dialect");
	json_object_end(j);
	json_object_end(j);
	json_object_end(j);
}

static const char *api_path(struct call *c, const struct ready_route *r)
{
	return arena_printf(c->arena, "%s%s", r->dialect->prefix, r->route->path);
}

static enum status openapi(struct call *c, const struct nothing *in, struct document *out)
{
	const struct http *h = house_of(c)->http;
	struct buf b = { .arena = c->arena };
	struct json_out j = json_to(&b);
	const char *last = NULL, *last_method = NULL;

	(void)in;
	json_object_begin(&j);
	json_put_str(&j, "openapi", "3.1.0");
	json_key(&j, "info");
	json_object_begin(&j);
	json_put_str(&j, "title", "Yongyun 甬云");
	json_put_str(&j, "version", YONGYUN_VERSION);
	json_object_end(&j);
	json_key(&j, "paths");
	json_object_begin(&j);
	for (size_t i = 0; i < h->count; i++) {
		const char *path = api_path(c, &h->routes[i]);
		const struct route *r = h->routes[i].route;
		/* Actions and versions share a path and a method; the page of routes tells them apart. */
		if (h->routes[i].dialect == &inside_dialect ||
		    (str_eq(path, last) && str_eq(r->method, last_method)))
			continue;
		if (!str_eq(path, last)) {
			if (last)
				json_object_end(&j);
			json_key(&j, path);
			json_object_begin(&j);
		}
		api_operation(&j, h->routes[i].dialect, r);
		last = path;
		last_method = r->method;
	}
	if (last)
		json_object_end(&j);
	json_object_end(&j);
	json_object_end(&j);
	*out = (struct document){ "application/json", buf_text(&b) };
	return ST_OK;
}

static enum status metrics(struct call *c, const struct nothing *in, struct document *out)
{
	struct buf b = { .arena = c->arena };

	enum status st = ST_OK;

	(void)in;
	metric_write(&b);
	for (const struct module *const *m = house_of(c)->modules; *m && !st; m++)
		st = (*m)->metrics ? (*m)->metrics(c, &b) : ST_OK;
	if (st)
		return st;
	*out = (struct document){ "text/plain; version=0.0.4", buf_text(&b) };
	return ST_OK;
}

ACT(page_of_routes, nothing, document)
ACT(openapi, nothing, document)
ACT(metrics, nothing, document)

static const struct route docs_routes[] = {
	ROUTE("GET", "/docs", MAY_ANYONE, 0, page_of_routes, nothing, document,
	      .name = "http.docs.page", .flags = ROUTE_READS, .success = 200,
	      .help = "This page: all that can be asked"),
	ROUTE("GET", "/openapi.json", MAY_ANYONE, 0, openapi, nothing, document,
	      .name = "http.docs.openapi", .flags = ROUTE_READS, .success = 200,
	      .help = "The same for programs: OpenAPI 3.1"),
	ROUTE("GET", "/metrics", "http.metrics.read", SCOPE_SYSTEM, metrics, nothing, document,
	      .name = "http.metrics.read", .flags = ROUTE_READS, .success = 200,
	      .help = "Counters in Prometheus' text format"),
	{ 0 },
};
static const struct route_group http_groups[] = { { &own_dialect, docs_routes },
						  { &own_dialect, about_routes },
						  { 0 } };
static const struct permission http_permissions[] = {
	{ "http.metrics.read", ROLE_SYSTEM_ADMIN | ROLE_SERVICE, "See the counters of the house" },
	{ 0 },
};

const struct module http_module = {
	.name = "http",
	.permissions = http_permissions,
	.routes = http_groups,
};
