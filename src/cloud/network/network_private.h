/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this room share. A refusal names Neutron's error type in the place of a field when
 * clients match on it ("NetworkNotFound"); field names are in lower case, so the two cannot be mixed up,
 * and the dialect writes the one or makes up the other. */
#ifndef CLOUD_NETWORK_PRIVATE_H
#define CLOUD_NETWORK_PRIVATE_H

#include "cloud/network/network_address.h"
#include "cloud/network/network_driver.h"
#include "db/db.h"
#include "door/route.h"

enum {
	NETWORK_MTU = 1442, /* what is left of 1500 bytes in a Geneve tunnel over IPv4 */
	NAME_MAX_LENGTH = 255,
	POOLS_MAX = 32,
	ROUTES_MAX = 20,
	NAMESERVERS_MAX = 5,
	FIXED_IPS_MAX = 16,
	ADDRESS_PAIRS_MAX = 10,
	TAGS_MAX = 50,
	TAG_LENGTH_MAX = 60, /* characters */
	BULK_MAX = 200
};

struct network {
	const char *id, *project_id, *domain_id, *name, *description;
	bool admin_state_up, shared, port_security;
	bool external; /* routers may have their gateway on it; every VDC sees it */
	const char *network_type, *physical_network; /* NULL: a network of tunnels */
	int64_t segmentation_id;                     /* of a VLAN, else INT_NULL */
	int64_t mtu;
	const char *fault, *status;
	struct words tags, subnets;
	int64_t revision, applied, created_at, updated_at;
};

struct pool {
	const char *subnet_id;
	const char *start, *end;
	int64_t first, last, next; /* hosts, see network_host_of() */
};

struct subnet {
	const char *id, *network_id, *project_id, *name, *description;
	int64_t ip_version;
	const char *cidr, *gateway_ip;
	bool enable_dhcp;
	const char *ipv6_address_mode, *ipv6_ra_mode, *subnetpool_id;
	struct words dns_nameservers, tags;
	const char *host_routes; /* a JSON array */
	int64_t revision, created_at, updated_at;
	struct pool *pools;
	size_t pools_count;
	const char *network_project_id; /* of lists: who else may see it */
	bool network_shared;
};

/* Another address that a port may use. */
struct address_pair {
	const char *ip_address, *mac_address; /* an address or a prefix; NULL: the port's own */
};

struct port {
	const char *id, *network_id, *project_id, *domain_id, *name, *description, *mac_address;
	bool admin_state_up, port_security;
	const char *device_id, *device_owner;
	const char *host_id;       /* where its device runs; "": not told */
	const char *address_pairs; /* a JSON array */
	bool made_for_device, bound;
	const char *fault, *status;
	struct words tags;
	int64_t revision, applied, created_at, updated_at;
	struct network_fixed_ip *fixed_ips;
	size_t fixed_ips_count;
	struct words security_groups;
	const char *network_project_id; /* of lists: who else may see it */
};

/* --- asked --- */

/* What a body may say of a network; create and update read the same. */
struct network_ask {
	const char *id; /* of the path */
	const char *project_id, *tenant_id, *name, *description;
	bool admin_state_up, shared, port_security, external;
	int64_t mtu, segmentation_id;
	const char *network_type, *physical_network;
	bool name_given, description_given, admin_state_up_given, shared_given, port_security_given,
		mtu_given, external_given, segmentation_id_given;
};
struct network_create {
	struct network_ask network, *networks;
	size_t networks_count;
	bool network_given, networks_given;
};
struct network_made {
	struct network network, *networks;
	size_t networks_count;
};

struct subnet_ask {
	const char *id;
	const char *network_id, *project_id, *tenant_id, *name, *description, *cidr, *gateway_ip;
	int64_t ip_version;
	bool enable_dhcp;
	const char *ipv6_address_mode, *ipv6_ra_mode, *subnetpool_id;
	int64_t prefixlen;
	bool prefixlen_given;
	struct words dns_nameservers;
	struct host_route *host_routes;
	size_t host_routes_count;
	struct pool *allocation_pools;
	size_t allocation_pools_count;
	bool name_given, description_given, gateway_ip_given, enable_dhcp_given,
		dns_nameservers_given, host_routes_given, allocation_pools_given;
};
struct subnet_create {
	struct subnet_ask subnet, *subnets;
	size_t subnets_count;
	bool subnet_given, subnets_given;
};
struct subnet_made {
	struct subnet subnet, *subnets;
	size_t subnets_count;
};

struct port_ask {
	const char *id;
	const char *network_id, *project_id, *tenant_id, *name, *description, *mac_address;
	bool admin_state_up, port_security;
	const char *device_id, *device_owner;
	struct network_fixed_ip *fixed_ips;
	size_t fixed_ips_count;
	struct words security_groups;
	struct address_pair *address_pairs;
	size_t address_pairs_count;
	const char *host_id;
	int vnic_type;
	bool name_given, description_given, mac_address_given, admin_state_up_given,
		port_security_given, device_id_given, device_owner_given, fixed_ips_given,
		security_groups_given, address_pairs_given, host_id_given;
	/* From inside only: it goes with its device; it belongs to the cloud, not to a VDC ("" as its
	 * project), and counts in no quota; groups may be named; whoever asks may have it here. */
	bool made_for_device, of_cloud, groups_by_name, trusted, ipv4_only;
};
struct port_create {
	struct port_ask port, *ports;
	size_t ports_count;
	bool port_given, ports_given;
};
struct port_made {
	struct port port, *ports;
	size_t ports_count;
};

/* One object by its id, and which of its members to show; none: all. */
struct object_ask {
	const char *id;
	struct words fields;
};
struct network_list_ask {
	struct words fields, sort_key, sort_dir;
	int64_t limit;
	const char *marker;
	bool page_reverse;
	struct map filters;
};
struct network_shown {
	struct network item;
	struct words fields;
};
struct subnet_shown {
	struct subnet item;
	struct words fields;
};
struct port_shown {
	struct port item;
	struct words fields;
};
struct network_page {
	void *list; /* of the kind's struct */
	size_t count;
	struct words fields;
	const char *next;
};

/* Wire shapes (network_wire.c): of the things, of what is asked, of what is answered. */
extern const struct field network_wire[], subnet_wire[], port_wire[];
extern const struct field network_create_wire[], network_made_wire[], network_ask_wire[],
	network_key_wire[], network_shown_wire[], network_page_wire[];
extern const struct field subnet_create_wire[], subnet_made_wire[], subnet_ask_wire[],
	subnet_key_wire[], subnet_shown_wire[], subnet_page_wire[];
extern const struct field port_create_wire[], port_made_wire[], port_ask_wire[], port_key_wire[],
	port_shown_wire[], port_page_wire[], network_fixed_ip_wire[];
extern const struct field network_list_ask_wire[], network_quota_ask_wire[],
	network_quota_key_wire[], network_quotas_wire[], network_quota_details_wire[];

/* --- acts --- */

enum status network_create(struct call *c, const struct network_create *in,
			   struct network_made *out) MUST_USE;
enum status network_list(struct call *c, const struct network_list_ask *in,
			 struct network_page *out) MUST_USE;
enum status network_show(struct call *c, const struct object_ask *in,
			 struct network_shown *out) MUST_USE;
enum status network_update(struct call *c, const struct network_ask *in,
			   struct network *out) MUST_USE;
enum status network_delete(struct call *c, const struct object_ask *in,
			   struct nothing *out) MUST_USE;

enum status subnet_create(struct call *c, const struct subnet_create *in,
			  struct subnet_made *out) MUST_USE;
enum status subnet_list(struct call *c, const struct network_list_ask *in,
			struct network_page *out) MUST_USE;
enum status subnet_show(struct call *c, const struct object_ask *in,
			struct subnet_shown *out) MUST_USE;
enum status subnet_update(struct call *c, const struct subnet_ask *in, struct subnet *out) MUST_USE;
enum status subnet_delete(struct call *c, const struct object_ask *in,
			  struct nothing *out) MUST_USE;

enum status port_create(struct call *c, const struct port_create *in,
			struct port_made *out) MUST_USE;
enum status port_list(struct call *c, const struct network_list_ask *in,
		      struct network_page *out) MUST_USE;
enum status port_show(struct call *c, const struct object_ask *in, struct port_shown *out) MUST_USE;
enum status port_update(struct call *c, const struct port_ask *in, struct port *out) MUST_USE;
enum status port_delete(struct call *c, const struct object_ask *in, struct nothing *out) MUST_USE;

enum quota_resource {
	QUOTA_NETWORK,
	QUOTA_SUBNET,
	QUOTA_PORT,
	QUOTA_ROUTER,
	QUOTA_FLOATINGIP,
	QUOTA_SECURITY_GROUP,
	QUOTA_SECURITY_GROUP_RULE,
	QUOTA_SUBNETPOOL,
	QUOTA_RESOURCES
};
struct network_quota {
	const char *project_id;
	int64_t most[QUOTA_RESOURCES];
};
struct network_quotas {
	struct network_quota *quotas;
	size_t quotas_count;
};
struct network_quota_ask {
	const char *project_id;
	int64_t most[QUOTA_RESOURCES];
	bool given[QUOTA_RESOURCES];
};
struct quota_use {
	int64_t used, limit, reserved;
};
struct network_quota_details {
	struct quota_use use[QUOTA_RESOURCES];
};
extern const struct field network_quota_wire[];

enum status network_quota_show(struct call *c, const struct network_quota_ask *in,
			       struct network_quota *out) MUST_USE;
enum status network_quota_default(struct call *c, const struct network_quota_ask *in,
				  struct network_quota *out) MUST_USE;
enum status network_quota_list(struct call *c, const struct nothing *in,
			       struct network_quotas *out) MUST_USE;
enum status network_quota_details(struct call *c, const struct network_quota_ask *in,
				  struct network_quota_details *out) MUST_USE;
enum status network_quota_update(struct call *c, const struct network_quota_ask *in,
				 struct network_quota *out) MUST_USE;
enum status network_quota_reset(struct call *c, const struct network_quota_ask *in,
				struct nothing *out) MUST_USE;

struct tag_ask {
	int kind; /* of network_tag_kinds */
	const char *id, *tag;
	const char *body; /* of the tag that is put: clients send what they like, it says nothing */
	struct words tags;
};
struct tags_of {
	struct words tags;
};
extern const char *const network_tag_kinds[];
enum status network_tags_list(struct call *c, const struct tag_ask *in,
			      struct tags_of *out) MUST_USE;
enum status network_tag_check(struct call *c, const struct tag_ask *in,
			      struct nothing *out) MUST_USE;
enum status network_tags_replace(struct call *c, const struct tag_ask *in,
				 struct tags_of *out) MUST_USE;
enum status network_tag_add(struct call *c, const struct tag_ask *in, struct nothing *out) MUST_USE;
enum status network_tag_remove(struct call *c, const struct tag_ask *in,
			       struct nothing *out) MUST_USE;
enum status network_tags_clear(struct call *c, const struct tag_ask *in,
			       struct nothing *out) MUST_USE;

struct extension {
	const char *alias, *name, *description;
};
struct extensions {
	struct extension *extensions;
	size_t extensions_count;
};
struct extension_ask {
	const char *alias;
};
enum status network_extension_list(struct call *c, const struct nothing *in,
				   struct extensions *out) MUST_USE;
enum status network_extension_show(struct call *c, const struct extension_ask *in,
				   struct extension *out) MUST_USE;
/* --- rules that several topics share --- */

/* Whose new thing it is: the asker's VDC, or the one that an administrator names. */
enum status network_owner(struct call *c, const char *project_id, const char *tenant_id,
			  const char **owner) MUST_USE;
/* The network, if the asker may use it; ST_NOT_FOUND as NetworkNotFound. */
enum status network_usable(struct call *c, const char *id, struct network *out) MUST_USE;
/* The object, if the asker may change it. */
enum status network_own(struct call *c, const char *id, struct network *out) MUST_USE;
bool network_owns(const struct call *c, const char *project_id);
/* Fails with OverQuota when 'project_id' has 'more' too few of 'resource' ("network", "router", …) left. */
enum status network_quota_take(struct call *c, const char *project_id, const char *resource,
			       int64_t more) MUST_USE;
/* Something of the network has changed: the engine is to be told. */
enum status network_changed(struct call *c, const char *id) MUST_USE;
/* Posts "network.KIND.WHAT" of a thing; one that its VDC may see. */
enum status network_tell(struct call *c, const char *kind, const char *what, const char *id,
			 const char *project_id, const char *status) MUST_USE;
/* The same of an object of the network's room; with 'may' any VDC sees an external network too. */
enum status network_visible(struct call *c, const char *id, struct network *out) MUST_USE;
/* A subnet or port that the asker may see. */
enum status subnet_seen(struct call *c, const char *id, struct subnet *out) MUST_USE;
enum status port_seen(struct call *c, const char *id, struct port *out) MUST_USE;
/* Makes one port in the asker's name; the caller has checked nothing. */
enum status port_make(struct call *c, const struct port_ask *in, struct port *out) MUST_USE;
/* Takes a port away, whoever asks. */
enum status port_remove(struct call *c, const struct port *p) MUST_USE;
enum status port_save(struct call *c, const struct port *before, struct port *after) MUST_USE;

/* --- addresses --- */

/* The number that an address is kept under: its offset in the subnet; for IPv6, whose offsets take all
 * 64 bits, less 2^63, so that the order is the same. */
int64_t network_host_of(const struct prefix *p, const struct ip *ip);
struct ip network_ip_of(const struct prefix *p, int64_t host);
/* Gives the port the addresses that 'want' asks for and 'how', keeping those of 'have' that are asked for again. Fills p->fixed_ips. */
enum giving_how {
	GIVE_ASKED, /* what 'want' says */
	GIVE_EACH,  /* one of each IP version that the network has */
	GIVE_IPV4   /* one of IPv4 */
};
enum status network_addresses_give(struct call *c, const struct network *n, struct port *p,
				   const struct network_fixed_ip *want, size_t count,
				   enum giving_how how) MUST_USE;
/* Cuts a range out of the subnet pool that is asked for: fills s->cidr, ->ip_version, ->subnetpool_id. */
enum status subnetpool_cut(struct call *c, const struct subnet_ask *ask, struct subnet *s,
			   struct prefix *p) MUST_USE;
/* Whether guests make their own addresses there, out of their MAC address (RFC 4291, EUI-64). */
bool subnet_is_auto(const struct subnet *s);
/* A subnet of that kind has come to a network that has ports: they have addresses of it from now on. */
enum status network_addresses_auto(struct call *c, const struct network *n,
				   const struct subnet *s) MUST_USE;

/* --- pages --- */

/* Reads the next objects (at most 'most') after the id 'after', in the order of ids. */
typedef enum status chunk_fn(struct call *c, const struct network_list_ask *in, const char *after,
			     int64_t most, void **list, size_t *count);
struct listing {
	const char *what; /* "networks" */
	const struct field *wire;
	size_t size; /* of one struct; its first member is the id */
	chunk_fn *chunk;
	/* Filters that are no member of the wire shape. '*known' tells whether the name is one. */
	bool (*matches)(const void *item, const char *name, const char *value, bool *known);
	/* Whether the asker may see it; NULL: the chunk holds nothing else. */
	bool (*shown)(const struct call *c, const void *item);
};
enum status network_page_read(struct call *c, const struct listing *l,
			      const struct network_list_ask *in, struct network_page *out) MUST_USE;
/* Writes those members of an object that 'fields' names, or all. */
void network_write_chosen(struct call *c, const struct field *wire, const struct words *fields,
			  struct json_out *j, const void *obj);
/* Whether tags fit a filter of one of the four names that Neutron has for them. */
bool network_tags_match(const struct words *tags, const char *name, const char *value, bool *known);
/* The project_id (or tenant_id) that a list is filtered by, as the above. */
const char *network_filter_project(const struct network_list_ask *in);
/* The value of a filter that stands there once; NULL: it does not, or several times. */
const char *network_filter_of(const struct network_list_ask *in, const char *name);

/* --- the engine --- */

/* Opened when the room starts, closed when it stops; one for the process. */
extern struct network_engine {
	const struct network_driver *driver;
	void *state;
} network_engine;

struct job;
enum status network_job_network(struct call *c, const struct job *j) MUST_USE;
enum status network_job_port(struct call *c, const struct job *j) MUST_USE;
enum status network_job_security(struct call *c, const struct job *j) MUST_USE;
enum status network_job_router(struct call *c, const struct job *j) MUST_USE;
enum status network_give_up_security(struct call *c, const struct job *j, const char *why) MUST_USE;
enum status network_give_up_router(struct call *c, const struct job *j, const char *why) MUST_USE;
enum status network_job_reconcile(struct call *c, const struct job *j) MUST_USE;
enum status network_give_up_network(struct call *c, const struct job *j, const char *why) MUST_USE;
enum status network_give_up_port(struct call *c, const struct job *j, const char *why) MUST_USE;
/* Posts what the port's status is now. */
enum status network_tell_status(struct call *c, const char *port_id) MUST_USE;
enum status network_check(struct call *c, struct house *h, bool deep, struct buf *report,
			  int64_t *bad) MUST_USE;

extern const struct route_group network_routes[];

/* --- store --- */

/* The start of a statement over a set of UUIDs: one text of 36 characters each, so that it is one
 * parameter, whatever their number. It is cut in two steps, for finding a character of UTF-8 takes as long
 * as what stands before it. */
#define WANTED_IDS                                                                                 \
	"with recursive block (n, part) as ("                                                      \
	"select 0, substr(cast($1 as text), 1, 1152) union all "                                   \
	"select n + 1, substr(cast($1 as text), (n + 1) * 1152 + 1, 1152) from block "             \
	"where length(part) = 1152), "                                                             \
	"piece (i) as (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11), "      \
	"(12), (13), (14), (15), (16), (17), (18), (19), (20), (21), (22), (23), (24), (25), "     \
	"(26), (27), (28), (29), (30), (31)), "                                                    \
	"wanted (id) as (select substr(part, i * 36 + 1, 36) from block "                          \
	"join piece on i * 36 < length(part)) "

enum status network_store_network(struct call *c, const char *id, struct network *out) MUST_USE;
enum status network_store_network_put(struct call *c, const struct network *n) MUST_USE;
enum status network_store_network_update(struct call *c, const struct network *n) MUST_USE;
enum status network_store_network_delete(struct call *c, const char *id) MUST_USE;
/* 'project_id' NULL: everybody's. With what networks have, their subnets' ids, read along. */
enum status network_store_networks(struct call *c, const char *project_id, const char *after,
				   int64_t most, struct network **list, size_t *n) MUST_USE;
enum status network_store_network_applied(struct call *c, const char *id, int64_t revision,
					  bool *recorded) MUST_USE;
enum status network_store_network_fault(struct call *c, const char *id, const char *why) MUST_USE;
enum status network_store_network_bump(struct call *c, const char *id) MUST_USE;

enum status network_store_subnet(struct call *c, const char *id, struct subnet *out) MUST_USE;
enum status network_store_subnet_put(struct call *c, const struct subnet *s) MUST_USE;
enum status network_store_subnet_update(struct call *c, const struct subnet *s) MUST_USE;
enum status network_store_subnet_delete(struct call *c, const char *id) MUST_USE;
/* 'network_id' NULL: of all networks that 'project_id' may see. */
enum status network_store_subnets(struct call *c, const char *network_id, const char *project_id,
				  const char *after, int64_t most, struct subnet **list,
				  size_t *n) MUST_USE;
enum status network_store_subnet_auto_drop(struct call *c, const char *id) MUST_USE;
/* Addresses that a router has there. */
enum status network_store_subnet_router_addresses(struct call *c, const char *id,
						  int64_t *count) MUST_USE;
enum status network_store_subnet_addresses(struct call *c, const char *id, int64_t *count) MUST_USE;
enum status network_store_pools_put(struct call *c, const struct subnet *s) MUST_USE;

enum status network_store_port(struct call *c, const char *id, struct port *out) MUST_USE;
enum status network_store_port_put(struct call *c, const struct port *p) MUST_USE;
enum status network_store_port_update(struct call *c, const struct port *p) MUST_USE;
enum status network_store_port_delete(struct call *c, const char *id) MUST_USE;
struct port_select {
	const char *device_id, *network_id, *project_id; /* the first that is not NULL; none: all */
};
enum status network_store_ports(struct call *c, const struct port_select *s, const char *after,
				int64_t most, struct port **list, size_t *n) MUST_USE;
enum status network_store_port_of_network(struct call *c, const char *network_id,
					  const char **port_id) MUST_USE;
enum status network_store_port_applied(struct call *c, const char *id, int64_t revision,
				       bool *recorded) MUST_USE;
enum status network_store_port_fault(struct call *c, const char *id, const char *why) MUST_USE;
enum status network_store_port_bound(struct call *c, const char *id, bool bound,
				     bool *changed) MUST_USE;
enum status network_store_bound_ports(struct call *c, struct words *ids) MUST_USE;
enum status network_store_mac_taken(struct call *c, const char *network_id, const char *mac,
				    bool *taken) MUST_USE;
enum status network_store_interfaces(struct call *c, const char *const *device_ids, size_t count,
				     struct network_interface **list, size_t *n) MUST_USE;

enum status network_store_address_put(struct call *c, const char *subnet_id, int64_t host,
				      const char *port_id, const char *ip, int64_t place) MUST_USE;
enum status network_store_addresses_drop(struct call *c, const char *port_id) MUST_USE;
enum status network_store_address_taken(struct call *c, const char *subnet_id, int64_t host,
					bool *taken) MUST_USE;
/* The lowest free host from 'from' to 'last'; ST_NOT_FOUND: there is none. */
enum status network_store_free_host(struct call *c, const char *subnet_id, int64_t from,
				    int64_t last, int64_t *host) MUST_USE;
enum status network_store_pool_next(struct call *c, const struct pool *pool, int64_t next) MUST_USE;

/* What this cloud is called in the engine. */
enum status network_store_house(struct call *c, const char **id) MUST_USE;
enum status network_store_house_put(struct call *c, const char *id) MUST_USE;

/* For the metadata service; ids of ports or networks stand one behind the other, 36 characters each. */
struct metadata_network;
struct network_holder;
struct metadata_cidr {
	const char *network_id, *subnet_id, *cidr;
};
enum status network_store_metadata_networks(struct call *c, const char *port_ids,
					    struct metadata_network **list, size_t *n) MUST_USE;
enum status network_store_metadata_cidrs(struct call *c, const char *port_ids,
					 struct metadata_cidr **list, size_t *n) MUST_USE;
enum status network_store_metadata_subnets(struct call *c, const char *network_id,
					   struct metadata_cidr **list, size_t *n) MUST_USE;
enum status network_store_metadata_known(struct call *c, const char *network_ids,
					 struct words *known) MUST_USE;
enum status network_store_holder(struct call *c, const char *subnet_id, int64_t host,
				 struct network_holder *out) MUST_USE;

enum status network_store_quota(struct call *c, const char *project_id, const char *resource,
				int64_t *most) MUST_USE;
enum status network_store_quota_set(struct call *c, const char *project_id, const char *resource,
				    int64_t most) MUST_USE;
enum status network_store_quota_reset(struct call *c, const char *project_id) MUST_USE;
/* Those whose quota is not the preset one. */
enum status network_store_quota_projects(struct call *c, struct words *ids) MUST_USE;
enum status network_store_used(struct call *c, const char *project_id, const char *resource,
			       int64_t *used) MUST_USE;

#endif
