/* SPDX-License-Identifier: Apache-2.0 */
/* Routers and floating addresses, as the files of this room share them. */
#ifndef CLOUD_NETWORK_ROUTER_H
#define CLOUD_NETWORK_ROUTER_H

#include "cloud/network/network_private.h"

/* What a port of the cloud's own is for. */
#define OWNER_INTERFACE "network:router_interface"
#define OWNER_GATEWAY "network:router_gateway"
#define OWNER_FLOATING "network:floatingip"

enum {
	EXTRA_ROUTES_MAX = 30 /* of one router */
};

struct router {
	const char *id, *project_id, *domain_id, *name, *description;
	bool admin_state_up, enable_snat;
	const char *gateway_port_id, *gateway_network_id; /* NULL: no gateway */
	const char *routes;                               /* a JSON array */
	const char *fault, *status;
	struct words tags;
	int64_t revision, applied, created_at, updated_at;
	struct network_fixed_ip *gateway_ips;
	size_t gateway_ips_count;
};

struct floating {
	const char *id, *project_id, *domain_id, *description, *floating_network_id,
		*floating_ip_address, *floating_port_id;
	const char *port_id, *fixed_ip_address, *router_id; /* NULL: it leads nowhere */
	const char *status;
	struct words tags;
	int64_t revision, created_at, updated_at;
};

/* --- asked --- */

struct gateway_ask {
	const char *network_id;
	bool enable_snat;
	struct network_fixed_ip *external_fixed_ips;
	size_t external_fixed_ips_count;
	bool network_id_given, enable_snat_given, external_fixed_ips_given;
};
struct router_ask {
	const char *id;
	const char *project_id, *tenant_id, *name, *description;
	bool admin_state_up;
	struct gateway_ask gateway;
	struct host_route *routes;
	size_t routes_count;
	bool name_given, description_given, admin_state_up_given, gateway_given, routes_given;
};
struct router_create {
	struct router_ask router, *routers;
	size_t routers_count;
	bool router_given, routers_given;
};
struct router_made {
	struct router router, *routers;
	size_t routers_count;
};
struct router_shown {
	struct router item;
	struct words fields;
};
struct interface_ask {
	const char *id, *subnet_id, *port_id;
};
struct interface {
	const char *id, *project_id, *port_id, *network_id, *subnet_id;
	struct words subnet_ids;
};
struct floating_ask {
	const char *id;
	const char *project_id, *tenant_id, *description, *floating_network_id,
		*floating_ip_address, *subnet_id, *port_id, *fixed_ip_address;
	bool description_given, port_id_given, fixed_ip_address_given;
};
struct floating_create {
	struct floating_ask floating, *floatings;
	size_t floatings_count;
	bool floating_given, floatings_given;
};
struct floating_made {
	struct floating floating, *floatings;
	size_t floatings_count;
};
struct floating_shown {
	struct floating item;
	struct words fields;
};

extern const struct field router_wire[], floating_wire[];
extern const struct route network_router_routes[], network_interface_routes[],
	network_floating_routes[];

/* --- rules that other topics use --- */

/* The router, if the asker may see it; ST_NOT_FOUND as RouterNotFound. */
enum status router_own(struct call *c, const char *id, struct router *out) MUST_USE;
enum status floating_own(struct call *c, const char *id, struct floating *out) MUST_USE;
/* Acts, which the proxies of Nova's clients call too (network_proxy.c). */
enum status floating_make(struct call *c, const struct floating_ask *ask,
			  struct floating *out) MUST_USE;
enum status floating_update(struct call *c, const struct floating_ask *in,
			    struct floating *out) MUST_USE;
enum status floating_delete(struct call *c, const struct object_ask *in,
			    struct nothing *out) MUST_USE;
/* The router has changed: the engine is to be told. */
enum status router_changed(struct call *c, const char *id) MUST_USE;
/* A port got other addresses: when it is a router's, the engine is to be told. */
enum status router_port_moved(struct call *c, const struct port *p) MUST_USE;
/* Sets, moves or takes away (network_id NULL) the gateway of a router that stands in the tables. */
enum status gateway_set(struct call *c, struct router *r, const struct gateway_ask *ask) MUST_USE;
/* The router by which an external network reaches a fixed address; ST_NOT_FOUND, in words. */
enum status router_towards(struct call *c, const char *external_id, const struct port *p,
			   const char *fixed_ip, const char **router_id) MUST_USE;
/* Something stands on it: ST_CONFLICT in words. */
enum status floating_network_unused(struct call *c, const char *network_id) MUST_USE;
/* Deletes the floating addresses of a network that lead nowhere. */
enum status floating_network_gone(struct call *c, const char *network_id) MUST_USE;
/* Floating addresses that lead to the port lead nowhere from now on. */
enum status floating_port_gone(struct call *c, const char *port_id) MUST_USE;
/* ST_CONFLICT in words when a floating address goes through the router and (subnet_id NULL: any, else:
 * that subnet). */
enum status floating_uses_router(struct call *c, const char *router_id,
				 const char *subnet_id) MUST_USE;

/* --- store --- */

enum status router_store_router(struct call *c, const char *id, struct router *out) MUST_USE;
enum status router_store_put(struct call *c, const struct router *r) MUST_USE;
enum status router_store_update(struct call *c, const struct router *r) MUST_USE;
enum status router_store_delete(struct call *c, const char *id) MUST_USE;
enum status router_store_routers(struct call *c, const char *project_id, const char *after,
				 int64_t most, struct router **list, size_t *n) MUST_USE;
enum status router_store_applied(struct call *c, const char *id, int64_t revision,
				 bool *recorded) MUST_USE;
enum status router_store_fault(struct call *c, const char *id, const char *why) MUST_USE;
enum status router_store_bump(struct call *c, const char *id, int64_t now) MUST_USE;
/* Routers with a port on the network. */
enum status router_store_on_network(struct call *c, const char *network_id,
				    struct words *ids) MUST_USE;

struct floating_select {
	const char *id, *network_id, *router_id, *port_id, *project_id; /* the first; none: all */
};
enum status floating_store_list(struct call *c, const struct floating_select *s, const char *after,
				int64_t most, struct floating **list, size_t *n) MUST_USE;
enum status floating_store_one(struct call *c, const char *id, struct floating *out) MUST_USE;
enum status floating_store_put(struct call *c, const struct floating *f) MUST_USE;
enum status floating_store_update(struct call *c, const struct floating *f) MUST_USE;
enum status floating_store_delete(struct call *c, const char *id) MUST_USE;

#endif
