/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to a route's input struct: path, query and headers here, the body by its shape. */
#include <jansson.h>
#include "door/http/http_private.h"

enum { QUERY_NAMES_MAX = 200 };

static const struct field *field_named(const struct call *c, const struct field *shape,
				       unsigned from, const char *name)
{
	for (const struct field *f = shape; f->name; f++) {
		if (!(f->flags & from) || !field_shown(c, f))
			continue;
		if (from == FROM_HEADER ? str_case_eq(f->name, name) : str_eq(f->name, name))
			return f;
	}
	return NULL;
}

static enum status set(struct call *c, const struct field *shape, const struct field *f,
		       const char *text, uint64_t *seen, void *in)
{
	*seen |= UINT64_C(1) << (f - shape);
	return shape_set_text(c, f, text, in);
}

static enum status read_path(struct call *c, const struct match *m, const struct ready_route *r,
			     uint64_t *seen, void *in)
{
	for (size_t i = 0; i < r->count; i++) {
		const char *piece = r->segments[i];
		if (piece[0] != '{')
			continue;
		const char *name = arena_strndup(c->arena, piece + 1, strlen(piece) - 2);
		const struct field *f = field_named(c, r->route->in, FROM_PATH, name);
		if (!f)
			continue; /* the act has no use for it */
		enum status st = set(c, r->route->in, f, m->segments.list[i], seen, in);
		/* An id in a path that is no id names nothing: clients look things up by name so. */
		if (st == ST_BAD_INPUT) {
			call_forgive(c);
			return fail(c, ST_NOT_FOUND, name, "there is no '%s'", m->segments.list[i]);
		}
		if (st)
			return st;
	}
	return ST_OK;
}

static void keep_other(struct call *c, struct map *rest, const char *name, const char *value)
{
	struct map_pair *list = arena_array(c->arena, rest->count + 1, sizeof *list);

	if (rest->count)
		memcpy(list, rest->list, rest->count * sizeof *list);
	list[rest->count++] = (struct map_pair){ name, value };
	rest->list = list;
}

static enum status read_pair(struct call *c, const struct ready_route *r, const char *pair,
			     size_t size, uint64_t *seen, void *in)
{
	const char *equals = memchr(pair, '=', size);
	size_t name_size = equals ? (size_t)(equals - pair) : size;
	const char *name = percent_decode(c, pair, name_size, true);
	const char *value = equals ? percent_decode(c, equals + 1, size - name_size - 1, true) : "";
	const struct field *f;

	if (!name || !value)
		return fail(c, ST_BAD_INPUT, NULL, "the query is not well-formed UTF-8");
	f = field_named(c, r->route->in, FROM_QUERY, name);
	if (f)
		return set(c, r->route->in, f, value, seen, in);
	f = field_named(c, r->route->in, FROM_QUERY, "?");
	if (f)
		keep_other(c, (struct map *)((char *)in + f->at), name, value);
	else if (!r->dialect->lenient)
		return fail(c, ST_BAD_INPUT, name, "this address takes no query '%s'", name);
	return ST_OK;
}

static enum status read_query(struct call *c, const struct http_request *rq,
			      const struct ready_route *r, uint64_t *seen, void *in)
{
	const char *p = rq->query;
	size_t names = 0;

	while (*p) {
		size_t size = strcspn(p, "&");
		if (++names > QUERY_NAMES_MAX)
			return fail(c, ST_BAD_INPUT, NULL, "the query has more than %d names",
				    QUERY_NAMES_MAX);
		enum status st = size ? read_pair(c, r, p, size, seen, in) : ST_OK;
		if (st)
			return st;
		p += size + (p[size] == '&');
	}
	return ST_OK;
}

static enum status read_headers(struct call *c, const struct http_request *rq,
				const struct field *shape, uint64_t *seen, void *in)
{
	for (size_t i = 0; i < rq->header_count; i++) {
		const struct field *f = field_named(c, shape, FROM_HEADER, rq->headers[i].name);
		enum status st = f ? set(c, shape, f, rq->headers[i].value, seen, in) : ST_OK;
		if (st)
			return st;
	}
	return ST_OK;
}

/* Bodies that are no JSON object: a file, or text for the room to read. */
static void keep_whole(const struct http_request *rq, const struct field *shape, void *in)
{
	for (const struct field *f = shape; f->name; f++) {
		if (str_eq(f->name, "-upload"))
			*(struct upload *)((char *)in + f->at) = rq->upload;
		if (str_eq(f->name, "-body"))
			*(const char **)((char *)in + f->at) = rq->body;
	}
}

enum status http_body(struct call *c, const struct http_request *rq, json_t **out)
{
	return json_parse(c, rq->body_size ? rq->body : "{}", rq->body_size ? rq->body_size : 2,
			  out);
}

/* The object that the shape reads: the body, or the member of it that wraps it. */
static enum status unwrap(struct call *c, const struct ready_route *r, const json_t *body,
			  const json_t **out)
{
	const char *wrap = r->route->in_wrap;

	*out = body;
	if (!wrap)
		return ST_OK;
	*out = json_object_get(body, wrap);
	/* Nova's actions write {"os-stop": null} for an action without arguments. */
	if (r->route->action && json_is_null(*out))
		*out = NULL;
	if (!*out && (r->route->action || r->route->flags & ROUTE_OPTIONAL_BODY))
		return ST_OK;
	if (!json_is_object(*out))
		return fail(c, ST_BAD_INPUT, wrap, "'%s' is missing or not an object", wrap);
	if (json_object_size(body) != 1 && !r->dialect->lenient)
		return fail(c, ST_BAD_INPUT, NULL, "the body has a member besides '%s'", wrap);
	return ST_OK;
}

enum status http_input(struct call *c, const struct http_request *rq, const struct match *m,
		       const struct ready_route *r, const json_t *body, void *in)
{
	const unsigned outside = FROM_PATH | FROM_QUERY | FROM_HEADER;
	const struct field *shape = r->route->in;
	uint64_t seen = 0;
	enum status st = read_path(c, m, r, &seen, in);

	if (!st)
		st = read_query(c, rq, r, &seen, in);
	if (!st)
		st = read_headers(c, rq, shape, &seen, in);
	if (!st)
		st = shape_require(c, shape, outside, seen);
	keep_whole(rq, shape, in);
	if (st || !body)
		return st;
	const json_t *root;
	st = unwrap(c, r, body, &root);
	if (!st && root)
		st = shape_read_object(c, shape, root, in);
	return st;
}
