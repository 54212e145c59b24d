/* SPDX-License-Identifier: Apache-2.0 */
/* Shapes and routes of regions, services and endpoints. */
#include "door/identity/identity_catalog.h"

LINKS_OF(region, id, "regions")
LINKS_OF(service, id, "services")
LINKS_OF(endpoint, id, "endpoints")
LINKS_OF_LIST(region_list, "regions")
LINKS_OF_LIST(service_list, "services")

static void endpoint_list_links(struct call *c, struct json_out *j, const void *obj)
{
	write_list_links(c, j, ((const struct endpoint_list *)obj)->collection);
}

#define TEXT_MAX 4096
#define EXTRA_MAX 65536
#define MAY_BE_NULL (OPT | NULLABLE | EMPTY_OK)

const struct field region_wire[] = { F_STR(region, id, 0, 0),
				     F_STR(region, description, 0, EMPTY_OK),
				     F_STR(region, parent_region_id, 0, NULLABLE),
				     F_VIEW("links", region_link),
				     F_REST(region, extra, 0),
				     F_END };
static const struct field region_create_wire[] = {
	F_STR(region, id, 255, OPT), F_STR(region, description, TEXT_MAX, MAY_BE_NULL),
	F_STR(region, parent_region_id, 255, OPT | NULLABLE), F_REST(region, extra, EXTRA_MAX),
	F_END
};
/* PUT and PATCH: the id stands in the path. */
static const struct field region_change_wire[] = {
	F_STR(region, id, 255, FROM_PATH),
	F_STR(region, description, TEXT_MAX, MAY_BE_NULL, TELLS(region, description)),
	F_STR(region, parent_region_id, 255, OPT | NULLABLE, TELLS(region, parent_region_id)),
	F_REST(region, extra, EXTRA_MAX), F_END
};
static const struct field region_list_wire[] = { F_LIST(region_list, regions, region, region_wire,
							0, 0),
						 F_VIEW("links", region_list_links), F_END };

const struct field service_wire[] = { F_STR(service, id, 0, 0),
				      F_STR(service, type, 0, 0),
				      F_STR(service, name, 0, NULLABLE | OMIT | EMPTY_OK),
				      F_STR(service, description, 0, NULLABLE | OMIT | EMPTY_OK),
				      F_BOOL(service, enabled, 0),
				      F_VIEW("links", service_link),
				      F_REST(service, extra, 0),
				      F_END };
static const struct field service_create_wire[] = {
	F_STR(service, type, 255, 0),
	F_STR(service, name, 255, MAY_BE_NULL),
	F_STR(service, description, TEXT_MAX, MAY_BE_NULL),
	F_BOOL(service, enabled, OPT, TELLS(service, enabled)),
	F_REST(service, extra, EXTRA_MAX),
	F_END
};
static const struct field service_change_wire[] = {
	F_STR(service, id, 255, FROM_PATH),
	F_STR(service, type, 255, OPT, TELLS(service, type)),
	F_STR(service, name, 255, MAY_BE_NULL, TELLS(service, name)),
	F_STR(service, description, TEXT_MAX, MAY_BE_NULL, TELLS(service, description)),
	F_BOOL(service, enabled, OPT, TELLS(service, enabled)),
	F_REST(service, extra, EXTRA_MAX),
	F_END
};
static const struct field service_list_wire[] = { F_LIST(service_list, services, service,
							 service_wire, 0, 0),
						  F_VIEW("links", service_list_links), F_END };

const struct field endpoint_wire[] = { F_STR(endpoint, id, 0, 0),
				       F_STR(endpoint, service_id, 0, 0),
				       F_STR(endpoint, region_id, 0, NULLABLE),
				       F_STR_AS("region", endpoint, region_id, 0, NULLABLE),
				       F_WORD(endpoint, interface, endpoint_interfaces, 0),
				       F_STR(endpoint, url, 0, 0),
				       F_STR(endpoint, name, 0, NULLABLE | OMIT | EMPTY_OK),
				       F_BOOL(endpoint, enabled, 0),
				       F_VIEW("links", endpoint_link),
				       F_REST(endpoint, extra, 0),
				       F_END };
static const struct field endpoint_create_wire[] = {
	F_STR(endpoint, service_id, 64, 0),
	F_STR(endpoint, region_id, 255, OPT | NULLABLE),
	F_STR(endpoint, region, 255, OPT | NULLABLE),
	F_WORD(endpoint, interface, endpoint_interfaces, 0),
	F_STR(endpoint, url, 2048, 0),
	F_STR(endpoint, name, 255, MAY_BE_NULL),
	F_BOOL(endpoint, enabled, OPT, TELLS(endpoint, enabled)),
	F_REST(endpoint, extra, EXTRA_MAX),
	F_END
};
static const struct field endpoint_change_wire[] = {
	F_STR(endpoint, id, 255, FROM_PATH),
	F_STR(endpoint, service_id, 64, OPT, TELLS(endpoint, service_id)),
	F_STR(endpoint, region_id, 255, OPT | NULLABLE, TELLS(endpoint, region_id)),
	F_STR(endpoint, region, 255, OPT | NULLABLE),
	F_WORD(endpoint, interface, endpoint_interfaces, OPT, TELLS(endpoint, interface)),
	F_STR(endpoint, url, 2048, OPT, TELLS(endpoint, url)),
	F_STR(endpoint, name, 255, MAY_BE_NULL, TELLS(endpoint, name)),
	F_BOOL(endpoint, enabled, OPT, TELLS(endpoint, enabled)),
	F_REST(endpoint, extra, EXTRA_MAX),
	F_END
};
const struct field endpoint_list_wire[] = { F_LIST(endpoint_list, endpoints, endpoint,
						   endpoint_wire, 0, 0),
					    F_VIEW("links", endpoint_list_links), F_END };

#define ASKED (OPT | FROM_QUERY)
static const struct field catalog_ask_wire[] = { F_STR(catalog_ask, parent_region_id, 255, ASKED),
						 F_STR(catalog_ask, type, 255, ASKED),
						 F_STR(catalog_ask, name, 255, ASKED),
						 F_STR(catalog_ask, service_id, 255, ASKED),
						 F_STR(catalog_ask, region_id, 255, ASKED),
						 F_STR(catalog_ask, interface, 255, ASKED),
						 F_END };

ACT(region_create, region, region)
ACT(region_put, region, region)
ACT(region_change, region, region)
ACT(region_delete, key, nothing)
ACT(region_show, key, region)
ACT(region_all, catalog_ask, region_list)
ACT(service_create, service, service)
ACT(service_change, service, service)
ACT(service_delete, key, nothing)
ACT(service_show, key, service)
ACT(service_all, catalog_ask, service_list)
ACT(endpoint_create, endpoint, endpoint)
ACT(endpoint_change, endpoint, endpoint)
ACT(endpoint_delete, key, nothing)
ACT(endpoint_show, key, endpoint)
ACT(endpoint_all, catalog_ask, endpoint_list)

#define MANAGE "identity.catalog.manage"
#define LIST "identity.catalog.list"

const struct route identity_catalog_routes[] = {
	ROUTE_SHAPED("POST", "/v3/regions", MANAGE, region_create, region, region_create_wire,
		     region, region_wire, .in_wrap = "region", .out_wrap = "region", .success = 201,
		     .name = "identity.region.create", .help = "Makes a region."),
	ROUTE_SHAPED("PUT", "/v3/regions/{id}", MANAGE, region_put, region, region_change_wire,
		     region, region_wire, .in_wrap = "region", .out_wrap = "region", .success = 201,
		     .name = "identity.region.put",
		     .help = "Makes a region with an id of one's choice."),
	/* Regions are no secret: whoever signs in chooses one. */
	ROUTE("GET", "/v3/regions", MAY_SIGNED_IN, 0, region_all, catalog_ask, region_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.region.list",
	      .help = "Lists regions."),
	ROUTE("GET", "/v3/regions/{id}", MAY_SIGNED_IN, 0, region_show, key, region,
	      .out_wrap = "region", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.region.show", .help = "Shows a region."),
	ROUTE_SHAPED("PATCH", "/v3/regions/{id}", MANAGE, region_change, region, region_change_wire,
		     region, region_wire, .in_wrap = "region", .out_wrap = "region", .success = 200,
		     .name = "identity.region.change", .help = "Changes a region."),
	ROUTE("DELETE", "/v3/regions/{id}", MANAGE, 0, region_delete, key, nothing, .success = 204,
	      .name = "identity.region.delete", .help = "Removes a region."),
	ROUTE_SHAPED("POST", "/v3/services", MANAGE, service_create, service, service_create_wire,
		     service, service_wire, .in_wrap = "service", .out_wrap = "service",
		     .success = 201, .name = "identity.service.create", .help = "Makes a service."),
	ROUTE("GET", "/v3/services", LIST, 0, service_all, catalog_ask, service_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.service.list",
	      .help = "Lists services."),
	ROUTE("GET", "/v3/services/{id}", LIST, 0, service_show, key, service,
	      .out_wrap = "service", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.service.show", .help = "Shows a service."),
	ROUTE_SHAPED("PATCH", "/v3/services/{id}", MANAGE, service_change, service,
		     service_change_wire, service, service_wire, .in_wrap = "service",
		     .out_wrap = "service", .success = 200, .name = "identity.service.change",
		     .help = "Changes a service."),
	ROUTE("DELETE", "/v3/services/{id}", MANAGE, 0, service_delete, key, nothing,
	      .success = 204, .name = "identity.service.delete", .help = "Removes a service."),
	ROUTE_SHAPED("POST", "/v3/endpoints", MANAGE, endpoint_create, endpoint,
		     endpoint_create_wire, endpoint, endpoint_wire, .in_wrap = "endpoint",
		     .out_wrap = "endpoint", .success = 201, .name = "identity.endpoint.create",
		     .help = "Makes an endpoint."),
	ROUTE("GET", "/v3/endpoints", LIST, 0, endpoint_all, catalog_ask, endpoint_list,
	      .flags = ROUTE_READS, .success = 200, .name = "identity.endpoint.list",
	      .help = "Lists endpoints."),
	ROUTE("GET", "/v3/endpoints/{id}", LIST, 0, endpoint_show, key, endpoint,
	      .out_wrap = "endpoint", .flags = ROUTE_READS, .success = 200,
	      .name = "identity.endpoint.show", .help = "Shows an endpoint."),
	ROUTE_SHAPED("PATCH", "/v3/endpoints/{id}", MANAGE, endpoint_change, endpoint,
		     endpoint_change_wire, endpoint, endpoint_wire, .in_wrap = "endpoint",
		     .out_wrap = "endpoint", .success = 200, .name = "identity.endpoint.change",
		     .help = "Changes an endpoint."),
	ROUTE("DELETE", "/v3/endpoints/{id}", MANAGE, 0, endpoint_delete, key, nothing,
	      .success = 204, .name = "identity.endpoint.delete", .help = "Removes an endpoint."),
	{ 0 }
};
