/* SPDX-License-Identifier: Apache-2.0 */
/* Rules of the catalogue. Every change makes each process read it anew. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_catalog.h"

/* --- regions --- */

enum status region_get(struct call *c, const char *id, struct region *out)
{
	enum status st = region_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "region", id) : st;
}

/* A region's parents lead to a root: 'id' is not among those of 'parent'. */
static enum status check_parent(struct call *c, const char *id, const char *parent)
{
	struct region r;

	while (parent) {
		if (str_eq(id, parent))
			return fail(c, ST_BAD_INPUT, "parent_region_id",
				    "would put the region below itself");
		enum status st = region_get(c, parent, &r);
		if (st)
			return st;
		parent = r.parent_region_id;
	}
	return ST_OK;
}

enum status region_create(struct call *c, const struct region *in, struct region *out)
{
	struct region r = *in;
	enum status st;

	if (str_empty(r.id))
		r.id = id_new_hex(c->arena);
	r.description = in->description ? in->description : "";
	r.extra = extra_merge(c, NULL, in->extra);
	st = check_parent(c, r.id, r.parent_region_id);
	if (!st)
		st = region_insert(c, &r);
	if (st == ST_CONFLICT)
		return fail(c, st, "id", "Duplicate entry: there is a region '%s' already", r.id);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "region", r.id);
	audit_change(c, region_wire, NULL, &r);
	*out = r;
	return ST_OK;
}

enum status region_put(struct call *c, const struct region *in, struct region *out)
{
	return region_create(c, in, out);
}

enum status region_change(struct call *c, const struct region *in, struct region *out)
{
	struct region now = { 0 }, then;
	enum status st = region_get(c, in->id, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, parent_region_id);
	TAKE(&then, in, description);
	then.description = then.description ? then.description : "";
	then.extra = extra_merge(c, now.extra, in->extra);
	st = check_parent(c, now.id, then.parent_region_id);
	if (!st)
		st = region_write(c, &then);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "region", now.id);
	audit_change(c, region_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status region_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct region now = { 0 };
	enum status st = region_get(c, in->id, &now);

	(void)out;
	if (!st)
		st = region_remove(c, now.id);
	if (st == ST_CONFLICT)
		return fail(c, st, NULL, "region %s still has regions, endpoints or limits",
			    now.id);
	audit_subject(c, "region", now.id);
	audit_change(c, region_wire, &now, NULL);
	return st ? st : known_stale(c);
}

enum status region_show(struct call *c, const struct key *in, struct region *out)
{
	return region_get(c, in->id, out);
}

enum status region_all(struct call *c, const struct catalog_ask *in, struct region_list *out)
{
	size_t n = 0;
	enum status st = region_list_read(c, &out->regions, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (!in->parent_region_id ||
		    str_eq(in->parent_region_id, out->regions[i].parent_region_id))
			out->regions[out->regions_count++] = out->regions[i];
	return st;
}

/* --- services --- */

enum status service_get(struct call *c, const char *id, struct service *out)
{
	enum status st = service_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "service", id) : st;
}

enum status service_create(struct call *c, const struct service *in, struct service *out)
{
	struct service s = *in;
	enum status st;

	s.id = id_new_hex(c->arena);
	s.enabled = !in->enabled_given || in->enabled;
	s.extra = extra_merge(c, NULL, in->extra);
	st = service_insert(c, &s);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "service", s.id);
	audit_change(c, service_wire, NULL, &s);
	*out = s;
	return ST_OK;
}

enum status service_change(struct call *c, const struct service *in, struct service *out)
{
	struct service now = { 0 }, then;
	enum status st = service_get(c, in->id, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, type);
	TAKE(&then, in, name);
	TAKE(&then, in, description);
	TAKE(&then, in, enabled);
	then.extra = extra_merge(c, now.extra, in->extra);
	st = service_write(c, &then);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "service", now.id);
	audit_change(c, service_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status service_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct service now = { 0 };
	enum status st = service_get(c, in->id, &now);

	(void)out;
	if (!st)
		st = service_remove(c, now.id);
	if (st == ST_CONFLICT)
		return fail(c, ST_FORBIDDEN, NULL, "service %s still has registered limits",
			    now.id);
	audit_subject(c, "service", now.id);
	audit_change(c, service_wire, &now, NULL);
	return st ? st : known_stale(c);
}

enum status service_show(struct call *c, const struct key *in, struct service *out)
{
	return service_get(c, in->id, out);
}

enum status service_all(struct call *c, const struct catalog_ask *in, struct service_list *out)
{
	size_t n = 0;
	enum status st = service_list_read(c, &out->services, &n);

	for (size_t i = 0; !st && i < n; i++) {
		const struct service *s = &out->services[i];
		if ((!in->type || str_eq(in->type, s->type)) &&
		    (!in->name || str_eq(in->name, s->name)))
			out->services[out->services_count++] = *s;
	}
	return st;
}

/* --- endpoints --- */

enum status endpoint_get(struct call *c, const char *id, struct endpoint *out)
{
	enum status st = endpoint_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "endpoint", id) : st;
}

/* Only these may stand in a URL between $( and )s: whatever else could be a way to read settings. */
static bool url_is_safe(const char *url)
{
	static const char *const known[] = { "(base)s", "(project_id)s", "(tenant_id)s",
					     "(user_id)s" };

	for (const char *p = strpbrk(url, "$%"); p; p = strpbrk(p + 1, "$%")) {
		bool right = p[1] != '(';
		for (size_t i = 0; i < 4; i++)
			right = right || str_starts(p + 1, known[i]);
		if (!right)
			return false;
	}
	return !strpbrk(url, "\"\\ \t\r\n");
}

/* Keystone makes a region that an endpoint names and that is not there yet only for the old name. */
static enum status check_endpoint(struct call *c, const struct endpoint *in, struct endpoint *e)
{
	struct service s;
	struct region r;
	enum status st = service_get(c, e->service_id, &s);

	if (st == ST_NOT_FOUND)
		return ST_BAD_INPUT;
	if (!st && !url_is_safe(e->url))
		return fail(c, ST_BAD_INPUT, "url",
			    "is not a URL, or names what may not stand in it");
	if (!st && in->region && !in->region_id) {
		e->region_id = in->region;
		st = region_read(c, e->region_id, &r);
		if (st == ST_NOT_FOUND) {
			const struct region fresh = { .id = in->region };
			st = region_create(c, &fresh, &r);
		}
	} else if (!st && e->region_id) {
		st = region_get(c, e->region_id, &r);
		if (st == ST_NOT_FOUND)
			return ST_BAD_INPUT;
	}
	return st;
}

enum status endpoint_create(struct call *c, const struct endpoint *in, struct endpoint *out)
{
	struct endpoint e = *in;
	enum status st;

	e.id = id_new_hex(c->arena);
	e.enabled = !in->enabled_given || in->enabled;
	e.extra = extra_merge(c, NULL, in->extra);
	st = check_endpoint(c, in, &e);
	if (!st)
		st = endpoint_insert(c, &e);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "endpoint", e.id);
	audit_change(c, endpoint_wire, NULL, &e);
	*out = e;
	return ST_OK;
}

enum status endpoint_change(struct call *c, const struct endpoint *in, struct endpoint *out)
{
	struct endpoint now = { 0 }, then;
	enum status st = endpoint_get(c, in->id, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, service_id);
	TAKE(&then, in, region_id);
	TAKE(&then, in, interface);
	TAKE(&then, in, url);
	TAKE(&then, in, name);
	TAKE(&then, in, enabled);
	then.extra = extra_merge(c, now.extra, in->extra);
	st = check_endpoint(c, in, &then);
	if (!st)
		st = endpoint_write(c, &then);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "endpoint", now.id);
	audit_change(c, endpoint_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status endpoint_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct endpoint now = { 0 };
	enum status st = endpoint_get(c, in->id, &now);

	(void)out;
	if (!st)
		st = endpoint_remove(c, now.id);
	audit_subject(c, "endpoint", now.id);
	audit_change(c, endpoint_wire, &now, NULL);
	return st ? st : known_stale(c);
}

enum status endpoint_show(struct call *c, const struct key *in, struct endpoint *out)
{
	return endpoint_get(c, in->id, out);
}

enum status endpoint_all(struct call *c, const struct catalog_ask *in, struct endpoint_list *out)
{
	size_t n = 0;
	enum status st = endpoint_list_read(c, &out->endpoints, &n);

	out->collection = "endpoints";
	for (size_t i = 0; !st && i < n; i++) {
		const struct endpoint *e = &out->endpoints[i];
		if ((!in->service_id || str_eq(in->service_id, e->service_id)) &&
		    (!in->region_id || str_eq(in->region_id, e->region_id)) &&
		    (!in->interface || str_eq(in->interface, endpoint_interfaces[e->interface])))
			out->endpoints[out->endpoints_count++] = *e;
	}
	return st;
}
