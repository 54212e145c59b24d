/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of which endpoints a VDC sees (OS-EP-FILTER). */
#include "door/identity/identity_catalog.h"

LINKS_OF(endpoint_group, id, "OS-EP-FILTER/endpoint_groups")

static void endpoint_group_list_links(struct call *c, struct json_out *j, const void *obj)
{
	write_list_links(c, j, ((const struct endpoint_group_list *)obj)->collection);
}

static void id_list_links(struct call *c, struct json_out *j, const void *obj)
{
	write_list_links(c, j, ((const struct id_list *)obj)->collection);
}

static void project_ref_link(struct call *c, struct json_out *j, const void *obj)
{
	write_self_link(c, j, "projects", ((const struct id_row *)obj)->id);
}

#define MAY_BE_NULL (OPT | NULLABLE | EMPTY_OK)

const struct field endpoint_group_wire[] = { F_STR(endpoint_group, id, 0, 0),
					     F_STR(endpoint_group, name, 0, 0),
					     F_STR(endpoint_group, description, 0,
						   NULLABLE | EMPTY_OK),
					     F_JSON(endpoint_group, filters, 0, 0),
					     F_VIEW("links", endpoint_group_link),
					     F_END };
static const struct field endpoint_group_create_wire[] = {
	F_STR(endpoint_group, name, 255, 0), F_STR(endpoint_group, description, 4096, MAY_BE_NULL),
	F_JSON(endpoint_group, filters, 4096, 0), F_END
};
static const struct field endpoint_group_change_wire[] = {
	F_STR(endpoint_group, id, 255, FROM_PATH),
	F_STR(endpoint_group, name, 255, OPT, TELLS(endpoint_group, name)),
	F_STR(endpoint_group, description, 4096, MAY_BE_NULL, TELLS(endpoint_group, description)),
	F_JSON(endpoint_group, filters, 4096, OPT, TELLS(endpoint_group, filters)), F_END
};
static const struct field endpoint_group_list_wire[] = {
	F_LIST(endpoint_group_list, endpoint_groups, endpoint_group, endpoint_group_wire, 0, 0),
	F_VIEW("links", endpoint_group_list_links), F_END
};
static const struct field ask_wire[] = { F_STR(catalog_ask, name, 255, OPT | FROM_QUERY), F_END };
static const struct field project_ref_wire[] = { F_STR(id_row, id, 0, 0),
						 F_VIEW("links", project_ref_link), F_END };
static const struct field projects_wire[] = { F_LIST_AS("projects", id_list, list, id_row,
							project_ref_wire, 0, 0),
					      F_VIEW("links", id_list_links), F_END };

ACT(epgroup_create, endpoint_group, endpoint_group)
ACT(epgroup_change, endpoint_group, endpoint_group)
ACT(epgroup_delete, key, nothing)
ACT(epgroup_show, key, endpoint_group)
ACT(epgroup_all, catalog_ask, endpoint_group_list)
ACT(epgroup_endpoints, key, endpoint_list)
ACT(epgroup_projects, key, id_list)
ACT(epgroup_project_put, key, nothing)
ACT(epgroup_project_check, key, nothing)
ACT(epgroup_project_drop, key, nothing)
ACT(project_epgroups, key, endpoint_group_list)
ACT(project_endpoint_put, key, nothing)
ACT(project_endpoint_check, key, nothing)
ACT(project_endpoint_drop, key, nothing)
ACT(project_endpoints, key, endpoint_list)
ACT(endpoint_projects, key, id_list)

#define MANAGE "identity.catalog.manage"
#define LIST "identity.catalog.list"
#define GROUPS "/v3/OS-EP-FILTER/endpoint_groups"
#define PROJECTS "/v3/OS-EP-FILTER/projects/{project_id}"

const struct route identity_filter_routes[] = {
	ROUTE_SHAPED("POST", GROUPS, MANAGE, epgroup_create, endpoint_group,
		     endpoint_group_create_wire, endpoint_group, endpoint_group_wire,
		     .in_wrap = "endpoint_group", .out_wrap = "endpoint_group", .success = 201,
		     .name = "identity.endpoint_group.create", .help = "Makes an endpoint group."),
	ROUTE_SHAPED("GET", GROUPS, LIST, epgroup_all, catalog_ask, ask_wire, endpoint_group_list,
		     endpoint_group_list_wire, .flags = ROUTE_READS, .success = 200,
		     .name = "identity.endpoint_group.list", .help = "Lists endpoint groups."),
	ROUTE("GET", GROUPS "/{id}", LIST, 0, epgroup_show, key, endpoint_group,
	      .out_wrap = "endpoint_group", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.endpoint_group.show", .help = "Shows an endpoint group."),
	ROUTE("HEAD", GROUPS "/{id}", LIST, 0, epgroup_show, key, endpoint_group,
	      .flags = ROUTE_READS | ROUTE_NO_BODY, .success = 200,
	      .name = "identity.endpoint_group.check",
	      .help = "Tells whether an endpoint group exists."),
	ROUTE_SHAPED("PATCH", GROUPS "/{id}", MANAGE, epgroup_change, endpoint_group,
		     endpoint_group_change_wire, endpoint_group, endpoint_group_wire,
		     .in_wrap = "endpoint_group", .out_wrap = "endpoint_group", .success = 200,
		     .name = "identity.endpoint_group.change",
		     .help = "Changes an endpoint group."),
	ROUTE("DELETE", GROUPS "/{id}", MANAGE, 0, epgroup_delete, key, nothing, .success = 204,
	      .name = "identity.endpoint_group.delete", .help = "Removes an endpoint group."),
	ROUTE("GET", GROUPS "/{id}/endpoints", LIST, 0, epgroup_endpoints, key, endpoint_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.endpoint_group.endpoints",
	      .help = "Lists the endpoints of a group."),
	ROUTE_SHAPED("GET", GROUPS "/{id}/projects", LIST, epgroup_projects, key, key_wire, id_list,
		     projects_wire, .flags = ROUTE_READS, .success = 200,
		     .name = "identity.endpoint_group.projects",
		     .help = "Lists the VDCs that a group is for."),
	ROUTE("PUT", GROUPS "/{id}/projects/{project_id}", MANAGE, 0, epgroup_project_put, key,
	      nothing, .success = 204, .name = "identity.endpoint_group.project.add",
	      .help = "Lets a VDC see the endpoints of a group."),
	ROUTE("GET", GROUPS "/{id}/projects/{project_id}", LIST, 0, epgroup_project_check, key,
	      nothing, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.endpoint_group.project.show",
	      .help = "Tells whether a group is for a VDC."),
	ROUTE("HEAD", GROUPS "/{id}/projects/{project_id}", LIST, 0, epgroup_project_check, key,
	      nothing, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.endpoint_group.project.check",
	      .help = "Tells whether a group is for a VDC."),
	ROUTE("DELETE", GROUPS "/{id}/projects/{project_id}", MANAGE, 0, epgroup_project_drop, key,
	      nothing, .success = 204, .name = "identity.endpoint_group.project.remove",
	      .help = "Takes a group from a VDC."),
	ROUTE("GET", PROJECTS "/endpoint_groups", LIST, 0, project_epgroups, key,
	      endpoint_group_list, .flags = ROUTE_READS, .success = 200,
	      .name = "identity.project.endpoint_groups",
	      .help = "Lists the endpoint groups of a VDC."),
	ROUTE("GET", PROJECTS "/endpoints", LIST, 0, project_endpoints, key, endpoint_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.project.endpoints",
	      .help = "Lists the endpoints that a VDC sees one by one."),
	ROUTE("PUT", PROJECTS "/endpoints/{endpoint_id}", MANAGE, 0, project_endpoint_put, key,
	      nothing, .success = 204, .name = "identity.project.endpoint.add",
	      .help = "Lets a VDC see an endpoint."),
	ROUTE("GET", PROJECTS "/endpoints/{endpoint_id}", LIST, 0, project_endpoint_check, key,
	      nothing, .flags = ROUTE_READS, .success = 204,
	      .name = "identity.project.endpoint.show",
	      .help = "Tells whether a VDC sees an endpoint."),
	ROUTE("HEAD", PROJECTS "/endpoints/{endpoint_id}", LIST, 0, project_endpoint_check, key,
	      nothing, .flags = ROUTE_READS, .success = 204,
	      .name = "identity.project.endpoint.check",
	      .help = "Tells whether a VDC sees an endpoint."),
	ROUTE("DELETE", PROJECTS "/endpoints/{endpoint_id}", MANAGE, 0, project_endpoint_drop, key,
	      nothing, .success = 204, .name = "identity.project.endpoint.remove",
	      .help = "Takes an endpoint from a VDC."),
	ROUTE_SHAPED("GET", "/v3/OS-EP-FILTER/endpoints/{endpoint_id}/projects", LIST,
		     endpoint_projects, key, key_wire, id_list, projects_wire, .flags = ROUTE_READS,
		     .success = 200, .name = "identity.endpoint.projects",
		     .help = "Lists the VDCs that see an endpoint one by one."),
	{ 0 }
};
