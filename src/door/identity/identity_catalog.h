/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogue's parts: regions, services, endpoints; and which endpoints a VDC sees (OS-EP-FILTER). */
#ifndef DOOR_IDENTITY_IDENTITY_CATALOG_H
#define DOOR_IDENTITY_IDENTITY_CATALOG_H

#include "door/identity/identity_private.h"

struct region {
	const char *id, *parent_region_id, *description, *extra;
	bool parent_region_id_given, description_given;
};
struct region_list {
	struct region *regions;
	size_t regions_count;
};

struct service {
	const char *id, *type, *name, *description, *extra;
	bool enabled;
	bool enabled_given, type_given, name_given, description_given;
};
struct service_list {
	struct service *services;
	size_t services_count;
};

struct endpoint {
	const char *id, *service_id, *region_id, *url, *name, *extra;
	const char *region; /* another name of region_id in a request */
	int interface;      /* index in endpoint_interfaces */
	bool enabled;
	bool service_id_given, region_id_given, url_given, name_given, interface_given,
		enabled_given;
};
struct endpoint_list {
	struct endpoint *endpoints;
	size_t endpoints_count;
	const char *collection;
};
extern const char *const endpoint_interfaces[];

struct catalog_ask {
	const char *parent_region_id, *type, *name, *service_id, *region_id, *interface;
};

enum status region_create(struct call *c, const struct region *in, struct region *out) MUST_USE;
enum status region_put(struct call *c, const struct region *in, struct region *out) MUST_USE;
enum status region_change(struct call *c, const struct region *in, struct region *out) MUST_USE;
enum status region_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status region_show(struct call *c, const struct key *in, struct region *out) MUST_USE;
enum status region_all(struct call *c, const struct catalog_ask *in,
		       struct region_list *out) MUST_USE;
enum status service_create(struct call *c, const struct service *in, struct service *out) MUST_USE;
enum status service_change(struct call *c, const struct service *in, struct service *out) MUST_USE;
enum status service_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status service_show(struct call *c, const struct key *in, struct service *out) MUST_USE;
enum status service_all(struct call *c, const struct catalog_ask *in,
			struct service_list *out) MUST_USE;
enum status endpoint_create(struct call *c, const struct endpoint *in,
			    struct endpoint *out) MUST_USE;
enum status endpoint_change(struct call *c, const struct endpoint *in,
			    struct endpoint *out) MUST_USE;
enum status endpoint_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status endpoint_show(struct call *c, const struct key *in, struct endpoint *out) MUST_USE;
enum status endpoint_all(struct call *c, const struct catalog_ask *in,
			 struct endpoint_list *out) MUST_USE;

/* Rows by id, with words for the asker when there is none. */
enum status region_get(struct call *c, const char *id, struct region *out) MUST_USE;
enum status service_get(struct call *c, const char *id, struct service *out) MUST_USE;
enum status endpoint_get(struct call *c, const char *id, struct endpoint *out) MUST_USE;

/* --- OS-EP-FILTER; identity_filter.c --- */

struct endpoint_group {
	const char *id, *name, *description;
	const char *filters; /* a JSON object: service_id, region_id, interface */
	bool name_given, description_given, filters_given;
};
struct endpoint_group_list {
	struct endpoint_group *endpoint_groups;
	size_t endpoint_groups_count;
	const char *collection;
};
struct id_list {
	struct id_row *list;
	size_t list_count;
	const char *collection;
};

enum status epgroup_create(struct call *c, const struct endpoint_group *in,
			   struct endpoint_group *out) MUST_USE;
enum status epgroup_change(struct call *c, const struct endpoint_group *in,
			   struct endpoint_group *out) MUST_USE;
enum status epgroup_delete(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status epgroup_show(struct call *c, const struct key *in, struct endpoint_group *out) MUST_USE;
enum status epgroup_all(struct call *c, const struct catalog_ask *in,
			struct endpoint_group_list *out) MUST_USE;
enum status epgroup_endpoints(struct call *c, const struct key *in,
			      struct endpoint_list *out) MUST_USE;
enum status epgroup_projects(struct call *c, const struct key *in, struct id_list *out) MUST_USE;
enum status epgroup_project_put(struct call *c, const struct key *in, struct nothing *out) MUST_USE;
enum status epgroup_project_check(struct call *c, const struct key *in,
				  struct nothing *out) MUST_USE;
enum status epgroup_project_drop(struct call *c, const struct key *in,
				 struct nothing *out) MUST_USE;
enum status project_epgroups(struct call *c, const struct key *in,
			     struct endpoint_group_list *out) MUST_USE;
enum status project_endpoint_put(struct call *c, const struct key *in,
				 struct nothing *out) MUST_USE;
enum status project_endpoint_check(struct call *c, const struct key *in,
				   struct nothing *out) MUST_USE;
enum status project_endpoint_drop(struct call *c, const struct key *in,
				  struct nothing *out) MUST_USE;
enum status project_endpoints(struct call *c, const struct key *in,
			      struct endpoint_list *out) MUST_USE;
enum status endpoint_projects(struct call *c, const struct key *in, struct id_list *out) MUST_USE;

/* --- statements --- */

enum status region_read(struct call *c, const char *id, struct region *out) MUST_USE;
enum status region_insert(struct call *c, const struct region *r) MUST_USE;
enum status region_write(struct call *c, const struct region *r) MUST_USE;
enum status region_remove(struct call *c, const char *id) MUST_USE;
enum status region_list_read(struct call *c, struct region **out, size_t *count) MUST_USE;
enum status service_read(struct call *c, const char *id, struct service *out) MUST_USE;
enum status service_insert(struct call *c, const struct service *s) MUST_USE;
enum status service_write(struct call *c, const struct service *s) MUST_USE;
enum status service_remove(struct call *c, const char *id) MUST_USE;
enum status service_list_read(struct call *c, struct service **out, size_t *count) MUST_USE;
enum status endpoint_read(struct call *c, const char *id, struct endpoint *out) MUST_USE;
enum status endpoint_insert(struct call *c, const struct endpoint *e) MUST_USE;
enum status endpoint_write(struct call *c, const struct endpoint *e) MUST_USE;
enum status endpoint_remove(struct call *c, const char *id) MUST_USE;
enum status endpoint_list_read(struct call *c, struct endpoint **out, size_t *count) MUST_USE;
enum status epgroup_read(struct call *c, const char *id, struct endpoint_group *out) MUST_USE;
enum status epgroup_insert(struct call *c, const struct endpoint_group *g) MUST_USE;
enum status epgroup_write(struct call *c, const struct endpoint_group *g) MUST_USE;
enum status epgroup_remove(struct call *c, const char *id) MUST_USE;
enum status epgroup_list_read(struct call *c, struct endpoint_group **out, size_t *count) MUST_USE;
enum status epgroup_list_of(struct call *c, const char *project_id, struct endpoint_group **out,
			    size_t *count) MUST_USE;
enum status epgroup_project_list(struct call *c, const char *group_id, struct id_row **out,
				 size_t *count) MUST_USE;
enum status epgroup_project_insert(struct call *c, const char *group_id,
				   const char *project_id) MUST_USE;
enum status epgroup_project_count(struct call *c, const char *group_id, const char *project_id,
				  int64_t *out) MUST_USE;
enum status epgroup_project_remove(struct call *c, const char *group_id, const char *project_id,
				   int64_t *changed) MUST_USE;
enum status project_endpoint_insert(struct call *c, const char *project_id,
				    const char *endpoint_id) MUST_USE;
enum status project_endpoint_count(struct call *c, const char *project_id, const char *endpoint_id,
				   int64_t *out) MUST_USE;
enum status project_endpoint_remove(struct call *c, const char *project_id, const char *endpoint_id,
				    int64_t *changed) MUST_USE;
enum status project_endpoint_list(struct call *c, const char *project_id, struct endpoint **out,
				  size_t *count) MUST_USE;
enum status endpoint_project_list(struct call *c, const char *endpoint_id, struct id_row **out,
				  size_t *count) MUST_USE;

extern const struct field region_wire[], service_wire[], endpoint_wire[], endpoint_list_wire[],
	endpoint_group_wire[];

#endif
