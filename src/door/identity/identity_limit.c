/* SPDX-License-Identifier: Apache-2.0 */
/* Limits of the services' resources: a default for all, and what a department or VDC has instead. The
 * model is flat: a limit says nothing of those above and below. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_policies.h"

static enum status registered_found(struct call *c, const char *id, struct registered_limit *out)
{
	enum status st = registered_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "registered limit", id) : st;
}

static enum status check_registered(struct call *c, const struct registered_limit *r)
{
	struct service s;
	struct region reg;
	enum status st = service_get(c, r->service_id, &s);

	if (!st && r->region_id)
		st = region_get(c, r->region_id, &reg);
	return st == ST_NOT_FOUND ? ST_BAD_INPUT : st;
}

enum status registered_create(struct call *c, const struct registered_limits *in,
			      struct registered_limits *out)
{
	out->list = arena_array(c->arena, in->list_count + 1, sizeof *out->list);
	for (size_t i = 0; i < in->list_count; i++) {
		struct registered_limit *r = &out->list[out->list_count++];
		*r = in->list[i];
		r->id = id_new_hex(c->arena);
		enum status st = check_registered(c, r);
		if (!st)
			st = registered_insert(c, r);
		if (st == ST_CONFLICT)
			return fail(c, st, "resource_name",
				    "Duplicate entry: the limit of %s is registered already",
				    r->resource_name);
		if (st)
			return st;
		audit_subject(c, "registered_limit", r->id);
		audit_change(c, registered_limit_wire, NULL, r);
	}
	return ST_OK;
}

enum status registered_change(struct call *c, const struct registered_limit *in,
			      struct registered_limit *out)
{
	struct registered_limit now = { 0 }, then;
	int64_t used = 0;
	enum status st = registered_found(c, in->id, &now);

	if (!st)
		st = registered_used(c, in->id, &used);
	if (!st && used && (in->service_id_given || in->region_id_given || in->resource_name_given))
		return fail(c, ST_FORBIDDEN, NULL, "registered limit %s has limits", in->id);
	if (st)
		return st;
	then = now;
	TAKE(&then, in, service_id);
	TAKE(&then, in, region_id);
	TAKE(&then, in, resource_name);
	TAKE(&then, in, default_limit);
	TAKE(&then, in, description);
	st = check_registered(c, &then);
	if (!st)
		st = registered_write(c, &then);
	if (st == ST_CONFLICT)
		return fail(c, st, "resource_name", "Duplicate entry: it is registered already");
	if (st)
		return st;
	audit_subject(c, "registered_limit", now.id);
	audit_change(c, registered_limit_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status registered_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct registered_limit now = { 0 };
	int64_t used = 0;
	enum status st = registered_found(c, in->id, &now);

	(void)out;
	if (!st)
		st = registered_used(c, in->id, &used);
	if (!st && used)
		return fail(c, ST_FORBIDDEN, NULL, "registered limit %s has limits", in->id);
	audit_subject(c, "registered_limit", in->id);
	audit_change(c, registered_limit_wire, &now, NULL);
	return st ? st : registered_remove(c, in->id);
}

enum status registered_show(struct call *c, const struct key *in, struct registered_limit *out)
{
	return registered_found(c, in->id, out);
}

enum status registered_all(struct call *c, const struct limit_ask *in,
			   struct registered_limits *out)
{
	size_t n = 0;
	enum status st = registered_list_read(c, &out->list, &n);

	for (size_t i = 0; !st && i < n; i++) {
		const struct registered_limit *r = &out->list[i];
		if ((!in->service_id || str_eq(in->service_id, r->service_id)) &&
		    (!in->region_id || str_eq(in->region_id, r->region_id)) &&
		    (!in->resource_name || str_eq(in->resource_name, r->resource_name)))
			out->list[out->list_count++] = *r;
	}
	return st;
}

/* --- limits --- */

/* A row keeps the department's id where a VDC's stands; the asker sees it as what it is. */
static void show_owner(struct limit *l)
{
	if (!l->is_domain)
		return;
	l->domain_id = l->project_id;
	l->project_id = NULL;
}

static enum status find_registered(struct call *c, struct limit *l)
{
	struct registered_limit *list;
	size_t n = 0;
	enum status st = registered_list_read(c, &list, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (str_eq(l->service_id, list[i].service_id) &&
		    str_eq(l->resource_name, list[i].resource_name) &&
		    (str_eq(l->region_id, list[i].region_id) ||
		     (!l->region_id && !list[i].region_id))) {
			l->registered_limit_id = list[i].id;
			return ST_OK;
		}
	return st ? st
		  : fail(c, ST_FORBIDDEN, "resource_name", "no limit of %s is registered",
			 l->resource_name);
}

enum status limit_create(struct call *c, const struct limits *in, struct limits *out)
{
	out->list = arena_array(c->arena, in->list_count + 1, sizeof *out->list);
	for (size_t i = 0; i < in->list_count; i++) {
		struct limit *l = &out->list[out->list_count++], row;
		struct project p;
		*l = in->list[i];
		if (!l->project_id == !l->domain_id)
			return fail(c, ST_BAD_INPUT, "project_id",
				    "name either a project or a domain");
		enum status st = l->domain_id ? domain_get(c, l->domain_id, &p)
					      : project_get(c, l->project_id, &p);
		if (!st)
			st = find_registered(c, l);
		l->id = id_new_hex(c->arena);
		row = *l;
		row.project_id = l->domain_id ? l->domain_id : l->project_id;
		if (!st)
			st = limit_insert(c, &row);
		if (st == ST_CONFLICT)
			return fail(c, st, "resource_name",
				    "Duplicate entry: there is a limit of %s already",
				    l->resource_name);
		if (st)
			return st;
		audit_subject(c, "limit", l->id);
		audit_change(c, limit_wire, NULL, l);
	}
	return ST_OK;
}

static enum status limit_found(struct call *c, const char *id, struct limit *out)
{
	enum status st = limit_read(c, id, out);

	if (st)
		return st == ST_NOT_FOUND ? missing(c, "limit", id) : st;
	struct project p;
	st = project_get(c, out->project_id, &p);
	if (!st && !reach_project(c, &p))
		return missing(c, "limit", id);
	show_owner(out);
	return st;
}

enum status limit_change(struct call *c, const struct limit *in, struct limit *out)
{
	struct limit now = { 0 }, then;
	enum status st = limit_found(c, in->id, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, resource_limit);
	TAKE(&then, in, description);
	st = limit_write(c, &then);
	if (st)
		return st;
	audit_subject(c, "limit", now.id);
	audit_change(c, limit_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status limit_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct limit now = { 0 };
	enum status st = limit_found(c, in->id, &now);

	(void)out;
	if (!st)
		st = limit_remove(c, now.id);
	audit_subject(c, "limit", in->id);
	audit_change(c, limit_wire, &now, NULL);
	return st;
}

enum status limit_show(struct call *c, const struct key *in, struct limit *out)
{
	return limit_found(c, in->id, out);
}

enum status limit_all(struct call *c, const struct limit_ask *in, struct limits *out)
{
	size_t n = 0;
	enum status st = limit_list_read(c, &out->list, &n);

	for (size_t i = 0; !st && i < n; i++) {
		struct limit l = out->list[i];
		bool own = reach_all(c) || str_eq(l.project_id, c->actor.project_id) ||
			   str_eq(l.project_id, c->actor.domain_id);
		show_owner(&l);
		if (own && (!in->service_id || str_eq(in->service_id, l.service_id)) &&
		    (!in->region_id || str_eq(in->region_id, l.region_id)) &&
		    (!in->resource_name || str_eq(in->resource_name, l.resource_name)) &&
		    (!in->project_id || str_eq(in->project_id, l.project_id)) &&
		    (!in->domain_id || str_eq(in->domain_id, l.domain_id)))
			out->list[out->list_count++] = l;
	}
	return st;
}
