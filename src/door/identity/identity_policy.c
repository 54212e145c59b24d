/* SPDX-License-Identifier: Apache-2.0 */
/* Policy documents that are kept for other services, and which endpoint has which. */
#include "base/id.h"
#include "door/audit/audit.h"
#include "door/identity/identity_policies.h"

static enum status policy_found(struct call *c, const char *id, struct policy *out)
{
	enum status st = policy_read(c, id, out);

	return st == ST_NOT_FOUND ? missing(c, "policy", id) : st;
}

enum status policy_create(struct call *c, const struct policy *in, struct policy *out)
{
	struct policy p = *in;

	p.id = id_new_hex(c->arena);
	p.extra = extra_merge(c, NULL, in->extra);
	enum status st = policy_insert(c, &p);
	if (st)
		return st;
	audit_subject(c, "policy", p.id);
	audit_change(c, policy_wire, NULL, &p);
	*out = p;
	return ST_OK;
}

enum status policy_change(struct call *c, const struct policy *in, struct policy *out)
{
	struct policy now = { 0 }, then;
	enum status st = policy_found(c, in->id, &now);

	if (st)
		return st;
	then = now;
	TAKE(&then, in, type);
	TAKE(&then, in, blob);
	then.extra = extra_merge(c, now.extra, in->extra);
	st = policy_write(c, &then);
	if (st)
		return st;
	audit_subject(c, "policy", now.id);
	audit_change(c, policy_wire, &now, &then);
	*out = then;
	return ST_OK;
}

enum status policy_delete(struct call *c, const struct key *in, struct nothing *out)
{
	struct policy now = { 0 };
	enum status st = policy_found(c, in->id, &now);

	(void)out;
	if (!st)
		st = policy_remove(c, now.id);
	audit_subject(c, "policy", now.id);
	audit_change(c, policy_wire, &now, NULL);
	return st;
}

enum status policy_show(struct call *c, const struct key *in, struct policy *out)
{
	return policy_found(c, in->id, out);
}

enum status policy_all(struct call *c, const struct policy_ask *in, struct policy_list *out)
{
	size_t n = 0;
	enum status st = policy_list_read(c, &out->policies, &n);

	for (size_t i = 0; !st && i < n; i++)
		if (!in->type || str_eq(in->type, out->policies[i].type))
			out->policies[out->policies_count++] = out->policies[i];
	return st;
}

/* --- what a policy stands for --- */

static const char *place_of(struct call *c, const char *endpoint, const char *service,
			    const char *region)
{
	if (!service)
		return arena_printf(c->arena, "endpoint %s", endpoint ? endpoint : "");
	return region ? arena_printf(c->arena, "service %s in %s", service, region)
		      : arena_printf(c->arena, "service %s", service);
}

static enum status read_ends(struct call *c, const struct key *in)
{
	struct policy p;
	struct endpoint e;
	struct service s;
	struct region r;
	enum status st = policy_found(c, in->id, &p);

	if (!st && in->endpoint_id)
		st = endpoint_get(c, in->endpoint_id, &e);
	if (!st && in->service_id)
		st = service_get(c, in->service_id, &s);
	if (!st && in->region_id)
		st = region_get(c, in->region_id, &r);
	audit_subject(c, "policy", in->id);
	return st;
}

enum status association_put(struct call *c, const struct key *in, struct nothing *out)
{
	enum status st = read_ends(c, in);

	(void)out;
	return st ? st
		  : association_insert(c, in->id,
				       place_of(c, in->endpoint_id, in->service_id, in->region_id),
				       in);
}

enum status association_check(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t n = 0;
	enum status st = read_ends(c, in);

	(void)out;
	if (!st)
		st = association_count(
			c, in->id, place_of(c, in->endpoint_id, in->service_id, in->region_id), &n);
	return !st && !n ? missing(c, "association of policy", in->id) : st;
}

enum status association_drop(struct call *c, const struct key *in, struct nothing *out)
{
	int64_t changed = 0;
	enum status st = read_ends(c, in);

	(void)out;
	if (!st)
		st = association_remove(c, in->id,
					place_of(c, in->endpoint_id, in->service_id, in->region_id),
					&changed);
	return !st && !changed ? missing(c, "association of policy", in->id) : st;
}

static enum status nearest(struct call *c, const struct endpoint *e, struct policy *out)
{
	enum status st = association_of(c, place_of(c, e->id, NULL, NULL), out);
	const char *region = e->region_id;

	while (st == ST_NOT_FOUND && region) {
		struct region r;
		st = association_of(c, place_of(c, NULL, e->service_id, region), out);
		if (st != ST_NOT_FOUND)
			return st;
		st = region_read(c, region, &r);
		if (st)
			return st;
		region = r.parent_region_id;
		st = ST_NOT_FOUND;
	}
	return st == ST_NOT_FOUND ? association_of(c, place_of(c, NULL, e->service_id, NULL), out)
				  : st;
}

enum status endpoint_policy(struct call *c, const struct key *in, struct policy *out)
{
	struct endpoint e;
	enum status st = endpoint_get(c, in->endpoint_id, &e);

	if (!st)
		st = nearest(c, &e, out);
	return st == ST_NOT_FOUND ? missing(c, "policy of endpoint", in->endpoint_id) : st;
}

enum status policy_endpoints(struct call *c, const struct key *in, struct endpoint_list *out)
{
	struct policy p;
	size_t n = 0;
	enum status st = policy_found(c, in->id, &p);

	if (!st)
		st = endpoint_list_read(c, &out->endpoints, &n);
	for (size_t i = 0; !st && i < n; i++) {
		st = nearest(c, &out->endpoints[i], &p);
		if (!st && str_eq(p.id, in->id))
			out->endpoints[out->endpoints_count++] = out->endpoints[i];
		st = st == ST_NOT_FOUND ? ST_OK : st;
	}
	out->collection =
		arena_printf(c->arena, "policies/%s/OS-ENDPOINT-POLICY/endpoints", in->id);
	return st;
}
