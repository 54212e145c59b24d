/* SPDX-License-Identifier: Apache-2.0 */
/* The house's own words for which VDC may use which pools, and how full they are. */
#include "base/text.h"
#include "cloud/pool/pool_private.h"

enum {
	POOLS_MAX = 100 /* that one VDC is given */
};

static const char *const host_states[] = { "up", "down", NULL };

static const struct field key_wire[] = { F_ID(pool_key, pool_id, FROM_PATH), F_END };
static const struct field vdc_key_wire[] = { F_STR(vdc_pools, project_id, 64, FROM_PATH), F_END };
static const struct field vdc_set_wire[] = {
	F_STR(vdc_pools, project_id, 64, FROM_PATH),
	F_STRS(vdc_pools, pools, POOLS_MAX, 0),
	F_END,
};
static const struct field vdc_pools_wire[] = {
	F_STR(vdc_pools, project_id, 0, 0),
	F_STRS(vdc_pools, pools, 0, 0),
	F_END,
};
static const struct field grant_wire[] = {
	F_STR(pool_grant, project_id, 0, 0),
	F_STR(pool_grant, pool_id, 0, 0),
	F_END,
};
static const struct field vdc_pools_page_wire[] = {
	F_LIST(vdc_pools_page, grants, pool_grant, grant_wire, 0, 0),
	F_END,
};
static const struct field own_pool_wire[] = {
	F_STR(own_pool, id, 0, 0),
	F_STR(own_pool, name, 0, 0),
	F_STR_AS("availability_zone", own_pool, zone, 0, 0),
	F_STR(own_pool, site, 0, 0),
	F_WORD(own_pool, network_zone, pool_network_zones, 0),
	F_INT(own_pool, protection, 0, 0, 0),
	F_BOOL(own_pool, available, 0),
	F_END,
};
static const struct field own_pools_wire[] = {
	F_LIST(own_pools, pools, own_pool, own_pool_wire, 0, 0),
	F_BOOL(own_pools, limited, 0),
	F_END,
};
static const struct field use_host_wire[] = {
	F_STR(pool_use_host, name, 0, 0),
	F_WORD(pool_use_host, state, host_states, 0),
	F_STR(pool_use_host, disabled, 0, NULLABLE),
	F_INT(pool_use_host, share, 0, 0, 0),
	F_INT(pool_use_host, vcpus, 0, 0, 0),
	F_INT(pool_use_host, memory_mb, 0, 0, 0),
	F_INT(pool_use_host, disk_gb, 0, 0, 0),
	F_INT(pool_use_host, used_vcpus, 0, 0, 0),
	F_INT(pool_use_host, used_memory_mb, 0, 0, 0),
	F_INT(pool_use_host, used_disk_gb, 0, 0, 0),
	F_END,
};
static const struct field use_vdc_wire[] = {
	F_STR(pool_use_vdc, project_id, 0, NULLABLE), F_INT(pool_use_vdc, servers, 0, 0, 0),
	F_INT(pool_use_vdc, vcpus, 0, 0, 0),          F_INT(pool_use_vdc, memory_mb, 0, 0, 0),
	F_INT(pool_use_vdc, disk_gb, 0, 0, 0),        F_END,
};
static const struct field use_wire[] = {
	F_LIST(pool_use, hosts, pool_use_host, use_host_wire, 0, 0),
	F_LIST(pool_use, vdcs, pool_use_vdc, use_vdc_wire, 0, 0),
	F_END,
};

ACT(vdc_pools_show, vdc_pools, vdc_pools)
ACT(vdc_pools_set, vdc_pools, vdc_pools)
ACT(vdc_pools_list, nothing, vdc_pools_page)
ACT(own_pools, nothing, own_pools)
ACT(pool_use_show, pool_key, pool_use)

#define SEEN(path_, act_, in_t, in_wire, out_t, out_wire, ...)                                     \
	{                                                                                          \
		.method = "GET", .path = path_, .flags = ROUTE_READS, .success = 200,              \
		.act = act_##_act, .in = in_wire, .in_size = sizeof(struct in_t), .out = out_wire, \
		.out_size = sizeof(struct out_t), __VA_ARGS__                                      \
	}

const struct route pool_vdc_routes[] = {
	SEEN("/v1/pools/{pool_id}/use", pool_use_show, pool_key, key_wire, pool_use, use_wire,
	     .may = "pool.read", .scopes = SCOPE_SYSTEM, .name = "pool.pool.use",
	     .help = "What a pool may promise of each of its hosts, and which VDCs it has "
		     "promised it to"),
	SEEN("/v1/own-pools", own_pools, nothing, nothing_wire, own_pools, own_pools_wire,
	     .may = "pool.choose", .scopes = SCOPE_PROJECT, .name = "pool.own.list",
	     .help = "The resource pools that the own VDC may use"),
	SEEN("/v1/vdc-pools", vdc_pools_list, nothing, nothing_wire, vdc_pools_page,
	     vdc_pools_page_wire, .may = "pool.read", .scopes = SCOPE_SYSTEM,
	     .name = "pool.vdc.list", .help = "Which VDCs were given which pools"),
	SEEN("/v1/vdc-pools/{project_id}", vdc_pools_show, vdc_pools, vdc_key_wire, vdc_pools,
	     vdc_pools_wire, .may = "pool.read", .scopes = SCOPE_SYSTEM, .name = "pool.vdc.show",
	     .help = "The pools that a VDC was given; none: it may use every pool"),
	{ .method = "PUT",
	  .path = "/v1/vdc-pools/{project_id}",
	  .may = "pool.write",
	  .scopes = SCOPE_SYSTEM,
	  .success = 200,
	  .act = vdc_pools_set_act,
	  .in = vdc_set_wire,
	  .in_size = sizeof(struct vdc_pools),
	  .out = vdc_pools_wire,
	  .out_size = sizeof(struct vdc_pools),
	  .name = "pool.vdc.set",
	  .help = "Say which pools a VDC may use; none: every pool" },
	{ 0 },
};
