/* SPDX-License-Identifier: Apache-2.0 */
/* How much of each thing a VDC may have. Counted in the transaction that takes one more,
 * so that two that run side by side cannot both take the last. */
#include "cloud/network/network_private.h"
#include "door/audit/audit.h"

static const struct {
	const char *resource;
	int64_t most;
} presets[QUOTA_RESOURCES] = {
	[QUOTA_NETWORK] = { "network", 100 },
	[QUOTA_SUBNET] = { "subnet", 100 },
	[QUOTA_PORT] = { "port", 500 },
	[QUOTA_ROUTER] = { "router", 10 },
	[QUOTA_FLOATINGIP] = { "floatingip", 50 },
	[QUOTA_SECURITY_GROUP] = { "security_group", 100 },
	[QUOTA_SECURITY_GROUP_RULE] = { "security_group_rule", 1000 },
	[QUOTA_SUBNETPOOL] = { "subnetpool", 100 },
};

static enum status most_of(struct call *c, const char *project_id, size_t i, int64_t *most)
{
	enum status st = network_store_quota(c, project_id, presets[i].resource, most);

	if (st == ST_NOT_FOUND) {
		*most = presets[i].most;
		return ST_OK;
	}
	return st;
}

enum status network_quota_take(struct call *c, const char *project_id, const char *resource,
			       int64_t more)
{
	int64_t most = 0, used = 0;
	size_t i = 0;

	while (!str_eq(presets[i].resource, resource))
		i++;
	enum status st = most_of(c, project_id, i, &most);
	if (st || most < 0)
		return st;
	st = network_store_used(c, project_id, resource, &used);
	if (!st && used + more > most)
		st = fail(c, ST_CONFLICT, "OverQuota", "Quota exceeded for resources: ['%s'].",
			  resource);
	return st;
}

static enum status read_one(struct call *c, const char *project_id, struct network_quota *out)
{
	enum status st = ST_OK;

	out->project_id = project_id;
	for (size_t i = 0; !st && i < QUOTA_RESOURCES; i++)
		st = most_of(c, project_id, i, &out->most[i]);
	return st;
}

static enum status check_seen(struct call *c, const char *project_id)
{
	return network_owns(c, project_id)
		       ? ST_OK
		       : fail(c, ST_FORBIDDEN, "PolicyNotAuthorized",
			      "only an administrator sees the quota of another project");
}

enum status network_quota_show(struct call *c, const struct network_quota_ask *in,
			       struct network_quota *out)
{
	enum status st = check_seen(c, in->project_id);

	return st ? st : read_one(c, in->project_id, out);
}

enum status network_quota_default(struct call *c, const struct network_quota_ask *in,
				  struct network_quota *out)
{
	(void)c;
	out->project_id = in->project_id;
	for (size_t i = 0; i < QUOTA_RESOURCES; i++)
		out->most[i] = presets[i].most;
	return ST_OK;
}

enum status network_quota_list(struct call *c, const struct nothing *in, struct network_quotas *out)
{
	struct words projects;
	enum status st = network_store_quota_projects(c, &projects);

	(void)in;
	if (st)
		return st;
	out->quotas = arena_array(c->arena, projects.count + 1, sizeof *out->quotas);
	for (size_t i = 0; !st && i < projects.count; i++)
		st = read_one(c, projects.list[i], &out->quotas[i]);
	out->quotas_count = projects.count;
	return st;
}

enum status network_quota_details(struct call *c, const struct network_quota_ask *in,
				  struct network_quota_details *out)
{
	enum status st = check_seen(c, in->project_id);

	for (size_t i = 0; !st && i < QUOTA_RESOURCES; i++) {
		st = most_of(c, in->project_id, i, &out->use[i].limit);
		if (!st)
			st = network_store_used(c, in->project_id, presets[i].resource,
						&out->use[i].used);
	}
	return st;
}

enum status network_quota_update(struct call *c, const struct network_quota_ask *in,
				 struct network_quota *out)
{
	struct network_quota before = { 0 };
	enum status st = read_one(c, in->project_id, &before);

	for (size_t i = 0; !st && i < QUOTA_RESOURCES; i++)
		if (in->given[i])
			st = network_store_quota_set(c, in->project_id, presets[i].resource,
						     in->most[i]);
	if (!st)
		st = read_one(c, in->project_id, out);
	if (st)
		return st;
	audit_subject(c, "quota", in->project_id);
	audit_change(c, network_quota_wire, &before, out);
	return ST_OK;
}

enum status network_quota_reset(struct call *c, const struct network_quota_ask *in,
				struct nothing *out)
{
	struct network_quota before = { 0 };
	enum status st = read_one(c, in->project_id, &before);

	(void)out;
	if (!st)
		st = network_store_quota_reset(c, in->project_id);
	if (st)
		return st;
	audit_subject(c, "quota", in->project_id);
	audit_change(c, network_quota_wire, &before, NULL);
	return ST_OK;
}
