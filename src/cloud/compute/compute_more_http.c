/* SPDX-License-Identifier: Apache-2.0 */
/* Nova v2.1 besides servers and flavors: versions, keys, quotas, limits. */
#include "base/text.h"
#include "cloud/compute/compute_http.h"
#include "cloud/compute/compute_more.h"

/* --- versions and extensions --- */

struct document {
	char none;
};
static const struct field versions_wire[] = { F_VIEW("versions", write_nova_versions), F_END };
static const struct field version_wire[] = { F_VIEW("version", write_nova_version), F_END };

static const struct field old_version_wire[] = { F_VIEW("version", write_nova_v2_version), F_END };

static void write_extensions(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	/* Nova's extensions became part of 2.1; clients look for none that we would have to name. */
	json_array_begin(j);
	json_array_end(j);
}
static const struct field extensions_wire[] = { F_VIEW("extensions", write_extensions), F_END };

static enum status show_document(struct call *c, const struct nothing *in, struct document *out)
{
	(void)c;
	(void)in;
	(void)out;
	return ST_OK;
}

/* --- keys --- */

static void write_key_deleted(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_bool(j, false);
}

static void write_null(struct call *c, struct json_out *j, const void *obj)
{
	(void)c;
	(void)obj;
	json_nil(j);
}

/* Nova counts keys; here a number follows from the key itself (FNV-1a over its fingerprint and name). */
static void write_key_number(struct call *c, struct json_out *j, const void *obj)
{
	const struct keypair *k = obj;
	uint32_t h = 2166136261u;
	(void)c;
	for (const char *p = k->fingerprint; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	for (const char *p = k->name; *p; p++)
		h = (h ^ (unsigned char)*p) * 16777619u;
	json_int(j, (int64_t)(h >> 1));
}

static const struct field keypair_brief_wire[] = {
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_STR(keypair, type, 0, 0, SINCE(2, 2)),
	F_END,
};
static const struct field keypair_created_wire[] = {
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_STR(keypair, user_id, 0, 0),
	F_STR(keypair, type, 0, 0, SINCE(2, 2)),
	F_END,
};
static const struct field keypair_wire[] = {
	F_STR(keypair, name, 0, 0),
	F_STR(keypair, public_key, 0, 0),
	F_STR(keypair, fingerprint, 0, 0),
	F_STR(keypair, user_id, 0, 0),
	F_TIME(keypair, created_at, TIME_AS_BARE),
	F_VIEW("deleted", write_key_deleted),
	F_VIEW("deleted_at", write_null),
	F_VIEW("updated_at", write_null),
	F_VIEW("id", write_key_number),
	F_STR(keypair, type, 0, 0, SINCE(2, 2)),
	F_END,
};
struct keypair_item {
	struct keypair keypair;
};
static const struct field keypair_item_wire[] = {
	F_OBJECT(keypair_item, keypair, keypair, keypair_brief_wire, 0),
	F_END,
};
struct keypair_items {
	struct keypair_item *keypairs;
	size_t keypairs_count;
	const char *next;
};
static const struct field keypair_items_wire[] = {
	F_LIST(keypair_items, keypairs, keypair_item, keypair_item_wire, 0, 0),
	F_NEXT(keypair_items, next),
	F_END,
};

/* Nova wraps each key of a list once more. */
static enum status keypair_items(struct call *c, const struct keypair_list *in,
				 struct keypair_items *out)
{
	struct keypair_page page = { 0 };
	enum status st = keypair_list(c, in, &page);
	if (st)
		return st;
	out->keypairs = arena_array(c->arena, page.keypairs_count + 1, sizeof(*out->keypairs));
	for (size_t i = 0; i < page.keypairs_count; i++)
		out->keypairs[i].keypair = page.keypairs[i];
	out->keypairs_count = page.keypairs_count;
	out->next = page.next;
	return ST_OK;
}

static const struct field keypair_key_wire[] = {
	F_STR(keypair_key, name, 255, FROM_PATH),
	F_STR(keypair_key, user_id, 255, OPT | FROM_QUERY, SINCE(2, 10)),
	F_END,
};
static const struct field keypair_create_wire[] = {
	F_STR(keypair_create, name, 255, 0),
	F_STR(keypair_create, public_key, 16384, OPT | NULLABLE),
	F_STR(keypair_create, type, 16, OPT, SINCE(2, 2)),
	F_STR(keypair_create, user_id, 255, OPT, SINCE(2, 10)),
	F_END,
};
static const struct field keypair_list_wire[] = {
	F_STR(keypair_list, user_id, 255, OPT | FROM_QUERY, SINCE(2, 10)),
	F_INT(keypair_list, limit, 0, INT64_MAX, OPT | FROM_QUERY, TELLS(keypair_list, limit),
	      SINCE(2, 35)),
	F_STR(keypair_list, marker, 255, OPT | FROM_QUERY, SINCE(2, 35)),
	F_END,
};

/* --- quotas and limits --- */

static const struct {
	const char *name;
	int64_t value;
	int until; /* 0: in all versions */
} constant_quotas[] = {
	{ "key_pairs", 100, 0 },
	{ "metadata_items", METADATA_MAX, 0 },
	{ "server_groups", 0, 0 },
	{ "server_group_members", 0, 0 },
	{ "injected_files", 0, NOVA(2, 56) },
	{ "injected_file_content_bytes", 0, NOVA(2, 56) },
	{ "injected_file_path_bytes", 0, NOVA(2, 56) },
	{ "fixed_ips", -1, NOVA(2, 35) },
	{ "floating_ips", -1, NOVA(2, 35) },
	{ "security_groups", -1, NOVA(2, 35) },
	{ "security_group_rules", -1, NOVA(2, 35) },
};

static void put_quota(struct json_out *j, const char *name, int64_t limit, int64_t used,
		      bool detail)
{
	json_key(j, name);
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

static void put_quota_set(struct call *c, struct json_out *j, const struct quota_set *q,
			  bool detail)
{
	json_object_begin(j);
	if (q->id)
		json_put_str(j, "id", q->id);
	put_quota(j, "instances", q->limit.instances, q->used.instances, detail);
	put_quota(j, "cores", q->limit.cores, q->used.cores, detail);
	put_quota(j, "ram", q->limit.ram, q->used.ram, detail);
	for (size_t i = 0; i < sizeof(constant_quotas) / sizeof(constant_quotas[0]); i++)
		if (!constant_quotas[i].until || c->version <= constant_quotas[i].until)
			put_quota(j, constant_quotas[i].name, constant_quotas[i].value, 0, detail);
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

static const struct field project_key_wire[] = {
	F_STR(project_key, project_id, 255, FROM_PATH),
	F_STR(project_key, user_id, 255, OPT | FROM_QUERY),
	F_END,
};
static const struct field quota_change_wire[] = {
	F_STR(quota_change, project_id, 255, FROM_PATH),
	F_STR(quota_change, tenant_id, 255, OPT),
	F_BOOL(quota_change, force, OPT | LOOSE),
	F_INT(quota_change, instances, -1, INT32_MAX, OPT | LOOSE, TELLS(quota_change, instances)),
	F_INT(quota_change, cores, -1, INT32_MAX, OPT | LOOSE, TELLS(quota_change, cores)),
	F_INT(quota_change, ram, -1, INT32_MAX, OPT | LOOSE, TELLS(quota_change, ram)),
	F_END,
};

static void write_limits(struct call *c, struct json_out *j, const void *obj)
{
	const struct quota_set *q = obj;
	json_object_begin(j);
	json_key(j, "rate");
	json_array_begin(j);
	json_array_end(j);
	json_key(j, "absolute");
	json_object_begin(j);
	json_put_int(j, "maxTotalInstances", q->limit.instances);
	json_put_int(j, "maxTotalCores", q->limit.cores);
	json_put_int(j, "maxTotalRAMSize", q->limit.ram);
	json_put_int(j, "totalInstancesUsed", q->used.instances);
	json_put_int(j, "totalCoresUsed", q->used.cores);
	json_put_int(j, "totalRAMUsed", q->used.ram);
	json_put_int(j, "totalServerGroupsUsed", 0);
	json_put_int(j, "maxServerMeta", METADATA_MAX);
	json_put_int(j, "maxTotalKeypairs", 100);
	json_put_int(j, "maxServerGroups", 0);
	json_put_int(j, "maxServerGroupMembers", 0);
	if (c->version < NOVA(2, 39))
		json_put_int(j, "maxImageMeta", METADATA_MAX);
	if (c->version < NOVA(2, 57)) {
		json_put_int(j, "maxPersonality", 0);
		json_put_int(j, "maxPersonalitySize", 0);
	}
	if (c->version < NOVA(2, 36)) {
		json_put_int(j, "maxSecurityGroups", -1);
		json_put_int(j, "maxSecurityGroupRules", -1);
		json_put_int(j, "maxTotalFloatingIps", -1);
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

ACT(show_document, nothing, document)
ACT(keypair_create, keypair_create, keypair)
ACT(keypair_show, keypair_key, keypair)
ACT(keypair_items, keypair_list, keypair_items)
ACT(keypair_delete, keypair_key, nothing)
ACT(quota_set_show, project_key, quota_set)
ACT(quota_set_defaults, project_key, quota_set)
ACT(quota_set_change, quota_change, quota_set)
ACT(quota_set_reset, project_key, nothing)
ACT(limits_show, limits_ask, quota_set)

#define V "/v2.1"
#define KEY_CREATE(status, ...)                                                                    \
	{                                                                                          \
		.method = "POST", .path = V "/os-keypairs", .may = KEYPAIR_OWN, .scopes = 0,       \
		.act = keypair_create_act, .in = keypair_create_wire,                              \
		.in_size = sizeof(struct keypair_create), .out = keypair_created_wire,             \
		.out_size = sizeof(struct keypair), .success = status, .in_wrap = "keypair",       \
		.out_wrap = "keypair", .name = "compute.keypair.create",                           \
		.help = "Bring a public key", __VA_ARGS__                                          \
	}

const struct route compute_more_routes[] = {
	SHOW("/", MAY_ANYONE, 0, show_document, nothing, document, versions_wire,
	     "compute.versions", "Which versions there are"),
	SHOW(V, MAY_ANYONE, 0, show_document, nothing, document, version_wire, "compute.version",
	     "What this version is"),
	SHOW("/v2", MAY_ANYONE, 0, show_document, nothing, document, old_version_wire,
	     "compute.version.old", "What the version without microversions is"),
	SHOW(V "/extensions", SERVER_READ, 0, show_document, nothing, document, extensions_wire,
	     "compute.extension.list", "Which extensions there are: all are part of 2.1"),
	KEY_CREATE(200, .until = NOVA(2, 1)),
	KEY_CREATE(201, .since = NOVA(2, 2)),
	SHOW(V "/os-keypairs", KEYPAIR_OWN, 0, keypair_items, keypair_list, keypair_items,
	     keypair_items_wire, "compute.keypair.list", "One's keys"),
	SHOW(V "/os-keypairs/{name}", KEYPAIR_OWN, 0, keypair_show, keypair_key, keypair,
	     keypair_wire, "compute.keypair.show", "One key", .out_wrap = "keypair"),
	ROUTE("DELETE", V "/os-keypairs/{name}", KEYPAIR_OWN, 0, keypair_delete, keypair_key,
	      nothing, .name = "compute.keypair.delete", .success = 202, .until = NOVA(2, 1),
	      .help = "Remove a key; servers keep what they were made with"),
	ROUTE("DELETE", V "/os-keypairs/{name}", KEYPAIR_OWN, 0, keypair_delete, keypair_key,
	      nothing, .name = "compute.keypair.delete", .success = 204, .since = NOVA(2, 2),
	      .help = "Remove a key; servers keep what they were made with"),
	SHOW(V "/os-quota-sets/{project_id}", SERVER_READ, 0, quota_set_show, project_key,
	     quota_set, quota_set_wire, "compute.quota.show", "What a VDC may have"),
	SHOW(V "/os-quota-sets/{project_id}/detail", SERVER_READ, 0, quota_set_show, project_key,
	     quota_set, quota_detail_wire, "compute.quota.detail", "What a VDC may have and has"),
	SHOW(V "/os-quota-sets/{project_id}/defaults", SERVER_READ, 0, quota_set_defaults,
	     project_key, quota_set, quota_set_wire, "compute.quota.defaults",
	     "What a VDC may have when nobody has said"),
	ROUTE("PUT", V "/os-quota-sets/{project_id}", QUOTA_WRITE, SCOPES, quota_set_change,
	      quota_change, quota_set, .name = "compute.quota.update", .success = 200,
	      .in_wrap = "quota_set", .help = "Say what a VDC may have"),
	ROUTE("DELETE", V "/os-quota-sets/{project_id}", QUOTA_WRITE, SCOPES, quota_set_reset,
	      project_key, nothing, .name = "compute.quota.reset", .success = 202,
	      .help = "Give a VDC what all have"),
	SHOW(V "/limits", SERVER_READ, 0, limits_show, limits_ask, quota_set, limits_wire,
	     "compute.limits", "What one's VDC may have and has"),
	{ 0 },
};
