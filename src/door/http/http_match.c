/* SPDX-License-Identifier: Apache-2.0 */
/* From method and path to route. All routes stand in one sorted array: by count of segments, and
 * literal segments before {named} ones, so that the first that fits is the right one. */
#include <assert.h>
#include <stdlib.h>
#include "door/http/http_private.h"

static bool named(const char *segment)
{
	return segment[0] == '{';
}

static int by_place(const void *a_, const void *b_)
{
	const struct ready_route *a = a_, *b = b_;

	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	for (size_t i = 0; i < a->count; i++) {
		if (named(a->segments[i]) != named(b->segments[i]))
			return named(a->segments[i]) ? 1 : -1;
		int order = strcmp(a->segments[i], b->segments[i]);
		if (order && !named(a->segments[i]))
			return order;
	}
	return strcmp(a->route->method, b->route->method);
}

static bool has_secret(const struct field *f)
{
	for (; f && f->name; f++)
		if (f->flags & SECRET || has_secret(f->sub))
			return true;
	return false;
}

/* The address at which an older dialect serves the route; NULL: it does not. */
static const char *older_path(struct arena *a, const struct dialect *d, const struct route *r)
{
	const struct older_dialect *o = d->older;

	if (!o || !str_starts(r->path, o->from) || (r->since && r->since > o->version))
		return NULL;
	return arena_printf(a, "%s%s", o->to, r->path + strlen(o->from));
}

static void add_ready(struct http *h, const struct dialect *d, const struct route *r,
		      const char *path)
{
	struct ready_route *ready = &h->routes[h->count++];
	struct words w =
		words_split(h->arena, arena_printf(h->arena, "%s%s", d->prefix, path), '/');

	ready->dialect = d;
	ready->route = r;
	ready->count = w.count;
	ready->segments = w.list;
	ready->secret = has_secret(r->in);
	ready->permission = r->may[0] == '-' ? -1 : permission_bit(r->may);
	assert(w.count <= PATH_SEGMENTS_MAX && "a route's path has too many segments");
	assert(r->name && r->success && "a route needs a name and a success status");
}

static void make_ready(const struct dialect *d, const struct route *r, void *arg)
{
	struct http *h = arg;
	const char *older = older_path(h->arena, d, r);

	add_ready(h, d, r, r->path);
	if (older)
		add_ready(h, d->older->dialect, r, older);
}

void http_each_route(const struct module *const *modules,
		     void (*fn)(const struct dialect *d, const struct route *r, void *arg),
		     void *arg)
{
	for (; *modules; modules++)
		for (const struct route_group *g = (*modules)->routes; g && g->dialect; g++)
			for (const struct route *r = g->routes; r->method; r++)
				fn(g->dialect, r, arg);
}

static void count_route(const struct dialect *d, const struct route *r, void *arg)
{
	(void)r;
	*(size_t *)arg += d->older ? 2 : 1;
}

struct http *http_open(struct call *c, struct house *house)
{
	struct arena *a = arena_new();
	struct http *h = arena_alloc(a, sizeof *h);
	size_t n = 0;

	(void)c;
	h->arena = a;
	http_each_route(house->modules, count_route, &n);
	h->routes = arena_array(a, n + 1, sizeof *h->routes);
	http_each_route(house->modules, make_ready, h);
	qsort(h->routes, h->count, sizeof *h->routes, by_place);
	for (size_t count = 0, i = 0; count <= PATH_SEGMENTS_MAX + 1; count++) {
		while (i < h->count && h->routes[i].count < count)
			i++;
		h->first[count] = i;
	}
	return h;
}

void http_close(struct http *h)
{
	struct arena *a = h ? h->arena : NULL;

	arena_end(&a);
}

static int hex_value(char ch)
{
	if (ch >= '0' && ch <= '9')
		return ch - '0';
	ch = (char)(ch | 0x20);
	return ch >= 'a' && ch <= 'f' ? ch - 'a' + 10 : -1;
}

const char *percent_decode(struct call *c, const char *s, size_t size, bool plus)
{
	char *out = arena_alloc(c->arena, size + 1), *to = out;

	for (size_t i = 0; i < size; i++) {
		if (s[i] == '+' && plus) {
			*to++ = ' ';
		} else if (s[i] != '%') {
			*to++ = s[i];
		} else {
			int hi = i + 2 < size ? hex_value(s[i + 1]) : -1;
			int lo = i + 2 < size ? hex_value(s[i + 2]) : -1;
			if (hi < 0 || lo < 0)
				return NULL;
			*to++ = (char)(hi << 4 | lo);
			i += 2;
		}
	}
	return utf8_valid(out, (size_t)(to - out)) ? out : NULL;
}

static enum status split_path(struct call *c, const char *path, struct words *out)
{
	const char **list = arena_array(c->arena, PATH_SEGMENTS_MAX + 1, sizeof *list);
	size_t n = 0;

	while (*path == '/') {
		size_t size = strcspn(++path, "/");
		if (!size && !path[size])
			break; /* a slash at the end means the same thing as none */
		if (n == PATH_SEGMENTS_MAX)
			return ST_NOT_FOUND;
		list[n] = percent_decode(c, path, size, false);
		if (!list[n])
			return fail(c, ST_BAD_INPUT, NULL, "the address is not well-formed UTF-8");
		n++;
		path += size;
	}
	*out = (struct words){ list, n };
	return ST_OK;
}

static bool fits(const struct ready_route *r, const struct words *w)
{
	assert(w->list || !r->count);
	for (size_t i = 0; i < r->count; i++)
		if (named(r->segments[i]) ? !w->list[i][0]
					  : strcmp(r->segments[i], w->list[i]) != 0)
			return false;
	return true;
}

/* Two routes are of one place when they differ in method, action or version only. */
static bool same_place(const struct ready_route *a, const struct ready_route *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (named(a->segments[i]) != named(b->segments[i]) ||
		    (!named(a->segments[i]) && strcmp(a->segments[i], b->segments[i]) != 0))
			return false;
	return true;
}

static bool serves(const struct route *r, const char *method)
{
	/* HEAD is GET without the body, unless a route of its own says otherwise. */
	return str_eq(r->method, method) || (str_eq(method, "HEAD") && str_eq(r->method, "GET"));
}

static const struct dialect *dialect_of(const struct http *h, const char *path)
{
	for (size_t i = 0; i < h->count; i++) {
		size_t n = strlen(h->routes[i].dialect->prefix);
		if (!strncmp(path, h->routes[i].dialect->prefix, n) && strchr("/?", path[n]))
			return h->routes[i].dialect;
	}
	return &own_dialect;
}

/* Whether an id could stand behind the address: "/v2/images/" then asks for the image with none. */
static bool takes_id(const struct http *h, const struct words *w)
{
	for (size_t i = h->first[w->count + 1]; i < h->first[w->count + 2]; i++) {
		const struct ready_route *r = &h->routes[i];
		const struct ready_route shorter = { .segments = r->segments, .count = w->count };
		if (named(r->segments[w->count]) && fits(&shorter, w))
			return true;
	}
	return false;
}

static void add_allowed(struct call *c, struct match *m, const char *method)
{
	if (!m->allow)
		m->allow = method;
	else if (!strstr(m->allow, method))
		m->allow = arena_printf(c->arena, "%s, %s", m->allow, method);
}

enum status http_match(struct call *c, const struct http *h, const char *method, const char *path,
		       struct match *out)
{
	struct match m = { .dialect = dialect_of(h, path) };
	enum status st = split_path(c, path, &m.segments);
	const struct ready_route *place = NULL;

	*out = m;
	if (st)
		return st == ST_NOT_FOUND ? fail(c, st, NULL, "there is no such address") : st;
	if (m.dialect->empty_ids && m.segments.count < PATH_SEGMENTS_MAX && str_ends(path, "/") &&
	    takes_id(h, &m.segments))
		return fail(c, ST_NOT_FOUND, NULL, "nothing has an empty id");
	for (size_t i = h->first[m.segments.count]; i < h->first[m.segments.count + 1]; i++) {
		const struct ready_route *r = &h->routes[i];
		if (place ? !same_place(place, r) : !fits(r, &m.segments))
			continue;
		place = r;
		m.dialect = r->dialect;
		add_allowed(c, &m, r->route->method);
		if (!serves(r->route, method))
			continue;
		bool own = str_eq(r->route->method, method);
		if (own && m.count && !str_eq(m.routes[0]->route->method, method))
			m.count = 0; /* a HEAD of its own takes the place of GET's */
		if (m.count && !own && str_eq(m.routes[0]->route->method, method))
			continue;
		assert(m.count < sizeof m.routes / sizeof *m.routes);
		m.routes[m.count++] = r;
	}
	*out = m;
	if (!place)
		return fail(c, ST_NOT_FOUND, NULL, "there is no such address");
	if (!m.count)
		return fail(c, ST_NOT_ALLOWED, NULL, "this address takes %s", m.allow);
	return ST_OK;
}
