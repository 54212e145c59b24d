/* SPDX-License-Identifier: Apache-2.0 */
/* What the tables of routes share: words for permissions and scopes, wire shapes used by several. */
#ifndef CLOUD_COMPUTE_COMPUTE_HTTP_H
#define CLOUD_COMPUTE_COMPUTE_HTTP_H

#include "cloud/compute/compute_change.h"
#include "door/route.h"

#define SERVER_READ "compute.server.read"
#define SERVER_WRITE "compute.server.write"
#define HOST_WRITE "compute.host.write"
#define SERVER_RESET "compute.server.reset"
#define SERVER_OFFLOAD "compute.server.offload"
#define FLAVOR_READ "compute.flavor.read"
#define FLAVOR_WRITE "compute.flavor.write"
#define KEYPAIR_OWN "compute.keypair.own"
#define HOST_READ "compute.host.read"
#define QUOTA_WRITE "compute.quota.write"
#define SERVERS "/v2.1/servers"
#define SERVER SERVERS "/{server_id}"
/* A route whose answer has another shape than its struct's own. */
#define SHOW(p, may_, scopes_, fn, in_t, out_t, out_shape, name_, help_, ...)                      \
	{                                                                                          \
		.method = "GET", .path = p, .may = may_, .scopes = scopes_, .act = fn##_act,       \
		.in = in_t##_wire, .in_size = sizeof(struct in_t), .out = out_shape,               \
		.out_size = sizeof(struct out_t), .flags = ROUTE_READS, .success = 200,            \
		.name = name_, .help = help_, ##__VA_ARGS__                                        \
	}
#define SCOPES (SCOPE_PROJECT | SCOPE_SYSTEM)

extern const struct dialect nova_dialect;
extern const struct route compute_server_routes[], compute_flavor_routes[], compute_more_routes[],
	compute_console_routes[], compute_inside_routes[], compute_action_routes[],
	compute_group_routes[], compute_place_routes[], compute_aggregate_routes[],
	compute_about_routes[], compute_interface_routes[], compute_service_routes[],
	compute_security_routes[], compute_floating_routes[], compute_image_routes[],
	compute_quota_routes[], compute_move_routes[], compute_migration_routes[],
	compute_event_routes[], compute_extension_routes[], compute_diagnose_routes[];

/* The list "links" of a thing: its address with the version, and without. */
void compute_write_links(struct call *c, struct json_out *j, const char *kind, const char *id);
/* Those of an image, and its address at Glance. */
void compute_write_image_links(struct call *c, struct json_out *j, const char *id);
/* A member that is null when the time is 0, the count INT_NULL. */
void compute_put_time(struct json_out *j, const char *name, int64_t at, enum time_style style);
void compute_put_count(struct json_out *j, const char *name, int64_t v);
/* Nova counts things that have no numbers here: one that follows from a text (FNV-1a). */
int64_t compute_number_of(const char *text);
/* "2.x" documents, see compute_dialect.c. */
void write_nova_versions(struct call *c, struct json_out *j, const void *obj);
void write_nova_version(struct call *c, struct json_out *j, const void *obj);
void write_nova_v2_version(struct call *c, struct json_out *j, const void *obj);

/* Nova's hostId: the same for all servers of one VDC on one host, and telling nothing of either. */
const char *compute_host_mark(struct call *c, const char *project, const char *host);
/* Nova says 400 where Neutron says 409: 'st', or ST_BAD_INPUT of 'at' in the same words. */
enum status compute_as_bad_input(struct call *c, enum status st, const char *at) MUST_USE;
/* What is not offered in a body: null or an empty list may stand there. */
enum status compute_refuse_member(struct call *c, void *obj, const struct json_t *value) MUST_USE;

extern const struct field server_changed_wire[], server_rebuilt_server_wire[];
extern const struct field server_key_wire[], server_wire[], server_page_wire[], server_names_wire[],
	server_created_wire[];

#endif
