/* SPDX-License-Identifier: Apache-2.0 */
/* Which endpoints a VDC sees: one by one, or all that a filter with a name fits. */
#include <jansson.h>
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_catalog.h"

static enum status group_found(struct call *c, const char *id, struct endpoint_group *out)
{
	enum status st = epgroup_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "endpoint group", id) : st;
}

/* A filter with a member that is not known would fit everything: it is refused. */
static enum status check_filters(struct call *c, const char *text)
{
	json_t *filters = json_loads(text, 0, NULL), *value;
	const char *name, *bad = json_is_object(filters) ? NULL : "filters";

	json_object_foreach(filters, name,
			    value) if (!json_is_string(value) ||
				       (!str_eq(name, "service_id") && !str_eq(name, "region_id") &&
					!str_eq(name, "interface")))
		bad = arena_strdup(c->arena, name);
	json_decref(filters);
	if (bad)
		return fail(c, ST_BAD_INPUT, "filters",
			    "%.60s is none of service_id, region_id, interface", bad);
	return ST_OK;
}

enum status epgroup_create(struct call *c, const struct endpoint_group *in,
			   struct endpoint_group *out)
{
	struct endpoint_group g = *in;
	enum status st = check_filters(c, in->filters);

	g.id = id_new_hex(c->arena);
	if (!st)
		st = epgroup_insert(c, &g);
	if (st)
		return st;
	audit_subject(c, "endpoint_group", g.id);
	audit_change(c, endpoint_group_wire, NULL, &g);
	*out = g;
	return ST_OK;
}

enum status epgroup_change(struct call *c, const struct endpoint_group *in,
			   struct endpoint_group *out)
{
	struct endpoint_group now = { 0 }, then;
	enum status st = group_found(c, in->id, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, name);
	TAKE(&then, in, description);
	TAKE(&then, in, filters);
	st = check_filters(c, then.filters);
	if (!st)
		st = epgroup_write(c, &then);
	if (!st)
		st = known_stale(c);
	if (st)
		return st;
	audit_subject(c, "endpoint_group", now.id);
	audit_change(c, endpoint_group_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status epgroup_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct endpoint_group now = { 0 };
	enum status st = group_found(c, in->id, &now);

	(void)out;
	if (!st)
		st = epgroup_remove(c, now.id);
	audit_subject(c, "endpoint_group", now.id);
	audit_change(c, endpoint_group_wire, &now, NULL);
	return st ? st : known_stale(c);
}

enum status epgroup_show(struct call *c, const struct key *in, struct endpoint_group *out)
{
	return group_found(c, in->id, out);
}

enum status epgroup_all(struct call *c, const struct catalog_ask *in,
			struct endpoint_group_list *out)
{
	size_t n = 0;
	enum status st = epgroup_list_read(c, &out->endpoint_groups, &n);

	out->collection = "OS-EP-FILTER/endpoint_groups";
	for (size_t i = 0; !st && i < n; i++)
		if (!in->name || str_eq(in->name, out->endpoint_groups[i].name))
			out->endpoint_groups[out->endpoint_groups_count++] =
				out->endpoint_groups[i];
	return st;
}

static bool fits(json_t *filters, const struct endpoint *e)
{
	const char *service = json_string_value(json_object_get(filters, "service_id"));
	const char *region = json_string_value(json_object_get(filters, "region_id"));
	const char *interface = json_string_value(json_object_get(filters, "interface"));

	return (!service || str_eq(service, e->service_id)) &&
	       (!region || str_eq(region, e->region_id)) &&
	       (!interface || str_eq(interface, endpoint_interfaces[e->interface]));
}

enum status epgroup_endpoints(struct call *c, const struct key *in, struct endpoint_list *out)
{
	struct endpoint_group g;
	size_t n = 0;
	enum status st = group_found(c, in->id, &g);

	if (!st)
		st = endpoint_list_read(c, &out->endpoints, &n);
	if (st)
		return st;
	json_t *filters = json_loads(g.filters, 0, NULL);
	for (size_t i = 0; i < n; i++)
		if (fits(filters, &out->endpoints[i]))
			out->endpoints[out->endpoints_count++] = out->endpoints[i];
	json_decref(filters);
	out->collection =
		arena_printf(c->arena, "OS-EP-FILTER/endpoint_groups/%s/endpoints", in->id);
	return ST_OK;
}

enum status epgroup_projects(struct call *c, const struct key *in, struct id_list *out)
{
	struct endpoint_group g;
	enum status st = group_found(c, in->id, &g);

	out->collection =
		arena_printf(c->arena, "OS-EP-FILTER/endpoint_groups/%s/projects", in->id);
	return st ? st : epgroup_project_list(c, in->id, &out->list, &out->list_count);
}

/* Both ends of an association, seen to be there. */
static enum status both(struct call *c, const struct key *in)
{
	struct endpoint_group g;
	struct endpoint e;
	struct project p;
	enum status st = project_get(c, in->project_id, &p);

	if (!st && in->id)
		st = group_found(c, in->id, &g);
	if (!st && in->endpoint_id)
		st = endpoint_get(c, in->endpoint_id, &e);
	audit_subject(c, "project", in->project_id);
	return st;
}

enum status epgroup_project_put(struct call *c, const struct key *in, struct nothing *out)
{
	enum status st = both(c, in);

	(void)out;
	if (!st)
		st = epgroup_project_insert(c, in->id, in->project_id);
	return st ? st : known_stale(c);
}

enum status epgroup_project_check(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t n = 0;
	enum status st = epgroup_project_count(c, in->id, in->project_id, &n);

	(void)out;
	return !st && !n ? missing(c, "project of the endpoint group", in->project_id) : st;
}

enum status epgroup_project_drop(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t changed = 0;
	enum status st = epgroup_project_remove(c, in->id, in->project_id, &changed);

	(void)out;
	audit_subject(c, "project", in->project_id);
	if (!st && !changed)
		return missing(c, "project of the endpoint group", in->project_id);
	return st ? st : known_stale(c);
}

enum status project_epgroups(struct call *c, const struct key *in, struct endpoint_group_list *out)
{
	struct project p;
	enum status st = project_get(c, in->project_id, &p);

	out->collection =
		arena_printf(c->arena, "OS-EP-FILTER/projects/%s/endpoint_groups", in->project_id);
	return st ? st
		  : epgroup_list_of(c, in->project_id, &out->endpoint_groups,
				    &out->endpoint_groups_count);
}

enum status project_endpoint_put(struct call *c, const struct key *in, struct nothing *out)
{
	enum status st = both(c, in);

	(void)out;
	if (!st)
		st = project_endpoint_insert(c, in->project_id, in->endpoint_id);
	return st ? st : known_stale(c);
}

enum status project_endpoint_check(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t n = 0;
	enum status st = project_endpoint_count(c, in->project_id, in->endpoint_id, &n);

	(void)out;
	return !st && !n ? missing(c, "endpoint of the project", in->endpoint_id) : st;
}

enum status project_endpoint_drop(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t changed = 0;
	enum status st = project_endpoint_remove(c, in->project_id, in->endpoint_id, &changed);

	(void)out;
	audit_subject(c, "project", in->project_id);
	if (!st && !changed)
		return missing(c, "endpoint of the project", in->endpoint_id);
	return st ? st : known_stale(c);
}

enum status project_endpoints(struct call *c, const struct key *in, struct endpoint_list *out)
{
	struct project p;
	enum status st = project_get(c, in->project_id, &p);

	out->collection =
		arena_printf(c->arena, "OS-EP-FILTER/projects/%s/endpoints", in->project_id);
	return st ? st
		  : project_endpoint_list(c, in->project_id, &out->endpoints,
					  &out->endpoints_count);
}

enum status endpoint_projects(struct call *c, const struct key *in, struct id_list *out)
{
	struct endpoint e;
	enum status st = endpoint_get(c, in->endpoint_id, &e);

	out->collection =
		arena_printf(c->arena, "OS-EP-FILTER/endpoints/%s/projects", in->endpoint_id);
	return st ? st : endpoint_project_list(c, in->endpoint_id, &out->list, &out->list_count);
}
