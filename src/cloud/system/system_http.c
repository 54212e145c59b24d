/* SPDX-License-Identifier: Apache-2.0 */
/* Systems in the house's own dialect: wire shapes and routes. */
#include "cloud/system/system_private.h"

#define SYSTEM_FIELDS                                                                              \
	F_STR(system, id, 0, 0), F_STR(system, project_id, 0, 0), F_STR(system, domain_id, 0, 0),  \
		F_STR(system, name, 0, 0), F_STR(system, purpose, 0, NULLABLE),                    \
		F_INT(system, protection_level, 0, 0, 0), F_STR(system, owner, 0, 0),              \
		F_STR(system, contact, 0, NULLABLE), F_WORD(system, dr_mode, system_dr_words, 0),  \
		F_TIME(system, created_at, TIME_AS_Z), F_TIME(system, updated_at, TIME_AS_Z),      \
		F_INT(system, servers, 0, 0, 0), F_INT(system, networks, 0, 0, 0)

static const struct field system_wire[] = { SYSTEM_FIELDS, F_END };
static const struct field system_resource_wire[] = {
	F_STR(system_resource, kind, 0, 0),
	F_STR(system_resource, id, 0, 0),
	F_STR(system_resource, system_id, 0, NULLABLE),
	F_STR(system_resource, state, 0, NULLABLE),
	F_END,
};
static const struct field system_whole_wire[] = {
	F_OBJECT(system_whole, system, system, system_wire, 0),
	F_LIST(system_whole, resources, system_resource, system_resource_wire, 0, 0),
	F_END,
};
static const struct field system_page_wire[] = {
	F_LIST(system_page, systems, system, system_wire, 0, 0),
	F_NEXT(system_page, next),
	F_END,
};
static const struct field system_resources_wire[] = {
	F_LIST(system_resources, resources, system_resource, system_resource_wire, 0, 0),
	F_END,
};

static const struct field system_key_wire[] = { F_STR(system_key, system_id, 64, FROM_PATH),
						F_END };
static const struct field system_create_wire[] = {
	F_STR(system_create, name, 120, 0),
	F_STR(system_create, purpose, 1000, OPT | NULLABLE),
	F_INT(system_create, protection_level, 1, 4, 0),
	F_STR(system_create, owner, 120, 0),
	F_STR(system_create, contact, 120, OPT | NULLABLE),
	F_WORD(system_create, dr_mode, system_dr_words, OPT),
	F_END,
};
static const struct field system_update_wire[] = {
	F_STR(system_update, system_id, 64, FROM_PATH),
	F_STR(system_update, name, 120, OPT, TELLS(system_update, name)),
	F_STR(system_update, purpose, 1000, OPT | NULLABLE, TELLS(system_update, purpose)),
	F_INT(system_update, protection_level, 1, 4, OPT, TELLS(system_update, protection_level)),
	F_STR(system_update, owner, 120, OPT, TELLS(system_update, owner)),
	F_STR(system_update, contact, 120, OPT | NULLABLE, TELLS(system_update, contact)),
	F_WORD(system_update, dr_mode, system_dr_words, OPT, TELLS(system_update, dr_mode)),
	F_END,
};
static const struct field system_ask_wire[] = {
	F_STR(system_ask, project_id, 64, OPT | FROM_QUERY),
	F_INT(system_ask, limit, 1, 1000, OPT | FROM_QUERY),
	F_STR(system_ask, marker, 64, OPT | FROM_QUERY),
	F_END,
};
static const struct field system_part_wire[] = {
	F_STR(system_part, system_id, 64, FROM_PATH),
	F_WORD(system_part, kind, system_kind_words, FROM_PATH),
	F_STR(system_part, resource_id, 64, FROM_PATH),
	F_END,
};
static const struct field system_quota_key_wire[] = {
	F_STR(system_quota_ask, project_id, 64, FROM_PATH), F_END
};
static const struct field system_quota_ask_wire[] = {
	F_STR(system_quota_ask, project_id, 64, FROM_PATH),
	F_INT(system_quota_ask, systems, -1, 100000, 0),
	F_END,
};
static const struct field system_quota_wire[] = {
	F_STR(system_quota, project_id, 0, 0),
	F_INT(system_quota, systems, 0, 0, 0),
	F_INT(system_quota, used, 0, 0, 0),
	F_END,
};

ACT(system_create, system_create, system)
ACT(system_show, system_key, system_whole)
ACT(system_list, system_ask, system_page)
ACT(system_update, system_update, system)
ACT(system_delete, system_key, nothing)
ACT(system_take, system_part, nothing)
ACT(system_leave, system_part, nothing)
ACT(system_known, nothing, system_resources)
ACT(system_quota_show, system_quota_ask, system_quota)
ACT(system_quota_set, system_quota_ask, system_quota)

#define READ "system.system.read"
#define WRITE "system.system.write"
#define ANY_SCOPE (SCOPE_PROJECT | SCOPE_DOMAIN | SCOPE_SYSTEM)
#define PARTS "/v1/systems/{system_id}/resources/{kind}/{resource_id}"

static const struct route routes[] = {
	ROUTE("GET", "/v1/systems", READ, ANY_SCOPE, system_list, system_ask, system_page,
	      .name = "system.system.list", .flags = ROUTE_READS, .success = 200,
	      .help = "The systems that one may see"),
	ROUTE("POST", "/v1/systems", WRITE, SCOPE_PROJECT, system_create, system_create, system,
	      .name = "system.system.create", .success = 201,
	      .help = "Says what the VDC is going to run"),
	ROUTE("GET", "/v1/systems/{system_id}", READ, ANY_SCOPE, system_show, system_key,
	      system_whole, .name = "system.system.show", .flags = ROUTE_READS, .success = 200,
	      .help = "One system and what belongs to it"),
	ROUTE("PATCH", "/v1/systems/{system_id}", WRITE, SCOPE_PROJECT, system_update,
	      system_update, system, .name = "system.system.update", .success = 200,
	      .help = "Changes what is said of it"),
	ROUTE("DELETE", "/v1/systems/{system_id}", WRITE, SCOPE_PROJECT, system_delete, system_key,
	      nothing, .name = "system.system.delete", .success = 204,
	      .help = "Forgets a system that nothing belongs to"),
	ROUTE("PUT", PARTS, WRITE, SCOPE_PROJECT, system_take, system_part, nothing,
	      .name = "system.resource.take", .flags = ROUTE_OPTIONAL_BODY, .success = 204,
	      .help = "A server or network of the VDC belongs to it from now on"),
	ROUTE("DELETE", PARTS, WRITE, SCOPE_PROJECT, system_leave, system_part, nothing,
	      .name = "system.resource.leave", .success = 204, .help = "It no longer does"),
	ROUTE("GET", "/v1/system-resources", READ, SCOPE_PROJECT, system_known, nothing,
	      system_resources, .name = "system.resource.list", .flags = ROUTE_READS,
	      .success = 200, .help = "The VDC's servers and networks, with their systems"),
	{ .method = "GET",
	  .path = "/v1/system-quotas/{project_id}",
	  .may = READ,
	  .scopes = ANY_SCOPE,
	  .name = "system.quota.show",
	  .flags = ROUTE_READS,
	  .success = 200,
	  .act = system_quota_show_act,
	  .in = system_quota_key_wire,
	  .in_size = sizeof(struct system_quota_ask),
	  .out = system_quota_wire,
	  .out_size = sizeof(struct system_quota),
	  .help = "How many systems a VDC may have, and has" },
	ROUTE("PUT", "/v1/system-quotas/{project_id}", "system.quota.manage", 0, system_quota_set,
	      system_quota_ask, system_quota, .name = "system.quota.set", .success = 200,
	      .help = "Says how many systems a VDC may have; -1: any number"),
	{ 0 },
};

const struct route_group system_routes[] = { { &own_dialect, routes }, { 0 } };

const struct permission system_permissions[] = {
	{ READ,
	  ROLE_READER | ROLE_MEMBER | ROLE_VDC_ADMIN | ROLE_DEPARTMENT_ADMIN | ROLE_SYSTEM_ADMIN,
	  "see systems" },
	{ WRITE, ROLE_MEMBER | ROLE_VDC_ADMIN, "say what a VDC runs" },
	{ "system.quota.manage", ROLE_SYSTEM_ADMIN, "say how many systems a VDC may have" },
	{ 0 },
};
