/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1: quotas of VDCs and of persons in them, of all (the class "default"), and limits. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_more.h"

/* In which versions each is told. */
static int last_version(int q)
{
	if (q >= QUOTA_FIXED_IPS)
		return NOVA(2, 35);
	if (q >= QUOTA_FILES)
		return NOVA(2, 56);
	return NOVA(2, 999);
}

static void put_quota(struct json_out *j, int q, int64_t limit, int64_t used, bool detail)
{
	json_key(j, quota_names[q]);
	if (!detail) {
		json_int(j, limit);
		return;
	}
	json_object_begin(j);
	json_put_int(j, "limit", limit);
	json_put_int(j, "in_use", used);
	json_put_int(j, "reserved", 0);
	json_object_end(j);
}

static void put_quota_set(struct call *c, struct json_out *j, const struct quota_set *s,
			  bool detail)
{
	const int64_t used[QUOTAS] = {
		[QUOTA_INSTANCES] = s->used.instances,
		[QUOTA_CORES] = s->used.cores,
		[QUOTA_RAM] = s->used.ram,
		[QUOTA_GROUPS] = s->groups,
	};
	json_object_begin(j);
	if (s->id)
		json_put_str(j, "id", s->id);
	for (int q = 0; q < QUOTAS; q++)
		if (c->version <= last_version(q))
			put_quota(j, q, s->limit.at[q], used[q], detail);
	json_object_end(j);
}

static void write_quota_set(struct call *c, struct json_out *j, const void *obj)
{
	put_quota_set(c, j, obj, false);
}

static void write_quota_detail(struct call *c, struct json_out *j, const void *obj)
{
	put_quota_set(c, j, obj, true);
}

static const struct field quota_set_wire[] = { F_VIEW("quota_set", write_quota_set), F_END };
static const struct field quota_detail_wire[] = { F_VIEW("quota_set", write_quota_detail), F_END };
/* Classes have server groups since 2.50, as Nova has it. */
static void write_quota_class(struct call *c, struct json_out *j, const void *obj)
{
	const struct quota_set *s = obj;
	json_object_begin(j);
	if (s->id)
		json_put_str(j, "id", s->id);
	for (int q = 0; q < QUOTAS; q++) {
		bool group = q == QUOTA_GROUPS || q == QUOTA_GROUP_MEMBERS;
		bool told = q >= QUOTA_FIXED_IPS ? c->version <= NOVA(2, 49)
						 : c->version <= last_version(q);
		if (told && (!group || c->version >= NOVA(2, 50)))
			put_quota(j, q, s->limit.at[q], 0, false);
	}
	json_object_end(j);
}
static const struct field quota_class_wire[] = { F_VIEW("quota_class_set", write_quota_class),
						 F_END };

static const struct field project_key_wire[] = {
	F_STR(project_key, project_id, 255, FROM_PATH),
	F_STR(project_key, user_id, 255, OPT | FROM_QUERY),
	F_END,
};
static const struct field quota_class_key_wire[] = { F_STR(quota_class_key, id, 255, FROM_PATH),
						     F_END };

#define BOUND(name, q, ...)                                                                        \
	F_INT_AS(name, quota_change, bounds.at[q], -1, INT32_MAX, OPT | LOOSE, ##__VA_ARGS__)
#define BOUNDS                                                                                     \
	BOUND("instances", QUOTA_INSTANCES), BOUND("cores", QUOTA_CORES), BOUND("ram", QUOTA_RAM), \
		BOUND("key_pairs", QUOTA_KEY_PAIRS), BOUND("metadata_items", QUOTA_METADATA),      \
		BOUND("server_groups", QUOTA_GROUPS),                                              \
		BOUND("server_group_members", QUOTA_GROUP_MEMBERS),                                \
		BOUND("injected_files", QUOTA_FILES, UNTIL(2, 56)),                                \
		BOUND("injected_file_content_bytes", QUOTA_FILE_BYTES, UNTIL(2, 56)),              \
		BOUND("injected_file_path_bytes", QUOTA_FILE_PATH, UNTIL(2, 56))
#define NETWORK_BOUNDS(minor)                                                                      \
	BOUND("fixed_ips", QUOTA_FIXED_IPS, UNTIL(2, minor)),                                      \
		BOUND("floating_ips", QUOTA_FLOATING_IPS, UNTIL(2, minor)),                        \
		BOUND("security_groups", QUOTA_SECURITY_GROUPS, UNTIL(2, minor)),                  \
		BOUND("security_group_rules", QUOTA_SECURITY_RULES, UNTIL(2, minor))

static const struct field quota_change_wire[] = {
	F_STR(quota_change, project_id, 255, FROM_PATH),
	F_STR(quota_change, user_id, 255, OPT | FROM_QUERY),
	F_STR(quota_change, tenant_id, 255, OPT),
	F_BOOL(quota_change, force, OPT | LOOSE),
	BOUNDS,
	NETWORK_BOUNDS(35),
	F_END,
};
static const struct field class_change_wire[] = {
	F_STR(quota_change, id, 255, FROM_PATH),
	BOUNDS,
	NETWORK_BOUNDS(49),
	F_END,
};
/* What is not said stays as it is. */
static const struct quota_change nothing_said = {
	.bounds = { { INT_NULL, INT_NULL, INT_NULL, INT_NULL, INT_NULL, INT_NULL, INT_NULL,
		      INT_NULL, INT_NULL, INT_NULL, INT_NULL, INT_NULL, INT_NULL, INT_NULL } },
};

static void put_limit(struct json_out *j, const char *name, const struct quota_set *s, int q)
{
	json_put_int(j, name, s->limit.at[q]);
}

static void write_limits(struct call *c, struct json_out *j, const void *obj)
{
	const struct quota_set *s = obj;
	json_object_begin(j);
	json_key(j, "rate");
	json_array_begin(j);
	json_array_end(j);
	json_key(j, "absolute");
	json_object_begin(j);
	put_limit(j, "maxTotalInstances", s, QUOTA_INSTANCES);
	put_limit(j, "maxTotalCores", s, QUOTA_CORES);
	put_limit(j, "maxTotalRAMSize", s, QUOTA_RAM);
	json_put_int(j, "totalInstancesUsed", s->used.instances);
	json_put_int(j, "totalCoresUsed", s->used.cores);
	json_put_int(j, "totalRAMUsed", s->used.ram);
	json_put_int(j, "totalServerGroupsUsed", s->groups);
	put_limit(j, "maxServerMeta", s, QUOTA_METADATA);
	put_limit(j, "maxTotalKeypairs", s, QUOTA_KEY_PAIRS);
	put_limit(j, "maxServerGroups", s, QUOTA_GROUPS);
	put_limit(j, "maxServerGroupMembers", s, QUOTA_GROUP_MEMBERS);
	if (c->version < NOVA(2, 39))
		put_limit(j, "maxImageMeta", s, QUOTA_METADATA);
	if (c->version < NOVA(2, 57)) {
		put_limit(j, "maxPersonality", s, QUOTA_FILES);
		put_limit(j, "maxPersonalitySize", s, QUOTA_FILE_BYTES);
	}
	if (c->version < NOVA(2, 36)) {
		put_limit(j, "maxSecurityGroups", s, QUOTA_SECURITY_GROUPS);
		put_limit(j, "maxSecurityGroupRules", s, QUOTA_SECURITY_RULES);
		put_limit(j, "maxTotalFloatingIps", s, QUOTA_FLOATING_IPS);
		json_put_int(j, "totalFloatingIpsUsed", 0);
		json_put_int(j, "totalSecurityGroupsUsed", 0);
	}
	json_object_end(j);
	json_object_end(j);
}

static const struct field limits_wire[] = { F_VIEW("limits", write_limits), F_END };
static const struct field limits_ask_wire[] = {
	F_STR(limits_ask, tenant_id, 255, OPT | FROM_QUERY, .may = HOST_READ),
	F_STR(limits_ask, reserved, 8, OPT | FROM_QUERY),
	F_END,
};

/* --- routes --- */

ACT(quota_set_show, project_key, quota_set)
ACT(quota_set_defaults, project_key, quota_set)
ACT(quota_set_change, quota_change, quota_set)
ACT(quota_set_reset, project_key, nothing)
ACT(quota_class_show, quota_class_key, quota_set)
ACT(quota_class_change, quota_change, quota_set)
ACT(limits_show, limits_ask, quota_set)

#define SETS "/v2.1/os-quota-sets/{project_id}"
#define CLASS "/v2.1/os-quota-class-sets/{id}"

const struct route compute_quota_routes[] = {
	SHOW(SETS, SERVER_READ, 0, quota_set_show, project_key, quota_set, quota_set_wire,
	     "compute.quota.show", "What a VDC may have, or a person in it"),
	SHOW(SETS "/detail", SERVER_READ, 0, quota_set_show, project_key, quota_set,
	     quota_detail_wire, "compute.quota.detail", "What a VDC may have and has"),
	SHOW(SETS "/defaults", SERVER_READ, 0, quota_set_defaults, project_key, quota_set,
	     quota_set_wire, "compute.quota.defaults", "What a VDC may have when nobody has said"),
	ROUTE("PUT", SETS, QUOTA_WRITE, SCOPES, quota_set_change, quota_change, quota_set,
	      .name = "compute.quota.update", .success = 200, .in_wrap = "quota_set",
	      .preset = &nothing_said, .help = "Say what a VDC may have, or a person in it"),
	ROUTE("DELETE", SETS, QUOTA_WRITE, SCOPES, quota_set_reset, project_key, nothing,
	      .name = "compute.quota.reset", .success = 202,
	      .help = "Give a VDC what all have, or a person what the VDC has"),
	SHOW(CLASS, QUOTA_WRITE, 0, quota_class_show, quota_class_key, quota_set, quota_class_wire,
	     "compute.quota_class.show", "What all may have"),
	{ .method = "PUT",
	  .path = CLASS,
	  .may = QUOTA_WRITE,
	  .scopes = SCOPES,
	  .act = quota_class_change_act,
	  .in = class_change_wire,
	  .in_size = sizeof(struct quota_change),
	  .out = quota_class_wire,
	  .out_size = sizeof(struct quota_set),
	  .name = "compute.quota_class.update",
	  .success = 200,
	  .in_wrap = "quota_class_set",
	  .preset = &nothing_said,
	  .help = "Say what all may have" },
	SHOW("/v2.1/limits", SERVER_READ, 0, limits_show, limits_ask, quota_set, limits_wire,
	     "compute.limits", "What one's VDC may have and has"),
	{ 0 },
};
